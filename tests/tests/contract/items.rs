//! The companion as an item: visibility, imports, attributes, places.

use autodiff_runtime::differentiate;

#[expect(unreachable_pub, reason = "who sees what is the subject")]
mod outer {
    pub mod inner {
        use autodiff_runtime::differentiate;

        #[differentiate]
        pub fn public(x: f64) -> f64 {
            x * x
        }

        #[differentiate]
        pub(crate) fn of_the_crate(x: f64) -> f64 {
            x * private(x)
        }

        #[differentiate]
        pub(in crate::items) fn of_a_path(x: f64) -> f64 {
            3.0 * of_the_parent(x)
        }

        #[differentiate]
        pub(super) fn of_the_parent(x: f64) -> f64 {
            x * x
        }

        #[differentiate]
        fn private(x: f64) -> f64 {
            x * x
        }
    }

    pub use inner::public as renamed;

    pub fn slope_of_parent(x: f64) -> f64 {
        inner::of_the_parent::grad(x)
    }
}

#[test]
fn the_companion_is_as_visible_as_the_function() {
    assert_eq!(outer::inner::public::grad(3.0), 6.0);
    assert_eq!(outer::inner::of_the_crate::grad(3.0), 27.0);
    assert_eq!(outer::inner::of_a_path::grad(3.0), 18.0);
    assert_eq!(outer::slope_of_parent(3.0), 6.0);
}

#[test]
fn one_import_brings_both() {
    use outer::inner::public;
    use outer::renamed;
    use outer::renamed as again;
    assert_eq!((public(3.0), public::grad(3.0)), (9.0, 6.0));
    assert_eq!((renamed(3.0), renamed::grad(3.0)), (9.0, 6.0));
    assert_eq!((again(3.0), again::grad(3.0)), (9.0, 6.0));
    use outer::inner::*;
    assert_eq!((of_the_crate(3.0), of_the_crate::grad(3.0)), (27.0, 27.0));
}

#[differentiate]
fn calls_by_every_path(x: f64) -> f64 {
    use outer::renamed as alias;
    alias(x) * self::outer::inner::public(x) + outer::renamed(x) * crate::items::outer::inner::of_the_crate(x)
}

/// `x⁴ + x⁵`.
#[test]
fn callees_by_every_path() {
    assert_eq!(calls_by_every_path::value_and_grad(2.0), (48.0, 112.0));
}

#[test]
fn inside_a_function_body() {
    #[differentiate]
    fn local(x: f64) -> f64 {
        if x > 1.0 { return_free(x) } else { x }
    }

    #[differentiate]
    fn return_free(x: f64) -> f64 {
        x.powi(3)
    }

    assert_eq!(local::value_and_grad(2.0), (8.0, 12.0));
}

/// What is said about the function.
#[inline]
#[must_use = "a value"]
#[allow(non_snake_case, reason = "the name in the paper")]
#[differentiate]
fn attributed(W: f64, Ẇ: f64) -> f64 {
    W * Ẇ
}

#[test]
fn other_attributes_stay() {
    assert_eq!(attributed(2.0, 3.0), 6.0);
    assert_eq!(attributed::grad(2.0, 3.0), (3.0, 2.0));
}

#[differentiate]
#[inline(always)]
fn attribute_first(x: f64) -> f64 {
    x * x
}

#[test]
fn attributes_below() {
    assert_eq!(attribute_first::grad(2.0), 4.0);
}
