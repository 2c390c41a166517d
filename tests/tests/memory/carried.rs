//! What structs carry along beside their numbers: a choice that is copied from one struct to another, and counts of a struct
//! that Rust which is not differentiated makes, whose types the function shows nowhere.

use autodiff_runtime::check::Check;
use autodiff_runtime::{Differentiable, differentiate};

use crate::{check, check_at};

/// Of no trait of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Mode {
    #[default]
    Slow,
    Fast,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct State {
    #[constant]
    mode: Mode,
    w: f64,
    list: Vec<f64>,
}

impl State {
    fn started(w: f64) -> State {
        State { mode: Mode::Fast, w, list: vec![w, 0.5] }
    }
}

/// Copies of copies.
#[differentiate(order = 2)]
fn handed_on(s: &State, n: usize) -> f64 {
    let mut r = s.clone();
    let mut y = 1.0;
    for _ in 0..n {
        let mut t = State { mode: Mode::Slow, w: r.w * 2.0, list: vec![1.0] };
        t.mode = s.mode;
        t.list = r.list.clone();
        y += t.w * t.w * t.list[0];
        r = t.clone();
        r.mode = t.mode;
        r.list = t.list.clone();
    }
    y * r.w
}

#[differentiate(order = 2)]
fn energy(s: &State, x: f64) -> f64 {
    s.w * x * s.list[0] * s.w
}

/// Beside calls that the struct is passed to, within a branch.
#[differentiate(order = 2)]
fn between_calls(s: &State, n: usize) -> f64 {
    let mut r = s.clone();
    let mut y = s.w;
    for i in 0..n {
        y += energy(&r, y).sin();
        r.mode = s.mode;
        r.w = y * s.w;
        if i % 2 == 0 {
            r.list = vec![y, s.list[1]];
            r.mode = s.mode;
        }
    }
    y
}

#[test]
fn choices() {
    let s = State { list: vec![0.5, 0.8], ..State::started(0.4) };
    for n in [0, 1, 2, 5] {
        check_at!(handed_on, &s, n);
        check_at!(between_calls, &s, n);
        let (y, back) = between_calls::pullback(&s, n);
        assert_eq!((y, back(1.0)), between_calls::value_and_grad(&s, n));
        assert_eq!(handed_on::grad(&s, n).mode, Mode::Fast);
    }
}

// ---- counts ---------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, Differentiable)]
struct Counted {
    n: usize,
    count: u32,
    w: f64,
}

impl Counted {
    fn new(n: usize) -> Counted {
        Counted { n, count: 2, w: 0.5 }
    }
}

/// In arithmetic, as a condition, and in a `match`.
#[differentiate(order = 2)]
fn counted(x: &[f64]) -> f64 {
    let mut q = Counted::new(x.len());
    q.n = 3;
    let mut y = 1.0;
    for (i, &v) in x.iter().enumerate() {
        let j = (q.n + 3) % 5;
        y = y * v * j as f64 + i as f64;
        if j > 0 {
            y = y.sin();
        }
        match q.n {
            3 => y *= v,
            _ => y += v,
        }
        q.n += 1;
    }
    y
}

/// Carried from one iteration to the next, in what is squared each time.
#[differentiate(order = 2)]
fn recurrent(x: &[f64]) -> f64 {
    let mut q = Counted::new(x.len());
    let mut y = 0.3;
    for v in x {
        q.count = q.count * 2 + 1;
        let m = q.count % 4;
        y += v.powi(3) * (m + 1) as f64;
        y *= y;
    }
    y * q.w
}

fn count(n: usize) -> usize {
    n + 2
}

/// What a function returns that is not differentiated, from which no type shows.
#[differentiate(order = 2)]
fn scaled(x: &[f64]) -> f64 {
    let k = count(x.len()) - 1;
    x.iter().map(|v| v * v).sum::<f64>() * k as f64
}

#[differentiate(order = 2)]
fn scaled_by(x: f64, k: usize) -> f64 {
    x * x * k as f64
}

/// In functions that cannot be run again, for the assertion, the tape has to do without it.
#[differentiate(order = 2)]
fn asserted(x: &[f64], #[constant] k: Option<usize>) -> f64 {
    let mut y = 0.0;
    assert!(x.len() < 100);
    for &v in x {
        match k {
            Some(k1) if k1 > 1 => y += scaled_by(v, (k1 + k1 * 7 + 1) % 4 + k1),
            _ => y += v,
        }
    }
    y
}

#[test]
fn counts_that_no_tape_holds() {
    for k in [None, Some(1), Some(2), Some(3)] {
        let x = vec![0.3, 0.7];
        Check::new("asserted", &x, |x| asserted(x, k))
            .value_and_grad(|x| asserted::value_and_grad(x, k))
            .jvp(|x, v| asserted::jvp(x, k, v))
            .run()
            .assert();
        let (y, back) = asserted::pullback(&x, k);
        assert_eq!((y, back(1.0)), asserted::value_and_grad(&x, k));
        assert_eq!(asserted::hvp(&x, k, &[1.0, 0.0])[1], 0.0);
    }
}

