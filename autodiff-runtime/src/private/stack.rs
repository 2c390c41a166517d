//! A stack of saved values: what the forward sweep pushes, the reverse sweep pops.

use alloc::vec::Vec;

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

impl<T: Copy> Stack<T> {
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
    #[should_panic(expected = "this is a bug in autodiff")]
    fn an_empty_stack_says_whose_fault_it_is() {
        Stack::<f64>::new().pop();
    }
}
