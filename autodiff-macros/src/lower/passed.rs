//! Arguments of calls, and what is to be done when the call is over.
//!
//! `&mut y`, of memory, is passed as it is. Two places of one memory object, of which the callee writes one, are never
//! passed together: all but one go through copies (`y.split_at_mut(k)` has two parts of `y`; their shadows would be two
//! `&mut` into one shadow). `&mut x` of a number goes through memory of its own, and so does `&mut p` of a struct that is
//! taken apart: the variable has its new value behind the call.
//!
//! A reference that is passed by its name, `normalise(y)` where `y` is `&mut [f64]`, may be lent to the callee for reading
//! or for writing. A call whose result is not used writes to something: where nothing else is `&mut`, to what the
//! references that may be written refer to. A wrong guess does not compile: the two have different interfaces.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::Lower;
use super::call::PendingArg;
use super::expr::Want;
use super::value::{Form, Seq, Spot, Value, View};
use crate::ir::{Access, By, Init, Op, Place};

/// What follows a call.
pub(super) enum After {
    /// The variable has the value that is now in memory.
    Set(Box<syn::Expr>, Value),
    /// A part gets back what is now in its copy.
    Back(Spot, Spot),
}

/// The arguments of a call.
pub(super) struct Passed {
    pub(super) args: Vec<PendingArg>,
    /// What is known of their types.
    pub(super) forms: Vec<Form>,
    pub(super) after: Vec<After>,
}

