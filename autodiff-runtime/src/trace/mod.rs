//! The evaluation trace of a function at a point: what `f::trace(args)` returns.
//!
//! A trace is the list of elementary steps `z_1 … z_T` by which the function computed its value, each with its type,
//! its parents, its value and its adjoint `z̄_t = Σ_{children c} z̄_c ∂z_c/∂z_t`. Printing it gives the forward primal
//! trace and the reverse adjoint trace side by side, as in table 3 of Baydin, Pearlmutter, Radul and Siskind,
//! "Automatic Differentiation in Machine Learning: a Survey" (JMLR 18, 2018).
//!
//! Steps are numbered in the order in which the formula of the result mentions them: depth first from the output,
//! parents before children, arguments from left to right. What the result does not depend on comes last.

mod display;
mod number;
mod order;
mod recorder;
mod width;

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{fmt, ops::Range};

pub use recorder::Recorder;

/// What a node of a trace computes, in the model of Baur and Strassen (1983) and Griewank (1989).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// An argument of the function.
    Input,
    /// Type 1: an affine combination of earlier values, `c_0 + Σ c_i z_i`.
    Affine,
    /// Type 2: a product of powers of earlier values, `c Π z_i^{α_i}`.
    Product,
    /// Type 3: a differentiable function from a fixed set: sin, exp, ln, ….
    Function,
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            StepKind::Input => "input",
            StepKind::Affine => "Type 1",
            StepKind::Product => "Type 2",
            StepKind::Function => "Type 3",
        })
    }
}

/// One value of a trace.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Node {
    /// `z1`, `z2`, … for steps, `z3.1`, … for steps inside call `z3`; for inputs the parameter's name, with a path into
    /// aggregates: `w[0][1]`, `layer.bias[2]`.
    pub name: String,
    /// The name that the program gives the value: `r` for `let r = w1 / w2;`.
    pub label: Option<&'static str>,
    /// The type of the step.
    pub kind: StepKind,
    /// The formula: `sin(6.283185307179586 * z1)`. For an input, its name.
    pub expression: String,
    /// The nodes that the step reads, as indices into [`Trace::nodes`], in the order of the formula.
    pub parents: Vec<usize>,
    /// The partial derivative with respect to each parent, at this point.
    pub partials: Vec<f64>,
    /// The value.
    pub value: f64,
    /// The adjoint: the derivative of the output with respect to this value, times the seed.
    pub adjoint: f64,
    /// The call that the step happened in, as an index into [`Trace::groups`]; `None` in the function itself.
    pub group: Option<usize>,
}

/// A call of another differentiated function: the steps inside it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Group {
    /// The number of the call among the steps of the caller: `z3`.
    pub name: String,
    /// The function that was called.
    pub callee: &'static str,
    /// The call around this one, as an index into [`Trace::groups`].
    pub parent: Option<usize>,
    /// The steps of the call and of the calls inside it: a range of [`Trace::nodes`].
    pub nodes: Range<usize>,
    /// The nodes outside of the call that it reads, in the order in which it mentions them.
    pub inputs: Vec<usize>,
    /// The nodes of the call that are read outside of it.
    pub outputs: Vec<usize>,
}

