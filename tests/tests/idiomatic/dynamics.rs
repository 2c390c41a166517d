//! Differential equations, and networks that go through time.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::{Differentiable, differentiate};

            #[differentiate(order = 2)]
            fn pendulum(theta: $float, omega: $float, damping: $float) -> $float {
                let derivative = |t: $float, w: $float| (w, -t.sin() - damping * w);
                let h = 0.1;
                let (mut t, mut w) = (theta, omega);
                for _ in 0..5 {
                    let (k1t, k1w) = derivative(t, w);
                    let (k2t, k2w) = derivative(t + 0.5 * h * k1t, w + 0.5 * h * k1w);
                    let (k3t, k3w) = derivative(t + 0.5 * h * k2t, w + 0.5 * h * k2w);
                    let (k4t, k4w) = derivative(t + h * k3t, w + h * k3w);
                    t += h / 6.0 * (k1t + 2.0 * k2t + 2.0 * k3t + k4t);
                    w += h / 6.0 * (k1w + 2.0 * k2w + 2.0 * k3w + k4w);
                }
                0.5 * w * w - t.cos()
            }

            /// Lotka and Volterra by Runge and Kutta, over state in vectors that is updated in place.
            #[differentiate(order = 2)]
            fn predator_prey(start: &[$float], rates: &[$float]) -> $float {
                let n = start.len();
                let mut y = start.to_vec();
                let mut k1 = vec![0.0; n];
                let mut k2 = vec![0.0; n];
                let mut mid = vec![0.0; n];
                let h = 0.05;
                for _ in 0..4 {
                    k1[0] = rates[0] * y[0] - rates[1] * y[0] * y[1];
                    k1[1] = rates[2] * y[0] * y[1] - rates[3] * y[1];
                    for i in 0..n {
                        mid[i] = y[i] + 0.5 * h * k1[i];
                    }
                    k2[0] = rates[0] * mid[0] - rates[1] * mid[0] * mid[1];
                    k2[1] = rates[2] * mid[0] * mid[1] - rates[3] * mid[1];
                    for i in 0..n {
                        y[i] += h * k2[i];
                    }
                }
                y[0] + 2.0 * y[1]
            }

            /// How far a ball flies, in steps until it is below the ground.
            #[differentiate(order = 2)]
            fn thrown(vx: $float, vy: $float, drag: $float) -> $float {
                let (mut x, mut y) = (0.0, 1.0);
                let (mut vx, mut vy) = (vx, vy);
                let dt = 0.05;
                let mut steps = 0;
                while y > 0.0 && steps < 200 {
                    let speed = (vx * vx + vy * vy).sqrt();
                    vx -= dt * drag * speed * vx;
                    vy -= dt * (9.81 + drag * speed * vy);
                    x += dt * vx;
                    y += dt * vy;
                    steps += 1;
                }
                x
            }

            #[differentiate(order = 2)]
            fn leapfrog(q: &[$float; 2], p: &[$float; 2]) -> $float {
                let (mut q, mut p) = (*q, *p);
                let dt = 0.0625;
                for _ in 0..6 {
                    let r3 = (q[0] * q[0] + q[1] * q[1]).powf(1.5);
                    for (pi, qi) in p.iter_mut().zip(q.iter()) {
                        *pi -= dt * qi / r3;
                    }
                    for (qi, pi) in q.iter_mut().zip(p.iter()) {
                        *qi += dt * pi;
                    }
                }
                q[0].hypot(q[1])
            }

            /// The heat equation, explicitly, with a swap of buffers by hand.
            #[differentiate(order = 2)]
            fn heat(initial: &[$float], kappa: $float) -> $float {
                let mut u = initial.to_vec();
                let n = u.len();
                for _ in 0..3 {
                    let old = u.clone();
                    for i in 1..n - 1 {
                        u[i] = old[i] + kappa * (old[i - 1] - 2.0 * old[i] + old[i + 1]);
                    }
                }
                u.iter().enumerate().map(|(i, v)| v * i as $float).sum()
            }

            #[test]
            fn equations() {
                check!(pendulum(val 0, val 1, val 2) at (0.75, -0.25, 0.125));
                check!(predator_prey(ref 0, ref 1) at (vec![1.0, 0.5], vec![1.1, 0.4, 0.1, 0.4]));
                check!(thrown(val 0, val 1, val 2) at (5.0, 4.0, 0.0625));
                check!(leapfrog(ref 0, ref 1) at ([1.0, 0.25], [-0.25, 0.75]));
                check!(heat(ref 0, val 1) at (vec![0.0, 1.0, 0.5, -0.25, 0.0], 0.25));
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Gate {
                w: [[$float; 2]; 2],
                u: [[$float; 2]; 2],
                b: [$float; 2],
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Lstm {
                input: Gate,
                forget: Gate,
                output: Gate,
                cell: Gate,
            }

            fn gate(s: $float) -> Gate {
                Gate { w: [[s, -0.25], [0.5, 0.125]], u: [[0.25, s], [-0.5, 0.75]], b: [0.1, -s] }
            }

            #[differentiate(order = 2)]
            fn affine(gate: &Gate, x: &[$float; 2], h: &[$float; 2], i: usize) -> $float {
                let mut z = gate.b[i];
                for j in 0..2 {
                    z += gate.w[i][j] * x[j] + gate.u[i][j] * h[j];
                }
                z
            }

            #[differentiate(order = 2)]
            fn sigmoid(z: $float) -> $float {
                1.0 / (1.0 + (-z).exp())
            }

            #[differentiate(order = 2)]
            fn lstm(model: &Lstm, xs: &[[$float; 2]]) -> $float {
                let mut h = [0.0; 2];
                let mut c = [0.0; 2];
                for x in xs {
                    let previous = h;
                    for i in 0..2 {
                        let input = sigmoid(affine(&model.input, x, &previous, i));
                        let forget = sigmoid(affine(&model.forget, x, &previous, i));
                        let output = sigmoid(affine(&model.output, x, &previous, i));
                        let candidate = affine(&model.cell, x, &previous, i).tanh();
                        c[i] = forget * c[i] + input * candidate;
                        h[i] = output * c[i].tanh();
                    }
                }
                h.iter().sum()
            }

            #[test]
            fn networks_through_time() {
                let model = Lstm { input: gate(0.5), forget: gate(-0.75), output: gate(0.25), cell: gate(1.25) };
                check!(lstm(ref 0, ref 1) at (model.clone(), vec![]));
                check!(lstm(ref 0, ref 1) at (model.clone(), vec![[0.5, -1.0]]));
                check!(lstm(ref 0, ref 1) at (model, vec![[0.5, -1.0], [0.25, 0.75], [-0.5, 0.125]]));
            }

            #[derive(Differentiable, Clone, Debug, PartialEq)]
            struct Layer {
                weights: Vec<Vec<$float>>,
                bias: Vec<$float>,
            }

            #[differentiate(order = 2)]
            fn network(layers: &[Layer], input: &[$float]) -> $float {
                let widest = layers.iter().map(|layer| layer.bias.len()).fold(input.len(), usize::max);
                let mut width = input.len();
                let mut activations = vec![0.0; widest];
                for (a, x) in activations.iter_mut().zip(input) {
                    *a = *x;
                }
                for layer in layers {
                    let mut next = vec![0.0; widest];
                    for i in 0..layer.bias.len() {
                        let mut z = layer.bias[i];
                        for j in 0..width {
                            z += layer.weights[i][j] * activations[j];
                        }
                        next[i] = z.tanh();
                    }
                    width = layer.bias.len();
                    for i in 0..width {
                        activations[i] = next[i];
                    }
                }
                activations.iter().take(width).map(|a| a * a).sum()
            }

            #[test]
            fn networks_of_layers() {
                let first = Layer { weights: vec![vec![0.5, -0.25], vec![1.0, 0.75], vec![-0.5, 0.25]], bias: vec![0.1, 0.2, -0.3] };
                let second = Layer { weights: vec![vec![0.5, -0.25, 0.75]], bias: vec![0.25] };
                check!(network(ref 0, ref 1) at (vec![first, second], vec![0.5, -1.0]));
            }
        }
    };
}

tests!(f32);
tests!(f64);
