//! The verifier: what every function of the IR satisfies, checked between passes in tests.
//!
//! - Scalars, memory objects and local stacks are defined exactly once, before their uses and in an enclosing block
//!   (in a tree of regions, this is SSA dominance and lifetime in one rule).
//! - Every operation has the number and types of operands and results that its definition states; a rule of the table
//!   has its row's arguments, and all floats of a step agree.
//! - Regions yield what their statement defines; a loop's initial, carried, yielded and final values agree.

use std::collections::HashSet;

use super::{
    Arg, Block, Call, CallForm, Const, Dim, For, Func, Init, Int, IntOp, Layer, Mem, Op, Place, Slot, Slotted, StackId,
    Stmt, Tangent, Ty, Val,
};
use crate::rules::row;

/// All violations, in program order, as text; empty for a well-formed function.
pub(crate) fn verify(f: &Func) -> Vec<String> {
    let mut v = Verifier {
        f,
        vals: vec![Life::Unborn; f.vals.len()],
        mems: vec![Life::Unborn; f.mems.len()],
        stacks: vec![Life::Unborn; f.stacks.len()],
        at: At::Params,
        errors: Vec::new(),
    };
    v.func();
    v.errors
}

/// Parameters or results that share a role, as text: none in a function of the user's and its first derivatives, whose
/// parameters are found by role. (A second reverse sweep has two seeds of the same result.)
pub(crate) fn shared_roles(f: &Func) -> Vec<String> {
    let mut seen = HashSet::new();
    let params = f.params.iter().map(|p| &p.role).filter(|&role| !seen.insert(role));
    let mut shared: Vec<String> = params.map(|role| format!("two parameters have the role {role}")).collect();
    let mut seen = HashSet::new();
    let results = f.results.iter().filter(|&role| !seen.insert(role));
    shared.extend(results.map(|role| format!("two results have the role {role}")));
    shared
}

/// Where a definition is relative to the statement at hand.
#[derive(Copy, Clone, PartialEq)]
enum Life {
    Unborn,
    InScope,
    /// Its block is over.
    Dead,
}

/// What is being checked, for messages.
#[derive(Copy, Clone)]
enum At<'f> {
    Params,
    Stmt(&'f Stmt),
    Results,
}

struct Verifier<'f> {
    f: &'f Func,
    vals: Vec<Life>,
    mems: Vec<Life>,
    stacks: Vec<Life>,
    at: At<'f>,
    errors: Vec<String>,
}

/// What a block has defined, to be retired at its end.
#[derive(Default)]
struct Born {
    vals: Vec<Val>,
    mems: Vec<Mem>,
    stacks: Vec<StackId>,
}

impl<'f> Verifier<'f> {
    fn error(&mut self, message: impl AsRef<str>) {
        let at = match self.at {
            At::Params => "the parameters".to_owned(),
            At::Stmt(stmt) => head(stmt),
            At::Results => "the results".to_owned(),
        };
        self.errors.push(format!("{at}: {}", message.as_ref()));
    }

    fn check(&mut self, holds: bool, message: impl FnOnce() -> String) {
        if !holds {
            self.error(message());
        }
    }

    // ---- definitions and uses -----------------------------------------------------------------------------------

    fn define(&mut self, v: Val, born: &mut Born) {
        match self.vals.get(v.0 as usize) {
            None => self.error(format!("{v} is not in the arena")),
            Some(Life::Unborn) => {
                self.vals[v.0 as usize] = Life::InScope;
                born.vals.push(v);
            }
            Some(_) => self.error(format!("{v} is defined twice")),
        }
    }

    fn define_mem(&mut self, m: Mem, born: &mut Born) {
        match self.mems.get(m.0 as usize) {
            None => self.error(format!("{m} is not in the arena")),
            Some(Life::Unborn) => {
                self.mems[m.0 as usize] = Life::InScope;
                born.mems.push(m);
            }
            Some(_) => self.error(format!("{m} is defined twice")),
        }
    }

    fn define_stack(&mut self, s: StackId, born: &mut Born) {
        match self.stacks.get(s.0 as usize) {
            None => self.error(format!("{s} is not in the arena")),
            Some(Life::Unborn) if self.f.stacks[s.0 as usize].on_tape => {
                self.error(format!("{s} lives on the tape and is not made here"));
            }
            Some(Life::Unborn) => {
                self.stacks[s.0 as usize] = Life::InScope;
                born.stacks.push(s);
            }
            Some(_) => self.error(format!("{s} is defined twice")),
        }
    }

