//! A chain of growing populations by the classical Runge–Kutta method, in place.

use autodiff_runtime::check::Check;
use autodiff_runtime::differentiate;

use crate::cases::cases;

/// `y'_0 = x_0` and `y'_i = x_i y_{i-1}`.
#[differentiate]
fn slope(x: &[f64], y: &[f64], dy: &mut [f64]) {
    dy[0] = x[0];
    for i in 1..x.len() {
        dy[i] = x[i] * y[i - 1];
    }
}

/// `out = y + h·k`.
#[differentiate]
fn ahead(y: &[f64], #[constant] h: f64, k: &[f64], out: &mut [f64]) {
    for (out, (y, k)) in out.iter_mut().zip(y.iter().zip(k)) {
        *out = y + h * k;
    }
}

/// The state at time 2, from 0.
#[differentiate]
fn primal(x: &[f64], steps: usize) -> Vec<f64> {
    let n = x.len();
    let h = 2.0 / steps as f64;
    let (mut k1, mut k2, mut k3, mut k4) = (vec![0.0; n], vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let mut stage = vec![0.0; n];
    let mut y = vec![0.0; n];
    for _ in 0..steps {
        slope(x, &y, &mut k1);
        ahead(&y, 0.5 * h, &k1, &mut stage);
        slope(x, &stage, &mut k2);
        ahead(&y, 0.5 * h, &k2, &mut stage);
        slope(x, &stage, &mut k3);
        ahead(&y, h, &k3, &mut stage);
        slope(x, &stage, &mut k4);
        for i in 0..n {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y
}

/// The reference gradient is that of the exact solution, from which the method is off by the fourth power of its step.
#[test]
fn reference_cases() {
    for case in cases("ode", &["primal", "gradient"]) {
        let (x, steps): (Vec<f64>, usize) = (case.input("x"), case.input("s"));
        let wanted: Vec<f64> = case.output();
        match &*case.function {
            "primal" => case.check(&primal(&x, steps), &wanted, 1e-13),
            _ => {
                let mut last = vec![0.0; x.len()];
                last[x.len() - 1] = 1.0;
                let (_, gradient) = primal::vjp(&x, steps, last);
                case.check(&gradient, &wanted, 1e-2 * (2.0 / steps as f64).powi(4));
                case.check(&gradient, &primal::jacobian(&x, steps)[x.len() - 1], 1e-14);
            }
        }
    }
}

#[test]
fn derivatives_of_the_method_itself() {
    let x = vec![0.9, -0.4, 1.3, 0.6];
    Check::new("primal", &x, |x| primal(x, 7))
        .vjp(|x, seed| primal::vjp(x, 7, seed.clone()))
        .jvp(|x, v| primal::jvp(x, 7, v))
        .run()
        .assert();
}
