//! Functions that return tuples: seeds and tangents have the shape of the result, `()` where there is no float.

use autodiff_runtime::differentiate;

#[differentiate]
fn polar(x: f64, y: f64) -> (f64, f64) {
    (x * y, x - 3.0 * y)
}

#[test]
fn two_floats() {
    let _: fn(f64, f64, (f64, f64)) -> ((f64, f64), (f64, f64)) = polar::vjp;
    let _: fn(f64, f64, (f64, f64), &mut f64, &mut f64) -> (f64, f64) = polar::vjp_into;
    let _: fn(f64, f64, f64, f64) -> ((f64, f64), (f64, f64)) = polar::jvp;

    let y = (10.0, -13.0);
    assert_eq!(polar(2.0, 5.0), y);
    assert_eq!(polar::vjp(2.0, 5.0, (1.0, 0.0)), (y, (5.0, 2.0)));
    assert_eq!(polar::vjp(2.0, 5.0, (0.0, 1.0)), (y, (1.0, -3.0)));
    assert_eq!(polar::vjp(2.0, 5.0, (2.0, 10.0)), (y, (20.0, -26.0)));
    assert_eq!(polar::jvp(2.0, 5.0, 1.0, 100.0), (y, (205.0, -299.0)));
    let (mut x_bar, mut y_bar) = (1000.0, 2000.0);
    assert_eq!(polar::vjp_into(2.0, 5.0, (2.0, 10.0), &mut x_bar, &mut y_bar), y);
    assert_eq!((x_bar, y_bar), (1020.0, 1974.0));
}

#[differentiate]
fn with_count(x: &[f64]) -> (usize, f64, bool, f32) {
    let mut s = 1.0;
    for i in 0..x.len() {
        s *= x[i];
    }
    (x.len(), s, s > 0.0, s as f32 * 2.0)
}

#[test]
fn parts_without_floats_have_unit_seeds() {
    type Value = (usize, f64, bool, f32);
    let _: fn(&[f64], ((), f64, (), f32)) -> (Value, Vec<f64>) = with_count::vjp;
    let _: fn(&[f64], ((), f64, (), f32), &mut [f64]) -> Value = with_count::vjp_into;
    let _: fn(&[f64], &[f64]) -> (Value, ((), f64, (), f32)) = with_count::jvp;

    let x = [2.0, -3.0, 5.0];
    let y = (3, -30.0, false, -60.0);
    assert_eq!(with_count(&x), y);
    assert_eq!(with_count::vjp(&x, ((), 1.0, (), 10.0)), (y, vec![-315.0, 210.0, -126.0]));
    assert_eq!(with_count::jvp(&x, &[0.0, 1.0, 0.0]), (y, ((), 10.0, (), 20.0)));
    let mut shadow = [1.0; 3];
    assert_eq!(with_count::vjp_into(&x, ((), 1.0, (), 0.0), &mut shadow), y);
    assert_eq!(shadow, [-14.0, 11.0, -5.0]);
}

#[differentiate]
fn one_value_twice(x: f64) -> (f64, f64, f64) {
    let y = x * x;
    (y, y, x)
}

#[test]
fn one_value_in_several_parts() {
    assert_eq!(one_value_twice::vjp(3.0, (1.0, 10.0, 100.0)), ((9.0, 9.0, 3.0), 166.0));
    assert_eq!(one_value_twice::jvp(3.0, 1.0), ((9.0, 9.0, 3.0), (6.0, 6.0, 1.0)));
}

#[differentiate]
fn in_branches(x: f64, n: i32) -> (f64, i32) {
    if n > 0 { (x * x, n - 1) } else { (3.0 * x, n) }
}

#[test]
fn tuples_out_of_branches() {
    assert_eq!(in_branches::vjp(2.0, 5, (1.0, ())), ((4.0, 4), 4.0));
    assert_eq!(in_branches::vjp(2.0, -5, (1.0, ())), ((6.0, -5), 3.0));
    assert_eq!(in_branches::jvp(2.0, 5, 0.5), ((4.0, 4), (2.0, ())));
}
