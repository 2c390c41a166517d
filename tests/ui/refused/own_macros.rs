//! Macros of the user's own that are called like those of the standard library.

use autodiff_runtime::differentiate;

macro_rules! vec {
    ($x:expr; $n:expr) => {
        std::vec![2.0 * $x; $n]
    };
    () => {
        std::vec![[1.0, 1.0]]
    };
}

macro_rules! matches {
    ($x:expr, $pattern:pat) => {{
        $x *= 2.0;
        true
    }};
}

#[differentiate]
fn doubled(x: f64) -> f64 {
    let v = vec![x; 3];
    v[0] * x
}

#[differentiate]
fn changed(x: f64) -> f64 {
    let mut s = x;
    if matches!(s, _) { s * x } else { x }
}

#[differentiate]
fn begun(x: f64) -> f64 {
    let mut rows = vec![];
    rows.push([x, x]);
    rows[0][0]
}

fn main() {}
