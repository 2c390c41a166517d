//! Corners: rules by hand, nothing to run over, results that are not used, methods that write, single precision.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::{Differentiable, differentiate};
use autodiff_tests::compare::{assert_close, slope};
use num_traits::Float;

use crate::agree;

/// What it overwrites, its caller has kept: its derivatives are given.
#[differentiate(vjp = squares_vjp, jvp = squares_jvp)]
fn squares(y: &mut [f64], a: f64) {
    for v in y.iter_mut() {
        *v *= *v * a;
    }
}

fn squares_vjp(y: &mut [f64], a: f64, y_bar: &mut [f64], a_bar: &mut f64) {
    for (v, bar) in y.iter_mut().zip(y_bar) {
        *a_bar += *bar * *v * *v;
        *bar *= 2.0 * a * *v;
        *v *= *v * a;
    }
}

fn squares_jvp(y: &mut [f64], a: f64, y_dot: &mut [f64], a_dot: f64) -> ((), ()) {
    for (v, dot) in y.iter_mut().zip(y_dot) {
        *dot = 2.0 * a * *v * *dot + a_dot * *v * *v;
        *v *= *v * a;
    }
    ((), ())
}

#[differentiate(vjp = pair_vjp, jvp = pair_jvp)]
fn pair(x: f64) -> (Vec<f64>, [f64; 2]) {
    (vec![x, x * x, x.exp()], [x.sin(), 3.0])
}

fn pair_vjp(x: f64, (a, b): (Vec<f64>, [f64; 2]), x_bar: &mut f64) -> (Vec<f64>, [f64; 2]) {
    *x_bar += a[0] + 2.0 * x * a[1] + x.exp() * a[2] + x.cos() * b[0];
    pair(x)
}

fn pair_jvp(x: f64, dot: f64) -> ((Vec<f64>, [f64; 2]), (Vec<f64>, [f64; 2])) {
    (pair(x), (vec![dot, 2.0 * x * dot, x.exp() * dot], [x.cos() * dot, 0.0]))
}

#[differentiate]
fn of_rules(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.0;
    for _ in 0..2 {
        squares(&mut y, x[1]);
        let (list, _array) = pair(y[0]);
        s += list[1] * list[2];
    }
    let (_list, array): (Vec<f64>, [f64; 2]) = pair(x[2]);
    s * y[2] + array[0] * array[1]
}

#[test]
fn rules_by_hand() {
    let x = [0.7, -1.2, 0.9];
    let (y, gradient) = of_rules::value_and_grad(&x);
    assert_eq!(y.to_bits(), of_rules(&x).to_bits());
    let (same, back) = of_rules::pullback(&x);
    assert_eq!((same, back(1.0)), (y, gradient.clone()));
    for i in 0..3 {
        let unit: Vec<f64> = (0..3).map(|k| f64::from(u8::from(k == i))).collect();
        let moved = |h: f64| x.iter().zip(&unit).map(|(x, u)| x + h * u).collect::<Vec<f64>>();
        assert_close("reverse", &[gradient[i]], &slope(0.01, 5, |h| vec![of_rules(&moved(h))]), 1e-9);
        assert_close("forward", &[of_rules::jvp(&x, &unit).1], &[gradient[i]], 1e-12);
    }
}

/// A method that writes to its struct and calls another one that does, and one that returns a vector.
#[derive(Clone, Debug, Differentiable)]
struct Momentum {
    velocity: Vec<f64>,
    rate: f64,
    steps: usize,
}

#[differentiate(order = 2)]
impl Momentum {
    #[differentiate]
    fn step(&mut self, w: &mut [f64], gradient: &[f64]) {
        self.decay();
        for i in 0..w.len() {
            self.velocity[i] -= self.rate * gradient[i];
        }
        let ahead = self.ahead(w);
        for i in 0..w.len() {
            w[i] = ahead[i];
        }
        self.steps += 1;
    }

    #[differentiate]
    fn decay(&mut self) {
        for v in self.velocity.iter_mut() {
            *v *= 0.8;
        }
    }

    #[differentiate]
    fn ahead(&self, w: &[f64]) -> Vec<f64> {
        let mut ahead = w.to_vec();
        for i in 0..w.len() {
            ahead[i] += self.velocity[i];
        }
        ahead
    }
}

