//! The contract of `#[differentiate]`, function by function and shape by shape, as a user of the published crates
//! sees it.

mod calls;
mod constants;
mod effects;
mod items;
mod mismatches;
mod several;
mod shapes;
mod structs;
mod tuples;
