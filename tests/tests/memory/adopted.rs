//! Arrays that functions without derivatives make, and that the function under test changes or returns.

use autodiff_runtime::differentiate;
use num_traits::Float;

use crate::check;
use crate::support::weighted;

/// No derivative is asked for: it depends on nothing active.
fn weights<T: Float>(n: usize) -> Vec<T> {
    (0..n).map(|i| T::from(i + 1).unwrap().recip()).collect()
}

fn table<T: Float>() -> ([[T; 2]; 2], [T; 2]) {
    let number = |x: f64| T::from(x).unwrap();
    ([[number(0.5), number(-0.25)], [number(1.5), number(0.75)]], [number(2.0), number(-1.0)])
}

#[differentiate(order = 2)]
fn changed<T: Float>(x: &[T]) -> T {
    let mut w: Vec<T> = weights(x.len());
    let (mut m, mut last): ([[T; 2]; 2], [T; 2]) = table();
    for i in 0..x.len() {
        w[i] = w[i] * x[i] * x[i];
        m[i % 2][0] = m[i % 2][0] * x[i].sin() + last[1];
        last.swap(0, 1);
        last[0] = last[0] * x[i];
    }
    w.push(m[0][0] * m[1][0] + m[0][1]);
    weighted(&w) + weighted(&last)
}

/// Called, so that what is kept is on a tape.
#[differentiate(order = 2)]
fn twice<T: Float>(x: &[T]) -> T {
    let s = changed(x);
    s * s.sin() + x[0] * changed(x)
}

#[test]
fn changed_elements() {
    check!(changed, f64, [0.3, -0.7, 0.4]);
    check!(changed, f32, [0.3, -0.7]);
    check!(changed, f64, [0.6]);
    check!(twice, f64, [0.3, -0.7, 0.4]);
    check!(twice, f32, [0.6]);
}

#[differentiate]
fn returned(x: f64, n: usize) -> (f64, Vec<f64>, [f64; 2]) {
    let w: Vec<f64> = weights(n);
    let (_, last): ([[f64; 2]; 2], [f64; 2]) = table();
    (x * x, w, last)
}

#[test]
fn constants_are_results() {
    for n in [0, 2] {
        let (y, x_bar) = returned::vjp(3.0, n, (1.0, vec![1.0; n], [1.0, 1.0]));
        assert_eq!((y, x_bar), ((9.0, weights(n), [2.0, -1.0]), 6.0));
        let (_, y_dot) = returned::jvp(3.0, n, 1.0);
        assert_eq!(y_dot, (6.0, vec![0.0; n], [0.0; 2]));
    }
}
