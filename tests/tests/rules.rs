//! Derivatives by hand: `partials(..)`, `vjp = .., jvp = ..` and `stop_gradient`, in both modes, in traces, at the second
//! order, through calls, and from another crate. The bodies of functions with rules are ones that could not be
//! differentiated.

#![expect(
    clippy::needless_range_loop,
    clippy::too_many_arguments,
    reason = "the functions under test are written as their users write them"
)]

use std::cell::Cell;

use autodiff_runtime::check::Check;
use autodiff_runtime::{Differentiable, differentiate, stop_gradient};
use autodiff_tests::library::rules::{bessel_j0, norm, scaled_bessel};

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// `x^y`, with a body that is outside the language.
#[differentiate(order = 2, partials(power_dx, power_dy))]
fn power(x: f64, y: f64) -> f64 {
    CALLS.with(|calls| calls.set(calls.get() + 1));
    let table: Vec<Box<dyn Fn(f64) -> f64>> = vec![Box::new(move |x: f64| x.powf(y))];
    table[0](x)
}

#[differentiate(order = 2)]
fn power_dx(x: f64, y: f64) -> f64 {
    y * x.powf(y - 1.0)
}

#[differentiate(order = 2)]
fn power_dy(x: f64, y: f64) -> f64 {
    x.powf(y) * x.ln()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-13 * (1.0 + b.abs())
}

#[track_caller]
fn assert_close(a: f64, b: f64) {
    assert!(close(a, b), "{a} {b}");
}

#[test]
fn partials_in_both_modes() {
    let (x, y) = (1.7_f64, 2.3_f64);
    let (dx, dy) = (y * x.powf(y - 1.0), x.powf(y) * x.ln());
    assert_eq!(power::value_and_grad(x, y), (x.powf(y), (dx, dy)));
    assert_eq!(power::jvp(x, y, 3.0, -2.0), (x.powf(y), 3.0 * dx - 2.0 * dy));
    assert_eq!(power::vjp(x, y, 2.0).1, (2.0 * dx, 2.0 * dy));
    let (value, pullback) = power::pullback(x, y);
    let before = CALLS.get();
    assert_eq!((value, pullback(2.0)), (x.powf(y), (2.0 * dx, 2.0 * dy)));
    assert_eq!(CALLS.get(), before, "the value is not wanted twice");
    let trace = power::trace(x, y);
    assert_eq!((trace.value(), trace.gradient()), (x.powf(y), vec![dx, dy]));
    assert_eq!(trace.node("z1").unwrap().expression, "power(x, y)");
}

#[test]
fn second_derivatives_are_those_of_the_partials() {
    let (x, y) = (1.7_f64, 2.3_f64);
    let ((xx, xy), (yx, yy)) = power::hessian(x, y);
    let mixed = x.powf(y - 1.0) * (1.0 + y * x.ln());
    assert_close(xx, y * (y - 1.0) * x.powf(y - 2.0));
    assert_close(xy, mixed);
    assert_close(yx, mixed);
    assert_close(yy, x.powf(y) * x.ln() * x.ln());
}

/// Calls in a loop, with a constant in an active place, and a local variable.
#[differentiate(order = 2)]
fn sum_of_powers(x: &[f64], y: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let p = power(x[i], y);
        sum += p * p + power(x[i], 2.0);
    }
    sum
}

/// The same with steps that the compiler knows.
#[differentiate(order = 2)]
fn sum_of_powers_by_steps(x: &[f64], y: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let p = x[i].powf(y);
        sum += p * p + x[i].powf(2.0);
    }
    sum
}

