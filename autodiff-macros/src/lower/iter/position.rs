//! Lengths and positions: the arithmetic of indices.

use super::super::infer::Class;
use super::super::{BOOL, Lower, USIZE};
use super::drive::Run;
use super::{Length, Source, Stage, Stream};
use crate::ir::{CmpOp, Const, Int, IntOp, Op, Range, Ty, Val};

/// The loop of a chain.
pub(in super::super) struct Header {
    /// `None`: without an end, so that a jump leaves it.
    pub(in super::super) range: Option<Range>,
    /// The loop variable is the element of the range that the chain begins with.
    pub(super) direct: bool,
    /// How many stages at the end are a `rev` that the loop does, or leave positions alone.
    pub(super) reversed_from: usize,
}

impl Lower<'_> {
    // ---- arithmetic -----------------------------------------------------------------------------------------------

    pub(in super::super) fn count(&mut self, n: usize) -> Val {
        let ty = self.fresh_ty(USIZE);
        self.emit(Op::Const(Const::Int(n as i128)), ty)
    }

    pub(in super::super) fn count_op(&mut self, op: IntOp, a: Val, b: Val) -> Val {
        let ty = match self.ty(a) {
            Some(ty) => ty,
            None => self.fresh_ty(Class::Error),
        };
        self.emit(Op::Int { op, args: vec![a, b] }, ty)
    }

    pub(in super::super) fn smaller(&mut self, a: Val, b: Val) -> Val {
        if a == b {
            return a;
        }
        let ty = self.fresh_ty(BOOL);
        let cond = self.emit(Op::Cmp { op: CmpOp::Lt, a, b }, ty);
        let ty = match self.ty(a) {
            Some(ty) => ty,
            None => self.fresh_ty(Class::Error),
        };
        self.emit(Op::Select { cond, a, b }, ty)
    }

    /// `a - b`, or 0.
    pub(in super::super) fn minus(&mut self, a: Val, b: Val) -> Val {
        let b = self.smaller(a, b);
        self.count_op(IntOp::Sub, a, b)
    }

    /// `a / b`, rounded up; panics where `b` is 0.
    pub(super) fn divide_up(&mut self, a: Val, b: Val, literal: Option<usize>) -> Val {
        let less = match literal {
            Some(b) if b > 0 => self.count(b - 1),
            _ => {
                let one = self.count(1);
                self.count_op(IntOp::Sub, b, one)
            }
        };
        let more = self.count_op(IntOp::Add, a, less);
        self.count_op(IntOp::Div, more, b)
    }

    // ---- lengths --------------------------------------------------------------------------------------------------

    /// The number of positions; `None` of a chain without an end.
    pub(super) fn length(&mut self, stream: &mut Stream) -> Option<Val> {
        let len = match stream.length {
            Length::Known(len) => len,
            Length::Endless | Length::Cycle(_) => return None,
            Length::Range => match stream.source {
                Source::Range { lo, from_zero, hi: Some(hi), inclusive } => {
                    self.range_length(lo, from_zero, hi, inclusive)
                }
                _ => return None,
            },
        };
        stream.length = Length::Known(len);
        for stage in &mut stream.stages {
            if let Stage::Rev(of @ None) = stage {
                *of = Some(len);
            }
        }
        Some(len)
    }

    /// The length of a chain that ends where `n` elements do, if not before.
    pub(super) fn at_most(&mut self, stream: &mut Stream, n: Val) -> Val {
        match (self.length(stream), stream.length) {
            (Some(len), _) => self.smaller(len, n),
            (None, Length::Cycle(len)) => {
                let ty = self.fresh_ty(BOOL);
                let none = self.count(0);
                let cond = self.emit(Op::Cmp { op: CmpOp::Eq, a: len, b: none }, ty);
                let ty = self.fresh_ty(USIZE);
                self.emit(Op::Select { cond, a: none, b: n }, ty)
            }
            (None, _) => n,
        }
    }

    /// The number of integers in a range, as `usize`.
    fn range_length(&mut self, lo: Val, from_zero: bool, hi: Val, inclusive: bool) -> Val {
        let is_usize = self.class(lo) == USIZE;
        let unsigned = matches!(
            self.class(lo),
            Class::Known(Ty::Int(Int::Usize | Int::U8 | Int::U16 | Int::U32 | Int::U64 | Int::U128))
        );
        let hi = if inclusive {
            let Some(ty) = self.ty(hi) else {
                return hi;
            };
            let one = self.emit(Op::Const(Const::Int(1)), ty);
            self.count_op(IntOp::Add, hi, one)
        } else {
            hi
        };
        let len = if from_zero && unsigned { hi } else { self.minus(hi, lo) };
        if is_usize {
            return len;
        }
        let ty = self.fresh_ty(USIZE);
        self.emit(Op::Cast(len), ty)
    }

    // ---- positions ------------------------------------------------------------------------------------------------

    /// The loop over a chain. `None` without an end and without a way out, which is refused.
    pub(super) fn header(&mut self, stream: &mut Stream, run: &Run<'_>) -> Option<Header> {
        let reversals = |stages: &[Stage]| stages.iter().filter(|s| matches!(s, Stage::Rev(_))).count() % 2 == 1;
        if let Source::Chain(a, b) = &stream.source
            && !self.can_choose(a, b)
        {
            self.unsupported(
                run.at,
                "positions in, and leaving, a `chain` of iterators that filter or assign",
                "collect the two into a `Vec` first, or write a loop for each",
            );
            return None;
        }
        if let Source::Range { lo, hi: Some(hi), inclusive, .. } = stream.source
            && !stream.stages.iter().any(Stage::is_positional)
        {
            let range = Range { lo, hi, inclusive, rev: reversals(&stream.stages) };
            return Some(Header { range: Some(range), direct: true, reversed_from: 0 });
        }
        if let Source::Poison = stream.source {
            let [lo, hi] = [(); 2].map(|()| self.poison());
            let range = Range { lo, hi, inclusive: false, rev: false };
            return Some(Header { range: Some(range), direct: true, reversed_from: 0 });
        }
        let reversed_from = stream.stages.iter().rposition(Stage::is_positional).map_or(0, |last| last + 1);
        let Some(hi) = self.length(stream) else {
            if run.leaves.is_empty() {
                self.unsupported(
                    run.at,
                    "iterators without an end",
                    "write both ends, `0..n`, or end the chain with `take(n)`",
                );
                return None;
            }
            return Some(Header { range: None, direct: false, reversed_from });
        };
        let lo = self.count(0);
        let rev = stream.stages.get(reversed_from..).is_some_and(reversals);
        let range = Range { lo, hi, inclusive: false, rev };
        Some(Header { range: Some(range), direct: false, reversed_from })
    }

    /// Whether the element at a position of `a.chain(b)` is one of the first or of the second, as the position says.
    fn can_choose(&self, a: &Stream, b: &Stream) -> bool {
        [a, b].iter().all(|part| !part.is_sequential() && part.assigned().is_empty())
    }

    /// From the position in the whole chain down to the source: the position in it, and what each `enumerate` shows, last
    /// one first.
    pub(super) fn positions(&mut self, stages: &[Stage], reversed_from: usize, outer: Val) -> (Val, Vec<Val>) {
        let mut position = outer;
        let mut shown = Vec::new();
        for (i, stage) in stages.iter().enumerate().rev() {
            position = match stage {
                Stage::Rev(Some(len)) if i < reversed_from => {
                    let one = self.count(1);
                    let last = self.count_op(IntOp::Sub, *len, one);
                    self.count_op(IntOp::Sub, last, position)
                }
                Stage::Skip(n) => self.count_op(IntOp::Add, position, *n),
                Stage::StepBy(n) => self.count_op(IntOp::Mul, position, *n),
                Stage::Cycle(len) => self.count_op(IntOp::Rem, position, *len),
                Stage::Enumerate => {
                    shown.push(position);
                    position
                }
                _ => position,
            };
        }
        (position, shown)
    }
}
