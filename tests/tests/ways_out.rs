//! What the messages of refused code say to write instead: each is in the language.
//!
//! The functions are those of `ui/refused`, rewritten as the message says; a macro that names another way out names one that
//! is tested here. Values, gradients and tangents are compared with differences.

#![allow(
    clippy::needless_range_loop,
    clippy::neg_cmp_op_on_partial_ord,
    clippy::unnecessary_cast,
    clippy::unnecessary_literal_unwrap,
    clippy::useless_vec,
    clippy::while_let_on_iterator,
    reason = "as the messages say"
)]

use std::mem;

use autodiff_runtime::{Differentiable, differentiate, stop_gradient};

/// Functions of one number, each checked at two points.
macro_rules! ways_out {
    ($($name:ident |$x:ident| { $($body:tt)* })*) => {
        $(
            mod $name {
                #[allow(unused_imports, reason = "most need none of it")]
                use super::*;

                #[differentiate]
                fn function($x: f64) -> f64 { $($body)* }

                #[test]
                fn is_right() {
                    for point in [0.7, 1.3] {
                        let (value, _) = function::value_and_grad(point);
                        assert_eq!(value.to_bits(), function(point).to_bits());
                        autodiff_runtime::check::Check::new("function", &point, |x| function(*x))
                            .value_and_grad(|x| function::value_and_grad(*x))
                            .jvp(|x, x_dot| function::jvp(*x, *x_dot))
                            .run()
                            .assert();
                    }
                }
            }
        )*
    };
}

#[derive(Clone, Copy, Default, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Clone, Differentiable)]
struct Layer {
    w: Vec<f64>,
    b: Vec<f64>,
}

#[derive(Clone, Differentiable)]
struct Route {
    stops: Vec<[f64; 2]>,
    length: f64,
}

#[derive(Clone, Copy, Differentiable)]
struct Pair(f64, f64);

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn scaled(x: f64, k: usize) -> f64 {
    x * k as f64
}

#[differentiate]
fn polar(r: f64, angle: f64) -> (f64, f64) {
    (r * angle.cos(), r * angle.sin())
}

#[differentiate]
fn pair(x: f64, y: f64) -> Pair {
    Pair(x * y, x + y)
}

#[differentiate]
fn energy(p: &Point) -> f64 {
    p.x * p.y
}

#[differentiate]
fn refilled(v: &mut [f64], y: f64) -> Point {
    v[0] *= y;
    Point { x: y, y }
}

#[differentiate(order = 3)]
fn product(x: f64, y: f64) -> f64 {
    x * x * y
}

#[differentiate(order = 2)]
fn first(x: &[f64]) -> f64 {
    x[0] * x[0] * x[1]
}

#[differentiate]
fn halved(x: f64) -> Point {
    Point { x, y: 0.5 * x }
}

#[differentiate]
fn powered(x: f64, k: &[usize]) -> f64 {
    x.powi(k[0] as i32)
}

#[differentiate]
fn raised(x: f64, k: usize) -> f64 {
    taken(x, &[k])
}

#[differentiate]
fn taken(x: f64, k: &[usize]) -> f64 {
    powered(x, k)
}

#[differentiate]
fn turned(t: &mut (f64, f64)) {
    *t = (t.1 * 2.0, t.0);
    t.0 += t.1;
}

#[differentiate]
fn row(layer: &Layer) -> f64 {
    let mut l = layer.clone();
    let c: Vec<f64> = layer.b.clone();
    l.w = c;
    l.w[0] * l.b[0]
}

#[differentiate]
fn larger(ps: &[Point], c: Point) -> f64 {
    let mut best = c;
    for p in ps {
        if p.x > best.x {
            best = *p;
        }
    }
    best.x * best.y
}

#[differentiate]
fn elementwise(y: &mut [f64], x: &[f64]) {
    for i in 0..x.len() {
        y[i] = x[i] * x[i];
    }
}

fn table(n: usize) -> Vec<f64> {
    (0..n).map(|i| i as f64).collect()
}

fn none() -> Option<f64> {
    None
}

