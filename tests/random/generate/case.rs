//! What the tests call: each function and its derivatives behind one interface of flat lists of numbers.

use super::code::Float;
use super::generic::LENGTHS;
use super::models::Model;
use super::program::{Param, Part, Program, Shape, Ty};
use super::random::Random;
use super::{Library, VARIANTS};

/// The module `case_<id>` with the functions that its `Case` points to.
pub(super) fn module(random: &mut Random, library: &Library, program: &Program) -> String {
    let length = random.within(LENGTHS.0, LENGTHS.1);
    let single = program.generics.float && random.chance(50);
    let float = if single { Float::F32 } else { Float::F64 };
    Case::of(random, library, program, &program.instance(float, length)).module()
}

/// The texts that a module is made of.
struct Case<'a> {
    program: &'a Program,
    /// The same in the types that it is tested with.
    instance: &'a Program,
    arguments: String,
    /// The arguments but `self`, and the tangents.
    args: String,
    tangents: String,
    /// How values, tangents and seeds of the result become lists of numbers, and come from them.
    values: String,
    tangent_values: String,
    seed: String,
    floats: String,
    /// The floats of `g`, a gradient.
    gradients: String,
    written: Vec<&'a Param>,
    owner: Option<&'a str>,
}

impl<'a> Case<'a> {
    fn of(random: &mut Random, library: &'a Library, program: &'a Program, instance: &'a Program) -> Self {
        let joined = |texts: Vec<String>| texts.join(", ");
        let active: Vec<&Param> = instance.params.iter().filter(|param| param.active).collect();
        let written: Vec<&Param> = instance.params.iter().filter(|param| param.is_written()).collect();
        let others = instance.params.iter().filter(|param| !param.is_self());
        let Outputs { mut values, mut tangents, seed, floats } = Outputs::of(random, library, instance);
        // What the function writes is returned too, behind the rest.
        for param in &written {
            values = format!("[{values}, numbers![&a.{}]].concat()", param.name);
            tangents = format!("[{tangents}, numbers![&t.{}]].concat()", param.name);
        }
        Case {
            program,
            instance,
            arguments: arguments(random, library, instance),
            args: joined(others.map(|param| argument(param, "a")).collect()),
            tangents: joined(active.iter().map(|param| argument(param, "t")).collect()),
            values,
            tangent_values: tangents,
            seed,
            floats,
            gradients: match active.len() {
                1 => "&g".to_owned(),
                n => joined((0..n).map(|k| format!("&g.{k}")).collect()),
            },
            written,
            owner: program.owner.map(|model| &*library.models[model].name),
        }
    }

    fn active(&self) -> impl Iterator<Item = &Param> {
        self.instance.params.iter().filter(|param| param.active)
    }

    /// `&a.x, &a.w`
    fn fields(&self, of: &str) -> String {
        self.active().map(|param| format!("&{of}.{}", field(param))).collect::<Vec<_>>().join(", ")
    }

    /// `program_7::vjp(a.x, &a.w, seed)`, `a.this.program_7_vjp(a.x, seed)`
    fn call(&self, wide: &str, derivative: &str, more: &str) -> String {
        let name = format!("{}{wide}", self.program.name());
        let args: Vec<&str> = [&*self.args, more].into_iter().filter(|text| !text.is_empty()).collect();
        let args = args.join(", ");
        match (self.program.owner, derivative) {
            (None, "") => format!("{name}({args})"),
            (None, _) => format!("{name}::{derivative}({args})"),
            (Some(_), "") => format!("a.this.{name}({args})"),
            (Some(_), _) => format!("a.this.{name}_{derivative}({args})"),
        }
    }

    /// A function of the module, which has its arguments in `a`.
    fn function(&self, head: &str, arguments: &str, body: &str) -> String {
        format!(
            "    fn {head} {{\n        let mut a = {arguments}(variant, &mut Reader::new(x));\n        {body}\n    }}\n"
        )
    }

    fn value(&self, name: &str, arguments: &str, wide: &str) -> String {
        let body = format!("let y = {}; {}", self.call(wide, "", ""), self.values);
        self.function(&format!("{name}(variant: usize, x: &[f64]) -> Vec<f64>"), arguments, &body)
    }

    fn vjp(&self, name: &str, arguments: &str, wide: &str) -> String {
        let body = if self.written.is_empty() {
            let call = self.call(wide, "vjp", &self.seed);
            format!("let (y, g) = {call}; ({}, numbers![{}])", self.values, self.gradients)
        } else {
            format!(
                "let mut s = {arguments}(variant, &mut Reader::zeros()); {} {}",
                self.seeds_of_written(),
                self.vjp_into(wide, "")
            )
        };
        self.derivative(name, "seed", arguments, &body)
    }

