//! Iterators and methods of a type of the user's own, which is indexed like a slice.

use autodiff_runtime::{Differentiable, differentiate};
use std::ops::{Index, IndexMut};

#[derive(Clone, Differentiable)]
struct Doubled {
    values: Vec<f64>,
}

impl Doubled {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn iter(&self) -> impl Iterator<Item = f64> {
        self.values.iter().map(|v| 2.0 * v)
    }

    fn first(&self) -> Option<f64> {
        self.iter().next()
    }
}

impl Index<usize> for Doubled {
    type Output = f64;

    fn index(&self, i: usize) -> &f64 {
        &self.values[i]
    }
}

impl IndexMut<usize> for Doubled {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        &mut self.values[i]
    }
}

#[derive(Clone, Differentiable)]
struct Model {
    weights: Doubled,
}

#[differentiate]
fn iterated(m: &Model) -> f64 {
    m.weights.iter().sum()
}

#[differentiate]
fn looked_at(m: &Doubled) -> f64 {
    m.first().unwrap()
}

fn main() {}
