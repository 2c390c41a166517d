//! Lowering: from the user's Rust (`syn`) to the IR, and the fence of the language on the way.
//!
//! One walk over the body, in Rust's order of evaluation, so that the primal of the derivatives has the bits and the
//! panics of the plain function. Three things are not known during the walk and are settled after it ([`finish`]):
//!
//! - *types*: every scalar has a type variable ([`infer`]); `a + b` is emitted as a float step and becomes an integer
//!   operation where the types say so;
//! - *activity*: a call with an active argument is a call of a differentiated function, any other is passed through;
//!   both are emitted as calls and told apart at the end;
//! - *the fence around what is passed through*: whatever is not understood must not meet an active value. Nothing is
//!   treated as constant because it was not understood.
//!
//! References are transparent, tuples exist at compile time only, and rows of arrays and parts of structs are aliases
//! ([`value::Value`]). Variables that a region assigns become its carried values ([`assigned`]).

mod adopted;
mod array;
mod assigned;
mod borrow;
mod call;
mod chained;
mod choice;
mod chosen;
mod closure;
mod composite;
mod control;
mod copied;
mod decide;
mod env;
mod exit;
mod expr;
mod extent;
mod finish;
mod format;
mod generic;
mod goes;
mod growing;
mod grown;
mod hoisted;
mod infer;
mod iter;
mod literal;
mod loops;
mod meant;
mod memory;
mod method;
mod nested;
mod opaque;
mod operator;
mod optional;
mod passed;
mod pattern;
mod place;
mod reorder;
mod stmt;
mod structs;
mod tails;
#[cfg(test)]
mod tests;
mod unmodelled;
mod value;
mod view;
mod witness;

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;

use self::extent::Extent;
use crate::diag::Diag;
use crate::fence;
use crate::ir::build::Builder;
use crate::ir::{Float, Func, Int, Mem, Op, Param, Place, Role, Slotted, Ty, Val};
use crate::maps::{Map, Set};
use crate::signature::{self, Owner, Shape, Signature, generics};

use env::Env;
use infer::{Class, TyVar, Types};
use value::{Binding, Form, Leaves, MemInfo, Seq, Spot, Value};

const USIZE: Class = Class::Known(Ty::Int(Int::Usize));
const BOOL: Class = Class::Known(Ty::Bool);
const OPAQUE: Class = Class::Known(Ty::Opaque);

/// A function of the user's.
pub(crate) struct Lowered {
    pub(crate) func: Func,
    /// Statements that are never run and compile only if names mean what they were taken for.
    pub(crate) witnesses: Vec<TokenStream>,
}

/// Lowers the body of `item`. `None` after a mistake, which is reported.
pub(crate) fn lower(item: &syn::ItemFn, sig: &Signature, diag: &mut Diag) -> Option<Lowered> {
    let mut lower = Lower::new(item, diag);
    lower.float = (sig.float())
        .or_else(|| sig.owner.as_ref().and_then(|owner| owner.float))
        .or_else(|| signature::float_inside(signature::types(&item.sig)));
    if sig.is_without_floats() {
        lower.float_of_structs = true;
        // Where the structs do not show it either, rustc finds whether their numbers are others.
        lower.float.get_or_insert(Float::F64);
    }
    lower.owner = sig.owner.clone();
    lower.runtime = Some(sig.runtime.clone());
    lower.companions = sig.companions.clone();
    lower.unused_companions = (0..sig.companions.len()).collect();
    sig.params.iter().filter(|param| !param.active && !param.marked).for_each(|param| lower.means_constant(&param.ty));
    let params = lower.params(item, sig);
    let (results, returned) = lower.results(&item.block, sig);
    lower.no_hole(&item.sig.ident);
    let func = lower.finish(sig.ident.to_string(), params, results)?;
    let func = Func { returned, ..func };
    let witnesses = lower.witnesses(&func, &item.block);
    Some(Lowered { func, witnesses })
}

/// Reports what is outside the language in a function whose signature is refused already, so that both come in one compile.
pub(crate) fn refuse(item: &syn::ItemFn, diag: &mut Diag) {
    let mut lower = Lower::new(item, diag);
    for input in &item.sig.inputs {
        if let syn::FnArg::Typed(input) = input {
            lower.bind_poison(&input.pat);
        }
    }
    lower.function(&item.block, expr::Want::Scalar, exit::Make::Unit);
    // What is found needs no function.
    let _ = lower.finish(item.sig.ident.to_string(), Vec::new(), Vec::new());
}

