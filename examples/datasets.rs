//! The data sets in `data/`, whose README names their sources.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;

/// A file that could not be read as the numbers it should hold.
#[derive(Debug)]
pub struct DataError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for DataError {}

/// A handwritten digit.
#[derive(Debug, Clone, PartialEq)]
pub struct Digit {
    /// 8 × 8 pixels row by row, from 0 (paper) to 1 (ink).
    pub pixels: [f64; 64],
    /// The digit that was meant, 0 to 9.
    pub label: usize,
}

impl Digit {
    /// The same digit moved by half a pixel to the left, right, top and bottom: each pixel is the mean of two
    /// neighbours.
    pub fn moved(&self) -> [Self; 4] {
        [(0, 1), (0, -1), (1, 0), (-1, 0)].map(|(dy, dx)| {
            let at = |row: i32, column: i32| match (row, column) {
                (0..8, 0..8) => self.pixels[(8 * row + column) as usize],
                _ => 0.0,
            };
            let mean = |(row, column)| 0.5 * (at(row, column) + at(row + dy, column + dx));
            Self { pixels: std::array::from_fn(|i| mean((i as i32 / 8, i as i32 % 8))), label: self.label }
        })
    }
}

/// The handwritten digits in file order.
///
/// # Errors
///
/// When the file is missing or is not 65 integers a row, the pixels at most 16 and the label at most 9.
pub fn digits() -> Result<Vec<Digit>, DataError> {
    let (path, rows) = read_numbers("digits.csv.gz", b',')?;
    let parse = |(i, row): (usize, &Vec<f64>)| {
        let reason = format!("row {} is not 64 pixels from 0 to 16 and a class from 0 to 9", i + 1);
        digit(row).ok_or_else(|| DataError { path: path.clone(), reason })
    };
    rows.iter().enumerate().map(parse).collect()
}

fn digit(row: &[f64]) -> Option<Digit> {
    let (label, pixels) = row.split_last()?;
    let pixels: [f64; 64] = pixels.try_into().ok()?;
    let label = (0..10).find(|&class| class as f64 == *label)?;
    let in_range = pixels.iter().all(|p| (0.0..=16.0).contains(p));
    in_range.then(|| Digit { pixels: pixels.map(|p| p / 16.0), label })
}

/// Takes out every fifth digit of each class, in the order given: `(the rest, those taken out)`.
pub fn hold_out_every_fifth(digits: Vec<Digit>) -> (Vec<Digit>, Vec<Digit>) {
    let mut seen = [0; 10];
    digits.into_iter().partition(|digit| {
        seen[digit.label] += 1;
        seen[digit.label] % 5 != 0
    })
}

/// Body mass index in kg/m², and the progression of diabetes one year later, of 442 patients.
///
/// # Errors
///
/// When a file is missing, has rows of the wrong length, or the two have different numbers of rows.
pub fn diabetes_bmi() -> Result<(Vec<f64>, Vec<f64>), DataError> {
    let column = |file, width, index| -> Result<(PathBuf, Vec<f64>), DataError> {
        let (path, rows) = read_numbers(file, b' ')?;
        match rows.iter().position(|row: &Vec<f64>| row.len() != width) {
            Some(i) => {
                Err(DataError { path, reason: format!("row {} has {} numbers, not {width}", i + 1, rows[i].len()) })
            }
            None => Ok((path, rows.iter().map(|row| row[index]).collect())),
        }
    };
    let (_, bmi) = column("diabetes_data_raw.csv.gz", 10, 2)?;
    let (path, progression) = column("diabetes_target.csv.gz", 1, 0)?;
    if bmi.len() != progression.len() || bmi.is_empty() {
        let reason = format!("{} rows for {} patients", progression.len(), bmi.len());
        return Err(DataError { path, reason });
    }
    Ok((bmi, progression))
}

/// An iris.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Iris {
    /// Length and width of a sepal, length and width of a petal, in cm.
    pub measures: [f64; 4],
    /// The species, an index of [`IRIS_SPECIES`].
    pub species: usize,
}

/// The species of [`irises`].
pub const IRIS_SPECIES: [&str; 3] = ["setosa", "versicolor", "virginica"];

/// Fisher's 150 irises in file order, 50 of each species.
///
/// # Errors
///
/// When the file is missing or a row is not four lengths and a species from 0 to 2.
pub fn irises() -> Result<Vec<Iris>, DataError> {
    let (path, rows) = read_numbers("iris.csv", b',')?;
    let iris = |row: &[f64]| {
        let &[a, b, c, d, class] = row else { return None };
        let species = (0..3).find(|&species| species as f64 == class)?;
        [a, b, c, d].iter().all(|&length| length > 0.0).then_some(Iris { measures: [a, b, c, d], species })
    };
    let parse = |(i, row): (usize, &Vec<f64>)| {
        let reason = format!("row {} is not four lengths and a species from 0 to 2", i + 1);
        iris(row).ok_or_else(|| DataError { path: path.clone(), reason })
    };
    rows.iter().enumerate().map(parse).collect()
}

