//! Arrays, vectors and structs that a branch chooses: `let v = if c { a } else { b };`.
//!
//! Memory is not merged as numbers are. What is chosen is memory of its own, which comes into being before the branch and
//! is exchanged on each side with what that side gives: with a copy of what is looked at elsewhere too. It begins as
//! something of the same type, with no elements where the type allows it.

use quote::quote;

use super::Lower;
use super::control::Merge;
use super::goes::Goes;
use super::infer::TyVar;
use super::value::{Form, MemInfo, Seq, Spot, Value};
use crate::ir::{Access, Const, Dim, Init, Mem, Op, Place, Stmt};

impl Lower<'_> {
    /// What a branch gives whose sides give memory, or do not come to their ends. `by_ref`: references to it.
    pub(super) fn chosen(&mut self, spots: [Option<Spot>; 2], by_ref: bool, merge: &mut Merge) -> Value {
        let made =
            |spot: &Option<Spot>, stmts: &[Stmt]| spot.as_ref().is_some_and(|s| init_of(s.place.mem, stmts).is_some());
        let inside = [made(&spots[0], &merge.then.stmts), made(&spots[1], &merge.els.stmts)];
        match &spots {
            // Nothing is chosen.
            [Some(only), None] if !inside[0] => return Value::Place(only.clone()),
            [None, Some(only)] if !inside[1] => return Value::Place(only.clone()),
            [Some(a), Some(b)] if a.place == b.place => return Value::Place(a.clone()),
            [Some(a), Some(b)] if inside == [false; 2] && differ_by_indices(&a.place, &b.place) => {
                return self.chosen_indices(a.clone(), b.clone(), merge);
            }
            _ => {}
        }
        let Some(form) = self.common_form(&spots, merge) else { return self.not_chosen(merge) };
        let Some(init) = self.start(&form, &spots, merge) else { return self.not_chosen(merge) };
        let out = self.new_mem(MemInfo::local(form.elem()));
        self.note_list(out, &form);
        if let (Init::Build(_), Form::Seq(elem, _)) = (&init, &form)
            && let Some(ty) = spots.iter().flatten().find_map(|spot| self.element_type_of(spot))
        {
            self.note_grown(out, ty, (**elem).clone());
        }
        self.b.effect(Op::Alloc { mem: out, init });
        for (k, spot) in spots.into_iter().enumerate() {
            let Some(spot) = spot else { continue };
            // A vector by value is moved.
            let moved = matches!(spot.form, Form::Seq(_, Seq::Vec)) && !by_ref;
            let own = self.mem(spot.place.mem).is_some_and(|mem| mem.local);
            let taken = spot.place.path.is_empty() && (inside[k] || (moved && own));
            self.b.open_block(Vec::new());
            let from = if taken { spot.place } else { self.copied(spot) };
            self.b.effect(Op::Swap { a: Place::whole(out), b: from });
            let stmts = self.b.close_block(Vec::new()).stmts;
            let block = if k == 0 { &mut merge.then } else { &mut merge.els };
            block.stmts.extend(stmts);
        }
        Value::Place(Spot { place: Place::whole(out), form })
    }

    /// A branch whose value goes where `goes` says: where that is an array or a struct, no side is read as a number.
    pub(super) fn choosing(&mut self, goes: &Goes, branch: impl FnOnce(&mut Self) -> Value) -> Value {
        let outer = std::mem::replace(&mut self.chooses_memory, matches!(goes, Goes::Memory(_)));
        let value = branch(self);
        self.chooses_memory = outer;
        value
    }

    /// A struct in memory, taken apart like another one. `None`: its parts are not all numbers and arrays.
    pub(super) fn apart_like(&mut self, spot: &Spot, like: &Value, merge: &Merge) -> Option<Value> {
        let Value::Struct(maker, parts) = like else { return None };
        let mut apart = Vec::new();
        for (name, part) in maker.names.iter().zip(parts) {
            let Form::Unknown(path) = &spot.form else { return None };
            let mut place = spot.place.clone();
            place.path.push(Access::Field(name.clone()));
            let form = Form::Unknown(format!("{path}.{name}"));
            apart.push(match part {
                Value::Scalar(_) => Value::Scalar(self.scalar(Value::Place(Spot { place, form }), merge.at)),
                Value::Place(array) => Value::Place(Spot { place, form: array.form.clone() }),
                Value::Struct(..) => self.apart_like(&Spot { place, form }, part, merge)?,
                _ => return None,
            });
        }
        Some(Value::Struct(maker.clone(), apart))
    }

    /// Elements of one array: their indices are chosen.
    fn chosen_indices(&mut self, a: Spot, b: Spot, merge: &mut Merge) -> Value {
        let mut place = a.place;
        for (a, b) in place.path.iter_mut().zip(&b.place.path).filter(|(a, b)| *a != *b) {
            let [i, j] = [(&*a, &mut merge.then), (b, &mut merge.els)].map(|(access, block)| match access {
                Access::Index(i) => *i,
                Access::Const(i) => {
                    self.b.open_block(Vec::new());
                    let i = self.count(*i);
                    block.stmts.extend(self.b.close_block(Vec::new()).stmts);
                    i
                }
                Access::Field(_) | Access::Range { .. } => self.poison(),
            });
            if let Value::Scalar(index) = self.merge(Value::Scalar(i), Value::Scalar(j), merge) {
                *a = Access::Index(index);
            }
        }
        Value::Place(Spot { place, form: a.form })
    }

    /// The form of what both sides give: vectors, where they are parts of others.
    fn common_form(&mut self, spots: &[Option<Spot>; 2], merge: &Merge) -> Option<Form> {
        let mut forms = spots.iter().flatten().map(|spot| match &spot.form {
            Form::Seq(elem, Seq::Slice) => Form::Seq(elem.clone(), Seq::Vec),
            Form::Unknown(_) => Form::Unknown(String::new()),
            form => form.clone(),
        });
        let first = forms.next()?;
        for other in forms {
            if !self.are_one(&first, &other, merge) {
                return None;
            }
        }
        matches!(first, Form::Seq(..) | Form::Unknown(_)).then_some(first)
    }

    /// Whether two forms may be one; their numbers are of one type then.
    fn are_one(&mut self, a: &Form, b: &Form, merge: &Merge) -> bool {
        match (a, b) {
            (Form::Seq(a, of_a), Form::Seq(b, of_b)) => of_a == of_b && self.are_one(a, b, merge),
            (Form::Tuple(a), Form::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.are_one(a, b, merge))
            }
            (Form::Scalar(a), Form::Scalar(b)) => {
                self.agree(merge.at, *a, *b);
                true
            }
            (Form::Unknown(_), Form::Unknown(_)) => true,
            _ => false,
        }
    }

    pub(super) fn not_chosen(&mut self, merge: &Merge) -> Value {
        let at = merge.at;
        self.unsupported(
            at,
            "choosing between these arrays or structs",
            "make a variable of their type before, `let mut v = vec![0.0; n];`, and assign it, or its elements, in the branches",
        )
    }

    fn copied(&mut self, spot: Spot) -> Place {
        let place = spot.place.clone();
        match self.copy(spot) {
            Value::Place(copy) => copy.place,
            _ => place,
        }
    }

    /// Something of the type of what is chosen, that can be made before the branch.
    fn start(&mut self, form: &Form, spots: &[Option<Spot>; 2], merge: &Merge) -> Option<Init> {
        if let Some((ty, depth)) = vectors(form) {
            return Some(self.beginning(ty, (0..depth).map(|_| Length::Heap).collect()));
        }
        let types = spots.iter().flatten().find_map(|spot| self.struct_types.get(&spot.place.mem));
        if let (Form::Unknown(_), Some(of)) = (form, types)
            && let Some(same) = self.params_of(of)
        {
            return Some(Init::ZerosLike(Place::whole(same)));
        }
        let sides = [(&spots[0], &merge.then.stmts), (&spots[1], &merge.els.stmts)];
        let starts = sides.into_iter().filter_map(|(spot, stmts)| start_of(&spot.as_ref()?.place, stmts));
        match (starts.min_by_key(|start| matches!(start, Start::Like(_))), form.elem()) {
            (Some(Start::Like(place)), _) => Some(Init::ZerosLike(place)),
            (Some(Start::Dims(dims)), Some(ty)) => Some(self.beginning(ty, dims)),
            _ if matches!(form, Form::Seq(_, Seq::Vec)) => {
                let elem = spots.iter().flatten().find_map(|spot| self.element_type_of(spot))?;
                self.no_elements(&elem).map(|build| Init::Build(Box::new(build)))
            }
            _ => None,
        }
    }

    /// A parameter that is a struct of the type.
    fn params_of(&self, of: &syn::Path) -> Option<Mem> {
        let mut mems = (0u32..).map(Mem).zip(&self.mems);
        let found = mems.find(|(mem, info)| !info.local && self.struct_types.get(mem) == Some(of));
        found.map(|(mem, _)| mem)
    }

    fn beginning(&mut self, ty: TyVar, dims: Vec<Length>) -> Init {
        let value = self.emit(Op::Const(Const::Float { value: 0.0, text: None }), ty);
        self.inert.insert(value);
        let dims = dims.into_iter().map(|length| match length {
            Length::Fixed(dim) => dim,
            Length::Heap => Dim::Heap(self.count(0)),
        });
        let dims = dims.collect();
        Init::Fill { value, dims }
    }
}