/// What is said of a provisional statement, by its provisional result.
enum Note {
    /// Unmodelled Rust.
    Opaque {
        at: TokenStream,
        /// What to say if an active value flows in; `None` if it may.
        complaint: Option<String>,
        /// It is evaluated for its effect: the provisional result goes.
        effect: bool,
    },
    /// A call of a function by its path.
    Call(call::Pending),
    /// The condition of a type: it must come out as a scalar.
    Scalar { at: Extent },
}

/// The lowering of one function.
struct Lower<'d> {
    diag: &'d mut Diag,
    b: Builder,
    types: Types,
    /// The type variable of every value, in step with the builder's.
    val_types: Vec<TyVar>,
    mems: Vec<MemInfo>,
    leaves: Leaves,
    env: Env,
    /// `use` declarations in the body: the name and what it stands for.
    imports: HashMap<String, syn::Path>,
    /// Which names are used as aggregates.
    uses: assigned::Uses,
    /// What is pushed onto vectors and written into structs, in functions where that happens.
    pushes: grown::Pushes,
    /// Vectors of what is no number that grow, the types of their elements as far as they are written, and what these are.
    grown: Vec<(Mem, syn::Type, value::Form)>,
    /// The types of the elements of vectors of what is no number, as far as they are written where these are made.
    elements: HashMap<Mem, syn::Type>,
    /// Values that are certainly inactive, as far as the walk sees.
    inert: Set<Val>,
    notes: Map<Val, Note>,
    /// Operands of casts: a part of a struct of which nothing else is known is an integer there.
    casts: Vec<Val>,
    /// Values that are passed by `&mut`: they must not come out as numbers, which are copied freely.
    mutated: Vec<(Val, TokenStream)>,
    /// Values of types that are not modelled, made once or declared `let mut`: what is read of them is read once too, and
    /// kept where the reverse sweep needs it, which they themselves cannot be.
    made: Set<Val>,
    /// What a jump at hand may leave: the function first, then the loops and labelled blocks around.
    frames: Vec<exit::Frame>,
    /// Of these, the first so many cannot be left from the middle of the expression at hand.
    barrier: usize,
    /// Where the expression stands that is evaluated next.
    position: exit::Position,
    /// Truth values that are known.
    truths: Map<Val, bool>,
    /// Loop variables, and the numbers that they stay below.
    below: Map<Val, Val>,
    /// Types of the numbers in structs that the function makes, by struct.
    fields: Vec<Vec<TyVar>>,
    /// Memory that is a struct for certain: the function makes it by a literal, or copies what is one.
    structs: Set<Mem>,
    /// The types of memory that is a struct, where they show, without their generic arguments.
    struct_types: Map<Mem, syn::Path>,
    /// Arrays and vectors whose elements are structs for certain.
    of_structs: Set<Mem>,
    /// Memory that was made with the length of other memory.
    lengths: Map<Mem, Mem>,
    /// Numbers that are lengths of memory.
    measured: Map<Val, Place>,
    /// Steps that were written as methods of traits.
    written: Vec<witness::Written>,
    /// Witnesses that names mean what they were taken for.
    meant: Vec<TokenStream>,
    /// Parts of structs that were found to be sequences: memory, and the path in it.
    sequences: HashSet<(Mem, String)>,
    /// The names in the function's signature.
    signed: HashSet<String>,
    /// Types of the results of arithmetic.
    computed: Vec<TyVar>,
    /// The types of what is compared with a variant of an enum.
    choices: Vec<TyVar>,
    /// What `!` is applied to: of which nothing else is known, it is a truth value.
    negated: Vec<Val>,
    /// The types of variables that are declared without a value, by position and name.
    declared: HashMap<(usize, String), syn::Type>,
    /// Whether something was refused on the way, which must have been reported by the end.
    poisoned: bool,
    /// What the values are made of that variables get that are declared without one, by position and name.
    later: HashMap<(usize, String), exit::Make>,
    /// Numbers of a range by their positions, and the ends of the range: of their type.
    counted: Map<Val, Vec<Val>>,
    /// Parameters of types that are not modelled and that are passed by reference.
    by_reference: Set<Val>,
    /// The float type of the signature, if it has one only.
    float: Option<Float>,
    /// It is that of the structs in it, `&State<T>`, or of the `impl`: the signature shows no other.
    float_of_structs: bool,
    /// The `impl` block of a method.
    owner: Option<Owner>,
    /// The path of the runtime.
    runtime: Option<syn::Path>,
    /// Called functions whose companions have other names.
    companions: Vec<(proc_macro2::Ident, syn::Path)>,
    /// Of these, those that were not called yet.
    unused_companions: HashSet<usize>,
    placeholders: u32,
    /// The type that is written for the value of the expression that is lowered next.
    expected: Option<syn::Type>,
    /// Where the value of the expression goes that is lowered next; the same of the base of a part.
    goes: goes::Goes,
    base_goes: goes::Goes,
    /// The type of what the function returns, and where that goes.
    returns: Option<(syn::Type, goes::Goes)>,
    /// Memory that calls make.
    from_calls: HashSet<Mem>,
    /// Of these, those whose types nothing shows.
    of_unknown_type: HashSet<Mem>,
    /// How many parts the second part of the pattern has that the next value is bound to: `let (y, (dx, dy)) = ..`.
    inner_parts: Option<usize>,
    /// How many values the second and later applications of closures added.
    repeated: usize,
    /// How many closures are around whose `Option`s are modelled, whatever they hold.
    models_options: usize,
    /// What the `Option` at hand holds, as its variable says.
    option_of: Option<Float>,
    /// How many methods of integers are around whose bodies are in their places.
    queries: usize,
    /// Variables that are given `Option`s of numbers, and whose declarations do not say so.
    untyped_options: HashSet<String>,
    /// The branch at hand chooses an array or a struct.
    chooses_memory: bool,
    /// How many iterators were bound to variables that are `mut`.
    streams: usize,
}

