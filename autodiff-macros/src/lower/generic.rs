//! What `num_traits` says of a type parameter: its constants, and conversions between floats.
//!
//! `T::zero()` and `T::from(2.0).unwrap()` are constants; `T::from_f64(y).unwrap()`, `x.to_f64().unwrap()` and
//! `let y: f64 = x.into();` are casts from float to float, Type 1 steps. Conversions from integers are passed through as
//! they are, so that they keep their bits, and conversions to integers have no derivative.

use quote::ToTokens;

use super::expr::Want;
use super::extent::Extent;
use super::infer::{Class, TyVar};
use super::value::{Frag, Value};
use super::{Lower, float_named};
use crate::ir::{Const, Float, Op, Ty, Val};
use crate::rules::{self, Rule, Syntax};
use crate::signature::{generics, scalar};

/// What a path calls.
struct Associated {
    float: Float,
    method: String,
}

/// `T::from`, `<T as NumCast>::from`, of a float `T`.
fn associated(func: &syn::Expr) -> Option<Associated> {
    let syn::Expr::Path(path) = func else { return None };
    let method = path.path.segments.last()?.ident.to_string();
    let float = match &path.qself {
        Some(qself) => scalar(&qself.ty)?.float()?,
        None if path.path.segments.len() == 2 => float_named(&path.path.segments.first()?.ident)?,
        None => return None,
    };
    Some(Associated { float, method })
}

