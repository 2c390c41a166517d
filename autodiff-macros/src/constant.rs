//! `#[derive(Constant)]`: the word of a struct or enum that it holds no float, which rustc checks.
//!
//! ```text
//! #[derive(Constant)]
//! enum Activation { Tanh, Power(i32) }
//! ```
//!
//! expands to the `impl`, and to a function that is never called, in which every field's type is asked for the same. A bound
//! of the `impl` would do that too, but not where a type holds itself: `Option<Box<Self>>`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Error, Fields, Result, Type, parse_quote, spanned::Spanned as _};

use crate::derive::runtime_path;

/// The entry point: the `impl`, or the error.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    try_expand(input).unwrap_or_else(Error::into_compile_error)
}

fn try_expand(input: &DeriveInput) -> Result<TokenStream> {
    let runtime = runtime_path(input)?;
    let name = &input.ident;
    let mut generics = input.generics.clone();
    for parameter in input.generics.type_params() {
        let parameter = &parameter.ident;
        generics.make_where_clause().predicates.push(parse_quote!(#parameter: #runtime::Constant));
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let checks = types(&input.data)?.into_iter().map(|ty| quote_spanned!(ty.span()=> constant::<#ty>();));
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Constant for #name #type_generics #where_clause {}

        const _: () = {
            #[allow(dead_code, clippy::extra_unused_lifetimes, clippy::extra_unused_type_parameters, reason = "compiled, not called")]
            fn fields #impl_generics () #where_clause {
                fn constant<__Field: #runtime::Constant + ?::core::marker::Sized>() {}
                #(#checks)*
            }
        };
    })
}

/// The types of all fields.
fn types(data: &Data) -> Result<Vec<&Type>> {
    fn of(fields: &Fields) -> impl Iterator<Item = &Type> {
        fields.iter().map(|field| &field.ty)
    }
    match data {
        Data::Struct(data) => Ok(of(&data.fields).collect()),
        Data::Enum(data) => Ok(data.variants.iter().flat_map(|variant| of(&variant.fields)).collect()),
        Data::Union(data) => Err(Error::new(
            data.union_token.span,
            "what a union holds does not show: write an enum, or a struct with one field per value",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_asked() {
        let expanded = expand(&parse_quote!(
            enum Schedule<T> {
                Fixed,
                Steps(u32, Vec<T>),
                Then { next: Box<Schedule<T>> },
            }
        ))
        .to_string();
        for ty in ["constant :: < u32 >", "constant :: < Vec < T > >", "constant :: < Box < Schedule < T > > >"] {
            assert!(expanded.contains(ty), "{expanded}");
        }
        assert!(
            expanded.contains("Constant for Schedule < T > where T : :: autodiff_runtime :: Constant"),
            "{expanded}"
        );
    }

    #[test]
    fn unions_are_refused() {
        let error = try_expand(&parse_quote!(
            union Bits {
                float: f32,
                bits: u32,
            }
        ))
        .expect_err("must be refused");
        assert!(error.to_string().contains("write an enum"));
    }
}
