//! Random functions in the language of `#[differentiate]`, compiled by rustc, and what their derivatives have to satisfy.
//!
//! The build script writes the functions (`generate/`). [`check`] compares their derivatives with differences and with
//! each other; [`transcript`] holds the bits of everything that they compute, so that a debug build and a release build
//! can be compared.
//!
//! More functions, and others:
//!
//! ```sh
//! RANDOM_PROGRAMS=2000 RANDOM_PROGRAMS_SEED=7 cargo test --package autodiff-tests-random
//! ```
//!
//! Twenty thousand, in batches, and bugs in the compiler that they have to find:
//!
//! ```sh
//! cargo run --package autodiff-tests-nightly -- run
//! cargo run --package autodiff-tests-nightly -- bugs
//! ```
//!
//! What they have come to, in version 0.1.0:
//!
//! - 7,975 functions of a smaller language (seeds 1000 to 1019) and 12,387 with options of floats, lazy adaptors, reordered
//!   elements and calls that write and return arrays and structs (seeds 4000 to 4004, 6000 to 6012 and 6100 to 6112), on
//!   successive states of the compiler. They found one wrong gradient: a cotangent of a struct was read in its constant fields.
//! - 19,997 in one run (seeds 7000 to 7049): no wrong derivative; three refusals, which are mended, and a kink that the checker
//!   took for a mistake.
//! - 18,384 in one run with vectors of arrays and structs that grow, more jumps, and arrays that are overwritten after calls
//!   (seeds 8000 to 8044). They found one wrong Hessian-vector product, which is mended: of calls whose active arguments are all
//!   behind `&mut`. (Before that, a panic of a vector that is passed twice and grows.) The rest were functions that are no
//!   Rust or panic themselves, a false alarm of the checker, and refusals. One of these was left: `vec![SCALE.abs(); 4]`, of
//!   constants whose type does not show, which the functions avoid since.
//! - 19,996 in one run (seeds 9000 to 9049): no wrong derivative; three refusals, which are mended, and a function that panics
//!   itself. What was mended led to two wrong gradients that no function had shown: constants of unknown types over parts of
//!   structs, and copies of structs with something active in constant fields. Since then functions write such constants, copy
//!   parts, and change structs from constructors.
//! - 19,990 in one run (seeds 14000 to 14049) with choices in structs, more structs, parts of parts, and jumps out
//!   of labelled loops: no wrong derivative; seven refusals of three kinds, which are mended: fields of results of calls that
//!   were taken for floats though they are only handed on, or a constant of another type is written over them, and a count
//!   that was taken to change with the fields beside it.
//! - 19,998 in one run (seeds 15000 to 15049). They found one wrong value with its derivatives, which is mended: a `for` loop over
//!   `.take(n)` behind a `filter` and the like left out what follows a block with a `break`, for the last element. The rest were two
//!   refusals of one kind, which are mended, and a false alarm of the checker: values that cancel but for their last bits.
//! - 19,999 in one run (seeds 18000 to 18049) with more of such loops and of update syntax: no wrong derivative; one refusal, which
//!   is mended: a field of a function of two floats that is multiplied by a constant.
//! - 20,000 in one run (seeds 21000 to 21049): nothing was found.
//! - 19,987 in one run (seeds 24000 to 24049) with arrays, tuples and rows that are taken off vectors: no wrong derivative; three
//!   refusals, which are mended.
//! - 19,986 in one run (seeds 26000 to 26049) with rows and fields whose lengths change: no wrong derivative; six refusals, which are
//!   mended.
//! - 19,993 in one run (seeds 28000 to 28049): no wrong derivative; six refusals of three kinds, which are mended: rows of constants
//!   that are taken off, arrays of parts of structs that nothing tells the type of, and choices that are written to a field and used
//!   besides.
//! - 19,999 in one run (seeds 29000 to 29049): nothing but a function that was no Rust, which is not written any more.
//! - 20,000 in one run on the same compiler (seeds 30000 to 30049) with more update syntax: nothing was found, and nothing left out.

pub mod check;
mod flat;
pub mod paste;
mod programs;
mod random;
pub mod summary;
pub mod transcript;

/// How many choices of lengths and constants there are for each function.
pub const VARIANTS: usize = 3;

/// How many functions there are, from the environment variable `RANDOM_PROGRAMS` when this was compiled.
pub const COUNT: &str = env!("RANDOM_PROGRAMS");

/// What they were made from, from the environment variable `RANDOM_PROGRAMS_SEED` when this was compiled.
pub const SEED: &str = env!("RANDOM_PROGRAMS_SEED");

/// A function of flat lists: the variant, the active inputs.
type Values<T> = fn(usize, &[f64]) -> T;

/// The same with a seed or a direction besides.
type Derivative = fn(usize, &[f64], &[f64]) -> Pair;

/// The Hessian times a direction.
type Product = fn(usize, &[f64], &[f64]) -> Vec<f64>;

/// A value, and a gradient or tangent.
type Pair = (Vec<f64>, Vec<f64>);

/// A random function and its derivatives. Points, directions, values and gradients are flat lists of the floats.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    id: usize,
    source: &'static str,
    /// The functions that it calls.
    needs: &'static [usize],
    /// The structs that it takes.
    models: &'static [usize],
    /// How many integers it returns; they come after the floats.
    integers: usize,
    /// Whether some `f32` is in it or in what it calls.
    single: bool,
    /// Whether `powf` or `powi` is.
    powers: bool,
    inputs: fn(usize) -> usize,
    value: Values<Vec<f64>>,
    /// The same function with every `f32` an `f64`: itself where there is none.
    wide: Values<Vec<f64>>,
    wide_vjp: Derivative,
    wide_jvp: Derivative,
    value_and_grad: Option<Values<Pair>>,
    vjp: Derivative,
    /// Adds to the numbers of the last list.
    vjp_into: fn(usize, &[f64], &[f64], &[f64]) -> Pair,
    jvp: Derivative,
    pullback: Option<Derivative>,
    /// A row of derivatives for each float of the result.
    jacobian: Option<Values<Vec<f64>>>,
    hvp: Option<Product>,
    trace: Option<Values<(f64, Vec<f64>)>>,
    /// The struct that it is a method of.
    owner: Option<&'static str>,
    /// The arguments, written out.
    written: Values<String>,
}

impl Case {
    /// All of them.
    pub fn all() -> &'static [Case] {
        &programs::CASES
    }

    /// The one of this number.
    fn of(id: usize) -> &'static Case {
        Self::all().iter().find(|case| case.id == id).expect("what is called is there")
    }

    /// The name of the function.
    pub fn name(&self) -> String {
        format!("program_{}", self.id)
    }

    /// How many floats it returns.
    fn outputs(&self, variant: usize) -> usize {
        (self.value)(variant, &vec![0.0; (self.inputs)(variant)]).len() - self.integers
    }

    /// Whether some `f32` is in it or in what it calls.
    pub fn is_single(&self) -> bool {
        self.single
    }
}
