//! The witness that what a function reads from its structs may have a tangent there.
//!
//! `p.layers[i].gain` is read as a float, and its tangent from the same place of the struct that holds the tangents. Where
//! `layers` carries `#[constant]`, its floats have been cleared there, which takes a type that is `Differentiable`. So
//! each type on the way has to be:
//!
//! ```text
//! let _ = || { rt::read_through(&p.layers); rt::read_through(&p.layers[0]); };
//! ```
//!
//! The closure is never called: only its types are checked.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::expr::member;
use super::signature::{Interface, Signed};
use crate::ir::{Access, Block, Func, Init, Mem, Op, Origin, Place, Slotted};
use crate::maps::Map;

impl Interface<'_> {
    /// The witness for a derivative that carries tangents.
    pub(super) fn parts(&self, func: &Func, signed: &Signed) -> TokenStream {
        let mut parts = Parts { func, roots: Map::default(), found: BTreeMap::new() };
        for param in func.params.iter().filter(|param| param.active) {
            if let (Origin::Param(i), Slotted::Mem(m)) = (param.role.origin, param.held)
                && func.mem(m).elem.is_none()
            {
                parts.roots.insert(m, (i, TokenStream::new()));
            }
        }
        parts.block(&func.body);
        if parts.found.is_empty() {
            return TokenStream::new();
        }
        let rt = &self.rt;
        let checks = parts.found.into_iter().map(|((i, _), (path, span))| {
            let arg = &signed.args[i];
            // Where a type is not, the message points to the place that is read.
            let part = quote!(&#arg #path).into_iter().map(|mut token| {
                token.set_span(span.resolved_at(token.span()));
                token
            });
            let part: TokenStream = part.collect();
            quote_spanned!(span=> #rt::read_through(#part);)
        });
        quote!(let _ = || { #(#checks)* };)
    }
}

struct Parts<'a> {
    func: &'a Func,
    /// Which part of which parameter a memory object is, or is a copy of.
    roots: Map<Mem, (usize, TokenStream)>,
    /// The parts that are read through, once each.
    found: BTreeMap<(usize, String), (TokenStream, Span)>,
}

impl Parts<'_> {
    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            match &stmt.op {
                Op::Alloc { mem, init: Init::Copy(place) } => {
                    if let Some((i, mut path)) = self.roots.get(&place.mem).cloned() {
                        path.extend(place.path.iter().map(step));
                        self.roots.insert(*mem, (i, path));
                    }
                }
                Op::Load(place) if self.func.ty(stmt.out[0]).float().is_some() => self.load(place, stmt.span),
                op => op.blocks().into_iter().for_each(|inner| self.block(inner)),
            }
        }
    }

    fn load(&mut self, place: &Place, span: Span) {
        let (Some((i, mut path)), Some((_, through))) = (self.roots.get(&place.mem).cloned(), place.path.split_last())
        else {
            return;
        };
        for access in through {
            path.extend(step(access));
            self.found.entry((i, path.to_string())).or_insert_with(|| (path.clone(), span));
        }
    }
}

/// Elements are of one type: the first stands for all.
fn step(access: &Access) -> TokenStream {
    match access {
        Access::Index(_) | Access::Const(_) => quote!([0]),
        Access::Range { .. } => quote!([..]),
        Access::Field(name) => {
            let member = member(name);
            quote!(.#member)
        }
    }
}
