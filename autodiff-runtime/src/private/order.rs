//! The order that a sort finds.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// The positions of `values` in the order in which a stable sort by `compare` puts them.
///
/// A sort is an exchange of elements: what it depends on are comparisons, which have no derivative, and what it does is a
/// permutation, which is its own derivative.
pub fn order_by<T>(values: &[T], mut compare: impl FnMut(&T, &T) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| compare(&values[i], &values[j]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_order() {
        let by_tens = |a: &i32, b: &i32| (a / 10).cmp(&(b / 10));
        assert_eq!(order_by(&[25, 11, 21, 13, 5], by_tens), [4, 1, 3, 0, 2]);
        assert_eq!(order_by(&[], f64::total_cmp), []);
        assert_eq!(order_by(&[2.0, f64::NEG_INFINITY, -0.0, 0.0], f64::total_cmp), [1, 2, 3, 0]);
    }
}
