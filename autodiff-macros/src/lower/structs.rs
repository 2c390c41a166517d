//! Structs that the body makes: literals, update syntax, and what they become.
//!
//! The macro does not see the fields of a struct, and does not need to. A literal whose parts are numbers and arrays is
//! taken apart, as tuples are ([`Value::Struct`]): its fields are variables of their own, so that `state.v += h * a` costs
//! what it costs for a variable. What the parts are is checked by rustc: the emitted code has the literal in a closure that
//! is never called, so that a part of another type than that of the field does not compile.
//!
//! Where the struct is needed as a whole, as an argument or a result, or where a part is no number, it is memory
//! ([`Init::Build`]) whose parts are copied in. So is `Point { x, ..p }`: a copy of `p` with a field stored.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;

use super::expr::Want;
use super::goes::Goes;
use super::infer::{Class, TyVar};
use super::value::{Form, Frag, MemInfo, Spot, Value};
use super::{Lower, OPAQUE};
use crate::ir::{Access, Init, Op, Opaque, Place, Ty};

/// Which struct a literal is of.
#[derive(Debug, PartialEq)]
pub(super) struct Maker {
    pub(super) path: syn::Path,
    /// The fields in the order of the parts: `x`, or `0` of a tuple struct.
    pub(super) names: Vec<String>,
    /// `Point(x, y)`.
    tuple: bool,
}

