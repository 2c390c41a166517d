//! A function whose companion's name is taken: by a module, or by a type of the user's.

use autodiff_runtime::differentiate;

mod loss {
    use autodiff_runtime::differentiate;

    #[differentiate(name = loss_ad)]
    pub fn loss(x: f64) -> f64 {
        x * x
    }
}
pub use loss::{loss, loss_ad};

#[allow(non_camel_case_types)]
struct norm {
    x: f64,
}

#[differentiate(name = Norm)]
fn norm(x: f64, y: f64) -> f64 {
    x.hypot(y)
}

fn main() {
    assert_eq!((loss(3.0), loss_ad::grad(3.0)), (9.0, 6.0));
    assert_eq!((norm(3.0, 4.0), Norm::grad(3.0, 4.0)), (5.0, (0.6, 0.8)));
    assert_eq!(norm { x: 1.0 }.x, 1.0);
}
