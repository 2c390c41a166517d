//! Nested derivatives of functions of numbers, in closed form.

use autodiff_runtime::differentiate;

#[differentiate(order = 3)]
fn cube(x: f64) -> f64 {
    x * x * x
}

#[differentiate(order = 2)]
fn of_grad(x: f64) -> f64 {
    let d = cube::grad(x);
    d * x
}

#[test]
fn reverse_and_forward_over_reverse() {
    // 3 x³
    assert_eq!(of_grad(2.0), 24.0);
    assert_eq!(of_grad::value_and_grad(2.0), (24.0, 36.0));
    assert_eq!(of_grad::jvp(2.0, 0.5), (24.0, 18.0));
    assert_eq!(of_grad::hvp(2.0, 0.5), 18.0);
}

#[differentiate(order = 2)]
fn of_jvp(x: f64, v: f64) -> f64 {
    let (y, d) = cube::jvp(x, v * v);
    y * d
}

#[test]
fn reverse_and_forward_over_forward() {
    // x³ · 3 x² v² = 3 x⁵ v²
    assert_eq!(of_jvp(2.0, 0.5), 24.0);
    assert_eq!(of_jvp::grad(2.0, 0.5), (60.0, 96.0));
    assert_eq!(of_jvp::jvp(2.0, 0.5, 1.0, 0.25), (24.0, 84.0));
    // 60 x³ v², 30 x⁴ v, 6 x⁵
    assert_eq!(of_jvp::hessian(2.0, 0.5), ((120.0, 240.0), (240.0, 192.0)));
}

#[differentiate]
fn of_hvp(x: f64, v: f64) -> f64 {
    cube::hvp(x, v) * x
}

#[test]
fn third_order() {
    // 6 x² v
    assert_eq!(of_hvp(2.0, 0.5), 12.0);
    assert_eq!(of_hvp::grad(2.0, 0.5), (12.0, 24.0));
    assert_eq!(of_hvp::jvp(2.0, 0.5, 1.0, 1.0), (12.0, 36.0));
}
