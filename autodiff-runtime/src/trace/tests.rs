//! The lecture examples, calls, and the promises of the recorder.

use alloc::{format, string::ToString, vec, vec::Vec};
use core::f64::consts::PI;

use super::*;

/// `f(w1, w2) = (sin(2π w1/w2) + 3 w1/w2 − exp(2 w2)) · (3 w1/w2 − exp(2 w2))`, recorded in the order of evaluation.
fn lecture(w1: f64, w2: f64) -> Trace {
    let mut r = Recorder::new("lecture");
    let (i1, i2) = (r.input("w1", w1), r.input("w2", w2));
    let ratio = w1 / w2;
    let z_ratio = r.step(2, "r", "{0} / {1}", &[(i1, w1, 1.0 / w2), (i2, w2, -ratio / w2)], &[], ratio);
    let exp = (2.0 * w2).exp();
    let z_exp = r.step(3, "", "exp({c0} * {0})", &[(i2, w2, 2.0 * exp)], &[2.0], exp);
    let u = 3.0 * ratio - exp;
    let z_u = r.step(1, "u", "{c0} * {0} - {1}", &[(z_ratio, ratio, 3.0), (z_exp, exp, -1.0)], &[3.0], u);
    let sin = (2.0 * PI * ratio).sin();
    let sin_partial = 2.0 * PI * (2.0 * PI * ratio).cos();
    let z_sin = r.step(3, "", "sin(2 * PI * {0})", &[(z_ratio, ratio, sin_partial)], &[], sin);
    let z_sum = r.step(1, "", "{0} + {1}", &[(z_sin, sin, 1.0), (z_u, u, 1.0)], &[], sin + u);
    let value = (sin + u) * u;
    let z_product = r.step(2, "", "{0} * {1}", &[(z_sum, sin + u, u), (z_u, u, sin + u)], &[], value);
    r.output(z_product, value);
    r.finish(1.0)
}

#[test]
fn the_lecture_function_is_numbered_as_its_formula_reads() {
    let trace = lecture(1.5, 0.4);
    let steps: Vec<_> = trace.steps().map(|step| (step.name.as_str(), step.kind, step.expression.as_str())).collect();
    assert_eq!(
        steps,
        [
            ("z1", StepKind::Product, "w1 / w2"),
            ("z2", StepKind::Function, "sin(2 * PI * z1)"),
            ("z3", StepKind::Function, "exp(2 * w2)"),
            ("z4", StepKind::Affine, "3 * z1 - z3"),
            ("z5", StepKind::Affine, "z2 + z4"),
            ("z6", StepKind::Product, "z5 * z4"),
        ]
    );
    assert_eq!(trace.label("u").map(|node| node.name.as_str()), Some("z4"));
    assert_eq!(trace.output().map(|node| node.name.as_str()), Some("z6"));
}

#[test]
fn the_lecture_function_has_the_gradient_of_paper() {
    let (w1, w2) = (1.5, 0.4);
    let trace = lecture(w1, w2);
    let (ratio, exp) = (w1 / w2, f64::exp(2.0 * w2));
    let (u, sin, cos) = (3.0 * ratio - exp, (2.0 * PI * ratio).sin(), (2.0 * PI * ratio).cos());
    let by_ratio = (2.0 * PI * cos + 3.0) * u + (sin + u) * 3.0;
    let by_exp = -(u + sin + u);
    let expected = [by_ratio / w2, by_ratio * -ratio / w2 + by_exp * 2.0 * exp];
    for (got, expected) in trace.gradient().iter().zip(expected) {
        assert!((got - expected).abs() < 1e-12 * expected.abs(), "{got} {expected}");
    }
}

