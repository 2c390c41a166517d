//! Choices by pattern: `match`, `if let`, `let .. else`.
//!
//! Patterns of numbers, truth values and tuples of them are comparisons. All other patterns are left to rustc, by
//! `matches!` for the choice and by a `match` for each name that they bind; what they look at is inactive, or refused.
//! The arms are a chain of branches in the order of the text, of which the last needs no test.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};

use super::exit::Position;
use super::expr::Want;
use super::extent::Extent;
use super::infer::Class;
use super::optional::{self, Later, Side};
use super::value::{Binding, Form, Frag, Value};
use super::{BOOL, Lower, pattern};
use crate::ir::{CmpOp, IntOp, Op, Val};

/// A condition, and what it binds where it is true.
pub(super) struct Test {
    pub(super) cond: Val,
    binds: Vec<Bind>,
    /// What is made where it is true, and the pattern that binds it.
    later: Vec<(syn::Pat, Later)>,
}

impl Test {
    /// Whether a name stands for something of its own where the condition is true.
    pub(super) fn binds(&self, name: &str) -> bool {
        let later = self.later.iter().flat_map(|(pat, _)| pattern::names(pat));
        self.binds.iter().any(|bind| bind.name == name) || later.into_iter().any(|(bound, _)| bound == name)
    }
}

struct Bind {
    name: String,
    mutable: bool,
    value: Bound,
}

#[derive(Clone)]
enum Bound {
    Value(Value),
    /// What a pattern takes out of a value of a type that is not modelled; from behind a reference, it is a reference.
    Part {
        frag: Frag,
        by_ref: bool,
    },
}

