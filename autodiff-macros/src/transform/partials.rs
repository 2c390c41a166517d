//! Derivatives from partial derivatives that are given by hand: `#[differentiate(partials(df_dx, df_dy))]`.
//!
//! A function of floats with a rule is one step of a trace, so its derivatives are written down here, as the two modes
//! would make them of a row of the rule table: `x̄ = ȳ · ∂f/∂x` and `ẏ = Σ ∂f/∂x · ẋ`. The partials are calls of
//! differentiated functions, as far as the IR is concerned, so that the second order is the forward transform of these, as
//! everywhere; at the first order they are called and nothing else is asked of them.

use proc_macro2::{Ident, Span};

use crate::ir::build::Builder;
use crate::ir::{
    Arg, By, Call, CallForm, Func, Mark, Op, Opaque, Operand, Origin, Param, Place, Record, Ret, Role, Slotted, Ty, Val,
};
use crate::signature::{Shape, SigParam, Signature};

/// The first derivatives of a function with given partials, and what the second ones are made of.
pub(crate) struct Rules {
    pub(crate) vjp: Func,
    pub(crate) jvp: Func,
    pub(crate) trace: Func,
    /// The value; nothing is kept for the reverse sweep.
    pub(crate) forth: Func,
    /// The adjoints, without the value.
    pub(crate) back: Func,
}

/// The derivatives of the function of `sig`, whose result is one float; `partials` has one path per active parameter, each
/// of which is a float.
pub(crate) fn rules(sig: &Signature, partials: &[syn::Path]) -> Rules {
    Rules {
        vjp: reverse(sig, partials, true),
        jvp: forward(sig, partials),
        trace: trace(sig, partials),
        forth: {
            let mut steps = Steps::new(sig);
            let y = steps.value();
            steps.finish(vec![(Role::result(0), y)])
        },
        back: reverse(sig, partials, false),
    }
}

fn reverse(sig: &Signature, partials: &[syn::Path], with_value: bool) -> Func {
    let mut steps = Steps::new(sig);
    let seed = steps.carried(Role::result(0).marked(Mark::Bar), steps.float(), "seed");
    let mut results = Vec::new();
    if with_value {
        results.push((Role::result(0), steps.value()));
    }
    for (i, partial) in steps.each(partials) {
        let partial = steps.call(partial.clone(), None);
        let ty = steps.ty(i);
        let partial = steps.cast(partial, steps.float());
        let bar = steps.b.mul(seed, partial);
        let bar = steps.cast(bar, ty);
        results.push((Role::param(i).marked(Mark::Bar), bar));
    }
    steps.finish(results)
}

fn forward(sig: &Signature, partials: &[syn::Path]) -> Func {
    let mut steps = Steps::new(sig);
    let dots = steps.dots("dot");
    let y = steps.value();
    let mut sum = None;
    for ((_, partial), dot) in steps.each(partials).into_iter().zip(dots) {
        let partial = steps.call(partial.clone(), None);
        let (partial, dot) = (steps.cast(partial, steps.float()), steps.cast(dot, steps.float()));
        let term = steps.b.mul(partial, dot);
        sum = Some(match sum {
            Some(sum) => steps.b.add(sum, term),
            None => term,
        });
    }
    let y_dot = sum.unwrap_or_else(|| steps.b.like(0.0, y));
    steps.finish(vec![(Role::result(0), y), (Role::result(0).marked(Mark::Dot(1)), y_dot)])
}

/// One step of Type 3.
fn trace(sig: &Signature, partials: &[syn::Path]) -> Func {
    let mut steps = Steps::new(sig);
    let ids = steps.dots("id");
    let y = steps.value();
    let mut parents = Vec::new();
    for ((i, partial), id) in steps.each(partials).into_iter().zip(ids) {
        let partial = steps.call(partial.clone(), None);
        if let Some(Slotted::Val(x)) = steps.params.get(i).map(|param| param.held) {
            parents.push((id, x, partial));
        }
    }
    let args: Vec<String> = (0..parents.len()).map(|k| format!("{{{k}}}")).collect();
    let template = format!("{}({})", sig.ident, args.join(", "));
    let record = Record { kind: 3, label: None, template, parents, constants: Vec::new(), value: y };
    let id = steps.b.emit(Op::Record(Box::new(record)), steps.float());
    steps.finish(vec![(Role::result(0), y), (Role::result(0).marked(Mark::Dot(1)), id)])
}

/// A derivative being written.
struct Steps<'a> {
    sig: &'a Signature,
    b: Builder,
    params: Vec<Param>,
    /// How many placeholders there are.
    placeholders: usize,
}

