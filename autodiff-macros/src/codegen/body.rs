//! Statements: the body of a function as plain Rust.
//!
//! Every scalar that [`Inline`] leaves is bound once, with its type: `let z3: f64 = a * b;`. A loop's carried values are
//! mutable variables that keep their final value; a branch is an expression that yields.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::expr::{ascription, suffixed, ty_tokens};
use super::inline::Inline;
use super::names::{Names, ours};
use crate::ir::{Block, CallForm, Dim, For, Func, Init, Int, Mem, Op, Opaque, Operand, Place, StackId, Stmt, Ty, Val};

/// What the variable of a memory object is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// The value itself.
    Owned,
    /// `&value`.
    Shared,
    /// `&mut value`.
    Mut,
    /// `Option<&mut value>`: a slot, which may be off.
    Slot,
}

/// A statement; those that add to a slot are wrapped together in one `if let`.
enum Piece {
    Plain(TokenStream),
    Slot(Mem, TokenStream),
}

/// The variables that a function has on entry.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) vars: HashMap<Val, Ident>,
    pub(super) mems: HashMap<Mem, (Ident, Hold)>,
    /// Of type `&mut Tape`; without it, the function has a tape of its own if it needs one.
    pub(super) tape: Option<Ident>,
    /// Of type `&mut Recorder`.
    pub(super) recorder: Option<Ident>,
}

/// A body being written.
pub(super) struct Body<'a> {
    pub(super) func: &'a Func,
    pub(super) runtime: &'a syn::Path,
    /// The path of the runtime's support for generated code.
    pub(super) rt: TokenStream,
    pub(super) inline: Inline<'a>,
    pub(super) names: Names,
    entry: Entry,
    stacks: HashMap<StackId, Ident>,
    /// Unnamed scalars are numbered as in an evaluation trace.
    count: usize,
}

impl<'a> Body<'a> {
    pub(super) fn new(func: &'a Func, runtime: &'a syn::Path, names: Names, entry: Entry) -> Body<'a> {
        let mut body = Body {
            func,
            runtime,
            rt: quote!(#runtime::__private),
            inline: Inline::new(func),
            names,
            entry,
            stacks: HashMap::new(),
            count: 0,
        };
        body.reserve_user_names(&func.body);
        body
    }

