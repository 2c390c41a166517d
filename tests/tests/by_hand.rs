//! The adjoints written by hand are what the benchmark and other tests compare with, so they are checked against the
//! plain functions alone: the value bit for bit, the gradient by extrapolated differences.

use autodiff_tests::problems::{lecture, log_sum_exp, logistic, perceptron, rosenbrock, uniform};

/// The derivative of `f` at 0: central differences with steps h and h/2, extrapolated, error O(h⁴) (Richardson 1911).
/// The steps are short, so that a rectified unit hardly ever changes side within them.
fn slope(f: impl Fn(f64) -> f64) -> f64 {
    let h = 1e-5;
    let central = |h: f64| (f(h) - f(-h)) / (2.0 * h);
    (4.0 * central(h / 2.0) - central(h)) / 3.0
}

/// Compares `<grad, d>` with the slope of `f` along `d`, for every axis of a small problem and for random directions.
fn check(x: &[f64], grad: &[f64], f: impl Fn(&[f64]) -> f64) {
    assert_eq!(x.len(), grad.len());
    let n = x.len();
    let axes = (0..n.min(50)).map(|i| {
        let mut axis = vec![0.0; n];
        axis[i] = 1.0;
        axis
    });
    let random = (0..5).map(|seed| uniform(n, 100 + seed));
    for (k, direction) in axes.chain(random).enumerate() {
        let moved = |t: f64| -> Vec<f64> { x.iter().zip(&direction).map(|(x, d)| x + t * d).collect() };
        let expected = slope(|t| f(&moved(t)));
        let actual: f64 = grad.iter().zip(&direction).map(|(g, d)| g * d).sum();
        let scale: f64 = grad.iter().zip(&direction).map(|(g, d)| (g * d).abs()).sum();
        assert!(
            (actual - expected).abs() <= 1e-7 * (1.0 + scale),
            "direction {k}: {actual} by hand, {expected} by differences"
        );
    }
}

#[test]
#[should_panic(expected = "direction 1")]
fn a_wrong_derivative_is_found() {
    let x = [0.4, 0.9];
    check(&x, &[0.9, 0.4 * 1.001], |x| x[0] * x[1]);
}

#[test]
fn lecture_function() {
    for (w1, w2) in [lecture::POINT, (-0.4, 1.9), (0.0, -0.8)] {
        let (value, grad) = lecture::by_hand(w1, w2);
        assert_eq!(value.to_bits(), lecture::plain(w1, w2).to_bits());
        check(&[w1, w2], &[grad.0, grad.1], |w| lecture::plain(w[0], w[1]));
    }
}

#[test]
fn rosenbrock_function() {
    for n in [0, 1, 2, 3, 40] {
        let x = rosenbrock::point(n);
        let (value, grad) = rosenbrock::by_hand(&x);
        assert_eq!(value.to_bits(), rosenbrock::plain(&x).to_bits());
        check(&x, &grad, rosenbrock::plain);
    }
}

/// The variants that take a shadow add to what is there.
#[test]
fn rosenbrock_into() {
    let x = rosenbrock::point(40);
    let (value, grad) = rosenbrock::by_hand(&x);
    let mut shadow = grad.clone();
    assert_eq!(rosenbrock::by_hand_into(&x, &mut shadow), value);
    assert!(shadow.iter().zip(&grad).all(|(s, g)| *s == 2.0 * g));
}

#[test]
fn rosenbrock_minimum() {
    let (value, grad) = rosenbrock::by_hand(&[1.0; 7]);
    assert_eq!(value, 0.0);
    assert_eq!(grad, [0.0; 7]);
}

#[test]
fn logistic_regression() {
    let (w, x, y) = logistic::data(30);
    let (value, grad) = logistic::by_hand(&w, &x, &y);
    assert_eq!(value.to_bits(), logistic::plain(&w, &x, &y).to_bits());
    check(&w, &grad, |w| logistic::plain(w, &x, &y));
}

/// At `w = 0` every row sits on the border of the two branches, where the derivative of its loss is `1/2 − y`.
#[test]
fn logistic_regression_at_zero() {
    let (_, x, y) = logistic::data(30);
    let w = [0.0; logistic::FEATURES];
    let (value, grad) = logistic::by_hand(&w, &x, &y);
    assert!((value - std::f64::consts::LN_2).abs() < 1e-15);
    check(&w, &grad, |w| logistic::plain(w, &x, &y));
}

#[test]
fn logistic_regression_far_from_zero() {
    let (_, x, y) = logistic::data(3);
    let w = [1e4; logistic::FEATURES];
    let (value, grad) = logistic::by_hand(&w, &x, &y);
    assert_eq!(value.to_bits(), logistic::plain(&w, &x, &y).to_bits());
    assert!(value.is_finite() && grad.iter().all(|g| g.is_finite()));
}

/// A perceptron with the given numbers.
fn network(numbers: &[f64]) -> perceptron::Perceptron {
    let mut p = perceptron::Perceptron::ZERO;
    for (p, number) in p.numbers_mut().zip(numbers) {
        *p = *number;
    }
    p
}

#[test]
fn perceptron_sample() {
    let p = perceptron::Perceptron::random(9);
    let (x, labels) = perceptron::samples(1);
    let (value, grad) = perceptron::by_hand(&p, &x[0], labels[0]);
    assert_eq!(value.to_bits(), perceptron::plain(&p, &x[0], labels[0]).to_bits());
    let numbers: Vec<f64> = p.numbers().copied().collect();
    let flat: Vec<f64> = grad.numbers().copied().collect();
    check(&numbers, &flat, |numbers| perceptron::plain(&network(numbers), &x[0], labels[0]));
}

#[test]
fn perceptron_into() {
    let p = perceptron::Perceptron::random(9);
    let (x, labels) = perceptron::samples(1);
    let (value, grad) = perceptron::by_hand(&p, &x[0], labels[0]);
    let mut shadow = perceptron::Perceptron::ZERO;
    assert_eq!(perceptron::by_hand_into(&p, &x[0], labels[0], 1.0, &mut shadow), value);
    assert_eq!(shadow, grad);
    perceptron::by_hand_into(&p, &x[0], labels[0], 2.0, &mut shadow);
    for (s, g) in shadow.numbers().zip(grad.numbers()) {
        assert!((s - 3.0 * g).abs() <= 1e-14 * g.abs().max(1e-3), "{s} is not three times {g}");
    }
}

#[test]
fn perceptron_batch() {
    let p = perceptron::Perceptron::random(9);
    let (x, labels) = perceptron::samples(4);
    let (value, grad) = perceptron::by_hand_batch(&p, &x, &labels);
    assert_eq!(value.to_bits(), perceptron::plain_batch(&p, &x, &labels).to_bits());
    let numbers: Vec<f64> = p.numbers().copied().collect();
    let flat: Vec<f64> = grad.numbers().copied().collect();
    check(&numbers, &flat, |numbers| perceptron::plain_batch(&network(numbers), &x, &labels));
}

#[test]
fn log_sum_exp_function() {
    for n in [1, 2, 60] {
        let x = log_sum_exp::scores(n);
        let (value, grad) = log_sum_exp::by_hand(&x);
        assert_eq!(value.to_bits(), log_sum_exp::plain(&x).to_bits());
        check(&x, &grad, log_sum_exp::plain);
    }
}

/// Scores that overflow without the shift.
#[test]
fn log_sum_exp_of_large_scores() {
    let (value, grad) = log_sum_exp::by_hand(&[1000.0, 1000.0]);
    assert_eq!(value, 1000.0 + std::f64::consts::LN_2);
    assert_eq!(grad, [0.5, 0.5]);
}
