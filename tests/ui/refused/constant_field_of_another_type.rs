use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone)]
struct Schedule {
    rate: f64,
}

#[derive(Clone, Differentiable)]
struct Model {
    w: f64,
    #[constant]
    schedule: Schedule,
}

#[differentiate]
fn loss(m: &Model) -> f64 {
    m.w * m.schedule.rate
}

fn main() {
    loss(&Model { w: 1.0, schedule: Schedule { rate: 0.5 } });
}
