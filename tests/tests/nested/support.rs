//! What derivatives are compared with.

pub(crate) fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |most: f64, x| most.max(x.abs()))
}

/// Every number of `found` is within `tolerance` of the largest of `wanted`, or of 1.
#[track_caller]
pub(crate) fn assert_close(what: &str, found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    let scale = largest(wanted).max(1.0);
    for (k, (a, b)) in found.iter().zip(wanted).enumerate() {
        assert!((a - b).abs() <= tolerance * scale, "{what}, number {k}: {a:e}, not {b:e}\n{found:?}\n{wanted:?}");
    }
}

/// The derivative of `f` at 0, by central differences extrapolated to step 0 (Romberg).
fn slope(f: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let mut previous: Vec<Vec<f64>> = Vec::new();
    for level in 0..6 {
        let h = 0.02 / f64::from(1 << level);
        let mut row = vec![f(h).iter().zip(&f(-h)).map(|(a, b)| (a - b) / (2.0 * h)).collect::<Vec<f64>>()];
        for (k, coarse) in previous.iter().enumerate() {
            let factor = f64::from(1 << (2 * (k + 1)));
            let next =
                row[k].iter().zip(coarse).map(|(fine, coarse)| fine + (fine - coarse) / (factor - 1.0)).collect();
            row.push(next);
        }
        previous = row;
    }
    previous.pop().unwrap_or_default()
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
