//! Calls: primitives, other differentiated functions, and what is passed through.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::expr::Want;
use super::extent::Extent;
use super::goes::Goes;
use super::infer::Class;
use super::passed::Passed;
use super::value::{Form, Frag, MemInfo, Spot, Value};
use super::{BOOL, Lower, Note, OPAQUE, float_named, nested};
use crate::fence;
use crate::ir::{Arg, By, Call, CallForm, Float, Init, IntOp, Made, Op, Opaque, Operand, Place, Ret, Ty, Val};
use crate::rules::{self, Rule};

/// A call of which it is not known yet whether an active value flows in.
pub(super) struct Pending {
    pub(super) at: TokenStream,
    pub(super) path: syn::Path,
    /// The first argument is the receiver of a method.
    pub(super) method: bool,
    pub(super) args: Vec<PendingArg>,
    /// The result is not used.
    pub(super) unused: bool,
}

/// An argument of such a call.
pub(super) enum PendingArg {
    Val(Val),
    /// `&x` of a number.
    RefVal(Val),
    Place {
        place: Place,
        by: By,
    },
    /// A tuple, or `&mut` of what is passed through.
    Other(Frag),
    Closure(Frag, TokenStream),
}

/// What a path of two segments or more calls: `f64::sin`, `Real::sigmoid`.
pub(super) enum Primitive {
    Rule(Rule, Option<Float>),
    SinCos(Option<Float>),
    Query(Option<Float>),
    From(Ty),
}

/// The primitive that a path names.
pub(super) fn primitive(func: &syn::Expr) -> Option<Primitive> {
    let syn::Expr::Path(path) = func else {
        return None;
    };
    let mut segments = path.path.segments.iter().rev();
    let name = segments.next()?.ident.to_string();
    let of = &segments.next()?.ident;
    let of_float = path
        .qself
        .as_ref()
        .and_then(|qself| crate::signature::scalar(&qself.ty))
        .and_then(Ty::float)
        .or_else(|| float_named(of));
    if name == "from" && path.qself.is_none() {
        let ty = syn::Type::Path(syn::TypePath { qself: None, path: of.clone().into() });
        return crate::signature::scalar(&ty).map(Primitive::From);
    }
    if of_float.is_none() && of != "Real" && of != "Float" {
        return None;
    }
    match name.as_str() {
        "sin_cos" => Some(Primitive::SinCos(of_float)),
        name if is_float_query(name) => Some(Primitive::Query(of_float)),
        name => rules::by_method(name).map(|rule| Primitive::Rule(rule, of_float)),
    }
}

/// `iter::successors` and its like: iterators whose elements are what a closure gives that is called again and again.
fn made_by_calls(path: &syn::Path) -> Option<String> {
    let mut segments = path.segments.iter().rev();
    let (last, before) = (segments.next()?, segments.next()?);
    let name = last.ident.to_string();
    let known = ["successors", "from_fn", "repeat_with"].contains(&name.as_str());
    (known && before.ident == "iter").then_some(name)
}

/// Methods of floats whose result is a `bool` and steps where it changes: inactive, whatever the float is.
pub(super) fn is_float_query(name: &str) -> bool {
    ["is_nan", "is_finite", "is_infinite", "is_normal", "is_subnormal", "is_sign_negative", "is_sign_positive"]
        .contains(&name)
}

/// Primitives that integers have too.
fn is_for_integers(rule: Rule) -> bool {
    use Rule as R;
    matches!(rule, R::Abs | R::Signum | R::Min | R::Max | R::Clamp | R::RemEuclid | R::DivEuclid | R::Midpoint)
}

