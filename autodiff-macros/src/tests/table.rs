//! The rule table: every row, in `f32` and `f64`, forward and reverse, orders 1 and 2, over its domain and at its kinks.
//!
//! The test list is the table itself. The oracle of order 1 is the extrapolated difference of the interpreter's value,
//! that of order 2 the extrapolated difference of the gradient that order 1 has checked.

use super::support::{
    FLOATS, Rng, active_cells, close, extrapolate, flat, forward, jvp, outputs, reverse, unflat, vjp,
};
use crate::ir::build::Builder;
use crate::ir::eval::{Cell, Registry, Value, eval};
use crate::ir::{Const, Float, Func, Op, Param, Role, Slotted, Ty};
use crate::rules::{self, Domain, Kind, Kink, Partial, Row, Rule, Step, Syntax};

/// Samples in each box of a domain.
const SAMPLES: usize = 6;

/// The first step of the differences. Every domain keeps this distance from kinks and poles.
const STEP: f64 = 0.04;

/// Steps of the differences.
const LEVELS: usize = 4;

/// The size of derivative below which errors count as absolute ones.
const SCALE: f64 = 0.1;

/// What a derivative may be off by, relative to the larger of its size and [`SCALE`]. It covers the rounding of the rules (and,
/// for `f64`, the differences); a tenth of a percent is far outside.
fn tolerance(float: Float, order: u8) -> f64 {
    match (float, order) {
        (Float::F64 | Float::Param(_), _) => 1e-8,
        (Float::F32, 1) => 2e-5,
        (Float::F32, _) => 1e-4,
    }
}

/// The function of one step.
fn step(row: &Row, float: Float, active: &[bool]) -> Func {
    let mut b = Builder::new();
    let args: Vec<_> = (0..row.partials.len()).map(|i| b.fresh(row.arg_ty(i, float))).collect();
    let out = b.node(row.rule, &args);
    let params = args.iter().enumerate().map(|(i, &v)| Param {
        role: Role::param(i),
        held: Slotted::Val(v),
        active: active[i],
        by_mut: false,
    });
    let params = params.collect();
    b.finish(format!("{:?}", row.rule), params, vec![(Role::result(0), out)])
}

/// The function of one step and all its partials, without any transform.
fn partials(row: &Row, float: Float, active: &[bool]) -> Func {
    let mut b = Builder::new();
    let args: Vec<_> = (0..row.partials.len()).map(|i| b.fresh(row.arg_ty(i, float))).collect();
    let out = b.node(row.rule, &args);
    let mut results = Vec::new();
    for (i, partial) in row.partials.iter().enumerate() {
        let value = match partial {
            Partial::Zero => b.like(0.0, out),
            Partial::One => b.like(1.0, out),
            Partial::MinusOne => b.like(-1.0, out),
            Partial::Expr(expr) => expr(&mut b, &Step { args: &args, active, out }),
        };
        results.push((Role::result(i), value));
    }
    let params = args.iter().enumerate().map(|(i, &v)| Param {
        role: Role::param(i),
        held: Slotted::Val(v),
        active: active[i],
        by_mut: false,
    });
    let params = params.collect();
    b.finish(format!("{:?}", row.rule), params, results)
}

/// Every choice of active arguments among those that can be.
fn patterns(row: &Row) -> Vec<Vec<bool>> {
    let n = row.partials.len();
    let is_int = |i: usize| row.int_args.iter().any(|&(k, _)| k == i);
    (1u32..1 << n)
        .map(|bits| (0..n).map(|i| bits >> i & 1 == 1).collect::<Vec<bool>>())
        .filter(|active| active.iter().enumerate().all(|(i, &on)| !on || !is_int(i)))
        .collect()
}

/// Arguments as cells, rounded to the type at hand.
fn arguments(row: &Row, float: Float, at: &[f64]) -> Vec<Cell> {
    at.iter()
        .enumerate()
        .map(|(i, &x)| match row.arg_ty(i, float) {
            Ty::Float(float) => Cell::Scalar(Value::float(x, float)),
            _ => Cell::Scalar(Value::Int(x.round() as i128)),
        })
        .collect()
}

fn sample(rng: &mut Rng, domain: Domain) -> Vec<f64> {
    domain.iter().map(|&(lo, hi)| rng.uniform(lo, hi)).collect()
}

/// The same arguments in `f64`.
fn widened(args: &[Cell]) -> Vec<Cell> {
    let widen = |v: Value| v.as_f64().map_or(v, Value::F64);
    args.iter().map(|cell| cell.map(&mut |v| widen(v))).collect()
}

