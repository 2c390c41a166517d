//! Inactive Rust of the user's, as written but for the values of the trace in it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use super::body::{Body, Typed};
use super::code::Code;
use super::expr::{ascription, suffixed};
use crate::ir::{Int, Op, Opaque, Operand, Stmt, Ty, Val};

impl Body<'_> {
    pub(super) fn opaque(&mut self, opaque: &Opaque, stmt: &Stmt, span: Span) -> Code {
        let expr = &opaque.expr;
        let value = self.substitute(quote!(#expr), opaque, span);
        let Some(&v) = stmt.out.first() else { return quote!(#value;).into() };
        if opaque.mutable {
            let ident = self.bind(v);
            return quote_spanned!(span=> let mut #ident = #value;).into();
        }
        // An integer of a type that rustc infers: that it is no float must be seen to.
        let value = match (self.func.ty(v), &self.rt) {
            (Ty::Int(Int::Infer), rt) => quote_spanned!(span=> #rt::constant(#value)),
            _ => value,
        };
        self.define(stmt, value.into(), Typed::Here, span)
    }

    /// A value whose type shows by itself, as that of the user's variable does: methods are called on it.
    fn typed(&self, v: Val) -> TokenStream {
        let ty = self.func.ty(v);
        if let Some(Op::Const(c)) = self.inline.def(v) {
            return suffixed(c, ty, &self.rt).code.into_token_stream();
        }
        let (expr, ascription) = (self.expr(v), ascription(self.func, v));
        if !expr.literal {
            return expr.code.into_token_stream();
        }
        let (value, typed) = (expr.code, Ident::new("typed", Span::mixed_site()));
        quote!(({ let #typed #ascription = #value; #typed }))
    }

    /// `tokens` with the placeholders replaced, also inside macros.
    pub(super) fn substitute(&self, tokens: TokenStream, opaque: &Opaque, span: Span) -> TokenStream {
        substituted(tokens, &|name| {
            let (_, operand) = opaque.binds.iter().find(|(placeholder, _)| placeholder == name)?;
            Some(match operand {
                Operand::Val(v) => self.typed(*v),
                Operand::Place(place) => self.place(place),
                Operand::Constant(place) => {
                    let (place, rt) = (self.place(place), &self.rt);
                    quote_spanned!(span=> *#rt::constant(&#place))
                }
            })
        })
    }
}

/// `tokens` with names replaced.
pub(super) fn substituted(tokens: TokenStream, replace: &dyn Fn(&Ident) -> Option<TokenStream>) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Ident(ident) => match replace(&ident) {
                Some(value) => {
                    // An operand of its own: what stands around it is the user's.
                    if value.clone().into_iter().count() == 1 {
                        return value.into_iter().next().unwrap_or(TokenTree::Ident(ident));
                    }
                    TokenTree::Group(Group::new(Delimiter::Parenthesis, value))
                }
                None => TokenTree::Ident(ident),
            },
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), substituted(group.stream(), replace));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        })
        .collect()
}
