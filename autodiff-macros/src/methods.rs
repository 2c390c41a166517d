//! `#[differentiate]` on an inherent `impl` block: every function of numbers in it gets its derivatives as siblings,
//! `loss_grad`, `loss_vjp_into` and so on, in a second `impl` block of the same type.
//!
//! A function takes part if it returns a float, or a tuple with a float in it, and has a parameter that may be active; so
//! constructors and queries may stand beside losses. What these call takes part too, if it returns an array, a vector or a
//! struct, or writes behind `&mut` and returns nothing. `#[differentiate(..)]` on a function of the block makes it take part
//! whatever it returns and whoever calls it (`fn step(&mut self)`), and takes the arguments that it takes on a free function.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};

use crate::diag::Diag;
use crate::dump;
use crate::ir::Float;
use crate::options::Options;
use crate::pipeline;
use crate::signature::{Owner, Receiver, float_inside, float_of, generics, is_numeric, may_take_part};

/// Expands `#[differentiate(args)]` on an `impl` block.
pub(crate) fn expand(args: TokenStream, item: syn::ItemImpl) -> TokenStream {
    let mut original = item.clone();
    let mut diag = Diag::new();
    let options = Options::parse(args, &mut diag);
    let rules = [options.partials.as_ref().map(|(key, _)| key), options.vjp.as_ref().map(|(key, _)| key)];
    let rules = rules.into_iter().chain([options.jvp.as_ref().map(|(key, _)| key)]).flatten();
    if let Some(name) = options.name.iter().chain(&options.constants).chain(rules).next() {
        diag.error(name, "this belongs on a function of the block: `#[differentiate(..)] fn ..`");
    }
    if let Some((_, path, _)) = &item.trait_ {
        diag.unsupported(
            path,
            "`#[differentiate]` on an `impl` of a trait",
            "annotate an inherent `impl`, and let the methods of the trait call its functions",
        );
    }
    let mut output = TokenStream::new();
    let mut errors = diag.finish().err();
    if errors.is_none() {
        let mut siblings = TokenStream::new();
        let owner = Owner {
            generics: item.generics.clone(),
            receivers: receivers(&item),
            float: float(&item),
            queries: queries(&item),
        };
        for (method, asked) in taking_part(&item) {
            let item = function(method);
            let _scope = generics::enter(&item.sig, Some(&owner.generics));
            let (tokens, error) = pipeline::siblings(&item, &owner, &options, asked);
            siblings.extend(tokens);
            match (&mut errors, error) {
                (Some(errors), Some(error)) => errors.combine(error),
                (errors @ None, error) => *errors = error,
                (Some(_), None) => {}
            }
        }
        let (of, (parameters, _, clause)) = (&item.self_ty, item.generics.split_for_impl());
        output = quote! {
            #[allow(dead_code, non_snake_case, unreachable_code, unused_mut, unused_variables, clippy::all)]
            impl #parameters #of #clause { #siblings }
        };
        dump::dump(&quote!(#of).to_string().replace(' ', ""), &output, options.dump);
    }
    strip(&mut original);
    let errors = errors.map(|errors| errors.to_compile_error());
    quote!(#original #output #errors)
}

/// The functions that take part, and the arguments of their own attributes.
fn taking_part(item: &syn::ItemImpl) -> Vec<(&syn::ImplItemFn, Option<TokenStream>)> {
    let methods: Vec<&syn::ImplItemFn> = (item.items.iter())
        .filter_map(|inner| match inner {
            syn::ImplItem::Fn(method) => Some(method),
            _ => None,
        })
        .collect();
    let mut takes_part: Vec<bool> = (methods.iter())
        .map(|method| {
            let _scope = generics::enter(&method.sig, Some(&item.generics));
            arguments(method).is_some() || is_numeric(&method.sig)
        })
        .collect();
    let mut work: Vec<usize> = (0..methods.len()).filter(|&k| takes_part[k]).collect();
    while let Some(k) = work.pop() {
        let mut called = Called(HashSet::new());
        called.visit_block(&methods[k].block);
        for (j, method) in methods.iter().enumerate() {
            let _scope = generics::enter(&method.sig, Some(&item.generics));
            if !takes_part[j] && called.0.contains(&method.sig.ident.to_string()) && may_take_part(&method.sig) {
                takes_part[j] = true;
                work.push(j);
            }
        }
    }
    let methods = methods.into_iter().zip(takes_part).filter(|(_, takes_part)| *takes_part);
    methods.map(|(method, _)| (method, arguments(method))).collect()
}

/// The names of the methods and of the functions of types that a body calls.
struct Called(HashSet<String>);

impl<'ast> Visit<'ast> for Called {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.0.insert(call.method.to_string());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let mut segments = path.path.segments.iter().rev();
        if let (Some(last), Some(_)) = (segments.next(), segments.next()) {
            self.0.insert(last.ident.to_string());
        }
        visit::visit_expr_path(self, path);
    }
}

/// The float type of a block, if there is one only.
fn float(item: &syn::ItemImpl) -> Option<Float> {
    let mut sigs = item.items.iter().filter_map(|inner| match inner {
        syn::ImplItem::Fn(method) => Some(&method.sig),
        _ => None,
    });
    let first = sigs.next()?;
    // The parameters of the block are those of each of its functions.
    let _scope = generics::enter(first, Some(&item.generics));
    float_of(std::iter::once(first).chain(sigs)).or_else(|| float_inside([&*item.self_ty]))
}

/// How the functions of a block take `self`.
fn receivers(item: &syn::ItemImpl) -> HashMap<String, Option<Receiver>> {
    item.items
        .iter()
        .filter_map(|inner| match inner {
            syn::ImplItem::Fn(method) => {
                let receiver =
                    method.sig.receiver().map(|receiver| match (&receiver.reference, &receiver.mutability) {
                        (None, _) => Receiver::Value,
                        (Some(_), None) => Receiver::Reference,
                        (Some(_), Some(_)) => Receiver::Mutable,
                    });
                Some((method.sig.ident.to_string(), receiver))
            }
            _ => None,
        })
        .collect()
}

/// The methods that give integers and the like, `fn len(&self) -> usize`: what calls them computes with their bodies, so
/// that nothing active becomes a constant in them.
fn queries(item: &syn::ItemImpl) -> HashMap<String, syn::ExprClosure> {
    let closure = |method: &syn::ImplItemFn| {
        let sig = &method.sig;
        let only_looks = sig.receiver()?.mutability.is_none();
        let syn::ReturnType::Type(_, ty) = &sig.output else { return None };
        let scalar = crate::signature::scalar(ty).is_some_and(|ty| ty.float().is_none());
        let plain = sig.generics.params.is_empty() && sig.unsafety.is_none() && sig.asyncness.is_none();
        if !only_looks || !scalar || !plain {
            return None;
        }
        let inputs = sig.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(input) => Some(input),
            syn::FnArg::Receiver(_) => None,
        });
        let body = &method.block;
        Some((sig.ident.to_string(), syn::parse_quote!(|#(#inputs),*| #body)))
    };
    let methods = item.items.iter().filter_map(|inner| match inner {
        syn::ImplItem::Fn(method) => closure(method),
        _ => None,
    });
    methods.collect()
}

/// The arguments of a method's own attribute.
fn arguments(method: &syn::ImplItemFn) -> Option<TokenStream> {
    method.attrs.iter().find(|attr| is_ours(attr)).map(|attr| match &attr.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    })
}

/// A method as a function.
fn function(method: &syn::ImplItemFn) -> syn::ItemFn {
    let mut attrs = method.attrs.clone();
    attrs.retain(|attr| !is_ours(attr));
    let (vis, sig, block) = (method.vis.clone(), method.sig.clone(), Box::new(method.block.clone()));
    syn::ItemFn { attrs, vis, sig, block }
}

fn is_ours(attr: &syn::Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "differentiate")
}

/// Takes our helper attributes off.
fn strip(item: &mut syn::ItemImpl) {
    for inner in &mut item.items {
        let syn::ImplItem::Fn(method) = inner else { continue };
        method.attrs.retain(|attr| !is_ours(attr));
        for input in &mut method.sig.inputs {
            let attrs = match input {
                syn::FnArg::Receiver(receiver) => &mut receiver.attrs,
                syn::FnArg::Typed(typed) => &mut typed.attrs,
            };
            attrs.retain(|attr| !attr.path().is_ident("constant"));
        }
    }
}
