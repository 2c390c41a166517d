//! Vectors that grow and shrink: `push`, `pop`, `extend`, `truncate`.

use super::body::Body;
use super::scope::{Dim, Var};

/// How long they get.
pub(super) const LONGEST: usize = 8;

impl Body<'_> {
    /// `let mut v = Vec::new(); for i in 0..n { v.push(x); }`, and a first change.
    pub(super) fn let_growing(&mut self) {
        let float = self.float;
        let name = self.fresh("grown");
        let first = self.pushed_value(None);
        let (text, n) = match self.random.below(3) {
            0 => (format!("let mut {name} = vec![{}];", first), 1),
            1 => (format!("let mut {name}: Vec<{}> = Vec::with_capacity(2);", float.name()), 0),
            _ => (format!("let mut {name}: Vec<{}> = Vec::new();", float.name()), 0),
        };
        self.line(text);
        let dim = Dim { len: format!("{name}.len()"), min: n, max: n };
        let mut list = self.var(&name, vec![dim], float, super::code::Bounds::new(0.0, 0.0, 0.0));
        list.growing = true;
        self.declare_changing(list);
        for _ in 0..self.random.within(1, 3) {
            self.grow();
        }
    }

    pub(super) fn pushed_value(&mut self, of: Option<&Var>) -> String {
        let (abs, gain) = of.map_or((1.0, 6.0), |var| (var.base.abs(), var.base.gain));
        let value = self.float(self.float, 2);
        let value = self.fit(value, abs, gain);
        self.with_type(value).text
    }

    /// Changes the length of a vector.
    pub(super) fn grow(&mut self) {
        let float = self.float;
        let found = self.scope.find(|var| var.growing && var.float == float);
        if found.is_empty() {
            return self.let_growing();
        }
        let position = self.random.one(&found);
        let var = self.scope.var(position).clone();
        let (name, dim) = (var.segments[0].clone(), var.dims[0].clone());
        // What is done here is done each time, once.
        let always = var.level == self.level() && self.loops.is_empty();
        let runs = self.scope.runs_since(var.loops);
        // Where an index is known to be below the length, the length may only grow.
        let shrinks = !self.scope.ints().iter().any(|int| int.below.contains(&dim.len));
        let (min, max) = (dim.min, dim.max);
        let (min, max, ragged) = match self.random.below(8) {
            0 | 1 if max + runs <= LONGEST => {
                let value = self.pushed_value(Some(&var));
                self.line(format!("{name}.push({value});"));
                (min + usize::from(always), max + runs, !always)
            }
            2 if max + 3 * runs <= LONGEST => {
                let value = self.pushed_value(Some(&var));
                let end = self.small_int(3);
                let index = self.fresh("i");
                let push = |body: &mut Self| body.line(format!("{name}.push({value});"));
                let condition = self.random.chance(40).then(|| self.without_calls(Body::condition));
                self.braces(&format!("for {index} in 0..{} ", end.operand()), |body| match &condition {
                    Some(condition) => body.braces(&format!("if {condition} "), push),
                    None => push(body),
                });
                let least = if always && condition.is_none() { end.lo } else { 0 };
                (min + least, max + end.hi * runs, condition.is_some() || !always || self.depends_on_values(&end.text))
            }
            3 if shrinks => {
                let last = self.fresh("last");
                // Before the element is taken away: what is pushed may read it.
                let (next, value) = (self.scalar_name(), self.pushed_value(Some(&var)));
                self.line(format!("let {next} = {value};"));
                self.braces(&format!("if !{name}.is_empty() "), |body| {
                    body.line(format!("let {last} = {name}.pop().unwrap();"));
                    body.line(format!("{name}.push(0.5 * {last} * {next}.sin());"));
                });
                (min, max, false)
            }
            4 if shrinks && always && min > 0 => {
                let last = self.scalar_name();
                self.line(format!("let {last}: {} = {name}.pop().unwrap();", float.name()));
                self.declare_scalar(&last, float, var.bounds);
                (min - 1, max - 1, false)
            }
            // In a loop, what comes before may ask for what is gone by then.
            5 if shrinks && runs == 1 => {
                let n = self.random.within(0, 3);
                self.line(format!("{name}.truncate({n});"));
                (min.min(n), if always { max.min(n) } else { max }, !always)
            }
            6 if max + 2 * runs <= LONGEST => {
                let list = self.scope.find(|of| {
                    of.float == float
                        && of.dims.len() == 1
                        && of.dims[0].max <= 2
                        && of.is_plain()
                        && of.typed
                        && of.active
                        && of.bounds.abs() <= 2.0
                        && of.declaration != var.declaration
                });
                if list.is_empty() {
                    return self.array_update();
                }
                let from = self.scope.var(self.random.one(&list)).clone();
                let source = &from.segments[0];
                let value = if self.random.chance(50) { "0.2 * v * v.sin()" } else { "v * 0.3" };
                self.line(format!("{name}.extend({source}.iter().map(|&v| {value}));"));
                let least = if always { from.dims[0].min } else { 0 };
                (min + least, max + from.dims[0].max * runs, !always || from.ragged)
            }
            _ => return self.array_update(),
        };
        let dim = &mut self.scope.var_mut(position).dims[0];
        (dim.min, dim.max) = (min, max);
        self.scope.var_mut(position).ragged |= ragged;
    }
}