impl<'d> Lower<'d> {
    fn new(item: &syn::ItemFn, diag: &'d mut Diag) -> Lower<'d> {
        fence::attributes(item, diag);
        let uses = assigned::Uses::of(&item.block);
        Lower {
            diag,
            b: Builder::new(),
            types: Types::default(),
            val_types: Vec::new(),
            mems: Vec::new(),
            leaves: Leaves::new(),
            env: Env::default(),
            imports: HashMap::new(),
            pushes: if uses.grows || uses.changes_parts() { grown::Pushes::of(item) } else { grown::Pushes::default() },
            grown: Vec::new(),
            elements: HashMap::new(),
            uses,
            inert: Set::default(),
            notes: Map::default(),
            casts: Vec::new(),
            mutated: Vec::new(),
            made: Set::default(),
            frames: Vec::new(),
            barrier: 0,
            position: exit::Position::default(),
            truths: Map::default(),
            below: Map::default(),
            fields: Vec::new(),
            structs: Set::default(),
            struct_types: Map::default(),
            of_structs: Set::default(),
            lengths: Map::default(),
            measured: Map::default(),
            written: Vec::new(),
            meant: Vec::new(),
            untyped_options: HashSet::new(),
            chooses_memory: false,
            sequences: HashSet::new(),
            signed: meant::names(&item.sig),
            computed: Vec::new(),
            choices: Vec::new(),
            negated: Vec::new(),
            declared: HashMap::new(),
            poisoned: false,
            later: HashMap::new(),
            counted: Map::default(),
            by_reference: Set::default(),
            float: None,
            float_of_structs: false,
            owner: None,
            runtime: None,
            companions: Vec::new(),
            unused_companions: HashSet::new(),
            placeholders: 0,
            expected: None,
            goes: goes::Goes::Number,
            base_goes: goes::Goes::Number,
            returns: None,
            from_calls: HashSet::new(),
            of_unknown_type: HashSet::new(),
            inner_parts: None,
            repeated: 0,
            models_options: 0,
            option_of: None,
            queries: 0,
            streams: 0,
        }
    }
}

impl Lower<'_> {
    // ---- values and types ---------------------------------------------------------------------------------------

    fn fresh_ty(&mut self, class: Class) -> TyVar {
        self.types.fresh(class)
    }

    fn known(&mut self, ty: Ty) -> TyVar {
        self.types.fresh(Class::Known(ty))
    }

    fn fresh(&mut self, ty: TyVar) -> Val {
        let val = self.b.fresh(Ty::Opaque);
        self.val_types.push(ty);
        val
    }

