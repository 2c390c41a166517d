//! A rule has the signature of `vjp_into`.

use autodiff_runtime::differentiate;

#[differentiate(vjp = f_vjp, jvp = f_jvp)]
fn f(x: &[f64], y: f64) -> f64 {
    x[0] * y
}

fn f_vjp(x: &[f64], y: f64, seed: f64, x_bar: &mut [f64]) -> f64 {
    x_bar[0] += seed * y;
    x[0] * y
}

fn f_jvp(x: &[f64], y: f64, x_dot: &[f64], y_dot: f64) -> (f64, f64) {
    (x[0] * y, x_dot[0] * y + x[0] * y_dot)
}

fn main() {}
