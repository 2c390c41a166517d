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

/// Functions whose generated code is measured.
const MEASURED: [(&str, &str); 4] = [
    (
        "Himmelblau's function, straight-line code",
        "fn himmelblau(x: f64, y: f64) -> f64 { (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2) }",
    ),
    (
        "Rosenbrock's function, a loop",
        "fn rosenbrock(x: &[f64]) -> f64 {
            let mut sum = 0.0;
            for i in 1..x.len() {
                let (a, b) = (x[i] - x[i - 1] * x[i - 1], 1.0 - x[i - 1]);
                sum += 100.0 * a * a + b * b;
            }
            sum
        }",
    ),
    (
        "Griewank's function, a product in a loop",
        "fn griewank(x: &[f64]) -> f64 {
            let mut sum = 0.0;
            let mut product = 1.0;
            for i in 0..x.len() {
                sum += x[i] * x[i] / 4000.0;
                product *= (x[i] / ((i + 1) as f64).sqrt()).cos();
            }
            sum - product + 1.0
        }",
    ),
    (
        "a sum of calls",
        "fn energy(x: &[f64], t: f64) -> f64 {
            let mut sum = 0.0;
            for i in 1..x.len() {
                sum += pair(x[i], x[i - 1]) * (t * x[i]).exp();
            }
            sum
        }",
    ),
];

/// The guide says how much code each order makes: near enough, so that not every change of the generated code is one of
/// the guide.
#[test]
fn the_sizes_of_higher_orders_are_those_of_the_guide() {
    let guide = include_str!("../../../autodiff-runtime/src/guide/higher_orders.md");
    for (name, source) in MEASURED {
        let tokens: proc_macro2::TokenStream = source.parse().expect("the function is Rust");
        let row =
            guide.lines().find_map(|line| line.strip_prefix(&format!("| {name} |"))).expect("the guide has the row");
        let shown: Vec<f64> = row.split('|').filter_map(|cell| cell.trim().parse().ok()).collect();
        assert_eq!(shown.len(), 4, "{row}");
        for (order, shown) in (1..).zip(shown) {
            let argument = proc_macro2::Literal::usize_unsuffixed(order);
            let generated = crate::pipeline::expand(quote::quote!(order = #argument), tokens.clone());
            let thousands = crate::dump::pretty(&generated).len() as f64 / 1000.0;
            assert!(
                (thousands - shown).abs() <= 0.2 * shown + 1.0,
                "{name}, order {order}: {thousands:.1} kB, not {shown}"
            );
        }
    }
}
