//! Calls of methods of other values than `self`: of parameters, local structs, fields and elements, and of `self` where they
//! give arrays, vectors and structs or write to what they are given.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::{Differentiable, check, differentiate};
use autodiff_tests::compare;
use num_traits::Float;

#[derive(Differentiable, Clone, Debug, PartialEq)]
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

    // These take part because `forward` calls them.
    fn affine(&self, x: &[f64]) -> Vec<f64> {
        self.w.iter().zip(&self.b).map(|(row, b)| b + row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>()).collect()
    }

    fn activate(y: &mut [f64]) {
        for y in y.iter_mut() {
            *y = y.tanh();
        }
    }

    fn penalty(&self, rate: f64) -> f64 {
        rate * self.b.iter().map(|b| b * b).sum::<f64>()
    }
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Net {
    layers: Vec<Layer>,
    last: Layer,
}

#[differentiate(order = 2)]
impl Net {
    /// Methods of elements, of a field, and of elements by their indices.
    fn loss(&self, #[constant] x: &[f64], #[constant] y: f64) -> f64 {
        let mut h = x.to_vec();
        for layer in &self.layers {
            h = layer.forward(&h);
        }
        let out = self.last.forward(&h);
        let r = out[0] - y;
        let mut s = r * r;
        for i in 0..self.layers.len() {
            s += self.layers[i].penalty(0.1);
        }
        s
    }

    /// The same by iterators.
    fn folded(&self, #[constant] x: &[f64], #[constant] y: f64) -> f64 {
        let h = self.layers.iter().fold(x.to_vec(), |h, layer| layer.forward(&h));
        let r = self.last.forward(&h)[0] - y;
        r * r + self.layers.iter().map(|layer| layer.penalty(0.1)).sum::<f64>()
    }
}

#[test]
fn it() {
    let layer = Layer { w: vec![vec![0.1, 0.2], vec![0.3, -0.4]], b: vec![0.1, 0.2] };
    let net = Net { layers: vec![layer.clone(), layer.clone()], last: layer.clone() };
    assert_eq!(net.loss_grad(&[1.0, 2.0], 0.3), net.folded_grad(&[1.0, 2.0], 0.3));
}
