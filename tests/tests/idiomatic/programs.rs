//! Whole programs: linear systems, transforms in place, integrators, images, sequences.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::differentiate;

            /// Gaussian elimination with partial pivoting; the sum of the solution's squares.
            #[differentiate(order = 2)]
            fn solve(a: &[Vec<$float>], b: &[$float]) -> $float {
                let n = b.len();
                let mut a = a.to_vec();
                let mut b = b.to_vec();
                for k in 0..n {
                    let pivot = (k..n).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs())).unwrap();
                    a.swap(k, pivot);
                    b.swap(k, pivot);
                    for i in k + 1..n {
                        let factor = a[i][k] / a[k][k];
                        for j in k..n {
                            a[i][j] -= factor * a[k][j];
                        }
                        b[i] -= factor * b[k];
                    }
                }
                let mut x = vec![0.0; n];
                for i in (0..n).rev() {
                    let s: $float = (i + 1..n).map(|j| a[i][j] * x[j]).sum();
                    x[i] = (b[i] - s) / a[i][i];
                }
                x.iter().map(|x| x * x).sum()
            }

            #[differentiate(order = 2)]
            fn solve_by_loop(a: &[Vec<$float>], b: &[$float]) -> $float {
                let n = b.len();
                let mut a = a.to_vec();
                let mut b = b.to_vec();
                for k in 0..n {
                    let mut pivot = k;
                    for i in k + 1..n {
                        if a[i][k].abs() > a[pivot][k].abs() {
                            pivot = i;
                        }
                    }
                    if pivot != k {
                        a.swap(k, pivot);
                        b.swap(k, pivot);
                    }
                    let row = a[k].clone();
                    for i in k + 1..n {
                        let factor = a[i][k] / row[k];
                        for (x, p) in a[i].iter_mut().zip(&row).skip(k) {
                            *x -= factor * p;
                        }
                        b[i] -= factor * b[k];
                    }
                }
                for i in (0..n).rev() {
                    for j in i + 1..n {
                        b[i] -= a[i][j] * b[j];
                    }
                    b[i] /= a[i][i];
                }
                b.iter().map(|x| x * x).sum()
            }

            /// Radix 2, in place.
            #[differentiate(order = 2)]
            fn fft(re: &mut [$float], im: &mut [$float]) {
                let n = re.len();
                let mut j = 0;
                for i in 1..n {
                    let mut bit = n >> 1;
                    while j & bit != 0 {
                        j ^= bit;
                        bit >>= 1;
                    }
                    j |= bit;
                    if i < j {
                        re.swap(i, j);
                        im.swap(i, j);
                    }
                }
                let mut len = 2;
                while len <= n {
                    let angle = -2.0 * std::$float::consts::PI / len as $float;
                    for start in (0..n).step_by(len) {
                        for k in 0..len / 2 {
                            let (s, c) = (angle * k as $float).sin_cos();
                            let (p, q) = (start + k, start + k + len / 2);
                            let tr = re[q] * c - im[q] * s;
                            let ti = re[q] * s + im[q] * c;
                            re[q] = re[p] - tr;
                            im[q] = im[p] - ti;
                            re[p] += tr;
                            im[p] += ti;
                        }
                    }
                    len *= 2;
                }
            }

            #[differentiate(order = 2)]
            fn power_spectrum(x: &[$float]) -> $float {
                let mut re = x.to_vec();
                let mut im = vec![0.0; x.len()];
                fft(&mut re, &mut im);
                re.iter().zip(&im).take(3).map(|(r, i)| (r * r + i * i).ln_1p()).sum()
            }

            /// Falls until it hits the floor, whose time is interpolated.
            #[differentiate(order = 2)]
            fn impact(height: $float, speed: $float, drag: $float) -> $float {
                let dt = 0.0625;
                let (mut y, mut v, mut t) = (height, speed, 0.0);
                loop {
                    let (y_old, t_old) = (y, t);
                    v -= dt * (9.81 + drag * v * v.abs());
                    y += dt * v;
                    t += dt;
                    if y <= 0.0 {
                        return t_old + dt * y_old / (y_old - y);
                    }
                }
            }

            #[differentiate(order = 2)]
            fn bilinear(grid: &[Vec<$float>], x: $float, y: $float) -> $float {
                let (rows, columns) = (grid.len(), grid[0].len());
                let x = x.clamp(0.0, (columns - 1) as $float);
                let y = y.clamp(0.0, (rows - 1) as $float);
                let (i, j) = ((y.floor() as usize).min(rows - 2), (x.floor() as usize).min(columns - 2));
                let (u, v) = (x - j as $float, y - i as $float);
                let top = grid[i][j] * (1.0 - u) + grid[i][j + 1] * u;
                let bottom = grid[i + 1][j] * (1.0 - u) + grid[i + 1][j + 1] * u;
                top * (1.0 - v) + bottom * v
            }

            #[differentiate(order = 2)]
            fn convolution(image: &[Vec<$float>], kernel: &[[$float; 3]; 3]) -> $float {
                let (rows, columns) = (image.len(), image[0].len());
                let mut out = vec![vec![0.0; columns - 2]; rows - 2];
                for (i, row) in out.iter_mut().enumerate() {
                    for (j, o) in row.iter_mut().enumerate() {
                        for (ki, k_row) in kernel.iter().enumerate() {
                            for (kj, k) in k_row.iter().enumerate() {
                                *o += k * image[i + ki][j + kj];
                            }
                        }
                    }
                }
                out.iter().flatten().map(|o| o.max(0.0).powi(2)).sum()
            }

            #[differentiate(order = 2)]
            fn softmax(scores: &[$float]) -> Vec<$float> {
                let max = scores.iter().copied().fold($float::NEG_INFINITY, $float::max);
                let exps: Vec<$float> = scores.iter().map(|s| (s - max).exp()).collect();
                let total: $float = exps.iter().sum();
                exps.iter().map(|e| e / total).collect()
            }

            #[differentiate(order = 2)]
            fn dot(a: &[$float], b: &[$float]) -> $float {
                a.iter().zip(b).map(|(x, y)| x * y).sum()
            }

            #[differentiate(order = 2)]
            fn attention(queries: &[Vec<$float>], keys: &[Vec<$float>], values: &[Vec<$float>]) -> $float {
                let scale = 1.0 / (keys[0].len() as $float).sqrt();
                let mut loss = 0.0;
                for q in queries {
                    let scores: Vec<$float> = keys.iter().map(|k| dot(q, k) * scale).collect();
                    let weights = softmax(&scores);
                    let mut out = vec![0.0; values[0].len()];
                    for (w, v) in weights.iter().zip(values) {
                        for (o, v) in out.iter_mut().zip(v) {
                            *o += w * v;
                        }
                    }
                    loss += dot(&out, &out);
                }
                loss
            }

            /// Forward algorithm in logarithms.
            #[differentiate(order = 2)]
            fn log_sum_exp(x: &[$float]) -> $float {
                let max = x.iter().copied().fold($float::NEG_INFINITY, $float::max);
                max + x.iter().map(|v| (v - max).exp()).sum::<$float>().ln()
            }

            #[differentiate(order = 2)]
            fn log_likelihood(start: &[$float], transition: &[Vec<$float>], emission: &[Vec<$float>], #[constant] observed: &[usize]) -> $float {
                let states = start.len();
                let mut alpha: Vec<$float> = (0..states).map(|s| start[s] + emission[s][observed[0]]).collect();
                for &o in &observed[1..] {
                    let mut next = Vec::with_capacity(states);
                    for j in 0..states {
                        let terms: Vec<$float> = (0..states).map(|i| alpha[i] + transition[i][j]).collect();
                        next.push(log_sum_exp(&terms) + emission[j][o]);
                    }
                    alpha = next;
                }
                log_sum_exp(&alpha)
            }


            #[differentiate(order = 2)]
            fn observed(start: &[$float], transition: &[Vec<$float>], emission: &[Vec<$float>]) -> $float {
                log_likelihood(start, transition, emission, &[0, 1, 1, 0]) - log_likelihood(start, transition, emission, &[1])
            }

            fn matrix(rows: usize, columns: usize, seed: $float) -> Vec<Vec<$float>> {
                let row = |i: usize| (0..columns).map(|j| (seed + 2.0 * i as $float + 0.7 * j as $float).sin()).collect();
                (0..rows).map(row).collect()
            }

            /// With a pivot that is not where it is at first.
            #[test]
            fn linear_systems() {
                for f in 0..2 {
                    for (a, b) in [
                        (vec![], vec![]),
                        (vec![vec![-2.0]], vec![1.5]),
                        (vec![vec![0.25, 2.0, 0.5], vec![-1.5, 0.5, 1.0], vec![0.75, -0.25, 2.0]], vec![1.0, -0.5, 0.75]),
                    ] {
                        if f == 0 {
                            check!(solve(ref 0, ref 1) at (a, b));
                        } else {
                            check!(solve_by_loop(ref 0, ref 1) at (a, b));
                        }
                    }
                }
                // x = b / a.
                assert_eq!(solve::grad(&[vec![-2.0]], &[1.0]), (vec![vec![0.25]], vec![0.5]));
            }

            #[test]
            fn spectra() {
                check!(power_spectrum, ref at vec![0.5]);
                check!(power_spectrum, ref at vec![0.5, -1.0, 0.25, 0.75, -0.5, 1.25, 0.125, -0.75]);
                // The adjoint of the transform is n times its inverse: of |X|², 2n x.
                let (mut re, mut im) = (vec![0.5, -1.0, 0.25, 0.75], vec![0.0; 4]);
                fft(&mut re, &mut im);
                let (mut re_bar, mut im_bar) = (re.iter().map(|x| 2.0 * x).collect::<Vec<_>>(), im.iter().map(|x| 2.0 * x).collect::<Vec<_>>());
                fft::vjp_into(&mut [0.5, -1.0, 0.25, 0.75], &mut [0.0; 4], &mut re_bar, &mut im_bar);
                let found: Vec<f64> = re_bar.iter().chain(&im_bar).map(|&x| f64::from(x)).collect();
                autodiff_tests::compare::assert_close("adjoint", &found, &[4.0, -8.0, 2.0, 6.0, 0.0, 0.0, 0.0, 0.0], 1e-6);
            }

            #[test]
            fn events_and_steps() {
                check!(impact(val 0, val 1, val 2) at (2.0, 1.0, 0.0625));
                check!(bilinear(ref 0, val 1, val 2) at (matrix(3, 4, 0.3), 1.375, 0.625));
                check!(bilinear(ref 0, val 1, val 2) at (matrix(2, 2, 0.3), 0.5, 0.25));
                // Outside, the value does not change with the point.
                let (_, x_bar, y_bar) = bilinear::grad(&matrix(3, 4, 0.3), 7.0, -2.0);
                assert_eq!((x_bar, y_bar), (0.0, 0.0));
            }

            #[test]
            fn images_and_sequences() {
                check!(convolution(ref 0, ref 1) at (matrix(5, 4, 0.5), [[0.5, -0.25, 1.0], [0.75, 0.125, -0.5], [0.25, 1.0, -0.75]]));
                check!(convolution(ref 0, ref 1) at (matrix(3, 3, 0.1), [[1.0, 0.5, 0.25], [0.5, 1.0, 0.5], [0.25, 0.5, 1.0]]));
                check!(attention(ref 0, ref 1, ref 2) at (matrix(2, 3, 0.1), matrix(4, 3, 0.7), matrix(4, 2, 1.3)));
                check!(attention(ref 0, ref 1, ref 2) at (matrix(1, 1, 0.1), matrix(1, 1, 0.7), matrix(1, 1, 1.3)));
                check!(observed(ref 0, ref 1, ref 2) at (vec![-0.5, -1.0, -1.5], matrix(3, 3, 0.2), matrix(3, 2, 0.9)));
                check!(observed(ref 0, ref 1, ref 2) at (vec![-0.5], matrix(1, 1, 0.2), matrix(1, 2, 0.9)));
            }
        }
    };
}

