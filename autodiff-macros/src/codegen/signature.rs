//! The signatures of the companion's functions: the contract in types.
//!
//! With `T` a float:
//!
//! | parameter | gradient | shadow | tangent |
//! |---|---|---|---|
//! | `T` | `T` | `&mut T` | `T` |
//! | `[A; N]`, `&[A; N]` | `[G; N]` | `&mut [G; N]` | as the argument |
//! | `&[A]`, `Vec<A>`, `&Vec<A>` | `Vec<G>` | `&mut [G]` | as the argument |
//! | `(A, B)` | `(G, G)` | `&mut (G, G)` | as the argument |
//! | `P`, `&P` | `P` | `&mut P` | as the argument |
//!
//! The hidden functions have one slot or tangent per parameter, whatever its activity, since a caller cannot see which of
//! the callee's parameters are active. It is generic: an active parameter takes a shadow (`Slot`, `ListSlot`) or a tangent (`Given`),
//! or `Off`; a constant one takes `Off` and nothing else (`ConstantSlot`). Those of the orders above the first take both,
//! and slots for the tangents of the adjoints; with n directions, everything comes once for each set of directions, in
//! binary order (`ir::Dotted`). They are methods of the companion's only value, which callers reach through the trait
//! `OfOrder`: where a callee has no derivatives of the order that is needed, that is the one error.

use std::ops::Range;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};

use super::expr::ty_tokens;
use super::names::Names;
use crate::ir::Ty;
use crate::signature::{Shape, SigParam, Signature};

/// The functions of a companion.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ValueAndGrad,
    Grad,
    GradInto,
    Vjp,
    VjpInto,
    Pullback,
    Jvp,
    Jacobian,
    Trace,
    Hvp,
    HvpInto,
    Hessian,
    ValueGradHessian,
    HiddenVjp,
    HiddenForward,
    HiddenReverse,
    HiddenJvp,
    HiddenTrace,
    HiddenHvp,
    /// A hidden function with tangents in so many directions (of the forward derivative: in so many more).
    Dotted(Base, usize),
}

/// The hidden functions that exist with any number of directions.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Vjp,
    Forward,
    Reverse,
    Jvp,
}

impl Kind {
    /// The functions of a companion of the first and second order, in the order of the documentation.
    const FIXED: [Kind; 19] = [
        Kind::ValueAndGrad,
        Kind::Grad,
        Kind::GradInto,
        Kind::Vjp,
        Kind::VjpInto,
        Kind::Pullback,
        Kind::Jvp,
        Kind::Jacobian,
        Kind::Trace,
        Kind::Hvp,
        Kind::HvpInto,
        Kind::Hessian,
        Kind::ValueGradHessian,
        Kind::HiddenVjp,
        Kind::HiddenForward,
        Kind::HiddenReverse,
        Kind::HiddenJvp,
        Kind::HiddenTrace,
        Kind::HiddenHvp,
    ];

    /// The functions of the companion of a function.
    pub(super) fn all(sig: &Signature) -> Vec<Kind> {
        let bases = [Base::Vjp, Base::Forward, Base::Reverse, Base::Jvp];
        let dotted = (1..sig.order).flat_map(|n| bases.map(|base| Kind::Dotted(base, n)));
        Kind::FIXED.into_iter().chain(dotted).filter(|kind| kind.exists(sig)).collect()
    }

