//! Calls: arguments that overlap, results that are dropped, callees that see the state of their time.

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::differentiate;
        use autodiff_tests::closed_form;

        #[differentiate]
        fn dot(x: &[$float], y: &[$float]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                s += x[i] * y[i];
            }
            s
        }

        #[differentiate]
        fn squared_norm(x: &[$float]) -> $float {
            dot(x, x)
        }

        #[differentiate]
        fn referenced_again(x: [$float; 3]) -> $float {
            dot(&x, &x)
        }

        #[test]
        fn a_dot_product_with_itself() {
            closed_form!(squared_norm(&x) at [vec![], vec![1.5, -2.0, 0.0]] is x.iter().map(|x| 2.0 * x).collect());
            closed_form!(referenced_again(x) at [[1.5, -2.0, 0.0]] is x.map(|x| 2.0 * x));
        }

        #[differentiate]
        fn gram(x: &[[$float; 2]]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                for j in 0..x.len() {
                    s += dot(&x[i], &x[j]) * (i + 1) as $float;
                }
            }
            s
        }

        #[test]
        fn rows_that_meet() {
            closed_form!(gram(&x) at [vec![], vec![[1.5, -2.0]], vec![[1.5, -2.0], [0.5, 3.0]]] is {
                let mut gradient = vec![[0.0; 2]; x.len()];
                for i in 0..x.len() {
                    for j in 0..x.len() {
                        for k in 0..2 {
                            gradient[i][k] += (i + j + 2) as $float * x[j][k];
                        }
                    }
                }
                gradient
            });
        }

        #[differentiate]
        fn product(x: $float, y: $float) -> $float {
            x * y * y
        }

        #[differentiate]
        fn cube(x: $float) -> $float {
            product(x, x)
        }

        #[differentiate]
        fn elements(x: &[$float], i: usize, j: usize) -> $float {
            let inner: $float = product(x[0], x[i]);
            product(x[i], x[j]) + product(inner, 2.0)
        }

        #[test]
        fn one_scalar_for_two_parameters() {
            closed_form!(cube(x) at [1.5, -0.5] is 3.0 * x * x);
            for (i, j) in [(0, 0), (1, 0), (1, 1)] {
                closed_form!(elements(&x, [i], [j]) at [vec![1.5, -2.0]] is {
                    let mut gradient = vec![0.0; 2];
                    gradient[i] += x[j] * x[j];
                    gradient[j] += 2.0 * x[i] * x[j];
                    gradient[0] += 4.0 * x[i] * x[i];
                    gradient[i] += 8.0 * x[0] * x[i];
                    gradient
                });
            }
        }

        #[differentiate]
        fn overwritten_argument(x: $float) -> $float {
            let mut s = x;
            s = product(s, s);
            s = product(2.0, s);
            let t = product(s, x);
            s = 0.0;
            t + s
        }

        /// `2 x⁶ x²`.
        #[test]
        fn the_result_overwrites_the_argument() {
            closed_form!(overwritten_argument(x) at [1.5, -0.5] is 16.0 * x.powi(7));
        }

        #[differentiate]
        fn array_changes(x: &[$float]) -> $float {
            let mut a = [x[0], x[1]];
            let before = a;
            let first: $float = dot(&before, &before);
            a[0] = first;
            let between = a;
            let second: $float = dot(&between, x);
            a = [0.0; 2];
            second + dot(&a, &a)
        }

        /// `(x0² + x1²) x0 + x1²`.
        #[test]
        fn an_array_changes_between_calls() {
            closed_form!(array_changes(&x) at [vec![1.5, -2.0]] is
                vec![3.0 * x[0] * x[0] + x[1] * x[1], 2.0 * x[0] * x[1] + 2.0 * x[1]]);
        }

        #[differentiate]
        fn recurrence(x: $float, n: usize) -> $float {
            let mut s = x;
            for _ in 0..n {
                s = product(x, s);
            }
            s
        }

        /// `x^(2^(n+1) − 1)`.
        #[test]
        fn a_call_in_a_recurrence() {
            for (n, power) in [1, 3, 7, 15].into_iter().enumerate() {
                closed_form!(recurrence(x, [n]) at [1.25, -0.5] is power as $float * x.powi(power - 1));
            }
        }

        #[differentiate]
        fn in_a_branch(x: $float) -> $float {
            let y = if x > 0.0 { product(x, 2.0) } else { product(3.0, x) };
            let z: $float = product(x, y);
            if z > 1.0 { y * x } else { y }
        }

        #[test]
        fn calls_in_branches_and_conditions() {
            closed_form!(in_a_branch(x) at [1.5, 0.25, -2.0] is
                if x > 0.25 { 8.0 * x } else if x > 0.0 { 4.0 } else { 6.0 * x });
        }

        #[differentiate]
        fn unused_result(x: $float) -> $float {
            let _unused: $float = product(x, x);
            let _: $float = product(x, 5.0);
            x * x
        }

        #[test]
        fn a_result_that_nobody_reads() {
            closed_form!(unused_result(x) at [1.5, -0.5] is 2.0 * x);
        }

        #[differentiate]
        fn parts(x: $float, y: $float) -> ($float, $float) {
            (x * y, x / y)
        }

        #[differentiate]
        fn recombined(x: $float, y: $float) -> $float {
            let (p, q): ($float, $float) = parts(x, y);
            let (q, p): ($float, $float) = parts(q, p);
            p * q * q
        }

        /// With `p = xy`, `q = x/y`: `(q/p) (qp)² = q³ p = x⁴ / y²`.
        #[test]
        fn tuples_come_back_in_order() {
            closed_form!(recombined(x, y) at [(1.5, 2.0), (-0.5, 0.8)] is
                (4.0 * x.powi(3) / (y * y), -2.0 * x.powi(4) / y.powi(3)));
        }

        /// A part of a list is passed on, and what it was is overwritten: all in a row, in no loop and no branch.
        #[differentiate]
        fn overwritten_part(x: &[$float]) -> $float {
            let mut y = x.to_vec();
            let inner = dot(&y[1..], &y[..2]);
            y[1] = 5.0;
            inner * y[0]
        }

        /// `(x1 x0 + x2 x1) x0`.
        #[test]
        fn a_part_that_is_overwritten() {
            closed_form!(overwritten_part(&x) at [vec![1.5, -2.0, 0.5]] is
                vec![2.0 * x[0] * x[1] + x[2] * x[1], x[0] * x[0] + x[2] * x[0], x[1] * x[0]]);
        }

        #[differentiate]
        fn factorial_like(x: $float, n: u32) -> $float {
            if n == 0 { 1.0 } else { (x + n as $float) * factorial_like(x, n - 1) }
        }

        #[test]
        fn recursion() {
            for n in 0..4 {
                closed_form!(factorial_like(x, [n]) at [0.5, -4.5] is {
                    let product: $float = (1..=n).map(|k| x + k as $float).product();
                    (1..=n).map(|k| product / (x + k as $float)).sum::<$float>()
                });
            }
        }
    };
}

super::in_both_precisions!(tests);
