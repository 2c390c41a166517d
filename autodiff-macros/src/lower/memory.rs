//! Methods of slices that read or write many elements, and `std::mem`.
//!
//! They become loops over the elements, or an exchange of memory, which is its own adjoint. Parts of a sequence are no
//! memory of their own ([`View`]), so that `split_at_mut` is two of them, and `first` and `last` are places.

use quote::quote;
use syn::spanned::Spanned;

use super::expr::Want;
use super::place::literal_index;
use super::value::{Form, Seq, Spot, Value, View};
use super::{BOOL, Lower, USIZE};
use crate::ir::{Access, CmpOp, IntOp, Op, Place, Val};

/// How a sequence is taken apart. Elements alone are those of [`super::optional`].
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Take {
    Pop,
    SplitFirst,
    SplitLast,
}

impl Take {
    fn of(call: &syn::ExprMethodCall) -> Option<Take> {
        let take = match &*call.method.to_string() {
            "pop" => Take::Pop,
            "split_first" | "split_first_mut" => Take::SplitFirst,
            "split_last" | "split_last_mut" => Take::SplitLast,
            _ => return None,
        };
        call.args.is_empty().then_some(take)
    }
}

impl Lower<'_> {
    /// A sequence, or a part of one, as a part. `None`: it is none.
    pub(super) fn whole_or_part(&mut self, value: Value) -> Option<View> {
        match value.peel() {
            Value::Place(spot) if super::iter::inner(&spot.form).is_some() => {
                self.means_sequence(&spot);
                let len = self.len(spot.place.clone());
                Some(View { seq: spot, lo: None, len, literal: None })
            }
            Value::View(view) => Some(*view),
            _ => None,
        }
    }

    fn is_sequence(&self, value: &Value) -> bool {
        match value {
            Value::Ref(inner) => self.is_sequence(inner),
            Value::View(_) => true,
            Value::Place(spot) => super::iter::inner(&spot.form).is_some(),
            _ => false,
        }
    }

    /// `x.swap(i, j)` and its like. `None`: another method, or of what is not modelled.
    pub(super) fn slice_method(&mut self, receiver: &Value, call: &syn::ExprMethodCall) -> Option<Value> {
        let name = call.method.to_string();
        let known = matches!(
            (&*name, call.args.len()),
            ("swap", 2)
                | ("fill" | "copy_from_slice" | "clone_from_slice" | "split_at" | "split_at_mut", 1)
                | ("reverse", 0)
        );
        if !known || !self.is_sequence(receiver) {
            return None;
        }
        let at = syn::Expr::MethodCall(call.clone());
        let writes = !name.starts_with("split_at");
        let view = self.whole_or_part(receiver.clone())?;
        if writes && !self.writable(&view.seq, &at) {
            return Some(Value::Poison);
        }
        let mut args = call.args.iter();
        match (&*name, args.next(), args.next()) {
            ("swap", Some(i), Some(j)) => {
                let [a, b] = [i, j].map(|index| self.index_in(&view, index));
                if let (Some(a), Some(b)) = (a, b) {
                    self.b.effect(Op::Swap { a: a.place, b: b.place });
                }
            }
            ("fill", Some(value), _) => {
                let val = self.scalar_expr(value);
                self.counted(view.len, |lower, k| {
                    let element = lower.nth_of(&view, k);
                    lower.store(Value::Place(element), Value::Scalar(val), &at);
                });
            }
            ("reverse", ..) => {
                let two = self.count(2);
                let half = self.count_op(IntOp::Div, view.len, two);
                self.counted(half, |lower, k| {
                    let one = lower.count(1);
                    let last = lower.count_op(IntOp::Sub, view.len, one);
                    let other = lower.count_op(IntOp::Sub, last, k);
                    let (a, b) = (lower.nth_of(&view, k).place, lower.nth_of(&view, other).place);
                    lower.b.effect(Op::Swap { a, b });
                });
            }
            ("split_at" | "split_at_mut", Some(middle), _) => {
                let middle = self.usize_expr(middle);
                return Some(Value::Tuple(self.split(view, middle)));
            }
            (_, Some(source), _) => {
                let source = self.expr(source, Want::Any);
                let Some(source) = self.whole_or_part(source) else {
                    return Some(self.unsupported(
                        call,
                        "copying from what is no array here",
                        "assign the elements in a loop",
                    ));
                };
                self.copy_elements(&view, &source, &at);
            }
            _ => return None,
        }
        Some(Value::Unit)
    }

    /// Copies the elements of a part to another one of the same length. Different lengths panic, as in the plain function.
    pub(super) fn copy_elements(&mut self, target: &View, source: &View, at: &syn::Expr) {
        let same = self.compare_vals(CmpOp::Eq, target.len, source.len);
        let none = self.no_index();
        let ty = self.fresh_ty(USIZE);
        let len = self.emit(Op::Select { cond: same, a: target.len, b: none }, ty);
        self.counted(len, |lower, k| {
            let (to, from) = (lower.nth_of(target, k), lower.nth_of(source, k));
            lower.store(Value::Place(to), Value::Place(from), at);
        });
    }

    /// `std::mem::swap`, `replace` and `take`. `None`: another function.
    pub(super) fn mem_call(&mut self, call: &syn::ExprCall) -> Option<Value> {
        let syn::Expr::Path(func) = &*call.func else {
            return None;
        };
        let mut path = func.path.clone();
        self.resolve(&mut path);
        let name = mem_function(&path)?;
        let targets: Vec<syn::Expr> = call.args.iter().map(behind).collect();
        if targets.iter().any(|target| self.is_unmodelled_place(target)) {
            return None;
        }
        let at = syn::Expr::Call(call.clone());
        let function = syn::Ident::new(&name, func.path.span());
        self.means_function(&func.path, &quote!(::core::mem::#function::<::core::primitive::u8>));
        match (&*name, &targets[..]) {
            ("swap", [a, b]) => {
                let spots = [a, b].map(|target| match self.variable_place(target) {
                    Some(Value::Place(spot)) if matches!(spot.form, Form::Seq(..)) => Some(spot),
                    _ => None,
                });
                if let [Some(a), Some(b)] = spots {
                    self.swap_memory(a, b, &at);
                    return Some(Value::Unit);
                }
                let [of_a, of_b] = [a, b].map(|target| self.current(target));
                self.assign_value(a, of_b, &at);
                self.assign_value(b, of_a, &at);
                Some(Value::Unit)
            }
            ("replace" | "take", [target, ..]) if self.is_vector(target) => {
                let Some(Value::Place(spot)) = self.variable_place(target) else { return None };
                if !self.writable(&spot, &at) {
                    return Some(Value::Poison);
                }
                Some(self.replace_vector(spot, call.args.iter().nth(1), &at))
            }
            ("replace", [target, _]) => {
                let new = call.args.iter().nth(1)?;
                let old = self.current(target);
                let new = self.expr(new, Want::Any);
                let new = self.settle(new, call);
                self.assign_value(target, new, &at);
                Some(old)
            }
            ("take", [target]) => {
                let old = self.current(target);
                let zero = self.dummy();
                if let Value::Scalar(old) = old {
                    self.agree_vals(call, old, zero);
                }
                self.assign_value(target, Value::Scalar(zero), &at);
                Some(old)
            }
            _ => None,
        }
    }

    fn is_vector(&mut self, target: &syn::Expr) -> bool {
        matches!(self.variable_place(target), Some(Value::Place(Spot { form: Form::Seq(_, Seq::Vec), .. })))
    }

    /// What a vector held, which holds `new` now, or nothing.
    fn replace_vector(&mut self, target: Spot, new: Option<&syn::Expr>, at: &syn::Expr) -> Value {
        let new = match new {
            Some(new) => {
                let value = self.expr(new, Want::Any);
                match self.settle(value, new) {
                    Value::Place(spot) if matches!(spot.form, Form::Seq(_, Seq::Vec)) => spot,
                    Value::Poison => return Value::Poison,
                    _ => return self.refuse(new, "the new value is no vector here: bind it to a variable first"),
                }
            }
            None => match (&target.form, target.form.elem()) {
                (Form::Seq(elem, _), Some(ty)) if matches!(**elem, Form::Scalar(_)) => {
                    let none = self.count(0);
                    self.vector(ty, none)
                }
                _ => {
                    return self.unsupported(
                        at,
                        "taking a vector of anything but numbers",
                        "write what it is to hold: `std::mem::replace(&mut v, vec![vec![0.0; m]; n])`",
                    );
                }
            },
        };
        if let (Some(a), Some(b)) = (target.form.elem(), new.form.elem()) {
            self.agree(at, a, b);
        }
        let taken = self.mem(new.place.mem).is_some_and(|mem| mem.temporary) && new.place.path.is_empty();
        let held = match taken {
            true => new,
            false => match self.copy(new.clone()) {
                Value::Place(copy) => copy,
                _ => new,
            },
        };
        self.b.effect(Op::Swap { a: target.place, b: held.place.clone() });
        Value::Place(held)
    }

    /// The number in a place, read now.
    fn current(&mut self, target: &syn::Expr) -> Value {
        match self.expr(target, Want::Any) {
            value @ Value::Tuple(_) => self.settle(value, target),
            value => Value::Scalar(self.scalar(value, target)),
        }
    }

    fn variable_place(&mut self, target: &syn::Expr) -> Option<Value> {
        Some(self.place_of(target).peel()).filter(|value| matches!(value, Value::Place(_)))
    }

    /// A variable of a type that is not modelled: its functions are passed through.
    fn is_unmodelled_place(&mut self, target: &syn::Expr) -> bool {
        match self.place_of(target).peel() {
            Value::Scalar(val) => self.is_passed_through(val),
            Value::Frag(_) => true,
            _ => false,
        }
    }

    /// Exchanges two arrays, or two vectors.
    fn swap_memory(&mut self, a: Spot, b: Spot, at: &syn::Expr) {
        for spot in [&a, &b] {
            let array = matches!(spot.form, Form::Seq(_, super::value::Seq::Array));
            let own = self.mem(spot.place.mem).is_some_and(|mem| mem.local);
            if !self.writable(spot, at) {
                return;
            }
            if !array && !own {
                self.unsupported(
                    at,
                    "swapping what parameters refer to",
                    "swap the elements in a loop: `std::mem::swap(&mut a[i], &mut b[i]);`",
                );
                return;
            }
        }
        if a.place.mem == b.place.mem && !(a.place.path.is_empty() || b.place.path.is_empty()) {
            self.unsupported(at, "`std::mem::swap` of parts of one array", "write `x.swap(i, j)`");
            return;
        }
        if let (Some(x), Some(y)) = (a.form.elem(), b.form.elem()) {
            self.agree(at, x, y);
        }
        self.b.effect(Op::Swap { a: a.place, b: b.place });
    }

    /// `v.pop().unwrap()`, `x.split_first().unwrap()` and their like. `None`: another method.
    pub(super) fn unwrapped_part(&mut self, call: &syn::ExprMethodCall) -> Option<Value> {
        if !matches!(&*call.method.to_string(), "unwrap" | "expect") {
            return None;
        }
        let syn::Expr::MethodCall(inner) = &*call.receiver else {
            return None;
        };
        let take = Take::of(inner)?;
        if self.is_chain(&inner.receiver) {
            return None;
        }
        let receiver = self.place_of(&inner.receiver);
        if !self.is_sequence(&receiver) {
            return None;
        }
        if take == Take::Pop {
            return self.pop(&receiver, inner);
        }
        let view = self.whole_or_part(receiver)?;
        let one = self.count(1);
        // The element, where the sequence is cut, and which of the two parts is the rest.
        let (element, middle, rest) = match take {
            Take::SplitFirst => (self.count(0), one, 1),
            _ => {
                let last = self.count_op(IntOp::Sub, view.len, one);
                (last, last, 0)
            }
        };
        let element = Value::Ref(Box::new(Value::Place(self.checked(&view, element))));
        Some(Value::Tuple(vec![element, self.split(view, middle).swap_remove(rest)]))
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    fn split(&mut self, view: View, middle: Val) -> Vec<Value> {
        let rest = self.count_op(IntOp::Sub, view.len, middle);
        let lo = self.plus_offset(view.lo, middle);
        let left = View { len: middle, literal: None, ..view.clone() };
        let right = View { lo: Some(lo), len: rest, literal: None, ..view };
        [left, right].map(|view| Value::Ref(Box::new(Value::View(Box::new(view))))).into()
    }

    /// Element `k` of a part, which has it.
    pub(super) fn nth_of(&mut self, view: &View, k: Val) -> Spot {
        let index = self.plus_offset(view.lo, k);
        let mut place = view.seq.place.clone();
        place.path.push(Access::Index(index));
        let form = super::iter::inner(&view.seq.form).unwrap_or_else(|| view.seq.form.clone());
        Spot { place, form }
    }

    /// The element at an index of the user's, checked.
    fn index_in(&mut self, view: &View, index: &syn::Expr) -> Option<Spot> {
        if self.is_whole(view)
            && let Some(k) = literal_index(index)
        {
            let mut place = view.seq.place.clone();
            place.path.push(Access::Const(k));
            let form = super::iter::inner(&view.seq.form)?;
            return Some(Spot { place, form });
        }
        let k = self.usize_expr(index);
        Some(self.checked(view, k))
    }

    pub(super) fn checked(&mut self, view: &View, k: Val) -> Spot {
        if self.is_whole(view) {
            return self.nth_of(view, k);
        }
        let k = self.guarded(view, k);
        let mut place = view.seq.place.clone();
        place.path.push(Access::Index(k));
        let form = super::iter::inner(&view.seq.form).unwrap_or_else(|| view.seq.form.clone());
        Spot { place, form }
    }

    fn is_whole(&self, view: &View) -> bool {
        view.lo.is_none() && self.measured.get(&view.len) == Some(&view.seq.place)
    }

    /// The index in the whole sequence of element `k` of a part. Past the end of the part, one that no sequence has.
    pub(super) fn guarded(&mut self, view: &View, k: Val) -> Val {
        let index = self.plus_offset(view.lo, k);
        if self.below.get(&k) == Some(&view.len) {
            return index;
        }
        let ty = self.fresh_ty(BOOL);
        let cond = self.emit(Op::Cmp { op: CmpOp::Lt, a: k, b: view.len }, ty);
        let none = self.no_index();
        let ty = self.fresh_ty(USIZE);
        self.emit(Op::Select { cond, a: index, b: none }, ty)
    }

    /// An index that no sequence has.
    pub(super) fn no_index(&mut self) -> Val {
        let zero = self.count(0);
        let ty = self.fresh_ty(USIZE);
        self.emit(Op::Int { op: IntOp::Not, args: vec![zero] }, ty)
    }

    pub(super) fn usize_expr(&mut self, expr: &syn::Expr) -> Val {
        let val = self.scalar_expr(expr);
        self.narrow_val(expr, val, USIZE);
        val
    }

    /// A part as a place, to be passed on or copied.
    pub(super) fn place_of_view(&mut self, view: View) -> Place {
        let lo = match view.lo {
            Some(lo) => lo,
            None => self.count(0),
        };
        let mut place = view.seq.place;
        place.path.push(Access::Range { lo, len: view.len });
        place
    }
}

/// What `&mut x` refers to, or what `x`, a reference, does.
fn behind(expr: &syn::Expr) -> syn::Expr {
    match expr {
        syn::Expr::Reference(reference) => (*reference.expr).clone(),
        syn::Expr::Paren(inner) => behind(&inner.expr),
        syn::Expr::Group(inner) => behind(&inner.expr),
        expr => syn::parse_quote!(*#expr),
    }
}

/// Which function of `std::mem` a path names.
pub(super) fn mem_function(path: &syn::Path) -> Option<String> {
    let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["mem", name @ ("swap" | "replace" | "take")]
        | ["std" | "core", "mem", name @ ("swap" | "replace" | "take")] => Some(name.to_owned()),
        _ => None,
    }
}

/// Whether a path looks like that of a function of `std::mem`.
pub(super) fn may_be_of_mem(path: &syn::Path) -> bool {
    let mut last = path.segments.iter().rev();
    let name = last.next().map(|segment| segment.ident.to_string()).unwrap_or_default();
    ["swap", "replace", "take"].contains(&name.as_str()) && last.next().is_some_and(|of| of.ident == "mem")
}

/// The variables that a call of a function of `std::mem` writes, as far as its tokens show.
pub(super) fn written_by(call: &syn::ExprCall) -> Vec<syn::Expr> {
    let named = match &*call.func {
        syn::Expr::Path(func) => {
            let mut last = func.path.segments.iter().rev();
            let name = last.next().map(|segment| segment.ident.to_string()).unwrap_or_default();
            ["swap", "replace", "take"].contains(&name.as_str()) && last.next().is_none_or(|of| of.ident == "mem")
        }
        _ => false,
    };
    let written = call.args.iter().filter(|arg| match arg {
        syn::Expr::Reference(reference) => reference.mutability.is_some(),
        _ => false,
    });
    if named { written.map(behind).collect() } else { Vec::new() }
}
