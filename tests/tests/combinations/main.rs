//! Features of the language together: functions that mix what other tests have one at a time.

mod callees;
mod calls;
mod derivatives;
mod flow;
mod lists;
mod matrices;
mod structs;
mod support;
