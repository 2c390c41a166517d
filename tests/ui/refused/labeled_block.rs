//! A labeled block.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let y = 'a: {
        if x > 0.0 {
            break 'a x;
        }
        x * x
    };
    y + 1.0
}

fn main() {}
