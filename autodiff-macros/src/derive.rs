//! `#[derive(Differentiable)]`: a struct as a tree of floats.
//!
//! ```text
//! #[derive(Differentiable)]
//! struct Layer<T> { weights: Vec<T>, bias: T, size: usize, #[constant] decay: f64 }
//! ```
//!
//! expands to an `impl<T> ::autodiff_runtime::Differentiable for Layer<T> where T: ::autodiff_runtime::Differentiable`
//! whose methods do to `weights` and `bias`, in this order, what they are asked to do to the struct, and which copies
//! `size` and `decay` into new values.
//!
//! A field is constant by the rule for parameters: integers, `bool`, `char`, strings, references, slices, arrays and
//! `Option`s of these, and whatever carries `#[constant]`. As the macro sees tokens and no types, a field that looks
//! constant is copied through the runtime's `constant`, which no float can pass.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Data, DeriveInput, Error, Field, Fields, GenericArgument, Generics, Ident, Index, Member, Path, PathArguments,
    Result, Type, TypePath, parse_quote, spanned::Spanned, visit::Visit,
};

/// The entry point: the `impl`, or all errors at once.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    try_expand(input).unwrap_or_else(Error::into_compile_error)
}

fn try_expand(input: &DeriveInput) -> Result<TokenStream> {
    let runtime = runtime_path(input)?;
    let parts = parts(struct_fields(input)?)?;
    if !parts.iter().any(Part::is_active) {
        return Err(Error::new(
            input.ident.span(),
            format!(
                "`{}` holds no float to differentiate with respect to: leave the derive away and pass values of this type as \
                 `#[constant]` parameters",
                input.ident
            ),
        ));
    }
    Ok(implementation(input, &runtime, &parts))
}

/// How a field takes part.
enum Role {
    /// Differentiated.
    Active,
    /// Constant by its type; the type has no float in it, which rustc checks.
    ConstantByType,
    /// Constant by `#[constant]`.
    ConstantByAttribute,
}

/// A field.
struct Part<'a> {
    member: Member,
    ty: &'a Type,
    role: Role,
}

impl Part<'_> {
    fn is_active(&self) -> bool {
        matches!(self.role, Role::Active)
    }

    /// The field's name in paths and shapes: `"weights"`, or `"0"` in a tuple struct.
    fn name(&self) -> String {
        match &self.member {
            Member::Named(name) => name.to_string().trim_start_matches("r#").to_owned(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }
}

fn struct_fields(input: &DeriveInput) -> Result<&Fields> {
    match &input.data {
        Data::Struct(data) => Ok(&data.fields),
        Data::Enum(data) => Err(Error::new(
            data.enum_token.span,
            "an enum has no gradient of its own shape: which variant it is cannot change smoothly. Write a struct that holds the \
             parameters of every variant, and keep the choice in a `#[constant]` field, of an enum with `#[derive(Constant)]`",
        )),
        Data::Union(data) => Err(Error::new(
            data.union_token.span,
            "a union cannot be differentiated with respect to: write a struct with one field per value",
        )),
    }
}

/// `::autodiff_runtime`, or the path of `#[differentiable(crate = path)]`.
pub(crate) fn runtime_path(input: &DeriveInput) -> Result<Path> {
    let mut path: Path = parse_quote!(::autodiff_runtime);
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("differentiable")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error("unknown option: `#[differentiable(crate = path)]` is the only one"));
            }
            path = meta.value()?.call(Path::parse_mod_style)?;
            Ok(())
        })?;
    }
    Ok(path)
}

fn parts(fields: &Fields) -> Result<Vec<Part<'_>>> {
    let mut parts = Vec::with_capacity(fields.len());
    let mut errors: Option<Error> = None;
    for (index, field) in fields.iter().enumerate() {
        let member = match &field.ident {
            Some(name) => Member::Named(name.clone()),
            None => Member::Unnamed(Index { index: index as u32, span: field.ty.span() }),
        };
        match role(field) {
            Ok(role) => parts.push(Part { member, ty: &field.ty, role }),
            Err(error) => match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            },
        }
    }
    errors.map_or(Ok(parts), Err)
}

fn role(field: &Field) -> Result<Role> {
    for attribute in &field.attrs {
        if attribute.path().is_ident("constant") {
            attribute.meta.require_path_only()?;
            return Ok(Role::ConstantByAttribute);
        }
        if attribute.path().is_ident("differentiable") {
            return Err(Error::new_spanned(
                attribute,
                "`#[differentiable(..)]` belongs above the struct; a field that is not to be differentiated carries `#[constant]`",
            ));
        }
    }
    if is_constant(&field.ty) {
        return Ok(Role::ConstantByType);
    }
    let advice = match bare(&field.ty) {
        Type::Reference(_) => "a reference cannot hold a gradient: own the data (`Vec<f64>` for `&[f64]`)",
        Type::Ptr(_) => "a pointer cannot hold a gradient: own the data",
        Type::BareFn(_) => "a function pointer has no derivative",
        Type::Slice(_) => "a slice cannot hold a gradient: own the data in a `Vec`",
        Type::TraitObject(_) => "a trait object cannot be differentiated with respect to: name the type",
        _ => return Ok(Role::Active),
    };
    Err(Error::new(field.ty.span(), format!("{advice}; or write `#[constant]` before the field")))
}

