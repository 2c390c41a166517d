//! Iterators: chains of adaptors become the loop over an index that one would write by hand.
//!
//! A chain is described before anything of it runs, as Rust's are lazy. A [`Stream`] is a [`Source`], which gives an
//! element for every position `0 .. length`, and [`Stage`]s on top, in the order of the chain. A stage is of one of three
//! kinds. One changes which position is read: `rev`, `skip`, `take`, `step_by`, `cycle`, and `enumerate`, which shows the
//! position. Another changes the element that was read: `map`, `copied`. The third makes which elements there are depend
//! on those before: `filter`, `take_while`, `scan`, `flat_map`. A consumer (`sum`, `fold`, `collect`, a `for` loop) runs
//! one counted loop over the positions of the whole chain:
//!
//! - positions go from the loop variable *down* the stages to the source: under `skip(2)`, `k` is `k + 2`; under `rev`,
//!   `n - 1 - k`; but a `rev` that no stage after it asks for positions reverses the loop itself ([`position`]);
//! - elements go *up*: the source reads its element at the position found, each `map` applies its closure, a `filter`
//!   puts what follows into the branch of an `if`, a `flat_map` into a loop of its own, and what ends the chain early
//!   leaves the loop as a `break` does ([`drive`]);
//! - lengths are known before the loop: `zip` takes the shorter, and the loop runs to it ([`source`], [`position`]).
//!
//! A range under stages that only change elements, `(lo..hi).map(..)`, needs no positions and is the loop `lo..hi`.
//! Nothing is allocated and nothing is tested per element, so that a chain costs what the loop costs. Accumulators, the
//! state of a `scan` and the counters of what asks for positions behind a `filter` are variables without a name that the
//! user could write, and carried like the user's own.
//!
//! An iterator in a variable that is `mut` has a front, the number of elements that `next` took from it ([`advance`]).
//! Chains that are not understood are passed through as Rust where nothing active flows in.

mod advance;
mod collect;
mod consume;
mod drive;
mod fold;
mod position;
mod reduce;
mod sequential;
mod source;
mod stage;

pub(super) use drive::Run;
pub(super) use reduce::Reduction;
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
    /// How many elements were taken from it by `next`; of one in a variable that is `mut`.
    pub(super) front: Option<Val>,
    /// Tells the iterators in such variables apart.
    pub(super) id: usize,
}

/// How many positions a chain has; of one in which they depend on the elements, at most.
#[derive(Copy, Clone, Debug)]
enum Length {
    Known(Val),
    /// Of a range: computed when a stage or a consumer asks for it.
    Range,
    Endless,
    /// Endless, but of nothing if this length is 0.
    Cycle(Val),
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
    /// Those of inactive memory that is not modelled, or references to them.
    Frag {
        frag: Frag,
        by_value: bool,
    },
    /// `windows(size)`, `chunks(size)` and `chunks_exact(size)` of a sequence, each a part of it.
    Parts {
        of: View,
        size: Val,
        literal: Option<usize>,
        parts: Parts,
    },
    Zip(Box<Stream>, Box<Stream>),
    Chain(Box<Stream>, Box<Stream>),
    /// `once(x)` and `repeat(x)`.
    Same(Value),
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
    // Elements.
    Map(Callable),
    Inspect(Callable),
    /// `copied` and `cloned`.
    Deref,
    // Positions.
    Enumerate,
    /// With the length, where one is known.
    Rev(Option<Val>),
    Skip(Val),
    Take,
    StepBy(Val),
    /// With the length.
    Cycle(Val),
    /// `(k, v)` becomes `(v, other[k])`, or `(other[k], v)`.
    Join {
        other: Box<Stream>,
        first: bool,
    },
    // Which elements there are.
    Filter(Callable),
    FilterMap(Callable),
    TakeWhile(Callable),
    MapWhile(Callable),
    SkipWhile(Callable, State),
    Scan(Callable, State),
    /// The elements of the elements, or of what a function makes of them.
    Flat(Option<Callable>),
    // Positions among such elements.
    Count(State),
    SkipFirst(Val, State),
    TakeFirst(Val, State),
    EveryNth(Val, State),
}

/// A variable of a stage, which has a name while the chain runs.
#[derive(Clone, Debug)]
struct State {
    label: &'static str,
    name: String,
    init: Value,
}

impl State {
    fn new(label: &'static str, init: Value) -> State {
        State { label, name: String::new(), init }
    }
}

