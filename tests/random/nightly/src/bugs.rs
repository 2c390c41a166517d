//! Bugs that are put into copies of the compiler, where the random programs of its own tests do not reach.

use std::sync::Mutex;

use crate::batch::{Batch, Ended};
use crate::{patch, target, workers, workspace};

/// How many functions a bug may survive, in batches: most are found by the first.
const BATCHES: [usize; 5] = [100, 200, 400, 500, 800];

/// The seed of the first batch.
const SEED: u64 = 500;

/// A mistake in one place of the compiler.
pub(crate) struct Bug {
    pub(crate) name: &'static str,
    /// In `autodiff-macros/src`.
    pub(crate) file: &'static str,
    /// The text that is there once, and what it becomes.
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

pub(crate) const BUGS: &[Bug] = &[];

/// How a bug ended.
enum Found {
    Wrong(usize),
    Refused(usize),
    Broken,
    Missed,
}

/// Looks for each bug with `name` in its name; whether all are found.
pub(crate) fn find(name: &str) -> bool {
    let bugs: Vec<&Bug> = BUGS.iter().filter(|bug| bug.name.contains(name)).collect();
    let missed = Mutex::new(Vec::new());
    workers::share(&bugs, |worker, bug| {
        let text = match hunt(worker, bug) {
            Found::Wrong(programs) => format!("wrong derivatives after {programs} functions"),
            Found::Refused(programs) => format!("does not compile after {programs} functions"),
            Found::Broken => "breaks the first batch".to_owned(),
            Found::Missed => {
                missed.lock().expect("no worker panics with it").push(bug.name);
                format!("not found in {} functions", BATCHES.iter().sum::<usize>())
            }
        };
        println!("{}: {text}", bug.name);
    });
    let missed = missed.into_inner().expect("no worker panics with it");
    println!("{} of {} bugs found; missed: {missed:?}", bugs.len() - missed.len(), bugs.len());
    missed.is_empty()
}

fn hunt(worker: usize, bug: &Bug) -> Found {
    let of_worker = target().join(format!("bugs-{worker}"));
    let copy = of_worker.join("workspace");
    patch::copy(&workspace(), &copy, bug).unwrap_or_else(|error| panic!("{error}"));
    let mut before = 0;
    for (seed, programs) in (SEED..).zip(BATCHES) {
        let batch = Batch { seed, programs, workspace: copy.clone(), target: of_worker.join("target") };
        let first = |programs: &[usize]| before + 1 + programs.iter().min().copied().unwrap_or_default();
        match batch.run(&[]) {
            Ended::Right { .. } => {}
            Ended::Wrong { programs, .. } => return Found::Wrong(first(&programs)),
            Ended::Refused { programs, .. } => return Found::Refused(first(&programs)),
            Ended::Broken { text } => {
                println!("{text}");
                return Found::Broken;
            }
        }
        before += programs;
    }
    Found::Missed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each bug has its place.
    #[test]
    fn bugs_apply() {
        let missing: Vec<String> = BUGS.iter().filter_map(|bug| patch::patched(&workspace(), bug).err()).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        assert!(BUGS.iter().all(|bug| bug.from != bug.to));
    }
}
