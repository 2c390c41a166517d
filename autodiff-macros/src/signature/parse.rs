//! From `syn`'s signature to ours: shapes, activity by type, and what is refused.

use proc_macro2::{Ident, Span};
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;

use super::{ByHand, Owner, Shape, SigParam, SigRet, Signature, by_hand, generics};
use crate::diag::Diag;
use crate::ir::{Float, Int, Ty};
use crate::options::Options;

impl Signature {
    /// Reads the signature of `item`. `None` if a mistake in it (which is reported) leaves no signature to speak of.
    pub(crate) fn parse(
        item: &syn::ItemFn,
        owner: Option<&Owner>,
        options: &Options,
        diag: &mut Diag,
    ) -> Option<Signature> {
        refuse_qualifiers(&item.sig, diag);
        let mut unused: Vec<&Ident> = options.constants.iter().collect();
        let type_params: Vec<Ident> = item.sig.generics.type_params().map(|param| param.ident.clone()).collect();
        let mut params = Vec::new();
        let mut complete = true;
        for (i, input) in item.sig.inputs.iter().enumerate() {
            match input {
                syn::FnArg::Receiver(receiver) => {
                    if owner.is_none() {
                        diag.error(
                            receiver,
                            "a method is differentiated with its `impl` block: write `#[differentiate] impl ..`",
                        );
                        complete = false;
                        continue;
                    }
                    let before = unused.len();
                    unused.retain(|constant| *constant != "self");
                    match self_param(receiver, unused.len() < before, diag) {
                        Some(param) => params.push(param),
                        None => complete = false,
                    }
                }
                syn::FnArg::Typed(input) => {
                    let listed = pattern_name(&input.pat).is_some_and(|name| {
                        let before = unused.len();
                        unused.retain(|constant| *constant != name);
                        unused.len() < before || options.constants.contains(name)
                    });
                    match param(i, input, listed, &type_params, diag) {
                        Some(param) => params.push(param),
                        None => complete = false,
                    }
                }
            }
        }
        for name in unused {
            diag.error(
                name,
                format_args!("`constant({name})`: no parameter is called `{name}`; name one of `{}`", item.sig.ident),
            );
        }
        if complete && !params.iter().any(|p| p.active) {
            diag.error(
                &item.sig.ident,
                "there is nothing to differentiate with respect to: every parameter is a constant (`bool`, integers, `char`, \
                 strings and `#[constant]` ones are); give it a float, an array of floats or a `#[derive(Differentiable)]` struct",
            );
            complete = false;
        }
        let writes = params.iter().any(|param| param.by_mut);
        let ret = result(&item.sig, writes, diag);
        if !complete {
            return None;
        }
        let runtime = options.runtime.clone().unwrap_or_else(|| syn::parse_quote!(::autodiff_runtime));
        let mut generics = item.sig.generics.clone();
        let mut bounds = generics::predicates(&generics, owner.is_none(), &runtime);
        if let Some(owner) = owner {
            bounds.extend(generics::predicates(&owner.generics, false, &runtime));
        }
        if !bounds.is_empty() {
            generics.make_where_clause().predicates.extend(bounds);
        }
        let order = options.order.unwrap_or(1);
        let ret = ret?;
        let by_hand = by_hand::read(options, item, &params, &ret, diag);
        let memory = ret.has_memory() || params.iter().any(|param| param.by_mut);
        if order > 1 && memory && matches!(by_hand, Some(ByHand::Products { .. })) {
            diag.unsupported(
                &item.sig.ident,
                "second derivatives of a function with `vjp` and `jvp` that returns arrays or structs, or writes behind `&mut`",
                "return a float, or leave `order` out",
            );
        }
        Some(Signature {
            owner: owner.cloned(),
            vis: item.vis.clone(),
            ident: item.sig.ident.clone(),
            companion: options.name.clone().unwrap_or_else(|| item.sig.ident.clone()),
            runtime,
            generics,
            params,
            ret,
            order,
            companions: options.companions.clone(),
            by_hand,
        })
    }
}

