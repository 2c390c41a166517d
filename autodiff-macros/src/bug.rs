//! Seeded compiler bugs: the test of the random-program test.
//!
//! Each transform asks at the place in question whether a bug is switched on. Outside of tests the answer is a constant
//! `false`, so nothing of this is left in the compiler that users run.

/// A mistake that a transform could contain.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// Reverse: of two uses of a value, the later assignment of an adjoint overwrites the earlier instead of adding.
    LostAccumulation,
    /// Reverse: a partial reads an array element again although it was overwritten since.
    StaleValue,
    /// Reverse: the adjoints of the two branches of an `if` are exchanged.
    SwappedBranches,
    /// Reverse: a loop that runs zero times is reversed as if it ran once.
    ZeroTrip,
    /// Reverse: the adjoint of the subtrahend has the wrong sign.
    WrongSign,
    /// Reverse: the adjoint of an element is not cleared when the element is overwritten.
    StoreNotCleared,
    /// Reverse: the adjoint of a carried value is not updated by the body.
    CarriedAdjoint,
    /// Reverse: loops are visited in their original direction.
    LoopDirection,
    /// Reverse: an index is restored one too low or too high.
    OffByOne,
    /// Reverse: values kept in one block are popped in the order in which they were pushed.
    PopOrder,
    /// Both: the partial of every argument but the first is dropped.
    SecondArgument,
    /// Activity: the analysis of a loop stops before its fixpoint.
    ActivityFixpoint,
    /// Forward: the tangent of a carried value stays what it was on entry.
    CarriedTangent,
    /// Forward: the tangent of an accumulated element is assigned instead of added.
    AccumulatedTangent,
    /// Reverse: an inclusive loop is reversed without its last iteration.
    InclusiveBound,
    /// Reverse: the adjoint of an element that is read twice is added once.
    LoadedOnce,
    /// Both: the condition of a selection is inverted in the derivative.
    InvertedSelect,
}

#[cfg(test)]
thread_local! {
    static SEEDED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Whether the bug is switched on in this thread.
#[cfg(test)]
pub(crate) fn seeded(bug: Bug) -> bool {
    SEEDED.get() == Some(bug)
}

/// Whether the bug is switched on: never, outside of tests.
#[cfg(not(test))]
#[inline(always)]
pub(crate) const fn seeded(_: Bug) -> bool {
    false
}

/// Runs `f` with the bug switched on.
#[cfg(test)]
pub(crate) fn with<R>(bug: Bug, f: impl FnOnce() -> R) -> R {
    struct Off;
    impl Drop for Off {
        fn drop(&mut self) {
            SEEDED.set(None);
        }
    }
    let _off = Off;
    SEEDED.set(Some(bug));
    f()
}
