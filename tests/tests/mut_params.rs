//! `&mut` parameters: the argument ends with the function's output, the shadow turns from the cotangent of the final value
//! into that of the initial one, and the tangent from that of the initial value into that of the final one.

#![expect(
    clippy::assign_op_pattern,
    clippy::needless_range_loop,
    clippy::ptr_arg,
    reason = "the functions under test are written as their users write them"
)]

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

/// A number as one that the result and its cotangent are made of; `()` counts for nothing.
trait Part: Copy {
    fn number(self) -> f64;
}

impl Part for () {
    fn number(self) -> f64 {
        0.0
    }
}

impl Part for f32 {
    fn number(self) -> f64 {
        self.into()
    }
}

impl Part for f64 {
    fn number(self) -> f64 {
        self
    }
}

/// Checks a function `f(x: &[T], y: &mut [T]) -> Y` at a point: the final value in both modes, tangents against central
/// differences, and `⟨seed, J · dot⟩ = ⟨Jᵀ · seed, dot⟩` with shadows that are not zero to begin with.
macro_rules! check {
    ($f:ident, $float:ty, $x:expr, $y:expr $(, $seed:expr)?) => {{
        let (x, y): (Vec<$float>, Vec<$float>) = ($x, $y);
        let mut last = y.clone();
        let value = $f(&x, &mut last).number();

        let weight = |k: usize| 0.7 - 0.3 * k as $float;
        let x_start: Vec<$float> = (0..x.len()).map(|i| 10.0 + i as $float).collect();
        let y_seed: Vec<$float> = (0..y.len()).map(weight).collect();
        let (mut x_bar, mut y_bar, mut out) = (x_start.clone(), y_seed.clone(), y.clone());
        let got = $f::vjp_into(&x, &mut out $(, $seed)?, &mut x_bar, &mut y_bar).number();
        assert_eq!(got.to_bits(), value.to_bits());
        assert_eq!(out, last, "the argument ends with the output in reverse mode");

        let (fine, step) = (f64::from(<$float>::EPSILON).sqrt(), <$float>::EPSILON.cbrt());
        for k in 0..x.len() + y.len() {
            let (mut x_dot, mut y_dot) = (vec![0.0; x.len()], vec![0.0; y.len()]);
            let nudged = |by: $float| {
                let (mut x, mut y) = (x.clone(), y.clone());
                if k < x.len() { x[k] += by } else { y[k - x.len()] += by }
                let at = if k < x.len() { x[k] } else { y[k - x.len()] };
                let value = $f(&x, &mut y).number();
                (value, y, f64::from(at))
            };
            if k < x.len() { x_dot[k] = 1.0 } else { y_dot[k - x.len()] = 1.0 }
            let mut out = y.clone();
            let (got, slope) = $f::jvp(&x, &mut out, &x_dot, &mut y_dot);
            assert_eq!(got.number().to_bits(), value.to_bits());
            assert_eq!(out, last, "the argument ends with the output in forward mode");

            let ((up, ups, high), (down, downs, low)) = (nudged(step), nudged(-step));
            let close = |slope: f64, difference: f64| {
                assert!(
                    (slope - difference).abs() <= 100.0 * f64::from(step) * (1.0 + difference.abs()),
                    "input {k}: {slope} and {difference}"
                );
            };
            close(slope.number(), (up - down) / (high - low));
            for i in 0..y.len() {
                close(y_dot[i].into(), (f64::from(ups[i]) - f64::from(downs[i])) / (high - low));
            }

            let seed: f64 = 0.0 $(+ f64::from($seed))?;
            let forward: f64 =
                seed * slope.number() + y_dot.iter().zip(&y_seed).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            let back = f64::from(if k < x.len() { x_bar[k] - x_start[k] } else { y_bar[k - x.len()] });
            assert!((forward - back).abs() <= 20.0 * fine * (1.0 + forward.abs()), "input {k}: {forward} and {back}");
        }
    }};
}

/// Writes only: the initial value is never read.
#[differentiate]
fn squares<T: Float>(x: &[T], y: &mut [T]) {
    for i in 0..x.len() {
        y[i] = x[i] * x[i];
    }
}

