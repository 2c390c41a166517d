//! Calls of methods of other values than `self`: of parameters, local structs, fields and elements; and of `self` where they
//! give arrays, vectors and structs or write to what they are given.

use autodiff_runtime::{Differentiable, differentiate};
use autodiff_tests::compare::{assert_close, slope};
use num_traits::Float;

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Layer {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
}

#[differentiate(order = 2)]
impl Layer {
    #[differentiate]
    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let mut y = self.affine(x);
        Self::activate(&mut y);
        y
    }

    // These two take part because `forward` calls them.
    fn affine(&self, x: &[f64]) -> Vec<f64> {
        self.w.iter().zip(&self.b).map(|(row, b)| b + row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>()).collect()
    }

    fn activate(y: &mut [f64]) {
        for y in y.iter_mut() {
            *y = y.tanh();
        }
    }

    fn penalty(&self, rate: f64) -> f64 {
        rate * self.b.iter().map(|b| b * b).sum::<f64>()
    }

    #[differentiate]
    fn shift(&mut self, by: f64) {
        for b in self.b.iter_mut() {
            *b += by * *b;
        }
    }
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Net {
    layers: Vec<Layer>,
    last: Layer,
}

#[differentiate(order = 2)]
impl Net {
    /// Methods of elements, of a field, and of elements by their indices.
    fn loss(&self, #[constant] x: &[f64], #[constant] y: f64) -> f64 {
        let mut h = x.to_vec();
        for layer in &self.layers {
            h = layer.forward(&h);
        }
        let out = self.last.forward(&h);
        let r = out[0] - y;
        let mut s = r * r;
        for i in 0..self.layers.len() {
            s += self.layers[i].penalty(0.1);
        }
        s
    }

    /// The same by iterators.
    fn folded(&self, #[constant] x: &[f64], #[constant] y: f64) -> f64 {
        let h = self.layers.iter().fold(x.to_vec(), |h, layer| layer.forward(&h));
        let r = self.last.forward(&h)[0] - y;
        r * r + self.layers.iter().map(|layer| layer.penalty(0.1)).sum::<f64>()
    }
}

fn net(layers: usize) -> Net {
    let layer = |k: usize| {
        let w = (0..2).map(|i| (0..2).map(|j| (0.3 + i as f64 * 0.9 - j as f64 * 1.1 + k as f64).sin()).collect());
        Layer { w: w.collect(), b: vec![0.1 * (k + 1) as f64, -0.2] }
    };
    Net { layers: (0..layers).map(layer).collect(), last: layer(7) }
}

/// Gradient, tangent and Hessian-vector product of `f` at `at` in the direction `dot` are those of differences; all numbers
/// are flat.
#[track_caller]
fn assert_derivatives<P: Differentiable<Scalar = f64> + Clone>(
    (at, dot): (&P, &P),
    f: impl Fn(&P) -> f64,
    grad: impl Fn(&P) -> P,
    jvp: impl Fn(&P, &P) -> (f64, f64),
    hvp: impl Fn(&P, &P) -> P,
) {
    let (flat, direction) = (at.to_flat(), dot.to_flat());
    let moved = |by: &dyn Fn(usize) -> f64| {
        let mut moved = at.clone();
        moved.read_flat(&(0..flat.len()).map(|i| flat[i] + by(i)).collect::<Vec<f64>>());
        moved
    };
    let wanted: Vec<f64> =
        (0..flat.len()).flat_map(|k| slope(1e-2, 4, |h| vec![f(&moved(&|i| if i == k { h } else { 0.0 }))])).collect();
    assert_close("gradient", &grad(at).to_flat(), &wanted, 1e-9);
    let along: f64 = wanted.iter().zip(&direction).map(|(g, d)| g * d).sum();
    let (value, tangent) = jvp(at, dot);
    assert_eq!(value, f(at));
    assert_close("tangent", &[tangent], &[along], 1e-9);
    let second = slope(1e-2, 4, |h| grad(&moved(&|i| h * direction[i])).to_flat());
    assert_close("second", &hvp(at, dot).to_flat(), &second, 1e-9);
}

#[test]
fn fields_and_elements() {
    for layers in [0, 1, 3] {
        let (at, mut dot) = (net(layers), net(layers));
        dot.read_flat(&(0..at.to_flat().len()).map(|i| (0.7 * i as f64).cos()).collect::<Vec<_>>());
        let x = [1.0, -0.6];
        assert_derivatives(
            (&at, &dot),
            |net| net.loss(&x, 0.3),
            |net| net.loss_grad(&x, 0.3),
            |net, dot| net.loss_jvp(&x, 0.3, dot),
            |net, dot| net.loss_hvp(&x, 0.3, dot),
        );
        assert_derivatives(
            (&at, &dot),
            |net| net.folded(&x, 0.3),
            |net| net.folded_grad(&x, 0.3),
            |net, dot| net.folded_jvp(&x, 0.3, dot),
            |net, dot| net.folded_hvp(&x, 0.3, dot),
        );
        assert_eq!(at.loss_trace(&x, 0.3).value(), at.loss(&x, 0.3));
    }
}

