//! Patterns of `let`, and what a type ascription says.

use quote::ToTokens;

use super::infer::Class;
use super::value::{Binding, Form, Frag, Seq, Spot, Value, View};
use super::{Lower, OPAQUE, optional};
use crate::ir::{Access, CmpOp, Val};
use crate::signature::{self, Shape};

/// The elements of what only the pattern shows to be an array, such as a field.
fn listed_parts<'p>(value: &Value, slice: &'p syn::PatSlice) -> Option<Vec<Bound<'p>>> {
    let Value::Place(spot) = value.clone().peel() else { return None };
    let form = super::iter::inner(&spot.form)?;
    let element = |(i, elem): (usize, &'p syn::Pat)| {
        let mut place = spot.place.clone();
        place.path.push(Access::Const(i));
        (!is_rest(elem)).then(|| (elem, Value::Place(Spot { place, form: form.clone() })))
    };
    slice.elems.iter().enumerate().map(element).collect()
}

/// `..` and `rest @ ..`
pub(super) fn is_rest(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Rest(_) => true,
        syn::Pat::Ident(ident) => ident.subpat.as_ref().is_some_and(|(_, inner)| is_rest(inner)),
        _ => false,
    }
}

/// A pattern with what it binds.
pub(super) type Bound<'p> = (&'p syn::Pat, Value);