    fn usable(&mut self, what: impl std::fmt::Display, life: Option<Life>) {
        match life {
            None => self.error(format!("{what} is not in the arena")),
            Some(Life::Unborn) => self.error(format!("{what} is used before it is defined")),
            Some(Life::Dead) => self.error(format!("{what} is used outside its block")),
            Some(Life::InScope) => {}
        }
    }

    fn use_val(&mut self, v: Val) {
        self.usable(v, self.vals.get(v.0 as usize).copied());
    }

    fn use_mem(&mut self, m: Mem) {
        self.usable(m, self.mems.get(m.0 as usize).copied());
    }

    /// The type of a stack in scope.
    fn use_stack(&mut self, s: StackId) -> Option<Ty> {
        let data = self.f.stacks.get(s.0 as usize);
        if !data.is_some_and(|data| data.on_tape) {
            self.usable(s, self.stacks.get(s.0 as usize).copied());
        }
        data.map(|data| data.ty)
    }

    fn ty(&self, v: Val) -> Option<Ty> {
        self.f.vals.get(v.0 as usize).map(|data| data.ty)
    }

    fn elem(&self, m: Mem) -> Option<Ty> {
        self.f.mems.get(m.0 as usize).and_then(|data| data.elem)
    }

    fn expect(&mut self, v: Val, wanted: Ty, what: &str) {
        if let Some(ty) = self.ty(v) {
            self.check(agree(ty, wanted), || format!("{what} {v} is of type {ty}, not {wanted}"));
        }
    }

    fn expect_int(&mut self, v: Val, what: &str) {
        if let Some(ty) = self.ty(v) {
            self.check(matches!(ty, Ty::Int(_)), || format!("{what} {v} is of type {ty}, not an integer"));
        }
    }

    fn expect_same(&mut self, a: Val, b: Val, what: &str) {
        if let Some(ty) = self.ty(b) {
            self.expect(a, ty, what);
        }
    }

    // ---- structure ----------------------------------------------------------------------------------------------

    fn func(&mut self) {
        let mut born = Born::default();
        for p in &self.f.params {
            match p.held {
                Slotted::Val(v) => self.define(v, &mut born),
                Slotted::Mem(m) => self.define_mem(m, &mut born),
            }
        }
        let body = &self.f.body;
        self.check(body.params.is_empty(), || "the body has block parameters".to_owned());
        self.stmts(body, &mut born);
        self.at = At::Results;
        for &v in &body.yields {
            self.use_val(v);
        }
        let (yields, results) = (body.yields.len(), self.f.results.len());
        self.check(yields == results, || format!("{yields} values for {results} results"));
    }

    fn stmts(&mut self, block: &'f Block, born: &mut Born) {
        for stmt in &block.stmts {
            self.stmt(stmt, born);
        }
    }

    /// Checks a region that is to yield values of the types of `out`.
    fn region(&mut self, block: &'f Block, out: &[Val]) {
        let outside = self.at;
        let mut born = Born::default();
        for &p in &block.params {
            self.define(p, &mut born);
        }
        self.stmts(block, &mut born);
        self.at = outside;
        for &v in &block.yields {
            self.use_val(v);
        }
        self.same_types(&block.yields, out, "the yield");
        for v in born.vals {
            self.vals[v.0 as usize] = Life::Dead;
        }
        for m in born.mems {
            self.mems[m.0 as usize] = Life::Dead;
        }
        for s in born.stacks {
            self.stacks[s.0 as usize] = Life::Dead;
        }
    }

    fn same_types(&mut self, values: &[Val], like: &[Val], what: &str) {
        let (n, wanted) = (values.len(), like.len());
        self.check(n == wanted, || format!("{what} has {n} values for {wanted}"));
        for (&v, &l) in values.iter().zip(like) {
            self.expect_same(v, l, what);
        }
    }

