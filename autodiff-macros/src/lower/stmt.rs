//! Blocks, `let`, assignments, and items in the body.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;

use super::exit::{self, Exit, Gone, Position};
use super::expr::Want;
use super::extent::{self, Extent};
use super::value::{Binding, Value};
use super::{Lower, assigned, chained, grown, optional, pattern};
use crate::ir::Val;

/// What statements know of the block that they are in.
#[derive(Copy, Clone)]
struct Scope {
    /// How the block's value is used.
    want: Want,
    /// The jump that goes where the block ends.
    tail: Option<Exit>,
    /// How many variables are in scope where the block begins.
    depth: usize,
}

/// Statements as tokens.
struct Statements<'a>(&'a [syn::Stmt]);

impl ToTokens for Statements<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.iter().for_each(|stmt| stmt.to_tokens(tokens));
    }
}

impl Lower<'_> {
    /// The statements of a block, in a scope of their own, and the value of the last expression.
    pub(super) fn block(&mut self, block: &syn::Block, want: Want) -> Value {
        let tail = std::mem::take(&mut self.position).tail;
        let depth = self.env.bindings.len();
        let imports = self.imports.clone();
        for stmt in &block.stmts {
            if let syn::Stmt::Item(item) = stmt {
                self.item(item);
            }
        }
        let result = self.stmts(&block.stmts, Scope { want, tail, depth });
        // A variable of this block that is its value is read before it goes out of scope. (A vector without elements may be of
        // what is modelled.)
        let result = match result {
            Value::Frag(frag) if want != Want::Nothing && !frag.pure_ && !grown::is_empty_of_composites(&frag.expr) => {
                let tail = block.stmts.last();
                let span = tail.map_or_else(|| block.span(), |tail| tail.span());
                let outer = std::mem::replace(&mut self.b.span, span);
                let at = tail.map_or_else(|| block.to_token_stream(), |tail| tail.to_token_stream());
                let val = self.emit_frag(frag, at, false);
                self.b.span = outer;
                Value::Scalar(val)
            }
            result => result,
        };
        let result = self.escaping(result, depth, block);
        self.env.bindings.truncate(depth);
        self.imports = imports;
        result
    }

    /// Statements to the end of their block.
    fn stmts(&mut self, stmts: &[syn::Stmt], scope: Scope) -> Value {
        for (i, stmt) in stmts.iter().enumerate() {
            let rest = stmts.get(i + 1..).unwrap_or_default();
            let position = Position::statement(scope.tail);
            let value = match stmt {
                syn::Stmt::Item(_) => continue,
                syn::Stmt::Local(local) => match &local.init {
                    Some(syn::LocalInit { expr, diverge: Some((_, els)), .. }) => {
                        return self.let_else(local, expr, els, rest, scope);
                    }
                    Some(init) => match self.after_borrow(local, rest) {
                        Some(rest) => return self.stmts(&rest, scope),
                        None => self.local(local, init),
                    },
                    None => self.declaration(local, rest),
                },
                syn::Stmt::Expr(expr, None) if rest.is_empty() => {
                    self.position = position;
                    return self.expr(expr, scope.want);
                }
                // `return x;` at the very end is a habit from other languages, and the same as `x`.
                syn::Stmt::Expr(expr @ (syn::Expr::Return(_) | syn::Expr::Break(_)), _) if rest.is_empty() => {
                    self.position = position;
                    return self.expr(expr, scope.want);
                }
                syn::Stmt::Expr(syn::Expr::If(branch), _) if self.goes_on_in_one_branch(branch) => {
                    return self.if_then(branch, rest, scope);
                }
                syn::Stmt::Expr(syn::Expr::Assign(assign), _) if !self.exits_of_expr(&assign.right).is_empty() => {
                    return self.assign_or_leave(assign, rest, scope);
                }
                syn::Stmt::Expr(expr, _) => {
                    self.position = Position::statement(None);
                    self.expr(expr, Want::Nothing)
                }
                syn::Stmt::Macro(mac) => {
                    let expr = syn::Expr::Macro(syn::ExprMacro { attrs: mac.attrs.clone(), mac: mac.mac.clone() });
                    if rest.is_empty() && mac.semi_token.is_none() {
                        return self.expr(&expr, scope.want);
                    }
                    self.expr(&expr, Want::Nothing)
                }
            };
            if let Some(end) = self.discard(value, stmt) {
                return end;
            }
            let exits = self.exits_of_stmts(std::slice::from_ref(stmt));
            match self.gone(&exits) {
                Gone::Never => {}
                Gone::Always => return Value::Exit,
                Gone::If(gone) => return self.unless(gone, &exits, rest, scope),
            }
        }
        Value::Unit
    }

    /// The value of a statement is not used. What does not come to its end, and is the end of its block, comes back.
    fn discard(&mut self, value: Value, stmt: impl ToTokens + Spanned) -> Option<Value> {
        match value {
            Value::Frag(frag) => {
                let outer = std::mem::replace(&mut self.b.span, stmt.span());
                self.drop_frag(frag, stmt.to_token_stream());
                self.b.span = outer;
                None
            }
            Value::Never | Value::Exit => Some(value),
            _ => None,
        }
    }

    /// `rest`, unless one of the jumps `exits` was made.
    fn unless(&mut self, gone: Val, exits: &[Exit], rest: &[syn::Stmt], scope: Scope) -> Value {
        let names = self.changed_by_stmts(rest);
        self.unless_gone(gone, exits, names, rest, scope, |lower| lower.stmts(rest, scope))
    }

    fn unless_gone(
        &mut self,
        gone: Val,
        exits: &[Exit],
        mut names: Vec<String>,
        at: &[syn::Stmt],
        scope: Scope,
        rest: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        names.extend(exits.iter().map(|exit| exit.flag()));
        self.rest_in_a_branch(
            gone,
            &names,
            scope,
            at,
            |lower| lower.arrived(exits, scope.tail),
            |lower| {
                lower.clear_exits(exits);
                rest(lower)
            },
        )
    }

    /// A branch to the end of the block, whose variables nobody reads any more.
    fn rest_in_a_branch(
        &mut self,
        cond: Val,
        names: &[String],
        scope: Scope,
        at: &[syn::Stmt],
        then: impl FnOnce(&mut Self) -> Value,
        els: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        let count = self.env.bindings.len();
        self.branch_at(
            cond,
            names,
            scope.depth,
            |lower| {
                let value = then(lower);
                lower.env.bindings.truncate(count);
                value
            },
            |lower| {
                let value = els(lower);
                lower.env.bindings.truncate(count);
                value
            },
            (&Statements(at), Extent::of_stmts(at)),
        )
    }

    /// Whether a statement is a branch of which one side is left by a jump.
    fn goes_on_in_one_branch(&self, branch: &syn::ExprIf) -> bool {
        if chained::is_chain(&branch.cond) {
            return false;
        }
        let els = branch.else_branch.as_ref().map(|(_, els)| &**els);
        (exit::diverges(&branch.then_branch) || els.is_some_and(exit::diverges_expr))
            && !(self.exits_of_stmts(&branch.then_branch.stmts).is_empty()
                && els.is_none_or(|els| self.exits_of_expr(els).is_empty()))
    }

    /// Such a branch, and what follows it on its other side.
    fn if_then(&mut self, branch: &syn::ExprIf, rest: &[syn::Stmt], scope: Scope) -> Value {
        let outer = std::mem::replace(&mut self.b.span, branch.if_token.span);
        let test = self.test(&branch.cond);
        let els = branch.else_branch.as_ref().map(|(_, els)| &**els);
        let mut names = self.changed_by_stmts(&branch.then_branch.stmts);
        names.retain(|name| !test.binds(name));
        names.extend(els.map(|els| self.changed_by_expr(els)).unwrap_or_default());
        names.extend(self.changed_by_stmts(rest));
        let leaves = exit::diverges(&branch.then_branch);
        let position = Position::statement(scope.tail);
        let value = self.rest_in_a_branch(
            test.cond,
            &names,
            scope,
            rest,
            |lower| {
                let inside = lower.env.bindings.len();
                lower.bind_test(&test);
                if leaves {
                    lower.position = position;
                    return lower.block(&branch.then_branch, scope.want);
                }
                lower.position = Position::statement(None);
                let value = lower.block(&branch.then_branch, Want::Nothing);
                lower.env.bindings.truncate(inside);
                let exits = lower.exits_of_stmts(&branch.then_branch.stmts);
                lower.then(value, &branch.then_branch, &exits, rest, scope)
            },
            |lower| match els {
                None => lower.stmts(rest, scope),
                Some(els) if !leaves => {
                    lower.position = position;
                    lower.expr(els, scope.want)
                }
                Some(syn::Expr::If(els)) if lower.goes_on_in_one_branch(els) => lower.if_then(els, rest, scope),
                Some(els) => {
                    lower.position = Position::statement(None);
                    let value = lower.expr(els, Want::Nothing);
                    let exits = lower.exits_of_expr(els);
                    lower.then(value, els, &exits, rest, scope)
                }
            },
        );
        self.b.span = outer;
        value
    }

    /// What follows a statement that had this value.
    fn then(
        &mut self,
        value: Value,
        stmt: impl ToTokens + Spanned,
        exits: &[Exit],
        rest: &[syn::Stmt],
        scope: Scope,
    ) -> Value {
        if let Some(end) = self.discard(value, stmt) {
            return end;
        }
        match self.gone(exits) {
            Gone::Never => self.stmts(rest, scope),
            Gone::Always => Value::Exit,
            Gone::If(gone) => self.unless(gone, exits, rest, scope),
        }
    }

    /// `left = right;` where `right` may leave: then nothing is assigned.
    fn assign_or_leave(&mut self, assign: &syn::ExprAssign, rest: &[syn::Stmt], scope: Scope) -> Value {
        let outer = std::mem::replace(&mut self.b.span, extent::first(&assign.left));
        self.position = Position::statement(None);
        self.goes = self.goes_to_place(&assign.left);
        let typed = self.typed_for(&assign.left, &assign.right);
        let value = self.expr(typed.as_ref().unwrap_or(&assign.right), Want::Any);
        self.b.span = outer;
        if let Value::Never | Value::Exit = value {
            return value;
        }
        let value = self.settle(value, &assign.right);
        let exits = self.exits_of_expr(&assign.right);
        let whole = syn::Expr::Assign(assign.clone());
        match self.gone(&exits) {
            Gone::Always => Value::Exit,
            Gone::Never => {
                self.assign_value(&assign.left, value, &whole);
                self.stmts(rest, scope)
            }
            Gone::If(gone) => {
                let mut names = self.assigned_by_expr(&whole);
                names.extend(self.changed_by_stmts(rest));
                self.unless_gone(gone, &exits, names, rest, scope, |lower| {
                    lower.assign_value(&assign.left, value, &whole);
                    lower.stmts(rest, scope)
                })
            }
        }
    }

    /// `let pattern = value else { leave };` and what follows.
    fn let_else(
        &mut self,
        local: &syn::Local,
        value: &syn::Expr,
        els: &syn::Expr,
        rest: &[syn::Stmt],
        scope: Scope,
    ) -> Value {
        let outer = std::mem::replace(&mut self.b.span, local.let_token.span);
        let (pat, ty) = match &local.pat {
            syn::Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pat => (pat, None),
        };
        let test = match self.optional_test(pat, value) {
            Some(test) => test,
            None => {
                let scrutinee = self.scrutinee(value, ty, [pat]);
                self.pattern_test(pat, scrutinee)
            }
        };
        let mut names = self.changed_by_stmts(rest);
        names.retain(|name| !test.binds(name));
        names.extend(self.changed_by_expr(els));
        let value = self.rest_in_a_branch(
            test.cond,
            &names,
            scope,
            rest,
            |lower| {
                lower.bind_test(&test);
                lower.stmts(rest, scope)
            },
            |lower| {
                lower.position = Position::statement(scope.tail);
                lower.expr(els, scope.want)
            },
        );
        self.b.span = outer;
        value
    }

    /// `let pat = init;`. The value is that of a statement.
    fn local(&mut self, local: &syn::Local, init: &syn::LocalInit) -> Value {
        let mut result = Value::Unit;
        let outer = std::mem::replace(&mut self.b.span, local.let_token.span);
        let (pat, ty) = typed(&local.pat);
        let want = match (pat, ty) {
            (syn::Pat::Tuple(tuple), _) => Want::Tuple(tuple.elems.len()),
            (_, Some(syn::Type::Tuple(tuple))) => Want::Tuple(tuple.elems.len()),
            _ => Want::Any,
        };
        self.position = Position::statement(None);
        self.expected = ty.cloned();
        self.inner_parts = inner_parts(pat, ty);
        self.goes = self.goes_to(pat, ty);
        if let syn::Pat::Ident(ident) = pat
            && let Some(value) = self.grown(&ident.ident.to_string(), ty, &init.expr)
        {
            self.bind(pat, value, None);
            self.b.span = outer;
            return result;
        }
        let typed_init = ty.and_then(|ty| self.typed(&init.expr, ty));
        let init_expr = typed_init.as_ref().unwrap_or(&init.expr);
        // An `Option` of a float, which a constant may be put into now and an active value later.
        let value = match ty.is_some_and(super::optional::is_of_float) {
            true => {
                let outer = std::mem::replace(&mut self.option_of, ty.and_then(super::optional::float_of));
                let value = self.modelled(|lower| lower.expr(init_expr, want));
                self.option_of = outer;
                value
            }
            false => self.expr(init_expr, want),
        };
        match value {
            // Nothing follows that could read the variables.
            value @ (Value::Never | Value::Exit) => result = value,
            value => self.bind(pat, value, ty),
        }
        self.b.span = outer;
        result
    }

    /// `let pat;`: the variables get their values in `rest`. A loop that gives one its value carries it, and so something
    /// of its make stands in for it until then.
    fn declaration(&mut self, local: &syn::Local, rest: &[syn::Stmt]) -> Value {
        let (pat, ty) = typed(&local.pat);
        for (name, mutable) in pattern::names(pat) {
            let key = (self.env.bindings.len(), name.clone());
            match ty {
                Some(ty) => self.declared.insert(key.clone(), ty.clone()),
                None => self.declared.remove(&key),
            };
            match assigned::first_value(rest, &name) {
                Some(value) if !is_aggregate(value) => self.later.insert(key, exit::Make::of(value)),
                _ => self.later.remove(&key),
            };
            self.env.bindings.push(Binding { name, value: None, mutable });
        }
        Value::Unit
    }

    /// `left = right`.
    pub(super) fn assign(&mut self, left: &syn::Expr, right: &syn::Expr, at: &syn::Expr) -> Value {
        let want = match left {
            syn::Expr::Tuple(tuple) => Want::Tuple(tuple.elems.len()),
            _ => Want::Any,
        };
        // As for every assignment in Rust, the right side is evaluated first.
        self.goes = self.goes_to_place(left);
        let typed = self.typed_for(left, right);
        let value = self.expr(typed.as_ref().unwrap_or(right), want);
        let value = self.settle(value, right);
        self.assign_value(left, value, at);
        Value::Unit
    }

    pub(super) fn assign_value(&mut self, left: &syn::Expr, value: Value, at: &syn::Expr) {
        match left {
            syn::Expr::Paren(inner) => self.assign_value(&inner.expr, value, at),
            syn::Expr::Group(inner) => self.assign_value(&inner.expr, value, at),
            syn::Expr::Infer(_) => {}
            syn::Expr::Tuple(tuple) => {
                for (i, elem) in tuple.elems.iter().enumerate() {
                    let part = match &value {
                        Value::Poison | Value::Never | Value::Exit => Value::Poison,
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
        whole: &syn::Expr,
    ) -> Value {
        let value = self.scalar_expr(right);
        if let Some((index, path)) = self.variable(left) {
            let old = self.expr(left, Want::Scalar);
            let old = self.scalar(old, left);
            let new = self.arithmetic(op, old, value, Extent::of(whole));
            self.set(index, &path, Value::Scalar(new), whole);
            return Value::Unit;
        }
        let target = self.place_of(left);
        if !matches!(target, Value::Poison) {
            self.update(target, op, value, whole);
        }
        Value::Unit
    }

    /// The variable, and the part of the tuple that it is, behind an assigned expression: `x`, `t.0`; not memory.
    pub(super) fn variable(&self, left: &syn::Expr) -> Option<(usize, Vec<usize>)> {
        match left {
            syn::Expr::Paren(inner) => self.variable(&inner.expr),
            syn::Expr::Group(inner) => self.variable(&inner.expr),
            syn::Expr::Path(path) => {
                let index = self.env.position(&path.path.get_ident()?.to_string())?;
                let value = &self.env.bindings.get(index)?.value;
                // A whole array is assigned in its memory.
                (!matches!(value, Some(Value::Place(_)))).then_some((index, Vec::new()))
            }
            syn::Expr::Field(syn::ExprField { base, member, .. }) => {
                let (index, mut path) = self.variable(base)?;
                let mut value = self.env.bindings.get(index)?.value.as_ref()?;
                for part in &path {
                    value = parts(value)?.get(*part)?;
                }
                path.push(match (value, member) {
                    (Value::Struct(maker, _), syn::Member::Named(field)) => maker.position(&field.to_string())?,
                    (Value::Struct(maker, _), syn::Member::Unnamed(field)) => {
                        maker.position(&field.index.to_string())?
                    }
                    (_, syn::Member::Unnamed(field)) => field.index as usize,
                    _ => return None,
                });
                // A whole array is assigned in its memory.
                let part = parts(value)?.get(*path.last()?)?;
                (!matches!(part, Value::Place(_))).then_some((index, path))
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
        let mut part = old.as_ref();
        for i in path {
            part = part.and_then(parts).and_then(|parts| parts.get(*i));
        }
        let declared = self.declared.get(&(index, name.clone())).cloned();
        let value = match (part, declared) {
            (Some(old @ (Value::Struct(..) | Value::Tuple(_) | Value::Optional(..))), _) => {
                let value = self.settle(value, at);
                self.conform(old, value, at)
            }
            (_, Some(ty)) if old.is_none() => self.ascribe(value, &ty),
            // A variable of which nothing says that it is an `Option` of a number.
            (Some(Value::Scalar(_)), _) if matches!(value, Value::Optional(..)) => {
                let why = optional::untyped(&name);
                self.untyped_options.insert(name.clone());
                let frag = self.embed(value);
                Value::Frag(super::value::Frag { why: Some(why), ..frag })
            }
            _ => value,
        };
        let value = match part.cloned() {
            Some(old) => self.held_as(&old, value, mutable, &name, at),
            None => self.held(value, mutable, &name, at),
        };
        self.name(&value, &name);
        if let Some(old) = &old {
            let mut part = Some(old);
            for i in path {
                part = part.and_then(parts).and_then(|parts| parts.get(*i));
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

    /// The new value of a variable: the arrays in it that are where they were stay there.
    fn held_as(&mut self, old: &Value, value: Value, mutable: bool, name: &str, at: &syn::Expr) -> Value {
        match (old, value) {
            (Value::Place(old), Value::Place(new)) if old.place == new.place => Value::Place(new),
            (Value::Struct(_, olds), Value::Struct(maker, news)) if olds.len() == news.len() => {
                let parts = olds.iter().zip(news).map(|(old, new)| self.held_as(old, new, mutable, name, at)).collect();
                Value::Struct(maker, parts)
            }
            (Value::Tuple(olds), Value::Tuple(news)) if olds.len() == news.len() => {
                let parts = olds.iter().zip(news).map(|(old, new)| self.held_as(old, new, mutable, name, at));
                Value::Tuple(parts.collect())
            }
            (old, value) => {
                if let (Value::Scalar(old), Value::Scalar(new)) = (old, &value) {
                    self.agree_vals(at, *old, *new);
                }
                self.held(value, mutable, name, at)
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

/// The parts of a tuple or struct.
fn parts(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Tuple(parts) | Value::Struct(_, parts) => Some(parts),
        _ => None,
    }
}

fn replace(value: &mut Value, path: &[usize], new: Value) {
    match (path.split_first(), value) {
        (None, value) => *value = new,
        (Some((i, rest)), Value::Tuple(parts) | Value::Struct(_, parts)) => {
            if let Some(part) = parts.get_mut(*i) {
                replace(part, rest, new);
            }
        }
        _ => {}
    }
}

/// The number of parts of the second of two parts of a pattern.
fn inner_parts(pat: &syn::Pat, ty: Option<&syn::Type>) -> Option<usize> {
    let second = match (pat, ty) {
        (syn::Pat::Tuple(tuple), _) if tuple.elems.len() == 2 => match &tuple.elems[1] {
            syn::Pat::Tuple(inner) => Some(inner.elems.len()),
            _ => None,
        },
        _ => None,
    };
    let typed = match ty {
        Some(syn::Type::Tuple(tuple)) if tuple.elems.len() == 2 => match &tuple.elems[1] {
            syn::Type::Tuple(inner) => Some(inner.elems.len()),
            _ => None,
        },
        _ => None,
    };
    second.or(typed)
}

/// A pattern and the type that is written beside it.
fn typed(pat: &syn::Pat) -> (&syn::Pat, Option<&syn::Type>) {
    match pat {
        syn::Pat::Type(typed) => (&typed.pat, Some(&typed.ty)),
        pat => (pat, None),
    }
}

/// Whether an expression certainly makes an array, a vector or a struct.
fn is_aggregate(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Paren(inner) => is_aggregate(&inner.expr),
        syn::Expr::Array(_) | syn::Expr::Repeat(_) | syn::Expr::Struct(_) | syn::Expr::Macro(_) => true,
        _ => false,
    }
}
