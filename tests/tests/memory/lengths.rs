//! Rows of vectors, and fields of structs, whose lengths change.

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

use crate::{check, check_at};

/// The numbers are dealt out to groups.
#[differentiate(order = 2)]
fn dealt<T: Float>(x: &[T]) -> T {
    let mut groups = vec![vec![]; 3];
    for (i, &v) in x.iter().enumerate() {
        groups[i % 3].push(v * v);
    }
    groups.iter().fold(T::zero(), |acc, group| acc + group.iter().fold(T::one(), |acc, &v| acc * v.sin()))
}

/// What `push` and its relatives do to rows, by index and by reference.
#[differentiate(order = 2)]
fn changed<T: Float>(x: &[T]) -> T {
    let mut rows: Vec<Vec<T>> = vec![vec![T::one(), T::one()], x.to_vec()];
    for (i, &v) in x.iter().enumerate() {
        rows[i % 2].push(v * v);
        let first = rows[0][0] * v;
        rows[1].insert(0, first);
        let more: Vec<T> = rows[0].iter().map(|&v| v.sin()).collect();
        rows[1].extend(more.iter());
        rows[0].extend_from_slice(&more[..1]);
        let gone = rows[1].remove(1) * rows[0].swap_remove(0);
        rows[0].truncate(3);
        rows[1].resize(4, gone);
        if let Some(last) = rows[1].pop() {
            rows[0][0] = rows[0][0] + last.sin();
        }
        let last = rows[1].pop().unwrap();
        rows[0].push(last.cos());
    }
    for row in &mut rows {
        row.push(T::one());
    }
    for row in rows.iter_mut() {
        if row.len() > 4 {
            row.clear();
        }
    }
    let mut s = T::zero();
    for row in &rows {
        for &v in row {
            s = s * v.cos() + v;
        }
    }
    s
}

#[test]
fn rows() {
    macro_rules! all {
        ($($f:ident)*) => {
            $(
                check!($f, f64, []);
                check!($f, f64, [0.6]);
                check!($f, f64, [0.6, -0.8, 1.1, 0.3]);
                check!($f, f32, [0.6, -0.8]);
            )*
        };
    }
    all!(dealt changed filled shortened);
}

/// Constants, until something active is added by a reference.
#[differentiate(order = 2)]
fn filled<T: Float>(x: &[T]) -> T {
    let mut rows: Vec<Vec<T>> = Vec::new();
    for i in 0..x.len() {
        rows.push(vec![T::one(); i]);
    }
    for (row, &v) in rows.iter_mut().zip(x) {
        row.push(v.sin());
    }
    rows.iter().fold(T::one(), |acc, row| row.iter().fold(acc, |acc, &v| acc.cos() + v * v))
}

#[differentiate(order = 2)]
fn sum_of<T: Float>(w: &[T], x: T) -> T {
    w.iter().fold(x, |acc, &v| acc * x + v)
}

/// Rows that are lent and overwritten after the last of them went, of vectors that live in a loop.
#[differentiate(order = 2)]
fn shortened<T: Float>(x: &[T]) -> T {
    let mut s = T::one();
    for &v in x {
        let mut arrays = vec![];
        let mut rows = vec![];
        for i in 0..3 {
            arrays.push([v * s, s.sin()]);
            rows.push(vec![v * v; i + 1]);
        }
        arrays.truncate(2);
        rows.truncate(2);
        let y = sum_of(&arrays[1], v) + sum_of(&rows[1], s.cos());
        arrays[1][0] = arrays[1][0] * y;
        rows[1][1] = rows[1][1] * y.sin();
        s = (arrays[1][0] * arrays[0][1] + rows[1][1] * rows[1][0]).sin();
    }
    s
}

#[derive(Clone, Debug, Differentiable)]
struct State<T> {
    history: Vec<T>,
    x: T,
    inner: Inner<T>,
    #[constant]
    steps: usize,
}

#[derive(Clone, Debug, Differentiable)]
struct Inner<T> {
    stack: Vec<T>,
    rates: [T; 2],
}

