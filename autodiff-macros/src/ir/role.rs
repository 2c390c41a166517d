//! What the parameters and results of a function mean: which parameter or result of the user's each is, or which
//! derivative of one.

/// What a parameter or result of a [`Func`](super::Func) is: a parameter or result of the user's function, differentiated by the
/// marks in order (`x` with `[Bar]` is x̄; with `[Bar, Dot]` the tangent of x̄).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Role {
    pub(crate) origin: Origin,
    pub(crate) marks: Vec<Mark>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    Param(usize),
    /// The j-th part of the result.
    Result(usize),
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mark {
    /// The tangent in the direction of this number, from 1.
    Dot(usize),
    Bar,
}

impl Role {
    pub(crate) fn param(i: usize) -> Role {
        Role { origin: Origin::Param(i), marks: Vec::new() }
    }

    pub(crate) fn result(j: usize) -> Role {
        Role { origin: Origin::Result(j), marks: Vec::new() }
    }

    pub(crate) fn marked(&self, mark: Mark) -> Role {
        let mut marks = self.marks.clone();
        marks.push(mark);
        Role { origin: self.origin, marks }
    }

    /// The set of directions of which it is the tangent, numbered as the layers of [`Dotted`](super::Dotted) are.
    pub(crate) fn layer(&self) -> usize {
        self.marks.iter().fold(0, |layer, mark| match mark {
            Mark::Dot(direction) => layer | 1 << (direction - 1),
            Mark::Bar => layer,
        })
    }

    pub(crate) fn is_bar(&self) -> bool {
        self.marks.first() == Some(&Mark::Bar)
    }

    /// How many directions there are, as far as this one tells.
    pub(crate) fn directions(&self) -> usize {
        let direction = |mark: &Mark| match mark {
            Mark::Dot(direction) => *direction,
            Mark::Bar => 0,
        };
        self.marks.iter().map(direction).max().unwrap_or(0)
    }
}
