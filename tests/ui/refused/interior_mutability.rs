//! An active value stored behind a `RefCell`.

use autodiff_runtime::differentiate;

use std::cell::RefCell;

#[differentiate]
fn f(x: f64, #[constant] log: &RefCell<Vec<f64>>) -> f64 {
    log.borrow_mut().push(x);
    let last: f64 = log.borrow()[0];
    last * x
}

fn main() {}
