//! Matrices and vectors.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::differentiate;

            #[differentiate(order = 2)]
            fn dot(a: &[$float], b: &[$float]) -> $float {
                a.iter().zip(b).map(|(x, y)| x * y).sum()
            }

            #[differentiate(order = 2)]
            fn norm(a: &[$float]) -> $float {
                dot(a, a).sqrt()
            }

            #[differentiate(order = 2)]
            fn cosine(a: &[$float], b: &[$float]) -> $float {
                dot(a, b) / (norm(a) * norm(b))
            }

            #[test]
            fn products_of_vectors() {
                check!(dot(ref 0, ref 1) at (Vec::<$float>::new(), Vec::<$float>::new()));
                check!(dot(ref 0, ref 1) at (vec![0.5], vec![-1.25]));
                check!(cosine(ref 0, ref 1) at (vec![0.5, 1.0, -0.75], vec![1.25, -0.25, 0.875]));
            }

            const N: usize = 3;
            const M: usize = 2;

            #[differentiate(order = 2)]
            fn matrix_product(a: &[[$float; N]; M], b: &[[$float; M]; N]) -> $float {
                let mut c = [[0.0; M]; M];
                for i in 0..M {
                    for j in 0..M {
                        for k in 0..N {
                            c[i][j] += a[i][k] * b[k][j];
                        }
                    }
                }
                let mut trace = 0.0;
                for i in 0..M {
                    trace += c[i][i];
                }
                trace * (c[0][0] * c[1][1] - c[0][1] * c[1][0])
            }

            #[differentiate(order = 2)]
            fn quadratic_form(a: &[[$float; N]], x: &[$float]) -> $float {
                a.iter().zip(x).map(|(row, xi)| xi * row.iter().zip(x).map(|(aij, xj)| aij * xj).sum::<$float>()).sum()
            }

            #[differentiate(order = 2)]
            fn flat_matvec(a: &[$float], x: &[$float]) -> $float {
                let n = x.len();
                let mut norm2 = 0.0;
                for row in a.chunks_exact(n) {
                    let y: $float = row.iter().zip(x.iter()).map(|(a, x)| a * x).sum();
                    norm2 += y.powi(2);
                }
                norm2
            }

            #[test]
            fn products_of_matrices() {
                check!(matrix_product(ref 0, ref 1) at (
                    [[0.5, 1.0, -0.75], [0.25, -0.5, 2.0]],
                    [[1.5, 1.0], [0.25, -0.5], [2.0, 0.75]]
                ));
                let a = vec![[0.5, 1.0, -0.75], [0.25, -0.5, 2.0], [1.0, 0.5, 0.25]];
                check!(quadratic_form(ref 0, ref 1) at (a, vec![0.5, -1.0, 0.75]));
                check!(flat_matvec(ref 0, ref 1) at (vec![0.5, 1.0, -0.75, 0.25, -0.5, 2.0], vec![0.5, -1.0, 0.75]));
            }

            /// Solves `a x = b` for a positive definite `a`, in place, and gives `bᵀ a⁻¹ b + ln det a`.
            #[differentiate(order = 2)]
            fn cholesky_solve(a: &[[$float; N]; N], b: &[$float; N]) -> $float {
                let mut l = *a;
                for j in 0..N {
                    for k in 0..j {
                        for i in j..N {
                            l[i][j] -= l[i][k] * l[j][k];
                        }
                    }
                    let d = l[j][j].sqrt();
                    for i in j..N {
                        l[i][j] /= d;
                    }
                }
                let mut x = *b;
                for i in 0..N {
                    for k in 0..i {
                        x[i] -= l[i][k] * x[k];
                    }
                    x[i] /= l[i][i];
                }
                let mut log_det = 0.0;
                for i in (0..N).rev() {
                    for k in i + 1..N {
                        x[i] -= l[k][i] * x[k];
                    }
                    x[i] /= l[i][i];
                    log_det += 2.0 * l[i][i].ln();
                }
                let mut form = 0.0;
                for i in 0..N {
                    form += b[i] * x[i];
                }
                form + log_det
            }

            /// Gaussian elimination with partial pivoting.
            #[differentiate(order = 2)]
            fn determinant(a: &[[$float; N]; N]) -> $float {
                let mut m = a.clone();
                let mut det = 1.0;
                for col in 0..N {
                    let mut pivot = col;
                    for row in col + 1..N {
                        if m[row][col].abs() > m[pivot][col].abs() {
                            pivot = row;
                        }
                    }
                    if pivot != col {
                        for k in 0..N {
                            (m[pivot][k], m[col][k]) = (m[col][k], m[pivot][k]);
                        }
                        det = -det;
                    }
                    det *= m[col][col];
                    for row in col + 1..N {
                        let factor = m[row][col] / m[col][col];
                        for k in col..N {
                            m[row][k] -= factor * m[col][k];
                        }
                    }
                }
                det
            }

            /// The tridiagonal system of Thomas.
            #[differentiate(order = 2)]
            fn thomas(lower: &[$float], diag: &[$float], upper: &[$float], rhs: &[$float]) -> $float {
                let n = diag.len();
                let mut c = vec![0.0; n];
                let mut d = vec![0.0; n];
                c[0] = upper[0] / diag[0];
                d[0] = rhs[0] / diag[0];
                for i in 1..n {
                    let m = diag[i] - lower[i - 1] * c[i - 1];
                    if i < n - 1 {
                        c[i] = upper[i] / m;
                    }
                    d[i] = (rhs[i] - lower[i - 1] * d[i - 1]) / m;
                }
                for i in (0..n - 1).rev() {
                    d[i] -= c[i] * d[i + 1];
                }
                d.iter().sum()
            }

            #[differentiate(order = 2)]
            fn rayleigh(a: &[[$float; N]; N]) -> $float {
                let mut v = [1.0; N];
                for _ in 0..4 {
                    let mut w = [0.0; N];
                    for (wi, row) in w.iter_mut().zip(a.iter()) {
                        *wi = row.iter().zip(v.iter()).map(|(a, v)| a * v).sum();
                    }
                    let norm = w.iter().map(|x| x * x).sum::<$float>().sqrt();
                    for i in 0..N {
                        v[i] = w[i] / norm;
                    }
                }
                let mut lambda = 0.0;
                for i in 0..N {
                    for j in 0..N {
                        lambda += v[i] * a[i][j] * v[j];
                    }
                }
                lambda
            }

            #[test]
            fn factorizations() {
                let a = [[2.0, 0.5, 0.25], [0.5, 1.5, -0.25], [0.25, -0.25, 1.25]];
                check!(cholesky_solve(ref 0, ref 1) at (a, [0.5, -1.0, 0.75]));
                check!(rayleigh, ref at a);
                check!(determinant, ref at [[0.25, 1.0, -0.75], [1.5, -0.5, 2.0], [0.5, 0.75, 1.0]]);
                check!(thomas(ref 0, ref 1, ref 2, ref 3) at (
                    vec![0.5, 0.25],
                    vec![2.0, 1.75, 2.5],
                    vec![0.75, -0.5],
                    vec![1.0, -0.5, 0.25]
                ));
            }

            /// One predict and update step for a position and a velocity, measured in position.
            #[differentiate(order = 2)]
            fn kalman(x: &[$float; 2], p: &[[$float; 2]; 2], dt: $float, q: $float, r: $float, z: $float) -> $float {
                let xp = [x[0] + dt * x[1], x[1]];
                let p00 = p[0][0] + dt * (p[1][0] + p[0][1]) + dt * dt * p[1][1] + q;
                let p01 = p[0][1] + dt * p[1][1];
                let p11 = p[1][1] + q;
                let s = p00 + r;
                let gain = [p00 / s, p01 / s];
                let innovation = z - xp[0];
                let updated = [xp[0] + gain[0] * innovation, xp[1] + gain[1] * innovation];
                0.5 * (innovation * innovation / s + s.ln()) + updated[0] * updated[1] * p11
            }

            #[test]
            fn filters() {
                check!(kalman(ref 0, ref 1, val 2, val 3, val 4, val 5) at (
                    [0.5, -0.25], [[1.0, 0.25], [0.25, 0.75]], 0.125, 0.0625, 0.5, 0.75
                ));
            }

            #[differentiate(order = 2)]
            fn cross_norm(a: &[$float; 3], b: &[$float; 3]) -> $float {
                let &[a0, a1, a2] = a;
                let [b0, b1, b2] = *b;
                let c = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0];
                c.iter().map(|v| v.powi(2)).sum::<$float>().sqrt()
            }

            #[differentiate(order = 2)]
            fn rotated(angles: ($float, $float), v: &[$float; 3]) -> $float {
                let (yaw, pitch) = angles;
                let (sy, cy) = yaw.sin_cos();
                let (sp, cp) = pitch.sin_cos();
                let r = [[cy * cp, -sy, cy * sp], [sy * cp, cy, sy * sp], [-sp, 0.0, cp]];
                let mut out = [0.0; 3];
                for (o, row) in out.iter_mut().zip(&r) {
                    for (m, x) in row.iter().zip(v) {
                        *o += m * x;
                    }
                }
                out[0] * out[1] + out[2]
            }

            #[test]
            fn geometry() {
                check!(cross_norm(ref 0, ref 1) at ([0.5, 1.0, -0.75], [0.25, -0.5, 2.0]));
                check!(rotated(val 0, ref 1) at ((0.5, -0.25), [0.25, -0.5, 2.0]));
            }
        }
    };
}

tests!(f32);
tests!(f64);
