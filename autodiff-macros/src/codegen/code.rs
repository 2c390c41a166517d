//! Lists of tokens on this side of the compiler's interface.
//!
//! A [`TokenStream`] belongs to the compiler: what goes into one is copied across the interface, and every time that it is
//! put into another it is copied again. [`Code`] is a plain list. Bodies are put together from parts of it by moving them,
//! and cross once for each group (parentheses, brackets, braces) that they are in.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// A list of tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Code(Vec<TokenTree>);

impl Code {
    /// A name or a keyword.
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
            code.push_word(segment, span);
        }
        code
    }

    /// `self` in delimiters.
    pub(super) fn in_group(self, delimiter: Delimiter, span: Span) -> Code {
        let mut group = Group::new(delimiter, self.into_token_stream());
        group.set_span(span);
        Code(vec![group.into()])
    }

    /// The parts between commas.
    pub(super) fn list(parts: impl IntoIterator<Item = Code>, span: Span) -> Code {
        let mut list = Code::default();
        for (k, part) in parts.into_iter().enumerate() {
            if k > 0 {
                list.push_operator(",", span);
            }
            list.append(part);
        }
        list
    }

    /// `self` between commas, in parentheses.
    pub(super) fn arguments(parts: impl IntoIterator<Item = Code>, span: Span) -> Code {
        Code::list(parts, span).in_group(Delimiter::Parenthesis, span)
    }

    pub(super) fn append(&mut self, mut other: Code) {
        self.0.append(&mut other.0);
    }

    pub(super) fn push(&mut self, token: impl Into<TokenTree>) {
        self.0.push(token.into());
    }

    pub(super) fn push_word(&mut self, name: &str, span: Span) {
        self.0.push(Ident::new(name, span).into());
    }

    pub(super) fn push_operator(&mut self, op: &str, span: Span) {
        let bytes = op.as_bytes();
        for (k, &byte) in bytes.iter().enumerate() {
            let spacing = if k + 1 == bytes.len() { Spacing::Alone } else { Spacing::Joint };
            let mut punct = Punct::new(char::from(byte), spacing);
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

    fn into_token_stream(self) -> TokenStream {
        self.0.into_iter().collect()
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
