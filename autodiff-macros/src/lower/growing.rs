//! Vectors whose length changes: `push`, `pop`, `truncate`, `extend` and their like.
//!
//! A change of the length is an operation of its own, which the shadow follows: elements that are appended begin as
//! zeros, which a store then overwrites, and elements that go take their adjoints, which are zero by then, with them.

use quote::ToTokens;

use super::expr::Want;
use super::infer::{Class, TyVar};
use super::iter::Stream;
use super::value::{Form, MemInfo, Seq, Spot, Value, View};
use super::{Lower, OPAQUE};
use crate::ir::{Access, Const, Dim, Init, IntOp, Mem, Op, Place, Ty, Val, Zeros};

/// What happens to the length of a vector of numbers.
enum Change {
    Push(Val),
    Pop,
    Insert {
        index: Val,
        value: Val,
    },
    /// With `by_last`, the last element takes the place of what goes.
    Remove {
        index: Val,
        by_last: bool,
    },
    Truncate(Val),
    Resize {
        to: Val,
        value: Val,
    },
    Reserve,
    Append(View),
    Extend(Stream),
}

impl Lower<'_> {
    /// `Vec::new()` and `Vec::with_capacity(n)`, of numbers. `None`: another function, or of another type.
    pub(super) fn new_vector(&mut self, call: &syn::ExprCall, expected: Option<&syn::Type>) -> Option<Value> {
        let syn::Expr::Path(func) = &*call.func else {
            return None;
        };
        let mut segments = func.path.segments.iter().rev();
        let (name, of) = (segments.next()?.ident.to_string(), segments.next()?);
        if let ("from", true, [array]) = (&*name, of.ident == "Vec", &call.args.iter().collect::<Vec<_>>()[..]) {
            let value = self.vector_from(array)?;
            self.means_vec(&func.path);
            return Some(value);
        }
        let written = super::grown::empty_of(call)?.elem;
        let ascribed = expected.and_then(element_type).cloned();
        let ty = match written.or(ascribed) {
            // Of another type, it is passed through.
            Some(ty) if !matches!(ty, syn::Type::Infer(_)) => match crate::signature::scalar(&ty)? {
                ty @ Ty::Float(_) => self.known(ty),
                _ => return None,
            },
            _ => self.fresh_ty(Class::Unknown),
        };
        self.means_vec(&func.path);
        if let Some(capacity) = call.args.first() {
            self.usize_expr(capacity);
        }
        let none = self.count(0);
        let zero = self.emit(Op::Const(Const::Float { value: 0.0, text: None }), ty);
        self.inert.insert(zero);
        let mem = self.new_mem(MemInfo::local(Some(ty)));
        self.b.effect(Op::Alloc { mem, init: Init::Fill { value: zero, dims: vec![Dim::Heap(none)] } });
        let form = Form::Seq(Box::new(Form::Scalar(ty)), Seq::Vec);
        Some(Value::Place(Spot { place: Place::whole(mem), form }))
    }

    /// `Vec::from(array)`. `None`: of something else.
    fn vector_from(&mut self, array: &syn::Expr) -> Option<Value> {
        if let syn::Expr::Array(literal) = array {
            return Some(self.array_literal(literal.elems.iter().cloned().collect(), true, array));
        }
        if !super::call::is_simple(array) {
            return None;
        }
        match self.place_of(array).peel() {
            Value::Place(Spot { place, form: Form::Seq(elem, _) }) => {
                Some(self.copy(Spot { place, form: Form::Seq(elem, Seq::Vec) }))
            }
            Value::View(view) => Some(self.view_to_vec(*view)),
            _ => None,
        }
    }

    /// `v.push(x)` and its like. `None`: another method, or of what is not modelled.
    pub(super) fn vector_method(&mut self, receiver: &Value, call: &syn::ExprMethodCall) -> Option<Value> {
        let name = call.method.to_string();
        let known = matches!(
            (&*name, call.args.len()),
            ("push" | "truncate" | "extend" | "extend_from_slice" | "reserve", 1)
                | ("pop" | "clear", 0)
                | ("resize" | "insert", 2)
                | ("remove" | "swap_remove", 1)
        );
        if !known {
            return None;
        }
        let (place, elem, open) = match self.vector_place(receiver) {
            Some((place, elem)) => (place, elem, false),
            None => {
                let (place, ty) = self.open_list(receiver)?;
                (place, Form::Scalar(ty), true)
            }
        };
        let (own, row) = (self.is_own(&place), self.is_own_row(&place));
        let Form::Scalar(ty) = elem else {
            return Some(match (own, row) {
                (true, _) => self.grow(place.mem, &elem, call),
                (false, true) => self.unsupported(
                    call,
                    "changing the length of a row of anything but numbers",
                    "keep its elements in a vector of their own, and assign that: `rows[i] = row;`",
                ),
                (false, false) => self.foreign(call),
            });
        };
        if !own && !row {
            return Some(self.foreign(call));
        }
        let whole = Spot { place: place.clone(), form: Form::Seq(Box::new(Form::Scalar(ty)), Seq::Vec) };
        if !self.writable(&whole, &syn::Expr::MethodCall(call.clone())) {
            return Some(Value::Poison);
        }
        let Some(change) = self.change(ty, open, call) else { return Some(Value::Poison) };
        if own {
            return Some(self.apply_change(place.mem, ty, change, call));
        }
        let change = match change {
            // What is appended may be read from the row itself, which is elsewhere by then.
            Change::Extend(stream) => {
                let none = self.count(0);
                let more = self.held_vector(ty, none);
                self.extend(more.place.mem, ty, stream, call);
                let len = self.len(more.place.clone());
                Change::Append(View { seq: more, lo: None, len, literal: None })
            }
            Change::Append(source) if source.seq.place.mem == place.mem => {
                let len = source.len;
                match self.view_to_vec(source) {
                    Value::Place(seq) => Change::Append(View { seq, lo: None, len, literal: None }),
                    refused => return Some(refused),
                }
            }
            change => change,
        };
        // A row has no memory of its own: while its length changes, a vector of the function's own holds it.
        let none = self.count(0);
        let held = self.held_vector(ty, none);
        self.b.effect(Op::Swap { a: place.clone(), b: held.place.clone() });
        let value = self.apply_change(held.place.mem, ty, change, call);
        self.b.effect(Op::Swap { a: place, b: held.place });
        Some(value)
    }

    /// Where a vector is whose length changes, and what its elements are. A field whose type does not show is a vector of numbers
    /// where its elements are known to be numbers: if it is none, rustc says so where it is exchanged for one.
    pub(super) fn vector_place(&mut self, receiver: &Value) -> Option<(Place, Form)> {
        match receiver.clone().peel() {
            Value::Place(Spot { place, form: Form::Seq(elem, Seq::Vec) }) => Some((place, *elem)),
            Value::Place(Spot { place, form: Form::Unknown(path) }) => {
                let path = format!("{path}[]");
                let numbers = !place.path.is_empty() && self.is_known_number(place.mem, &path);
                numbers.then(|| Form::Scalar(self.leaf(place.mem, path))).map(|elem| (place, elem))
            }
            _ => None,
        }
    }

    /// A list in a struct of whose elements nothing is known yet.
    fn open_list(&mut self, receiver: &Value) -> Option<(Place, TyVar)> {
        match receiver.clone().peel() {
            Value::Place(Spot { place, form: Form::Unknown(path) }) if !place.path.is_empty() => {
                let ty = self.leaf(place.mem, format!("{path}[]"));
                Some((place, ty))
            }
            _ => None,
        }
    }

    /// The elements of such a list are numbers if one is added that may be a number; else the change is refused.
    fn opens(&mut self, ty: TyVar, added: &Value, call: &syn::ExprMethodCall) -> Option<()> {
        let class = match added {
            Value::Scalar(val) => self.class(*val),
            Value::Frag(frag) => match (self.types.class(frag.ty), &frag.expr) {
                // Not a constant that has a name, nor what is computed of one.
                (Class::Unknown, syn::Expr::MethodCall(_) | syn::Expr::Call(_) | syn::Expr::Macro(_)) => OPAQUE,
                (class, _) => class,
            },
            Value::Place(spot) => match &spot.form {
                Form::Scalar(ty) => self.types.class(*ty),
                Form::Unknown(_) if !self.is_composite(added) || self.may_be_part(added) => Class::Unknown,
                _ => OPAQUE,
            },
            _ => OPAQUE,
        };
        let float = matches!(class, Class::Unknown | Class::SomeFloat | Class::Known(Ty::Float(_)));
        if float && self.types.narrow(ty, Class::SomeFloat).is_ok() {
            return Some(());
        }
        self.unknown_list(call);
        None
    }

    pub(super) fn unknown_list(&mut self, call: &syn::ExprMethodCall) -> Value {
        self.unsupported(
            call,
            "changing the length of a list in a struct, which nothing says to be of numbers",
            "change a copy, `let mut v: Vec<[f64; 2]> = s.list.clone();`, and put it back, `s.list = v;`; keep lists of \
             constants outside of the struct",
        )
    }

    fn foreign(&mut self, call: &syn::ExprMethodCall) -> Value {
        self.unsupported(
            call,
            "changing the length of a vector that is no variable of the function",
            "copy it first, `let mut v = x.to_vec();`, and return `v`",
        )
    }

    /// What a method does to the length of a vector of numbers. Its arguments are evaluated before anything changes. `None`: it
    /// is refused. Of an `open` list, what is added has to tell that it holds numbers.
    fn change(&mut self, ty: TyVar, open: bool, call: &syn::ExprMethodCall) -> Option<Change> {
        let tells = matches!(&*call.method.to_string(), "push" | "insert" | "resize");
        if open && !tells {
            let added = call.args.last().is_some_and(|added| self.mentions_active(added));
            if !added || self.types.narrow(ty, Class::SomeFloat).is_err() {
                self.unknown_list(call);
                return None;
            }
        }
        let mut args = call.args.iter();
        Some(match (&*call.method.to_string(), args.next(), args.next()) {
            ("push", Some(value), _) => {
                let value = self.expr(value, Want::Any);
                if open {
                    self.opens(ty, &value, call)?;
                }
                Change::Push(self.pushed(ty, value, call)?)
            }
            ("pop", ..) => Change::Pop,
            ("insert", Some(index), Some(value)) => {
                let index = self.usize_expr(index);
                let value = self.scalar_expr(value);
                if open {
                    self.opens(ty, &Value::Scalar(value), call)?;
                }
                self.agree_of(call, ty, value);
                Change::Insert { index, value }
            }
            ("remove", Some(index), _) => Change::Remove { index: self.usize_expr(index), by_last: false },
            ("swap_remove", Some(index), _) => Change::Remove { index: self.usize_expr(index), by_last: true },
            ("clear", ..) => Change::Truncate(self.count(0)),
            ("truncate", Some(to), _) => Change::Truncate(self.usize_expr(to)),
            ("resize", Some(to), Some(value)) => {
                let to = self.usize_expr(to);
                let value = self.scalar_expr(value);
                if open {
                    self.opens(ty, &Value::Scalar(value), call)?;
                }
                self.agree_of(call, ty, value);
                Change::Resize { to, value }
            }
            ("extend_from_slice", Some(source), _) => {
                let source = self.expr(source, Want::Any);
                let Some(source) = self.whole_or_part(source) else {
                    self.unsupported(call, "appending what is no array here", "push its elements in a loop");
                    return None;
                };
                Change::Append(source)
            }
            ("extend", Some(source), _) => {
                let Some(stream) = self.stream(source) else {
                    self.unsupported(source, "appending this iterator", "push its elements in a loop");
                    return None;
                };
                Change::Extend(stream)
            }
            (_, more, _) => {
                more.map(|more| self.usize_expr(more));
                Change::Reserve
            }
        })
    }

    fn apply_change(&mut self, mem: Mem, ty: TyVar, change: Change, call: &syn::ExprMethodCall) -> Value {
        let place = Place::whole(mem);
        match change {
            Change::Push(value) => self.append_one(mem, value),
            Change::Pop => {
                let from = self.len(place);
                let one = self.count(1);
                // An empty vector stays empty.
                let to = self.minus(from, one);
                self.b.effect(Op::Resize { mem, from, to, zeros: Zeros::Numbers });
            }
            Change::Insert { index, value } => self.insert(place, ty, index, value),
            Change::Remove { index, by_last } => return Value::Scalar(self.remove(place, ty, index, by_last)),
            Change::Truncate(to) => {
                let from = self.len(place);
                let to = self.smaller(from, to);
                self.b.effect(Op::Resize { mem, from, to, zeros: Zeros::Numbers });
            }
            Change::Resize { to, value } => {
                let from = self.len(place);
                self.b.effect(Op::Resize { mem, from, to, zeros: Zeros::Numbers });
                let new = self.minus(to, from);
                self.counted(new, |lower, k| {
                    let k = lower.count_op(IntOp::Add, from, k);
                    lower.b.effect(Op::Store { place: Place { mem, path: vec![Access::Index(k)] }, value });
                });
            }
            Change::Reserve => {}
            Change::Append(source) => self.append(mem, ty, &source, call),
            Change::Extend(stream) => self.extend(mem, ty, stream, call),
        }
        Value::Unit
    }

    fn extend(&mut self, mem: Mem, ty: TyVar, stream: Stream, call: &syn::ExprMethodCall) {
        self.each(stream, Vec::new(), &call.to_token_stream(), &mut |lower, value| {
            let value = match value.peel() {
                Value::Place(spot) => lower.read(Value::Place(spot)),
                value => value,
            };
            lower.push(mem, ty, value, call);
        });
    }

    /// A vector that is changed.
    fn held_vector(&mut self, ty: TyVar, n: Val) -> Spot {
        let held = self.vector(ty, n);
        if let Some(mem) = self.mems.get_mut(held.place.mem.0 as usize) {
            (mem.temporary, mem.mutable) = (false, true);
        }
        held
    }

    /// Whether the place is a variable of the function whose length may change.
    fn is_own(&self, place: &Place) -> bool {
        self.mem(place.mem).is_some_and(|mem| mem.local && mem.mutable) && place.path.is_empty()
    }

    /// Whether the place is a row of such a variable.
    fn is_own_row(&self, place: &Place) -> bool {
        self.mem(place.mem).is_some_and(|mem| mem.local) && !place.path.is_empty()
    }

    /// `v.pop().unwrap()`. `None`: not of a vector that is modelled.
    pub(super) fn pop(&mut self, receiver: &Value, call: &syn::ExprMethodCall) -> Option<Value> {
        let (place, elem) = self.vector_place(receiver)?;
        let from = self.len(place.clone());
        let one = self.count(1);
        let to = self.count_op(IntOp::Sub, from, one);
        let Form::Scalar(ty) = elem else {
            return match self.is_own(&place) {
                true => Some(self.take_off((place.mem, elem), [from, to], call)),
                false => self.vector_method(receiver, call),
            };
        };
        let mut last = place.clone();
        last.path.push(Access::Index(to));
        let value = self.load(last, ty);
        let refused = self.diag.count();
        let done = self.vector_method(receiver, call)?;
        Some(if self.diag.count() == refused { Value::Scalar(value) } else { done })
    }

    pub(super) fn push(&mut self, mem: Mem, ty: TyVar, value: Value, at: &syn::ExprMethodCall) {
        if let Some(value) = self.pushed(ty, value, at) {
            self.append_one(mem, value);
        }
    }

    /// The number that is to be pushed. `None`: it is refused.
    fn pushed(&mut self, ty: TyVar, value: Value, at: &syn::ExprMethodCall) -> Option<Val> {
        let numeric = match &value {
            Value::Frag(frag) => match self.types.class(frag.ty) {
                Class::Unknown => self.types.class(ty) != Class::Unknown,
                class => class != OPAQUE,
            },
            Value::Tuple(_) | Value::Struct(..) => false,
            Value::Place(spot) => !matches!(spot.form, Form::Seq(..) | Form::Tuple(_)) && !self.is_struct(spot),
            _ => true,
        };
        if self.is_composite(&value) && !self.may_be_part(&value) {
            self.unsupported(
                at,
                "vectors that grow by arrays or structs, of which nothing says so",
                "write the type where the vector is made: `let mut v: Vec<[f64; 2]> = Vec::new();`",
            );
            return None;
        }
        if !numeric {
            self.unsupported(
                at,
                "vectors of anything but numbers, of which nothing says so",
                "write the type where the vector is made: `let mut v: Vec<String> = Vec::new();`",
            );
            return None;
        }
        let value = self.scalar(value, at);
        self.agree_of(at, ty, value);
        Some(value)
    }

    fn append_one(&mut self, mem: Mem, value: Val) {
        let from = self.len(Place::whole(mem));
        let one = self.count(1);
        let to = self.count_op(IntOp::Add, from, one);
        self.b.effect(Op::Resize { mem, from, to, zeros: Zeros::Numbers });
        self.b.effect(Op::Store { place: Place { mem, path: vec![Access::Index(from)] }, value });
    }

    fn append(&mut self, mem: Mem, ty: TyVar, source: &View, at: &syn::ExprMethodCall) {
        let from = self.len(Place::whole(mem));
        let to = self.count_op(IntOp::Add, from, source.len);
        self.b.effect(Op::Resize { mem, from, to, zeros: Zeros::Numbers });
        self.counted(source.len, |lower, k| {
            let element = lower.nth_of(source, k);
            let value = lower.scalar(Value::Place(element), at);
            lower.agree_of(at, ty, value);
            let k = lower.count_op(IntOp::Add, from, k);
            lower.b.effect(Op::Store { place: Place { mem, path: vec![Access::Index(k)] }, value });
        });
    }

    /// `v = w` of vectors, whose lengths may differ.
    pub(super) fn store_vector(&mut self, target: Spot, source: Spot, at: &syn::Expr) {
        let local = self.mem(target.place.mem).is_some_and(|mem| mem.local);
        if local && !target.place.path.is_empty() {
            if let (Some(a), Some(b)) = (target.form.elem(), source.form.elem()) {
                self.agree(at, a, b);
            }
            return self.exchange(target, source);
        }
        if !local {
            self.unsupported(at, "assigning a whole vector here", "assign its elements in a loop: `v[i] = w[i];`");
            return;
        }
        if self.is_held_twice(target.place.mem) {
            self.unsupported(
                at,
                "assigning a vector whose contents another variable took over",
                "bind the new one to a variable of its own: `let v = ..;`",
            );
            return;
        }
        let (Some(ty), true) = (scalars(&target.form), has_numbers(&source.form)) else {
            if let (Some(a), Some(b)) = (target.form.elem(), source.form.elem()) {
                self.agree(at, a, b);
            }
            return self.exchange(target, source);
        };
        if !self.uses.grows && self.has_length_of(source.place.mem, target.place.mem) {
            let view = |lower: &mut Self, spot: Spot| {
                let len = lower.len(spot.place.clone());
                View { seq: spot, lo: None, len, literal: None }
            };
            let (target, source) = (view(self, target), view(self, source));
            return self.copy_elements(&target, &source, at);
        }
        let mem = target.place.mem;
        let (from, to) = (self.len(target.place), self.len(source.place.clone()));
        self.b.effect(Op::Resize { mem, from, to, zeros: Zeros::Numbers });
        let view = View { seq: source, lo: None, len: to, literal: None };
        self.counted(to, |lower, k| {
            let element = lower.nth_of(&view, k);
            let value = lower.scalar(Value::Place(element), at);
            lower.agree_of(at, ty, value);
            lower.b.effect(Op::Store { place: Place { mem, path: vec![Access::Index(k)] }, value });
        });
    }

    fn agree_of(&mut self, at: impl ToTokens, ty: TyVar, value: Val) {
        if let Some(of) = self.ty(value) {
            self.agree(at, ty, of);
        }
    }
}

