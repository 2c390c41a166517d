//! Parts of structs that are copied to others, and structs that Rust which is not differentiated makes.

use autodiff_runtime::check::Check;
use autodiff_runtime::{Differentiable, differentiate};

use crate::check;

#[derive(Clone, Debug, Default, PartialEq, Differentiable)]
struct Cell {
    w: f64,
    #[constant]
    rate: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Differentiable)]
struct State {
    now: [f64; 2],
    before: [f64; 2],
    t: f64,
    last: f64,
    cell: Cell,
    kept: Cell,
    cells: Vec<Cell>,
    path: Vec<f64>,
    counts: [usize; 2],
    steps: usize,
    name: Option<String>,
}

impl State {
    fn new(n: usize) -> State {
        let cells = (0..n).map(|i| Cell { w: i as f64, rate: 0.5 }).collect();
        State { t: 0.25, path: vec![1.0; n], cells, steps: n, ..State::default() }
    }
}

// ---- parts ----------------------------------------------------------------------------------------------------------

/// Arrays whose type shows nowhere in the function.
#[differentiate(order = 2)]
fn two_step(x: &[f64]) -> f64 {
    let mut s = State {
        now: [x[0], x[1]],
        path: x.to_vec(),
        cells: vec![Cell { w: x[0], rate: 2.0 }; 2],
        ..Default::default()
    };
    for &v in x {
        let old = s.before;
        s.before = s.now;
        s.now[0] = (s.before[1] * v).sin() + old[0];
        s.now[1] = s.before[0] - old[1] * v;
        s.last = s.t;
        s.t += s.now[0];
    }
    s.now[0] * s.before[1] + s.last * s.t
}

/// Numbers that are only handed on; integers and text beside them.
#[differentiate(order = 2)]
fn handed_on(x: &[f64]) -> f64 {
    let mut s = State { t: x[0] * x[1], now: [x[1], x[0]], counts: [1, 2], ..State::new(2) };
    let mut r = s.clone();
    for &v in x {
        r.last = s.t;
        r.steps = s.steps;
        r.counts[0] = s.counts[1];
        r.name = s.name.clone();
        s.t = r.t;
        s.now[0] *= v;
        r.before = s.now;
    }
    let [a, b] = r.before;
    r.last * a + b * s.t * r.counts[0] as f64
}

/// One part, written to several others, and in every turn of a loop.
#[differentiate(order = 2)]
fn several_times(x: &[f64]) -> f64 {
    let mut s = State { now: [x[0], x[1] * x[0]], ..State::new(1) };
    let now = s.now;
    s.before = now;
    let mut sum = 0.0;
    for &v in x {
        s.now = now;
        s.now[0] *= v;
        s.now[1] += s.before[0] * s.now[0];
        sum += s.now[0] * s.now[1];
        s.before = s.now;
    }
    sum + now[0]
}

/// What nobody reads.
#[differentiate(order = 2)]
fn unread(x: &[f64]) -> f64 {
    let mut s = State { now: [x[0], x[1]], ..State::new(3) };
    s.before = s.now;
    s.last = s.t;
    s.path = s.path.clone();
    s.cell = s.kept.clone();
    s.steps = s.counts[1];
    s.now[1] * x[0]
}

/// In a constant field of a struct of the function's own may be what is differentiated: copies of the struct have it too.
#[differentiate(order = 2)]
fn in_constant_fields(x: &[f64]) -> f64 {
    let mut s = State::new(2);
    s.cell.rate = x[0] * x[1];
    s.cells[1].rate = x[1];
    let cell = s.cell.clone();
    let other = s.cells[1].clone();
    s.kept = s.cell.clone();
    s.cells[0] = s.cells[1].clone();
    s.cell.w = s.cells[0].rate;
    cell.rate * other.rate + s.kept.rate * s.cell.w.sin()
}

