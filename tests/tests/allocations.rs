//! How often code asks for memory. Linking `allocation-counter` replaces the global allocator, so these tests have a
//! binary of their own; it counts per thread, so they may run side by side.

use std::hint::black_box;

use autodiff_tests::problems::{lecture, rosenbrock};

/// The number of allocations that `f` makes.
fn allocations<R>(f: impl FnOnce() -> R) -> u64 {
    allocation_counter::measure(|| {
        black_box(f());
    })
    .count_total
}

#[test]
fn allocations_are_counted() {
    assert_eq!(allocations(|| black_box(1.0) + 1.0), 0);
    assert_eq!(allocations(|| black_box(vec![1.0; 8])), 1);
    assert_eq!(allocations(|| (Box::new(black_box(1)), String::from("one"))), 2);
}

#[test]
fn generated_adjoints_allocate_their_results_only() {
    let (w1, w2) = lecture::POINT;
    assert_eq!(allocations(|| lecture::plain::value_and_grad(black_box(w1), w2)), 0);
    assert_eq!(allocations(|| lecture::plain::jvp(black_box(w1), w2, 1.0, 0.0)), 0);

    let x = rosenbrock::point(1000);
    let mut shadow = vec![0.0; x.len()];
    assert_eq!(allocations(|| rosenbrock::plain::grad_into(&x, &mut shadow)), 0);
    assert_eq!(allocations(|| rosenbrock::plain::value_and_grad(&x)), 1);
    assert_eq!(allocations(|| rosenbrock::plain::jvp(&x, &shadow)), 0);
}

/// What the generated code is held to: nothing for two scalars, nothing into a shadow, the result alone for a slice.
#[test]
fn adjoints_by_hand_allocate_their_results_only() {
    let (w1, w2) = lecture::POINT;
    assert_eq!(allocations(|| lecture::by_hand(black_box(w1), w2)), 0);

    let x = rosenbrock::point(1000);
    let mut shadow = vec![0.0; x.len()];
    assert_eq!(allocations(|| rosenbrock::by_hand_into(&x, &mut shadow)), 0);
    assert_eq!(allocations(|| rosenbrock::by_hand(&x)), 1);
}
