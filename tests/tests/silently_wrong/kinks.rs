//! Kinks and poles: where several answers are right, one of them, the same in both modes; where a zero adjoint meets an
//! infinite partial, zero.

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::{Real, differentiate};
        use autodiff_tests::closed_form;

        /// Checks that the derivative at `x` lies in the Clarke differential and that both modes return it.
        macro_rules! in_clarke {
            ($f:ident($x:expr) in $range:expr) => {{
                let x: $float = $x;
                let (value, grad) = $f::value_and_grad(x);
                assert_eq!(value.to_bits(), $f(x).to_bits());
                assert!($range.contains(&grad), "{} at {x}: {grad} is not in {:?}", stringify!($f), $range);
                assert_eq!($f::jvp(x, 1.0).1, grad, "{}: the modes differ at {x}", stringify!($f));
            }};
        }

        #[differentiate]
        fn absolute(x: $float) -> $float {
            x.abs()
        }

        #[differentiate]
        fn relu(x: $float) -> $float {
            x.relu()
        }

        #[differentiate]
        fn relu_by_max(x: $float) -> $float {
            x.max(0.0)
        }

        #[differentiate]
        fn relu_by_max_of_constant(x: $float) -> $float {
            $float::max(0.0, x)
        }

        #[differentiate]
        fn clamped(x: $float) -> $float {
            x.clamp(-1.0, 2.0)
        }

        #[test]
        fn one_element_of_the_clarke_differential() {
            for zero in [0.0, -0.0] {
                in_clarke!(absolute(zero) in -1.0..=1.0);
                in_clarke!(relu(zero) in 0.0..=1.0);
                in_clarke!(relu_by_max(zero) in 0.0..=1.0);
                in_clarke!(relu_by_max_of_constant(zero) in 0.0..=1.0);
            }
            in_clarke!(clamped(-1.0) in 0.0..=1.0);
            in_clarke!(clamped(2.0) in 0.0..=1.0);
        }

        #[test]
        fn on_both_sides_of_the_kinks() {
            closed_form!(absolute(x) at [1.5, -0.5] is x.signum());
            closed_form!(relu(x) at [1.5, -0.5] is if x > 0.0 { 1.0 } else { 0.0 });
            closed_form!(relu_by_max(x) at [1.5, -0.5] is if x > 0.0 { 1.0 } else { 0.0 });
            closed_form!(relu_by_max_of_constant(x) at [1.5, -0.5] is if x > 0.0 { 1.0 } else { 0.0 });
            closed_form!(clamped(x) at [1.5, -3.0, 4.0] is if x.abs() < 2.0 { 1.0 } else { 0.0 });
        }

        #[differentiate]
        fn larger(x: $float, y: $float) -> $float {
            x.max(y)
        }

        #[differentiate]
        fn smaller(x: $float, y: $float) -> $float {
            x.min(y)
        }

        #[differentiate]
        fn larger_of_one(x: $float) -> $float {
            x.max(x) + x.min(x)
        }

        /// The parts of a tie sum to one: moving both arguments moves the result as much.
        #[test]
        fn ties() {
            for (x, y) in [(1.5, 1.5), (0.0, 0.0), (0.0, -0.0), (-0.0, 0.0), (-2.0, -2.0)] {
                for (value, grad, jvp) in [
                    (larger(x, y), larger::value_and_grad(x, y), larger::jvp as fn($float, $float, $float, $float) -> _),
                    (smaller(x, y), smaller::value_and_grad(x, y), smaller::jvp),
                ] {
                    assert_eq!(grad.0, value);
                    let (x_bar, y_bar) = grad.1;
                    assert_eq!(x_bar + y_bar, 1.0);
                    assert!((0.0..=1.0).contains(&x_bar));
                    assert_eq!((jvp(x, y, 1.0, 0.0), jvp(x, y, 0.0, 1.0)), ((value, x_bar), (value, y_bar)));
                }
            }
            closed_form!(kink larger_of_one(x) at [1.5, 0.0] is 2.0);
        }

        #[test]
        fn larger_and_smaller() {
            closed_form!(larger(x, y) at [(1.5, 2.0), (2.0, -1.5)] is if x > y { (1.0, 0.0) } else { (0.0, 1.0) });
            closed_form!(smaller(x, y) at [(1.5, 2.0), (2.0, -1.5)] is if x < y { (1.0, 0.0) } else { (0.0, 1.0) });
        }

        #[differentiate]
        fn switched_off_root(x: $float, y: $float) -> $float {
            x.sqrt() * y
        }

        #[differentiate]
        fn masked_root(x: &[$float], #[constant] mask: &[$float]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                s += mask[i] * x[i].sqrt();
            }
            s
        }

        /// A zero adjoint, and in forward mode a zero tangent, ends at the pole. A tangent that does move the root there
        /// is infinite, whatever it meets later.
        #[test]
        fn a_root_at_zero_that_nobody_reads() {
            assert_eq!(switched_off_root::value_and_grad(0.0, 0.0), (0.0, (0.0, 0.0)));
            assert_eq!(switched_off_root::jvp(0.0, 0.0, 0.0, 1.0), (0.0, 0.0));
            let (x, mask) = ([4.0, 0.0], [1.0, 0.0]);
            assert_eq!(masked_root::value_and_grad(&x, &mask), (2.0, vec![0.25, 0.0]));
            assert_eq!(masked_root::jvp(&x, &mask, &[1.0, 0.0]), (2.0, 0.25));
        }

        #[differentiate]
        fn powers_of_zero(x: $float, y: $float) -> $float {
            x.powf(y)
        }

        /// Not `0² ln 0`.
        #[test]
        fn zero_to_a_positive_power() {
            closed_form!(kink powers_of_zero(x, y) at [(0.0, 2.0), (0.0, 3.5)] is (0.0, 0.0));
            closed_form!(kink powers_of_zero(x, y) at [(0.0, 1.0)] is (1.0, 0.0));
        }

        #[differentiate]
        fn length(x: $float, y: $float) -> $float {
            x.hypot(y)
        }

        #[test]
        fn the_length_of_nothing() {
            closed_form!(length(x, y) at [(3.0, -4.0)] is (0.6, -0.8));
            let (value, (x_bar, y_bar)) = length::value_and_grad(0.0, 0.0);
            assert_eq!(value, 0.0);
            // The unit disc.
            assert!(x_bar * x_bar + y_bar * y_bar <= 1.0, "{x_bar} {y_bar}");
            assert_eq!(length::jvp(0.0, 0.0, 1.0, 0.0).1, x_bar);
            assert_eq!(length::jvp(0.0, 0.0, 0.0, 1.0).1, y_bar);
        }

        #[differentiate]
        fn saturated(x: $float) -> $float {
            x.tanh() + x.sigmoid() + Real::erf(x) + (-x).softplus()
        }

        /// Far out, everything is flat and nothing is NaN.
        #[test]
        fn saturation() {
            closed_form!(kink saturated(x) at [1000.0] is 0.0);
            closed_form!(kink saturated(x) at [-1000.0] is -1.0);
        }
    };
}

super::in_both_precisions!(tests);