impl Lower<'_> {
    /// A constant of a type parameter: `T::zero()`, `T::epsilon()`.
    pub(super) fn generic_call(&mut self, call: &syn::ExprCall) -> Option<Value> {
        if !call.args.is_empty() {
            return None;
        }
        let Associated { float, method } = associated(&call.func)?;
        let ty = self.known(Ty::Float(float));
        let value = match method.as_str() {
            "zero" => 0.0,
            "one" => 1.0,
            // Of the trait's other constants, which are of its type; rustc checks that.
            _ => {
                let expr = syn::Expr::Call(call.clone());
                return Some(Value::Frag(Frag { expr, binds: Vec::new(), pure_: true, ty, why: None }));
            }
        };
        Some(Value::Scalar(self.constant(value, None, ty)))
    }

    fn constant(&mut self, value: f64, text: Option<String>, ty: TyVar) -> Val {
        let val = self.emit(Op::Const(Const::Float { value, text }), ty);
        self.inert.insert(val);
        val
    }

    /// A conversion of `num_traits` and what takes it out of its `Option`: `T::from(x).unwrap()`, `x.to_f64().expect("..")`.
    pub(super) fn unwrapped_conversion(&mut self, call: &syn::ExprMethodCall) -> Option<Value> {
        let takes_out = match call.method.to_string().as_str() {
            "unwrap" => call.args.is_empty(),
            "expect" => call.args.len() == 1 && call.args.iter().all(|arg| matches!(arg, syn::Expr::Lit(_))),
            _ => false,
        };
        if !takes_out {
            return None;
        }
        match &*call.receiver {
            syn::Expr::Call(inner) => {
                let Associated { float, method } = associated(&inner.func)?;
                let [arg] = inner.args.iter().collect::<Vec<_>>()[..] else { return None };
                let known = method == "from" || generics::converted(&method, "from_").is_some();
                known.then(|| self.conversion_from(float, arg, inner, call))
            }
            syn::Expr::MethodCall(inner) if inner.args.is_empty() => {
                let to = generics::converted(&inner.method.to_string(), "to_")?;
                Some(self.conversion_to(to, inner, call))
            }
            _ => None,
        }
    }

    /// `T::from(arg).unwrap()`.
    fn conversion_from(
        &mut self,
        float: Float,
        arg: &syn::Expr,
        inner: &syn::ExprCall,
        call: &syn::ExprMethodCall,
    ) -> Value {
        let ty = self.known(Ty::Float(float));
        if let Some((value, text)) = float_literal(arg) {
            return Value::Scalar(self.constant(value, Some(text), ty));
        }
        let value = self.expr(arg, Want::Any);
        let value = self.read(value.peel());
        if let Value::Scalar(val) = value
            && matches!(self.class(val), Class::SomeFloat | Class::Known(Ty::Float(_)))
        {
            return Value::Scalar(self.convert(val, ty, Extent::of_tokens(call)));
        }
        let (func, method, args) = (&inner.func, &call.method, &call.args);
        let frag = self.embed(value);
        let mut frag = frag.wrap(|arg| syn::parse_quote!(#func(#arg).#method(#args)), ty);
        frag.why = Some(
            "the type of what is converted does not show here: give it a name and a type, `let x: f64 = ..;`"
                .to_owned(),
        );
        Value::Frag(frag)
    }

    /// `x.to_f64().unwrap()`, `x.to_usize().unwrap()`.
    fn conversion_to(&mut self, to: Ty, inner: &syn::ExprMethodCall, call: &syn::ExprMethodCall) -> Value {
        let value = self.expr(&inner.receiver, Want::Any);
        let value = self.read(value.peel());
        let ty = self.known(to);
        match value {
            Value::Scalar(val) if matches!(self.class(val), Class::SomeFloat | Class::Known(Ty::Float(_))) => {
                if let Ty::Float(_) = to {
                    return Value::Scalar(self.convert(val, ty, Extent::of_tokens(call)));
                }
                let frag = self.frag_of_val(val);
                let frag = self.unwrapped(frag, inner, call, ty);
                // A step function of the float, as a cast to an integer is.
                Value::Scalar(self.emit_opaque(frag, call.to_token_stream(), None, false))
            }
            value => {
                let frag = self.embed(value);
                Value::Frag(self.unwrapped(frag, inner, call, ty))
            }
        }
    }

    fn unwrapped(&self, frag: Frag, inner: &syn::ExprMethodCall, call: &syn::ExprMethodCall, ty: TyVar) -> Frag {
        let (to, method, args) = (&inner.method, &call.method, &call.args);
        frag.wrap(|receiver| syn::parse_quote!(#receiver.#to().#method(#args)), ty)
    }

    /// A number as one of the type `ty`.
    pub(super) fn convert(&mut self, val: Val, ty: TyVar, at: Extent) -> Val {
        let out = self.emit(Op::Cast(val), ty);
        self.notes.insert(out, super::Note::Scalar { at });
        if self.is_inert(val) {
            self.inert.insert(out);
        }
        out
    }

    /// Steps that `num_traits::Float`, or the bounds of the type parameter, do not have.
    pub(super) fn check_bound(&mut self, float: Float, rule: Rule, out: Option<Val>, span: proc_macro2::Span) {
        let Float::Param(name) = float else { return };
        let message = match rules::row(rule).syntax {
            Syntax::Float(method) if generics::lacks(float, method) => {
                format!("`num_traits::Float` has no `{method}`: write it with its other methods, or the type: `f64`")
            }
            Syntax::Real(method) if !generics::is_real(float) => {
                format!("`{method}` is a method of `autodiff_runtime::Real`: bound the type, `{name}: Real`")
            }
            _ => return,
        };
        let at: Option<Extent> = match out.and_then(|out| self.notes.get(&out)) {
            Some(super::Note::Scalar { at }) => Some(*at),
            _ => None,
        };
        match at {
            Some(at) => self.diag.error(at, message),
            None => self.diag.error_at(span, message),
        }
    }
}

/// A float literal, with its sign.
fn float_literal(expr: &syn::Expr) -> Option<(f64, String)> {
    match expr {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Float(lit), .. }) if matches!(lit.suffix(), "" | "f64") => {
            let digits = lit.base10_digits();
            let text = if digits.ends_with('.') { format!("{digits}0") } else { digits.to_owned() };
            Some((digits.parse().ok()?, text))
        }
        syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => {
            let (value, text) = float_literal(expr)?;
            (!text.starts_with('-')).then(|| (-value, format!("-{text}")))
        }
        syn::Expr::Paren(inner) => float_literal(&inner.expr),
        _ => None,
    }
}
