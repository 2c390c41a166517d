//! Nested derivatives of functions of numbers, in closed form.

use autodiff_runtime::{Differentiable, differentiate};

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

#[differentiate(order = 4)]
fn fifth(x: f64) -> f64 {
    x.powi(5)
}

/// The second derivative of a second derivative.
#[differentiate(order = 2)]
fn second_of_fifth(x: f64) -> f64 {
    fifth::hvp(x, 1.0)
}

/// A derivative of a derivative of a derivative, one function at a time.
#[differentiate(order = 3)]
fn first(x: f64) -> f64 {
    fifth::grad(x)
}

#[differentiate(order = 2)]
fn second(x: f64) -> f64 {
    let (_, d) = first::jvp(x, 1.0);
    d
}

#[differentiate]
fn third(x: f64) -> f64 {
    second::grad(x)
}

#[test]
fn higher_orders() {
    assert_eq!(second_of_fifth(2.0), 160.0);
    assert_eq!(second_of_fifth::value_and_grad(2.0), (160.0, 240.0));
    assert_eq!(second_of_fifth::hessian(2.0), 240.0);
    assert_eq!((first(2.0), second(2.0), third(2.0), third::grad(2.0)), (80.0, 160.0, 240.0, 240.0));
}

/// In closures and iterators, and within an expression.
#[differentiate]
fn in_iterators(x: &[f64], #[constant] scale: f64) -> f64 {
    let slopes: f64 = x.iter().map(|&x| cube::grad(x) * scale).sum();
    slopes + cube::value_and_grad(x[0]).0 * cube::grad(slopes)
}

#[test]
fn iterators_and_expressions() {
    // s = 3 c Σ x², f = s + 3 x₀³ s²
    let (x, c) = ([0.5, -1.0, 2.0], 0.25);
    let s = 3.0 * c * 5.25;
    let (y, d) = in_iterators::value_and_grad(&x, c);
    assert_eq!(y, s + 3.0 * 0.125 * s * s);
    for i in 0..3 {
        let ds = 6.0 * c * x[i];
        let direct = if i == 0 { 9.0 * 0.25 * s * s } else { 0.0 };
        let wanted = ds + 6.0 * 0.125 * s * ds + direct;
        assert!((d[i] - wanted).abs() < 1e-12, "{d:?}, part {i} is not {wanted}");
    }
}

/// Nothing active flows in: a constant.
#[differentiate]
fn of_a_constant(x: f64, #[constant] at: f64) -> f64 {
    let d: f64 = cube::grad(at);
    d * x
}

#[test]
fn of_constants() {
    assert_eq!(of_a_constant::value_and_grad(2.0, 3.0), (54.0, 27.0));
}

#[differentiate(order = 2)]
fn weighted(x: f64, n: usize, #[constant] w: f64) -> f64 {
    w * x.powi(n as i32)
}

/// Constant parameters have no part in the gradient.
#[differentiate]
fn of_some_parameters(x: f64, n: usize, #[constant] w: f64) -> f64 {
    let d = weighted::grad(x, n, w);
    let (y, s) = weighted::jvp(x, n, 2.0, d);
    y * s
}

#[test]
fn constant_parameters() {
    // d = 3 w x², y s = 2 x³ · 6 x² d = 36 w x⁷
    let (y, d) = of_some_parameters::value_and_grad(2.0, 3, 0.5);
    assert_eq!((y, d), (18.0 * 128.0, 126.0 * 64.0));
}

/// The steps of a derivative are not recorded: the function that computes with it is one step, with all its partials.
#[differentiate]
fn around(x: f64, v: f64) -> f64 {
    let inner = of_jvp(x * x, v);
    inner.sin() + of_grad(x)
}

#[test]
fn a_trace_has_one_step_for_it() {
    let trace = around::trace(0.5, 0.75);
    assert_eq!(trace.value().to_bits(), around(0.5, 0.75).to_bits());
    let gradient = around::grad(0.5, 0.75);
    assert!((trace.gradient()[0] - gradient.0).abs() < 1e-14 && (trace.gradient()[1] - gradient.1).abs() < 1e-14);
    let trace = of_grad::trace(2.0);
    assert_eq!((trace.value(), trace.gradient()), (24.0, vec![36.0]));
}

#[derive(Clone, Differentiable)]
struct Spring {
    stiffness: f64,
}

#[differentiate(order = 3)]
impl Spring {
    fn energy(&self, #[constant] x: f64) -> f64 {
        0.5 * self.scaled(x) * x
    }

    fn scaled(&self, #[constant] x: f64) -> f64 {
        self.stiffness * self.stiffness * x
    }
}

#[test]
fn methods_of_the_third_order() {
    let spring = Spring { stiffness: 3.0 };
    assert_eq!(spring.energy_value_and_grad(2.0).1.stiffness, 12.0);
    assert_eq!(spring.energy_hvp(2.0, &Spring { stiffness: 0.5 }).stiffness, 2.0);
}
