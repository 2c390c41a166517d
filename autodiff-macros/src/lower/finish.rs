//! What is settled when the whole function has been walked: types, activity, and the fence around what is passed through.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;

use super::copied::handed_on;
use super::infer::{Class, TyVar};
use super::{Lower, Note, call};
use crate::analysis::activity::{self, Activity};
use crate::analysis::sites;
use crate::ir::build::Builder;
use crate::ir::{
    Arg, Block, CallForm, Const, Float, Func, Init, Int, Mem, Op, Opaque, Operand, Param, Ret, Role, Slotted, Stmt, Ty,
    Val, ValData,
};

/// Types whose associated functions certainly have no derivatives as siblings.
const STANDARD: [&str; 18] = [
    "Arc", "BTreeMap", "BTreeSet", "Box", "Cell", "Cow", "HashMap", "HashSet", "Mutex", "OnceCell", "Option", "Pin",
    "Rc", "RefCell", "RwLock", "String", "Vec", "VecDeque",
];

/// Traits whose functions are operators.
const OPERATORS: [&str; 11] =
    ["Add", "AddAssign", "Div", "DivAssign", "Mul", "MulAssign", "Neg", "Rem", "RemAssign", "Sub", "SubAssign"];

impl Lower<'_> {
    /// The function, if no mistake was found in it.
    pub(super) fn finish(&mut self, name: String, params: Vec<Param>, results: Vec<(Role, Val)>) -> Option<Func> {
        let mut func = std::mem::replace(&mut self.b, Builder::new()).finish(name, params, results);
        self.assume_results(&mut func);
        for val in std::mem::take(&mut self.negated) {
            if let Some(ty) = self.ty(val).filter(|ty| self.types.class(*ty) == Class::Unknown) {
                // Of an integer, rustc finds that it is none.
                self.narrow(TokenStream::new(), ty, super::BOOL);
            }
        }
        for val in std::mem::take(&mut self.casts) {
            if let Some(ty) = self.ty(val).filter(|ty| self.types.class(*ty) == Class::Unknown) {
                // A float would be known as one, and rustc refuses it as a constant.
                self.narrow(TokenStream::new(), ty, Class::SomeInt);
            }
        }
        // One that is given for all functions of an `impl` block need not be called in each.
        if self.owner.is_none() {
            for k in std::mem::take(&mut self.unused_companions) {
                let Some((function, _)) = self.companions.get(k) else { continue };
                self.diag.error(
                    function,
                    format_args!("`companion({function} = ..)`: no function of this name is called here; leave it out"),
                );
            }
        }
        self.set_types(&mut func);
        self.default_leaves(&handed_on(&func));
        for (val, at) in std::mem::take(&mut self.mutated) {
            if !matches!(self.class(val), Class::Unknown | Class::Known(Ty::Opaque) | Class::Error) {
                self.diag.unsupported(
                    at,
                    "`&mut` borrows of numbers",
                    "assign the variable directly, or return the new value",
                );
            }
        }
        self.default_integers(&func);
        self.set_types(&mut func);
        self.type_grown(&mut func.body);
        self.copy_parts(&mut func);
        // After another mistake, what is not known may follow from it.
        let sure = self.diag.is_clean();
        let mut body = std::mem::take(&mut func.body);
        self.settle_block(&mut body, &func, sure);
        func.body = body;

        let activity = activity::analyze(&func);
        let mut body = std::mem::take(&mut func.body);
        self.fence_block(&mut body, &mut func, &activity, sure);
        func.body = body;
        super::hoisted::select_constants(&mut func);
        self.diag.is_clean().then_some(func)
    }

    /// The types as far as they are known.
    fn set_types(&self, func: &mut Func) {
        for (data, ty) in func.vals.iter_mut().zip(&self.val_types) {
            data.ty = self.types.settled(*ty);
        }
        for (data, info) in func.mems.iter_mut().zip(&self.mems) {
            data.elem = info.elem.map(|ty| self.types.settled(ty));
        }
    }

    /// What a differentiated function gives, of which nothing else is known, is a float of the type of its active arguments
    /// if they have one, and otherwise of the type of the signature: `g(h(x))`. The emitted code says so, and rustc checks it.
    fn assume_results(&mut self, func: &mut Func) {
        let mut calls = Vec::new();
        calls_in(&func.body, &mut |args, out| calls.push((args.to_vec(), out.to_vec())));
        let open = |class| matches!(class, Class::Unknown | Class::SomeFloat);
        calls.retain(|(_, out)| out.iter().any(|val| open(self.class(*val))));
        if calls.is_empty() {
            return;
        }
        self.set_types(func);
        for val in calls.iter().flat_map(|(_, out)| out) {
            if open(self.class(*val))
                && let Some(data) = func.vals.get_mut(val.0 as usize)
            {
                data.ty = Ty::Float(self.float.unwrap_or(Float::F64));
            }
        }
        let activity = activity::analyze(func);
        for (args, out) in calls {
            let active: Vec<&Arg> = args.iter().filter(|arg| is_active_arg(arg, &activity)).collect();
            let floats: HashSet<Float> = active.iter().filter_map(|arg| self.float_of_arg(arg)).collect();
            let Some(float) = only(floats).or(self.float).filter(|_| !active.is_empty()) else { continue };
            for ty in out.iter().filter_map(|val| self.ty(*val)).collect::<Vec<_>>() {
                if open(self.types.class(ty)) {
                    self.narrow(TokenStream::new(), ty, Class::Known(Ty::Float(float)));
                }
            }
        }
    }

    /// The float type of an argument, as far as it is known.
    fn float_of_arg(&self, arg: &Arg) -> Option<Float> {
        let class = match arg {
            Arg::Val(val) => self.class(*val),
            Arg::Place { place, .. } => self.types.class(self.mem(place.mem)?.elem?),
            Arg::Gone => return None,
        };
        match class {
            Class::Known(ty) => ty.float(),
            _ => None,
        }
    }

    /// Literals in structs that the function makes, of which nothing else is known, are of the float type of the other numbers
    /// of their structs if these have one, and otherwise of that of the signature. So are numbers inside active structs that
    /// are computed with (in a function of several floats, of what is known of the same struct), and what is read from results of
    /// calls, unless all that is done with it is that it becomes a part of another struct: that may be an array. The emitted code
    /// says so, and rustc checks it.
    fn default_leaves(&mut self, handed_on: &HashSet<Val>) {
        for fields in std::mem::take(&mut self.fields) {
            let of = |ty: &TyVar| match self.types.class(*ty) {
                Class::Known(ty) => ty.float(),
                _ => None,
            };
            let floats: HashSet<Float> = fields.iter().filter_map(of).collect();
            let Some(float) = only(floats).or(self.float) else { continue };
            for ty in fields {
                if self.types.class(ty) == Class::SomeFloat {
                    self.narrow(TokenStream::new(), ty, Class::Known(Ty::Float(float)));
                }
            }
        }
        let vals = (0..).map(Val).zip(&self.val_types).filter(|(val, _)| !handed_on.contains(val));
        let looked_at: HashSet<TyVar> = vals.map(|(_, ty)| self.types.root(*ty)).collect();
        // What is read from the result of a call.
        let results: Vec<_> =
            (self.leaves.iter()).filter(|((mem, _), _)| self.from_calls.contains(mem)).map(|(_, ty)| *ty).collect();
        let leaves: Vec<(TyVar, Float)> = self
            .leaves
            .iter()
            .filter(|((mem, _), _)| self.mem(*mem).is_some_and(|mem| !mem.inert))
            .filter_map(|((mem, _), ty)| Some((*ty, self.float.or_else(|| self.float_inside(*mem))?)))
            .collect();
        for (ty, float) in leaves {
            let is_choice = self.choices.iter().any(|of| self.types.root(*of) == self.types.root(ty));
            let is_read = results.contains(&ty) && looked_at.contains(&self.types.root(ty));
            if self.types.class(ty) == Class::Unknown && is_read && !is_choice {
                self.narrow(TokenStream::new(), ty, Class::Known(Ty::Float(float)));
            }
            let is_computed = self.computed.iter().any(|of| self.types.root(*of) == self.types.root(ty));
            let is_number = match self.types.class(ty) {
                Class::Unknown => is_computed,
                Class::SomeFloat => self.float_of_structs,
                _ => false,
            };
            if is_number {
                self.narrow(TokenStream::new(), ty, Class::Known(Ty::Float(float)));
            }
        }
    }

    /// The one float type of what is known inside a struct, in a function of several.
    fn float_inside(&self, mem: Mem) -> Option<Float> {
        let inside = self.leaves.iter().filter(|((of, _), _)| *of == mem);
        let floats = inside.filter_map(|(_, ty)| match self.types.class(*ty) {
            Class::Known(ty) => ty.float(),
            _ => None,
        });
        only(floats.collect())
    }

    /// Integers of which the function says no more are `i32`, as in Rust, unless what is passed through may say more.
    fn default_integers(&mut self, func: &Func) {
        let mut meets_rust: Vec<Val> = func
            .params
            .iter()
            .filter_map(|param| match param.held {
                Slotted::Val(val) => Some(val),
                Slotted::Mem(_) => None,
            })
            .collect();
        let mut arrays = Vec::new();
        meets_unmodelled(&func.body, func, &mut meets_rust, &mut arrays);
        let arrays = arrays.iter().filter_map(|mem| self.mem(*mem).and_then(|info| info.elem));
        let open: HashSet<TyVar> =
            meets_rust.iter().filter_map(|val| self.ty(*val)).chain(arrays).map(|ty| self.types.root(ty)).collect();
        for ty in self.val_types.clone() {
            if self.types.class(ty) == Class::SomeInt && !open.contains(&self.types.root(ty)) {
                self.narrow(TokenStream::new(), ty, Class::Known(Ty::Int(Int::I32)));
            }
        }
    }

    fn at(&self, val: Val, span: Span) -> Result<TokenStream, Span> {
        match self.notes.get(&val) {
            Some(Note::Scalar { at }) => Ok(at.to_token_stream()),
            Some(Note::Opaque { at, .. }) => Ok(at.clone()),
            Some(Note::Call(pending)) => Ok(pending.at.clone()),
            None => Err(span),
        }
    }

    /// Reports a type that stays unknown and matters.
    fn undecided(&mut self, func: &Func, val: Val, span: Span) {
        if self.class(val) == Class::Error {
            return;
        }
        let name = func.vals.get(val.0 as usize).and_then(|data| data.name.clone());
        let example = if matches!(func.ty(val), Ty::Int(_)) { "usize" } else { "f64" };
        let message = match name {
            Some(name) if self.untyped_options.contains(&name) => super::optional::untyped(&name),
            Some(name) => format!("the type of `{name}` does not show here: write it, `let {name}: {example} = ..`"),
            None => does_not_show(example),
        };
        match self.at(val, span) {
            Ok(at) => self.diag.error_once(at, &message),
            Err(span) => self.diag.error_once(proc_macro2::Ident::new("_", span), &message),
        }
        // One message for all that has this type.
        if let Some(ty) = self.ty(val) {
            self.narrow(TokenStream::new(), ty, Class::Error);
        }
    }

    // ---- types ----------------------------------------------------------------------------------------------------

    fn settle_block(&mut self, block: &mut Block, func: &Func, sure: bool) {
        for stmt in &mut block.stmts {
            self.settle_stmt(stmt, func, sure);
        }
    }

    fn settle_stmt(&mut self, stmt: &mut Stmt, func: &Func, sure: bool) {
        let span = stmt.span;
        let first = stmt.out.first().copied();
        let ty = first.map(|val| func.ty(val));
        match &mut stmt.op {
            Op::If { then, els, .. } => {
                self.settle_block(then, func, sure);
                self.settle_block(els, func, sure);
            }
            Op::For(loop_) => {
                self.settle_block(&mut loop_.body, func, sure);
                // The bounds give the loop variable its type.
                if let Some(range) = loop_.range
                    && sure
                    && func.ty(range.lo) == Ty::Opaque
                {
                    self.undecided(func, range.lo, span);
                }
            }
            Op::Alloc { mem, .. } if sure && self.is_undecided(*mem, func) => {
                self.diag
                    .error_at(span, "the type of the elements does not show here: write it, `let v: [f64; 3] = ..`");
            }
            Op::Node { rule, args } => {
                if let Some(Ty::Float(float)) = ty {
                    self.check_bound(float, *rule, first, span);
                }
                let (rule, args) = (*rule, args.clone());
                match (ty, first) {
                    (Some(Ty::Int(_)), _) => {
                        if let Some(op) = call::integer_op(rule) {
                            stmt.op = Op::Int { op, args };
                        } else if let Some(method) = call::integer_method(rule) {
                            stmt.op = self.unmodelled_method(method, &args);
                        }
                    }
                    (Some(Ty::Opaque), Some(out)) if self.is_inert(out) => {
                        if let Some(op) = self.unmodelled_step(rule, &args) {
                            // rustc knows its type, and the fence that nothing active flows in.
                            let at = self.at(out, span).unwrap_or_default();
                            let complaint = Some(does_not_show("f64"));
                            self.notes.insert(out, Note::Opaque { at, complaint, effect: false });
                            stmt.op = op;
                        }
                    }
                    _ => {}
                }
            }
            // A zero of ours, or the 1 that a product starts at.
            Op::Const(constant @ Const::Float { .. }) => match ty {
                Some(Ty::Int(_)) => {
                    let one = matches!(constant, Const::Float { value: 1.0, .. });
                    *constant = Const::Int(one.into());
                }
                Some(Ty::Bool) => *constant = Const::Bool(false),
                _ => {}
            },
            Op::Cast(v) if ty == Some(Ty::Int(Int::Infer)) => {
                let v = *v;
                if let Some(ends) = first.and_then(|out| self.counted.get(&out)).cloned() {
                    stmt.op = self.count_of_ends(v, &ends);
                }
            }
            Op::Cmp { op, a, b } if func.ty(*a) == Ty::Opaque => {
                let (op, a, b) = (*op, *a, *b);
                stmt.op = self.unmodelled_comparison(op, a, b);
            }
            _ => {}
        }
        // What a branch chooses among values that are not modelled, and a loop carries of them, is not either.
        let carries = matches!(stmt.op, Op::If { .. } | Op::For(_));
        let modelled = !matches!(stmt.op, Op::Opaque(_) | Op::Load(_) | Op::Call(_));
        if sure && modelled {
            for val in &stmt.out {
                if func.ty(*val) == Ty::Opaque && (!carries || self.is_untyped_option(func, *val)) {
                    self.undecided(func, *val, span);
                }
            }
        }
    }

    fn is_untyped_option(&self, func: &Func, val: Val) -> bool {
        let name = func.vals.get(val.0 as usize).and_then(|data| data.name.as_ref());
        name.is_some_and(|name| self.untyped_options.contains(name))
    }

    fn is_undecided(&self, mem: Mem, func: &Func) -> bool {
        let error = self.mem(mem).and_then(|info| info.elem).is_some_and(|ty| self.types.class(ty) == Class::Error);
        func.mem(mem).elem == Some(Ty::Opaque) && !error
    }

    // ---- the fence around what is passed through ------------------------------------------------------------------

    fn fence_block(&mut self, block: &mut Block, func: &mut Func, activity: &Activity, sure: bool) {
        let stmts = std::mem::take(&mut block.stmts);
        for mut stmt in stmts {
            match &mut stmt.op {
                Op::If { then, els, .. } => {
                    self.fence_block(then, func, activity, sure);
                    self.fence_block(els, func, activity, sure);
                }
                Op::For(loop_) => self.fence_block(&mut loop_.body, func, activity, sure),
                Op::Opaque(opaque) => {
                    for (_, operand) in &mut opaque.binds {
                        if let Operand::Constant(place) = operand
                            && !activity.mem(place.mem)
                        {
                            *operand = Operand::Place(place.clone());
                        }
                    }
                    let active = is_active(&opaque.binds, activity);
                    if let Some(val) = stmt.out.first().copied() {
                        opaque.mutable &= func.ty(val) == Ty::Opaque;
                        if let Some(Note::Opaque { at, complaint, effect }) = self.notes.get(&val) {
                            let untyped = |val: Val| {
                                let name = func.vals.get(val.0 as usize).and_then(|data| data.name.as_ref());
                                name.is_some_and(|name| self.untyped_options.contains(name))
                            };
                            let refused = opaque.binds.iter().any(|(_, operand)| match operand {
                                Operand::Val(val) => self.class(*val) == Class::Error || untyped(*val),
                                Operand::Place(_) | Operand::Constant(_) => false,
                            });
                            if let (true, false, Some(complaint)) = (active, refused, complaint) {
                                // Of such a variable, it was said when its type was asked for.
                                let untyped = |name: &String| super::optional::untyped(name) == *complaint;
                                match self.untyped_options.iter().any(untyped) {
                                    true => self.diag.error_once(at, complaint),
                                    false => self.diag.error(at, complaint),
                                }
                            }
                            if *effect {
                                stmt.out.clear();
                            }
                        }
                    }
                }
                Op::Call(call) if matches!(call.form, CallForm::Primal) => {
                    self.fence_call(stmt, block, func, activity, sure);
                    continue;
                }
                _ => {}
            }
            block.stmts.push(stmt);
        }
    }

    fn fence_call(&mut self, mut stmt: Stmt, block: &mut Block, func: &mut Func, activity: &Activity, sure: bool) {
        let Op::Call(call) = &stmt.op else {
            return;
        };
        let pending = match stmt.out.first().and_then(|val| self.notes.remove(val)) {
            Some(Note::Call(pending)) => pending,
            _ => return,
        };
        let active = call.args.iter().any(|arg| is_active_arg(arg, activity));
        let memory = call.writes() || !call.made.is_empty();
        if active || memory {
            if active {
                self.check_call(&pending, &stmt, func, sure);
            } else {
                self.check_inactive_call(&pending);
            }
            // The value that stood for a call without numbers.
            if let Op::Call(call) = &stmt.op
                && call.scalars() == 0
            {
                stmt.out.clear();
            }
            block.stmts.push(stmt);
            return;
        }
        let unused = pending.unused;
        let ret = call.ret.clone();
        let frag = self.call_frag((&pending.path, pending.method), pending.args);
        stmt.op = Op::Opaque(Box::new(Opaque {
            expr: frag.expr,
            binds: frag.binds,
            pure_: false,
            mutable: false,
            effects: true,
        }));
        if unused {
            stmt.out.clear();
        }
        if let Ret::Tuple(_) = ret {
            // The tuple first, then its parts.
            let span = stmt.span;
            let tuple = Val(func.vals.len() as u32);
            func.vals.push(ValData { ty: Ty::Opaque, name: None, span });
            let parts = std::mem::replace(&mut stmt.out, vec![tuple]);
            block.stmts.push(stmt);
            for (i, part) in parts.into_iter().enumerate() {
                let frag = self.frag_of_val(tuple);
                let (inner, index) = (&frag.expr, syn::Index::from(i));
                let expr = syn::parse_quote!(#inner.#index);
                let op = Op::Opaque(Box::new(Opaque {
                    expr,
                    binds: frag.binds,
                    pure_: false,
                    mutable: false,
                    effects: true,
                }));
                block.stmts.push(Stmt { op, out: vec![part], span });
            }
            return;
        }
        block.stmts.push(stmt);
    }

    /// A call of a function with inactive arguments that makes memory or writes to it: it stays a call.
    fn check_inactive_call(&mut self, pending: &call::Pending) {
        let plain = |arg: &call::PendingArg| matches!(arg, call::PendingArg::Val(_) | call::PendingArg::Place { .. });
        if !pending.args.iter().all(plain) {
            self.diag.unsupported(
                &pending.at,
                "tuples, closures and references to numbers as arguments of this call",
                "pass numbers by value, and arrays and structs by reference",
            );
        }
    }

    /// A call of a differentiated function.
    fn check_call(&mut self, pending: &call::Pending, stmt: &Stmt, func: &Func, sure: bool) {
        let at = &pending.at;
        let of = pending.path.segments.iter().rev().nth(1).map(|s| s.ident.to_string());
        if of.as_ref().is_some_and(|of| OPERATORS.contains(&of.as_str())) {
            self.diag.unsupported(at, "operators by their names", "write `a + b`, or a closure: `|a, b| a + b`");
            return;
        }
        if of.is_some_and(|of| STANDARD.contains(&of.as_str())) {
            self.diag.unsupported(
                at,
                "calls of the standard library's associated functions with active values",
                "keep them in variables, arrays and `Vec`s",
            );
            return;
        }
        for arg in &pending.args {
            match arg {
                // Refused where it was made.
                call::PendingArg::RefVal(val) if self.class(*val) == Class::Error => {}
                call::PendingArg::RefVal(val)
                    if !matches!(self.class(*val), Class::SomeFloat | Class::Known(Ty::Float(_))) =>
                {
                    self.diag.unsupported(
                    at,
                    "passing a reference to this next to active values",
                    "let the called function take it by value, or make an array of such integers: `let k = vec![0usize; n];`",
                    );
                }
                call::PendingArg::RefVal(_) => {
                    self.diag.unsupported(at, "passing a float by reference", "pass it by value: `g(x)`")
                }
                call::PendingArg::Other(super::value::Frag { why: Some(why), .. }) => {
                    self.diag.error(at, why);
                    return;
                }
                call::PendingArg::Closure(_, closure) => {
                    self.diag.unsupported(
                        closure,
                        "closures as arguments of functions",
                        "call it here, or give it to one of the known methods of iterators",
                    );
                    // What is made of the result is not reported too.
                    for ty in stmt.out.iter().filter_map(|val| self.ty(*val)).collect::<Vec<_>>() {
                        self.types.give_up(ty);
                    }
                    return;
                }
                call::PendingArg::Other(_) => {
                    self.diag.unsupported(
                        at,
                        "tuples and `&mut` borrows as arguments next to active values",
                        "pass numbers by value, and arrays and structs by reference",
                    );
                    return;
                }
                call::PendingArg::Val(_) | call::PendingArg::Place { .. } => {}
            }
        }
        if pending.unused {
            self.diag.error(
                at,
                "the result of this call is not used, and its effects would be repeated by the derivatives: leave the call out, or print \
                 with `println!`",
            );
            return;
        }
        let Op::Call(call) = &stmt.op else { return };
        if call.scalars() == 0 {
            return;
        }
        for val in &stmt.out {
            if sure && func.ty(*val) == Ty::Opaque && self.class(*val) != Class::Error {
                let instead =
                    if stmt.out.len() > 1 { "`let (a, k): (f64, usize) = g(x);`" } else { "`let y: f64 = g(x);`" };
                self.diag.error(at, format_args!("the type of the result does not show here: write it, {instead}"));
                return;
            }
        }
        if let [val] = &stmt.out[..]
            && call.parts() == 1
            && !call.writes()
            && matches!(func.ty(*val), Ty::Int(_) | Ty::Bool)
        {
            self.diag.error(
                at,
                "an active value flows into this call, whose result is no float: compute it from inactive values, or write it out as a \
                 comparison or a cast",
            );
        }
    }
}

