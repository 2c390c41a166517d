//! Casts: what passes through an integer carries no derivative, what passes through another float does.

#![expect(clippy::needless_range_loop, reason = "the long way round is the subject")]

use autodiff_runtime::differentiate;
use autodiff_tests::closed_form;

#[differentiate]
fn truncated(x: f64) -> f64 {
    x as i32 as f64 * x + f64::from(x as f32 as i8)
}

#[test]
fn a_cast_to_an_integer_is_flat() {
    closed_form!(truncated(x) at [2.5, -1.7] is x.trunc());
}

#[differentiate]
fn looked_up(table: &[f32], x: f32) -> f32 {
    let k = x as usize;
    let t = x - k as f32;
    (1.0 - t) * table[k] + t * table[k + 1]
}

/// Differences would step out of the table.
#[test]
fn an_active_value_as_an_index() {
    closed_form!(kink looked_up(&table, x) at [(vec![1.0, 4.0, 2.0], 0.25), (vec![1.0, 4.0, 2.0], 1.5)] is {
        let k = x as usize;
        let t = x - k as f32;
        let mut by_table = vec![0.0; 3];
        by_table[k] = 1.0 - t;
        by_table[k + 1] = t;
        (by_table, table[k + 1] - table[k])
    });
}

#[differentiate]
fn narrowed(x: f64) -> f64 {
    let y = x as f32;
    let z = (y * y) as f64;
    z * x
}

#[differentiate]
fn widened(x: f32) -> f32 {
    let y = x as f64;
    let z: f64 = y.exp() * f64::from(x);
    z as f32
}

/// Differences would measure the rounding of `f32`, so single precision is compared with paper alone.
#[test]
fn a_cast_between_floats_is_the_identity() {
    for x in [1.5, -0.5] {
        let (value, grad) = narrowed::value_and_grad(x);
        assert_eq!(value, narrowed(x));
        // The points are exact in single precision, and so are their squares.
        assert_eq!(grad, 3.0 * x * x);
        assert_eq!(narrowed::jvp(x, 1.0), (value, grad));
    }
    closed_form!(widened(x) at [1.5, -0.5] is x.exp() * (1.0 + x));
}

#[differentiate]
fn mixed(x: f64, y: f32, w: &[f32]) -> f64 {
    let mut s = x * x;
    for i in 0..w.len() {
        s += f64::from(w[i] * y) * x;
    }
    s
}

#[test]
fn both_precisions_in_one_function() {
    let w = [0.5, -2.0];
    let (value, (x_bar, y_bar, w_bar)) = mixed::value_and_grad(3.0, 0.25, &w);
    assert_eq!(value, 9.0 - 1.125);
    assert_eq!((x_bar, y_bar, w_bar), (6.0 - 0.375, -4.5_f32, vec![0.75_f32, 0.75]));
    assert_eq!(mixed::jvp(3.0, 0.25, &w, 1.0, 2.0, &[0.0, 4.0]), (value, 5.625 - 9.0 + 3.0));
}

#[differentiate]
fn compared(x: f64) -> f64 {
    let above = x > 1.0;
    x * (above as i32 as f64) + if above { 0.0 } else { 2.0 * x }
}

#[test]
fn a_comparison_as_a_number() {
    closed_form!(compared(x) at [1.5, 0.5] is if x > 1.0 { 1.0 } else { 2.0 });
}

#[differentiate]
fn counted(x: &[f64]) -> f64 {
    let n = x.len();
    let mut s = 0.0;
    for i in 0..n {
        s += x[i] / n as f64;
    }
    let mut squares = 0.0;
    for i in 0..n {
        squares += (x[i] - s).powi(2);
    }
    squares / (n - 1) as f64
}

#[test]
fn the_variance() {
    closed_form!(counted(&x) at [vec![1.0, 5.0, -3.0, 0.5]] is {
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        x.iter().map(|x| 2.0 * (x - mean) / (n - 1.0)).collect()
    });
}
