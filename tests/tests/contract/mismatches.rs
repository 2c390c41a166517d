//! Shadows and tangents of the wrong shape: a panic on entry that names both shapes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use autodiff_runtime::{Differentiable, differentiate};
use autodiff_tests::library::observed::{tick, ticks};

#[differentiate]
fn loss(w: &[f64], rows: &[Vec<f64>]) -> f64 {
    let mut s = 0.0;
    for i in 0..w.len() {
        let k = tick(i);
        s += w[k] * rows[k][0];
    }
    s
}

#[derive(Clone, Differentiable)]
struct Model {
    bias: Vec<f64>,
}

#[differentiate]
fn score(p: &Model) -> f64 {
    p.bias[tick(0)]
}

/// The message of the panic, before which the function did not run.
fn message<R>(f: impl FnOnce() -> R) -> String {
    let mut message = String::new();
    let ran = ticks(|| {
        let panic = catch_unwind(AssertUnwindSafe(f)).err().expect("shapes differ");
        message = panic.downcast_ref::<String>().expect("a formatted message").clone();
    });
    assert_eq!(ran, 0, "the function ran before its shapes were checked: {message}");
    message
}

fn assert_names(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
}

const W: [f64; 3] = [1.0, 2.0, 3.0];

fn rows() -> Vec<Vec<f64>> {
    vec![vec![1.0; 4]; 3]
}

#[test]
fn shadows() {
    let rows = rows();
    let wrong_w = message(|| loss::grad_into(&W, &rows, &mut [0.0; 2], &mut rows.clone()));
    assert_names(&wrong_w, &["`w`", "3", "2"]);
    let wrong_row = message(|| {
        let mut shadow = rows.clone();
        shadow[2].push(0.0);
        loss::vjp_into(&W, &rows, 1.0, &mut [0.0; 3], &mut shadow)
    });
    assert_names(&wrong_row, &["`rows`", "4", "5"]);
}

#[test]
fn tangents() {
    let rows = rows();
    assert_names(&message(|| loss::jvp(&W, &rows, &[0.0; 5], &rows)), &["`w`", "3", "5"]);
    assert_names(&message(|| loss::jvp(&W, &rows, &W, &rows[..2])), &["`rows`", "3", "2"]);
}

#[test]
fn structs() {
    let p = Model { bias: vec![1.0; 6] };
    let mut shadow = Model { bias: vec![0.0; 7] };
    assert_names(&message(|| score::grad_into(&p, &mut shadow)), &["`p`", "6", "7"]);
    assert_names(&message(|| score::jvp(&p, &shadow)), &["`p`", "6", "7"]);
}
