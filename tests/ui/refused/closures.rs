//! Closures that are more than a function of their arguments and of what is around them.

use autodiff_runtime::differentiate;

#[differentiate]
fn counting(x: f64) -> f64 {
    let mut calls = 0.0;
    let mut next = move |v: f64| {
        calls += 1.0;
        v * calls
    };
    next(x) + next(x)
}

#[differentiate]
fn hidden(x: f64) -> f64 {
    let mut sum = 0.0;
    let mut add = |v: f64| sum += v;
    {
        let sum = x * x;
        add(sum);
    }
    sum
}

#[differentiate]
fn asynchronous(x: f64) -> f64 {
    let later = async |v: f64| v * v;
    drop(later);
    x
}

#[differentiate]
fn one_calls_the_next(x: f64) -> f64 {
    let a = |v: f64| v.sin() + v * v;
    let b = |v: f64| a(a(a(a(a(v)))));
    let c = |v: f64| b(b(b(b(b(v)))));
    let d = |v: f64| c(c(c(c(c(v)))));
    let e = |v: f64| d(d(d(d(d(v)))));
    let f = |v: f64| e(e(e(e(e(v)))));
    f(f(x))
}

fn main() {}
