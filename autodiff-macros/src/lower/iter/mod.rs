//! Iterators: chains of adaptors become the loop over an index that one would write by hand.
//!
//! A chain is described before anything of it runs, as Rust's are lazy. A [`Stream`] is a [`Source`], which gives an
//! element for every position `0 .. length`, and [`Stage`]s on top, in the order of the chain. A stage is of one of two
//! kinds. One changes which position is read: `rev`, `skip`, `take`, `step_by`, and `enumerate`, which shows the
//! position. The other changes the element that was read: `map`, `copied`, `filter`. A consumer (`sum`, `fold`,
//! `collect`, a `for` loop) runs one counted loop over the positions of the whole chain:
//!
//! - positions go from the loop variable *down* the stages to the source: under `skip(2)`, `k` is `k + 2`; under `rev`,
//!   `n - 1 - k`; but a `rev` that no stage after it asks for positions reverses the loop itself ([`position`]);
//! - elements go *up*: the source reads its element at the position found, each `map` applies its closure, and a `filter`
//!   puts what follows into the branch of an `if` ([`drive`]);
//! - lengths are known before the loop: `zip` takes the shorter, and the loop runs to it ([`source`], [`position`]).
//!
//! A range under stages that only change elements, `(lo..hi).map(..)`, needs no positions and is the loop `lo..hi`.
//! Nothing is allocated and nothing is tested per element, so that a chain costs what the loop costs. Accumulators are
//! variables without a name that the user could write, and carried like the user's own.
//!
//! A filter makes the number of elements depend on their values, so what asks for positions cannot follow one.
//! Chains that are not understood are passed through as Rust where nothing active flows in.

mod collect;
mod consume;
mod drive;
mod position;
mod reduce;
mod source;
mod stage;

pub(super) use source::inner;

use quote::ToTokens;

use super::Lower;
use super::closure::{Callable, Names};
use super::expr::Want;
use super::value::{Frag, Spot, Value, View};
use crate::fence;
use crate::ir::Val;

/// A chain of iterators, not yet run.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    source: Source,
    stages: Vec<Stage>,
    length: Length,
}

/// How many positions a chain has.
#[derive(Copy, Clone, Debug)]
enum Length {
    Known(Val),
    /// Of a range: computed when a stage or a consumer asks for it.
    Range,
    Endless,
}

/// What gives an element for every position.
#[derive(Clone, Debug)]
enum Source {
    /// `lo..hi` and `lo..`, which has no `hi`.
    Range {
        lo: Val,
        from_zero: bool,
        hi: Option<Val>,
        inclusive: bool,
    },
    /// The elements of an array, slice or vector.
    Seq {
        spot: Spot,
        by: By,
    },
    /// Those of a part of it.
    View {
        view: View,
        by: By,
    },
    /// Those of inactive memory that is not modelled.
    Frag(Frag),
    /// `windows(size)`, `chunks(size)` and `chunks_exact(size)` of a sequence, each a part of it.
    Parts {
        of: View,
        size: Val,
        literal: Option<usize>,
        parts: Parts,
    },
    Zip(Box<Stream>, Box<Stream>),
    /// Of a chain that was refused.
    Poison,
}

/// How the elements of a sequence are handed out.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Value,
    Ref,
    Mut,
}

/// How a sequence is cut.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Parts {
    Windows,
    Chunks,
    ChunksExact,
}

/// What an adaptor does.
#[derive(Clone, Debug)]
enum Stage {
    Map(Callable),
    Filter(Callable),
    /// `copied` and `cloned`.
    Deref,
    Enumerate,
    /// With the length, where one is known.
    Rev(Option<Val>),
    Skip(Val),
    Take,
    StepBy(Val),
}

impl Stream {
    fn new(source: Source, length: Length) -> Stream {
        Stream { source, stages: Vec::new(), length }
    }

    fn poison() -> Stream {
        Stream::new(Source::Poison, Length::Endless)
    }

    /// Whether how many elements there are depends on their values.
    fn is_filtered(&self) -> bool {
        self.stages.iter().any(|stage| matches!(stage, Stage::Filter(_)))
    }

    /// The variables outside that the closures of the chain assign.
    pub(super) fn assigned(&self) -> Vec<String> {
        let mut names = match &self.source {
            Source::Zip(a, b) => [a.assigned(), b.assigned()].concat(),
            _ => Vec::new(),
        };
        for stage in &self.stages {
            if let Stage::Map(f) | Stage::Filter(f) = stage {
                names.extend(f.assigned());
            }
        }
        names
    }

    /// How many variables must be in scope for its closures.
    pub(super) fn depth(&self) -> usize {
        let inner = match &self.source {
            Source::Zip(a, b) => a.depth().max(b.depth()),
            _ => 0,
        };
        let stages = self.stages.iter().map(|stage| match stage {
            Stage::Map(f) | Stage::Filter(f) => f.depth(),
            _ => 0,
        });
        stages.fold(inner, usize::max)
    }

