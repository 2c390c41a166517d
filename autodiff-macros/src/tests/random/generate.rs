//! Random functions of the IR, with arguments at which they are defined.
//!
//! A program is written through the same [`Builder`] as the lowering's, statement by statement, from the values in
//! scope. An interval is known of every float, so that primitives get arguments from their domains in the rule table
//! (fitted by `m + r·sin(x)` where they are not); of every integer a bound is known, so that indices are in range.
//! Array lengths and loop bounds are run-time values, whose values the generator has chosen itself.

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::TokenStream;

use crate::ir::build::Builder;
use crate::ir::eval::{Cell, Value, prim};
use crate::ir::{
    Access, Arg, Call, CallForm, CmpOp, Dim, Float, For, Func, Init, Int, IntOp, Mem, Op, Param, Place, Ret, Role,
    Slotted, Ty, Val,
};
use crate::rules::{self, Row, Rule};
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

/// How a carried value goes on.
#[derive(Copy, Clone)]
enum Carry {
    /// `p + e`.
    Sum,
    /// `p · e` with `e` around 1.
    Product,
    /// Any expression of what is in scope.
    Any,
    /// `max(p, e)`.
    Max,
    /// The next carried value.
    Shift,
    /// `p`.
    Same,
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
        self.params.push(Param { role: Role::param(self.params.len()), held, active });
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

    /// `a + c·b`.
    fn combine(&mut self, a: FloatVal, b: FloatVal) -> FloatVal {
        let c = self.rng.uniform(0.3, 1.5);
        let term = self.scale(b, c);
        self.sum(a, term)
    }

    // ---- choices of values --------------------------------------------------------------------------------------

    /// Any float in scope; a constant where there is none.
    fn any(&mut self) -> FloatVal {
        if self.floats.is_empty() || self.rng.one_in(12) {
            let x = self.rng.uniform(-1.5, 1.5);
            return self.constant(x);
        }
        *self.rng.pick(&self.floats)
    }

    /// A float in scope, more likely a new one.
    fn recent(&mut self) -> FloatVal {
        let n = self.floats.len();
        if n == 0 || self.rng.one_in(3) {
            return self.any();
        }
        self.floats[n - 1 - self.rng.below(n.min(4))]
    }

    fn constant(&mut self, x: f64) -> FloatVal {
        let v = self.b.float(x, self.float);
        FloatVal { v, range: Range { lo: x, hi: x } }
    }

    fn int(&mut self, n: usize) -> IntVal {
        IntVal { v: self.b.int(n as i128, Int::Usize), max: n }
    }

    /// An index below `n`, which is not 0.
    fn index(&mut self, n: usize) -> Access {
        if self.rng.one_in(4) || self.ints.is_empty() {
            return Access::Const(self.rng.below(n));
        }
        let i = *self.rng.pick(&self.ints);
        let i = match self.rng.below(4) {
            0 => {
                let one = self.int(1);
                IntVal { v: self.b.int_op(IntOp::Add, &[i.v, one.v]), max: i.max + 1 }
            }
            1 if i.max < n => {
                let last = self.int(n - 1);
                IntVal { v: self.b.int_op(IntOp::Sub, &[last.v, i.v]), max: n - 1 }
            }
            2 => {
                let two = self.int(2);
                IntVal { v: self.b.int_op(IntOp::Mul, &[i.v, two.v]), max: 2 * i.max }
            }
            _ => i,
        };
        if i.max < n {
            return Access::Index(i.v);
        }
        let n = self.int(n);
        Access::Index(self.b.int_op(IntOp::Rem, &[i.v, n.v]))
    }

    /// An element; the shape has no 0.
    fn element(&mut self, array: &Array) -> Place {
        let mut path = array.prefix.clone();
        for &n in &array.shape {
            let i = self.index(n);
            path.push(i);
        }
        Place { mem: array.mem, path }
    }

    /// An array with elements, if there is one.
    fn array(&mut self, writable: bool) -> Option<Array> {
        let arrays: Vec<&Array> =
            self.arrays.iter().filter(|a| !a.shape.contains(&0) && (a.writable || !writable)).collect();
        if arrays.is_empty() { None } else { Some((*self.rng.pick(&arrays)).clone()) }
    }

