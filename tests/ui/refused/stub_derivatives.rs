//! A mistake in one function gives one error: its derivatives keep their types, for callers and for the editor.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(w: &[f64], #[constant] x: f64, b: f64) -> f64 {
    let mut s = b;
    for v in w.rchunks(2) {
        s += v[0] * x;
    }
    s
}

#[differentiate]
fn caller(x: f64) -> f64 {
    let y: f64 = f(&[1.0, 2.0], 3.0, x);
    y * x
}

fn main() {
    let (value, (w_bar, b_bar)): (f64, (Vec<f64>, f64)) = f::value_and_grad(&[1.0], 2.0, 3.0);
    let mut shadow = vec![0.0; w_bar.len()];
    f::grad_into(&[1.0], 2.0, value, &mut shadow, &mut 0.0);
    let (_, y_dot): (f64, f64) = f::jvp(&[1.0], 2.0, b_bar, &[1.0], 1.0);
    println!("{y_dot} {} {}", f::trace(&[1.0], 2.0, 3.0), caller::grad(1.0));
}