/// The evaluation trace of a function at a point.
///
/// # Example
///
/// `y = ln(x1) + x1 x2 − sin(x2)` at (2, 5), as generated code records it; `f::trace(2.0, 5.0)` does all of this.
///
/// ```
/// use autodiff_runtime::__private::Recorder;
///
/// let (x1, x2) = (2.0_f64, 5.0_f64);
/// let mut r = Recorder::new("f");
/// let (i1, i2) = (r.input("x1", x1), r.input("x2", x2));
/// let ln = r.step(3, "", "ln({0})", &[(i1, x1, 1.0 / x1)], &[], x1.ln());
/// let product = r.step(2, "", "{0} * {1}", &[(i1, x1, x2), (i2, x2, x1)], &[], x1 * x2);
/// let sum = r.step(1, "", "{0} + {1}", &[(ln, 0.0, 1.0), (product, 0.0, 1.0)], &[], x1.ln() + x1 * x2);
/// let sin = r.step(3, "", "sin({0})", &[(i2, x2, x2.cos())], &[], x2.sin());
/// let y = x1.ln() + x1 * x2 - x2.sin();
/// let difference = r.step(1, "", "{0} - {1}", &[(sum, 0.0, 1.0), (sin, 0.0, -1.0)], &[], y);
/// r.output(difference, y);
/// let trace = r.finish(1.0);
///
/// assert_eq!(trace.node("z3").unwrap().expression, "z1 + z2");
/// assert_eq!(trace.gradient()[0], 5.5);
/// println!("{trace}");
/// ```
///
/// prints
///
/// ```text
/// f: forward primal trace          │ reverse adjoint trace, read upwards
/// x1           = 2          input  │ x1_bar = z1_bar * 0.5 + z2_bar * 5      = 5.5
/// x2           = 5          input  │ x2_bar = z2_bar * 2 + z4_bar * 0.283662 = 1.71634
/// z1 = ln(x1)  = 0.693147   Type 3 │ z1_bar = z3_bar * 1                     = 1
/// z2 = x1 * x2 = 10         Type 2 │ z2_bar = z3_bar * 1                     = 1
/// z3 = z1 + z2 = 10.6931    Type 1 │ z3_bar = z5_bar * 1                     = 1
/// z4 = sin(x2) = -0.958924  Type 3 │ z4_bar = z5_bar * (-1)                  = -1
/// z5 = z3 - z4 = 11.6521    Type 1 │ z5_bar = y_bar                          = 1
/// y  = z5      = 11.6521           │ y_bar                                   = 1
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    function: &'static str,
    nodes: Vec<Node>,
    groups: Vec<Group>,
    output: Option<usize>,
    value: f64,
    seed: f64,
}

impl Trace {
    /// The name of the function.
    #[must_use]
    pub fn function(&self) -> &'static str {
        self.function
    }

    /// Every node: the inputs in the order of the parameters, then the steps in the order of their numbers, those of a
    /// call in its place. Parents always come before children.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Every call of another differentiated function, outer calls before the calls inside them.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The inputs, in the order of the parameters.
    pub fn inputs(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.kind == StepKind::Input)
    }

    /// The steps, in the order of their numbers.
    pub fn steps(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.kind != StepKind::Input)
    }

    /// The node called `name`: `"z4"`, `"z3.1"`, `"x1"`, `"w[0][1]"`. The name of a call with one output stands for
    /// that output.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name).or_else(|| {
            let call = self.groups.iter().find(|group| group.name == name)?;
            match call.outputs[..] {
                [output] => self.nodes.get(output),
                _ => None,
            }
        })
    }

    /// The node that the program calls `label`, the last one where a name is bound more than once.
    #[must_use]
    pub fn label(&self, label: &str) -> Option<&Node> {
        self.nodes.iter().rfind(|node| node.label == Some(label))
    }

    /// The value of the function.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The seed that the reverse trace started with.
    #[must_use]
    pub fn seed(&self) -> f64 {
        self.seed
    }

    /// The node that is the function's value; `None` when the value depends on no input.
    #[must_use]
    pub fn output(&self) -> Option<&Node> {
        self.output.and_then(|output| self.nodes.get(output))
    }

    /// The adjoint of every input, in the order of [`inputs`](Self::inputs).
    #[must_use]
    pub fn gradient(&self) -> Vec<f64> {
        self.inputs().map(|input| input.adjoint).collect()
    }

    /// How a formula in call `from` refers to node `index`: by the name of the call that it came out of, if that call
    /// is not around `from` and has one output, else by the node's own name.
    fn reference(&self, index: usize, from: Option<usize>) -> String {
        let node = &self.nodes[index];
        // Calls around the node that are not around `from`; the outermost one with a single output gives the name.
        let mut name = &node.name;
        let mut call = node.group;
        while let Some(group) = call {
            if self.is_around(group, from) {
                break;
            }
            if self.groups[group].outputs.len() == 1 {
                name = &self.groups[group].name;
            }
            call = self.groups[group].parent;
        }
        name.to_owned()
    }

    /// Whether call `outer` is call `inner` or a call around it.
    fn is_around(&self, outer: usize, inner: Option<usize>) -> bool {
        let mut call = inner;
        while let Some(group) = call {
            if group == outer {
                return true;
            }
            call = self.groups[group].parent;
        }
        false
    }
}

#[cfg(test)]
mod tests;
