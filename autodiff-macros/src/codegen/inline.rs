//! Which scalars are written where they are used rather than bound by a `let`.
//!
//! A step whose result is used once, in the block that computes it, reads better inside its consumer: `100.0 * a * a` and
//! not three statements. Nothing else changes: steps keep their arguments and their association, so the bits stay, and a
//! load never moves past a write of its memory. What the user named keeps its `let`, and so does what needs an ascribed
//! type as a witness: inactive Rust, results of calls, fields of structs.

use crate::analysis::sites::{read, written};
use crate::ir::{Arg, Block, By, Func, Init, Int, Mem, Op, Place, Stmt, Ty, Val};
use crate::maps::{Hashed, Set};

/// An expression longer than this many steps is broken by a `let`.
const LONGEST: usize = 7;

/// The outcome of the analysis.
pub(super) struct Inline<'a> {
    /// By scalar: how one that has no variable is computed.
    defs: Vec<Option<&'a Op>>,
    /// Copies of what is no number, in memory whose type the tokens do not give.
    copies: Set<Val>,
    /// By scalar: how often it is read.
    uses: Vec<usize>,
    /// The memory objects that are written after they came into being.
    written: Set<Mem>,
    /// Those whose length changes, or that are exchanged.
    resized: Set<Mem>,
    /// Those that are arguments of calls, and those that anything else looks at.
    passed: Set<Mem>,
    looked_at: Set<Mem>,
    /// By scalar: the block and the statement that read it last, of the blocks visited so far. A block's yields count as a
    /// statement behind all others.
    consumers: Vec<(usize, usize)>,
    /// How many blocks were visited.
    blocks: usize,
}

impl<'a> Inline<'a> {
    pub(super) fn new(func: &'a Func) -> Inline<'a> {
        let scalars = func.vals.len();
        let mut inline = Inline {
            defs: vec![None; scalars],
            copies: Set::default(),
            uses: vec![0; scalars],
            written: Set::default(),
            resized: Set::default(),
            passed: Set::default(),
            looked_at: Set::default(),
            consumers: vec![(0, 0); scalars],
            blocks: 0,
        };
        inline.count(func, &func.body);
        inline.choose(func, &func.body, &[]);
        inline
    }

    /// The operation to write in place of `v`.
    pub(super) fn def(&self, v: Val) -> Option<&'a Op> {
        self.defs.get(v.0 as usize).copied().flatten()
    }

    /// Whether the variable has a copy of what was read and is no number.
    pub(super) fn is_copy(&self, v: Val) -> bool {
        self.copies.contains(&v) && self.def(v).is_none()
    }

    pub(super) fn uses(&self, v: Val) -> usize {
        self.uses.get(v.0 as usize).copied().unwrap_or(0)
    }

    pub(super) fn is_written(&self, mem: Mem) -> bool {
        self.written.contains(&mem)
    }

    pub(super) fn is_resized(&self, mem: Mem) -> bool {
        self.resized.contains(&mem)
    }

    /// Whether the memory object is nothing but an argument of calls, so that its type is that of a parameter.
    pub(super) fn is_only_passed(&self, mem: Mem) -> bool {
        self.passed.contains(&mem) && !self.looked_at.contains(&mem)
    }

    fn count(&mut self, func: &Func, block: &Block) {
        for stmt in &block.stmts {
            stmt.op.each_read(&mut |v| self.uses[v.0 as usize] += 1);
            if let (Op::Load(_), [v]) = (&stmt.op, &stmt.out[..])
                && func.ty(*v) == Ty::Opaque
            {
                self.copies.insert(*v);
            }
            if stmt.op.is_scalar() {
                continue;
            }
            self.written.extend(written(&stmt.op));
            match &stmt.op {
                Op::Resize { mem, .. } => {
                    self.resized.insert(*mem);
                }
                // Copied as what it is.
                Op::Alloc { init: Init::Build(build), .. } => {
                    let whole = build.made.places().into_iter().filter(|of| of.path.is_empty());
                    self.resized.extend(whole.map(|of| of.mem));
                }
                Op::Opaque(opaque) => {
                    let whole = opaque.places().into_iter().filter(|of| of.path.is_empty());
                    self.resized.extend(whole.map(|of| of.mem));
                }
                // Kept as what it is.
                Op::Save { mem, stack } | Op::Restore { mem, stack }
                    if func.stacks[stack.0 as usize].ty == Ty::Opaque =>
                {
                    self.resized.insert(*mem);
                }
                Op::Swap { a, b } => {
                    self.resized.extend([a, b].into_iter().filter(|of| of.path.is_empty()).map(|of| of.mem));
                }
                // The callee may take a vector.
                Op::Call(call) => {
                    for (k, arg) in call.args.iter().enumerate() {
                        if let Arg::Place { place: Place { mem, path }, by: By::Mut } = arg
                            && path.is_empty()
                        {
                            let layers = call.form.layers().1;
                            let dots = layers.iter().filter_map(|layer| layer.tangents.get(k)?.place());
                            self.resized.extend(dots.map(|dot| dot.mem));
                            self.resized.insert(*mem);
                        }
                    }
                }
                _ => {}
            }
            match &stmt.op {
                Op::Call(call) => self.passed.extend(call.args.iter().filter_map(|arg| match arg {
                    Arg::Place { place, .. } => Some(place.mem),
                    Arg::Val(_) | Arg::Gone => None,
                })),
                Op::Len(place) | Op::Alloc { init: Init::ZerosLike(place), .. } => {
                    self.looked_at.insert(place.mem);
                }
                op => self.looked_at.extend(read(op).into_iter().chain(written(op))),
            }
            for inner in stmt.op.blocks() {
                self.count(func, inner);
            }
        }
        for &v in &block.yields {
            self.uses[v.0 as usize] += 1;
        }
    }