fn is_active_arg(arg: &Arg, activity: &Activity) -> bool {
    match arg {
        Arg::Val(val) => activity.val(*val),
        Arg::Place { place, .. } => activity.mem(place.mem),
        Arg::Gone => false,
    }
}

/// What to say of a value without a name.
fn does_not_show(example: &str) -> String {
    format!("the type of this does not show here: write it, `let v: {example} = ..`")
}

/// The one of a set of one.
fn only<T>(set: HashSet<T>) -> Option<T> {
    let mut all = set.into_iter();
    all.next().filter(|_| all.next().is_none())
}

/// The calls of a block, regions included.
fn calls_in(block: &Block, found: &mut dyn FnMut(&[Arg], &[Val])) {
    for stmt in &block.stmts {
        match &stmt.op {
            Op::Call(call) => found(&call.args, &stmt.out),
            op => op.blocks().into_iter().for_each(|block| calls_in(block, found)),
        }
    }
}

/// The scalars that Rust which is not modelled takes or gives, those of memory of unknown types, and the arrays that it
/// takes.
fn meets_unmodelled(block: &Block, func: &Func, found: &mut Vec<Val>, arrays: &mut Vec<Mem>) {
    for stmt in &block.stmts {
        match &stmt.op {
            Op::Opaque(_) | Op::Call(_) => {
                found.extend(stmt.op.reads());
                found.extend(&stmt.out);
                arrays.extend(sites::read(&stmt.op));
            }
            // A field gives its type.
            Op::Alloc { init: Init::Build(build), .. } => found.extend(build.made.vals()),
            Op::Load(place) if func.mem(place.mem).elem.is_none() => found.extend(&stmt.out),
            Op::Store { place, value } if func.mem(place.mem).elem.is_none() => found.push(*value),
            op => op.blocks().into_iter().for_each(|block| meets_unmodelled(block, func, found, arrays)),
        }
    }
}

fn is_active(binds: &[(proc_macro2::Ident, Operand)], activity: &Activity) -> bool {
    binds.iter().any(|(_, operand)| match operand {
        Operand::Val(val) => activity.val(*val),
        Operand::Place(place) => activity.mem(place.mem),
        Operand::Constant(_) => false,
    })
}
