//! Hessians whose zeros are known: one Hessian-vector product per colour.
//!
//! Two columns of a Hessian that have no row in common can be had from one product with the sum of their unit vectors:
//! each row of the product holds the entry of one of them. Columns that may share a product get one colour, and the
//! number of colours, not of parameters, is the cost: 1 for a diagonal Hessian, `2 b + 1` for one of half bandwidth
//! `b`, the size of the largest block for a block-diagonal one.
//!
//! Source: A. Curtis, M. Powell and J. Reid, *On the estimation of sparse Jacobian matrices*, J. Inst. Maths Applics 13,
//! 1974; T. Coleman and J. Moré, *Estimation of sparse Jacobian matrices and graph coloring problems*, SIAM J. Numer.
//! Anal. 20, 1983. Entries are read off directly, so that each is as exact as the product that it comes from.

use alloc::{vec, vec::Vec};
use core::fmt;

use nalgebra::DVector;

use super::{SolveError, flat};
use crate::Differentiable;
use crate::check::SplitMix64;

/// Where a symmetric matrix may have entries other than 0, with a colouring of its columns.
///
/// # Example
///
/// A chain, `f(x) = Σ (xᵢ₊₁ − xᵢ²)²`, couples neighbours only: its Hessian is tridiagonal, and three products are
/// enough whatever the number of variables.
///
/// ```
/// use autodiff_runtime::second_order::Structure;
///
/// let hvp = |x: &Vec<f64>, v: &Vec<f64>| {
///     let mut product = vec![0.0; x.len()];
///     for i in 0..x.len() - 1 {
///         product[i] += (12.0 * x[i] * x[i] - 4.0 * x[i + 1]) * v[i] - 4.0 * x[i] * v[i + 1];
///         product[i + 1] += 2.0 * v[i + 1] - 4.0 * x[i] * v[i];
///     }
///     product
/// };
///
/// let x = vec![0.5; 1000];
/// let chain = Structure::banded(1000, 1);
/// assert_eq!(chain.colours(), 3);
/// let hessian = chain.hessian(&x, hvp)?;
/// assert_eq!(hessian.get(7, 8), -2.0);
/// assert_eq!(hessian.get(7, 9), 0.0);
///
/// // Is that all? One more product confirms it.
/// assert!(chain.check(&x, hvp, 0)?.is_confirmed());
/// assert!(!Structure::diagonal(1000).check(&x, hvp, 0)?.is_confirmed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Structure {
    /// The columns of each row's entries, in increasing order.
    rows: Vec<Vec<usize>>,
    /// The colour of each column, from 0.
    colour: Vec<usize>,
    colours: usize,
}

/// A pattern or colouring that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StructureError {
    /// An entry outside of the matrix.
    OutOfRange {
        /// The index that is too large.
        index: usize,
        /// The number of rows and columns.
        n: usize,
    },
    /// A colouring that does not name one colour for each column.
    Colours {
        /// The number of columns.
        expected: usize,
        /// How many colours were named.
        got: usize,
    },
    /// Two columns of one colour have an entry in the same row, so that a product mixes them.
    Conflict {
        /// The row.
        row: usize,
        /// The first column.
        first: usize,
        /// The second column.
        second: usize,
    },
}

impl fmt::Display for StructureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { index, n } => write!(f, "an entry has the index {index}, but the matrix is {n} × {n}"),
            Self::Colours { expected, got } => write!(f, "{got} colours are given for {expected} columns"),
            Self::Conflict { row, first, second } => {
                write!(f, "columns {first} and {second} have one colour and both an entry in row {row}")
            }
        }
    }
}

impl core::error::Error for StructureError {}

impl Structure {
    /// Nothing beside the diagonal: one colour.
    pub fn diagonal(n: usize) -> Self {
        Self::banded(n, 0)
    }

    /// Entries up to `half_bandwidth` beside the diagonal, 1 for a tridiagonal matrix: `2 half_bandwidth + 1` colours,
    /// or `n` if that is less.
    pub fn banded(n: usize, half_bandwidth: usize) -> Self {
        let colours = half_bandwidth.saturating_mul(2).saturating_add(1).min(n);
        let row = |i: usize| {
            (i.saturating_sub(half_bandwidth)..n.min(i.saturating_add(half_bandwidth).saturating_add(1))).collect()
        };
        Self { rows: (0..n).map(row).collect(), colour: (0..n).map(|i| i % colours).collect(), colours }
    }