/// Reads a table of finite numbers: one that is compressed, or else one behind a line of names.
fn read_numbers(file: &str, delimiter: u8) -> Result<(PathBuf, Vec<Vec<f64>>), DataError> {
    let is_compressed = file.ends_with(".gz");
    let path = [env!("CARGO_MANIFEST_DIR"), "data", file].iter().collect::<PathBuf>();
    let error = |reason: String| DataError { path: path.clone(), reason };
    let file = File::open(&path).map_err(|e| error(e.to_string()))?;
    let mut rows = Vec::new();
    let file: Box<dyn Read> = if is_compressed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(!is_compressed).flexible(true).delimiter(delimiter).from_reader(file);
    for record in reader.records() {
        let record = record.map_err(|e| error(e.to_string()))?;
        let number = |field: &str| field.trim().parse().ok().filter(|x: &f64| x.is_finite());
        let row: Option<Vec<f64>> = record.iter().map(number).collect();
        rows.push(row.ok_or_else(|| error(format!("row {} holds something that is not a number", rows.len() + 1)))?);
    }
    Ok((path, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The counts of the classes are those that the repository publishes for its test part.
    #[test]
    fn the_digits_are_the_published_ones() {
        let digits = digits().unwrap();
        let mut counts = [0; 10];
        digits.iter().for_each(|digit| counts[digit.label] += 1);
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        assert_eq!(digits[0].pixels[2..6], [5.0, 13.0, 9.0, 1.0].map(|p| p / 16.0));
    }

    #[test]
    fn a_fifth_of_each_class_is_held_out() {
        let all = digits().unwrap();
        let (rest, held_out) = hold_out_every_fifth(all.clone());
        assert_eq!((rest.len() + held_out.len(), held_out.len()), (1797, 355));
        let zeros: Vec<_> = all.iter().filter(|d| d.label == 0).collect();
        assert_eq!(held_out.iter().find(|d| d.label == 0), Some(zeros[4]));
        assert_eq!(rest.iter().filter(|d| d.label == 0).nth(4), Some(zeros[5]));
    }

    #[test]
    fn digits_move_by_half_a_pixel() {
        let mut pixels = [0.0; 64];
        pixels[8 * 3 + 7] = 1.0;
        let dot = Digit { pixels, label: 4 };
        let [left, right, up, down] = dot.moved();
        let ink = |digit: &Digit| {
            (0..64).filter(|&i| digit.pixels[i] > 0.0).map(|i| (i, digit.pixels[i])).collect::<Vec<_>>()
        };
        assert_eq!(ink(&left), [(30, 0.5), (31, 0.5)]);
        // Half of the ink leaves the picture.
        assert_eq!(ink(&right), [(31, 0.5)]);
        assert_eq!(ink(&up), [(23, 0.5), (31, 0.5)]);
        assert_eq!(ink(&down), [(31, 0.5), (39, 0.5)]);
        assert_eq!(down.label, 4);
    }

    /// Means and standard deviations as the repository publishes them.
    #[test]
    fn the_irises_are_the_published_ones() {
        let irises = irises().unwrap();
        assert_eq!(irises.len(), 150);
        assert!((0..3).all(|species| irises.iter().filter(|iris| iris.species == species).count() == 50));
        let published = [(5.84, 0.83), (3.05, 0.43), (3.76, 1.76), (1.20, 0.76)];
        for (k, (mean, deviation)) in published.into_iter().enumerate() {
            let values = irises.iter().map(|iris| iris.measures[k]);
            let m = values.clone().sum::<f64>() / 150.0;
            let s = (values.map(|v| (v - m).powi(2)).sum::<f64>() / 149.0).sqrt();
            assert!((m - mean).abs() < 0.01 && (s - deviation).abs() < 0.01, "{k}: {m} ± {s}");
        }
    }

    /// Mean and standard deviation of the paper's data: 26.38 ± 4.42 kg/m², 152.13 ± 77.09.
    #[test]
    fn the_patients_are_the_published_ones() {
        let (bmi, progression) = diabetes_bmi().unwrap();
        assert_eq!((bmi.len(), progression.len()), (442, 442));
        for (values, mean, deviation) in [(bmi, 26.38, 4.42), (progression, 152.13, 77.09)] {
            let m = values.iter().sum::<f64>() / 442.0;
            let s = (values.iter().map(|v| (v - m).powi(2)).sum::<f64>() / 441.0).sqrt();
            assert!((m - mean).abs() < 0.01 && (s - deviation).abs() < 0.01, "{m} ± {s}");
        }
    }
}
