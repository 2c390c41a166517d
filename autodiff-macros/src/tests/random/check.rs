//! What is checked of one random program.
//!
//! - the verifier accepts the program and every derivative, as emitted and simplified;
//! - derivatives compute the program's value, bit for bit, and simplifications keep every bit of every result;
//! - `⟨w, J v⟩ = ⟨Jᵀ w, v⟩` for random v and w, with the reverse sweep in one function and split in two;
//! - J v is the extrapolated difference along v;
//! - every way to a Hessian-vector product gives the same, the difference of the gradient along v ([`second`]).

use super::generate::{CALLEE, Program};
use super::second;
use crate::ir::eval::{Callee, Cell, Error, Registry, Run, Tape, Value, run};
use crate::ir::verify::verify;
use crate::ir::{Float, Func, Slotted, Ty};
use crate::simplify;
use crate::tests::support::{
    Rng, active, active_cells, close, eval, extrapolate, flat, forward, jvp, outputs, reverse, unflat, vjp,
};
use crate::transform;

/// How the check of a program ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// Everything agrees.
    Right,
    /// Everything but differences agrees, and these do not settle: a kink or a jump lies within a step.
    Rough,
}

/// What the derivatives may be off by, relative to the terms that they are sums of.
pub(super) const EXACT: f64 = 1e-9;

/// What differences may be off by, besides their own estimate of it; and how large that may be.
const DIFFERENCES: f64 = 1e-7;
const SETTLED: f64 = 1e-5;

/// The first step of the differences, and how many there are.
const STEP: f64 = 5e-4;
const LEVELS: usize = 2;

/// Checks a program; `Err` says what is wrong. `seed` chooses the directions.
pub(super) fn check(program: &Program, seed: u64) -> Result<Verdict, String> {
    let Program { f, args, callee } = program;
    accepts("the program", f)?;
    if mentions_f32(f) {
        // Rounding has no derivative: the numbers are compared on the same program in f64.
        let rough = Check::new(program, seed)?;
        rough.values()?;
        rough.first_order(1e-3)?;
        let args = args.iter().map(widened_cell).collect();
        let wide = Program { f: widened(f), args, callee: callee.as_ref().map(widened) };
        return check(&wide, seed);
    }
    let check = Check::new(program, seed)?;
    check.values()?;
    check.first_order(EXACT)?;
    let smooth = check.differences()?;
    // The second order costs more than all of the above together.
    let second = !seed.is_multiple_of(3) || check.second_order()?;
    Ok(if smooth && second { Verdict::Right } else { Verdict::Rough })
}

pub(super) fn accepts(what: &str, f: &Func) -> Result<(), String> {
    let violations = verify(f);
    if violations.is_empty() { Ok(()) } else { Err(format!("the verifier refuses {what}: {violations:#?}\n{f}")) }
}

/// The callee's derivatives, as they are called.
fn registry(callee: Option<&Func>) -> Result<Registry, String> {
    let mut registry = Registry::default();
    if let Some(g) = callee {
        accepts("the callee", g)?;
        let (forth, back) = transform::split(g).map_err(|e| e.message)?;
        let vjp = reverse(g)?;
        let (forward_dot, reverse_dot) = second::halves((&forth, &back))?;
        let callee = Callee {
            primal: Some(g.clone()),
            jvp_dot: Some(forward(&forward(g)?)?),
            jvp: Some(forward(g)?),
            vjp_dot_dot: Some(forward(&forward(&vjp)?)?),
            vjp_dot: Some(forward(&vjp)?),
            vjp: Some(vjp),
            forward: Some(forth),
            reverse: Some(back),
            forward_dot: Some(forward_dot),
            reverse_dot: Some(reverse_dot),
        };
        registry.callees.insert(CALLEE.to_owned(), callee);
    }
    Ok(registry)
}

pub(super) struct Check<'p> {
    pub(super) f: &'p Func,
    pub(super) args: &'p [Cell],
    pub(super) callees: Registry,
    pub(super) forward: Func,
    pub(super) reverse: Func,
    /// A direction in the space of the active parameters, flat.
    pub(super) v: Vec<f64>,
    /// A cotangent of the outputs, flat.
    pub(super) w: Vec<f64>,
}

impl<'p> Check<'p> {
    pub(super) fn new(program: &'p Program, seed: u64) -> Result<Self, String> {
        let (f, args, callees) = (&program.f, &program.args[..], registry(program.callee.as_ref())?);
        let mut rng = Rng(seed ^ 0x5eed);
        let outputs = outputs(f, &callees, args).map_err(|e| format!("the program fails: {e}"))?;
        let inputs = flat(&active_cells(f, args)).len();
        Ok(Check {
            f,
            args,
            callees,
            forward: forward(f)?,
            reverse: reverse(f)?,
            v: (0..inputs).map(|_| rng.uniform(-1.0, 1.0)).collect(),
            w: outputs.iter().map(|_| rng.uniform(-1.0, 1.0)).collect(),
        })
    }

