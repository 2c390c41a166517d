//! Chains in generic functions, as numeric libraries write them.

use std::iter::Sum;

use autodiff_runtime::check::Check;
use autodiff_runtime::differentiate;
use num_traits::Float;

#[differentiate]
fn rosenbrock<T: Float + Sum>(param: &[T]) -> T {
    let hundred = T::from(100.0).unwrap();
    param
        .iter()
        .zip(param.iter().skip(1))
        .map(|(&a, &b)| (T::one() - a).powi(2) + hundred * (b - a.powi(2)).powi(2))
        .sum()
}

#[differentiate]
fn levy<T: Float + Sum>(p: &[T]) -> T {
    let (one, four) = (T::one(), T::from(4.0).unwrap());
    let w = |x: T| one + (x - one) / four;
    let n = p.len();
    let tail = (w(p[n - 1]) - one).powi(2);
    p[1..n - 1].iter().map(|&x| (w(x) - one).powi(2) * (one + w(x).sin().powi(2))).sum::<T>() + tail
}

#[differentiate]
fn himmelblau<T: Float>(p: &[T; 2]) -> T {
    let (two, four) = (T::from(2.0).unwrap(), T::from(4.0).unwrap());
    let [x, y] = p.map(|v| four * v - two);
    (x.powi(2) + y - four).powi(2) + (x + y.powi(2) - two).powi(2)
}

#[test]
fn in_both_precisions() {
    let point = vec![0.5, -1.25, 0.75, 1.5];
    Check::new("rosenbrock", &point, |x| rosenbrock(x))
        .value_and_grad(|x| rosenbrock::value_and_grad(x))
        .jvp(|x, x_dot| rosenbrock::jvp(x, x_dot))
        .run()
        .assert();
    Check::new("levy", &point, |x| levy(x))
        .value_and_grad(|x| levy::value_and_grad(x))
        .jvp(|x, x_dot| levy::jvp(x, x_dot))
        .run()
        .assert();
    let single = vec![0.5_f32, -1.25, 0.75, 1.5];
    assert_eq!(rosenbrock::value_and_grad(&single).0.to_bits(), rosenbrock(&single).to_bits());
    assert_eq!(rosenbrock::grad(&single).len(), 4);
    assert_eq!(rosenbrock::value_and_grad(&[0.0_f64; 0]).0.to_bits(), (-0.0_f64).to_bits());
    Check::new("himmelblau", &[0.75, -0.3], himmelblau)
        .value_and_grad(himmelblau::value_and_grad)
        .jvp(himmelblau::jvp)
        .run()
        .assert();
}
