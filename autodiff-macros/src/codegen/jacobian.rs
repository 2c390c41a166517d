//! Jacobians: the product with one unit vector a row (reverse mode) or a column (forward mode), whichever are fewer.
//!
//! A Jacobian is the result with every float replaced by a gradient, so that `j.0`, `j[i]` read as what they are: a row for
//! each float of the result. Parts without floats are `()`, as in a seed. Where the fields of a struct in the result cannot
//! be told from its name, its rows are a list in flat order.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::expr::number;
use super::names::Names;
use super::signature::{Interface, Kind, Signed};
use crate::signature::{Shape, is_constant_by_type, shape_of};

impl Interface<'_> {
    pub(super) fn result_shape(&self) -> Shape {
        shape_of(&self.sig.ret.ty).unwrap_or_else(|| Shape::Named(Box::new(self.sig.ret.ty.clone())))
    }

    /// `J`: the result with every float replaced by the gradient.
    pub(super) fn jacobian(&self) -> TokenStream {
        if self.sig.writes() {
            return self.jacobian_of_written();
        }
        rows_type(&self.result_shape(), &self.gradients(), &self.rt)
    }

    /// The body of `jacobian`.
    pub(super) fn jacobian_body(&self, signed: &Signed) -> TokenStream {
        if self.sig.writes() {
            return self.jacobian_of_written_body(signed);
        }
        let (rt, g, s, shape) = (&self.rt, self.gradients(), self.float_parts(), self.result_shape());
        let (f, args) = (self.witness(), self.cloned(signed));
        let mut names = signed.names.clone();
        let span = self.sig.ident.span();
        let [y, seed, unit, rows, given] =
            ["y", "seed", "direction", "rows", "seed"].map(|hint| names.fresh(hint, span));
        // What is not all in sight has the shape of the value.
        let value = is_dynamic(&shape).then(|| {
            let original = self.original();
            quote!(let #y = #original(#(#args),*);)
        });
        let zero = zero(&shape, &quote!(#y), rt);
        let (mut zeros, mut dots, mut tangents) = (Vec::new(), Vec::new(), Vec::new());
        for (p, arg) in self.sig.params.iter().zip(&signed.args) {
            if !p.active {
                tangents.push(quote!(#rt::Off));
                continue;
            }
            zeros.push(self.zero(p, arg));
            let dot = names.fresh(&format!("{}_dot", p.ident), p.ident.span());
            tangents.push(quote!(#dot));
            dots.push(quote!(#dot));
        }
        let (direction, dots) = (several(&zeros), several(&dots));
        let (jvp, vjp) = (self.derivative(Kind::HiddenJvp), self.derivative(Kind::Vjp));
        let jacobian = assembled(&shape, &quote!(#seed), &rows, &mut names, rt);
        quote! {
            #value
            let #seed: #s = #zero;
            let #unit: #g = #direction;
            let mut #rows = #rt::rows(
                #unit,
                &#seed,
                |#dots: &#g| -> #s { #jvp(#f #(#args,)* #(#tangents),*).1 },
                |#given: #s| -> #g { #vjp(#(#args,)* #given).1 },
            );
            #jacobian
        }
    }
}

/// One, or a tuple.
pub(super) fn several(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [one] => one.clone(),
        parts => quote!((#(#parts),*)),
    }
}

/// Whether there is no float in it.
fn is_constant(shape: &Shape) -> bool {
    match shape {
        Shape::Scalar(ty) => ty.float().is_none(),
        Shape::Array(inner, _) | Shape::Slice(inner) | Shape::Vec(inner) => is_constant(inner),
        Shape::Tuple(parts) => parts.iter().all(is_constant),
        Shape::Named(ty) => is_constant_by_type(ty),
    }
}

/// Whether a zero of the shape takes a value of it.
fn is_dynamic(shape: &Shape) -> bool {
    match shape {
        shape if is_constant(shape) => false,
        Shape::Scalar(_) => false,
        Shape::Tuple(parts) => parts.iter().any(is_dynamic),
        Shape::Array(..) | Shape::Slice(_) | Shape::Vec(_) | Shape::Named(_) => true,
    }
}

pub(super) fn rows_type(shape: &Shape, g: &TokenStream, rt: &TokenStream) -> TokenStream {
    match shape {
        shape if is_constant(shape) => quote!(()),
        Shape::Scalar(_) => g.clone(),
        Shape::Array(inner, len) => {
            let inner = rows_type(inner, g, rt);
            quote!([#inner; #len])
        }
        Shape::Slice(inner) | Shape::Vec(inner) => {
            let inner = rows_type(inner, g, rt);
            quote!(#rt::Vec<#inner>)
        }
        Shape::Tuple(parts) => {
            let parts = parts.iter().map(|part| rows_type(part, g, rt));
            quote!((#(#parts,)*))
        }
        Shape::Named(_) => quote!(#rt::Vec<#g>),
    }
}

/// A zero seed, in the shape of `value`.
pub(super) fn zero(shape: &Shape, value: &TokenStream, rt: &TokenStream) -> TokenStream {
    match shape {
        shape if is_constant(shape) => quote!(()),
        Shape::Scalar(ty) => number(0.0, *ty, rt),
        Shape::Tuple(parts) => {
            let parts = parts.iter().enumerate().map(|(k, part)| {
                let k = proc_macro2::Literal::usize_unsuffixed(k);
                zero(part, &quote!(#value.#k), rt)
            });
            quote!((#(#parts,)*))
        }
        Shape::Array(..) | Shape::Slice(_) | Shape::Vec(_) | Shape::Named(_) => quote!(#rt::zeros(&#value)),
    }
}

/// The rows in the shape of the result; `place` is a part of the seed.
pub(super) fn assembled(
    shape: &Shape,
    place: &TokenStream,
    rows: &Ident,
    names: &mut Names,
    rt: &TokenStream,
) -> TokenStream {
    match shape {
        shape if is_constant(shape) => quote!(()),
        Shape::Scalar(_) => quote!(#rt::row(&mut #rows)),
        Shape::Array(inner, _) => {
            let i = names.fresh("i", rows.span());
            let inner = assembled(inner, &quote!(#place[#i]), rows, names, rt);
            quote!(::core::array::from_fn(|#i| #inner))
        }
        Shape::Slice(inner) | Shape::Vec(inner) => {
            let i = names.fresh("i", rows.span());
            let inner = assembled(inner, &quote!(#place[#i]), rows, names, rt);
            quote!((0..#place.len()).map(|#i| #inner).collect::<#rt::Vec<_>>())
        }
        Shape::Tuple(parts) => {
            let parts = parts.iter().enumerate().map(|(k, part)| {
                let k = proc_macro2::Literal::usize_unsuffixed(k);
                assembled(part, &quote!(#place.#k), rows, names, rt)
            });
            let parts: Vec<TokenStream> = parts.collect();
            quote!((#(#parts,)*))
        }
        Shape::Named(_) => quote!(#rt::rows_of(&#place, &mut #rows)),
    }
}