impl Stage {
    /// Whether which elements follow depends on those before.
    fn is_sequential(&self) -> bool {
        match self {
            Stage::Map(_)
            | Stage::Inspect(_)
            | Stage::Deref
            | Stage::Enumerate
            | Stage::Rev(_)
            | Stage::Skip(_)
            | Stage::Take
            | Stage::StepBy(_)
            | Stage::Cycle(_)
            | Stage::Join { .. } => false,
            Stage::Filter(_)
            | Stage::FilterMap(_)
            | Stage::TakeWhile(_)
            | Stage::MapWhile(_)
            | Stage::SkipWhile(..)
            | Stage::Scan(..)
            | Stage::Flat(_)
            | Stage::Count(_)
            | Stage::SkipFirst(..)
            | Stage::TakeFirst(..)
            | Stage::EveryNth(..) => true,
        }
    }

    /// Whether it may leave out elements but at the end, so that positions behind it are not those before it.
    fn loses_positions(&self) -> bool {
        self.is_sequential() && !self.may_end() || matches!(self, Stage::TakeFirst(..))
    }

    /// Whether it may end the chain before its last position.
    fn may_end(&self) -> bool {
        matches!(self, Stage::TakeWhile(_) | Stage::MapWhile(_) | Stage::Scan(..) | Stage::TakeFirst(..))
    }

    /// Whether it has to do with positions on the way down.
    fn is_positional(&self) -> bool {
        matches!(self, Stage::Enumerate | Stage::Skip(_) | Stage::Take | Stage::StepBy(_) | Stage::Cycle(_))
    }

    fn callable(&self) -> Option<&Callable> {
        match self {
            Stage::Map(f)
            | Stage::Inspect(f)
            | Stage::Filter(f)
            | Stage::FilterMap(f)
            | Stage::TakeWhile(f)
            | Stage::MapWhile(f)
            | Stage::SkipWhile(f, _)
            | Stage::Scan(f, _)
            | Stage::Flat(Some(f)) => Some(f),
            _ => None,
        }
    }

    fn callable_mut(&mut self) -> Option<&mut Callable> {
        match self {
            Stage::Map(f)
            | Stage::Inspect(f)
            | Stage::Filter(f)
            | Stage::FilterMap(f)
            | Stage::TakeWhile(f)
            | Stage::MapWhile(f)
            | Stage::SkipWhile(f, _)
            | Stage::Scan(f, _)
            | Stage::Flat(Some(f)) => Some(f),
            _ => None,
        }
    }

    fn state_mut(&mut self) -> Option<&mut State> {
        match self {
            Stage::SkipWhile(_, state)
            | Stage::Scan(_, state)
            | Stage::Count(state)
            | Stage::SkipFirst(_, state)
            | Stage::TakeFirst(_, state)
            | Stage::EveryNth(_, state) => Some(state),
            _ => None,
        }
    }
}

impl Stream {
    fn new(source: Source, length: Length) -> Stream {
        Stream { source, stages: Vec::new(), length, front: None, id: 0 }
    }

    fn poison() -> Stream {
        Stream::new(Source::Poison, Length::Endless)
    }

    fn is_poison(&self) -> bool {
        matches!(self.source, Source::Poison)
    }

    /// The chains that it is made of.
    fn inner(&self) -> Vec<&Stream> {
        let mut inner: Vec<&Stream> = match &self.source {
            Source::Zip(a, b) | Source::Chain(a, b) => vec![a, b],
            _ => Vec::new(),
        };
        inner.extend(self.stages.iter().filter_map(|stage| match stage {
            Stage::Join { other, .. } => Some(&**other),
            _ => None,
        }));
        inner
    }

    fn inner_mut(&mut self) -> Vec<&mut Stream> {
        let mut inner: Vec<&mut Stream> = match &mut self.source {
            Source::Zip(a, b) | Source::Chain(a, b) => vec![a, b],
            _ => Vec::new(),
        };
        inner.extend(self.stages.iter_mut().filter_map(|stage| match stage {
            Stage::Join { other, .. } => Some(&mut **other),
            _ => None,
        }));
        inner
    }

    /// Whether which elements there are depends on their values.
    fn is_sequential(&self) -> bool {
        self.stages.iter().any(Stage::is_sequential)
            || match &self.source {
                Source::Chain(a, b) => a.is_sequential() || b.is_sequential(),
                _ => false,
            }
    }

    /// Whether elements are left out before its end, so that positions are not those of the source.
    fn loses_positions(&self) -> bool {
        self.stages.iter().any(Stage::loses_positions)
            || match &self.source {
                Source::Chain(a, b) => a.is_sequential() || b.is_sequential(),
                _ => false,
            }
    }

