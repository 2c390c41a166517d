//! The hidden functions: parameters to the variables of a body, results to what is returned or added to a slot.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use super::body::{Body, Entry, Hold, reserve_user_names};
use super::expr::{number, ty_tokens};
use super::hessian::is_opaque;
use super::inline::Inline;
use super::names::Names;
use super::signature::{Interface, Signed, gradient, referenced_scalar, shadow};
use crate::ir::{Func, Mark, Mem, Origin, Role, Slotted, Ty, Val};
use crate::signature::Shape;

impl Interface<'_> {
    /// The body of a hidden function that is `func`.
    pub(super) fn hidden_body(&self, func: &Func, signed: &Signed) -> TokenStream {
        let mut names = signed.names.clone();
        reserve_user_names(&func.body, &mut names);
        let mut entry = Entry {
            tape: signed.tape.clone(),
            recorder: signed.recorder.clone(),
            order: self.sig.order,
            ..Entry::default()
        };
        let inline = Inline::new(func);
        let mut prelude = TokenStream::new();
        let mut seeds: Vec<(usize, Val)> = Vec::new();
        let mut seed_dots: Vec<(usize, usize, Val)> = Vec::new();
        for param in &func.params {
            let (origin, marks) = (param.role.origin, param.role.marks.as_slice());
            match (origin, marks, param.held) {
                (Origin::Param(i), [], held) => {
                    let ident = signed.args[i].clone();
                    match held {
                        Slotted::Val(v) => {
                            if let Some(ty) = referenced_scalar(&self.sig.params[i]) {
                                let ty = ty_tokens(ty);
                                prelude.extend(quote!(let #ident: #ty = *#ident;));
                            }
                            entry.vars.insert(v, ident);
                        }
                        Slotted::Mem(m) if self.sig.params[i].by_mut => {
                            entry.mems.insert(m, (ident, Hold::Mutable));
                        }
                        Slotted::Mem(m) if self.sig.params[i].by_ref => {
                            entry.mems.insert(m, (ident, Hold::Shared));
                        }
                        Slotted::Mem(m) => {
                            if inline.is_written(m) {
                                prelude.extend(quote!(let mut #ident = #ident;));
                            }
                            entry.mems.insert(m, (ident, Hold::Owned));
                        }
                    }
                }
                (Origin::Param(i), [first, ..], Slotted::Mem(m)) if self.sig.params[i].by_mut => {
                    let layer = param.role.layer();
                    let marks = if *first == Mark::Bar { signed.slots(layer) } else { signed.tangents(layer) };
                    entry.mems.insert(m, (mark(marks, i), Hold::Mutable));
                }
                (Origin::Param(i), [Mark::Bar, dots @ ..], Slotted::Mem(m)) if inline.is_written(m) => {
                    let (slot, rt) = (mark(signed.slots(param.role.layer()), i), &self.rt);
                    let suffix = if dots.is_empty() { "bar" } else { "bar_dot" };
                    let ident = names.fresh(&format!("{}_{suffix}", self.sig.params[i].ident), func.mem(m).span);
                    let arg = &signed.args[i];
                    if let Shape::Slice(inner) | Shape::Vec(inner) = &self.sig.params[i].shape {
                        prelude.extend(quote!(let mut #ident = #rt::ListSlot::open(&mut #slot, #arg.len());));
                        entry.lists.insert(m, gradient(inner, rt).to_string());
                        entry.mems.insert(m, (ident, Hold::List));
                    } else {
                        prelude.extend(quote!(let mut #ident = #rt::Slot::on(&mut #slot);));
                        entry.mems.insert(m, (ident, Hold::Slot));
                    }
                }
                (Origin::Param(i), [Mark::Dot(_), ..], Slotted::Val(v)) => {
                    let marks = signed.tangents(param.role.layer());
                    let (ident, rt, ty) = (mark(marks, i), &self.rt, ty_tokens(func.ty(v)));
                    prelude.extend(quote!(let #ident: #ty = #rt::or_zero(#ident);));
                    entry.vars.insert(v, ident);
                }
                (Origin::Param(i), [Mark::Dot(_), ..], Slotted::Mem(m)) => {
                    let written = inline.is_written(m);
                    let ident = mark(signed.tangents(param.role.layer()), i);
                    prelude.extend(self.tangent(i, &ident, written, signed, &mut names));
                    entry.mems.insert(m, (ident, if written { Hold::Owned } else { Hold::Shared }));
                }
                (Origin::Result(j), [Mark::Bar], Slotted::Val(v)) => seeds.push((j, v)),
                (Origin::Result(j), [Mark::Bar, ..], Slotted::Mem(m)) => {
                    let Some(seed) = signed.seed(param.role.layer()).cloned() else { continue };
                    let ident = match self.sig.ret.tuple {
                        false => seed,
                        true => {
                            let (part, ident) =
                                (proc_macro2::Literal::usize_unsuffixed(j), names.fresh("seed", Span::call_site()));
                            prelude.extend(quote!(let #ident = #seed.#part;));
                            ident
                        }
                    };
                    entry.mems.insert(m, (ident, Hold::Given));
                }
                (Origin::Result(j), [Mark::Bar, ..], Slotted::Val(v)) => seed_dots.push((param.role.layer(), j, v)),
                // No other role exists in a first derivative or the tangents of one.
                _ => {}
            }
        }
        let mut body = Body::new(func, inline, &self.sig.runtime, names, entry);
        let seeds = self.seeds(&seeds, signed, &mut body);
        let seed_dots = self.seed_dots(&seed_dots, signed, &mut body);
        let stmts = body.write();
        let results = self.results(func, signed, &mut body);
        self.witnessed(signed, quote!(#prelude #seeds #seed_dots #stmts #results))
    }

    /// A hidden function begins with the witness that its companion belongs to the function that is called.
    pub(super) fn witnessed(&self, signed: &Signed, body: TokenStream) -> TokenStream {
        let (Some(called), rt, f) = (&signed.called, &self.rt, self.original()) else { return body };
        let name = self.sig.ident.unraw().to_string();
        quote!(#rt::same_function(&#called, &#f, #name); #body)
    }

    /// A tangent that the caller does not give is zero.
    pub(super) fn tangent(
        &self,
        i: usize,
        ident: &Ident,
        written: bool,
        signed: &Signed,
        names: &mut Names,
    ) -> TokenStream {
        let (p, arg, rt) = (&self.sig.params[i], &signed.args[i], &self.rt);
        let ty = shadow(&p.shape, rt);
        let value = if p.by_ref { quote!(#arg) } else { quote!(&#arg) };
        let mut local = |hint: &str| names.fresh(hint, p.ident.span());
        let (absent, given) = (local("absent"), local("given"));
        let cut = matches!(p.shape, Shape::Slice(_) | Shape::Vec(_)).then(|| quote!([..#arg.len()]));
        let cut = cut.map(|cut| quote!(let #ident = &#ident #cut;));
        let zeros = if is_opaque(&p.shape) { quote!(#rt::blank(#value)) } else { quote!(#rt::zeros(#value)) };
        let own = written.then(|| quote!(let mut #ident = #rt::ToOwned::to_owned(#ident);));
        quote! {
            let mut #absent = ::core::option::Option::None;
            let #ident: &#ty = match #rt::Given::<#ty>::given(&#ident) {
                ::core::option::Option::Some(#given) => #given,
                ::core::option::Option::None => #absent.insert(#zeros),
            };
            #cut
            #own
        }
    }

    /// The seed is a number, or one per part.
    fn seeds(&self, seeds: &[(usize, Val)], signed: &Signed, body: &mut Body<'_>) -> TokenStream {
        let (Some(seed), rt) = (signed.seed(0), &self.rt) else { return TokenStream::new() };
        let mut tokens = TokenStream::new();
        for &(j, v) in seeds {
            if !self.sig.ret.tuple {
                body.alias(v, seed.clone());
                continue;
            }
            let (part, ty) = (proc_macro2::Literal::usize_unsuffixed(j), ty_tokens(body.func.ty(v)));
            let ident = body.bind(v);
            tokens.extend(quote!(let #ident: #ty = #rt::or_zero(#seed.#part);));
        }
        tokens
    }

    /// The tangents of the seeds, any of which may be `Off`.
    fn seed_dots(&self, seeds: &[(usize, usize, Val)], signed: &Signed, body: &mut Body<'_>) -> TokenStream {
        let rt = &self.rt;
        let lets = seeds.iter().map(|&(layer, j, v)| {
            let seed = signed.seed(layer);
            let (part, ty) = (proc_macro2::Literal::usize_unsuffixed(j), ty_tokens(body.func.ty(v)));
            let given = if self.sig.ret.tuple { quote!(#seed.#part) } else { quote!(#seed) };
            let ident = body.bind(v);
            quote!(let #ident: #ty = #rt::or_zero(#given);)
        });
        lets.collect()
    }

    fn results(&self, func: &Func, signed: &Signed, body: &mut Body<'_>) -> TokenStream {
        let rt = &self.rt;
        let mut adds = TokenStream::new();
        for (role, &v) in func.results.iter().zip(&func.body.yields) {
            if let (Origin::Param(i), true) = (role.origin, role.is_bar()) {
                let (slot, value) = (mark(signed.slots(role.layer()), i), body.tokens(v));
                let ident =
                    body.names.fresh(&format!("{}_bar", self.sig.params[i].ident), self.sig.params[i].ident.span());
                adds.extend(quote! {
                    if let ::core::option::Option::Some(#ident) = #rt::Slot::on(&mut #slot) { *#ident += #value; }
                });
            }
        }
        if signed.reverse_half {
            return adds;
        }
        let is_result = |role: &Role| matches!(role.origin, Origin::Result(_)) && !role.is_bar();
        let some = func.results.iter().any(is_result) || func.returned.iter().any(|(role, _)| is_result(role));
        if !some && !self.sig.ret.is_unit() {
            return adds;
        }
        let directions = func.params.iter().map(|p| p.role.directions()).max().unwrap_or(0);
        let is = |role: &Role, j: usize, layer: usize| {
            role.origin == Origin::Result(j) && !role.is_bar() && role.layer() == layer
        };
        let layers = (0..1 << directions).map(|layer| {
            let parts = self.sig.ret.parts.iter().enumerate().map(|(j, part)| {
                let scalar = func.results.iter().position(|role| is(role, j, layer));
                let memory = func.returned.iter().find(|(role, _)| is(role, j, layer));
                match (scalar, memory, part.float()) {
                    (Some(k), _, _) => body.tokens(func.body.yields[k]),
                    (None, Some((_, m)), _) => self.returned(*m, j, body),
                    (None, None, Some(float)) => number(0.0, Ty::Float(float), rt),
                    (None, None, None) => quote!(()),
                }
            });
            self.tuple(&parts.collect::<Vec<_>>())
        });
        let layers: Vec<TokenStream> = layers.collect();
        match layers.as_slice() {
            [value] => quote!(#adds #value),
            layers => quote!(#adds (#(#layers),*)),
        }
    }
}

impl Interface<'_> {
    /// A result that is memory.
    fn returned(&self, mem: Mem, part: usize, body: &Body<'_>) -> TokenStream {
        let (ident, rt) = (body.mem(mem).0, &self.rt);
        match self.sig.ret.shape(part) {
            // The body may have made it as an array.
            Some(Shape::Vec(_)) => quote!(#rt::Vec::from(#ident)),
            _ => quote!(#ident),
        }
    }
}

/// The slot or tangent of parameter `i`.
fn mark(marks: &[(usize, Ident)], i: usize) -> Ident {
    marks[i].1.clone()
}
