//! Functions that `macro_rules` makes: blocks, statements and expressions of the caller in a function of the macro.

#![expect(redundant_semicolons, reason = "statements of macros are written with a semicolon and without")]

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Scale(f64);

macro_rules! functions {
    ($x:ident, $y:ident, $value:block, $change:block, $stmt:stmt, $let:stmt, $expr:expr) => {
        #[differentiate(order = 2)]
        fn whole($x: f64) -> f64 $value

        /// In front of a variable, a keyword, another block and the end; as the body of a branch and of a loop.
        #[differentiate(order = 2)]
        fn in_front($x: f64) -> f64 {
            let mut $y = $x;
            $change
            $y += 1.0;
            $change
            if $x > 0.5 $change
            for _ in 0..2 $change
            $change
            $change
            $y
        }

        /// Statements with and without a semicolon; beside those, what is an operand stays one.
        #[differentiate(order = 2)]
        fn among_operators($x: f64) -> f64 {
            let mut $y = $x;
            $change
            $stmt
            $let
            let z = $value - $y;
            $let;
            $stmt;
            $expr * $expr - $y * z
        }

        #[differentiate(order = 2)]
        impl Scale {
            fn method(&self, $x: f64) -> f64 {
                let mut $y = $x * self.0;
                $change
                $y * $value
            }
        }
    };
}

functions!(
    x,
    y,
    { x * x.sin() },
    {
        y *= x;
    },
    y += 2.0 * x,
    let x = 0.5 * x,
    1.0 + x
);

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{a} and {b}");
}

#[test]
fn as_if_written_out() {
    for x in [0.3_f64, 0.9] {
        let (sin, cos) = x.sin_cos();
        close(whole::grad(x), sin + x * cos);
        close(whole::hvp(x, 1.0), 2.0 * cos - x * sin);

        // y = (x² + 1) xⁿ
        let n = if x > 0.5 { 6 } else { 5 };
        close(in_front(x), (x * x + 1.0) * x.powi(n));
        let d = |m: i32| f64::from(m) * x.powi(m - 1);
        let dd = |m: i32| f64::from(m * (m - 1)) * x.powi(m - 2);
        close(in_front::grad(x), d(n + 2) + d(n));
        close(in_front::hvp(x, 1.0), dd(n + 2) + dd(n));

        // (1 + x / 4)² - (x² + 2 x + x / 2) z, z = x / 2 sin(x / 2) - x² - 2 x
        let (y, dy, ddy) = (x * x + 2.0 * x, 2.0 * x + 2.0, 2.0);
        let (half_sin, half_cos) = (x / 2.0).sin_cos();
        let (z, dz) = (x / 2.0 * half_sin - y, half_sin / 2.0 + x / 4.0 * half_cos - dy);
        let ddz = half_cos / 2.0 - x / 8.0 * half_sin - ddy;
        let (y, dy) = (y + x / 2.0, dy + 0.5);
        close(among_operators(x), (1.0 + x / 4.0).powi(2) - y * z);
        close(among_operators::grad(x), (1.0 + x / 4.0) / 2.0 - dy * z - y * dz);
        close(among_operators::hvp(x, 1.0), 0.125 - ddy * z - 2.0 * dy * dz - y * ddz);

        // s x³ sin x
        let (_, (of_scale, of_x)) = Scale(0.7).method_value_and_grad(x);
        close(of_scale.0, x.powi(3) * sin);
        close(of_x, 0.7 * (3.0 * x * x * sin + x.powi(3) * cos));
    }
}