/// The place of an active value in a table, which is a count and changes in jumps.
#[differentiate(order = 2)]
fn searched(x: &[f64]) -> f64 {
    let table = [0.1, 0.2, 0.5, 0.9];
    let mut y = 0.0;
    for v in x {
        let k = table.binary_search_by(|a| a.partial_cmp(v).unwrap()).unwrap_or_else(|k| k);
        y += v * v * k as f64;
    }
    y
}

#[test]
fn counts() {
    check!(searched, f64, [0.3, 0.7, 0.95, 0.05]);
    check!(searched, f64, []);
    assert_eq!(searched::grad(&[0.3, 0.7]), [2.0 * 0.3 * 2.0, 2.0 * 0.7 * 3.0]);
    check!(counted, f64, [0.3, 0.7, 0.4]);
    check!(counted, f64, [0.6]);
    check!(counted, f64, []);
    check!(recurrent, f64, [0.3, 0.7, 0.4]);
    check!(recurrent, f64, [0.6]);
    check!(recurrent, f64, []);
    check!(scaled, f64, [0.3, 0.7]);
    check!(scaled, f64, []);
    let (y, back) = recurrent::pullback(&[0.3, 0.7]);
    assert_eq!((y, back(1.0)), recurrent::value_and_grad(&[0.3, 0.7]));
}

// ---- results of calls ---------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Model {
    a: f64,
    w: [[f64; 3]; 1],
    v: Vec<f64>,
    n: usize,
}

#[differentiate(order = 2)]
fn made(x: f64, m: &Model) -> Model {
    Model { a: x * m.a, w: m.w, v: vec![x, x * x], n: 2 }
}

/// Arrays whose types show nowhere.
#[differentiate(order = 2)]
fn into_a_result(x: f64, p: &Model) -> f64 {
    let mut q: Model = made(x, p);
    q.w = p.w;
    let r = made(q.a, &q);
    r.a * r.w[0][0] * q.w[0][1]
}

#[differentiate(order = 2)]
fn out_of_a_result(x: f64, p: &Model) -> f64 {
    let q: Model = made(x, p);
    let mut r = p.clone();
    r.w = q.w;
    r.a = q.a;
    r.n = q.n;
    let last: Model = made(x, &r);
    last.a * last.w[0][2]
}

#[differentiate(order = 2)]
fn part_by_part(x: f64, p: &Model) -> f64 {
    let mut q: Model = made(x, p);
    q.n = p.n;
    q.a = p.a;
    q.v = p.v.clone();
    q.w[0] = p.w[0];
    made(q.a, &q).v[1] * q.v[0]
}

const HALF: f64 = 0.5;

/// Of the constant no type shows, and the function's own float is another.
#[differentiate(order = 2)]
fn in_single(x: f32, p: &Model) -> f32 {
    let mut q: Model = made(0.75, p);
    q.w[0][1] = HALF;
    let last: Model = made(0.25, &q);
    let y: f64 = last.w[0][1] * last.w[0][2];
    x * x + y as f32
}

#[test]
fn constants_in_results() {
    let p = Model { a: 0.7, w: [[0.3, 0.6, 0.9]], v: vec![0.2, 0.4], n: 2 };
    let (y, (x_bar, p_bar)) = in_single::value_and_grad(2.0, &p);
    assert_eq!((y, x_bar, p_bar.w), (4.0 + 0.45, 4.0, [[0.0, 0.0, 0.5]]));
    assert_eq!((p_bar.a, p_bar.v), (0.0, vec![0.0; 2]));
}

/// A call that must not be made again, and counts beside the numbers that change.
#[differentiate(order = 2)]
fn beside_what_changes(x: f64, p: &Model) -> f64 {
    let mut q = Model { a: 1.0, w: [[1.0, 2.0, 3.0]], v: vec![0.5], n: 3 };
    let mut r = p.clone();
    let mut y = 0.5 * made(0.5, &q).v[1];
    for _ in 0..(q.n + 0) {
        q.a *= x * y.sin();
        y = q.a * p.a;
        q.w[0][1] *= y;
        for _ in 0..(r.n + 0) {
            r.a *= y.cos();
            r.v[0] += r.a * q.w[0][1];
        }
    }
    q.a * y * r.v[0]
}

#[test]
fn parts_of_results() {
    let p = Model { a: 0.7, w: [[0.3, 0.6, 0.9]], v: vec![0.2, 0.4], n: 2 };
    macro_rules! all {
        ($($f:ident)*) => { $(
            Check::new(stringify!($f), &(0.8, p.clone()), |(x, p)| $f(*x, p))
                .value_and_grad(|(x, p)| $f::value_and_grad(*x, p))
                .jvp(|(x, p), (x_dot, p_dot)| $f::jvp(*x, p, *x_dot, p_dot))
                .run()
                .assert();
            Check::new(concat!("gradient of ", stringify!($f)), &(0.8, p.clone()), |(x, p)| $f::grad(*x, p))
                .jvp(|(x, p), (x_dot, p_dot)| ($f::grad(*x, p), $f::hvp(*x, p, *x_dot, p_dot)))
                .run()
                .assert();
            let (y, back) = $f::pullback(0.8, &p);
            assert_eq!((y, back(1.0)), $f::value_and_grad(0.8, &p));
        )* }
    }
    all!(into_a_result out_of_a_result part_by_part beside_what_changes);
}
