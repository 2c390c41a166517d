//! Whole functions: signature, body, result.

use std::collections::BTreeSet;

use super::Library;
use super::body::{Body, Traits};
use super::code::{Bounds, Expr, Float, Int};
use super::models::{Field, nested};
use super::random::Random;
use super::scope::{Dim, Indices, Var};

/// How large floats in arguments are at most.
pub(super) const PARAM_ABS: f64 = 2.0;

/// The outermost shape of an array parameter.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `[f64; 3]`
    Value,
    /// `&[f64; 3]`
    Ref,
    /// `&[f64]`
    Slice,
    /// `&mut [f64; 3]`
    Mut,
}

/// The type of a parameter.
#[derive(Clone, Debug)]
pub(super) enum Ty {
    Float(Float),
    Array {
        float: Float,
        shape: Shape,
        dims: Vec<Dim>,
    },
    /// `usize`, up to this.
    Count(usize),
    Flag,
    /// `&[usize]`, of numbers up to 3.
    Indices(Dim),
    /// `&Model3`
    Model(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Param {
    pub(super) name: String,
    pub(super) ty: Ty,
    pub(super) active: bool,
}

impl Param {
    /// The type as written.
    fn text(&self, library: &Library) -> String {
        match &self.ty {
            Ty::Float(float) => float.name().into(),
            Ty::Array { float, shape, dims } => {
                let lengths = |dims: &[Dim]| dims.iter().map(|dim| dim.min).collect::<Vec<_>>();
                match shape {
                    Shape::Value => nested(float.name(), &lengths(dims)),
                    Shape::Ref => format!("&{}", nested(float.name(), &lengths(dims))),
                    Shape::Mut => format!("&mut {}", nested(float.name(), &lengths(dims))),
                    Shape::Slice => format!("&[{}]", nested(float.name(), &lengths(&dims[1..]))),
                }
            }
            Ty::Count(_) => "usize".into(),
            Ty::Flag => "bool".into(),
            Ty::Indices(_) => "&[usize]".into(),
            Ty::Model(id) => format!("&{}", library.models[*id].name),
        }
    }

    /// Whether the function writes to what it is given.
    pub(super) fn is_written(&self) -> bool {
        matches!(self.ty, Ty::Array { shape: Shape::Mut, .. })
    }

    /// Whether it needs the attribute to be constant.
    pub(super) fn is_marked(&self) -> bool {
        !self.active && matches!(self.ty, Ty::Float(_) | Ty::Array { .. })
    }
}

/// A part of the result.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Float(Float),
    Count,
}

impl Part {
    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Float(float) => float.name(),
            Part::Count => "usize",
        }
    }
}

/// A function that was written.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(super) id: usize,
    pub(super) params: Vec<Param>,
    pub(super) returns: Vec<Part>,
    pub(super) bounds: Vec<Bounds>,
    pub(super) traits: Traits,
    /// The functions that it calls, and the models that it takes.
    pub(super) calls: BTreeSet<usize>,
    pub(super) models: BTreeSet<usize>,
    /// Whether it has second derivatives.
    pub(super) second: bool,
    pub(super) source: String,
}

impl Program {
    pub(super) fn name(&self) -> String {
        format!("program_{}", self.id)
    }

    /// Whether it writes to what it is given: it cannot be called then, and has no gradient.
    pub(super) fn writes(&self) -> bool {
        self.params.iter().any(Param::is_written)
    }

    pub(super) fn new(random: &mut Random, library: &Library) -> Program {
        let id = library.programs.len();
        let float = if random.chance(86) { Float::F64 } else { Float::F32 };
        let mixed = random.chance(7);
        let second = random.chance(20);
        let mut body = Body::new(random, library, float, mixed, second);
        let mut params = body.params();
        if !second && body.random.chance(8) {
            let dims = vec![Dim::fixed(body.random.within(1, 4))];
            let name = body.fresh("state");
            params.push(Param { name, ty: Ty::Array { float, shape: Shape::Mut, dims }, active: true });
        }
        for param in &params {
            body.declare_param(param);
        }
        body.prelude();
        body.choose_returns(params.iter().any(Param::is_written));
        // Small ones come often: they fail first and are read fast.
        let budget = body.random.within(0, 4) + body.random.within(0, 8);
        body.statements(budget);
        body.read_arrays();
        let (returns, bounds) = body.result();
        let (text, traits, calls) = body.finish();

        let mut models = BTreeSet::new();
        let mut inputs = Vec::new();
        for param in &params {
            if let Ty::Model(id) = param.ty {
                models.insert(id);
            }
            let marker = if param.is_marked() { "#[constant] " } else { "" };
            inputs.push(format!("{marker}{}: {}", param.name, param.text(library)));
        }
        let returned = match &returns[..] {
            [part] => part.name().to_owned(),
            parts => format!("({})", parts.iter().map(|part| part.name()).collect::<Vec<_>>().join(", ")),
        };
        let head = format!("fn program_{id}({}) -> {returned} {{", inputs.join(", "));
        let order = if second { "(order = 2)" } else { "" };
        let source = format!("#[differentiate{order}]\n{head}\n{text}}}\n");
        Program { id, params, returns, bounds, traits, calls, models, second, source }
    }
}

