//! The compiler behind `#[differentiate]`.

mod analysis;
mod bug;
mod clock;
mod codegen;
mod constant;
mod derive;
mod diag;
mod dump;
mod fence;
mod fold;
mod fragments;
mod ir;
mod lower;
mod maps;
mod methods;
mod options;
mod pipeline;
mod rules;
mod signature;
mod simplify;
#[cfg(test)]
mod tests;
mod transform;

/// Turns a function into itself plus its exact derivatives, at compile time.
///
/// The function stays as written; beside it appears a companion type of the same name whose associated functions are
/// the derivatives: `f::grad(args)`, `f::value_and_grad(args)`, `f::vjp(args, seed)`, `f::pullback(args)`,
/// `f::jvp(args, tangents)`, `f::trace(args)` and the `_into` forms that add to shadows of the caller's. See the documentation of
/// `autodiff_runtime`, which re-exports this attribute, for the shapes, the language and the rules.
///
/// Parameters of floating-point type, arrays, slices and vectors of them, tuples, and structs with
/// `#[derive(Differentiable)]` are active; `bool`, integers, `char` and strings are constants, and so is every parameter
/// with `#[constant]`.
///
/// # Arguments
///
/// - `order = 2`: second derivatives too: `f::hvp(args, directions)`, `f::hvp_into(args, directions, shadows)`,
///   `f::hessian(args)` and `f::value_grad_hessian(args)`. Every differentiated function that `f` calls needs it too;
/// - `constant(x, y)`: the same as `#[constant]` on the parameters `x` and `y`;
/// - `partials(df_dx, df_dy)`: derivatives by hand of a function of floats, a function `fn(args) -> T` for each active
///   parameter; with `order = 2`, they are differentiated themselves;
/// - `vjp = p, jvp = q`: derivatives by hand of any function, with the signatures of `f::vjp_into` and `f::jvp`;
/// - `companion(foo = path::foo_ad)`: the companion of the called function `foo` has another name;
/// - `name = foo_ad`: the companion's name, where `foo` is taken as a type;
/// - `crate = path`: the path of `autodiff_runtime` where the dependency was renamed;
/// - `dump`: print the generated code while compiling (as the environment variable `AUTODIFF_DUMP=1` does for every
///   function). `AUTODIFF_TIME=1` prints how long each expansion took.
#[proc_macro_attribute]
pub fn differentiate(args: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    clock::timed(item.into(), |item| pipeline::expand(args.into(), item)).into()
}

/// Derives `autodiff_runtime::Differentiable` for a struct, so that functions can be differentiated with respect to it.
///
/// The gradient of a struct is a struct of the same type: floats, arrays, tuples, `Vec`s and derived structs in it are
/// active; integers, `bool`, `char`, strings (and references, slices, arrays and `Option`s of them) are constant, and so
/// is a field with `#[constant]`. Constant fields are copied into the gradient and ignored.
///
/// Type parameters of active fields get the bound `Differentiable`, those of `#[constant]` fields `Clone`.
/// `#[differentiable(crate = path)]` above the struct names the runtime where the dependency was renamed.
///
/// A copy is taken for the same struct: `Clone` must copy the fields as they are.
///
/// Enums and unions are refused; an enum without floats is a constant by the derive of `Constant`.
#[proc_macro_derive(Differentiable, attributes(constant, differentiable))]
pub fn derive_differentiable(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::expand(&syn::parse_macro_input!(input as syn::DeriveInput)).into()
}

/// Says of a struct or enum that it holds no float, which rustc checks field by field: see the trait of this name.
///
/// `#[differentiable(crate = path)]` above the type names the runtime where the dependency was renamed.
#[proc_macro_derive(Constant, attributes(differentiable))]
pub fn derive_constant(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    constant::expand(&syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
