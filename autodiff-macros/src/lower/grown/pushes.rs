//! What is pushed onto vectors and written into structs, as the tokens of the whole function show: the type of the elements,
//! where none is written, and whether anything active can be among them.
//!
//! Names stand for all variables of the name, so that both are guesses. A wrong one does not compile: what is active is refused
//! where it is pushed onto, or written into, what is passed through, and a type is checked by rustc.

use std::collections::HashSet;

use syn::visit::{self, Visit};

use super::super::growing::{changes_length, element_type};
use super::super::pattern;
use crate::signature;

/// What is pushed onto vectors, and what names are made of.
#[derive(Debug, Default)]
pub(in crate::lower) struct Pushes {
    /// What is pushed onto vectors of a name, in the order of the text.
    pushed: Vec<(String, syn::Expr)>,
    /// The names in what a name is bound to or assigned.
    origins: Vec<(String, Names)>,
    /// What names are bound to.
    bound: Vec<(String, syn::Expr)>,
    /// The types that are written.
    types: Vec<(String, syn::Type)>,
    /// The methods that are called on names.
    methods: Vec<(String, String)>,
}

/// The methods of vectors that grow which are modelled for all that is in them.
const MODELLED: [&str; 17] = [
    "push",
    "extend",
    "pop",
    "truncate",
    "clear",
    "reserve",
    "len",
    "is_empty",
    "iter",
    "iter_mut",
    "into_iter",
    "first",
    "last",
    "windows",
    "chunks",
    "swap",
    "clone",
];

impl Pushes {
    pub(in crate::lower) fn of(function: &syn::ItemFn) -> Pushes {
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

    /// Whether something active may flow into a vector or struct of the name, as far as is known: what nothing tells of may be.
    pub(in crate::lower) fn may_be_active(&self, name: &str, is_active: impl Fn(&str) -> Option<bool>) -> bool {
        let (mut seen, mut work) = (HashSet::new(), vec![name]);
        while let Some(name) = work.pop() {
            if !seen.insert(name) {
                continue;
            }
            let origins: Vec<&Names> = self.origins.iter().filter(|(of, _)| of == name).map(|(_, from)| from).collect();
            match is_active(name) {
                Some(true) => return true,
                None if origins.is_empty() && !self.is_function(name) && !is_constant(name) => return true,
                _ => work.extend(origins.into_iter().flat_map(|from| from.all.iter().map(String::as_str))),
            }
        }
        false
    }

    /// Whether what has the name is called, and no variable of the function.
    fn is_function(&self, name: &str) -> bool {
        self.origins.iter().any(|(_, names)| names.called.iter().any(|called| called == name))
    }

    /// Whether the methods of vectors of the name are modelled.
    pub(super) fn are_modelled(&self, name: &str) -> bool {
        self.methods.iter().filter(|(of, _)| of == name).all(|(_, method)| MODELLED.contains(&method.as_str()))
    }

    /// The type of what is pushed first, `_` for numbers.
    pub(super) fn type_of_pushed(&self, name: &str) -> Option<syn::Type> {
        self.type_of_pushed_at(name, 0)
    }

    fn type_of_pushed_at(&self, name: &str, depth: usize) -> Option<syn::Type> {
        self.pushed.iter().filter(|(of, _)| of == name).find_map(|(_, pushed)| self.type_of(pushed, depth))
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
                    ty => element_type(&ty).cloned(),
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
                let elem =
                    super::super::format::expressions(&mac.mac).first().and_then(|elem| self.type_of(elem, depth + 1));
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
                if super::empty(bound).is_some_and(|empty| empty.elem.is_none()) {
                    let elem = self.type_of_pushed_at(&name, depth + 1).unwrap_or(number);
                    return Some(syn::parse_quote!(Vec<#elem>));
                }
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

    /// What names are bound to. What is written by a mutable reference, `for row in &mut rows { row.push(x); }`, is written to what
    /// that is of.
    fn bind<'p>(&mut self, pats: impl Iterator<Item = &'p syn::Pat>, expr: &syn::Expr) {
        let names: Vec<String> = pats.flat_map(pattern::names).map(|(name, _)| name).collect();
        for name in &names {
            self.comes_from(name.clone(), expr);
        }
        let mut lent = Lent(false);
        lent.visit_expr(expr);
        if lent.0 {
            let mut of = Names::default();
            of.visit_expr(expr);
            let back = of.all.into_iter().map(|of| (of, Names { all: names.clone(), called: Vec::new() }));
            self.origins.extend(back);
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
            self.bind([pat].into_iter(), &init.expr);
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_assign(&mut self, expr: &'ast syn::ExprAssign) {
        self.assigned(&expr.left, &expr.right);
        visit::visit_expr_assign(self, expr);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        if super::super::assigned::compound(&expr.op).is_some() {
            self.assigned(&expr.left, &expr.right);
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_let(&mut self, expr: &'ast syn::ExprLet) {
        self.bind([&*expr.pat].into_iter(), &expr.expr);
        visit::visit_expr_let(self, expr);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        self.bind(expr.arms.iter().map(|arm| &arm.pat), &expr.expr);
        visit::visit_expr_match(self, expr);
    }

    fn visit_expr_for_loop(&mut self, expr: &'ast syn::ExprForLoop) {
        self.bind([&*expr.pat].into_iter(), &expr.expr);
        visit::visit_expr_for_loop(self, expr);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        for arg in &call.args {
            // What a closure is given comes from what its method is called on.
            if let syn::Expr::Closure(closure) = arg {
                self.bind(closure.inputs.iter(), &call.receiver);
            }
        }
        if let syn::Expr::Path(path) = &*call.receiver
            && let Some(name) = path.path.get_ident()
        {
            let method = call.method.to_string();
            if let ("push" | "extend", Some(arg)) = (method.as_str(), call.args.first()) {
                self.comes_from(name.to_string(), arg);
                if method == "push" {
                    self.pushed.push((name.to_string(), arg.clone()));
                }
            }
            self.methods.push((name.to_string(), method));
        } else if changes_length(&call.method.to_string()) {
            // Of a row or a field.
            call.args.iter().for_each(|arg| self.assigned(&call.receiver, arg));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        // What is lent to a call may get something of what else the call is given.
        for arg in &call.args {
            if let syn::Expr::Reference(syn::ExprReference { mutability: Some(_), expr, .. }) = arg {
                call.args.iter().for_each(|from| self.assigned(expr, from));
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for argument in super::super::format::expressions(mac) {
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

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        // How many there are is a constant.
        if call.method != "len" && call.method != "is_empty" {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(func) = &*call.func {
            self.called.extend(func.path.get_ident().map(|name| name.to_string()));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for argument in super::super::format::expressions(mac) {
            Visit::visit_expr(self, &argument);
        }
    }
}

/// Whether a mutable reference is taken: `&mut rows[i]`, `rows.iter_mut()`.
struct Lent(bool);

impl<'ast> Visit<'ast> for Lent {
    fn visit_expr_reference(&mut self, reference: &'ast syn::ExprReference) {
        self.0 |= reference.mutability.is_some();
        visit::visit_expr_reference(self, reference);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.0 |= call.method.to_string().ends_with("_mut");
        visit::visit_expr_method_call(self, call);
    }
}

/// Whether the name is that of a `const` or `static`, as these are written.
fn is_constant(name: &str) -> bool {
    !name.contains(|c: char| c.is_lowercase())
}