ways_out! {
    a_loop_over_the_elements |x| {
        let v = [x, x * x];
        let mut s = 0.0;
        for i in 0..v.len() {
            s += v[i] + 1.0;
        }
        s
    }
    a_chain_that_is_run |x| {
        [x, 2.0 * x].iter().map(|v| v * v).sum::<f64>() + 1.0
    }
    an_option_that_is_unwrapped |x| {
        Some(x).unwrap() + 1.0
    }
    fields_and_parts |x| {
        let p = Point { x, y: x };
        let (a, b) = (x, x * x);
        p.x + 1.0 + a * b
    }
    elements_of_their_own_types |x| {
        let ps = [Point { x, y: 1.0 }; 2];
        let p: Point = ps[0];
        let q = Point { x: 2.0, y: x };
        let v = [p, q];
        v[0].x * v[1].y
    }
    a_length_that_is_computed |x| {
        let n = (3.0 * x) as usize + 1;
        let v = vec![x; n];
        v[n - 1] * v.len() as f64
    }
    an_array_for_each_part |x| {
        let (a, b) = ([x, x * x], [1.0, 2.0]);
        a[0] * b[1] + a[1]
    }
    elements_assigned_in_a_loop |x| {
        let mut v = [[x; 2]; 2];
        let w = [[x, 1.0], [x * x, 2.0]];
        for i in 0..2 {
            for j in 0..2 {
                v[i][j] = w[i][j];
            }
        }
        v[1][0] * v[0][0]
    }
    names_of_their_own |x| {
        let mut s = x;
        let r = &mut s;
        let t = 2.0;
        *r *= t;
        s * x
    }
    one_stop_for_each |x| {
        let (a, b) = (stop_gradient(2.0), stop_gradient(3.0));
        a * x + b
    }
    vectors_behind_references |x| {
        let mut y = [0.0, 0.0];
        elementwise(&mut y, &[x, 2.0]);
        y[0] * y[1]
    }
    a_variable_of_its_own |x| {
        let v = vec![x, x * x];
        let w = v;
        let v = vec![w[0]; 3];
        v[0] + w[1]
    }
    what_a_vector_is_to_hold |x| {
        let mut v = vec![vec![x; 2]; 2];
        let w = std::mem::replace(&mut v, vec![vec![0.0; 2]; 2]);
        w[0][0] * w[1][1] + v[0][1]
    }
    elements_exchanged |x| {
        let mut v = vec![vec![x; 2], vec![1.0; 2]];
        v.swap(0, 1);
        v[1][0] * v[0][1] * x
    }
    elements_pushed |x| {
        let mut v = vec![x];
        let t = table(3);
        for i in 0..t.len() {
            v.push(t[i]);
        }
        v[0] * v[3]
    }
    rows_of_known_length |x| {
        let (n, m) = (2, 3);
        let mut v = vec![vec![0.0; m]; n];
        for i in 0..n {
            let row = vec![x * i as f64; m];
            v[i] = row;
        }
        v[1][2] * x
    }
    a_range_that_is_written_out |x| {
        let mut v = vec![x, 2.0 * x, x * x, 1.0];
        let n = v.len();
        v.copy_within(1..n, 0);
        v[0] * v[1]
    }
    an_index_in_a_variable |x| {
        let rows = [[x, 1.0], [x * x, 2.0]];
        let mut k = 0;
        for i in 0..2 {
            if i == 1 {
                k = 1;
            }
        }
        rows[k][0] * x
    }
    assigned_in_the_branches |x| {
        let mut v = vec![0.0; 2];
        if x > 1.0 {
            v = vec![x, 1.0];
        } else {
            v[0] = x * x;
        }
        v[0] * x
    }
    an_array_made_before |x| {
        let mut y = vec![0.0; 3];
        loop {
            for i in 0..3 {
                y[i] = x * i as f64;
            }
            if y[1] > 0.0 {
                break;
            }
        }
        y[2] * x
    }
    options_with_their_types |x| {
        let mut best: Option<f64> = None;
        let mut other: Option<f64> = none();
        for i in 0..3 {
            let v = x * i as f64;
            best = Some(v);
            if v > 0.1 {
                other = Some(v * v);
            }
        }
        best.unwrap_or(x) + other.unwrap_or(x)
    }
    closures_for_the_elements |x| {
        let v = [x, x * x, 2.0];
        let mut t = 0.0;
        v.iter().for_each(|a| t += a * a);
        let folded = v.iter().fold(0.0, |acc, a| acc + a);
        let reduced = v.iter().copied().reduce(|a, b| a * b).unwrap();
        let scanned: f64 = v.iter().scan(0.0, |state, a| { *state += a; Some(*state) }).sum();
        t + folded + reduced + scanned
    }
    a_loop_inside_of_a_loop |x| {
        let rows = [[x, 1.0], [x * x, 2.0]];
        let mut s = 0.0;
        for row in rows {
            for v in row {
                s += v * v;
            }
        }
        s
    }
    counted_by_integers |x| {
        let mut s = x;
        for _ in 0..2 {
            s *= x;
        }
        s
    }
    both_ends_of_a_range |x| {
        let v = [x, x * x];
        let a: f64 = (0..2).map(|i| v[i]).sum();
        let b: f64 = (0..).take(2).map(|i| v[i] * v[i]).sum();
        a * b
    }
    elements_of_structs_by_index |x| {
        let mut v = vec![Point { x: 0.0, y: 0.0 }; 2];
        for i in 0..2 {
            v[i] = Point { x: x * i as f64, y: x };
        }
        v[1].x * v[0].y
    }
    one_name_for_each_part_of_a_gradient |x| {
        let (dx, dy) = product::grad(x, x);
        dx * dy
    }
    numbers_by_value_and_arrays_by_reference |x| {
        let v = [x, 2.0];
        let g = first::grad(&v);
        let h = product::hvp(x, x, 1.0, 0.0).0;
        g[0] * h + square(x) + scaled(x, 3) + energy(&Point { x, y: 2.0 })
    }
    comparisons_and_casts |x| {
        let positive = !(x < 0.0);
        let y = x * (3 as f64);
        if positive && x > 0.1 { y } else { 1.0 }
    }
    parts_by_their_names |x| {
        let (a, b) = polar(x, 2.0);
        let t: (f64, f64) = polar(x, 3.0);
        let p: Pair = pair(x, 2.0);
        a * b + t.0 * t.1 + p.0 * p.1
    }
    a_value_from_the_beginning |x| {
        let mut y = x;
        if x > 1.0 {
            y = x * x;
        }
        y * x
    }
    closures_without_move |x| {
        let mut t = x;
        let s = x * x;
        let mut f = |v: f64| {
            t += v;
            t * s
        };
        f(x) + f(2.0)
    }
    all_fields_written |x| {
        let start = Point { x: 1.0, y: 2.0 };
        let p = Point { x, y: start.y };
        p.x * p.y
    }
    an_array_with_its_type |x| {
        row(&Layer { w: vec![x, 1.0], b: vec![x * x, 2.0] })
    }
    bases_of_structs |x| {
        const BASE: Point = Point { x: 1.0, y: 2.0 };
        let p = Point { x, ..BASE };
        let q = Point { y: x * x, ..Default::default() };
        let r = Point { x: p.x * q.y, ..halved(x) };
        let s = Point { y: 1.0, ..r };
        p.y * r.y + s.x * s.y + q.x
    }
    structs_that_a_branch_chooses |x| {
        let ps = [Point { x, y: 2.0 }, Point { x: 3.0, y: x }];
        let made = Point { x: x * x, y: x };
        let p = if x > 1.0 { ps[1] } else { made };
        let k = (2.0 * x) as usize;
        let q = match k {
            1 => ps[0],
            2 => Point { x: x * x, y: 2.0 },
            _ => ps[1],
        };
        p.x * p.y + q.x * q.y
    }
    exchanged_by_an_imported_path |x| {
        let (mut a, mut b) = (x, 2.0);
        mem::swap(&mut a, &mut b);
        a / b
    }
    integers_in_an_array |x| {
        let mut k = vec![0usize; 1];
        k[0] = 2;
        powered(x, &k) + raised(x, 3)
    }
    an_array_as_a_list |x| {
        let v: [Point; 2] = [Point { x, y: 1.0 }, Point { x: 2.0, y: x }];
        v[0].x * v[1].y
    }
    a_vector_as_a_queue |x| {
        let mut q = vec![x];
        q.push(x * x);
        let y = q.remove(0);
        y * q[0]
    }
    the_largest_by_comparison |x| {
        let v = [x, x * x, 0.1];
        *v.iter().max_by(|a, b| a.total_cmp(b)).unwrap()
    }
    copied_and_cleared |x| {
        let mut v = vec![x, x * x];
        let old = v.clone();
        v.clear();
        old.iter().sum::<f64>() + v.len() as f64
    }
    taken_one_by_one |x| {
        let v = [x, x * x];
        let mut it = v.iter();
        let mut s = 0.0;
        while let Some(a) = it.next() {
            s += a.powi(3);
        }
        s
    }
    positions_of_parts |x| {
        let v = [x, x * x, -1.0, 2.0 * x];
        let mut begin = 0;
        let mut s = 0.0;
        for i in 0..=v.len() {
            if i == v.len() || v[i] < 0.0 {
                s += v[begin..i].iter().product::<f64>();
                begin = i + 1;
            }
        }
        s
    }
    a_struct_that_is_assigned |x| {
        larger(&[Point { x, y: x }, Point { x: 0.1, y: 2.0 }], Point { x: 1.0, y: x * x })
    }
    a_result_with_a_name |x| {
        let mut v = [x, 1.0];
        let _y: Point = refilled(&mut v, x);
        v[0] * x
    }
    a_slice_as_a_field |x| {
        let layer = Layer { w: vec![x, x * x], b: vec![1.0] };
        let mut s = 0.0;
        for i in 0..layer.w.len() {
            s += layer.w[i];
        }
        s * layer.w.iter().map(|v| v * v).sum::<f64>() + layer.b[0]
    }
    rows_counted_down |x| {
        let mut rows = vec![vec![x, 1.0]];
        rows.push(vec![2.0, x * x]);
        let mut n = rows.len();
        let mut s = 0.0;
        while n > 0 {
            n -= 1;
            let row = &rows[n];
            s = s * row[0] + row[1].sin();
        }
        s
    }
    rows_of_arrays_assigned |x| {
        let mut tracks = vec![vec![[x; 2]; 3]; 2];
        for k in 0..2 {
            let mut track: Vec<[f64; 2]> = Vec::new();
            for i in 0..3 {
                track.push([x * i as f64, x.sin()]);
            }
            tracks[k] = track;
        }
        tracks[0][1][0] * tracks[1][2][1]
    }
    lists_of_structs_put_back |x| {
        let mut route = Route { stops: vec![[x, 1.0]], length: x };
        let mut stops: Vec<[f64; 2]> = route.stops.clone();
        stops.push([route.length, x * x]);
        route.stops = stops;
        route.length += route.stops[1][0] * route.stops[1][1];
        route.length * route.stops[0][0]
    }
    operators_as_closures |x| {
        [x, x * x].into_iter().fold(1.0, |a, b| a * b)
    }
    bound_by_its_type |x| {
        let k: usize = [0.1, 0.2, 0.9].partition_point(|a| *a < x);
        x * k as f64
    }
}

#[test]
fn parts_of_a_tuple_assigned() {
    // y = (t₀ + 2 t₁, t₀).
    let (mut t, mut t_dot) = ((2.0, 3.0), (1.0, 10.0));
    turned::jvp(&mut t, &mut t_dot);
    assert_eq!((t, t_dot), ((8.0, 2.0), (21.0, 1.0)));
    let (mut t, mut t_bar) = ((2.0, 3.0), (1.0, 5.0));
    turned::vjp_into(&mut t, &mut t_bar);
    assert_eq!((t, t_bar), ((8.0, 2.0), (6.0, 2.0)));
}
