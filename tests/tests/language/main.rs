//! The table of the guide that says what is in the language and what is not: every row is a test.
//!
//! What is in the language is a function of two numbers here, compiled at order 2 and checked in value, gradient, tangent
//! and Hessian-vector product; what is not is one of the files that `ui.rs` expects to be refused, with its first line for a
//! row and its message for the way out. `UPDATE_EXPECT=1 cargo test -p autodiff-tests --test language` writes the page.

/// Functions with the text of their rows, by section.
macro_rules! language {
    ($($section:literal { $($name:ident $text:literal |$x:ident, $y:ident| { $($body:tt)* })* })*) => {
        $($(
            mod $name {
                use autodiff_runtime::check::Check;
                use autodiff_runtime::differentiate;

                #[allow(unused_imports, reason = "most rows need none of it")]
                use super::helpers::*;

                #[differentiate(order = 2)]
                #[allow(
                    clippy::clone_on_copy,
                    clippy::needless_late_init,
                    clippy::needless_range_loop,
                    clippy::useless_vec,
                    unused_assignments,
                    reason = "as people write it"
                )]
                fn function($x: f64, $y: f64) -> f64 { $($body)* }

                #[test]
                fn is_right() {
                    let point = (0.7, 0.4);
                    let (value, _) = function::value_and_grad(point.0, point.1);
                    assert_eq!(value.to_bits(), function(point.0, point.1).to_bits());
                    let gradient = |(x, y): &(f64, f64)| function::grad(*x, *y);
                    Check::new("function", &point, |(x, y)| function(*x, *y))
                        .value_and_grad(|(x, y)| function::value_and_grad(*x, *y))
                        .jvp(|(x, y), (x_dot, y_dot)| function::jvp(*x, *y, *x_dot, *y_dot))
                        .run()
                        .assert();
                    let product = |(x, y): &(f64, f64), v: &(f64, f64)| function::hvp(*x, *y, v.0, v.1);
                    Check::new("gradient", &point, gradient)
                        .jvp(|point, v| (gradient(point), product(point, v)))
                        .run()
                        .assert();
                }
            }
        )*)*

        /// The sections with the texts of their rows.
        const SUPPORTED: &[(&str, &[&str])] = &[$(($section, &[$($text),*])),*];
    };
}

mod page;

/// What the rows call.
mod helpers {
    use autodiff_runtime::{Constant, Differentiable, differentiate};
    pub(crate) use autodiff_runtime::{Real, stop_gradient};

    #[differentiate(order = 2)]
    pub(crate) fn layer(w: f64, x: &[f64]) -> Vec<f64> {
        x.iter().map(|v| (w * v).tanh()).collect()
    }

    #[differentiate(order = 2)]
    pub(crate) fn turned(p: &[f64; 2]) -> ([f64; 2], f64) {
        ([p[1], -p[0]], p[1].atan2(p[0]))
    }

    #[differentiate(order = 2)]
    pub(crate) fn normalise(v: &mut [f64]) {
        let s: f64 = v.iter().map(|x| x * x).sum();
        for x in v.iter_mut() {
            *x /= (1.0 + s).sqrt();
        }
    }

    #[differentiate(order = 2)]
    pub(crate) fn newton(x: &mut f64, a: f64) {
        *x = 0.5 * (*x + a / *x);
    }

    #[differentiate(order = 2)]
    pub(crate) fn square(x: f64) -> f64 {
        x * x
    }

    #[differentiate(order = 2)]
    pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[differentiate(order = 2)]
    pub(crate) fn polar(r: f64, angle: f64) -> (f64, f64) {
        (r * angle.cos(), r * angle.sin())
    }

    #[derive(Differentiable, Clone)]
    pub(crate) struct Spring {
        pub(crate) stiffness: f64,
        pub(crate) ends: [f64; 2],
        pub(crate) turns: usize,
    }

    #[derive(Differentiable, Clone)]
    pub(crate) struct Path {
        pub(crate) points: Vec<f64>,
        pub(crate) reach: f64,
    }