impl Lower<'_> {
    /// The condition of an `if`.
    pub(super) fn test(&mut self, cond: &syn::Expr) -> Test {
        match cond {
            syn::Expr::Let(cond) => {
                if let Some(test) = self.optional_test(&cond.pat, &cond.expr) {
                    return test;
                }
                let value = self.scrutinee(&cond.expr, None, [&*cond.pat]);
                self.pattern_test(&cond.pat, value)
            }
            cond => Test { cond: self.condition(cond), binds: Vec::new(), later: Vec::new() },
        }
    }

    /// A condition that binds what another one binds.
    pub(super) fn test_with(cond: Val, bound: Test) -> Test {
        Test { cond, ..bound }
    }

    /// A condition that binds what is made where it is true.
    pub(super) fn test_of_later(cond: Val, pat: syn::Pat, value: Later) -> Test {
        Test { cond, binds: Vec::new(), later: vec![(pat, value)] }
    }

    /// What patterns are compared with, unless that is all of what the function is differentiated by.
    pub(super) fn scrutinee<'p>(
        &mut self,
        expr: &syn::Expr,
        ty: Option<&syn::Type>,
        pats: impl IntoIterator<Item = &'p syn::Pat>,
    ) -> Value {
        let value = self.expr(expr, Want::Any);
        let value = match ty {
            Some(ty) => self.ascribe(value, ty),
            None => value,
        };
        if self.is_all_of_an_argument(&value) && pats.into_iter().any(looks_inside) {
            return self.refuse(
                expr,
                "not yet supported: choosing by all of what is differentiated; if it holds no floats, mark it: `#[constant] \
                 &self`, `#[constant] kind: Kind`; if it does, choose by one of its fields",
            );
        }
        let value = self.read(value);
        self.settle(value, expr)
    }

    /// Whether it is a struct (or enum, by its looks) that is differentiated.
    fn is_all_of_an_argument(&self, value: &Value) -> bool {
        let Value::Place(spot) = value.clone().peel() else { return false };
        let is_active = self.mem(spot.place.mem).is_some_and(|mem| !mem.local && !mem.inert);
        is_active && spot.place.path.is_empty() && matches!(spot.form, Form::Unknown(_))
    }

    /// Whether `value` is of the form that `pat` describes.
    pub(super) fn pattern_test(&mut self, pat: &syn::Pat, value: Value) -> Test {
        let mut binds = Vec::new();
        let cond = match self.matches(pat, value, &mut binds) {
            Some(cond) => cond,
            None => self.truth(true),
        };
        Test { cond, binds, later: Vec::new() }
    }

    /// Binds the names of a pattern where its test is true.
    pub(super) fn bind_test(&mut self, test: &Test) {
        for bind in &test.binds {
            let value = match bind.value.clone() {
                Bound::Value(value) => self.held(value, bind.mutable, &bind.name, TokenStream::new()),
                // Taken out here, where it is known to be there.
                Bound::Part { frag, by_ref } => {
                    let at = frag.expr.to_token_stream();
                    let part = Value::Scalar(self.emit_frag(frag, at, bind.mutable));
                    if by_ref { Value::Ref(Box::new(part)) } else { part }
                }
            };
            self.name(&value, &bind.name);
            self.env.bindings.push(Binding { name: bind.name.clone(), value: Some(value), mutable: bind.mutable });
        }
        for (pat, value) in &test.later {
            let value = self.make(value.clone(), &pat.to_token_stream());
            self.bind(pat, value, None);
        }
    }

    /// `None`: always.
    fn matches(&mut self, pat: &syn::Pat, value: Value, binds: &mut Vec<Bind>) -> Option<Val> {
        if let Value::Poison = value {
            for (name, mutable) in pattern::names(pat) {
                binds.push(Bind { name, mutable, value: Bound::Value(Value::Poison) });
            }
            return Some(self.poison());
        }
        if let (Some(side), Value::Optional(present, inner)) = (Side::of(pat), value.clone().peel()) {
            return self.option_side(side, present, *inner, binds);
        }
        match pat {
            syn::Pat::Wild(_) | syn::Pat::Rest(_) => None,
            syn::Pat::Paren(inner) => self.matches(&inner.pat, value, binds),
            syn::Pat::Reference(inner) => {
                let value = self.deref(value);
                self.matches(&inner.pat, value, binds)
            }
            syn::Pat::Ident(ident) if is_binding(ident) => {
                let (name, mutable) = (ident.ident.to_string(), ident.mutability.is_some());
                binds.push(Bind { name, mutable, value: Bound::Value(value.clone()) });
                let (_, inner) = ident.subpat.as_ref()?;
                self.matches(inner, value, binds)
            }
            syn::Pat::Lit(lit) if is_number(&lit.lit) => {
                let val = self.scalar(value, pat);
                Some(self.equals(&lit.lit, val, pat))
            }
            syn::Pat::Range(range) if bounds(range).is_some() => {
                let val = self.scalar(value, pat);
                let (lo, hi) = bounds(range)?;
                let exclusive = matches!(range.limits, syn::RangeLimits::HalfOpen(_));
                let lo = lo.map(|lo| {
                    let lo = self.bound(lo, val, pat);
                    self.compare_vals(CmpOp::Le, lo, val)
                });
                let hi = hi.map(|hi| {
                    let hi = self.bound(hi, val, pat);
                    self.compare_vals(if exclusive { CmpOp::Lt } else { CmpOp::Le }, val, hi)
                });
                self.both(IntOp::BitAnd, lo, hi)
            }
            syn::Pat::Or(or) if or.cases.iter().all(|case| names_of(case).is_empty()) => {
                let mut any: Option<Val> = None;
                for case in &or.cases {
                    let case = self.matches(case, value.clone(), binds)?;
                    any = self.both(IntOp::BitOr, any, Some(case));
                }
                any
            }
            syn::Pat::Slice(slice) if pattern::is_sequence(&value) && slice.elems.iter().all(optional::is_plain) => {
                let by_ref = matches!(value, Value::Ref(_));
                let (fits, parts) = self.slice_parts(value, slice)?;
                for (elem, part) in parts {
                    // Read where it is known to be there.
                    let part = if by_ref { Value::Ref(Box::new(part)) } else { part };
                    self.matches(elem, part, binds);
                }
                fits
            }
            syn::Pat::Tuple(tuple)
                if is_tuple(&value) && !tuple.elems.iter().any(|elem| matches!(elem, syn::Pat::Rest(_))) =>
            {
                let mut all = None;
                for (i, elem) in tuple.elems.iter().enumerate() {
                    let part = self.part(value.clone(), i, elem);
                    let part = self.read(part);
                    let matches = self.matches(elem, part, binds);
                    all = self.both(IntOp::BitAnd, all, matches);
                }
                all
            }
            pat => Some(self.opaque_pattern(pat, value, binds)),
        }
    }

    /// Both conditions, and what both bind.
    pub(super) fn both_tests(&mut self, a: Test, b: Test) -> Test {
        let cond = self.both(IntOp::BitAnd, Some(a.cond), Some(b.cond)).unwrap_or(a.cond);
        let mut binds = a.binds;
        binds.extend(b.binds);
        let later = [a.later, b.later].concat();
        Test { cond, binds, later }
    }

    /// `Some(pat)` or `None`, of what is modelled.
    fn option_side(&mut self, side: Side<'_>, present: Val, value: Value, binds: &mut Vec<Bind>) -> Option<Val> {
        match side {
            Side::None => Some(self.not(present)),
            Side::Some(inner) if !optional::is_plain(inner) && reads_memory(&value) => {
                self.unsupported(
                    inner,
                    "this pattern of what may be missing",
                    "name the value, `Some(v)`, and look at it in the branch",
                );
                for (name, mutable) in names_of(inner) {
                    binds.push(Bind { name, mutable, value: Bound::Value(Value::Poison) });
                }
                Some(present)
            }
            Side::Some(inner) => {
                let fits = self.matches(inner, value, binds);
                self.both(IntOp::BitAnd, Some(present), fits)
            }
        }
    }

    /// A pattern that is left to rustc.
    fn opaque_pattern(&mut self, pat: &syn::Pat, value: Value, binds: &mut Vec<Bind>) -> Val {
        let by_ref = match &value {
            Value::Ref(_) | Value::Place(_) => true,
            Value::Scalar(val) => self.by_reference.contains(val),
            _ => false,
        };
        let names = names_of(pat);
        let mut pat = pat.clone();
        Paths(self).visit_pat_mut(&mut pat);
        // A part of a struct, and what was read from one: of that, only rustc knows whether it is a copy or a reference.
        let is_read = matches!(value, Value::Scalar(val) if !self.is_inert(val));
        let borrow = (is_read || matches!(value, Value::Place(_))).then(|| quote::quote!(&));
        let scrutinee = self.embed_scrutinee(value);
        for (name, mutable) in names {
            let mut only = pat.clone();
            Only(Some(&name)).visit_pat_mut(&mut only);
            let name_ident = syn::Ident::new(&name, proc_macro2::Span::mixed_site());
            // What is bound within a reference is one too, and stays where it is.
            let taken: syn::Expr = match by_ref || is_read {
                true => syn::parse_quote!(::core::clone::Clone::clone(#name_ident)),
                false => syn::parse_quote!(#name_ident),
            };
            let ty = self.fresh_ty(Class::Unknown);
            let frag = scrutinee.clone();
            let frag = frag.wrap(
                |value| syn::parse_quote!(match #borrow #value { #only => #taken, _ => ::core::unreachable!() }),
                ty,
            );
            binds.push(Bind { name, mutable, value: Bound::Part { frag, by_ref } });
        }
        let mut shape = pat.clone();
        Only(None).visit_pat_mut(&mut shape);
        let ty = self.fresh_ty(BOOL);
        let frag = scrutinee.wrap(|value| syn::parse_quote!(::core::matches!(#value, #shape)), ty);
        self.emit_frag(frag, pat.to_token_stream(), false)
    }

    fn equals(&mut self, lit: &syn::Lit, val: Val, at: &syn::Pat) -> Val {
        if let syn::Lit::Bool(lit) = lit {
            self.narrow_val(at, val, BOOL);
            return if lit.value { val } else { self.not(val) };
        }
        let number = self.bound(lit, val, at);
        self.compare_vals(CmpOp::Eq, val, number)
    }

    /// A number in a pattern, of the type of `val`.
    fn bound(&mut self, lit: &syn::Lit, val: Val, at: &syn::Pat) -> Val {
        let number = match lit {
            syn::Lit::Float(float) if float.to_string().starts_with('-') => {
                let positive = syn::LitFloat::new(float.to_string().trim_start_matches('-'), float.span());
                let number = self.literal(&syn::Lit::Float(positive), false);
                let number = self.scalar(number, at);
                self.node(crate::rules::Rule::Neg, vec![number], Extent::of_tokens(at))
            }
            lit => {
                let number = self.literal(lit, false);
                self.scalar(number, at)
            }
        };
        self.agree_vals(at, number, val);
        number
    }

    /// `None` is no condition.
    fn both(&mut self, op: IntOp, a: Option<Val>, b: Option<Val>) -> Option<Val> {
        let (Some(a), Some(b)) = (a, b) else {
            return a.or(b);
        };
        let ty = self.fresh_ty(BOOL);
        Some(self.emit(Op::Int { op, args: vec![a, b] }, ty))
    }

    // ---- match ----------------------------------------------------------------------------------------------------

    pub(super) fn match_expr(&mut self, choice: &syn::ExprMatch, want: Want) -> Value {
        let mut names = Vec::new();
        for arm in &choice.arms {
            let bound = names_of(&arm.pat);
            let mut inside = self.changed_by_expr(&arm.body);
            inside.extend(arm.guard.as_ref().map(|(_, guard)| self.changed_by_expr(guard)).unwrap_or_default());
            names.extend(inside.into_iter().filter(|name| !bound.iter().any(|(bound, _)| bound == name)));
        }
        let position = std::mem::take(&mut self.position);
        if let Some(value) = self.optional_match(choice, &names, want, position) {
            return value;
        }
        let value = self.scrutinee(&choice.expr, None, choice.arms.iter().map(|arm| &arm.pat));
        self.arms(&choice.arms.iter().collect::<Vec<_>>(), &Choice { value, names, want, position })
    }

    /// The first arm that fits.
    fn arms(&mut self, arms: &[&syn::Arm], choice: &Choice) -> Value {
        let Some((arm, rest)) = arms.split_first() else {
            return Value::Never;
        };
        let test = self.pattern_test(&arm.pat, choice.value.clone());
        let body = |lower: &mut Self| {
            let depth = lower.env.bindings.len();
            lower.bind_test(&test);
            lower.position = choice.position;
            let value = lower.expr(&arm.body, choice.want);
            lower.env.bindings.truncate(depth);
            value
        };
        let cond = match &arm.guard {
            // rustc sees to it that one arm fits.
            None if rest.is_empty() => return body(self),
            None => test.cond,
            Some((_, guard)) => {
                let holds = |lower: &mut Self| {
                    let depth = lower.env.bindings.len();
                    lower.bind_test(&test);
                    let holds = lower.condition(guard);
                    lower.env.bindings.truncate(depth);
                    Value::Scalar(holds)
                };
                let holds = match self.truths.get(&test.cond) {
                    Some(true) => holds(self),
                    _ => {
                        let names = self.changed_by_expr(guard);
                        let fails = |lower: &mut Self| Value::Scalar(lower.truth(false));
                        self.branch(test.cond, &names, usize::MAX, holds, fails, guard)
                    }
                };
                self.scalar(holds, guard)
            }
        };
        if self.truths.get(&cond) == Some(&true) {
            return body(self);
        }
        self.branch(cond, &choice.names, usize::MAX, body, |lower| lower.arms(rest, choice), &arm.pat)
    }
}

/// What all arms of a `match` share.
struct Choice {
    value: Value,
    /// The outer variables that they assign.
    names: Vec<String>,
    want: Want,
    position: Position,
}

/// Whether looking at a value reads memory, where there may be nothing to read.
fn reads_memory(value: &Value) -> bool {
    match value {
        Value::Ref(inner) => reads_memory(inner),
        Value::Tuple(parts) => parts.iter().any(reads_memory),
        value => value.is_place(),
    }
}

fn is_tuple(value: &Value) -> bool {
    match value {
        Value::Tuple(_) => true,
        Value::Ref(inner) => is_tuple(inner),
        Value::Place(spot) => matches!(spot.form, Form::Tuple(_)),
        _ => false,
    }
}

fn is_number(lit: &syn::Lit) -> bool {
    matches!(lit, syn::Lit::Int(_) | syn::Lit::Float(_) | syn::Lit::Bool(_))
}

/// A name that is bound, by its looks: constants and variants begin with a capital.
fn is_binding(ident: &syn::PatIdent) -> bool {
    ident.mutability.is_some()
        || ident.by_ref.is_some()
        || ident.subpat.is_some()
        || !ident.ident.to_string().starts_with(char::is_uppercase)
}

/// Whether a pattern tells variants apart, or takes a struct apart.
fn looks_inside(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Path(_) | syn::Pat::TupleStruct(_) | syn::Pat::Struct(_) => true,
        syn::Pat::Ident(ident) => !is_binding(ident),
        syn::Pat::Paren(inner) => looks_inside(&inner.pat),
        syn::Pat::Reference(inner) => looks_inside(&inner.pat),
        syn::Pat::Or(or) => or.cases.iter().any(looks_inside),
        _ => false,
    }
}

/// The names that a pattern binds.
fn names_of(pat: &syn::Pat) -> Vec<(String, bool)> {
    struct Names(Vec<(String, bool)>);

    impl<'ast> syn::visit::Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            let name = pat.ident.to_string();
            if is_binding(pat) && !self.0.iter().any(|(seen, _)| *seen == name) {
                self.0.push((name, pat.mutability.is_some()));
            }
            syn::visit::visit_pat_ident(self, pat);
        }
    }

    let mut names = Names(Vec::new());
    syn::visit::Visit::visit_pat(&mut names, pat);
    names.0
}

/// The ends of a range of numbers. `None`: they are no literals.
fn bounds(range: &syn::PatRange) -> Option<(Option<&syn::Lit>, Option<&syn::Lit>)> {
    fn bound(end: Option<&syn::Expr>) -> Option<Option<&syn::Lit>> {
        match end {
            None => Some(None),
            Some(syn::Expr::Lit(lit)) if matches!(lit.lit, syn::Lit::Int(_) | syn::Lit::Float(_)) => {
                Some(Some(&lit.lit))
            }
            Some(_) => None,
        }
    }

    Some((bound(range.start.as_deref())?, bound(range.end.as_deref())?))
}

/// Leaves one name of a pattern, or none.
struct Only<'n>(Option<&'n str>);

impl VisitMut for Only<'_> {
    fn visit_pat_mut(&mut self, pat: &mut syn::Pat) {
        if let syn::Pat::Ident(ident) = pat
            && is_binding(ident)
        {
            let name = ident.ident.to_string();
            if self.0 == Some(name.as_str()) {
                ident.ident = syn::Ident::new(&name, proc_macro2::Span::mixed_site());
                ident.mutability = None;
                ident.by_ref = None;
                if let Some((_, inner)) = &mut ident.subpat {
                    Only(None).visit_pat_mut(inner);
                }
                return;
            }
            *pat = match ident.subpat.take() {
                Some((_, inner)) => {
                    syn::Pat::Paren(syn::PatParen { attrs: Vec::new(), paren_token: Default::default(), pat: inner })
                }
                None => syn::Pat::Wild(syn::PatWild { attrs: Vec::new(), underscore_token: Default::default() }),
            };
        }
        visit_mut::visit_pat_mut(self, pat);
    }

    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        // `Huber { delta }` is `Huber { delta: delta }`.
        field.colon_token.get_or_insert_with(Default::default);
        self.visit_pat_mut(&mut field.pat);
    }
}

/// Replaces names that a `use` in the body brings in by their paths.
struct Paths<'l, 'd>(&'l Lower<'d>);

impl VisitMut for Paths<'_, '_> {
    fn visit_pat_mut(&mut self, pat: &mut syn::Pat) {
        if let syn::Pat::Ident(ident) = pat
            && !is_binding(ident)
        {
            let mut path = syn::Path::from(ident.ident.clone());
            self.0.resolve(&mut path);
            *pat = syn::Pat::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path });
            return;
        }
        visit_mut::visit_pat_mut(self, pat);
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        self.0.resolve(path);
    }
}
