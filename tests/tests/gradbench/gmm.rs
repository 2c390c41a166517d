//! The posterior of a mixture of Gaussians, whose inverse covariances have Cholesky factors.

use std::f64::consts::{LN_2, PI};

use autodiff_runtime::{Differentiable, differentiate};

use crate::cases::{Case, cases};

/// Of each component: its weight, its mean, and the factor, whose diagonal is `exp(q)`, and whose entries below are `l`,
/// column by column.
#[derive(Differentiable, Clone, Debug)]
struct Mixture {
    alpha: Vec<f64>,
    mu: Vec<Vec<f64>>,
    q: Vec<Vec<f64>>,
    l: Vec<Vec<f64>>,
}

/// The prior of the factors.
struct Wishart {
    gamma: f64,
    m: usize,
}

#[differentiate]
fn log_sum_exp(x: &[f64]) -> f64 {
    let top = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + x.iter().map(|v| (v - top).exp()).sum::<f64>().ln()
}

/// The logarithm of Γ(n/2).
fn ln_gamma_of_half(n: usize) -> f64 {
    match n {
        0 => f64::INFINITY,
        1 => 0.5 * PI.ln(),
        2 => 0.0,
        n => (0.5 * n as f64 - 1.0).ln() + ln_gamma_of_half(n - 2),
    }
}

/// The logarithm of the multivariate Γ_d(n/2).
fn ln_multivariate_gamma(n: usize, d: usize) -> f64 {
    0.25 * (d * (d - 1)) as f64 * PI.ln() + (0..d).map(|j| ln_gamma_of_half(n - j)).sum::<f64>()
}

/// The square of the length of the factor times `x`.
#[differentiate]
fn squared_length(q: &[f64], l: &[f64], x: &[f64]) -> f64 {
    let d = q.len();
    let mut product: Vec<f64> = q.iter().zip(x).map(|(q, x)| q.exp() * x).collect();
    for (j, v) in x.iter().enumerate() {
        for i in j + 1..d {
            product[i] += l[j * (2 * d - j - 1) / 2 + i - j - 1] * v;
        }
    }
    product.iter().map(|v| v * v).sum()
}

#[differentiate]
fn objective(model: &Mixture, #[constant] x: &[Vec<f64>], #[constant] prior: &Wishart) -> f64 {
    let (n, k, d) = (x.len(), model.alpha.len(), model.mu[0].len());
    let sums: Vec<f64> = model.q.iter().map(|q| q.iter().sum()).collect();
    let mut total = -0.5 * (n * d) as f64 * (2.0 * PI).ln();
    let mut terms = vec![0.0; k];
    for point in x {
        for (c, term) in terms.iter_mut().enumerate() {
            let centered: Vec<f64> = point.iter().zip(&model.mu[c]).map(|(x, mu)| x - mu).collect();
            *term = model.alpha[c] + sums[c] - 0.5 * squared_length(&model.q[c], &model.l[c], &centered);
        }
        total += log_sum_exp(&terms);
    }
    total -= n as f64 * log_sum_exp(&model.alpha);

    let degrees = d + prior.m + 1;
    let constant = (degrees * d) as f64 * (prior.gamma.ln() - 0.5 * LN_2) - ln_multivariate_gamma(degrees, d);
    for (c, sum) in sums.iter().enumerate() {
        let squares: f64 = model.q[c].iter().map(|q| (2.0 * q).exp()).sum();
        let below: f64 = model.l[c].iter().map(|l| l * l).sum();
        total -= 0.5 * prior.gamma.powi(2) * (squares + below) - prior.m as f64 * sum;
    }
    total + k as f64 * constant
}

fn model(case: &Case) -> Mixture {
    Mixture { alpha: case.input("alpha"), mu: case.input("mu"), q: case.input("q"), l: case.input("l") }
}

#[test]
fn reference_cases() {
    for case in cases("gmm", &["objective", "jacobian"]) {
        let (x, model): (Vec<Vec<f64>>, _) = (case.input("x"), model(&case));
        let prior = Wishart { gamma: case.input("gamma"), m: case.input("m") };
        match &*case.function {
            "objective" => case.check(&[objective(&model, &x, &prior)], &[case.output()], 1e-12),
            _ => {
                let gradient = objective::grad(&model, &x, &prior);
                let field = |name| case.output_field::<Vec<Vec<f64>>>(name).concat();
                case.check(&gradient.alpha, &case.output_field::<Vec<f64>>("alpha"), 1e-11);
                case.check(&gradient.mu.concat(), &field("mu"), 1e-11);
                case.check(&gradient.q.concat(), &field("q"), 1e-11);
                case.check(&gradient.l.concat(), &field("l"), 1e-11);
            }
        }
    }
}
