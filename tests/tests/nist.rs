//! Levenberg–Marquardt on the nonlinear regression problems of NIST, from both starting points, with models and
//! gradients from `#[differentiate]`.
//!
//! NIST certifies eleven digits of each parameter, of its standard deviation and of the residual sum of squares, and six of them are what a good
//! program reaches. We ask for eight. Nothing is tuned to a problem: the settings are the defaults.

use std::f64::consts::PI;

use autodiff_runtime::differentiate;
use autodiff_runtime::second_order::{LevenbergMarquardt, Solution, standard_errors};
use autodiff_tests::nist::{Problem, digits, names, problem};

/// BoxBOD and Misra1a.
#[differentiate]
fn saturation(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (1.0 - (-b[1] * x).exp())
}

#[differentiate]
fn chwirut(b: &[f64], #[constant] x: f64) -> f64 {
    (-b[0] * x).exp() / (b[1] + b[2] * x)
}

#[differentiate]
fn dan_wood(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * x.powf(b[1])
}

#[differentiate]
fn enso(b: &[f64], #[constant] x: f64) -> f64 {
    let year = 2.0 * PI * x / 12.0;
    let slow = 2.0 * PI * x / b[3];
    let fast = 2.0 * PI * x / b[6];
    b[0] + b[1] * year.cos()
        + b[2] * year.sin()
        + b[4] * slow.cos()
        + b[5] * slow.sin()
        + b[7] * fast.cos()
        + b[8] * fast.sin()
}

#[differentiate]
fn eckerle(b: &[f64], #[constant] x: f64) -> f64 {
    let t = (x - b[2]) / b[1];
    b[0] / b[1] * (-0.5 * t * t).exp()
}

#[differentiate]
fn gauss(b: &[f64], #[constant] x: f64) -> f64 {
    let first = (x - b[3]) / b[4];
    let second = (x - b[6]) / b[7];
    b[0] * (-b[1] * x).exp() + b[2] * (-first * first).exp() + b[5] * (-second * second).exp()
}

/// Hahn1 and Thurber.
#[differentiate]
fn cubic_over_cubic(b: &[f64], #[constant] x: f64) -> f64 {
    (b[0] + x * (b[1] + x * (b[2] + x * b[3]))) / (1.0 + x * (b[4] + x * (b[5] + x * b[6])))
}

#[differentiate]
fn kirby(b: &[f64], #[constant] x: f64) -> f64 {
    (b[0] + x * (b[1] + x * b[2])) / (1.0 + x * (b[3] + x * b[4]))
}

#[differentiate]
fn lanczos(b: &[f64], #[constant] x: f64) -> f64 {
    let mut sum = 0.0;
    for k in 0..3 {
        sum += b[2 * k] * (-b[2 * k + 1] * x).exp();
    }
    sum
}

#[differentiate]
fn mgh09(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (x * x + x * b[1]) / (x * x + x * b[2] + b[3])
}

#[differentiate]
fn mgh10(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (b[1] / (x + b[2])).exp()
}

#[differentiate]
fn mgh17(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] + b[1] * (-x * b[3]).exp() + b[2] * (-x * b[4]).exp()
}

#[differentiate]
fn misra1b(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (1.0 - (1.0 + b[1] * x / 2.0).powi(-2))
}

#[differentiate]
fn misra1c(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] * (1.0 - (1.0 + 2.0 * b[1] * x).powf(-0.5))
}

#[differentiate]
fn ratkowsky(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] / (1.0 + (b[1] - b[2] * x).exp())
}

#[differentiate]
fn roszman(b: &[f64], #[constant] x: f64) -> f64 {
    b[0] - b[1] * x - (b[2] / (x - b[3])).atan() / PI
}

/// How many of the certified digits must be right.
const DIGITS: f64 = 8.0;

type Value = fn(&[f64], f64) -> f64;
type Gradient = fn(&[f64], f64) -> Vec<f64>;

