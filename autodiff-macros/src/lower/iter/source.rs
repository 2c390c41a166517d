//! Where chains begin: ranges, sequences, parts of sequences, and `zip`.

use quote::quote;

use super::super::goes::Goes;
use super::super::infer::Class;
use super::super::place::literal_index;
use super::super::value::{Form, Seq, Spot, Value, View};
use super::super::{Lower, OPAQUE, USIZE};
use super::{ADAPTORS, By, Length, Parts, Source, Stream};
use crate::ir::{Access, CmpOp, Ty, Val};

impl Lower<'_> {
    /// The chain that an expression is, as the operand of `for`, `zip` or an adaptor. `None`: it is not modelled.
    pub(in super::super) fn stream(&mut self, expr: &syn::Expr) -> Option<Stream> {
        match expr {
            syn::Expr::Paren(inner) => self.stream(&inner.expr),
            syn::Expr::Group(inner) => self.stream(&inner.expr),
            syn::Expr::Range(range) => self.range(range),
            syn::Expr::Call(call) if self.repeated_source(call).is_some() => {
                let (path, args) = self.repeated_source(call)?;
                self.repeat_of(&path, &args)
            }
            syn::Expr::Reference(reference) if reference.mutability.is_some() => {
                let value = self.place_of(&reference.expr);
                if let Value::Stream(_) = value {
                    self.unsupported(
                        expr,
                        "running a borrowed iterator",
                        "take its elements with `while let Some(v) = it.next()`, or run it by value",
                    );
                    return Some(Stream::poison());
                }
                self.stream_of(value, By::Mut)
            }
            expr => {
                self.base_goes = Goes::Memory(None);
                let value = self.place_of(expr);
                self.base_goes = Goes::Number;
                self.stream_of(value, By::Value)
            }
        }
    }

    /// A chain as it is, with what was taken from it.
    pub(super) fn stream_itself(&mut self, expr: &syn::Expr) -> Option<Stream> {
        match self.place_of(expr).peel() {
            Value::Stream(stream) => Some(*stream),
            _ => None,
        }
    }

    /// `iter::once(x)`, `iter::repeat(x)`, `iter::repeat_n(x, n)` and `iter::empty()`: the name and the arguments.
    pub(super) fn repeated_source(&self, call: &syn::ExprCall) -> Option<(syn::Path, Vec<syn::Expr>)> {
        let syn::Expr::Path(func) = &*call.func else { return None };
        let mut path = func.path.clone();
        self.resolve(&mut path);
        let mut segments = path.segments.iter().rev();
        let (last, before) = (segments.next()?, segments.next()?);
        let name = last.ident.to_string();
        let known = matches!((&*name, call.args.len()), ("once" | "repeat", 1) | ("repeat_n", 2));
        (known && before.ident == "iter").then(|| (path.clone(), call.args.iter().cloned().collect()))
    }

    fn repeat_of(&mut self, path: &syn::Path, args: &[syn::Expr]) -> Option<Stream> {
        let first = args.first()?;
        let name = &path.segments.last()?.ident;
        self.means_function(path, &quote!(::core::iter::#name::<::core::primitive::u8>));
        let value = self.expr(first, super::super::expr::Want::Any);
        let value = self.settle(value, first);
        let value = self.number(value, &quote::ToTokens::to_token_stream(first));
        let length = match (&*name.to_string(), args.get(1)) {
            ("once", _) => Length::Known(self.count(1)),
            (_, Some(n)) => {
                let val = self.scalar_expr(n);
                self.narrow_val(n, val, USIZE);
                Length::Known(val)
            }
            _ => Length::Endless,
        };
        Some(Stream::new(Source::Same(value), length))
    }

    /// As [`Self::stream`], for a loop or a consumer, which runs adaptors of what is not modelled too:
    /// `TABLE.iter().enumerate()`.
    pub(in super::super) fn loop_stream(&mut self, expr: &syn::Expr) -> Option<Stream> {
        match expr {
            syn::Expr::Paren(inner) => self.loop_stream(&inner.expr),
            syn::Expr::MethodCall(call)
                if ADAPTORS.contains(&call.method.to_string().as_str()) && self.is_chain(&call.receiver) =>
            {
                let stream = self.loop_stream(&call.receiver)?;
                self.adapt(stream, call)
            }
            expr => self.stream(expr),
        }
    }

    /// The elements of a value.
    pub(super) fn stream_of(&mut self, value: Value, by: By) -> Option<Stream> {
        Some(match value {
            Value::Stream(stream) => self.rest_of(*stream),
            Value::Ref(inner) => {
                // `for v in row`, where `row` may be `&mut`.
                let by = if by == By::Value && self.is_written(&inner) { By::Mut } else { by.max(By::Ref) };
                return self.stream_of(*inner, by);
            }
            Value::Place(spot) if inner(&spot.form).is_some() => {
                self.means_sequence(&spot);
                let spot = if by == By::Value { self.taken(spot) } else { spot };
                let length = Length::Known(self.len(spot.place.clone()));
                Stream::new(Source::Seq { spot, by }, length)
            }
            Value::View(view) => {
                let length = Length::Known(view.len);
                Stream::new(Source::View { view: *view, by }, length)
            }
            // A constant vector or slice behind a field of a constant.
            Value::Scalar(val) if self.class(val) == OPAQUE && !self.made.contains(&val) => {
                let frag = self.frag_of_val(val);
                return self.stream_of(Value::Frag(frag), by);
            }
            Value::Frag(frag) if frag.pure_ && matches!(self.types.class(frag.ty), Class::Unknown | OPAQUE) => {
                self.check_sequence(frag.clone());
                let ty = self.fresh_ty(USIZE);
                let len = frag.clone().wrap(|inner| syn::parse_quote!(#inner.len()), ty);
                let len = self.emit_opaque(len, proc_macro2::TokenStream::new(), None, false);
                // Of what is not written here, only rustc knows what its items are.
                let by_value = by == By::Value && matches!(frag.expr, syn::Expr::Array(_));
                Stream::new(Source::Frag { frag, by_value }, Length::Known(len))
            }
            Value::Poison | Value::Never | Value::Exit => Stream::poison(),
            _ => return None,
        })
    }

    fn is_written(&self, value: &Value) -> bool {
        let mem = match value {
            Value::Place(spot) => spot.place.mem,
            Value::View(view) => view.seq.place.mem,
            _ => return false,
        };
        self.mem(mem).is_some_and(|mem| mem.mutable)
    }

    /// A sequence by value: a copy, where the original may change while its elements are handed out.
    pub(super) fn taken(&mut self, spot: Spot) -> Spot {
        let changes = self.mem(spot.place.mem).is_some_and(|mem| mem.mutable);
        let value = match spot.form {
            Form::Unknown(_) if changes => self.copy(spot.clone()),
            _ => self.own(spot.clone(), false),
        };
        match value {
            Value::Place(spot) => spot,
            _ => spot,
        }
    }

    /// `x.iter()`, `x.windows(2)` and the like. `None`: another method, or of what is not modelled.
    pub(in super::super) fn begin(&mut self, receiver: Value, call: &syn::ExprMethodCall) -> Option<Value> {
        let name = call.method.to_string();
        let by = match &*name {
            "iter_mut" | "chunks_mut" | "chunks_exact_mut" => By::Mut,
            "into_iter" if !matches!(receiver, Value::Ref(_)) => By::Value,
            _ => By::Ref,
        };
        let parts = match &*name {
            "iter" | "iter_mut" | "into_iter" if call.args.is_empty() => None,
            "windows" => Some(Parts::Windows),
            "chunks" | "chunks_mut" => Some(Parts::Chunks),
            "chunks_exact" | "chunks_exact_mut" => Some(Parts::ChunksExact),
            _ => return None,
        };
        let receiver = match receiver {
            Value::Ref(inner) => *inner,
            receiver => receiver,
        };
        let Some(parts) = parts else {
            let stream = self.stream_of(receiver, by)?;
            return Some(Value::Stream(Box::new(stream)));
        };
        let of = match receiver.peel() {
            Value::Place(spot) if inner(&spot.form).is_some() => {
                self.means_sequence(&spot);
                let len = self.len(spot.place.clone());
                View { seq: spot, lo: None, len, literal: None }
            }
            Value::View(view) => *view,
            Value::Poison => return Some(Value::Poison),
            _ => return None,
        };
        let arg = call.args.first()?;
        let literal = literal_index(arg);
        if literal == Some(0) {
            return Some(self.refuse(arg, "the parts of a sequence are not empty: the size is at least 1"));
        }
        let size = self.scalar_expr(arg);
        self.narrow_val(arg, size, USIZE);
        let count = self.count_parts(of.len, size, literal, parts);
        let literal = literal.filter(|_| parts != Parts::Chunks);
        let source = Source::Parts { of, size, literal, parts };
        Some(Value::Stream(Box::new(Stream::new(source, Length::Known(count)))))
    }

    /// How many parts of `size` there are in `len` elements. Panics where the size is 0, as the plain function does.
    fn count_parts(&mut self, len: Val, size: Val, literal: Option<usize>, parts: Parts) -> Val {
        match parts {
            Parts::ChunksExact => self.count_op(crate::ir::IntOp::Div, len, size),
            Parts::Chunks => self.divide_up(len, size, literal),
            Parts::Windows => match literal {
                // len - min(len, size - 1)
                Some(size) => {
                    let less = self.count(size - 1);
                    self.minus(len, less)
                }
                None => {
                    let one = self.count(1);
                    let more = self.count_op(crate::ir::IntOp::Add, len, one);
                    let count = self.minus(more, size);
                    let unit = self.count_op(crate::ir::IntOp::Div, size, size);
                    self.count_op(crate::ir::IntOp::Mul, count, unit)
                }
            },
        }
    }

    /// `lo..hi`, `lo..=hi`, `lo..`. `None`: not of integers.
    fn range(&mut self, range: &syn::ExprRange) -> Option<Stream> {
        let start = range.start.as_deref()?;
        let lo = self.scalar_expr(start);
        let from_zero = literal_index(start) == Some(0);
        let inclusive = matches!(range.limits, syn::RangeLimits::Closed(_));
        let hi = range.end.as_deref().map(|end| self.scalar_expr(end));
        if let Some(hi) = hi {
            self.agree_vals(range, lo, hi);
        }
        if matches!(self.class(lo), Class::Unknown) {
            self.narrow_val(range, lo, Class::SomeInt);
        }
        if !matches!(self.class(lo), Class::SomeInt | Class::Known(Ty::Int(_)) | Class::Error) {
            self.unsupported(
                range,
                "loops over anything but integers",
                "count with an integer: `for i in 0..n { .. }`",
            );
            return Some(Stream::poison());
        }
        let length = if hi.is_some() { Length::Range } else { Length::Endless };
        Some(Stream::new(Source::Range { lo, from_zero, hi, inclusive }, length))
    }

    /// The element of a source at a position; without one, of a range whose loop runs over its elements.
    pub(super) fn source_element(&mut self, source: &Source, position: Val) -> Value {
        match source {
            Source::Range { lo, from_zero, hi, .. } => {
                let ends: Vec<Val> = std::iter::once(*lo).chain(*hi).collect();
                let position = match self.class(*lo) {
                    USIZE => position,
                    _ => match self.ty(*lo) {
                        Some(ty) => self.count_like(position, &ends, ty),
                        None => return Value::Poison,
                    },
                };
                if *from_zero {
                    return Value::Scalar(position);
                }
                Value::Scalar(self.count_op(crate::ir::IntOp::Add, *lo, position))
            }
            Source::Seq { spot, by } => self.element(spot, position, *by),
            Source::View { view, by } => {
                let index = self.plus_offset(view.lo, position);
                self.element(&view.seq, index, *by)
            }
            Source::Frag { frag, by_value } => {
                let index = self.frag_of_val(position);
                let ty = self.fresh_ty(Class::Unknown);
                if *by_value {
                    let item = |seq, index| syn::parse_quote!(::core::clone::Clone::clone(&#seq[#index]));
                    return Value::Frag(frag.clone().join(index, item, ty));
                }
                Value::Ref(Box::new(Value::Frag(frag.clone().join(
                    index,
                    |seq, index| syn::parse_quote!(#seq[#index]),
                    ty,
                ))))
            }
            Source::Parts { of, size, literal, parts } => {
                let (start, len) = match parts {
                    Parts::Windows => (position, *size),
                    Parts::ChunksExact => (self.count_op(crate::ir::IntOp::Mul, position, *size), *size),
                    Parts::Chunks => {
                        let start = self.count_op(crate::ir::IntOp::Mul, position, *size);
                        let rest = self.count_op(crate::ir::IntOp::Sub, of.len, start);
                        (start, self.smaller(rest, *size))
                    }
                };
                let lo = self.plus_offset(of.lo, start);
                let view = View { seq: of.seq.clone(), lo: Some(lo), len, literal: *literal };
                Value::Ref(Box::new(Value::View(Box::new(view))))
            }
            Source::Zip(a, b) => {
                let parts = [a, b].map(|stream| self.value_at(stream, position));
                Value::Tuple(parts.into())
            }
            Source::Chain(a, b) => {
                let Length::Known(len) = a.length else { return Value::Poison };
                let first = self.compare_vals(CmpOp::Lt, position, len);
                self.branch(
                    first,
                    &[],
                    usize::MAX,
                    |lower| lower.value_at(a, position),
                    |lower| {
                        let position = lower.count_op(crate::ir::IntOp::Sub, position, len);
                        lower.value_at(b, position)
                    },
                    proc_macro2::TokenStream::new(),
                )
            }
            Source::Same(value) => value.clone(),
            Source::Poison => Value::Poison,
        }
    }

    /// `spot[index]`, as an iterator over it hands it out. What cannot change meanwhile is read at once.
    fn element(&mut self, spot: &Spot, index: Val, by: By) -> Value {
        let Some(form) = inner(&spot.form) else {
            return Value::Poison;
        };
        let mut place = spot.place.clone();
        place.path.push(Access::Index(index));
        let value = match (form, by) {
            (Form::Scalar(ty), By::Ref | By::Value) => Value::Scalar(self.load(place, ty)),
            (form, _) => Value::Place(Spot { place, form }),
        };
        if by == By::Value { value } else { Value::Ref(Box::new(value)) }
    }

    pub(in super::super) fn plus_offset(&mut self, lo: Option<Val>, index: Val) -> Val {
        match lo {
            Some(lo) => self.count_op(crate::ir::IntOp::Add, lo, index),
            None => index,
        }
    }
}

/// The form of the elements of a sequence, or of what may be one.
pub(in super::super) fn inner(form: &Form) -> Option<Form> {
    match form {
        Form::Seq(inner, Seq::Array | Seq::Slice | Seq::Vec) => Some((**inner).clone()),
        Form::Unknown(path) => Some(Form::Unknown(format!("{path}[]"))),
        Form::Scalar(_) | Form::Tuple(_) => None,
    }
}
