//! Code from hand-built IR, read as a person would read it.

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Derived, companion, stub};
use crate::ir::build::Builder;
use crate::ir::{
    Access, Arg, Call, CallForm, CmpOp, Const, Dim, Float, Func, Init, Int, Mark, Mem, Op, Opaque, Operand, Param,
    Place, Ret, Role, Slot, Slotted, Ty, Val,
};
use crate::rules::Rule;
use crate::signature::{Shape, SigParam, SigRet, Signature};

const F: Ty = Ty::Float(Float::F64);
const USIZE: Ty = Ty::Int(Int::Usize);

/// A parameter for the tests' signatures.
fn param(name: &str, ty: &str, shape: Shape, active: bool) -> SigParam {
    let ty: syn::Type = syn::parse_str(ty).expect("a type");
    SigParam {
        ident: syn::parse_str(name).expect("a name"),
        by_ref: matches!(ty, syn::Type::Reference(_)),
        is_mem: !matches!(shape, Shape::Scalar(_)),
        ty,
        shape,
        active,
    }
}

fn signature(item: &syn::ItemFn, params: Vec<SigParam>, parts: Vec<Ty>) -> Signature {
    let syn::ReturnType::Type(_, ty) = &item.sig.output else { panic!("no result") };
    Signature {
        vis: item.vis.clone(),
        ident: item.sig.ident.clone(),
        companion: item.sig.ident.clone(),
        runtime: syn::parse_quote!(::autodiff_runtime),
        params,
        ret: SigRet { ty: (**ty).clone(), tuple: matches!(**ty, syn::Type::Tuple(_)), parts },
    }
}

fn slice() -> Shape {
    Shape::Slice(Box::new(Shape::Scalar(F)))
}

fn at(mem: Mem, index: Val) -> Place {
    Place { mem, path: vec![Access::Index(index)] }
}

fn held(role: Role, held: Slotted) -> Param {
    Param { role, held, active: true }
}

fn named(b: &mut Builder, ty: Ty, name: &str) -> Val {
    let v = b.fresh(ty);
    b.set_name(v, name);
    v
}

/// `fn f(w: &[f64], #[constant] x: &[f64], b: f64) -> f64 { let mut s = b; for i in 0..w.len() { s += w[i] * x[i]; } s.sin() }`
struct Dot {
    b: Builder,
    params: Vec<Param>,
    w: Mem,
    x: Mem,
    n: Val,
    bias: Val,
    s: Val,
}

impl Dot {
    fn new() -> Dot {
        let mut b = Builder::new();
        let w = b.fresh_mem(Some(F), Some("w".into()));
        let x = b.fresh_mem(Some(F), Some("x".into()));
        let bias = named(&mut b, F, "b");
        let params = vec![
            held(Role::param(0), Slotted::Mem(w)),
            Param { role: Role::param(1), held: Slotted::Mem(x), active: false },
            held(Role::param(2), Slotted::Val(bias)),
        ];
        let zero = b.int(0, Int::Usize);
        let n = b.emit(Op::Len(Place::whole(w)), USIZE);
        let out = b.for_loop((zero, n, false, false), vec![bias], |b, i, carried| {
            b.set_name(i, "i");
            let (wi, xi) = (b.load(at(w, i), F), b.load(at(x, i), F));
            let product = b.mul(wi, xi);
            vec![b.add(carried[0], product)]
        });
        b.set_name(out[0], "s");
        Dot { b, params, w, x, n, bias, s: out[0] }
    }

    fn sin(&mut self) -> Val {
        self.b.node(Rule::Sin, &[self.s])
    }

