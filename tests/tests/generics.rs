//! Generic functions: the same derivatives for every float, checked against differences at both orders, between the modes,
//! and against closed forms.

#![expect(
    clippy::needless_lifetimes,
    clippy::needless_range_loop,
    reason = "the functions under test are written as their users write them"
)]

use std::fmt::{Debug, Display};
use std::iter::Sum;

use autodiff_runtime::{Differentiable, Real, differentiate};
use num_traits::{Float, FloatConst, FromPrimitive, NumCast};

/// Compares a gradient with the function's own tangents (the transpose) and with central differences.
///
/// `$at` is a vector; the macro passes `&$at` to the function.
macro_rules! check {
    ($f:ident, $float:ty, $at:expr $(, $rest:expr)*) => {{
        let x: Vec<$float> = $at;
        let (y, g) = $f::value_and_grad(&x[..] $(, $rest)*);
        assert_eq!(y.to_bits(), $f(&x[..] $(, $rest)*).to_bits(), "the value has the bits of the function");
        assert_eq!(g.len(), x.len());
        let (half, coarse) = (<$float>::EPSILON.sqrt(), <$float>::EPSILON.cbrt());
        for i in 0..x.len() {
            let mut dot = vec![0.0; x.len()];
            dot[i] = 1.0;
            let (value, slope) = $f::jvp(&x[..] $(, $rest)*, &dot[..]);
            assert_eq!(value.to_bits(), y.to_bits());
            assert!((slope - g[i]).abs() <= half * (1.0 + slope.abs()), "mode {i}: {slope} and {}", g[i]);
            let (mut up, mut down) = (x.clone(), x.clone());
            (up[i], down[i]) = (x[i] + coarse, x[i] - coarse);
            let difference = ($f(&up[..] $(, $rest)*) - $f(&down[..] $(, $rest)*)) / (up[i] - down[i]);
            assert!((difference - g[i]).abs() <= 40.0 * coarse * (1.0 + difference.abs()), "x[{i}]: {difference} and {}", g[i]);
            let column = $f::hvp(&x[..] $(, $rest)*, &dot[..]);
            let (above, below) = ($f::grad(&up[..] $(, $rest)*), $f::grad(&down[..] $(, $rest)*));
            for (second, (a, b)) in column.into_iter().zip(above.into_iter().zip(below)) {
                let difference = (a - b) / (up[i] - down[i]);
                assert!((difference - second).abs() <= 40.0 * coarse * (1.0 + difference.abs()), "d/dx[{i}]: {difference} and {second}");
            }
        }
        let traced = $f::trace(&x[..] $(, $rest)*);
        let y: f64 = y.into();
        assert_eq!(traced.value().to_bits(), y.to_bits());
    }};
}

#[differentiate(order = 2)]
fn square<T: Float>(x: T) -> T {
    x * x
}

#[test]
fn one_float() {
    assert_eq!(square::grad(3.0_f64), 6.0);
    assert_eq!(square::value_and_grad(3.0_f32), (9.0, 6.0));
    assert_eq!(square::jvp(3.0_f64, 0.5), (9.0, 3.0));
    let _: fn(f32) -> f32 = square::grad::<f32>;
    let _: fn(f64, f64) -> (f64, f64) = square::vjp::<f64>;
}

#[differentiate(order = 2)]
fn rosenbrock<T>(x: &[T]) -> T
where
    T: Float + FromPrimitive + Sum + Debug,
{
    let hundred = T::from_f64(100.0).unwrap();
    let mut sum = T::zero();
    for i in 1..x.len() {
        let a = x[i] - x[i - 1] * x[i - 1];
        let b = T::one() - x[i - 1];
        sum = sum + hundred * a.powi(2) + b * b;
    }
    sum
}

#[test]
fn constants_of_the_type() {
    check!(rosenbrock, f64, vec![-1.2, 1.0, 0.3, -0.7]);
    check!(rosenbrock, f32, vec![-1.2, 1.0, 0.3]);
    check!(rosenbrock, f64, vec![]);
    check!(rosenbrock, f64, vec![0.5]);
    assert_eq!(rosenbrock::grad(&[1.0_f64, 1.0]), [0.0, 0.0]);
}

/// Constants in every way that `num_traits` has.
#[differentiate(order = 2)]
fn constants<'a, T: Float + FloatConst + NumCast + Display>(x: &'a [T]) -> T {
    let tenth = T::from(0.1).unwrap();
    let third = <T as NumCast>::from(1.0 / 3.0).unwrap();
    let half = T::from(0.5).expect("a float");
    let n = T::from(x.len()).unwrap();
    let mut y = T::zero();
    for i in 0..x.len() {
        let k = T::from(i + 1).unwrap();
        y = y + (x[i] * tenth * k + third).sin() * half / n + T::PI() * x[i] + T::epsilon() + x[i].max(-T::one());
    }
    y
}