    fn condition(&mut self) -> Val {
        if !self.bools.is_empty() && self.rng.one_in(4) {
            let cond = *self.rng.pick(&self.bools);
            return if self.rng.one_in(3) { self.b.int_op(IntOp::Not, &[cond]) } else { cond };
        }
        let op = *self.rng.pick(&[CmpOp::Lt, CmpOp::Le, CmpOp::Gt, CmpOp::Ge, CmpOp::Eq, CmpOp::Ne]);
        if self.ints.len() > 1 && self.rng.one_in(3) {
            let a = *self.rng.pick(&self.ints);
            let n = self.rng.below(3);
            let b = self.int(n);
            return self.b.cmp(op, a.v, b.v);
        }
        let (a, b) = (self.any(), self.any());
        self.b.cmp(op, a.v, b.v)
    }

    // ---- expressions --------------------------------------------------------------------------------------------

    fn sum(&mut self, a: FloatVal, b: FloatVal) -> FloatVal {
        let range = Range { lo: a.range.lo + b.range.lo, hi: a.range.hi + b.range.hi };
        FloatVal { v: self.b.add(a.v, b.v), range }
    }

    fn scale(&mut self, a: FloatVal, c: f64) -> FloatVal {
        let factor = self.constant(c);
        self.product(factor, a)
    }

    fn product(&mut self, a: FloatVal, b: FloatVal) -> FloatVal {
        let range = if a.v == b.v {
            Range { lo: 0.0, hi: a.range.size() * a.range.size() }
        } else {
            let (a, b) = (a.range, b.range);
            Range::of([a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi])
        };
        FloatVal { v: self.b.mul(a.v, b.v), range }
    }

    /// `x` where it is known to lie within `range`, else a smooth function of it that does.
    fn fit(&mut self, x: FloatVal, range: Range) -> FloatVal {
        if x.range.within(range) {
            return x;
        }
        let (middle, radius) = ((range.lo + range.hi) / 2.0, (range.hi - range.lo) / 2.0);
        let squashed = self.b.node(if self.rng.one_in(2) { Rule::Sin } else { Rule::Tanh }, &[x.v]);
        let squashed = FloatVal { v: squashed, range: Range { lo: -1.0, hi: 1.0 } };
        let scaled = self.scale(squashed, radius);
        let middle = self.constant(middle);
        FloatVal { range, ..self.sum(middle, scaled) }
    }

    /// A primitive on arguments from one of its boxes.
    fn primitive(&mut self) -> FloatVal {
        let row = self.rng.pick(rules::rows());
        let which = self.rng.below(row.domains.len());
        let mut args = Vec::new();
        for (i, &(lo, hi)) in row.domains[which].iter().enumerate() {
            args.push(match row.arg_ty(i, self.float) {
                Ty::Int(int) => {
                    let n = lo as i128 + self.rng.below((hi - lo) as usize + 1) as i128;
                    self.b.int(n, int)
                }
                _ => {
                    let x = self.any();
                    self.fit(x, Range { lo, hi }).v
                }
            });
        }
        FloatVal { v: self.b.node(row.rule, &args), range: range_of(row, which) }
    }

    /// A piecewise primitive wherever its arguments are, on both sides of its kinks.
    fn piecewise(&mut self) -> FloatVal {
        let (a, b) = (self.any(), self.any());
        let unary = |g: &mut Self, rule| g.b.node(rule, &[a.v]);
        let (v, range) = match self.rng.below(7) {
            0 => (unary(self, Rule::Abs), Range { lo: 0.0, hi: a.range.size() }),
            1 => (unary(self, Rule::Relu), Range { lo: 0.0, hi: a.range.size() }),
            2 => (unary(self, Rule::Floor), Range { lo: a.range.lo - 1.0, hi: a.range.hi }),
            3 => (unary(self, Rule::Signum), Range { lo: -1.0, hi: 1.0 }),
            4 => (self.b.node(Rule::Max, &[a.v, b.v]), a.range.hull(b.range)),
            5 => (self.b.node(Rule::Min, &[a.v, b.v]), a.range.hull(b.range)),
            _ => {
                let (lo, hi) = (self.constant(-0.7), self.constant(0.9));
                (self.b.node(Rule::Clamp, &[a.v, lo.v, hi.v]), Range { lo: -0.7, hi: 0.9 })
            }
        };
        FloatVal { v, range }
    }