/// `async`, `unsafe`, generics and so on.
fn refuse_qualifiers(sig: &syn::Signature, diag: &mut Diag) {
    if let Some(token) = &sig.asyncness {
        diag.unsupported(token, "`async fn`", "write a plain `fn` and await outside of it");
    }
    if let Some(token) = &sig.unsafety {
        diag.unsupported(token, "`unsafe fn`", "write a safe `fn`: the derivatives are safe code");
    }
    if let Some(token) = &sig.constness {
        diag.unsupported(token, "`const fn`", "leave out `const`: the derivatives are not `const`");
    }
    if let Some(abi) = &sig.abi {
        diag.unsupported(abi, "functions of another ABI", "write a plain `fn` and call it from the exported one");
    }
    for lifetime in sig.generics.lifetimes().filter(|lifetime| !lifetime.bounds.is_empty()) {
        diag.unsupported(lifetime, "bounds of lifetimes", "give the parameters one lifetime, or leave lifetimes out");
    }
}

/// The name in `x` and `mut x`.
fn pattern_name(pat: &syn::Pat) -> Option<&Ident> {
    match pat {
        syn::Pat::Ident(pat) => Some(&pat.ident),
        syn::Pat::Paren(pat) => pattern_name(&pat.pat),
        _ => None,
    }
}

/// `self`, `&self`, `&mut self`.
fn self_param(receiver: &syn::Receiver, listed: bool, diag: &mut Diag) -> Option<SigParam> {
    if receiver.colon_token.is_some() {
        diag.unsupported(receiver, "`self` with a type", "write `self`, `&self` or `&mut self`");
        return None;
    }
    let constant = listed || receiver.attrs.iter().any(|attr| attr.path().is_ident("constant"));
    let (by_ref, by_mut) =
        (receiver.reference.is_some(), receiver.reference.is_some() && receiver.mutability.is_some());
    if constant && by_mut {
        diag.unsupported(receiver, "constants behind `&mut`", "return what is written");
        return None;
    }
    Some(SigParam {
        ident: Ident::new("self", receiver.self_token.span),
        ty: (*receiver.ty).clone(),
        shape: Shape::Named(Box::new(syn::parse_quote!(Self))),
        by_ref,
        by_mut,
        active: !constant,
        marked: constant,
        is_mem: !constant,
    })
}

fn param(i: usize, input: &syn::PatType, listed: bool, type_params: &[Ident], diag: &mut Diag) -> Option<SigParam> {
    let mut marked = listed;
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("constant")) {
        if !matches!(attr.meta, syn::Meta::Path(_)) {
            diag.error(attr, "`#[constant]` takes no arguments: write `#[constant]`");
        }
        marked = true;
    }
    let ident = match pattern_name(&input.pat) {
        Some(name) => name.clone(),
        None => format_ident!("argument_{}", i, span = Span::mixed_site()),
    };
    let mut ty = bare(&input.ty);
    let (mut by_ref, mut by_mut) = (false, false);
    if let syn::Type::Reference(reference) = ty {
        by_mut = reference.mutability.is_some();
        by_ref = true;
        ty = bare(&reference.elem);
    }
    if let syn::Type::ImplTrait(_) = ty {
        diag.unsupported(&input.ty, "`impl Trait` parameters", "write the type");
        return None;
    }
    let constant = marked || is_constant_by_type(ty);
    if constant && by_mut {
        diag.unsupported(
            &input.ty,
            "constants behind `&mut`",
            "return what is written, and make scratch memory in the function: `let mut scratch = vec![0.0; n];`",
        );
        return None;
    }
    let shape = if constant {
        shape_of(ty).unwrap_or_else(|| Shape::Named(Box::new(ty.clone())))
    } else {
        active_shape(ty, by_ref, by_mut, type_params, diag)?
    };
    let is_mem = match &shape {
        Shape::Scalar(_) => by_mut,
        Shape::Named(_) => !constant,
        shape => !constant || shape.is_numeric(),
    };
    Some(SigParam { ident, ty: (*input.ty).clone(), shape, by_ref, by_mut, active: !constant, marked, is_mem })
}

