//! Active values through text, bytes and orders.

use std::fmt::Write;

use autodiff_runtime::differentiate;

#[differentiate]
fn written(x: f64) -> f64 {
    let mut s = String::new();
    write!(s, "{x}").unwrap();
    let y: f64 = s.parse().unwrap();
    y * x
}

#[differentiate]
fn pushed(x: f64) -> f64 {
    let mut s = String::new();
    s.push_str(&x.to_string());
    let y: f64 = s.parse().unwrap();
    y * x
}

#[differentiate]
fn bytes(x: f64) -> f64 {
    f64::from_le_bytes(x.to_le_bytes()) * x
}

#[differentiate]
fn sorted(x: f64) -> f64 {
    let mut v = vec![x * x, x, 0.1];
    v.sort_by_key(|a| a.to_bits());
    v[0] * x
}

#[differentiate]
fn order(x: f64) -> f64 {
    let k = x.total_cmp(&0.5) as i32;
    x * f64::from(k)
}

#[differentiate]
fn debugged(x: f64) -> f64 {
    dbg!(x * x) * x
}

#[differentiate]
fn summed(x: f64) -> f64 {
    [x, x].into_iter().sum::<Total>().0 * x
}

struct Total(f64);

impl std::iter::Sum<f64> for Total {
    fn sum<I: Iterator<Item = f64>>(iter: I) -> Total {
        Total(2.0 * iter.sum::<f64>())
    }
}

fn main() {}
