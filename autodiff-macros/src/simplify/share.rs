//! Common subexpressions, found by syntax: the same pure operation on the same values, in a scope that encloses both.
//!
//! Loads take part where the memory object is never written (parameters of the user's): the same element is then the
//! same value.
//!
//! An operation is spelled as words ([`Pass::spell`]), and [`Seen`] finds the earlier one of the same spelling: a hash table
//! whose entries are a stack, so that a scope ends by going back to where it began.

use super::rewrite::Renaming;
use crate::analysis::sites::written;
use crate::ir::{Access, Block, Const, Float, Func, Mem, Op, Place, Slotted, Ty, Val};
use crate::maps::Set;

/// Runs the pass.
pub(crate) fn run(f: &mut Func) {
    let mut written = Set::default();
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
    let mut pass = Pass { names: Renaming::default(), fixed, types, seen: Seen::new(f.vals.len()) };
    pass.block(&mut f.body);
}

fn collect_written(block: &Block, into: &mut Set<Mem>) {
    for stmt in block.stmts.iter().filter(|stmt| !stmt.op.is_scalar()) {
        into.extend(written(&stmt.op));
        for b in stmt.op.blocks() {
            collect_written(b, into);
        }
    }
}

struct Pass {
    names: Renaming,
    fixed: Set<Mem>,
    types: Vec<Ty>,
    seen: Seen,
}

impl Pass {
    fn block(&mut self, block: &mut Block) {
        let scope = self.seen.open();
        for mut stmt in std::mem::take(&mut block.stmts) {
            self.names.op(&mut stmt.op);
            match &mut stmt.op {
                Op::If { then, els, .. } => {
                    self.block(then);
                    self.block(els);
                }
                Op::For(l) => self.block(&mut l.body),
                op => {
                    if let Some(&out) = stmt.out.first()
                        && self.spell(op, self.types[out.0 as usize])
                        && let Some(same) = self.seen.find_or_enter(out)
                    {
                        self.names.insert(out, same);
                        continue;
                    }
                }
            }
            block.stmts.push(stmt);
        }
        self.names.block_yields(block);
        self.seen.close(scope);
    }

    /// Spells what makes two statements the same, behind the words of the entries: a tag, on which the number and meaning of
    /// the other words depend. False for an operation that is not shared.
    fn spell(&mut self, op: &Op, ty: Ty) -> bool {
        let words = &mut self.seen.words;
        match op {
            Op::Const(Const::Float { value, text }) => {
                words.extend([0, value.to_bits()]);
                spell_ty(ty, words);
                if let Some(text) = text {
                    spell_text(text, words);
                }
            }
            Op::Const(Const::Int(k)) => {
                words.extend([1, *k as u64, (*k >> 64) as u64]);
                spell_ty(ty, words);
            }
            Op::Const(Const::Bool(b)) => words.extend([2, u64::from(*b)]),
            Op::Node { rule, args } => {
                words.extend([3, *rule as u64]);
                spell_vals(args, words);
            }
            Op::Int { op, args } => {
                words.extend([4, *op as u64]);
                spell_vals(args, words);
            }
            Op::Cmp { op, a, b } => words.extend([5, *op as u64, u64::from(a.0), u64::from(b.0)]),
            Op::Cast(v) => {
                words.extend([6, u64::from(v.0)]);
                spell_ty(ty, words);
            }
            Op::Select { cond, a, b } => words.extend([7, u64::from(cond.0), u64::from(a.0), u64::from(b.0)]),
            Op::Load(place) if ty != Ty::Opaque && self.fixed.contains(&place.mem) => {
                words.push(8);
                spell_ty(ty, words);
                spell_place(place, words);
            }
            Op::Len(place) if self.fixed.contains(&place.mem) => {
                words.push(9);
                spell_place(place, words);
            }
            _ => return false,
        }
        true
    }
}

fn spell_vals(vals: &[Val], words: &mut Vec<u64>) {
    for v in vals {
        words.push(u64::from(v.0));
    }
}

fn spell_text(text: &str, words: &mut Vec<u64>) {
    words.push(text.len() as u64);
    words.extend(text.bytes().map(u64::from));
}

fn spell_ty(ty: Ty, words: &mut Vec<u64>) {
    match ty {
        Ty::Float(Float::F32) => words.push(0),
        Ty::Float(Float::F64) => words.push(1),
        Ty::Float(Float::Param(name)) => {
            words.push(2);
            spell_text(name, words);
        }
        Ty::Int(int) => words.extend([3, int as u64]),
        Ty::Bool => words.push(4),
        Ty::Opaque => words.push(5),
    }
}

fn spell_place(place: &Place, words: &mut Vec<u64>) {
    words.push(u64::from(place.mem.0));
    for access in &place.path {
        match access {
            Access::Index(v) => words.extend([0, u64::from(v.0)]),
            Access::Const(k) => words.extend([1, *k as u64]),
            Access::Field(name) => {
                words.push(2);
                spell_text(name, words);
            }
            Access::Range { lo, len } => words.extend([3, u64::from(lo.0), u64::from(len.0)]),
        }
    }
}

/// The operations of the scopes that are open.
struct Seen {
    /// The spellings of all entries, and behind them that of the operation at hand.
    words: Vec<u64>,
    entries: Vec<Entry>,
    /// By hash: the latest entry, numbered from 1; 0 is none.
    heads: Vec<usize>,
}

struct Entry {
    /// Where its spelling begins and ends.
    start: usize,
    end: usize,
    val: Val,
    head: usize,
    /// The entry before it of the same hash.
    next: usize,
}

impl Seen {
    fn new(size: usize) -> Seen {
        Seen { words: Vec::new(), entries: Vec::new(), heads: vec![0; size.next_power_of_two()] }
    }

    fn open(&self) -> usize {
        self.entries.len()
    }

    fn close(&mut self, scope: usize) {
        while self.entries.len() > scope {
            if let Some(entry) = self.entries.pop() {
                self.heads[entry.head] = entry.next;
                self.words.truncate(entry.start);
            }
        }
    }

    /// The value of the operation that is spelled behind the entries: that of an earlier one of the same spelling, or else
    /// `val` from now on.
    fn find_or_enter(&mut self, val: Val) -> Option<Val> {
        let start = self.entries.last().map_or(0, |last| last.end);
        let spelling = &self.words[start..];
        let mut hash: u64 = 0;
        for &word in spelling {
            hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        let head = (hash >> 32) as usize & (self.heads.len() - 1);
        let mut at = self.heads[head];
        while at != 0 {
            let entry = &self.entries[at - 1];
            if self.words[entry.start..entry.end] == *spelling {
                let same = entry.val;
                self.words.truncate(start);
                return Some(same);
            }
            at = entry.next;
        }
        self.entries.push(Entry { start, end: self.words.len(), val, head, next: self.heads[head] });
        self.heads[head] = self.entries.len();
        None
    }
}
