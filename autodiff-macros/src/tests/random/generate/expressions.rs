//! Floats from floats: arithmetic, the primitives of the rule table, casts and loads.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{Array, FloatVal, Generator, LIMIT, Range, TAME};
use crate::ir::eval::{Value, prim};
use crate::ir::{Float, Int, IntOp, Ty};
use crate::rules::{self, Row, Rule};

impl Generator {
    /// `a + c·b`.
    pub(super) fn combine(&mut self, a: FloatVal, b: FloatVal) -> FloatVal {
        let c = self.rng.uniform(0.3, 1.5);
        let term = self.scale(b, c);
        self.sum(a, term)
    }

    pub(super) fn sum(&mut self, a: FloatVal, b: FloatVal) -> FloatVal {
        let range = Range { lo: a.range.lo + b.range.lo, hi: a.range.hi + b.range.hi };
        FloatVal { v: self.b.add(a.v, b.v), range }
    }

    fn scale(&mut self, a: FloatVal, c: f64) -> FloatVal {
        let factor = self.constant(c);
        self.product(factor, a)
    }

    pub(super) fn product(&mut self, a: FloatVal, b: FloatVal) -> FloatVal {
        let range = if a.v == b.v {
            Range { lo: 0.0, hi: a.range.size() * a.range.size() }
        } else {
            let (a, b) = (a.range, b.range);
            Range::of([a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi])
        };
        FloatVal { v: self.b.mul(a.v, b.v), range }
    }

    /// `x` where it is known to lie within `range`, else a smooth function of it that does.
    pub(super) fn fit(&mut self, x: FloatVal, range: Range) -> FloatVal {
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

    pub(super) fn expression(&mut self) -> FloatVal {
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

    pub(super) fn load(&mut self, array: &Array) -> FloatVal {
        let place = self.element(array);
        let ty = self.ty();
        FloatVal { v: self.b.load(place, ty), range: array.range }
    }
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
