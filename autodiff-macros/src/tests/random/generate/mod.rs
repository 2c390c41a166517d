//! Random functions of the IR, with arguments at which they are defined.
//!
//! A program is written through the same [`Builder`] as the lowering's, statement by statement, from the values in
//! scope. An interval is known of every float, so that primitives get arguments from their domains in the rule table
//! (fitted by `m + r·sin(x)` where they are not); of every integer a bound is known, so that indices are in range.
//! Array lengths and loop bounds are run-time values, whose values the generator has chosen itself.

mod expressions;
mod memory;
mod regions;
mod values;

use crate::ir::build::Builder;
use crate::ir::eval::{Cell, Value};
use crate::ir::{Access, Float, Func, Int, Mem, Param, Role, Slotted, Ty, Val};
use crate::tests::support::Rng;

/// A function and arguments for it, one cell a parameter; and the function `g` that it calls, if any.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) f: Func,
    pub(super) args: Vec<Cell>,
    pub(super) callee: Option<Func>,
}

/// The program of a seed.
pub(super) fn program(seed: u64) -> Program {
    let mut rng = Rng(seed);
    let float = if rng.one_in(10) { Float::F32 } else { Float::F64 };
    let budget = 4 + rng.below(14);
    let callee = rng.one_in(6).then(|| generate(Rng(rng.next()), float, 3, None, true));
    generate(rng, float, budget, callee, false)
}

/// A program of about `budget` statements; a `leaf` has only scalars and plain arrays for parameters and only floats for
/// results, so that it can be called.
fn generate(rng: Rng, float: Float, budget: usize, callee: Option<Program>, leaf: bool) -> Program {
    let mut g = Generator {
        rng,
        b: Builder::new(),
        float,
        floats: Vec::new(),
        ints: Vec::new(),
        bools: Vec::new(),
        arrays: Vec::new(),
        params: Vec::new(),
        args: Vec::new(),
        budget,
        depth: 0,
        callee,
        leaf,
    };
    g.parameters();
    while g.budget > 0 {
        g.statement();
    }
    g.finish()
}

#[derive(Copy, Clone)]
struct Range {
    lo: f64,
    hi: f64,
}

impl Range {
    fn within(self, other: Range) -> bool {
        other.lo <= self.lo && self.hi <= other.hi
    }

