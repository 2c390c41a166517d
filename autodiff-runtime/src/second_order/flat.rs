//! Between the caller's types and vectors.

use nalgebra::{DMatrix, DVector};

use super::SolveError;
use crate::Differentiable;

/// The start as a vector, checked.
pub(super) fn start<P: Differentiable<Scalar = f64>>(start: &P) -> Result<DVector<f64>, SolveError> {
    let x = DVector::from_vec(start.to_flat());
    if x.is_empty() {
        return Err(SolveError::Empty);
    }
    SolveError::check_start("start", x.as_slice())?;
    Ok(x)
}

/// A value of the shape of `like` with the floats of `flat`, which must be as many.
pub(super) fn shaped<P: Differentiable<Scalar = f64>>(like: &P, flat: &DVector<f64>) -> P {
    let mut value = like.zeros_like();
    value.read_flat(flat.as_slice());
    value
}

/// What a closure returned, as a vector of `len` numbers.
pub(super) fn vector<A: Differentiable<Scalar = f64>>(
    what: &'static str,
    value: &A,
    len: usize,
) -> Result<DVector<f64>, SolveError> {
    let flat = value.to_flat();
    SolveError::check_len(what, len, flat.len())?;
    Ok(DVector::from_vec(flat))
}

/// What a closure returned, row by row, as a matrix.
pub(super) fn matrix<A: Differentiable<Scalar = f64>>(
    what: &'static str,
    value: &A,
    rows: usize,
    columns: usize,
) -> Result<DMatrix<f64>, SolveError> {
    let flat = value.to_flat();
    SolveError::check_len(what, rows * columns, flat.len())?;
    Ok(DMatrix::from_row_slice(rows, columns, &flat))
}

/// Whether all numbers are finite.
pub(super) fn is_finite(numbers: &[f64]) -> bool {
    numbers.iter().all(|x| x.is_finite())
}