    /// Full blocks of the given sizes along the diagonal: as many colours as the largest block has rows.
    pub fn block_diagonal(sizes: &[usize]) -> Self {
        let (mut rows, mut colour) = (Vec::new(), Vec::new());
        for &size in sizes {
            let start = rows.len();
            rows.extend((0..size).map(|_| (start..start + size).collect()));
            colour.extend(0..size);
        }
        Self { rows, colour, colours: sizes.iter().copied().max().unwrap_or(0) }
    }

    /// Any entries: those of the diagonal, and `entries` and their mirror images. The columns are coloured greedily in
    /// their order, which is at most the square of the largest number of entries in a row, and often close to that
    /// number itself.
    ///
    /// # Errors
    ///
    /// [`StructureError::OutOfRange`].
    pub fn sparse(n: usize, entries: &[(usize, usize)]) -> Result<Self, StructureError> {
        let rows = pattern(n, entries)?;
        let mut colour = vec![usize::MAX; n];
        // `taken[c]` is the last column that could not have the colour `c`.
        let mut taken = vec![usize::MAX; n];
        let mut colours = 0;
        for column in 0..n {
            for &row in &rows[column] {
                for &other in &rows[row] {
                    if let Some(last) = taken.get_mut(colour[other]) {
                        *last = column;
                    }
                }
            }
            // A column meets at most n − 1 others, so that one of n colours is free.
            let free = taken.iter().position(|&last| last != column).unwrap_or(column);
            colour[column] = free;
            colours = colours.max(free + 1);
        }
        Ok(Self { rows, colour, colours })
    }

    /// Entries as in [`Structure::sparse`], with a colouring of one's own: `colours[j]` is that of column `j`, from 0.
    ///
    /// # Errors
    ///
    /// See [`StructureError`].
    pub fn coloured(n: usize, entries: &[(usize, usize)], colours: &[usize]) -> Result<Self, StructureError> {
        let rows = pattern(n, entries)?;
        if colours.len() != n {
            return Err(StructureError::Colours { expected: n, got: colours.len() });
        }
        for (row, columns) in rows.iter().enumerate() {
            for (place, &first) in columns.iter().enumerate() {
                if let Some(&second) = columns[place + 1..].iter().find(|&&other| colours[other] == colours[first]) {
                    return Err(StructureError::Conflict { row, first, second });
                }
            }
        }
        // Colours that no column has would cost products with zero.
        let mut used = colours.to_vec();
        used.sort_unstable();
        used.dedup();
        let colour = colours.iter().map(|colour| used.partition_point(|other| other < colour)).collect();
        Ok(Self { rows, colour, colours: used.len() })
    }

    /// The number of rows and of columns.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many Hessian-vector products a Hessian costs.
    pub fn colours(&self) -> usize {
        self.colours
    }

