//! The nested problems of GradBench, solved to the reference values of its cases (`data/gradbench`).

mod json;
mod kmeans;
mod particle;
mod saddle;
mod solver;
