//! Random functions in the language of `#[differentiate]`, as Rust source.
//!
//! A function is written statement by statement ([`stmt`], [`loops`], [`flow`], [`options`], [`chains`], [`arrays`],
//! [`memory`], [`reorder`], [`growing`], [`grown`], [`structs`], [`maybe`], [`items`], [`adaptors`], [`call`]) with expressions
//! ([`expr`], [`int`]) of what is in scope ([`scope`]), from its parameters ([`params`]) to what it returns ([`results`]); some are generic ([`generic`]), methods, or call
//! themselves. Indices are in bounds, loops and recursions end, and floats stay in the domains of the primitives, all by
//! construction: see [`code`]. What is written for each function besides, so that tests can call it, is in [`case`].

mod adaptors;
mod arrays;
mod body;
mod call;
mod case;
mod chains;
mod choices;
mod code;
mod expr;
mod flow;
mod generic;
mod growing;
mod grown;
mod int;
mod items;
mod loops;
mod maybe;
mod memory;
mod models;
mod options;
mod params;
mod primitives;
mod program;
mod random;
mod reorder;
mod results;
mod scope;
mod stmt;
mod structs;

use std::collections::BTreeSet;

use models::Model;
use program::Program;
use random::Random;

/// How many choices of lengths and constants there are for each function.
pub(crate) const VARIANTS: usize = 3;

const MODELS: usize = 8;

/// What has been written so far.
struct Library {
    models: Vec<Model>,
    programs: Vec<Program>,
}

/// The source of `count` functions, of their cases, and of the tables `CASES` and `MODELS`; without the functions of
/// these numbers and those that call them.
pub(crate) fn generate(seed: u64, count: usize, without: &[usize]) -> String {
    let random = &mut Random::new(seed);
    let mut library = Library { models: Vec::new(), programs: Vec::new() };
    for _ in 0..MODELS {
        let model = Model::new(random, &library.models);
        library.models.push(model);
    }
    let mut source = String::new();
    for model in &library.models {
        source += &model.source;
        source.push('\n');
    }
    let mut left_out: BTreeSet<usize> = without.iter().copied().collect();
    for id in 0..count {
        let program = Program::new(random, &library);
        // Whatever is left out, and however many come after it, a function stays as it is.
        let case = case::module(random, &library, &program);
        library.programs.push(program);
        let program = &library.programs[id];
        if program.calls.iter().any(|callee| left_out.contains(callee)) {
            left_out.insert(id);
        }
        if left_out.contains(&id) {
            continue;
        }
        source += &program.source;
        source.push('\n');
        if program.traits.single && !program.generics.float {
            source += &wide_twin(&library, program);
            source.push('\n');
        }
        source += &case;
        source.push('\n');
    }
    let kept = library.programs.iter().filter(|program| !left_out.contains(&program.id));
    let cases: Vec<String> = kept.map(|program| format!("case_{}::CASE", program.id)).collect();
    source += &format!("pub(super) static CASES: [Case; {}] = [{}];\n", cases.len(), cases.join(", "));
    let models: Vec<String> = (0..library.models.len())
        .map(|id| format!("({:?}, &{:?})", library.models[id].source, Model::needs(id, &library.models)))
        .collect();
    source += &format!("pub(super) static MODELS: [(&str, &[usize]); {MODELS}] = [{}];\n", models.join(", "));
    source
}

/// The same function with every `f32` an `f64`, and its derivatives: what those in `f32` are compared with.
fn wide_twin(library: &Library, program: &Program) -> String {
    let mut source = program.source.clone();
    for bracket in ["(", "<"] {
        let name = program.name();
        source = source.replace(&format!("{name}{bracket}"), &format!("{name}_wide{bracket}"));
    }
    for callee in &program.calls {
        let callee = &library.programs[*callee];
        if callee.traits.single && !callee.generics.float {
            source = source.replace(&format!("{}(", callee.name()), &format!("{}_wide(", callee.name()));
        }
    }
    case::widen(&source)
}
