//! Ways out of the middle: `break`, `continue`, `return`.
//!
//! The IR has regions and no jumps. A jump is what may happen in a statement, and what follows depends on it:
//!
//! - where the jump goes just where the code at hand ends, it is no jump: `return x` in tail position is `x`;
//! - a branch of which one side jumps has what follows on its other side: `if c { return a; } rest` is
//!   `if c { a } else { rest }`;
//! - everything else sets a flag, which is carried as any other variable is, and what follows is run if it is not set. A
//!   loop goes on while none is set.
//!
//! Flags and the values that jumps take along are bindings whose names no user can write ([`Exit::flag`]), so that
//! branches and loops carry them with the machinery of the user's variables. A function without jumps has none of this.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};

use super::expr::Want;
use super::infer::Class;
use super::value::{Binding, Value};
use super::{BOOL, Lower, assigned};
use crate::ir::{Const, IntOp, Op, Ty, Val};

/// What a jump may leave: the function, a loop, a labelled block. [`Exit`]s name it by its position.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) is_loop: bool,
    pub(super) label: Option<String>,
    /// How the value that is taken along is used.
    pub(super) want: Want,
    /// What that value is made of.
    pub(super) make: Make,
}

/// What the value of a frame is made of, for the iterations in which it has none yet.
#[derive(Clone, Debug)]
pub(super) enum Make {
    Unit,
    Scalar(Class),
    Tuple(Vec<Make>),
}

impl Make {
    /// Of a result of the function.
    pub(super) fn of_parts(parts: &[Ty], tuple: bool) -> Make {
        let mut makes = parts.iter().map(|ty| match ty {
            // Of a type that is none of ours.
            Ty::Opaque => Make::Scalar(Class::Unknown),
            ty => Make::Scalar(Class::Known(*ty)),
        });
        if tuple { Make::Tuple(makes.collect()) } else { makes.next().unwrap_or(Make::Unit) }
    }

    /// Of what an expression gives, as far as its syntax tells.
    pub(super) fn of(expr: &syn::Expr) -> Make {
        match expr {
            syn::Expr::Paren(inner) => Make::of(&inner.expr),
            syn::Expr::Tuple(tuple) if tuple.elems.is_empty() => Make::Unit,
            syn::Expr::Tuple(tuple) => Make::Tuple(tuple.elems.iter().map(Make::of).collect()),
            _ => Make::Scalar(Class::Unknown),
        }
    }
}

/// A jump: to the end of the frame of this number, or of the iteration at hand. `return` breaks out of frame 0.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Break(usize),
    Continue(usize),
}

impl Frame {
    /// Of a chain of iterators, which a stage of it may leave.
    pub(super) fn of_chain() -> Frame {
        Frame { is_loop: true, label: None, want: Want::Nothing, make: Make::Unit }
    }
}

impl Exit {
    fn frame(self) -> usize {
        let (Exit::Break(frame) | Exit::Continue(frame)) = self;
        frame
    }

    /// The name of the variable that is true once the jump was made.
    pub(super) fn flag(self) -> String {
        match self {
            Exit::Break(frame) => format!("break {frame}"),
            Exit::Continue(frame) => format!("continue {frame}"),
        }
    }
}

/// The name of the variable that holds what is taken along.
pub(super) fn value_of(frame: usize) -> String {
    format!("value {frame}")
}

/// Whether a variable is one of [`Exit::flag`].
pub(super) fn is_flag(name: &str) -> bool {
    name.starts_with("break ") || name.starts_with("continue ")
}

/// Whether a variable is one of [`value_of`]; gives the frame.
pub(super) fn is_value(name: &str) -> Option<usize> {
    name.strip_prefix("value ")?.parse().ok()
}

/// The name of a variable in the emitted code.
pub(super) fn hint(name: &str) -> &str {
    match name {
        "break 0" => "returned",
        name if is_flag(name) => "left",
        "value 0" => "result",
        name if is_value(name).is_some() => "value",
        // Of the accumulators of iterators.
        name => name.split(' ').next().unwrap_or(name),
    }
}

/// Where an expression stands.
#[derive(Copy, Clone, Debug, Default)]
pub(super) struct Position {
    /// What is around it does nothing more if it is left in the middle: it is a statement, or all of an initializer.
    pub(super) structural: bool,
    /// The jump that goes where the expression ends.
    pub(super) tail: Option<Exit>,
}

