//! Closures: the operands of iterators, and local ones that are bound with `let` and called.
//!
//! A closure is lowered where it is applied, in the scope where it was written: its parameters are bound like a `let`, and
//! what it captures are the variables themselves. A local closure that is called in many places is lowered in each, so
//! that a chain of closures that call each other could grow without bound: what repetitions may add to a function is
//! limited to [`LIMIT`] values, far more than people write by hand, and more is refused.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::visit::Visit;

use super::expr::Want;
use super::infer::{Class, TyVar};
use super::value::{Binding, Value};
use super::{Lower, assigned};

/// How many values the second and later applications of local closures may add to a function.
const LIMIT: usize = 20_000;

/// A closure in the body.
#[derive(Clone, Debug)]
pub(super) struct Closure {
    syntax: syn::ExprClosure,
    /// How many variables are in scope where it is written, but those that it has taken along.
    depth: usize,
    /// The variables that it has taken along, out of a block or by `move`.
    captured: Vec<Binding>,
    /// The variables outside that it assigns, and where they are.
    assigned: Vec<(String, usize)>,
    /// The types of parameters that are numbers, and of the result: all applications agree.
    params: Vec<TyVar>,
    result: TyVar,
    /// It was applied before.
    applied: std::cell::Cell<bool>,
}

/// What is applied to the elements of an iterator.
#[derive(Clone, Debug)]
pub(super) enum Callable {
    Closure(Rc<Closure>),
    /// `f64::sqrt`, `g`.
    Path(syn::ExprPath),
    /// It was refused.
    Poison,
}

