//! Closures: the operands of iterators, and local ones that are bound with `let` and called.
//!
//! A closure is lowered where it is applied, in the scope where it was written: its parameters are bound like a `let`, and
//! what it captures are the variables themselves. A local closure that is called in many places is lowered in each, so
//! that a chain of closures that call each other could grow without bound: what repetitions may add to a function is
//! limited to [`LIMIT`] values, far more than people write by hand, and more is refused.

use std::rc::Rc;

use quote::ToTokens;
use syn::visit::Visit;

use super::expr::Want;
use super::infer::{Class, TyVar};
use super::value::{Binding, Value};
use super::{Lower, assigned};

/// How many values the second and later applications of local closures may add to a function.
const LIMIT: usize = 20_000;

/// A closure in the body.
#[derive(Debug)]
pub(super) struct Closure {
    syntax: syn::ExprClosure,
    /// How many variables are in scope where it is written.
    depth: usize,
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
    /// The variables outside that it assigns.
    pub(super) fn assigned(&self) -> Vec<String> {
        assigned::in_expr(&syn::Expr::Closure(self.syntax.clone()))
    }

    pub(super) fn syntax(&self) -> syn::Expr {
        syn::Expr::Closure(self.syntax.clone())
    }
}

impl Callable {
    /// How many variables must be in scope for it.
    pub(super) fn depth(&self) -> usize {
        match self {
            Callable::Closure(closure) => closure.depth,
            Callable::Path(_) | Callable::Poison => 0,
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
        // It has copies, which what happens to the variables does not change, nor the other way round.
        if closure.capture.is_some() && self.moves_what_changes(&closure.body) {
            return self.unsupported(
                closure,
                "`move` of variables that change",
                "leave `move` out, or copy the variable first: `let k = k;`",
            );
        }
        let params = closure.inputs.iter().map(|_| self.fresh_ty(Class::Unknown)).collect();
        let result = self.fresh_ty(Class::Unknown);
        Value::Closure(Rc::new(Closure {
            syntax: closure.clone(),
            depth: self.env.bindings.len(),
            params,
            result,
            applied: std::cell::Cell::new(false),
        }))
    }

    /// Whether an expression names a variable that is `mut`.
    fn moves_what_changes(&self, body: &syn::Expr) -> bool {
        let mut names = Names(Vec::new());
        names.visit_expr(body);
        names.0.iter().any(|name| self.env.get(name).is_some_and(|binding| binding.mutable))
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
                    Some(Some(Value::Closure(closure))) => Some(Callable::Closure(closure.clone())),
                    Some(Some(Value::Poison)) => Some(Callable::Poison),
                    Some(_) => None,
                    None => Some(Callable::Path(path.clone())),
                }
            }
            _ => None,
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
                let mut names: Vec<syn::Ident> = Vec::new();
                for (i, value) in args.into_iter().enumerate() {
                    let name = quote::format_ident!("argument_{i}");
                    self.env.bindings.push(Binding { name: name.to_string(), value: Some(value), mutable: false });
                    names.push(name);
                }
                let call: syn::Expr = syn::parse_quote!(#path(#(#names),*));
                let value = self.expr(&call, Want::Scalar);
                let value = self.settle(value, path);
                self.env.bindings.truncate(depth);
                value
            }
        }
    }

    /// The value of a closure at arguments.
    pub(super) fn apply_closure(&mut self, closure: &Rc<Closure>, args: Vec<Value>) -> Value {
        let repeated = closure.applied.replace(true);
        if repeated && self.repeated > LIMIT {
            if std::mem::replace(&mut self.repeated, usize::MAX) == usize::MAX {
                // Said already.
                return Value::Poison;
            }
            return self.unsupported(
                &closure.syntax,
                "closures that are called this often, by each other",
                "write a function with `#[differentiate]` and call it",
            );
        }
        let before = self.b.vals.len();
        let expected = self.expected.take();
        let rest = self.env.bindings.split_off(closure.depth.min(self.env.bindings.len()));
        if args.len() != closure.syntax.inputs.len() {
            // rustc says how many there should be.
            self.env.bindings.extend(rest);
            return Value::Poison;
        }
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
        let value = self.expr(body, Want::Any);
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
        self.env.bindings.truncate(closure.depth);
        self.env.bindings.extend(rest);
        if repeated {
            self.repeated = self.repeated.saturating_add(self.b.vals.len() - before);
        }
        value
    }

    /// A call of a local closure. `None`: it is none.
    pub(super) fn closure_call(&mut self, call: &syn::ExprCall) -> Option<Value> {
        let mut func = &*call.func;
        while let syn::Expr::Paren(inner) = func {
            func = &inner.expr;
        }
        let syn::Expr::Path(path) = func else {
            return None;
        };
        let name = path.path.get_ident()?.to_string();
        let closure = match &self.env.get(&name)?.value {
            Some(Value::Closure(closure)) => closure.clone(),
            // Said where it was bound.
            Some(Value::Poison) => return Some(Value::Poison),
            _ => return None,
        };
        let mut args = Vec::new();
        for arg in &call.args {
            let value = self.expr(arg, Want::Any);
            args.push(self.settle(value, arg));
        }
        Some(self.apply_closure(&closure, args))
    }

    /// A value that leaves a scope with the variables from `depth` on: a closure must not need them.
    pub(super) fn escaping(&mut self, value: Value, depth: usize, at: impl ToTokens) -> Value {
        let stays = match &value {
            Value::Closure(closure) => closure.depth > depth,
            Value::Stream(stream) => stream.depth() > depth,
            _ => false,
        };
        if stays {
            return self.unsupported(at, "a closure that leaves its block", "write the block's variables before it");
        }
        value
    }

    /// What a variable may hold of what runs later: it must not change variables that the code between does not name.
    pub(super) fn check_deferred(&mut self, value: &Value, at: impl ToTokens) -> bool {
        let (names, depth) = match value {
            Value::Closure(closure) => (closure.assigned(), closure.depth),
            Value::Stream(stream) => (stream.assigned(), self.env.bindings.len()),
            _ => return true,
        };
        let outside = names.iter().any(|name| {
            self.env
                .bindings
                .iter()
                .take(depth)
                .rfind(|binding| binding.name == *name)
                .is_some_and(|binding| !binding.value.as_ref().is_some_and(Value::is_place))
        });
        if outside {
            self.diag.unsupported(
                at,
                "a closure in a variable that assigns what it captures",
                "let it return the new value: `s = f(s);`",
            );
        }
        !outside
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
