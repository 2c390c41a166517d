//! Statements: the body of a function as plain Rust.
//!
//! Every scalar that [`Inline`] leaves is bound once: `let z3 = a * b;`. What comes from elsewhere (memory, calls, the user's
//! own Rust) or may be a mere literal is bound with its type, which rustc checks; that of a step follows from its operands. A
//! loop's carried values are mutable variables that keep their final value; a branch is an expression that yields.

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::code::Code;
use super::expr::{ascription, from_number, number, suffixed, ty_code, ty_tokens};
use super::inline::Inline;
use super::names::{Names, ours};
use crate::ir::{Access, Block, Const, Dim, Float, Func, Init, Mem, Op, Part, Place, StackId, Stmt, Ty, Val, Zeros};
use crate::maps::{Hashed, Map};

/// What the variable of a memory object is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// The value itself.
    Owned,
    /// `&value`.
    Shared,
    /// `&mut value`.
    Mutable,
    /// `Option<&mut value>`: a slot, which may be off.
    Slot,
    /// The open slot of a list, which may be off, or shared with others.
    List,
    /// A seed, or its tangent, which may be off: `impl Given`.
    Given,
}

/// How the type of a variable shows.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// By the value that it is given.
    Itself,
    /// It is written where the variable is bound.
    Here,
}

/// A statement; those that add to a slot are wrapped together in one `if let`.
enum Piece {
    Plain(Code),
    Slot(Mem, Code),
}

/// The variables that a function has on entry.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) vars: Map<Val, Ident>,
    pub(super) mems: Map<Mem, (Ident, Hold)>,
    /// The types of the elements of the lists that are held as [`Hold::List`].
    pub(super) lists: Map<Mem, String>,
    /// Of type `&mut Tape`; without it, the function has a tape of its own if it needs one.
    pub(super) tape: Option<Ident>,
    /// Of type `&mut Recorder`.
    pub(super) recorder: Option<Ident>,
    /// The order of the function that is differentiated.
    pub(super) order: usize,
}

