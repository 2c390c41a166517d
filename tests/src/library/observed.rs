//! Functions with an effect that can be counted.

use std::cell::Cell;

use autodiff_runtime::differentiate;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// Counts a call and returns `k`, unchanged: constant in every sense but pure in none.
pub fn tick(k: usize) -> usize {
    CALLS.set(CALLS.get() + 1);
    k
}

/// How often [`tick`] was called on this thread while `f` ran.
pub fn ticks<R>(f: impl FnOnce() -> R) -> u32 {
    let before = CALLS.get();
    f();
    CALLS.get() - before
}

/// `x^n`, with a tick for each factor.
#[differentiate]
pub fn observed_power(x: f64, n: usize) -> f64 {
    let mut power = 1.0;
    for i in 0..n {
        tick(i);
        power *= x;
    }
    power
}
