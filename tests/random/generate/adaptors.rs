//! Adaptors whose elements depend on those before, or of which there may be none or several for one: `scan`,
//! `take_while`, `skip_while`, `filter`, `filter_map`, `map_while`, `flat_map`, `chain`, and `map` in the middle.

use super::body::Body;
use super::code::{Bounds, Expr, Float};
use super::items::Items;

/// What an element in the middle of a chain may become.
const ELEMENT: (f64, f64) = (2.0, 20.0);

impl Body<'_> {
    /// One more adaptor. `fixed`: what changes later cannot be captured.
    pub(super) fn adapt_lazily(&mut self, items: &mut Items, float: Float, fixed: bool) {
        let frozen = self.scope.frozen;
        self.scope.frozen |= fixed;
        self.without_calls(|body| body.write_adaptor(items, float));
        self.scope.frozen = frozen;
    }

    /// `.filter(|&v| v > 0.5 || i < 2)`: few are left out, and how many shows only as it runs.
    pub(super) fn leave_out(&mut self, items: &mut Items) {
        let frozen = std::mem::replace(&mut self.scope.frozen, true);
        let condition = self.without_calls(|body| {
            body.with_items(items, |body| {
                let (a, b) = (body.condition(), body.condition());
                format!("({a}) || ({b})")
            })
        });
        self.scope.frozen = frozen;
        items.text += &format!(".filter(|&{}| {condition})", items.pattern);
        (items.min, items.lazy, items.ragged) = (0, true, true);
    }

    fn write_adaptor(&mut self, items: &mut Items, float: Float) {
        let lazy = std::mem::replace(&mut items.lazy, true);
        let choice = self.random.below(9);
        let pattern = items.pattern.clone();
        match choice {
            0..3 => {
                let condition = self.with_items(items, Body::condition);
                let adaptor = ["filter", "take_while", "skip_while"][choice];
                items.text += &format!(".{adaptor}(|&{pattern}| {condition})");
                (items.min, items.ragged) = (0, true);
            }
            3 | 4 => {
                let condition = self.with_items(items, Body::condition);
                let value = self.element_value_of(items, float);
                let adaptor = ["filter_map", "map_while"][choice - 3];
                let text = match self.random.below(2) {
                    0 => format!("if {condition} {{ Some({}) }} else {{ None }}", value.text),
                    _ => format!("({condition}).then_some({})", value.text),
                };
                items.text += &format!(".{adaptor}(|{pattern}| {text})");
                (items.min, items.ragged) = (0, true);
                self.becomes(items, float, value.bounds);
            }
            5 => {
                let value = self.element_value_of(items, float);
                let (start, acc) = (self.float(float, 0), self.fresh("acc"));
                let start = self.fit(start, ELEMENT.0, ELEMENT.1);
                let start = self.with_type(start);
                let bounds = Bounds::symmetric(2.0 * ELEMENT.0, 2.0 * ELEMENT.1);
                let step = Expr::literal(0.5).mul(&Expr::atom(format!("*{acc}"), bounds)).add(&value);
                let (start, step) = (start.text, step.text);
                items.text += &format!(".scan({start}, |{acc}, {pattern}| {{ *{acc} = {step}; Some(*{acc}) }})");
                self.becomes(items, float, bounds);
            }
            6 if items.max <= 3 => {
                let value = self.element_value_of(items, float);
                let index = self.fresh("i");
                let inside = value.mul(&Expr::literal(0.5));
                items.text += &format!(
                    ".flat_map(|{pattern}| {{ let part = {}; (0..2).map(move |{index}| part * {}) }})",
                    inside.text,
                    float.of_int(&format!("({index} + 1)"))
                );
                (items.min, items.max, items.positions) = (2 * items.min, 2 * items.max, 2 * items.positions);
                self.becomes(items, float, value.bounds);
            }
            // The positions of a chain of what is not counted are refused.
            7 if !lazy => {
                let value = self.element_value_of(items, float);
                let last = self.float(float, 1);
                let last = self.fit(last, ELEMENT.0, ELEMENT.1);
                let last = self.with_type(last);
                items.text += &format!(".map(|{pattern}| {}).chain(std::iter::once({}))", value.text, last.text);
                (items.min, items.max, items.positions) = (items.min + 1, items.max + 1, items.positions + 1);
                self.becomes(items, float, value.bounds.or(last.bounds));
            }
            _ => {
                let value = self.element_value_of(items, float);
                items.text += &format!(".map(|{pattern}| {})", value.text);
                self.becomes(items, float, value.bounds);
            }
        }
    }

    fn element_value_of(&mut self, items: &Items, float: Float) -> Expr {
        let value = self.with_items(items, |body| body.of_items(items, float, 1));
        let value = self.fit(value, ELEMENT.0, ELEMENT.1);
        self.with_type(value)
    }

    /// The items are floats from here on.
    fn becomes(&mut self, items: &mut Items, float: Float, bounds: Bounds) {
        let v = self.fresh("v");
        let item = self.var(&v, vec![], float, bounds);
        (items.pattern, items.vars, items.ints) = (v, vec![item], Vec::new());
    }
}
