//! Code from hand-built IR, read as a person would read it.

mod statements;

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Compiled, Derived, companion, stub};
use crate::ir::build::Builder;
use crate::ir::{Access, Float, Int, Mark, Mem, Op, Param, Place, Role, Slotted, Ty, Val};
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
        by_mut: false,
        is_mem: !matches!(shape, Shape::Scalar(_)),
        ty,
        shape,
        active,
        marked: !active,
    }
}

fn signature(item: &syn::ItemFn, params: Vec<SigParam>, parts: Vec<Ty>) -> Signature {
    let syn::ReturnType::Type(_, ty) = &item.sig.output else { panic!("no result") };
    Signature {
        owner: None,
        vis: item.vis.clone(),
        ident: item.sig.ident.clone(),
        companion: item.sig.ident.clone(),
        runtime: syn::parse_quote!(::autodiff_runtime),
        generics: item.sig.generics.clone(),
        params,
        ret: SigRet {
            ty: (**ty).clone(),
            tuple: matches!(**ty, syn::Type::Tuple(_)),
            shapes: vec![None; parts.len()],
            parts,
        },
        order: 1,
        companions: Vec::new(),
        by_hand: None,
    }
}

fn slice() -> Shape {
    Shape::Slice(Box::new(Shape::Scalar(F)))
}

fn at(mem: Mem, index: Val) -> Place {
    Place { mem, path: vec![Access::Index(index)] }
}

