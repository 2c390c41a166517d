//! What derivatives are compared with.

use autodiff_tests::compare::{self, assert_close};

/// Differences with steps that suit the functions here.
fn slope(f: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    compare::slope(0.02, 6, f)
}

/// Value and tangent at a point, along a direction.
type Forward<'a> = &'a dyn Fn(&[f64], &[f64]) -> (f64, f64);

/// A product with a matrix that depends on the point.
type Product<'a> = &'a dyn Fn(&[f64], &[f64]) -> Vec<f64>;

/// The gradient, the forward derivative and the Hessian-vector product of a function agree with differences, and with each
/// other.
#[track_caller]
pub(crate) fn agrees(
    what: &str,
    x: &[f64],
    value: &dyn Fn(&[f64]) -> f64,
    gradient: &dyn Fn(&[f64]) -> Vec<f64>,
    forward: Forward<'_>,
    product: Option<Product<'_>>,
) {
    let what = &format!("{what} at {x:?}");
    let v: Vec<f64> = (0..x.len()).map(|i| 0.75 - 0.5 * i as f64 + 0.125 * (i * i) as f64).collect();
    let along = |h: f64| x.iter().zip(&v).map(|(x, v)| x + h * v).collect::<Vec<f64>>();
    let found = gradient(x);
    let dot: f64 = found.iter().zip(&v).map(|(g, v)| g * v).sum();
    let wanted = slope(|h| vec![value(&along(h))]);
    assert_close(what, &[dot], &wanted, 1e-8);
    let (y, y_dot) = forward(x, &v);
    assert_eq!(y.to_bits(), value(x).to_bits(), "{what}");
    assert_close(&format!("{what}, forward"), &[y_dot], &[dot], 1e-11);
    // Each part of the gradient by itself.
    for (i, &part) in found.iter().enumerate() {
        let unit: Vec<f64> = (0..x.len()).map(|k| if k == i { 1.0 } else { 0.0 }).collect();
        assert_close(&format!("{what}, part {i}"), &[forward(x, &unit).1], &[part], 1e-11);
    }
    if let Some(product) = product {
        let wanted = slope(|h| gradient(&along(h)));
        assert_close(&format!("{what}, product"), &product(x, &v), &wanted, 1e-7);
    }
}
