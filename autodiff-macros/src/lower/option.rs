//! Options of active values: `let mut best: Option<f64> = None; .. best = Some(y);`.
//!
//! Such an option is taken apart, as structs are: a truth value, whether there is something, and the value, which is
//! anything of its type where there is nothing, and is not looked at then. So it is carried by loops and merged by branches
//! as structs are, and an adjoint flows to the value only where it was there. Options of what is inactive are Rust that is
//! passed through; elements that may be missing are in [`super::optional`].

use std::rc::Rc;

use quote::ToTokens;

use super::Lower;
use super::expr::Want;
use super::infer::Class;
use super::structs::Maker;
use super::value::{Frag, Value};
use crate::ir::{Const, Op, Ty, Val};

impl Lower<'_> {
    /// `Some(x)`, where `x` has floats.
    pub(super) fn some(&mut self, arg: &syn::Expr) -> Value {
        let value = self.expr(arg, Want::Any);
        let value = self.read(value);
        let value = self.settle(value, arg);
        if self.has_floats(&value) {
            let present = self.truth(true);
            return option(present, value);
        }
        if let Value::Poison | Value::Never | Value::Exit = value {
            return value;
        }
        let ty = self.fresh_ty(Class::Unknown);
        Value::Frag(self.embed(value).wrap(|value| syn::parse_quote!(::core::option::Option::Some(#value)), ty))
    }

    fn has_floats(&self, value: &Value) -> bool {
        match value {
            Value::Scalar(val) => match self.class(*val) {
                Class::SomeFloat | Class::Known(Ty::Float(_)) => true,
                Class::Unknown => !self.is_inert(*val),
                _ => false,
            },
            Value::Tuple(parts) | Value::Struct(_, parts) => parts.iter().any(|part| self.has_floats(part)),
            _ => false,
        }
    }

    /// What `: Option<T>` says of `None` and of options.
    pub(super) fn ascribe_option(&mut self, value: Value, inner: &syn::Type) -> Value {
        match value {
            Value::Struct(maker, mut parts) if maker.is_option() => {
                if let Some(part) = parts.pop() {
                    let part = self.ascribe(part, inner);
                    parts.push(part);
                }
                Value::Struct(maker, parts)
            }
            Value::Frag(frag) if is_none(&frag) => match self.anything(inner) {
                Some(value) if self.has_floats(&value) => {
                    let present = self.truth(false);
                    option(present, value)
                }
                _ => Value::Frag(frag),
            },
            value => value,
        }
    }

    /// Some value of a type.
    fn anything(&mut self, ty: &syn::Type) -> Option<Value> {
        if let syn::Type::Tuple(tuple) = ty {
            return tuple.elems.iter().map(|ty| self.anything(ty)).collect::<Option<_>>().map(Value::Tuple);
        }
        let ty = crate::signature::scalar(ty)?;
        let zero = match ty {
            Ty::Float(_) => Const::Float { value: 0.0, text: None },
            Ty::Int(_) => Const::Int(0),
            Ty::Bool => Const::Bool(false),
            Ty::Opaque => return None,
        };
        let ty = self.known(ty);
        let val = self.emit(Op::Const(zero), ty);
        self.inert.insert(val);
        Some(Value::Scalar(val))
    }

    /// `None` as a new value of an option.
    pub(super) fn nothing(&mut self, like: Value) -> Value {
        let present = self.truth(false);
        option(present, like)
    }

    /// An option as Rust.
    pub(super) fn option_frag(&mut self, parts: Vec<Value>) -> Frag {
        let ty = self.fresh_ty(Class::Unknown);
        let mut frags = parts.into_iter().map(|part| self.owned(part)).collect::<Vec<_>>().into_iter();
        let (Some(present), Some(value)) = (frags.next(), frags.next()) else { return self.embed(Value::Poison) };
        present.join(
            value,
            |present, value| syn::parse_quote!((if #present { ::core::option::Option::Some(#value) } else { ::core::option::Option::None })),
            ty,
        )
    }

    /// Whether there is something in an option, and what; references to it look the same. `None`: it is none.
    pub(super) fn option_parts(&self, value: &Value) -> Option<(Val, Value)> {
        match value {
            Value::Ref(inner) => self.option_parts(inner),
            Value::Struct(maker, parts) if maker.is_option() => match &parts[..] {
                [Value::Scalar(present), value] => Some((*present, value.clone())),
                _ => None,
            },
            _ => None,
        }
    }

    /// A method of an option. `None`: it is none.
    pub(super) fn option_method(&mut self, receiver: &Value, call: &syn::ExprMethodCall) -> Option<Value> {
        let (present, value) = self.option_parts(receiver)?;
        let at = call.to_token_stream();
        let args: Vec<&syn::Expr> = call.args.iter().collect();
        let name = call.method.to_string();
        Some(match (&*name, &args[..]) {
            ("is_some", []) => Value::Scalar(present),
            ("is_none", []) => Value::Scalar(self.not(present)),
            ("copied" | "cloned" | "clone" | "as_ref", []) => option(present, value),
            ("take", []) => {
                let none = self.nothing(value.clone());
                self.assign_value(&call.receiver, none, &syn::Expr::MethodCall(call.clone()));
                option(present, value)
            }
            ("unwrap" | "expect", _) => {
                let missing = self.not(present);
                self.panic_if(missing, call);
                value
            }
            ("unwrap_or", [other]) => {
                let other = self.expr(other, Want::Any);
                let other = self.settle(other, call);
                self.branch(present, &[], usize::MAX, |_| value, |_| other, at)
            }
            ("or", [other]) => {
                let other = self.expr(other, Want::Any);
                let other = self.settle(other, call);
                let this = option(present, value);
                self.branch(present, &[], usize::MAX, |_| this, |_| other, at)
            }
            ("unwrap_or_default", []) => {
                let zero = self.dummy();
                self.branch(present, &[], usize::MAX, |_| value, |_| Value::Scalar(zero), at)
            }
            ("unwrap_or_else", [f]) => {
                let f = self.callable(f)?;
                self.branch(present, &[], usize::MAX, |_| value, |lower| lower.apply(&f, Vec::new()), at)
            }
            ("map", [f]) => {
                let f = self.callable(f)?;
                let some = |lower: &mut Self| lower.apply(&f, vec![value]);
                let value = self.branch(present, &[], usize::MAX, some, |_| Value::Never, at);
                option(present, value)
            }
            ("map_or", [other, f]) => {
                let other = self.expr(other, Want::Any);
                let other = self.settle(other, call);
                let f = self.callable(f)?;
                self.branch(present, &[], usize::MAX, |lower| lower.apply(&f, vec![value]), |_| other, at)
            }
            _ => self.unsupported(
                call,
                &format!("the method `{name}` of an option of an active value"),
                "write it with `match` or `if let`",
            ),
        })
    }

    /// Whether an option has the form of a pattern: the condition, and the pattern of the value, if there is one. `None`: it
    /// is another pattern, or another value.
    pub(super) fn option_pattern<'p>(
        &mut self,
        pat: &'p syn::Pat,
        value: &Value,
    ) -> Option<(Val, Option<(&'p syn::Pat, Value)>)> {
        let (present, inner) = self.option_parts(value)?;
        let is = |path: &syn::Path, name: &str| path.segments.last().is_some_and(|last| last.ident == name);
        match pat {
            syn::Pat::TupleStruct(some) if is(&some.path, "Some") && some.elems.len() == 1 => {
                let by_ref = matches!(value, Value::Ref(_));
                let inner = if by_ref { Value::Ref(Box::new(inner)) } else { inner };
                Some((present, some.elems.first().map(|pat| (pat, inner))))
            }
            syn::Pat::Ident(none) if none.ident == "None" => Some((self.not(present), None)),
            syn::Pat::Path(none) if is(&none.path, "None") => Some((self.not(present), None)),
            _ => None,
        }
    }
}

/// An option that is taken apart.
fn option(present: Val, value: Value) -> Value {
    let names = vec!["present".to_owned(), "value".to_owned()];
    Value::Struct(Rc::new(Maker::option(names)), vec![Value::Scalar(present), value])
}

/// `None`, which may be of any type.
pub(super) fn is_none(frag: &Frag) -> bool {
    match &frag.expr {
        syn::Expr::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "None"),
        _ => false,
    }
}

/// `T` of `Option<T>`.
pub(super) fn option_type(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}
