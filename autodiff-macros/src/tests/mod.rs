//! Tests on the IR, with the interpreter as the oracle: no rustc needed.

mod ir;
mod support;
mod table;
