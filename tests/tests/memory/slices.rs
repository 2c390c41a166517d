//! Parts of slices, and the methods that write many elements.

#![expect(
    clippy::get_first,
    clippy::needless_range_loop,
    reason = "the functions under test are written as their users write them"
)]

use std::iter::Sum;

use autodiff_runtime::differentiate;
use num_traits::Float;

use crate::check;

#[differentiate(order = 2)]
fn dot<T: Float + Sum>(a: &[T], b: &[T]) -> T {
    let mut s = T::zero();
    for i in 0..a.len() {
        s = s + a[i] * b[i];
    }
    s
}

/// Parts that are bound, passed on, iterated over and cut again.
#[differentiate(order = 2)]
fn parts<T: Float + Sum>(x: &[T]) -> T {
    let n = x.len() / 2;
    let (left, right) = (&x[..n], &x[n..2 * n]);
    let middle = &x[n / 2..n / 2 + n];
    let mut s = dot(left, right) + dot(middle, middle);
    for i in 0..left.len() {
        s = s + left[i] * right[n - 1 - i].sin();
    }
    for (a, b) in middle.iter().zip(right) {
        s = s + *a * *a * *b;
    }
    let inner = &middle[..n / 2];
    s + inner.iter().map(|v| v.exp()).sum::<T>()
}

#[test]
fn bound_and_passed_on() {
    check!(parts, f64, [0.3, -0.7, 1.1, 0.4, 0.9, -0.2, 0.8]);
    check!(parts, f32, [0.3, -0.7, 1.1, 0.4]);
    check!(parts, f64, [0.3]);
    check!(parts, f64, []);
}

/// `y` is written through parts of it, which are passed on in between.
#[differentiate(order = 2)]
fn written_parts<T: Float + Sum>(x: &[T]) -> T {
    let n = x.len();
    let mut y = x.to_vec();
    {
        let (left, right) = y.split_at_mut(n / 2);
        for i in 0..left.len() {
            left[i] = left[i] * right[i];
            right[i] = right[i] + left[i].sin();
        }
    }
    let tail = &mut y[n / 2..];
    for v in tail.iter_mut() {
        *v = *v * *v;
    }
    for v in tail {
        *v = *v + T::one();
    }
    let s = dot(&y, x);
    y[..n / 2].fill(s);
    s + y.iter().map(|&v| v * v).sum::<T>()
}

#[test]
fn split_and_written() {
    check!(written_parts, f64, [0.3, -0.7, 1.1, 0.4, 0.9]);
    check!(written_parts, f32, [0.3, -0.7]);
    check!(written_parts, f64, [0.3]);
    check!(written_parts, f64, []);
}

/// Copies and exchanges, in loops whose values are needed again.
#[differentiate(order = 2)]
fn shuffled<T: Float + Sum>(x: &[T]) -> T {
    let n = x.len();
    let mut y = vec![T::zero(); n];
    let mut z = x.to_vec();
    let mut s = T::zero();
    for k in 0..3 {
        y.copy_from_slice(&z);
        for i in 0..n {
            z[i] = (y[i] * y[(i + k) % n]).sin() + x[i];
        }
        if n > 1 {
            z.swap(0, n - 1);
            z.swap(k % n, k % n);
        }
        z.reverse();
        s = s + z.first().copied().unwrap() * *y.last().unwrap();
    }
    std::mem::swap(&mut y, &mut z);
    y[n / 2..].clone_from_slice(&z[n / 2..]);
    s + dot(&y, &z) * z[0]
}

#[test]
fn copied_and_exchanged() {
    check!(shuffled, f64, [0.3, -0.7, 1.1, 0.4, 0.9]);
    check!(shuffled, f64, [0.3, -0.7, 1.1, 0.4]);
    check!(shuffled, f32, [0.3, 0.8]);
    check!(shuffled, f64, [0.6]);
}

/// Two buffers that take turns, and numbers that are exchanged, in a loop.
#[differentiate(order = 2)]
fn heat<T: Float + Sum>(x: &[T]) -> T {
    let n = x.len();
    let mut now = x.to_vec();
    let mut next = vec![T::zero(); n];
    let (mut a, mut b) = (T::one(), T::zero());
    for _ in 0..4 {
        for i in 0..n {
            let left = if i == 0 { now[n - 1] } else { now[i - 1] };
            let right = now[(i + 1) % n];
            next[i] = now[i] + (left - now[i] - now[i] + right) * now[i] * T::from(0.1).unwrap();
        }
        std::mem::swap(&mut now, &mut next);
        b = b + a * *now.get(0).unwrap();
        std::mem::swap(&mut a, &mut b);
        let old = std::mem::replace(&mut b, now[n - 1]);
        a = a * old;
    }
    a * b + now.iter().map(|v| *v * *v * *v).sum::<T>()
}

#[test]
fn buffers_that_take_turns() {
    check!(heat, f64, [0.3, -0.7, 1.1, 0.4, 0.9]);
    check!(heat, f32, [0.3, -0.7]);
    check!(heat, f64, [0.6]);
}

/// Rows of a matrix, by reference, in place.
#[differentiate(order = 2)]
fn rows<T: Float + Sum>(x: &[T]) -> T {
    let n = x.len();
    let mut m = vec![vec![T::zero(); n]; n];
    for (i, row) in m.iter_mut().enumerate() {
        for (j, v) in row.iter_mut().enumerate() {
            *v = x[i] * x[j] + if i == j { T::one() } else { T::zero() };
        }
    }
    for k in 0..n {
        let row = &mut m[k];
        for j in 0..n {
            row[j] = row[j] * x[k];
        }
        if k > 0 {
            m.swap(k, k - 1);
        }
    }
    let mut s = T::zero();
    for (row, b) in m.iter().zip(x) {
        s = s + dot(row, x) * *b;
    }
    s
}

#[test]
fn rows_of_a_matrix() {
    check!(rows, f64, [0.3, -0.7, 1.1]);
    check!(rows, f32, [0.3, -0.7]);
    check!(rows, f64, [0.6]);
    check!(rows, f64, []);
}

/// A matrix product over arrays of arrays.
#[differentiate]
fn product<const N: usize, const M: usize>(a: &[[f64; N]; M], b: &[[f64; M]; N]) -> f64 {
    let mut c = [[0.0; M]; M];
    for (i, row) in c.iter_mut().enumerate() {
        for (j, v) in row.iter_mut().enumerate() {
            for k in 0..N {
                *v += a[i][k] * b[k][j];
            }
        }
    }
    let mut s = 0.0;
    for (i, row) in c.iter().enumerate() {
        s += row.iter().sum::<f64>() * (i + 1) as f64;
    }
    s
}

#[test]
fn a_product_of_matrices() {
    let (a, b) = ([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[0.5, 1.5], [-1.0, 2.0], [0.25, -0.75]]);
    // f = Σ (i + 1) aᵢₖ bₖⱼ
    let (y, (a_bar, b_bar)) = product::value_and_grad(&a, &b);
    assert_eq!(y, product(&a, &b));
    for i in 0..2 {
        for k in 0..3 {
            assert_eq!(a_bar[i][k], (i + 1) as f64 * (b[k][0] + b[k][1]));
            assert_eq!(b_bar[k][i], a[0][k] + 2.0 * a[1][k]);
        }
    }
    assert_eq!(product::jvp(&a, &b, &[[1.0, 0.0, 0.0], [0.0; 3]], &[[0.0; 2]; 3]), (y, 2.0));
    assert_eq!(product::value_and_grad(&[[]; 2], &[]), (0.0, ([[]; 2], [])));
}