#[test]
fn a_rule_is_a_step_of_its_callers() {
    for x in [&[][..], &[0.8], &[1.7, 0.4, 2.5]] {
        let (value, (x_bar, y_bar)) = sum_of_powers::value_and_grad(x, 1.3);
        let (expected, (x_expected, y_expected)) = sum_of_powers_by_steps::value_and_grad(x, 1.3);
        assert_eq!(value, expected);
        assert_close(y_bar, y_expected);
        x_bar.iter().zip(&x_expected).for_each(|(a, b)| assert_close(*a, *b));

        let dots = vec![0.5; x.len()];
        let (jvp, by_steps) = (sum_of_powers::jvp(x, 1.3, &dots, 0.7), sum_of_powers_by_steps::jvp(x, 1.3, &dots, 0.7));
        assert_close(jvp.1, by_steps.1);
        let (x_bar, y_bar) = sum_of_powers::hvp(x, 1.3, &dots, 0.7);
        let (x_expected, y_expected) = sum_of_powers_by_steps::hvp(x, 1.3, &dots, 0.7);
        assert_close(y_bar, y_expected);
        x_bar.iter().zip(&x_expected).for_each(|(a, b)| assert_close(*a, *b));
        let (traced, by_steps) = (sum_of_powers::trace(x, 1.3), sum_of_powers_by_steps::trace(x, 1.3));
        traced.gradient().iter().zip(by_steps.gradient()).for_each(|(a, b)| assert_close(*a, b));
    }
}

/// Constants of all kinds, one of which is not copied, and another precision than that of the result.
#[differentiate(partials(labelled_dx), name = labelled_ad)]
fn labelled(x: f32, n: &usize, label: String, table: &[u8], #[constant] by: &[f64; 2]) -> f64 {
    (*n + label.len() + table.len()) as f64 * by[1] * f64::from(x) * f64::from(x)
}

fn labelled_dx(x: f32, n: &usize, label: String, table: &[u8], by: &[f64; 2]) -> f64 {
    2.0 * (*n + label.len() + table.len()) as f64 * by[1] * f64::from(x)
}

/// The companion has another name.
#[differentiate(partials(renamed_dx), name = renamed_ad, order = 2)]
fn renamed(x: f64) -> f64 {
    x.abs() * x
}

#[differentiate]
fn renamed_dx(x: f64) -> f64 {
    2.0 * x.abs()
}

#[differentiate(companion(renamed = renamed_ad), order = 2)]
fn calls_renamed(x: f64) -> f64 {
    3.0 * renamed(x)
}

#[test]
fn constants_are_passed_on_and_companions_have_names() {
    let label = || String::from("ab");
    assert_eq!(labelled(3.0, &1, label(), &[1, 2, 3], &[0.0, 0.5]), 27.0);
    assert_eq!(labelled_ad::grad(3.0, &1, label(), &[1, 2, 3], &[0.0, 0.5]), 18.0);
    assert_eq!(labelled_ad::jvp(3.0, &1, label(), &[1, 2, 3], &[0.0, 0.5], 2.0), (27.0, 36.0));
    assert_eq!((calls_renamed::grad(-3.0), calls_renamed::jvp(-3.0, 2.0)), (18.0, (-27.0, 36.0)));
    assert_eq!(calls_renamed::hessian(-3.0), -6.0);
    assert_eq!(calls_renamed::trace(-3.0).gradient(), [18.0]);
}

#[derive(Clone, Debug, Differentiable, PartialEq)]
struct Plane {
    normal: [f64; 2],
    offset: f64,
    #[constant]
    scale: f64,
}

/// `scale · (normal · p + offset)`, by products, of a struct, a slice and a number.
#[differentiate(order = 2, vjp = height_vjp, jvp = height_jvp)]
fn height(plane: &Plane, p: &[f64], z: f64, n: usize) -> f64 {
    let parts: std::collections::BTreeMap<usize, f64> = p.iter().copied().enumerate().collect();
    let sum: f64 = parts.iter().map(|(k, p)| plane.normal[*k] * p).sum();
    plane.scale * (sum + plane.offset) * z.powi(n as i32)
}

#[differentiate]
fn height_vjp(
    plane: &Plane,
    p: &[f64],
    z: f64,
    n: usize,
    seed: f64,
    plane_bar: &mut Plane,
    p_bar: &mut [f64],
    z_bar: &mut f64,
) -> f64 {
    let mut sum = plane.offset;
    for k in 0..p.len() {
        sum += plane.normal[k] * p[k];
    }
    let power = z.powi(n as i32);
    let common = seed * plane.scale * power;
    for k in 0..p.len() {
        plane_bar.normal[k] += common * p[k];
        p_bar[k] += common * plane.normal[k];
    }
    plane_bar.offset += common;
    *z_bar += seed * plane.scale * sum * (n as f64) * z.powi(n as i32 - 1);
    plane.scale * sum * power
}

