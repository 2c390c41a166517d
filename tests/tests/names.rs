//! Name conflicts: whatever the user's names are, ours step aside.
#![deny(warnings)]
#![expect(non_upper_case_globals, clippy::needless_range_loop, reason = "the names of users, in loops over indices")]

use autodiff_runtime::{Differentiable, differentiate};

/// Parameters called like what generated code invents.
mod parameters {
    use super::differentiate;

    #[differentiate]
    fn ours(x: &[f64], x_bar: f64, x_slot: f64, tape: f64, seed: f64, z1: f64) -> f64 {
        let z2 = x[0] * x_bar;
        let w_bar = z2 * x_slot;
        let y = w_bar * tape;
        let y_bar = y * seed;
        y_bar * z1
    }

    #[test]
    fn called_like_ours() {
        let (y, (x, x_bar, x_slot, tape, seed, z1)) = ours::value_and_grad(&[2.0], 3.0, 5.0, 7.0, 11.0, 13.0);
        let product: f64 = 30030.0;
        assert_eq!(y, product);
        assert_eq!(x, [product / 2.0]);
        assert_eq!([x_bar, x_slot, tape, seed, z1], [3.0, 5.0, 7.0, 11.0, 13.0].map(|p| product / p));
        assert_eq!(ours::jvp(&[2.0], 3.0, 5.0, 7.0, 11.0, 13.0, &[1.0], 0.0, 0.0, 0.0, 0.0, 0.0).1, product / 2.0);
    }

    #[differentiate]
    fn types(f64: f64, usize: f64, bool: f64) -> f64 {
        f64 * usize + bool.sin()
    }

    #[test]
    fn called_like_types() {
        assert_eq!(types::grad(2.0, 3.0, 0.0), (3.0, 2.0, 1.0));
    }

    #[differentiate]
    fn myself(myself: f64, y: f64, recorder: f64, absent: &[f64], given: &[f64]) -> f64 {
        myself * y * recorder * absent[0] * given[0]
    }

    #[test]
    fn called_like_the_function() {
        let (y, g) = myself::value_and_grad(2.0, 3.0, 5.0, &[7.0], &[11.0]);
        assert_eq!((y, g), (2310.0, (1155.0, 770.0, 462.0, vec![330.0], vec![210.0])));
        let (_, dot) = myself::jvp(2.0, 3.0, 5.0, &[7.0], &[11.0], 1.0, 0.0, 0.0, &[0.0], &[1.0]);
        assert_eq!(dot, 1155.0 + 210.0);
        assert!(!myself::trace(2.0, 3.0, 5.0, &[7.0], &[11.0]).to_string().is_empty());
    }

    #[differentiate]
    fn raw(r#type: f64, r#match: f64) -> f64 {
        let r#fn = r#type * r#match;
        r#fn * r#fn
    }

    #[test]
    fn raw_identifiers() {
        assert_eq!(raw::grad(2.0, 3.0), (36.0, 24.0));
    }
}

/// Types of the user's that shadow the prelude's and the primitives.
mod types {
    use super::{Differentiable, differentiate};

    #[derive(Debug, PartialEq, Differentiable)]
    struct Some {
        off: f64,
    }

    #[derive(Debug, PartialEq, Differentiable)]
    struct S0 {
        r#type: f64,
        other: Option,
    }

    #[derive(Debug, PartialEq, Differentiable)]
    struct Option {
        x: [f64; 1],
    }

    #[differentiate]
    fn f(some: &Some, s0: &S0) -> f64 {
        some.off * s0.r#type * s0.other.x[0]
    }

    #[allow(dead_code, reason = "only the name matters")]
    struct Vec;
    #[allow(dead_code, reason = "only the name matters")]
    struct None;

    #[differentiate]
    fn slice(x: &[f64]) -> f64 {
        x[0] * x[1]
    }

    #[test]
    fn called_like_the_prelude() {
        let (some, s0) = (Some { off: 2.0 }, S0 { r#type: 3.0, other: Option { x: [5.0] } });
        let (some_bar, s0_bar) = f::grad(&some, &s0);
        assert_eq!((some_bar, s0_bar), (Some { off: 15.0 }, S0 { r#type: 10.0, other: Option { x: [6.0] } }));
        let _: &[f64] = &slice::grad(&[2.0, 3.0]);
    }
}

/// Functions and constants of the user's that are called like our variables.
mod items {
    use super::differentiate;

    #[differentiate]
    fn z1(x: f64) -> f64 {
        x * x
    }

    #[differentiate]
    fn seed(x: f64) -> f64 {
        3.0 * x
    }

    const y_bar: f64 = 5.0;
    const t: f64 = 7.0;

    #[differentiate]
    fn calls(x: f64) -> f64 {
        let a = z1(x) * seed(x);
        let b = a * y_bar;
        b * t
    }

    #[test]
    fn called_like_our_variables() {
        let (y, g) = calls::value_and_grad(2.0);
        assert_eq!((y, g), (3.0 * 8.0 * 35.0, 9.0 * 4.0 * 35.0));
        assert_eq!(calls::jvp(2.0, 1.0), (y, g));
    }

    #[test]
    fn a_variable_called_like_a_constant() {
        const y: f64 = 7.0;

        // In the function, `y` is the constant; the derivative has no variable of that name.
        #[differentiate]
        fn reads(x: f64) -> f64 {
            let s = x * y;
            s * s
        }
        assert_eq!(reads::value_and_grad(2.0), (196.0, 196.0));
    }
}

/// User functions of contract names, and a companion of another name.
mod contract {
    use super::differentiate;

    #[differentiate]
    fn grad(x: f64) -> f64 {
        x * x
    }

    #[differentiate]
    fn value_and_grad(x: f64) -> f64 {
        grad(x) * x
    }

    #[differentiate(name = renamed_ad)]
    fn renamed(x: f64) -> f64 {
        value_and_grad(x)
    }

    #[allow(dead_code, reason = "only the name matters")]
    mod renamed {}

    #[test]
    fn called_like_ours() {
        assert_eq!(grad::grad(3.0), 6.0);
        assert_eq!(value_and_grad::value_and_grad(2.0), (8.0, 12.0));
        assert_eq!((renamed(2.0), renamed_ad::grad(2.0)), (8.0, 12.0));
    }
}

/// Nothing of the prelude is needed.
mod no_prelude {
    #![no_implicit_prelude]

    #[::autodiff_runtime::differentiate]
    fn f(x: &[f64]) -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            s += x[i] * x[i];
        }
        s
    }

    #[test]
    fn generated_paths_are_absolute() {
        ::core::assert_eq!(f::grad(&[1.0, 2.0]), [2.0, 4.0]);
    }
}

/// A function without derivatives that shadows one with derivatives from a glob import: the companion in scope is not its.
mod shadowed {
    mod library {
        #[autodiff_runtime::differentiate]
        pub(super) fn g(x: f64) -> f64 {
            x * x
        }
    }

    #[allow(unused_imports, reason = "what it brings is hidden by the function below")]
    use library::*;

    fn g(x: f64) -> f64 {
        2.0 * x
    }

    #[autodiff_runtime::differentiate]
    fn f(x: f64) -> f64 {
        g(x) + x
    }

    #[test]
    fn the_value_is_that_of_the_function_in_scope() {
        assert_eq!(f(3.0), 9.0);
    }

    #[test]
    #[should_panic(expected = "`g` here is a function without `#[differentiate]`")]
    fn the_derivative_of_another_function_is_refused() {
        let _ = f::grad(3.0);
    }
}