impl Lower<'_> {
    /// Whether variables of two names have the memory: it was moved from one to the other.
    fn is_held_twice(&self, mem: Mem) -> bool {
        let holders = self.env.bindings.iter().filter(|binding| binding.value.as_ref().is_some_and(|v| holds(v, mem)));
        let mut names = holders.map(|binding| &binding.name);
        names.next().is_some_and(|first| names.any(|name| name != first))
    }

    /// Whether a vector was made with the length of another one, as far as its making shows.
    fn has_length_of(&self, of: Mem, other: Mem) -> bool {
        self.length_origin(of) == self.length_origin(other)
    }

    fn length_origin(&self, mem: Mem) -> Mem {
        let mut mem = mem;
        while let Some(from) = self.lengths.get(&mem) {
            mem = *from;
        }
        mem
    }

    /// Remembers that new memory has the length of what it is a copy of.
    pub(super) fn keep_length(&mut self, mem: Mem, from: &Place) {
        if from.path.is_empty() {
            self.lengths.insert(mem, from.mem);
        }
    }

    /// Remembers that new memory has the length that was asked of another.
    pub(super) fn keep_length_of(&mut self, mem: Mem, len: Val) {
        if let Some(from) = self.measured.get(&len).filter(|from| from.path.is_empty()) {
            self.lengths.insert(mem, from.mem);
        }
    }
}

/// Whether a value has the memory as its own.
fn holds(value: &Value, mem: Mem) -> bool {
    match value {
        Value::Place(spot) => spot.place.mem == mem,
        Value::Tuple(parts) | Value::Struct(_, parts) => parts.iter().any(|part| holds(part, mem)),
        _ => false,
    }
}

/// Whether it may be a sequence of numbers.
fn has_numbers(form: &Form) -> bool {
    matches!(form, Form::Unknown(_)) || scalars(form).is_some()
}

fn scalars(form: &Form) -> Option<TyVar> {
    match form {
        Form::Seq(elem, _) => match **elem {
            Form::Scalar(ty) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a method may change the length of a vector.
pub(super) fn changes_length(name: &str) -> bool {
    let methods = ["push", "pop", "clear", "truncate", "insert", "remove", "append", "drain", "retain", "split_off"];
    methods.contains(&name)
        || ["extend", "resize", "swap_remove", "dedup"].iter().any(|prefix| name.starts_with(prefix))
}

/// `T` of `Vec<T>`.
pub(super) fn element_type(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = crate::signature::bare(ty) else {
        return None;
    };
    let last = path.path.segments.last().filter(|last| last.ident == "Vec")?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}