#[differentiate]
fn height_jvp(plane: &Plane, p: &[f64], z: f64, n: usize, plane_dot: &Plane, p_dot: &[f64], z_dot: f64) -> (f64, f64) {
    let (mut sum, mut sum_dot) = (plane.offset, plane_dot.offset);
    for k in 0..p.len() {
        sum += plane.normal[k] * p[k];
        sum_dot += plane_dot.normal[k] * p[k] + plane.normal[k] * p_dot[k];
    }
    let (power, power_dot) = (z.powi(n as i32), n as f64 * z.powi(n as i32 - 1) * z_dot);
    (plane.scale * sum * power, plane.scale * (sum_dot * power + sum * power_dot))
}

/// The same by steps that the compiler knows.
#[differentiate(order = 2)]
fn height_by_steps(plane: &Plane, p: &[f64], z: f64, n: usize) -> f64 {
    let mut sum = plane.offset;
    for k in 0..p.len() {
        sum += plane.normal[k] * p[k];
    }
    plane.scale * sum * z.powi(n as i32)
}

/// `height` twice, once with a constant for a part of its arguments.
#[differentiate(order = 2)]
fn heights(plane: &Plane, p: &[f64], z: f64) -> f64 {
    let h = height(plane, p, z, 3);
    h * h + height(plane, &[0.5, 0.25], z, 2)
}

#[differentiate(order = 2)]
fn heights_by_steps(plane: &Plane, p: &[f64], z: f64) -> f64 {
    let h = height_by_steps(plane, p, z, 3);
    h * h + height_by_steps(plane, &[0.5, 0.25], z, 2)
}

fn plane() -> Plane {
    Plane { normal: [2.0, -3.0], offset: 0.5, scale: 1.5 }
}

fn assert_same<A: Differentiable<Scalar = f64>>(a: A, b: A) {
    assert!(a.same_shape(&b));
    a.to_flat().into_iter().zip(b.to_flat()).for_each(|(a, b)| assert_close(a, b));
}

#[test]
fn products_in_both_modes_and_orders() {
    let (plane, p, z) = (plane(), [0.3, 0.7], 1.2);
    let dot = Plane { normal: [0.1, 0.2], offset: -0.3, scale: 9.0 };
    assert_same(height::value_and_grad(&plane, &p, z, 3), height_by_steps::value_and_grad(&plane, &p, z, 3));
    assert_same(
        height::jvp(&plane, &p, z, 3, &dot, &[0.4, 0.5], -0.6),
        height_by_steps::jvp(&plane, &p, z, 3, &dot, &[0.4, 0.5], -0.6),
    );
    assert_same(
        height::hvp(&plane, &p, z, 3, &dot, &[0.4, 0.5], -0.6),
        height_by_steps::hvp(&plane, &p, z, 3, &dot, &[0.4, 0.5], -0.6),
    );
    let trace = height::trace(&plane, &p, z, 3);
    let expected = height_by_steps::trace(&plane, &p, z, 3);
    trace.gradient().iter().zip(expected.gradient()).for_each(|(a, b)| assert_close(*a, b));
    assert_eq!(trace.node("z1").unwrap().expression, "height(plane, p, z, n)");
}

#[test]
fn products_are_steps_of_their_callers() {
    let (plane, p, z) = (plane(), [0.3, 0.7], 1.2);
    let dot = Plane { normal: [0.1, 0.2], offset: -0.3, scale: 9.0 };
    assert_same(heights::value_and_grad(&plane, &p, z), heights_by_steps::value_and_grad(&plane, &p, z));
    assert_same(
        heights::jvp(&plane, &p, z, &dot, &[0.4, 0.5], -0.6),
        heights_by_steps::jvp(&plane, &p, z, &dot, &[0.4, 0.5], -0.6),
    );
    assert_same(
        heights::hvp(&plane, &p, z, &dot, &[0.4, 0.5], -0.6),
        heights_by_steps::hvp(&plane, &p, z, &dot, &[0.4, 0.5], -0.6),
    );
    let (trace, expected) = (heights::trace(&plane, &p, z), heights_by_steps::trace(&plane, &p, z));
    trace.gradient().iter().zip(expected.gradient()).for_each(|(a, b)| assert_close(*a, b));
}

