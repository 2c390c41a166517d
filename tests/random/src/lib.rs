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
//! What they have come to, in version 0.1.0. The language that they are written in has grown: options of floats, lazy
//! adaptors, reordered elements, calls that write and that return arrays and structs. Of this language 12,387 functions
//! have been checked (seeds 4000 to 4004, 6000 to 6012 and 6100 to 6112), and 7,975 of the smaller one before (seeds 1000 to
//! 1019); twenty thousand of one state of the compiler in one run are still to come. They found one wrong gradient: a
//! cotangent of a struct was read in its constant fields too, which mattered where the function had made those of active
//! values. They also found a weakness of [`Check`](autodiff_runtime::check::Check), which took the slope of another branch,
//! met at both ends of the large steps, for the derivative; and refusals and errors of rustc in generated code: ranges and
//! arithmetic of numbers whose types only rustc knows, options of constants, arrays that are made without derivatives and
//! changed. All are mended but a refusal: `best = Some(SCALE)`, where the variable's first `Option` is passed through.

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
    /// Whether `powf` is.
    powf: bool,
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

    /// Whether rustc may fold a `powf` of it differently in a debug and a release build.
    pub fn has_powf(&self) -> bool {
        self.powf
    }
}
