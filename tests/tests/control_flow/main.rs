//! Control flow: loops whose length the values decide, jumps, choices by pattern. All modes have the bits of the plain
//! function, and agree with differences and each other; the Hessian is that of the gradient by differences.

/// Checks the derivatives of a function of a number or a slice at points, with constants after it.
macro_rules! checked {
    ($f:ident(&x $(, $c:expr)*) at [$($point:expr),*]) => {
        for point in [$($point),*] {
            let point: Vec<Float> = point;
            let value = $f(&point $(, $c)*);
            assert_eq!($f::value_and_grad(&point $(, $c)*).0.to_bits(), value.to_bits(), "reverse at {point:?}");
            assert_eq!($f::jvp(&point $(, $c)*, &point).0.to_bits(), value.to_bits(), "forward at {point:?}");
            Check::new(stringify!($f), &point, |x| $f(x $(, $c)*))
                .vjp(|x, seed| $f::vjp(x $(, $c)*, *seed))
                .jvp(|x, x_dot| $f::jvp(x $(, $c)*, x_dot))
                .run()
                .assert();
            Check::new(stringify!(gradient of $f), &point, |x| $f::grad(x $(, $c)*))
                .jvp(|x, v| ($f::grad(x $(, $c)*), $f::hvp(x $(, $c)*, v)))
                .run()
                .assert();
        }
    };
    ($f:ident(x $(, $c:expr)*) at [$($point:expr),*]) => {
        for point in [$($point),*] {
            let point: Float = point;
            let value = $f(point $(, $c)*);
            assert_eq!($f::value_and_grad(point $(, $c)*).0.to_bits(), value.to_bits(), "reverse at {point:?}");
            assert_eq!($f::jvp(point $(, $c)*, 1.0).0.to_bits(), value.to_bits(), "forward at {point:?}");
            Check::new(stringify!($f), &point, |x| $f(*x $(, $c)*))
                .vjp(|x, seed| $f::vjp(*x $(, $c)*, *seed))
                .jvp(|x, x_dot| $f::jvp(*x $(, $c)*, *x_dot))
                .run()
                .assert();
            Check::new(stringify!(gradient of $f), &point, |x| $f::grad(*x $(, $c)*))
                .jvp(|x, v| ($f::grad(*x $(, $c)*), $f::hvp(*x $(, $c)*, *v)))
                .run()
                .assert();
        }
    };
}

