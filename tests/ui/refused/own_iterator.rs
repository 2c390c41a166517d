//! An iterator of the user's own.

use autodiff_runtime::differentiate;

struct Halves {
    value: f64,
}

impl Iterator for Halves {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        self.value *= 0.5;
        (self.value > 0.1).then_some(self.value)
    }
}

#[differentiate]
fn chain(x: f64) -> f64 {
    let halves = Halves { value: x };
    halves.map(|v| v * x).sum()
}

#[differentiate]
fn looped(x: f64) -> f64 {
    let mut s = 0.0;
    for v in (Halves { value: x }) {
        s += v;
    }
    s
}

fn main() {}
