//! Arrays and structs that are made by Rust that is passed through, and used here: `let mut grid: Vec<f64> = initial(n);`.
//!
//! What is passed through is a constant of which nothing is known. Where a variable that holds it may be written to or run
//! over together with active values, or is a result of the function, it has to be memory: its numbers are copied into an
//! array of the make that the written type shows, or that of the function's result. A struct is memory as it is.

use quote::ToTokens;

use super::infer::Class;
use super::value::{Form, Frag, MemInfo, Spot, Value};
use super::{Lower, OPAQUE, USIZE};
use crate::ir::{Access, Build, Const, Dim, Init, Op, Opaque, Place, Ty, Val};
use crate::signature::{self, Shape};

impl Lower<'_> {
    /// The value as memory, if it is passed through and an array of floats.
    pub(super) fn adopted(&mut self, value: Value, ty: &syn::Type, at: impl ToTokens) -> Value {
        let Some(shape) = signature::shape_of(signature::bare(ty)) else { return value };
        if !matches!(shape, Shape::Array(..) | Shape::Vec(_)) || !holds_floats(&shape) {
            return value;
        }
        let val = match value {
            Value::Frag(frag) => self.emit_frag(typed(frag, Some(ty)), at.to_token_stream(), false),
            Value::Scalar(val) if matches!(self.class(val), Class::Unknown | OPAQUE) => val,
            value => return value,
        };
        let adopted = if self.is_inert(val) { self.adopt(val, &shape) } else { None };
        adopted.unwrap_or(Value::Scalar(val))
    }

    /// The value as memory, if it is passed through and, as its use shows, a struct: `let mut state = State::new(n);`.
    pub(super) fn adopted_struct(&mut self, value: Value, ty: Option<&syn::Type>, at: impl ToTokens) -> Value {
        let val = match value {
            Value::Frag(frag) => self.emit_frag(typed(frag, ty), at.to_token_stream(), false),
            Value::Scalar(val) if matches!(self.class(val), Class::Unknown | OPAQUE) => val,
            value => return value,
        };
        if !self.is_inert(val) {
            return Value::Scalar(val);
        }
        let made = self.frag_of_val(val);
        let made = Opaque { expr: made.expr, binds: made.binds, pure_: false, mutable: false, effects: false };
        let mem = self.new_mem(MemInfo::local(None));
        self.b.effect(Op::Alloc { mem, init: Init::Build(Box::new(Build { made, fields: Vec::new(), each: None })) });
        self.structs.insert(mem);
        Value::Place(Spot { place: Place::whole(mem), form: Form::Unknown(String::new()) })
    }

    /// What is bound to a variable, as memory if it is a struct that is passed through and
    ///
    /// - changes: something active may be written into it, or
    /// - does not change: a reverse sweep that needs it again can keep memory. It is certainly inactive.
    pub(super) fn adopted_variable(
        &mut self,
        value: Value,
        (name, mutable): (&str, bool),
        ty: Option<&syn::Type>,
        at: impl ToTokens,
    ) -> Value {
        if mutable {
            return match self.becomes_active(&value, name) {
                true => self.adopted_struct(value, ty, at),
                false => value,
            };
        }
        match &value {
            Value::Frag(frag) if !frag.pure_ && frag.why.is_none() && self.uses.is_struct(name) => {}
            _ => return value,
        }
        let adopted = self.adopted_struct(value, ty, at);
        if let Value::Place(spot) = &adopted
            && let Some(mem) = self.mems.get_mut(spot.place.mem.0 as usize)
        {
            mem.inert = true;
        }
        adopted
    }

    fn becomes_active(&self, value: &Value, name: &str) -> bool {
        matches!(value, Value::Frag(_) | Value::Scalar(_))
            && (self.uses.assigns_parts_of(name) || self.uses.is_lent_mut(name))
            && self.pushes.may_be_active(name, |name| self.is_active_variable(name))
    }

    /// `None`: it is no variable that is bound yet.
    pub(super) fn is_active_variable(&self, name: &str) -> Option<bool> {
        let value = self.env.get(name)?.value.as_ref();
        Some(value.is_some_and(|value| !self.is_inactive(value)))
    }

    /// `None`: its elements are on the heap, each with a length of its own.
    fn adopt(&mut self, val: Val, shape: &Shape) -> Option<Value> {
        let (mut dims, mut inner) = (Vec::new(), shape);
        loop {
            inner = match inner {
                Shape::Array(elem, n) => {
                    dims.push(self.dim(n, false)?.0);
                    elem
                }
                Shape::Vec(elem) if dims.is_empty() => {
                    let ty = self.fresh_ty(USIZE);
                    let frag = self.frag_of_val(val).wrap(|list| syn::parse_quote!(#list.len()), ty);
                    dims.push(Dim::Heap(self.emit_opaque(frag, Default::default(), None, false)));
                    elem
                }
                Shape::Scalar(_) => break,
                _ => return None,
            };
        }
        let form = self.form(shape);
        let elem = form.elem()?;
        let depth = dims.len();
        let zero = self.emit(Op::Const(Const::Float { value: 0.0, text: None }), elem);
        self.inert.insert(zero);
        let mem = self.new_mem(MemInfo::local(Some(elem)));
        self.note_list(mem, &form);
        self.b.effect(Op::Alloc { mem, init: Init::Fill { value: zero, dims } });
        self.each_leaf(Place::whole(mem), depth, &mut |lower, place| {
            let mut frag = lower.frag_of_val(val);
            for access in &place.path {
                let Access::Index(i) = access else { continue };
                let i = lower.frag_of_val(*i);
                frag = frag.join(i, |list, i| syn::parse_quote!(#list[#i]), elem);
            }
            let value = lower.emit_opaque(frag, Default::default(), None, false);
            lower.b.effect(Op::Store { place, value });
        });
        Some(Value::Place(Spot { place: Place::whole(mem), form }))
    }
}

/// `Default::default()` takes its type from where it goes.
fn typed(frag: Frag, ty: Option<&syn::Type>) -> Frag {
    let (Some(ty), of) = (ty, frag.ty) else { return frag };
    frag.wrap(|made| syn::parse_quote!(::core::convert::identity::<#ty>(#made)), of)
}

/// Whether the numbers in an array are floats.
fn holds_floats(shape: &Shape) -> bool {
    match shape {
        Shape::Array(inner, _) | Shape::Vec(inner) => holds_floats(inner),
        Shape::Scalar(ty) => matches!(ty, Ty::Float(_)),
        Shape::Slice(_) | Shape::Tuple(_) | Shape::Named(_) => false,
    }
}
