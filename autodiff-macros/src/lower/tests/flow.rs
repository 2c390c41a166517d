//! Control flow computes what rustc's code computes: loops that end early, jumps, choices by pattern.

use super::{ToCell, lowered, scalars_of};
use crate::ir::eval;

// ---- while --------------------------------------------------------------------------------------------------------

same! {
    fn while_on_an_active_condition(x: f64) -> f64 {
        let mut y = x;
        let mut steps = 0;
        while y < 10.0 {
            y = y * 1.5 + 0.25;
            steps += 1;
        }
        y + steps as f64
    }
    at (1.0)
    at (20.0)
    at (9.9)
    at (f64::NAN)
}

same! {
    fn collatz(x: f64, n: u64) -> f64 {
        let mut k = n;
        let mut s = x;
        while k != 1 {
            k = if k % 2 == 0 { k / 2 } else { 3 * k + 1 };
            s += x / k as f64;
        }
        s
    }
    at (0.7, 1)
    at (0.7, 6)
    at (0.7, 27)
}

same! {
    fn while_with_a_condition_that_may_panic(x: &[f64]) -> f64 {
        let mut i = 0;
        while i < x.len() && x[i] > 0.0 {
            i += 1;
        }
        let mut s = 0.0;
        while { s += 0.5; s < 2.0 } {
            i += 1;
        }
        s + i as f64
    }
    at ([0.0; 0].as_slice())
    at ([1.0, 2.0].as_slice())
    at ([1.0, -2.0, 3.0].as_slice())
}

same! {
    fn while_with_break_and_continue(x: &[f64], limit: f64) -> f64 {
        let mut i = 0;
        let mut s = 0.0;
        while i < x.len() {
            i += 1;
            if x[i - 1] < 0.0 {
                continue;
            }
            if s + x[i - 1] > limit {
                break;
            }
            s += x[i - 1].sqrt();
        }
        s * i as f64
    }
    at ([0.0; 0].as_slice(), 1.0)
    at ([1.0, -2.0, 3.0, 4.0].as_slice(), 4.5)
    at ([1.0, -2.0, 3.0, 4.0].as_slice(), 100.0)
    at ([5.0, 1.0].as_slice(), 4.5)
}

// ---- loop ---------------------------------------------------------------------------------------------------------

same! {
    fn newton(a: f64) -> f64 {
        let mut x = a;
        loop {
            let next = 0.5 * (x + a / x);
            if (next - x).abs() < 1e-12 {
                break next;
            }
            x = next;
        }
    }
    at (2.0)
    at (1.0)
    at (1e4)
}

same! {
    fn loop_with_a_tuple(a: f64) -> (f64, usize) {
        let mut n = 0;
        let (x, steps) = loop {
            n += 1;
            let y = a * n as f64;
            if n >= 10 {
                break (y, 10);
            } else if y > 5.0 {
                break (y - 5.0, n);
            }
        };
        (x * 2.0, steps)
    }
    at (2.0)
    at (0.1)
    at (100.0)
}

same! {
    fn loop_that_is_left_by_return(x: f64) -> f64 {
        let mut y = x;
        let mut n = 0;
        loop {
            if y > 3.0 {
                return y;
            }
            y += 0.5 * y;
            n += 1;
            if n == 5 {
                return -y;
            }
        }
    }
    at (2.0)
    at (0.1)
    at (5.0)
}

same! {
    fn bisection(target: f64) -> f64 {
        let (mut lo, mut hi) = (0.0, 10.0);
        loop {
            let mid = 0.5 * (lo + hi);
            if hi - lo < 1e-6 {
                break mid;
            }
            if mid * mid * mid < target { lo = mid; } else { hi = mid; }
        }
    }
    at (2.0)
    at (700.0)
}

// ---- for ----------------------------------------------------------------------------------------------------------

same! {
    fn for_with_break(x: &[f64]) -> f64 {
        let mut s = 0.0;
        let mut last = 0;
        for i in 0..x.len() {
            if x[i] < 0.0 {
                break;
            }
            s += x[i];
            last = i;
        }
        s + last as f64
    }
    at ([0.0; 0].as_slice())
    at ([-1.0, 2.0].as_slice())
    at ([1.0, 2.0].as_slice())
    at ([1.0, 2.0, -1.0, 5.0].as_slice())
}

same! {
    fn nothing_is_evaluated_after_a_break(x: &[f64], n: usize) -> f64 {
        let mut s = 0.0;
        for i in 0..n {
            if i == x.len() {
                break;
            }
            s += x[i];
        }
        s
    }
    at ([1.0, 2.0].as_slice(), 5)
    at ([1.0, 2.0].as_slice(), usize::MAX)
    at ([1.0, 2.0].as_slice(), 1)
}