#[test]
fn parts_are_handed_on() {
    check!(two_step, f64, [0.3, 0.7, 0.4]);
    check!(two_step, f64, [0.6, 0.2]);
    check!(handed_on, f64, [0.3, 0.7, 0.4]);
    check!(handed_on, f64, [0.6, 0.2]);
    check!(several_times, f64, [0.3, 0.7, 0.4]);
    check!(several_times, f64, [0.6, 0.2]);
    check!(unread, f64, [0.3, 0.7]);
    check!(in_constant_fields, f64, [0.3, 0.7]);
}

#[differentiate]
fn into_another(s: &mut State, from: &State, #[constant] fixed: &State) {
    s.now = from.before;
    s.last = from.t;
    s.t = fixed.t;
    s.cell = from.kept.clone();
    s.path = fixed.path.clone();
    s.counts = from.counts;
    s.steps = fixed.steps;
}

#[differentiate]
fn shifted(s: &State, v: f64) -> State {
    let mut next = s.clone();
    next.before = s.now;
    next.last = next.t;
    next.t = s.cells[0].w;
    next.now[0] = v;
    next
}

#[test]
fn parts_of_parameters_and_results() {
    let s = State { now: [0.3, 0.4], before: [0.5, 0.6], t: 0.7, last: 0.8, ..State::new(2) };
    Check::new("shifted", &(s.clone(), 1.5), |(s, v)| shifted(s, *v))
        .vjp_into(|(s, v), seed, (s_bar, v_bar)| shifted::vjp_into(s, *v, seed.clone(), s_bar, v_bar))
        .jvp(|(s, v), (s_dot, v_dot)| shifted::jvp(s, *v, s_dot, *v_dot))
        .run()
        .assert();
    let (mut to, from) = (State::new(2), s.clone());
    let mut seed = State { now: [1.0, 2.0], t: 3.0, last: 4.0, cell: Cell { w: 5.0, rate: 0.0 }, ..State::new(2) };
    seed.before = [6.0, 7.0];
    let mut from_bar = from.zeros_like();
    into_another::vjp_into(&mut to, &from, &s, &mut seed, &mut from_bar);
    assert_eq!((to.now, to.last, to.t, to.steps), ([0.5, 0.6], 0.7, 0.7, 2));
    assert_eq!((from_bar.before, from_bar.t, from_bar.kept.w), ([1.0, 2.0], 4.0, 5.0));
    // What is overwritten has no say.
    assert_eq!((seed.now, seed.t, seed.last, seed.cell.w, seed.before), ([0.0, 0.0], 0.0, 0.0, 0.0, [6.0, 7.0]));
}

// ---- structs that are made elsewhere --------------------------------------------------------------------------------

/// By Rust of which nothing is known, and by a differentiated function that is given constants.
#[differentiate(order = 2)]
fn constructed(x: &[f64]) -> f64 {
    let mut s = State::new(x.len());
    let mut d = State::default();
    let mut c: Cell = Default::default();
    let mut f = made(2.0, 1);
    for (i, &v) in x.iter().enumerate() {
        s.path[i] += v;
        s.now[i % 2] = s.path[i] * v;
        d.t += s.now[0] * s.now[1];
        c.w = d.t.sin();
        f.w = c.w * f.w + v;
    }
    s.path.iter().product::<f64>() + d.t * c.w * f.w
}

fn pair() -> (f64, Vec<f64>) {
    (0.5, vec![0.1, 0.2])
}

#[differentiate(order = 2)]
fn tuple(x: &[f64]) -> f64 {
    let mut p = pair();
    p.0 *= x[0];
    p.1[0] += x[1] * p.0;
    p.0 * p.1[0] * p.1[1]
}

/// The base of an update, and a list that is put into a field.
#[differentiate(order = 2)]
fn updated(x: &[f64]) -> f64 {
    let mut s = State { t: x[0], path: x.to_vec(), ..State::new(2) };
    let path = s.path.clone();
    s.path[0] *= x[1];
    let mut r = State { path, ..State::new(3) };
    r.path[1] *= s.path[0];
    s.path = r.path.clone();
    s.path[1] * s.t * r.path[0] + r.cells[2].w * s.path[0]
}

