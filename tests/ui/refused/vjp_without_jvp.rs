//! Both modes have their rule.

use autodiff_runtime::differentiate;

#[differentiate(vjp = f_vjp)]
fn f(x: &[f64]) -> f64 {
    x[0]
}

#[differentiate(jvp = g_jvp)]
fn g(x: &[f64]) -> f64 {
    x[0]
}

fn main() {}