/// What begins a variable.
enum Start {
    /// Zeros in the shape of a place.
    Like(Place),
    /// Numbers.
    Dims(Vec<Length>),
}

enum Length {
    Fixed(Dim),
    Heap,
}

/// Of vectors, of vectors of vectors and so on: the type of the numbers, and how many levels there are.
fn vectors(form: &Form) -> Option<(TyVar, usize)> {
    let Form::Seq(elem, Seq::Vec) = form else { return None };
    match **elem {
        Form::Scalar(ty) => Some((ty, 1)),
        _ => vectors(elem).map(|(ty, depth)| (ty, depth + 1)),
    }
}

/// Something of the type of a place, that exists before the statements that are given.
fn start_of(place: &Place, stmts: &[Stmt]) -> Option<Start> {
    let depth = place.path.len();
    // Nothing tells the type of what a call gives.
    if stmts.iter().any(|stmt| matches!(&stmt.op, Op::Call(call) if call.mems().any(|m| m == place.mem))) {
        return None;
    }
    match init_of(place.mem, stmts) {
        // An element might be missing.
        None => place.path.is_empty().then(|| Start::Like(place.clone())),
        Some(Init::Fill { dims, .. }) => {
            let dims = dims.get(depth..)?.iter().map(|dim| match dim {
                Dim::Heap(_) => Length::Heap,
                fixed => Length::Fixed(fixed.clone()),
            });
            Some(Start::Dims(dims.collect()))
        }
        Some(Init::List { shape, .. }) => {
            let dims = shape.get(depth..)?.iter().map(|&n| {
                let n = proc_macro2::Literal::usize_unsuffixed(n);
                Length::Fixed(Dim::Fixed { tokens: quote!(#n), value: n.to_string().parse().ok() })
            });
            Some(Start::Dims(dims.collect()))
        }
        Some(Init::Copy(from) | Init::ZerosLike(from)) => {
            let mut from = from.clone();
            from.path.extend(place.path.iter().cloned());
            start_of(&from, stmts)
        }
        Some(Init::Build(_) | Init::Popped(_)) => None,
    }
}

/// How memory is made in one of the statements.
fn init_of(mem: Mem, stmts: &[Stmt]) -> Option<&Init> {
    stmts.iter().find_map(|stmt| match &stmt.op {
        Op::Alloc { mem: made, init } if *made == mem => Some(init),
        _ => None,
    })
}

/// Whether two places are elements of one array.
fn differ_by_indices(a: &Place, b: &Place) -> bool {
    let index = |access: &Access| matches!(access, Access::Index(_) | Access::Const(_));
    a.mem == b.mem
        && a.path.len() == b.path.len()
        && a.path.iter().zip(&b.path).all(|(a, b)| a == b || (index(a) && index(b)))
}
