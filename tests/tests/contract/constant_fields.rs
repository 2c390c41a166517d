//! Fields with `#[constant]` hold floats that are read and never differentiated: no derivative has anything to say of them,
//! and what a caller has there in a shadow, tangent or direction does not matter.

use autodiff_runtime::check::Check;
use autodiff_runtime::trace::StepKind::{Affine, Product};
use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Cell {
    w: f64,
    #[constant]
    rate: f64,
    #[constant]
    table: [f64; 2],
    #[constant]
    name: String,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Model {
    first: Cell,
    cells: Vec<Cell>,
    #[constant]
    offset: Cell,
}

/// The constants are large integers: numbers of nodes if they were taken for such.
fn cell(w: f64) -> Cell {
    Cell { w, rate: 3.0, table: [4.0, 5.0], name: "a".to_owned() }
}

fn model() -> Model {
    Model { first: cell(0.5), cells: vec![cell(2.0), cell(-1.5)], offset: cell(1.0) }
}

/// The same with other floats in constant fields.
fn noise(of: &Model) -> Model {
    let noise = |of: &Cell| Cell { rate: 17.0, table: [f64::NAN, -1.0], name: "noise".to_owned(), ..of.clone() };
    Model { first: noise(&of.first), cells: of.cells.iter().map(noise).collect(), offset: noise(&of.offset) }
}

#[differentiate(order = 2)]
fn energy(m: &Model, x: f64) -> f64 {
    let mut s = m.first.w * m.first.rate + m.offset.w * x;
    for i in 0..m.cells.len() {
        s += m.cells[i].w * m.cells[i].w * m.cells[i].table[i % 2] * x + m.offset.table[1];
    }
    s * m.first.table[0]
}

#[test]
fn derivatives_do_not_see_them() {
    let point = (model(), 0.75);
    Check::new("energy", &point, |(m, x)| energy(m, *x))
        .names(["m", "x"])
        .value_and_grad(|(m, x)| energy::value_and_grad(m, *x))
        .jvp(|(m, x), (m_dot, x_dot)| energy::jvp(m, *x, m_dot, *x_dot))
        .run()
        .assert();
    let (m, x) = point;
    let direction = model();
    let clean = energy::jvp(&m, x, &direction, 1.0);
    assert_eq!(energy::jvp(&m, x, &noise(&direction), 1.0), clean);
    assert_eq!(energy::hvp(&m, x, &noise(&direction), 1.0), energy::hvp(&m, x, &direction, 1.0));
    // d²/dw² of w² · table · x · 4, and d/dx of the tangent of it.
    assert_eq!(energy::hvp(&m, x, &direction, 1.0).0.cells[0].w, 2.0 * 4.0 * 0.75 * 4.0 * 2.0 + 2.0 * 2.0 * 4.0 * 4.0);
}

/// After an `_into`, the constant fields of a shadow are copies of the argument's, as those of a gradient are.
#[test]
fn shadows_have_copies() {
    let (m, x) = (model(), 0.75);
    let (gradient, x_bar) = energy::grad(&m, x);
    assert_eq!((&gradient.first.rate, &gradient.first.table, &gradient.offset), (&3.0, &[4.0, 5.0], &m.offset));
    let (mut m_shadow, mut x_shadow) = (noise(&m.zeros_like()), 0.0);
    energy::grad_into(&m, x, &mut m_shadow, &mut x_shadow);
    assert_eq!((&m_shadow, x_shadow), (&gradient, x_bar));
    energy::vjp_into(&m, x, -1.0, &mut m_shadow, &mut x_shadow);
    assert_eq!((&m_shadow, x_shadow), (&m.zeros_like(), 0.0));
    let product = energy::hvp(&m, x, &m, 1.0);
    energy::hvp_into(&m, x, &m, 1.0, &mut m_shadow, &mut x_shadow);
    assert_eq!((m_shadow, x_shadow), product);
}

#[differentiate]
fn of_a_slice(cells: &[Cell]) -> f64 {
    let mut s = 0.0;
    for i in 0..cells.len() {
        s += cells[i].w * cells[i].rate;
    }
    s
}

#[differentiate]
fn of_a_value(mut c: Cell, x: f64) -> f64 {
    c.w *= c.rate;
    // A constant for derivatives with respect to `c`, and a variable in here.
    c.rate = x * c.rate;
    c.w * c.rate
}

#[differentiate]
fn in_place(c: &mut Cell, x: f64) {
    c.w *= c.rate;
    c.rate *= x;
    c.w += c.rate;
}

#[test]
fn slices_and_values() {
    let cells = [cell(2.0), cell(0.5)];
    for n in 0..=2 {
        let mut shadow = vec![cell(1.0); n];
        shadow.iter_mut().for_each(|c| c.table = [9.0, 9.0]);
        of_a_slice::grad_into(&cells[..n], &mut shadow);
        assert_eq!(shadow, vec![cell(4.0); n]);
    }
    // w · rate² · x.
    let gradient = (cell(9.0 * 0.5), 9.0 * 2.0);
    assert_eq!(of_a_value::value_and_grad(cell(2.0), 0.5), (9.0, gradient.clone()));
    assert_eq!(of_a_value::jvp(cell(2.0), 0.5, cell(1.0), 2.0), (9.0, 9.0 * 0.5 + 2.0 * 18.0));
    let (mut c_shadow, mut x_shadow) = (Cell { rate: 7.0, ..cell(0.0) }, 0.0);
    of_a_value::grad_into(cell(2.0), 0.5, &mut c_shadow, &mut x_shadow);
    assert_eq!((c_shadow, x_shadow), gradient);
}

/// The cotangent of a constant field is no seed, and its tangent no direction, even where the field is written.
#[test]
fn behind_a_mutable_reference() {
    let (mut c, mut c_bar, mut x_bar) = (cell(2.0), cell(1.0), 0.0);
    in_place::vjp_into(&mut c, 0.5, &mut c_bar, &mut x_bar);
    let after = Cell { rate: 1.5, ..cell(7.5) };
    assert_eq!(c, after);
    assert_eq!((c_bar.w, c_bar.rate, c_bar.table, x_bar), (3.0, 1.5, [4.0, 5.0], 3.0));
    let (mut c, mut c_dot) = (cell(2.0), cell(1.0));
    in_place::jvp(&mut c, 0.5, &mut c_dot, 2.0);
    assert_eq!(c, after);
    assert_eq!((c_dot.w, c_dot.rate, c_dot.table), (3.0 + 6.0, 1.5, [4.0, 5.0]));
}

/// What is read from a constant field is no node of a trace: not an input, and no parent.
#[test]
fn traces_do_not_see_them() {
    let (m, x) = (model(), 0.75);
    let trace = energy::trace(&m, x);
    let inputs: Vec<&str> = trace.inputs().map(|input| input.name.as_str()).collect();
    assert_eq!(inputs, ["m.first.w", "m.cells[0].w", "m.cells[1].w", "x"]);
    let (value, (m_bar, x_bar)) = energy::value_and_grad(&m, x);
    assert_eq!(trace.value(), value);
    let gradient: Vec<f64> = m_bar.to_flat().into_iter().chain([x_bar]).collect();
    assert_eq!(trace.gradient(), gradient);
    let trace = of_a_slice::trace(&[cell(2.0)]);
    let steps: Vec<_> = trace.steps().map(|step| (step.kind, step.expression.as_str())).collect();
    assert!(matches!(steps[..], [(Product | Affine, "cells[0].w * 3"), ..]), "{steps:?}");
    assert_eq!(trace.gradient(), [3.0]);
}
