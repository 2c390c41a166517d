//! Operators, conversions and methods of a type of the user's own, called like those of numbers.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Length {
    metres: f64,
}

impl std::ops::Mul for Length {
    type Output = f64;

    fn mul(self, other: Length) -> f64 {
        2.0 * self.metres * other.metres
    }
}

impl From<Length> for f64 {
    fn from(length: Length) -> f64 {
        3.0 * length.metres
    }
}

impl Length {
    fn abs(&self) -> f64 {
        4.0 * self.metres
    }

    fn map(self, f: impl Fn(f64) -> f64) -> f64 {
        f(2.0 * self.metres)
    }
}

#[differentiate]
fn area(l: Length) -> f64 {
    let area: f64 = l * l;
    area
}

#[differentiate]
fn converted(l: Length) -> f64 {
    let y: f64 = l.into();
    y * y
}

#[differentiate]
fn absolute(l: Length) -> f64 {
    l.abs()
}

#[differentiate]
fn mapped(x: f64) -> f64 {
    let l = Length { metres: x };
    l.map(|v| v * x)
}

fn main() {}
