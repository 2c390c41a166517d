//! Printing the generated code.
//!
//! Two ways, for the two moments when somebody wants to read it:
//!
//! - `#[differentiate(dump)]` on one function prints its companion when it is compiled.
//! - The environment variable `AUTODIFF_DUMP`, read while the crate is compiled, selects functions without an edit:
//!   `AUTODIFF_DUMP=1 cargo check` prints every function, `AUTODIFF_DUMP=loss` those called `loss`, and
//!   `AUTODIFF_DUMP=target/autodiff/` (anything with a `/`) writes `target/autodiff/loss.rs` and so on, in the working
//!   directory of the compiler: that of the workspace. Cargo compiles only what has changed: `touch` the file first.
//!
//! What is printed is formatted and compiles when it replaces the annotated function: paths that the generated code
//! writes in full so that nothing of the user's can hide them (`::core::primitive::f64`) are shortened, the runtime's to
//! `rt`, for which the first line has the `use`.

use std::fmt::Write as _;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Prints what was generated for `function` if its attribute or the environment asks for it.
pub(crate) fn dump(function: &str, tokens: &TokenStream, asked: bool) {
    let variable = std::env::var("AUTODIFF_DUMP").unwrap_or_default();
    match target(&variable, function, asked) {
        Target::Nothing => {}
        Target::Stderr => eprintln!("{}", pretty(tokens)),
        Target::Directory(directory) => {
            let file = Path::new(directory).join(format!("{function}.rs"));
            let written = std::fs::create_dir_all(directory).and_then(|()| std::fs::write(&file, pretty(tokens)));
            if let Err(error) = written {
                eprintln!("AUTODIFF_DUMP: {}: {error}", file.display());
            }
        }
    }
}

#[derive(Debug, PartialEq)]
enum Target<'a> {
    Nothing,
    Stderr,
    Directory(&'a str),
}

fn target<'a>(variable: &'a str, function: &str, asked: bool) -> Target<'a> {
    match variable {
        directory if directory.contains(['/', '\\']) => Target::Directory(directory),
        "1" => Target::Stderr,
        name if asked || name == function => Target::Stderr,
        _ => Target::Nothing,
    }
}

/// The tokens as formatted Rust.
pub(crate) fn pretty(tokens: &TokenStream) -> String {
    let mut printer = Printer::default();
    printer.block(&shorten(flatten(tokens.clone())));
    let uses = match printer.runtime {
        Some(runtime) => format!("use {runtime}::__private as rt;\n\n"),
        None => String::new(),
    };
    format!("{uses}{}\n", printer.out.trim_end())
}

/// A type or an expression on one line.
pub(crate) fn inline(tokens: TokenStream) -> String {
    Printer::default().inline(&flatten(tokens))
}

/// A token as the printer sees it.
#[derive(Clone, Debug, PartialEq)]
enum Tok {
    Word(String),
    Op(String),
    Group(Delimiter, Vec<Tok>),
    /// The path of the runtime's support, with the path of the runtime.
    Runtime(String),
}

/// Operators of several characters, longest first.
const OPERATORS: [&str; 22] = [
    "..=", "<<=", ">>=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "^=",
    "..", "<<", ">>", "|=",
];

fn flatten(tokens: TokenStream) -> Vec<Tok> {
    let mut flat = Vec::new();
    let mut run = String::new();
    for tree in tokens {
        if let TokenTree::Punct(punct) = &tree {
            run.push(punct.as_char());
            if punct.spacing() == proc_macro2::Spacing::Joint {
                continue;
            }
        }
        operators(&run, &mut flat);
        run.clear();
        match tree {
            TokenTree::Ident(ident) => flat.push(Tok::Word(ident.to_string())),
            TokenTree::Literal(literal) => flat.push(Tok::Word(literal.to_string())),
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => flat.extend(flatten(group.stream())),
            TokenTree::Group(group) => flat.push(Tok::Group(group.delimiter(), flatten(group.stream()))),
            TokenTree::Punct(_) => {}
        }
    }
    operators(&run, &mut flat);
    flat
}

/// Cuts a run of adjacent punctuation into operators.
fn operators(mut run: &str, flat: &mut Vec<Tok>) {
    while let Some(first) = run.chars().next() {
        let op = OPERATORS.iter().find(|op| run.starts_with(**op)).copied().unwrap_or(&run[..first.len_utf8()]);
        flat.push(Tok::Op(op.to_string()));
        run = &run[op.len()..];
    }
}

