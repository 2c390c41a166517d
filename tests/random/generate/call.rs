//! Calls of the functions that were written before.

use super::body::Body;
use super::code::{Bounds, Expr, Float};
use super::program::{PARAM_ABS, Part, Program, Shape, Ty};
use super::scope::{Dim, Var};

/// A call that can be written here.
pub(super) struct Call {
    pub(super) program: usize,
    pub(super) text: String,
    /// The parts of the result, in the type that it is called with.
    parts: Vec<Part>,
    /// The largest gain of an argument.
    gain: f64,
    /// Arrays that are made for the call, which writes to them: names, types and lengths.
    written: Vec<(String, Float, Dim)>,
    /// Whether the length of an argument depends on values.
    ragged: bool,
}

impl Body<'_> {
    /// A call of a function that returns one number of the type.
    pub(super) fn call(&mut self, float: Float, depth: usize) -> Option<Expr> {
        let call =
            self.some_call(float, depth, |program, parts| !program.writes() && *parts == [Part::Float(float)])?;
        let bounds = self.result_bounds(&call, 0);
        if float != Float::F64 || self.mixed {
            // Nothing in the tokens says what it is, and the float of the signature is what is taken then.
            return Some(Expr::loose(format!("{{ let r: {} = {}; r }}", float.name(), call.text), bounds));
        }
        Some(Expr { typed: false, ..Expr::atom(call.text, bounds) })
    }

    /// A call of a function whose result is wanted. A generic one is called with `float`.
    fn some_call(&mut self, float: Float, depth: usize, want: impl Fn(&Program, &[Part]) -> bool) -> Option<Call> {
        let library = self.library;
        let mine = self.owner.is_some() && self.random.chance(70);
        let wanted = |program: &&Program| {
            let parts: Vec<Part> = program.returns.iter().map(|part| part.at(float)).collect();
            let owned = program.owner.is_none() || program.owner == self.owner;
            let generic = program.generics.float || float != Float::Generic;
            want(program, &parts) && owned && generic && (!mine || program.owner.is_some())
        };
        let wanted: Vec<&Program> = library.programs.iter().filter(wanted).collect();
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
            if let Some(call) = self.call_of(program, float, depth) {
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
        let bounds = self.library.programs[call.program].returned[part].bounds;
        Bounds { gain: bounds.gain * call.gain.max(1.0), ..bounds }
    }

    fn call_of(&mut self, program: &Program, float: Float, depth: usize) -> Option<Call> {
        let mut args = Vec::new();
        let mut written = Vec::new();
        let mut gain = 0.0_f64;
        self.length_of_call = None;
        let outer = std::mem::replace(&mut self.passes_ragged, false);
        for param in program.params.iter().filter(|param| !param.is_self()) {
            let ty = match &param.ty {
                Ty::Float(of) => Ty::Float(of.at(float)),
                Ty::Array { float: of, shape, dims } => {
                    Ty::Array { float: of.at(float), shape: *shape, dims: dims.clone() }
                }
                ty => ty.clone(),
            };
            if let (true, Ty::Array { float, dims, .. }) = (param.is_written(), &ty) {
                let name = self.written_argument(*float, &dims[0]);
                args.push(format!("&mut {name}"));
                written.push((name, *float, dims[0].clone()));
                continue;
            }
            let (text, bounds) = self.argument(&ty, param.active, depth)?;
            gain = gain.max(bounds);
            args.push(text);
        }
        let mut name = program.name();
        if program.owner.is_some() {
            // A field of `self` changes with the gain of a parameter.
            gain = gain.max(1.0);
            match self.random.chance(70) {
                true => name = format!("self.{name}"),
                false => {
                    name = format!("Self::{name}");
                    args.insert(0, "self".into());
                }
            }
        }
        let text = format!("{name}({})", args.join(", "));
        let parts = program.returns.iter().map(|part| part.at(float)).collect();
        let ragged = self.passes_ragged;
        self.passes_ragged |= outer;
        Some(Call { program: program.id, text, parts, gain, written, ragged })
    }

    /// An array for a call to write to. What it holds may be what a parameter holds.
    fn written_argument(&mut self, float: Float, dim: &Dim) -> String {
        let name = self.fresh("state");
        let values: Vec<String> = (0..dim.max)
            .map(|_| {
                let value = self.float(float, 1);
                let value = self.fit(value, PARAM_ABS, 6.0);
                self.with_type(value).text
            })
            .collect();
        self.line(format!("let mut {name}: [{}; {}] = [{}];", float.name(), dim.len, values.join(", ")));
        name
    }

    /// An argument and its gain.
    pub(super) fn argument(&mut self, ty: &Ty, active: bool, depth: usize) -> Option<(String, f64)> {
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
                        format!("0.5 * {}", float.of_int(&int.operand()))
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
                // The type of a field does not show.
                if int.text.contains(".count") || int.atom && int.text.contains('.') {
                    let name = self.fresh("k");
                    self.line(format!("let {name}: usize = {};", int.text));
                    return Some((name, 0.0));
                }
                Some((int.text, 0.0))
            }
            Ty::Maybe(most) => {
                let options: Vec<String> = self.scope.options().iter().map(|(name, _)| name.clone()).collect();
                if !options.is_empty() && self.random.chance(70) {
                    return Some((options[self.random.below(options.len())].clone(), 0.0));
                }
                let number = self.random.below(*most + 1);
                Some((if self.random.chance(50) { format!("Some({number})") } else { "None".into() }, 0.0))
            }
            Ty::Flag => {
                let condition = self.condition();
                if !condition.contains(".flag") {
                    return Some((condition, 0.0));
                }
                if self.in_block {
                    return Some((self.random.chance(50).to_string(), 0.0));
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
                let reference = if place.contains('.') || self.owned_models.contains(place) { "&" } else { "" };
                Some((format!("{reference}{place}"), self.gain_of_model(place)))
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
                    _ if want.is_generic() => {
                        let fits = have.is_generic() || have.is_fixed() && have.max <= want.max;
                        fits && self.length_of_call.as_ref().is_none_or(|length| length == have)
                    }
                    _ => have == want,
                })
        };
        let found = self.scope.find(fits);
        if found.is_empty() {
            return None;
        }
        // What is overwritten after the call says most.
        let changing: Vec<usize> = found.iter().copied().filter(|found| self.scope.var(*found).mutable).collect();
        let found = if changing.is_empty() || self.random.chance(50) { found } else { changing };
        let position = self.random.one(&found);
        let var = self.scope.var(position).clone();
        self.passes_ragged |= var.ragged;
        let rows = var.dims.len() - dims.len();
        let lengths = var.dims[rows..].iter().zip(dims).filter(|(_, want)| want.is_generic());
        self.length_of_call = lengths.map(|(have, _)| have.clone()).next().or(self.length_of_call.take());
        // Parts of arrays of arrays have no copies.
        let is_part = var.reference && !var.dims[0].is_fixed() && dims.len() > 1;
        if var.mutable && !is_part && self.random.chance(20) {
            return Some((self.copied(&var, shape, rows), var.bounds.gain));
        }
        if var.mutable {
            self.passed = Some((position, var.declaration));
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
        let fixed = var.dims[rows].is_fixed() || var.dims[rows].is_generic();
        let method = match (fixed, var.reference) {
            (true, _) => "",
            (false, true) => ".to_vec()",
            (false, false) => ".clone()",
        };
        let star = if var.reference && rows == 0 && fixed { "*" } else { "" };
        self.line(format!("let {name} = {star}{place}{method};"));
        if shape == Shape::Value { name } else { format!("&{name}") }
    }

    /// `let (a, b): (f64, [f64; 2]) = program(..);`, `let v: Vec<f64> = program(..);`
    pub(super) fn let_call(&mut self) {
        let float = self.float;
        let call = self.some_call(float, 2, |program, parts| program.writes() || !matches!(parts, [Part::Float(_)]));
        let Some(call) = call else {
            return self.let_scalar();
        };
        // A struct that is a constant can neither be changed nor returned.
        if matches!(call.parts[..], [Part::Model(_)]) && call.gain == 0.0 {
            return self.let_scalar();
        }
        if let [Part::Model(id)] = call.parts[..] {
            let gain = self.result_bounds(&call, 0).gain;
            return self.declare_returned_struct(id, &call.text, gain);
        }
        // What is bound may be changed: all parts of one tuple, or none.
        let changes = self.random.chance(25);
        let mut patterns = Vec::new();
        let mut declared = Vec::new();
        for (k, part) in call.parts.iter().enumerate() {
            let bounds = self.result_bounds(&call, k);
            let (min, max) = self.library.programs[call.program].returned[k].len;
            let name = if let Part::Float(_) = part { self.scalar_name() } else { self.fresh("got") };
            let dims = match *part {
                Part::Count | Part::Model(_) => {
                    patterns.push("_".to_owned());
                    continue;
                }
                Part::Float(_) => vec![],
                Part::Array(_, n) => vec![Dim::fixed(n)],
                Part::List(_) => vec![Dim { len: format!("{name}.len()"), min, max }],
            };
            patterns.push(if changes && !dims.is_empty() { format!("mut {name}") } else { name.clone() });
            declared.extend(part.float().map(|float| (name, dims, float, bounds)));
        }
        let types: Vec<String> = call.parts.iter().map(|part| part.text()).collect();
        let (pattern, ty) = match &patterns[..] {
            [only] => (only.clone(), types[0].clone()),
            _ => (format!("({})", patterns.join(", ")), format!("({})", types.join(", "))),
        };
        self.line(format!("let {pattern}: {ty} = {};", call.text));
        for (name, dims, float, bounds) in declared {
            let is_array = !dims.is_empty();
            let mut var = self.var(&name, dims, float, bounds);
            var.ragged = call.ragged && var.is_vector();
            if changes && is_array {
                self.declare_changing(var);
            } else {
                self.scope.declare(var);
            }
        }
        for (name, float, dim) in call.written {
            // What the function may have added to them.
            let (base, room) = Body::written_bounds();
            let gain = base.1 + room.1;
            let bounds = Bounds::symmetric(base.0 + room.0, gain * call.gain.max(1.0));
            let var = self.var(&name, vec![dim], float, bounds);
            self.declare_changing(var);
        }
    }
}
