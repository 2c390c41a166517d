//! Chains over constants of a module, whose types the tokens of a function do not show.

use autodiff_runtime::check::Check;
use autodiff_runtime::differentiate;

const COEFFICIENTS: [f64; 4] = [0.5, -1.25, 2.0, 0.75];
static NODES: &[f64] = &[-0.5, 0.25, 1.5];

/// Horner's rule.
#[differentiate(order = 2)]
fn polynomial(x: f64) -> f64 {
    COEFFICIENTS.iter().rev().fold(0.0, |sum, &c| sum * x + c)
}

/// A series of simple poles, as in Lanczos' approximation of Γ.
#[differentiate(order = 2)]
fn poles(x: f64) -> f64 {
    let tuples = COEFFICIENTS.iter().enumerate().skip(1).fold(COEFFICIENTS[0], |s, t| s + t.1 / (x + t.0 as f64));
    let parts: f64 = COEFFICIENTS.iter().enumerate().skip(1).map(|(i, c)| c / (x + i as f64)).sum();
    tuples * parts
}

/// Newton's polynomials.
#[differentiate(order = 2)]
fn nodes(x: f64) -> f64 {
    let mut sum = 0.0;
    let mut product = 1.0;
    for (c, node) in COEFFICIENTS.iter().skip(1).zip(NODES.iter()) {
        product *= x - node;
        sum += c * product;
    }
    sum + NODES.iter().map(|node| (x - node).abs()).product::<f64>()
}

#[test]
fn agree_with_differences() {
    macro_rules! check {
        ($($f:ident),*) => {$(
            for x in [0.7, 2.5] {
                assert_eq!($f::value_and_grad(x).0.to_bits(), $f(x).to_bits());
                let first = Check::new(stringify!($f), &x, |x| $f(*x)).value_and_grad(|x| $f::value_and_grad(*x));
                first.jvp(|x, v| $f::jvp(*x, *v)).run().assert();
                let second = Check::new(stringify!(gradient of $f), &x, |x| $f::grad(*x));
                second.jvp(|x, v| ($f::grad(*x), $f::hvp(*x, *v))).run().assert();
            }
        )*};
    }
    check!(polynomial, poles, nodes);
}
