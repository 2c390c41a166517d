//! A perceptron with one hidden layer of rectified units and softmax cross-entropy, for one sample and for a batch.

use autodiff_runtime::{Differentiable, differentiate};

use rand::Rng;

/// Numbers in a sample.
pub const INPUTS: usize = 64;
/// Units in the hidden layer.
pub const HIDDEN: usize = 32;
/// Classes to tell apart.
pub const CLASSES: usize = 10;

/// The parameters, one row of weights per unit.
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Perceptron {
    /// Weights of the hidden layer.
    pub w1: [[f64; INPUTS]; HIDDEN],
    /// Biases of the hidden layer.
    pub b1: [f64; HIDDEN],
    /// Weights of the output layer.
    pub w2: [[f64; HIDDEN]; CLASSES],
    /// Biases of the output layer.
    pub b2: [f64; CLASSES],
}

impl Perceptron {
    /// All parameters 0, the start of a gradient.
    pub const ZERO: Self =
        Self { w1: [[0.0; INPUTS]; HIDDEN], b1: [0.0; HIDDEN], w2: [[0.0; HIDDEN]; CLASSES], b2: [0.0; CLASSES] };

    /// Parameters with which about half of the hidden units fire.
    pub fn random(seed: u64) -> Self {
        let mut generator = super::generator(seed);
        let mut parameters = Self::ZERO;
        for number in parameters.numbers_mut() {
            *number = generator.random_range(-0.3..0.3);
        }
        parameters
    }

    /// The parameters one after the other.
    pub fn numbers(&self) -> impl Iterator<Item = &f64> {
        let w1 = self.w1.as_flattened().iter().chain(&self.b1);
        let w2 = self.w2.as_flattened().iter().chain(&self.b2);
        w1.chain(w2)
    }

    /// The parameters one after the other, in the order of [`numbers`](Self::numbers).
    pub fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let w1 = self.w1.as_flattened_mut().iter_mut().chain(&mut self.b1);
        let w2 = self.w2.as_flattened_mut().iter_mut().chain(&mut self.b2);
        w1.chain(w2)
    }
}

/// `n` samples and their classes.
pub fn samples(n: usize) -> (Vec<[f64; INPUTS]>, Vec<usize>) {
    let x = super::uniform(n * INPUTS, 6).as_chunks().0.to_vec();
    let mut generator = super::generator(7);
    let labels = (0..n).map(|_| generator.random_range(0..CLASSES)).collect();
    (x, labels)
}

/// The cross-entropy of one sample, `ln Σ exp(logits) − logits[label]`.
#[expect(clippy::needless_range_loop, reason = "loops over indices are what is measured")]
#[differentiate(order = 2)]
pub fn plain(p: &Perceptron, #[constant] x: &[f64; INPUTS], label: usize) -> f64 {
    let mut hidden = [0.0; HIDDEN];
    for i in 0..HIDDEN {
        let mut z = p.b1[i];
        for j in 0..INPUTS {
            z += p.w1[i][j] * x[j];
        }
        hidden[i] = if z > 0.0 { z } else { 0.0 };
    }
    let mut logits = [0.0; CLASSES];
    for k in 0..CLASSES {
        let mut z = p.b2[k];
        for i in 0..HIDDEN {
            z += p.w2[k][i] * hidden[i];
        }
        logits[k] = z;
    }
    let mut top = logits[0];
    for k in 1..CLASSES {
        top = top.max(logits[k]);
    }
    let mut sum = 0.0;
    for k in 0..CLASSES {
        sum += (logits[k] - top).exp();
    }
    top + sum.ln() - logits[label]
}

/// The mean cross-entropy of a batch.
#[differentiate(order = 2)]
pub fn plain_batch(p: &Perceptron, #[constant] x: &[[f64; INPUTS]], labels: &[usize]) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        total += plain(p, &x[i], labels[i]);
    }
    total / x.len() as f64
}

