//! The table of shapes: for every type of parameter, the exact types of gradient, shadow and tangent, in every function.

use autodiff_runtime::{Differentiable, differentiate};

/// Checks every function of one parameter: its type, by coercion to a function pointer, and its result.
///
/// `$passed` is how the owned `$x` is handed over; numbers are chosen so that no result is rounded.
macro_rules! shape {
    (
        $f:ident, $float:ty, $param:ty, $gradient:ty, $shadow:ty;
        $x:ident = $point:expr, $passed:expr; $dot:ident = $tangent:expr, $passed_dot:expr;
        $y:expr, $g:expr, $slope:expr
    ) => {{
        let _: fn($param) -> $float = $f;
        let _: fn($param) -> $gradient = $f::grad;
        let _: fn($param) -> ($float, $gradient) = $f::value_and_grad;
        let _: fn($param, &mut $shadow) -> $float = $f::grad_into;
        let _: fn($param, $float) -> ($float, $gradient) = $f::vjp;
        let _: fn($param, $float, &mut $shadow) -> $float = $f::vjp_into;
        let _: fn($param, $param) -> ($float, $float) = $f::jvp;

        let ($x, $dot) = ($point, $tangent);
        let gradient: $gradient = $g;
        let scaled = |factor: $float| {
            let mut gradient = gradient.clone();
            gradient.for_each_mut(|g| *g *= factor);
            gradient
        };
        assert_eq!($f($passed), $y);
        assert_eq!($f::grad($passed), gradient);
        assert_eq!($f::value_and_grad($passed), ($y, scaled(1.0)));
        assert_eq!($f::vjp($passed, -0.5), ($y, scaled(-0.5)));
        assert_eq!($f::jvp($passed, $passed_dot), ($y, $slope));

        // What is in the shadow stays there.
        let mut shadow = scaled(8.0);
        assert_eq!($f::grad_into($passed, &mut shadow), $y);
        assert_eq!(shadow, scaled(9.0));
        assert_eq!($f::vjp_into($passed, -3.0, &mut shadow), $y);
        assert_eq!(shadow, scaled(6.0));
    }};
}

