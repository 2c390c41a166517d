//! The compiler behind `#[differentiate]`.

mod ir;
mod rules;
mod signature;