same! {
    fn all_ranges_may_be_left(x: f64, lo: i32, hi: i32, stop: i32) -> f64 {
        let mut s = x;
        for i in lo..hi { s = s * 1.5 + i as f64; if i == stop { break; } }
        for i in lo..=hi { s = s * 1.25 + i as f64; if i == stop { break; } }
        for i in (lo..hi).rev() { s = s * 1.5 - i as f64; if i == stop { break; } }
        for i in (lo..=hi).rev() { s = s * 1.25 - i as f64; if i == stop { break; } }
        s
    }
    at (0.5, -3, 4, 2)
    at (0.5, -3, 4, 100)
    at (0.5, 4, 4, 4)
    at (0.5, 5, 4, 4)
}

same! {
    fn whole_ranges_of_small_integers(x: f64, lo: u8, from: i64) -> f64 {
        let mut s = x;
        for i in lo..=255 { s += i as f64; if s > 1e9 { break; } }
        for i in (0..=lo).rev() { s += i as f64; if s > 1e9 { break; } }
        for i in -3..3 { s += i as f64 * x; if s > 1e9 { break; } }
        for i in from..from + 3 { s += i as f64 * x; if s > 1e9 { break; } }
        s
    }
    at (0.5, 250, -5)
    at (0.5, 0, 7)
    at (2e9, 255, 0)
}

same! {
    fn more_numbers_than_the_type_counts_to(x: f64, lo: i32, hi: i32) -> f64 {
        let mut s = x;
        let mut k = 0;
        for i in lo..hi { s += i as f64; if k == 3 { break; } k += 1; }
        for i in (lo..=hi).rev() { s -= 2.0 * i as f64; if k == 6 { break; } k += 1; }
        for i in -100..100i8 { if i == 60 { break; } s += i as f64; }
        s
    }
    at (0.5, i32::MIN, i32::MAX)
}

same! {
    fn labels(x: &[f64], n: usize) -> f64 {
        let mut s = 0.0;
        'rows: for i in 0..n {
            let mut j = 0;
            loop {
                if i * n + j >= x.len() {
                    break 'rows;
                }
                let v = x[i * n + j];
                if v < 0.0 {
                    s += 0.5;
                    continue 'rows;
                }
                if j == n - 1 {
                    break;
                }
                s += v;
                j += 1;
            }
            s *= 2.0;
        }
        s
    }
    at ([0.0; 0].as_slice(), 3)
    at ([1.0, 2.0, 3.0, 4.0, -5.0, 6.0, 7.0, 8.0, 9.0].as_slice(), 3)
    at ([1.0, 2.0, 3.0, 4.0, 5.0].as_slice(), 3)
    at ([1.0, 2.0, 3.0, 4.0, 5.0].as_slice(), 0)
}

same! {
    fn continue_alone_keeps_the_range(x: &[f64]) -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            if i % 2 == 0 { continue; }
            let v = match i { 1 => x[i], 3 => continue, _ => 2.0 * x[i] };
            s += v;
        }
        s
    }
    at ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0].as_slice())
    at ([0.0; 0].as_slice())
}

// ---- return -------------------------------------------------------------------------------------------------------

same! {
    fn guards(x: f64, y: f64) -> f64 {
        if x < 0.0 {
            return 0.0;
        }
        let s = x.sqrt();
        if s > y {
            return s - y;
        } else if s == y {
            return 1.0;
        }
        let t = if y > 100.0 { return y } else { s * y };
        t + s
    }
    at (-1.0, 2.0)
    at (9.0, 2.0)
    at (9.0, 3.0)
    at (9.0, 4.0)
    at (9.0, 400.0)
}

same! {
    fn return_within_nested_loops(x: &[f64], n: usize) -> (f64, usize) {
        let mut best = 1e300;
        for i in 0..x.len() {
            for j in i + 1..x.len() {
                let d = (x[i] - x[j]).abs();
                if d == 0.0 {
                    return (x[i], i);
                }
                if d < best {
                    best = d;
                }
            }
            if i == n {
                return (best, n);
            }
        }
        (best, 1000)
    }
    at ([0.0; 0].as_slice(), 3)
    at ([1.0, 2.5, 3.0].as_slice(), 30)
    at ([1.0, 2.5, 3.0].as_slice(), 1)
    at ([1.0, 2.5, 3.0, 2.5].as_slice(), 30)
}

