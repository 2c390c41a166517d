//! Derived structs: nested, with vectors, with constant fields, in positional form.

use autodiff_runtime::check::Check;
use autodiff_runtime::{Differentiable, differentiate};
use autodiff_tests::library::network::{Layer, Network, network};

fn example() -> Network {
    let layer = |weights: [[f64; 3]; 2], bias| Layer { weights: weights.map(Vec::from).to_vec(), bias, outputs: 2 };
    Network {
        layers: vec![
            layer([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]], [0.1, -0.2]),
            layer([[-0.5, 1.0, 0.75], [2.0, -1.25, 0.5]], [0.3, 0.4]),
        ],
        scale: 1.5,
        tag: 0.5,
        steepness: 8,
        name: "example".to_owned(),
    }
}

/// Three calls deep, with rows of vectors in vectors, both sides of the units, in both modes against differences.
#[test]
fn a_network_of_structs() {
    let point = (example(), vec![1.0, -0.5, 0.25]);
    let value = network(&point.0, &point.1);
    // By hand: the units are 1.6 and 1.05, then −0.51… (leaky) and 3.15.
    let expected = 1.5 * (1.6 * 1.05 + 0.125 * (-0.5 - 0.5 + 0.1875 + 0.3) * (2.0 + 0.625 + 0.125 + 0.4));
    assert!((value - expected).abs() < 1e-12, "{value} {expected}");
    Check::new("network", &point, |(p, x)| network(p, x))
        .names(["p", "input"])
        .value_and_grad(|(p, x)| network::value_and_grad(p, x))
        .jvp(|(p, x), (p_dot, x_dot)| network::jvp(p, x, p_dot, x_dot))
        .run()
        .assert();
}

#[test]
fn constant_fields_are_copied_into_the_gradient() {
    let p = example();
    let (gradient, _) = network::grad(&p, &[1.0, -0.5, 0.25]);
    assert_eq!((gradient.tag, gradient.steepness, gradient.name.as_str()), (0.5, 8, "example"));
    assert_eq!(gradient.layers.iter().map(|layer| layer.outputs).collect::<Vec<_>>(), [2, 2]);
    assert_eq!(gradient.scale, network(&p, &[1.0, -0.5, 0.25]) / 1.5);
}

#[test]
fn structs_as_shadows() {
    let (p, input) = (example(), [1.0, -0.5, 0.25]);
    let (gradient, input_bar) = network::grad(&p, &input);
    let (mut p_shadow, mut input_shadow) = (p.zeros_like(), [0.0; 3]);
    p_shadow.tag = 99.0;
    for _ in 0..2 {
        network::grad_into(&p, &input, &mut p_shadow, &mut input_shadow);
    }
    network::vjp_into(&p, &input, -1.0, &mut p_shadow, &mut input_shadow);
    for (sum, once) in p_shadow.to_flat().into_iter().zip(gradient.to_flat()) {
        assert!((sum - once).abs() < 1e-12, "{sum} {once}");
    }
    for (sum, once) in input_shadow.into_iter().zip(input_bar) {
        assert!((sum - once).abs() < 1e-12, "{sum} {once}");
    }
    // No part of the gradient: a copy, as in one.
    assert_eq!(p_shadow.tag, p.tag);
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Point(f64, f64);

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Segment {
    ends: [Point; 2],
    weights: Vec<f64>,
    kind: Option<u8>,
    r#type: f64,
}

#[differentiate]
fn weighted_length(s: &Segment, n: usize) -> f64 {
    let dx = s.ends[1].0 - s.ends[0].0;
    let dy = s.ends[1].1 - s.ends[0].1;
    (dx * dx + dy * dy).sqrt() * s.weights[n] * s.r#type
}

#[test]
fn positional_fields_and_arrays_of_structs() {
    let s = Segment { ends: [Point(1.0, 2.0), Point(4.0, 6.0)], weights: vec![7.0, 10.0], kind: Some(3), r#type: 0.5 };
    let ends = [Point(-3.0, -4.0), Point(3.0, 4.0)];
    let gradient = Segment { ends, weights: vec![0.0, 2.5], r#type: 50.0, ..s.clone() };
    assert_eq!(weighted_length::value_and_grad(&s, 1), (25.0, gradient));
    let mut direction = s.zeros_like();
    direction.ends[0].1 = 1.0;
    direction.r#type = 2.0;
    assert_eq!(weighted_length::jvp(&s, 1, &direction), (25.0, -4.0 + 100.0));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Unread {
    read: f64,
    rest: Vec<Vec<f64>>,
}

#[differentiate]
fn reads_one_field(u: &Unread) -> f64 {
    u.read
}

/// The gradient has the shape of the argument, whatever was read.
#[test]
fn fields_that_are_not_read() {
    let u = Unread { read: 2.0, rest: vec![vec![1.0; 3], vec![]] };
    assert_eq!(reads_one_field::grad(&u), Unread { read: 1.0, rest: vec![vec![0.0; 3], vec![]] });
}

#[differentiate]
fn of_slices(points: &[Point], segment: &[Segment; 1]) -> f64 {
    let mut s = 0.0;
    for i in 0..points.len() {
        s += points[i].0 * points[i].1;
    }
    s * segment[0].r#type
}

#[test]
fn slices_and_arrays_of_structs() {
    let segment = [Segment { ends: [Point(0.0, 0.0); 2], weights: vec![], kind: None, r#type: 2.0 }];
    let (value, (points_bar, segment_bar)) = of_slices::value_and_grad(&[Point(1.0, 2.0), Point(3.0, 4.0)], &segment);
    assert_eq!(value, 28.0);
    assert_eq!(points_bar, [Point(4.0, 2.0), Point(8.0, 6.0)]);
    assert_eq!(segment_bar[0].r#type, 14.0);
}

#[differentiate]
fn field_assigned(mut p: Point, q: &Point) -> f64 {
    let (u, v) = (q.0, q.1);
    p.0 *= p.1 * u;
    p.1 = p.0 * v;
    p.1 * p.0
}

/// `v (x y u)²`.
#[test]
fn fields_of_a_parameter_are_variables() {
    let (p, q) = (Point(2.0, 3.0), Point(0.5, 4.0));
    let gradient = (Point(36.0, 24.0), Point(144.0, 9.0));
    assert_eq!(field_assigned::value_and_grad(p, &q), (36.0, gradient));
    assert_eq!(field_assigned::jvp(p, &q, Point(1.0, 0.0), &Point(0.0, 2.0)), (36.0, 54.0));
}