#[differentiate(order = 2)]
fn made(w: f64, n: usize) -> Cell {
    Cell { w, rate: n as f64 }
}

/// In every turn of a loop, and in branches: each is kept for the reverse sweep as it was.
#[differentiate(order = 2)]
fn in_loops(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, &v) in x.iter().enumerate() {
        let mut s = State::new(i + 1);
        s.t = v * s.t + v;
        s.path[i] *= s.t;
        if v > 0.5 {
            let mut c = made(0.5, i);
            c.w *= v * s.t;
            sum += c.w * c.rate * s.path[0];
        }
        sum += s.t * s.path[i] * v;
    }
    sum
}

#[differentiate(order = 2)]
fn advance(s: &mut State, v: f64) {
    s.last = s.t;
    s.t += v * v;
    s.now[0] = s.t * s.last;
}

/// What is lent to a call becomes active there.
#[differentiate(order = 2)]
fn lent(x: &[f64]) -> f64 {
    let mut s = State::new(2);
    for &v in x {
        advance(&mut s, v);
    }
    s.now[0] * s.last
}

#[differentiate(order = 2)]
fn energy(s: &State, x: f64) -> f64 {
    s.now[0] * x + s.t * x * x + s.path.iter().sum::<f64>() * x.sin() + s.cells[0].rate * x
}

#[differentiate(order = 2)]
fn weighted(w: &[f64], x: f64) -> f64 {
    w.iter().map(|w| w * x * x).sum()
}

/// Something that borrows, and is not differentiable.
struct Grid<'a> {
    name: &'a str,
    rows: usize,
    scale: f64,
}

impl<'a> Grid<'a> {
    fn over(name: &'a str, rows: usize) -> Grid<'a> {
        Grid { name, rows, scale: 0.5 }
    }

    fn cells(&self) -> usize {
        self.rows * self.rows
    }
}

/// What nothing changes is a constant: it is kept for the reverse sweep where that needs it again.
#[differentiate(order = 2)]
fn of_constants(x: &[f64]) -> f64 {
    let grid = Grid::over("grid", x.len());
    let mut sum = 0.0;
    for (i, &v) in x.iter().enumerate().take(grid.rows) {
        let fixed = State::new(i + 1);
        let c = made(0.25, i);
        sum += energy(&fixed, v) * weighted(&fixed.path, v) * fixed.t;
        sum += (c.w + c.rate) * sum * v * grid.scale;
        if fixed.steps > 1 && fixed.name.is_none() {
            sum *= fixed.path[i].exp() + fixed.cells[i].w;
        }
    }
    sum * (grid.cells() + grid.name.len()) as f64
}

struct Counter {
    steps: u64,
}

impl Counter {
    fn new(steps: u64) -> Counter {
        Counter { steps }
    }
}

/// What stays constant stays as it is, of whatever type.
#[differentiate(order = 2)]
fn beside_constants(x: &[f64]) -> f64 {
    let mut counter = Counter::new(1);
    let mut y = 1.0;
    for &v in x {
        counter.steps += 2;
        y *= v + counter.steps as f64;
    }
    y
}

#[test]
fn structs_from_elsewhere() {
    check!(constructed, f64, [0.3, 0.7, 0.4]);
    check!(constructed, f64, [0.6]);
    check!(constructed, f64, []);
    check!(in_loops, f64, [0.3, 0.7, 0.4, 0.9]);
    check!(in_loops, f64, [0.6]);
    check!(in_loops, f64, []);
    check!(of_constants, f64, [0.3, 0.7, 0.4]);
    check!(of_constants, f64, []);
    check!(tuple, f64, [0.3, 0.7]);
    check!(updated, f64, [0.3, 0.7]);
    check!(lent, f64, [0.3, 0.7, 0.4]);
    check!(lent, f64, []);
    check!(beside_constants, f64, [0.3, 0.7, 0.4]);
}

#[differentiate]
fn fresh(x: f64, n: usize) -> (f64, State) {
    let s = State::new(n);
    (x * x, s)
}

#[differentiate]
fn started(x: f64, n: usize) -> State {
    let mut s = State::new(n);
    s.t *= x;
    s
}

/// What is evaluated is evaluated once, in the forward sweep.
#[test]
fn as_results() {
    assert_eq!(fresh::vjp(3.0, 2, (2.0, State::new(2))), ((9.0, State::new(2)), 12.0));
    let (y, y_dot) = fresh::jvp(3.0, 2, 2.0);
    assert_eq!((y, y_dot.0, y_dot.1.t), ((9.0, State::new(2)), 12.0, 0.0));
    let (s, back) = started::pullback(3.0, 2);
    assert_eq!(s, State { t: 0.75, ..State::new(2) });
    assert_eq!(back(State { t: 8.0, ..State::new(2) }), 2.0);
}

thread_local!(static TICKS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });

