//! Integers: exponents, counters and factors. Their arithmetic is Rust's, and runs as often as it needs to.

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::differentiate;
        use autodiff_tests::closed_form;

        #[differentiate]
        fn zeroth_power(x: $float) -> $float {
            x.powi(0)
        }

        #[differentiate]
        fn first_power(x: $float) -> $float {
            x.powi(1)
        }

        #[differentiate]
        fn second_power(x: $float) -> $float {
            x.powi(2)
        }

        #[differentiate]
        fn negative_power(x: $float) -> $float {
            x.powi(-2)
        }

        #[differentiate]
        fn zeroth_powf(x: $float) -> $float {
            x.powf(0.0)
        }

        #[differentiate]
        fn first_powf(x: $float) -> $float {
            x.powf(1.0)
        }

        /// `n x^(n−1)` at `n = 0, x = 0` is `0 · ∞`.
        #[test]
        fn literal_powers_at_zero() {
            closed_form!(zeroth_power(x) at [0.0, -0.0, 2.0] is 0.0);
            closed_form!(first_power(x) at [0.0, -0.0, 2.0] is 1.0);
            closed_form!(second_power(x) at [0.0, -0.0, 2.0, -2.0] is 2.0 * x);
            closed_form!(negative_power(x) at [0.5, -2.0] is -2.0 / (x * x * x));
            closed_form!(kink zeroth_powf(x) at [0.0, 2.0, -2.0] is 0.0);
            closed_form!(kink first_powf(x) at [0.0, 2.0, -2.0] is 1.0);
        }

        #[differentiate]
        fn power(x: $float, n: i32) -> $float {
            x.powi(n)
        }

        #[test]
        fn powers_known_at_run_time() {
            closed_form!(power(x, [0]) at [0.0, 2.0] is 0.0);
            closed_form!(power(x, [1]) at [0.0, 2.0] is 1.0);
            closed_form!(power(x, [2]) at [0.0, 2.0] is 2.0 * x);
            for n in [-3, -1, 3, 4] {
                closed_form!(power(x, [n]) at [0.5, -2.0] is n as $float * x.powi(n - 1));
            }
        }

        #[differentiate]
        fn powf_of_parameter(x: $float, #[constant] p: $float) -> $float {
            x.powf(p)
        }

        #[test]
        fn powf_at_zero() {
            closed_form!(kink powf_of_parameter(x, [0.0]) at [0.0, 2.0] is 0.0);
            closed_form!(kink powf_of_parameter(x, [1.0]) at [0.0, 2.0, -2.0] is 1.0);
            closed_form!(kink powf_of_parameter(x, [2.0]) at [0.0, 2.0, -2.0] is 2.0 * x);
        }

        #[differentiate]
        fn polynomial(x: $float, n: i32) -> $float {
            let mut s = 0.0;
            for k in (-n..=n).rev() {
                s += k as $float * x.powi(k);
            }
            s
        }

        #[test]
        fn a_loop_index_as_exponent() {
            for n in 0..3 {
                closed_form!(polynomial(x, [n]) at [0.5, -2.0] is
                    (-n..=n).map(|k| (k * k) as $float * x.powi(k - 1)).sum::<$float>());
            }
        }

        #[differentiate]
        fn counter(x: $float) -> $float {
            let mut n = 1;
            let a = x.powi(n) * n as $float;
            n += 2;
            let b = x.powi(n) * n as $float;
            n *= -1;
            let c = x.powi(n) * n as $float;
            n = 0;
            a + b + c + x * n as $float
        }

        /// `x + 3x³ − 3x⁻³`.
        #[test]
        fn a_counter_has_the_value_of_its_time() {
            closed_form!(counter(x) at [0.5, -2.0] is 1.0 + 9.0 * x * x + 9.0 / x.powi(4));
        }

        #[differentiate]
        fn integer_arithmetic(x: $float, i: usize, bits: u32) -> $float {
            let half = i / 2;
            let odd = i % 2 == 1;
            let mask = (bits << 2 | 1) & 0xff ^ 8;
            let distance = if half > 3 { half - 3 } else { 3 - half };
            if odd { x * distance as $float } else { x * x * mask as $float }
        }

        #[test]
        fn integer_arithmetic_is_that_of_rust() {
            closed_form!(integer_arithmetic(x, [9], [3]) at [0.5] is 1.0);
            closed_form!(integer_arithmetic(x, [3], [3]) at [0.5] is 2.0);
            closed_form!(integer_arithmetic(x, [4], [3]) at [0.5] is 10.0 * x);
        }

        #[differentiate]
        fn every_integer(x: $float, a: u8, b: i16, c: u64, d: i128, e: isize, f: bool) -> $float {
            let mut s = x * $float::from(a);
            s += x * $float::from(b);
            s += x * c as $float;
            s += x * d as $float;
            s += x * e as $float;
            if f { s * x } else { s }
        }

        #[test]
        fn every_integer_is_a_constant() {
            closed_form!(every_integer(x, [1], [-2], [30], [-40], [5], [true]) at [0.5] is -12.0 * x);
            closed_form!(every_integer(x, [1], [-2], [30], [-40], [5], [false]) at [0.5] is -6.0);
        }
    };
}

super::in_both_precisions!(tests);
