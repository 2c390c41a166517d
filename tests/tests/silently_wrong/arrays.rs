//! Arrays: elements that are read, written, read again, and the same one under two indices.

#![expect(clippy::assign_op_pattern, clippy::manual_swap, reason = "the long way round is the subject")]

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::differentiate;
        use autodiff_tests::closed_form;

        #[differentiate]
        fn read_and_written(x: $float, y: $float) -> $float {
            let mut a = [x, y];
            a[0] = a[0] * a[1];
            a[1] = a[0] + a[1] * a[1];
            a[0] * a[1]
        }

        /// `xy (xy + y²) = x²y² + xy³`.
        #[test]
        fn the_same_element_read_and_written() {
            closed_form!(read_and_written(x, y) at [(1.5, -2.0)] is
                (2.0 * x * y * y + y.powi(3), 2.0 * x * x * y + 3.0 * x * y * y));
        }

        #[differentiate]
        fn compound(x: $float, y: $float) -> $float {
            let mut a = [x, y, 1.0];
            a[0] += a[0];
            a[1] *= a[1];
            a[2] -= x * a[2];
            a[1] /= a[2];
            a[0] *= a[1];
            a[0]
        }

        /// `2x y² / (1 − x)`.
        #[test]
        fn compound_assignment_of_elements() {
            closed_form!(compound(x, y) at [(0.5, -2.0), (-3.0, 1.0)] is
                (2.0 * y * y / ((1.0 - x) * (1.0 - x)), 4.0 * x * y / (1.0 - x)));
        }

        #[differentiate]
        fn chain(x: &[$float]) -> $float {
            let mut a = vec![1.0; x.len() + 1];
            for i in 0..x.len() {
                a[i + 1] = a[i] * x[i];
            }
            for i in 0..x.len() {
                a[i] = a[i] * a[i];
            }
            let mut s = 0.0;
            for i in 0..a.len() {
                s += a[i];
            }
            s
        }

        /// `1 + x0² + x0 x1`.
        #[test]
        fn an_array_that_is_filled_and_then_overwritten() {
            closed_form!(chain(&x) at [vec![]] is vec![]);
            closed_form!(chain(&x) at [vec![1.5, -2.0]] is vec![2.0 * x[0] + x[1], x[0]]);
        }

        #[differentiate]
        fn prefix_sums(mut x: [$float; 4]) -> $float {
            for i in 1..x.len() {
                x[i] += x[i - 1];
            }
            x[0] * x[1] + x[2] * x[3]
        }

        #[test]
        fn prefix_sums_in_place() {
            closed_form!(prefix_sums(x) at [[1.0, 2.0, -3.0, 0.5]] is {
                let (a, b) = (x[0], x[0] + x[1]);
                let c = b + x[2];
                let d = c + x[3];
                [a + b + c + d, a + c + d, c + d, c]
            });
        }

        #[differentiate]
        fn swapped(x: [$float; 2]) -> $float {
            let mut a = x;
            let t = a[0];
            a[0] = a[1];
            a[1] = t;
            (a[0], a[1]) = (a[1], a[0] * a[0]);
            a[0] / a[1]
        }

        /// `x0 / x1²`.
        #[test]
        fn elements_are_swapped() {
            closed_form!(swapped(x) at [[1.5, -2.0]] is [1.0 / (x[1] * x[1]), -2.0 * x[0] / x[1].powi(3)]);
        }

        #[differentiate]
        fn copied(x: [$float; 2]) -> $float {
            let mut a = x;
            let b = a;
            a[0] = a[0] * a[1];
            let mut c = a;
            c[1] = 3.0 * c[0];
            a = b;
            a[0] * c[1] + b[1]
        }

        /// `x0 · 3 x0 x1 + x1`.
        #[test]
        fn arrays_are_copied_not_shared() {
            closed_form!(copied(x) at [[1.5, -2.0]] is [6.0 * x[0] * x[1], 3.0 * x[0] * x[0] + 1.0]);
        }

        #[differentiate]
        fn repeated_index(x: &[$float], i: usize, j: usize) -> $float {
            x[i] * x[j] + x[i] / x[x.len() - 1 - j]
        }

        #[test]
        fn indices_that_meet() {
            for (i, j) in [(0, 0), (0, 1), (1, 1), (2, 0)] {
                closed_form!(repeated_index(&x, [i], [j]) at [vec![1.5, -2.0, 4.0]] is {
                    let mut gradient = vec![0.0; 3];
                    let k = 2 - j;
                    gradient[i] += x[j] + 1.0 / x[k];
                    gradient[j] += x[i];
                    gradient[k] -= x[i] / (x[k] * x[k]);
                    gradient
                });
            }
        }

        #[differentiate]
        fn computed_index(x: &[$float]) -> $float {
            let mut s = 0.0;
            for i in 0..x.len() {
                let j = (i * 7 + 3) % x.len();
                let k = if i > 1 { i - 2 } else { 0 };
                s += x[j] * x[k] * (i + 1) as $float;
            }
            s
        }

        #[test]
        fn indices_that_are_computed() {
            closed_form!(computed_index(&x) at [vec![1.5, -2.0, 4.0, 0.5], vec![2.0]] is {
                let n = x.len();
                let mut gradient = vec![0.0; n];
                for i in 0..n {
                    let (j, k) = ((i * 7 + 3) % n, i.saturating_sub(2));
                    gradient[j] += x[k] * (i + 1) as $float;
                    gradient[k] += x[j] * (i + 1) as $float;
                }
                gradient
            });
        }

        #[differentiate]
        fn index_overwritten(x: &[$float]) -> $float {
            let mut k = 0;
            let a = x[k] * x[k];
            k = 1;
            let mut buffer = [0.0; 3];
            buffer[k] = a * x[k];
            k += 1;
            buffer[k] = buffer[k - 1] * x[k];
            k = 0;
            buffer[k] = 1.0;
            buffer[0] + buffer[1] * buffer[2]
        }

        /// `1 + x0⁴ x1² x2`.
        #[test]
        fn an_index_that_changed_since() {
            closed_form!(index_overwritten(&x) at [vec![1.5, -2.0, 0.5]] is vec![
                4.0 * x[0].powi(3) * x[1] * x[1] * x[2],
                2.0 * x[0].powi(4) * x[1] * x[2],
                x[0].powi(4) * x[1] * x[1]
            ]);
        }

        #[differentiate]
        fn scratch(x: &[[$float; 2]]) -> $float {
            let mut s = 0.0;
            let mut t = [0.0; 2];
            for i in 0..x.len() {
                for j in 0..2 {
                    t[j] = x[i][j] * x[i][j];
                }
                t[0] *= t[1];
                s += t[0] * (i + 1) as $float;
            }
            s + t[1]
        }

        #[test]
        fn a_scratch_array_is_used_again_in_every_iteration() {
            closed_form!(scratch(&x) at [vec![]] is vec![]);
            closed_form!(scratch(&x) at [vec![[1.5, -2.0], [0.5, 3.0]]] is {
                let mut gradient: Vec<[$float; 2]> = (1..)
                    .zip(&x)
                    .map(|(n, [a, b])| [2.0 * a * b * b * n as $float, 2.0 * a * a * b * n as $float])
                    .collect();
                gradient[1][1] += 2.0 * x[1][1];
                gradient
            });
        }

        #[differentiate]
        fn carried_array(x: [$float; 2], n: usize) -> $float {
            let mut a = x;
            for _ in 0..n {
                let mut b = [0.0; 2];
                b[0] = a[0] + a[1];
                b[1] = a[0] * a[1];
                a = b;
            }
            a[0] * a[1]
        }

        #[test]
        fn an_array_carried_through_a_loop() {
            for n in 0..4 {
                closed_form!(carried_array(x, [n]) at [[0.5, -1.5]] is {
                    // The rows: the values and their gradients.
                    let (mut a, mut da) = (x, [[1.0, 0.0], [0.0, 1.0]]);
                    for _ in 0..n {
                        da = [
                            [da[0][0] + da[1][0], da[0][1] + da[1][1]],
                            [a[0] * da[1][0] + a[1] * da[0][0], a[0] * da[1][1] + a[1] * da[0][1]],
                        ];
                        a = [a[0] + a[1], a[0] * a[1]];
                    }
                    [a[0] * da[1][0] + a[1] * da[0][0], a[0] * da[1][1] + a[1] * da[0][1]]
                });
            }
        }

        #[differentiate]
        fn in_a_branch(x: &[$float]) -> $float {
            let mut a = [1.0; 3];
            for i in 0..x.len() {
                if x[i] > 0.0 {
                    a[i % 3] = x[i];
                } else {
                    a[i % 3] *= x[i];
                }
            }
            a[0] * a[1] * a[2]
        }

        /// An element that is overwritten forgets what was there; one that is multiplied does not.
        #[test]
        fn elements_are_overwritten_in_branches() {
            closed_form!(in_a_branch(&x) at [vec![2.0, 3.0, -4.0, 5.0, -6.0]] is {
                // a = [x3, x1 x4, x2].
                vec![0.0, x[3] * x[4] * x[2], x[3] * x[1] * x[4], x[1] * x[4] * x[2], x[3] * x[1] * x[2]]
            });
        }

        #[differentiate]
        fn matrix(x: [[$float; 2]; 2]) -> $float {
            let mut a = x;
            let mut b = [[0.0; 2]; 2];
            for i in 0..2 {
                for j in 0..2 {
                    for k in 0..2 {
                        b[i][j] += a[i][k] * a[k][j];
                    }
                }
            }
            a[1] = b[0];
            a[0][0] * a[1][1] - a[0][1] * a[1][0]
        }

        /// With `x = [[p, q], [r, s]]`: `p (pq + qs) − q (p² + qr) = pqs − q²r`.
        #[test]
        fn rows_of_a_matrix_are_assigned() {
            closed_form!(matrix(x) at [[[1.5, -2.0], [0.5, 3.0]]] is {
                let [[p, q], [r, s]] = x;
                [[q * s, p * s - 2.0 * q * r], [-q * q, p * q]]
            });
        }

        #[differentiate]
        fn aliases(x: &[[$float; 2]]) -> $float {
            let first = &x[0];
            let mut s = 0.0;
            for i in 0..x.len() {
                let row = &x[i];
                s += first[0] * row[1] + row[0] * row[0];
            }
            s
        }

        #[test]
        fn rows_that_are_the_same_row() {
            closed_form!(aliases(&x) at [vec![[1.5, -2.0]], vec![[1.5, -2.0], [0.5, 3.0]]] is {
                let mut gradient: Vec<[$float; 2]> = x.iter().map(|row| [2.0 * row[0], x[0][0]]).collect();
                gradient[0][0] += x.iter().map(|row| row[1]).sum::<$float>();
                gradient
            });
        }

        #[differentiate]
        fn constant_table(x: $float, #[constant] table: &[$float], #[constant] mut offsets: [$float; 2]) -> $float {
            let mut s = 0.0;
            offsets[1] += offsets[0];
            for i in 0..table.len() {
                s += x * table[i] * offsets[1];
            }
            s * x
        }

        #[test]
        fn constant_tables() {
            closed_form!(constant_table(x, [&[1.0, 2.5]], [[2.0, 3.0]]) at [1.5, -0.5] is 35.0 * x);
        }

        #[differentiate]
        fn becomes_active(x: $float) -> $float {
            let mut a = [0.0; 4];
            for i in 0..3 {
                a[i] = (i + 1) as $float;
            }
            a[3] = x;
            let mut s = 0.0;
            for i in 0..4 {
                s += a[i] * a[3 - i];
            }
            a[3] = 1.0;
            s * a[3]
        }

        /// `2 (1·x + 2·3)`.
        #[test]
        fn an_array_that_is_active_in_one_element() {
            closed_form!(becomes_active(x) at [1.5, -0.5] is 2.0);
        }
    };
}

super::in_both_precisions!(tests);
