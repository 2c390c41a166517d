//! Calls between differentiated functions of this crate and another.

use autodiff_runtime::check::Check;
use autodiff_runtime::differentiate;
use autodiff_tests::library::network::{self, Layer, unit};
use autodiff_tests::library::{self, dot, product_and_quotient, squared_distance};

#[differentiate]
fn distances(x: &[f64], y: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += squared_distance(x[i], y, 2.0);
    }
    s
}

#[test]
fn a_function_of_another_crate() {
    assert_eq!(distances::value_and_grad(&[1.0, 4.0], 2.0), (10.0, (vec![-4.0, 8.0], -4.0)));
    assert_eq!(distances::jvp(&[1.0, 4.0], 2.0, &[1.0, 0.0], 10.0), (10.0, -44.0));
}

#[differentiate]
fn inactive_arguments(x: f64) -> f64 {
    let half: f64 = squared_distance(3.0, 1.0, 0.125);
    squared_distance(x, 1.0, half) + squared_distance(1.0, x, 1.0) + dot(&[1.0, 2.0], &[3.0, x])
}

#[test]
fn arguments_without_derivatives() {
    assert_eq!(inactive_arguments::value_and_grad(3.0), (2.0 + 4.0 + 9.0, 2.0 + 4.0 + 2.0));
}

#[differentiate]
fn through_tuples(x: f64) -> f64 {
    let (p, q): (f64, f64) = library::product_and_quotient(x, 2.0);
    let (r, _): (f64, f64) = product_and_quotient(q, p);
    r
}

/// `(x/2)(2x) = x²`.
#[test]
fn results_in_tuples() {
    assert_eq!(through_tuples::value_and_grad(3.0), (9.0, 6.0));
    assert_eq!(through_tuples::jvp(3.0, 0.5), (9.0, 3.0));
}

#[differentiate]
fn rows(w: &[[f64; 3]], layer: &Layer, x: &[f64; 3]) -> f64 {
    let mut s = 0.0;
    for i in 0..w.len() {
        let row = &w[i];
        s += dot(row, x) * dot(&w[w.len() - 1 - i], &w[i]);
        let mut hidden = [0.0; 2];
        for j in 0..2 {
            hidden[j] = unit(&layer.weights[j], layer.bias[j], row, 0.25);
        }
        s += dot(&hidden, &layer.bias) + network::layer(layer, &hidden, 0.5);
    }
    s
}

#[test]
fn rows_fields_and_local_arrays_as_arguments() {
    let layer = Layer { weights: vec![vec![0.5, -1.0, 2.0], vec![1.5, 0.25, -0.5]], bias: [0.3, -0.7], outputs: 2 };
    let point = (vec![[1.0, 2.0, -0.5], [0.25, -1.0, 0.75], [0.1, 0.2, 0.3]], layer, [0.5, -0.25, 2.0]);
    Check::new("rows", &point, |(w, layer, x)| rows(w, layer, x))
        .names(["w", "layer", "x"])
        .value_and_grad(|(w, layer, x)| rows::value_and_grad(w, layer, x))
        .jvp(|(w, layer, x), (w_dot, layer_dot, x_dot)| rows::jvp(w, layer, x, w_dot, layer_dot, x_dot))
        .run()
        .assert();
}

#[differentiate]
fn depth_1(x: &[f64; 2]) -> f64 {
    x[0] * x[0] * x[1]
}

#[differentiate]
fn depth_2(x: [f64; 2], n: usize) -> f64 {
    let mut a = x;
    for i in 0..n {
        let before = a;
        a[i % 2] = depth_1(&before);
    }
    a[0] + a[1]
}

#[differentiate]
fn depth_3(x: f64, y: f64) -> f64 {
    let mut s = 0.0;
    for n in 0..4 {
        let pair = [x, y];
        s += depth_2(pair, n) * depth_2([s, x], 1);
    }
    s
}

#[test]
fn three_deep_with_arrays_in_loops() {
    let point = (0.8, -0.6);
    Check::new("depth_3", &point, |(x, y)| depth_3(*x, *y))
        .value_and_grad(|(x, y)| depth_3::value_and_grad(*x, *y))
        .jvp(|(x, y), (x_dot, y_dot)| depth_3::jvp(*x, *y, *x_dot, *y_dot))
        .run()
        .assert();
}

#[differentiate]
fn even(x: f64, n: u32) -> f64 {
    if n == 0 { x } else { odd(x, n - 1) * x }
}

#[differentiate]
fn odd(x: f64, n: u32) -> f64 {
    if n == 0 { 1.0 } else { even(x, n - 1) + x }
}

/// even(2) = (even(0) + x) x = 2x², even(4) = (2x² + x) x, odd(3) = even(2) + x.
#[test]
fn mutual_recursion() {
    assert_eq!(even::value_and_grad(3.0, 2), (18.0, 12.0));
    assert_eq!(even::value_and_grad(3.0, 4), (63.0, 6.0 * 9.0 + 2.0 * 3.0));
    assert_eq!(odd::value_and_grad(3.0, 3), (21.0, 13.0));
    assert_eq!(even::jvp(3.0, 4, 0.5), (63.0, 30.0));
}
