//! An active value sent through a channel.

use autodiff_runtime::differentiate;

use std::sync::mpsc;

#[differentiate]
fn f(x: f64) -> f64 {
    let (sender, receiver) = mpsc::channel();
    sender.send(x * x).unwrap();
    let received: f64 = receiver.recv().unwrap();
    received * x
}

fn main() {}
