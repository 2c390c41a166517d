//! Methods of collections and iterators that are not modelled.

use std::collections::VecDeque;

use autodiff_runtime::differentiate;
use num_traits::Pow;

#[differentiate]
fn queue(x: f64) -> f64 {
    let mut q = VecDeque::new();
    q.push_back(x * x);
    let y: f64 = q[0];
    y
}

#[differentiate]
fn parts(x: &[f64]) -> f64 {
    x.split(|v| *v < 0.0).map(|part| part[0]).sum()
}

#[differentiate]
fn two_lists(x: &[f64]) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = x.iter().partition(|v| **v > 0.0);
    a[0] * b[0]
}

#[differentiate]
fn borrowed(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let a: f64 = it.by_ref().take(2).sum();
    a * it.sum::<f64>()
}

#[differentiate]
fn by_key(x: &[f64]) -> f64 {
    *x.iter().max_by_key(|v| (**v * 10.0) as i64).unwrap()
}

#[differentiate]
fn drained(x: f64) -> f64 {
    let mut v = vec![x, x * x];
    let s: f64 = v.drain(..).sum();
    s
}

#[differentiate]
fn power(x: f64) -> f64 {
    Pow::pow(x, 2) + x.pow(3)
}

#[differentiate]
fn exchanged(x: f64) -> f64 {
    let mut q = VecDeque::from([1.0, 2.0]);
    q.swap(0, 1);
    q[1] = x;
    let y: f64 = q[0];
    y
}

#[differentiate]
fn joined(x: f64) -> f64 {
    let v = [vec![x], vec![x * x]].concat();
    v[1] * x
}

#[differentiate]
fn converted(x: f64) -> f64 {
    let y: f64 = num_traits::cast(x).unwrap();
    y * x
}

#[differentiate]
fn result(x: f64) -> f64 {
    let r: Result<f64, ()> = Ok(x * x);
    r.unwrap() * x
}

#[differentiate]
fn cell(x: f64) -> f64 {
    let c = std::cell::Cell::new(x * x);
    c.get() * x
}

fn main() {}