#[test]
fn outputs() {
    check!(squares, f64, vec![0.5, -1.5, 2.0], vec![7.0, 8.0, 9.0]);
    check!(squares, f32, vec![0.5], vec![7.0]);
    check!(squares, f64, vec![], vec![]);
    // What is not written keeps its cotangent.
    check!(squares, f64, vec![0.5], vec![7.0, 8.0]);
    let (mut y, mut x_bar, mut y_bar) = ([3.0, 3.0], [0.0], [2.0, 5.0]);
    squares::vjp_into(&[4.0_f64], &mut y, &mut x_bar, &mut y_bar);
    assert_eq!((y, x_bar, y_bar), ([16.0, 3.0], [16.0], [0.0, 5.0]));
}

/// Reads what it overwrites.
#[differentiate]
fn relax<T: Float>(x: &[T], y: &mut [T]) -> T {
    let mut change = T::zero();
    for _ in 0..3 {
        for i in 1..y.len() {
            let new = (y[i] * y[i - 1] + x[0]).sin();
            change = change + (new - y[i]) * (new - y[i]);
            y[i] = new;
        }
    }
    change
}

#[test]
fn updates_in_place() {
    check!(relax, f64, vec![0.4], vec![0.3, -0.8, 1.2, 0.1], 0.6);
    check!(relax, f32, vec![0.4], vec![0.3, -0.8, 1.2], 0.6);
    check!(relax, f64, vec![0.4], vec![0.3], 0.6);
    check!(relax, f64, vec![0.4], vec![], 0.6);
}

#[differentiate]
fn prefix_sums(x: &[f64], y: &mut [f64]) {
    let mut s = 1.0;
    for i in 0..y.len() {
        s *= x[i] + y[i];
        y[i] += s.ln();
        if s > 2.0 {
            y[i] *= s;
        } else {
            y[i] -= x[i] * y[0];
        }
    }
}

#[test]
fn compound_assignments_and_branches() {
    check!(prefix_sums, f64, vec![1.2, 0.9, 1.7], vec![0.4, 0.3, 0.2]);
    check!(prefix_sums, f64, vec![1.2], vec![0.4]);
    check!(prefix_sums, f64, vec![], vec![]);
}

/// A Cholesky solve in place: `a` becomes its factor, `b` the solution.
#[differentiate]
fn solve<const N: usize>(a: &mut [[f64; N]; N], b: &mut [f64; N]) -> f64 {
    for j in 0..N {
        for k in 0..j {
            for i in j..N {
                a[i][j] -= a[i][k] * a[j][k];
            }
        }
        let d = a[j][j].sqrt();
        for i in j..N {
            a[i][j] /= d;
        }
    }
    let mut log_det = 0.0;
    for i in 0..N {
        for k in 0..i {
            b[i] -= a[i][k] * b[k];
        }
        b[i] /= a[i][i];
        log_det += 2.0 * a[i][i].ln();
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            b[i] -= a[k][i] * b[k];
        }
        b[i] /= a[i][i];
    }
    log_det
}

#[test]
fn a_cholesky_solve() {
    let (a, b) = ([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]], [1.0, -2.0, 0.5]);
    let (mut factor, mut x) = (a, b);
    let log_det = solve(&mut factor, &mut x);
    for i in 0..3 {
        let residual: f64 = (0..3).map(|j| a[i][j] * x[j]).sum::<f64>() - b[i];
        assert!(residual.abs() < 1e-14);
    }
    // x̄ = w gives b̄ = A⁻¹ w (A is symmetric, and the function reads its lower triangle).
    let w = [0.3, 0.7, -1.1];
    let (mut out, mut y, mut a_bar, mut b_bar) = (a, b, [[0.0; 3]; 3], w);
    assert_eq!(solve::vjp_into(&mut out, &mut y, 0.0, &mut a_bar, &mut b_bar), log_det);
    assert_eq!((out, y), (factor, x));
    let (mut again, mut expected) = (a, w);
    solve(&mut again, &mut expected);
    for i in 0..3 {
        assert!((b_bar[i] - expected[i]).abs() < 1e-14);
        for j in 0..=i {
            // Ā = −b̄ xᵀ, of which the function reads one half.
            let full = if i == j { -b_bar[i] * x[i] } else { -b_bar[i] * x[j] - b_bar[j] * x[i] };
            assert!((a_bar[i][j] - full).abs() < 1e-14, "{i} {j}");
        }
    }
    // ∂ log det / ∂A is the inverse.
    let (mut out, mut y, mut a_bar, mut b_bar) = (a, b, [[0.0; 3]; 3], [0.0; 3]);
    solve::vjp_into(&mut out, &mut y, 1.0, &mut a_bar, &mut b_bar);
    for j in 0..3 {
        let (mut again, mut column) = (a, [0.0; 3]);
        column[j] = 1.0;
        solve(&mut again, &mut column);
        for i in j..3 {
            let expected = if i == j { column[i] } else { 2.0 * column[i] };
            assert!((a_bar[i][j] - expected).abs() < 1e-14);
        }
    }
    // Tangents agree with adjoints.
    let dot = [[0.1, 0.0, 0.0], [0.2, -0.3, 0.0], [0.4, 0.5, 0.6]];
    let (mut out, mut y, mut a_dot, mut b_dot) = (a, b, dot, [0.0; 3]);
    let (value, slope) = solve::jvp(&mut out, &mut y, &mut a_dot, &mut b_dot);
    assert_eq!((value, out, y), (log_det, factor, x));
    let pairing: f64 = (0..3).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| a_bar[i][j] * dot[i][j]).sum();
    assert!((slope - pairing).abs() < 1e-13);
}

