//! Whole functions as people write them.

use std::iter::Sum;

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::{Float, NumAssign};

use crate::check;

/// The logarithm of a determinant by elimination with pivots: rows are exchanged.
#[differentiate(order = 2)]
fn log_det<T: Float>(x: &[T]) -> T {
    let n = 3;
    let mut a = vec![vec![T::zero(); n]; n];
    for i in 0..n {
        for j in 0..n {
            a[i][j] = (x[i] * x[j] + x[(i + j) % n]).sin();
        }
    }
    let mut s = T::zero();
    for k in 0..n {
        let mut p = k;
        for i in k + 1..n {
            if a[i][k].abs() > a[p][k].abs() {
                p = i;
            }
        }
        a.swap(k, p);
        s = s + a[k][k].abs().ln();
        let (top, rest) = a.split_at_mut(k + 1);
        let pivot = &top[k];
        for row in rest.iter_mut() {
            let factor = row[k] / pivot[k];
            for j in k..n {
                row[j] = row[j] - factor * pivot[j];
            }
        }
    }
    s
}

#[test]
fn elimination_with_pivots() {
    check!(log_det, f64, [0.3, -0.7, 1.1]);
    check!(log_det, f64, [1.3, 0.2, 0.4]);
    check!(log_det, f32, [0.3, -0.7, 1.1]);
}

/// A Cholesky factor in place, and the solution of a system with it.
#[differentiate(order = 2)]
fn cholesky<T: Float + Sum>(x: &[T]) -> T {
    let n = x.len();
    let mut a = vec![vec![T::zero(); n]; n];
    for (i, row) in a.iter_mut().enumerate() {
        for (j, v) in row.iter_mut().enumerate() {
            *v = x[i] * x[j] * T::from(0.1).unwrap();
        }
        row[i] = row[i] + T::from(n + 1).unwrap();
    }
    for i in 0..n {
        let (done, rest) = a.split_at_mut(i);
        let row = &mut rest[0];
        for j in 0..i {
            let mut s = row[j];
            for k in 0..j {
                s = s - row[k] * done[j][k];
            }
            row[j] = s / done[j][j];
        }
        let s: T = row[..i].iter().map(|&v| v * v).sum();
        row[i] = (row[i] - s).sqrt();
    }
    let mut b = x.to_vec();
    for i in 0..n {
        for k in 0..i {
            b[i] = b[i] - a[i][k] * b[k];
        }
        b[i] = b[i] / a[i][i];
    }
    for i in (0..n).rev() {
        for row in i + 1..n {
            b[i] = b[i] - a[row][i] * b[row];
        }
        b[i] = b[i] / a[i][i];
    }
    b.iter().zip(x).map(|(&b, &x)| b * x).sum()
}

#[test]
fn a_cholesky_solve() {
    check!(cholesky, f64, [0.3, -0.7, 1.1]);
    check!(cholesky, f32, [0.3, -0.7]);
    check!(cholesky, f64, [0.8]);
    check!(cholesky, f64, []);
}

/// The midpoint rule, with a new state in every step that takes the place of the old one.
#[differentiate(order = 2)]
fn midpoint<T: Float>(x: &[T]) -> T {
    let h = T::from(0.1).unwrap();
    let mut state = x.to_vec();
    for _ in 0..4 {
        let mut half = state.clone();
        for i in 0..state.len() {
            half[i] = state[i] + h * state[i].sin() * state[0];
        }
        let mut next = vec![T::zero(); state.len()];
        for i in 0..next.len() {
            next[i] = state[i] + h * half[i] * half[half.len() - 1];
        }
        state = next;
    }
    *state.last().unwrap() * state[0]
}

