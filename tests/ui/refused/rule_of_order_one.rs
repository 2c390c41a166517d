//! Second derivatives take partial derivatives that are differentiated.

use autodiff_runtime::differentiate;

#[differentiate(order = 2, partials(dx))]
fn f(x: f64) -> f64 {
    x * x
}

fn dx(x: f64) -> f64 {
    2.0 * x
}

fn main() {
    f::hessian(1.0);
}