/// `y = ln(x1) + x1 x2 − sin(x2)` of Baydin et al. (2018), tables 2 and 3.
fn baydin() -> Trace {
    let (x1, x2) = (2.0_f64, 5.0_f64);
    let mut r = Recorder::new("f");
    let (i1, i2) = (r.input("x1", x1), r.input("x2", x2));
    let ln = r.step(3, "", "ln({0})", &[(i1, x1, 1.0 / x1)], &[], x1.ln());
    let product = r.step(2, "", "{0} * {1}", &[(i1, x1, x2), (i2, x2, x1)], &[], x1 * x2);
    let sum_value = x1.ln() + x1 * x2;
    let sum = r.step(1, "", "{0} + {1}", &[(ln, x1.ln(), 1.0), (product, x1 * x2, 1.0)], &[], sum_value);
    let sin = r.step(3, "", "sin({0})", &[(i2, x2, x2.cos())], &[], x2.sin());
    let y = sum_value - x2.sin();
    let result = r.step(1, "", "{0} - {1}", &[(sum, sum_value, 1.0), (sin, x2.sin(), -1.0)], &[], y);
    r.output(result, y);
    r.finish(1.0)
}

#[test]
fn the_survey_example_has_the_published_numbers() {
    let trace = baydin();
    assert!((trace.value() - 11.652).abs() < 5e-4);
    let gradient = trace.gradient();
    assert!((gradient[0] - 5.5).abs() < 1e-12 && (gradient[1] - 1.716).abs() < 5e-4, "{gradient:?}");
    // v1 = ln x1, v2 = x1 x2, v3 = sin x2, v4 = v1 + v2, v5 = v4 − v3.
    let adjoint = |expression: &str| trace.steps().find(|step| step.expression == expression).map(|step| step.adjoint);
    assert_eq!(adjoint("z3 - z4"), Some(1.0));
    assert_eq!(adjoint("z1 + z2"), Some(1.0));
    assert_eq!(adjoint("sin(x2)"), Some(-1.0));
    assert_eq!((adjoint("ln(x1)"), adjoint("x1 * x2")), (Some(1.0), Some(1.0)));
}

#[test]
fn the_table_is_that_of_the_textbook() {
    let expected = "\
f: forward primal trace          │ reverse adjoint trace, read upwards
x1           = 2          input  │ x1_bar = z1_bar * 0.5 + z2_bar * 5      = 5.5
x2           = 5          input  │ x2_bar = z2_bar * 2 + z4_bar * 0.283662 = 1.71634
z1 = ln(x1)  = 0.693147   Type 3 │ z1_bar = z3_bar * 1                     = 1
z2 = x1 * x2 = 10         Type 2 │ z2_bar = z3_bar * 1                     = 1
z3 = z1 + z2 = 10.6931    Type 1 │ z3_bar = z5_bar * 1                     = 1
z4 = sin(x2) = -0.958924  Type 3 │ z4_bar = z5_bar * (-1)                  = -1
z5 = z3 - z4 = 11.6521    Type 1 │ z5_bar = y_bar                          = 1
y  = z5      = 11.6521           │ y_bar                                   = 1";
    assert_eq!(baydin().to_string(), expected);
}

/// `y = softplus(2 x) · x`, where softplus is a call of two steps with a call of no step inside.
fn with_call() -> Trace {
    let x = 0.5_f64;
    let mut r = Recorder::new("f");
    let ix = r.input("x", x);
    let doubled = r.step(1, "", "{c0} * {0}", &[(ix, x, 2.0)], &[2.0], 2.0 * x);
    r.enter("softplus");
    let exp = (2.0 * x).exp();
    let z_exp = r.step(3, "e", "exp({0})", &[(doubled, 2.0 * x, exp)], &[], exp);
    r.enter("constant");
    assert_eq!(r.step(3, "", "sin({0})", &[(0.0, 1.0, 0.5)], &[], 0.8), 0.0);
    r.exit();
    let ln = exp.ln_1p();
    let z_ln = r.step(3, "", "ln_1p({0})", &[(z_exp, exp, 1.0 / (1.0 + exp))], &[], ln);
    r.exit();
    let y = r.step(2, "", "{0} * {1}", &[(z_ln, ln, x), (ix, x, ln)], &[], ln * x);
    r.output(y, ln * x);
    r.finish(1.0)
}

