//! Operators: arithmetic, comparisons, the lazy `&&` and `||`, `-`, `!` and `*`.

use syn::BinOp;

use super::extent::Extent;
use super::infer::Class;
use super::value::Value;
use super::{BOOL, Lower, Note, assigned};
use crate::ir::{CmpOp, IntOp, Op, Ty, Val};
use crate::rules::Rule;
use quote::ToTokens;

/// The float step of an operator; it becomes the integer operation where the types say so.
pub(super) fn step(op: &BinOp) -> Option<Rule> {
    Some(match op {
        BinOp::Add(_) => Rule::Add,
        BinOp::Sub(_) => Rule::Sub,
        BinOp::Mul(_) => Rule::Mul,
        BinOp::Div(_) => Rule::Div,
        BinOp::Rem(_) => Rule::Rem,
        _ => return None,
    })
}

fn bit_op(op: &BinOp) -> Option<IntOp> {
    Some(match op {
        BinOp::BitAnd(_) => IntOp::BitAnd,
        BinOp::BitOr(_) => IntOp::BitOr,
        BinOp::BitXor(_) => IntOp::BitXor,
        BinOp::Shl(_) => IntOp::Shl,
        BinOp::Shr(_) => IntOp::Shr,
        _ => return None,
    })
}

fn comparison(op: &BinOp) -> Option<CmpOp> {
    Some(match op {
        BinOp::Lt(_) => CmpOp::Lt,
        BinOp::Le(_) => CmpOp::Le,
        BinOp::Gt(_) => CmpOp::Gt,
        BinOp::Ge(_) => CmpOp::Ge,
        BinOp::Eq(_) => CmpOp::Eq,
        BinOp::Ne(_) => CmpOp::Ne,
        _ => return None,
    })
}