    /// A power with an integer exponent that is known at run time only.
    fn run_time_power(&mut self) -> FloatVal {
        let x = self.any();
        let x = self.fit(x, Range { lo: 0.5, hi: 1.5 });
        let n = *self.rng.pick(&self.ints);
        let three = self.int(3);
        let n = self.b.int_op(IntOp::Rem, &[n.v, three.v]);
        let n = self.b.cast(n, Ty::Int(Int::I32));
        FloatVal { v: self.b.node(Rule::Powi, &[x.v, n]), range: Range { lo: 0.25, hi: 2.25 } }
    }

    fn expression(&mut self) -> FloatVal {
        let x = match self.rng.below(16) {
            0 | 1 => {
                let (a, b) = (self.recent(), self.any());
                self.sum(a, b)
            }
            2 => {
                let (a, b) = (self.any(), self.recent());
                let range = Range { lo: a.range.lo - b.range.hi, hi: a.range.hi - b.range.lo };
                FloatVal { v: self.b.sub(a.v, b.v), range }
            }
            3 | 4 => {
                let (a, b) = (self.recent(), self.any());
                self.product(a, b)
            }
            5 => {
                let a = self.recent();
                self.product(a, a)
            }
            6 => {
                let (a, c) = (self.recent(), self.rng.uniform(-1.5, 1.5));
                self.scale(a, c)
            }
            7 => {
                let (a, b) = (self.any(), self.any());
                let b = self.fit(b, Range { lo: 0.5, hi: 2.5 });
                let size = a.range.size() / b.range.lo;
                FloatVal { v: self.b.div(a.v, b.v), range: Range { lo: -size, hi: size } }
            }
            8 => {
                let a = self.any();
                FloatVal { v: self.b.neg(a.v), range: Range { lo: -a.range.hi, hi: -a.range.lo } }
            }
            9 => self.piecewise(),
            10 => {
                let cond = self.condition();
                let (a, b) = (self.any(), self.recent());
                FloatVal { v: self.b.select(cond, a.v, b.v), range: a.range.hull(b.range) }
            }
            11 => self.cast(),
            12 => match self.array(false) {
                Some(array) => self.load(&array),
                None => self.primitive(),
            },
            13 if !self.ints.is_empty() => self.run_time_power(),
            _ => self.primitive(),
        };
        if x.range.size() > LIMIT { self.fit(x, TAME) } else { x }
    }

    /// To the other float type and back, or from an integer.
    fn cast(&mut self) -> FloatVal {
        if self.rng.one_in(2) && !self.ints.is_empty() {
            let i = *self.rng.pick(&self.ints);
            return FloatVal { v: self.b.cast(i.v, self.ty()), range: Range { lo: 0.0, hi: i.max as f64 } };
        }
        let x = self.recent();
        // Rounding would be no match for differences in an `f64` program.
        let other = Ty::Float(Float::F64);
        let there = self.b.cast(x.v, other);
        FloatVal { v: self.b.cast(there, self.ty()), range: x.range }
    }

    fn load(&mut self, array: &Array) -> FloatVal {
        let place = self.element(array);
        let ty = self.ty();
        FloatVal { v: self.b.load(place, ty), range: array.range }
    }

    // ---- statements ---------------------------------------------------------------------------------------------

    fn statement(&mut self) {
        self.budget = self.budget.saturating_sub(1);
        match self.rng.below(20) {
            0..=8 => {
                let x = self.expression();
                self.floats.push(x);
            }
            9 => self.local_array(),
            10 | 11 => self.store(),
            12 => self.accumulate(),
            13 => self.update(),
            14 => self.add_arrays(),
            15 if self.callee.is_some() => self.call(),
            15 | 16 if self.depth < 3 => self.branch(),
            17 | 18 if self.depth < 3 => self.repeat(),
            19 if self.depth < 3 => self.repeat_while(),
            _ => {
                let x = self.expression();
                self.floats.push(x);
            }
        }
    }

