//! Options that may hold an index: `if let`, `let .. else`, `match` with guards.

use super::body::Body;
use super::code::{Expr, Float, Int};
use super::program::Part;

impl Body<'_> {
    /// An option of an integer and the largest one; one is declared where there is none.
    fn some_option(&mut self) -> (String, usize) {
        let options = self.scope.options().to_vec();
        if !options.is_empty() {
            return options[self.random.below(options.len())].clone();
        }
        let name = self.fresh("found");
        let lists = self.scope.indices().to_vec();
        let (text, most) = match lists.first() {
            Some(list) if self.random.chance(50) => {
                let k = self.random.below(4);
                let text = match self.random.below(2) {
                    0 => format!("{}.iter().position(|&k| k == {k})", list.name),
                    _ => format!("{}.get({k}).copied()", list.name),
                };
                (text, 3)
            }
            _ => {
                let mut int = self.small_int(3);
                if int.text.contains('.') || !int.text.contains(char::is_alphabetic) {
                    // The type of a field does not show, and a literal has none.
                    let name = self.fresh("k");
                    self.line(format!("let {name}: usize = {};", int.text));
                    int = Int::var(&name, int.lo, int.hi, Vec::new());
                }
                let text = match self.random.below(3) {
                    0 => format!("Some({})", int.text),
                    1 => format!("{}.checked_sub(1)", int.operand()),
                    _ => format!("({} % 2 == 0).then_some({})", int.operand(), int.text),
                };
                (text, int.hi)
            }
        };
        self.line(format!("let {name}: Option<usize> = {text};"));
        self.scope.declare_option(name.clone(), most);
        (name, most)
    }

    /// `let Some(k) = maybe else { return x; };`
    pub(super) fn let_else(&mut self) {
        if self.scope.options().is_empty() {
            return self.early_return();
        }
        let (option, most) = self.some_option();
        let name = self.fresh("k");
        let float = match self.returns[..] {
            [Part::Float(float)] => Some(float),
            _ => None,
        };
        let jumps = self.loops.last().is_some_and(|last| last.breaks);
        if float.is_none() && !jumps {
            return self.if_let(1);
        }
        let exit = match float {
            Some(float) if !jumps || self.random.chance(50) => self.without_calls(|body| body.return_early(float)),
            _ if self.loops.last().is_some_and(|last| last.continues) && self.random.chance(50) => "continue;".into(),
            _ => "break;".into(),
        };
        self.line(format!("let Some({name}) = {option} else {{ {exit} }};"));
        self.scope.declare_int(Int::var(&name, 0, most, Vec::new()));
    }

    /// `if let Some(k) = maybe { .. } else { .. }`, `match maybe { Some(k) if k > 1 => .. }`
    pub(super) fn if_let(&mut self, budget: usize) {
        if self.scope.options().is_empty() {
            return self.if_statement(budget);
        }
        let (option, most) = self.some_option();
        let name = self.fresh("k");
        let with = |body: &mut Self| {
            body.scope.declare_int(Int::var(&name, 0, most, Vec::new()));
            body.inner_statements(budget);
        };
        if self.random.chance(30) {
            return self.braces(&format!("match {option} "), |body| {
                body.braces(&format!("Some({name}) if {name} > 1 => "), with);
                body.braces("Some(_) => ", |body| body.inner_statements(1));
                body.braces("None => ", |body| body.inner_statements(1));
            });
        }
        self.braces(&format!("if let Some({name}) = {option} "), with);
        if self.random.chance(60) {
            self.braces_after("else ", |body| body.inner_statements(budget.div_ceil(2)));
        }
    }

    /// The same as an expression.
    pub(super) fn if_let_expression(&mut self, float: Float, depth: usize) -> Expr {
        let options = self.scope.options().to_vec();
        if options.is_empty() {
            return self.match_expression(float, depth);
        }
        let (option, most) = options[self.random.below(options.len())].clone();
        let name = self.fresh("k");
        let mark = self.scope.mark();
        self.scope.declare_int(Int::var(&name, 0, most, Vec::new()));
        let a = self.float(float, depth - 1);
        self.scope.leave(&mark);
        let b = self.float(float, depth - 1);
        let typed = a.typed || b.typed;
        let text = match self.random.below(3) {
            0 => format!("match {option} {{ Some({name}) => {}, None => {} }}", a.text, b.text),
            _ => format!("if let Some({name}) = {option} {{ {} }} else {{ {} }}", a.text, b.text),
        };
        Expr { typed, ..Expr::loose(text, a.bounds.or(b.bounds)) }
    }
}
