//! How often a `while` went round.
//!
//! Its reverse is a counted loop, so before anything else every `while` gets one more carried value, the last one: the
//! number of its iterations. Where the reverse sweep turns out not to need it, it is dead and goes.

use std::borrow::Cow;

use crate::ir::{Block, Const, Func, Int, IntOp, Op, Stmt, Ty, Val, ValData};

/// `f` with its `while`s counted.
pub(super) fn counted(f: &Func) -> Cow<'_, Func> {
    if !has_while(&f.body) {
        return Cow::Borrowed(f);
    }
    let mut f = f.clone();
    let mut body = std::mem::take(&mut f.body);
    count(&mut f, &mut body);
    f.body = body;
    Cow::Owned(f)
}

fn has_while(block: &Block) -> bool {
    block
        .stmts
        .iter()
        .any(|stmt| matches!(&stmt.op, Op::For(l) if l.range.is_none()) || stmt.op.blocks().into_iter().any(has_while))
}

fn count(f: &mut Func, block: &mut Block) {
    for mut stmt in std::mem::take(&mut block.stmts) {
        let span = stmt.span;
        let mut fresh = |name: &str| {
            f.vals.push(ValData { ty: Ty::Int(Int::Usize), name: Some(name.to_owned()), span });
            Val(f.vals.len() as u32 - 1)
        };
        match &mut stmt.op {
            Op::If { then, els, .. } => {
                count(f, then);
                count(f, els);
            }
            Op::For(l) => {
                if l.range.is_none() {
                    let (zero, one) = (fresh("zero"), fresh("one"));
                    let (param, next, out) = (fresh("trips"), fresh("trips"), fresh("trips"));
                    block.stmts.push(Stmt { op: Op::Const(Const::Int(0)), out: vec![zero], span });
                    l.inits.push(zero);
                    l.body.params.push(param);
                    l.body.stmts.push(Stmt { op: Op::Const(Const::Int(1)), out: vec![one], span });
                    let op = Op::Int { op: IntOp::Add, args: vec![param, one] };
                    l.body.stmts.push(Stmt { op, out: vec![next], span });
                    l.body.yields.push(next);
                    stmt.out.push(out);
                }
                count(f, &mut l.body);
            }
            _ => {}
        }
        block.stmts.push(stmt);
    }
}
