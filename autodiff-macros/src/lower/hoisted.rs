//! Choices between constants, `let kind = if coarse { model.kind } else { Kind::Fine };`.
//!
//! An `if` whose branches do nothing but name constants that are no numbers is a selection of one of them: the reverse sweep can
//! make that again wherever it is needed, which it has to where no tape can hold the value, because its type does not show.

use syn::visit::{self, Visit};

use crate::ir::{Access, Block, Func, Op, Place, Stmt, Ty, Val};

/// Makes selections of such branches.
pub(super) fn select_constants(func: &mut Func) {
    let mut body = std::mem::take(&mut func.body);
    select_in(&mut body, func);
    func.body = body;
}

fn select_in(block: &mut Block, func: &Func) {
    let mut stmts = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts) {
        stmt.op.blocks_mut().into_iter().for_each(|block| select_in(block, func));
        match stmt.op {
            Op::If { cond, then, els } if is_choice(&stmt.out, [&then, &els], func) => {
                let (a, b) = (then.yields.clone(), els.yields.clone());
                stmts.extend(then.stmts.into_iter().chain(els.stmts));
                let chosen = stmt.out.iter().zip(a.into_iter().zip(b));
                stmts.extend(chosen.map(|(out, (a, b))| Stmt {
                    op: Op::Select { cond, a, b },
                    out: vec![*out],
                    span: stmt.span,
                }));
            }
            op => stmts.push(Stmt { op, ..stmt }),
        }
    }
    block.stmts = stmts;
}

fn is_choice(out: &[Val], branches: [&Block; 2], func: &Func) -> bool {
    let opaque = |vals: &[Val]| vals.iter().all(|v| func.ty(*v) == Ty::Opaque);
    !out.is_empty() && opaque(out) && branches.into_iter().all(|block| block.stmts.iter().all(|stmt| names(&stmt.op)))
}

/// Whether all that it does is to name a constant, or a field that holds one.
fn names(op: &Op) -> bool {
    let field = |place: &Place| place.path.iter().all(|access| matches!(access, Access::Field(_)));
    match op {
        Op::Load(place) => field(place),
        Op::Opaque(opaque) => {
            let mut simple = Simple(opaque.pure_ && !opaque.mutable && !opaque.effects);
            simple.visit_expr(&opaque.expr);
            simple.0 && op.places().into_iter().all(field)
        }
        _ => false,
    }
}

/// Nothing that costs anything, or may fail.
struct Simple(bool);

impl<'ast> Visit<'ast> for Simple {
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        use syn::Expr;

        match expr {
            Expr::MethodCall(call) => self.0 &= call.method == "clone",
            Expr::Call(call) => self.0 &= is_variant_or_fence(&call.func),
            Expr::Path(_) | Expr::Lit(_) | Expr::Reference(_) | Expr::Paren(_) | Expr::Field(_) => {}
            _ => self.0 = false,
        }
        visit::visit_expr(self, expr);
    }
}

/// `Kind::Power`, or what the runtime checks constants by.
fn is_variant_or_fence(func: &syn::Expr) -> bool {
    let syn::Expr::Path(path) = func else { return false };
    let mut names = path.path.segments.iter().map(|segment| segment.ident.to_string());
    names.clone().any(|name| name == "__private")
        || names.next_back().is_some_and(|name| name.starts_with(|c: char| c.is_uppercase()))
}
