//! What calls, constants and unmodelled Rust come out as.

use expect_test::{Expect, expect};
use syn::parse_quote;

use super::lowered;

fn check(item: syn::ItemFn, expected: Expect) {
    expected.assert_eq(&lowered(&item).to_string());
}

#[test]
fn calls_with_active_arguments_are_differentiated_and_others_passed_through() {
    check(
        parse_quote! {
            fn f(p: &Model, x: &[f64], z: &[[f64; 2]], #[constant] y: &[f64], a: f64, n: usize) -> f64 {
                let k = count(n);
                let mut rng = Rng::new(7);
                let noise: f64 = rng.next();
                let (b, j): (f64, usize) = other::pair(p, &z[n], k);
                let scale = size(y);
                a * g(x, b) + noise * scale + j as f64 + p.layers[n].w[k]
            }
        },
        expect![[r#"
            fn f(m0 p: mem = param 0 active, m1 x: mem f64 = param 1 active, m2 z: mem f64 = param 2 active, m3 y: mem f64 = param 3, v0 a: f64 = param 4 active, v1 n: usize = param 5) {
              v2 k: usize = opaque `count (placeholder_0)` with (placeholder_0 = v1)
              v3: int = const 7
              v4 rng: opaque = opaque mut `Rng :: new (placeholder_1)` with (placeholder_1 = v3)
              v5 noise: f64 = opaque `placeholder_2 . next ()` with (placeholder_2 = v4)
              v6 b: f64, v7 j: usize = call other::pair(&m0, &m2[v1], v2)
              v8 scale: f64 = opaque `size (& placeholder_3)` with (placeholder_3 = m3)
              v9: f64 = call g(&m1, v6)
              v10: f64 = mul v0, v9
              v11: f64 = mul v5, v8
              v12: f64 = add v10, v11
              v13: f64 = cast v7
              v14: f64 = add v12, v13
              v15: f64 = load m0.layers[v1].w[v2]
              v16: f64 = add v14, v15
              return v16 = result 0
            }
        "#]],
    );
}

#[test]
fn constants_and_fields_of_constants_are_passed_through() {
    check(
        parse_quote! {
            fn f(x: f64, #[constant] cfg: &Config, name: &str, k: &usize) -> f64 {
                use std::f64::consts::{PI, TAU as T};
                const HALF: f64 = 1.0 / 2.0;
                let rates = &cfg.rates;
                let mut s = x * PI + T;
                for i in 0..cfg.n {
                    s += rates[i] * x + *k as f64;
                }
                if name == "half" && x > 0.0 { s * HALF } else { s * f64::EPSILON }
            }
        },
        expect![[r#"
            fn f(v0 x: f64 = param 0 active, v1 cfg: opaque = param 1, v2 name: opaque = param 2, v3 k: usize = param 3) {
              v4: f64 = opaque pure `std :: f64 :: consts :: PI` with ()
              v5: f64 = mul v0, v4
              v6: f64 = opaque pure `std :: f64 :: consts :: TAU` with ()
              v7 s: f64 = add v5, v6
              v8: usize = const 0
              v9: usize = opaque pure `placeholder_1 . n` with (placeholder_1 = v1)
              v17 s: f64 = for v10 i: usize in v8..v9 with (v11 s: f64 = v7) {
                v12: f64 = opaque pure `(& placeholder_0 . rates) [placeholder_2]` with (placeholder_0 = v1, placeholder_2 = v10)
                v13: f64 = mul v12, v0
                v14: f64 = cast v3
                v15: f64 = add v13, v14
                v16 s: f64 = add v11, v15
                yield v16
              }
              v18: bool = opaque pure `placeholder_3 == "half"` with (placeholder_3 = v2)
              v19: f64 = const 0.0
              v20: bool = gt v0, v19
              v21: bool = and v18, v20
              v26: f64 = if v21 {
                v22: f64 = opaque pure `{ const HALF : f64 = 1.0 / 2.0 ; HALF }` with ()
                v23: f64 = mul v17, v22
                yield v23
              } else {
                v24: f64 = opaque pure `f64 :: EPSILON` with ()
                v25: f64 = mul v17, v24
                yield v25
              }
              return v26 = result 0
            }
        "#]],
    );
}

#[test]
fn effects_stay_and_may_read_active_values() {
    check(
        parse_quote! {
            fn f(x: f64, w: &[f64], n: usize) -> f64 {
                assert!(x > 0.0 && !w.is_empty(), "{x} {n:>width$}", width = n + 1);
                assert_eq!(w.len(), n);
                let v = &w[0];
                println!("{v:?} {}", *v + w[1]);
                log(n);
                let y = if x.is_nan() { panic!("{x}") } else { x };
                y * y
            }
        },
        expect![[r#"
            fn f(v0 x: f64 = param 0 active, m0 w: mem f64 = param 1 active, v1 n: usize = param 2) {
              opaque `assert ! (placeholder_0 > 0.0 && ! (& placeholder_1) . is_empty () , "{x} {n:>width$}" , width = placeholder_2 + 1 , x = placeholder_3 , n = placeholder_4)` with (placeholder_0 = v0, placeholder_1 = m0, placeholder_2 = v1, placeholder_3 = v0, placeholder_4 = v1)
              opaque `assert_eq ! ((& placeholder_5) . len () , placeholder_6)` with (placeholder_5 = m0, placeholder_6 = v1)
              v4: f64 = load m0[0]
              opaque `println ! ("{v:?} {}" , * & placeholder_7 + (& placeholder_8) [1] , v = & placeholder_9)` with (placeholder_7 = v4, placeholder_8 = m0, placeholder_9 = v4)
              opaque `log (placeholder_10)` with (placeholder_10 = v1)
              v7: bool = opaque pure `placeholder_11 . is_nan ()` with (placeholder_11 = v0)
              v10 y: f64 = if v7 {
                opaque `panic ! ("{x}" , x = placeholder_12)` with (placeholder_12 = v0)
                v9: f64 = const 0.0
                yield v9
              } else {
                yield v0
              }
              v11: f64 = mul v10, v10
              return v11 = result 0
            }
        "#]],
    );
}

#[test]
fn integers_have_methods_too() {
    check(
        parse_quote! {
            fn f(x: f64, n: usize, k: i32) -> f64 {
                let m = n.max(3).pow(2);
                x.powi(k.abs()) * m as f64
            }
        },
        expect![[r#"
            fn f(v0 x: f64 = param 0 active, v1 n: usize = param 1, v2 k: i32 = param 2) {
              v3: usize = const 3
              v4: usize = opaque pure `placeholder_2 . max (placeholder_3)` with (placeholder_2 = v1, placeholder_3 = v3)
              v5: int = const 2
              v6: i32 = opaque pure `placeholder_4 . abs ()` with (placeholder_4 = v2)
              v7: f64 = powi v0, v6
              v8: usize = opaque pure `placeholder_0 . pow (placeholder_1)` with (placeholder_0 = v4, placeholder_1 = v5)
              v9: f64 = cast v8
              v10: f64 = mul v7, v9
              return v10 = result 0
            }
        "#]],
    );
}

#[test]
fn parts_of_structs_are_read_once() {
    check(
        parse_quote! {
            fn f(p: &Model, x: f64) -> f64 {
                let b = p.b;
                let layer = &p.layers[1];
                let mut z = layer.bias;
                for j in 0..layer.w.len() {
                    z += layer.w[j] * b;
                }
                g(&layer.w, z) * b + p.n as f64 * x
            }
        },
        expect![[r#"
            fn f(m0 p: mem = param 0 active, v0 x: f64 = param 1 active) {
              v1 b: f64 = load m0.b
              v2 z: f64 = load m0.layers[1].bias
              v3: usize = const 0
              v4: usize = len m0.layers[1].w
              v10 z: f64 = for v5 j: usize in v3..v4 with (v6 z: f64 = v2) {
                v7: f64 = load m0.layers[1].w[v5]
                v8: f64 = mul v7, v1
                v9 z: f64 = add v6, v8
                yield v9
              }
              v11: f64 = call g(&m0.layers[1].w, v10)
              v12: f64 = mul v11, v1
              v13: int = load m0.n
              v14: f64 = cast v13
              v15: f64 = mul v14, v0
              v16: f64 = add v12, v15
              return v16 = result 0
            }
        "#]],
    );
}

#[test]
fn what_may_change_is_read_in_its_turn() {
    check(
        parse_quote! {
            fn f(x: f64, n: usize, p: &Model) -> f64 {
                let mut k = [1, 2];
                let r = Pair { a: k[0] };
                k[0] = n;
                let mut log = Log::new();
                log.log(1.0);
                let s: usize = r.a + k[0];
                if p.kind == Kind::Fast && p.lo < p.hi { x * s as f64 } else { x }
            }
        },
        expect![[r#"
            fn f(v0 x: f64 = param 0 active, v1 n: usize = param 1, m0 p: mem = param 2 active) {
              v2: usize = const 1
              v3: usize = const 2
              alloc m1 k: mem usize = list (v2, v3) [2]
              v4: usize = load m1[0]
              opaque pure mut `{ let _ = | | Pair { a : placeholder_0 } ; }` with (placeholder_0 = v4)
              m1[0] = v1
              v6 log: opaque = opaque mut `Log :: new ()` with ()
              v7: f64 = const 1.0
              opaque `placeholder_1 . log (placeholder_2)` with (placeholder_1 = v6, placeholder_2 = v7)
              v9: usize = load m1[0]
              v10 s: usize = iadd v4, v9
              v11: opaque = load m0.kind
              v12: opaque = opaque pure `Kind :: Fast` with ()
              v13: bool = opaque pure `placeholder_3 == placeholder_4` with (placeholder_3 = v11, placeholder_4 = v12)
              v18: bool = if v13 {
                v14: f64 = load m0.lo
                v15: f64 = load m0.hi
                v16: bool = lt v14, v15
                yield v16
              } else {
                v17: bool = const false
                yield v17
              }
              v21: f64 = if v18 {
                v19: f64 = cast v10
                v20: f64 = mul v0, v19
                yield v20
              } else {
                yield v0
              }
              return v21 = result 0
            }
        "#]],
    );
}
