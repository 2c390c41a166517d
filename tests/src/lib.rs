//! Shared code of the integration tests and the benchmarks.

pub mod bench;
pub mod closed_form;
pub mod compare;
pub mod library;
pub mod nist;
pub mod paired;
pub mod problems;

/// The examples of the readme are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