    /// The statements. Results are then read by [`Body::tokens`].
    pub(super) fn write(&mut self) -> TokenStream {
        let mut callees = Vec::new();
        witnesses(&self.func.body, &self.rt, &mut Vec::new(), &mut callees);
        let tape = if self.entry.tape.is_none() && needs_tape(&self.func.body) {
            let (tape, rt) = (self.names.fresh("tape", Span::call_site()), &self.rt);
            let new = quote!(let #tape = &mut #rt::Tape::new(););
            self.entry.tape = Some(tape);
            new
        } else {
            TokenStream::new()
        };
        let stmts = self.stmts(&self.func.body);
        quote!(#(#callees)* #tape #stmts)
    }

    pub(super) fn var(&self, v: Val) -> Ident {
        match self.entry.vars.get(&v) {
            Some(ident) => ident.clone(),
            // Unreachable for verified IR; rustc would name the missing variable.
            None => Ident::new(&format!("undefined_{}", v.0), Span::mixed_site()),
        }
    }

    pub(super) fn mem(&self, mem: Mem) -> (Ident, Hold) {
        match self.entry.mems.get(&mem) {
            Some((ident, hold)) => (ident.clone(), *hold),
            None => (Ident::new(&format!("undefined_memory_{}", mem.0), Span::mixed_site()), Hold::Owned),
        }
    }

    pub(super) fn tape(&self) -> &Ident {
        self.entry.tape.as_ref().unwrap_or_else(|| unreachable!("`write` made one where a statement needs it"))
    }

    pub(super) fn recorder(&self) -> Option<&Ident> {
        self.entry.recorder.as_ref()
    }

    /// Inactive Rust and paths of callees appear as they are: no name of ours may hide theirs.
    fn reserve_user_names(&mut self, block: &Block) {
        for stmt in &block.stmts {
            match &stmt.op {
                Op::Opaque(opaque) => {
                    let expr = &opaque.expr;
                    self.names.reserve(quote!(#expr));
                }
                Op::Call(call) => {
                    let path = &call.path;
                    self.names.reserve(quote!(#path));
                }
                Op::Alloc { init: Init::Fill { dims, .. }, .. } => {
                    for dim in dims {
                        if let Dim::Fixed { tokens, .. } = dim {
                            self.names.reserve(tokens.clone());
                        }
                    }
                }
                op => op.blocks().into_iter().for_each(|b| self.reserve_user_names(b)),
            }
        }
    }

    /// A variable for `v`, which no statement has bound yet.
    pub(super) fn bind(&mut self, v: Val) -> Ident {
        let data = &self.func.vals[v.0 as usize];
        let ident = match &data.name {
            Some(name) => self.names.fresh(name, data.span),
            None => {
                self.count += 1;
                let letter = match data.ty {
                    Ty::Float(_) => "z",
                    Ty::Int(_) => "k",
                    Ty::Bool => "c",
                    Ty::Opaque => "v",
                };
                self.names.fresh(&format!("{letter}{}", self.count), data.span)
            }
        };
        self.entry.vars.insert(v, ident.clone());
        ident
    }

    /// The variable that `v` is in already.
    pub(super) fn alias(&mut self, v: Val, ident: Ident) {
        self.entry.vars.insert(v, ident);
    }

    /// A pattern for the results of a statement, with their types where something other than inference must fix them.
    pub(super) fn pattern(&mut self, out: &[Val]) -> (Vec<TokenStream>, Vec<TokenStream>) {
        out.iter()
            .map(|&v| {
                let ty = ty_tokens(self.func.ty(v));
                if self.inline.uses(v) == 0 {
                    return (quote!(_), ty);
                }
                let ident = self.bind(v);
                (quote!(#ident), ty)
            })
            .unzip()
    }

    fn stmts(&mut self, block: &'a Block) -> TokenStream {
        let mut tokens = TokenStream::new();
        let mut slot: Option<(Mem, TokenStream)> = None;
        for stmt in &block.stmts {
            match self.stmt(stmt) {
                Some(Piece::Slot(mem, inner)) => match &mut slot {
                    Some((open, group)) if *open == mem => group.extend(inner),
                    _ => {
                        tokens.extend(self.when_on(slot.replace((mem, inner))));
                    }
                },
                Some(Piece::Plain(plain)) => {
                    tokens.extend(self.when_on(slot.take()));
                    tokens.extend(plain);
                }
                None => {}
            }
        }
        tokens.extend(self.when_on(slot));
        tokens
    }

    /// `if let Some(w_bar) = w_bar.as_deref_mut() { .. }`
    fn when_on(&self, group: Option<(Mem, TokenStream)>) -> TokenStream {
        group
            .map(|(mem, inner)| {
                let (slot, _) = self.mem(mem);
                quote! {
                    if let ::core::option::Option::Some(#slot) = #slot.as_deref_mut() { #inner }
                }
            })
            .unwrap_or_default()
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Option<Piece> {
        if let [v] = stmt.out.as_slice()
            && self.inline.def(*v).is_some()
        {
            return None;
        }
        let span = ours(stmt.span);
        let written = match &stmt.op {
            Op::Store { place, value } => {
                let (place, value) = (self.place(place), self.tokens(*value));
                return Some(Piece::Plain(quote_spanned!(span=> #place = #value;)));
            }
            Op::Accum { place, value } => {
                let (target, value) = (self.place_target(place), self.tokens(*value));
                (place.mem, quote_spanned!(span=> #target += #value;))
            }
            Op::AddMem { dst, src } => {
                let (target, source, rt) = (self.place_mut(dst), self.place_ref(src), &self.rt);
                (dst.mem, quote_spanned!(span=> #rt::add_assign(#target, #source);))
            }
            _ => return Some(Piece::Plain(self.plain(stmt, span))),
        };
        Some(match self.mem(written.0).1 {
            Hold::Slot => Piece::Slot(written.0, written.1),
            _ => Piece::Plain(written.1),
        })
    }

    /// The left-hand side of `+=`.
    fn place_target(&self, place: &Place) -> TokenStream {
        let tokens = self.place(place);
        let through_reference = matches!(self.mem(place.mem).1, Hold::Mut | Hold::Slot);
        if place.path.is_empty() && through_reference { quote!(*#tokens) } else { tokens }
    }

    fn plain(&mut self, stmt: &'a Stmt, span: Span) -> TokenStream {
        match &stmt.op {
            Op::Alloc { mem, init } => self.alloc(*mem, init, span),
            Op::NewStack(stack) => {
                let data = &self.func.stacks[stack.0 as usize];
                if data.on_tape {
                    return TokenStream::new();
                }
                let (rt, ty) = (self.rt.clone(), ty_tokens(data.ty));
                let hint = data.name.as_ref().map_or("stack".to_string(), |n| format!("{n}_stack"));
                let ident = self.names.fresh(&hint, stmt.span);
                self.stacks.insert(*stack, ident.clone());
                quote_spanned!(span=> let mut #ident: #rt::Stack<#ty> = #rt::Stack::new();)
            }
            Op::Push { stack, value } => {
                let (value, (owner, suffix)) = (self.tokens(*value), self.stack(*stack));
                let push = Ident::new(&format!("push{suffix}"), span);
                quote_spanned!(span=> #owner.#push(#value);)
            }
            Op::Pop(stack) => {
                let (owner, suffix) = self.stack(*stack);
                let pop = Ident::new(&format!("pop{suffix}"), span);
                self.define(stmt, quote_spanned!(span=> #owner.#pop()), span)
            }
            Op::If { cond, then, els } => {
                let value = self.branch(*cond, then, els, span);
                match stmt.out.as_slice() {
                    [] => value,
                    [_] => self.define(stmt, value, span),
                    out => {
                        let (names, tys) = self.pattern(out);
                        quote_spanned!(span=> let (#(#names),*): (#(#tys),*) = #value;)
                    }
                }
            }
            Op::For(f) => self.for_loop(f, &stmt.out, span),
            Op::Call(call) => self.call(call, &stmt.out, span),
            Op::Record(record) => {
                let value = self.record(record);
                let ty = stmt.out.first().map(|&v| ty_tokens(self.func.ty(v))).unwrap_or_default();
                // An unread step is recorded all the same.
                self.define(stmt, quote!(#value as #ty), span)
            }
            Op::Opaque(opaque) => self.opaque(opaque, stmt, span),
            op => match stmt.out.as_slice() {
                [v] if self.inline.uses(*v) > 0 => {
                    let value = self.step(op, *v).tokens;
                    self.define(stmt, value, span)
                }
                // A step without effect whose result nobody reads.
                _ => TokenStream::new(),
            },
        }
    }

    /// `let z: T = value;`
    pub(super) fn define(&mut self, stmt: &Stmt, value: TokenStream, span: Span) -> TokenStream {
        let Some(&v) = stmt.out.first() else { return quote_spanned!(span=> #value;) };
        let ty = ascription(self.func, v);
        let (names, _) = self.pattern(&[v]);
        quote_spanned!(span=> let #(#names)* #ty = #value;)
    }

    /// `if cond { .. } else { .. }`, an expression or a statement.
    fn branch(&mut self, cond: Val, then: &'a Block, els: &'a Block, span: Span) -> TokenStream {
        let cond = self.tokens(cond);
        let then = self.arm(then);
        // `else if`: the other arm is nothing but a branch whose results it yields.
        let chained = match els.stmts.iter().filter(|s| !self.is_inlined(s)).collect::<Vec<_>>().as_slice() {
            [Stmt { op: Op::If { cond, then, els: last }, out, .. }] if *out == els.yields => Some((*cond, then, last)),
            _ => None,
        };
        match chained {
            Some((c, t, e)) => {
                let rest = self.branch(c, t, e, span);
                quote_spanned!(span=> if #cond { #then } else #rest)
            }
            None => {
                let els = self.arm(els);
                if els.is_empty() {
                    quote_spanned!(span=> if #cond { #then })
                } else {
                    quote_spanned!(span=> if #cond { #then } else { #els })
                }
            }
        }
    }

    fn is_inlined(&self, stmt: &Stmt) -> bool {
        matches!(stmt.out.as_slice(), [v] if self.inline.def(*v).is_some())
    }

    fn arm(&mut self, block: &'a Block) -> TokenStream {
        let stmts = self.stmts(block);
        let yields: Vec<TokenStream> = block.yields.iter().map(|&v| self.tokens(v)).collect();
        match yields.as_slice() {
            [] => stmts,
            [v] => quote!(#stmts #v),
            many => quote!(#stmts (#(#many),*)),
        }
    }

    fn for_loop(&mut self, f: &'a For, out: &[Val], span: Span) -> TokenStream {
        let (range, carried) = (self.range(f), &f.body.params[1..]);
        let mut inits = TokenStream::new();
        for ((&param, &init), &out) in carried.iter().zip(&f.inits).zip(out) {
            let value = self.tokens(init);
            let ident = self.bind_like(param, out);
            let ty = ascription(self.func, param);
            inits.extend(quote_spanned!(span=> let mut #ident #ty = #value;));
            self.entry.vars.insert(out, ident);
        }
        let var = f.body.params[0];
        let var = if self.inline.uses(var) == 0 {
            quote!(_)
        } else {
            let ident = self.bind(var);
            quote!(#ident)
        };
        let stmts = self.stmts(&f.body);
        let next = self.next(carried, &f.body.yields);
        quote_spanned!(span=> #inits for #var in #range { #stmts #next })
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

    fn range(&self, f: &For) -> TokenStream {
        let (lo, mut hi) = (self.tokens(f.lo), self.tokens(f.hi));
        // Between two literals nothing else says of which type the loop variable is.
        if let (Some(Op::Const(_)), Some(Op::Const(c))) = (self.inline.def(f.lo), self.inline.def(f.hi)) {
            hi = suffixed(c, self.func.ty(f.hi)).tokens;
        }
        let range = if f.inclusive { quote!(#lo..=#hi) } else { quote!(#lo..#hi) };
        if f.rev { quote!((#range).rev()) } else { range }
    }

    /// The carried values move on all at once: an assignment waits until nobody reads the old value, and where they read
    /// each other they are assigned as a tuple.
    fn next(&mut self, carried: &[Val], yields: &[Val]) -> TokenStream {
        let mut open: Vec<(Ident, TokenStream, Vec<Ident>)> = Vec::new();
        for (&param, &value) in carried.iter().zip(yields) {
            let (target, next) = (self.var(param), self.expr(value));
            let reads: Vec<Ident> = next.reads.iter().map(|&v| self.var(v)).collect();
            if reads.as_slice() == std::slice::from_ref(&target) && next.tokens.to_string() == target.to_string() {
                continue;
            }
            let assignment = self.assignment(param, value, &next.tokens);
            open.push((target, assignment, reads));
        }
        let mut tokens = TokenStream::new();
        while !open.is_empty() {
            let free = (0..open.len())
                .find(|&k| open.iter().enumerate().all(|(j, (_, _, reads))| j == k || !reads.contains(&open[k].0)));
            let Some(k) = free else { break };
            tokens.extend(open.remove(k).1);
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
            tokens.extend(quote!((#(#targets),*) = (#(#values),*);));
        }
        tokens
    }

    /// `s = next;`, or `s += e;` where the next value is the sum of the old one and `e`: the same operation.
    fn assignment(&self, param: Val, value: Val, next: &TokenStream) -> TokenStream {
        let target = self.var(param);
        if let Some(Op::Node { rule, args }) = self.inline.def(value)
            && let crate::rules::Syntax::Infix(op) = crate::rules::row(*rule).syntax
            && let [a, b] = args.as_slice()
            && *a == param
        {
            let operand = self.tokens(*b);
            let op = proc_macro2::Punct::new(op.chars().next().unwrap_or('+'), proc_macro2::Spacing::Joint);
            return quote!(#target #op= #operand;);
        }
        quote!(#target = #next;)
    }

    fn alloc(&mut self, mem: Mem, init: &Init, span: Span) -> TokenStream {
        let value = match init {
            Init::Fill { value, dims } => {
                let mut filled = self.leaf(*value);
                for dim in dims.iter().rev() {
                    filled = match dim {
                        Dim::Fixed { tokens, .. } => quote_spanned!(span=> [#filled; #tokens]),
                        Dim::Heap(n) => {
                            let (n, rt) = (self.tokens(*n), &self.rt);
                            quote_spanned!(span=> #rt::vec![#filled; #n])
                        }
                    };
                }
                filled
            }
            Init::List { items, shape } => {
                let mut level: Vec<TokenStream> = items.iter().map(|&v| self.leaf(v)).collect();
                for &n in shape.iter().skip(1).rev() {
                    level = level.chunks(n.max(1)).map(|row| quote_spanned!(span=> [#(#row),*])).collect();
                }
                quote_spanned!(span=> [#(#level),*])
            }
            Init::Copy(place) => {
                let (source, rt) = (self.place_ref(place), &self.rt);
                quote_spanned!(span=> #rt::ToOwned::to_owned(#source))
            }
            Init::ZerosLike(place) => {
                let (shape, rt) = (self.place_ref(place), &self.rt);
                quote_spanned!(span=> #rt::zeros(#shape))
            }
        };
        let data = self.func.mem(mem);
        let ident = self.names.fresh(data.name.as_deref().unwrap_or("a"), data.span);
        self.entry.mems.insert(mem, (ident.clone(), Hold::Owned));
        let mutable = self.inline.is_written(mem).then(|| quote!(mut));
        quote_spanned!(span=> let #mutable #ident = #value;)
    }

    /// A leaf of a new array, whose type is nowhere else.
    fn leaf(&self, v: Val) -> TokenStream {
        match (self.inline.def(v), self.func.ty(v)) {
            (Some(Op::Const(c)), ty @ Ty::Int(_)) => suffixed(c, ty).tokens,
            _ => self.tokens(v),
        }
    }

    /// What a stack's methods are called on, and the suffix of their names.
    fn stack(&self, stack: StackId) -> (Ident, &'static str) {
        let data = &self.func.stacks[stack.0 as usize];
        if !data.on_tape {
            let ident = self.stacks.get(&stack).cloned();
            return (ident.unwrap_or_else(|| Ident::new("undefined_stack", Span::mixed_site())), "");
        }
        let suffix = match data.ty {
            Ty::Float(crate::ir::Float::F64) => "_f64",
            Ty::Float(crate::ir::Float::F32) => "_f32",
            Ty::Int(_) | Ty::Bool | Ty::Opaque => "_word",
        };
        (self.tape().clone(), suffix)
    }

    fn opaque(&mut self, opaque: &Opaque, stmt: &Stmt, span: Span) -> TokenStream {
        let expr = &opaque.expr;
        let value = self.substitute(quote!(#expr), opaque);
        let Some(&v) = stmt.out.first() else { return quote!(#value;) };
        if opaque.mutable {
            let ident = self.bind(v);
            return quote_spanned!(span=> let mut #ident = #value;);
        }
        // An integer of a type that rustc infers: that it is no float must be seen to.
        let value = match (self.func.ty(v), &self.rt) {
            (Ty::Int(Int::Infer), rt) => quote_spanned!(span=> #rt::constant(#value)),
            _ => value,
        };
        self.define(stmt, value, span)
    }

    /// `tokens` with the placeholders replaced, also inside macros.
    fn substitute(&self, tokens: TokenStream, opaque: &Opaque) -> TokenStream {
        use proc_macro2::{Delimiter, Group, TokenTree};
        tokens
            .into_iter()
            .map(|tree| match tree {
                TokenTree::Ident(ident) => match opaque.binds.iter().find(|(placeholder, _)| *placeholder == ident) {
                    Some((_, operand)) => {
                        let value = match operand {
                            Operand::Val(v) => self.tokens(*v),
                            Operand::Place(place) if place.path.is_empty() => {
                                let (ident, _) = self.mem(place.mem);
                                quote!(#ident)
                            }
                            Operand::Place(place) => self.place(place),
                        };
                        // An operand of its own: what stands around it is the user's.
                        if value.clone().into_iter().count() == 1 {
                            return value.into_iter().next().unwrap_or(TokenTree::Ident(ident));
                        }
                        TokenTree::Group(Group::new(Delimiter::Parenthesis, value))
                    }
                    None => TokenTree::Ident(ident),
                },
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.substitute(group.stream(), opaque));
                    inner.set_span(group.span());
                    TokenTree::Group(inner)
                }
                other => other,
            })
            .collect()
    }
}

/// One statement for every function that is called: the companion in scope is that function's.
fn witnesses(block: &Block, rt: &TokenStream, seen: &mut Vec<String>, out: &mut Vec<TokenStream>) {
    for stmt in &block.stmts {
        if let Op::Call(call) = &stmt.op {
            let path = &call.path;
            let name = quote!(#path).to_string().replace(' ', "");
            if !seen.contains(&name) {
                out.push(quote_spanned!(ours(stmt.span)=> #rt::same_function(&#path, &#path::__item(), #name);));
                seen.push(name);
            }
        }
        stmt.op.blocks().into_iter().for_each(|b| witnesses(b, rt, seen, out));
    }
}

fn needs_tape(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match &stmt.op {
        Op::Call(call) => matches!(call.form, CallForm::Forward | CallForm::Reverse { .. }),
        op => op.blocks().into_iter().any(needs_tape),
    })
}