/// The shape of an active parameter, or a report.
fn active_shape(ty: &syn::Type, by_ref: bool, by_mut: bool, type_params: &[Ident], diag: &mut Diag) -> Option<Shape> {
    let Some(shape) = shape_of(ty) else {
        diag.unsupported(
            ty,
            format_args!("derivatives with respect to `{}`", text(ty)),
            "mark the parameter `#[constant]`, or write floats, arrays, slices, `Vec`s or tuples of them, or a \
             `#[derive(Differentiable)]` struct",
        );
        return None;
    };
    match &shape {
        Shape::Scalar(_) if by_ref && !by_mut => {
            diag.unsupported(
                ty,
                "references to a float as parameters",
                format_args!("take it by value: `{}`", text(ty)),
            );
            return None;
        }
        Shape::Slice(_) if !by_ref => {
            diag.error(ty, format_args!("a slice is passed by reference: write `&{}`", text(ty)));
            return None;
        }
        _ => {}
    }
    if let Some(name) = unbounded(&shape, type_params) {
        diag.error(
            ty,
            format_args!(
                "nothing says that `{name}` is a float: bound it, `{name}: num_traits::Float`, or mark the parameter `#[constant]`"
            ),
        );
        return None;
    }
    if shape.has_discrete_leaf() {
        diag.error(
            ty,
            format_args!(
                "`{}` holds numbers that are not floats and have no derivative: mark the parameter `#[constant]`, or pass \
                 them in a parameter of their own",
                text(ty)
            ),
        );
        return None;
    }
    Some(shape)
}

/// A type parameter in the shape that is no float, as far as its bounds show.
fn unbounded<'a>(shape: &'a Shape, type_params: &[Ident]) -> Option<&'a Ident> {
    match shape {
        Shape::Scalar(_) => None,
        Shape::Array(inner, _) | Shape::Slice(inner) | Shape::Vec(inner) => unbounded(inner, type_params),
        Shape::Tuple(parts) => parts.iter().find_map(|part| unbounded(part, type_params)),
        Shape::Named(ty) => match &**ty {
            syn::Type::Path(path) => path.path.get_ident().filter(|ident| type_params.contains(ident)),
            _ => None,
        },
    }
}

/// Without parentheses and invisible groups.
pub(crate) fn bare(ty: &syn::Type) -> &syn::Type {
    match ty {
        syn::Type::Paren(ty) => bare(&ty.elem),
        syn::Type::Group(ty) => bare(&ty.elem),
        _ => ty,
    }
}

/// `Vec`, of `Vec<T>` and `std::vec::Vec<T>`, with `T`.
fn generic<'a>(ty: &'a syn::TypePath, name: &str) -> Option<&'a syn::Type> {
    let last = ty.path.segments.last().filter(|_| ty.qself.is_none())?;
    let syn::PathArguments::AngleBracketed(args) = &last.arguments else {
        return None;
    };
    match (last.ident == name, args.args.len(), args.args.first()) {
        (true, 1, Some(syn::GenericArgument::Type(ty))) => Some(ty),
        _ => None,
    }
}

/// The scalar type that a path names: `f64`, `core::primitive::f64`.
pub(crate) fn scalar(ty: &syn::Type) -> Option<Ty> {
    let syn::Type::Path(ty) = bare(ty) else {
        return None;
    };
    let segments: Vec<String> = ty.path.segments.iter().map(|s| s.ident.to_string()).collect();
    let name = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [name] => name,
        ["core" | "std", "primitive", name] => name,
        _ => return None,
    };
    let plain = ty.qself.is_none() && ty.path.segments.iter().all(|s| s.arguments.is_none());
    if !plain {
        return None;
    }
    primitive(name).or_else(|| ty.path.get_ident().and_then(generics::float).map(Ty::Float))
}

/// The primitive scalar type of a name.
pub(super) fn primitive(name: &str) -> Option<Ty> {
    Some(match name {
        "f32" => Ty::Float(Float::F32),
        "f64" => Ty::Float(Float::F64),
        "bool" => Ty::Bool,
        _ => Ty::Int(int(name)?),
    })
}

