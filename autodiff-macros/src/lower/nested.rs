//! Derivatives inside derivatives: `g::grad(x)`, `g::value_and_grad(x)`, `g::vjp(x, s)`, `g::jvp(x, v)`, `g::hvp(x, v)`.
//!
//! A nested derivative is lowered to the call of the callee's hidden function that its public one is a wrapper of, so that
//! there is nothing new to differentiate: a gradient is a call of `__vjp` with the seed 1 and slots that are new variables.
//!
//! The call does not show which of the callee's parameters are constant, and so which argument a part of the result belongs
//! to. Integers are constant; of floats, those that may be active are taken for active first. A wrong guess cannot give a
//! wrong number: the hidden functions have a slot for every parameter, and constant ones accept none.

use proc_macro2::TokenStream;

use super::Lower;
use super::call::PendingArg;
use super::expr::Want;
use super::infer::Class;
use super::value::{Form, MemInfo, Seq, Spot, Value};
use crate::ir::{Arg, Call, CallForm, Const, Dotted, Init, Layer, Mem, Op, Place, Ret, Slot, Tangent, Ty};

/// The contract's names: a path of two segments or more that ends in one is a derivative of a function.
const DERIVATIVES: [&str; 12] = [
    "grad",
    "value_and_grad",
    "grad_into",
    "vjp",
    "vjp_into",
    "jvp",
    "hvp",
    "hvp_into",
    "hessian",
    "pullback",
    "jacobian",
    "value_grad_hessian",
];

/// Those that can be differentiated.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Nested {
    Grad,
    ValueAndGrad,
    Vjp,
    Jvp,
    Hvp,
    /// Not yet.
    Other,
}

/// The derivative that a path names, and the function.
pub(super) fn nested(path: &syn::Path) -> Option<(Nested, syn::Path)> {
    let mut function = path.clone();
    let last = function.segments.pop()?.into_value();
    function.segments.pop_punct();
    let of = function.segments.last_mut()?;
    if of.ident.to_string().starts_with(|c: char| c.is_uppercase()) {
        return None;
    }
    if !last.arguments.is_none() {
        of.arguments = last.arguments;
    }
    let name = last.ident.to_string();
    let kind = match name.as_str() {
        "grad" => Nested::Grad,
        "value_and_grad" => Nested::ValueAndGrad,
        "vjp" => Nested::Vjp,
        "jvp" => Nested::Jvp,
        "hvp" => Nested::Hvp,
        name if DERIVATIVES.contains(&name) => Nested::Other,
        _ => return None,
    };
    Some((kind, function))
}

/// An argument, as far as the call shows.
struct Given {
    arg: Arg,
    form: Option<Form>,
    /// It may belong to an active parameter.
    candidate: bool,
    /// It is certainly inactive here.
    inert: bool,
}

impl Given {
    fn is_mem(&self) -> bool {
        matches!(self.arg, Arg::Place { .. })
    }
}

