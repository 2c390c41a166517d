//! Shared code of the integration tests and the benchmark.

pub mod paired;
pub mod problems;
