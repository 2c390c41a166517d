//! What the tests call: each function and its derivatives behind one interface of flat lists of numbers.

use super::code::Float;
use super::program::{Param, Part, Program, Shape, Ty};
use super::random::Random;
use super::{Library, VARIANTS};

/// The module `case_<id>` with the functions that its `Case` points to.
pub(super) fn module(random: &mut Random, library: &Library, program: &Program) -> String {
    let (id, name) = (program.id, program.name());
    let active: Vec<&Param> = program.params.iter().filter(|param| param.active).collect();
    let joined = |texts: Vec<String>| texts.join(", ");
    let args = joined(program.params.iter().map(|param| argument(param, "a")).collect());
    let tangents = joined(active.iter().map(|param| argument(param, "t")).collect());
    let shadows = joined(active.iter().map(|param| shadow(param)).collect());
    let fields = |of: &str| joined(active.iter().map(|param| format!("&{of}.{}", param.name)).collect());
    let gradients = match active.len() {
        1 => "&g".to_owned(),
        n => joined((0..n).map(|k| format!("&g.{k}")).collect()),
    };
    let Outputs { mut values, tangents: mut tangent_values, seed, mut floats } = Outputs::of(program);
    let written: Vec<&Param> = program.params.iter().filter(|param| param.is_written()).collect();
    // What the function writes is returned too, behind the rest; its seeds are in the shadow.
    let (mut seeded, mut added) = (String::new(), String::new());
    for param in &written {
        let name = &param.name;
        values = format!("[{values}, numbers![&a.{name}]].concat()");
        tangent_values = format!("[{tangent_values}, numbers![&t.{name}]].concat()");
        seeded += &format!("s.{name} = Reader::new(&seed[{floats}..]).read(s.{name});");
        added += &format!("s.{name}.iter_mut().zip(before).for_each(|(s, b)| *s += b);");
        if let Ty::Array { dims, .. } = &param.ty {
            floats += dims[0].min;
        }
    }
    let kept = written.iter().map(|param| format!("let before = s.{};", param.name)).collect::<String>();
    let vjp = |function: &str, arguments: &str, seed: &str| {
        if written.is_empty() {
            return format!("let (y, g) = {function}::vjp({args}, {seed}); ({values}, numbers![{gradients}])");
        }
        format!(
            "let mut s = {arguments}(variant, &mut Reader::zeros());
        {seeded}
        let y = {function}::vjp_into({args}, {seed}, {shadows});
        ({values}, numbers![{}])",
            fields("s")
        )
    };
    let arguments = arguments(random, library, program);
    let wide = if program.traits.single {
        let arguments = arguments.replace("Arguments", "WideArguments").replace("fn arguments", "fn wide_arguments");
        let arguments = widen(&arguments);
        format!(
            "{arguments}
    fn wide(variant: usize, x: &[f64]) -> Vec<f64> {{
        let mut a = wide_arguments(variant, &mut Reader::new(x));
        let y = {name}_wide({args});
        {values}
    }}
    fn wide_vjp(variant: usize, x: &[f64], seed: &[f64]) -> (Vec<f64>, Vec<f64>) {{
        let mut a = wide_arguments(variant, &mut Reader::new(x));
        {wide_vjp}
    }}
    fn wide_jvp(variant: usize, x: &[f64], direction: &[f64]) -> (Vec<f64>, Vec<f64>) {{
        let mut a = wide_arguments(variant, &mut Reader::new(x));
        let mut t = wide_arguments(variant, &mut Reader::new(direction));
        let (y, y_dot) = {name}_wide::jvp({args}, {tangents});
        ({values}, {tangent_values})
    }}",
            wide_vjp = vjp(&format!("{name}_wide"), "wide_arguments", &widen(&seed)),
        )
    } else {
        "use self::{value as wide, vjp as wide_vjp, jvp as wide_jvp};".into()
    };
    let is_scalar = program.returns.len() == 1 && written.is_empty();
    let gradient_functions = if is_scalar {
        format!(
            "
    fn value_and_grad(variant: usize, x: &[f64]) -> (Vec<f64>, Vec<f64>) {{
        let mut a = arguments(variant, &mut Reader::new(x));
        let (y, g) = {name}::value_and_grad({args});
        ({values}, numbers![{gradients}])
    }}
    fn trace(variant: usize, x: &[f64]) -> (f64, Vec<f64>) {{
        let mut a = arguments(variant, &mut Reader::new(x));
        let trace = {name}::trace({args});
        (trace.value(), trace.gradient())
    }}"
        )
    } else {
        String::new()
    };
    let second = program.second && is_scalar;
    let product = if second {
        format!(
            "
    fn hvp(variant: usize, x: &[f64], direction: &[f64]) -> Vec<f64> {{
        let mut a = arguments(variant, &mut Reader::new(x));
        let mut t = arguments(variant, &mut Reader::new(direction));
        let g = {name}::hvp({args}, {tangents});
        numbers![{gradients}]
    }}"
        )
    } else {
        String::new()
    };
    let option = |function: &str| if is_scalar { format!("Some({function})") } else { "None".to_owned() };
    format!(
        "
mod case_{id} {{
    use super::*;
{arguments}
    fn inputs(variant: usize) -> usize {{
        let mut a = arguments(variant, &mut Reader::zeros());
        numbers![{inputs}].len()
    }}
    fn value(variant: usize, x: &[f64]) -> Vec<f64> {{
        let mut a = arguments(variant, &mut Reader::new(x));
        let y = {name}({args});
        {values}
    }}
    {wide}{gradient_functions}{product}
    fn vjp(variant: usize, x: &[f64], seed: &[f64]) -> (Vec<f64>, Vec<f64>) {{
        let mut a = arguments(variant, &mut Reader::new(x));
        {vjp}
    }}
    fn vjp_into(variant: usize, x: &[f64], seed: &[f64], start: &[f64]) -> (Vec<f64>, Vec<f64>) {{
        let mut a = arguments(variant, &mut Reader::new(x));
        let mut s = arguments(variant, &mut Reader::new(start));
        {kept}{seeded}
        let y = {name}::vjp_into({args}, {seed}, {shadows});
        {added}
        ({values}, numbers![{shadow_fields}])
    }}
    fn jvp(variant: usize, x: &[f64], direction: &[f64]) -> (Vec<f64>, Vec<f64>) {{
        let mut a = arguments(variant, &mut Reader::new(x));
        let mut t = arguments(variant, &mut Reader::new(direction));
        let (y, y_dot) = {name}::jvp({args}, {tangents});
        ({values}, {tangent_values})
    }}
    fn call(variant: usize, x: &[f64]) -> String {{
        let mut a = arguments(variant, &mut Reader::new(x));
        {call}
    }}
    pub(super) const CASE: Case = Case {{
        id: {id},
        source: {source:?},
        needs: &{needs:?},
        models: &{models:?},
        outputs: {floats},
        single: {single},
        powf: {powf},
        inputs,
        value,
        wide,
        wide_vjp,
        wide_jvp,
        value_and_grad: {value_and_grad},
        vjp,
        vjp_into,
        jvp,
        hvp: {hvp},
        trace: {trace},
        call,
    }};
}}
",
        inputs = fields("a"),
        shadow_fields = fields("s"),
        call = call(program),
        vjp = vjp(&name, "arguments", &seed),
        source = program.source,
        needs = program.calls.iter().collect::<Vec<_>>(),
        models = program.models.iter().collect::<Vec<_>>(),
        single = program.traits.single,
        powf = program.traits.powf,
        value_and_grad = option("value_and_grad"),
        trace = option("trace"),
        hvp = if second { "Some(hvp)" } else { "None" },
    )
}

