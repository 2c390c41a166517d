//! Statistics and losses.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::differentiate;

            #[differentiate(order = 2)]
            fn mean(x: &[$float]) -> $float {
                x.iter().sum::<$float>() / x.len() as $float
            }

            #[differentiate(order = 2)]
            fn variance(x: &[$float]) -> $float {
                let m = mean(x);
                x.iter().map(|v| (v - m).powi(2)).sum::<$float>() / (x.len() - 1) as $float
            }

            #[differentiate(order = 2)]
            fn welford(x: &[$float]) -> $float {
                let mut count = 0;
                let mut mean = 0.0;
                let mut m2 = 0.0;
                for &v in x {
                    count += 1;
                    let delta = v - mean;
                    mean += delta / count as $float;
                    m2 += delta * (v - mean);
                }
                if count < 2 { 0.0 } else { m2 / (count - 1) as $float }
            }

            #[differentiate(order = 2)]
            fn correlation(x: &[$float], y: &[$float]) -> $float {
                let (mx, my) = (mean(x), mean(y));
                let (mut sxy, mut sxx, mut syy) = (0.0, 0.0, 0.0);
                for (a, b) in x.iter().zip(y) {
                    let (da, db) = (a - mx, b - my);
                    sxy += da * db;
                    sxx += da * da;
                    syy += db * db;
                }
                sxy / (sxx * syy).sqrt()
            }

            #[test]
            fn moments() {
                check!(mean, ref at vec![0.5]);
                check!(variance, ref at vec![0.5, -1.25, 2.0]);
                check!(welford, ref at Vec::<$float>::new());
                check!(welford, ref at vec![0.5]);
                check!(welford, ref at vec![0.5, -1.25, 2.0]);
                check!(correlation(ref 0, ref 1) at (vec![0.5, -1.25, 2.0], vec![1.0, 0.25, 0.75]));
            }

            #[differentiate(order = 2)]
            fn log_sum_exp(x: &[$float]) -> $float {
                let max = x.iter().copied().fold($float::NEG_INFINITY, $float::max);
                max + x.iter().map(|v| (v - max).exp()).sum::<$float>().ln()
            }

            #[differentiate(order = 2)]
            fn cross_entropy(logits: &[$float], label: usize) -> $float {
                log_sum_exp(logits) - logits[label]
            }

            #[differentiate(order = 2)]
            fn softmax_dot(x: &[$float], w: &[$float]) -> $float {
                let max = x.iter().cloned().fold(x[0], |a, b| if a > b { a } else { b });
                let exps: Vec<$float> = x.iter().map(|&v| (v - max).exp()).collect();
                let total: $float = exps.iter().sum();
                exps.iter().zip(w).map(|(e, w)| e / total * w).sum()
            }

            #[differentiate(order = 2)]
            fn mixture(weights: &[$float; 2], means: &[$float; 2], sigmas: &[$float; 2], #[constant] data: &[$float]) -> $float {
                let mut total = 0.0;
                for &x in data {
                    let mut terms = [0.0; 2];
                    for k in 0..2 {
                        let z = (x - means[k]) / sigmas[k];
                        terms[k] = weights[k] - sigmas[k].ln() - 0.5 * z * z;
                    }
                    total += log_sum_exp(&terms);
                }
                total - data.len() as $float * log_sum_exp(weights)
            }

            #[test]
            fn exponentials() {
                check!(log_sum_exp, ref at vec![0.5]);
                check!(log_sum_exp, ref at vec![0.5, -1.25, 2.0]);
                check!(softmax_dot(ref 0, ref 1) at (vec![0.5, -1.25, 2.0], vec![1.0, 0.25, 0.75]));
                let logits = vec![0.5, -1.25, 2.0];
                autodiff_runtime::check::Check::new("cross_entropy", &logits, |x| cross_entropy(x, 1))
                    .value_and_grad(|x| cross_entropy::value_and_grad(x, 1))
                    .jvp(|x, v| cross_entropy::jvp(x, 1, v))
                    .run()
                    .assert();
                let data = [0.5, -1.0, 0.25];
                let point = ([0.5, -0.25], [0.75, -0.5], [0.5, 1.25]);
                autodiff_runtime::check::Check::new("mixture", &point, |(w, m, s)| mixture(w, m, s, &data))
                    .value_and_grad(|(w, m, s)| mixture::value_and_grad(w, m, s, &data))
                    .jvp(|(w, m, s), (vw, vm, vs)| mixture::jvp(w, m, s, &data, vw, vm, vs))
                    .run()
                    .assert();
            }

            fn is_outlier(i: usize) -> bool {
                i == 1
            }

            #[differentiate(order = 2)]
            fn huber(prediction: &[$float], #[constant] target: &[$float], delta: $float) -> $float {
                let mut loss = 0.0;
                for (i, (p, t)) in prediction.iter().zip(target.iter()).enumerate() {
                    if is_outlier(i) {
                        continue;
                    }
                    let r = (p - t).abs();
                    loss += if r <= delta { 0.5 * r * r } else { delta * (r - 0.5 * delta) };
                }
                loss
            }

            #[differentiate(order = 2)]
            fn pinball(x: &[$float], q: $float) -> $float {
                x.iter().map(|&r| if r >= 0.0 { q * r } else { (q - 1.0) * r }).sum::<$float>()
            }

            #[differentiate(order = 2)]
            fn kernel_density(points: &[$float], at: $float, bandwidth: $float) -> $float {
                let norm = 1.0 / (points.len() as $float * bandwidth * (2.0 * std::$float::consts::PI).sqrt());
                norm * points
                    .iter()
                    .map(|p| {
                        let z = (at - p) / bandwidth;
                        (-0.5 * z * z).exp()
                    })
                    .sum::<$float>()
            }

            #[differentiate(order = 2)]
            fn autocovariance(x: &[$float], lag: usize) -> $float {
                let n = x.len();
                let m: $float = x.iter().sum::<$float>() / n as $float;
                (0..n - lag).map(|t| (x[t] - m) * (x[t + lag] - m)).sum::<$float>() / n as $float
            }

            #[differentiate(order = 2)]
            fn lagged(x: &[$float]) -> $float {
                (1..x.len()).map(|lag| autocovariance(x, lag) / lag as $float).sum()
            }

            #[differentiate(order = 2)]
            fn pairwise_energy(positions: &[[$float; 2]]) -> $float {
                let mut energy = 0.0;
                for i in 0..positions.len() {
                    for j in i + 1..positions.len() {
                        let dx = positions[i][0] - positions[j][0];
                        let dy = positions[i][1] - positions[j][1];
                        let r2 = dx * dx + dy * dy;
                        let s6 = (1.0 / r2).powi(3);
                        energy += 4.0 * (s6 * s6 - s6);
                    }
                }
                energy
            }

            #[differentiate(order = 2)]
            fn smoothed(x: &[$float], alpha: $float) -> $float {
                let Some(_) = x.first() else { return 0.0 };
                let mut level = x[0];
                let mut error = 0.0;
                for &v in &x[1..] {
                    error += (v - level).powi(2);
                    level += alpha * (v - level);
                }
                error
            }

            #[test]
            fn losses() {
                let target = [0.25, 5.0, -3.0];
                let point = (vec![0.5, -1.25, 2.0], 0.75);
                autodiff_runtime::check::Check::new("huber", &point, |(p, d)| huber(p, &target, *d))
                    .value_and_grad(|(p, d)| huber::value_and_grad(p, &target, *d))
                    .jvp(|(p, d), (vp, vd)| huber::jvp(p, &target, *d, vp, *vd))
                    .run()
                    .assert();
                check!(pinball(ref 0, val 1) at (vec![0.5, -1.25, 2.0], 0.75));
                check!(kernel_density(ref 0, val 1, val 2) at (vec![0.5, -1.25, 2.0], 0.25, 0.75));
                check!(lagged, ref at vec![0.5, -1.25, 2.0, 0.75]);
                check!(pairwise_energy, ref at vec![[0.0, 0.0], [1.25, 0.25], [-0.5, 1.0]]);
                check!(smoothed(ref 0, val 1) at (vec![0.5, -1.25, 2.0, 0.75], 0.25));
                check!(smoothed(ref 0, val 1) at (Vec::<$float>::new(), 0.25));
            }
        }
    };
}

tests!(f32);
tests!(f64);
