//! Recording a trace: what the hidden `__trace` functions of generated code call.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::ops::Range;

use super::order::{Graph, Item, Order};
use super::{Group, Node, StepKind, Trace, number};
use crate::differentiable::{Argument, Differentiable, Scalar, Step, Visitor, VisitorMut};

/// Records the steps of an evaluation; [`finish`](Recorder::finish) gives the [`Trace`].
///
/// A node is known by its id, 1 or more. Id 0 stands for a constant: a step whose operands are all constant is itself
/// one, and is not recorded. Ids are floats, since they travel where tangents would, and exact (an `f32` up to 2²⁴).
#[derive(Clone, Debug)]
pub struct Recorder {
    nodes: Vec<Recorded>,
    frames: Vec<Frame>,
    current: usize,
    output: Option<usize>,
    value: f64,
}

/// A node in recording order; node `i` has id `i + 1`.
#[derive(Clone, Debug)]
struct Recorded {
    kind: StepKind,
    label: Option<&'static str>,
    formula: Formula,
    parents: Vec<usize>,
    partials: Vec<f64>,
    value: f64,
    frame: usize,
}

#[derive(Clone, Debug)]
enum Formula {
    /// An input, by its name.
    Name(String),
    /// A template such as `"{c0} * {0} - {1}"` and what to put in.
    Template { template: &'static str, operands: Vec<Operand>, constants: Vec<f64> },
}

#[derive(Clone, Copy, Debug)]
enum Operand {
    Node(usize),
    Constant(f64),
}

#[derive(Clone, Debug)]
struct Frame {
    callee: &'static str,
    outer: usize,
    items: Vec<Item>,
}

impl Recorder {
    /// A recorder for one evaluation of `function`.
    #[must_use]
    pub fn new(function: &'static str) -> Self {
        let frame = Frame { callee: function, outer: 0, items: Vec::new() };
        Self { nodes: Vec::new(), frames: vec![frame], current: 0, output: None, value: f64::NAN }
    }

    /// Records a float argument and returns its id.
    pub fn input(&mut self, name: impl Into<String>, value: f64) -> f64 {
        self.nodes.push(Recorded {
            kind: StepKind::Input,
            label: None,
            formula: Formula::Name(name.into()),
            parents: Vec::new(),
            partials: Vec::new(),
            value,
            frame: 0,
        });
        self.nodes.len() as f64
    }

    /// Records every float of an aggregate argument, named by its path (`w[0][1]`, `p.bias[2]`, `t.0`), and returns a
    /// value of the same shape that holds the ids in the places of the floats, and 0 in constant fields.
    pub fn inputs_of<X: Argument + ?Sized>(&mut self, name: &str, x: &X) -> X::Gradient {
        let first = self.nodes.len() + 1;
        x.visit_floats(&mut Inputs { recorder: self, path: name.to_owned(), lengths: Vec::new() });
        let mut ids = x.zero_gradient();
        // No ids: what is read from there is a constant.
        ids.set_constants(None);
        ids.visit_mut(&mut Ids { next: first });
        ids
    }

    /// Records a step and returns its id; 0 when every parent is constant.
    ///
    /// `kind` is 1, 2 or 3, `label` the name of the user's variable or empty. In `template`, `{0}`, `{1}`, … stand for
    /// the parents and `{c0}`, `{c1}`, … for the constants. A parent is its id, its value (which is printed in place of
    /// a constant parent) and the partial with respect to it.
    pub fn step(
        &mut self,
        kind: u8,
        label: &'static str,
        template: &'static str,
        parents: &[(f64, f64, f64)],
        constants: &[f64],
        value: f64,
    ) -> f64 {
        if parents.iter().all(|&(id, ..)| node(id).is_none()) {
            return 0.0;
        }
        let kind = match kind {
            1 => StepKind::Affine,
            2 => StepKind::Product,
            _ => StepKind::Function,
        };
        let operands =
            parents.iter().map(|&(id, value, _)| node(id).map_or(Operand::Constant(value), Operand::Node)).collect();
        let (parents, partials) = parents.iter().filter_map(|&(id, _, partial)| Some((node(id)?, partial))).unzip();
        self.frames[self.current].items.push(Item::Step(self.nodes.len()));
        self.nodes.push(Recorded {
            kind,
            label: Some(label).filter(|label| !label.is_empty()),
            formula: Formula::Template { template, operands, constants: constants.to_vec() },
            parents,
            partials,
            value,
            frame: self.current,
        });
        self.nodes.len() as f64
    }

