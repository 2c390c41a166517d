//! Rust that is passed through: expressions that are not modelled, with placeholders for the user's variables.
//!
//! Whether an active value flows in is known when the whole function is lowered; [`super::finish`] refuses it then.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};

use super::infer::Class;
use super::value::{Frag, Value};
use super::{Lower, Note, OPAQUE, format, pattern};
use crate::fence;
use crate::ir::{Access, Mem, Op, Opaque, Operand, Part, Place, Val};

impl Lower<'_> {
    fn placeholder(&mut self, operand: Operand, ty: super::infer::TyVar, pure_: bool) -> Frag {
        let ident = Ident::new(&format!("placeholder_{}", self.placeholders), Span::mixed_site());
        self.placeholders += 1;
        let expr = syn::Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: ident.clone().into() });
        Frag { expr, binds: vec![(ident, operand)], pure_, ty, why: None }
    }

    pub(super) fn frag_of_val(&mut self, val: Val) -> Frag {
        let ty = match self.ty(val) {
            Some(ty) => ty,
            None => self.fresh_ty(Class::Error),
        };
        let pure_ = !self.made.contains(&val);
        self.placeholder(Operand::Val(val), ty, pure_)
    }

    /// Whether memory may be written between here and a later evaluation.
    fn changes(&self, mem: Mem) -> bool {
        self.mem(mem).is_some_and(|mem| mem.mutable)
    }

    pub(super) fn frag_of_place(&mut self, place: Place) -> Frag {
        let ty = self.fresh_ty(OPAQUE);
        let pure_ = !self.changes(place.mem);
        self.placeholder(Operand::Place(place), ty, pure_)
    }

    /// What a pattern is compared with. A part of a struct whose type does not show is no float, or rustc refuses it.
    pub(super) fn embed_scrutinee(&mut self, value: Value) -> Frag {
        let mut frag = self.embed(value);
        for (_, operand) in &mut frag.binds {
            let Operand::Place(place) = operand else { continue };
            let is_copy = || self.b.mems[place.mem.0 as usize].part != Part::Whole;
            if matches!(place.path.last(), Some(Access::Field(_))) || (place.path.is_empty() && is_copy()) {
                *operand = Operand::Constant(place.clone());
            }
        }
        frag
    }

    /// A value as Rust.
    pub(super) fn embed(&mut self, value: Value) -> Frag {
        let ty = self.fresh_ty(OPAQUE);
        match value {
            Value::Scalar(val) => self.frag_of_val(val),
            Value::Place(spot) => self.frag_of_place(spot.place),
            Value::Ref(inner) => self.embed(*inner).wrap(|inner| syn::parse_quote!(&#inner), ty),
            Value::Tuple(parts) => {
                let mut exprs: Vec<syn::Expr> = Vec::new();
                let mut whole = Frag { expr: syn::parse_quote!(()), binds: Vec::new(), pure_: true, ty, why: None };
                for part in parts {
                    let part = self.embed(part);
                    exprs.push(part.expr);
                    whole.binds.extend(part.binds);
                    whole.pure_ &= part.pure_;
                    whole.why = whole.why.or(part.why);
                }
                Frag { expr: syn::parse_quote!((#(#exprs,)*)), ..whole }
            }
            value @ Value::Struct(..) => self.owned(value),
            Value::Frag(frag) => frag,
            Value::Optional(present, value) => self.embed_option(present, *value),
            Value::View(view) => self.frag_of_view(*view),
            Value::Closure(closure) => self.pass_through(&closure.syntax()),
            Value::Stream(_) => {
                self.diag.error_at(
                    self.b.span,
                    "not yet supported: passing an iterator on; collect it into a `Vec`, or run it here",
                );
                self.embed(Value::Poison)
            }
            Value::Unit | Value::Never | Value::Exit | Value::Poison => {
                let ty = self.fresh_ty(Class::Error);
                Frag { expr: syn::parse_quote!(()), binds: Vec::new(), pure_: true, ty, why: None }
            }
        }
    }

    /// Evaluates what is passed through, here; nothing active may flow in.
    pub(super) fn emit_frag(&mut self, frag: Frag, at: TokenStream, mutable: bool) -> Val {
        if let ([(name, Operand::Val(val))], syn::Expr::Path(path)) = (&frag.binds[..], &frag.expr)
            && path.path.is_ident(name)
            && !(mutable && self.is_passed_through(*val))
        {
            return *val;
        }
        // A constant of the function's own, whose value shows.
        if let syn::Expr::Lit(syn::ExprLit {
            lit: lit @ (syn::Lit::Int(_) | syn::Lit::Float(_) | syn::Lit::Bool(_)),
            ..
        }) = &frag.expr
            && let Value::Scalar(val) = self.literal(lit, false)
        {
            if let Some(ty) = self.ty(val) {
                self.agree(at, ty, frag.ty);
            }
            return val;
        }
        let complaint = frag.why.clone().unwrap_or_else(|| complaint(&at));
        self.emit_opaque(frag, at, Some(complaint), mutable)
    }

    /// Evaluates what is passed through, here.
    pub(super) fn emit_opaque(&mut self, frag: Frag, at: TokenStream, complaint: Option<String>, mutable: bool) -> Val {
        let Frag { expr, binds, pure_, ty, .. } = frag;
        let effects = !pure_ && has_effects(&expr);
        // A second evaluation of what may be changed would not be the same.
        let pure_ = pure_ && !mutable;
        let val = self.emit(Op::Opaque(Box::new(Opaque { expr, binds, pure_, mutable, effects })), ty);
        self.inert.insert(val);
        if mutable || (!pure_ && matches!(self.class(val), Class::Unknown | OPAQUE)) {
            self.made.insert(val);
        }
        self.notes.insert(val, Note::Opaque { at, complaint, effect: false });
        val
    }

    /// Evaluates for its effect what is passed through; nothing active may flow in.
    pub(super) fn effect_frag(&mut self, frag: Frag, at: TokenStream) {
        let complaint = frag.why.clone().unwrap_or_else(|| complaint(&at));
        self.effect_opaque(frag, at, Some(complaint));
    }

    pub(super) fn effect_opaque(&mut self, frag: Frag, at: TokenStream, complaint: Option<String>) {
        let Frag { expr, binds, ty, .. } = frag;
        let val =
            self.emit(Op::Opaque(Box::new(Opaque { expr, binds, pure_: false, mutable: false, effects: true })), ty);
        self.notes.insert(val, Note::Opaque { at, complaint, effect: true });
    }

    // ---- substitution ---------------------------------------------------------------------------------------------

    /// An expression as it is, its variables replaced by placeholders.
    pub(super) fn pass_through(&mut self, expr: &syn::Expr) -> Frag {
        let ty = self.fresh_ty(Class::Unknown);
        let mut expr = expr.clone();
        let effects = has_effects(&expr);
        let binds = self.substitute(&mut expr);
        let reads_mutable = binds.iter().any(|(_, operand)| match operand {
            Operand::Val(val) => self.made.contains(val),
            Operand::Place(place) | Operand::Constant(place) => self.changes(place.mem),
        });
        Frag { expr, binds, pure_: !effects && !reads_mutable, ty, why: None }
    }

    /// As [`Self::pass_through`], with what to say if an active value flows in.
    pub(super) fn pass_through_with(&mut self, expr: &syn::Expr, why: &str) -> Frag {
        Frag { why: Some(why.to_owned()), ..self.pass_through(expr) }
    }

    /// Replaces the user's variables by placeholders.
    pub(super) fn substitute(&mut self, expr: &mut syn::Expr) -> Vec<(Ident, Operand)> {
        let mut substitution =
            Substitution { lower: self, bound: Vec::new(), binds: Vec::new(), in_closure: false, in_loop: false };
        substitution.visit_expr_mut(expr);
        substitution.binds
    }
}

/// What to say of an active value in Rust that is not modelled.
fn complaint(at: &TokenStream) -> String {
    format!(
        "not yet supported: the derivative of `{}`; write it with numbers and arrays, the known functions, and calls of \
         `#[differentiate]`d functions",
        crate::signature::text(at)
    )
}

fn has_effects(expr: &syn::Expr) -> bool {
    let mut effects = Effects(false);
    syn::visit::Visit::visit_expr(&mut effects, expr);
    effects.0
}

/// Whether evaluating twice could differ from evaluating once.
struct Effects(bool);

impl<'ast> syn::visit::Visit<'ast> for Effects {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        // `Some(x)`, `Activation::Power(2)` make data; what is called like that is no function, or rustc warns.
        let makes = match &*call.func {
            syn::Expr::Path(func) => {
                (func.path.segments.last()).is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
            }
            _ => false,
        };
        self.0 |= !makes && !makes_text(&syn::Expr::Call(call.clone()));
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.0 |= !makes_text(&syn::Expr::MethodCall(call.clone()));
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        // Those of ours compare patterns with placeholders.
        self.0 |= mac.path.leading_colon.is_none();
    }

    fn visit_expr_assign(&mut self, _: &'ast syn::ExprAssign) {
        self.0 = true;
    }

    fn visit_expr_reference(&mut self, expr: &'ast syn::ExprReference) {
        self.0 |= expr.mutability.is_some();
        syn::visit::visit_expr_reference(self, expr);
    }
}

/// `"text".to_string()`, `String::from("text")`, `String::new()`: making it twice changes nothing.
pub(super) fn makes_text(expr: &syn::Expr) -> bool {
    let is_text = |expr: &syn::Expr| matches!(expr, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(_), .. }));
    match expr {
        syn::Expr::MethodCall(call) => {
            let name = call.method.to_string();
            ["to_string", "to_owned", "into"].contains(&name.as_str()) && is_text(&call.receiver)
        }
        syn::Expr::Call(call) => match &*call.func {
            syn::Expr::Path(func) => {
                let segments: Vec<String> = func.path.segments.iter().map(|s| s.ident.to_string()).collect();
                let last = segments.iter().rev().take(2).rev().map(String::as_str).collect::<Vec<_>>();
                matches!(last[..], ["String", "new" | "from"]) && call.args.iter().all(is_text)
            }
            _ => false,
        },
        _ => false,
    }
}

struct Substitution<'l, 'd> {
    lower: &'l mut Lower<'d>,
    /// Names that the expression binds itself: parameters of closures, variables of blocks, patterns of `match`.
    bound: Vec<String>,
    binds: Vec<(Ident, Operand)>,
    /// `return` stays inside of the expression.
    in_closure: bool,
    /// `break` and `continue` stay inside of the expression.
    in_loop: bool,
}

impl Substitution<'_, '_> {
    /// The placeholder expression of a name, if it is a variable of the function's.
    fn of_name(&mut self, name: &str) -> Option<syn::Expr> {
        if self.bound.iter().any(|b| b == name) {
            return None;
        }
        let value = self.lower.env.get(name)?.value.clone().unwrap_or(Value::Poison);
        let frag = self.lower.embed(value);
        self.binds.extend(frag.binds);
        Some(frag.expr)
    }

    fn of_expr(&mut self, expr: &syn::Expr) -> Option<syn::Expr> {
        match expr {
            syn::Expr::Path(path) if path.qself.is_none() => {
                let name = path.path.get_ident()?.to_string();
                self.of_name(&name)
            }
            _ => None,
        }
    }

    fn scoped(&mut self, visit: impl FnOnce(&mut Self)) {
        let depth = self.bound.len();
        visit(self);
        self.bound.truncate(depth);
    }

    fn bind(&mut self, pat: &syn::Pat) {
        self.bound.extend(pattern::names(pat).into_iter().map(|(name, _)| name));
    }

    /// Writes to variables of the function would bypass the trace.
    fn check_write(&mut self, target: &syn::Expr, at: &dyn ToTokens) {
        let root = root(target);
        let Some(ident) = root.and_then(|path| path.path.get_ident()) else {
            return;
        };
        let name = ident.to_string();
        if self.bound.contains(&name) {
            return;
        }
        let passed = match self.lower.env.get(&name).map(|b| b.value.clone()) {
            Some(Some(Value::Scalar(val))) if self.lower.is_passed_through(val) => {
                self.lower.mutated.push((val, at.to_token_stream()));
                true
            }
            Some(Some(Value::Frag(_)) | None) => true,
            Some(Some(Value::Poison)) | None => true,
            Some(Some(_)) => false,
        };
        if !passed {
            self.lower.diag.unsupported(
                at.to_token_stream(),
                format_args!("changing `{name}` inside this expression"),
                "assign it in a statement of its own",
            );
        }
    }
}

/// The variable behind `x`, `x.a[i]`, `*x`.
fn root(expr: &syn::Expr) -> Option<&syn::ExprPath> {
    match expr {
        syn::Expr::Path(path) => Some(path),
        syn::Expr::Paren(inner) => root(&inner.expr),
        syn::Expr::Field(inner) => root(&inner.base),
        syn::Expr::Index(inner) => root(&inner.expr),
        syn::Expr::Unary(inner) => root(&inner.expr),
        _ => None,
    }
}

impl VisitMut for Substitution<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        let left = match expr {
            syn::Expr::Return(_) => !self.in_closure,
            syn::Expr::Break(_) | syn::Expr::Continue(_) => !self.in_loop,
            _ => false,
        };
        if left {
            self.lower.unsupported(
                &*expr,
                "leaving in the middle of an expression",
                "give the part that may leave a `let` of its own",
            );
            return;
        }
        if let syn::Expr::Macro(mac) = expr
            && let Some(choice) = format::as_match(&mac.mac)
        {
            self.lower.means_macro(&mac.mac.path);
            *expr = syn::Expr::Match(choice);
        }
        let allowed = matches!(expr, syn::Expr::Closure(_) | syn::Expr::Let(_));
        if !allowed && let Some((what, instead)) = fence::expression(expr) {
            self.lower.diag.unsupported(&*expr, what, instead);
            return;
        }
        if let Some(value) = self.of_expr(expr) {
            *expr = value;
            return;
        }
        match expr {
            syn::Expr::Assign(assign) => self.check_write(&assign.left.clone(), &*assign),
            syn::Expr::Binary(binary) if super::assigned::compound(&binary.op).is_some() => {
                self.check_write(&binary.left.clone(), &*binary);
            }
            syn::Expr::Reference(reference) if reference.mutability.is_some() => {
                self.check_write(&reference.expr.clone(), &*reference);
            }
            syn::Expr::MethodCall(call) => {
                let name = call.method.to_string();
                let held = root(&call.receiver)
                    .and_then(|path| path.path.get_ident())
                    .map(|ident| ident.to_string())
                    .filter(|name| !self.bound.contains(name))
                    .and_then(|name| self.lower.env.get(&name).and_then(|b| b.value.clone()));
                if let Some(Value::Place(spot)) = held
                    && self.lower.mem(spot.place.mem).is_some_and(|mem| mem.mutable)
                    && !super::method::only_looks(&name)
                {
                    self.lower.diag.error(&*call, fence::method(&name));
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        // `Config { n }` is `Config { n: n }`.
        field.colon_token.get_or_insert_with(Default::default);
        self.visit_expr_mut(&mut field.expr);
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        let outer = (std::mem::replace(&mut self.in_closure, true), std::mem::take(&mut self.in_loop));
        self.scoped(|substitution| {
            for input in &closure.inputs {
                substitution.bind(input);
            }
            substitution.visit_expr_mut(&mut closure.body);
        });
        (self.in_closure, self.in_loop) = outer;
    }

    fn visit_expr_loop_mut(&mut self, loop_: &mut syn::ExprLoop) {
        let outer = std::mem::replace(&mut self.in_loop, true);
        self.visit_block_mut(&mut loop_.body);
        self.in_loop = outer;
    }

    fn visit_expr_while_mut(&mut self, loop_: &mut syn::ExprWhile) {
        self.scoped(|substitution| {
            substitution.visit_expr_mut(&mut loop_.cond);
            let outer = std::mem::replace(&mut substitution.in_loop, true);
            substitution.visit_block_mut(&mut loop_.body);
            substitution.in_loop = outer;
        });
    }

    fn visit_expr_if_mut(&mut self, choice: &mut syn::ExprIf) {
        self.scoped(|substitution| {
            substitution.visit_expr_mut(&mut choice.cond);
            substitution.visit_block_mut(&mut choice.then_branch);
        });
        if let Some((_, otherwise)) = &mut choice.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    /// What it binds is there in the rest of the condition and in what it is the condition of.
    fn visit_expr_let_mut(&mut self, condition: &mut syn::ExprLet) {
        self.visit_expr_mut(&mut condition.expr);
        let pat = condition.pat.clone();
        self.bind(&pat);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        self.scoped(|substitution| visit_mut::visit_block_mut(substitution, block));
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
        }
        let pat = local.pat.clone();
        self.bind(&pat);
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        self.scoped(|substitution| {
            substitution.bind(&arm.pat);
            if let Some((_, guard)) = &mut arm.guard {
                substitution.visit_expr_mut(guard);
            }
            substitution.visit_expr_mut(&mut arm.body);
        });
    }

    fn visit_expr_for_loop_mut(&mut self, loop_: &mut syn::ExprForLoop) {
        self.visit_expr_mut(&mut loop_.expr);
        let outer = std::mem::replace(&mut self.in_loop, true);
        self.scoped(|substitution| {
            substitution.bind(&loop_.pat);
            substitution.visit_block_mut(&mut loop_.body);
        });
        self.in_loop = outer;
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        self.lower.resolve(path);
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        self.visit_path_mut(&mut mac.path);
        match format::Family::of(mac) {
            Some(format::Family::Inert) => {}
            Some(family) => match format::arguments(mac) {
                Ok(mut args) => {
                    args.for_each(|arg| self.visit_expr_mut(arg));
                    let captures = args.captures(family);
                    for name in captures {
                        if let Some(value) = self.of_name(&name) {
                            args.capture(&name, value);
                        }
                    }
                    mac.tokens = args.tokens();
                }
                Err(error) => self.lower.diag.push(error),
            },
            None => {
                self.lower.diag.unsupported(&*mac, "this macro", "write out what it stands for");
            }
        }
    }

    fn visit_item_mut(&mut self, item: &mut syn::Item) {
        self.lower.diag.unsupported(&*item, "items inside this expression", "move it out of the function");
    }
}
