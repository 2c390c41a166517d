//! Methods that move the elements of arrays and vectors: `rotate_left`, `copy_within`, `insert`, `remove`, `sort_by` and
//! their like.
//!
//! Each becomes loops over the elements, which read a copy where they would overwrite what they have yet to read. Of a sort,
//! the comparisons are passed through: they are inactive, and what they find is the order in which the elements are read.

use quote::ToTokens;

use super::infer::TyVar;
use super::value::{Form, MemInfo, Value, View};
use super::{Lower, OPAQUE, USIZE};
use crate::ir::{Access, CmpOp, Dim, Init, IntOp, Op, Place, Val, Zeros};

impl Lower<'_> {
    /// `x.rotate_left(k)` and its like. `None`: another method, or of what is not modelled.
    pub(super) fn reordering(&mut self, receiver: &Value, call: &syn::ExprMethodCall) -> Option<Value> {
        let name = call.method.to_string();
        let known = matches!(
            (&*name, call.args.len()),
            ("rotate_left" | "rotate_right" | "sort_by", 1) | ("copy_within", 2) | ("sort" | "sort_unstable", 0)
        );
        if !known {
            return None;
        }
        let view = self.whole_or_part(receiver.clone()).filter(|view| matches!(view.seq.form, Form::Seq(..)))?;
        let at = syn::Expr::MethodCall(call.clone());
        if !self.writable(&view.seq, &at) {
            return Some(Value::Poison);
        }
        let mut args = call.args.iter();
        match (&*name, args.next(), args.next()) {
            ("rotate_left" | "rotate_right", Some(by), _) => {
                let by = self.usize_expr(by);
                self.rotate(&view, by, name == "rotate_right", &at);
            }
            ("copy_within", Some(syn::Expr::Range(range)), Some(to)) => {
                let Value::View(from) = self.slice_view(view.clone(), range) else { return Some(Value::Poison) };
                let to = self.usize_expr(to);
                let len = from.len;
                let Some(old) = self.copy_of(*from) else { return Some(Value::Poison) };
                self.counted(len, |lower, k| {
                    let k_to = lower.count_op(IntOp::Add, to, k);
                    let (to, from) = (lower.checked(&view, k_to), lower.nth_of(&old, k));
                    lower.store(Value::Place(to), Value::Place(from), &at);
                });
            }
            ("copy_within", ..) => {
                return Some(self.unsupported(
                    call,
                    "`copy_within` of what is no range here",
                    "write the range out: `v.copy_within(1..n, 0)`",
                ));
            }
            (_, compare, _) => self.sort(&view, compare, &at),
        }
        Some(Value::Unit)
    }

    fn rotate(&mut self, view: &View, by: Val, right: bool, at: &syn::Expr) {
        let Some(old) = self.copy_of(view.clone()) else { return };
        // By more than the length, it panics.
        let fits = self.compare_vals(CmpOp::Le, by, view.len);
        let none = self.no_index();
        let ty = self.fresh_ty(USIZE);
        let len = self.emit(Op::Select { cond: fits, a: view.len, b: none }, ty);
        self.counted(len, |lower, k| {
            let ahead = match right {
                true => lower.count_op(IntOp::Sub, view.len, by),
                false => by,
            };
            let sum = lower.count_op(IntOp::Add, k, ahead);
            let from = lower.count_op(IntOp::Rem, sum, view.len);
            let (to, from) = (lower.nth_of(view, k), lower.nth_of(&old, from));
            lower.store(Value::Place(to), Value::Place(from), at);
        });
    }

    /// Without a comparison, by the order of the elements, which are no floats then.
    fn sort(&mut self, view: &View, compare: Option<&syn::Expr>, at: &syn::Expr) {
        let Some(runtime) = self.runtime.clone() else { return };
        let ty = self.fresh_ty(OPAQUE);
        let elements = self.frag_of_view(view.clone());
        let compare = match compare {
            Some(compare) => self.pass_through(compare),
            None => self.pass_through(&syn::parse_quote!(::core::cmp::Ord::cmp)),
        };
        let order = elements.join(
            compare,
            |elements, compare| syn::parse_quote!(#runtime::__private::order_by(&#elements, #compare)),
            ty,
        );
        let order = self.emit_opaque(order, at.to_token_stream(), None, true);
        let Some(old) = self.copy_of(view.clone()) else { return };
        // In memory, which the reverse sweep reads again.
        let index = self.fresh_ty(USIZE);
        let zero = self.count(0);
        let mem = self.new_mem(MemInfo { inert: true, ..MemInfo::local(Some(index)) });
        self.b.effect(Op::Alloc { mem, init: Init::Fill { value: zero, dims: vec![Dim::Heap(view.len)] } });
        self.counted(view.len, |lower, k| {
            let ty = lower.fresh_ty(USIZE);
            let (order, k_frag) = (lower.frag_of_val(order), lower.frag_of_val(k));
            let position = order.join(k_frag, |order, k| syn::parse_quote!(#order[#k]), ty);
            let value = lower.emit_opaque(position, at.to_token_stream(), None, false);
            lower.b.effect(Op::Store { place: Place { mem, path: vec![Access::Index(k)] }, value });
        });
        self.counted(view.len, |lower, k| {
            let from = lower.load(Place { mem, path: vec![Access::Index(k)] }, index);
            let (to, from) = (lower.nth_of(view, k), lower.nth_of(&old, from));
            lower.store(Value::Place(to), Value::Place(from), at);
        });
    }

    /// A copy of a part, as one.
    fn copy_of(&mut self, view: View) -> Option<View> {
        let len = view.len;
        match self.view_to_vec(view) {
            Value::Place(spot) => Some(View { seq: spot, lo: None, len, literal: None }),
            _ => None,
        }
    }

    /// `v.insert(i, x)`, of a vector of numbers that is the function's own.
    pub(super) fn insert(&mut self, place: Place, ty: TyVar, index: Val, value: Val) {
        let from = self.len(place.clone());
        let one = self.count(1);
        let to = self.count_op(IntOp::Add, from, one);
        // Past the end, the assignment fails.
        let behind = self.minus(from, index);
        self.b.effect(Op::Resize { mem: place.mem, from, to, zeros: Zeros::Numbers });
        self.counted(behind, |lower, k| {
            let target = lower.count_op(IntOp::Sub, from, k);
            let source = lower.count_op(IntOp::Sub, target, one);
            lower.move_element(&place, ty, source, target);
        });
        self.b.effect(Op::Store { place: Place { path: vec![Access::Index(index)], ..place }, value });
    }

    /// `v.remove(i)`, and `v.swap_remove(i)` with `by_last`.
    pub(super) fn remove(&mut self, place: Place, ty: TyVar, index: Val, by_last: bool) -> Val {
        let value = self.load(Place { path: vec![Access::Index(index)], ..place.clone() }, ty);
        let from = self.len(place.clone());
        let one = self.count(1);
        let last = self.count_op(IntOp::Sub, from, one);
        if by_last {
            self.move_element(&place, ty, last, index);
        } else {
            let behind = self.count_op(IntOp::Sub, last, index);
            self.counted(behind, |lower, k| {
                let target = lower.count_op(IntOp::Add, index, k);
                let source = lower.count_op(IntOp::Add, target, one);
                lower.move_element(&place, ty, source, target);
            });
        }
        self.b.effect(Op::Resize { mem: place.mem, from, to: last, zeros: Zeros::Numbers });
        value
    }

    fn move_element(&mut self, of: &Place, ty: TyVar, source: Val, target: Val) {
        let at = |k: Val| Place { path: vec![Access::Index(k)], ..of.clone() };
        let value = self.load(at(source), ty);
        self.b.effect(Op::Store { place: at(target), value });
    }
}
