//! Programs on which tools for automatic differentiation have been seen to answer wrongly without a word, and their
//! near relatives. Every one is checked in `f32` and `f64`, against a gradient derived on paper, in all modes.
//!
//! The functions are written as users write them, which includes what a lint would rather not see.

mod arrays;
mod branches;
mod calls;
mod casts;
mod hidden;
mod integers;
mod kinks;
mod loops;
mod operators;
mod scopes;
mod state;

/// Instantiates a file's tests, a macro of one float type, in both.
macro_rules! in_both_precisions {
    ($tests:ident) => {
        mod double {
            $tests!(f64);
        }
        mod single {
            $tests!(f32);
        }
    };
}
use in_both_precisions;
