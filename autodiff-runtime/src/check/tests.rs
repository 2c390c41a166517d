//! The checker passes what is right and fails what is a little wrong.

use alloc::{string::ToString, vec, vec::Vec};

use super::*;

/// `Σ sin(w_i) b²`, with its gradient times `1 + off` in one place.
fn loss(w: &[f64], b: f64) -> f64 {
    w.iter().map(|w| w.sin()).sum::<f64>() * b * b
}

fn loss_grad(w: &[f64], b: f64) -> (Vec<f64>, f64) {
    (w.iter().map(|w| w.cos() * b * b).collect(), 2.0 * w.iter().map(|w| w.sin()).sum::<f64>() * b)
}

fn point() -> (Vec<f64>, f64) {
    (vec![0.3, -1.1, 0.0, 2.5], 1.7)
}

#[test]
fn a_right_gradient_passes_in_both_modes() {
    let point = point();
    let report = Check::new("loss", &point, |(w, b)| loss(w, *b))
        .value_and_grad(|(w, b)| (loss(w, *b), loss_grad(w, *b)))
        .jvp(|(w, b), (w_dot, b_dot)| {
            let (w_bar, b_bar) = loss_grad(w, *b);
            (loss(w, *b), dot(&w_bar, w_dot) + b_bar * b_dot)
        })
        .run();
    report.assert();
    assert_eq!(report.inputs(), (5, 5));
    assert!(report.largest_error() < 1e-8 && report.comparisons() > 25, "{report}");
}

#[test]
fn a_rule_that_is_a_thousandth_off_fails_and_is_named() {
    let point = point();
    for wrong in 0..5 {
        let report = Check::new("loss", &point, |(w, b)| loss(w, *b))
            .names(["w", "b"])
            .value_and_grad(|(w, b)| {
                let (mut w_bar, mut b_bar) = loss_grad(w, *b);
                match w_bar.get_mut(wrong) {
                    Some(w_bar) => *w_bar *= 1.001,
                    None => b_bar *= 1.001,
                }
                (loss(w, *b), (w_bar, b_bar))
            })
            .run();
        let first = &report.mismatches()[0];
        assert_eq!(first.input, ["w[0]", "w[1]", "w[2]", "w[3]", "b"][wrong]);
        assert_eq!(first.kind, MismatchKind::Reverse);
        assert!((first.relative_error - 1e-3).abs() < 1e-5, "{first}");
        assert!((first.got / first.expected - 1.001).abs() < 1e-6, "{first}");
        // No other input is blamed.
        let blamed = report.mismatches().iter().filter(|mismatch| mismatch.input != "a random direction");
        assert_eq!(blamed.count(), 1, "{report}");
    }
}

#[test]
fn forward_mode_is_checked_by_itself_and_against_reverse() {
    let x = [0.4, 0.9];
    let f = |x: &[f64; 2]| [x[0] * x[1], x[0].exp()];
    let check = |factor: f64| {
        Check::new("f", &x, f)
            .vjp(move |x, w| (f(x), [w[0] * x[1] + w[1] * x[0].exp(), w[0] * x[0]]))
            .jvp(move |x, v| (f(x), [v[0] * x[1] + v[1] * x[0], factor * x[0].exp() * v[0]]))
            .run()
    };
    check(1.0).assert();
    let report = check(1.001);
    let first = &report.mismatches()[0];
    assert_eq!((first.input.as_str(), first.kind), ("x[0]", MismatchKind::Forward));
    assert_eq!(first.output.as_deref(), Some("[1]"));
    assert!(report.mismatches().iter().any(|mismatch| mismatch.kind == MismatchKind::Duality), "{report}");
}

#[test]
fn single_precision_passes_and_still_sees_a_thousandth() {
    let x: Vec<f32> = vec![0.3, -1.1, 0.7];
    let f = |x: &Vec<f32>| x.iter().map(|x| x.exp()).sum::<f32>();
    let check = |factor: f32| {
        Check::new("f", &x, f).value_and_grad(move |x| (f(x), x.iter().map(|x| factor * x.exp()).collect())).run()
    };
    check(1.0).assert();
    assert_eq!(check(1.001).mismatches().iter().filter(|mismatch| mismatch.input.starts_with('x')).count(), 3);
}

