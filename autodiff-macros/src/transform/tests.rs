//! One function for each way through the reverse transform: the mode that is chosen, and agreement with forward mode.

use super::reverse::plan::{Mode, Plan};
use super::{forward, reverse, split};
use crate::analysis::sites::{BlockId, Site};
use crate::ir::build::Builder;
use crate::ir::eval::{Cell, Registry, Tape, Value, eval, run};
use crate::ir::verify::verify;
use crate::ir::{
    Access, CmpOp, Dim, Float, For, Func, Init, Int, IntOp, Mark, Op, Origin, Param, Place, Role, Slotted, Ty, Val,
};
use crate::rules::Rule;
use crate::simplify;

const F: Ty = Ty::Float(Float::F64);
const USIZE: Ty = Ty::Int(Int::Usize);

/// A function of one slice `x` and one scalar `s`, built by `body`.
fn function(body: impl FnOnce(&mut Builder, crate::ir::Mem, Val) -> Val) -> Func {
    let mut b = Builder::new();
    let x = b.fresh_mem(Some(F), Some("x".to_owned()));
    let s = b.fresh(F);
    b.set_name(s, "s");
    let y = body(&mut b, x, s);
    let params = vec![
        Param { role: Role::param(0), held: Slotted::Mem(x), active: true, by_mut: false },
        Param { role: Role::param(1), held: Slotted::Val(s), active: true, by_mut: false },
    ];
    b.finish("f".to_owned(), params, vec![(Role::result(0), y)])
}

fn at(mem: crate::ir::Mem, i: Val) -> Place {
    Place { mem, path: vec![Access::Index(i)] }
}

fn floats(cell: &Cell) -> Vec<f64> {
    cell.leaves().into_iter().filter_map(Value::as_f64).collect()
}

fn ok(f: &Func) {
    let problems = verify(f);
    assert!(problems.is_empty(), "{}\n{f}", problems.join("\n"));
}

/// Gradient by forward mode, one direction at a time: x, then s.
fn by_forward(f: &Func, x: &[f64], s: f64) -> (f64, Vec<f64>) {
    let mut jvp = forward(f).expect("forward");
    ok(&jvp);
    simplify::simplify(&mut jvp, 0);
    ok(&jvp);
    let mut value = 0.0;
    let mut grad = Vec::new();
    for k in 0..=x.len() {
        let mut dot = vec![0.0; x.len() + 1];
        dot[k] = 1.0;
        let args = vec![
            Cell::floats(x, Float::F64),
            Cell::Scalar(Value::F64(s)),
            Cell::floats(&dot[..x.len()], Float::F64),
            Cell::Scalar(Value::F64(dot[x.len()])),
        ];
        let out = eval(&jvp, args).expect("jvp runs").results;
        value = out[0].as_f64().unwrap();
        grad.push(out[1].as_f64().unwrap());
    }
    (value, grad)
}