/// Several results, by value: arrays, vectors and tuples.
#[differentiate(vjp = folded_vjp, jvp = folded_jvp)]
fn folded(a: [f64; 2], v: Vec<f64>, t: (f64, f64)) -> (f64, usize, f64) {
    let total: f64 = v.iter().sum();
    (a[0] * total + t.0, v.len(), a[1] * t.1)
}

fn folded_vjp(
    a: [f64; 2],
    v: Vec<f64>,
    t: (f64, f64),
    seed: (f64, (), f64),
    a_bar: &mut [f64; 2],
    v_bar: &mut [f64],
    t_bar: &mut (f64, f64),
) -> (f64, usize, f64) {
    a_bar[0] += seed.0 * v.iter().sum::<f64>();
    a_bar[1] += seed.2 * t.1;
    v_bar.iter_mut().for_each(|v_bar| *v_bar += seed.0 * a[0]);
    t_bar.0 += seed.0;
    t_bar.1 += seed.2 * a[1];
    folded(a, v, t)
}

fn folded_jvp(
    a: [f64; 2],
    v: Vec<f64>,
    t: (f64, f64),
    a_dot: [f64; 2],
    v_dot: Vec<f64>,
    t_dot: (f64, f64),
) -> ((f64, usize, f64), (f64, (), f64)) {
    let (total, total_dot): (f64, f64) = (v.iter().sum(), v_dot.iter().sum());
    let dot = (a_dot[0] * total + a[0] * total_dot + t_dot.0, (), a_dot[1] * t.1 + a[1] * t_dot.1);
    (folded(a, v, t), dot)
}

#[differentiate]
fn folds(a: [f64; 2], x: f64, v: Vec<f64>, t: (f64, f64)) -> f64 {
    let (first, n, second): (f64, usize, f64) = folded(a, v, t);
    x * first * n as f64 + second
}

#[test]
fn products_of_several_results_and_arguments_by_value() {
    let (a, v, t) = ([2.0, 3.0], vec![5.0, 7.0], (11.0, 13.0));
    let jacobian = folded::jacobian(a, v.clone(), t);
    assert_eq!(jacobian.0, ([12.0, 0.0], vec![2.0, 2.0], (1.0, 0.0)));
    assert_eq!(jacobian.2, ([0.0, 13.0], vec![0.0, 0.0], (0.0, 3.0)));
    let (value, dot) = folded::jvp(a, v.clone(), t, [1.0, 2.0], vec![3.0, 4.0], (5.0, 6.0));
    assert_eq!((value, dot), (folded(a, v.clone(), t), (12.0 + 14.0 + 5.0, (), 26.0 + 18.0)));
    // 2 x (a₀ Σv + t₀) + a₁ t₁
    let gradient = ([10.0 * 12.0, 13.0], 2.0 * 35.0, vec![20.0, 20.0], (10.0, 3.0));
    assert_eq!(folds::grad(a, 5.0, v.clone(), t), gradient);
    assert_eq!(folds::jvp(a, 5.0, v.clone(), t, [0.0, 0.0], 1.0, vec![1.0, 0.0], (0.0, 1.0)).1, 93.0);
    assert_eq!(folds::trace(a, 5.0, v, t).gradient(), gradient.to_flat());
}

/// Methods: the rules are functions of the type.
#[differentiate(order = 2)]
impl Plane {
    #[differentiate(vjp = Self::pull_tilt, jvp = Self::push_tilt)]
    fn tilt(&self, x: f64) -> f64 {
        let f: fn(f64) -> f64 = f64::sin;
        self.offset * f(x)
    }

    fn twice(&self, x: f64) -> f64 {
        self.tilt(x) * self.tilt(2.0 * x)
    }
}

