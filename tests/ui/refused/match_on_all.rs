//! A choice by all of what is differentiated: an enum that is not marked as constant.

use autodiff_runtime::{Constant, differentiate};

#[derive(Clone, Copy, Constant)]
enum Kind {
    Tanh,
    Power(i32),
}

#[differentiate]
impl Kind {
    fn apply(&self, x: f64) -> f64 {
        match self {
            Kind::Tanh => x.tanh(),
            Self::Power(n) => x.powi(*n),
        }
    }

    fn slope(self, x: f64) -> f64 {
        let Kind::Power(n) = self else { return x };
        if let Kind::Tanh = &self { x } else { x.powi(n - 1) }
    }
}

fn main() {}