    /// Starts the group of a call; every step up to [`exit`](Self::exit) belongs to it.
    pub fn enter(&mut self, callee: &'static str) {
        let frame = self.frames.len();
        self.frames[self.current].items.push(Item::Call(frame));
        self.frames.push(Frame { callee, outer: self.current, items: Vec::new() });
        self.current = frame;
    }

    /// Ends the group of a call. A call that recorded no step leaves no group.
    pub fn exit(&mut self) {
        let outer = self.frames[self.current].outer;
        if self.current != 0 && self.frames[self.current].items.is_empty() {
            // Calls inside it were empty too and are gone: this frame is the last one, and the last item around it.
            self.frames.pop();
            self.frames[outer].items.pop();
        }
        self.current = outer;
    }

    /// Declares the function's value, with id 0 when it is constant.
    pub fn output(&mut self, id: f64, value: f64) {
        self.output = node(id);
        self.value = value;
    }

    /// Runs the reverse sweep from `seed` and returns the trace.
    #[must_use]
    pub fn finish(self, seed: f64) -> Trace {
        let adjoints = self.adjoints(seed);
        let parents: Vec<Vec<usize>> = self.nodes.iter().map(|node| node.parents.clone()).collect();
        let frame_of: Vec<usize> = self.nodes.iter().map(|node| node.frame).collect();
        let is_input: Vec<bool> = self.nodes.iter().map(|node| node.kind == StepKind::Input).collect();
        let outer: Vec<usize> = self.frames.iter().map(|frame| frame.outer).collect();
        let items: Vec<Vec<Item>> = self.frames.iter().map(|frame| frame.items.clone()).collect();
        let graph = Graph {
            parents: &parents,
            frame_of: &frame_of,
            is_input: &is_input,
            outer: &outer,
            items: &items,
            output: self.output,
        };
        self.assemble(&graph.order(), &adjoints, seed)
    }

    /// The reverse sweep. A node without a path to the output is never multiplied with anything: 0 · ∞ would be NaN.
    fn adjoints(&self, seed: f64) -> Vec<f64> {
        let mut adjoints: Vec<Option<f64>> = vec![None; self.nodes.len()];
        if let Some(output) = self.output {
            adjoints[output] = Some(seed);
        }
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let Some(adjoint) = adjoints[index] else { continue };
            for (&parent, &partial) in node.parents.iter().zip(&node.partials) {
                let term = adjoint * partial;
                adjoints[parent] = Some(adjoints[parent].map_or(term, |sum| sum + term));
            }
        }
        adjoints.into_iter().map(Option::unwrap_or_default).collect()
    }

    fn assemble(&self, order: &Order, adjoints: &[f64], seed: f64) -> Trace {
        let layout = Layout::new(self, order);
        let place = |node: &usize| layout.place[*node];
        let mut trace = Trace {
            function: self.frames[0].callee,
            nodes: Vec::with_capacity(self.nodes.len()),
            groups: Vec::with_capacity(self.frames.len() - 1),
            output: self.output.as_ref().map(place),
            value: self.value,
            seed,
        };
        for (frame, recorded) in self.frames.iter().enumerate().skip(1) {
            trace.groups.push(Group {
                name: layout.frame_names[frame].clone(),
                callee: recorded.callee,
                parent: recorded.outer.checked_sub(1),
                nodes: layout.frame_nodes[frame].clone(),
                inputs: order.inputs[frame].iter().map(place).collect(),
                outputs: order.outputs[frame].iter().map(place).collect(),
            });
        }
        for &node in &layout.nodes {
            let recorded = &self.nodes[node];
            trace.nodes.push(Node {
                name: layout.node_names[node].clone(),
                label: recorded.label,
                kind: recorded.kind,
                expression: String::new(),
                parents: recorded.parents.iter().map(place).collect(),
                partials: recorded.partials.clone(),
                value: recorded.value,
                adjoint: adjoints[node],
                group: recorded.frame.checked_sub(1),
            });
        }
        // Formulas name other nodes, so they come last.
        for (index, &node) in layout.nodes.iter().enumerate() {
            let from = trace.nodes[index].group;
            trace.nodes[index].expression = match &self.nodes[node].formula {
                Formula::Name(name) => name.clone(),
                Formula::Template { template, operands, constants } => fill(template, |placeholder| {
                    if let Some(constant) = placeholder.strip_prefix('c') {
                        return Some(number::literal(*constants.get(constant.parse::<usize>().ok()?)?));
                    }
                    Some(match operands.get(placeholder.parse::<usize>().ok()?)? {
                        Operand::Node(parent) => trace.reference(layout.place[*parent], from),
                        Operand::Constant(value) => number::significant(*value, 6),
                    })
                }),
            };
        }
        trace
    }
}

