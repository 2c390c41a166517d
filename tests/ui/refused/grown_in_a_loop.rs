//! A vector that grows in the loop that it is declared in, where the loop cannot be run again.
use autodiff_runtime::differentiate;

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn f(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        let mut v = Vec::new();
        for k in 0..i {
            v.push(y.sin() * k as f64);
        }
        y = square(y) * v[0] * v[i - 1];
    }
    y
}

fn main() {}
