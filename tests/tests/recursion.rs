//! Functions that call themselves and each other: what a call keeps for its reverse sweep is on the tape of the outermost
//! call, so that the gradient costs a small multiple of the function, not a power of it.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use std::cell::Cell;

use autodiff_runtime::differentiate;
use num_traits::Float;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// An effect: it runs as often as the function does.
fn count(n: usize) -> usize {
    CALLS.set(CALLS.get() + 1);
    n
}

/// How often a function ran in `run`.
fn calls<R>(run: impl FnOnce() -> R) -> usize {
    let before = CALLS.get();
    run();
    CALLS.get() - before
}

/// The determinant of an n × n matrix, by minors of its first row.
#[differentiate(order = 2)]
fn determinant(a: &[f64], n: usize) -> f64 {
    let size = count(n);
    if size == 0 {
        return 1.0;
    }
    let m = size - 1;
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 0..size {
        let mut minor = vec![0.0; m * m];
        for row in 0..m {
            for column in 0..m {
                let from = if column < j { column } else { column + 1 };
                minor[row * m + column] = a[(row + 1) * size + from];
            }
        }
        sum += sign * a[j] * determinant(&minor, m);
        sign = -sign;
    }
    sum
}

/// A matrix that is far from singular.
fn matrix(n: usize) -> Vec<f64> {
    (0..n * n).map(|k| ((k * k + 3 * k) as f64).sin() + if k % (n + 1) == 0 { 2.0 } else { 0.0 }).collect()
}

/// The cofactors, which are the derivatives of the determinant: each the determinant of a minor.
fn cofactors(a: &[f64], n: usize) -> Vec<f64> {
    let minor =
        |i: usize, j: usize| -> Vec<f64> { (0..n * n).filter(|k| k / n != i && k % n != j).map(|k| a[k]).collect() };
    (0..n * n)
        .map(|k| {
            let sign = if (k / n + k % n).is_multiple_of(2) { 1.0 } else { -1.0 };
            sign * determinant(&minor(k / n, k % n), n - 1)
        })
        .collect()
}

#[track_caller]
fn assert_close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-11 * (1.0 + b.abs()), "{a} {b}");
}

#[test]
fn the_gradient_of_a_determinant_is_its_cofactors() {
    for n in 0..=5 {
        let a = matrix(n);
        let (value, gradient) = determinant::value_and_grad(&a, n);
        assert_eq!(value.to_bits(), determinant(&a, n).to_bits());
        let expected = if n == 0 { vec![] } else { cofactors(&a, n) };
        assert_eq!(gradient.len(), expected.len());
        gradient.iter().zip(&expected).for_each(|(a, b)| assert_close(*a, *b));
        let dots: Vec<f64> = (0..n * n).map(|k| (k as f64).cos()).collect();
        let along: f64 = dots.iter().zip(&expected).map(|(a, b)| a * b).sum();
        assert_close(determinant::jvp(&a, n, &dots).1, along);
        let (value, pullback) = determinant::pullback(&a, n);
        assert_close(value, determinant(&a, n));
        pullback(2.0).iter().zip(&expected).for_each(|(a, b)| assert_close(*a, 2.0 * b));
    }
}

