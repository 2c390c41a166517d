//! A failing case as source that compiles on its own.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use crate::Case;
use crate::programs::MODELS;

impl Case {
    /// The function, what it needs, and a test that calls it and its derivatives at the point.
    pub fn paste(&self, variant: usize, x: &[f64]) -> String {
        let mut programs = BTreeSet::new();
        self.collect(&mut programs);
        let models: BTreeSet<usize> =
            programs.iter().flat_map(|id| Case::of(*id).models).flat_map(|model| MODELS[*model].1).copied().collect();
        let mut source = String::from("use autodiff_runtime::{Constant, Differentiable, Real, differentiate};\n\n");
        source += "const DAMPING: f64 = 0.45;\n\nstatic TABLE: [f64; 3] = [0.3, -0.75, 1.25];\n\n";
        source += "#[derive(Clone, Copy, Debug, PartialEq, Constant)]\nenum Choice {\n    Low,\n    High,\n    Power(i32),\n}\n\n";
        for model in models {
            source += &format!("{}\n", MODELS[model].0);
        }
        for id in programs {
            source += &format!("{}\n", Case::of(id).source);
        }
        let (name, arguments) = (self.name(), (self.written)(variant, x));
        let path = self.owner.map_or(name.clone(), |owner| format!("{owner}::{name}"));
        let vjp = if self.owner.is_some() { format!("{path}_vjp") } else { format!("{path}::vjp") };
        source += &format!("#[test]\nfn {name}_at_the_point() {{\n    println!(\"{{:?}}\", {path}({arguments}));\n");
        // Where the function panics, there is no seed to tell.
        let Ok((seed, _)) = catch_unwind(|| self.seed_and_direction(variant)) else { return source + "}\n" };
        if self.jacobian.is_none() && self.pullback.is_some() && self.integers == 0 {
            source += &format!("    println!(\"{{:?}}\", {vjp}({arguments}, {:?}));\n", seed[0]);
        }
        if self.jacobian.is_some() {
            source += &format!("    // The seed is {seed:?}.\n");
        }
        source + "}\n"
    }

    /// How long the source is, of itself and of what it calls.
    pub(crate) fn paste_len(&self) -> usize {
        let mut programs = BTreeSet::new();
        self.collect(&mut programs);
        programs.into_iter().map(|id| Case::of(id).source.len()).sum()
    }

    /// What it calls, and itself.
    fn collect(&self, programs: &mut BTreeSet<usize>) {
        for id in self.needs {
            Case::of(*id).collect(programs);
        }
        programs.insert(self.id);
    }
}