/// A body being written.
pub(super) struct Body<'a> {
    pub(super) func: &'a Func,
    pub(super) runtime: &'a syn::Path,
    /// The path of the runtime's support for generated code.
    pub(super) rt: TokenStream,
    pub(super) inline: Inline<'a>,
    pub(super) names: Names,
    pub(super) entry: Entry,
    stacks: Map<StackId, Ident>,
    /// Mutable variables that a loop of the block at hand may go on with, because nothing else reads them any more.
    /// The carried value of the loop around is so only where it becomes the given value.
    pub(super) reusable: Hashed<Val, Option<Val>>,
    /// Unnamed scalars are numbered as in an evaluation trace.
    count: usize,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        func: &'a Func,
        inline: Inline<'a>,
        runtime: &'a syn::Path,
        names: Names,
        entry: Entry,
    ) -> Body<'a> {
        Body {
            func,
            runtime,
            rt: quote!(#runtime::__private),
            inline,
            names,
            entry,
            stacks: Map::default(),
            reusable: Hashed::default(),
            count: 0,
        }
    }

    /// The statements. Results are then read by [`Body::tokens`].
    pub(super) fn write(&mut self) -> TokenStream {
        let tape = if self.entry.tape.is_none() && needs_tape(&self.func.body) {
            let (tape, rt) = (self.names.fresh("tape", Span::call_site()), &self.rt);
            let new = quote!(let #tape = &mut #rt::Tape::new(););
            self.entry.tape = Some(tape);
            new
        } else {
            TokenStream::new()
        };
        let stmts = self.stmts(&self.func.body).into_token_stream();
        quote!(#tape #stmts)
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

    pub(super) fn tape(&self) -> Ident {
        // Unreachable without one: [`Body::write`] makes it where a statement needs it.
        self.entry.tape.clone().unwrap_or_else(|| Ident::new("undefined_tape", Span::mixed_site()))
    }

    pub(super) fn recorder(&self) -> Option<&Ident> {
        self.entry.recorder.as_ref()
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

    /// The statements of a block, in the scope that the caller opened.
    pub(super) fn stmts(&mut self, block: &'a Block) -> Code {
        let mut code = Code::default();
        let mut slot: Option<(Mem, Code)> = None;
        for stmt in &block.stmts {
            match self.stmt(stmt) {
                Some(Piece::Slot(mem, inner)) => match &mut slot {
                    Some((open, group)) if *open == mem => group.append(inner),
                    _ => {
                        if let Some((mem, group)) = slot.replace((mem, inner)) {
                            code.append(self.when_on(mem, group));
                        }
                    }
                },
                Some(Piece::Plain(plain)) => {
                    if let Some((mem, group)) = slot.take() {
                        code.append(self.when_on(mem, group));
                    }
                    code.append(plain);
                }
                None => {}
            }
        }
        if let Some((mem, group)) = slot {
            code.append(self.when_on(mem, group));
        }
        code
    }

    /// `if let Some(w_bar) = w_bar.as_deref_mut() { .. }`
    fn when_on(&self, mem: Mem, inner: Code) -> Code {
        let ((slot, hold), rt) = (self.mem(mem), &self.rt);
        let inner = inner.into_token_stream();
        let tokens = match hold {
            Hold::List => quote! {
                if let ::core::option::Option::Some(mut #slot) = #rt::OpenList::on(&mut #slot) { #inner }
            },
            _ => quote! {
                if let ::core::option::Option::Some(#slot) = #slot.as_deref_mut() { #inner }
            },
        };
        tokens.into()
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Option<Piece> {
        if let [v] = stmt.out.as_slice()
            && self.inline.def(*v).is_some()
        {
            return None;
        }
        let span = ours(stmt.span);
        let written = match &stmt.op {
            // The variable may be read again.
            Op::Store { place, value } if self.inline.is_copy(*value) => {
                let (target, value) = (self.place(place), self.tokens(*value));
                return Some(Piece::Plain(
                    quote_spanned!(span=> #target = ::core::clone::Clone::clone(&#value);).into(),
                ));
            }
            Op::Store { place, value } => {
                return Some(Piece::Plain(assign(self.place_code(place), "=", self.code(*value), span)));
            }
            Op::Accum { place, value } if self.is_list_element(place) => {
                return Some(Piece::Plain(self.add_at(place, *value, span)));
            }
            Op::Accum { place, value } => (place.mem, assign(self.place_target(place), "+=", self.code(*value), span)),
            Op::Clear(place) => {
                let (target, rt) = (self.place_mut(place), &self.rt);
                let clear = quote_spanned!(span=> { use #rt::ClearNothing as _; #rt::Clear(#target).clear(); });
                (place.mem, clear.into())
            }
            Op::AddMem { dst, src } => {
                let (target, source, rt) = (self.place_mut(dst), self.place_ref(src), &self.rt);
                let [to, from] = [dst, src].map(|place| self.func.mem(place.mem));
                // A struct of the function's own may hold in a constant field what is differentiated.
                let constants = !to.clean && !from.clean;
                let mut add = match to.elem {
                    None if to.part != Part::Whole || !dst.path.is_empty() => {
                        let add = if constants { quote!(add_all) } else { quote!(add) };
                        let moved = [to, from].iter().any(|data| data.part == Part::Moved);
                        let other = if moved { quote!(AddNothing) } else { quote!(AddConstant) };
                        quote_spanned!(span=> { use #rt::#other as _; #rt::Add(#target, #source).#add(); })
                    }
                    None if constants => {
                        quote_spanned!(span=> #rt::add_assign(#target, #source); #rt::add_constants(#target, #source);)
                    }
                    _ => quote_spanned!(span=> #rt::add_assign(#target, #source);),
                };
                if self.mem(src.mem).1 == Hold::Given {
                    let given = self.mem(src.mem).0;
                    add = quote_spanned! {span=>
                        if let ::core::option::Option::Some(#given) = #rt::Given::given(&#given) { #add }
                    };
                }
                (dst.mem, add.into())
            }
            _ => return Some(Piece::Plain(self.plain(stmt, span))),
        };
        Some(match self.mem(written.0).1 {
            Hold::Slot | Hold::List => Piece::Slot(written.0, written.1),
            _ => Piece::Plain(written.1),
        })
    }

    /// Whether a place is a number of a list that is an open slot.
    fn is_list_element(&self, place: &Place) -> bool {
        let index = matches!(place.path.as_slice(), [Access::Index(_) | Access::Const(_)]);
        index
            && self.mem(place.mem).1 == Hold::List
            && self.func.mem(place.mem).elem.is_some_and(|ty| ty.float().is_some())
    }

    /// `add_at(&mut w_bar, i, value);`
    fn add_at(&self, place: &Place, value: Val, span: Span) -> Code {
        let (list, rt) = (self.mem(place.mem).0, &self.rt);
        let index = match place.path.first() {
            Some(Access::Index(v)) => self.code(*v),
            Some(Access::Const(k)) => Literal::usize_unsuffixed(*k).into(),
            _ => Code::default(),
        };
        let value = self.code(value);
        quote_spanned!(span=> #rt::add_at(&mut #list, #index, #value);).into()
    }

    /// The left-hand side of `+=`.
    fn place_target(&self, place: &Place) -> Code {
        let code = self.receiver(place);
        let by_reference = self.mem(place.mem).1 != Hold::Owned;
        if place.path.is_empty() && by_reference { quote!(*#code).into() } else { code }
    }

    fn plain(&mut self, stmt: &'a Stmt, span: Span) -> Code {
        match &stmt.op {
            Op::Record(record) => {
                let value = self.record(record);
                let ty = stmt.out.first().map_or(Ty::Float(Float::F64), |&v| self.func.ty(v));
                let number = from_number(value, ty, &self.rt);
                // An unread step is recorded all the same.
                self.define(stmt, number, Typed::Itself, span)
            }
            Op::Const(_)
            | Op::Node { .. }
            | Op::Int { .. }
            | Op::Cmp { .. }
            | Op::Cast(_)
            | Op::Select { .. }
            | Op::Len(_)
            | Op::Load(_) => match stmt.out.as_slice() {
                [v] if self.inline.uses(*v) > 0 => {
                    let value = self.step(&stmt.op, *v);
                    let typed = match &stmt.op {
                        Op::Node { .. } if !value.literal => Typed::Itself,
                        Op::Cmp { .. } | Op::Cast(_) | Op::Len(_) => Typed::Itself,
                        _ => Typed::Here,
                    };
                    self.define(stmt, value.code, typed, span)
                }
                // A step without effect whose result nobody reads.
                _ => Code::default(),
            },
            _ => self.structured(stmt, span),
        }
    }

    /// A statement that is more than one step.
    fn structured(&mut self, stmt: &'a Stmt, span: Span) -> Code {
        let tokens = match &stmt.op {
            Op::Alloc { mem, init } => self.alloc(*mem, init, span),
            Op::Swap { a, b } => self.swap(a, b, span),
            Op::Resize { mem, to, zeros, .. } => {
                let (vector, to) = (self.mem(*mem).0, self.tokens(*to));
                match zeros {
                    Zeros::Numbers => {
                        let zero = match self.func.mem(*mem).elem {
                            Some(Ty::Int(_)) => quote!(0),
                            Some(Ty::Bool) => quote!(false),
                            elem => number(0.0, elem.unwrap_or(Ty::Opaque), &self.rt),
                        };
                        quote_spanned!(span=> #vector.resize(#to, #zero);)
                    }
                    Zeros::Like(like) => {
                        let (like, rt) = (self.place_ref(like), &self.rt);
                        quote_spanned!(span=> #vector.resize_with(#to, || #rt::zeros(#like));)
                    }
                    Zeros::None | Zeros::Last(_) => quote_spanned!(span=> #vector.truncate(#to);),
                }
            }
            Op::NewStack(stack) => {
                let data = &self.func.stacks[stack.0 as usize];
                if data.on_tape {
                    return Code::default();
                }
                // Of whole values of types that the tokens do not show, where it is not known.
                let (rt, ty) = (self.rt.clone(), if data.ty == Ty::Opaque { quote!(_) } else { ty_tokens(data.ty) });
                let hint = data.name.as_ref().map_or("stack".to_string(), |n| format!("{n}_stack"));
                let ident = self.names.fresh(&hint, stmt.span);
                self.stacks.insert(*stack, ident.clone());
                quote_spanned!(span=> let mut #ident: #rt::Stack<#ty> = #rt::Stack::new();)
            }
            Op::Push { stack, value } => {
                let is_opaque = self.func.ty(*value) == Ty::Opaque;
                let (value, (owner, suffix)) = (self.tokens(*value), self.stack(*stack));
                let push = Ident::new(&format!("push{suffix}"), span);
                if is_opaque {
                    return quote_spanned!(span=> #owner.#push(::core::clone::Clone::clone(&#value));).into();
                }
                quote_spanned!(span=> #owner.#push(#value);)
            }
            Op::Pop(stack) => {
                let (owner, suffix) = self.stack(*stack);
                let pop = Ident::new(&format!("pop{suffix}"), span);
                return self.define(stmt, quote_spanned!(span=> #owner.#pop()).into(), Typed::Here, span);
            }
            Op::Save { stack, mem } => {
                let (value, owner) = (self.place_ref(&Place::whole(*mem)), self.stack(*stack).0);
                if self.func.stacks[stack.0 as usize].ty == Ty::Opaque {
                    return quote_spanned!(span=> #owner.push_copy(#value);).into();
                }
                quote_spanned!(span=> #owner.save(#value);)
            }
            Op::Restore { stack, mem } => {
                let (target, owner) = (self.place_mut(&Place::whole(*mem)), self.stack(*stack).0);
                if self.func.stacks[stack.0 as usize].ty == Ty::Opaque {
                    return quote_spanned!(span=> #owner.pop_copy(#target);).into();
                }
                quote_spanned!(span=> #owner.restore(#target);)
            }
            Op::If { cond, then, els } => {
                let value = match self.short_circuit(*cond, then, els, &stmt.out) {
                    Some(value) => value,
                    None => self.branch(*cond, then, els, span),
                };
                return match stmt.out.as_slice() {
                    [] => value,
                    [_] => self.define(stmt, value, Typed::Here, span),
                    out => self.define_all(out, value, span),
                };
            }
            Op::For(f) => return self.for_loop(f, &stmt.out, span),
            Op::Call(call) => self.call(call, &stmt.out, span),
            Op::Opaque(opaque) => return self.opaque(opaque, stmt, span),
            // A step has been written.
            _ => return Code::default(),
        };
        tokens.into()
    }

    /// `let z: T = value;`
    pub(super) fn define(&mut self, stmt: &Stmt, value: Code, typed: Typed, span: Span) -> Code {
        let mut code = Code::default();
        if let Some(&v) = stmt.out.first() {
            code.push_word("let", span);
            if self.inline.uses(v) == 0 {
                code.push_word("_", span);
            } else {
                code.push(self.bind(v));
            }
            if typed == Typed::Here {
                code.append(ascription(self.func, v));
            }
            code.push_operator("=", span);
        }
        code.append(value);
        code.push_operator(";", span);
        code
    }

    /// `let (y, z): (T, U) = value;`
    fn define_all(&mut self, out: &[Val], value: Code, span: Span) -> Code {
        let (mut names, mut types) = (Vec::new(), Vec::new());
        for &v in out {
            types.push(ty_code(self.func.ty(v)));
            names.push(if self.inline.uses(v) == 0 { Code::word("_", span) } else { self.bind(v).into() });
        }
        let mut code = Code::word("let", span);
        code.append(Code::arguments(names, span));
        code.push_operator(":", span);
        code.append(Code::arguments(types, span));
        code.push_operator("=", span);
        code.append(value);
        code.push_operator(";", span);
        code
    }

    /// `a && b` and `a || b`, which are branches between one boolean and a constant.
    fn short_circuit(&self, cond: Val, then: &Block, els: &Block, out: &[Val]) -> Option<Code> {
        let is_value = |block: &Block| block.stmts.iter().all(|s| self.is_inlined(s));
        let is = |v: Val, value: bool| matches!(self.inline.def(v), Some(Op::Const(Const::Bool(b))) if *b == value);
        match (out, then.yields.as_slice(), els.yields.as_slice()) {
            ([_], &[a], &[b]) if is_value(then) && is_value(els) && self.func.ty(a) == Ty::Bool => {
                let (op, other) = if is(b, false) {
                    ("&&", a)
                } else if is(a, true) {
                    ("||", b)
                } else {
                    return None;
                };
                let mut code = self.condition(cond);
                code.push_operator(op, Span::call_site());
                code.append(self.condition(other));
                Some(code)
            }
            _ => None,
        }
    }

    /// `if cond { .. } else { .. }`, an expression or a statement.
    fn branch(&mut self, cond: Val, then: &'a Block, els: &'a Block, span: Span) -> Code {
        let mut code = Code::word("if", span);
        code.append(self.code(cond));
        code.append(self.arm(then).in_group(Delimiter::Brace, span));
        // `else if`: the other arm is nothing but a branch whose results it yields.
        let mut rest = els.stmts.iter().filter(|s| !self.is_inlined(s));
        let chained = match (rest.next(), rest.next()) {
            (Some(Stmt { op: Op::If { cond, then, els: last }, out, .. }), None) if *out == els.yields => {
                Some((*cond, then, last))
            }
            _ => None,
        };
        let els = match chained {
            Some((c, t, e)) => self.branch(c, t, e, span),
            None => {
                let els = self.arm(els);
                if els.is_empty() {
                    return code;
                }
                els.in_group(Delimiter::Brace, span)
            }
        };
        code.push_word("else", span);
        code.append(els);
        code
    }

    fn is_inlined(&self, stmt: &Stmt) -> bool {
        matches!(stmt.out.as_slice(), [v] if self.inline.def(*v).is_some())
    }

    fn arm(&mut self, block: &'a Block) -> Code {
        let scope = self.names.open();
        let outer = std::mem::take(&mut self.reusable);
        let mut code = self.stmts(block);
        self.reusable = outer;
        self.names.close(scope);
        match block.yields.as_slice() {
            [] => {}
            [v] => code.append(self.code(*v)),
            many => code.append(Code::arguments(many.iter().map(|&v| self.code(v)), Span::call_site())),
        }
        code
    }

    fn alloc(&mut self, mem: Mem, init: &Init, span: Span) -> TokenStream {
        let value = match init {
            Init::Fill { value, dims } => {
                let mut filled = self.leaf(*value);
                for (depth, dim) in dims.iter().enumerate().rev() {
                    filled = match dim {
                        // In the shape of what was written as `vec![a, b]`.
                        Dim::Fixed { tokens, .. } if depth == 0 && self.func.mem(mem).is_vec => {
                            let rt = &self.rt;
                            quote_spanned!(span=> #rt::vec![#filled; #tokens])
                        }
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
                // Literals that a callee gives their type, or nobody, have it as in the user's function.
                let literals = items.iter().all(|&v| matches!(self.inline.def(v), Some(Op::Const(_))));
                let open = self.func.mem(mem).elem == Some(Ty::Float(Float::F64)) && self.inline.is_only_passed(mem);
                let mut level: Vec<TokenStream> =
                    items.iter().map(|&v| if literals && open { self.tokens(v) } else { self.leaf(v) }).collect();
                for &n in shape.iter().skip(1).rev() {
                    level = level.chunks(n.max(1)).map(|row| quote_spanned!(span=> [#(#row),*])).collect();
                }
                quote_spanned!(span=> [#(#level),*])
            }
            Init::Copy(place) => {
                let (source, rt) = (self.place_ref(place), &self.rt);
                quote_spanned!(span=> #rt::ToOwned::to_owned(#source))
            }
            Init::Build(build) => {
                let made = &build.made.expr;
                self.substitute(quote!(#made), &build.made, span)
            }
            Init::Popped(popped) if self.func.stacks[popped.stack.0 as usize].on_tape => {
                let (tape, like) = (self.stack(popped.stack).0, self.like(&popped.like));
                quote_spanned!(span=> #tape.pop_as(|| #like))
            }
            Init::Popped(popped) => {
                let stack = self.stack(popped.stack).0;
                quote_spanned!(span=> #stack.pop())
            }
            Init::ZerosLike(place) => {
                let (shape, rt) = (self.place_ref(place), &self.rt);
                // Fields that a struct holds constant have no tangent.
                let data = self.func.mem(mem);
                match data.elem {
                    None if data.gradient => quote_spanned!(span=> #rt::zeros(#shape)),
                    None if data.part != Part::Whole || !place.path.is_empty() => {
                        let other = if data.part == Part::Moved { quote!(BlankCopy) } else { quote!(BlankConstant) };
                        quote_spanned!(span=> { use #rt::#other as _; #rt::Blank(#shape).blank() })
                    }
                    None => quote_spanned!(span=> #rt::blank(#shape)),
                    Some(_) => quote_spanned!(span=> #rt::zeros(#shape)),
                }
            }
        };
        let is_vec = matches!(init, Init::List { .. } | Init::Copy(_)) && self.func.mem(mem).is_vec;
        let value = match is_vec && self.inline.is_resized(mem) {
            true => {
                let rt = &self.rt;
                match (init, self.func.mem(mem).elem) {
                    // Nothing may tell what its elements are where it is looked at first.
                    (Init::List { items, .. }, Some(elem)) if items.is_empty() => {
                        let elem = super::scalar_type(elem);
                        quote_spanned!(span=> #rt::Vec::<#elem>::from(#value))
                    }
                    _ => quote_spanned!(span=> #rt::Vec::from(#value)),
                }
            }
            false => value,
        };
        let data = self.func.mem(mem);
        let ident = self.names.fresh(data.name.as_deref().unwrap_or("a"), data.span);
        self.entry.mems.insert(mem, (ident.clone(), Hold::Owned));
        let mutable = self.inline.is_written(mem).then(|| quote!(mut));
        quote_spanned!(span=> let #mutable #ident = #value;)
    }

    /// Two elements of one sequence, or two variables.
    fn swap(&self, a: &Place, b: &Place, span: Span) -> TokenStream {
        let split = |place: &Place| {
            let (last, rest) = place.path.split_last()?;
            Some((self.receiver(&Place { mem: place.mem, path: rest.to_vec() }), self.index(last)?))
        };
        match (split(a), split(b)) {
            (Some((of, i)), Some((with, j)))
                if of.to_token_stream().to_string() == with.to_token_stream().to_string() =>
            {
                quote_spanned!(span=> #of.swap(#i, #j);)
            }
            _ => {
                let (a, b) = (self.place_mut(a), self.place_mut(b));
                quote_spanned!(span=> ::core::mem::swap(#a, #b);)
            }
        }
    }

    /// A leaf of a new array, whose type is nowhere else.
    fn leaf(&self, v: Val) -> TokenStream {
        match (self.inline.def(v), self.func.ty(v)) {
            (Some(Op::Const(c)), ty) => suffixed(c, ty, &self.rt).code.into_token_stream(),
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
            Ty::Float(Float::F64) => "_f64",
            Ty::Float(Float::F32) => "_f32",
            Ty::Float(Float::Param(_)) => "_float",
            Ty::Int(_) | Ty::Bool | Ty::Opaque => "_word",
        };
        (self.tape(), suffix)
    }
}

/// `place op value;`
pub(super) fn assign(place: Code, op: &str, value: Code, span: Span) -> Code {
    let mut code = place;
    code.push_operator(op, span);
    code.append(value);
    code.push_operator(";", span);
    code
}

/// Inactive Rust and paths of callees appear as they are: no name of ours may hide theirs.
pub(super) fn reserve_user_names(block: &Block, names: &mut Names) {
    for stmt in &block.stmts {
        match &stmt.op {
            Op::Opaque(opaque) => {
                let expr = &opaque.expr;
                names.reserve(quote!(#expr));
            }
            Op::Alloc { init: Init::Build(build), .. } => {
                let expr = &build.made.expr;
                names.reserve(quote!(#expr));
            }
            Op::Call(call) => {
                let (path, companion) = (&call.path, &call.companion);
                names.reserve(quote!(#path #companion));
            }
            Op::Alloc { init: Init::Fill { dims, .. }, .. } => {
                for dim in dims {
                    if let Dim::Fixed { tokens, .. } = dim {
                        names.reserve(tokens.clone());
                    }
                }
            }
            op => op.blocks().into_iter().for_each(|b| reserve_user_names(b, names)),
        }
    }
}

fn needs_tape(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match &stmt.op {
        Op::Call(call) => call.form.is_half(),
        op => op.blocks().into_iter().any(needs_tape),
    })
}
