//! What people compose, against closed forms: a net of layers, a Cholesky factorisation and a solve in place, a stepper; in
//! single precision too, and with nothing or one number in it.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::{Differentiable, differentiate};
use autodiff_tests::compare::{assert_close, slope};
use num_traits::Float;

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
}

#[differentiate(order = 2)]
impl Layer {
    #[differentiate]
    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let mut y = self.affine(x);
        Self::activate(&mut y);
        y
    }

    #[differentiate]
    fn affine(&self, x: &[f64]) -> Vec<f64> {
        let mut y = self.b.clone();
        for i in 0..y.len() {
            for j in 0..x.len() {
                y[i] += self.w[i][j] * x[j];
            }
        }
        y
    }

    #[differentiate]
    fn activate(y: &mut [f64]) {
        for v in y.iter_mut() {
            *v = v.tanh();
        }
    }
}

/// Layers of any widths, one after the other.
#[differentiate(order = 2)]
fn net(layers: &[Layer], x: &[f64]) -> f64 {
    let mut h = x.to_vec();
    for layer in layers {
        h = Layer::forward(layer, &h);
    }
    let mut s = 0.0;
    for v in &h {
        s += v;
    }
    s
}

fn layers(widths: &[usize]) -> Vec<Layer> {
    let wave = |k: usize| 0.6 * (1.3 * k as f64 + 0.4).sin();
    let layer = |(l, w): (usize, &[usize])| Layer {
        w: (0..w[1]).map(|i| (0..w[0]).map(|j| wave(7 * l + 3 * i + j)).collect()).collect(),
        b: (0..w[1]).map(|i| wave(l + 5 * i)).collect(),
    };
    widths.windows(2).enumerate().map(layer).collect()
}

#[test]
fn a_deep_net_by_backpropagation() {
    for widths in [&[3, 4, 2, 5][..], &[2, 2], &[1, 1, 1], &[3], &[2, 0], &[2, 3, 0, 2]] {
        let (net_layers, x): (Vec<Layer>, Vec<f64>) =
            (layers(widths), (0..widths[0]).map(|k| 0.3 - 0.2 * k as f64).collect());
        // Backpropagation by hand.
        let mut states = vec![x.clone()];
        for layer in &net_layers {
            let next = layer.forward(&states[states.len() - 1]);
            states.push(next);
        }
        let mut bar = vec![1.0; states[states.len() - 1].len()];
        let mut wanted = Vec::new();
        for (layer, (x, y)) in net_layers.iter().zip(states.iter().zip(&states[1..])).rev() {
            let z: Vec<f64> = bar.iter().zip(y).map(|(bar, y)| bar * (1.0 - y * y)).collect();
            let w: Vec<Vec<f64>> = z.iter().map(|z| x.iter().map(|x| z * x).collect()).collect();
            bar = (0..x.len()).map(|j| z.iter().zip(&layer.w).map(|(z, row)| z * row[j]).sum()).collect();
            wanted.insert(0, Layer { w, b: z });
        }
        let (value, (layers_bar, x_bar)) = net::value_and_grad(&net_layers, &x);
        assert_eq!(value.to_bits(), net(&net_layers, &x).to_bits());
        let (halved, back) = net::pullback(&net_layers, &x);
        assert_eq!((halved, back(1.0).1), (value, x_bar.clone()));
        assert_close("x", &x_bar, &bar, 1e-13);
        assert_close("layers", &layers_bar.to_flat(), &wanted.to_flat(), 1e-13);
        let trace = net::trace(&net_layers, &x);
        assert_eq!(trace.value().to_bits(), value.to_bits());
        assert_close("trace", &trace.gradient(), &[layers_bar.to_flat(), x_bar.clone()].concat(), 1e-13);
        let v: Vec<f64> = (0..x.len()).map(|k| 1.0 - 0.7 * k as f64).collect();
        let zero: Vec<Layer> = net_layers.iter().map(|layer| layer.zeros_like()).collect();
        let moved = |h: f64| x.iter().zip(&v).map(|(x, v)| x + h * v).collect::<Vec<f64>>();
        let (_, along) = net::jvp(&net_layers, &x, &zero, &v);
        let product: f64 = x_bar.iter().zip(&v).map(|(a, b)| a * b).sum();
        assert_close("jvp", &[along], &[product], 1e-12);
        let found = net::hvp(&net_layers, &x, &zero, &v);
        let wanted = slope(0.01, 5, |h| net::grad(&net_layers, &moved(h)).1);
        assert_close("hvp", &found.1, &wanted, 1e-8);
    }
}

