//! Vectors of arrays, tuples and structs that grow: `let mut path: Vec<[f64; 2]> = Vec::new();`, `path.push([x, y])`.
//!
//! An element is made in memory of its own, as parts of arrays are. The vector gets one more, zeros of its shape, and the two
//! are exchanged: a push needs no rule but those of a change of the length and of an exchange.
//!
//! What the elements will be shows in the type that is written, or else in what is pushed first ([`Pushes`]). A vector that
//! constants alone are pushed to is passed through.

use std::collections::HashSet;

use quote::ToTokens;
use syn::visit::{self, Visit};

use super::expr::Want;
use super::goes::Goes;
use super::infer::Class;
use super::value::{Form, Seq, Spot, Value};
use super::{Lower, pattern};
use crate::codegen::scalar_type;
use crate::ir::{Access, Block, Build, Init, IntOp, Mem, Op, Opaque, Place, Ty, Zeros};
use crate::signature;

impl Lower<'_> {
    /// `Vec::new()` and its like, bound to a variable that arrays, tuples or structs are pushed to. `None`: of others.
    pub(super) fn grown(&mut self, name: &str, ty: Option<&syn::Type>, init: &syn::Expr) -> Option<Value> {
        let (written, path) = empty(init)?;
        let elem = match ty.and_then(element_type).or(written) {
            Some(elem) if !matches!(elem, syn::Type::Infer(_)) => {
                let is_active = |name: &str| {
                    let value = self.env.get(name)?.value.as_ref();
                    Some(value.is_some_and(|value| !self.is_inactive(value)))
                };
                // A literal without elements shows no type that could be passed through.
                if path.is_some() && !self.pushes.may_be_active(name, is_active) {
                    return None;
                }
                elem
            }
            _ => self.pushes.type_of_pushed(name)?,
        };
        let (spot, _) = self.empty_vector_of(&elem)?;
        if let Some(path) = path {
            self.means_vec(path);
        }
        if let syn::Expr::Call(call) = init
            && let Some(capacity) = call.args.first()
        {
            self.usize_expr(capacity);
        }
        Some(Value::Place(spot))
    }

    /// A vector without elements, and what these will be. `None`: they are numbers, or not modelled.
    pub(super) fn empty_vector_of(&mut self, elem: &syn::Type) -> Option<(Spot, Form)> {
        let form = self.form_of_element(elem).filter(|form| !matches!(form, Form::Scalar(_)))?;
        let runtime = self.runtime.clone()?;
        let expr = syn::parse_quote!(#runtime::__private::Vec::<#elem>::new());
        let made = Opaque { expr, binds: Vec::new(), pure_: true, mutable: false, effects: false };
        let spot = self.assembled(Build { made, fields: Vec::new(), each: None }, form.clone(), Seq::Vec);
        self.grown.push((spot.place.mem, elem.clone(), form.clone()));
        Some((spot, form))
    }

    /// The form of what has the type. `None`: a constant, or nothing that is modelled.
    fn form_of_element(&mut self, ty: &syn::Type) -> Option<Form> {
        let numbers = |form: &Form| matches!(form, Form::Scalar(_) | Form::Seq(..));
        match ty {
            syn::Type::Infer(_) => Some(Form::Scalar(self.fresh_ty(Class::Unknown))),
            syn::Type::Paren(inner) => self.form_of_element(&inner.elem),
            syn::Type::Group(inner) => self.form_of_element(&inner.elem),
            syn::Type::Array(array) => {
                let inner = self.form_of_element(&array.elem).filter(numbers)?;
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
                    let inner = self.form_of_element(&elem).filter(numbers)?;
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
                "changing the length of a vector of anything but numbers otherwise than by `push` and `extend`",
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
                    let elem = self.typed_element(&elem, inner);
                    syn::parse_quote!(#runtime::__private::Vec<#elem>)
                }
                _ => ty.clone(),
            },
            _ => ty.clone(),
        }
    }
}

/// The elements' type, if it is written, and the path of `Vec::new()`, `Vec::with_capacity(n)` and `vec![]`.
fn empty(init: &syn::Expr) -> Option<(Option<syn::Type>, Option<&syn::Path>)> {
    match init {
        syn::Expr::Macro(mac) => (mac.mac.path.is_ident("vec") && mac.mac.tokens.is_empty()).then_some((None, None)),
        syn::Expr::Call(call) => {
            let syn::Expr::Path(func) = &*call.func else { return None };
            let mut segments = func.path.segments.iter().rev();
            let (name, of) = (segments.next()?.ident.to_string(), segments.next()?);
            let known = matches!((&*name, call.args.len()), ("new", 0) | ("with_capacity", 1));
            if !known || of.ident != "Vec" || segments.next().is_some() {
                return None;
            }
            let written = match &of.arguments {
                syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
                    Some(syn::GenericArgument::Type(ty)) => Some(ty.clone()),
                    _ => None,
                },
                _ => None,
            };
            Some((written, Some(&func.path)))
        }
        _ => None,
    }
}

