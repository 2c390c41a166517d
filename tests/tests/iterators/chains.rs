//! Chains over slices and ranges.

macro_rules! tests {
    ($float:ident) => {
        like_by_hand! {
            fn rosenbrock(x, y) -> $float {
                x.iter().zip(x.iter().skip(1)).map(|(&a, &b)| (1.0 - a).powi(2) + 100.0 * (b - a * a).powi(2)).sum()
            }
            by hand {
                let mut s = -0.0;
                for i in 1..x.len() {
                    s += (1.0 - x[i - 1]).powi(2) + 100.0 * (x[i] - x[i - 1] * x[i - 1]).powi(2);
                }
                s
            }
        }

        like_by_hand! {
            fn windows(x, y) -> $float {
                x.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum::<$float>() + y.windows(3).map(|w| w[0] * w[2]).sum::<$float>()
            }
            by hand {
                let mut s = -0.0;
                for i in 1..x.len() {
                    s += (x[i] - x[i - 1]).powi(2);
                }
                let mut t = -0.0;
                for i in 2..y.len() {
                    t += y[i - 2] * y[i];
                }
                s + t
            }
        }

        like_by_hand! {
            fn chunks(x, y) -> $float {
                let a: $float = x.chunks(2).map(|c| c.iter().product::<$float>() * c.len() as $float).sum();
                let b: $float = y.chunks_exact(2).rev().map(|c| c[0].sin() * c[1]).sum();
                a + b
            }
            by hand {
                let mut a = -0.0;
                for k in 0..x.len().div_ceil(2) {
                    let mut p = 1.0;
                    let mut n = 0;
                    for i in 2 * k..2 * k + 2 {
                        if i < x.len() {
                            p *= x[i];
                            n += 1;
                        }
                    }
                    a += p * n as $float;
                }
                let mut b = -0.0;
                for k in (0..y.len() / 2).rev() {
                    b += y[2 * k].sin() * y[2 * k + 1];
                }
                a + b
            }
        }

        like_by_hand! {
            fn dot_of_different_lengths(x, y) -> $float {
                x.iter().zip(y).map(|(a, b)| a * b).sum::<$float>().tanh()
            }
            by hand {
                let n = if x.len() < y.len() { x.len() } else { y.len() };
                let mut s = -0.0;
                for i in 0..n {
                    s += x[i] * y[i];
                }
                s.tanh()
            }
        }

        like_by_hand! {
            fn weighted_by_position(x, y) -> $float {
                let mut s = 0.0;
                for (i, v) in x.iter().enumerate() {
                    s += v * (i + 1) as $float;
                }
                for (i, (a, b)) in x.iter().rev().zip(y.iter().skip(1)).enumerate() {
                    s += a * b * i as $float;
                }
                s
            }
            by hand {
                let mut s = 0.0;
                for i in 0..x.len() {
                    s += x[i] * (i + 1) as $float;
                }
                for i in 0..x.len() {
                    if i + 1 < y.len() {
                        s += x[x.len() - 1 - i] * y[i + 1] * i as $float;
                    }
                }
                s
            }
        }

        like_by_hand! {
            fn filtered(x, y) -> $float {
                let a: $float = x.iter().filter(|v| **v > 0.0).map(|v| v.ln()).sum();
                let n = y.iter().filter(|&&v| v > 0.0).count();
                let b: $float = y.iter().copied().filter(|v| v.abs() > 0.5).product();
                a + b * n as $float
            }
            by hand {
                let mut a = -0.0;
                for i in 0..x.len() {
                    if x[i] > 0.0 {
                        a += x[i].ln();
                    }
                }
                let mut n = 0;
                let mut b = 1.0;
                for i in 0..y.len() {
                    if y[i] > 0.0 {
                        n += 1;
                    }
                    if y[i].abs() > 0.5 {
                        b *= y[i];
                    }
                }
                a + b * n as $float
            }
        }

        like_by_hand! {
            fn log_sum_exp(x, y) -> $float {
                let high = x.iter().copied().fold($float::NEG_INFINITY, $float::max);
                let high = if high > -100.0 { high } else { 0.0 };
                (x.iter().map(|v| (v - high).exp()).sum::<$float>() + 1.0).ln() + high
            }
            by hand {
                let mut high = $float::NEG_INFINITY;
                for i in 0..x.len() {
                    high = high.max(x[i]);
                }
                let high = if high > -100.0 { high } else { 0.0 };
                let mut s = -0.0;
                for i in 0..x.len() {
                    s += (x[i] - high).exp();
                }
                (s + 1.0).ln() + high
            }
        }

        like_by_hand! {
            fn horner_and_power_series(x, y) -> $float {
                let t = 0.7;
                let p = x.iter().rev().fold(0.0, |acc, &c| acc * t + c);
                let q: $float = (1..=3).map(|k| p.powi(k) / k as $float).sum();
                let r: $float = (0..y.len()).step_by(2).map(|i| y[i] * p).sum();
                q + r
            }
            by hand {
                let t = 0.7;
                let mut p = 0.0;
                for i in (0..x.len()).rev() {
                    p = p * t + x[i];
                }
                let mut q = -0.0;
                for k in 1..=3 {
                    q += p.powi(k) / k as $float;
                }
                let mut r = -0.0;
                for i in 0..y.len() {
                    if i % 2 == 0 {
                        r += y[i] * p;
                    }
                }
                q + r
            }
        }

        like_by_hand! {
            fn collected(x, y) -> $float {
                let squares: Vec<$float> = x.iter().map(|v| v * v).collect();
                let shifted = squares.iter().rev().map(|v| v + 1.0).collect::<Vec<_>>();
                let even: Vec<usize> = (0..x.len()).filter(|i| i % 2 == 0).collect();
                let mut s = 0.0;
                for k in 0..even.len() {
                    s += x[even[k]];
                }
                shifted.iter().zip(y).map(|(a, b)| a.sqrt() * b).sum::<$float>() + s
            }
            by hand {
                let n = x.len();
                let mut shifted = vec![0.0; n];
                for i in 0..n {
                    shifted[i] = x[n - 1 - i] * x[n - 1 - i] + 1.0;
                }
                let mut s = 0.0;
                for i in 0..n {
                    if i % 2 == 0 {
                        s += x[i];
                    }
                }
                let mut t = -0.0;
                for i in 0..n {
                    if i < y.len() {
                        t += shifted[i].sqrt() * y[i];
                    }
                }
                t + s
            }
        }

        like_by_hand! {
            fn mutable_elements(x, y) -> $float {
                let mut v = x.to_vec();
                v.iter_mut().for_each(|e| *e *= 0.5);
                for (e, w) in v.iter_mut().zip(y) {
                    if *w > 0.0 {
                        *e = *e * *e + w;
                    }
                }
                for e in &mut v {
                    *e = e.sin();
                }
                v.iter().sum()
            }
            by hand {
                let mut v = x.to_vec();
                for i in 0..v.len() {
                    v[i] *= 0.5;
                }
                for i in 0..v.len() {
                    if i < y.len() && y[i] > 0.0 {
                        v[i] = v[i] * v[i] + y[i];
                    }
                }
                for i in 0..v.len() {
                    v[i] = v[i].sin();
                }
                let mut s = -0.0;
                for i in 0..v.len() {
                    s += v[i];
                }
                s
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
