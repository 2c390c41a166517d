//! A perceptron with one hidden layer of rectified units and softmax cross-entropy, for one sample and for a batch.

use rand::Rng;

/// Numbers in a sample.
pub const INPUTS: usize = 64;
/// Units in the hidden layer.
pub const HIDDEN: usize = 32;
/// Classes to tell apart.
pub const CLASSES: usize = 10;

/// The parameters, one row of weights per unit.
#[derive(Clone, Debug, PartialEq)]
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
pub fn plain(p: &Perceptron, x: &[f64; INPUTS], label: usize) -> f64 {
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
pub fn plain_batch(p: &Perceptron, x: &[[f64; INPUTS]], labels: &[usize]) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        total += plain(p, &x[i], labels[i]);
    }
    total / x.len() as f64
}

/// Value and gradient for one sample.
pub fn by_hand(p: &Perceptron, x: &[f64; INPUTS], label: usize) -> (f64, Perceptron) {
    let mut grad = Perceptron::ZERO;
    let value = by_hand_into(p, x, label, 1.0, &mut grad);
    (value, grad)
}

/// Value and gradient for a batch.
pub fn by_hand_batch(p: &Perceptron, x: &[[f64; INPUTS]], labels: &[usize]) -> (f64, Perceptron) {
    let mut grad = Perceptron::ZERO;
    let n = x.len() as f64;
    let seed = 1.0 / n;
    let mut total = 0.0;
    for (x, label) in x.iter().zip(labels) {
        total += by_hand_into(p, x, *label, seed, &mut grad);
    }
    (total / n, grad)
}

/// The value for one sample; adds `seed` times the gradient to `grad`. The adjoint of the logits is the softmax less the label,
/// which needs no adjoint of the shift, and a unit that does not fire is owed nothing.
pub fn by_hand_into(p: &Perceptron, x: &[f64; INPUTS], label: usize, seed: f64, grad: &mut Perceptron) -> f64 {
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
    let mut sum = 0.0;
    let mut logits_bar = logits.map(|z| {
        let e = (z - top).exp();
        sum += e;
        e
    });
    let scale = seed / sum;
    for z_bar in &mut logits_bar {
        *z_bar *= scale;
    }
    logits_bar[label] -= seed;

    let mut hidden_bar = [0.0; HIDDEN];
    for (k, z_bar) in logits_bar.iter().enumerate() {
        grad.b2[k] += z_bar;
        axpy(*z_bar, &hidden, &mut grad.w2[k]);
        axpy(*z_bar, &p.w2[k], &mut hidden_bar);
    }
    for (i, z_bar) in hidden_bar.iter().enumerate() {
        if hidden[i] > 0.0 {
            grad.b1[i] += z_bar;
            axpy(*z_bar, x, &mut grad.w1[i]);
        }
    }
    top + sum.ln() - logits[label]
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
