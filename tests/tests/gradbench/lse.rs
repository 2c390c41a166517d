//! The logarithm of a sum of exponentials.

use autodiff_runtime::differentiate;

use crate::cases::cases;

#[differentiate]
fn primal(x: &[f64]) -> f64 {
    let top = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    x.iter().map(|v| (v - top).exp()).sum::<f64>().ln() + top
}

#[test]
fn reference_cases() {
    for case in cases("lse", &["primal", "gradient"]) {
        let x: Vec<f64> = case.input("x");
        match &*case.function {
            "primal" => case.check(&[primal(&x)], &[case.output()], 1e-14),
            _ => case.check(&primal::grad(&x), &case.output::<Vec<f64>>(), 1e-14),
        }
    }
}