/// Value and gradient for one sample, every number of the gradient written once.
pub fn by_hand(p: &Perceptron, x: &[f64; INPUTS], label: usize) -> (f64, Perceptron) {
    // One place from the start: a gradient of 19 kB is not worth moving into a tuple afterwards.
    let mut result = (0.0, Perceptron::ZERO);
    let (value, grad) = &mut result;
    let forward = Forward::new(p, x, label, 1.0);
    *value = forward.value;

    let mut hidden_bar = [0.0; HIDDEN];
    grad.b2 = forward.logits_bar;
    for ((z_bar, row_bar), row) in grad.b2.iter().zip(&mut grad.w2).zip(&p.w2) {
        *row_bar = forward.hidden.map(|h| z_bar * h);
        axpy(*z_bar, row, &mut hidden_bar);
    }
    for (i, z_bar) in hidden_bar.into_iter().enumerate() {
        if forward.hidden[i] > 0.0 {
            grad.b1[i] = z_bar;
            grad.w1[i] = x.map(|x| z_bar * x);
        }
    }
    result
}

/// Value and gradient for a batch.
pub fn by_hand_batch(p: &Perceptron, x: &[[f64; INPUTS]], labels: &[usize]) -> (f64, Perceptron) {
    let mut result = (0.0, Perceptron::ZERO);
    let (value, grad) = &mut result;
    let n = x.len() as f64;
    let seed = 1.0 / n;
    for (x, label) in x.iter().zip(labels) {
        *value += by_hand_into(p, x, *label, seed, grad);
    }
    *value /= n;
    result
}

/// The value for one sample; adds `seed` times the gradient to `grad`.
pub fn by_hand_into(p: &Perceptron, x: &[f64; INPUTS], label: usize, seed: f64, grad: &mut Perceptron) -> f64 {
    let forward = Forward::new(p, x, label, seed);
    let mut hidden_bar = [0.0; HIDDEN];
    for (k, z_bar) in forward.logits_bar.into_iter().enumerate() {
        grad.b2[k] += z_bar;
        axpy(z_bar, &forward.hidden, &mut grad.w2[k]);
        axpy(z_bar, &p.w2[k], &mut hidden_bar);
    }
    for (i, z_bar) in hidden_bar.into_iter().enumerate() {
        // A unit that does not fire owes nothing.
        if forward.hidden[i] > 0.0 {
            grad.b1[i] += z_bar;
            axpy(z_bar, x, &mut grad.w1[i]);
        }
    }
    forward.value
}

/// What the forward sweep leaves for the reverse sweep.
struct Forward {
    value: f64,
    hidden: [f64; HIDDEN],
    /// The adjoint of the logits: `seed` times the softmax less the label. It needs the exponentials of the value,
    /// and no adjoint of the shift, on which the function does not depend.
    logits_bar: [f64; CLASSES],
}

impl Forward {
    fn new(p: &Perceptron, x: &[f64; INPUTS], label: usize, seed: f64) -> Self {
        let mut hidden = [0.0; HIDDEN];
        for ((h, row), bias) in hidden.iter_mut().zip(&p.w1).zip(&p.b1) {
            let z = affine(*bias, row, x);
            *h = if z > 0.0 { z } else { 0.0 };
        }
        let mut logits = [0.0; CLASSES];
        for ((z, row), bias) in logits.iter_mut().zip(&p.w2).zip(&p.b2) {
            *z = affine(*bias, row, &hidden);
        }
        let top = logits[1..].iter().copied().fold(logits[0], f64::max);
        let exponentials = logits.map(|z| (z - top).exp());
        let sum = exponentials.iter().fold(0.0, |sum, e| sum + e);
        let scale = seed / sum;
        let mut logits_bar = exponentials.map(|e| scale * e);
        logits_bar[label] -= seed;
        Self { value: top + sum.ln() - logits[label], hidden, logits_bar }
    }
}

/// `bias + Σ w_j x_j`, summed from the left.
fn affine<const N: usize>(bias: f64, w: &[f64; N], x: &[f64; N]) -> f64 {
    w.iter().zip(x).fold(bias, |z, (w, x)| z + w * x)
}

/// `y += a x`.
fn axpy<const N: usize>(a: f64, x: &[f64; N], y: &mut [f64; N]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}