impl Maker {
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|field| field == name)
    }

    fn literal(&self, parts: &[syn::Expr]) -> syn::Expr {
        let path = &self.path;
        if self.tuple {
            return syn::parse_quote!(#path(#(#parts),*));
        }
        let names = self.names.iter().map(|name| syn::Ident::new(name, path.span()));
        syn::parse_quote!(#path { #(#names: #parts),* })
    }
}

impl Lower<'_> {
    /// `Point { x: a, y: b }`, `Point { x: a, ..p }`.
    pub(super) fn struct_literal(&mut self, literal: &syn::ExprStruct) -> Value {
        let whole = syn::Expr::Struct(literal.clone());
        if literal.qself.is_some() || is_variant(&literal.path) {
            let why = "not yet supported: active values in enums; keep them in variables, structs and arrays";
            return Value::Frag(self.pass_through_with(&whole, why));
        }
        let (mut names, mut parts, mut copied) = (Vec::new(), Vec::new(), Vec::new());
        for field in &literal.fields {
            if is_copy(&field.expr) {
                copied.push(name_of(&field.member));
            }
            names.push(name_of(&field.member));
            let value = self.expr(&field.expr, Want::Any);
            parts.push(self.part_of_struct(value, &field.expr));
        }
        let tuple = names.first().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_digit()));
        let Some(base) = literal.rest.as_deref() else {
            return self.made(Maker { path: literal.path.clone(), names, tuple }, parts, &whole);
        };
        self.base_goes = Goes::Memory(Some(syn::Type::Path(syn::TypePath { qself: None, path: literal.path.clone() })));
        let of_base = self.place_of(base).peel();
        self.base_goes = Goes::Number;
        match of_base {
            Value::Struct(maker, mut of_base) => {
                for (name, part) in names.iter().zip(parts) {
                    if let Some(slot) = maker.position(name).and_then(|k| of_base.get_mut(k)) {
                        *slot = part;
                    }
                }
                Value::Struct(maker, of_base)
            }
            Value::Place(spot) if matches!(spot.form, Form::Unknown(_)) => {
                let copy = self.copy(spot);
                if let Value::Place(copy) = &copy {
                    self.structs.insert(copy.place.mem);
                }
                self.updated(copy, names.into_iter().zip(parts), &copied, &whole)
            }
            Value::Poison => Value::Poison,
            base => {
                if parts.iter().all(|part| self.is_inactive(part)) {
                    let base = self.embed(base);
                    let frag = self.literal_frag(&Maker { path: literal.path.clone(), names, tuple }, parts);
                    return Value::Frag(frag.join(base, with_base, self.types.fresh(Class::Unknown)));
                }
                match base {
                    // The same whenever it is made.
                    Value::Frag(base) if base.binds.is_empty() && (base.pure_ || is_default(&base.expr)) => {
                        let maker = Rc::new(Maker { path: literal.path.clone(), names, tuple });
                        self.build(&maker, parts, Some(base), &whole)
                    }
                    base @ (Value::Frag(_) | Value::Scalar(_)) => match self.adopted_struct(base, None, &whole) {
                        made @ Value::Place(_) => self.updated(made, names.into_iter().zip(parts), &copied, &whole),
                        _ => self.unsupported_base(literal),
                    },
                    _ => self.unsupported_base(literal),
                }
            }
        }
    }

    fn unsupported_base(&mut self, literal: &syn::ExprStruct) -> Value {
        let what = "update syntax with this base, where active values are stored";
        self.unsupported(literal, what, "write all fields")
    }

    /// A new struct, some of whose parts are others. `copied` are the fields for which copies were made.
    fn updated(
        &mut self,
        made: Value,
        parts: impl Iterator<Item = (String, Value)>,
        copied: &[String],
        at: &syn::Expr,
    ) -> Value {
        for (name, part) in parts {
            let member: syn::Member = match name.parse::<u32>() {
                Ok(index) => syn::Member::Unnamed(syn::Index { index, span: self.here() }),
                Err(_) => syn::Member::Named(syn::Ident::new(&name, self.here())),
            };
            let place = self.field(made.clone(), &member, at);
            match (place, part) {
                (Value::Place(target), Value::Place(source)) if copied.contains(&name) => self.exchange(target, source),
                (place, part) => self.store(place, part, at),
            }
        }
        made
    }

    /// `Point(a, b)`. `None`: a variant of an enum, or data of the standard library.
    pub(super) fn tuple_struct(&mut self, path: &syn::Path, call: &syn::ExprCall) -> Option<Value> {
        const FOREIGN: [&str; 10] = ["Some", "Ok", "Err", "Box", "Rc", "Arc", "Cell", "RefCell", "Wrapping", "Reverse"];
        let last = path.segments.last()?.ident.to_string();
        if is_variant(path) || FOREIGN.contains(&last.as_str()) {
            return None;
        }
        let mut parts = Vec::new();
        for arg in &call.args {
            let value = self.expr(arg, Want::Any);
            parts.push(self.part_of_struct(value, arg));
        }
        let names = (0..parts.len()).map(|k| k.to_string()).collect();
        let maker = Maker { path: path.clone(), names, tuple: true };
        Some(self.made(maker, parts, &syn::Expr::Call(call.clone())))
    }

    /// A part as it is now.
    fn part_of_struct(&mut self, value: Value, at: &syn::Expr) -> Value {
        match value.peel() {
            // A field of which it is known that it is a number.
            Value::Place(Spot { place, form: Form::Unknown(path) })
                if self.leaves.get(&(place.mem, path.clone())).is_some_and(|ty| {
                    matches!(self.types.class(*ty), Class::SomeFloat | Class::Known(Ty::Float(_)))
                }) =>
            {
                let ty = self.leaf(place.mem, path);
                Value::Scalar(self.load(place, ty))
            }
            value => self.settle(value, at),
        }
    }

    fn made(&mut self, maker: Maker, parts: Vec<Value>, at: &syn::Expr) -> Value {
        if parts.iter().any(|part| matches!(part, Value::Poison | Value::Never | Value::Exit)) {
            return Value::Poison;
        }
        if let Some(part) = parts.iter().find(|part| matches!(part, Value::Stream(_) | Value::Closure(_) | Value::Unit))
        {
            let what = if matches!(part, Value::Unit) { "`()`" } else { "closures and iterators" };
            return self.unsupported(at, format!("{what} in a struct"), "keep them in variables");
        }
        let maker = Rc::new(maker);
        if parts.iter().all(|part| self.is_apart(part)) {
            let mut fields = Vec::new();
            self.types_of_fields(&parts, &mut fields);
            self.fields.push(fields);
            self.check_types(&maker, &parts, at);
            return Value::Struct(maker, parts);
        }
        if parts.iter().all(|part| self.is_inactive(part)) {
            return Value::Frag(self.literal_frag(&maker, parts));
        }
        if maker.tuple {
            self.check_types(&maker, &parts, at);
        }
        self.build(&maker, parts, None, at)
    }

    /// The types of the numbers of a struct.
    fn types_of_fields(&self, parts: &[Value], types: &mut Vec<TyVar>) {
        for part in parts {
            match part {
                Value::Scalar(val) => types.extend(self.ty(*val)),
                Value::Place(Spot { place, form: Form::Seq(..) }) => {
                    types.extend(self.mem(place.mem).and_then(|mem| mem.elem));
                }
                Value::Tuple(parts) => self.types_of_fields(parts, types),
                _ => {}
            }
        }
    }

    /// Whether a part can be a variable of its own.
    fn is_apart(&self, part: &Value) -> bool {
        match part {
            Value::Scalar(val) => self.class(*val) != OPAQUE && !self.is_passed_through(*val),
            Value::Frag(frag) => !matches!(self.types.class(frag.ty), Class::Unknown | OPAQUE),
            Value::Place(spot) => matches!(spot.form, Form::Seq(..)),
            Value::Struct(_, parts) | Value::Tuple(parts) => parts.iter().all(|part| self.is_apart(part)),
            _ => false,
        }
    }

    /// A closure that is never called, for the types.
    fn check_types(&mut self, maker: &Rc<Maker>, parts: &[Value], at: &syn::Expr) {
        let frag = self.literal_frag(maker, parts.to_vec());
        let (literal, path) = (&frag.expr, &maker.path);
        let expr = match maker.tuple {
            // No function has a pattern.
            true => syn::parse_quote!({ let _ = || { let #path(..) = #literal; }; }),
            false => syn::parse_quote!({ let _ = || #literal; }),
        };
        let ty = self.fresh_ty(OPAQUE);
        let op = Op::Opaque(Box::new(Opaque { expr, binds: frag.binds, pure_: true, mutable: true, effects: false }));
        let val = self.emit(op, ty);
        self.notes.insert(val, super::Note::Opaque { at: at.to_token_stream(), complaint: None, effect: true });
    }

    /// The literal as Rust, of copies of the parts.
    fn literal_frag(&mut self, maker: &Maker, parts: Vec<Value>) -> Frag {
        let ty = self.fresh_ty(Class::Unknown);
        let (mut exprs, mut binds, mut pure_, mut why) = (Vec::new(), Vec::new(), true, None);
        for part in parts {
            let frag = self.owned(part);
            pure_ &= frag.pure_;
            why = why.or(frag.why);
            exprs.push(frag.expr);
            binds.extend(frag.binds);
        }
        Frag { expr: maker.literal(&exprs), binds, pure_, ty, why }
    }

    /// A value as Rust that leaves the value where it is.
    pub(super) fn owned(&mut self, value: Value) -> Frag {
        let ty = self.fresh_ty(Class::Unknown);
        match value {
            Value::Struct(maker, parts) => self.literal_frag(&maker, parts),
            Value::Place(spot) => {
                let frag = self.frag_of_place(spot.place);
                frag.wrap(|place| syn::parse_quote!(::core::clone::Clone::clone(&#place)), ty)
            }
            Value::Tuple(parts) => {
                let frags: Vec<Frag> = parts.into_iter().map(|part| self.owned(part)).collect();
                let exprs: Vec<&syn::Expr> = frags.iter().map(|frag| &frag.expr).collect();
                let expr = syn::parse_quote!((#(#exprs,)*));
                let (pure_, why) = (frags.iter().all(|frag| frag.pure_), None);
                Frag { expr, binds: frags.into_iter().flat_map(|frag| frag.binds).collect(), pure_, ty, why }
            }
            value => self.embed(value),
        }
    }

    /// `s.clone()`, of a struct that is taken apart: its arrays are copied.
    pub(super) fn cloned(&mut self, value: Value) -> Value {
        match value {
            Value::Struct(maker, parts) => {
                let parts = parts.into_iter().map(|part| self.cloned(part)).collect();
                Value::Struct(maker, parts)
            }
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().map(|part| self.cloned(part)).collect()),
            Value::Place(spot) => self.copy(spot),
            value => value,
        }
    }

    /// A struct that is taken apart, as memory.
    pub(super) fn whole(&mut self, value: Value, at: TokenStream) -> Value {
        match value {
            Value::Struct(maker, parts) => {
                let at = syn::Expr::Verbatim(at);
                self.build(&maker, parts, None, &at)
            }
            Value::Ref(inner) => Value::Ref(Box::new(self.whole(*inner, at))),
            value => value,
        }
    }

    /// A new struct in memory, whose parts are copied in.
    fn build(&mut self, maker: &Rc<Maker>, parts: Vec<Value>, base: Option<Frag>, at: &syn::Expr) -> Value {
        let (mut exprs, mut binds, mut fields) = (Vec::new(), Vec::new(), Vec::new());
        let mut types = Vec::new();
        for (name, part) in maker.names.iter().zip(parts) {
            let part = match self.whole(part, at.to_token_stream()) {
                Value::Frag(frag) if !frag.binds.is_empty() || !frag.pure_ => {
                    Value::Scalar(self.emit_frag(frag, at.to_token_stream(), false))
                }
                Value::Tuple(_) => {
                    return self.unsupported(at, "tuples in a struct, here", "keep the numbers in fields of their own");
                }
                Value::View(view) => self.view_to_vec(*view),
                part => part,
            };
            self.types_of_fields(std::slice::from_ref(&part), &mut types);
            let frag = self.owned(part);
            if let [(_, operand)] = &frag.binds[..] {
                fields.push((Access::Field(name.clone()), operand.clone()));
            }
            exprs.push(frag.expr);
            binds.extend(frag.binds);
        }
        self.fields.push(types);
        let mem = self.new_mem(MemInfo::local(None));
        let mut expr = maker.literal(&exprs);
        if let Some(base) = base {
            expr = with_base(expr, base.expr);
            binds.extend(base.binds);
        }
        let build = crate::ir::Build {
            made: Opaque { expr, binds, pure_: true, mutable: false, effects: false },
            fields,
            each: None,
        };
        self.b.effect(Op::Alloc { mem, init: Init::Build(Box::new(build)) });
        self.structs.insert(mem);
        self.struct_types.insert(mem, super::bare_path(&maker.path));
        Value::Place(Spot { place: Place::whole(mem), form: Form::Unknown(String::new()) })
    }

    /// `place = array`, where `place` is of the function's own: a copy, or what nobody else has, goes there.
    pub(super) fn exchange(&mut self, target: Spot, source: Spot) {
        let Some(source) = self.exchanged(source) else { return };
        self.b.effect(Op::Swap { a: target.place, b: source });
    }

    /// What an exchange may take: what nobody else has, or a copy.
    pub(super) fn exchanged(&mut self, source: Spot) -> Option<Place> {
        // A vector is moved.
        let vector = matches!(source.form, Form::Seq(_, super::value::Seq::Vec));
        let new = self.mem(source.place.mem).is_some_and(|mem| mem.local && (mem.temporary || vector));
        let source = match new && source.place.path.is_empty() {
            true => source.place,
            false => match self.copy(source) {
                Value::Place(copy) => copy.place,
                _ => return None,
            },
        };
        if let Some(mem) = self.mems.get_mut(source.mem.0 as usize) {
            (mem.temporary, mem.mutable) = (false, true);
        }
        Some(source)
    }

    /// `place = struct`, field by field.
    pub(super) fn store_struct(&mut self, target: Spot, maker: &Maker, parts: Vec<Value>, at: &syn::Expr) {
        for (name, part) in maker.names.iter().zip(parts) {
            let Form::Unknown(path) = &target.form else { return };
            let mut place = target.place.clone();
            place.path.push(Access::Field(name.clone()));
            let form = Form::Unknown(format!("{path}.{name}"));
            self.store(Value::Place(Spot { place, form }), part, at);
        }
    }

    /// The new value of a variable, made as its old one: numbers are read, and arrays are copied to where they were.
    pub(super) fn conform(&mut self, old: &Value, new: Value, at: &syn::Expr) -> Value {
        match (old, new) {
            (Value::Struct(maker, olds), Value::Struct(other, news)) => {
                let parts = maker.names.iter().zip(olds).map(|(name, old)| {
                    let new = other.position(name).and_then(|k| news.get(k)).cloned();
                    self.conform(old, new.unwrap_or(Value::Poison), at)
                });
                let parts = parts.collect();
                Value::Struct(maker.clone(), parts)
            }
            (Value::Struct(maker, olds), Value::Place(spot)) => {
                let parts = maker.names.iter().zip(olds).map(|(name, old)| {
                    let mut place = spot.place.clone();
                    place.path.push(Access::Field(name.clone()));
                    let form = match &spot.form {
                        Form::Unknown(path) => Form::Unknown(format!("{path}.{name}")),
                        form => form.clone(),
                    };
                    self.conform(old, Value::Place(Spot { place, form }), at)
                });
                let parts = parts.collect();
                Value::Struct(maker.clone(), parts)
            }
            (Value::Tuple(olds), Value::Tuple(news)) if olds.len() == news.len() => {
                Value::Tuple(olds.iter().zip(news).map(|(old, new)| self.conform(old, new, at)).collect())
            }
            (Value::Optional(_, old), new) => match self.conform_option(old, new) {
                Some(value) => value,
                None => self.unsupported(
                    at,
                    "assigning an `Option` that is made elsewhere",
                    "take it apart: `if let Some(v) = .. { best = Some(v); }`",
                ),
            },
            (Value::Scalar(_), new @ Value::Place(_)) => Value::Scalar(self.scalar(new, at)),
            (Value::Place(old), Value::Place(new)) if self.is_part_of_new_result(&new) => {
                for mem in [old.place.mem, new.place.mem] {
                    if let Some(mem) = self.mems.get_mut(mem.0 as usize) {
                        mem.mutable = true;
                    }
                }
                self.b.effect(Op::Swap { a: old.place.clone(), b: new.place });
                Value::Place(old.clone())
            }
            (Value::Place(old), Value::Place(new))
                if old.place != new.place && self.mem(old.place.mem).is_some_and(|mem| mem.local) =>
            {
                if let Some(mem) = self.mems.get_mut(old.place.mem.0 as usize) {
                    mem.mutable = true;
                }
                self.store(Value::Place(old.clone()), Value::Place(new), at);
                Value::Place(old.clone())
            }
            (_, new) => new,
        }
    }
}

fn name_of(member: &syn::Member) -> String {
    match member {
        syn::Member::Named(ident) => ident.to_string(),
        syn::Member::Unnamed(index) => index.index.to_string(),
    }
}

/// `p.b.clone()`: numbers are not written so.
fn is_copy(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::MethodCall(call) => ["clone", "to_vec", "to_owned"].iter().any(|name| call.method == name),
        syn::Expr::Paren(inner) => is_copy(&inner.expr),
        _ => false,
    }
}

/// `Point::default()`
fn is_default(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Call(call) if call.args.is_empty() => match &*call.func {
            syn::Expr::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "default"),
            _ => false,
        },
        _ => false,
    }
}

/// `made` with `..base`.
fn with_base(made: syn::Expr, base: syn::Expr) -> syn::Expr {
    match made {
        syn::Expr::Paren(inner) => with_base(*inner.expr, base),
        syn::Expr::Struct(mut literal) => {
            if !literal.fields.empty_or_trailing() {
                literal.fields.push_punct(Default::default());
            }
            literal.dot2_token = Some(Default::default());
            literal.rest = Some(Box::new(base));
            syn::Expr::Struct(literal)
        }
        made => made,
    }
}

/// `Shape::Circle`: what stands before the last segment is a type.
fn is_variant(path: &syn::Path) -> bool {
    let of = path.segments.iter().rev().nth(1);
    of.is_some_and(|of| of.ident.to_string().starts_with(char::is_uppercase))
}
