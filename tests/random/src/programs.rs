//! What the build script wrote.
#![allow(unused, unused_comparisons, non_snake_case, clippy::all, reason = "programs that nobody wrote")]

use std::iter::{Product, Sum};

use autodiff_runtime::{Constant, Differentiable, Real, differentiate};
use num_traits::{Float, FloatConst, NumAssign};

use crate::Case;
use crate::flat::{Reader, numbers};

const DAMPING: f64 = 0.45;

static TABLE: [f64; 3] = [0.3, -0.75, 1.25];

/// What is no number and a constant of the structs that have it.
#[derive(Clone, Copy, Debug, PartialEq, Constant)]
enum Choice {
    Low,
    High,
    Power(i32),
}

include!(concat!(env!("OUT_DIR"), "/programs.rs"));
