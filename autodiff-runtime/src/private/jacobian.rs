//! The rows of Jacobians.

use alloc::{vec, vec::Vec};

use num_traits::{One, Zero};

use crate::differentiable::{Differentiable, Scalar};

/// The rows of a Jacobian, in the flat order of the result.
pub(super) type Rows<G> = vec::IntoIter<G>;

/// The rows of a Jacobian: by forward mode, one column a product with a unit tangent, where the arguments have fewer floats
/// than the result, else by reverse mode, one row a product with a unit seed.
///
/// `direction` is a gradient, and `seed` a seed, of the right shape, all zero.
pub fn rows<G: Differentiable, S: Differentiable>(
    direction: G,
    seed: &S,
    forward: impl Fn(&G) -> S,
    reverse: impl Fn(S) -> G,
) -> Rows<G> {
    let (inputs, outputs) = (direction.flat_len(), seed.flat_len());
    let rows: Vec<G> = if inputs < outputs {
        let columns = columns(&direction, forward);
        let row = |j: usize| {
            let numbers: Vec<G::Scalar> =
                columns.iter().map(|column| G::Scalar::from_double(column[j].to_double())).collect();
            // A copy, with the constant fields of a struct.
            let mut row = direction.zeros_like();
            row.read_flat(&numbers);
            row
        };
        (0..outputs).map(row).collect()
    } else {
        let mut unit = vec![S::Scalar::zero(); outputs];
        let row = |j: usize| {
            let mut given = seed.zeros_like();
            unit[j] = S::Scalar::one();
            given.read_flat(&unit);
            unit[j] = S::Scalar::zero();
            reverse(given)
        };
        (0..outputs).map(row).collect()
    };
    rows.into_iter()
}

/// The product with each unit tangent.
fn columns<G: Differentiable, S: Differentiable>(zero: &G, forward: impl Fn(&G) -> S) -> Vec<Vec<S::Scalar>> {
    let mut direction = zero.zeros_like();
    // A tangent has nothing in its constant fields.
    direction.set_constants(None);
    let inputs = direction.flat_len();
    let mut unit = vec![G::Scalar::zero(); inputs];
    let column = |k: usize| {
        unit[k] = G::Scalar::one();
        direction.read_flat(&unit);
        unit[k] = G::Scalar::zero();
        forward(&direction).to_flat()
    };
    (0..inputs).map(column).collect()
}

/// The next row.
///
/// # Panics
///
/// When there is none: generated code asks for as many as the seed has floats.
#[track_caller]
pub fn row<G>(rows: &mut Rows<G>) -> G {
    rows.next().expect("one row a float of the result: else this is a bug in autodiff")
}

/// The rows of the floats of `part`.
pub fn rows_of<G, S: Differentiable>(part: &S, rows: &mut Rows<G>) -> Vec<G> {
    rows.take(part.flat_len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of `(a b, a + c, b c)` at (2, 3, 5), of which the first `n` results and all arguments are taken, or the other way
    /// round: both modes give what the definition gives.
    const J: [[f64; 3]; 3] = [[3.0, 2.0, 0.0], [1.0, 0.0, 1.0], [0.0, 5.0, 3.0]];

    #[test]
    fn both_modes_give_the_same() {
        let forward = |v: &[f64; 3]| J.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>());
        let reverse = |w: [f64; 3]| -> [f64; 3] {
            core::array::from_fn(|k| J.iter().zip(w).map(|(row, w)| row[k] * w).sum::<f64>())
        };
        let wide = rows([0.0; 3], &[0.0; 3], |_: &[f64; 3]| unreachable!(), reverse);
        assert_eq!(wide.collect::<Vec<_>>(), J);
        // One result more, so that forward mode is cheaper.
        let tall = rows([0.0; 3], &vec![0.0; 4], |v| [&forward(v)[..], &[v[0]]].concat(), |_| unreachable!());
        assert_eq!(tall.collect::<Vec<_>>(), [J[0], J[1], J[2], [1.0, 0.0, 0.0]]);
    }

    #[test]
    fn no_rows_and_no_columns() {
        let none = rows([0.0; 2], &(), |_: &[f64; 2]| unreachable!(), |()| unreachable!());
        assert_eq!(none.count(), 0);
        let narrow = rows(Vec::<f64>::new(), &1.0_f64, |_| 0.0, |_| unreachable!());
        assert_eq!(narrow.collect::<Vec<_>>(), [Vec::new()]);
    }
}
