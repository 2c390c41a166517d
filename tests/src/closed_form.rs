//! Every derivative function of a scalar function against a closed form.
//!
//! [`closed_form!`](macro@crate::closed_form) states the gradient on paper, and [`Derivatives`] holds all functions of the
//! contract to it and to each other:
//!
//! - every function returns the bits of the plain function;
//! - the gradient is the closed form, and `grad`, `value_and_grad` and `vjp` agree in every bit;
//! - `jvp` along every axis and along a random direction is the closed form times the direction;
//! - differences agree, so that an error on paper is found too, except at kinks.

use std::fmt::Debug;

use autodiff_runtime::check::Check;
use autodiff_runtime::{Differentiable, Scalar};

use crate::problems::uniform;

/// A function, its derivatives, and where they are checked. Several arguments are one tuple.
pub struct Derivatives<'a, X, F, V, G, P, J> {
    points: &'a [X],
    value: F,
    value_and_grad: V,
    grad: G,
    vjp: P,
    jvp: J,
}

impl<'a, X, Y, F, V, G, P, J> Derivatives<'a, X, F, V, G, P, J>
where
    X: Differentiable + Debug,
    Y: Scalar,
    F: Fn(&X) -> Y,
    V: Fn(&X) -> (Y, X),
    G: Fn(&X) -> X,
    P: Fn(&X, Y) -> (Y, X),
    J: Fn(&X, &X) -> (Y, Y),
{
    /// The function and its derivatives, to be checked at `points`.
    pub fn new(points: &'a [X], value: F, value_and_grad: V, grad: G, vjp: P, jvp: J) -> Self {
        Self { points, value, value_and_grad, grad, vjp, jvp }
    }

    /// Compares all derivatives with `gradient`; with `differences`, that with differences too.
    ///
    /// # Panics
    ///
    /// With the name and the point, if anything disagrees.
    #[track_caller]
    pub fn check(&self, name: &str, differences: bool, gradient: impl Fn(&X) -> X) {
        for x in self.points {
            self.check_at(&format!("{name} at {x:?}"), x, &gradient(x));
            if differences {
                Check::new(name, x, &self.value).vjp(|x, seed| (self.vjp)(x, *seed)).jvp(&self.jvp).run().assert();
            }
        }
    }

    #[track_caller]
    fn check_at(&self, what: &str, x: &X, expected: &X) {
        let expected = numbers(expected);
        let scale = 1.0 + expected.iter().fold(0.0_f64, |scale, e| scale.max(e.abs()));
        let close = |got: f64, expected: f64| (got - expected).abs() <= tolerance::<Y>() * scale;
        let y = (self.value)(x).to_double();
        let same_value = |function: &str, value: Y| {
            let value = value.to_double();
            assert!(same_bits(value, y), "{what}: {function} returns {value}, the function {y}");
        };

        let (value, grad) = (self.value_and_grad)(x);
        same_value("value_and_grad", value);
        let grad = numbers(&grad);
        assert_eq!(grad.len(), expected.len(), "{what}: shape of the gradient");
        assert!(
            grad.iter().zip(&expected).all(|(&got, &expected)| close(got, expected)),
            "{what}: value_and_grad gives {grad:?}, on paper {expected:?}"
        );

        let alone = numbers(&(self.grad)(x));
        assert!(all_same_bits(&alone, &grad), "{what}: grad gives {alone:?}, value_and_grad {grad:?}");

        // Scaling by a power of two is exact, and so the reverse sweep, linear in the seed, has to be.
        for seed in [1.0, -2.0] {
            let (value, pulled) = (self.vjp)(x, Y::from_double(seed));
            same_value("vjp", value);
            let pulled = numbers(&pulled);
            let scaled: Vec<f64> = grad.iter().map(|g| g * seed).collect();
            // Zeros may differ in sign.
            assert!(pulled == scaled, "{what}: vjp with seed {seed} gives {pulled:?}, expected {scaled:?}");
        }

        for direction in directions(expected.len()) {
            let mut tangent = x.zeros_like();
            let mut parts = direction.iter();
            tangent.for_each_mut(|t| *t = X::Scalar::from_double(*parts.next().expect("as many as floats")));
            let (value, y_dot) = (self.jvp)(x, &tangent);
            same_value("jvp", value);
            let slope: f64 = expected.iter().zip(&direction).map(|(e, d)| e * d).sum();
            let y_dot = y_dot.to_double();
            assert!(close(y_dot, slope), "{what}: jvp along {direction:?} gives {y_dot}, on paper {slope}");
        }
    }
}

