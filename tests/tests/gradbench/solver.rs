//! The optimizer of the benchmark, for the outer problem: gradient descent whose step is doubled after ten steps that
//! lowered the objective, and halved after one that did not.

/// A local minimum of `value`, from `start`.
pub(crate) fn argmin<const N: usize>(
    start: [f64; N],
    value: impl Fn(&[f64; N]) -> f64,
    gradient: impl Fn(&[f64; N]) -> [f64; N],
) -> [f64; N] {
    let norm = |v: &[f64; N]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
    let (mut x, mut fx, mut gx) = (start, value(&start), gradient(&start));
    let (mut eta, mut good) = (1e-5, 0);
    loop {
        if norm(&gx) <= 1e-5 {
            return x;
        }
        if good == 10 {
            eta *= 2.0;
            good = 0;
            continue;
        }
        let next: [f64; N] = std::array::from_fn(|i| x[i] - eta * gx[i]);
        if norm(&std::array::from_fn(|i| x[i] - next[i])) <= 1e-5 {
            return x;
        }
        let f_next = value(&next);
        if f_next < fx {
            (x, fx, gx) = (next, f_next, gradient(&next));
            good += 1;
        } else {
            eta /= 2.0;
            good = 0;
        }
    }
}
