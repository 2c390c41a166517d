//! Hessians from one product per colour.

use std::cell::Cell;

use crate::second_order::{SolveError, Structure, StructureError};

/// A symmetric matrix with entries where the structure says.
fn matrix(n: usize, entry: impl Fn(usize, usize) -> bool) -> Vec<Vec<f64>> {
    let value = |i: usize, j: usize| if entry(i, j) { ((i + j) as f64 + (i * j) as f64).sin() + 2.0 } else { 0.0 };
    (0..n).map(|i| (0..n).map(|j| value(i, j)).collect()).collect()
}

fn times(matrix: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum()).collect()
}

/// Recovers `matrix`, and returns the number of products that it took.
fn recovers(structure: &Structure, matrix: &[Vec<f64>]) -> usize {
    let products = Cell::new(0);
    let hvp = |_: &Vec<f64>, v: &Vec<f64>| {
        products.set(products.get() + 1);
        times(matrix, v)
    };
    let x = vec![0.0; matrix.len()];
    let hessian = structure.hessian(&x, hvp).unwrap();
    // Products with zeros and ones are exact.
    assert_eq!(hessian.to_dense(), matrix);
    assert_eq!(hessian.diagonal(), (0..matrix.len()).map(|i| matrix[i][i]).collect::<Vec<_>>());
    let cost = products.get();
    assert_eq!(cost, structure.colours());
    assert!(structure.check(&x, hvp, 7).unwrap().is_confirmed());
    cost
}

#[test]
fn a_colour_is_a_product() {
    let n = 23;
    assert_eq!(recovers(&Structure::diagonal(n), &matrix(n, |i, j| i == j)), 1);
    assert_eq!(recovers(&Structure::banded(n, 1), &matrix(n, |i, j| i.abs_diff(j) <= 1)), 3);
    assert_eq!(recovers(&Structure::banded(n, 3), &matrix(n, |i, j| i.abs_diff(j) <= 3)), 7);
    assert_eq!(recovers(&Structure::banded(n, n), &matrix(n, |_, _| true)), n);
    assert_eq!(recovers(&Structure::banded(n, usize::MAX), &matrix(n, |_, _| true)), n);
    // Blocks of 5, 1 and 4.
    let block = |i: usize| [0, 5, 6, 10].iter().rposition(|&start| start <= i).unwrap();
    assert_eq!(recovers(&Structure::block_diagonal(&[5, 1, 4]), &matrix(10, |i, j| block(i) == block(j))), 5);
}

#[test]
fn greedy_colours_are_those_of_the_closed_forms() {
    let band: Vec<(usize, usize)> = (0..39).map(|i| (i, i + 1)).collect();
    let structure = Structure::sparse(40, &band).unwrap();
    assert_eq!(recovers(&structure, &matrix(40, |i, j| i.abs_diff(j) <= 1)), 3);
    // An arrow has a full row, so that no two columns may share a colour.
    let arrow: Vec<(usize, usize)> = (1..8).map(|i| (i, 0)).collect();
    let structure = Structure::sparse(8, &arrow).unwrap();
    assert_eq!(recovers(&structure, &matrix(8, |i, j| i == j || i == 0 || j == 0)), 8);
}

#[test]
fn a_colouring_of_ones_own() {
    let band = [(0, 1), (1, 2), (2, 3)];
    // Colours may be any numbers.
    let structure = Structure::coloured(4, &band, &[10, 20, 30, 10]).unwrap();
    assert_eq!(recovers(&structure, &matrix(4, |i, j| i.abs_diff(j) <= 1)), 3);

    let conflict = StructureError::Conflict { row: 1, first: 0, second: 2 };
    assert_eq!(Structure::coloured(4, &band, &[0, 1, 0, 1]).unwrap_err(), conflict);
    assert_eq!(conflict.to_string(), "columns 0 and 2 have one colour and both an entry in row 1");
    let count = StructureError::Colours { expected: 4, got: 1 };
    assert_eq!(Structure::coloured(4, &band, &[0]).unwrap_err(), count);
    assert_eq!(Structure::sparse(3, &band).unwrap_err(), StructureError::OutOfRange { index: 3, n: 3 });
}

#[test]
fn one_entry_outside_is_found() {
    let n = 30;
    // Wherever it is, and small beside the others.
    for (i, j) in [(0, n - 1), (4, 6), (11, 14), (28, 0)] {
        let mut hessian = matrix(n, |i, j| i.abs_diff(j) <= 1);
        hessian[i][j] += 1e-6;
        hessian[j][i] += 1e-6;
        let check = Structure::banded(n, 1).check(&vec![0.0; n], |_, v| times(&hessian, v), 1).unwrap();
        assert_eq!(check.wrong_rows, [i.min(j), i.max(j)]);
        assert_eq!(check.products, 4);
    }
    let check = Structure::diagonal(2).check(&[0.0; 2], |_, v| [v[0], f64::NAN], 1).unwrap();
    assert_eq!(check.wrong_rows, [1]);
}

#[test]
fn wrong_input_is_an_error() {
    let structure = Structure::diagonal(3);
    let error = structure.hessian(&[0.0; 2], |_, v| *v).unwrap_err();
    assert_eq!(error, SolveError::Length { what: "point", expected: 3, got: 2 });
    let error = structure.hessian(&vec![0.0; 3], |_, _| vec![0.0]).unwrap_err();
    assert_eq!(error, SolveError::Length { what: "hessian-vector product", expected: 3, got: 1 });
    assert!(Structure::block_diagonal(&[]).is_empty());
}
