//! Functions that are generic over the float, as in crates of test functions and special functions.

use autodiff_runtime::differentiate;
use num_traits::{Float, FromPrimitive};

#[differentiate(order = 2)]
fn rosenbrock<T: Float + FromPrimitive + std::iter::Sum>(param: &[T]) -> T {
    let one = T::from_f64(1.0).unwrap();
    let b = T::from_f64(100.0).unwrap();
    param.iter().zip(param.iter().skip(1)).map(|(&a, &next)| (one - a).powi(2) + b * (next - a.powi(2)).powi(2)).sum()
}

#[differentiate(order = 2)]
fn himmelblau<T>(p: &[T; 2]) -> T
where
    T: Float + FromPrimitive,
{
    let [x, y] = *p;
    let (seven, eleven) = (T::from_f64(7.0).unwrap(), T::from_f64(11.0).unwrap());
    (x.powi(2) + y - eleven).powi(2) + (x + y.powi(2) - seven).powi(2)
}

#[differentiate(order = 2)]
fn shifted<T: Float>(p: &[T; 2]) -> T {
    let two = T::one() + T::one();
    let four = two * two;
    let [x, y] = p.map(|v| four * v - two);
    (x * x + y).sin() * y
}

#[differentiate(order = 2)]
fn levy<T: Float + std::iter::Sum>(p: &[T]) -> T {
    let one = T::one();
    let four = T::from(4.0).unwrap();
    let ten = T::from(10.0).unwrap();
    let pi = T::from(std::f64::consts::PI).unwrap();
    let w = |x: T| one + (x - one) / four;
    let n = p.len();
    let first = (pi * w(p[0])).sin().powi(2);
    let middle: T =
        p[1..n - 1].iter().map(|&x| (w(x) - one).powi(2) * (one + ten * (pi * w(x) + one).sin().powi(2))).sum();
    let last = (w(p[n - 1]) - one).powi(2) * (one + (pi * w(p[n - 1])).sin().powi(2));
    first + middle + last
}

#[differentiate(order = 2)]
fn through_double<T: Float + Into<f64> + FromPrimitive>(p: &[T]) -> T {
    let x: f64 = p[0].into();
    let y: f64 = p[1].into();
    let z = (x * y).sin() + x.powi(2);
    T::from_f64(z).unwrap()
}

#[differentiate(order = 2)]
fn ackley<T: Float + FromPrimitive + std::iter::Sum>(x: &[T]) -> T {
    let n = T::from_usize(x.len()).unwrap();
    let a = T::from_f64(20.0).unwrap();
    let b = T::from_f64(0.2).unwrap();
    let c = T::from_f64(2.0 * std::f64::consts::PI).unwrap();
    let squares = x.iter().map(|&v| v.powi(2)).sum::<T>();
    let cosines = x.iter().map(|&v| (c * v).cos()).sum::<T>();
    -a * (-b * (squares / n).sqrt()).exp() - (cosines / n).exp() + a + T::one().exp()
}

#[differentiate(order = 2)]
fn clamped_norm<T: Float>(x: &[T], limit: T) -> T {
    let mut s = T::zero();
    for &v in x {
        s = s + v.max(-limit).min(limit).powi(2);
    }
    s.sqrt()
}

#[differentiate(order = 2)]
fn fixed<T: Float, const N: usize>(a: &[T; N], b: &[T; N]) -> T {
    let mut s = T::zero();
    for i in 0..N {
        s = s + a[i] * b[N - 1 - i];
    }
    s
}

#[differentiate(order = 2)]
fn square<T: Float>(x: T) -> T {
    x * x
}

#[differentiate(order = 2)]
fn nested<T: Float>(x: T, y: T) -> T {
    square(square(x) + y) * square(y)
}

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use super::*;

            #[test]
            fn test_functions() {
                let points: [Vec<$float>; 3] = [vec![], vec![0.5], vec![0.5, -1.25, 0.75]];
                for x in points {
                    check!(rosenbrock, ref at x);
                }
                check!(himmelblau, ref at [0.5 as $float, -1.25]);
                check!(shifted, ref at [0.5 as $float, 0.25]);
                check!(levy, ref at vec![0.5 as $float, -1.25]);
                check!(levy, ref at vec![0.5 as $float, -1.25, 0.75, 2.0]);
                check!(through_double, ref at vec![0.5 as $float, -1.25]);
                check!(ackley, ref at vec![0.5 as $float, -1.25, 0.75]);
                check!(clamped_norm(ref 0, val 1) at (vec![0.5 as $float, -1.25, 0.75], 1.0));
                check!(fixed(ref 0, ref 1) at ([0.5 as $float, -1.25, 0.75], [2.0, 0.25, 1.0]));
                check!(nested(val 0, val 1) at (0.5 as $float, -1.25));
            }
        }
    };
}

tests!(f32);
tests!(f64);
