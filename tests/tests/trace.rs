//! Traces of differentiated functions: the examples of the lecture, step by step, and what a trace promises of any
//! function.

use std::f64::consts::PI;

use autodiff_runtime::trace::StepKind::{self, Affine, Function, Input, Product};
use autodiff_runtime::{Trace, differentiate};
use autodiff_tests::library::network::{Layer, layer};
use autodiff_tests::library::squared_distance;

/// Name, kind and formula of every step.
fn steps(trace: &Trace) -> Vec<(&str, StepKind, &str)> {
    trace.steps().map(|step| (step.name.as_str(), step.kind, step.expression.as_str())).collect()
}

fn assert_close(got: f64, expected: f64) {
    assert!((got - expected).abs() <= 1e-12 * (1.0 + expected.abs()), "{got}, expected {expected}");
}

#[differentiate]
fn survey(x1: f64, x2: f64) -> f64 {
    x1.ln() + x1 * x2 - x2.sin()
}

/// Baydin, Pearlmutter, Radul and Siskind (JMLR 18, 2018), tables 2 and 3: `v1 = ln x1`, `v2 = x1 x2`, `v3 = sin x2`,
/// `v4 = v1 + v2`, `v5 = v4 − v3`.
#[test]
fn survey_example() {
    let trace = survey::trace(2.0, 5.0);
    assert_eq!((trace.value() * 1e3).round(), 11652.0);
    assert_eq!(trace.value(), survey(2.0, 5.0));
    assert_close(trace.gradient()[0], 5.5);
    assert_eq!((trace.gradient()[1] * 1e3).round(), 1716.0);
    let step = |kind: StepKind, value: f64| {
        let mut found = trace.steps().filter(|step| step.kind == kind && step.value == value);
        let step = found.next().unwrap_or_else(|| panic!("no step with value {value} in\n{trace}"));
        assert!(found.next().is_none());
        step.adjoint
    };
    let (v1, v2, v3) = (2.0_f64.ln(), 10.0, 5.0_f64.sin());
    assert_eq!(step(Function, v1), 1.0);
    assert_eq!(step(Product, v2), 1.0);
    assert_eq!(step(Function, v3), -1.0);
    assert_eq!(step(Affine, v1 + v2), 1.0);
    assert_eq!(step(Affine, v1 + v2 - v3), 1.0);
    assert_eq!(trace.steps().count(), 5);
}

/// Forward and reverse trace side by side.
#[test]
fn survey_table() {
    let expected = "\
survey: forward primal trace     │ reverse adjoint trace, read upwards
x1           = 2          input  │ x1_bar = z1_bar * 0.5 + z2_bar * 5      = 5.5
x2           = 5          input  │ x2_bar = z2_bar * 2 + z4_bar * 0.283662 = 1.71634
z1 = ln(x1)  = 0.693147   Type 3 │ z1_bar = z3_bar * 1                     = 1
z2 = x1 * x2 = 10         Type 2 │ z2_bar = z3_bar * 1                     = 1
z3 = z1 + z2 = 10.6931    Type 1 │ z3_bar = z5_bar * 1                     = 1
z4 = sin(x2) = -0.958924  Type 3 │ z4_bar = z5_bar * (-1)                  = -1
z5 = z3 - z4 = 11.6521    Type 1 │ z5_bar = y_bar                          = 1
y  = z5      = 11.6521           │ y_bar                                   = 1";
    assert_eq!(survey::trace(2.0, 5.0).to_string(), expected);
}

#[differentiate]
fn lecture(w1: f64, w2: f64) -> f64 {
    let r = w1 / w2;
    let u = 3.0 * r - (2.0 * w2).exp();
    ((2.0 * PI * r).sin() + u) * u
}

