//! Branches: which one ran, and what it saw.

#![expect(clippy::assign_op_pattern, reason = "the long way round is the subject")]

macro_rules! tests {
    ($float:ident) => {
        use autodiff_runtime::differentiate;
        use autodiff_tests::closed_form;

        #[differentiate]
        fn both(x: $float) -> $float {
            if x > 0.0 { x * x } else { -3.0 * x }
        }

        #[test]
        fn both_branches() {
            closed_form!(both(x) at [1.5, -0.5] is if x > 0.0 { 2.0 * x } else { -3.0 });
        }

        #[differentiate]
        fn one_sided(x: $float, y: $float) -> $float {
            let mut s = y;
            if x > 0.0 {
                s = x * s;
            }
            s * s
        }

        #[test]
        fn an_assignment_in_one_branch() {
            closed_form!(one_sided(x, y) at [(1.5, 2.0), (-1.5, 2.0)] is
                if x > 0.0 { (2.0 * x * y * y, 2.0 * x * x * y) } else { (0.0, 2.0 * y) });
        }

        #[differentiate]
        fn chain(x: $float) -> $float {
            if x < -1.0 {
                x * x
            } else if x < 1.0 {
                x.sin()
            } else if x == 2.0 {
                5.0 * x
            } else {
                x.exp()
            }
        }

        #[test]
        fn else_if() {
            closed_form!(kink chain(x) at [-1.5, 0.5, 2.0, 1.5] is
                if x < -1.0 { 2.0 * x } else if x < 1.0 { x.cos() } else if x == 2.0 { 5.0 } else { x.exp() });
        }

        #[differentiate]
        fn operand_of_the_condition_overwritten(x: $float) -> $float {
            let mut s = x;
            if s > 1.0 {
                s = s * 0.5;
            } else {
                s = s * s;
            }
            if s > 1.0 {
                s = s * s;
            } else {
                s = s * 0.5;
            }
            s
        }

        /// Evaluated again after the branch, the first condition would answer otherwise.
        #[test]
        fn a_condition_is_asked_once() {
            closed_form!(operand_of_the_condition_overwritten(x) at [1.5, 3.0, 0.5, -2.0] is
                if x > 1.0 {
                    if x * 0.5 > 1.0 { 0.5 * x } else { 0.25 }
                } else if x * x > 1.0 {
                    4.0 * x * x * x
                } else {
                    x
                });
        }

        #[differentiate]
        fn condition_overwritten(x: $float, flag: bool) -> $float {
            let mut c = flag;
            let y = if c { x * x } else { 7.0 * x };
            c = !c;
            let z = if c { x } else { x * x };
            y * z
        }

        #[test]
        fn a_condition_variable_is_overwritten() {
            closed_form!(condition_overwritten(x, [true]) at [1.5, -0.5] is 4.0 * x * x * x);
            closed_form!(condition_overwritten(x, [false]) at [1.5, -0.5] is 14.0 * x);
        }

        #[differentiate]
        fn guarded(x: &[$float], i: usize) -> $float {
            let mut s = 1.0;
            if i > 0 && x[i - 1] > 0.0 {
                s *= x[i - 1];
            }
            if i >= x.len() || x[i] < 0.0 {
                s *= 3.0;
            } else {
                s *= x[i];
            }
            s
        }

        /// The right operands of `&&` and `||` would panic.
        #[test]
        fn a_guard_protects_its_index() {
            closed_form!(guarded(&x, [0]) at [vec![2.0, 5.0]] is vec![1.0, 0.0]);
            closed_form!(guarded(&x, [1]) at [vec![2.0, 5.0]] is vec![x[1], x[0]]);
            closed_form!(guarded(&x, [2]) at [vec![2.0, 5.0]] is vec![0.0, 3.0]);
            closed_form!(guarded(&x, [0]) at [vec![]] is vec![]);
        }

        #[differentiate]
        fn only_if_present(x: &[$float]) -> $float {
            let first = if x.len() > 0 { x[0] * x[0] } else { 0.0 };
            let second = if x.len() > 1 { 1.0 / x[1] } else { 1.0 };
            first * second
        }

        #[test]
        fn the_branch_not_taken_is_not_evaluated() {
            closed_form!(only_if_present(&x) at [vec![]] is vec![]);
            closed_form!(only_if_present(&x) at [vec![3.0]] is vec![2.0 * x[0]]);
            closed_form!(only_if_present(&x) at [vec![3.0, 2.0]] is
                vec![2.0 * x[0] / x[1], -x[0] * x[0] / (x[1] * x[1])]);
        }

        #[differentiate]
        fn safe_root(x: $float) -> $float {
            if x > 0.0 { x.sqrt() } else { 0.0 }
        }

        /// Computing both branches and selecting would give `0 · ∞`.
        #[test]
        fn a_guarded_root() {
            closed_form!(safe_root(x) at [4.0, -1.0] is if x > 0.0 { 0.5 / x.sqrt() } else { 0.0 });
            closed_form!(kink safe_root(x) at [0.0] is 0.0);
        }

        #[differentiate]
        fn branch_in_loop(x: $float, n: usize) -> $float {
            let mut s = x;
            for i in 0..n {
                if i % 2 == 0 {
                    s = s * x;
                } else {
                    s += x;
                }
            }
            s
        }

        /// x, x², x² + x, x³ + x², x³ + x² + x.
        #[test]
        fn branches_alternate_in_a_loop() {
            closed_form!(branch_in_loop(x, [0]) at [1.5, -0.5] is 1.0);
            closed_form!(branch_in_loop(x, [1]) at [1.5, -0.5] is 2.0 * x);
            closed_form!(branch_in_loop(x, [2]) at [1.5, -0.5] is 2.0 * x + 1.0);
            closed_form!(branch_in_loop(x, [3]) at [1.5, -0.5] is 3.0 * x * x + 2.0 * x);
            closed_form!(branch_in_loop(x, [4]) at [1.5, -0.5] is 3.0 * x * x + 2.0 * x + 1.0);
        }

        #[differentiate]
        fn largest(x: &[$float]) -> $float {
            let mut m = x[0];
            for i in 1..x.len() {
                if x[i] > m {
                    m = x[i];
                }
            }
            m * m
        }

        #[differentiate]
        fn largest_by_index(x: &[$float]) -> $float {
            let mut k = 0;
            for i in 1..x.len() {
                if x[i] > x[k] {
                    k = i;
                }
            }
            x[k] * x[k]
        }

        #[test]
        fn the_largest_element() {
            let of_the_largest = |x: &[$float]| -> Vec<$float> {
                x.iter().map(|&v| if x.iter().all(|&other| other <= v) { 2.0 * v } else { 0.0 }).collect()
            };
            closed_form!(
                largest(&x) at [vec![1.0, 5.0, 3.0], vec![5.0, 1.0, 3.0], vec![1.0, 3.0, 5.0], vec![2.0]]
                    is of_the_largest(&x)
            );
            closed_form!(
                largest_by_index(&x) at [vec![1.0, 5.0, 3.0], vec![5.0, 1.0, 3.0], vec![1.0, 3.0, 5.0], vec![2.0]]
                    is of_the_largest(&x)
            );
        }

        #[differentiate]
        fn branches_of_tuples(x: $float, y: $float) -> $float {
            let (low, high) = if x < y { (x, y) } else { (y, x) };
            high / low
        }

        #[test]
        fn branches_with_several_values() {
            closed_form!(branches_of_tuples(x, y) at [(1.5, 2.0), (2.0, 1.5)] is
                if x < y { (-y / (x * x), 1.0 / x) } else { (1.0 / y, -x / (y * y)) });
        }

        #[differentiate]
        fn constant_in_a_branch(x: $float, y: $float) -> $float {
            let mut t = x * y;
            if x > 2.0 {
                t = 2.0;
            }
            t * x
        }

        #[test]
        fn a_branch_that_cuts_the_dependence() {
            closed_form!(constant_in_a_branch(x, y) at [(1.5, 3.0), (2.5, 3.0)] is
                if x > 2.0 { (2.0, 0.0) } else { (2.0 * x * y, x * x) });
        }
    };
}

super::in_both_precisions!(tests);
