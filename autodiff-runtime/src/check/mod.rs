//! The gradient checker: are these the derivatives of this function?
//!
//! Use it on a rule of your own, on a hand-written adjoint, or on generated code. At a point it compares reverse mode
//! and forward mode with extrapolated central differences, input by input and along random directions, and with each
//! other: `⟨w, J v⟩ = ⟨Jᵀ w, v⟩`. The report names the inputs that are wrong.
//!
//! The differences estimate their own error, so that the tolerance is no tighter and no wider than what they can tell.
//! A point where they tell nothing, at a kink say, fails the check rather than passing it silently.

mod difference;
mod random;
mod report;

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use difference::{Difference, differentiate};
pub(crate) use random::SplitMix64;
pub use report::{CheckFailed, Mismatch, MismatchKind, Report};

use crate::differentiable::{Differentiable, Scalar, Visitor};

/// The scale of an input that is zero or tiny: differences step by parts of it.
const SMALLEST_SCALE: f64 = 0.1;
/// How many roundings of the values may be left where what differences are taken of cancels.
const CANCELLED: f64 = 16.0;

type Function<'a, X, Y> = Box<dyn Fn(&X) -> Y + 'a>;
type Reverse<'a, X, Y> = Box<dyn Fn(&X, &Y) -> (Y, X) + 'a>;
type Forward<'a, X, Y> = Box<dyn Fn(&X, &X) -> (Y, Y) + 'a>;

/// A gradient check of a function from `X` to `Y` at a point. Several arguments are one tuple.
///
/// # Example
///
/// ```
/// use autodiff_runtime::check::Check;
///
/// fn loss(w: &[f64], b: f64) -> f64 {
///     w.iter().map(|w| (w * b).sin()).sum()
/// }
///
/// let point = (vec![0.3, -1.2, 2.0], 0.7);
/// let report = Check::new("loss", &point, |(w, b)| loss(w, *b))
///     .names(["w", "b"])
///     .value_and_grad(|(w, b)| {
///         let w_bar = w.iter().map(|w| b * (w * b).cos()).collect();
///         let b_bar = w.iter().map(|w| w * (w * b).cos()).sum();
///         (loss(w, *b), (w_bar, b_bar))
///     })
///     .jvp(|(w, b), (w_dot, b_dot)| {
///         let terms = w.iter().zip(w_dot).map(|(w, w_dot)| (w * b).cos() * (w_dot * b + w * b_dot));
///         (loss(w, *b), terms.sum())
///     })
///     .run();
/// report.assert();
///
/// // A derivative that is wrong is named.
/// let report = Check::new("loss", &point, |(w, b)| loss(w, *b))
///     .names(["w", "b"])
///     .value_and_grad(|(w, b)| (loss(w, *b), (w.iter().map(|w| b * (w * b).cos()).collect(), 0.0)))
///     .run();
/// assert_eq!(report.mismatches()[0].input, "b");
/// ```
#[must_use = "a check does nothing until `.run()`"]
pub struct Check<'a, X, Y> {
    name: String,
    names: Vec<String>,
    point: &'a X,
    function: Function<'a, X, Y>,
    reverse: Option<Reverse<'a, X, Y>>,
    forward: Option<Forward<'a, X, Y>>,
    seed: u64,
    directions: usize,
    max_inputs: usize,
    tolerance: Option<f64>,
}

impl<'a, X: Differentiable, Y: Differentiable> Check<'a, X, Y> {
    /// A check of `function`, called `name` in the report, at `point`.
    pub fn new(name: impl Into<String>, point: &'a X, function: impl Fn(&X) -> Y + 'a) -> Self {
        Self {
            name: name.into(),
            names: Vec::new(),
            point,
            function: Box::new(function),
            reverse: None,
            forward: None,
            seed: 0,
            directions: 4,
            max_inputs: 256,
            tolerance: None,
        }
    }

    /// Reverse mode: `(x, w) ↦ (f(x), Jᵀ w)`.
    pub fn vjp(mut self, vjp: impl Fn(&X, &Y) -> (Y, X) + 'a) -> Self {
        self.reverse = Some(Box::new(vjp));
        self
    }

