//! An active value in a `static` behind a lock.

use autodiff_runtime::differentiate;

use std::sync::Mutex;

static TOTAL: Mutex<f64> = Mutex::new(0.0);

#[differentiate]
fn f(x: f64) -> f64 {
    *TOTAL.lock().unwrap() += x;
    let total: f64 = *TOTAL.lock().unwrap();
    total * x
}

fn main() {}
