//! Loops: over the elements of arrays, over counts that are known when the program runs, backwards, and not at all.

use super::body::{Body, Loop};
use super::code::Int;

/// The most that nested loops may run in all.
pub(super) const RUNS: usize = 40;

struct Range {
    text: String,
    /// Of the variable, where the loop runs at all.
    lo: usize,
    hi: usize,
    trips: usize,
    below: Vec<String>,
}

impl Body<'_> {
    pub(super) fn for_loop(&mut self, budget: usize) {
        let counted = !self.scope.ints().is_empty() && self.random.chance(40);
        let range = if counted { None } else { self.over_array() };
        let range = range.unwrap_or_else(|| self.over_count());
        if self.scope.runs_since(0) * range.trips > RUNS {
            return self.update_any();
        }
        // Something for the loop to change.
        if self.scope.find(|var| var.mutable).is_empty() {
            self.let_array();
        }
        let name = ["i", "j", "k", "l"][self.random.below(4)];
        let name = self.fresh(name);
        let text = match self.random.below(10) {
            0..3 => format!("({}).rev()", range.text),
            _ => range.text,
        };
        let (label, start) = self.label();
        let labelled = label.is_some();
        self.scope.enter_loop(range.trips.max(1));
        self.loops.push(Loop { label, breaks: true, continues: true });
        self.braces(&format!("{start}for {name} in {text} "), |body| {
            body.scope.declare_int(Int::var(&name, range.lo, range.hi, range.below));
            match labelled && budget > 0 && body.random.chance(60) {
                // What the label is for.
                true => body.for_loop(budget.div_ceil(2)),
                false => body.jump_first(),
            }
            body.inner_statements(budget);
        });
        self.loops.pop();
        self.scope.leave_loop();
    }

    /// `0..w.len()`, `1..w.len()`, `0..m` after `let m = w.len();`, `0..w.len().min(x.len())`
    fn over_array(&mut self) -> Option<Range> {
        let arrays = self.scope.find(|var| !var.dims.is_empty());
        if arrays.is_empty() {
            return None;
        }
        let var = self.scope.var(self.random.one(&arrays));
        let dim = var.dims[self.random.below(var.dims.len())].clone();
        let mut below = vec![dim.len.clone()];
        let mut end = dim.len.clone();
        let mut most = dim.max;
        if !dim.is_fixed() {
            let others: Vec<_> = arrays
                .iter()
                .flat_map(|position| &self.scope.var(*position).dims)
                .filter(|other| !other.is_fixed() && other.len != dim.len)
                .cloned()
                .collect();
            if !others.is_empty() && self.random.chance(60) {
                let other = &others[self.random.below(others.len())];
                end = format!("{end}.min({})", other.len);
                below.push(other.len.clone());
                most = most.min(other.max);
            }
            if self.random.chance(30) {
                let name = self.fresh("n");
                self.line(format!("let {name} = {end};"));
                end = name;
            }
        }
        let lo = usize::from(self.random.chance(30));
        let trips = most.saturating_sub(lo);
        Some(Range { text: format!("{lo}..{end}"), lo, hi: most.saturating_sub(1).max(lo), trips, below })
    }

    /// `0..n`, `1..=n`, `n..3`, `2..2`
    fn over_count(&mut self) -> Range {
        let mut end = self.small_int(4);
        if end.lo == end.hi {
            end = Int::literal(self.random.below(4));
        }
        let start = if self.random.chance(30) { self.small_int(2) } else { Int::literal(self.random.below(2)) };
        let inclusive = self.random.chance(30);
        let dots = if inclusive { "..=" } else { ".." };
        let past = end.hi + usize::from(inclusive);
        Range {
            text: format!("{}{dots}{}", start.operand(), end.operand()),
            lo: start.lo,
            hi: past.saturating_sub(1).max(start.lo),
            trips: past.saturating_sub(start.lo),
            below: Vec::new(),
        }
    }
}