/// The text of the same function in `f64` throughout.
pub(super) fn widen(text: &str) -> String {
    text.replace("f32", "f64")
}

/// An argument or a tangent out of `of: Arguments`.
fn argument(param: &Param, of: &str) -> String {
    let by_value = match &param.ty {
        Ty::Float(_) | Ty::Count(_) | Ty::Flag => true,
        Ty::Array { shape, .. } => *shape == Shape::Value,
        Ty::Indices(_) | Ty::Model(_) => false,
    };
    let borrow = match by_value {
        true => "",
        false if param.is_written() => "&mut ",
        false => "&",
    };
    format!("{borrow}{of}.{}", param.name)
}

fn shadow(param: &Param) -> String {
    match &param.ty {
        Ty::Array { shape: Shape::Slice, .. } => format!("&mut s.{}[..]", param.name),
        _ => format!("&mut s.{}", param.name),
    }
}

/// `struct Arguments`, and `arguments`, which reads the active ones and knows the constant ones of each variant.
fn arguments(random: &mut Random, library: &Library, program: &Program) -> String {
    let mut fields = Vec::new();
    let mut values = Vec::new();
    for Param { name, ty, active } in &program.params {
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
    }}",
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
    floats: usize,
}

impl Outputs {
    fn of(program: &Program) -> Outputs {
        let number = |part: &Part, place: String| match part {
            Part::Float(Float::F32) => format!("f64::from({place})"),
            Part::Float(Float::F64) => place,
            Part::Count => format!("{place} as f64"),
        };
        let seed = |part: &Part, k: usize| match part {
            Part::Float(Float::F32) => format!("seed[{k}] as f32"),
            Part::Float(Float::F64) => format!("seed[{k}]"),
            Part::Count => "()".into(),
        };
        let floats = program.returns.iter().filter(|part| **part != Part::Count).count();
        if let [part] = &program.returns[..] {
            let list = |name: &str| format!("vec![{}]", number(part, name.into()));
            return Outputs { values: list("y"), tangents: list("y_dot"), seed: seed(part, 0), floats };
        }
        let parts = || program.returns.iter().enumerate();
        let values: Vec<String> = parts().map(|(k, part)| number(part, format!("y.{k}"))).collect();
        let tangents: Vec<String> = parts()
            .filter(|(_, part)| **part != Part::Count)
            .map(|(k, part)| number(part, format!("y_dot.{k}")))
            .collect();
        let seeds: Vec<String> = parts().map(|(k, part)| seed(part, k)).collect();
        Outputs {
            values: format!("vec![{}]", values.join(", ")),
            tangents: format!("vec![{}]", tangents.join(", ")),
            seed: format!("({})", seeds.join(", ")),
            floats,
        }
    }
}

/// The call with its arguments written out.
fn call(program: &Program) -> String {
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
    let format = format!("{}({})", program.name(), parts.join(", "));
    format!("format!({format:?}, {}).replace(\"tail: [\", \"tail: vec![\")", values.join(", "))
}
