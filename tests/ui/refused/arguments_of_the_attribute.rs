//! Arguments of the attribute that say nothing, or say it twice.

use autodiff_runtime::differentiate;

#[differentiate(constant())]
fn no_names(x: f64) -> f64 {
    x
}

#[differentiate(name = a, name = b)]
fn two_names(x: f64) -> f64 {
    x
}

#[differentiate(order = 0)]
fn no_order(x: f64) -> f64 {
    x
}

#[differentiate(order = 2, order = 2)]
fn two_orders(x: f64) -> f64 {
    x
}

#[differentiate(partials(a), partials(b))]
fn two_rules(x: f64) -> f64 {
    x
}

fn main() {}
