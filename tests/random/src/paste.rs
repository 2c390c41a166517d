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
        let name = self.name();
        let call = (self.call)(variant, x);
        let derivative = |function: &str, more: String| {
            let inside = call.strip_prefix(&format!("{name}(")).and_then(|call| call.strip_suffix(')'));
            format!("    println!(\"{{:?}}\", {name}::{function}({}, {more}));\n", inside.unwrap_or_default())
        };
        let (seed, _) = self.seed_and_direction(variant);
        let seed = match &seed[..] {
            [seed] => format!("{seed:?}"),
            seeds => format!("{seeds:?}").replace('[', "(").replace(']', ")"),
        };
        source += &format!("#[test]\nfn {name}_at_the_point() {{\n    println!(\"{{:?}}\", {call});\n");
        if !self.source.contains("&mut [") {
            source += &derivative("vjp", seed);
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
