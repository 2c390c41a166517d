//! Jacobians of functions that write behind `&mut`: the final values, and the result, by the initial values and the other
//! arguments.

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

/// Nothing is returned: the Jacobian is that of what is written.
#[differentiate]
fn rotate<T: Float>(p: &mut [T; 2], angle: T) {
    let (s, c) = angle.sin_cos();
    *p = [c * p[0] - s * p[1], s * p[0] + c * p[1]];
}

#[test]
fn of_what_is_written() {
    let (s, c) = 0.3_f64.sin_cos();
    let mut p = [2.0, 5.0];
    let rows = rotate::jacobian(&mut p, 0.3);
    assert_eq!(p, [c * 2.0 - s * 5.0, s * 2.0 + c * 5.0]);
    assert_eq!(rows, [([c, -s], -p[1]), ([s, c], p[0])]);
    let mut p = [2.0_f32, 5.0];
    let rows = rotate::jacobian(&mut p, 0.0);
    assert_eq!(rows, [([1.0, 0.0], -5.0), ([0.0, 1.0], 2.0)]);
}

/// A result besides, constants, and lists of any length: many more outputs than inputs, and the other way round.
#[differentiate]
fn scaled(x: &[f64], n: usize, y: &mut [f64]) -> f64 {
    let mut total = 0.0;
    for v in y.iter_mut() {
        *v *= x[0] * n as f64;
        total += *v;
    }
    total
}

#[test]
fn of_a_result_besides() {
    let mut y = [2.0, 3.0, 5.0];
    let (total, written) = scaled::jacobian(&[4.0], 2, &mut y);
    assert_eq!(y, [16.0, 24.0, 40.0]);
    assert_eq!(total, (vec![20.0], vec![8.0, 8.0, 8.0]));
    assert_eq!(written[1], (vec![6.0], vec![0.0, 8.0, 0.0]));
    assert_eq!(written.len(), 3);
    let mut one = [2.0];
    let (total, written) = scaled::jacobian(&[4.0, 1.0, 1.0], 1, &mut one);
    assert_eq!((total, written), ((vec![2.0, 0.0, 0.0], vec![4.0]), vec![(vec![2.0, 0.0, 0.0], vec![4.0])]));
    let (total, written) = scaled::jacobian(&[4.0], 1, &mut []);
    assert_eq!((total, written), ((vec![0.0], vec![]), vec![]));
}

#[derive(Clone, Debug, Differentiable, PartialEq)]
struct Body {
    position: f64,
    velocity: f64,
    #[constant]
    mass: f64,
    steps: u32,
}

#[differentiate]
impl Body {
    /// Several outputs, one of which is the struct itself.
    #[differentiate]
    fn push(&mut self, force: f64, work: &mut f64) {
        self.velocity += force / self.mass;
        self.position += 0.5 * self.velocity;
        *work += force * self.position;
    }
}

#[test]
fn of_a_method() {
    let start = Body { position: 1.0, velocity: 2.0, mass: 4.0, steps: 3 };
    let (mut body, mut work) = (start.clone(), 10.0);
    let (rows, of_work) = body.push_jacobian(8.0, &mut work);
    assert_eq!((body.velocity, body.position, work), (4.0, 3.0, 34.0));
    let unit = |position: f64, velocity: f64| Body { position, velocity, ..start.clone() };
    // The fields of a struct do not show: its rows are a list.
    assert_eq!(rows, [(unit(1.0, 0.5), 0.125, 0.0), (unit(0.0, 1.0), 0.25, 0.0)]);
    assert_eq!(of_work, (unit(8.0, 4.0), 3.0 + 8.0 * 0.125, 1.0));
}

/// An ODE step: the monodromy matrix of many steps is the product of theirs, with determinant 1 where the step keeps areas.
#[differentiate]
fn leapfrog(y: &mut [f64], h: f64) {
    y[1] -= 0.5 * h * y[0].sin();
    y[0] += h * y[1];
    y[1] -= 0.5 * h * y[0].sin();
}

#[differentiate]
fn many(y: &mut Vec<f64>, #[constant] h: f64) {
    for _ in 0..20 {
        leapfrog(y, h);
    }
}

#[test]
fn a_step_that_keeps_areas() {
    let mut y = vec![0.4, 0.9];
    let m = many::jacobian(&mut y, 0.1);
    let determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    assert!((determinant - 1.0).abs() < 1e-13);
    let (mut state, mut product) = (vec![0.4, 0.9], [[1.0, 0.0], [0.0, 1.0]]);
    for _ in 0..20 {
        let step = leapfrog::jacobian(&mut state, 0.1);
        let at = |i: usize, j: usize| step[i].0[0] * product[0][j] + step[i].0[1] * product[1][j];
        product = [[at(0, 0), at(0, 1)], [at(1, 0), at(1, 1)]];
    }
    assert_eq!(state, y);
    for i in 0..2 {
        for j in 0..2 {
            assert!((product[i][j] - m[i][j]).abs() < 1e-12);
        }
    }
}