/// `ty` without parentheses and invisible groups.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        other => other,
    }
}

/// Whether the tokens of `ty` say that it holds no float.
fn is_constant(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(reference) => is_constant(&reference.elem),
        Type::Slice(slice) => is_constant(&slice.elem),
        Type::Array(array) => is_constant(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_constant),
        Type::Path(TypePath { qself: None, path }) => is_constant_path(path),
        _ => false,
    }
}

fn is_constant_path(path: &Path) -> bool {
    const CONSTANTS: [&str; 16] = [
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "bool", "char", "str",
        "String",
    ];
    let Some(last) = path.segments.last() else { return false };
    match &last.arguments {
        PathArguments::None => CONSTANTS.iter().any(|name| last.ident == name),
        PathArguments::AngleBracketed(_) if last.ident == "PhantomData" => true,
        PathArguments::AngleBracketed(arguments) if last.ident == "Option" => {
            arguments.args.iter().all(|argument| matches!(argument, GenericArgument::Type(ty) if is_constant(ty)))
        }
        _ => false,
    }
}

fn implementation(input: &DeriveInput, runtime: &Path, parts: &[Part<'_>]) -> TokenStream {
    let name = &input.ident;
    let generics = bounded(&input.generics, runtime, parts);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();

    let differentiable = quote!(#runtime::Differentiable);
    let active: Vec<&Part<'_>> = parts.iter().filter(|part| part.is_active()).collect();
    let members: Vec<&Member> = active.iter().map(|part| &part.member).collect();
    let types: Vec<&Type> = active.iter().map(|part| part.ty).collect();
    let names: Vec<String> = active.iter().map(|part| part.name()).collect();

    let scalar = widest(&types, runtime);
    let struct_name = name.to_string();
    let zeros = parts.iter().map(|part| {
        let member = &part.member;
        let copy = quote!(::core::clone::Clone::clone(&self.#member));
        let value = match part.role {
            Role::Active => quote!(#differentiable::zeros_like(&self.#member)),
            Role::ConstantByType => quote!(#runtime::__private::constant(#copy)),
            Role::ConstantByAttribute => copy,
        };
        quote!(#member: #value)
    });
    let (visitor, other) = (Ident::new("visitor", Span::mixed_site()), Ident::new("other", Span::mixed_site()));
    let constants: Vec<&Member> =
        (parts.iter()).filter(|part| matches!(part.role, Role::ConstantByAttribute)).map(|part| &part.member).collect();
    let has_constants = !constants.is_empty();
    // A type parameter of the method: it must not capture the struct's.
    let walk = Ident::new("__Visitor", Span::mixed_site());

    quote! {
        #[automatically_derived]
        impl #impl_generics #differentiable for #name #type_generics #where_clause {
            type Scalar = #scalar;

            const STATIC_SHAPE: ::core::primitive::bool = #(<#types as #differentiable>::STATIC_SHAPE)&&*;

            const CONSTANT_FLOATS: ::core::primitive::bool =
                #has_constants #(|| <#types as #differentiable>::CONSTANT_FLOATS)*;

            fn set_constants(&mut self, #other: ::core::option::Option<&Self>) {
                #(#differentiable::set_constants(&mut self.#members, #other.map(|#other| &#other.#members));)*
                #(
                    match #other {
                        ::core::option::Option::Some(#other) => {
                            ::core::clone::Clone::clone_from(&mut self.#constants, &#other.#constants);
                        }
                        ::core::option::Option::None => {
                            #[allow(unused_imports, reason = "only some constants need the fallback")]
                            use #runtime::__private::ClearNothing as _;
                            #runtime::__private::Clear(&mut self.#constants).clear();
                        }
                    }
                )*
            }

            fn accumulate_constants(&mut self, #other: &Self) {
                #(#differentiable::accumulate_constants(&mut self.#members, &#other.#members);)*
                #(
                    {
                        #[allow(unused_imports, reason = "only some constants need the fallback")]
                        use #runtime::__private::ClearNothing as _;
                        #runtime::__private::Clear(&mut self.#constants).add(&#other.#constants);
                    }
                )*
            }

            #[inline]
            fn zeros_like(&self) -> Self {
                Self { #(#zeros),* }
            }

            #[inline]
            fn visit<#walk: #runtime::Visitor>(&self, #visitor: &mut #walk) {
                #(
                    #runtime::Visitor::enter(#visitor, #runtime::Step::Field(#names));
                    #differentiable::visit(&self.#members, #visitor);
                    #runtime::Visitor::leave(#visitor);
                )*
            }

            #[inline]
            fn visit_mut<#walk: #runtime::VisitorMut>(&mut self, #visitor: &mut #walk) {
                #(#differentiable::visit_mut(&mut self.#members, #visitor);)*
            }

            #[inline]
            fn zip_mut<#walk: #runtime::ZipVisitor>(&mut self, #other: &Self, #visitor: &mut #walk) {
                #(#differentiable::zip_mut(&mut self.#members, &#other.#members, #visitor);)*
            }

            #[inline]
            fn same_shape(&self, #other: &Self) -> ::core::primitive::bool {
                #(#differentiable::same_shape(&self.#members, &#other.#members))&&*
            }

            fn shape(&self) -> #runtime::Shape {
                #runtime::Shape::Struct(
                    #struct_name,
                    #runtime::__private::vec![#((#names, #differentiable::shape(&self.#members))),*],
                )
            }
        }
    }
}

