//! Memory: slices and their parts, rows, exchanged and copied elements, and vectors whose length changes.

mod chosen;
mod composite;
mod growing;
mod idioms;
mod local;
mod options;
mod reorder;
mod slices;
mod support;
