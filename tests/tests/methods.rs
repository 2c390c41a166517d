//! Methods: the derivatives of a function of an `impl` block are its siblings.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Model {
    weights: Vec<f64>,
    bias: f64,
    #[constant]
    scale: f64,
    size: usize,
}

#[differentiate(order = 2)]
impl Model {
    /// Neither returns a float to differentiate nor takes one.
    fn new(weights: &[f64]) -> Self {
        Self { weights: weights.to_vec(), bias: 0.5, scale: 2.0, size: weights.len() }
    }

    fn predict(&self, x: &[f64]) -> f64 {
        let mut y = self.bias;
        for i in 0..self.size {
            y += self.weights[i] * x[i];
        }
        y.tanh()
    }

    fn regularizer(&self) -> f64 {
        let mut s = 0.0;
        for i in 0..self.size {
            s += Self::square(self.weights[i]);
        }
        s
    }

    fn square(x: f64) -> f64 {
        x * x
    }

    /// The loss on one example.
    pub(crate) fn loss(&self, #[constant] x: &[f64], y: f64) -> f64 {
        let r = self.predict(x) - y;
        Self::square(r) + 0.1 * self.regularizer()
    }

    /// Kept results of calls in loops.
    fn iterated(&self, x: &[f64], n: usize) -> f64 {
        let mut y = 0.3;
        for _ in 0..n {
            let z: f64 = self.predict(x);
            y = Self::square(y) * z + self.bias;
        }
        y
    }

    #[differentiate(name = scaled_ad, constant(self))]
    fn scaled(&self, x: f64) -> f64 {
        x * self.scale
    }

    #[differentiate]
    fn step(&mut self, gradient: &Model, rate: f64) {
        for i in 0..self.size {
            self.weights[i] -= rate * gradient.weights[i];
        }
        self.bias -= rate * gradient.bias;
    }

    fn describe(&self) -> String {
        format!("{} weights", self.size)
    }
}

fn model() -> Model {
    let mut model = Model::new(&[0.4, -0.7, 0.2]);
    model.bias = 0.1;
    model
}

/// Central differences of `f` in every float of a model.
fn differences(f: impl Fn(&Model) -> f64) -> Vec<f64> {
    let (model, h) = (model(), 1e-6);
    let flat = model.to_flat();
    (0..flat.len())
        .map(|i| {
            let at = |by: f64| {
                let (mut model, mut flat) = (model.clone(), flat.clone());
                flat[i] += by;
                model.read_flat(&flat);
                f(&model)
            };
            (at(h) - at(-h)) / (2.0 * h)
        })
        .collect()
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-8, "{a} and {b}");
    }
}

#[test]
fn siblings() {
    let (model, x) = (model(), [1.0, 0.5, -2.0]);
    assert_eq!(model.describe(), "3 weights");
    let (y, (gradient, y_bar)) = model.loss_value_and_grad(&x, 0.6);
    assert_eq!(y, model.loss(&x, 0.6));
    close(&gradient.to_flat(), &differences(|m| m.loss(&x, 0.6)));
    assert!((y_bar + 2.0 * (model.predict(&x) - 0.6)).abs() < 1e-15);
    assert_eq!(model.loss_grad(&x, 0.6), (gradient.clone(), y_bar));
    assert_eq!((gradient.scale, gradient.size), (2.0, 3));

    let (mut m_bar, mut t_bar) = (model.zeros_like(), 1.0);
    assert_eq!(model.loss_vjp_into(&x, 0.6, 1.0, &mut m_bar, &mut t_bar), y);
    assert_eq!((m_bar, t_bar), (gradient.clone(), 1.0 + y_bar));

    let mut dot = model.zeros_like();
    dot.read_flat(&[0.3, -0.2, 0.5, 0.7]);
    let (value, slope) = model.loss_jvp(&x, 0.6, &dot, 0.9);
    let expected: f64 = gradient.to_flat().iter().zip(dot.to_flat()).map(|(a, b)| a * b).sum::<f64>() + 0.9 * y_bar;
    assert!(value == y && (slope - expected).abs() < 1e-14);

    assert_eq!(model.loss_trace(&x, 0.6).value(), y);
}