tests!(f32);
tests!(f64);

/// Bogacki and Shampine, with steps by the error.
#[autodiff_runtime::differentiate(order = 2)]
fn adaptive(y0: &[f64; 2], mu: f64, end: f64) -> f64 {
    let rhs = |y: [f64; 2]| [y[1], mu * (1.0 - y[0] * y[0]) * y[1] - y[0]];
    let (mut t, mut h) = (0.0, 0.1);
    let mut y = *y0;
    let mut steps = 0;
    while t < end && steps < 1000 {
        if t + h > end {
            h = end - t;
        }
        let k1 = rhs(y);
        let k2 = rhs([y[0] + 0.5 * h * k1[0], y[1] + 0.5 * h * k1[1]]);
        let k3 = rhs([y[0] + 0.75 * h * k2[0], y[1] + 0.75 * h * k2[1]]);
        let next: [f64; 2] = std::array::from_fn(|i| y[i] + h / 9.0 * (2.0 * k1[i] + 3.0 * k2[i] + 4.0 * k3[i]));
        let k4 = rhs(next);
        let error = (0..2)
            .map(|i| h * (-5.0 / 72.0 * k1[i] + k2[i] / 12.0 + k3[i] / 9.0 - k4[i] / 8.0))
            .map(f64::abs)
            .fold(0.0, f64::max);
        if error < 1e-4 {
            t += h;
            y = next;
        }
        h *= (0.9 * (1e-4 / error.max(1e-10)).cbrt()).clamp(0.2, 5.0);
        steps += 1;
    }
    y[0] * y[0] + y[1]
}

/// In double precision alone: whether a step is taken depends on the last bits in single.
#[test]
fn adaptive_steps() {
    check!(adaptive(ref 0, val 1, val 2) at ([1.0, 0.5], 0.8, 2.0));
    // Of the harmonic oscillator: (cos t, −sin t).
    let (y, ([x_bar, v_bar], _, _)) = adaptive::value_and_grad(&[1.0, 0.0], 0.0, 1.0);
    let (s, c) = 1f64.sin_cos();
    let wanted = [c * c - s, 2.0 * c * c - s, 2.0 * c * s + c];
    autodiff_tests::compare::assert_close("closed form", &[y, x_bar, v_bar], &wanted, 1e-3);
}