    /// The Hessian at `x`, from one product `hvp(x, v)` per colour.
    ///
    /// Where the true Hessian has entries outside of the structure the result is wrong; [`Structure::check`] finds out.
    ///
    /// # Errors
    ///
    /// [`SolveError::Length`] when `x` or a product does not hold as many floats as the structure has rows.
    pub fn hessian<P: Differentiable<Scalar = f64>>(
        &self,
        x: &P,
        mut hvp: impl FnMut(&P, &P) -> P,
    ) -> Result<StructuredHessian<'_>, SolveError> {
        let n = self.len();
        SolveError::check_len("point", n, x.flat_len())?;
        let mut values: Vec<Vec<f64>> = self.rows.iter().map(|columns| vec![0.0; columns.len()]).collect();
        for colour in 0..self.colours {
            let seed = DVector::from_fn(n, |j, _| f64::from(u8::from(self.colour[j] == colour)));
            let product = flat::vector("hessian-vector product", &hvp(x, &flat::shaped(x, &seed)), n)?;
            for ((values, columns), &entry) in values.iter_mut().zip(&self.rows).zip(&product) {
                let places = values.iter_mut().zip(columns);
                for (value, _) in places.filter(|&(_, &column)| self.colour[column] == colour) {
                    *value = entry;
                }
            }
        }
        Ok(StructuredHessian { structure: self, values })
    }

    /// Whether the Hessian at `x` really is of this structure: recovers it and compares its product with a random
    /// vector of the given `seed` with `hvp`, which makes one product more than [`Structure::hessian`].
    ///
    /// An entry outside of the structure that is not 0 changes that product but for a set of vectors of probability 0;
    /// in floating point it is seen if it is larger than about 10⁻¹⁰ of the other entries of its row. An entry that is
    /// 0 at `x` and not elsewhere is not seen: choose an `x` without symmetries.
    ///
    /// # Errors
    ///
    /// As [`Structure::hessian`].
    pub fn check<P: Differentiable<Scalar = f64>>(
        &self,
        x: &P,
        mut hvp: impl FnMut(&P, &P) -> P,
        seed: u64,
    ) -> Result<StructureCheck, SolveError> {
        let n = self.len();
        let hessian = self.hessian(x, &mut hvp)?;
        let mut random = SplitMix64(seed);
        let probe = DVector::from_fn(n, |_, _| random.signed());
        let product = flat::vector("hessian-vector product", &hvp(x, &flat::shaped(x, &probe)), n)?;
        let mut wrong_rows = Vec::new();
        for ((row, entries), &expected) in hessian.rows().enumerate().zip(&product) {
            let (mut sum, mut magnitude) = (0.0, expected.abs());
            for (column, value) in entries {
                sum += value * probe[column];
                magnitude += (value * probe[column]).abs();
            }
            // Not `>`: a NaN is wrong.
            let close = (sum - expected).abs() <= PROBE_TOLERANCE * magnitude;
            if !close {
                wrong_rows.push(row);
            }
        }
        Ok(StructureCheck { wrong_rows, products: self.colours + 1 })
    }
}

/// What rounding may do to a product, relative to the magnitude of its terms. The terms that the Hessian-vector
/// product itself cancelled are not seen here, hence the distance to the machine epsilon.
const PROBE_TOLERANCE: f64 = 1e-10;

/// The sorted columns of each row: the diagonal, `entries` and their mirror images.
fn pattern(n: usize, entries: &[(usize, usize)]) -> Result<Vec<Vec<usize>>, StructureError> {
    let mut rows: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    for &(i, j) in entries {
        let index = i.max(j);
        if index >= n {
            return Err(StructureError::OutOfRange { index, n });
        }
        rows[i].push(j);
        rows[j].push(i);
    }
    for row in &mut rows {
        row.sort_unstable();
        row.dedup();
    }
    Ok(rows)
}

/// What [`Structure::check`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct StructureCheck {
    /// The rows in which the Hessian has entries outside of the structure, or in which it is not finite.
    pub wrong_rows: Vec<usize>,
    /// How many Hessian-vector products it took.
    pub products: usize,
}

impl StructureCheck {
    /// Whether the structure holds.
    pub fn is_confirmed(&self) -> bool {
        self.wrong_rows.is_empty()
    }
}

/// A Hessian recovered from products: the entries of a [`Structure`], all others being 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StructuredHessian<'s> {
    structure: &'s Structure,
    /// In each row, the values of the structure's columns.
    values: Vec<Vec<f64>>,
}

impl StructuredHessian<'_> {
    /// The entry in row `i` and column `j`.
    ///
    /// # Panics
    ///
    /// When there is no row `i`.
    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.structure.rows[i].binary_search(&j).map_or(0.0, |place| self.values[i][place])
    }

    /// The diagonal.
    pub fn diagonal(&self) -> Vec<f64> {
        (0..self.values.len()).map(|i| self.get(i, i)).collect()
    }

    /// The rows in order, each as its columns and values.
    pub fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, f64)>> {
        let rows = self.structure.rows.iter().zip(&self.values);
        rows.map(|(columns, values)| columns.iter().copied().zip(values.iter().copied()))
    }

    /// The full matrix, row by row, as [`Newton`](super::Newton) takes it.
    pub fn to_dense(&self) -> Vec<Vec<f64>> {
        let n = self.values.len();
        self.rows()
            .map(|entries| {
                let mut row = vec![0.0; n];
                entries.for_each(|(column, value)| row[column] = value);
                row
            })
            .collect()
    }
}
