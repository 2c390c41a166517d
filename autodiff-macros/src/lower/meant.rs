//! Witnesses that names mean what the standard library means by them.
//!
//! `Some(x)`, `Vec::new()`, `vec![x; n]`, `iter::repeat(x)`, `f64::sin(x)` and `p.rows.iter()` are lowered by their names, and
//! a type, function, module or macro of the user's may have that name. So the derivatives carry code that is never run and
//! compiles only if the names are those of the standard library:
//!
//! - a function must be the very function that is meant: each has a type of its own;
//! - a type, or a constructor, must be that of the type that is meant;
//! - a macro must do its work for a value of which it knows nothing, so that all it can do is to hand it on;
//! - what is iterated over, or read by methods of sequences, must be a sequence of the standard library, where the macro
//!   does not see its type.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;

use super::value::{Form, Frag, Spot};
use super::{Lower, Note, OPAQUE};
use crate::ir::{Op, Opaque};

impl Lower<'_> {
    /// Notes that `path` must be the function `meant`.
    pub(super) fn means_function(&mut self, path: &syn::Path, meant: &TokenStream) {
        let path = self.plain(path);
        self.witness(path.span(), |rt, at| quote_spanned!(at=> let _ = || #rt::is_rule(#meant, #path);));
    }

    /// Notes that `path` must be `Some`.
    pub(super) fn means_some(&mut self, path: &syn::Path) {
        let path = self.plain(path);
        self.witness(
            path.span(),
            |_, at| quote_spanned!(at=> let _ = |v: ::core::option::Option<::core::primitive::u8>| { if let #path(_) = v {} };),
        );
    }

    /// Notes that `path` must be `None`.
    pub(super) fn means_none(&mut self, path: &syn::Path) {
        let path = self.plain(path);
        self.witness(
            path.span(),
            |_, at| quote_spanned!(at=> let _ = || -> ::core::option::Option<::core::primitive::u8> { #path };),
        );
    }

    /// Notes that the type before the last segment of `path` must be `Vec`.
    pub(super) fn means_vec(&mut self, path: &syn::Path) {
        let mut of = path.clone();
        of.segments.pop();
        of.segments.pop_punct();
        let of = self.plain(&of);
        self.witness(
            of.span(),
            |rt, at| quote_spanned!(at=> let _ = |v: #of<::core::primitive::u8>| -> #rt::Vec<::core::primitive::u8> { v };),
        );
    }

    /// Notes that a macro must be that of the standard library.
    pub(super) fn means_macro(&mut self, path: &syn::Path) {
        let Some(name) = path.segments.last().map(|last| last.ident.to_string()) else { return };
        self.witness(path.span(), |rt, at| match &*name {
            "vec" => quote_spanned!(at=> let _ = |v: #rt::Anything| -> #rt::Vec<#rt::Anything> { #path![v; 1] };),
            "matches" => quote_spanned!(at=> let _ = |v: #rt::Anything| -> ::core::primitive::bool { #path!(v, _) };),
            _ => quote_spanned!(at=> let _ = || -> ! { #path!() };),
        });
    }

    /// Notes that the name of a primitive type must be that of the primitive type. What the function's signature names is
    /// checked by the code that computes with it.
    pub(super) fn means_primitive(&mut self, name: &Ident) {
        let is_parameter = crate::signature::generics::float(name).is_some();
        if !is_parameter && !self.signed.contains(&name.to_string()) {
            self.witness(
                name.span(),
                |_, at| quote_spanned!(at=> let _ = |v: #name| -> ::core::primitive::#name { v };),
            );
        }
    }

    /// Notes that the type of a parameter which is constant by its type, `String` say, must be that of the standard library.
    pub(super) fn means_constant(&mut self, ty: &syn::Type) {
        let named = |name: &str| ["String", "Option"].contains(&name);
        if names(ty).iter().any(|name| named(name)) {
            self.witness(ty.span(), |rt, at| quote_spanned!(at=> let _ = |v: #ty| { #rt::constant(v); };));
        }
    }

    /// Emits that a part of a struct, of which the macro knows nothing, must be a sequence: its methods are those of slices.
    pub(super) fn means_sequence(&mut self, spot: &Spot) {
        let Form::Unknown(path) = &spot.form else { return };
        if self.sequences.insert((spot.place.mem, path.clone())) {
            let frag = self.frag_of_place(spot.place.clone());
            self.check_sequence(frag);
        }
    }

    /// Emits that a value that is passed through must be a sequence.
    pub(super) fn check_sequence(&mut self, frag: Frag) {
        let Some(runtime) = self.runtime.clone() else { return };
        let seq = &frag.expr;
        let at = Span::mixed_site().located_at(self.here());
        let expr = syn::parse_quote_spanned!(at=> { let _ = || #runtime::__private::sequence(&#seq); });
        let ty = self.fresh_ty(OPAQUE);
        let op = Op::Opaque(Box::new(Opaque { expr, binds: frag.binds, pure_: true, mutable: true, effects: false }));
        let val = self.emit(op, ty);
        self.notes.insert(val, Note::Opaque { at: TokenStream::new(), complaint: None, effect: true });
    }

    /// A path of the user's as a witness names it: without arguments at its end, and by its full name.
    fn plain(&self, path: &syn::Path) -> syn::Path {
        let mut path = path.clone();
        self.resolve(&mut path);
        if let Some(last) = path.segments.last_mut() {
            last.arguments = syn::PathArguments::None;
        }
        path
    }

    fn witness(&mut self, at: Span, tokens: impl FnOnce(&TokenStream, Span) -> TokenStream) {
        let Some(runtime) = self.runtime.clone() else { return };
        let at = Span::mixed_site().located_at(at);
        let runtime = quote_spanned!(at=> #runtime::__private);
        let witness = tokens(&runtime, at);
        let text = witness.to_string();
        if !self.meant.iter().any(|seen| seen.to_string() == text) {
            self.meant.push(witness);
        }
    }
}

/// All names in a signature, or another piece of syntax.
pub(super) fn names(syntax: &impl ToTokens) -> HashSet<String> {
    fn collect(tokens: TokenStream, names: &mut HashSet<String>) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    names.insert(ident.to_string());
                }
                TokenTree::Group(group) => collect(group.stream(), names),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    let mut names = HashSet::new();
    collect(syntax.to_token_stream(), &mut names);
    names
}
