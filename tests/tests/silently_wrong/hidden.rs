//! Values on their way through what looks constant: fields and parameters that are constant for others, functions in
//! variables, bindings of patterns, orders and positions.

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::{Differentiable, differentiate};
        use autodiff_tests::closed_form;

        /// What a caller gives as the scale has no derivative; what the function itself stores there has.
        #[derive(Clone, Differentiable)]
        struct Scaled {
            weights: Vec<$float>,
            #[constant]
            scale: $float,
            #[constant]
            table: Vec<$float>,
        }

        #[differentiate]
        fn literal(x: $float) -> $float {
            let s = Scaled { weights: vec![x], scale: x * x, table: vec![x, 1.0] };
            s.weights[0] * s.scale * s.table[0]
        }

        #[differentiate]
        fn assigned(x: $float) -> $float {
            let mut s = Scaled { weights: vec![x], scale: 1.0, table: vec![1.0] };
            s.scale = x * x;
            s.table[0] = x;
            s.weights[0] * s.scale * s.table[0]
        }

        #[differentiate]
        fn total(s: &Scaled) -> $float {
            s.weights[0] * s.scale * s.table[0]
        }

        #[differentiate]
        fn passed_on(x: $float) -> $float {
            let mut s = Scaled { weights: vec![x], scale: x, table: vec![1.0] };
            s.table[0] = x * x;
            total(&s)
        }

        #[differentiate]
        fn made(x: $float) -> Scaled {
            Scaled { weights: vec![x], scale: x * x, table: vec![x] }
        }

        #[differentiate]
        fn given_back(x: $float) -> $float {
            let s = made(x);
            s.weights[0] * s.scale * s.table[0]
        }

        #[test]
        fn constant_fields_that_hold_active_values() {
            closed_form!(literal(x) at [0.5, -1.5] is 4.0 * x * x * x);
            closed_form!(assigned(x) at [0.5, -1.5] is 4.0 * x * x * x);
            closed_form!(passed_on(x) at [0.5, -1.5] is 4.0 * x * x * x);
            closed_form!(given_back(x) at [0.5, -1.5] is 4.0 * x * x * x);
        }

        #[differentiate]
        fn square(x: $float) -> $float {
            x * x
        }

        #[differentiate]
        fn functions(x: $float) -> $float {
            let (g, h) = (square, $float::cos);
            let typed: fn($float) -> $float = $float::sin;
            g(x) * h(x) + typed(x)
        }

        #[test]
        fn functions_in_variables() {
            closed_form!(functions(x) at [0.5, -1.5] is 2.0 * x * x.cos() - x * x * x.sin() + x.cos());
        }

        #[differentiate]
        fn bound(x: $float) -> $float {
            let first = match x * x {
                v if v > 1.0 => v * x,
                v => v,
            };
            let second = match (x * x, 3) {
                (v, 3) => v * x,
                (v, _) => v,
            };
            let third = match x {
                v @ 0.0..=1.0 => v * v,
                v => 2.0 * v,
            };
            first + second + third
        }

        #[test]
        fn active_values_that_patterns_bind() {
            closed_form!(bound(x) at [0.5] is 2.0 * x + 3.0 * x * x + 2.0 * x);
            closed_form!(bound(x) at [-1.5, 2.0] is 6.0 * x * x + 2.0);
        }

        #[differentiate]
        fn ordered(x: $float) -> $float {
            let mut v = [x * x, x, 0.1];
            v.sort_by(|a, b| b.partial_cmp(a).unwrap());
            let above = v.iter().filter(|a| **a > 0.3).count();
            let place = [0.1, 0.2, 0.9].partition_point(|a| *a < x);
            v[0] * 2.0 + v[1] * above as $float + x * place as $float
        }

        #[test]
        fn orders_counts_and_positions() {
            // At 0.7: x, x², 0.1, of which two are above, and two of the table below.
            closed_form!(ordered(x) at [0.7] is 2.0 + 4.0 * x + 2.0);
            // At 2: x², x, 0.1, and all three of the table below.
            closed_form!(ordered(x) at [2.0] is 4.0 * x + 2.0 + 3.0);
        }

        #[differentiate]
        fn looked_at(x: $float) -> $float {
            let mut sum = 0.0;
            let total: $float = [x, x * x].iter().inspect(|v| sum += **v).sum();
            sum * total
        }

        #[differentiate]
        fn captured(x: $float) -> $float {
            let a = x * x;
            let scale = |v: $float| v * a;
            let a = 3.0;
            scale(2.0) * a
        }

        #[differentiate]
        fn between(x: $float) -> $float {
            (3.0 as $float).clamp(0.1 * x, x * x)
        }

        #[test]
        fn what_closures_and_bounds_see() {
            closed_form!(looked_at(x) at [0.5, -1.5] is 2.0 * (x + x * x) * (1.0 + 2.0 * x));
            closed_form!(captured(x) at [0.5, -1.5] is 12.0 * x);
            closed_form!(between(x) at [1.5] is 2.0 * x);
        }

        /// Writes, and gives a number that the callers do not use.
        #[differentiate]
        fn damped(v: &mut [$float], y: $float) -> $float {
            v[0] *= y;
            y * v[0]
        }

        /// The same without a result.
        #[differentiate]
        fn raised(v: &mut [$float], y: $float) {
            v[0] *= y;
        }

        #[differentiate]
        fn unused(x: $float, n: usize) -> $float {
            let mut v = [x, 1.0];
            for _ in 0..n {
                damped(&mut v, x);
                raised(&mut v, x);
            }
            v[0]
        }

        #[test]
        fn results_that_are_not_used() {
            closed_form!(unused(x, [0]) at [0.5, -1.5] is 1.0 + 0.0 * x);
            closed_form!(unused(x, [2]) at [0.5, -1.5] is 5.0 * x.powi(4));
        }
    };
}

super::in_both_precisions!(tests);
