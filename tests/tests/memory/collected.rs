//! Vectors of vectors, of arrays and of tuples that chains are collected into.

use std::iter::Sum;

use autodiff_runtime::differentiate;
use num_traits::Float;

use crate::check;

/// Rows of different lengths.
#[differentiate(order = 2)]
fn rows<T: Float + Sum>(x: &[T]) -> T {
    let powers: Vec<Vec<T>> = x.iter().enumerate().map(|(i, &v)| vec![v.powi(i as i32); i + 1]).collect();
    let sines = powers.iter().map(|row| row.iter().map(|v| v.sin()).collect()).collect::<Vec<Vec<T>>>();
    let mut s = T::zero();
    for (row, other) in powers.iter().zip(&sines) {
        for (a, b) in row.iter().zip(other) {
            s = s * *a + *b;
        }
    }
    s + sines.iter().map(|row| row[0] * row[row.len() - 1]).sum::<T>()
}

#[differentiate(order = 2)]
fn scaled<T: Float>(x: &[T], by: T) -> Vec<T> {
    x.iter().map(|&v| v * by).collect()
}

/// What calls give, in a loop, and changed afterwards.
#[differentiate(order = 2)]
fn of_calls<T: Float + Sum>(x: &[T]) -> T {
    let mut s = T::zero();
    for k in 0..x.len() {
        let mut m: Vec<Vec<T>> = (0..k).map(|i| scaled(&x[i..], x[k])).collect();
        for row in m.iter_mut() {
            row[0] = row[0] * row[0];
        }
        m.reverse();
        for (i, row) in m.iter().enumerate() {
            s = s + T::from(i + 1).unwrap() * row.iter().copied().sum::<T>();
        }
    }
    s
}

#[differentiate(order = 2)]
fn transposed<T: Float + Sum>(x: &[T]) -> T {
    let m: Vec<Vec<T>> = x.chunks_exact(2).map(|row| row.to_vec()).collect();
    let t: Vec<Vec<T>> = (0..2).map(|j| m.iter().map(|row| row[j]).collect()).collect();
    let products: Vec<Vec<T>> =
        t.iter().map(|a| t.iter().map(|b| a.iter().zip(b).map(|(&a, &b)| a * b).sum()).collect()).collect();
    products[0][1] * products[0][0] - products[1][1]
}

#[differentiate(order = 2)]
fn arrays<T: Float + Sum>(x: &[T]) -> T {
    let points: Vec<[T; 2]> = x.iter().map(|&v| [v.cos(), v * v]).collect();
    let flipped = points.iter().map(|&[a, b]| [b, a]).collect::<Vec<[T; 2]>>();
    let mut s = T::zero();
    for (p, [a, b]) in points.iter().zip(&flipped) {
        s = s * *a + p[0] * *b * p[1];
    }
    s
}

#[differentiate(order = 2)]
fn pairs<T: Float + Sum>(x: &[T]) -> T {
    let pairs: Vec<(T, T)> = x.iter().zip(x.iter().skip(1)).map(|(&a, &b)| (a - b, a * b)).collect();
    let mut last = vec![(T::one(), T::zero()); pairs.len() + 1];
    for (i, (d, p)) in pairs.iter().enumerate() {
        last[i + 1] = (last[i].1 + *d, last[i].0 * *p);
    }
    // All parts are read before the first is written.
    let n = pairs.len();
    last[n] = (last[n].1, last[n].0);
    last[0] = last[n];
    last.iter().map(|(a, b)| *a * *a + *b).sum::<T>()
}

/// What the function returns tells what the inner chain is collected into.
#[differentiate(order = 2)]
fn centred<T: Float + Sum>(x: &[Vec<T>]) -> Vec<Vec<T>> {
    let n = T::from(x.len()).unwrap();
    let width = x.first().map_or(0, |row| row.len());
    let mean: Vec<T> = (0..width).map(|j| x.iter().map(|row| row[j]).sum::<T>() / n).collect();
    if x.len() == 1 {
        return x.iter().map(|row| row.iter().map(|v| *v * *v).collect()).collect();
    }
    x.iter().map(|row| row.iter().zip(&mean).map(|(&v, &m)| v * m - m).collect()).collect()
}

#[differentiate(order = 2)]
fn corners<T: Float + Sum>(x: &[T]) -> Vec<[T; 2]> {
    x.iter().enumerate().map(|(i, &v)| [v * x[0], v.powi(i as i32)]).collect()
}

#[differentiate(order = 2)]
fn of_results<T: Float + Sum>(x: &[T]) -> T {
    let rows: Vec<Vec<T>> = x.chunks_exact(2).map(|row| row.to_vec()).collect();
    let all = centred(&rows);
    let corners = corners(x);
    let mut s = T::zero();
    for row in &all {
        s = s * row[0] + row[1] * row[1];
    }
    for c in &corners {
        s = s * c[1] + c[0];
    }
    s
}

/// The type of the variable tells what the branches collect.
#[differentiate(order = 2)]
fn by_branches<T: Float + Sum>(x: &[T]) -> T {
    let rows: Vec<Vec<T>> =
        if x.len() > 2 { x.windows(2).map(|w| w.iter().map(|&v| v * v.sin()).collect()).collect() } else { Vec::new() };
    let pairs: Vec<(T, T)> = match x.len() {
        0 => vec![],
        1 => x.iter().map(|&v| (v, v * v)).collect(),
        _ => {
            let first = x[0];
            x.iter().map(|&v| (v * first, v.sin())).collect()
        }
    };
    let points: Vec<[T; 2]> = match rows.first() {
        None => x.iter().map(|&v| [v, v.exp()]).collect(),
        Some(_) => rows.iter().map(|row| [row[0], row[1] * x[0]]).collect(),
    };
    let mut s = pairs.iter().map(|(a, b)| *a * *b).sum::<T>();
    for row in &rows {
        s = s * row[0] + row[1];
    }
    points.iter().fold(s, |s, p| s * p[1] + p[0])
}

/// As it tells what is assigned later.
#[differentiate(order = 2)]
fn assigned<T: Float + Sum>(x: &[T]) -> T {
    let mut pairs: Vec<(T, T)> = x.iter().map(|&v| (v, v.cos())).collect();
    let mut rows: Vec<Vec<T>> = Vec::new();
    for k in 0..2 {
        pairs = pairs.iter().map(|(a, b)| (*a * *b, *b - *a)).collect();
        if k == 1 {
            rows = pairs.iter().map(|(a, b)| vec![*a, *b, *a + *b]).collect();
        }
    }
    rows = rows.iter().map(|row| row.iter().map(|&v| v * row[2]).collect()).collect();
    rows.iter().map(|row| row.iter().map(|&v| v * v).sum::<T>()).sum::<T>()
}

/// Empty, of one element and of several, in both precisions.
macro_rules! all {
    ($($f:ident)*) => {
        $(
            check!($f, f64, []);
            check!($f, f64, [0.6]);
            check!($f, f64, [0.6, -0.8, 1.1, 0.3]);
            check!($f, f32, [0.6, -0.8]);
        )*
    };
}

#[test]
fn collected() {
    all!(rows of_calls transposed arrays pairs of_results by_branches assigned);
}
