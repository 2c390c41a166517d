//! Functions that return arrays, vectors and structs: cotangents go in by value, tangents come out.

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

/// `⟨seed, J·v⟩ = ⟨Jᵀ·seed, v⟩`, and `J·v` against differences.
fn agree(seed: &[f64], pushed: &[f64], pulled: &[f64], v: &[f64], up: &[f64], down: &[f64], h: f64) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    assert_eq!((seed.len(), pulled.len()), (pushed.len(), v.len()));
    let (a, b) = (dot(seed, pushed), dot(pulled, v));
    assert!((a - b).abs() < 1e-12 * (1.0 + a.abs()), "{a} and {b}");
    for ((u, d), slope) in up.iter().zip(down).zip(pushed) {
        let difference = (u - d) / (2.0 * h);
        assert!((difference - slope).abs() < 1e-7 * (1.0 + slope.abs()), "{difference} and {slope}");
    }
}

fn wave(n: usize, k: f64) -> Vec<f64> {
    (0..n).map(|i| (k + 0.8 * i as f64).sin()).collect()
}

/// One step after another of the classical Runge–Kutta method, in place, for coupled pendulums.
#[differentiate]
fn runge_kutta(y: &[f64], stiffness: f64, #[constant] h: f64, steps: usize) -> Vec<f64> {
    let n = y.len();
    let mut state = y.to_vec();
    let mut stage = vec![0.0; n];
    let mut k = vec![0.0; n];
    for _ in 0..steps {
        let mut sum = vec![0.0; n];
        stage.copy_from_slice(&state);
        for s in 0..4 {
            let (position, velocity) = stage.split_at(n / 2);
            for i in 0..n / 2 {
                k[i] = velocity[i];
                k[n / 2 + i] = -position[i].sin() - stiffness * (position[i] - position[(i + 1) % (n / 2)]);
            }
            let weight = if s == 1 || s == 2 { 2.0 } else { 1.0 };
            let forward = if s == 2 { h } else { 0.5 * h };
            for i in 0..n {
                sum[i] += weight * k[i];
                stage[i] = state[i] + forward * k[i];
            }
        }
        for (v, s) in state.iter_mut().zip(&sum) {
            *v += h / 6.0 * s;
        }
    }
    state
}

#[test]
fn a_vector() {
    for (n, steps) in [(4, 0), (4, 3), (2, 5), (0, 2)] {
        let (y, seed, v) = (wave(n, 0.3), wave(n, 1.7), wave(n, 2.9));
        let value = runge_kutta(&y, 0.7, 0.1, steps);
        let (same, (y_bar, k_bar)) = runge_kutta::vjp(&y, 0.7, 0.1, steps, seed.clone());
        assert_eq!(same, value);
        let (same, pushed) = runge_kutta::jvp(&y, 0.7, 0.1, steps, &v, 0.4);
        assert_eq!(same, value);
        let (mut y_more, mut k_more) = (wave(n, 5.0), 1.0);
        assert_eq!(runge_kutta::vjp_into(&y, 0.7, 0.1, steps, seed.clone(), &mut y_more, &mut k_more), value);
        assert!((k_more - 1.0 - k_bar).abs() < 1e-12);
        let at = |by: f64| {
            let y: Vec<f64> = y.iter().zip(&v).map(|(y, v)| y + by * v).collect();
            runge_kutta(&y, 0.7 + by * 0.4, 0.1, steps)
        };
        let (pulled, direction) = ([y_bar, vec![k_bar]].concat(), [v.clone(), vec![0.4]].concat());
        agree(&seed, &pushed, &pulled, &direction, &at(1e-6), &at(-1e-6), 1e-6);
    }
}

#[test]
#[should_panic]
fn a_seed_of_another_length() {
    runge_kutta::vjp(&[0.1, 0.2], 0.7, 0.1, 1, vec![1.0]);
}

#[differentiate]
fn rotated<T: Float>(p: &[T; 2], angle: T) -> [T; 2] {
    let (s, c) = angle.sin_cos();
    [c * p[0] - s * p[1], s * p[0] + c * p[1]]
}

#[test]
fn an_array() {
    let (y, (p_bar, a_bar)) = rotated::vjp(&[1.0, 2.0], 0.0, [3.0, 5.0]);
    assert_eq!((y, p_bar, a_bar), ([1.0, 2.0], [3.0, 5.0], -6.0 + 5.0));
    assert_eq!(rotated::jvp(&[1.0_f32, 2.0], 0.0, &[1.0, 0.0], 1.0), ([1.0, 2.0], [1.0 - 2.0, 1.0]));
}

/// A length that depends on the values.
#[differentiate]
fn positive(x: &[f64], scale: f64) -> Vec<f64> {
    let mut kept = Vec::new();
    for &v in x {
        if v > 0.0 {
            kept.push(v * v * scale);
        }
    }
    kept
}

