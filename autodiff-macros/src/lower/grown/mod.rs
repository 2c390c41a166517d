//! Vectors of arrays, tuples and structs that grow: `let mut path: Vec<[f64; 2]> = Vec::new();`, `path.push([x, y])`.
//!
//! An element is made in memory of its own, as parts of arrays are. The vector gets one more, zeros of its shape, and the two
//! are exchanged: a push needs no rule but those of a change of the length and of an exchange.
//!
//! What the elements will be shows in the type that is written, or else in what is pushed first ([`Pushes`]). A vector that
//! constants alone are pushed to is passed through.

mod pushes;

use quote::ToTokens;

pub(super) use pushes::Pushes;

use super::Lower;
use super::expr::Want;
use super::goes::Goes;
use super::growing::element_type;
use super::infer::Class;
use super::value::{Form, Seq, Spot, Value};
use crate::codegen::scalar_type;
use crate::ir::{Access, Block, Build, Init, IntOp, Mem, Op, Opaque, Place, Ty, Val, Zeros};
use crate::signature::{self, Shape};

impl Lower<'_> {
    /// `Vec::new()` and its like, bound to a variable that arrays, tuples or structs are pushed to. `None`: of others.
    pub(super) fn grown(&mut self, name: &str, ty: Option<&syn::Type>, init: &syn::Expr) -> Option<Value> {
        let empty = empty(init)?;
        let elem = match ty.and_then(element_type).cloned().or(empty.elem) {
            Some(elem) if !matches!(elem, syn::Type::Infer(_)) => {
                let is_active = |name: &str| self.is_active_variable(name);
                // Constants are passed through, unless they are numbers that nothing else is done with than what is modelled.
                // (A literal without elements shows no type that could be passed through.)
                let modelled = match numeric(&elem) {
                    Some(shape) if !has_floats(&shape) => return None,
                    Some(shape) => !shape.has_discrete_leaf() && self.pushes.are_modelled(name),
                    None => false,
                };
                if empty.call.is_some() && !modelled && !self.pushes.may_be_active(name, is_active) {
                    return None;
                }
                elem
            }
            _ => self.pushes.type_of_pushed(name)?,
        };
        let (spot, _) = self.empty_vector_of(&elem)?;
        match empty.call {
            Some(call) => {
                self.means_vec(empty.path);
                if let Some(capacity) = call.args.first() {
                    self.usize_expr(capacity);
                }
            }
            None => self.means_macro(empty.path),
        }
        Some(Value::Place(spot))
    }

    /// A vector without elements, and what these will be. `None`: they are numbers, or not modelled.
    pub(super) fn empty_vector_of(&mut self, elem: &syn::Type) -> Option<(Spot, Form)> {
        let form = self.form_of_element(elem).filter(|form| !matches!(form, Form::Scalar(_)))?;
        let build = self.no_elements(elem)?;
        let spot = self.assembled(build, form.clone(), Seq::Vec);
        self.note_grown(spot.place.mem, elem.clone(), form.clone());
        Some((spot, form))
    }

    /// How a vector without elements is made. [`note_grown`](Self::note_grown) must follow.
    pub(super) fn no_elements(&mut self, elem: &syn::Type) -> Option<Build> {
        let runtime = self.runtime.clone()?;
        let expr = syn::parse_quote!(#runtime::__private::Vec::<#elem>::new());
        let made = Opaque { expr, binds: Vec::new(), pure_: true, mutable: false, effects: false };
        Some(Build { made, fields: Vec::new(), each: None })
    }

    /// What of the type of the elements is not written is added in the end.
    pub(super) fn note_grown(&mut self, mem: Mem, elem: syn::Type, form: Form) {
        self.note_elements(mem, elem.clone());
        self.grown.push((mem, elem, form));
    }

    /// What the elements of a vector are.
    pub(super) fn note_elements(&mut self, mem: Mem, elem: syn::Type) {
        if let Some((sides, _)) = self.array_type(&elem) {
            self.b.mems[mem.0 as usize].element_sides = sides.into_iter().map(|(dim, _)| dim).collect();
        }
        self.elements.insert(mem, elem);
    }

    /// The form of what has the type. `None`: a constant, or nothing that is modelled.
    fn form_of_element(&mut self, ty: &syn::Type) -> Option<Form> {
        let nested = |form: &Form| matches!(form, Form::Scalar(_) | Form::Seq(..));
        match ty {
            syn::Type::Infer(_) => Some(Form::Scalar(self.fresh_ty(Class::Unknown))),
            syn::Type::Paren(inner) => self.form_of_element(&inner.elem),
            syn::Type::Group(inner) => self.form_of_element(&inner.elem),
            syn::Type::Array(array) => {
                let inner = self.form_of_element(&array.elem).filter(nested)?;
                Some(Form::Seq(Box::new(inner), Seq::Array))
            }
            syn::Type::Tuple(tuple) if !tuple.elems.is_empty() => {
                let parts = tuple.elems.iter().map(|part| self.form_of_element(part));
                let parts: Vec<Form> = parts.collect::<Option<_>>()?;
                parts.iter().all(|part| matches!(part, Form::Scalar(_))).then_some(Form::Tuple(parts))
            }
            syn::Type::Path(_) => match (signature::scalar(ty), element_type(ty)) {
                (Some(Ty::Opaque), _) => None,
                (Some(scalar), _) => Some(Form::Scalar(self.known(scalar))),
                (None, Some(elem)) => {
                    let inner = self.form_of_element(elem).filter(nested)?;
                    Some(Form::Seq(Box::new(inner), Seq::Vec))
                }
                (None, None) if signature::is_constant_by_type(ty) => None,
                (None, None) => Some(Form::Unknown(String::new())),
            },
            _ => None,
        }
    }

    /// `v.push(row)`, `v.extend(rows)`, of a vector of such.
    pub(super) fn grow(&mut self, mem: Mem, elem: &Form, call: &syn::ExprMethodCall) -> Value {
        match (call.method.to_string().as_str(), call.args.first()) {
            ("push", Some(value)) => {
                let value = match value {
                    syn::Expr::Unary(_) | syn::Expr::Index(_) | syn::Expr::Field(_) => self.place_of(value),
                    value => {
                        self.goes = Goes::Memory(None);
                        self.expr(value, Want::Any)
                    }
                };
                self.push_part(mem, elem, value, call);
                Value::Unit
            }
            ("pop", None) => {
                let from = self.len(Place::whole(mem));
                let one = self.count(1);
                let to = self.minus(from, one);
                self.take_off_to((mem, elem), [from, to], call);
                Value::Unit
            }
            ("clear", None) => {
                let (from, to) = (self.len(Place::whole(mem)), self.count(0));
                self.take_off_to((mem, elem), [from, to], call);
                Value::Unit
            }
            ("truncate", Some(to)) => {
                let to = self.usize_expr(to);
                let from = self.len(Place::whole(mem));
                let to = self.smaller(from, to);
                self.take_off_to((mem, elem), [from, to], call);
                Value::Unit
            }
            ("reserve", Some(more)) => {
                self.usize_expr(more);
                Value::Unit
            }
            ("extend", Some(source)) => {
                let Some(stream) = self.stream(source) else {
                    return self.unsupported(source, "appending this iterator", "push its elements in a loop");
                };
                self.each(stream, Vec::new(), &call.to_token_stream(), &mut |lower, value| {
                    lower.push_part(mem, elem, value, call);
                });
                Value::Unit
            }
            _ => self.unsupported(
                call,
                "changing the length of a vector of anything but numbers otherwise than by `push`, `extend`, `pop`, `truncate` \
                 and `clear`",
                "make it with its length, `let mut v = vec![vec![0.0; m]; n];`, and assign its elements: `v[i] = row;`",
            ),
        }
    }

    /// Appends an array, a tuple or a struct.
    pub(super) fn push_part(&mut self, mem: Mem, elem: &Form, value: Value, call: &syn::ExprMethodCall) {
        let at = syn::Expr::MethodCall(call.clone());
        let value = match value {
            // A part of which nothing else is known is what the elements are.
            Value::Place(Spot { place, form: Form::Unknown(_) }) if !matches!(elem, Form::Unknown(_)) => {
                Value::Place(Spot { place, form: elem.clone() })
            }
            // A constant is what the elements have there.
            Value::Tuple(parts) => Value::Tuple(self.agreed_parts(elem, parts, call)),
            value => value,
        };
        let new = matches!(value, Value::Tuple(_) | Value::Struct(..));
        let Some(part) = self.part_of_array(value, &at) else { return };
        if let (Some(a), Some(b)) = (elem.elem(), part.form.elem()) {
            self.agree(call, a, b);
        }
        if let (Form::Tuple(a), Form::Tuple(b)) = (elem, &part.form) {
            let parts: Vec<_> = a.iter().zip(b).filter_map(|(a, b)| Some((a.elem()?, b.elem()?))).collect();
            parts.into_iter().for_each(|(a, b)| self.agree(call, a, b));
        }
        let Some(part) = (if new { Some(part.place) } else { self.exchanged(part) }) else { return };
        if let Some(mem) = self.mems.get_mut(part.mem.0 as usize) {
            (mem.temporary, mem.mutable) = (false, true);
        }
        let (from, one) = (self.len(Place::whole(mem)), self.count(1));
        let to = self.count_op(IntOp::Add, from, one);
        self.b.effect(Op::Resize { mem, from, to, zeros: Zeros::Like(part.clone()) });
        self.b.effect(Op::Swap { a: Place { mem, path: vec![Access::Index(from)] }, b: part });
    }

    fn agreed_parts(&mut self, elem: &Form, parts: Vec<Value>, call: &syn::ExprMethodCall) -> Vec<Value> {
        let forms = match elem {
            Form::Tuple(forms) if forms.len() == parts.len() => forms,
            _ => return parts,
        };
        let agreed = parts.into_iter().zip(forms).map(|(part, form)| match (part, form.elem()) {
            (Value::Frag(frag), Some(ty)) if frag.pure_ && self.types.class(frag.ty) == Class::Unknown => {
                let val = self.scalar(Value::Frag(frag), call);
                if let Some(of) = self.ty(val) {
                    self.agree(call, ty, of);
                }
                Value::Scalar(val)
            }
            (part, _) => part,
        });
        agreed.collect()
    }

    /// Takes the last element, of `from`, off a vector, which has `to` then. It has memory of its own: an array, whose shape
    /// the reverse sweep knows, is exchanged, all else is copied.
    pub(super) fn take_off(
        &mut self,
        (mem, elem): (Mem, Form),
        [from, to]: [Val; 2],
        call: &syn::ExprMethodCall,
    ) -> Value {
        let last = Place { mem, path: vec![Access::Index(to)] };
        let sides = self.elements.get(&mem).cloned().and_then(|elem| self.array_type(&elem));
        let taken = match sides {
            Some(sides) => {
                let taken = self.array_of(sides);
                if let (Some(a), Some(b)) = (elem.elem(), taken.form.elem()) {
                    self.agree(call, a, b);
                }
                self.b.effect(Op::Swap { a: last, b: taken.place.clone() });
                taken
            }
            None => match self.copy(Spot { place: last, form: elem }) {
                Value::Place(taken) => taken,
                _ => return Value::Poison,
            },
        };
        self.b.effect(Op::Resize { mem, from, to, zeros: Zeros::Last(taken.place.clone()) });
        Value::Place(taken)
    }

    /// Takes the last elements off a vector, one by one, until there are `to`.
    fn take_off_to(&mut self, (mem, elem): (Mem, &Form), [from, to]: [Val; 2], call: &syn::ExprMethodCall) {
        let gone = self.minus(from, to);
        self.counted(gone, |lower, k| {
            let one = lower.count(1);
            let from = lower.count_op(IntOp::Sub, from, k);
            let to = lower.count_op(IntOp::Sub, from, one);
            lower.take_off((mem, elem.clone()), [from, to], call);
        });
    }

    /// The types of the vectors where they are made, with those of their numbers.
    pub(super) fn type_grown(&mut self, body: &mut Block) {
        let grown = std::mem::take(&mut self.grown);
        if !grown.is_empty() {
            self.type_grown_in(body, &grown);
        }
    }

    fn type_grown_in(&self, block: &mut Block, grown: &[(Mem, syn::Type, Form)]) {
        for stmt in &mut block.stmts {
            if let Op::Alloc { mem, init: Init::Build(build) } = &mut stmt.op
                && let Some((_, elem, form)) = grown.iter().find(|(of, ..)| of == mem)
                && let Some(runtime) = &self.runtime
            {
                let elem = self.typed_element(elem, form);
                build.made.expr = syn::parse_quote!(#runtime::__private::Vec::<#elem>::new());
            }
            stmt.op.blocks_mut().into_iter().for_each(|block| self.type_grown_in(block, grown));
        }
    }

    /// The type with what is known instead of `_`.
    fn typed_element(&self, ty: &syn::Type, form: &Form) -> syn::Type {
        match (ty, form) {
            (syn::Type::Paren(inner), form) => self.typed_element(&inner.elem, form),
            (syn::Type::Group(inner), form) => self.typed_element(&inner.elem, form),
            (syn::Type::Infer(_), Form::Scalar(of)) => syn::Type::Verbatim(scalar_type(self.types.settled(*of))),
            (syn::Type::Array(array), Form::Seq(inner, _)) => {
                let (elem, len) = (self.typed_element(&array.elem, inner), &array.len);
                syn::parse_quote!([#elem; #len])
            }
            (syn::Type::Tuple(tuple), Form::Tuple(forms)) => {
                let parts = tuple.elems.iter().zip(forms).map(|(ty, form)| self.typed_element(ty, form));
                syn::parse_quote!((#(#parts,)*))
            }
            (ty, Form::Seq(inner, Seq::Vec)) => match (element_type(ty), &self.runtime) {
                (Some(elem), Some(runtime)) => {
                    let elem = self.typed_element(elem, inner);
                    syn::parse_quote!(#runtime::__private::Vec<#elem>)
                }
                _ => ty.clone(),
            },
            _ => ty.clone(),
        }
    }
}

/// The shape of a type that is made of numbers. `None`: of something else.
fn numeric(ty: &syn::Type) -> Option<Shape> {
    signature::shape_of(ty).filter(Shape::is_numeric)
}

fn has_floats(shape: &Shape) -> bool {
    let mut floats = Vec::new();
    shape.floats(&mut floats);
    !floats.is_empty()
}

/// `Vec::new()`, `Vec::with_capacity(n)`, `vec![]`.
pub(super) struct Empty<'e> {
    /// The type of the elements, if it is written: `Vec::<[f64; 2]>::new()`.
    pub(super) elem: Option<syn::Type>,
    /// Of the function or the macro.
    path: &'e syn::Path,
    /// None of the macro.
    call: Option<&'e syn::ExprCall>,
}

/// One that is `Vec::<[f64; 2]>::new()`, of what has floats in it and is no float: it may be of what is modelled.
pub(super) fn is_empty_of_composites(expr: &syn::Expr) -> bool {
    let elem = empty(expr).and_then(|empty| empty.elem).filter(|elem| signature::scalar(elem).is_none());
    elem.as_ref().and_then(numeric).is_some_and(|shape| has_floats(&shape))
}

pub(super) fn empty(init: &syn::Expr) -> Option<Empty<'_>> {
    match init {
        syn::Expr::Macro(syn::ExprMacro { mac, .. }) => {
            let path = Some(&mac.path).filter(|path| path.is_ident("vec") && mac.tokens.is_empty())?;
            Some(Empty { elem: None, path, call: None })
        }
        syn::Expr::Call(call) => empty_of(call),
        _ => None,
    }
}

/// `Vec::new()` and `Vec::with_capacity(n)`.
pub(super) fn empty_of(call: &syn::ExprCall) -> Option<Empty<'_>> {
    let syn::Expr::Path(syn::ExprPath { path, .. }) = &*call.func else { return None };
    let mut segments = path.segments.iter().rev();
    let (name, of) = (segments.next()?.ident.to_string(), segments.next()?);
    let known = matches!((&*name, call.args.len()), ("new", 0) | ("with_capacity", 1));
    if !known || of.ident != "Vec" || segments.next().is_some() {
        return None;
    }
    let elem = match &of.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(ty)) => Some(ty.clone()),
            _ => None,
        },
        _ => None,
    };
    Some(Empty { elem, path, call: Some(call) })
}