impl Position {
    pub(super) fn statement(tail: Option<Exit>) -> Position {
        Position { structural: true, tail }
    }
}

impl Lower<'_> {
    // ---- what may happen ------------------------------------------------------------------------------------------

    /// The jumps out of what `visit` visits.
    fn exits(&self, visit: impl FnOnce(&mut Scan<'_>)) -> Vec<Exit> {
        let mut scan = Scan::new(&self.frames);
        visit(&mut scan);
        scan.found
    }

    pub(super) fn exits_of_expr(&self, expr: &syn::Expr) -> Vec<Exit> {
        self.exits(|scan| scan.visit_expr(expr))
    }

    pub(super) fn exits_of_stmts(&self, stmts: &[syn::Stmt]) -> Vec<Exit> {
        self.exits(|scan| stmts.iter().for_each(|stmt| scan.visit_stmt(stmt)))
    }

    /// The variables that an expression may change, those of jumps included.
    pub(super) fn changed_by_expr(&self, expr: &syn::Expr) -> Vec<String> {
        let mut names = self.assigned_by_expr(expr);
        names.extend(assigned::lent_in_expr(expr).into_iter().filter(|name| self.holds_numbers(name)));
        self.add_exits(&mut names, &self.exits_of_expr(expr));
        names
    }

    pub(super) fn changed_by_stmts(&self, stmts: &[syn::Stmt]) -> Vec<String> {
        let mut names = self.assigned_by_stmts(stmts);
        names.extend(assigned::lent_in_stmts(stmts).into_iter().filter(|name| self.holds_numbers(name)));
        self.add_exits(&mut names, &self.exits_of_stmts(stmts));
        names
    }

    /// Whether a variable is a number, or a tuple of them, that is not in memory.
    fn holds_numbers(&self, name: &str) -> bool {
        match self.env.get(name).and_then(|binding| binding.value.as_ref()) {
            Some(Value::Scalar(val)) => !self.is_passed_through(*val),
            Some(Value::Tuple(_)) => true,
            _ => false,
        }
    }

    fn add_exits(&self, names: &mut Vec<String>, exits: &[Exit]) {
        for exit in exits {
            names.push(exit.flag());
            if let Exit::Break(frame) = exit {
                names.push(value_of(*frame));
            }
        }
    }

    // ---- the function and its blocks ------------------------------------------------------------------------------

    /// The body of the function.
    pub(super) fn function(&mut self, body: &syn::Block, want: Want, make: Make) -> Value {
        self.frames.push(Frame { is_loop: false, label: None, want, make });
        self.framed(0, body, want)
    }

    /// `'a: { .. }`
    pub(super) fn labelled_block(&mut self, block: &syn::ExprBlock, label: &syn::Label, want: Want) -> Value {
        let frame = self.enter(false, Some(label), want, &block.block);
        self.framed(frame, &block.block, want)
    }

    fn framed(&mut self, frame: usize, block: &syn::Block, want: Want) -> Value {
        let depth = self.env.bindings.len();
        self.declare(frame);
        self.position = Position::statement(Some(Exit::Break(frame)));
        let value = self.block(block, want);
        let value = self.exit(frame, value, &block.to_token_stream());
        self.env.bindings.truncate(depth);
        value
    }

    // ---- frames ---------------------------------------------------------------------------------------------------

    /// Enters a frame, whose value is taken along by the jumps in `body`.
    pub(super) fn enter(&mut self, is_loop: bool, label: Option<&syn::Label>, want: Want, body: &syn::Block) -> usize {
        let frame = self.frames.len();
        let label = label.map(|label| label.name.ident.to_string());
        self.frames.push(Frame { is_loop, label, want, make: Make::Unit });
        let mut scan = Scan::new(&self.frames);
        scan.visit_block(body);
        let make = scan.makes.into_iter().find(|(of, _)| *of == frame);
        if let (Some((_, make)), Some(frame)) = (make, self.frames.last_mut()) {
            frame.make = make;
        }
        frame
    }

    /// Declares the variables of the jump to the end of `frame`.
    pub(super) fn declare(&mut self, frame: usize) {
        self.declare_flag(Exit::Break(frame));
        self.env.bindings.push(Binding { name: value_of(frame), value: None, mutable: true });
    }

    /// Without a value, a flag is false.
    pub(super) fn declare_flag(&mut self, exit: Exit) {
        self.env.bindings.push(Binding { name: exit.flag(), value: None, mutable: true });
    }

    /// Leaves the frame: its value, that of its last expression or one that a jump took along.
    fn exit(&mut self, frame: usize, value: Value, at: &TokenStream) -> Value {
        let taken = self.env.get(&value_of(frame)).and_then(|binding| binding.value.clone());
        let result = match (value, self.gone(&[Exit::Break(frame)])) {
            (Value::Exit, _) => taken.unwrap_or(Value::Exit),
            (value, Gone::Never) => value,
            (value, _) if matches!(value, Value::Unit | Value::Poison) => value,
            (Value::Never, _) => taken.unwrap_or(Value::Unit),
            (_, Gone::Always) => taken.unwrap_or(Value::Unit),
            (value, Gone::If(flag)) => {
                let taken = taken.unwrap_or(Value::Unit);
                self.branch(flag, &[], usize::MAX, |_| taken, |_| value, at)
            }
        };
        self.frames.truncate(frame);
        result
    }

    /// A value of the make of a frame's, where there is none yet.
    pub(super) fn blank(&mut self, make: &Make) -> Value {
        match make {
            Make::Unit => Value::Unit,
            Make::Scalar(class) => {
                let val = self.dummy();
                self.narrow_val(TokenStream::new(), val, *class);
                Value::Scalar(val)
            }
            Make::Tuple(parts) => Value::Tuple(parts.iter().map(|part| self.blank(part)).collect()),
        }
    }

    /// Gives every flag that a loop carries, every value that a jump in it may take along, and every variable that has none
    /// yet, something to start from.
    pub(super) fn start_values(&mut self, carried: &[usize]) {
        for index in carried {
            let Some(Binding { name, value: None, .. }) = self.env.bindings.get(*index) else {
                continue;
            };
            let key = (*index, name.clone());
            let make = match is_value(name) {
                Some(frame) => self.frames.get(frame).map(|frame| frame.make.clone()),
                None => self.later.get(&key).cloned(),
            };
            let value = if is_flag(name) {
                Value::Scalar(self.truth(false))
            } else if let Some(make) = make {
                let blank = self.blank(&make);
                match self.declared.get(&key).cloned() {
                    Some(ty) => self.ascribe(blank, &ty),
                    None => blank,
                }
            } else {
                continue;
            };
            self.restore(&[*index], &[Some(value)]);
        }
    }

    /// An iteration begins: no jump was made yet.
    pub(super) fn clear_flags(&mut self, carried: &[usize]) {
        for index in carried {
            if self.env.bindings.get(*index).is_some_and(|binding| is_flag(&binding.name)) {
                self.restore(&[*index], &[None]);
            }
        }
    }

    /// None of the jumps was made.
    pub(super) fn clear_exits(&mut self, exits: &[Exit]) {
        for exit in exits {
            self.assign_hidden(&exit.flag(), None);
        }
    }

    // ---- jumps ----------------------------------------------------------------------------------------------------

    /// `return value`, `break 'a value`, `continue`.
    pub(super) fn jump(&mut self, expr: &syn::Expr, position: Position) -> Value {
        let (exit, value) = match expr {
            syn::Expr::Return(expr) => (Some(Exit::Break(0)), expr.expr.as_deref()),
            syn::Expr::Break(inner) => {
                (Scan::new(&self.frames).target(inner.label.as_ref()).map(Exit::Break), inner.expr.as_deref())
            }
            syn::Expr::Continue(inner) => {
                (Scan::new(&self.frames).target(inner.label.as_ref()).map(Exit::Continue), None)
            }
            _ => (None, None),
        };
        let Some(exit) = exit.filter(|exit| exit.frame() < self.frames.len()) else {
            return self.refuse(expr, "there is no such loop or block around this");
        };
        if exit.frame() < self.barrier {
            return self.unsupported(
                expr,
                "leaving in the middle of an expression",
                "give the part that may leave a `let` of its own",
            );
        }
        let want = self.frames.get(exit.frame()).map_or(Want::Nothing, |frame| frame.want);
        if position.tail == Some(exit) {
            self.position = position;
            return value.map_or(Value::Unit, |value| self.expr(value, want));
        }
        if let Some(value) = value {
            let typed = (exit == Exit::Break(0)).then(|| self.expect_result(value)).flatten();
            // Kept whatever the use: `return f(x)`.
            let taken = self.expr(typed.as_ref().unwrap_or(value), want);
            if matches!(taken, Value::Never | Value::Exit) {
                return taken;
            }
            let taken = self.number(taken, &value.to_token_stream());
            self.assign_hidden(&value_of(exit.frame()), Some(taken));
        }
        let set = Value::Scalar(self.truth(true));
        self.assign_hidden(&exit.flag(), Some(set));
        Value::Exit
    }

    /// Gives a variable that no user can write a new value.
    pub(super) fn assign_hidden(&mut self, name: &str, value: Option<Value>) {
        if let Some(binding) = self.env.position(name).and_then(|index| self.env.bindings.get_mut(index)) {
            binding.value = value;
        }
    }

    /// Whether one of the jumps was made.
    pub(super) fn gone(&mut self, exits: &[Exit]) -> Gone {
        let mut any: Option<Val> = None;
        let mut seen = Vec::new();
        for exit in exits {
            let Some(Value::Scalar(flag)) = self.env.get(&exit.flag()).and_then(|binding| binding.value.clone()) else {
                continue;
            };
            match self.truths.get(&flag) {
                Some(false) => continue,
                Some(true) => return Gone::Always,
                None if seen.contains(&flag) => continue,
                None => seen.push(flag),
            }
            any = Some(match any {
                None => flag,
                Some(other) => {
                    let ty = self.fresh_ty(BOOL);
                    self.emit(Op::Int { op: IntOp::BitOr, args: vec![other, flag] }, ty)
                }
            });
        }
        any.map_or(Gone::Never, Gone::If)
    }

    /// The value with which a frame is left by the one jump that goes where the code at hand ends, where that is the only
    /// one that may have been made.
    pub(super) fn arrived(&mut self, exits: &[Exit], tail: Option<Exit>) -> Value {
        let Some(tail) = tail.filter(|tail| exits.iter().all(|exit| exit == tail)) else {
            return Value::Exit;
        };
        let value = match tail {
            Exit::Break(frame) => {
                let taken = self.env.get(&value_of(frame)).and_then(|binding| binding.value.clone());
                taken.unwrap_or(Value::Unit)
            }
            Exit::Continue(_) => Value::Unit,
        };
        self.assign_hidden(&tail.flag(), None);
        value
    }

    // ---- truth values that are known ------------------------------------------------------------------------------

    pub(super) fn truth(&mut self, value: bool) -> Val {
        let ty = self.fresh_ty(BOOL);
        let val = self.emit(Op::Const(Const::Bool(value)), ty);
        self.truths.insert(val, value);
        self.inert.insert(val);
        val
    }

    pub(super) fn not(&mut self, val: Val) -> Val {
        let ty = self.fresh_ty(BOOL);
        self.emit(Op::Int { op: IntOp::Not, args: vec![val] }, ty)
    }

    /// A flag after a branch on `cond`, where it needs no variable of its own: `Ok(None)` is false.
    pub(super) fn merged_flag(&mut self, cond: Val, then: Side, els: Side) -> Result<Option<Val>, ()> {
        let known = |side: Side| match side {
            Side::Never => Ok(None),
            Side::Falls(None) => Ok(Some(false)),
            Side::Falls(Some(val)) => self.truths.get(&val).copied().map(Some).ok_or(val),
        };
        match (known(then), known(els)) {
            (Ok(Some(true)), Ok(Some(false))) => Ok(Some(cond)),
            // The condition is the flag.
            (Err(flag), Ok(Some(false))) if flag == cond => Ok(Some(cond)),
            (Ok(Some(false)), Ok(Some(true))) => Ok(Some(self.not(cond))),
            (Ok(Some(true) | None), Ok(Some(true))) | (Ok(Some(true)), Ok(None)) => Ok(Some(self.truth(true))),
            (Ok(_), Ok(_)) => Ok(None),
            _ => Err(()),
        }
    }
}