    fn jvp(&self, name: &str, arguments: &str, wide: &str) -> String {
        let body = format!(
            "let mut t = {arguments}(variant, &mut Reader::new(direction)); let (y, y_dot) = {}; ({}, {})",
            self.call(wide, "jvp", &self.tangents),
            self.values,
            self.tangent_values
        );
        self.derivative(name, "direction", arguments, &body)
    }

    fn derivative(&self, name: &str, along: &str, arguments: &str, body: &str) -> String {
        let head = format!("{name}(variant: usize, x: &[f64], {along}: &[f64]) -> (Vec<f64>, Vec<f64>)");
        self.function(&head, arguments, body)
    }

    /// The seeds of what is written are in its shadow.
    fn seeds_of_written(&self) -> String {
        let seed = |param: &&Param| format!("s.{0} = Reader::new(&seed[{1}..]).read(s.{0});", param.name, self.floats);
        self.written.iter().map(seed).collect()
    }

    fn vjp_into(&self, wide: &str, before_result: &str) -> String {
        let shadows = self.active().map(shadow).collect::<Vec<_>>().join(", ");
        let call = self.call(wide, "vjp_into", &format!("{}, {shadows}", self.seed));
        format!("let y = {call}; {before_result} ({}, numbers![{}])", self.values, self.fields("s"))
    }

    fn module(&self) -> String {
        let Program { id, source, calls, models, second, .. } = self.program;
        let returns = &self.instance.returns;
        let single = self.instance.traits.single;
        let is_scalar = matches!(returns[..], [Part::Float(_)]) && self.written.is_empty();
        let counted = returns.contains(&Part::Count);
        let is_struct = matches!(returns[..], [Part::Model(_)]);
        let plural = !is_scalar && !is_struct && self.written.is_empty();

        let mut functions = self.arguments.clone();
        functions += &format!(
            "    fn inputs(variant: usize) -> usize {{
        let a = arguments(variant, &mut Reader::zeros());
        numbers![{}].len()
    }}\n",
            self.fields("a")
        );
        functions += &self.value("value", "arguments", "");
        functions += &self.vjp("vjp", "arguments", "");
        functions += &self.jvp("jvp", "arguments", "");
        if single {
            let wide = if self.program.generics.float { "" } else { "_wide" };
            let arguments =
                self.arguments.replace("Arguments", "WideArguments").replace("fn arguments", "fn wide_arguments");
            functions += &widen(&arguments);
            functions += &self.value("wide", "wide_arguments", wide);
            functions += &self.vjp("wide_vjp", "wide_arguments", wide);
            functions += &self.jvp("wide_jvp", "wide_arguments", wide);
        } else {
            functions += "    use self::{value as wide, vjp as wide_vjp, jvp as wide_jvp};\n";
        }
        let added = |param: &&Param| format!("s.{}.iter_mut().zip(before).for_each(|(s, b)| *s += b);", param.name);
        let added: String = self.written.iter().map(added).collect();
        let kept: String = self.written.iter().map(|param| format!("let before = s.{};", param.name)).collect();
        let body = format!(
            "let mut s = arguments(variant, &mut Reader::new(start)); {kept} {} {}",
            self.seeds_of_written(),
            self.vjp_into("", &added)
        );
        functions += &self.function(
            "vjp_into(variant: usize, x: &[f64], seed: &[f64], start: &[f64]) -> (Vec<f64>, Vec<f64>)",
            "arguments",
            &body,
        );
        if self.written.is_empty() {
            let body = format!(
                "let (y, back) = {}; let g = back({}); ({}, numbers![{}])",
                self.call("", "pullback", ""),
                self.seed,
                self.values,
                self.gradients
            );
            functions += &self.derivative("pullback", "seed", "arguments", &body);
        }
        if is_scalar {
            let body = format!(
                "let (y, g) = {}; ({}, numbers![{}])",
                self.call("", "value_and_grad", ""),
                self.values,
                self.gradients
            );
            let head = "value_and_grad(variant: usize, x: &[f64]) -> (Vec<f64>, Vec<f64>)";
            functions += &self.function(head, "arguments", &body);
            let body = format!("let trace = {}; (trace.value(), trace.gradient())", self.call("", "trace", ""));
            functions += &self.function("trace(variant: usize, x: &[f64]) -> (f64, Vec<f64>)", "arguments", &body);
        }
        if plural && !counted {
            let body = format!("numbers![&{}]", self.call("", "jacobian", ""));
            functions += &self.function("jacobian(variant: usize, x: &[f64]) -> Vec<f64>", "arguments", &body);
        }
        if *second && is_scalar {
            let body = format!(
                "let t = arguments(variant, &mut Reader::new(direction)); let g = {}; numbers![{}]",
                self.call("", "hvp", &self.tangents),
                self.gradients
            );
            let head = "hvp(variant: usize, x: &[f64], direction: &[f64]) -> Vec<f64>";
            functions += &self.function(head, "arguments", &body);
        }
        let head = "written(variant: usize, x: &[f64]) -> String";
        functions += &self.function(head, "arguments", &written(self.instance));
        let option = |name: &str, there: bool| if there { format!("Some({name})") } else { "None".to_owned() };
        format!(
            "
mod case_{id} {{
    use super::*;
{functions}
    pub(super) const CASE: Case = Case {{
        id: {id},
        source: {source:?},
        needs: &{needs:?},
        models: &{models:?},
        integers: {integers},
        single: {single},
        powers: {powers},
        inputs,
        value,
        wide,
        wide_vjp,
        wide_jvp,
        value_and_grad: {value_and_grad},
        vjp,
        vjp_into,
        jvp,
        pullback: {pullback},
        jacobian: {jacobian},
        hvp: {hvp},
        trace: {trace},
        owner: {owner:?},
        written,
    }};
}}
",
            needs = calls.iter().collect::<Vec<_>>(),
            models = models.iter().collect::<Vec<_>>(),
            integers = usize::from(counted),
            owner = self.owner,
            powers = self.program.traits.powf || self.program.traits.powi,
            value_and_grad = option("value_and_grad", is_scalar),
            trace = option("trace", is_scalar),
            pullback = option("pullback", self.written.is_empty()),
            jacobian = option("jacobian", plural && !counted),
            hvp = option("hvp", *second && is_scalar),
        )
    }
}

