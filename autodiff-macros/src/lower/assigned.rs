//! Which outer variables a region assigns: they are the carried values of its loop or branch.
//!
//! A scan of the syntax that respects shadowing; writes to memory (`a[i] = ..`) carry nothing and are left out.

use syn::visit::{self, Visit};

use super::exit::Make;

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

#[derive(Default)]
struct Scan {
    bound: Vec<String>,
    assigned: Vec<String>,
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
        self.assign(&expr.left);
        visit::visit_expr_assign(self, expr);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        if compound(&expr.op).is_some() {
            self.assign(&expr.left);
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_call(&mut self, expr: &'ast syn::ExprCall) {
        for written in super::memory::written_by(expr) {
            self.assign(&written);
        }
        visit::visit_expr_call(self, expr);
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

    /// Whether a part of a struct that is bound to this name may be an aggregate and stays an alias; otherwise it is a
    /// number and is read once. What is changed is an aggregate only if its parts are.
    pub(super) fn may_be_aggregate(&self, name: &str, mutable: bool) -> bool {
        let is = |names: &[String]| names.iter().any(|n| n == name);
        is(&self.parts) || (!mutable && is(&self.whole))
    }

    /// What a variable of this name holds that is an `Option`, as its assignments show.
    pub(super) fn option(&self, name: &str) -> Option<&Make> {
        self.options.iter().find(|(of, _)| of == name).map(|(_, make)| make)
    }
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
        visit::visit_expr_field(self, expr);
    }

    fn visit_expr_reference(&mut self, expr: &'ast syn::ExprReference) {
        mark(&mut self.whole, &expr.expr);
        visit::visit_expr_reference(self, expr);
    }

    fn visit_expr_method_call(&mut self, expr: &'ast syn::ExprMethodCall) {
        let name = expr.method.to_string();
        self.grows |= super::growing::changes_length(&name) || super::iter::may_grow(&name);
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
        }
        visit::visit_expr_call(self, expr);
    }

    fn visit_expr_assign(&mut self, expr: &'ast syn::ExprAssign) {
        if let syn::Expr::Path(path) = &*expr.left
            && let Some(name) = path.path.get_ident()
        {
            let mut held = Held(None);
            held.visit_expr(&expr.right);
            self.options.extend(held.0.map(|make| (name.to_string(), make)));
        }
        visit::visit_expr_assign(self, expr);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            mark(&mut self.whole, &init.expr);
        }
        visit::visit_local(self, local);
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
