//! Every shape of parameter, and what a Hessian looks like for it.

#![expect(
    clippy::needless_range_loop,
    clippy::ptr_arg,
    reason = "the functions under test are written as their users write them"
)]

use autodiff_runtime::{Differentiable, differentiate};

use crate::of_list;
use autodiff_tests::compare::assert_relative;

use crate::support::{Flat, assert_symmetric, differences, direction, times};

#[differentiate(order = 2)]
fn mixed(a: f64, b: [f64; 2], c: &[f64], d: (f64, f64), n: usize, #[constant] scale: f64) -> f64 {
    let mut sum = a * d.0;
    for i in 0..n {
        sum += (b[i % 2] * c[i]).sin() * a + d.1 * d.1 * c[i];
    }
    scale * sum.exp()
}

/// With several parameters, the Hessian has one for each, and a whole gradient in place of every float.
#[test]
fn each_float_becomes_a_gradient() {
    type G = (f64, [f64; 2], Vec<f64>, (f64, f64));
    type H = (G, [G; 2], Vec<G>, (G, G));
    let x = [0.4, 0.3, -0.2, 0.9, 0.1, -0.6, 0.2, 0.5];
    let call =
        |x: &[f64]| -> (f64, G, H) { mixed::value_grad_hessian(x[0], [x[1], x[2]], &x[3..6], (x[6], x[7]), 3, 1.5) };
    let flat = |g: &G| [vec![g.0], g.1.to_vec(), g.2.clone(), vec![g.3.0, g.3.1]].concat();
    let (y, g, h) = call(&x);
    assert_eq!(y, mixed(0.4, [0.3, -0.2], &x[3..6], (0.2, 0.5), 3, 1.5));
    let mut rows = vec![&h.0];
    rows.extend(&h.1);
    rows.extend(&h.2);
    rows.extend([&h.3.0, &h.3.1]);
    let hessian: Vec<f64> = rows.into_iter().flat_map(flat).collect();
    assert_relative("mixed", &hessian, &differences(&x, |x| flat(&call(x).1)), 1e-8);
    assert_symmetric("mixed", &hessian, 8);
    assert_eq!(flat(&g), flat(&mixed::grad(0.4, [0.3, -0.2], &x[3..6], (0.2, 0.5), 3, 1.5)));

    let v = direction(8);
    let product =
        mixed::hvp(0.4, [0.3, -0.2], &x[3..6], (0.2, 0.5), 3, 1.5, v[0], [v[1], v[2]], &v[3..6], (v[6], v[7]));
    assert_relative("mixed, product", &flat(&product), &times(&hessian, &v), 1e-12);

    // One that adds.
    let mut sums: G = (1.0, [1.0; 2], vec![1.0; 3], (1.0, 1.0));
    let (a, b, c, d) = (&mut sums.0, &mut sums.1, &mut sums.2, &mut sums.3);
    mixed::hvp_into(
        0.4,
        [0.3, -0.2],
        &x[3..6],
        (0.2, 0.5),
        3,
        1.5,
        v[0],
        [v[1], v[2]],
        &v[3..6],
        (v[6], v[7]),
        a,
        b,
        c,
        d,
    );
    let added: Vec<f64> = flat(&product).iter().map(|x| x + 1.0).collect();
    assert_relative("mixed, added", &flat(&sums), &added, 1e-15);
}

#[differentiate(order = 2)]
fn of_matrix(x: f64, w: &[[f64; 2]; 2]) -> f64 {
    (w[0][0] * w[1][1] - w[0][1] * w[1][0]) * x * x
}

