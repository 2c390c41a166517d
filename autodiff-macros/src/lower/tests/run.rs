//! The IR computes what rustc's code computes, to the last bit.

use super::{ToCell, lowered, scalars_of};
use crate::ir::eval;

/// Defines a test: the function is compiled by rustc and lowered by us, and both are run at every point.
macro_rules! same {
    ($(#[$test:meta])* fn $name:ident($($param:tt)*) -> $ret:ty $body:block $(at ($($arg:expr),* $(,)?))+) => {
        #[test]
        $(#[$test])*
        #[allow(
            clippy::assign_op_pattern,
            clippy::clone_on_copy,
            clippy::iter_count,
            clippy::let_and_return,
            clippy::manual_is_multiple_of,
            clippy::needless_range_loop,
            clippy::neg_multiply,
            clippy::ptr_arg,
            clippy::unnecessary_cast,
            clippy::useless_vec,
            unused,
            reason = "the functions are written to exercise the lowering"
        )]
        fn $name() {
            same!(@plain plain [] ($($param)*) -> $ret $body);
            let item: syn::ItemFn = syn::parse_quote!(fn $name($($param)*) -> $ret $body);
            let func = lowered(&item);
            $(
                let wanted = scalars_of(&plain($($arg),*));
                let args = vec![$(ToCell::cell(&$arg)),*];
                let found = eval::eval(&func, args).unwrap_or_else(|error| panic!("{error:?}\n{func}"));
                let bits = |values: &[eval::Value]| values.iter().map(|v| v.bits()).collect::<Vec<_>>();
                assert_eq!(bits(&found.results), bits(&wanted), "{:?} instead of {wanted:?}\n{func}", found.results);
            )+
        }
    };
    // `#[constant]` is for us alone.
    (@plain $name:ident [$($done:tt)*] (#[constant] $($rest:tt)*) -> $ret:ty $body:block) => {
        same!(@plain $name [$($done)*] ($($rest)*) -> $ret $body)
    };
    (@plain $name:ident [$($done:tt)*] ($next:tt $($rest:tt)*) -> $ret:ty $body:block) => {
        same!(@plain $name [$($done)* $next] ($($rest)*) -> $ret $body)
    };
    (@plain $name:ident [$($done:tt)*] () -> $ret:ty $body:block) => {
        fn $name($($done)*) -> $ret $body
    };
}

pub(super) use same;

// ---- scalars ------------------------------------------------------------------------------------------------------

same! {
    fn straight_line(x1: f64, x2: f64) -> f64 {
        x1.ln() + x1 * x2 - x2.sin()
    }
    at (2.0, 5.0)
    at (0.3, -1.0)
}

same! {
    fn precedence_and_literals(x: f64) -> f64 {
        -x * 2. + 1e-3 / x % 0.7 - 3_000.5 * -1.0 + 1f64
    }
    at (0.4)
    at (-2.5)
}

same! {
    fn single_precision(x: f32, y: f32) -> f32 {
        let z = 0.1 * x + y.powf(1.5);
        z.sqrt() / 3f32
    }
    at (0.4f32, 2.0f32)
}

same! {
    fn shadowing_and_overwriting(x: f64) -> f64 {
        let mut s = x;
        let before = s;
        s = s * s;
        let x = x + s;
        let x = x * x;
        s += before;
        s -= 0.5;
        s *= x;
        s /= 3.0;
        s %= 10.0;
        s + before
    }
    at (1.7)
    at (-0.2)
}

same! {
    fn paths_and_methods(x: f64, y: f64) -> f64 {
        f64::sin(x) + f64::max(x, y) + f64::powi(y, 3) + x.powi(-2) + x.hypot(y) + f64::atan2(y, x) + x.clamp(-0.5, 0.5)
            + x.mul_add(y, 2.0) + x.abs().sqrt() + f64::from(2.5f32) * y
    }
    at (0.4, 2.0)
    at (-1.4, 0.3)
}

same! {
    fn references_are_transparent(x: f64, y: f64) -> f64 {
        let a = &x;
        let b = &&y;
        let c = *a * **b;
        a + *b * (&c - 1.0) + *a
    }
    at (0.4, 2.0)
}

same! {
    fn tuples_exist_at_compile_time_only(a: f64, b: f64) -> f64 {
        let (mut a, mut b) = (b, a + b);
        (a, b) = (b, a * b);
        let mut t = (a, (b, 3));
        t.0 += t.1.0;
        t.1.1 *= 2;
        let (p, (q, _)) = t;
        let (s, c) = (p * q).sin_cos();
        s * 2.0 + c + t.1.1 as f64
    }
    at (0.4, 2.0)
}

same! {
    fn several_results(x: f64, n: usize) -> (f64, usize) {
        let y = x * n as f64;
        (y.exp(), n + 1)
    }
    at (0.4, 2)
}

same! {
    fn integers_stay_integers(x: f64, n: usize, k: i32) -> f64 {
        let half = n / 2 + 3;
        let odd = n % 2 == 1;
        let mask = (n & 6) | 1 ^ (n << 2);
        let c = if odd { half as f64 } else { mask as f64 };
        x.powi(k - 1) * c + (-k) as f64 + 7 as f64 + (!k >> 1) as f64
    }
    at (0.4, 7, 3)
    at (1.4, 12, -2)
}

same! {
    fn casts(x: f64, k: i32, flag: bool) -> f64 {
        let single = x as f32;
        let n = x as i32 as usize;
        single as f64 * 2.0 + n as f64 + k as f64 + flag as i32 as f64 + (x * 3.0).floor() as i64 as f64
    }
    at (1.3, 5, true)
    at (2.9, -5, false)
}

same! {
    fn blocks(x: f64) -> f64 {
        let y = {
            let x = x * 2.0;
            let z = x + 1.0;
            z * x
        };
        { y + x }
    }
    at (1.3)
}

same! {
    fn return_at_the_end(x: f64) -> f64 {
        let y = x + 1.0;
        return y * y;
    }
    at (1.3)
}

same! {
    fn parameters_of_all_kinds(mut x: f64, (a, b): (f64, f64), _: f64, p: (f64, f64)) -> f64 {
        x += a * b;
        let (c, d) = p;
        x * c - d + p.1
    }
    at (1.3, (2.0, 3.0), 4.0, (5.0, 6.0))
}

// ---- branches -----------------------------------------------------------------------------------------------------

same! {
    fn branches_as_expressions(x: f64, y: f64) -> f64 {
        let a = if x > 0.0 { x * x } else if x < -1.0 { -x } else { y };
        if a >= y && x != y || !(a == 1.0) { a + y } else { a - y }
    }
    at (0.5, 2.0)
    at (-2.0, 1.0)
    at (-0.5, 1.0)
    at (1.0, 1.0)
}

same! {
    fn branches_as_statements(x: f64, flip: bool) -> f64 {
        let mut s = x;
        let mut n = 0;
        if flip {
            s = s * 2.0;
            n += 1;
        }
        if x < 0.0 {
            s += 1.0;
        } else if x > 1.0 {
            s = 0.0;
            n += 2;
        } else {
            let s = 5.0;
            n = s as i32;
        }
        s + n as f64
    }
    at (0.5, true)
    at (-0.5, false)
    at (2.5, true)
}

same! {
    fn variables_that_get_their_value_later(x: f64) -> f64 {
        let y;
        let (a, mut b);
        if x > 0.0 {
            y = x;
            a = 1.0;
        } else {
            y = -x;
            a = 2.0;
        }
        b = a * y;
        b += 1.0;
        b
    }
    at (0.5)
    at (-0.5)
}

same! {
    fn branches_give_tuples(x: f64) -> f64 {
        let (lo, (hi, n)) = if x < 0.5 { (x, (0.5, 1)) } else { (0.5, (x, 2)) };
        let mut t = (lo, hi);
        if n == 2 {
            t = (t.1, t.0);
            t.0 *= 3.0;
        }
        t.0 - t.1
    }
    at (0.2)
    at (0.8)
}

same! {
    fn lazy_conditions(x: &[f64], i: usize) -> f64 {
        if i < x.len() && x[i] > 0.0 { x[i] } else if i >= x.len() || x[i] < -1.0 { 7.0 } else { 8.0 }
    }
    at (&[1.0, -0.5, -3.0], 0)
    at (&[1.0, -0.5, -3.0], 1)
    at (&[1.0, -0.5, -3.0], 2)
    at (&[1.0, -0.5, -3.0], 3)
}

// ---- loops --------------------------------------------------------------------------------------------------------

same! {
    fn sums(x: &[f64], y: &[f64]) -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            let d = x[i] - y[i];
            s += d * d;
        }
        s / x.len() as f64
    }
    at (&[1.0, 2.0, 4.0], &[0.5, 0.25, 3.0])
    at (&[1.5], &[0.25])
}

