//! What chains of adaptors end in: numbers, vectors, loops; local closures.

use super::body::{Body, Loop};
use super::code::{Bounds, Expr, Float, Int, Prec};
use super::items::Items;
use super::loops::RUNS;
use super::scope::{Closure, Dim};

/// How large the argument of a local closure may be.
const CLOSURE_ABS: f64 = 2.0;

impl Body<'_> {
    /// `w.iter().map(|&v| ..).sum::<f64>()` and its relatives.
    pub(super) fn chain(&mut self, float: Float, depth: usize) -> Option<Expr> {
        let items = self.items(float, false)?;
        let depth = depth.saturating_sub(1).min(1);
        self.without_calls(|body| {
            let count = items.max as f64;
            let (text, pattern) = (&items.text, &items.pattern);
            let name = float.name();
            Some(match body.random.below(9) {
                0 => {
                    let value = body.with_items(&items, |body| body.of_items(&items, float, depth));
                    let value = body.fit(value, 1.0, 20.0);
                    let bounds = Bounds::symmetric(1.0, count.max(1.0) * value.bounds.gain);
                    Expr::atom(format!("{text}.map(|{pattern}| {}).product::<{name}>()", value.text), bounds)
                }
                1 => {
                    let start = body.float(float, 0);
                    let start = body.with_type(start);
                    let (acc, value) = body.with_items(&items, |body| {
                        let acc = body.fresh("acc");
                        (acc, body.of_items(&items, float, depth))
                    });
                    let bounds = Bounds::symmetric(
                        start.bounds.abs() + 2.0 * value.bounds.abs(),
                        start.bounds.gain + 2.0 * value.bounds.gain,
                    );
                    let step = Expr::literal(0.5).mul(&Expr::atom(&*acc, bounds)).add(&value);
                    Expr::atom(format!("{text}.fold({}, |{acc}, {pattern}| {})", start.text, step.text), bounds)
                }
                2 => {
                    let start = body.float(float, 0);
                    let start = body.with_type(start);
                    let acc = body.fresh("acc");
                    let value = body.with_items(&items, |body| body.of_items(&items, float, depth));
                    let bounds = start.bounds.or(value.bounds);
                    let larger = Expr::atom(&*acc, bounds).method("max", &[&value.text], bounds);
                    Expr::atom(format!("{text}.fold({}, |{acc}, {pattern}| {})", start.text, larger.text), bounds)
                }
                choice => {
                    let (value, filter) = body.with_items(&items, |body| {
                        let filter = (choice < 5).then(|| body.condition());
                        (body.of_items(&items, float, depth), filter)
                    });
                    let bounds = Bounds::new(
                        (count * value.bounds.lo).min(0.0),
                        (count * value.bounds.hi).max(0.0),
                        count * value.bounds.gain,
                    );
                    let (text, value) = match filter {
                        Some(filter) if choice == 3 => (format!("{text}.filter(|&{pattern}| {filter})"), value.text),
                        Some(filter) => (text.clone(), format!("if {filter} {{ {} }} else {{ 0.0 }}", value.text)),
                        None => (text.clone(), value.text),
                    };
                    Expr::atom(format!("{text}.map(|{pattern}| {value}).sum::<{name}>()"), bounds)
                }
            })
        })
    }

    /// `let v: Vec<f64> = w.iter().map(|&v| ..).collect();`
    pub(super) fn let_collected(&mut self) {
        let float = self.float;
        if self.random.chance(30) {
            return self.let_mapped();
        }
        let Some(items) = self.items(float, false) else { return self.let_scalar() };
        let value = self.without_calls(|body| {
            let value = body.with_items(&items, |body| body.of_items(&items, float, 1));
            let value = body.fit(value, 2.0, 20.0);
            body.with_type(value)
        });
        let name = self.fresh("list");
        let (text, pattern) = (&items.text, &items.pattern);
        self.line(format!("let {name}: Vec<{}> = {text}.map(|{pattern}| {}).collect();", float.name(), value.text));
        let dim = Dim { len: format!("{name}.len()"), min: items.min, max: items.max };
        let mut list = self.var(&name, vec![dim], float, value.bounds);
        list.ragged = items.ragged;
        self.scope.declare(list);
    }

    /// `let a = q.map(|v| ..);`, `let a: [f64; 3] = std::array::from_fn(|i| ..);`
    fn let_mapped(&mut self) {
        let float = self.float;
        let lists = self.lists(float, true);
        let fixed = |position: &usize| self.scope.var(*position).dims[0].is_fixed();
        let arrays: Vec<usize> = lists.into_iter().filter(fixed).collect();
        let name = self.fresh("mapped");
        let mark = self.scope.mark();
        let (start, n) = if arrays.is_empty() || self.random.chance(40) {
            let (n, i) = (self.random.within(2, 3), self.fresh("i"));
            self.scope.declare_int(Int::var(&i, 0, n - 1, Vec::new()));
            (format!("let {name}: [{}; {n}] = std::array::from_fn(|{i}| ", float.name()), n)
        } else {
            let list = self.scope.var(self.random.one(&arrays)).clone();
            let v = self.fresh("v");
            let item = self.item(&list, &v);
            self.scope.declare(item);
            (format!("let {name} = {}.map(|{v}| ", list.segments[0]), list.dims[0].min)
        };
        let value = self.without_calls(|body| body.float(float, 2));
        let value = self.fit(value, 2.0, 20.0);
        let value = self.with_type(value);
        self.scope.leave(&mark);
        self.line(format!("{start}{});", value.text));
        let array = self.var(&name, vec![Dim::fixed(n)], float, value.bounds);
        self.scope.declare(array);
    }

    /// `w.iter().for_each(|&v| s += v * x);`
    pub(super) fn for_each_closure(&mut self) {
        let float = self.float;
        let found = self
            .scope
            .find(|var| var.mutable && var.float == float && var.dims.is_empty() && var.is_plain() && var.room.0 > 0.2);
        if found.is_empty() {
            return self.for_each_element();
        }
        let position = self.random.one(&found);
        let Some(items) = self.items(float, true) else { return self.update_any() };
        let var = self.scope.var(position).clone();
        let runs = (self.scope.runs_since(var.loops) * items.max.max(1)) as f64;
        self.scope.var_mut(position).borrowed = true;
        let value = self.without_calls(|body| body.with_items(&items, |body| body.of_items(&items, float, 1)));
        self.scope.var_mut(position).borrowed = false;
        let value = self.fit(value, var.room.0 / (2.0 * runs), var.room.1 / (2.0 * runs));
        let Items { text, pattern, .. } = items;
        self.line(format!("{text}.for_each(|{pattern}| {} += {});", var.segments[0], value.text));
        let used = (value.bounds.abs() * runs, value.bounds.gain * runs);
        let var = self.scope.var_mut(position);
        var.room = (var.room.0 - used.0, var.room.1 - used.1);
    }

    /// `for (i, &v) in w.iter().enumerate() { .. }`
    pub(super) fn for_each_item(&mut self, budget: usize) {
        if self.scope.find(|var| var.mutable).is_empty() {
            self.let_array();
        }
        let float = self.float;
        let Some(mut items) = self.items(float, true) else { return self.update_any() };
        // The last one that is taken is dealt with to the end, whatever a block leaves out of it.
        let ends = self.random.chance(35);
        if ends {
            self.leave_out(&mut items);
            items.take(self.random.within(1, 2));
        }
        if self.scope.runs_since(0) * items.max.max(1) > RUNS {
            return self.update_any();
        }
        let (label, start) = self.label();
        self.scope.enter_loop(items.max.max(1));
        self.loops.push(Loop { label, breaks: true, continues: true });
        self.braces(&format!("{start}for {} in {} ", items.pattern, items.text), |body| {
            body.with_items(&items, |body| {
                match body.random.chance(if ends { 70 } else { 10 }) {
                    // What comes after the block is left out with it, or is not.
                    true => body.braces("", |body| {
                        body.jump();
                        body.inner_statements(1);
                    }),
                    false => body.jump_first(),
                }
                body.inner_statements(budget);
            });
        });
        self.loops.pop();
        self.scope.leave_loop();
    }

    /// `for v in a.iter_mut() { *v = 0.5 * *v + ..; }`
    pub(super) fn for_each_element(&mut self) {
        let found = self.scope.find(|var| var.mutable && var.dims.len() == 1 && var.typed && var.is_array_after(0));
        if found.is_empty() {
            return self.update_any();
        }
        let list = self.scope.var(self.random.one(&found)).clone();
        let frozen = std::mem::replace(&mut self.scope.frozen, true);
        let value = self.without_calls(|body| body.float(list.float, 1));
        self.scope.frozen = frozen;
        // A half of what an element may be, and a half of what it is.
        let value = self.fit(value, 0.5 * list.base.abs(), 0.5 * list.base.gain);
        let element = self.fresh("v");
        let over = if list.reference || self.random.chance(50) {
            format!("{}.iter_mut()", list.segments[0])
        } else {
            format!("&mut {}", list.segments[0])
        };
        let text = match self.random.below(3) {
            0 => value.text,
            1 => format!("{} - 0.5 * {element}.max(-1.0).min(1.0)", value.at(Prec::Sum)),
            _ => format!("{} + 0.5 * {element}.sin()", value.at(Prec::Sum)),
        };
        self.braces(&format!("for {element} in {over} "), |body| body.line(format!("*{element} = {text};")));
    }

    // ---- closures -------------------------------------------------------------------------------------------------

    /// `let g = |t: f64| ..;`
    pub(super) fn let_closure(&mut self) {
        let float = self.float;
        let (name, argument) = (self.fresh("g"), self.fresh("t"));
        let mark = self.scope.mark();
        let frozen = std::mem::replace(&mut self.scope.frozen, true);
        self.declare_scalar(&argument, float, Bounds::symmetric(CLOSURE_ABS, 1.0));
        let value = self.without_calls(|body| body.float(float, 2));
        let t = Expr::atom(&*argument, Bounds::symmetric(CLOSURE_ABS, 1.0));
        let value = t.mul(&value);
        let value = self.fit(value, 8.0, 20.0);
        self.scope.frozen = frozen;
        self.scope.leave(&mark);
        self.line(format!("let {name} = |{argument}: {}| {};", float.name(), value.text));
        self.scope.declare_closure(Closure { name, float, abs: CLOSURE_ABS, bounds: value.bounds });
    }

    /// A call of a local closure.
    pub(super) fn closure_call(&mut self, float: Float, depth: usize) -> Option<Expr> {
        let closures: Vec<Closure> =
            self.scope.closures().iter().filter(|closure| closure.float == float).cloned().collect();
        if closures.is_empty() {
            return None;
        }
        let closure = &closures[self.random.below(closures.len())];
        let x = self.float(float, depth - 1);
        let x = self.fit(x, closure.abs, 40.0);
        let bounds = Bounds { gain: closure.bounds.gain * x.bounds.gain.max(1.0), ..closure.bounds };
        Some(Expr { typed: false, ..Expr::atom(format!("{}({})", closure.name, x.text), bounds) })
    }
}
