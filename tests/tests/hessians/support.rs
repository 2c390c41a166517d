//! What a Hessian is compared with, and how.

use autodiff_tests::compare::assert_relative;

/// A Hessian or a gradient as numbers, in flat order.
pub(crate) trait Flat {
    fn flat(&self) -> Vec<f64>;
}

impl Flat for f64 {
    fn flat(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl Flat for f32 {
    fn flat(&self) -> Vec<f64> {
        vec![f64::from(*self)]
    }
}

impl<A: Flat> Flat for [A] {
    fn flat(&self) -> Vec<f64> {
        self.iter().flat_map(Flat::flat).collect()
    }
}

impl<A: Flat> Flat for Vec<A> {
    fn flat(&self) -> Vec<f64> {
        self.as_slice().flat()
    }
}

impl<A: Flat, const N: usize> Flat for [A; N] {
    fn flat(&self) -> Vec<f64> {
        self.as_slice().flat()
    }
}

impl<A: Flat> Flat for (A,) {
    fn flat(&self) -> Vec<f64> {
        self.0.flat()
    }
}

impl<A: Flat, B: Flat> Flat for (A, B) {
    fn flat(&self) -> Vec<f64> {
        [self.0.flat(), self.1.flat()].concat()
    }
}

impl<A: Flat, B: Flat, C: Flat> Flat for (A, B, C) {
    fn flat(&self) -> Vec<f64> {
        [self.0.flat(), self.1.flat(), self.2.flat()].concat()
    }
}

/// The Jacobian of a gradient by central differences, extrapolated to step 0 (Romberg): row i is `∂g/∂x_i`. The best row
/// of the scheme is the one whose last two extrapolations are closest.
pub(crate) fn differences(x: &[f64], gradient: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    const LEVELS: usize = 7;
    let mut rows = Vec::new();
    for i in 0..x.len() {
        let at = |h: f64| {
            let mut moved = x.to_vec();
            moved[i] = x[i] + h;
            (moved[i] - x[i], gradient(&moved))
        };
        let slope = |h: f64| -> Vec<f64> {
            let ((up, above), (down, below)) = (at(h), at(-h));
            above.iter().zip(&below).map(|(a, b)| (a - b) / (up - down)).collect()
        };
        let step = 0.0625 * x[i].abs().max(1.0);
        let mut best: Vec<(f64, f64)> = vec![(f64::INFINITY, f64::NAN); gradient(x).len()];
        let mut previous: Vec<Vec<f64>> = Vec::new();
        for level in 0..LEVELS {
            let mut row = vec![slope(step / f64::from(1 << level))];
            for (k, coarse) in previous.iter().enumerate() {
                let factor = f64::from(1 << (2 * (k + 1)));
                let next: Vec<f64> =
                    row[k].iter().zip(coarse).map(|(fine, coarse)| fine + (fine - coarse) / (factor - 1.0)).collect();
                for ((best, &new), (&a, &b)) in best.iter_mut().zip(&next).zip(row[k].iter().zip(coarse)) {
                    let error = (new - a).abs().max((new - b).abs());
                    if error < best.0 {
                        *best = (error, new);
                    }
                }
                row.push(next);
            }
            previous = row;
        }
        rows.extend(best.iter().map(|&(_, value)| value));
    }
    rows
}

/// `H · v`, of a Hessian in flat order.
pub(crate) fn times(hessian: &[f64], v: &[f64]) -> Vec<f64> {
    hessian.chunks(v.len()).map(|row| row.iter().zip(v).map(|(h, v)| h * v).sum()).collect()
}

/// A direction without symmetries.
pub(crate) fn direction(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.75 - 0.5 * i as f64 + 0.125 * (i * i) as f64).collect()
}

/// `H = Hᵀ`.
#[track_caller]
pub(crate) fn assert_symmetric(what: &str, hessian: &[f64], n: usize) {
    let transposed: Vec<f64> = (0..n * n).map(|k| hessian[k % n * n + k / n]).collect();
    assert_relative(&format!("{what}, transposed"), &transposed, hessian, 1e-12);
}

/// A function with all that its companion has, from flat numbers to flat numbers.
pub(crate) struct Flattened<'a> {
    pub(crate) name: &'static str,
    pub(crate) value: &'a dyn Fn(&[f64]) -> f64,
    pub(crate) gradient: &'a dyn Fn(&[f64]) -> Vec<f64>,
    pub(crate) hessian: &'a dyn Fn(&[f64]) -> Vec<f64>,
    pub(crate) all: All<'a>,
    pub(crate) product: Product<'a>,
    /// The product by other routes: nested derivatives.
    pub(crate) routes: [(&'static str, Product<'a>); 3],
}

