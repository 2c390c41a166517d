//! What the documentation shows of the compiler is what the compiler does.
//!
//! The reference page of the guide is written from the rule table (`UPDATE_EXPECT=1 cargo test -p autodiff-macros guide`
//! writes it again), and the generated code in the readme is the generated code.

use std::fmt::Write as _;

use expect_test::expect_file;

use crate::rules::{self, Kind, Row, Syntax};

#[test]
fn the_page_of_primitives_is_the_table() {
    let mut page = String::from(
        "Every primitive that a differentiated function may use, from the compiler's rule table.\n\n\
         The *type* is that of the step in an evaluation trace (see [`Trace`](crate::Trace)): 1 affine, 2 a product of powers, 3 a\n\
         function from the fixed set; a product or quotient with an inactive factor is of Type 1. Where a primitive is not\n\
         differentiable, the derivative is the documented element of the Clarke differential, the same in forward and in\n\
         reverse mode, and in `f32` and `f64`; elsewhere it is exact up to rounding.\n\n\
         Methods of `f32` and `f64` may be written as methods (`x.sin()`) or by their path (`f64::sin(x)`), those of\n\
         [`Real`](crate::Real) also as `Real::sigmoid(x)`; `sin_cos` gives both of its parts.\n\n\
         | primitive | type | the derivative at kinks and poles |\n|---|---|---|\n",
    );
    for row in rules::rows().iter().filter(|row| !matches!(row.syntax, Syntax::Private(_))) {
        let kind = match row.kind {
            Kind::Affine => 1,
            Kind::Product => 2,
            Kind::Function => 3,
        };
        let kinks: Vec<String> = row.kinks.iter().map(|k| kink(k.at, k.partials, k.note)).collect();
        let _ = writeln!(page, "| `{}` | {kind} | {} |", written(row), kinks.join("; "));
    }
    expect_file!["../../../autodiff-runtime/src/guide/primitives.md"].assert_eq(&page);
}

/// The primitive as a user writes it.
fn written(row: &Row) -> String {
    let names = ["a", "b", "c"];
    let args: Vec<&str> = match row.partials.len() {
        1 => vec!["x"],
        n => names.iter().take(n).copied().collect(),
    };
    match (row.syntax, &args[..]) {
        (Syntax::Infix(op), [a, b, ..]) => format!("{a} {op} {b}"),
        (Syntax::Prefix(op), [a, ..]) => format!("{op}{a}"),
        (Syntax::Float(name) | Syntax::Real(name), [a, rest @ ..]) => format!("{a}.{name}({})", rest.join(", ")),
        _ => row.template.to_owned(),
    }
}

/// at `(0)` it is `(0)`: the middle of …
fn kink(at: &[f64], partials: &[f64], note: &str) -> String {
    let list = |numbers: &[f64]| numbers.iter().map(|&n| number(n)).collect::<Vec<_>>().join(", ");
    format!("at `({})` it is `({})`: {note}", list(at), list(partials))
}

fn number(n: f64) -> String {
    match n {
        n if n.is_nan() => "NaN".to_owned(),
        n if n.is_infinite() => if n > 0.0 { "∞" } else { "−∞" }.to_owned(),
        n => n.to_string().replace('-', "−"),
    }
}

#[test]
fn the_readme_shows_the_generated_code() {
    let readme = include_str!("../../../README.md");
    let block = |opening: &str| -> &str {
        let from = readme.find(opening).expect("the readme has the block");
        let block = &readme[from..];
        &block[..block.find("```").expect("the block ends")]
    };
    let function = block("#[differentiate]\nfn rosenbrock").trim_start_matches("#[differentiate]\n");
    let tokens = function.parse().expect("the function is Rust");
    let generated = crate::dump::pretty(&crate::pipeline::expand(proc_macro2::TokenStream::new(), tokens));
    let lines = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let shown = lines(block("pub fn __vjp"));
    assert!(lines(&generated).contains(shown.trim()), "the readme shows\n{shown}\nand generated is\n{generated}");
}