impl Lower<'_> {
    /// `&mut place` as an argument. `None`: of what is not modelled.
    pub(super) fn exclusive(
        &mut self,
        reference: &syn::ExprReference,
        passed: &mut Passed,
    ) -> Option<(PendingArg, Form)> {
        let outer = std::mem::replace(&mut self.b.span, syn::spanned::Spanned::span(reference));
        let value = self.place_of(&reference.expr);
        let arg = self.exclusive_place(value, reference, passed);
        self.b.span = outer;
        arg
    }

    fn exclusive_place(
        &mut self,
        value: Value,
        reference: &syn::ExprReference,
        passed: &mut Passed,
    ) -> Option<(PendingArg, Form)> {
        let at = syn::Expr::Reference(reference.clone());
        let spot = match value {
            Value::Place(spot) => {
                if !self.writable(&spot, &at) {
                    return Some((PendingArg::Val(self.poison()), spot.form));
                }
                spot
            }
            Value::View(view) => {
                if !self.writable(&view.seq, &at) {
                    return Some((PendingArg::Val(self.poison()), view.seq.form));
                }
                let form = view.seq.form.clone();
                Spot { place: self.place_of_view(*view), form }
            }
            Value::Ref(inner) if inner.is_place() => return self.exclusive_place(*inner, reference, passed),
            Value::Scalar(val) if !self.is_passed_through(val) && self.is_variable(&reference.expr) => {
                let spot = self.number_in_memory(val)?;
                passed.after.push(After::Set(reference.expr.clone(), Value::Place(spot.clone())));
                spot
            }
            value @ Value::Struct(..) if self.is_variable(&reference.expr) => {
                let Value::Place(spot) = self.whole(value, reference.to_token_stream()) else { return None };
                if let Some(mem) = self.mems.get_mut(spot.place.mem.0 as usize) {
                    mem.mutable = true;
                }
                passed.after.push(After::Set(reference.expr.clone(), Value::Place(spot.clone())));
                spot
            }
            _ => return None,
        };
        Some((PendingArg::Place { place: spot.place, by: By::Mut }, spot.form))
    }

    /// References that are passed by their names, to a call whose result is not used, to be written to.
    pub(super) fn lend_exclusively(&mut self, exprs: &[&syn::Expr], passed: &mut Passed, want: Want) {
        let written = |arg: &PendingArg| match arg {
            PendingArg::Place { by, .. } => *by == By::Mut,
            PendingArg::Other(frag) => super::call::is_mut_borrow(&frag.expr),
            _ => false,
        };
        if want != Want::Nothing || passed.args.iter().any(written) {
            return;
        }
        let first = passed.args.len() - exprs.len();
        for (arg, expr) in passed.args.iter_mut().skip(first).zip(exprs) {
            if let (PendingArg::Place { place, by }, syn::Expr::Path(_)) = (arg, expr)
                && *by == By::Ref
                && self.mems.get(place.mem.0 as usize).is_some_and(|mem| mem.mutable)
            {
                *by = By::Mut;
            }
        }
    }

    /// Copies for places that are in the memory of one that is written.
    pub(super) fn separate(&mut self, passed: &mut Passed) {
        let is_mut = |arg: &PendingArg| matches!(arg, PendingArg::Place { by: By::Mut, .. });
        // What is written and passed as it is.
        let mut written: Vec<Place> = Vec::new();
        let mut copies = Vec::new();
        for (k, arg) in passed.args.iter().enumerate().filter(|(_, arg)| is_mut(arg)) {
            if let PendingArg::Place { place, .. } = arg {
                match written.iter().any(|other| may_overlap(place, other)) {
                    true => copies.push(k),
                    false => written.push(place.clone()),
                }
            }
        }
        for (k, arg) in passed.args.iter().enumerate().filter(|(_, arg)| !is_mut(arg)) {
            if let PendingArg::Place { place, .. } = arg
                && written.iter().any(|other| may_overlap(place, other))
            {
                copies.push(k);
            }
        }
        for k in copies {
            let Some(form) = passed.forms.get(k).cloned() else { continue };
            let Some(PendingArg::Place { place, by }) = passed.args.get(k) else { continue };
            let (place, by) = (place.clone(), *by);
            let copied = self.copy_of_part(&place, &form);
            if let Some(arg) = passed.args.get_mut(k) {
                *arg = PendingArg::Place { place: copied.place.clone(), by };
            }
            if by == By::Mut {
                passed.after.push(After::Back(Spot { place, form }, copied));
            }
        }
    }

    /// A local copy of a part of memory.
    pub(super) fn copy_of_part(&mut self, place: &Place, form: &Form) -> Spot {
        let form = match form.clone() {
            Form::Unknown(_) => Form::Unknown(String::new()),
            Form::Seq(inner, _) if matches!(place.path.last(), Some(Access::Range { .. })) => {
                Form::Seq(inner, Seq::Vec)
            }
            form => form,
        };
        let mut info = super::value::MemInfo::local(form.elem());
        (info.mutable, info.temporary) = (true, false);
        let mem = self.new_mem(info);
        self.note_list(mem, &form);
        if let (Form::Seq(_, Seq::Vec), Some(data)) = (&form, self.b.mems.get_mut(mem.0 as usize)) {
            data.is_vec = true;
        }
        self.b.effect(Op::Alloc { mem, init: Init::Copy(place.clone()) });
        Spot { place: Place::whole(mem), form }
    }

    /// What follows the call.
    pub(super) fn when_over(&mut self, after: Vec<After>, at: &TokenStream) {
        let at = syn::Expr::Verbatim(at.clone());
        for after in after {
            match after {
                After::Set(variable, value) => self.assign_value(&variable, value, &at),
                After::Back(part, copy) => self.give_back(part, copy, &at),
            }
        }
    }

    fn give_back(&mut self, part: Spot, copy: Spot, at: &syn::Expr) {
        match (part.place.path.split_last(), &part.form) {
            // Element by element.
            (Some((Access::Range { lo, len }, path)), Form::Seq(..)) => {
                let seq = Spot { place: Place { mem: part.place.mem, path: path.to_vec() }, form: part.form.clone() };
                let target = View { seq, lo: Some(*lo), len: *len, literal: None };
                let source = View { seq: copy, lo: None, len: *len, literal: None };
                self.copy_elements(&target, &source, at);
            }
            (_, Form::Scalar(ty)) => {
                let value = self.load(copy.place, *ty);
                self.b.effect(Op::Store { place: part.place, value });
            }
            _ => self.b.effect(Op::Swap { a: part.place, b: copy.place }),
        }
    }

    /// The result of a call, to memory that is there already.
    pub(super) fn take_result(&mut self, target: Spot, source: Spot, at: &syn::Expr) {
        // A list that the function was given stays where it is.
        let given = self.mem(target.place.mem).is_some_and(|mem| !mem.local);
        let list = matches!(target.form, Form::Seq(_, Seq::Slice | Seq::Vec));
        if given && list && target.place.path.is_empty() {
            let form = match (&target.form, &source.form) {
                (Form::Seq(..), Form::Unknown(_)) => target.form.clone(),
                (_, form) => form.clone(),
            };
            let source = Spot { form, ..source };
            let views = [target, source].map(|spot| {
                let len = self.len(spot.place.clone());
                View { seq: spot, lo: None, len, literal: None }
            });
            let [target, source] = &views;
            return self.copy_elements(target, source, at);
        }
        self.exchange(target, source);
    }

    /// Whether an expression is a variable, or a part of one that is taken apart.
    fn is_variable(&self, expr: &syn::Expr) -> bool {
        self.variable(expr).is_some()
    }
}

/// Whether two places may have memory in common: of one object, unless their fields differ.
fn may_overlap(a: &Place, b: &Place) -> bool {
    let differ = |(x, y): (&Access, &Access)| matches!((x, y), (Access::Field(x), Access::Field(y)) if x != y);
    a.mem == b.mem && !a.path.iter().zip(&b.path).any(differ)
}

/// What is known of the type of an argument, or of the sequence that it is a part of.
pub(super) fn form_of(value: &Value) -> Form {
    match value {
        Value::Ref(inner) => form_of(inner),
        Value::Place(spot) => spot.form.clone(),
        Value::View(view) => view.seq.form.clone(),
        _ => Form::Unknown(String::new()),
    }
}
