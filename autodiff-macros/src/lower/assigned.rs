//! Which outer variables a region assigns: they are the carried values of its loop or branch.
//!
//! A scan of the syntax that respects shadowing; writes to memory (`a[i] = ..`) carry nothing and are left out.

use syn::visit::{self, Visit};

use super::exit::Make;
use crate::signature::{Shape, Signature};

/// The names, in order of first assignment, that the statements of a block assign and do not bind themselves.
pub(super) fn in_stmts(stmts: &[syn::Stmt]) -> Vec<String> {
    let mut scan = Scan::default();
    stmts.iter().for_each(|stmt| scan.visit_stmt(stmt));
    scan.assigned
}

/// As [`in_stmts`], of an expression.
pub(super) fn in_expr(expr: &syn::Expr) -> Vec<String> {
    let mut scan = Scan::default();
    scan.visit_expr(expr);
    scan.assigned
}

/// The names that are lent to calls, `f(&mut x)`: numbers and what is made of them may be changed by these.
pub(super) fn lent_in_stmts(stmts: &[syn::Stmt]) -> Vec<String> {
    let mut scan = Scan { lent: true, ..Scan::default() };
    stmts.iter().for_each(|stmt| scan.visit_stmt(stmt));
    scan.assigned
}

/// As [`lent_in_stmts`], of an expression.
pub(super) fn lent_in_expr(expr: &syn::Expr) -> Vec<String> {
    let mut scan = Scan { lent: true, ..Scan::default() };
    scan.visit_expr(expr);
    scan.assigned
}

/// The first value that the statements assign to a variable of this name, as a whole.
pub(super) fn first_value<'s>(stmts: &'s [syn::Stmt], name: &str) -> Option<&'s syn::Expr> {
    struct First<'s, 'n> {
        name: &'n str,
        found: Option<&'s syn::Expr>,
    }

    impl<'s> Visit<'s> for First<'s, '_> {
        fn visit_expr_assign(&mut self, expr: &'s syn::ExprAssign) {
            let is_it = matches!(&*expr.left, syn::Expr::Path(path) if path.path.is_ident(self.name));
            match &self.found {
                None if is_it => self.found = Some(&expr.right),
                None => visit::visit_expr_assign(self, expr),
                Some(_) => {}
            }
        }
    }

    let mut first = First { name, found: None };
    stmts.iter().for_each(|stmt| first.visit_stmt(stmt));
    first.found
}

#[derive(Default)]
struct Scan {
    bound: Vec<String>,
    assigned: Vec<String>,
    /// What is wanted are the names that are lent.
    lent: bool,
}

impl Scan {
    /// The variable that an assignment to `place` assigns, tuples and their fields included.
    fn assign(&mut self, place: &syn::Expr) {
        match place {
            syn::Expr::Path(path) => {
                if let Some(ident) = path.path.get_ident() {
                    let name = ident.to_string();
                    if !self.bound.contains(&name) && !self.assigned.contains(&name) {
                        self.assigned.push(name);
                    }
                }
            }
            syn::Expr::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.assign(elem)),
            syn::Expr::Paren(inner) => self.assign(&inner.expr),
            syn::Expr::Group(inner) => self.assign(&inner.expr),
            syn::Expr::Field(field) => self.assign(&field.base),
            // `*x = ..` changes what `x` refers to.
            _ => {}
        }
    }

    fn lend(&mut self, arg: &syn::Expr) {
        if let syn::Expr::Reference(reference) = arg
            && reference.mutability.is_some()
        {
            self.assign(&reference.expr);
        }
    }

    fn scoped(&mut self, visit: impl FnOnce(&mut Self)) {
        let depth = self.bound.len();
        visit(self);
        self.bound.truncate(depth);
    }
}

