//! The rules against closed forms and numbers worked out by hand.

use super::*;

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{a} is not {b}");
}

/// On ½ Σ λᵢ xᵢ² gradient descent multiplies xᵢ by (1 − α λᵢ) in each step.
#[test]
fn sgd_on_a_quadratic_is_a_geometric_sequence() {
    let curvature = [0.5, 3.0, 19.0];
    let rate = 0.1;
    let mut x = [1.0, -2.0, 3.0];
    let mut descent = Stepper::new(Sgd::new(rate).unwrap(), &x);
    for _ in 0..20 {
        let grad = [0, 1, 2].map(|i| curvature[i] * x[i]);
        descent.step(&mut x, &grad).unwrap();
    }
    for (i, start) in [1.0, -2.0, 3.0].into_iter().enumerate() {
        close(x[i], start * (1.0 - rate * curvature[i]).powi(20), 1e-12);
    }
}

/// On ½ λ x² the heavy ball is the linear recurrence x' = (1 + β − α λ) x − β x_before. Where its characteristic roots
/// are complex, r e^{±iθ} with r = √β and 2 r cos θ = 1 + β − α λ, the solution with x₁ = (1 − α λ) x₀ is rᵏ (a cos kθ
/// + b sin kθ).
#[test]
fn momentum_on_a_quadratic_is_a_damped_oscillation() {
    let (lambda, rate, beta) = (4.0_f64, 0.05, 0.81_f64);
    let r = beta.sqrt();
    let theta = ((1.0 + beta - rate * lambda) / (2.0 * r)).acos();
    let x0 = 3.0;
    let b = ((1.0 - rate * lambda) * x0 / r - x0 * theta.cos()) / theta.sin();
    let mut x = x0;
    let mut descent = Stepper::new(Momentum::new(rate, beta).unwrap(), &x);
    for k in 1..=40 {
        let grad = lambda * x;
        descent.step(&mut x, &grad).unwrap();
        let angle = f64::from(k) * theta;
        close(x, r.powi(k) * (x0 * angle.cos() + b * angle.sin()), 1e-12);
    }
}

/// With Polyak's optimal α and β for eigenvalues μ and L both roots have modulus (√L − √μ)/(√L + √μ), that is 2/3 here.
#[test]
fn momentum_reaches_polyaks_rate() {
    let (mu, l) = (1.0_f64, 25.0_f64);
    let rate = (2.0 / (mu.sqrt() + l.sqrt())).powi(2);
    let beta = ((l.sqrt() - mu.sqrt()) / (l.sqrt() + mu.sqrt())).powi(2);
    let mut x = [1.0, 1.0];
    let mut descent = Stepper::new(Momentum::new(rate, beta).unwrap(), &x);
    for _ in 0..200 {
        let grad = [mu * x[0], l * x[1]];
        descent.step(&mut x, &grad).unwrap();
    }
    // A double root gives (a + b k) rᵏ: the k-th root tends to r from above.
    for x in x {
        let contraction = x.abs().powf(1.0 / 200.0);
        assert!((0.666..0.70).contains(&contraction), "{contraction}");
    }
}

#[test]
fn momentum_without_memory_is_sgd() {
    let mut x = [1.0, 2.0];
    let mut y = x;
    let mut a = Stepper::new(Momentum::new(0.3, 0.0).unwrap(), &x);
    let mut b = Stepper::new(Sgd::new(0.3).unwrap(), &y);
    for k in 0..5 {
        let grad = [f64::from(k), -1.5];
        a.step(&mut x, &grad).unwrap();
        b.step(&mut y, &grad).unwrap();
    }
    assert_eq!(x, y);
}

/// α = ½, β₁ = ½, β₂ = ¾, gradients 2, −1, 4, ε negligible. By hand:
///
/// | t | m | v | m̂ | v̂ | step |
/// |---|---|---|---|---|---|
/// | 1 | 1 | 1 | 2 | 4 | −½ |
/// | 2 | 0 | 1 | 0 | 16/7 | 0 |
/// | 3 | 2 | 19/4 | 16/7 | 304/37 | −8/7 / √(304/37) |
#[test]
fn adam_by_hand() {
    let rule = Adam::new(0.5).unwrap().betas(0.5, 0.75).unwrap().epsilon(1e-300).unwrap();
    let mut x = 10.0;
    let mut descent = Stepper::new(rule, &x);
    let steps = [-0.5, 0.0, -8.0 / 7.0 / (304.0_f64 / 37.0).sqrt()];
    let mut expected = 10.0;
    for (grad, step) in [2.0, -1.0, 4.0].into_iter().zip(steps) {
        descent.step(&mut x, &grad).unwrap();
        expected += step;
        close(x, expected, 1e-15);
    }
    assert_eq!(*descent.state(), AdamState { steps: 3, first_moment: vec![2.0], second_moment: vec![4.75] });
}

/// ε stands outside the root and is not corrected for bias: the first step is −α g / (|g| + ε).
#[test]
fn adams_epsilon_is_added_to_the_corrected_root() {
    for grad in [3.0_f64, -0.25, 1e-9] {
        let mut x = 0.0;
        let mut descent = Stepper::new(Adam::new(0.1).unwrap().epsilon(0.5).unwrap(), &x);
        descent.step(&mut x, &grad).unwrap();
        close(x, -0.1 * grad / (grad.abs() + 0.5), 1e-14);
    }
}

