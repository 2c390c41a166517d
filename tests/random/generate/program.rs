//! Whole functions: signature, body, result.

use std::collections::BTreeSet;

use super::Library;
use super::body::{Body, Traits};
use super::code::{Bounds, Float};
use super::generic::{Generics, convert_literals};
use super::models::nested;
use super::random::Random;
use super::scope::Dim;

/// How many of the models have methods: few, so that those of one can call each other.
const OWNERS: usize = 3;

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
    /// `Option<usize>`, up to this.
    Maybe(usize),
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
                let lengths = |dims: &[Dim]| dims.iter().map(|dim| dim.len.clone()).collect::<Vec<_>>();
                match shape {
                    Shape::Value => nested(float.name(), &lengths(dims)),
                    Shape::Ref => format!("&{}", nested(float.name(), &lengths(dims))),
                    Shape::Mut => format!("&mut {}", nested(float.name(), &lengths(dims))),
                    Shape::Slice => format!("&[{}]", nested(float.name(), &lengths(&dims[1..]))),
                }
            }
            Ty::Count(_) => "usize".into(),
            Ty::Flag => "bool".into(),
            Ty::Maybe(_) => "Option<usize>".into(),
            Ty::Indices(_) => "&[usize]".into(),
            Ty::Model(id) => format!("&{}", library.models[*id].name),
        }
    }

    /// Whether the function writes to what it is given.
    pub(super) fn is_written(&self) -> bool {
        matches!(self.ty, Ty::Array { shape: Shape::Mut, .. })
    }

    pub(super) fn is_self(&self) -> bool {
        self.name == "self"
    }

    fn is_of_generic_length(&self) -> bool {
        matches!(&self.ty, Ty::Array { dims, .. } if dims.iter().any(Dim::is_generic))
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
    /// `[f64; 3]`
    Array(Float, usize),
    /// `Vec<f64>`
    List(Float),
    /// `Model3`, of which no length depends on values.
    Model(usize),
    Count,
}

impl Part {
    pub(super) fn text(self) -> String {
        match self {
            Part::Float(float) => float.name().into(),
            Part::Array(float, n) => format!("[{}; {n}]", float.name()),
            Part::List(float) => format!("Vec<{}>", float.name()),
            Part::Model(id) => format!("Model{id}"),
            Part::Count => "usize".into(),
        }
    }

    pub(super) fn float(self) -> Option<Float> {
        match self {
            Part::Float(float) | Part::Array(float, _) | Part::List(float) => Some(float),
            Part::Model(_) => Some(Float::F64),
            Part::Count => None,
        }
    }
}

/// What a function returns, part by part.
#[derive(Clone, Debug)]
pub(super) struct Returned {
    /// Of each element.
    pub(super) bounds: Bounds,
    /// How many elements there may be.
    pub(super) len: (usize, usize),
}

/// A function that was written.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(super) id: usize,
    pub(super) params: Vec<Param>,
    pub(super) returns: Vec<Part>,
    pub(super) returned: Vec<Returned>,
    pub(super) traits: Traits,
    pub(super) generics: Generics,
    /// The model that it is a method of: its first parameter.
    pub(super) owner: Option<usize>,
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
        let float = match random.below(100) {
            0..70 => Float::F64,
            70..92 => Float::Generic,
            _ => Float::F32,
        };
        let mixed = float != Float::Generic && random.chance(6);
        let second = random.chance(20);
        let mut body = Body::new(random, library, float, mixed, second);
        body.generics = Generics { float: float == Float::Generic, length: body.random.chance(20) };
        let owner = (float == Float::F64 && body.random.chance(14)).then(|| body.random.below(OWNERS));
        body.owner = owner;
        let recursive = owner.is_none() && float != Float::F32 && !mixed && body.random.chance(9);
        let mut params = body.params(owner, recursive);
        if owner.is_none() && !recursive && body.random.chance(8) {
            let dims = vec![Dim::fixed(body.random.within(1, 4))];
            let name = body.fresh("state");
            params.push(Param { name, ty: Ty::Array { float, shape: Shape::Mut, dims }, active: true });
        }
        body.generics.length &= params.iter().any(Param::is_of_generic_length);
        for param in &params {
            body.declare_param(param);
        }
        body.first_local = body.scope.next_declaration();
        body.prelude();
        body.choose_returns(params.iter().any(Param::is_written), recursive);
        if recursive {
            body.start_recursion(id, &params);
        }
        // Small ones come often: they fail first and are read fast.
        let budget = body.random.within(0, 3) + body.random.within(0, 7);
        body.statements(budget);
        body.read_arrays();
        let (returns, returned) = body.result();
        let (second, generics) = (body.second, body.generics);
        let (mut text, traits, calls) = body.finish();
        if generics.float {
            text = convert_literals(random, &text);
        }

        let mut models = BTreeSet::new();
        let mut inputs = Vec::new();
        for param in &params {
            if let Ty::Model(id) = param.ty {
                models.insert(id);
            }
            let marker = if param.is_marked() { "#[constant] " } else { "" };
            match param.is_self() {
                true => inputs.push("&self".to_owned()),
                false => inputs.push(format!("{marker}{}: {}", param.name, param.text(library))),
            }
        }
        models.extend(returns.iter().filter_map(|part| if let Part::Model(id) = part { Some(*id) } else { None }));
        let parts: Vec<String> = returns.iter().map(|part| part.text()).collect();
        let type_of_result = if let [part] = &parts[..] { part.clone() } else { format!("({})", parts.join(", ")) };
        let parameters = generics.declaration(&text);
        let head = format!("fn program_{id}{parameters}({}) -> {type_of_result} {{", inputs.join(", "));
        let order = if second { "(order = 2)" } else { "" };
        let source = match owner {
            None => format!("#[differentiate{order}]\n{head}\n{text}}}\n"),
            Some(model) => {
                let owner = &library.models[model].name;
                // A function that returns no number asks for its derivatives itself.
                let numbers = returns.iter().any(|part| matches!(part, Part::Float(_)));
                let asks = if numbers { "" } else { "#[differentiate]\n" };
                format!("#[differentiate{order}]\nimpl {owner} {{\n{asks}{head}\n{text}}}\n}}\n")
            }
        };
        Program { id, params, returns, returned, traits, generics, owner, calls, models, second, source }
    }
}
