//! A method of `Real` without the bound, and one that `Float` does not have.

use autodiff_runtime::differentiate;

#[differentiate]
fn f<T: num_traits::Float>(x: T) -> T {
    x.sigmoid() + x.midpoint(x)
}

fn main() {}
