//! A method of the user's own that is called like a primitive.

use autodiff_runtime::differentiate;

trait Number: Copy + std::ops::Mul<Output = Self> {
    fn sin(self) -> Self;
}

#[differentiate]
fn f<T: Number>(x: T) -> T {
    x.sin() * x
}

fn main() {}