/// Value, gradient and Hessian at a point.
pub(crate) type All<'a> = &'a dyn Fn(&[f64]) -> (f64, Vec<f64>, Vec<f64>);

/// The product of a matrix at a point and a vector.
pub(crate) type Product<'a> = &'a dyn Fn(&[f64], &[f64]) -> Vec<f64>;

impl Flattened<'_> {
    /// What holds of every Hessian: it is the derivative of the gradient, symmetric, a table of the products, and comes
    /// with the value and the gradient unchanged.
    #[track_caller]
    pub(crate) fn check(&self, x: &[f64]) -> Vec<f64> {
        let what = format!("{} at {x:?}", self.name);
        let hessian = (self.hessian)(x);
        assert_eq!(hessian.len(), x.len() * x.len(), "{what}");
        assert_relative(&what, &hessian, &differences(x, self.gradient), 1e-8);
        assert_symmetric(&what, &hessian, x.len());
        let v = direction(x.len());
        let product = (self.product)(x, &v);
        assert_relative(&format!("{what}, product"), &product, &times(&hessian, &v), 1e-12);
        for (route, by_route) in &self.routes {
            assert_relative(&format!("{what}, product by {route}"), &by_route(x, &v), &product, 1e-12);
        }
        let (y, g, h) = (self.all)(x);
        assert_eq!(y.to_bits(), (self.value)(x).to_bits(), "{what}");
        assert_eq!((g, &h), ((self.gradient)(x), &hessian), "{what}");
        hessian
    }
}

/// A function of one list, as [`Flattened`].
#[macro_export]
macro_rules! of_list {
    ($f:ident) => {
        $crate::support::Flattened {
            name: stringify!($f),
            value: &|x| $f(x),
            gradient: &|x| $f::grad(x),
            hessian: &|x| $crate::support::Flat::flat(&$f::hessian(x)),
            all: &|x| {
                let (y, g, h) = $f::value_grad_hessian(x);
                (y, g, $crate::support::Flat::flat(&h))
            },
            product: &|x, v| $f::hvp(x, v),
            routes: {
                /// `v·∇f`, in reverse mode and in forward mode.
                #[autodiff_runtime::differentiate]
                fn by_reverse(x: &[f64], #[constant] v: &[f64]) -> f64 {
                    let d = $f::grad(x);
                    let mut sum = 0.0;
                    for i in 0..v.len() {
                        sum += d[i] * v[i];
                    }
                    sum
                }
                #[autodiff_runtime::differentiate]
                fn by_forward(x: &[f64], #[constant] v: &[f64]) -> f64 {
                    let (_, d) = $f::jvp(x, v);
                    d
                }
                [
                    ("reverse over reverse", &|x, v| by_reverse::grad(x, v)),
                    ("reverse over forward", &|x, v| by_forward::grad(x, v)),
                    ("forward over forward", &|x, v| {
                        let units = 0..x.len();
                        let unit = |k| (0..x.len()).map(|i| f64::from(u8::from(i == k))).collect::<Vec<f64>>();
                        units.map(|k| by_forward::jvp(x, v, &unit(k)).1).collect()
                    }),
                ]
            },
        }
    };
}