    fn local_array(&mut self) {
        let mem = self.b.fresh_mem(Some(self.ty()), None);
        let (init, shape) = match self.rng.below(5) {
            0 => {
                let value = self.constant(0.25).v;
                let n = *self.rng.pick(&self.ints);
                // The length is the interpreter's; the generator knows it only where it is exact.
                if n.v == self.ints[0].v {
                    (Init::Fill { value, dims: vec![Dim::Heap(n.v)] }, vec![n.max])
                } else {
                    (Init::Fill { value, dims: vec![fixed(3)] }, vec![3])
                }
            }
            1 => {
                let value = self.constant(-0.75).v;
                (Init::Fill { value, dims: vec![fixed(2), fixed(3)] }, vec![2, 3])
            }
            2 => {
                let n = 1 + self.rng.below(3);
                let items = (0..n).map(|_| {
                    let x = self.recent();
                    self.fit(x, WIDE).v
                });
                (Init::List { items: items.collect(), shape: vec![n] }, vec![n])
            }
            kind => match self.array(false).filter(|a| !a.shape.is_empty()) {
                Some(a) => {
                    // A row, or the whole.
                    let skip = self.rng.below(a.shape.len());
                    let mut path = a.prefix.clone();
                    for &n in &a.shape[..skip] {
                        let i = self.index(n);
                        path.push(i);
                    }
                    let place = Place { mem: a.mem, path };
                    let init = if kind == 3 { Init::Copy(place) } else { Init::ZerosLike(place) };
                    (init, a.shape[skip..].to_vec())
                }
                None => {
                    let value = self.constant(0.0).v;
                    (Init::Fill { value, dims: vec![fixed(2)] }, vec![2])
                }
            },
        };
        self.b.effect(Op::Alloc { mem, init });
        self.arrays.push(Array { mem, prefix: Vec::new(), shape, range: WIDE, writable: true });
    }

    fn store(&mut self) {
        let Some(array) = self.array(true) else { return self.local_array() };
        let x = self.expression();
        let value = self.fit(x, TAME).v;
        let place = self.element(&array);
        self.b.effect(Op::Store { place, value });
    }

    fn accumulate(&mut self) {
        let Some(array) = self.array(true) else { return self.local_array() };
        let x = self.expression();
        let value = self.fit(x, Range { lo: -0.5, hi: 0.5 }).v;
        let place = self.element(&array);
        self.b.effect(Op::Accum { place, value });
    }

    /// Reads an element, overwrites it with a function of itself, and goes on with the old value.
    fn update(&mut self) {
        let Some(array) = self.array(true) else { return self.local_array() };
        let place = self.element(&array);
        let ty = self.ty();
        let old = FloatVal { v: self.b.load(place.clone(), ty), range: array.range };
        let depth = self.floats.len();
        self.floats.push(old);
        let x = self.expression();
        let new = self.combine(old, x);
        let value = self.fit(new, TAME).v;
        self.b.effect(Op::Store { place, value });
        if self.rng.one_in(3) {
            self.floats.truncate(depth);
        }
    }

    fn add_arrays(&mut self) {
        let arrays: Vec<Array> =
            self.arrays.iter().filter(|a| a.prefix.is_empty() && a.shape.len() == 1).cloned().collect();
        for dst in arrays.iter().filter(|a| a.writable) {
            if let Some(src) = arrays.iter().find(|a| a.mem != dst.mem && a.shape == dst.shape) {
                if self.depth == 0 {
                    self.b.effect(Op::AddMem { dst: Place::whole(dst.mem), src: Place::whole(src.mem) });
                }
                return;
            }
        }
        self.local_array();
    }