/// Leaves out what only guards against shadowing.
fn shorten(toks: Vec<Tok>) -> Vec<Tok> {
    let mut out: Vec<Tok> = Vec::new();
    let mut rest = toks.as_slice();
    while let Some(tok) = rest.first() {
        let prefix = [["core", "primitive"], ["core", "option"]].iter().find_map(|path| after_path(rest, path));
        if let Some(after) = prefix {
            // `Option::Some` is in the prelude by its last name.
            rest = after_path_relative(after, "Option").unwrap_or(after);
            continue;
        }
        if let Some((runtime, after)) = runtime_path(rest) {
            out.push(Tok::Runtime(runtime));
            rest = after;
            continue;
        }
        out.push(match tok {
            Tok::Group(delimiter, inner) => Tok::Group(*delimiter, shorten(inner.clone())),
            tok => tok.clone(),
        });
        rest = &rest[1..];
    }
    out
}

/// What follows `::a::b::`.
fn after_path<'t>(mut toks: &'t [Tok], path: &[&str]) -> Option<&'t [Tok]> {
    for segment in path {
        match toks {
            [Tok::Op(colons), Tok::Word(word), after @ ..] if colons == "::" && word == segment => toks = after,
            _ => return None,
        }
    }
    match toks {
        [Tok::Op(colons), after @ ..] if colons == "::" => Some(after),
        _ => None,
    }
}

/// What follows `a::`.
fn after_path_relative<'t>(toks: &'t [Tok], segment: &str) -> Option<&'t [Tok]> {
    match toks {
        [Tok::Word(word), Tok::Op(colons), after @ ..] if word == segment && colons == "::" => Some(after),
        _ => None,
    }
}

/// The path before `::__private`, and what follows that.
fn runtime_path(toks: &[Tok]) -> Option<(String, &[Tok])> {
    let mut path = String::new();
    let mut rest = toks;
    if let [Tok::Op(colons), after @ ..] = rest
        && colons == "::"
    {
        path.push_str("::");
        rest = after;
    }
    loop {
        let [Tok::Word(word), Tok::Op(colons), after @ ..] = rest else { return None };
        if colons != "::" || is_keyword(word) && word != "crate" {
            return None;
        }
        path.push_str(word);
        if let [Tok::Word(private), after @ ..] = after
            && private == "__private"
        {
            return Some((path, after));
        }
        path.push_str("::");
        rest = after;
    }
}

/// Lines are broken at lists of arguments that would pass this column.
const WIDTH: usize = 110;

#[derive(Default)]
struct Printer {
    out: String,
    indent: usize,
    runtime: Option<String>,
}

impl Printer {
    fn line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn write(&mut self, text: &str) {
        if self.out.is_empty() || self.out.ends_with('\n') {
            let _ = write!(self.out, "{:1$}", "", 4 * self.indent);
        }
        self.out.push_str(text);
    }

    fn column(&self) -> usize {
        self.out.len() - self.out.rfind('\n').map_or(0, |at| at + 1)
    }

    /// Statements, fields, arms or items: a new line after each.
    fn block(&mut self, toks: &[Tok]) {
        let mut flow = Flow::default();
        let mut rest = toks;
        while let Some((tok, after)) = rest.split_first() {
            rest = after;
            if let (Tok::Op(hash), [Tok::Group(Delimiter::Bracket, inner), after @ ..]) = (tok, after)
                && hash == "#"
            {
                self.attribute(inner);
                rest = after;
                continue;
            }
            let ends = match tok {
                Tok::Op(op) => (op == ";" || op == ",") && flow.angles == 0,
                Tok::Group(Delimiter::Brace, _) => !goes_on(after.first()),
                _ => false,
            };
            self.token(&mut flow, tok);
            if ends {
                self.line();
                flow = Flow::default();
            }
        }
        self.line();
    }

    /// Tokens without line breaks of their own.
    fn sequence(&mut self, toks: &[Tok]) {
        let mut flow = Flow::default();
        toks.iter().for_each(|tok| self.token(&mut flow, tok));
    }

    fn token(&mut self, flow: &mut Flow, tok: &Tok) {
        if flow.step(tok) {
            self.write(" ");
        }
        match tok {
            Tok::Word(text) | Tok::Op(text) => self.write(text),
            Tok::Runtime(path) => {
                self.runtime = Some(path.clone());
                self.write("rt");
            }
            Tok::Group(Delimiter::Brace, inner) => self.braced(inner),
            Tok::Group(Delimiter::Bracket, inner) => self.list("[", inner, "]"),
            Tok::Group(_, inner) => self.list("(", inner, ")"),
        }
    }