#[differentiate(order = 2)]
fn of_parameter(layer: &Layer, #[constant] x: f64) -> f64 {
    let h = layer.forward(&[x, x * x]);
    let mut other = layer.clone();
    other.shift(h[0]);
    h[0] * h[1] + other.penalty(x)
}

/// Writes to the parameter.
#[differentiate(order = 2)]
fn twice(layer: &mut Layer, by: f64) {
    layer.shift(by);
    let more = layer.penalty(by);
    layer.shift(more);
}

#[test]
fn parameters() {
    let (at, mut dot) = (net(1).last, net(1).last);
    dot.read_flat(&[0.3, -0.4, 0.8, 1.0, -0.5, 0.2]);
    assert_derivatives(
        (&at, &dot),
        |layer| of_parameter(layer, 0.7),
        |layer| of_parameter::grad(layer, 0.7),
        |layer, dot| of_parameter::jvp(layer, 0.7, dot),
        |layer, dot| of_parameter::hvp(layer, 0.7, dot),
    );
    let (mut end, mut moving) = (at.clone(), dot.clone());
    twice::jvp(&mut end, 0.3, &mut moving, 0.0);
    let slopes = slope(1e-2, 4, |h| {
        let mut layer = at.clone();
        layer.read_flat(&at.to_flat().iter().zip(dot.to_flat()).map(|(x, d)| x + h * d).collect::<Vec<_>>());
        twice(&mut layer, 0.3);
        layer.to_flat()
    });
    assert_close("tangent of what is written", &moving.to_flat(), &slopes, 1e-9);
    let (mut end, mut bar, mut by_bar) = (at.clone(), net(2).last, 0.0);
    let weighted: f64 = bar.to_flat().iter().zip(moving.to_flat()).map(|(w, d)| w * d).sum();
    twice::vjp_into(&mut end, 0.3, &mut bar, &mut by_bar);
    let found: f64 = bar.to_flat().iter().zip(dot.to_flat()).map(|(b, d)| b * d).sum();
    assert_close("both modes", &[found], &[weighted], 1e-12);
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Vector<T, const N: usize>([T; N]);

#[differentiate(order = 2)]
impl<T: Float, const N: usize> Vector<T, N> {
    /// Takes `self` by value.
    fn dot(self, other: Self) -> T {
        self.0.iter().zip(&other.0).fold(T::zero(), |s, (&a, &b)| s + a * b)
    }

    fn norm(&self) -> T {
        self.dot(*self).sqrt()
    }

    fn scaled(&self, by: T) -> Self {
        Vector(self.0.map(|x| x * by))
    }

    fn distance(&self, other: &Self) -> T {
        let unit = self.scaled(T::one() / self.norm());
        T::one() - unit.dot(*other) / other.norm()
    }
}

#[differentiate(order = 2)]
fn cosine<T: Float>(a: Vector<T, 2>, b: &Vector<T, 2>) -> T {
    a.dot(*b) / (a.norm() * b.norm())
}

macro_rules! vectors {
    ($float:ty, $tolerance:expr) => {{
        // Of the angle between them: ∇ₐ cos φ = b/(|a||b|) − cos φ a/|a|².
        let (a, b) = (Vector::<$float, 2>([3.0, 4.0]), Vector([5.0, 12.0]));
        let (y, (a_bar, b_bar)) = cosine::value_and_grad(a, &b);
        let wide = |v: [$float; 2]| v.map(f64::from);
        assert_close("value", &[f64::from(y)], &[63.0 / 65.0], $tolerance);
        let c = 63.0 / 65.0;
        let of = |k: usize, (of, by): ([f64; 2], f64), (to, length): ([f64; 2], f64)| {
            to[k] / (by * length) - c * of[k] / (by * by)
        };
        let (p, q) = (([3.0, 4.0], 5.0), ([5.0, 12.0], 13.0));
        assert_close("a", &wide(a_bar.0), &[of(0, p, q), of(1, p, q)], $tolerance);
        assert_close("b", &wide(b_bar.0), &[of(0, q, p), of(1, q, p)], $tolerance);
        let (value, tangent) = a.distance_jvp(&b, &Vector([1.0, 0.5]), &Vector([0.0; 2]));
        assert_close("distance", &[f64::from(value)], &[2.0 / 65.0], $tolerance);
        assert_close("its tangent", &[f64::from(tangent)], &[-of(0, p, q) - 0.5 * of(1, p, q)], $tolerance);
        let (grad, _) = a.distance_grad(&b);
        assert_close("its gradient", &wide(grad.0), &[-of(0, p, q), -of(1, p, q)], $tolerance);
    }};
}

#[test]
fn generic_structs() {
    vectors!(f32, 1e-6);
    vectors!(f64, 1e-15);
    let (a, b) = (Vector([0.3, -0.8, 1.1]), Vector([0.5, 0.9, -0.2]));
    let dot = Vector([1.0, -0.4, 0.3]);
    assert_derivatives(
        (&a, &dot),
        |a| a.distance(&b),
        |a| a.distance_grad(&b).0,
        |a, dot| a.distance_jvp(&b, dot, &Vector([0.0; 3])),
        |a, dot| a.distance_hvp(&b, dot, &Vector([0.0; 3])).0,
    );
    assert_eq!(Vector::<f64, 0>([]).dot_grad(Vector([])), (Vector([]), Vector([])));
}
