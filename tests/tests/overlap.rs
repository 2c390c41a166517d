//! Arguments that overlap: one list, or parts of one memory object, passed more than once.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::{Differentiable, differentiate};
use autodiff_tests::library::dot;

#[track_caller]
fn assert_close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-13 * (1.0 + b.abs()), "{a} {b}");
}

#[differentiate(order = 2)]
fn weighted(x: &[f64], y: &[f64], z: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i] * y[i];
    }
    sum * z
}

/// `z Σ x³`, through one list twice.
#[differentiate(order = 2)]
fn cubes(x: &[f64], z: f64) -> f64 {
    weighted(x, x, z)
}

/// Twice more: a slot that is shared already is shared again, and passed on.
#[differentiate(order = 2)]
fn cubes_of_two(x: &[f64], y: &[f64], z: f64) -> f64 {
    weighted(x, y, z) + cubes(x, z) + weighted(y, y, 1.0)
}

#[differentiate(order = 2)]
fn cubes_again(x: &[f64], z: f64) -> f64 {
    cubes_of_two(x, x, z)
}

#[test]
fn one_list_twice() {
    for x in [&[][..], &[2.0], &[0.5, -1.5, 3.0]] {
        let z = 1.7;
        let (value, (x_bar, z_bar)) = cubes::value_and_grad(x, z);
        let sum: f64 = x.iter().map(|x| x * x * x).sum();
        assert_close(value, z * sum);
        assert_close(z_bar, sum);
        let again = cubes_again::grad(x, z);
        assert_close(again.1, 2.0 * sum);
        let x_dot: Vec<f64> = (0..x.len()).map(|k| 1.0 - k as f64).collect();
        let (hvp, z_hvp) = cubes::hvp(x, z, &x_dot, 0.5);
        let (hvp_again, _) = cubes_again::hvp(x, z, &x_dot, 0.5);
        for (k, x) in x.iter().enumerate() {
            assert_close(x_bar[k], 3.0 * z * x * x);
            assert_close(again.0[k], (2.0 * z + 1.0) * 3.0 * x * x);
            assert_close(hvp[k], 6.0 * z * x * x_dot[k] + 0.5 * 3.0 * x * x);
            assert_close(hvp_again[k], (2.0 * z + 1.0) * 6.0 * x * x_dot[k] + 3.0 * x * x);
        }
        let along: f64 = x.iter().zip(&x_dot).map(|(x, d)| 3.0 * x * x * d).sum();
        assert_close(z_hvp, along);
        assert_close(cubes::jvp(x, z, &x_dot, 0.0).1, z * along);
        assert_eq!(cubes::pullback(x, z).1(1.0), (x_bar, z_bar));
    }
}

/// Local vectors, in single precision, and another crate's function.
#[differentiate]
fn norm_of_squares(x: &[f64]) -> f64 {
    let mut y = vec![0.0; x.len()];
    for i in 0..x.len() {
        y[i] = x[i] * x[i];
    }
    dot(&y, &y) + dot(x, x)
}

#[test]
fn local_vectors_and_other_crates() {
    let x = [0.5, -2.0];
    let (value, x_bar) = norm_of_squares::value_and_grad(&x);
    assert_close(value, 0.0625 + 16.0 + 0.25 + 4.0);
    x_bar.iter().zip(x).for_each(|(bar, x)| assert_close(*bar, 4.0 * x * x * x + 2.0 * x));
    assert!(norm_of_squares::grad(&[]).is_empty());
}

#[derive(Clone, Debug, Differentiable, PartialEq)]
struct Body {
    at: [f64; 2],
    mass: f64,
    #[constant]
    scale: f64,
}

#[differentiate(order = 2)]
fn attraction(p: &Body, q: &Body) -> f64 {
    let (dx, dy) = (p.at[0] - q.at[0], p.at[1] - q.at[1]);
    p.scale * p.mass * q.mass / (dx * dx + dy * dy + 1.0)
}

/// Pairs of elements of one list.
#[differentiate(order = 2)]
fn potential(bodies: &[Body]) -> f64 {
    let mut sum = 0.0;
    for i in 0..bodies.len() {
        for j in 0..i {
            sum += attraction(&bodies[i], &bodies[j]);
        }
    }
    sum
}

