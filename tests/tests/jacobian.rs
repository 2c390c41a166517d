//! `f::jacobian`: against closed forms, and rows and columns against `vjp` and `jvp`.

#![expect(
    clippy::assign_op_pattern,
    clippy::needless_range_loop,
    reason = "the functions under test are written as their users write them"
)]

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

/// Polar coordinates.
#[differentiate]
fn polar(x: f64, y: f64) -> (f64, f64) {
    (x.hypot(y), y.atan2(x))
}

#[test]
fn a_pair_of_a_pair() {
    let ((r_x, r_y), (angle_x, angle_y)) = polar::jacobian(3.0, 4.0);
    assert_eq!((r_x, r_y), (0.6, 0.8));
    assert!((angle_x + 0.16).abs() < 1e-15 && (angle_y - 0.12).abs() < 1e-15);
}

/// One argument and four results, so that forward mode is cheaper; parts without floats are `()`.
#[differentiate]
fn powers(x: f64, n: usize) -> (f64, usize, f64, f64, f64) {
    (x, n, x * x, x * x * x, (n as f64) * x)
}

#[test]
fn forward_where_there_are_fewer_arguments() {
    assert_eq!(powers::jacobian(2.0, 5), (1.0, (), 4.0, 12.0, 5.0));
}

/// Mean and variance: reverse mode, with as many arguments as there are, none included.
#[differentiate]
fn moments(x: &[f64], shift: f64) -> (f64, f64) {
    let n = x.len();
    let mut mean = 0.0;
    for i in 0..n {
        mean += x[i];
    }
    mean = mean / n as f64;
    let mut variance = 0.0;
    for i in 0..n {
        let d = x[i] - mean - shift;
        variance += d * d;
    }
    (mean, variance / n as f64)
}

#[test]
fn rows_are_products_with_unit_seeds() {
    let x = [1.0, 4.0, -2.0, 0.5];
    let (mean, variance) = moments::jacobian(&x, 0.25);
    assert_eq!(mean, moments::vjp(&x, 0.25, (1.0, 0.0)).1);
    assert_eq!(variance, moments::vjp(&x, 0.25, (0.0, 1.0)).1);
    assert_eq!(mean.0, vec![0.25; 4]);
    // One argument has fewer floats than the result: forward mode.
    assert_eq!(moments::jacobian(&[], 0.0).0.0, vec![]);
    let ((mean, at_shift), (variance, _)) = moments::jacobian(&[2.0], 0.0);
    assert_eq!((mean, at_shift, variance), (vec![1.0], 0.0, vec![0.0]));
}

/// Single precision, a generic function, and arrays as arguments.
#[differentiate]
fn rotated<T: Float, const N: usize>(p: &[T; N], angle: T) -> (T, T, T) {
    let (s, c) = angle.sin_cos();
    (c * p[0] - s * p[1], s * p[0] + c * p[1], p[0] * p[0])
}

fn check_rotation<T: Float + std::fmt::Debug>(jacobian: [([T; 2], T); 3], tolerance: f64) {
    let (s, c) = 0.5_f64.sin_cos();
    let expected = [([c, -s], -s * 2.0 - c * 3.0), ([s, c], c * 2.0 - s * 3.0), ([4.0, 0.0], 0.0)];
    for ((p, angle), (p_expected, angle_expected)) in jacobian.into_iter().zip(expected) {
        let close = |a: T, b: f64| (a.to_f64().unwrap_or(f64::NAN) - b).abs() < tolerance;
        assert!(close(p[0], p_expected[0]) && close(p[1], p_expected[1]), "{p:?} {p_expected:?}");
        assert!(close(angle, angle_expected), "{angle:?} {angle_expected:?}");
    }
}

#[test]
fn generic_in_both_precisions() {
    let (x, y, z) = rotated::jacobian(&[2.0_f64, 3.0], 0.5);
    check_rotation([x, y, z], 1e-15);
    let (x, y, z) = rotated::jacobian(&[2.0_f32, 3.0], 0.5);
    check_rotation([x, y, z], 1e-6);
}

#[derive(Clone, Debug, Differentiable, PartialEq)]
struct Spring {
    stiffness: f64,
    #[constant]
    length: f64,
    kind: u8,
}

#[differentiate]
impl Spring {
    /// Force, energy, and the stiffness.
    fn at(&self, x: f64) -> (f64, f64, f64) {
        let d = x - self.length;
        (-self.stiffness * d, 0.5 * self.stiffness * d * d, self.stiffness)
    }
}

#[test]
fn of_methods_and_structs_with_constants() {
    let spring = Spring { stiffness: 2.0, length: 1.0, kind: 7 };
    let of = |stiffness: f64| Spring { stiffness, ..spring.clone() };
    // Two numbers, three results: forward mode.
    let (force, energy, stiffness) = spring.at_jacobian(4.0);
    assert_eq!(force, (of(-3.0), -2.0));
    assert_eq!(energy, (of(4.5), 6.0));
    assert_eq!(stiffness, (of(1.0), 0.0));
}