fn int(name: &str) -> Option<Int> {
    Some(match name {
        "i8" => Int::I8,
        "i16" => Int::I16,
        "i32" => Int::I32,
        "i64" => Int::I64,
        "i128" => Int::I128,
        "isize" => Int::Isize,
        "u8" => Int::U8,
        "u16" => Int::U16,
        "u32" => Int::U32,
        "u64" => Int::U64,
        "u128" => Int::U128,
        "usize" => Int::Usize,
        _ => return None,
    })
}

/// The shape of a type; `None` for types that are neither numbers, aggregates of them nor a path.
pub(crate) fn shape_of(ty: &syn::Type) -> Option<Shape> {
    let ty = bare(ty);
    if let Some(scalar) = scalar(ty) {
        return Some(Shape::Scalar(scalar));
    }
    match ty {
        syn::Type::Array(array) => Some(Shape::Array(Box::new(shape_of(&array.elem)?), Box::new(array.len.clone()))),
        syn::Type::Slice(slice) => Some(Shape::Slice(Box::new(shape_of(&slice.elem)?))),
        syn::Type::Tuple(tuple) if !tuple.elems.is_empty() => {
            Some(Shape::Tuple(tuple.elems.iter().map(shape_of).collect::<Option<_>>()?))
        }
        syn::Type::Path(path) => match generic(path, "Vec") {
            Some(elem) => Some(Shape::Vec(Box::new(shape_of(elem)?))),
            None => Some(Shape::Named(Box::new(ty.clone()))),
        },
        _ => None,
    }
}

/// Whether a function has a result that is differentiated, and a parameter to differentiate with respect to, as far as the
/// types show.
pub(crate) fn is_numeric(sig: &syn::Signature) -> bool {
    let floats = |ty: &syn::Type| scalar(ty).is_some_and(|ty| ty.float().is_some());
    let result = match &sig.output {
        syn::ReturnType::Default => false,
        syn::ReturnType::Type(_, ty) => match bare(ty) {
            syn::Type::Tuple(tuple) => tuple.elems.iter().any(floats),
            ty => floats(ty),
        },
    };
    result && sig.inputs.iter().any(may_be_active)
}

/// Whether a function that those call which return floats is one of floats too: it returns what may hold some, or writes to
/// a parameter that may.
pub(crate) fn may_take_part(sig: &syn::Signature) -> bool {
    let is_mut = |input: &syn::FnArg| match input {
        syn::FnArg::Receiver(receiver) => receiver.reference.is_some() && receiver.mutability.is_some(),
        syn::FnArg::Typed(input) => matches!(&*input.ty, syn::Type::Reference(of) if of.mutability.is_some()),
    };
    match &sig.output {
        syn::ReturnType::Default => sig.inputs.iter().any(|input| is_mut(input) && may_be_active(input)),
        syn::ReturnType::Type(_, ty) => {
            let parts: Vec<&syn::Type> = match bare(ty) {
                syn::Type::Tuple(tuple) => tuple.elems.iter().collect(),
                ty => vec![ty],
            };
            let memory = |ty: &syn::Type| !is_constant_by_type(ty) && returned_shape(bare(ty)).is_some();
            let known = |ty: &&syn::Type| memory(ty) || scalar(ty).is_some() || is_constant_by_type(ty);
            let returned = parts.iter().all(known) && parts.iter().any(|ty| memory(ty));
            returned && sig.inputs.iter().any(may_be_active)
        }
    }
}

fn may_be_active(input: &syn::FnArg) -> bool {
    let constant = |attrs: &[syn::Attribute]| attrs.iter().any(|attr| attr.path().is_ident("constant"));
    match input {
        syn::FnArg::Receiver(receiver) => !constant(&receiver.attrs),
        syn::FnArg::Typed(input) => {
            let ty = match &*input.ty {
                syn::Type::Reference(of) => &of.elem,
                ty => ty,
            };
            !constant(&input.attrs) && !is_constant_by_type(ty)
        }
    }
}

