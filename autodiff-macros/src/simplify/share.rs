//! Common subexpressions, found by syntax: the same pure operation on the same values, in a scope that encloses both.
//!
//! Loads take part where the memory object is never written (parameters of the user's): the same element is then the
//! same value.

use std::collections::{HashMap, HashSet};

use super::rewrite::Renaming;
use crate::ir::{Access, Block, CmpOp, Const, Func, IntOp, Mem, Op, Place, Slotted, Ty, Val};
use crate::rules::Rule;

/// Runs the pass.
pub(crate) fn run(f: &mut Func) {
    let mut written = HashSet::new();
    collect_written(&f.body, &mut written);
    let fixed = f
        .params
        .iter()
        .filter_map(|p| match p.held {
            Slotted::Mem(m) if !written.contains(&m) => Some(m),
            _ => None,
        })
        .collect();
    let types = f.vals.iter().map(|v| v.ty).collect();
    let mut pass = Pass { names: Renaming::default(), fixed, types, scopes: Vec::new() };
    pass.block(&mut f.body);
}

fn collect_written(block: &Block, written: &mut HashSet<Mem>) {
    for stmt in &block.stmts {
        written.extend(crate::analysis::sites::written(&stmt.op));
        for b in stmt.op.blocks() {
            collect_written(b, written);
        }
    }
}

/// What makes two statements the same.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Float(u64, Option<String>, Ty),
    Int(i128, Ty),
    Bool(bool),
    Node(Rule, Vec<Val>),
    IntOp(IntOp, Vec<Val>),
    Cmp(CmpOp, Val, Val),
    Cast(Val, Ty),
    Select(Val, Val, Val),
    Load(Mem, Vec<Step>, Ty),
    Len(Mem, Vec<Step>),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Step {
    Index(Val),
    Const(usize),
    Field(String),
    Range(Val, Val),
}

struct Pass {
    names: Renaming,
    fixed: HashSet<Mem>,
    types: Vec<Ty>,
    scopes: Vec<HashMap<Key, Val>>,
}

impl Pass {
    fn path(&self, place: &Place) -> Option<Vec<Step>> {
        self.fixed.contains(&place.mem).then(|| {
            place
                .path
                .iter()
                .map(|a| match a {
                    Access::Index(v) => Step::Index(*v),
                    Access::Const(k) => Step::Const(*k),
                    Access::Field(name) => Step::Field(name.clone()),
                    Access::Range { lo, len } => Step::Range(*lo, *len),
                })
                .collect()
        })
    }

    fn key(&self, op: &Op, out: Val) -> Option<Key> {
        let ty = self.types[out.0 as usize];
        match op {
            Op::Const(Const::Float { value, text }) => Some(Key::Float(value.to_bits(), text.clone(), ty)),
            Op::Const(Const::Int(k)) => Some(Key::Int(*k, ty)),
            Op::Const(Const::Bool(b)) => Some(Key::Bool(*b)),
            Op::Node { rule, args } => Some(Key::Node(*rule, args.clone())),
            Op::Int { op, args } => Some(Key::IntOp(*op, args.clone())),
            Op::Cmp { op, a, b } => Some(Key::Cmp(*op, *a, *b)),
            Op::Cast(v) => Some(Key::Cast(*v, ty)),
            Op::Select { cond, a, b } => Some(Key::Select(*cond, *a, *b)),
            Op::Load(place) if ty != Ty::Opaque => self.path(place).map(|p| Key::Load(place.mem, p, ty)),
            Op::Len(place) => self.path(place).map(|p| Key::Len(place.mem, p)),
            _ => None,
        }
    }

    fn block(&mut self, block: &mut Block) {
        self.scopes.push(HashMap::new());
        for mut stmt in std::mem::take(&mut block.stmts) {
            self.names.op(&mut stmt.op);
            match &mut stmt.op {
                Op::If { then, els, .. } => {
                    self.block(then);
                    self.block(els);
                }
                Op::For(l) => self.block(&mut l.body),
                op => {
                    if let Some(key) = stmt.out.first().and_then(|&out| self.key(op, out)) {
                        if let Some(&same) = self.scopes.iter().rev().find_map(|s| s.get(&key)) {
                            self.names.insert(stmt.out[0], same);
                            continue;
                        }
                        if let Some(scope) = self.scopes.last_mut() {
                            scope.insert(key, stmt.out[0]);
                        }
                    }
                }
            }
            block.stmts.push(stmt);
        }
        self.names.block_yields(block);
        self.scopes.pop();
    }
}