    pub(super) fn name(self) -> String {
        let name = match self {
            Kind::ValueAndGrad => "value_and_grad",
            Kind::Grad => "grad",
            Kind::GradInto => "grad_into",
            Kind::Vjp => "vjp",
            Kind::VjpInto => "vjp_into",
            Kind::Pullback => "pullback",
            Kind::Jvp => "jvp",
            Kind::Jacobian => "jacobian",
            Kind::Trace => "trace",
            Kind::Hvp => "hvp",
            Kind::HvpInto => "hvp_into",
            Kind::Hessian => "hessian",
            Kind::ValueGradHessian => "value_grad_hessian",
            Kind::HiddenVjp => "__vjp",
            Kind::HiddenForward => "__forward",
            Kind::HiddenReverse => "__reverse",
            Kind::HiddenJvp => "__jvp",
            Kind::HiddenTrace => "__trace",
            Kind::HiddenHvp => "__hvp",
            Kind::Dotted(base, n) => {
                let base = match base {
                    Base::Vjp => "__vjp",
                    Base::Forward => "__forward",
                    Base::Reverse => "__reverse",
                    Base::Jvp => "__jvp",
                };
                return format!("{base}{}", "_dot".repeat(n));
            }
        };
        name.to_owned()
    }

    pub(super) fn is_hidden(self) -> bool {
        self.name().starts_with('_')
    }

    /// Whether the function exists: gradients and Hessians are those of a number, and what is behind `&mut` is written by
    /// a function that is given both.
    pub(super) fn exists(self, sig: &Signature) -> bool {
        if sig.ret.has_memory() || sig.writes() {
            if self.is_hidden() {
                return self != Kind::HiddenHvp && self.order() <= sig.order;
            }
            let by_value = matches!(self, Kind::Vjp | Kind::Pullback) && !sig.writes();
            return by_value || matches!(self, Kind::VjpInto | Kind::Jvp | Kind::Jacobian);
        }
        if self == Kind::Jacobian {
            return !is_float(sig);
        }
        let of_a_number = match self {
            Kind::ValueAndGrad | Kind::Grad | Kind::GradInto => true,
            _ => matches!(self, Kind::Hvp | Kind::HvpInto | Kind::Hessian | Kind::ValueGradHessian | Kind::HiddenHvp),
        };
        (is_float(sig) || !of_a_number) && self.order() <= sig.order
    }

    fn order(self) -> usize {
        match self {
            Kind::Hvp | Kind::HvpInto | Kind::Hessian | Kind::ValueGradHessian | Kind::HiddenHvp => 2,
            Kind::Dotted(_, n) => n + 1,
            _ => 1,
        }
    }

    /// Whether it is a hidden function of a higher order: a method of the companion's value.
    pub(super) fn is_of_higher_order(self) -> bool {
        self.is_hidden() && self.order() > 1
    }

    /// In how many layers it takes tangents, seeds and slots: the last layer of each, where there is any.
    fn layers(self) -> Layers {
        let of = |tangents, seeds, slots| Layers { tangents, seeds, slots };
        match self {
            Kind::Jvp | Kind::HiddenJvp | Kind::HiddenTrace | Kind::Hvp => of(1..2, 0..0, 0..0),
            Kind::GradInto => of(1..1, 0..0, 0..1),
            Kind::Vjp => of(1..1, 0..1, 0..0),
            Kind::VjpInto | Kind::HiddenVjp | Kind::HiddenReverse => of(1..1, 0..1, 0..1),
            Kind::HvpInto | Kind::HiddenHvp => of(1..2, 0..0, 1..2),
            Kind::Dotted(Base::Vjp | Base::Reverse, n) => of(1..1 << n, 0..1 << n, 0..1 << n),
            Kind::Dotted(Base::Forward, n) => of(1..1 << n, 0..0, 0..0),
            Kind::Dotted(Base::Jvp, n) => of(1..2 << n, 0..0, 0..0),
            _ => of(1..1, 0..0, 0..0),
        }
    }

    /// Whether it is the reverse half of a derivative, which is not given what is behind `&mut`.
    pub(super) fn is_reverse_half(self) -> bool {
        matches!(self, Kind::HiddenReverse | Kind::Dotted(Base::Reverse, _))
    }

    /// Whether it hands something over to the reverse sweep, or takes it.
    fn takes_tape(self) -> bool {
        matches!(self, Kind::HiddenForward | Kind::HiddenReverse | Kind::Dotted(Base::Forward | Base::Reverse, _))
    }
}