    fn braced(&mut self, inner: &[Tok]) {
        let breaks = |tok: &Tok| {
            matches!(tok, Tok::Op(op) if op == ";" || op == "#") || matches!(tok, Tok::Group(Delimiter::Brace, _))
        };
        if inner.is_empty() {
            return self.write("{}");
        }
        // A short value alone stays on its line.
        if let Some(text) = (!inner.iter().any(breaks)).then(|| self.inline(inner))
            && self.column() + text.len() < WIDTH / 2
        {
            return self.write(&format!("{{ {text} }}"));
        }
        self.write("{");
        self.indented(inner);
        self.write("}");
    }

    /// Arguments, or elements: one a line if they are too long for one.
    fn list(&mut self, open: &str, inner: &[Tok], close: &str) {
        let text = self.inline(inner);
        let comma = Tok::Op(",".into());
        self.write(open);
        if inner.contains(&comma) && self.column() + text.len() > WIDTH {
            let mut inner = inner.to_vec();
            if inner.last() != Some(&comma) {
                inner.push(comma);
            }
            self.indented(&inner);
        } else {
            self.write(&text);
        }
        self.write(close);
    }

    fn inline(&mut self, toks: &[Tok]) -> String {
        let mut inner = Printer { indent: self.indent, ..Printer::default() };
        inner.sequence(toks);
        self.runtime = self.runtime.take().or(inner.runtime);
        inner.out.trim_start().to_string()
    }

    fn indented(&mut self, inner: &[Tok]) {
        self.line();
        self.indent += 1;
        self.block(inner);
        self.indent -= 1;
    }

    fn attribute(&mut self, inner: &[Tok]) {
        match inner {
            [Tok::Word(doc), Tok::Op(equals), Tok::Word(text)] if doc == "doc" && equals == "=" => {
                let text = syn::parse_str::<syn::LitStr>(text).map(|lit| lit.value()).unwrap_or_default();
                self.write(&format!("///{text}"));
            }
            inner => {
                let text = self.inline(inner);
                self.write(&format!("#[{text}]"));
            }
        }
        self.line();
    }
}

/// Whether a statement or item continues after its `}` with `next`.
fn goes_on(next: Option<&Tok>) -> bool {
    match next {
        Some(Tok::Word(word)) => word == "else" || word == "as",
        Some(Tok::Op(op)) => !matches!(op.as_str(), "#" | "&" | "*" | "-" | "::" | "<"),
        Some(Tok::Group(..) | Tok::Runtime(_)) | None => false,
    }
}

/// What the last token was, which tells prefix from infix operators and types from comparisons.
#[derive(Default, PartialEq)]
enum Last {
    #[default]
    Start,
    Operand,
    Keyword,
    Operator,
}

/// Where spaces go.
#[derive(Default)]
struct Flow {
    last: Last,
    /// Nothing may stand between the last token and the next.
    glued: bool,
    /// A `<` after the last token opens a list of types.
    before_types: bool,
    /// How many of these are open.
    angles: usize,
    /// The next word is the name of a lifetime.
    lifetime: bool,
    /// Between the bars of a closure's parameters.
    closure: bool,
}

impl Flow {
    /// Moves past `tok`; whether there is a space before it.
    fn step(&mut self, tok: &Tok) -> bool {
        let starts_operand = self.last != Last::Operand;
        let before_types = std::mem::take(&mut self.before_types);
        // Whether a space is wanted before, whether one is allowed after, and what comes next.
        let (space, glued, last) = match tok {
            Tok::Word(word) => {
                let is_name_of_fn = self.last == Last::Keyword && before_types;
                self.before_types = word == "fn" || word == "impl" || is_name_of_fn || is_type(word);
                let is_lifetime = std::mem::take(&mut self.lifetime);
                (true, false, if is_keyword(word) || is_lifetime { Last::Keyword } else { Last::Operand })
            }
            Tok::Runtime(_) => (true, false, Last::Operand),
            Tok::Group(Delimiter::Brace, _) => (true, false, Last::Operand),
            Tok::Group(..) => (starts_operand, false, Last::Operand),
            Tok::Op(op) => match op.as_str() {
                "," | ";" | ":" => (false, false, Last::Operator),
                "?" => (false, false, Last::Operand),
                "." | ".." | "..=" => (false, true, Last::Operator),
                "#" => (true, true, Last::Operator),
                "'" => {
                    self.lifetime = true;
                    (true, true, Last::Operator)
                }
                "::" => {
                    self.before_types = true;
                    (starts_operand, true, Last::Operator)
                }
                "<" if before_types || starts_operand => {
                    self.angles += 1;
                    (starts_operand && !before_types, true, Last::Operator)
                }
                ">" | ">>" if self.angles > 0 => {
                    self.angles -= op.len().min(self.angles);
                    (false, false, Last::Operand)
                }
                "|" if self.closure => {
                    self.closure = false;
                    (false, false, Last::Operator)
                }
                "|" if starts_operand => {
                    self.closure = true;
                    (true, true, Last::Operator)
                }
                "&" | "*" | "-" | "!" if starts_operand => (true, true, Last::Operator),
                "!" => (false, true, Last::Operand),
                _ => (true, false, Last::Operator),
            },
        };
        let space = space && !self.glued && self.last != Last::Start;
        (self.glued, self.last) = (glued, last);
        space
    }
}

