//! The derive of `Constant` on what holds a float.

use autodiff_runtime::Constant;

#[derive(Constant)]
enum Activation {
    Tanh,
    Power(i32),
    Leaky { slope: f64 },
}

fn main() {}
