//! Several mistakes in one function, one error for each, and none for its callers: the function is usable.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, y: &mut f64, n: usize) -> f64 {
    let mut s = x;
    while s < 10.0 {
        s *= 2.0;
    }
    let t = match n {
        0 => x,
        _ => s,
    };
    let u = (|v: f64| v * t)(s);
    for value in [1.0, 2.0] {
        s += value;
    }
    if u > 0.0 {
        return u;
    }
    *y = s;
    s
}

#[differentiate]
fn caller(x: f64) -> f64 {
    x * x
}

fn main() {
    let y: f64 = f(1.0, &mut 2.0, 3);
    let (value, gradient): (f64, f64) = caller::value_and_grad(y);
    println!("{value} {gradient}");
}