const MODELS: [(&str, Value, Gradient); 18] = [
    ("BoxBOD", saturation, saturation::grad),
    ("Chwirut2", chwirut, chwirut::grad),
    ("DanWood", dan_wood, dan_wood::grad),
    ("ENSO", enso, enso::grad),
    ("Eckerle4", eckerle, eckerle::grad),
    ("Gauss1", gauss, gauss::grad),
    ("Hahn1", cubic_over_cubic, cubic_over_cubic::grad),
    ("Kirby2", kirby, kirby::grad),
    ("Lanczos3", lanczos, lanczos::grad),
    ("MGH09", mgh09, mgh09::grad),
    ("MGH10", mgh10, mgh10::grad),
    ("MGH17", mgh17, mgh17::grad),
    ("Misra1a", saturation, saturation::grad),
    ("Misra1b", misra1b, misra1b::grad),
    ("Misra1c", misra1c, misra1c::grad),
    ("Rat42", ratkowsky, ratkowsky::grad),
    ("Roszman1", roszman, roszman::grad),
    ("Thurber", cubic_over_cubic, cubic_over_cubic::grad),
];

/// The fit, and the standard errors of its parameters.
fn fit(problem: &Problem, start: &[f64], model: Value, gradient: Gradient) -> (Solution<Vec<f64>>, Vec<f64>) {
    let residuals = |b: &Vec<f64>| -> Vec<f64> { problem.data.iter().map(|&(y, x)| model(b, x) - y).collect() };
    let jacobian = |b: &Vec<f64>| -> Vec<Vec<f64>> { problem.data.iter().map(|&(_, x)| gradient(b, x)).collect() };
    let fit = LevenbergMarquardt::new().fit(&start.to_vec(), residuals, jacobian).expect("the problem is well-formed");
    let errors = standard_errors(&fit, &jacobian(&fit.x)).expect("the parameters are determined");
    (fit, errors)
}

/// The digits of the worst one.
fn least_digits(found: &[f64], certified: &[f64]) -> f64 {
    found.iter().zip(certified).map(|(x, certified)| digits(*x, *certified)).fold(f64::INFINITY, f64::min)
}

#[test]
fn certified_values_are_met() {
    assert_eq!(MODELS.map(|(name, ..)| name).as_slice(), names(), "a problem without a model");
    let mut table = String::new();
    let mut failed = Vec::new();
    for (name, model, gradient) in MODELS {
        let problem = problem(name);
        assert_eq!(problem.name, name);
        for (k, start) in problem.starts.iter().enumerate() {
            let (fit, errors) = fit(&problem, start, model, gradient);
            let parameters = least_digits(&fit.x, &problem.parameters);
            let errors = least_digits(&errors, &problem.standard_errors);
            let sum_of_squares = digits(2.0 * fit.value, problem.sum_of_squares);
            table += &format!(
                "{name:9} {:8} start {}  {parameters:5.1} {errors:5.1} {sum_of_squares:5.1} digits  {:4} iterations  {}\n",
                problem.difficulty,
                k + 1,
                fit.iterations.len(),
                fit.stopped,
            );
            if parameters < DIGITS || errors < DIGITS || sum_of_squares < DIGITS || !fit.stopped.converged() {
                failed.push(format!("{name} from start {}", k + 1));
            }
        }
    }
    println!("{table}");
    assert!(failed.is_empty(), "less than {DIGITS} digits: {}\n{table}", failed.join(", "));
}

/// The reader, against numbers copied from the file by hand.
#[test]
fn a_file_is_read_as_published() {
    let problem = problem("Misra1a");
    assert_eq!((problem.name.as_str(), problem.difficulty.as_str()), ("Misra1a", "Lower"));
    assert_eq!(problem.starts, [vec![500.0, 0.0001], vec![250.0, 0.0005]]);
    assert_eq!(problem.parameters, [238.94212918, 5.5015643181e-4]);
    assert_eq!(problem.standard_errors, [2.7070075241, 7.2668688436e-6]);
    assert_eq!(problem.sum_of_squares, 0.12455138894);
    assert_eq!((problem.data.len(), problem.data[0], problem.data[13]), (14, (10.07, 77.6), (81.78, 760.0)));
}

#[test]
fn digits_count_what_agrees() {
    assert!((digits(1.000_1, 1.0) - 4.0).abs() < 1e-3);
    assert_eq!(digits(-2.0, -2.0), 11.0);
    assert!(digits(2.0, 1.0) <= 0.0 && digits(f64::NAN, 1.0) == 0.0);
}