    fn stmt(&mut self, stmt: &'f Stmt, born: &mut Born) {
        self.at = At::Stmt(stmt);
        for v in stmt.op.reads() {
            self.use_val(v);
        }
        for place in stmt.op.places() {
            self.place(place);
        }
        let out = &stmt.out[..];
        match &stmt.op {
            Op::If { cond, then, els } => {
                self.expect(*cond, Ty::Bool, "the condition");
                for block in [then, els] {
                    self.check(block.params.is_empty(), || "a branch has block parameters".to_owned());
                    self.region(block, out);
                }
            }
            Op::For(l) => self.for_loop(l, out),
            Op::Alloc { mem, init } => {
                self.count(out, 0);
                self.alloc(*mem, init);
                self.define_mem(*mem, born);
            }
            Op::NewStack(s) => {
                self.count(out, 0);
                self.define_stack(*s, born);
            }
            Op::Call(call) => {
                self.call(call, out);
                call.mems().for_each(|m| self.define_mem(m, born));
            }
            op => self.leaf(op, out),
        }
        for &v in out {
            self.define(v, born);
        }
    }

    fn for_loop(&mut self, l: &'f For, out: &[Val]) {
        let Some((&var, carried)) = l.body.params.split_first() else {
            self.error("a loop without a loop variable");
            return;
        };
        self.expect_int(var, "the loop variable");
        match l.range {
            Some(range) => {
                self.expect_int(range.lo, "the lower bound");
                self.expect_same(range.hi, range.lo, "the upper bound");
                self.expect_same(var, range.lo, "the loop variable");
            }
            None => match carried.first() {
                Some(&go) => self.expect(go, Ty::Bool, "the condition"),
                None => self.error("a `while` without a condition"),
            },
        }
        self.same_types(&l.inits, carried, "the initial state");
        self.same_types(out, carried, "the final state");
        self.region(&l.body, carried);
    }

    fn place(&mut self, place: &Place) {
        self.use_mem(place.mem);
        for access in &place.path {
            for v in access.reads() {
                self.expect_int(v, "the index");
            }
        }
    }

    fn alloc(&mut self, mem: Mem, init: &Init) {
        let elem = self.elem(mem);
        let (sources, from): (&[Val], Option<&Place>) = match init {
            Init::Fill { value, dims } => {
                for dim in dims {
                    if let Dim::Heap(n) = dim {
                        self.expect(*n, Ty::Int(Int::Usize), "the length");
                    }
                }
                (std::slice::from_ref(value), None)
            }
            Init::List { items, shape } => {
                let (n, wanted) = (items.len(), shape.iter().product::<usize>());
                self.check(n == wanted, || format!("{n} items for a shape of {wanted}"));
                (items, None)
            }
            Init::Copy(p) | Init::ZerosLike(p) => (&[], Some(p)),
            Init::Build(_) => (&[], None),
            Init::Popped(popped) => {
                self.use_stack(popped.stack);
                (&[], None)
            }
        };
        let Some(elem) = elem else { return };
        for &v in sources {
            self.expect(v, elem, "the element");
        }
        if let Some(source) = from.and_then(|p| self.elem(p.mem)) {
            self.check(agree(source, elem), || format!("a copy of {source} elements into {elem} elements"));
        }
    }

    // ---- operations without regions -----------------------------------------------------------------------------

    fn count(&mut self, out: &[Val], wanted: usize) -> Option<Val> {
        let n = out.len();
        self.check(n == wanted, || format!("defines {n} values, not {wanted}"));
        out.first().copied()
    }

    fn leaf(&mut self, op: &Op, out: &[Val]) {
        let wanted = match op {
            Op::Store { .. } | Op::Accum { .. } | Op::AddMem { .. } | Op::Swap { .. } | Op::Resize { .. } => 0,
            Op::Clear(_) => 0,
            Op::Push { .. } | Op::Save { .. } | Op::Restore { .. } => 0,
            Op::Opaque(_) => out.len().min(1),
            _ => 1,
        };
        let first = self.count(out, wanted);
        match op {
            Op::Store { place, value } => self.leaf_access(place, *value),
            Op::Accum { place, value } => {
                self.leaf_access(place, *value);
                self.expect_float(*value, "the summand");
            }
            Op::AddMem { dst, src } => {
                if let (Some(d), Some(s)) = (self.elem(dst.mem), self.elem(src.mem)) {
                    let holds = d == s && d.float().is_some();
                    self.check(holds, || format!("adds {s} elements to {d} elements"));
                }
            }
            Op::Push { stack, value } => {
                if let Some(ty) = self.use_stack(*stack) {
                    self.expect(*value, ty, "the pushed value");
                }
            }
            Op::Save { stack, mem } | Op::Restore { stack, mem } => {
                self.use_mem(*mem);
                let (ty, elem) = (self.use_stack(*stack), self.elem(*mem));
                if let (Some(ty), Some(elem)) = (ty, elem) {
                    // On a stack of whole values, anything.
                    let holds = ty == Ty::Opaque || (ty == elem && ty.float().is_some());
                    self.check(holds, || format!("keeps {elem} elements on a stack of {ty}"));
                }
            }
            Op::Opaque(_) => {}
            _ => {
                if let Some(out) = first {
                    self.defining(op, out);
                }
            }
        }
    }

