//! Choices: enums without floats in the structs that are differentiated, and what looks at them.

use super::body::Body;
use super::code::{Bounds, Expr, Float};

/// A variable or field of type `Choice`.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) place: String,
    pub(super) mutable: bool,
}

/// What an arm of a `match` is for.
pub(super) struct Arm {
    pub(super) pattern: String,
    /// The name of an exponent, from 1 to 3, that it binds, behind a `*` if it is a reference.
    pub(super) exponent: Option<String>,
}

/// A choice, written out.
pub(super) const CHOICES: [&str; 5] =
    ["Choice::Low", "Choice::High", "Choice::Power(1)", "Choice::Power(2)", "Choice::Power(3)"];

impl Body<'_> {
    /// A place to look at.
    pub(super) fn some_choice(&mut self) -> Option<String> {
        let places: Vec<String> = self.scope.choices().map(|choice| choice.place.clone()).collect();
        (!places.is_empty()).then(|| places[self.random.below(places.len())].clone())
    }

    /// `q.kind == Choice::Low`, `matches!(q.kind, Choice::Power(_))`
    pub(super) fn choice_condition(&mut self) -> Option<String> {
        let place = self.some_choice()?;
        let choice = self.random.pick(&CHOICES);
        Some(match self.random.below(3) {
            0 => format!("matches!({place}, Choice::Power(_))"),
            1 => format!("{place} != {choice}"),
            _ => format!("{place} == {choice}"),
        })
    }

    /// What a `match` looks at, and its arms: `Choice::Power(n) if n > 1`, `Choice::Low | Choice::High`.
    pub(super) fn choice_arms(&mut self) -> Option<(String, Vec<Arm>)> {
        let place = self.some_choice()?;
        let by_ref = self.random.chance(40);
        let scrutinee = if by_ref { format!("&{place}") } else { place };
        let name = self.fresh("n");
        let exponent = if by_ref { format!("*{name}") } else { name.clone() };
        let plain = |pattern: &str| Arm { pattern: pattern.to_owned(), exponent: None };
        let mut arms = Vec::new();
        if self.random.chance(40) {
            arms.push(Arm {
                pattern: format!("Choice::Power({name}) if {exponent} > 1"),
                exponent: Some(exponent.clone()),
            });
        }
        arms.push(match self.random.chance(50) {
            true => Arm { pattern: format!("Choice::Power({name})"), exponent: Some(exponent) },
            false => plain("Choice::Power(_)"),
        });
        match self.random.below(3) {
            0 => arms.push(plain("Choice::Low | Choice::High")),
            1 => arms.extend(["Choice::Low", "Choice::High"].map(plain)),
            _ => arms.extend(["Choice::High", "_"].map(plain)),
        }
        Some((scrutinee, arms))
    }

    /// `match q.kind { Choice::Power(n) => x.powi(n), Choice::Low => y, _ => 0.5 }`
    pub(super) fn match_choice(&mut self, float: Float, depth: usize) -> Option<Expr> {
        let (scrutinee, arms) = self.choice_arms()?;
        let mut texts = Vec::new();
        let mut bounds: Option<Bounds> = None;
        let mut typed = false;
        for arm in arms {
            let value = self.float(float, depth - 1);
            let value = match &arm.exponent {
                Some(exponent) => {
                    self.traits.powi = true;
                    let base = self.fit(value, 1.5, 10.0);
                    let base = self.with_type(base);
                    let (abs, gain) = (base.bounds.abs(), base.bounds.gain);
                    let most = abs.max(1.0);
                    base.method("powi", &[exponent], Bounds::symmetric(most.powi(3), 3.0 * most.powi(2) * gain))
                }
                None => value,
            };
            texts.push(format!("{} => {}", arm.pattern, value.text));
            bounds = Some(bounds.map_or(value.bounds, |bounds| bounds.or(value.bounds)));
            typed |= value.typed;
        }
        let text = format!("match {scrutinee} {{ {} }}", texts.join(", "));
        bounds.map(|bounds| Expr { typed, ..Expr::loose(text, bounds) })
    }

    /// The same as a statement.
    pub(super) fn match_choice_statement(&mut self, budget: usize) -> bool {
        let Some((scrutinee, arms)) = self.choice_arms() else { return false };
        let each = budget.div_ceil(2);
        self.braces(&format!("match {scrutinee} "), |body| {
            for arm in arms {
                body.braces(&format!("{} => ", arm.pattern), |body| body.inner_statements(each));
            }
        });
        true
    }

    /// `q.kind = p.kind;`, `q.kind = Choice::Power(2);`, `let kind = q.kind;`
    pub(super) fn change_choice(&mut self) -> bool {
        let mutable: Vec<String> =
            self.scope.choices().filter(|choice| choice.mutable).map(|choice| choice.place.clone()).collect();
        if mutable.is_empty() || self.random.chance(30) {
            let Some(place) = self.some_choice() else { return false };
            let value = match self.random.chance(30) {
                true => {
                    let (condition, choice) = (self.condition(), self.random.pick(&CHOICES));
                    format!("if {condition} {{ {place} }} else {{ {choice} }}")
                }
                false => place,
            };
            let (name, mutable) = (self.fresh("kind"), self.random.chance(40));
            self.line(format!("let {}{name} = {value};", if mutable { "mut " } else { "" }));
            self.scope.declare_choice(Choice { place: name, mutable });
            return true;
        }
        let to = mutable[self.random.below(mutable.len())].clone();
        let other = self.some_choice().filter(|from| *from != to && self.random.chance(60));
        let from = other.unwrap_or_else(|| self.random.pick(&CHOICES).to_owned());
        self.line(format!("{to} = {from};"));
        true
    }
}
