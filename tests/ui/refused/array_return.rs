//! An array as result that is made in a branch.
use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, twice: bool) -> Vec<f64> {
    if twice { vec![x, x] } else { vec![x] }
}

fn main() {}
