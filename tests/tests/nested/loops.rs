//! Nested derivatives in loops and branches: optimisation inside of what is differentiated.

use autodiff_runtime::differentiate;

use crate::support::agrees;

/// A valley in `x`, whose place depends on `t`.
#[differentiate(order = 3)]
fn valley(x: &[f64; 2], t: f64) -> f64 {
    let a = x[0] - t.sin();
    let b = x[1] - t * x[0];
    2.0 * a * a + b * b * (1.0 + t * t) + (x[0] * x[1]).cos() * 0.1
}

/// The minimum over `x` by gradient descent with a fixed number of steps.
#[differentiate(order = 2)]
fn descended(t: f64, #[constant] steps: usize) -> f64 {
    let mut x = [0.5, -0.5];
    for _ in 0..steps {
        let (d, _) = valley::grad(&x, t);
        for i in 0..2 {
            x[i] -= 0.1 * d[i];
        }
    }
    x[0] * x[1] + valley(&x, t)
}

/// Until the gradient is small; by forward mode, a direction at a time.
#[differentiate(order = 2)]
fn until_flat(t: f64) -> f64 {
    let mut x = [0.5, -0.5];
    let mut rounds = 0;
    while rounds < 200 {
        let (_, a) = valley::jvp(&x, t, &[1.0, 0.0], 0.0);
        let (_, b) = valley::jvp(&x, t, &[0.0, 1.0], 0.0);
        if a * a + b * b < 1e-6 {
            break;
        }
        x[0] -= 0.1 * a;
        x[1] -= 0.1 * b;
        rounds += 1;
    }
    x[0] - x[1] * t
}

/// Newton's method on one variable, with products for second derivatives.
#[differentiate(order = 3)]
fn bowl(x: f64, t: f64) -> f64 {
    x.exp() - x * t + x * x * t * t
}

#[differentiate]
fn newton(t: f64) -> f64 {
    let mut x = 0.0;
    for _ in 0..6 {
        let (d, _) = bowl::grad(x, t);
        let (h, _) = bowl::hvp(x, t, 1.0, 0.0);
        x -= d / h;
    }
    x
}

#[test]
fn inner_optimisation() {
    for t in [0.3, -0.7, 1.1] {
        for steps in [0, 1, 7] {
            agrees(
                "descended",
                &[t],
                &|t| descended(t[0], steps),
                &|t| vec![descended::grad(t[0], steps)],
                &|t, v| descended::jvp(t[0], steps, v[0]),
                Some(&|t, v| vec![descended::hvp(t[0], steps, v[0])]),
            );
        }
        agrees(
            "until_flat",
            &[t],
            &|t| until_flat(t[0]),
            &|t| vec![until_flat::grad(t[0])],
            &|t, v| until_flat::jvp(t[0], v[0]),
            Some(&|t, v| vec![until_flat::hvp(t[0], v[0])]),
        );
    }
}

/// At the solution the implicit function theorem says what the derivative is.
#[test]
fn newton_by_the_implicit_function_theorem() {
    for t in [0.5, 1.2, 2.5_f64] {
        let (x, dx) = newton::value_and_grad(t);
        let gradient = x.exp() - t + 2.0 * x * t * t;
        assert!(gradient.abs() < 1e-12, "{gradient:e}");
        let wanted = -(-1.0 + 4.0 * x * t) / (x.exp() + 2.0 * t * t);
        assert!((dx - wanted).abs() < 1e-12, "{dx} is not {wanted}");
        assert!((newton::jvp(t, 2.0).1 - 2.0 * wanted).abs() < 1e-12);
    }
}

/// In branches, and of what was overwritten since.
#[differentiate(order = 2)]
fn branches(x: &[f64], t: f64) -> f64 {
    let mut a = [x[0], x[1]];
    let mut sum = 0.0;
    for i in 0..x.len() {
        if x[i] > 0.0 {
            let (d, dt) = valley::grad(&a, t * x[i]);
            sum += d[0] * d[1] + dt;
            a[i % 2] = d[1] * 0.1 + x[i];
        } else {
            let (y, s) = valley::jvp(&a, t, &a, x[i]);
            sum += y * s;
        }
    }
    sum
}

#[test]
fn branches_and_overwritten_arguments() {
    for at in [[0.4, 0.2, -0.5, 0.3, 0.7], [-0.4, -0.2, -0.5, 0.3, 0.7], [0.4, 0.2, 0.5, 0.3, -0.6]] {
        let flat = |(mut d, t): (Vec<f64>, f64)| {
            d.push(t);
            d
        };
        agrees(
            "branches",
            &at,
            &|x| branches(&x[..4], x[4]),
            &|x| flat(branches::grad(&x[..4], x[4])),
            &|x, v| branches::jvp(&x[..4], x[4], &v[..4], v[4]),
            Some(&|x, v| flat(branches::hvp(&x[..4], x[4], &v[..4], v[4]))),
        );
    }
}

/// A minimum inside of a maximum: both by gradient descent, the outer one on the derivative of the inner one.
#[differentiate(order = 3)]
fn saddle(x: f64, y: f64) -> f64 {
    x * x + 0.5 * x * y - y * y + y
}

#[differentiate(order = 2)]
fn highest(x: f64) -> f64 {
    let mut y = 0.0;
    for _ in 0..60 {
        let (_, d) = saddle::grad(x, y);
        y += 0.2 * d;
    }
    saddle(x, y)
}

#[differentiate]
fn lowest_of_highest(start: f64) -> f64 {
    let mut x = start;
    for _ in 0..10 {
        x -= 0.1 * highest::grad(x);
    }
    x
}

#[test]
fn a_minimum_in_a_maximum() {
    // max over y of the saddle is x² + (1 + x/2)²/4, with derivative (17/8) x + 1/4.
    let x = 0.8;
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    close(highest(x), x * x + (1.0 + 0.5 * x).powi(2) / 4.0);
    close(highest::grad(x), 2.125 * x + 0.25);
    close(highest::hessian(x), 2.125);
    let rate = 1.0 - 0.2125_f64;
    close(lowest_of_highest::grad(1.0), rate.powi(10));
    close(lowest_of_highest::jvp(1.0, 3.0).1, 3.0 * rate.powi(10));
}
