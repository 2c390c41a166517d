//! How long the macro takes, and how much it writes, for functions of 50, 500 and 5,000 lines.
//!
//! `cargo bench --bench expansion` writes a crate with one function, checks it several times with the settings of a default
//! debug build, in which the macro itself is not optimised, and prints the least time (others only disturb), the size
//! of the generated code, and both per line of the function. Both should grow with the lines and no faster: a column per
//! line that stays flat.
//!
//! The goal is less than 150 ms for 500 lines on a machine of today; on one of two cores it took 79 ms, and 156, 178 and 319 µs a
//! line for 505, 5,003 and 52 lines. What depends on no machine: the expansion of the 505 lines takes 0.46 · 10⁹ instructions, by
//! `valgrind --tool=callgrind --toggle-collect='autodiff_macros::clock::timed*'`.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LINES: [usize; 3] = [50, 500, 5000];
/// How often each function is expanded.
const RUNS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    // A test run only asks whether the benchmark works.
    if !std::env::args().any(|arg| arg == "--bench") {
        assert!(LINES.iter().all(|&lines| function(lines).lines().count() >= lines));
        return Ok(());
    }
    let project = Project::new()?;
    println!("{:>6}  {:>9}  {:>13}  {:>10}  {:>14}", "lines", "least, ms", "µs per line", "code, kB", "bytes per line");
    for lines in LINES {
        let source = function(lines);
        let lines = source.lines().count();
        let milliseconds = (0..RUNS).map(|_| project.time(&source)).collect::<Result<Vec<_>, _>>()?;
        let least = milliseconds.into_iter().fold(f64::INFINITY, f64::min);
        let bytes = project.generated(&source)?;
        println!(
            "{lines:>6}  {least:>9.1}  {:>13.0}  {:>10.0}  {:>14.0}",
            1e3 * least / lines as f64,
            bytes as f64 / 1e3,
            bytes as f64 / lines as f64
        );
    }
    Ok(())
}

/// A crate of its own, outside of the workspace and its profiles.
struct Project {
    root: PathBuf,
}

impl Project {
    fn new() -> Result<Self, Box<dyn Error>> {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("expansion");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        fs::create_dir_all(root.join("src"))?;
        fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock"))?;
        let manifest = format!(
            "[workspace]\n[package]\nname = \"expansion\"\nedition = \"2024\"\n[dependencies]\nautodiff-runtime = {{ path = {:?} }}\n",
            workspace.join("autodiff-runtime")
        );
        fs::write(root.join("Cargo.toml"), manifest)?;
        Ok(Self { root })
    }

    /// Checks the crate with `source` in it, and returns what the compiler said.
    fn check(&self, source: &str, variable: &str, value: &str) -> Result<String, Box<dyn Error>> {
        fs::write(self.root.join("src/lib.rs"), source)?;
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env(variable, value)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(said) } else { Err(said.into()) }
    }

    /// How many milliseconds the expansion took.
    fn time(&self, source: &str) -> Result<f64, Box<dyn Error>> {
        let said = self.check(source, "AUTODIFF_TIME", "1")?;
        let line = said.lines().find_map(|line| line.strip_prefix("AUTODIFF_TIME: f "));
        Ok(line.and_then(|rest| rest.strip_suffix(" ms")).ok_or("the macro did not say how long it took")?.parse()?)
    }

    /// How many bytes were generated.
    fn generated(&self, source: &str) -> Result<u64, Box<dyn Error>> {
        let directory = self.root.join("generated/");
        // The slash at the end says that it is a directory.
        self.check(source, "AUTODIFF_DUMP", &format!("{}/", directory.display()))?;
        Ok(fs::metadata(directory.join("f.rs"))?.len())
    }
}

/// The source of a function of about `lines` lines: arithmetic, elementary functions, branches, sums and recurrences.
fn function(lines: usize) -> String {
    let mut source =
        "use autodiff_runtime::differentiate;\n\n#[differentiate]\npub fn f(x: f64, y: f64, w: &[f64]) -> f64 {\n"
            .to_string();
    let mut names = ["x".to_string(), "y".to_string()];
    let mut k = 0;
    while source.lines().count() < lines {
        let [b, a] = &names;
        let v = format!("v{k}");
        let text = match k % 10 {
            0 => format!("    let {v} = {a} * {b} + 0.5;\n"),
            1 => format!("    let {v} = ({a} - {b}).sin() * 0.5;\n"),
            2 => format!("    let {v} = {a} / (1.0 + {b} * {b});\n"),
            3 => format!("    let {v} = ({a} * 0.1).exp() - {b};\n"),
            4 => format!("    let {v} = {a}.tanh() + {b} * 2.0;\n"),
            5 => format!("    let {v} = ({a} * {a} + {b} * {b} + 1.0).sqrt();\n"),
            6 => format!(
                "    let mut {v} = 0.0;\n    for i in 0..w.len() {{\n        let u = w[i] * {a};\n        {v} += u * u;\n    }}\n"
            ),
            7 => format!(
                "    let {v} = if {a} > {b} {{\n        {a} * 2.0\n    }} else {{\n        {b} - {a}\n    }};\n"
            ),
            8 => {
                format!("    let mut {v} = {a};\n    for i in 0..w.len() {{\n        {v} = {v}.sin() * w[i];\n    }}\n")
            }
            _ => format!("    let {v} = {a} - 0.25 * {b};\n"),
        };
        source += &text;
        names = [std::mem::take(&mut names[1]), v];
        k += 1;
    }
    let _ = writeln!(source, "    {}\n}}", names[1]);
    source
}
