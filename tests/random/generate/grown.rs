//! Vectors of arrays, vectors and structs that grow: `rows.push([x, y]);`.

use super::body::Body;
use super::code::{Bounds, Expr, Float};
use super::growing::LONGEST;
use super::scope::Dim;
use super::structs::Kept;

/// What a pushed number keeps to.
const PUSHED: (f64, f64) = (1.0, 6.0);

/// What is pushed.
enum Element {
    Array(usize),
    /// A vector of so many, and of one more for each before it.
    Vector(usize),
    Model(usize),
}

impl Body<'_> {
    /// `let mut rows = Vec::new(); for i in 0..n { rows.push([x, y]); }`
    pub(super) fn let_grown(&mut self) {
        let float = self.float;
        let element = match (self.random.below(4), self.some_small_model()) {
            (0, Some(id)) if float == Float::F64 => Element::Model(id),
            (1, _) => Element::Vector(self.random.within(0, 2)),
            _ => Element::Array(self.random.within(1, 3)),
        };
        let name = self.fresh("rows");
        let ty = match &element {
            Element::Array(n) => format!("[{}; {n}]", float.name()),
            Element::Vector(_) => format!("Vec<{}>", float.name()),
            Element::Model(id) => self.library.models[*id].name.clone(),
        };
        let made = ["Vec::new()", "Vec::with_capacity(2)", "vec![]"][self.random.below(3)];
        // What is pushed first shows the type as well.
        let ascription = if self.random.chance(50) { format!(": Vec<{ty}>") } else { String::new() };
        self.line(format!("let mut {name}{ascription} = {made};"));
        let (min, max, ragged) = self.push_elements(&name, &element);
        let dim = Dim { len: format!("{name}.len()"), min, max };
        match element {
            Element::Array(n) => {
                let mut var = self.var(&name, vec![dim, Dim::fixed(n)], float, Bounds::symmetric(PUSHED.0, PUSHED.1));
                var.ragged = ragged;
                if self.random.chance(50) { self.declare_changing(var) } else { self.scope.declare(var) }
            }
            Element::Vector(longest) => self.sum_rows(&name, max * (longest + max)),
            Element::Model(id) => {
                let declaration = self.scope.next_declaration();
                self.declare_fields(&[name, String::new()], &[dim], id, declaration, Kept::Constant { gain: PUSHED.1 });
            }
        }
    }

    /// Pushes some: how many at least and at most, and whether it depends on values.
    fn push_elements(&mut self, name: &str, element: &Element) -> (usize, usize, bool) {
        let (mut min, mut max, mut ragged) = (0, 0, false);
        for _ in 0..self.random.within(1, 2) {
            if self.random.chance(40) {
                self.push_element(name, element, None);
                (min, max) = (min + 1, max + 1);
                continue;
            }
            let end = self.small_int(3);
            if max + end.hi > LONGEST {
                continue;
            }
            let index = self.fresh("i");
            let conditional = self.random.chance(30);
            self.scope.enter_loop(end.hi.max(1));
            self.braces(&format!("for {index} in 0..{} ", end.operand()), |body| {
                if body.random.chance(40) {
                    body.update_any();
                }
                if conditional {
                    let condition = body.without_calls(Body::condition);
                    body.braces(&format!("if {condition} "), |body| body.push_element(name, element, Some(&index)));
                } else {
                    body.push_element(name, element, Some(&index));
                }
            });
            self.scope.leave_loop();
            min += if conditional { 0 } else { end.lo };
            max += end.hi;
            ragged |= conditional || self.depends_on_values(&end.text);
        }
        (min, max, ragged)
    }

    fn push_element(&mut self, name: &str, element: &Element, index: Option<&str>) {
        let text = match element {
            Element::Array(n) => {
                let values: Vec<String> = (0..*n).map(|_| self.pushed_number()).collect();
                format!("[{}]", values.join(", "))
            }
            Element::Vector(n) => {
                let value = self.pushed_number();
                let more = index.map(|index| format!(" + {index}")).unwrap_or_default();
                format!("vec![{value}; {n}{more}]")
            }
            Element::Model(id) => self.model_literal(*id),
        };
        if self.random.chance(50) {
            return self.line(format!("{name}.push({text});"));
        }
        let row = self.fresh("row");
        self.line(format!("let {row} = {text};"));
        self.line(format!("{name}.push({row});"));
    }

    fn pushed_number(&mut self) -> String {
        let float = self.float;
        let value = self.float(float, 2);
        let value = self.fit(value, PUSHED.0, PUSHED.1);
        self.with_type(value).text
    }

    /// The sum of all numbers of at most so many.
    fn sum_rows(&mut self, name: &str, numbers: usize) {
        let float = self.float;
        let sum = self.scalar_name();
        let factor = self.literal();
        let (row, v) = (self.fresh("row"), self.fresh("v"));
        self.line(format!("let mut {sum} = 0.0_{};", float.name()));
        self.braces(&format!("for {row} in &{name} "), |body| {
            body.braces(&format!("for &{v} in {row} "), |body| body.line(format!("{sum} += {v} * {};", factor.text)));
        });
        let term = Expr::atom("", Bounds::symmetric(PUSHED.0, PUSHED.1)).mul(&factor);
        let n = numbers as f64;
        self.declare_scalar(&sum, float, Bounds::symmetric(n * term.bounds.abs(), n * term.bounds.gain));
    }
}
