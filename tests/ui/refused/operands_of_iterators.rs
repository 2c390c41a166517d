//! What the methods of iterators are given.

use autodiff_runtime::differentiate;

#[differentiate]
fn array_as_state(x: &[f64]) -> f64 {
    x.iter().scan([0.0; 2], |s, v| Some(s[0] * v)).sum()
}

#[differentiate]
fn function_of_a_state(x: &[f64]) -> f64 {
    x.iter().scan(0.0, running).sum()
}

fn running(state: &mut f64, v: &f64) -> Option<f64> {
    *state += v;
    Some(*state)
}

#[differentiate]
fn option_made_elsewhere(x: &[f64]) -> f64 {
    x.iter().enumerate().filter_map(|(i, _)| index(i)).map(|k| x[k]).sum()
}

fn index(i: usize) -> Option<usize> {
    (i > 0).then_some(i)
}

#[differentiate]
fn types_that_do_not_show(x: &[f64]) -> f64 {
    let (a, b) = x.iter().map(|v| (v * v, v + 1.0)).unzip();
    let (a, b): (Vec<f64>, Vec<f64>) = (a, b);
    a[0] * b[0]
}

#[differentiate]
fn empty_parts(x: &[f64]) -> f64 {
    x.chunks(0).map(|c| c[0]).sum()
}

#[differentiate]
fn passed_on(x: &[f64]) -> f64 {
    total(x.iter())
}

fn total<'x>(x: impl Iterator<Item = &'x f64>) -> f64 {
    x.sum()
}

#[differentiate]
fn rows(x: &[[f64; 2]]) -> f64 {
    x.iter().copied().reduce(|a, b| [a[0] + b[0], a[1] * b[1]]).unwrap()[0]
}

#[differentiate]
fn successive(x: f64) -> f64 {
    std::iter::successors(Some(x), |v| Some(v * 0.5)).take(4).sum()
}

fn main() {}
