//! The companion as a downstream crate sees it: names, visibility, shapes, attributes, and calls across modules.
#![deny(warnings)]
#![expect(
    clippy::needless_range_loop,
    clippy::ptr_arg,
    clippy::type_complexity,
    reason = "loops over indices, `&Vec` and long types are what is tested here"
)]

use autodiff_runtime::{Differentiable, differentiate};

/// Central difference of `f` at 0.
fn difference(f: impl Fn(f64) -> f64) -> f64 {
    let step = 1e-5;
    (f(step) - f(-step)) / (2.0 * step)
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-8 * (1.0 + a.abs().max(b.abs())), "{a} is not {b}");
}

/// Every kind of parameter at once.
mod shapes {
    use super::{Differentiable, close, difference, differentiate};

    #[derive(Clone, Debug, PartialEq, Differentiable)]
    struct Layer {
        weights: Vec<[f64; 2]>,
        bias: f64,
        width: usize,
    }

    #[derive(Clone, Debug, PartialEq, Differentiable)]
    struct Model {
        layers: [Layer; 2],
        scale: f64,
    }

    #[differentiate]
    fn all(s: f64, a: [f64; 2], b: &[[f64; 2]; 2], c: &[f64], d: &Vec<f64>, m: &Model, n: usize) -> f64 {
        let mut y = s * a[0] * a[1];
        for i in 0..c.len() {
            y += c[i] * d[i] * b[i % 2][1];
        }
        for k in 0..2 {
            for i in 0..m.layers[k].weights.len() {
                y += m.layers[k].weights[i][0] * m.layers[k].weights[i][1] * m.layers[k].bias;
            }
        }
        y * m.scale * n as f64 + m.layers[1].width as f64 * s
    }

    struct Input {
        s: f64,
        a: [f64; 2],
        b: [[f64; 2]; 2],
        c: Vec<f64>,
        d: Vec<f64>,
        m: Model,
    }

    fn layer(x: f64) -> Layer {
        Layer { weights: vec![[x, 2.0 * x], [0.3, -x]], bias: 1.0 - x, width: 3 }
    }

    fn input() -> Input {
        Input {
            s: 0.7,
            a: [1.3, -0.4],
            b: [[0.1, 0.9], [2.0, 1.1]],
            c: vec![0.5, -0.6, 0.2],
            d: vec![1.5, 0.8, -0.9],
            m: Model { layers: [layer(0.4), layer(-1.2)], scale: 1.7 },
        }
    }

    fn direction() -> Input {
        Input {
            s: 0.2,
            a: [-0.3, 0.8],
            b: [[0.4, 0.6], [-0.1, 0.7]],
            c: vec![0.3, 0.9, -0.5],
            d: vec![-0.2, 0.1, 0.6],
            m: Model { layers: [layer(0.3), layer(0.6)], scale: -0.8 },
        }
    }

    fn moved(t: f64) -> f64 {
        let (mut x, v) = (input(), direction());
        x.s += t * v.s;
        x.a.zip_each_mut(&v.a, |x, v| *x += t * v);
        x.b.zip_each_mut(&v.b, |x, v| *x += t * v);
        x.c.zip_each_mut(&v.c, |x, v| *x += t * v);
        x.d.zip_each_mut(&v.d, |x, v| *x += t * v);
        x.m.zip_each_mut(&v.m, |x, v| *x += t * v);
        all(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2)
    }

    #[test]
    fn every_shape_has_its_gradient() {
        let (x, v) = (input(), direction());
        let (y, (s, a, b, c, d, m)): (f64, (f64, [f64; 2], [[f64; 2]; 2], Vec<f64>, Vec<f64>, Model)) =
            all::value_and_grad(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2);
        assert_eq!(y.to_bits(), all(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2).to_bits());
        assert_eq!(m.layers[0].width, 3);
        let dot = |x: &[f64], v: &[f64]| x.iter().zip(v).map(|(x, v)| x * v).sum::<f64>();
        let along = s * v.s
            + dot(&a, &v.a)
            + dot(b.as_flattened(), v.b.as_flattened())
            + dot(&c, &v.c)
            + dot(&d, &v.d)
            + dot(&m.to_flat(), &v.m.to_flat());
        close(along, difference(moved));
        let (y_fwd, y_dot) = all::jvp(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2, v.s, v.a, &v.b, &v.c, &v.d, &v.m);
        assert_eq!(y_fwd.to_bits(), y.to_bits());
        close(y_dot, along);
        assert_eq!(all::grad(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2), (s, a, b, c, d, m));
    }

    #[test]
    fn into_adds_and_seeds_scale() {
        let x = input();
        let (mut s, mut a, mut b) = (0.0, [0.0; 2], [[0.0; 2]; 2]);
        let (mut c, mut d, mut m) = (vec![0.0; 3], vec![0.0; 3], x.m.zeros_like());
        for _ in 0..2 {
            let y = all::grad_into(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2, &mut s, &mut a, &mut b, &mut c, &mut d, &mut m);
            assert_eq!(y.to_bits(), all(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2).to_bits());
        }
        all::vjp_into(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2, -2.0, &mut s, &mut a, &mut b, &mut c, &mut d, &mut m);
        let total = [&[s][..], &a, b.as_flattened(), &c, &d, &m.to_flat()].concat();
        assert!(total.iter().all(|x| x.abs() < 1e-12), "{total:?}");
    }

