//! What the numerical tests share: random numbers, extrapolated differences, and runs of derivatives.
//!
//! A derivative is run by the order in which the transforms append parameters and results, so that derivatives of
//! derivatives are run by the same two functions ([`jvp`], [`vjp`]).

use crate::ir::eval::{Cell, Error, Registry, Run, Tape, Value, run};
use crate::ir::verify::{shared_roles, verify};
use crate::ir::{Float, Func, Slotted};
use crate::transform;

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed, everywhere and for ever.
#[derive(Clone, Debug)]
pub(super) struct Rng(pub(super) u64);

impl Rng {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In `lo..hi`.
    pub(super) fn uniform(&mut self, lo: f64, hi: f64) -> f64 {
        lo + (hi - lo) * ((self.next() >> 11) as f64 / (1u64 << 53) as f64)
    }

    /// In `0..n`; 0 for an empty range.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n.max(1)
    }

    /// True once in `n` times.
    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of the items.
    pub(super) fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}

/// The derivative at 0 of a vector function of one variable, by central differences extrapolated to step 0 (Richardson),
/// with an estimate of the error: the change that the last extrapolation made. Steps are `h`, `h/2`, …, one a level.
pub(super) fn extrapolate(
    h: f64,
    levels: usize,
    mut f: impl FnMut(f64) -> Option<Vec<f64>>,
) -> Option<(Vec<f64>, f64)> {
    let mut table: Vec<Vec<f64>> = Vec::new();
    let mut error = f64::INFINITY;
    for level in 0..levels {
        let step = h / f64::from(1 << level);
        let (ahead, behind) = (f(step)?, f(-step)?);
        let mut row = vec![ahead.iter().zip(&behind).map(|(a, b)| (a - b) / (2.0 * step)).collect::<Vec<f64>>()];
        for k in 0..level {
            let weight = f64::from(1 << (2 * (k + 1)));
            let (new, old) = (&row[k], &table[k]);
            row.push(new.iter().zip(old).map(|(n, o)| n + (n - o) / (weight - 1.0)).collect());
        }
        if level > 0 {
            let (best, before) = (&row[level], &row[level - 1]);
            error = best.iter().zip(before).fold(0.0, |e: f64, (a, b)| e.max((a - b).abs()));
        }
        table = row;
    }
    table.pop().map(|best| (best, error))
}

/// The flat floats of some cells.
pub(super) fn flat<'c>(cells: impl IntoIterator<Item = &'c Cell>) -> Vec<f64> {
    let mut floats = Vec::new();
    for cell in cells {
        cell.for_each(&mut |v| floats.extend(v.as_f64()));
    }
    floats
}

/// `cells` with their floats replaced, in order, by those of `floats`.
pub(super) fn unflat(cells: &[Cell], mut floats: impl Iterator<Item = f64>) -> Vec<Cell> {
    cells
        .iter()
        .map(|cell| {
            cell.map(&mut |old| match (old, old.as_f64().and_then(|_| floats.next())) {
                (Value::F32(_), Some(x)) => Value::F32(x as f32),
                (Value::F64(_), Some(x)) => Value::F64(x),
                _ => old,
            })
        })
        .collect()
}

/// The positions of the parameters that carry derivatives.
pub(super) fn active(f: &Func) -> Vec<usize> {
    let float = |held| match held {
        Slotted::Val(v) => f.ty(v).float().is_some(),
        Slotted::Mem(_) => true,
    };
    (0..f.params.len()).filter(|&i| f.params[i].active && float(f.params[i].held)).collect()
}

/// Those of `cells` that are active parameters of `f`.
pub(super) fn active_cells(f: &Func, cells: &[Cell]) -> Vec<Cell> {
    active(f).into_iter().map(|i| cells[i].clone()).collect()
}

/// The float results, as `f64`.
fn floats(values: &[Value]) -> Vec<f64> {
    values.iter().filter_map(|v| v.as_f64()).collect()
}

/// Runs a function that may call others.
pub(super) fn eval(f: &Func, callees: &Registry, args: Vec<Cell>) -> Result<Run, Error> {
    run(f, args, callees, &mut Tape::default())
}