/// In place: `a` becomes its factor, `b` the solution.
#[differentiate]
fn cholesky<T: Float>(a: &mut [Vec<T>]) {
    let n = a.len();
    for j in 0..n {
        for k in 0..j {
            for i in j..n {
                a[i][j] = a[i][j] - a[i][k] * a[j][k];
            }
        }
        let d = a[j][j].sqrt();
        for i in j..n {
            a[i][j] = a[i][j] / d;
        }
    }
}

#[differentiate]
fn solve_with<T: Float>(l: &[Vec<T>], b: &mut [T]) {
    let n = b.len();
    for i in 0..n {
        for k in 0..i {
            b[i] = b[i] - l[i][k] * b[k];
        }
        b[i] = b[i] / l[i][i];
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            b[i] = b[i] - l[k][i] * b[k];
        }
        b[i] = b[i] / l[i][i];
    }
}

/// `xᵀ w` where `A x = b`.
#[differentiate]
fn solution<T: Float>(a: &[Vec<T>], b: &[T], w: &[T]) -> T {
    let mut l = a.to_vec();
    cholesky(&mut l);
    let mut x = b.to_vec();
    solve_with(&l, &mut x);
    let mut s = T::zero();
    for i in 0..x.len() {
        s = s + x[i] * w[i];
    }
    s
}

fn check_solution<T: Float + Into<f64>>(
    n: usize,
    tolerance: f64,
    gradient: impl Fn(&[Vec<T>], &[T], &[T]) -> (T, (Vec<Vec<T>>, Vec<T>, Vec<T>)),
    solved: impl Fn(&[Vec<T>], &[T]) -> Vec<T>,
) {
    let of = |x: f64| T::from(x).expect("a number");
    let at = |i: usize, j: usize| if i == j { 3.0 + i as f64 } else { 0.5 / (1.0 + i.abs_diff(j) as f64) };
    let a: Vec<Vec<T>> = (0..n).map(|i| (0..n).map(|j| of(at(i, j))).collect()).collect();
    let b: Vec<T> = (0..n).map(|i| of(1.0 - 0.4 * i as f64)).collect();
    let w: Vec<T> = (0..n).map(|i| of(0.2 + 0.3 * i as f64)).collect();
    let (_, (a_bar, b_bar, w_bar)) = gradient(&a, &b, &w);
    // x = A⁻¹ b, b̄ = A⁻¹ w, Ā = −b̄ xᵀ, of which the function reads the lower half.
    let (x, inverse_w) = (solved(&a, &b), solved(&a, &w));
    let number = |x: &[T]| x.iter().map(|x| (*x).into()).collect::<Vec<f64>>();
    assert_close("w", &number(&w_bar), &number(&x), tolerance);
    assert_close("b", &number(&b_bar), &number(&inverse_w), tolerance);
    for i in 0..n {
        for j in 0..=i {
            let half = -(inverse_w[i] * x[j]);
            let wanted = if i == j { half } else { half - inverse_w[j] * x[i] };
            assert_close("A", &[a_bar[i][j].into()], &[wanted.into()], tolerance);
        }
    }
}

