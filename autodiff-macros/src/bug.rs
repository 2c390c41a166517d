//! Seeded compiler bugs, for the test of the tests: a random-program test that finds none of these proves nothing.
//!
//! Outside tests [`seeded`] is `false` at compile time and every hook folds away.

/// A mistake that a transform can be told to make.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// Forward and reverse: the partial of the second argument is forgotten.
    SecondPartialDropped,
    /// Forward: the tangents of carried values are not carried.
    CarriedTangentDropped,
    /// Reverse: an adjoint replaces what was accumulated before instead of adding to it.
    AccumulationLost,
    /// Reverse: `−1` is taken for `1`.
    WrongSign,
    /// Reverse: a value that was overwritten later is loaded again instead of kept.
    StaleLoad,
    /// Reverse: the branches of an `if` are swapped.
    BranchesSwapped,
    /// Reverse: the adjoint of a stored value is left in the shadow.
    StoreNotCleared,
    /// Reverse: a loop runs in the order of the original.
    LoopNotReversed,
    /// Reverse: a loop runs at least once.
    ZeroTripLoop,
    /// Reverse: the last iteration is skipped.
    LastIterationSkipped,
    /// Reverse: kept values are restored in the order in which they were kept.
    KeptOrder,
    /// Reverse: the adjoint of a carried value's initial value is forgotten.
    InitAdjointLost,
    /// Reverse: the adjoint that an outer value gets in a branch is forgotten.
    BranchAdjointLost,
    /// Reverse: a loop is fused although its result has a nonlinear consumer.
    FusedTooEagerly,
}

#[cfg(test)]
impl Bug {
    /// All of them.
    pub(crate) const ALL: &'static [Bug] = &[
        Bug::SecondPartialDropped,
        Bug::CarriedTangentDropped,
        Bug::AccumulationLost,
        Bug::WrongSign,
        Bug::StaleLoad,
        Bug::BranchesSwapped,
        Bug::StoreNotCleared,
        Bug::LoopNotReversed,
        Bug::ZeroTripLoop,
        Bug::LastIterationSkipped,
        Bug::KeptOrder,
        Bug::InitAdjointLost,
        Bug::BranchAdjointLost,
        Bug::FusedTooEagerly,
    ];
}

#[cfg(test)]
thread_local! {
    static SEEDED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Whether the compiler is to make this mistake.
#[cfg(test)]
pub(crate) fn seeded(bug: Bug) -> bool {
    SEEDED.with(|s| s.get() == Some(bug))
}

/// Whether the compiler is to make this mistake: never.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn seeded(_bug: Bug) -> bool {
    false
}

/// Runs `body` with a mistake seeded.
#[cfg(test)]
pub(crate) fn with<R>(bug: Option<Bug>, body: impl FnOnce() -> R) -> R {
    let before = SEEDED.with(|s| s.replace(bug));
    let result = body();
    SEEDED.with(|s| s.set(before));
    result
}
