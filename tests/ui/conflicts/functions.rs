//! Functions called as the contract calls its own, as mathematics does, or as their arguments.

use autodiff_runtime::differentiate;

#[differentiate]
fn grad(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn zeros(x: f64) -> f64 {
    grad(x) * x
}

#[differentiate]
fn constant(x: f64) -> f64 {
    zeros(x) * grad(x)
}

/// Not the sine.
#[differentiate]
fn sin(x: f64) -> f64 {
    5.0 * x
}

/// Not the larger one.
#[differentiate]
fn max(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiate]
fn mathematics(x: f64) -> f64 {
    sin(x) * x.sin() + max(x, 2.0) * x.max(2.0)
}

#[differentiate]
fn value_and_grad(vjp: f64, jvp: f64) -> f64 {
    let trace = vjp * jvp;
    trace * constant(vjp)
}

#[differentiate]
fn r#type(r#match: f64, r#fn: &[f64]) -> f64 {
    r#match * r#fn[0] * r#match
}

#[differentiate]
fn calls_raw(x: f64) -> f64 {
    r#type(x, &[x])
}

#[differentiate]
fn größe(λ: f64, β_bar: f64) -> f64 {
    let ψ = λ * β_bar;
    ψ * ψ
}

fn main() {
    assert_eq!(grad::grad(3.0), 6.0);
    assert_eq!(zeros::grad(2.0), 12.0);
    assert_eq!(constant::value_and_grad(2.0), (32.0, 80.0));
    let x = 1.5_f64;
    let slope = 5.0 * x.sin() + 5.0 * x * x.cos() + 4.0;
    assert!((mathematics::grad(x) - slope).abs() < 1e-12);
    assert!((mathematics::jvp(x, 1.0).1 - slope).abs() < 1e-12);
    // vjp⁶ jvp.
    assert_eq!(value_and_grad::value_and_grad(2.0, 3.0), (192.0, (576.0, 64.0)));
    assert_eq!(r#type::value_and_grad(2.0, &[5.0]), (20.0, (20.0, vec![4.0])));
    assert_eq!(calls_raw::value_and_grad(2.0), (8.0, 12.0));
    assert_eq!(größe::value_and_grad(2.0, 3.0), (36.0, (36.0, 24.0)));
    let trace = größe::trace(2.0, 3.0);
    assert!(trace.label("ψ").is_some());
}
