//! Choices among the values in scope.

use super::{Array, FloatVal, Generator, IntVal, Range};
use crate::ir::{Access, CmpOp, Int, IntOp, Place, Val};

impl Generator {
    /// Any float in scope; a constant where there is none.
    pub(super) fn any(&mut self) -> FloatVal {
        if self.floats.is_empty() || self.rng.one_in(12) {
            let x = self.rng.uniform(-1.5, 1.5);
            return self.constant(x);
        }
        *self.rng.pick(&self.floats)
    }

    /// A float in scope, more likely a new one.
    pub(super) fn recent(&mut self) -> FloatVal {
        let n = self.floats.len();
        if n == 0 || self.rng.one_in(3) {
            return self.any();
        }
        self.floats[n - 1 - self.rng.below(n.min(4))]
    }

    pub(super) fn constant(&mut self, x: f64) -> FloatVal {
        let v = self.b.float(x, self.float);
        FloatVal { v, range: Range { lo: x, hi: x } }
    }

    pub(super) fn int(&mut self, n: usize) -> IntVal {
        IntVal { v: self.b.int(n as i128, Int::Usize), max: n }
    }

    /// An index below `n`, which is not 0.
    pub(super) fn index(&mut self, n: usize) -> Access {
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
    pub(super) fn element(&mut self, array: &Array) -> Place {
        let mut path = array.prefix.clone();
        for &n in &array.shape {
            let i = self.index(n);
            path.push(i);
        }
        Place { mem: array.mem, path }
    }

    /// An array with elements, if there is one.
    pub(super) fn array(&mut self, writable: bool) -> Option<Array> {
        let arrays: Vec<&Array> =
            self.arrays.iter().filter(|a| !a.shape.contains(&0) && (a.writable || !writable)).collect();
        if arrays.is_empty() { None } else { Some((*self.rng.pick(&arrays)).clone()) }
    }

    pub(super) fn condition(&mut self) -> Val {
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
}
