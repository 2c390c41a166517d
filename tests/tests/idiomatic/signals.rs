//! Time series and sequences: filters, recursions, alignments, hidden states.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::differentiate;

            /// Savitzky-Golay smoothing with a quadratic over five points; what it takes away is penalised.
            #[differentiate(order = 2)]
            fn roughness(x: &[$float]) -> $float {
                let weights = [-3.0, 12.0, 17.0, 12.0, -3.0].map(|w: $float| w / 35.0);
                let smooth: Vec<$float> =
                    x.windows(5).map(|w| w.iter().zip(&weights).map(|(v, c)| v * c).sum()).collect();
                smooth.iter().zip(x.iter().skip(2)).map(|(s, v)| (v - s).powi(2)).sum()
            }

            /// The sum of squares of the innovations of an ARMA(1, 1) process.
            #[differentiate(order = 2)]
            fn arma(phi: $float, theta: $float, y: &[$float]) -> $float {
                y.windows(2)
                    .scan(0.0, |e, w| {
                        *e = w[1] - phi * w[0] - theta * *e;
                        Some(*e * *e)
                    })
                    .sum()
            }

            /// The likelihood of a GARCH(1, 1) process.
            #[differentiate(order = 2)]
            fn garch(p: &[$float; 3], returns: &[$float]) -> $float {
                let &[omega, alpha, beta] = p;
                let start = omega / (1.0 - alpha - beta);
                returns
                    .iter()
                    .scan(start, |variance, r| {
                        let now = *variance;
                        *variance = omega + alpha * r * r + beta * now;
                        Some(now.ln() + r * r / now)
                    })
                    .map(|term| 0.5 * term)
                    .sum()
            }

            #[differentiate(order = 2)]
            fn soft_min(a: $float, b: $float, c: $float) -> $float {
                let low = a.min(b).min(c);
                let total: $float = [a, b, c].iter().map(|v| (low - v).exp()).sum();
                low - total.ln()
            }

            /// Soft dynamic time warping.
            #[differentiate(order = 2)]
            fn soft_dtw(x: &[$float], y: &[$float]) -> $float {
                let far = 1e6;
                let mut row = vec![far; y.len() + 1];
                row[0] = 0.0;
                for a in x {
                    let mut diagonal = row[0];
                    row[0] = far;
                    for (j, b) in y.iter().enumerate() {
                        let cost = (a - b).powi(2);
                        let least: $float = soft_min(diagonal, row[j], row[j + 1]);
                        diagonal = row[j + 1];
                        row[j + 1] = cost + least;
                    }
                }
                *row.last().unwrap()
            }

            /// The forward algorithm of a hidden Markov model of two states, in logarithms.
            #[differentiate(order = 2)]
            fn forward(transition: &[[$float; 2]; 2], emission: &[[$float; 3]; 2], seen: &[usize]) -> $float {
                let log_sum_exp = |a: $float, b: $float| {
                    let high = a.max(b);
                    high + ((a - high).exp() + (b - high).exp()).ln()
                };
                let Some((first, rest)) = seen.split_first() else {
                    return 0.0;
                };
                let mut alpha = [emission[0][*first], emission[1][*first]];
                for &symbol in rest {
                    let before = alpha;
                    for (to, a) in alpha.iter_mut().enumerate() {
                        *a = log_sum_exp(before[0] + transition[0][to], before[1] + transition[1][to])
                            + emission[to][symbol];
                    }
                }
                log_sum_exp(alpha[0], alpha[1])
            }

            /// An exponential moving average that begins at the first value, against the series.
            #[differentiate(order = 2)]
            fn tracking(decay: $float, x: &[$float]) -> $float {
                let mut values = x.iter();
                let Some(&first) = values.next() else {
                    return decay;
                };
                let mut average = first;
                let mut error = 0.0;
                while let Some(&v) = values.next() {
                    error += (v - average).powi(2);
                    average = decay * average + (1.0 - decay) * v;
                }
                error
            }

            #[test]
            fn sequences() {
                let x: Vec<$float> = vec![0.5, 1.25, -0.375, 0.75, 1.5, -0.25, 0.125];
                for n in [0, 1, 4, 7] {
                    let x = x[..n].to_vec();
                    check!(roughness, ref at x.clone());
                    check!(arma(val 0, val 1, ref 2) at (0.5, 0.25, x.clone()));
                    check!(garch(ref 0, ref 1) at ([0.25, 0.125, 0.5], x.clone()));
                    check!(tracking(val 0, ref 1) at (0.75, x));
                }
                let y: Vec<$float> = vec![0.25, 1.0, 0.5];
                for n in [1, 3] {
                    check!(soft_dtw(ref 0, ref 1) at (x[..n + 1].to_vec(), y[..n].to_vec()));
                }
                assert_eq!(soft_dtw(&[], &[]), 0.0);
                assert_eq!(soft_dtw::grad(&[], &[]), (vec![], vec![]));
                for seen in [vec![], vec![2], vec![0, 1, 2, 2, 0]] {
                    let transition = [[-0.375, -1.25], [-0.875, -0.5]];
                    let emission = [[-1.0, -0.5, -2.0], [-0.75, -1.5, -1.125]];
                    let at = |t: &[[$float; 2]; 2], e: &[[$float; 3]; 2]| forward(t, e, &seen);
                    let point: ([[$float; 2]; 2], [[$float; 3]; 2]) = (transition, emission);
                    autodiff_runtime::check::Check::new("forward", &point, |(t, e)| at(t, e))
                        .value_and_grad(|(t, e)| forward::value_and_grad(t, e, &seen))
                        .jvp(|(t, e), (t_dot, e_dot)| forward::jvp(t, e, &seen, t_dot, e_dot))
                        .run()
                        .assert();
                }
            }
        }
    };
}

tests!(f64);
tests!(f32);