    /// A statement with one result.
    fn emit(&mut self, op: Op, ty: TyVar) -> Val {
        let val = self.fresh(ty);
        self.b.push_stmt(op, vec![val]);
        val
    }

    fn ty(&self, val: Val) -> Option<TyVar> {
        self.val_types.get(val.0 as usize).copied()
    }

    fn class(&self, val: Val) -> Class {
        self.ty(val).map_or(Class::Error, |ty| self.types.class(ty))
    }

    /// The operands have one type.
    fn agree(&mut self, at: impl ToTokens, a: TyVar, b: TyVar) {
        if let Err((a, b)) = self.types.unify(a, b) {
            self.disagreement(at, a, b);
        }
    }

    fn agree_vals(&mut self, at: impl ToTokens, a: Val, b: Val) {
        if let (Some(a), Some(b)) = (self.ty(a), self.ty(b)) {
            self.agree(at, a, b);
        }
    }

    /// The type is of the class.
    fn narrow(&mut self, at: impl ToTokens, ty: TyVar, class: Class) {
        if let Err(found) = self.types.narrow(ty, class) {
            self.disagreement(at, found, class);
        }
    }

    fn narrow_val(&mut self, at: impl ToTokens, val: Val, class: Class) {
        if let Some(ty) = self.ty(val) {
            self.narrow(at, ty, class);
        }
    }

    fn disagreement(&mut self, at: impl ToTokens, a: Class, b: Class) {
        let (a, b) = (a.text(), b.text());
        self.diag.error(
            at,
            format_args!(
                "this is both {a} and {b} here; write the conversion, `x as f64`, or the type: `let x: f64 = ..`"
            ),
        );
    }

    /// Never a derivative with a hole in it: a refused part that nobody reported is reported now.
    fn no_hole(&mut self, at: &Ident) {
        if self.poisoned && self.diag.is_clean() {
            let message = "this function cannot be differentiated, for a reason that `autodiff` fails to tell: \
                           please report it, and write it with other constructs meanwhile";
            self.diag.error(at, message);
        }
    }

    /// The value of a refused expression, where a scalar is wanted.
    fn poison(&mut self) -> Val {
        self.poisoned = true;
        let ty = self.fresh_ty(Class::Error);
        self.fresh(ty)
    }

    /// Reports, and goes on with a value that agrees with everything.
    fn refuse(&mut self, at: impl ToTokens, message: impl std::fmt::Display) -> Value {
        self.diag.error(at, message);
        Value::Poison
    }

    /// A variable that has no value as far as control flow shows here.
    fn without_value(&mut self, name: &str, at: impl ToTokens) -> Value {
        // Reported once.
        if let Some(binding) = self.env.position(name).and_then(|at| self.env.bindings.get_mut(at)) {
            binding.value = Some(Value::Poison);
        }
        self.unsupported(at, "a variable that gets its value later, in this way", "give it one where it is declared")
    }

    fn unsupported(&mut self, at: impl ToTokens, what: impl std::fmt::Display, instead: &str) -> Value {
        self.diag.unsupported(at, what, instead);
        Value::Poison
    }

    /// Certainly inactive: an integer, a constant, or made of such.
    fn is_inert(&self, val: Val) -> bool {
        self.inert.contains(&val)
            || matches!(self.class(val), Class::SomeInt | Class::Known(Ty::Int(_) | Ty::Bool | Ty::Opaque))
    }

    fn new_mem(&mut self, info: MemInfo) -> Mem {
        let mem = self.b.fresh_mem(None, None);
        self.mems.push(info);
        mem
    }

    /// Notes that memory is a slice or a vector.
    fn note_list(&mut self, mem: Mem, form: &Form) {
        if let (Form::Seq(_, Seq::Slice | Seq::Vec), Some(data)) = (form, self.b.mems.get_mut(mem.0 as usize)) {
            data.list = true;
        }
    }

    fn note_struct_type(&mut self, mem: Mem, shape: &Shape) {
        if let Shape::Named(ty) = shape
            && let syn::Type::Path(syn::TypePath { qself: None, path }) = &**ty
        {
            self.struct_types.insert(mem, bare_path(path));
        }
    }

    fn mem(&self, mem: Mem) -> Option<&MemInfo> {
        self.mems.get(mem.0 as usize)
    }