#[test]
fn calls_of_siblings() {
    let x = [1.0, 0.5, -2.0];
    for n in [0, 1, 4] {
        let (gradient, x_bar) = model().iterated_grad(&x, n);
        close(&gradient.to_flat(), &differences(|m| m.iterated(&x, n)));
        assert_eq!(x_bar.len(), 3);
        let (y, slope) = model().iterated_jvp(&x, n, &model(), &[0.0; 3]);
        let expected: f64 = gradient.to_flat().iter().zip(model().to_flat()).map(|(a, b)| a * b).sum();
        assert!(y == model().iterated(&x, n) && (slope - expected).abs() < 1e-14);
    }
}

#[test]
fn attributes_of_their_own() {
    assert_eq!(model().scaled_ad_grad(3.0), 2.0);
    assert_eq!(Model::square_grad(3.0), 6.0);
    let (mut m, gradient) = (model(), model());
    let (mut m_bar, mut g_bar, mut rate_bar) = (model(), model().zeros_like(), 0.0);
    m.step_vjp_into(&gradient, 0.5, &mut m_bar, &mut g_bar, &mut rate_bar);
    assert_eq!(m.bias, 0.05);
    close(&g_bar.to_flat(), &model().to_flat().iter().map(|w| -0.5 * w).collect::<Vec<_>>());
    assert_eq!(m_bar, model());
    assert!((rate_bar + model().to_flat().iter().map(|w| w * w).sum::<f64>()).abs() < 1e-15);
}

/// From a free function, and from another type.
#[differentiate(order = 2)]
fn total(model: &Model, #[constant] x: &[f64]) -> f64 {
    let first: f64 = Model::loss(model, x, 0.6);
    first + Model::square(model.bias)
}