/// A function seen as a map of its active parameters to its float results and the final contents of its active memory.
pub(super) fn outputs(f: &Func, callees: &Registry, args: &[Cell]) -> Result<Vec<f64>, Error> {
    let run = eval(f, callees, args.to_vec())?;
    let mut all = floats(&run.results);
    all.extend(final_memory(f, &run));
    Ok(all)
}

fn final_memory(f: &Func, run: &Run) -> Vec<f64> {
    let mems = active(f).into_iter().filter(|&i| matches!(f.params[i].held, Slotted::Mem(_)));
    flat(mems.map(|i| &run.args[i]))
}

/// Runs `forward(f)`: the outputs' tangents for the tangents of the active parameters (one cell each).
pub(super) fn jvp(
    f: &Func,
    forward: &Func,
    callees: &Registry,
    args: &[Cell],
    dots: &[Cell],
) -> Result<Vec<f64>, Error> {
    let mut all = args.to_vec();
    all.extend_from_slice(dots);
    let run = eval(forward, callees, all)?;
    let mut out = floats(run.results.get(f.results.len()..).unwrap_or_default());
    let mems = active(f).into_iter().enumerate();
    let mems = mems.filter(|&(_, i)| matches!(f.params[i].held, Slotted::Mem(_)));
    out.extend(flat(mems.map(|(k, _)| &run.args[args.len() + k])));
    Ok(out)
}

/// Runs `reverse(f)`: the adjoints of the active parameters, flat in their order, for the cotangents of the float results
/// and of the final contents of the active memory.
pub(super) fn vjp(
    f: &Func,
    reverse: &Func,
    callees: &Registry,
    args: &[Cell],
    cotangents: &[f64],
) -> Result<Vec<f64>, Error> {
    let mut given = cotangents.iter().copied();
    let mut all = args.to_vec();
    for &y in &f.body.yields {
        if let (Some(float), Some(seed)) = (f.ty(y).float(), f.ty(y).float().and_then(|_| given.next())) {
            all.push(Value::float(seed, float).into());
        }
    }
    let is_mem = |i: usize| matches!(f.params[i].held, Slotted::Mem(_));
    for i in active(f).into_iter().filter(|&i| is_mem(i)) {
        all.extend(unflat(std::slice::from_ref(&args[i].zeros()), given.by_ref()));
    }
    let run = eval(reverse, callees, all)?;
    let mut scalars = floats(run.results.get(f.results.len()..).unwrap_or_default()).into_iter();
    let mems = reverse.params.len() - active(f).into_iter().filter(|&i| is_mem(i)).count();
    let mut shadows = run.args.iter().skip(mems);
    let mut out = Vec::new();
    for i in active(f) {
        if is_mem(i) {
            out.extend(flat(shadows.next()));
        } else {
            out.extend(scalars.next());
        }
    }
    Ok(out)
}

/// The forward derivative, verified.
pub(super) fn forward(f: &Func) -> Result<Func, String> {
    accepted(transform::forward(f).map_err(|e| e.message)?, f)
}

/// The reverse derivative, verified.
pub(super) fn reverse(f: &Func) -> Result<Func, String> {
    accepted(transform::reverse(f).map_err(|e| e.message)?, f)
}

fn accepted(derivative: Func, f: &Func) -> Result<Func, String> {
    let mut violations = verify(&derivative);
    if shared_roles(f).is_empty() && f.params.iter().all(|p| p.role.marks.is_empty()) {
        violations.extend(shared_roles(&derivative));
    }
    if violations.is_empty() {
        Ok(derivative)
    } else {
        Err(format!("the verifier refuses a derivative: {violations:#?}\nof\n{f}\nwhich is\n{derivative}"))
    }
}

/// `a` and `b` agree within `tolerance`, relative to the larger of them and `scale`; equal infinities and NaNs agree.
pub(super) fn close(a: f64, b: f64, tolerance: f64, scale: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance * scale.max(a.abs()).max(b.abs())
}

pub(super) const FLOATS: [Float; 2] = [Float::F32, Float::F64];
