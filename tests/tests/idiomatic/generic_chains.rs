//! Functions that are generic over the float, written with iterators, options and closures.

use std::iter::Sum;

use autodiff_runtime::differentiate;
use num_traits::{Float, FromPrimitive, NumCast, ToPrimitive};

/// The standard deviation over the mean.
#[differentiate(order = 2)]
fn variation<T: Float + Sum>(x: &[T]) -> T {
    let n = T::from(x.len()).unwrap();
    let mean = x.iter().copied().sum::<T>() / n;
    let variance = x.iter().map(|&v| (v - mean).powi(2)).sum::<T>() / n;
    variance.sqrt() / mean
}

#[differentiate(order = 2)]
fn log_sum_exp<T>(x: &[T]) -> T
where
    T: Float + Sum<T>,
{
    match x.iter().copied().reduce(T::max) {
        Some(high) => high + x.iter().map(|&v| (v - high).exp()).sum::<T>().ln(),
        None => T::neg_infinity(),
    }
}

/// Drawdown: how far below its highest value so far a path falls, at most.
#[differentiate(order = 2)]
fn drawdown<T: Float>(path: &[T]) -> T {
    path.iter()
        .scan(T::neg_infinity(), |high, &v| {
            *high = high.max(v);
            Some(*high - v)
        })
        .fold(T::zero(), Float::max)
}

#[differentiate(order = 2)]
fn rosenbrock_with<T: Float + FromPrimitive>(a: T, b: T, x: &[T]) -> T {
    let term = |x: T, y: T| -> T { (a - x).powi(2) + b * (y - x * x).powi(2) };
    x.windows(2).map(|w| term(w[0], w[1])).fold(T::zero(), |s, t| s + t)
}

/// A polynomial in one basis or another, whose weights depend on the degree.
#[differentiate(order = 2)]
fn weighted<T: Float, const N: usize>(c: &[T; N], x: T) -> T {
    let half: T = NumCast::from(0.5).unwrap();
    let mut s = <T as Float>::mul_add(x, half, T::one());
    for (k, &ck) in c.iter().enumerate().filter(|(k, _)| 2 * k < N + 1) {
        s = s + ck * Float::powi(x, k as i32) / T::from_usize_or_one(k);
    }
    s + T::epsilon()
}

/// Leaves the type in the middle.
#[differentiate(order = 2)]
fn in_double<T: Float + FromPrimitive + ToPrimitive>(x: &[T]) -> T {
    let squares: f64 = x.iter().filter_map(|v| v.to_f64()).map(|v| v * v * std::f64::consts::FRAC_PI_4).sum();
    let first: f64 = x.first().map_or(0.0, |v| v.to_f64().unwrap());
    T::from_f64(squares.sqrt() + first.sin()).unwrap()
}

/// A conversion of the user's own.
trait Count: Float {
    fn from_usize_or_one(n: usize) -> Self {
        Self::from(n.max(1)).unwrap()
    }
}

impl<T: Float> Count for T {}

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use super::*;

            #[test]
            fn chains() {
                let x: Vec<$float> = vec![0.5, 1.25, 0.75, 2.0, 0.25];
                for n in [1, 2, 5] {
                    let x = x[..n].to_vec();
                    if n > 1 {
                        check!(variation, ref at x.clone());
                    }
                    check!(log_sum_exp, ref at x.clone());
                    check!(drawdown, ref at x.clone());
                    check!(rosenbrock_with(val 0, val 1, ref 2) at (1.5 as $float, 10.0, x.clone()));
                    check!(in_double, ref at x);
                }
                assert_eq!(log_sum_exp::<$float>(&[]), $float::NEG_INFINITY);
                check!(drawdown, ref at Vec::<$float>::new());
                check!(weighted(ref 0, val 1) at ([0.5 as $float, -1.25, 0.75], 0.5));
            }
        }
    };
}

tests!(f32);
tests!(f64);
