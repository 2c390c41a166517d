//! The problems of GradBench, as one writes them in Rust, solved to the reference values of its cases (`data/gradbench`).

mod ba;
mod cases;
mod det;
mod gmm;
mod hello;
mod ht;
mod kmeans;
mod llsq;
mod lse;
mod lstm;
mod ode;
mod particle;
mod saddle;
mod solver;
