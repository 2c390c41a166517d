//! Functions as numeric programmers write them, each with nothing but the attribute added: the value's bits, reverse and
//! forward mode against differences and each other, and Hessian-vector products against differences of the gradient, in
//! both precisions. The functions are grouped by where they come from.

/// Checks all derivatives of a function of several arguments, `f(ref 0, val 1) at point`, where `point` is the tuple of the
/// arguments, or of one, `f, ref at point`.
macro_rules! check {
    ($f:ident($($mode:ident $i:tt),+) at $point:expr) => {{
        let point = $point;
        let value = $f($(pass!($mode point.$i)),+);
        let (same, gradient) = $f::value_and_grad($(pass!($mode point.$i)),+);
        assert_eq!(value.to_bits(), same.to_bits(), "the value of {} at {point:?}", stringify!($f));
        assert_eq!($f::grad($(pass!($mode point.$i)),+), gradient, "the gradient of {} at {point:?}", stringify!($f));
        if !$crate::is_empty(&point) {
            autodiff_runtime::check::Check::new(stringify!($f), &point, |x| $f($(pass!($mode x.$i)),+))
                .value_and_grad(|x| $f::value_and_grad($(pass!($mode x.$i)),+))
                .jvp(|x, v| $f::jvp($(pass!($mode x.$i),)+ $(pass!($mode v.$i)),+))
                .run()
                .assert();
            autodiff_runtime::check::Check::new("second order", &point, |x| $f::grad($(pass!($mode x.$i)),+))
                .jvp(|x, v| {
                    let hvp = $f::hvp($(pass!($mode x.$i),)+ $(pass!($mode v.$i)),+);
                    ($f::grad($(pass!($mode x.$i)),+), hvp)
                })
                .tolerance($crate::second_tolerance(&point))
                .run()
                .assert();
        }
    }};
    ($f:ident, $mode:ident at $point:expr) => {{
        let point = $point;
        let value = $f(pass!($mode point));
        let (same, gradient) = $f::value_and_grad(pass!($mode point));
        assert_eq!(value.to_bits(), same.to_bits(), "the value of {} at {point:?}", stringify!($f));
        assert_eq!($f::grad(pass!($mode point)), gradient, "the gradient of {} at {point:?}", stringify!($f));
        if !$crate::is_empty(&point) {
            autodiff_runtime::check::Check::new(stringify!($f), &point, |x| $f(pass!($mode x)))
                .value_and_grad(|x| $f::value_and_grad(pass!($mode x)))
                .jvp(|x, v| $f::jvp(pass!($mode x), pass!($mode v)))
                .run()
                .assert();
            autodiff_runtime::check::Check::new("second order", &point, |x| $f::grad(pass!($mode x)))
                .jvp(|x, v| ($f::grad(pass!($mode x)), $f::hvp(pass!($mode x), pass!($mode v))))
                .tolerance($crate::second_tolerance(&point))
                .run()
                .assert();
        }
    }};
}

/// An argument by reference or by value.
macro_rules! pass {
    (ref $($x:tt)+) => {
        &$($x)+
    };
    (val $($x:tt)+) => {
        $($x)+.clone()
    };
}

/// Whether there is nothing to differentiate with respect to.
fn is_empty<X: autodiff_runtime::Differentiable>(point: &X) -> bool {
    let mut empty = true;
    point.for_each(|_| empty = false);
    empty
}

/// What differences of a gradient can tell: in single precision, whether a second derivative is there.
fn second_tolerance<X: autodiff_runtime::Differentiable>(_: &X) -> f64 {
    if size_of::<X::Scalar>() == size_of::<f32>() { 2e-2 } else { 1e-6 }
}

mod calls;
mod choices;
mod dynamics;
mod generic;
mod generic_chains;
mod learning;
mod linear_algebra;
mod numerics;
mod objects;
mod programs;
mod series;
mod signals;
mod statistics;
