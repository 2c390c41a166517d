//! The body of a function while it is written.

use std::collections::BTreeSet;

use super::Library;
use super::code::{Bounds, Expr, Float};
use super::generic::Generics;
use super::program::Part;
use super::random::Random;
use super::results::Recursion;
use super::scope::{Dim, Scope, Var};

/// What a function contains, itself or in what it calls.
#[derive(Copy, Clone, Debug, Default)]
pub(crate) struct Traits {
    /// Some `f32`: rounding drowns differences.
    pub(crate) single: bool,
    /// `powf`, whose exponent may be what derivatives are taken of.
    pub(crate) powf: bool,
    /// `powi`.
    pub(crate) powi: bool,
}

impl Traits {
    pub(super) fn merge(&mut self, other: Traits) {
        self.single |= other.single;
        self.powf |= other.powf;
        self.powi |= other.powi;
    }
}

/// A loop that is open, as far as jumps go.
pub(super) struct Loop {
    pub(super) label: Option<String>,
    /// Whether `break;` may end it, and `continue;` go on with it.
    pub(super) breaks: bool,
    pub(super) continues: bool,
}

pub(super) struct Body<'a> {
    pub(super) random: &'a mut Random,
    pub(super) library: &'a Library,
    pub(super) scope: Scope,
    /// Places that hold models: `p`, `p.inner`, and which.
    pub(super) models: Vec<(String, usize)>,
    /// Those that are no references.
    pub(super) owned_models: Vec<String>,
    /// The model that it is a method of.
    pub(super) owner: Option<usize>,
    pub(super) generics: Generics,
    /// How it calls itself.
    pub(super) recursion: Option<Recursion>,
    /// The type of most floats.
    pub(super) float: Float,
    /// Whether floats of the other type come in.
    pub(super) mixed: bool,
    pub(super) traits: Traits,
    /// The programs that it calls.
    pub(super) calls: BTreeSet<usize>,
    pub(super) loops: Vec<Loop>,
    /// Whether it has second derivatives, and calls only what has them.
    pub(super) second: bool,
    pub(super) returns: Vec<Part>,
    /// What early returns return.
    pub(super) early: Option<Bounds>,
    /// How many calls it may still make.
    pub(super) calls_left: usize,
    /// What the generic length of the function is that the arguments at hand are for, once one of them says so.
    pub(super) length_of_call: Option<Dim>,
    /// The declarations of parameters come before this one.
    pub(super) first_local: usize,
    /// Integers that depend on values: how often a loop ran.
    pub(super) of_values: Vec<String>,
    /// Whether the length of an argument at hand depends on values.
    pub(super) passes_ragged: bool,
    /// Whether the expression at hand is in a block with a variable of its own, which statements before it cannot read.
    pub(super) in_block: bool,
    /// An array that changes and that a call of the statement at hand reads, and its declaration.
    pub(super) passed: Option<(usize, usize)>,
    text: String,
    indent: usize,
    names: BTreeSet<String>,
}

impl<'a> Body<'a> {
    pub(super) fn new(random: &'a mut Random, library: &'a Library, float: Float, mixed: bool, second: bool) -> Self {
        Self {
            random,
            library,
            scope: Scope::default(),
            models: Vec::new(),
            owned_models: Vec::new(),
            owner: None,
            generics: Generics::default(),
            recursion: None,
            float,
            mixed,
            traits: Traits { single: float == Float::F32, ..Traits::default() },
            calls: BTreeSet::new(),
            loops: Vec::new(),
            second,
            returns: Vec::new(),
            early: None,
            calls_left: 4,
            length_of_call: None,
            first_local: 0,
            of_values: Vec::new(),
            passes_ragged: false,
            in_block: false,
            passed: None,
            text: String::new(),
            indent: 1,
            names: BTreeSet::new(),
        }
    }

    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        for _ in 0..self.indent {
            self.text.push_str("    ");
        }
        self.text.push_str(text.as_ref());
        self.text.push('\n');
    }

    /// `head { .. }`, in a scope of its own.
    pub(super) fn braces(&mut self, head: &str, body: impl FnOnce(&mut Self)) {
        self.line(format!("{head}{{"));
        self.indent += 1;
        let (mark, models) = (self.scope.mark(), self.models.len());
        body(self);
        self.scope.leave(&mark);
        self.models.truncate(models);
        self.indent -= 1;
        self.line("}");
    }

    /// How many blocks are open.
    pub(super) fn level(&self) -> usize {
        self.indent
    }

    /// `head { .. }` behind the brace of the last line.
    pub(super) fn braces_after(&mut self, head: &str, body: impl FnOnce(&mut Self)) {
        let before = self.text.trim_end().len();
        self.text.truncate(before);
        let at = self.text.len();
        self.braces(head, body);
        let rest = self.text[at..].trim_start().to_owned();
        self.text.truncate(at);
        self.text.push(' ');
        self.text.push_str(&rest);
    }

    /// A semicolon behind the brace of the last line.
    pub(super) fn end_statement(&mut self) {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.text.push_str(";\n");
    }

    /// Runs `write` where no call can be written.
    pub(super) fn without_calls<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let left = std::mem::replace(&mut self.calls_left, 0);
        let result = write(self);
        self.calls_left = left;
        result
    }

    pub(super) fn finish(self) -> (String, Traits, BTreeSet<usize>) {
        (self.text, self.traits, self.calls)
    }

    /// Whether an integer depends on values.
    pub(super) fn depends_on_values(&self, int: &str) -> bool {
        int.split(|c: char| !c.is_alphanumeric() && c != '_').any(|name| self.of_values.iter().any(|of| of == name))
    }

    /// A name that is not used yet.
    pub(super) fn fresh(&mut self, prefix: &str) -> String {
        let numbered = (1..).map(|n| format!("{prefix}{n}"));
        let name = std::iter::once(prefix.to_owned()).chain(numbered).find(|name| !self.names.contains(name));
        let name = name.expect("there is no end of numbers");
        self.names.insert(name.clone());
        name
    }

    /// A name for a float. Some are those that generated code likes to use.
    pub(super) fn scalar_name(&mut self) -> String {
        let names = ["s", "u", "z", "r", "acc", "energy", "z1", "x_bar", "seed", "tape", "slot", "step", "y", "dot"];
        let prefix = self.random.pick(&names);
        self.fresh(prefix)
    }

    pub(super) fn declare_scalar(&mut self, name: &str, float: Float, bounds: Bounds) {
        let var = self.var(name, vec![], float, bounds);
        self.scope.declare(var);
    }

    /// An immutable active variable, to be changed and declared.
    pub(super) fn var(&mut self, name: &str, dims: Vec<Dim>, float: Float, bounds: Bounds) -> Var {
        let mut segments = vec![String::new(); dims.len() + 1];
        segments[0] = name.to_owned();
        Var {
            segments,
            dims,
            float,
            bounds,
            base: bounds,
            room: (0.0, 0.0),
            mutable: false,
            reference: false,
            active: true,
            typed: true,
            growing: false,
            ragged: false,
            borrowed: false,
            level: 0,
            loops: 0,
            declaration: self.scope.next_declaration(),
        }
    }

    /// The type of the next float: mostly that of the function.
    pub(super) fn some_float(&mut self) -> Float {
        if self.mixed && self.random.chance(25) {
            self.traits.single = true;
            self.float.other()
        } else {
            self.float
        }
    }

    /// `: f64`, where the type is not known without it and sometimes where it is.
    pub(super) fn ascription(&mut self, expr: &Expr, float: Float) -> String {
        if !expr.typed || self.random.chance(35) { format!(": {}", float.name()) } else { String::new() }
    }
}
