//! Calls of other differentiated functions, through the hidden interface of their companions, and steps of the trace.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;

use super::body::{Body, Hold};
use super::code::Code;
use super::expr::{double, number, ty_tokens};
use super::method;
use super::names::ours;
use crate::ir::{Arg, By, Call, CallForm, Const, Float, Layer, Mem, Op, Place, Record, Ret, Slot, Tangent, Ty, Val};

/// The slots of a reverse call.
#[derive(Default)]
struct Targets {
    /// The variables that they need: one for each scalar adjoint, and for what is shared or has a copy.
    before: TokenStream,
    slots: Vec<TokenStream>,
    /// What adds the copies, and ends what is shared.
    after: TokenStream,
}

/// A part of what a call gives, in one of its layers.
#[derive(Copy, Clone)]
enum Part {
    Val(Val),
    Mem(Mem),
    /// No number, and so without a tangent.
    Nothing,
}

impl Body<'_> {
    pub(super) fn call(&mut self, call: &Call, out: &[Val], span: Span) -> TokenStream {
        let path = &call.path;
        let args: Vec<TokenStream> = call.args.iter().filter_map(|a| self.arg(a)).collect();
        match &call.form {
            CallForm::Primal if matches!(call.ret, Ret::Tuple(0)) => {
                let rt = &self.rt;
                quote_spanned!(span=> #rt::ignored(#path(#(#args),*));)
            }
            CallForm::Primal => {
                let (results, _) = self.results(call, 1, out);
                let (pattern, ty) = self.layered(&call.ret, &results);
                let value =
                    if call.method { method::applied(&quote!(#path), &args) } else { quote!(#path(#(#args),*)) };
                quote_spanned!(span=> let #pattern: #ty = #value;)
            }
            CallForm::Trace { tangents } => {
                let ids = self.tangents(tangents, &call.args);
                let (results, _) = self.results(call, 2, out);
                let (pattern, ty) = self.layered(&call.ret, &results);
                let Some(recorder) = self.recorder().cloned() else { return TokenStream::new() };
                let (args, ids) = (args.as_slice(), ids.into_iter());
                let given = ids.chain([recorder.to_token_stream()]);
                let trace = self.applied(call, ("__trace", 1), args, given.collect(), span);
                let name = path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
                quote_spanned! {span=>
                    #recorder.enter(#name);
                    let #pattern: #ty = #trace;
                    #recorder.exit();
                }
            }
            _ => self.derivative_call(call, &args, out, span),
        }
    }

    /// A callee's derivative: `g::__vjp(args, seed, slots)`, and with its tangents
    /// `companion.__vjp_dot(args, tangents, seed, seed_dot, slots, slot_dots)`, and so on for more directions.
    fn derivative_call(&mut self, call: &Call, args: &[TokenStream], out: &[Val], span: Span) -> TokenStream {
        let rt = self.rt.clone();
        let off = quote!(#rt::Off);
        let (of, layers) = call.form.layers();
        if self.is_product(call, of, &layers, out) {
            let Targets { before, slots, after } =
                self.targets(&layers[1].slots, &call.args, out.get(2..).unwrap_or_default(), span);
            let tangents = self.tangents(&layers[1].tangents, &call.args);
            let given = tangents.into_iter().chain(slots).collect();
            let hvp = self.applied(call, ("__hvp", 2), args, given, span);
            return quote_spanned!(span=> #before #hvp; #after);
        }
        let half = matches!(of, CallForm::Reverse { .. });
        let results = if half { 0 } else { layers.len() };
        let (results, mut rest) = self.interleaved(call, results, &layers, out);
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        let (mut tangents, mut seeds, mut targets) = (Vec::new(), Vec::new(), Vec::new());
        for layer in &layers {
            let scalars = layer.slots.iter().filter(|slot| matches!(slot, Slot::Scalar)).count();
            let adjoints: Vec<Val> = rest.drain(..scalars.min(rest.len())).collect();
            let given = self.targets(&layer.slots, &call.args, &adjoints, span);
            before.extend(given.before);
            after.extend(given.after);
            targets.extend(given.slots);
            tangents.extend(self.tangents(&layer.tangents, &call.args));
            if !layer.seeds.is_empty() {
                seeds.push(self.given(&call.ret, &layer.seeds, &off));
            } else if matches!((of, &call.ret), (CallForm::Reverse { .. } | CallForm::Vjp { .. }, Ret::Tuple(0))) {
                seeds.push(if seeds.is_empty() { quote!(#rt::no_seed()) } else { off.clone() });
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
        let mut given: Vec<TokenStream> = tangents;
        given.extend(call.form.is_half().then(|| self.tape().into_token_stream()));
        given.extend(seeds.into_iter().chain(targets));
        let value = self.applied(call, (&function, order), args, given, span);
        if matches!((&call.form, &call.ret), (CallForm::Forward, Ret::Tuple(0))) {
            return quote_spanned!(span=> #before #rt::ignored(#value); #after);
        }
        if half {
            return quote_spanned!(span=> #before #value; #after);
        }
        let (pattern, ty) = self.layered(&call.ret, &results);
        // Once in the derivatives of a function.
        let check = match (&call.form, args) {
            (CallForm::Jvp { .. }, [receiver, ..]) if call.method => Some(method::check(call, receiver, &rt, span)),
            _ => None,
        };
        quote_spanned!(span=> #check #before let #pattern: #ty = #value; #after)
    }

    /// A hidden function of the callee, of the given order, applied to the arguments and what else it is given.
    fn applied(
        &self,
        call: &Call,
        (name, order): (&str, usize),
        args: &[TokenStream],
        given: Vec<TokenStream>,
        span: Span,
    ) -> TokenStream {
        if let (true, Some(prefix), [receiver, args @ ..]) = (call.method, method::prefix(call), args) {
            let (own, arguments) =
                (method::derivatives_of(prefix, order), call.path.segments.last().map(|s| &s.arguments));
            let sibling = Ident::new(&super::signature::sibling(prefix, name), prefix.span());
            let all: Vec<TokenStream> =
                [quote!((#receiver).#own())].into_iter().chain(args.iter().cloned()).chain(given).collect();
            return method::applied(&quote!(#sibling #arguments), &all);
        }
        let function =
            if order == 1 { hidden(call, name, self.entry.order) } else { higher(call, name, order, &self.rt, span) };
        let called = called(&call.path);
        quote_spanned!(span=> #function(#called #(#args,)* #(#given),*))
    }

    /// Whether all that is wanted is a Hessian-vector product: seeds 1 and 0, and neither value nor gradient.
    fn is_product(&self, call: &Call, of: &CallForm, layers: &[Layer], out: &[Val]) -> bool {
        let (CallForm::Vjp { seeds, slots }, [_, layer], Ret::Scalar) = (of, layers, &call.ret) else { return false };
        let is_one = |v: Val| matches!(self.inline.def(v), Some(Op::Const(Const::Float { value: 1.0, .. })));
        matches!(seeds[..], [Tangent::Val(seed)] if is_one(seed))
            && matches!(layer.seeds[..], [Tangent::Zero])
            && slots.iter().all(|slot| matches!(slot, Slot::Off))
            && out.iter().take(2).all(|&v| self.inline.uses(v) == 0)
    }

    /// The slots of a reverse call.
    fn targets(&mut self, slots: &[Slot], args: &[Arg], adjoints: &[Val], span: Span) -> Targets {
        let rt = self.rt.clone();
        let mut adjoints = adjoints.iter();
        let mut targets = Targets::default();
        let shared = self.shared(slots, span, &mut targets);
        for (k, slot) in slots.iter().enumerate() {
            let target = match slot {
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
            // What a slot cannot take is said at the call.
            targets.slots.push(located(target, span));
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

    /// An argument; none for one that the callee's reverse half is not given.
    fn arg(&self, arg: &Arg) -> Option<TokenStream> {
        Some(match arg {
            Arg::Val(v) => self.tokens(*v),
            Arg::Place { place, by: By::Ref } => self.place_ref(place),
            Arg::Place { place, by: By::Mut } => self.place_mut(place),
            // The derivative may read the place again after the call that consumed it in the user's function.
            Arg::Place { place, by: By::Value } => {
                let place = self.place_ref(place);
                quote!(::core::clone::Clone::clone(#place))
            }
            Arg::Gone => return None,
        })
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

    /// What a call without adjoints gives: for each of its layers the parts of the result, and what is left of `out`.
    fn results(&self, call: &Call, layers: usize, out: &[Val]) -> (Vec<Vec<Part>>, Vec<Val>) {
        self.interleaved(call, layers, &vec![Layer::default(); layers], out)
    }

    /// What a call gives: for each of its layers the parts of the result, and the adjoints, which stand between them.
    fn interleaved(&self, call: &Call, results: usize, layers: &[Layer], out: &[Val]) -> (Vec<Vec<Part>>, Vec<Val>) {
        let numbers: Vec<bool> = out.iter().take(call.scalars()).map(|&v| self.func.ty(v).float().is_some()).collect();
        let (mut rest, mut adjoints, mut all) = (out.iter().copied(), Vec::new(), Vec::new());
        for (k, layer) in layers.iter().enumerate() {
            if k < results {
                let mut numbers = numbers.iter();
                let parts = (0..call.parts()).map(|part| match call.made(part) {
                    Some(made) => made.layers.get(k).map_or(Part::Nothing, |&m| Part::Mem(m)),
                    None => match numbers.next() {
                        Some(&float) if k == 0 || float => rest.next().map_or(Part::Nothing, Part::Val),
                        _ => Part::Nothing,
                    },
                });
                all.push(parts.collect());
            }
            let scalars = layer.slots.iter().filter(|slot| matches!(slot, Slot::Scalar)).count();
            adjoints.extend(rest.by_ref().take(scalars));
        }
        (all, adjoints)
    }

    /// The results, layer by layer: `(y, y_dot)`, or `y` alone.
    fn layered(&mut self, ret: &Ret, layers: &[Vec<Part>]) -> (TokenStream, TokenStream) {
        let (mut patterns, mut types) = (Vec::new(), Vec::new());
        for parts in layers {
            let (mut names, mut tys) = (Vec::new(), Vec::new());
            for part in parts {
                match part {
                    Part::Val(v) => {
                        let (name, ty) = self.pattern(&[*v]);
                        names.extend(name);
                        tys.extend(ty);
                    }
                    Part::Mem(m) => {
                        let data = self.func.mem(*m);
                        let ident = self.names.fresh(data.name.as_deref().unwrap_or("a"), data.span);
                        self.entry.mems.insert(*m, (ident.clone(), Hold::Owned));
                        let mutable = self.inline.is_written(*m).then(|| quote!(mut));
                        names.push(quote!(#mutable #ident));
                        tys.push(quote!(_));
                    }
                    Part::Nothing => {
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
    fn given(&self, ret: &Ret, seeds: &[Tangent], none: &TokenStream) -> TokenStream {
        let seeds = seeds.iter().map(|seed| match seed {
            Tangent::Val(v) => self.tokens(*v),
            Tangent::Mem(place) => self.place_ref(place),
            Tangent::Zero => none.clone(),
        });
        in_shape(ret, &seeds.collect::<Vec<_>>())
    }

    fn tangents(&self, tangents: &[Tangent], args: &[Arg]) -> Vec<TokenStream> {
        let rt = &self.rt;
        let given = tangents.iter().zip(args).filter(|(_, arg)| !matches!(arg, Arg::Gone));
        given
            .map(|(tangent, arg)| match (tangent, arg) {
                (Tangent::Zero, _) => quote!(#rt::Off),
                (Tangent::Val(v), _) => self.tokens(*v),
                (Tangent::Mem(place), Arg::Place { by: By::Mut, .. }) => self.place_mut(place),
                (Tangent::Mem(place), _) => self.place_ref(place),
            })
            .collect()
    }

    /// `recorder.step(kind, label, template, parents, constants, value)`, where a parent is its number, its value and the
    /// partial. It says no more than it must: most of the code of a function is that of its trace.
    pub(super) fn record(&self, record: &Record) -> Code {
        let Some(recorder) = self.recorder() else { return Code::default() };
        let site = Span::call_site();
        let text = |text: &str| Code::from(Literal::string(text));
        let slice = |items: Vec<Code>| {
            let mut code = Code::operator("&", site);
            code.append(Code::list(items, site).in_group(Delimiter::Bracket, site));
            code
        };
        let parents = record.parents.iter();
        let parents =
            parents.map(|&(id, value, partial)| Code::arguments([id, value, partial].map(|v| self.double(v)), site));
        let args = [
            Literal::u8_unsuffixed(record.kind).into(),
            text(record.label.as_deref().unwrap_or("")),
            text(&record.template),
            slice(parents.collect()),
            slice(record.constants.iter().map(|&v| self.double(v)).collect()),
            self.double(record.value),
        ];
        let mut code = Code::from(recorder.clone());
        code.push_operator(".", site);
        code.push_word("step", site);
        code.append(Code::arguments(args, site));
        code
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
        // Nothing, or what nobody uses.
        Ret::Tuple(0) => quote!(_),
        Ret::Tuple(1) => quote!((#(#parts,)*)),
        Ret::Tuple(_) => quote!((#(#parts),*)),
    }
}

/// The tokens, which mean what they mean, as if they stood at `span`.
fn located(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut tree| {
            if let TokenTree::Group(group) = &tree {
                let mut inner = Group::new(group.delimiter(), located(group.stream(), span));
                inner.set_span(group.span());
                tree = TokenTree::Group(inner);
            }
            tree.set_span(tree.span().located_at(span));
            tree
        })
        .collect()
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

/// A hidden function of the callee, with the generic arguments that the call gives. `order` is that of the caller: from 2
/// on, [`higher`] needs the companion as a type, and so it is one everywhere, so that a callee without `#[differentiate]` is
/// one error.
fn hidden(call: &Call, name: &str, order: usize) -> TokenStream {
    if let Some(sibling) = sibling(call, name) {
        return quote!(#sibling);
    }
    let (companion, function) = companion(call, name);
    if order > 1 { quote!(<#companion>::#function) } else { quote!(#companion::#function) }
}

/// A function of a higher order.
fn higher(call: &Call, name: &str, order: usize, rt: &TokenStream, span: Span) -> TokenStream {
    if let Some(sibling) = sibling(call, name) {
        return quote!(#sibling);
    }
    let (companion, function) = companion(call, name);
    let order = proc_macro2::Literal::usize_unsuffixed(order);
    quote_spanned!(span=> <#companion as #rt::OfOrder<#order>>::COMPANION.#function)
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
