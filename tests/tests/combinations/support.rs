//! One check for all functions here: every mode against differences, and the modes against each other.

use autodiff_tests::compare::{self, assert_close};

/// Point and seed to value and gradient.
type Reverse<'a> = &'a dyn Fn(&[f64], f64) -> (f64, Vec<f64>);
/// Point and direction to value and slope.
type Forward<'a> = &'a dyn Fn(&[f64], &[f64]) -> (f64, f64);
/// Point and direction to the Hessian times the direction.
type Product<'a> = &'a dyn Fn(&[f64], &[f64]) -> Vec<f64>;

/// A function of a list and its derivatives.
pub(crate) struct Derivatives<'a> {
    pub(crate) name: &'static str,
    pub(crate) value: &'a dyn Fn(&[f64]) -> f64,
    pub(crate) vjp: Reverse<'a>,
    pub(crate) pullback: Reverse<'a>,
    pub(crate) jvp: Forward<'a>,
    pub(crate) hvp: Product<'a>,
}

/// Differences with steps that suit the functions here.
fn slope(f: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    compare::slope(0.004, 5, f)
}

impl Derivatives<'_> {
    #[track_caller]
    pub(crate) fn check(&self, x: &[f64]) {
        let what = format!("{} at {x:?}", self.name);
        let value = (self.value)(x);
        assert!(value.is_finite(), "{what}: {value}");
        let (y, gradient) = (self.vjp)(x, 1.0);
        assert_eq!(y.to_bits(), value.to_bits(), "{what}, value of vjp");
        let (y, twice) = (self.pullback)(x, 2.0);
        assert_eq!(y.to_bits(), value.to_bits(), "{what}, value of pullback");
        let halved: Vec<f64> = twice.iter().map(|d| d / 2.0).collect();
        assert_close(&format!("{what}, pullback"), &halved, &gradient, 1e-12);
        let moved = |v: &[f64], h: f64| x.iter().zip(v).map(|(x, v)| x + h * v).collect::<Vec<f64>>();
        let mut rows = Vec::new();
        for (i, &slope_there) in gradient.iter().enumerate() {
            let unit: Vec<f64> = (0..x.len()).map(|k| if k == i { 1.0 } else { 0.0 }).collect();
            let wanted = slope(|h| vec![(self.value)(&moved(&unit, h))]);
            assert_close(&format!("{what}, reverse, part {i}"), &[slope_there], &wanted, 1e-8);
            let (y, forward) = (self.jvp)(x, &unit);
            assert_eq!(y.to_bits(), value.to_bits(), "{what}, value of jvp");
            assert_close(&format!("{what}, forward, part {i}"), &[forward], &[slope_there], 1e-11);
            let wanted = slope(|h| (self.vjp)(&moved(&unit, h), 1.0).1);
            let row = (self.hvp)(x, &unit);
            assert_close(&format!("{what}, product with unit {i}"), &row, &wanted, 1e-7);
            rows.push(row);
        }
        for (i, row) in rows.iter().enumerate() {
            let column: Vec<f64> = rows.iter().map(|row: &Vec<f64>| row[i]).collect();
            assert_close(&format!("{what}, symmetry of {i}"), row, &column, 1e-11);
        }
    }
}

/// `agree!(f, g)`: a test for each function `f(x: &[f64]) -> f64`, which is differentiated with `order = 2`.
#[macro_export]
macro_rules! agree {
    ($($f:ident),* $(,)?) => {
        mod agrees {
            $(#[test]
            fn $f() {
                use super::$f;
                let f = $crate::support::Derivatives {
                    name: stringify!($f),
                    value: &|x| $f(x),
                    vjp: &|x, seed| $f::vjp(x, seed),
                    pullback: &|x, seed| {
                        let (y, back) = $f::pullback(x);
                        (y, back(seed))
                    },
                    jvp: &|x, v| $f::jvp(x, v),
                    hvp: &|x, v| $f::hvp(x, v),
                };
                f.check(&[0.3, -0.7, 1.1, 0.4, 0.9]);
                f.check(&[0.7, 0.45, -0.6]);
                f.check(&[-0.43, 0.91, 0.37, -1.2]);
            })*
        }
    };
}
