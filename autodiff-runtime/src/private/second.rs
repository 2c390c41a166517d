//! What generated code needs for second and higher derivatives.

use alloc::{vec, vec::Vec};

use num_traits::{One, Zero};

use crate::differentiable::Differentiable;

/// A companion with derivatives of the order `ORDER`. Generated code calls a callee's through this trait, so that one
/// which lacks them is one error with a name.
///
/// ```compile_fail,E0277
/// use autodiff_runtime::differentiate;
///
/// #[differentiate] // `order = 2` is missing
/// fn square(x: f64) -> f64 {
///     x * x
/// }
///
/// #[differentiate(order = 2)]
/// fn fourth(x: f64) -> f64 {
///     square(square(x))
/// }
/// ```
///
/// ```
/// use autodiff_runtime::differentiate;
///
/// #[differentiate(order = 2)]
/// fn square(x: f64) -> f64 {
///     x * x
/// }
///
/// #[differentiate(order = 2)]
/// fn fourth(x: f64) -> f64 {
///     square(square(x))
/// }
///
/// assert_eq!(fourth::hessian(2.0), 48.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "derivatives of order {ORDER} of this call are needed, but `{Self}` does not have them",
    label = "has no derivatives of order {ORDER}",
    note = "write `#[differentiate(order = {ORDER})]` on `{Self}`"
)]
pub trait OfOrder<const ORDER: usize> {
    /// The type with the higher derivatives as methods: the companion itself.
    type Companion;

    /// Its only value.
    const COMPANION: Self::Companion;
}

/// The Hessian in flat order: row k is `product` of the k-th unit vector.
///
/// `direction` is a gradient of the right shape, all zero.
pub fn flat_rows<G: Differentiable>(mut direction: G, product: impl Fn(&G) -> G) -> Vec<Vec<G::Scalar>> {
    let mut unit = vec![G::Scalar::zero(); direction.flat_len()];
    direction.set_constants(None);
    (0..unit.len())
        .map(|k| {
            unit[k] = G::Scalar::one();
            direction.read_flat(&unit);
            unit[k] = G::Scalar::zero();
            product(&direction).to_flat()
        })
        .collect()
}

/// The trace of a function that is one step, and gives more than numbers: it has rules of its own, or computes with
/// derivatives of others.
///
/// # Panics
///
/// Always: such a step is not recorded, and a trace without it would show wrong adjoints.
#[cold]
#[track_caller]
pub fn no_trace(name: &str) -> ! {
    panic!(
        "`{name}` has rules of its own, or computes with derivatives of other functions, and gives more than numbers: it has no trace"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Hessian of `a² b + 3 b c` at (2, 5, 7), a product at a time.
    #[test]
    fn rows_in_flat_order() {
        let product = |v: &(f64, [f64; 2])| {
            let (a, [b, c]) = *v;
            (2.0 * 5.0 * a + 4.0 * b, [4.0 * a + 3.0 * c, 3.0 * b])
        };
        let rows = flat_rows((0.0, [0.0; 2]), product);
        assert_eq!(rows, [[10.0, 4.0, 0.0], [4.0, 0.0, 3.0], [0.0, 3.0, 0.0]]);
    }
}