    pub(super) fn direction(&self) -> Vec<Cell> {
        unflat(&active_cells(self.f, self.args), self.v.iter().copied())
    }

    /// The cells of the arguments of a derivative whose further parameters are seeds and shadows, or tangents.
    pub(super) fn extended(&self, derivative: &Func) -> Vec<Cell> {
        let mut cells = self.args.to_vec();
        let mems = active(self.f).into_iter().filter(|&i| matches!(self.f.params[i].held, Slotted::Mem(_)));
        let mut mems = mems.map(|i| self.args[i].zeros());
        for p in &derivative.params[self.args.len()..] {
            cells.push(match p.held {
                Slotted::Val(v) => match derivative.ty(v).float() {
                    Some(float) => Cell::Scalar(Value::float(0.75, float)),
                    None => Cell::Scalar(Value::Int(0)),
                },
                Slotted::Mem(_) => mems.next().unwrap_or(Cell::Seq(Vec::new())),
            });
        }
        cells
    }

    // ---- bits ---------------------------------------------------------------------------------------------------

    fn values(&self) -> Result<(), String> {
        let value = eval(self.f, &self.callees, self.args.to_vec()).map_err(|e| e.to_string())?;
        let mut shared = self.f.clone();
        simplify::share(&mut shared);
        same_bits("sharing", self.f, &shared, &self.callees, self.args)?;
        for (what, derivative) in [("forward", &self.forward), ("reverse", &self.reverse)] {
            let cells = self.extended(derivative);
            let found =
                eval(derivative, &self.callees, cells.clone()).map_err(|e| format!("{what}: {e}\n{derivative}"))?;
            let n = value.results.len();
            if bits(&found.results[..n]) != bits(&value.results) {
                return Err(format!("{what} computes {:?}, not {:?}", &found.results[..n], value.results));
            }
            for (i, (new, old)) in found.args.iter().zip(&value.args).enumerate() {
                if bits(&new.leaves()) != bits(&old.leaves()) {
                    return Err(format!("{what} leaves another value in parameter {i}"));
                }
            }
            let mut simple = derivative.clone();
            simplify::simplify(&mut simple, self.f.vals.len());
            same_bits(what, derivative, &simple, &self.callees, &cells)?;
        }
        Ok(())
    }

    // ---- first order --------------------------------------------------------------------------------------------

    fn first_order(&self, tolerance: f64) -> Result<(), String> {
        let tangents = self.tangents().map_err(|e| format!("forward: {e}\n{}", self.forward))?;
        let adjoints = self.adjoints(self.args).map_err(|e| format!("reverse: {e}\n{}", self.reverse))?;
        let (left, right) = (dot(&self.w, &tangents), dot(&adjoints, &self.v));
        let scale = 1.0 + size(&self.w, &tangents) + size(&adjoints, &self.v);
        if !close(left, right, tolerance, scale) {
            return Err(format!(
                "⟨w, J v⟩ = {left:e} but ⟨Jᵀ w, v⟩ = {right:e}; J v = {tangents:?}, Jᵀ w = {adjoints:?}"
            ));
        }
        let split = self.split()?;
        for (k, (&a, &b)) in split.iter().zip(&adjoints).enumerate() {
            if !close(a, b, tolerance, scale) {
                return Err(format!("split in two, adjoint {k} is {a:e}, not {b:e}"));
            }
        }
        Ok(())
    }

    fn tangents(&self) -> Result<Vec<f64>, Error> {
        jvp(self.f, &self.forward, &self.callees, self.args, &self.direction())
    }

    pub(super) fn adjoints(&self, args: &[Cell]) -> Result<Vec<f64>, Error> {
        vjp(self.f, &self.reverse, &self.callees, args, &self.w)
    }

    /// The adjoints by the two halves of a split reverse.
    fn split(&self) -> Result<Vec<f64>, String> {
        let (forth, back) = transform::split(self.f).map_err(|e| e.message)?;
        accepts("the forward half", &forth)?;
        accepts("the reverse half", &back)?;
        let (mut tape, callees) = (Tape::default(), &self.callees);
        let half = run(&forth, self.args.to_vec(), callees, &mut tape);
        let half = half.map_err(|e| format!("forward half: {e}\n{forth}"))?;
        let mut given = self.w.iter().copied();
        // Memory is as the forward half has left it.
        let mut cells = half.args;
        for p in &back.params[self.args.len()..] {
            cells.push(match p.held {
                Slotted::Val(v) => {
                    let float = back.ty(v).float().ok_or("a seed that is not a float")?;
                    Cell::Scalar(Value::float(given.next().unwrap_or(0.0), float))
                }
                Slotted::Mem(_) => {
                    let done = cells.len() - self.args.len() - self.float_results();
                    let mems = active(self.f).into_iter().filter(|&i| matches!(self.f.params[i].held, Slotted::Mem(_)));
                    let i = mems.into_iter().nth(done).ok_or("a shadow too many")?;
                    unflat(&[self.args[i].zeros()], given.by_ref()).swap_remove(0)
                }
            });
        }
        let done = run(&back, cells, callees, &mut tape).map_err(|e| format!("reverse half: {e}\n{forth}\n{back}"))?;
        if tape.len() > 0 {
            return Err(format!("{} values are left on the tape\n{forth}\n{back}", tape.len()));
        }
        let scalars: Vec<f64> = done.results.iter().filter_map(|v| v.as_f64()).collect();
        Ok(self.assemble(&scalars, &flat(&done.args[self.args.len()..])[self.float_results()..]))
    }

