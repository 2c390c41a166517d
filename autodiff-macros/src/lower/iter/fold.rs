//! `fold` into an array, a vector or a struct: the loop that one would write by hand.
//!
//! `chain.fold(x.to_vec(), |h, layer| layer.forward(&h))` is lowered as
//!
//! ```ignore
//! {
//!     let mut h = x.to_vec();
//!     for layer in chain {
//!         h = layer.forward(&h);
//!     }
//!     h
//! }
//! ```
//!
//! and a closure that ends in its accumulator, `|mut h, x| { h[0] += x; h }`, assigns nothing.

use syn::visit::Visit;

use super::super::expr::Want;
use super::super::value::{Form, Value};
use super::super::{Lower, closure::Names};

impl Lower<'_> {
    /// `None`: it folds into numbers, or is something else.
    pub(super) fn fold_into_memory(
        &mut self,
        call: &syn::ExprMethodCall,
        expected: Option<&syn::Type>,
        want: Want,
    ) -> Option<Value> {
        let (Some(init), Some(syn::Expr::Closure(f)), true) =
            (call.args.first(), call.args.iter().nth(1), call.method == "fold")
        else {
            return None;
        };
        if !self.makes_memory(init) || returns(&f.body) || !self.mentions_active(&syn::Expr::MethodCall(call.clone())) {
            return None;
        }
        let [acc, element] = f.inputs.iter().collect::<Vec<_>>()[..] else { return None };
        let ty = expected.map(|ty| quote::quote!(: #ty));
        let (chain, body) = (&call.receiver, &f.body);
        let block: syn::Expr = match acc {
            syn::Pat::Ident(name) if name.by_ref.is_none() && !mentions(chain, &name.ident) => {
                let name = &name.ident;
                let step: syn::Stmt = match without_tail(body, name) {
                    Some(block) => syn::Stmt::Expr(syn::parse_quote!(#block), Some(Default::default())),
                    None => syn::parse_quote!(#name = #body;),
                };
                syn::parse_quote!({
                    let mut #name #ty = #init;
                    for #element in #chain { #step }
                    #name
                })
            }
            acc => {
                let name = quote::format_ident!("__fold{}", self.env.bindings.len());
                syn::parse_quote!({
                    let mut #name #ty = #init;
                    for #element in #chain {
                        let #acc = #name;
                        #name = #body;
                    }
                    #name
                })
            }
        };
        Some(self.expr(&block, want))
    }

    /// Whether an expression shows that it makes an array or a vector.
    fn makes_memory(&self, expr: &syn::Expr) -> bool {
        match expr {
            syn::Expr::Paren(inner) => self.makes_memory(&inner.expr),
            syn::Expr::Array(_) | syn::Expr::Repeat(_) => true,
            syn::Expr::Macro(mac) => mac.mac.path.is_ident("vec"),
            syn::Expr::Call(call) => match &*call.func {
                syn::Expr::Path(path) => path.path.segments.first().is_some_and(|first| first.ident == "Vec"),
                _ => false,
            },
            syn::Expr::MethodCall(call) => match &*call.method.to_string() {
                "to_vec" => true,
                "clone" | "to_owned" => self.makes_memory(&call.receiver),
                _ => false,
            },
            syn::Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string);
                let value = name.and_then(|name| self.env.get(&name)?.value.clone()).map(Value::peel);
                matches!(value, Some(Value::Place(spot)) if !matches!(spot.form, Form::Scalar(_)))
            }
            _ => false,
        }
    }
}

/// A block without the variable of this name at its end, if that is what it ends in.
fn without_tail(body: &syn::Expr, name: &syn::Ident) -> Option<syn::ExprBlock> {
    let syn::Expr::Block(block) = body else { return None };
    let (last, stmts) = block.block.stmts.split_last()?;
    let ends = matches!(last, syn::Stmt::Expr(syn::Expr::Path(path), None) if path.path.is_ident(name));
    let hides = |stmt: &syn::Stmt| match stmt {
        syn::Stmt::Local(local) => super::super::pattern::names(&local.pat).iter().any(|(of, _)| name == of),
        _ => false,
    };
    if !ends || stmts.iter().any(hides) {
        return None;
    }
    let mut block = block.clone();
    block.block.stmts.pop();
    Some(block)
}

fn mentions(expr: &syn::Expr, name: &syn::Ident) -> bool {
    let mut names = Names(Vec::new());
    names.visit_expr(expr);
    names.0.iter().any(|of| name == of)
}

/// Whether the body of a closure returns early.
fn returns(body: &syn::Expr) -> bool {
    struct Returns(bool);

    impl<'ast> Visit<'ast> for Returns {
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }

        fn visit_expr_try(&mut self, _: &'ast syn::ExprTry) {
            self.0 = true;
        }

        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}

        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }

    let mut found = Returns(false);
    found.visit_expr(body);
    found.0
}
