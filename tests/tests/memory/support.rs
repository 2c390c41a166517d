//! The checks that all tests share: one function of a slice in both modes, at both orders, against differences.

use autodiff_runtime::{Trace, differentiate};
use num_traits::Float;

/// What vectors are passed to: their elements count differently.
#[differentiate(order = 2)]
pub(crate) fn weighted<T: Float>(x: &[T]) -> T {
    let mut s = T::zero();
    for (i, &v) in x.iter().enumerate() {
        s = s + v * v * T::from(i + 1).unwrap().sin();
    }
    s
}

/// Something at a point.
type At<'f, T, R> = &'f dyn Fn(&[T]) -> R;

/// Something at a point, along a direction.
type Along<'f, T, R> = &'f dyn Fn(&[T], &[T]) -> R;

/// The value at a point, and the gradient scaled by a seed.
type Seeded<'f, T> = &'f dyn Fn(&[T], T) -> (T, Vec<T>);

/// A function of a slice and its derivatives.
pub(crate) struct Derivatives<'f, T> {
    pub(crate) value: At<'f, T, T>,
    pub(crate) value_and_grad: At<'f, T, (T, Vec<T>)>,
    pub(crate) vjp: Seeded<'f, T>,
    pub(crate) jvp: Along<'f, T, (T, T)>,
    pub(crate) hvp: Along<'f, T, Vec<T>>,
    pub(crate) trace: At<'f, T, Trace>,
}

/// A float that can be made from one of double precision.
pub(crate) trait Number: num_traits::Float + Into<f64> + std::fmt::Debug {
    fn of(x: f64) -> Self;
}

impl Number for f32 {
    fn of(x: f64) -> f32 {
        x as f32
    }
}

impl Number for f64 {
    fn of(x: f64) -> f64 {
        x
    }
}

fn direction<T: Number>(n: usize, k: f64) -> Vec<T> {
    (0..n).map(|i| T::of((0.7 + k + i as f64).sin())).collect()
}

fn dot<T: Number>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| a.into() * b.into()).sum()
}

fn close(a: f64, b: f64, tolerance: f64, what: &str) {
    let scale = 1.0 + a.abs().max(b.abs());
    assert!((a - b).abs() <= tolerance * scale, "{what}: {a} and {b}");
}

/// Checks the derivatives of `f` at `x`.
pub(crate) fn check<T: Number>(f: Derivatives<'_, T>, x: &[T]) {
    let epsilon: f64 = T::epsilon().into();
    let (exact, rough, step) = (64.0 * epsilon, 400.0 * epsilon.powf(2.0 / 3.0), epsilon.cbrt());
    let value = (f.value)(x);
    let (y, gradient) = (f.value_and_grad)(x);
    assert_eq!(y, value, "value of value_and_grad");
    assert_eq!(gradient.len(), x.len());
    let (y, twice) = (f.vjp)(x, T::of(2.0));
    assert_eq!(y, value, "value of vjp");
    for (a, b) in gradient.iter().zip(&twice) {
        close(2.0 * (*a).into(), (*b).into(), exact, "vjp");
    }
    for k in [0.0, 1.3] {
        let v = direction::<T>(x.len(), k);
        let at = |by: f64| -> Vec<T> { x.iter().zip(&v).map(|(&x, &v)| x + T::of(by) * v).collect() };
        let slope = dot(&gradient, &v);
        let (y, forward) = (f.jvp)(x, &v);
        assert_eq!(y, value, "value of jvp");
        close(slope, forward.into(), 8.0 * exact, "forward and reverse");
        let (up, down): (f64, f64) = ((f.value)(&at(step)).into(), (f.value)(&at(-step)).into());
        close(slope, (up - down) / (2.0 * step), rough, "differences");

        let product = (f.hvp)(x, &v);
        let w = direction::<T>(x.len(), k + 0.9);
        let (up, down) = ((f.value_and_grad)(&at(step)).1, (f.value_and_grad)(&at(-step)).1);
        close(dot(&product, &w), (dot(&up, &w) - dot(&down, &w)) / (2.0 * step), rough, "second differences");
    }
    let trace = (f.trace)(x);
    close(trace.value(), value.into(), exact, "value of the trace");
}

/// `check!(f, f64, [x0, x1])`: all derivatives of `f(x: &[T]) -> T`, which is differentiated with `order = 2`.
#[macro_export]
macro_rules! check {
    ($f:ident $(::<$t:ty>)?, $float:ty, [$($x:expr),* $(,)?]) => {{
        let x: Vec<$float> = vec![$($x),*];
        $crate::support::check(
            $crate::support::Derivatives {
                value: &|x: &[$float]| $f(x),
                value_and_grad: &|x: &[$float]| $f::value_and_grad(x),
                vjp: &|x: &[$float], seed| $f::vjp(x, seed),
                jvp: &|x: &[$float], v: &[$float]| $f::jvp(x, v),
                hvp: &|x: &[$float], v: &[$float]| $f::hvp(x, v),
                trace: &|x: &[$float]| $f::trace(x),
            },
            &x,
        );
    }};
}

/// `check_at!(f, &x, n)`: `f(x, n)`, which is differentiated by `x` with `order = 2`, and its gradient, both modes each.
#[macro_export]
macro_rules! check_at {
    ($f:ident, $x:expr $(, $constant:expr)*) => {{
        use autodiff_runtime::check::Check;
        Check::new(stringify!($f), $x, |x| $f(x $(, $constant)*))
            .value_and_grad(|x| $f::value_and_grad(x $(, $constant)*))
            .jvp(|x, dot| $f::jvp(x $(, $constant)*, dot))
            .run()
            .assert();
        Check::new(concat!("the gradient of ", stringify!($f)), $x, |x| $f::grad(x $(, $constant)*))
            .jvp(|x, dot| ($f::grad(x $(, $constant)*), $f::hvp(x $(, $constant)*, dot)))
            .run()
            .assert();
    }};
}