    /// A leaf of `place` holds or receives `value`.
    fn leaf_access(&mut self, place: &Place, value: Val) {
        self.check(!place.path.is_empty(), || format!("{place} is not a scalar"));
        if let Some(elem) = self.elem(place.mem) {
            self.expect(value, elem, "the element");
        }
    }

    fn expect_float(&mut self, v: Val, what: &str) {
        if let Some(ty) = self.ty(v) {
            self.check(ty.float().is_some(), || format!("{what} {v} is of type {ty}, not a float"));
        }
    }

    /// An operation that defines the one scalar `out`.
    fn defining(&mut self, op: &Op, out: Val) {
        let Some(ty) = self.ty(out) else { return };
        match op {
            Op::Const(c) => {
                let holds = match c {
                    Const::Float { .. } => ty.float().is_some(),
                    Const::Int(_) => matches!(ty, Ty::Int(_)),
                    Const::Bool(_) => ty == Ty::Bool,
                };
                self.check(holds, || format!("the constant {c} as {ty}"));
            }
            Op::Node { rule, args } => {
                let Some(float) = ty.float() else {
                    self.error(format!("a step of type {ty}"));
                    return;
                };
                let row = row(*rule);
                let (n, wanted) = (args.len(), row.partials.len());
                self.check(n == wanted, || format!("{n} arguments for {wanted}"));
                for (i, &arg) in args.iter().enumerate() {
                    self.expect(arg, row.arg_ty(i, float), "the argument");
                }
            }
            Op::Int { op, args } => self.int_op(*op, args, ty),
            Op::Cmp { a, b, .. } => {
                self.expect_same(*b, *a, "the operand");
                let opaque = self.ty(*a) == Some(Ty::Opaque);
                self.check(!opaque, || "compares opaque values".to_owned());
                self.check(ty == Ty::Bool, || format!("a comparison of type {ty}"));
            }
            Op::Cast(v) => {
                let from = self.ty(*v);
                let holds = match (from, ty) {
                    (Some(Ty::Opaque), _) | (_, Ty::Opaque) => false,
                    (Some(Ty::Bool), Ty::Float(_)) => false,
                    (from, Ty::Bool) => from == Some(Ty::Bool),
                    _ => true,
                };
                self.check(holds, || format!("a cast of {v} to {ty}"));
            }
            Op::Select { cond, a, b } => {
                self.expect(*cond, Ty::Bool, "the condition");
                self.expect(*a, ty, "the choice");
                self.expect(*b, ty, "the choice");
            }
            Op::Len(_) => self.check(agree(ty, Ty::Int(Int::Usize)), || format!("a length of type {ty}")),
            Op::Load(place) => self.leaf_access(place, out),
            Op::Pop(s) => {
                if let Some(wanted) = self.use_stack(*s) {
                    self.expect(out, wanted, "the popped value");
                }
            }
            Op::Record(r) => {
                self.check(ty.float().is_some(), || format!("a record of type {ty}"));
                self.check((1..=3).contains(&r.kind), || format!("type {} of a step", r.kind));
            }
            _ => {}
        }
    }

    fn int_op(&mut self, op: IntOp, args: &[Val], ty: Ty) {
        let wanted = if matches!(op, IntOp::Neg | IntOp::Not) { 1 } else { 2 };
        let n = args.len();
        self.check(n == wanted, || format!("{n} operands for {wanted}"));
        let logical = matches!(op, IntOp::BitAnd | IntOp::BitOr | IntOp::BitXor | IntOp::Not);
        let holds = matches!(ty, Ty::Int(_)) || (logical && ty == Ty::Bool);
        self.check(holds, || format!("an integer operation of type {ty}"));
        for (i, &arg) in args.iter().enumerate() {
            if i == 1 && matches!(op, IntOp::Shl | IntOp::Shr) {
                self.expect_int(arg, "the shift");
            } else {
                self.expect(arg, ty, "the operand");
            }
        }
    }

