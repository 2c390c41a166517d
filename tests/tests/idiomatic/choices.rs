//! Elements that may be missing, slices of unknown length, and decisions.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::differentiate;

            #[differentiate(order = 2)]
            fn soft_maximum(x: &[$float]) -> $float {
                let max = x.iter().max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
                max + x.iter().map(|v| (v - max).exp()).sum::<$float>().ln()
            }

            #[differentiate(order = 2)]
            fn largest_at(x: &[$float]) -> $float {
                let (i, m) = x.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
                let (j, _) = x.iter().enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap();
                let k = (0..x.len()).max_by(|&i, &j| x[i].total_cmp(&x[j])).unwrap();
                m * m * (i + 1) as $float - x[j] * x[k]
            }

            #[differentiate(order = 2)]
            fn smallest_or(x: &[$float], otherwise: $float) -> $float {
                let smallest = x.iter().copied().min_by($float::total_cmp).unwrap_or(otherwise);
                let positive = x.iter().copied().filter(|v| *v > 0.0).reduce(|a, b| a * b).unwrap_or(otherwise);
                let shifted = x.iter().map(|v| v + otherwise).reduce($float::max).unwrap_or(0.5);
                smallest * positive + shifted.sin()
            }

            #[test]
            fn extremes() {
                for x in [vec![0.5], vec![0.5, -1.25, 2.0, 1.75]] {
                    check!(soft_maximum, ref at x.clone());
                    check!(largest_at, ref at x);
                }
                check!(smallest_or(ref 0, val 1) at (Vec::<$float>::new(), 0.75));
                check!(smallest_or(ref 0, val 1) at (vec![-0.5], 0.75));
                check!(smallest_or(ref 0, val 1) at (vec![0.5, -1.25, 2.0, 1.75], 0.75));
            }

            #[test]
            #[should_panic(expected = "index out of bounds")]
            fn the_largest_of_nothing() {
                soft_maximum::grad(&[]);
            }

            #[differentiate]
            fn largest_sum(x: &[$float]) -> $float {
                x.windows(2).map(|w| w[0] + w[1]).reduce($float::max).expect("two elements at least")
            }

            #[test]
            #[should_panic(expected = "two elements at least")]
            fn the_largest_of_no_windows() {
                largest_sum::grad(&[1.0]);
            }

            #[test]
            fn ties_go_to_the_same_element() {
                let x = [1.0, 3.0, 3.0, -2.0, -2.0];
                assert_eq!(soft_maximum(&x).to_bits(), soft_maximum::value_and_grad(&x).0.to_bits());
                // The last of the largest and the first of the smallest.
                assert_eq!(largest_at(&x), 3.0 * 3.0 * 3.0 + 6.0);
                assert_eq!(largest_at::grad(&x), [0.0, 0.0, 18.0 + 2.0, -3.0, 0.0]);
            }

            #[differentiate(order = 2)]
            fn smoothness(x: &[$float]) -> $float {
                let mut s = 0.0;
                for i in 0..x.len() {
                    let left = if i == 0 { 0.0 } else { x[i - 1] };
                    let right = x.get(i + 1).copied().unwrap_or(0.0);
                    s += (x[i] - 0.5 * (left + right)).powi(2);
                }
                s
            }

            #[differentiate(order = 2)]
            fn ends(x: &[$float]) -> $float {
                let span = if let (Some(a), Some(b)) = (x.first(), x.last()) { b - a * b } else { 0.5 };
                let last = match x.last() {
                    Some(&b) => b * b,
                    None => 1.0,
                };
                let Some(first) = x.first() else { return 2.0 };
                span * last + first.sin() * *x.last().unwrap()
            }

            #[differentiate(order = 2)]
            fn by_length(x: &[$float]) -> $float {
                match x {
                    [] => 0.0,
                    [a] => a * a,
                    [a, b] => a * b,
                    [a, .., y, z] => a * y - z,
                }
            }

            #[differentiate(order = 2)]
            fn curvature(x: &[$float]) -> $float {
                x.windows(3)
                    .map(|w| {
                        let [a, b, c] = w else { unreachable!() };
                        (a - 2.0 * b + c).powi(2)
                    })
                    .sum()
            }

            #[differentiate(order = 2)]
            fn head(x: &[$float; 4]) -> $float {
                let [a, b, ..] = x;
                let [first, .., last] = *x;
                a * b + first * last
            }

            #[test]
            fn elements_that_may_be_missing() {
                let x: [$float; 4] = [0.5, -1.25, 2.0, 1.75];
                for n in 0..=4 {
                    check!(smoothness, ref at x[..n].to_vec());
                    check!(ends, ref at x[..n].to_vec());
                    check!(by_length, ref at x[..n].to_vec());
                    check!(curvature, ref at x[..n].to_vec());
                }
                check!(head, ref at x);
            }

            #[differentiate(order = 2)]
            fn roots(x: &[$float]) -> $float {
                if x.iter().any(|v| *v < 0.0) {
                    return x.iter().sum();
                }
                assert!(x.iter().all(|v| v.is_finite()), "{x:?}");
                x.iter().map(|v| v.sqrt()).sum()
            }

            #[differentiate(order = 2)]
            fn interpolated(xs: &[$float], ys: &[$float], x: $float) -> $float {
                let i = xs.partition_point(|&v| v < x).clamp(1, xs.len() - 1);
                let t = (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
                ys[i - 1] + t * (ys[i] - ys[i - 1])
            }

            #[differentiate(order = 2)]
            fn crossing(x: &[$float], threshold: $float) -> $float {
                let i = x.iter().position(|&v| v > threshold).unwrap_or(x.len() - 1);
                x[i] * threshold
            }

            #[test]
            fn decisions() {
                check!(roots, ref at vec![0.5, 1.25, 2.0]);
                check!(roots, ref at vec![0.5, -1.25, 2.0]);
                let (xs, ys) = (vec![0.0, 0.5, 2.0], vec![1.0, -0.5, 0.75]);
                for x in [0.25, 0.75, 2.5] {
                    check!(interpolated(ref 0, ref 1, val 2) at (xs.clone(), ys.clone(), x));
                }
                check!(crossing(ref 0, val 1) at (vec![0.5, -1.25, 2.0, 1.75], 0.75));
                check!(crossing(ref 0, val 1) at (vec![0.5, -1.25, 2.0, 1.75], 3.0));
            }

            const TABLE: [$float; 3] = [0.5, 1.25, 2.0];

            #[differentiate(order = 2)]
            fn tabulated(x: $float) -> $float {
                let mut s = 1.0;
                for (k, c) in TABLE.iter().enumerate() {
                    s += c / (x + k as $float);
                }
                for (i, &c) in TABLE.iter().enumerate().rev() {
                    if x < c {
                        return s * c + x * i as $float;
                    }
                }
                s.ln()
            }

            #[test]
            fn constant_tables() {
                check!(tabulated, val at 0.25);
                check!(tabulated, val at 1.5);
                check!(tabulated, val at 2.5);
            }
        }
    };
}

tests!(f32);
tests!(f64);