    /// Reverse mode that adds, as a rule `#[differentiate(vjp = ..)]` does: `(x, w, x̄) ↦ f(x)`, with `x̄ += Jᵀ w`.
    ///
    /// One that writes where it should add is found too.
    pub fn vjp_into(self, vjp_into: impl Fn(&X, &Y, &mut X) -> Y + 'a) -> Self {
        self.vjp(move |x, seed| {
            let mut gradient = x.zeros_like();
            let value = vjp_into(x, seed, &mut gradient);
            // Again, to a shadow that holds what was added already.
            let mut twice = gradient.zeros_like();
            twice.assign(&gradient);
            vjp_into(x, seed, &mut twice);
            // What is overwritten leaves nothing.
            twice.zip_each_mut(&gradient, |twice, once| *twice = *twice - once);
            (value, twice)
        })
    }

    /// Forward mode: `(x, v) ↦ (f(x), J v)`.
    pub fn jvp(mut self, jvp: impl Fn(&X, &X) -> (Y, Y) + 'a) -> Self {
        self.forward = Some(Box::new(jvp));
        self
    }

    /// The names of the arguments for the report: one name, or one for each part of the tuple.
    pub fn names<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.names = names.into_iter().map(Into::into).collect();
        self
    }

    /// The seed of the random directions; 0 if not set. Equal seeds give equal reports.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many random directions are checked; 4 if not set.
    pub fn directions(mut self, directions: usize) -> Self {
        self.directions = directions;
        self
    }

    /// How many inputs at most are checked one by one, spread evenly; 256 if not set. A wrong input that is left out is
    /// still found by the random directions, and then searched for by halving.
    pub fn max_inputs(mut self, max_inputs: usize) -> Self {
        self.max_inputs = max_inputs;
        self
    }

    /// The relative error that a right derivative may have in addition to the uncertainty of the differences. If not
    /// set, 1e-6, and 2e-4 as soon as an input or output is `f32`.
    pub fn tolerance(mut self, relative: f64) -> Self {
        self.tolerance = Some(relative);
        self
    }

    /// Runs the check.
    pub fn run(&self) -> Report {
        Run::new(self).run()
    }
}

impl<'a, X: Differentiable, Y: Scalar> Check<'a, X, Y> {
    /// Reverse mode of a function whose value is one number: `x ↦ (f(x), ∇f(x))`.
    pub fn value_and_grad(self, value_and_grad: impl Fn(&X) -> (Y, X) + 'a) -> Self {
        self.vjp(move |x, seed| {
            let (value, mut gradient) = value_and_grad(x);
            let seed = X::Scalar::from_double(seed.to_double());
            gradient.for_each_mut(|g| *g = *g * seed);
            (value, gradient)
        })
    }
}

impl<'a, X: Differentiable, Y: Scalar> Check<'a, X, Y> {
    /// The partial derivatives of a function whose value is one number, as the rules `#[differentiate(partials(..))]` give
    /// them: `x ↦ ∇f(x)`.
    ///
    /// # Example
    ///
    /// ```
    /// use autodiff_runtime::check::Check;
    /// use autodiff_runtime::differentiate;
    ///
    /// /// `x^y`, in a way that the compiler does not understand.
    /// #[differentiate(partials(power_dx, power_dy))]
    /// fn power(x: f64, y: f64) -> f64 {
    ///     let by: Box<dyn Fn(f64) -> f64> = Box::new(move |x| x.powf(y));
    ///     by(x)
    /// }
    ///
    /// fn power_dx(x: f64, y: f64) -> f64 {
    ///     y * x.powf(y - 1.0)
    /// }
    ///
    /// fn power_dy(x: f64, y: f64) -> f64 {
    ///     x.powf(y) * x.ln()
    /// }
    ///
    /// Check::new("power", &(1.7, 2.3), |(x, y)| power(*x, *y))
    ///     .partials(|(x, y)| (power_dx(*x, *y), power_dy(*x, *y)))
    ///     .run()
    ///     .assert();
    /// ```
    pub fn partials(self, partials: impl Fn(&X) -> X + 'a) -> Self
    where
        Y: 'a,
    {
        let point = self.point;
        let value = (self.function)(point);
        self.value_and_grad(move |x| (value, partials(x)))
    }
}

/// A check under way. Everything is in the flat view, in `f64`.
struct Run<'c, 'a, X, Y> {
    check: &'c Check<'a, X, Y>,
    x: Vec<f64>,
    y: Y,
    flat_y: Vec<f64>,
    paths: Vec<String>,
    /// The step sizes that are natural for each input.
    scales: Vec<f64>,
    epsilon: f64,
    tolerance: f64,
    /// The modes share no truncation error, only rounding.
    duality_tolerance: f64,
    /// What rounding of the function's value hides: a smaller change over the scale of an input is no error.
    hidden: f64,
    report: Report,
}

/// What one direction is compared with: the weights `w` of the outputs and, where there is a reverse mode, `Jᵀ w`.
struct Weighted {
    weights: Vec<f64>,
    gradient: Option<Vec<f64>>,
}

impl<'c, 'a, X: Differentiable, Y: Differentiable> Run<'c, 'a, X, Y> {
    fn new(check: &'c Check<'a, X, Y>) -> Self {
        let y = (check.function)(check.point);
        let x = flat(check.point);
        let epsilon = coarsest(check.point).max(coarsest(&y));
        let default = if epsilon > 1e-10 { 2e-4 } else { 1e-6 };
        let flat_y = flat(&y);
        Self {
            hidden: epsilon * flat_y.iter().map(|y| y.abs()).sum::<f64>(),
            check,
            scales: x.iter().map(|x| x.abs().max(SMALLEST_SCALE)).collect(),
            paths: named_paths(check.point, &check.names),
            flat_y,
            y,
            epsilon,
            tolerance: check.tolerance.unwrap_or(default),
            duality_tolerance: check.tolerance.unwrap_or((1e5 * epsilon).min(default)),
            report: Report {
                function: check.name.clone(),
                inputs: x.len(),
                inputs_checked: 0,
                directions: 0,
                comparisons: 0,
                largest_error: 0.0,
                mismatches: Vec::new(),
            },
            x,
        }
    }

