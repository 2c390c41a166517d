//! Options that may hold a float: how they are made and changed, and how the float is taken out.

use super::body::Body;
use super::code::{Bounds, Expr, Float};
use super::scope::Maybe;

/// What the float of one that changes may become.
const BASE: (f64, f64) = (2.0, 20.0);

impl Body<'_> {
    /// `let mut best: Option<f64> = if c { Some(x) } else { None };`
    pub(super) fn let_maybe(&mut self) {
        let float = self.float;
        let mutable = self.random.chance(60);
        let name = self.fresh("best");
        let value = self.float(float, 2);
        let value = self.fit(value, BASE.0, BASE.1);
        let value = self.with_type(value);
        let condition = self.plain_condition();
        let text = match self.random.below(7) {
            0 => format!("Some({})", value.text),
            1 if mutable => "None".to_owned(),
            2 => format!("{condition}.then_some({})", value.text),
            3 => format!("{condition}.then(|| {})", value.text),
            4 => match self.some_maybe(float) {
                Some(other) => {
                    let v = self.fresh("v");
                    let inside = Expr::atom(&*v, other.bounds).mul(&Expr::literal(0.4));
                    format!("{}.map(|{v}| {})", other.name, inside.text)
                }
                None => format!("Some({})", value.text),
            },
            _ => format!("if {condition} {{ Some({}) }} else {{ None }}", value.text),
        };
        let keyword = if mutable { "let mut" } else { "let" };
        self.line(format!("{keyword} {name}: Option<{}> = {text};", float.name()));
        self.scope.declare_maybe(Maybe { name, float, bounds: Bounds::symmetric(BASE.0, BASE.1), mutable });
    }

    fn some_maybe(&mut self, float: Float) -> Option<Maybe> {
        let found: Vec<Maybe> = self.scope.maybes().filter(|maybe| maybe.float == float).cloned().collect();
        (!found.is_empty()).then(|| found[self.random.below(found.len())].clone())
    }

    /// `best = Some(x);`, `best = best.map(|v| ..);`, `best = None;`, `if best.is_none_or(|b| x > b) { best = Some(x); }`
    pub(super) fn change_maybe(&mut self) {
        let float = self.float;
        let found: Vec<Maybe> =
            self.scope.maybes().filter(|maybe| maybe.float == float && maybe.mutable).cloned().collect();
        if found.is_empty() {
            return self.let_maybe();
        }
        let maybe = &found[self.random.below(found.len())];
        let name = &maybe.name;
        let value = self.float(float, 2);
        let value = self.fit(value, BASE.0, BASE.1);
        let value = self.with_type(value);
        let v = self.fresh("v");
        match self.random.below(6) {
            0 | 1 => self.line(format!("{name} = Some({});", value.text)),
            2 => self.line(format!("{name} = {name}.map(|{v}| 0.5 * {v} * {v}.sin());")),
            3 => {
                let condition = self.plain_condition();
                self.braces(&format!("if {condition} "), |body| body.line(format!("{name} = None;")));
            }
            4 => {
                // The largest so far.
                let x = self.scalar_name();
                self.line(format!("let {x} = {};", value.text));
                self.line(format!("{name} = Some(match {name} {{ Some({v}) => {v}.max({x}), None => {x} }});"));
                self.declare_scalar(&x, float, value.bounds);
            }
            _ => {
                let taken = self.scalar_name();
                self.braces(&format!("if let Some({v}) = {name}.take() "), |body| {
                    body.line(format!("let {taken} = 0.5 * {v}.cos();"));
                    body.line(format!("{name} = Some({taken} * {v});"));
                });
            }
        }
    }

    /// `if let Some(v) = best { .. } else { .. }`
    pub(super) fn if_some(&mut self, budget: usize) {
        let Some(maybe) = self.some_maybe(self.float) else {
            return self.let_maybe();
        };
        let v = self.fresh("v");
        let head = match self.random.below(3) {
            0 => format!("if let Some({v}) = {} && {v} > -1.5 ", maybe.name),
            _ => format!("if let Some({v}) = {} ", maybe.name),
        };
        self.braces(&head, |body| {
            body.declare_scalar(&v, maybe.float, maybe.bounds);
            body.inner_statements(budget);
        });
        if self.random.chance(50) {
            self.braces_after("else ", |body| body.inner_statements(1));
        }
    }

    /// `best.unwrap_or(x)`, `best.map_or(x, |v| ..)`, `match best { Some(v) if v > x => .., _ => .. }`
    pub(super) fn out_of_maybe(&mut self, float: Float, depth: usize) -> Option<Expr> {
        let maybe = self.some_maybe(float)?;
        let name = &maybe.name;
        let other = self.float(float, depth.saturating_sub(1).min(1));
        let other = self.with_type(other);
        let v = self.fresh("v");
        let inside = Expr::atom(&*v, maybe.bounds);
        let value = match self.random.below(3) {
            0 => inside.mul(&Expr::literal(0.7)),
            1 => inside.method("sin", &[], Bounds::symmetric(1.0, maybe.bounds.gain)),
            _ => inside.mul(&inside),
        };
        let bounds = value.bounds.or(other.bounds);
        let (x, y) = (&value.text, &other.text);
        Some(match self.random.below(6) {
            0 => Expr::atom(format!("{name}.unwrap_or({y})"), maybe.bounds.or(other.bounds)),
            1 => Expr::atom(format!("{name}.map_or({y}, |{v}| {x})"), bounds),
            2 => Expr::atom(format!("{name}.map(|{v}| {x}).unwrap_or({y})"), bounds),
            3 => {
                let text = format!("{name}.filter(|&{v}| {v} < 0.5).unwrap_or({y})");
                Expr::atom(text, maybe.bounds.or(other.bounds))
            }
            4 => Expr::loose(format!("match {name} {{ Some({v}) if {v} > 0.1 => {x}, _ => {y} }}"), bounds),
            _ => Expr::loose(format!("if let Some({v}) = {name} {{ {x} }} else {{ {y} }}"), bounds),
        })
    }
}