#[test]
fn a_vector_of_any_length() {
    let (y, (x_bar, s_bar)) = positive::vjp(&[1.0, -1.0, 3.0], 2.0, vec![1.0, 10.0]);
    assert_eq!((y, x_bar, s_bar), (vec![2.0, 18.0], vec![4.0, 0.0, 120.0], 91.0));
    assert_eq!(positive::jvp(&[1.0, -1.0, 3.0], 2.0, &[1.0; 3], 1.0).1, [4.0 + 1.0, 12.0 + 9.0]);
    assert_eq!(positive::vjp(&[], 2.0, vec![]), (vec![], (vec![], 0.0)));
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Particle {
    position: [f64; 2],
    velocity: Vec<f64>,
    name: String,
}

/// What is given by value, changed, and given back.
#[differentiate]
fn moved(mut p: Particle, h: f64) -> Particle {
    for i in 0..2 {
        p.position[i] += h * p.velocity[i];
        p.velocity[i] -= h * p.position[i];
    }
    p
}

#[test]
fn a_struct() {
    let of = |x: &[f64]| Particle { position: [x[0], x[1]], velocity: x[2..4].to_vec(), name: "p".to_owned() };
    let (x, v, w) = (wave(4, 0.2), wave(4, 1.1), wave(4, 2.2));
    let (y, (p_bar, h_bar)) = moved::vjp(of(&x), 0.3, of(&w));
    assert_eq!(y, moved(of(&x), 0.3));
    let (same, y_dot) = moved::jvp(of(&x), 0.3, of(&v), 0.6);
    assert_eq!(same, y);
    let at = |by: f64| {
        let x: Vec<f64> = x.iter().zip(&v).map(|(x, v)| x + by * v).collect();
        moved(of(&x), 0.3 + by * 0.6).to_flat()
    };
    let (pulled, direction) = ([p_bar.to_flat(), vec![h_bar]].concat(), [v.clone(), vec![0.6]].concat());
    agree(&w, &y_dot.to_flat(), &pulled, &direction, &at(1e-6), &at(-1e-6), 1e-6);
    assert_eq!((p_bar.name, y_dot.name), ("p".to_owned(), "p".to_owned()));
}

/// Several results, of which one is what was given, and one has no derivative.
#[differentiate]
fn normalized(x: &[f64]) -> (Vec<f64>, f64, usize, [f64; 1]) {
    let norm = x.iter().map(|v| v * v).sum::<f64>().sqrt();
    let y: Vec<f64> = x.iter().map(|v| v / norm).collect();
    (y, norm, x.len(), [x[0]])
}

#[test]
fn a_tuple() {
    let (y, x_bar) = normalized::vjp(&[3.0, 4.0], (vec![0.0, 0.0], 1.0, (), [2.0]));
    assert_eq!((y, x_bar), ((vec![0.6, 0.8], 5.0, 2, [3.0]), vec![2.6, 0.8]));
    let (_, x_bar) = normalized::vjp(&[3.0, 4.0], (vec![1.0, 0.0], 0.0, (), [0.0]));
    assert!((x_bar[0] - 16.0 / 125.0).abs() < 1e-15 && (x_bar[1] + 12.0 / 125.0).abs() < 1e-15);
    let (_, (y_dot, n_dot, (), z_dot)) = normalized::jvp(&[3.0, 4.0], &[1.0, 0.0]);
    assert!((y_dot[0] - 16.0 / 125.0).abs() < 1e-15 && (n_dot - 0.6).abs() < 1e-15 && z_dot == [1.0]);
}

/// What a pattern takes out of a struct, and what one is made of.
#[differentiate]
fn position_of(p: &Particle) -> [f64; 2] {
    let Particle { position: at, .. } = p.clone();
    at
}

#[differentiate]
fn velocity_of(p: &Particle) -> Vec<f64> {
    let Particle { velocity, .. } = p.clone();
    velocity
}

#[differentiate]
fn turned(p: &Particle) -> [f64; 2] {
    let q = Particle { position: [p.position[1], p.position[0] * p.position[0]], ..p.clone() };
    q.position
}

#[test]
fn fields_that_are_taken_out() {
    let p = Particle { position: [3.0, 5.0], velocity: vec![7.0], name: "p".to_owned() };
    let (y, p_bar) = position_of::vjp(&p, [1.0, 2.0]);
    assert_eq!((y, p_bar.to_flat()), ([3.0, 5.0], vec![1.0, 2.0, 0.0]));
    let (y, p_bar) = velocity_of::vjp(&p, vec![4.0]);
    assert_eq!((y, p_bar.to_flat()), (vec![7.0], vec![0.0, 0.0, 4.0]));
    let (y, p_bar) = turned::vjp(&p, [1.0, 2.0]);
    assert_eq!((y, p_bar.to_flat()), ([5.0, 9.0], vec![12.0, 1.0, 0.0]));
    let (_, y_dot) = turned::jvp(&p, &p);
    assert_eq!(y_dot, [5.0, 18.0]);
}

#[derive(Differentiable, Clone, Debug)]
struct Rated {
    level: f64,
    #[constant]
    rate: f64,
}

/// A constant field that is made of active values: what a cotangent has there does not count.
#[differentiate]
fn rated(x: f64) -> Rated {
    let mut y = Rated { level: x * x, rate: 0.5 };
    y.rate *= x;
    y
}

#[differentiate]
fn rated_pair(x: f64) -> (Rated, f64) {
    (Rated { level: x.sin(), rate: x }, x)
}

#[test]
fn constant_fields_have_no_cotangent() {
    let seed = || Rated { level: 1.0, rate: 100.0 };
    let (y, x_bar) = rated::vjp(3.0, seed());
    assert_eq!((y.level, y.rate, x_bar), (9.0, 1.5, 6.0));
    assert_eq!(rated::pullback(3.0).1(seed()), 6.0);
    let mut x_bar = 1.0;
    let _ = rated::vjp_into(3.0, seed(), &mut x_bar);
    assert_eq!(x_bar, 7.0);
    assert_eq!(rated::jvp(3.0, 1.0).1.level, 6.0);
    assert_eq!(rated::jacobian(3.0), [6.0]);
    let (_, x_bar) = rated_pair::vjp(3.0, (seed(), 2.0));
    assert_eq!(x_bar, 3.0_f64.cos() + 2.0);
}
