//! What is refused, and with which words.

use expect_test::{Expect, expect};
use syn::parse_quote;

use super::lower;
use crate::diag::Diag;
use crate::lower::Lower;

/// The messages for a function with the given body and the parameters
/// `x: f64, w: &[f64], #[constant] y: &[f64], n: usize, p: &Model`.
fn body(block: syn::Block) -> Vec<String> {
    let item: syn::ItemFn =
        parse_quote!(fn f(x: f64, w: &[f64], #[constant] y: &[f64], n: usize, p: &Model) -> f64 #block);
    lower(&item).err().unwrap_or_default()
}

fn check(block: syn::Block, expected: Expect) {
    expected.assert_eq(&(body(block).join("\n") + "\n"));
}

fn signature(item: syn::ItemFn, expected: Expect) {
    expected.assert_eq(&(lower(&item).err().unwrap_or_default().join("\n") + "\n"));
}

#[test]
fn control_flow() {
    check(
        parse_quote!({
            let mut s = x;
            while s > 1.0 {
                s = s / 2.0;
            }
            loop {
                break;
            }
            for v in w {
                s += v;
            }
            for v in w.iter().rev() {
                s += v;
            }
            for i in (0..n).step_by(2) {
                s += w[i];
            }
            for i in 0.. {
                continue;
            }
            while let Some(k) = y.pop() {
                s += k;
            }
            if n > 3
                && let Some(k) = y.first()
            {
                s += k;
            }
            let t = s + if n == 0 { return s } else { x };
            for i in 0..n {
                g(if i == 2 { break } else { x });
            }
            while mine!(s) {
                s += 1.0;
            }
            y.retain(|v| return v > 0);
            let r = Some({
                if n == 1 {
                    return s;
                }
                n
            });
            let q = y.first()?;
            continue 'outer;
            s + t + q
        }),
        expect![[r#"
            not yet supported: iterators without an end; write both ends, `0..n`, or end the chain with `take(n)`
            not yet supported: leaving in the middle of an expression; give the part that may leave a `let` of its own
            not yet supported: leaving in the middle of an expression; give the part that may leave a `let` of its own
            not yet supported: this macro; write out what it stands for
            not yet supported: leaving in the middle of an expression; give the part that may leave a `let` of its own
            not yet supported: `?`; unwrap the value outside and pass it in
            there is no such loop or block around this
        "#]],
    );
}

#[test]
fn active_values_in_rust_that_is_not_understood() {
    check(
        parse_quote!({
            let double = |v: f64| v * 2.0;
            let a = w.iter().map(|v| v * 2.0).sum::<f64>();
            let o = Some(x);
            let c: f64 = Cell::new(x);
            let b = x.to_bits();
            let q = x.frobnicate(2.0);
            let d = Model { a: x };
            let e = w[1..3].len();
            let s = format!("{x}");
            let m = p.predict(x);
            let z = x as usize as f64;
            x
        }),
        expect![[r#"
            not yet supported: calls of the standard library's associated functions with active values; keep them in variables, arrays and `Vec`s
            not yet supported: the derivative of the method `to_bits`; write a comparison, or a function with `#[differentiate]`
            not yet supported: the derivative of the method `frobnicate`; write it with the known functions, or as a `#[differentiate]`d function `f(x)` that is called by its name
        "#]],
    );
}

#[test]
fn iterators_and_closures() {
    check(
        parse_quote!({
            let a: f64 = w.iter().copied().scan(0.0, advance).sum();
            let b: Vec<Vec<f64>> = w.iter().map(|v| vec![*v]).collect();
            let c: f64 = w.iter().filter(|v| **v > 0.0).zip(w.iter().filter(|v| **v < x)).map(|(a, b)| a * b).sum();
            let mut total = 0.0;
            let mut add = |v: f64| total += v;
            let hides = {
                let total = x;
                add(total);
                total
            };
            let d = w
                .iter()
                .map(|v| {
                    total += v;
                    total
                })
                .skip(1)
                .sum::<f64>();
            let e = w.windows(2).map(|p| p[2]).sum::<f64>();
            let f: f64 = (0..).map(|k| x * k as f64).sum();
            let g = w.iter().map(|v| [*v, x]).collect::<Vec<_>>();
            let h = std::array::from_fn(|i| w[i]);
            let i = w
                .iter()
                .map(|v| {
                    if *v > x {
                        return x;
                    }
                    x
                })
                .sum::<f64>();
            let j: f64 = (0..n).flat_map(|i| w[..i].iter()).rev().sum();
            for v in w.iter().filter(|v| **v > x).chain(y) {
                if *v > 2.0 {
                    break;
                }
            }
            let o: f64 = w.iter().filter(|v| **v > x).cycle().take(3).sum();
            let p = w.iter().map(|v| (*v, x)).unzip();
            let q: f64 = w.iter().scan([0.0; 2], |s, v| Some(s[0] * v)).sum();
            let mut it = w.iter();
            for v in &mut it {
                total += v;
            }
            let mut filtered = w.iter().filter(|v| **v > x);
            let r = filtered.next().unwrap();
            let s: f64 = w.iter().filter_map(|v| elsewhere(n)).sum();
            let t: f64 = w.iter().flat_map(|v| *v).sum();
            for v in elsewhere(n) {
                total += v;
            }
            let k = helper(w.iter().zip(y));
            let l = g2(&w[1..]);
            let m = w.chunks(0);
            let u = move |v: f64| total += v;
            x
        }),
        expect![[r#"
            not yet supported: scanning with this; write a closure: `|state, v| { *state += v; Some(*state) }`
            not yet supported: `zip` of two chains in both of which the elements depend on those before; collect one of them into a `Vec` first
            not yet supported: a call of a closure that assigns `total`, which another variable of that name hides; give the other variable another name
            not yet supported: this adaptor after a closure that assigns variables; write a `for` loop with the assignments in its body
            the index is past the end: there are 2 elements
            not yet supported: iterators without an end; write both ends, `0..n`, or end the chain with `take(n)`
            not yet supported: an array of anything but numbers, here; make it with `vec![[0.0; 3]; n]` and assign its elements in a loop
            the length of this array does not show here: write its type, `let v: [f64; 3] = ..`
            not yet supported: leaving a closure early; write `if` and `else`
            not yet supported: reversing what `flat_map` or `flatten` gives; collect it into a `Vec` first, and reverse that
            not yet supported: positions in, and leaving, a `chain` of iterators that filter or assign; collect the two into a `Vec` first, or write a loop for each
            not yet supported: repeating a chain in which the elements depend on those before; collect it into a `Vec` first, and repeat that
            not yet supported: `unzip` into anything but two `Vec`s whose types show; write them: `let (a, b): (Vec<f64>, Vec<f64>) = ..`
            not yet supported: `scan` with a state that is no number; write a `for` loop that changes the array
            not yet supported: running a borrowed iterator; take its elements with `while let Some(v) = it.next()`, or run it by value
            not yet supported: taking single elements of a chain in which they depend on those before; run it with a `for` loop, or collect it into a `Vec` first
            not yet supported: an `Option` that is made elsewhere, here; end the closure with `Some(..)` or `None`, or `if c { Some(v) } else { None }`
            not yet supported: flattening what is no array, slice, vector or known iterator; write a `for` loop inside of a `for` loop
            not yet supported: loops over this iterator; write `for i in 0..x.len() { let v = x[i]; .. }`, or iterate over ranges, arrays, slices and vectors
            not yet supported: passing an iterator on; collect it into a `Vec`, or run it here
            the parts of a sequence are not empty: the size is at least 1
            not yet supported: a `move` closure that changes its copies; leave `move` out, or let it return the new value: `s = f(s);`
        "#]],
    );
}

#[test]
fn values_carried_around_a_loop_are_active_everywhere_in_it() {
    check(
        parse_quote!({
            let mut s = 0.0;
            let mut t = 0.0;
            for i in 0..n {
                log(&Some(t));
                t = s;
                s = w[i];
            }
            s
        }),
        expect![[r#"
            not yet supported: active values in structs and enums; keep them in variables and arrays
        "#]],
    );
}

#[test]
fn memory_that_an_active_value_is_stored_in_is_active() {
    check(
        parse_quote!({
            let mut h = [0.0; 3];
            let k = h.iter().count();
            h[0] = x;
            h.select_nth_unstable_by(1, f64::total_cmp);
            h[1] + k as f64
        }),
        expect![[r#"
            not yet supported: the derivative of the method `select_nth_unstable_by`; sort a copy by a comparison: `v.sort_by(|a, b| a.total_cmp(b));`
        "#]],
    );
}

#[test]
fn calls() {
    check(
        parse_quote!({
            g(x);
            let a = g((x, x));
            let b: usize = g(x);
            let c: f64 = g(&x);
            let d: f64 = model::hessian(x);
            let (e, k) = h(x);
            let y = h(x);
            let r = h(w, &mut rng());
            (p.f)(x) + e
        }),
        expect![[r#"
            not yet supported: this derivative inside a differentiated function; `grad`, `value_and_grad`, `vjp`, `jvp` and `hvp` are differentiated
            not yet supported: `&mut` borrows of numbers; assign the variable directly, or return the new value; two variables are exchanged by `std::mem::swap(&mut a, &mut b)`
            the result of this call is not used, and its effects would be repeated by the derivatives: leave the call out, or print with `println!`
            not yet supported: tuples and `&mut` borrows as arguments next to active values; pass numbers by value, and arrays and structs by reference
            an active value flows into this call, whose result is no float: compute it from inactive values, or write it out as a comparison or a cast
            not yet supported: passing a float by reference; pass it by value: `g(x)`
            not yet supported: calling a value; call a `#[differentiate]`d function by its name
        "#]],
    );
}

#[test]
fn places() {
    check(
        parse_quote!({
            let mut h = [0.0; 3];
            w[0] = 1.0;
            let v = h + h;
            let rows = [h, x];
            let k = [(x, x); 2];
            let m = [0.0; n];
            let a = if x > 0.0 { &h[..] } else { &[(x, x)] };
            unsafe { x }
        }),
        expect![[r#"
            not yet supported: writing to a parameter; take it by `&mut`, or copy it first: `let mut v = x.to_vec();`, or `let mut v = *x;` for an array
            not yet supported: arithmetic on whole arrays and tuples; write a loop over the elements, or name the element: `x[i]`
            not yet supported: arithmetic on whole arrays and tuples; write a loop over the elements, or name the element: `x[i]`
            not yet supported: an array of which this element is an array or a struct and another one is not, as far as shows; bind the elements to variables first, with their types: `let p: Point = ps[0];`
            the length of an array is a constant; for a length that is computed write `vec![0.0; n]`
            not yet supported: choosing between these arrays or structs; make a variable of their type before, `let mut v = vec![0.0; n];`, and assign it, or its elements, in the branches
            not yet supported: `unsafe` blocks; write safe code: the derivatives are safe code
        "#]],
    );
}

#[test]
fn types_that_do_not_show_or_do_not_agree() {
    check(
        parse_quote!({
            let k = count(n);
            let m = k * k;
            let t = x + n;
            x
        }),
        expect![[r#"
            this is both `f64` and `usize` here; write the conversion, `x as f64`, or the type: `let x: f64 = ..`
        "#]],
    );
}

#[test]
fn attributes_items_and_macros() {
    check(
        parse_quote!({
            #[cfg(test)]
            let a = 1.0;
            #[allow(unused)]
            let b = 1.0;
            fn helper(v: f64) -> f64 {
                v
            }
            static S: f64 = 1.0;
            use std::f64::consts::*;
            let c = matches!(n, 3);
            let d = dbg!(x);
            let e = mine!(x);
            #[constant]
            let g = x;
            x
        }),
        expect![[r#"
            not yet supported: attributes inside a differentiated function; put it on the whole function, or write the choice as `if cfg!(..) { .. } else { .. }`
            `#[constant]` belongs on a parameter; a local variable is active where its value is
            not yet supported: functions inside a differentiated function; move it out; if active values flow through it, give it `#[differentiate]`
            not yet supported: this item inside a differentiated function; move it out of the function
            not yet supported: `use ..::*` inside a differentiated function; name what is used, or move the `use` out of the function
            not yet supported: this macro; write out what it stands for
            not yet supported: this macro; write out what it stands for
        "#]],
    );
}

#[test]
fn qualifiers_and_generics() {
    signature(
        parse_quote! {
            async unsafe fn f<'a, 'b: 'a>(x: &'a [f64], y: &'b [f64]) -> f64 { x[0] + y[0] }
        },
        expect![[r#"
            not yet supported: `async fn`; write a plain `fn` and await outside of it
            not yet supported: `unsafe fn`; write a safe `fn`: the derivatives are safe code
            not yet supported: bounds of lifetimes; give the parameters one lifetime, or leave lifetimes out
        "#]],
    );
    signature(
        parse_quote! {
            fn f<T, U: Clone>(x: &[T], u: U, #[constant] v: &U) -> f64 { 1.0 }
        },
        expect![[r#"
            nothing says that `T` is a float: bound it, `T: num_traits::Float`, or mark the parameter `#[constant]`
            nothing says that `U` is a float: bound it, `U: num_traits::Float`, or mark the parameter `#[constant]`
        "#]],
    );
}

#[test]
fn methods_that_bounds_do_not_give() {
    signature(
        parse_quote! {
            fn f<T: num_traits::Float>(x: T, y: T) -> T { x.sigmoid() + x.midpoint(y) + T::erf(x) }
        },
        expect![[r#"
            `sigmoid` is a method of `autodiff_runtime::Real`: bound the type, `T: Real`
            `num_traits::Float` has no `midpoint`: write it with its other methods, or the type: `f64`
            `erf` is a method of `autodiff_runtime::Real`: bound the type, `T: Real`
        "#]],
    );
    signature(
        parse_quote! {
            fn f<T: num_traits::Float>(x: T, y: f64) -> T { x + y }
        },
        expect![[r#"
            this is both `T` and `f64` here; write the conversion, `x as f64`, or the type: `let x: f64 = ..`
        "#]],
    );
    signature(
        parse_quote! {
            fn f<T: num_traits::Float>(m: &Model<T>, x: T) -> T { T::from(m.scale).unwrap() * x }
        },
        expect![[r#"
            the type of what is converted does not show here: give it a name and a type, `let x: f64 = ..;`
        "#]],
    );
}

#[test]
fn parameters_and_results() {
    signature(
        parse_quote!(
            fn f(&self, x: &mut [f64], y: impl Fn(f64) -> f64, z: &f64) -> f64 {
                0.0
            }
        ),
        expect![[r#"
            a method is differentiated with its `impl` block: write `#[differentiate] impl ..`
            not yet supported: `impl Trait` parameters; write the type
            not yet supported: references to a float as parameters; take it by value: `f64`
        "#]],
    );
    signature(
        parse_quote!(
            fn f(x: [f64], y: (f64, usize), z: fn(f64) -> f64) -> f64 {
                0.0
            }
        ),
        expect![[r#"
            a slice is passed by reference: write `&[f64]`
            `(f64, usize)` holds numbers that are not floats and have no derivative: mark the parameter `#[constant]`, or pass them in a parameter of their own
            not yet supported: derivatives with respect to `fn(f64) -> f64`; mark the parameter `#[constant]`, or write floats, arrays, slices, `Vec`s or tuples of them, or a `#[derive(Differentiable)]` struct
        "#]],
    );
    signature(
        parse_quote!(
            fn f(n: usize, name: &str, on: Option<bool>, k: &[i32]) -> f64 {
                0.0
            }
        ),
        expect![[r#"
            there is nothing to differentiate with respect to: every parameter is a constant (`bool`, integers, `char`, strings and `#[constant]` ones are); give it a float, an array of floats or a `#[derive(Differentiable)]` struct
        "#]],
    );
    signature(
        parse_quote!(
            fn f(x: f64) {}
        ),
        expect![[r#"
            the function returns nothing that has a derivative; return a float, an array or `Vec` of floats, a `#[derive(Differentiable)]` struct, or a tuple with one of these among its parts: `-> f64`, `-> Vec<f64>`, `-> (f64, usize)`
        "#]],
    );
    signature(
        parse_quote!(
            fn f(x: f64) -> Option<f64> {
                while x > 0.0 {}
                Some(x)
            }
        ),
        expect![[r#"
            not yet supported: returning `Option<f64>`; return a float, an array or `Vec` of floats, a `#[derive(Differentiable)]` struct, or a tuple with one of these among its parts: `-> f64`, `-> Vec<f64>`, `-> (f64, usize)`
        "#]],
    );
    signature(
        parse_quote!(
            fn f(x: f64) -> (usize, bool) {
                (1, true)
            }
        ),
        expect![[r#"
            `(usize, bool)` has no derivative; return a float, an array or `Vec` of floats, a `#[derive(Differentiable)]` struct, or a tuple with one of these among its parts: `-> f64`, `-> Vec<f64>`, `-> (f64, usize)`
        "#]],
    );
    signature(
        parse_quote!(
            fn f(#[constant(1)] x: f64, #[cfg(test)] y: f64) -> f64 {
                y
            }
        ),
        expect![[r#"
            `#[constant]` takes no arguments: write `#[constant]`
            not yet supported: attributes inside a differentiated function; put it on the whole function, or write the choice as `if cfg!(..) { .. } else { .. }`
        "#]],
    );
}

#[test]
fn results_of_the_wrong_make() {
    signature(
        parse_quote!(
            fn f(x: f64) -> f64 {
                x;
            }
        ),
        expect![[r#"
            the function ends without a value: write the result as its last expression
        "#]],
    );
    signature(
        parse_quote!(
            fn f(x: f64) -> (f64, f64) {
                x
            }
        ),
        expect![[r#"
            write the result as a tuple of 2 values
        "#]],
    );
    signature(
        parse_quote!(
            fn f(x: f64) -> f64 {
                (x, x)
            }
        ),
        expect![[r#"
            a number is needed here, and this is a tuple: name the part, as in `let (a, b) = ..`
        "#]],
    );
    signature(
        parse_quote!(
            fn f(x: f64) -> f64 {
                panic!()
            }
        ),
        expect![[r#"
            the function never returns, so it has no derivative; return a float
        "#]],
    );
    signature(
        parse_quote!(
            fn f(x: f64) -> f32 {
                x
            }
        ),
        expect![[r#"
            this is both `f64` and `f32` here; write the conversion, `x as f64`, or the type: `let x: f64 = ..`
        "#]],
    );
}

/// The lowering has a value for what it refuses, which agrees with everything. Should one come into being unreported, no
/// derivative is made.
#[test]
fn what_nobody_reported_is_reported() {
    let item: syn::ItemFn = parse_quote!(
        fn f(x: f64) -> f64 {
            x
        }
    );
    let guarded = |refuse: &dyn Fn(&mut Lower<'_>)| {
        let mut diag = Diag::new();
        let mut lower = Lower::new(&item, &mut diag);
        refuse(&mut lower);
        lower.no_hole(&item.sig.ident);
        drop(lower);
        diag.finish().err().map_or_else(Vec::new, |error| error.into_iter().map(|e| e.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(guarded(&|_| ()), Vec::<String>::new());
    expect![[r#"
        ["this function cannot be differentiated, for a reason that `autodiff` fails to tell: please report it, and write it with other constructs meanwhile"]"#]]
    .assert_eq(&format!("{:?}", guarded(&|lower| { lower.poison(); })));
    // One message is enough.
    let reported = guarded(&|lower| {
        let value = lower.refuse(&item.sig.ident, "reported");
        lower.scalar(value, &item.sig.ident);
    });
    assert_eq!(reported, ["reported"]);
}

#[test]
fn variables_without_values() {
    // rustc says the same of the first two; the third has a value whatever comes.
    check(
        parse_quote!({
            let y;
            y + y
        }),
        expect![[r#"
            not yet supported: a variable that gets its value later, in this way; give it one where it is declared
        "#]],
    );
    check(
        parse_quote!({
            let mut a: [f64; 2];
            a[0] = x;
            a[0]
        }),
        expect![[r#"
            not yet supported: a variable that gets its value later, in this way; give it one where it is declared
        "#]],
    );
    check(
        parse_quote!({
            let y;
            if x > 1.0 && {
                y = x;
                true
            } {
                y
            } else {
                x
            }
        }),
        expect![[r#"
            not yet supported: a variable that gets its value later, in this way; give it one where it is declared
        "#]],
    );
}
