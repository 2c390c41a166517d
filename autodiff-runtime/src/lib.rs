//! Exact derivatives of ordinary Rust functions.
#![cfg_attr(not(feature = "std"), no_std)]
extern crate alloc;
extern crate self as autodiff_runtime;

mod differentiable;
pub mod optim;
#[cfg(feature = "train")]
pub mod train;

pub use differentiable::{Differentiable, Scalar};
