//! The guide: what there is to know beyond the documentation of the items.
//!
//! - [`language`]: what a differentiated function may contain;
//! - [`table`]: the same as a list, each row a test, with every refusal and its message;
//! - [`primitives`]: every primitive, and its derivative at kinks and poles;
//! - [`generated_code`]: how to print and read what the attribute writes.

#[doc = include_str!("language.md")]
pub mod language {}

#[doc = include_str!("table.md")]
pub mod table {}

#[doc = include_str!("primitives.md")]
pub mod primitives {}

#[doc = include_str!("generated_code.md")]
pub mod generated_code {}
