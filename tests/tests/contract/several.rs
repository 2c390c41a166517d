//! Several active parameters: tuples in their order, whatever stands between them.

use autodiff_runtime::differentiate;

#[differentiate]
fn mixed(a: f64, n: usize, w: &[f64], #[constant] x: &[f64], m: [f64; 2], scale: f32) -> f64 {
    let mut s = a * n as f64;
    for i in 0..w.len() {
        s += w[i] * x[i] * m[i % 2];
    }
    s * f64::from(scale)
}

const W: [f64; 3] = [1.0, 2.0, 3.0];
const X: [f64; 3] = [1.0, -1.0, 2.0];
const M: [f64; 2] = [0.5, 4.0];

#[test]
fn types() {
    type Gradient = (f64, Vec<f64>, [f64; 2], f32);
    let _: fn(f64, usize, &[f64], &[f64], [f64; 2], f32) -> f64 = mixed;
    let _: fn(f64, usize, &[f64], &[f64], [f64; 2], f32) -> Gradient = mixed::grad;
    let _: fn(f64, usize, &[f64], &[f64], [f64; 2], f32) -> (f64, Gradient) = mixed::value_and_grad;
    let _: fn(f64, usize, &[f64], &[f64], [f64; 2], f32, f64) -> (f64, Gradient) = mixed::vjp;
}

#[test]
fn gradients_in_the_order_of_the_parameters() {
    // s = 10 + 0.5 − 8 + 3 = 5.5.
    let gradient = (10.0, vec![1.0, -8.0, 2.0], [14.0, -4.0], 5.5);
    assert_eq!(mixed(2.0, 5, &W, &X, M, 2.0), 11.0);
    assert_eq!(mixed::grad(2.0, 5, &W, &X, M, 2.0), gradient);
    assert_eq!(mixed::value_and_grad(2.0, 5, &W, &X, M, 2.0), (11.0, gradient));
    let (y, half) = mixed::vjp(2.0, 5, &W, &X, M, 2.0, 0.5);
    assert_eq!((y, half), (11.0, (5.0, vec![0.5, -4.0, 1.0], [7.0, -2.0], 2.75)));
}

#[test]
fn shadows_come_last_and_in_order() {
    let (mut a_bar, mut w_bar, mut m_bar, mut scale_bar) = (1.0, [1.0; 3], [1.0; 2], 1.0);
    let y = mixed::grad_into(2.0, 5, &W, &X, M, 2.0, &mut a_bar, &mut w_bar, &mut m_bar, &mut scale_bar);
    assert_eq!(y, 11.0);
    assert_eq!((a_bar, w_bar, m_bar, scale_bar), (11.0, [2.0, -7.0, 3.0], [15.0, -3.0], 6.5));
    let y = mixed::vjp_into(2.0, 5, &W, &X, M, 2.0, -1.0, &mut a_bar, &mut w_bar, &mut m_bar, &mut scale_bar);
    assert_eq!(y, 11.0);
    assert_eq!((a_bar, w_bar, m_bar, scale_bar), (1.0, [1.0; 3], [1.0; 2], 1.0));
}

#[test]
fn tangents_come_last_and_in_order() {
    let (y, y_dot) = mixed::jvp(2.0, 5, &W, &X, M, 2.0, 1.0, &[10.0, 0.0, 0.5], [0.0, 1.0], 2.0);
    assert_eq!((y, y_dot), (11.0, 10.0 + 10.0 + 1.0 - 4.0 + 11.0));
}

/// A mini-batch sums its gradient with no temporary.
#[test]
fn shadows_sum_a_batch() {
    let mut w_bar = vec![0.0; 2];
    let mut loss = 0.0;
    for (x, y) in [([1.0, 2.0], 1.0), ([3.0, -1.0], 0.5)] {
        loss += residual::grad_into(&[0.5, 0.25], &x, y, &mut w_bar);
    }
    // The residuals are 0 and 0.75.
    assert_eq!((loss, w_bar), (0.5625, vec![4.5, -1.5]));
}

#[differentiate(constant(x, y))]
fn residual(w: &[f64], x: &[f64], y: f64) -> f64 {
    let mut r = -y;
    for i in 0..w.len() {
        r += w[i] * x[i];
    }
    r * r
}