    fn run(mut self) -> Report {
        let check = self.check;
        if check.reverse.is_none() && check.forward.is_none() {
            return self.report;
        }
        let inputs = self.x.len();
        let mut random = SplitMix64(check.seed);

        // Input by input. One number as output keeps the weight 1, so that what is reported is the derivative itself.
        let weights = match self.flat_y.len() {
            1 => vec![1.0],
            outputs => (0..outputs).map(|_| random.signed()).collect(),
        };
        let weighted = self.weighted(weights);
        let chosen = inputs.min(check.max_inputs);
        self.report.inputs_checked = chosen;
        for k in 0..chosen {
            let input = k * inputs / chosen;
            let direction = self.masked(&self.scales, input..input + 1);
            let name = self.paths[input].clone();
            let found = self.compare(&direction, &weighted, &name, self.scales[input]);
            self.report.mismatches.extend(found);
        }
        let singles = self.report.mismatches.len();

        // Along random directions, with random weights.
        for _ in 0..check.directions {
            let weights = self.flat_y.iter().map(|_| random.signed()).collect();
            let weighted = self.weighted(weights);
            let direction: Vec<f64> = self.scales.iter().map(|scale| scale * random.signed()).collect();
            self.report.directions += 1;
            let found = self.compare(&direction, &weighted, "a random direction", 1.0);
            if !found.is_empty() && singles == 0 && chosen < inputs {
                self.search(&direction, &weighted);
            }
            self.report.mismatches.extend(found);
        }
        // What names an input and a mode comes first, what only says that something is wrong last.
        let paths = &self.paths;
        let vague = |mismatch: &Mismatch| (!paths.contains(&mismatch.input), mismatch.kind == MismatchKind::Duality);
        self.report
            .mismatches
            .sort_by(|a, b| vague(a).cmp(&vague(b)).then(b.relative_error.total_cmp(&a.relative_error)));
        self.report
    }

    /// Halves a direction that failed until one input is left, and reports that.
    fn search(&mut self, direction: &[f64], weighted: &Weighted) {
        let mut range = 0..direction.len();
        while range.len() > 1 {
            let middle = range.start + range.len() / 2;
            let halves = [range.start..middle, middle..range.end];
            let wrong = halves.into_iter().find(|half| {
                let part = self.masked(direction, half.clone());
                !self.compare(&part, weighted, "", 1.0).is_empty()
            });
            match wrong {
                Some(half) => range = half,
                // The errors of the halves are too small to be seen alone.
                None => return,
            }
        }
        let input = range.start;
        let unit = self.masked(&self.scales, range);
        let name = self.paths[input].clone();
        let found = self.compare(&unit, weighted, &name, self.scales[input]);
        self.report.mismatches.extend(found);
    }