impl Body<'_> {
    // ---- parameters -----------------------------------------------------------------------------------------------

    fn params(&mut self) -> Vec<Param> {
        let count = self.random.within(1, 4);
        let mut params: Vec<Param> = (0..count).map(|_| self.param()).collect();
        if !params.iter().any(|param| param.active) {
            let name = self.fresh("x");
            params.push(Param { name, ty: Ty::Float(self.float), active: true });
        }
        params
    }

    fn param(&mut self) -> Param {
        let float = self.some_float();
        let (prefix, ty) = match self.random.weighted(&[7, 9, 4, 3, 3, 1, 1, 3]) {
            0 => ("x", Ty::Float(float)),
            1 => {
                let min = self.random.below(3);
                ("w", Ty::Array { float, shape: Shape::Slice, dims: vec![Dim { len: String::new(), min, max: 4 }] })
            }
            2 => {
                let n = self.random.within(1, 4);
                let shape = if self.random.chance(50) { Shape::Value } else { Shape::Ref };
                ("q", Ty::Array { float, shape, dims: vec![Dim::fixed(n)] })
            }
            3 => {
                let (rows, columns) = (self.random.within(1, 3), self.random.within(2, 3));
                let (shape, rows) = match self.random.below(3) {
                    0 => (Shape::Value, Dim::fixed(rows)),
                    1 => (Shape::Ref, Dim::fixed(rows)),
                    _ => (Shape::Slice, Dim { len: String::new(), min: self.random.below(2), max: 3 }),
                };
                ("d", Ty::Array { float, shape, dims: vec![rows, Dim::fixed(columns)] })
            }
            4 => ("n", Ty::Count(self.random.within(2, 4))),
            5 => ("on", Ty::Flag),
            6 => ("order", Ty::Indices(Dim { len: String::new(), min: 2, max: 4 })),
            _ if self.float == Float::F64 && !self.library.models.is_empty() => {
                ("p", Ty::Model(self.random.below(self.library.models.len())))
            }
            _ => ("y", Ty::Float(float)),
        };
        let constant = matches!(ty, Ty::Float(_) | Ty::Array { .. }) && self.random.chance(25);
        let active = !constant && matches!(ty, Ty::Float(_) | Ty::Array { .. } | Ty::Model(_));
        let name = self.fresh(prefix);
        let ty = match ty {
            Ty::Array { float, shape, mut dims } => {
                if shape == Shape::Slice {
                    dims[0].len = format!("{name}.len()");
                }
                Ty::Array { float, shape, dims }
            }
            Ty::Indices(dim) => Ty::Indices(Dim { len: format!("{name}.len()"), ..dim }),
            ty => ty,
        };
        Param { name, ty, active }
    }

    fn declare_param(&mut self, param: &Param) {
        let gain = if param.active { 1.0 } else { 0.0 };
        let bounds = Bounds::symmetric(PARAM_ABS, gain);
        let name = &param.name;
        match &param.ty {
            Ty::Float(float) => {
                let var = self.var(name, vec![], *float, bounds);
                self.scope.declare(Var { active: param.active, ..var });
            }
            Ty::Array { float, shape, dims } => {
                let var = self.var(name, dims.clone(), *float, bounds);
                let reference = *shape != Shape::Value;
                if *shape == Shape::Mut {
                    return self.declare_changing(Var { reference, ..var });
                }
                self.scope.declare(Var { active: param.active, reference, ..var });
            }
            Ty::Count(most) => self.scope.declare_int(Int::var(name, 0, *most, Vec::new())),
            Ty::Flag => self.scope.declare_bool(name.clone()),
            Ty::Indices(dim) => {
                self.scope.declare_indices(Indices { name: name.clone(), dim: dim.clone(), max: 3 });
            }
            Ty::Model(id) => {
                let declaration = self.scope.next_declaration();
                self.declare_fields(std::slice::from_ref(name), &[], *id, declaration);
            }
        }
    }

    /// The fields of a model behind `segments` with an index of `dims` between each.
    fn declare_fields(&mut self, segments: &[String], dims: &[Dim], id: usize, declaration: usize) {
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
                    self.declare_fields(&path, dims, *inner, declaration);
                    continue;
                }
                Field::Model(inner, Some(n)) => {
                    path.push(String::new());
                    all.push(Dim::fixed(*n));
                    self.declare_fields(&path, &all, *inner, declaration);
                    continue;
                }
                Field::Count => {
                    if dims.is_empty() {
                        self.scope.declare_int(Int::var(&path[0], 0, 4, Vec::new()));
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
            let mut var = self.var("", all.clone(), Float::F64, Bounds::symmetric(PARAM_ABS, 1.0));
            var.segments = path;
            var.segments.resize(all.len() + 1, String::new());
            var.declaration = declaration;
            var.typed = false;
            self.scope.declare(var);
        }
    }

    /// Constants of the body.
    fn prelude(&mut self) {
        if self.random.chance(12) {
            let name = self.fresh("SCALE");
            let value = self.random.decimal(-1.5, 1.5);
            self.line(format!("const {name}: {} = {value:?};", self.float.name()));
            let var = self.var(&name, vec![], self.float, Bounds::new(value, value, 0.0));
            self.scope.declare(Var { active: false, ..var });
        }
        if self.random.chance(12) {
            let name = self.fresh("COUNT");
            let value = self.random.within(1, 3);
            self.line(format!("const {name}: usize = {value};"));
            self.scope.declare_int(Int::var(&name, value, value, Vec::new()));
        }
    }

    // ---- results --------------------------------------------------------------------------------------------------

    /// Reads what loops have written, so that it is not for nothing.
    fn read_arrays(&mut self) {
        let arrays = self.scope.find(|var| var.mutable && !var.dims.is_empty());
        if arrays.is_empty() || self.random.chance(25) {
            return;
        }
        let var = self.scope.var(self.random.one(&arrays)).clone();
        let name = self.scalar_name();
        self.line(format!("let mut {name} = 0.0_{};", var.float.name()));
        let factor = self.literal();
        self.sum_into(&name, &var.dims, var.segments[0].clone(), &factor);
        let term = Expr::atom("", var.bounds).mul(&factor);
        let elements: usize = var.dims.iter().map(|dim| dim.max).product();
        let elements = elements as f64;
        let bounds = Bounds::symmetric(elements * term.bounds.abs(), elements * term.bounds.gain);
        self.declare_scalar(&name, var.float, bounds);
    }

    /// `for i in 0..a.len() { sum += a[i] * factor; }`, a loop for every dimension.
    fn sum_into(&mut self, sum: &str, dims: &[Dim], place: String, factor: &Expr) {
        let Some((dim, inner)) = dims.split_first() else {
            return self.line(format!("{sum} += {place} * {};", factor.text));
        };
        let index = self.fresh("i");
        self.braces(&format!("for {index} in 0..{} ", dim.len), |body| {
            body.sum_into(sum, inner, format!("{place}[{index}]"), factor);
        });
    }

    /// What the function returns: an early return has to know.
    fn choose_returns(&mut self, writes: bool) {
        let count = if self.random.chance(78) { 1 } else { self.random.within(2, 3) };
        for _ in 0..count {
            let float = if count > 1 { self.some_float() } else { self.float };
            self.returns.push(Part::Float(float));
        }
        if count > 1 && !writes && self.random.chance(15) {
            self.returns.push(Part::Count);
        }
    }

    fn result(&mut self) -> (Vec<Part>, Vec<Bounds>) {
        let parts = self.returns.clone();
        let mut texts = Vec::new();
        let mut bounds = Vec::new();
        for part in &parts {
            match part {
                Part::Float(float) => {
                    let expr = self.result_expr(*float);
                    texts.push(expr.text);
                    bounds.push(expr.bounds);
                }
                Part::Count => {
                    texts.push(self.int(1).text);
                    bounds.push(Bounds::new(0.0, 30.0, 0.0));
                }
            }
        }
        if let (Some(early), [bounds]) = (self.early, &mut bounds[..]) {
            *bounds = bounds.or(early);
        }
        let value = if parts.len() > 1 { format!("({})", texts.join(", ")) } else { texts.remove(0) };
        let line = if self.random.chance(8) { format!("return {value};") } else { value };
        self.line(line);
        (parts, bounds)
    }

    /// What was computed, and something of the inputs.
    fn result_expr(&mut self, float: Float) -> Expr {
        let mut terms: Vec<Expr> = Vec::new();
        let scope = &self.scope;
        let locals = scope.find(|var| {
            var.float == float && var.active && scope.is_readable(var) && (var.mutable || var.dims.is_empty())
        });
        for _ in 0..self.random.within(1, 3) {
            if !locals.is_empty() {
                // The latest are those that depend on most.
                let latest = locals.len().saturating_sub(4);
                let position = locals[self.random.within(latest, locals.len() - 1)];
                let term = self.read(position);
                terms.push(term);
            }
        }
        let depth = if terms.is_empty() { 3 } else { 2 };
        if terms.is_empty() || self.random.chance(60) {
            terms.push(self.float(float, depth));
        }
        // Something of an input, so that few functions are constant.
        let inputs = self.scope.find(|var| {
            var.float == float && var.active && !var.mutable && var.bounds.gain > 0.0 && self.scope.is_readable(var)
        });
        if !inputs.is_empty() && self.random.chance(60) {
            let position = self.random.one(&inputs);
            let input = self.read(position);
            terms.push(self.literal().mul(&input));
        }
        let sum = terms.into_iter().reduce(|sum, term| match self.random.below(4) {
            0 => sum.sub(&term),
            1 => sum.mul(&term),
            _ => sum.add(&term),
        });
        let sum = sum.expect("there is one term at least");
        self.fit(sum, 50.0, 100.0)
    }
}
