//! The runtime under another name, and a local module that has taken its own.

extern crate autodiff_runtime as ad;

mod autodiff_runtime {}

mod user {
    #[ad::differentiate(crate = crate::ad)]
    pub fn f(x: &[f64]) -> f64 {
        x[0] * x[1]
    }
}

fn main() {
    assert_eq!(user::f::value_and_grad(&[2.0, 3.0]), (6.0, vec![3.0, 2.0]));
}