    fn item() -> (syn::ItemFn, Signature) {
        let item: syn::ItemFn = syn::parse_quote! {
            /// A neuron.
            pub fn f(w: &[f64], #[constant] x: &[f64], b: f64) -> f64 { unseen!() }
        };
        let params = vec![
            param("w", "&[f64]", slice(), true),
            param("x", "&[f64]", slice(), false),
            param("b", "f64", Shape::Scalar(F), true),
        ];
        let sig = signature(&item, params, vec![F]);
        (item, sig)
    }

    fn derived() -> Derived {
        let mut vjp = Dot::new();
        let y = vjp.sin();
        let b = &mut vjp.b;
        let (seed, w_bar) = (named(b, F, "y_bar"), b.fresh_mem(Some(F), Some("w_bar".into())));
        vjp.params.push(held(Role::result(0).marked(Mark::Bar), Slotted::Val(seed)));
        vjp.params.push(held(Role::param(0).marked(Mark::Bar), Slotted::Mem(w_bar)));
        let cos = b.node(Rule::Cos, &[vjp.s]);
        let s_bar = b.mul(seed, cos);
        b.set_name(s_bar, "s_bar");
        let zero = b.int(0, Int::Usize);
        b.for_loop((zero, vjp.n, false, true), vec![], |b, i, _| {
            b.set_name(i, "i");
            let xi = b.load(at(vjp.x, i), F);
            let value = b.mul(s_bar, xi);
            b.effect(Op::Accum { place: at(w_bar, i), value });
            vec![]
        });
        let results = vec![(Role::result(0), y), (Role::param(2).marked(Mark::Bar), s_bar)];
        let vjp = vjp.b.finish("f".into(), vjp.params, results);

        let mut jvp = Dot::new();
        let y = jvp.sin();
        let b = &mut jvp.b;
        let (w_dot, b_dot) = (b.fresh_mem(Some(F), None), b.fresh(F));
        jvp.params.push(held(Role::param(0).marked(Mark::Dot), Slotted::Mem(w_dot)));
        jvp.params.push(held(Role::param(2).marked(Mark::Dot), Slotted::Val(b_dot)));
        let zero = b.int(0, Int::Usize);
        let first = b.load(at(w_dot, zero), F);
        let y_dot = b.add(first, b_dot);
        let jvp = jvp.b.finish(
            "f".into(),
            jvp.params,
            vec![(Role::result(0), y), (Role::result(0).marked(Mark::Dot), y_dot)],
        );
        Derived { vjp, trace: jvp.clone(), jvp, split: None }
    }
}

fn print(tokens: TokenStream) -> String {
    let file: syn::File = syn::parse2(tokens.clone()).expect("generated code is Rust");
    let printed: TokenStream = crate::dump::pretty(&tokens).parse().expect("the dump is tokens");
    syn::parse2::<syn::File>(printed).expect("the dump is Rust");
    prettyplease::unparse(&file)
}

/// One function of a companion, as it is dumped.
fn function(tokens: &TokenStream, name: &str) -> String {
    let file: syn::File = syn::parse2(tokens.clone()).expect("generated code is Rust");
    let function = file.items.iter().find_map(|item| {
        let syn::Item::Impl(companion) = item else { return None };
        companion.items.iter().find_map(|item| match item {
            syn::ImplItem::Fn(f) if f.sig.ident == name => Some(f.clone()),
            _ => None,
        })
    });
    let mut function = function.expect("the companion has the function");
    function.attrs.clear();
    crate::dump::pretty(&quote!(#function))
}

/// The body of a function of scalars, as it is dumped.
fn scalars(b: Builder, params: &[Val], result: Val) -> String {
    let params: Vec<Param> = params.iter().enumerate().map(|(i, &v)| held(Role::param(i), Slotted::Val(v))).collect();
    let names: Vec<String> = params.iter().enumerate().map(|(i, _)| format!("p{i}")).collect();
    let idents: Vec<proc_macro2::Ident> = names.iter().map(|n| syn::parse_str(n).expect("a name")).collect();
    let func = b.finish("f".into(), params, vec![(Role::result(0), result)]);
    let item: syn::ItemFn = syn::parse_quote!(fn f(#(#idents: f64),*) -> f64 { unseen!() });
    let sig_params = names.iter().map(|n| param(n, "f64", Shape::Scalar(F), true)).collect();
    let sig = signature(&item, sig_params, vec![F]);
    let derived =
        Derived { vjp: func.clone(), jvp: func.clone(), trace: func.clone(), split: Some((func.clone(), func)) };
    let text = function(&companion(&item, &sig, &derived), "__forward");
    let body = text.split_once("-> f64 {\n").and_then(|(_, body)| body.trim_end().strip_suffix('}'));
    body.expect("a body").lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect()
}

fn check(actual: &str, expected: Expect) {
    expected.assert_eq(actual);
}

#[test]
fn the_companion_of_a_neuron() {
    let (item, sig) = Dot::item();
    check(
        &print(companion(&item, &sig, &Dot::derived())),
        expect![[r#"
        /// A neuron.
        pub fn f(w: &[f64], x: &[f64], b: f64) -> f64 {
            unseen!()
        }
        /// The derivatives of [`f`](fn@f).
        ///
        /// | parameter | gradient | shadow |
        /// |---|---|---|
        /// | `w: &[f64]` | `Vec<f64>` | `&mut [f64]` |
        /// | `x: &[f64]` | constant | |
        /// | `b: f64` | `f64` | `&mut f64` |
        #[allow(non_camel_case_types, dead_code)]
        pub struct f {}
        #[allow(dead_code, non_snake_case, unused_mut, unused_variables, clippy::all)]
        impl f {
            /// Returns the value of [`f`](fn@f) and its gradient with respect to `w` and `b`, from one fused pass: `(f64, (Vec<f64>, f64))`.
            #[inline]
            pub fn value_and_grad(
                w: &[f64],
                x: &[f64],
                b: f64,
            ) -> (
                f64,
                (
                    ::autodiff_runtime::__private::Vec<::core::primitive::f64>,
                    ::core::primitive::f64,
                ),
            ) {
                let mut w_bar = ::autodiff_runtime::__private::zeros(w);
                let mut b_bar: ::core::primitive::f64 = 0.0;
                let y = Self::__vjp(
                    w,
                    x,
                    b,
                    1.0,
                    &mut w_bar[..],
                    ::autodiff_runtime::__private::Off,
                    &mut b_bar,
                );
                (y, (w_bar, b_bar))
            }
            /// Returns the gradient of [`f`](fn@f) with respect to `w` and `b`: `(Vec<f64>, f64)`.
            #[inline]
            pub fn grad(
                w: &[f64],
                x: &[f64],
                b: f64,
            ) -> (
                ::autodiff_runtime::__private::Vec<::core::primitive::f64>,
                ::core::primitive::f64,
            ) {
                Self::value_and_grad(w, x, b).1
            }
            /// Returns the value of [`f`](fn@f), `f64`, and adds its gradient with respect to `w` and `b` to `w_bar` and `b_bar`.
            ///
            /// # Panics
            ///
            /// When the shape of a shadow is not that of its parameter.
            #[inline]
            pub fn grad_into(
                w: &[f64],
                x: &[f64],
                b: f64,
                w_bar: &mut [::core::primitive::f64],
                b_bar: &mut ::core::primitive::f64,
            ) -> f64 {
                ::autodiff_runtime::__private::check_shape("w", w, &*w_bar);
                Self::__vjp(w, x, b, 1.0, w_bar, ::autodiff_runtime::__private::Off, b_bar)
            }
            /// Returns the value of [`f`](fn@f) and `seedᵀ · J`, with the Jacobian `J` with respect to `w` and `b`: `(f64, (Vec<f64>, f64))`.
            ///
            /// The seed, `f64`, is the adjoint of the value.
            #[inline]
            pub fn vjp(
                w: &[f64],
                x: &[f64],
                b: f64,
                seed: ::core::primitive::f64,
            ) -> (
                f64,
                (
                    ::autodiff_runtime::__private::Vec<::core::primitive::f64>,
                    ::core::primitive::f64,
                ),
            ) {
                let mut w_bar = ::autodiff_runtime::__private::zeros(w);
                let mut b_bar: ::core::primitive::f64 = 0.0;
                let y = Self::__vjp(
                    w,
                    x,
                    b,
                    seed,
                    &mut w_bar[..],
                    ::autodiff_runtime::__private::Off,
                    &mut b_bar,
                );
                (y, (w_bar, b_bar))
            }
            /// Returns the value of [`f`](fn@f), `f64`, and adds `seedᵀ · J`, with the Jacobian `J` with respect to `w` and `b`, to `w_bar` and `b_bar`.
            ///
            /// The seed, `f64`, is the adjoint of the value.
            ///
            /// # Panics
            ///
            /// When the shape of a shadow is not that of its parameter.
            #[inline]
            pub fn vjp_into(
                w: &[f64],
                x: &[f64],
                b: f64,
                seed: ::core::primitive::f64,
                w_bar: &mut [::core::primitive::f64],
                b_bar: &mut ::core::primitive::f64,
            ) -> f64 {
                ::autodiff_runtime::__private::check_shape("w", w, &*w_bar);
                Self::__vjp(w, x, b, seed, w_bar, ::autodiff_runtime::__private::Off, b_bar)
            }
            /// Returns the value of [`f`](fn@f) and its derivative along the tangents `w_dot` and `b_dot`, `J · tangent`: `(f64, f64)`.
            ///
            /// # Panics
            ///
            /// When the shape of a tangent is not that of its parameter.
            #[inline]
            pub fn jvp(
                w: &[f64],
                x: &[f64],
                b: f64,
                w_dot: &[f64],
                b_dot: f64,
            ) -> (f64, ::core::primitive::f64) {
                ::autodiff_runtime::__private::check_shape("w", w, &*w_dot);
                Self::__jvp(w, x, b, w_dot, ::autodiff_runtime::__private::Off, b_dot)
            }
            /// Evaluates [`f`](fn@f) and returns the evaluation trace: every step with its type, parents, value and adjoint.
            #[inline]
            pub fn trace(w: &[f64], x: &[f64], b: f64) -> ::autodiff_runtime::Trace {
                let mut recorder = ::autodiff_runtime::__private::Recorder::new("f");
                let w_id = recorder.inputs_of("w", w);
                let b_id = recorder.input("b", b as ::core::primitive::f64)
                    as ::core::primitive::f64;
                let (y, y_id) = Self::__trace(
                    w,
                    x,
                    b,
                    &w_id,
                    ::autodiff_runtime::__private::Off,
                    b_id,
                    &mut recorder,
                );
                recorder.output(y_id as ::core::primitive::usize, y as ::core::primitive::f64);
                recorder.finish(1.0)
            }
            #[doc(hidden)]
            #[inline]
            pub fn __vjp<
                S0: ::autodiff_runtime::__private::Slot<[::core::primitive::f64]>,
                S1: ::autodiff_runtime::__private::ConstantSlot,
                S2: ::autodiff_runtime::__private::Slot<::core::primitive::f64>,
            >(
                w: &[f64],
                x: &[f64],
                b: f64,
                seed: ::core::primitive::f64,
                mut w_slot: S0,
                x_slot: S1,
                mut b_slot: S2,
            ) -> f64 {
                let mut w_bar = ::autodiff_runtime::__private::Slot::on(&mut w_slot);
                let k1: ::core::primitive::usize = w.len();
                let mut s: ::core::primitive::f64 = b;
                for i in 0..k1 {
                    s += w[i] * x[i];
                }
                let s_bar: ::core::primitive::f64 = seed * s.cos();
                for i in (0..k1).rev() {
                    if let ::core::option::Option::Some(w_bar) = w_bar.as_deref_mut() {
                        w_bar[i] += s_bar * x[i];
                    }
                }
                if let ::core::option::Option::Some(b_bar) = ::autodiff_runtime::__private::Slot::on(
                    &mut b_slot,
                ) {
                    *b_bar += s_bar;
                }
                s.sin()
            }
            #[doc(hidden)]
            #[inline]
            pub fn __forward(
                w: &[f64],
                x: &[f64],
                b: f64,
                tape: &mut ::autodiff_runtime::__private::Tape,
            ) -> f64 {
                f(w, x, b)
            }
            #[doc(hidden)]
            #[inline]
            pub fn __reverse<
                S0: ::autodiff_runtime::__private::Slot<[::core::primitive::f64]>,
                S1: ::autodiff_runtime::__private::ConstantSlot,
                S2: ::autodiff_runtime::__private::Slot<::core::primitive::f64>,
            >(
                w: &[f64],
                x: &[f64],
                b: f64,
                tape: &mut ::autodiff_runtime::__private::Tape,
                seed: ::core::primitive::f64,
                mut w_slot: S0,
                x_slot: S1,
                mut b_slot: S2,
            ) {
                let _ = Self::__vjp(w, x, b, seed, w_slot, x_slot, b_slot);
            }
            #[doc(hidden)]
            #[inline]
            pub fn __jvp<
                S0: ::autodiff_runtime::__private::Given<[::core::primitive::f64]>,
                S1: ::autodiff_runtime::__private::ConstantSlot,
                S2: ::autodiff_runtime::__private::Given<::core::primitive::f64>,
            >(
                w: &[f64],
                x: &[f64],
                b: f64,
                w_dot: S0,
                x_dot: S1,
                b_dot: S2,
            ) -> (f64, ::core::primitive::f64) {
                let mut absent = ::core::option::Option::None;
                let w_dot: &[::core::primitive::f64] = match ::autodiff_runtime::__private::Given::<
                    [::core::primitive::f64],
                >::given(&w_dot) {
                    ::core::option::Option::Some(given) => given,
                    ::core::option::Option::None => {
                        absent.insert(::autodiff_runtime::__private::zeros(w))
                    }
                };
                let b_dot: ::core::primitive::f64 = ::autodiff_runtime::__private::or_zero(
                    b_dot,
                );
                let mut s: ::core::primitive::f64 = b;
                for i in 0..w.len() {
                    s += w[i] * x[i];
                }
                (s.sin(), w_dot[0] + b_dot)
            }
            #[doc(hidden)]
            #[inline]
            pub fn __trace<
                S0: ::autodiff_runtime::__private::Given<[::core::primitive::f64]>,
                S1: ::autodiff_runtime::__private::ConstantSlot,
                S2: ::autodiff_runtime::__private::Given<::core::primitive::f64>,
            >(
                w: &[f64],
                x: &[f64],
                b: f64,
                w_id: S0,
                x_id: S1,
                b_id: S2,
                recorder: &mut ::autodiff_runtime::__private::Recorder,
            ) -> (f64, ::core::primitive::f64) {
                let mut absent = ::core::option::Option::None;
                let w_id: &[::core::primitive::f64] = match ::autodiff_runtime::__private::Given::<
                    [::core::primitive::f64],
                >::given(&w_id) {
                    ::core::option::Option::Some(given) => given,
                    ::core::option::Option::None => {
                        absent.insert(::autodiff_runtime::__private::zeros(w))
                    }
                };
                let b_id: ::core::primitive::f64 = ::autodiff_runtime::__private::or_zero(b_id);
                let mut s: ::core::primitive::f64 = b;
                for i in 0..w.len() {
                    s += w[i] * x[i];
                }
                (s.sin(), w_id[0] + b_id)
            }
            #[doc(hidden)]
            #[inline]
            pub fn __item() -> impl ::core::marker::Copy + 'static {
                f
            }
        }
    "#]],
    );
}

#[test]
fn the_same_twice() {
    let (item, sig) = Dot::item();
    let text = || companion(&item, &sig, &Dot::derived()).to_string();
    assert_eq!(text(), text());
}

#[test]
fn a_stub_has_every_signature() {
    let (item, sig) = Dot::item();
    let (real, stub) = (companion(&item, &sig, &Dot::derived()), stub(&item, Some(&sig)));
    let signatures = |tokens: &TokenStream| -> Vec<String> {
        let file: syn::File = syn::parse2(tokens.clone()).expect("generated code is Rust");
        let companion = file.items.iter().find_map(|item| match item {
            syn::Item::Impl(companion) => Some(companion.items.clone()),
            _ => None,
        });
        let items = companion.expect("a companion");
        items
            .iter()
            .filter_map(|item| if let syn::ImplItem::Fn(f) = item { Some(&f.sig) } else { None })
            .map(|sig| quote!(#sig).to_string())
            .collect()
    };
    assert_eq!(signatures(&real), signatures(&stub));
    assert_eq!(signatures(&real).len(), 13);
    assert!(stub.to_string().contains("unimplemented"));
}

#[test]
fn a_signature_that_is_not_understood_leaves_the_function() {
    let item: syn::ItemFn = syn::parse_quote!(
        pub(crate) fn f(#[constant] n: usize, rest: impl Fn()) {}
    );
    check(
        &print(stub(&item, None)),
        expect![[r#"
        pub(crate) fn f(n: usize, rest: impl Fn()) {}
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code)]
        pub(crate) struct f {}
    "#]],
    );
}

#[test]
fn parentheses_are_where_association_needs_them() {
    let mut b = Builder::new();
    let (x, y) = (b.fresh(F), b.fresh(F));
    let sum = b.add(x, y);
    let product = b.mul(x, sum);
    let inner = b.sub(y, x);
    let difference = b.sub(product, inner);
    let negated = b.neg(difference);
    let power = b.int(3, Int::I32);
    let cube = b.node(Rule::Powi, &[negated, power]);
    let two = b.float(-2.0, Float::F64);
    let scaled = b.div(cube, two);
    let result = b.node(Rule::Sin, &[two]);
    let result = b.mul(scaled, result);
    check(
        &scalars(b, &[x, y], result),
        expect![[r#"
            let z1: f64 = p0 * (p0 + p1);
            let z2: f64 = p1 - p0;
            (-(z1 - z2)).powi(3) / -2.0 * f64::sin(-2.0)
    "#]],
    );
}

#[test]
fn what_is_used_twice_or_named_is_bound() {
    let mut b = Builder::new();
    let (x, y) = (b.fresh(F), b.fresh(F));
    let twice = b.mul(x, y);
    let square = b.mul(twice, twice);
    b.set_name(square, "square");
    let c = b.cmp(CmpOp::Lt, square, y);
    let result = b.select(c, square, twice);
    check(
        &scalars(b, &[x, y], result),
        expect![[r#"
            let z1: f64 = p0 * p1;
            let square: f64 = z1 * z1;
            let z2: f64 = if square < p1 { square } else { z1 };
            z2
    "#]],
    );
}

#[test]
fn carried_values_move_on_at_once() {
    let mut b = Builder::new();
    let (x, y) = (b.fresh(F), b.fresh(F));
    let (lo, hi) = (b.int(0, Int::Usize), b.int(9, Int::Usize));
    // Fibonacci: (a, b) = (b, a + b); and a delay: (c, d) = (d, ..) needs an order only.
    let out = b.for_loop((lo, hi, false, false), vec![x, y], |b, _, c| vec![c[1], b.add(c[0], c[1])]);
    let out = b.for_loop((lo, hi, true, true), vec![out[0], out[1]], |b, i, c| {
        let i = b.cast(i, F);
        vec![b.mul(c[0], i), b.sub(c[1], c[0])]
    });
    let result = b.add(out[0], out[1]);
    check(
        &scalars(b, &[x, y], result),
        expect![[r#"
            let mut z1: f64 = p0;
            let mut z2: f64 = p1;
            for _ in 0..9usize {
                (z1, z2) = (z2, z1 + z2);
            }
            for k3 in (0..=9usize).rev() {
                z2 -= z1;
                z1 *= k3 as f64;
            }
            z1 + z2
    "#]],
    );
}

#[test]
fn nested_sums_share_a_variable() {
    let mut b = Builder::new();
    let (x, s) = (b.fresh(F), b.float(0.0, Float::F64));
    let (lo, hi) = (b.int(0, Int::Usize), b.int(9, Int::Usize));
    let out = b.for_loop((lo, hi, false, false), vec![s], |b, _, c| {
        b.for_loop((lo, hi, false, false), vec![c[0]], |b, _, c| vec![b.add(c[0], x)])
    });
    b.set_name(out[0], "s");
    let twice = b.add(out[0], x);
    check(
        &scalars(b, &[x], twice),
        expect![[r#"
            let mut s: f64 = 0.0;
            for _ in 0..9usize {
                for _ in 0..9usize {
                    s += p0;
                }
            }
            s + p0
    "#]],
    );
}

#[test]
fn branches() {
    let mut b = Builder::new();
    let (x, y) = (b.fresh(F), b.fresh(F));
    let (one, ten) = (b.float(1.0, Float::F64), b.float(10.0, Float::F64));
    let (small, large) = (b.cmp(CmpOp::Lt, x, one), b.cmp(CmpOp::Gt, y, ten));
    let both = b.if_else(small, |_| vec![large], |b| vec![b.bool(false)]);
    let out =
        b.if_else(both[0], |b| vec![b.add(x, y), x], |b| b.if_else(large, |_| vec![x, y], |b| vec![b.mul(x, y), y]));
    let result = b.sub(out[0], out[1]);
    check(
        &scalars(b, &[x, y], result),
        expect![[r#"
            let c1: bool = p1 > 10.0;
            let c2: bool = p0 < 1.0 && c1;
            let (z3, z4): (f64, f64) = if c2 { (p0 + p1, p0) } else if c1 {
                (p0, p1)
            } else { (p0 * p1, p1) };
            z3 - z4
    "#]],
    );
}

#[test]
fn a_load_stays_before_a_store() {
    let mut b = Builder::new();
    let x = b.fresh(F);
    let a = b.fresh_mem(Some(F), Some("a".into()));
    let zero = b.int(0, Int::Usize);
    let tokens = quote!(N);
    b.effect(Op::Alloc {
        mem: a,
        init: Init::Fill { value: x, dims: vec![Dim::Heap(zero), Dim::Fixed { tokens, value: None }] },
    });
    let place = Place { mem: a, path: vec![Access::Const(0), Access::Index(zero)] };
    let before = b.load(place.clone(), F);
    let twice = b.add(x, x);
    b.effect(Op::Store { place: place.clone(), value: twice });
    let after = b.load(place, F);
    let result = b.sub(after, before);
    check(
        &scalars(b, &[x], result),
        expect![[r#"
            let mut a = rt::vec![[p0; N]; 0];
            let z1: f64 = a[0][0];
            a[0][0] = p0 + p0;
            a[0][0] - z1
    "#]],
    );
}

#[test]
fn calls() {
    let mut b = Builder::new();
    let x = b.fresh(F);
    let path: syn::Path = syn::parse_quote!(m::g);
    let call = |form| Op::Call(Box::new(Call { path: path.clone(), form, args: vec![Arg::Val(x)], ret: Ret::Scalar }));
    let (y, x_bar) = (b.emit(call(CallForm::Forward), F), b.fresh(F));
    b.set_name(x_bar, "x_bar");
    b.push_stmt(call(CallForm::Reverse { seeds: vec![Some(y)], slots: vec![Slot::Scalar] }), vec![x_bar]);
    let result = b.add(y, x_bar);
    check(
        &scalars(b, &[x], result),
        expect![[r#"
            rt::same_function(&m::g, &m::g::__item(), "m::g");
            let z1: f64 = m::g::__forward(p0, tape);
            let mut x_bar: f64 = 0.0;
            m::g::__reverse(p0, tape, z1, &mut x_bar);
            z1 + x_bar
    "#]],
    );
}

#[test]
fn inactive_rust_keeps_its_values_apart() {
    let mut b = Builder::new();
    let x = b.fresh(F);
    let one = b.float(1.0, Float::F64);
    let shifted = b.sub(x, one);
    let opaque = |expr: syn::Expr, operand: Val, out: bool| {
        let binds = vec![(syn::parse_quote!(__0), Operand::Val(operand))];
        (Op::Opaque(Box::new(Opaque { expr, binds, pure_: true, mutable: false })), out)
    };
    let (assert, _) = opaque(syn::parse_quote!(assert!(__0 * 2.0 > z2)), shifted, false);
    b.effect(assert);
    let (count, _) = opaque(syn::parse_quote!(count(__0)), x, true);
    let count = b.emit(count, Ty::Int(Int::Infer));
    let count = b.cast(count, F);
    let product = b.mul(count, x);
    let result = b.mul(product, product);
    check(
        &scalars(b, &[x], result),
        expect![[r#"
            assert!((p0 - 1.0) * 2.0 > z2);
            let k1 = rt::constant(count(p0));
            let z2_2: f64 = (k1 as f64) * p0;
            z2_2 * z2_2
    "#]],
    );
}

#[test]
fn literals() {
    use crate::codegen::expr::{constant, suffixed};
    let float = |value: f64, text: Option<&str>| Const::Float { value, text: text.map(String::from) };
    let print = |c: &Const, ty: Ty| constant(c, ty).tokens.to_string();
    assert_eq!(print(&float(0.1, Some("0.1")), F), "0.1");
    assert_eq!(print(&float(1000.0, Some("1_000")), F), "1_000.0");
    assert_eq!(print(&float(1.0, Some("1.")), Ty::Float(Float::F32)), "1.0f32");
    assert_eq!(print(&float(1e300, None), F), "1e300");
    assert_eq!(print(&float(f64::from(0.1f32), None), Ty::Float(Float::F32)), "0.1f32");
    assert_eq!(print(&float(-0.0, None), F), "- 0.0");
    assert_eq!(print(&float(f64::NEG_INFINITY, None), F), ":: core :: primitive :: f64 :: NEG_INFINITY");
    assert_eq!(print(&Const::Int(-3), Ty::Int(Int::I64)), "- 3");
    assert_eq!(suffixed(&Const::Int(3), USIZE).tokens.to_string(), "3usize");
    assert_eq!(suffixed(&Const::Int(3), Ty::Int(Int::Infer)).tokens.to_string(), "3");
}
