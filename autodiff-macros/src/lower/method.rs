//! Method calls: primitives, lengths and copies of arrays, and what is passed through.

use quote::ToTokens;

use super::call::{PendingArg, is_float_query, is_simple};
use super::closure::Names;
use super::expr::Want;
use super::extent::Extent;
use super::goes::Goes;
use super::infer::Class;
use super::value::{Form, Seq, Spot, Value};
use super::{BOOL, Lower, OPAQUE, USIZE};
use crate::fence;
use crate::ir::{By, CmpOp, Const, Op, Place, Ty, Val};
use crate::rules;
use crate::signature::Receiver;

/// Methods of integers that give their own type and depend on nothing else.
fn is_integer_method(name: &str) -> bool {
    let prefixes = ["wrapping_", "saturating_"];
    ["pow", "isqrt", "swap_bytes", "rotate_left", "rotate_right", "next_power_of_two", "div_ceil", "next_multiple_of"]
        .contains(&name)
        || prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// Methods of numbers.
fn is_of_numbers(name: &str) -> bool {
    rules::by_method(name).is_some() || is_float_query(name) || matches!(name, "sin_cos" | "into" | "clone" | "unwrap")
}

/// Methods of arrays and vectors that only look, and those of their elements that are primitives.
pub(super) fn only_looks(name: &str) -> bool {
    let of_floats = rules::by_method(name).is_some() || is_float_query(name) || name == "sin_cos";
    let of_arrays = [
        "len",
        "is_empty",
        "to_vec",
        "clone",
        "as_slice",
        "iter",
        "first",
        "last",
        "get",
        "contains",
        "chunks",
        "windows",
        "starts_with",
        "ends_with",
        "capacity",
        "binary_search",
    ];
    of_floats || of_arrays.contains(&name)
}

impl Lower<'_> {
    pub(super) fn method_call(
        &mut self,
        call: &syn::ExprMethodCall,
        expected: Option<&syn::Type>,
        (want, goes): (Want, Goes),
    ) -> Value {
        if let Some(value) = self.decision(call) {
            return value;
        }
        if let Some(value) = self.iterator_method(call, expected, want) {
            return value;
        }
        let name = call.method.to_string();
        if let Some(value) = self.unwrapped_conversion(call) {
            return value;
        }
        if let Some(value) = self.unwrapped_part(call) {
            return value;
        }
        if let Some(value) = self.option_method(call) {
            return value;
        }
        match want {
            // `it.next();`
            Want::Nothing => {
                if let Some(optional) = self.end_of_chain(call) {
                    if !optional.value.assigned().is_empty() {
                        self.option_value(optional, &call.to_token_stream());
                    }
                    return Value::Unit;
                }
            }
            _ => {
                if let Some(value) = self.optional_value(call) {
                    return value;
                }
            }
        }
        if let Some(value) = self.sibling_call(call, want, goes.clone()) {
            return value;
        }
        if !is_of_numbers(&name) {
            self.base_goes = Goes::Memory(None);
        }
        let receiver = self.place_of(&call.receiver);
        self.base_goes = Goes::Number;
        if let Value::Poison = receiver {
            for arg in call.args.iter().filter(|arg| !matches!(arg, syn::Expr::Closure(_))) {
                self.expr(arg, Want::Any);
            }
            return Value::Poison;
        }
        if let Some(value) = self.method_of_option(&receiver, call) {
            return value;
        }
        if let Some(value) = self.begin(receiver.clone(), call) {
            return value;
        }
        if name == "map"
            && let Some(value) = self.array_map(&receiver, call, expected)
        {
            return value;
        }
        if let Some(value) = self.slice_method(&receiver, call) {
            return value;
        }
        if let Some(value) = self.reordering(&receiver, call) {
            return value;
        }
        if let Some(value) = self.vector_method(&receiver, call) {
            if name == "pop" && want != Want::Nothing {
                return self.refuse(call, fence::method(&name));
            }
            return value;
        }
        if let Some(value) = self.array_method(&name, &receiver, call) {
            return value;
        }
        if name == "into" && call.args.is_empty() && self.is_number(&receiver) {
            let val = self.scalar(receiver, &call.receiver);
            let ty = self.fresh_ty(Class::Unknown);
            return Value::Scalar(self.convert(val, ty, Extent::of_method_call(call)));
        }
        // A number's method as a statement does nothing: it is another type's.
        if want != Want::Nothing && self.may_be_number(&receiver) {
            let rule = rules::by_method(&name).filter(|rule| rules::row(*rule).partials.len() == call.args.len() + 1);
            if rule.is_some() || (call.args.is_empty() && (name == "sin_cos" || is_float_query(&name))) {
                let first = self.scalar(receiver, &call.receiver);
                let mut args = vec![first];
                args.extend(call.args.iter().map(|arg| self.scalar_expr(arg)).collect::<Vec<_>>());
                return match rule {
                    Some(rule) => {
                        let value = self.rule(rule, args, Extent::of_method_call(call));
                        self.method_is(&value, rule, call.method.span());
                        value
                    }
                    None if name == "sin_cos" => self.sin_cos(first, Extent::of_method_call(call)),
                    None => self.query(first, &call.method, call),
                };
            }
            if call.args.is_empty() && (name == "clone" || name == "to_owned") && self.is_number(&receiver) {
                return receiver.peel();
            }
        }
        if let Some(value) = self.method_of_struct(&receiver, call, (want, goes)) {
            return value;
        }
        self.unknown_method(receiver, call, want)
    }

    /// `layer.forward(&h)`: a call of a method of a struct, or of what may be one. It reads its receiver, or takes a copy of
    /// it: of one that writes to it, rustc finds that it is not lent for that.
    fn method_of_struct(
        &mut self,
        receiver: &Value,
        call: &syn::ExprMethodCall,
        (want, goes): (Want, Goes),
    ) -> Option<Value> {
        if want == Want::Nothing {
            return self.method_that_writes(receiver, call);
        }
        if only_looks(&call.method.to_string()) {
            return None;
        }
        let place = match receiver.clone().peel() {
            Value::Place(Spot { place, form: Form::Unknown(_) }) => place,
            value @ Value::Struct(..) => match self.whole(value, call.receiver.to_token_stream()) {
                Value::Place(spot) => spot.place,
                _ => return None,
            },
            _ => return None,
        };
        let (method, turbofish) = (&call.method, &call.turbofish);
        let arguments = turbofish.as_ref().map(|t| t.to_token_stream());
        let func: syn::ExprPath = syn::parse_quote!(#method #arguments);
        let receiver = PendingArg::Place { place, by: By::Ref };
        let at = call.to_token_stream();
        Some(self.call_with((&func, true), vec![receiver], &call.args, (want, goes), at))
    }

    /// `layer.update(rate);`, which is nothing if it does not write to `layer`: a call of `Layer::update`.
    fn method_that_writes(&mut self, receiver: &Value, call: &syn::ExprMethodCall) -> Option<Value> {
        let ty = match receiver.clone().peel() {
            Value::Struct(maker, _) => super::bare_path(&maker.path),
            Value::Place(Spot { place, form: Form::Unknown(_) }) if self.mem(place.mem)?.mutable => {
                match self.struct_types.get(&place.mem).filter(|_| place.path.is_empty()) {
                    Some(ty) => ty.clone(),
                    None if super::growing::changes_length(&call.method.to_string()) => {
                        return Some(self.unknown_list(call));
                    }
                    None => {
                        let method = &call.method;
                        return Some(self.unsupported(
                            call,
                            format_args!("the method `{method}` of a value whose type does not show here"),
                            &format!("call it by its path, `Type::{method}(&mut ..)`"),
                        ));
                    }
                }
            }
            _ => return None,
        };
        let (method, turbofish, of, args) = (&call.method, &call.turbofish, &call.receiver, &call.args);
        let arguments = turbofish.as_ref().map(|t| t.to_token_stream());
        let by_path: syn::Expr = syn::parse_quote!(#ty::#method #arguments(&mut #of, #args));
        Some(self.expr(&by_path, Want::Nothing))
    }

    /// `self.other(x)` in a method: a call of `Self::other`.
    fn sibling_call(&mut self, call: &syn::ExprMethodCall, want: Want, goes: Goes) -> Option<Value> {
        let owner = self.owner.as_ref()?;
        let syn::Expr::Path(path) = &*call.receiver else { return None };
        if !path.path.is_ident("self") {
            return None;
        }
        // Unless the block has a function of the name, this is the copy.
        if call.method == "clone" && !owner.receivers.contains_key("clone") {
            return None;
        }
        if let Some(value) = self.query_of_self(call) {
            return Some(value);
        }
        let owner = self.owner.as_ref()?;
        // Of another block, it takes `&self`, or rustc finds that it does not.
        let receiver = owner.receivers.get(&call.method.to_string()).copied().unwrap_or(Some(Receiver::Reference))?;
        let place = match self.place_of(&call.receiver).peel() {
            Value::Place(spot) => spot.place,
            // A constant: passed through.
            _ => return None,
        };
        let (method, turbofish) = (&call.method, &call.turbofish);
        let arguments = turbofish.as_ref().map(|t| t.to_token_stream());
        let func: syn::ExprPath = syn::parse_quote!(Self::#method #arguments);
        let by = match receiver {
            Receiver::Value => By::Value,
            Receiver::Reference => By::Ref,
            Receiver::Mutable => By::Mut,
        };
        let receiver = PendingArg::Place { place, by };
        Some(self.call_with((&func, false), vec![receiver], &call.args, (want, goes), call.to_token_stream()))
    }

    /// `self.len()`, of an integer: the body of the method, in its place. `None`: it is no such method, or a name in the body
    /// is that of a variable here.
    fn query_of_self(&mut self, call: &syn::ExprMethodCall) -> Option<Value> {
        let query = self.owner.as_ref()?.queries.get(&call.method.to_string())?.clone();
        let mut names = Names(Vec::new());
        syn::visit::Visit::visit_expr(&mut names, &query.body);
        let params: Vec<String> =
            query.inputs.iter().flat_map(super::pattern::names).map(|(name, _)| name.to_string()).collect();
        let taken = |name: &String| name != "self" && !params.contains(name) && self.env.get(name).is_some();
        if names.0.iter().any(taken) || self.queries > 16 {
            return None;
        }
        let args = &call.args;
        let called: syn::Expr = syn::parse_quote!((#query)(#args));
        self.queries += 1;
        let value = self.expr(&called, Want::Any);
        self.queries -= 1;
        Some(value)
    }

    fn is_number(&self, value: &Value) -> bool {
        match value {
            Value::Scalar(val) => !matches!(self.class(*val), Class::Unknown | Class::Known(Ty::Opaque)),
            Value::Ref(inner) => self.is_number(inner),
            Value::Place(spot) => matches!(spot.form, Form::Scalar(_)),
            _ => false,
        }
    }

    fn may_be_number(&self, value: &Value) -> bool {
        match value {
            Value::Scalar(val) => self.class(*val) != OPAQUE,
            Value::Frag(frag) => self.types.class(frag.ty) != OPAQUE,
            Value::Ref(inner) => self.may_be_number(inner),
            Value::Place(spot) => matches!(spot.form, Form::Scalar(_) | Form::Unknown(_)),
            _ => false,
        }
    }

    /// `len`, and copies.
    fn array_method(&mut self, name: &str, receiver: &Value, call: &syn::ExprMethodCall) -> Option<Value> {
        if !call.args.is_empty() {
            return None;
        }
        match receiver.clone().peel() {
            Value::Place(spot) if !matches!(spot.form, Form::Scalar(_)) => Some(match name {
                "len" => Value::Scalar(self.len(spot.place)),
                "is_empty" => {
                    let len = self.len(spot.place);
                    let ty = self.fresh_ty(USIZE);
                    let zero = self.emit(Op::Const(Const::Int(0)), ty);
                    let ty = self.fresh_ty(BOOL);
                    Value::Scalar(self.emit(Op::Cmp { op: CmpOp::Eq, a: len, b: zero }, ty))
                }
                "clone" | "to_owned" if matches!(spot.form, Form::Unknown(_)) => Value::Place(spot),
                "clone" | "to_owned" => self.copy(spot),
                "to_vec" => {
                    let form = match spot.form.clone() {
                        Form::Seq(inner, _) => Form::Seq(inner, Seq::Vec),
                        form => form,
                    };
                    self.copy(Spot { place: spot.place, form })
                }
                "as_slice" => Value::Ref(Box::new(Value::Place(spot))),
                _ => return None,
            }),
            value @ Value::Struct(..) if matches!(name, "clone" | "to_owned") => Some(self.cloned(value)),
            Value::View(view) => Some(match name {
                "len" => Value::Scalar(view.len),
                "is_empty" => {
                    let zero = self.count(0);
                    let ty = self.fresh_ty(BOOL);
                    Value::Scalar(self.emit(Op::Cmp { op: CmpOp::Eq, a: view.len, b: zero }, ty))
                }
                "to_vec" | "to_owned" => self.view_to_vec(*view),
                _ => return None,
            }),
            value @ (Value::Frag(_) | Value::Scalar(_)) if name == "len" || name == "is_empty" => {
                let frag = self.embed(value);
                let class = if name == "len" { USIZE } else { BOOL };
                let ty = self.fresh_ty(class);
                let method = &call.method;
                Some(Value::Frag(frag.wrap(|inner| syn::parse_quote!(#inner.#method()), ty)))
            }
            _ => None,
        }
    }

    pub(super) fn len(&mut self, place: Place) -> Val {
        let ty = self.fresh_ty(USIZE);
        let len = self.emit(Op::Len(place.clone()), ty);
        self.measured.insert(len, place);
        len
    }

    /// A method that is no primitive: passed through, if nothing active flows in.
    fn unknown_method(&mut self, receiver: Value, call: &syn::ExprMethodCall, want: Want) -> Value {
        let name = call.method.to_string();
        if let Value::Place(spot) = receiver.clone().peel()
            && self.mem(spot.place.mem).is_some_and(|mem| mem.mutable)
            && !only_looks(&name)
        {
            return self.refuse(call, fence::method(&name));
        }
        let integer = match &receiver {
            Value::Scalar(val) => {
                self.ty(*val).filter(|ty| matches!(self.types.class(*ty), Class::SomeInt | Class::Known(Ty::Int(_))))
            }
            _ => None,
        };
        let integer = integer.filter(|_| is_integer_method(&name));
        let ty = match integer {
            Some(ty) => ty,
            None => self.fresh_ty(Class::Unknown),
        };
        let mut frag = self.embed(receiver);
        if !frag.pure_ && !call.args.iter().all(is_simple) && !matches!(frag.expr, syn::Expr::Path(_)) {
            // The arguments are evaluated after the receiver.
            let val = self.emit_frag(frag, call.receiver.to_token_stream(), true);
            frag = self.frag_of_val(val);
        }
        let pure_ = integer.is_some() || super::opaque::makes_text(&syn::Expr::MethodCall(call.clone()));
        let method = &call.method;
        let turbofish = &call.turbofish;
        let mut args: Vec<syn::Expr> = Vec::new();
        for arg in &call.args {
            let value = match arg {
                syn::Expr::Closure(_) => Value::Frag(self.pass_through(arg)),
                arg => self.expr(arg, Want::Any),
            };
            let arg = self.embed(value);
            args.push(arg.expr);
            frag.binds.extend(arg.binds);
        }
        let mut frag = frag.wrap(|inner| syn::parse_quote!(#inner.#method #turbofish(#(#args),*)), ty);
        frag.pure_ = pure_;
        frag.why.get_or_insert_with(|| fence::method(&name));
        match want {
            Want::Nothing => {
                self.effect_frag(frag, call.to_token_stream());
                Value::Unit
            }
            _ => Value::Frag(frag),
        }
    }
}