impl Lower<'_> {
    /// Binds the names of a pattern to the parts of a value. `used` is how the value was computed, for messages.
    pub(super) fn bind(&mut self, pat: &syn::Pat, value: Value, ty: Option<&syn::Type>) {
        let value = match ty {
            Some(ty) => self.ascribe(value, ty),
            None => value,
        };
        match pat {
            syn::Pat::Ident(pat) => {
                // `rest @ ..` is the rest.
                let names_rest = pat.subpat.as_ref().is_some_and(|(_, inner)| is_rest(inner));
                if pat.by_ref.is_some() || (pat.subpat.is_some() && !names_rest) {
                    self.diag.unsupported(pat, "`ref` and `@` in patterns", "write `let a = &x;`");
                }
                let name = pat.ident.to_string();
                let mutable = pat.mutability.is_some();
                let value = match ty {
                    // What is as it was written is read where it is.
                    Some(ty) if mutable || !matches!(&value, Value::Frag(frag) if frag.pure_) => {
                        self.adopted(value, ty, pat)
                    }
                    _ => value,
                };
                let value = self.adopted_variable(value, (&name, mutable), ty, pat);
                let mut value = self.held(value, mutable, &name, pat);
                if mutable && self.uses.is_lent_mut(&name) {
                    value = self.in_memory(value);
                }
                self.name(&value, &name);
                self.env.bindings.push(Binding { name, value: Some(value), mutable });
            }
            syn::Pat::Type(typed) => self.bind(&typed.pat, value, Some(&typed.ty)),
            syn::Pat::Paren(inner) => self.bind(&inner.pat, value, None),
            syn::Pat::Reference(inner) => {
                let value = self.deref(value);
                self.bind(&inner.pat, value, None);
            }
            syn::Pat::Wild(_) => {
                if let Value::Frag(frag) = value {
                    self.drop_frag(frag, pat.to_token_stream());
                }
            }
            syn::Pat::Tuple(tuple) => {
                if tuple.elems.iter().any(|elem| matches!(elem, syn::Pat::Rest(_))) {
                    self.diag.unsupported(pat, "`..` in patterns", "name each part, or `_`");
                    return self.bind_poison(pat);
                }
                let value = self.settle(value, pat);
                let types: Vec<_> = match ty.map(signature::bare) {
                    Some(syn::Type::Tuple(types)) => types.elems.iter().collect(),
                    _ => Vec::new(),
                };
                for (i, elem) in tuple.elems.iter().enumerate() {
                    let part = match &value {
                        Value::Poison | Value::Never | Value::Exit => Value::Poison,
                        value => self.part(value.clone(), i, elem),
                    };
                    let part = match self.read(part) {
                        // Behind a reference, references to the parts: of numbers, it makes no difference.
                        part @ Value::Place(_) if matches!(value, Value::Ref(_)) => Value::Ref(Box::new(part)),
                        part => part,
                    };
                    self.bind(elem, part, types.get(i).copied());
                }
            }
            syn::Pat::Slice(slice) => {
                if let Value::Poison = value {
                    return self.bind_poison(pat);
                }
                let value = self.settle(value, pat);
                let parts = self.slice_parts(value.clone(), slice).map(|(_, parts)| parts);
                let parts = parts.or_else(|| listed_parts(&value, slice));
                let Some(parts) = parts.or_else(|| self.indexed_parts(&value, slice)) else {
                    self.diag.unsupported(pat, "this pattern", "read the elements by index: `let a = x[0];`");
                    return self.bind_poison(pat);
                };
                for (elem, part) in parts {
                    let part = self.bound_part(part, &value);
                    self.bind(elem, part, None);
                }
            }
            syn::Pat::TupleStruct(fields) if !fields.elems.iter().any(|elem| matches!(elem, syn::Pat::Rest(_))) => {
                let value = self.settle(value, pat);
                for (i, elem) in fields.elems.iter().enumerate() {
                    let part = self.part(value.clone(), i, elem);
                    let part = self.bound_part(part, &value);
                    self.bind(elem, part, None);
                }
            }
            syn::Pat::Struct(fields) => {
                let value = self.settle(value, pat);
                for field in &fields.fields {
                    let part = self.field(value.clone(), &field.member, field);
                    let part = self.bound_part(part, &value);
                    self.bind(&field.pat, part, None);
                }
            }
            pat => {
                self.diag.unsupported(
                    pat,
                    "this pattern",
                    "name the value, `let v = ..;`, and read its parts: `v.0`, `v.name`, `v[0]`",
                );
                self.bind_poison(pat);
            }
        }
    }

    /// A part that a pattern binds: behind a reference, references to the parts.
    fn bound_part(&mut self, part: Value, of: &Value) -> Value {
        let part = self.read(part);
        if matches!(of, Value::Ref(_)) { Value::Ref(Box::new(part)) } else { part }
    }

    /// The elements that a slice pattern names, and the condition that there are so many, of a slice or vector. `None`: the
    /// value is no sequence, as far as is known.
    pub(super) fn slice_parts<'p>(
        &mut self,
        value: Value,
        slice: &'p syn::PatSlice,
    ) -> Option<(Option<Val>, Vec<Bound<'p>>)> {
        let (seq, lo, len) = match value.peel() {
            Value::Place(spot) => (spot, None, None),
            Value::View(view) => (view.seq, view.lo, Some(view.len)),
            _ => return None,
        };
        let Form::Seq(inner, kind) = seq.form.clone() else { return None };
        let rest = slice.elems.iter().position(is_rest);
        let named = slice.elems.len() - usize::from(rest.is_some());
        let fixed = lo.is_none() && len.is_none() && kind == Seq::Array;
        let len = match len {
            Some(len) => Some(len),
            None if fixed && rest.is_none() => None,
            None => Some(self.len(seq.place.clone())),
        };
        let fits = len.filter(|_| !fixed && (rest.is_none() || named > 0)).map(|len| {
            let named = self.count(named);
            match rest {
                None => self.compare_vals(CmpOp::Eq, len, named),
                Some(_) => self.compare_vals(CmpOp::Le, named, len),
            }
        });
        let mut parts = Vec::new();
        for (i, elem) in slice.elems.iter().enumerate() {
            let position = match (rest, len) {
                (Some(rest), Some(len)) if i == rest && !matches!(elem, syn::Pat::Rest(_)) => {
                    let named = self.count(named);
                    let len = self.minus(len, named);
                    let before = self.count(i);
                    let lo = Some(self.plus_offset(lo, before));
                    let view = View { seq: seq.clone(), lo, len, literal: None };
                    parts.push((elem, Value::View(Box::new(view))));
                    continue;
                }
                (Some(rest), _) if i == rest => continue,
                (Some(rest), Some(len)) if i > rest => {
                    let behind = self.count(slice.elems.len() - i);
                    Access::Index(self.minus(len, behind))
                }
                _ => Access::Const(i),
            };
            let access = match (lo, position) {
                (None, position) => position,
                (Some(_), Access::Const(i)) => {
                    let i = self.count(i);
                    Access::Index(self.plus_offset(lo, i))
                }
                (Some(_), Access::Index(i)) => Access::Index(self.plus_offset(lo, i)),
                (Some(_), position) => position,
            };
            let mut place = seq.place.clone();
            place.path.push(access);
            parts.push((elem, Value::Place(Spot { place, form: (*inner).clone() })));
        }
        Some((fits, parts))
    }

    /// The elements of an array of which no more is known here than that it has as many, as rustc makes sure.
    fn indexed_parts<'p>(&mut self, value: &Value, slice: &'p syn::PatSlice) -> Option<Vec<Bound<'p>>> {
        let is_constant = matches!(value.clone().peel(), Value::Frag(_) | Value::Scalar(_));
        if !is_constant || slice.elems.iter().any(is_rest) {
            return None;
        }
        let parts = slice.elems.iter().enumerate().map(|(i, elem)| {
            let i = syn::Index::from(i);
            (elem, self.index(value.clone(), &syn::parse_quote!(#i), elem))
        });
        Some(parts.collect())
    }

    /// Binds the names of a refused pattern, so that their uses are not reported too.
    pub(super) fn bind_poison(&mut self, pat: &syn::Pat) {
        for (name, mutable) in names(pat) {
            self.env.bindings.push(Binding { name, value: Some(Value::Poison), mutable });
        }
    }

    /// What a variable holds.
    pub(super) fn held(&mut self, value: Value, mutable: bool, name: &str, at: impl ToTokens) -> Value {
        let tokens = at.to_token_stream();
        match value {
            Value::Frag(frag) if mutable && optional::is_none(&frag) && self.uses.option(name).is_some() => {
                let make = self.uses.option(name).cloned().unwrap_or(super::exit::Make::Unit);
                let (present, blank) = (self.truth(false), self.blank(&make));
                Value::Optional(present, Box::new(blank))
            }
            Value::Stream(stream) if mutable => Value::Stream(Box::new(self.held_stream(*stream))),
            Value::Frag(frag) if frag.pure_ && !mutable => Value::Frag(frag),
            Value::Frag(frag) => Value::Scalar(self.emit_frag(frag, tokens, mutable)),
            Value::Place(spot) if self.is_struct(&spot) => self.own(spot, mutable),
            Value::Place(Spot { place, form: Form::Unknown(path) })
                if !self.uses.may_be_aggregate(name, mutable)
                    && !(place.path.is_empty()
                        && (self.structs.contains(&place.mem)
                            || self.from_calls.contains(&place.mem)
                            || (self.struct_types.contains_key(&place.mem) && self.uses.is_memory(name)))) =>
            {
                let ty = self.leaf(place.mem, path);
                Value::Scalar(self.load(place, ty))
            }
            Value::Place(spot) => self.own(spot, mutable),
            // `let mut row = &x[0];` changes which row, never the row.
            Value::Ref(inner) => match *inner {
                Value::Frag(frag) if !frag.pure_ => {
                    Value::Ref(Box::new(Value::Scalar(self.emit_frag(frag, tokens, false))))
                }
                // What may be written is read when it is used.
                Value::Place(Spot { place, form: Form::Unknown(path) })
                    if !(self.uses.may_be_aggregate(name, mutable)
                        || (place.path.is_empty() && self.from_calls.contains(&place.mem)))
                        && self.mem(place.mem).is_some_and(|mem| !mem.mutable) =>
                {
                    let ty = self.leaf(place.mem, path);
                    Value::Ref(Box::new(Value::Scalar(self.load(place, ty))))
                }
                Value::Place(spot) if self.is_temporary(&spot) => Value::Ref(Box::new(self.own(spot, false))),
                inner => Value::Ref(Box::new(inner)),
            },
            Value::Tuple(parts) => {
                Value::Tuple(parts.into_iter().map(|part| self.held(part, mutable, name, &tokens)).collect())
            }
            // It is one piece of memory for the calls that write to it.
            Value::Struct(maker, parts) if mutable && self.uses.is_lent_mut(name) => {
                match self.whole(Value::Struct(maker, parts), tokens) {
                    Value::Place(spot) => self.own(spot, mutable),
                    value => value,
                }
            }
            Value::Struct(maker, parts) => {
                let parts = parts.into_iter().map(|part| self.held(part, mutable, name, &tokens)).collect();
                Value::Struct(maker, parts)
            }
            value => value,
        }
    }

    fn is_temporary(&self, spot: &Spot) -> bool {
        self.mem(spot.place.mem).is_some_and(|mem| mem.temporary)
    }

    /// Keeps the user's name for what it names first.
    pub(super) fn name(&mut self, value: &Value, name: &str) {
        match value {
            Value::Scalar(val) if self.b.name(*val).is_none() => self.b.set_name(*val, name),
            Value::Place(spot) if spot.place.path.is_empty() => {
                if let Some(data) = self.b.mems.get_mut(spot.place.mem.0 as usize)
                    && data.name.is_none()
                {
                    data.name = Some(name.to_owned());
                }
            }
            _ => {}
        }
    }

    // ---- ascriptions ----------------------------------------------------------------------------------------------

    /// What `: T` says about a value.
    pub(super) fn ascribe(&mut self, value: Value, ty: &syn::Type) -> Value {
        let bare = signature::bare(ty);
        if let syn::Type::Reference(reference) = bare {
            return match value {
                Value::Ref(inner) => Value::Ref(Box::new(self.ascribe(*inner, &reference.elem))),
                // Behind a reference that is not ours, the type is none of a scalar.
                value => value,
            };
        }
        if let syn::Type::Tuple(tuple) = bare
            && let Value::Tuple(parts) = value
        {
            let mut types = tuple.elems.iter();
            return Value::Tuple(
                parts
                    .into_iter()
                    .map(|part| match types.next() {
                        Some(ty) => self.ascribe(part, ty),
                        None => part,
                    })
                    .collect(),
            );
        }
        if let Some(value) = self.ascribe_option(&value, bare) {
            return value;
        }
        let Some(shape) = signature::shape_of(bare) else {
            return value;
        };
        match (value, &shape) {
            (Value::Place(Spot { place, form: Form::Unknown(path) }), Shape::Scalar(scalar)) => {
                let leaf = self.leaf(place.mem, path);
                self.narrow(ty, leaf, Class::Known(*scalar));
                Value::Scalar(self.load(place, leaf))
            }
            (Value::Place(Spot { place, form: Form::Unknown(_) }), shape) if shape.is_numeric() => {
                let form = self.form(shape);
                if place.path.is_empty()
                    && self.from_calls.contains(&place.mem)
                    && let Some(info) = self.mems.get_mut(place.mem.0 as usize)
                {
                    info.elem = info.elem.or(form.elem());
                }
                Value::Place(Spot { place, form })
            }
            (Value::Place(spot), shape) => {
                self.ascribe_form(&spot.form, shape, ty);
                Value::Place(spot)
            }
            (Value::Scalar(val), Shape::Scalar(scalar)) => {
                self.narrow_val(ty, val, Class::Known(*scalar));
                Value::Scalar(val)
            }
            (Value::Frag(frag), Shape::Scalar(scalar)) => {
                self.narrow(ty, frag.ty, Class::Known(*scalar));
                Value::Frag(frag)
            }
            (Value::Frag(frag), shape) if shape.is_numeric() => {
                self.narrow(ty, frag.ty, OPAQUE);
                Value::Frag(frag)
            }
            (value, _) => value,
        }
    }

    fn ascribe_form(&mut self, form: &Form, shape: &Shape, at: &syn::Type) {
        match (form, shape) {
            (Form::Scalar(ty), Shape::Scalar(scalar)) => self.narrow(at, *ty, Class::Known(*scalar)),
            (Form::Seq(form, _), Shape::Array(shape, _) | Shape::Slice(shape) | Shape::Vec(shape)) => {
                self.ascribe_form(form, shape, at);
            }
            (Form::Tuple(forms), Shape::Tuple(shapes)) => {
                for (form, shape) in forms.iter().zip(shapes) {
                    self.ascribe_form(form, shape, at);
                }
            }
            _ => {}
        }
    }

    // ---- passed through -------------------------------------------------------------------------------------------

    /// Evaluates for its effect what has no use.
    pub(super) fn drop_frag(&mut self, frag: Frag, at: proc_macro2::TokenStream) {
        if !frag.pure_ {
            self.effect_frag(frag, at);
        }
    }

    /// Whether the value is one that is passed through, under its own name, in the emitted code.
    pub(super) fn is_passed_through(&self, val: crate::ir::Val) -> bool {
        matches!(self.notes.get(&val), Some(super::Note::Opaque { .. })) || self.class(val) == OPAQUE
    }

    pub(super) fn is_call(&self, val: crate::ir::Val) -> bool {
        matches!(self.notes.get(&val), Some(super::Note::Call(_)))
    }
}

/// Whether a value is a sequence whose elements are known by their places.
pub(super) fn is_sequence(value: &Value) -> bool {
    match value {
        Value::Ref(inner) => is_sequence(inner),
        Value::Place(spot) => matches!(spot.form, Form::Seq(..)),
        Value::View(_) => true,
        _ => false,
    }
}

/// The names that a pattern binds.
pub(super) fn names(pat: &syn::Pat) -> Vec<(String, bool)> {
    struct Names(Vec<(String, bool)>);

    impl<'ast> syn::visit::Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            self.0.push((pat.ident.to_string(), pat.mutability.is_some()));
        }
    }

    let mut names = Names(Vec::new());
    syn::visit::Visit::visit_pat(&mut names, pat);
    names.0
}
