//! `if let Some(v) = ..`, `let Some(v) = .. else { .. }` and `match` of what may be missing.

use quote::ToTokens;

use super::super::Lower;
use super::super::choice::Test;
use super::super::exit::Position;
use super::super::expr::Want;
use super::super::value::Value;
use super::element::is_optional;
use super::{Later, Optional};

/// What a pattern says of an `Option`.
pub(in crate::lower) enum Side<'p> {
    /// `Some(pat)`
    Some(&'p syn::Pat),
    None,
}

impl<'p> Side<'p> {
    pub(in crate::lower) fn of(pat: &'p syn::Pat) -> Option<Side<'p>> {
        match pat {
            syn::Pat::TupleStruct(some) if some.path.segments.last().is_some_and(|last| last.ident == "Some") => {
                let mut elems = some.elems.iter();
                let inner = elems.next()?;
                elems.next().is_none().then_some(Side::Some(inner))
            }
            syn::Pat::Reference(inner) => Side::of(&inner.pat),
            pat if names_none(pat) => Some(Side::None),
            _ => None,
        }
    }
}

impl Lower<'_> {
    /// `if let Some(v) = x.get(i)`: its test, and what it binds. `None`: it is another choice.
    pub(in crate::lower) fn optional_test(&mut self, pat: &syn::Pat, value: &syn::Expr) -> Option<Test> {
        if let (syn::Pat::Tuple(pats), syn::Expr::Tuple(values)) = (pat, value)
            && pats.elems.len() == values.elems.len()
            && values.elems.iter().all(is_optional)
        {
            let pairs: Vec<_> = pats.elems.iter().zip(&values.elems).collect();
            let tests = pairs.into_iter().map(|(pat, value)| self.optional_test(pat, value));
            let tests: Vec<Test> = tests.collect::<Option<_>>()?;
            return tests.into_iter().reduce(|a, b| self.both_tests(a, b));
        }
        let Side::Some(inner) = Side::of(pat)? else { return None };
        if !is_plain(inner) {
            return None;
        }
        let optional = self.optional(value)?;
        let optional = match optional.value.assigned().is_empty() {
            true => optional,
            // The branch that the test is of does not carry what making the value assigns.
            false => {
                let value = self.option_value(optional, &value.to_token_stream());
                self.certain_option(value, pat)
            }
        };
        let Optional { present, value, .. } = optional;
        Some(match value {
            Later::Made(value) => {
                let bound = self.pattern_test(inner, value);
                Self::test_with(present, bound)
            }
            later => Self::test_of_later(present, inner.clone(), later),
        })
    }

    /// `match x.last() { Some(v) => .., None => .. }`. `None`: it is another choice.
    pub(in crate::lower) fn optional_match(
        &mut self,
        choice: &syn::ExprMatch,
        names: &[String],
        want: Want,
        position: Position,
    ) -> Option<Value> {
        let [a, b] = &choice.arms[..] else { return None };
        let (some, none) = if is_none_or_wild(&b.pat) { (a, b) } else { (b, a) };
        if !is_none_or_wild(&none.pat) || some.guard.is_some() || none.guard.is_some() {
            return None;
        }
        let test = self.optional_test(&some.pat, &choice.expr)?;
        Some(self.branch(
            test.cond,
            names,
            usize::MAX,
            |lower| {
                let depth = lower.env.bindings.len();
                lower.bind_test(&test);
                lower.position = position;
                let value = lower.expr(&some.body, want);
                lower.env.bindings.truncate(depth);
                value
            },
            |lower| {
                lower.position = position;
                lower.expr(&none.body, want)
            },
            choice,
        ))
    }
}

/// `None`.
fn names_none(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Ident(ident) => ident.ident == "None",
        syn::Pat::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "None"),
        _ => false,
    }
}

fn is_none_or_wild(pat: &syn::Pat) -> bool {
    matches!(pat, syn::Pat::Wild(_)) || names_none(pat)
}

/// A name, `_`, a reference to such, or a tuple of such.
pub(in crate::lower) fn is_plain(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Wild(_) => true,
        pat if super::super::pattern::is_rest(pat) => true,
        syn::Pat::Ident(ident) => ident.subpat.is_none() && ident.by_ref.is_none(),
        syn::Pat::Reference(inner) => is_plain(&inner.pat),
        syn::Pat::Paren(inner) => is_plain(&inner.pat),
        syn::Pat::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        _ => false,
    }
}
