//! The evaluation trace: the forward walk with node numbers for tangents.
//!
//! Where the forward derivative computes a tangent, the trace records a step (its text, its parents, the partials with
//! respect to them) and its number travels on, through arrays, loops and branches, exactly as a tangent would. Numbers
//! are carried in floats of the type at hand, so that the shadow of an array can hold them; 0 means "not a node". The
//! recorder of the runtime turns the steps into a trace and computes the adjoints from the recorded partials.
//!
//! One operation treats a tangent as a number: an accumulation adds it. Numbers of nodes must not be added, and the sum is
//! a step of its own, so accumulations are spelled out first: a load, a sum and a store.

use super::Unsupported;
use super::forward::{Lift, Lifted, lift};
use crate::analysis::activity::{self, Activity};
use crate::fold;
use crate::ir::build::Builder;
use crate::ir::{Block, CallForm, Const, Func, Op, Record, Stmt, Tangent, Val, ValData};
use crate::maps::{Map, Set};
use crate::rules::{self, Kind, Partial, Rule, Step, Syntax};

/// The function that records the trace of `f`: node numbers of the arguments behind the parameters (shaped like
/// tangents), the node number of each float result behind the results.
pub(crate) fn trace(f: &Func) -> Result<Func, Unsupported> {
    let f = &spelled_out(f);
    let act = activity::analyze(f);
    let mut recording = Recording { folded: fold::folded(f, &act), aliases: Map::default(), texts: Map::default() };
    recording.learn(&f.body, &act);
    lift(f, &mut recording)
}

/// `f` with `a[i] = a[i] + v` for `a[i] += v`, which are the same bits.
fn spelled_out(f: &Func) -> Func {
    let mut f = f.clone();
    spell_out(&mut f.body, &mut f.vals);
    f
}

fn spell_out(block: &mut Block, vals: &mut Vec<ValData>) {
    for mut stmt in std::mem::take(&mut block.stmts) {
        for inner in stmt.op.blocks_mut() {
            spell_out(inner, vals);
        }
        let Op::Accum { place, value } = stmt.op else {
            block.stmts.push(stmt);
            continue;
        };
        let (span, ty) = (stmt.span, vals[value.0 as usize].ty);
        let mut fresh = || {
            vals.push(ValData { ty, name: None, span });
            Val(vals.len() as u32 - 1)
        };
        let (old, sum) = (fresh(), fresh());
        block.stmts.extend([
            Stmt { op: Op::Load(place.clone()), out: vec![old], span },
            Stmt { op: Op::Node { rule: Rule::Add, args: vec![old, value] }, out: vec![sum], span },
            Stmt { op: Op::Store { place, value: sum }, out: Vec::new(), span },
        ]);
    }
}

/// How tightly a piece of text binds.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Atom,
}

/// A piece of the text of a step.
#[derive(Clone)]
struct Text {
    text: String,
    binding: Binding,
}

/// A value that has been folded: its parent, the coefficient, and the text around the parent's name (`{}`), in which
/// `{c0}` and so on are run-time constants.
#[derive(Clone)]
struct Alias {
    parent: Val,
    coefficient: Val,
    constants: Vec<Val>,
    text: Text,
}

struct Recording {
    folded: Set<Val>,
    aliases: Map<Val, Alias>,
    /// The text of constant expressions.
    texts: Map<Val, Text>,
}

/// The parents and constants of a step under construction.
#[derive(Default)]
struct Operands {
    parents: Vec<(Val, Val, Val)>,
    constants: Vec<Val>,
}

impl Recording {
    /// Notes how constant expressions are written.
    fn learn(&mut self, block: &Block, act: &Activity) {
        for stmt in &block.stmts {
            let text = match &stmt.op {
                Op::Const(Const::Float { value, text }) => {
                    let text = text.clone().unwrap_or_else(|| format!("{value:?}"));
                    Some(Text { text, binding: Binding::Atom })
                }
                Op::Const(Const::Int(k)) => Some(Text { text: k.to_string(), binding: Binding::Atom }),
                Op::Opaque(o) if o.pure_ && o.binds.is_empty() => match &o.expr {
                    syn::Expr::Path(p) => {
                        p.path.segments.last().map(|s| Text { text: s.ident.to_string(), binding: Binding::Atom })
                    }
                    _ => None,
                },
                Op::Node { rule, args } if !act.val(stmt.out[0]) => {
                    let parts: Option<Vec<Text>> = args.iter().map(|a| self.texts.get(a).cloned()).collect();
                    parts.map(|parts| compose(rules::row(*rule), &parts))
                }
                _ => None,
            };
            if let (Some(text), Some(&out)) = (text, stmt.out.first()) {
                self.texts.insert(out, text);
            }
            for b in stmt.op.blocks() {
                self.learn(b, act);
            }
        }
    }