/// The layers (`ir::Dotted`) of what a function takes.
struct Layers {
    tangents: Range<usize>,
    seeds: Range<usize>,
    slots: Range<usize>,
}

/// Whether the function returns one float.
pub(super) fn is_float(sig: &Signature) -> bool {
    !sig.ret.tuple && sig.ret.parts.iter().all(|ty| ty.float().is_some())
}

/// A function of the companion: its signature, and the names of its parameters.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    /// `<..>(..) -> ..`
    pub(super) tokens: TokenStream,
    /// The function that the caller calls, which must be the one whose companion this is.
    pub(super) called: Option<Ident>,
    /// The arguments of the user's function.
    pub(super) args: Vec<Ident>,
    /// Seeds, tangents (or directions, or numbers of nodes) and slots (or shadows), by their layers: layer 0 is that of the
    /// function's own values. Layers that the function does not take are empty.
    pub(super) seeds: Vec<Option<Ident>>,
    tangents: Vec<Marks>,
    slots: Vec<Marks>,
    pub(super) tape: Option<Ident>,
    pub(super) recorder: Option<Ident>,
    /// The reverse half of a derivative, which returns nothing.
    pub(super) reverse_half: bool,
    /// The names that are left.
    pub(super) names: Names,
}

/// One name for each parameter that has one, with the number of the parameter: public functions have one per active
/// parameter, hidden ones one per parameter.
pub(super) type Marks = Vec<(usize, Ident)>;

impl Signed {
    /// The tangents of a layer.
    pub(super) fn tangents(&self, layer: usize) -> &[(usize, Ident)] {
        self.tangents.get(layer).map_or(&[], Vec::as_slice)
    }

    /// The slots of a layer.
    pub(super) fn slots(&self, layer: usize) -> &[(usize, Ident)] {
        self.slots.get(layer).map_or(&[], Vec::as_slice)
    }

    /// The seed of a layer.
    pub(super) fn seed(&self, layer: usize) -> Option<&Ident> {
        self.seeds.get(layer).and_then(Option::as_ref)
    }

    pub(super) fn all_tangents(&self) -> impl Iterator<Item = &(usize, Ident)> {
        self.tangents.iter().flatten()
    }

    pub(super) fn all_seeds(&self) -> impl Iterator<Item = &Ident> {
        self.seeds.iter().flatten()
    }

    pub(super) fn all_slots(&self) -> impl Iterator<Item = &(usize, Ident)> {
        self.slots.iter().flatten()
    }
}

/// Reserves every name in the code that it visits.
struct Reserve<'n>(&'n mut Names);

impl<'ast> Visit<'ast> for Reserve<'_> {
    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.0.reserve_ident(ident);
    }

    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.0.reserve(tokens.clone());
    }
}

/// The user's function as the companion's functions see it.
pub(super) struct Interface<'a> {
    pub(super) sig: &'a Signature,
    /// The path of the runtime's support for generated code.
    pub(super) rt: TokenStream,
    /// The names of the signature, which a body must leave alone; the names of its own variables it may have.
    names: Names,
    /// All names of the function, constants and functions that it reads among them.
    all_names: Names,
}

