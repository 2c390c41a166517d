//! Differentiated functions of another crate, for the tests of calls.
//!
//! A module of its own for each thing that matters to a caller: where a function is, what it takes, who may see it.
//!
//! One `use` imports a function and its derivatives:
//!
//! ```
//! use autodiff_tests::library::dot;
//!
//! assert_eq!(dot(&[1.0, 2.0], &[3.0, 4.0]), 11.0);
//! assert_eq!(dot::grad(&[1.0, 2.0], &[3.0, 4.0]), (vec![3.0, 4.0], vec![1.0, 2.0]));
//! ```
//!
//! and the attribute works inside the body of a function, which is what a doctest is:
//!
//! ```
//! use autodiff_runtime::differentiate;
//!
//! #[differentiate]
//! fn cube(x: f64) -> f64 {
//!     x * x * x
//! }
//! assert_eq!(cube::grad(2.0), 12.0);
//! ```

pub mod network;
pub mod observed;
pub mod rules;

use autodiff_runtime::differentiate;

/// `Σ x_i y_i`, over the shorter of the two.
#[differentiate]
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    let n = if x.len() < y.len() { x.len() } else { y.len() };
    let mut sum = 0.0;
    for i in 0..n {
        sum += x[i] * y[i];
    }
    sum
}

/// `scale (x − y)²`.
#[differentiate]
pub fn squared_distance(x: f64, y: f64, #[constant] scale: f64) -> f64 {
    let difference = x - y;
    scale * difference * difference
}

/// The product and the quotient.
#[differentiate]
pub fn product_and_quotient(x: f64, y: f64) -> (f64, f64) {
    (x * y, x / y)
}