#[test]
fn domains_and_large_scales_need_no_settings() {
    let x = [1e-4, 1e6, 3.0];
    let f = |x: &[f64; 3]| x[0].ln() * x[2].sqrt() + 1e-6 * x[1] * x[2];
    Check::new("f", &x, f)
        .value_and_grad(|x| (f(x), [x[2].sqrt() / x[0], 1e-6 * x[2], 0.5 * x[0].ln() / x[2].sqrt() + 1e-6 * x[1]]))
        .run()
        .assert();
}

#[test]
fn a_wrong_input_among_many_is_searched_for() {
    let x: Vec<f64> = (0..1000).map(|i| f64::from(i) / 500.0 - 0.7).collect();
    let f = |x: &Vec<f64>| x.iter().map(|x| x * x * x).sum::<f64>();
    let report = Check::new("cubes", &x, f)
        .value_and_grad(|x| {
            let mut gradient: Vec<f64> = x.iter().map(|x| 3.0 * x * x).collect();
            gradient[777] += 1.0;
            (f(x), gradient)
        })
        .max_inputs(10)
        .run();
    assert_eq!(report.inputs(), (1000, 10));
    assert_eq!(report.mismatches()[0].input, "x[777]", "{report}");
}

#[test]
fn a_different_value_and_a_different_shape_are_found() {
    let x = vec![1.0, 2.0];
    let f = |x: &Vec<f64>| x[0] * x[1];
    let report = Check::new("f", &x, f).value_and_grad(|x| (f(x) + 1e-15, vec![x[1], x[0]])).run();
    assert!(report.mismatches().iter().any(|mismatch| mismatch.kind == MismatchKind::Value), "{report}");
    let report = Check::new("f", &x, f).value_and_grad(|x| (f(x), vec![x[1]])).run();
    assert_eq!(report.mismatches()[0].kind, MismatchKind::Shape);
    assert!(!report.passed());
}

#[test]
fn a_point_that_differences_cannot_judge_does_not_pass() {
    let x = 1e-12;
    let f = |x: &f64| if *x > 0.0 { 1.0 } else { 0.0 };
    let report = Check::new("step", &x, f).value_and_grad(|x| (f(x), 0.0)).run();
    assert_eq!(report.mismatches()[0].kind, MismatchKind::Unresolved, "{report}");
}

#[test]
fn what_cancels_beside_something_else_is_no_kink() {
    // The second value is what rounding leaves of 0.
    let f = |x: &Vec<f64>| {
        let terms: Vec<f64> = (1..9).map(|k| (x[0] * f64::from(k)).sin()).collect();
        vec![x[0].exp(), terms.iter().sum::<f64>() - terms.iter().rev().sum::<f64>()]
    };
    let x = vec![0.7, 1.3];
    let right = |x: &Vec<f64>, v: &Vec<f64>| (f(x), vec![x[0].exp() * v[0], 0.0]);
    let report = Check::new("cancelled", &x, f).jvp(right).run();
    assert!(report.passed(), "{report}");
    // A derivative that is none is noticed all the same.
    let wrong = |x: &Vec<f64>, v: &Vec<f64>| (f(x), vec![x[0].exp() * v[0], 1e-9 * v[1]]);
    let report = Check::new("cancelled", &x, f).jvp(wrong).run();
    assert_eq!(report.mismatches()[0].output.as_deref(), Some("[1]"), "{report}");
    assert_eq!(report.mismatches()[0].kind, MismatchKind::Forward, "{report}");
}

#[test]
fn nan_is_never_right() {
    let x = 2.0;
    let report = Check::new("f", &x, |x: &f64| x * x).value_and_grad(|x| (x * x, f64::NAN)).run();
    assert!(!report.passed());
}

#[test]
fn nothing_to_compare_is_no_success() {
    let report = Check::new("f", &1.0, |x: &f64| x * x).run();
    assert!(!report.passed() && report.to_string().contains("nothing to compare"));
    assert!(report.into_result().is_err());
}

#[test]
fn equal_seeds_give_equal_reports() {
    let point = point();
    let run = |seed| {
        Check::new("loss", &point, |(w, b)| loss(w, *b))
            .value_and_grad(|(w, b)| (loss(w, *b), (vec![0.0; w.len()], 0.0)))
            .seed(seed)
            .run()
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}
