//! What a function returns: numbers, arrays, vectors and tuples of them.

use super::body::Body;
use super::code::{Bounds, Expr, Float};
use super::program::{PARAM_ABS, Param, Part, Returned, Ty};
use super::scope::{Dim, Var};

/// What a function that calls itself returns at most, at every depth: its value and its gain.
const RECURSIVE: (f64, f64) = (2.0, 4.0);

/// What an element of the result is at most.
const ELEMENT: (f64, f64) = (20.0, 60.0);

/// How a function calls itself.
pub(super) struct Recursion {
    pub(super) id: usize,
    pub(super) params: Vec<Param>,
    /// How many more calls may be written: each multiplies the time.
    pub(super) left: usize,
}

impl Body<'_> {
    /// `if depth == 0 { return x; }`
    pub(super) fn start_recursion(&mut self, id: usize, params: &[Param]) {
        self.recursion = Some(Recursion { id, params: params.to_vec(), left: 0 });
        self.braces("if depth == 0 ", |body| {
            let value = body.float(body.float, 2);
            let value = body.returned(value);
            body.line(format!("return {};", value.text));
        });
        self.recursion = Some(Recursion { id, params: params.to_vec(), left: 2 });
    }

    /// `program_7(x, depth - 1)` inside of `program_7`.
    pub(super) fn self_call(&mut self, depth: usize) -> Option<Expr> {
        let recursion = self.recursion.as_mut()?;
        if recursion.left == 0 || !self.loops.is_empty() || self.calls_left == 0 {
            return None;
        }
        recursion.left -= 1;
        let (id, params) = (recursion.id, recursion.params.clone());
        let mut gain = 1.0_f64;
        let mut args = Vec::new();
        for param in &params {
            if param.name == "depth" && matches!(param.ty, Ty::Count(_)) {
                args.push("depth - 1".to_owned());
                continue;
            }
            let (text, of_argument) = self.argument(&param.ty, param.active, depth)?;
            gain = gain.max(of_argument);
            args.push(text);
        }
        let bounds = Bounds::symmetric(RECURSIVE.0, RECURSIVE.1 * gain);
        Some(Expr { typed: false, ..Expr::atom(format!("program_{id}({})", args.join(", ")), bounds) })
    }

    /// A value that may be returned.
    pub(super) fn returned(&mut self, value: Expr) -> Expr {
        if self.recursion.is_some() { self.fit(value, RECURSIVE.0, RECURSIVE.1) } else { value }
    }

    /// `return x;` in the middle of the function.
    pub(super) fn return_early(&mut self, float: Float) -> String {
        let value = self.float(float, 2);
        let value = self.returned(value);
        self.early = Some(self.early.map_or(value.bounds, |early| early.or(value.bounds)));
        format!("return {};", value.text)
    }

    /// Reads what loops have written, so that it is not for nothing.
    pub(super) fn read_arrays(&mut self) {
        let arrays = self.scope.find(|var| var.mutable && !var.dims.is_empty());
        if arrays.is_empty() || self.random.chance(25) {
            return;
        }
        let var = self.scope.var(self.random.one(&arrays)).clone();
        let name = self.scalar_name();
        self.line(format!("let mut {name} = 0.0_{};", var.float.name()));
        let factor = self.literal();
        self.sum_into(&name, &var, 0, var.segments[0].clone(), &factor);
        let term = Expr::atom("", var.bounds).mul(&factor);
        let elements: usize = var.dims.iter().map(|dim| dim.max).product();
        let elements = elements as f64;
        let bounds = Bounds::symmetric(elements * term.bounds.abs(), elements * term.bounds.gain);
        self.declare_scalar(&name, var.float, bounds);
    }

    /// `for i in 0..a.len() { sum += a[i] * factor; }`, a loop for every dimension.
    fn sum_into(&mut self, sum: &str, var: &Var, depth: usize, place: String, factor: &Expr) {
        let Some(dim) = var.dims.get(depth) else {
            return self.line(format!("{sum} += {place} * {};", factor.text));
        };
        let index = self.fresh("i");
        self.braces(&format!("for {index} in 0..{} ", dim.len), |body| {
            let place = format!("{place}[{index}]{}", var.segments[depth + 1]);
            body.sum_into(sum, var, depth + 1, place, factor);
        });
    }

    /// What the function returns: an early return has to know.
    pub(super) fn choose_returns(&mut self, writes: bool, recursive: bool) {
        let choice = if recursive { 0 } else { self.random.below(100) };
        match choice {
            0..62 => self.returns.push(Part::Float(self.float)),
            62..68 => {
                // Among floats of two types, nothing shows that those of a struct are of one of them.
                let model = if self.mixed { None } else { self.some_small_model() };
                let part = model.map_or(Part::Float(self.float), Part::Model);
                self.returns.push(part);
            }
            68..76 => {
                let n = self.random.within(2, 3);
                self.returns.push(Part::Array(self.float, n));
            }
            76..86 if !writes => self.returns.push(Part::List(self.float)),
            _ => {
                for _ in 0..self.random.within(2, 3) {
                    let float = self.some_float();
                    let part = if self.random.chance(15) { Part::Array(float, 2) } else { Part::Float(float) };
                    self.returns.push(part);
                }
                if !writes && self.random.chance(15) {
                    self.returns.push(Part::Count);
                }
            }
        }
    }

    pub(super) fn result(&mut self) -> (Vec<Part>, Vec<Returned>) {
        let parts = self.returns.clone();
        let mut texts = Vec::new();
        let mut returned = Vec::new();
        for part in &parts {
            let (text, bounds, len) = match *part {
                Part::Float(float) => {
                    let expr = self.result_expr(float);
                    let expr = self.returned(expr);
                    (expr.text, expr.bounds, (1, 1))
                }
                Part::Array(float, n) => {
                    let (text, bounds) = self.array_result(float, n);
                    (text, bounds, (n, n))
                }
                Part::List(float) => self.list_result(float),
                Part::Model(id) => {
                    let (text, gain) = self.model_result(id);
                    (text, Bounds::symmetric(PARAM_ABS, gain), (1, 1))
                }
                Part::Count => (self.int(1).text, Bounds::new(0.0, 30.0, 0.0), (1, 1)),
            };
            texts.push(text);
            returned.push(Returned { bounds, len });
        }
        if let (Some(early), [only]) = (self.early, &mut returned[..]) {
            only.bounds = only.bounds.or(early);
        }
        let value = if parts.len() > 1 { format!("({})", texts.join(", ")) } else { texts.remove(0) };
        let line = if self.random.chance(8) { format!("return {value};") } else { value };
        self.line(line);
        (parts, returned)
    }

    /// An array of the body, or one that is written.
    fn array_result(&mut self, float: Float, n: usize) -> (String, Bounds) {
        let found = self.scope.find(|var| {
            var.float == float
                && var.dims == [Dim::fixed(n)]
                && var.active
                && !var.reference
                && var.is_plain()
                && var.bounds.abs() <= 40.0
        });
        // A variable can be in one place of a tuple only, if it moves; arrays do not.
        if !found.is_empty() && self.random.chance(70) {
            let var = self.scope.var(self.random.one(&found));
            return (var.segments[0].clone(), var.bounds);
        }
        let (text, bounds) = self.elements(float, n);
        (format!("[{text}]"), bounds)
    }

    /// A vector of the body, or one that is made of what is there.
    fn list_result(&mut self, float: Float) -> (String, Bounds, (usize, usize)) {
        let found = self.scope.find(|var| var.float == float && var.active && var.is_vector() && !var.ragged);
        if !found.is_empty() && self.random.chance(80) {
            let var = self.scope.var(self.random.one(&found)).clone();
            return (var.segments[0].clone(), var.bounds, (var.dims[0].min, var.dims[0].max));
        }
        let slices = self.scope.find(|var| {
            var.float == float && var.active && var.dims.len() == 1 && var.is_plain() && !var.ragged && var.typed
        });
        if !slices.is_empty() && self.random.chance(60) {
            let var = self.scope.var(self.random.one(&slices)).clone();
            let (name, len) = (&var.segments[0], (var.dims[0].min, var.dims[0].max));
            let element = Expr::atom("v", var.bounds);
            let value = match self.random.below(3) {
                0 => return (format!("{name}.to_vec()"), var.bounds, len),
                1 => element.mul(&element),
                _ => element.method("sin", &[], Bounds::symmetric(1.0, var.bounds.gain)),
            };
            return (format!("{name}.iter().map(|&v| {}).collect()", value.text), value.bounds, len);
        }
        let n = self.random.within(1, 3);
        let (text, bounds) = self.elements(float, n);
        (format!("vec![{text}]"), bounds, (n, n))
    }

    /// `a, b, c`
    fn elements(&mut self, float: Float, n: usize) -> (String, Bounds) {
        let values: Vec<Expr> = (0..n)
            .map(|_| {
                let value = self.result_expr(float);
                self.fit(value, ELEMENT.0, ELEMENT.1)
            })
            .collect();
        let bounds = values.iter().map(|value| value.bounds).reduce(Bounds::or).expect("there is one at least");
        (values.into_iter().map(|value| value.text).collect::<Vec<_>>().join(", "), bounds)
    }

    /// What was computed, and something of the inputs.
    fn result_expr(&mut self, float: Float) -> Expr {
        let mut terms: Vec<Expr> = Vec::new();
        let scope = &self.scope;
        let locals = scope.find(|var| {
            let is_part = ["part", "tail"].iter().any(|name| var.root().starts_with(name));
            var.float == float
                && var.active
                && scope.is_readable(var)
                && (var.mutable || var.dims.is_empty() || is_part)
        });
        for _ in 0..self.random.within(1, 3) {
            if !locals.is_empty() {
                // The latest are those that depend on most.
                let latest = locals.len().saturating_sub(4);
                let position = locals[self.random.within(latest, locals.len() - 1)];
                let term = self.read(position);
                terms.push(term);
            }
        }
        let depth = if terms.is_empty() { 3 } else { 2 };
        if terms.is_empty() || self.random.chance(60) {
            terms.push(self.float(float, depth));
        }
        if let Some(term) = self.self_call(1) {
            terms.push(Expr::literal(0.4).mul(&term));
        }
        // Something of an input, so that few functions are constant.
        let inputs = self.scope.find(|var| {
            var.float == float && var.active && !var.mutable && var.bounds.gain > 0.0 && self.scope.is_readable(var)
        });
        if !inputs.is_empty() && self.random.chance(60) {
            let position = self.random.one(&inputs);
            let input = self.read(position);
            terms.push(self.literal().mul(&input));
        }
        let sum = terms.into_iter().reduce(|sum, term| match self.random.below(4) {
            0 => sum.sub(&term),
            1 => sum.mul(&term),
            _ => sum.add(&term),
        });
        let sum = sum.expect("there is one term at least");
        self.fit(sum, 50.0, 100.0)
    }
}
