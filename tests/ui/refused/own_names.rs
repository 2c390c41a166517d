//! Functions and data of the user's own that are called like those of the standard library.

use autodiff_runtime::differentiate;

mod shadows {
    pub struct Some(pub f64);

    impl Some {
        pub fn unwrap(self) -> f64 {
            2.0 * self.0
        }
    }

    pub struct Vec;

    impl Vec {
        pub fn from(a: [f64; 2]) -> std::vec::Vec<f64> {
            std::vec![2.0 * a[0]; 2]
        }
    }

    pub mod iter {
        pub fn repeat(x: f64) -> std::iter::Repeat<f64> {
            std::iter::repeat(2.0 * x)
        }
    }

    pub mod mem {
        pub fn swap(a: &mut f64, b: &mut f64) {
            *a = 2.0 * *b;
        }
    }

    pub mod array {
        pub fn from_fn<const N: usize>(f: impl Fn(usize) -> f64) -> [f64; N] {
            [2.0 * f(0); N]
        }
    }

    pub mod f64 {
        pub fn sin(x: core::primitive::f64) -> core::primitive::f64 {
            x.cos()
        }
    }

    pub fn stop_gradient(x: core::primitive::f64) -> core::primitive::f64 {
        x * x
    }
}

mod functions {
    use autodiff_runtime::differentiate;

    use super::shadows::{array, iter, mem, stop_gradient};

    #[differentiate]
    fn repeated(x: f64) -> f64 {
        iter::repeat(x).take(2).sum::<f64>() * x
    }

    #[differentiate]
    fn exchanged(x: f64) -> f64 {
        let (mut a, mut b) = (x, x * x);
        mem::swap(&mut a, &mut b);
        a * b
    }

    #[differentiate]
    fn filled(x: f64) -> f64 {
        let v: [f64; 2] = array::from_fn(|i| x * i as f64 + x);
        v[0] * x
    }

    #[differentiate]
    fn stopped(x: f64) -> f64 {
        stop_gradient(x) * x
    }
}

mod primitive {
    use autodiff_runtime::differentiate;

    use super::shadows::f64;

    #[differentiate]
    fn f(x: core::primitive::f64) -> core::primitive::f64 {
        f64::sin(x)
    }
}

mod option {
    use autodiff_runtime::differentiate;

    use super::shadows::Some;

    #[differentiate]
    fn f(x: f64) -> f64 {
        Some(x).unwrap() * x
    }
}

mod vector {
    use autodiff_runtime::differentiate;

    use super::shadows::Vec;

    #[differentiate]
    fn f(x: f64) -> f64 {
        let v = Vec::from([x, x]);
        v[0] * x
    }
}

fn main() {}
