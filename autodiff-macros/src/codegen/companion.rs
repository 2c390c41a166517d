//! The user's function, its companion type, and the public functions, which are thin wrappers of the hidden ones.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt as _;

use super::docs;
use super::expr::{double, from_number, number, ty_tokens};
use super::hessian::is_opaque;
use super::names::Names;
use super::signature::{Base, Interface, Kind, Signed, function, gradient, is_dynamic, is_float};
use super::{Compiled, Derived, Dotted};
use crate::ir::Ty;
use crate::signature::{Shape, SigParam, Signature};

/// The function as written, and everything that is derived from it.
pub(crate) fn companion(item: &syn::ItemFn, tokens: TokenStream, sig: &Signature, derived: &Derived) -> TokenStream {
    with_companion(item, original(item, tokens), sig, bodies(derived))
}

/// The derivatives of a method, for an `impl` block beside its own.
pub(crate) fn siblings(item: &syn::ItemFn, sig: &Signature, derived: &Derived) -> TokenStream {
    functions(item, sig, bodies(derived))
}

/// The bodies of the derivatives.
fn bodies(derived: &Derived) -> impl Fn(&Interface<'_>, Kind, &Signed) -> TokenStream {
    move |interface, kind, signed| match derived {
        _ if !kind.is_hidden() => interface.wrapper(kind, signed),
        Derived::Compiled(compiled) => interface.compiled(kind, compiled, signed),
        Derived::ByHand { vjp, jvp } => interface.by_hand(kind, (vjp, jvp), signed),
    }
}