/// Spelled like a type: capitals and small letters.
fn is_type(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase)
}

fn is_keyword(word: &str) -> bool {
    let keywords = [
        "as", "const", "crate", "dyn", "else", "enum", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod",
        "move", "mut", "pub", "ref", "return", "static", "struct", "trait", "type", "unsafe", "use", "where", "while",
    ];
    keywords.contains(&word)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use quote::quote;

    use super::*;

    #[test]
    fn who_is_asked_for() {
        assert_eq!(target("", "f", false), Target::Nothing);
        assert_eq!(target("", "f", true), Target::Stderr);
        assert_eq!(target("1", "f", false), Target::Stderr);
        assert_eq!(target("f", "f", false), Target::Stderr);
        assert_eq!(target("g", "f", false), Target::Nothing);
        assert_eq!(target("target/autodiff/", "f", false), Target::Directory("target/autodiff/"));
    }

    #[test]
    fn rust_as_a_person_writes_it() {
        let tokens = quote! {
            /// The value.
            #[inline] pub fn f<'a, S: ::autodiff_runtime::__private::Slot<[::core::primitive::f64]>>(x: &'a [f64], mut s: S) -> (f64, Vec<Vec<f64>>) where S: Copy {
                let mut y: ::core::primitive::f64 = -x[0] * -2.0 - (x[1] - 1.0).sin();
                for i in (0..=x.len() - 1).rev() { if i < 3 && !(x[i] >= 2.0) { y += x[i]; } else if i as f64 > y { y = 0.0; } else { return (y, vec![vec![0.0; 3]; i]); } }
                let z = if y < 1.0 { &x[..] } else { &*x };
                if let ::core::option::Option::Some(s_bar) = ::autodiff_runtime::__private::Slot::<[f64]>::on(&mut s).map(|s| &mut s[0]) { *s_bar += <f64 as num::Real>::relu(y); }
                assert!(y != 2.0, "{}", g::<f64>(z)?);
                let p = match a { Some(b) => b, None => c };
                (y, some_function(first_argument_of_many, second_argument_of_many, third_argument_of_many, fourth_argument))
            }
        };
        expect![[r#"
            use ::autodiff_runtime::__private as rt;

            /// The value.
            #[inline]
            pub fn f<'a, S: rt::Slot<[f64]>>(x: &'a [f64], mut s: S) -> (f64, Vec<Vec<f64>>) where S: Copy {
                let mut y: f64 = -x[0] * -2.0 - (x[1] - 1.0).sin();
                for i in (0..=x.len() - 1).rev() {
                    if i < 3 && !(x[i] >= 2.0) {
                        y += x[i];
                    } else if i as f64 > y {
                        y = 0.0;
                    } else {
                        return (y, vec![vec![0.0; 3]; i]);
                    }
                }
                let z = if y < 1.0 { &x[..] } else { &*x };
                if let Some(s_bar) = rt::Slot::<[f64]>::on(&mut s).map(|s| &mut s[0]) {
                    *s_bar += <f64 as num::Real>::relu(y);
                }
                assert!(y != 2.0, "{}", g::<f64>(z)?);
                let p = match a { Some(b) => b, None => c };
                (
                    y,
                    some_function(first_argument_of_many, second_argument_of_many, third_argument_of_many, fourth_argument),
                )
            }
        "#]].assert_eq(&pretty(&tokens));
        let read: TokenStream = pretty(&tokens).parse().expect("what is printed is Rust");
        syn::parse2::<syn::File>(read).expect("what is printed is a file");
    }
}
