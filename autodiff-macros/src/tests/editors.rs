//! Code as it is while it is typed: cut off at any token, or with one missing. The expansion does not panic, and gives
//! the function back, so that rustc's own message comes out and editors keep completing.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use crate::pipeline;

/// Everything up to each token, the groups around it closed as editors do, with and without what follows them.
fn cut(tokens: &TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut all = Vec::new();
    for (i, tree) in trees.iter().enumerate() {
        let head = trees.get(..i).unwrap_or_default();
        all.push(head.iter().cloned().collect());
        let TokenTree::Group(group) = tree else { continue };
        for inner in cut(&group.stream()) {
            let group = TokenTree::Group(Group::new(group.delimiter(), inner));
            let rest = trees.get(i + 1..).unwrap_or_default();
            all.push(head.iter().chain([&group]).cloned().collect());
            all.push(head.iter().chain([&group]).chain(rest).cloned().collect());
        }
    }
    all
}

/// With each token left out.
fn without_one(tokens: &TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut all = Vec::new();
    for (i, tree) in trees.iter().enumerate() {
        let (head, rest) = (trees.get(..i).unwrap_or_default(), trees.get(i + 1..).unwrap_or_default());
        all.push(head.iter().chain(rest).cloned().collect());
        let TokenTree::Group(group) = tree else { continue };
        for inner in without_one(&group.stream()) {
            let group = TokenTree::Group(Group::new(group.delimiter(), inner));
            all.push(head.iter().chain([&group]).chain(rest).cloned().collect());
        }
    }
    all
}

/// Each mutilation of `item` expands, to something that begins with what was typed, less our helper attributes.
fn check(args: &TokenStream, item: &TokenStream) {
    for typed in cut(item).into_iter().chain(without_one(item)) {
        let output = pipeline::expand(args.clone(), typed.clone()).to_string();
        let kept = typed.to_string().replace("# [constant] ", "");
        let as_it_is = output.starts_with(&typed.to_string());
        assert!(as_it_is || syn::parse2::<syn::Item>(typed).is_ok(), "`{kept}` became `{output}`");
        if let Ok(function) = syn::parse_str::<syn::ItemFn>(&kept) {
            let first = syn::parse_str::<syn::File>(&output).ok().and_then(|file| file.items.into_iter().next());
            // As printed: an empty list of bounds, `T:`, loses its colon.
            let (first, function) = (quote!(#first).to_string(), quote!(#function).to_string());
            assert!(first == function, "`{function}` became `{first}`");
        }
    }
}

#[test]
fn functions_while_they_are_typed() {
    check(
        &quote!(),
        &quote! {
            fn loss(p: &Model, #[constant] x: &[f64], n: usize) -> f64 {
                let mut s: f64 = 0.0;
                for (i, &v) in x.iter().enumerate().skip(1) {
                    if v > 0.0 && i != n { s += p.w[i] * square(v.max(p.b)); } else { continue; }
                }
                let (a, b) = match n { 0 => (s, 1.0), k => (s.powi(2), k as f64) };
                a / b
            }
        },
    );
    check(
        &quote!(),
        &quote! {
            pub fn total<T: Float>(x: &[T]) -> (T, T) {
                let Some(&last) = x.last() else { return (T::zero(), T::one()) };
                let f = |v: T| v * last;
                let mut y = vec![T::zero(); 2];
                while y[0] < T::one() { y[0] = y[0] + f(x[0]); }
                (x.iter().map(|&v| f(v)).fold(T::zero(), T::max), y[0])
            }
        },
    );
}

#[test]
fn methods_while_they_are_typed() {
    check(
        &quote!(),
        &quote! {
            impl Model {
                fn loss(&self, #[constant] x: f64) -> f64 { self.square(x - self.w[0]).sqrt() }
                #[differentiate(order = 2)]
                fn step(&mut self, rate: f64) { self.w[0] -= rate; }
            }
        },
    );
}
