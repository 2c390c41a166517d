//! Smaller programs with the same failure.
//!
//! Edits are tried statement by statement for as long as one of them keeps the failure: removing it, replacing it by a
//! constant or by an operand, a branch or a single iteration in place of an `if` or a loop, removing a value that it
//! carries; then results and parameters. A program that the verifier refuses or that does not run is no candidate.

use super::generate::Program;
use crate::analysis::activity;
use crate::ir::verify::verify;
use crate::ir::{Block, Const, Op, Slotted, Stmt, Ty, Val};
use crate::simplify::rewrite::Renaming;
use crate::simplify::simplify;

/// What is done to one statement.
#[derive(Copy, Clone, Debug)]
enum Edit {
    Remove,
    /// By 1/2, 0 or false.
    Zero,
    /// By 1/2, 1 or true.
    One,
    /// By the operand of this number.
    Operand(usize),
    /// The region of this number, run once.
    Region(usize),
    /// Without the carried or yielded value of this number.
    Without(usize),
}

/// The smallest program found that still `fails`.
pub(super) fn shrink(program: &Program, fails: impl Fn(&Program) -> bool) -> Program {
    let good = |p: &Program| valid(p) && fails(p);
    let mut best = program.clone();
    loop {
        let before = best.clone();
        for p in tidied(&best) {
            if good(&p) {
                best = p;
            }
        }
        let mut at = 0;
        while let Some(path) = paths(&best.f.body).into_iter().rev().nth(at) {
            let edited = EDITS.iter().filter_map(|&edit| edited(&best, &path, edit)).find(|p| good(p));
            match edited {
                Some(p) => best = p,
                None => at += 1,
            }
        }
        if size(&best) >= size(&before) {
            return best;
        }
    }
}

/// Well-formed, running, and with no active value in constant memory.
fn valid(p: &Program) -> bool {
    let act = activity::analyze(&p.f);
    verify(&p.f).is_empty()
        && p.callee.as_ref().is_none_or(|g| verify(g).is_empty())
        && p.f.params.iter().all(|param| match param.held {
            Slotted::Mem(m) => param.active || !act.mem(m),
            Slotted::Val(_) => true,
        })
}

const EDITS: [Edit; 12] = [
    Edit::Remove,
    Edit::Zero,
    Edit::One,
    Edit::Region(0),
    Edit::Region(1),
    Edit::Operand(0),
    Edit::Operand(1),
    Edit::Operand(2),
    Edit::Without(0),
    Edit::Without(1),
    Edit::Without(2),
    Edit::Without(3),
];

/// The number of statements, parameters and results.
pub(super) fn size(p: &Program) -> usize {
    fn statements(block: &Block) -> usize {
        block.stmts.iter().map(|stmt| 1 + stmt.op.blocks().into_iter().map(statements).sum::<usize>()).sum()
    }
    statements(&p.f.body) + p.f.params.len() + p.f.results.len()
}

/// Without what is not needed: dead statements, results, parameters.
fn tidied(p: &Program) -> Vec<Program> {
    let mut all = Vec::new();
    let mut dead = p.clone();
    simplify(&mut dead.f, 0);
    all.push(dead);
    if p.f.results.len() > 1 {
        let mut fewer = p.clone();
        fewer.f.results.pop();
        fewer.f.body.yields.pop();
        all.push(fewer);
    }
    for i in (0..p.f.params.len()).rev() {
        let mut fewer = p.clone();
        fewer.f.params.remove(i);
        fewer.args.remove(i);
        all.push(fewer);
        if p.f.params[i].active {
            let mut constant = p.clone();
            constant.f.params[i].active = false;
            all.push(constant);
        }
    }
    all
}

/// A statement's place: the statement's number in the body, then region and statement numbers alternately.
fn paths(block: &Block) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for (i, stmt) in block.stmts.iter().enumerate() {
        all.push(vec![i]);
        for (k, region) in stmt.op.blocks().into_iter().enumerate() {
            all.extend(paths(region).into_iter().map(|inner| [&[i, k][..], &inner].concat()));
        }
    }
    all
}