/// `f(w1, w2) = (sin(2π w1/w2) + 3 w1/w2 − exp(2 w2)) (3 w1/w2 − exp(2 w2))` has six steps.
#[test]
fn lecture_example() {
    let trace = lecture::trace(1.5, 0.4);
    assert_eq!(
        steps(&trace),
        [
            ("z1", Product, "w1 / w2"),
            ("z2", Function, "sin(2.0 * PI * z1)"),
            ("z3", Function, "exp(2.0 * w2)"),
            ("z4", Affine, "3.0 * z1 - z3"),
            ("z5", Affine, "z2 + z4"),
            ("z6", Product, "z5 * z4"),
        ]
    );
    let parents: Vec<Vec<&str>> = trace
        .steps()
        .map(|step| step.parents.iter().map(|&parent| trace.nodes()[parent].name.as_str()).collect())
        .collect();
    assert_eq!(
        parents,
        [vec!["w1", "w2"], vec!["z1"], vec!["w2"], vec!["z1", "z3"], vec!["z2", "z4"], vec!["z5", "z4"]]
    );
    assert_eq!(trace.label("r").map(|node| node.name.as_str()), Some("z1"));
    assert_eq!(trace.label("u").map(|node| node.name.as_str()), Some("z4"));
    assert_eq!(trace.output().map(|node| node.name.as_str()), Some("z6"));

    // On paper.
    let (w1, w2) = (1.5_f64, 0.4_f64);
    let values = [
        w1 / w2,
        (2.0 * PI * w1 / w2).sin(),
        (2.0 * w2).exp(),
        3.0 * w1 / w2 - (2.0 * w2).exp(),
        (2.0 * PI * w1 / w2).sin() + 3.0 * w1 / w2 - (2.0 * w2).exp(),
        lecture(w1, w2),
    ];
    let [z1, _, z3, z4, z5, _] = values;
    let z1_bar = z4 * 2.0 * PI * (2.0 * PI * z1).cos() + 3.0 * (z5 + z4);
    let adjoints = [z1_bar, z4, -(z5 + z4), z5 + z4, z4, 1.0];
    for ((step, value), adjoint) in trace.steps().zip(values).zip(adjoints) {
        assert_close(step.value, value);
        assert_close(step.adjoint, adjoint);
    }
    let gradient = [z1_bar / w2, -z1_bar * w1 / (w2 * w2) - (z5 + z4) * 2.0 * z3];
    for (got, expected) in trace.gradient().into_iter().zip(gradient) {
        assert_close(got, expected);
    }
}

/// What holds of every trace: parents come first, adjoints are sums over children, the ends are value and gradient.
fn assert_consistent(trace: &Trace, value: f64, gradient: &[f64]) {
    assert_eq!(trace.value(), value, "{trace}");
    assert_eq!(trace.output().map(|output| output.value), Some(value), "{trace}");
    for (got, expected) in trace.gradient().iter().zip(gradient) {
        assert_close(*got, *expected);
    }
    assert_eq!(trace.gradient().len(), gradient.len());
    let output = trace.output().expect("the value depends on the inputs");
    for (index, node) in trace.nodes().iter().enumerate() {
        assert_eq!(node.parents.len(), node.partials.len(), "{}", node.name);
        assert!(node.parents.iter().all(|&parent| parent < index), "{} reads a later node", node.name);
        assert_eq!(node.kind == Input, node.parents.is_empty() && node.expression == node.name, "{}", node.name);
        let mut adjoint = if std::ptr::eq(node, output) { trace.seed() } else { 0.0 };
        for child in trace.nodes() {
            for (&parent, partial) in child.parents.iter().zip(&child.partials) {
                if parent == index {
                    adjoint += child.adjoint * partial;
                }
            }
        }
        assert_close(node.adjoint, adjoint);
    }
}

#[differentiate]
fn state(x: &[f64], p: [[f64; 2]; 1], n: usize) -> f64 {
    let mut s = x[0];
    let mut a = [p[0][1], 1.0];
    for i in 0..n {
        s = s.sin() * x[i % x.len()] + a[1];
        a[i % 2] *= s;
        if s > 1.0 {
            s /= p[0][0];
        }
    }
    s - a[0] * a[0]
}