    fn call(&mut self, call: &Call, out: &[Val]) {
        let parts = call.scalars();
        let (_, layers) = call.form.layers();
        for made in &call.made {
            let (n, wanted) = (made.layers.len(), layers.len());
            self.check(n == wanted, || format!("{n} layers of memory for {wanted}"));
        }
        if let CallForm::Jvp { tangents } | CallForm::Trace { tangents } = &call.form {
            self.tangents(call, tangents);
            let (n, most) = (out.len(), 2 * parts);
            self.check((parts..=most).contains(&n), || format!("defines {n} values for {parts} results"));
            return;
        }
        let (of, _) = call.form.layers();
        self.check(layers.len().is_power_of_two(), || format!("{} layers", layers.len()));
        let mut wanted = 0;
        for (k, layer) in layers.iter().enumerate() {
            if k > 0 {
                self.tangents(call, &layer.tangents);
            }
            self.seeds_and_slots(call, of, layer);
            let scalars = layer.slots.iter().filter(|slot| matches!(slot, Slot::Scalar)).count();
            // A reverse half has no results.
            let given = match of {
                CallForm::Reverse { .. } => 0,
                _ if k == 0 => parts,
                _ => {
                    let values = out.get(..parts).unwrap_or_default();
                    values.iter().filter(|&&v| matches!(self.ty(v), Some(Ty::Float(_)))).count()
                }
            };
            wanted += given + scalars;
        }
        self.count(out, wanted);
    }

    /// Checks the seeds and slots of a layer against the arguments and results of a callee's derivative.
    fn seeds_and_slots(&mut self, call: &Call, of: &CallForm, layer: &Layer) {
        let reverse = matches!(of, CallForm::Reverse { .. } | CallForm::Vjp { .. });
        let (args, parts) = if reverse { (call.args.len(), call.parts()) } else { (0, 0) };
        let (n, seeds) = (layer.slots.len(), layer.seeds.len());
        self.check(n == args, || format!("{n} slots for {args} arguments"));
        self.check(seeds == parts, || format!("{seeds} seeds for {parts} results"));
        for (slot, arg) in layer.slots.iter().zip(&call.args) {
            let holds = matches!(
                (slot, arg),
                (Slot::Off, _) | (Slot::Scalar, Arg::Val(_)) | (Slot::Mem(_), Arg::Place { .. } | Arg::Gone)
            );
            self.check(holds, || "a slot that does not fit its argument".to_owned());
        }
    }

    fn tangents(&mut self, call: &Call, tangents: &[Tangent]) {
        let (n, args) = (tangents.len(), call.args.len());
        self.check(n == args, || format!("{n} tangents for {args} arguments"));
        for (tangent, arg) in tangents.iter().zip(&call.args) {
            let holds = matches!(
                (tangent, arg),
                (Tangent::Zero, _) | (Tangent::Val(_), Arg::Val(_)) | (Tangent::Mem(_), Arg::Place { .. })
            );
            self.check(holds, || "a tangent that does not fit its argument".to_owned());
        }
    }
}

/// The types are equal, as far as rustc's inference of integers leaves them open.
fn agree(a: Ty, b: Ty) -> bool {
    match (a, b) {
        (Ty::Int(Int::Infer), Ty::Int(_)) | (Ty::Int(_), Ty::Int(Int::Infer)) => true,
        _ => a == b,
    }
}

/// A statement in messages: what it defines, or what it does.
fn head(stmt: &Stmt) -> String {
    if let Some(v) = stmt.out.first() {
        return format!("{v}");
    }
    match &stmt.op {
        Op::Store { place, .. } => format!("{place} ="),
        Op::Accum { place, .. } => format!("{place} +="),
        Op::AddMem { dst, .. } => format!("{dst} += all"),
        Op::Clear(place) => format!("clear {place}"),
        Op::Swap { a, .. } => format!("swap {a}"),
        Op::Resize { mem, .. } => format!("resize {mem}"),
        Op::Alloc { mem, .. } => format!("alloc {mem}"),
        Op::NewStack(s) => format!("stack {s}"),
        Op::Push { stack, .. } => format!("push {stack}"),
        Op::Save { stack, .. } => format!("save {stack}"),
        Op::Restore { stack, .. } => format!("restore {stack}"),
        Op::If { .. } => "if".to_owned(),
        Op::For(_) => "for".to_owned(),
        _ => "an effect".to_owned(),
    }
}
