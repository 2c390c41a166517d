//! The square of a number.

use autodiff_runtime::differentiate;

use crate::cases::cases;

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[test]
fn reference_cases() {
    for case in cases("hello", &["square", "double"]) {
        let x: f64 = case.whole_input();
        match &*case.function {
            "square" => case.check(&[square(x)], &[case.output()], 1e-15),
            _ => case.check(&[square::grad(x)], &[case.output()], 1e-15),
        }
    }
}