impl Lower<'_> {
    pub(super) fn binary(&mut self, binary: &syn::ExprBinary, whole: &syn::Expr) -> Value {
        if let Some(op) = assigned::compound(&binary.op) {
            return self.compound(&binary.left, &op, &binary.right, whole);
        }
        match &binary.op {
            BinOp::And(_) => return self.lazy(binary, true),
            BinOp::Or(_) => return self.lazy(binary, false),
            _ => {}
        }
        if let Some(op) = comparison(&binary.op) {
            return self.compare(op, binary);
        }
        let a = self.scalar_expr(&binary.left);
        let b = self.scalar_expr(&binary.right);
        Value::Scalar(self.arithmetic(&binary.op, a, b, Extent::of_binary(binary)))
    }

    /// `a op b` of two numbers.
    pub(super) fn arithmetic(&mut self, op: &BinOp, a: Val, b: Val, at: Extent) -> Val {
        if let Some(rule) = step(op) {
            self.agree_vals(at, a, b);
            return self.node(rule, vec![a, b], at);
        }
        let Some(op) = bit_op(op) else {
            self.diag.unsupported(at, "this operator", "write it with `+ - * / %`");
            return self.poison();
        };
        if !matches!(op, IntOp::Shl | IntOp::Shr) {
            self.agree_vals(at, a, b);
        }
        let Some(ty) = self.ty(a) else {
            return self.poison();
        };
        if matches!(self.types.class(ty), Class::SomeFloat | Class::Known(Ty::Float(_))) {
            self.diag.error(at, "bits of floats cannot be combined; write a comparison or an integer");
            return self.poison();
        }
        let out = self.emit(Op::Int { op, args: vec![a, b] }, ty);
        self.notes.insert(out, Note::Scalar { at });
        out
    }

    /// A step whose operands agree already; its type is that of the first.
    pub(super) fn node(&mut self, rule: Rule, args: Vec<Val>, at: Extent) -> Val {
        let inert = args.iter().all(|arg| self.is_inert(*arg));
        let Some(ty) = args.first().and_then(|first| self.ty(*first)) else {
            return self.poison();
        };
        let out = self.emit(Op::Node { rule, args }, ty);
        if self.types.class(ty) == Class::Unknown {
            self.computed.push(ty);
        }
        self.notes.insert(out, Note::Scalar { at });
        if inert {
            self.inert.insert(out);
        }
        out
    }

    fn compare(&mut self, op: CmpOp, binary: &syn::ExprBinary) -> Value {
        let a = self.expr(&binary.left, super::expr::Want::Any);
        let a = match a {
            // Evaluated before the right side, as in Rust.
            Value::Frag(frag) if !frag.pure_ && !super::call::is_simple(&binary.right) => {
                Value::Scalar(self.emit_frag(frag, binary.left.to_token_stream(), false))
            }
            a => a,
        };
        let b = self.expr(&binary.right, super::expr::Want::Any);
        let ty = self.fresh_ty(BOOL);
        if self.is_opaque(&a) && self.is_opaque(&b) {
            let symbol = &binary.op;
            let frag = self.embed(a).join(self.embed(b), |a, b| syn::parse_quote!(#a #symbol #b), ty);
            return Value::Frag(frag);
        }
        let a = self.scalar(a, &binary.left);
        let b = self.scalar(b, &binary.right);
        self.agree_vals(Extent::of_binary(binary), a, b);
        // What is ordered is a number; what is tested for equality may be anything.
        if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
            self.computed.extend(self.ty(a));
        } else if names_variant(&binary.left) || names_variant(&binary.right) {
            self.choices.extend(self.ty(a));
        }
        Value::Scalar(self.emit(Op::Cmp { op, a, b }, ty))
    }

    /// Not known to be a number, and not modelled.
    fn is_opaque(&self, value: &Value) -> bool {
        match value {
            Value::Frag(frag) => matches!(self.types.class(frag.ty), Class::Unknown | Class::Known(Ty::Opaque)),
            Value::Scalar(val) => self.class(*val) == Class::Known(Ty::Opaque),
            Value::Ref(inner) => self.is_opaque(inner),
            _ => false,
        }
    }

    /// `a && b`, `a || b`: evaluates `b` only where Rust does, unless that makes no difference.
    fn lazy(&mut self, binary: &syn::ExprBinary, and: bool) -> Value {
        let a = self.condition(&binary.left);
        if is_safe(&binary.right) {
            let b = self.condition(&binary.right);
            let ty = self.fresh_ty(BOOL);
            let op = if and { IntOp::BitAnd } else { IntOp::BitOr };
            return Value::Scalar(self.emit(Op::Int { op, args: vec![a, b] }, ty));
        }
        let constant = |lower: &mut Self| Value::Scalar(lower.bool(!and));
        let right = |lower: &mut Self| Value::Scalar(lower.condition(&binary.right));
        let names = self.assigned_by_expr(&binary.right);
        let at: (&dyn ToTokens, Extent) = (binary, Extent::of_binary(binary));
        if and {
            self.branch_at(a, &names, usize::MAX, right, constant, at)
        } else {
            self.branch_at(a, &names, usize::MAX, constant, right, at)
        }
    }

    fn bool(&mut self, value: bool) -> Val {
        let ty = self.fresh_ty(BOOL);
        self.emit(Op::Const(crate::ir::Const::Bool(value)), ty)
    }

    pub(super) fn unary(&mut self, unary: &syn::ExprUnary) -> Value {
        match &unary.op {
            syn::UnOp::Neg(_) => {
                if let syn::Expr::Lit(syn::ExprLit { lit: lit @ (syn::Lit::Int(_) | syn::Lit::Float(_)), .. }) =
                    &*unary.expr
                {
                    return self.literal(lit, true);
                }
                let val = self.scalar_expr(&unary.expr);
                Value::Scalar(self.node(Rule::Neg, vec![val], Extent::of_tokens(unary)))
            }
            syn::UnOp::Not(_) => {
                let val = self.scalar_expr(&unary.expr);
                let Some(ty) = self.ty(val) else {
                    return Value::Poison;
                };
                if matches!(self.types.class(ty), Class::SomeFloat | Class::Known(Ty::Float(_))) {
                    return self.refuse(unary, "`!` is for `bool`s and integers; write a comparison: `!(x > 0.0)`");
                }
                self.negated.push(val);
                let out = self.emit(Op::Int { op: IntOp::Not, args: vec![val] }, ty);
                self.notes.insert(out, Note::Scalar { at: Extent::of_tokens(unary) });
                Value::Scalar(out)
            }
            syn::UnOp::Deref(_) => {
                let value = self.expr(&unary.expr, super::expr::Want::Any);
                let value = self.deref(value);
                self.read(value)
            }
            _ => self.unsupported(unary, "this operator", "write it with `-`, `!` or `*`"),
        }
    }

    /// `*value`: references to what is modelled are transparent.
    pub(super) fn deref(&mut self, value: Value) -> Value {
        let ty = self.fresh_ty(Class::Unknown);
        match value {
            Value::Ref(inner) => *inner,
            Value::Frag(frag) => Value::Frag(frag.wrap(|inner| syn::parse_quote!(*#inner), ty)),
            Value::Scalar(val)
                if matches!(self.class(val), Class::Unknown | Class::Known(Ty::Opaque))
                    && self.is_passed_through(val) =>
            {
                Value::Frag(self.frag_of_val(val).wrap(|inner| syn::parse_quote!(*#inner), ty))
            }
            value => value,
        }
    }
}

/// Cannot panic, has no effect, and costs next to nothing, as the tokens show.
pub(super) fn is_safe(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Lit(_) => true,
        syn::Expr::Path(_) => true,
        syn::Expr::Paren(inner) => is_safe(&inner.expr),
        syn::Expr::Group(inner) => is_safe(&inner.expr),
        syn::Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Not(_)) && is_safe(&unary.expr),
        syn::Expr::Binary(binary) => {
            let harmless = comparison(&binary.op).is_some() || matches!(binary.op, BinOp::And(_) | BinOp::Or(_));
            harmless && is_safe(&binary.left) && is_safe(&binary.right)
        }
        _ => false,
    }
}

/// `Shape::Circle`, `Shape::Arc(2)`, `Circle`: by its looks a variant of an enum, which is no number.
pub(super) fn names_variant(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            // Options may hold numbers.
            let of_std = ["Some", "None", "Ok", "Err"].contains(&name.as_str());
            !of_std && name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
        }),
        syn::Expr::Call(call) => names_variant(&call.func),
        syn::Expr::Paren(inner) => names_variant(&inner.expr),
        syn::Expr::Group(inner) => names_variant(&inner.expr),
        syn::Expr::Reference(inner) => names_variant(&inner.expr),
        _ => false,
    }
}
