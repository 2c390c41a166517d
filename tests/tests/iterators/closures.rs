//! Local closures, captures, and parts of slices.

macro_rules! tests {
    ($float:ident) => {
        like_by_hand! {
            /// The inner sum of the Lévy function.
            fn levy(x, y) -> $float {
                let one = 1.0;
                let w = |x: $float| one + (x - one) / 4.0;
                let term = |x: $float| (w(x) - one).powi(2) * (1.0 + 10.0 * (w(x) + 1.0).sin().powi(2));
                let n = x.len();
                if n > 2 { x[1..n - 1].iter().map(|&v| term(v)).sum() } else { x.iter().copied().map(w).sum() }
            }
            by hand {
                let n = x.len();
                let mut s = -0.0;
                if n > 2 {
                    for i in 1..n - 1 {
                        let w = 1.0 + (x[i] - 1.0) / 4.0;
                        s += (w - 1.0).powi(2) * (1.0 + 10.0 * (w + 1.0).sin().powi(2));
                    }
                } else {
                    for i in 0..n {
                        s += 1.0 + (x[i] - 1.0) / 4.0;
                    }
                }
                s
            }
        }

        like_by_hand! {
            fn captures(x, y) -> $float {
                let mean = x.iter().sum::<$float>() / (x.len() + 1) as $float;
                let mut last = mean;
                let mut rough = 0.0;
                x.iter().for_each(|&v| {
                    let step = v - last;
                    rough += step * step;
                    last = v;
                });
                let centred = |v: &$float| v - mean;
                rough + y.iter().map(centred).map(|d| d * d * last).sum::<$float>()
            }
            by hand {
                let mut s = -0.0;
                for i in 0..x.len() {
                    s += x[i];
                }
                let mean = s / (x.len() + 1) as $float;
                let mut last = mean;
                let mut rough = 0.0;
                for i in 0..x.len() {
                    let step = x[i] - last;
                    rough += step * step;
                    last = x[i];
                }
                let mut t = -0.0;
                for i in 0..y.len() {
                    let d = y[i] - mean;
                    t += d * d * last;
                }
                rough + t
            }
        }

        like_by_hand! {
            fn parts(x, y) -> $float {
                let tail = &x[x.len() / 2..];
                let mut s = 0.0;
                for i in 0..tail.len() {
                    s += tail[i] * tail[..=i].iter().sum::<$float>();
                }
                let head = x[..x.len() / 2].to_vec();
                s + head.iter().product::<$float>()
            }
            by hand {
                let half = x.len() / 2;
                let mut s = 0.0;
                for i in half..x.len() {
                    let mut t = -0.0;
                    for k in half..=i {
                        t += x[k];
                    }
                    s += x[i] * t;
                }
                let mut p = 1.0;
                for i in 0..half {
                    p *= x[i];
                }
                s + p
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
