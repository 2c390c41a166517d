//! Parts of structs that are copied and of which nothing else is known: `state.before = state.now;`.
//!
//! A part may be a number, an array, a structure or an integer. What is read with the intention to compute with it is a
//! scalar, and its type shows where that happens. If it shows nowhere, all that is done with the part is that it is written to
//! another: it becomes memory, which is copied and exchanged with what was there. The rules of those need no type.

use std::collections::{HashMap, HashSet};

use proc_macro2::Span;

use super::Lower;
use super::value::MemInfo;
use crate::ir::{Access, Block, Func, Init, Mem, MemData, Op, Part, Place, Stmt, Ty, Val};

/// How often a value of unknown type is read, and whether only to be written to a part of a struct.
#[derive(Default)]
struct Reads {
    writes: usize,
    others: usize,
}

impl Lower<'_> {
    /// Makes memory of the parts that are read only to be written to others.
    pub(super) fn copy_parts(&mut self, func: &mut Func) {
        self.copy_scalars(func);
        mark_moved(func);
    }

    fn copy_scalars(&mut self, func: &mut Func) {
        let mut parts = copied_parts(func);
        // What is a constant is written as it is.
        parts.retain(|val, _| !self.inert.contains(val));
        if parts.is_empty() {
            return;
        }
        let mut body = std::mem::take(&mut func.body);
        let mut copies = HashMap::new();
        self.copy_parts_in(&mut body, func, &parts, &mut copies);
        func.body = body;
    }

    fn copy_parts_in(
        &mut self,
        block: &mut Block,
        func: &mut Func,
        parts: &HashMap<Val, Reads>,
        copies: &mut HashMap<Val, Mem>,
    ) {
        let mut stmts = Vec::with_capacity(block.stmts.len());
        // Those of this block that have not been written to a part yet: the copy itself may go there.
        let mut unwritten = HashSet::new();
        for mut stmt in std::mem::take(&mut block.stmts) {
            match &mut stmt.op {
                Op::Load(place) => {
                    if let Some((val, reads)) = stmt.out.first().and_then(|val| parts.get_key_value(val)) {
                        copies.insert(*val, self.copied_part(place.clone(), stmt.span, func, &mut stmts));
                        if reads.writes == 1 {
                            unwritten.insert(*val);
                        }
                        continue;
                    }
                }
                Op::Store { place, value } => {
                    if let Some(copy) = copies.get(value).copied() {
                        let written = !unwritten.remove(value);
                        let copy = match written {
                            true => self.copied_part(Place::whole(copy), stmt.span, func, &mut stmts),
                            false => copy,
                        };
                        stmt.op = Op::Swap { a: place.clone(), b: Place::whole(copy) };
                    }
                }
                op => {
                    for block in op.blocks_mut() {
                        self.copy_parts_in(block, func, parts, copies);
                    }
                }
            }
            stmts.push(stmt);
        }
        block.stmts = stmts;
    }

    /// New memory with what is in a place.
    fn copied_part(&mut self, place: Place, span: Span, func: &mut Func, stmts: &mut Vec<Stmt>) -> Mem {
        let mem = Mem(func.mems.len() as u32);
        func.mems.push(MemData { part: Part::Moved, ..MemData::new(None, None, span) });
        self.mems.push(MemInfo { temporary: false, mutable: true, ..MemInfo::local(None) });
        stmts.push(Stmt { op: Op::Alloc { mem, init: Init::Copy(place) }, out: Vec::new(), span });
        mem
    }
}

/// The values that are read from parts of structs, or constants, and only written to parts of structs.
pub(super) fn handed_on(func: &Func) -> HashSet<Val> {
    copied_parts(func).into_keys().collect()
}

fn copied_parts(func: &Func) -> HashMap<Val, Reads> {
    let mut parts = HashMap::new();
    parts_read(&func.body, func, &mut parts);
    count(&func.body, func, &mut parts);
    parts.retain(|_, reads| reads.writes > 0 && reads.others == 0);
    parts
}

/// Notes of which copies of parts it holds that all that is done with them is to become parts of other structs, directly or as
/// copies of copies: `t.mode = s.mode; r.mode = t.mode;`.
fn mark_moved(func: &mut Func) {
    let used = (0..).map(Mem).zip(&func.mems).filter(|(_, data)| data.part == Part::Used).map(|(mem, _)| mem);
    let mut moved: HashSet<Mem> = used.collect();
    // Parts that are copies of what is used are used.
    loop {
        let before = moved.len();
        drop_used(&func.body, func, &mut moved);
        if moved.len() == before {
            break;
        }
    }
    for mem in moved {
        func.mems[mem.0 as usize].part = Part::Moved;
    }
}

fn drop_used(block: &Block, func: &Func, moved: &mut HashSet<Mem>) {
    let is_moved = |place: &Place, moved: &HashSet<Mem>| {
        let data = func.mem(place.mem);
        place.path.is_empty() && (data.part == Part::Moved || moved.contains(&place.mem))
    };
    for stmt in &block.stmts {
        let stays = match &stmt.op {
            Op::Alloc { mem, init: Init::Copy(from) } => {
                let stays = is_part(from, func) || is_moved(from, moved);
                if !stays {
                    moved.remove(mem);
                }
                stays && is_moved(&Place::whole(*mem), moved)
            }
            Op::Swap { a, b } => [a, b].into_iter().all(|place| is_part(place, func) || is_moved(place, moved)),
            op => op.places().is_empty(),
        };
        if !stays {
            stmt.op.places().into_iter().for_each(|place| {
                moved.remove(&place.mem);
            });
        }
        stmt.op.blocks().into_iter().for_each(|block| drop_used(block, func, moved));
    }
}

/// The values of unknown type that are read from parts of structs, and constants.
fn parts_read(block: &Block, func: &Func, found: &mut HashMap<Val, Reads>) {
    for stmt in &block.stmts {
        let may_be = match &stmt.op {
            Op::Load(place) => is_part(place, func),
            Op::Opaque(_) => true,
            _ => false,
        };
        if let ([val], true) = (&stmt.out[..], may_be)
            && func.ty(*val) == Ty::Opaque
        {
            found.insert(*val, Reads::default());
        }
        stmt.op.blocks().into_iter().for_each(|block| parts_read(block, func, found));
    }
}

/// Counts what reads them.
fn count(block: &Block, func: &Func, parts: &mut HashMap<Val, Reads>) {
    let mut read = |val: Val, written: bool| {
        if let Some(reads) = parts.get_mut(&val) {
            *(if written { &mut reads.writes } else { &mut reads.others }) += 1;
        }
    };
    block.yields.iter().for_each(|val| read(*val, false));
    for stmt in &block.stmts {
        let indices = stmt.op.places().into_iter().flat_map(|place| &place.path).flat_map(Access::reads);
        indices.for_each(|val| read(val, false));
        match &stmt.op {
            Op::Store { place, value } => read(*value, is_part(place, func)),
            op => op.each_read(&mut |val| read(val, false)),
        }
    }
    for stmt in &block.stmts {
        stmt.op.blocks().into_iter().for_each(|block| count(block, func, parts));
    }
}

/// Whether the place is a part of memory whose parts have types of their own.
fn is_part(place: &Place, func: &Func) -> bool {
    !place.path.is_empty() && func.mem(place.mem).elem.is_none()
}