/// Arguments of a reverse function by the roles of its parameters.
fn arguments(f: &Func, x: &[f64], s: f64) -> Vec<Cell> {
    f.params
        .iter()
        .map(|p| match (p.role.origin, &p.role.marks[..]) {
            (Origin::Param(0), []) => Cell::floats(x, Float::F64),
            (Origin::Param(1), []) => Cell::Scalar(Value::F64(s)),
            (Origin::Param(0), [Mark::Bar]) => Cell::floats(&vec![0.0; x.len()], Float::F64),
            (Origin::Result(0), [Mark::Bar]) => Cell::Scalar(Value::F64(1.0)),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn by_reverse(f: &Func, x: &[f64], s: f64) -> (f64, Vec<f64>) {
    let mut vjp = reverse(f).expect("reverse");
    ok(&vjp);
    simplify::simplify(&mut vjp, f.vals.len());
    ok(&vjp);
    let out = eval(&vjp, arguments(&vjp, x, s)).unwrap_or_else(|e| panic!("{e:?}\n{vjp}"));
    let mut grad = floats(&out.args[3]);
    grad.push(out.results[1].as_f64().unwrap());
    (out.results[0].as_f64().unwrap(), grad)
}

fn by_split(f: &Func, x: &[f64], s: f64) -> (f64, Vec<f64>) {
    let (forth, back) = split(f).expect("split");
    ok(&forth);
    ok(&back);
    let mut tape = Tape::default();
    let value = run(&forth, arguments(&forth, x, s), &Registry::default(), &mut tape).expect("forward half");
    let out = run(&back, arguments(&back, x, s), &Registry::default(), &mut tape)
        .unwrap_or_else(|e| panic!("{e:?}\n{forth}\n{back}"));
    assert_eq!(tape.len(), 0, "the tape is empty again");
    let mut grad = floats(&out.args[3]);
    grad.push(out.results[0].as_f64().unwrap());
    (value.results[0].as_f64().unwrap(), grad)
}

/// Checks `f` at several sizes, and the modes of its loops in the order of the text.
fn check(f: &Func, modes: &[Mode]) {
    ok(f);
    let plan = Plan::new(f, true);
    let mut found = Vec::new();
    let mut work: Vec<BlockId> = vec![BlockId(0)];
    while let Some(block) = work.pop() {
        for i in 0..plan.sites.block(block).stmts.len() {
            let site = Site { block, stmt: i };
            if matches!(plan.sites.stmt(site).op, Op::For(_)) {
                found.push((plan.sites.children(site)[0], plan.mode(site)));
            }
            work.extend(plan.sites.children(site));
        }
    }
    found.sort_by_key(|(b, _)| *b);
    let found: Vec<Mode> = found.into_iter().map(|(_, m)| m).collect();
    assert_eq!(found, modes, "\n{f}");
    for n in [0, 1, 2, 5] {
        let x: Vec<f64> = (0..n).map(|i| 0.3 + 0.37 * (i as f64) - 0.05 * (i * i) as f64).collect();
        let args = vec![Cell::floats(&x, Float::F64), Cell::Scalar(Value::F64(0.7))];
        let Ok(plain) = eval(f, args) else { continue };
        let value = plain.results[0].as_f64().unwrap();
        let fwd = by_forward(f, &x, 0.7);
        for (what, (v, grad)) in [("reverse", by_reverse(f, &x, 0.7)), ("split", by_split(f, &x, 0.7))] {
            assert_eq!(v.to_bits(), value.to_bits(), "{what}");
            for (a, b) in grad.iter().zip(&fwd.1) {
                assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{what} n={n}: {grad:?} vs {:?}\n{f}", fwd.1);
            }
        }
    }
}

fn bounds(b: &mut Builder, x: crate::ir::Mem) -> (Val, Val) {
    let lo = b.int(0, Int::Usize);
    let hi = b.emit(Op::Len(Place::whole(x)), USIZE);
    (lo, hi)
}

/// `for i in 0..n { acc += term(i, x[i]) }`
fn sum(b: &mut Builder, x: crate::ir::Mem, term: impl FnOnce(&mut Builder, Val, Val) -> Val) -> Val {
    let (lo, hi) = bounds(b, x);
    let zero = b.float(0.0, Float::F64);
    b.for_loop((lo, hi, false, false), vec![zero], |b, i, acc| {
        let xi = b.load(at(x, i), F);
        let t = term(b, i, xi);
        vec![b.add(acc[0], t)]
    })[0]
}

#[test]
fn straight_line() {
    check(
        &function(|b, _, s| {
            let e = b.node(Rule::Exp, &[s]);
            let m = b.mul(e, s);
            let q = b.div(m, e);
            let t = b.sub(q, m);
            b.mul(t, t)
        }),
        &[],
    );
}

#[test]
fn a_sum_behind_affine_steps_is_fused() {
    check(
        &function(|b, x, s| {
            let total = sum(b, x, |b, _, xi| {
                let p = b.mul(xi, s);
                b.node(Rule::Sin, &[p])
            });
            let half = b.float(0.5, Float::F64);
            let scaled = b.mul(total, half);
            b.add(scaled, s)
        }),
        &[Mode::Fused],
    );
}

#[test]
fn a_sum_behind_a_logarithm_keeps() {
    check(
        &function(|b, x, s| {
            let total = sum(b, x, |b, _, xi| {
                let p = b.mul(xi, s);
                b.node(Rule::Exp, &[p])
            });
            let one = b.float(1.0, Float::F64);
            let total = b.add(total, one);
            b.node(Rule::Ln, &[total])
        }),
        &[Mode::Keep],
    );
}

#[test]
fn a_recurrence_keeps_its_state() {
    check(
        &function(|b, x, s| {
            let (lo, hi) = bounds(b, x);
            let out = b.for_loop((lo, hi, false, true), vec![s, s], |b, i, c| {
                let xi = b.load(at(x, i), F);
                let p = b.mul(c[0], xi);
                let q = b.node(Rule::Sin, &[p]);
                let r = b.add(c[0], c[1]);
                vec![r, q]
            });
            b.mul(out[0], out[1])
        }),
        &[Mode::Keep],
    );
}

#[test]
fn a_nested_sum_behind_a_square_runs_again() {
    check(
        &function(|b, x, s| {
            let total = sum(b, x, |b, _, xi| {
                sum(b, x, |b, _, xj| {
                    let d = b.mul(xi, xj);
                    let e = b.node(Rule::Exp, &[d]);
                    b.mul(e, s)
                })
            });
            b.mul(total, total)
        }),
        &[Mode::Rerun, Mode::Fused],
    );
}

#[test]
fn an_array_overwritten_in_place() {
    check(
        &function(|b, x, s| {
            let (lo, hi) = bounds(b, x);
            let two = b.int(2, Int::Usize);
            let zero = b.float(0.0, Float::F64);
            let a = b.fresh_mem(Some(F), Some("a".to_owned()));
            let dims = vec![Dim::Heap(two)];
            b.effect(Op::Alloc { mem: a, init: Init::Fill { value: zero, dims } });
            let first = Place { mem: a, path: vec![Access::Const(0)] };
            b.effect(Op::Store { place: first.clone(), value: s });
            b.for_loop((lo, hi, false, false), vec![], |b, i, _| {
                let xi = b.load(at(x, i), F);
                let old = b.load(first.clone(), F);
                let p = b.mul(old, old);
                let q = b.mul(p, xi);
                let r = b.node(Rule::Cos, &[q]);
                b.effect(Op::Store { place: first.clone(), value: r });
                vec![]
            });
            let last = b.load(first, F);
            b.mul(last, s)
        }),
        &[Mode::Keep],
    );
}

#[test]
fn branches_inside_a_kept_loop() {
    check(
        &function(|b, x, s| {
            let (lo, hi) = bounds(b, x);
            let out = b.for_loop((lo, hi, true, false), vec![s], |b, i, c| {
                let (two, zero) = (b.int(2, Int::Usize), b.int(0, Int::Usize));
                let odd = b.int_op(IntOp::Rem, &[i, two]);
                let cond = b.cmp(CmpOp::Eq, odd, zero);
                b.if_else(
                    cond,
                    |b| {
                        let e = b.node(Rule::Sin, &[c[0]]);
                        vec![b.mul(e, e)]
                    },
                    |b| {
                        let k = b.float(0.4, Float::F64);
                        let big = b.cmp(CmpOp::Gt, c[0], k);
                        b.if_else(
                            big,
                            |b| {
                                let e = b.node(Rule::Exp, &[c[0]]);
                                let d = b.div(c[0], e);
                                vec![b.mul(d, s)]
                            },
                            |_| vec![c[0]],
                        )
                    },
                )
            });
            let _ = x;
            b.mul(out[0], s)
        }),
        &[Mode::Keep],
    );
}

#[test]
fn local_arrays_inside_loops() {
    // for i { let mut h = [0; 3]; for j in 0..3 { h[j] = sin(x[i] * s) * (j as f64) } acc = acc * Σ h² + s }
    check(
        &function(|b, x, s| {
            let (lo, hi) = bounds(b, x);
            let out = b.for_loop((lo, hi, false, false), vec![s], |b, i, c| {
                let zero = b.float(0.0, Float::F64);
                let (j0, j3) = (b.int(0, Int::Usize), b.int(3, Int::Usize));
                let h = b.fresh_mem(Some(F), Some("h".to_owned()));
                b.effect(Op::Alloc { mem: h, init: Init::Fill { value: zero, dims: vec![Dim::Heap(j3)] } });
                let xi = b.load(at(x, i), F);
                b.for_loop((j0, j3, false, false), vec![], |b, j, _| {
                    let p = b.mul(xi, s);
                    let q = b.node(Rule::Sin, &[p]);
                    let k = b.cast(j, F);
                    let r = b.mul(q, k);
                    b.effect(Op::Store { place: at(h, j), value: r });
                    vec![]
                });
                let total = b.for_loop((j0, j3, false, false), vec![zero], |b, j, acc| {
                    let hj = b.load(at(h, j), F);
                    let sq = b.mul(hj, hj);
                    vec![b.add(acc[0], sq)]
                })[0];
                let m = b.mul(c[0], total);
                vec![b.add(m, s)]
            });
            out[0]
        }),
        &[Mode::Rerun, Mode::Keep, Mode::Keep],
    );
}

#[test]
fn a_while_on_an_active_condition() {
    // while y < 2 { y = y + sin(y) * s + x[0]²; n += 1 }
    let f = function(|b, x, s| {
        let zero = b.int(0, Int::Usize);
        let limit = b.float(2.0, Float::F64);
        let x0 = b.load(at(x, zero), F);
        let go = b.cmp(CmpOp::Lt, s, limit);
        let n = b.fresh(USIZE);
        let (go_in, y) = (b.fresh(Ty::Bool), b.fresh(F));
        b.open_block(vec![n, go_in, y]);
        let sin = b.node(Rule::Sin, &[y]);
        let p = b.mul(sin, s);
        let q = b.mul(x0, x0);
        let r = b.add(p, q);
        let next = b.add(y, r);
        let again = b.cmp(CmpOp::Lt, next, limit);
        let body = b.close_block(vec![again, next]);
        let out = vec![b.fresh(Ty::Bool), b.fresh(F)];
        let looped = For { range: None, inits: vec![go, s], body };
        b.push_stmt(Op::For(Box::new(looped)), out.clone());
        b.mul(out[1], out[1])
    });
    check(&f, &[Mode::Keep]);
}