impl Lower<'_> {
    /// A nested derivative into which an active value may flow.
    pub(super) fn nested_call(
        &mut self,
        (kind, path): (Nested, syn::Path),
        args: Vec<(PendingArg, Option<Form>)>,
        want: Want,
        at: TokenStream,
    ) -> Value {
        let inner = std::mem::take(&mut self.inner_parts);
        if kind == Nested::Other {
            return self.unsupported(
                at,
                "this derivative inside a differentiated function",
                "`grad`, `value_and_grad`, `vjp`, `jvp` and `hvp` are differentiated",
            );
        }
        let mut given = Vec::new();
        for (arg, form) in args {
            match self.given(arg, form, &at) {
                Some(arg) => given.push(arg),
                None => return Value::Poison,
            }
        }
        let split = match kind {
            Nested::Grad | Nested::ValueAndGrad => Some((given.len(), active(&given, parts_wanted(kind, want, inner)))),
            Nested::Vjp if given.len() > 1 => {
                let n = given.len() - 1;
                Some((n, active(&given[..n], inner)))
            }
            Nested::Vjp | Nested::Other => None,
            Nested::Jvp | Nested::Hvp => directions(&given),
        };
        let Some((n, Some(active))) = split.filter(|(_, active)| active.as_ref().is_some_and(|list| !list.is_empty()))
        else {
            return self.refuse(
                at,
                "which parameters this derivative is taken for does not show here: bind it with one name for each of its parts, \
                 `let (dx, dy) = g::grad(x, y);`",
            );
        };
        let rest = given.split_off(n);
        self.emit_derivative(kind, path, &given, &active, rest, at)
    }

    fn emit_derivative(
        &mut self,
        kind: Nested,
        path: syn::Path,
        given: &[Given],
        active: &[usize],
        rest: Vec<Given>,
        at: TokenStream,
    ) -> Value {
        let ty = self.value_type(given, active);
        let args: Vec<Arg> = given.iter().map(|given| given.arg.clone()).collect();
        let companion = self.companion_of(&path);
        let call = |form| {
            let (path, companion) = (path.clone(), companion.clone());
            let made = Vec::new();
            Call { path, method: false, companion, form, args: args.clone(), ret: Ret::Scalar, made }
        };
        let off = vec![Slot::Off; given.len()];
        if kind == Nested::Jvp {
            let tangents = self.directions_of(given, active, &rest);
            let out = vec![self.fresh(ty), self.fresh(ty)];
            self.b.push_stmt(Op::Call(Box::new(call(CallForm::Jvp { tangents }))), out.clone());
            return Value::Tuple(out.into_iter().map(Value::Scalar).collect());
        }
        let seed = match (kind, rest.first()) {
            (Nested::Vjp, Some(Given { arg: Arg::Val(seed), .. })) => {
                if let Some(of) = self.ty(*seed) {
                    self.agree(&at, ty, of);
                }
                *seed
            }
            (Nested::Vjp, _) => {
                return self.unsupported(
                    at,
                    "seeds other than numbers in a nested derivative",
                    "differentiate a function of one result",
                );
            }
            _ => self.emit(Op::Const(Const::Float { value: 1.0, text: None }), ty),
        };
        let tangents = if kind == Nested::Hvp { self.directions_of(given, active, &rest) } else { Vec::new() };
        let (mut slots, mut scalars, mut parts, mut later) = (off.clone(), Vec::new(), Vec::new(), Vec::new());
        for &i in active {
            match &given[i].arg {
                Arg::Val(val) => {
                    let Some(of) = self.ty(*val) else { return Value::Poison };
                    let part = self.fresh(of);
                    slots[i] = Slot::Scalar;
                    scalars.push(part);
                    parts.push(Value::Scalar(part));
                }
                Arg::Place { place, .. } => {
                    let (slot, part) = self.gradient_of(place, given[i].form.clone(), &mut later);
                    slots[i] = Slot::Mem(Place::whole(slot));
                    parts.push(part);
                }
                Arg::Gone => {}
            }
        }
        let y = self.fresh(ty);
        let mut out = vec![y];
        let form = if kind == Nested::Hvp {
            out.push(self.fresh(ty));
            let of = CallForm::Vjp { seeds: vec![Tangent::Val(seed)], slots: off };
            let layer = Layer { tangents, seeds: vec![Tangent::Zero], slots };
            CallForm::Dot(Box::new(Dotted { of, layers: vec![layer] }))
        } else {
            CallForm::Vjp { seeds: vec![Tangent::Val(seed)], slots }
        };
        out.extend(scalars);
        self.b.push_stmt(Op::Call(Box::new(call(form))), out);
        for (mem, slot) in later {
            self.b.effect(Op::AddMem { dst: Place::whole(mem), src: Place::whole(slot) });
        }
        let gradient = match parts.len() {
            1 => parts.swap_remove(0),
            _ => Value::Tuple(parts),
        };
        match kind {
            Nested::ValueAndGrad | Nested::Vjp => Value::Tuple(vec![Value::Scalar(y), gradient]),
            _ => gradient,
        }
    }

    /// What the call shows of an argument; `None` for one that is refused.
    fn given(&mut self, arg: PendingArg, form: Option<Form>, at: &TokenStream) -> Option<Given> {
        Some(match arg {
            PendingArg::Val(val) => {
                let class = self.class(val);
                let discrete = matches!(class, Class::SomeInt | Class::Known(Ty::Int(_) | Ty::Bool | Ty::Opaque));
                Given { arg: Arg::Val(val), form: None, candidate: !discrete, inert: self.is_inert(val) }
            }
            PendingArg::Place { place, by } => {
                let info = self.mem(place.mem);
                let elem = info.and_then(|info| info.elem).map(|ty| self.types.class(ty));
                let discrete = matches!(elem, Some(Class::SomeInt | Class::Known(Ty::Int(_) | Ty::Bool)));
                let inert = info.is_some_and(|info| info.inert);
                Given { arg: Arg::Place { place, by }, form, candidate: !discrete, inert }
            }
            PendingArg::RefVal(_) => {
                self.diag.unsupported(at, "passing a float by reference", "pass it by value: `g::grad(x)`");
                return None;
            }
            PendingArg::Other(_) | PendingArg::Closure(..) => {
                self.diag.unsupported(
                    at,
                    "tuples, parts of arrays and `&mut` borrows as arguments of a nested derivative",
                    "pass numbers by value, and whole arrays and structs by reference",
                );
                return None;
            }
        })
    }

    /// The type of the function's value: that of its arguments.
    fn value_type(&mut self, given: &[Given], active: &[usize]) -> super::infer::TyVar {
        let ty = self.fresh_ty(Class::SomeFloat);
        for &i in active {
            let of = match &given[i].arg {
                Arg::Val(val) => self.ty(*val),
                Arg::Place { place, .. } => self.mem(place.mem).and_then(|info| info.elem),
                Arg::Gone => None,
            };
            if let Some(of) = of {
                self.narrow(TokenStream::new(), of, Class::SomeFloat);
                self.agree(TokenStream::new(), ty, of);
                return ty;
            }
        }
        if let Some(float) = self.float {
            self.narrow(TokenStream::new(), ty, Class::Known(Ty::Float(float)));
        }
        ty
    }

    /// The slot for a gradient in the shape of `place`, zero, and the gradient: where it may be a struct, another one, whose
    /// constant fields are copies of the argument's, as those of every gradient are.
    fn gradient_of(&mut self, place: &Place, form: Option<Form>, later: &mut Vec<(Mem, Mem)>) -> (Mem, Value) {
        let form = match form {
            Some(Form::Seq(inner, Seq::Slice)) => Form::Seq(inner, Seq::Vec),
            Some(Form::Unknown(_)) | None => Form::Unknown(String::new()),
            Some(form) => form,
        };
        let slot = self.zeros_like(place, &form);
        if form.elem().is_some() {
            return (slot, Value::Place(Spot { place: Place::whole(slot), form }));
        }
        let mem = self.zeros_like(place, &form);
        if let Some(data) = self.b.mems.get_mut(mem.0 as usize) {
            data.gradient = true;
        }
        later.push((mem, slot));
        (slot, Value::Place(Spot { place: Place::whole(mem), form }))
    }

    fn zeros_like(&mut self, place: &Place, form: &Form) -> Mem {
        let mem = self.new_mem(MemInfo::local(form.elem()));
        if let Some(data) = self.b.mems.get_mut(mem.0 as usize) {
            data.clean = true;
        }
        self.b.effect(Op::Alloc { mem, init: Init::ZerosLike(place.clone()) });
        mem
    }

    /// The tangents of the arguments: those of the active ones, in order.
    fn directions_of(&mut self, given: &[Given], active: &[usize], rest: &[Given]) -> Vec<Tangent> {
        let mut tangents = vec![Tangent::Zero; given.len()];
        for (&i, direction) in active.iter().zip(rest) {
            tangents[i] = match &direction.arg {
                Arg::Val(val) => {
                    if let (Arg::Val(of), Some(ty)) = (&given[i].arg, self.ty(*val))
                        && let Some(of) = self.ty(*of)
                    {
                        self.agree(TokenStream::new(), of, ty);
                    }
                    Tangent::Val(*val)
                }
                Arg::Gone => Tangent::Zero,
                Arg::Place { place, .. } => match direction.form.as_ref().and_then(Form::elem) {
                    Some(_) => Tangent::Mem(place.clone()),
                    // Without what may be in constant fields.
                    None => {
                        let mem = self.zeros_like(place, &Form::Unknown(String::new()));
                        self.b.effect(Op::AddMem { dst: Place::whole(mem), src: place.clone() });
                        Tangent::Mem(Place::whole(mem))
                    }
                },
            };
        }
        tangents
    }
}

