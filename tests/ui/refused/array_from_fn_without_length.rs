//! An array whose length does not show.

use autodiff_runtime::differentiate;

fn first(v: [f64; 3]) -> f64 {
    v[0]
}

#[differentiate]
fn f(x: f64) -> f64 {
    let v = std::array::from_fn(|i| x * i as f64);
    x * first(v)
}

fn main() {}