/// A flag at the end of one side of a branch.
#[derive(Copy, Clone)]
pub(super) enum Side {
    /// The side does not end.
    Never,
    Falls(Option<Val>),
}

/// Whether a jump was made.
#[derive(Copy, Clone, Debug)]
pub(super) enum Gone {
    Never,
    Always,
    If(Val),
}

/// Whether control surely does not come to the end of the block.
pub(super) fn diverges(block: &syn::Block) -> bool {
    match block.stmts.last() {
        Some(syn::Stmt::Expr(expr, _)) => diverges_expr(expr),
        Some(syn::Stmt::Macro(mac)) => is_panic(&mac.mac),
        _ => false,
    }
}

pub(super) fn diverges_expr(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_) => true,
        syn::Expr::Macro(mac) => is_panic(&mac.mac),
        syn::Expr::Block(block) => block.label.is_none() && diverges(&block.block),
        syn::Expr::Paren(inner) => diverges_expr(&inner.expr),
        syn::Expr::If(branch) => {
            diverges(&branch.then_branch) && branch.else_branch.as_ref().is_some_and(|(_, els)| diverges_expr(els))
        }
        syn::Expr::Match(choice) => choice.arms.iter().all(|arm| diverges_expr(&arm.body)),
        _ => false,
    }
}

