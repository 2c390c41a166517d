//! Parts of arrays, and what moves their elements: sub-slices, `split_at_mut`, rows by `&mut`, `swap`, `fill`, `reverse`,
//! `copy_from_slice`.

use super::body::Body;
use super::code::{Bounds, Expr};
use super::scope::{Dim, Var};

impl Body<'_> {
    /// `let part = &w[1..];`, `let (head, tail) = w.split_at(1);` of what is never overwritten.
    pub(super) fn let_part(&mut self) {
        let found = self.scope.find(|var| {
            !var.mutable && var.dims.len() == 1 && var.is_plain() && var.typed && var.dims[0].max > 1 && var.active
        });
        if self.random.chance(40) && self.read_part_of_part() {
            return;
        }
        if found.is_empty() {
            return self.let_array();
        }
        // Parts of parts as often as all others.
        let is_part = |position: &usize| {
            let root = self.scope.var(*position).root();
            ["part", "tail"].iter().any(|name| root.starts_with(name))
        };
        let parts: Vec<usize> = found.iter().copied().filter(is_part).collect();
        let found = if parts.is_empty() || self.random.chance(30) { found } else { parts };
        let var = self.scope.var(self.random.one(&found)).clone();
        let (place, dim) = (var.segments[0].clone(), var.dims[0].clone());
        if dim.min > 0 && self.random.chance(30) {
            let k = self.random.within(0, dim.min);
            let (head, tail) = (self.fresh("head"), self.fresh("tail"));
            self.line(format!("let ({head}, {tail}) = {place}.split_at({k});"));
            self.declare_part(&var, &head, k, k);
            self.declare_part(&var, &tail, dim.min - k, dim.max - k);
            return;
        }
        let name = self.fresh("part");
        let (range, min, max) = self.part_of(&dim);
        self.line(format!("let {name} = &{place}[{range}];"));
        self.declare_part(&var, &name, min, max);
        if min > 0 && self.random.chance(40) {
            self.read_latest();
        }
        if max > 1 && self.random.chance(50) {
            self.let_part();
        }
    }

    /// `let x: f64 = { let part = &a[1..]; let inner = &part[1..3]; 0.5 * inner[0] };`, of what may be overwritten later too.
    fn read_part_of_part(&mut self) -> bool {
        let found = self.scope.find(|var| {
            var.dims.len() == 1 && var.is_plain() && var.typed && var.active && var.dims[0].min > 2 && !var.growing
        });
        if found.is_empty() {
            return false;
        }
        let var = self.scope.var(self.random.one(&found)).clone();
        let (place, min) = (&var.segments[0], var.dims[0].min);
        let from = self.random.within(1, min - 2);
        let left = min - from;
        let start = self.random.within(1, left - 1);
        let end = if self.random.chance(50) { left.to_string() } else { String::new() };
        let k = self.random.below(left - start);
        let (part, inner, name) = (self.fresh("whole"), self.fresh("inner"), self.scalar_name());
        let factor = Expr::literal(*self.random.pick(&[&0.5, &-0.8, &1.25]));
        let value = factor.mul(&Expr::atom(format!("{inner}[{k}]"), var.bounds));
        let float = var.float.name();
        self.line(format!(
            "let {name}: {float} = {{ let {part} = &{place}[{from}..]; let {inner} = &{part}[{start}..{end}]; {} }};",
            value.text
        ));
        self.declare_scalar(&name, var.float, value.bounds);
        true
    }

    /// `let x = 0.5 * part[1];` of what was declared last.
    fn read_latest(&mut self) {
        self.read_var(self.scope.latest());
    }

    /// `let x = 0.5 * part[1];`
    pub(super) fn read_var(&mut self, position: usize) {
        let float = self.scope.var(position).float;
        let element = self.read(position);
        let value = self.literal().mul(&element);
        let name = self.scalar_name();
        let ascription = self.ascription(&value, float);
        self.line(format!("let {name}{ascription} = {};", value.text));
        self.declare_scalar(&name, float, value.bounds);
    }

    /// A range within the dimension, and how long it may be.
    fn part_of(&mut self, dim: &Dim) -> (String, usize, usize) {
        // Mostly behind the start: what is the same for both says nothing.
        let from = if dim.min > 0 && self.random.chance(70) {
            self.random.within(1, dim.min)
        } else {
            self.random.within(0, dim.min)
        };
        match self.random.below(4) {
            0 if dim.min > 0 => (format!("..{} - 1", dim.len), dim.min - 1, dim.max - 1),
            1 => {
                let to = self.random.within(from, dim.min);
                (format!("{from}..{to}"), to - from, to - from)
            }
            2 => (format!("..{from}"), from, from),
            _ => (format!("{from}.."), dim.min - from, dim.max - from),
        }
    }

    fn declare_part(&mut self, whole: &Var, name: &str, min: usize, max: usize) {
        let mut dims = whole.dims.clone();
        dims[0] = Dim { len: format!("{name}.len()"), min, max };
        let mut part = self.var(name, dims, whole.float, whole.bounds);
        part.reference = true;
        part.active = whole.active;
        part.ragged = whole.ragged;
        if whole.mutable {
            (part.base, part.room, part.mutable) = (whole.base, whole.room, true);
        }
        self.scope.declare(part);
    }

    /// An array that can be changed through a part of it.
    fn some_changing(&mut self, want: impl Fn(&Var) -> bool) -> Option<usize> {
        let found = self.scope.find(|var| {
            var.mutable && !var.dims.is_empty() && var.is_plain() && var.typed && !var.growing && want(var)
        });
        (!found.is_empty()).then(|| self.random.one(&found))
    }

    /// `{ let (left, right) = a.split_at_mut(1); left[0] += right[0]; }`
    pub(super) fn through_parts(&mut self, budget: usize) {
        let Some(position) = self.some_changing(|var| var.dims[0].min > 1 || var.dims.len() > 1 && var.dims[0].min > 0)
        else {
            return self.array_update();
        };
        // Each part has half of what is left: an element is in one of them at most.
        let var = self.scope.var_mut(position);
        var.room = (0.5 * var.room.0, 0.5 * var.room.1);
        let var = var.clone();
        self.braces("", |body| {
            let (place, dim) = (var.segments[0].clone(), var.dims[0].clone());
            match body.random.below(3) {
                0 if var.dims.len() > 1 => {
                    let row = Var { dims: var.dims[..1].to_vec(), ..var.clone() };
                    let place = body.written_element(&row);
                    let name = body.fresh("row");
                    body.line(format!("let {name} = &mut {place};"));
                    let mut row = body.var(&name, var.dims[1..].to_vec(), var.float, var.bounds);
                    (row.reference, row.base, row.room, row.mutable) = (true, var.base, var.room, true);
                    body.scope.declare(row);
                }
                1 => {
                    let name = body.fresh("part");
                    let from = body.random.within(0, dim.min - 1);
                    let (range, min, max) = match body.random.below(2) {
                        0 => (format!("{from}.."), dim.min - from, dim.max - from),
                        _ => (format!("..{}", from + 1), from + 1, from + 1),
                    };
                    body.line(format!("let {name} = &mut {place}[{range}];"));
                    body.declare_part(&var, &name, min, max);
                }
                _ => {
                    let k = body.random.within(1, dim.min.max(2) - 1).min(dim.min);
                    let (left, right) = (body.fresh("left"), body.fresh("right"));
                    body.line(format!("let ({left}, {right}) = {place}.split_at_mut({k});"));
                    body.declare_part(&var, &left, k, k);
                    body.declare_part(&var, &right, dim.min - k, dim.max - k);
                }
            }
            body.scope.var_mut(position).borrowed = true;
            body.update_any();
            body.inner_statements(budget);
        });
        self.scope.var_mut(position).borrowed = false;
    }

    /// `a.swap(i, j)`, `a.fill(x)`, `a.reverse()`, `a.copy_from_slice(&b)`
    pub(super) fn move_elements(&mut self) {
        let Some(position) = self.some_changing(|var| var.dims.len() == 1 || var.dims[1..].iter().all(Dim::is_fixed))
        else {
            return self.let_array();
        };
        let var = self.scope.var(position).clone();
        let (place, dim) = (var.segments[0].clone(), var.dims[0].clone());
        match self.random.below(6) {
            0..2 if self.scope.is_indexable(&dim) => {
                let (i, j) = (self.bound_index(&dim), self.bound_index(&dim));
                self.line(format!("{place}.swap({i}, {j});"));
            }
            2 => self.line(format!("{place}.reverse();")),
            3 | 4 if var.dims.len() == 1 => {
                let value = self.float(var.float, 2);
                let value = self.fit(value, var.base.abs(), var.base.gain);
                let value = self.with_type(value);
                let part = if dim.min > 1 && self.random.chance(50) { "[1..]" } else { "" };
                // What it is filled with may read it.
                let name = self.scalar_name();
                self.line(format!("let {name} = {};", value.text));
                self.line(format!("{place}{part}.fill({name});"));
            }
            _ => self.copy_elements(&var),
        }
    }

    /// An index that asks no length of what is changed.
    fn bound_index(&mut self, dim: &Dim) -> String {
        let index = self.index(dim);
        if !index.contains("len()") {
            return index;
        }
        let name = self.fresh("at");
        self.line(format!("let {name} = {index};"));
        name
    }

    /// `a.copy_from_slice(&b)`, `a[1..3].copy_from_slice(&b[..2])`
    fn copy_elements(&mut self, var: &Var) {
        let within = |of: Bounds| of.abs() <= var.base.abs() && of.gain <= var.base.gain;
        let found = self.scope.find(|from| {
            from.float == var.float
                && from.dims.len() == 1
                && var.dims.len() == 1
                && from.is_plain()
                && from.typed
                && from.active
                && from.declaration != var.declaration
                && from.dims[0].min > 0
                && within(from.bounds)
        });
        if found.is_empty() || var.dims[0].min == 0 {
            return self.array_update();
        }
        let from = self.scope.var(self.random.one(&found)).clone();
        let n = self.random.within(1, var.dims[0].min.min(from.dims[0].min));
        let at = self.random.within(0, var.dims[0].min - n);
        let (to, source) = (&var.segments[0], &from.segments[0]);
        let exact = var.dims[0].is_fixed() && from.dims == var.dims;
        let reference = if from.reference { "" } else { "&" };
        let text = match exact && self.random.chance(60) {
            true => format!("{to}.copy_from_slice({reference}{source});"),
            false => format!("{to}[{at}..{}].copy_from_slice(&{source}[..{n}]);", at + n),
        };
        self.line(text);
    }
}
