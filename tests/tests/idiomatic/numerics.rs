//! Quadrature, interpolation, finance, and differential equations, written with iterators.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::{Real, differentiate};

            /// The trapezoidal rule over points of any distances.
            #[differentiate(order = 2)]
            fn trapezoid(x: &[$float], y: &[$float]) -> $float {
                x.windows(2).zip(y.windows(2)).map(|(x, y)| 0.5 * (x[1] - x[0]) * (y[0] + y[1])).sum()
            }

            /// Simpson's rule for an integrand with parameters.
            #[differentiate(order = 2)]
            fn simpson(a: $float, b: $float, p: $float) -> $float {
                let n = 6;
                let h = (b - a) / n as $float;
                let f = |t: $float| (p * t).sin() + t * t;
                let inner: $float =
                    (1..n).map(|i| (if i % 2 == 1 { 4.0 } else { 2.0 }) * f(a + h * i as $float)).sum();
                h / 3.0 * (f(a) + inner + f(b))
            }

            /// Horner's rule, and the derivative with it.
            #[differentiate(order = 2)]
            fn newton_step(c: &[$float], x: $float) -> $float {
                let (value, slope) =
                    c.iter().rev().fold((0.0, 0.0), |(value, slope), &c| (value * x + c, slope * x + value));
                x - value / slope
            }

            /// The natural cubic spline through points at 0, 1, 2, .., at `t`: the second derivatives by the algorithm of
            /// Thomas.
            #[differentiate(order = 2)]
            fn spline(y: &[$float], t: $float) -> $float {
                let n = y.len();
                let right: Vec<$float> = y.windows(3).map(|w| 6.0 * (w[0] - 2.0 * w[1] + w[2])).collect();
                let mut upper = Vec::with_capacity(n);
                let mut solved = Vec::with_capacity(n);
                for (i, r) in right.iter().enumerate() {
                    let (c, d) = if i == 0 { (0.0, 0.0) } else { (upper[i - 1], solved[i - 1]) };
                    upper.push(1.0 / (4.0 - c));
                    solved.push((r - d) / (4.0 - c));
                }
                let mut m = vec![0.0; n];
                for i in (0..right.len()).rev() {
                    m[i + 1] = solved[i] - upper[i] * m[i + 2];
                }
                let k = (t as usize).min(n - 2);
                let u = t - k as $float;
                let v = 1.0 - u;
                v * y[k] + u * y[k + 1] + ((v.powi(3) - v) * m[k] + (u.powi(3) - u) * m[k + 1]) / 6.0
            }

            /// The price of a European call by Black and Scholes.
            #[differentiate(order = 2)]
            fn black_scholes(spot: $float, strike: $float, rate: $float, volatility: $float, time: $float) -> $float {
                let normal = |x: $float| 0.5 * (1.0 + Real::erf(x / (2.0 as $float).sqrt()));
                let spread = volatility * time.sqrt();
                let d1 = ((spot / strike).ln() + (rate + 0.5 * volatility.powi(2)) * time) / spread;
                let d2 = d1 - spread;
                spot * normal(d1) - strike * (-rate * time).exp() * normal(d2)
            }

            /// Present value of payments, until they are worth next to nothing.
            #[differentiate(order = 2)]
            fn annuity(rate: $float, growth: $float) -> $float {
                (1..)
                    .map(|year| ((1.0 + growth) / (1.0 + rate)).powi(year))
                    .take_while(|payment| *payment > 0.05)
                    .sum()
            }

            /// Predators and prey, step by step until a time is over; the step shrinks where things change fast.
            #[differentiate(order = 2)]
            fn lotka_volterra(state: &[$float; 2], p: &[$float; 4]) -> $float {
                let [mut prey, mut predators] = *state;
                let [a, b, c, d] = p;
                let mut time = 0.0;
                let mut most = prey;
                while time < 1.0 {
                    let (up, down) = (prey * (a - b * predators), predators * (c * prey - d));
                    let step = 0.1 / (1.0 + up.abs());
                    prey += step * up;
                    predators += step * down;
                    time += step;
                    if prey > most {
                        most = prey;
                    }
                }
                most + predators * time
            }

            /// A step of Runge and Kutta over a vector, in place.
            #[differentiate(order = 2)]
            fn oscillators(x: &[$float], stiffness: $float) -> $float {
                let n = x.len() / 2;
                let mut state = x.to_vec();
                let mut slope = vec![0.0; x.len()];
                for _ in 0..3 {
                    let start = state.clone();
                    for factor in [0.25, 0.5] {
                        for i in 0..n {
                            slope[i] = state[n + i];
                            slope[n + i] = -stiffness * state[i];
                        }
                        state.iter_mut().zip(start.iter().zip(&slope)).for_each(|(s, (a, b))| *s = a + factor * b);
                    }
                }
                state.iter().map(|v| v * v).sum::<$float>() * 0.5
            }

            /// Romberg's table over a trapezoid, row by row in one array.
            #[differentiate(order = 2)]
            fn romberg(a: $float, b: $float) -> $float {
                let f = |t: $float| (t * t).exp().recip();
                let mut row = [0.5 * (b - a) * (f(a) + f(b)), 0.0, 0.0, 0.0];
                for level in 1..4 {
                    let parts = 1 << level;
                    let h = (b - a) / parts as $float;
                    let middle: $float = (0..parts / 2).map(|k| f(a + (2 * k + 1) as $float * h)).sum();
                    let mut finer = 0.5 * row[0] + h * middle;
                    for (k, entry) in row.iter_mut().enumerate().take(level) {
                        let old = *entry;
                        *entry = finer;
                        finer += (finer - old) / ((4.0 as $float).powi(k as i32 + 1) - 1.0);
                    }
                    row[level] = finer;
                }
                row.iter().copied().last().unwrap()
            }

            #[test]
            fn methods() {
                let (x, y) = (vec![0.0, 0.5, 1.5, 1.75], vec![0.5, -1.25, 0.875, 2.0]);
                for n in [0, 1, 4] {
                    check!(trapezoid(ref 0, ref 1) at (x[..n].to_vec(), y[..n].to_vec()));
                }
                check!(simpson(val 0, val 1, val 2) at (0.25, 1.5, 0.75));
                check!(newton_step(ref 0, val 1) at (y.clone(), 0.75));
                for t in [0.25, 1.5, 2.75] {
                    check!(spline(ref 0, val 1) at (y.clone(), t));
                }
                check!(black_scholes(val 0, val 1, val 2, val 3, val 4) at (1.0, 0.875, 0.0625, 0.25, 1.5));
                check!(annuity(val 0, val 1) at (0.5, 0.125));
                check!(lotka_volterra(ref 0, ref 1) at ([1.0, 0.5], [1.25, 0.75, 0.5, 1.0]));
                for x in [vec![], vec![0.5, -1.0], vec![0.5, 1.25, -0.75, 0.25]] {
                    check!(oscillators(ref 0, val 1) at (x, 0.5));
                }
                check!(romberg(val 0, val 1) at (0.25, 1.0));
            }
        }
    };
}

tests!(f64);
tests!(f32);
