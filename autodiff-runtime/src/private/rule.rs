//! The step of a trace that a function with rules of its own is: all floats of its arguments are its parents.

use alloc::vec::Vec;

use super::given::Given;
use crate::differentiable::{Argument, Scalar, Visitor};
use crate::trace::Recorder;

/// The parents of a step: the number, the value and the partial of each.
#[derive(Clone, Debug, Default)]
pub struct Parents(Vec<(f64, f64, f64)>);

impl Parents {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The floats of an argument, with their numbers, if they have some, and their adjoints.
    pub fn add<X: Argument + ?Sized, S: Argument + ?Sized>(&mut self, value: &X, ids: &impl Given<S>, bar: &S) {
        let Some(ids) = ids.given() else { return };
        let first = self.0.len();
        ids.visit_floats(&mut Each(|id| self.0.push((id, 0.0, 0.0))));
        let mut parents = self.0[first..].iter_mut();
        value.visit_floats(&mut Each(|value| parents.by_ref().take(1).for_each(|parent| parent.1 = value)));
        let mut parents = self.0[first..].iter_mut();
        bar.visit_floats(&mut Each(|partial| parents.by_ref().take(1).for_each(|parent| parent.2 = partial)));
    }

    /// Records the step, and returns its number.
    pub fn record(&self, recorder: &mut Recorder, template: &'static str, value: f64) -> f64 {
        recorder.step(3, "", template, &self.0, &[], value)
    }
}

/// Calls a function with each float.
struct Each<F>(F);

impl<F: FnMut(f64)> Visitor for Each<F> {
    fn scalar<S: Scalar>(&mut self, x: &S) {
        (self.0)(x.to_double());
    }
}

#[cfg(test)]
mod tests {
    use super::super::slot::Off;
    use super::*;

    #[test]
    fn constants_are_no_parents() {
        let mut recorder = Recorder::new("f");
        let ids = recorder.inputs_of("w", &[2.0, 3.0]);
        let mut parents = Parents::new();
        parents.add::<_, [f64]>(&[2.0, 3.0][..], &&ids, &[5.0, 7.0][..]);
        parents.add::<_, f64>(&1.0, &Off, &9.0);
        let id = parents.record(&mut recorder, "g(w, b)", 11.0);
        recorder.output(id, 11.0);
        let trace = recorder.finish(1.0);
        assert_eq!((trace.value(), trace.gradient()), (11.0, vec![5.0, 7.0]));
        assert_eq!(trace.node("z1").map(|node| node.expression.as_str()), Some("g(w, b)"));
    }
}
