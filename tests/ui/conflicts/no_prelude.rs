//! A crate without the prelude and with every lint that people deny: generated code brings its own names, and warns of
//! nothing.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unused,
    nonstandard_style,
    future_incompatible,
    let_underscore,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_lifetimes,
    unused_results,
    unused_import_braces,
    trivial_casts,
    trivial_numeric_casts,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    redundant_lifetimes,
    single_use_lifetimes,
    variant_size_differences,
    meta_variable_misuse
)]

use ::autodiff_runtime::{Differentiable, differentiate};
use ::std::{assert_eq, iter::Iterator, option::Option, vec, vec::Vec};

/// A parameter.
#[derive(Debug, Clone, PartialEq, Differentiable)]
pub struct Model {
    /// Weights.
    pub w: Vec<f64>,
    /// A count.
    pub n: usize,
    label: Option<u8>,
}

/// A function of slices.
#[differentiate]
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * y[i];
    }
    s
}

/// A function of everything.
#[differentiate]
pub fn everything(m: &Model, x: [f64; 2], #[constant] c: f32, k: usize) -> (f64, usize) {
    let mut a = [1.0; 2];
    for i in (0..=k).rev() {
        if x[i] > 0.0 && m.n > i {
            a[i] *= x[i].sin() * m.w[i];
        } else {
            a[i] = a[i] / x[i];
        }
        a[0] += dot(&x, &m.w);
    }
    (a[0] * a[1] * c as f64, k)
}

fn main() {
    let m = Model { w: vec![1.0, 2.0], n: 1, label: Option::None };
    assert_eq!(m.label, Option::None);
    let ((y, k), (m_bar, x_bar)) = everything::vjp(&m, [0.5, -0.25], 2.0, 1, (1.0, ()));
    assert_eq!((y, k), everything(&m, [0.5, -0.25], 2.0, 1));
    let (_, (y_dot, ())) = everything::jvp(&m, [0.5, -0.25], 2.0, 1, &m, [1.0, 1.0]);
    let along = m_bar.w[0] + 2.0 * m_bar.w[1] + x_bar[0] + x_bar[1];
    assert_eq!((y_dot - along).abs() < 1e-12, true);
    assert_eq!(dot::trace(&[1.0], &[2.0]).value(), 2.0);
}
