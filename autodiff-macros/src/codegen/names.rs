//! The names that generated code invents.
//!
//! Every name of ours is unique within its function, so that an expansion that is printed and pasted means the same
//! thing, and has the hygiene of `mixed_site`, so that it cannot capture a variable of the user's even where it is spelled
//! alike. Its location is the user's code that it comes from.
//!
//! What the function does not mention cannot be seen from here: a constant in scope that is spelled like one of our
//! variables (`const x_bar: f64`, against the convention) makes `let x_bar = ..` a refutable pattern, an error.

use std::rc::Rc;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::maps::{Hashed, HashedSet};

/// The names in use within one generated function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The user's.
    reserved: Rc<HashedSet<String>>,
    /// What [`Names::fresh`] gave.
    taken: HashedSet<String>,
    /// The same in order.
    given: Vec<String>,
    /// Of each hint that had to be numbered, the last number: all below are taken.
    numbers: Hashed<String, usize>,
    /// What [`Names::numbers`] had before, in order.
    numbered: Vec<(String, usize)>,
}

impl Names {
    pub(crate) fn new() -> Names {
        Names::default()
    }

    /// Takes every identifier of `tokens`: code of the user's that the function will contain.
    pub(crate) fn reserve(&mut self, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Ident(ident) => self.reserve_ident(&ident),
                TokenTree::Group(group) => self.reserve(group.stream()),
                TokenTree::Literal(_) | TokenTree::Punct(_) => {}
            }
        }
    }

    pub(crate) fn reserve_ident(&mut self, ident: &Ident) {
        let name = ident.to_string();
        let name = name.strip_prefix("r#").map(str::to_string).unwrap_or(name);
        Rc::make_mut(&mut self.reserved).insert(name);
    }

    /// Opens a scope.
    pub(crate) fn open(&self) -> Scope {
        Scope { given: self.given.len(), numbered: self.numbered.len() }
    }

    /// Closes a scope: names that were given in it are free again.
    pub(crate) fn close(&mut self, scope: Scope) {
        for name in self.given.drain(scope.given..) {
            self.taken.remove(&name);
        }
        for (hint, number) in self.numbered.drain(scope.numbered..).rev() {
            self.numbers.insert(hint, number);
        }
    }

    /// A new name like `hint`: `hint` itself if it is free, else with a number.
    pub(crate) fn fresh(&mut self, hint: &str, span: Span) -> Ident {
        let hint = identifier(hint);
        let name = if self.take(&hint) { hint } else { self.numbered(hint) };
        let ident = Ident::new(&name, ours(span));
        self.given.push(name);
        ident
    }

    /// Takes a name, if it is free.
    fn take(&mut self, name: &str) -> bool {
        !self.reserved.contains(name) && self.taken.insert(name.to_owned())
    }

    /// The first free name of those that are `hint` and a number.
    fn numbered(&mut self, hint: String) -> String {
        let separator = if hint.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
        let before = self.numbers.get(&hint).copied().unwrap_or(1);
        let mut number = before;
        loop {
            number += 1;
            let name = format!("{hint}{separator}{number}");
            if self.take(&name) {
                self.numbered.push((hint.clone(), before));
                self.numbers.insert(hint, number);
                return name;
            }
        }
    }
}

/// A scope of names.
#[must_use]
pub(crate) struct Scope {
    given: usize,
    numbered: usize,
}

/// The span of tokens of ours that come from the user's code at `span`.
pub(crate) fn ours(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// `hint` as a valid identifier that is no keyword.
fn identifier(hint: &str) -> String {
    let hint = hint.strip_prefix("r#").unwrap_or(hint);
    if is_plain(hint) {
        return hint.to_string();
    }
    if syn::parse_str::<Ident>(hint).is_ok() {
        return hint.to_string();
    }
    let cleaned: String = hint.chars().map(|c| if c == '_' || c.is_alphanumeric() { c } else { '_' }).collect();
    let with_suffix = format!("{cleaned}_");
    if syn::parse_str::<Ident>(&with_suffix).is_ok() { with_suffix } else { format!("v_{with_suffix}") }
}

/// Whether an ASCII name is an identifier. To ask the parser takes longer than all else here.
fn is_plain(name: &str) -> bool {
    let mut letters = true;
    for (k, &byte) in name.as_bytes().iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'_' | b'0'..=b'9' if k > 0 => letters = false,
            _ => return false,
        }
    }
    // No keyword but `_` has anything but letters.
    !name.is_empty() && (!letters || KEYWORDS.binary_search(&name).is_err())
}

/// What no variable may be called, in the edition at hand or a later one, in order.
const KEYWORDS: [&str; 53] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn fresh(names: &mut Names, hint: &str) -> String {
        names.fresh(hint, Span::call_site()).to_string()
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::new();
        assert_eq!(fresh(&mut names, "x"), "x");
        assert_eq!(fresh(&mut names, "x"), "x2");
        assert_eq!(fresh(&mut names, "x"), "x3");
        assert_eq!(fresh(&mut names, "z1"), "z1");
        assert_eq!(fresh(&mut names, "z1"), "z1_2");
    }

    #[test]
    fn names_of_a_closed_scope_are_free_again() {
        let mut names = Names::new();
        assert_eq!(fresh(&mut names, "i"), "i");
        let scope = names.open();
        assert_eq!(fresh(&mut names, "i"), "i2");
        assert_eq!(fresh(&mut names, "j"), "j");
        names.close(scope);
        assert_eq!(fresh(&mut names, "j"), "j");
        assert_eq!(fresh(&mut names, "i"), "i2");
    }

    #[test]
    fn names_of_the_user_are_taken_in_groups_too() {
        let mut names = Names::new();
        names.reserve(quote!({ g(&z1, [r#tape]) }));
        assert_eq!(fresh(&mut names, "z1"), "z1_2");
        assert_eq!(fresh(&mut names, "tape"), "tape2");
        assert_eq!(fresh(&mut names, "g"), "g2");
    }

    #[test]
    fn keywords_and_other_text_become_identifiers() {
        let mut names = Names::new();
        assert_eq!(fresh(&mut names, "r#type"), "type_");
        assert_eq!(fresh(&mut names, "self"), "self_");
        assert_eq!(fresh(&mut names, "_"), "__");
        assert_eq!(fresh(&mut names, "a.b"), "a_b_");
        assert_eq!(fresh(&mut names, "1st"), "v_1st_");
        assert!(KEYWORDS.is_sorted());
        assert!(KEYWORDS.into_iter().all(|keyword| !is_plain(keyword)));
    }

    #[test]
    fn numbers_of_a_closed_scope_are_free_again() {
        let mut names = Names::new();
        assert_eq!([fresh(&mut names, "x"), fresh(&mut names, "x")], ["x", "x2"]);
        let scope = names.open();
        assert_eq!([fresh(&mut names, "x"), fresh(&mut names, "x"), fresh(&mut names, "y")], ["x3", "x4", "y"]);
        names.close(scope);
        assert_eq!([fresh(&mut names, "x"), fresh(&mut names, "y"), fresh(&mut names, "y")], ["x3", "y", "y2"]);
    }
}