/// The widest scalar of the active fields: `<A::Scalar as Scalar>::Widen<<B::Scalar as Scalar>::Widen<C::Scalar>>`.
fn widest(types: &[&Type], runtime: &Path) -> TokenStream {
    types
        .iter()
        .map(|ty| quote!(<#ty as #runtime::Differentiable>::Scalar))
        .rev()
        .reduce(|widest, scalar| quote!(<#scalar as #runtime::Scalar>::Widen<#widest>))
        .unwrap_or_default()
}

/// The struct's generics, each type parameter with what the fields that mention it need: `Differentiable` for an active
/// field, `Clone` for a constant one.
fn bounded(generics: &Generics, runtime: &Path, parts: &[Part<'_>]) -> Generics {
    let mut bounded = generics.clone();
    for parameter in generics.type_params() {
        let name = &parameter.ident;
        let mentions = |part: &&Part<'_>| mentions(part.ty, name);
        let clause = bounded.make_where_clause();
        if parts.iter().filter(|part| part.is_active()).any(|part| mentions(&part)) {
            clause.predicates.push(parse_quote!(#name: #runtime::Differentiable));
        }
        if parts.iter().filter(|part| matches!(part.role, Role::ConstantByAttribute)).any(|part| mentions(&part)) {
            clause.predicates.push(parse_quote!(#name: ::core::clone::Clone));
        }
    }
    bounded
}

fn mentions(ty: &Type, parameter: &Ident) -> bool {
    struct Finder<'a> {
        parameter: &'a Ident,
        found: bool,
    }

    impl Visit<'_> for Finder<'_> {
        fn visit_ident(&mut self, ident: &Ident) {
            self.found |= ident == self.parameter;
        }

        fn visit_macro(&mut self, node: &syn::Macro) {
            // A macro in type position may expand to anything that its tokens name.
            self.found |= node.tokens.to_token_stream().to_string().contains(&self.parameter.to_string());
        }
    }

    let mut finder = Finder { parameter, found: false };
    finder.visit_type(ty);
    finder.found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(input: DeriveInput) -> String {
        expand(&input).to_string()
    }

    /// The message of the refusal.
    fn refused(input: DeriveInput) -> String {
        let error = try_expand(&input).expect_err("must be refused");
        error.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn constants_are_told_by_type() {
        let constants: [Type; 8] = [
            parse_quote!(usize),
            parse_quote!(&'static str),
            parse_quote!(std::string::String),
            parse_quote!([[u8; 3]; 2]),
            parse_quote!(Option<(bool, char)>),
            parse_quote!(&[i32]),
            parse_quote!(PhantomData<T>),
            parse_quote!((u64)),
        ];
        assert!(constants.iter().all(is_constant));
        let active: [Type; 6] = [
            parse_quote!(f64),
            parse_quote!(Vec<usize>),
            parse_quote!(Option<f32>),
            parse_quote!([f64; 3]),
            parse_quote!((u8, f64)),
            parse_quote!(T),
        ];
        assert!(!active.iter().any(is_constant));
    }

    #[test]
    fn enums_unions_and_borrows_are_refused_with_advice() {
        assert!(
            refused(parse_quote!(
                enum E {
                    A(f64),
                }
            ))
            .contains("Write a struct")
        );
        assert!(refused(parse_quote!(union U { a: f64 })).contains("write a struct"));
        assert!(
            refused(parse_quote!(
                struct S {
                    n: usize,
                }
            ))
            .contains("holds no float")
        );
        assert!(
            refused(parse_quote!(
                #[differentiable(krate = x)]
                struct S {
                    x: f64,
                }
            ))
            .contains("unknown option")
        );
        let both = refused(parse_quote!(
            struct S<'a> {
                x: &'a [f64],
                f: fn(f64) -> f64,
            }
        ));
        assert!(both.contains("own the data") && both.contains("function pointer"), "{both}");
    }

    #[test]
    fn bounds_go_to_the_parameters_that_need_them() {
        let text = expanded(parse_quote! {
            struct S<T, U, V> { x: Vec<T>, #[constant] c: U, marker: PhantomData<V> }
        });
        assert!(
            text.contains("where T : :: autodiff_runtime :: Differentiable , U : :: core :: clone :: Clone {"),
            "{text}"
        );
    }

    #[test]
    fn a_renamed_runtime_is_named() {
        let text = expanded(parse_quote!(
            #[differentiable(crate = facade::ad)]
            struct S(f64);
        ));
        assert!(text.contains("facade :: ad :: Differentiable for S") && !text.contains("autodiff_runtime"), "{text}");
    }
}
