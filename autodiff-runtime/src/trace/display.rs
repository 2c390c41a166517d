//! The textbook's table: the forward primal trace on the left, the reverse adjoint trace on the right.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::fmt;

use super::{StepKind, Trace, number::significant, width::columns};

/// Adjoints with more terms than this are shortened.
const MAX_TERMS: usize = 4;

/// One line: `name = formula = value  kind │ name_bar = terms = adjoint`.
struct Row {
    cells: [String; 7],
}

/// Prints the forward primal trace and, on the same lines, the reverse adjoint trace, which is read upwards from the
/// seed in the last line. A precision gives the significant digits: `{trace:.3}`; the default is 6.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows(f.precision().unwrap_or(6));
        let mut widths = [0; 7];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(&row.cells) {
                *width = columns(cell).max(*width);
            }
        }
        let [name, formula, value, kind, ..] = widths;
        let left = name + 3 + formula + 3 + value + 2 + kind;
        let heading = format!("{}: forward primal trace", self.function());
        let left = left.max(columns(&heading));
        write!(f, "{heading}{:1$} │ reverse adjoint trace, read upwards", "", left - columns(&heading))?;
        for row in &rows {
            let [name, formula, value, kind, bar_name, terms, adjoint] = &row.cells;
            let mut line = padded(name, widths[0]);
            line += &format!("{}{}", if formula.is_empty() { "   " } else { " = " }, padded(formula, widths[1]));
            line += &format!("{}{}", if value.is_empty() { "   " } else { " = " }, padded(value, widths[2]));
            line += &format!("  {kind}");
            line = padded(&line, left) + " │";
            if !bar_name.is_empty() {
                line += &format!(" {}", padded(bar_name, widths[4]));
                line += &format!("{}{}", if terms.is_empty() { "   " } else { " = " }, padded(terms, widths[5]));
                line += &format!(" = {adjoint}");
            }
            write!(f, "\n{line}")?;
        }
        Ok(())
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{:1$}", "", width.saturating_sub(columns(text)))
}

impl Trace {
    fn rows(&self, digits: usize) -> Vec<Row> {
        let children = self.children();
        let output_name = self.output_name();
        let mut rows = Vec::with_capacity(self.nodes.len() + self.groups.len() + 1);
        // Calls by their place; of two that start at the same step, the outer one was entered first.
        let mut calls: Vec<usize> = (0..self.groups.len()).collect();
        calls.sort_by_key(|&call| (self.groups[call].nodes.start, call));
        let mut calls = calls.into_iter().peekable();
        for (index, node) in self.nodes.iter().enumerate() {
            while let Some(call) = calls.next_if(|&call| self.groups[call].nodes.start == index) {
                rows.push(self.call_row(call, digits));
            }
            let indent = "  ".repeat(self.depth(node.group));
            let label = node.label.map(|label| format!(" ({label})")).unwrap_or_default();
            let formula = if node.kind == StepKind::Input { String::new() } else { node.expression.clone() };
            let mut terms: Vec<String> = Vec::new();
            if self.output == Some(index) {
                terms.push(format!("{output_name}_bar"));
            }
            for &(child, partial) in children[index].iter().take(MAX_TERMS) {
                terms.push(format!("{}_bar * {}", self.nodes[child].name, factor(partial, digits)));
            }
            if let Some(more) = children[index].len().checked_sub(MAX_TERMS + 1) {
                terms.push(format!("… ({} more)", more + 1));
            }
            rows.push(Row {
                cells: [
                    format!("{indent}{}{label}", node.name),
                    formula,
                    significant(node.value, digits),
                    node.kind.to_string(),
                    format!("{}_bar", node.name),
                    terms.join(" + "),
                    significant(node.adjoint, digits),
                ],
            });
        }
        rows.push(Row {
            cells: [
                output_name.clone(),
                self.output.map(|output| self.reference(output, None)).unwrap_or_default(),
                significant(self.value, digits),
                if self.output.is_none() { "constant".into() } else { String::new() },
                format!("{output_name}_bar"),
                String::new(),
                significant(self.seed, digits),
            ],
        });
        rows
    }

    /// The line of a call, above those of its steps.
    fn call_row(&self, index: usize, digits: usize) -> Row {
        let group = &self.groups[index];
        let arguments: Vec<String> = group.inputs.iter().map(|&node| self.reference(node, group.parent)).collect();
        let value = match group.outputs[..] {
            [output] => significant(self.nodes[output].value, digits),
            _ => String::new(),
        };
        Row {
            cells: [
                format!("{}{}", "  ".repeat(self.depth(group.parent)), group.name),
                format!("{}({})", group.callee, arguments.join(", ")),
                value,
                "call".into(),
                String::new(),
                String::new(),
                String::new(),
            ],
        }
    }

    /// The steps that read each node, with the partial of each.
    fn children(&self) -> Vec<Vec<(usize, f64)>> {
        let mut children = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            for (&parent, &partial) in node.parents.iter().zip(&node.partials) {
                children[parent].push((index, partial));
            }
        }
        children
    }

    fn depth(&self, group: Option<usize>) -> usize {
        core::iter::successors(group, |&group| self.groups[group].parent).count()
    }

    /// `y`, unless a parameter is called so.
    fn output_name(&self) -> String {
        let taken = self.inputs().any(|input| input.name.split(['.', '[']).next() == Some("y"));
        if taken { "output".into() } else { "y".into() }
    }
}

fn factor(partial: f64, digits: usize) -> String {
    let text = significant(partial, digits);
    if text.starts_with('-') { format!("({text})") } else { text }
}
