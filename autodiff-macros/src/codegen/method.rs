//! Calls of methods of other values than `self`: `layer.forward(&h)`.
//!
//! The tokens do not show the type of `layer`, but method syntax finds the siblings of `forward` as it finds `forward`:
//! `layer.__forward_vjp(&h, ..)`. Two things must be certain: that both are found at the same type, and that the user's own
//! call is one of the inherent method, not of a method of a trait that is in scope. So each function of a differentiated
//! block that has a receiver gets two more siblings:
//!
//! ```ignore
//! fn __differentiate_the_impl_of_forward(&self) -> &Self { self }
//! fn __receiver_of_forward(&self) -> Self { unreachable!() }
//! ```
//!
//! All derivatives are called on what the first one gives, so that a type without it is one error, and its name says what to
//! write; there is one of these for every order, `__differentiate_with_order_2_the_impl_of_forward`. In code that is never
//! run, the caller's tangents check the two conditions:
//!
//! - the first sibling gives a reference to the type of the receiver itself: a type that dereferences to another one is
//!   refused;
//! - rustc takes an inherent method that has the receiver `&self` for `&layer`, whatever traits there are, and one that has
//!   `self` for `layer`. The second sibling gives a value of the other type. On this, the name is called with a trait in
//!   scope that has it for every type and takes `self`: another trait's makes that ambiguous.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;

use super::names::ours;
use crate::ir::Call;
use crate::signature::Signature;

/// The siblings by which the derivatives of a method are found from a receiver. Those of a method that writes to its
/// receiver are found by their paths alone.
pub(super) fn bridges(sig: &Signature, attrs: &[syn::Attribute]) -> TokenStream {
    let (vis, rt) = (&sig.vis, &sig.runtime);
    let Some(receiver) = sig.params.first().filter(|first| first.ident == "self" && !first.by_mut) else {
        return TokenStream::new();
    };
    let derivatives = (1..=sig.order).map(|order| {
        let name = derivatives_of(&sig.companion, order);
        quote! {
            #[doc(hidden)]
            #(#attrs)*
            #vis fn #name(&self) -> &Self { self }
        }
    });
    let name = receiver_of(&sig.companion);
    let ty = if receiver.by_ref { quote!(Self) } else { quote!(&Self) };
    quote! {
        #(#derivatives)*
        #[doc(hidden)]
        #(#attrs)*
        #vis fn #name(&self) -> #ty { #rt::__private::never() }
    }
}

/// The sibling on which the derivatives of a method are called, of the given order.
pub(super) fn derivatives_of(method: &Ident, order: usize) -> Ident {
    let order = if order > 1 { format!("with_order_{order}_") } else { String::new() };
    Ident::new(&format!("__differentiate_{order}the_impl_of_{}", method.unraw()), ours(method.span()))
}

fn receiver_of(method: &Ident) -> Ident {
    Ident::new(&format!("__receiver_of_{}", method.unraw()), ours(method.span()))
}

/// The name of the method that is called, or the one by which the user calls its companion.
pub(super) fn prefix(call: &Call) -> Option<&Ident> {
    call.companion.as_ref().unwrap_or(&call.path).segments.last().map(|last| &last.ident)
}

/// A call of a method, or of one of its siblings on what the first one of [`bridges`] gives.
pub(super) fn applied(function: &TokenStream, args: &[TokenStream]) -> TokenStream {
    match args {
        [receiver, args @ ..] => quote!((#receiver).#function(#(#args),*)),
        [] => TokenStream::new(),
    }
}

/// The code that is never run.
pub(super) fn check(call: &Call, receiver: &TokenStream, rt: &TokenStream, span: Span) -> TokenStream {
    let (Some(method), Some(prefix)) = (call.path.segments.last().map(|last| &last.ident), prefix(call)) else {
        return TokenStream::new();
    };
    let (own, of) = (derivatives_of(prefix, 1), receiver_of(prefix));
    let every = Ident::new("Every", Span::mixed_site());
    let found = Ident::new("found", Span::mixed_site());
    let any = Ident::new("Any", Span::mixed_site());
    quote_spanned! {span=>
        let _ = || {
            trait #every {
                fn #method(self)
                where
                    Self: ::core::marker::Sized,
                {
                }
            }
            impl<#any> #every for #any {}
            let #found = (#receiver).#own();
            #rt::same_type(#receiver, #found);
            #found.#of().#method()
        };
    }
}
