//! What a call gives, as far as the place where it goes shows.
//!
//! A call does not show whether the function returns a number, an array or a struct. The use of the result does: `h[i]`,
//! `h.len()`, `&h` as an argument, a type that is written, the signature of the function whose result it is. Where nothing
//! shows, it is a number. A wrong guess is a type error in the emitted code, at the user's call.

use super::Lower;
use super::value::{Form, MemInfo, Spot, Value};
use crate::ir::{Init, Mem, Op, Place};
use crate::signature::{Shape, shape_of};

/// Where the result of an expression goes.
#[derive(Clone, Debug, Default)]
pub(super) enum Goes {
    /// To a number, or nowhere that shows.
    #[default]
    Number,
    /// To an array, a vector or a struct, of the type that is written, if one is.
    Memory(Option<syn::Type>),
    /// To the parts of a tuple.
    Parts(Vec<Goes>),
}

impl Goes {
    /// The part of a tuple.
    pub(super) fn part(&self, i: usize) -> Goes {
        match self {
            Goes::Parts(parts) => parts.get(i).cloned().unwrap_or_default(),
            Goes::Number | Goes::Memory(_) => Goes::Number,
        }
    }
}

impl Lower<'_> {
    /// What `let pat: ty = ..` shows.
    pub(super) fn goes_to(&self, pat: &syn::Pat, ty: Option<&syn::Type>) -> Goes {
        match (pat, ty.map(crate::signature::bare)) {
            (syn::Pat::Paren(inner), ty) => self.goes_to(&inner.pat, ty),
            (syn::Pat::Type(typed), _) => self.goes_to(&typed.pat, Some(&typed.ty)),
            (syn::Pat::Tuple(tuple), Some(syn::Type::Tuple(types))) if types.elems.len() == tuple.elems.len() => {
                let parts = tuple.elems.iter().zip(&types.elems);
                Goes::Parts(parts.map(|(pat, ty)| self.goes_to(pat, Some(ty))).collect())
            }
            (syn::Pat::Tuple(tuple), _) => {
                let part = |pat: &syn::Pat| match pat {
                    // Whatever it is.
                    _ if is_unused(pat) => Goes::Memory(None),
                    pat => self.goes_to(pat, None),
                };
                Goes::Parts(tuple.elems.iter().map(part).collect())
            }
            (_, Some(syn::Type::Tuple(types))) => Goes::Parts(types.elems.iter().map(of_type).collect()),
            (syn::Pat::Ident(ident), None | Some(syn::Type::Infer(_))) => {
                if self.uses.is_memory(&ident.ident.to_string()) { Goes::Memory(None) } else { Goes::Number }
            }
            (_, Some(ty)) => of_type(ty),
            (syn::Pat::Slice(_) | syn::Pat::Struct(_) | syn::Pat::TupleStruct(_), None) => Goes::Memory(None),
            _ => Goes::Number,
        }
    }

    /// What `left = ..` shows.
    pub(super) fn goes_to_place(&mut self, left: &syn::Expr) -> Goes {
        match left {
            syn::Expr::Paren(inner) => self.goes_to_place(&inner.expr),
            syn::Expr::Tuple(tuple) => Goes::Parts(tuple.elems.iter().map(|elem| self.goes_to_place(elem)).collect()),
            syn::Expr::Path(path) => {
                let Some(name) = path.path.get_ident().map(|ident| ident.to_string()) else { return Goes::Number };
                let index = self.env.position(&name);
                let declared = index.and_then(|index| self.declared.get(&(index, name.clone())));
                match (declared, index.and_then(|index| self.env.bindings.get(index)?.value.as_ref())) {
                    (Some(ty), None) => of_type(ty),
                    (None, None) if self.uses.is_memory(&name) => Goes::Memory(None),
                    (_, Some(value)) => Self::goes_to_value(value),
                    _ => Goes::Number,
                }
            }
            syn::Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => match &*unary.expr {
                inner @ syn::Expr::Path(_) => self.goes_to_place(inner),
                _ => Goes::Number,
            },
            syn::Expr::Field(field) => self.goes_to_part(&field.base, |value| match value {
                Value::Place(Spot { form: Form::Tuple(parts), .. }) => match &field.member {
                    syn::Member::Unnamed(index) => parts.get(index.index as usize).cloned(),
                    syn::Member::Named(_) => None,
                },
                _ => None,
            }),
            syn::Expr::Index(index) => self.goes_to_part(&index.expr, |value| match value {
                Value::Place(spot) => super::iter::inner(&spot.form),
                _ => None,
            }),
            _ => Goes::Number,
        }
    }

    /// What the type of a part of a variable shows.
    fn goes_to_part(&self, base: &syn::Expr, part: impl FnOnce(&Value) -> Option<Form>) -> Goes {
        let syn::Expr::Path(path) = base else { return Goes::Number };
        let name = path.path.get_ident().map(|ident| ident.to_string());
        let value = name.and_then(|name| self.env.get(&name)?.value.clone()).map(Value::peel);
        match value.as_ref().and_then(part) {
            Some(Form::Seq(..)) => Goes::Memory(None),
            _ => Goes::Number,
        }
    }

    fn goes_to_value(value: &Value) -> Goes {
        match value {
            Value::Place(spot) if !matches!(spot.form, Form::Scalar(_)) => Goes::Memory(None),
            Value::Struct(..) => Goes::Memory(None),
            Value::Ref(inner) => Self::goes_to_value(inner),
            Value::Tuple(parts) => Goes::Parts(parts.iter().map(Self::goes_to_value).collect()),
            _ => Goes::Number,
        }
    }

    /// New memory for the result of a call, or a part of it.
    pub(super) fn made_by_call(&mut self, ty: Option<&syn::Type>) -> Spot {
        let form = match ty.and_then(shape_of) {
            Some(shape) if shape.is_numeric() => self.form(&shape),
            _ => Form::Unknown(String::new()),
        };
        let mem = self.new_mem(MemInfo::local(form.elem()));
        self.note_list(mem, &form);
        if let Some(shape) = ty.and_then(shape_of) {
            self.note_struct_type(mem, &shape);
        }
        self.from_calls.insert(mem);
        if ty.is_none() {
            self.of_unknown_type.insert(mem);
        }
        Spot { place: Place::whole(mem), form }
    }

    /// Whether `member` of the result of a call may be a part of a tuple.
    pub(super) fn may_be_tuple(&self, mem: Mem, member: &syn::Member) -> bool {
        matches!(member, syn::Member::Unnamed(_)) && self.of_unknown_type.contains(&mem)
    }

    /// Whether it is the whole result of a call: no number, whatever else is not known.
    pub(super) fn is_result(&self, spot: &Spot) -> bool {
        spot.place.path.is_empty() && self.from_calls.contains(&spot.place.mem)
    }

    /// Whether it is, and no variable holds it yet.
    pub(super) fn is_new_result(&self, spot: &Spot) -> bool {
        self.is_result(spot) && self.mem(spot.place.mem).is_some_and(|mem| mem.temporary)
    }

    /// Whether it is a part of such a result.
    pub(super) fn is_part_of_new_result(&self, spot: &Spot) -> bool {
        self.from_calls.contains(&spot.place.mem) && self.mem(spot.place.mem).is_some_and(|mem| mem.temporary)
    }

    /// A variable to which calls write: its numbers are in memory of their own.
    pub(super) fn in_memory(&mut self, value: Value) -> Value {
        match value {
            Value::Scalar(val) if !self.is_passed_through(val) => {
                self.number_in_memory(val).map_or(Value::Poison, Value::Place)
            }
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().map(|part| self.in_memory(part)).collect()),
            value => value,
        }
    }

    /// A number in memory of its own, for a call that writes to it.
    pub(super) fn number_in_memory(&mut self, value: crate::ir::Val) -> Option<Spot> {
        let ty = self.ty(value)?;
        let mem = self.new_mem(MemInfo { mutable: true, temporary: false, ..MemInfo::local(Some(ty)) });
        self.b.effect(Op::Alloc { mem, init: Init::Fill { value, dims: Vec::new() } });
        Some(Spot { place: Place::whole(mem), form: Form::Scalar(ty) })
    }
}

/// `_` and `_x`.
fn is_unused(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Wild(_) => true,
        syn::Pat::Ident(ident) => ident.ident.to_string().starts_with('_'),
        _ => false,
    }
}

/// What a type shows.
pub(super) fn of_type(ty: &syn::Type) -> Goes {
    match crate::signature::bare(ty) {
        syn::Type::Tuple(tuple) => Goes::Parts(tuple.elems.iter().map(of_type).collect()),
        syn::Type::Reference(_) | syn::Type::Infer(_) => Goes::Number,
        ty => match shape_of(ty) {
            Some(Shape::Scalar(_)) | None => Goes::Number,
            Some(_) if crate::signature::is_constant_by_type(ty) => Goes::Number,
            Some(_) => Goes::Memory(Some(ty.clone())),
        },
    }
}
