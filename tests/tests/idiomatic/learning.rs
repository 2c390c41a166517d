//! Models of machine learning, written with iterators.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::{Differentiable, differentiate};

            /// Logistic regression with a penalty.
            #[differentiate(order = 2)]
            fn logistic(w: &[$float], b: $float, xs: &[[$float; 2]], #[constant] labels: &[bool]) -> $float {
                let loss: $float = xs
                    .iter()
                    .zip(labels)
                    .map(|(x, &label)| {
                        let z = x.iter().zip(w).map(|(x, w)| x * w).sum::<$float>() + b;
                        let z = if label { -z } else { z };
                        z.max(0.0) + (-z.abs()).exp().ln_1p()
                    })
                    .sum();
                loss / xs.len() as $float + 0.01 * w.iter().map(|w| w * w).sum::<$float>()
            }

            /// The entropy of a softmax.
            #[differentiate(order = 2)]
            fn entropy(logits: &[$float]) -> $float {
                let high = logits.iter().copied().fold($float::NEG_INFINITY, $float::max);
                let exps = logits.iter().map(|v| (v - high).exp()).collect::<Vec<_>>();
                let total: $float = exps.iter().sum();
                -exps.iter().map(|e| e / total).map(|p| p * p.ln()).sum::<$float>()
            }

            /// One head of attention: rows of `width` numbers, the last query against all keys.
            #[differentiate(order = 2)]
            fn attention(query: &[$float], keys: &[$float], values: &[$float], #[constant] width: usize) -> $float {
                let scale = 1.0 / (width as $float).sqrt();
                let scores: Vec<$float> = keys
                    .chunks_exact(width)
                    .map(|key| scale * query.iter().zip(key).map(|(q, k)| q * k).sum::<$float>())
                    .collect();
                let Some(high) = scores.iter().copied().reduce($float::max) else {
                    return 0.0;
                };
                let weights: Vec<$float> = scores.iter().map(|s| (s - high).exp()).collect();
                let total: $float = weights.iter().sum();
                let mut out = vec![0.0; width];
                for (weight, row) in weights.iter().zip(values.chunks_exact(width)) {
                    for (o, v) in out.iter_mut().zip(row) {
                        *o += weight / total * v;
                    }
                }
                out.iter().enumerate().map(|(i, o)| o * o * (i + 1) as $float).sum()
            }

            #[derive(Clone, Debug, PartialEq, Differentiable)]
            struct Layer {
                weights: Vec<$float>,
                bias: Vec<$float>,
            }

            /// Layers of tanh, and a linear one.
            #[differentiate(order = 2)]
            fn network(first: &Layer, second: &Layer, x: &[$float]) -> $float {
                let hidden: Vec<$float> = first
                    .weights
                    .chunks_exact(x.len())
                    .zip(first.bias.iter())
                    .map(|(row, b)| (row.iter().zip(x).map(|(w, v)| w * v).sum::<$float>() + b).tanh())
                    .collect();
                let out: $float = second.weights.iter().zip(&hidden).map(|(w, h)| w * h).sum();
                (out + second.bias[0]).powi(2)
            }

            /// Layer normalisation and a quadratic.
            #[differentiate(order = 2)]
            fn normalised(x: &[$float], gain: &[$float]) -> $float {
                let n = x.len() as $float;
                let mean = x.iter().sum::<$float>() / n;
                let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<$float>() / n;
                let centred = x.iter().map(|v| (v - mean) / (variance + 1e-3).sqrt());
                centred.zip(gain).map(|(v, g)| v * g).scan(0.0, |s, v| { *s += v; Some(*s * v) }).sum()
            }

            /// The smallest distance of every point to a centre, and the margin to the second.
            #[differentiate(order = 2)]
            fn nearest(centres: &[[$float; 2]], points: &[[$float; 2]]) -> $float {
                points
                    .iter()
                    .filter_map(|p| {
                        centres
                            .iter()
                            .map(|c| c.iter().zip(p).map(|(a, b)| (a - b).powi(2)).sum::<$float>())
                            .min_by(|a, b| a.partial_cmp(b).unwrap())
                    })
                    .map($float::sqrt)
                    .sum()
            }

            #[test]
            fn models() {
                let xs: Vec<[$float; 2]> = vec![[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]];
                let labels = [true, false, true];
                for n in [1, 3] {
                    let at = |w: &[$float; 2], b: $float, x: &[[$float; 2]]| logistic(w, b, x, &labels[..n]);
                    let point = ([0.75, -0.5], 0.25, xs[..n].to_vec());
                    autodiff_runtime::check::Check::new("logistic", &point, |(w, b, x)| at(w, *b, x))
                        .jvp(|(w, b, x), (w_dot, b_dot, x_dot)| {
                            logistic::jvp(w, *b, x, &labels[..n], w_dot, *b_dot, x_dot)
                        })
                        .value_and_grad(|(w, b, x)| {
                            let (y, (w, b, x)) = logistic::value_and_grad(w, *b, x, &labels[..n]);
                            (y, ([w[0], w[1]], b, x))
                        })
                        .run()
                        .assert();
                }
                for logits in [vec![], vec![0.5], vec![0.5, -1.25, 2.0]] {
                    check!(entropy, ref at logits);
                }
                let flat: Vec<$float> = vec![0.5, -0.25, 0.75, 1.0, -0.5, 0.125];
                for rows in 0..=3 {
                    let (keys, values) = (flat[..2 * rows].to_vec(), flat[6 - 2 * rows..].to_vec());
                    let point = (vec![1.0, -0.5], keys, values);
                    let (q, k, v) = &point;
                    assert_eq!(attention(q, k, v, 2).to_bits(), attention::value_and_grad(q, k, v, 2).0.to_bits());
                    autodiff_runtime::check::Check::new("attention", &point, |(q, k, v)| attention(q, k, v, 2))
                        .value_and_grad(|(q, k, v)| attention::value_and_grad(q, k, v, 2))
                        .jvp(|(q, k, v), (a, b, c)| attention::jvp(q, k, v, 2, a, b, c))
                        .run()
                        .assert();
                }
                let first = Layer { weights: vec![0.5, -0.25, 0.75, 1.0], bias: vec![0.125, -0.5] };
                let second = Layer { weights: vec![1.5, -0.75], bias: vec![0.25] };
                check!(network(ref 0, ref 1, ref 2) at (first.clone(), second.clone(), vec![0.5, -1.0]));
                check!(normalised(ref 0, ref 1) at (vec![0.5, -1.25, 2.0, 0.25], vec![1.0, 0.5, -0.5, 2.0]));
                let centres: Vec<[$float; 2]> = vec![[0.0, 0.5], [2.0, 1.5]];
                for n in 0..=2 {
                    check!(nearest(ref 0, ref 1) at (centres[..n].to_vec(), xs.clone()));
                }
            }
        }
    };
}

tests!(f64);
tests!(f32);
