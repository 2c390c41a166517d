//! What calls, constants and unmodelled Rust come out as.
