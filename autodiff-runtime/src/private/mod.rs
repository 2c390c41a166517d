//! What generated code calls. No part of the public interface: it changes with the macro, to which it is pinned.

mod callee;
mod constant;
mod generic;
mod given;
mod jacobian;
mod list;
mod order;
mod rule;
mod second;
mod sequence;
mod shadow;
mod slot;
mod stack;
mod tangent;
mod tape;
mod times;

pub use callee::{Meant, is_rule, same_function, same_type, stopped};
pub use constant::constant;
pub use generic::{Generic, double, float};
pub use given::{Given, Ignored, Unused, ignored, no_seed, or_zero, seed};
pub use jacobian::{row, rows, rows_of};
pub use list::{Both, ListSlot, OpenList, Shared, Sharing, add_at, share};
pub use order::order_by;
pub use rule::Parents;
pub use second::{OfOrder, flat_rows, no_trace};
pub use sequence::{Anything, Sequence, sequence};
pub use shadow::{Add, AddConstant, AddNothing, Shadow, add_assign, add_constants, check_shape, zeros};
pub use slot::{ConstantSlot, Off, Slot};
pub use stack::Stack;
pub use tangent::{
    Blank, BlankConstant, BlankCopy, Clear, ClearNothing, Clearable, Tangent, blank, clear_constants, constants,
    copy_constants, keep_constants, read_through, tangent,
};
pub use tape::{Tape, Word, never};
pub use times::times;

pub use crate::stop_gradient;
pub use crate::trace::Recorder;

// Generated code names these through us: the user's crate need not depend on them, and may shadow their names.
pub use alloc::{borrow::ToOwned, vec, vec::Vec};
pub use core;
pub use num_traits;
