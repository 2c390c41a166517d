//! Functions that call differentiated functions which return arrays, vectors, structs and tuples of them, and functions
//! which write behind `&mut`: in both modes, in two halves, and at the second order.

mod classical;
mod edges;
mod jacobians;
mod results;
#[path = "../combinations/support.rs"]
mod support;
mod writes;
