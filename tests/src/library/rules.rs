//! Functions with derivatives by hand.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::differentiate;

/// The Bessel function J₀, by its power series: a sum whose terms nobody needs to differentiate.
#[differentiate(order = 2, partials(minus_bessel_j1))]
pub fn bessel_j0(x: f64) -> f64 {
    let quarter = -x * x / 4.0;
    (1..40)
        .scan(1.0, |term, k| {
            let this = *term;
            *term *= quarter / f64::from(k * k);
            Some(this)
        })
        .sum()
}

/// `−J₁`, whose own derivative is `J₁/x − J₀`.
#[differentiate(partials(minus_bessel_j1_dx))]
fn minus_bessel_j1(x: f64) -> f64 {
    let quarter = -x * x / 4.0;
    let terms = (1..40).scan(x / 2.0, |term, k| {
        let this = *term;
        *term *= quarter / f64::from(k * (k + 1));
        Some(this)
    });
    -terms.sum::<f64>()
}

fn minus_bessel_j1_dx(x: f64) -> f64 {
    -minus_bessel_j1(x) / x - bessel_j0(x)
}

/// A caller in the same crate.
#[differentiate(order = 2)]
pub fn scaled_bessel(x: f64, scale: f64) -> f64 {
    scale * bessel_j0(x)
}

/// The Euclidean norm, scaled against overflow.
#[differentiate(order = 2, vjp = norm_vjp, jvp = norm_jvp)]
pub fn norm(x: &[f64]) -> f64 {
    let largest = x.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    largest * x.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt()
}

#[differentiate]
fn norm_vjp(x: &[f64], seed: f64, x_bar: &mut [f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i];
    }
    let norm = sum.sqrt();
    for i in 0..x.len() {
        x_bar[i] += seed * x[i] / norm;
    }
    norm
}

#[differentiate]
fn norm_jvp(x: &[f64], x_dot: &[f64]) -> (f64, f64) {
    let y = norm(x);
    (y, x.iter().zip(x_dot).map(|(x, x_dot)| x * x_dot).sum::<f64>() / y)
}
