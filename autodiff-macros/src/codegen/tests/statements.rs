//! Statements and expressions, one construct a test.

use expect_test::expect;
use quote::{ToTokens, quote};

use super::{F, USIZE, check, function, held, param, signature};
use crate::codegen::{Compiled, Derived, companion};
use crate::ir::build::Builder;
use crate::ir::{
    Access, Arg, Call, CallForm, CmpOp, Const, Dim, Float, Init, Int, Op, Opaque, Operand, Param, Place, Ret, Role,
    Slot, Slotted, Tangent, Ty, Val,
};
use crate::rules::Rule;
use crate::signature::Shape;

/// The body of a function of scalars, as it is dumped.
fn scalars(b: Builder, params: &[Val], result: Val) -> String {
    let params: Vec<Param> = params.iter().enumerate().map(|(i, &v)| held(Role::param(i), Slotted::Val(v))).collect();
    let names: Vec<String> = params.iter().enumerate().map(|(i, _)| format!("p{i}")).collect();
    let idents: Vec<proc_macro2::Ident> = names.iter().map(|n| syn::parse_str(n).expect("a name")).collect();
    let func = b.finish("f".into(), params, vec![(Role::result(0), result)]);
    let item: syn::ItemFn = syn::parse_quote!(fn f(#(#idents: f64),*) -> f64 { unseen!() });
    let sig_params = names.iter().map(|n| param(n, "f64", Shape::Scalar(F), true)).collect();
    let sig = signature(&item, sig_params, vec![F]);
    let derived = Derived::Compiled(Box::new(Compiled {
        vjp: func.clone(),
        jvp: func.clone(),
        trace: Some(func.clone()),
        split: Some((func.clone(), func)),
        hvp: None,
        dotted: Vec::new(),
        witnesses: Vec::new(),
    }));
    let text = function(&companion(&item, quote!(#item), &sig, &derived), "__forward");
    let body = text.split_once("-> f64 {\n").and_then(|(_, body)| body.trim_end().strip_suffix('}'));
    body.expect("a body").lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect()
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
            rt::same_function(&called, &f, "f");
            let z1 = p0 * (p0 + p1);
            let z2 = p1 - p0;
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
            rt::same_function(&called, &f, "f");
            let z1 = p0 * p1;
            let square = z1 * z1;
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
            rt::same_function(&called, &f, "f");
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
            rt::same_function(&called, &f, "f");
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
            rt::same_function(&called, &f, "f");
            let c1 = p1 > 10.0;
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
            rt::same_function(&called, &f, "f");
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
    let call = |form| {
        Op::Call(Box::new(Call {
            path: path.clone(),
            method: false,
            companion: None,
            form,
            args: vec![Arg::Val(x)],
            ret: Ret::Scalar,
            made: Vec::new(),
        }))
    };
    let (y, x_bar) = (b.emit(call(CallForm::Forward), F), b.fresh(F));
    b.set_name(x_bar, "x_bar");
    b.push_stmt(call(CallForm::Reverse { seeds: vec![Tangent::Val(y)], slots: vec![Slot::Scalar] }), vec![x_bar]);
    let result = b.add(y, x_bar);
    check(
        &scalars(b, &[x], result),
        expect![[r#"
            rt::same_function(&called, &f, "f");
            let z1: f64 = m::g::__forward(m::g, p0, tape);
            let mut x_bar: f64 = 0.0;
            m::g::__reverse(m::g, p0, tape, z1, &mut x_bar);
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
        (Op::Opaque(Box::new(Opaque { expr, binds, pure_: true, mutable: false, effects: false })), out)
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
            rt::same_function(&called, &f, "f");
            assert!((p0 - 1.0) * 2.0 > z2);
            let k1 = rt::constant(count(p0));
            let z2_2 = (k1 as f64) * p0;
            z2_2 * z2_2
        "#]],
    );
}

#[test]
fn literals() {
    use crate::codegen::expr::{constant, suffixed};
    let float = |value: f64, text: Option<&str>| Const::Float { value, text: text.map(String::from) };
    let rt = quote::quote!(rt);
    let print = |c: &Const, ty: Ty| constant(c, ty, &rt).code.to_token_stream().to_string();
    assert_eq!(print(&float(0.1, Some("0.1")), F), "0.1");
    assert_eq!(print(&float(1000.0, Some("1_000")), F), "1_000.0");
    assert_eq!(print(&float(1.0, Some("1.")), Ty::Float(Float::F32)), "1.0f32");
    assert_eq!(print(&float(1e300, None), F), "1e300");
    assert_eq!(print(&float(f64::from(0.1f32), None), Ty::Float(Float::F32)), "0.1f32");
    assert_eq!(print(&float(-0.0, None), F), "- 0.0");
    assert_eq!(print(&float(f64::NEG_INFINITY, None), F), ":: core :: primitive :: f64 :: NEG_INFINITY");
    let param = Ty::Float(Float::Param("T"));
    assert_eq!(print(&float(-0.1, None), param), "rt :: float :: < T > (- 0.1)");
    let infinity = "rt :: float :: < T > (:: core :: primitive :: f64 :: INFINITY)";
    assert_eq!(print(&float(f64::INFINITY, None), param), infinity);
    assert_eq!(print(&Const::Int(-3), Ty::Int(Int::I64)), "- 3");
    assert_eq!(suffixed(&Const::Int(3), USIZE, &rt).code.to_token_stream().to_string(), "3usize");
    assert_eq!(suffixed(&Const::Int(3), Ty::Int(Int::Infer), &rt).code.to_token_stream().to_string(), "3");
}
