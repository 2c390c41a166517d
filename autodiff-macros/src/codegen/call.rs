//! Calls of other differentiated functions, through the hidden interface of their companions, and steps of the trace.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;

use super::body::{Body, Hold};
use super::code::Code;
use super::expr::{double, number, ty_tokens};
use super::names::ours;
use crate::ir::{Arg, Call, CallForm, Dotted, Float, Mem, Place, Record, Ret, Slot, Tangent, Ty, Val};

/// The slots of a reverse call.
#[derive(Default)]
struct Targets {
    /// The variables that they need: one for each scalar adjoint, and for what is shared or has a copy.
    before: TokenStream,
    slots: Vec<TokenStream>,
    /// What adds the copies, and ends what is shared.
    after: TokenStream,
}

impl Body<'_> {
    pub(super) fn call(&mut self, call: &Call, out: &[Val], span: Span) -> TokenStream {
        let (path, rt) = (&call.path, self.rt.clone());
        let called = called(path);
        let hidden = |name: &str| hidden(call, name);
        let args: Vec<TokenStream> = call.args.iter().map(|a| self.arg(a)).collect();
        match &call.form {
            CallForm::Primal => {
                let (pattern, ty) = self.parts(&call.ret, out);
                quote_spanned!(span=> let #pattern: #ty = #path(#(#args),*);)
            }
            CallForm::Forward => {
                let tape = self.tape().clone();
                let (pattern, ty) = self.parts(&call.ret, out);
                let forward = hidden("__forward");
                quote_spanned!(span=> let #pattern: #ty = #forward(#called #(#args,)* #tape);)
            }
            CallForm::Reverse { seeds, slots } => {
                let tape = self.tape().clone();
                let seed = self.given(&call.ret, seeds, &quote!(#rt::Off));
                let Targets { before, slots, after } = self.targets(slots, &call.args, out, span);
                let reverse = hidden("__reverse");
                quote_spanned!(span=> #before #reverse(#called #(#args,)* #tape, #seed, #(#slots),*); #after)
            }
            CallForm::Vjp { seeds, slots } => {
                let (parts, adjoints) = out.split_at(seeds.len().min(out.len()));
                let seed = self.given(&call.ret, seeds, &quote!(#rt::Off));
                let Targets { before, slots, after } = self.targets(slots, &call.args, adjoints, span);
                let (pattern, ty) = self.parts(&call.ret, parts);
                let vjp = hidden("__vjp");
                quote_spanned!(span=> #before let #pattern: #ty = #vjp(#called #(#args,)* #seed, #(#slots),*); #after)
            }
            CallForm::Jvp { tangents } => {
                let tangents = self.tangents(tangents);
                let (pattern, ty) = self.dual(&call.ret, out);
                let jvp = hidden("__jvp");
                quote_spanned!(span=> let #pattern: #ty = #jvp(#called #(#args,)* #(#tangents),*);)
            }
            CallForm::Dot(dotted) => self.dotted(call, dotted, &args, out, span),
            CallForm::Trace { tangents } => {
                let ids = self.tangents(tangents);
                let (pattern, ty) = self.dual(&call.ret, out);
                let Some(recorder) = self.recorder().cloned() else { return TokenStream::new() };
                let trace = hidden("__trace");
                let name = path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
                quote_spanned! {span=>
                    #recorder.enter(#name);
                    let #pattern: #ty = #trace(#called #(#args,)* #(#ids,)* #recorder);
                    #recorder.exit();
                }
            }
        }
    }

    /// The tangent of a callee's derivative: `second.__vjp_dot(args, tangents, seed, seed_dot, slots, slot_dots)`.
    fn dotted(&mut self, call: &Call, dotted: &Dotted, args: &[TokenStream], out: &[Val], span: Span) -> TokenStream {
        let (path, rt) = (&call.path, self.rt.clone());
        let off = quote!(#rt::Off);
        // All functions of the caller say this in the same words, so that a callee without it is one error.
        let called = called(path);
        let second = |name: &str| second(call, name, &rt, span);
        let tangents = self.tangents(&dotted.tangents);
        let (seeds, slots) = match &dotted.of {
            CallForm::Reverse { seeds, slots } | CallForm::Vjp { seeds, slots } => (&seeds[..], &slots[..]),
            _ => (&[][..], &[][..]),
        };
        // What the call defines: the parts of the result, adjoints, and the tangents of both.
        let parts = match (&dotted.of, &call.ret) {
            (CallForm::Reverse { .. }, _) => 0,
            (_, Ret::Scalar) => 1,
            (_, Ret::Tuple(n)) => *n,
        };
        let adjoints = slots.iter().filter(|slot| matches!(slot, Slot::Scalar)).count();
        let part_dots = out.iter().take(parts).filter(|&&v| self.func.ty(v).float().is_some()).count();
        let (values, dots) = out.split_at((parts + adjoints).min(out.len()));
        let (values, adjoints) = values.split_at(parts.min(values.len()));
        let (dots, adjoint_dots) = dots.split_at(part_dots.min(dots.len()));
        let Targets { before, slots: targets, after } = self.targets(slots, &call.args, adjoints, span);
        let Targets { before: before_dots, slots: dot_targets, after: after_dots } =
            self.targets(&dotted.slots, &call.args, adjoint_dots, span);
        let values: Vec<Val> = values.iter().chain(dots).copied().collect();
        match &dotted.of {
            CallForm::Forward => {
                let tape = self.tape().clone();
                let (pattern, ty) = self.dual(&call.ret, &values);
                let forward = second("__forward_dot");
                quote_spanned!(span=> let #pattern: #ty = #forward(#called #(#args,)* #(#tangents,)* #tape);)
            }
            CallForm::Reverse { .. } => {
                let tape = self.tape().clone();
                let (seed, seed_dot) = (self.given(&call.ret, seeds, &off), self.given(&call.ret, &dotted.seeds, &off));
                let reverse = second("__reverse_dot");
                quote_spanned! {span=>
                    #before #before_dots
                    #reverse(
                        #called #(#args,)* #(#tangents,)* #tape, #seed, #seed_dot, #(#targets,)* #(#dot_targets),*
                    );
                    #after #after_dots
                }
            }
            _ => {
                let (seed, seed_dot) = (self.given(&call.ret, seeds, &off), self.given(&call.ret, &dotted.seeds, &off));
                let (pattern, ty) = self.dual(&call.ret, &values);
                let vjp = second("__vjp_dot");
                quote_spanned! {span=>
                    #before #before_dots
                    let #pattern: #ty = #vjp(
                        #called #(#args,)* #(#tangents,)* #seed, #seed_dot, #(#targets,)* #(#dot_targets),*
                    );
                    #after #after_dots
                }
            }
        }
    }

    /// The slots of a reverse call.
    fn targets(&mut self, slots: &[Slot], args: &[Arg], adjoints: &[Val], span: Span) -> Targets {
        let rt = self.rt.clone();
        let mut adjoints = adjoints.iter();
        let mut targets = Targets::default();
        let shared = self.shared(slots, span, &mut targets);
        for (k, slot) in slots.iter().enumerate() {
            let slot = match slot {
                Slot::Off => quote!(#rt::Off),
                Slot::Mem(place) => match shared.iter().find(|(mem, _)| *mem == place.mem && place.path.is_empty()) {
                    Some((_, both)) => quote!(#rt::Both::alias(&#both)),
                    None if self.meets_another(slots, place) => self.copied(place, args.get(k), span, &mut targets),
                    None => self.slot(place),
                },
                Slot::Scalar => {
                    let Some(&v) = adjoints.next() else { continue };
                    let (ident, ty) = (self.bind(v), ty_tokens(self.func.ty(v)));
                    let zero = number(0.0, self.func.ty(v), &rt);
                    targets.before.extend(quote_spanned!(span=> let mut #ident: #ty = #zero;));
                    quote!(&mut #ident)
                }
            };
            targets.slots.push(slot);
        }
        targets
    }

    /// Lists that have several slots, each with the variable by which they share the shadow.
    fn shared(&mut self, slots: &[Slot], span: Span, targets: &mut Targets) -> Vec<(Mem, Ident)> {
        let whole: Vec<Mem> = slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::Mem(place) if place.path.is_empty() => Some(place.mem),
                _ => None,
            })
            .collect();
        let mut shared: Vec<(Mem, Ident)> = Vec::new();
        for (k, &mem) in whole.iter().enumerate() {
            if !whole[..k].contains(&mem) || shared.iter().any(|(seen, _)| *seen == mem) {
                continue;
            }
            let ((base, hold), rt) = (self.mem(mem), self.rt.clone());
            let both = self.names.fresh(&format!("{base}_shared"), span);
            targets.before.extend(match hold {
                Hold::List => quote_spanned!(span=> let #both = #rt::OpenList::share(&mut #base);),
                _ => quote_spanned!(span=> let #both = #rt::share(&mut #base[..]);),
            });
            // Its type may have a destructor, for all that is known here.
            targets.after.extend(quote_spanned!(span=> ::core::mem::drop(#both);));
            shared.push((mem, both));
        }
        shared
    }

    /// Whether the slot is within a list that may be the list of another slot: the caller may have given one for both.
    fn meets_another(&self, slots: &[Slot], place: &Place) -> bool {
        let Some(elem) = self.entry.lists.get(&place.mem).filter(|_| !place.path.is_empty()) else { return false };
        slots.iter().any(|slot| match slot {
            Slot::Mem(other) => other.mem != place.mem && self.entry.lists.get(&other.mem) == Some(elem),
            Slot::Off | Slot::Scalar => false,
        })
    }

    /// A slot of its own for a part of a list, which is added when the call is over.
    fn copied(&mut self, place: &Place, arg: Option<&Arg>, span: Span, targets: &mut Targets) -> TokenStream {
        let (Some(Arg::Place { place: value, .. }), rt) = (arg, self.rt.clone()) else { return self.slot(place) };
        let (base, _) = self.mem(place.mem);
        let own = self.names.fresh(&format!("{base}_part"), span);
        let (value, inner) = (self.place_ref(value), self.place_mut(place));
        // Fields that a struct holds constant have no adjoint.
        let zeros = if self.func.mem(place.mem).elem.is_none() { quote!(blank) } else { quote!(zeros) };
        targets.before.extend(quote_spanned!(span=> let mut #own = #rt::#zeros(#value);));
        targets.after.extend(quote_spanned! {span=>
            if let ::core::option::Option::Some(mut #base) = #rt::OpenList::on(&mut #base) {
                #rt::add_assign(#inner, &#own);
            }
        });
        quote!(&mut #own)
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

    /// The slot for a shadow: `&mut shadow`, or what our own slot, which may be off, passes on.
    fn slot(&self, place: &Place) -> TokenStream {
        let ((base, hold), rt) = (self.mem(place.mem), &self.rt);
        match (hold, place.path.is_empty()) {
            (Hold::Slot, true) => quote!(#base.as_deref_mut()),
            (Hold::List, true) => quote!(#rt::OpenList::pass(&mut #base)),
            (Hold::Slot, false) => {
                let inner = self.place_mut(place);
                quote!(#base.as_deref_mut().map(|#base| #inner))
            }
            (Hold::List, false) => {
                let inner = self.place_mut(place);
                quote!(#rt::OpenList::on(&mut #base).as_deref_mut().map(|#base| #inner))
            }
            _ => self.place_mut(place),
        }
    }

    /// The parts of a result, as a pattern with its type.
    fn parts(&mut self, ret: &Ret, parts: &[Val]) -> (TokenStream, TokenStream) {
        let (names, tys) = self.pattern(parts);
        match ret {
            Ret::Scalar => (quote!(#(#names)*), quote!(#(#tys)*)),
            Ret::Tuple(1) => (quote!((#(#names,)*)), quote!((#(#tys,)*))),
            Ret::Tuple(_) => (quote!((#(#names),*)), quote!((#(#tys),*))),
        }
    }

    /// The result and its tangent, which has `()` where the result has no float.
    fn dual(&mut self, ret: &Ret, out: &[Val]) -> (TokenStream, TokenStream) {
        let n = match ret {
            Ret::Scalar => 1,
            Ret::Tuple(n) => *n,
        };
        let (parts, dots) = out.split_at(n.min(out.len()));
        let floats: Vec<bool> = parts.iter().map(|&v| self.func.ty(v).float().is_some()).collect();
        let (value, value_ty) = self.parts(ret, parts);
        let mut dots = dots.iter();
        let (mut names, mut tys) = (Vec::new(), Vec::new());
        for is_float in floats {
            match if is_float { dots.next() } else { None } {
                Some(&dot) => {
                    let (name, ty) = self.pattern(&[dot]);
                    names.extend(name);
                    tys.extend(ty);
                }
                None => {
                    names.push(quote!(_));
                    tys.push(quote!(_));
                }
            }
        }
        match ret {
            Ret::Scalar => (quote!((#value, #(#names)*)), quote!((#value_ty, #(#tys)*))),
            Ret::Tuple(1) => (quote!((#value, (#(#names,)*))), quote!((#value_ty, (#(#tys,)*)))),
            Ret::Tuple(_) => (quote!((#value, (#(#names),*))), quote!((#value_ty, (#(#tys),*)))),
        }
    }

    /// Seeds by value, with what stands for a part without one.
    fn given(&self, ret: &Ret, seeds: &[Option<Val>], none: &TokenStream) -> TokenStream {
        let seeds = seeds.iter().map(|seed| match seed {
            Some(v) => self.tokens(*v),
            None => none.clone(),
        });
        match ret {
            Ret::Scalar => quote!(#(#seeds)*),
            Ret::Tuple(1) => quote!((#(#seeds,)*)),
            Ret::Tuple(_) => quote!((#(#seeds),*)),
        }
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

/// A hidden function of the callee, with the generic arguments that the call gives.
fn hidden(call: &Call, name: &str) -> TokenStream {
    if let Some(sibling) = sibling(call, name) {
        return quote!(#sibling);
    }
    let (companion, function) = companion(call, name);
    quote!(#companion::#function)
}

/// A function of the second order.
fn second(call: &Call, name: &str, rt: &TokenStream, span: Span) -> TokenStream {
    if let Some(sibling) = sibling(call, name) {
        return quote!(#sibling);
    }
    let (companion, function) = companion(call, name);
    quote_spanned!(span=> <#companion as #rt::SecondOrder>::SECOND.#function)
}

/// The sibling of a function of a type.
fn sibling(call: &Call, name: &str) -> Option<syn::Path> {
    if !is_associated(&call.path) {
        return None;
    }
    let mut sibling = call.companion.as_ref().unwrap_or(&call.path).clone();
    let arguments = call.path.segments.last()?.arguments.clone();
    let last = sibling.segments.last_mut()?;
    last.ident = Ident::new(&super::signature::sibling(&last.ident, name), last.ident.span());
    last.arguments = arguments;
    Some(sibling)
}

/// The companion of the callee, and the name of a function of it with the generic arguments that the call gives.
fn companion(call: &Call, name: &str) -> (syn::Path, TokenStream) {
    let mut companion = call.path.clone();
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
    (call.companion.clone().unwrap_or(companion), quote!(#name #arguments))
}
