//! What derivatives are compared with, and how.

/// The largest magnitude, 0 of nothing.
pub fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |most: f64, x| most.max(x.abs()))
}

/// Every number of `found` is within `tolerance` of the largest of `wanted`, or of 1 if that is less.
#[track_caller]
pub fn assert_close(what: &str, found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_within(what, found, wanted, tolerance * largest(wanted).max(1.0));
}

/// Every number of `found` is within `tolerance` of the largest of `wanted`.
#[track_caller]
pub fn assert_relative(what: &str, found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_within(what, found, wanted, tolerance * largest(wanted).max(f64::MIN_POSITIVE));
}

#[track_caller]
fn assert_within(what: &str, found: &[f64], wanted: &[f64], bound: f64) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (k, (a, b)) in found.iter().zip(wanted).enumerate() {
        assert!((a - b).abs() <= bound, "{what}, number {k}: {a:e}, not {b:e}\n{found:?}\n{wanted:?}");
    }
}

/// The derivative of `f` at 0, by central differences with `step` and its halves, extrapolated to step 0 (Romberg).
pub fn slope(step: f64, levels: u32, f: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let mut previous: Vec<Vec<f64>> = Vec::new();
    for level in 0..levels {
        let h = step / f64::from(1 << level);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_to_ten_digits() {
        let found = slope(0.02, 5, |h| vec![(1.0 + h).exp(), (0.5 + h).sin()]);
        assert_relative("exp and sin", &found, &[1f64.exp(), 0.5f64.cos()], 1e-10);
    }

    #[test]
    #[should_panic(expected = "number 1")]
    fn what_is_off_by_more_is_named() {
        assert_relative("two numbers", &[1e3, 1.0], &[1e3, 1.0 + 2e-9], 1e-12);
    }
}