    /// A call of `g`, with arguments like those it was made with.
    fn call(&mut self) {
        let Some(Program { f, args: like, .. }) = self.callee.clone() else { return };
        let mut args = Vec::new();
        // Arrays of one shape may be one array: the same shadow for two arguments.
        let mut arrays: Vec<(usize, Place)> = Vec::new();
        for (p, like) in f.params.iter().zip(&like) {
            args.push(match (p.held, like) {
                (Slotted::Mem(_), Cell::Seq(cells)) => {
                    let n = cells.len();
                    let known = arrays.iter().find(|(length, _)| *length == n).map(|(_, place)| place.clone());
                    let place = known.filter(|_| self.rng.one_in(2)).unwrap_or_else(|| self.argument(n));
                    arrays.push((n, place.clone()));
                    Arg::Place { place, by_ref: true }
                }
                (_, Cell::Scalar(Value::Int(n))) => Arg::Val(self.b.int(*n, Int::Usize)),
                (_, Cell::Scalar(Value::Bool(_))) => Arg::Val(self.condition()),
                _ => {
                    let x = self.recent();
                    Arg::Val(self.fit(x, TAME).v)
                }
            });
        }
        // What is constant for `g` takes no active values.
        for (p, arg) in f.params.iter().zip(&mut args) {
            if !p.active {
                match arg {
                    Arg::Val(v) if self.b.ty(*v).float().is_some() => *v = self.constant(0.75).v,
                    Arg::Place { place, .. } => {
                        let n = arrays.iter().find(|(_, known)| known == place).map_or(1, |(n, _)| *n);
                        let items = (0..n).map(|k| self.constant(0.25 + k as f64).v).collect();
                        *place = Place::whole(self.list(items));
                    }
                    Arg::Val(_) => {}
                }
            }
        }
        let ret = if f.results.len() == 1 { Ret::Scalar } else { Ret::Tuple(f.results.len()) };
        let mut out = Vec::new();
        for _ in &f.results {
            let v = self.b.fresh(self.ty());
            self.floats.push(FloatVal { v, range: Range { lo: -LIMIT, hi: LIMIT } });
            out.push(v);
        }
        let call = Call { path: syn::parse_quote!(g), form: CallForm::Primal, args, ret };
        self.b.push_stmt(Op::Call(Box::new(call)), out);
    }

    /// An array of `n` tame elements: one in scope, or a new one.
    fn argument(&mut self, n: usize) -> Place {
        let fitting = |a: &&Array| a.shape == [n] && a.range.within(TAME);
        let found: Vec<Array> = self.arrays.iter().filter(fitting).cloned().collect();
        if !found.is_empty() && !self.rng.one_in(3) {
            let array = self.rng.pick(&found).clone();
            return Place { mem: array.mem, path: array.prefix };
        }
        let items = (0..n).map(|_| {
            let x = self.recent();
            self.fit(x, TAME).v
        });
        let items = items.collect();
        Place::whole(self.list(items))
    }

    fn list(&mut self, items: Vec<Val>) -> Mem {
        let mem = self.b.fresh_mem(Some(self.ty()), None);
        let shape = vec![items.len()];
        self.b.effect(Op::Alloc { mem, init: Init::List { items, shape } });
        mem
    }