    impl Spring {
        pub(crate) fn new(turns: usize) -> Spring {
            Spring { stiffness: 1.5, ends: [0.25, 1.25], turns }
        }
    }

    #[differentiate(order = 2)]
    impl Spring {
        pub(crate) fn stretch(&self) -> f64 {
            (self.ends[1] - self.ends[0]) / self.coils() as f64
        }

        fn coils(&self) -> usize {
            self.turns + 1
        }

        #[differentiate]
        pub(crate) fn loads(&self, pull: &[f64]) -> Vec<f64> {
            pull.iter().map(|p| p - self.force(p * p)).collect()
        }

        fn force(&self, x: f64) -> f64 {
            self.stiffness * (x - self.stretch())
        }

        #[differentiate]
        pub(crate) fn soften(&mut self, by: f64) {
            self.stiffness /= 1.0 + by * by;
        }
    }

    #[derive(Constant, Clone)]
    pub(crate) enum Law {
        Linear,
        Power(i32),
    }

    #[derive(Differentiable, Clone)]
    pub(crate) struct Contact {
        pub(crate) stiffness: f64,
        #[constant]
        pub(crate) law: Law,
    }

    #[differentiate(order = 2)]
    pub(crate) fn energy(spring: &Spring) -> f64 {
        let stretch = spring.ends[1] - spring.ends[0];
        0.5 * spring.stiffness * stretch * stretch / spring.turns as f64
    }

    pub(crate) const SCALE: f64 = 1.5;
}

