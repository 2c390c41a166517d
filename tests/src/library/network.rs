//! A small network in derived structs.

use autodiff_runtime::{Differentiable, differentiate};

use super::dot;

/// One layer: `outputs` rows of weights, and a bias for each.
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Layer {
    /// A row for each output.
    pub weights: Vec<Vec<f64>>,
    /// The bias of each output.
    pub bias: [f64; 2],
    /// Constant, for it is an integer.
    pub outputs: usize,
}

/// Two layers and what surrounds them.
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Network {
    /// The layers, each as wide as two.
    pub layers: Vec<Layer>,
    /// The scale of the output.
    pub scale: f64,
    /// Constant by request, and a tag that no function reads.
    #[constant]
    pub tag: f64,
    /// The inverse of the slope of inactive units; constant, for it is an integer.
    pub steepness: u32,
    /// Constant, for it is text.
    pub name: String,
}

/// One unit: `leaky_relu(row · input + bias)`.
#[differentiate]
pub fn unit(row: &[f64], bias: f64, input: &[f64], #[constant] slope: f64) -> f64 {
    let sum = dot(row, input) + bias;
    if sum > 0.0 { sum } else { slope * sum }
}

/// The product of the units of one layer.
#[differentiate]
pub fn layer(layer: &Layer, input: &[f64], #[constant] slope: f64) -> f64 {
    let mut product = 1.0;
    for i in 0..layer.outputs {
        let row = &layer.weights[i];
        product *= unit(row, layer.bias[i], input, slope);
    }
    product
}

/// The scaled sum of the layers, all with the same input.
#[differentiate]
pub fn network(p: &Network, input: &[f64]) -> f64 {
    let mut sum = 0.0;
    for k in 0..p.layers.len() {
        sum += layer(&p.layers[k], input, 1.0 / p.steepness as f64);
    }
    p.scale * sum
}
