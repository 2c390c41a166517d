//! Simplifications that keep every bit.
//!
//! Only exact identities are used (`1 · x`, `−−x`, a carried value that never changes); nothing is reassociated, and
//! `0 · x` is left alone, since it is not 0 for infinities. Structural zeros are never computed in the first place.
//!
//! - [`share`](mod@share): one statement for expressions that are written twice;
//! - [`exact`]: identities of single statements, and carried values that do not change;
//! - [`dead`]: statements that nothing depends on.

mod dead;
mod exact;
pub(crate) mod rewrite;
mod share;

use crate::ir::Func;

/// Shares common subexpressions of the user's function before it is differentiated, so that an element that is read
/// twice gets its adjoint added once.
pub(crate) fn share(f: &mut Func) {
    share::run(f);
}

/// Simplifies a derivative. Values numbered below `user_vals` are statements of the user's: where one of them may panic
/// (an index out of bounds, a division by zero) it stays, even if nothing reads it.
pub(crate) fn simplify(f: &mut Func, user_vals: usize) {
    exact::run(f);
    share::run(f);
    dead::run(f, user_vals);
}