/// `bool`, integers, `char`, `str`, `String`, and references, slices, arrays and `Option`s of them.
pub(crate) fn is_constant_by_type(ty: &syn::Type) -> bool {
    let ty = bare(ty);
    if let Some(scalar) = scalar(ty) {
        return scalar.float().is_none();
    }
    match ty {
        syn::Type::Reference(reference) => reference.mutability.is_none() && is_constant_by_type(&reference.elem),
        syn::Type::Slice(slice) => is_constant_by_type(&slice.elem),
        syn::Type::Array(array) => is_constant_by_type(&array.elem),
        syn::Type::Path(path) => match generic(path, "Option") {
            Some(inner) => is_constant_by_type(inner),
            None => is_text(path),
        },
        _ => false,
    }
}

fn is_text(path: &syn::TypePath) -> bool {
    let last = path.path.segments.last();
    path.qself.is_none()
        && last.is_some_and(|s| s.arguments.is_none() && ["char", "str", "String"].iter().any(|t| s.ident == t))
}

fn result(sig: &syn::Signature, writes: bool, diag: &mut Diag) -> Option<SigRet> {
    let instead = "return a float, an array or `Vec` of floats, a `#[derive(Differentiable)]` struct, or a tuple with one of these \
                   among its parts: `-> f64`, `-> Vec<f64>`, `-> (f64, usize)`";
    let unit: syn::Type = syn::parse_quote!(());
    let ty = match &sig.output {
        syn::ReturnType::Default if writes => &unit,
        syn::ReturnType::Default => {
            diag.error(&sig.ident, format_args!("the function returns nothing that has a derivative; {instead}"));
            return None;
        }
        syn::ReturnType::Type(_, ty) => bare(ty),
    };
    let (tuple, types): (bool, Vec<&syn::Type>) = match ty {
        syn::Type::Tuple(tuple) => (!tuple.elems.is_empty(), tuple.elems.iter().collect()),
        ty => (false, vec![ty]),
    };
    let (mut parts, mut shapes) = (Vec::new(), Vec::new());
    for part in &types {
        let shape = match (scalar(part), bare(part)) {
            (Some(scalar), _) => {
                parts.push(scalar);
                None
            }
            (None, syn::Type::Path(path)) if is_text(path) => {
                parts.push(Ty::Opaque);
                None
            }
            (None, part) => match returned_shape(part) {
                Some(shape) => {
                    parts.push(Ty::Opaque);
                    Some(shape)
                }
                None => {
                    diag.unsupported(part, format_args!("returning `{}`", text(part)), instead);
                    return None;
                }
            },
        };
        shapes.push(shape);
    }
    if !writes && shapes.iter().all(Option::is_none) && !parts.iter().any(|part| part.float().is_some()) {
        diag.error(ty, format_args!("`{}` has no derivative; {instead}", text(ty)));
        return None;
    }
    Some(SigRet { ty: ty.clone(), tuple, parts, shapes })
}

/// The shape of a part of a result that is memory: arrays and vectors of floats, and structs.
fn returned_shape(ty: &syn::Type) -> Option<Shape> {
    // Types of the standard library that a person may return and that have no derivatives.
    const FOREIGN: [&str; 10] =
        ["Option", "Result", "Box", "Rc", "Arc", "Cow", "HashMap", "BTreeMap", "VecDeque", "Ordering"];
    let shape = shape_of(ty)?;
    match &shape {
        Shape::Array(..) | Shape::Vec(_) if shape.is_numeric() && !shape.has_discrete_leaf() => Some(shape),
        Shape::Named(named) => match &**named {
            syn::Type::Path(path) => {
                let last = path.path.segments.last()?;
                (!FOREIGN.iter().any(|name| last.ident == name)).then_some(shape)
            }
            _ => None,
        },
        _ => None,
    }
}

/// A type as a person writes it.
pub(crate) fn text(tokens: &(impl ToTokens + Spanned)) -> String {
    tokens.span().source_text().unwrap_or_else(|| tidy(&tokens.to_token_stream().to_string()))
}

/// The token printer puts spaces everywhere; people do not.
fn tidy(text: &str) -> String {
    let mut text = text.to_owned();
    for (spaced, tight) in [
        (" :: ", "::"),
        ("& ", "&"),
        (" ;", ";"),
        (" ,", ","),
        (" < ", "<"),
        (" >", ">"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}
