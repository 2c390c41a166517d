//! Statements: bindings, assignments, branches.

use super::body::Body;
use super::code::{Bounds, Expr, Float, Int, Prec};
use super::scope::Var;

/// What the value of a mutable variable may reach by assignment.
const BASE: (f64, f64) = (2.0, 8.0);

impl Body<'_> {
    /// About `budget` statements.
    pub(super) fn statements(&mut self, mut budget: usize) {
        while budget > 0 {
            let nested = budget > 1;
            let deep = if nested { 1 } else { 0 };
            let jumps = if self.loops.is_empty() { 0 } else { 12 };
            // Where there is one, its parts are handed on.
            let structs = if self.models.is_empty() { 12 } else { 22 };
            let choice = self.random.weighted(&[
                16,
                20,
                8,
                9,
                4,
                4,
                3,
                6,
                3,
                4,
                3,
                4,
                jumps,
                2 * (1 - jumps.min(1)),
                9,
                7,
                5,
                structs,
                2,
                10 * deep,
                14 * deep,
                2 * deep,
                7 * deep,
                5 * deep,
                5 * deep,
                5 * deep,
                3 * deep,
                6 * deep,
                3,
                3,
                4,
                4 * deep,
                structs / 2,
                4,
            ]);
            let inside = self.random.within(1, budget.saturating_sub(1).clamp(1, 6));
            match choice {
                0 => self.let_scalar(),
                1 => self.update_any(),
                2 => self.let_array(),
                3 => self.array_update(),
                4 => self.let_tuple(),
                5 => self.let_int(),
                6 => self.let_bool(),
                7 => self.let_call(),
                8 => self.let_later(),
                9 => self.let_closure(),
                10 => self.let_collected(),
                11 if self.random.chance(50) => self.for_each_closure(),
                11 => self.for_each_element(),
                12 => self.jump(),
                13 => self.early_return(),
                14 => self.let_part(),
                15 => self.move_elements(),
                16 => self.grow(),
                17 => self.let_struct(),
                18 => self.let_else(),
                19 => self.if_statement(inside),
                20 => self.for_loop(inside),
                21 => self.braces("", |body| body.statements(inside)),
                22 => self.for_each_item(inside),
                23 => self.while_loop(inside),
                24 => self.endless_loop(inside),
                25 => self.match_statement(inside),
                26 => self.if_let(inside),
                27 => self.through_parts(inside),
                28 => self.let_maybe(),
                29 => self.change_maybe(),
                30 => self.reorder(),
                31 => self.if_some(inside),
                32 => self.change_field(),
                _ => self.let_grown(),
            }
            self.change_passed();
            budget -= if (19..28).contains(&choice) || choice == 31 { inside + 1 } else { 1 }.min(budget);
        }
    }

    // ---- bindings -------------------------------------------------------------------------------------------------

    /// `let x = ..;`, `let mut x: f64 = ..;`, sometimes over another `x`.
    pub(super) fn let_scalar(&mut self) {
        let float = self.some_float();
        let mutable = self.random.chance(55);
        let value = if mutable && self.random.chance(30) {
            Expr::atom(format!("0.0_{}", float.name()), Bounds::new(0.0, 0.0, 0.0))
        } else {
            self.float(float, 3)
        };
        let value = if mutable { self.fit(value, BASE.0, BASE.1) } else { value };
        let hidden = self.scope.find(|var| var.dims.is_empty() && var.active && !var.segments[0].contains('.'));
        let name = if !hidden.is_empty() && self.random.chance(15) {
            self.scope.var(self.random.one(&hidden)).segments[0].clone()
        } else {
            self.scalar_name()
        };
        let ascription = self.ascription(&value, float);
        let keyword = if mutable { "let mut" } else { "let" };
        self.line(format!("{keyword} {name}{ascription} = {};", value.text));
        if mutable {
            self.declare_mutable(&name, float);
        } else {
            self.declare_scalar(&name, float, value.bounds);
        }
    }

    /// A mutable scalar whose first value keeps to [`BASE`]: some have room for sums.
    fn declare_mutable(&mut self, name: &str, float: Float) {
        let room = match self.random.below(3) {
            0 => (0.0, 4.0),
            1 => (8.0, 20.0),
            _ => (40.0, 60.0),
        };
        let mut var = self.var(name, vec![], float, Bounds::symmetric(BASE.0 + room.0, BASE.1 + room.1));
        var.base = Bounds::symmetric(BASE.0, BASE.1);
        var.room = room;
        var.mutable = true;
        self.scope.declare(var);
    }

    /// `let (a, mut b) = (.., ..);`, `let (s, c) = x.sin_cos();`
    fn let_tuple(&mut self) {
        let float = self.some_float();
        let x = self.float(float, 2);
        let (a, b) = (self.scalar_name(), self.scalar_name());
        if self.random.chance(40) {
            self.line(format!("let ({a}, {b}) = {}.sin_cos();", x.at(Prec::Atom)));
            let bounds = Bounds::symmetric(1.0, x.bounds.gain);
            self.declare_scalar(&a, float, bounds);
            self.declare_scalar(&b, float, bounds);
            return;
        }
        let y = self.float(float, 1);
        let y = self.fit(y, BASE.0, BASE.1);
        let name = float.name();
        let types = if x.typed && y.typed { String::new() } else { format!(": ({name}, {name})") };
        self.line(format!("let ({a}, mut {b}){types} = ({}, {});", x.text, y.text));
        self.declare_scalar(&a, float, x.bounds);
        self.declare_mutable(&b, float);
    }

    /// `let x; if c { x = a; } else { x = b; }`
    fn let_later(&mut self) {
        let float = self.some_float();
        let name = self.scalar_name();
        let condition = self.condition();
        let (a, b) = (self.float(float, 2), self.float(float, 1));
        let (a, b) = (self.computed(a), self.computed(b));
        let typed = if a.typed && b.typed { String::new() } else { format!(": {}", float.name()) };
        self.line(format!("let {name}{typed};"));
        self.braces(&format!("if {condition} "), |body| body.line(format!("{name} = {};", a.text)));
        self.braces_after("else ", |body| body.line(format!("{name} = {};", b.text)));
        self.declare_scalar(&name, float, a.bounds.or(b.bounds));
    }

    /// The same or a product: no bare constant.
    fn computed(&mut self, expr: Expr) -> Expr {
        let bare = expr.text.starts_with(|c: char| c.is_ascii_uppercase()) || expr.text.contains("consts::");
        if bare { Expr::literal(0.5).mul(&expr) } else { expr }
    }

    fn let_int(&mut self) {
        let name = self.fresh("k");
        let int = self.int(2);
        // What is ordered among fields of which nothing shows the type is taken for floats.
        let ascription = if int.text.ends_with(".count") || self.random.chance(50) { ": usize" } else { "" };
        self.line(format!("let {name}{ascription} = {};", int.text));
        if self.depends_on_values(&int.text) {
            self.of_values.push(name.clone());
        }
        self.scope.declare_int(Int::var(&name, int.lo, int.hi, int.below));
    }

    fn let_bool(&mut self) {
        if self.random.chance(30) {
            let condition = self.true_condition(self.float);
            return self.line(format!("assert!({condition});"));
        }
        let name = self.fresh("flag");
        let condition = self.condition();
        // The type of a field does not show.
        let ascription = if condition.contains(".flag") || self.random.chance(30) { ": bool" } else { "" };
        self.line(format!("let {name}{ascription} = {condition};"));
        self.scope.declare_bool(name);
    }

    // ---- assignments ----------------------------------------------------------------------------------------------

    /// Overwrites what a call has read.
    fn change_passed(&mut self) {
        let Some((position, declaration)) = self.passed.take() else { return };
        let same = |var: &Var| var.declaration == declaration && var.mutable && self.scope.is_readable(var);
        if self.scope.find(same).contains(&position) && self.random.chance(70) {
            self.update(position);
        }
    }

    /// Changes a scalar or an element; declares one where there is none.
    pub(super) fn update_any(&mut self) {
        let scope = &self.scope;
        let mutable = scope.find(|var| var.mutable && scope.is_readable(var));
        if mutable.is_empty() {
            return self.let_scalar();
        }
        if self.random.chance(12) {
            let scalars = scope.find(|var| var.mutable && var.dims.is_empty());
            if let [.., a, b] = scalars[..]
                && scope.var(a).float == scope.var(b).float
                && !scope.var(a).segments[0].contains('.')
            {
                return self.exchange(a, b);
            }
        }
        let position = self.random.one(&mutable);
        self.update(position);
    }

    /// `(a, b) = (b, ..);`
    fn exchange(&mut self, a: usize, b: usize) {
        let (first, second) = (self.scope.var(a).clone(), self.scope.var(b).clone());
        let into_first = self.read(b);
        let into_first = self.fit(into_first, first.base.abs(), first.base.gain);
        let other = self.float(first.float, 1);
        let into_second = self.read(a).mul(&Expr::literal(0.5)).add(&other);
        let into_second = self.fit(into_second, second.base.abs(), second.base.gain);
        let (first, second) = (&first.segments[0], &second.segments[0]);
        self.line(format!("({first}, {second}) = ({}, {});", into_first.text, into_second.text));
    }

    /// Changes a variable or an element of it.
    pub(super) fn update(&mut self, position: usize) {
        let var = self.scope.var(position).clone();
        let runs = self.scope.runs_since(var.loops) as f64;
        let place = self.written_element(&var);
        // A half of what is left: more updates may follow.
        let room = (var.room.0 / (2.0 * runs), var.room.1 / (2.0 * runs));
        let value = self.float(var.float, 2);
        let (op, value, used) = match self.random.weighted(&[6, 8, 3, 3, 2]) {
            1 | 2 if room.0 > 0.02 && room.1 > 0.05 => {
                let value = self.fit(value, room.0, room.1);
                let used = (value.bounds.abs() * runs, value.bounds.gain * runs);
                (if self.random.chance(75) { "+=" } else { "-=" }, value, used)
            }
            3 if room.1 > 0.2 => {
                let value = self.fit(value, 1.0, room.1 / var.bounds.abs());
                let used = (0.0, value.bounds.gain * var.bounds.abs() * runs);
                ("*=", value, used)
            }
            4 if room.1 > 0.2 => {
                let value = self.positive(var.float, 1, 1.0);
                if value.bounds.gain * var.bounds.abs() > room.1 {
                    ("=", self.damped(&place, &var, &value), (0.0, 0.0))
                } else {
                    let used = (0.0, value.bounds.gain * var.bounds.abs() * runs);
                    ("/=", value, used)
                }
            }
            _ => ("=", self.damped(&place, &var, &value), (0.0, 0.0)),
        };
        // Where the elements are of a type parameter, rustc borrows them before it computes the value.
        match op.strip_suffix('=') {
            Some(op) if var.float == Float::Generic && !op.is_empty() && !var.dims.is_empty() => {
                let prec = if matches!(op, "*" | "/") { Prec::Unary } else { Prec::Product };
                self.line(format!("{place} = {place} {op} {};", value.at(prec)));
            }
            _ => self.line(format!("{place} {op} {};", value.text)),
        }
        let var = self.scope.var_mut(position);
        var.room.0 -= used.0;
        var.room.1 -= used.1;
    }

    /// A value for `place = ..`: often made of the old one, so that a loop around it is a recurrence.
    fn damped(&mut self, place: &str, var: &Var, value: &Expr) -> Expr {
        let old = Expr::atom(place, var.bounds);
        let value = match self.random.below(5) {
            0 => old.mul(&old),
            1 => old.mul(&Expr::literal(0.5)).add(value),
            2 => value.sub(&old.mul(&Expr::literal(0.3))),
            3 => old.mul(value),
            _ => value.clone(),
        };
        self.fit(value, var.base.abs(), var.base.gain)
    }

    // ---- branches -------------------------------------------------------------------------------------------------

    pub(super) fn if_statement(&mut self, budget: usize) {
        let condition = self.condition();
        let head = format!("if {condition} ");
        if self.random.chance(40) {
            return self.braces(&head, |body| body.inner_statements(budget));
        }
        let half = budget.div_ceil(2);
        // Before the first branch: what it calls may need copies that are bound before the statement.
        let second = self.random.chance(25).then(|| self.condition());
        self.braces(&head, |body| body.inner_statements(half));
        if let Some(second) = second {
            self.braces_after(&format!("else if {second} "), |body| body.inner_statements(1));
        }
        self.braces_after("else ", |body| body.inner_statements(half));
    }

    /// Statements of which at least one changes something outside.
    pub(super) fn inner_statements(&mut self, budget: usize) {
        let outer = self.scope.find(|var| var.mutable && self.scope.is_readable(var));
        self.statements(budget.saturating_sub(1));
        if outer.is_empty() {
            return self.statements(1);
        }
        // What was declared in between may hide it.
        let visible = self.scope.find(|var| var.mutable && self.scope.is_readable(var));
        let outer: Vec<usize> = outer.into_iter().filter(|position| visible.contains(position)).collect();
        if !outer.is_empty() {
            let position = self.random.one(&outer);
            self.update(position);
        }
    }
}