    /// Whether an element comes from memory that is not modelled.
    fn is_unmodelled(&self) -> bool {
        match &self.source {
            Source::Frag(_) => true,
            Source::Zip(a, b) => a.is_unmodelled() || b.is_unmodelled(),
            _ => false,
        }
    }
}

/// Methods of sequences that begin a chain.
const SOURCES: [&str; 8] =
    ["iter", "iter_mut", "into_iter", "windows", "chunks", "chunks_mut", "chunks_exact", "chunks_exact_mut"];
/// Methods of iterators that give iterators.
const ADAPTORS: [&str; 10] =
    ["map", "filter", "copied", "cloned", "enumerate", "zip", "rev", "skip", "take", "step_by"];
/// Methods of iterators that run them.
const CONSUMERS: [&str; 6] = ["sum", "product", "fold", "for_each", "count", "collect"];

impl Lower<'_> {
    /// A method call that begins, continues or runs a chain. `None`: it is another method.
    pub(super) fn iterator_method(
        &mut self,
        call: &syn::ExprMethodCall,
        expected: Option<&syn::Type>,
        want: Want,
    ) -> Option<Value> {
        let name = call.method.to_string();
        let is = |names: &[&str]| names.contains(&name.as_str());
        if !self.is_chain(&call.receiver) {
            return None;
        }
        let understood = is(&ADAPTORS) || is(&CONSUMERS) || name == "into_iter";
        let stands = name != "collect" || self.collects(call, expected);
        if !understood || !stands {
            let why = match &*name {
                "collect" => {
                    "not yet supported: collecting active values into anything but a `Vec` of numbers; assign the elements of an array \
                     in a loop"
                        .to_owned()
                }
                _ => fence::method(&name),
            };
            return Some(self.pass_chain(call, &why, want));
        }
        let Some(stream) = self.stream(&call.receiver) else {
            return Some(self.pass_chain(call, &fence::method(&name), want));
        };
        if stream.is_unmodelled() && !self.mentions_active(call) {
            return Some(self.pass_chain(call, &fence::method(&name), want));
        }
        let value = if is(&ADAPTORS) {
            match self.adapt(stream, call) {
                Some(stream) => Value::Stream(Box::new(stream)),
                None => self.pass_chain(call, &fence::method(&name), want),
            }
        } else if name == "into_iter" {
            Value::Stream(Box::new(stream))
        } else {
            self.consume(stream, call, expected)
        };
        Some(value)
    }

    /// A chain as Rust that is passed through.
    fn pass_chain(&mut self, call: &syn::ExprMethodCall, why: &str, want: Want) -> Value {
        let frag = self.pass_through_with(&syn::Expr::MethodCall(call.clone()), why);
        match want {
            Want::Nothing => {
                self.effect_frag(frag, call.to_token_stream());
                Value::Unit
            }
            _ => Value::Frag(frag),
        }
    }

    /// Whether an expression is an iterator, as its tokens and the variables in it show.
    pub(super) fn is_chain(&self, expr: &syn::Expr) -> bool {
        match expr {
            syn::Expr::Paren(inner) => self.is_chain(&inner.expr),
            syn::Expr::Group(inner) => self.is_chain(&inner.expr),
            syn::Expr::Range(range) => range.start.is_some(),
            syn::Expr::MethodCall(call) => {
                let name = call.method.to_string();
                SOURCES.contains(&name.as_str()) || (ADAPTORS.contains(&name.as_str()) && self.is_chain(&call.receiver))
            }
            syn::Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| self.env.get(&ident.to_string()))
                .is_some_and(|binding| matches!(binding.value, Some(Value::Stream(_)))),
            _ => false,
        }
    }

    /// Whether an expression names a variable that may be active.
    fn mentions_active(&self, call: &syn::ExprMethodCall) -> bool {
        let mut names = Names(Vec::new());
        syn::visit::Visit::visit_expr_method_call(&mut names, call);
        names.0.iter().any(|name| {
            let value = self.env.get(name).and_then(|binding| binding.value.as_ref());
            value.is_some_and(|value| !self.is_inactive(value))
        })
    }

    pub(super) fn is_inactive(&self, value: &Value) -> bool {
        let memory = |spot: &Spot| self.mem(spot.place.mem).is_some_and(|mem| mem.inert);
        match value {
            Value::Scalar(val) => self.is_inert(*val),
            Value::Place(spot) => memory(spot),
            Value::View(view) => memory(&view.seq),
            Value::Ref(inner) => self.is_inactive(inner),
            Value::Tuple(parts) | Value::Struct(_, parts) => parts.iter().all(|part| self.is_inactive(part)),
            Value::Stream(_) | Value::Closure(_) => false,
            Value::Frag(_) | Value::Unit | Value::Never | Value::Exit | Value::Poison => true,
        }
    }
}
