//! Loops. A carried value is a mutable variable, which keeps its final value after the loop.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use super::body::{Body, assign};
use super::code::Code;
use super::expr::{ascription, suffixed};
use crate::ir::{For, Op, Range, Val};
use crate::rules::{self, Syntax};

impl<'a> Body<'a> {
    pub(super) fn for_loop(&mut self, f: &'a For, out: &[Val], span: Span) -> Code {
        let carried = &f.body.params[1..];
        let range = f.range.map(|range| self.range(range));
        let repeated = range.is_none() && self.repeats_its_condition(f, out);
        let mut code = Code::default();
        for ((&param, &init), &out) in carried.iter().zip(&f.inits).zip(out).skip(usize::from(repeated)) {
            let ident = if self.goes_on_with(init, out) {
                let ident = self.var(init);
                self.entry.vars.insert(param, ident.clone());
                ident
            } else {
                let value = self.code(init);
                let ident = self.bind_like(param, out);
                code.push_word("let", span);
                code.push_word("mut", span);
                code.push(ident.clone());
                code.append(ascription(self.func, param));
                code.push_operator("=", span);
                code.append(value);
                code.push_operator(";", span);
                ident
            };
            self.entry.vars.insert(out, ident);
        }
        let scope = self.names.open();
        let outer = std::mem::replace(
            &mut self.reusable,
            carried.iter().copied().zip(f.body.yields.iter().copied().map(Some)).collect(),
        );
        let var = f.body.params[0];
        let counted = self.inline.uses(var) > 0;
        let var = if counted { self.bind(var).into() } else { Code::word("_", span) };
        let mut body = self.stmts(&f.body);
        self.reusable = outer;
        self.reusable.extend(out.iter().map(|&v| (v, None)));
        self.names.close(scope);
        if repeated {
            body.append(self.next(&carried[1..], &f.body.yields[1..]));
            let cond = self.repeated_condition(f);
            code.push_word("while", span);
            code.append(cond);
            code.append(body.in_group(Delimiter::Brace, span));
            return code;
        }
        body.append(self.next(carried, &f.body.yields));
        match range {
            Some(range) => {
                code.push_word("for", span);
                code.append(var);
                code.push_word("in", span);
                code.append(range);
                code.append(body.in_group(Delimiter::Brace, span));
            }
            None => {
                let (go, body) = (self.var(carried[0]), body.into_token_stream());
                code.append(if counted {
                    let var = var.into_token_stream();
                    quote_spanned!(span=> for #var in 0usize.. { if !#go { break; } #body }).into()
                } else {
                    quote_spanned!(span=> while #go { #body }).into()
                });
            }
        }
        code
    }

    /// Whether a `while` computes its condition at the end of an iteration as it did before the loop, from the variables
    /// that it carries: then it is written once, where Rust has it.
    fn repeats_its_condition(&self, f: &For, out: &[Val]) -> bool {
        let (before, again) = (f.inits[0], f.body.yields[0]);
        [f.body.params[0], f.body.params[1], out[0]].iter().all(|&v| self.inline.uses(v) == 0)
            && self.inline.def(again).is_some_and(|op| !matches!(op, Op::Const(_)))
            && self.alike(f, before, again)
    }

    fn alike(&self, f: &For, before: Val, again: Val) -> bool {
        if let Some(k) = self.carried_as(f, again) {
            // Written as the variable, which a value has only where it is not part of an expression itself.
            return f.inits[k] == before && self.inline.def(again).is_none();
        }
        let (Some(a), Some(b)) = (self.inline.def(before), self.inline.def(again)) else {
            return before == again;
        };
        let alike = |a: &[Val], b: &[Val]| a.iter().zip(b).all(|(&a, &b)| self.alike(f, a, b));
        match (a, b) {
            (Op::Const(a), Op::Const(b)) => a == b,
            (Op::Cmp { op, a, b }, Op::Cmp { op: op2, a: a2, b: b2 }) => op == op2 && alike(&[*a, *b], &[*a2, *b2]),
            (Op::Int { op, args }, Op::Int { op: op2, args: args2 }) => op == op2 && alike(args, args2),
            (Op::Node { rule, args }, Op::Node { rule: rule2, args: args2 }) => rule == rule2 && alike(args, args2),
            (Op::Cast(a), Op::Cast(b)) => self.func.ty(before) == self.func.ty(again) && self.alike(f, *a, *b),
            _ => false,
        }
    }

    /// Which carried value `v` becomes, if it is one at the end of an iteration.
    fn carried_as(&self, f: &For, v: Val) -> Option<usize> {
        f.body.yields.iter().skip(1).position(|&next| next == v).map(|k| k + 1)
    }

    /// The condition at the end of an iteration, in terms of the carried variables.
    fn repeated_condition(&mut self, f: &For) -> Code {
        let mut hidden = Vec::new();
        for (&param, &next) in f.body.params[1..].iter().zip(&f.body.yields).skip(1).rev() {
            let ident = self.var(param);
            hidden.push((next, self.entry.vars.insert(next, ident)));
        }
        let cond = self.code(f.body.yields[0]);
        for (v, ident) in hidden.into_iter().rev() {
            match ident {
                Some(ident) => self.entry.vars.insert(v, ident),
                None => self.entry.vars.remove(&v),
            };
        }
        cond
    }

    /// Whether a loop may use the variable of `init` for the value that ends as `out`: nobody else reads `init`, and it is a
    /// mutable variable of the same block. The carried value of the loop around must also become `out`.
    fn goes_on_with(&self, init: Val, out: Val) -> bool {
        let becomes = |next: &Option<Val>| next.is_none_or(|next| next == out);
        self.inline.uses(init) == 1 && self.reusable.get(&init).is_some_and(becomes)
    }

    /// The variable of a carried value has the name of its final value if it has none of its own.
    fn bind_like(&mut self, param: Val, out: Val) -> Ident {
        let name = |v: Val| self.func.vals[v.0 as usize].name.as_deref();
        match (name(param), name(out)) {
            (None, Some(name)) => {
                let ident = self.names.fresh(name, self.func.vals[out.0 as usize].span);
                self.entry.vars.insert(param, ident.clone());
                ident
            }
            _ => self.bind(param),
        }
    }

    fn range(&self, range: Range) -> Code {
        let (lo, mut hi) = (self.code(range.lo), self.code(range.hi));
        // Between two literals nothing else says of which type the loop variable is.
        if let (Some(Op::Const(_)), Some(Op::Const(c))) = (self.inline.def(range.lo), self.inline.def(range.hi)) {
            hi = suffixed(c, self.func.ty(range.hi), &self.rt).code;
        }
        let (mut code, site) = (lo, Span::call_site());
        code.push_operator(if range.inclusive { "..=" } else { ".." }, site);
        code.append(hi);
        if range.rev {
            code = code.in_group(Delimiter::Parenthesis, site);
            code.push_operator(".", site);
            code.push_word("rev", site);
            code.append(Code::arguments([], site));
        }
        code
    }

    /// The carried values move on all at once: an assignment waits until nobody reads the old value, and where they read
    /// each other they are assigned as a tuple.
    fn next(&mut self, carried: &[Val], yields: &[Val]) -> Code {
        let mut open: Vec<(Ident, Code, Vec<Ident>)> = Vec::new();
        for (&param, &value) in carried.iter().zip(yields) {
            let (target, next) = (self.var(param), self.code(value));
            if matches!(next.single(), Some(TokenTree::Ident(ident)) if *ident == target) {
                continue;
            }
            let mut reads = Vec::new();
            self.variables_of(value, &mut reads);
            let reads = reads.into_iter().map(|v| self.var(v)).collect();
            let assignment = self.assignment(param, value, next);
            open.push((target, assignment, reads));
        }
        let mut code = Code::default();
        while !open.is_empty() {
            let free = (0..open.len())
                .find(|&k| open.iter().enumerate().all(|(j, (_, _, reads))| j == k || !reads.contains(&open[k].0)));
            let Some(k) = free else { break };
            code.append(open.remove(k).1);
        }
        if !open.is_empty() {
            let (mut targets, mut values) = (Vec::new(), Vec::new());
            for (&param, &value) in carried.iter().zip(yields) {
                let target = self.var(param);
                if open.iter().any(|(t, _, _)| *t == target) {
                    values.push(self.tokens(value));
                    targets.push(target);
                }
            }
            code.append(quote!((#(#targets),*) = (#(#values),*);).into());
        }
        code
    }

    /// `s = next;`, or `s += e;` where the next value is the sum of the old one and `e`: the same operation.
    fn assignment(&self, param: Val, value: Val, next: Code) -> Code {
        let (target, site) = (self.var(param).into(), Span::call_site());
        if let Some(Op::Node { rule, args }) = self.inline.def(value)
            && let Syntax::Infix(op) = rules::row(*rule).syntax
            && let [a, b] = args.as_slice()
            && *a == param
        {
            return assign(target, &format!("{op}="), self.code(*b), site);
        }
        assign(target, "=", next, site)
    }
}
