//! Programs on which a transform was once wrong, made small.

use super::check::{Verdict, check};
use super::generate::Program;
use crate::ir::parse::{cell, parse};

/// Checks a program given as text, with one text an argument.
fn check_text(text: &str, args: &[&str]) {
    check_program(text, None, args);
}

/// The same of a program that calls `g`.
fn check_call(text: &str, callee: &str, args: &[&str]) {
    check_program(text, Some(callee), args);
}

fn check_program(text: &str, callee: Option<&str>, args: &[&str]) {
    let read = |text| parse(text).unwrap_or_else(|e| panic!("{e}"));
    let (f, callee) = (read(text), callee.map(read));
    let args = args.iter().map(|text| cell(text)).collect::<Result<_, _>>().unwrap_or_else(|e| panic!("{e}"));
    let p = Program { f, args, callee };
    // Several directions; the second order is checked with every third.
    for seed in 0..6 {
        match check(&p, seed) {
            Ok(verdict) => assert_eq!(verdict, Verdict::Right),
            Err(message) => panic!("{message}"),
        }
    }
}

/// The carried value is overwritten whatever it was: only the last iteration's counts.
#[test]
fn a_loop_that_overwrites_its_state() {
    let text = r#"
        fn f(v0: f64 = param 0 active, v1: usize = param 1) {
          v2: usize = const 1
          v3: f64 = const 0.5
          v4: f64 = for v5: usize in v2..v1 with (v6: f64 = v3) {
            yield v0
          }
          return v4 = result 0
        }
    "#;
    for n in ["0", "1", "2", "4"] {
        check_text(text, &["1.5", n]);
    }
}

/// The result is the initial value or a constant.
#[test]
fn a_loop_that_forgets_its_initial_state() {
    let text = r#"
        fn f(v0: f64 = param 0 active, v1: usize = param 1) {
          v2: f64 = const 0.5
          v3: usize = const 1
          v4: f64 = for v5: usize in v3..v1 with (v6: f64 = v0) {
            yield v2
          }
          v7: f64 = sin v4
          return v7 = result 0
        }
    "#;
    for n in ["0", "1", "2", "4"] {
        check_text(text, &["0.5", n]);
    }
}

/// Two carried values, the first of which is shifted into the second.
#[test]
fn a_loop_that_shifts_its_state() {
    let text = r#"
        fn f(v0: f64 = param 0 active, v1: usize = param 1) {
          v2: f64 = const 0.5
          v3: usize = const 1
          v4: f64, v5: f64 = for v6: usize in v3..=v1 with (v7: f64 = v2, v8: f64 = v0) {
            yield v2, v7
          }
          return v5 = result 0
        }
    "#;
    for n in ["0", "1", "3"] {
        check_text(text, &["-1.5", n]);
    }
}

/// In the second reverse sweep a value that the first pops has no adjoint, but the one that was pushed has.
#[test]
fn kept_values_of_a_derivative() {
    let text = r#"
        fn f(v0: f64 = param 0 active, v1: usize = param 1) {
          v2: usize = const 1
          v3: f64 = for v4: usize in v2..=v1 with (v5: f64 = v0) {
            v6: f64 = const 0.5
            v7: f64 = max v5, v6
            yield v7
          }
          return v3 = result 0
        }
    "#;
    for n in ["0", "1", "3"] {
        check_text(text, &["0.75", n]);
    }
}

/// A result that does not depend on the state of its loop, next to one that does.
#[test]
fn a_state_that_only_another_reads() {
    let text = r#"
        fn f(v0: f64 = param 0 active, v1: usize = param 1) {
          v2: f64 = const 0.5
          v3: usize = const 1
          v4: f64, v5: f64 = for v6: usize in v3..v1 with (v7: f64 = v0, v8: f64 = v0) {
            v9: f64 = atan v7
            v10: f64 = add v8, v9
            yield v2, v10
          }
          return v5 = result 0
        }
    "#;
    for n in ["0", "2", "4"] {
        check_text(text, &["-1.25", n]);
    }
}

/// The bounds of an inner loop are the length of a local array.
#[test]
fn a_loop_over_the_length_of_a_local_array() {
    let text = r#"
        fn f(v0: f64 = param 0 active, v1: usize = param 1) {
          v2: f64 = const 0.5
          v3: f64 = const -0.75
          alloc m0: mem f64 = fill v3 [2][3]
          v4: usize = const 1
          v5: f64 = const 0.0
          v6: f64, v7: f64 = for v8: usize in v4..v1 with (v9: f64 = v2, v10: f64 = v2) {
            v11: usize = len m0
            v12: f64 = for v13: usize in v4..=v11 with (v14: f64 = v5) {
              v15: f64 = sin v0
              yield v15
            }
            yield v12, v9
          }
          return v7 = result 0
        }
    "#;
    for n in ["0", "2", "3"] {
        check_text(text, &["-0.9", n]);
    }
}

