//! Vectors assigned, taken and appended as a whole, of which too little is known.

use autodiff_runtime::differentiate;

fn table(n: usize) -> Vec<f64> {
    vec![1.0; n]
}

#[differentiate]
fn behind_a_reference(y: &mut Vec<f64>, x: &[f64]) {
    let v = x.to_vec();
    *y = v;
}

#[differentiate]
fn moved_away(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let w = v;
    v = vec![w[0]; 3];
    v[0] + w[0]
}

#[differentiate]
fn of_a_number(x: f64, w: (f64, f64)) -> f64 {
    let mut v = w;
    v = g(x);
    v.0
}

fn g(x: f64) -> (f64, f64) {
    (x, x)
}

#[differentiate]
fn taken(x: f64) -> f64 {
    let mut v = vec![vec![x; 2]; 2];
    let w = std::mem::take(&mut v);
    w[0][0]
}

#[differentiate]
fn exchanged(x: f64) -> f64 {
    let mut v = [vec![x; 2], vec![1.0]];
    let (a, b) = v.split_at_mut(1);
    std::mem::swap(&mut a[0], &mut b[0]);
    v[0][0]
}

#[differentiate]
fn replaced(x: &[f64], n: usize) -> f64 {
    let mut v = x.to_vec();
    let w = std::mem::replace(&mut v, table(n));
    w[0] * v[0]
}

#[differentiate]
fn appended(x: &[f64], n: usize) -> f64 {
    let mut v = x.to_vec();
    v.extend_from_slice(&table(n));
    v[0]
}

#[differentiate]
fn appended_from_elsewhere(x: &[f64], #[constant] rest: std::vec::IntoIter<f64>) -> f64 {
    let mut v = x.to_vec();
    v.extend(rest);
    v[0]
}

#[differentiate]
fn rows(x: &[f64], y: &[f64], c: bool) -> f64 {
    let (a, b) = (x.to_vec(), y.to_vec());
    let row = if c { &a } else { &b };
    let mut v = Vec::new();
    v.push(row.clone());
    v[0][0]
}

#[differentiate]
fn moved_within(x: f64) -> f64 {
    let mut v = vec![x; 4];
    v.copy_within(middle(), 0);
    v[0]
}

fn middle() -> std::ops::Range<usize> {
    1..3
}

#[differentiate]
fn replaced_by_a_number(x: f64) -> f64 {
    let mut v = vec![x];
    let w = std::mem::replace(&mut v, 2.0);
    w[0]
}

#[differentiate]
fn a_number_for_a_vector(x: f64) -> f64 {
    let mut v = vec![x; 2];
    v = x;
    v[0]
}

fn main() {}
