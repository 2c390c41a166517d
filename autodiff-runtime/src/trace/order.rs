//! The order of a trace: depth-first post-order from the result, in every call frame separately.
//!
//! A frame is the function itself (frame 0) or one call. Its items are its own steps and the calls in it; a call counts
//! as one item, whose parents are what it reads from outside. Nothing recurses, so that neither a long loop nor a deep
//! recursion of the traced function can overflow the stack.

use alloc::{collections::BTreeSet, vec, vec::Vec};
use core::ops::Range;

/// A step or call among the items of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A node, by its index in recording order.
    Step(usize),
    /// A frame, by its index in the order of entry.
    Call(usize),
}

/// What was recorded, as far as the order depends on it.
pub(super) struct Graph<'a> {
    /// The parents of every node, in recording order.
    pub(super) parents: &'a [Vec<usize>],
    /// The frame of every node.
    pub(super) frame_of: &'a [usize],
    /// Inputs are in no frame's items.
    pub(super) is_input: &'a [bool],
    /// The frame around every frame; frame 0 is its own. A frame's number is larger than that of the frame around it,
    /// and the frames inside it follow it directly.
    pub(super) outer: &'a [usize],
    /// The items of every frame, in recording order.
    pub(super) items: &'a [Vec<Item>],
    /// The node that is the function's value.
    pub(super) output: Option<usize>,
}

/// The result: every frame's items in order, and what crosses its border.
pub(super) struct Order {
    pub(super) items: Vec<Vec<Item>>,
    /// Nodes outside that a frame reads, in the order in which it mentions them.
    pub(super) inputs: Vec<Vec<usize>>,
    /// Nodes of a frame that are read outside, in recording order.
    pub(super) outputs: Vec<Vec<usize>>,
}

impl Graph<'_> {
    pub(super) fn order(&self) -> Order {
        let frames = self.outer.len();
        let subtree = self.subtrees();
        let outputs = self.outputs(&subtree);
        let mut order = Order { items: vec![Vec::new(); frames], inputs: vec![Vec::new(); frames], outputs };
        let mut done_steps = vec![false; self.parents.len()];
        let mut done_calls = vec![false; frames];
        // Inner frames first: the inputs of a call are the parents of its item in the frame around it.
        for frame in (0..frames).rev() {
            let mut ordered = Vec::with_capacity(self.items[frame].len());
            let roots = order.outputs[frame].iter().map(|&node| self.item_of(node, frame));
            let unreached = self.items[frame].iter().copied();
            // Unreached items are in recording order, which is topological: nothing is left to descend into.
            for root in roots.chain(unreached).collect::<Vec<_>>() {
                let mut stack = vec![(root, 0)];
                while let Some((item, next)) = stack.pop() {
                    let done = match item {
                        Item::Step(node) => done_steps[node],
                        Item::Call(call) => done_calls[call],
                    };
                    if done {
                        continue;
                    }
                    let reads: &[usize] = match item {
                        Item::Step(node) => &self.parents[node],
                        Item::Call(call) => &order.inputs[call],
                    };
                    if let Some(&parent) = reads.get(next) {
                        stack.push((item, next + 1));
                        if !self.is_input[parent] && subtree[frame].contains(&self.frame_of[parent]) {
                            stack.push((self.item_of(parent, frame), 0));
                        }
                        continue;
                    }
                    match item {
                        Item::Step(node) => done_steps[node] = true,
                        Item::Call(call) => done_calls[call] = true,
                    }
                    ordered.push(item);
                }
            }
            order.inputs[frame] = self.inputs(&ordered, &order.inputs, &subtree[frame]);
            order.items[frame] = ordered;
        }
        order
    }

    /// The frames inside every frame, itself included.
    fn subtrees(&self) -> Vec<Range<usize>> {
        let mut subtrees: Vec<Range<usize>> = (0..self.outer.len()).map(|frame| frame..frame + 1).collect();
        for frame in (1..self.outer.len()).rev() {
            let end = subtrees[frame].end;
            let outer = &mut subtrees[self.outer[frame]];
            outer.end = outer.end.max(end);
        }
        subtrees
    }

    /// The nodes of every frame that are read outside of it. Frame 0 is read through the function's value.
    fn outputs(&self, subtree: &[Range<usize>]) -> Vec<Vec<usize>> {
        let mut outputs = vec![BTreeSet::new(); self.outer.len()];
        let mut leave = |node: usize, reader: Option<usize>| {
            let mut frame = self.frame_of[node];
            while !self.is_input[node] && reader.is_none_or(|reader| !subtree[frame].contains(&reader)) {
                outputs[frame].insert(node);
                if frame == 0 {
                    break;
                }
                frame = self.outer[frame];
            }
        };
        for (node, parents) in self.parents.iter().enumerate() {
            for &parent in parents {
                leave(parent, Some(self.frame_of[node]));
            }
        }
        if let Some(output) = self.output {
            leave(output, None);
        }
        outputs.into_iter().map(|nodes| nodes.into_iter().collect()).collect()
    }

    /// What the frames of `inside`, whose outermost has the items `ordered`, read from outside.
    fn inputs(&self, ordered: &[Item], of_calls: &[Vec<usize>], inside: &Range<usize>) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        let mut inputs = Vec::new();
        for item in ordered {
            let reads: &[usize] = match *item {
                Item::Step(node) => &self.parents[node],
                Item::Call(call) => &of_calls[call],
            };
            for &node in reads {
                // Inputs of the function are in frame 0, but outside of every call.
                if !inside.contains(&self.frame_of[node]) && seen.insert(node) {
                    inputs.push(node);
                }
            }
        }
        inputs
    }

    /// The item of `frame` that `node`, somewhere inside it, belongs to.
    fn item_of(&self, node: usize, frame: usize) -> Item {
        let mut call = self.frame_of[node];
        if call == frame {
            return Item::Step(node);
        }
        while self.outer[call] != frame {
            call = self.outer[call];
        }
        Item::Call(call)
    }
}