/// Where a few steps of momentum lead, as a function of where they begin and of the rate.
#[differentiate(order = 2)]
fn trained(x: &[f64]) -> f64 {
    let n = x.len();
    let mut optimizer = Momentum { velocity: vec![0.0; n], rate: 0.1 + 0.05 * x[0], steps: 0 };
    let mut w = x.to_vec();
    let mut gradient = vec![0.0; n];
    for _ in 0..4 {
        for i in 0..n {
            gradient[i] = w[i].sin() * w[(i + 1) % n] + 0.5 * w[i];
        }
        Momentum::step(&mut optimizer, &mut w, &gradient);
    }
    let last = Momentum::ahead(&optimizer, &w);
    last[0] * last[n - 1] + w[1]
}

/// A result of which only a part is used, one that is not, and one that gets into a struct.
#[differentiate(order = 2)]
fn parts(x: &[f64]) -> (Vec<f64>, f64, [f64; 2]) {
    (x.iter().map(|v| v * v).collect(), x[0].sin(), [x[1], x[0] * x[1]])
}

#[differentiate(order = 2)]
fn some_parts(x: &[f64]) -> f64 {
    let (squares, _sine, _): (Vec<f64>, f64, [f64; 2]) = parts(x);
    let mut s = squares[1];
    if s > 0.3 {
        let (_, sine, array): (Vec<f64>, f64, [f64; 2]) = parts(&squares);
        s += sine * array[1];
    }
    s
}

/// A result that is returned, chosen, and changed in place.
#[differentiate(order = 2)]
fn changed(x: &[f64]) -> Vec<f64> {
    let mut y = grown(x);
    for v in y.iter_mut() {
        *v *= x[0];
    }
    y[0] += 1.0;
    y
}

#[differentiate(order = 2)]
fn grown(x: &[f64]) -> Vec<f64> {
    let mut y = x.to_vec();
    y.push(x[0] * x[1]);
    y
}

#[differentiate(order = 2)]
fn handed_on(x: &[f64]) -> Vec<f64> {
    changed(&grown(x))
}

#[differentiate(order = 2)]
fn of_returned(x: &[f64]) -> f64 {
    let y = handed_on(x);
    let mut z = changed(&y);
    z[1] = z[1].sin();
    let mut s = 0.0;
    for (a, b) in z.iter().zip(y.iter()) {
        s += a * b;
    }
    s
}

agree!(trained, some_parts, of_returned);

/// Any float, rows and nothing.
#[differentiate]
fn rows<T: Float>(x: &[T]) -> Vec<Vec<T>> {
    let mut rows = vec![vec![T::zero(); 2]; x.len()];
    for i in 0..x.len() {
        rows[i][0] = x[i].sin();
        rows[i][1] = x[i] * x[i];
    }
    rows
}

#[differentiate]
fn halve<T: Float>(x: &mut Vec<T>) {
    for v in x.iter_mut() {
        *v = *v / (T::one() + T::one());
    }
}

#[differentiate]
fn any_float<T: Float>(x: &[T]) -> T {
    let mut s = T::zero();
    let mut list = rows(x);
    for row in list.iter_mut() {
        halve(row);
        s = s + row[0] * row[1];
    }
    s
}

#[test]
fn both_precisions_and_nothing() {
    let wanted = |x: f64| (x.cos() * x * x + 2.0 * x * x.sin()) / 4.0;
    let (y, g) = any_float::value_and_grad(&[0.5, 1.25]);
    assert!((y - (0.5_f64.sin() * 0.25 + 1.25_f64.sin() * 1.5625) / 4.0).abs() < 1e-15);
    assert_close("f64", &g, &[wanted(0.5), wanted(1.25)], 1e-15);
    let g = any_float::grad(&[0.5_f32, 1.25]);
    assert_close("f32", &[g[0].into(), g[1].into()], &[wanted(0.5), wanted(1.25)], 1e-6);
    let (_, along) = any_float::jvp(&[0.5_f32, 1.25], &[1.0, 0.0]);
    assert_close("f32", &[along.into()], &[wanted(0.5)], 1e-6);
    assert_eq!(any_float::value_and_grad::<f64>(&[]), (0.0, vec![]));
    assert_eq!(any_float::value_and_grad::<f32>(&[]), (0.0, vec![]));
    let (y, back) = any_float::pullback(&[0.5_f32]);
    assert_close("pullback", &[f64::from(back(1.0)[0]), y.into()], &[wanted(0.5), 0.5_f64.sin() * 0.0625], 1e-6);
}