same! {
    fn recurrences(x: f64, n: usize) -> f64 {
        let (mut a, mut b) = (x, 1.0);
        let mut count = 0;
        for _ in 0..n {
            (a, b) = (b, a * b + 1.0);
            count += 1;
        }
        a + b * count as f64
    }
    at (0.5, 0)
    at (0.5, 5)
}

same! {
    fn ranges(x: f64, n: i32) -> f64 {
        let mut s = x;
        for i in (0..n).rev() {
            s = s * 0.5 + i as f64;
        }
        for i in -1..=n {
            s += i as f64 * x;
        }
        for i in ((n..=n + 2).rev()).rev() {
            s = s * x + i as f64;
        }
        s
    }
    at (0.5, 3)
    at (0.5, -4)
}

same! {
    fn nested_loops_and_branches(x: &[[f64; 2]], w: [f64; 2]) -> f64 {
        let mut best = f64::max(0.0, w[0]);
        let mut total = 0.0;
        for i in 0..x.len() {
            let mut z = 0.0;
            for j in 0..w.len() {
                z += x[i][j] * w[j];
                if z > best {
                    best = z;
                }
            }
            total += if i % 2 == 0 { z } else { -z };
        }
        total + best
    }
    at (&[[1.0, 2.0], [-3.0, 0.5], [4.0, 4.0]], [0.5, 1.5])
}

