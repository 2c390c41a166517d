//! What a statement can name: float variables and arrays, integers, conditions.

use super::choices::Choice;
use super::code::{Bounds, Float, Int};

/// The length of one dimension of an array.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dim {
    /// As it is written: `3`, `w.len()`.
    pub(super) len: String,
    pub(super) min: usize,
    pub(super) max: usize,
}

impl Dim {
    pub(super) fn fixed(n: usize) -> Self {
        Self { len: n.to_string(), min: n, max: n }
    }

    /// The length that is part of the type.
    pub(super) fn is_fixed(&self) -> bool {
        self.len.parse() == Ok(self.min)
    }
}

/// A float, or floats in an array, in whatever way they are reached: `x`, `w[i][j]`, `p.layers[i].w[j]`.
#[derive(Clone, Debug)]
pub(super) struct Var {
    /// What stands before, between and behind the indices: `["p.layers", ".w", ""]`.
    pub(super) segments: Vec<String>,
    pub(super) dims: Vec<Dim>,
    pub(super) float: Float,
    pub(super) bounds: Bounds,
    /// The part of the bounds that an assigned value may use; the rest is for `+=`.
    pub(super) base: Bounds,
    /// What `+=` has not used yet of the rest: of the value, and of the gain.
    pub(super) room: (f64, f64),
    pub(super) mutable: bool,
    /// The name of an array is a reference already.
    pub(super) reference: bool,
    pub(super) active: bool,
    /// Whether its type shows where it is read; that of a field does not.
    pub(super) typed: bool,
    /// Whether its length changes: a vector that is pushed to.
    pub(super) growing: bool,
    /// Whether its length depends on values.
    pub(super) ragged: bool,
    /// Whether a part of it is borrowed.
    pub(super) borrowed: bool,
    /// How many blocks were open where a growing vector was declared.
    pub(super) level: usize,
    /// How many loops were open where it was declared.
    pub(super) loops: usize,
    /// Which declaration it comes from: a parameter with fields makes many variables.
    pub(super) declaration: usize,
}

impl Var {
    /// The name that hides others.
    pub(super) fn root(&self) -> &str {
        let first = &self.segments[0];
        &first[..first.find('.').unwrap_or(first.len())]
    }

    /// Whether it has a name of its own, and no field behind it.
    pub(super) fn is_plain(&self) -> bool {
        !self.segments[0].contains('.') && self.segments[1..].iter().all(String::is_empty)
    }

    /// Whether it is a `Vec` that can be moved.
    pub(super) fn is_vector(&self) -> bool {
        let listed = self.dims.len() == 1 && !self.dims[0].is_fixed() && !self.dims[0].is_generic();
        listed && !self.reference && self.is_plain()
    }

    /// Whether what is left after `used` indices is an array that can be passed on.
    pub(super) fn is_array_after(&self, used: usize) -> bool {
        used < self.dims.len() && self.segments[used + 1..].iter().all(String::is_empty)
    }
}

/// An array of indices.
#[derive(Clone, Debug)]
pub(super) struct Indices {
    pub(super) name: String,
    pub(super) dim: Dim,
    pub(super) max: usize,
}

/// An option that may hold a float.
#[derive(Clone, Debug)]
pub(super) struct Maybe {
    pub(super) name: String,
    pub(super) float: Float,
    /// Of the float.
    pub(super) bounds: Bounds,
    pub(super) mutable: bool,
}

/// A local closure of one float.
#[derive(Clone, Debug)]
pub(super) struct Closure {
    pub(super) name: String,
    pub(super) float: Float,
    /// How large its argument may be.
    pub(super) abs: f64,
    /// What it returns for an argument of gain 1.
    pub(super) bounds: Bounds,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    vars: Vec<Var>,
    closures: Vec<Closure>,
    /// Inside of a closure that is kept, what changes later cannot be read.
    pub(super) frozen: bool,
    ints: Vec<Int>,
    indices: Vec<Indices>,
    bools: Vec<String>,
    /// With the largest number that they may hold.
    options: Vec<(String, usize)>,
    maybes: Vec<Maybe>,
    choices: Vec<Choice>,
    /// The largest trip count of every open loop.
    trips: Vec<usize>,
    declarations: usize,
}

/// A place to go back to.
pub(super) struct Mark {
    vars: usize,
    ints: usize,
    bools: usize,
    options: usize,
    maybes: usize,
    choices: usize,
    closures: usize,
}

