//! Variables that get a value in an assertion, or not in every case.

use autodiff_runtime::differentiate;

#[differentiate]
fn asserted(x: f64) -> f64 {
    let y;
    assert!({
        y = x;
        true
    });
    y
}

#[differentiate]
fn sometimes(x: f64, c: bool) -> f64 {
    let y;
    if c {
        y = x;
    }
    y
}

#[differentiate]
fn printed(x: f64) -> f64 {
    let mut y = x;
    println!("{}", {
        y *= 2.0;
        y
    });
    y
}

fn count(n: usize) -> usize {
    n
}

#[differentiate]
fn items(x: f64) -> f64 {
    let k = count({
        const TWO: usize = 2;
        fn two() -> usize {
            TWO
        }
        two()
    });
    x * k as f64
}

fn main() {}