impl<'a> Steps<'a> {
    fn new(sig: &'a Signature) -> Steps<'a> {
        let (mut b, mut params) = (Builder::new(), Vec::new());
        for (i, param) in sig.params.iter().enumerate() {
            b.span = param.ident.span();
            let name = param.ident.to_string();
            let held = if param.is_mem {
                Slotted::Mem(b.fresh_mem(None, Some(name)))
            } else {
                let v = b.fresh(scalar(param));
                b.set_name(v, name);
                Slotted::Val(v)
            };
            params.push(Param { role: Role::param(i), held, active: param.active, by_mut: false });
        }
        b.span = sig.ident.span();
        Steps { sig, b, params, placeholders: 0 }
    }

    fn finish(self, results: Vec<(Role, Val)>) -> Func {
        self.b.finish(self.sig.ident.to_string(), self.params, results)
    }

    /// The type of the result.
    fn float(&self) -> Ty {
        self.sig.ret.parts.first().copied().unwrap_or(Ty::Opaque)
    }

    /// The type of parameter `i`.
    fn ty(&self, i: usize) -> Ty {
        self.sig.params.get(i).map_or(Ty::Opaque, scalar)
    }

    /// A further parameter.
    fn carried(&mut self, role: Role, ty: Ty, name: &str) -> Val {
        let v = self.b.fresh(ty);
        self.b.set_name(v, name);
        self.params.push(Param { role, held: Slotted::Val(v), active: true, by_mut: false });
        v
    }

    /// A tangent for each active parameter.
    fn dots(&mut self, suffix: &str) -> Vec<Val> {
        let active: Vec<usize> = (0..self.sig.params.len()).filter(|&i| self.sig.params[i].active).collect();
        let dots = active.into_iter().map(|i| {
            let name = format!("{}_{suffix}", self.sig.params[i].ident);
            self.carried(Role { origin: Origin::Param(i), marks: vec![Mark::Dot(1)] }, self.ty(i), &name)
        });
        dots.collect()
    }

    /// Each partial with the number of its parameter.
    fn each<'p>(&self, partials: &'p [syn::Path]) -> Vec<(usize, &'p syn::Path)> {
        let active = self.sig.params.iter().enumerate().filter(|(_, param)| param.active).map(|(i, _)| i);
        active.zip(partials).collect()
    }

    /// A partial has the type of the result; a parameter may have another one.
    fn cast(&mut self, v: Val, ty: Ty) -> Val {
        if self.b.ty(v) == ty { v } else { self.b.cast(v, ty) }
    }

    /// The function itself.
    fn value(&mut self) -> Val {
        let (f, companion) = (&self.sig.ident, &self.sig.companion);
        let renamed = f != companion;
        let path = |name: &Ident| -> syn::Path {
            if self.sig.owner.is_some() { syn::parse_quote!(Self::#name) } else { name.clone().into() }
        };
        let (path, companion) = (path(f), renamed.then(|| path(companion)));
        self.call(path, companion)
    }

    /// `path(args)`.
    fn call(&mut self, path: syn::Path, companion: Option<syn::Path>) -> Val {
        let args = (0..self.sig.params.len()).map(|i| self.arg(i)).collect();
        let (form, ret, made) = (CallForm::Primal, Ret::Scalar, Vec::new());
        let call = Call { path, method: false, companion, form, args, ret, made };
        self.b.emit(Op::Call(Box::new(call)), self.float())
    }

    /// Parameter `i`, passed on as it came. It may be passed on more than once.
    fn arg(&mut self, i: usize) -> Arg {
        let param = &self.sig.params[i];
        match self.params[i].held {
            Slotted::Mem(mem) => {
                let by = if param.by_ref { By::Ref } else { By::Value };
                Arg::Place { place: Place::whole(mem), by }
            }
            // A reference, or a number.
            Slotted::Val(v) if param.by_ref == (self.b.ty(v) == Ty::Opaque) => Arg::Val(v),
            Slotted::Val(v) => {
                self.placeholders += 1;
                let x = Ident::new(&format!("argument_{}", self.placeholders), Span::mixed_site());
                let expr = match param.by_ref {
                    // It was read on entry.
                    true => syn::parse_quote!(&#x),
                    false => syn::parse_quote!(::core::clone::Clone::clone(&#x)),
                };
                let opaque =
                    Opaque { expr, binds: vec![(x, Operand::Val(v))], pure_: true, mutable: false, effects: false };
                Arg::Val(self.b.emit(Op::Opaque(Box::new(opaque)), Ty::Opaque))
            }
        }
    }
}

/// The type of a parameter that is held as a scalar.
fn scalar(param: &SigParam) -> Ty {
    match param.shape {
        Shape::Scalar(ty) => ty,
        _ => Ty::Opaque,
    }
}
