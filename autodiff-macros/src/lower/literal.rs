//! Literals, constants by their paths, and `const` items in the body.

use quote::ToTokens;

use super::infer::Class;
use super::value::{Binding, Frag, Value};
use super::{BOOL, Lower, OPAQUE, float_named};
use crate::ir::{Const, Float, Op, Ty};
use crate::signature::generics;

impl Lower<'_> {
    pub(super) fn literal(&mut self, lit: &syn::Lit, negative: bool) -> Value {
        match lit {
            syn::Lit::Float(lit) => self.float_literal(lit.base10_digits(), lit.suffix(), negative, lit),
            syn::Lit::Int(lit) => {
                let suffix = lit.suffix();
                let class = match suffix {
                    "" => Class::SomeInt,
                    _ => syn::parse_str(suffix)
                        .ok()
                        .and_then(|ty| crate::signature::scalar(&ty))
                        .map_or(Class::Error, Class::Known),
                };
                if let Class::Known(Ty::Float(_)) = class {
                    return self.float_literal(lit.base10_digits(), suffix, negative, lit);
                }
                let Ok(value) = lit.base10_parse::<i128>() else {
                    return self.refuse(
                        lit,
                        "this number is too large for the differentiated function; compute it outside and pass it in",
                    );
                };
                let ty = self.fresh_ty(class);
                let val = self.emit(Op::Const(Const::Int(if negative { -value } else { value })), ty);
                self.inert.insert(val);
                Value::Scalar(val)
            }
            syn::Lit::Bool(lit) => {
                let ty = self.fresh_ty(BOOL);
                let val = self.emit(Op::Const(Const::Bool(lit.value)), ty);
                self.inert.insert(val);
                Value::Scalar(val)
            }
            syn::Lit::Byte(_) => {
                let ty = self.known(Ty::Int(crate::ir::Int::U8));
                Value::Frag(literal_frag(lit, ty))
            }
            lit => {
                let ty = self.fresh_ty(OPAQUE);
                Value::Frag(literal_frag(lit, ty))
            }
        }
    }

    fn float_literal(&mut self, digits: &str, suffix: &str, negative: bool, at: impl ToTokens) -> Value {
        let class = match suffix {
            "" => Class::SomeFloat,
            "f32" => Class::Known(Ty::Float(Float::F32)),
            "f64" => Class::Known(Ty::Float(Float::F64)),
            _ => return self.refuse(at, "this is no float of Rust's; write `f32` or `f64`"),
        };
        let Ok(value) = digits.parse::<f64>() else {
            return self.refuse(at, "this is no float of Rust's");
        };
        // `1f64` and `1.` come out as `1.0`, which stays a float without its suffix and before a method.
        let text = match digits.find(['.', 'e', 'E']) {
            None => format!("{digits}.0"),
            Some(_) if digits.ends_with('.') => format!("{digits}0"),
            Some(_) => digits.to_owned(),
        };
        let (value, text) = if negative { (-value, format!("-{text}")) } else { (value, text) };
        let ty = self.fresh_ty(class);
        let val = self.emit(Op::Const(Const::Float { value, text: Some(text) }), ty);
        self.inert.insert(val);
        Value::Scalar(val)
    }

    /// A path that is no variable: a constant, a static, a unit struct or variant, a function item.
    pub(super) fn constant_path(&mut self, path: &syn::ExprPath) -> Frag {
        let class = match path.path.get_ident().and_then(generics::constant) {
            Some(ty) => ty.map_or(OPAQUE, Class::Known),
            None => known_constant(path),
        };
        let ty = self.fresh_ty(class);
        let mut path = path.clone();
        self.resolve(&mut path.path);
        Frag { expr: syn::Expr::Path(path), binds: Vec::new(), pure_: true, ty, why: None }
    }

    /// Puts what a `use` in the body says in place of its name: the derivatives are elsewhere.
    pub(super) fn resolve(&self, path: &mut syn::Path) {
        if path.leading_colon.is_some() {
            return;
        }
        let Some(target) = path.segments.first().and_then(|first| self.imports.get(&first.ident.to_string())) else {
            return;
        };
        let mut full = target.clone();
        let mut rest = path.segments.iter();
        if let (Some(last), Some(first)) = (full.segments.last_mut(), rest.next()) {
            last.arguments = first.arguments.clone();
        }
        full.segments.extend(rest.cloned());
        *path = full;
    }

    /// `const N: usize = 10;` in the body: each use carries the item along, `{ const N: usize = 10; N }`.
    pub(super) fn const_item(&mut self, item: &syn::ItemConst) {
        let class = crate::signature::scalar(&item.ty).map_or(Class::Unknown, Class::Known);
        let ty = self.fresh_ty(class);
        let mut expr = (*item.expr).clone();
        let outer = self.substitute(&mut expr);
        if !outer.is_empty() {
            // rustc says that a constant cannot read a variable.
            return;
        }
        let literal = matches!(expr, syn::Expr::Lit(_)) && class != Class::Unknown;
        let (name, of) = (&item.ident, &item.ty);
        let expr = if literal { expr } else { syn::parse_quote!({ const #name: #of = #expr; #name }) };
        let frag = Frag { expr, binds: Vec::new(), pure_: true, ty, why: None };
        self.env.bindings.push(Binding { name: name.to_string(), value: Some(Value::Frag(frag)), mutable: false });
    }
}

fn literal_frag(lit: &syn::Lit, ty: super::infer::TyVar) -> Frag {
    let expr = syn::Expr::Lit(syn::ExprLit { attrs: Vec::new(), lit: lit.clone() });
    Frag { expr, binds: Vec::new(), pure_: true, ty, why: None }
}

/// The type of the constants of the standard library whose path names it: `f64::EPSILON`, `std::f64::consts::PI`.
fn known_constant(path: &syn::ExprPath) -> Class {
    let mut segments = path.path.segments.iter().rev().map(|s| &s.ident);
    let (Some(last), Some(before)) = (segments.next(), segments.next()) else {
        return Class::Unknown;
    };
    if before == "consts" {
        return match segments.next().and_then(float_named) {
            Some(float) => Class::Known(Ty::Float(float)),
            None => Class::Unknown,
        };
    }
    let of_its_type = ["MAX", "MIN", "EPSILON", "INFINITY", "NEG_INFINITY", "NAN", "MIN_POSITIVE"];
    if of_its_type.iter().any(|name| last == name) {
        let ty = syn::Type::Path(syn::TypePath { qself: None, path: before.clone().into() });
        return crate::signature::scalar(&ty).map_or(Class::Unknown, Class::Known);
    }
    Class::Unknown
}
