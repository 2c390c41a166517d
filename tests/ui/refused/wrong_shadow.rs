//! A shadow of the wrong type.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64], b: f64) -> f64 {
    x[0] * b
}

fn main() {
    let mut x_bar = vec![0.0_f32; 1];
    let mut b_bar = 0.0;
    f::grad_into(&[1.0], 2.0, &mut x_bar, &mut b_bar);
}