same! {
    fn what_was_assigned_before_a_jump_is_kept(x: f64, n: usize) -> f64 {
        let mut s = x;
        let t;
        for i in 0..10 {
            s *= 1.5;
            if i == n {
                s += 0.25;
                break;
            }
            s -= 0.125;
        }
        if s > 40.0 { t = 1.0; } else if s > 4.0 { return s; } else { t = 2.0; }
        s * t
    }
    at (1.0, 0)
    at (1.0, 3)
    at (1.0, 30)
    at (0.1, 2)
}

same! {
    fn an_assignment_that_is_left_does_not_happen(x: f64, n: usize) -> f64 {
        let mut s = x;
        for i in 0..5 {
            s = if i == n { break } else { s * 2.0 };
            s = match i { 3 => continue, _ => s + 1.0 };
        }
        s
    }
    at (1.0, 0)
    at (1.0, 2)
    at (1.0, 30)
}

same! {
    fn panics_in_branches(x: f64, n: usize) -> f64 {
        let a = if n > 3 { panic!("too many") } else { x * n as f64 };
        let b = match n { 0 => 1.0, 1 | 2 => a, 3 => a * a, _ => unreachable!() };
        if b < -1e9 {
            panic!();
        }
        b + x
    }
    at (1.5, 0)
    at (1.5, 1)
    at (1.5, 3)
}

same! {
    fn labelled_blocks(x: f64) -> f64 {
        let y = 'a: {
            if x < 0.0 {
                break 'a -x;
            }
            let z = x * 2.0;
            if z > 10.0 {
                break 'a z;
            }
            z + 1.0
        };
        'b: {
            if y > 5.0 {
                break 'b;
            }
            if y < 2.0 {
                return y;
            }
        }
        y * 3.0
    }
    at (-1.0)
    at (-7.0)
    at (1.0)
    at (7.0)
    at (0.2)
}

same! {
    fn shadowing_across_jumps(x: f64, n: usize) -> f64 {
        let s = x;
        for i in 0..n {
            let s = s + i as f64;
            if s > 3.0 {
                let x = s * 2.0;
                return x + s;
            }
            let s = -s;
            if s > 3.0 { break; }
        }
        s
    }
    at (1.0, 2)
    at (1.0, 6)
    at (-4.0, 6)
}

same! {
    fn arrays_that_change_before_a_jump(x: f64, n: usize) -> f64 {
        let mut v = [0.0; 4];
        for i in 0..10 {
            if i == n || i == 4 {
                break;
            }
            v[i] = x * i as f64;
            if i > 0 {
                let w = v;
                v[i] += w[i - 1];
            }
        }
        v[0] + 2.0 * v[1] + 3.0 * v[2] + 4.0 * v[3]
    }
    at (1.0, 0)
    at (1.0, 2)
    at (1.0, 9)
}

// ---- match --------------------------------------------------------------------------------------------------------

same! {
    fn match_on_integers(x: f64, n: i32) -> f64 {
        match n {
            0 => x,
            1 | 2 => x * 2.0,
            3..=5 => x.sin(),
            k @ 6..10 => x * k as f64,
            -1 => 0.5,
            k if k < -5 && x > 0.0 => x.powi(k),
            k => x + k as f64,
        }
    }
    at (1.5, 0)
    at (1.5, 2)
    at (1.5, 4)
    at (1.5, 9)
    at (1.5, 10)
    at (1.5, -1)
    at (1.5, -7)
    at (-1.5, -7)
}

same! {
    fn match_on_tuples_and_truth_values(x: f64, n: usize, flag: bool) -> f64 {
        let mut s = x;
        match (n, flag) {
            (0, _) => s += 1.0,
            (1, true) => { s *= 2.0; s += 0.5; }
            (k, false) if k > 3 => s -= k as f64,
            _ => {}
        }
        s + match flag { true => x, false => 0.0 } + match x { v if v > 1.0 => v, v => v * v }
    }
    at (1.5, 0, true)
    at (0.5, 1, true)
    at (1.5, 7, false)
    at (0.5, 2, false)
}

same! {
    fn match_with_arms_that_leave(x: &[f64], k: &[usize]) -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            match k[i] {
                0 => continue,
                1 => break,
                2 => return s,
                _ => s += x[i],
            }
            s *= 1.5;
        }
        s + 1.0
    }
    at ([1.0, 2.0, 3.0].as_slice(), [3, 0, 3].as_slice())
    at ([1.0, 2.0, 3.0].as_slice(), [3, 1, 3].as_slice())
    at ([1.0, 2.0, 3.0].as_slice(), [3, 2, 3].as_slice())
}
