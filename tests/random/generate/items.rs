//! What iterators run over, and adaptors that count: `iter`, `enumerate`, `zip`, `windows`, `chunks`, `copied`, ranges; `rev`,
//! `skip`, `take`, `step_by`.

use super::body::Body;
use super::code::{Bounds, Expr, Float, Int};
use super::growing::LONGEST;
use super::scope::{Dim, Var};

/// What an iterator gives: the pattern of its items, and what is in scope behind the pattern.
pub(super) struct Items {
    pub(super) text: String,
    pub(super) pattern: String,
    pub(super) vars: Vec<Var>,
    pub(super) ints: Vec<Int>,
    /// How many there are.
    pub(super) min: usize,
    pub(super) max: usize,
    /// How many positions there may be: a list that grows in a loop has more the next time.
    pub(super) positions: usize,
    /// Whether they have no positions: they cannot be counted from the end.
    pub(super) lazy: bool,
    /// Whether values decide how many there are.
    pub(super) ragged: bool,
}

impl Items {
    /// Of lists, between so many.
    fn of(lists: &[&Var], text: String, pattern: String, vars: Vec<Var>, (min, max): (usize, usize)) -> Self {
        let ragged = lists.iter().any(|list| list.ragged);
        let positions = if lists.iter().any(|list| list.growing) { LONGEST } else { max };
        Self { text, pattern, vars, ints: Vec::new(), min, max, positions, lazy: false, ragged }
    }

    /// `.take(2)`
    pub(super) fn take(&mut self, n: usize) {
        self.text += &format!(".take({n})");
        (self.min, self.max) = (self.min.min(n), self.max.min(n));
    }
}