fn tick() -> usize {
    TICKS.set(TICKS.get() + 1);
    TICKS.get() % 2
}

fn counts() -> [u32; 2] {
    [1, 2]
}

#[differentiate]
fn counting(x: f64) -> f64 {
    let mut n = counts();
    n[tick()] += 3;
    let (a, b): (u32, u32) = (n[0], n[1]);
    x * a as f64 + x * x * b as f64
}

/// The place of a compound assignment is evaluated once.
#[test]
fn places_are_evaluated_once() {
    TICKS.set(0);
    assert_eq!(counting::value_and_grad(2.0), (2.0 + 4.0 * 5.0, 1.0 + 4.0 * 5.0));
    assert_eq!(TICKS.get(), 1);
}

thread_local!(static MADE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });

fn counted() -> Cell {
    MADE.set(MADE.get() + 1);
    Cell { w: MADE.get() as f64, rate: 0.0 }
}

#[differentiate(order = 2)]
fn of_counted(x: &[f64]) -> f64 {
    let mut y = 0.0;
    for &v in x {
        let mut c = counted();
        c.w *= v;
        y += c.w * c.w;
    }
    y
}

#[test]
fn structs_are_made_once() {
    let x = [0.5, 0.25];
    let expected = (0.25 + 0.25, vec![2.0 * 0.5, 2.0 * 4.0 * 0.25]);
    let of = |made: &dyn Fn() -> (f64, Vec<f64>)| {
        MADE.set(0);
        let result = made();
        (result, MADE.get())
    };
    assert_eq!(of(&|| of_counted::value_and_grad(&x)), (expected.clone(), 2));
    assert_eq!(
        of(&|| {
            let (y, back) = of_counted::pullback(&x);
            (y, back(1.0))
        }),
        (expected, 2)
    );
    assert_eq!(of(&|| (0.0, of_counted::hvp(&x, &[1.0, 0.0]))), ((0.0, vec![2.0, 0.0]), 2));
}

// ---- several floats -------------------------------------------------------------------------------------------------

const HALF: f64 = 0.5;

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Wide {
    a: f64,
    w: [f64; 2],
}

/// The signature does not tell what is in the struct, another of its fields does.
#[differentiate(order = 2)]
fn of_two_floats(p: &Wide, x: f32) -> (f32, f64) {
    let mut q = p.clone();
    let a: f64 = 2.0 * q.a;
    let w = q.w[0];
    q.w[0] = w * -(-HALF);
    (x * x, q.w[0] * a)
}

#[test]
fn another_field_tells_the_float() {
    let p = Wide { a: 0.75, w: [0.5, 0.25] };
    let (value, (p_bar, x_bar)) = of_two_floats::vjp(&p, 0.5, (1.0, 2.0));
    assert_eq!((value, x_bar), ((0.25, 0.375), 1.0));
    assert_eq!(p_bar, Wide { a: 1.0, w: [1.5, 0.0] });
    let (_, dot) = of_two_floats::jvp(&p, 0.5, &Wide { a: 1.0, w: [1.0, 1.0] }, 1.0);
    assert_eq!(dot, (1.0, 0.5 + 0.75));
}
