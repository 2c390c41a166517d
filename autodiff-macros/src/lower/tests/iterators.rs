//! Iterators and closures compute what rustc's code computes, to the last bit.

use super::run::same;
use super::{ToCell, lowered, scalars_of};
use crate::ir::eval;

same! {
    fn sums_and_products(x: &[f64]) -> (f64, f64, f64, f64) {
        let a: f64 = x.iter().sum();
        let b = x.iter().map(|v| v * v).map(|v| v.sin()).sum::<f64>();
        let c = x.iter().copied().product::<f64>();
        (a, b, c, x.iter().map(|&v| v + 1.0).product())
    }
    at (&[1.5, -2.0, 0.25])
    at (&[0.5])
    at (&[0.0f64; 0])
}

same! {
    fn neighbours(x: &[f64]) -> f64 {
        x.iter().zip(x.iter().skip(1)).map(|(&a, &b)| (1.0 - a).powi(2) + 100.0 * (b - a * a).powi(2)).sum()
    }
    at (&[1.5, -2.0, 0.25])
    at (&[0.5])
    at (&[0.0f64; 0])
}

same! {
    fn windows_and_chunks(x: &[f64], n: usize) -> (f64, f64, f64, f64) {
        let a = x.windows(2).map(|w| w[1] * w[0] - w.len() as f64).sum::<f64>();
        let b = x.windows(n).map(|w| w[0] * w.iter().sum::<f64>()).sum::<f64>();
        let c = x.chunks(n).map(|c| c.iter().product::<f64>() / c.len() as f64).sum::<f64>();
        let mut d = 0.0;
        for pair in x.chunks_exact(2).rev() {
            d = d * 0.5 + pair[0] - pair[1];
        }
        (a, b, c, d)
    }
    at (&[1.5, -2.0, 0.25, 3.0, -0.5], 3)
    at (&[1.5, -2.0], 1)
    at (&[0.5], 2)
    at (&[0.0f64; 0], 4)
}

same! {
    fn positions(x: &[f64], y: &[f64], n: usize) -> (f64, f64, f64, f64, f64) {
        let mut s = 0.0;
        for (i, v) in x.iter().enumerate() {
            s = s * 0.9 + v * i as f64;
        }
        let mut t = 0.0;
        for (i, v) in x.iter().enumerate().rev() {
            t = t * 0.9 + v * i as f64;
        }
        for (i, v) in x.iter().rev().enumerate() {
            t = t * 0.9 + v * i as f64;
        }
        let mut u = 0.0;
        for ((i, a), b) in x.iter().enumerate().skip(1).step_by(2).zip(y.iter().rev().take(n)) {
            u = u * 0.5 + a * b * i as f64;
        }
        let mut w = 0.0;
        for (k, b) in (1..).zip(y) {
            w += b / k as f64;
        }
        let z = (0..n).zip(y.iter()).map(|(k, b)| b * k as f64).sum::<f64>();
        (s, t, u, w, z)
    }
    at (&[1.5, -2.0, 0.25, 3.0, -0.5, 4.0], &[2.0, 0.3, -1.0], 2)
    at (&[1.5, -2.0, 0.25, 3.0, -0.5, 4.0, 1.0], &[2.0, 0.3, -1.0], 7)
    at (&[1.5], &[2.0, 0.3, -1.0], 0)
    at (&[0.0f64; 0], &[0.0f64; 0], 1)
}

same! {
    fn ranges(x: f64, n: i32, m: usize) -> (f64, f64, f64, i32) {
        let a = (1..=n).map(|k| x.powi(k) / k as f64).sum::<f64>();
        let b = (0..m).rev().step_by(3).map(|k| x * k as f64).fold(0.5, |acc, v| acc * 0.5 + v);
        let c: f64 = (-n..n).rev().filter(|k| k % 2 == 0).map(|k| x + f64::from(k)).product();
        let d: i32 = (n..2 * n).skip(1).step_by(2).map(|k| k * k).sum();
        (a, b, c, d)
    }
    at (0.7, 4, 8)
    at (-1.3, 1, 1)
    at (0.7, 0, 0)
    at (0.7, -3, 3)
}

same! {
    fn filters(x: &[f64], n: usize) -> (f64, f64, usize) {
        let a = x.iter().filter(|v| **v > 0.0).map(|v| v.ln()).sum::<f64>();
        let mut b = 1.0;
        for (i, &v) in x.iter().enumerate().filter(|(i, v)| i % n == 0 && **v < 2.0).rev() {
            b = b * v + i as f64;
        }
        (a, b, x.iter().filter(|&&v| v > 0.0).count() + x.iter().count())
    }
    at (&[1.5, -2.0, 0.25, 3.0, -0.5], 2)
    at (&[-2.0], 1)
    at (&[0.0f64; 0], 1)
}

