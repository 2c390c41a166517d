//! Writes the random functions: `RANDOM_PROGRAMS` of them (300 if not set), from `RANDOM_PROGRAMS_SEED` (0 if not set),
//! without those in `RANDOM_PROGRAMS_WITHOUT` (numbers with commas between; none if not set).

mod generate;

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=generate");
    let count = number("RANDOM_PROGRAMS", 300);
    let seed = number("RANDOM_PROGRAMS_SEED", 0);
    let without = variable("RANDOM_PROGRAMS_WITHOUT").unwrap_or_default();
    let without: Vec<usize> = without.split(',').filter(|number| !number.is_empty()).map(parse).collect();
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let source = generate::generate(seed, usize::try_from(count).expect("a count fits in memory"), &without);
    fs::write(Path::new(&out).join("programs.rs"), source).expect("OUT_DIR can be written to");
}

/// The number in an environment variable. What is compiled is told to the crate, so that it can name it.
fn number(name: &str, default: u64) -> u64 {
    let number = variable(name).map_or(default, |text| parse(&text));
    println!("cargo::rustc-env={name}={number}");
    number
}

fn variable(name: &str) -> Option<String> {
    println!("cargo::rerun-if-env-changed={name}");
    env::var(name).ok()
}

fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("`{text}` should be a number"))
}
