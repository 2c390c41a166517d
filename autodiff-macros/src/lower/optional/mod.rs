//! Values that may be missing: `x.first()`, `v.pop()`, `it.next()`, `chain.reduce(f)`, `Some(e)`, `cond.then(|| e)`.
//!
//! The IR has no `Option`. One of active values is a truth value, whether it is there, and the value, which is some
//! number or other where it is not and is never used there ([`Value::Optional`]). Branches and loops carry the two like a
//! tuple. What makes an `Option` is understood together with what takes it apart: the value is made [`Later`], where it
//! is known to be there, so that `x.get(i).unwrap_or(&y)` reads inside of the branch and nothing is computed in vain.
//!
//! - [`element`]: elements of arrays, and ends of iterators;
//! - [`method`]: `unwrap`, `map`, `unwrap_or` and their like;
//! - [`pattern`]: `if let`, `let .. else` and `match`.
//!
//! Options of what is not modelled, such as `#[constant] k: Option<usize>`, are passed through as Rust.

mod element;
mod method;
pub(super) use self::method::is_take;
mod pattern;

use proc_macro2::TokenStream;
use quote::ToTokens;

pub(super) use pattern::{Side, is_plain};

use super::Lower;
use super::closure::Callable;
use super::expr::Want;
use super::infer::Class;
use super::iter::{Reduction, Stream};
use super::value::{Frag, Value};
use crate::ir::{Ty, Val};
use crate::signature;

/// What may be missing.
#[derive(Clone, Debug)]
pub(super) struct Optional {
    pub(super) present: Val,
    pub(super) value: Later,
    /// Making the value fails as `unwrap` does where it is missing.
    pub(super) checked: bool,
}

/// A value that is made where it is known to be there.
#[derive(Clone, Debug)]
pub(super) enum Later {
    Made(Value),
    /// `*value`
    Deref(Box<Later>),
    /// `&value`
    Ref(Box<Later>),
    /// `f(value)`
    Map(Box<Later>, Callable),
    /// `f()`
    Call(Callable),
    /// The last element of a vector, which is taken away.
    Pop(Value, Box<syn::ExprMethodCall>),
    /// The element of a chain at a position.
    Element(Box<Stream>, Val),
    Reduce(Box<Reduction>),
}

impl Later {
    /// The variables that making it assigns.
    pub(super) fn assigned(&self) -> Vec<String> {
        match self {
            Later::Made(_) | Later::Pop(..) | Later::Element(..) => Vec::new(),
            Later::Deref(inner) | Later::Ref(inner) => inner.assigned(),
            Later::Map(inner, f) => [inner.assigned(), f.assigned()].concat(),
            Later::Call(f) => f.assigned(),
            Later::Reduce(reduction) => reduction.assigned(),
        }
    }
}