#[test]
fn adams_defaults_are_the_papers() {
    let expected = Adam::new(0.001).unwrap().betas(0.9, 0.999).unwrap().epsilon(1e-8).unwrap();
    assert_eq!(Adam::new(0.001).unwrap(), expected);
    let expected = Adam::new(0.001_f32).unwrap().betas(0.9, 0.999).unwrap().epsilon(1e-8).unwrap();
    assert_eq!(Adam::new(0.001_f32).unwrap(), expected);
}

/// Adam does not see the scale of the loss (as far as ε is small against the gradient).
#[test]
fn adam_ignores_the_scale_of_the_gradient() {
    let run = |scale: f64| {
        let mut x = [1.0, -1.0];
        let mut descent = Stepper::new(Adam::new(0.01).unwrap().epsilon(1e-300).unwrap(), &x);
        for k in 1..50 {
            let grad = [scale * f64::from(k).sin(), scale * x[1]];
            descent.step(&mut x, &grad).unwrap();
        }
        x
    };
    // A power of 2, so that scaling is exact.
    assert_eq!(run(1.0), run(1024.0));
}

#[test]
fn hyper_parameters_outside_their_range_are_refused() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(Sgd::new(bad).unwrap_err().name, "learning_rate");
        assert_eq!(Momentum::new(bad, 0.9).unwrap_err().name, "learning_rate");
        assert_eq!(Adam::new(bad).unwrap_err().name, "learning_rate");
        assert_eq!(Adam::new(0.1).unwrap().epsilon(bad).unwrap_err().name, "epsilon");
    }
    for bad in [1.0, -0.1, f64::NAN] {
        assert_eq!(Momentum::new(0.1, bad).unwrap_err().name, "beta");
        assert_eq!(Adam::new(0.1).unwrap().betas(bad, 0.9).unwrap_err().name, "beta1");
        assert_eq!(Adam::new(0.1).unwrap().betas(0.9, bad).unwrap_err().name, "beta2");
    }
}

#[test]
fn a_gradient_that_cannot_be_used_changes_nothing() {
    let mut x = vec![1.0, 2.0];
    let mut descent = Stepper::new(Adam::new(0.1).unwrap(), &x);
    descent.step(&mut x, &vec![1.0, -1.0]).unwrap();
    let (before, state) = (x.clone(), descent.state().clone());

    for bad in [f64::NAN, f64::INFINITY] {
        assert_eq!(
            descent.step(&mut x, &vec![0.0, bad]),
            Err(StepError::NonFiniteGradient { path: "gradient[1]".into() })
        );
    }
    let error = descent.step(&mut x, &vec![1.0]).unwrap_err();
    assert_eq!(error.to_string(), "the gradient has the shape [1], the parameters have [2]");
    assert_eq!((&x, descent.state()), (&before, &state));

    let mut longer = vec![1.0; 3];
    assert_eq!(descent.step(&mut longer, &vec![1.0; 3]), Err(StepError::Length { parameters: 3, optimizer: 2 }));
    assert_eq!((longer, descent.state()), (vec![1.0; 3], &state));
}

#[test]
fn a_state_of_another_shape_is_refused() {
    let mut x = [1.0, 2.0];
    let mut descent = Stepper::new(Momentum::new(0.1, 0.9).unwrap(), &x);
    descent.state_mut().last_step.pop();
    assert_eq!(descent.step(&mut x, &[1.0, 1.0]), Err(StepError::Length { parameters: 2, optimizer: 1 }));
    assert_eq!(x, [1.0, 2.0]);
}

/// A saved state goes on exactly where it was.
#[test]
fn a_state_can_be_saved_and_put_back() {
    let rule = Adam::new(0.1).unwrap();
    let grad = |x: &[f64; 2]| [x[0], 4.0 * x[1] - 1.0];
    let mut x = [1.0, 2.0];
    let mut descent = Stepper::new(rule, &x);
    for _ in 0..3 {
        let g = grad(&x);
        descent.step(&mut x, &g).unwrap();
    }
    let mut y = x;
    let mut resumed = Stepper::new(rule, &y);
    *resumed.state_mut() = descent.state().clone();
    for _ in 0..3 {
        let g = grad(&x);
        descent.step(&mut x, &g).unwrap();
        let g = grad(&y);
        resumed.step(&mut y, &g).unwrap();
    }
    assert_eq!(x, y);
}

/// Both parts of a pair run, the left one first: momentum over SGD's output is the heavy ball with the signs of both.
#[test]
fn a_pair_applies_its_parts_in_order() {
    let mut x = 0.0;
    let mut descent = Stepper::new((Sgd::new(2.0).unwrap(), Momentum::new(0.5, 0.5).unwrap()), &x);
    // −2 · 3 = −6; then −0.5 · −6 = 3; then 0.5 · 3 + 3 = 4.5.
    for expected in [3.0, 7.5] {
        descent.step(&mut x, &3.0).unwrap();
        assert_eq!(x, expected);
    }
}

/// Parameters of any shape, in either precision.
#[test]
fn nested_parameters_in_single_precision() {
    let mut x = vec![[1.0_f32, 2.0], [3.0, 4.0]];
    let mut descent = Stepper::new(Sgd::new(0.5).unwrap(), &x);
    descent.step(&mut x, &vec![[2.0, 0.0], [0.0, -2.0]]).unwrap();
    assert_eq!(x, [[0.0, 2.0], [3.0, 5.0]]);
}
