//! A type that dereferences to one whose method is differentiated, and has a method of its own of that name.

use std::ops::Deref;

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Differentiable)]
struct Inner {
    w: f64,
}

#[differentiate]
impl Inner {
    fn predict(&self, x: f64) -> f64 {
        self.w * x
    }
}

#[derive(Differentiable)]
struct Outer {
    inner: Inner,
}

impl Outer {
    fn predict(&self, x: f64) -> f64 {
        self.inner.w - x
    }
}

impl Deref for Outer {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

#[differentiate]
fn f(outer: &Outer, x: f64) -> f64 {
    outer.predict(x)
}

fn main() {}
