//! The compiler on one page.
//!
//! Parse, fence and lower (all errors at once), then the error barrier; behind it, transforms from IR to IR,
//! simplification and code generation, none of which sees bad input.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::Parse;

use crate::codegen::{self, Compiled, Derived, Dotted};
use crate::diag::Diag;
use crate::ir::{Block, CallForm, Func, Op};
use crate::lower::Lowered;
use crate::options::Options;
use crate::signature::{ByHand, Owner, Signature, generics};
use crate::transform::partials::Rules;
use crate::transform::{self, Unsupported};
use crate::{dump, fragments, lower, methods, simplify};

/// Expands `#[differentiate(args)]` on `tokens`.
pub(crate) fn expand(args: TokenStream, tokens: TokenStream) -> TokenStream {
    let item: syn::ItemFn = match parsed(&tokens) {
        Ok(item) => item,
        Err(error) => {
            return match parsed::<syn::ItemImpl>(&tokens) {
                Ok(item) => methods::expand(args, item),
                Err(_) => not_a_function(tokens, error),
            };
        }
    };
    let _scope = generics::enter(&item.sig, None);
    let mut diag = Diag::new();
    let options = Options::parse(args, &mut diag);
    let (derived, sig) = compile(&item, None, &options, diag);
    match (derived, &sig) {
        (Ok(derived), Some(sig)) => {
            let output = codegen::companion(&item, tokens, sig, &derived);
            dump::dump(&item.sig.ident.to_string(), &output, options.dump);
            output
        }
        (Err(errors), sig) => with_errors(&item, tokens, sig.as_ref(), &errors),
        (Ok(_), None) => with_errors(&item, tokens, None, &syn::Error::new(item.sig.ident.span(), "no signature")),
    }
}

/// An item, also one into which `macro_rules` has put statements.
fn parsed<Item: Parse>(tokens: &TokenStream) -> syn::Result<Item> {
    syn::parse2(tokens.clone())
        .or_else(|error| syn::parse2(fragments::open_statements(tokens.clone())).map_err(|_| error))
}

/// The derivatives of a method, for an `impl` block of their own, and what is wrong with it. `asked` are the arguments of
/// an attribute of its own.
pub(crate) fn siblings(
    item: &syn::ItemFn,
    owner: &Owner,
    around: &Options,
    asked: Option<TokenStream>,
) -> (TokenStream, Option<syn::Error>) {
    let mut diag = Diag::new();
    let mut options = Options::parse(asked.unwrap_or_default(), &mut diag);
    options.runtime = options.runtime.or_else(|| around.runtime.clone());
    options.order = options.order.or(around.order);
    options.companions.extend(around.companions.iter().cloned());
    let (derived, sig) = compile(item, Some(owner), &options, diag);
    match (derived, &sig) {
        (Ok(derived), Some(sig)) => (codegen::siblings(item, sig, &derived), None),
        (Ok(_), None) => (TokenStream::new(), Some(syn::Error::new(item.sig.ident.span(), "no signature"))),
        (Err(errors), sig) => (codegen::sibling_stubs(item, sig.as_ref()), Some(errors)),
    }
}

/// Everything in front of the error barrier, and the transforms behind it.
fn compile(
    item: &syn::ItemFn,
    owner: Option<&Owner>,
    options: &Options,
    mut diag: Diag,
) -> (syn::Result<Derived>, Option<Signature>) {
    let sig = Signature::parse(item, owner, options, &mut diag);
    let lowered = match &sig {
        // The body may contain anything.
        _ if options.has_rules() => {
            let derived = diag.finish().and_then(|()| by_hand(item, sig.as_ref()));
            return (derived, sig);
        }
        Some(sig) => lower::lower(item, sig, &mut diag),
        None => {
            lower::refuse(item, &mut diag);
            None
        }
    };
    let derived = match (diag.finish(), lowered) {
        (Ok(()), Some(Lowered { func, witnesses })) => {
            let (writes, order) = sig.as_ref().map_or((false, 1), |sig| (sig.writes(), sig.order));
            derive(func, writes, order)
                .map(|derived| derived.with_witnesses(witnesses))
                .map_err(|e| syn::Error::new(e.span, e.message))
        }
        (Ok(()), None) => Err(syn::Error::new(item.sig.ident.span(), "this function cannot be differentiated")),
        (Err(errors), _) => Err(errors),
    };
    (derived, sig)
}

/// The derivatives of a function with rules.
fn by_hand(item: &syn::ItemFn, sig: Option<&Signature>) -> syn::Result<Derived> {
    let failed = |e: Unsupported| syn::Error::new(e.span, e.message);
    match sig.map(|sig| (sig, &sig.by_hand)) {
        Some((sig, Some(ByHand::Partials(partials)))) => from_partials(sig, partials).map_err(failed),
        Some((_, Some(ByHand::Products { vjp, jvp }))) => Ok(Derived::ByHand { vjp: vjp.clone(), jvp: jvp.clone() }),
        _ => Err(syn::Error::new(item.sig.ident.span(), "this function cannot be differentiated")),
    }
}

