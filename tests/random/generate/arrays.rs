//! Local arrays: how they are made, aliased and overwritten.

use super::body::Body;
use super::code::{Bounds, Expr, Float};
use super::models::nested;
use super::program::PARAM_ABS;
use super::scope::{Dim, Var};

/// What an element starts with and may be set to; the rest is for `+=`.
const BASE: (f64, f64) = (1.0, 6.0);
const ROOM: (f64, f64) = (1.0, 24.0);

impl Body<'_> {
    /// `let mut a = [..];` and its relatives.
    pub(super) fn let_array(&mut self) {
        let float = self.some_float();
        match self.random.weighted(&[4, 3, 3, 2, 4, 4]) {
            0 => self.let_list(float),
            1 => self.let_repeated(float),
            2 => self.let_vector(float),
            3 => self.let_table(float),
            4 => self.let_copy(),
            _ => self.let_alias(),
        }
    }

    fn element_value(&mut self, float: Float, depth: usize) -> Expr {
        let value = self.float(float, depth);
        self.fit(value, BASE.0, BASE.1)
    }

    /// `[a, b, c]`
    fn let_list(&mut self, float: Float) {
        let n = self.random.within(2, 4);
        let values: Vec<Expr> = (0..n).map(|_| self.element_value(float, 1)).collect();
        let name = self.fresh("a");
        let untyped = values.iter().all(|value| !value.typed);
        let ascription = if untyped { format!(": [{}; {n}]", float.name()) } else { String::new() };
        let texts: Vec<&str> = values.iter().map(|value| &*value.text).collect();
        let (keyword, mutable) = self.keyword();
        self.line(format!("{keyword} {name}{ascription} = [{}];", texts.join(", ")));
        let bounds = values.iter().map(|value| value.bounds).reduce(Bounds::or).expect("there are two at least");
        self.declare_array(&name, vec![Dim::fixed(n)], float, bounds, mutable);
    }

    /// `[0.0; 3]`, `[[x; 3]; 2]`
    fn let_repeated(&mut self, float: Float) {
        let dims = if self.random.chance(40) {
            vec![self.random.within(1, 3), self.random.within(2, 3)]
        } else {
            vec![self.random.within(1, 4)]
        };
        let name = self.fresh("b");
        let value = self.repeated_value(float, dims.len() > 1);
        self.line(format!("let mut {name} = {};", nested(&value.text, &dims)));
        self.declare_array(&name, dims.into_iter().map(Dim::fixed).collect(), float, value.bounds, true);
    }

    /// A value to repeat, with a type of its own.
    fn repeated_value(&mut self, float: Float, nested: bool) -> Expr {
        if !nested && self.random.chance(50) {
            return Expr::atom(format!("0.0_{}", float.name()), Bounds::new(0.0, 0.0, 0.0));
        }
        let value = self.element_value(float, 1);
        self.with_type(value)
    }

    /// `vec![x; n]`, `vec![[0.0; 2]; n + 1]`
    fn let_vector(&mut self, float: Float) {
        let arrays = self.scope.find(|var| !var.dims.is_empty() && !var.dims[0].is_fixed() && !var.ragged);
        let (len, min, max) = if !arrays.is_empty() && self.random.chance(60) {
            let dim = &self.scope.var(self.random.one(&arrays)).dims[0];
            (dim.len.clone(), dim.min, dim.max)
        } else {
            let int = self.small_int(4);
            (format!("{} + 1", int.operand()), int.lo + 1, int.hi + 1)
        };
        if self.generics.length && self.random.chance(50) {
            let name = self.fresh("v");
            let value = self.repeated_value(float, false);
            self.line(format!("let mut {name} = [{}; N];", value.text));
            return self.declare_array(&name, vec![Dim::generic()], float, value.bounds, true);
        }
        let name = self.fresh("v");
        let inner = if self.random.chance(25) { vec![self.random.within(2, 3)] } else { vec![] };
        let value = self.repeated_value(float, !inner.is_empty());
        let elem = nested(&value.text, &inner);
        self.line(format!("let mut {name} = vec![{elem}; {len}];"));
        let mut dims = vec![Dim { len: format!("{name}.len()"), min, max }];
        dims.extend(inner.into_iter().map(Dim::fixed));
        self.declare_array(&name, dims, float, value.bounds, true);
        let ragged = self.depends_on_values(&len);
        let list = self.scope.latest();
        self.scope.var_mut(list).ragged = ragged;
    }

    /// `[[a, b], [c, d]]`
    fn let_table(&mut self, float: Float) {
        let (rows, columns) = (self.random.within(1, 2), self.random.within(2, 3));
        let name = self.fresh("m");
        let mut bounds = Bounds::new(0.0, 0.0, 0.0);
        let mut texts = Vec::new();
        for _ in 0..rows {
            let values: Vec<Expr> = (0..columns).map(|_| self.element_value(float, 1)).collect();
            bounds = values.iter().fold(bounds, |bounds, value| bounds.or(value.bounds));
            let row: Vec<&str> = values.iter().map(|value| &*value.text).collect();
            texts.push(format!("[{}]", row.join(", ")));
        }
        let (keyword, mutable) = self.keyword();
        let ty = nested(float.name(), &[rows, columns]);
        self.line(format!("{keyword} {name}: {ty} = [{}];", texts.join(", ")));
        self.declare_array(&name, vec![Dim::fixed(rows), Dim::fixed(columns)], float, bounds, mutable);
    }

    /// `let mut a = *w;`, `w.to_vec()`, `let mut row = w[i];`
    fn let_copy(&mut self) {
        let Some((var, rows)) = self.some_array(|var| var.bounds.abs() <= 2.0) else {
            return self.let_scalar();
        };
        let place = self.element(&Var { dims: var.dims[..rows].to_vec(), ..var.clone() });
        let name = self.fresh("copy");
        let fixed = var.dims[rows..].iter().all(Dim::is_fixed);
        let mut dims = var.dims[rows..].to_vec();
        let is_reference = var.reference && rows == 0;
        let text = match (fixed, is_reference) {
            (true, true) => format!("*{place}"),
            (true, false) => place,
            (false, _) => {
                dims[0].len = format!("{name}.len()");
                format!("{place}.to_vec()")
            }
        };
        let (keyword, mutable) = self.keyword();
        // The type of a field does not show.
        let ascription = match (fixed, var.typed) {
            (true, false) => {
                let lengths: Vec<usize> = dims.iter().map(|dim| dim.max).collect();
                format!(": {}", nested(var.float.name(), &lengths))
            }
            (false, false) => {
                let lengths: Vec<usize> = dims[1..].iter().map(|dim| dim.max).collect();
                format!(": Vec<{}>", nested(var.float.name(), &lengths))
            }
            _ => String::new(),
        };
        self.line(format!("{keyword} {name}{ascription} = {text};"));
        let mut copy = self.var(&name, dims, var.float, var.bounds);
        (copy.active, copy.ragged) = (var.active, var.ragged);
        if mutable {
            self.declare_changing(copy);
        } else {
            self.scope.declare(copy);
        }
    }

    /// `let row = &w[i];` of what is never overwritten.
    fn let_alias(&mut self) {
        let Some((var, rows)) = self.some_array(|var| !var.mutable && !var.segments[0].contains('.')) else {
            return self.let_copy();
        };
        if rows == 0 {
            return self.let_copy();
        }
        let place = self.element(&Var { dims: var.dims[..rows].to_vec(), ..var.clone() });
        let name = self.fresh("row");
        self.line(format!("let {name} = &{place};"));
        let mut row = self.var(&name, var.dims[rows..].to_vec(), var.float, var.bounds);
        row.reference = true;
        row.active = var.active;
        self.scope.declare(row);
    }

    /// An array, and how many indices lead to the part of it that is meant.
    fn some_array(&mut self, want: impl Fn(&Var) -> bool) -> Option<(Var, usize)> {
        let scope = &self.scope;
        let found =
            scope.find(|var| !var.dims.is_empty() && want(var) && scope.is_readable(var) && var.is_array_after(0));
        if found.is_empty() {
            return None;
        }
        let var = self.scope.var(self.random.one(&found)).clone();
        let rows = self.random.below(var.dims.len());
        Some((var, rows))
    }

    fn keyword(&mut self) -> (&'static str, bool) {
        if self.random.chance(60) { ("let mut", true) } else { ("let", false) }
    }

    fn declare_array(&mut self, name: &str, dims: Vec<Dim>, float: Float, bounds: Bounds, mutable: bool) {
        let var = self.var(name, dims, float, bounds);
        if mutable {
            self.declare_changing(var);
        } else {
            self.scope.declare(var);
        }
    }

    /// What a parameter that is written to may become: what is assigned, and what is added.
    pub(super) fn written_bounds() -> ((f64, f64), (f64, f64)) {
        ((BASE.0.max(PARAM_ABS), BASE.1), ROOM)
    }

    pub(super) fn declare_changing(&mut self, var: Var) {
        let abs = BASE.0.max(var.bounds.abs());
        let gain = BASE.1.max(var.bounds.gain);
        self.declare_changing_within(var, (abs, gain), ROOM);
    }

    /// The same, with what may be assigned, and what `+=` may add to it.
    pub(super) fn declare_changing_within(&mut self, mut var: Var, base: (f64, f64), room: (f64, f64)) {
        var.level = self.level();
        var.base = Bounds::symmetric(base.0, base.1);
        var.room = room;
        var.bounds = Bounds::symmetric(base.0 + room.0, base.1 + room.1);
        var.mutable = true;
        var.active = true;
        self.scope.declare(var);
    }

    /// Overwrites an element, a row or all of an array.
    pub(super) fn array_update(&mut self) {
        let scope = &self.scope;
        let found = scope.find(|var| var.mutable && !var.dims.is_empty() && scope.is_readable(var));
        if found.is_empty() {
            return self.let_array();
        }
        let position = self.random.one(&found);
        let var = self.scope.var(position).clone();
        let last = var.dims.len() - 1;
        let whole = var.dims[last].is_fixed() && var.dims[last].max <= 4 && var.is_array_after(last);
        if self.random.chance(80) || !whole {
            return self.update(position);
        }
        let place = self.written_element(&Var { dims: var.dims[..last].to_vec(), ..var.clone() });
        let values: Vec<String> = (0..var.dims[last].max)
            .map(|_| {
                let value = self.float(var.float, 1);
                self.fit(value, var.base.abs(), var.base.gain).text
            })
            .collect();
        let star = if var.reference && last == 0 { "*" } else { "" };
        self.line(format!("{star}{place} = [{}];", values.join(", ")));
    }
}
