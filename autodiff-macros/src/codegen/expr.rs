//! Expressions: a step of the IR as Rust, with the fewest parentheses that keep its association.

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::body::{Body, Hold};
use super::code::Code;
use crate::ir::{Access, CmpOp, Const, Float, Func, Int, IntOp, Op, Place, Ty, Val, ValData};
use crate::rules::{self, Syntax};

/// How tightly an expression binds, loosest first.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prec {
    /// `if`, and `as`, whose type would swallow a following `<`.
    Loose,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Unary,
    Postfix,
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) code: Code,
    prec: Prec,
    /// Made of literals alone: rustc does not yet know which float it is.
    pub(super) literal: bool,
}

impl Expr {
    fn atom(code: impl Into<Code>) -> Expr {
        Expr { code: code.into(), prec: Prec::Postfix, literal: false }
    }

    /// The tokens, in parentheses if the expression binds less tightly than `prec`.
    fn at(self, prec: Prec) -> Code {
        if self.prec >= prec { self.code } else { self.code.in_group(Delimiter::Parenthesis, Span::call_site()) }
    }

    fn infix(op: &str, prec: Prec, a: Expr, b: Expr) -> Expr {
        // Left-associative: the right operand binds more tightly. Comparisons do not chain at all.
        let tighter = match prec {
            Prec::Loose => Prec::Compare,
            Prec::Compare => Prec::BitOr,
            Prec::BitOr => Prec::BitXor,
            Prec::BitXor => Prec::BitAnd,
            Prec::BitAnd => Prec::Shift,
            Prec::Shift => Prec::Sum,
            Prec::Sum => Prec::Product,
            Prec::Product => Prec::Unary,
            Prec::Unary | Prec::Postfix => Prec::Postfix,
        };
        let literal = a.literal && b.literal;
        let mut code = a.at(if prec == Prec::Compare { tighter } else { prec });
        code.push_operator(op, Span::call_site());
        code.append(b.at(tighter));
        Expr { code, prec, literal }
    }

    fn prefix(op: &str, a: Expr) -> Expr {
        let (literal, mut code) = (a.literal, Code::operator(op, Span::call_site()));
        code.append(a.at(Prec::Unary));
        Expr { code, prec: Prec::Unary, literal }
    }
}