impl Lower<'_> {
    /// Makes the value, here.
    pub(super) fn make(&mut self, value: Later, at: &TokenStream) -> Value {
        match value {
            Later::Made(value) => value,
            Later::Deref(inner) => {
                let value = self.make(*inner, at);
                let value = self.deref(value);
                self.read(value)
            }
            Later::Ref(inner) => {
                let value = self.make(*inner, at);
                Value::Ref(Box::new(value))
            }
            Later::Map(inner, f) => {
                let value = self.make(*inner, at);
                self.apply(&f, vec![value])
            }
            Later::Call(f) => self.apply(&f, Vec::new()),
            Later::Pop(vector, call) => self.pop(&vector, &call).unwrap_or(Value::Poison),
            Later::Element(stream, position) => self.value_at(&stream, position),
            Later::Reduce(reduction) => self.reduce_some(*reduction, at),
        }
    }

    /// One of two values, according to whether there is one.
    pub(super) fn either(
        &mut self,
        optional: Optional,
        names: &[String],
        some: impl FnOnce(&mut Self, Value) -> Value,
        none: impl FnOnce(&mut Self) -> Value,
        at: &TokenStream,
    ) -> Value {
        let Optional { present, value, .. } = optional;
        match self.truths.get(&present) {
            Some(true) => {
                let value = self.make(value, at);
                some(self, value)
            }
            Some(false) => none(self),
            None => {
                let names = [value.assigned(), names.to_vec()].concat();
                let some = |lower: &mut Self| {
                    let value = lower.make(value, at);
                    some(lower, value)
                };
                self.branch(present, &names, usize::MAX, some, none, at)
            }
        }
    }

    /// An `Option` as a value: what it holds is made now.
    pub(super) fn option_value(&mut self, optional: Optional, at: &TokenStream) -> Value {
        match optional.value {
            // An alias, or a number already: nothing is read.
            Later::Made(value) if !matches!(value, Value::Place(_)) => {
                Value::Optional(optional.present, Box::new(value))
            }
            _ => {
                let present = optional.present;
                let made = |lower: &mut Self, value: Value| {
                    let value = lower.settle(value, at);
                    lower.read(value)
                };
                match self.either(optional, &[], made, |_| Value::Never, at) {
                    Value::Poison => Value::Poison,
                    value => Value::Optional(present, Box::new(value)),
                }
            }
        }
    }

    /// A value as an `Option`. `None`: it is one of what is not modelled, or none.
    pub(super) fn as_option(&mut self, value: Value) -> Option<Optional> {
        let (present, value) = match value {
            Value::Optional(present, value) => (present, *value),
            // `as_ref` changes nothing that shows.
            Value::Ref(inner) if matches!(*inner, Value::Optional(..)) => return self.as_option(*inner),
            Value::Frag(frag) if is_none(&frag) => {
                if let syn::Expr::Path(none) = &frag.expr {
                    self.means_none(&none.path);
                }
                (self.truth(false), Value::Never)
            }
            Value::Frag(frag) => {
                let (some, frag) = content(frag)?;
                self.means_some(&some);
                (self.truth(true), Value::Frag(frag))
            }
            Value::Never | Value::Exit => (self.truth(false), Value::Never),
            Value::Poison => {
                let present = self.poison();
                (present, Value::Poison)
            }
            _ => return None,
        };
        Some(Optional { present, value: Later::Made(value), checked: false })
    }

    /// What a closure gives that says by an `Option` whether there is a value.
    pub(super) fn apply_for_option(&mut self, f: &Callable, args: Vec<Value>) -> Optional {
        let value = self.modelled(|lower| lower.apply(f, args));
        self.certain_option(value, f.syntax())
    }

    /// Options are modelled inside, of inactive values too.
    pub(super) fn modelled<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.models_options += 1;
        let result = inside(self);
        self.models_options -= 1;
        result
    }

    pub(super) fn certain_option(&mut self, value: Value, at: impl ToTokens) -> Optional {
        if let Some(optional) = self.as_option(value) {
            return optional;
        }
        let poison = self.unsupported(
            at,
            "an `Option` that is made elsewhere, here",
            "end the closure with `Some(..)` or `None`, or `if c { Some(v) } else { None }`",
        );
        let present = self.poison();
        Optional { present, value: Later::Made(poison), checked: true }
    }

    /// `Some(e)`. `None`: of what is not modelled; it is passed through.
    pub(super) fn some(&mut self, call: &syn::ExprCall) -> Option<Value> {
        let syn::Expr::Path(func) = &*call.func else { return None };
        let [arg] = call.args.iter().collect::<Vec<_>>()[..] else { return None };
        if func.path.segments.last().is_none_or(|last| last.ident != "Some") {
            return None;
        }
        if self.models_options == 0 && !self.mentions_active(arg) {
            return None;
        }
        self.means_some(&func.path);
        let value = self.expr(arg, Want::Any);
        let value = self.settle(value, arg);
        if let Value::Frag(frag) = value {
            // In an `Option` of floats, a constant is a number like others.
            if let (1, Some(float)) = (self.models_options, self.option_of) {
                let val = self.emit_frag(frag, arg.to_token_stream(), false);
                self.narrow_val(arg, val, Class::Known(Ty::Float(float)));
                let present = self.truth(true);
                return Some(Value::Optional(present, Box::new(Value::Scalar(val))));
            }
            let ty = self.fresh_ty(Class::Unknown);
            return Some(Value::Frag(frag.wrap(|inner| syn::parse_quote!(#func(#inner)), ty)));
        }
        let present = self.truth(true);
        Some(Value::Optional(present, Box::new(value)))
    }

    /// An `Option` as Rust.
    pub(super) fn embed_option(&mut self, present: Val, value: Value) -> Frag {
        let ty = self.fresh_ty(super::OPAQUE);
        let none = Frag { ty, ..constant(syn::parse_quote!(::core::option::Option::None), ty) };
        if matches!(value, Value::Never) || self.truths.get(&present) == Some(&false) {
            return none;
        }
        let some = self.embed(value).wrap(|inner| syn::parse_quote!(::core::option::Option::Some(#inner)), ty);
        if self.truths.get(&present) == Some(&true) {
            return some;
        }
        self.frag_of_val(present).join(
            some,
            |present, some| syn::parse_quote!(if #present { #some } else { ::core::option::Option::None }),
            ty,
        )
    }

    /// What `: Option<f64>` says of a value; `None`: nothing.
    pub(super) fn ascribe_option(&mut self, value: &Value, ty: &syn::Type) -> Option<Value> {
        let content = option_of(ty)?;
        let elsewhere = self.passed_through(value);
        let known = matches!(value, Value::Optional(..)) || (elsewhere.is_some() && has_float(content));
        if !known {
            return None;
        }
        let Some(optional) = self.as_option(value.clone()) else {
            let blank = self.blank_of(content)?;
            return self.option_from_elsewhere(elsewhere?, blank);
        };
        let Optional { present, value: Later::Made(value), .. } = optional else { return None };
        let value = match value {
            Value::Never => self.blank_of(content)?,
            Value::Frag(frag) => {
                let at = frag.expr.to_token_stream();
                let val = self.emit_frag(frag, at, false);
                self.ascribe(Value::Scalar(val), content)
            }
            value => self.ascribe(value, content),
        };
        Some(Value::Optional(present, Box::new(value)))
    }

    /// A value that Rust which is not modelled gives, here or earlier.
    fn passed_through(&mut self, value: &Value) -> Option<Frag> {
        match value {
            Value::Frag(frag) => Some(frag.clone()),
            Value::Scalar(val) if self.is_passed_through(*val) => Some(self.frag_of_val(*val)),
            _ => None,
        }
    }

    /// An `Option` of a number that Rust which is not modelled gives: asked once whether there is one, and for the number.
    /// `blank`: a number of the type, for where there is none. `None`: it is not a number.
    fn option_from_elsewhere(&mut self, frag: Frag, blank: Value) -> Option<Value> {
        let Value::Scalar(blank) = blank else { return None };
        let at = frag.expr.to_token_stream();
        let option = self.emit_frag(frag, at.clone(), false);
        self.narrow_val(&at, option, super::OPAQUE);
        let (bool_ty, ty) = (self.fresh_ty(super::BOOL), self.fresh_ty(Class::Unknown));
        let present = self
            .frag_of_val(option)
            .wrap(|option| syn::parse_quote!(::core::option::Option::is_some(&#option)), bool_ty);
        let number = self.frag_of_val(option).join(
            self.frag_of_val(blank),
            |option, blank| syn::parse_quote!(::core::option::Option::unwrap_or(#option, #blank)),
            ty,
        );
        let present = self.emit_frag(present, at.clone(), false);
        let number = self.emit_frag(number, at.clone(), false);
        self.agree_vals(at, blank, number);
        Some(Value::Optional(present, Box::new(Value::Scalar(number))))
    }

    /// Some value of a type, where none is needed yet. `None`: not of numbers.
    fn blank_of(&mut self, ty: &syn::Type) -> Option<Value> {
        match signature::bare(ty) {
            syn::Type::Reference(reference) => Some(Value::Ref(Box::new(self.blank_of(&reference.elem)?))),
            syn::Type::Tuple(tuple) => {
                let parts = tuple.elems.iter().map(|part| self.blank_of(part));
                Some(Value::Tuple(parts.collect::<Option<_>>()?))
            }
            ty => {
                let class = Class::Known(signature::scalar(ty)?);
                let val = self.dummy();
                self.narrow_val(ty, val, class);
                Some(Value::Scalar(val))
            }
        }
    }

    /// A new value of an `Option`, made like the old one.
    pub(super) fn conform_option(&mut self, old: &Value, new: Value) -> Option<Value> {
        let Some(optional) = self.as_option(new.clone()) else {
            let frag = self.passed_through(&new)?;
            let blank = self.blank_like(old);
            return self.option_from_elsewhere(frag, blank);
        };
        let Optional { present, value: Later::Made(value), .. } = optional else { return None };
        let value = match value {
            Value::Never => self.blank_like(old),
            Value::Frag(frag) => {
                let at = frag.expr.to_token_stream();
                Value::Scalar(self.emit_frag(frag, at, false))
            }
            value => value,
        };
        if let (Value::Scalar(old), Value::Scalar(new)) = (old, &value) {
            self.agree_vals(TokenStream::new(), *old, *new);
        }
        Some(Value::Optional(present, Box::new(value)))
    }

    /// Some value of the make of another, where none is needed yet.
    pub(super) fn blank_like(&mut self, value: &Value) -> Value {
        match value {
            Value::Scalar(old) => {
                let new = self.dummy();
                self.agree_vals(TokenStream::new(), *old, new);
                Value::Scalar(new)
            }
            Value::Tuple(parts) => Value::Tuple(parts.iter().map(|part| self.blank_like(part)).collect()),
            Value::Ref(inner) => Value::Ref(Box::new(self.blank_like(inner))),
            value => value.clone(),
        }
    }
}

/// What to say where a variable is an `Option` and its first value does not tell.
pub(super) fn untyped(name: &str) -> String {
    format!(
        "the type of `{name}`, an `Option`, does not show: write it where the variable is declared, \
         `let mut {name}: Option<f64> = ..`"
    )
}

fn constant(expr: syn::Expr, ty: super::infer::TyVar) -> Frag {
    Frag { expr, binds: Vec::new(), pure_: true, ty, why: None }
}

/// `None`, by whichever path.
pub(super) fn is_none(frag: &Frag) -> bool {
    match &frag.expr {
        syn::Expr::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "None"),
        _ => false,
    }
}

/// The `Some` and the `e` of `Some(e)`.
fn content(frag: Frag) -> Option<(syn::Path, Frag)> {
    let mut expr = frag.expr;
    while let syn::Expr::Paren(inner) = expr {
        expr = *inner.expr;
    }
    let syn::Expr::Call(call) = expr else { return None };
    let syn::Expr::Path(some) = *call.func else { return None };
    let is_some = some.path.segments.last().is_some_and(|last| last.ident == "Some");
    let mut args = call.args.into_iter();
    match (is_some, args.next(), args.next()) {
        (true, Some(expr), None) => Some((some.path, Frag { expr, ..frag })),
        _ => None,
    }
}

/// The `A` of `Option<A>`.
fn option_of(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = signature::bare(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(args) => match args.args.first() {
            Some(syn::GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

/// The float that an `Option` of one holds.
pub(super) fn float_of(ty: &syn::Type) -> Option<crate::ir::Float> {
    signature::scalar(option_of(ty)?)?.float()
}

/// Whether it is an `Option` of a float, or of numbers with one among them.
pub(super) fn is_of_float(ty: &syn::Type) -> bool {
    option_of(ty).is_some_and(has_float)
}

/// Whether there is a float in a type of numbers.
fn has_float(ty: &syn::Type) -> bool {
    match signature::bare(ty) {
        syn::Type::Reference(reference) => has_float(&reference.elem),
        syn::Type::Tuple(tuple) => tuple.elems.iter().any(has_float),
        ty => matches!(signature::scalar(ty), Some(Ty::Float(_))),
    }
}
