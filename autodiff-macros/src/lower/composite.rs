//! Arrays and vectors whose elements are no numbers: of arrays, of vectors, of structs.
//!
//! They are memory that is made of parts ([`crate::ir::Init::Build`]), which are copied in: `[p, q]` of two places, and
//! `vec![p; n]` of one place, of which every element is a copy. Rows of numbers that show in a literal are no parts but
//! dimensions of one array ([`super::array`]).

use quote::quote;

use super::infer::Class;
use super::value::{Form, MemInfo, Seq, Spot, Value};
use super::{Lower, OPAQUE};
use crate::ir::{Access, Build, Dim, Init, Op, Opaque, Operand, Place, Ty};

impl Lower<'_> {
    /// Whether an element is an array or a struct for certain.
    pub(super) fn is_composite(&self, value: &Value) -> bool {
        match value {
            Value::Struct(..) => true,
            Value::Place(spot) => match spot.form {
                Form::Seq(..) => true,
                // A part of a struct may be a number.
                Form::Unknown(_) => spot.place.path.is_empty(),
                Form::Scalar(_) | Form::Tuple(_) => false,
            },
            _ => false,
        }
    }

    /// Whether it is the copy of a part of a struct, which may be a number.
    pub(super) fn may_be_part(&self, value: &Value) -> bool {
        let Value::Place(spot) = value else { return false };
        let local = self.mem(spot.place.mem).is_some_and(|mem| mem.local);
        matches!(spot.form, Form::Unknown(_)) && local && !self.is_struct(spot)
    }

    /// Whether a place is a struct for certain: one that the function makes, or an element of an array of such.
    pub(super) fn is_struct(&self, spot: &Spot) -> bool {
        let Form::Unknown(path) = &spot.form else { return false };
        match spot.place.path.len() {
            0 => self.structs.contains(&spot.place.mem),
            // Of which a field was named.
            1 => {
                let field = format!("{path}.");
                self.of_structs.contains(&spot.place.mem)
                    || self.leaves.keys().any(|(mem, leaf)| *mem == spot.place.mem && leaf.starts_with(&field))
            }
            _ => false,
        }
    }

    /// Whether an element will be an array or a struct, as its tokens and the variables in it show.
    pub(super) fn looks_composite(&self, expr: &syn::Expr) -> bool {
        match expr {
            syn::Expr::Paren(inner) => self.looks_composite(&inner.expr),
            syn::Expr::Struct(_) | syn::Expr::Array(_) | syn::Expr::Repeat(_) => true,
            syn::Expr::Macro(mac) => mac.mac.path.is_ident("vec"),
            syn::Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| self.env.get(&ident.to_string())?.value.as_ref())
                .is_some_and(|value| self.is_composite(value)),
            syn::Expr::MethodCall(call) => {
                ["clone", "to_vec", "to_owned"].iter().any(|name| call.method == name)
                    && self.looks_composite(&call.receiver)
            }
            _ => false,
        }
    }

    /// `[p, q]` and `vec![p, q]` of arrays or structs.
    pub(super) fn listed(&mut self, parts: Vec<Value>, vec: bool, at: &syn::Expr) -> Value {
        let (mut exprs, mut binds, mut fields) = (Vec::<syn::Expr>::new(), Vec::new(), Vec::new());
        let mut form = None;
        for (k, part) in parts.into_iter().enumerate() {
            let Some(spot) = self.part_of_array(part, at) else { return Value::Poison };
            match &form {
                None => form = Some(spot.form.clone()),
                Some(form) => {
                    if let (Some(a), Some(b)) = (form.elem(), spot.form.elem()) {
                        self.agree(at, a, b);
                    }
                }
            }
            let frag = self.owned(Value::Place(spot.clone()));
            fields.push((Access::Const(k), Operand::Place(spot.place)));
            exprs.push(frag.expr);
            binds.extend(frag.binds);
        }
        let (Some(form), Some(runtime)) = (form, self.runtime.clone()) else { return Value::Poison };
        let expr = match vec {
            true => syn::parse_quote!(#runtime::__private::vec![#(#exprs),*]),
            false => syn::parse_quote!([#(#exprs),*]),
        };
        let made = Opaque { expr, binds, pure_: true, mutable: false, effects: false };
        Value::Place(self.assembled(Build { made, fields, each: None }, form, if vec { Seq::Vec } else { Seq::Array }))
    }

    /// `[p; N]` and `vec![p; n]` of an array or a struct.
    pub(super) fn repeated_part(&mut self, part: Value, len: &syn::Expr, heap: bool, at: &syn::Expr) -> Value {
        let Some((dim, seq)) = self.dim(len, heap) else { return Value::Poison };
        self.repeated_by(part, (dim, seq), at)
    }

    /// So many copies of an array, a tuple or a struct.
    pub(super) fn repeated_by(&mut self, part: Value, (dim, seq): (Dim, Seq), at: &syn::Expr) -> Value {
        let Some(spot) = self.part_of_array(part, at) else { return Value::Poison };
        let Some(runtime) = self.runtime.clone() else { return Value::Poison };
        let part = self.owned(Value::Place(spot.clone()));
        let (copy, mut binds) = (part.expr, part.binds);
        let expr = match dim {
            Dim::Heap(n) => {
                let n = self.frag_of_val(n);
                let count = n.expr;
                binds.extend(n.binds);
                syn::parse_quote!(#runtime::__private::vec![#copy; #count])
            }
            Dim::Fixed { tokens, .. } => syn::Expr::Verbatim(quote!([#copy; #tokens])),
        };
        let made = Opaque { expr, binds, pure_: true, mutable: false, effects: false };
        Value::Place(self.assembled(Build { made, fields: Vec::new(), each: Some(spot.place) }, spot.form, seq))
    }

    /// An element, in memory.
    pub(super) fn part_of_array(&mut self, part: Value, at: &syn::Expr) -> Option<Spot> {
        let part = match self.whole(part, quote!(#at)) {
            Value::View(view) => self.view_to_vec(*view),
            part => part,
        };
        match part {
            Value::Place(spot) => Some(spot),
            Value::Tuple(parts) if self.are_floats(&parts) => self.tuple_in_memory(parts, at),
            Value::Poison | Value::Never | Value::Exit => None,
            _ => {
                self.unsupported(
                    at,
                    "an array of tuples with anything but floats in them, or of elements of several kinds",
                    "keep one array for each part, or make a struct of the parts",
                );
                None
            }
        }
    }

    /// Whether some of the parts are floats, and the others may be: `(x, SCALE)`.
    fn are_floats(&self, parts: &[Value]) -> bool {
        let class = |part: &Value| match part {
            Value::Scalar(val) => self.class(*val),
            Value::Frag(frag) if frag.pure_ => self.types.class(frag.ty),
            _ => OPAQUE,
        };
        let float = |class| matches!(class, Class::SomeFloat | Class::Known(Ty::Float(_)));
        parts.iter().any(|part| float(class(part)))
            && parts.iter().all(|part| float(class(part)) || class(part) == Class::Unknown)
    }

    /// A tuple of floats, in memory.
    fn tuple_in_memory(&mut self, parts: Vec<Value>, at: &syn::Expr) -> Option<Spot> {
        let (mut exprs, mut binds, mut fields, mut forms) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (k, part) in parts.into_iter().enumerate() {
            let val = self.scalar(part, at);
            self.narrow_val(at, val, Class::SomeFloat);
            forms.push(Form::Scalar(self.ty(val)?));
            let frag = self.frag_of_val(val);
            fields.push((Access::Field(k.to_string()), Operand::Val(val)));
            exprs.push(frag.expr);
            binds.extend(frag.binds);
        }
        let mem = self.new_mem(MemInfo::local(None));
        let made =
            Opaque { expr: syn::parse_quote!((#(#exprs,)*)), binds, pure_: true, effects: false, mutable: false };
        self.b.effect(Op::Alloc { mem, init: Init::Build(Box::new(Build { made, fields, each: None })) });
        Some(Spot { place: Place::whole(mem), form: Form::Tuple(forms) })
    }

    /// Memory that is made of parts.
    pub(super) fn assembled(&mut self, build: Build, elem: Form, seq: Seq) -> Spot {
        let structs = matches!(elem, Form::Unknown(_));
        let elem = if structs { Form::Unknown(String::new()) } else { elem };
        let form = Form::Seq(Box::new(elem), seq);
        let mem = self.new_mem(MemInfo::local(form.elem()));
        if structs {
            self.of_structs.insert(mem);
        }
        self.note_list(mem, &form);
        self.b.effect(Op::Alloc { mem, init: Init::Build(Box::new(build)) });
        Spot { place: Place::whole(mem), form }
    }

    /// Whether an element is Rust that is not modelled.
    pub(super) fn is_unmodelled(&self, value: &Value) -> bool {
        matches!(value, Value::Frag(frag) if frag.pure_ && self.types.class(frag.ty) == OPAQUE)
    }
}
