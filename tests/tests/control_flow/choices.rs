//! Choices by pattern, and values that are no numbers, which branches choose and loops carry.

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::check::Check;
        use autodiff_runtime::differentiate;

        type Float = $float;

        #[differentiate(order = 2)]
        fn by_number(x: $float, k: i32) -> $float {
            match k {
                0 => x,
                1 | 2 => x.sin(),
                3..=5 => x * x,
                n if n < 0 && x > 1.0 => x.powi(n),
                n => x * n as $float,
            }
        }

        #[test]
        fn match_on_numbers() {
            for k in [0, 1, 2, 3, 5, 6, -2] {
                checked!(by_number(x, k) at [0.7, 1.4]);
            }
        }

        enum Kind {
            Square,
            Huber($float),
            Power { exponent: i32 },
        }

        #[differentiate(order = 2)]
        fn robust(x: &[$float], #[constant] kind: &Kind) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                s += match kind {
                    Kind::Square => x[i] * x[i],
                    Kind::Huber(delta) if x[i].abs() > *delta => delta * (2.0 * x[i].abs() - delta),
                    Kind::Huber(_) => x[i] * x[i],
                    Kind::Power { exponent } => x[i].powi(*exponent),
                };
            }
            s
        }

        #[test]
        fn match_on_an_enum() {
            for kind in [Kind::Square, Kind::Huber(0.75), Kind::Power { exponent: 3 }] {
                checked!(robust(&x, &kind) at [vec![0.5, -1.5, 2.0], vec![]]);
            }
        }

        #[differentiate(order = 2)]
        fn activation(x: $float, name: &str, unit: char) -> $float {
            let y = match name {
                "tanh" => x.tanh(),
                "relu" | "hinge" => x.max(0.0),
                "sigmoid" => {
                    let e = (-x).exp();
                    1.0 / (1.0 + e)
                }
                _ => panic!("no activation {name}"),
            };
            let scale: $float = match unit {
                'k' => 1000.0,
                'a'..='c' => 2.0,
                _ => return y,
            };
            scale * y
        }

        #[test]
        fn match_on_text() {
            for name in ["tanh", "relu", "hinge", "sigmoid"] {
                for unit in ['k', 'b', '-'] {
                    checked!(activation(x, name, unit) at [0.7, -1.4]);
                }
            }
            let panic = std::panic::catch_unwind(|| activation::grad(0.5, "step", 'k'));
            assert!(panic.is_err());
        }

        #[differentiate(order = 2)]
        fn optional(x: $float, limit: Option<usize>, scale: Option<u32>) -> $float {
            let Some(scale) = scale else {
                return x.sin();
            };
            let mut y = x;
            if let Some(n) = limit {
                for i in 0..n {
                    y = y * x + i as $float;
                }
            } else {
                y = y.exp();
            }
            y * scale as $float
        }

        #[test]
        fn options() {
            checked!(optional(x, None, None) at [0.7]);
            checked!(optional(x, None, Some(2)) at [0.7]);
            checked!(optional(x, Some(3), Some(2)) at [0.7]);
            checked!(optional(x, Some(0), Some(2)) at [0.7]);
        }

        /// Only rustc knows what the option holds, and what the ends of the range are.
        #[differentiate(order = 2)]
        fn counted(x: $float, limit: Option<u16>, #[constant] pair: &Pair) -> $float {
            assert!((if let Some(n) = limit { x * $float::from(n) } else { x }) < 1e3);
            let mut y = x;
            if let Some(n) = limit {
                y *= $float::from(n + n) * $float::from(n.min(n * n) - n / n);
            }
            for i in (pair.low..=pair.high).rev() {
                if i % 3 == 2 {
                    return y * y;
                }
                y -= 0.125 * y * y;
            }
            y + (pair.low..pair.high).map(|i| if i % 2 == 0 { x * x } else { x }).sum::<$float>()
        }

        struct Pair {
            low: u8,
            high: u8,
        }

        #[derive(Clone, Copy, Debug, PartialEq)]
        enum Phase {
            Growing,
            Decaying,
        }

        /// What is chosen and carried is no number.
        #[differentiate(order = 2)]
        fn phases(x: $float, n: usize) -> $float {
            let name = if n % 2 == 0 { "even" } else { "odd" };
            let first: Option<usize> = if n > 1 { Some(n - 1) } else { None };
            let scale: Option<$float> = if n > 2 { Some(std::f64::consts::FRAC_1_PI as $float) } else { None };
            let mut phase = Phase::Growing;
            let mut y = x * scale.unwrap_or(x);
            for i in 0..n {
                y = match phase {
                    Phase::Growing => y * 1.5 + x,
                    Phase::Decaying => y.sin(),
                };
                if y > 0.5 {
                    phase = Phase::Decaying;
                } else if Some(i) == first {
                    phase = Phase::Growing;
                }
            }
            if name == "even" && phase == Phase::Growing { y } else { y * y }
        }

        #[test]
        fn states_that_are_no_numbers() {
            for n in 0..6 {
                checked!(phases(x, n) at [0.7, -0.3, 0.05]);
            }
        }

        #[test]
        fn numbers_whose_types_do_not_show() {
            for (low, high) in [(0, 0), (0, 1), (3, 4), (1, 5), (4, 3)] {
                for limit in [None, Some(1), Some(2)] {
                    checked!(counted(x, limit, &Pair { low, high }) at [0.7, -0.3]);
                }
            }
        }
    };
}

mod double {
    tests!(f64);
}

mod single {
    tests!(f32);
}
