//! Second derivatives of random programs: every way to a Hessian-vector product.
//!
//! - forward over reverse, of the fused reverse and of its two halves with a tape between them;
//! - reverse over forward and reverse over reverse;
//! - the product that `hvp` is made of, which leaves out value and gradient.

use super::check::{Check, EXACT, accepts};
use crate::ir::eval::{Cell, Tape, Value, run};
use crate::ir::{Block, Func, Mark, Op, Origin, Slotted};
use crate::simplify;
use crate::tests::support::{active, close, eval, flat, forward, jvp, reverse, unflat, vjp};
use crate::transform;

/// The tangents of the two halves of a split reverse, verified.
pub(super) fn halves(halves: (&Func, &Func)) -> Result<(Func, Func), String> {
    let (forth, back) = transform::forward::forward_halves(halves).map_err(|e| e.message)?;
    accepts("the tangent of the forward half", &forth)?;
    accepts("the tangent of the reverse half", &back)?;
    Ok((forth, back))
}

fn halves_called(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match &stmt.op {
        Op::Call(call) => call.form.is_half(),
        op => op.blocks().into_iter().any(halves_called),
    })
}

impl Check<'_> {
    /// Compares all ways, with differences too; `false` where these do not settle.
    pub(super) fn second_order(&self) -> Result<bool, String> {
        let first = self.agree(10.0 * EXACT)?;
        self.compare("H v, part", &first, |args| self.adjoints(args).ok())
    }

    /// Compares all ways, to `tolerance` of the largest component or of 1.
    pub(super) fn agree(&self, tolerance: f64) -> Result<Vec<f64>, String> {
        let mut ways = vec![("forward over reverse", self.forward_reverse(&self.w)?), ("halves", self.halves()?)];
        ways.push(("reverse over forward", self.reverse_forward()?));
        // What is handed over on a tape cannot be reversed, so that no companion does that to a callee.
        if !halves_called(&self.reverse.body) {
            ways.push(("reverse over reverse", self.reverse_reverse()?));
        }
        if self.f.results.len() == 1 && self.float_results() == 1 {
            self.of_a_number()?;
        }
        let scale = ways.iter().flat_map(|(_, hv)| hv).fold(1.0, |s: f64, x| s.max(x.abs()));
        let (name, first) = &ways[0];
        for (other, hv) in &ways[1..] {
            for (k, (&a, &b)) in hv.iter().zip(first).enumerate() {
                if !close(a, b, tolerance, scale) {
                    return Err(format!("H v, part {k}: {other} gives {a:e}, {name} {b:e}"));
                }
            }
        }
        Ok(ways.swap_remove(0).1)
    }

    /// The arguments of `reverse` for the cotangent w.
    fn reverse_args(&self, w: &[f64]) -> Vec<Cell> {
        let mut given = w.iter().copied();
        let mut cells = self.extended(&self.reverse);
        for cell in &mut cells[self.args.len()..] {
            *cell = unflat(std::slice::from_ref(cell), given.by_ref()).swap_remove(0);
        }
        cells
    }

    fn forward_reverse(&self, w: &[f64]) -> Result<Vec<f64>, String> {
        let twice = forward(&self.reverse)?;
        let cells = self.reverse_args(w);
        // Tangents: v for the parameters, none for seeds and shadows.
        let mut dots = self.direction();
        dots.extend(cells[self.args.len()..].iter().map(Cell::zeros));
        let out = jvp(&self.reverse, &twice, &self.callees, &cells, &dots)
            .map_err(|e| format!("forward over reverse: {e}\n{twice}"))?;
        // y, the scalars' adjoints, the memory parameters, their shadows.
        let scalars = &out[self.float_results()..];
        let n = self.scalar_inputs();
        let memory = self.memory_inputs();
        Ok(self.assemble(&scalars[..n], &scalars[n + memory..]))
    }

    fn scalar_inputs(&self) -> usize {
        active(self.f).into_iter().filter(|&i| matches!(self.f.params[i].held, Slotted::Val(_))).count()
    }

    fn memory_inputs(&self) -> usize {
        self.v.len() - self.scalar_inputs()
    }

    fn reverse_forward(&self) -> Result<Vec<f64>, String> {
        let twice = reverse(&self.forward)?;
        let mut cells = self.args.to_vec();
        cells.extend(self.direction());
        // Cotangents: w for the tangents of the results and of the memory, none for their values.
        let results = self.float_results();
        let mut cotangents = vec![0.0; results];
        cotangents.extend(&self.w[..results]);
        cotangents.extend(vec![0.0; self.memory_inputs()]);
        cotangents.extend(&self.w[results..]);
        let out = vjp(&self.forward, &twice, &self.callees, &cells, &cotangents)
            .map_err(|e| format!("reverse over forward: {e}\n{twice}"))?;
        Ok(out[..self.v.len()].to_vec())
    }

    fn reverse_reverse(&self) -> Result<Vec<f64>, String> {
        let twice = reverse(&self.reverse)?;
        // Cotangents: v for the adjoints, none for the values.
        let mut given = self.v.iter().copied();
        let (mut scalars, mut memory) = (Vec::<f64>::new(), Vec::<f64>::new());
        for i in active(self.f) {
            match self.f.params[i].held {
                Slotted::Val(_) => scalars.extend(given.next()),
                Slotted::Mem(_) => memory.extend(given.by_ref().take(flat([&self.args[i]]).len())),
            }
        }
        let mut cotangents = vec![0.0; self.float_results()];
        cotangents.extend(scalars);
        cotangents.extend(vec![0.0; self.memory_inputs()]);
        cotangents.extend(memory);
        let out = vjp(&self.reverse, &twice, &self.callees, &self.reverse_args(&self.w), &cotangents)
            .map_err(|e| format!("reverse over reverse: {e}\n{twice}"))?;
        Ok(out[..self.v.len()].to_vec())
    }

    /// By the tangents of the two halves of a split reverse.
    fn halves(&self) -> Result<Vec<f64>, String> {
        let (forth, back) = transform::split(self.f).map_err(|e| e.message)?;
        let (forth, back) = halves((&forth, &back))?;
        let n = self.args.len();
        let mut tape = Tape::default();
        let mut cells = self.args.to_vec();
        cells.extend(self.direction());
        let half = run(&forth, cells, &self.callees, &mut tape).map_err(|e| format!("forward half: {e}\n{forth}"))?;
        // Memory and its tangents are as the forward half has left them.
        let given = self.reverse_args(&self.w).split_off(n);
        let mut cells = half.args[..n].to_vec();
        cells.extend(given.iter().cloned());
        cells.extend_from_slice(&half.args[n..]);
        cells.extend(given.iter().map(Cell::zeros));
        let done =
            run(&back, cells, &self.callees, &mut tape).map_err(|e| format!("reverse half: {e}\n{forth}\n{back}"))?;
        if tape.len() > 0 {
            return Err(format!("{} values are left on the tape\n{forth}\n{back}", tape.len()));
        }
        Ok(self.products(&back, &done.results, &done.args))
    }

    /// What is marked as the tangent of an adjoint, among results and parameters.
    fn products(&self, f: &Func, results: &[Value], args: &[Cell]) -> Vec<f64> {
        let marks = [Mark::Bar, Mark::Dot(1)];
        let of_param = |origin| matches!(origin, Origin::Param(_));
        let results = f.results.iter().zip(results).filter(|(role, _)| of_param(role.origin) && role.marks == marks);
        let scalars: Vec<f64> = results.filter_map(|(_, value)| value.as_f64()).collect();
        let shadows = f.params.iter().zip(args).filter(|(p, _)| of_param(p.role.origin) && p.role.marks == marks);
        self.assemble(&scalars, &flat(shadows.map(|(_, cell)| cell)))
    }

    /// The product without value and gradient, of a function that returns one number.
    fn of_a_number(&self) -> Result<(), String> {
        let user_vals = self.f.vals.len();
        let mut vjp = self.reverse.clone();
        simplify::simplify(&mut vjp, user_vals);
        let hvp = transform::second::hvp(&vjp, user_vals).map_err(|e| e.message)?;
        accepts("the product", &hvp)?;
        if let Some(p) = hvp.params.iter().find(|p| p.role.marks == [Mark::Bar]) {
            return Err(format!("{} is still there\n{hvp}", p.role));
        }
        let mut cells = self.args.to_vec();
        cells.extend(self.direction());
        let mems = active(self.f).into_iter().filter(|&i| matches!(self.f.params[i].held, Slotted::Mem(_)));
        cells.extend(mems.map(|i| self.args[i].zeros()));
        let done = eval(&hvp, &self.callees, cells).map_err(|e| format!("the product: {e}\n{vjp}\n{hvp}"))?;
        let found = self.products(&hvp, &done.results, &done.args);
        // The cotangent is 1 for the number and 0 for the final memory.
        let unit: Vec<f64> = (0..self.w.len()).map(|k| if k == 0 { 1.0 } else { 0.0 }).collect();
        let wanted = self.forward_reverse(&unit)?;
        let scale = wanted.iter().fold(1.0, |s: f64, x| s.max(x.abs()));
        for (k, (&a, &b)) in found.iter().zip(&wanted).enumerate() {
            if !close(a, b, EXACT, scale) {
                return Err(format!("H v, part {k}: the product gives {a:e}, not {b:e}\n{vjp}\n{hvp}"));
            }
        }
        Ok(())
    }
}
