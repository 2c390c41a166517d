//! Programs of structs and methods: a Kalman filter over matrices in arrays, networks of layers and of gates, cameras that
//! see points.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::{Differentiable, differentiate};

            #[differentiate(order = 2)]
            fn multiply<const M: usize, const K: usize, const N: usize>(a: &[[$float; K]; M], b: &[[$float; N]; K]) -> [[$float; N]; M] {
                let mut c = [[0.0; N]; M];
                for i in 0..M {
                    for j in 0..N {
                        for k in 0..K {
                            c[i][j] += a[i][k] * b[k][j];
                        }
                    }
                }
                c
            }

            #[differentiate(order = 2)]
            fn transpose<const M: usize, const N: usize>(a: &[[$float; N]; M]) -> [[$float; M]; N] {
                let mut t = [[0.0; M]; N];
                for (i, row) in a.iter().enumerate() {
                    for (j, x) in row.iter().enumerate() {
                        t[j][i] = *x;
                    }
                }
                t
            }

            #[differentiate(order = 2)]
            fn plus<const M: usize, const N: usize>(a: &[[$float; N]; M], b: &[[$float; N]; M]) -> [[$float; N]; M] {
                let mut c = *a;
                for (row, other) in c.iter_mut().zip(b) {
                    for (x, y) in row.iter_mut().zip(other) {
                        *x += y;
                    }
                }
                c
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Kalman {
                f: [[$float; 2]; 2],
                h: [[$float; 2]; 1],
                q: [[$float; 2]; 2],
                r: $float,
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Belief {
                mean: [[$float; 1]; 2],
                cov: [[$float; 2]; 2],
            }

            #[differentiate(order = 2)]
            impl Kalman {
                fn predict(&self, b: &Belief) -> Belief {
                    let mean: [[$float; 1]; 2] = multiply(&self.f, &b.mean);
                    let fp = multiply(&self.f, &b.cov);
                    let cov: [[$float; 2]; 2] = plus(&multiply(&fp, &transpose(&self.f)), &self.q);
                    Belief { mean, cov }
                }

                fn update(&self, b: &Belief, z: $float) -> (Belief, $float) {
                    let innovation = z - multiply(&self.h, &b.mean)[0][0];
                    let pht = multiply(&b.cov, &transpose(&self.h));
                    let s = multiply(&self.h, &pht)[0][0] + self.r;
                    let mut mean = b.mean;
                    let mut cov = b.cov;
                    for i in 0..2 {
                        let gain = pht[i][0] / s;
                        mean[i][0] += gain * innovation;
                        for j in 0..2 {
                            cov[i][j] -= gain * pht[j][0];
                        }
                    }
                    let ll = -0.5 * (innovation * innovation / s + s.ln());
                    (Belief { mean, cov }, ll)
                }

                fn log_likelihood(&self, start: &Belief, observations: &[$float]) -> $float {
                    let mut belief = start.clone();
                    let mut total = 0.0;
                    for &z in observations {
                        let predicted = self.predict(&belief);
                        let (next, ll) = self.update(&predicted, z);
                        belief = next;
                        total += ll;
                    }
                    total
                }
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Layer {
                weights: Vec<Vec<$float>>,
                biases: Vec<$float>,
                #[constant]
                relu: bool,
            }

            #[differentiate(order = 2)]
            impl Layer {
                fn activate(&self, z: $float) -> $float {
                    if self.relu { z.max(0.0) } else { z.tanh() }
                }

                #[differentiate]
                fn forward(&self, x: &[$float]) -> Vec<$float> {
                    self.weights
                        .iter()
                        .zip(&self.biases)
                        .map(|(row, b)| {
                            let z = row.iter().zip(x).map(|(w, x)| w * x).sum::<$float>() + b;
                            self.activate(z)
                        })
                        .collect()
                }

                fn norm(&self) -> $float {
                    self.weights.iter().flatten().map(|w| w * w).sum()
                }
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Mlp {
                layers: Vec<Layer>,
                decay: $float,
            }

            #[differentiate(order = 2)]
            impl Mlp {
                fn forward(&self, x: &[$float]) -> Vec<$float> {
                    let mut h = x.to_vec();
                    for layer in &self.layers {
                        h = layer.forward(&h);
                    }
                    h
                }

                fn loss(&self, #[constant] data: &[(Vec<$float>, $float)]) -> $float {
                    let mut s = 0.0;
                    for (x, y) in data {
                        let r = self.forward(x)[0] - y;
                        s += r * r;
                    }
                    s / data.len() as $float + self.decay * self.layers.iter().map(|l| l.norm()).sum::<$float>()
                }

                /// The same over two lists.
                fn mean_loss(&self, #[constant] xs: &[Vec<$float>], #[constant] ys: &[$float]) -> $float {
                    let total: $float = xs.iter().zip(ys).map(|(x, y)| (self.forward(x)[0] - y).powi(2)).sum();
                    total / xs.len() as $float
                }
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Gate {
                w: Vec<Vec<$float>>,
                u: Vec<Vec<$float>>,
                b: Vec<$float>,
            }

            #[differentiate(order = 2)]
            impl Gate {
                #[differentiate]
                fn pre(&self, x: &[$float], h: &[$float]) -> Vec<$float> {
                    let mut z = self.b.clone();
                    for (i, z) in z.iter_mut().enumerate() {
                        for (w, x) in self.w[i].iter().zip(x) {
                            *z += w * x;
                        }
                        for (u, h) in self.u[i].iter().zip(h) {
                            *z += u * h;
                        }
                    }
                    z
                }
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Gru {
                reset: Gate,
                update: Gate,
                new: Gate,
            }

            #[differentiate(order = 2)]
            fn sigmoid(z: $float) -> $float {
                1.0 / (1.0 + (-z).exp())
            }

            #[differentiate(order = 2)]
            impl Gru {
                fn step(&self, x: &[$float], h: &[$float]) -> Vec<$float> {
                    let r: Vec<$float> = self.reset.pre(x, h).into_iter().map(sigmoid).collect();
                    let z: Vec<$float> = self.update.pre(x, h).iter().map(|&v| sigmoid(v)).collect();
                    let rh: Vec<$float> = r.iter().zip(h).map(|(r, h)| r * h).collect();
                    let n = self.new.pre(x, &rh);
                    (0..h.len()).map(|i| (1.0 - z[i]) * n[i].tanh() + z[i] * h[i]).collect()
                }

                fn loss(&self, xs: &[Vec<$float>]) -> $float {
                    let mut h = vec![0.0; self.new.b.len()];
                    for x in xs {
                        h = self.step(x, &h);
                    }
                    h.iter().map(|h| h * h).sum()
                }
            }

            #[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
            struct Vec3 {
                x: $float,
                y: $float,
                z: $float,
            }

            #[differentiate(order = 2)]
            impl Vec3 {
                fn new(x: $float, y: $float, z: $float) -> Self {
                    Self { x, y, z }
                }

                #[differentiate]
                fn dot(&self, o: &Vec3) -> $float {
                    self.x * o.x + self.y * o.y + self.z * o.z
                }

                #[differentiate]
                fn cross(&self, o: &Vec3) -> Vec3 {
                    Vec3 { x: self.y * o.z - self.z * o.y, y: self.z * o.x - self.x * o.z, z: self.x * o.y - self.y * o.x }
                }

                #[differentiate]
                fn scale(&self, k: $float) -> Vec3 {
                    Vec3::new(self.x * k, self.y * k, self.z * k)
                }

                #[differentiate]
                fn add(&self, o: &Vec3) -> Vec3 {
                    Vec3::new(self.x + o.x, self.y + o.y, self.z + o.z)
                }
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Camera {
                rotation: Vec3,
                position: Vec3,
                focal: $float,
                distortion: [$float; 2],
            }

            #[differentiate(order = 2)]
            impl Camera {
                fn rotate(&self, p: &Vec3) -> Vec3 {
                    let theta2 = self.rotation.dot(&self.rotation);
                    if theta2 < 1e-12 {
                        return p.add(&self.rotation.cross(p));
                    }
                        let theta = theta2.sqrt();
                        let (s, c) = theta.sin_cos();
                        let axis = self.rotation.scale(1.0 / theta);
                        let along = axis.dot(p) * (1.0 - c);
                        p.scale(c).add(&axis.cross(p).scale(s)).add(&axis.scale(along))
                }

                fn project(&self, p: &Vec3) -> [$float; 2] {
                    let q = self.rotate(p).add(&self.position);
                    let (u, v) = (q.x / q.z, q.y / q.z);
                    let r2 = u * u + v * v;
                    let d = 1.0 + r2 * (self.distortion[0] + self.distortion[1] * r2);
                    [self.focal * d * u, self.focal * d * v]
                }

                fn residual(&self, point: &Vec3, #[constant] seen: [$float; 2]) -> $float {
                    let [u, v] = self.project(point);
                    (u - seen[0]).powi(2) + (v - seen[1]).powi(2)
                }
            }

            #[differentiate(order = 2)]
            fn bundle(cameras: &[Camera], points: &[Vec3], #[constant] seen: &[(usize, usize, [$float; 2])]) -> $float {
                let mut s = 0.0;
                for (c, p, at) in seen {
                    s += cameras[*c].residual(&points[*p], *at);
                }
                s
            }


            #[differentiate(order = 2)]
            fn likelihood(filter: &Kalman, start: &Belief, observations: &[$float]) -> $float {
                filter.log_likelihood(start, observations)
            }

            #[differentiate(order = 2)]
            fn mean_loss(mlp: &Mlp, xs: &[Vec<$float>]) -> $float {
                let mut total = 0.0;
                for (i, x) in xs.iter().enumerate() {
                    let y = mlp.forward(x);
                    total += (y[0] - i as $float).powi(2);
                }
                total
            }

            #[differentiate(order = 2)]
            fn recurrent(gru: &Gru, xs: &[Vec<$float>]) -> $float {
                gru.loss(xs)
            }

            #[differentiate(order = 2)]
            fn reprojection(cameras: &[Camera], points: &[Vec3]) -> $float {
                bundle(cameras, points, &[(0, 0, [0.5, -0.25]), (0, 1, [0.25, 0.125]), (1, 1, [-0.5, 1.0])])
            }

            fn matrix(rows: usize, columns: usize, seed: $float) -> Vec<Vec<$float>> {
                let row = |i: usize| (0..columns).map(|j| (seed + 2.0 * i as $float + 0.7 * j as $float).sin()).collect();
                (0..rows).map(row).collect()
            }

            fn layer(rows: usize, columns: usize, seed: $float) -> Layer {
                Layer { weights: matrix(rows, columns, seed), biases: matrix(1, rows, seed + 0.3).remove(0), relu: rows == 3 && size_of::<$float>() == 8 }
            }

            fn gate(n: usize, seed: $float) -> Gate {
                Gate { w: matrix(n, 2, seed), u: matrix(n, n, seed + 1.0), b: matrix(1, n, seed + 2.0).remove(0) }
            }

            #[test]
            fn filters() {
                let filter = Kalman { f: [[1.0, 0.5], [0.0, 0.75]], h: [[1.0, 0.25]], q: [[0.5, 0.125], [0.125, 0.25]], r: 0.75 };
                let start = Belief { mean: [[0.5], [-0.25]], cov: [[1.0, 0.25], [0.25, 0.5]] };
                for observations in [vec![], vec![0.5], vec![0.5, 1.0, -0.75]] {
                    check!(likelihood(ref 0, ref 1, ref 2) at (filter.clone(), start.clone(), observations));
                }
            }

            #[test]
            fn networks() {
                let xs = matrix(3, 2, 0.4);
                for layers in [vec![], vec![layer(1, 2, 0.1)], vec![layer(3, 2, 0.1), layer(4, 3, 0.7), layer(1, 4, 0.2)]] {
                    let mlp = Mlp { layers, decay: 0.125 };
                    let data = [(vec![0.5, -1.0], 0.25), (vec![1.5, 0.75], -0.5)];
                    autodiff_runtime::check::Check::new("loss", &mlp, |m| m.loss(&data))
                        .value_and_grad(|m| m.loss_value_and_grad(&data))
                        .jvp(|m, v| m.loss_jvp(&data, v))
                        .run()
                        .assert();
                    // In single precision, differences do not see what `tanh` leaves of the small ones
                    // (`single_precision` compares them with those in double precision).
                    if size_of::<$float>() == 8 {
                        autodiff_runtime::check::Check::new("its gradient", &mlp, |m| m.loss_grad(&data))
                            .jvp(|m, v| (m.loss_grad(&data), m.loss_hvp(&data, v)))
                            .tolerance($crate::second_tolerance(&mlp))
                            .run()
                            .assert();
                    }
                    check!(mean_loss(ref 0, ref 1) at (mlp.clone(), xs.clone()));
                    let (y, gradient) = mlp.mean_loss_value_and_grad(&xs, &[0.0, 1.0, 2.0]);
                    let (sum, of_sum) = mean_loss::value_and_grad(&mlp, &xs);
                    let tolerance = 1e3 * f64::from($float::EPSILON);
                    autodiff_tests::compare::assert_close("mean", &[f64::from(3.0 * y)], &[f64::from(sum)], tolerance);
                    let numbers = |m: &Mlp, by: $float| -> Vec<f64> { m.to_flat().iter().map(|&x| f64::from(by * x)).collect() };
                    autodiff_tests::compare::assert_close("its gradient", &numbers(&gradient, 3.0), &numbers(&of_sum.0, 1.0), tolerance);
                }
                let recurrences = [(gru(2, 0.1), matrix(3, 2, 0.9)), (gru(1, 0.1), matrix(1, 2, 0.9)), (gru(1, 0.1), vec![])];
                for (gru, xs) in recurrences {
                    // As above.
                    if size_of::<$float>() == 8 {
                        check!(recurrent(ref 0, ref 1) at (gru.clone(), xs.clone()));
                    }
                    autodiff_runtime::check::Check::new("recurrent", &(gru, xs), |(gru, xs)| gru.loss(xs))
                        .value_and_grad(|(gru, xs)| gru.loss_value_and_grad(xs))
                        .jvp(|(gru, xs), (gru_dot, xs_dot)| gru.loss_jvp(xs, gru_dot, xs_dot))
                        .run()
                        .assert();
                }
            }

            fn camera(s: $float) -> Camera {
                Camera {
                    rotation: Vec3::new(0.3 * s, -0.2, 0.5),
                    position: Vec3::new(0.1, s, 3.0),
                    focal: 1.25,
                    distortion: [0.1, -0.05],
                }
            }

            fn gru(n: usize, seed: $float) -> Gru {
                Gru { reset: gate(n, seed), update: gate(n, seed + 0.5), new: gate(n, seed + 1.6) }
            }

            /// Hessian-vector products of a network, a recurrent one and a reprojection error.
            pub(super) fn products() -> [Vec<f64>; 3] {
                let numbers = |x: Vec<$float>| x.into_iter().map(f64::from).collect();
                let smooth = |mut layer: Layer| {
                    layer.relu = false;
                    layer
                };
                let mlp = |s| Mlp { layers: vec![smooth(layer(3, 2, s)), smooth(layer(1, 3, 2.0 * s))], decay: 0.125 };
                let data = [(vec![0.5, -1.0], 0.25), (vec![1.5, 0.75], -0.5)];
                let xs = |s| matrix(3, 2, s);
                let points = |s: $float| vec![Vec3::new(0.5, -s, 1.0), Vec3::new(-0.75, 0.5, s)];
                let turned = recurrent::hvp(&gru(2, 0.1), &xs(0.9), &gru(2, 0.4), &xs(0.2));
                let seen = reprojection::hvp(
                    &[camera(0.5), camera(-1.0)],
                    &points(0.25),
                    &[camera(0.7), camera(0.2)],
                    &points(0.5),
                );
                [
                    numbers(mlp(0.1).loss_hvp(&data, &mlp(0.4)).to_flat()),
                    numbers(turned.to_flat()),
                    numbers(seen.to_flat()),
                ]
            }

            #[test]
            fn cameras_and_points() {
                let points = vec![Vec3::new(0.5, -0.25, 1.0), Vec3::new(-0.75, 0.5, 0.25)];
                let point = (vec![camera(0.5), camera(-1.0)], points);
                // As above.
                if size_of::<$float>() == 8 {
                    check!(reprojection(ref 0, ref 1) at point.clone());
                }
                autodiff_runtime::check::Check::new("reprojection", &point, |(c, p)| reprojection(c, p))
                    .value_and_grad(|(c, p)| reprojection::value_and_grad(c, p))
                    .jvp(|(c, p), (c_dot, p_dot)| reprojection::jvp(c, p, c_dot, p_dot))
                    .run()
                    .assert();
                // Without a turn, to first order in it: p + ω × p, and q = p + t.
                let still = Camera { rotation: Vec3::new(0.0, 0.0, 0.0), distortion: [0.0; 2], ..camera(0.0) };
                let (_, (gradient, point)) = still.residual_value_and_grad(&Vec3::new(0.0, 0.0, 1.0), [1.0, 0.0]);
                // u = 1.25 (x + 0.1)/4 = 1/32; ∂u/∂x = 5/16, and ω_y turns (0, 0, 1) by itself into x.
                let slope = 2.0 * (1.0 / 32.0 - 1.0) * 5.0 / 16.0;
                let found = [point.x, gradient.rotation.y, gradient.position.x].map(f64::from);
                autodiff_tests::compare::assert_close("along x", &found, &[slope; 3], 1e-6);
            }
        }
    };
}

tests!(f32);
tests!(f64);

/// The second derivatives in single precision are those in double precision, which are checked against differences.
#[test]
fn single_precision() {
    for (single, double) in f32::products().iter().zip(&f64::products()) {
        assert!(single.len() > 10 && double.iter().any(|x| x.abs() > 0.1));
        autodiff_tests::compare::assert_close("product", single, double, 1e-4);
    }
}
