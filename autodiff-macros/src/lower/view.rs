//! Parts of sequences: `&x[lo..hi]`, windows and chunks. A part is no memory of its own but a sequence with an offset.

use super::infer::Class;
use super::place::literal_index;
use super::value::{Form, Seq, Spot, Value, View};
use super::{Lower, USIZE};
use crate::ir::{Access, Const, IntOp, Op, Val};

impl Lower<'_> {
    /// `seq[lo..hi]`.
    pub(super) fn slice(&mut self, seq: Spot, range: &syn::ExprRange) -> Value {
        let len = self.len(seq.place.clone());
        self.slice_view(View { seq, lo: None, len, literal: None }, range)
    }

    /// A part of a part.
    pub(super) fn slice_view(&mut self, of: View, range: &syn::ExprRange) -> Value {
        let start = range.start.as_deref().filter(|start| literal_index(start) != Some(0));
        let start = start.map(|start| self.position_of(start));
        let end = range.end.as_deref().map(|end| self.position_of(end));
        let end = match end {
            // Past the end, nothing is read: the loop over it fails as the plain function does.
            Some(end) if matches!(range.limits, syn::RangeLimits::Closed(_)) => {
                let one = self.count(1);
                self.count_op(IntOp::Add, end, one)
            }
            Some(end) => end,
            None => of.len,
        };
        let (lo, len) = match start {
            Some(start) => (Some(self.plus_offset(of.lo, start)), self.count_op(IntOp::Sub, end, start)),
            None => (of.lo, end),
        };
        Value::View(Box::new(View { seq: of.seq, lo, len, literal: None }))
    }

    fn position_of(&mut self, expr: &syn::Expr) -> Val {
        let val = self.scalar_expr(expr);
        self.narrow_val(expr, val, USIZE);
        val
    }

    /// `view[index]`. Past the end of the part, the index is one that no sequence has.
    pub(super) fn view_element(&mut self, view: View, index: &syn::Expr) -> Value {
        let Some(form) = super::iter::inner(&view.seq.form) else {
            return Value::Poison;
        };
        let mut index_val = self.position_of(index);
        let known = match (literal_index(index), view.literal) {
            (Some(i), Some(len)) if i >= len => {
                return self.refuse(index, format_args!("the index is past the end: there are {len} elements"));
            }
            (Some(_), Some(_)) => true,
            _ => false,
        };
        index_val = if known { self.plus_offset(view.lo, index_val) } else { self.guarded(&view, index_val) };
        let mut place = view.seq.place;
        place.path.push(Access::Index(index_val));
        Value::Place(Spot { place, form })
    }

    /// A part as Rust: `x[lo..lo + len]`.
    pub(super) fn frag_of_view(&mut self, view: View) -> super::value::Frag {
        let ty = self.fresh_ty(Class::Known(crate::ir::Ty::Opaque));
        let lo = match view.lo {
            Some(lo) => lo,
            None => self.count(0),
        };
        let hi = self.count_op(IntOp::Add, lo, view.len);
        let (lo, hi) = (self.frag_of_val(lo), self.frag_of_val(hi));
        let seq = self.frag_of_place(view.seq.place);
        let bounds = lo.join(hi, |lo, hi| syn::parse_quote!((#lo..#hi)), ty);
        seq.join(bounds, |seq, bounds| syn::parse_quote!(#seq[#bounds]), ty)
    }

    /// A part as a vector of its own: `view.to_vec()`.
    pub(super) fn view_to_vec(&mut self, view: View) -> Value {
        let Form::Seq(elem, _) = &view.seq.form else { return Value::Poison };
        let Form::Scalar(ty) = **elem else { return self.copy_of_rows(view) };
        let zero = self.emit(Op::Const(Const::Float { value: 0.0, text: None }), ty);
        self.inert.insert(zero);
        let mem = self.new_mem(super::value::MemInfo::local(Some(ty)));
        let dims = vec![crate::ir::Dim::Heap(view.len)];
        self.b.effect(Op::Alloc { mem, init: crate::ir::Init::Fill { value: zero, dims } });
        self.counted(view.len, |lower, k| {
            let mut from = view.seq.place.clone();
            from.path.push(Access::Index(lower.plus_offset(view.lo, k)));
            let value = lower.load(from, ty);
            let place = crate::ir::Place { mem, path: vec![Access::Index(k)] };
            lower.b.effect(Op::Store { place, value });
        });
        let form = Form::Seq(Box::new(Form::Scalar(ty)), Seq::Vec);
        Value::Place(Spot { place: crate::ir::Place::whole(mem), form })
    }

    /// The same of arrays, vectors and structs, which are no numbers that a loop could store.
    fn copy_of_rows(&mut self, view: View) -> Value {
        let lo = match view.lo {
            Some(lo) => lo,
            None => self.count(0),
        };
        let mut place = view.seq.place;
        place.path.push(Access::Range { lo, len: view.len });
        Value::Place(self.copy_of_part(&place, &view.seq.form))
    }
}
