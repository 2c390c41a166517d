//! Operators and methods: who is constant, which side is which, what binds tighter.

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::{Real, differentiate};
        use autodiff_tests::closed_form;

        #[differentiate]
        fn constant_over(x: $float) -> $float {
            3.0 / x
        }

        #[test]
        fn a_constant_over_an_active_value() {
            closed_form!(constant_over(x) at [0.5, -2.0] is -3.0 / (x * x));
        }

        #[differentiate]
        fn parameter_over(#[constant] c: $float, x: $float) -> $float {
            c / x
        }

        #[test]
        fn a_constant_parameter_over_an_active_value() {
            for c in [3.0, -0.5, 0.0] {
                closed_form!(parameter_over([c], x) at [0.5, -2.0] is -c / (x * x));
            }
        }

        #[differentiate]
        fn quotient_from_below(x: $float) -> $float {
            let mut y = 2.0;
            y /= x;
            y -= x;
            y
        }

        #[test]
        fn compound_division_of_a_constant() {
            closed_form!(quotient_from_below(x) at [0.5, -2.0] is -2.0 / (x * x) - 1.0);
        }

        #[differentiate]
        fn base_is_constant(#[constant] c: $float, x: $float) -> $float {
            c.powf(x)
        }

        #[test]
        fn a_constant_to_an_active_power() {
            for c in [2.0, 0.5, 1.0] {
                closed_form!(base_is_constant([c], x) at [1.5, -0.5] is c.powf(x) * c.ln());
            }
        }

        #[differentiate]
        fn base_is_literal(x: $float) -> $float {
            let c: $float = 3.0;
            c.powf(x) + $float::powf(2.0, x)
        }

        #[test]
        fn a_literal_to_an_active_power() {
            closed_form!(base_is_literal(x) at [1.5, -0.5] is {
                let (ln_2, ln_3): ($float, $float) = ((2.0 as $float).ln(), (3.0 as $float).ln());
                (x * ln_3).exp() * ln_3 + x.exp2() * ln_2
            });
        }

        #[differentiate]
        fn self_power(x: $float) -> $float {
            x.powf(x)
        }

        #[test]
        fn a_value_to_its_own_power() {
            closed_form!(self_power(x) at [0.5, 2.0] is x.powf(x) * (x.ln() + 1.0));
        }

        #[differentiate]
        fn power(x: $float, y: $float) -> $float {
            x.powf(y)
        }

        #[test]
        fn both_sides_of_a_power() {
            closed_form!(power(x, y) at [(1.5, 2.0), (0.5, -1.0), (2.0, 0.0)] is
                (y * x.powf(y - 1.0), x.powf(y) * x.ln()));
        }

        #[differentiate]
        fn integral_powf(x: $float) -> $float {
            x.powf(3.0)
        }

        /// The logarithm of the base is nobody's business here.
        #[test]
        fn a_negative_base_to_an_integral_power() {
            closed_form!(integral_powf(x) at [-2.0, 0.5] is 3.0 * x * x);
            closed_form!(kink integral_powf(x) at [0.0, -0.0] is 0.0);
        }

        #[differentiate]
        fn chain_of_factors(a: $float, b: $float) -> $float {
            3.0 * a / b * a
        }

        #[test]
        fn a_chain_of_factors_is_read_from_the_left() {
            closed_form!(chain_of_factors(a, b) at [(2.0, 4.0), (-1.5, 0.5)] is (6.0 * a / b, -3.0 * a * a / (b * b)));
        }

        #[differentiate]
        fn chain_of_quotients(a: $float, b: $float, c: $float) -> $float {
            a / b / c
        }

        #[test]
        fn a_chain_of_quotients_is_read_from_the_left() {
            closed_form!(chain_of_quotients(a, b, c) at [(2.0, 4.0, -0.5)] is
                (1.0 / (b * c), -a / (b * b * c), -a / (b * c * c)));
        }

        #[differentiate]
        fn nested_difference(a: $float, b: $float) -> $float {
            a - (b - a)
        }

        #[differentiate]
        fn chain_of_differences(a: $float, b: $float, c: $float) -> $float {
            a - b - c - 1.0
        }

        #[test]
        fn differences_keep_their_parentheses() {
            closed_form!(nested_difference(a, b) at [(2.0, 5.0)] is (2.0, -1.0));
            closed_form!(chain_of_differences(a, b, c) at [(2.0, 5.0, 1.0)] is (1.0, -1.0, -1.0));
        }

        #[differentiate]
        fn negated_square(x: $float) -> $float {
            -x.powi(2)
        }

        #[differentiate]
        fn negated_factor(x: $float) -> $float {
            -x * x - -(x * -3.0)
        }

        #[test]
        fn minus_signs() {
            closed_form!(negated_square(x) at [1.5, -0.5] is -2.0 * x);
            closed_form!(negated_factor(x) at [1.5, -0.5] is -2.0 * x - 3.0);
        }

        #[differentiate]
        fn difference_with_itself(x: $float) -> $float {
            x - x
        }

        #[differentiate]
        fn quotient_with_itself(x: $float) -> $float {
            x / x
        }

        #[test]
        fn both_operands_are_one_value() {
            closed_form!(difference_with_itself(x) at [1.5] is 0.0);
            closed_form!(quotient_with_itself(x) at [1.5, -0.3] is 0.0);
        }

        #[differentiate]
        fn fused_with_itself(x: $float) -> $float {
            x.mul_add(x, x)
        }

        #[differentiate]
        fn fused(a: $float, b: $float, c: $float) -> $float {
            a.mul_add(b, c)
        }

        #[test]
        fn fused_multiply_add() {
            closed_form!(fused_with_itself(x) at [1.5, -0.5] is 2.0 * x + 1.0);
            closed_form!(fused(a, b, c) at [(2.0, 3.0, 5.0)] is (b, a, 1.0));
        }

        #[differentiate]
        fn angle(y: $float, x: $float) -> $float {
            y.atan2(x)
        }

        #[test]
        fn atan2_takes_y_first() {
            closed_form!(angle(y, x) at [(1.0, 2.0), (1.0, -2.0), (-3.0, -0.5)] is
                (x / (x * x + y * y), -y / (x * x + y * y)));
        }

        #[differentiate]
        fn logarithm(x: $float, base: $float) -> $float {
            x.log(base)
        }

        #[test]
        fn a_logarithm_to_an_active_base() {
            closed_form!(logarithm(x, base) at [(5.0, 3.0), (0.5, 2.0)] is
                (1.0 / (x * base.ln()), -x.ln() / (base * base.ln() * base.ln())));
        }

        #[differentiate]
        fn remainder(x: $float, y: $float) -> $float {
            x % y
        }

        #[differentiate]
        fn remainder_of_constant(y: $float) -> $float {
            let mut x = 7.5;
            x %= y;
            x
        }

        #[test]
        fn the_remainder_knows_its_divisor() {
            closed_form!(remainder(x, y) at [(5.5, 2.0), (-5.5, 2.0), (5.5, -2.0), (1.0, 4.0)] is
                (1.0, -(x / y).trunc()));
            closed_form!(remainder_of_constant(y) at [2.0, -2.0] is -((7.5 as $float) / y).trunc());
        }

        #[differentiate]
        fn steps(x: $float) -> $float {
            x.floor() + 2.0 * x.ceil() + 3.0 * x.round() + 4.0 * x.trunc() + 5.0 * x.signum()
        }

        #[differentiate]
        fn scaled_steps(x: $float) -> $float {
            x.floor() * x + x.fract() * 10.0
        }

        #[test]
        fn steps_are_flat() {
            closed_form!(steps(x) at [1.3, -2.7] is 0.0);
            closed_form!(scaled_steps(x) at [1.3, -2.7] is x.floor() + 10.0);
        }

        #[differentiate]
        fn with_sign_of(x: $float, y: $float) -> $float {
            x.copysign(y)
        }

        #[test]
        fn copysign_follows_both_signs() {
            closed_form!(with_sign_of(x, y) at [(1.5, 2.0), (1.5, -2.0), (-1.5, 2.0), (-1.5, -2.0)] is
                (x.signum() * y.signum(), 0.0));
        }

        #[differentiate]
        fn small(x: $float) -> $float {
            x.exp_m1() + x.ln_1p()
        }

        /// Not by `exp(x) − 1` and `ln(1 + x)`: those are flat here.
        #[test]
        fn tiny_arguments() {
            closed_form!(kink small(x) at [1e-20, 0.0, -1e-20] is 2.0);
        }

        #[differentiate]
        fn roots(x: $float) -> $float {
            x.cbrt() + x.recip()
        }

        #[test]
        fn roots_of_negative_numbers() {
            closed_form!(roots(x) at [8.0, -8.0, -1.0] is 1.0 / (3.0 * x.cbrt() * x.cbrt()) - 1.0 / (x * x));
        }

        #[differentiate]
        fn paths(x: $float, y: $float) -> $float {
            $float::sin(x) * $float::atan2(x, y) + Real::sigmoid(y)
        }

        #[test]
        fn functions_by_path() {
            closed_form!(paths(x, y) at [(1.0, 2.0), (-0.5, 0.3)] is {
                let norm = x * x + y * y;
                let s = 1.0 / (1.0 + (-y).exp());
                (x.cos() * x.atan2(y) + x.sin() * y / norm, -x.sin() * x / norm + s * (1.0 - s))
            });
        }

        #[differentiate]
        fn sine_and_cosine(x: $float) -> $float {
            let (s, c) = (3.0 * x).sin_cos();
            s * 2.0 - c
        }

        #[test]
        fn sine_and_cosine_in_this_order() {
            closed_form!(sine_and_cosine(x) at [0.4, -1.0] is 6.0 * (3.0 * x).cos() + 3.0 * (3.0 * x).sin());
        }

        #[differentiate]
        fn units(x: $float) -> $float {
            x.to_radians() * 180.0 + x.to_degrees()
        }

        #[test]
        fn units_of_angles() {
            let pi = std::$float::consts::PI;
            closed_form!(units(x) at [0.4, -90.0] is pi + 180.0 / pi);
        }

        const SCALE: $float = 1.5;

        #[differentiate]
        fn constants(x: $float) -> $float {
            const OFFSET: $float = 0.25;
            (SCALE * x + OFFSET) * std::$float::consts::PI * x
        }

        #[test]
        fn named_constants() {
            let pi = std::$float::consts::PI;
            closed_form!(constants(x) at [2.0, -1.0] is (3.0 * x + 0.25) * pi);
        }

        #[differentiate]
        fn ignores_one(x: $float, _y: $float) -> $float {
            x * x
        }

        #[differentiate]
        fn ignores_all(_x: &[$float], _y: $float) -> $float {
            3.0
        }

        #[test]
        fn what_is_not_read_has_a_zero_gradient() {
            closed_form!(ignores_one(x, y) at [(3.0, 4.0)] is (2.0 * x, 0.0));
            closed_form!(ignores_all(&x, y) at [(vec![1.0, 2.0], 4.0)] is (vec![0.0, 0.0], 0.0));
        }
    };
}

super::in_both_precisions!(tests);
