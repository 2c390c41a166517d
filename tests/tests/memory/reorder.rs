//! Methods that move elements.

use std::iter::Sum;

use autodiff_runtime::differentiate;
use num_traits::Float;

use crate::check;
use crate::support::weighted;

/// Rotations and copies within an array, of a whole and of a part, and parts that are written.
#[differentiate(order = 2)]
fn rotated<T: Float>(x: &[T]) -> T {
    let mut s = T::zero();
    for k in 0..3 {
        let mut y = x.to_vec();
        y.rotate_left(k.min(x.len()));
        let mut z = y.clone();
        if x.len() > 3 {
            y[1..].rotate_right(k);
            y.copy_within(..2, 2);
            z.copy_within(1..=2, 0);
        }
        for part in y.chunks_mut(2) {
            part[0] = part[0] * (x[0] + s);
            if part.len() > 1 {
                part[1] = part[1] + part[0];
            }
        }
        for part in z.chunks_exact_mut(2) {
            part[0] = part[0] * part[1];
        }
        s = s + weighted(&y) + weighted(&z) * T::from(0.5).unwrap();
    }
    s
}

#[test]
fn rotations_and_copies_within() {
    check!(rotated, f64, [0.3, 0.7, -0.4, 0.5, 0.2]);
    check!(rotated, f32, [0.3, 0.7, -0.4]);
    check!(rotated, f64, [0.3]);
    check!(rotated, f64, []);
}

#[test]
#[should_panic]
fn rotations_by_more_than_the_length() {
    #[differentiate]
    fn f(x: [f64; 2], by: usize) -> f64 {
        let mut y = x;
        y.rotate_left(by);
        y[0]
    }
    assert_eq!(f::grad([1.0, 2.0], 2), [1.0, 0.0]);
    f::grad([1.0, 2.0], 3);
}

/// The median: a sorted copy.
#[differentiate(order = 2)]
fn median<T: Float>(x: &[T]) -> T {
    let mut y = x.to_vec();
    y.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let n = y.len();
    if n % 2 == 1 { y[n / 2] } else { (y[n / 2 - 1] + y[n / 2]) / T::from(2.0).unwrap() }
}

/// Sorts of what changes from iteration to iteration, and of a part, in a call and here.
#[differentiate(order = 2)]
fn sorted(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for k in 0..x.len() {
        let mut z: Vec<f64> = x.iter().map(|v| v * (k as f64 + 0.5).sin() + s * 0.1).collect();
        s += median(&z).sin();
        z.sort_by(f64::total_cmp);
        s += weighted(&z) + z[0] * z[z.len() - 1];
        z[..k].sort_by(|a, b| b.total_cmp(a));
        s += z[0] * 0.1;
    }
    s
}

#[test]
fn sorts() {
    check!(median, f64, [0.3, 0.7, -0.4, 0.1]);
    check!(median, f32, [0.3, 0.7, -0.4]);
    check!(median, f64, [0.3]);
    assert_eq!(median::grad(&[3.0, 1.0, 2.0]), [0.0, 0.0, 1.0]);
    check!(sorted, f64, [0.3, 0.7, -0.4, 0.1]);
    check!(sorted, f64, [0.3]);
    check!(sorted, f64, []);
}

/// The mean of the last three, over a vector that gains an element at its end and loses one at its beginning.
#[differentiate(order = 2)]
fn window<T: Float + Sum>(x: &[T]) -> T {
    let mut last: Vec<T> = Vec::new();
    let mut s = T::zero();
    for &v in x {
        last.push(v);
        if last.len() > 3 {
            let gone = last.remove(0);
            last.insert(1, gone * v);
            s = s + last.swap_remove(1) * v;
        }
        let mean = last.iter().copied().sum::<T>() / T::from(last.len()).unwrap();
        s = s + (v - mean) * (v - mean) + s * mean;
    }
    s
}

#[test]
fn insertions_and_removals() {
    check!(window, f64, [0.3, 0.7, -0.4, 0.5, 0.6]);
    check!(window, f32, [0.3, 0.7, -0.4, 0.5]);
    check!(window, f64, [0.3]);
    check!(window, f64, []);
}