#[test]
fn states_that_take_turns() {
    check!(midpoint, f64, [0.3, -0.7, 1.1]);
    check!(midpoint, f32, [0.3, -0.7]);
    check!(midpoint, f64, [0.8]);
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Body {
    at: [f64; 2],
    velocity: [f64; 2],
    mass: f64,
    id: usize,
}

/// Bodies that attract each other: a slice of structs, copied, changed through references and by index.
#[differentiate]
fn attracted(bodies: &[Body], #[constant] h: f64, steps: usize) -> f64 {
    let mut now = bodies.to_vec();
    for _ in 0..steps {
        for i in 0..now.len() {
            let mut force = [0.0; 2];
            for j in 0..now.len() {
                if i != j {
                    let d = [now[j].at[0] - now[i].at[0], now[j].at[1] - now[i].at[1]];
                    let r2 = d[0] * d[0] + d[1] * d[1] + 0.1;
                    let f = now[j].mass / (r2 * r2.sqrt());
                    force[0] += f * d[0];
                    force[1] += f * d[1];
                }
            }
            let body = &mut now[i];
            body.velocity[0] += h * force[0];
            body.velocity[1] += h * force[1];
        }
        for body in now.iter_mut() {
            for k in 0..2 {
                body.at[k] += h * body.velocity[k];
            }
        }
    }
    let mut energy = 0.0;
    for body in &now {
        energy += body.mass * (body.velocity[0] * body.velocity[0] + body.velocity[1] * body.velocity[1]);
    }
    energy
}

#[test]
fn slices_of_structs() {
    let body = |k: f64, id| Body { at: [k.sin(), k.cos()], velocity: [0.3 * k, -0.1], mass: 1.0 + 0.2 * k, id };
    for bodies in [vec![], vec![body(0.4, 0)], vec![body(0.4, 0), body(1.7, 1), body(2.9, 2)]] {
        let (y, gradient) = attracted::value_and_grad(&bodies, 0.1, 3);
        assert_eq!(y, attracted(&bodies, 0.1, 3));
        let (flat, step) = (bodies.to_flat(), 1e-6);
        let at = |k: usize, by: f64| {
            let (mut bodies, mut flat) = (bodies.clone(), flat.clone());
            flat[k] += by;
            bodies.read_flat(&flat);
            attracted(&bodies, 0.1, 3)
        };
        for (k, slope) in gradient.to_flat().into_iter().enumerate() {
            let difference = (at(k, step) - at(k, -step)) / (2.0 * step);
            assert!((slope - difference).abs() < 1e-7, "{k}: {slope} and {difference}");
        }
        let (same, slope) = attracted::jvp(&bodies, 0.1, 3, &bodies);
        let expected: f64 = gradient.to_flat().iter().zip(&flat).map(|(a, b)| a * b).sum();
        assert!(same == y && (slope - expected).abs() < 1e-13);
    }
}

/// Elements that are structs are assigned, and their fields exchanged.
#[differentiate]
fn assigned(bodies: &[Body], x: f64) -> f64 {
    let mut now = bodies.to_vec();
    now[0] = Body { at: [x, now[1].mass], velocity: [x * x, 0.0], mass: 2.0 * x, id: 7 };
    let (left, right) = now.split_at_mut(1);
    std::mem::swap(&mut right[0].mass, &mut left[0].at[0]);
    now.swap(0, 1);
    let [a, b] = now[1].at;
    a * 10.0 + b * 100.0 + now[1].velocity[0] + now[0].mass * 3.0 + now[1].id as f64
}

#[test]
fn elements_that_are_structs() {
    let body = Body { at: [1.0, 2.0], velocity: [3.0, 4.0], mass: 5.0, id: 0 };
    // now[1] = { at: [5, 5], velocity: [x², 0] }, now[0].mass = x
    let (y, (gradient, x_bar)) = assigned::value_and_grad(&[body, body], 3.0);
    assert_eq!(y, assigned(&[body, body], 3.0));
    assert_eq!((y, x_bar), (50.0 + 500.0 + 9.0 + 9.0 + 7.0, 6.0 + 3.0));
    assert_eq!((gradient[0].to_flat(), gradient[1].mass), (vec![0.0; 5], 110.0));
    assert_eq!(assigned::jvp(&[body, body], 3.0, &[body, body], 1.0), (y, 110.0 * 5.0 + 9.0));
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Filter {
    mean: f64,
    gains: Vec<f64>,
    count: usize,
}

#[differentiate]
impl Filter {
    /// What is behind `&mut self` is replaced as a whole, and in parts.
    #[differentiate]
    fn update(&mut self, x: f64) -> f64 {
        let error = x - self.mean;
        let gains = &mut self.gains;
        for g in gains.iter_mut() {
            *g *= error;
        }
        self.gains.reverse();
        let last = *self.gains.last().unwrap();
        self.mean += last * error;
        last
    }
}

#[test]
fn methods_that_write() {
    let start = Filter { mean: 0.5, gains: vec![0.3, 0.2], count: 1 };
    let (mut filter, mut shadow, mut x_bar) = (start.clone(), start.zeros_like(), 0.0);
    shadow.mean = 1.0;
    let last = filter.update_vjp_into(1.5, 0.0, &mut shadow, &mut x_bar);
    // mean' = mean + g₀ (x − mean)²
    assert_eq!((last, filter.mean, filter.gains.clone()), (0.3, 0.8, vec![0.2, 0.3]));
    assert_eq!((shadow.mean, shadow.gains, x_bar), (1.0 - 0.6, vec![1.0, 0.0], 0.6));
}

/// Arrays by value: copies that go their own ways, and moves.
#[differentiate(order = 2)]
fn copies<T: Float>(x: &[T]) -> T {
    let a = [x[0], x[1], x[0] * x[1]];
    let mut b = a;
    b[0] = b[0] * b[2];
    let c = b;
    b[1] = c[0].exp();
    let [head, _, tail] = [a[0], b[1], c[0] * b[2]];
    let (first, rest) = x.split_first().unwrap();
    a[0] * b[1] + c[1] * head + tail * *first + rest[0]
}

#[test]
fn arrays_by_value() {
    check!(copies, f64, [0.3, -0.7]);
    check!(copies, f32, [0.3, -0.7]);
}

/// Elements that are written through what `last_mut`, `first_mut` and `get_mut` give.
#[differentiate(order = 2)]
fn ends<T: Float + NumAssign>(x: &[T]) -> T {
    let mut v = x.to_vec();
    *v.last_mut().unwrap() *= x[0].sin();
    *v.first_mut().unwrap() = x[0] * *v.last().unwrap();
    if let Some(p) = v.get_mut(1) {
        *p += x[0] * x[0];
    }
    if let Some(p) = v.get_mut(7) {
        *p += T::one();
    }
    v.iter().fold(T::one(), |product, &v| product * (v + T::one()))
}

#[test]
fn elements_behind_references() {
    // Of one element: 1 + x² sin x.
    let (y, gradient) = ends::value_and_grad(&[0.5_f64]);
    let (sin, cos) = 0.5_f64.sin_cos();
    assert!((y - 1.0 - 0.25 * sin).abs() < 1e-15 && (gradient[0] - sin - 0.25 * cos).abs() < 1e-15);
    check!(ends, f64, [0.3, -0.7, 1.1]);
    check!(ends, f64, [0.3, -0.7]);
    check!(ends, f32, [0.3, -0.7]);
    check!(ends, f64, [0.8]);
}
