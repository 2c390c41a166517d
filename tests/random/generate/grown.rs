//! Vectors of arrays, vectors, pairs and structs that grow, `rows.push([x, y]);`, and of which some are taken off again.

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
    Pair,
    Model(usize),
}

/// How many are in a vector.
struct Count {
    min: usize,
    max: usize,
    /// Whether it depends on values.
    ragged: bool,
}

impl Count {
    /// After one went, if there was one.
    fn without_last(&mut self) {
        self.max -= usize::from(self.min > 0);
        self.min = self.min.saturating_sub(1);
    }
}

impl Body<'_> {
    /// `let mut rows = Vec::new(); for i in 0..n { rows.push([x, y]); }`
    pub(super) fn let_grown(&mut self) {
        let float = self.float;
        let element = match (self.random.below(5), self.some_small_model()) {
            (0, Some(id)) if float == Float::F64 => Element::Model(id),
            (1, _) => Element::Vector(self.random.within(0, 2)),
            (2, _) => Element::Pair,
            _ => Element::Array(self.random.within(1, 3)),
        };
        let name = self.fresh("rows");
        let ty = match &element {
            Element::Array(n) => format!("[{}; {n}]", float.name()),
            Element::Vector(_) => format!("Vec<{}>", float.name()),
            Element::Pair => format!("({0}, {0})", float.name()),
            Element::Model(id) => self.library.models[*id].name.clone(),
        };
        let made = ["Vec::new()", "Vec::with_capacity(2)", "vec![]"][self.random.below(3)];
        // What is pushed first shows the type as well.
        let ascription = if self.random.chance(50) { format!(": Vec<{ty}>") } else { String::new() };
        self.line(format!("let mut {name}{ascription} = {made};"));
        let mut count = self.push_elements(&name, &element);
        if self.random.chance(50) {
            self.take_off(&name, &element, &mut count);
        }
        let Count { min, max, ragged } = count;
        let dim = Dim { len: format!("{name}.len()"), min, max };
        match element {
            Element::Array(n) => {
                let mut var = self.var(&name, vec![dim, Dim::fixed(n)], float, Bounds::symmetric(PUSHED.0, PUSHED.1));
                var.ragged = ragged;
                if self.random.chance(50) { self.declare_changing(var) } else { self.scope.declare(var) }
            }
            Element::Vector(longest) => {
                let more = if self.random.chance(60) { self.change_rows(&name, max) } else { 0 };
                self.sum_rows(&name, max * (longest + max) + more);
            }
            Element::Pair => self.empty_pairs(&name, max),
            Element::Model(id) => {
                let declaration = self.scope.next_declaration();
                self.declare_fields(&[name, String::new()], &[dim], id, declaration, Kept::Constant { gain: PUSHED.1 });
            }
        }
    }

    /// `for row in &mut rows { row.push(x); }`, `rows[i % rows.len()].push(x);`, of at most so many rows: by how many numbers they
    /// get longer at most.
    fn change_rows(&mut self, name: &str, rows: usize) -> usize {
        let row = self.fresh("row");
        let shorter = self.random.pick(&["pop()", "truncate(2)", ""]);
        if self.random.chance(40) {
            let over = self.random.pick(&["&mut {}", "{}.iter_mut()"]).replace("{}", name);
            let number = self.pushed_number();
            self.braces(&format!("for {row} in {over} "), |body| {
                body.line(format!("{row}.push({number});"));
                if !shorter.is_empty() {
                    body.line(format!("if {row}.len() > 2 {{ {row}.{shorter}; }}"));
                }
            });
            return rows;
        }
        let end = self.small_int(3);
        let index = self.fresh("i");
        self.braces(&format!("if !{name}.is_empty() "), |body| {
            body.scope.enter_loop(end.hi.max(1));
            body.braces(&format!("for {index} in 0..{} ", end.operand()), |body| {
                let k = body.fresh("k");
                body.line(format!("let {k} = {index} % {name}.len();"));
                let at = format!("{name}[{k}]");
                let number = body.pushed_number();
                let longer = match body.random.below(4) {
                    0 => format!("{at}.insert(0, {number});"),
                    1 => format!("{at}.extend([{number}]);"),
                    _ => format!("{at}.push({number});"),
                };
                body.line(longer);
                if !shorter.is_empty() {
                    let condition = body.without_calls(Body::condition);
                    body.line(format!("if {condition} {{ {at}.{shorter}; }}"));
                }
            });
            body.scope.leave_loop();
        });
        end.hi
    }

    /// Pushes some.
    fn push_elements(&mut self, name: &str, element: &Element) -> Count {
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
            let pops = self.random.chance(20);
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
                if pops {
                    body.line(format!("if {index} == 1 {{ {name}.pop(); }}"));
                }
            });
            self.scope.leave_loop();
            min = (min + if conditional { 0 } else { end.lo }).saturating_sub(usize::from(pops));
            max += end.hi;
            ragged |= conditional || self.depends_on_values(&end.text);
        }
        Count { min, max, ragged }
    }

    /// `rows.pop();`, `rows.truncate(1);`, `if let Some(row) = rows.pop() { s += row[0]; }`
    fn take_off(&mut self, name: &str, element: &Element, count: &mut Count) {
        let taken = match element {
            Element::Array(_) => Some(("row", "row[0]")),
            // There may be nothing in it.
            Element::Vector(_) => Some(("row", "row.iter().fold(s, |acc, v| 0.5 * acc + 0.5 * *v)")),
            Element::Pair => Some(("(a, b)", "0.5 * a - 0.5 * b")),
            Element::Model(_) => None,
        };
        match (self.random.below(4), taken) {
            (0, _) => {
                self.line(format!("{name}.pop();"));
                count.without_last();
            }
            (1, _) | (_, None) => {
                let most = self.random.within(0, 2);
                self.line(format!("{name}.truncate({most});"));
                (count.min, count.max) = (count.min.min(most), count.max.min(most));
            }
            (_, Some((pattern, value))) => {
                let float = self.float;
                let sum = self.scalar_name();
                let start = self.pushed_number();
                self.line(format!("let mut {sum}: {} = {start};", float.name()));
                let value = value.replace("fold(s", &format!("fold({sum}"));
                self.braces(&format!("if let Some({pattern}) = {name}.pop() "), |body| {
                    body.line(format!("{sum} = {value};"));
                });
                self.declare_scalar(&sum, float, Bounds::symmetric(PUSHED.0, PUSHED.1));
                count.without_last();
            }
        }
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
            Element::Pair => format!("({}, {})", self.pushed_number(), self.pushed_number()),
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

    /// `while let Some((a, b)) = pairs.pop() { s += a * b; }`, of at most so many.
    fn empty_pairs(&mut self, name: &str, most: usize) {
        let float = self.float;
        let sum = self.scalar_name();
        let (a, b) = (self.fresh("a"), self.fresh("b"));
        self.line(format!("let mut {sum} = 0.0_{};", float.name()));
        self.braces(&format!("while let Some(({a}, {b})) = {name}.pop() "), |body| {
            body.line(format!("{sum} += {a} * {b};"));
        });
        let n = most as f64;
        self.declare_scalar(&sum, float, Bounds::symmetric(n * PUSHED.0 * PUSHED.0, 2.0 * n * PUSHED.0 * PUSHED.1));
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
