//! A stack of saved values: what the forward sweep pushes, the reverse sweep pops.

use alloc::vec::Vec;

use super::generic::Generic;
use crate::differentiable::{Argument, Differentiable, Scalar, Visitor, VisitorMut};

/// A stack of residuals of one type.
#[derive(Clone, Debug)]
pub struct Stack<T> {
    items: Vec<T>,
}

impl<T> Default for Stack<T> {
    #[inline]
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T> Stack<T> {
    /// An empty stack; allocates nothing.
    #[inline]
    pub const fn new() -> Self {
        Self { items: Vec::new() }
    }

    /// An empty stack with room for `capacity` values.
    #[inline]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { items: Vec::with_capacity(capacity) }
    }

    /// Makes room for `additional` more values.
    #[inline]
    pub fn reserve(&mut self, additional: usize) {
        self.items.reserve(additional);
    }

    /// Saves `value`.
    #[inline(always)]
    pub fn push(&mut self, value: T) {
        self.items.push(value);
    }

    /// Takes back what was saved last.
    ///
    /// # Panics
    ///
    /// When the stack is empty, which generated code never does.
    #[inline(always)]
    pub fn pop(&mut self) -> T {
        match self.items.pop() {
            Some(value) => value,
            None => empty(),
        }
    }

    /// Saves a copy of `x`, whatever it is.
    #[inline]
    pub fn push_copy(&mut self, x: &T)
    where
        T: Clone,
    {
        self.push(x.clone());
    }

    /// Takes back what was saved last, to be held by `x`.
    ///
    /// # Panics
    ///
    /// When the stack is empty, which generated code never does.
    #[inline]
    pub fn pop_copy(&mut self, x: &mut T) {
        *x = self.pop();
    }

    /// Saves every float of `x`.
    pub fn save<X: Argument + ?Sized>(&mut self, x: &X)
    where
        T: Generic,
    {
        x.visit_floats(&mut Save { items: &mut self.items });
    }

    /// Takes back every float of `x`, as [`save`](Stack::save) left them for a value of the same shape.
    ///
    /// # Panics
    ///
    /// When the stack has fewer values, which generated code never lets happen.
    pub fn restore<X: Differentiable>(&mut self, x: &mut X)
    where
        T: Generic,
    {
        let Some(first) = self.items.len().checked_sub(x.flat_len()) else { empty() };
        x.visit_mut(&mut Restore { items: self.items[first..].iter() });
        self.items.truncate(first);
    }

    /// The number of saved values.
    #[inline]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing is saved.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// Pushes floats. An `f32` on a stack of `f64`s keeps its value exactly.
struct Save<'a, T> {
    items: &'a mut Vec<T>,
}

impl<T: Generic> Visitor for Save<'_, T> {
    #[inline(always)]
    fn scalar<S: Scalar>(&mut self, x: &S) {
        self.items.push(T::__from_f64(x.to_double()));
    }
}

/// Takes floats back, in the order in which they were pushed.
struct Restore<'a, T> {
    items: core::slice::Iter<'a, T>,
}

impl<T: Generic> VisitorMut for Restore<'_, T> {
    #[inline(always)]
    fn scalar_mut<S: Scalar>(&mut self, x: &mut S) {
        if let Some(item) = self.items.next() {
            *x = S::from_double(item.__to_f64());
        }
    }
}

#[cold]
#[inline(never)]
fn empty() -> ! {
    panic!(
        "the reverse sweep took more values than the forward sweep saved: this is a bug in autodiff, please report it"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_in_first_out() {
        let mut stack = Stack::with_capacity(1);
        stack.push(1.0);
        stack.push(2.0);
        assert_eq!((stack.pop(), stack.len(), stack.pop(), stack.is_empty()), (2.0, 1, 1.0, true));
    }

    #[test]
    fn a_whole_value_comes_back() {
        let mut stack: Stack<f64> = Stack::new();
        stack.push(7.0);
        stack.save(&[1.0, 2.0][..]);
        stack.save(&(3.0_f32, [4.0, 5.0]));
        let (mut pair, mut list) = ((0.0_f32, [0.0_f64; 2]), alloc::vec![0.0; 2]);
        stack.restore(&mut pair);
        stack.restore(&mut list);
        assert_eq!((pair, list.as_slice(), stack.pop()), ((3.0, [4.0, 5.0]), &[1.0, 2.0][..], 7.0));
    }

    #[test]
    #[should_panic(expected = "this is a bug in autodiff")]
    fn a_whole_value_needs_its_floats() {
        Stack::<f64>::new().restore(&mut [0.0; 2]);
    }

    #[test]
    #[should_panic(expected = "this is a bug in autodiff")]
    fn an_empty_stack_says_whose_fault_it_is() {
        Stack::<f64>::new().pop();
    }
}