fn held(role: Role, held: Slotted) -> Param {
    Param { role, held, active: true, by_mut: false }
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
    x: Mem,
    n: Val,
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
            Param { role: Role::param(1), held: Slotted::Mem(x), active: false, by_mut: false },
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
        Dot { b, params, x, n, s: out[0] }
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
        jvp.params.push(held(Role::param(0).marked(Mark::Dot(1)), Slotted::Mem(w_dot)));
        jvp.params.push(held(Role::param(2).marked(Mark::Dot(1)), Slotted::Val(b_dot)));
        let zero = b.int(0, Int::Usize);
        let first = b.load(at(w_dot, zero), F);
        let y_dot = b.add(first, b_dot);
        let jvp = jvp.b.finish(
            "f".into(),
            jvp.params,
            vec![(Role::result(0), y), (Role::result(0).marked(Mark::Dot(1)), y_dot)],
        );
        let (hvp, dotted, witnesses) = (None, Vec::new(), Vec::new());
        let trace = Some(jvp.clone());
        Derived::Compiled(Box::new(Compiled { vjp, trace, jvp, split: None, hvp, dotted, witnesses }))
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

fn check(actual: &str, expected: Expect) {
    expected.assert_eq(actual);
}

#[test]
fn the_companion_of_a_neuron() {
    let (item, sig) = Dot::item();
    let tokens = companion(&item, quote!(#item), &sig, &Dot::derived());
    assert!(print(tokens.clone()).contains("pub struct f {}"));
    check(
        &crate::dump::pretty(&tokens),
        expect![[r#"
            use ::autodiff_runtime::__private as rt;

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
            #[allow(dead_code, non_snake_case, unreachable_code, unused_mut, unused_variables, clippy::all)]
            impl f {
                /// Returns the value of [`f`](fn@f) and its gradient with respect to `w` and `b`, from one fused pass: `(f64, (Vec<f64>, f64))`.
                #[inline]
                pub fn value_and_grad(w: &[f64], x: &[f64], b: f64) -> (f64, (rt::Vec<f64>, f64)) {
                    let mut w_bar = rt::zeros(w);
                    let mut b_bar: f64 = 0.0;
                    let y = Self::__vjp(f, w, x, b, 1.0, &mut w_bar[..], rt::Off, &mut b_bar);
                    (y, (w_bar, b_bar))
                }
                /// Returns the gradient of [`f`](fn@f) with respect to `w` and `b`: `(Vec<f64>, f64)`.
                #[inline]
                pub fn grad(w: &[f64], x: &[f64], b: f64) -> (rt::Vec<f64>, f64) {
                    Self::value_and_grad(w, x, b).1
                }
                /// Returns the value of [`f`](fn@f), `f64`, and adds its gradient with respect to `w` and `b` to `w_bar` and `b_bar`.
                ///
                /// # Panics
                ///
                /// When the shape of a shadow is not that of its parameter.
                #[inline]
                pub fn grad_into(w: &[f64], x: &[f64], b: f64, w_bar: &mut [f64], b_bar: &mut f64) -> f64 {
                    rt::check_shape("w", w, &*w_bar);
                    Self::__vjp(f, w, x, b, 1.0, w_bar, rt::Off, b_bar)
                }
                /// Returns the value of [`f`](fn@f) and `seedᵀ · J`, with the Jacobian `J` with respect to `w` and `b`: `(f64, (Vec<f64>, f64))`.
                ///
                /// The seed, `f64`, is the adjoint of the value.
                #[inline]
                pub fn vjp(w: &[f64], x: &[f64], b: f64, seed: f64) -> (f64, (rt::Vec<f64>, f64)) {
                    let mut w_bar = rt::zeros(w);
                    let mut b_bar: f64 = 0.0;
                    let y = Self::__vjp(f, w, x, b, seed, &mut w_bar[..], rt::Off, &mut b_bar);
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
                pub fn vjp_into(w: &[f64], x: &[f64], b: f64, seed: f64, w_bar: &mut [f64], b_bar: &mut f64) -> f64 {
                    rt::check_shape("w", w, &*w_bar);
                    Self::__vjp(f, w, x, b, seed, w_bar, rt::Off, b_bar)
                }
                /// Returns the value of [`f`](fn@f), `f64`, and a closure that takes the seed, `f64`, the adjoint of the value, to `seedᵀ · J`, with the Jacobian `J` with respect to `w` and `b`: `(Vec<f64>, f64)`.
                ///
                /// The forward sweep is made now, the reverse sweep where the closure is called.
                #[inline]
                pub fn pullback(w: &[f64], x: &[f64], b: f64) -> (
                    f64,
                    impl ::core::ops::FnOnce(f64) -> (rt::Vec<f64>, f64),
                ) {
                    let mut tape = rt::Tape::new();
                    let y = Self::__forward(f, w, x, b, &mut tape);
                    (
                        y,
                        move |seed: f64| -> (rt::Vec<f64>, f64) {
                            let mut w_bar = rt::zeros(w);
                            let mut b_bar: f64 = 0.0;
                            Self::__reverse(f, w, x, b, &mut tape, seed, &mut w_bar[..], rt::Off, &mut b_bar);
                            (w_bar, b_bar)
                        },
                    )
                }
                /// Returns the value of [`f`](fn@f) and its derivative along the tangents `w_dot` and `b_dot`, `J · tangent`: `(f64, f64)`.
                ///
                /// # Panics
                ///
                /// When the shape of a tangent is not that of its parameter.
                #[inline]
                pub fn jvp(w: &[f64], x: &[f64], b: f64, w_dot: &[f64], b_dot: f64) -> (f64, f64) {
                    rt::check_shape("w", w, &*w_dot);
                    Self::__jvp(f, w, x, b, w_dot, rt::Off, b_dot)
                }
                /// Evaluates [`f`](fn@f) and returns the evaluation trace: every step with its type, parents, value and adjoint.
                #[inline]
                pub fn trace(w: &[f64], x: &[f64], b: f64) -> ::autodiff_runtime::Trace {
                    let mut recorder = rt::Recorder::new("f");
                    let w_id = recorder.inputs_of("w", w);
                    let b_id = recorder.input("b", b);
                    let (y, y_id) = Self::__trace(f, w, x, b, &w_id, rt::Off, b_id, &mut recorder);
                    recorder.output(y_id, y);
                    recorder.finish(1.0)
                }
                #[doc(hidden)]
                #[inline]
                pub fn __vjp(
                    called: impl ::core::ops::Fn(&[f64], &[f64], f64) -> f64 + 'static,
                    w: &[f64],
                    x: &[f64],
                    b: f64,
                    seed: f64,
                    mut w_slot: impl rt::ListSlot<f64>,
                    x_slot: impl rt::ConstantSlot,
                    mut b_slot: impl rt::Slot<f64>,
                ) -> f64 {
                    rt::same_function(&called, &f, "f");
                    let mut w_bar = rt::ListSlot::open(&mut w_slot, w.len());
                    let k1 = w.len();
                    let mut s: f64 = b;
                    for i in 0..k1 {
                        s += w[i] * x[i];
                    }
                    let s_bar = seed * s.cos();
                    for i in (0..k1).rev() {
                        rt::add_at(&mut w_bar, i, s_bar * x[i]);
                    }
                    if let Some(b_bar) = rt::Slot::on(&mut b_slot) {
                        *b_bar += s_bar;
                    }
                    s.sin()
                }
                #[doc(hidden)]
                #[inline]
                pub fn __forward(
                    called: impl ::core::ops::Fn(&[f64], &[f64], f64) -> f64 + 'static,
                    w: &[f64],
                    x: &[f64],
                    b: f64,
                    tape: &mut rt::Tape,
                ) -> f64 {
                    rt::same_function(&called, &f, "f");
                    f(w, x, b)
                }
                #[doc(hidden)]
                #[inline]
                pub fn __reverse(
                    called: impl ::core::ops::Fn(&[f64], &[f64], f64) -> f64 + 'static,
                    w: &[f64],
                    x: &[f64],
                    b: f64,
                    tape: &mut rt::Tape,
                    seed: f64,
                    mut w_slot: impl rt::ListSlot<f64>,
                    x_slot: impl rt::ConstantSlot,
                    mut b_slot: impl rt::Slot<f64>,
                ) {
                    let _ = Self::__vjp(called, w, x, b, seed, w_slot, x_slot, b_slot);
                }
                #[doc(hidden)]
                #[inline]
                pub fn __jvp(
                    called: impl ::core::ops::Fn(&[f64], &[f64], f64) -> f64 + 'static,
                    w: &[f64],
                    x: &[f64],
                    b: f64,
                    w_dot: impl rt::Given<[f64]>,
                    x_dot: impl rt::ConstantSlot,
                    b_dot: impl rt::Given<f64>,
                ) -> (f64, f64) {
                    rt::same_function(&called, &f, "f");
                    let mut absent = None;
                    let w_dot: &[f64] = match rt::Given::<[f64]>::given(&w_dot) {
                        Some(given) => given,
                        None => absent.insert(rt::zeros(w)),
                    };
                    let w_dot = &w_dot[..w.len()];
                    let b_dot: f64 = rt::or_zero(b_dot);
                    let mut s: f64 = b;
                    for i in 0..w.len() {
                        s += w[i] * x[i];
                    }
                    (s.sin(), w_dot[0] + b_dot)
                }
                #[doc(hidden)]
                #[inline]
                pub fn __trace(
                    called: impl ::core::ops::Fn(&[f64], &[f64], f64) -> f64 + 'static,
                    w: &[f64],
                    x: &[f64],
                    b: f64,
                    w_id: impl rt::Given<[f64]>,
                    x_id: impl rt::ConstantSlot,
                    b_id: impl rt::Given<f64>,
                    recorder: &mut rt::Recorder,
                ) -> (f64, f64) {
                    rt::same_function(&called, &f, "f");
                    let mut absent = None;
                    let w_id: &[f64] = match rt::Given::<[f64]>::given(&w_id) {
                        Some(given) => given,
                        None => absent.insert(rt::zeros(w)),
                    };
                    let w_id = &w_id[..w.len()];
                    let b_id: f64 = rt::or_zero(b_id);
                    let mut s: f64 = b;
                    for i in 0..w.len() {
                        s += w[i] * x[i];
                    }
                    (s.sin(), w_id[0] + b_id)
                }
            }
        "#]],
    );
}

#[test]
fn the_same_twice() {
    let (item, sig) = Dot::item();
    let text = || companion(&item, quote!(#item), &sig, &Dot::derived()).to_string();
    assert_eq!(text(), text());
}

#[test]
fn a_stub_has_every_signature() {
    let (item, sig) = Dot::item();
    let (real, stub) = (companion(&item, quote!(#item), &sig, &Dot::derived()), stub(&item, quote!(#item), Some(&sig)));
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
        &print(stub(&item, quote!(#item), None)),
        expect![[r#"
        pub(crate) fn f(n: usize, rest: impl Fn()) {}
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code)]
        pub(crate) struct f {}
    "#]],
    );
}
