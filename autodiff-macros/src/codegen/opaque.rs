//! Inactive Rust of the user's, as written but for the values of the trace in it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::body::Body;
use crate::ir::{Int, Opaque, Operand, Stmt, Ty, Val};

impl Body<'_> {
    pub(super) fn opaque(&mut self, opaque: &Opaque, stmt: &Stmt, span: Span) -> TokenStream {
        let expr = &opaque.expr;
        let Some(&v) = stmt.out.first() else {
            // What is there for its types alone has constants of the types that they are taken for.
            let leaf = |v: Val| if opaque.pure_ { self.leaf(v) } else { self.tokens(v) };
            let value = self.substituted(quote!(#expr), opaque, &leaf);
            return quote!(#value;);
        };
        let value = self.substitute(quote!(#expr), opaque);
        if opaque.mutable {
            let ident = self.bind(v);
            return quote_spanned!(span=> let mut #ident = #value;);
        }
        // An integer of a type that rustc infers: that it is no float must be seen to.
        let value = match (self.func.ty(v), &self.rt) {
            (Ty::Int(Int::Infer), rt) => quote_spanned!(span=> #rt::constant(#value)),
            _ => value,
        };
        self.define(stmt, value, span)
    }

    /// `tokens` with the placeholders replaced, also inside macros.
    pub(super) fn substitute(&self, tokens: TokenStream, opaque: &Opaque) -> TokenStream {
        self.substituted(tokens, opaque, &|v| self.tokens(v))
    }

    fn substituted(&self, tokens: TokenStream, opaque: &Opaque, val: &impl Fn(Val) -> TokenStream) -> TokenStream {
        tokens
            .into_iter()
            .map(|tree| match tree {
                TokenTree::Ident(ident) => match opaque.binds.iter().find(|(placeholder, _)| *placeholder == ident) {
                    Some((_, operand)) => {
                        let value = match operand {
                            Operand::Val(v) => val(*v),
                            Operand::Place(place) => self.place(place),
                        };
                        // An operand of its own: what stands around it is the user's.
                        if value.clone().into_iter().count() == 1 {
                            return value.into_iter().next().unwrap_or(TokenTree::Ident(ident));
                        }
                        TokenTree::Group(Group::new(Delimiter::Parenthesis, value))
                    }
                    None => TokenTree::Ident(ident),
                },
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.substituted(group.stream(), opaque, val));
                    inner.set_span(group.span());
                    TokenTree::Group(inner)
                }
                other => other,
            })
            .collect()
    }
}