    /// Compares both modes with differences and with each other along `direction`. What is reported is divided by
    /// `scale`.
    fn compare(&mut self, direction: &[f64], weighted: &Weighted, input: &str, scale: f64) -> Vec<Mismatch> {
        let mut found = Vec::new();
        let differences = differentiate(|t| flat(&(self.check.function)(&self.moved(t, direction))), self.epsilon);

        let reverse = weighted.gradient.as_ref().map(|gradient| dot(gradient, direction));
        if let Some(got) = reverse {
            let expected = Expected {
                far: combined(&differences.far, &weighted.weights),
                near: differences.near.as_ref().map(|near| combined(near, &weighted.weights)),
            };
            found.extend(self.judge(MismatchKind::Reverse, input, None, expected, got, scale));
        }

        let Some(forward) = &self.check.forward else { return found };
        let (value, tangent) = forward(self.check.point, &self.shaped(direction));
        found.extend(self.same_value(&value));
        if !self.y.same_shape(&tangent) {
            found.push(shape_mismatch("the tangent of the output", self.flat_y.len(), tangent.flat_len()));
            return found;
        }
        let tangent = flat(&tangent);
        let outputs = if tangent.len() > 1 { self.y.paths("") } else { Vec::new() };
        for (k, (far, &got)) in differences.far.iter().zip(&tangent).enumerate() {
            let near = differences.near.as_ref().and_then(|near| near.get(k).copied());
            let expected = Expected { far: *far, near };
            found.extend(self.judge(MismatchKind::Forward, input, outputs.get(k).cloned(), expected, got, scale));
        }

        if let (Some(reverse), Some(gradient)) = (reverse, &weighted.gradient) {
            let forward = dot(&weighted.weights, &tangent);
            let magnitude = dot_of_magnitudes(&weighted.weights, &tangent) + dot_of_magnitudes(gradient, direction);
            self.report.comparisons += 1;
            // Both are sums of products in working precision; nothing but rounding separates them.
            // Not `>`: a NaN is a mismatch.
            let close = (forward - reverse).abs() <= self.duality_tolerance * magnitude + self.hidden;
            if !close {
                found.push(Mismatch::new(MismatchKind::Duality, input.into(), forward / scale, reverse / scale));
            }
        }
        found
    }

    fn judge(
        &mut self,
        kind: MismatchKind,
        input: &str,
        output: Option<String>,
        expected: Expected,
        got: f64,
        scale: f64,
    ) -> Option<Mismatch> {
        self.report.comparisons += 1;
        let expected = match expected.near {
            Some(near) if !self.is_close(&expected.far, got) && self.is_close(&near, got) => near,
            _ => expected.far,
        };
        let magnitude = expected.value.abs().max(got.abs());
        let kind = if expected.is_unresolved(magnitude) { MismatchKind::Unresolved } else { kind };
        let mut mismatch = Mismatch::new(kind, input.into(), expected.value / scale, got / scale);
        if self.is_close(&expected, got) {
            if magnitude > expected.uncertainty() {
                self.report.largest_error = self.report.largest_error.max(mismatch.relative_error);
            }
            return None;
        }
        mismatch.output = output;
        Some(mismatch)
    }

    /// Whether a derivative is what the differences have come to, if that is anything.
    fn is_close(&self, expected: &Difference, got: f64) -> bool {
        let magnitude = expected.value.abs().max(got.abs());
        let distance = (got - expected.value).abs();
        let allowed = self.tolerance * magnitude + expected.uncertainty() + self.hidden;
        // What cancels but for its last bits, as `R` does below its diagonal, has differences that do not converge.
        let cancels = distance <= CANCELLED * self.hidden;
        // Not `>`: a NaN is a mismatch.
        cancels || (distance <= allowed && !expected.is_unresolved(magnitude))
    }

    /// Runs reverse mode with `weights`, and checks its value and shape.
    fn weighted(&mut self, weights: Vec<f64>) -> Weighted {
        let Some(reverse) = &self.check.reverse else { return Weighted { weights, gradient: None } };
        let mut seed = self.y.zeros_like();
        fill(&mut seed, &weights);
        let (value, gradient) = reverse(self.check.point, &seed);
        let wrong_value = self.same_value(&value);
        self.report.mismatches.extend(wrong_value);
        if self.check.point.same_shape(&gradient) {
            // The seed as reverse mode saw it, rounded to the output's precision.
            return Weighted { weights: flat(&seed), gradient: Some(flat(&gradient)) };
        }
        self.report.comparisons += 1;
        self.report.mismatches.push(shape_mismatch("the gradient", self.x.len(), gradient.flat_len()));
        Weighted { weights, gradient: None }
    }

