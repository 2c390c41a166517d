//! Parts of structs that constants are written over: nothing of what was there is left in a derivative, though the functions
//! nowhere show of what type the parts and the constants are.

use autodiff_runtime::check::Check;
use autodiff_runtime::{Differentiable, differentiate};

const W: f64 = 0.7;
static TABLE: [f64; 2] = [0.3, -0.4];

fn initial(n: usize) -> f64 {
    n as f64 * 0.25
}

#[derive(Clone, Debug, Default, PartialEq, Differentiable)]
struct Cell {
    w: f64,
    v: [f64; 2],
}

#[derive(Clone, Debug, Default, PartialEq, Differentiable)]
struct Model {
    a: f64,
    b: [f64; 2],
    m: [[f64; 2]; 2],
    list: Vec<f64>,
    cell: Cell,
    cells: Vec<Cell>,
    pair: (f64, f64),
    n: usize,
}

fn model() -> Model {
    let cell = |w| Cell { w, v: [0.1 - w, 0.8] };
    Model {
        a: 0.6,
        b: [1.1, 0.9],
        m: [[0.2, 0.5], [1.3, 0.4]],
        list: vec![0.35, 0.65],
        cell: cell(0.15),
        cells: vec![cell(0.25), cell(0.45)],
        pair: (0.55, 0.85),
        n: 2,
    }
}

/// Every number counts.
#[differentiate(order = 2)]
fn energy(m: &Model) -> f64 {
    let cells = m.cells.iter().map(|c| c.w * c.v[0] * c.v[1]).sum::<f64>() * m.cell.w * m.cell.v[0] * m.cell.v[1];
    let arrays = m.b[0] * m.b[1] * m.m[0][0] * m.m[0][1] * m.m[1][0] * m.m[1][1];
    m.a.sin() * cells + arrays * m.a + m.list.iter().product::<f64>() * m.pair.0 * m.pair.1 * m.a * m.b[1]
}

/// What is written, with a struct of the function's own, one behind `&mut`, and all derivatives of both.
macro_rules! overwrites {
    ($($name:ident: |$s:ident, $from:ident| { $($body:tt)* })+) => { $(
    #[allow(unused_variables, reason = "not every one needs the constants")]
    mod $name {
        use super::*;

        #[differentiate(order = 2)]
        fn of_its_own(given: &Model, #[constant] $from: &Model) -> f64 {
            let mut $s = given.clone();
            $($body)*
            energy(&$s)
        }

        #[differentiate(order = 2)]
        fn behind(given: &mut Model, #[constant] $from: &Model) -> f64 {
            let $s = given;
            $($body)*
            energy($s)
        }

        #[test]
        fn agrees() {
            let (m, from) = (model(), Model { a: 0.31, b: [0.32, 0.33], ..model() });
            Check::new(stringify!($name), &m, |m| of_its_own(m, &from))
                .value_and_grad(|m| of_its_own::value_and_grad(m, &from))
                .jvp(|m, m_dot| of_its_own::jvp(m, &from, m_dot))
                .run()
                .assert();
            Check::new(stringify!($name), &m, |m| of_its_own::grad(m, &from))
                .jvp(|m, m_dot| (of_its_own::grad(m, &from), of_its_own::hvp(m, &from, m_dot)))
                .run()
                .assert();
            let (_, gradient) = of_its_own::value_and_grad(&m, &from);
            assert_eq!(of_its_own::trace(&m, &from).gradient(), gradient.to_flat());
            let (mut there, mut m_bar) = (m.clone(), m.zeros_like());
            behind::vjp_into(&mut there, &from, 1.0, &mut m_bar);
            assert_eq!(m_bar, gradient);
        }
    })+ };
}

overwrites! {
    a_constant: |s, from| { s.a = W; }
    the_result_of_a_call: |s, from| { s.a = initial(3); }
    a_field_of_a_constant: |s, from| { s.a = from.a; }
    an_element: |s, from| { s.b[1] = W; s.m[0][1] = initial(2); s.list[0] = from.b[1]; }
    an_array: |s, from| { s.b = TABLE; }
    an_array_of_a_constant: |s, from| { s.b = from.b; s.cell.v = TABLE; }
    a_row: |s, from| { s.m[1] = TABLE; }
    a_struct: |s, from| { s.cell = from.cell.clone(); }
    a_structs_parts: |s, from| { s.cell = Cell { w: W, v: TABLE }; }
    a_list: |s, from| { s.list = from.list.clone(); }
    a_structs_element: |s, from| { s.cells[1].w = W; s.cells[0].v = TABLE; }
    a_tuples_part: |s, from| { s.pair.1 = W; }
    in_a_loop: |s, from| { for i in 0..2 { s.m[i] = TABLE; s.list[i] = W; } }
    in_a_branch: |s, from| { if from.n > 1 { s.a = W; } else { s.a = initial(4); } }
    of_a_branch: |s, from| { s.a = if from.n > 1 { W } else { initial(4) }; }
    of_a_match: |s, from| { s.a = match from.n { 0 => W, 2 => initial(3), _ => from.a }; }
    by_an_iterator: |s, from| { for v in s.list.iter_mut() { *v = W; } for c in s.cells.iter_mut() { c.w = W; } }
    by_filling: |s, from| { s.list.fill(W); s.b.fill(initial(2)); }
    through_a_reference: |s, from| { let c = &mut s.cell; c.w = W; }
    an_integer_too: |s, from| { s.n = from.n; s.a = from.a; }
}
