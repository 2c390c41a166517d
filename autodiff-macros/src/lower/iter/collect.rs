//! What makes arrays: `collect`, `array.map(..)` and `array::from_fn(..)`.

use quote::{ToTokens, quote};

use super::super::Lower;
use super::super::closure::Callable;
use super::super::growing::element_type;
use super::super::infer::{Class, TyVar};
use super::super::value::{Form, MemInfo, Seq, Spot, Value};
use super::source::inner;
use super::{Length, Source, Stage, Stream};
use crate::ir::{Access, Const, Dim, Init, Mem, Op, Place, Ty, Val};

/// The dimensions of an array, outermost first.
pub(in crate::lower) type Sides = Vec<(Dim, Seq)>;

impl Lower<'_> {
    /// Whether the target of a `collect` is a vector of numbers, as far as the tokens show.
    pub(super) fn collects(&self, call: &syn::ExprMethodCall, expected: Option<&syn::Type>) -> bool {
        match target(call, expected) {
            Some(ty) => element_type(ty).is_some_and(|elem| {
                matches!(elem, syn::Type::Infer(_))
                    || crate::signature::scalar(elem).is_some()
                    || is_composite(elem)
                    || (is_struct(elem) && self.mentions_active(&syn::Expr::MethodCall(call.clone())))
            }),
            None => true,
        }
    }

    /// `stream.collect()` into a vector of numbers.
    pub(super) fn collect(
        &mut self,
        stream: Stream,
        call: &syn::ExprMethodCall,
        expected: Option<&syn::Type>,
    ) -> Value {
        if let Some(elem) = target(call, expected).and_then(element_type).filter(|elem| is_composite(elem)) {
            return self.collect_composite(stream, elem, call);
        }
        if let Some(elem) = target(call, expected).and_then(element_type).filter(|elem| is_struct(elem)) {
            return self.collect_grown(stream, elem, call);
        }
        let elem = target(call, expected).and_then(element_type).and_then(crate::signature::scalar);
        let ty = self.fresh_ty(elem.map_or(Class::Unknown, Class::Known));
        match self.collect_parts(stream, &[ty], call) {
            Some(mut spots) => spots.pop().map_or(Value::Poison, Value::Place),
            None => Value::Poison,
        }
    }

    /// `stream.collect()` into a vector of vectors, arrays or tuples: each goes to its place in one that has the length.
    fn collect_composite(&mut self, mut stream: Stream, elem: &syn::Type, call: &syn::ExprMethodCall) -> Value {
        if stream.is_poison() {
            return Value::Poison;
        }
        let at = syn::Expr::MethodCall(call.clone());
        let length = self.length(&mut stream);
        let Some(n) = length.filter(|_| !stream.is_sequential() && !stream.is_flat()) else {
            return self.collect_grown(stream, elem, call);
        };
        if let Some(Stage::Map(Callable::Closure(f))) = stream.stages.last_mut() {
            *f = f.giving(elem);
        }
        let Some(start) = self.empty_element(elem) else { return Value::Poison };
        let made = self.repeated_by(start, (Dim::Heap(n), Seq::Vec), &at);
        let Value::Place(spot) = made else { return made };
        let Some(form) = inner(&spot.form) else { return Value::Poison };
        if let Some(mem) = self.mems.get_mut(spot.place.mem.0 as usize) {
            mem.mutable = true;
        }
        stream.stages.push(Stage::Enumerate);
        let (place, elem) = (spot.place.clone(), elem.clone());
        self.each(stream, Vec::new(), &call.to_token_stream(), &mut |lower, value| {
            let Value::Tuple(parts) = value else {
                return;
            };
            let mut parts = parts.into_iter();
            if let (Some(Value::Scalar(k)), Some(value)) = (parts.next(), parts.next()) {
                let mut place = place.clone();
                place.path.push(Access::Index(k));
                let value = lower.ascribe(value, &elem);
                lower.store(Value::Place(Spot { place, form: form.clone() }), value, &at);
            }
        });
        if let Some(mem) = self.mems.get_mut(spot.place.mem.0 as usize) {
            mem.mutable = false;
        }
        self.note_elements(spot.place.mem, elem);
        Value::Place(spot)
    }

    /// `stream.collect()` into a vector of anything but numbers that each element is pushed to.
    fn collect_grown(&mut self, mut stream: Stream, elem: &syn::Type, call: &syn::ExprMethodCall) -> Value {
        if stream.is_poison() {
            return Value::Poison;
        }
        if self.length(&mut stream).is_none() && !stream.may_end() {
            return self.endless(call);
        }
        if let Some(Stage::Map(Callable::Closure(f))) = stream.stages.last_mut() {
            *f = f.giving(elem);
        }
        let Some((spot, form)) = self.empty_vector_of(elem) else {
            return self.unsupported(call, "collecting elements of this type", "push them in a loop");
        };
        if let Some(mem) = self.mems.get_mut(spot.place.mem.0 as usize) {
            mem.mutable = true;
        }
        self.each(stream, Vec::new(), &call.to_token_stream(), &mut |lower, value| {
            let value = lower.ascribe(value, elem);
            lower.push_part(spot.place.mem, &form, value, call);
        });
        if let Some(mem) = self.mems.get_mut(spot.place.mem.0 as usize) {
            mem.mutable = false;
        }
        Value::Place(spot)
    }

    fn endless(&mut self, call: &syn::ExprMethodCall) -> Value {
        self.unsupported(call, "iterators without an end", "write both ends, `0..n`, or end the chain with `take(n)`")
    }

    /// What an element begins as.
    fn empty_element(&mut self, elem: &syn::Type) -> Option<Value> {
        match crate::signature::bare(elem) {
            syn::Type::Tuple(tuple) => {
                let zero = |lower: &mut Self, ty: &syn::Type| {
                    let ty = lower.known(crate::signature::scalar(ty)?);
                    let zero = lower.emit(Op::Const(Const::Float { value: 0.0, text: None }), ty);
                    lower.inert.insert(zero);
                    Some(Value::Scalar(zero))
                };
                tuple.elems.iter().map(|ty| zero(self, ty)).collect::<Option<_>>().map(Value::Tuple)
            }
            array @ syn::Type::Array(_) => {
                let sides = self.array_type(array)?;
                Some(Value::Place(self.array_of(sides)))
            }
            ty => {
                let ty = self.known(element_type(ty).and_then(crate::signature::scalar)?);
                let none = self.count(0);
                Some(Value::Place(self.vector(ty, none)))
            }
        }
    }

    /// `stream.unzip()` into vectors of numbers.
    pub(super) fn unzip(&mut self, stream: Stream, call: &syn::ExprMethodCall, expected: Option<&syn::Type>) -> Value {
        let written: Vec<&syn::Type> = match (&call.turbofish, expected.map(crate::signature::bare)) {
            (Some(turbofish), _) => turbofish.args.iter().skip(2).filter_map(type_argument).collect(),
            (None, Some(syn::Type::Tuple(tuple))) => tuple.elems.iter().collect(),
            _ => Vec::new(),
        };
        let vectors: Option<Vec<&syn::Type>> = written.iter().map(|ty| element_type(ty)).collect();
        let Some([a, b]) = vectors.as_deref() else {
            return self.unsupported(
                call,
                "`unzip` into anything but two `Vec`s whose types show",
                "write them: `let (a, b): (Vec<f64>, Vec<f64>) = ..`",
            );
        };
        let tys = [a, b].map(|elem| {
            let class = crate::signature::scalar(elem).map_or(Class::Unknown, Class::Known);
            self.fresh_ty(class)
        });
        match self.collect_parts(stream, &tys, call) {
            Some(spots) => Value::Tuple(spots.into_iter().map(Value::Place).collect()),
            None => Value::Poison,
        }
    }

    /// A vector for each part of the elements, which are numbers or tuples of so many.
    fn collect_parts(&mut self, mut stream: Stream, tys: &[TyVar], call: &syn::ExprMethodCall) -> Option<Vec<Spot>> {
        if stream.is_poison() {
            return None;
        }
        let at = call.to_token_stream();
        let length = self.length(&mut stream);
        let Some(n) = length.filter(|_| !stream.is_flat()) else {
            if length.is_none() && !stream.may_end() {
                self.endless(call);
                return None;
            }
            // How many there are shows at the end.
            let none = self.count(0);
            let spots: Vec<Spot> = tys.iter().map(|ty| self.vector(*ty, none)).collect();
            let count = tys.len();
            self.each(stream, Vec::new(), &at, &mut |lower, value| {
                for ((spot, ty), part) in spots.iter().zip(tys).zip(lower.parts_of(value, count, &at)) {
                    lower.push(spot.place.mem, *ty, part, call);
                }
            });
            return Some(spots);
        };
        let spots: Vec<Spot> = tys.iter().map(|ty| self.vector(*ty, n)).collect();
        if stream.is_sequential() {
            return Some(self.collect_sequential(stream, &spots, tys, call));
        }
        stream.stages.push(Stage::Enumerate);
        self.each(stream, Vec::new(), &at, &mut |lower, value| {
            let Value::Tuple(parts) = value else {
                return;
            };
            let mut parts = parts.into_iter();
            if let (Some(Value::Scalar(k)), Some(value)) = (parts.next(), parts.next()) {
                lower.put_parts(&spots, k, value, call);
            }
        });
        Some(spots)
    }

    /// As many elements as come out, first in vectors for all of them.
    fn collect_sequential(
        &mut self,
        stream: Stream,
        all: &[Spot],
        tys: &[TyVar],
        call: &syn::ExprMethodCall,
    ) -> Vec<Spot> {
        let zero = self.count(0);
        let count = Value::Scalar(zero);
        let at = call.to_token_stream();
        let count = self.accumulate(stream, ("count", count), Vec::new(), &at, &mut |lower, count, value| {
            let k = lower.scalar(count, call);
            lower.put_parts(all, k, value, call);
            let one = lower.count(1);
            Value::Scalar(lower.count_op(crate::ir::IntOp::Add, k, one))
        });
        let n = self.scalar(count, call);
        let kept: Vec<Spot> = tys.iter().map(|ty| self.vector(*ty, n)).collect();
        self.counted(n, |lower, k| {
            for ((all, kept), ty) in all.iter().zip(&kept).zip(tys) {
                let [from, place] = [all, kept].map(|spot| {
                    let mut place = spot.place.clone();
                    place.path.push(Access::Index(k));
                    place
                });
                let value = lower.load(from, *ty);
                lower.b.effect(Op::Store { place, value });
            }
        });
        kept
    }

    fn put_parts(&mut self, spots: &[Spot], k: Val, value: Value, call: &syn::ExprMethodCall) {
        for (spot, part) in spots.iter().zip(self.parts_of(value, spots.len(), &call.to_token_stream())) {
            self.put(spot, k, part, call);
        }
    }

    /// An element as so many parts.
    fn parts_of(&mut self, value: Value, count: usize, at: &proc_macro2::TokenStream) -> Vec<Value> {
        if count == 1 {
            return vec![value];
        }
        (0..count)
            .map(|i| {
                let part = self.part(value.clone(), i, at);
                self.read(part)
            })
            .collect()
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
            // A field: an array of numbers, since it is active and taken apart.
            Value::Place(field @ Spot { form: Form::Unknown(_), .. })
                if !field.place.path.is_empty()
                    && matches!(call.args.first(), Some(syn::Expr::Closure(_)))
                    && !self.mem(field.place.mem).is_some_and(|mem| mem.inert) =>
            {
                let ty = match inner(&field.form) {
                    Some(Form::Unknown(elem)) => self.leaf(field.place.mem, elem),
                    _ => return None,
                };
                let float = self.float.map_or(Class::SomeFloat, |float| Class::Known(Ty::Float(float)));
                self.narrow(call, ty, float);
                self.means_sequence(&field);
                Spot { place: field.place, form: Form::Seq(Box::new(Form::Scalar(ty)), Seq::Array) }
            }
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
        let meant = quote!(
            ::core::array::from_fn::<::core::primitive::u8, 1, fn(::core::primitive::usize) -> ::core::primitive::u8>
        );
        self.means_function(&path, &meant);
        let array: Option<&syn::Type> = written.as_ref().or(expected);
        let Some(sides) = array.and_then(|ty| self.array_type(ty)) else {
            return Some(match array {
                Some(_) => self.unsupported(
                    call,
                    "an array of anything but numbers, here",
                    "write it as a list, `[a, b]`, or make it with zeros and assign its elements in a loop",
                ),
                None => self.no_length(call),
            });
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
    pub(in crate::lower) fn array_type(&mut self, ty: &syn::Type) -> Option<(Sides, TyVar)> {
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

    pub(in crate::lower) fn array_of(&mut self, (sides, ty): (Sides, TyVar)) -> Spot {
        let mut form = Form::Scalar(ty);
        let mut dims = Vec::new();
        for (dim, seq) in sides {
            dims.push(dim);
            form = Form::Seq(Box::new(form), seq);
        }
        Spot { place: Place::whole(self.zeros(ty, dims)), form }
    }
}

/// Whether elements of a type are vectors, arrays or tuples of floats.
fn is_composite(elem: &syn::Type) -> bool {
    let float = |ty: &syn::Type| crate::signature::scalar(ty).is_some_and(|ty| ty.float().is_some());
    match crate::signature::bare(elem) {
        syn::Type::Tuple(tuple) => !tuple.elems.is_empty() && tuple.elems.iter().all(float),
        syn::Type::Array(array) => float(&array.elem) || is_composite(&array.elem) && !is_vector(&array.elem),
        ty => element_type(ty).is_some_and(float),
    }
}

/// Whether elements of a type may be structs.
fn is_struct(elem: &syn::Type) -> bool {
    let named = matches!(crate::signature::shape_of(elem), Some(crate::signature::Shape::Named(_)));
    named && matches!(elem, syn::Type::Path(_)) && !crate::signature::is_constant_by_type(elem)
}

fn is_vector(ty: &syn::Type) -> bool {
    !matches!(crate::signature::bare(ty), syn::Type::Array(_))
}

/// The type that a `collect` gives, where it is written.
fn target<'t>(call: &'t syn::ExprMethodCall, expected: Option<&'t syn::Type>) -> Option<&'t syn::Type> {
    match call.turbofish.as_ref().and_then(|turbofish| turbofish.args.first()) {
        Some(syn::GenericArgument::Type(ty)) => Some(ty),
        _ => expected,
    }
}

fn type_argument(arg: &syn::GenericArgument) -> Option<&syn::Type> {
    match arg {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}