#[test]
fn calls_by_path() {
    let x = [1.0, 0.5, -2.0];
    close(&total::grad(&model(), &x).to_flat(), &differences(|m| total(m, &x)));
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Gaussian<T, const N: usize> {
    mean: [T; N],
    log_scale: T,
}

#[differentiate(order = 2)]
impl<T: Float, const N: usize> Gaussian<T, N> {
    fn log_density(&self, x: &[T; N]) -> T {
        let mut q = T::zero();
        for i in 0..N {
            let z = self.standardized(x[i], i);
            q = q + z * z;
        }
        -T::from(0.5).unwrap() * q - T::from(N).unwrap() * self.log_scale
    }

    fn standardized(self, x: T, i: usize) -> T {
        (x - self.mean[i]) * (-self.log_scale).exp()
    }

    fn moment<S: Float + Into<T>>(&self, s: S) -> T {
        let t: T = s.into();
        t * self.mean[0]
    }
}

macro_rules! gaussian {
    ($float:ty) => {{
        let g = Gaussian { mean: [1.0, -0.5], log_scale: 0.0 };
        let x: [$float; 2] = [2.0, 1.5];
        // z = x − μ; ∂μ = z, ∂ log σ = |z|² − n.
        let (y, (bar, x_bar)) = g.log_density_value_and_grad(&x);
        assert_eq!((y, bar, x_bar), (-2.5, Gaussian { mean: [1.0, 2.0], log_scale: 3.0 }, [-1.0, -2.0]));
        let dot = Gaussian { mean: [1.0, 0.0], log_scale: 1.0 };
        assert_eq!(g.log_density_jvp(&x, &dot, &[0.0; 2]), (-2.5, 4.0));
        // ∂/∂μ₀ of μ̄ = (x − μ)/σ², of ∂ log σ = |x − μ|²/σ² − n and of x̄ = −μ̄.
        let along = Gaussian { mean: [1.0, 0.0], log_scale: 0.0 };
        let second = g.log_density_hvp(&x, &along, &[0.0; 2]);
        assert_eq!(second, (Gaussian { mean: [-1.0, 0.0], log_scale: -2.0 }, [1.0, 0.0]));
        assert_eq!(g.moment_grad(2.0_f32), (Gaussian { mean: [2.0, 0.0], log_scale: 0.0 }, 1.0));
    }};
}

#[test]
fn generic_blocks() {
    gaussian!(f32);
    gaussian!(f64);
    let none = Gaussian::<f64, 0> { mean: [], log_scale: 2.0 };
    assert_eq!(none.log_density_grad(&[]), (Gaussian { mean: [], log_scale: 0.0 }, []));
}

/// Second derivatives in the direction of the model itself.
#[test]
fn second_order() {
    let (m, x, h) = (model(), [1.0, 0.5, -2.0], 1e-5);
    let at = |by: f64| {
        let mut moved = model();
        moved.read_flat(&m.to_flat().iter().map(|w| w * (1.0 + by)).collect::<Vec<_>>());
        moved
    };
    let slope = |gradient: &dyn Fn(&Model) -> Model| -> Vec<f64> {
        let [up, down] = [h, -h].map(|by| gradient(&at(by)).to_flat());
        up.iter().zip(&down).map(|(up, down)| (up - down) / (2.0 * h)).collect()
    };
    let (second, _) = m.loss_hvp(&x, 0.6, &m, 0.0);
    close(&second.to_flat(), &slope(&|m| m.loss_grad(&x, 0.6).0));
    for n in [0, 1, 3] {
        let (second, _) = m.iterated_hvp(&x, n, &m, &[0.0; 3]);
        close(&second.to_flat(), &slope(&|m| m.iterated_grad(&x, n).0));
    }
    close(&total::hvp(&m, &x, &m).to_flat(), &slope(&|m| total::grad(m, &x)));
    assert_eq!(Model::square_hessian(0.3), 2.0);
    let hessian = m.regularizer_hessian();
    assert_eq!(hessian[0], [2.0, 0.0, 0.0, 0.0]);
}

#[test]
fn short_fields() {
    let empty = Model { weights: Vec::new(), bias: 0.5, scale: 2.0, size: 0 };
    let (y, (gradient, _)) = empty.predict_value_and_grad(&[]);
    assert_eq!((y, gradient.weights.len()), (0.5f64.tanh(), 0));
    assert_eq!(gradient.bias, 1.0 - y * y);
    let second = empty.predict_hvp(&[], &empty, &[]).0;
    assert!((second.bias + y * (1.0 - y * y)).abs() < 1e-15 && second.weights.is_empty());
    let one = Model { weights: vec![0.3], bias: 0.0, scale: 2.0, size: 1 };
    let y = 0.6f64.tanh();
    let (gradient, x_bar) = one.predict_grad(&[2.0]);
    close(&gradient.to_flat(), &[2.0 * (1.0 - y * y), 1.0 - y * y]);
    close(&x_bar, &[0.3 * (1.0 - y * y)]);
    assert_eq!(empty.regularizer_grad().to_flat(), [0.0]);
    assert_eq!(one.regularizer_grad().to_flat(), [0.6, 0.0]);
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Polynomial<T, const N: usize> {
    coefficients: [T; N],
    roots: Vec<T>,
}

#[differentiate(order = 2)]
impl<T: Float, const N: usize> Polynomial<T, N> {
    const DEGREE: usize = N;

    /// By recursion, in Horner's form.
    fn eval(&self, x: T, from: usize) -> T {
        if from == Self::DEGREE { T::zero() } else { self.coefficients[from] + x * self.eval(x, from + 1) }
    }

    fn vanishing(&self, x: T) -> T {
        Self::product(x, &self.roots)
    }

    fn product(x: T, roots: &[T]) -> T {
        match roots.split_first() {
            Some((&first, rest)) => (x - first) * Self::product(x, rest),
            None => T::one(),
        }
    }

    /// A vector, which the others take.
    fn deflated(&self, x: T) -> Vec<T> {
        let mut values = self.roots.clone();
        for value in values.iter_mut() {
            *value = x - *value;
        }
        values
    }

    fn quotient(&self, x: T) -> T {
        let mut y = self.eval(x, 0);
        for value in self.deflated(x) {
            y = y / value;
        }
        y
    }
}

macro_rules! polynomials {
    ($float:ty, $tolerance:expr) => {{
        let p = Polynomial::<$float, 3> { coefficients: [2.0, -3.0, 0.5], roots: vec![1.0, -1.0] };
        let close = |a: $float, b: f64| assert!((f64::from(a) - b).abs() <= $tolerance, "{a} and {b}");
        // 2 − 3x + x²/2 at 2; its derivatives are −3 + x and 1.
        let (y, (bar, x_bar)) = p.eval_value_and_grad(2.0, 0);
        assert_eq!((y, bar.coefficients, x_bar), (-2.0, [1.0, 2.0, 4.0], -1.0));
        let zero = p.zeros_like();
        assert_eq!(p.eval_jvp(2.0, 0, &zero, 1.0), (-2.0, -1.0));
        let (bar, x_bar) = p.eval_hvp(2.0, 0, &zero, 1.0);
        assert_eq!((bar.coefficients, x_bar), ([0.0, 1.0, 4.0], 1.0));
        // (x − 1)(x + 1).
        let (y, (bar, x_bar)) = p.vanishing_value_and_grad(2.0);
        assert_eq!((y, bar.roots, x_bar), (3.0, vec![-3.0, -1.0], 4.0));
        assert_eq!(p.vanishing_hvp(2.0, &zero, 1.0).1, 2.0);
        // p/q with q = x² − 1: (p' q − p q')/q², and (p'' q − p q'' − 2 q' q (p/q)')/q².
        let (y, (_, x_bar)) = p.quotient_value_and_grad(2.0);
        close(y, -2.0 / 3.0);
        close(x_bar, 5.0 / 9.0);
        close(p.quotient_jvp(2.0, &zero, 1.0).1, 5.0 / 9.0);
        close(p.quotient_hvp(2.0, &zero, 1.0).1, (3.0 + 4.0 - 8.0 * 3.0 * 5.0 / 9.0) / 9.0);
        for roots in [vec![], vec![1.0]] {
            let q = Polynomial::<$float, 1> { coefficients: [2.0], roots };
            let (y, (bar, x_bar)) = q.quotient_value_and_grad(3.0);
            let n = q.roots.len() as i32;
            close(y, 2.0 / 2f64.powi(n));
            close(bar.coefficients[0], 1.0 / 2f64.powi(n));
            close(x_bar, -f64::from(n) * 2.0 / 4.0);
            assert_eq!(bar.roots, vec![-x_bar; n as usize]);
        }
        let none = Polynomial::<$float, 0> { coefficients: [], roots: vec![] };
        assert_eq!(none.eval_value_and_grad(2.0, 0), (0.0, (none.clone(), 0.0)));
    }};
}

#[test]
fn recursion_and_vectors_in_generic_blocks() {
    polynomials!(f32, 1e-6);
    polynomials!(f64, 1e-15);
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Table {
    rows: Vec<Vec<f64>>,
}

#[differentiate(order = 2)]
impl Table {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn columns(&self) -> usize {
        if self.rows() == 0 { 0 } else { self.rows[0].len() }
    }

    fn is_inside(&self, i: usize, j: usize) -> bool {
        i < self.rows() && j < self.columns()
    }

    /// The neighbours of every element, as far as there are any.
    fn roughness(&self) -> f64 {
        let mut s = 0.0;
        for i in 0..self.rows() {
            for j in 0..self.columns() {
                for [k, l] in [[i + 1, j], [i, j + 1]] {
                    if self.is_inside(k, l) {
                        s += (self.rows[i][j] - self.rows[k][l]).powi(2);
                    }
                }
            }
        }
        s / (1 + self.rows() * self.columns()) as f64
    }
}

/// What they give depends on lengths, which have no derivative.
#[test]
fn methods_of_integers() {
    let table = Table { rows: vec![vec![1.0, 3.0], vec![0.0, -1.0]] };
    let (y, gradient) = table.roughness_value_and_grad();
    // (1 − 3)² + (0 + 1)² + (1 − 0)² + (3 + 1)², over 5.
    assert_eq!(y, 22.0 / 5.0);
    close(&gradient.to_flat(), &[-2.0 / 5.0, 12.0 / 5.0, 0.0, -10.0 / 5.0]);
    close(&[table.roughness_jvp(&table).1], &[2.0 * y]);
    close(&table.roughness_hvp(&table).to_flat(), &gradient.to_flat());
    for rows in [vec![], vec![vec![]], vec![vec![2.0]]] {
        let table = Table { rows };
        assert_eq!(table.roughness_value_and_grad(), (0.0, table.zeros_like()));
    }
}