    #[test]
    #[should_panic(expected = "`c` has shape [3], but its shadow, tangent or direction has shape [2]")]
    fn a_shadow_of_another_length_is_refused() {
        let x = input();
        let (mut s, mut a, mut b, mut c, mut d) = (0.0, [0.0; 2], [[0.0; 2]; 2], vec![0.0; 2], vec![0.0; 3]);
        let mut m = x.m.zeros_like();
        all::grad_into(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2, &mut s, &mut a, &mut b, &mut c, &mut d, &mut m);
    }

    #[test]
    #[should_panic(expected = "`d` has shape [3], but its shadow, tangent or direction has shape [1]")]
    fn a_tangent_of_another_length_is_refused() {
        let (x, v) = (input(), direction());
        let _ = all::jvp(x.s, x.a, &x.b, &x.c, &x.d, &x.m, 2, v.s, v.a, &v.b, &v.c, &vec![0.0], &v.m);
    }
}

/// One parameter gives the gradient itself; a tuple has seeds and tangents with `()` for what is no float.
mod results {
    use super::{close, differentiate};

    #[differentiate]
    fn one(x: f32) -> f32 {
        x * x
    }

    #[differentiate]
    fn two(x: f64, y: f64) -> (f64, usize, f64) {
        let k = 3;
        (x * y, k, x.sin() * 2.0)
    }

    #[test]
    fn one_parameter_gives_no_tuple() {
        let g: f32 = one::grad(3.0);
        assert_eq!((g, one::value_and_grad(3.0), one::vjp(3.0, 0.5)), (6.0, (9.0, 6.0), (9.0, 3.0)));
        assert_eq!(one::jvp(3.0, 2.0), (9.0, 12.0));
        assert_eq!(one::trace(3.0).to_string().lines().count(), 4);
    }

    #[test]
    fn tuples_have_a_seed_a_part() {
        let (x, y) = (0.4_f64, -1.5);
        let (value, (x_bar, y_bar)) = two::vjp(x, y, (2.0, (), -1.0));
        assert_eq!(value, two(x, y));
        close(x_bar, 2.0 * y - 2.0 * x.cos());
        close(y_bar, 2.0 * x);
        let (value, (first, (), last)) = two::jvp(x, y, 1.0, 0.5);
        assert_eq!(value, two(x, y));
        close(first, y + 0.5 * x);
        close(last, 2.0 * x.cos());
    }
}

/// Calls in other modules, with and without adjoints, of tuples and of slices.
mod calls {
    use super::{close, difference, differentiate};

    mod inner {
        use super::super::differentiate;

        #[differentiate]
        pub(super) fn pair(x: &[f64], k: usize, #[constant] c: f64) -> (f64, f64) {
            (x[0] * x[k] * c, x[1].exp())
        }
    }

    #[differentiate]
    fn norm(x: &[f64; 3]) -> f64 {
        let mut s = 0.0;
        for i in 0..3 {
            s += x[i] * x[i];
        }
        s.sqrt()
    }

    #[differentiate]
    fn outer(x: &[f64], t: f64) -> f64 {
        let a = [t, x[0] * t, x[1]];
        let (p, q) = inner::pair(x, 2, 1.5);
        let mut y = norm(&a) * p;
        if q > 1.0 {
            y += q * t;
        }
        y
    }

    #[test]
    fn adjoints_flow_through_calls() {
        let (x, t) = ([0.3, 0.8, -1.1], 0.9);
        let (y, (x_bar, t_bar)) = outer::value_and_grad(&x, t);
        assert_eq!(y.to_bits(), outer(&x, t).to_bits());
        close(t_bar, difference(|h| outer(&x, t + h)));
        for (i, &bar) in x_bar.iter().enumerate() {
            let along = |h: f64| {
                let mut x = x;
                x[i] += h;
                outer(&x, t)
            };
            close(bar, difference(along));
            let mut unit = [0.0; 3];
            unit[i] = 1.0;
            close(outer::jvp(&x, t, &unit, 0.0).1, bar);
        }
        assert!(outer::trace(&x, t).to_string().contains("norm("));
    }
}

/// What the generated code takes from the function: its visibility and its lint levels.
mod attributes {
    use super::differentiate;

    /// Documented, and its companion with it.
    #[allow(non_snake_case)]
    #[inline(never)]
    #[differentiate]
    pub(crate) fn Shouting(X: f64) -> f64 {
        let Y = X + X;
        Y * X
    }

    #[test]
    fn a_derivative_inherits_lint_levels() {
        assert_eq!(Shouting::grad(3.0), 12.0);
    }

    #[test]
    fn a_function_in_a_function() {
        #[differentiate]
        fn local(x: f64) -> f64 {
            x.powi(3)
        }
        assert_eq!(local::value_and_grad(2.0), (8.0, 12.0));
    }
}
