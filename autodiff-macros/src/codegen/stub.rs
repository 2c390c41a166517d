//! What stands in for a function with errors, so that one mistake gives one message and editors keep completing.

use proc_macro2::TokenStream;
use quote::quote;

use super::companion::{functions, original, with_companion};
use super::signature::{Interface, Kind, Signed};
use crate::signature::Signature;

/// The function as written, with derivatives of the right signatures that diverge. Where the signature itself could not be
/// understood, an empty companion.
pub(crate) fn stub(item: &syn::ItemFn, tokens: TokenStream, sig: Option<&Signature>) -> TokenStream {
    let original = original(item, tokens);
    match sig {
        Some(sig) => with_companion(item, original, sig, diverging),
        None => {
            let (vis, companion) = (&item.vis, &item.sig.ident);
            quote! {
                #original
                #[doc(hidden)]
                #[allow(non_camel_case_types, dead_code)]
                #vis struct #companion {}
            }
        }
    }
}

/// The derivatives of a method with mistakes: they have the right signatures and diverge.
pub(crate) fn sibling_stubs(item: &syn::ItemFn, sig: Option<&Signature>) -> TokenStream {
    sig.map(|sig| functions(item, sig, diverging)).unwrap_or_default()
}

/// A body that diverges, which nobody runs: it comes with a compile error. An `impl Trait` of the signature needs a type all the same.
fn diverging(_: &Interface<'_>, kind: Kind, _: &Signed) -> TokenStream {
    match kind {
        Kind::Pullback => quote!((::core::unimplemented!(), |_| ::core::unimplemented!())),
        _ => quote!(::core::unimplemented!()),
    }
}
