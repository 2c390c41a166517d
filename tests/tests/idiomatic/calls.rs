//! Functions made of functions: nested calls, and arguments as they are written by hand.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::{Differentiable, differentiate};

            #[differentiate(order = 2)]
            fn square(x: $float) -> $float {
                x * x
            }

            #[differentiate(order = 2)]
            fn scaled(x: $float, y: $float) -> $float {
                x * y.sin()
            }

            #[differentiate(order = 2)]
            fn nested(x: $float, y: $float) -> $float {
                let a = square(square(x)) + scaled(square(y), x);
                scaled(scaled(x, y), square(scaled(y, x))) - 0.5 * a
            }

            #[test]
            fn calls_as_arguments() {
                check!(nested(val 0, val 1) at (0.75, -1.25));
            }

            #[differentiate(order = 2)]
            fn statements(x: $float) -> $float {
                let y = square(x);
                let z = square(y);
                if square(z) > 0.5 { z } else { square(z) }
            }

            #[test]
            fn calls_in_variables_and_conditions() {
                check!(statements, val at 0.5);
                check!(statements, val at 1.5);
            }

            #[differentiate(order = 2)]
            fn polynomial(coefficients: &[$float], x: $float) -> $float {
                coefficients.iter().rev().fold(0.0, |acc, &c| acc * x + c)
            }

            #[differentiate(order = 2)]
            fn weighted(powers: &[usize], x: $float) -> $float {
                let mut s = 0.0;
                for (k, &p) in powers.iter().enumerate() {
                    s += x.powi(p as i32) / (k + 1) as $float;
                }
                s
            }

            #[differentiate(order = 2)]
            fn lists(x: $float, y: $float) -> $float {
                polynomial(&[1.0, -2.0, 0.5], x) * polynomial(&[x, y, x * y], y) + weighted(&[2, 0, 1], x)
            }

            #[test]
            fn lists_as_arguments() {
                check!(lists(val 0, val 1) at (0.75, -1.25));
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Power {
                base: $float,
                exponent: usize,
                inverse: bool,
            }

            #[differentiate(order = 2)]
            fn power(x: $float, n: usize) -> $float {
                let mut y = 1.0;
                for _ in 0..n {
                    y *= x;
                }
                y
            }

            #[differentiate(order = 2)]
            fn of_fields(p: &Power) -> $float {
                let direct = !p.inverse;
                let y = power(p.base, p.exponent);
                if direct { y } else { 1.0 / y }
            }

            #[test]
            fn fields_as_arguments() {
                for inverse in [false, true] {
                    for exponent in [0, 1, 3] {
                        check!(of_fields, ref at Power { base: 1.25, exponent, inverse });
                    }
                }
            }

            const SCALE: $float = 0.625;

            #[differentiate(order = 2)]
            fn later(x: $float) -> $float {
                let u;
                let v: $float;
                if x > 1.0 {
                    u = x;
                    v = x * x;
                } else {
                    u = SCALE;
                    v = -x;
                }
                u * v
            }

            #[test]
            fn variables_that_are_given_their_value_later() {
                check!(later, val at 1.5);
                check!(later, val at 0.5);
            }

            #[differentiate(order = 2)]
            fn asserted(x: &[$float]) -> $float {
                let mut a = [0.0; 3];
                for i in 0..3 {
                    a[i] = x[i].exp();
                }
                assert!(a[1].is_finite());
                assert!(a[0] > 0.0 && x.len() >= 3, "a[0] is {}", a[0]);
                debug_assert!(a[2] > 0.0, "a[2] is {}", a[2]);
                debug_assert_ne!(a[0], a[1] + a[0]);
                a[0] * a[1] / a[2]
            }

            #[test]
            fn assertions() {
                check!(asserted, ref at vec![0.5, -0.25, 1.5]);
            }

            #[differentiate(order = 2)]
            fn sum_of_squares(b: &[$float]) -> $float {
                b.iter().map(|v| v * v).sum()
            }

            #[differentiate(order = 2)]
            fn overwritten(x: $float) -> $float {
                let mut b = [x, 2.0 * x, x.sin()];
                let first = sum_of_squares(&b);
                b[1] = first;
                b[2] *= x;
                let second = sum_of_squares(&b);
                for v in b.iter_mut() {
                    *v += second;
                }
                sum_of_squares(&b) - first
            }

            #[test]
            fn arrays_that_change_between_calls() {
                check!(overwritten, val at 0.75);
            }

            #[differentiate(order = 2)]
            fn mapped(x: &[$float]) -> $float {
                let s: $float = x.iter().copied().map(square).sum();
                let r: Vec<$float> = x.iter().map(|v| v * v + 1.0).map($float::sqrt).collect();
                s + r.iter().copied().map($float::sin).product::<$float>()
            }

            #[test]
            fn functions_as_values() {
                check!(mapped, ref at Vec::<$float>::new());
                check!(mapped, ref at vec![0.5]);
                check!(mapped, ref at vec![0.5, -1.25, 2.0]);
            }

            #[differentiate(order = 2)]
            fn extremes(x: &[$float]) -> $float {
                let largest = x.iter().copied().fold($float::NEG_INFINITY, $float::max);
                let smallest = x.iter().copied().fold($float::NAN, $float::min);
                let by_reduce = x.iter().copied().reduce($float::max).unwrap();
                let product = x.iter().copied().map(|v| v + 0.5).reduce(|a, b| a * b).expect("there is one");
                largest * smallest + by_reduce.sin() * product
            }

            #[test]
            fn largest_and_smallest() {
                check!(extremes, ref at vec![0.5]);
                check!(extremes, ref at vec![0.5, -1.25, 2.0, 1.75]);
            }
        }
    };
}

tests!(f32);
tests!(f64);

mod mixed {
    use autodiff_runtime::differentiate;

    #[differentiate(order = 2)]
    fn single(x: f32, scale: f32) -> f32 {
        x * scale
    }

    #[differentiate(order = 2)]
    fn both(x: f32, y: f64) -> f64 {
        let a = 2.0 * x + 1.0;
        let b = single(x, 0.5);
        (a.sin() * b * single(x, 3.0)) as f64 * y
    }

    #[test]
    fn literals_beside_both_precisions() {
        let (x, y) = (0.75f32, -1.25f64);
        let (value, (dx, dy)) = both::value_and_grad(x, y);
        assert_eq!(value.to_bits(), both(x, y).to_bits());
        // sin(2x + 1) · x/2 · 3x · y
        let (u, s) = (2.0 * 0.75f64 + 1.0, 1.5 * 0.75f64 * 0.75);
        assert!((dy - u.sin() * s).abs() < 1e-6);
        assert!((f64::from(dx) - (2.0 * u.cos() * s + u.sin() * 3.0 * 0.75) * y).abs() < 1e-5);
    }
}