impl<'a> Interface<'a> {
    pub(super) fn new(item: &'a syn::ItemFn, sig: &'a Signature) -> Interface<'a> {
        let runtime = &sig.runtime;
        let mut names = Names::new();
        let signature = &item.sig;
        names.reserve(quote!(#signature));
        names.reserve_ident(&sig.companion);
        for param in &sig.params {
            names.reserve_ident(&param.ident);
        }
        let mut all_names = names.clone();
        Reserve(&mut all_names).visit_item_fn(item);
        Interface { sig, rt: quote!(#runtime::__private), names, all_names }
    }

    /// The parameters as the derivatives name them: as the user does, except where the name would hide the function.
    fn args(&self, names: &mut Names) -> Vec<Ident> {
        let rename = |p: &SigParam, names: &mut Names| {
            if p.ident == self.sig.ident {
                names.fresh(&format!("{}_arg", p.ident), p.ident.span())
            } else {
                p.ident.clone()
            }
        };
        self.sig.params.iter().map(|p| rename(p, names)).collect()
    }

    pub(super) fn signed(&self, kind: Kind) -> Signed {
        let (rt, sig) = (&self.rt, self.sig);
        let mut names = self.all_names.clone();
        let args = self.args(&mut names);
        let mut inputs: Vec<TokenStream> = args
            .iter()
            .zip(&sig.params)
            .filter(|(_, p)| !(p.by_mut && kind.is_reverse_half()))
            .map(|(ident, p)| {
                let ty = &p.ty;
                quote!(#ident: #ty)
            })
            .collect();
        let called = (kind.is_hidden() && sig.owner.is_none()).then(|| names.fresh("called", Span::call_site()));
        if let Some(called) = &called {
            let (types, y) = (sig.params.iter().map(|p| &p.ty), &sig.ret.ty);
            inputs.insert(0, quote!(#called: impl ::core::ops::Fn(#(#types),*) -> #y + 'static));
        }
        let mut of = Signed {
            tokens: TokenStream::new(),
            called,
            args,
            seeds: Vec::new(),
            tangents: Vec::new(),
            slots: Vec::new(),
            tape: None,
            recorder: None,
            reverse_half: kind.is_reverse_half(),
            names: Names::new(),
        };
        let layers = kind.layers();
        for layer in 0..layers.tangents.end {
            let suffix = if kind == Kind::HiddenTrace { "id".to_owned() } else { dots(layer) };
            let taken = layers.tangents.contains(&layer);
            of.tangents.push(if taken { self.marks(kind, &suffix, &mut names, &mut inputs) } else { Vec::new() });
        }
        if kind.takes_tape() {
            let tape = names.fresh("tape", Span::call_site());
            inputs.push(quote!(#tape: &mut #rt::Tape));
            of.tape = Some(tape);
        }
        for layer in layers.seeds {
            // A caller that does not use what a call gives cannot tell a number from nothing: both take a seed.
            if sig.ret.is_unit() && !kind.is_hidden() {
                break;
            }
            let seed = names
                .fresh(&if layer > 0 { format!("seed_{}", dots(layer)) } else { "seed".to_owned() }, Span::call_site());
            let ty = match layer {
                0 if kind.is_hidden() => self.hidden_seed(),
                0 => self.float_parts(),
                _ => self.given_seed(),
            };
            inputs.push(quote!(#seed: #ty));
            of.seeds.push(Some(seed));
        }
        for layer in 0..layers.slots.end {
            let mut suffix = if kind.is_hidden() { "slot" } else { "bar" }.to_owned();
            if layer > 0 && kind.is_hidden() {
                suffix = format!("{suffix}_{}", dots(layer));
            }
            let taken = layers.slots.contains(&layer);
            of.slots.push(if taken { self.marks(kind, &suffix, &mut names, &mut inputs) } else { Vec::new() });
        }
        if kind.is_of_higher_order() && sig.owner.is_none() {
            inputs.insert(0, quote!(self));
        }
        if kind == Kind::HiddenTrace {
            let recorder = names.fresh("recorder", Span::call_site());
            inputs.push(quote!(#recorder: &mut #rt::Recorder));
            of.recorder = Some(recorder);
        }
        let output = self.output(kind);
        let generics = &sig.generics;
        let mut where_clause = generics.where_clause.clone();
        if matches!(kind, Kind::Pullback | Kind::Jacobian) {
            self.require_clones(&mut where_clause);
        }
        let arrow = (!output.is_empty()).then(|| quote!(->));
        of.tokens = quote!(#generics(#(#inputs),*) #arrow #output #where_clause);
        of.names = names;
        if kind.is_hidden() {
            of.names = self.names.clone();
            of.names.reserve(of.tokens.clone());
        }
        of
    }

    /// Adds to `inputs` one tangent (`dot`, `id`), slot or shadow for each parameter.
    fn marks(&self, kind: Kind, suffix: &str, names: &mut Names, inputs: &mut Vec<TokenStream>) -> Marks {
        let mut marks = Vec::new();
        for (i, p) in self.sig.params.iter().enumerate() {
            let Some(ty) = self.mark(kind, suffix, p) else { continue };
            let ident = names.fresh(&format!("{}_{suffix}", p.ident), p.ident.span());
            if p.by_mut && kind.is_reverse_half() && !suffix.starts_with("slot") {
                // The variable is there for the positions of the others.
                marks.push((i, ident));
                continue;
            }
            let mutable = (suffix.starts_with("slot") && p.active && !p.by_mut).then(|| quote!(mut));
            inputs.push(quote!(#mutable #ident: #ty));
            marks.push((i, ident));
        }
        marks
    }

    /// `::<T, N>`: the generic arguments of a function of the companion, or of the user's, where it has any.
    pub(super) fn instance(&self) -> TokenStream {
        let arguments: Vec<&Ident> = (self.sig.generics.params.iter())
            .filter_map(|param| match param {
                syn::GenericParam::Type(param) => Some(&param.ident),
                syn::GenericParam::Const(param) => Some(&param.ident),
                syn::GenericParam::Lifetime(_) => None,
            })
            .collect();
        if arguments.is_empty() { TokenStream::new() } else { quote!(::<#(#arguments),*>) }
    }

    /// The user's function.
    pub(super) fn original(&self) -> TokenStream {
        let (f, instance) = (&self.sig.ident, self.instance());
        let of = self.sig.owner.as_ref().map(|_| quote!(Self::));
        quote!(#of #f #instance)
    }

    /// One of the derivatives, from another.
    pub(super) fn derivative(&self, kind: Kind) -> TokenStream {
        let (function, instance) = (function(kind, self.sig), self.instance());
        if kind.is_of_higher_order() && self.sig.owner.is_none() {
            return quote!(Self {}.#function #instance);
        }
        quote!(Self::#function #instance)
    }

    /// The user's function as the first argument of a hidden one, for the witness.
    pub(super) fn witness(&self) -> TokenStream {
        if self.sig.owner.is_some() {
            return TokenStream::new();
        }
        let f = self.original();
        quote!(#f,)
    }

    /// The type of what goes with a parameter.
    fn mark(&self, kind: Kind, suffix: &str, p: &SigParam) -> Option<TokenStream> {
        let rt = &self.rt;
        let shadow = shadow(&p.shape, rt);
        if !kind.is_hidden() {
            let ty = &p.ty;
            return p.active.then(|| if suffix == "dot" { quote!(#ty) } else { quote!(&mut #shadow) });
        }
        let ty = &p.ty;
        Some(match (p.active, suffix.starts_with("slot")) {
            (true, true) if p.by_mut => quote!(&mut #shadow),
            (true, false) if p.by_mut => quote!(#ty),
            (false, _) => quote!(impl #rt::ConstantSlot),
            (true, true) => match &p.shape {
                Shape::Slice(inner) | Shape::Vec(inner) => {
                    let inner = gradient(inner, rt);
                    quote!(impl #rt::ListSlot<#inner>)
                }
                _ => quote!(impl #rt::Slot<#shadow>),
            },
            (true, false) => quote!(impl #rt::Given<#shadow>),
        })
    }

    /// One seed a part; a caller that has none passes `Off`.
    fn hidden_seed(&self) -> TokenStream {
        let number = !self.sig.ret.tuple && !self.sig.ret.has_memory();
        if number || self.sig.ret.is_unit() {
            return self.float_parts();
        }
        self.given_seed()
    }

    /// One seed, or tangent of a seed, a part, any of which may be `Off`.
    fn given_seed(&self) -> TokenStream {
        let rt = &self.rt;
        if self.sig.ret.is_unit() {
            return quote!(impl #rt::Given<()>);
        }
        let parts: Vec<TokenStream> = self
            .sig
            .ret
            .parts
            .iter()
            .enumerate()
            .map(|(j, ty)| {
                if let Some(shape) = self.sig.ret.shape(j) {
                    let shadow = shadow(shape, rt);
                    return quote!(impl #rt::Given<#shadow>);
                }
                if ty.float().is_none() {
                    return quote!(#rt::Off);
                }
                let ty = ty_tokens(*ty);
                quote!(impl #rt::Given<#ty>)
            })
            .collect();
        self.tuple(&parts)
    }

    /// The type of the result with `()` for what is no float: that of seeds and of tangents of the result.
    pub(super) fn float_parts(&self) -> TokenStream {
        let parts: Vec<TokenStream> = self
            .sig
            .ret
            .parts
            .iter()
            .enumerate()
            .map(|(j, ty)| match self.sig.ret.shape(j) {
                Some(shape) => gradient(shape, &self.rt),
                None if ty.float().is_some() => ty_tokens(*ty),
                None => quote!(()),
            })
            .collect();
        self.tuple(&parts)
    }

    /// The parts of a result, in the shape of the result.
    pub(super) fn tuple(&self, parts: &[TokenStream]) -> TokenStream {
        match (self.sig.ret.tuple, parts) {
            (false, []) => quote!(()),
            (false, parts) => quote!(#(#parts)*),
            (true, [one]) => quote!((#one,)),
            (true, parts) => quote!((#(#parts),*)),
        }
    }

    /// What is passed by value and used twice is cloned. The bounds hold or not for each caller: as bounds of every
    /// lifetime, they are not checked where the function is defined, so that a function which is given what cannot be
    /// cloned has all its other derivatives.
    fn require_clones(&self, clause: &mut Option<syn::WhereClause>) {
        for p in self.sig.params.iter().filter(|p| !p.by_ref && !p.shape.is_numeric()) {
            let (lifetime, mut ty) = (syn::Lifetime::new("'any", Span::mixed_site()), p.ty.clone());
            Named(&lifetime).visit_type_mut(&mut ty);
            let clause = clause.get_or_insert_with(|| syn::parse_quote!(where));
            clause.predicates.push(syn::parse_quote!(for<#lifetime> #ty: ::core::clone::Clone));
        }
    }

    /// `G`: the gradient of the active parameter, or a tuple of those of several.
    pub(super) fn gradients(&self) -> TokenStream {
        let parts: Vec<TokenStream> =
            self.sig.params.iter().filter(|p| p.active).map(|p| gradient(&p.shape, &self.rt)).collect();
        match parts.as_slice() {
            [one] => one.clone(),
            parts => quote!((#(#parts),*)),
        }
    }

    fn output(&self, kind: Kind) -> TokenStream {
        let (y, g) = (&self.sig.ret.ty, self.gradients());
        let runtime = &self.sig.runtime;
        match kind {
            Kind::ValueAndGrad | Kind::Vjp => quote!((#y, #g)),
            Kind::Grad => g,
            Kind::GradInto | Kind::VjpInto | Kind::HiddenVjp | Kind::HiddenForward => quote!(#y),
            Kind::Jvp | Kind::HiddenJvp => {
                let dot = self.float_parts();
                quote!((#y, #dot))
            }
            Kind::Dotted(Base::Reverse, _) => TokenStream::new(),
            Kind::Dotted(base, n) => {
                let dots = (2 << if base == Base::Jvp { n } else { n - 1 }) - 1;
                let dots = std::iter::repeat_n(self.float_parts(), dots);
                quote!((#y, #(#dots),*))
            }
            Kind::HiddenTrace => {
                let ids = self.float_parts();
                quote!((#y, #ids))
            }
            Kind::Pullback => {
                // It captures what edition 2024 captures, that of these tokens: whatever is in scope, among which are
                // lifetimes without a name.
                let seed = self.float_parts();
                quote!((#y, impl ::core::ops::FnOnce(#seed) -> #g))
            }
            Kind::Jacobian => self.jacobian(),
            Kind::Trace => quote!(#runtime::Trace),
            Kind::Hvp => g,
            Kind::Hessian => self.hessian(),
            Kind::ValueGradHessian => {
                let h = self.hessian();
                quote!((#y, #g, #h))
            }
            Kind::HiddenReverse | Kind::HvpInto | Kind::HiddenHvp => TokenStream::new(),
        }
    }
}

/// `'_` is not written in bounds: a bound of every lifetime, with the name of the one that stands for it.
struct Named<'a>(&'a syn::Lifetime);

impl VisitMut for Named<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.0.clone();
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime.get_or_insert_with(|| self.0.clone());
        visit_mut::visit_type_reference_mut(self, reference);
    }
}

/// The owned type of a gradient.
pub(super) fn gradient(shape: &Shape, rt: &TokenStream) -> TokenStream {
    match shape {
        Shape::Scalar(ty) => ty_tokens(*ty),
        Shape::Array(inner, len) => {
            let inner = gradient(inner, rt);
            quote!([#inner; #len])
        }
        Shape::Slice(inner) | Shape::Vec(inner) => {
            let inner = gradient(inner, rt);
            quote!(#rt::Vec<#inner>)
        }
        Shape::Tuple(parts) => {
            let parts = parts.iter().map(|p| gradient(p, rt));
            quote!((#(#parts,)*))
        }
        Shape::Named(ty) => quote!(#ty),
    }
}

/// What a shadow refers to: a list of any length is a slice.
pub(super) fn shadow(shape: &Shape, rt: &TokenStream) -> TokenStream {
    match shape {
        Shape::Slice(inner) | Shape::Vec(inner) => {
            let inner = gradient(inner, rt);
            quote!([#inner])
        }
        shape => gradient(shape, rt),
    }
}

/// Whether the shape is known only at run time, as far as the tokens say.
pub(super) fn is_dynamic(shape: &Shape) -> bool {
    match shape {
        Shape::Scalar(_) => false,
        Shape::Array(inner, _) => is_dynamic(inner),
        Shape::Tuple(parts) => parts.iter().any(is_dynamic),
        Shape::Slice(_) | Shape::Vec(_) | Shape::Named(_) => true,
    }
}

/// The type of a scalar parameter that is behind a reference: it is read once, on entry.
pub(super) fn referenced_scalar(p: &SigParam) -> Option<Ty> {
    match (&p.shape, p.by_ref) {
        (Shape::Scalar(ty), true) if *ty != Ty::Opaque => Some(*ty),
        _ => None,
    }
}

/// The suffix of the tangents of a layer: `dot`, `dot2`, `dot12`, `dot3` and so on, after the directions.
fn dots(layer: usize) -> String {
    if layer == 1 {
        return "dot".to_owned();
    }
    let directions = (0..usize::BITS).filter(|bit| layer >> bit & 1 == 1).map(|bit| (bit + 1).to_string());
    format!("dot{}", directions.collect::<String>())
}

/// The name of a derivative: of the companion's function, or of the sibling of a method.
pub(super) fn function(kind: Kind, sig: &Signature) -> Ident {
    match &sig.owner {
        Some(_) => Ident::new(&sibling(&sig.companion, &kind.name()), sig.companion.span()),
        None => format_ident!("{}", kind.name()),
    }
}

/// `loss_grad`, `__loss_vjp`.
pub(super) fn sibling(prefix: &Ident, name: &str) -> String {
    let prefix = prefix.unraw();
    match name.strip_prefix("__") {
        Some(hidden) => format!("__{prefix}_{hidden}"),
        None => format!("{prefix}_{name}"),
    }
}
