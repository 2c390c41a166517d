//! The compiler behind `#[differentiate]`.

mod codegen;
mod dump;
mod ir;
mod rules;
mod signature;
