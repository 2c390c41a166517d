//! Methods of slices whose operand is no array.
use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: [f64; 2]) -> f64 {
    let mut a = x;
    a.copy_from_slice(std::slice::from_ref(&x[0]));
    a[0]
}

#[differentiate]
fn g(x: &[f64]) -> f64 {
    x.swap(0, 1);
    x[0]
}

fn main() {}
