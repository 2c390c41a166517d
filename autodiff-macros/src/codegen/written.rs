//! Jacobians of functions that write behind `&mut`.
//!
//! What such a function gives is its result and the final values of what it writes; what it is given are the initial values
//! among the other active parameters. So the Jacobian is a tuple: the result with every float replaced by a gradient, if
//! there is a result, and then, for each `&mut` parameter in order, its type with every float replaced by a gradient. Where
//! that is one part, it is not in a tuple. The arguments end with the function's output, as in `vjp_into` and `jvp`.
//!
//! Each product begins with a copy of the initial values.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::expr::{number, ty_tokens};
use super::hessian::is_opaque;
use super::jacobian::{assembled, rows_type, several, zero};
use super::signature::{Interface, Kind, Signed, gradient};
use crate::signature::{Shape, SigParam};

/// The names that go with a `&mut` parameter.
struct Written<'s> {
    param: &'s SigParam,
    /// A copy of the initial value.
    start: Ident,
    /// The copy that a product writes to, its tangent or shadow.
    work: Ident,
    moving: Ident,
}

impl Interface<'_> {
    /// `J`: the result, and what is written, with every float replaced by the gradient.
    pub(super) fn jacobian_of_written(&self) -> TokenStream {
        let (g, rt) = (self.gradients(), &self.rt);
        let result = (!self.sig.ret.is_unit()).then(|| rows_type(&self.result_shape(), &g, rt));
        let written = self.sig.params.iter().filter(|p| p.by_mut).map(|p| rows_type(&p.shape, &g, rt));
        several(&result.into_iter().chain(written).collect::<Vec<_>>())
    }

    /// The body of `jacobian`.
    pub(super) fn jacobian_of_written_body(&self, signed: &Signed) -> TokenStream {
        let (rt, g, result) = (&self.rt, self.gradients(), self.result_shape());
        let mut names = signed.names.clone();
        let span = self.sig.ident.span();
        let [y, y_dot, seed, unit, rows, given] =
            ["y", "y_dot", "seed", "direction", "rows", "seed"].map(|hint| names.fresh(hint, span));
        let written: Vec<Option<Written<'_>>> = (self.sig.params.iter())
            .map(|param| {
                let mut local = |suffix: &str| names.fresh(&format!("{}_{suffix}", param.ident), param.ident.span());
                param.by_mut.then(|| Written { param, start: local("start"), work: local("end"), moving: local("dot") })
            })
            .collect();
        let starts = written.iter().zip(&signed.args).filter_map(|(written, arg)| {
            let start = &written.as_ref()?.start;
            Some(quote!(let #start = #rt::ToOwned::to_owned(&*#arg);))
        });
        let kept: Vec<&Written<'_>> = written.iter().flatten().collect();
        let works = kept
            .iter()
            .map(|Written { start, work, .. }| quote!(let mut #work = ::core::clone::Clone::clone(&#start);));
        let works: TokenStream = works.collect();
        let args: Vec<TokenStream> = (self.cloned(signed).into_iter().zip(&written))
            .map(|(arg, written)| match written {
                Some(Written { work, .. }) => quote!(&mut #work),
                None => arg,
            })
            .collect();

        // Forward: a direction for each active parameter.
        let (mut zeros, mut dots, mut tangents, mut moving) = (Vec::new(), Vec::new(), Vec::new(), TokenStream::new());
        // Reverse: a shadow for each.
        let (mut shadows, mut slots, mut gradients) = (TokenStream::new(), Vec::new(), Vec::new());
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        for ((p, arg), written) in self.sig.params.iter().zip(&signed.args).zip(&written) {
            if !p.active {
                tangents.push(quote!(#rt::Off));
                slots.push(quote!(#rt::Off));
                continue;
            }
            let dot = names.fresh(&format!("{}_dot", p.ident), p.ident.span());
            let of = written.as_ref().map_or(arg, |written| &written.start);
            zeros.push(match (&p.shape, written) {
                (Shape::Scalar(ty), _) => number(0.0, *ty, rt),
                (_, Some(_)) => quote!(#rt::zeros(&#of)),
                (_, None) => self.zero(p, arg),
            });
            if let Some(Written { moving: mark, .. }) = written {
                moving.extend(quote!(let mut #mark = ::core::clone::Clone::clone(#dot);));
                tangents.push(quote!(&mut #mark));
                slots.push(quote!(&mut #mark));
                gradients.push(quote!(#mark));
                if is_opaque(&p.shape) {
                    before.extend(quote!(#rt::clear_constants(&mut #mark);));
                    after.extend(quote!(#rt::copy_constants(&mut #mark, &#of);));
                }
            } else {
                tangents.push(quote!(#dot));
                let bar = names.fresh(&format!("{}_bar", p.ident), p.ident.span());
                let whole = matches!(p.shape, Shape::Slice(_) | Shape::Vec(_)).then(|| quote!([..]));
                let zero = self.zero(p, arg);
                let ty = match p.shape {
                    Shape::Scalar(ty) => {
                        let ty = ty_tokens(ty);
                        quote!(: #ty)
                    }
                    _ => TokenStream::new(),
                };
                shadows.extend(quote!(let mut #bar #ty = #zero;));
                slots.push(quote!(&mut #bar #whole));
                if let Some((constants, keep)) = self.kept(p, arg, &quote!(&mut #bar), &mut names) {
                    before.extend(constants);
                    after.extend(keep);
                }
                gradients.push(quote!(#bar));
            }
            dots.push(quote!(#dot));
        }

        let original = self.original();
        let outcome = (self.cloned(signed).into_iter().zip(&self.sig.params))
            .map(|(arg, p)| if p.by_mut { quote!(&mut *#arg) } else { arg });
        let unit_result = self.sig.ret.is_unit();
        let zero_result = if unit_result { quote!(()) } else { zero(&result, &quote!(#y), rt) };
        let zero_written = kept.iter().map(|Written { param, start, .. }| match &param.shape {
            Shape::Scalar(ty) => number(0.0, *ty, rt),
            _ => quote!(#rt::zeros(&#start)),
        });
        let result_type = if unit_result { quote!(()) } else { self.float_parts() };
        let written_types = kept.iter().map(|written| gradient(&written.param.shape, rt));
        let s = quote!((#result_type, #(#written_types,)*));
        let marks: Vec<&Ident> = kept.iter().map(|written| &written.moving).collect();
        let (f, jvp, vjp) = (self.witness(), self.derivative(Kind::HiddenJvp), self.derivative(Kind::HiddenVjp));
        let given_seed = if unit_result { quote!(()) } else { self.seed_of(&given) };
        let (direction, dots, gradients) = (several(&zeros), several(&dots), several(&gradients));
        let result_rows = (!unit_result).then(|| assembled(&result, &quote!(#seed.0), &rows, &mut names, rt));
        let mut parts: Vec<TokenStream> = result_rows.into_iter().collect();
        for (k, written) in kept.iter().enumerate() {
            let k = proc_macro2::Literal::usize_unsuffixed(k + 1);
            parts.push(assembled(&written.param.shape, &quote!(#seed.#k), &rows, &mut names, rt));
        }
        let jacobian = several(&parts);
        quote! {
            #(#starts)*
            let #y = #original(#(#outcome),*);
            let #seed: #s = (#zero_result, #(#zero_written,)*);
            let #unit: #g = #direction;
            let mut #rows = #rt::rows(
                #unit,
                &#seed,
                |#dots: &#g| -> #s {
                    #works
                    #moving
                    let (_, #y_dot) = #jvp(#f #(#args,)* #(#tangents),*);
                    (#y_dot, #(#marks,)*)
                },
                |(#given, #(mut #marks,)*): #s| -> #g {
                    #works
                    #shadows
                    #before
                    let _ = #vjp(#f #(#args,)* #given_seed, #(#slots),*);
                    #after
                    #gradients
                },
            );
            #jacobian
        }
    }
}
