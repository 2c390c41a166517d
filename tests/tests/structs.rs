//! Structs that are made, changed, taken apart and handed on in the body.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

/// Central differences of `f`.
fn differences(f: impl Fn(&[f64]) -> f64, x: &[f64]) -> Vec<f64> {
    let h = 1e-6;
    let at = |k: usize, by: f64| {
        let mut x = x.to_vec();
        x[k] += by;
        f(&x)
    };
    (0..x.len()).map(|k| (at(k, h) - at(k, -h)) / (2.0 * h)).collect()
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-7 * (1.0 + a.abs()), "{a} and {b}");
    }
}

/// The value in both modes, the gradient against differences and tangents, and second derivatives against differences of
/// gradients, of a function of a slice.
macro_rules! check {
    ($f:ident, $x:expr) => {{
        let x: Vec<f64> = $x;
        let (y, gradient) = $f::value_and_grad(&x);
        assert_eq!(y, $f(&x));
        close(&gradient, &differences(|x| $f(x), &x));
        let v: Vec<f64> = (0..x.len()).map(|i| (1.0 + i as f64).cos()).collect();
        let (same, slope) = $f::jvp(&x, &v);
        assert_eq!(same, y);
        close(&[slope], &[gradient.iter().zip(&v).map(|(g, v)| g * v).sum()]);
        let along = |x: &[f64]| $f::grad(x).iter().zip(&v).map(|(g, v)| g * v).sum::<f64>();
        close(&$f::hvp(&x, &v), &differences(along, &x));
        assert_eq!($f::trace(&x).value(), y);
    }};
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct State<T> {
    x: T,
    v: T,
    steps: usize,
}

/// A literal that is changed in a loop, assigned as a whole, taken apart, and chosen between.
#[differentiate(order = 2)]
fn oscillator(p: &[f64]) -> f64 {
    let mut state = State { x: p[0], v: 0.0, steps: 0 };
    let h = 0.1;
    for k in 0..5 {
        let a = -p[1] * state.x;
        state.v += h * a;
        state.x += h * state.v;
        state.steps += 1;
        if k == 3 {
            state = State { v: state.v * p[1], x: state.x, ..state };
        }
    }
    let best = if state.x > 0.5 { state } else { State { x: 1.0, v: p[1], steps: 7 } };
    let State { x, v: speed, steps } = best;
    x * x + speed * steps as f64
}

#[test]
fn literals() {
    check!(oscillator, vec![0.9, 0.7]);
    check!(oscillator, vec![0.1, 0.7]);
}

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Complex(f64, f64);

#[differentiate(order = 2)]
fn norm(z: &Complex) -> f64 {
    z.0 * z.0 + z.1 * z.1
}

/// Tuple structs, handed on to functions.
#[differentiate(order = 2)]
fn iterated(c: &[f64]) -> f64 {
    let mut z = Complex(0.0, 0.0);
    let mut escaped = 0.0;
    for _ in 0..6 {
        z = Complex(z.0 * z.0 - z.1 * z.1 + c[0], 2.0 * z.0 * z.1 + c[1]);
        let size = norm(&z);
        escaped += size.sqrt();
    }
    let Complex(re, _) = z;
    escaped * re
}

#[test]
fn tuple_structs() {
    check!(iterated, vec![-0.4, 0.3]);
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Layer {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
    name: String,
    kind: Option<u8>,
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Network {
    layers: Vec<Layer>,
    scale: Complex,
    steps: usize,
}

/// A slice of structs, whose rows are read by reference.
#[differentiate(order = 2)]
fn network(layers: &[Layer], #[constant] input: &[f64]) -> f64 {
    let mut x = input.to_vec();
    for l in 0..layers.len() {
        let mut y = layers[l].b.clone();
        for i in 0..y.len() {
            let row = &layers[l].w[i];
            for j in 0..x.len() {
                y[i] += row[j] * x[j];
            }
            if layers[l].kind == Some(1) {
                y[i] = y[i].tanh();
            }
        }
        x = y;
    }
    x.iter().sum()
}

#[differentiate(order = 2)]
fn scaled(net: &Network, #[constant] input: &[f64]) -> f64 {
    let y = network(&net.layers, input);
    let Network { scale, steps, .. } = net;
    y * scale.0 + norm(scale) * *steps as f64
}

fn net() -> Network {
    let layer = |name: &str, kind| Layer {
        w: vec![vec![0.3, -0.2], vec![0.5, 0.7]],
        b: vec![0.1, -0.4],
        name: name.to_owned(),
        kind,
    };
    Network { layers: vec![layer("a", Some(1)), layer("b", None)], scale: Complex(0.6, 0.2), steps: 3 }
}

#[test]
fn slices_of_structs() {
    let (net, input) = (net(), [0.8, -0.3]);
    let flat = net.to_flat();
    let at = |flat: &[f64]| {
        let mut net = net.clone();
        net.read_flat(flat);
        net
    };
    let (y, gradient) = scaled::value_and_grad(&net, &input);
    assert_eq!(y, scaled(&net, &input));
    close(&gradient.to_flat(), &differences(|x| scaled(&at(x), &input), &flat));
    assert_eq!((gradient.steps, &*gradient.layers[0].name, gradient.layers[0].kind), (3, "a", Some(1)));
    let direction = at(&flat.iter().map(|x| x.cos()).collect::<Vec<_>>());
    let along = |x: &[f64]| {
        scaled::grad(&at(x), &input).to_flat().iter().zip(direction.to_flat()).map(|(a, b)| a * b).sum::<f64>()
    };
    let (same, slope) = scaled::jvp(&net, &input, &direction);
    close(&[same, slope], &[y, along(&flat)]);
    close(&scaled::hvp(&net, &input, &direction).to_flat(), &differences(along, &flat));
    assert_eq!(network::grad(&[], &input), vec![]);
}

/// A copy that is changed, update syntax on memory, and a struct of another one's parts.
#[differentiate]
fn rebuilt(p: &Layer, x: f64) -> Layer {
    let mut q = Layer { b: p.b.clone(), ..p.clone() };
    q.b[0] *= x;
    q.w[0][0] += x * x;
    q
}

#[differentiate]
fn fresh(x: &[f64], k: usize) -> Layer {
    let mut b = x.to_vec();
    b[0] *= x[1];
    let w = vec![vec![x[0]; 2]; k];
    Layer { w, b, name: "fresh".to_owned(), kind: None }
}

#[test]
fn structs_that_are_returned() {
    let p = net().layers.remove(0);
    let seed = Layer { w: vec![vec![1.0, 2.0], vec![3.0, 4.0]], b: vec![5.0, 6.0], name: String::new(), kind: None };
    let (q, (p_bar, x_bar)) = rebuilt::vjp(&p, 0.5, seed.clone());
    assert_eq!(q, rebuilt(&p, 0.5));
    assert_eq!(p_bar, Layer { b: vec![2.5, 6.0], name: "a".to_owned(), kind: Some(1), ..seed.clone() });
    assert_eq!(x_bar, 5.0 * 0.1 + 1.0);
    let (_, q_dot) = rebuilt::jvp(&p, 0.5, &seed, 1.0);
    assert_eq!((q_dot.b, q_dot.w[0][0]), (vec![2.5 + 0.1, 6.0], 1.0 + 1.0));

    let (y, x_bar) = fresh::vjp(&[2.0, 3.0], 2, seed.clone());
    assert_eq!(y, fresh(&[2.0, 3.0], 2));
    assert_eq!(x_bar, [10.0 + 5.0 * 3.0, 5.0 * 2.0 + 6.0]);
    let (_, y_dot) = fresh::jvp(&[2.0, 3.0], 2, &[1.0, 0.0]);
    assert_eq!((y_dot.b, y_dot.w), (vec![3.0, 0.0], vec![vec![1.0; 2]; 2]));
}

/// An LSTM cell with the weights in structs: gates of one matrix each.
#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Gate<T> {
    input: Vec<Vec<T>>,
    hidden: Vec<Vec<T>>,
    bias: Vec<T>,
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Lstm<T> {
    forget: Gate<T>,
    update: Gate<T>,
    output: Gate<T>,
    candidate: Gate<T>,
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Memory<T> {
    hidden: Vec<T>,
    cell: Vec<T>,
}

#[differentiate]
fn gate<T: Float>(gate: &Gate<T>, x: &[T], h: &[T], i: usize) -> T {
    let mut z = gate.bias[i];
    for j in 0..x.len() {
        z = z + gate.input[i][j] * x[j];
    }
    for j in 0..h.len() {
        z = z + gate.hidden[i][j] * h[j];
    }
    z
}

/// The loss of a sequence.
#[differentiate]
fn lstm<T: Float>(model: &Lstm<T>, #[constant] inputs: &[Vec<T>]) -> T {
    let n = model.forget.bias.len();
    let mut memory = Memory { hidden: vec![T::zero(); n], cell: vec![T::zero(); n] };
    let mut loss = T::zero();
    for x in inputs {
        let mut hidden = vec![T::zero(); n];
        for i in 0..n {
            let f: T = gate(&model.forget, x, &memory.hidden, i);
            let u: T = gate(&model.update, x, &memory.hidden, i);
            let o: T = gate(&model.output, x, &memory.hidden, i);
            let c: T = gate(&model.candidate, x, &memory.hidden, i);
            let [f, u, o] = [f, u, o].map(|z| T::one() / (T::one() + (-z).exp()));
            memory.cell[i] = f * memory.cell[i] + u * c.tanh();
            hidden[i] = o * memory.cell[i].tanh();
        }
        memory.hidden.copy_from_slice(&hidden);
        for i in 0..n {
            let error = memory.hidden[i] - x[i % x.len()];
            loss = loss + error * error;
        }
    }
    loss
}

#[test]
fn an_lstm() {
    let gate = |k: f64| Gate {
        input: vec![vec![0.3 + k, -0.2], vec![0.5, 0.7 * k]],
        hidden: vec![vec![0.1, 0.4 * k], vec![-0.6, 0.2]],
        bias: vec![0.1 * k, -0.3],
    };
    let model = Lstm { forget: gate(0.5), update: gate(-0.3), output: gate(0.9), candidate: gate(-1.1) };
    let inputs = vec![vec![0.8, -0.3], vec![0.1, 0.6], vec![-0.4, 0.2]];
    let flat = model.to_flat();
    let at = |flat: &[f64]| {
        let mut model = model.clone();
        model.read_flat(flat);
        model
    };
    let (y, gradient) = lstm::value_and_grad(&model, &inputs);
    assert_eq!(y, lstm(&model, &inputs));
    close(&gradient.to_flat(), &differences(|x| lstm(&at(x), &inputs), &flat));
    let direction = at(&flat.iter().map(|x| (7.0 * x).cos()).collect::<Vec<_>>());
    let along = |x: &[f64]| {
        lstm::grad(&at(x), &inputs).to_flat().iter().zip(direction.to_flat()).map(|(a, b)| a * b).sum::<f64>()
    };
    close(&[lstm::jvp(&model, &inputs, &direction).1], &[along(&flat)]);
    assert_eq!(lstm::value_and_grad(&model, &[]), (0.0, model.zeros_like()));
}

#[differentiate(order = 2)]
fn area(p: &Corner) -> f64 {
    p.x * p.y
}

#[derive(Clone, Differentiable)]
struct Corner {
    x: f64,
    y: f64,
}

/// A struct that is overwritten after it was passed, in a loop: the call's reverse needs what it was.
#[differentiate(order = 2)]
fn grown(start: &Corner, n: usize) -> f64 {
    let mut corner = start.clone();
    let mut sum = 0.0;
    for k in 0..n {
        let a: f64 = area(&corner);
        corner.x = a * start.x;
        if k == 1 {
            corner.y = a;
        }
        sum += a * area(&corner);
    }
    sum
}

#[test]
fn arguments_that_are_overwritten() {
    let corner = |p: &[f64]| Corner { x: p[0], y: p[1] };
    let flat = |c: Corner| vec![c.x, c.y];
    for n in 0..5 {
        for p in [[0.7, 1.3], [-0.4, 0.9]] {
            let (value, gradient) = grown::value_and_grad(&corner(&p), n);
            assert_eq!(value, grown(&corner(&p), n));
            close(&flat(gradient), &differences(|p| grown(&corner(p), n), &p));
            let v = [0.6, -0.3];
            let along = |p: &[f64]| flat(grown::grad(&corner(p), n)).iter().zip(&v).map(|(g, v)| g * v).sum::<f64>();
            assert!((grown::jvp(&corner(&p), n, &corner(&v)).1 - along(&p)).abs() < 1e-12 * (1.0 + along(&p).abs()));
            close(&flat(grown::hvp(&corner(&p), n, &corner(&v))), &differences(along, &p));
        }
    }
}

#[derive(Differentiable, Clone, Debug)]
struct Counted {
    a: [f64; 2],
    count: u8,
}

#[differentiate]
fn waved(x: f64) -> f64 {
    x.sin()
}

/// What is counted is kept for the reverse sweep of a caller, and only rustc knows its type.
#[differentiate]
fn counted(p: &Counted) -> f64 {
    let mut q = p.clone();
    let y = if q.count > 2 { q.a[0] } else { q.a[1] * q.a[1] };
    q.a[0] = y * q.a[1];
    let mut k = 0;
    while k < p.count {
        q.a[1] = waved(q.a[1] * q.a[0]);
        k += 1;
    }
    y * waved(q.a[0]) * q.a[1]
}

#[differentiate]
fn counted_twice(p: &Counted) -> f64 {
    counted(p) * counted(p)
}

#[test]
fn counts_of_a_type_that_does_not_show() {
    for count in 0..5 {
        let of = |a: &[f64]| Counted { a: [a[0], a[1]], count };
        for a in [[0.9, 1.3], [-0.4, 0.9]] {
            let (value, gradient) = counted_twice::value_and_grad(&of(&a));
            assert_eq!(value, counted_twice(&of(&a)));
            assert_eq!(gradient.count, count);
            close(&gradient.a, &differences(|a| counted_twice(&of(a)), &a));
            let (_, slope) = counted_twice::jvp(&of(&a), &of(&[0.6, -0.3]));
            close(&[slope], &[0.6 * gradient.a[0] - 0.3 * gradient.a[1]]);
        }
    }
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Response {
    gain: f64,
    taps: [f64; 2],
    offset: f64,
    #[constant]
    rate: f64,
}

#[differentiate(order = 2)]
fn wide(a: f64, b: f64) -> f64 {
    a * b.sin()
}

/// A function of one float that makes a struct of another: what its literals are, only the struct knows; what a call gives, its
/// arguments.
#[differentiate(order = 2)]
fn response(x: &[f32], damped: bool) -> Response {
    let s = (x[0] as f64).sin();
    let mut made = Response { gain: -0.1, taps: [s, 0.3], offset: 0.1 * wide(s, (0.5 * s).cos()), rate: 0.7 };
    if damped {
        made = Response { gain: 0.1, ..made };
    }
    made
}

#[differentiate(order = 2)]
fn through(x: f32, damped: bool) -> f32 {
    let made = response(&[x], damped);
    let y: f64 = made.gain * made.taps[0] * made.rate + made.taps[1] * made.offset;
    y as f32
}

#[test]
fn literals_of_another_float_than_the_parameters() {
    let x = 0.3_f32;
    let (s, c) = f64::from(x).sin_cos();
    let offset = 0.1 * s * (0.5 * s).cos().sin();
    for (damped, gain) in [(false, -0.1), (true, 0.1)] {
        let (made, slope) = response::jvp(&[x], damped, &[1.0]);
        assert_eq!(made, Response { gain, taps: [s, 0.3], offset, rate: 0.7 });
        let of_offset = 0.1 * ((0.5 * s).cos().sin() - 0.5 * s * (0.5 * s).sin() * (0.5 * s).cos().cos()) * c;
        close(&[slope.gain, slope.taps[0], slope.taps[1], slope.offset], &[0.0, c, 0.0, of_offset]);
        let seed = Response { gain: 5.0, taps: [2.0, 7.0], offset: 3.0, rate: 11.0 };
        let (same, gradient) = response::vjp(&[x], damped, seed);
        assert_eq!(same, made);
        assert!((f64::from(gradient[0]) - (2.0 * c + 3.0 * of_offset)).abs() < 1e-6);
        let (y, slope) = through::value_and_grad(x, damped);
        assert_eq!(y, through(x, damped));
        assert!((f64::from(slope) - (gain * 0.7 * c + 0.3 * of_offset)).abs() < 1e-6);
        let second = through::hvp(x, damped, 1.0);
        let difference = (through::grad(x + 1e-2, damped) - through::grad(x - 1e-2, damped)) / 2e-2;
        assert!((second - difference).abs() < 1e-3);
    }
}

/// Copies of copies, taken apart, of which parts are used and not.
#[differentiate(order = 2)]
fn copied_twice(p: &Response, x: f64) -> f64 {
    let q = p.clone();
    let r = q.clone();
    let s = r.clone();
    let Response { gain: _unused, .. } = q.clone();
    let Response { taps, .. } = s;
    let t = Response { gain: x * x, ..r.clone() };
    x * taps[0] * t.gain + t.offset.sin()
}

#[test]
fn copies_of_copies() {
    let of = |a: &[f64]| Response { gain: a[0], taps: [a[1], a[2]], offset: a[3], rate: 0.5 };
    let at = [0.4, 0.9, -0.7, 1.1];
    let (value, (gradient, slope)) = copied_twice::value_and_grad(&of(&at), 0.6);
    assert_eq!(value, copied_twice(&of(&at), 0.6));
    let found = [gradient.gain, gradient.taps[0], gradient.taps[1], gradient.offset];
    close(&found, &differences(|a| copied_twice(&of(a), 0.6), &at));
    close(&[slope], &differences(|x| copied_twice(&of(&at), x[0]), &[0.6]));
    let (_, along) = copied_twice::jvp(&of(&at), 0.6, &of(&[0.1, 0.2, 0.3, 0.4]), 0.5);
    close(&[along], &[0.1 * found[0] + 0.2 * found[1] + 0.3 * found[2] + 0.4 * found[3] + 0.5 * slope]);
    let (_, second) = copied_twice::hvp(&of(&at), 0.6, &of(&[0.0; 4]), 1.0);
    close(&[second], &differences(|x| copied_twice::grad(&of(&at), x[0]).1, &[0.6]));
}
