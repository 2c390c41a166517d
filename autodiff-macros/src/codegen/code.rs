//! Tokens of expressions and statements, gathered on this side of the compiler's interface.
//!
//! A [`TokenStream`] belongs to the compiler: to put one into another costs several calls across the interface, each of
//! which copies, and an expression is put together from hundreds. [`Code`] is a plain list. It crosses once, when the
//! body of a function is complete (and once for each pair of parentheses), which is what keeps the expansion of long functions fast.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// A list of tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Code(Vec<TokenTree>);

impl Code {
    /// The tokens of `parts`, one after the other.
    pub(super) fn join<const N: usize>(parts: [&Code; N]) -> Code {
        Code(parts.iter().flat_map(|part| part.0.iter().cloned()).collect())
    }

    /// A name.
    pub(super) fn word(name: &str, span: Span) -> Code {
        Ident::new(name, span).into()
    }

    /// The tokens of an operator.
    pub(super) fn operator(op: &str, span: Span) -> Code {
        let mut code = Code::default();
        code.push_operator(op, span);
        code
    }

    /// A path from the root: `::core::primitive::f64`.
    pub(super) fn path(segments: &[&str], span: Span) -> Code {
        let mut code = Code::default();
        for segment in segments {
            code.push_operator("::", span);
            code.0.push(Ident::new(segment, span).into());
        }
        code
    }

    /// `self` in delimiters.
    pub(super) fn in_group(&self, delimiter: Delimiter) -> Code {
        let mut group = Group::new(delimiter, self.to_token_stream());
        group.set_span(Span::call_site());
        Code(vec![group.into()])
    }

    /// `self` between commas, in parentheses.
    pub(super) fn arguments<'a>(parts: impl IntoIterator<Item = &'a Code>) -> Code {
        let mut list = Code::default();
        for (k, part) in parts.into_iter().enumerate() {
            if k > 0 {
                list.push_operator(",", Span::call_site());
            }
            list.append(part);
        }
        list.in_group(Delimiter::Parenthesis)
    }

    pub(super) fn append(&mut self, other: &Code) {
        self.0.extend(other.0.iter().cloned());
    }

    pub(super) fn push(&mut self, token: impl Into<TokenTree>) {
        self.0.push(token.into());
    }

    pub(super) fn push_operator(&mut self, op: &str, span: Span) {
        let last = op.chars().count().saturating_sub(1);
        for (k, c) in op.chars().enumerate() {
            let mut punct = Punct::new(c, if k == last { Spacing::Alone } else { Spacing::Joint });
            punct.set_span(span);
            self.0.push(punct.into());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The only token, if there is one only.
    pub(super) fn single(&self) -> Option<&TokenTree> {
        match self.0.as_slice() {
            [token] => Some(token),
            _ => None,
        }
    }
}

impl ToTokens for Code {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().cloned());
    }
}

impl From<TokenStream> for Code {
    fn from(tokens: TokenStream) -> Code {
        Code(tokens.into_iter().collect())
    }
}

impl From<Ident> for Code {
    fn from(ident: Ident) -> Code {
        Code(vec![ident.into()])
    }
}

impl From<Literal> for Code {
    fn from(literal: Literal) -> Code {
        Code(vec![literal.into()])
    }
}

impl Extend<Code> for Code {
    fn extend<T: IntoIterator<Item = Code>>(&mut self, parts: T) {
        for part in parts {
            self.0.extend(part.0);
        }
    }
}
