//! Scopes: one name, several variables.

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::differentiate;
        use autodiff_tests::closed_form;

        #[differentiate]
        fn shadowed_by_itself(x: $float) -> $float {
            let x = x * x;
            let x = x.sin();
            let x = x + 2.0 * x;
            x
        }

        #[test]
        fn a_variable_shadowed_by_itself() {
            closed_form!(shadowed_by_itself(x) at [0.5, -1.5] is 6.0 * x * (x * x).cos());
        }

        #[differentiate]
        fn shadowed_in_a_block(x: $float) -> $float {
            let y = {
                let x = 2.0 * x;
                let y = x * x;
                y * x
            };
            y + x
        }

        #[test]
        fn a_shadow_ends_with_its_block() {
            closed_form!(shadowed_in_a_block(x) at [0.5, -1.5] is 24.0 * x * x + 1.0);
        }

        #[differentiate]
        fn block_without_effect(x: $float) -> $float {
            let mut y = x;
            {
                let mut y = y * y;
                y = y * y;
                let _unused = y;
            }
            for _ in 0..3 {
                let y = y * 5.0;
                let _unused = y;
            }
            if x > 0.0 {
                let y = y + 1.0;
                let _unused = y;
            }
            y *= 3.0;
            y
        }

        #[test]
        fn inner_variables_do_not_leak() {
            closed_form!(block_without_effect(x) at [0.5, -1.5] is 3.0);
        }

        #[differentiate]
        fn outer_before_shadow(x: $float) -> $float {
            let mut s = x;
            {
                s = s * s;
                let s = s * 7.0;
                let _unused = s;
            }
            s
        }

        #[test]
        fn the_outer_variable_is_assigned_before_it_is_shadowed() {
            closed_form!(outer_before_shadow(x) at [0.5, -1.5] is 2.0 * x);
        }

        #[differentiate]
        fn loop_variable_shadowed(w: &[$float]) -> $float {
            let mut s = 0.0;
            for i in 0..3 {
                let i = 2 - i;
                s += w[i] * w[i] * (i + 1) as $float;
                for i in 0..2 {
                    s += w[i];
                }
                s += w[i];
            }
            s
        }

        #[test]
        fn a_shadowed_loop_variable() {
            closed_form!(loop_variable_shadowed(&w) at [vec![0.5, -1.5, 2.0]] is
                vec![2.0 * w[0] + 4.0, 4.0 * w[1] + 4.0, 6.0 * w[2] + 1.0]);
        }

        #[differentiate]
        fn same_name_twice(w: &[$float]) -> $float {
            let mut s = 1.0;
            for i in 0..w.len() {
                let t = w[i] * s;
                s = t;
            }
            for i in 0..w.len() {
                let t = w[i] + s;
                s = t;
            }
            s
        }

        #[test]
        fn two_loops_with_the_same_names() {
            closed_form!(same_name_twice(&w) at [vec![0.5, -1.5, 2.0]] is
                vec![w[1] * w[2] + 1.0, w[0] * w[2] + 1.0, w[0] * w[1] + 1.0]);
        }

        #[differentiate]
        fn patterns(x: $float, y: $float) -> $float {
            let (a, (b, c)) = (x * y, (x + y, x));
            let (c, b) = (b, c);
            a * b + c
        }

        /// `xy·x + x + y`.
        #[test]
        fn patterns_bind_by_position() {
            closed_form!(patterns(x, y) at [(1.5, -2.0)] is (2.0 * x * y + 1.0, x * x + 1.0));
        }

        #[differentiate]
        fn array_patterns(x: &[$float; 2]) -> $float {
            let &[a, b] = x;
            let [c, _] = [b * b, a];
            a * b * c
        }

        #[test]
        fn patterns_of_arrays() {
            closed_form!(array_patterns(&x) at [[1.5, -2.0]] is [x[1].powi(3), 3.0 * x[0] * x[1] * x[1]]);
        }

        #[differentiate]
        fn deferred(x: $float) -> $float {
            let y: $float;
            if x > 1.0 {
                y = x * x;
            } else {
                y = 3.0 * x;
            }
            y * x
        }

        #[test]
        fn a_variable_initialized_later() {
            closed_form!(deferred(x) at [1.5, 0.5, -2.0] is if x > 1.0 { 3.0 * x * x } else { 6.0 * x });
        }

        #[differentiate]
        fn block_values(x: $float) -> $float {
            let y = {
                let t = x * x;
                t * t
            } + {
                let t = x + 1.0;
                t * x
            };
            y
        }

        #[test]
        fn blocks_as_operands() {
            closed_form!(block_values(x) at [1.5, -0.5] is 4.0 * x * x * x + 2.0 * x + 1.0);
        }

        #[differentiate]
        fn square(x: $float) -> $float {
            x * x
        }

        #[differentiate]
        fn cube(x: $float) -> $float {
            x * x * x
        }

        #[differentiate]
        fn under_another_name(x: $float) -> $float {
            let square = cube;
            square(x) + square(2.0 * x)
        }

        #[test]
        fn a_function_under_the_name_of_another() {
            closed_form!(under_another_name(x) at [1.5, -0.5] is 27.0 * x * x);
            closed_form!(square(x) at [1.5] is 2.0 * x);
        }

        #[differentiate]
        fn copied_before(x: $float) -> $float {
            let mut scale = x;
            let f = move |v: $float| v * scale;
            scale = 3.0;
            f(x) * scale
        }

        #[differentiate]
        fn changed_by_a_closure(x: $float) -> $float {
            let mut s = x;
            let mut grow = |v: $float| s *= v;
            grow(x);
            for _ in 0..2 {
                grow(x);
            }
            s
        }

        #[test]
        fn variables_of_closures() {
            closed_form!(copied_before(x) at [1.5, -0.5] is 6.0 * x);
            closed_form!(changed_by_a_closure(x) at [1.5, -0.5] is 4.0 * x * x * x);
        }
    };
}

super::in_both_precisions!(tests);