    // ---- parameters and results -----------------------------------------------------------------------------------

    fn form(&mut self, shape: &Shape) -> Form {
        match shape {
            Shape::Scalar(ty) => Form::Scalar(self.known(*ty)),
            Shape::Array(inner, _) => Form::Seq(Box::new(self.form(inner)), Seq::Array),
            Shape::Slice(inner) => Form::Seq(Box::new(self.form(inner)), Seq::Slice),
            Shape::Vec(inner) => Form::Seq(Box::new(self.form(inner)), Seq::Vec),
            Shape::Tuple(parts) => Form::Tuple(parts.iter().map(|part| self.form(part)).collect()),
            Shape::Named(_) => Form::Unknown(String::new()),
        }
    }

    fn params(&mut self, item: &syn::ItemFn, sig: &Signature) -> Vec<Param> {
        let mut params = Vec::new();
        let mut bound = Vec::new();
        for (i, param) in sig.params.iter().enumerate() {
            self.b.span = param.ident.span();
            let name = param.ident.to_string();
            let (held, value) = if param.is_mem {
                let form = self.form(&param.shape);
                let info = match param.by_mut {
                    true => MemInfo::output(form.elem()),
                    false => MemInfo::param(form.elem(), !param.active),
                };
                let mem = self.new_mem(info);
                self.note_list(mem, &form);
                self.note_struct_type(mem, &param.shape);
                if let Some(data) = self.b.mems.get_mut(mem.0 as usize) {
                    data.name = Some(name);
                }
                (Slotted::Mem(mem), Value::Place(Spot { place: Place::whole(mem), form }))
            } else {
                let class = match &param.shape {
                    // `n: &usize` is read on entry.
                    Shape::Scalar(ty) => Class::Known(*ty),
                    Shape::Named(ty) if !param.by_ref && !is_opaque_type(ty) => Class::Unknown,
                    _ => OPAQUE,
                };
                let ty = self.fresh_ty(class);
                let val = self.fresh(ty);
                self.b.set_name(val, name);
                if !param.active {
                    self.inert.insert(val);
                }
                if param.by_ref {
                    self.by_reference.insert(val);
                }
                let value = match &param.shape {
                    Shape::Scalar(_) if param.by_ref => Value::Ref(Box::new(Value::Scalar(val))),
                    _ => Value::Scalar(val),
                };
                (Slotted::Val(val), value)
            };
            let value = if param.by_ref && param.is_mem { Value::Ref(Box::new(value)) } else { value };
            params.push(Param { role: Role::param(i), held, active: param.active, by_mut: param.by_mut });
            match item.sig.inputs.iter().nth(i) {
                Some(syn::FnArg::Typed(input)) => bound.push((&*input.pat, value)),
                Some(syn::FnArg::Receiver(_)) => {
                    let name = "self".to_owned();
                    self.env.bindings.push(Binding { name, value: Some(value), mutable: false });
                }
                None => {}
            }
        }
        for (pat, value) in bound {
            self.b.span = pat.span();
            self.bind(pat, value, None);
        }
        params
    }