    fn hull(self, other: Range) -> Range {
        Range { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    fn of(values: impl IntoIterator<Item = f64>) -> Range {
        let empty = Range { lo: f64::INFINITY, hi: f64::NEG_INFINITY };
        values.into_iter().fold(empty, |r, x| Range { lo: r.lo.min(x), hi: r.hi.max(x) })
    }

    fn size(self) -> f64 {
        self.lo.abs().max(self.hi.abs())
    }
}

/// What parameters are, and what recurrences are kept within.
const TAME: Range = Range { lo: -2.0, hi: 2.0 };

/// What the elements of arrays may be, which are accumulated into.
const WIDE: Range = Range { lo: -40.0, hi: 40.0 };

/// The name of the called function.
pub(super) const CALLEE: &str = "g";

/// Results beyond this are fitted before they are used again.
const LIMIT: f64 = 60.0;

#[derive(Copy, Clone)]
struct FloatVal {
    v: Val,
    range: Range,
}

/// A `usize` of at most `max`.
#[derive(Copy, Clone)]
struct IntVal {
    v: Val,
    max: usize,
}

/// An array, or a scalar where the shape is empty, in memory.
#[derive(Clone)]
struct Array {
    mem: Mem,
    prefix: Vec<Access>,
    shape: Vec<usize>,
    range: Range,
    writable: bool,
}

struct Generator {
    rng: Rng,
    b: Builder,
    float: Float,
    floats: Vec<FloatVal>,
    ints: Vec<IntVal>,
    bools: Vec<Val>,
    arrays: Vec<Array>,
    params: Vec<Param>,
    args: Vec<Cell>,
    budget: usize,
    depth: usize,
    callee: Option<Program>,
    leaf: bool,
}

impl Generator {
    fn ty(&self) -> Ty {
        Ty::Float(self.float)
    }

    fn value(&self, x: f64) -> Value {
        Value::float(x, self.float)
    }

    // ---- parameters ---------------------------------------------------------------------------------------------

    fn parameters(&mut self) {
        for k in 0..1 + self.rng.below(4) {
            // The first is active, whatever the others are.
            let active = k == 0 || !self.rng.one_in(4);
            match self.rng.below(if self.leaf { 6 } else { 8 }) {
                0..=3 => {
                    let x = self.rng.uniform(TAME.lo, TAME.hi);
                    let v = self.b.fresh(self.ty());
                    self.floats.push(FloatVal { v, range: TAME });
                    self.parameter(Slotted::Val(v), active, Cell::Scalar(self.value(x)));
                }
                4..=5 => {
                    let n = if self.leaf { 1 + self.rng.below(3) } else { self.rng.below(5) };
                    self.array_parameter(vec![n], active);
                }
                6 => {
                    let shape = vec![1 + self.rng.below(3), 1 + self.rng.below(3)];
                    self.array_parameter(shape, active);
                }
                _ => self.struct_parameter(active),
            }
        }
        let n = self.rng.below(5);
        let v = self.b.fresh(Ty::Int(Int::Usize));
        self.ints.push(IntVal { v, max: n });
        self.parameter(Slotted::Val(v), false, Cell::Scalar(Value::Int(n as i128)));
        if self.rng.one_in(3) {
            let v = self.b.fresh(Ty::Bool);
            self.bools.push(v);
            let on = self.rng.one_in(2);
            self.parameter(Slotted::Val(v), false, Cell::Scalar(Value::Bool(on)));
        }
    }

    fn parameter(&mut self, held: Slotted, active: bool, arg: Cell) {
        self.params.push(Param { role: Role::param(self.params.len()), held, active, by_mut: false });
        self.args.push(arg);
    }

    fn cells(&mut self, shape: &[usize]) -> Cell {
        match shape.split_first() {
            None => {
                let x = self.rng.uniform(TAME.lo, TAME.hi);
                Cell::Scalar(self.value(x))
            }
            Some((&n, rest)) => Cell::Seq((0..n).map(|_| self.cells(rest)).collect()),
        }
    }

    fn array_parameter(&mut self, shape: Vec<usize>, active: bool) {
        let mem = self.b.fresh_mem(Some(self.ty()), None);
        let arg = self.cells(&shape);
        // Constant memory takes no active values.
        let writable = active && !self.leaf && self.rng.one_in(4);
        let range = if writable { WIDE } else { TAME };
        self.arrays.push(Array { mem, prefix: Vec::new(), shape, range, writable });
        self.parameter(Slotted::Mem(mem), active, arg);
    }

    /// `{ w: [f64; n], b: f64 }`.
    fn struct_parameter(&mut self, active: bool) {
        let mem = self.b.fresh_mem(None, None);
        let shape = vec![1 + self.rng.below(3)];
        let fields = vec![("w".to_owned(), self.cells(&shape)), ("b".to_owned(), self.cells(&[]))];
        for (name, shape) in [("w", shape), ("b", Vec::new())] {
            let prefix = vec![Access::Field(name.to_owned())];
            self.arrays.push(Array { mem, prefix, shape, range: TAME, writable: false });
        }
        self.parameter(Slotted::Mem(mem), active, Cell::Fields(fields));
    }

    fn finish(mut self) -> Program {
        let mut results = Vec::new();
        // A combination of what there is, so that most of the program matters.
        let mut y = self.recent();
        for _ in 0..3 {
            let other = self.recent();
            y = self.combine(y, other);
        }
        for array in self.arrays.clone() {
            if array.writable && !array.shape.contains(&0) {
                let x = self.load(&array);
                y = self.combine(y, x);
            }
        }
        results.push((Role::result(0), y.v));
        if self.rng.one_in(4) {
            let other = self.recent();
            results.push((Role::result(1), other.v));
        }
        if !self.leaf && self.rng.one_in(8) {
            results.push((Role::result(results.len()), self.ints[0].v));
        }
        let name = if self.leaf { CALLEE } else { "random" };
        let f = self.b.finish(name.to_owned(), self.params, results);
        Program { f, args: self.args, callee: self.callee.map(|callee| callee.f) }
    }
}
