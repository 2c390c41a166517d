//! Iterators and closures in variables: elements that are taken one by one, and closures that change what they capture.

macro_rules! tests {
    ($float:ident) => {
        like_by_hand! {
            fn one_by_one(x, y) -> $float {
                let mut it = x.iter();
                let mut s = 0.0;
                while let Some(v) = it.next() {
                    s = s * 0.5 + v * v;
                    if s > 2.0 {
                        break;
                    }
                }
                let rest: $float = it.map(|v| v.sin()).sum();
                let mut others = y.iter().map(|v| v * v).enumerate();
                let first = others.next().map_or(1.0, |(_, v)| v);
                let third = others.nth(1).map_or(2.0, |(i, v)| v * i as $float);
                let copy = others.clone();
                s + rest * first + third * others.fold(0.0, |a, (_, v)| a + v) + copy.count() as $float * first
            }
            by hand {
                let mut s = 0.0;
                let mut k = 0;
                while k < x.len() {
                    s = s * 0.5 + x[k] * x[k];
                    k += 1;
                    if s > 2.0 {
                        break;
                    }
                }
                let mut rest = -0.0;
                for i in k..x.len() {
                    rest += x[i].sin();
                }
                let (mut first, mut third) = (1.0, 2.0);
                if y.len() > 0 {
                    first = y[0] * y[0];
                }
                if y.len() > 2 {
                    third = y[2] * y[2] * 2.0;
                }
                let mut others = 0.0;
                let mut count = 0;
                for i in 3..y.len() {
                    others += y[i] * y[i];
                    count += 1;
                }
                s + rest * first + third * others + count as $float * first
            }
        }

        like_by_hand! {
            fn two_at_once(x, y) -> $float {
                let (mut a, mut b) = (x.iter().peekable(), y.iter().peekable());
                let mut merged = Vec::new();
                while let (Some(p), Some(q)) = (a.peek(), b.peek()) {
                    if **p < **q + 0.01 {
                        merged.push(**p);
                        a.next();
                    } else {
                        merged.push(**q);
                        b.next();
                    }
                }
                merged.extend(a);
                merged.extend(b);
                merged.iter().rev().fold(0.0, |s, v| s * 0.5 + v)
            }
            by hand {
                let (mut i, mut j) = (0, 0);
                let mut merged = Vec::new();
                while i < x.len() || j < y.len() {
                    if j == y.len() || (i < x.len() && x[i] < y[j] + 0.01) {
                        merged.push(x[i]);
                        i += 1;
                    } else {
                        merged.push(y[j]);
                        j += 1;
                    }
                }
                let mut s = 0.0;
                for k in (0..merged.len()).rev() {
                    s = s * 0.5 + merged[k];
                }
                s
            }
        }

        like_by_hand! {
            fn stacks(x, y) -> $float {
                let mut stack = x.to_vec();
                let mut s = 0.0;
                while let Some(v) = stack.pop() {
                    s = s * 0.75 + v.sin();
                    if v > 1.0 {
                        stack.push(v - 1.0);
                    }
                }
                let mut others = y.to_vec();
                let top = if let Some(v) = others.pop() { v } else { 2.0 };
                s * top + others.iter().sum::<$float>()
            }
            by hand {
                let mut s = 0.0;
                for i in (0..x.len()).rev() {
                    let mut v = x[i];
                    s = s * 0.75 + v.sin();
                    while v > 1.0 {
                        v -= 1.0;
                        s = s * 0.75 + v.sin();
                    }
                }
                let mut top = 2.0;
                if y.len() > 0 {
                    top = y[y.len() - 1];
                }
                let mut t = -0.0;
                for i in 1..y.len() {
                    t += y[i - 1];
                }
                s * top + t
            }
        }

        like_by_hand! {
            fn changing_closures(x, y) -> $float {
                let (mut total, mut count) = (0.0, 0);
                let mut add = |v: $float| {
                    total += v * v;
                    count += 1;
                };
                for v in x {
                    add(*v);
                    if *v > 0.6 {
                        add(0.5 * v);
                    }
                }
                y.iter().copied().for_each(&mut add);
                let mut twice = |v: $float| {
                    add(v);
                    add(2.0 * v);
                };
                twice(0.25);
                total / count as $float
            }
            by hand {
                let (mut total, mut count) = (0.0, 0);
                for i in 0..x.len() {
                    total += x[i] * x[i];
                    count += 1;
                    if x[i] > 0.6 {
                        let v = 0.5 * x[i];
                        total += v * v;
                        count += 1;
                    }
                }
                for i in 0..y.len() {
                    total += y[i] * y[i];
                    count += 1;
                }
                total += 0.25 * 0.25;
                total += 0.5 * 0.5;
                (total) / (count + 2) as $float
            }
        }

        like_by_hand! {
            fn captured(x, y) -> $float {
                let mut scale = x.iter().sum::<$float>();
                scale *= 0.5;
                let fixed = move |v: $float| v * scale;
                scale += 1.0;
                let shifted = {
                    let shift = scale.sin();
                    move |v: $float| v + shift
                };
                let f = $float::cos;
                let g = &|v: $float| f(v) * fixed(v);
                y.iter().map(|v| g(shifted(*v))).sum::<$float>() + scale
            }
            by hand {
                let mut sum = -0.0;
                for i in 0..x.len() {
                    sum += x[i];
                }
                let half = sum * 0.5;
                let scale = half + 1.0;
                let shift = scale.sin();
                let mut s = -0.0;
                for i in 0..y.len() {
                    let v = y[i] + shift;
                    s += v.cos() * (v * half);
                }
                s + scale
            }
        }

        like_by_hand! {
            fn conditions_that_bind(x, y) -> $float {
                let mut s = 0.0;
                let mut k = 0;
                while let Some(v) = y.get(k)
                    && *v > -1.0
                {
                    s += v * v;
                    k += 1;
                }
                let t = if let Some(a) = x.first()
                    && let Some(b) = y.first()
                    && a < b
                {
                    a * b
                } else {
                    0.5
                };
                for i in 0..x.len() {
                    if i > 0 && let Some(v) = y.get(i) && x[i] > *v {
                        s += x[i] - v;
                        continue;
                    }
                    s += x[i].cos();
                }
                if matches!(x.len(), 1 | 3..=4 if k > 0) { s * t } else { s + t }
            }
            by hand {
                let mut s = 0.0;
                let mut k = 0;
                while k < y.len() && y[k] > -1.0 {
                    s += y[k] * y[k];
                    k += 1;
                }
                let mut t = 0.5;
                if x.len() > 0 && y.len() > 0 && x[0] < y[0] {
                    t = x[0] * y[0];
                }
                for i in 0..x.len() {
                    if i > 0 && i < y.len() && x[i] > y[i] {
                        s += x[i] - y[i];
                    } else {
                        s += x[i].cos();
                    }
                }
                let n = x.len();
                if (n == 1 || n == 3 || n == 4) && k > 0 { s * t } else { s + t }
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