#[test]
fn a_cholesky_factorisation_and_a_solve() {
    for n in 0..5 {
        let solved = |a: &[Vec<f64>], b: &[f64]| {
            let (mut l, mut x) = (a.to_vec(), b.to_vec());
            cholesky(&mut l);
            solve_with(&l, &mut x);
            x
        };
        check_solution(n, 1e-13, |a, b, w| solution::value_and_grad(a, b, w), solved);
        let solved = |a: &[Vec<f32>], b: &[f32]| {
            let (mut l, mut x) = (a.to_vec(), b.to_vec());
            cholesky(&mut l);
            solve_with(&l, &mut x);
            x
        };
        check_solution(n, 1e-5, |a, b, w| solution::value_and_grad(a, b, w), solved);
    }
}

/// An oscillator by the classical Runge–Kutta method; what one step does is known in closed form, as is the exact solution.
#[differentiate]
fn rate(y: &[f64], stiffness: f64, k: &mut [f64]) {
    k[0] = y[1];
    k[1] = -stiffness * y[0];
}

#[differentiate]
fn moved(y: &[f64], h: f64, k: &[f64]) -> Vec<f64> {
    y.iter().zip(k).map(|(y, k)| y + h * k).collect()
}

#[differentiate]
fn rk4_step(y: &mut [f64], stiffness: f64, #[constant] h: f64) {
    let mut k = [[0.0; 2]; 4];
    rate(y, stiffness, &mut k[0]);
    for s in 1..4 {
        let before = k[s - 1];
        let stage = moved(&*y, if s == 3 { h } else { 0.5 * h }, &before);
        rate(&stage, stiffness, &mut k[s]);
    }
    for i in 0..2 {
        y[i] += h / 6.0 * (k[0][i] + 2.0 * k[1][i] + 2.0 * k[2][i] + k[3][i]);
    }
}

#[differentiate]
fn position(start: f64, speed: f64, stiffness: f64, #[constant] h: f64, steps: usize) -> f64 {
    let mut y = vec![start, speed];
    for _ in 0..steps {
        rk4_step(&mut y, stiffness, h);
    }
    y[0]
}

#[test]
fn an_oscillator() {
    let (a, v, k, steps) = (0.8, -0.3, 2.5_f64, 400);
    let t = 2.0;
    let (y, (a_bar, v_bar, k_bar)) = position::value_and_grad(a, v, k, t / steps as f64, steps);
    let w = k.sqrt();
    let (s, c) = (w * t).sin_cos();
    // a cos ωt + v sin ωt / ω
    let by_w = -a * t * s + v * (t * c / w - s / (w * w));
    assert_close("value", &[y], &[a * c + v * s / w], 1e-8);
    assert_close("gradient", &[a_bar, v_bar, k_bar], &[c, s / w, by_w / (2.0 * w)], 1e-8);
    assert_eq!(position::grad(a, v, k, 0.1, 0), (1.0, 0.0, 0.0));
    let (_, along) = position::jvp(a, v, k, t / steps as f64, steps, 0.3, -0.2, 0.9);
    assert_close("jvp", &[along], &[0.3 * a_bar - 0.2 * v_bar + 0.9 * k_bar], 1e-11);
}

/// The same sizes of gradients cost the same, however much of the array a step leaves alone: nothing is copied as a whole.
#[differentiate]
fn touch(y: &mut [f64], i: usize) {
    y[i] = (y[i] * 1.5).sin();
}

#[differentiate]
fn touched(x: &[f64], steps: usize) -> f64 {
    let mut y = x.to_vec();
    for i in 0..steps {
        touch(&mut y, i);
    }
    let mut s = 0.0;
    for v in &y {
        s += v;
    }
    s
}

#[test]
fn what_is_left_alone_is_not_copied() {
    let bytes = |n: usize, steps: usize| {
        let x = vec![0.3; n];
        allocation_counter::measure(|| {
            let gradient = touched::grad(&x, steps);
            assert_eq!(gradient.len(), n);
        })
        .bytes_total
    };
    // A hundred steps leave a few numbers each, whatever the length of the array is.
    let (few, many) = (bytes(10_000, 1), bytes(10_000, 100));
    assert!(many - few < 100 * 200, "{few} and {many} bytes");
}
