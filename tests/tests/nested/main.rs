//! Derivatives inside derivatives.

mod arrays;
mod loops;
mod scalars;
mod support;