/// Pairs of elements of two lists, which the caller may give as one.
#[differentiate(order = 2)]
fn between(p: &[Body], q: &[Body]) -> f64 {
    let mut sum = 0.0;
    for i in 0..p.len() {
        for j in 0..q.len() {
            sum += attraction(&p[i], &q[j]);
        }
    }
    sum
}

#[differentiate(order = 2)]
fn all_pairs(bodies: &[Body]) -> f64 {
    between(bodies, bodies)
}

fn bodies(n: usize) -> Vec<Body> {
    let number = |k: usize| (0.7 * k as f64 + 0.3).sin();
    (0..n).map(|k| Body { at: [number(3 * k), number(3 * k + 1)], mass: 2.0 + number(3 * k + 2), scale: 0.5 }).collect()
}

#[test]
fn parts_of_one_list() {
    for n in 0..=4 {
        let x = bodies(n);
        let dots: Vec<Body> = bodies(n).into_iter().rev().collect();
        let (half, all) = (potential::grad(&x), all_pairs::grad(&x));
        let (half_hvp, all_hvp) = (potential::hvp(&x, &dots), all_pairs::hvp(&x, &dots));
        for k in 0..n {
            // All pairs have each pair twice, and `scale mass²` for each with itself.
            assert_close(all[k].mass, 2.0 * half[k].mass + 2.0 * 0.5 * x[k].mass);
            assert_close(all[k].at[0], 2.0 * half[k].at[0]);
            assert_close(all[k].at[1], 2.0 * half[k].at[1]);
            assert_close(all_hvp[k].mass, 2.0 * half_hvp[k].mass + 2.0 * 0.5 * dots[k].mass);
            assert_close(all_hvp[k].at[0], 2.0 * half_hvp[k].at[0]);
        }
        let along: f64 = (0..n)
            .map(|k| half[k].mass * dots[k].mass + half[k].at[0] * dots[k].at[0] + half[k].at[1] * dots[k].at[1])
            .sum();
        assert_close(potential::jvp(&x, &dots).1, along);
    }
}

/// A function with rules that is given one list twice.
#[differentiate(vjp = blended_vjp, jvp = blended_jvp)]
fn blended(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y * y).sum()
}

fn blended_vjp(x: &[f64], y: &[f64], seed: f64, x_bar: &mut [f64], y_bar: &mut [f64]) -> f64 {
    for k in 0..x.len() {
        x_bar[k] += seed * y[k] * y[k];
        y_bar[k] += seed * 2.0 * x[k] * y[k];
    }
    blended(x, y)
}

fn blended_jvp(x: &[f64], y: &[f64], x_dot: &[f64], y_dot: &[f64]) -> (f64, f64) {
    let dot = (0..x.len()).map(|k| x_dot[k] * y[k] * y[k] + 2.0 * x[k] * y[k] * y_dot[k]).sum();
    (blended(x, y), dot)
}

#[differentiate]
fn blended_with_itself(x: &[f64]) -> f64 {
    blended(x, x)
}

#[test]
fn one_list_twice_to_a_rule() {
    assert_eq!(blended_with_itself::grad(&[2.0, 3.0]), [12.0, 27.0]);
    assert_eq!(blended_with_itself::jvp(&[2.0, 3.0], &[1.0, 1.0]).1, 39.0);
}

/// Reads two elements whatever the length.
#[differentiate]
fn neighbours(x: &[f64], y: &[f64], i: usize) -> f64 {
    x[i] * y[i + 1]
}

/// A call for each element: `n` calls of constant cost.
#[differentiate]
fn chain(x: &[f64]) -> f64 {
    let n = x.len();
    let mut sum = 0.0;
    for i in 1..n {
        sum += neighbours(x, x, i - 1);
    }
    sum
}

/// A shadow of its own for each second list would be `n` of them, each of length `n`.
#[test]
fn no_call_allocates() {
    let allocations = |n: usize| {
        let x = vec![1.5; n];
        let measured = allocation_counter::measure(|| {
            let gradient = chain::grad(&x);
            assert_eq!(gradient[n / 2], if n == 2 { 1.5 } else { 3.0 });
        });
        (measured.count_total, measured.bytes_total / n as u64)
    };
    assert_eq!(allocations(1000), allocations(10));
    assert_eq!(allocations(100_000), allocations(10));
}
