//! Local arrays: literals, repetitions, copies, and writes that go leaf by leaf.

use quote::ToTokens;

use super::expr::Want;
use super::infer::{Class, TyVar};
use super::operator::names_variant;
use super::place::literal_index;
use super::value::{Form, MemInfo, Seq, Spot, Value, View};
use super::{Lower, USIZE};
use crate::ir::{Access, Const, Dim, Init, Mem, Op, Part, Place, Stmt, Val};

impl Lower<'_> {
    /// An array by value, to be held by a variable: an alias where nobody can tell, else a copy.
    pub(super) fn own(&mut self, spot: Spot, mutable: bool) -> Value {
        match &spot.form {
            Form::Scalar(ty) => return Value::Scalar(self.load(spot.place, *ty)),
            Form::Unknown(_)
                if !mutable
                    && !self.is_new_result(&spot)
                    && !self.mem(spot.place.mem).is_some_and(|mem| mem.mutable) =>
            {
                if let Some(mem) = self.mems.get_mut(spot.place.mem.0 as usize) {
                    // A variable has it: whoever takes it over, copies it.
                    mem.temporary = false;
                }
                return Value::Place(spot);
            }
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
        let local = self.mem(spot.place.mem).is_some_and(|mem| mem.local);
        if let Form::Seq(elem, Seq::Vec) = &spot.form
            && matches!(**elem, Form::Scalar(_))
            && self.uses.grows
            && local
        {
            // The length of the original changes: the copy has one of its own.
            let len = self.len(spot.place.clone());
            return self.view_to_vec(View { seq: spot, lo: None, len, literal: None });
        }
        let is_struct = self.is_struct(&spot);
        let form = match spot.form {
            Form::Unknown(_) => Form::Unknown(String::new()),
            form => form,
        };
        let mem = self.new_mem(MemInfo::local(form.elem()));
        if let (Form::Seq(_, Seq::Vec), Some(data)) = (&form, self.b.mems.get_mut(mem.0 as usize)) {
            data.is_vec = true;
        }
        self.keep_length(mem, &spot.place);
        if matches!(form, Form::Unknown(_)) {
            let of = self.b.mems[spot.place.mem.0 as usize].part;
            self.b.mems[mem.0 as usize].part = if spot.place.path.is_empty() { of } else { Part::Used };
        }
        if let (true, Some(elem)) = (spot.place.path.is_empty(), self.elements.get(&spot.place.mem).cloned()) {
            self.note_elements(mem, elem);
        }
        if is_struct {
            self.structs.insert(mem);
        }
        if let (true, Some(ty)) = (spot.place.path.is_empty(), self.struct_types.get(&spot.place.mem).cloned()) {
            self.struct_types.insert(mem, ty);
        }
        if spot.place.path.is_empty() && self.of_structs.contains(&spot.place.mem) {
            self.of_structs.insert(mem);
        }
        self.note_list(mem, &form);
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
        let mut parts = Vec::new();
        let mut opaque =
            !leaves.is_empty() && leaves.iter().all(|leaf| names_variant(leaf) && !self.mentions_active(leaf));
        let composite = leaves.iter().any(|leaf| self.looks_composite(leaf));
        for leaf in &leaves {
            match self.expr(leaf, Want::Any) {
                value if self.is_unmodelled(&value) => opaque = true,
                Value::Poison => return Value::Poison,
                // As it is now.
                value if self.is_composite(&value) || (composite && is_unknown(&value)) => {
                    parts.push(self.settle(value, leaf))
                }
                value @ Value::Tuple(_) => parts.push(value),
                value => {
                    let val = self.scalar(value, leaf);
                    if let Some(of) = self.ty(val) {
                        self.agree(leaf, ty, of);
                    }
                    items.push(val);
                }
            }
        }
        let of_tuples = parts.iter().any(|part| matches!(part, Value::Tuple(_)));
        if opaque || (of_tuples && !leaves.iter().any(|leaf| self.mentions_active(leaf))) {
            return Value::Frag(self.pass_through(at));
        }
        if !parts.is_empty() {
            if parts.len() != leaves.len() || shape.len() > 1 {
                return self.unsupported(
                    at,
                    "an array of which this element is an array or a struct and another one is not, as far as shows",
                    "bind the elements to variables first, with their types: `let p: Point = ps[0];`",
                );
            }
            return self.listed(parts, vec, at);
        }
        let form = shape.iter().rev().fold(Form::Scalar(ty), |form, _| Form::Seq(Box::new(form), Seq::Array));
        let form = match form {
            Form::Seq(inner, _) => Form::Seq(inner, seq),
            form => form,
        };
        let mem = self.new_mem(MemInfo::local(Some(ty)));
        if let Some(data) = self.b.mems.get_mut(mem.0 as usize) {
            data.is_vec = vec;
        }
        self.b.effect(Op::Alloc { mem, init: Init::List { items, shape } });
        Value::Place(Spot { place: Place::whole(mem), form })
    }

    /// `[x; N]`, nested.
    pub(super) fn array_repeat(&mut self, repeat: &syn::ExprRepeat) -> Value {
        self.repeat(&repeat.expr, &repeat.len, false)
    }

    /// `[x; N]` and `vec![x; n]`.
    pub(super) fn repeat(&mut self, elem: &syn::Expr, len: &syn::Expr, heap: bool) -> Value {
        let (value, mut dims, form) = match self.repeated(elem) {
            Repeated::Number(value, dims, form) => (value, dims, form),
            Repeated::Part(part) => return self.repeated_part(part, len, heap, elem),
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
        self.note_list(mem, &form);
        let depth = dims.len();
        if let [Dim::Heap(len)] = dims[..] {
            self.keep_length_of(mem, len);
        }
        if self.is_inert(value) {
            self.b.effect(Op::Alloc { mem, init: Init::Fill { value, dims } });
        } else {
            let zero = self.emit(Op::Const(Const::Float { value: 0.0, text: None }), ty);
            self.b.effect(Op::Alloc { mem, init: Init::Fill { value: zero, dims } });
            self.each_leaf(Place::whole(mem), depth, &mut |lower, place| lower.b.effect(Op::Store { place, value }));
        }
        Value::Place(Spot { place: Place::whole(mem), form })
    }

    /// The repeated element.
    fn repeated(&mut self, elem: &syn::Expr) -> Repeated {
        let (inner, len, heap) = match elem {
            syn::Expr::Repeat(repeat) => ((*repeat.expr).clone(), (*repeat.len).clone(), false),
            syn::Expr::Macro(mac) if mac.mac.path.is_ident("vec") => match super::format::vec_repeat(&mac.mac) {
                Some((inner, len)) => {
                    self.means_macro(&mac.mac.path);
                    (inner, len, true)
                }
                None => return Repeated::Part(self.expr(elem, Want::Any)),
            },
            syn::Expr::Paren(inner) => return self.repeated(&inner.expr),
            _ => {
                let value = self.expr(elem, Want::Any);
                if self.is_composite(&value) || matches!(value, Value::Tuple(_) | Value::Poison) {
                    return Repeated::Part(value);
                }
                let val = self.scalar(value, elem);
                return match self.ty(val) {
                    Some(ty) => Repeated::Number(val, Vec::new(), Form::Scalar(ty)),
                    None => Repeated::Part(Value::Poison),
                };
            }
        };
        let (val, mut dims, form) = match self.repeated(&inner) {
            Repeated::Number(val, dims, form) => (val, dims, form),
            Repeated::Part(part) => return Repeated::Part(self.repeated_part(part, &len, heap, elem)),
        };
        let Some((dim, seq)) = self.dim(&len, heap) else {
            return Repeated::Part(Value::Poison);
        };
        dims.insert(0, dim);
        Repeated::Number(val, dims, Form::Seq(Box::new(form), seq))
    }

    pub(super) fn dim(&mut self, len: &syn::Expr, heap: bool) -> Option<(Dim, Seq)> {
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
    pub(super) fn each_leaf(&mut self, place: Place, depth: usize, write: &mut dyn FnMut(&mut Self, Place)) {
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

    /// `a = b` of arrays, leaf by leaf.
    pub(super) fn store_array(&mut self, target: Spot, source: Spot, at: &syn::Expr) {
        let source = match source.form {
            // A field of a struct, which has the type of what it is assigned to.
            Form::Unknown(_) if depth(&target.form).is_some() => Spot { form: target.form.clone(), ..source },
            _ => source,
        };
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

    /// The numbers of an array in a struct have the type of those of the array that is written there.
    pub(super) fn agree_in_array(&mut self, mem: Mem, path: &str, form: &Form, at: &syn::Expr) {
        if let Some((depth, of)) = depth(form) {
            let ty = self.leaf(mem, format!("{path}{}", "[]".repeat(depth)));
            self.agree(at, ty, of);
        }
    }

    /// `s.v = [a, b]`, where nothing tells what `a` and `b` are: each goes to its place, as one alone would. Whether that is done.
    pub(super) fn store_literal(&mut self, target: &Place, source: &Spot, at: &syn::Expr) -> bool {
        // Nobody else has the array.
        let literal = matches!(at, syn::Expr::Assign(assign) if as_array(&assign.right).is_some());
        let unknown = source.form.elem().is_some_and(|ty| self.types.class(ty) == Class::Unknown);
        let (items, shape) = match self.b.block().stmts.last() {
            Some(Stmt { op: Op::Alloc { mem, init: Init::List { items, shape } }, .. }) if *mem == source.place.mem => {
                (items.clone(), shape.clone())
            }
            _ => return false,
        };
        if !literal || !unknown {
            return false;
        }
        self.b.block().stmts.pop();
        for (k, value) in items.into_iter().enumerate() {
            let mut place = target.clone();
            let mut elements = shape.iter().product::<usize>();
            for n in &shape {
                elements /= n;
                place.path.push(Access::Index(self.count(k / elements % n)));
            }
            self.b.effect(Op::Store { place, value });
        }
        true
    }
}

fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Place(Spot { form: Form::Unknown(_), .. }))
}

/// What `[x; n]` repeats.
enum Repeated {
    /// A number, or an array of one number: the number, the array's dimensions, and its form.
    Number(Val, Vec<Dim>, Form),
    /// An array or a struct.
    Part(Value),
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
