//! Memory: slices and their parts, rows, exchanged and copied elements, and vectors whose length changes.

mod growing;
mod idioms;
mod slices;
mod support;