    /// Runs `f` in a scope of its own.
    fn scoped<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let (floats, ints, bools, arrays) = (self.floats.len(), self.ints.len(), self.bools.len(), self.arrays.len());
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        self.floats.truncate(floats);
        self.ints.truncate(ints);
        self.bools.truncate(bools);
        self.arrays.truncate(arrays);
        result
    }

    fn inner_statements(&mut self) {
        for _ in 0..1 + self.rng.below(3) {
            if self.budget > 0 {
                self.statement();
            }
        }
    }

    fn branch(&mut self) {
        let cond = self.condition();
        let n = self.rng.below(3);
        let mut blocks = Vec::new();
        let mut ranges = vec![Range::of([]); n];
        for _ in 0..2 {
            self.b.open_block(Vec::new());
            let yields = self.scoped(|g| {
                if !g.rng.one_in(4) {
                    g.inner_statements();
                }
                let mut yields = Vec::new();
                for range in &mut ranges {
                    let x = g.recent();
                    *range = range.hull(x.range);
                    yields.push(x.v);
                }
                yields
            });
            blocks.push(self.b.close_block(yields));
        }
        let els = blocks.pop().unwrap_or_default();
        let then = blocks.pop().unwrap_or_default();
        let mut out = Vec::new();
        for range in ranges {
            let v = self.b.fresh(self.ty());
            self.floats.push(FloatVal { v, range });
            out.push(v);
        }
        self.b.push_stmt(Op::If { cond, then, els }, out);
    }

    /// The bounds of a loop and the greatest value of its variable; at most five iterations.
    fn bounds(&mut self) -> (IntVal, IntVal, bool, usize) {
        let n = self.rng.below(3);
        let lo = self.int(n);
        let hi = match self.rng.below(4) {
            0 => {
                let n = self.rng.below(5);
                self.int(n)
            }
            1 if self.arrays.iter().any(|a| !a.shape.is_empty()) => {
                let arrays: Vec<&Array> = self.arrays.iter().filter(|a| !a.shape.is_empty()).collect();
                let array = (*self.rng.pick(&arrays)).clone();
                let place = Place { mem: array.mem, path: array.prefix };
                IntVal { v: self.b.emit(Op::Len(place), Ty::Int(Int::Usize)), max: array.shape[0] }
            }
            _ => {
                let small: Vec<IntVal> = self.ints.iter().filter(|i| i.max <= 4).copied().collect();
                if small.is_empty() { self.int(3) } else { *self.rng.pick(&small) }
            }
        };
        let inclusive = self.rng.one_in(4);
        let last = if inclusive { hi.max } else { hi.max.saturating_sub(1) };
        (lo, hi, inclusive, last)
    }

    fn repeat(&mut self) {
        let (lo, hi, inclusive, last) = self.bounds();
        let rev = self.rng.one_in(3);
        let mut carries = Vec::new();
        let mut inits = Vec::new();
        let kinds = [
            Carry::Sum,
            Carry::Sum,
            Carry::Sum,
            Carry::Product,
            Carry::Any,
            Carry::Any,
            Carry::Max,
            Carry::Shift,
            Carry::Same,
        ];
        for _ in 0..self.rng.below(4) {
            let kind = *self.rng.pick(&kinds);
            let init = if matches!(kind, Carry::Sum) && self.rng.one_in(2) { self.constant(0.0) } else { self.any() };
            let init = self.fit(init, TAME);
            inits.push(init.v);
            let range = if matches!(kind, Carry::Sum) { Range { lo: -14.0, hi: 14.0 } } else { TAME };
            carries.push((kind, range));
        }
        // A value that is shifted into another must fit there.
        if carries.iter().any(|(kind, _)| matches!(kind, Carry::Shift)) {
            for (kind, range) in &mut carries {
                *range = TAME;
                if matches!(kind, Carry::Sum) {
                    *kind = Carry::Any;
                }
            }
        }
        // Sometimes the state includes an integer.
        let counter = self.rng.one_in(5);
        if counter {
            let start = self.int(1);
            inits.push(start.v);
        }

        let var = self.b.fresh(Ty::Int(Int::Usize));
        let mut params = vec![var];
        let states: Vec<FloatVal> =
            carries.iter().map(|&(_, range)| FloatVal { v: self.b.fresh(self.ty()), range }).collect();
        params.extend(states.iter().map(|s| s.v));
        let count = self.b.fresh(Ty::Int(Int::Usize));
        if counter {
            params.push(count);
        }
        self.b.open_block(params);
        let yields = self.scoped(|g| {
            g.ints.push(IntVal { v: var, max: last });
            if counter {
                g.ints.push(IntVal { v: count, max: 6 });
            }
            g.floats.extend(&states);
            g.inner_statements();
            let mut yields = Vec::new();
            for (j, (&(kind, range), &p)) in carries.iter().zip(&states).enumerate() {
                yields.push(g.next_state(kind, range, p, states[(j + 1) % states.len()]).v);
            }
            if counter {
                let two = g.int(2);
                let seven = g.int(7);
                let next = g.b.int_op(IntOp::Mul, &[count, two.v]);
                yields.push(g.b.int_op(IntOp::Rem, &[next, seven.v]));
            }
            yields
        });
        let body = self.b.close_block(yields);
        let mut out = Vec::new();
        for s in &states {
            let v = self.b.fresh(self.ty());
            self.floats.push(FloatVal { v, range: s.range });
            out.push(v);
        }
        if counter {
            let v = self.b.fresh(Ty::Int(Int::Usize));
            self.ints.push(IntVal { v, max: 6 });
            out.push(v);
        }
        let looped =
            crate::ir::For { range: Some(crate::ir::Range { lo: lo.v, hi: hi.v, inclusive, rev }), inits, body };
        self.b.push_stmt(Op::For(Box::new(looped)), out);
    }

    /// A `while`: a counter, and sometimes a float, says how long.
    fn repeat_while(&mut self) {
        let bound = self.rng.below(5);
        let (start, bound) = (self.int(0), self.int(bound));
        let go_on = self.b.cmp(CmpOp::Lt, start.v, bound.v);
        let init = self.any();
        let init = self.fit(init, TAME);
        let (usize_ty, float_ty) = (Ty::Int(Int::Usize), self.ty());
        let trip = self.b.fresh(usize_ty);
        let params = [Ty::Bool, usize_ty, float_ty].map(|ty| self.b.fresh(ty));
        let [_, count, p] = params;
        self.b.open_block([&[trip][..], &params].concat());
        let yields = self.scoped(|g| {
            let p = FloatVal { v: p, range: TAME };
            g.ints.push(IntVal { v: count, max: 4 });
            g.floats.push(p);
            g.inner_statements();
            let kind = *g.rng.pick(&[Carry::Any, Carry::Product, Carry::Max]);
            let next = g.next_state(kind, TAME, p, p);
            let one = g.int(1);
            let counted = g.b.int_op(IntOp::Add, &[count, one.v]);
            let mut go_on = g.b.cmp(CmpOp::Lt, counted, bound.v);
            if g.rng.one_in(3) {
                let limit = g.constant(0.9);
                let small = g.b.cmp(CmpOp::Lt, next.v, limit.v);
                go_on = g.b.int_op(IntOp::BitAnd, &[go_on, small]);
            }
            vec![go_on, counted, next.v]
        });
        let body = self.b.close_block(yields);
        let out = [Ty::Bool, usize_ty, float_ty].map(|ty| self.b.fresh(ty));
        self.bools.push(out[0]);
        self.ints.push(IntVal { v: out[1], max: 4 });
        self.floats.push(FloatVal { v: out[2], range: TAME });
        let looped = For { range: None, inits: vec![go_on, start.v, init.v], body };
        self.b.push_stmt(Op::For(Box::new(looped)), out.to_vec());
    }

    fn next_state(&mut self, kind: Carry, range: Range, p: FloatVal, other: FloatVal) -> FloatVal {
        match kind {
            Carry::Sum => {
                let e = self.expression();
                let e = self.fit(e, TAME);
                self.sum(p, e)
            }
            Carry::Product => {
                let e = self.expression();
                let e = self.fit(e, Range { lo: 0.6, hi: 1.1 });
                let next = self.product(p, e);
                self.fit(next, Range { lo: range.lo * 1.2, hi: range.hi * 1.2 })
            }
            Carry::Any => {
                let e = self.expression();
                self.fit(e, range)
            }
            Carry::Max => {
                let e = self.expression();
                let e = self.fit(e, range);
                FloatVal { v: self.b.node(Rule::Max, &[p.v, e.v]), range }
            }
            Carry::Shift => other,
            Carry::Same => p,
        }
    }
}