    /// The value that a derivative function returns must have the bits of the function's.
    fn same_value(&mut self, value: &Y) -> Option<Mismatch> {
        self.report.comparisons += 1;
        let value = flat(value);
        if value.len() != self.flat_y.len() {
            return Some(shape_mismatch("the value", self.flat_y.len(), value.len()));
        }
        let different = |(expected, got): &(&f64, &f64)| expected.to_bits() != got.to_bits();
        let (expected, got) = self.flat_y.iter().zip(&value).find(different)?;
        Some(Mismatch::new(MismatchKind::Value, String::new(), *expected, *got))
    }

    /// `direction` with zeros outside of `range`.
    fn masked(&self, direction: &[f64], range: core::ops::Range<usize>) -> Vec<f64> {
        let mut masked = vec![0.0; direction.len()];
        masked[range.clone()].copy_from_slice(&direction[range]);
        masked
    }

    /// A tangent with the floats of `direction`.
    fn shaped(&self, direction: &[f64]) -> X {
        let mut shaped = self.check.point.zeros_like();
        fill(&mut shaped, direction);
        shaped
    }

    /// The point, moved by `t` times `direction`.
    fn moved(&self, t: f64, direction: &[f64]) -> X {
        let moved: Vec<f64> = self.x.iter().zip(direction).map(|(x, d)| x + t * d).collect();
        self.shaped(&moved)
    }
}

/// What a derivative should be: by differences, and by smaller ones where these came to something else.
struct Expected {
    far: Difference,
    near: Option<Difference>,
}

/// `Σ_j w_j d_j` with its uncertainty.
fn combined(differences: &[Difference], weights: &[f64]) -> Difference {
    let zero = Difference { value: 0.0, error: 0.0, noise: 0.0 };
    differences.iter().zip(weights).fold(zero, |sum, (difference, weight)| Difference {
        value: sum.value + weight * difference.value,
        error: sum.error + weight.abs() * difference.error,
        noise: sum.noise + weight.abs() * difference.noise,
    })
}

fn shape_mismatch(what: &str, expected: usize, got: usize) -> Mismatch {
    Mismatch::new(MismatchKind::Shape, what.into(), expected as f64, got as f64)
}

fn flat<A: Differentiable>(value: &A) -> Vec<f64> {
    let mut flat = Vec::with_capacity(value.flat_len());
    value.for_each(|x| flat.push(x.to_double()));
    flat
}

fn fill<A: Differentiable>(value: &mut A, flat: &[f64]) {
    let mut numbers = flat.iter();
    value.for_each_mut(|x| {
        if let Some(number) = numbers.next() {
            *x = A::Scalar::from_double(*number);
        }
    });
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // A direction that is zero in one place asks nothing of the gradient there, not even that it is finite.
    a.iter().zip(b).filter(|&(_, &b)| b != 0.0).map(|(a, b)| a * b).sum()
}

fn dot_of_magnitudes(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).filter(|&(_, &b)| b != 0.0).map(|(a, b)| (a * b).abs()).sum()
}

/// The machine epsilon of the least precise float inside.
fn coarsest<A: Differentiable>(value: &A) -> f64 {
    struct Coarsest(f64);

    impl Visitor for Coarsest {
        fn scalar<S: Scalar>(&mut self, _: &S) {
            self.0 = self.0.max(S::epsilon().to_double());
        }
    }

    let mut coarsest = Coarsest(f64::EPSILON);
    value.visit(&mut coarsest);
    coarsest.0
}

/// The path of every input: `x[2]` if no names are given, `w[2]` for one name, and for several names `w[2]` in place of
/// `x.0[2]`.
fn named_paths<X: Differentiable>(point: &X, names: &[String]) -> Vec<String> {
    match names {
        [] => point.paths("x"),
        [name] => point.paths(name),
        names => {
            let rename = |path: String| {
                let part = path.trim_start_matches('.');
                let end = part.find(['.', '[']).unwrap_or(part.len());
                let name = part[..end].parse().ok().and_then(|index: usize| names.get(index));
                name.map_or_else(|| format!("x{path}"), |name| name.to_string() + &part[end..])
            };
            point.paths("").into_iter().map(rename).collect()
        }
    }
}

#[cfg(test)]
mod tests;
