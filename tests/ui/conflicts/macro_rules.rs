//! Functions out of `macro_rules!`, with every kind of fragment.

use autodiff_runtime::differentiate;

macro_rules! by_type {
    ($name:ident, $float:ty, $param:ty, $body:block) => {
        #[differentiate]
        fn $name(x: $param, y: $float) -> $float {
            let z = $body;
            z * x[0] * y
        }
    };
}
by_type!(double, f64, &[f64], { 2.0 });
by_type!(single, f32, [f32; 2], { 3.0 });

macro_rules! by_literal {
    ($name:ident, $n:literal, $c:literal, $p:ident, $vis:vis) => {
        #[differentiate]
        $vis fn $name(x: [f64; $n]) -> f64 {
            let mut s = $c;
            for i in 0..$n {
                s *= $p(x[i]);
            }
            s
        }
    };
}
#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}
by_literal!(literal, 2, 3.0, square, pub(crate));

macro_rules! by_tokens {
    ($($tokens:tt)*) => {
        #[differentiate]
        $($tokens)*
    };
}
by_tokens! {
    fn tokens(x: f64, n: usize) -> f64 {
        let mut s = x;
        for i in 0..n {
            s = s * x + i as f64;
        }
        s
    }
}

/// Precedence: `$e` is one operand, whatever is inside.
macro_rules! doubled {
    ($name:ident, $x:ident, $e:expr) => {
        #[differentiate]
        fn $name($x: f64) -> f64 {
            2.0 * $e * $e
        }
    };
}
doubled!(precedence, x, x + 1.0);

fn main() {
    assert_eq!(double::value_and_grad(&[5.0], 7.0), (70.0, (vec![14.0], 10.0)));
    assert_eq!(single::value_and_grad([5.0, 0.0], 7.0), (105.0, ([21.0, 0.0], 15.0)));
    assert_eq!(literal::value_and_grad([1.0, 2.0]), (12.0, [24.0, 12.0]));
    assert_eq!(tokens::value_and_grad(2.0, 2), (9.0, 12.0));
    // 2 (x + 1)².
    assert_eq!(precedence::value_and_grad(2.0), (18.0, 12.0));
}
