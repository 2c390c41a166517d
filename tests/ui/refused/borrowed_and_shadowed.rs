//! A `&mut` borrow of a number whose name is used again, and closures that leave their block.

use autodiff_runtime::differentiate;

#[differentiate]
fn borrowed(x: f64) -> f64 {
    let mut s = x;
    let r = &mut s;
    let s = 2.0;
    *r = s;
    s
}

#[differentiate]
fn in_a_condition(x: f64) -> f64 {
    let y;
    if x > 1.0
        && x < ({
            y = x;
            3.0
        })
    {
        y
    } else {
        x
    }
}

#[differentiate]
fn leaving(x: f64) -> f64 {
    let mut f = {
        let s = x * x;
        let mut t = x;
        move |v: f64| {
            t += v;
            t * s
        }
    };
    f(x)
}

#[differentiate]
fn leaving_by_reference(x: f64) -> f64 {
    let mut f = {
        let mut t = x;
        |v: f64| {
            t += v;
            t
        }
    };
    f(x)
}

fn main() {}
