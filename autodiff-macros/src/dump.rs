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
//! What is printed is formatted and compiles when it replaces the annotated function: paths that the generated code writes
//! in full so that nothing of the user's can hide them (`::core::primitive::f64`) are shortened, the runtime's to `rt`, for which the first
//! line has the `use`.

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
    printer.block(shorten(flatten(tokens.clone())));
    let uses = match printer.runtime {
        Some(runtime) => format!("use {runtime}::__private as rt;\n\n"),
        None => String::new(),
    };
    format!("{uses}{}\n", printer.out.trim_end())
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
        if colons != "::" {
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
    /// How many `<` of types are open.
    angles: usize,
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

    /// Statements, fields or items: a new line after each.
    fn block(&mut self, toks: Vec<Tok>) {
        let mut before: Option<&Tok> = None;
        let mut previous: Option<&Tok> = None;
        for (k, tok) in toks.iter().enumerate() {
            let next = toks.get(k + 1);
            if let (Some(Tok::Op(hash)), Tok::Group(Delimiter::Bracket, inner)) = (previous, tok)
                && hash == "#"
            {
                self.attribute(inner);
                (before, previous) = (None, None);
                continue;
            }
            match tok {
                Tok::Op(op) if op == "#" => {}
                Tok::Op(op) if op == ";" || op == "," => {
                    self.write(op);
                    if self.angles == 0 {
                        self.line();
                        (before, previous) = (None, None);
                        continue;
                    }
                }
                Tok::Group(Delimiter::Brace, inner) => {
                    let separated = previous.is_some_and(|p| *p != Tok::Op("::".into()));
                    self.write(if separated { " {" } else { "{" });
                    self.braced(inner);
                    let goes_on = match next {
                        Some(Tok::Word(word)) => word == "else" || word == "as",
                        Some(Tok::Op(op)) => {
                            op != "#" && op != "&" && op != "*" && op != "-" && op != "::" && op != "<"
                        }
                        Some(Tok::Group(delimiter, _)) => *delimiter == Delimiter::Bracket,
                        None | Some(Tok::Runtime(_)) => false,
                    };
                    if !goes_on {
                        self.line();
                        (before, previous) = (None, None);
                        continue;
                    }
                }
                tok => self.token(before, previous, tok),
            }
            (before, previous) = (previous, Some(tok));
        }
        self.line();
    }

    fn braced(&mut self, inner: &[Tok]) {
        if inner.is_empty() {
            self.out.push('}');
            return;
        }
        let angles = std::mem::take(&mut self.angles);
        // A value alone stays on its line.
        let mut inline = self.nested();
        if !inner
            .iter()
            .any(|t| matches!(t, Tok::Op(op) if op == ";" || op == "#") || matches!(t, Tok::Group(Delimiter::Brace, _)))
        {
            inline.sequence(inner);
            if self.column() + inline.out.len() < WIDTH / 2 {
                let _ = write!(self.out, " {} }}", inline.out);
                self.runtime = self.runtime.take().or(inline.runtime);
                self.angles = angles;
                return;
            }
        }
        self.line();
        self.indent += 1;
        self.block(inner.to_vec());
        self.indent -= 1;
        self.write("}");
        self.angles = angles;
    }

    fn attribute(&mut self, inner: &[Tok]) {
        match inner {
            [Tok::Word(doc), Tok::Op(equals), Tok::Word(text)] if doc == "doc" && equals == "=" => {
                let text = syn::parse_str::<syn::LitStr>(text).map(|lit| lit.value()).unwrap_or_default();
                self.write(&format!("///{text}"));
            }
            inner => {
                self.write("#[");
                self.sequence(inner);
                self.out.push(']');
            }
        }
        self.line();
    }

    /// Tokens without line breaks of their own.
    fn sequence(&mut self, toks: &[Tok]) {
        let (mut before, mut previous) = (None, None);
        for tok in toks {
            match tok {
                Tok::Group(Delimiter::Brace, inner) => {
                    self.write(if previous.is_some() { " {" } else { "{" });
                    self.braced(inner);
                }
                tok => self.token(before, previous, tok),
            }
            (before, previous) = (previous, Some(tok));
        }
    }

    fn nested(&self) -> Printer {
        Printer { indent: self.indent, ..Printer::default() }
    }

    fn token(&mut self, before: Option<&Tok>, previous: Option<&Tok>, tok: &Tok) {
        if self.space(before, previous, tok) {
            self.out.push(' ');
        }
        match tok {
            Tok::Word(word) => self.write(word),
            Tok::Op(op) => {
                match op.as_str() {
                    "<" if opens_type(before, previous) => self.angles += 1,
                    ">" | ">>" => self.angles = self.angles.saturating_sub(op.len()),
                    _ => {}
                }
                self.write(op);
            }
            Tok::Runtime(path) => {
                self.runtime = Some(path.clone());
                self.write("rt");
            }
            Tok::Group(delimiter, inner) => {
                let (open, close) = if *delimiter == Delimiter::Bracket { ("[", "]") } else { ("(", ")") };
                self.write(open);
                self.list(inner);
                self.write(close);
            }
        }
    }

    fn list(&mut self, inner: &[Tok]) {
        let angles = std::mem::take(&mut self.angles);
        let mut inline = self.nested();
        inline.sequence(inner);
        self.runtime = self.runtime.take().or(inline.runtime);
        let has_commas = inner.iter().any(|t| matches!(t, Tok::Op(op) if op == ","));
        if has_commas && self.column() + inline.out.trim_start().len() > WIDTH && !inline.out.contains('\n') {
            self.line();
            self.indent += 1;
            self.block(inner.to_vec());
            self.indent -= 1;
        } else {
            self.out.push_str(inline.out.trim_start());
        }
        self.angles = angles;
    }

    fn space(&self, before: Option<&Tok>, previous: Option<&Tok>, tok: &Tok) -> bool {
        let Some(previous) = previous else { return false };
        let op = |tok: &Tok| if let Tok::Op(op) = tok { op.clone() } else { String::new() };
        let (left, right) = (op(previous), op(tok));
        let in_type = self.angles > 0;
        match (left.as_str(), right.as_str()) {
            ("::" | "." | ".." | "..=" | "'" | "#" | "?", "") | ("", "." | "," | ";" | "?" | ".." | "..=") => false,
            (_, "," | ";" | "." | "?" | ".." | "..=" | ":") => false,
            ("..", _) | ("..=", _) | (".", _) | ("'", _) | ("#", _) => false,
            (_, "::") => {
                !matches!(previous, Tok::Word(word) if !is_keyword(word))
                    && !left.is_empty()
                    && !is_prefix(before, previous)
                    && left != "<"
                    && left != ">"
            }
            ("::", _) => false,
            ("<", _) if opens_type_at(before, previous) => false,
            (_, "<") if opens_type(before.and(Some(previous)).and(before), Some(previous)) => false,
            (_, ">" | ">>") if in_type => false,
            (">" | ">>", "") if matches!(tok, Tok::Group(..)) => false,
            (_, "!") if matches!(previous, Tok::Word(word) if !is_keyword(word)) => false,
            ("!", "") if matches!(tok, Tok::Group(..)) || is_prefix(before, previous) => false,
            ("&" | "*" | "-" | "!" | "|", _) if is_prefix(before, previous) => false,
            ("", "") if matches!(tok, Tok::Group(..)) => match previous {
                Tok::Word(word) => is_keyword(word),
                Tok::Group(..) | Tok::Runtime(_) | Tok::Op(_) => false,
            },
            _ => true,
        }
    }
}

