//! Exact identities of single statements, and carried values that never change.

use super::rewrite::Renaming;
use crate::ir::{Block, Const, Func, Op, Val};
use crate::rules::Rule;

/// Runs the pass.
pub(crate) fn run(f: &mut Func) {
    let mut pass =
        Pass { names: Renaming::default(), ones: vec![false; f.vals.len()], negated: vec![None; f.vals.len()] };
    pass.block(&mut f.body);
}

struct Pass {
    names: Renaming,
    /// Values that are the constant 1.
    ones: Vec<bool>,
    /// `v = −w`.
    negated: Vec<Option<Val>>,
}

impl Pass {
    fn is_one(&self, v: Val) -> bool {
        self.ones[v.0 as usize]
    }

    fn block(&mut self, block: &mut Block) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            self.names.op(&mut stmt.op);
            match &mut stmt.op {
                Op::Const(Const::Float { value, .. }) => self.ones[stmt.out[0].0 as usize] = *value == 1.0,
                Op::Node { rule, args } => {
                    let same = match (*rule, &args[..]) {
                        (Rule::Mul, &[a, b]) if self.is_one(a) => Some(b),
                        (Rule::Mul | Rule::Div, &[a, b]) if self.is_one(b) => Some(a),
                        (Rule::Neg, &[a]) => {
                            self.negated[stmt.out[0].0 as usize] = Some(a);
                            self.negated[a.0 as usize]
                        }
                        _ => None,
                    };
                    if let Some(same) = same {
                        self.names.insert(stmt.out[0], same);
                        continue;
                    }
                }
                Op::If { then, els, .. } => {
                    self.block(then);
                    self.block(els);
                    let mut k = 0;
                    while k < stmt.out.len() {
                        if then.yields[k] == els.yields[k] {
                            self.names.insert(stmt.out.remove(k), then.yields.remove(k));
                            els.yields.remove(k);
                        } else {
                            k += 1;
                        }
                    }
                }
                Op::For(l) => {
                    // The condition of a `while` stays where it is.
                    let mut k = usize::from(l.range.is_none());
                    while k < l.inits.len() {
                        if l.body.yields[k] == l.body.params[k + 1] {
                            let init = l.inits.remove(k);
                            self.names.insert(l.body.params.remove(k + 1), init);
                            self.names.insert(stmt.out.remove(k), init);
                            l.body.yields.remove(k);
                        } else {
                            k += 1;
                        }
                    }
                    self.block(&mut l.body);
                }
                _ => {}
            }
            block.stmts.push(stmt);
        }
        self.names.block_yields(block);
    }
}
