//! Statements on memory, and calls.

use proc_macro2::TokenStream;

use super::{Array, FloatVal, Generator, LIMIT, Program, Range, TAME, WIDE};
use crate::ir::eval::{Cell, Value};
use crate::ir::{Arg, By, Call, CallForm, Dim, Init, Int, Mem, Op, Place, Ret, Slotted, Val};

impl Generator {
    pub(super) fn local_array(&mut self) {
        let mem = self.b.fresh_mem(Some(self.ty()), None);
        let (init, shape) = match self.rng.below(5) {
            0 => {
                let value = self.constant(0.25).v;
                let n = *self.rng.pick(&self.ints);
                // The length is the interpreter's; the generator knows it only where it is exact.
                if n.v == self.ints[0].v {
                    (Init::Fill { value, dims: vec![Dim::Heap(n.v)] }, vec![n.max])
                } else {
                    (Init::Fill { value, dims: vec![fixed(3)] }, vec![3])
                }
            }
            1 => {
                let value = self.constant(-0.75).v;
                (Init::Fill { value, dims: vec![fixed(2), fixed(3)] }, vec![2, 3])
            }
            2 => {
                let n = 1 + self.rng.below(3);
                let items = (0..n).map(|_| {
                    let x = self.recent();
                    self.fit(x, WIDE).v
                });
                (Init::List { items: items.collect(), shape: vec![n] }, vec![n])
            }
            kind => match self.array(false).filter(|a| !a.shape.is_empty()) {
                Some(a) => {
                    // A row, or the whole.
                    let skip = self.rng.below(a.shape.len());
                    let mut path = a.prefix.clone();
                    for &n in &a.shape[..skip] {
                        let i = self.index(n);
                        path.push(i);
                    }
                    let place = Place { mem: a.mem, path };
                    let init = if kind == 3 { Init::Copy(place) } else { Init::ZerosLike(place) };
                    (init, a.shape[skip..].to_vec())
                }
                None => {
                    let value = self.constant(0.0).v;
                    (Init::Fill { value, dims: vec![fixed(2)] }, vec![2])
                }
            },
        };
        self.b.effect(Op::Alloc { mem, init });
        self.arrays.push(Array { mem, prefix: Vec::new(), shape, range: WIDE, writable: true });
    }

    pub(super) fn store(&mut self) {
        let Some(array) = self.array(true) else { return self.local_array() };
        let x = self.expression();
        let value = self.fit(x, TAME).v;
        let place = self.element(&array);
        self.b.effect(Op::Store { place, value });
    }

    pub(super) fn accumulate(&mut self) {
        let Some(array) = self.array(true) else { return self.local_array() };
        let x = self.expression();
        let value = self.fit(x, Range { lo: -0.5, hi: 0.5 }).v;
        let place = self.element(&array);
        self.b.effect(Op::Accum { place, value });
    }

    /// Reads an element, overwrites it with a function of itself, and goes on with the old value.
    pub(super) fn update(&mut self) {
        let Some(array) = self.array(true) else { return self.local_array() };
        let place = self.element(&array);
        let ty = self.ty();
        let old = FloatVal { v: self.b.load(place.clone(), ty), range: array.range };
        let depth = self.floats.len();
        self.floats.push(old);
        let x = self.expression();
        let new = self.combine(old, x);
        let value = self.fit(new, TAME).v;
        self.b.effect(Op::Store { place, value });
        if self.rng.one_in(3) {
            self.floats.truncate(depth);
        }
    }

    pub(super) fn add_arrays(&mut self) {
        let arrays: Vec<Array> =
            self.arrays.iter().filter(|a| a.prefix.is_empty() && a.shape.len() == 1).cloned().collect();
        for dst in arrays.iter().filter(|a| a.writable) {
            if let Some(src) = arrays.iter().find(|a| a.mem != dst.mem && a.shape == dst.shape) {
                if self.depth == 0 {
                    self.b.effect(Op::AddMem { dst: Place::whole(dst.mem), src: Place::whole(src.mem) });
                }
                return;
            }
        }
        self.local_array();
    }

    /// A call of `g`, with arguments like those it was made with.
    pub(super) fn call(&mut self) {
        let Some(Program { f, args: like, .. }) = self.callee.clone() else { return };
        let mut args = Vec::new();
        // Arrays of one shape may be one array: the same shadow for two arguments.
        let mut arrays: Vec<(usize, Place)> = Vec::new();
        for (p, like) in f.params.iter().zip(&like) {
            args.push(match (p.held, like) {
                (Slotted::Mem(_), Cell::Seq(cells)) => {
                    let n = cells.len();
                    let known = arrays.iter().find(|(length, _)| *length == n).map(|(_, place)| place.clone());
                    let place = known.filter(|_| self.rng.one_in(2)).unwrap_or_else(|| self.argument(n));
                    arrays.push((n, place.clone()));
                    Arg::Place { place, by: By::Ref }
                }
                (_, Cell::Scalar(Value::Int(n))) => Arg::Val(self.b.int(*n, Int::Usize)),
                (_, Cell::Scalar(Value::Bool(_))) => Arg::Val(self.condition()),
                _ => {
                    let x = self.recent();
                    Arg::Val(self.fit(x, TAME).v)
                }
            });
        }
        // What is constant for `g` takes no active values.
        for (p, arg) in f.params.iter().zip(&mut args) {
            if !p.active {
                match arg {
                    Arg::Val(v) if self.b.ty(*v).float().is_some() => *v = self.constant(0.75).v,
                    Arg::Place { place, .. } => {
                        let n = arrays.iter().find(|(_, known)| known == place).map_or(1, |(n, _)| *n);
                        let items = (0..n).map(|k| self.constant(0.25 + k as f64).v).collect();
                        *place = Place::whole(self.list(items));
                    }
                    Arg::Val(_) | Arg::Gone => {}
                }
            }
        }
        let ret = if f.results.len() == 1 { Ret::Scalar } else { Ret::Tuple(f.results.len()) };
        let mut out = Vec::new();
        for _ in &f.results {
            let v = self.b.fresh(self.ty());
            self.floats.push(FloatVal { v, range: Range { lo: -LIMIT, hi: LIMIT } });
            out.push(v);
        }
        let call = Call {
            path: syn::parse_quote!(g),
            method: false,
            companion: None,
            form: CallForm::Primal,
            args,
            ret,
            made: Vec::new(),
        };
        self.b.push_stmt(Op::Call(Box::new(call)), out);
    }

    /// An array of `n` tame elements: one in scope, or a new one.
    fn argument(&mut self, n: usize) -> Place {
        let fitting = |a: &&Array| a.shape == [n] && a.range.within(TAME);
        let found: Vec<Array> = self.arrays.iter().filter(fitting).cloned().collect();
        if !found.is_empty() && !self.rng.one_in(3) {
            let array = self.rng.pick(&found).clone();
            return Place { mem: array.mem, path: array.prefix };
        }
        let items = (0..n).map(|_| {
            let x = self.recent();
            self.fit(x, TAME).v
        });
        let items = items.collect();
        Place::whole(self.list(items))
    }

    fn list(&mut self, items: Vec<Val>) -> Mem {
        let mem = self.b.fresh_mem(Some(self.ty()), None);
        let shape = vec![items.len()];
        self.b.effect(Op::Alloc { mem, init: Init::List { items, shape } });
        mem
    }
}

fn fixed(n: usize) -> Dim {
    Dim::Fixed { tokens: TokenStream::new(), value: Some(n) }
}