impl Body<'_> {
    /// The positions of lists of floats that iterators can run over.
    pub(super) fn lists(&self, float: Float, fixed: bool) -> Vec<usize> {
        self.scope.find(|var| {
            var.float == float && var.dims.len() == 1 && var.typed && var.is_array_after(0) && !(fixed && var.mutable)
        })
    }

    /// An element by a name of its own.
    pub(super) fn item(&mut self, list: &Var, name: &str) -> Var {
        let mut item = self.var(name, vec![], list.float, list.bounds);
        item.active = list.active;
        item
    }

    /// An iterator over what is in scope; over what does not change, if `fixed`.
    pub(super) fn items(&mut self, float: Float, fixed: bool) -> Option<Items> {
        let lists = self.lists(float, fixed);
        if lists.is_empty() || self.random.chance(15) {
            return self.counted_items();
        }
        let list = self.scope.var(self.random.one(&lists)).clone();
        let (name, dim) = (list.segments[0].clone(), list.dims[0].clone());
        let v = self.fresh("v");
        let all = (dim.min, dim.max);
        let mut items = match self.random.below(7) {
            0 => {
                let index = self.fresh("i");
                let (text, pattern) = (format!("{name}.iter().enumerate()"), format!("({index}, &{v})"));
                let item = self.item(&list, &v);
                let items = Items::of(&[&list], text, pattern, vec![item], all);
                let int = Int::var(&index, 0, items.positions.saturating_sub(1), vec![dim.len.clone()]);
                Items { ints: vec![int], ..items }
            }
            1 | 2 => {
                let other = self.scope.var(self.random.one(&lists)).clone();
                let (other_name, other_dim) = (&other.segments[0], &other.dims[0]);
                let u = self.fresh("v");
                let text = format!("{name}.iter().zip({other_name}.iter())");
                let both = (dim.min.min(other_dim.min), dim.max.min(other_dim.max));
                let vars = vec![self.item(&list, &v), self.item(&other, &u)];
                Items::of(&[&list, &other], text, format!("(&{v}, &{u})"), vars, both)
            }
            3 => {
                let u = self.fresh("v");
                let text = format!("{name}.iter().zip({name}.iter().skip(1))");
                let fewer = (dim.min.saturating_sub(1), dim.max.saturating_sub(1));
                let vars = vec![self.item(&list, &v), self.item(&list, &u)];
                Items::of(&[&list], text, format!("(&{v}, &{u})"), vars, fewer)
            }
            4 => {
                // Parts of the list: how many, and how long each is.
                let size = self.random.within(2, 3);
                let (method, fewer, least) = match self.random.below(4) {
                    0 | 1 => ("chunks", 0, 1),
                    2 => ("chunks_exact", 0, size),
                    _ => ("windows", size - 1, size),
                };
                let count = |n: usize| match method {
                    "chunks" => n.div_ceil(size),
                    "chunks_exact" => n / size,
                    _ => n.saturating_sub(fewer),
                };
                let part = Dim { len: format!("{v}.len()"), min: least, max: size };
                let mut part = self.var(&v, vec![part], float, list.bounds);
                (part.reference, part.active) = (true, list.active);
                let parts = (count(dim.min), count(dim.max));
                Items::of(&[&list], format!("{name}.{method}({size})"), v, vec![part], parts)
            }
            5 => {
                let item = self.item(&list, &v);
                Items::of(&[&list], format!("{name}.iter().copied()"), v, vec![item], all)
            }
            _ => {
                let item = self.item(&list, &v);
                Items::of(&[&list], format!("{name}.iter()"), format!("&{v}"), vec![item], all)
            }
        };
        for _ in 0..self.random.weighted(&[6, 4, 2]) {
            self.adapt(&mut items);
        }
        for _ in 0..self.random.weighted(&[7, 3, 1]) {
            self.adapt_lazily(&mut items, float, fixed);
            if self.random.chance(30) {
                self.adapt(&mut items);
            }
        }
        Some(items)
    }

    /// One more adaptor.
    fn adapt(&mut self, items: &mut Items) {
        match self.random.below(5) {
            0 if !items.lazy => items.text += ".rev()",
            1 => {
                items.text += ".skip(1)";
                (items.min, items.max) = (items.min.saturating_sub(1), items.max.saturating_sub(1));
            }
            2 => items.take(2),
            3 => {
                items.text += ".step_by(2)";
                (items.min, items.max) = (items.min.div_ceil(2), items.max.div_ceil(2));
            }
            _ => {
                let index = self.fresh("i");
                items.text += ".enumerate()";
                items.pattern = format!("({index}, {})", items.pattern);
                items.ints.push(Int::var(&index, 0, items.positions.saturating_sub(1), Vec::new()));
            }
        }
    }

    /// `(0..n)`
    fn counted_items(&mut self) -> Option<Items> {
        let end = self.small_int(4);
        let index = self.fresh("i");
        let int = Int::var(&index, 0, end.hi.saturating_sub(1), Vec::new());
        let text = format!("(0..{})", end.operand());
        let ragged = self.depends_on_values(&end.text);
        Some(Items { ints: vec![int], ragged, ..Items::of(&[], text, index, Vec::new(), (end.lo, end.hi)) })
    }

    /// Runs `write` with the items in scope.
    pub(super) fn with_items<R>(&mut self, items: &Items, write: impl FnOnce(&mut Self) -> R) -> R {
        let mark = self.scope.mark();
        for var in &items.vars {
            self.scope.declare(var.clone());
        }
        for int in &items.ints {
            self.scope.declare_int(int.clone());
        }
        let result = write(self);
        self.scope.leave(&mark);
        result
    }

    /// An expression of one of the items at least.
    pub(super) fn of_items(&mut self, items: &Items, float: Float, depth: usize) -> Expr {
        let value = self.float(float, depth);
        let Some(var) = items.vars.first() else { return value };
        let item = if var.dims.is_empty() {
            Expr::atom(var.segments[0].clone(), var.bounds)
        } else {
            Expr::atom(format!("{}[{}]", var.segments[0], var.dims[0].min - 1), var.bounds)
        };
        match self.random.below(3) {
            0 => item.mul(&value),
            1 => value.sub(&item),
            _ => item.method("sin", &[], Bounds::symmetric(1.0, item.bounds.gain)).mul(&value),
        }
    }
}