/// A state that keeps what it was.
#[differentiate(order = 2)]
fn advanced<T: Float + Differentiable<Scalar = T>>(state: &State<T>, n: usize) -> State<T> {
    let mut state = state.clone();
    for i in 0..n {
        let before = state.x;
        state.history.push(before);
        state.x = state.x + state.inner.rates[i % 2] * state.x.sin();
        if i % 2 == 1 {
            state.inner.stack.push(state.x * before);
        }
        if state.inner.stack.len() > 2 {
            let last = state.inner.stack.pop().unwrap();
            state.history.insert(0, last);
        }
    }
    state
}

#[differentiate(order = 2)]
fn remembered<T: Float + Differentiable<Scalar = T>>(state: &State<T>, n: usize) -> T {
    let mut state = advanced(state, n);
    state.history.extend_from_slice(&[state.x, T::one()]);
    state.history.truncate(5);
    let last = state.history[state.history.len() - 1];
    let sum = state.inner.stack.iter().fold(T::one(), |acc, &v| acc + v * v);
    state.history.iter().fold(T::zero(), |acc, &v| acc + (v * last).sin()) * sum
}

#[differentiate(order = 2)]
fn of_elements<T: Float + Differentiable<Scalar = T>>(states: &[State<T>], n: usize) -> T {
    let mut states = states.to_vec();
    for k in 0..n {
        for (i, state) in states.iter_mut().enumerate() {
            state.history.push(state.x * T::from(k + i).unwrap());
            state.inner.stack.push(state.history[0] * state.x);
            if i == 1 {
                state.history.pop();
            }
        }
    }
    let mut s = T::zero();
    for state in &states {
        let sum = state.history.iter().fold(T::zero(), |acc, &v| acc + v);
        s = s + sum * state.inner.stack.iter().fold(T::zero(), |acc, &v| acc + v.sin());
    }
    s
}

/// Nothing tells what is in the rows of a struct but what is pushed, and in a struct that another function makes.
#[derive(Clone, Debug, Differentiable)]
struct Log<T> {
    rows: Vec<Vec<T>>,
    sums: Vec<T>,
}

fn log(n: usize) -> Log<f64> {
    Log { rows: vec![Vec::new(); n], sums: vec![1.0; n] }
}

#[differentiate(order = 2)]
fn logged<T: Float>(log: &Log<T>, n: usize) -> T
where
    Log<T>: Clone + Differentiable,
{
    let mut log = log.clone();
    for k in 0..n {
        let i = k % log.rows.len();
        log.rows[i].push(log.sums[0] * log.sums[i]);
        let sum = log.rows[i].iter().fold(T::one(), |acc, &v| acc + v.sin());
        log.sums.push(sum);
    }
    let last = log.sums.pop().unwrap();
    log.sums.iter().fold(last, |acc, &v| acc * v)
}

#[differentiate(order = 2)]
fn of_made(x: &[f64]) -> f64 {
    let mut log = log(2);
    for (i, &v) in x.iter().enumerate() {
        log.sums.push(v * v);
        log.rows[i % 2].push(v.sin());
        log.sums[0] *= log.sums[log.sums.len() - 1];
    }
    log.sums.iter().sum::<f64>() * log.rows.iter().map(|row| row.iter().sum::<f64>() + 1.0).product::<f64>()
}

#[test]
fn of_elements_that_do_not_show() {
    macro_rules! logs {
        ($float:ident) => {
            for n in [0, 1, 4] {
                let x: $float = 0.8;
                let log = Log { rows: vec![vec![x], vec![]], sums: vec![x, 0.7 * x, 0.4] };
                check_at!(logged, &log, n);
            }
        };
    }
    logs!(f32);
    logs!(f64);
    for x in [&[][..], &[0.6], &[0.6, -0.8, 1.1]] {
        check_at!(of_made, &x.to_vec());
    }
}

#[test]
fn fields() {
    macro_rules! states {
        ($float:ident) => {
            let state = |history: &[$float], stack: &[$float]| State {
                history: history.to_vec(),
                x: 0.4,
                inner: Inner { stack: stack.to_vec(), rates: [0.3, -0.2] },
                steps: 1,
            };
            let (full, empty) = (state(&[0.7], &[0.2, 0.3]), state(&[], &[]));
            for n in [0, 1, 2, 7] {
                check_at!(remembered, &full, n);
                check_at!(remembered, &empty, n);
            }
            let states = vec![full.clone(), full];
            for n in [0, 1, 3] {
                check_at!(of_elements, &states, n);
            }
        };
    }
    states!(f32);
    states!(f64);
}
