//! Writes the random functions: `RANDOM_PROGRAMS` of them (300 if not set), from `RANDOM_PROGRAMS_SEED` (0 if not set).

mod generate;

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=generate");
    let count = number("RANDOM_PROGRAMS", 300);
    let seed = number("RANDOM_PROGRAMS_SEED", 0);
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let source = generate::generate(seed, usize::try_from(count).expect("a count fits in memory"));
    fs::write(Path::new(&out).join("programs.rs"), source).expect("OUT_DIR can be written to");
}

/// The number in an environment variable. What is compiled is told to the crate, so that it can name it.
fn number(variable: &str, default: u64) -> u64 {
    println!("cargo::rerun-if-env-changed={variable}");
    let number = match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} should be a number, and is `{text}`")),
        Err(_) => default,
    };
    println!("cargo::rustc-env={variable}={number}");
    number
}