/// Both branches of an inner `if` keep a value, which leaves the outer `if` too.
#[test]
fn kept_values_of_nested_branches() {
    let text = r#"
        fn f(m0: mem f64 = param 0 active, v0: f64 = param 1 active, v1: bool = param 2, v2: bool = param 3) {
          v3: f64 = if v1 {
            yield v0
          } else {
            v4: f64 = if v2 {
              v5: f64 = tanh v0
              v6: usize = const 1
              m0[v6] = v5
              yield v0
            } else {
              v7: f64 = div v0, v0
              yield v7
            }
            yield v4
          }
          return v3 = result 0
        }
    "#;
    for on in [["true", "true"], ["false", "true"], ["false", "false"]] {
        check_text(text, &["[0.75, -0.5]", "-0.8", on[0], on[1]]);
    }
}

/// An array that is overwritten in place in one branch of two, by two sides of an inner `if`.
#[test]
fn overwriting_in_nested_branches() {
    let text = r#"
        fn f(m0: mem f64 = param 0 active, v0: bool = param 1, v1: bool = param 2) {
          v2: usize = const 1
          if v0 {
            if v1 {
            } else {
              v3: f64 = load m0[v2]
              v4: f64 = tanh v3
              m0[v2] = v4
            }
          } else {
            v5: f64 = load m0[v2]
            v6: f64 = tanh v5
            m0[v2] = v6
          }
          v7: f64 = load m0[v2]
          return v7 = result 0
        }
    "#;
    for on in [["true", "true"], ["true", "false"], ["false", "true"]] {
        check_text(text, &["[1.25, -1.25]", on[0], on[1]]);
    }
}

const DOT: &str = r#"
    fn g(m0: mem f64 = param 0 active, m1: mem f64 = param 1 active) {
      v0: usize = len m0
      v1: usize = const 0
      v2: f64 = const 0.0
      v3: f64 = for v4: usize in v1..v0 with (v5: f64 = v2) {
        v6: f64 = load m0[v4]
        v7: f64 = load m1[v4]
        v8: f64 = mul v6, v7
        v9: f64 = add v5, v8
        yield v9
      }
      return v3 = result 0
    }
"#;

/// `dot(&x, &x)`: two arguments with one shadow.
#[test]
fn an_array_that_is_passed_twice() {
    let text = r#"
        fn f(m0: mem f64 = param 0 active) {
          v0: f64 = call g(&m0, &m0)
          v1: f64 = sin v0
          return v1 = result 0
        }
    "#;
    check_call(text, DOT, &["[0.5, -1.25, 2.0]"]);
    check_call(text, DOT, &["[]"]);
}

/// What the callees leave on the tape is taken back in the opposite order, across branches and iterations.
#[test]
fn calls_in_loops_and_branches() {
    let text = r#"
        fn f(m0: mem f64 = param 0 active, v0: f64 = param 1 active, v1: usize = param 2) {
          v2: usize = const 0
          v3: f64 = for v4: usize in v2..v1 with (v5: f64 = v0) {
            v6: f64 = sin v5
            alloc m1: mem f64 = list (v5, v6) [2]
            v13: f64 = const 0.25
            v7: bool = lt v5, v13
            v8: f64 = if v7 {
              v9: f64 = call g(&m1, &m0)
              v10: f64 = tanh v9
              yield v10
            } else {
              v11: f64 = call g(&m1, &m1)
              v12: f64 = cos v11
              yield v12
            }
            yield v8
          }
          return v3 = result 0
        }
    "#;
    for n in ["0", "1", "4"] {
        check_call(text, DOT, &["[0.5, -1.25]", "0.75", n]);
        check_call(text, DOT, &["[0.5, -1.25]", "-0.75", n]);
    }
}

/// The result of a call reaches the outcome through a step function only: the callee's tape is emptied all the same.
#[test]
fn a_call_whose_result_gets_no_adjoint() {
    let text = r#"
        fn f(v0: f64 = param 0 active, v1: usize = param 1) {
          v2: f64 = call g(v0, v1)
          v3: f64 = signum v2
          v4: f64 = mul v3, v0
          v5: f64 = exp v4
          return v5 = result 0
        }
    "#;
    let callee = r#"
        fn g(v0: f64 = param 0 active, v1: usize = param 1) {
          v2: usize = const 0
          v3: f64 = for v4: usize in v2..v1 with (v5: f64 = v0) {
            v6: f64 = sin v5
            v7: f64 = mul v6, v5
            yield v7
          }
          return v3 = result 0
        }
    "#;
    for n in ["0", "3"] {
        check_call(text, callee, &["0.75", n]);
    }
}
