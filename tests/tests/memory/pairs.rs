//! Arrays and vectors of tuples.

use std::iter::Sum;

use autodiff_runtime::differentiate;
use num_traits::Float;

use crate::check;

/// Read by patterns, by parts and by indices.
#[differentiate(order = 2)]
fn read<T: Float + Sum>(x: &[T]) -> T {
    let (a, b) = (x[0], x[1]);
    let pairs = [(a, b), (a * b, T::one()), (b.sin(), a)];
    let mut s = T::zero();
    for (p, q) in &pairs {
        s = s + *p * *q;
    }
    for &(p, q) in pairs.iter().rev() {
        s = s * p + q;
    }
    for (i, (p, q)) in pairs.iter().enumerate() {
        s = s + T::from(i).unwrap() * *p * q.cos();
    }
    s + pairs.iter().map(|(p, q)| *p / (*q * *q + T::one())).sum::<T>() + pairs[1].0 * pairs[2].1
}

/// Changed in place, and moved.
#[differentiate(order = 2)]
fn written<T: Float + Sum>(x: &[T]) -> T {
    let mut pairs = vec![(x[0], x[1], x[0]), (x[0] * x[1], x[1], x[1])];
    pairs[0].1 = pairs[0].1 * x[0];
    for p in pairs.iter_mut() {
        p.0 = p.0 * p.2;
    }
    pairs.swap(0, 1);
    let (a, b, c) = pairs[0];
    let mut s = a * b + c;
    for (a, b, c) in pairs {
        s = s * c + a / (b * b + T::one());
    }
    s
}

/// Constants, and neighbours.
#[differentiate(order = 2)]
fn neighbours<T: Float>(x: &[T]) -> T {
    let mut s = T::zero();
    for i in 0..x.len() {
        for (j, weight) in [(i + 1, 2), (i + 2, 3)] {
            if j < x.len() {
                let d = x[i] - x[j];
                s = s + T::from(weight).unwrap() * d * d;
            }
        }
        for (step, power) in [(-1i32, 3), (1, 2)] {
            let j = i as i32 + step;
            if j >= 0 && (j as usize) < x.len() {
                s = s + x[j as usize].powi(power);
            }
        }
    }
    s
}

#[test]
fn arrays_of_tuples() {
    check!(read, f64, [0.7, -1.3]);
    check!(read, f32, [0.7, -1.3]);
    check!(written, f64, [0.7, -1.3]);
    check!(written, f32, [0.7, -1.3]);
    check!(neighbours, f64, [0.7, -1.3, 0.4, 0.9]);
    check!(neighbours, f32, [0.7, -1.3, 0.4]);
    check!(neighbours, f64, [0.6]);
    check!(neighbours, f64, []);
}

/// What has no name is behind a reference where the tuple is.
#[differentiate]
fn fitted(w: &[f64], #[constant] data: &[(Vec<f64>, f64)]) -> f64 {
    let mut s = 0.0;
    for (x, y) in data {
        let r = product(w, x) - y;
        s += r * r;
    }
    s + data.iter().map(|(x, y)| product(w, x) * y).sum::<f64>()
}

#[differentiate]
fn product(w: &[f64], x: &[f64]) -> f64 {
    w.iter().zip(x).map(|(w, x)| w * x).sum()
}

#[test]
fn samples() {
    let data = [(vec![1.0, 2.0], 0.5), (vec![-1.0, 0.5], 2.0)];
    // r = (1.5, −2.5) and ∇ = Σ (2r + y) x.
    let (y, gradient) = fitted::value_and_grad(&[0.0, 1.0], &data);
    assert_eq!((y, gradient), (2.25 + 2.25 + 1.0 + 1.0, vec![3.5 + 1.0, 7.0 - 0.5]));
    assert_eq!(fitted::value_and_grad(&[1.0], &[]), (0.0, vec![0.0]));
}
