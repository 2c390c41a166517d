//! A chain of iterators costs what the loop by hand costs: its derivatives have as many loops, steps, stacks and buffers.

use std::collections::BTreeMap;

use syn::parse_quote;

use super::{lower, lowered};
use crate::ir::{Block, Func, Op};
use crate::{simplify, transform};

/// How often each kind of operation occurs, by its depth in loops; index arithmetic is left out.
fn count(block: &Block, depth: usize, counts: &mut BTreeMap<(usize, &'static str), usize>) {
    for stmt in &block.stmts {
        let kind = match &stmt.op {
            Op::For(_) => "loop",
            Op::If { .. } => "branch",
            Op::Node { .. } => "step",
            Op::NewStack(_) | Op::Push { .. } | Op::Pop(_) | Op::Save { .. } | Op::Restore { .. } => "stack",
            Op::Alloc { .. } => "buffer",
            Op::Load(_) => "load",
            Op::Store { .. } | Op::Accum { .. } => "store",
            Op::Opaque(_) => "opaque",
            _ => "",
        };
        if !kind.is_empty() {
            *counts.entry((depth, kind)).or_default() += 1;
        }
        let inner = depth + usize::from(kind == "loop");
        stmt.op.blocks().into_iter().for_each(|block| count(block, inner, counts));
    }
}

fn cost(mut func: Func) -> BTreeMap<(usize, &'static str), usize> {
    simplify::share(&mut func);
    let vals = func.vals.len();
    let mut derived = transform::reverse(&func).unwrap_or_else(|error| panic!("{}", error.message));
    simplify::simplify(&mut derived, vals);
    let mut counts = BTreeMap::new();
    count(&derived.body, 0, &mut counts);
    counts
}

fn same_cost(chain: &syn::ItemFn, by_hand: &syn::ItemFn) {
    let [chain, by_hand] = [chain, by_hand].map(lowered);
    let text = chain.to_string();
    assert_eq!(cost(chain), cost(by_hand), "{text}");
}

#[test]
fn a_fused_sum() {
    let by_hand = parse_quote! {
        fn f(x: &[f64]) -> f64 {
            let mut s = -0.0;
            for i in 0..x.len() - 1 {
                let (a, b) = (x[i], x[i + 1]);
                s += (1.0 - a).powi(2) + 100.0 * (b - a * a).powi(2);
            }
            s
        }
    };
    let zip = parse_quote! {
        fn f(x: &[f64]) -> f64 {
            x.iter().zip(x.iter().skip(1)).map(|(&a, &b)| (1.0 - a).powi(2) + 100.0 * (b - a * a).powi(2)).sum()
        }
    };
    let windows = parse_quote! {
        fn f(x: &[f64]) -> f64 {
            let term = |a: f64, b: f64| (1.0 - a).powi(2) + 100.0 * (b - a * a).powi(2);
            x.windows(2).map(|w| term(w[0], w[1])).sum::<f64>()
        }
    };
    same_cost(&zip, &by_hand);
    same_cost(&windows, &by_hand);
    let counts = cost(lowered(&zip));
    assert_eq!(counts.get(&(0, "loop")), Some(&1), "value and gradient in one pass: {counts:?}");
    assert!(!counts.keys().any(|(_, kind)| *kind == "stack" || *kind == "buffer"), "nothing is kept: {counts:?}");
}

#[test]
fn nested_sums() {
    same_cost(
        &parse_quote! {
            fn f(a: &[Vec<f64>], v: &[f64]) -> f64 {
                a.iter().map(|row| row.iter().zip(v).map(|(p, q)| p * q).sum::<f64>().tanh()).sum()
            }
        },
        &parse_quote! {
            fn f(a: &[Vec<f64>], v: &[f64]) -> f64 {
                let mut s = -0.0;
                for i in 0..a.len() {
                    let mut t = -0.0;
                    for k in 0..a[i].len() {
                        t += a[i][k] * v[k];
                    }
                    s += t.tanh();
                }
                s
            }
        },
    );
}

#[test]
fn recurrences() {
    same_cost(
        &parse_quote! {
            fn f(x: &[f64], k: f64) -> f64 {
                x.iter().rev().enumerate().fold(0.0, |acc, (i, v)| (acc * k + v).sin() * i as f64)
            }
        },
        &parse_quote! {
            fn f(x: &[f64], k: f64) -> f64 {
                let mut acc = 0.0;
                for i in 0..x.len() {
                    acc = (acc * k + x[x.len() - 1 - i]).sin() * i as f64;
                }
                acc
            }
        },
    );
}

#[test]
fn filled_vectors() {
    same_cost(
        &parse_quote! {
            fn f(x: &[f64]) -> f64 {
                let y: Vec<f64> = x.iter().map(|v| v.exp()).collect();
                y.iter().zip(x).map(|(a, b)| a * b).sum()
            }
        },
        &parse_quote! {
            fn f(x: &[f64]) -> f64 {
                let mut y = vec![0.0; x.len()];
                for i in 0..x.len() {
                    y[i] = x[i].exp();
                }
                let mut s = -0.0;
                for i in 0..x.len() {
                    s += y[i] * x[i];
                }
                s
            }
        },
    );
}

/// `depth` closures, each of which calls the one before twice.
fn doubling(depth: usize) -> syn::ItemFn {
    let names: Vec<_> = (0..=depth).map(|i| quote::format_ident!("f{i}")).collect();
    let (callers, callees, last) = (&names[1..], &names[..depth], &names[depth]);
    parse_quote! {
        fn f(x: f64) -> f64 {
            let f0 = |v: f64| v.sin();
            #(let #callers = |v: f64| #callees(#callees(v));)*
            #last(x)
        }
    }
}

#[test]
fn closures_that_call_each_other_do_not_grow_without_bound() {
    assert!(lower(&doubling(8)).is_ok());
    let messages = lower(&doubling(40)).expect_err("2^40 calls");
    assert_eq!(
        messages,
        [
            "not yet supported: closures that are called this often, by each other; write a function with `#[differentiate]` and call it"
        ]
    );
}
