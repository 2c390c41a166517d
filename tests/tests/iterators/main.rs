//! Iterators and closures: the value's bits, reverse and forward mode and Hessian-vector products against differences, and
//! the bits of the gradient of the loop that one would write by hand, for empty and one-element inputs, in both precisions.

/// Defines a test of a function of two slices, next to what one would write with indices.
macro_rules! like_by_hand {
    (
        $(#[$doc:meta])*
        fn $name:ident($x:ident, $y:ident) -> $float:ident $body:block
        by hand $hand:block
    ) => {
        mod $name {
            use autodiff_runtime::check::Check;
            use autodiff_runtime::differentiate;

            $(#[$doc])*
            #[differentiate(order = 2)]
            #[allow(unused_variables, reason = "some functions have one input; they are as people write them")]
            fn function($x: &[$float], $y: &[$float]) -> $float $body

            #[differentiate]
            #[allow(unused_variables, reason = "indices are the point")]
            fn by_hand($x: &[$float], $y: &[$float]) -> $float $hand

            #[test]
            fn agrees() {
                let points: [(Vec<$float>, Vec<$float>); 5] = [
                    (vec![], vec![]),
                    (vec![0.75], vec![]),
                    (vec![0.75], vec![-1.5]),
                    (vec![0.5, -1.25, 0.875, 1.5], vec![1.5, 0.25, -0.75]),
                    (vec![0.5, -1.25], vec![1.5, 0.25, -0.75, 2.0, 0.375]),
                ];
                for point in &points {
                    let (x, y) = point;
                    let (value, gradient) = function::value_and_grad(x, y);
                    assert_eq!(value.to_bits(), function(x, y).to_bits(), "the value at {point:?}");
                    let (same, expected) = by_hand::value_and_grad(x, y);
                    assert_eq!(value.to_bits(), same.to_bits(), "the value by hand at {point:?}");
                    let bits = |(x, y): &(Vec<$float>, Vec<$float>)| -> Vec<_> { x.iter().chain(y).map(|v| v.to_bits()).collect() };
                    assert_eq!(bits(&gradient), bits(&expected), "{gradient:?} instead of {expected:?} at {point:?}");
                    if !x.is_empty() {
                        Check::new(stringify!($name), point, |(x, y)| function(x, y))
                            .value_and_grad(|(x, y)| function::value_and_grad(x, y))
                            .jvp(|(x, y), (x_dot, y_dot)| function::jvp(x, y, x_dot, y_dot))
                            .run()
                            .assert();
                        let gradient = |(x, y): &(Vec<$float>, Vec<$float>)| function::grad(x, y);
                        Check::new(stringify!(gradient of $name), point, gradient)
                            .jvp(|(x, y), (v, w)| (function::grad(x, y), function::hvp(x, y, v, w)))
                            .tolerance(if size_of::<$float>() == 4 { 2e-2 } else { 1e-6 })
                            .run()
                            .assert();
                    }
                }
            }
        }
    };
}

mod aggregates;
mod chains;
mod closures;
mod generics;
mod options;
mod sequential;
mod tables;
mod variables;