/// `Vec::new()` with the type of its elements, which what is passed through has nowhere else: `Vec::<T>::new()`.
pub(super) fn typed_empty(init: &syn::Expr, ty: &syn::Type) -> Option<syn::Expr> {
    let (None, Some(_)) = empty(init)? else { return None };
    let elem = element_type(ty).filter(|elem| !matches!(elem, syn::Type::Infer(_)))?;
    let mut typed = init.clone();
    if let syn::Expr::Call(call) = &mut typed
        && let syn::Expr::Path(func) = &mut *call.func
        && let Some(of) = func.path.segments.iter_mut().rev().nth(1)
    {
        of.arguments = syn::PathArguments::AngleBracketed(syn::parse_quote!(::<#elem>));
    }
    Some(typed)
}

/// `T` of `Vec<T>`.
fn element_type(ty: &syn::Type) -> Option<syn::Type> {
    super::growing::element_type(ty)
}

/// What is pushed onto vectors, and what names are made of, whichever variable has the name.
#[derive(Debug, Default)]
pub(super) struct Pushes {
    /// The first expression that is pushed onto a vector of the name, or whose elements are.
    pushed: Vec<(String, syn::Expr)>,
    /// The names in what a name is bound to or assigned.
    origins: Vec<(String, Names)>,
    /// What names are bound to.
    bound: Vec<(String, syn::Expr)>,
    /// The types that are written.
    types: Vec<(String, syn::Type)>,
}

impl Pushes {
    pub(super) fn of(function: &syn::ItemFn) -> Pushes {
        let mut pushes = Pushes::default();
        for input in &function.sig.inputs {
            if let syn::FnArg::Typed(input) = input {
                for (name, _) in pattern::names(&input.pat) {
                    pushes.types.push((name, signature::bare(&input.ty).clone()));
                }
            }
        }
        pushes.visit_block(&function.block);
        pushes
    }

    /// Whether something active may flow into a vector of the name, as far as is known: what nothing tells of may be.
    fn may_be_active(&self, name: &str, is_active: impl Fn(&str) -> Option<bool>) -> bool {
        let (mut seen, mut work) = (HashSet::new(), vec![name]);
        while let Some(name) = work.pop() {
            if !seen.insert(name) {
                continue;
            }
            let origins: Vec<&Names> = self.origins.iter().filter(|(of, _)| of == name).map(|(_, from)| from).collect();
            match is_active(name) {
                Some(true) => return true,
                None if origins.is_empty() && !self.is_function(name) => return true,
                _ => work.extend(origins.into_iter().flat_map(|from| from.all.iter().map(String::as_str))),
            }
        }
        false
    }

    /// Whether what has the name is called, and no variable of the function.
    fn is_function(&self, name: &str) -> bool {
        self.origins.iter().any(|(_, names)| names.called.iter().any(|called| called == name))
    }

    /// The type of what is pushed first, `_` for numbers.
    fn type_of_pushed(&self, name: &str) -> Option<syn::Type> {
        self.pushed.iter().filter(|(of, _)| of == name).find_map(|(_, pushed)| self.type_of(pushed, 0))
    }

    fn type_of(&self, expr: &syn::Expr, depth: usize) -> Option<syn::Type> {
        const DEEPEST: usize = 8;
        if depth > DEEPEST {
            return None;
        }
        let number: syn::Type = syn::parse_quote!(_);
        match expr {
            syn::Expr::Paren(inner) => self.type_of(&inner.expr, depth),
            syn::Expr::Group(inner) => self.type_of(&inner.expr, depth),
            syn::Expr::Reference(inner) => self.type_of(&inner.expr, depth),
            syn::Expr::Index(index) if !matches!(*index.index, syn::Expr::Range(_)) => {
                match self.type_of(&index.expr, depth + 1)? {
                    syn::Type::Array(array) => Some(*array.elem),
                    syn::Type::Slice(slice) => Some(*slice.elem),
                    ty => element_type(&ty),
                }
            }
            syn::Expr::Array(array) => {
                let elem = array.elems.first().and_then(|elem| self.type_of(elem, depth + 1)).unwrap_or(number);
                let n = array.elems.len();
                Some(syn::parse_quote!([#elem; #n]))
            }
            syn::Expr::Repeat(repeat) => {
                let elem = self.type_of(&repeat.expr, depth + 1).unwrap_or(number);
                let n = &repeat.len;
                Some(syn::parse_quote!([#elem; #n]))
            }
            syn::Expr::Tuple(tuple) => {
                let parts =
                    tuple.elems.iter().map(|part| self.type_of(part, depth + 1).unwrap_or_else(|| number.clone()));
                Some(syn::parse_quote!((#(#parts,)*)))
            }
            syn::Expr::Macro(mac) if mac.mac.path.is_ident("vec") => {
                let elem = super::format::expressions(&mac.mac).first().and_then(|elem| self.type_of(elem, depth + 1));
                let elem = elem.unwrap_or(number);
                Some(syn::parse_quote!(Vec<#elem>))
            }
            syn::Expr::Struct(literal) if literal.path.segments.len() == 1 => {
                let path = &literal.path;
                Some(syn::parse_quote!(#path))
            }
            syn::Expr::Path(path) => {
                let name = path.path.get_ident()?.to_string();
                if let Some((_, ty)) = self.types.iter().find(|(of, _)| *of == name) {
                    return Some(ty.clone());
                }
                let (_, bound) = self.bound.iter().find(|(of, _)| *of == name)?;
                self.type_of(bound, depth + 1)
            }
            syn::Expr::MethodCall(call) => match call.method.to_string().as_str() {
                "clone" | "to_owned" => self.type_of(&call.receiver, depth + 1),
                "to_vec" => Some(syn::parse_quote!(Vec<_>)),
                _ => None,
            },
            syn::Expr::Block(block) => match block.block.stmts.last() {
                Some(syn::Stmt::Expr(tail, None)) => self.type_of(tail, depth + 1),
                _ => None,
            },
            _ => None,
        }
    }

    fn comes_from(&mut self, name: String, expr: &syn::Expr) {
        let mut names = Names::default();
        names.visit_expr(expr);
        self.origins.push((name, names));
    }
}

impl<'ast> Visit<'ast> for Pushes {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let (pat, ty) = match &local.pat {
            syn::Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pat => (pat, None),
        };
        if let syn::Pat::Ident(ident) = pat {
            let name = ident.ident.to_string();
            self.types.extend(ty.map(|ty| (name.clone(), ty.clone())));
            self.bound.extend(local.init.as_ref().map(|init| (name, (*init.expr).clone())));
        }
        if let Some(init) = &local.init {
            for (name, _) in pattern::names(pat) {
                self.comes_from(name, &init.expr);
            }
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_assign(&mut self, expr: &'ast syn::ExprAssign) {
        self.assigned(&expr.left, &expr.right);
        visit::visit_expr_assign(self, expr);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        if super::assigned::compound(&expr.op).is_some() {
            self.assigned(&expr.left, &expr.right);
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_let(&mut self, expr: &'ast syn::ExprLet) {
        for (name, _) in pattern::names(&expr.pat) {
            self.comes_from(name, &expr.expr);
        }
        visit::visit_expr_let(self, expr);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        for (name, _) in expr.arms.iter().flat_map(|arm| pattern::names(&arm.pat)) {
            self.comes_from(name, &expr.expr);
        }
        visit::visit_expr_match(self, expr);
    }

    fn visit_expr_for_loop(&mut self, expr: &'ast syn::ExprForLoop) {
        for (name, _) in pattern::names(&expr.pat) {
            self.comes_from(name, &expr.expr);
        }
        visit::visit_expr_for_loop(self, expr);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        for arg in &call.args {
            // What a closure is given comes from what its method is called on.
            if let syn::Expr::Closure(closure) = arg {
                for (name, _) in closure.inputs.iter().flat_map(pattern::names) {
                    self.comes_from(name, &call.receiver);
                }
            }
        }
        if let (syn::Expr::Path(path), "push" | "extend", Some(arg)) =
            (&*call.receiver, call.method.to_string().as_str(), call.args.first())
            && let Some(name) = path.path.get_ident()
        {
            self.comes_from(name.to_string(), arg);
            if call.method == "push" {
                self.pushed.push((name.to_string(), arg.clone()));
            }
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for argument in super::format::expressions(mac) {
            Visit::visit_expr(self, &argument);
        }
    }
}

impl Pushes {
    /// `place = value`: into the variable that the place is of.
    fn assigned(&mut self, place: &syn::Expr, value: &syn::Expr) {
        let mut names = Names::default();
        names.visit_expr(place);
        for name in names.all {
            self.comes_from(name, value);
        }
    }
}

/// The names in an expression.
#[derive(Debug, Default)]
struct Names {
    all: Vec<String>,
    /// Those that are called.
    called: Vec<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.all.extend(path.path.get_ident().map(|name| name.to_string()));
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(func) = &*call.func {
            self.called.extend(func.path.get_ident().map(|name| name.to_string()));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for argument in super::format::expressions(mac) {
            Visit::visit_expr(self, &argument);
        }
    }
}
