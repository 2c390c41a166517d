//! Places: fields, elements, local arrays, and writes to them.

use quote::ToTokens;
use syn::spanned::Spanned;

use super::expr::Want;
use super::infer::{Class, TyVar};
use super::value::{Form, MemInfo, Seq, Spot, Value};
use super::{Lower, USIZE};
use crate::ir::{Access, Const, Dim, Init, Mem, Op, Place, Ty, Val};

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
                match name.and_then(|name| self.env.get(&name)).map(|binding| binding.value.clone()) {
                    Some(Some(value)) => value,
                    Some(None) => Value::Poison,
                    None => self.expr(expr, Want::Any),
                }
            }
            syn::Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                let value = self.place_of(&unary.expr);
                self.deref(value)
            }
            syn::Expr::Field(field) => {
                let base = self.place_of(&field.base);
                self.field(base, &field.member, expr)
            }
            syn::Expr::Index(index) => {
                let base = self.place_of(&index.expr);
                self.index(base, &index.index, expr)
            }
            _ => self.expr(expr, Want::Any),
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
            Value::Poison | Value::Never => Value::Poison,
            Value::Unit | Value::Ref(_) => self.refuse(at, format_args!("this has no field `{name}`")),
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
    fn index(&mut self, base: Value, index: &syn::Expr, at: impl ToTokens) -> Value {
        match base.peel() {
            Value::Place(Spot { mut place, form }) => {
                let form = match form {
                    Form::Unknown(path) => Form::Unknown(format!("{path}[]")),
                    Form::Seq(inner, _) => *inner,
                    Form::Tuple(_) | Form::Scalar(_) => {
                        return self.refuse(at, "this cannot be indexed; parts of a tuple are read as `t.0`");
                    }
                };
                if is_range(index) {
                    return self.unsupported(
                        at,
                        "slices of an array",
                        "pass the array with the bounds, and index it: `x[lo + i]`",
                    );
                }
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
            Value::Poison | Value::Never => Value::Poison,
            Value::Tuple(_) | Value::Unit | Value::Ref(_) => {
                self.refuse(at, "this cannot be indexed; parts of a tuple are read as `t.0`")
            }
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

    // ---- local arrays ---------------------------------------------------------------------------------------------

    /// An array by value, to be held by a variable: an alias where nobody can tell, else a copy.
    pub(super) fn own(&mut self, spot: Spot, mutable: bool) -> Value {
        match &spot.form {
            Form::Scalar(ty) => return Value::Scalar(self.load(spot.place, *ty)),
            Form::Unknown(_) if !mutable => return Value::Place(spot),
            _ => {}
        }
        if let Some(mem) = self.mems.get_mut(spot.place.mem.0 as usize) {
            // A vector is moved: nobody can look at it through its old name.
            let moved = mem.local && matches!(spot.form, Form::Seq(_, Seq::Vec));
            if spot.place.path.is_empty() && (mem.temporary || moved) {
                mem.mutable |= mutable;
                mem.temporary = false;
                return Value::Place(spot);
            }
            if !mutable && !mem.mutable {
                return Value::Place(spot);
            }
        }
        let copy = self.copy(spot);
        match copy {
            Value::Place(spot) => self.own(spot, mutable),
            copy => copy,
        }
    }

    /// A copy in memory of its own.
    pub(super) fn copy(&mut self, spot: Spot) -> Value {
        let form = match spot.form {
            Form::Unknown(_) => Form::Unknown(String::new()),
            form => form,
        };
        let mem = self.new_mem(MemInfo::local(form.elem()));
        self.b.effect(Op::Alloc { mem, init: Init::Copy(spot.place) });
        Value::Place(Spot { place: Place::whole(mem), form })
    }

    /// `[a, b, c]`, nested, and `vec![a, b, c]`.
    pub(super) fn array_literal(&mut self, elems: Vec<syn::Expr>, vec: bool, at: &syn::Expr) -> Value {
        let seq = if vec { Seq::Vec } else { Seq::Array };
        let mut shape = vec![elems.len()];
        let mut leaves = elems;
        loop {
            let rows: Vec<&syn::ExprArray> = leaves.iter().filter_map(as_array).collect();
            let Some(width) = rows.first().map(|row| row.elems.len()).filter(|_| rows.len() == leaves.len()) else {
                break;
            };
            if rows.iter().any(|row| row.elems.len() != width) {
                return self.refuse(at, "the rows of an array have one length");
            }
            shape.push(width);
            leaves = rows.iter().flat_map(|row| row.elems.iter().cloned()).collect();
        }
        let ty = self.fresh_ty(Class::Unknown);
        let mut items = Vec::new();
        let mut opaque = false;
        for leaf in &leaves {
            let value = self.expr(leaf, Want::Any);
            match value {
                Value::Frag(frag) if frag.pure_ && self.types.class(frag.ty) == super::OPAQUE => opaque = true,
                Value::Place(spot) if matches!(spot.form, Form::Seq(..) | Form::Tuple(_)) => {
                    return self.unsupported(
                        leaf,
                        "an array made of other arrays",
                        "make it with `[[0.0; 3]; 2]` and assign its elements",
                    );
                }
                value => {
                    let val = self.scalar(value, leaf);
                    if let Some(of) = self.ty(val) {
                        self.agree(leaf, ty, of);
                    }
                    items.push(val);
                }
            }
        }
        if opaque {
            return Value::Frag(self.pass_through(at));
        }
        let form = shape.iter().rev().fold(Form::Scalar(ty), |form, _| Form::Seq(Box::new(form), Seq::Array));
        let form = match form {
            Form::Seq(inner, _) => Form::Seq(inner, seq),
            form => form,
        };
        let mem = self.new_mem(MemInfo::local(Some(ty)));
        self.b.effect(Op::Alloc { mem, init: Init::List { items, shape } });
        Value::Place(Spot { place: Place::whole(mem), form })
    }

    /// `[x; N]`, nested.
    pub(super) fn array_repeat(&mut self, repeat: &syn::ExprRepeat) -> Value {
        self.repeat(&repeat.expr, &repeat.len, false)
    }

    /// `[x; N]` and `vec![x; n]`.
    pub(super) fn repeat(&mut self, elem: &syn::Expr, len: &syn::Expr, heap: bool) -> Value {
        let Some((value, mut dims, form)) = self.repeated(elem) else {
            return Value::Poison;
        };
        let Some((dim, seq)) = self.dim(len, heap) else {
            return Value::Poison;
        };
        dims.insert(0, dim);
        let form = Form::Seq(Box::new(form), seq);
        let Some(ty) = self.ty(value) else {
            return Value::Poison;
        };
        let mem = self.new_mem(MemInfo::local(Some(ty)));
        let depth = dims.len();
        if self.is_inert(value) {
            self.b.effect(Op::Alloc { mem, init: Init::Fill { value, dims } });
        } else {
            let zero = self.emit(Op::Const(Const::Float { value: 0.0, text: None }), ty);
            self.b.effect(Op::Alloc { mem, init: Init::Fill { value: zero, dims } });
            self.each_leaf(Place::whole(mem), depth, &mut |lower, place| lower.b.effect(Op::Store { place, value }));
        }
        Value::Place(Spot { place: Place::whole(mem), form })
    }

    /// The repeated element: the scalar, and its own dimensions.
    fn repeated(&mut self, elem: &syn::Expr) -> Option<(Val, Vec<Dim>, Form)> {
        let (inner, len, heap) = match elem {
            syn::Expr::Repeat(repeat) => ((*repeat.expr).clone(), (*repeat.len).clone(), false),
            syn::Expr::Macro(mac) if mac.mac.path.is_ident("vec") => match super::format::vec_repeat(&mac.mac) {
                Some((inner, len)) => (inner, len, true),
                None => return self.no_repeat(elem),
            },
            syn::Expr::Paren(inner) => return self.repeated(&inner.expr),
            syn::Expr::Array(_) => return self.no_repeat(elem),
            _ => {
                let value = self.expr(elem, Want::Any);
                if let Value::Place(Spot { form: Form::Seq(..) | Form::Tuple(_), .. }) = value {
                    return self.no_repeat(elem);
                }
                let val = self.scalar(value, elem);
                let ty = self.ty(val)?;
                return Some((val, Vec::new(), Form::Scalar(ty)));
            }
        };
        let (val, mut dims, form) = self.repeated(&inner)?;
        let (dim, seq) = self.dim(&len, heap)?;
        dims.insert(0, dim);
        Some((val, dims, Form::Seq(Box::new(form), seq)))
    }

    fn no_repeat<T>(&mut self, elem: &syn::Expr) -> Option<T> {
        self.diag.unsupported(
            elem,
            "repeating a whole array",
            "make it of one number, `[[0.0; 3]; 2]`, and assign its elements",
        );
        None
    }

    fn dim(&mut self, len: &syn::Expr, heap: bool) -> Option<(Dim, Seq)> {
        if heap {
            let val = self.scalar_expr(len);
            self.narrow_val(len, val, USIZE);
            return Some((Dim::Heap(val), Seq::Vec));
        }
        let mut tokens = len.clone();
        if !self.substitute(&mut tokens).is_empty() {
            self.diag
                .error(len, "the length of an array is a constant; for a length that is computed write `vec![0.0; n]`");
            return None;
        }
        let value = literal_index(&tokens);
        Some((Dim::Fixed { tokens: tokens.to_token_stream(), value }, Seq::Array))
    }

    /// Runs `write` for every leaf of a local array of `depth` dimensions.
    fn each_leaf(&mut self, place: Place, depth: usize, write: &mut dyn FnMut(&mut Self, Place)) {
        if depth == 0 {
            write(self, place);
            return;
        }
        let ty = self.fresh_ty(USIZE);
        let n = self.emit(Op::Len(place.clone()), ty);
        self.counted(n, |lower, i| {
            let mut place = place.clone();
            place.path.push(Access::Index(i));
            lower.each_leaf(place, depth - 1, write);
        });
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    /// `place = value`, of a place in memory.
    pub(super) fn store(&mut self, place: Value, value: Value, at: &syn::Expr) {
        let spot = match place.peel() {
            Value::Place(spot) => spot,
            Value::Poison | Value::Never => return,
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
            (Form::Seq(_, Seq::Array), Value::Place(source)) => self.store_array(spot, source, at),
            (Form::Seq(..) | Form::Tuple(_), Value::Poison) => {}
            (Form::Seq(..) | Form::Tuple(_), _) => {
                self.diag.unsupported(
                    at,
                    "assigning a whole vector or tuple",
                    "assign its elements in a loop: `v[i] = w[i];`",
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

    /// Whether the memory is the function's own.
    pub(super) fn writable(&mut self, spot: &Spot, at: &syn::Expr) -> bool {
        let local = self.mem(spot.place.mem).is_some_and(|mem| mem.local);
        if !local {
            self.diag.unsupported(
                at,
                "writing to a parameter",
                "copy it first: `let mut v = x.to_vec();`, or `let mut v = *x;` for an array",
            );
        }
        local
    }

    /// `a = b` of arrays, leaf by leaf.
    fn store_array(&mut self, target: Spot, source: Spot, at: &syn::Expr) {
        let (Some((depth, ty)), Some((other, of))) = (depth(&target.form), depth(&source.form)) else {
            self.diag.unsupported(at, "assigning this whole array", "assign its elements in a loop: `v[i] = w[i];`");
            return;
        };
        if depth != other {
            self.diag.error(at, "the two arrays have different numbers of dimensions");
            return;
        }
        self.agree(at, ty, of);
        let skip = target.place.path.len();
        self.each_leaf(target.place, depth, &mut |lower, place| {
            let mut from = source.place.clone();
            from.path.extend(place.path.iter().skip(skip).cloned());
            let value = lower.load(from, ty);
            lower.b.effect(Op::Store { place, value });
        });
    }

    /// `place op= value`, of a place in memory. `value` is evaluated already, as for every primitive type.
    pub(super) fn update(&mut self, target: Value, op: &syn::BinOp, value: Val, at: &syn::Expr) {
        let Value::Place(spot) = target.peel() else {
            self.diag.error(at, "this cannot be assigned to");
            return;
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
        let new = self.arithmetic(op, old, value, at);
        self.b.effect(Op::Store { place: spot.place, value: new });
    }

    /// `&mut x`: of a value that is passed through, for a call that is passed through.
    pub(super) fn reference_mut(&mut self, reference: &syn::ExprReference) -> Value {
        let outer = std::mem::replace(&mut self.b.span, reference.span());
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
            Value::Poison => Value::Poison,
            _ => self.unsupported(
                reference,
                "`&mut` borrows of numbers and arrays",
                "assign the variable or element directly, or return the new value",
            ),
        }
    }
}

/// The number of dimensions of an array of scalars, and their type.
fn depth(form: &Form) -> Option<(usize, TyVar)> {
    match form {
        Form::Scalar(ty) => Some((0, *ty)),
        Form::Seq(inner, Seq::Array) => depth(inner).map(|(depth, ty)| (depth + 1, ty)),
        _ => None,
    }
}

fn as_array(expr: &syn::Expr) -> Option<&syn::ExprArray> {
    match expr {
        syn::Expr::Array(array) => Some(array),
        syn::Expr::Paren(inner) => as_array(&inner.expr),
        syn::Expr::Group(inner) => as_array(&inner.expr),
        _ => None,
    }
}

fn is_range(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Range(_) => true,
        syn::Expr::Paren(inner) => is_range(&inner.expr),
        _ => false,
    }
}

/// `3` and `3usize`.
fn literal_index(expr: &syn::Expr) -> Option<usize> {
    match expr {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(lit), .. }) if matches!(lit.suffix(), "" | "usize") => {
            lit.base10_parse().ok()
        }
        syn::Expr::Paren(inner) => literal_index(&inner.expr),
        syn::Expr::Group(inner) => literal_index(&inner.expr),
        _ => None,
    }
}