    /// Whether there may be more elements than positions.
    fn is_flat(&self) -> bool {
        self.stages.iter().any(|stage| matches!(stage, Stage::Flat(_)))
            || match &self.source {
                Source::Chain(a, b) => a.is_flat() || b.is_flat(),
                _ => false,
            }
    }

    pub(super) fn may_end(&self) -> bool {
        self.stages.iter().any(Stage::may_end) || self.inner().iter().any(|inner| inner.may_end())
    }

    /// The variables outside that the closures of the chain assign.
    pub(super) fn assigned(&self) -> Vec<String> {
        let mut names: Vec<String> = self.inner().iter().flat_map(|inner| inner.assigned()).collect();
        for f in self.stages.iter().filter_map(Stage::callable) {
            names.extend(f.assigned());
        }
        names
    }

    /// Its closures, those of the chains that it is made of among them.
    pub(super) fn each_callable(&mut self, visit: &mut dyn FnMut(&mut Callable)) {
        for inner in self.inner_mut() {
            inner.each_callable(visit);
        }
        self.stages.iter_mut().filter_map(Stage::callable_mut).for_each(visit);
    }

    /// Whether an element comes from memory that is not modelled.
    fn is_unmodelled(&self) -> bool {
        matches!(self.source, Source::Frag { .. }) || self.inner().iter().any(|inner| inner.is_unmodelled())
    }
}

/// Methods of sequences that begin a chain.
const SOURCES: [&str; 8] =
    ["iter", "iter_mut", "into_iter", "windows", "chunks", "chunks_mut", "chunks_exact", "chunks_exact_mut"];
/// Methods of iterators that give iterators.
const ADAPTORS: [&str; 22] = [
    "map",
    "filter",
    "copied",
    "cloned",
    "enumerate",
    "zip",
    "rev",
    "skip",
    "take",
    "step_by",
    "chain",
    "cycle",
    "filter_map",
    "take_while",
    "skip_while",
    "map_while",
    "scan",
    "flat_map",
    "flatten",
    "inspect",
    "fuse",
    "peekable",
];
/// Methods of iterators that run them.
const CONSUMERS: [&str; 7] = ["sum", "product", "fold", "for_each", "count", "collect", "unzip"];

/// Whether what is collected behind an adaptor may be a vector that grows.
pub(super) fn may_grow(name: &str) -> bool {
    ["flat_map", "flatten", "take_while", "map_while", "scan"].contains(&name)
}

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
        if let Some(value) = self.fold_into_memory(call, expected, want) {
            return Some(value);
        }
        let understood = is(&ADAPTORS) || is(&CONSUMERS) || name == "into_iter";
        if self.ends_in_option(call) {
            return None;
        }
        if name == "clone" && call.args.is_empty() {
            return self.stream_itself(&call.receiver).map(|stream| Value::Stream(Box::new(stream)));
        }
        let stands = name != "collect" || self.collects(call, expected);
        if !understood || !stands {
            let why = match &*name {
                "collect" => {
                    "not yet supported: collecting active values into anything but a `Vec`; assign the elements of an array \
                     in a loop"
                        .to_owned()
                }
                _ => fence::method(&name),
            };
            return Some(self.pass_chain(call, &why, want));
        }
        let is_active = self.mentions_active(&syn::Expr::MethodCall(call.clone()));
        // What comes before in a chain over a table of constants is modelled only for what is active later.
        let stream = if is_active { self.loop_stream(&call.receiver) } else { self.stream(&call.receiver) };
        let Some(stream) = stream.filter(|stream| is_active || !stream.is_unmodelled()) else {
            return Some(self.pass_chain(call, &fence::method(&name), want));
        };
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
                let continues = ADAPTORS.contains(&name.as_str()) || name == "clone";
                SOURCES.contains(&name.as_str()) || (continues && self.is_chain(&call.receiver))
            }
            syn::Expr::Call(call) => self.repeated_source(call).is_some(),
            syn::Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| self.env.get(&ident.to_string()))
                .is_some_and(|binding| matches!(binding.value, Some(Value::Stream(_)))),
            _ => false,
        }
    }

    /// Whether an expression names a variable that may be active.
    pub(super) fn mentions_active(&self, expr: &syn::Expr) -> bool {
        let mut names = Names(Vec::new());
        syn::visit::Visit::visit_expr(&mut names, expr);
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
            Value::Optional(_, value) => self.is_inactive(value),
            Value::Tuple(parts) | Value::Struct(_, parts) => parts.iter().all(|part| self.is_inactive(part)),
            Value::Stream(_) | Value::Closure(_) => false,
            Value::Frag(_) | Value::Unit | Value::Never | Value::Exit | Value::Poison => true,
        }
    }
}