impl Closure {
    /// With the type of what it gives, unless it is written.
    pub(super) fn giving(&self, ty: &syn::Type) -> Rc<Closure> {
        let mut typed = self.clone();
        if let syn::ReturnType::Default = typed.syntax.output {
            typed.syntax.output = syn::parse_quote!(-> #ty);
        }
        Rc::new(typed)
    }

    /// The variables outside that it assigns.
    pub(super) fn assigned(&self) -> Vec<String> {
        self.assigned.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn syntax(&self) -> syn::Expr {
        syn::Expr::Closure(self.syntax.clone())
    }
}

impl Callable {
    /// As it is written.
    pub(super) fn syntax(&self) -> TokenStream {
        match self {
            Callable::Closure(closure) => closure.syntax.to_token_stream(),
            Callable::Path(path) => path.to_token_stream(),
            Callable::Poison => TokenStream::new(),
        }
    }

    /// The variables outside that it assigns.
    pub(super) fn assigned(&self) -> Vec<String> {
        match self {
            Callable::Closure(closure) => closure.assigned(),
            Callable::Path(_) | Callable::Poison => Vec::new(),
        }
    }
}

impl Lower<'_> {
    /// `|x| ..`.
    pub(super) fn closure(&mut self, closure: &syn::ExprClosure) -> Value {
        if closure.asyncness.is_some() || closure.constness.is_some() || closure.lifetimes.is_some() {
            return self.unsupported(closure, "this kind of closure", "write it as `|x| ..`");
        }
        let mut leaves = Leaves(None);
        leaves.visit_expr(&closure.body);
        if let Some(at) = leaves.0 {
            return self.unsupported(at, "leaving a closure early", "write `if` and `else`");
        }
        let names = self.assigned_by_expr(&syn::Expr::Closure(closure.clone()));
        // It has copies, which what happens to the variables does not change, nor the other way round.
        let captured = match closure.capture {
            Some(_) if names.is_empty() => self.copies_of_what_changes(closure),
            Some(_) => {
                return self.unsupported(
                    closure,
                    "a `move` closure that changes its copies",
                    "leave `move` out, or let it return the new value: `s = f(s);`",
                );
            }
            None => Vec::new(),
        };
        let assigned = names.into_iter().filter_map(|name| {
            let index = self.env.position(&name)?;
            Some((name, index))
        });
        let assigned = assigned.collect();
        let params = closure.inputs.iter().map(|_| self.fresh_ty(Class::Unknown)).collect();
        let result = self.fresh_ty(Class::Unknown);
        Value::Closure(Rc::new(Closure {
            syntax: closure.clone(),
            depth: self.env.bindings.len(),
            captured,
            assigned,
            params,
            result,
            applied: std::cell::Cell::new(false),
        }))
    }

    /// Copies of the variables that are `mut` and that a closure names.
    fn copies_of_what_changes(&mut self, closure: &syn::ExprClosure) -> Vec<Binding> {
        let mut names = Names(Vec::new());
        names.visit_expr_closure(closure);
        let mut copies: Vec<Binding> = Vec::new();
        for name in names.0 {
            let Some(binding) = self.env.get(&name).filter(|binding| binding.mutable).cloned() else { continue };
            if copies.iter().any(|copy| copy.name == name) {
                continue;
            }
            let value = binding.value.map(|value| self.settle(value, closure));
            copies.push(Binding { name, value, mutable: false });
        }
        copies
    }

    /// What an operand of an iterator applies. `None`: it is not modelled.
    pub(super) fn callable(&mut self, expr: &syn::Expr) -> Option<Callable> {
        match expr {
            syn::Expr::Paren(inner) => self.callable(&inner.expr),
            syn::Expr::Group(inner) => self.callable(&inner.expr),
            syn::Expr::Reference(inner) => self.callable(&inner.expr),
            syn::Expr::Closure(closure) => match self.closure(closure) {
                Value::Closure(closure) => Some(Callable::Closure(closure)),
                _ => Some(Callable::Poison),
            },
            syn::Expr::Path(path) => {
                let name = path.path.get_ident().map(|ident| ident.to_string());
                match name.and_then(|name| self.env.get(&name)).map(|binding| &binding.value) {
                    Some(Some(value)) => {
                        let value = value.clone();
                        self.callable_value(value, path)
                    }
                    Some(None) => None,
                    None => Some(Callable::Path(path.clone())),
                }
            }
            _ => None,
        }
    }

    /// What a variable applies.
    fn callable_value(&mut self, value: Value, at: &syn::ExprPath) -> Option<Callable> {
        match value.peel() {
            Value::Closure(closure) => Some(self.in_scope(closure, at)),
            Value::Poison => Some(Callable::Poison),
            _ => self.function_in_variable(&syn::Expr::Path(at.clone())).map(Callable::Path),
        }
    }

    /// The function that a variable names: `let f = f64::sin;`.
    pub(super) fn function_in_variable(&self, func: &syn::Expr) -> Option<syn::ExprPath> {
        let syn::Expr::Path(path) = func else { return None };
        let name = path.path.get_ident()?.to_string();
        match self.env.get(&name)?.value.clone()?.peel() {
            Value::Frag(frag) if frag.pure_ && frag.binds.is_empty() => match frag.expr {
                syn::Expr::Path(path) => Some(path),
                _ => None,
            },
            _ => None,
        }
    }

    /// A closure where it is called: what it assigns must be what its names mean there.
    fn in_scope(&mut self, closure: Rc<Closure>, at: &syn::ExprPath) -> Callable {
        let hidden = closure.assigned.iter().find(|(name, index)| self.env.position(name) != Some(*index)).cloned();
        match hidden {
            None => Callable::Closure(closure),
            Some((name, _)) => {
                self.unsupported(
                    at,
                    format_args!(
                        "a call of a closure that assigns `{name}`, which another variable of that name hides"
                    ),
                    "give the other variable another name",
                );
                Callable::Poison
            }
        }
    }

    /// The value of a function at arguments.
    pub(super) fn apply(&mut self, f: &Callable, args: Vec<Value>) -> Value {
        match f {
            Callable::Closure(closure) => self.apply_closure(closure, args),
            Callable::Poison => Value::Poison,
            Callable::Path(path) => {
                // As a call of it with variables.
                let depth = self.env.bindings.len();
                let span = path.span();
                let mut names: Vec<syn::Ident> = Vec::new();
                for (i, value) in args.into_iter().enumerate() {
                    let name = quote::format_ident!("argument_{i}", span = span);
                    self.env.bindings.push(Binding { name: name.to_string(), value: Some(value), mutable: false });
                    names.push(name);
                }
                let call: syn::Expr = syn::parse_quote_spanned!(span=> #path(#(#names),*));
                let value = self.expr(&call, Want::Scalar);
                let value = self.settle(value, path);
                self.env.bindings.truncate(depth);
                value
            }
        }
    }

    /// The value of a closure at arguments.
    fn apply_closure(&mut self, closure: &Rc<Closure>, args: Vec<Value>) -> Value {
        self.run_closure(closure, args).0
    }

    /// The value of a closure that changes its first parameter, and what that is afterwards.
    pub(super) fn apply_to_state(&mut self, f: &Callable, state: Value, value: Value) -> (Value, Value) {
        match f {
            Callable::Closure(closure) => {
                let (value, state) = self.run_closure(closure, vec![state, value]);
                (value, state.unwrap_or(Value::Poison))
            }
            _ => (Value::Poison, Value::Poison),
        }
    }

    /// The value of a closure at arguments, and its first parameter afterwards.
    fn run_closure(&mut self, closure: &Rc<Closure>, args: Vec<Value>) -> (Value, Option<Value>) {
        let repeated = closure.applied.replace(true);
        if repeated && self.repeated > LIMIT {
            if std::mem::replace(&mut self.repeated, usize::MAX) == usize::MAX {
                // Said already.
                return (Value::Poison, None);
            }
            let poison = self.unsupported(
                &closure.syntax,
                "closures that are called this often, by each other",
                "write a function with `#[differentiate]` and call it",
            );
            return (poison, None);
        }
        if args.len() != closure.syntax.inputs.len() {
            // rustc says how many there should be.
            return (Value::Poison, None);
        }
        let before = self.b.vals.len();
        let expected = self.expected.take();
        let rest = self.env.bindings.hide(closure.depth.min(self.env.bindings.len()));
        for captured in &closure.captured {
            self.env.bindings.push(captured.clone());
        }
        let first = self.env.bindings.len();
        for ((input, value), ty) in closure.syntax.inputs.iter().zip(args).zip(&closure.params) {
            if let Value::Scalar(val) = value
                && let Some(of) = self.ty(val)
            {
                self.agree(input, *ty, of);
            }
            self.bind(input, value, None);
        }
        self.expected = expected;
        let body = &*closure.syntax.body;
        if let syn::ReturnType::Type(_, ty) = &closure.syntax.output {
            self.goes = super::goes::of_type(ty);
        }
        let value = self.closure_body(body);
        let value = match &closure.syntax.output {
            syn::ReturnType::Type(_, ty) => self.ascribe(value, ty),
            syn::ReturnType::Default => value,
        };
        let value = self.settle(value, body);
        let value = self.escaping(value, closure.depth, body);
        if let Value::Scalar(val) = value
            && let Some(of) = self.ty(val)
        {
            self.agree(body, closure.result, of);
        }
        let first = self.env.bindings.get(first).and_then(|binding| binding.value.clone());
        self.env.bindings.truncate(closure.depth);
        self.env.bindings.show(rest);
        if repeated {
            self.repeated = self.repeated.saturating_add(self.b.vals.len() - before);
        }
        (value, first)
    }

    fn closure_body(&mut self, body: &syn::Expr) -> Value {
        match body {
            // What else could be done with a range?
            syn::Expr::Range(range) if range.start.is_some() => match self.stream(body) {
                Some(stream) => Value::Stream(Box::new(stream)),
                None => self.expr(body, Want::Any),
            },
            syn::Expr::Paren(inner) => self.closure_body(&inner.expr),
            body => self.expr(body, Want::Any),
        }
    }

    /// A call of a local closure. `None`: it is none.
    pub(super) fn closure_call(&mut self, call: &syn::ExprCall) -> Option<Value> {
        let mut func = &*call.func;
        while let syn::Expr::Paren(inner) = func {
            func = &inner.expr;
        }
        // `(|x| ..)(y)`
        if let syn::Expr::Closure(_) = func {
            let f = self.callable(func)?;
            let args = self.closure_args(call);
            return Some(self.apply(&f, args));
        }
        let syn::Expr::Path(path) = func else {
            return None;
        };
        let name = path.path.get_ident()?.to_string();
        let closure = match self.env.get(&name)?.value.clone()?.peel() {
            Value::Closure(closure) => closure,
            // Said where it was bound.
            Value::Poison => return Some(Value::Poison),
            _ => return None,
        };
        let args = self.closure_args(call);
        let f = self.in_scope(closure, path);
        Some(self.apply(&f, args))
    }

    fn closure_args(&mut self, call: &syn::ExprCall) -> Vec<Value> {
        let mut args = Vec::new();
        for arg in &call.args {
            let value = self.expr(arg, Want::Any);
            args.push(self.settle(value, arg));
        }
        args
    }

    /// A value that leaves a scope with the variables from `depth` on: closures take along what they need.
    pub(super) fn escaping(&mut self, value: Value, depth: usize, at: impl ToTokens) -> Value {
        match value {
            Value::Closure(closure) => match self.taken_along(&closure, depth, &at.to_token_stream()) {
                Callable::Closure(closure) => Value::Closure(closure),
                _ => Value::Poison,
            },
            Value::Stream(mut stream) => {
                let at = at.to_token_stream();
                stream.each_callable(&mut |f| {
                    if let Callable::Closure(closure) = f {
                        *f = self.taken_along(&closure.clone(), depth, &at);
                    }
                });
                Value::Stream(stream)
            }
            value => value,
        }
    }

    fn taken_along(&mut self, closure: &Rc<Closure>, depth: usize, at: &TokenStream) -> Callable {
        if closure.depth <= depth {
            return Callable::Closure(closure.clone());
        }
        if closure.assigned.iter().any(|(_, index)| *index >= depth) {
            self.unsupported(
                at,
                "a closure that leaves its block and assigns variables of it",
                "declare the variables before the block",
            );
            return Callable::Poison;
        }
        let mut captured: Vec<Binding> = self.env.bindings.get(depth..closure.depth).unwrap_or_default().to_vec();
        captured.extend(closure.captured.iter().cloned());
        Callable::Closure(Rc::new(Closure {
            syntax: closure.syntax.clone(),
            depth,
            captured,
            assigned: closure.assigned.clone(),
            params: closure.params.clone(),
            result: closure.result,
            applied: closure.applied.clone(),
        }))
    }

    // ---- what is assigned -----------------------------------------------------------------------------------------

    /// The variables that an expression assigns, those among them that are assigned by closures and iterators in
    /// variables.
    pub(super) fn assigned_by_expr(&self, expr: &syn::Expr) -> Vec<String> {
        let mut names = assigned::in_expr(expr);
        self.add_deferred(&mut names, &|visitor| visitor.visit_expr(expr));
        names.extend(self.advanced(|advances| advances.visit_expr(expr)));
        names
    }

    /// As [`Self::assigned_by_expr`], of statements.
    pub(super) fn assigned_by_stmts(&self, stmts: &[syn::Stmt]) -> Vec<String> {
        let mut names = assigned::in_stmts(stmts);
        self.add_deferred(&mut names, &|visitor| stmts.iter().for_each(|stmt| visitor.visit_stmt(stmt)));
        names.extend(self.advanced(|advances| stmts.iter().for_each(|stmt| advances.visit_stmt(stmt))));
        names
    }

    fn add_deferred(&self, names: &mut Vec<String>, visit: &dyn Fn(&mut Names)) {
        let runs_later = |value: &Value| match value {
            Value::Closure(_) | Value::Stream(_) => true,
            Value::Ref(inner) => matches!(**inner, Value::Closure(_)),
            _ => false,
        };
        if !self.env.bindings.iter().any(|binding| binding.value.as_ref().is_some_and(runs_later)) {
            return;
        }
        let mut mentioned = Names(Vec::new());
        visit(&mut mentioned);
        for name in mentioned.0 {
            match self.env.get(&name).and_then(|binding| binding.value.clone()).map(Value::peel) {
                Some(Value::Closure(closure)) => names.extend(closure.assigned()),
                Some(Value::Stream(stream)) => names.extend(stream.assigned()),
                _ => {}
            }
        }
    }
}

/// Finds the names that an expression may read, those that it binds itself among them.
pub(super) struct Names(pub(super) Vec<String>);

impl<'ast> Visit<'ast> for Names {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.extend(path.get_ident().map(|ident| ident.to_string()));
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let tokens = mac.tokens.clone().into_iter();
        self.0.extend(tokens.filter_map(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        }));
    }
}

/// Finds what leaves a closure.
struct Leaves(Option<syn::Expr>);

impl<'ast> Visit<'ast> for Leaves {
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        match expr {
            syn::Expr::Return(_) | syn::Expr::Try(_) => self.0 = Some(expr.clone()),
            syn::Expr::Closure(_) => {}
            expr => syn::visit::visit_expr(self, expr),
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
