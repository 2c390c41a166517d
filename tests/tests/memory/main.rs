//! Memory: slices and their parts, rows, exchanged and copied elements, and vectors whose length changes.

#![expect(
    clippy::identity_op,
    clippy::let_and_return,
    clippy::unnecessary_unwrap,
    clippy::useless_vec,
    reason = "the functions under test are written as their users write them"
)]

mod adopted;
mod carried;
mod choices;
mod chosen;
mod collected;
mod composite;
mod copied;
mod growing;
mod grown;
mod idioms;
mod lengths;
mod local;
mod options;
mod overwritten;
mod pairs;
mod parts;
mod reorder;
mod slices;
mod support;
mod taken_off;
