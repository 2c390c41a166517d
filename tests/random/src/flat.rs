//! Between flat lists of numbers and arguments.

use autodiff_runtime::{Differentiable, Scalar};

/// Takes numbers from the front of a list.
pub(crate) struct Reader<'a> {
    numbers: &'a [f64],
    /// What to go on with at the end.
    then: Option<f64>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(numbers: &'a [f64]) -> Self {
        Self { numbers, then: None }
    }

    pub(crate) fn zeros() -> Self {
        Self { numbers: &[], then: Some(0.0) }
    }

    /// `value` with its floats from the list.
    pub(crate) fn read<A: Differentiable>(&mut self, mut value: A) -> A {
        value.for_each_mut(|x| *x = Scalar::from_double(self.next()));
        value
    }

    fn next(&mut self) -> f64 {
        match self.numbers.split_first() {
            Some((first, rest)) => {
                self.numbers = rest;
                *first
            }
            None => self.then.expect("the list has a number for every float"),
        }
    }
}

/// Appends the floats of `value`.
pub(crate) fn flatten<A: Differentiable>(value: &A, numbers: &mut Vec<f64>) {
    value.for_each(|x| numbers.push(x.to_double()));
}

/// The floats of the values, as one list.
macro_rules! numbers {
    ($($value:expr),*) => {{
        let mut numbers = Vec::new();
        $($crate::flat::flatten($value, &mut numbers);)*
        numbers
    }};
}

pub(crate) use numbers;