#[differentiate]
impl Plane {
    fn pull_tilt(&self, x: f64, seed: f64, plane_bar: &mut Plane, x_bar: &mut f64) -> f64 {
        plane_bar.offset += seed * x.sin();
        *x_bar += seed * self.offset * x.cos();
        self.offset * x.sin()
    }
}

#[differentiate]
impl Plane {
    #[differentiate]
    fn push_tilt(&self, x: f64, plane_dot: &Plane, x_dot: f64) -> (f64, f64) {
        (self.offset * x.sin(), plane_dot.offset * x.sin() + self.offset * x.cos() * x_dot)
    }
}

#[test]
fn methods_with_rules() {
    let (plane, x) = (plane(), 0.4_f64);
    let (value, (plane_bar, x_bar)) = plane.twice_value_and_grad(x);
    let (s, c, s2, c2) = (x.sin(), x.cos(), (2.0 * x).sin(), (2.0 * x).cos());
    assert_close(value, 0.25 * s * s2);
    assert_close(x_bar, 0.25 * (c * s2 + 2.0 * s * c2));
    assert_close(plane_bar.offset, s * s2);
    let (_, x_hvp) = plane.twice_hvp(x, &Plane { normal: [0.0; 2], offset: 0.0, scale: 0.0 }, 1.0);
    assert_close(x_hvp, 0.25 * (-5.0 * s * s2 + 4.0 * c * c2));
}

#[test]
fn rules_from_another_crate() {
    // J0' = −J1, at 1.5, and the second derivative J1/x − J0 (Abramowitz and Stegun, table 9.1).
    let (j0, j1) = (0.511_827_671_735_918_1, 0.557_936_507_910_1);
    assert!((bessel_j0(1.5) - j0).abs() < 1e-12);
    assert!((bessel_j0::grad(1.5) + j1).abs() < 1e-12);
    assert!((bessel_j0::hessian(1.5) - (j1 / 1.5 - j0)).abs() < 1e-12);
    let (value, (x_bar, scale_bar)) = scaled_bessel::value_and_grad(1.5, 2.0);
    assert_close(value, 2.0 * bessel_j0(1.5));
    assert_close(scale_bar, bessel_j0(1.5));
    assert_close(x_bar, 2.0 * bessel_j0::grad(1.5));
    assert_close(scaled_bessel::hessian(1.5, 2.0).0.0, 2.0 * bessel_j0::hessian(1.5));
}

/// A rule of another crate for an aggregate, called here.
#[differentiate(order = 2)]
fn distance(x: &[f64], y: f64) -> f64 {
    norm(x) * y
}

#[test]
fn products_from_another_crate() {
    let x = [3.0, 4.0];
    assert_eq!(distance::value_and_grad(&x, 2.0), (10.0, (vec![1.2, 1.6], 5.0)));
    assert_eq!(distance::jvp(&x, 2.0, &[1.0, 0.0], 0.0).1, 1.2);
    // The Hessian of the norm: (1 − u uᵀ) / |x|.
    let (h, _) = distance::hvp(&x, 2.0, &[1.0, 0.0], 0.0);
    assert_close(h[0], 2.0 * (1.0 - 0.36) / 5.0);
    assert_close(h[1], 2.0 * -0.48 / 5.0);
}

#[test]
fn the_checker_takes_rules() {
    Check::new("power", &(1.7, 2.3), |(x, y)| power(*x, *y))
        .partials(|(x, y)| (power_dx(*x, *y), power_dy(*x, *y)))
        .run()
        .assert();
    let point = (plane(), vec![0.3, 0.7], 1.2);
    let rule =
        |(plane, p, z): &(Plane, Vec<f64>, f64), seed: &f64, (plane_bar, p_bar, z_bar): &mut (Plane, Vec<f64>, f64)| {
            height_vjp(plane, p, *z, 3, *seed, plane_bar, p_bar, z_bar)
        };
    Check::new("height", &point, |(plane, p, z)| height(plane, p, *z, 3))
        .vjp_into(rule)
        .jvp(|(plane, p, z), (plane_dot, p_dot, z_dot)| height_jvp(plane, p, *z, 3, plane_dot, p_dot, *z_dot))
        .run()
        .assert();

    // One that is wrong, and one that writes where it should add.
    let wrong = Check::new("power", &(1.7, 2.3), |(x, y)| power(*x, *y))
        .names(["x", "y"])
        .partials(|(x, y)| (power_dx(*x, *y), 1.0005 * power_dy(*x, *y)))
        .run();
    assert_eq!(wrong.mismatches()[0].input, "y");
    let overwrites = Check::new("square", &3.0, |x| x * x)
        .vjp_into(|x, seed, x_bar| {
            *x_bar = 2.0 * x * seed;
            x * x
        })
        .run();
    assert!(!overwrites.passed());
}

