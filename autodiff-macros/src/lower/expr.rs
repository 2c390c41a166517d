//! Expressions.

use proc_macro2::Span;
use quote::ToTokens;

use super::exit::{Exit, Position};
use super::extent::{self, Extent};
use super::goes::Goes;
use super::growing::element_type;
use super::infer::Class;
use super::value::{Form, Value};
use super::{BOOL, Lower, Note, grown};
use crate::fence;
use crate::ir::{Const, Op, Ty, Val};

/// How the value of an expression is used, where that decides what it is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Any,
    /// As a number.
    Scalar,
    /// A tuple of so many parts.
    Tuple(usize),
    /// Not at all.
    Nothing,
}

impl Lower<'_> {
    /// Evaluates an expression.
    pub(super) fn expr(&mut self, expr: &syn::Expr, want: Want) -> Value {
        let outer = std::mem::replace(&mut self.b.span, extent::first(expr));
        let position = std::mem::take(&mut self.position);
        let typed = (position.tail == Some(Exit::Break(0))).then(|| self.expect_result(expr)).flatten();
        let expr = typed.as_ref().unwrap_or(expr);
        let expected = self.expected.take();
        let goes = std::mem::take(&mut self.goes);
        let barrier = self.barrier;
        if !position.structural {
            // What is around the expression would still be evaluated after a jump out of it.
            self.barrier = self.frames.len();
        }
        let value = self.expr_inner(expr, (want, goes), position, expected);
        self.barrier = barrier;
        self.b.span = outer;
        value
    }

    /// The expression, which is next, gives what the function returns. A vector without elements gets their type.
    pub(super) fn expect_result(&mut self, expr: &syn::Expr) -> Option<syn::Expr> {
        let (ty, goes) = self.returns.clone()?;
        self.goes = goes;
        // Other types show elsewhere.
        let is_needed = matches!(ty, syn::Type::Array(_)) || element_type(&ty).is_some();
        self.expected = is_needed.then(|| ty.clone());
        grown::empty(expr).and_then(|_| self.typed(expr, &ty))
    }

    fn expr_inner(
        &mut self,
        expr: &syn::Expr,
        (want, goes): (Want, Goes),
        position: Position,
        expected: Option<syn::Type>,
    ) -> Value {
        if let syn::Expr::Closure(closure) = expr {
            return self.closure(closure);
        }
        if let Some((what, instead)) = fence::expression(expr) {
            return self.unsupported(expr, what, instead);
        }
        match expr {
            syn::Expr::Paren(syn::ExprParen { expr, .. }) | syn::Expr::Group(syn::ExprGroup { expr, .. }) => {
                self.position = position;
                self.expected = expected;
                self.goes = goes;
                self.expr(expr, want)
            }
            syn::Expr::Lit(lit) => self.literal(&lit.lit, false),
            syn::Expr::Path(path) => self.path(path),
            syn::Expr::Unary(unary) => self.unary(unary),
            syn::Expr::Binary(binary) => self.binary(binary, expr),
            syn::Expr::Cast(cast) => self.cast(cast),
            syn::Expr::Reference(reference) => self.reference(reference),
            syn::Expr::Field(_) | syn::Expr::Index(_) => self.read_place(expr),
            syn::Expr::Tuple(tuple) => self.tuple(tuple, &goes),
            syn::Expr::Array(array) => self.array_literal(array.elems.iter().cloned().collect(), false, expr),
            syn::Expr::Repeat(repeat) => self.array_repeat(repeat),
            syn::Expr::Block(block) => {
                self.position = position;
                match &block.label {
                    Some(label) => self.labelled_block(block, label, want),
                    None => self.block(&block.block, want),
                }
            }
            syn::Expr::If(branch) => {
                self.position = position;
                self.choosing(&goes, |lower| lower.if_expr(branch, want))
            }
            syn::Expr::Match(choice) => {
                self.position = position;
                self.choosing(&goes, |lower| lower.match_expr(choice, want))
            }
            syn::Expr::ForLoop(loop_) => self.for_loop(loop_, expr),
            syn::Expr::While(loop_) => self.while_loop(loop_, expr),
            syn::Expr::Loop(loop_) => self.endless_loop(loop_, want, expr),
            syn::Expr::Return(_) | syn::Expr::Break(_) | syn::Expr::Continue(_) => self.jump(expr, position),
            syn::Expr::Assign(assign) => self.assign(&assign.left, &assign.right, expr),
            syn::Expr::Call(call) => self.call(call, expected.as_ref(), (want, goes)),
            syn::Expr::MethodCall(call) => self.method_call(call, expected.as_ref(), (want, goes)),
            syn::Expr::Macro(mac) => self.macro_call(&mac.mac, want, expr),
            syn::Expr::Struct(literal) => self.struct_literal(literal),
            // Ranges: passed through where they are inactive.
            _ => Value::Frag(self.pass_through(expr)),
        }
    }

    /// Evaluates an expression to a number.
    pub(super) fn scalar_expr(&mut self, expr: &syn::Expr) -> Val {
        let value = self.expr(expr, Want::Scalar);
        let outer = std::mem::replace(&mut self.b.span, extent::first(expr));
        let val = self.scalar(value, expr);
        self.b.span = outer;
        val
    }

    /// The number that a value is, read now.
    pub(super) fn scalar(&mut self, value: Value, at: impl ToTokens) -> Val {
        match value {
            Value::Scalar(val) => val,
            Value::Ref(inner) => self.scalar(*inner, at),
            Value::Place(spot) => match spot.form.clone() {
                Form::Scalar(ty) => self.load(spot.place, ty),
                Form::Unknown(path) => {
                    let ty = self.leaf(spot.place.mem, path);
                    self.load(spot.place, ty)
                }
                Form::Seq(..) | Form::Tuple(_) => {
                    self.diag.unsupported(
                        at,
                        "arithmetic on whole arrays and tuples",
                        "write a loop over the elements, or name the element: `x[i]`",
                    );
                    self.poison()
                }
            },
            Value::Frag(frag) => self.emit_frag(frag, at.to_token_stream(), false),
            Value::View(_) => {
                self.diag.unsupported(
                    at,
                    "arithmetic on a part of an array",
                    "write a loop over the elements, or name the element: `x[i]`",
                );
                self.poison()
            }
            Value::Stream(_) | Value::Closure(_) => {
                self.diag.error(at, "a number is needed here: run the iterator, `.sum::<f64>()`, or call the closure");
                self.poison()
            }
            Value::Optional(..) => {
                self.diag.error(
                    at,
                    "a number is needed here, and this is an `Option`: `.unwrap()`, or `if let Some(v) = ..`",
                );
                self.poison()
            }
            Value::Struct(..) => {
                self.diag.error(at, "a number is needed here, and this is a struct: name the field, `p.x`");
                self.poison()
            }
            Value::Tuple(_) => {
                self.diag
                    .error(at, "a number is needed here, and this is a tuple: name the part, as in `let (a, b) = ..`");
                self.poison()
            }
            Value::Unit => {
                self.diag.error(
                    at,
                    "a number is needed here, and this has no value: is there a `;` too many, or an `else` missing?",
                );
                self.poison()
            }
            // Never reached; any value of the right type will do.
            Value::Never | Value::Exit => self.dummy(),
            Value::Poison => self.poison(),
        }
    }

    /// A value for code that is never reached: zero, of the type that the context gives.
    pub(super) fn dummy(&mut self) -> Val {
        let ty = self.fresh_ty(Class::Unknown);
        self.emit(Op::Const(Const::Float { value: 0.0, text: None }), ty)
    }

    /// A condition.
    pub(super) fn condition(&mut self, expr: &syn::Expr) -> Val {
        let val = self.scalar_expr(expr);
        self.narrow_val(expr, val, BOOL);
        val
    }

    fn path(&mut self, path: &syn::ExprPath) -> Value {
        if let Some(ident) = path.path.get_ident().filter(|_| path.qself.is_none())
            && let Some(binding) = self.env.get(&ident.to_string())
        {
            return match &binding.value {
                Some(value) => self.read(value.clone()),
                None => self.without_value(&ident.to_string(), path),
            };
        }
        Value::Frag(self.constant_path(path))
    }

    /// Reads a variable: numbers in memory are read now, what may be an aggregate stays an alias.
    pub(super) fn read(&mut self, value: Value) -> Value {
        match value {
            Value::Place(spot) => match spot.form {
                Form::Scalar(ty) => Value::Scalar(self.load(spot.place, ty)),
                _ => Value::Place(spot),
            },
            value => value,
        }
    }

    fn tuple(&mut self, tuple: &syn::ExprTuple, goes: &Goes) -> Value {
        if tuple.elems.is_empty() {
            return Value::Unit;
        }
        let mut parts = Vec::new();
        for (i, elem) in tuple.elems.iter().enumerate() {
            self.goes = goes.part(i);
            let value = self.expr(elem, Want::Any);
            parts.push(self.settle(value, elem));
        }
        Value::Tuple(parts)
    }

    /// A value as it is now, whatever is written later: what is stored in a tuple or bound by `let`.
    pub(super) fn settle(&mut self, value: Value, at: impl ToTokens) -> Value {
        match value {
            Value::Frag(frag) if !frag.pure_ => Value::Scalar(self.emit_frag(frag, at.to_token_stream(), false)),
            // What nobody else has stays as it is.
            Value::Place(spot) if self.is_new_result(&spot) => Value::Place(spot),
            Value::Place(spot) => self.own(spot, false),
            Value::Struct(maker, parts) => {
                let at = at.to_token_stream();
                Value::Struct(maker, parts.into_iter().map(|part| self.settle(part, &at)).collect())
            }
            value => value,
        }
    }

    fn cast(&mut self, cast: &syn::ExprCast) -> Value {
        let target = crate::signature::scalar(&cast.ty);
        let infer = matches!(&*cast.ty, syn::Type::Infer(_));
        let val = self.scalar_expr(&cast.expr);
        if let (Some(_), syn::Type::Path(path)) = (target, &*cast.ty)
            && let Some(name) = path.path.get_ident()
        {
            self.means_primitive(name);
        }
        let class = match target {
            Some(ty) => Class::Known(ty),
            None if infer => Class::Unknown,
            None => {
                self.diag.error(&cast.ty, "the type of a cast must be written out: `as f64`, `as usize`");
                return Value::Poison;
            }
        };
        let ty = self.fresh_ty(class);
        if self.class(val) == Class::Known(Ty::Opaque) {
            let cast_ty = &cast.ty;
            let frag = self.frag_of_val(val).wrap(|inner| syn::parse_quote!(#inner as #cast_ty), ty);
            return Value::Frag(frag);
        }
        self.casts.push(val);
        let out = self.emit(Op::Cast(val), ty);
        self.notes.insert(out, Note::Scalar { at: Extent::of_tokens(cast) });
        if self.is_inert(val) {
            self.inert.insert(out);
        }
        Value::Scalar(out)
    }

    fn reference(&mut self, reference: &syn::ExprReference) -> Value {
        if reference.mutability.is_some() {
            return self.reference_mut(reference);
        }
        self.goes = Goes::Memory(None);
        match self.expr(&reference.expr, Want::Any) {
            Value::Poison => Value::Poison,
            Value::Frag(frag) => {
                let ty = self.fresh_ty(Class::Known(Ty::Opaque));
                let numeric = !matches!(self.types.class(frag.ty), Class::Unknown | Class::Known(Ty::Opaque));
                if numeric {
                    Value::Ref(Box::new(Value::Frag(frag)))
                } else {
                    Value::Frag(frag.wrap(|inner| syn::parse_quote!(&#inner), ty))
                }
            }
            value => Value::Ref(Box::new(value)),
        }
    }

    /// Span of the statement under construction.
    pub(super) fn here(&self) -> Span {
        self.b.span
    }
}
