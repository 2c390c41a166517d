//! Arrays and vectors whose elements are arrays, vectors or structs.

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

use crate::check;

/// Rows that are variables, repeated rows, and rows of several lengths.
#[differentiate(order = 2)]
fn rows<T: Float>(x: &[T]) -> T {
    let a = [x[0], x[1]];
    let b = [x[1] * x[0], T::one()];
    let mut m = [a, b];
    m[0][1] = m[0][1] * m[1][0];
    let mut repeated = vec![a; 3];
    repeated[1][0] = m[0][1];
    let ragged = vec![vec![x[0], T::one()], vec![x[1]], Vec::from(b)];
    let nested = vec![vec![a; 2]; x.len()];
    let mut s = m[0][1] + m[1][1] * a[1];
    for row in &repeated {
        s = s + row[0] * row[1];
    }
    for row in &ragged {
        for &v in row {
            s = s + v * v * v;
        }
    }
    for plane in nested.iter() {
        s = s * plane[0][1] + plane[1][0];
    }
    s
}

#[test]
fn arrays_of_arrays() {
    check!(rows, f64, [0.3, -0.7, 0.4]);
    check!(rows, f32, [0.3, -0.7]);
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Particle<T> {
    at: T,
    velocity: T,
    mass: T,
}

#[differentiate(order = 2)]
fn energy<T: Float>(particles: &[Particle<T>]) -> T {
    let mut e = T::zero();
    for p in particles {
        e = e + p.mass * p.velocity * p.velocity + p.at.sin();
    }
    e
}

/// A vector of structs that are alike at first, and moved in place.
#[differentiate(order = 2)]
fn moved<T: Float>(x: &[T]) -> T {
    let h = T::from(0.1).unwrap();
    let mut particles = vec![Particle { at: T::zero(), velocity: T::zero(), mass: T::one() }; x.len()];
    for (p, &v) in particles.iter_mut().zip(x) {
        p.at = v;
        p.velocity = v * x[0];
    }
    let mut e = T::zero();
    for _ in 0..3 {
        for p in particles.iter_mut() {
            p.at = p.at + h * p.velocity;
            p.velocity = p.velocity - h * p.at / p.mass;
        }
        e = e + energy(&particles) * h;
    }
    e
}

/// Structs whose common beginning is active, made anew in every iteration, in a vector and in an array.
#[differentiate(order = 2)]
fn anew<T: Float>(x: &[T]) -> T {
    let tenth = T::from(0.1).unwrap();
    let mut s = T::zero();
    for k in 0..3 {
        let mut many = vec![Particle { at: s, velocity: x[0], mass: T::one() }; x.len()];
        for i in 0..x.len() {
            many[i].at = many[i].at + x[i];
            many[i].velocity = x[i] * s;
        }
        many.swap(0, k % x.len());
        let mut two = [Particle { at: x[0], velocity: s, mass: T::one() }, many[0]];
        two[1].mass = two[0].velocity * two[0].at;
        s = s + (energy(&many) + energy(&two)) * tenth + tenth;
    }
    s
}

#[differentiate(order = 2)]
fn anew_twice<T: Float>(x: &[T]) -> T {
    anew(x) * anew(&x[1..]).sin()
}

#[test]
fn vectors_of_structs() {
    check!(moved, f64, [0.3, -0.7, 0.4]);
    check!(moved, f32, [0.3, -0.7]);
    check!(moved, f64, []);
    check!(anew, f64, [0.3, -0.7, 0.4]);
    check!(anew, f32, [0.3, -0.7]);
    check!(anew, f64, [0.6]);
    check!(anew_twice, f64, [0.3, -0.7, 0.4]);
    check!(anew_twice, f32, [0.3, -0.7]);
}

/// A copy of an element stays what it is when the element is assigned, and when it is put elsewhere.
#[differentiate(order = 2)]
fn copied<T: Float>(x: &[T]) -> T {
    let mut rows = [[x[0], x[1]], [x[1] * x[2], x[2]]];
    let row = rows[1];
    rows[0] = row;
    rows[0][1] = rows[0][1] * row[0];
    rows[1][0] = rows[0][1] * x[0];
    let mut particles = vec![Particle { at: x[0], velocity: x[1], mass: x[2] }; 2];
    let p = particles[1];
    particles[0] = p;
    particles[0].at = particles[0].at * p.velocity;
    particles[1].mass = p.mass * particles[0].at;
    row[0] * rows[0][1] + rows[1][0] * row[1] + p.at * particles[0].at + particles[1].mass * p.mass
}

#[test]
fn copies_of_elements() {
    check!(copied, f64, [0.3, -0.7, 0.4]);
    check!(copied, f32, [0.3, -0.7, 0.4]);
}

#[derive(Differentiable, Clone, Debug)]
struct Body {
    at: [f64; 2],
    velocity: [f64; 2],
    mass: f64,
    tag: Option<u32>,
}

#[differentiate(order = 2)]
fn pull(a: &Body, b: &Body) -> f64 {
    let d = [b.at[0] - a.at[0], b.at[1] - a.at[1]];
    a.mass * b.mass / (d[0] * d[0] + d[1] * d[1] + 0.1)
}

/// Update syntax, structs in a vector, and parts that are no numbers.
#[differentiate(order = 2)]
fn pulled(x: &[f64]) -> f64 {
    let mut a = Body { at: [x[0], x[1]], velocity: [0.1, x[2]], mass: 1.0, tag: Some(3) };
    let b = Body { at: [x[2], x[3]], mass: x[0], ..a.clone() };
    let mut bodies = vec![a.clone(), b];
    let mut e = 0.0;
    for _ in 0..3 {
        let f = pull(&bodies[0], &bodies[1]);
        for k in 0..2 {
            bodies[0].velocity[k] += 0.1 * f;
            let v = bodies[0].velocity[k];
            bodies[0].at[k] += 0.1 * v;
        }
        bodies[1].mass *= 1.0 + 0.1 * f;
        e += f + bodies[1].mass * bodies[0].at[1];
    }
    a.mass = e * bodies.len() as f64;
    a.mass * a.at[0]
}

#[test]
fn structs_with_other_fields() {
    check!(pulled, f64, [0.3, -0.7, 0.4, 0.2]);
}