/// Whether `previous` is a prefix operator, given what stands before it.
fn is_prefix(before: Option<&Tok>, previous: &Tok) -> bool {
    let Tok::Op(op) = previous else { return false };
    let starts_operand = match before {
        None => true,
        Some(Tok::Op(op)) => !matches!(op.as_str(), ">" | "?"),
        Some(Tok::Word(word)) => is_keyword(word),
        Some(Tok::Group(..) | Tok::Runtime(_)) => false,
    };
    matches!(op.as_str(), "&" | "*" | "-" | "!" | "|") && starts_operand
}

/// Whether a `<` after `previous` starts a list of types rather than comparing.
fn opens_type(before: Option<&Tok>, previous: Option<&Tok>) -> bool {
    match previous {
        None => true,
        Some(Tok::Op(op)) => !matches!(op.as_str(), ">" | "?"),
        Some(Tok::Word(word)) => {
            word.starts_with(char::is_uppercase) && word.len() > 1 && word.chars().any(char::is_lowercase)
                || matches!(before, Some(Tok::Word(keyword)) if keyword == "fn")
                || word == "impl"
        }
        Some(Tok::Group(..) | Tok::Runtime(_)) => false,
    }
}

fn opens_type_at(_: Option<&Tok>, previous: &Tok) -> bool {
    matches!(previous, Tok::Op(op) if op == "<")
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "as" | "else"
            | "fn"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "match"
            | "mut"
            | "pub"
            | "return"
            | "struct"
            | "where"
            | "while"
            | "use"
            | "const"
            | "move"
            | "ref"
    )
}
