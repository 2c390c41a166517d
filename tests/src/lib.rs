//! Shared code of the integration tests and the benchmark.

pub mod nist;
pub mod paired;
pub mod problems;