/// Where every node and frame ends up in the trace, and its name.
struct Layout {
    /// The nodes in the order of the trace.
    nodes: Vec<usize>,
    /// The inverse: the place of every node.
    place: Vec<usize>,
    node_names: Vec<String>,
    frame_names: Vec<String>,
    frame_nodes: Vec<Range<usize>>,
}

impl Layout {
    fn new(recorder: &Recorder, order: &Order) -> Self {
        let (nodes, frames) = (&recorder.nodes, &recorder.frames);
        let mut layout = Layout {
            nodes: Vec::with_capacity(nodes.len()),
            place: vec![0; nodes.len()],
            node_names: vec![String::new(); nodes.len()],
            frame_names: vec![String::new(); frames.len()],
            frame_nodes: vec![0..0; frames.len()],
        };
        for (index, node) in nodes.iter().enumerate() {
            if let Formula::Name(name) = &node.formula {
                layout.put(index, name.clone());
            }
        }
        let letter = step_letter(&layout.node_names);
        // Frames that are being laid out, each with the next item.
        let mut open = vec![(0, 0)];
        while let Some((frame, next)) = open.pop() {
            let Some(&item) = order.items[frame].get(next) else {
                layout.frame_nodes[frame].end = layout.nodes.len();
                continue;
            };
            open.push((frame, next + 1));
            let name = match frame {
                0 => format!("{letter}{}", next + 1),
                _ => format!("{}.{}", layout.frame_names[frame], next + 1),
            };
            match item {
                Item::Step(node) => layout.put(node, name),
                Item::Call(call) => {
                    layout.frame_names[call] = name;
                    layout.frame_nodes[call] = layout.nodes.len()..layout.nodes.len();
                    open.push((call, 0));
                }
            }
        }
        layout
    }

    fn put(&mut self, node: usize, name: String) {
        self.place[node] = self.nodes.len();
        self.nodes.push(node);
        self.node_names[node] = name;
    }
}

/// The node with the given id; none for a constant.
fn node(id: f64) -> Option<usize> {
    (id as usize).checked_sub(1)
}

/// `"z"`, or `"z_"`, `"z__"`, … where a parameter is called like a step.
fn step_letter(inputs: &[String]) -> String {
    let mut letter = "z".to_string();
    let taken = |letter: &str| {
        let like_a_step = |name: &String| {
            name.strip_prefix(letter).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        inputs.iter().any(like_a_step)
    };
    while taken(&letter) {
        letter.push('_');
    }
    letter
}

/// Replaces every `{..}` that `value` knows. A negative number behind an operator gets parentheses.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('}') else { break };
        match value(&rest[1..close]) {
            Some(text) if text.starts_with('-') && filled.trim_end().ends_with(['+', '-', '*', '/', '%']) => {
                filled.push('(');
                filled.push_str(&text);
                filled.push(')');
            }
            Some(text) => filled.push_str(&text),
            None => filled.push_str(&rest[..=close]),
        }
        rest = &rest[close + 1..];
    }
    filled.push_str(rest);
    filled
}

/// Records floats as inputs, with their paths.
struct Inputs<'a> {
    recorder: &'a mut Recorder,
    path: String,
    lengths: Vec<usize>,
}

impl Visitor for Inputs<'_> {
    fn scalar<S: Scalar>(&mut self, x: &S) {
        self.recorder.input(self.path.as_str(), x.to_double());
    }

    fn enter(&mut self, step: Step) {
        self.lengths.push(self.path.len());
        self.path.push_str(&step.to_string());
    }

    fn leave(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.path.truncate(length);
        }
    }
}

/// Writes consecutive ids.
struct Ids {
    next: usize,
}

impl VisitorMut for Ids {
    fn scalar_mut<S: Scalar>(&mut self, x: &mut S) {
        *x = S::from_double(self.next as f64);
        self.next += 1;
    }
}
