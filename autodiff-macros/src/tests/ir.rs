//! The printer, the verifier and the interpreter themselves.

use expect_test::expect;
use proc_macro2::TokenStream;

use crate::ir::build::Builder;
use crate::ir::eval::{Cell, Error, Value, eval};
use crate::ir::verify::{shared_roles, verify};
use crate::ir::{Access, CmpOp, Const, Dim, Float, Func, Init, Int, IntOp, Op, Param, Place, Role, Slotted, Ty, Val};
use crate::rules::Rule;

const F64: Ty = Ty::Float(Float::F64);
const USIZE: Ty = Ty::Int(Int::Usize);

fn scalar(i: usize, v: Val) -> Param {
    Param { role: Role::param(i), held: Slotted::Val(v), active: true, by_mut: false }
}

/// `x^n` by repeated multiplication.
fn power() -> Func {
    let mut b = Builder::new();
    let x = b.fresh(F64);
    b.set_name(x, "x");
    let n = b.fresh(USIZE);
    let one = b.float(1.0, Float::F64);
    let zero = b.int(0, Int::Usize);
    let y = b.for_loop((zero, n, false, false), vec![one], |b, _, state| vec![b.mul(state[0], x)]);
    let params =
        vec![scalar(0, x), Param { role: Role::param(1), held: Slotted::Val(n), active: false, by_mut: false }];
    b.finish("power".to_owned(), params, vec![(Role::result(0), y[0])])
}

/// The running maximum of absolute values, written into a local array; returns its sum.
fn running() -> Func {
    let mut b = Builder::new();
    let w = b.fresh_mem(Some(F64), Some("w".to_owned()));
    let n = b.emit(Op::Len(Place::whole(w)), USIZE);
    let (zero, lo) = (b.float(0.0, Float::F64), b.int(0, Int::Usize));
    let out = b.fresh_mem(Some(F64), Some("out".to_owned()));
    b.effect(Op::Alloc { mem: out, init: Init::Fill { value: zero, dims: vec![Dim::Heap(n)] } });
    let element = |mem, i| Place { mem, path: vec![Access::Index(i)] };
    b.for_loop((lo, n, false, false), vec![zero], |b, i, state| {
        let x = b.load(element(w, i), F64);
        let negative = b.cmp(CmpOp::Lt, x, zero);
        let x = b.if_else(negative, |b| vec![b.neg(x)], |_| vec![x])[0];
        let m = b.node(Rule::Max, &[state[0], x]);
        b.effect(Op::Store { place: element(out, i), value: m });
        vec![m]
    });
    let sum = b.for_loop((lo, n, false, true), vec![zero], |b, i, state| {
        let x = b.load(element(out, i), F64);
        vec![b.add(state[0], x)]
    });
    let params = vec![Param { role: Role::param(0), held: Slotted::Mem(w), active: true, by_mut: false }];
    b.finish("running".to_owned(), params, vec![(Role::result(0), sum[0])])
}

fn floats(values: &[f64]) -> Cell {
    Cell::floats(values, Float::F64)
}

