//! Exact derivatives of ordinary Rust functions.
#![cfg_attr(not(feature = "std"), no_std)]
extern crate self as autodiff_runtime;