/// How many parts the gradient has, as far as the pattern shows that it is bound to.
fn parts_wanted(kind: Nested, want: Want, inner: Option<usize>) -> Option<usize> {
    match (kind, want) {
        (Nested::Grad, Want::Tuple(n)) => Some(n),
        (Nested::Grad, _) => None,
        _ => inner,
    }
}

fn candidates(given: &[Given]) -> (Vec<usize>, Vec<usize>) {
    let all: Vec<usize> = (0..given.len()).filter(|&i| given[i].candidate).collect();
    let likely = all.iter().copied().filter(|&i| !given[i].inert).collect();
    (all, likely)
}

/// The arguments that belong to active parameters.
fn active(given: &[Given], parts: Option<usize>) -> Option<Vec<usize>> {
    let (all, likely) = candidates(given);
    match parts {
        // The gradient of one tuple has parts too.
        Some(_) if all.len() == 1 => Some(all),
        Some(n) if n == all.len() => Some(all),
        Some(n) if n == likely.len() => Some(likely),
        Some(_) => None,
        None if likely.is_empty() => Some(all),
        None => Some(likely),
    }
}

/// Where the arguments end and the directions begin, and the arguments that these belong to.
fn directions(given: &[Given]) -> Option<(usize, Option<Vec<usize>>)> {
    let fits = |n: usize, active: &[usize]| {
        let rest = &given[n..];
        active.len() == rest.len() && active.iter().zip(rest).all(|(&i, dot)| given[i].is_mem() == dot.is_mem())
    };
    let choices = || (1..given.len()).map(|n| (n, candidates(&given[..n])));
    let likely = choices().map(|(n, (_, likely))| (n, likely)).find(|(n, active)| fits(*n, active));
    let all = || choices().map(|(n, (all, _))| (n, all)).find(|(n, active)| fits(*n, active));
    // More values than directions look active: if the first ones are not those of the directions, rustc will say so.
    let first = || {
        choices().find_map(|(n, (all, _))| {
            let active: Vec<usize> = all.into_iter().take(given.len() - n).collect();
            fits(n, &active).then_some((n, active))
        })
    };
    likely.or_else(all).or_else(first).map(|(n, active)| (n, Some(active)))
}
