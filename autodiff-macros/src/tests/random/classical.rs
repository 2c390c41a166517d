//! The functions on which optimizers are tested, from the tests of Hessians: every way to a Hessian-vector product.
//!
//! In a companion, all ways lead to the same hidden functions, by the symmetry of second derivatives. Here the transforms
//! are applied twice as they are, so that the ways share nothing but the first step.

use syn::visit_mut::VisitMut;

use super::check::Check;
use super::generate::Program;
use crate::diag::Diag;
use crate::ir::eval::{Cell, Value};
use crate::ir::{Func, Ty};
use crate::lower;
use crate::options::Options;
use crate::signature::{Shape, Signature, generics};
use crate::tests::support::Rng;

const SOURCE: &str = include_str!("../../../../tests/tests/hessians/classical.rs");

/// The functions of the file that are differentiated twice, with their signatures.
fn functions() -> Vec<(Signature, Func)> {
    let file = syn::parse_file(SOURCE).expect("the file is Rust");
    let mut functions = Vec::new();
    for item in file.items {
        let syn::Item::Fn(mut item) = item else { continue };
        let before = item.attrs.len();
        item.attrs.retain(|attr| !attr.path().is_ident("differentiate"));
        if item.attrs.len() == before {
            continue;
        }
        Constants.visit_item_fn_mut(&mut item);
        let _scope = generics::enter(&item.sig, None);
        let mut diag = Diag::new();
        let sig = Signature::parse(&item, None, &Options::default(), &mut diag).expect("a signature");
        let lowered = lower::lower(&item, &sig, &mut diag).expect("a function of the language");
        diag.finish().expect("no mistake");
        functions.push((sig, lowered.func));
    }
    functions
}

/// The interpreter knows no constants by name.
struct Constants;

impl VisitMut for Constants {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        syn::visit_mut::visit_expr_mut(self, expr);
        if let syn::Expr::Path(path) = expr {
            if path.path.is_ident("PI") {
                *expr = syn::parse_quote!(3.141592653589793);
            } else if path.path.is_ident("E") {
                *expr = syn::parse_quote!(2.718281828459045);
            } else if path.path.segments.last().is_some_and(|last| last.ident == "NEG_INFINITY") {
                *expr = syn::parse_quote!(-1e300);
            }
        }
    }
}

/// Some argument of the shape. Lists have three elements, so that all lists of a function go together.
fn argument(shape: &Shape, rng: &mut Rng) -> Cell {
    match shape {
        Shape::Scalar(Ty::Float(float)) => Value::float(rng.uniform(-1.0, 1.5), *float).into(),
        Shape::Scalar(_) => Value::Int(2).into(),
        Shape::Array(inner, len) => {
            let text = quote::quote!(#len).to_string();
            let n = text.parse().unwrap_or(3);
            Cell::Seq((0..n).map(|_| argument(inner, rng)).collect())
        }
        Shape::Slice(inner) | Shape::Vec(inner) => Cell::Seq((0..3).map(|_| argument(inner, rng)).collect()),
        Shape::Tuple(_) | Shape::Named(_) => panic!("no argument for {shape:?}"),
    }
}

#[test]
fn every_way_to_a_hessian_vector_product_of_classical_functions() {
    let functions = functions();
    assert!(functions.len() >= 20, "only {} functions", functions.len());
    for (sig, f) in &functions {
        for seed in 0..5 {
            let mut rng = Rng(seed);
            let args = sig.params.iter().map(|p| argument(&p.shape, &mut rng)).collect();
            let program = Program { f: f.clone(), args, callee: None };
            let check = Check::new(&program, seed).unwrap_or_else(|message| panic!("{}: {message}", f.name));
            if let Err(message) = check.agree(1e-12) {
                panic!("{} at {:?}: {message}", f.name, program.args);
            }
        }
    }
}