#[test]
fn constants_in_every_way() {
    check!(constants, f64, vec![0.4, -1.5, 2.0]);
    check!(constants, f32, vec![0.4, -1.5, 2.0]);
    check!(constants, f64, vec![]);
    check!(constants, f32, vec![2.5]);
}

/// Works in `f64` inside, whatever it is given.
#[differentiate(order = 2)]
fn through_f64<T: Float + FromPrimitive + Into<f64>>(p: &[T]) -> T {
    let x: f64 = p[0].into();
    let y: f64 = p[1].to_f64().unwrap();
    let z = (x * y).sin() + x / 3.0;
    T::from_f64(z).unwrap() * p[0]
}

#[test]
fn functions_that_drop_to_f64() {
    check!(through_f64, f64, vec![0.7, 1.3]);
    check!(through_f64, f32, vec![0.7, 1.3]);
    let g = through_f64::grad(&[0.7_f64, 1.3]);
    let (x, y): (f64, f64) = (0.7, 1.3);
    let expected = [(x * y).sin() + x / 3.0 + x * (y * (x * y).cos() + 1.0 / 3.0), x * x * (x * y).cos()];
    assert!((g[0] - expected[0]).abs() < 1e-14 && (g[1] - expected[1]).abs() < 1e-14);
}

/// Integers from floats have no derivative.
#[differentiate(order = 2)]
fn binned<T: Float>(x: &[T], #[constant] table: &[T]) -> T {
    let mut y = T::zero();
    for i in 0..x.len() {
        let k = x[i].floor().to_usize().unwrap();
        y = y + table[k.min(table.len() - 1)] * x[i];
    }
    y
}

#[test]
fn indices_from_floats() {
    check!(binned, f64, vec![0.4, 1.6, 7.5], &[2.0, 3.0, 5.0]);
    assert_eq!(binned::grad(&[0.4_f32, 1.6], &[2.0, 3.0, 5.0]), [2.0, 3.0]);
}

#[differentiate(order = 2)]
fn activations<T: Real>(x: &[T]) -> T {
    let mut y = T::zero();
    for i in 0..x.len() {
        y = y + x[i].sigmoid() * x[i].softplus() + T::erf(x[i]) + x[i].relu();
    }
    y
}

#[test]
fn methods_of_real() {
    check!(activations, f64, vec![0.3, -0.8]);
    check!(activations, f32, vec![0.3, -0.8]);
}

#[differentiate(order = 2)]
fn polynomial<T: Float, const N: usize>(c: &[T; N], x: T) -> T {
    let mut y = T::zero();
    for i in 0..N {
        y = y * x + c[N - 1 - i];
    }
    y
}

#[test]
fn generic_lengths() {
    assert_eq!(polynomial::grad(&[1.0_f64, 2.0, 3.0], 2.0), ([1.0, 2.0, 4.0], 14.0));
    assert_eq!(polynomial::grad(&[5.0_f32], 2.0), ([1.0], 0.0));
    assert_eq!(polynomial::grad(&[] as &[f64; 0], 2.0), ([], 0.0));
    let _: fn(&[f32; 2], f32) -> ([f32; 2], f32) = polynomial::grad::<f32, 2>;
}

/// A length that is in no parameter.
#[differentiate(order = 2)]
fn iterated<const N: usize>(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..N {
        y = y * y - x;
    }
    y
}

#[differentiate(order = 2)]
fn iterated_twice(x: f64) -> f64 {
    let y: f64 = iterated::<1>(x);
    y + iterated::<2>(x)
}

#[test]
fn generic_arguments_of_calls() {
    // (x² − x)² − x
    assert_eq!(iterated::grad::<2>(3.0), 2.0 * 6.0 * 5.0 - 1.0);
    assert_eq!(iterated_twice::grad(3.0), 5.0 + 59.0);
    assert_eq!(iterated_twice::jvp(3.0, 1.0), (iterated_twice(3.0), 64.0));
}

/// Calls of generic functions from generic ones and from plain ones, with what they keep on the tape.
#[differentiate(order = 2)]
fn norm<T: Float + Debug>(x: &[T]) -> T {
    let mut s = T::zero();
    for i in 0..x.len() {
        s = s + x[i] * x[i];
    }
    s.sqrt()
}

#[differentiate(order = 2)]
fn distance_along<T: Float + Debug>(x: &[T], t: T) -> T {
    let mut y = t;
    for _ in 0..3 {
        y = (square(y) + norm(x)).ln();
    }
    y * norm::<T>(x)
}

