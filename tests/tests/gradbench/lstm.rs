//! A network of long short-term memory whose weights are diagonal, on a sequence.

use autodiff_runtime::{Differentiable, differentiate};

use crate::cases::cases;

/// The weights of a layer and their biases, one a unit.
#[derive(Differentiable, Clone, Debug)]
struct Layer {
    forget: Gate,
    input: Gate,
    output: Gate,
    change: Gate,
}

#[derive(Differentiable, Clone, Debug)]
struct Gate {
    weight: Vec<f64>,
    bias: Vec<f64>,
}

#[derive(Differentiable, Clone, Debug)]
struct Network {
    layers: Vec<Layer>,
    in_weight: Vec<f64>,
    out_weight: Vec<f64>,
    out_bias: Vec<f64>,
}

#[differentiate]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Minus the mean log likelihood of each element of the sequence after the ones before it. `state` has the hidden units
/// and the cells of each layer.
#[differentiate]
fn objective(network: &Network, #[constant] state: &[Vec<f64>], #[constant] sequence: &[Vec<f64>]) -> f64 {
    let bits = sequence[0].len();
    let mut state = state.to_vec();
    let mut total = 0.0;
    for t in 0..sequence.len() - 1 {
        let mut x: Vec<f64> = sequence[t].iter().zip(&network.in_weight).map(|(x, w)| x * w).collect();
        for (k, layer) in network.layers.iter().enumerate() {
            for i in 0..bits {
                let h = state[2 * k][i];
                let forget = sigmoid(x[i] * layer.forget.weight[i] + layer.forget.bias[i]);
                let input = sigmoid(h * layer.input.weight[i] + layer.input.bias[i]);
                let output = sigmoid(x[i] * layer.output.weight[i] + layer.output.bias[i]);
                let change = (h * layer.change.weight[i] + layer.change.bias[i]).tanh();
                let cell = state[2 * k + 1][i] * forget + input * change;
                state[2 * k + 1][i] = cell;
                state[2 * k][i] = output * cell.tanh();
            }
            x.copy_from_slice(&state[2 * k]);
        }
        let prediction: Vec<f64> =
            x.iter().zip(network.out_weight.iter().zip(&network.out_bias)).map(|(x, (w, b))| x * w + b).collect();
        let normalizer = (2.0 + prediction.iter().map(|y| y.exp()).sum::<f64>()).ln();
        total += sequence[t + 1].iter().zip(&prediction).map(|(wanted, y)| wanted * (y - normalizer)).sum::<f64>();
    }
    -total / (bits * (sequence.len() - 1)) as f64
}

/// The weights in the order of the benchmark: of each layer a row of weights and one of biases, gate after gate.
fn flat(network: &Network) -> Vec<f64> {
    let gates = |layer: &Layer| [&layer.forget, &layer.input, &layer.output, &layer.change].map(Clone::clone);
    let mut numbers = Vec::new();
    for layer in &network.layers {
        numbers.extend(gates(layer).iter().flat_map(|gate| gate.weight.clone()));
        numbers.extend(gates(layer).iter().flat_map(|gate| gate.bias.clone()));
    }
    [numbers, network.in_weight.clone(), network.out_weight.clone(), network.out_bias.clone()].concat()
}

fn network(main: &[Vec<f64>], extra: &[Vec<f64>]) -> Network {
    let bits = extra[0].len();
    let layers = main.chunks(2).map(|rows| {
        let gate = |k: usize| Gate {
            weight: rows[0][k * bits..][..bits].to_vec(),
            bias: rows[1][k * bits..][..bits].to_vec(),
        };
        Layer { forget: gate(0), input: gate(1), output: gate(2), change: gate(3) }
    });
    let [in_weight, out_weight, out_bias] = [0, 1, 2].map(|k: usize| extra[k].clone());
    Network { layers: layers.collect(), in_weight, out_weight, out_bias }
}

#[test]
fn reference_cases() {
    for case in cases("lstm", &["objective", "jacobian"]) {
        let (main, extra): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (case.input("main_params"), case.input("extra_params"));
        let (state, sequence): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (case.input("state"), case.input("sequence"));
        let network = network(&main, &extra);
        match &*case.function {
            "objective" => case.check(&[objective(&network, &state, &sequence)], &[case.output()], 1e-13),
            _ => {
                let gradient = objective::grad(&network, &state, &sequence);
                case.check(&flat(&gradient), &case.output::<Vec<f64>>(), 1e-13);
            }
        }
    }
}
