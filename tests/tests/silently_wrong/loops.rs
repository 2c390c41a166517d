//! Loops: how often, in which order, from which state.

#![expect(clippy::assign_op_pattern, reason = "the long way round is the subject")]

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::differentiate;
        use autodiff_tests::closed_form;

        #[differentiate]
        fn power(x: $float, n: usize) -> $float {
            let mut s = x;
            for _ in 0..n {
                s = s * x;
            }
            s
        }

        #[test]
        fn a_loop_that_runs_zero_times_or_more() {
            for n in 0..5 {
                closed_form!(power(x, [n]) at [1.5, -0.5] is (n + 1) as $float * x.powi(n as i32));
            }
        }

        #[differentiate]
        fn backwards_range(x: $float, from: i32, to: i32) -> $float {
            let mut s = x;
            for _ in from..to {
                s = s * x;
            }
            for _ in (from..=to).rev() {
                s = s * x;
            }
            s
        }

        #[test]
        fn a_range_from_the_larger_to_the_smaller_is_empty() {
            closed_form!(backwards_range(x, [3], [1]) at [1.5] is 1.0);
            closed_form!(backwards_range(x, [-1], [-1]) at [1.5] is 2.0 * x);
            closed_form!(backwards_range(x, [-2], [0]) at [1.5] is 6.0 * x.powi(5));
        }

        #[differentiate]
        fn sum(x: &[$float]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                s += x[i];
            }
            s
        }

        #[differentiate]
        fn product(x: &[$float]) -> $float {
            let mut p = 1.0;
            for i in 0..x.len() {
                p *= x[i];
            }
            p
        }

        #[test]
        fn the_empty_sum() {
            closed_form!(sum(&x) at [vec![], vec![2.0], vec![2.0, -3.0, 0.0]] is vec![1.0; x.len()]);
        }

        #[test]
        fn products_with_zeros() {
            closed_form!(product(&x) at [vec![]] is vec![]);
            closed_form!(product(&x) at [vec![2.0, 3.0, 4.0]] is vec![12.0, 8.0, 6.0]);
            closed_form!(product(&x) at [vec![2.0, 0.0, 4.0]] is vec![0.0, 8.0, 0.0]);
            closed_form!(product(&x) at [vec![0.0, 0.0, 4.0]] is vec![0.0, 0.0, 0.0]);
        }

        #[differentiate]
        fn running_quotient(x: &[$float]) -> $float {
            let mut q = 1.0;
            for i in 0..x.len() {
                q = x[i] / q;
            }
            q
        }

        /// `x2 x0 / x1`, with a zero that no adjoint may divide by.
        #[test]
        fn a_quotient_by_the_state() {
            closed_form!(running_quotient(&x) at [vec![2.0, 4.0, 3.0]] is
                vec![x[2] / x[1], -x[2] * x[0] / (x[1] * x[1]), x[0] / x[1]]);
            closed_form!(running_quotient(&x) at [vec![2.0, 4.0, 0.0]] is vec![0.0, 0.0, x[0] / x[1]]);
        }

        #[differentiate]
        fn recurrence(x: $float, n: usize) -> $float {
            let mut s = x;
            for _ in 0..n {
                s = s.sin();
            }
            s
        }

        #[test]
        fn a_recurrence_reads_the_state_of_its_iteration() {
            for n in 0..4 {
                closed_form!(recurrence(x, [n]) at [1.2, -0.7] is {
                    let (mut s, mut slope) = (x, 1.0);
                    for _ in 0..n {
                        slope *= s.cos();
                        s = s.sin();
                    }
                    slope
                });
            }
        }

        #[differentiate]
        fn horner(c: &[$float], x: $float) -> $float {
            let mut p = 0.0;
            for i in (0..c.len()).rev() {
                p = p * x + c[i];
            }
            p
        }

        #[test]
        fn a_reversed_range() {
            closed_form!(horner(&c, x) at [(vec![1.0, -2.0, 0.5, 3.0], 1.5), (vec![], 1.5), (vec![2.0], 0.0)] is {
                let powers: Vec<$float> = (0..c.len()).map(|i| x.powi(i as i32)).collect();
                let slope = (1..c.len()).map(|i| i as $float * c[i] * powers[i - 1]).sum();
                (powers, slope)
            });
        }

        #[differentiate]
        fn nested(x: $float, n: usize) -> $float {
            let mut s = 1.0;
            for i in (0..n).rev() {
                for j in i..=n {
                    s = s * x + (i * j) as $float;
                }
                for k in (1..=i).rev() {
                    s -= x * k as $float;
                }
            }
            s
        }

        /// Against the same recurrence of dual numbers.
        #[test]
        fn nested_loops_in_both_directions() {
            for n in 0..4 {
                closed_form!(nested(x, [n]) at [0.5, -0.8] is {
                    let (mut s, mut s_dot) = (1.0, 0.0);
                    for i in (0..n).rev() {
                        for j in i..=n {
                            s_dot = s_dot * x + s;
                            s = s * x + (i * j) as $float;
                        }
                        for k in (1..=i).rev() {
                            s_dot -= k as $float;
                            s -= x * k as $float;
                        }
                    }
                    s_dot
                });
            }
        }

        #[differentiate]
        fn triangle(x: &[$float]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                for j in 0..i {
                    s += x[i] * x[j];
                }
            }
            s
        }

        #[test]
        fn an_inner_bound_that_depends_on_the_outer_index() {
            closed_form!(triangle(&x) at [vec![1.0, 2.0, 4.0], vec![3.0], vec![]] is {
                let sum: $float = x.iter().sum();
                x.iter().map(|x| sum - x).collect()
            });
        }

        #[differentiate]
        fn bytes(x: $float) -> $float {
            let mut s = 0.0;
            for i in 250..=255_u8 {
                s += x * $float::from(i);
            }
            for i in (i8::MIN..=-126).rev() {
                s = s + x * x * i as $float;
            }
            s
        }

        /// An index that counts past the end would overflow.
        #[test]
        fn ranges_up_to_the_ends_of_their_type() {
            closed_form!(bytes(x) at [0.5, -2.0] is 1515.0 - 762.0 * x);
        }

        #[differentiate]
        fn bound_changes(x: $float) -> $float {
            let mut n = 3;
            let mut s = x;
            for i in 0..n {
                n = 10;
                s = s * x + i as $float;
            }
            for _ in n..12 {
                n += 1;
                s *= x;
            }
            s * n as $float
        }

        /// Bounds are evaluated once, before the loop: `12 x² (x⁴ + x + 2)`, the reverse sweep included.
        #[test]
        fn a_bound_that_changes_while_the_loop_runs() {
            closed_form!(bound_changes(x) at [0.5, -1.5] is 12.0 * (6.0 * x.powi(5) + 3.0 * x * x + 4.0 * x));
        }

        #[differentiate]
        fn carried_index(x: &[$float]) -> $float {
            let mut k = 0;
            let mut s = 1.0;
            for i in 0..x.len() {
                s *= x[k] + (k * i) as $float;
                k = (k + 3) % x.len();
            }
            let n = k;
            k = 0;
            s * x[k] + n as $float
        }

        #[test]
        fn an_integer_carried_by_the_loop_is_an_index() {
            // k = 0, 3, 1, 4, 2.
            closed_form!(carried_index(&x) at [vec![0.5, 2.0, -1.0, 3.0, -2.0]] is {
                let factors = [x[0], x[1] + 2.0, x[2] + 8.0, x[3] + 3.0, x[4] + 12.0];
                let product: $float = factors.iter().product();
                let mut gradient: Vec<$float> = factors.iter().map(|f| product / f * x[0]).collect();
                gradient[0] += product;
                gradient
            });
        }

        #[differentiate]
        fn softmax_loss(x: &[$float], #[constant] class: usize) -> $float {
            let mut largest = x[0];
            for i in 1..x.len() {
                largest = largest.max(x[i]);
            }
            let mut sum = 0.0;
            for i in 0..x.len() {
                sum += (x[i] - largest).exp();
            }
            sum.ln() + largest - x[class]
        }

        #[test]
        fn log_sum_exp_shifted_by_its_maximum() {
            for class in 0..3 {
                closed_form!(softmax_loss(&x, [class]) at [vec![0.5, -1.0, 0.25], vec![80.0, 79.0, -80.0]] is {
                    let largest = x.iter().copied().fold(x[0], $float::max);
                    let exps: Vec<$float> = x.iter().map(|x| (x - largest).exp()).collect();
                    let sum: $float = exps.iter().sum();
                    exps.iter().enumerate().map(|(i, e)| e / sum - if i == class { 1.0 } else { 0.0 }).collect()
                });
            }
        }

        #[differentiate]
        fn two_states(x: $float, n: usize) -> $float {
            let mut position = x;
            let mut velocity = 1.0;
            for _ in 0..n {
                let force = -position * x;
                velocity += 0.5 * force;
                position += 0.5 * velocity;
            }
            position * velocity
        }

        #[test]
        fn two_states_that_feed_each_other() {
            for n in 0..4 {
                closed_form!(two_states(x, [n]) at [0.5, 1.2] is {
                    let (mut p, mut p_dot, mut v, mut v_dot) = (x, 1.0, 1.0, 0.0);
                    for _ in 0..n {
                        v_dot -= 0.5 * (p_dot * x + p);
                        v -= 0.5 * p * x;
                        p_dot += 0.5 * v_dot;
                        p += 0.5 * v;
                    }
                    p_dot * v + p * v_dot
                });
            }
        }

        #[differentiate]
        fn last_wins(x: &[$float]) -> $float {
            let mut last = 1.0;
            for i in 0..x.len() {
                last = x[i] * x[i];
            }
            last
        }

        #[test]
        fn a_variable_overwritten_in_every_iteration() {
            closed_form!(last_wins(&x) at [vec![]] is vec![]);
            closed_form!(last_wins(&x) at [vec![2.0, 3.0]] is vec![0.0, 6.0]);
        }
    };
}

super::in_both_precisions!(tests);