/// `stop_gradient` of numbers and aggregates: derivative zero in both modes and orders.
#[differentiate(order = 2)]
fn stopped(w: &[f64], plane: &Plane, x: f64) -> f64 {
    let frozen = stop_gradient(w);
    let fixed = stop_gradient(plane);
    let still = stop_gradient(x * x);
    let mut sum = 0.0;
    for i in 0..w.len() {
        sum += frozen[i] * w[i] * x;
    }
    sum + still * x + fixed.offset * fixed.normal[0] * plane.offset
}

#[test]
fn what_is_stopped_is_constant() {
    let (w, plane, x) = ([2.0, 3.0], plane(), 1.5);
    let (value, (w_bar, plane_bar, x_bar)) = stopped::value_and_grad(&w, &plane, x);
    assert_eq!(value, (4.0 + 9.0) * x + x * x * x + 0.5 * 2.0 * 0.5);
    assert_eq!(w_bar, [2.0 * x, 3.0 * x]);
    assert_eq!(x_bar, 13.0 + x * x);
    assert_eq!(plane_bar, Plane { normal: [0.0; 2], offset: 1.0, scale: 1.5 });
    let dot = Plane { normal: [7.0, 7.0], offset: 1.0, scale: 1.5 };
    assert_eq!(stopped::jvp(&w, &plane, x, &[1.0, 1.0], &dot, 1.0).1, 5.0 * x + 13.0 + x * x + 1.0);
    let (w_hvp, plane_hvp, x_hvp) = stopped::hvp(&w, &plane, x, &[1.0, 0.0], &dot, 1.0);
    assert_eq!((w_hvp, x_hvp), (vec![2.0, 3.0], 2.0));
    assert_eq!(plane_hvp, Plane { normal: [0.0; 2], offset: 0.0, scale: 1.5 });
    assert_eq!(stopped::trace(&w, &plane, x).gradient(), [3.0, 4.5, 0.0, 0.0, 1.0, 13.0 + x * x]);
    // Empty, too.
    assert_eq!(stopped::grad(&[], &plane, x).2, x * x);
}

/// The names of aggregates stay as they are: arrays by value, vectors, parts of arrays, in single precision.
#[differentiate]
fn stopped_parts(a: [f32; 2], v: Vec<f32>, m: &[[f32; 2]; 2]) -> f32 {
    let b = stop_gradient(a);
    let row = stop_gradient(&m[1]);
    let mut local = vec![0.0; v.len()];
    for i in 0..v.len() {
        local[i] = v[i] * v[i];
    }
    let total: f32 = stop_gradient(&local).iter().sum();
    a[0] * b[1] + row[0] * m[1][0] + total * v[0] + local[0]
}

#[test]
fn parts_that_are_stopped() {
    let (a, v, m) = ([2.0, 3.0], vec![5.0, 7.0], [[0.0, 0.0], [11.0, 13.0]]);
    let (a_bar, v_bar, m_bar) = stopped_parts::grad(a, v.clone(), &m);
    assert_eq!((a_bar, v_bar, m_bar), ([3.0, 0.0], vec![74.0 + 10.0, 0.0], [[0.0, 0.0], [11.0, 0.0]]));
    assert_eq!(stopped_parts::jvp(a, v, &m, [1.0, 1.0], vec![1.0, 1.0], &[[1.0; 2]; 2]).1, 3.0 + 84.0 + 11.0);
}