/// The derivatives, with the given bodies.
pub(super) fn functions(
    item: &syn::ItemFn,
    sig: &Signature,
    body: impl Fn(&Interface<'_>, Kind, &Signed) -> TokenStream,
) -> TokenStream {
    let interface = Interface::new(item, sig);
    let inherited = inherited(&item.attrs);
    // Those of a method are as visible as it is; a companion's functions are as visible as the companion.
    let vis = if sig.owner.is_some() { sig.vis.to_token_stream() } else { quote!(pub) };
    let functions = Kind::all(sig).into_iter().map(|kind| {
        let signed = interface.signed(kind);
        let (name, signature, body) = (function(kind, sig), &signed.tokens, body(&interface, kind, &signed));
        let doc = if kind.is_hidden() { quote!(#[doc(hidden)]) } else { docs::function(kind, sig) };
        let inline = (!inherited.iter().any(|a| a.path().is_ident("inline"))).then(|| quote!(#[inline]));
        // Where only its derivatives are used, the method is not unused.
        let used = (kind == Kind::HiddenVjp && sig.owner.is_some()).then(|| {
            let method = interface.original();
            quote!(let _ = #method;)
        });
        quote! { #doc #inline #(#inherited)* #vis fn #name #signature { #used #body } }
    });
    let bridges = sig.owner.as_ref().map(|_| super::method::bridges(sig, &inherited));
    quote!(#(#functions)* #bridges)
}

/// The function as written and a companion whose functions have the given bodies.
pub(super) fn with_companion(
    item: &syn::ItemFn,
    original: TokenStream,
    sig: &Signature,
    body: impl Fn(&Interface<'_>, Kind, &Signed) -> TokenStream,
) -> TokenStream {
    let (vis, companion) = (&sig.vis, &sig.companion);
    let (functions, doc) = (functions(item, sig, body), docs::companion(sig));
    let rt = &sig.runtime;
    let higher = (2..=sig.order).map(|order| {
        let order = proc_macro2::Literal::usize_unsuffixed(order);
        quote! {
            #[doc(hidden)]
            impl #rt::__private::OfOrder<#order> for #companion {
                type Companion = #companion;
                const COMPANION: #companion = #companion {};
            }
        }
    });
    quote! {
        #original
        #doc
        #[allow(non_camel_case_types, dead_code)]
        #vis struct #companion {}
        #[allow(dead_code, non_snake_case, unreachable_code, unused_mut, unused_variables, clippy::all)]
        impl #companion {
            #functions
        }
        #(#higher)*
    }
}

/// The function less our helper attributes: `tokens`, as they came, if there are none.
pub(super) fn original(item: &syn::ItemFn, tokens: TokenStream) -> TokenStream {
    let ours = |attr: &syn::Attribute| attr.path().is_ident("constant");
    if !item.sig.inputs.iter().any(|input| attributes(input).iter().any(ours)) {
        return tokens;
    }
    // Inner attributes are in the body, which is the last token.
    let outer = item.attrs.iter().filter(|attr| matches!(attr.style, syn::AttrStyle::Outer));
    let (vis, body) = (&item.vis, tokens.into_iter().last());
    let mut sig = item.sig.clone();
    for input in &mut sig.inputs {
        match input {
            syn::FnArg::Receiver(receiver) => receiver.attrs.retain(|attr| !ours(attr)),
            syn::FnArg::Typed(typed) => typed.attrs.retain(|attr| !ours(attr)),
        }
    }
    quote!(#(#outer)* #vis #sig #body)
}

fn attributes(input: &syn::FnArg) -> &[syn::Attribute] {
    match input {
        syn::FnArg::Receiver(receiver) => &receiver.attrs,
        syn::FnArg::Typed(typed) => &typed.attrs,
    }
}

/// The attributes that the derivatives share with the function: lint levels and what the optimizer is told.
fn inherited(attrs: &[syn::Attribute]) -> Vec<syn::Attribute> {
    let shared = ["allow", "warn", "deny", "forbid", "inline", "target_feature", "cfg"];
    attrs
        .iter()
        .filter_map(|attr| {
            if attr.path().is_ident("expect") {
                // What the function is expected to trigger, a derivative may or may not.
                let mut allow = attr.clone();
                if let syn::Meta::List(list) = &mut allow.meta {
                    list.path = format_ident!("allow").into();
                }
                return Some(allow);
            }
            shared.iter().any(|name| attr.path().is_ident(name)).then(|| attr.clone())
        })
        .collect()
}

/// Gradients in new memory.
pub(super) struct Fresh {
    /// Brings them into being.
    pub(super) new: TokenStream,
    /// One per parameter, for a hidden function.
    pub(super) slots: Vec<TokenStream>,
    /// What is to be done when all is added up.
    pub(super) keep: TokenStream,
    /// `G`.
    pub(super) gradients: TokenStream,
}

impl Interface<'_> {
    /// A hidden function that is made from the function's body, or its partials.
    fn compiled(&self, kind: Kind, derived: &Compiled, signed: &Signed) -> TokenStream {
        match (kind, &derived.split) {
            (Kind::HiddenVjp, _) => {
                let (witnesses, body) = (&derived.witnesses, self.hidden_body(&derived.vjp, signed));
                quote!(#(#witnesses)* #body)
            }
            (Kind::HiddenJvp, _) => {
                let (parts, body) = (self.parts(&derived.jvp, signed), self.hidden_body(&derived.jvp, signed));
                quote!(#parts #body)
            }
            (Kind::HiddenForward, Some((forward, _))) => self.hidden_body(forward, signed),
            (Kind::HiddenReverse, Some((_, reverse))) => self.hidden_body(reverse, signed),
            (Kind::HiddenForward | Kind::HiddenReverse, None) => self.run_again(kind, signed),
            (Kind::HiddenTrace, _) => match &derived.trace {
                Some(trace) => self.hidden_body(trace, signed),
                // Derivatives of others are no steps: the function is one.
                None => self.one_step(&self.derivative(Kind::VjpInto), signed),
            },
            // The product exists where the function has it.
            (Kind::HiddenHvp, _) => derived.hvp.as_ref().map(|hvp| self.hidden_body(hvp, signed)).unwrap_or_default(),
            (Kind::Dotted(base, n), _) => {
                derived.dotted.get(n - 1).map(|dotted| self.dotted(base, n, dotted, signed)).unwrap_or_default()
            }
            _ => TokenStream::new(),
        }
    }

    /// The two halves of a function that is cheaper run again than kept, or that cannot be taken apart. What is behind
    /// `&mut` is kept as it was before.
    pub(super) fn run_again(&self, kind: Kind, signed: &Signed) -> TokenStream {
        let called = signed.called.as_ref().map(|called| quote!(#called,));
        let written = |marks: &[(usize, Ident)]| -> Vec<(usize, Ident)> {
            marks.iter().filter(|(i, _)| self.sig.params[*i].by_mut).cloned().collect()
        };
        let args: Vec<(usize, Ident)> = signed.args.iter().cloned().enumerate().collect();
        let kept: Vec<(usize, Ident)> =
            written(&args).into_iter().chain(written(&signed.all_tangents().cloned().collect::<Vec<_>>())).collect();
        let tape = signed.tape.as_ref();
        let rt = &self.rt;
        let save = kept.iter().map(|(i, ident)| {
            let ty = gradient(&self.sig.params[*i].shape, rt);
            quote!(#tape.push_copy::<#ty>(&#rt::ToOwned::to_owned(&*#ident));)
        });
        let restore = kept.iter().rev().map(|(i, ident)| {
            let ty = gradient(&self.sig.params[*i].shape, rt);
            quote!(let #ident: &mut #ty = &mut #tape.pop_as(|| #rt::never::<#ty>());)
        });
        let (args, tangents) = (&signed.args, signed.all_tangents().map(|(_, tangent)| tangent));
        let (seeds, slots) = (signed.all_seeds(), signed.all_slots().map(|(_, slot)| slot));
        match kind {
            Kind::HiddenForward => {
                let f = self.original();
                self.witnessed(signed, quote!(#(#save)* #f(#(#args),*)))
            }
            Kind::Dotted(Base::Forward, n) => {
                let jvp = self.derivative(if n == 1 { Kind::HiddenJvp } else { Kind::Dotted(Base::Jvp, n - 1) });
                quote!(#(#save)* #jvp(#called #(#args,)* #(#tangents),*))
            }
            // The value and the adjoint at once, and the value dropped.
            Kind::HiddenReverse => {
                let vjp = self.derivative(Kind::HiddenVjp);
                quote!(#(#restore)* let _ = #vjp(#called #(#args,)* #(#seeds,)* #(#slots),*);)
            }
            Kind::Dotted(_, n) => {
                let vjp_dot = self.derivative(Kind::Dotted(Base::Vjp, n));
                quote!(#(#restore)* let _ = #vjp_dot(#called #(#args,)* #(#tangents,)* #(#seeds,)* #(#slots),*);)
            }
            // No other function has halves.
            _ => TokenStream::new(),
        }
    }

    fn wrapper(&self, kind: Kind, signed: &Signed) -> TokenStream {
        let (args, f) = (&signed.args, self.witness());
        match kind {
            Kind::Grad => {
                let value_and_grad = self.derivative(Kind::ValueAndGrad);
                quote!(#value_and_grad(#(#args),*).1)
            }
            Kind::ValueAndGrad | Kind::Vjp => self.allocating(signed),
            Kind::Pullback => self.pullback(signed),
            Kind::GradInto | Kind::VjpInto => {
                let (seed, vjp) = (self.seed(signed), self.derivative(Kind::HiddenVjp));
                let (checks, slots) = (self.checks(signed), self.shadows(signed.slots(0)));
                let call = self.keeping(signed, signed.slots(0), quote!(#vjp(#f #(#args,)* #seed #(#slots),*)));
                quote!(#checks #call)
            }
            Kind::Jvp => {
                let (checks, tangents, jvp) =
                    (self.checks(signed), self.tangents(signed), self.derivative(Kind::HiddenJvp));
                let written: Vec<(usize, Ident)> =
                    signed.tangents(1).iter().filter(|(i, _)| self.sig.params[*i].by_mut).cloned().collect();
                let call = self.keeping(signed, &written, quote!(#jvp(#f #(#args,)* #(#tangents),*)));
                quote!(#checks #call)
            }
            Kind::Hvp => {
                let (checks, tangents) = (self.checks(signed), self.tangents(signed));
                let args: Vec<TokenStream> = args.iter().map(|arg| quote!(#arg)).collect();
                let product = self.product(signed, &args, &tangents, &mut signed.names.clone());
                quote!(#checks #product)
            }
            Kind::HvpInto => {
                let (checks, tangents) = (self.checks(signed), self.tangents(signed));
                let (slots, hvp) = (self.shadows(signed.slots(1)), self.derivative(Kind::HiddenHvp));
                let call = quote!(#hvp(#f #(#args,)* #(#tangents,)* #(#slots),*));
                let call = self.keeping(signed, signed.slots(1), call);
                quote!(#checks #call)
            }
            Kind::Jacobian => self.jacobian_body(signed),
            Kind::Hessian => self.hessian_body(signed),
            Kind::ValueGradHessian => self.value_grad_hessian_body(signed),
            _ => self.traced(signed),
        }
    }

    /// A hidden function with tangents in `n` directions.
    fn dotted(&self, base: Base, n: usize, of: &Dotted, signed: &Signed) -> TokenStream {
        match (base, &of.split) {
            (Base::Vjp, _) => self.hidden_body(&of.vjp, signed),
            (Base::Jvp, _) => self.hidden_body(&of.jvp, signed),
            (Base::Forward, Some((forth, _))) => self.hidden_body(forth, signed),
            (Base::Reverse, Some((_, back))) => self.hidden_body(back, signed),
            (Base::Forward | Base::Reverse, None) => self.run_again(Kind::Dotted(base, n), signed),
        }
    }

    /// The public tangents as arguments of a hidden function.
    fn tangents(&self, signed: &Signed) -> Vec<TokenStream> {
        let rt = &self.rt;
        self.each(signed.tangents(1), |p, dot| match (&p.shape, p.by_ref) {
            (shape, _) if p.by_mut && is_opaque(shape) => quote!(&mut *#dot),
            _ if p.by_mut => quote!(#dot),
            (shape, true) if is_opaque(shape) => quote!(#rt::tangent(#dot)),
            (shape, false) if is_opaque(shape) => quote!(#rt::tangent(&#dot)),
            (Shape::Scalar(_), true) => quote!(*#dot),
            (Shape::Scalar(_), false) | (_, true) => quote!(#dot),
            (_, false) => quote!(&#dot),
        })
    }

    /// One argument per parameter: that of an active one by `active`, else `Off`.
    fn each(&self, marks: &[(usize, Ident)], active: impl Fn(&SigParam, &Ident) -> TokenStream) -> Vec<TokenStream> {
        let rt = &self.rt;
        let params = self.sig.params.iter().enumerate();
        params
            .map(|(i, p)| match marks.iter().find(|(k, _)| *k == i) {
                Some((_, ident)) => active(p, ident),
                None => quote!(#rt::Off),
            })
            .collect()
    }

    /// The value with a gradient in new memory.
    fn allocating(&self, signed: &Signed) -> TokenStream {
        let (args, seed) = (&signed.args, self.seed(signed));
        let (f, vjp) = (self.witness(), self.derivative(Kind::HiddenVjp));
        let mut names = signed.names.clone();
        let Fresh { new, slots, keep, gradients } = self.fresh_gradients(signed, &mut names);
        let y = names.fresh("y", self.sig.ident.span());
        quote! {
            #new
            let #y = #vjp(#f #(#args,)* #seed #(#slots),*);
            #keep
            (#y, #gradients)
        }
    }

    /// The value, and the reverse sweep as a closure, which has what the forward sweep left on the tape.
    fn pullback(&self, signed: &Signed) -> TokenStream {
        let (f, rt, args) = (self.witness(), &self.rt, &signed.args);
        let (forward, reverse) = (self.derivative(Kind::HiddenForward), self.derivative(Kind::HiddenReverse));
        let (ty, g, cloned) = (self.float_parts(), self.gradients(), self.cloned(signed));
        let mut names = signed.names.clone();
        let [tape, y, seed] = ["tape", "y", "seed"].map(|hint| names.fresh(hint, self.sig.ident.span()));
        if !Kind::HiddenForward.exists(self.sig) {
            let (original, vjp) = (self.original(), self.derivative(Kind::Vjp));
            return quote!((#original(#(#cloned),*), move |#seed: #ty| -> #g { #vjp(#(#args,)* #seed).1 }));
        }
        let seed_value = self.seed_of(&seed);
        let Fresh { new, slots, keep, gradients } = self.fresh_gradients(signed, &mut names);
        quote! {
            let mut #tape = #rt::Tape::new();
            let #y = #forward(#f #(#cloned,)* &mut #tape);
            (#y, move |#seed: #ty| -> #g {
                #new
                #reverse(#f #(#args,)* &mut #tape, #seed_value, #(#slots),*);
                #keep
                #gradients
            })
        }
    }

    /// A zero gradient for each active parameter.
    pub(super) fn fresh_gradients(&self, signed: &Signed, names: &mut Names) -> Fresh {
        let rt = &self.rt;
        let (mut new, mut slots, mut gradients) = (TokenStream::new(), Vec::new(), Vec::new());
        let (mut before, mut keep) = (TokenStream::new(), TokenStream::new());
        for (p, arg) in self.sig.params.iter().zip(&signed.args) {
            if !p.active {
                slots.push(quote!(#rt::Off));
                continue;
            }
            let bar = names.fresh(&format!("{}_bar", p.ident), p.ident.span());
            let whole = if matches!(p.shape, Shape::Slice(_) | Shape::Vec(_)) { quote!([..]) } else { quote!() };
            let zero = self.zero(p, arg);
            let ty = if let Shape::Scalar(ty) = p.shape {
                let ty = ty_tokens(ty);
                quote!(: #ty)
            } else {
                TokenStream::new()
            };
            new.extend(quote!(let mut #bar #ty = #zero;));
            slots.push(quote!(&mut #bar #whole));
            if let Some((constants, kept)) = self.kept(p, arg, &quote!(&mut #bar), names) {
                before.extend(constants);
                keep.extend(kept);
            }
            gradients.push(bar);
        }
        let gradients = match gradients.as_slice() {
            [one] => quote!(#one),
            many => quote!((#(#many),*)),
        };
        Fresh { new: quote!(#new #before), slots, keep, gradients }
    }

    /// Constant fields of a struct's gradient are copies of the argument's: what keeps them (an argument by value is gone in
    /// the end), and what sets those of `bar`, a `&mut`.
    pub(super) fn kept(
        &self,
        p: &SigParam,
        arg: &Ident,
        bar: &TokenStream,
        names: &mut Names,
    ) -> Option<(TokenStream, TokenStream)> {
        let rt = &self.rt;
        is_opaque(&p.shape).then(|| {
            if p.by_mut {
                // Its shadow is read before it is written.
                (quote!(#rt::clear_constants(#bar);), quote!(#rt::copy_constants(#bar, &*#arg);))
            } else if p.by_ref {
                (TokenStream::new(), quote!(#rt::copy_constants(#bar, #arg);))
            } else {
                let constants = names.fresh(&format!("{}_constants", p.ident), p.ident.span());
                (quote!(let #constants = #rt::constants(&#arg);), quote!(#rt::keep_constants(#bar, #constants);))
            }
        })
    }

    /// `call` with what comes before and behind it for the constant fields of the `&mut` marks: shadows, and tangents that
    /// are written.
    fn keeping(&self, signed: &Signed, marks: &[(usize, Ident)], call: TokenStream) -> TokenStream {
        let mut names = signed.names.clone();
        let kept = marks.iter().filter_map(|(i, mark)| {
            self.kept(&self.sig.params[*i], &signed.args[*i], &quote!(&mut *#mark), &mut names)
        });
        let (before, keep): (Vec<TokenStream>, Vec<TokenStream>) = kept.unzip();
        if keep.is_empty() {
            return call;
        }
        let y = names.fresh("y", self.sig.ident.span());
        quote! {
            #(#before)*
            let #y = #call;
            #(#keep)*
            #y
        }
    }

    /// The shadows as slots of a hidden function. Those of structs are needed afterwards.
    fn shadows(&self, marks: &[(usize, Ident)]) -> Vec<TokenStream> {
        self.each(marks, |p, bar| if is_opaque(&p.shape) { quote!(&mut *#bar) } else { quote!(#bar) })
    }

    /// The seed for the hidden function, with a comma.
    fn seed(&self, signed: &Signed) -> TokenStream {
        if self.sig.ret.is_unit() {
            return quote!((),);
        }
        let seed = self.seed_value(signed);
        quote!(#seed,)
    }

    fn seed_value(&self, signed: &Signed) -> TokenStream {
        match signed.seed(0) {
            Some(seed) => self.seed_of(seed),
            None => self.sig.ret.parts.first().map(|ty| number(1.0, *ty, &self.rt)).unwrap_or_default(),
        }
    }

    /// The seed that the user gives, for the hidden function.
    pub(super) fn seed_of(&self, seed: &Ident) -> TokenStream {
        let rt = &self.rt;
        let given = |shape: &Shape, seed: TokenStream| match is_opaque(shape) {
            // What is in its constant fields is no cotangent.
            true => quote!(#rt::tangent(&#seed)),
            false => quote!(&#seed),
        };
        if !self.sig.ret.tuple {
            return match self.sig.ret.shape(0) {
                Some(shape) => given(shape, quote!(#seed)),
                None => quote!(#seed),
            };
        }
        let parts: Vec<TokenStream> = (self.sig.ret.parts.iter().enumerate())
            .map(|(j, ty)| {
                let shape = self.sig.ret.shape(j);
                let j = proc_macro2::Literal::usize_unsuffixed(j);
                match shape {
                    Some(shape) => given(shape, quote!(#seed.#j)),
                    None if ty.float().is_some() => quote!(#seed.#j),
                    None => quote!(#rt::Off),
                }
            })
            .collect();
        self.tuple(&parts)
    }

    /// Panics on entry where the shape of a shadow or tangent is not that of its parameter.
    fn checks(&self, signed: &Signed) -> TokenStream {
        let rt = &self.rt;
        let tangents = signed.all_tangents().map(|mark| (mark, true));
        let shadows = signed.all_slots().map(|mark| (mark, false));
        let dynamic = tangents.chain(shadows).filter(|((i, _), _)| is_dynamic(&self.sig.params[*i].shape));
        let checks = dynamic.map(|((i, ident), is_tangent)| {
            let (p, arg) = (&self.sig.params[*i], &signed.args[*i]);
            let name = p.ident.unraw().to_string();
            let value = match (p.by_mut, p.by_ref) {
                (true, _) => quote!(&*#arg),
                (false, true) => quote!(#arg),
                (false, false) => quote!(&#arg),
            };
            // A tangent is what its parameter is; a shadow is always `&mut`.
            let by_value = is_tangent && !p.by_ref;
            let shadow = if by_value { quote!(&#ident) } else { quote!(&*#ident) };
            quote!(#rt::check_shape(#name, #value, #shadow);)
        });
        quote!(#(#checks)*)
    }

    /// Arguments are recorded as inputs, then every step; numbers of nodes travel as floats.
    fn traced(&self, signed: &Signed) -> TokenStream {
        let (args, rt) = (&signed.args, &self.rt);
        let (f, trace) = (self.witness(), self.derivative(Kind::HiddenTrace));
        let mut names = signed.names.clone();
        let mut local = |hint: &str| names.fresh(hint, self.sig.ident.span());
        let recorder = local("recorder");
        let function = self.sig.ident.unraw().to_string();
        let (mut inputs, mut ids) = (TokenStream::new(), Vec::new());
        for (p, arg) in self.sig.params.iter().zip(args) {
            if !p.active {
                ids.push(quote!(#rt::Off));
                continue;
            }
            let (id, name) = (local(&format!("{}_id", p.ident)), p.ident.unraw().to_string());
            let behind = p.by_ref.then(|| quote!(*));
            match &p.shape {
                Shape::Scalar(ty) => {
                    let value = double(quote!(#behind #arg), *ty, rt);
                    let number = from_number(quote!(#recorder.input(#name, #value)), *ty, rt);
                    inputs.extend(quote!(let #id = #number;));
                    ids.push(quote!(#id));
                }
                _ => {
                    let value = if p.by_ref { quote!(#arg) } else { quote!(&#arg) };
                    inputs.extend(quote!(let #id = #recorder.inputs_of(#name, #value);));
                    ids.push(quote!(&#id));
                }
            }
        }
        let (y, y_id) = (local("y"), local("y_id"));
        // The trace is of one number: the first float of the result.
        let first = self.sig.ret.parts.iter().position(|ty| matches!(ty, Ty::Float(_)));
        let ty = self.sig.ret.parts[first.unwrap_or(0)];
        let part = |ident: &Ident| match first {
            Some(j) if self.sig.ret.tuple => {
                let j = proc_macro2::Literal::usize_unsuffixed(j);
                quote!(#ident.#j)
            }
            _ => quote!(#ident),
        };
        let (id, value) = (part(&y_id), part(&y));
        let output = if is_float(self.sig) || self.sig.ret.tuple {
            let (id, value) = (double(id, ty, rt), double(value, ty, rt));
            quote!(#recorder.output(#id, #value);)
        } else {
            TokenStream::new()
        };
        quote! {
            let mut #recorder = #rt::Recorder::new(#function);
            #inputs
            let (#y, #y_id) = #trace(#f #(#args,)* #(#ids,)* &mut #recorder);
            #output
            #recorder.finish(1.0)
        }
    }
}