/// The derivatives of a function whose partials are given.
fn from_partials(sig: &Signature, partials: &[syn::Path]) -> Result<Derived, Unsupported> {
    let Rules { vjp, jvp, trace, forth, back } = transform::partials::rules(sig, partials);
    let user_vals = vjp.vals.len();
    // The value is not wanted.
    let hvp = if sig.order > 1 { Some(transform::second::hvp(&back, user_vals)?) } else { None };
    let split = Some((forth, back));
    let dotted = dotted((&vjp, &jvp, split.as_ref()), sig.order, user_vals)?;
    let (trace, witnesses) = (Some(trace), Vec::new());
    Ok(Derived::Compiled(Box::new(Compiled { vjp, jvp, trace, split, hvp, dotted, witnesses })))
}

/// All derivatives of a function; `writes` says whether it writes to what it is given, so that what it was given is not there
/// to run it again.
fn derive(mut func: Func, writes: bool, order: usize) -> Result<Derived, Unsupported> {
    simplify::share(&mut func);
    let user_vals = func.vals.len();
    let simplified = |mut f: Func| {
        simplify::simplify(&mut f, user_vals);
        f
    };
    let split = if !writes && runs_again(&func.body) {
        None
    } else {
        match transform::split(&func) {
            Ok((forward, reverse)) => Some((simplified(forward), simplified(reverse))),
            // What cannot be left on a tape, such as a vector whose length changes, is made again, calls and all.
            Err(_) if is_pure(&func.body) => None,
            Err(error) => return Err(error),
        }
    };
    let vjp = simplified(transform::reverse(&func)?);
    let jvp = simplified(transform::forward(&func)?);
    let is_float = matches!(func.body.yields[..], [y] if func.ty(y).float().is_some());
    let hvp = if order > 1 && is_float && !writes { Some(transform::second::hvp(&vjp, user_vals)?) } else { None };
    let dotted = dotted((&vjp, &jvp, split.as_ref()), order, user_vals)?;
    let trace = if nests(&func.body) { None } else { Some(simplified(transform::trace(&func)?)) };
    let witnesses = Vec::new();
    Ok(Derived::Compiled(Box::new(Compiled { vjp, jvp, trace, split, hvp, dotted, witnesses })))
}

/// The derivatives with tangents, from those without.
fn dotted(
    (vjp, jvp, split): (&Func, &Func, Option<&(Func, Func)>),
    order: usize,
    user_vals: usize,
) -> Result<Vec<Dotted>, Unsupported> {
    let mut dotted: Vec<Dotted> = Vec::new();
    for _ in 1..order {
        let (vjp, jvp, split) = match dotted.last() {
            Some(last) => (&last.vjp, &last.jvp, last.split.as_ref()),
            None => (vjp, jvp, split),
        };
        let next = Dotted {
            vjp: transform::second::dot(vjp, user_vals)?,
            jvp: transform::second::dot(jvp, user_vals)?,
            split: match split {
                Some((forth, back)) => Some(transform::second::split_dot((forth, back), user_vals)?),
                None => None,
            },
        };
        dotted.push(next);
    }
    Ok(dotted)
}

/// Whether a caller's reverse sweep may simply run the function again: it calls nothing (calls within calls would
/// multiply) and has no effects.
fn runs_again(block: &Block) -> bool {
    block.stmts.iter().all(|stmt| match &stmt.op {
        Op::Call(_) => false,
        Op::Opaque(opaque) => opaque.pure_,
        op => op.blocks().into_iter().all(runs_again),
    })
}

/// Whether it computes with the derivatives of other functions, whose steps are not recorded.
fn nests(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match &stmt.op {
        Op::Call(call) => !matches!(call.form, CallForm::Primal),
        op => op.blocks().into_iter().any(nests),
    })
}

/// Whether running the function again has no effects.
fn is_pure(block: &Block) -> bool {
    block.stmts.iter().all(|stmt| match &stmt.op {
        Op::Opaque(opaque) => !opaque.effects,
        op => op.blocks().into_iter().all(is_pure),
    })
}

/// One message per mistake: the function as written, and stand-ins for its derivatives.
fn with_errors(item: &syn::ItemFn, tokens: TokenStream, sig: Option<&Signature>, errors: &syn::Error) -> TokenStream {
    let mut output = codegen::stub(item, tokens, sig);
    output.extend(errors.to_compile_error());
    output
}

/// What is not a function: other items are refused by name; half-typed code is left to rustc, whose message is better.
fn not_a_function(tokens: TokenStream, error: syn::Error) -> TokenStream {
    let what = match syn::parse2::<syn::Item>(tokens.clone()) {
        Ok(syn::Item::Trait(_)) => "a trait; annotate free functions",
        Ok(syn::Item::Struct(_) | syn::Item::Enum(_)) => {
            "a type: write `#[derive(Differentiable)]` on a struct, and `#[differentiate]` on the functions of it"
        }
        Ok(syn::Item::Mod(_)) => "a module; annotate each function",
        Ok(_) => "this item; annotate functions",
        Err(_) => {
            // A method inside an annotated-by-mistake impl parses as a signature with a receiver.
            let half_typed = syn::parse2::<syn::ImplItemFn>(tokens.clone()).is_err();
            return if half_typed { tokens } else { with_message(tokens, &error) };
        }
    };
    let error =
        syn::Error::new_spanned(first_token(&tokens), format!("not yet supported: `#[differentiate]` on {what}"));
    with_message(tokens, &error)
}

fn with_message(mut tokens: TokenStream, error: &syn::Error) -> TokenStream {
    tokens.extend(error.to_compile_error());
    tokens
}

fn first_token(tokens: &TokenStream) -> TokenStream {
    tokens.clone().into_iter().next().map(|t| t.into_token_stream()).unwrap_or_default()
}