#[differentiate(order = 2)]
fn plain_caller(x: &[f64]) -> f64 {
    let y: f64 = distance_along(x, 0.5);
    square(y) + distance_along(x, y)
}

#[test]
fn calls_between_generic_functions() {
    check!(norm, f32, vec![3.0, 4.0]);
    check!(plain_caller, f64, vec![0.3, 0.9]);
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Line<T> {
    slope: T,
    offset: T,
    weights: Vec<T>,
}

#[differentiate(order = 2)]
fn line_loss<T: Float>(line: &Line<T>, #[constant] x: &[T], #[constant] y: &[T]) -> T {
    let mut loss = T::zero();
    for i in 0..x.len() {
        let r = line.slope * x[i] + line.offset - y[i];
        loss = loss + line.weights[i] * r * r;
    }
    loss
}

#[test]
fn generic_structs() {
    let line = Line { slope: 2.0_f64, offset: 1.0, weights: vec![1.0, 0.5] };
    let g = line_loss::grad(&line, &[1.0, 2.0], &[2.0, 8.0]);
    assert_eq!(g, Line { slope: 2.0 - 6.0, offset: 2.0 - 3.0, weights: vec![1.0, 9.0] });
    let line = Line { slope: 2.0_f32, offset: 1.0, weights: vec![] };
    assert_eq!(line_loss::grad(&line, &[], &[]), Line { slope: 0.0, offset: 0.0, weights: vec![] });
}

/// A trait of the user's own over the floats, and a parameter that is no float.
trait Number: Float + FromPrimitive {}
impl Number for f32 {}
impl Number for f64 {}

trait Metric {
    fn weight(&self, i: usize) -> usize;
}

struct Alternating;

impl Metric for Alternating {
    fn weight(&self, i: usize) -> usize {
        i % 2
    }
}

#[differentiate(order = 2)]
fn weighted<T: Number, M: Metric>(x: &[T], #[constant] metric: &M) -> T {
    let mut y = T::zero();
    for i in 0..x.len() {
        let w: usize = metric.weight(i);
        y = y + T::from_usize(w + 1).unwrap() * x[i].exp();
    }
    y
}

#[test]
fn bounds_of_the_users_own() {
    check!(weighted, f64, vec![0.3, -0.2, 0.1], &Alternating);
    check!(weighted, f32, vec![0.3, -0.2], &Alternating);
}

/// Recurrences keep their states, on stacks of the type.
#[differentiate(order = 2)]
fn logistic_map<T: Float>(x: &[T], #[constant] n: usize) -> T {
    let mut state = x[0];
    let mut buffer = vec![T::zero(); n];
    for i in 0..n {
        state = x[1] * state * (T::one() - state);
        buffer[i] = state;
        if state > T::from(0.5).unwrap() {
            state = state * T::from(0.9).unwrap();
        }
    }
    let mut y = T::zero();
    for i in 0..n {
        y = y + buffer[i] * buffer[i];
    }
    y
}

#[test]
fn recurrences() {
    check!(logistic_map, f64, vec![0.3, 2.7], 0);
    check!(logistic_map, f64, vec![0.3, 2.7], 1);
    check!(logistic_map, f64, vec![0.3, 2.7], 7);
    check!(logistic_map, f32, vec![0.3, 2.7], 4);
}

#[differentiate(order = 2)]
fn statistics<T: Float + FromPrimitive>(x: &[T]) -> (T, T, usize) {
    let n = T::from_usize(x.len()).unwrap();
    let (mut s, mut q) = (T::zero(), T::zero());
    for i in 0..x.len() {
        s = s + x[i];
        q = q + x[i] * x[i];
    }
    (s / n, q / n - (s / n) * (s / n), x.len())
}

#[test]
fn several_results() {
    let x = [1.0_f64, 3.0];
    assert_eq!(statistics::vjp(&x, (1.0, 0.0, ())), ((2.0, 1.0, 2), vec![0.5, 0.5]));
    assert_eq!(statistics::vjp(&x, (0.0, 1.0, ())), ((2.0, 1.0, 2), vec![-1.0, 1.0]));
    assert_eq!(statistics::jvp(&x, &[1.0, 0.0]), ((2.0, 1.0, 2), (0.5, -1.0, ())));
}

#[derive(Clone, Differentiable)]
struct Gate<T> {
    w: Vec<T>,
    b: T,
}

/// A generic struct at the second order: its Hessian is in flat order.
#[differentiate(order = 2)]
fn gate<T: Float>(gate: &Gate<T>, x: T) -> T {
    let mut s = gate.b;
    for i in 0..gate.w.len() {
        s = s + gate.w[i] * x.powi(i as i32);
    }
    s * s * s
}

#[test]
fn hessians_of_generic_structs() {
    let model = Gate { w: vec![0.5, 0.25], b: 0.75 };
    let x = 2.0;
    // s = b + w₀ + w₁ x, and the second derivatives of s³ are 6 s ∇s ∇sᵀ + 3 s² ∇²s.
    let (s, ds) = (1.75, [1.0, 2.0, 1.0, 0.25]);
    let hessian: Vec<Vec<f64>> = gate::hessian(&model, x);
    for i in 0..4 {
        for j in 0..4 {
            let mixed = if (i, j) == (1, 3) || (i, j) == (3, 1) { 3.0 * s * s } else { 0.0 };
            assert!((hessian[i][j] - (6.0 * s * ds[i] * ds[j] + mixed)).abs() < 1e-13, "{i} {j}: {}", hessian[i][j]);
        }
    }
    let single: Vec<Vec<f32>> = gate::hessian(&Gate { w: vec![0.5_f32, 0.25], b: 0.75 }, 2.0);
    assert!((single[3][1] as f64 - hessian[3][1]).abs() < 1e-5);
}

/// Only the structs show what the numbers are.
#[differentiate(order = 2)]
fn stepped<T: Float + Differentiable<Scalar = T>>(gate: &Gate<T>) -> Gate<T> {
    let mut next = gate.clone();
    let before = next.b;
    next.b = before.sin() + next.w[0];
    next.w[0] = before * before;
    next
}

#[differentiate(order = 2)]
fn stepped_single(gates: &[Gate<f32>]) -> Gate<f32> {
    let mut next = gates[0].clone();
    let before = next.b;
    next.b = before.sin() + gates[1].w[0];
    next.w[0] = before * before;
    next
}

impl<T: Float> Gate<T> {
    fn new(w: T, b: T) -> Self {
        Gate { w: vec![w], b }
    }
}

#[differentiate(order = 2)]
impl<T: Float + Differentiable<Scalar = T>> Gate<T> {
    #[differentiate(order = 2)]
    fn step(&mut self) {
        let before = self.b;
        self.b = before.sin() + self.w[0];
        self.w[0] = before * before;
    }
}

#[differentiate(order = 2)]
fn after_steps<T: Float + Differentiable<Scalar = T>>(gate: &Gate<T>, n: usize) -> T {
    let mut state: Gate<T> = stepped(gate);
    for _ in 0..n {
        state.step();
    }
    state.b * state.w[0]
}

#[test]
fn floats_in_structs_alone() {
    use autodiff_runtime::check::Check;

    let gate = Gate::new(0.4, 0.75);
    let (next, dot) = stepped::jvp(&gate, &Gate::new(2.0, 1.0));
    assert_eq!((next.b, next.w[0]), (0.75_f64.sin() + 0.4, 0.5625));
    assert_eq!((dot.b, dot.w[0]), (0.75_f64.cos() + 2.0, 1.5));
    let (_, bar) = stepped::vjp(&gate, Gate::new(3.0, 1.0));
    assert_eq!((bar.b, bar.w[0]), (0.75_f64.cos() + 3.0 * 1.5, 1.0));

    let gates = [Gate::new(0.9_f32, 0.75), Gate::new(0.4, 0.0)];
    let (next, bar) = stepped_single::vjp(&gates, Gate::new(3.0, 1.0));
    assert_eq!((next.b, next.w[0]), (0.75_f32.sin() + 0.4, 0.5625));
    assert_eq!([bar[0].b, bar[0].w[0], bar[1].b, bar[1].w[0]], [0.75_f32.cos() + 3.0 * 1.5, 0.0, 0.0, 1.0]);

    for n in 0..3 {
        let report = Check::new("after_steps", &gate, |gate| after_steps(gate, n))
            .value_and_grad(|gate| after_steps::value_and_grad(gate, n))
            .jvp(|gate, dot| after_steps::jvp(gate, n, dot))
            .run();
        report.assert();
        let report = Check::new("its gradient", &gate, |gate| after_steps::grad(gate, n))
            .jvp(|gate, dot| (after_steps::grad(gate, n), after_steps::hvp(gate, n, dot)))
            .run();
        report.assert();
        let single = after_steps::grad(&Gate::new(0.4_f32, 0.75), n);
        let double = after_steps::grad(&gate, n);
        assert!((single.b as f64 - double.b).abs() < 1e-5 && (single.w[0] as f64 - double.w[0]).abs() < 1e-5);
    }
}
