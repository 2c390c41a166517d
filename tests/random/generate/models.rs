//! The structs that programs take as parameters.

use super::choices::CHOICES;
use super::random::Random;

/// The type of a field.
#[derive(Clone, Debug)]
pub(super) enum Field {
    /// `f64`, `[f64; N]`, `[[f64; M]; N]`.
    Floats(Vec<usize>),
    /// `Vec<f64>`, of one to three numbers.
    Heap,
    /// Another model, or an array of them.
    Model(usize, Option<usize>),
    /// `usize`, up to 4.
    Count,
    Flag,
    /// `#[constant] Choice`.
    Choice,
    /// `#[constant] f64`.
    Constant,
}

/// A struct with `#[derive(Differentiable)]`.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) fields: Vec<(String, Field)>,
    pub(super) source: String,
}

impl Model {
    /// A struct with only floats if it has no models to nest, with anything else besides.
    pub(super) fn new(random: &mut Random, models: &[Model]) -> Self {
        let id = models.len();
        let mut fields: Vec<(String, Field)> = Vec::new();
        let names = ["a", "b", "w", "v", "gain", "shift", "table"];
        for name in &names[..random.within(2, 4)] {
            let dims = match random.below(4) {
                0 => vec![],
                1 | 2 => vec![random.within(1, 3)],
                _ => vec![random.within(1, 2), random.within(2, 3)],
            };
            fields.push(((*name).to_owned(), Field::Floats(dims)));
        }
        if id > 0 {
            let inner = random.below(id);
            fields.push(("inner".into(), Field::Model(inner, None)));
            if random.chance(50) {
                let inner = random.below(id.min(3));
                fields.push(("layers".into(), Field::Model(inner, Some(2))));
            }
        }
        if random.chance(55) {
            fields.push(("tail".into(), Field::Heap));
        }
        if random.chance(50) {
            fields.push(("count".into(), Field::Count));
        }
        if random.chance(30) {
            fields.push(("flag".into(), Field::Flag));
        }
        if random.chance(40) {
            fields.push(("kind".into(), Field::Choice));
        }
        if random.chance(40) {
            fields.push(("rate".into(), Field::Constant));
        }
        let name = format!("Model{id}");
        let mut source = format!("#[derive(Clone, Debug, Differentiable)]\nstruct {name} {{\n");
        for (field, ty) in &fields {
            if matches!(ty, Field::Choice | Field::Constant) {
                source += "    #[constant]\n";
            }
            source += &format!("    {field}: {},\n", ty.text(models));
        }
        source += "}\n\n";
        source +=
            &format!("impl {name} {{\n    /// Constants.\n    fn start(k: usize) -> {name} {{\n        {name} {{\n");
        for (field, ty) in &fields {
            source += &format!("            {field}: {},\n", ty.start(random));
        }
        source += "        }\n    }\n}\n";
        Model { name, fields, source }
    }

    /// The models that it holds, and itself.
    pub(super) fn needs(id: usize, models: &[Model]) -> Vec<usize> {
        let mut needs = vec![id];
        for (_, field) in &models[id].fields {
            if let Field::Model(inner, _) = field {
                needs.extend(Self::needs(*inner, models));
            }
        }
        needs
    }

    /// How many floats there are, if that is known.
    pub(super) fn floats(id: usize, models: &[Model]) -> Option<usize> {
        let of = |(_, field): &(String, Field)| match field {
            Field::Floats(dims) => Some(dims.iter().product()),
            Field::Heap => None,
            Field::Model(inner, n) => Some(Self::floats(*inner, models)? * n.unwrap_or(1)),
            Field::Choice | Field::Constant | Field::Count | Field::Flag => Some(0),
        };
        models[id].fields.iter().map(of).sum()
    }

    /// An expression of the type, every float 0: what a point is read into.
    pub(super) fn template(&self, random: &mut Random, models: &[Model]) -> String {
        let fields: Vec<String> =
            self.fields.iter().map(|(name, ty)| format!("{name}: {}", ty.template(random, models))).collect();
        format!("{} {{ {} }}", self.name, fields.join(", "))
    }
}

impl Field {
    fn text(&self, models: &[Model]) -> String {
        match self {
            Field::Floats(dims) => nested("f64", dims),
            Field::Heap => "Vec<f64>".into(),
            Field::Model(inner, None) => models[*inner].name.clone(),
            Field::Model(inner, Some(n)) => nested(&models[*inner].name, &[*n]),
            Field::Count => "usize".into(),
            Field::Flag => "bool".into(),
            Field::Choice => "Choice".into(),
            Field::Constant => "f64".into(),
        }
    }

    fn template(&self, random: &mut Random, models: &[Model]) -> String {
        match self {
            Field::Floats(dims) => nested("0.0", dims),
            Field::Heap => format!("vec![0.0; {}]", random.within(1, 3)),
            Field::Model(inner, None) => models[*inner].template(random, models),
            Field::Model(inner, Some(n)) => {
                let parts: Vec<String> = (0..*n).map(|_| models[*inner].template(random, models)).collect();
                format!("[{}]", parts.join(", "))
            }
            Field::Count => random.below(5).to_string(),
            Field::Flag => random.chance(50).to_string(),
            Field::Choice => random.pick(&CHOICES).to_owned(),
            Field::Constant => format!("{:?}", random.decimal(-1.5, 1.5)),
        }
    }
}

impl Field {
    /// The constant that a struct starts with.
    fn start(&self, random: &mut Random) -> String {
        match self {
            Field::Floats(dims) => match dims.split_first() {
                None => format!("0.2 * ({:?} + k as f64)", random.decimal(-1.5, 1.5)),
                Some((n, inner)) => {
                    let inner = Field::Floats(inner.to_vec());
                    let parts: Vec<String> = (0..*n).map(|_| inner.start(random)).collect();
                    format!("[{}]", parts.join(", "))
                }
            },
            Field::Heap => format!("vec![{:?}; 1 + k % 3]", random.decimal(-1.5, 1.5)),
            Field::Model(inner, None) => format!("Model{inner}::start(k)"),
            Field::Model(inner, Some(n)) => {
                let parts: Vec<String> = (0..*n).map(|i| format!("Model{inner}::start((k + {i}) % 5)")).collect();
                format!("[{}]", parts.join(", "))
            }
            Field::Count => "k".into(),
            Field::Flag => "k > 1".into(),
            Field::Choice => random.pick(&CHOICES).to_owned(),
            Field::Constant => format!("{:?}", random.decimal(-1.5, 1.5)),
        }
    }
}

/// `[[inner; 3]; 2]`.
pub(super) fn nested(inner: &str, dims: &[impl std::fmt::Display]) -> String {
    dims.iter().rev().fold(inner.to_owned(), |text, n| format!("[{text}; {n}]"))
}
