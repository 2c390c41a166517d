//! What makes arrays: `collect`, `array.map(..)` and `array::from_fn(..)`.

use quote::ToTokens;

use super::super::Lower;
use super::super::infer::{Class, TyVar};
use super::super::value::{Form, MemInfo, Seq, Spot, Value};
use super::source::inner;
use super::{Length, Source, Stage, Stream};
use crate::ir::{Access, Const, Dim, Init, Mem, Op, Place, Ty, Val};

/// The dimensions of an array, outermost first.
type Sides = Vec<(Dim, Seq)>;

impl Lower<'_> {
    /// Whether the target of a `collect` is a vector of numbers, as far as the tokens show.
    pub(super) fn collects(&self, call: &syn::ExprMethodCall, expected: Option<&syn::Type>) -> bool {
        match target(call, expected) {
            Some(ty) => vector_of(ty)
                .is_some_and(|elem| matches!(elem, syn::Type::Infer(_)) || crate::signature::scalar(elem).is_some()),
            None => true,
        }
    }

    /// `stream.collect()` into a vector of numbers.
    pub(super) fn collect(
        &mut self,
        mut stream: Stream,
        call: &syn::ExprMethodCall,
        expected: Option<&syn::Type>,
    ) -> Value {
        let elem = target(call, expected).and_then(vector_of).and_then(crate::signature::scalar);
        let ty = self.fresh_ty(elem.map_or(Class::Unknown, Class::Known));
        if let Source::Poison = stream.source {
            return Value::Poison;
        }
        let Some(n) = self.length(&mut stream) else {
            return self.unsupported(
                call,
                "iterators without an end",
                "write both ends, `0..n`, or end the chain with `take(n)`",
            );
        };
        let spot = self.vector(ty, n);
        if stream.is_filtered() {
            return self.collect_filtered(stream, spot, ty, call);
        }
        stream.stages.push(Stage::Enumerate);
        self.each(stream, Vec::new(), &call.to_token_stream(), &mut |lower, value| {
            let Value::Tuple(parts) = value else {
                return;
            };
            let mut parts = parts.into_iter();
            if let (Some(Value::Scalar(k)), Some(value)) = (parts.next(), parts.next()) {
                lower.put(&spot, k, value, call);
            }
        });
        Value::Place(spot)
    }

    /// As many elements as pass the filters, first in a vector for all of them.
    fn collect_filtered(&mut self, stream: Stream, all: Spot, ty: TyVar, call: &syn::ExprMethodCall) -> Value {
        let zero = self.count(0);
        let count = Value::Scalar(zero);
        let at = call.to_token_stream();
        let count = self.accumulate(stream, ("count", count), Vec::new(), &at, &mut |lower, count, value| {
            let k = lower.scalar(count, call);
            lower.put(&all, k, value, call);
            let one = lower.count(1);
            Value::Scalar(lower.count_op(crate::ir::IntOp::Add, k, one))
        });
        let n = self.scalar(count, call);
        let kept = self.vector(ty, n);
        self.counted(n, |lower, k| {
            let [from, place] = [&all, &kept].map(|spot| {
                let mut place = spot.place.clone();
                place.path.push(Access::Index(k));
                place
            });
            let value = lower.load(from, ty);
            lower.b.effect(Op::Store { place, value });
        });
        Value::Place(kept)
    }

    pub(in super::super) fn vector(&mut self, ty: TyVar, n: Val) -> Spot {
        let place = Place::whole(self.zeros(ty, vec![Dim::Heap(n)]));
        Spot { place, form: Form::Seq(Box::new(Form::Scalar(ty)), Seq::Vec) }
    }

    /// New memory, all zeros, that a loop fills.
    fn zeros(&mut self, ty: TyVar, dims: Vec<Dim>) -> Mem {
        let zero = self.emit(Op::Const(Const::Float { value: 0.0, text: None }), ty);
        self.inert.insert(zero);
        let mem = self.new_mem(MemInfo::local(Some(ty)));
        self.b.effect(Op::Alloc { mem, init: Init::Fill { value: zero, dims } });
        mem
    }

    /// `spot[k] = value`.
    fn put(&mut self, spot: &Spot, k: Val, value: Value, at: &syn::ExprMethodCall) {
        self.put_at(spot, k, value, &syn::Expr::MethodCall(at.clone()));
    }

    fn put_at(&mut self, spot: &Spot, k: Val, value: Value, at: &syn::Expr) {
        let Some(form) = inner(&spot.form) else {
            return;
        };
        let mut place = spot.place.clone();
        place.path.push(Access::Index(k));
        match (form, value.peel()) {
            (form @ Form::Seq(..), Value::Place(source)) => self.store_array(Spot { place, form }, source, at),
            (Form::Scalar(ty), value) => {
                if let Value::Place(Spot { form: Form::Seq(..) | Form::Tuple(_), .. }) | Value::Tuple(_) = value {
                    self.unsupported(
                        at,
                        "an array of anything but numbers, here",
                        "make it with `vec![[0.0; 3]; n]` and assign its elements in a loop",
                    );
                    return;
                }
                let value = self.scalar(value, at);
                if let Some(of) = self.ty(value) {
                    self.agree(at, ty, of);
                }
                self.b.effect(Op::Store { place, value });
            }
            _ => {}
        }
    }

    /// `array.map(f)`. `None`: the receiver is no array.
    pub(in super::super) fn array_map(
        &mut self,
        receiver: &Value,
        call: &syn::ExprMethodCall,
        expected: Option<&syn::Type>,
    ) -> Option<Value> {
        let spot = match receiver.clone().peel() {
            Value::Place(spot @ Spot { form: Form::Seq(_, Seq::Array), .. }) => self.taken(spot),
            _ => return None,
        };
        let f = match call.args.first() {
            Some(f) if call.args.len() == 1 => self.callable(f)?,
            _ => return None,
        };
        let result = match expected.and_then(|ty| self.array_type(ty)) {
            Some(sides) => self.array_of(sides),
            None => match &spot.form {
                Form::Seq(elem, _) => match **elem {
                    Form::Scalar(ty)
                        if matches!(self.types.class(ty), Class::SomeFloat | Class::Known(Ty::Float(_))) =>
                    {
                        let mem = self.new_mem(MemInfo::local(Some(ty)));
                        self.b.effect(Op::Alloc { mem, init: Init::ZerosLike(spot.place.clone()) });
                        Spot { place: Place::whole(mem), form: spot.form.clone() }
                    }
                    _ => return Some(self.no_length(call)),
                },
                _ => return None,
            },
        };
        let length = Length::Known(self.len(spot.place.clone()));
        let mut stream = Stream::new(Source::Seq { spot, by: super::By::Value }, length);
        stream.stages.extend([Stage::Map(f), Stage::Enumerate]);
        let target = result.clone();
        self.each(stream, Vec::new(), &call.to_token_stream(), &mut |lower, value| {
            let Value::Tuple(parts) = value else {
                return;
            };
            let mut parts = parts.into_iter();
            if let (Some(Value::Scalar(k)), Some(value)) = (parts.next(), parts.next()) {
                lower.put(&target, k, value, call);
            }
        });
        Some(Value::Place(result))
    }

    fn no_length(&mut self, at: impl ToTokens) -> Value {
        self.refuse(at, "the length of this array does not show here: write its type, `let v: [f64; 3] = ..`")
    }

    /// `array::from_fn(f)`. `None`: another function.
    pub(in super::super) fn array_from_fn(
        &mut self,
        call: &syn::ExprCall,
        expected: Option<&syn::Type>,
    ) -> Option<Value> {
        let syn::Expr::Path(func) = &*call.func else {
            return None;
        };
        let mut path = func.path.clone();
        self.resolve(&mut path);
        let mut segments = path.segments.iter().rev();
        let (last, before) = (segments.next()?, segments.next()?);
        if last.ident != "from_fn" || before.ident != "array" {
            return None;
        }
        let f = match call.args.first() {
            Some(f) if call.args.len() == 1 => self.callable(f)?,
            _ => return None,
        };
        let written = match &last.arguments {
            syn::PathArguments::AngleBracketed(args) => {
                let mut args = args.args.iter();
                let elem = match args.next() {
                    Some(syn::GenericArgument::Type(ty)) => Some(ty),
                    _ => None,
                };
                let len: Option<syn::Expr> = match args.next() {
                    Some(syn::GenericArgument::Const(len)) => Some(len.clone()),
                    Some(syn::GenericArgument::Type(syn::Type::Path(len))) => {
                        Some(syn::Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: len.path.clone() }))
                    }
                    _ => None,
                };
                match (elem, len) {
                    (Some(elem), Some(len)) => Some(syn::parse_quote!([#elem; #len])),
                    _ => None,
                }
            }
            _ => None,
        };
        let array: Option<&syn::Type> = written.as_ref().or(expected);
        let Some(sides) = array.and_then(|ty| self.array_type(ty)) else {
            return Some(self.no_length(call));
        };
        let result = self.array_of(sides);
        let elem = match array {
            Some(syn::Type::Array(array)) => Some((*array.elem).clone()),
            _ => None,
        };
        let hi = self.len(result.place.clone());
        let lo = self.count(0);
        let source = Source::Range { lo, from_zero: true, hi: Some(hi), inclusive: false };
        let stream = Stream::new(source, Length::Known(hi));
        let (target, whole) = (result.clone(), syn::Expr::Call(call.clone()));
        self.each(stream, f.assigned(), &call.to_token_stream(), &mut |lower, value| {
            let Value::Scalar(k) = value else {
                return;
            };
            lower.expected = elem.clone();
            let value = lower.apply(&f, vec![Value::Scalar(k)]);
            lower.put_at(&target, k, value, &whole);
        });
        Some(Value::Place(result))
    }

    /// The sides of an array type, and the type of its leaves. `None`: it is no array of numbers.
    fn array_type(&mut self, ty: &syn::Type) -> Option<(Sides, TyVar)> {
        let mut sides = Vec::new();
        let mut ty = crate::signature::bare(ty);
        while let syn::Type::Array(array) = ty {
            sides.push(self.dim(&array.len, false)?);
            ty = crate::signature::bare(&array.elem);
        }
        let class = match ty {
            syn::Type::Infer(_) => Class::Unknown,
            ty => Class::Known(crate::signature::scalar(ty)?),
        };
        let leaf = self.fresh_ty(class);
        (!sides.is_empty()).then_some((sides, leaf))
    }

    fn array_of(&mut self, (sides, ty): (Sides, TyVar)) -> Spot {
        let mut form = Form::Scalar(ty);
        let mut dims = Vec::new();
        for (dim, seq) in sides {
            dims.push(dim);
            form = Form::Seq(Box::new(form), seq);
        }
        Spot { place: Place::whole(self.zeros(ty, dims)), form }
    }
}

/// The type that a `collect` gives, where it is written.
fn target<'t>(call: &'t syn::ExprMethodCall, expected: Option<&'t syn::Type>) -> Option<&'t syn::Type> {
    match call.turbofish.as_ref().and_then(|turbofish| turbofish.args.first()) {
        Some(syn::GenericArgument::Type(ty)) => Some(ty),
        _ => expected,
    }
}

/// The `A` of `Vec<A>`.
fn vector_of(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = crate::signature::bare(ty) else {
        return None;
    };
    let last = path.path.segments.last().filter(|last| last.ident == "Vec")?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(args) => match args.args.first() {
            Some(syn::GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}
