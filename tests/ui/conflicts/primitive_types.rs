//! Types of the user's that are called as primitive types are, far from the differentiated functions' own signatures.

#![allow(dead_code, non_camel_case_types)]

mod inner {
    use autodiff_runtime::differentiate;

    struct usize;
    struct bool;
    struct u64;
    struct i32;
    struct str;

    #[differentiate]
    pub fn f(x: &[f64]) -> f64 {
        let mut s = 1.0;
        for i in 0..x.len() {
            if x[i] > 0.5 {
                s = s * x[i] * i as f64;
            } else {
                s += x[i].powi(2);
            }
        }
        s
    }
}

fn main() {
    // (1 + x0²) · 1 · x1.
    assert_eq!(inner::f::value_and_grad(&[0.5, 2.0]), (2.5, vec![2.0, 1.25]));
    assert_eq!(inner::f::jvp(&[0.5, 2.0], &[1.0, 0.0]), (2.5, 2.0));
}
