//! The compiler behind `#[differentiate]`.

mod analysis;
mod bug;
mod codegen;
mod derive;
mod diag;
mod dump;
mod fence;
mod fold;
mod ir;
mod lower;
mod options;
mod rules;
mod signature;
mod simplify;
#[cfg(test)]
mod tests;
mod transform;

/// Derives `autodiff_runtime::Differentiable` for a struct, so that functions can be differentiated with respect to it.
///
/// The gradient of a struct is a struct of the same type: floats, arrays, tuples, `Vec`s and derived structs in it are
/// active; integers, `bool`, `char`, strings (and references, slices, arrays and `Option`s of them) are constant, and so
/// is a field with `#[constant]`. Constant fields are copied into the gradient and ignored.
///
/// Type parameters of active fields get the bound `Differentiable`, those of `#[constant]` fields `Clone`.
/// `#[differentiable(crate = path)]` above the struct names the runtime where the dependency was renamed.
///
/// Enums and unions are refused.
#[proc_macro_derive(Differentiable, attributes(constant, differentiable))]
pub fn derive_differentiable(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::expand(&syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
