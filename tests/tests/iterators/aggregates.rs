//! Arrays, matrices and structs of slices.

use autodiff_runtime::check::Check;
use autodiff_runtime::{Differentiable, differentiate};

#[differentiate]
fn frobenius_of_product(a: &[[f64; 3]; 2], b: &[[f64; 2]; 3]) -> f64 {
    let mut c = [[0.0; 2]; 2];
    for (i, row) in c.iter_mut().enumerate() {
        for (j, e) in row.iter_mut().enumerate() {
            *e = (0..3).map(|k| a[i][k] * b[k][j]).sum();
        }
    }
    c.iter().map(|row| row.iter().map(|e| e * e).sum::<f64>()).sum::<f64>().sqrt()
}

#[differentiate]
fn frobenius_of_product_by_arrays(a: &[[f64; 3]; 2], b: &[[f64; 2]; 3]) -> f64 {
    let c: [[f64; 2]; 2] = std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()));
    c.iter().map(|row| row.iter().map(|e| e * e).sum::<f64>()).sum::<f64>().sqrt()
}

#[differentiate]
fn planes(p: &[f64; 2]) -> f64 {
    let four = 4.0;
    let [x, y] = p.map(|v| four * v - 2.0);
    let z = [x * y, x - y].map(f64::sin);
    (x - y).powi(2) + z[0] * z[1]
}

#[derive(Clone, Debug, Differentiable)]
struct Gate {
    input: Vec<f64>,
    state: Vec<f64>,
    bias: f64,
}

#[derive(Clone, Debug, Differentiable)]
struct Cell {
    forget: Gate,
    update: Gate,
    output: Gate,
    candidate: Gate,
}

#[differentiate]
fn gate(g: &Gate, x: &[f64], h: &[f64]) -> f64 {
    g.input.iter().zip(x).map(|(w, v)| w * v).sum::<f64>()
        + g.state.iter().zip(h.iter()).map(|(w, v)| w * v).sum::<f64>()
        + g.bias
}

/// A cell of one unit with two inputs of state, run over the rows of a sequence.
#[differentiate]
fn lstm(cell: &Cell, xs: &[[f64; 2]]) -> f64 {
    let sigmoid = |v: f64| 1.0 / (1.0 + (-v).exp());
    let mut c = 0.0;
    let mut h = [0.0; 2];
    for x in xs {
        let state = h;
        let f = sigmoid(gate(&cell.forget, x, &state));
        let i = sigmoid(gate(&cell.update, x, &state));
        let o = sigmoid(gate(&cell.output, x, &state));
        c = f * c + i * gate(&cell.candidate, x, &state).tanh();
        h[1] = h[0];
        h[0] = o * c.tanh();
    }
    h.iter().map(|v| v * v).sum()
}

const A: [[f64; 3]; 2] = [[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]];
const B: [[f64; 2]; 3] = [[1.0, -2.0], [3.0, 0.25], [0.5, 0.75]];

#[test]
fn matrices() {
    let point = (A, B);
    Check::new("frobenius_of_product", &point, |(a, b)| frobenius_of_product(a, b))
        .value_and_grad(|(a, b)| frobenius_of_product::value_and_grad(a, b))
        .jvp(|(a, b), (a_dot, b_dot)| frobenius_of_product::jvp(a, b, a_dot, b_dot))
        .run()
        .assert();
    assert_eq!(frobenius_of_product_by_arrays::value_and_grad(&A, &B), frobenius_of_product::value_and_grad(&A, &B));
}

#[test]
fn arrays() {
    let point = [0.75, -0.3];
    Check::new("planes", &point, planes).value_and_grad(planes::value_and_grad).jvp(planes::jvp).run().assert();
}

#[test]
fn structs() {
    let gate = |a: f64| Gate { input: vec![a, 0.5 - a], state: vec![0.25 * a, -0.4], bias: 0.1 * a };
    let cell = Cell { forget: gate(0.3), update: gate(-0.7), output: gate(1.1), candidate: gate(0.9) };
    for xs in [vec![], vec![[0.5, -1.0]], vec![[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]]] {
        let point = (cell.clone(), xs);
        Check::new("lstm", &point, |(cell, xs)| lstm(cell, xs))
            .value_and_grad(|(cell, xs)| lstm::value_and_grad(cell, xs))
            .jvp(|(cell, xs), (cell_dot, xs_dot)| lstm::jvp(cell, xs, cell_dot, xs_dot))
            .run()
            .assert();
    }
}

#[differentiate]
fn relax(x: &[f64], v: &mut [f64]) {
    for (e, w) in v.iter_mut().zip(x) {
        *e = *e * w + w.sin();
    }
    v.iter_mut().rev().skip(1).for_each(|e| *e *= 0.5);
}

#[differentiate]
fn relax_by_hand(x: &[f64], v: &mut [f64]) {
    for i in 0..v.len() {
        if i < x.len() {
            v[i] = v[i] * x[i] + x[i].sin();
        }
    }
    for i in 1..v.len() {
        v[i - 1] *= 0.5;
    }
}

#[test]
fn parameters_behind_mut() {
    let (x, v) = ([0.5, -1.25, 2.0], [1.5, 0.25, -0.75, 3.0]);
    for n in 0..=v.len() {
        let run = |by_hand: bool| {
            let (mut out, mut x_bar, mut v_bar) = (v[..n].to_vec(), vec![0.0; 3], vec![1.0, -2.0, 0.5, 0.25]);
            v_bar.truncate(n);
            if by_hand {
                relax_by_hand::vjp_into(&x, &mut out, &mut x_bar, &mut v_bar);
            } else {
                relax::vjp_into(&x, &mut out, &mut x_bar, &mut v_bar);
            }
            (out, x_bar, v_bar)
        };
        assert_eq!(run(false), run(true));
    }
}