fn is_panic(mac: &syn::Macro) -> bool {
    super::format::Family::of(mac) == Some(super::format::Family::Panic)
}

/// Finds the jumps out of a piece of syntax.
struct Scan<'f> {
    frames: &'f [Frame],
    /// Loops (`true`) and labelled blocks inside of the piece, with their labels.
    inner: Vec<(bool, Option<String>)>,
    found: Vec<Exit>,
    /// What the values are made of that they take along, by frame.
    makes: Vec<(usize, Make)>,
}

impl<'f> Scan<'f> {
    fn new(frames: &'f [Frame]) -> Scan<'f> {
        Scan { frames, inner: Vec::new(), found: Vec::new(), makes: Vec::new() }
    }
    /// The frame that a jump with this label goes to, if it is outside of the piece.
    fn target(&self, label: Option<&syn::Lifetime>) -> Option<usize> {
        match label {
            Some(label) => {
                let label = Some(label.ident.to_string());
                let is_inner = self.inner.iter().any(|(_, inner)| *inner == label);
                if is_inner { None } else { self.frames.iter().rposition(|frame| frame.label == label) }
            }
            None if self.inner.iter().any(|(is_loop, _)| *is_loop) => None,
            None => self.frames.iter().rposition(|frame| frame.is_loop),
        }
    }

    fn add(&mut self, exit: Option<Exit>) {
        self.found.extend(exit.filter(|exit| !self.found.contains(exit)));
    }

    fn within(&mut self, is_loop: bool, label: Option<&syn::Label>, visit: impl FnOnce(&mut Self)) {
        self.inner.push((is_loop, label.map(|label| label.name.ident.to_string())));
        visit(self);
        self.inner.pop();
    }
}

impl<'ast> Visit<'ast> for Scan<'_> {
    fn visit_expr_return(&mut self, expr: &'ast syn::ExprReturn) {
        self.add(Some(Exit::Break(0)));
        visit::visit_expr_return(self, expr);
    }

