//! The problems of GradBench, as one writes them in Rust, solved to the reference values of its cases (`data/gradbench`).

mod cases;
mod det;
mod gmm;
mod kmeans;
mod llsq;
mod lse;
mod lstm;
mod particle;
mod saddle;
mod solver;
