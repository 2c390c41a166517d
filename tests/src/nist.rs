//! Reads the nonlinear regression problems of the NIST Statistical Reference Datasets.

use std::fs;
use std::path::Path;

/// A problem with its certified solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The name of the data set.
    pub name: String,
    /// `Lower`, `Average` or `Higher`.
    pub difficulty: String,
    /// The first starting point, far from the solution, and the second one, closer to it.
    pub starts: [Vec<f64>; 2],
    /// The certified parameters.
    pub parameters: Vec<f64>,
    /// The certified standard deviations of the parameters.
    pub standard_errors: Vec<f64>,
    /// The certified residual sum of squares.
    pub sum_of_squares: f64,
    /// The observations, response and predictor.
    pub data: Vec<(f64, f64)>,
}

/// The names of all problems that are there, in order.
///
/// # Panics
///
/// When the directory cannot be read.
pub fn names() -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nist-strd");
    let files = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let names = files.filter_map(|file| Some(file.ok()?.file_name().to_str()?.strip_suffix(".dat")?.to_string()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Reads the problem called `name` from `data/nist-strd`.
///
/// # Panics
///
/// When the file cannot be read or is not of the published form: the numbers of parameters and observations that it
/// states must be those that it lists.
pub fn problem(name: &str) -> Problem {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nist-strd").join(format!("{name}.dat"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    parse(&text)
}

/// The problem in the text of a file, as in [`problem`].
///
/// # Panics
///
/// As [`problem`].
pub fn parse(text: &str) -> Problem {
    let after = |label: &str| text.lines().find_map(|line| Some(line.split_once(label)?.1.trim().to_string()));
    let stated = |label: &str| after(label).unwrap_or_else(|| panic!("no line with {label:?}"));
    let name = stated("Dataset Name:").split_whitespace().next().expect("a name").to_string();

    // "b1 = start1 start2 certified standard-deviation"
    let rows: Vec<Vec<f64>> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix('b')?.split_once('='))
        .filter(|(index, _)| index.trim().parse::<usize>().is_ok())
        .map(|(_, numbers)| numbers_of(numbers))
        .collect();
    assert!(rows.iter().all(|row| row.len() == 4), "{name}: a parameter without its four numbers");
    let column = |k: usize| -> Vec<f64> { rows.iter().map(|row| row[k]).collect() };
    let parameters = column(2);
    // "3 Parameters (b1 to b3)"
    let count = text.lines().find_map(|line| line.trim().split_once(" Parameters")?.0.parse::<usize>().ok());
    assert_eq!(Some(parameters.len()), count, "{name}: the number of parameters");

    // The second "Data:" heads the observations.
    let lines = text.lines().skip_while(|line| !line.split_whitespace().eq(["Data:", "y", "x"])).skip(1);
    let data: Vec<(f64, f64)> = lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| match numbers_of(line)[..] {
            [y, x] => (y, x),
            _ => panic!("{name}: not an observation: {line:?}"),
        })
        .collect();
    assert_eq!(data.len().to_string(), stated("Number of Observations:"), "{name}: the number of observations");

    let difficulty = text.lines().find_map(|line| line.trim().split_once(" Level of Difficulty"));
    Problem {
        difficulty: difficulty.unwrap_or_else(|| panic!("{name}: no level of difficulty")).0.to_string(),
        starts: [column(0), column(1)],
        parameters,
        standard_errors: column(3),
        sum_of_squares: numbers_of(&stated("Residual Sum of Squares:"))[0],
        data,
        name,
    }
}

fn numbers_of(text: &str) -> Vec<f64> {
    text.split_whitespace().map(|word| word.parse().unwrap_or_else(|_| panic!("not a number: {word:?}"))).collect()
}

/// The number of correct decimal digits, `−log₁₀ |x − certified| / |certified|`: the logarithmic relative error by which
/// NIST compares programs. At most 11, since that many are certified.
pub fn digits(x: f64, certified: f64) -> f64 {
    let error = ((x - certified) / certified).abs();
    // A NaN has no digit right.
    if error.is_nan() { 0.0 } else { (-error.log10()).min(11.0) }
}
