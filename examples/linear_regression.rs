//! Gradient descent on linear regression, step by step, on real data: how diabetes progresses with body mass index.
//!
//! ```text
//! cargo run --release --example linear_regression
//! ```
//!
//! fits the line `y ≈ w₀ + w₁ x` by gradient descent, with and without momentum, compares the end with the closed form
//! of least squares, and writes two pictures to `out/linear_regression/`: the ways through the plane of parameters over
//! the contours of the loss, and the line on its way.
//!
//! x is the body mass index with its range mapped to [0, 1], y the progression in hundreds. x is not centred, so that
//! intercept and slope depend on each other: the contours are long ellipses, the first steps cross the valley, and the
//! many that follow creep along it.

use std::error::Error;

use autodiff_examples::datasets;
use autodiff_examples::figures::{self, Descent, Line};
use autodiff_runtime::differentiate;
use autodiff_runtime::optim::{Momentum, Optimizer, Sgd, StepError, Stepper};

const STEPS: usize = 500;
/// Below 2/λ, λ = 1.14 being the largest eigenvalue of the Hessian, above which gradient descent diverges.
const LEARNING_RATE: f64 = 1.0;
const MOMENTUM: f64 = 0.7;

/// Half the mean squared residual of the line with intercept `w[0]` and slope `w[1]`.
#[differentiate]
fn loss(w: &[f64; 2], #[constant] x: &[f64], #[constant] y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let residual = w[0] + w[1] * x[i] - y[i];
        sum += residual * residual;
    }
    sum / (2.0 * x.len() as f64)
}

/// The parameters after 0, 1, …, `STEPS` steps from 0.
fn descend<O: Optimizer<f64>>(optimizer: O, x: &[f64], y: &[f64]) -> Result<Vec<[f64; 2]>, StepError> {
    let mut w = [0.0, 0.0];
    let mut stepper = Stepper::new(optimizer, &w);
    let mut path = vec![w];
    for _ in 0..STEPS {
        let gradient = loss::grad(&w, x, y);
        stepper.step(&mut w, &gradient)?;
        path.push(w);
    }
    Ok(path)
}

/// Intercept and slope of the least-squares line in closed form: the slope is covariance over variance, and the line
/// goes through the means.
fn least_squares(x: &[f64], y: &[f64]) -> [f64; 2] {
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let covariance: f64 = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = x.iter().map(|x| (x - mean_x).powi(2)).sum();
    let slope = covariance / variance;
    [mean_y - slope * mean_x, slope]
}

fn main() -> Result<(), Box<dyn Error>> {
    let (bmi, progression) = datasets::diabetes_bmi()?;
    let low = bmi.iter().copied().fold(f64::INFINITY, f64::min);
    let high = bmi.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let x: Vec<f64> = bmi.iter().map(|b| (b - low) / (high - low)).collect();
    let y: Vec<f64> = progression.iter().map(|p| p / 100.0).collect();

    let best = least_squares(&x, &y);
    let plain = descend(Sgd::new(LEARNING_RATE)?, &x, &y)?;
    let momentum = descend(Momentum::new(LEARNING_RATE, MOMENTUM)?, &x, &y)?;

    println!("{:>6}  {:^30}  {:^30}", "", "gradient descent", "with momentum");
    println!("{:>6}{}", "step", format!("  {:>10}{:>10}{:>10}", "loss", "intercept", "slope").repeat(2));
    for step in [0, 1, 2, 5, 10, 20, 50, 100, 200, STEPS] {
        let row = |w: [f64; 2]| format!("  {:>10.6}{:>10.5}{:>10.5}", loss(&w, &x, &y), w[0], w[1]);
        println!("{step:>6}{}{}", row(plain[step]), row(momentum[step]));
    }
    println!("{:>6}  {:>10.6}{:>10.5}{:>10.5}", "exact", loss(&best, &x, &y), best[0], best[1]);
    for (name, path) in [("gradient descent", &plain), ("with momentum", &momentum)] {
        let w = path[STEPS];
        println!("{name}: {:.1e} from the closed form", (w[0] - best[0]).hypot(w[1] - best[1]));
    }

    let dir = figures::output_dir("linear_regression")?;
    figures::descents(
        &dir.join("descent.png"),
        ([-0.3, 2.6], [-0.3, 3.3]),
        best,
        &|w| loss(&w, &x, &y),
        &[Descent { name: "gradient descent", path: &plain }, Descent { name: "with momentum", path: &momentum }],
    )?;
    // From the scaled variables back to those of the axes.
    let unscale = |[intercept, slope]: [f64; 2]| {
        let slope = 100.0 * slope / (high - low);
        [100.0 * intercept - slope * low, slope]
    };
    let shown = [0, 1, 5, 20, 50, 200].map(|step| Line { step, line: unscale(plain[step]) });
    let axes = ("Body mass index in kg/m²", "Progression of diabetes after one year");
    figures::lines(&dir.join("lines.png"), (&bmi, &progression), axes, &shown, unscale(best))?;
    println!("pictures are in {}", dir.display());
    Ok(())
}
