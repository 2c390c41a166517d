//! Chains in which the elements depend on those before, where that is in the way.

use autodiff_runtime::differentiate;

#[differentiate]
fn zipped(x: &[f64], y: &[f64]) -> f64 {
    x.iter().filter(|v| **v > 0.0).zip(y.iter().filter(|v| **v > 0.0)).map(|(a, b)| a * b).sum()
}

#[differentiate]
fn repeated(x: &[f64]) -> f64 {
    x.iter().filter(|v| **v > 0.0).cycle().take(3).sum()
}

#[differentiate]
fn reversed(x: &[f64]) -> f64 {
    x.chunks(2).flatten().rev().fold(0.0, |s, v| s * 0.5 + v)
}

#[differentiate]
fn left(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in x.iter().filter(|v| **v > 0.0).chain(y) {
        s += v;
        if s > 1.0 {
            break;
        }
    }
    s
}

#[differentiate]
fn taken(x: &[f64]) -> f64 {
    let mut positive = x.iter().filter(|v| **v > 0.0);
    positive.next().unwrap() * 2.0
}

#[differentiate]
fn assigning(x: &[f64]) -> f64 {
    let mut s = 0.0;
    let first = x
        .iter()
        .map(|v| {
            s += v;
            s
        })
        .next()
        .unwrap();
    first * s
}

#[differentiate]
fn borrowed(x: &[f64]) -> f64 {
    let mut it = x.iter();
    let mut s = 0.0;
    for v in &mut it {
        s += v;
    }
    s
}

fn main() {}
