//! What may be missing: ends of chains and arrays, and options of active values in variables.

macro_rules! tests {
    ($float:ident) => {
        like_by_hand! {
            fn ends(x, y) -> $float {
                let last = x.iter().last().unwrap_or(&1.0);
                let second = y.iter().map(|v| v * v).nth(1).unwrap_or(0.5);
                let first = y.iter().skip(1).next().copied().unwrap_or_default();
                let found = y.iter().find(|v| **v < 0.0).map(|v| v.sin()).unwrap_or_else(|| last * 2.0);
                let logarithm = x.iter().find_map(|v| if *v > 0.6 { Some(v.ln()) } else { None });
                last * second + first * found + logarithm.map_or(0.25, |v| v * last)
            }
            by hand {
                let mut last = 1.0;
                if x.len() > 0 {
                    last = x[x.len() - 1];
                }
                let mut second = 0.5;
                let mut first = 0.0;
                if y.len() > 1 {
                    second = y[1] * y[1];
                    first = y[1];
                }
                let mut found = last * 2.0;
                for i in 0..y.len() {
                    if y[i] < 0.0 {
                        found = y[i].sin();
                        break;
                    }
                }
                let mut logarithm = 0.25;
                for i in 0..x.len() {
                    if x[i] > 0.6 {
                        logarithm = x[i].ln() * last;
                        break;
                    }
                }
                last * second + first * found + logarithm
            }
        }

        like_by_hand! {
            fn extremes(x, y) -> $float {
                let high = x.iter().copied().reduce($float::max);
                let low = y.iter().min_by(|a, b| a.partial_cmp(b).unwrap()).copied().unwrap_or(0.0);
                let at = y.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i);
                let (k, scaled) = y
                    .iter()
                    .enumerate()
                    .filter(|(_, v)| **v > 0.0)
                    .map(|(i, v)| (i, v * 2.0))
                    .min_by(|a, b| a.1.total_cmp(&b.1))
                    .unwrap_or((3, 1.5));
                let weight = match at {
                    Some(i) => y[i] * y[i],
                    None => 1.0,
                };
                match high {
                    Some(high) => high * low - weight * scaled * k as $float,
                    None => low,
                }
            }
            by hand {
                let (mut low, mut weight) = (0.0, 1.0);
                let (mut k, mut scaled) = (3, 1.5);
                let mut first = true;
                for i in 0..y.len() {
                    if i == 0 || y[i] < low {
                        low = y[i];
                    }
                    if y[i] > 0.0 && (first || y[i] * 2.0 < scaled) {
                        first = false;
                        k = i;
                        scaled = y[i] * 2.0;
                    }
                }
                let mut at = 0;
                for i in 1..y.len() {
                    if y[i] >= y[at] {
                        at = i;
                    }
                }
                if y.len() > 0 {
                    weight = y[at] * y[at];
                }
                let mut s = low;
                if x.len() > 0 {
                    let mut high = x[0];
                    for i in 1..x.len() {
                        high = high.max(x[i]);
                    }
                    s = high * low - weight * scaled * k as $float;
                }
                s
            }
        }

        like_by_hand! {
            fn variables(x, y) -> $float {
                let mut best: Option<$float> = None;
                for &v in x {
                    best = match best {
                        None => Some(v * v),
                        Some(b) if v > b => Some(v),
                        other => other,
                    };
                }
                let mut nearest = None;
                for (i, v) in y.iter().enumerate() {
                    let distance = (v - 0.3).powi(2);
                    if nearest.is_none_or(|(_, d): (usize, $float)| distance < d) {
                        nearest = Some((i, distance));
                    }
                }
                let bonus = best.filter(|b| *b > 1.0).or(Some(0.5)).and_then(|b| if b < 1.4 { Some(b.sin()) } else { None });
                let mut s = bonus.unwrap_or(2.0);
                if let (Some(b), Some((i, d))) = (best, nearest) {
                    s += b * d * (i + 1) as $float;
                }
                if best.is_some() && nearest.is_some() { s * s } else { s }
            }
            by hand {
                let mut best = 0.0;
                for i in 0..x.len() {
                    if i == 0 {
                        best = x[i] * x[i];
                    } else if x[i] > best {
                        best = x[i];
                    }
                }
                let mut at = 0;
                let mut d = 0.0;
                for i in 0..y.len() {
                    let distance = (y[i] - 0.3).powi(2);
                    if i == 0 || distance < d {
                        at = i;
                        d = distance;
                    }
                }
                let mut bonus = 0.5;
                if x.len() > 0 && best > 1.0 {
                    bonus = best;
                }
                let mut s = 2.0;
                if bonus < 1.4 {
                    s = bonus.sin();
                }
                if x.len() > 0 && y.len() > 0 {
                    s += best * d * (at + 1) as $float;
                    s = s * s;
                }
                s
            }
        }

        like_by_hand! {
            fn parts(x, y) -> $float {
                let mut s = match x {
                    [] => 0.5,
                    [a] => a.sin(),
                    [a, rest @ ..] => a * rest.iter().sum::<$float>(),
                };
                if let Some((first, rest)) = y.split_first() {
                    s += first * rest.iter().product::<$float>();
                }
                if let [.., p, q] = y {
                    s *= p - q;
                }
                let pairs: $float = y
                    .chunks(2)
                    .map(|c| match c {
                        [a, b] => a * b,
                        [a] => a.exp(),
                        _ => 0.0,
                    })
                    .sum();
                s + pairs
            }
            by hand {
                let mut s = 0.5;
                if x.len() == 1 {
                    s = x[0].sin();
                }
                if x.len() > 1 {
                    let mut t = -0.0;
                    for i in 1..x.len() {
                        t += x[i];
                    }
                    s = x[0] * t;
                }
                if y.len() > 0 {
                    let mut p = 1.0;
                    for i in 1..y.len() {
                        p *= y[i];
                    }
                    s += y[0] * p;
                }
                if y.len() > 1 {
                    s *= y[y.len() - 2] - y[y.len() - 1];
                }
                let mut pairs = -0.0;
                for k in 0..y.len().div_ceil(2) {
                    if 2 * k + 1 < y.len() {
                        pairs += y[2 * k] * y[2 * k + 1];
                    } else {
                        pairs += y[2 * k].exp();
                    }
                }
                s + pairs
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
