//! What a `match` looks at in a struct that is differentiated: enums without floats, which say so by `#[derive(Constant)]`.

use autodiff_runtime::check::Check;

use crate::check_at;
use autodiff_runtime::{Constant, Differentiable, differentiate};
use num_traits::Float;

#[derive(Clone, Copy, Debug, PartialEq, Constant)]
enum Activation {
    Tanh,
    Leaky,
    Power(i32),
}

/// Text, and an enum that holds itself.
#[derive(Clone, Debug, PartialEq, Constant)]
enum Norm {
    None,
    Weighted { by: usize, label: String },
    Twice(Box<Norm>),
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Layer<T> {
    w: T,
    bias: T,
    #[constant]
    activation: Activation,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Net<T> {
    layers: Vec<Layer<T>>,
    #[constant]
    norm: Norm,
    scale: [T; 2],
    #[constant]
    last: (Activation, usize),
}

#[differentiate(order = 2)]
impl<T: Float> Layer<T> {
    fn forward(&self, x: T) -> T {
        let z = self.w * x + self.bias;
        match self.activation {
            Activation::Tanh => z.tanh(),
            Activation::Leaky if z < T::zero() => z * T::from(0.1).unwrap(),
            Activation::Leaky => z,
            Activation::Power(n) => z.powi(n),
        }
    }
}

#[differentiate(order = 2)]
fn loss<T: Float>(net: &Net<T>, x: T) -> T {
    let mut y = x;
    for layer in &net.layers {
        y = layer.forward(y);
        let same = layer.activation;
        if same == Activation::Tanh {
            y = y + y * y;
        }
    }
    for i in 0..net.layers.len() {
        y = match net.layers[i].activation {
            Activation::Leaky | Activation::Tanh => y * net.layers[i].w,
            Activation::Power(_) => y,
        };
    }
    if let Activation::Power(n @ 2..) = net.last.0 {
        y = y.powi(n);
    }
    match &net.norm {
        Norm::None => y,
        Norm::Weighted { by, .. } if *by > 1 => y * y,
        Norm::Weighted { by, label } => y * net.scale[*by] + T::from(label.len()).unwrap() * y,
        Norm::Twice(inner) => match **inner {
            Norm::None => y + y * net.scale[1],
            _ => net.scale[0],
        },
    }
}

fn nets<T: Float>() -> Vec<Net<T>> {
    let layer = |w, activation| Layer { w: T::from(w).unwrap(), bias: T::from(-0.2).unwrap(), activation };
    let layers = vec![
        layer(0.8, Activation::Leaky),
        layer(-0.6, Activation::Tanh),
        layer(1.3, Activation::Power(2)),
        layer(0.9, Activation::Leaky),
    ];
    let net = |layers: &[Layer<T>], norm, last| Net {
        layers: layers.to_vec(),
        norm,
        scale: [T::from(0.7).unwrap(), T::from(-0.4).unwrap()],
        last,
    };
    let weighted = |by| Norm::Weighted { by, label: "two".to_owned() };
    vec![
        net(&layers, Norm::None, (Activation::Tanh, 1)),
        net(&layers, weighted(1), (Activation::Power(3), 1)),
        net(&layers[..1], weighted(2), (Activation::Power(1), 1)),
        net(&[], Norm::Twice(Box::new(Norm::None)), (Activation::Power(2), 1)),
        net(&layers[1..], Norm::Twice(Box::new(weighted(0))), (Activation::Leaky, 1)),
    ]
}

#[test]
fn enums_in_structs() {
    for (k, net) in nets::<f64>().into_iter().enumerate() {
        Check::new(format!("net {k}"), &(net.clone(), 0.9), |(net, x)| loss(net, *x))
            .value_and_grad(|(net, x)| loss::value_and_grad(net, *x))
            .vjp_into(|(net, x), seed, (net_bar, x_bar)| loss::vjp_into(net, *x, *seed, net_bar, x_bar))
            .jvp(|(net, x), (net_dot, x_dot)| loss::jvp(net, *x, net_dot, *x_dot))
            .run()
            .assert();
        // The gradient's derivative, of the whole struct.
        Check::new(format!("gradient of net {k}"), &(net.clone(), 0.9), |(net, x)| loss::grad(net, *x))
            .jvp(|(net, x), (net_dot, x_dot)| (loss::grad(net, *x), loss::hvp(net, *x, net_dot, *x_dot)))
            .run()
            .assert();
        let (y, back) = loss::pullback(&net, 0.9);
        assert_eq!((y, back(1.0)), loss::value_and_grad(&net, 0.9));
        assert_eq!(loss::grad(&net, 0.9).0.norm, net.norm);
        assert_eq!(loss::trace(&net, 0.9).value(), y);
    }
    for net in nets::<f32>() {
        Check::new("net of `f32`", &(net, 0.9_f32), |(net, x)| loss(net, *x))
            .value_and_grad(|(net, x)| loss::value_and_grad(net, *x))
            .run()
            .assert();
    }
}

/// A parameter that is a constant altogether.
#[derive(Clone, Debug, Constant)]
struct Options<'a, K, const N: usize> {
    order: [usize; N],
    kind: K,
    name: &'a str,
}

#[derive(Clone, Debug, Differentiable)]
struct Model {
    w: Vec<f64>,
    #[constant]
    options: Options<'static, Activation, 2>,
}

#[differentiate(order = 2)]
fn chosen(model: &Model) -> f64 {
    let mut y = 1.0;
    let options = &model.options;
    for k in 0..2 {
        let v = model.w[options.order[k]];
        y *= match options.kind {
            Activation::Power(n) => v.powi(n),
            Activation::Tanh | Activation::Leaky => v.sin(),
        };
    }
    if options.name == "shifted" { y + model.w[0] } else { y }
}

/// What is read first and looked at later is what it was.
#[differentiate(order = 2)]
fn read_before(layer: &Layer<f64>) -> f64 {
    let mut changed = layer.clone();
    let kind = changed.activation;
    let other = &layer.activation;
    changed.activation = Activation::Power(1);
    changed.w *= 2.0;
    let y = match kind {
        Activation::Power(n) => changed.w.powi(n),
        Activation::Tanh | Activation::Leaky => changed.w.sin(),
    };
    let z = match &kind {
        Activation::Power(n) => y.powi(*n - 1),
        _ => y,
    };
    match (other, changed.activation) {
        (Activation::Power(2), Activation::Power(n)) => z * y.powi(n),
        _ => z + changed.bias,
    }
}

/// A function of a choice, which a field is given to.
#[differentiate(order = 2)]
fn applied(#[constant] by: Activation, z: f64) -> f64 {
    match by {
        Activation::Tanh => z.tanh(),
        Activation::Leaky => z.max(0.1 * z),
        Activation::Power(n) => z.powi(n),
    }
}

#[differentiate(order = 2)]
impl Activation {
    fn slope(#[constant] &self, z: f64) -> f64 {
        match self {
            Activation::Power(n) => z * f64::from(*n),
            _ => applied(*self, z),
        }
    }
}

/// Lists of choices, of the function's own and given.
#[differentiate(order = 2)]
fn listed(w: &[f64], #[constant] given: &[Activation]) -> f64 {
    let mut y = 1.0;
    for kind in [Activation::Tanh, Activation::Power(2)] {
        y = applied(kind, y * w[0]);
    }
    let kinds = [Activation::Leaky, Activation::Power(3), Activation::Tanh];
    let layers: Vec<Layer<f64>> =
        w.iter().zip(kinds).map(|(&w, activation)| Layer { w, bias: 0.1, activation }).collect();
    for (layer, other) in layers.iter().zip(given) {
        y += layer.activation.slope(layer.forward(y)) * applied(layer.activation, layer.w);
        if layer.activation == *other {
            y *= layer.w;
        }
    }
    for (i, kind) in given.iter().enumerate() {
        if *kind != kinds[i % kinds.len()] {
            y += w[i % w.len()] * w[0];
        }
    }
    y
}

#[test]
fn lists_of_choices() {
    let given = [Activation::Leaky, Activation::Tanh, Activation::Tanh];
    for w in [vec![0.4, 0.7, -0.3], vec![0.8]] {
        check_at!(listed, &w, &given);
    }
}

#[differentiate(order = 2)]
fn scaled(layer: &Layer<f64>, by: f64) -> Layer<f64> {
    let activation = if by > 2.0 { Activation::Leaky } else { layer.activation };
    Layer { w: layer.w * by, bias: layer.bias + by, activation }
}

/// The choice in what a call gives.
#[differentiate(order = 2)]
fn of_a_call(layer: &Layer<f64>) -> f64 {
    let twice = scaled(layer, 2.0);
    let much: Layer<f64> = scaled(&twice, layer.w + 3.0);
    let kind = twice.activation;
    let mut y = much.w * much.bias;
    if twice.activation != Activation::Power(2) {
        y = y.sin();
    }
    y += match twice.activation {
        Activation::Power(n) => twice.bias.powi(n),
        Activation::Tanh if much.activation == Activation::Leaky => twice.w,
        _ => 0.0,
    };
    if kind == Activation::Power(3) { y * twice.w } else { y }
}

#[test]
fn choices_in_results() {
    for activation in [Activation::Power(2), Activation::Power(3), Activation::Tanh] {
        let layer = Layer { w: 0.7, bias: 0.3, activation };
        check_at!(of_a_call, &layer);
    }
}

/// A choice that a loop carries, of which the reverse sweep of the rest, a branch, needs no more than what it has decided.
#[differentiate(order = 2)]
fn past_a_return(layer: &Layer<f64>, n: usize) -> f64 {
    if n == 0 {
        return layer.w;
    }
    let mut activation = Activation::Tanh;
    let mut s = layer.bias;
    let mut k = 0;
    while k < n {
        activation = layer.activation;
        s *= 0.5 + layer.w;
        k += 1;
    }
    if s > 0.1 {
        s -= if activation == Activation::Power(2) { layer.w } else { layer.bias }.sin();
    }
    s * s
}

#[test]
fn what_was_read() {
    for activation in [Activation::Power(2), Activation::Power(3), Activation::Tanh] {
        let layer = Layer { w: 0.7, bias: 0.3, activation };
        check_at!(read_before, &layer);
        for n in [0, 1, 3] {
            check_at!(past_a_return, &layer, n);
        }
    }
}

/// A choice that is needed again where nothing can hold it: the results are several, and the parts of a struct are made again.
#[differentiate]
fn chosen_again(layer: &Layer<f64>, n: usize) -> [f64; 2] {
    let first = layer.clone();
    let kept = if n > 1 { first.activation } else { Activation::Power(3) };
    let layers = [Layer { activation: kept, ..layer.clone() }, first.clone()];
    let (mut k, mut z) = (0, layer.w.sin());
    while k < n && z < 2.0 {
        z += applied(kept, layers[k % 2].w * z);
        k += 1;
    }
    [z * layers[0].w, z + if matches!(kept, Activation::Power(_)) { layer.w } else { 0.5 }]
}

/// A choice that is written to a field, and used besides.
#[differentiate(order = 2)]
fn written_and_used(layer: &Layer<f64>, #[constant] x: f64) -> f64 {
    let kept = layer.activation;
    let mut other = Layer { w: layer.bias, bias: x, activation: Activation::Tanh };
    other.activation = kept;
    let more = Layer { w: layer.w.sin(), bias: layer.w, activation: kept };
    let mut again = other.activation;
    let w = other.w.cos();
    other.activation = again;
    if again == Activation::Tanh {
        again = Activation::Power(2);
    }
    applied(again, w) * other.forward(x) + more.forward(layer.bias)
}

#[test]
fn written_and_used_besides() {
    for activation in [Activation::Tanh, Activation::Power(3), Activation::Leaky] {
        let layer = Layer { w: 0.6, bias: 0.4, activation };
        check_at!(written_and_used, &layer, 0.7);
    }
}

#[test]
fn choices_made_again() {
    for activation in [Activation::Tanh, Activation::Power(2)] {
        for n in 0..4 {
            let layer = Layer { activation, ..nets::<f64>().remove(0).layers.remove(0) };
            Check::new("chosen_again", &layer, |layer| chosen_again(layer, n))
                .vjp(|layer, seed| chosen_again::vjp(layer, n, *seed))
                .jvp(|layer, dot| chosen_again::jvp(layer, n, dot))
                .run()
                .assert();
        }
    }
}

#[test]
fn structs_of_constants() {
    let options = Options { order: [2, 1], kind: Activation::Power(3), name: "shifted" };
    let model = Model { w: vec![0.4, 0.8, -1.2], options };
    for model in
        [model.clone(), Model { options: Options { kind: Activation::Tanh, name: "", ..model.options }, ..model }]
    {
        check_at!(chosen, &model);
    }
}