same! {
    fn shadowing_in_loops(x: f64) -> f64 {
        let mut s = 1.0;
        let mut t = 0.0;
        for i in 0..4 {
            let mut s = s + i as f64;
            s *= x;
            t += s;
        }
        s += t;
        s
    }
    at (0.5)
}

same! {
    fn values_that_live_in_one_iteration(x: f64) -> f64 {
        let mut s = x;
        let mut y;
        for i in 0..3 {
            y = s * i as f64;
            s = y + x;
        }
        s
    }
    at (0.5)
}

// ---- arrays -------------------------------------------------------------------------------------------------------

same! {
    fn local_arrays(x: &[f64]) -> f64 {
        let mut h = [0.0; 3];
        let mut m = [[1.0; 2]; 3];
        let c = [x[0], 2.0, x[1] * 3.0];
        let k = [[1.0, x[0]], [x[1], 4.0]];
        for i in 0..3 {
            h[i] = x[0] * i as f64;
            m[i][1] = h[i];
            m[i][0] += c[i];
            h[i] -= 0.5;
            h[i] *= 2.0;
        }
        h[0] + h[1] * h[2] + m[2][1] - m[1][0] + k[1][0] * k[0][1] + c.len() as f64
    }
    at (&[1.5, -2.0])
}

same! {
    fn vectors(x: &Vec<f64>, n: usize) -> f64 {
        let mut v = vec![0.0; n];
        let mut grid = vec![vec![1.0; n]; x.len()];
        let w = vec![x[0], 2.0];
        for i in 0..n {
            v[i] = w[1] * i as f64;
            grid[0][i] = v[i] + grid[1][i];
        }
        v[n - 1] + grid[0][0] + grid.len() as f64 + grid[1].len() as f64 + if x.is_empty() { 0.0 } else { 1.0 }
    }
    at (&vec![1.5, -2.0], 3)
}

