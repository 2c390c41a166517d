//! Tests on the IR, with the interpreter as the oracle: no rustc needed.

mod editors;
mod guide;
mod ir;
mod random;
mod support;
mod table;
