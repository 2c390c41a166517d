//! Options of active values in variables, and `&mut` borrows of numbers.

use autodiff_runtime::differentiate;
use num_traits::Float;

use crate::check;

/// The least of several, by a `match` with a guard.
#[differentiate(order = 2)]
fn least<T: Float>(x: &[T]) -> T {
    let mut best: Option<T> = None;
    for &v in x {
        let v = v * x[0];
        best = match best {
            Some(b) if b < v => Some(b),
            _ => Some(v),
        };
    }
    best.unwrap_or(T::one()) * T::from(2.0).unwrap()
}

/// Differences of neighbours; only some are remembered.
#[differentiate(order = 2)]
fn neighbours<T: Float>(x: &[T]) -> T {
    let mut last: Option<T> = None;
    let mut s = T::one();
    for &v in x {
        if let Some(b) = last {
            s = s + (v - b) * (v - b);
        } else {
            s = s * v;
        }
        if v > T::zero() {
            last = Some(v * v);
        } else if v < -T::one() {
            last = None;
        }
    }
    match last {
        Some(l) => s * l,
        None => s,
    }
}

/// With a position.
#[differentiate(order = 2)]
fn greatest<T: Float>(x: &[T]) -> T {
    let mut found: Option<(usize, T)> = None;
    for (i, &v) in x.iter().enumerate() {
        match found {
            None => found = Some((i, v * x[0])),
            Some((_, b)) if v > b => found = Some((i, v)),
            _ => {}
        }
    }
    let Some((i, v)) = found else {
        return T::one();
    };
    v * x[i] + v
}

/// Methods.
#[differentiate(order = 2)]
fn methods<T: Float>(x: &[T]) -> T {
    let mut first = if x[0] > T::zero() { Some(x[0] * x[1]) } else { None };
    let squared = first.map(|v| v * v).unwrap_or(T::zero());
    let other = first.unwrap_or_else(|| x[1]);
    let more = first.map_or(T::one(), |v| v + x[1]);
    let taken = first.take();
    let u = if taken.is_some() && first.is_none() { taken.unwrap() * x[1] } else { x[1] };
    squared + other * more + u
}

/// Taken in a loop.
#[differentiate(order = 2)]
fn paired<T: Float>(x: &[T]) -> T {
    let mut waiting: Option<T> = None;
    let mut s = T::zero();
    for &v in x {
        match waiting.take() {
            Some(w) => s = s + v * w,
            None => waiting = Some(v * v),
        }
    }
    s + waiting.unwrap_or(T::one())
}

#[test]
fn options() {
    check!(paired, f64, [0.3, 0.7, -0.4]);
    check!(paired, f32, [0.3, 0.7]);
    check!(paired, f64, []);
    check!(least, f64, [0.3, 0.7, -0.4, 0.5]);
    check!(least, f32, [0.3, 0.2]);
    check!(least, f64, [0.3]);
    check!(least, f64, []);
    check!(neighbours, f64, [0.3, 0.7, -0.4, 0.5]);
    check!(neighbours, f64, [0.3, 0.7, -1.4, 0.5]);
    check!(neighbours, f32, [-1.3, -0.7]);
    check!(neighbours, f64, []);
    check!(greatest, f64, [0.3, 0.7, -0.4, 0.9]);
    check!(greatest, f32, [0.9, 0.7]);
    check!(greatest, f64, []);
    check!(methods, f64, [0.3, 0.7]);
    check!(methods, f32, [-0.3, 0.7]);
}

/// Options of constants alone, whose methods are given active values.
#[differentiate(order = 2)]
fn constants(x: &[f64]) -> f64 {
    const SCALE: f64 = 0.5;
    let even: Option<f64> = if x.len() % 2 != 1 { Some(SCALE) } else { None };
    let long: Option<f64> = (x.len() > 2).then_some(SCALE);
    let always: Option<f64> = Some(SCALE);
    let first = x.first().copied().unwrap_or(0.25);
    let index: Option<f64> =
        x.iter().enumerate().filter_map(|(i, v)| if i > 0 { Some(i as f64 * v) } else { None }).next();
    even.map(|v| v * v).unwrap_or(first * first)
        + even.map_or(first, |v| v.sin() * first)
        + long.unwrap_or(first) * always.map_or(first, |v| v * first)
        + index.unwrap_or(first) * first
}

#[test]
fn options_of_constants() {
    check!(constants, f64, [0.3, 0.7, -0.4, 0.5]);
    check!(constants, f64, [0.3, 0.7, -0.4]);
    check!(constants, f64, [0.3]);
    check!(constants, f64, []);
}

fn given<T: Float>(n: usize) -> Option<T> {
    if n.is_multiple_of(2) { T::from(0.5) } else { None }
}

/// Options that a function without derivatives gives, first and later, between those of active values.
#[differentiate(order = 2)]
fn from_elsewhere<T: Float>(x: &[T]) -> T {
    let (mut first, mut later): (Option<T>, Option<T>) = (given(x.len()), None);
    let mut sum = T::zero();
    for (k, &v) in x.iter().enumerate() {
        match k {
            1 => later = given(k + 1),
            2 => later = Some(v * v),
            3 => later = given::<T>(k),
            _ => {}
        }
        if v < T::zero() {
            first = Some(v.sin());
        }
        sum = sum + later.unwrap_or(v) * v.exp() + first.map_or(v, |f| f * v);
    }
    sum
}

#[test]
fn options_from_elsewhere() {
    check!(from_elsewhere, f64, [0.3, 0.7, 0.4, 0.5, -0.6, 0.2]);
    check!(from_elsewhere, f32, [0.3, 0.7, 0.4]);
    check!(from_elsewhere, f64, [-0.3]);
    check!(from_elsewhere, f64, []);
}

/// What is behind a reference to a variable, a part of a tuple, in loops and branches.
#[differentiate(order = 2)]
fn borrowed<T: Float>(x: &[T]) -> T {
    let mut s = T::one();
    for &v in x {
        let r = &mut s;
        *r = *r * v + r.sin();
    }
    let mut t = s;
    {
        let r = &mut t;
        *r = *r * *r;
        if *r > s {
            *r = *r + s;
        }
    }
    let mut pair = (s, t);
    for _ in 0..3 {
        let q: &mut T = &mut pair.1;
        *q = *q * pair.0.cos() + t;
    }
    s * t + pair.1
}

#[test]
fn borrows_of_numbers() {
    check!(borrowed, f64, [0.3, 0.7, -0.4]);
    check!(borrowed, f32, [0.3, 0.7]);
    check!(borrowed, f64, []);
}
