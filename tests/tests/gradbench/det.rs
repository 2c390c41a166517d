//! The determinant by minors: a function that calls itself in a loop, on the columns that are left.

use autodiff_runtime::differentiate;

use crate::cases::cases;

/// The determinant of the lowest rows of the matrix `a` of `n` columns, in `columns`.
#[differentiate(order = 2)]
fn minor(a: &[f64], n: usize, columns: &[usize]) -> f64 {
    let Some((&first, _)) = columns.split_first() else {
        return 1.0;
    };
    let row = &a[(n - columns.len()) * n..][..n];
    if columns.len() == 1 {
        return row[first];
    }
    let mut sign = 1.0;
    let mut sum = 0.0;
    for &column in columns {
        let rest: Vec<usize> = columns.iter().copied().filter(|&other| other != column).collect();
        sum += sign * row[column] * minor(a, n, &rest);
        sign = -sign;
    }
    sum
}

#[test]
fn reference_cases() {
    for case in cases("det", &["primal", "gradient"]) {
        let (a, n): (Vec<f64>, usize) = (case.input("A"), case.input("ell"));
        let columns: Vec<usize> = (0..n).collect();
        match &*case.function {
            "primal" => case.check(&[minor(&a, n, &columns)], &[case.output()], 1e-13),
            _ => {
                let wanted: Vec<f64> = case.output();
                case.check(&minor::grad(&a, n, &columns), &wanted, 1e-13);
                let (_, back) = minor::pullback(&a, n, &columns);
                case.check(&back(1.0), &wanted, 1e-13);
            }
        }
    }
}

/// It is homogeneous of degree n, so that H·a = (n - 1)·gradient (Euler).
#[test]
fn second_derivatives() {
    for case in cases("det", &["primal", "gradient"]) {
        let (a, n): (Vec<f64>, usize) = (case.input("A"), case.input("ell"));
        let columns: Vec<usize> = (0..n).collect();
        let wanted: Vec<f64> = minor::grad(&a, n, &columns).iter().map(|g| (n - 1) as f64 * g).collect();
        case.check(&minor::hvp(&a, n, &columns, &a), &wanted, 1e-12);
    }
}