impl<'ast> Visit<'ast> for Scan {
    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.scoped(|scan| visit::visit_block(scan, block));
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        // The initializer does not see the names that it is bound to.
        if let Some(init) = &local.init {
            if let syn::Expr::Reference(reference) = &*init.expr
                && reference.mutability.is_some()
            {
                // Behind `let r = &mut x;`, it is assigned as `*r`.
                self.assign(&reference.expr);
            }
            self.visit_expr(&init.expr);
            if let Some((_, els)) = &init.diverge {
                self.visit_expr(els);
            }
        }
        self.visit_pat(&local.pat);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.scoped(|scan| {
            scan.visit_expr(&expr.cond);
            scan.visit_block(&expr.then_branch);
        });
        if let Some((_, els)) = &expr.else_branch {
            self.visit_expr(els);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.scoped(|scan| visit::visit_arm(scan, arm));
    }

    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        self.bound.push(pat.ident.to_string());
    }

    fn visit_expr_for_loop(&mut self, expr: &'ast syn::ExprForLoop) {
        self.visit_expr(&expr.expr);
        self.scoped(|scan| {
            scan.visit_pat(&expr.pat);
            scan.visit_block(&expr.body);
        });
    }

    fn visit_expr_closure(&mut self, expr: &'ast syn::ExprClosure) {
        self.scoped(|scan| visit::visit_expr_closure(scan, expr));
    }

    fn visit_expr_assign(&mut self, expr: &'ast syn::ExprAssign) {
        if !self.lent {
            self.assign(&expr.left);
        }
        visit::visit_expr_assign(self, expr);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        if !self.lent && compound(&expr.op).is_some() {
            self.assign(&expr.left);
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_call(&mut self, expr: &'ast syn::ExprCall) {
        let written = super::memory::written_by(expr);
        if self.lent && written.is_empty() {
            expr.args.iter().for_each(|arg| self.lend(arg));
        }
        if !self.lent {
            written.iter().for_each(|written| self.assign(written));
        }
        visit::visit_expr_call(self, expr);
    }

    fn visit_expr_method_call(&mut self, expr: &'ast syn::ExprMethodCall) {
        if self.lent {
            expr.args.iter().for_each(|arg| self.lend(arg));
        }
        if super::optional::is_take(expr) {
            self.assign(&expr.receiver);
        }
        visit::visit_expr_method_call(self, expr);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// The operator of a compound assignment: `+` of `+=`.
pub(super) fn compound(op: &syn::BinOp) -> Option<syn::BinOp> {
    use syn::BinOp as B;
    Some(match op {
        B::AddAssign(_) => B::Add(Default::default()),
        B::SubAssign(_) => B::Sub(Default::default()),
        B::MulAssign(_) => B::Mul(Default::default()),
        B::DivAssign(_) => B::Div(Default::default()),
        B::RemAssign(_) => B::Rem(Default::default()),
        B::BitAndAssign(_) => B::BitAnd(Default::default()),
        B::BitOrAssign(_) => B::BitOr(Default::default()),
        B::BitXorAssign(_) => B::BitXor(Default::default()),
        B::ShlAssign(_) => B::Shl(Default::default()),
        B::ShrAssign(_) => B::Shr(Default::default()),
        _ => return None,
    })
}

/// How the names of the function's variables are used, whichever variable has the name.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Indexed, taken apart, or the receiver of a method that numbers do not have: aggregates for certain.
    parts: Vec<String>,
    /// Borrowed, passed on or bound to another name: possibly aggregates.
    whole: Vec<String>,
    /// Lent to a call or run over by reference: as results of calls, aggregates.
    lent: Vec<String>,
    /// Of these, those that are written to.
    lent_mut: Vec<String>,
    /// Names that are given to others, `let b = a;`.
    aliases: Vec<(String, String)>,
    /// Names of which branches choose one that is given another name, `let c = if k { a } else { b };`.
    chosen: Vec<(String, String)>,
    /// Structs of which fields are read or assigned.
    structs: Vec<String>,
    /// Structs of which parts are assigned.
    changed: Vec<String>,
    /// Some vector changes its length by a method.
    pub(super) grows: bool,
    /// What `Option`s hold that variables are given: `best = Some((i, v))`.
    options: Vec<(String, Make)>,
}

impl Uses {
    pub(super) fn of(block: &syn::Block) -> Uses {
        let mut uses = Uses::default();
        uses.visit_block(block);
        uses
    }

    /// Whether the result of a call that is bound to this name is an aggregate.
    pub(super) fn is_memory(&self, name: &str) -> bool {
        let (mut seen, mut work) = (Vec::new(), vec![name]);
        while let Some(name) = work.pop() {
            if seen.contains(&name) {
                continue;
            }
            if self.parts.iter().chain(&self.lent).any(|n| n == name) {
                return true;
            }
            seen.push(name);
            work.extend(self.aliases.iter().filter(|(a, _)| a == name).map(|(_, b)| b.as_str()));
            work.extend(self.aliases.iter().filter(|(_, b)| b == name).map(|(a, _)| a.as_str()));
        }
        false
    }

    /// Whether a call may write to the variable.
    pub(super) fn is_lent_mut(&self, name: &str) -> bool {
        self.lent_mut.iter().any(|n| n == name)
    }

    /// Whether a variable of the name has fields.
    pub(super) fn is_struct(&self, name: &str) -> bool {
        self.structs.iter().any(|n| n == name)
    }

    /// Whether parts of a struct of the name are assigned: `state.x = ..`, `state.v[i] += ..`.
    pub(super) fn assigns_parts_of(&self, name: &str) -> bool {
        self.changed.iter().any(|n| n == name)
    }

    /// Whether parts of some struct are assigned, or something is lent to a call that may write to it.
    pub(super) fn changes_parts(&self) -> bool {
        !self.changed.is_empty() || !self.lent_mut.is_empty()
    }

    /// Notes the names of parameters and results that are memory.
    pub(super) fn returned(&mut self, body: &syn::Block, sig: &Signature) {
        let params = sig.params.iter().filter(|param| param.is_mem && !matches!(param.shape, Shape::Scalar(_)));
        self.lent.extend(params.map(|param| param.ident.to_string()));
        let tail = match body.stmts.last() {
            Some(syn::Stmt::Expr(expr, None)) => Some(expr),
            _ => None,
        };
        let mut returns = Returns(Vec::new());
        returns.visit_block(body);
        for value in tail.into_iter().chain(returns.0) {
            let parts = match value {
                syn::Expr::Tuple(tuple) => tuple.elems.iter().collect(),
                value => vec![value],
            };
            for (_, part) in parts.into_iter().enumerate().filter(|(j, _)| sig.ret.shape(*j).is_some()) {
                mark(&mut self.lent, part);
                mark(&mut self.parts, part);
            }
        }
    }

    /// Whether a part of a struct that is bound to this name may be an aggregate and stays an alias; otherwise it is a
    /// number and is read once. What is changed is an aggregate only if its parts are.
    pub(super) fn may_be_aggregate(&self, name: &str, mutable: bool) -> bool {
        let is = |names: &[String]| names.iter().any(|n| n == name);
        is(&self.parts)
            || (!mutable && is(&self.whole))
            || self.chosen.iter().any(|(to, from)| from == name && self.parts.contains(to))
    }

    /// What a variable of this name holds that is an `Option`, as its assignments show.
    pub(super) fn option(&self, name: &str) -> Option<&Make> {
        self.options.iter().find(|(of, _)| of == name).map(|(_, make)| make)
    }
}

/// The values of the `return`s of a function.
struct Returns<'s>(Vec<&'s syn::Expr>);

impl<'s> Visit<'s> for Returns<'s> {
    fn visit_expr_return(&mut self, expr: &'s syn::ExprReturn) {
        self.0.extend(expr.expr.as_deref());
        visit::visit_expr_return(self, expr);
    }

    fn visit_expr_closure(&mut self, _: &'s syn::ExprClosure) {}

    fn visit_item(&mut self, _: &'s syn::Item) {}
}

/// What the first `Some(..)` in an expression holds, if that may be numbers.
struct Held(Option<Make>);

impl<'ast> Visit<'ast> for Held {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let some = match &*call.func {
            syn::Expr::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Some"),
            _ => false,
        };
        match call.args.first() {
            Some(held) if some => {
                let text = match held {
                    syn::Expr::Lit(lit) => matches!(lit.lit, syn::Lit::Str(_)),
                    syn::Expr::MethodCall(call) => call.method == "to_string" || call.method == "to_owned",
                    held => matches!(held, syn::Expr::Macro(_) | syn::Expr::Reference(_)),
                };
                if !text && self.0.is_none() {
                    self.0 = Some(Make::of(held));
                }
            }
            _ => visit::visit_expr_call(self, call),
        }
    }
}

/// The variables that a branch may give.
fn chosen(expr: &syn::Expr) -> Vec<String> {
    let of_block = |block: &syn::Block| match block.stmts.last() {
        Some(syn::Stmt::Expr(tail, None)) => {
            let mut names = chosen(tail);
            mark(&mut names, tail);
            names
        }
        _ => Vec::new(),
    };
    match expr {
        syn::Expr::If(branch) => {
            let mut names = of_block(&branch.then_branch);
            names.extend(branch.else_branch.iter().flat_map(|(_, other)| chosen(other)));
            names
        }
        syn::Expr::Match(choice) => {
            let mut names: Vec<String> = choice.arms.iter().flat_map(|arm| chosen(&arm.body)).collect();
            choice.arms.iter().for_each(|arm| mark(&mut names, &arm.body));
            names
        }
        syn::Expr::Block(block) => of_block(&block.block),
        _ => Vec::new(),
    }
}

/// What is copied.
fn original(expr: &syn::Expr) -> &syn::Expr {
    match expr {
        syn::Expr::MethodCall(call) if call.method == "clone" || call.method == "to_owned" => original(&call.receiver),
        expr => expr,
    }
}

/// The struct that a place is a part of: `state`, of `state.v[i]`.
fn struct_of(place: &syn::Expr) -> Option<String> {
    let (mut place, mut is_part) = (place, false);
    loop {
        place = match place {
            syn::Expr::Field(field) => {
                is_part = true;
                &field.base
            }
            syn::Expr::Index(index) => &index.expr,
            syn::Expr::Paren(inner) => &inner.expr,
            syn::Expr::Path(path) if is_part => return path.path.get_ident().map(|name| name.to_string()),
            _ => return None,
        };
    }
}

fn mark(names: &mut Vec<String>, expr: &syn::Expr) {
    match expr {
        syn::Expr::Path(path) => names.extend(path.path.get_ident().map(|ident| ident.to_string())),
        syn::Expr::Paren(inner) => mark(names, &inner.expr),
        syn::Expr::Group(inner) => mark(names, &inner.expr),
        _ => {}
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for argument in super::format::expressions(mac) {
            Visit::visit_expr(self, &argument);
        }
    }

    fn visit_expr_index(&mut self, expr: &'ast syn::ExprIndex) {
        mark(&mut self.parts, &expr.expr);
        visit::visit_expr_index(self, expr);
    }

    fn visit_expr_field(&mut self, expr: &'ast syn::ExprField) {
        mark(&mut self.parts, &expr.base);
        if matches!(expr.member, syn::Member::Named(_)) {
            mark(&mut self.structs, &expr.base);
        }
        visit::visit_expr_field(self, expr);
    }

    fn visit_expr_reference(&mut self, expr: &'ast syn::ExprReference) {
        mark(&mut self.whole, &expr.expr);
        visit::visit_expr_reference(self, expr);
    }

    fn visit_expr_method_call(&mut self, expr: &'ast syn::ExprMethodCall) {
        let name = expr.method.to_string();
        self.grows |= super::growing::changes_length(&name) || super::iter::may_grow(&name);
        if super::growing::changes_length(&name) {
            self.changed.extend(struct_of(&expr.receiver));
        }
        // `a.total_cmp(&b)` is of numbers.
        if !name.ends_with("cmp") && !matches!(&*name, "eq" | "ne" | "lt" | "le" | "gt" | "ge") {
            expr.args.iter().for_each(|arg| self.lend(arg));
        }
        if crate::rules::by_method(&name).is_none() {
            expr.args.iter().for_each(|arg| mark(&mut self.whole, arg));
        }
        if name == "clone" || name == "to_owned" {
            mark(&mut self.whole, &expr.receiver);
        } else if crate::rules::by_method(&name).is_none() && !super::call::is_float_query(&name) && name != "sin_cos" {
            mark(&mut self.parts, &expr.receiver);
        }
        visit::visit_expr_method_call(self, expr);
    }

    fn visit_expr_call(&mut self, expr: &'ast syn::ExprCall) {
        if super::call::primitive(&expr.func).is_none() {
            expr.args.iter().for_each(|arg| mark(&mut self.whole, arg));
            // `std::mem::swap(&mut a, &mut b)` is of numbers too.
            if super::memory::written_by(expr).is_empty() {
                expr.args.iter().for_each(|arg| self.lend(arg));
            }
        }
        visit::visit_expr_call(self, expr);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            mark(&mut self.whole, &init.expr);
            if matches!(local.pat, syn::Pat::Struct(_) | syn::Pat::TupleStruct(_)) && init.diverge.is_none() {
                mark(&mut self.parts, original(&init.expr));
            }
            if let (syn::Pat::Ident(to), syn::Expr::Path(from)) = (&local.pat, original(&init.expr))
                && let Some(from) = from.path.get_ident()
            {
                self.aliases.push((to.ident.to_string(), from.to_string()));
            }
            if let syn::Pat::Ident(to) = &local.pat {
                let name = to.ident.to_string();
                self.chosen.extend(chosen(&init.expr).into_iter().map(|from| (name.clone(), from)));
            }
            if let syn::Expr::MethodCall(call) = &*init.expr
                && call.method == "to_vec"
            {
                self.parts.extend(super::pattern::names(&local.pat).into_iter().map(|(name, _)| name));
            }
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        if compound(&expr.op).is_some() {
            self.changed.extend(struct_of(&expr.left));
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_assign(&mut self, expr: &'ast syn::ExprAssign) {
        self.changed.extend(struct_of(&expr.left));
        if let (syn::Expr::Path(to), syn::Expr::Path(from)) = (&*expr.left, &*expr.right)
            && let (Some(to), Some(from)) = (to.path.get_ident(), from.path.get_ident())
        {
            self.aliases.push((to.to_string(), from.to_string()));
        }
        if let syn::Expr::Path(path) = &*expr.left
            && let Some(name) = path.path.get_ident()
        {
            let mut held = Held(None);
            held.visit_expr(&expr.right);
            self.options.extend(held.0.map(|make| (name.to_string(), make)));
        }
        visit::visit_expr_assign(self, expr);
    }

    fn visit_expr_struct(&mut self, expr: &'ast syn::ExprStruct) {
        // `Point { x, ..*p }`
        match expr.rest.as_deref() {
            Some(syn::Expr::Unary(unary)) => mark(&mut self.parts, &unary.expr),
            Some(base) => mark(&mut self.parts, original(base)),
            None => {}
        }
        visit::visit_expr_struct(self, expr);
    }

    fn visit_expr_for_loop(&mut self, expr: &'ast syn::ExprForLoop) {
        let over = match &*expr.expr {
            syn::Expr::Reference(reference) => &reference.expr,
            _ => &expr.expr,
        };
        mark(&mut self.parts, over);
        mark(&mut self.lent, &expr.expr);
        self.lend(&expr.expr);
        visit::visit_expr_for_loop(self, expr);
    }
}

impl Uses {
    /// `&x`, `&mut x`
    fn lend(&mut self, expr: &syn::Expr) {
        if let syn::Expr::Reference(reference) = expr {
            mark(&mut self.lent, &reference.expr);
            if reference.mutability.is_some() {
                mark(&mut self.lent_mut, &reference.expr);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn shadowing_is_respected() {
        let block: syn::Block = parse_quote!({
            s += 1.0;
            let t = {
                t = 2.0;
                3.0
            };
            t += 1.0;
            a[i] = u;
            (p, q.0) = (1.0, 2.0);
            for k in 0..n {
                k = 1;
                m -= 1;
            }
            k = 2;
            {
                let z = 1.0;
                z = 2.0;
            }
            z = 1.0;
        });
        assert_eq!(in_stmts(&block.stmts), ["s", "t", "p", "q", "m", "k", "z"]);
    }

    #[test]
    fn names_used_as_aggregates() {
        let block: syn::Block = parse_quote!({
            let v = p.b;
            let r = a[i] + f64::sin(s) * t.sin();
            g(u, &w);
            c.len();
        });
        let uses = Uses::of(&block);
        assert_eq!(uses.parts, ["p", "a", "c"]);
        assert_eq!(uses.whole, ["u", "w"]);
        assert!(
            uses.may_be_aggregate("c", true) && uses.may_be_aggregate("u", false) && !uses.may_be_aggregate("u", true)
        );
    }
}
