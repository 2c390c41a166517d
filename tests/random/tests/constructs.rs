//! What the random functions are made of: each construct of the language is in a fair share of them.

#[path = "../generate/mod.rs"]
mod generate;

/// How many functions are looked at.
const SAMPLE: usize = 1_000;

/// A construct is in at least one function of so many.
const RARE: usize = 200;

/// Whether the source of a function has a construct.
type Has = fn(&str) -> bool;

const CONSTRUCTS: [(&str, Has); 56] = [
    ("generic float", |f| f.contains("<T: ")),
    ("literals of the type parameter", |f| f.contains("T::from(")),
    ("generic length", |f| f.contains("const N: usize")),
    ("`f32`", |f| f.contains("f32")),
    ("methods", |f| f.contains("(&self")),
    ("calls of methods", |f| f.contains("self.program_") || f.contains("Self::program_")),
    ("second order", |f| f.contains("(order = 2)")),
    ("calls", |f| calls(f) > 0),
    ("several calls", |f| calls(f) > 1),
    ("recursion", |f| f.contains("depth - 1")),
    ("the same array twice", the_same_twice),
    ("arrays written through `&mut`", |f| f.contains(": &mut [")),
    ("constants by attribute", |f| f.contains("#[constant]")),
    ("structs as parameters", |f| f.contains(": &Model")),
    ("struct literals", |f| f.contains("= Model")),
    ("update syntax", |f| f.contains(", ..")),
    ("copies of structs", |f| f.contains(".clone();")),
    ("structs taken apart", |f| f.contains("let Model")),
    ("fields that change", |f| f.lines().any(|line| line.trim_start().starts_with('q') && line.contains("= "))),
    ("arrays as results", |f| result(f).starts_with('[')),
    ("vectors as results", |f| result(f).starts_with("Vec<")),
    ("tuples as results", |f| result(f).starts_with('(')),
    ("`if` as a statement", |f| f.contains("    if ")),
    ("`if` as an expression", |f| f.contains("(if ")),
    ("`match` with guards", |f| f.contains("_ if ") || f.contains(" if other")),
    ("`if let`", |f| f.contains("if let Some")),
    ("`let else`", |f| f.contains("let Some(")),
    ("early `return`", |f| f.matches("return ").count() > usize::from(f.contains("\n    return "))),
    ("`for` over a range", |f| for_over(f, "..")),
    ("`for` over an iterator", |f| for_over(f, ".iter()")),
    ("`while`", |f| f.contains("while ")),
    ("`loop`", |f| f.contains("loop {")),
    ("`break`", |f| f.contains("break;") || f.contains("break '")),
    ("`break` with a value", |f| f.contains("= loop {")),
    ("`continue`", |f| f.contains("continue")),
    ("labels", |f| f.contains("'outer")),
    ("`rev`", |f| f.contains(".rev()")),
    ("`skip`", |f| f.contains(".skip(1)")),
    ("`take`", |f| f.contains(".take(2)")),
    ("`step_by`", |f| f.contains(".step_by(2)")),
    ("`zip`", |f| f.contains(".zip(")),
    ("`enumerate`", |f| f.contains(".enumerate()")),
    ("`windows`", |f| f.contains(".windows(")),
    ("`chunks`", |f| f.contains(".chunks")),
    ("`filter`", |f| f.contains(".filter(")),
    ("`fold`", |f| f.contains(".fold(")),
    ("`product`", |f| f.contains(".product::")),
    ("`collect`", |f| f.contains(".collect()")),
    ("closures in variables", |f| f.contains(" = |t")),
    ("sub-slices", |f| f.contains("= &w") && f.contains("..")),
    ("`split_at`", |f| f.contains(".split_at(")),
    ("`split_at_mut`, `&mut` parts", |f| f.contains("split_at_mut(") || f.contains("= &mut ")),
    ("`swap`, `reverse`", |f| f.contains(".swap(") || f.contains(".reverse()")),
    ("`fill`, `copy_from_slice`", |f| f.contains(".fill(") || f.contains("copy_from_slice(")),
    ("`push`", |f| f.contains(".push(") || f.contains(".extend(")),
    ("`pop`, `truncate`", |f| f.contains(".pop()") || f.contains(".truncate(")),
];

fn calls(f: &str) -> usize {
    f.matches("program_").count() - 1
}

fn result(f: &str) -> &str {
    let head = f.lines().find(|line| line.starts_with("fn program_")).unwrap_or_default();
    head.rsplit(" -> ").next().unwrap_or_default()
}

fn for_over(f: &str, of: &str) -> bool {
    f.lines().any(|line| line.split_once("for ").is_some_and(|(_, head)| head.ends_with('{') && head.contains(of)))
}

/// Whether a call has an argument twice: `program_7(w, w)`, `program_7(&a, &a)`.
fn the_same_twice(f: &str) -> bool {
    let arguments = f.split("program_").skip(2).filter_map(|call| call.split_once('(')?.1.split_once(')'));
    arguments.into_iter().any(|(inside, _)| {
        let names: Vec<&str> = inside.split(", ").filter(|name| name.starts_with(['w', '&'])).collect();
        names.windows(2).any(|pair| pair[0] == pair[1])
    })
}

#[test]
fn every_construct_is_common() {
    let source = generate::generate(0, SAMPLE, &[]);
    let functions: Vec<&str> =
        source.split("\n\n#[differentiate").skip(1).filter_map(|part| part.split("\nmod case_").next()).collect();
    assert!(functions.len() >= SAMPLE);
    let mut rare = Vec::new();
    for (construct, has) in CONSTRUCTS {
        let n = functions.iter().filter(|f| has(f)).count();
        println!("{n:5} of {} have {construct}", functions.len());
        if n * RARE < functions.len() {
            rare.push(construct);
        }
    }
    assert!(rare.is_empty(), "in less than one function of {RARE}: {rare:?}");
}

/// The same seed gives the same functions, whatever is left out.
#[test]
fn functions_do_not_depend_on_what_is_left_out() {
    let all = generate::generate(3, 60, &[]);
    let some = generate::generate(3, 60, &[7]);
    assert_eq!(all, generate::generate(3, 60, &[]));
    let of = |source: &str, id: usize| -> Option<String> {
        let start = source.find(&format!("\nmod case_{id} {{"))?;
        let text = &source[start..];
        Some(text[..text.find("\n}\n")?].to_owned())
    };
    assert!(of(&all, 7).is_some() && of(&some, 7).is_none());
    let kept: Vec<usize> = (0..60).filter(|id| of(&some, *id).is_some()).collect();
    assert!(kept.len() > 30);
    assert!(kept.iter().all(|id| of(&some, *id) == of(&all, *id)));
}
