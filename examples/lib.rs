//! What the examples share: the data sets and the pictures.

pub mod datasets;
pub mod figures;