#[test]
fn loops_branches_and_arrays() {
    let (x, p) = ([0.5, -1.25], [[2.0, 0.75]]);
    for n in 0..5 {
        let trace = state::trace(&x, p, n);
        let (value, (x_bar, p_bar)) = state::value_and_grad(&x, p, n);
        assert_eq!(value, state(&x, p, n));
        assert_consistent(&trace, value, &[x_bar[0], x_bar[1], p_bar[0][0], p_bar[0][1]]);
        let inputs: Vec<_> = trace.inputs().map(|input| input.name.as_str()).collect();
        assert_eq!(inputs, ["x[0]", "x[1]", "p[0][0]", "p[0][1]"]);
    }
    // One iteration more is several steps more.
    assert!(state::trace(&x, p, 3).steps().count() > state::trace(&x, p, 2).steps().count());
}

#[differentiate]
fn sum_into_element(x: f64, y: f64) -> f64 {
    let mut a = [x, y];
    a[0] += x * y;
    a[0] * a[1]
}

/// `+=` on an element is a step like any other: Type 1, with the old element and what is added as its parents.
#[test]
fn an_accumulation_is_a_step() {
    let (x, y) = (3.0, 5.0);
    let trace = sum_into_element::trace(x, y);
    assert_eq!(steps(&trace), [("z1", Product, "x * y"), ("z2", Affine, "x + z1"), ("z3", Product, "z2 * y")]);
    // (x + x y) y: on paper.
    assert_consistent(&trace, 90.0, &[y + y * y, x + 2.0 * x * y]);
    let adjoints: Vec<f64> = trace.steps().map(|step| step.adjoint).collect();
    assert_eq!(adjoints, [y, y, 1.0]);
}

/// Every way to accumulate: constants and factors, which fold into the step; through indices, rows and `&mut`; into
/// elements that were constant so far, or stay so; in loops that run zero times or more, and on one side of an `if`.
#[differentiate]
fn accumulations(x: &[f64], y: f64, n: usize) -> f64 {
    let mut bins = [0.0; 3];
    let mut counts = [0.5; 2];
    let mut rows = [[y, 1.0], [x[0], y * y]];
    let mut all = vec![0.0; x.len()];
    for i in 0..n {
        bins[i % 3] += 2.0 * x[i % x.len()];
        counts[i % 2] += 1.0;
        rows[i % 2][0] += 1.5;
        if bins[i % 3] > 1.0 {
            rows[0][i % 2] += bins[0] * y;
        } else {
            all[0] += counts[1];
            all[i % x.len()] += -y;
        }
        for z in &mut all {
            *z += bins[1].sin();
        }
        for z in rows.iter_mut() {
            z[1] += 0.25 * y;
            z[0] -= y;
        }
    }
    let copy = rows;
    rows[1][1] += copy[0][0];
    let mut s = bins[0] + rows[0][0] * rows[1][1] + copy[1][1] * counts[0];
    for z in all {
        s += z * z;
    }
    s
}

#[test]
fn accumulations_in_loops_branches_and_copies() {
    for x in [&[0.75][..], &[0.5, -1.25], &[0.375, 1.5, 0.25]] {
        for n in 0..8 {
            let (value, (x_bar, y_bar)) = accumulations::value_and_grad(x, 1.125, n);
            let gradient: Vec<f64> = x_bar.into_iter().chain([y_bar]).collect();
            assert_consistent(&accumulations::trace(x, 1.125, n), value, &gradient);
        }
    }
}

#[differentiate]
fn histogram<T: num_traits::Float + std::ops::AddAssign>(x: &[T], scale: T) -> T {
    let mut bins = [T::zero(); 2];
    for (i, &v) in x.iter().enumerate() {
        bins[i % 2] += scale * v.sin();
    }
    bins[0] * bins[1]
}

