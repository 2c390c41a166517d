//! A function without the attribute under a glob import of one with it: the value would be one function's, the
//! derivative the other's. It panics, in every function of the contract, and names the function.

use std::panic::{UnwindSafe, catch_unwind};

mod library {
    use autodiff_runtime::differentiate;

    #[differentiate]
    pub fn g(x: f64) -> f64 {
        x * x
    }
}

mod user {
    use super::library::*;
    use autodiff_runtime::differentiate;

    // Takes the place of `library::g`, but not of its derivative.
    pub fn g(x: f64) -> f64 {
        3.0 * x
    }

    #[differentiate]
    pub fn f(x: f64) -> f64 {
        g(x) + 1.0
    }
}

#[track_caller]
fn panics<R>(f: impl FnOnce() -> R + UnwindSafe) {
    let panic = catch_unwind(f).err().expect("the derivative of another function was used");
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().expect("a message").to_string(),
    };
    assert!(message.contains("`g`") && message.contains("#[differentiate]"), "{message}");
}

fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    assert_eq!(user::f(2.0), 7.0);
    panics(|| user::f::value_and_grad(2.0));
    panics(|| user::f::grad(2.0));
    panics(|| user::f::grad_into(2.0, &mut 0.0));
    panics(|| user::f::vjp(2.0, 1.0));
    panics(|| user::f::vjp_into(2.0, 1.0, &mut 0.0));
    panics(|| user::f::jvp(2.0, 1.0));
    panics(|| user::f::trace(2.0));
    assert_eq!(user::g(2.0), 6.0);
}