/// `args` with `by` added to active argument number `k`.
fn moved(f: &Func, args: &[Cell], k: usize, by: f64) -> Vec<Cell> {
    let mut args = args.to_vec();
    if let Some(&i) = super::support::active(f).get(k) {
        args[i] = args[i].map(&mut |v| v.as_f64().map_or(v, |x| Value::F64(x + by)));
    }
    args
}

/// A step calls nothing.
fn none() -> Registry {
    Registry::default()
}

/// A disturbance of the derivatives, to see whether the checker sees it.
type Disturb = fn(f64) -> f64;

/// Checks one row; `Err` says what is wrong. `order` limits what the disturbance is applied to.
fn check(row: &Row, float: Float, order: u8, disturb: Disturb) -> Result<(), String> {
    if row.domains.is_empty() {
        return Err(format!("{:?} has no domain to test it on", row.rule));
    }
    let mut rng = Rng(row.rule as u64 + 1);
    for domain in row.domains {
        if domain.len() != row.partials.len() {
            return Err(format!("{:?} has a domain of another number of arguments", row.rule));
        }
        for active in patterns(row) {
            let case = Case::new(row, float, &active)?;
            for _ in 0..SAMPLES {
                let args = arguments(row, float, &sample(&mut rng, domain));
                case.check(&args, order, disturb)?;
            }
        }
    }
    Ok(())
}

/// A row with a choice of active arguments, and its derivatives.
struct Case<'r> {
    row: &'r Row,
    float: Float,
    active: &'r [bool],
    f: Func,
    partials: Func,
    forward: Func,
    reverse: Func,
    forward_reverse: Func,
    reverse_forward: Func,
    reverse_reverse: Func,
    /// The oracles, in `f64`.
    wide: Func,
    wide_reverse: Func,
}

impl<'r> Case<'r> {
    fn new(row: &'r Row, float: Float, active: &'r [bool]) -> Result<Self, String> {
        let f = step(row, float, active);
        let (fwd, rev) = (forward(&f)?, reverse(&f)?);
        let wide = step(row, Float::F64, active);
        let wide_reverse = reverse(&wide)?;
        Ok(Case {
            row,
            float,
            active,
            partials: partials(row, float, active),
            forward_reverse: forward(&rev)?,
            reverse_forward: reverse(&fwd)?,
            reverse_reverse: reverse(&rev)?,
            forward: fwd,
            reverse: rev,
            wide,
            wide_reverse,
            f,
        })
    }

    fn compare(&self, what: &str, order: u8, args: &[Cell], found: f64, wanted: f64) -> Result<(), String> {
        if close(found, wanted, tolerance(self.float, order), SCALE) {
            return Ok(());
        }
        let (rule, active, at) = (self.row.rule, self.active, flat(args));
        Err(format!("{rule:?} {:?} at {at:?}, active {active:?}: {what} is {found:e}, not {wanted:e}", self.float))
    }

    fn check(&self, args: &[Cell], order: u8, disturb: Disturb) -> Result<(), String> {
        let show = |error: crate::ir::eval::Error| format!("{:?}: {error}", self.row.rule);
        let as_is: Disturb = |x| x;
        let (first, second) = if order == 1 { (disturb, as_is) } else { (as_is, disturb) };
        let wide_args = widened(args);
        let direct = eval(&self.partials, args.to_vec()).map_err(show)?.results;
        let gradient = vjp(&self.f, &self.reverse, &none(), args, &[1.0]).map_err(show)?;
        let n = gradient.len();
        let unit = |k: usize| {
            let shape = active_cells(&self.f, args);
            unflat(&shape, (0..n).map(|i| f64::from(u8::from(i == k))))
        };
        for (k, i) in super::support::active(&self.f).into_iter().enumerate() {
            let difference =
                extrapolate(STEP, LEVELS, |h| outputs(&self.wide, &none(), &moved(&self.wide, &wide_args, k, h)).ok());
            let (wanted, _) = difference.ok_or("no difference")?;
            let tangent = jvp(&self.f, &self.forward, &none(), args, &unit(k)).map_err(show)?[0];
            let direct = direct[i].as_f64().ok_or("a partial that is not a float")?;
            self.compare("the partial", 1, args, first(direct), wanted[0])?;
            self.compare("the tangent", 1, args, first(tangent), wanted[0])?;
            self.compare("the adjoint", 1, args, first(gradient[k]), wanted[0])?;

            let difference = extrapolate(STEP, LEVELS, |h| {
                vjp(&self.wide, &self.wide_reverse, &none(), &moved(&self.wide, &wide_args, k, h), &[1.0]).ok()
            });
            let (wanted, _) = difference.ok_or("no difference")?;
            let hessian_rows = self.hessian_row(args, &unit(k)).map_err(show)?;
            for (what, found) in hessian_rows {
                for (j, &wanted) in wanted.iter().enumerate() {
                    self.compare(what, 2, args, second(found[j]), wanted)?;
                }
            }
        }
        Ok(())
    }