/// The field that holds an argument.
fn field(param: &Param) -> &str {
    if param.is_self() { "this" } else { &param.name }
}

/// The text of the same function in `f64` throughout.
pub(super) fn widen(text: &str) -> String {
    text.replace("f32", "f64")
}

/// An argument or a tangent out of `of: Arguments`.
fn argument(param: &Param, of: &str) -> String {
    let by_value = match &param.ty {
        Ty::Float(_) | Ty::Count(_) | Ty::Flag | Ty::Maybe(_) => true,
        Ty::Array { shape, .. } => *shape == Shape::Value,
        Ty::Indices(_) | Ty::Model(_) => false,
    };
    let borrow = match by_value {
        true => "",
        false if param.is_written() => "&mut ",
        false => "&",
    };
    format!("{borrow}{of}.{}", field(param))
}

fn shadow(param: &Param) -> String {
    match &param.ty {
        Ty::Array { shape: Shape::Slice, .. } => format!("&mut s.{}[..]", param.name),
        _ => format!("&mut s.{}", field(param)),
    }
}

/// `struct Arguments`, and `arguments`, which reads the active ones and knows the constant ones of each variant.
fn arguments(random: &mut Random, library: &Library, program: &Program) -> String {
    let mut fields = Vec::new();
    let mut values = Vec::new();
    for param in &program.params {
        let (name, Param { ty, active, .. }) = (field(param), param);
        fields.push(format!("{name}: {}", owned(ty, library)));
        let values_of: Vec<String> =
            (0..VARIANTS).map(|variant| value(random, library, ty, *active, variant)).collect();
        let arms: Vec<String> =
            values_of.iter().enumerate().map(|(variant, value)| format!("{variant} => {value}, ")).collect();
        let chosen = if values_of.windows(2).all(|pair| pair[0] == pair[1]) {
            values_of[0].clone()
        } else {
            format!("match variant {{ {}_ => unreachable!() }}", arms.concat())
        };
        values.push(if *active { format!("{name}: x.read({chosen})") } else { format!("{name}: {chosen}") });
    }
    format!(
        "    struct Arguments {{ {} }}
    fn arguments(variant: usize, x: &mut Reader) -> Arguments {{
        Arguments {{ {} }}
    }}
",
        fields.join(", "),
        values.join(", ")
    )
}

fn owned(ty: &Ty, library: &Library) -> String {
    match ty {
        Ty::Float(float) => float.name().into(),
        Ty::Array { float, shape, dims } => {
            let elem = super::models::nested(float.name(), &dims[1..].iter().map(|dim| dim.min).collect::<Vec<_>>());
            if *shape == Shape::Slice { format!("Vec<{elem}>") } else { format!("[{elem}; {}]", dims[0].min) }
        }
        Ty::Count(_) => "usize".into(),
        Ty::Flag => "bool".into(),
        Ty::Maybe(_) => "Option<usize>".into(),
        Ty::Indices(_) => "Vec<usize>".into(),
        Ty::Model(id) => library.models[*id].name.clone(),
    }
}

