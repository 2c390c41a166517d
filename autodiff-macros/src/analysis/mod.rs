//! Facts about a function that the transforms rely on.

pub(crate) mod activity;
pub(crate) mod sites;
pub(crate) mod useful;