language! {
    "Variables" {
        shadowing "`let`, with `mut`, shadowing, patterns, and initialised later" |x, y| {
            let (a, mut b) = (x, y);
            let late;
            let a = a * b;
            b = a.sin() - b;
            late = b * x;
            late + a
        }
        compound "`+=`, `-=`, `*=`, `/=`, `%=`, and assignment of tuples" |x, y| {
            let (mut a, mut b) = (x, y);
            a += y;
            a *= b;
            b /= 1.0 + x;
            b -= a;
            (a, b) = (b, a);
            a * a + b
        }
        blocks "blocks as expressions" |x, y| {
            let s = {
                let t = x * y;
                t * t
            };
            s + x
        }
        constants "constants, literals, paths such as `PI`" |x, y| {
            SCALE * x + std::f64::consts::PI * y * y
        }
    }
    "Arithmetic" {
        operators "`+ - * / %` and unary `-`" |x, y| { -(x + y) * x / (y - 3.0) % 2.0 }
        methods "the primitives as methods, `x.sin()`" |x, y| { (x * y).sin() + x.powf(y) + y.powi(3) }
        paths "the primitives as paths, `f64::sin(x)`, `Real::sigmoid(x)`" |x, y| { f64::exp(x) * Real::sigmoid(y) }
        casts "`as` between numbers; a cast to an integer has derivative zero" |x, y| {
            let n = (3.0 * x) as usize;
            x * n as f64 + (y as f32 as f64).floor()
        }
        stopping "`stop_gradient(x)`" |x, y| { x * y + 0.0 * stop_gradient(1.0) }
    }
    "Control flow" {
        branches "`if`, `else if`, `else`, on any condition, as statement and expression" |x, y| {
            let mut s = if x > y && x < 1.0 { x * y } else if y > 2.0 { y } else { x };
            if s > 0.1 {
                s *= s;
            }
            s
        }
        ranges "`for` over ranges, with bounds known when it runs, reversed or not" |x, y| {
            let n = (5.0 * x) as usize;
            let mut s = 0.0;
            for i in (1..=n).rev() {
                s = s * y + x / i as f64;
            }
            s
        }
        whiles "`while`, with conditions on active values too" |x, y| {
            let mut s = x;
            while s < 3.0 {
                s += s * y;
            }
            s
        }
        loops "`loop` with `break value`; `break`, `continue`, labels" |x, y| {
            let mut s = x;
            let mut k = 0;
            let end = 'outer: loop {
                for i in 0..4 {
                    k += 1;
                    if i == 2 {
                        continue 'outer;
                    }
                    s = s * y + x;
                    if k > 9 {
                        break 'outer s * s;
                    }
                }
            };
            end + s
        }
        returns "early `return`, anywhere" |x, y| {
            for i in 0..10 {
                if x * i as f64 > 1.0 {
                    return x * y * i as f64;
                }
            }
            y
        }
        matches "`match` on inactive values, with guards and bindings" |x, y| {
            let k = (3.0 * x) as i32;
            match k {
                0 => x,
                n if n > 5 => y,
                1 | 2 => x * x * y,
                n => y * n as f64,
            }
        }
        options "`if let` and `let else` on inactive options" |x, y| {
            let weights = [2.0, 3.0];
            let index: Option<usize> = Some(1);
            let Some(i) = index else { return x };
            if let Some(j) = index { weights[i] * x * y + weights[j] } else { y }
        }
        active_options "options of active values: `Some(v)`, `None`, `then`, `map`, `unwrap_or`, `take`, `if let`, `match`" |x, y| {
            let mut best = None;
            for i in 0..4 {
                let v = (x + i as f64 * y).sin();
                best = match best {
                    None => Some(v),
                    Some(b) if v > b => Some(v),
                    other => other,
                };
            }
            let root = (x > 0.0).then(|| x.sqrt()).map(|r| r * y);
            if let Some(b) = best.take() { b * root.unwrap_or(y) } else { x }
        }
        chains_of_conditions "`if let .. && ..`, `while let .. && ..`, `matches!`" |x, y| {
            let weights = [2.0, 3.0, 0.5];
            let mut k = 0;
            let mut s = x;
            while let Some(w) = weights.get(k)
                && *w > 1.0
            {
                s += w * y;
                k += 1;
            }
            if let Some(w) = weights.last() && matches!(k, 1..=2) { s * s * w } else { s }
        }
        elements_by_pattern "`[a, b]`, `[first, rest @ ..]`, in `match`, `if let` and `let else`" |x, y| {
            let v = vec![x, y, x * y];
            let [first, rest @ ..] = &v[..] else { return x };
            match rest {
                [] => *first,
                [a] => a * first,
                [a, b, ..] => a * b + first,
            }
        }
        borrowed_numbers "`let r = &mut s;` of a number" |x, y| {
            let mut s = x;
            for k in 0..3 {
                let r = &mut s;
                *r *= y + k as f64;
            }
            s
        }
        assertions "`assert!` and its kind, `println!`; `panic!` in a branch" |x, y| {
            assert!(x > 0.0, "x is {x}");
            debug_assert!(y.is_finite());
            if y < 0.0 {
                panic!("y is {y}");
            }
            x.ln() * y
        }
    }
    "Arrays, slices and vectors" {
        arrays "`[a, b]`, `[x; N]`, nested; indexing; `len()`" |x, y| {
            let m = [[x, y], [y * y, 1.0]];
            let mut s = [0.0; 2];
            for i in 0..m.len() {
                for j in 0..2 {
                    s[i] += m[i][j] * m[j][i];
                }
            }
            s[0] * s[1]
        }
        vectors "`vec![x; n]`, `vec![a, b]`" |x, y| {
            let v = vec![x, y, x * y];
            let mut w = vec![0.0; v.len()];
            for i in 0..v.len() {
                w[i] = v[i] * v[(i + 1) % v.len()];
            }
            w[0] + w[1] * w[2]
        }
        in_place "arrays updated in place, state read and overwritten" |x, y| {
            let mut a = [x, y, 0.5];
            for _ in 0..3 {
                a[0] = a[1] * a[2];
                a[1] += a[0] * x;
                a[2] -= 0.1 * a[1];
            }
            a[0] + a[1] * a[2]
        }
        rows "rows by reference, copies by `clone()`, `to_vec()` and assignment" |x, y| {
            let m = [[x, y], [y, x * x]];
            let row = &m[1];
            let mut copy = m[0].clone();
            copy[0] *= row[1];
            let all = copy.to_vec();
            all[0] + all[1] * row[0]
        }
    }
    "Memory" {
        parts "parts of slices, `&x[a..b]`, `&mut y[a..]`, `split_at`, `split_at_mut`, `first`, `last`: bound, iterated over, passed on" |x, y| {
            let mut v = [x, y, x * y, x + y];
            let (left, right) = v.split_at_mut(2);
            left[0] *= right[1];
            right[0] += left[1].sin();
            let tail = &mut v[1..];
            for a in tail.iter_mut() {
                *a *= y;
            }
            dot(&v[..2], &v[2..]) * *v.first().unwrap() + v.last().unwrap() * x
        }
        exchanges "`swap`, `std::mem::swap`, `std::mem::replace`, `reverse`, `fill`, `copy_from_slice`, `clone_from_slice`" |x, y| {
            let (mut now, mut next) = (vec![x, y, 1.0], vec![0.0; 3]);
            for _ in 0..3 {
                for i in 0..3 {
                    next[i] = now[i] * now[(i + 1) % 3];
                }
                std::mem::swap(&mut now, &mut next);
                now.swap(0, 2);
                now.reverse();
            }
            let mut w = [0.0; 4];
            w[1..].copy_from_slice(&now);
            w[..2].fill(x);
            let old = std::mem::replace(&mut w[3], y);
            old + dot(&w, &w)
        }
        growing "`Vec::new`, `push`, `pop`, `extend`, `truncate`, `resize`, `clear`, in loops and branches" |x, y| {
            let mut v = Vec::new();
            for i in 0..5 {
                v.push(x * i as f64);
                if i % 2 == 1 {
                    let last = v.pop().unwrap();
                    v.push(last * y.sin());
                }
            }
            v.truncate(4);
            v.extend([x, y].iter().map(|a| a * a));
            v.iter().map(|a| a * a).sum()
        }
        growing_rows "`push`, `extend` and `pop` of arrays, vectors, tuples and structs" |x, y| {
            let mut path = Vec::new();
            let (mut a, mut b) = (x, y);
            for _ in 0..3 {
                (a, b) = (a * b.cos(), b + 0.1 * a);
                path.push([a, b]);
            }
            let mut rows = vec![];
            for p in &path {
                rows.push(vec![p[0]; 2]);
            }
            let mut pairs: Vec<(f64, f64)> = Vec::new();
            pairs.extend(path.iter().map(|p| (p[0], rows[0][1] * p[1])));
            let mut springs: Vec<Spring> = Vec::new();
            for p in &pairs {
                springs.push(Spring { stiffness: p.1, ends: [y, p.0], turns: 1 });
            }
            springs.extend(path.iter().map(|p| Spring { stiffness: p[0], ends: [x, p[1]], turns: 2 }));
            let mut energy = springs.iter().zip(&path).map(|(s, p)| s.stretch() * p[1]).sum();
            while let Some((a, b)) = pairs.pop() {
                energy += a * b * energy;
            }
            energy
        }
        growing_parts "`push`, `pop`, `extend` and their like of rows of vectors and of fields of structs" |x, y| {
            let mut groups = vec![vec![]; 2];
            for i in 0..5 {
                groups[i % 2].push(x * i as f64);
            }
            for group in &mut groups {
                group.push(y);
            }
            let mut path = Path { points: vec![x, y], reach: 1.0 };
            let mut longer = path.clone();
            longer.points.extend(groups[1].iter().map(|v| v.sin()));
            path.points.insert(0, longer.points[2] * y);
            let last = longer.points.pop().unwrap();
            path.reach += last;
            path.reach * dot(&path.points, &longer.points) + dot(&groups[0], &groups[0])
        }
        mutable_rows "rows by `&mut`, `Vec<Vec<_>>`, rows exchanged" |x, y| {
            let mut m = vec![vec![x; 2]; 2];
            m[0][1] = y;
            for (i, row) in m.iter_mut().enumerate() {
                for v in row.iter_mut() {
                    *v *= *v + i as f64;
                }
            }
            let row = &mut m[1];
            row[0] += x;
            m.swap(0, 1);
            m[0][0] * m[1][1] + dot(&m[0], &m[1])
        }
        rows_of_rows "arrays of arrays and `vec![row; n]`, whole rows and whole matrices assigned" |x, y| {
            let a = [x, y];
            let mut m = vec![a.to_vec(); 3];
            let mut s = 0.0;
            for k in 0..2 {
                let next = vec![vec![s + x; 2]; 3];
                m[2] = vec![y * s; 2];
                s += m[k][0] * m[2][1] + m[1][1];
                m = next;
            }
            let pair = [a, [s, x]];
            s * m[0][0] + pair[1][0] * pair[0][1]
        }
        reordered "`rotate_left`, `copy_within`, `insert`, `remove`, `sort_by`" |x, y| {
            let mut v = vec![x, y, x * y];
            v.rotate_left(1);
            v.insert(1, x.sin());
            v.sort_by(|a, b| a.total_cmp(b));
            let least = v.remove(0);
            v.copy_within(1.., 0);
            v[0] * v[1] + least * v[2]
        }
        chosen "arrays, vectors and structs that a branch chooses, also by reference" |x, y| {
            let (a, b) = (vec![x, y], [x * y, 1.0]);
            let v = if x > y { a.clone() } else { b.to_vec() };
            let row = if x < y { &a[..] } else { &b[..] };
            dot(&v, row) + v[0]
        }
        moves "moves of arrays and vectors, `v = w`" |x, y| {
            let mut v = vec![x, y];
            for _ in 0..3 {
                let mut w = v.clone();
                w[0] += v[1].sin();
                v = w;
            }
            let w = v;
            w[0] * w[1]
        }
    }
    "Structs" {
        literals "literals, update syntax, fields that are changed, and patterns that take apart" |x, y| {
            let mut s = Spring { stiffness: x, ends: [0.0, y], turns: 2 };
            for _ in 0..3 {
                s.stiffness += s.ends[1] * x;
                s.ends[0] -= 0.1 * s.stiffness;
                s.turns += 1;
            }
            let t = Spring { stiffness: s.stiffness * y, ..s };
            let Spring { stiffness, ends, turns } = t;
            stiffness * ends[0] * turns as f64
        }
        constructed "structs of functions without derivatives, changed; parts that are copied to others" |x, y| {
            let mut s = Spring::new(2);
            s.ends[1] *= x;
            s.stiffness = SCALE;
            let mut before = Spring { stiffness: y, ..Spring::new(3) };
            before.ends = s.ends;
            s.ends[0] += before.stiffness * x;
            energy(&before) * energy(&s)
        }
        choices "`match` on an enum in a field: without floats, by `#[derive(Constant)]`" |x, y| {
            let near = Contact { stiffness: y, law: Law::Power(3) };
            let far = Contact { stiffness: x * y, law: Law::Linear };
            let mut total = 0.0;
            for contact in [near, far] {
                total += match contact.law {
                    Law::Linear => contact.stiffness * x,
                    Law::Power(n) => contact.stiffness * x.powi(n),
                };
            }
            total
        }
        struct_arguments "structs that are made, passed on" |x, y| {
            let spring = Spring { stiffness: x, ends: [y * y, x * y], turns: 2 };
            let e: f64 = energy(&spring);
            e * x
        }
    }
    "Iterators and closures" {
        chains "`iter`, `zip`, `map`, `enumerate`, `skip`, `take`, `rev`, `sum`, `product`" |x, y| {
            let v = [x, y, x * y];
            let s: f64 = v.iter().zip(v.iter().skip(1)).map(|(&a, &b)| a * b).sum();
            let p: f64 = v.iter().rev().take(2).enumerate().map(|(i, a)| a + i as f64).product();
            s * p
        }
        windows "`windows`, `chunks`, `chunks_exact`, `step_by`" |x, y| {
            let v = [x, y, x * y, 0.5];
            let a: f64 = v.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum();
            let b: f64 = v.chunks(2).map(|c| c[0] * c[1]).sum();
            let c: f64 = v.iter().step_by(2).sum();
            a * b + c
        }
        folds "`fold`, `filter` on any predicate, `for_each`" |x, y| {
            let v = [x, y, x * y];
            let largest = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut s = 0.0;
            v.iter().filter(|&&a| a > 0.3).for_each(|a| s += a * a);
            s * largest
        }
        folds_into_arrays "`fold` into arrays and vectors" |x, y| {
            let sums = [x, y, x * y].iter().fold(vec![x, y], |mut sums, v| {
                sums[0] += v * v;
                sums[1] *= sums[0];
                sums
            });
            let [a, b] = (0..3).fold([x, y], |[a, b], k| [b, a * b + k as f64]);
            sums[0] * sums[1] + a * b
        }
        collecting "`collect` into a `Vec`, `array.map`, `array::from_fn`" |x, y| {
            let squares: Vec<f64> = [x, y].iter().map(|a| a * a).collect();
            let [a, b] = [x, y].map(|v| 4.0 * v - 2.0);
            let powers: [f64; 3] = std::array::from_fn(|i| x.powi(i as i32));
            squares[0] * squares[1] + a * b + powers[2]
        }
        collected_rows "`collect` into `Vec<Vec<_>>`, and into vectors of arrays, tuples and structs; arrays of tuples" |x, y| {
            let rows: Vec<Vec<f64>> = (1..4).map(|i| (0..i).map(|j| x.powi(j) * y).collect()).collect();
            let pairs: Vec<(f64, f64)> = rows.iter().map(|row| (row[0], row.len() as f64 * y)).collect();
            let springs: Vec<Spring> =
                pairs.iter().map(|p| Spring { stiffness: p.0, ends: [x, p.1], turns: 1 }).collect();
            let mut s: f64 = springs.iter().map(|s| s.stretch() * s.stiffness).sum();
            for (a, b) in &pairs {
                s += a * b;
            }
            for (node, weight) in [(x, 0.5), (y, 1.5)] {
                s += weight * node.sin();
            }
            s
        }
        over_iterators "`for` over iterators, `iter_mut` among them" |x, y| {
            let mut v = vec![x, y];
            for (i, a) in v.iter_mut().enumerate() {
                *a *= *a + i as f64;
            }
            let mut s = 0.0;
            for a in &v {
                s += a * x;
            }
            s
        }
        in_order "`scan`, `take_while`, `skip_while`, `map_while`, `filter_map`, and positions behind them" |x, y| {
            let v = [x, y, x * y, -0.5];
            let a: f64 = v.iter().scan(0.0, |s, a| { *s += a; Some(*s * a) }).sum();
            let b: f64 = v.iter().filter_map(|a| if *a > 0.0 { Some(a.ln()) } else { None }).sum();
            let c: f64 = (1..9).map(|k| x.powi(k)).take_while(|a| *a > 0.1).sum();
            let d: f64 = v.iter().filter(|a| **a > 0.3).enumerate().map(|(i, a)| a * i as f64).sum();
            a * b + c * d
        }
        several_in_one "`chain`, `flat_map`, `flatten`, `cycle`, `iter::once`, `iter::repeat`" |x, y| {
            let v = [x, y, x * y];
            let a: f64 = v.iter().chain(&[x]).map(|a| a * a).sum();
            let b: f64 = (0..3).flat_map(|i| v[..i].iter().map(move |a| a * v[i])).sum();
            let c: f64 = std::iter::once(y).chain(v.iter().cycle().take(5).copied()).product();
            a * b + c
        }
        unzipping "`unzip` into two `Vec`s; `inspect`" |x, y| {
            let v = [x, y, x * y];
            let (s, c): (Vec<f64>, Vec<f64>) = v.iter().inspect(|a| assert!(a.is_finite())).map(|a| a.sin_cos()).unzip();
            s[0] * c[1] + s[2]
        }
        ends "`reduce`, `max_by`, `min_by`, `last`, `nth`, `find`, `find_map`, with what takes the value out" |x, y| {
            let v = [x, y, x * y];
            let high = v.iter().copied().reduce(f64::max).unwrap();
            let at = v.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(i, _)| i);
            let found = v.iter().find(|a| **a < 0.5).copied().unwrap_or(1.0);
            high * v[at] + found * v.iter().last().unwrap()
        }
        taking "iterators in variables: `next`, `nth`, `peekable`, `while let`" |x, y| {
            let v = [x, y, x * y];
            let mut it = v.iter().peekable();
            let mut s = *it.next().unwrap();
            while let Some(a) = it.next() {
                s = s * s + a;
                if let Some(b) = it.peek() {
                    s *= **b;
                }
            }
            s
        }
        closures "local closures, bound by `let` and called, `move` or not; functions in variables, `let f = f64::sin;`" |x, y| {
            let weight = |t: f64| 1.0 + (t - 1.0) / 4.0;
            let f = f64::sin;
            weight(x) * f(weight(y * x))
        }
        changing_closures "closures that change what they capture" |x, y| {
            let mut sum = 0.0;
            let mut add = |v: f64| sum += v * v;
            for i in 1..4 {
                add(x * i as f64);
            }
            add(y);
            sum
        }
    }
    "Calls" {
        calls "differentiated functions, in any module or crate, nested or not" |x, y| {
            let a: f64 = square(x * y);
            let b: f64 = square(a);
            b + a
        }
        slices "arrays and slices by reference; one argument twice" |x, y| {
            let v = [x, y];
            dot(&v, &v) * x
        }
        several "several results" |x, y| {
            let (a, b): (f64, f64) = polar(x, y);
            a * b
        }
        results "functions that return arrays, vectors, structs and tuples of them; in loops and branches, nested" |x, y| {
            let mut h = vec![x, y, x * y];
            for _ in 0..2 {
                h = layer(y, &h);
            }
            let (q, angle) = turned(&[x, h[0]]);
            dot(&layer(x, &h), &h) * q[0] + angle
        }
        written "functions that write behind `&mut`: to variables, elements, rows, parts of slices, numbers" |x, y| {
            let mut v = vec![x, y, 0.5];
            normalise(&mut v);
            normalise(&mut v[1..]);
            let (left, right) = v.split_at_mut(1);
            normalise(left);
            normalise(&mut right[..1]);
            let mut root = 1.5;
            for _ in 0..2 {
                newton(&mut root, x + 2.0);
            }
            root * v[1] + v[2] * x
        }
        methods_of_blocks "methods of differentiated `impl` blocks, of parameters, variables, fields and elements" |x, y| {
            let springs = [
                Spring { stiffness: x, ends: [y * y, x * y], turns: 2 },
                Spring { stiffness: y, ends: [x, x + y], turns: 1 },
            ];
            let mut loads = vec![x, y];
            for spring in &springs {
                loads = spring.loads(&loads);
            }
            let mut last = Spring { stiffness: x * y, ends: [0.1, y], turns: 1 };
            last.soften(loads[0]);
            loads[1] * last.stretch() + last.stiffness + springs.iter().map(|s| s.stretch()).sum::<f64>()
        }
        constant_calls "any call that involves constants only, as often as it is written" |x, y| {
            let n: usize = std::cmp::max(2, "three".len());
            x * n as f64 + y * y
        }
    }
}

mod structs {
    use autodiff_runtime::check::Check;

    use super::helpers::{Spring, energy};

    /// Structs cannot be made of two numbers in a row of the table.
    #[test]
    fn fields_are_read() {
        let spring = |p: &[f64; 3]| Spring { stiffness: p[0], ends: [p[1], p[2]], turns: 3 };
        let flat = |s: &Spring| [s.stiffness, s.ends[0], s.ends[1]];
        Check::new("energy", &[2.0, 0.5, 1.25], |p| energy(&spring(p)))
            .value_and_grad(|p| {
                let (y, gradient) = energy::value_and_grad(&spring(p));
                (y, flat(&gradient))
            })
            .run()
            .assert();
    }
}

/// What differences cannot tell, and the row of `stop_gradient` not either.
mod stopped {
    use autodiff_runtime::{differentiate, stop_gradient};

    #[differentiate(order = 2)]
    fn square(x: f64) -> f64 {
        x * stop_gradient(x)
    }

    #[test]
    fn its_derivative_is_zero() {
        assert_eq!(square::value_and_grad(3.0), (9.0, 3.0));
        assert_eq!(square::jvp(3.0, 2.0), (9.0, 6.0));
        assert_eq!(square::hvp(3.0, 2.0), 0.0);
    }
}
