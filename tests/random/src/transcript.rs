//! The bits of everything that the functions and their derivatives compute, to compare two builds.

use std::collections::BTreeMap;
use std::fmt;

use crate::check::Subject;
use crate::{Case, SEED, VARIANTS};

/// How far derivatives may be apart in two builds where `powf` or `powi` is in the function: where LLVM knows the arguments it
/// computes them itself, `powi` by a `pow` that rounds otherwise than the products at run time. Everything else has the same
/// bits.
const POWERS: f64 = 1e-9;
const POWERS_SINGLE: f64 = 1e-3;

/// What a function computes with one choice of its constants: the numbers by what they are.
type Entry = BTreeMap<String, Vec<f64>>;

/// What all functions compute.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// How many functions there are.
    functions: usize,
    entries: BTreeMap<(usize, usize), Entry>,
}

/// What differs between two builds.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Functions, at a choice of constants, of which all bits agree.
    pub equal: usize,
    /// Those with powers of which the plain function differs already.
    pub plain: Vec<String>,
    /// Those with powers of which the plain functions agree, and the derivatives up to rounding only.
    pub rounding: Vec<String>,
    /// All others.
    pub wrong: Vec<String>,
}

impl Transcript {
    /// Of the first functions of this build.
    pub fn of_this_build(functions: usize) -> Self {
        Self::of(&Case::all()[..functions])
    }

    /// Of some subjects.
    pub fn of<S: Subject>(subjects: &[S]) -> Self {
        let mut entries = BTreeMap::new();
        for subject in subjects {
            for variant in 0..VARIANTS {
                entries.insert((subject.case().id, variant), entry(subject, variant));
            }
        }
        Self { functions: subjects.len(), entries }
    }

    /// Reads what [`Display`](fmt::Display) has written. `None` if it is not from the seed of this build.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let functions = lines.next()?.strip_suffix(&header())?.parse().ok()?;
        let mut entries: BTreeMap<(usize, usize), Entry> = BTreeMap::new();
        for line in lines {
            let mut words = line.split(' ');
            let key = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            let what = words.next()?.to_owned();
            let numbers = words.map(|word| u64::from_str_radix(word, 16).ok().map(f64::from_bits));
            entries.entry(key).or_default().insert(what, numbers.collect::<Option<_>>()?);
        }
        Some(Self { functions, entries })
    }

    /// How many entries have `what` zero in every part, or have no `what`.
    pub fn zeros(&self, what: &str) -> usize {
        let zero = |entry: &&Entry| entry.get(what).is_none_or(|numbers| numbers.iter().all(|x| *x == 0.0));
        self.entries.values().filter(zero).count()
    }

    /// Compares two builds of the same functions.
    pub fn compare(&self, other: &Self) -> Comparison {
        let mut comparison = Comparison::default();
        let keys: std::collections::BTreeSet<_> = self.entries.keys().chain(other.entries.keys()).collect();
        for &(id, variant) in keys {
            let name = format!("program_{id}, constants {variant}");
            let (Some(a), Some(b)) = (self.entries.get(&(id, variant)), other.entries.get(&(id, variant))) else {
                comparison.wrong.push(format!("{name}: in one build only"));
                continue;
            };
            let case = Case::of(id);
            if case.powers && !same_bits(a.get("value"), b.get("value")) {
                comparison.plain.push(name);
                continue;
            }
            let differing: Vec<&String> =
                a.keys().chain(b.keys()).filter(|what| !same_bits(a.get(*what), b.get(*what))).collect();
            let allowed = if case.single { POWERS_SINGLE } else { POWERS };
            let tiny = |what: &&String| relative_distance(a.get(*what), b.get(*what)) <= allowed;
            match differing.first() {
                None => comparison.equal += 1,
                Some(_) if case.powers && differing.iter().all(tiny) => comparison.rounding.push(name),
                Some(what) => {
                    let (a, b) = (a.get(*what), b.get(*what));
                    comparison.wrong.push(format!("{name}: {what} is {a:?} in one build and {b:?} in the other"));
                }
            }
        }
        comparison
    }
}

fn entry<S: Subject>(subject: &S, variant: usize) -> Entry {
    let case = subject.case();
    let x = case.point(variant, 0);
    let (seed, direction) = case.seed_and_direction(variant);
    let mut entry = Entry::new();
    entry.insert("value".into(), (case.value)(variant, &x));
    entry.insert("vjp".into(), subject.vjp(variant, &x, &seed).1);
    entry.insert("vjp_into".into(), (case.vjp_into)(variant, &x, &seed, &direction).1);
    entry.insert("jvp".into(), subject.jvp(variant, &x, &direction).1);
    if let Some(product) = subject.hvp(variant, &x, &direction) {
        entry.insert("hvp".into(), product);
    }
    if let Some(value_and_grad) = case.value_and_grad {
        entry.insert("value_and_grad".into(), value_and_grad(variant, &x).1);
    }
    if let Some(trace) = case.trace {
        entry.insert("trace".into(), trace(variant, &x).1);
    }
    entry
}

fn same_bits(a: Option<&Vec<f64>>, b: Option<&Vec<f64>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()),
        _ => false,
    }
}

/// The largest distance of two numbers, relative to the largest number.
fn relative_distance(a: Option<&Vec<f64>>, b: Option<&Vec<f64>>) -> f64 {
    let (Some(a), Some(b)) = (a, b) else { return f64::INFINITY };
    let largest = a.iter().chain(b).fold(0.0_f64, |largest, x| largest.max(x.abs()));
    let distance = a.iter().zip(b).fold(0.0_f64, |distance, (a, b)| distance.max((a - b).abs()));
    if a.len() != b.len() { f64::INFINITY } else { distance / largest }
}

fn header() -> String {
    format!(" functions from seed {SEED}")
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}{}", self.functions, header())?;
        for ((id, variant), entry) in &self.entries {
            for (what, numbers) in entry {
                write!(f, "{id} {variant} {what}")?;
                for number in numbers {
                    write!(f, " {:016x}", number.to_bits())?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
