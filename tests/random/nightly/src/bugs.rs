//! Bugs that are put into copies of the compiler, where the random programs of its own tests do not reach.
//!
//! A bug is one place of one file with another text. The shipped code knows nothing of it: the workspace is copied, the
//! place is changed, and the copy compiles batches of functions until one has a wrong derivative or does not compile. A
//! test of this crate finds each place, so that the table keeps up with the compiler.
//!
//! All were found in version 0.1.0, from seed 500 on; the one of update syntax by functions that write more of it than those that
//! found the others (these missed it in 2,000):
//!
//! | bug | after so many functions |
//! |---|---|
//! | literals of generic functions are rounded to `f32` | 8 |
//! | the variables of a block outlive it | 21 |
//! | second derivatives are of twice the function | 30 |
//! | the adjoints of exchanged elements stay | 33 |
//! | `break 'a` leaves the inner loop | 48 |
//! | `continue` leaves the loop | 48 |
//! | an element is read again though it was overwritten | 48 |
//! | `rev` before another adaptor does nothing | 83 |
//! | `skip` skips nothing | 83 |
//! | update syntax keeps the base's fields | 102 |
//! | a constant over a part of a struct leaves the adjoint of what was there | 125 |
//! | `truncate` fills up | 132 |
//! | the adjoints of a call's numbers are in the wrong order | 162 |
//! | the last element that is taken ends the loop before its body | 162 |
//! | a part of a part begins where the whole does | 168 |
//! | `step_by` steps on by one | 304 |
//! | chunks overlap | 565 |
//! | an array that is overwritten after a call is not kept | 1246 |

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

pub(crate) const BUGS: &[Bug] = &[
    Bug {
        name: "a constant over a part of a struct leaves the adjoint of what was there",
        file: "transform/reverse/sweep.rs",
        from: r#"Op::Store { place, value } if self.plan.f.ty(*value) == Ty::Opaque => {
                let place = self.shadow(place);
                self.b.effect(Op::Clear(place));
            }"#,
        to: r#"Op::Store { value, .. } if self.plan.f.ty(*value) == Ty::Opaque => {}"#,
    },
    Bug {
        name: "`rev` before another adaptor does nothing",
        file: "lower/iter/position.rs",
        from: r#"self.count_op(IntOp::Sub, last, position)"#,
        to: r#"{ let _ = last; position }"#,
    },
    Bug {
        name: "`skip` skips nothing",
        file: "lower/iter/position.rs",
        from: r#"Stage::Skip(n) => self.count_op(IntOp::Add, position, *n)"#,
        to: r#"Stage::Skip(_) => position"#,
    },
    Bug {
        name: "`step_by` steps on by one",
        file: "lower/iter/position.rs",
        from: r#"Stage::StepBy(n) => self.count_op(IntOp::Mul, position, *n)"#,
        to: r#"Stage::StepBy(_) => position"#,
    },
    Bug {
        name: "chunks overlap",
        file: "lower/iter/source.rs",
        from: r#"let start = self.count_op(crate::ir::IntOp::Mul, position, *size);
                        let rest"#,
        to: r#"let start = position;
                        let rest"#,
    },
    Bug {
        name: "a part of a part begins where the whole does",
        file: "lower/view.rs",
        from: r#"(Some(self.plus_offset(of.lo, start)), self.count_op"#,
        to: r#"(Some(start), self.count_op"#,
    },
    Bug {
        name: "the adjoints of exchanged elements stay",
        file: "transform/reverse/sweep.rs",
        from: r#"self.b.effect(Op::Swap { a, b });"#,
        to: r#"let _ = (a, b);"#,
    },
    Bug {
        name: "`break 'a` leaves the inner loop",
        file: "lower/exit.rs",
        from: r#"self.frames.iter().rposition(|frame| frame.label == label)"#,
        to: r#"self.frames.iter().rposition(|frame| frame.is_loop || frame.label == label)"#,
    },
    Bug {
        name: "`continue` leaves the loop",
        file: "lower/exit.rs",
        from: r#"(Scan::new(&self.frames).target(inner.label.as_ref()).map(Exit::Continue), None)"#,
        to: r#"(Scan::new(&self.frames).target(inner.label.as_ref()).map(Exit::Break), None)"#,
    },
    Bug {
        name: "the variables of a block outlive it",
        file: "lower/stmt.rs",
        from: r#"self.env.bindings.truncate(depth);
        self.imports = imports;"#,
        to: r#"self.imports = imports;"#,
    },
    Bug {
        name: "the last element that is taken ends the loop before its body",
        file: "lower/iter/sequential.rs",
        from: r#"let after = self.set_count_after(state, count);"#,
        to: r#"let after = self.set_count_after(state, count); self.end_after(*n, after, run);"#,
    },
    Bug {
        name: "update syntax keeps the base's fields",
        file: "lower/structs.rs",
        from: r#"*slot = part;"#,
        to: r#"let _ = (slot, part);"#,
    },
    Bug {
        name: "an element is read again though it was overwritten",
        file: "transform/reverse/plan/values.rs",
        from: r#"self.stable_place(place, site) && there"#,
        to: r#"there"#,
    },
    Bug {
        name: "an array that is overwritten after a call is not kept",
        file: "transform/reverse/plan/needs.rs",
        from: r#"self.snapshots.entry(site).or_default().insert(k);"#,
        to: r#"let _ = k;"#,
    },
    Bug {
        name: "the adjoints of a call's numbers are in the wrong order",
        file: "codegen/call.rs",
        from: r#"let mut adjoints = adjoints.iter();"#,
        to: r#"let mut adjoints = adjoints.iter().rev();"#,
    },
    Bug {
        name: "literals of generic functions are rounded to `f32`",
        file: "codegen/expr.rs",
        from: r#"quote!(#rt::float::<#to>(#value))"#,
        to: r#"quote!(#rt::float::<#to>(#value as f32 as f64))"#,
    },
    Bug {
        name: "`truncate` fills up",
        file: "lower/growing.rs",
        from: r#"let to = self.smaller(from, to);"#,
        to: r#"let _ = from;"#,
    },
    Bug {
        name: "second derivatives are of twice the function",
        file: "transform/second.rs",
        from: r#"let one = Op::Const(Const::Float { value: 1.0, text: None });
            ones"#,
        to: r#"let one = Op::Const(Const::Float { value: 2.0, text: None });
            ones"#,
    },
];

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
        let batch = |workspace, target| Batch { seed, programs, workspace, target: of_worker.join(target) };
        let first = |programs: &[usize]| before + 1 + programs.iter().min().copied().unwrap_or_default();
        let mut without = Vec::new();
        loop {
            match batch(copy.clone(), "target").run(&without) {
                Ended::Right { .. } => break,
                Ended::Wrong { programs, .. } => return Found::Wrong(first(&programs)),
                Ended::Refused { programs, text } => {
                    // Not the bug's doing if the compiler refuses them without it too.
                    let anyway = match batch(workspace(), "unchanged").run(&without) {
                        Ended::Refused { programs, .. } => programs,
                        _ => Vec::new(),
                    };
                    let found: Vec<usize> = programs.into_iter().filter(|id| !anyway.contains(id)).collect();
                    if !found.is_empty() {
                        println!("{text}");
                        return Found::Refused(first(&found));
                    }
                    without.extend(anyway);
                }
                Ended::Broken { text } => {
                    println!("{text}");
                    return Found::Broken;
                }
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
