//! Derivatives by extrapolated central differences: what a rule is compared with.
//!
//! Ridders, "Accurate computation of F'(x) and F'(x) F''(x)" (Advances in Engineering Software 4, 1982): central
//! differences at steps `h, h/c, h/c², …` are extrapolated to `h = 0` by Neville's scheme, and of all entries of the
//! table that with the smallest estimated error is taken. No step has to be chosen: truncation rules out the large
//! ones, rounding the small ones.
//!
//! A function with branches may be another smooth function at both ends of the large steps, to which the table converges.
//! The small steps tell: where most of them agree on something else, the table starts again with smaller ones.
//!
//! A kink that is nearer than most of the steps gives the mean of two slopes to all of these; there, the quotients leave their
//! limit again as the steps get smaller, and further steps tell what they leave it for. So they do where a part of the function
//! is constant over small steps by rounding, and where they leave it for the wrong derivative. Nothing tells the one from the
//! other; what they come to is kept beside what the larger steps come to.

use alloc::{vec, vec::Vec};

/// The first step, as a part of the scale of the inputs.
const FIRST_STEP: f64 = 0.367_879_441_171_442_3;
/// What a step is divided by to get the next. Not 2: where the first step is near a multiple of 16 periods of a
/// periodic function, halving it four times gives multiples again, and the table converges to the slope of a slower
/// function.
const CONTRACTION: f64 = 1.6;
/// How many steps are tried, and how many more where the smallest ones leave the limit of the others.
const LEVELS: usize = 22;
const FURTHER: usize = 14;
/// About the smallest of the further steps, and how many times the precision of the numbers a step has to be.
const SMALLEST: f64 = 1e-8;
const RESOLVED: f64 = 1e3;
/// How many smaller steps have to agree before larger ones are left out.
const FEWEST: usize = 6;

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

/// What differences have come to, for every component.
#[derive(Clone, Debug)]
pub(super) struct Differences {
    pub(super) far: Vec<Difference>,
    /// With further steps, where the smallest of the others have left the limit of some component.
    pub(super) near: Option<Vec<Difference>>,
}

/// The derivative at 0 of every component of `values`, whose relative precision is `epsilon`.
pub(super) fn differentiate(values: impl Fn(f64) -> Vec<f64>, epsilon: f64) -> Differences {
    let mut levels: Vec<Vec<Quotient>> = Vec::new();
    let mut step = FIRST_STEP;
    let mut refine = |levels: &mut Vec<Vec<Quotient>>, count: usize| {
        for _ in 0..count {
            let (above, below) = (values(step), values(-step));
            levels.resize_with(above.len().min(below.len()), Vec::new);
            for ((levels, above), below) in levels.iter_mut().zip(above).zip(below) {
                levels.push(Quotient::new(above, below, step, epsilon));
            }
            step /= CONTRACTION;
        }
    };
    refine(&mut levels, LEVELS);
    let far = levels.iter().map(|levels| limit(levels, LEVELS)).collect();
    // In single precision, smaller steps are not taken: they are lost in the rounding of the arguments.
    let resolved = SMALLEST > RESOLVED * epsilon;
    let near = (resolved && levels.iter().any(|levels| is_left(levels))).then(|| {
        refine(&mut levels, FURTHER);
        levels.iter().map(|levels| limit(levels, LEVELS)).collect()
    });
    Differences { far, near }
}

/// A central difference.
#[derive(Clone, Copy, Debug)]
struct Quotient {
    value: f64,
    /// What rounding of the function's values may contribute.
    noise: f64,
}

impl Quotient {
    fn new(above: f64, below: f64, step: f64, epsilon: f64) -> Self {
        // Half an epsilon for each value.
        let noise = epsilon * (above.abs() + below.abs()) / (4.0 * step);
        Quotient { value: (above - below) / (2.0 * step), noise }
    }
}

/// What the quotients of one component, of the largest step first, converge to: the first `few` of them, unless most of
/// those behind agree on something else. (Rounding makes two of many small steps agree by accident, but not most.)
fn limit(levels: &[Quotient], few: usize) -> Difference {
    let (best, level) = extrapolated(levels.get(..few).unwrap_or(levels));
    let smaller = (level + 1..levels.len()).filter_map(|first| levels.get(first..));
    match smaller.take_while(|rest| rest.len() >= FEWEST).find(|rest| disagree(rest, &best)) {
        Some(smaller) => limit(smaller, smaller.len()),
        None => best,
    }
}

