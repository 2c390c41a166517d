//! A failing case as source that compiles on its own.

use std::collections::BTreeSet;

use crate::Case;
use crate::programs::{CASES, MODELS};

impl Case {
    /// The function, what it needs, and a test that calls it and its derivatives at the point.
    pub fn paste(&self, variant: usize, x: &[f64]) -> String {
        let mut programs = BTreeSet::new();
        self.collect(&mut programs);
        let models: BTreeSet<usize> =
            programs.iter().flat_map(|id| CASES[*id].models).flat_map(|model| MODELS[*model].1).copied().collect();
        let mut source = String::from("use autodiff_runtime::{Differentiable, Real, differentiate};\n\n");
        source += "const DAMPING: f64 = 0.45;\n\nstatic TABLE: [f64; 3] = [0.3, -0.75, 1.25];\n\n";
        for model in models {
            source += &format!("{}\n", MODELS[model].0);
        }
        for id in programs {
            source += &format!("{}\n", CASES[id].source);
        }
        let (name, arguments) = (self.name(), (self.written)(variant, x));
        let path = self.owner.map_or(name.clone(), |owner| format!("{owner}::{name}"));
        let vjp = if self.owner.is_some() { format!("{path}_vjp") } else { format!("{path}::vjp") };
        source += &format!("#[test]\nfn {name}_at_the_point() {{\n    println!(\"{{:?}}\", {path}({arguments}));\n");
        let (seed, _) = self.seed_and_direction(variant);
        if self.jacobian.is_none() && self.pullback.is_some() && self.integers == 0 {
            source += &format!("    println!(\"{{:?}}\", {vjp}({arguments}, {:?}));\n", seed[0]);
        }
        if self.jacobian.is_some() {
            source += &format!("    // The seed is {seed:?}.\n");
        }
        source + "}\n"
    }

    /// What it calls, and itself.
    fn collect(&self, programs: &mut BTreeSet<usize>) {
        for id in self.needs {
            CASES[*id].collect(programs);
        }
        programs.insert(self.id);
    }
}