mod choices;

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::check::Check;
        use autodiff_runtime::differentiate;

        type Float = $float;

        // ---- while ------------------------------------------------------------------------------------------------

        /// Explicit Euler until the state has decayed.
        #[differentiate(order = 2)]
        fn decay(x: $float) -> $float {
            let mut y = x;
            let mut t = 0.0;
            while y > 1.0 {
                y -= 0.05 * y * y.sin().abs() + 0.01 * y;
                t += 0.05;
            }
            y * y + t
        }

        #[test]
        fn an_integrator_that_stops_on_an_active_condition() {
            // No iteration, one, many.
            checked!(decay(x) at [0.5, 1.02, 2.2]);
        }

        #[differentiate(order = 2)]
        fn collatz(x: $float, n: u64) -> $float {
            let mut k = n;
            let mut s = x;
            while k != 1 {
                k = if k % 2 == 0 { k / 2 } else { 3 * k + 1 };
                s += (x * k as $float / 64.0).sin() * 0.125;
            }
            s
        }

        #[test]
        fn a_loop_on_integers() {
            for n in [1, 2, 6, 27] {
                checked!(collatz(x, n) at [0.7]);
            }
        }

        #[differentiate(order = 2)]
        fn bisection(target: $float, steps: usize) -> $float {
            let (mut lo, mut hi) = (0.0 * target, target);
            let mut n = 0;
            while n < steps {
                let mid = 0.5 * (lo + hi);
                if mid * mid > target {
                    hi = mid;
                } else {
                    lo = mid;
                }
                n += 1;
            }
            0.5 * (lo + hi)
        }

        #[test]
        fn bisection_in_a_while() {
            for steps in [0, 1, 3] {
                checked!(bisection(x, steps) at [2.4]);
            }
        }

        #[differentiate(order = 2)]
        fn until_the_end(x: &[$float]) -> $float {
            let mut i = 0;
            let mut s = 1.0;
            while i < x.len() && x[i] > 0.0 {
                s *= x[i];
                i += 1;
            }
            s
        }

        #[test]
        fn a_condition_that_guards_an_index() {
            checked!(until_the_end(&x) at [vec![], vec![-1.0], vec![0.5, 2.0], vec![0.5, 2.0, -1.0, 3.0]]);
        }

        #[differentiate(order = 2)]
        fn a_bound_that_is_carried_too(x: &[$float], n: usize) -> $float {
            let mut last = 0;
            let mut i = 0;
            let mut s = 0.0;
            while i < n {
                s += x[i] * x[i];
                last = n;
                i += 1;
            }
            s * last as $float
        }

        #[test]
        fn the_condition_reads_what_it_read_before_the_loop() {
            checked!(a_bound_that_is_carried_too(&x, 2) at [vec![1.5, 0.5, 0.7]]);
            checked!(a_bound_that_is_carried_too(&x, 0) at [vec![1.5]]);
        }

        /// Says yes so many times, and counts how often it is asked.
        struct Oracle {
            yes: usize,
            asked: std::cell::Cell<usize>,
        }

        impl Oracle {
            fn more(&self) -> bool {
                self.asked.set(self.asked.get() + 1);
                self.asked.get() <= self.yes
            }
        }

        #[differentiate(order = 2)]
        fn on_request(x: $float, skip: usize, #[constant] oracle: &Oracle) -> $float {
            let mut s = x;
            let mut n = 0;
            while oracle.more() {
                n += 1;
                if n == skip {
                    continue;
                }
                s = s * x + 0.5;
                if s > 50.0 {
                    break;
                }
            }
            s
        }

        #[test]
        fn conditions_are_evaluated_as_often_as_in_the_function() {
            for (yes, x) in [(0, 1.5), (1, 1.5), (4, 1.5), (40, 1.5)] {
                let oracles = [(); 3].map(|()| Oracle { yes, asked: Default::default() });
                let value = on_request(x, 2, &oracles[0]);
                let (reverse, grad) = on_request::value_and_grad(x, 2, &oracles[1]);
                let (forward, slope) = on_request::jvp(x, 2, &oracles[2], 1.0);
                assert_eq!([reverse.to_bits(), forward.to_bits()], [value.to_bits(); 2]);
                assert!((grad - slope).abs() <= 1e-5 * slope.abs(), "{grad} and {slope}");
                assert!(oracles.iter().all(|oracle| oracle.asked == oracles[0].asked));
            }
        }

        // ---- loop -------------------------------------------------------------------------------------------------

        #[differentiate(order = 2)]
        fn sin(x: $float) -> $float {
            x.sin()
        }

        /// A variable gets its value in an inner loop, and is read after it.
        #[differentiate(order = 2)]
        fn halving(x: $float) -> $float {
            let flip = x > 0.5;
            let mut p = x;
            loop {
                let mut step = sin(p);
                let mut next;
                loop {
                    next = p - step;
                    if next > 0.25 * p {
                        break;
                    }
                    step *= 0.5;
                }
                if next < 0.125 {
                    break;
                }
                p = next;
            }
            if flip { 1.0 - p } else { p * p }
        }

        /// Variables of several types, which get their values where the loop is left.
        #[differentiate(order = 2)]
        fn given_on_the_way_out(x: $float, n: usize) -> $float {
            let pair;
            let (scale, count): ($float, usize);
            let mut i = 0;
            let mut s = x;
            loop {
                let factor;
                if i % 2 == 0 {
                    factor = s;
                } else {
                    factor = 0.5;
                }
                s *= 0.9 * factor + 0.5;
                i += 1;
                if i > n {
                    pair = (s * x, i);
                    scale = 0.5;
                    count = n + 1;
                    break;
                }
            }
            pair.0 * s + scale * pair.1 as $float + x * count as $float
        }

        #[test]
        fn values_that_come_later() {
            checked!(halving(x) at [0.1, 0.45, 0.9, 1.75]);
            for n in [0, 1, 4] {
                checked!(given_on_the_way_out(x, n) at [0.75]);
            }
        }

        #[differentiate(order = 2)]
        fn newton(a: $float) -> $float {
            let mut x = a;
            loop {
                let next = 0.5 * (x + a / x);
                if (next - x).abs() < 1e-3 {
                    break next;
                }
                x = next;
            }
        }

        #[test]
        fn newton_until_it_stands_still() {
            checked!(newton(x) at [1.5, 2.0, 30.0]);
            // The fixed point's own derivative, which the iteration has by then.
            assert!((newton::grad(2.0) - 0.5 / (2.0 as $float).sqrt()).abs() < 1e-3);
        }

        #[differentiate(order = 2)]
        fn escape(x: $float, c: $float) -> $float {
            let mut z = x;
            let mut n = 0;
            let (z, n) = loop {
                if z.abs() > 2.0 {
                    break (z, n);
                }
                if n == 8 {
                    break (0.5 * z, 0);
                }
                z = z * z + c;
                n += 1;
            };
            z * (1 + n) as $float
        }

        #[test]
        fn a_loop_that_breaks_with_a_tuple() {
            for (x, c) in [(3.0, 0.25), (0.5, 0.4), (0.1, -0.3)] {
                let (value, grad) = escape::value_and_grad(x, c);
                assert_eq!(value.to_bits(), escape(x, c).to_bits());
                Check::new("escape", &(x, c), |(x, c)| escape(*x, *c))
                    .vjp(|(x, c), seed| escape::vjp(*x, *c, *seed))
                    .jvp(|(x, c), (x_dot, c_dot)| escape::jvp(*x, *c, *x_dot, *c_dot))
                    .run()
                    .assert();
                assert!(grad.0.is_finite());
            }
        }

        // ---- for --------------------------------------------------------------------------------------------------

        #[differentiate(order = 2)]
        fn first_negative(x: &[$float]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                if x[i] < 0.0 {
                    s += x[i] * x[i];
                    break;
                }
                s = s * 0.5 + x[i].sin();
            }
            s
        }

        #[test]
        fn a_loop_that_is_left() {
            checked!(first_negative(&x) at [vec![], vec![-1.0, 2.0], vec![0.5], vec![0.5, 1.0, -0.5, 3.0], vec![0.5, 1.0]]);
        }

        #[differentiate(order = 2)]
        fn bounded(x: &[$float], n: usize) -> $float {
            let mut s = 1.0;
            for i in 0..n {
                if i >= x.len() {
                    break;
                }
                s *= x[i];
            }
            s
        }

        #[test]
        fn what_follows_a_break_is_not_evaluated() {
            checked!(bounded(&x, usize::MAX) at [vec![], vec![2.0, 3.0]]);
            checked!(bounded(&x, 1) at [vec![2.0, 3.0]]);
        }

        #[differentiate(order = 2)]
        fn skipping(x: &[$float], keep: &[bool]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                if !keep[i] {
                    continue;
                }
                let e = x[i].exp();
                s += e * e;
            }
            s.ln()
        }

        #[test]
        fn iterations_that_are_skipped() {
            checked!(skipping(&x, &[true, false, true]) at [vec![0.5, 1.0, -0.5]]);
            checked!(skipping(&x, &[true]) at [vec![0.5]]);
        }

        #[differentiate(order = 2)]
        fn labels(x: &[$float], n: usize) -> $float {
            let mut s = 1.0;
            'rows: for i in 0..n {
                let mut j = 0;
                loop {
                    if i * n + j >= x.len() {
                        break 'rows;
                    }
                    let v = x[i * n + j];
                    if v < 0.0 {
                        s += v * v;
                        continue 'rows;
                    }
                    if j == n - 1 {
                        break;
                    }
                    s *= v;
                    j += 1;
                }
                s = s * s;
            }
            s
        }

        #[test]
        fn jumps_to_outer_loops() {
            checked!(labels(&x, 2) at [vec![], vec![1.5, 0.5, 0.7, 0.25], vec![1.5, -0.5, -0.7, 0.25], vec![1.5]]);
            checked!(labels(&x, 3) at [vec![1.5, 0.5, 0.7, 0.25, -0.3, 1.25, 0.5], vec![1.2; 9]]);
        }

        #[differentiate(order = 2)]
        fn backwards(x: &[$float], lo: i32, hi: i32) -> $float {
            let mut s = 0.5;
            for i in (lo..=hi).rev() {
                if i < 0 {
                    break;
                }
                s = s * x[i as usize] + 0.25;
            }
            s
        }

        #[test]
        fn a_reversed_range_that_is_left() {
            checked!(backwards(&x, -3, 2) at [vec![1.5, 0.5, 0.7]]);
            checked!(backwards(&x, 1, 2) at [vec![1.5, 0.5, 0.7]]);
            checked!(backwards(&x, 3, 2) at [vec![1.5, 0.5, 0.7]]);
        }

        // ---- return -----------------------------------------------------------------------------------------------

        #[differentiate(order = 2)]
        fn softplus(x: $float) -> $float {
            if x > 20.0 {
                return x;
            }
            if x < -20.0 {
                return x.exp();
            }
            let e = x.exp();
            e.ln_1p()
        }

        #[test]
        fn guards() {
            checked!(softplus(x) at [25.0, 0.3, -21.0]);
        }

        #[differentiate(order = 2)]
        fn closest(x: &[$float]) -> $float {
            let mut best = 100.0;
            for i in 0..x.len() {
                for j in i + 1..x.len() {
                    let d = (x[i] - x[j]) * (x[i] - x[j]);
                    if d < 0.5 {
                        return d * x[i];
                    }
                    if d < best {
                        best = d;
                    }
                }
            }
            best
        }

        #[test]
        fn return_within_nested_loops() {
            checked!(closest(&x) at [vec![], vec![1.0], vec![1.0, 2.5, 3.0], vec![1.0, 2.0, 2.05, 7.0]]);
        }

        #[differentiate(order = 2)]
        fn total(x: &[$float], n: usize) -> $float {
            let mut s = 0.0;
            for i in 0..n {
                s += closest(x) * first_negative(x) * newton(2.0 + i as $float * x[0]);
                if s > 10.0 {
                    return s * s;
                }
            }
            s
        }

        #[test]
        fn calls_of_functions_that_are_left_early() {
            for n in [0, 1, 3] {
                checked!(total(&x, n) at [vec![0.75, 1.5, 3.0], vec![1.0, 2.0, 2.125, 6.5]]);
            }
        }

        // ---- all at once ------------------------------------------------------------------------------------------

        #[differentiate(order = 2)]
        fn values_out_of_nested_loops(x: &[$float], n: usize) -> $float {
            let mut calls = 0;
            let best = 'search: loop {
                let mut s = 0.0;
                let inner = loop {
                    for i in 0..x.len() {
                        if x[i] > 10.0 {
                            break 'search x[i];
                        }
                        s += x[i];
                        if s > 4.0 {
                            calls += i;
                        }
                    }
                    calls += 1;
                    if calls > n {
                        break s;
                    }
                };
                if inner > 2.0 || calls > 3 * n {
                    break inner * 2.0;
                }
                calls += n;
            };
            let t = 'block: {
                for i in 0..calls {
                    if i == 2 {
                        break 'block (best, i);
                    }
                    if best < 0.0 {
                        return best;
                    }
                }
                (0.5, 7)
            };
            t.0 * calls as $float + t.1 as $float
        }

        #[differentiate(order = 2)]
        fn several_ways_out_of_one_statement(x: $float, n: usize) -> $float {
            let mut s = x;
            for i in 0..n {
                let mut j = 0;
                loop {
                    {
                        if s > 50.0 { return s + 0.5; }
                        s += 0.25;
                        if i == 3 { break; }
                        s *= 1.5;
                    }
                    if j == i { break; }
                    j += 1;
                    s += 1.0;
                }
                if s > 30.0 {
                    if i % 2 == 0 { continue; } else if i == 5 { break; }
                    s -= 20.0;
                } else {
                    s -= 0.125;
                    if i == 7 { return -s; }
                }
                s += 0.0625;
            }
            s * 3.0
        }

        #[differentiate(order = 2)]
        fn variables_that_get_their_value_before_a_jump(x: $float, n: usize) -> $float {
            let (a, b);
            if n == 0 {
                a = x;
                b = 1;
            } else if n == 1 {
                return x;
            } else {
                (a, b) = (x * 2.0, n);
            }
            let mut t = (a, b);
            while t.1 > 0 {
                t.1 -= 1;
                if t.0 > 9.0 { break; }
                t.0 *= 1.5;
            }
            t.0 + t.1 as $float
        }

        #[test]
        fn many_ways_out() {
            checked!(values_out_of_nested_loops(&x, 0) at [vec![1.0, 2.5]]);
            checked!(values_out_of_nested_loops(&x, 4) at [vec![1.0, 2.5], vec![1.0, 20.5]]);
            checked!(values_out_of_nested_loops(&x, 1) at [vec![-1.0, -2.5]]);
            for n in [0, 2, 5, 12] {
                checked!(several_ways_out_of_one_statement(x, n) at [0.5]);
            }
            checked!(several_ways_out_of_one_statement(x, 12) at [20.0, -40.0]);
            for n in [0, 1, 9] {
                checked!(variables_that_get_their_value_before_a_jump(x, n) at [1.5]);
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