impl Scope {
    pub(super) fn mark(&self) -> Mark {
        Mark {
            vars: self.vars.len(),
            ints: self.ints.len(),
            bools: self.bools.len(),
            options: self.options.len(),
            maybes: self.maybes.len(),
            choices: self.choices.len(),
            closures: self.closures.len(),
        }
    }

    /// Ends a block. What is known of outer variables stays known.
    pub(super) fn leave(&mut self, mark: &Mark) {
        self.vars.truncate(mark.vars);
        self.ints.truncate(mark.ints);
        self.bools.truncate(mark.bools);
        self.options.truncate(mark.options);
        self.maybes.truncate(mark.maybes);
        self.choices.truncate(mark.choices);
        self.closures.truncate(mark.closures);
    }

    /// Forgets the closures since.
    pub(super) fn leave_closures(&mut self, mark: &Mark) {
        self.closures.truncate(mark.closures);
    }

    pub(super) fn next_declaration(&mut self) -> usize {
        self.declarations += 1;
        self.declarations
    }

    pub(super) fn declare(&mut self, mut var: Var) {
        var.loops = self.trips.len();
        self.vars.push(var);
    }

    pub(super) fn declare_int(&mut self, int: Int) {
        self.ints.push(int);
    }

    /// What was known of an integer holds no longer.
    pub(super) fn forget_int(&mut self, name: &str) {
        self.ints.retain(|int| int.text != name);
    }

    pub(super) fn declare_indices(&mut self, indices: Indices) {
        self.indices.push(indices);
    }

    pub(super) fn declare_closure(&mut self, closure: Closure) {
        self.closures.push(closure);
    }

    pub(super) fn closures(&self) -> &[Closure] {
        &self.closures
    }

    pub(super) fn declare_bool(&mut self, name: String) {
        self.bools.push(name);
    }

    pub(super) fn declare_option(&mut self, name: String, most: usize) {
        self.options.push((name, most));
    }

    pub(super) fn options(&self) -> &[(String, usize)] {
        &self.options
    }

    pub(super) fn declare_maybe(&mut self, maybe: Maybe) {
        self.maybes.push(maybe);
    }

    pub(super) fn maybes(&self) -> impl Iterator<Item = &Maybe> {
        self.maybes.iter().filter(|maybe| !(self.frozen && maybe.mutable))
    }

    pub(super) fn declare_choice(&mut self, choice: Choice) {
        self.choices.push(choice);
    }

    pub(super) fn choices(&self) -> impl Iterator<Item = &Choice> {
        self.choices.iter().filter(|choice| !(self.frozen && choice.mutable))
    }

    /// Whether a later declaration does not hide it.
    fn is_visible(&self, var: &Var) -> bool {
        self.vars
            .iter()
            .rfind(|other| other.root() == var.root())
            .is_some_and(|last| last.declaration == var.declaration)
    }

    /// The positions of the visible variables that satisfy `want`.
    pub(super) fn find(&self, want: impl Fn(&Var) -> bool) -> Vec<usize> {
        let wanted = |position: &usize| {
            let var = &self.vars[*position];
            want(var) && self.is_visible(var) && !(self.frozen && var.mutable) && !var.borrowed
        };
        (0..self.vars.len()).filter(wanted).collect()
    }

    /// The variable that was declared last.
    pub(super) fn latest(&self) -> usize {
        self.vars.len() - 1
    }

    pub(super) fn var(&self, position: usize) -> &Var {
        &self.vars[position]
    }

    pub(super) fn var_mut(&mut self, position: usize) -> &mut Var {
        &mut self.vars[position]
    }

    pub(super) fn ints(&self) -> &[Int] {
        &self.ints
    }

    pub(super) fn indices(&self) -> &[Indices] {
        &self.indices
    }

    pub(super) fn bools(&self) -> &[String] {
        &self.bools
    }

    pub(super) fn is_indexable(&self, dim: &Dim) -> bool {
        dim.min > 0 || self.ints.iter().any(|int| int.below.contains(&dim.len))
    }

    pub(super) fn is_readable(&self, var: &Var) -> bool {
        var.dims.iter().all(|dim| self.is_indexable(dim))
    }

    pub(super) fn enter_loop(&mut self, trips: usize) {
        self.trips.push(trips);
    }

    pub(super) fn leave_loop(&mut self) {
        self.trips.pop();
    }

    /// How often at most a statement here runs for each time that the declaration at depth `loops` does.
    pub(super) fn runs_since(&self, loops: usize) -> usize {
        self.trips[loops..].iter().product()
    }
}