    /// `targets` are the variables that the yields go to.
    fn choose(&mut self, func: &Func, block: &'a Block, targets: &[Val]) {
        let end = block.stmts.len();
        let number = self.consume(block);
        let writes = writes(block);
        // Where the expression that a statement ends up in is evaluated: its own position, unless it is inlined.
        let mut root: Vec<usize> = (0..end).collect();
        // The statement that is the outermost step of that expression, and how many steps hang below it.
        let mut outermost: Vec<usize> = (0..end).collect();
        let mut length = vec![1; end];
        for (at, stmt) in block.stmts.iter().enumerate().rev() {
            let &[v] = stmt.out.as_slice() else { continue };
            if matches!(stmt.op, Op::Const(_)) {
                self.defs[v.0 as usize] = Some(&stmt.op);
                continue;
            }
            if self.uses(v) != 1 || !is_plain(func, stmt) {
                continue;
            }
            let (reader, consumer) = self.consumers[v.0 as usize];
            if reader != number || !self.may_lose_its_name(func, block, v, consumer, targets) {
                continue;
            }
            let place = if consumer == end { end } else { root[consumer] };
            let moves_past_a_write = match &stmt.op {
                Op::Load(p) | Op::Len(p) => writes.get(&p.mem).is_some_and(|writers| {
                    let next = writers.partition_point(|&writer| writer <= at);
                    // Nor into the arguments of a call that is given the memory to write to.
                    let call = matches!(block.stmts.get(place), Some(Stmt { op: Op::Call(call), .. }) if call.writes());
                    writers.get(next).is_some_and(|&writer| writer < place + usize::from(call))
                }),
                _ => false,
            };
            let top = if consumer == end { at } else { outermost[consumer] };
            if moves_past_a_write || length[top] >= LONGEST {
                continue;
            }
            length[top] += 1;
            (root[at], outermost[at]) = (place, top);
            self.defs[v.0 as usize] = Some(&stmt.op);
        }
        for stmt in &block.stmts {
            match &stmt.op {
                Op::If { then, els, .. } => {
                    self.choose(func, then, &stmt.out);
                    self.choose(func, els, &stmt.out);
                }
                Op::For(f) => self.choose(func, &f.body, &f.body.params[1..]),
                _ => {}
            }
        }
    }

    /// Notes what the statements of `block` read, their regions excluded, and its yields. Gives the block's number.
    fn consume(&mut self, block: &Block) -> usize {
        self.blocks += 1;
        for (at, stmt) in block.stmts.iter().enumerate() {
            stmt.op.each_read(&mut |v| self.consumers[v.0 as usize] = (self.blocks, at));
        }
        for v in &block.yields {
            self.consumers[v.0 as usize] = (self.blocks, block.stmts.len());
        }
        self.blocks
    }

    /// A named value keeps its `let`, unless it only becomes the variable of the same name: that of a branch or a loop.
    fn may_lose_its_name(&self, func: &Func, block: &Block, v: Val, consumer: usize, targets: &[Val]) -> bool {
        let name = |v: Val| func.vals[v.0 as usize].name.as_deref();
        if name(v).is_none() {
            return true;
        }
        let target = match block.stmts.get(consumer) {
            None => block.yields.iter().position(|&y| y == v).and_then(|k| targets.get(k)),
            Some(Stmt { op: Op::For(f), out, .. }) => {
                let carried = f.inits.iter().position(|&init| init == v);
                carried.and_then(|k| [&f.body.params[k + 1], &out[k]].into_iter().find(|&&t| name(t).is_some()))
            }
            Some(_) => None,
        };
        target.is_some_and(|&t| name(t) == name(v))
    }
}

/// Without effect, of a type that its operands show, and an expression that reads well inside another.
fn is_plain(func: &Func, stmt: &Stmt) -> bool {
    match &stmt.op {
        Op::Node { .. } | Op::Cmp { .. } | Op::Len(_) => true,
        // An integer literal alone would fall back to `i32`; a cast fixes the type of what it gives.
        Op::Int { .. } => !matches!(func.ty(stmt.out[0]), Ty::Int(int) if int != Int::Infer && int != Int::Usize),
        Op::Cast(v) => func.ty(stmt.out[0]).float().is_some() && func.ty(*v) != Ty::Opaque,
        Op::Load(p) => func.mem(p.mem).elem.is_some_and(|ty| ty != Ty::Opaque),
        _ => false,
    }
}

/// For every memory object: the statements that write it, regions included, in order.
fn writes(block: &Block) -> Hashed<Mem, Vec<usize>> {
    fn note(op: &Op, at: usize, writes: &mut Hashed<Mem, Vec<usize>>) {
        if op.is_scalar() {
            return;
        }
        for mem in written(op) {
            writes.entry(mem).or_default().push(at);
        }
        for block in op.blocks() {
            block.stmts.iter().for_each(|stmt| note(&stmt.op, at, writes));
        }
    }
    let mut writes = Hashed::default();
    block.stmts.iter().enumerate().for_each(|(at, stmt)| note(&stmt.op, at, &mut writes));
    writes
}