    /// The Hessian along a direction, in three ways.
    fn hessian_row(
        &self,
        args: &[Cell],
        direction: &[Cell],
    ) -> Result<[(&'static str, Vec<f64>); 3], crate::ir::eval::Error> {
        let n = direction.len();
        let seed = Cell::Scalar(Value::float(1.0, self.float));
        let with_seed: Vec<Cell> = args.iter().cloned().chain([seed.clone()]).collect();

        // Tangents of the arguments, none of the seed; results y and the gradient.
        let dots: Vec<Cell> = direction.iter().cloned().chain([seed.zeros()]).collect();
        let forward_reverse = jvp(&self.reverse, &self.forward_reverse, &none(), &with_seed, &dots)?[1..].to_vec();

        // Cotangents of y and ẏ.
        let with_dots: Vec<Cell> = args.iter().chain(direction).cloned().collect();
        let reverse_forward =
            vjp(&self.forward, &self.reverse_forward, &none(), &with_dots, &[0.0, 1.0])?[..n].to_vec();

        // Cotangents of y and the gradient.
        let cotangents: Vec<f64> = std::iter::once(0.0).chain(flat(direction)).collect();
        let reverse_reverse =
            vjp(&self.reverse, &self.reverse_reverse, &none(), &with_seed, &cotangents)?[..n].to_vec();
        Ok([
            ("forward over reverse", forward_reverse),
            ("reverse over forward", reverse_forward),
            ("reverse over reverse", reverse_reverse),
        ])
    }
}

#[test]
fn every_row_agrees_with_differences() {
    let mut wrong = Vec::new();
    for row in rules::rows() {
        for float in FLOATS {
            wrong.extend(check(row, float, 1, |x| x).err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The test of the test: in every row, type and order a derivative that is 0.1 % off is found.
#[test]
fn a_rule_a_tenth_of_a_percent_off_is_found() {
    for row in rules::rows() {
        for float in FLOATS {
            if row.partials.iter().any(|p| !matches!(p, Partial::Zero)) {
                let found = check(row, float, 1, |x| 1.001 * x);
                assert!(found.is_err(), "{:?} {float:?} 0.1 % off is not found", row.rule);
            }
            // Also where the derivative is 0 or small.
            for order in [1, 2] {
                let found = check(row, float, order, |x| x + 0.001f64.copysign(x) * x.abs().max(SCALE));
                assert!(found.is_err(), "{:?} {float:?} 0.1 % off in order {order} is not found", row.rule);
            }
        }
    }
}

/// A wrong rule, as a mistyped line of the table would be.
#[test]
fn a_wrong_line_is_found() {
    let right = rules::row(Rule::Sin);
    let wrong = |partials: &'static [Partial], domains: &'static [Domain]| Row {
        rule: right.rule,
        kind: right.kind,
        syntax: right.syntax,
        template: right.template,
        partials,
        int_args: right.int_args,
        domains,
        kinks: &[],
        cheap: right.cheap,
    };
    static OFF: [Partial; 1] = [Partial::Expr(|b, s| {
        let cos = b.node(Rule::Cos, &[s.args[0]]);
        let factor = b.like(1.001, cos);
        b.mul(cos, factor)
    })];
    assert!(check(&wrong(right.partials, right.domains), Float::F32, 1, |x| x).is_ok());
    assert!(check(&wrong(&OFF, right.domains), Float::F32, 1, |x| x).is_err());
    assert!(check(&wrong(right.partials, &[]), Float::F32, 1, |x| x).is_err());
}

#[test]
fn kinks_are_as_documented() {
    let mut wrong = Vec::new();
    for row in rules::rows() {
        for kink in row.kinks {
            for float in FLOATS {
                wrong.extend(check_kink(row, kink, float).err());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check_kink(row: &Row, kink: &Kink, float: Float) -> Result<(), String> {
    let n = row.partials.len();
    if kink.at.len() != n || kink.partials.len() != n || kink.note.is_empty() {
        return Err(format!("{:?} has a malformed kink", row.rule));
    }
    let args = arguments(row, float, kink.at);
    for active in patterns(row) {
        let f = step(row, float, &active);
        let on = super::support::active(&f);
        let direct = eval(&partials(row, float, &active), args.clone()).map_err(|e| e.to_string())?.results;
        let gradient = vjp(&f, &reverse(&f)?, &none(), &args, &[1.0]).map_err(|e| e.to_string())?;
        for (k, &i) in on.iter().enumerate() {
            let mut found = vec![("the partial", direct[i].as_f64().unwrap_or(f64::NAN)), ("the adjoint", gradient[k])];
            // With several arguments active the tangent is a sum, in which 0 · ∞ is NaN.
            if on.len() == 1 {
                let unit = unflat(&active_cells(&f, &args), std::iter::once(1.0));
                let tangent = jvp(&f, &forward(&f)?, &none(), &args, &unit).map_err(|e| e.to_string())?;
                found.push(("the tangent", tangent[0]));
            }
            for (what, found) in found {
                if !close(found, kink.partials[i], 1e-6, SCALE) {
                    let (rule, at, wanted) = (row.rule, kink.at, kink.partials[i]);
                    return Err(format!("{rule:?} {float:?} at {at:?}: {what} {i} is {found}, not {wanted}"));
                }
            }
        }
    }
    Ok(())
}

/// x⁰, x¹ and x² at 0 with the exponent inactive: the derivatives of every order are those of the polynomial.
#[test]
fn powers_at_zero_are_polynomials_at_every_order() {
    for rule in [Rule::Powi, Rule::Powf] {
        for (n, wanted) in [(0.0, [0.0, 0.0, 0.0, 0.0]), (1.0, [1.0, 0.0, 0.0, 0.0]), (2.0, [0.0, 2.0, 0.0, 0.0])] {
            let mut f = step(rules::row(rule), Float::F64, &[true, false]);
            let mut args = arguments(rules::row(rule), Float::F64, &[0.0, n]);
            for wanted in wanted {
                let tangent = forward(&f).expect("a forward derivative");
                let dots: Vec<Cell> = active_cells(&f, &args).iter().map(|_| Cell::Scalar(Value::F64(0.0))).collect();
                // Only x itself moves; its tangents do not.
                let mut dots = dots;
                dots[0] = Cell::Scalar(Value::F64(1.0));
                let out = jvp(&f, &tangent, &none(), &args, &dots).expect("a run");
                assert_eq!(out.last(), Some(&wanted), "{rule:?} {n}");
                args.extend(dots);
                f = tangent;
            }
        }
    }
}

#[test]
fn methods_find_their_rows() {
    for row in rules::rows() {
        if let Syntax::Float(name) | Syntax::Real(name) = row.syntax {
            assert_eq!(rules::by_method(name), Some(row.rule));
        }
        assert_eq!(rules::row(row.rule).rule, row.rule);
    }
    assert_eq!(rules::by_method("sin_cos"), None);
    assert_eq!(rules::by_method("+"), None);
    assert_eq!(rules::by_method("abs_sub"), None);
}

#[test]
fn templates_name_every_argument() {
    for row in rules::rows() {
        for i in 0..row.partials.len() {
            assert!(row.template.contains(&format!("{{{i}}}")), "{:?}", row.rule);
        }
        assert!(!row.template.contains(&format!("{{{}}}", row.partials.len())), "{:?}", row.rule);
    }
}

#[test]
fn partials_read_what_they_name() {
    let reads = |rule, active: &[bool], arg| {
        let reads = rules::partial_reads(rule, active, arg);
        (reads.args.clone(), reads.out)
    };
    assert_eq!(reads(Rule::Add, &[true, true], 1), (vec![false, false], false));
    assert_eq!(reads(Rule::Mul, &[true, true], 0), (vec![false, true], false));
    assert_eq!(reads(Rule::Exp, &[true], 0), (vec![false], true));
    assert_eq!(reads(Rule::Sin, &[true], 0), (vec![true], false));
    assert_eq!(reads(Rule::Div, &[true, true], 1), (vec![false, true], true));
    // The base's derivative needs no logarithm and no output; the exponent's needs both.
    assert_eq!(reads(Rule::Powf, &[true, false], 0), (vec![true, true], false));
    assert_eq!(reads(Rule::Powf, &[true, true], 1), (vec![true, true], true));
}

#[test]
fn kinds_follow_activity() {
    assert_eq!(rules::kind(Rule::Mul, &[true, true]), Kind::Product);
    assert_eq!(rules::kind(Rule::Mul, &[false, true]), Kind::Affine);
    assert_eq!(rules::kind(Rule::Div, &[true, false]), Kind::Affine);
    assert_eq!(rules::kind(Rule::Div, &[false, true]), Kind::Product);
    assert_eq!(rules::kind(Rule::Powf, &[true, false]), Kind::Product);
    assert_eq!(rules::kind(Rule::Powf, &[true, true]), Kind::Function);
    assert_eq!(rules::kind(Rule::MulAdd, &[true, false, true]), Kind::Affine);
}

/// A power with an inactive exponent takes no logarithm, in any derivative.
#[test]
fn powers_take_no_logarithm_of_the_base() {
    for rule in [Rule::Powi, Rule::Powf] {
        let f = step(rules::row(rule), Float::F64, &[true, false]);
        let second = forward(&reverse(&f).expect("reverse")).expect("forward");
        let logs = second.body.stmts.iter().filter(|s| matches!(s.op, Op::Node { rule: Rule::Ln, .. })).count();
        assert_eq!(logs, 0, "{second}");
        assert!(
            second.body.stmts.iter().all(|s| !matches!(&s.op, Op::Const(Const::Float { value, .. }) if value.is_nan()))
        );
    }
}

/// Where a formula of a textbook would overflow, cancel or give NaN: closed forms, to the last digits.
#[test]
fn partials_keep_their_accuracy_at_the_ends() {
    let cases: [(Rule, &[f64], &[f64]); 16] = [
        (Rule::Hypot, &[3e200, 4e200], &[0.6, 0.8]),
        (Rule::Atan2, &[1e200, 1e200], &[5e-201, -5e-201]),
        (Rule::Atan2, &[1e-100, 1e-100], &[5e99, -5e99]),
        (Rule::Asinh, &[1e200], &[1e-200]),
        (Rule::Acosh, &[1e200], &[1e-200]),
        (Rule::Atan, &[1e200], &[0.0]),
        // 1/√(ε(2 − ε)) with ε = 2⁻⁵².
        (Rule::Asin, &[1.0 - f64::EPSILON], &[47_453_132.812_125_78]),
        (Rule::ExpM1, &[-40.0], &[4.248_354_255_291_589e-18]),
        (Rule::Softplus, &[-40.0], &[4.248_354_255_291_589e-18]),
        (Rule::Softplus, &[1000.0], &[1.0]),
        (Rule::Sigmoid, &[-40.0], &[4.248_354_255_291_589e-18]),
        (Rule::Tanh, &[400.0], &[0.0]),
        (Rule::Elu, &[1000.0, 1.5], &[1.0, 0.0]),
        (Rule::Gelu, &[1e200], &[1.0]),
        (Rule::Rem, &[5.5, f64::INFINITY], &[1.0, 0.0]),
        (Rule::Erfc, &[5.0], &[-1.567_086_653_101_733_6e-11]),
    ];
    for (rule, at, wanted) in cases {
        let active = vec![true; at.len()];
        let f = step(rules::row(rule), Float::F64, &active);
        let args = arguments(rules::row(rule), Float::F64, at);
        let rev = reverse(&f).expect("a reverse derivative");
        let found = vjp(&f, &rev, &none(), &args, &[1.0]).expect("a run");
        for (&found, &wanted) in found.iter().zip(wanted) {
            assert!(close(found, wanted, 4e-16, 0.0), "{rule:?} at {at:?}: {found:e}, not {wanted:e}");
        }
        // The second order is finite there, too.
        let twice = reverse(&rev).expect("a second reverse derivative");
        let mut cells = args;
        cells.push(Cell::Scalar(Value::F64(1.0)));
        let cotangents: Vec<f64> = std::iter::once(0.0).chain(at.iter().map(|_| 1.0)).collect();
        let second = vjp(&rev, &twice, &none(), &cells, &cotangents).expect("a run");
        assert!(second.iter().all(|x| !x.is_nan()), "{rule:?} at {at:?}, order 2: {second:?}");
    }
}

/// The extreme exponents of `powi` neither overflow nor panic.
#[test]
fn extreme_exponents_are_no_panic() {
    for n in [i32::MIN, i32::MIN + 1, i32::MAX] {
        let f = step(rules::row(Rule::Powi), Float::F64, &[true, false]);
        let args = vec![Cell::Scalar(Value::F64(1.0)), Cell::Scalar(Value::Int(n.into()))];
        let found = vjp(&f, &reverse(&f).expect("reverse"), &none(), &args, &[1.0]).expect("a run");
        assert_eq!(found, [f64::from(n)]);
    }
}
