//! Second derivatives as downstream crates use them: `#[differentiate(order = 2)]`.

mod calls;
mod classical;
mod floats;
mod loops;
mod shapes;
mod support;
