//! Blocks, `let`, assignments, and items in the body.

use quote::ToTokens;
use syn::spanned::Spanned;

use super::expr::Want;
use super::value::{Binding, Value};
use super::{Lower, pattern};

impl Lower<'_> {
    /// The statements of a block, in a scope of their own, and the value of the last expression.
    pub(super) fn block(&mut self, block: &syn::Block, want: Want) -> Value {
        let depth = self.env.bindings.len();
        let imports = self.imports.clone();
        for stmt in &block.stmts {
            if let syn::Stmt::Item(item) = stmt {
                self.item(item);
            }
        }
        let mut result = Value::Unit;
        let mut never = false;
        let count = block.stmts.len();
        for (i, stmt) in block.stmts.iter().enumerate() {
            let last = i + 1 == count;
            let value = match stmt {
                syn::Stmt::Item(_) => continue,
                syn::Stmt::Local(local) => {
                    self.local(local);
                    continue;
                }
                // `return x;` at the very end is a habit from other languages, and the same as `x`.
                syn::Stmt::Expr(syn::Expr::Return(syn::ExprReturn { expr: Some(expr), .. }), _)
                    if last && depth == self.outermost && matches!(want, Want::Scalar | Want::Tuple(_)) =>
                {
                    result = self.expr(expr, want);
                    continue;
                }
                syn::Stmt::Expr(expr, None) if last => {
                    result = self.expr(expr, want);
                    continue;
                }
                syn::Stmt::Expr(expr, _) => self.expr(expr, Want::Nothing),
                syn::Stmt::Macro(mac) => {
                    let expr = syn::Expr::Macro(syn::ExprMacro { attrs: mac.attrs.clone(), mac: mac.mac.clone() });
                    let want = if last && mac.semi_token.is_none() { want } else { Want::Nothing };
                    let value = self.expr(&expr, want);
                    if last && mac.semi_token.is_none() {
                        result = value;
                        continue;
                    }
                    value
                }
            };
            match value {
                Value::Frag(frag) => {
                    let outer = std::mem::replace(&mut self.b.span, stmt.span());
                    self.drop_frag(frag, stmt.to_token_stream());
                    self.b.span = outer;
                }
                Value::Never => never = true,
                _ => {}
            }
        }
        // A variable of this block that is its value is read before it goes out of scope.
        if want != Want::Nothing {
            let outer = std::mem::replace(&mut self.b.span, block.span());
            result = match result {
                Value::Frag(frag) if !frag.pure_ => Value::Scalar(self.emit_frag(frag, block.to_token_stream(), false)),
                result => result,
            };
            self.b.span = outer;
        }
        let result = self.leaving(result, depth, block);
        self.env.bindings.truncate(depth);
        self.imports = imports;
        if never { Value::Never } else { result }
    }

    fn local(&mut self, local: &syn::Local) {
        let outer = std::mem::replace(&mut self.b.span, local.span());
        let (pat, ty) = match &local.pat {
            syn::Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pat => (pat, None),
        };
        match &local.init {
            None => {
                for (name, mutable) in pattern::names(pat) {
                    self.env.bindings.push(Binding { name, value: None, mutable });
                }
            }
            Some(init) if init.diverge.is_some() => {
                self.unsupported(local, "`let` with `else`", "unwrap the value outside and pass it in");
                self.bind_poison(pat);
            }
            Some(init) => {
                let want = match (pat, ty) {
                    (syn::Pat::Tuple(tuple), _) => Want::Tuple(tuple.elems.len()),
                    (_, Some(syn::Type::Tuple(tuple))) => Want::Tuple(tuple.elems.len()),
                    _ => Want::Any,
                };
                self.expected = ty.cloned();
                let value = self.expr(&init.expr, want);
                self.bind(pat, value, ty);
            }
        }
        self.b.span = outer;
    }

    /// `left = right`.
    pub(super) fn assign(&mut self, left: &syn::Expr, right: &syn::Expr, at: &syn::Expr) -> Value {
        let want = match left {
            syn::Expr::Tuple(tuple) => Want::Tuple(tuple.elems.len()),
            _ => Want::Any,
        };
        // As for every assignment in Rust, the right side is evaluated first.
        let value = self.expr(right, want);
        let value = self.settle(value, right);
        self.assign_value(left, value, at);
        Value::Unit
    }

    fn assign_value(&mut self, left: &syn::Expr, value: Value, at: &syn::Expr) {
        match left {
            syn::Expr::Paren(inner) => self.assign_value(&inner.expr, value, at),
            syn::Expr::Group(inner) => self.assign_value(&inner.expr, value, at),
            syn::Expr::Infer(_) => {}
            syn::Expr::Tuple(tuple) => {
                for (i, elem) in tuple.elems.iter().enumerate() {
                    let part = match &value {
                        Value::Poison | Value::Never => Value::Poison,
                        value => self.part(value.clone(), i, elem),
                    };
                    let part = self.read(part);
                    self.assign_value(elem, part, at);
                }
            }
            left => {
                if let Some((index, path)) = self.variable(left) {
                    self.set(index, &path, value, at);
                    return;
                }
                let place = self.place_of(left);
                self.store(place, value, at);
            }
        }
    }

    /// `left op= right`. The operands are primitive, so that Rust evaluates the right side first.
    pub(super) fn compound(
        &mut self,
        left: &syn::Expr,
        op: &syn::BinOp,
        right: &syn::Expr,
        at: &syn::ExprBinary,
    ) -> Value {
        let value = self.scalar_expr(right);
        let whole = syn::Expr::Binary(at.clone());
        if let Some((index, path)) = self.variable(left) {
            let old = self.expr(left, Want::Scalar);
            let old = self.scalar(old, left);
            let new = self.arithmetic(op, old, value, at);
            self.set(index, &path, Value::Scalar(new), &whole);
            return Value::Unit;
        }
        let target = self.place_of(left);
        if !matches!(target, Value::Poison) {
            self.update(target, op, value, &whole);
        }
        Value::Unit
    }

    /// The variable, and the part of the tuple that it is, behind an assigned expression: `x`, `t.0`; not memory.
    fn variable(&self, left: &syn::Expr) -> Option<(usize, Vec<usize>)> {
        match left {
            syn::Expr::Paren(inner) => self.variable(&inner.expr),
            syn::Expr::Group(inner) => self.variable(&inner.expr),
            syn::Expr::Path(path) => {
                let index = self.env.position(&path.path.get_ident()?.to_string())?;
                let value = &self.env.bindings.get(index)?.value;
                // A whole array is assigned in its memory.
                (!matches!(value, Some(Value::Place(_)))).then_some((index, Vec::new()))
            }
            syn::Expr::Field(syn::ExprField { base, member: syn::Member::Unnamed(member), .. }) => {
                let (index, mut path) = self.variable(base)?;
                let mut value = self.env.bindings.get(index)?.value.as_ref()?;
                path.push(member.index as usize);
                for part in &path {
                    match value {
                        Value::Tuple(parts) => value = parts.get(*part)?,
                        _ => return None,
                    }
                }
                Some((index, path))
            }
            _ => None,
        }
    }

    /// Gives a variable, or a part of one, a new value.
    fn set(&mut self, index: usize, path: &[usize], value: Value, at: &syn::Expr) {
        let Some(binding) = self.env.bindings.get(index) else {
            return;
        };
        // A variable that is declared first and given its value later need not be `mut`.
        let (name, mutable, old) = (binding.name.clone(), binding.mutable, binding.value.clone());
        let value = self.held(value, mutable, &name, at);
        self.name(&value, &name);
        if let Some(old) = &old {
            let mut part = Some(old);
            for i in path {
                part = match part {
                    Some(Value::Tuple(parts)) => parts.get(*i),
                    _ => None,
                };
            }
            if let (Some(Value::Scalar(old)), Value::Scalar(new)) = (part, &value) {
                self.agree_vals(at, *old, *new);
            }
        }
        if let Some(binding) = self.env.bindings.get_mut(index) {
            match &mut binding.value {
                Some(old) => replace(old, path, value),
                slot => *slot = Some(value),
            }
        }
    }

    /// Items in the body.
    fn item(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Const(item) => self.const_item(item),
            syn::Item::Use(item) => {
                let mut prefix = Vec::new();
                let rooted = item.leading_colon;
                self.import(&item.tree, &mut prefix, rooted);
            }
            syn::Item::Fn(function) => {
                self.unsupported(
                    &function.sig,
                    "functions inside a differentiated function",
                    "move it out; if active values flow through it, give it `#[differentiate]`",
                );
            }
            item => {
                self.unsupported(item, "this item inside a differentiated function", "move it out of the function");
            }
        }
    }

    fn import(&mut self, tree: &syn::UseTree, prefix: &mut Vec<syn::Ident>, rooted: Option<syn::Token![::]>) {
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(path.ident.clone());
                self.import(&path.tree, prefix, rooted);
                prefix.pop();
            }
            syn::UseTree::Name(name) => self.import_as(&name.ident, &name.ident, prefix, rooted),
            syn::UseTree::Rename(rename) => self.import_as(&rename.ident, &rename.rename, prefix, rooted),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, prefix, rooted);
                }
            }
            syn::UseTree::Glob(glob) => {
                self.unsupported(
                    glob,
                    "`use ..::*` inside a differentiated function",
                    "name what is used, or move the `use` out of the function",
                );
            }
        }
    }

    fn import_as(
        &mut self,
        ident: &syn::Ident,
        name: &syn::Ident,
        prefix: &[syn::Ident],
        rooted: Option<syn::Token![::]>,
    ) {
        let mut segments: syn::punctuated::Punctuated<syn::PathSegment, syn::Token![::]> = Default::default();
        for segment in prefix {
            segments.push(segment.clone().into());
        }
        if ident != "self" {
            segments.push(ident.clone().into());
        }
        let name = match prefix.last() {
            Some(last) if name == "self" => last,
            _ => name,
        };
        self.imports.insert(name.to_string(), syn::Path { leading_colon: rooted, segments });
    }
}

fn replace(value: &mut Value, path: &[usize], new: Value) {
    match (path.split_first(), value) {
        (None, value) => *value = new,
        (Some((i, rest)), Value::Tuple(parts)) => {
            if let Some(part) = parts.get_mut(*i) {
                replace(part, rest, new);
            }
        }
        _ => {}
    }
}