#[test]
fn prints_one_statement_a_line() {
    expect![[r#"
        fn power(v0 x: f64 = param 0 active, v1: usize = param 1) {
          v2: f64 = const 1.0
          v3: usize = const 0
          v7: f64 = for v4: usize in v3..v1 with (v5: f64 = v2) {
            v6: f64 = mul v5, v0
            yield v6
          }
          return v7 = result 0
        }
    "#]]
    .assert_eq(&power().to_string());
    expect![[r#"
        fn running(m0 w: mem f64 = param 0 active) {
          v0: usize = len m0
          v1: f64 = const 0.0
          v2: usize = const 0
          alloc m1 out: mem f64 = fill v1 [heap v0]
          v10: f64 = for v3: usize in v2..v0 with (v4: f64 = v1) {
            v5: f64 = load m0[v3]
            v6: bool = lt v5, v1
            v8: f64 = if v6 {
              v7: f64 = neg v5
              yield v7
            } else {
              yield v5
            }
            v9: f64 = max v4, v8
            m1[v3] = v9
            yield v9
          }
          v15: f64 = for v11: usize in v2..v0 rev with (v12: f64 = v1) {
            v13: f64 = load m1[v11]
            v14: f64 = add v12, v13
            yield v14
          }
          return v15 = result 0
        }
    "#]]
    .assert_eq(&running().to_string());
}

#[test]
fn accepts_what_the_builder_makes() {
    assert_eq!(verify(&power()), Vec::<String>::new());
    assert_eq!(verify(&running()), Vec::<String>::new());
}

/// Each broken function with a part of the one message that it is to give.
#[test]
fn reports_each_violation() {
    let broken: Vec<(&str, Func)> = vec![
        ("v7 is used before it is defined", broken(|b, x| vec![b.add(x, Val(7))])),
        ("v9 is not in the arena", broken(|b, x| vec![b.add(x, Val(9))])),
        ("used outside its block", {
            broken(|b, x| {
                let yes = b.bool(true);
                let mut inner = x;
                b.if_else(
                    yes,
                    |b| {
                        inner = b.neg(x);
                        vec![inner]
                    },
                    |_| vec![x],
                );
                vec![b.neg(inner)]
            })
        }),
        ("v0 is defined twice", {
            broken(|b, x| {
                b.push_stmt(Op::Const(Const::Float { value: 1.0, text: None }), vec![x]);
                vec![x]
            })
        }),
        (
            "the argument v1 is of type f32, not f64",
            broken(|b, x| {
                let other = b.float(1.0, Float::F32);
                vec![b.add(x, other)]
            }),
        ),
        ("1 arguments for 2", broken(|b, x| vec![b.node(Rule::Mul, &[x])])),
        (
            "the argument v1 is of type f64, not i32",
            broken(|b, x| {
                let two = b.float(2.0, Float::F64);
                vec![b.node(Rule::Powi, &[x, two])]
            }),
        ),
        ("the condition v0 is of type f64, not bool", broken(|b, x| b.if_else(x, |_| vec![x], |_| vec![x]))),
        (
            "the yield has 2 values for 1",
            broken(|b, x| {
                let yes = b.bool(true);
                b.if_else(yes, |_| vec![x], |_| vec![x, x])
            }),
        ),
        (
            "the yield has 0 values for 1",
            broken(|b, x| {
                let lo = b.int(0, Int::Usize);
                b.for_loop((lo, lo, false, false), vec![x], |_, _, _| Vec::new())
            }),
        ),
        (
            "the index v0 is of type f64, not an integer",
            broken(|b, x| {
                let mem = array(b, x);
                vec![b.load(Place { mem, path: vec![Access::Index(x)] }, F64)]
            }),
        ),
        (
            "the element v1 is of type usize, not f64",
            broken(|b, x| {
                let mem = array(b, x);
                let n = b.int(0, Int::Usize);
                b.effect(Op::Store { place: Place { mem, path: vec![Access::Const(0)] }, value: n });
                vec![x]
            }),
        ),
        (
            "m0 is not a scalar",
            broken(|b, x| {
                let mem = array(b, x);
                vec![b.load(Place::whole(mem), F64)]
            }),
        ),
        (
            "m0 is used outside its block",
            broken(|b, x| {
                let lo = b.int(0, Int::Usize);
                let mem = b.fresh_mem(Some(F64), None);
                b.for_loop((lo, lo, false, false), vec![], |b, _, _| {
                    b.effect(Op::Alloc { mem, init: Init::List { items: vec![x], shape: vec![1] } });
                    vec![]
                });
                vec![b.load(Place { mem, path: vec![Access::Const(0)] }, F64)]
            }),
        ),
        (
            "s0 is used before it is defined",
            broken(|b, _| {
                let s = b.fresh_stack(F64, false, None);
                vec![b.emit(Op::Pop(s), F64)]
            }),
        ),
        (
            "the pushed value v0 is of type f64, not usize",
            broken(|b, x| {
                let s = b.fresh_stack(USIZE, false, None);
                b.effect(Op::NewStack(s));
                b.effect(Op::Push { stack: s, value: x });
                vec![x]
            }),
        ),
        ("1 values for 2 results", {
            let mut f = power();
            f.results.push(Role::result(1));
            f
        }),
        (
            "2 items for a shape of 3",
            broken(|b, x| {
                let mem = b.fresh_mem(Some(F64), None);
                b.effect(Op::Alloc { mem, init: Init::List { items: vec![x, x], shape: vec![3] } });
                vec![x]
            }),
        ),
    ];
    for (wanted, f) in broken {
        let found = verify(&f);
        assert!(found.len() == 1 && found[0].contains(wanted), "wanted {wanted:?}, found {found:?} in\n{f}");
    }
}

#[test]
fn reports_shared_roles() {
    let mut f = power();
    assert_eq!(shared_roles(&f), Vec::<String>::new());
    f.params[1].role = Role::param(0);
    assert_eq!(shared_roles(&f), ["two parameters have the role param 0"]);
}

/// A function of one `f64`, `v0`, with the given body.
fn broken(body: impl FnOnce(&mut Builder, Val) -> Vec<Val>) -> Func {
    let mut b = Builder::new();
    let x = b.fresh(F64);
    let results = body(&mut b, x);
    let results = results.into_iter().enumerate().map(|(j, v)| (Role::result(j), v)).collect();
    let mut f = b.finish("broken".to_owned(), vec![scalar(0, x)], results);
    // `Val(7)` exists but has no definition.
    while f.vals.len() < 8 {
        let filler = f.vals[0].clone();
        f.vals.push(filler);
    }
    f
}

fn array(b: &mut Builder, x: Val) -> crate::ir::Mem {
    let mem = b.fresh_mem(Some(F64), None);
    b.effect(Op::Alloc {
        mem,
        init: Init::Fill { value: x, dims: vec![Dim::Fixed { tokens: TokenStream::new(), value: Some(2) }] },
    });
    mem
}

#[test]
fn computes_closed_forms() {
    for (x, n, y) in [(3.0, 4, 81.0), (2.0, 0, 1.0), (-2.0, 3, -8.0)] {
        let run = eval(&power(), vec![Value::F64(x).into(), Value::Int(n).into()]);
        assert_eq!(run.map(|run| run.results), Ok(vec![Value::F64(y)]));
    }
    let run = eval(&running(), vec![floats(&[1.0, -3.0, 2.0, 4.0])]);
    assert_eq!(run.map(|run| run.results), Ok(vec![Value::F64(1.0 + 3.0 + 3.0 + 4.0)]));
    assert_eq!(eval(&running(), vec![floats(&[])]).map(|run| run.results), Ok(vec![Value::F64(0.0)]));
}

/// `f32` steps round as `f32`, not as rounded `f64`s: 1 + 2⁻²⁴ is 1 after each of two additions.
#[test]
fn rounds_in_the_type_at_hand() {
    let mut b = Builder::new();
    let x = b.fresh(Ty::Float(Float::F32));
    let tiny = b.float(2f64.powi(-24), Float::F32);
    let y = b.add(x, tiny);
    let y = b.add(y, tiny);
    let text = Const::Float { value: 0.1, text: Some("0.1".to_owned()) };
    let tenth = b.emit(Op::Const(text), Ty::Float(Float::F32));
    let f = b.finish("f".to_owned(), vec![scalar(0, x)], vec![(Role::result(0), y), (Role::result(1), tenth)]);
    let run = eval(&f, vec![Value::F32(1.0).into()]);
    assert_eq!(run.map(|run| run.results), Ok(vec![Value::F32(1.0), Value::F32(0.1)]));
}

#[test]
fn loops_visit_their_range() {
    // The digits of the visited indices: 10·s + i.
    let digits = |lo: i128, hi: i128, inclusive: bool, rev: bool| {
        let mut b = Builder::new();
        let x = b.fresh(F64);
        let (lo, hi, ten) = (b.int(lo, Int::I32), b.int(hi, Int::I32), b.int(10, Int::I32));
        let start = b.int(0, Int::I32);
        let s = b.for_loop((lo, hi, inclusive, rev), vec![start], |b, i, s| {
            let shifted = b.int_op(IntOp::Mul, &[s[0], ten]);
            vec![b.int_op(IntOp::Add, &[shifted, i])]
        });
        let f = b.finish("f".to_owned(), vec![scalar(0, x)], vec![(Role::result(0), s[0])]);
        eval(&f, vec![Value::F64(0.0).into()]).map(|run| run.results[0])
    };
    assert_eq!(digits(1, 4, false, false), Ok(Value::Int(123)));
    assert_eq!(digits(1, 4, true, false), Ok(Value::Int(1234)));
    assert_eq!(digits(1, 4, false, true), Ok(Value::Int(321)));
    assert_eq!(digits(1, 4, true, true), Ok(Value::Int(4321)));
    assert_eq!(digits(4, 4, false, false), Ok(Value::Int(0)));
    assert_eq!(digits(5, 4, true, true), Ok(Value::Int(0)));
}

#[test]
fn fails_with_the_reason() {
    let run = |body: fn(&mut Builder, Val) -> Vec<Val>| eval(&broken(body), vec![Value::F64(1.0).into()]).err();
    let out_of_bounds = run(|b, x| {
        let mem = array(b, x);
        vec![b.load(Place { mem, path: vec![Access::Const(2)] }, F64)]
    });
    assert_eq!(out_of_bounds, Some(Error::OutOfBounds { index: 2, len: 2 }));
    let empty = run(|b, _| {
        let s = b.fresh_stack(F64, false, None);
        b.effect(Op::NewStack(s));
        vec![b.emit(Op::Pop(s), F64)]
    });
    assert_eq!(empty, Some(Error::EmptyStack));
    let overflow = run(|b, x| {
        let (zero, one) = (b.int(0, Int::Usize), b.int(1, Int::Usize));
        b.int_op(IntOp::Sub, &[zero, one]);
        vec![x]
    });
    assert_eq!(overflow, Some(Error::Overflow));
    let division = run(|b, x| {
        let zero = b.int(0, Int::I32);
        b.int_op(IntOp::Rem, &[zero, zero]);
        vec![x]
    });
    assert_eq!(division, Some(Error::DivisionByZero));
    assert_eq!(eval(&power(), vec![]).err(), Some(Error::Arguments { given: 0, wanted: 2 }));
}
