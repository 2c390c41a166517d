//! Active values stored in data of unknown functions.

use autodiff_runtime::differentiate;

struct Log {
    entries: Vec<f64>,
}

impl Log {
    fn new() -> Log {
        Log { entries: Vec::new() }
    }

    fn add(&mut self, x: f64) {
        self.entries.push(x);
    }
}

fn zeros() -> Vec<f64> {
    vec![0.0; 2]
}

#[differentiate]
fn method(x: f64) -> f64 {
    let mut log = Log::new();
    log.add(x);
    let y: f64 = log.entries[0];
    y * x
}

#[differentiate]
fn pushed(x: f64) -> f64 {
    let mut v = zeros();
    v.push(x * x);
    let y: f64 = v[2];
    y * x
}

#[differentiate]
fn element(x: f64) -> f64 {
    let mut v = zeros();
    v[0] = x;
    v[0] * x
}

#[differentiate]
fn captured(x: f64) -> f64 {
    let mut v = zeros();
    let mut keep = |a: f64| v.push(a);
    keep(x);
    let y: f64 = v[2];
    y * x
}

fn main() {}
