//! Several mistakes in one function, one error for each, and none for its callers: the function is usable.

use autodiff_runtime::differentiate;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

#[differentiate]
fn f(x: f64, y: &[f64], n: usize) -> f64 {
    let mut s = x;
    for value in y.rchunks(2) {
        s += value[0];
    }
    let t = square!(x);
    let u = (|v: f64| v * t)(s);
    #[cfg(debug_assertions)]
    let s = s + n as f64;
    let largest: f64 = y.iter().copied().reduce(f64::max).unwrap_or(s);
    let w = unsafe { y.get_unchecked(0) };
    u * largest * w
}

#[differentiate]
fn caller(x: f64) -> f64 {
    x * x
}

fn main() {
    let y: f64 = f(1.0, &[2.0], 3);
    let (value, gradient): (f64, f64) = caller::value_and_grad(y);
    println!("{value} {gradient}");
}
