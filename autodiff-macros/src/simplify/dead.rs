//! Dead statements: mark what the results and the effects depend on, sweep the rest.

use crate::analysis::sites::{read, written};
use crate::ir::{Block, Func, Init, IntOp, Op, Place, Slotted, StackId, Stmt, Val};

/// Runs the pass.
pub(crate) fn run(f: &mut Func, user_vals: usize) {
    let mut live = Live {
        vals: vec![false; f.vals.len()],
        mems: vec![false; f.mems.len()],
        stacks: f.stacks.iter().map(|s| s.on_tape).collect(),
        user_vals,
        changed: true,
    };
    for p in &f.params {
        if let Slotted::Mem(m) = p.held {
            live.mems[m.0 as usize] = true;
        }
    }
    for &y in &f.body.yields {
        live.val(y);
    }
    for &(_, m) in &f.returned {
        live.mem(m);
    }
    while live.changed {
        live.changed = false;
        live.mark(&f.body);
    }
    live.sweep(&mut f.body);
}

struct Live {
    vals: Vec<bool>,
    mems: Vec<bool>,
    stacks: Vec<bool>,
    user_vals: usize,
    changed: bool,
}

impl Live {
    fn val(&mut self, v: Val) {
        let slot = &mut self.vals[v.0 as usize];
        self.changed |= !*slot;
        *slot = true;
    }

    fn mem(&mut self, m: crate::ir::Mem) {
        let slot = &mut self.mems[m.0 as usize];
        self.changed |= !*slot;
        *slot = true;
    }

    fn stack(&mut self, s: StackId) {
        let slot = &mut self.stacks[s.0 as usize];
        self.changed |= !*slot;
        *slot = true;
    }

    /// Whether the statement has to stay, as things stand.
    fn needed(&self, stmt: &Stmt) -> bool {
        stmt.out.iter().any(|v| self.vals[v.0 as usize])
            || match &stmt.op {
                Op::Alloc { mem, init: Init::Popped(popped) } => {
                    self.stacks[popped.stack.0 as usize] || self.mems[mem.0 as usize]
                }
                Op::Store { .. }
                | Op::Accum { .. }
                | Op::Clear(_)
                | Op::AddMem { .. }
                | Op::Swap { .. }
                | Op::Resize { .. }
                | Op::Alloc { .. } => self.touched(&stmt.op).any(|m| self.mems[m]),
                Op::NewStack(s) | Op::Push { stack: s, .. } | Op::Pop(s) => self.stacks[s.0 as usize],
                Op::Save { stack, .. } => self.stacks[stack.0 as usize],
                Op::Restore { stack, mem } => self.stacks[stack.0 as usize] || self.mems[mem.0 as usize],
                Op::Call(_) | Op::Record(_) => true,
                Op::Opaque(o) => !o.pure_ || o.mutable,
                Op::Load(_) => self.users(stmt),
                Op::Int { op: IntOp::Div | IntOp::Rem, .. } => self.users(stmt),
                Op::If { then, els, .. } => self.any(then) || self.any(els),
                // A `while` may not end: it stays.
                Op::For(l) => l.range.is_none() || self.any(&l.body),
                _ => false,
            }
    }

    /// A statement of the user's that may panic.
    fn users(&self, stmt: &Stmt) -> bool {
        stmt.out.iter().any(|v| (v.0 as usize) < self.user_vals)
    }

    fn any(&self, block: &Block) -> bool {
        block.stmts.iter().any(|s| self.needed(s))
    }

    fn touched(&self, op: &Op) -> impl Iterator<Item = usize> {
        let mut mems = written(op);
        if let Op::Alloc { mem, .. } = op {
            mems.push(*mem);
        }
        mems.into_iter().map(|m| m.0 as usize)
    }

    fn mark(&mut self, block: &Block) {
        for stmt in block.stmts.iter().rev() {
            if !self.needed(stmt) {
                continue;
            }
            match &stmt.op {
                Op::If { cond, then, els } => {
                    self.val(*cond);
                    for ((&o, &t), &e) in stmt.out.iter().zip(&then.yields).zip(&els.yields) {
                        if self.vals[o.0 as usize] {
                            self.val(t);
                            self.val(e);
                        }
                    }
                    self.mark(then);
                    self.mark(els);
                }
                Op::For(l) => {
                    match l.range {
                        Some(range) => {
                            self.val(range.lo);
                            self.val(range.hi);
                        }
                        None => self.val(l.body.params[1]),
                    }
                    self.mark_carried(stmt, l);
                    self.mark(&l.body);
                    self.mark_carried(stmt, l);
                }
                op => {
                    op.each_read(&mut |v| self.val(v));
                    if op.is_scalar() {
                        continue;
                    }
                    for m in read(op).into_iter().chain(written(op)) {
                        self.mem(m);
                    }
                    for place in shapes(op) {
                        self.mem(place.mem);
                    }
                    match op {
                        Op::Pop(s) | Op::Restore { stack: s, .. } => self.stack(*s),
                        Op::Alloc { init: Init::Popped(popped), .. } => self.stack(popped.stack),
                        _ => {}
                    }
                }
            }
        }
    }

    fn mark_carried(&mut self, stmt: &Stmt, l: &crate::ir::For) {
        for (j, &p) in l.body.params[1..].iter().enumerate() {
            if self.vals[p.0 as usize] || self.vals[stmt.out[j].0 as usize] {
                self.val(stmt.out[j]);
                self.val(p);
                self.val(l.inits[j]);
                self.val(l.body.yields[j]);
            }
        }
    }

    fn sweep(&self, block: &mut Block) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            if !self.needed(&stmt) {
                continue;
            }
            match &mut stmt.op {
                Op::If { then, els, .. } => {
                    retain(&mut stmt.out, &mut [&mut then.yields, &mut els.yields], &self.vals);
                    self.sweep(then);
                    self.sweep(els);
                }
                Op::For(l) => {
                    let var = l.body.params.remove(0);
                    retain(&mut stmt.out, &mut [&mut l.body.params, &mut l.inits, &mut l.body.yields], &self.vals);
                    l.body.params.insert(0, var);
                    self.sweep(&mut l.body);
                }
                _ => {}
            }
            block.stmts.push(stmt);
        }
    }
}

/// Keeps the positions of `lists` whose `out` is live.
fn retain(out: &mut Vec<Val>, lists: &mut [&mut Vec<Val>], live: &[bool]) {
    let keep: Vec<bool> = out.iter().map(|v| live[v.0 as usize]).collect();
    let filter = |list: &mut Vec<Val>| {
        let mut k = 0;
        list.retain(|_| {
            k += 1;
            keep[k - 1]
        });
    };
    filter(out);
    for list in lists {
        filter(list);
    }
}

/// Places that an operation looks at for their shape only.
fn shapes(op: &Op) -> Vec<&Place> {
    match op {
        Op::Len(place) | Op::Alloc { init: Init::ZerosLike(place), .. } => vec![place],
        _ => Vec::new(),
    }
}