same! {
    fn folds(x: &[f64]) -> (f64, f64, f64, f64, f64) {
        let low = x.iter().copied().fold(1e300f64, f64::min);
        let high = x.iter().fold(-1e300f64, |m, &v| m.max(v));
        let log = high + x.iter().map(|v| (v - high).exp()).sum::<f64>().ln();
        let (s, p) = x.iter().fold((0.0, 1.0), |(s, p), v| (s + v * p, p * v));
        (low, high, log, s, p)
    }
    at (&[1.5, -2.0, 0.25])
    at (&[0.5])
    at (&[0.0f64; 0])
}

same! {
    fn captures(x: &[f64], scale: f64) -> (f64, f64, f64) {
        let shift = scale * 2.0;
        let mut best = x[0];
        let mut count = 0;
        x.iter().for_each(|&v| {
            let w = (v - shift) * scale;
            if w > best {
                best = w;
                count += 1;
            }
        });
        let mut last = 0.0;
        let s: f64 = x
            .iter()
            .map(|v| {
                let step = v - last;
                last = *v;
                step * step
            })
            .sum();
        (best + count as f64, s, last)
    }
    at (&[1.5, -2.0, 0.25], 0.7)
    at (&[0.5], -1.0)
}

same! {
    fn mutable_elements(x: &[f64], scale: f64) -> (f64, f64) {
        let mut v = x.to_vec();
        for e in v.iter_mut() {
            *e *= scale;
        }
        for (e, w) in v.iter_mut().zip(x) {
            if *w > 0.0 {
                *e += w * w;
            } else {
                *e = 1.0;
            }
        }
        v.iter_mut().enumerate().for_each(|(i, e)| *e -= i as f64);
        for e in &mut v[1..] {
            *e = e.sin();
        }
        let mut m = [[1.0, 2.0], [3.0, scale]];
        for row in m.iter_mut() {
            for e in row.iter_mut().rev() {
                *e = *e * *e;
            }
        }
        (v.iter().sum(), m.iter().map(|row| row.iter().product::<f64>()).sum())
    }
    at (&[1.5, -2.0, 0.25], 0.7)
    at (&[0.5], -1.0)
}

same! {
    fn collected(x: &[f64], n: usize) -> (f64, usize) {
        let squares: Vec<f64> = x.iter().map(|v| v * v).collect();
        let reversed = squares.iter().rev().map(|v| v + 1.0).collect::<Vec<_>>();
        let indices: Vec<usize> = (2..n + 2).map(|k| k % x.len()).collect();
        let positive: Vec<f64> = x.iter().copied().filter(|v| *v > 0.0).collect();
        let s: f64 = indices.iter().zip(&reversed).map(|(&i, r)| x[i] * r).sum();
        (s + positive.iter().sum::<f64>(), reversed.len() + indices.len() + positive.len())
    }
    at (&[1.5, -2.0, 0.25], 5)
    at (&[0.5], 0)
}

same! {
    fn arrays(x: &[f64; 3], m: &[[f64; 2]; 3]) -> (f64, f64, f64) {
        let [a, b, c] = x.map(|v| v * v - 1.0);
        let y: [f64; 3] = std::array::from_fn(|i| m[i].iter().sum::<f64>() * x[i]);
        let g: [[f64; 3]; 3] = std::array::from_fn(|i| std::array::from_fn(|j| m[i].iter().zip(&m[j]).map(|(p, q)| p * q).sum()));
        let z = [a, b, x[1]].map(f64::sin);
        let sums: [f64; 3] = m.map(|[p, q]| p - q);
        (a + b * c, y.iter().zip(z.iter()).map(|(p, q)| p * q).sum(), g[0][1] + g[2][2] * sums[1] + std::array::from_fn::<f64, 2, _>(|k| x[k])[1])
    }
    at (&[1.5, -2.0, 0.25], &[[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]])
}

same! {
    fn rows(m: &[Vec<f64>], v: &[f64]) -> f64 {
        let mut s = 0.0;
        for row in m {
            s += row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>().tanh();
        }
        s + m.iter().map(|row| row.iter().map(|a| a * a).sum::<f64>()).sum::<f64>()
    }
    at (&[vec![1.0, 2.0], vec![], vec![0.5]], &[0.3, -1.0])
    at (&Vec::<Vec<f64>>::new(), &[0.3, -1.0])
}

same! {
    fn parts(p: &[f64], n: usize) -> (f64, f64, f64) {
        let w = |x: f64| 1.0 + (x - 1.0) / 4.0;
        let a = p[1..n - 1].iter().map(|&x| w(x).powi(2)).sum::<f64>();
        let row = &p[n / 2..];
        let mut b = 0.0;
        for i in 0..row.len() {
            b = b * 0.5 + row[i] * row[..=i].iter().sum::<f64>();
        }
        let copy = p[..n].to_vec();
        (a, b, copy[0] * w(b))
    }
    at (&[1.5, -2.0, 0.25, 4.0], 4)
    at (&[1.5, -2.0, 0.25, 4.0], 2)
}

