//! Vectors whose length cannot change here.
use autodiff_runtime::{Differentiable, differentiate};

#[differentiate]
fn rows(x: f64, n: usize) -> f64 {
    let mut rows = vec![vec![x; n]; 1];
    rows.insert(0, vec![x; n]);
    rows[0][0]
}

#[differentiate]
fn parameter(v: &mut Vec<f64>, x: f64) {
    v.push(x);
}

#[differentiate]
fn texts(x: f64) -> f64 {
    let mut names = Vec::new();
    names.push("x".to_string());
    x * x
}

#[differentiate]
fn rows_of_arrays(x: f64, n: usize) -> f64 {
    let mut tracks = vec![vec![[x; 2]; n]; 2];
    tracks[0].push([x, 1.0]);
    tracks[0][n][0]
}

#[derive(Clone, Differentiable)]
struct State {
    x: f64,
    path: Vec<[f64; 2]>,
    history: Vec<f64>,
    #[constant]
    names: Vec<String>,
}

#[differentiate]
fn arrays_in_a_struct(state: &State) -> f64 {
    let mut state = state.clone();
    state.path.push([state.x, 1.0]);
    state.path[0][0]
}

#[differentiate]
fn texts_in_a_struct(state: &State) -> f64 {
    let mut state = state.clone();
    state.names.push("x".to_string());
    state.x * state.x
}

#[differentiate]
fn state_of_the_caller(state: &mut State) {
    state.x *= 2.0;
    state.history.push(state.x);
}

fn main() {}