    fn visit_expr_break(&mut self, expr: &'ast syn::ExprBreak) {
        let frame = self.target(expr.label.as_ref());
        self.add(frame.map(Exit::Break));
        self.makes.extend(frame.zip(expr.expr.as_deref().map(Make::of)));
        visit::visit_expr_break(self, expr);
    }

    fn visit_expr_continue(&mut self, expr: &'ast syn::ExprContinue) {
        self.add(self.target(expr.label.as_ref()).map(Exit::Continue));
    }

    fn visit_expr_loop(&mut self, expr: &'ast syn::ExprLoop) {
        self.within(true, expr.label.as_ref(), |scan| scan.visit_block(&expr.body));
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        self.within(true, expr.label.as_ref(), |scan| visit::visit_expr_while(scan, expr));
    }

    fn visit_expr_for_loop(&mut self, expr: &'ast syn::ExprForLoop) {
        self.visit_expr(&expr.expr);
        self.within(true, expr.label.as_ref(), |scan| scan.visit_block(&expr.body));
    }

    fn visit_expr_block(&mut self, expr: &'ast syn::ExprBlock) {
        match &expr.label {
            Some(label) => self.within(false, Some(label), |scan| scan.visit_block(&expr.block)),
            None => self.visit_block(&expr.block),
        }
    }

    // Their jumps are their own.
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}

    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