    /// The partial of the step with respect to argument `i`, as a value.
    fn partial(b: &mut Builder, act: &Activity, step: &Lifted<'_>, i: usize) -> Val {
        let active = act.of(step.args);
        match rules::row(step.rule).partials[i] {
            Partial::Zero => b.like(0.0, step.out),
            Partial::One => b.like(1.0, step.out),
            Partial::MinusOne => b.like(-1.0, step.out),
            Partial::Expr(expr) => expr(b, &Step { args: step.args, active: &active, out: step.out }),
        }
    }

    /// The text of argument `i`, with the parent or constant that it refers to.
    fn operand(
        &mut self,
        b: &mut Builder,
        act: &Activity,
        step: &Lifted<'_>,
        i: usize,
        operands: &mut Operands,
    ) -> Text {
        let arg = step.args[i];
        let atom = |text: String| Text { text, binding: Binding::Atom };
        let Some(id) = step.dots[i] else {
            return self.texts.get(&arg).cloned().unwrap_or_else(|| {
                operands.constants.push(arg);
                atom(format!("{{c{}}}", operands.constants.len() - 1))
            });
        };
        let partial = Self::partial(b, act, step, i);
        let name = format!("{{{}}}", operands.parents.len());
        match self.aliases.get(&arg).cloned() {
            Some(alias) => {
                let partial = b.mul(partial, alias.coefficient);
                operands.parents.push((id, alias.parent, partial));
                let mut text = alias.text.text.replace("{}", &name);
                let first = operands.constants.len();
                for k in (0..alias.constants.len()).rev() {
                    text = text.replace(&format!("{{c{k}}}"), &format!("{{c{}}}", first + k));
                }
                operands.constants.extend(&alias.constants);
                Text { text, binding: alias.text.binding }
            }
            None => {
                operands.parents.push((id, arg, partial));
                atom(name)
            }
        }
    }
}

impl Lift for Recording {
    fn node(&mut self, b: &mut Builder, act: &Activity, step: &Lifted<'_>) -> Option<Val> {
        let mut operands = Operands::default();
        let texts: Vec<Text> = (0..step.args.len()).map(|i| self.operand(b, act, step, i, &mut operands)).collect();
        let text = compose(rules::row(step.rule), &texts);
        if let ([(id, parent, coefficient)], true) = (&operands.parents[..], self.folded.contains(&step.out)) {
            let text = Text { text: text.text.replace("{0}", "{}"), binding: text.binding };
            let (id, parent, coefficient, constants) = (*id, *parent, *coefficient, operands.constants);
            self.aliases.insert(step.out, Alias { parent, coefficient, constants, text });
            return Some(id);
        }
        let kind = match rules::kind(step.rule, &act.of(step.args)) {
            Kind::Affine => 1,
            Kind::Product => 2,
            Kind::Function => 3,
        };
        let label = b.name(step.out).map(str::to_owned);
        let ty = b.ty(step.out);
        let record = Record {
            kind,
            label,
            template: text.text,
            parents: operands.parents,
            constants: operands.constants,
            value: step.out,
        };
        Some(b.emit(Op::Record(Box::new(record)), ty))
    }

    fn call(&self, tangents: Vec<Tangent>) -> CallForm {
        CallForm::Trace { tangents }
    }

    const OF_DERIVATIVES: bool = false;
}

/// The text of a step from the texts of its arguments, with the parentheses that it takes.
fn compose(row: &rules::Row, parts: &[Text]) -> Text {
    let (binding, least): (Binding, &[Binding]) = match row.syntax {
        Syntax::Infix("+") => (Binding::Sum, &[Binding::Sum, Binding::Sum]),
        Syntax::Infix("-") => (Binding::Sum, &[Binding::Sum, Binding::Product]),
        Syntax::Infix(_) => (Binding::Product, &[Binding::Product, Binding::Atom]),
        Syntax::Prefix(_) => (Binding::Product, &[Binding::Atom]),
        Syntax::Float(_) | Syntax::Real(_) | Syntax::Private(_) => (Binding::Atom, &[]),
    };
    let mut text = String::new();
    let mut rest = row.template;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let digits: String = rest[open + 1..].chars().take_while(char::is_ascii_digit).collect();
        rest = rest[open + 1 + digits.len()..].strip_prefix('}').unwrap_or("");
        let i: usize = digits.parse().unwrap_or(0);
        if let Some(part) = parts.get(i) {
            if least.get(i).is_some_and(|&l| part.binding < l) {
                text.push_str(&format!("({})", part.text));
            } else {
                text.push_str(&part.text);
            }
        }
    }
    text.push_str(rest);
    Text { text, binding }
}