/// Mixed precisions: a row has those of the arguments.
#[differentiate]
fn mixed(x: f32, y: f64) -> (f64, f64, f32) {
    let x = x as f64;
    (x * y, y * y, (x + y) as f32)
}

#[test]
fn of_mixed_precision() {
    assert_eq!(mixed::jacobian(2.0, 3.0), ((3.0, 2.0), (0.0, 6.0), (1.0, 1.0)));
}

/// Arrays of arrays, from arrays: as many rows as columns, so that reverse mode is taken.
#[differentiate]
fn product(a: &[[f64; 2]; 2], b: &[f64; 2]) -> [f64; 2] {
    let mut c = [0.0; 2];
    for i in 0..2 {
        for j in 0..2 {
            c[i] += a[i][j] * b[j];
        }
    }
    c
}

#[test]
fn of_an_array() {
    let (a, b) = ([[2.0, 3.0], [5.0, 7.0]], [11.0, 13.0]);
    let j = product::jacobian(&a, &b);
    assert_eq!(j[0], ([[11.0, 13.0], [0.0, 0.0]], [2.0, 3.0]));
    assert_eq!(j[1], ([[0.0, 0.0], [11.0, 13.0]], [5.0, 7.0]));
}

/// `x^k / k!` for k below n, as a vector: one column, or no rows.
#[differentiate]
fn monomials<T: Float>(x: T, n: usize) -> Vec<T> {
    let mut terms = vec![T::one(); n];
    for k in 1..n {
        terms[k] = terms[k - 1] * x / T::from(k).unwrap();
    }
    terms
}

#[test]
fn of_a_vector() {
    assert_eq!(monomials::jacobian(2.0, 4), [0.0, 1.0, 2.0, 2.0]);
    assert_eq!(monomials::jacobian(2.0_f32, 2), [0.0, 1.0]);
    assert_eq!(monomials::jacobian(2.0, 1), [0.0]);
    assert!(monomials::jacobian(2.0, 0).is_empty());
}

/// Each difference of neighbours, and their number: with `n` arguments and `n − 1` rows.
#[differentiate]
fn differences(x: &[f64], scale: f64) -> (Vec<f64>, usize, f64) {
    let n = x.len();
    let mut d = vec![0.0; n.max(1) - 1];
    for i in 0..d.len() {
        d[i] = scale * (x[i + 1] - x[i]);
    }
    (d, n, scale * scale)
}

#[test]
fn of_a_tuple_with_a_vector() {
    let (d, (), last) = differences::jacobian(&[1.0, 4.0, 9.0], 2.0);
    assert_eq!(d, [(vec![-2.0, 2.0, 0.0], 3.0), (vec![0.0, -2.0, 2.0], 5.0)]);
    assert_eq!(last, (vec![0.0; 3], 4.0));
    let (d, (), last) = differences::jacobian(&[], 2.0);
    assert_eq!((d.len(), last), (0, (vec![], 4.0)));
}

/// A struct has its rows in flat order.
#[differentiate]
fn stiffened(spring: &Spring, by: f64) -> Spring {
    let mut other = spring.clone();
    other.stiffness = spring.stiffness * by;
    other
}

#[test]
fn of_a_struct() {
    let spring = Spring { stiffness: 2.0, length: 1.0, kind: 7 };
    let rows: Vec<(Spring, f64)> = stiffened::jacobian(&spring, 3.0);
    assert_eq!(rows, [(Spring { stiffness: 3.0, ..spring.clone() }, 2.0)]);
}

/// The value now, value and reverse sweep later.
#[test]
fn pullbacks_of_vectors() {
    let x = [1.0, 4.0, 9.0];
    let (value, pullback) = differences::pullback(&x, 2.0);
    assert_eq!(value, differences(&x, 2.0));
    assert_eq!(pullback((vec![1.0, 10.0], (), 0.5)), (vec![-2.0, -18.0, 20.0], 3.0 + 50.0 + 2.0));
}

/// By hand, of a vector.
#[differentiate(vjp = scaled_vjp, jvp = scaled_jvp)]
fn scaled(x: &[f64], by: f64) -> Vec<f64> {
    x.iter().map(|x| x * by).collect()
}

fn scaled_vjp(x: &[f64], by: f64, seed: Vec<f64>, x_bar: &mut [f64], by_bar: &mut f64) -> Vec<f64> {
    for (k, seed) in seed.iter().enumerate() {
        x_bar[k] += seed * by;
        *by_bar += seed * x[k];
    }
    scaled(x, by)
}

fn scaled_jvp(x: &[f64], by: f64, x_dot: &[f64], by_dot: f64) -> (Vec<f64>, Vec<f64>) {
    (scaled(x, by), x.iter().zip(x_dot).map(|(x, x_dot)| x * by_dot + x_dot * by).collect())
}

#[test]
fn of_a_vector_with_rules() {
    assert_eq!(scaled::jacobian(&[2.0, 3.0], 5.0), [(vec![5.0, 0.0], 2.0), (vec![0.0, 5.0], 3.0)]);
    assert_eq!(scaled::jvp(&[2.0, 3.0], 5.0, &[1.0, 0.0], 1.0), (vec![10.0, 15.0], vec![7.0, 3.0]));
}
