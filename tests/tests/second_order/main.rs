//! Second derivatives.
use autodiff_runtime::{Differentiable, differentiate};

#[differentiate(order = 2)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let a = x[i] - x[i - 1] * x[i - 1];
        let b = 1.0 - x[i - 1];
        sum += 100.0 * a * a + b * b;
    }
    sum
}

#[differentiate(order = 2)]
fn two(x: f64, y: f64) -> f64 {
    (x * y).sin() + x * x * y
}

#[differentiate(order = 2)]
fn caller(p: (f64, f64), s: f64) -> f64 {
    let z = two(p.0 * s, p.1).exp();
    z * two(p.1, z)
}

#[derive(Clone, Differentiable)]
struct P { w: [f64; 2], b: f64, n: u32 }

#[differentiate(order = 2)]
fn model(p: &P, x: Vec<f64>) -> f64 {
    let mut s = p.b;
    for i in 0..x.len() {
        s += (p.w[0] * x[i] + p.w[1]).tanh() * x[i];
    }
    s * s
}

#[test]
fn smoke() {
    let x = [0.5, -0.3, 1.2];
    let h = rosenbrock::hessian(&x);
    println!("{h:?}");
    println!("{:?}", rosenbrock::hvp(&x, &[1.0, 0.0, 0.0]));
    println!("{:?}", two::value_grad_hessian(0.3, 0.4));
    println!("{:?}", caller::value_grad_hessian((0.3, 0.4), 0.7));
    println!("{:?}", model::hessian(&P { w: [0.3, 0.5], b: 0.1, n: 3 }, vec![0.2, 0.7]));
}
