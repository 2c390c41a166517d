//! The methods against what theory says of them: orders of convergence, finite termination, invariance.

mod critical;
mod functions;
mod least_squares;
mod newton;
mod newton_cg;
mod structure;
mod taylor;

/// The exponents `p` of `e_{k+1} ≈ C e_k^p`, from each three errors in a row.
fn orders(errors: &[f64]) -> Vec<f64> {
    errors.windows(3).map(|e| (e[2] / e[1]).ln() / (e[1] / e[0]).ln()).collect()
}
