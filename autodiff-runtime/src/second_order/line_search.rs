//! Backtracking: the longest tried step that lowers the objective enough.

/// The fraction of the linear decrease that a step must reach (Nocedal & Wright, (3.4); the value is theirs).
const SUFFICIENT_DECREASE: f64 = 1e-4;

/// A step shorter than this part of the first one is not worth a try: the loss of digits then hides what it does.
const SHORTEST: f64 = 1e-16;

/// Rounding errors of the objective that count as no increase, in units of its last place. Close to a minimum the
/// decrease of a good step is below them; Newton's last steps would be refused otherwise (W. Hager and H. Zhang, *A New
/// Conjugate Gradient Method with Guaranteed Descent and an Efficient Line Search*, SIAM J. Optim. 16, 2005, section 4).
const ROUNDING: f64 = 8.0;

/// A step size `α` with `φ(α) ≤ φ(0) + c₁ α φ'(0)`, and `φ(α)`; `None` if there is none.
///
/// Starts with `α = 1`, the step of Newton's method, so that its fast convergence is kept near a solution. A step that
/// fails is shortened to the minimum of the parabola through `φ(0)`, `φ'(0)` and `φ(α)`, but to no less than a tenth
/// and no more than half (J. Dennis and R. Schnabel, *Numerical Methods for Unconstrained Optimization and Nonlinear
/// Equations*, 1983, algorithm A6.3.1). Where `φ` is not finite the step is shortened to a tenth.
///
/// The decrease of the first step may be hidden by rounding, that of a shortened one may not: if even the short steps
/// end in the noise, there is nothing to gain along this direction.
pub(super) fn backtrack(value: f64, slope: f64, mut phi: impl FnMut(f64) -> f64) -> Option<(f64, f64)> {
    let noise = ROUNDING * f64::EPSILON * value.abs();
    let mut alpha = 1.0;
    while alpha > SHORTEST {
        let trial = phi(alpha);
        let slack = if alpha == 1.0 { noise } else { 0.0 };
        // Not `>`: a NaN is refused.
        if trial <= value + SUFFICIENT_DECREASE * alpha * slope + slack {
            return Some((alpha, trial));
        }
        let shorter = if trial.is_finite() {
            let parabola = -slope * alpha * alpha / (2.0 * (trial - value - slope * alpha));
            parabola.clamp(0.1 * alpha, 0.5 * alpha)
        } else {
            0.1 * alpha
        };
        // A difference that vanishes makes the parabola's minimum NaN, and `clamp` keeps it.
        alpha = if shorter.is_nan() { 0.5 * alpha } else { shorter };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::backtrack;

    #[test]
    fn a_full_step_is_kept() {
        assert_eq!(backtrack(1.0, -1.0, |alpha| 1.0 - 0.5 * alpha), Some((1.0, 0.5)));
    }

    #[test]
    fn a_parabola_is_minimised_in_two_trials() {
        // φ(α) = (1 − 4α)²: φ(1) = 9, and the parabola through what is known is φ itself.
        let mut trials = 0;
        let found = backtrack(1.0, -8.0, |alpha: f64| {
            trials += 1;
            (1.0 - 4.0 * alpha).powi(2)
        });
        assert_eq!((found, trials), (Some((0.25, 0.0)), 2));
    }

    #[test]
    fn what_is_not_finite_is_refused() {
        let found = backtrack(1.0, -1.0, |alpha| if alpha > 0.05 { f64::NAN } else { 1.0 - alpha });
        assert!(found.is_some_and(|(alpha, _)| (0.005..0.05).contains(&alpha)), "{found:?}");
    }

    #[test]
    fn an_ascent_direction_has_no_step() {
        assert_eq!(backtrack(1.0, -1.0, |alpha| 1.0 + alpha), None);
    }
}
