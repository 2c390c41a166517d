//! The contract of `#[differentiate]`, function by function and shape by shape, as a user of the published crates
//! sees it.

#![expect(
    clippy::assign_op_pattern,
    clippy::needless_range_loop,
    clippy::ptr_arg,
    clippy::type_complexity,
    reason = "the language of differentiated functions has loops over indices, assignments of products, the table of \
              shapes `&Vec`, and the signatures of the contract are written out"
)]

mod calls;
mod constant_fields;
mod constants;
mod effects;
mod items;
mod mismatches;
mod several;
mod shapes;
mod structs;
mod tuples;