    pub(super) fn float_results(&self) -> usize {
        self.f.body.yields.iter().filter(|&&y| self.f.ty(y).float().is_some()).count()
    }

    /// Adjoints in the order of the active parameters, from those of the scalars and those of the memory.
    pub(super) fn assemble(&self, scalars: &[f64], memory: &[f64]) -> Vec<f64> {
        let (mut scalars, mut memory) = (scalars.iter(), memory.iter());
        let mut all = Vec::new();
        for i in active(self.f) {
            match self.f.params[i].held {
                Slotted::Val(_) => all.extend(scalars.next()),
                Slotted::Mem(_) => all.extend(memory.by_ref().take(flat([&self.args[i]]).len())),
            }
        }
        all
    }

    // ---- differences --------------------------------------------------------------------------------------------

    /// The arguments moved along the direction.
    fn moved(&self, by: f64) -> Vec<Cell> {
        let mut args = self.args.to_vec();
        let here = flat(&active_cells(self.f, self.args));
        let there = here.iter().zip(&self.v).map(|(x, v)| x + by * v);
        let cells = unflat(&active_cells(self.f, self.args), there);
        for (i, cell) in active(self.f).into_iter().zip(cells) {
            args[i] = cell;
        }
        args
    }

    /// Compares `found` with differences of `of`; `false` where these do not settle.
    pub(super) fn compare(
        &self,
        what: &str,
        found: &[f64],
        of: impl Fn(&[Cell]) -> Option<Vec<f64>>,
    ) -> Result<bool, String> {
        let Some((wanted, error)) = extrapolate(STEP, LEVELS, |h| of(&self.moved(h))) else {
            return Ok(false);
        };
        let scale = wanted.iter().fold(1.0, |s: f64, x| s.max(x.abs()));
        if error.is_nan() || error > SETTLED * scale {
            return Ok(false);
        }
        for (k, (&a, &b)) in found.iter().zip(&wanted).enumerate() {
            if !close(a, b, DIFFERENCES + error / scale, scale) {
                return Err(format!("{what} {k} is {a:e}; by differences it is {b:e}"));
            }
        }
        Ok(true)
    }

    fn differences(&self) -> Result<bool, String> {
        let tangents = self.tangents().map_err(|e| e.to_string())?;
        self.compare("tangent", &tangents, |args| outputs(self.f, &self.callees, args).ok())
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn size(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum()
}

fn bits(values: &[Value]) -> Vec<(u8, u128)> {
    // A NaN is a NaN: which of two is not specified by Rust.
    values.iter().map(|v| if v.as_f64().is_some_and(f64::is_nan) { (4, 0) } else { v.bits() }).collect()
}

/// Both functions compute the same bits, and leave them in their parameters.
fn same_bits(what: &str, before: &Func, after: &Func, callees: &Registry, args: &[Cell]) -> Result<(), String> {
    let violations = verify(after);
    if !violations.is_empty() {
        return Err(format!("the verifier refuses {what} simplified: {violations:#?}\n{before}\n{after}"));
    }
    let all = |run: Run| {
        let mut all = bits(&run.results);
        run.args.iter().for_each(|cell| all.extend(bits(&cell.leaves())));
        all
    };
    let (old, new) = (eval(before, callees, args.to_vec()).map(all), eval(after, callees, args.to_vec()).map(all));
    if old == new { Ok(()) } else { Err(format!("{what} simplified gives {new:?}, not {old:?}\n{before}\n{after}")) }
}

// ---- programs in f32 --------------------------------------------------------------------------------------------

fn mentions_f32(f: &Func) -> bool {
    f.vals.iter().any(|v| v.ty == Ty::Float(Float::F32)) || f.mems.iter().any(|m| m.elem == Some(Ty::Float(Float::F32)))
}

/// The same program in `f64`.
fn widened(f: &Func) -> Func {
    let mut f = f.clone();
    let widen = |ty: &mut Ty| {
        if *ty == Ty::Float(Float::F32) {
            *ty = Ty::Float(Float::F64);
        }
    };
    f.vals.iter_mut().for_each(|v| widen(&mut v.ty));
    f.mems.iter_mut().filter_map(|m| m.elem.as_mut()).for_each(widen);
    f
}

fn widened_cell(cell: &Cell) -> Cell {
    cell.map(&mut |v| v.as_f64().map_or(v, Value::F64))
}