    #[expect(clippy::type_complexity, reason = "numbers, and memory")]
    fn results(&mut self, body: &syn::Block, sig: &Signature) -> (Vec<(Role, Val)>, Vec<(Role, Mem)>) {
        let want = match (sig.ret.is_unit(), sig.ret.tuple) {
            (true, _) => expr::Want::Nothing,
            (false, true) => expr::Want::Tuple(sig.ret.parts.len()),
            (false, false) if sig.ret.has_memory() => expr::Want::Any,
            (false, false) => expr::Want::Scalar,
        };
        let tys: Vec<Ty> = sig.ret.parts.clone();
        self.returns = Some((sig.ret.ty.clone(), goes::of_type(&sig.ret.ty)));
        self.uses.returned(body, sig);
        let make = if sig.ret.is_unit() { exit::Make::Unit } else { exit::Make::of_parts(&tys, sig.ret.tuple) };
        let value = self.function(body, want, make);
        if sig.ret.is_unit() {
            if let Value::Frag(frag) = value {
                self.drop_frag(frag, body.to_token_stream());
            }
            return (Vec::new(), Vec::new());
        }
        let tail = body.stmts.last().map_or_else(|| body.to_token_stream(), |stmt| stmt.to_token_stream());
        let parts = match (value.peel(), sig.ret.tuple) {
            (Value::Tuple(parts), true) if parts.len() == sig.ret.parts.len() => parts,
            (Value::Poison, _) => {
                self.poisoned = true;
                Vec::new()
            }
            (Value::Never | Value::Exit, _) => {
                self.diag.error(&tail, "the function never returns, so it has no derivative; return a float");
                Vec::new()
            }
            (value @ Value::Place(_), true) => {
                (0..sig.ret.parts.len()).map(|i| self.part(value.clone(), i, &tail)).collect()
            }
            (Value::Unit, _) => {
                self.diag.error(&tail, "the function ends without a value: write the result as its last expression");
                Vec::new()
            }
            (value, false) => vec![value],
            (_, true) => {
                let message = format!("write the result as a tuple of {} values", sig.ret.parts.len());
                self.diag.error(&tail, message);
                Vec::new()
            }
        };
        let (mut results, mut returned) = (Vec::new(), Vec::new());
        for (j, (part, ty)) in parts.into_iter().zip(&sig.ret.parts).enumerate() {
            if let Some(shape) = sig.ret.shape(j) {
                if let Some(mem) = self.returned(part, shape, type_of_part(&sig.ret.ty, j), &tail) {
                    returned.push((Role::result(j), mem));
                }
                continue;
            }
            let val = self.scalar(part, &tail);
            if *ty != Ty::Opaque {
                self.narrow_val(&tail, val, Class::Known(*ty));
            }
            results.push((Role::result(j), val));
        }
        (results, returned)
    }

    /// A result that is memory: a variable of the function's body, or a copy of what it was given.
    fn returned(&mut self, value: Value, shape: &Shape, ty: Option<&syn::Type>, at: &TokenStream) -> Option<Mem> {
        let value = match value.peel() {
            Value::View(view) => self.view_to_vec(*view),
            value => value,
        };
        let value = self.whole(value, at.clone());
        let value = match ty {
            Some(ty) => {
                let value = self.ascribe(value, ty);
                self.adopted(value, ty, at)
            }
            None => value,
        };
        let value = match shape {
            Shape::Named(_) => self.adopted_struct(value, ty, at),
            _ => value,
        };
        let spot = match value {
            Value::Place(spot) => spot,
            Value::Poison | Value::Never | Value::Exit => return None,
            _ => {
                let what = if shape.is_numeric() { "let y = vec![0.0; n];" } else { "let y = Point { x, y };" };
                self.unsupported(
                    at,
                    "this expression as a result that is no number",
                    &format!("bind what is returned to a variable of the body, `{what}`, and end with `y`"),
                );
                return None;
            }
        };
        let mem = spot.place.mem;
        let here = |stmt: &crate::ir::Stmt| stmt.op.defined().contains(&mem);
        let given = self.mem(mem).is_some_and(|mem| !mem.local);
        if !given && !self.b.block().stmts.iter().any(here) {
            self.unsupported(
                at,
                "returning an array that is made in a loop or branch",
                "make it before, and assign its elements there",
            );
            return None;
        }
        if !given && spot.place.path.is_empty() {
            return Some(mem);
        }
        match self.copy(spot) {
            Value::Place(copy) => Some(copy.place.mem),
            _ => None,
        }
    }
}

/// The type of a part of a result.
fn type_of_part(ty: &syn::Type, j: usize) -> Option<&syn::Type> {
    match crate::signature::bare(ty) {
        syn::Type::Tuple(tuple) => tuple.elems.iter().nth(j),
        ty => Some(ty),
    }
}

/// `char`, `str`, `String`, and types that are not paths: certainly no number.
fn is_opaque_type(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Path(path) => ["char", "String", "str"].iter().any(|name| path.path.is_ident(name)),
        _ => true,
    }
}

/// The float type that a name stands for.
fn float_named(name: &syn::Ident) -> Option<Float> {
    match name.to_string().as_str() {
        "f32" => Some(Float::F32),
        "f64" => Some(Float::F64),
        _ => generics::float(name),
    }
}

/// A path of a type without generic arguments, which the uses of its functions show.
fn bare_path(path: &syn::Path) -> syn::Path {
    let mut path = path.clone();
    path.segments.iter_mut().for_each(|segment| segment.arguments = syn::PathArguments::None);
    path
}
