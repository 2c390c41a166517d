//! The companion of a private function, from outside.

mod inner {
    use autodiff_runtime::differentiate;

    #[differentiate]
    fn hidden(x: f64) -> f64 {
        x * x
    }
}

fn main() {
    inner::hidden::grad(1.0);
}