fn fixed(n: usize) -> Dim {
    Dim::Fixed { tokens: TokenStream::new(), value: Some(n) }
}

thread_local! {
    static RANGES: RefCell<HashMap<(Rule, usize), Range>> = RefCell::new(HashMap::new());
}

/// What a primitive's values on one of its boxes lie within, by sampling a grid.
fn range_of(row: &Row, which: usize) -> Range {
    if let Some(range) = RANGES.with_borrow(|known| known.get(&(row.rule, which)).copied()) {
        return range;
    }
    const POINTS: usize = 9;
    let domain = row.domains[which];
    let values = (0..POINTS.pow(domain.len() as u32)).filter_map(|at| {
        let args = domain.iter().enumerate().map(|(i, &(lo, hi))| {
            let k = at / POINTS.pow(i as u32) % POINTS;
            let x = lo + (hi - lo) * k as f64 / (POINTS - 1) as f64;
            match row.arg_ty(i, Float::F64) {
                Ty::Int(_) => Value::Int(x.round() as i128),
                _ => Value::F64(x),
            }
        });
        prim(row.rule, &args.collect::<Vec<_>>()).ok()?.as_f64()
    });
    let Range { lo, hi } = Range::of(values);
    let margin = 0.1 * (hi - lo);
    let range = Range { lo: lo - margin, hi: hi + margin };
    RANGES.with_borrow_mut(|known| known.insert((row.rule, which), range));
    range
}
