//! One batch: functions of one seed, compiled and checked.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// How long a process may take: a bug may make a loop endless.
const PATIENCE: Duration = Duration::from_secs(1800);

/// Functions of one seed.
pub(crate) struct Batch {
    pub(crate) seed: u64,
    pub(crate) programs: usize,
    /// The workspace whose compiler is tested.
    pub(crate) workspace: PathBuf,
    pub(crate) target: PathBuf,
}

/// How it went.
pub(crate) enum Ended {
    Right {
        functions: usize,
        text: String,
    },
    /// Some have wrong derivatives.
    Wrong {
        programs: Vec<usize>,
        functions: usize,
        text: String,
    },
    /// Some do not compile.
    Refused {
        programs: Vec<usize>,
        text: String,
    },
    /// Something else happened.
    Broken {
        text: String,
    },
}

impl Batch {
    /// Compiles and checks the functions but those of the numbers `without`.
    pub(crate) fn run(&self, without: &[usize]) -> Ended {
        fs::create_dir_all(&self.target).expect("the target directory can be written to");
        let list: Vec<String> = without.iter().map(usize::to_string).collect();
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["build", "--quiet", "--package", "autodiff-tests-random", "--bin", "agree", "--jobs", "1"])
            .current_dir(&self.workspace)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            // Nobody steps through what is compiled once.
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env("RANDOM_PROGRAMS", self.programs.to_string())
            .env("RANDOM_PROGRAMS_SEED", self.seed.to_string())
            .env("RANDOM_PROGRAMS_WITHOUT", list.join(","));
        let (status, text) = self.wait(cargo);
        if !status.is_some_and(|status| status.success()) {
            let programs: Vec<usize> = refused(&text).into_iter().filter(|id| !without.contains(id)).collect();
            return if programs.is_empty() { Ended::Broken { text } } else { Ended::Refused { programs, text } };
        }
        let (status, text) = self.wait(Command::new(self.target.join("debug/agree")));
        let functions = text.lines().last().and_then(|line| line.split(' ').next()?.parse().ok());
        let failed = text.lines().find_map(|line| line.strip_prefix("failed:")).unwrap_or_default();
        let programs: BTreeSet<usize> = failed.split_whitespace().filter_map(program).collect();
        match (status.and_then(|status| status.code()), functions) {
            (Some(0), Some(functions)) => Ended::Right { functions, text },
            (Some(1), Some(functions)) if !programs.is_empty() => {
                Ended::Wrong { programs: programs.into_iter().collect(), functions, text }
            }
            _ => Ended::Broken { text },
        }
    }

    /// The status, if it ended, and what it has written.
    fn wait(&self, mut command: Command) -> (Option<ExitStatus>, String) {
        let path = self.target.join("output.txt");
        let file = File::create(&path).expect("the target directory can be written to");
        command.stdout(file.try_clone().expect("files can be shared")).stderr(file);
        let mut child = command.spawn().expect("the process starts");
        let status = until(&mut child, Instant::now() + PATIENCE);
        (status, String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned())
    }
}

fn until(child: &mut Child, end: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(50)),
            Ok(None) | Err(_) => {
                // It may have ended in between.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            Ok(status) => return status,
        }
    }
}

/// The number behind `program_`.
fn program(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("program_")?;
    digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())].parse().ok()
}

/// The functions that rustc complains about.
fn refused(text: &str) -> BTreeSet<usize> {
    let places = text.lines().filter_map(|line| {
        let (path, rest) = line.trim_start().strip_prefix("--> ")?.split_once(".rs:")?;
        Some((format!("{path}.rs"), rest.split(':').next()?.parse().ok()?))
    });
    let places: BTreeSet<(String, usize)> = places.filter(|(path, _)| path.ends_with("programs.rs")).collect();
    let source = |path: &str| fs::read_to_string(Path::new(path)).unwrap_or_default();
    places.iter().filter_map(|(path, line)| function_at(&source(path), *line)).collect()
}

/// The function in or above whose item the line is.
fn function_at(source: &str, line: usize) -> Option<usize> {
    let lines: Vec<&str> = source.lines().collect();
    let is_start =
        |line: &&str| ["fn program_", "mod case_", "#[differentiate"].iter().any(|start| line.starts_with(start));
    let start = lines.get(..line)?.iter().rposition(is_start)?;
    let head = lines[start..].iter().find(|line| line.starts_with("fn program_") || line.starts_with("mod case_"))?;
    program(&head.strip_prefix("fn ").map_or_else(|| head.replacen("mod case_", "program_", 1), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "#[differentiate]\nfn program_7(x: f64) -> f64 {\n    x\n}\n\nmod case_7 {\n    use super::*;\n}\n\
        #[differentiate]\nimpl Model1 {\nfn program_12<T>(&self) -> T {\n    0.0\n}\n}\n";

    #[test]
    fn functions_by_line() {
        let of = |line| function_at(SOURCE, line);
        assert_eq!((1..=8).map(of).collect::<BTreeSet<_>>(), BTreeSet::from([Some(7)]));
        assert_eq!((9..=12).map(of).collect::<BTreeSet<_>>(), BTreeSet::from([Some(12)]));
    }

    #[test]
    fn numbers_of_functions() {
        assert_eq!(["program_31_wide(", "program_4", "case_4"].map(program), [Some(31), Some(4), None]);
    }
}