#[test]
fn a_call_is_one_node_of_its_caller() {
    let trace = with_call();
    let names: Vec<_> = trace.nodes().iter().map(|node| (node.name.as_str(), node.expression.as_str())).collect();
    let expected = [("x", "x"), ("z1", "2 * x"), ("z2.1", "exp(z1)"), ("z2.2", "ln_1p(z2.1)"), ("z3", "z2 * x")];
    assert_eq!(names, expected);
    let [call] = trace.groups() else { panic!("one call recorded steps") };
    assert_eq!((call.name.as_str(), call.callee, call.parent, call.nodes.clone()), ("z2", "softplus", None, 2..4));
    assert_eq!((&call.inputs, &call.outputs), (&vec![1], &vec![3]));
    assert_eq!(trace.node("z2"), trace.node("z2.2"));
    // d/dx x softplus(2x) = softplus(2x) + 2x sigmoid(2x).
    let expected = 1.0_f64.exp().ln_1p() + 1.0 / (1.0 + (-1.0_f64).exp());
    assert!((trace.gradient()[0] - expected).abs() < 1e-15);
}

#[test]
fn a_call_is_indented_in_the_table() {
    let expected = "\
f: forward primal trace                   │ reverse adjoint trace, read upwards
x                         = 0.5    input  │ x_bar    = z1_bar * 2 + z3_bar * 1.31 = 2.04
z1         = 2 * x        = 1      Type 1 │ z1_bar   = z2.1_bar * 2.72            = 0.366
z2         = softplus(z1) = 1.31   call   │
  z2.1 (e) = exp(z1)      = 2.72   Type 3 │ z2.1_bar = z2.2_bar * 0.269           = 0.134
  z2.2     = ln_1p(z2.1)  = 1.31   Type 3 │ z2.2_bar = z3_bar * 0.5               = 0.5
z3         = z2 * x       = 0.657  Type 2 │ z3_bar   = y_bar                      = 1
y          = z3           = 0.657         │ y_bar                                 = 1";
    let table = format!("{:.3}", with_call());
    assert_eq!(table, expected);
}

#[test]
fn calls_are_shown_in_the_order_of_the_formula_not_of_evaluation() {
    // g(x) is evaluated first, but the result is h(x) - g(x).
    let mut r = Recorder::new("f");
    let x = r.input("x", 1.0);
    r.enter("g");
    let g = r.step(3, "", "sin({0})", &[(x, 1.0, 0.5)], &[], 0.8);
    r.exit();
    r.enter("h");
    let h = r.step(3, "", "cos({0})", &[(x, 1.0, -0.8)], &[], 0.5);
    r.exit();
    let y = r.step(1, "", "{0} - {1}", &[(h, 0.5, 1.0), (g, 0.8, -1.0)], &[], -0.3);
    r.output(y, -0.3);
    let trace = r.finish(1.0);
    assert_eq!(trace.output().map(|node| node.expression.as_str()), Some("z1 - z2"));
    let calls: Vec<_> = trace.groups().iter().map(|call| (call.name.as_str(), call.callee)).collect();
    assert_eq!(calls, [("z2", "g"), ("z1", "h")]);
    let table = trace.to_string();
    assert!(table.find("h(x)") < table.find("g(x)"), "{table}");
}

#[test]
fn several_outputs_of_a_call_are_named_one_by_one() {
    let mut r = Recorder::new("f");
    let x = r.input("x", 3.0);
    r.enter("pair");
    let a = r.step(1, "", "{c0} * {0}", &[(x, 3.0, 2.0)], &[2.0], 6.0);
    let b = r.step(2, "", "{0} * {0}", &[(x, 3.0, 6.0)], &[], 9.0);
    r.exit();
    let y = r.step(1, "", "{0} + {1}", &[(b, 9.0, 1.0), (a, 6.0, 1.0)], &[], 15.0);
    r.output(y, 15.0);
    let trace = r.finish(1.0);
    assert_eq!(trace.node("z2").map(|node| node.expression.as_str()), Some("z1.2 + z1.1"));
    assert_eq!((trace.node("z1"), trace.gradient()), (None, vec![8.0]));
}