macro_rules! in_precision {
    ($float:ident) => {
        use super::*;

        #[differentiate]
        fn scalar(x: $float) -> $float {
            x * x * x
        }

        #[test]
        fn scalars() {
            shape!(
                scalar, $float, $float, $float, $float;
                x = 2.0, x; x_dot = 0.5, x_dot;
                8.0, 12.0, 6.0
            );
        }

        #[differentiate]
        fn array(x: [$float; 3]) -> $float {
            x[0] * x[1] + x[2]
        }

        #[differentiate]
        fn array_reference(x: &[$float; 3]) -> $float {
            x[0] * x[1] + x[2]
        }

        #[test]
        fn arrays() {
            shape!(
                array, $float, [$float; 3], [$float; 3], [$float; 3];
                x = [2.0, 3.0, 5.0], x; x_dot = [1.0, 10.0, 100.0], x_dot;
                11.0, [3.0, 2.0, 1.0], 123.0
            );
            shape!(
                array_reference, $float, &[$float; 3], [$float; 3], [$float; 3];
                x = [2.0, 3.0, 5.0], &x; x_dot = [1.0, 10.0, 100.0], &x_dot;
                11.0, [3.0, 2.0, 1.0], 123.0
            );
        }

        #[differentiate]
        fn nested_array(x: [[$float; 2]; 2]) -> $float {
            x[0][0] * x[1][1] - x[0][1] * x[1][0]
        }

        #[differentiate]
        fn nested_array_reference(x: &[[$float; 2]; 2]) -> $float {
            x[0][0] * x[1][1] - x[0][1] * x[1][0]
        }

        #[test]
        fn nested_arrays() {
            shape!(
                nested_array, $float, [[$float; 2]; 2], [[$float; 2]; 2], [[$float; 2]; 2];
                x = [[2.0, 3.0], [5.0, 7.0]], x; x_dot = [[1.0, 10.0], [100.0, 1000.0]], x_dot;
                -1.0, [[7.0, -5.0], [-3.0, 2.0]], 1657.0
            );
            shape!(
                nested_array_reference, $float, &[[$float; 2]; 2], [[$float; 2]; 2], [[$float; 2]; 2];
                x = [[2.0, 3.0], [5.0, 7.0]], &x; x_dot = [[1.0, 10.0], [100.0, 1000.0]], &x_dot;
                -1.0, [[7.0, -5.0], [-3.0, 2.0]], 1657.0
            );
        }

        #[differentiate]
        fn slice(x: &[$float]) -> $float {
            x[0] * x[1] + x[x.len() - 1]
        }

        #[differentiate]
        fn slice_of_arrays(x: &[[$float; 2]]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                s += x[i][0] * x[i][1];
            }
            s
        }

        #[test]
        fn slices() {
            shape!(
                slice, $float, &[$float], Vec<$float>, [$float];
                x = vec![2.0, 3.0, 5.0], &x; x_dot = vec![1.0, 10.0, 100.0], &x_dot;
                11.0, vec![3.0, 2.0, 1.0], 123.0
            );
            shape!(
                slice_of_arrays, $float, &[[$float; 2]], Vec<[$float; 2]>, [[$float; 2]];
                x = vec![[2.0, 3.0], [5.0, 7.0]], &x; x_dot = vec![[1.0, 10.0], [100.0, 1000.0]], &x_dot;
                41.0, vec![[3.0, 2.0], [7.0, 5.0]], 5723.0
            );
        }

        #[differentiate]
        fn slice_of_vecs(x: &[Vec<$float>]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                for j in 0..x[i].len() {
                    s += x[i][j] * (i + 1) as $float;
                }
            }
            s * s
        }

        /// Rows of different lengths.
        #[test]
        fn slices_of_vecs() {
            shape!(
                slice_of_vecs, $float, &[Vec<$float>], Vec<Vec<$float>>, [Vec<$float>];
                x = vec![vec![2.0, 3.0], vec![], vec![1.0]], &x;
                x_dot = vec![vec![1.0, 0.0], vec![], vec![10.0]], &x_dot;
                64.0, vec![vec![16.0, 16.0], vec![], vec![48.0]], 496.0
            );
        }

        #[differentiate]
        fn vec(x: Vec<$float>) -> $float {
            x[0] * x[1] + x[x.len() - 1]
        }

        #[differentiate]
        fn vec_reference(x: &Vec<$float>) -> $float {
            x[0] * x[1] + x[x.len() - 1]
        }

        #[test]
        fn vecs() {
            shape!(
                vec, $float, Vec<$float>, Vec<$float>, [$float];
                x = vec![2.0, 3.0, 5.0], x.clone(); x_dot = vec![1.0, 10.0, 100.0], x_dot.clone();
                11.0, vec![3.0, 2.0, 1.0], 123.0
            );
            shape!(
                vec_reference, $float, &Vec<$float>, Vec<$float>, [$float];
                x = vec![2.0, 3.0, 5.0], &x; x_dot = vec![1.0, 10.0, 100.0], &x_dot;
                11.0, vec![3.0, 2.0, 1.0], 123.0
            );
        }

        #[differentiate]
        fn tuple(x: ($float, [$float; 2])) -> $float {
            x.0 * x.1[0] + x.1[1]
        }

        #[test]
        fn tuples() {
            shape!(
                tuple, $float, ($float, [$float; 2]), ($float, [$float; 2]), ($float, [$float; 2]);
                x = (2.0, [3.0, 5.0]), x; x_dot = (1.0, [10.0, 100.0]), x_dot;
                11.0, (3.0, [2.0, 1.0]), 123.0
            );
        }

        #[derive(Clone, Debug, PartialEq, Differentiable)]
        struct Plane {
            slope: [$float; 2],
            height: $float,
            degree: usize,
        }

        #[differentiate]
        fn structure(p: &Plane) -> $float {
            p.slope[0] * p.slope[1] + p.height * p.degree as $float
        }

        #[differentiate]
        fn structure_by_value(p: Plane) -> $float {
            p.slope[0] * p.slope[1] + p.height * p.degree as $float
        }

        type Alias = Plane;

        #[differentiate]
        fn alias(p: &Alias) -> $float {
            p.slope[0] * p.slope[1] + p.height * p.degree as $float
        }

        /// The constant field of a gradient is a copy; that of a tangent or shadow is ignored.
        #[test]
        fn structs() {
            let plane = |slope, height, degree| Plane { slope, height, degree };
            shape!(
                structure, $float, &Plane, Plane, Plane;
                p = plane([2.0, 3.0], 5.0, 1), &p; p_dot = plane([1.0, 10.0], 100.0, 77), &p_dot;
                11.0, plane([3.0, 2.0], 1.0, 1), 123.0
            );
            shape!(
                alias, $float, &Plane, Plane, Plane;
                p = plane([2.0, 3.0], 5.0, 1), &p; p_dot = plane([1.0, 10.0], 100.0, 77), &p_dot;
                11.0, plane([3.0, 2.0], 1.0, 1), 123.0
            );
            shape!(
                structure_by_value, $float, Plane, Plane, Plane;
                p = plane([2.0, 3.0], 5.0, 1), p.clone(); p_dot = plane([1.0, 10.0], 100.0, 77), p_dot.clone();
                11.0, plane([3.0, 2.0], 1.0, 1), 123.0
            );
        }
    };
}

mod double {
    in_precision!(f64);
}

mod single {
    in_precision!(f32);
}