#[test]
fn the_hessian_of_a_determinant() {
    // a d − b c
    let h = determinant::hessian(&[2.0, 3.0, 5.0, 7.0], 2);
    assert_eq!(h, [[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, -1.0, 0.0], [0.0, -1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]);
    // The derivative of the cofactors along a direction, by differences of polynomials of degree 3 in the step.
    let (n, a) = (4, matrix(4));
    let dots: Vec<f64> = (0..n * n).map(|k| (k as f64).cos()).collect();
    let at = |t: f64| cofactors(&a.iter().zip(&dots).map(|(a, d)| a + t * d).collect::<Vec<_>>(), n);
    let (near, far) = ((at(1.0), at(-1.0)), (at(2.0), at(-2.0)));
    for (k, product) in determinant::hvp(&a, n, &dots).into_iter().enumerate() {
        let difference = (8.0 * (near.0[k] - near.1[k]) - (far.0[k] - far.1[k])) / 12.0;
        assert_close(product, difference);
    }
}

/// Every call is made once, at any depth; if each reverse ran its callee again, it would be 2ⁿ times as many.
#[test]
fn no_call_is_made_twice() {
    for n in 1..=7 {
        let a = matrix(n);
        let dots = vec![1.0; n * n];
        let once = calls(|| determinant(&a, n));
        assert_eq!(calls(|| determinant::value_and_grad(&a, n)), once);
        assert_eq!(calls(|| determinant::vjp(&a, n, 1.0)), once);
        assert_eq!(calls(|| determinant::jvp(&a, n, &dots)), once);
        assert_eq!(calls(|| determinant::hvp(&a, n, &dots)), once);
        assert_eq!(calls(|| determinant::pullback(&a, n).1(1.0)), once);
    }
}

/// The memory that is allocated, and how often, is a small multiple of that of the function too.
#[test]
fn what_is_allocated_is_a_small_multiple() {
    let ratio = |n: usize| {
        let a = matrix(n);
        let plain = allocation_counter::measure(|| {
            determinant(&a, n);
        });
        let gradient = allocation_counter::measure(|| {
            determinant::value_and_grad(&a, n);
        });
        (gradient.count_total as f64 / plain.count_total as f64, gradient.bytes_total as f64 / plain.bytes_total as f64)
    };
    let (count, bytes) = ratio(7);
    assert!(count < 4.0, "{count} times as many allocations");
    assert!(bytes < 16.0, "{bytes} times as many bytes");
    // Of which the tape, that doubles as it grows, is the larger part; and no more with depth.
    assert!(ratio(7).1 < 1.5 * ratio(5).1, "{:?} {:?}", ratio(7), ratio(5));
}

/// cosh and sinh by doubling, each by the other: `sinh 2t = 2 sinh t cosh t`, `cosh 2t = 1 + 2 sinh² t`.
#[differentiate(order = 2)]
fn cosh<T: Float>(x: T, depth: usize) -> T {
    if depth == 0 {
        return T::one() + x * x / (T::one() + T::one());
    }
    let half = x / (T::one() + T::one());
    let s = sinh(half, depth - 1);
    T::one() + (s + s) * s
}

#[differentiate(order = 2)]
fn sinh<T: Float>(x: T, depth: usize) -> T {
    if depth == 0 {
        return x;
    }
    let half = x / (T::one() + T::one());
    let s = sinh(half, depth - 1);
    (s + s) * cosh(half, depth - 1)
}

#[test]
fn functions_that_call_each_other() {
    for x in [0.0, 0.7, -1.3] {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
        let (value, slope) = cosh::value_and_grad(x, 12);
        close(value, x.cosh());
        close(slope, x.sinh());
        close(sinh::grad(x, 12), x.cosh());
        close(sinh::jvp(x, 12, 2.0).1, 2.0 * x.cosh());
        close(cosh::hessian(x, 12), x.cosh());
        close(sinh::hessian(x, 12), x.sinh());
        assert!((f64::from(sinh::grad(x as f32, 6)) - x.cosh()).abs() < 1e-2);
    }
    assert_eq!(cosh::grad(0.5, 0), 0.5);
}

/// A recursion whose depth depends on an active value, with several results and a loop.
#[differentiate(order = 2)]
fn halve(x: f64, w: &[f64]) -> (f64, usize) {
    if x < 1.0 {
        let mut sum = 0.0;
        for i in 0..w.len() {
            sum += w[i] * x.powi(i as i32);
        }
        return (sum, 0);
    }
    let (value, depth): (f64, usize) = halve(x / 2.0, w);
    (value * x, depth + 1)
}

#[test]
fn the_depth_may_depend_on_active_values() {
    // 5 · 2.5 · 1.25 · p(0.625)
    let (x, w) = (5.0_f64, [2.0, -1.0, 3.0]);
    let p = |x: f64| w[0] + w[1] * x + w[2] * x * x;
    let dp = |x: f64| w[1] + 2.0 * w[2] * x;
    let (value, (x_bar, w_bar)) = halve::vjp(x, &w, (1.0, ()));
    assert_eq!(value.1, 3);
    assert_close(value.0, x.powi(3) / 8.0 * p(x / 8.0));
    assert_close(x_bar, 3.0 * x * x / 8.0 * p(x / 8.0) + x.powi(3) / 64.0 * dp(x / 8.0));
    for (i, w_bar) in w_bar.into_iter().enumerate() {
        assert_close(w_bar, x.powi(3) / 8.0 * (x / 8.0).powi(i as i32));
    }
    let (_, (dot, ())) = halve::jvp(x, &w, 1.0, &[0.0; 3]);
    assert_close(dot, x_bar);
    assert_eq!(halve::vjp(0.5, &[], (1.0, ())).1, (0.0, vec![]));
}

/// Methods that call themselves.
#[derive(Clone, Debug, autodiff_runtime::Differentiable)]
struct Horner {
    coefficients: Vec<f64>,
}

#[differentiate(order = 2)]
impl Horner {
    fn from(&self, k: usize, x: f64) -> f64 {
        if k == self.coefficients.len() {
            return 0.0;
        }
        self.coefficients[k] + x * self.from(k + 1, x)
    }
}

#[test]
fn methods_that_call_themselves() {
    let horner = Horner { coefficients: vec![1.0, 2.0, 3.0] };
    let (value, (bar, x_bar)) = horner.from_value_and_grad(0, 2.0);
    assert_eq!((value, bar.coefficients, x_bar), (17.0, vec![1.0, 2.0, 4.0], 14.0));
    let (bar, x_bar) = horner.from_hvp(0, 2.0, &Horner { coefficients: vec![0.0; 3] }, 1.0);
    assert_eq!((bar.coefficients, x_bar), (vec![0.0, 1.0, 4.0], 6.0));
    assert_eq!(Horner { coefficients: vec![] }.from_grad(0, 2.0).1, 0.0);
}
