//! `let … else`.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, n: Option<u32>) -> f64 {
    let Some(n) = n else { panic!("no number") };
    x * n as f64
}

fn main() {}
