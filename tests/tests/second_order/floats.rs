//! Single precision, and functions of both.
