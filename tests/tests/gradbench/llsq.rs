//! Least squares: a polynomial through a step.

use autodiff_runtime::differentiate;

use crate::cases::cases;

/// Half the sum of squared residuals of a polynomial with coefficients `x` at `n` points of [-1, 1].
#[differentiate(order = 2)]
fn primal(x: &[f64], n: usize) -> f64 {
    let residual = |i: usize| {
        let t = -1.0 + 2.0 * i as f64 / (n - 1) as f64;
        let sign = if t > 0.0 {
            1.0
        } else if t < 0.0 {
            -1.0
        } else {
            0.0
        };
        sign - x.iter().rev().fold(0.0, |y, c| y * t + c)
    };
    0.5 * (0..n).map(|i| residual(i).powi(2)).sum::<f64>()
}

#[test]
fn reference_cases() {
    for case in cases("llsq", &["primal", "gradient"]) {
        let (x, n): (Vec<f64>, usize) = (case.input("x"), case.input("n"));
        match &*case.function {
            "primal" => case.check(&[primal(&x, n)], &[case.output()], 1e-12),
            _ => case.check(&primal::grad(&x, n), &case.output::<Vec<f64>>(), 1e-11),
        }
        // The function is quadratic.
        let ones = vec![1.0; x.len()];
        let there: Vec<f64> = x.iter().map(|x| x + 1.0).collect();
        let change: Vec<f64> =
            primal::grad(&there, n).iter().zip(primal::grad(&x, n)).map(|(there, here)| there - here).collect();
        case.check(&primal::hvp(&x, n, &ones), &change, 1e-9);
    }
}