fn region(op: &mut Op, k: usize) -> Option<&mut Block> {
    match op {
        Op::If { then, els, .. } => Some(if k == 0 { then } else { els }),
        Op::For(l) => Some(&mut l.body),
        _ => None,
    }
}

fn edited(p: &Program, path: &[usize], edit: Edit) -> Option<Program> {
    let mut p = p.clone();
    let types: Vec<Ty> = p.f.vals.iter().map(|v| v.ty).collect();
    let mut block = &mut p.f.body;
    let (last, outer) = path.split_last()?;
    for step in outer.chunks(2) {
        block = region(&mut block.stmts[step[0]].op, step[1])?;
    }
    let mut renaming = Renaming::default();
    let stmt = block.stmts.remove(*last);
    let instead = replacement(stmt, edit, &types, &mut renaming)?;
    block.stmts.splice(*last..*last, instead);
    rename(&mut p.f.body, &renaming);
    Some(p)
}

/// What stands for a statement after an edit; `None` where the edit does not apply.
fn replacement(stmt: Stmt, edit: Edit, types: &[Ty], renaming: &mut Renaming) -> Option<Vec<Stmt>> {
    let ty = |v: Val| types[v.0 as usize];
    match edit {
        Edit::Remove => Some(Vec::new()),
        Edit::Zero | Edit::One => {
            let one = matches!(edit, Edit::One);
            let is_constant = matches!(stmt.op, Op::Const(_));
            if stmt.out.is_empty() || is_constant {
                return None;
            }
            let constants = stmt.out.iter().map(|&v| {
                let c = match ty(v) {
                    Ty::Float(_) => Const::Float { value: 0.5, text: None },
                    Ty::Bool => Const::Bool(one),
                    Ty::Int(_) | Ty::Opaque => Const::Int(one.into()),
                };
                Stmt { op: Op::Const(c), out: vec![v], span: stmt.span }
            });
            Some(constants.collect())
        }
        Edit::Operand(k) => {
            let [out] = stmt.out[..] else { return None };
            let operand = *stmt.op.reads().get(k)?;
            if !stmt.op.blocks().is_empty() || ty(operand) != ty(out) {
                return None;
            }
            renaming.insert(out, operand);
            Some(Vec::new())
        }
        Edit::Region(k) => {
            let block = match stmt.op {
                Op::If { then, els, .. } => [then, els].into_iter().nth(k)?,
                Op::For(l) if k == 0 => {
                    let entry = l.range.map(|r| r.lo).into_iter().chain(l.inits);
                    for (&p, init) in l.body.params.iter().zip(entry) {
                        renaming.insert(p, init);
                    }
                    l.body
                }
                _ => return None,
            };
            for (&out, &y) in stmt.out.iter().zip(&block.yields) {
                renaming.insert(out, y);
            }
            Some(block.stmts)
        }
        Edit::Without(j) => {
            let mut stmt = stmt;
            if j >= stmt.out.len() {
                return None;
            }
            match &mut stmt.op {
                Op::If { then, els, .. } => {
                    then.yields.remove(j);
                    els.yields.remove(j);
                }
                Op::For(l) => {
                    l.inits.remove(j);
                    l.body.params.remove(j + 1);
                    l.body.yields.remove(j);
                }
                _ => return None,
            }
            stmt.out.remove(j);
            Some(vec![stmt])
        }
    }
}

fn rename(block: &mut Block, renaming: &Renaming) {
    for stmt in &mut block.stmts {
        renaming.op(&mut stmt.op);
        for k in 0..2 {
            if k == 1 && matches!(stmt.op, Op::For(_)) {
                continue;
            }
            if let Some(region) = region(&mut stmt.op, k) {
                rename(region, renaming);
            }
        }
    }
    renaming.block_yields(block);
}
