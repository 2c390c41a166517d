//! Integers, indices that are in bounds by construction, and conditions.

use super::body::Body;
use super::code::{Float, Int, Prec};
use super::scope::Dim;

impl Body<'_> {
    /// An integer up to about 30.
    pub(super) fn int(&mut self, depth: usize) -> Int {
        let only_literals = self.scope.ints().is_empty() && self.scope.indices().is_empty();
        if depth == 0 || only_literals || self.random.chance(50) {
            return self.int_leaf();
        }
        let a = self.int(depth - 1);
        match self.random.below(6) {
            0 | 1 if a.hi < 15 => {
                // The type of a field does not show, nor does that of two.
                let b = self.int_leaf();
                let b = if b.text.contains('.') { Int::literal(self.random.below(4)) } else { b };
                Int::compound(format!("{} + {}", a.operand(), b.operand()), a.lo + b.lo, a.hi + b.hi)
            }
            2 if a.hi < 8 => {
                let k = self.random.within(2, 3);
                Int::compound(format!("{k} * {}", a.operand()), k * a.lo, k * a.hi)
            }
            3 => {
                let k = self.random.within(2, 4);
                Int::compound(format!("{} % {k}", a.operand()), 0, a.hi.min(k - 1))
            }
            4 => Int::compound(format!("{} / 2", a.operand()), a.lo / 2, a.hi / 2),
            _ => {
                let most = a.hi + self.random.below(3);
                Int::compound(format!("{most} - {}", a.operand()), most - a.hi, most - a.lo)
            }
        }
    }

    fn int_leaf(&mut self) -> Int {
        let ints = self.scope.ints().to_vec();
        let indices = self.scope.indices().to_vec();
        if !indices.is_empty() && self.random.chance(20) {
            let from = &indices[self.random.below(indices.len())];
            if from.dim.min > 0 {
                let index = self.random.below(from.dim.min);
                return Int::var(&format!("{}[{index}]", from.name), 0, from.max, Vec::new());
            }
        }
        if ints.is_empty() || self.random.chance(12) {
            return Int::literal(self.random.below(4));
        }
        ints[self.random.below(ints.len())].clone()
    }

    /// An integer up to `most`.
    pub(super) fn small_int(&mut self, most: usize) -> Int {
        let int = self.int(1);
        if int.hi <= most {
            return int;
        }
        Int::compound(format!("{} % {}", int.operand(), most + 1), 0, most)
    }

    /// An index into the dimension, which is [`super::scope::Scope::is_indexable`].
    pub(super) fn index(&mut self, dim: &Dim) -> String {
        let fits: Vec<Int> =
            self.scope.ints().iter().filter(|int| int.hi < dim.min || int.below.contains(&dim.len)).cloned().collect();
        let of_loops = !fits.is_empty() && (dim.min == 0 || self.random.chance(75));
        if of_loops {
            let int = &fits[self.random.below(fits.len())];
            let below = int.below.contains(&dim.len);
            return match self.random.below(8) {
                0 | 1 if int.lo > 0 => format!("{} - 1", int.text),
                2 if below => format!("{} - 1 - {}", dim.len, int.text),
                3 if int.hi + 1 < dim.min => format!("{} + 1", int.text),
                _ => int.text.clone(),
            };
        }
        if self.random.chance(50) {
            return self.random.below(dim.min).to_string();
        }
        // Between two loops, a permuted access.
        let int = self.int(1);
        if int.hi < dim.min { int.text } else { format!("{} % {}", int.operand(), dim.len) }
    }

    pub(super) fn condition(&mut self) -> String {
        let ints = 7 * usize::from(!self.scope.ints().is_empty());
        let bools = 4 * usize::from(!self.scope.bools().is_empty());
        let choices = 4 * usize::from(self.scope.choices().next().is_some());
        match self.random.weighted(&[9, ints, bools, 3, choices]) {
            0 => {
                let float = self.float;
                let a = self.float(float, 1);
                let b = if self.random.chance(50) { self.literal() } else { self.float(float, 0) };
                let a = if b.typed { a } else { self.with_type(a) };
                let op = self.random.pick(&["<", "<=", ">", ">="]);
                format!("{} {op} {}", a.at(Prec::Sum), b.at(Prec::Sum))
            }
            1 => {
                let a = self.int(1);
                if self.random.chance(50) {
                    let k = self.random.within(2, 3);
                    format!("{} % {k} {} {}", a.operand(), self.random.pick(&["==", "!="]), self.random.below(k))
                } else {
                    let b = self.int_leaf();
                    let b = if b.text.contains('.') { Int::literal(self.random.below(4)) } else { b };
                    format!("{} {} {}", a.operand(), self.random.pick(&["<", "<=", ">", "==", "!="]), b.operand())
                }
            }
            2 => {
                let bools = self.scope.bools();
                let name = bools[self.random.below(bools.len())].clone();
                if self.random.chance(40) { format!("!{name}") } else { name }
            }
            4 => self.choice_condition().expect("there is one"),
            _ => {
                let (a, b) = (self.condition(), self.condition());
                let op = self.random.pick(&["&&", "||"]);
                format!("({a}) {op} ({b})")
            }
        }
    }

    /// A condition that holds, for `assert!`.
    pub(super) fn true_condition(&mut self, float: Float) -> String {
        match self.random.below(3) {
            0 => {
                let int = self.int(1);
                format!("{} <= {}", int.operand(), int.hi)
            }
            1 => {
                let name = self.scalar_name();
                let x = self.float(float, 1);
                self.line(format!("let {name}: {} = {};", float.name(), x.text));
                self.declare_scalar(&name, float, x.bounds);
                format!("{name}.is_finite()")
            }
            _ => {
                let x = self.float(float, 1);
                // Differences take steps that leave the bounds.
                format!("{} < {:?}", x.at(Prec::Sum), (10.0 * x.bounds.abs()).ceil() + 10.0)
            }
        }
    }
}
