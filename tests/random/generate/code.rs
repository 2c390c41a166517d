//! Pieces of Rust source, with what is known of their values.
//!
//! Every float expression carries bounds: an interval of its value and its *gain*, how fast it can change when all active
//! inputs of the function change at rate 1. They are upper bounds by interval arithmetic, jumps left aside. With them
//! arguments stay inside of the domains of the primitives, loops do not grow without bound, and the differences that
//! the derivatives are compared with stay well conditioned.

/// How tightly an expression binds.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prec {
    /// In parentheses wherever it is an operand.
    Loose,
    Sum,
    Product,
    Unary,
    Atom,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Float {
    F32,
    F64,
    /// The type parameter of a generic function.
    Generic,
}

impl Float {
    pub(super) fn name(self) -> &'static str {
        match self {
            Float::F32 => "f32",
            Float::F64 => "f64",
            Float::Generic => "T",
        }
    }

    /// An integer as a float.
    pub(super) fn of_int(self, int: &str) -> String {
        match self {
            Float::Generic => format!("T::from({int}).unwrap()"),
            float => format!("{int} as {}", float.name()),
        }
    }

    /// Where a generic function is called with `float`.
    pub(super) fn at(self, float: Float) -> Float {
        if self == Float::Generic { float } else { self }
    }

    pub(super) fn other(self) -> Float {
        match self {
            Float::F32 => Float::F64,
            Float::F64 => Float::F32,
            Float::Generic => Float::Generic,
        }
    }
}

/// What is known of a value: `lo <= x <= hi` and `|dx| <= gain`.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) lo: f64,
    pub(super) hi: f64,
    pub(super) gain: f64,
}

impl Bounds {
    pub(super) fn new(lo: f64, hi: f64, gain: f64) -> Self {
        Self { lo, hi, gain }
    }

    pub(super) fn symmetric(abs: f64, gain: f64) -> Self {
        Self::new(-abs, abs, gain)
    }

    pub(super) fn abs(self) -> f64 {
        self.lo.abs().max(self.hi.abs())
    }

    pub(super) fn neg(self) -> Self {
        Self::new(-self.hi, -self.lo, self.gain)
    }

    pub(super) fn add(self, other: Self) -> Self {
        Self::new(self.lo + other.lo, self.hi + other.hi, self.gain + other.gain)
    }

    pub(super) fn mul(self, other: Self) -> Self {
        let ends = [self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi];
        Self::new(
            ends.iter().copied().fold(f64::INFINITY, f64::min),
            ends.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            self.gain * other.abs() + self.abs() * other.gain,
        )
    }

    /// Of a positive number.
    pub(super) fn recip(self) -> Self {
        self.through(|x| 1.0 / x, 1.0 / (self.lo * self.lo))
    }

    /// Of either.
    pub(super) fn or(self, other: Self) -> Self {
        Self::new(self.lo.min(other.lo), self.hi.max(other.hi), self.gain.max(other.gain))
    }

    /// Through a monotone function with at most the given slope.
    pub(super) fn through(self, f: impl Fn(f64) -> f64, slope: f64) -> Self {
        let (a, b) = (f(self.lo), f(self.hi));
        Self::new(a.min(b), a.max(b), self.gain * slope)
    }
}

/// A float expression.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) text: String,
    pub(super) prec: Prec,
    pub(super) bounds: Bounds,
    /// Whether its tokens say its type; those of a call do not.
    pub(super) typed: bool,
}

impl Expr {
    pub(super) fn atom(text: impl Into<String>, bounds: Bounds) -> Self {
        Self { text: text.into(), prec: Prec::Atom, bounds, typed: true }
    }

    pub(super) fn loose(text: impl Into<String>, bounds: Bounds) -> Self {
        Self { text: text.into(), prec: Prec::Loose, bounds, typed: true }
    }

    /// A literal without a suffix: its type comes from the other operand.
    pub(super) fn literal(x: f64) -> Self {
        let prec = if x < 0.0 { Prec::Unary } else { Prec::Atom };
        Self { text: format!("{x:?}"), prec, bounds: Bounds::new(x, x, 0.0), typed: false }
    }

    /// The text where at least `prec` is needed.
    pub(super) fn at(&self, prec: Prec) -> String {
        if self.prec >= prec { self.text.clone() } else { format!("({})", self.text) }
    }

    /// `self.method(args)`.
    pub(super) fn method(&self, method: &str, args: &[&str], bounds: Bounds) -> Self {
        // Integers have some of them too.
        let typed = self.typed || !matches!(method, "abs" | "signum" | "min" | "max" | "clamp");
        Self { typed, ..Self::atom(format!("{}.{method}({})", self.at(Prec::Atom), args.join(", ")), bounds) }
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let text = format!("{} + {}", self.at(Prec::Sum), other.at(Prec::Product));
        Self { text, prec: Prec::Sum, bounds: self.bounds.add(other.bounds), typed: self.typed || other.typed }
    }

    pub(super) fn sub(&self, other: &Self) -> Self {
        let text = format!("{} - {}", self.at(Prec::Sum), other.at(Prec::Product));
        let bounds = self.bounds.add(other.bounds.neg());
        Self { text, prec: Prec::Sum, bounds, typed: self.typed || other.typed }
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        let text = format!("{} * {}", self.at(Prec::Product), other.at(Prec::Unary));
        // A square is not negative, which interval arithmetic does not see.
        let mut bounds = self.bounds.mul(other.bounds);
        if self.text == other.text {
            bounds.lo = bounds.lo.max(0.0);
        }
        Self { text, prec: Prec::Product, bounds, typed: self.typed || other.typed }
    }

    /// By a positive number.
    pub(super) fn div(&self, other: &Self) -> Self {
        let text = format!("{} / {}", self.at(Prec::Product), other.at(Prec::Unary));
        let bounds = self.bounds.mul(other.bounds.recip());
        Self { text, prec: Prec::Product, bounds, typed: self.typed || other.typed }
    }

    pub(super) fn neg(&self) -> Self {
        let text = format!("-{}", self.at(Prec::Atom));
        Self { text, prec: Prec::Unary, bounds: self.bounds.neg(), typed: self.typed }
    }
}

/// An expression of type `usize`: `lo <= n <= hi`, and less than every length in `below`.
#[derive(Clone, Debug)]
pub(super) struct Int {
    pub(super) text: String,
    pub(super) atom: bool,
    pub(super) lo: usize,
    pub(super) hi: usize,
    pub(super) below: Vec<String>,
}

impl Int {
    pub(super) fn literal(n: usize) -> Self {
        Self { text: n.to_string(), atom: true, lo: n, hi: n, below: Vec::new() }
    }

    pub(super) fn var(name: &str, lo: usize, hi: usize, below: Vec<String>) -> Self {
        Self { text: name.to_owned(), atom: true, lo, hi, below }
    }

    pub(super) fn compound(text: String, lo: usize, hi: usize) -> Self {
        Self { text, atom: false, lo, hi, below: Vec::new() }
    }

    pub(super) fn operand(&self) -> String {
        if self.atom { self.text.clone() } else { format!("({})", self.text) }
    }
}
