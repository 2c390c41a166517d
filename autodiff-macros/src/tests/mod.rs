//! Tests on the IR, with the interpreter as the oracle: no rustc needed.

mod ir;
mod random;
mod support;
mod table;