/// The determinant times x²: every entry is known.
#[test]
fn nested_arrays() {
    let (x, w) = (3.0, [[2.0, 5.0], [7.0, 11.0]]);
    let (of_x, of_w) = of_matrix::hessian(x, &w);
    assert_eq!(of_x, (2.0 * (22.0 - 35.0), [[6.0 * 11.0, 6.0 * -7.0], [6.0 * -5.0, 6.0 * 2.0]]));
    assert_eq!(of_w[0][1], (-42.0, [[0.0, 0.0], [-9.0, 0.0]]));
    let product = of_matrix::hvp(x, &w, 1.0, &[[0.0; 2]; 2]);
    assert_eq!(product, of_x);
}

#[differentiate(order = 2)]
fn of_vectors(rows: &Vec<Vec<f64>>, scale: Vec<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..rows.len() {
        for j in 0..rows[i].len() {
            sum += scale[i] * rows[i][j] * rows[i][j];
        }
    }
    sum
}

#[test]
fn ragged_vectors_by_value_and_by_reference() {
    let (rows, scale) = (vec![vec![1.0, 2.0], vec![], vec![3.0]], vec![5.0, 6.0, 7.0]);
    let (of_rows, of_scale) = of_vectors::hessian(&rows, scale.clone());
    assert_eq!(of_rows.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(of_rows[0][1], (vec![vec![0.0, 10.0], vec![], vec![0.0]], vec![4.0, 0.0, 0.0]));
    assert_eq!(of_scale[2], (vec![vec![0.0, 0.0], vec![], vec![6.0]], vec![0.0; 3]));
    let product = of_vectors::hvp(&rows, scale, &vec![vec![0.0, 1.0], vec![], vec![0.0]], vec![0.0; 3]);
    assert_eq!(product, of_rows[0][1]);
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Unit {
    weights: [f64; 3],
    bias: f64,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Network {
    hidden: Vec<Unit>,
    output: Vec<f64>,
    #[constant]
    decay: f64,
    epoch: u32,
}

impl Flat for Network {
    fn flat(&self) -> Vec<f64> {
        self.to_flat()
    }
}

#[differentiate(order = 2)]
fn perceptron(p: &Network, #[constant] x: &[[f64; 3]], #[constant] y: &[f64]) -> f64 {
    let mut loss = 0.0;
    for k in 0..x.len() {
        let mut z = 0.0;
        for i in 0..p.hidden.len() {
            let mut s = p.hidden[i].bias;
            for j in 0..3 {
                s += p.hidden[i].weights[j] * x[k][j];
            }
            z += p.output[i] * s.tanh();
        }
        let r = z - y[k];
        loss += r * r;
    }
    let mut penalty = 0.0;
    for i in 0..p.output.len() {
        penalty += p.output[i].powi(2);
    }
    loss + p.decay * penalty
}

fn network() -> Network {
    let unit = |k: f64| Unit { weights: [0.3 * k, -0.2, 0.1 + 0.2 * k], bias: 0.05 * k };
    Network { hidden: vec![unit(1.0), unit(-1.5)], output: vec![0.7, -0.4], decay: 0.1, epoch: 3 }
}

const SAMPLES: [[f64; 3]; 3] = [[0.5, -1.0, 0.25], [1.5, 0.75, -0.5], [-0.3, 0.2, 0.9]];
const TARGETS: [f64; 3] = [0.3, -0.6, 1.0];

/// A struct's Hessian is a list of rows in flat order.
#[test]
fn a_small_network_in_flat_order() {
    let p = network();
    let flat = p.to_flat();
    let at = |flat: &[f64]| {
        let mut p = p.clone();
        p.read_flat(flat);
        p
    };
    let hessian = perceptron::hessian(&p, &SAMPLES, &TARGETS).concat();
    let wanted = differences(&flat, |flat| perceptron::grad(&at(flat), &SAMPLES, &TARGETS).to_flat());
    assert_relative("perceptron", &hessian, &wanted, 1e-8);
    assert_symmetric("perceptron", &hessian, flat.len());

    let v = direction(flat.len());
    let product = perceptron::hvp(&p, &SAMPLES, &TARGETS, &at(&v));
    assert_relative("perceptron, product", &product.flat(), &times(&hessian, &v), 1e-12);
    assert_eq!((product.decay, product.epoch), (0.1, 3), "constant fields are copied");

    let (y, g, h) = perceptron::value_grad_hessian(&p, &SAMPLES, &TARGETS);
    assert_eq!(y, perceptron(&p, &SAMPLES, &TARGETS));
    assert_eq!(g, perceptron::grad(&p, &SAMPLES, &TARGETS));
    assert_eq!(h.concat(), hessian);
}

#[differentiate(order = 2)]
fn struct_and_more(unit: Unit, s: f64, list: &[f64]) -> f64 {
    let mut sum = unit.bias * s;
    for i in 0..list.len() {
        sum += unit.weights[i] * list[i] * s;
    }
    sum * sum
}

/// A struct among other parameters: all of them in flat order, one after the other.
#[test]
fn flat_order_runs_through_the_parameters() {
    let unit = Unit { weights: [0.2, 0.5, -0.3], bias: 0.9 };
    let hessian = struct_and_more::hessian(unit, 1.3, &[0.4, 0.8, -1.1]);
    let x = [0.2, 0.5, -0.3, 0.9, 1.3, 0.4, 0.8, -1.1];
    let gradient = |x: &[f64]| {
        let unit = Unit { weights: [x[0], x[1], x[2]], bias: x[3] };
        let (unit, s, list) = struct_and_more::grad(unit, x[4], &x[5..]);
        [unit.to_flat(), vec![s], list].concat()
    };
    assert_relative("struct and more", &hessian.concat(), &differences(&x, gradient), 1e-8);
}

#[differentiate(order = 2)]
fn constant_gradient(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += 3.0 * x[i];
    }
    sum
}

#[test]
fn affine_functions_have_no_curvature() {
    let h = of_list!(constant_gradient).hessian;
    assert_eq!(h(&[1.0, 2.0]), [0.0; 4]);
    assert_eq!(constant_gradient::hvp(&[1.0, 2.0], &[5.0, 6.0]), [0.0; 2]);
}

#[test]
#[should_panic(expected = "`x` has shape [2], but its shadow, tangent or direction has shape [3]")]
fn a_direction_has_the_shape_of_its_parameter() {
    constant_gradient::hvp(&[1.0, 2.0], &[1.0, 2.0, 3.0]);
}

#[test]
#[should_panic(expected = "`x` has shape [2], but its shadow, tangent or direction has shape [1]")]
fn a_shadow_has_the_shape_of_its_parameter() {
    constant_gradient::hvp_into(&[1.0, 2.0], &[1.0, 2.0], &mut [0.0]);
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Decayed {
    w: f64,
    #[constant]
    rates: [f64; 2],
}

#[differentiate(order = 2)]
fn rate(d: &Decayed, k: usize) -> f64 {
    d.rates[k] * d.w
}

#[differentiate(order = 2)]
fn decayed(d: Decayed) -> f64 {
    (d.w * d.rates[0]).exp() + rate(&d, 1).sin()
}

/// What a direction holds in constant fields is no direction; the gradient has copies there.
#[test]
fn constant_fields_have_no_tangent() {
    let d = Decayed { w: 0.5, rates: [2.0, 3.0] };
    let first = 2.0 * 1f64.exp() + 3.0 * 1.5f64.cos();
    let second = 4.0 * 1f64.exp() - 9.0 * 1.5f64.sin();
    assert_eq!(decayed::grad(d.clone()), Decayed { w: first, ..d.clone() });
    let direction = Decayed { w: 1.0, rates: [7.0, 8.0] };
    assert_eq!(decayed::jvp(d.clone(), direction.clone()).1, first);
    let product = decayed::hvp(d.clone(), direction);
    assert_relative("decayed", &[product.w], &[second], 1e-15);
    assert_eq!(product.rates, d.rates);
    assert_relative("decayed", &decayed::hessian(d).concat(), &[second], 1e-15);
}