#[test]
fn generic_accumulations() {
    for x in [&[][..], &[0.5], &[0.5, 1.25, -2.0]] {
        let (value, (x_bar, scale_bar)) = histogram::value_and_grad(x, 1.5);
        let trace = histogram::trace(x, 1.5);
        let gradient: Vec<f64> = x_bar.into_iter().chain([scale_bar]).collect();
        assert_eq!(trace.value(), value);
        for (got, expected) in trace.gradient().into_iter().zip(gradient) {
            assert_close(got, expected);
        }
        let single: Vec<f32> = x.iter().map(|&v| v as f32).collect();
        let (value, (x_bar, scale_bar)) = histogram::value_and_grad(&single, 1.5);
        let trace = histogram::trace(&single, 1.5);
        assert_eq!(trace.value(), f64::from(value));
        for (got, expected) in trace.gradient().into_iter().zip(x_bar.into_iter().chain([scale_bar])) {
            assert!((got - f64::from(expected)).abs() < 1e-5, "{got}, expected {expected}");
        }
    }
}

#[differentiate]
fn with_calls(x: f64, y: f64) -> f64 {
    let d = squared_distance(x.exp(), y, 2.0);
    let e = squared_distance(y, 1.0, 0.5);
    d * e
}

#[test]
fn calls_are_groups() {
    let trace = with_calls::trace(0.5, 3.0);
    let (value, (x_bar, y_bar)) = with_calls::value_and_grad(0.5, 3.0);
    assert_consistent(&trace, value, &[x_bar, y_bar]);
    let groups: Vec<_> = trace.groups().iter().map(|group| (group.callee, group.parent)).collect();
    assert_eq!(groups, [("squared_distance", None), ("squared_distance", None)]);
    for group in trace.groups() {
        assert!(!group.nodes.is_empty());
        for node in &trace.nodes()[group.nodes.clone()] {
            assert!(node.name.starts_with(&format!("{}.", group.name)), "{} in {}", node.name, group.name);
        }
    }
    let printed = trace.to_string();
    assert!(printed.contains("squared_distance"), "{printed}");
}

#[test]
fn calls_nest() {
    let p = Layer { weights: vec![vec![0.5, -1.0], vec![1.5, 0.25]], bias: [0.1, -0.2], outputs: 2 };
    let input = [1.0, -0.5];
    let trace = layer::trace(&p, &input, 0.125);
    let (value, (p_bar, input_bar)) = layer::value_and_grad(&p, &input, 0.125);
    let [w0, w1] = &p_bar.weights[..] else { panic!("two rows") };
    let gradient = [w0[0], w0[1], w1[0], w1[1], p_bar.bias[0], p_bar.bias[1], input_bar[0], input_bar[1]];
    assert_consistent(&trace, value, &gradient);
    let inputs: Vec<_> = trace.inputs().map(|input| input.name.as_str()).collect();
    assert_eq!(
        inputs[..5],
        ["layer.weights[0][0]", "layer.weights[0][1]", "layer.weights[1][0]", "layer.weights[1][1]", "layer.bias[0]"]
    );
    assert_eq!(inputs[6..], ["input[0]", "input[1]"]);
    let outer: Vec<_> =
        trace.groups().iter().filter(|group| group.parent.is_none()).map(|group| group.callee).collect();
    assert_eq!(outer, ["unit", "unit"]);
    for group in trace.groups().iter().filter(|group| group.callee == "dot") {
        let parent = &trace.groups()[group.parent.expect("called by `unit`")];
        assert_eq!(parent.callee, "unit");
        assert!(parent.nodes.start <= group.nodes.start && group.nodes.end <= parent.nodes.end);
    }
}

#[differentiate]
fn single(x: f32, y: f32) -> f32 {
    x * y + x.exp()
}

/// The numbers of single precision, exactly.
#[test]
fn single_precision() {
    let trace = single::trace(0.1, 3.0);
    let (value, (x_bar, y_bar)) = single::value_and_grad(0.1, 3.0);
    assert_eq!(trace.value(), f64::from(value));
    assert_eq!(trace.gradient()[1], f64::from(y_bar));
    assert!((trace.gradient()[0] - f64::from(x_bar)).abs() < 1e-6);
}

#[differentiate]
fn constant(_x: f64, n: usize) -> f64 {
    n as f64
}

#[test]
fn a_value_that_depends_on_no_input() {
    let trace = constant::trace(2.0, 7);
    assert_eq!((trace.value(), trace.output(), trace.gradient()), (7.0, None, vec![0.0]));
    assert!(!trace.to_string().is_empty());
}