impl Lower<'_> {
    // ---- paths ----------------------------------------------------------------------------------------------------

    pub(super) fn call(
        &mut self,
        call: &syn::ExprCall,
        expected: Option<&syn::Type>,
        (want, goes): (Want, Goes),
    ) -> Value {
        if let Some(value) = self.closure_call(call) {
            return value;
        }
        if let Some(func) = self.function_in_variable(&call.func) {
            let func = Box::new(syn::Expr::Path(func));
            return self.call(&syn::ExprCall { func, ..call.clone() }, expected, (want, goes));
        }
        if let Some(value) = self.array_from_fn(call, expected) {
            return value;
        }
        if let Some(value) = self.generic_call(call) {
            return value;
        }
        if let Some(value) = self.mem_call(call) {
            return value;
        }
        if let Some(value) = self.new_vector(call, expected) {
            return value;
        }
        if let Some(primitive) = primitive(&call.func) {
            return self.primitive_call(primitive, call);
        }
        let whole = syn::Expr::Call(call.clone());
        let syn::Expr::Path(func) = &*call.func else {
            let why = "not yet supported: calling a value; call a `#[differentiate]`d function by its name";
            return Value::Frag(self.pass_through_with(&whole, why));
        };
        let local = func.path.get_ident().is_some_and(|ident| self.env.get(&ident.to_string()).is_some());
        if local || func.qself.is_some() {
            let why = "this calls a value, not a function whose derivative is known; call a `#[differentiate]`d function by its name";
            return Value::Frag(self.pass_through_with(&whole, why));
        }
        if let (Some("stop_gradient"), [arg]) = (
            func.path.segments.last().map(|s| s.ident.to_string()).as_deref(),
            call.args.iter().collect::<Vec<_>>().as_slice(),
        ) {
            return self.stop_gradient(func, arg, &whole);
        }
        if let Some(name) = made_by_calls(&func.path)
            && self.mentions_active(&whole)
        {
            return self.unsupported(
                call,
                format!("`{name}`"),
                "write a `loop` that is left by `break`, or `scan` over a range: `(0..n).scan(x, |state, _| ..)`",
            );
        }
        // `Some(x)`, `Point(x, y)`: data, not a call.
        let constructs =
            func.path.segments.last().is_some_and(|s| s.ident.to_string().starts_with(|c: char| c.is_uppercase()));
        if constructs && let Some(value) = self.tuple_struct(&func.path, call) {
            return value;
        }
        if constructs && let Some(value) = self.some(call) {
            return value;
        }
        if constructs {
            let why = "not yet supported: active values in structs and enums; keep them in variables and arrays";
            return Value::Frag(self.pass_through_with(&whole, why));
        }
        self.call_with((func, false), Vec::new(), &call.args, (want, goes), call.to_token_stream())
    }

    /// Evaluates the arguments, behind those that there are already, and calls; `method` says that the first one is the
    /// receiver of a method.
    pub(super) fn call_with<'a>(
        &mut self,
        (func, method): (&syn::ExprPath, bool),
        args: Vec<PendingArg>,
        exprs: impl IntoIterator<Item = &'a syn::Expr> + Clone,
        (want, goes): (Want, Goes),
        at: TokenStream,
    ) -> Value {
        let inner_parts = std::mem::take(&mut self.inner_parts);
        let mut forms = vec![None; args.len()];
        let mut passed = Passed { forms: vec![Form::Unknown(String::new()); args.len()], args, after: Vec::new() };
        let exprs: Vec<&syn::Expr> = exprs.into_iter().collect();
        // `mem::swap(&mut a, &mut b)`, where `mem` may be anything.
        let exchanges = super::memory::may_be_of_mem(&func.path);
        for (i, arg) in exprs.iter().enumerate() {
            let exclusive = match arg {
                syn::Expr::Reference(reference) if reference.mutability.is_some() && !exchanges => {
                    self.exclusive(reference, &mut passed)
                }
                _ => None,
            };
            if let Some((arg, form)) = exclusive {
                passed.args.push(arg);
                forms.push(Some(form.clone()));
                passed.forms.push(form);
                continue;
            }
            let value = self.expr(arg, Want::Any);
            forms.push(form_of(&value));
            passed.forms.push(super::passed::form_of(&value));
            let last = exprs.iter().skip(i + 1).all(|arg| is_simple(arg));
            passed.args.push(self.argument(value, arg, last));
        }
        if let Some(nested) = nested::nested(&func.path)
            && !passed.args.iter().all(|arg| self.is_inert_arg(arg))
        {
            let mut of = nested.1;
            self.resolve(&mut of);
            self.inner_parts = inner_parts;
            return self.nested_call((nested.0, of), passed.args.into_iter().zip(forms).collect(), want, at);
        }
        self.lend_exclusively(&exprs, &mut passed, want);
        self.separate(&mut passed);
        let value = self.path_call((func, method), passed.args, (want, goes), at.clone());
        self.when_over(passed.after, &at);
        value
    }

    /// What is given, as a constant: what `stop_gradient` gives is inactive, whatever it is given. That the function is
    /// ours and no other of the name is checked where it is called.
    fn stop_gradient(&mut self, func: &syn::ExprPath, arg: &syn::Expr, at: &syn::Expr) -> Value {
        let Some(runtime) = self.runtime.clone() else { return Value::Poison };
        self.means_function(&func.path, &quote!(#runtime::stop_gradient::<::core::primitive::f64>));
        let value = self.expr(arg, Want::Any);
        if is_aggregate(&value) {
            let checked: syn::Expr = syn::parse_quote!(#runtime::__private::stopped(#func, 0.0_f64));
            let ty = self.fresh_ty(OPAQUE);
            let out = self.fresh(ty);
            // Without a use, and kept: the check is all that it is for.
            let check = Opaque { expr: checked, binds: Vec::new(), pure_: true, mutable: true, effects: false };
            self.b.push_stmt(Op::Opaque(Box::new(check)), vec![out]);
            return self.stopped(value, at);
        }
        let val = self.scalar(value, arg);
        if let (Class::Unknown, Some(float)) = (self.class(val), self.float) {
            self.narrow_val(at, val, Class::Known(Ty::Float(float)));
        }
        let ty = self.ty(val).unwrap_or_else(|| self.types.fresh(Class::SomeFloat));
        let frag =
            self.frag_of_val(val).wrap(|inner| syn::parse_quote!(#runtime::__private::stopped(#func, #inner)), ty);
        Value::Scalar(self.emit_opaque(frag, at.to_token_stream(), None, false))
    }

    /// An aggregate as a constant: a copy that is inactive, and that is never written.
    fn stopped(&mut self, value: Value, at: &syn::Expr) -> Value {
        match value {
            Value::Ref(inner) => Value::Ref(Box::new(self.stopped(*inner, at))),
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().map(|part| self.stopped(part, at)).collect()),
            Value::View(view) => {
                let copy = self.view_to_vec(*view);
                self.stopped(copy, at)
            }
            Value::Place(spot) => {
                let form = match spot.form {
                    Form::Unknown(_) => Form::Unknown(String::new()),
                    form => form,
                };
                let mem = self.new_mem(MemInfo::param(form.elem(), true));
                if let Some(data) = self.b.mems.get_mut(mem.0 as usize) {
                    data.stopped = true;
                }
                self.b.effect(Op::Alloc { mem, init: Init::Copy(spot.place) });
                Value::Place(Spot { place: Place::whole(mem), form })
            }
            Value::Scalar(_) => self.unsupported(
                at,
                "`stop_gradient` of a number among others",
                "call it for each: `(stop_gradient(x), stop_gradient(y))`",
            ),
            value => value,
        }
    }

    fn argument(&mut self, value: Value, at: &syn::Expr, last: bool) -> PendingArg {
        match self.whole(value, at.to_token_stream()) {
            Value::Scalar(val) => PendingArg::Val(val),
            Value::Place(spot) if last || matches!(spot.form, Form::Unknown(_)) => {
                PendingArg::Place { place: spot.place, by: By::Value }
            }
            Value::Place(spot) => match self.own(spot, false) {
                Value::Place(spot) => PendingArg::Place { place: spot.place, by: By::Value },
                value => PendingArg::Val(self.scalar(value, at)),
            },
            Value::Ref(inner) => match *inner {
                Value::Poison | Value::Never | Value::Exit => PendingArg::Val(self.poison()),
                Value::Scalar(val) => PendingArg::RefVal(val),
                Value::Optional(present, value) => {
                    let frag = self.option_argument(present, *value);
                    let ty = self.fresh_ty(OPAQUE);
                    let frag = frag.wrap(|inner| syn::parse_quote!(&#inner), ty);
                    PendingArg::Val(self.emit_frag(frag, at.to_token_stream(), false))
                }
                Value::Place(spot) => PendingArg::Place { place: spot.place, by: By::Ref },
                Value::View(view) => PendingArg::Place { place: self.place_of_view(*view), by: By::Ref },
                inner => {
                    let frag = self.embed(Value::Ref(Box::new(inner)));
                    PendingArg::Other(frag)
                }
            },
            Value::Frag(frag) if is_mut_borrow(&frag.expr) => PendingArg::Other(frag),
            Value::Frag(frag) => PendingArg::Val(self.emit_frag(frag, at.to_token_stream(), false)),
            value @ Value::Closure(_) => PendingArg::Closure(self.embed(value), at.to_token_stream()),
            Value::Optional(present, value) => {
                let frag = self.option_argument(present, *value);
                PendingArg::Val(self.emit_frag(frag, at.to_token_stream(), false))
            }
            value @ (Value::Tuple(_) | Value::Struct(..) | Value::Unit | Value::View(_) | Value::Stream(_)) => {
                PendingArg::Other(self.embed(value))
            }
            Value::Never | Value::Exit | Value::Poison => PendingArg::Val(self.poison()),
        }
    }

    fn option_argument(&mut self, present: Val, value: Value) -> Frag {
        let why = "not yet supported: active values in structs and enums; keep them in variables and arrays";
        Frag { why: Some(why.to_owned()), ..self.embed_option(present, value) }
    }

    fn is_inert_arg(&self, arg: &PendingArg) -> bool {
        match arg {
            PendingArg::Val(val) | PendingArg::RefVal(val) => self.is_inert(*val),
            PendingArg::Place { place, .. } => self.mem(place.mem).is_some_and(|mem| mem.inert),
            PendingArg::Other(frag) | PendingArg::Closure(frag, _) => {
                frag.binds.iter().all(|(_, operand)| match operand {
                    Operand::Val(val) => self.is_inert(*val),
                    Operand::Place(place) => self.mem(place.mem).is_some_and(|mem| mem.inert),
                    Operand::Constant(_) => true,
                })
            }
        }
    }

    /// The call as Rust that is passed through.
    pub(super) fn call_frag(&mut self, (path, method): (&syn::Path, bool), args: Vec<PendingArg>) -> Frag {
        let ty = self.fresh_ty(Class::Unknown);
        let mut binds = Vec::new();
        let mut exprs: Vec<syn::Expr> = Vec::new();
        for arg in args {
            let frag = match arg {
                PendingArg::Val(val) => self.frag_of_val(val),
                PendingArg::RefVal(val) => self.embed(Value::Ref(Box::new(Value::Scalar(val)))),
                PendingArg::Place { place, by } => {
                    let frag = self.frag_of_place(place);
                    match by {
                        By::Value => frag,
                        By::Ref => frag.wrap(|inner| syn::parse_quote!(&#inner), ty),
                        By::Mut => frag.wrap(|inner| syn::parse_quote!(&mut #inner), ty),
                    }
                }
                PendingArg::Other(frag) | PendingArg::Closure(frag, _) => frag,
            };
            exprs.push(frag.expr);
            binds.extend(frag.binds);
        }
        let expr: syn::Expr = match exprs.split_first() {
            Some((receiver, args)) if method => syn::parse_quote!((#receiver).#path(#(#args),*)),
            _ => syn::parse_quote!(#path(#(#exprs),*)),
        };
        let pure_ = super::opaque::makes_text(&expr);
        Frag { expr, binds, pure_, ty, why: None }
    }

    /// The companion of another name that the attribute gives for a function.
    pub(super) fn companion_of(&mut self, path: &syn::Path) -> Option<syn::Path> {
        let name = &path.segments.last()?.ident;
        let k = self.companions.iter().position(|(function, _)| function == name)?;
        self.unused_companions.remove(&k);
        self.companions.get(k).map(|(_, companion)| companion.clone())
    }

    fn path_call(
        &mut self,
        (func, method): (&syn::ExprPath, bool),
        args: Vec<PendingArg>,
        (want, goes): (Want, Goes),
        at: TokenStream,
    ) -> Value {
        let mut path = func.path.clone();
        let companion = self.companion_of(&path);
        if !method {
            self.resolve(&mut path);
        }
        let writes = args.iter().any(|arg| matches!(arg, PendingArg::Place { by: By::Mut, .. }));
        if !writes && args.iter().all(|arg| self.is_inert_arg(arg)) {
            let mut frag = self.call_frag((&path, method), args);
            if want == Want::Scalar {
                frag.ty = self.fresh_ty(Class::Unknown);
            }
            return Value::Frag(frag);
        }
        // A call with a closure is refused: one message will do.
        let closure = args.iter().any(|arg| matches!(arg, PendingArg::Closure(..)));
        let goes = if closure { Goes::Number } else { goes };
        let (ret, parts) = match (want, goes) {
            // What writes and is not used otherwise gives nothing.
            (Want::Nothing, _) if writes => (Ret::Tuple(0), Vec::new()),
            (Want::Tuple(n), goes) => (Ret::Tuple(n), (0..n).map(|i| goes.part(i)).collect()),
            (_, Goes::Parts(parts)) => (Ret::Tuple(parts.len()), parts),
            (_, goes) => (Ret::Scalar, vec![goes]),
        };
        let (mut out, mut made, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (part, goes) in parts.iter().enumerate() {
            values.push(match goes {
                Goes::Memory(ty) => {
                    let spot = self.made_by_call(ty.as_ref());
                    made.push(Made { part, layers: vec![spot.place.mem] });
                    Value::Place(spot)
                }
                _ => {
                    let ty = self.fresh_ty(Class::Unknown);
                    let val = self.fresh(ty);
                    out.push(val);
                    Value::Scalar(val)
                }
            });
        }
        if out.is_empty() {
            // What is said of the call goes by a value; it goes when all is known.
            let ty = self.fresh_ty(OPAQUE);
            out.push(self.fresh(ty));
        }
        let known = args.iter().filter_map(|arg| match arg {
            PendingArg::Val(val) | PendingArg::RefVal(val) => Some(Arg::Val(*val)),
            PendingArg::Place { place, by } => Some(Arg::Place { place: place.clone(), by: *by }),
            PendingArg::Other(_) | PendingArg::Closure(..) => None,
        });
        // What is inside the other arguments counts too for whether the call is active.
        let inside = args.iter().flat_map(|arg| match arg {
            PendingArg::Other(frag) | PendingArg::Closure(frag, _) => frag.binds.clone(),
            _ => Vec::new(),
        });
        let inside = inside.map(|(_, operand)| match operand {
            Operand::Val(val) => Arg::Val(val),
            Operand::Place(place) | Operand::Constant(place) => Arg::Place { place, by: By::Value },
        });
        let known = known.chain(inside).collect();
        let unused = want == Want::Nothing && !writes;
        let call =
            Call { path: path.clone(), method, companion, form: CallForm::Primal, args: known, ret: ret.clone(), made };
        self.b.push_stmt(Op::Call(Box::new(call)), out.clone());
        if let Some(first) = out.first() {
            self.notes.insert(*first, Note::Call(Pending { at, path, method, args, unused }));
        }
        match ret {
            Ret::Tuple(0) => Value::Unit,
            Ret::Tuple(_) => Value::Tuple(values),
            Ret::Scalar => values.pop().unwrap_or(Value::Unit),
        }
    }

    fn primitive_call(&mut self, primitive: Primitive, call: &syn::ExprCall) -> Value {
        let args: Vec<Val> = call.args.iter().map(|arg| self.scalar_expr(arg)).collect();
        let Some(&first) = args.first() else {
            return self.refuse(call, "this function takes arguments: `f64::sin(x)`");
        };
        match primitive {
            Primitive::Rule(rule, _) => self.path_is(first, Some(rule), &call.func),
            Primitive::SinCos(_) | Primitive::Query(_) => self.path_is(first, None, &call.func),
            Primitive::From(_) => {}
        }
        match primitive {
            Primitive::Rule(rule, float) => {
                self.narrow_val(call, first, float.map_or(Class::SomeFloat, |float| Class::Known(Ty::Float(float))));
                self.rule(rule, args, Extent::of_tokens(call))
            }
            Primitive::SinCos(float) => {
                self.narrow_val(call, first, float.map_or(Class::SomeFloat, |float| Class::Known(Ty::Float(float))));
                self.sin_cos(first, Extent::of_tokens(call))
            }
            Primitive::Query(float) => {
                self.narrow_val(call, first, float.map_or(Class::SomeFloat, |float| Class::Known(Ty::Float(float))));
                let name = match &*call.func {
                    syn::Expr::Path(path) => path.path.segments.last().map(|s| s.ident.clone()),
                    _ => None,
                };
                name.map_or(Value::Poison, |name| self.query(first, &name, call))
            }
            Primitive::From(ty) => match self.class(first) {
                Class::Known(Ty::Int(_) | Ty::Float(_)) | Class::SomeInt | Class::SomeFloat if call.args.len() == 1 => {
                    self.path_is_from(first, ty, &call.func);
                    let ty = self.known(ty);
                    let out = self.emit(Op::Cast(first), ty);
                    if self.is_inert(first) {
                        self.inert.insert(out);
                    }
                    Value::Scalar(out)
                }
                _ => {
                    let ty = self.known(ty);
                    let func = &call.func;
                    let mut frag = self.frag_of_val(first).wrap(|inner| syn::parse_quote!(#func(#inner)), ty);
                    frag.why = Some(fence::method("into"));
                    Value::Frag(frag)
                }
            },
        }
    }

    /// A step of the rule table.
    pub(super) fn rule(&mut self, rule: Rule, args: Vec<Val>, at: Extent) -> Value {
        let row = rules::row(rule);
        if args.len() != row.partials.len() {
            let (want, plural) = (row.partials.len(), if row.partials.len() == 1 { "" } else { "s" });
            return self
                .refuse(at, format_args!("this function takes {want} argument{plural}, and not {}", args.len()));
        }
        let mut first = None;
        for (i, arg) in args.iter().enumerate() {
            match row.int_args.iter().find(|(k, _)| *k == i) {
                Some((_, int)) => self.narrow_val(at, *arg, Class::Known(Ty::Int(*int))),
                None => match first {
                    Some(first) => self.agree_vals(at, first, *arg),
                    None => first = Some(*arg),
                },
            }
        }
        if let Some(first) = first.filter(|_| !is_for_integers(rule)) {
            self.narrow_val(at, first, Class::SomeFloat);
        }
        Value::Scalar(self.node(rule, args, at))
    }

    pub(super) fn sin_cos(&mut self, val: Val, at: Extent) -> Value {
        self.narrow_val(at, val, Class::SomeFloat);
        let sin = self.node(Rule::Sin, vec![val], at);
        let cos = self.node(Rule::Cos, vec![val], at);
        Value::Tuple(vec![Value::Scalar(sin), Value::Scalar(cos)])
    }

    /// `x.is_nan()` and the like: inactive whatever `x` is.
    pub(super) fn query(&mut self, val: Val, name: &syn::Ident, at: impl ToTokens) -> Value {
        self.narrow_val(at.to_token_stream(), val, Class::SomeFloat);
        let ty = self.fresh_ty(BOOL);
        let frag = self.frag_of_val(val).wrap(|inner| syn::parse_quote!(#inner.#name()), ty);
        Value::Scalar(self.emit_opaque(frag, at.to_token_stream(), None, false))
    }
}

/// What is known of the type of a place.
fn form_of(value: &Value) -> Option<Form> {
    match value {
        Value::Ref(inner) => form_of(inner),
        Value::Place(spot) => Some(spot.form.clone()),
        _ => None,
    }
}

/// Whether a value is an array, a struct, or made of several; what may be a number is none.
fn is_aggregate(value: &Value) -> bool {
    match value {
        Value::Place(spot) => match &spot.form {
            Form::Scalar(_) => false,
            Form::Unknown(_) => spot.place.path.is_empty(),
            Form::Seq(..) | Form::Tuple(_) => true,
        },
        Value::Ref(inner) => matches!(&**inner, Value::Place(_)) || is_aggregate(inner),
        Value::Tuple(_) | Value::View(_) => true,
        _ => false,
    }
}

pub(super) fn is_mut_borrow(expr: &syn::Expr) -> bool {
    matches!(expr, syn::Expr::Reference(reference) if reference.mutability.is_some())
}

/// Evaluating it emits nothing that could come in the wrong order.
pub(super) fn is_simple(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Lit(_) | syn::Expr::Path(_) | syn::Expr::Closure(_) => true,
        syn::Expr::Reference(inner) => is_simple(&inner.expr),
        syn::Expr::Field(inner) => is_simple(&inner.base),
        syn::Expr::Paren(inner) => is_simple(&inner.expr),
        syn::Expr::Unary(inner) => is_simple(&inner.expr),
        _ => false,
    }
}

/// What finishing needs of an operator that integers have too, as a method.
pub(super) fn integer_method(rule: Rule) -> Option<&'static str> {
    match rules::row(rule).syntax {
        rules::Syntax::Float(name) if is_for_integers(rule) => Some(name),
        _ => None,
    }
}

/// The integer operation that a step is, where its operands are integers.
pub(super) fn integer_op(rule: Rule) -> Option<IntOp> {
    Some(match rule {
        Rule::Add => IntOp::Add,
        Rule::Sub => IntOp::Sub,
        Rule::Mul => IntOp::Mul,
        Rule::Div => IntOp::Div,
        Rule::Rem => IntOp::Rem,
        Rule::Neg => IntOp::Neg,
        _ => return None,
    })
}
