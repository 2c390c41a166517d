//! Calls of other differentiated functions, through the hidden interface of their companions, and steps of the trace.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;

use super::body::{Body, Hold};
use super::code::Code;
use super::expr::{double, number, ty_tokens};
use super::names::ours;
use crate::ir::{Arg, Call, CallForm, Const, Float, Layer, Op, Place, Record, Ret, Slot, Tangent, Ty, Val};

impl Body<'_> {
    pub(super) fn call(&mut self, call: &Call, out: &[Val], span: Span) -> TokenStream {
        let path = &call.path;
        let called = called(path);
        let args: Vec<TokenStream> = call.args.iter().map(|a| self.arg(a)).collect();
        match &call.form {
            CallForm::Primal => {
                let (pattern, ty) = self.parts(&call.ret, out);
                quote_spanned!(span=> let #pattern: #ty = #path(#(#args),*);)
            }
            CallForm::Trace { tangents } => {
                let ids = self.tangents(tangents);
                let (pattern, ty) = self.dual(&call.ret, out);
                let Some(recorder) = self.recorder().cloned() else { return TokenStream::new() };
                let trace = hidden(path, "__trace");
                let name = path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
                quote_spanned! {span=>
                    #recorder.enter(#name);
                    let #pattern: #ty = #trace(#called #(#args,)* #(#ids,)* #recorder);
                    #recorder.exit();
                }
            }
            _ => self.derivative_call(call, &args, out, span),
        }
    }

    /// A callee's derivative: `g::__vjp(args, seed, slots)`, and with its tangents
    /// `companion.__vjp_dot(args, tangents, seed, seed_dot, slots, slot_dots)`, and so on for more directions.
    fn derivative_call(&mut self, call: &Call, args: &[TokenStream], out: &[Val], span: Span) -> TokenStream {
        let (path, rt) = (&call.path, self.rt.clone());
        let off = quote!(#rt::Off);
        let called = called(path);
        let (of, layers) = call.form.layers();
        if self.is_product(call, of, &layers, out) {
            let (before, targets) = self.targets(&layers[1].slots, out.get(2..).unwrap_or_default(), span);
            let tangents = self.tangents(&layers[1].tangents);
            let hvp = higher(path, "__hvp", 2, &rt, span);
            return quote_spanned!(span=> #before #hvp(#called #(#args,)* #(#tangents,)* #(#targets),*););
        }
        let half = matches!(of, CallForm::Reverse { .. });
        let floats: Vec<bool> =
            out.iter().take(if half { 0 } else { call.parts() }).map(|&v| self.func.ty(v).float().is_some()).collect();
        // What the call defines, layer by layer: the parts of the result, and adjoints.
        let mut rest = out.iter().copied();
        let (mut before, mut results) = (TokenStream::new(), Vec::new());
        let (mut tangents, mut seeds, mut targets) = (Vec::new(), Vec::new(), Vec::new());
        for (k, layer) in layers.iter().enumerate() {
            let parts = floats.iter().map(|&float| if k == 0 || float { rest.next() } else { None });
            results.push(parts.collect::<Vec<Option<Val>>>());
            let scalars = layer.slots.iter().filter(|slot| matches!(slot, Slot::Scalar)).count();
            let adjoints: Vec<Val> = rest.by_ref().take(scalars).collect();
            let (variables, slots) = self.targets(&layer.slots, &adjoints, span);
            before.extend(variables);
            targets.extend(slots);
            tangents.extend(self.tangents(&layer.tangents));
            if !layer.seeds.is_empty() {
                seeds.push(self.given(&call.ret, &layer.seeds, &off));
            }
        }
        let directions = layers.len().ilog2() as usize;
        let function = match of {
            CallForm::Forward => "__forward",
            CallForm::Reverse { .. } => "__reverse",
            CallForm::Vjp { .. } => "__vjp",
            _ => "__jvp",
        };
        // The first derivatives are functions of the companion; all functions of the caller ask for the others in the same
        // words, so that a callee without them is one error.
        let (dots, order) = match of {
            CallForm::Primal => (directions.saturating_sub(1), directions),
            _ => (directions, directions + 1),
        };
        let function = format!("{function}{}", "_dot".repeat(dots));
        let function = if order == 1 { hidden(path, &function) } else { higher(path, &function, order, &rt, span) };
        let mut given: Vec<TokenStream> = args.iter().cloned().chain(tangents).collect();
        given.extend(call.form.is_half().then(|| self.tape().to_token_stream()));
        given.extend(seeds.into_iter().chain(targets));
        let value = quote_spanned!(span=> #function(#called #(#given),*));
        if half {
            return quote_spanned!(span=> #before #value;);
        }
        let (pattern, ty) = self.layered(&call.ret, &results);
        quote_spanned!(span=> #before let #pattern: #ty = #value;)
    }

    /// Whether all that is wanted is a Hessian-vector product: seeds 1 and 0, and neither value nor gradient.
    fn is_product(&self, call: &Call, of: &CallForm, layers: &[Layer], out: &[Val]) -> bool {
        let (CallForm::Vjp { seeds, slots }, [_, layer], Ret::Scalar) = (of, layers, &call.ret) else { return false };
        let is_one = |v: Val| matches!(self.inline.def(v), Some(Op::Const(Const::Float { value: 1.0, .. })));
        matches!(seeds[..], [Some(seed)] if is_one(seed))
            && matches!(layer.seeds[..], [None])
            && slots.iter().all(|slot| matches!(slot, Slot::Off))
            && out.iter().take(2).all(|&v| self.inline.uses(v) == 0)
    }

    /// The slots of a reverse call, and the variables that they need before it: one for each scalar adjoint.
    fn targets(&mut self, slots: &[Slot], adjoints: &[Val], span: Span) -> (TokenStream, Vec<TokenStream>) {
        let rt = self.rt.clone();
        let mut adjoints = adjoints.iter();
        let (mut before, mut targets) = (TokenStream::new(), Vec::new());
        for slot in slots {
            targets.push(match slot {
                Slot::Off => quote!(#rt::Off),
                Slot::Mem(place) => self.slot(place),
                Slot::Scalar => {
                    let Some(&v) = adjoints.next() else { continue };
                    let (ident, ty) = (self.bind(v), ty_tokens(self.func.ty(v)));
                    let zero = number(0.0, self.func.ty(v), &rt);
                    before.extend(quote_spanned!(span=> let mut #ident: #ty = #zero;));
                    quote!(&mut #ident)
                }
            });
        }
        (before, targets)
    }

    fn arg(&self, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Val(v) => self.tokens(*v),
            Arg::Place { place, by_ref: true } => self.place_ref(place),
            // The derivative may read the place again after the call that consumed it in the user's function.
            Arg::Place { place, by_ref: false } => {
                let place = self.place_ref(place);
                quote!(::core::clone::Clone::clone(#place))
            }
        }
    }

    /// The slot for a shadow: `&mut shadow`, or an `Option` of it where our own slot may be off.
    fn slot(&self, place: &Place) -> TokenStream {
        let (base, hold) = self.mem(place.mem);
        if hold != Hold::Slot {
            return self.place_mut(place);
        }
        if place.path.is_empty() {
            return quote!(#base.as_deref_mut());
        }
        let inner = self.place_mut(place);
        quote!(#base.as_deref_mut().map(|#base| #inner))
    }

    /// The parts of a result, as a pattern with its type.
    fn parts(&mut self, ret: &Ret, parts: &[Val]) -> (TokenStream, TokenStream) {
        let (names, tys) = self.pattern(parts);
        (in_shape(ret, &names), in_shape(ret, &tys))
    }

    /// The result and its tangent, which has `()` where the result has no float.
    fn dual(&mut self, ret: &Ret, out: &[Val]) -> (TokenStream, TokenStream) {
        let n = match ret {
            Ret::Scalar => 1,
            Ret::Tuple(n) => *n,
        };
        let (parts, dots) = out.split_at(n.min(out.len()));
        let mut dots = dots.iter().copied();
        let float = |v: &Val| self.func.ty(*v).float().is_some();
        let dots = parts.iter().map(|v| if float(v) { dots.next() } else { None }).collect();
        self.layered(ret, &[parts.iter().copied().map(Some).collect(), dots])
    }

    /// The results, layer by layer: `(y, y_dot)`, or `y` alone.
    fn layered(&mut self, ret: &Ret, layers: &[Vec<Option<Val>>]) -> (TokenStream, TokenStream) {
        let (mut patterns, mut types) = (Vec::new(), Vec::new());
        for parts in layers {
            let (mut names, mut tys) = (Vec::new(), Vec::new());
            for part in parts {
                match part {
                    Some(v) => {
                        let (name, ty) = self.pattern(&[*v]);
                        names.extend(name);
                        tys.extend(ty);
                    }
                    None => {
                        names.push(quote!(_));
                        tys.push(quote!(_));
                    }
                }
            }
            patterns.push(in_shape(ret, &names));
            types.push(in_shape(ret, &tys));
        }
        match (patterns.as_slice(), types.as_slice()) {
            ([pattern], [ty]) => (pattern.clone(), ty.clone()),
            _ => (quote!((#(#patterns),*)), quote!((#(#types),*))),
        }
    }

    /// Seeds by value, with what stands for a part without one.
    fn given(&self, ret: &Ret, seeds: &[Option<Val>], none: &TokenStream) -> TokenStream {
        let seeds = seeds.iter().map(|seed| match seed {
            Some(v) => self.tokens(*v),
            None => none.clone(),
        });
        in_shape(ret, &seeds.collect::<Vec<_>>())
    }

    fn tangents(&self, tangents: &[Tangent]) -> Vec<TokenStream> {
        let rt = &self.rt;
        tangents
            .iter()
            .map(|tangent| match tangent {
                Tangent::Zero => quote!(#rt::Off),
                Tangent::Val(v) => self.tokens(*v),
                Tangent::Mem(place) => self.place_ref(place),
            })
            .collect()
    }

    /// `recorder.step(kind, label, template, parents, constants, value)`, where a parent is its number, its value and the
    /// partial. It says no more than it must: most of the code of a function is that of its trace.
    pub(super) fn record(&self, record: &Record) -> Code {
        let Some(recorder) = self.recorder() else { return Code::default() };
        let kind = proc_macro2::Literal::u8_unsuffixed(record.kind);
        let (label, template) = (record.label.as_deref().unwrap_or(""), &record.template);
        let parents = record
            .parents
            .iter()
            .map(|&(id, value, partial)| Code::arguments(&[id, value, partial].map(|v| self.double(v))));
        let constants = record.constants.iter().map(|&v| self.double(v));
        let value = self.double(record.value);
        quote!(#recorder.step(#kind, #label, #template, &[#(#parents),*], &[#(#constants),*], #value)).into()
    }

    /// A scalar as `f64`.
    fn double(&self, v: Val) -> Code {
        match self.func.ty(v) {
            Ty::Float(Float::F64) => self.code(v),
            ty @ Ty::Float(Float::Param(_)) => double(self.tokens(v), ty, &self.rt).into(),
            _ => {
                let operand = self.operand(v);
                quote!(#operand as ::core::primitive::f64).into()
            }
        }
    }
}

/// Parts in the shape of a result.
fn in_shape(ret: &Ret, parts: &[TokenStream]) -> TokenStream {
    match ret {
        Ret::Scalar => quote!(#(#parts)*),
        Ret::Tuple(1) => quote!((#(#parts,)*)),
        Ret::Tuple(_) => quote!((#(#parts),*)),
    }
}

/// Whether a path names a function of a type, `Self::f`, whose derivatives are its siblings.
fn is_associated(path: &syn::Path) -> bool {
    let of = path.segments.iter().rev().nth(1);
    of.is_some_and(|of| of.ident.unraw().to_string().starts_with(char::is_uppercase))
}

/// What a hidden function takes first: the function that is called here, for the witness. A function of a type needs none,
/// since its siblings are where it is.
fn called(path: &syn::Path) -> TokenStream {
    if is_associated(path) { TokenStream::new() } else { quote!(#path,) }
}

/// A hidden function of `path`, with the generic arguments that the call gives.
fn hidden(path: &syn::Path, name: &str) -> TokenStream {
    if let Some(sibling) = sibling(path, name) {
        return quote!(#sibling);
    }
    let (companion, function) = companion(path, name);
    quote!(#companion::#function)
}

/// A function of a higher order.
fn higher(path: &syn::Path, name: &str, order: usize, rt: &TokenStream, span: Span) -> TokenStream {
    if let Some(sibling) = sibling(path, name) {
        return quote!(#sibling);
    }
    let (companion, function) = companion(path, name);
    let order = proc_macro2::Literal::usize_unsuffixed(order);
    quote_spanned!(span=> <#companion as #rt::OfOrder<#order>>::COMPANION.#function)
}

/// The sibling of a function of a type.
fn sibling(path: &syn::Path, name: &str) -> Option<syn::Path> {
    if !is_associated(path) {
        return None;
    }
    let mut sibling = path.clone();
    let last = sibling.segments.last_mut()?;
    last.ident = Ident::new(&super::signature::sibling(&last.ident, name), last.ident.span());
    Some(sibling)
}

/// The companion of `path`, and the name of a function of it with the generic arguments that the call gives.
fn companion(path: &syn::Path, name: &str) -> (syn::Path, TokenStream) {
    let mut companion = path.clone();
    let arguments = match companion.segments.last_mut() {
        Some(last) => std::mem::take(&mut last.arguments),
        None => syn::PathArguments::None,
    };
    // Where the user calls, for messages.
    let name = Ident::new(name, companion.segments.last().map_or_else(Span::call_site, |last| ours(last.ident.span())));
    let arguments = match &arguments {
        syn::PathArguments::AngleBracketed(arguments) => {
            let arguments = &arguments.args;
            quote!(::<#arguments>)
        }
        _ => TokenStream::new(),
    };
    (companion, quote!(#name #arguments))
}