/// A number behind a reference, and a result without a derivative.
#[differentiate]
fn newton(x: &mut f64, a: f64) -> bool {
    let old = *x;
    *x -= (*x * *x - a) / (2.0 * *x);
    *x *= 1.0;
    (*x - old).abs() < 1e-3
}

#[test]
fn a_number_behind_a_reference() {
    let (mut x, mut x_bar, mut a_bar) = (1.5, 1.0, 10.0);
    assert!(!newton::vjp_into(&mut x, 2.0, (), &mut x_bar, &mut a_bar));
    assert_eq!(x, 1.5 - 0.25 / 3.0);
    // x' = x / 2 + a / (2 x)
    assert!((x_bar - (0.5 - 2.0 / (2.0 * 2.25))).abs() < 1e-15);
    assert!((a_bar - (10.0 + 1.0 / 3.0)).abs() < 1e-15);
    let (mut x, mut x_dot) = (1.5, 2.0);
    let (close, ()) = newton::jvp(&mut x, 2.0, &mut x_dot, 3.0);
    assert!(!close && (x_dot - (2.0 * (0.5 - 2.0 / 4.5) + 1.0)).abs() < 1e-15);
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Particle {
    position: [f64; 2],
    velocity: [f64; 2],
    steps: usize,
}

/// A leapfrog step of a harmonic oscillator.
#[differentiate]
fn leapfrog(p: &mut Particle, stiffness: f64, #[constant] h: f64) {
    for i in 0..2 {
        p.velocity[i] -= 0.5 * h * stiffness * p.position[i];
        p.position[i] += h * p.velocity[i];
        p.velocity[i] -= 0.5 * h * stiffness * p.position[i];
    }
}

#[test]
fn structs_behind_references() {
    let start = Particle { position: [1.0, -0.5], velocity: [0.2, 0.3], steps: 3 };
    let mut end = start.clone();
    leapfrog(&mut end, 2.0, 0.1);
    let seed = Particle { position: [1.0, 2.0], velocity: [-0.5, 0.25], steps: 0 };
    let (mut p, mut p_bar, mut k_bar) = (start.clone(), seed.clone(), 0.0);
    leapfrog::vjp_into(&mut p, 2.0, 0.1, &mut p_bar, &mut k_bar);
    assert_eq!(p, end);
    let dot = Particle { position: [0.3, -0.1], velocity: [0.7, 0.9], steps: 0 };
    let (mut p, mut p_dot) = (start, dot.clone());
    leapfrog::jvp(&mut p, 2.0, 0.1, &mut p_dot, 0.4);
    assert_eq!(p, end);
    let pair = |a: &Particle, b: &Particle| a.to_flat().iter().zip(b.to_flat()).map(|(a, b)| a * b).sum::<f64>();
    assert!((pair(&seed, &p_dot) - pair(&p_bar, &dot) - 0.4 * k_bar).abs() < 1e-15);
}

#[differentiate]
fn vector(v: &mut Vec<f64>, x: f64) -> f64 {
    let first = v[0];
    v[0] = x * first;
    v[1] = v[0] * v[1];
    v[1] + first
}

#[test]
fn vectors() {
    let (mut v, mut v_bar, mut x_bar) = (vec![2.0, 3.0], vec![1.0, 0.0], 0.0);
    assert_eq!(vector::vjp_into(&mut v, 5.0, 1.0, &mut v_bar, &mut x_bar), 32.0);
    assert_eq!((v, v_bar, x_bar), (vec![10.0, 30.0], vec![5.0 + 15.0 + 1.0, 10.0], 2.0 + 6.0));
}

#[test]
#[should_panic(expected = "`y` has shape [2], but its shadow, tangent or direction has shape [1]")]
fn shapes_are_checked() {
    squares::vjp_into(&[1.0], &mut [0.0, 0.0], &mut [0.0], &mut [0.0]);
}

/// Writes behind references in loops and branches.
#[differentiate]
fn kicked(p: &mut Particle, energy: &mut f64, n: usize) {
    for i in 0..n {
        if p.position[0] > 0.0 {
            *energy += p.position[0] * p.velocity[0];
            p.velocity[0] = 0.5 * p.velocity[0];
        } else {
            *energy *= p.position[1];
        }
        p.position[0] -= p.velocity[0] * *energy;
        if i > 2 {
            *energy = p.position[0].sin();
        }
    }
}

#[test]
fn references_in_loops_and_branches() {
    for n in 0..6 {
        let start = Particle { position: [0.8, -0.5], velocity: [0.9, 0.3], steps: 3 };
        let run = |flat: &[f64]| {
            let (mut p, mut energy) = (start.clone(), flat[4]);
            p.read_flat(&flat[..4]);
            kicked(&mut p, &mut energy, n);
            [p.to_flat(), vec![energy]].concat()
        };
        let at = [0.8, -0.5, 0.9, 0.3, 0.4];
        let (mut p, mut energy) = (start.clone(), 0.4);
        let (mut p_bar, mut energy_bar) = (start.zeros_like(), 0.7);
        p_bar.read_flat(&[1.0, 2.0, -0.5, 0.25]);
        kicked::vjp_into(&mut p, &mut energy, n, &mut p_bar, &mut energy_bar);
        assert_eq!([p.to_flat(), vec![energy]].concat(), run(&at));
        let back = [p_bar.to_flat(), vec![energy_bar]].concat();
        for k in 0..5 {
            let nudged = |by: f64| {
                let mut x = at;
                x[k] += by;
                run(&x)
            };
            let (up, down) = (nudged(1e-6), nudged(-1e-6));
            let slope: f64 = (0..5).map(|i| [1.0, 2.0, -0.5, 0.25, 0.7][i] * (up[i] - down[i]) / 2e-6).sum();
            assert!((slope - back[k]).abs() < 1e-7, "{n} steps, input {k}: {slope} and {}", back[k]);
        }
    }
}

/// Functions all of whose active parameters are behind `&mut`: what their reverse halves need is on the tape alone.
#[differentiate(order = 2)]
fn only_read(s: &mut [f64; 2]) -> f64 {
    s[1] * s[0].exp()
}

#[differentiate(order = 2)]
fn reversed(s: &mut [f64; 2]) -> f64 {
    s.reverse();
    s[1] / (s[0] * s[0] + 1.5)
}

#[differentiate(order = 2)]
fn of_states(x: f64) -> f64 {
    let mut state: [f64; 2] = [x * x, x];
    let a = only_read(&mut state);
    let b = reversed(&mut state);
    a * b + state[0]
}

#[differentiate(order = 2)]
fn of_one_state(x: f64) -> f64 {
    let mut state: [f64; 2] = [x * x, x];
    only_read(&mut state)
}

#[test]
fn second_derivatives_through_states() {
    for x in [0.8, 0.3, -0.7] {
        let h = 1e-5;
        let slope = (of_states::grad(x + h) - of_states::grad(x - h)) / (2.0 * h);
        assert!((of_states::hvp(x, 1.0) - slope).abs() < 1e-7 * (1.0 + slope.abs()));
        // x exp(x²)
        let second = (6.0 * x + 4.0 * x * x * x) * (x * x).exp();
        assert!((of_one_state::hvp(x, 1.0) - second).abs() < 1e-13 * (1.0 + second.abs()));
    }
}
