//! Float expressions.

use super::body::Body;
use super::code::{Bounds, Expr, Float, Prec};
use super::primitives::{Domain, KINKED, Primitive, SMOOTH, Spelling};
use super::scope::Var;

/// What every expression stays within, whatever it is made of.
const ABS: f64 = 10.0;
const GAIN: f64 = 60.0;

impl Body<'_> {
    /// An expression of at most `depth` levels. Never a bare literal: its type is known wherever it stands.
    pub(super) fn float(&mut self, float: Float, depth: usize) -> Expr {
        let expr = self.any_float(float, depth);
        self.fit(expr, ABS, GAIN)
    }

    fn any_float(&mut self, float: Float, depth: usize) -> Expr {
        if depth == 0 {
            return self.leaf(float);
        }
        match self.random.weighted(&[12, 12, 12, 5, 3, 22, 3, 3, 4, 5, 3, 7, 3, 5, 4, 2, 3, 7, 6]) {
            0 => {
                let (a, b) = self.operands(float, depth);
                a.add(&b)
            }
            1 => {
                let (a, b) = self.operands(float, depth);
                a.sub(&b)
            }
            2 => {
                let (a, b) = self.operands(float, depth);
                a.mul(&b)
            }
            3 => {
                let a = if self.random.chance(30) { self.literal() } else { self.float(float, depth - 1) };
                let b = self.positive(float, depth - 1, 0.4);
                a.div(&b)
            }
            4 => self.float(float, depth - 1).neg(),
            5 => self.primitive(&SMOOTH, float, depth),
            6 => self.primitive(&KINKED, float, depth),
            7 => self.two_argument_kink(float, depth),
            8 => self.power(float, depth),
            9 => self.two_arguments(float, depth),
            10 => self.branch(float, depth),
            11 => self.call(float, depth).unwrap_or_else(|| self.leaf(float)),
            12 => self.block(float, depth),
            13 => self.chain(float, depth).unwrap_or_else(|| self.leaf(float)),
            14 => self.closure_call(float, depth).unwrap_or_else(|| self.leaf(float)),
            15 => self.if_let_expression(float, depth),
            16 if float == self.float => self.self_call(depth).unwrap_or_else(|| self.leaf(float)),
            17 => self.match_expression(float, depth),
            _ => self.out_of_maybe(float, depth).unwrap_or_else(|| self.leaf(float)),
        }
    }

    /// Operands of an arithmetic operator, of which one may be a literal and one may be the other.
    fn operands(&mut self, float: Float, depth: usize) -> (Expr, Expr) {
        let a = self.float(float, depth - 1);
        match self.random.below(10) {
            0 => (a.clone(), a),
            1 | 2 => (self.literal(), a),
            3 => (a, self.literal()),
            _ => {
                let depth = self.random.below(depth);
                let b = self.float(float, depth);
                (a, b)
            }
        }
    }

    pub(super) fn literal(&mut self) -> Expr {
        Expr::literal(self.random.decimal(-2.0, 2.0))
    }

    /// A variable, an element or a field; where there is none, a conversion or a constant.
    fn leaf(&mut self, float: Float) -> Expr {
        if self.random.chance(6) {
            return self.constant(float);
        }
        if !self.scope.ints().is_empty() && self.random.chance(8) {
            return self.int_as_float(float);
        }
        if self.mixed && self.random.chance(15) {
            return self.cast(float, 0);
        }
        let active = self.random.chance(88);
        let scalars = self.random.chance(50);
        let wanted = |var: &Var| var.float == float && self.scope.is_readable(var);
        let mut found = self.scope.find(|var| wanted(var) && var.active == active && var.dims.is_empty() == scalars);
        if found.is_empty() {
            found = self.scope.find(|var| wanted(var) && var.active);
        }
        if found.is_empty() {
            found = self.scope.find(wanted);
        }
        if found.is_empty() {
            return if self.mixed { self.cast(float, 0) } else { self.constant(float) };
        }
        let position = self.random.one(&found);
        self.read(position)
    }

    /// The value of a variable or of one of its elements.
    pub(super) fn read(&mut self, position: usize) -> Expr {
        let var = self.scope.var(position).clone();
        let place = self.element(&var);
        Expr { typed: var.typed, ..Expr::atom(place, var.bounds) }
    }

    /// An element as a place: `w[i][0]`.
    pub(super) fn element(&mut self, var: &Var) -> String {
        let mut place = var.segments[0].clone();
        for (dim, segment) in var.dims.iter().zip(&var.segments[1..]) {
            let index = self.index(dim);
            place = format!("{place}[{index}]{segment}");
        }
        place
    }

    /// An element to be written to. An index that asks for a length is computed before: what is written is borrowed.
    pub(super) fn written_element(&mut self, var: &Var) -> String {
        let mut place = var.segments[0].clone();
        for (dim, segment) in var.dims.iter().zip(&var.segments[1..]) {
            let mut index = self.index(dim);
            if index.contains("len()") {
                let name = self.fresh("at");
                self.line(format!("let {name} = {index};"));
                index = name;
            }
            place = format!("{place}[{index}]{segment}");
        }
        place
    }

    /// A value of the other type, converted.
    fn cast(&mut self, float: Float, depth: usize) -> Expr {
        let from = float.other();
        let has_other = !self.scope.find(|var| var.float == from && self.scope.is_readable(var)).is_empty();
        if !has_other {
            return self.constant(float);
        }
        self.traits.single = true;
        let mixed = std::mem::replace(&mut self.mixed, false);
        let inner = self.float(from, depth);
        let inner = self.with_type(inner);
        self.mixed = mixed;
        Expr::loose(format!("{} as {}", inner.at(Prec::Unary), float.name()), inner.bounds)
    }

    /// The same or a product, with a type that shows.
    pub(super) fn with_type(&mut self, expr: Expr) -> Expr {
        if expr.typed { expr } else { Expr::literal(0.5).mul(&expr) }
    }

    fn int_as_float(&mut self, float: Float) -> Expr {
        let int = self.int(1);
        let bounds = Bounds::new(int.lo as f64, int.hi as f64, 0.0);
        let value = Expr::loose(float.of_int(&int.operand()), bounds);
        let scale = if int.hi > 3 { 0.1 } else { 0.5 };
        Expr::literal(scale).mul(&value)
    }

    fn constant(&mut self, float: Float) -> Expr {
        let name = float.name();
        match self.random.below(4) {
            0 if float == Float::Generic => Expr::atom("T::FRAC_PI_3()", Bounds::new(1.0, 1.1, 0.0)),
            0 => Expr::atom(format!("std::{name}::consts::FRAC_PI_3"), Bounds::new(1.0, 1.1, 0.0)),
            1 if float == Float::F64 => Expr { typed: false, ..Expr::atom("DAMPING", Bounds::new(0.4, 0.5, 0.0)) },
            2 if float == Float::F64 => Expr { typed: false, ..Expr::atom("TABLE[1]", Bounds::new(-0.8, -0.7, 0.0)) },
            _ => {
                let x = self.random.decimal(0.1, 2.0);
                Expr::atom(format!("{x:?}_{name}"), Bounds::new(x, x, 0.0))
            }
        }
    }

    /// The same expression or one made of it, within the limits.
    pub(super) fn fit(&mut self, expr: Expr, abs: f64, gain: f64) -> Expr {
        let bounds = expr.bounds;
        let scale = (abs / bounds.abs()).min(gain / bounds.gain);
        if scale >= 1.0 {
            return expr;
        }
        if abs >= 1.0 && bounds.gain <= gain && self.random.chance(50) {
            return match self.random.below(2) {
                0 => expr.method("sin", &[], Bounds::symmetric(1.0, bounds.gain)),
                _ => expr.method("tanh", &[], bounds.through(f64::tanh, 1.0)),
            };
        }
        let scale = ((scale * 1000.0).floor() / 1000.0).max(0.001);
        Expr::literal(scale).mul(&expr)
    }

    /// At least `lo` and at most 10.
    pub(super) fn positive(&mut self, float: Float, depth: usize, lo: f64) -> Expr {
        let known = self.scope.find(|var| var.float == float && self.scope.is_readable(var) && var.bounds.lo >= lo);
        if !known.is_empty() && self.random.chance(30) {
            let position = self.random.one(&known);
            return self.read(position);
        }
        let x = self.float(float, depth.saturating_sub(1));
        let x = self.fit(x, 2.0, GAIN);
        let offset = Expr::literal(self.random.decimal(0.4, 1.5));
        let expr = match self.random.below(9) {
            0 | 1 => x.mul(&x).add(&offset),
            2 => {
                let offset = Expr::literal(self.random.decimal(1.4, 2.5));
                offset.add(&x.method("sin", &[], Bounds::symmetric(1.0, x.bounds.gain)))
            }
            3 => {
                let x = self.fit(x, 1.0, GAIN);
                x.method("exp", &[], x.bounds.through(f64::exp, x.bounds.hi.exp()))
            }
            4 => offset.add(&x.method("sigmoid", &[], Bounds::new(0.0, 1.0, 0.25 * x.bounds.gain))),
            5 => x.method("softplus", &[], Bounds::new(0.1, 2.2, x.bounds.gain)).add(&offset),
            6 => {
                let bounds = Bounds::new(offset.bounds.lo, x.bounds.abs() + offset.bounds.hi, x.bounds.gain);
                x.method("hypot", &[&offset.text], bounds)
            }
            7 => {
                let inside = offset.add(&x.mul(&x));
                inside.method("sqrt", &[], inside.bounds.through(f64::sqrt, 0.5 / inside.bounds.lo.sqrt()))
            }
            _ if self.random.chance(50) => {
                let abs = x.method("abs", &[], Bounds::new(0.0, x.bounds.abs(), x.bounds.gain));
                abs.add(&offset)
            }
            _ => x.method("cosh", &[], Bounds::new(1.0, x.bounds.abs().cosh(), x.bounds.gain * x.bounds.abs().sinh())),
        };
        if expr.bounds.lo >= lo {
            return expr;
        }
        let missing = ((lo - expr.bounds.lo) * 10.0).ceil() / 10.0;
        expr.add(&Expr::literal(missing))
    }

    /// A function of one argument of the table.
    fn primitive(&mut self, table: &[Primitive], float: Float, depth: usize) -> Expr {
        let Primitive { name, spelling, domain, bounds } = table[self.random.below(table.len())];
        let x = match domain {
            Domain::Any => self.float(float, depth - 1),
            Domain::Within(abs) => {
                let x = self.float(float, depth - 1);
                self.fit(x, abs, GAIN)
            }
            Domain::AtLeast(lo) => self.positive(float, depth - 1, lo),
        };
        let bounds = bounds(x.bounds);
        match spelling {
            Spelling::Float if self.random.chance(20) => {
                Expr::atom(format!("{}::{name}({})", float.name(), x.text), bounds)
            }
            Spelling::Real if self.random.chance(40) => Expr::atom(format!("Real::{name}({})", x.text), bounds),
            Spelling::RealPath => Expr::atom(format!("Real::{name}({})", x.text), bounds),
            Spelling::Float | Spelling::Real => x.method(name, &[], bounds),
        }
    }

    fn two_arguments(&mut self, float: Float, depth: usize) -> Expr {
        let x = self.float(float, depth - 1);
        match self.random.below(6) {
            0 => {
                let y = self.float(float, depth - 1);
                let z = self.float(float, 0);
                let bounds = x.bounds.mul(y.bounds).add(z.bounds);
                x.method("mul_add", &[&y.text, &z.text], bounds)
            }
            1 => {
                let y = self.positive(float, depth - 1, 0.5);
                let bounds = Bounds::new(y.bounds.lo, x.bounds.abs() + y.bounds.hi, x.bounds.gain + y.bounds.gain);
                if self.random.chance(50) {
                    x.method("hypot", &[&y.text], bounds)
                } else {
                    y.method("hypot", &[&x.text], bounds)
                }
            }
            2 => {
                let y = self.positive(float, depth - 1, 0.5);
                let bounds = Bounds::symmetric(1.6, (x.bounds.gain + y.bounds.gain) / y.bounds.lo);
                x.method("atan2", &[&y.text], bounds)
            }
            3 => {
                let x = self.positive(float, depth - 1, 0.4);
                let base = self.positive(float, 0, 1.6);
                let (lo, ln) = (x.bounds.lo, base.bounds.lo.ln());
                let most = lo.ln().abs().max(x.bounds.hi.ln().abs()) / ln;
                let gain = x.bounds.gain / (lo * ln) + most * base.bounds.gain / (base.bounds.lo * ln);
                x.method("log", &[&base.text], Bounds::symmetric(most, gain))
            }
            4 => {
                let slope = Expr::literal(self.random.decimal(0.05, 0.9));
                let (name, args) =
                    if self.random.chance(50) { ("leaky_relu", &slope.text) } else { ("elu", &slope.text) };
                x.method(name, &[args], Bounds::new(x.bounds.lo.min(-1.0), x.bounds.hi.max(0.0), x.bounds.gain))
            }
            _ => {
                let text = format!("{{ let (s, c) = {}.sin_cos(); s * s - 0.5 * c }}", x.at(Prec::Atom));
                Expr::loose(text, Bounds::new(-0.5, 1.5, 2.5 * x.bounds.gain))
            }
        }
    }

    fn two_argument_kink(&mut self, float: Float, depth: usize) -> Expr {
        let x = self.float(float, depth - 1);
        let y = if self.random.chance(40) { self.literal() } else { self.float(float, depth - 1) };
        let (lo, hi) = (x.bounds.lo, x.bounds.hi);
        let gain = x.bounds.gain.max(y.bounds.gain);
        match self.random.below(6) {
            0 | 1 => x.method("min", &[&y.text], Bounds::new(lo.min(y.bounds.lo), hi.min(y.bounds.hi), gain)),
            2 | 3 => x.method("max", &[&y.text], Bounds::new(lo.max(y.bounds.lo), hi.max(y.bounds.hi), gain)),
            4 => {
                let (a, b) = (self.random.decimal(-2.0, -0.1), self.random.decimal(0.1, 2.0));
                let bounds = Bounds::new(lo.max(a).min(b), hi.min(b).max(a), x.bounds.gain);
                x.method("clamp", &[&format!("{a:?}"), &format!("{b:?}")], bounds)
            }
            _ => x.method("copysign", &[&y.text], Bounds::symmetric(x.bounds.abs(), x.bounds.gain)),
        }
    }

    fn power(&mut self, float: Float, depth: usize) -> Expr {
        if self.random.chance(75) {
            return self.integer_power(float, depth);
        }
        self.traits.powf = true;
        let x = self.positive(float, depth - 1, 0.4);
        let p = match self.random.below(3) {
            0 => Expr::literal(*self.random.pick(&[&0.5, &1.5, &2.0, &-0.7, &-1.0, &2.25, &3.0])),
            _ => {
                let p = self.float(float, depth - 1);
                self.fit(p, 1.5, GAIN)
            }
        };
        let ends = |shift: f64| {
            let of = |x: f64, p: f64| x.powf(p + shift);
            let (x, p) = (x.bounds, p.bounds);
            [of(x.lo, p.lo), of(x.lo, p.hi), of(x.hi, p.lo), of(x.hi, p.hi)].into_iter().fold(0.0, f64::max)
        };
        let ln = x.bounds.lo.ln().abs().max(x.bounds.hi.ln().abs());
        let gain = x.bounds.gain * p.bounds.abs() * ends(-1.0) + p.bounds.gain * ln * ends(0.0);
        x.method("powf", &[&p.text], Bounds::new(0.0, ends(0.0), gain))
    }

    /// `powi`, with an exponent that is written or computed.
    fn integer_power(&mut self, float: Float, depth: usize) -> Expr {
        self.traits.powi = true;
        if self.random.chance(30) {
            let x = self.positive(float, depth - 1, 0.6);
            let x = if x.bounds.hi > 3.0 { x.method("sqrt", &[], x.bounds.through(f64::sqrt, 0.7)) } else { x };
            let n = self.random.within(1, 3);
            let text = if self.random.chance(50) {
                format!("-{n}")
            } else {
                let int = self.small_int(n);
                format!("-({} as i32)", int.operand())
            };
            let most = x.bounds.lo.powi(-(n as i32)).max(1.0);
            let gain = n as f64 * x.bounds.gain * most / x.bounds.lo;
            return x.method("powi", &[&text], Bounds::new(0.0, most, gain));
        }
        let x = self.float(float, depth - 1);
        let x = self.fit(x, 1.5, GAIN);
        let n = self.random.within(0, 5);
        let text = if self.random.chance(50) {
            n.to_string()
        } else {
            let int = self.small_int(n);
            format!("{} as i32", int.operand())
        };
        let abs = x.bounds.abs().max(1.0);
        let most = abs.powi(n as i32);
        x.method("powi", &[&text], Bounds::symmetric(most, n as f64 * x.bounds.gain * most / abs))
    }

    fn branch(&mut self, float: Float, depth: usize) -> Expr {
        let condition = self.condition();
        let (a, b) = (self.float(float, depth - 1), self.float(float, depth - 1));
        let bounds = a.bounds.or(b.bounds);
        let typed = a.typed || b.typed;
        if depth > 1 && self.random.chance(25) {
            let second = self.condition();
            let c = self.float(float, depth - 1);
            let text =
                format!("if {condition} {{ {} }} else if {second} {{ {} }} else {{ {} }}", a.text, b.text, c.text);
            return Expr { typed, ..Expr::loose(text, bounds.or(c.bounds)) };
        }
        let text = format!("if {condition} {{ {} }} else {{ {} }}", a.text, b.text);
        Expr { typed, ..Expr::loose(text, bounds) }
    }

    /// `{ let t = a; b }`, where `b` may use `t`.
    fn block(&mut self, float: Float, depth: usize) -> Expr {
        let mark = self.scope.mark();
        let value = self.float(float, depth - 1);
        let name = self.fresh("t");
        let ascription = self.ascription(&value, float);
        self.declare_scalar(&name, float, value.bounds);
        let outer = std::mem::replace(&mut self.in_block, true);
        let result = self.float(float, depth - 1);
        self.in_block = outer;
        let t = Expr::atom(&name, value.bounds);
        let result = match self.random.below(3) {
            0 => t.mul(&result),
            1 => result.add(&t),
            _ => t.sub(&result),
        };
        self.scope.leave(&mark);
        Expr::loose(format!("{{ let {name}{ascription} = {}; {} }}", value.text, result.text), result.bounds)
    }
}
