//! Active values in cells, locks, maps, boxes and once-cells.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use autodiff_runtime::differentiate;

static ONCE: OnceLock<f64> = OnceLock::new();
static BITS: AtomicU64 = AtomicU64::new(0);

#[differentiate]
fn shared(x: f64) -> f64 {
    let cell = Rc::new(RefCell::new(1.0));
    *cell.borrow_mut() = x;
    let y: f64 = *cell.borrow();
    y * x
}

#[differentiate]
fn once(x: f64) -> f64 {
    let cell = OnceCell::new();
    let y: f64 = *cell.get_or_init(|| x * x);
    y * x
}

#[differentiate]
fn once_for_all(x: f64) -> f64 {
    let y: f64 = *ONCE.get_or_init(|| x * x);
    y * x
}

#[differentiate]
fn atomic(x: f64) -> f64 {
    BITS.store(x.to_bits(), Ordering::SeqCst);
    f64::from_bits(BITS.load(Ordering::SeqCst)) * x
}

#[differentiate]
fn hashed(x: f64) -> f64 {
    let mut map = HashMap::new();
    map.insert(1, x * x);
    let y: f64 = map[&1];
    y * x
}

#[differentiate]
fn ordered(x: f64) -> f64 {
    let mut map = BTreeMap::new();
    *map.entry(1).or_insert(0.0) += x * x;
    let y: f64 = map[&1];
    y * x
}

#[differentiate]
fn boxed(x: f64) -> f64 {
    let b = Box::new(x * x);
    *b * x
}

#[differentiate]
fn leaked(x: f64) -> f64 {
    let b = Box::leak(Box::new(x * x));
    *b * x
}

fn main() {}