same! {
    fn local_closures(x: f64, y: f64) -> f64 {
        let k = 2.0;
        let square = |v: f64| -> f64 { v * v };
        let scaled = |v, s| square(v) * s + k;
        let k = 3.0;
        let pair = |v: f64| (scaled(v, k), v);
        let (p, q) = pair(x);
        let zero = || x * y;
        p + q * scaled(y, 0.5) + square(square(x)) + zero()
    }
    at (1.5, -0.5)
}

same! {
    fn chains_in_variables(x: &[f64]) -> f64 {
        let k = 2.0;
        let scaled = x.iter().map(|v| v * k);
        let k = 3.0;
        let pairs = scaled.zip(x.iter().rev());
        let mut s = k;
        for (a, b) in pairs {
            s += a * b;
        }
        s
    }
    at (&[1.5, -2.0, 0.25])
}

same! {
    fn nested(a: &[[f64; 3]; 2], b: &[[f64; 2]; 3]) -> f64 {
        let mut c = [[0.0; 2]; 2];
        for (i, row) in c.iter_mut().enumerate() {
            for (j, e) in row.iter_mut().enumerate() {
                *e = (0..3).map(|k| a[i][k] * b[k][j]).sum();
            }
        }
        c.iter().map(|row| row.iter().fold(1.0, |p, e| p * e)).sum::<f64>()
    }
    at (&[[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]], &[[1.0, -2.0], [3.0, 0.1], [0.5, 0.25]])
}

same! {
    fn integers_and_constants(x: f64, #[constant] y: &[f64], k: &[usize]) -> (f64, usize) {
        let total: usize = k.iter().sum();
        let mean = y.iter().sum::<f64>() / y.len() as f64;
        let weights = k.iter().map(|&i| i as f64 / total as f64);
        (weights.zip(y).map(|(w, v)| (v - mean) * w * x).sum(), k.iter().product::<usize>())
    }
    at (1.5, &[1.0, -2.0], &[3usize, 4])
}

same! {
    fn single_precision_chains(x: &[f32]) -> f32 {
        let mean = x.iter().sum::<f32>() / x.len() as f32;
        (x.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / (x.len() as f32 - 1.0)).sqrt()
    }
    at (&[1.5f32, -2.0, 0.25])
}

same! {
    fn jumps_out_of_iterators(x: &[f64], y: &[f64]) -> (f64, f64, f64, usize) {
        let mut s = 0.0;
        for (i, &v) in x.iter().enumerate().filter(|(_, v)| **v > -1.0) {
            if v > 2.0 {
                break;
            }
            if i == 1 {
                continue;
            }
            s = s * 0.5 + v;
        }
        let mut t = 1.0;
        'rows: for a in x {
            for b in y.iter().rev() {
                if a * b < -2.0 {
                    continue 'rows;
                }
                if t > 50.0 {
                    break 'rows;
                }
                t += a * b * b;
            }
        }
        for pair in x.windows(2) {
            if pair[0] > pair[1] {
                return (s, t, pair[0], 1);
            }
        }
        let last = |n: usize| {
            let mut found = 0;
            for k in (0..n).filter(|k| k % 2 == 0) {
                if k > 3 {
                    break;
                }
                found = k;
            }
            found
        };
        (s, t, x.iter().sum(), last(x.len()) + last(9))
    }
    at (&[0.5, 0.75, 1.5, 3.0, 0.1], &[1.0, 2.0])
    at (&[0.5, 0.75, 1.0], &[1.0, -3.0, 8.0])
    at (&[1.5, -2.0], &[2.0, 40.0])
    at (&[0.0f64; 0], &[0.0f64; 0])
}

same! {
    fn iterators_in_branches(x: &[f64], flag: bool) -> f64 {
        let mut s = 1.0;
        if flag {
            s += x.iter().map(|v| { s *= 0.5; v * s }).sum::<f64>();
        } else if !x.is_empty() {
            x.iter().for_each(|v| s -= v);
        }
        let k = x.iter().filter(|v| **v > 1.0).count() as f64;
        s * k
    }
    at (&[0.5, 0.75, 1.5], true)
    at (&[0.5, 0.75], false)
    at (&[0.0f64; 0], true)
}

same! {
    fn arrays_by_value_are_copies(x: f64, y: f64) -> (f64, f64, f64) {
        let mut a = [x, y, x * y];
        let mut s = 0.0;
        for v in a {
            a[1] += v;
            a[2] = s;
            s = s * 0.5 + v * a[1];
        }
        let later = a.into_iter();
        a[0] = 7.0;
        let b = a.map(|v| {
            a[1] *= 2.0;
            v + a[1]
        });
        for (v, w) in b.iter().zip(a) {
            a[2] += v * w;
        }
        (s, later.sum(), b.iter().sum::<f64>() + a[2])
    }
    at (1.5, -0.5)
}
