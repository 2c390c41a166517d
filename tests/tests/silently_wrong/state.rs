//! State: values that are overwritten, and values that were used before they were.

#![expect(clippy::assign_op_pattern, reason = "the long way round is the subject")]

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::differentiate;
        use autodiff_tests::closed_form;

        #[differentiate]
        fn squared_in_place(x: $float) -> $float {
            let mut s = x;
            s = s * s;
            s = s * s;
            s
        }

        #[differentiate]
        fn squared_by_compound_assignment(x: $float) -> $float {
            let mut s = x;
            s *= s;
            s *= s;
            s
        }

        #[test]
        fn a_square_in_place() {
            closed_form!(squared_in_place(x) at [1.5, -0.5] is 4.0 * x * x * x);
            closed_form!(squared_by_compound_assignment(x) at [1.5, -0.5] is 4.0 * x * x * x);
        }

        #[differentiate]
        fn compound_with_itself(x: $float) -> $float {
            let mut s = x;
            s += s;
            s -= s * s;
            s /= s + 3.0;
            s
        }

        /// `u / (u + 3)` with `u = 2x − 4x²`.
        #[test]
        fn compound_assignment_of_itself() {
            closed_form!(compound_with_itself(x) at [0.3, -0.4] is {
                let u = 2.0 * x - 4.0 * x * x;
                3.0 / ((u + 3.0) * (u + 3.0)) * (2.0 - 8.0 * x)
            });
        }

        #[differentiate]
        fn used_after_overwriting(x: $float, y: $float) -> $float {
            let mut a = x;
            let b = a * a;
            a = y;
            b * a
        }

        #[test]
        fn a_value_used_after_its_variable_was_overwritten() {
            closed_form!(used_after_overwriting(x, y) at [(1.5, -2.0)] is (2.0 * x * y, x * x));
        }

        #[differentiate]
        fn operand_overwritten(x: $float) -> $float {
            let mut a = x.sin();
            let b = a.exp();
            a = 2.0 * a;
            let c = a * b;
            a = 0.0;
            c + a
        }

        #[test]
        fn an_operand_is_overwritten_after_use() {
            closed_form!(operand_overwritten(x) at [0.5, -1.0] is
                2.0 * x.cos() * x.sin().exp() * (1.0 + x.sin()));
        }

        #[differentiate]
        fn result_overwritten(x: $float) -> $float {
            let mut e = x.exp();
            let y = e * 3.0;
            e = e.sqrt();
            y + e
        }

        /// The derivative of exp reads its own output, which is gone.
        #[test]
        fn an_output_is_overwritten_after_use() {
            closed_form!(result_overwritten(x) at [0.5, -1.0] is 3.0 * x.exp() + 0.5 * (0.5 * x).exp());
        }

        #[differentiate]
        #[expect(unused_assignments, reason = "the store that is dead")]
        fn dead_store(x: $float) -> $float {
            let mut s = x * x;
            s = 2.0;
            s
        }

        #[differentiate]
        fn half_dead_store(x: $float, y: $float) -> $float {
            let mut s = x * y;
            let t = s;
            s = y;
            s + t
        }

        #[test]
        fn a_dead_store_carries_nothing() {
            closed_form!(dead_store(x) at [1.5] is 0.0);
            closed_form!(half_dead_store(x, y) at [(1.5, 3.0)] is (y, 1.0 + x));
        }

        #[differentiate]
        fn parameter_overwritten(mut x: $float, mut y: $float) -> $float {
            x *= y;
            y = x + y;
            x = y * x;
            x
        }

        /// `(xy + y) x y`.
        #[test]
        fn parameters_are_variables_too() {
            closed_form!(parameter_overwritten(x, y) at [(1.5, -2.0)] is
                (2.0 * x * y * y + y * y, 2.0 * x * x * y + 2.0 * x * y));
        }

        #[differentiate]
        fn reversed_difference(x: $float, y: $float) -> $float {
            let mut acc = y;
            acc = x - acc;
            acc = x * 2.0 - acc;
            acc = x / acc;
            acc
        }

        /// `x / (2x − (x − y))`.
        #[test]
        fn the_accumulator_on_the_right() {
            closed_form!(reversed_difference(x, y) at [(1.5, 2.0)] is
                (y / ((x + y) * (x + y)), -x / ((x + y) * (x + y))));
        }

        #[differentiate]
        fn accumulator_in_between(x: $float) -> $float {
            let mut s = x;
            let y = s * s;
            s += x * x;
            let z = y * s;
            s += z;
            s * y
        }

        /// `(x + x² + x²(x + x²)) x² = x³ + x⁴ + x⁵ + x⁶`.
        #[test]
        fn an_accumulator_is_read_in_between() {
            closed_form!(accumulator_in_between(x) at [1.5, -0.5] is
                3.0 * x.powi(2) + 4.0 * x.powi(3) + 5.0 * x.powi(4) + 6.0 * x.powi(5));
        }

        #[differentiate]
        fn swapped(x: $float, y: $float) -> $float {
            let (mut a, mut b) = (x, y);
            (a, b) = (b, a);
            (a, b) = (b * a, a - b);
            a * a * b
        }

        /// `(x y)² (y − x)`.
        #[test]
        fn assignments_of_tuples_happen_at_once() {
            closed_form!(swapped(x, y) at [(1.5, -2.0)] is
                (2.0 * x * y * y * (y - x) - x * x * y * y, 2.0 * x * x * y * (y - x) + x * x * y * y));
        }

        #[differentiate]
        fn fibonacci(x: $float, y: $float, n: usize) -> $float {
            let mut a = x;
            let mut b = y;
            for _ in 0..n {
                (a, b) = (b, a + b);
            }
            a
        }

        #[test]
        fn a_swap_is_carried_through_a_loop() {
            let numbers = [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 5.0)];
            for (n, (by_x, by_y)) in numbers.into_iter().enumerate() {
                closed_form!(fibonacci(x, y, [n]) at [(0.5, -2.0)] is (by_x, by_y));
            }
        }

        #[differentiate]
        fn order_of_evaluation(x: $float) -> $float {
            let mut s = x;
            let y = s + {
                s = 3.0 * s;
                s * s
            } * s;
            y
        }

        /// The left operand is read before the block runs: `x + (3x)³`.
        #[test]
        fn operands_are_read_from_left_to_right() {
            closed_form!(order_of_evaluation(x) at [1.5, -0.5] is 1.0 + 81.0 * x * x);
        }
    };
}

super::in_both_precisions!(tests);
