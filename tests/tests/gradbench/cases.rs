//! The reference cases: one JSON value a line.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What a function of a problem gives for some input.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) function: String,
    input: Value,
    output: Value,
}

impl Case {
    /// A field of the input.
    pub(crate) fn input<T: DeserializeOwned>(&self, field: &str) -> T {
        read(&self.input[field], field)
    }

    /// The whole input.
    pub(crate) fn whole_input<T: DeserializeOwned>(&self) -> T {
        read(&self.input, "input")
    }

    /// The whole output.
    pub(crate) fn output<T: DeserializeOwned>(&self) -> T {
        read(&self.output, "output")
    }

    /// A field of the output.
    pub(crate) fn output_field<T: DeserializeOwned>(&self, field: &str) -> T {
        read(&self.output[field], field)
    }

    /// That the output is `found`, to a tolerance relative to 1 or to the number, if that is larger.
    #[track_caller]
    pub(crate) fn check(&self, found: &[f64], wanted: &[f64], tolerance: f64) {
        assert_eq!(found.len(), wanted.len(), "{}", self.function);
        for (k, (a, b)) in found.iter().zip(wanted).enumerate() {
            assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{}, number {k}: {a:e}, not {b:e}", self.function);
        }
    }
}

fn read<T: DeserializeOwned>(value: &Value, what: &str) -> T {
    T::deserialize(value).unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// The cases of a problem, which are of these functions, and of each of them.
pub(crate) fn cases(module: &str, functions: &[&str]) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/gradbench/{module}.jsonl"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let case = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases: Vec<Case> = text.lines().map(case).collect();
    let found: BTreeSet<&str> = cases.iter().map(|case| &*case.function).collect();
    assert_eq!(found, functions.iter().copied().collect(), "{}", path.display());
    cases
}