/// The relative error of a few dozen roundings.
fn tolerance<Y: Scalar>() -> f64 {
    64.0 * Y::epsilon().to_double()
}

/// Every axis, and one direction with all parts.
fn directions(n: usize) -> impl Iterator<Item = Vec<f64>> {
    let axes = (0..n).map(move |i| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect());
    // In single precision, so that nothing is rounded on the way in.
    let random = uniform(n, 7).into_iter().map(|d| f64::from(d as f32)).collect();
    axes.chain([random])
}

fn numbers<X: Differentiable>(x: &X) -> Vec<f64> {
    x.to_flat().into_iter().map(Scalar::to_double).collect()
}

/// Whether two numbers are the same, down to the sign of zero; all NaNs are.
fn same_bits(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

fn all_same_bits(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| same_bits(a, b))
}

/// States the gradient of a `#[differentiate]`d function in closed form and checks every derivative against it.
///
/// - `closed_form!(f(x, y) at [(1.0, 2.0), (0.5, -1.0)] is (2.0 * x * y, x * x))`: the points, and the gradient in
///   terms of the arguments, a tuple for several.
/// - `f(&x)` passes the argument by reference: a point for `&[f64]` is a `Vec`.
/// - `f(x, [n])` passes `n` as it is: a constant argument.
/// - `closed_form!(kink f(x) at .. is ..)` leaves differences out, which say nothing at a kink.
#[macro_export]
macro_rules! closed_form {
    (kink $($f:ident)::+ ($($args:tt)*) at [$($point:expr),+ $(,)?] is $gradient:expr) => {
        $crate::closed_form!(
            @args [$($f)::+] [[$($point),+], false, $gradient] [d0 d1 d2 d3 d4] [] [] [] $($args)*
        )
    };
    ($($f:ident)::+ ($($args:tt)*) at [$($point:expr),+ $(,)?] is $gradient:expr) => {
        $crate::closed_form!(
            @args [$($f)::+] [[$($point),+], true, $gradient] [d0 d1 d2 d3 d4] [] [] [] $($args)*
        )
    };

    // Collects the call's arguments, the names of the active ones, and a tangent for each of these.
    (@args $f:tt $claim:tt $fresh:tt [$($arg:tt)*] $names:tt $dots:tt [$constant:expr] $(, $($rest:tt)*)?) => {
        $crate::closed_form!(@args $f $claim $fresh [$($arg)* ($constant)] $names $dots $($($rest)*)?)
    };
    (@args $f:tt $claim:tt [$d:ident $($fresh:ident)*] [$($arg:tt)*] [$($name:ident)*] [$($dot:tt)*]
        & $x:ident $(, $($rest:tt)*)?) => {
        $crate::closed_form!(
            @args $f $claim [$($fresh)*] [$($arg)* (&$x)] [$($name)* $x] [$($dot)* ($d, &$d)] $($($rest)*)?
        )
    };
    (@args $f:tt $claim:tt [$d:ident $($fresh:ident)*] [$($arg:tt)*] [$($name:ident)*] [$($dot:tt)*]
        $x:ident $(, $($rest:tt)*)?) => {
        $crate::closed_form!(
            @args $f $claim [$($fresh)*] [$($arg)* ($x)] [$($name)* $x] [$($dot)* ($d, $d)] $($($rest)*)?
        )
    };
    (@args [$($f:tt)*] [$points:expr, $differences:expr, $gradient:expr] $fresh:tt
        [$(($arg:expr))*] [$($x:ident)*] [$(($d:ident, $dot:expr))*]) => {{
        #[allow(unused_parens, unused_variables, reason = "one argument is no tuple, and not every gradient reads all")]
        {
            $crate::closed_form::Derivatives::new(
                &$points,
                |point: &_| {
                    let ($($x),*) = Clone::clone(point);
                    $($f)*($($arg),*)
                },
                |point: &_| {
                    let ($($x),*) = Clone::clone(point);
                    $($f)*::value_and_grad($($arg),*)
                },
                |point: &_| {
                    let ($($x),*) = Clone::clone(point);
                    $($f)*::grad($($arg),*)
                },
                |point: &_, seed| {
                    let ($($x),*) = Clone::clone(point);
                    $($f)*::vjp($($arg,)* seed)
                },
                |point: &_, tangent: &_| {
                    let ($($x),*) = Clone::clone(point);
                    let ($($d),*) = Clone::clone(tangent);
                    $($f)*::jvp($($arg,)* $($dot),*)
                },
            )
            .check(stringify!($($f)*), $differences, |point: &_| {
                let ($($x),*) = Clone::clone(point);
                $gradient
            });
        }
    }};
}

