//! The residuals of calls. The outermost call owns one [`Tape`]; `__forward` of every function below it pushes what its
//! `__reverse` pops, so that recursion needs no types that contain themselves.

use alloc::boxed::Box;
use core::any::Any;

use super::generic::Generic;
use super::stack::Stack;
use crate::differentiable::{Argument, Differentiable};

/// One stack per kind of residual.
#[derive(Debug, Default)]
pub struct Tape {
    f64s: Stack<f64>,
    f32s: Stack<f32>,
    words: Stack<u64>,
    copies: Stack<Box<dyn Any>>,
}

impl Tape {
    /// An empty tape; allocates nothing.
    #[inline]
    pub const fn new() -> Self {
        Self { f64s: Stack::new(), f32s: Stack::new(), words: Stack::new(), copies: Stack::new() }
    }

    /// Saves an `f64`.
    #[inline(always)]
    pub fn push_f64(&mut self, value: f64) {
        self.f64s.push(value);
    }

    /// Takes back an `f64`.
    #[inline(always)]
    pub fn pop_f64(&mut self) -> f64 {
        self.f64s.pop()
    }

    /// Saves an `f32`.
    #[inline(always)]
    pub fn push_f32(&mut self, value: f32) {
        self.f32s.push(value);
    }

    /// Takes back an `f32`.
    #[inline(always)]
    pub fn pop_f32(&mut self) -> f32 {
        self.f32s.pop()
    }

    /// Saves a value of the type of a type parameter, on the stack of that type: its bits are kept.
    #[inline(always)]
    pub fn push_float<T: Generic>(&mut self, value: T) {
        value.__push(self);
    }

    /// Takes back a value of the type of a type parameter.
    #[inline(always)]
    pub fn pop_float<T: Generic>(&mut self) -> T {
        T::__pop(self)
    }

    /// Saves every float of `x`.
    pub fn save<X: Argument + ?Sized>(&mut self, x: &X) {
        self.f64s.save(x);
    }

    /// Takes back every float of `x`.
    pub fn restore<X: Differentiable>(&mut self, x: &mut X) {
        self.f64s.restore(x);
    }

    /// Saves a copy of `x`, whatever it is.
    pub fn push_copy<X: Clone + 'static>(&mut self, x: &X) {
        self.copies.push(Box::new(x.clone()));
    }

    /// Takes back what was saved last, to be held by `x`.
    ///
    /// # Panics
    ///
    /// When that is of another type, which generated code never lets happen.
    pub fn pop_copy<X: 'static>(&mut self, x: &mut X) {
        match self.copies.pop().downcast() {
            Ok(copy) => *x = *copy,
            Err(_) => unreachable!("the reverse sweep takes back what the forward sweep saved"),
        }
    }

    /// Takes back what was saved last. The expression is never evaluated: it has the type.
    ///
    /// # Panics
    ///
    /// When that is of another type, which generated code never lets happen.
    pub fn pop_as<X: 'static>(&mut self, _like: impl FnOnce() -> X) -> X {
        match self.copies.pop().downcast() {
            Ok(copy) => *copy,
            Err(_) => unreachable!("the reverse sweep takes back what the forward sweep saved"),
        }
    }

    /// Saves an integer, `bool` or `char`.
    #[inline(always)]
    pub fn push_word<W: Word>(&mut self, word: W) {
        word.save(&mut self.words);
    }

    /// Takes back an integer, `bool` or `char` of the type that was pushed.
    #[inline(always)]
    pub fn pop_word<W: Word>(&mut self) -> W {
        W::restore(&mut self.words)
    }

    /// Whether everything that was saved was taken back.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.f64s.is_empty() && self.f32s.is_empty() && self.words.is_empty() && self.copies.is_empty()
    }
}

/// A value of any type, in an expression that is never evaluated.
#[cold]
pub fn never<X>() -> X {
    unreachable!("an expression that is there for its type")
}

/// A value that is saved as one or two 64-bit words.
pub trait Word: Copy {
    /// Pushes the words.
    fn save(self, words: &mut Stack<u64>);
    /// Pops the words.
    fn restore(words: &mut Stack<u64>) -> Self;
}

macro_rules! word {
    ($($integer:ty),+) => { $(
        impl Word for $integer {
            #[inline(always)]
            fn save(self, words: &mut Stack<u64>) {
                words.push(self as u64);
            }

            // The upper bits are the sign extension that `save` made.
            #[inline(always)]
            fn restore(words: &mut Stack<u64>) -> Self {
                words.pop() as $integer
            }
        }
    )+ };
}

word!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

macro_rules! double_word {
    ($($integer:ty),+) => { $(
        impl Word for $integer {
            #[inline(always)]
            fn save(self, words: &mut Stack<u64>) {
                words.push((self >> 64) as u64);
                words.push(self as u64);
            }

            #[inline(always)]
            fn restore(words: &mut Stack<u64>) -> Self {
                let low = words.pop() as $integer;
                ((words.pop() as $integer) << 64) | low
            }
        }
    )+ };
}

double_word!(i128, u128);

impl Word for bool {
    #[inline(always)]
    fn save(self, words: &mut Stack<u64>) {
        words.push(u64::from(self));
    }

    #[inline(always)]
    fn restore(words: &mut Stack<u64>) -> Self {
        words.pop() != 0
    }
}

impl Word for char {
    #[inline(always)]
    fn save(self, words: &mut Stack<u64>) {
        words.push(u64::from(self));
    }

    #[inline(always)]
    fn restore(words: &mut Stack<u64>) -> Self {
        char::from_u32(words.pop() as u32).expect("a word that was saved as a `char`: else this is a bug in autodiff")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back() {
        let mut tape = Tape::new();
        tape.push_word(-3_i8);
        tape.push_word(i128::MIN + 5);
        tape.push_word(u128::MAX - 7);
        tape.push_word('é');
        tape.push_f64(0.1);
        tape.push_word(true);
        tape.push_f32(0.2);
        tape.push_word(usize::MAX);
        tape.push_word(i64::MIN);
        assert_eq!((tape.pop_f32(), tape.pop_f64()), (0.2, 0.1));
        assert_eq!((tape.pop_word(), tape.pop_word(), tape.pop_word()), (i64::MIN, usize::MAX, true));
        assert_eq!((tape.pop_word(), tape.pop_word()), ('é', u128::MAX - 7));
        assert_eq!((tape.pop_word(), tape.pop_word()), (i128::MIN + 5, -3_i8));
        assert!(tape.is_empty());
    }

    #[test]
    fn copies_of_anything_come_back() {
        let mut tape = Tape::new();
        tape.push_copy(&(1.0, [2_u8]));
        tape.push_copy(&alloc::vec!["a"]);
        let (mut list, mut pair) = (alloc::vec![""], (0.0, [0_u8]));
        tape.pop_copy(&mut list);
        tape.pop_copy(&mut pair);
        assert_eq!((list.as_slice(), pair), (&["a"][..], (1.0, [2])));
        tape.push_copy(&alloc::vec![1.5]);
        assert_eq!(tape.pop_as(|| alloc::vec![never::<f64>(); 0]), [1.5]);
        assert!(tape.is_empty());
    }
}