same! {
    fn arrays_are_copied(x: [f64; 3]) -> f64 {
        let mut a = x;
        let b = a;
        a[0] = 10.0;
        let mut c = a.clone();
        c[1] = 20.0;
        let mut d = x.to_vec();
        d[2] = 30.0;
        let t = (a, 1.0);
        a[0] = 40.0;
        let mut row = x[1];
        row += 1.0;
        a = b;
        a[1] += 1.0;
        a[0] + b[0] + c[0] + c[1] + d[0] + d[2] + t.0[0] + row + a[1] + a[2]
    }
    at ([1.0, 2.0, 3.0])
}

same! {
    fn vectors_are_moved(x: &[f64]) -> f64 {
        let v = vec![x[0]; 3];
        let mut w = v;
        w[1] = 5.0;
        let u = w.clone();
        w[2] = 7.0;
        w[0] + w[1] + w[2] + u[2]
    }
    at (&[1.5])
}

same! {
    fn scalars_are_read_where_they_are_named(x: f64) -> f64 {
        let mut h = [x, 2.0];
        let old = h[0];
        h[0] = h[0] * h[1];
        h[1] = h[0] + old;
        h[0] + h[1] * old
    }
    at (1.5)
}

same! {
    fn rows_are_aliases(w: &[[f64; 2]], x: &[f64]) -> f64 {
        let mut s = 0.0;
        for i in 0..w.len() {
            let row = &w[i];
            let v = &x[i];
            for j in 0..row.len() {
                s += row[j] * v;
            }
        }
        s
    }
    at (&[[1.0, 2.0], [3.0, 4.0]], &[0.5, 0.25])
}

same! {
    fn arrays_of_active_values(x: f64, n: usize) -> f64 {
        let a = [x * 2.0; 3];
        let mut b = vec![[x; 2]; n];
        b[0][1] += a[2];
        let mut m = [[0.0; 2]; 2];
        m[1] = [x, 3.0];
        m[0] = m[1];
        b[0][1] + b[1][0] + m[0][0] * m[0][1]
    }
    at (1.5, 2)
}

same! {
    fn array_patterns(x: [f64; 3], y: (f64, [f64; 2])) -> f64 {
        let [a, b, mut c] = x;
        let (d, [e, _]) = y;
        c += a * b;
        c + d * e
    }
    at ([1.0, 2.0, 3.0], (4.0, [5.0, 6.0]))
}

same! {
    fn constants_by_type(x: f64, index: &[usize], on: [bool; 2], #[constant] y: &[f64], #[constant] t: (f64, f64)) -> f64 {
        let mut s = 0.0;
        for i in 0..index.len() {
            let k = index[i];
            if on[i % 2] {
                s += x * y[k] + t.0;
            }
        }
        s
    }
    at (1.5, &[2, 0, 1], [true, false], &[1.0, 2.0, 3.0], (0.5, 0.25))
}

same! {
    fn the_right_side_is_evaluated_first(x: f64) -> f64 {
        let mut s = x;
        s += { s = s * 2.0; s };
        let mut h = [1.0, 2.0];
        h[0] += { h[0] = 5.0; x };
        let mut i = 0;
        h[i] = { i = 1; 9.0 };
        s + h[0] * 3.0 + h[1]
    }
    at (1.5)
}

same! {
    fn constants_in_the_body(x: f64) -> f64 {
        const N: usize = 3;
        const HALF: f64 = 0.5;
        let h = [HALF; N];
        let mut s = 0.0;
        for i in 0..N {
            s += x * h[i];
        }
        s
    }
    at (1.5)
}

same! {
    fn early_panics_in_branches_are_values_of_any_type(x: f64, k: usize) -> f64 {
        let mut n = 0;
        let y = if k == 0 { n = 1; x } else { n += k; x * 2.0 };
        y + n as f64
    }
    at (1.5, 0)
    at (1.5, 4)
}