impl Body<'_> {
    /// A scalar: its variable, or the step that computes it.
    pub(super) fn expr(&self, v: Val) -> Expr {
        match self.inline.def(v) {
            Some(op) => self.step(op, v),
            None => Expr::atom(self.var(v)),
        }
    }

    pub(super) fn code(&self, v: Val) -> Code {
        self.expr(v).code
    }

    pub(super) fn tokens(&self, v: Val) -> TokenStream {
        self.code(v).into_token_stream()
    }

    /// Adds to `reads` the scalars with a variable that the expression of `v` reads.
    pub(super) fn variables_of(&self, v: Val, reads: &mut Vec<Val>) {
        match self.inline.def(v) {
            Some(op) => op.each_read(&mut |read| self.variables_of(read, reads)),
            None => reads.push(v),
        }
    }

    /// The tokens as an operand of a prefix operator or `as`.
    pub(super) fn operand(&self, v: Val) -> Code {
        self.expr(v).at(Prec::Unary)
    }

    /// The tokens as an operand of `&&` or `||`.
    pub(super) fn condition(&self, v: Val) -> Code {
        self.expr(v).at(Prec::Compare)
    }

    /// The right-hand side of the statement that defines `out`.
    pub(super) fn step(&self, op: &Op, out: Val) -> Expr {
        let ty = self.func.ty(out);
        match op {
            Op::Const(c) => constant(c, ty, &self.rt),
            Op::Node { rule, args } => {
                let args: Vec<Expr> = args.iter().map(|&a| self.expr(a)).collect();
                self.node(rules::row(*rule).syntax, ty, args)
            }
            Op::Int { op, args } => match (int_op(*op), args.as_slice()) {
                ((symbol, _), [a]) => Expr::prefix(symbol, self.expr(*a)),
                ((symbol, prec), [a, b, ..]) => Expr::infix(symbol, prec, self.expr(*a), self.expr(*b)),
                (_, []) => Expr::atom(Code::default()),
            },
            Op::Cmp { op, a, b } => Expr::infix(cmp_op(*op), Prec::Compare, self.expr(*a), self.expr(*b)),
            Op::Cast(v) => {
                // Unsuffixed, a literal would take the type that it is cast to.
                let operand = match self.inline.def(*v) {
                    Some(Op::Const(c)) => suffixed(c, self.func.ty(*v), &self.rt),
                    _ => self.expr(*v),
                };
                let literal = operand.literal;
                let code = match self.cast_of_param(operand, self.func.ty(*v), ty) {
                    Ok(code) => code,
                    Err(operand) => {
                        let mut code = operand.at(Prec::Unary);
                        code.push_word("as", Span::call_site());
                        code.append(ty_code(ty));
                        code
                    }
                };
                Expr { code, prec: Prec::Loose, literal }
            }
            Op::Select { cond, a, b } => {
                let (cond, a, b) = (self.expr(*cond), self.expr(*a), self.expr(*b));
                let (c, x, y) = (&cond.code, &a.code, &b.code);
                let code = quote!(if #c { #x } else { #y }).into();
                Expr { code, prec: Prec::Loose, literal: a.literal && b.literal }
            }
            Op::Len(place) => Expr::atom(call_method(self.receiver(place), "len", [])),
            Op::Load(place) => self.load(place, out),
            _ => Expr::atom(Code::default()),
        }
    }

    /// A float-valued step, from its row of the rule table.
    fn node(&self, syntax: Syntax, ty: Ty, args: Vec<Expr>) -> Expr {
        let site = Span::call_site();
        let mut args = args.into_iter();
        let code = match (syntax, args.next()) {
            (Syntax::Infix(op), Some(a)) => {
                let prec = if matches!(op, "+" | "-") { Prec::Sum } else { Prec::Product };
                return match args.next() {
                    Some(b) => Expr::infix(op, prec, a, b),
                    None => a,
                };
            }
            (Syntax::Prefix(op), Some(a)) => return Expr::prefix(op, a),
            (Syntax::Float(method), Some(a)) if a.literal || a.code.is_empty() => {
                let mut code = ty_code(ty);
                code.push_operator("::", site);
                code.push_word(method, site);
                code.append(Code::arguments([a].into_iter().chain(args).map(|e| e.code), site));
                code
            }
            (Syntax::Float(method), Some(a)) => call_method(a.at(Prec::Postfix), method, args.map(|e| e.code)),
            (Syntax::Real(method), first) => {
                let (runtime, float) = (self.runtime, ty_tokens(ty));
                let method = Ident::new(method, site);
                let args = first.into_iter().chain(args).map(|e| e.code);
                quote!(<#float as #runtime::Real>::#method(#(#args),*)).into()
            }
            (Syntax::Private(function), first) => {
                let (rt, function) = (&self.rt, Ident::new(function, site));
                let args = first.into_iter().chain(args).map(|e| e.code);
                quote!(#rt::#function(#(#args),*)).into()
            }
            _ => Code::default(),
        };
        Expr::atom(code)
    }

    /// A cast from or to the type of a type parameter, which goes by `f64`: exact for the two types that it can be. Gives any
    /// other operand back.
    fn cast_of_param(&self, operand: Expr, from: Ty, to: Ty) -> Result<Code, Expr> {
        let is_param = |ty: Ty| matches!(ty, Ty::Float(Float::Param(_)));
        if !is_param(from) && !is_param(to) {
            return Err(operand);
        }
        if from == to {
            return Ok(operand.at(Prec::Postfix));
        }
        let code = if is_param(from) { operand.code } else { operand.at(Prec::Unary) };
        let double = double(code.into_token_stream(), from, &self.rt);
        let tokens = match to {
            Ty::Float(Float::F64) => double,
            Ty::Float(Float::Param(_)) => from_double(double, to, &self.rt),
            to => {
                let to = ty_tokens(to);
                quote!(#double as #to)
            }
        };
        Ok(tokens.into())
    }

    /// What is read as inactive from memory whose type the tokens do not give passes the witness that it is no float.
    fn load(&self, place: &Place, out: Val) -> Expr {
        let (code, rt) = (self.place_code(place), &self.rt);
        let ValData { ty, span, .. } = self.func.vals[out.0 as usize];
        let known = self.func.mem(place.mem).elem.is_some();
        let code = match ty {
            // As it was when it was read, like a number.
            Ty::Opaque => quote_spanned!(span=> ::core::clone::Clone::clone(#rt::constant(&#code))).into(),
            Ty::Int(_) | Ty::Bool if !known => quote_spanned!(span=> #rt::constant(#code)).into(),
            _ => code,
        };
        Expr::atom(code)
    }

    /// A place, to read or to assign to.
    pub(super) fn place(&self, place: &Place) -> TokenStream {
        self.place_code(place).into_token_stream()
    }

    pub(super) fn place_code(&self, place: &Place) -> Code {
        let code = self.receiver(place);
        let by_reference = self.mem(place.mem).1 != Hold::Owned;
        if place.path.is_empty() && by_reference { quote!((*#code)).into() } else { code }
    }

    /// A place to call a method of: references are followed.
    pub(super) fn receiver(&self, place: &Place) -> Code {
        let mut code = Code::from(self.mem(place.mem).0);
        for access in &place.path {
            match access {
                Access::Index(v) => code.append(self.code(*v).in_group(Delimiter::Bracket, Span::call_site())),
                Access::Const(k) => {
                    let index = Code::from(Literal::usize_unsuffixed(*k));
                    code.append(index.in_group(Delimiter::Bracket, Span::call_site()));
                }
                Access::Field(name) => {
                    code.push_operator(".", Span::call_site());
                    code.append(Code::from(member(name)));
                }
                Access::Range { lo, len } => {
                    let (lo, len) = (self.tokens(*lo), self.tokens(*len));
                    code.append(quote!([#lo..][..#len]).into());
                }
            }
        }
        code
    }

    /// What stands in the brackets; `None` for a field or a part.
    pub(super) fn index(&self, access: &Access) -> Option<TokenStream> {
        match access {
            Access::Index(v) => Some(self.tokens(*v)),
            Access::Const(k) => Some(Literal::usize_unsuffixed(*k).to_token_stream()),
            Access::Field(_) | Access::Range { .. } => None,
        }
    }

    /// `&place`.
    pub(super) fn place_ref(&self, place: &Place) -> TokenStream {
        let (base, hold) = self.mem(place.mem);
        match (place.path.is_empty(), hold) {
            (true, Hold::Shared | Hold::Given) => base.to_token_stream(),
            (true, Hold::Slot | Hold::List | Hold::Mutable) => quote!(&*#base),
            _ => {
                let tokens = self.place(place);
                quote!(&#tokens)
            }
        }
    }

    /// `&mut place`; of a slot, inside the block where it is on.
    pub(super) fn place_mut(&self, place: &Place) -> TokenStream {
        let (base, hold) = self.mem(place.mem);
        match (place.path.is_empty(), hold) {
            (true, Hold::Slot | Hold::List | Hold::Mutable) => quote!(&mut *#base),
            _ => {
                let tokens = self.place(place);
                quote!(&mut #tokens)
            }
        }
    }
}

/// A type, by a path that the user cannot shadow; `_` where rustc infers it.
pub(super) fn ty_tokens(ty: Ty) -> TokenStream {
    ty_code(ty).into_token_stream()
}

pub(super) fn ty_code(ty: Ty) -> Code {
    let name = match ty {
        Ty::Float(Float::F32) => "f32",
        Ty::Float(Float::F64) => "f64",
        Ty::Float(Float::Param(name)) => return Code::word(name, Span::call_site()),
        Ty::Bool => "bool",
        Ty::Int(int) => match int_name(int) {
            Some(name) => name,
            None => return Code::word("_", Span::call_site()),
        },
        Ty::Opaque => return Code::word("_", Span::call_site()),
    };
    Code::path(&["core", "primitive", name], Span::call_site())
}

/// `receiver.method(args)`.
fn call_method(receiver: Code, method: &str, args: impl IntoIterator<Item = Code>) -> Code {
    let (mut code, site) = (receiver, Span::call_site());
    code.push_operator(".", site);
    code.push_word(method, site);
    code.append(Code::arguments(args, site));
    code
}

/// `: T`, or nothing where rustc infers the type.
pub(super) fn ascription(func: &Func, v: Val) -> Code {
    let mut code = Code::default();
    match func.ty(v) {
        Ty::Opaque | Ty::Int(Int::Infer) => {}
        ty => {
            code.push_operator(":", Span::call_site());
            code.append(ty_code(ty));
        }
    }
    code
}

fn int_name(int: Int) -> Option<&'static str> {
    Some(match int {
        Int::Infer => return None,
        Int::I8 => "i8",
        Int::I16 => "i16",
        Int::I32 => "i32",
        Int::I64 => "i64",
        Int::I128 => "i128",
        Int::Isize => "isize",
        Int::U8 => "u8",
        Int::U16 => "u16",
        Int::U32 => "u32",
        Int::U64 => "u64",
        Int::U128 => "u128",
        Int::Usize => "usize",
    })
}

fn int_op(op: IntOp) -> (&'static str, Prec) {
    match op {
        IntOp::Add => ("+", Prec::Sum),
        IntOp::Sub => ("-", Prec::Sum),
        IntOp::Mul => ("*", Prec::Product),
        IntOp::Div => ("/", Prec::Product),
        IntOp::Rem => ("%", Prec::Product),
        IntOp::Neg => ("-", Prec::Unary),
        IntOp::Not => ("!", Prec::Unary),
        IntOp::BitAnd => ("&", Prec::BitAnd),
        IntOp::BitOr => ("|", Prec::BitOr),
        IntOp::BitXor => ("^", Prec::BitXor),
        IntOp::Shl => ("<<", Prec::Shift),
        IntOp::Shr => (">>", Prec::Shift),
    }
}

fn cmp_op(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Lt => "<",
        CmpOp::Le => "<=",
        CmpOp::Gt => ">",
        CmpOp::Ge => ">=",
        CmpOp::Eq => "==",
        CmpOp::Ne => "!=",
    }
}

/// `name` after a dot: a field's name or a tuple's index.
pub(super) fn member(name: &str) -> TokenStream {
    match name.parse::<usize>() {
        Ok(index) => Literal::usize_unsuffixed(index).to_token_stream(),
        Err(_) => match name.strip_prefix("r#") {
            Some(raw) => Ident::new_raw(raw, Span::call_site()).to_token_stream(),
            None => Ident::new(name, Span::call_site()).to_token_stream(),
        },
    }
}

/// A literal. Only `f32` needs its suffix: elsewhere a lone literal falls back to the right type, or the context gives it.
pub(super) fn constant(c: &Const, ty: Ty, rt: &TokenStream) -> Expr {
    literal(c, ty, ty == Ty::Float(Float::F32), rt)
}

/// A literal that has its type by itself.
pub(super) fn suffixed(c: &Const, ty: Ty, rt: &TokenStream) -> Expr {
    literal(c, ty, true, rt)
}

/// A number of a float type.
pub(super) fn number(value: f64, ty: Ty, rt: &TokenStream) -> TokenStream {
    match ty {
        Ty::Float(Float::Param(_)) => from_double(Literal::f64_unsuffixed(value).to_token_stream(), ty, rt),
        _ => Literal::f64_unsuffixed(value).to_token_stream(),
    }
}

/// An `f64` in the type of a type parameter.
pub(super) fn from_double(value: TokenStream, ty: Ty, rt: &TokenStream) -> TokenStream {
    let to = ty_tokens(ty);
    quote!(#rt::float::<#to>(#value))
}

/// A number of a node, an `f64`, in the type `ty`.
pub(super) fn from_number(number: impl Into<Code>, ty: Ty, rt: &TokenStream) -> Code {
    let number = number.into();
    match ty {
        Ty::Float(Float::F64) => number,
        Ty::Float(Float::Param(_)) => from_double(number.into_token_stream(), ty, rt).into(),
        _ => {
            let to = ty_tokens(ty);
            quote!(#number as #to).into()
        }
    }
}

/// A number of the type `ty` as `f64`.
pub(super) fn double(value: TokenStream, ty: Ty, rt: &TokenStream) -> TokenStream {
    match ty {
        Ty::Float(Float::F64) => value,
        Ty::Float(Float::Param(_)) => quote!(#rt::double(#value)),
        _ => quote!(#value as ::core::primitive::f64),
    }
}

fn literal(c: &Const, ty: Ty, suffix: bool, rt: &TokenStream) -> Expr {
    if let Ty::Float(Float::Param(_)) = ty {
        let value = literal(c, Ty::Float(Float::F64), false, rt).code;
        return Expr::atom(from_double(value.into_token_stream(), ty, rt));
    }
    let suffix = match ty {
        Ty::Float(Float::F32) if suffix => "f32",
        Ty::Float(Float::F64) if suffix => "f64",
        Ty::Int(int) if suffix => int_name(int).unwrap_or(""),
        _ => "",
    };
    let text = match c {
        Const::Bool(b) => {
            let word = Ident::new(if *b { "true" } else { "false" }, Span::call_site());
            return Expr { literal: true, ..Expr::atom(word) };
        }
        Const::Float { value, .. }
            if !value.is_finite() || (ty == Ty::Float(Float::F32) && !(*value as f32).is_finite()) =>
        {
            let (path, name) = (ty_tokens(ty), non_finite(*value));
            let name = Ident::new(name, Span::call_site());
            return Expr::atom(quote!(#path::#name));
        }
        Const::Float { text: Some(text), .. } => float_text(text),
        Const::Float { value, text: None } if ty == Ty::Float(Float::F32) => format!("{:?}", *value as f32),
        Const::Float { value, text: None } => format!("{value:?}"),
        Const::Int(value) => value.to_string(),
    };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.as_str()),
    };
    let mut code = if negative { Code::operator("-", Span::call_site()) } else { Code::default() };
    code.push(number_literal(digits, suffix));
    Expr { code, prec: if negative { Prec::Unary } else { Prec::Postfix }, literal: true }
}

/// The digits as a literal. What Rust would print itself need not be read.
fn number_literal(digits: &str, suffix: &str) -> Literal {
    match digits.parse::<f64>() {
        Ok(value)
            if suffix.is_empty() && digits.contains('.') && digits.trim_end_matches(".0") == value.to_string() =>
        {
            Literal::f64_unsuffixed(value)
        }
        _ => format!("{digits}{suffix}").parse().unwrap_or_else(|_| Literal::f64_unsuffixed(f64::MAX)),
    }
}

fn non_finite(value: f64) -> &'static str {
    match (value.is_nan(), value.is_sign_negative()) {
        (true, _) => "NAN",
        (false, true) => "NEG_INFINITY",
        (false, false) => "INFINITY",
    }
}

/// The user's literal as a float literal that may take a suffix: `1` (of `1f64`) and `1.` become `1.0`.
fn float_text(text: &str) -> String {
    if text.ends_with('.') {
        format!("{text}0")
    } else if text.contains(['.', 'e', 'E']) {
        text.to_string()
    } else {
        format!("{text}.0")
    }
}