#[cfg(test)]
mod tests {
    /// A function `x ↦ Σ a x_i`, and a module of its name as the macro would make a companion, with the factor of each
    /// derivative function given.
    macro_rules! linear {
        ($name:ident: $vag:expr, $grad:expr, $vjp:expr, $jvp:expr; $value:expr) => {
            fn $name(x: &[f64]) -> f64 {
                x.iter().map(|x| 3.0 * x).sum()
            }

            mod $name {
                fn value(x: &[f64]) -> f64 {
                    $value * super::$name(x)
                }
                pub(super) fn value_and_grad(x: &[f64]) -> (f64, Vec<f64>) {
                    (value(x), vec![$vag; x.len()])
                }
                pub(super) fn grad(x: &[f64]) -> Vec<f64> {
                    vec![$grad; x.len()]
                }
                pub(super) fn vjp(x: &[f64], seed: f64) -> (f64, Vec<f64>) {
                    (value(x), vec![$vjp(seed); x.len()])
                }
                pub(super) fn jvp(x: &[f64], x_dot: &[f64]) -> (f64, f64) {
                    (value(x), $jvp * x_dot.iter().sum::<f64>())
                }
            }
        };
    }

    linear!(right: 3.0, 3.0, |s: f64| 3.0 * s, 3.0; 1.0);
    linear!(wrong_value: 3.0, 3.0, |s: f64| 3.0 * s, 3.0; 1.0 + 1e-15);
    linear!(wrong_vag: 3.0 + 1e-9, 3.0, |s: f64| 3.0 * s, 3.0; 1.0);
    linear!(wrong_grad: 3.0, 3.0 + 1e-15, |s: f64| 3.0 * s, 3.0; 1.0);
    linear!(wrong_vjp: 3.0, 3.0, |_: f64| 3.0, 3.0; 1.0);
    linear!(wrong_jvp: 3.0, 3.0, |s: f64| 3.0 * s, 3.0 + 1e-9; 1.0);

    #[test]
    fn right_derivatives_pass() {
        closed_form!(right(&x) at [vec![1.0, -2.0], vec![], vec![0.0]] is vec![3.0; x.len()]);
    }

    macro_rules! fails {
        ($test:ident, $name:ident: $message:literal) => {
            #[test]
            #[should_panic(expected = $message)]
            fn $test() {
                closed_form!($name(&x) at [vec![1.0, -2.0]] is vec![3.0; x.len()]);
            }
        };
    }

    fails!(value_is_checked, wrong_value: "value_and_grad returns");
    fails!(vag_is_checked, wrong_vag: "value_and_grad gives");
    fails!(grad_is_checked, wrong_grad: "grad gives");
    fails!(vjp_is_checked, wrong_vjp: "vjp with seed -2 gives");
    fails!(jvp_is_checked, wrong_jvp: "jvp along");

    /// The paper may be wrong too, together with the derivatives.
    #[test]
    #[should_panic(expected = "reverse mode")]
    fn a_wrong_paper_is_found_by_differences() {
        fn f(x: f64) -> f64 {
            x * x
        }
        mod f {
            pub(super) fn value_and_grad(x: f64) -> (f64, f64) {
                (x * x, x)
            }
            pub(super) fn grad(x: f64) -> f64 {
                x
            }
            pub(super) fn vjp(x: f64, seed: f64) -> (f64, f64) {
                (x * x, x * seed)
            }
            pub(super) fn jvp(x: f64, x_dot: f64) -> (f64, f64) {
                (x * x, x * x_dot)
            }
        }
        closed_form!(f(x) at [0.5] is x);
    }
}
