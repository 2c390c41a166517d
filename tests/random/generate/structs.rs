//! Local structs: literals, update syntax, copies, fields that are changed, and patterns that take apart.

use super::body::Body;
use super::choices::{CHOICES, Choice};
use super::code::{Bounds, Expr, Float, Int};
use super::models::{Field, Model};
use super::program::PARAM_ABS;
use super::scope::{Dim, Var};

/// What the floats of a struct may become.
#[derive(Copy, Clone, Debug)]
pub(super) enum Kept {
    /// Nothing else, with this gain.
    Constant { gain: f64 },
    /// What is assigned, and what `+=` may add.
    Changing { base: (f64, f64), room: (f64, f64) },
}

/// A struct that is written out: there is room for `+=` below what a parameter may be.
const LITERAL: Kept = Kept::Changing { base: (1.0, 6.0), room: (PARAM_ABS - 1.0, 12.0) };

impl Body<'_> {
    /// `let mut q = Model3 { .. };` and its relatives.
    pub(super) fn let_struct(&mut self) {
        if self.float != Float::F64 || self.library.models.is_empty() {
            return self.let_array();
        }
        let choice = self.random.below(10);
        let places: Vec<(String, usize)> =
            self.models.iter().filter(|(place, _)| !place.contains('.')).cloned().collect();
        if choice < 2 || places.is_empty() {
            let Some(id) = self.some_small_model() else { return self.let_array() };
            return match self.random.below(10) {
                0..3 => self.let_started(id),
                3..7 => {
                    let text = self.model_literal(id);
                    self.declare_struct(id, &text, LITERAL);
                }
                _ => self.let_updated(id, None),
            };
        }
        // Structs of the function's own as often as those that it is given.
        let own: Vec<(String, usize)> =
            places.iter().filter(|(place, _)| self.owned_models.contains(place)).cloned().collect();
        let places = if own.is_empty() || self.random.chance(50) { places } else { own };
        let (place, id) = places[self.random.below(places.len())].clone();
        match choice {
            2..4 => {
                self.declare_copy(id, &place, &format!("{place}.clone()"));
                self.read_field_of_latest(|_| true, 60);
            }
            4..6 => self.let_updated(id, Some(&place)),
            _ => self.take_apart(id, &place),
        }
    }

    /// A struct of a few floats, as many wherever it is made.
    pub(super) fn some_small_model(&mut self) -> Option<usize> {
        let models = &self.library.models;
        let small = |id: &usize| Model::floats(*id, models).is_some_and(|floats| floats < 14);
        let all: Vec<usize> = (0..models.len()).filter(small).collect();
        (self.float == Float::F64 && !all.is_empty()).then(|| self.random.one(&all))
    }

    /// A struct to be returned, and the largest gain of a field.
    pub(super) fn model_result(&mut self, id: usize) -> (String, f64) {
        let found: Vec<String> = (self.models.iter())
            .filter(|(place, of)| *of == id && self.owned_models.contains(place))
            .map(|(place, _)| place.clone())
            .collect();
        if found.is_empty() || self.random.chance(30) {
            return (self.model_literal(id), 6.0);
        }
        let place = found[self.random.below(found.len())].clone();
        let gain = self.gain_of_model(&place);
        (place, gain)
    }

    /// The struct that a call has returned.
    pub(super) fn declare_returned_struct(&mut self, id: usize, text: &str, gain: f64) {
        let kept = Kept::Changing { base: (PARAM_ABS, gain.max(6.0)), room: (0.0, 12.0) };
        let ascription = format!(": {}", self.library.models[id].name);
        self.declare_typed_struct(id, &ascription, text, kept);
    }

    fn declare_struct(&mut self, id: usize, text: &str, kept: Kept) {
        self.declare_typed_struct(id, "", text, kept);
    }

    fn declare_typed_struct(&mut self, id: usize, ascription: &str, text: &str, kept: Kept) {
        let name = self.fresh("q");
        let mutable = self.random.chance(75);
        let keyword = if mutable { "let mut" } else { "let" };
        self.line(format!("{keyword} {name}{ascription} = {text};"));
        let declaration = self.scope.next_declaration();
        self.owned_models.push(name.clone());
        let kept = match kept {
            Kept::Changing { base, .. } if !mutable => Kept::Constant { gain: base.1 },
            kept => kept,
        };
        self.declare_fields(&[name], &[], id, declaration, kept);
        if mutable && self.random.chance(35) {
            self.change_field();
        }
        if mutable && self.random.chance(70) {
            self.change_list();
        }
    }

    /// `let mut q = Model3::start(k); q.a += 0.2 * x;`: constants of which nothing is known, and something active.
    fn let_started(&mut self, id: usize) {
        // A local may hold a constant, and a struct of constants alone is none that is differentiated.
        let active = |var: &Var| {
            let given = var.declaration < self.first_local && var.active && var.typed && var.float == Float::F64;
            given && self.scope.is_readable(var)
        };
        let found = self.scope.find(active);
        if found.is_empty() {
            return self.let_array();
        }
        let position = self.random.one(&found);
        let value = self.read(position).mul(&Expr::literal(0.2));
        let k = self.small_int(4);
        // Of a field, no type shows, and it may be what is differentiated.
        let k = if k.text.contains(".count") { self.random.below(5).to_string() } else { k.text };
        let name = self.fresh("q");
        self.line(format!("let mut {name} = {}::start({k});", self.library.models[id].name));
        let declaration = self.scope.next_declaration();
        self.owned_models.push(name.clone());
        self.declare_fields(&[name], &[], id, declaration, LITERAL);
        let fields = self.scope.find(|var| var.declaration == declaration && self.scope.is_readable(var));
        let field = self.scope.var(self.random.one(&fields)).clone();
        let value = self.fit(value, field.base.abs(), field.base.gain);
        let place = self.written_element(&field);
        self.line(format!("{place} = {};", value.text));
    }

    /// A field becomes a constant, or what another one is. Of both, no type shows.
    pub(super) fn change_field(&mut self) {
        if self.random.chance(30) && self.change_choice() {
            return;
        }
        if self.random.chance(45) && self.change_list() {
            return;
        }
        let is_field = |var: &Var| var.segments[0].contains('.') && !var.typed && var.float == Float::F64;
        let scope = &self.scope;
        let mutable = scope.find(|var| is_field(var) && var.mutable && scope.is_readable(var));
        if mutable.is_empty() {
            return self.let_struct();
        }
        // Of the latest structs as often as of all others.
        let latest = mutable.len().saturating_sub(6);
        let mutable = if self.random.chance(50) { &mutable[latest..] } else { &mutable[..] };
        let var = self.scope.var(self.random.one(mutable)).clone();
        // A vector of another length is another for the indices that are known to be below it.
        let fixed = var.dims.iter().all(Dim::is_fixed);
        let sources = self.scope.find(|from| {
            let fits = from.bounds.abs() <= var.base.abs() && from.bounds.gain <= var.base.gain;
            let one = |var: &Var| var.dims.is_empty() || var.is_array_after(0);
            is_field(from) && from.dims == var.dims && fits && fixed && one(from) && one(&var)
        });
        if sources.is_empty() || self.random.chance(50) {
            let (place, constant) = (self.written_element(&var), self.random.pick(&["DAMPING", "TABLE[1]", "0.25"]));
            self.line(format!("{place} = {constant};"));
            return self.pass_on(&var);
        }
        let from = self.scope.var(self.random.one(&sources)).segments[0].clone();
        self.line(format!("{} = {from};", var.segments[0]));
    }

    /// `q.tail.push(x); let y = 0.5 * q.tail[q.tail.len() - 1]; q.tail.truncate(3);`: as many may be there as before.
    fn change_list(&mut self) -> bool {
        let scope = &self.scope;
        let own = |place: &str| self.owned_models.iter().any(|of| place.strip_suffix(".tail") == Some(of));
        let found = scope.find(|var| var.mutable && own(&var.segments[0]) && scope.is_readable(var));
        if found.is_empty() {
            return false;
        }
        let position = self.random.one(&found);
        let list = self.scope.var(position).clone();
        let place = list.segments[0].clone();
        let number = |body: &mut Self| {
            let value = body.float(Float::F64, 1);
            let value = body.fit(value, list.base.abs(), list.base.gain);
            body.with_type(value).text
        };
        let first = number(self);
        self.line(format!("{place}.push({first});"));
        let again = number(self);
        match self.random.below(4) {
            0 => self.line(format!("{place}.insert(0, {again});")),
            1 => self.line(format!("{place}.extend_from_slice(&[{again}, 0.25]);")),
            2 => {
                let condition = self.without_calls(Body::condition);
                self.line(format!("if {condition} {{ {place}.pop(); }}"));
            }
            _ => {}
        }
        if self.random.chance(60) {
            let last = self.scalar_name();
            self.line(format!("let {last}: f64 = 0.5 * {place}[{place}.len() - 1];"));
            let bounds = Bounds::symmetric(0.5 * PARAM_ABS.max(list.base.abs()), list.base.gain.max(6.0));
            self.declare_scalar(&last, Float::F64, bounds);
        }
        let left = self.random.within(1, 3);
        self.line(format!("{place}.truncate({left});"));
        true
    }

    /// `let r = q.clone(); let x = 0.5 * r.a;`: whose field was changed is passed on, and the field is read from the copy.
    /// Nothing that is read of `q` itself tells what its field is.
    fn pass_on(&mut self, changed: &Var) {
        let place = changed.root().to_owned();
        let id = self.models.iter().find(|(name, _)| *name == place).map(|(_, id)| *id);
        let Some(id) = id.filter(|_| self.random.chance(70)) else { return };
        self.declare_copy(id, &place, &format!("{place}.clone()"));
        let field = &changed.segments[0][place.len()..];
        self.read_field_of_latest(|var| var.segments[0].ends_with(field), 100);
    }

    /// `let r = q.clone();` and what else starts from `place`: the fields of a copy may be as large as they get.
    fn declare_copy(&mut self, id: usize, place: &str, text: &str) {
        let gain = self.gain_of_model(place).max(6.0);
        self.declare_struct(id, text, Kept::Changing { base: (PARAM_ABS, gain), room: (0.0, 12.0) });
    }

    /// In so many of a hundred cases, a field of the struct that was declared last is read.
    fn read_field_of_latest(&mut self, wanted: impl Fn(&Var) -> bool, percent: usize) {
        let Some(place) = self.owned_models.last().map(|place| format!("{place}.")) else { return };
        let fields =
            self.scope.find(|var| var.segments[0].starts_with(&place) && wanted(var) && self.scope.is_readable(var));
        if !fields.is_empty() && self.random.chance(percent) {
            let position = self.random.one(&fields);
            self.read_var(position);
        }
    }

    /// `Model3 { a: x, w: [y, z], inner: Model1 { .. }, count: 2 }`
    pub(super) fn model_literal(&mut self, id: usize) -> String {
        let model = &self.library.models[id];
        let fields: Vec<String> =
            model.fields.iter().map(|(name, ty)| format!("{name}: {}", self.field_literal(ty))).collect();
        format!("{} {{ {} }}", model.name, fields.join(", "))
    }

    fn field_literal(&mut self, ty: &Field) -> String {
        match ty {
            Field::Floats(dims) => self.list_literal(dims),
            Field::Heap => format!("vec!{}", self.list_literal(&[2])),
            Field::Model(inner, None) => self.model_literal(*inner),
            Field::Model(inner, Some(n)) => {
                let parts: Vec<String> = (0..*n).map(|_| self.model_literal(*inner)).collect();
                format!("[{}]", parts.join(", "))
            }
            Field::Count => self.random.below(5).to_string(),
            Field::Flag => self.random.chance(50).to_string(),
            Field::Choice => self.some_choice().unwrap_or_else(|| self.random.pick(&CHOICES).to_owned()),
            Field::Constant => format!("{:?}", self.random.decimal(-1.5, 1.5)),
        }
    }

    fn list_literal(&mut self, dims: &[usize]) -> String {
        let Some((n, inner)) = dims.split_first() else {
            let depth = self.random.below(2);
            let value = self.float(Float::F64, depth);
            let value = self.fit(value, 1.0, 6.0);
            return self.with_type(value).text;
        };
        let parts: Vec<String> = (0..*n).map(|_| self.list_literal(inner)).collect();
        format!("[{}]", parts.join(", "))
    }

    /// `let r = Model3 { a: x, ..p.clone() };`, `..q` where that moves nothing, and `..Model3 { .. }` or a variable that holds
    /// just that. What replaced a field is read as often as what did not.
    fn let_updated(&mut self, id: usize, place: Option<&str>) {
        let library = self.library;
        let model = &library.models[id];
        let is_float = |field: &&(String, Field)| matches!(field.1, Field::Floats(_) | Field::Model(..));
        let floats: Vec<&(String, Field)> = model.fields.iter().filter(is_float).collect();
        let some = &floats[..self.random.within(1, floats.len().min(2))];
        let is_small = Model::floats(id, &library.models).is_some_and(|floats| floats < 14);
        let place = place.filter(|_| !is_small || self.random.chance(60));
        let base = match place {
            Some(place) => {
                let is_copied = |field: &(String, Field)| {
                    some.iter().any(|part| part.0 == field.0) || !matches!(field.1, Field::Heap | Field::Model(..))
                };
                let owned = self.owned_models.iter().any(|owned| owned == place) && model.fields.iter().all(is_copied);
                let clone = if owned && self.random.chance(70) { "" } else { ".clone()" };
                format!("{place}{clone}")
            }
            None if self.random.chance(50) => self.model_literal(id),
            None => {
                let (name, text) = (self.fresh("q"), self.model_literal(id));
                self.line(format!("let {name} = {text};"));
                format!("{name}.clone()")
            }
        };
        let fields: Vec<String> = some.iter().map(|(name, ty)| format!("{name}: {}", self.field_literal(ty))).collect();
        let text = format!("{} {{ {}, ..{base} }}", model.name, fields.join(", "));
        match place {
            Some(place) => self.declare_copy(id, place, &text),
            None => self.declare_struct(id, &text, LITERAL),
        }
        let replaced = some.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let replaced_first = self.random.chance(60);
        let is_wanted = |var: &Var| {
            let field = var.segments[0].split('.').nth(1);
            !replaced_first || replaced.iter().any(|name| Some(name.as_str()) == field)
        };
        self.read_field_of_latest(is_wanted, 80);
    }

    /// `let Model3 { a: x, w: y, .. } = p.clone();`
    fn take_apart(&mut self, id: usize, place: &str) {
        let library = self.library;
        let model = &library.models[id];
        let mut patterns = Vec::new();
        let mut declared = Vec::new();
        for (field, ty) in &model.fields {
            let Field::Floats(dims) = ty else { continue };
            let name = self.fresh(if dims.is_empty() { "u" } else { "part" });
            patterns.push(format!("{field}: {name}"));
            let dims = dims.iter().map(|n| Dim::fixed(*n)).collect();
            declared.push((name, dims));
        }
        self.line(format!("let {} {{ {}, .. }} = {place}.clone();", model.name, patterns.join(", ")));
        let gain = self.gain_of_model(place);
        for (name, dims) in declared {
            let mut var = self.var(&name, dims, Float::F64, Bounds::symmetric(PARAM_ABS, gain));
            var.typed = false;
            self.scope.declare(var);
        }
    }

    /// The largest gain of a field.
    pub(super) fn gain_of_model(&self, place: &str) -> f64 {
        let field = format!("{place}.");
        let fields = self.scope.find(|var| var.segments[0].starts_with(&field));
        fields.into_iter().fold(1.0, |gain, position| self.scope.var(position).bounds.gain.max(gain))
    }

    /// The fields of a model behind `segments` with an index of `dims` between each.
    pub(super) fn declare_fields(
        &mut self,
        segments: &[String],
        dims: &[Dim],
        id: usize,
        declaration: usize,
        kept: Kept,
    ) {
        if dims.is_empty() {
            self.models.push((segments[0].clone(), id));
        }
        let library = self.library;
        for (field, ty) in &library.models[id].fields {
            let mut path = segments.to_vec();
            *path.last_mut().expect("there is the parameter's name") += &format!(".{field}");
            let mut all = dims.to_vec();
            match ty {
                Field::Floats(of) => all.extend(of.iter().map(|n| Dim::fixed(*n))),
                Field::Heap => {
                    // The length of a vector behind an index is another for every element.
                    if !dims.is_empty() {
                        continue;
                    }
                    all.push(Dim { len: format!("{}.len()", path[0]), min: 1, max: 3 });
                }
                Field::Constant => {}
                Field::Model(inner, None) => {
                    self.declare_fields(&path, dims, *inner, declaration, kept);
                    continue;
                }
                Field::Model(inner, Some(n)) => {
                    path.push(String::new());
                    all.push(Dim::fixed(*n));
                    self.declare_fields(&path, &all, *inner, declaration, kept);
                    continue;
                }
                Field::Count => {
                    if dims.is_empty() {
                        self.scope.declare_int(Int::var(&path[0], 0, 4, Vec::new()));
                    }
                    continue;
                }
                Field::Choice => {
                    if dims.is_empty() {
                        let mutable = matches!(kept, Kept::Changing { .. });
                        self.scope.declare_choice(Choice { place: path[0].clone(), mutable });
                    }
                    continue;
                }
                Field::Flag => {
                    if dims.is_empty() {
                        self.scope.declare_bool(path[0].clone());
                    }
                    continue;
                }
            }
            let gain = match kept {
                Kept::Constant { gain } => gain,
                Kept::Changing { base, .. } => base.1,
            };
            let mut var = self.var("", all.clone(), Float::F64, Bounds::symmetric(PARAM_ABS, gain));
            var.segments = path;
            var.segments.resize(all.len() + 1, String::new());
            var.declaration = declaration;
            var.typed = false;
            match kept {
                Kept::Constant { .. } => self.scope.declare(var),
                Kept::Changing { base, room } => self.declare_changing_within(var, base, room),
            }
        }
    }
}
