//! Types, traits, modules, functions and macros of the user's that shadow what generated code relies on.

#![allow(dead_code, non_camel_case_types, unused_macros)]

use autodiff_runtime::differentiate;

struct Some;
struct None;
struct Vec;
struct Option;
struct Result;
struct Ok;
struct Err;
struct Box;
struct String;
struct Default;
struct Clone;
struct Copy;
struct Trace;
struct Tape;
struct Off;
struct Real;
struct Scalar;

mod core {}
mod std {}
mod alloc {}
mod rt {}
mod __private {}

trait Into {}
trait Fn {}
trait FnOnce {}
trait Drop {}
trait Iterator {}

fn drop() {}
fn constant() {}
fn zeros() {}
fn grad() {}
fn vjp() {}
fn same_function() {}

macro_rules! vec {
    ($($x:tt)*) => {
        compile_error!("generated code uses the user's `vec!`")
    };
}
macro_rules! assert {
    ($($x:tt)*) => {
        compile_error!("generated code uses the user's `assert!`")
    };
}
macro_rules! panic {
    ($($x:tt)*) => {
        compile_error!("generated code uses the user's `panic!`")
    };
}

#[differentiate]
fn dot(x: &[f64], y: &[f64; 2], #[constant] scale: f32) -> f64 {
    let mut s = 0.0;
    let mut a = [0.0; 2];
    for i in 0..x.len() {
        a[i % 2] += x[i] * y[i];
        s = s * a[0] + a[1];
    }
    if s > 0.0 { s * scale as f64 } else { s }
}

#[differentiate]
fn caller(x: &[f64], y: f64) -> (f64, usize) {
    let z: f64 = dot(x, &[y, 1.0], 0.5);
    (z * z, x.len())
}

fn main() {
    // s = (x0 y0) x0 y0 … by hand: after i = 0: a = [4, 0], s = 0; after i = 1: a = [4, 3], s = 3.
    let (value, (x_bar, y_bar)) = dot::value_and_grad(&[2.0, 3.0], &[2.0, 1.0], 2.0);
    assert_eq!(value, 6.0);
    assert_eq!((x_bar[0], x_bar[1], y_bar), (0.0, 2.0, [0.0, 6.0]));
    assert_eq!(caller::vjp(&[2.0, 3.0], 2.0, (1.0, ())).0, (2.25, 2));
    assert_eq!(caller::jvp(&[2.0, 3.0], 2.0, &[0.0, 1.0], 0.0), ((2.25, 2), (1.5, ())));
    let _ = dot::trace(&[2.0, 3.0], &[2.0, 1.0], 2.0);
}
