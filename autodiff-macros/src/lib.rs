//! The compiler behind `#[differentiate]`.
