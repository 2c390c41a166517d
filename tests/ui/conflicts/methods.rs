//! Traits with methods that are called like those of `Real`, beside ours.

use autodiff_runtime::differentiate;

mod own {
    pub trait Activation {
        fn relu(&self) -> f64;
    }

    impl Activation for f64 {
        fn relu(&self) -> f64 {
            self.max(0.1 * self)
        }
    }
}

mod beside {
    #[allow(unused_imports, reason = "it must not be what is called")]
    use super::own::Activation as _;
    use autodiff_runtime::{Real as _, differentiate};

    // A method that takes `self` comes first.
    #[differentiate]
    pub fn f(x: f64) -> f64 {
        x.relu() * x
    }
}

mod in_the_body {
    use autodiff_runtime::differentiate;

    #[differentiate]
    pub fn f(x: f64) -> f64 {
        use autodiff_runtime::Real;
        x.relu() * f64::softplus(x) + Real::relu(x)
    }
}

mod by_bound {
    use autodiff_runtime::differentiate;

    #[differentiate]
    pub fn f<T: autodiff_runtime::Real>(x: T) -> T {
        x.relu() * T::sigmoid(x)
    }
}

mod paths {
    use autodiff_runtime::{Real, differentiate};
    use num_traits::Float;

    #[differentiate]
    pub fn f(x: f32) -> f32 {
        Real::relu(x) + <f32 as Real>::sigmoid(x) + Float::sin(x) + <f32 as num_traits::Float>::cos(x)
    }

    #[differentiate]
    pub fn generic<T: Float>(x: T) -> T {
        let (sin, cos) = Float::sin_cos(x);
        if Float::is_nan(x) { x } else { Float::exp(sin) * cos }
    }
}

#[differentiate]
fn own_functions(x: f64) -> f64 {
    fn_relu(x) * x
}

#[differentiate]
fn fn_relu(x: f64) -> f64 {
    x.max(0.1 * x)
}

fn main() {
    assert_eq!(beside::f::grad(2.0), 4.0);
    assert_eq!(beside::f::grad(-2.0), 0.0);
    let expected = |x: f64| (x.exp().ln_1p() + x / (1.0 + (-x).exp())) + 1.0;
    assert!((in_the_body::f::grad(2.0) - expected(2.0)).abs() < 1e-12);
    assert_eq!(by_bound::f(2.0), by_bound::f::value_and_grad(2.0).0);
    assert_eq!(paths::f(2.0), paths::f::value_and_grad(2.0).0);
    assert_eq!(paths::generic(2.0), paths::generic::value_and_grad(2.0).0);
    assert_eq!(own_functions::grad(-2.0), -0.4);
}
