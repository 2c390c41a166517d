//! Control flow beside `if` and counted loops: `while`, `loop`, `break`, `continue`, early returns, `match`.

use super::body::{Body, Loop};
use super::code::{Expr, Float, Int};
use super::loops::RUNS;
use super::program::Part;

impl Body<'_> {
    /// A condition that calls nothing: what a call needs would be bound before the loop.
    pub(super) fn plain_condition(&mut self) -> String {
        let condition = self.without_calls(Body::condition);
        format!("({condition})")
    }

    /// What a loop needs: that it does not run too often, and that there is something to change.
    fn may_loop(&mut self, trips: usize) -> bool {
        if self.scope.runs_since(0) * trips > RUNS {
            self.update_any();
            return false;
        }
        if self.scope.find(|var| var.mutable).is_empty() {
            self.let_array();
        }
        true
    }

    /// A label for some loops, before the keyword.
    pub(super) fn label(&mut self) -> (Option<String>, String) {
        if !self.random.chance(40) {
            return (None, String::new());
        }
        let label = format!("'{}", self.fresh("outer"));
        (Some(label.clone()), format!("{label}: "))
    }

    /// `while k < n && x < 1.5 { ..; k += 1; }`
    pub(super) fn while_loop(&mut self, budget: usize) {
        let trips = self.random.within(1, 4);
        if !self.may_loop(trips) {
            return;
        }
        let counter = self.fresh("k");
        self.line(format!("let mut {counter} = 0_usize;"));
        let most = self.small_int(trips);
        let most = most.operand();
        let condition = if self.random.chance(60) { format!(" && {}", self.plain_condition()) } else { String::new() };
        let (label, start) = self.label();
        self.scope.enter_loop(trips);
        self.loops.push(Loop { label, breaks: true, continues: false });
        self.braces(&format!("{start}while {counter} < {most}{condition} "), |body| {
            body.scope.declare_int(Int::var(&counter, 0, trips - 1, Vec::new()));
            body.inner_statements(budget);
            body.line(format!("{counter} += 1;"));
        });
        self.loops.pop();
        self.scope.leave_loop();
        self.of_values.push(counter.clone());
        self.scope.declare_int(Int::var(&counter, 0, trips, Vec::new()));
    }

    /// `let x: f64 = loop { ..; k += 1; if k > n || x > 1.5 { break x; } };`
    pub(super) fn endless_loop(&mut self, budget: usize) {
        let trips = self.random.within(1, 4);
        if !self.may_loop(trips) {
            return;
        }
        let counter = self.fresh("k");
        self.line(format!("let mut {counter} = 0_usize;"));
        let last = self.small_int(trips - 1);
        let float = self.float;
        let name = self.random.chance(50).then(|| self.scalar_name());
        let start = name.as_ref().map(|name| format!("let {name}: {} = ", float.name())).unwrap_or_default();
        let mut bounds = None;
        self.scope.enter_loop(trips);
        self.loops.push(Loop { label: None, breaks: name.is_none(), continues: false });
        self.braces(&format!("{start}loop "), |body| {
            body.scope.declare_int(Int::var(&counter, 0, trips - 1, Vec::new()));
            let mark = body.scope.mark();
            body.inner_statements(budget);
            // They may have borrowed what changes now.
            body.scope.leave_closures(&mark);
            body.line(format!("{counter} += 1;"));
            body.scope.forget_int(&counter);
            body.scope.declare_int(Int::var(&counter, 1, trips, Vec::new()));
            let end = if body.random.chance(40) {
                let condition = body.plain_condition();
                format!("if {counter} > {} || {condition} ", last.operand())
            } else {
                format!("if {counter} > {} ", last.operand())
            };
            body.braces(&end, |body| match bounds.is_none() && name.is_some() {
                true => {
                    let value = body.float(float, 1);
                    bounds = Some(value.bounds);
                    body.line(format!("break {};", value.text));
                }
                false => body.line("break;"),
            });
        });
        self.loops.pop();
        self.scope.leave_loop();
        if let (Some(name), Some(bounds)) = (name, bounds) {
            self.end_statement();
            self.declare_scalar(&name, float, bounds);
        }
        self.of_values.push(counter.clone());
        // A jump may come before the first step.
        self.scope.declare_int(Int::var(&counter, 0, trips, Vec::new()));
    }

    /// Some loops begin with a jump: there is more for it to skip than later.
    pub(super) fn jump_first(&mut self) {
        let labelled = self.loops.iter().rev().skip(1).any(|outer| outer.label.is_some());
        if self.random.chance(if labelled { 85 } else { 35 }) {
            self.jump();
        }
    }

    /// `if x > 1.5 { break; }`, `if k % 2 == 0 { continue 'outer; }`
    pub(super) fn jump(&mut self) {
        let inner = self.loops.len().saturating_sub(1);
        let targets: Vec<String> = (self.loops.iter().enumerate())
            .flat_map(|(depth, of)| {
                let label = match (&of.label, depth == inner) {
                    (Some(label), _) => format!(" {label}"),
                    (None, true) => String::new(),
                    (None, false) => return Vec::new(),
                };
                let jump = |allowed: bool, word: &str| allowed.then(|| format!("{word}{label};"));
                jump(of.breaks, "break").into_iter().chain(jump(of.continues, "continue")).collect()
            })
            .collect();
        if targets.is_empty() {
            return self.early_return();
        }
        // Out of the outer loops, and to their next iterations, as often as out of the inner one.
        let own = self.loops[inner].label.clone();
        let is_outer = |jump: &&String| jump.contains('\'') && own.as_ref().is_none_or(|own| !jump.contains(own));
        let outer: Vec<String> = targets.iter().filter(is_outer).cloned().collect();
        let targets = if outer.is_empty() || self.random.chance(40) { targets } else { outer };
        let target = targets[self.random.below(targets.len())].clone();
        // Of the counter, some iterations come before the jump.
        let counter = self.scope.ints().last().filter(|int| int.atom && !int.text.contains('.')).cloned();
        let condition = match counter {
            Some(int) if self.random.chance(45) => {
                format!("{} == {}", int.text, self.random.within(int.lo, int.hi.min(int.lo + 2)))
            }
            _ => self.condition(),
        };
        self.braces(&format!("if {condition} "), |body| {
            if body.random.chance(40) {
                body.inner_statements(1);
            }
            body.line(target);
        });
    }

    /// `if x > 1.5 { return y; }`
    pub(super) fn early_return(&mut self) {
        let [Part::Float(float)] = self.returns[..] else { return self.update_any() };
        if self.random.chance(50) {
            return self.update_any();
        }
        let condition = self.condition();
        self.braces(&format!("if {condition} "), |body| {
            let jump = body.return_early(float);
            body.line(jump);
        });
    }

    /// `0`, `1 | 2`, `m if x < 0.5`: patterns that some numbers match.
    fn arms(&mut self) -> Vec<String> {
        let mut arms = vec!["0".to_owned()];
        if self.random.chance(50) {
            arms.push("1 | 2".to_owned());
        }
        if self.random.chance(50) {
            let condition = self.plain_condition();
            arms.push(match self.random.below(2) {
                0 => format!("_ if {condition}"),
                _ => {
                    let other = self.fresh("other");
                    format!("{other} if {other} > 2 && {condition}")
                }
            });
        }
        arms.push("_".to_owned());
        arms
    }

    /// `match n { 0 => {..} 1 | 2 => {..} _ => {..} }`
    pub(super) fn match_statement(&mut self, budget: usize) {
        if self.random.chance(50) && self.match_choice_statement(budget) {
            return;
        }
        let scrutinee = self.small_int(4);
        let arms = self.arms();
        let each = budget.div_ceil(2);
        self.braces(&format!("match {} ", scrutinee.text), |body| {
            for arm in arms {
                body.braces(&format!("{arm} => "), |body| body.inner_statements(each));
            }
        });
    }

    /// The same as an expression.
    pub(super) fn match_expression(&mut self, float: Float, depth: usize) -> Expr {
        if self.random.chance(50)
            && let Some(value) = self.match_choice(float, depth)
        {
            return value;
        }
        let scrutinee = self.small_int(4);
        let arms = self.arms();
        let values: Vec<Expr> = arms.iter().map(|_| self.float(float, depth - 1)).collect();
        let texts: Vec<String> =
            arms.iter().zip(&values).map(|(arm, value)| format!("{arm} => {}", value.text)).collect();
        let bounds = values.iter().map(|value| value.bounds).reduce(|a, b| a.or(b)).expect("there are two arms");
        let typed = values.iter().any(|value| value.typed);
        Expr { typed, ..Expr::loose(format!("match {} {{ {} }}", scrutinee.text, texts.join(", ")), bounds) }
    }
}
