//! Active values captured by closures that are passed on, called elsewhere or run in threads.

use std::cell::Cell;

use autodiff_runtime::differentiate;

fn apply(g: impl Fn(f64) -> f64) -> f64 {
    g(2.0)
}

fn apply_boxed(g: &dyn Fn(f64) -> f64) -> f64 {
    g(2.0)
}

fn apply_pair<F: Fn(f64) -> f64>(pair: (F, f64)) -> f64 {
    (pair.0)(pair.1)
}

#[differentiate]
fn passed(x: f64) -> f64 {
    apply(|v| v * x)
}

#[differentiate]
fn by_reference(x: f64) -> f64 {
    apply_boxed(&|v| v * x)
}

#[differentiate]
fn in_a_tuple(x: f64) -> f64 {
    apply_pair((|v| v * x, 2.0))
}

#[differentiate]
fn in_an_option(x: f64) -> f64 {
    let g = Some(|v: f64| v * x);
    (g.unwrap())(2.0)
}

#[differentiate]
fn scoped(x: f64) -> f64 {
    std::thread::scope(|s| s.spawn(|| x * x).join().unwrap()) * x
}

#[differentiate]
fn caught(x: f64) -> f64 {
    std::panic::catch_unwind(|| x * x).unwrap() * x
}

#[differentiate]
fn through_a_cell(x: f64) -> f64 {
    let cell = Cell::new(0.0);
    let keep = |v: f64| cell.set(v);
    keep(x);
    cell.get() * x
}

#[differentiate]
fn behind_any(x: f64) -> f64 {
    let any: &dyn std::any::Any = &x;
    *any.downcast_ref::<f64>().unwrap() * x
}

#[differentiate]
fn behind_an_iterator(x: f64) -> f64 {
    let v = [x, x * x];
    let it: Box<dyn Iterator<Item = f64>> = Box::new(v.into_iter());
    it.sum::<f64>() * x
}

fn main() {}