/// A value of the type: zeros to be read into where it is active. The second variant is as short as it can be.
fn value(random: &mut Random, library: &Library, ty: &Ty, active: bool, variant: usize) -> String {
    let count = |random: &mut Random, min: usize, max: usize| {
        if variant == 1 { min } else { random.within(min.max(1).min(max), max) }
    };
    match ty {
        Ty::Float(_) if active => "0.0".into(),
        Ty::Float(_) => format!("{:?}", random.decimal(-1.5, 1.5)),
        Ty::Array { shape, dims, .. } => {
            let n = count(random, dims[0].min, dims[0].max);
            let rows: Vec<String> = (0..n).map(|_| row(random, &dims[1..], active)).collect();
            let list = format!("[{}]", rows.join(", "));
            if *shape == Shape::Slice { format!("vec!{list}") } else { list }
        }
        Ty::Count(most) => count(random, 0, *most).to_string(),
        Ty::Flag => random.chance(50).to_string(),
        Ty::Maybe(_) if variant == 1 || random.chance(30) => "None".into(),
        Ty::Maybe(most) => format!("Some({})", random.within(0, *most)),
        Ty::Indices(dim) => {
            let n = count(random, dim.min, dim.max);
            format!("vec!{:?}", (0..n).map(|_| random.below(4)).collect::<Vec<_>>())
        }
        Ty::Model(id) => library.models[*id].template(random, &library.models),
    }
}

fn row(random: &mut Random, dims: &[super::scope::Dim], active: bool) -> String {
    match dims.split_first() {
        None if active => "0.0".into(),
        None => format!("{:?}", random.decimal(-1.5, 1.5)),
        Some((dim, inner)) => {
            let parts: Vec<String> = (0..dim.min).map(|_| row(random, inner, active)).collect();
            format!("[{}]", parts.join(", "))
        }
    }
}

/// How values, tangents and seeds of the result become lists of numbers, and come from them.
struct Outputs {
    values: String,
    tangents: String,
    seed: String,
    /// How many floats there are.
    floats: String,
}

impl Outputs {
    fn of(random: &mut Random, library: &Library, program: &Program) -> Outputs {
        let parts = || program.returns.iter().enumerate();
        let place = |of: &str, k: usize| if program.returns.len() > 1 { format!("{of}.{k}") } else { of.to_owned() };
        let floats = |of: &str| -> Vec<String> {
            let floats = parts().filter(|(_, part)| part.float().is_some());
            floats.map(|(k, _)| format!("&{}", place(of, k))).collect()
        };
        let counts: Vec<String> = parts()
            .filter(|(_, part)| part.float().is_none())
            .map(|(k, _)| format!("numbers.push({} as f64);", place("y", k)))
            .collect();
        let mut at = 0;
        let mut seeds = Vec::new();
        for (_, part) in parts() {
            let (template, n) = match part {
                Part::Float(_) => ("0.0".to_owned(), 1),
                Part::Array(_, n) => (format!("[0.0; {n}]"), *n),
                Part::Model(id) => {
                    let models = &library.models;
                    (models[*id].template(random, models), Model::floats(*id, models).expect("it has no vectors"))
                }
                // The only part.
                Part::List(_) => ("vec![0.0; seed.len()]".to_owned(), 0),
                Part::Count => {
                    seeds.push("()".to_owned());
                    continue;
                }
            };
            seeds.push(format!("Reader::new(&seed[{at}..]).read({template})"));
            at += n;
        }
        let mut values = format!("numbers![{}]", floats("y").join(", "));
        if !counts.is_empty() {
            values = format!("{{ let mut numbers = {values}; {} numbers }}", counts.concat());
        }
        let seed = if let [seed] = &seeds[..] { seed.clone() } else { format!("({})", seeds.join(", ")) };
        let tangents = format!("numbers![{}]", floats("y_dot").join(", "));
        Outputs { values, tangents, seed, floats: at.to_string() }
    }
}

/// The arguments, written out.
fn written(program: &Program) -> String {
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for param in &program.params {
        let text = argument(param, "a");
        let borrows = ["&mut ", "&"].into_iter().find_map(|borrow| Some((borrow, text.strip_prefix(borrow)?)));
        let (reference, place) = borrows.unwrap_or(("", &text));
        parts.push(format!("{reference}{{:?}}"));
        values.push(place.to_owned());
    }
    // Vectors print as arrays do.
    format!("format!({:?}, {}).replace(\"tail: [\", \"tail: vec![\")", parts.join(", "), values.join(", "))
}
