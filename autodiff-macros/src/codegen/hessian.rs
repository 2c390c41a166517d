//! Hessians: one Hessian-vector product a row, with the unit vectors for directions.
//!
//! The Hessian is the gradient with every float replaced by a gradient, so that `h[i][j]`, `h.0[i].1` read as what they
//! are. Where the fields of a struct cannot be told from its name, it is a list of rows in flat order.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::companion::Fresh;
use super::expr::number;
use super::names::Names;
use super::signature::{Interface, Kind, Signed, gradient};
use crate::ir::Ty;
use crate::signature::{Shape, SigParam};

/// Whether the leaves of the shape are not all in sight.
pub(super) fn is_opaque(shape: &Shape) -> bool {
    match shape {
        Shape::Scalar(_) => false,
        Shape::Array(inner, _) | Shape::Slice(inner) | Shape::Vec(inner) => is_opaque(inner),
        Shape::Tuple(parts) => parts.iter().any(is_opaque),
        Shape::Named(_) => true,
    }
}

impl Interface<'_> {
    fn active(&self) -> impl Iterator<Item = &SigParam> {
        self.sig.params.iter().filter(|p| p.active)
    }

    fn is_flat(&self) -> bool {
        self.active().any(|p| is_opaque(&p.shape))
    }

    /// `H`: the gradient with every float replaced by the gradient, or flat rows.
    pub(super) fn hessian(&self) -> TokenStream {
        let (g, rt, runtime) = (self.gradients(), &self.rt, &self.sig.runtime);
        if self.is_flat() {
            return quote!(#rt::Vec<#rt::Vec<<#g as #runtime::Differentiable>::Scalar>>);
        }
        let parts: Vec<TokenStream> = self.active().map(|p| rows_type(&p.shape, &g, rt)).collect();
        match parts.as_slice() {
            [one] => one.clone(),
            parts => quote!((#(#parts),*)),
        }
    }

    /// The body of `hessian`.
    pub(super) fn hessian_body(&self, signed: &Signed) -> TokenStream {
        let (prelude, rows) = self.rows(signed);
        quote!(#prelude #rows)
    }

    /// The body of `value_grad_hessian`: value and gradient once, then the products, which need neither.
    pub(super) fn value_grad_hessian_body(&self, signed: &Signed) -> TokenStream {
        let args = self.cloned(signed);
        let mut names = signed.names.clone();
        let [y, g, h] = ["y", "gradient", "hessian"].map(|hint| names.fresh(hint, self.sig.ident.span()));
        let (prelude, rows) = self.rows(signed);
        let (ty, value_and_grad) = (self.hessian(), self.derivative(Kind::ValueAndGrad));
        quote! {
            let (#y, #g) = #value_and_grad(#(#args),*);
            let #h: #ty = { #prelude #rows };
            (#y, #g, #h)
        }
    }

    /// The arguments for a call that is not the last.
    pub(super) fn cloned(&self, signed: &Signed) -> Vec<TokenStream> {
        let args = signed.args.iter().zip(&self.sig.params);
        args.map(|(arg, p)| match (&p.shape, p.by_ref) {
            (_, true) => quote!(#arg),
            (Shape::Scalar(ty), false) if *ty != Ty::Opaque => quote!(#arg),
            _ => quote!(::core::clone::Clone::clone(&#arg)),
        })
        .collect()
    }

    /// The direction, zero, and the product as a closure; and the rows.
    fn rows(&self, signed: &Signed) -> (TokenStream, TokenStream) {
        let (rt, g) = (&self.rt, self.gradients());
        let mut names = signed.names.clone();
        let span = self.sig.ident.span();
        let [direction, product] = ["direction", "product"].map(|hint| names.fresh(hint, span));
        let (mut zeros, mut dots) = (Vec::new(), Vec::new());
        let mut tangents = Vec::new();
        for (p, arg) in self.sig.params.iter().zip(&signed.args) {
            if !p.active {
                tangents.push(quote!(#rt::Off));
                continue;
            }
            zeros.push(self.zero(p, arg));
            let dot = names.fresh(&format!("{}_dot", p.ident), p.ident.span());
            tangents.push(quote!(#dot));
            dots.push(dot);
        }
        let tuple = |parts: &[TokenStream]| match parts {
            [one] => one.clone(),
            parts => quote!((#(#parts),*)),
        };
        let zero = tuple(&zeros);
        let dots = tuple(&dots.iter().map(|dot| quote!(#dot)).collect::<Vec<_>>());
        let args = self.cloned(signed);
        let row = self.product(signed, &args, &tangents, &mut names);
        let prelude = quote! {
            let mut #direction: #g = #zero;
            let #product = |#dots: &#g| -> #g { #row };
        };
        if self.is_flat() {
            return (prelude, quote!(#rt::flat_rows(#direction, #product)));
        }
        let row = Row { direction: &direction, product: &product };
        let several = zeros.len() > 1;
        let parts: Vec<TokenStream> = (self.active().enumerate())
            .map(|(k, p)| {
                let k = proc_macro2::Literal::usize_unsuffixed(k);
                let place = if several { quote!(#direction.#k) } else { quote!(#direction) };
                rows(&p.shape, &place, &row, &mut names, self.rt.clone())
            })
            .collect();
        (prelude, tuple(&parts))
    }

    /// A gradient of parameter `p`, all zero.
    pub(super) fn zero(&self, p: &SigParam, arg: &Ident) -> TokenStream {
        let rt = &self.rt;
        match &p.shape {
            Shape::Scalar(ty) => number(0.0, *ty, rt),
            _ if p.by_ref => quote!(#rt::zeros(#arg)),
            _ => quote!(#rt::zeros(&#arg)),
        }
    }

    /// The Hessian times the directions `tangents` (one a parameter), in new memory.
    pub(super) fn product(
        &self,
        signed: &Signed,
        args: &[TokenStream],
        tangents: &[TokenStream],
        names: &mut Names,
    ) -> TokenStream {
        let Fresh { new, slots, keep, gradients } = self.fresh_gradients(signed, names);
        let (f, hvp) = (self.witness(), self.derivative(Kind::HiddenHvp));
        quote! {
            #new
            #hvp(#f #(#args,)* #(#tangents,)* #(#slots),*);
            #keep
            #gradients
        }
    }
}

/// The variables of a Hessian's rows.
struct Row<'a> {
    direction: &'a Ident,
    product: &'a Ident,
}

fn rows_type(shape: &Shape, g: &TokenStream, rt: &TokenStream) -> TokenStream {
    match shape {
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
            let parts = parts.iter().map(|p| rows_type(p, g, rt));
            quote!((#(#parts,)*))
        }
        Shape::Named(_) => gradient(shape, rt),
    }
}

/// The rows for the floats of `place`, a part of the direction.
fn rows(shape: &Shape, place: &TokenStream, row: &Row<'_>, names: &mut Names, rt: TokenStream) -> TokenStream {
    let Row { direction, product } = row;
    match shape {
        Shape::Scalar(ty) => {
            let (zero, one) = (number(0.0, *ty, &rt), number(1.0, *ty, &rt));
            let result = names.fresh("row", direction.span());
            quote! {{
                #place = #one;
                let #result = #product(&#direction);
                #place = #zero;
                #result
            }}
        }
        // Rows of what is not all in sight are in flat order.
        Shape::Named(_) => TokenStream::new(),
        Shape::Array(inner, _) => {
            let i = names.fresh("i", direction.span());
            let inner = rows(inner, &quote!(#place[#i]), row, names, rt);
            quote!(::core::array::from_fn(|#i| #inner))
        }
        Shape::Slice(inner) | Shape::Vec(inner) => {
            let i = names.fresh("i", direction.span());
            let inner = rows(inner, &quote!(#place[#i]), row, names, rt.clone());
            quote!((0..#place.len()).map(|#i| #inner).collect::<#rt::Vec<_>>())
        }
        Shape::Tuple(parts) => {
            let parts = parts.iter().enumerate().map(|(k, part)| {
                let k = proc_macro2::Literal::usize_unsuffixed(k);
                rows(part, &quote!(#place.#k), row, names, rt.clone())
            });
            let parts: Vec<TokenStream> = parts.collect();
            quote!((#(#parts,)*))
        }
    }
}
