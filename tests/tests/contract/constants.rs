//! Who is a constant: by type, by `#[constant]`, by the list.

use autodiff_runtime::differentiate;

#[differentiate]
#[expect(clippy::too_many_arguments, reason = "one parameter for each type")]
fn by_type(
    x: f64,
    flag: bool,
    letter: char,
    text: &str,
    owned: String,
    indices: &[usize],
    grid: [[i32; 2]; 2],
    maybe: Option<u8>,
    names: &[&str],
) -> f64 {
    let mut s = x;
    for i in 0..indices.len() {
        s *= indices[i] as f64;
    }
    if flag && letter == 'c' && maybe.is_some() && text == "text" && owned == "owned" {
        s *= x;
    }
    s * grid[1][0] as f64 - 7.0 * names.len() as f64
}

#[test]
fn by_their_types() {
    let (names, indices) = (["a", "b"], [2, 3]);
    let (value, grad): (f64, f64) = by_type::value_and_grad(
        0.5,
        true,
        'c',
        "text",
        "owned".to_owned(),
        &indices,
        [[1, 2], [3, 4]],
        Some(1),
        &names,
    );
    assert_eq!((value, grad), (4.5 - 14.0, 18.0));
    let jvp = by_type::jvp(0.5, false, 'c', "text", "owned".to_owned(), &indices, [[1, 2], [3, 4]], None, &names, 2.0);
    assert_eq!(jvp, (9.0 - 14.0, 36.0));
}

#[differentiate]
fn by_attribute(w: &[f64], #[constant] x: &[f64], #[constant] y: f64) -> f64 {
    w[0] * x[0] - y
}

#[differentiate(constant(x, y))]
fn by_list(w: &[f64], x: &[f64], y: f64) -> f64 {
    w[0] * x[0] - y
}

#[cfg_attr(all(), differentiate(constant(x), constant(y)))]
fn by_conditional_list(w: &[f64], x: &[f64], y: f64) -> f64 {
    w[0] * x[0] - y
}

/// A constant has no gradient, shadow or tangent.
#[test]
fn by_request() {
    for value_and_grad in [
        by_attribute::value_and_grad,
        by_list::value_and_grad,
        by_conditional_list::value_and_grad as fn(&_, &_, _) -> _,
    ] {
        let (value, grad): (f64, Vec<f64>) = value_and_grad(&[2.0], &[3.0], 1.0);
        assert_eq!((value, grad), (5.0, vec![3.0]));
    }
    assert_eq!(by_list::jvp(&[2.0], &[3.0], 1.0, &[10.0]), (5.0, 30.0));
    let mut shadow = [1.0];
    by_attribute::vjp_into(&[2.0], &[3.0], 1.0, 2.0, &mut shadow);
    assert_eq!(shadow, [7.0]);
}

/// A type that is not `Differentiable`.
struct Table {
    rows: Vec<f64>,
}

#[differentiate]
fn opaque(x: f64, #[constant] table: &Table, #[constant] count: &std::cell::Cell<u32>) -> f64 {
    let n: u32 = count.get();
    x * table.rows[1] * f64::from(n)
}

#[test]
fn a_constant_may_have_any_type() {
    let table = Table { rows: vec![2.0, 3.0] };
    assert_eq!(opaque::value_and_grad(0.5, &table, &std::cell::Cell::new(4)), (6.0, 12.0));
}
