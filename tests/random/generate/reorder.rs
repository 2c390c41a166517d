//! What puts the elements of arrays into another order, and what makes room among them: `rotate_left`, `sort_by`,
//! `copy_within`, `insert`, `remove`.

use super::body::Body;
use super::growing::LONGEST;
use super::scope::Dim;

impl Body<'_> {
    /// Another order of the elements of a list.
    pub(super) fn reorder(&mut self) {
        let found = self.scope.find(|var| var.mutable && var.dims.len() == 1 && var.is_plain() && var.typed);
        if found.is_empty() {
            return self.let_array();
        }
        let position = self.random.one(&found);
        let var = self.scope.var(position).clone();
        let (name, Dim { min, max, .. }) = (&var.segments[0], var.dims[0].clone());
        if var.growing && self.random.chance(60) {
            return self.make_room(position);
        }
        match self.random.below(6) {
            0 if min > 0 => {
                let (way, n) = (self.random.pick(&["left", "right"]), self.random.within(0, min));
                self.line(format!("{name}.rotate_{way}({n});"));
            }
            1 | 2 => {
                let (a, b) = (self.fresh("a"), self.fresh("b"));
                let (first, second) = if self.random.chance(50) { (&a, &b) } else { (&b, &a) };
                self.line(format!("{name}.sort_by(|{a}, {b}| {first}.partial_cmp({second}).unwrap());"));
            }
            3 if min > 1 => {
                let n = self.random.within(1, min - 1);
                let (from, to) = (self.random.within(0, min - n), self.random.within(0, min - n));
                self.line(format!("{name}.copy_within({from}..{}, {to});", from + n));
            }
            4 if max > 0 => self.line(format!("{name}.reverse();")),
            _ => self.move_elements(),
        }
    }

    /// `v.insert(1, x);`, `let x = v.remove(0);`
    fn make_room(&mut self, position: usize) {
        let var = self.scope.var(position).clone();
        let (name, Dim { len, min, max }) = (&var.segments[0], var.dims[0].clone());
        let always = var.level == self.level() && self.loops.is_empty();
        let runs = self.scope.runs_since(var.loops);
        let shrinks = !self.scope.ints().iter().any(|int| int.below.contains(&len));
        if max + runs <= LONGEST && self.random.chance(60) {
            let value = self.pushed_value(Some(&var));
            let at = self.random.within(0, min);
            // What is inserted may read it.
            let inserted = self.scalar_name();
            self.line(format!("let {inserted} = {value};"));
            self.line(format!("{name}.insert({at}, {inserted});"));
            let changed = self.scope.var_mut(position);
            (changed.dims[0].min, changed.dims[0].max) = (min + usize::from(always), max + runs);
            changed.ragged |= !always;
        } else if shrinks && always && min > 0 {
            let (taken, at) = (self.scalar_name(), self.random.within(0, min - 1));
            self.line(format!("let {taken}: {} = {name}.remove({at});", var.float.name()));
            self.declare_scalar(&taken, var.float, var.bounds);
            let changed = self.scope.var_mut(position);
            (changed.dims[0].min, changed.dims[0].max) = (min - 1, max - 1);
        } else {
            self.move_elements();
        }
    }
}
