//! What kind of critical point is it?

use alloc::vec::Vec;
use core::fmt;

use super::regularize::eigen;
use super::{SolveError, flat};
use crate::Differentiable;

/// The kind of a critical point, from the signs of the eigenvalues of its Hessian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// All eigenvalues are positive: a strict local minimum.
    Minimum,
    /// All are negative: a strict local maximum.
    Maximum,
    /// There are both signs: a saddle, even if other eigenvalues vanish.
    Saddle {
        /// How many directions lead down.
        negative: usize,
    },
    /// An eigenvalue vanishes and the others have one sign: second derivatives cannot tell. The origin is such a point
    /// of `x⁴`, a minimum, and of `x³`, which is none.
    Degenerate {
        /// How many eigenvalues vanish.
        zero: usize,
    },
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minimum => f.write_str("minimum"),
            Self::Maximum => f.write_str("maximum"),
            Self::Saddle { negative } => write!(f, "saddle of index {negative}"),
            Self::Degenerate { zero } => write!(f, "degenerate in {zero} directions"),
        }
    }
}

/// A classified critical point.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CriticalPoint {
    /// The kind.
    pub kind: Kind,
    /// The eigenvalues of the Hessian, in increasing order.
    pub eigenvalues: Vec<f64>,
    /// The magnitude up to which an eigenvalue counted as zero.
    pub threshold: f64,
}

/// Classifies a critical point by the eigenvalues of its `hessian`, which holds n² floats row by row. That the gradient
/// vanishes there is the caller's business, as a [`Solution`](super::Solution) reports it.
///
/// An eigenvalue counts as zero if its magnitude is at most `tolerance` times that of the largest one. Rounding alone
/// moves eigenvalues by about n ε times the largest, ε ≈ 2·10⁻¹⁶, and a critical point that is known to the relative
/// accuracy δ has eigenvalues that are known to about δ: 10⁻⁸ is a good tolerance. Of a Hessian that is not quite
/// symmetric the mean with its transpose is taken.
///
/// # Errors
///
/// When `tolerance` is negative or not finite, when the number of floats is not that of a square matrix of at least one
/// row, or when one of them is not finite.
///
/// # Example
///
/// Himmelblau's function `(x² + y − 11)² + (x + y² − 7)²` has a minimum at (3, 2):
///
/// ```
/// use autodiff_runtime::second_order::{Kind, classify};
///
/// let hessian = |x: f64, y: f64| {
///     [[12.0 * x * x + 4.0 * y - 42.0, 4.0 * (x + y)], [4.0 * (x + y), 12.0 * y * y + 4.0 * x - 26.0]]
/// };
/// assert_eq!(classify(&hessian(3.0, 2.0), 1e-8)?.kind, Kind::Minimum);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn classify<H: Differentiable<Scalar = f64>>(hessian: &H, tolerance: f64) -> Result<CriticalPoint, SolveError> {
    SolveError::check_tolerance("tolerance", tolerance)?;
    let len = hessian.flat_len();
    let n = len.isqrt();
    if n == 0 {
        return Err(SolveError::Empty);
    }
    SolveError::check_len("hessian", n * n, len)?;
    let hessian = flat::matrix("hessian", hessian, n, n)?;
    SolveError::check_start("hessian", hessian.as_slice())?;
    let symmetric = (&hessian + hessian.transpose()) * 0.5;
    // The factorisation fails only where the sums of the transposes or of squares overflow.
    let eigen = eigen(symmetric).ok_or(SolveError::NonFiniteStart { what: "hessian" })?;
    let mut eigenvalues: Vec<f64> = eigen.eigenvalues.iter().copied().collect();
    eigenvalues.sort_by(f64::total_cmp);

    let threshold = tolerance * eigenvalues.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let positive = eigenvalues.iter().filter(|&&value| value > threshold).count();
    let negative = eigenvalues.iter().filter(|&&value| value < -threshold).count();
    let kind = match (negative, n - positive - negative, positive) {
        (0, 0, _) => Kind::Minimum,
        (_, 0, 0) => Kind::Maximum,
        (1.., _, 1..) => Kind::Saddle { negative },
        (_, zero, _) => Kind::Degenerate { zero },
    };
    Ok(CriticalPoint { kind, eigenvalues, threshold })
}
