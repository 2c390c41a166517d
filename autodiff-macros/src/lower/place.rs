//! Places: fields, elements, local arrays, and writes to them.

use quote::ToTokens;

use super::expr::Want;
use super::extent::Extent;
use super::goes::Goes;
use super::infer::{Class, TyVar};
use super::value::{Form, Seq, Spot, Value};
use super::{Lower, USIZE};
use crate::ir::{Access, Mem, Op, Place, Ty, Val};

impl Lower<'_> {
    // ---- reading --------------------------------------------------------------------------------------------------

    /// The value of a field or an element: a number in memory is read now.
    pub(super) fn read_place(&mut self, expr: &syn::Expr) -> Value {
        let value = self.place_of(expr);
        self.read(value)
    }

    /// As [`Self::expr`], but a number in memory stays a place.
    pub(super) fn place_of(&mut self, expr: &syn::Expr) -> Value {
        match expr {
            syn::Expr::Paren(inner) => self.place_of(&inner.expr),
            syn::Expr::Group(inner) => self.place_of(&inner.expr),
            syn::Expr::Path(path) if path.qself.is_none() => {
                let name = path.path.get_ident().map(|ident| ident.to_string());
                let value = name.as_ref().and_then(|name| self.env.get(name)).map(|binding| binding.value.clone());
                match value {
                    Some(Some(value)) => value,
                    Some(None) => self.without_value(&name.unwrap_or_default(), expr),
                    None => self.expr(expr, Want::Any),
                }
            }
            syn::Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                let value = self.place_of(&unary.expr);
                self.deref(value)
            }
            syn::Expr::Field(field) => {
                self.base_goes = Goes::Memory(None);
                let base = self.place_of(&field.base);
                self.base_goes = Goes::Number;
                self.field(base, &field.member, expr)
            }
            syn::Expr::Index(index) => {
                self.base_goes = Goes::Memory(None);
                let base = self.place_of(&index.expr);
                self.base_goes = Goes::Number;
                self.index(base, &index.index, expr)
            }
            // The base of a part.
            syn::Expr::Call(_) | syn::Expr::MethodCall(_) => {
                self.goes = std::mem::take(&mut self.base_goes);
                self.expr(expr, Want::Any)
            }
            _ => {
                // What is in it goes elsewhere.
                self.base_goes = Goes::Number;
                self.expr(expr, Want::Any)
            }
        }
    }

    /// `base.member`.
    pub(super) fn field(&mut self, base: Value, member: &syn::Member, at: impl ToTokens) -> Value {
        let name = match member {
            syn::Member::Named(ident) => ident.to_string(),
            syn::Member::Unnamed(index) => index.index.to_string(),
        };
        match base.peel() {
            Value::Place(Spot { mut place, form }) => {
                let form = match form {
                    Form::Unknown(path) if path.is_empty() && self.may_be_tuple(place.mem, member) => {
                        return self.unsupported(
                            at,
                            "a part, by its number, of what a call gives, which may be a tuple or a struct",
                            "name the parts, `let (a, b) = g(x);`, or write the type: `let p: Pair = g(x);`",
                        );
                    }
                    Form::Unknown(path) => Form::Unknown(format!("{path}.{name}")),
                    Form::Tuple(parts) => match name.parse().ok().and_then(|i: usize| parts.into_iter().nth(i)) {
                        Some(part) => part,
                        None => return self.refuse(at, format_args!("the tuple has no part `{name}`")),
                    },
                    Form::Seq(..) | Form::Scalar(_) => {
                        return self.refuse(
                            at,
                            format_args!("this has no field `{name}`; elements are read by index: `x[i]`"),
                        );
                    }
                };
                place.path.push(Access::Field(name));
                Value::Place(Spot { place, form })
            }
            Value::Tuple(parts) => match name.parse().ok().and_then(|i: usize| parts.into_iter().nth(i)) {
                Some(part) => part,
                None => self.refuse(at, format_args!("the tuple has no part `{name}`")),
            },
            Value::Struct(maker, parts) => match maker.position(&name).and_then(|k| parts.into_iter().nth(k)) {
                Some(part) => part,
                None => self.refuse(at, format_args!("the struct has no field `{name}`")),
            },
            value @ (Value::Scalar(_) | Value::Frag(_)) => {
                if let Value::Scalar(val) = value
                    && self.is_call(val)
                {
                    return self.unsupported(
                        at,
                        "taking a part of the result of a call",
                        "name the parts: `let (a, b) = g(x);`",
                    );
                }
                let frag = self.embed(value);
                let ty = self.fresh_ty(Class::Unknown);
                Value::Frag(frag.wrap(|inner| syn::parse_quote!(#inner.#member), ty))
            }
            Value::Poison | Value::Never | Value::Exit => Value::Poison,
            Value::Unit
            | Value::Ref(_)
            | Value::Optional(..)
            | Value::View(_)
            | Value::Stream(_)
            | Value::Closure(_) => self.refuse(at, format_args!("this has no field `{name}`")),
        }
    }

    /// Part `i` of a tuple.
    pub(super) fn part(&mut self, value: Value, i: usize, at: impl ToTokens) -> Value {
        let value = match value {
            Value::Frag(frag) if !frag.pure_ => Value::Scalar(self.emit_frag(frag, at.to_token_stream(), false)),
            value => value,
        };
        let member = syn::Member::Unnamed(syn::Index { index: i as u32, span: self.here() });
        self.field(value, &member, at)
    }

    /// `base[index]`.
    pub(super) fn index(&mut self, base: Value, index: &syn::Expr, at: impl ToTokens) -> Value {
        match base.peel() {
            Value::Place(Spot { mut place, form }) => {
                let Some(inner) = super::iter::inner(&form) else {
                    return self.refuse(at, "this cannot be indexed; parts of a tuple are read as `t.0`");
                };
                if let Some(range) = as_range(index) {
                    return self.slice(Spot { place, form }, range);
                }
                let form = inner;
                let access = match literal_index(index) {
                    Some(i) => Access::Const(i),
                    None => {
                        let val = self.scalar_expr(index);
                        self.narrow_val(index, val, USIZE);
                        Access::Index(val)
                    }
                };
                place.path.push(access);
                Value::Place(Spot { place, form })
            }
            Value::View(view) => match as_range(index) {
                Some(range) => self.slice_view(*view, range),
                None => self.view_element(*view, index),
            },
            value @ (Value::Scalar(_) | Value::Frag(_)) => {
                let base = self.embed(value);
                let value = self.expr(index, Want::Any);
                if let Value::Scalar(val) = value
                    && self.class(val) == Class::SomeInt
                {
                    self.narrow_val(index, val, USIZE);
                }
                let ty = self.fresh_ty(Class::Unknown);
                let index = self.embed(value);
                Value::Frag(base.join(index, |base, index| syn::parse_quote!(#base[#index]), ty))
            }
            Value::Poison | Value::Never | Value::Exit => Value::Poison,
            Value::Tuple(_)
            | Value::Struct(..)
            | Value::Unit
            | Value::Ref(_)
            | Value::Optional(..)
            | Value::Stream(_)
            | Value::Closure(_) => self.refuse(at, "this cannot be indexed; parts of a tuple are read as `t.0`"),
        }
    }

    pub(super) fn load(&mut self, place: Place, ty: TyVar) -> Val {
        let inert = self.mem(place.mem).is_some_and(|mem| mem.inert);
        let val = self.emit(Op::Load(place), ty);
        if inert {
            self.inert.insert(val);
        }
        val
    }

    /// The type of a scalar inside a struct.
    pub(super) fn leaf(&mut self, mem: Mem, path: String) -> TyVar {
        if let Some(ty) = self.leaves.get(&(mem, path.clone())) {
            return *ty;
        }
        let ty = self.fresh_ty(Class::Unknown);
        self.leaves.insert((mem, path), ty);
        ty
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    /// `pairs[i] = (a, b)`: all parts are read before the first is written.
    fn store_tuple(&mut self, place: Place, forms: Vec<Form>, value: Value, at: &syn::Expr) {
        let read = |lower: &mut Self, i: usize| {
            let part = lower.part(value.clone(), i, at);
            let part = lower.read(part);
            lower.settle(part, at)
        };
        let parts: Vec<Value> = (0..forms.len()).map(|i| read(self, i)).collect();
        for (i, (form, part)) in forms.into_iter().zip(parts).enumerate() {
            let mut place = place.clone();
            place.path.push(Access::Field(i.to_string()));
            self.store(Value::Place(Spot { place, form }), part, at);
        }
    }

    /// `place = value`, of a place in memory.
    pub(super) fn store(&mut self, place: Value, value: Value, at: &syn::Expr) {
        let spot = match place.peel() {
            Value::Place(spot) => spot,
            Value::Poison | Value::Never | Value::Exit => return,
            target @ (Value::Frag(_) | Value::Scalar(_)) => {
                let ty = self.fresh_ty(Class::Unknown);
                let value = self.embed(value);
                let frag = self.embed(target).join(value, |place, value| syn::parse_quote!(#place = #value), ty);
                self.effect_frag(frag, at.to_token_stream());
                return;
            }
            _ => {
                self.diag.error(at, "this cannot be assigned to");
                return;
            }
        };
        if !self.writable(&spot, at) {
            return;
        }
        match (&spot.form, value.clone().peel()) {
            // What a call has made goes there as it is.
            (form, Value::Place(source)) if !matches!(form, Form::Scalar(_)) && self.is_result(&source) => {
                self.take_result(spot, source, at);
            }
            (Form::Seq(_, Seq::Array), Value::Place(source)) => self.store_array(spot, source, at),
            // A copy of a struct's array, whose shape shows here.
            (Form::Unknown(path), Value::Place(source)) if matches!(source.form, Form::Seq(_, Seq::Array)) => {
                self.agree_in_array(spot.place.mem, path, &source.form, at);
                let target = Spot { form: source.form.clone(), ..spot };
                if !self.store_literal(&target.place, &source, at) {
                    self.store_array(target, source, at);
                }
            }
            (Form::Unknown(_), Value::Place(source)) if self.is_struct(&source) => self.exchange(spot, source),
            // One of them is no part of a struct, and so no number.
            (Form::Unknown(of), Value::Place(Spot { place, form: Form::Unknown(from) }))
                if (spot.place.path.is_empty() || place.path.is_empty())
                    && !self.is_known_number(spot.place.mem, of)
                    && !self.is_known_number(place.mem, &from) =>
            {
                self.exchange(spot, Spot { place, form: Form::Unknown(from) });
            }
            (Form::Unknown(_), Value::Struct(maker, parts)) => self.store_struct(spot, &maker, parts, at),
            (Form::Seq(_, Seq::Vec), Value::Place(source)) => self.store_vector(spot, source, at),
            // A field of a struct of the function's own takes over what is made for it.
            (Form::Unknown(_), Value::Place(source))
                if matches!(source.form, Form::Seq(..)) && self.mem(spot.place.mem).is_some_and(|mem| mem.local) =>
            {
                self.exchange(spot, source);
            }
            (Form::Tuple(forms), Value::Tuple(_) | Value::Place(Spot { form: Form::Tuple(_), .. })) => {
                self.store_tuple(spot.place, forms.clone(), value, at);
            }
            (Form::Seq(..) | Form::Tuple(_), Value::Poison) => {}
            (Form::Seq(..) | Form::Tuple(_), _) => {
                self.diag.unsupported(
                    at,
                    "assigning a whole vector or tuple",
                    "assign its elements in a loop, `v[i] = w[i];`, or its parts: `t.0 = a;`",
                );
            }
            (Form::Scalar(_) | Form::Unknown(_), _) => {
                let val = self.scalar(value, at);
                let ty = match spot.form {
                    Form::Scalar(ty) => ty,
                    Form::Unknown(path) => self.leaf(spot.place.mem, path),
                    Form::Seq(..) | Form::Tuple(_) => return,
                };
                if let Some(of) = self.ty(val) {
                    self.agree(at, ty, of);
                }
                self.b.effect(Op::Store { place: spot.place, value: val });
            }
        }
    }

    /// Whether a part of a struct is known to be a number.
    pub(super) fn is_known_number(&self, mem: Mem, path: &str) -> bool {
        let ty = self.leaves.get(&(mem, path.to_owned()));
        ty.is_some_and(|ty| !matches!(self.types.class(*ty), Class::Unknown | Class::Known(Ty::Opaque)))
    }

    /// Whether the memory is the function's own, or behind `&mut`.
    pub(super) fn writable(&mut self, spot: &Spot, at: &syn::Expr) -> bool {
        let mem = self.mem(spot.place.mem);
        if mem.is_some_and(|mem| mem.local && mem.inert) {
            // Nothing in memory that is taken for a constant may become active.
            self.diag.unsupported(
                at,
                "writing to what a struct of another function refers to",
                "keep it in a variable of this function, and return it",
            );
            return false;
        }
        let writable = mem.is_some_and(|mem| mem.local || mem.mutable);
        if !writable {
            self.diag.unsupported(
                at,
                "writing to a parameter",
                "take it by `&mut`, or copy it first: `let mut v = x.to_vec();`, or `let mut v = *x;` for an array",
            );
        }
        writable
    }

    /// `place op= value`, of a place in memory. `value` is evaluated already, as for every primitive type.
    pub(super) fn update(&mut self, target: Value, op: &syn::BinOp, value: Val, at: &syn::Expr) {
        let spot = match target.peel() {
            Value::Place(spot) => spot,
            Value::Poison | Value::Never | Value::Exit => return,
            // A part of what is passed through, `counter.steps += 1`.
            target @ (Value::Frag(_) | Value::Scalar(_)) if self.is_inactive(&Value::Scalar(value)) => {
                let syn::Expr::Binary(syn::ExprBinary { op, .. }) = at else { return };
                let ty = self.fresh_ty(Class::Unknown);
                let value = self.frag_of_val(value);
                let changed = self.embed(target).join(value, |place, value| syn::parse_quote!(#place #op #value), ty);
                self.effect_frag(changed, at.to_token_stream());
                return;
            }
            _ => {
                self.unsupported(
                    at,
                    "changing what is neither a variable nor memory of the function",
                    "keep it in a variable, and return it; an array that another function makes shows by its type: \
                     `let mut v: Vec<f64> = ..`",
                );
                return;
            }
        };
        if !self.writable(&spot, at) {
            return;
        }
        let ty = match spot.form {
            Form::Scalar(ty) => ty,
            Form::Unknown(path) => self.leaf(spot.place.mem, path),
            Form::Seq(..) | Form::Tuple(_) => {
                self.diag.unsupported(
                    at,
                    "arithmetic on whole arrays",
                    "write a loop over the elements: `v[i] += w[i];`",
                );
                return;
            }
        };
        let shift = matches!(op, syn::BinOp::Shl(_) | syn::BinOp::Shr(_));
        if let Some(of) = self.ty(value).filter(|_| !shift) {
            self.agree(at, ty, of);
        }
        let is_float = matches!(self.types.class(ty), Class::SomeFloat | Class::Known(Ty::Float(_)));
        if is_float && matches!(op, syn::BinOp::Add(_)) {
            self.b.effect(Op::Accum { place: spot.place, value });
            return;
        }
        let old = self.load(spot.place.clone(), ty);
        let new = self.arithmetic(op, old, value, Extent::of(at));
        self.b.effect(Op::Store { place: spot.place, value: new });
    }

    /// `&mut x`: of a value that is passed through, for a call that is passed through.
    pub(super) fn reference_mut(&mut self, reference: &syn::ExprReference) -> Value {
        let outer = std::mem::replace(&mut self.b.span, reference.and_token.span);
        let value = self.place_of(&reference.expr);
        self.b.span = outer;
        let ty = self.fresh_ty(super::OPAQUE);
        match value {
            Value::Scalar(val) if self.is_passed_through(val) => {
                self.mutated.push((val, reference.to_token_stream()));
                let frag = self.frag_of_val(val).wrap(|inner| syn::parse_quote!(&mut #inner), ty);
                Value::Frag(super::value::Frag { pure_: false, ..frag })
            }
            Value::Frag(frag) if !frag.binds.is_empty() => {
                let frag = frag.wrap(|inner| syn::parse_quote!(&mut #inner), ty);
                Value::Frag(super::value::Frag { pure_: false, ..frag })
            }
            Value::Place(spot) => {
                let inside = !spot.place.path.is_empty() || matches!(spot.form, Form::Seq(..));
                if !inside || !self.writable(&spot, &syn::Expr::Reference(reference.clone())) {
                    return self.borrow(reference);
                }
                Value::Ref(Box::new(Value::Place(spot)))
            }
            Value::View(view) => Value::Ref(Box::new(Value::View(view))),
            // `&mut *y`
            Value::Ref(inner) if inner.is_place() => Value::Ref(inner),
            Value::Poison => Value::Poison,
            _ => self.borrow(reference),
        }
    }
}

impl Lower<'_> {
    fn borrow(&mut self, reference: &syn::ExprReference) -> Value {
        self.unsupported(
            reference,
            "`&mut` borrows of numbers",
            "assign the variable directly, or return the new value; two variables are exchanged by `std::mem::swap(&mut a, &mut b)`",
        )
    }
}

fn as_range(expr: &syn::Expr) -> Option<&syn::ExprRange> {
    match expr {
        syn::Expr::Range(range) => Some(range),
        syn::Expr::Paren(inner) => as_range(&inner.expr),
        _ => None,
    }
}

/// `3` and `3usize`.
pub(super) fn literal_index(expr: &syn::Expr) -> Option<usize> {
    match expr {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(lit), .. }) if matches!(lit.suffix(), "" | "usize") => {
            lit.base10_parse().ok()
        }
        syn::Expr::Paren(inner) => literal_index(&inner.expr),
        syn::Expr::Group(inner) => literal_index(&inner.expr),
        _ => None,
    }
}