/// A function of one array of the given length, as [`Flattened`].
#[macro_export]
macro_rules! of_array {
    ($f:ident, $n:literal) => {
        $crate::support::Flattened {
            name: stringify!($f),
            value: &|x| $f(x.as_array::<$n>().expect("its length")),
            gradient: &|x| $f::grad(x.as_array::<$n>().expect("its length")).to_vec(),
            hessian: &|x| $crate::support::Flat::flat(&$f::hessian(x.as_array::<$n>().expect("its length"))),
            all: &|x| {
                let (y, g, h) = $f::value_grad_hessian(x.as_array::<$n>().expect("its length"));
                (y, g.to_vec(), $crate::support::Flat::flat(&h))
            },
            product: &|x, v| {
                $f::hvp(x.as_array::<$n>().expect("its length"), v.as_array::<$n>().expect("its length")).to_vec()
            },
            routes: {
                #[autodiff_runtime::differentiate]
                fn by_reverse(x: &[f64; $n], #[constant] v: &[f64]) -> f64 {
                    let d = $f::grad(x);
                    let mut sum = 0.0;
                    for i in 0..v.len() {
                        sum += d[i] * v[i];
                    }
                    sum
                }
                #[autodiff_runtime::differentiate]
                fn by_forward(x: &[f64; $n], #[constant] v: &[f64; $n]) -> f64 {
                    let (_, d) = $f::jvp(x, v);
                    d
                }
                [
                    ("reverse over reverse", &|x, v| by_reverse::grad(x.as_array().expect("its length"), v).to_vec()),
                    ("reverse over forward", &|x, v| {
                        by_forward::grad(x.as_array().expect("its length"), v.as_array().expect("its length")).to_vec()
                    }),
                    ("forward over forward", &|x, v| {
                        let unit = |k| std::array::from_fn(|i| f64::from(u8::from(i == k)));
                        let (x, v) = (x.as_array::<$n>().expect("its length"), v.as_array().expect("its length"));
                        (0..$n).map(|k| by_forward::jvp(x, v, &unit(k)).1).collect()
                    }),
                ]
            },
        }
    };
}

/// A function of two numbers, as [`Flattened`].
#[macro_export]
macro_rules! of_two {
    ($f:ident) => {
        $crate::support::Flattened {
            name: stringify!($f),
            value: &|x| $f(x[0], x[1]),
            gradient: &|x| $crate::support::Flat::flat(&$f::grad(x[0], x[1])),
            hessian: &|x| $crate::support::Flat::flat(&$f::hessian(x[0], x[1])),
            all: &|x| {
                let (y, g, h) = $f::value_grad_hessian(x[0], x[1]);
                (y, $crate::support::Flat::flat(&g), $crate::support::Flat::flat(&h))
            },
            product: &|x, v| $crate::support::Flat::flat(&$f::hvp(x[0], x[1], v[0], v[1])),
            routes: {
                #[autodiff_runtime::differentiate]
                fn by_reverse(x: f64, y: f64, #[constant] v: &[f64]) -> f64 {
                    let (dx, dy) = $f::grad(x, y);
                    dx * v[0] + dy * v[1]
                }
                #[autodiff_runtime::differentiate]
                fn by_forward(x: f64, y: f64, #[constant] v: &[f64]) -> f64 {
                    let (_, d) = $f::jvp(x, y, v[0], v[1]);
                    d
                }
                [
                    ("reverse over reverse", &|x, v| $crate::support::Flat::flat(&by_reverse::grad(x[0], x[1], v))),
                    ("reverse over forward", &|x, v| $crate::support::Flat::flat(&by_forward::grad(x[0], x[1], v))),
                    ("forward over forward", &|x, v| {
                        let along = |a, b| by_forward::jvp(x[0], x[1], v, a, b).1;
                        vec![along(1.0, 0.0), along(0.0, 1.0)]
                    }),
                ]
            },
        }
    };
}