#[test]
fn constants_are_numbers_and_record_nothing() {
    let mut r = Recorder::new("f");
    let x = r.input("x", 4.0);
    assert_eq!(r.step(2, "", "{0} * {1}", &[(0.0, 2.0, 3.0), (0.0, 3.0, 2.0)], &[], 6.0), 0.0);
    let y = r.step(1, "", "{0} - {1}", &[(x, 4.0, 1.0), (0.0, -6.0, f64::NAN)], &[], 10.0);
    r.output(y, 10.0);
    let trace = r.finish(2.0);
    let step = trace.node("z1").expect("one step");
    assert_eq!((step.expression.as_str(), &step.parents, &step.partials), ("x - (-6)", &vec![0], &vec![1.0]));
    assert_eq!((trace.gradient(), trace.seed(), trace.value()), (vec![2.0], 2.0, 10.0));
}

#[test]
fn a_constant_value_has_a_zero_gradient() {
    let mut r = Recorder::new("f");
    r.input("y", 4.0);
    r.output(0.0, 7.0);
    let trace = r.finish(1.0);
    assert_eq!((trace.value(), trace.gradient(), trace.output()), (7.0, vec![0.0], None));
    assert!(trace.to_string().contains("output    = 7  constant"), "{trace}");
}

#[test]
fn what_the_value_does_not_depend_on_comes_last_and_is_not_multiplied() {
    let mut r = Recorder::new("f");
    let x = r.input("x", 0.0);
    let unused = r.step(3, "", "ln({0})", &[(x, 0.0, f64::INFINITY)], &[], f64::NEG_INFINITY);
    r.step(3, "", "exp({0})", &[(unused, f64::NEG_INFINITY, 0.0)], &[], 0.0);
    let y = r.step(3, "", "cos({0})", &[(x, 0.0, -0.0)], &[], 1.0);
    r.output(y, 1.0);
    let trace = r.finish(1.0);
    let formulas: Vec<_> = trace.steps().map(|step| step.expression.as_str()).collect();
    assert_eq!(formulas, ["cos(x)", "ln(x)", "exp(z2)"]);
    assert_eq!(trace.gradient(), [0.0]);
}

#[test]
fn aggregates_are_named_by_path_and_hold_their_ids() {
    let mut r = Recorder::new("f");
    r.input("s", 0.5);
    let w: &[[f32; 2]] = &[[1.0, 2.0], [3.0, 4.0]];
    assert_eq!(r.inputs_of("w", w), vec![[2.0, 3.0], [4.0, 5.0]]);
    assert_eq!(r.inputs_of("t", &(7.0_f64, [8.0_f64])), (6.0, [7.0]));
    let trace = r.finish(1.0);
    let names: Vec<_> = trace.inputs().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["s", "w[0][0]", "w[0][1]", "w[1][0]", "w[1][1]", "t.0", "t.1[0]"]);
    assert_eq!(trace.node("w[1][0]").map(|node| node.value), Some(3.0));
}

#[test]
fn a_parameter_may_be_called_like_a_step() {
    let mut r = Recorder::new("f");
    let z1 = r.input("z1", 1.0);
    let y = r.step(3, "", "sin({0})", &[(z1, 1.0, 0.5)], &[], 0.8);
    r.output(y, 0.8);
    let trace = r.finish(1.0);
    assert_eq!(trace.node("z1").map(|node| node.kind), Some(StepKind::Input));
    assert_eq!(trace.node("z_1").map(|node| node.expression.as_str()), Some("sin(z1)"));
}

#[test]
fn deep_graphs_and_deep_recursion_do_not_overflow() {
    let mut r = Recorder::new("f");
    let mut node = r.input("x", 1.0);
    for _ in 0..100_000 {
        node = r.step(1, "", "{0} + {c0}", &[(node, 1.0, 1.0)], &[1.0], 1.0);
    }
    for _ in 0..500 {
        r.enter("descend");
        node = r.step(1, "", "{c0} * {0}", &[(node, 1.0, 1.0)], &[1.0], 1.0);
    }
    (0..500).for_each(|_| r.exit());
    r.output(node, 1.0);
    let trace = r.finish(1.0);
    assert_eq!((trace.gradient(), trace.groups().len()), (vec![1.0], 500));
    assert_eq!(trace.node("z100000").map(|node| node.parents.clone()), Some(vec![99_999]));
    assert_eq!(trace.groups()[499].parent, Some(498));
}
