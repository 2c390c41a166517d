//! Shared code of the integration tests and the benchmarks.

pub mod bench;
pub mod closed_form;
pub mod library;
pub mod paired;
pub mod problems;
