//! Chains in which the elements depend on those before: what ends early, keeps a state, leaves elements out or gives
//! several for one, and what asks for positions behind it.

macro_rules! tests {
    ($float:ident) => {
        like_by_hand! {
            fn states(x, y) -> $float {
                let smooth: $float = x
                    .iter()
                    .scan(0.0, |s, v| {
                        *s = 0.5 * *s + v;
                        Some(*s)
                    })
                    .map(|s| s * s)
                    .sum();
                let bounded: $float = y
                    .iter()
                    .scan((1.0, 0.5), |s: &mut ($float, $float), v| {
                        s.0 *= v;
                        s.1 += s.0;
                        if s.1 < 2.5 { Some(s.1 * s.0) } else { None }
                    })
                    .sum();
                smooth * bounded.cos()
            }
            by hand {
                let mut smooth = -0.0;
                let mut s = 0.0;
                for i in 0..x.len() {
                    s = 0.5 * s + x[i];
                    smooth += s * s;
                }
                let mut bounded = -0.0;
                let mut p = 1.0;
                let mut q = 0.5;
                for i in 0..y.len() {
                    p *= y[i];
                    q += p;
                    if q < 2.5 {
                        bounded += q * p;
                    } else {
                        break;
                    }
                }
                smooth * bounded.cos()
            }
        }

        like_by_hand! {
            fn ends(x, y) -> $float {
                let a: $float = x.iter().take_while(|v| v.abs() < 1.4).map(|v| v.sin()).sum();
                let b: $float = y.iter().skip_while(|v| **v > 0.0).map(|v| v * v).sum();
                let c: $float = y.iter().map_while(|&v| if v > 0.0 { Some(v.ln()) } else { None }).sum();
                let d: $float = x.iter().map_while(|v| (*v < 0.6).then(|| v.exp())).product();
                a * b + c * d
            }
            by hand {
                let mut a = -0.0;
                for i in 0..x.len() {
                    if x[i].abs() < 1.4 {
                        a += x[i].sin();
                    } else {
                        break;
                    }
                }
                let mut b = -0.0;
                let mut skipping = true;
                for i in 0..y.len() {
                    skipping = skipping && y[i] > 0.0;
                    if !skipping {
                        b += y[i] * y[i];
                    }
                }
                let mut c = -0.0;
                for i in 0..y.len() {
                    if y[i] > 0.0 {
                        c += y[i].ln();
                    } else {
                        break;
                    }
                }
                let mut d = 1.0;
                for i in 0..x.len() {
                    if x[i] < 0.6 {
                        d *= x[i].exp();
                    } else {
                        break;
                    }
                }
                a * b + c * d
            }
        }

        like_by_hand! {
            /// A series whose number of terms is not known beforehand.
            fn endless(x, y) -> $float {
                let t = (x.iter().sum::<$float>() / 4.0).tanh();
                let series: $float =
                    (1..).map(|k| t.powi(k) / k as $float).take_while(|term| term.abs() > 1e-3).sum();
                let mut s = series;
                for (k, v) in (2..).zip(y) {
                    if k == 5 {
                        break;
                    }
                    s += v.powi(k);
                }
                s
            }
            by hand {
                let mut sum = -0.0;
                for i in 0..x.len() {
                    sum += x[i];
                }
                let t = (sum / 4.0).tanh();
                let mut s = -0.0;
                let mut k = 1;
                loop {
                    let term = t.powi(k) / k as $float;
                    if term.abs() > 1e-3 {
                        s += term;
                    } else {
                        break;
                    }
                    k += 1;
                }
                for i in 0..y.len() {
                    if i < 3 {
                        s += y[i].powi(i as i32 + 2);
                    }
                }
                s
            }
        }

        like_by_hand! {
            fn filtered_and_mapped(x, y) -> $float {
                let a: $float = x.iter().filter_map(|v| if *v > 0.0 { Some(v.ln()) } else { None }).sum();
                let b: $float = y
                    .iter()
                    .filter_map(|&v| match v {
                        v if v > 1.0 => Some((v, 2.0)),
                        v if v > 0.0 => Some((1.0 / v, v)),
                        _ => None,
                    })
                    .map(|(p, q)| p * q.sin())
                    .sum();
                let c = (0..x.len()).filter_map(|i| (i % 2 == 0).then_some(i)).map(|i| x[i]).product::<$float>();
                a + b * c
            }
            by hand {
                let mut a = -0.0;
                for i in 0..x.len() {
                    if x[i] > 0.0 {
                        a += x[i].ln();
                    }
                }
                let mut b = -0.0;
                for i in 0..y.len() {
                    let v = y[i];
                    if v > 0.0 {
                        let (mut p, mut q) = (v, 2.0);
                        if v <= 1.0 {
                            p = 1.0 / v;
                            q = v;
                        }
                        b += p * q.sin();
                    }
                }
                let mut c = 1.0;
                for i in 0..x.len() {
                    if i % 2 == 0 {
                        c *= x[i];
                    }
                }
                a + b * c
            }
        }

        like_by_hand! {
            fn pairs(x, y) -> $float {
                (0..x.len()).flat_map(|i| x[..i].iter().map(move |v| (v - x[i]).powi(2))).sum()
            }
            by hand {
                let mut s = -0.0;
                for i in 0..x.len() {
                    for j in 0..i {
                        s += (x[j] - x[i]).powi(2);
                    }
                }
                s
            }
        }

        like_by_hand! {
            fn flattened(x, y) -> $float {
                let powers: Vec<$float> = y.iter().flat_map(|v| [*v, v * v]).collect();
                x.chunks(2).flatten().zip(powers.iter()).map(|(a, b)| a * b).sum()
            }
            by hand {
                let mut powers = Vec::new();
                for i in 0..y.len() {
                    powers.push(y[i]);
                    powers.push(y[i] * y[i]);
                }
                let mut s = -0.0;
                for i in 0..x.len() {
                    if i < powers.len() {
                        s += x[i] * powers[i];
                    }
                }
                s
            }
        }

        like_by_hand! {
            fn left_from_inside(x, y) -> $float {
                let mut s = 0.0;
                for (i, j) in (0..y.len()).flat_map(|i| (0..i).map(move |j| (i, j))) {
                    if j == 1 && i > 2 {
                        continue;
                    }
                    if j > 2 {
                        break;
                    }
                    s += y[j].sin() * (i + 1) as $float;
                }
                let few: $float = x.iter().flat_map(|v| (1..4).map(move |k| v.powi(k))).take_while(|v| *v > -2.0).take(5).sum();
                s + few
            }
            by hand {
                let mut s = 0.0;
                'all: for i in 0..y.len() {
                    for j in 0..i {
                        if j == 1 && i > 2 {
                            continue;
                        }
                        if j > 2 {
                            break 'all;
                        }
                        s += y[j].sin() * (i + 1) as $float;
                    }
                }
                let mut few = -0.0;
                let mut n = 0;
                'few: for i in 0..x.len() {
                    for k in 1..4 {
                        let v = x[i].powi(k);
                        if v <= -2.0 || n == 5 {
                            break 'few;
                        }
                        few += v;
                        n += 1;
                    }
                }
                s + few
            }
        }

        like_by_hand! {
            fn positions(x, y) -> $float {
                let a: $float = y.iter().filter(|v| **v > 0.0).enumerate().map(|(i, v)| v.powi(i as i32 + 1)).sum();
                let b: $float = y.iter().filter(|v| **v > 0.0).zip(x).map(|(v, w)| v * w).sum();
                let c: $float = x.iter().zip(y.iter().filter(|v| **v < 1.0)).map(|(v, w)| v - w * w).sum();
                let d: $float = y.iter().filter(|v| **v > 0.0).skip(1).take(2).map(|v| v.sin()).sum();
                let e: $float = y.iter().filter(|v| **v > 0.0).step_by(2).map(|v| v.cos()).sum();
                let f: $float = x.iter().scan(1.0, |s, v| { *s *= v; Some(*s) }).zip(y).map(|(s, v)| s * v).sum();
                a * b + c * d + e * f
            }
            by hand {
                let (mut a, mut b, mut c) = (-0.0, -0.0, -0.0);
                let mut k = 0;
                for i in 0..y.len() {
                    if y[i] > 0.0 {
                        k += 1;
                        a += y[i].powi(k);
                    }
                }
                let mut k = 0;
                for i in 0..y.len() {
                    if y[i] > 0.0 && k < x.len() {
                        b += y[i] * x[k];
                        k += 1;
                    }
                }
                let mut k = 0;
                for i in 0..y.len() {
                    if y[i] < 1.0 && k < x.len() {
                        c += x[k] - y[i] * y[i];
                        k += 1;
                    }
                }
                let (mut d, mut e, mut f) = (-0.0, -0.0, -0.0);
                let mut k = 0;
                for i in 0..y.len() {
                    if y[i] > 0.0 {
                        if k == 1 || k == 2 {
                            d += y[i].sin();
                        }
                        k += 1;
                    }
                }
                let mut k = 0;
                for i in 0..y.len() {
                    if y[i] > 0.0 {
                        if k % 2 == 0 {
                            e += y[i].cos();
                        }
                        k += 1;
                    }
                }
                let mut s = 1.0;
                for i in 0..x.len() {
                    if i < y.len() {
                        s *= x[i];
                        f += s * y[i];
                    }
                }
                a * b + c * d + e * f
            }
        }

        like_by_hand! {
            fn chained(x, y) -> $float {
                x.iter().chain(y).map(|v| v.sin()).sum()
            }
            by hand {
                let mut s = -0.0;
                for i in 0..x.len() {
                    s += x[i].sin();
                }
                for i in 0..y.len() {
                    s += y[i].sin();
                }
                s
            }
        }

        like_by_hand! {
            fn chained_and_reversed(x, y) -> $float {
                x.iter().chain(y.iter().filter(|v| **v > 0.0)).rev().fold(0.0, |s, v| s * 0.5 + v)
            }
            by hand {
                let mut s = 0.0;
                for i in (0..y.len()).rev() {
                    if y[i] > 0.0 {
                        s = s * 0.5 + y[i];
                    }
                }
                for i in (0..x.len()).rev() {
                    s = s * 0.5 + x[i];
                }
                s
            }
        }

        like_by_hand! {
            fn positions_in_chains(x, y) -> $float {
                std::iter::once(0.5)
                    .chain(x.iter().copied())
                    .chain(y.iter().rev().copied())
                    .enumerate()
                    .map(|(i, v)| v * i as $float)
                    .sum()
            }
            by hand {
                let mut s = 0.0;
                for i in 0..x.len() {
                    s += x[i] * (i + 1) as $float;
                }
                for i in 0..y.len() {
                    s += y[y.len() - 1 - i] * (x.len() + i + 1) as $float;
                }
                s
            }
        }

        like_by_hand! {
            fn leaving_a_chain(x, y) -> $float {
                let mut s = 0.0;
                for v in x.iter().chain(y.iter().rev()) {
                    if s > 2.0 {
                        break;
                    }
                    s += v * v;
                }
                s
            }
            by hand {
                let mut s = 0.0;
                for i in 0..x.len() + y.len() {
                    if s > 2.0 {
                        break;
                    }
                    let v = if i < x.len() { x[i] } else { y[x.len() + y.len() - 1 - i] };
                    s += v * v;
                }
                s
            }
        }

        like_by_hand! {
            fn repeated(x, y) -> $float {
                let a: $float = x.iter().cycle().zip(y).map(|(p, q)| p * q).sum();
                let b: $float = y.iter().cycle().skip(1).take(4).product();
                let c: $float = std::iter::repeat(a).take(3).zip(x).map(|(p, q)| p * q).sum();
                let d: $float = std::iter::repeat_n(b, 2).chain(y.iter().copied()).sum();
                c + d
            }
            by hand {
                let mut a = -0.0;
                if x.len() > 0 {
                    for i in 0..y.len() {
                        a += x[i % x.len()] * y[i];
                    }
                }
                let mut b = 1.0;
                if y.len() > 0 {
                    for i in 1..5 {
                        b *= y[i % y.len()];
                    }
                }
                let mut c = -0.0;
                for i in 0..x.len() {
                    if i < 3 {
                        c += a * x[i];
                    }
                }
                let mut d = -0.0;
                for _ in 0..2 {
                    d += b;
                }
                for i in 0..y.len() {
                    d += y[i];
                }
                c + d
            }
        }

        like_by_hand! {
            fn unzipped(x, y) -> $float {
                let (s, c): (Vec<$float>, Vec<$float>) = x.iter().map(|v| v.sin_cos()).unzip();
                let (p, q): (Vec<_>, Vec<$float>) =
                    y.iter().inspect(|v| assert!(v.is_finite())).filter(|v| **v > 0.0).map(|v| (v * v, v + 1.0)).unzip();
                let a: $float = s.iter().zip(&c).map(|(s, c)| s * c).sum();
                a + p.iter().zip(&q).map(|(p, q)| p / q).sum::<$float>()
            }
            by hand {
                let mut a = -0.0;
                for i in 0..x.len() {
                    a += x[i].sin() * x[i].cos();
                }
                let mut b = -0.0;
                for i in 0..y.len() {
                    if y[i] > 0.0 {
                        b += (y[i] * y[i]) / (y[i] + 1.0);
                    }
                }
                a + b
            }
        }

        // The last element that is asked for is dealt with to the end, also behind what may leave the body in the middle.
        like_by_hand! {
            fn last_ones(x, y) -> $float {
                let mut s = 0.5;
                for v in x.iter().filter(|v| **v > 0.0).take(2) {
                    {
                        if s > 4.0 {
                            break;
                        }
                        s = 0.5 * s + v;
                    }
                    s += 0.25 * v;
                }
                'pairs: for v in y.iter().flat_map(|&v| (0..2).map(move |i| v * (i + 1) as $float)).take(3) {
                    for k in 0..2 {
                        if s * v > 3.0 {
                            continue 'pairs;
                        }
                        s += v * v * k as $float;
                    }
                    s *= v.cos();
                }
                for v in x.iter().skip_while(|v| **v < 0.0).take(1).flat_map(|&v| [v, 2.0 * v]) {
                    if v > 1e3 {
                        return s;
                    }
                    s += v.sin();
                }
                s
            }
            by hand {
                let mut s = 0.5;
                let mut n = 0;
                for i in 0..x.len() {
                    if x[i] > 0.0 {
                        if n == 2 || s > 4.0 {
                            break;
                        }
                        n += 1;
                        s = 0.5 * s + x[i];
                        s += 0.25 * x[i];
                    }
                }
                let mut m = 0;
                for i in 0..2 * y.len() {
                    if m == 3 {
                        break;
                    }
                    m += 1;
                    let v = y[i / 2] * (i % 2 + 1) as $float;
                    let mut left = s * v > 3.0;
                    if !left {
                        s += v * v * 0.0;
                        left = s * v > 3.0;
                    }
                    if !left {
                        s += v * v;
                        s *= v.cos();
                    }
                }
                for i in 0..x.len() {
                    if x[i] >= 0.0 {
                        s += x[i].sin();
                        s += (2.0 * x[i]).sin();
                        break;
                    }
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