/// Whether the quotients leave the limit again as the steps get smaller, by more than rounding.
fn is_left(levels: &[Quotient]) -> bool {
    let (best, _) = extrapolated(levels);
    let distances: Vec<f64> = levels.iter().map(|quotient| (quotient.value - best.value).abs()).collect();
    let mut nearest = f64::INFINITY;
    distances.iter().zip(distances.iter().skip(1)).zip(levels.iter().skip(1)).any(|((previous, distance), quotient)| {
        let is_left = *distance > 2.0 * nearest + 16.0 * quotient.noise + best.uncertainty();
        // Two in a row: one may be near by accident.
        nearest = nearest.min(previous.max(*distance));
        is_left
    })
}

/// Whether most of the quotients are nearer to each other than to `best`, by much. Those of a smooth function differ from
/// its derivative as much as among each other, by truncation or by rounding.
fn disagree(levels: &[Quotient], best: &Difference) -> bool {
    let middle = median(levels.iter().map(|quotient| quotient.value).collect());
    let spread = median(levels.iter().map(|quotient| (quotient.value - middle).abs()).collect());
    let noise = median(levels.iter().map(|quotient| quotient.noise).collect());
    (middle - best.value).abs() > 16.0 * (spread + noise) + best.uncertainty()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The entry of Neville's table with the smallest error, and the level that it belongs to.
fn extrapolated(levels: &[Quotient]) -> (Difference, usize) {
    let mut best = (Difference::UNKNOWN, 0);
    let mut row: Vec<f64> = Vec::new();
    for (level, quotient) in levels.iter().enumerate() {
        let (mut entry, noise) = (quotient.value, quotient.noise);
        if !entry.is_finite() {
            // Outside of the domain: start again with smaller steps.
            row.clear();
            continue;
        }
        let mut next = vec![entry];
        let mut weight = 1.0;
        for &previous in &row {
            // The entry that removes the error term in h², then h⁴, ….
            weight *= CONTRACTION * CONTRACTION;
            let extrapolated = entry + (entry - previous) / (weight - 1.0);
            let error = (extrapolated - entry).abs().max((extrapolated - previous).abs());
            // With the noise: an error that is small by accident does not beat a step at which rounding is small.
            if error + noise < best.0.error + best.0.noise {
                best = (Difference { value: extrapolated, error, noise }, level);
            }
            next.push(extrapolated);
            entry = extrapolated;
        }
        row = next;
    }
    best
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn derivative(f: impl Fn(f64) -> f64, at: f64) -> Difference {
        differentiate(|t| vec![f(at + t)], f64::EPSILON).far[0]
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
    fn branches_at_both_ends_of_the_large_steps_do_not_fool_it() {
        for margin in [0.2, 0.1, 0.01, 1e-3] {
            let branches = derivative(|x| if x.abs() > margin { 0.25 * x } else { 2.0 * x + x * x }, 0.0);
            assert!((branches.value - 2.0).abs() < 1e-9, "{margin}: {branches:?}");
            let curved = derivative(|x| if x.abs() > margin { (0.1 * x).sin() } else { x.exp() }, 0.0);
            assert!((curved.value - 1.0).abs() < 1e-7, "{margin}: {curved:?}");
        }
    }

    #[test]
    fn a_kink_that_is_nearer_than_most_steps_does_not_fool_it() {
        for margin in [1e-3, 1e-4, 6e-5, 3e-5, 1e-5, 3e-6, 1e-6] {
            for bend in [1e-3, 0.02, 0.5] {
                let kinked = |x: f64| vec![x.exp() + bend * (x - margin).abs()];
                let Differences { far, near } = differentiate(kinked, f64::EPSILON);
                let nearest = near.map_or(far[0], |near| near[0]);
                assert!((nearest.value - (1.0 - bend)).abs() < 1e-7, "{margin}, {bend}: {nearest:?}");
                assert!(!nearest.is_unresolved(1.0));
            }
        }
    }

    #[test]
    fn rounding_does_not_fool_it() {
        // What is left of large numbers: the quotients of the small steps are noise.
        let difference = derivative(|x| (1e6 + x.sin()) - 1e6, 0.3);
        assert!((difference.value - 0.3_f64.cos()).abs() <= difference.uncertainty().max(1e-7), "{difference:?}");
    }

    #[test]
    fn what_rounding_makes_constant_does_not_fool_it() {
        // `tanh` is nearly 1: what is left of its slope changes by less than the steps of its values.
        let u = |x: f64| (1.49 + x.sin()).powi(3);
        let slope = |x: f64| (1.0 - u(x).tanh().powi(2)) * 3.0 * (1.49 + x.sin()).powi(2) * x.cos();
        let found = derivative(slope, 1.3);
        let exact = |x: f64| 3.0 * (1.49 + x.sin()).powi(2) * x.cos() * 4.0 * (-2.0 * u(x)).exp();
        let wanted = derivative(exact, 1.3);
        // Rounding leaves about two digits.
        assert!((found.value - wanted.value).abs() < 0.05 * wanted.value.abs(), "{found:?}, not {wanted:?}");
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
