//! Polynomials, series, quadrature and iterations to a root.

macro_rules! tests {
    ($float:ident) => {
        mod $float {
            use autodiff_runtime::differentiate;

            #[differentiate(order = 2)]
            fn horner(c: &[$float], x: $float) -> $float {
                let mut y: $float = 0.0;
                for &ck in c.iter().rev() {
                    y = y.mul_add(x, ck);
                }
                y
            }

            #[differentiate(order = 2)]
            fn clenshaw(c: &[$float], x: $float) -> $float {
                let (mut b1, mut b2) = (0.0, 0.0);
                for k in (1..c.len()).rev() {
                    (b1, b2) = (2.0 * x * b1 - b2 + c[k], b1);
                }
                x * b1 - b2 + c[0]
            }

            #[differentiate(order = 2)]
            fn legendre(n: usize, x: $float) -> $float {
                match n {
                    0 => 1.0,
                    1 => x,
                    _ => {
                        let mut previous = 1.0;
                        let mut current = x;
                        for k in 2..=n {
                            let kf = k as $float;
                            let next = ((2.0 * kf - 1.0) * x * current - (kf - 1.0) * previous) / kf;
                            previous = current;
                            current = next;
                        }
                        current
                    }
                }
            }

            #[differentiate(order = 2)]
            fn legendre_sum(x: $float) -> $float {
                let mut s = 0.0;
                for n in 0..6 {
                    s += legendre(n, x) / (1 + n * n) as $float;
                }
                s
            }

            #[test]
            fn polynomials() {
                for c in [vec![], vec![0.5], vec![0.5, -1.25, 2.0, 0.75]] {
                    check!(horner(ref 0, val 1) at (c.clone(), 0.75));
                    if !c.is_empty() {
                        check!(clenshaw(ref 0, val 1) at (c, 0.75));
                    }
                }
                check!(legendre_sum, val at 0.25);
            }

            #[differentiate(order = 2)]
            fn simpson(a: $float, b: $float, frequency: $float) -> $float {
                const N: usize = 8;
                let f = |x: $float| (frequency * x).sin() * (-x * x).exp();
                let h = (b - a) / N as $float;
                let mut sum = f(a) + f(b);
                for i in 1..N {
                    let x = a + i as $float * h;
                    sum += if i % 2 == 0 { 2.0 * f(x) } else { 4.0 * f(x) };
                }
                sum * h / 3.0
            }

            #[differentiate(order = 2)]
            fn gauss_legendre(a: $float, b: $float, k: $float) -> $float {
                let nodes = [-0.774_596_7, 0.0, 0.774_596_7];
                let weights = [5.0 / 9.0, 8.0 / 9.0, 5.0 / 9.0];
                let (mid, half) = (0.5 * (a + b), 0.5 * (b - a));
                half * nodes.iter().zip(weights.iter()).map(|(x, w)| w * (k * (mid + half * x)).cos()).sum::<$float>()
            }

            #[differentiate(order = 2)]
            fn trapezoid(x: &[$float], y: &[$float]) -> $float {
                x.windows(2).zip(y.windows(2)).map(|(x, y)| 0.5 * (x[1] - x[0]) * (y[0] + y[1])).sum()
            }

            #[test]
            fn quadrature() {
                check!(simpson(val 0, val 1, val 2) at (0.25, 1.5, 2.0));
                check!(gauss_legendre(val 0, val 1, val 2) at (0.25, 1.5, 2.0));
                check!(trapezoid(ref 0, ref 1) at (Vec::<$float>::new(), Vec::<$float>::new()));
                check!(trapezoid(ref 0, ref 1) at (vec![0.5], vec![1.0]));
                check!(trapezoid(ref 0, ref 1) at (vec![0.0, 0.5, 1.25], vec![1.0, -0.5, 2.0]));
            }

            #[differentiate(order = 2)]
            fn newton_sqrt(a: $float) -> $float {
                let mut x = a;
                for _ in 0..6 {
                    x = 0.5 * (x + a / x);
                }
                x
            }

            #[differentiate(order = 2)]
            fn kepler(mean_anomaly: $float, eccentricity: $float) -> $float {
                let mut e = mean_anomaly;
                let mut iterations = 0;
                loop {
                    let delta = (e - eccentricity * e.sin() - mean_anomaly) / (1.0 - eccentricity * e.cos());
                    e -= delta;
                    iterations += 1;
                    if iterations == 12 {
                        break;
                    }
                }
                e
            }

            #[differentiate(order = 2)]
            fn arithmetic_geometric_mean(a: $float, b: $float) -> $float {
                let (mut a, mut b) = (a, b);
                let mut n = 0;
                while n < 5 && (a - b).abs() > $float::EPSILON {
                    (a, b) = (0.5 * (a + b), (a * b).sqrt());
                    n += 1;
                }
                a
            }

            #[differentiate(order = 2)]
            fn exponential_series(x: $float) -> $float {
                let mut term: $float = 1.0;
                let mut sum = 1.0;
                let mut k = 1;
                while term.abs() > 1e-9 && k < 40 {
                    term *= x / k as $float;
                    sum += term;
                    k += 1;
                }
                sum
            }

            #[differentiate(order = 2)]
            fn continued_fraction(x: $float, depth: usize) -> $float {
                (1..=depth).rev().fold(1.0, |acc, k| k as $float + x / acc)
            }

            #[test]
            fn iterations() {
                check!(newton_sqrt, val at 2.0);
                check!(kepler(val 0, val 1) at (0.75, 0.5));
                check!(arithmetic_geometric_mean(val 0, val 1) at (1.0, 0.5));
                check!(exponential_series, val at 0.75);
                check!(exponential_series, val at -1.5);
                for depth in [0, 1, 5] {
                    let (value, dx) = continued_fraction::value_and_grad(0.75, depth);
                    assert_eq!(value.to_bits(), continued_fraction(0.75, depth).to_bits());
                    let f = |x: &$float| continued_fraction(*x, depth);
                    autodiff_runtime::check::Check::new("continued fraction", &0.75, f)
                        .value_and_grad(|_| (value, dx))
                        .jvp(|x, v| continued_fraction::jvp(*x, depth, *v))
                        .run()
                        .assert();
                }
            }
        }
    };
}

tests!(f32);
tests!(f64);
