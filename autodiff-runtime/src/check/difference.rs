//! Derivatives by extrapolated central differences: what a rule is compared with.
//!
//! Ridders, "Accurate computation of F'(x) and F'(x) F''(x)" (Advances in Engineering Software 4, 1982): central
//! differences at steps `h, h/c, h/c², …` are extrapolated to `h = 0` by Neville's scheme, and of all entries of the
//! table that with the smallest estimated error is taken. No step has to be chosen: truncation rules out the large
//! ones, rounding the small ones.

use alloc::{vec, vec::Vec};

/// The first step, as a part of the scale of the inputs.
const FIRST_STEP: f64 = 0.367_879_441_171_442_3;
/// What a step is divided by to get the next. Not 2: where the first step is near a multiple of 16 periods of a
/// periodic function, halving it four times gives multiples again, and the table converges to the slope of a slower
/// function.
const CONTRACTION: f64 = 1.6;
/// How many steps are tried.
const LEVELS: usize = 22;

/// A derivative with what is known of its accuracy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Difference {
    pub(super) value: f64,
    /// The distance to the neighbours in the table.
    pub(super) error: f64,
    /// What rounding of the function's values alone may contribute.
    pub(super) noise: f64,
}

impl Difference {
    const UNKNOWN: Difference = Difference { value: f64::NAN, error: f64::INFINITY, noise: 0.0 };

    /// A bound on how far a right derivative may be from [`value`](Self::value).
    pub(super) fn uncertainty(&self) -> f64 {
        4.0 * (self.error + self.noise)
    }

    /// Whether neither truncation nor rounding explains the error: there is a kink, jump or pole nearby.
    pub(super) fn is_unresolved(&self, magnitude: f64) -> bool {
        !self.error.is_finite() || (4.0 * self.error > 2.5e-4 * magnitude && self.error > 256.0 * self.noise)
    }
}

/// The derivative at 0 of every component of `values`, whose relative precision is `epsilon`.
pub(super) fn differentiate(values: impl Fn(f64) -> Vec<f64>, epsilon: f64) -> Vec<Difference> {
    let mut tables: Vec<Table> = Vec::new();
    let mut step = FIRST_STEP;
    for _ in 0..LEVELS {
        let (above, below) = (values(step), values(-step));
        tables.resize_with(above.len().min(below.len()), Table::default);
        for ((table, above), below) in tables.iter_mut().zip(above).zip(below) {
            table.add(above, below, step, epsilon);
        }
        step /= CONTRACTION;
    }
    tables.into_iter().map(|table| table.best).collect()
}

/// Neville's table for one component: the last row, and the best entry so far.
struct Table {
    row: Vec<f64>,
    best: Difference,
}

impl Default for Table {
    fn default() -> Self {
        Table { row: Vec::new(), best: Difference::UNKNOWN }
    }
}

impl Table {
    fn add(&mut self, above: f64, below: f64, step: f64, epsilon: f64) {
        let mut entry = (above - below) / (2.0 * step);
        if !entry.is_finite() {
            // Outside of the domain: start again with smaller steps.
            self.row.clear();
            return;
        }
        // Half an epsilon for each value.
        let noise = epsilon * (above.abs() + below.abs()) / (4.0 * step);
        let mut next = vec![entry];
        let mut weight = 1.0;
        for &previous in &self.row {
            // The entry that removes the error term in h², then h⁴, ….
            weight *= CONTRACTION * CONTRACTION;
            let extrapolated = entry + (entry - previous) / (weight - 1.0);
            let error = (extrapolated - entry).abs().max((extrapolated - previous).abs());
            // With the noise: an error that is small by accident does not beat a step at which rounding is small.
            if error + noise < self.best.error + self.best.noise {
                self.best = Difference { value: extrapolated, error, noise };
            }
            next.push(extrapolated);
            entry = extrapolated;
        }
        self.row = next;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn derivative(f: impl Fn(f64) -> f64, at: f64) -> Difference {
        differentiate(|t| vec![f(at + t)], f64::EPSILON)[0]
    }

    #[test]
    fn smooth_functions_to_ten_digits() {
        let cases = [
            (derivative(f64::exp, 1.0), 1.0_f64.exp()),
            (derivative(f64::sin, 0.7), 0.7_f64.cos()),
            (derivative(f64::ln, 1e-3), 1e3),
            (derivative(|x| x.powi(5), 2.0), 80.0),
            (derivative(|_| 3.0, 2.0), 0.0),
        ];
        for (difference, expected) in cases {
            assert!((difference.value - expected).abs() <= 1e-10 * expected.max(1.0), "{difference:?} {expected}");
            assert!((difference.value - expected).abs() <= difference.uncertainty(), "{difference:?} {expected}");
            assert!(!difference.is_unresolved(expected));
        }
    }

    #[test]
    fn a_kink_next_to_the_point_is_noticed_or_resolved() {
        // Far enough for the small steps to fit in.
        let resolved = derivative(f64::abs, 1e-2);
        assert!(!resolved.is_unresolved(1.0) && (resolved.value - 1.0).abs() < 1e-9, "{resolved:?}");
        // Nearer than every step: the differences are neither slope.
        let jump = derivative(|x| if x > 1e-9 { 1.0 } else { 0.0 }, 0.0);
        assert!(jump.is_unresolved(jump.value.abs()), "{jump:?}");
    }

    #[test]
    fn periods_do_not_fool_it() {
        for frequency in 1..=200 {
            let rate = 2.0 * core::f64::consts::PI * f64::from(frequency);
            let difference = derivative(|x| (rate * x).sin(), 1.0);
            assert!((difference.value - rate).abs() < 1e-8 * rate, "{difference:?} {rate}");
        }
    }

    #[test]
    fn nothing_is_known_outside_of_the_domain() {
        assert!(derivative(f64::ln, -1.0).is_unresolved(0.0));
    }
}
