//! Calls of the functions that were written before.

use super::body::Body;
use super::code::{Bounds, Expr, Float};
use super::program::{PARAM_ABS, Part, Program, Shape, Ty};
use super::scope::{Dim, Var};

/// A call that can be written here.
pub(super) struct Call {
    pub(super) program: usize,
    pub(super) text: String,
    /// The largest gain of an argument.
    gain: f64,
}

impl Body<'_> {
    /// A call of a function that returns one number of the type.
    pub(super) fn call(&mut self, float: Float, depth: usize) -> Option<Expr> {
        let call = self.some_call(depth, |program| program.returns == [Part::Float(float)])?;
        let bounds = self.result_bounds(&call, 0);
        if float == Float::F32 {
            // Nothing in the tokens says that it is one, and `f64` is what is taken then.
            return Some(Expr::loose(format!("{{ let r: f32 = {}; r }}", call.text), bounds));
        }
        Some(Expr { typed: false, ..Expr::atom(call.text, bounds) })
    }

    pub(super) fn some_call(&mut self, depth: usize, want: impl Fn(&Program) -> bool) -> Option<Call> {
        let library = self.library;
        let wanted: Vec<&Program> =
            library.programs.iter().filter(|program| want(program) && !program.writes()).collect();
        if wanted.is_empty() || self.calls_left == 0 {
            return None;
        }
        for _ in 0..6 {
            // The latest ones as often as all others, so that calls nest.
            let latest = wanted.len().saturating_sub(12);
            let from = if self.random.chance(50) { latest } else { 0 };
            let program = wanted[self.random.within(from, wanted.len() - 1)];
            // Calls would spread the traits that make comparisons loose over all functions.
            let spreads = program.traits.powf && !self.traits.powf && self.random.chance(90);
            let first_only = self.second && !program.second;
            if program.traits.single && !self.traits.single || spreads || first_only {
                continue;
            }
            if let Some(call) = self.call_of(program, depth) {
                self.calls_left = self.calls_left.saturating_sub(1);
                self.calls.insert(program.id);
                self.traits.merge(program.traits);
                return Some(call);
            }
        }
        None
    }

    /// What is known of part `part` of the result.
    pub(super) fn result_bounds(&self, call: &Call, part: usize) -> Bounds {
        let bounds = self.library.programs[call.program].bounds[part];
        Bounds { gain: bounds.gain * call.gain.max(1.0), ..bounds }
    }

    fn call_of(&mut self, program: &Program, depth: usize) -> Option<Call> {
        let mut args = Vec::new();
        let mut gain = 0.0_f64;
        for param in &program.params {
            let (text, bounds) = self.argument(&param.ty, param.active, depth)?;
            gain = gain.max(bounds);
            args.push(text);
        }
        let text = format!("{}({})", program.name(), args.join(", "));
        Some(Call { program: program.id, text, gain })
    }

    /// An argument and its gain.
    fn argument(&mut self, ty: &Ty, active: bool, depth: usize) -> Option<(String, f64)> {
        match ty {
            Ty::Float(float) if active => {
                let x = self.float(*float, depth.saturating_sub(1));
                let x = self.fit(x, PARAM_ABS, 40.0);
                let x = self.with_type(x);
                Some((x.text, x.bounds.gain))
            }
            Ty::Float(float) => {
                let found = self.scope.find(|var| var.float == *float && !var.active && var.dims.is_empty());
                let text = match self.random.below(3) {
                    0 => {
                        let int = self.small_int(4);
                        format!("0.5 * {} as {}", int.operand(), float.name())
                    }
                    _ if !found.is_empty() => {
                        let position = self.random.one(&found);
                        self.read(position).text
                    }
                    // With its suffix: the type of an argument does not show.
                    _ => format!("{:?}_{}", self.random.decimal(-1.5, 1.5), float.name()),
                };
                Some((text, 0.0))
            }
            Ty::Array { float, shape, dims } => self.array_argument(*float, *shape, dims, active),
            Ty::Count(most) => {
                let int = self.small_int(*most);
                if !(int.atom && int.text.contains('.')) {
                    return Some((int.text, 0.0));
                }
                // The type of a field does not show.
                let name = self.fresh("k");
                self.line(format!("let {name}: usize = {};", int.text));
                Some((name, 0.0))
            }
            Ty::Flag => {
                let condition = self.condition();
                if !condition.contains(".flag") {
                    return Some((condition, 0.0));
                }
                let name = self.fresh("on");
                self.line(format!("let {name}: bool = {condition};"));
                Some((name, 0.0))
            }
            Ty::Indices(_) => {
                let list = self.scope.indices();
                if !list.is_empty() {
                    let position = self.random.below(self.scope.indices().len());
                    return Some((self.scope.indices()[position].name.clone(), 0.0));
                }
                None
            }
            Ty::Model(id) => {
                let found: Vec<String> =
                    self.models.iter().filter(|(_, model)| model == id).map(|(place, _)| place.clone()).collect();
                if found.is_empty() {
                    return None;
                }
                let place = &found[self.random.below(found.len())];
                let reference = if place.contains('.') { "&" } else { "" };
                Some((format!("{reference}{place}"), 1.0))
            }
        }
    }

    /// A variable, or a row of one, of the element type, the shape and the smallest lengths.
    fn array_argument(&mut self, float: Float, shape: Shape, dims: &[Dim], active: bool) -> Option<(String, f64)> {
        let fits = |var: &Var| {
            let Some(rows) = var.dims.len().checked_sub(dims.len()) else { return false };
            let (outer, inner) = var.dims.split_at(rows);
            var.float == float
                && (active || !var.active)
                && var.bounds.abs() <= PARAM_ABS
                && var.is_array_after(rows)
                && outer.iter().all(|dim| self.scope.is_indexable(dim))
                && inner.iter().zip(dims).enumerate().all(|(k, (have, want))| match shape {
                    Shape::Slice if k == 0 => have.min >= want.min && have.max <= want.max,
                    _ => have == want,
                })
        };
        let found = self.scope.find(fits);
        if found.is_empty() {
            return None;
        }
        let var = self.scope.var(self.random.one(&found)).clone();
        let rows = var.dims.len() - dims.len();
        if var.mutable {
            return Some((self.copied(&var, shape, rows), var.bounds.gain));
        }
        let row = Var { dims: var.dims[..rows].to_vec(), ..var.clone() };
        let place = self.element(&row);
        let is_reference = var.reference && rows == 0;
        let text = match (shape, is_reference) {
            (Shape::Value, true) => format!("*{place}"),
            (Shape::Value, false) | (_, true) => place,
            (_, false) => format!("&{place}"),
        };
        Some((text, var.bounds.gain))
    }

    /// An argument that is overwritten later is passed as a copy.
    fn copied(&mut self, var: &Var, shape: Shape, rows: usize) -> String {
        let place = self.element(&Var { dims: var.dims[..rows].to_vec(), ..var.clone() });
        let name = self.fresh("now");
        let method = if var.dims[rows].is_fixed() { "" } else { ".clone()" };
        let star = if var.reference && rows == 0 { "*" } else { "" };
        self.line(format!("let {name} = {star}{place}{method};"));
        if shape == Shape::Value { name } else { format!("&{name}") }
    }

    /// `let (a, mut b) = program(..);`
    pub(super) fn let_call(&mut self) {
        let Some(call) = self.some_call(2, |program| program.returns.len() > 1) else {
            return self.let_scalar();
        };
        let parts = self.library.programs[call.program].returns.clone();
        let mut patterns = Vec::new();
        let mut types = Vec::new();
        let mut declared = Vec::new();
        for (k, part) in parts.iter().enumerate() {
            types.push(part.name());
            match part {
                Part::Float(float) => {
                    let name = self.scalar_name();
                    patterns.push(name.clone());
                    declared.push((name, *float, self.result_bounds(&call, k)));
                }
                Part::Count => patterns.push("_".into()),
            }
        }
        self.line(format!("let ({}): ({}) = {};", patterns.join(", "), types.join(", "), call.text));
        for (name, float, bounds) in declared {
            self.declare_scalar(&name, float, bounds);
        }
    }
}
