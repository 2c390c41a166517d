//! Work that is shared between threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does `work` for each of `jobs`, with the number of the worker.
pub(crate) fn share<T: Sync>(jobs: &[T], work: impl Fn(usize, &T) + Sync) {
    let workers = match std::env::var("NIGHTLY_WORKERS") {
        Ok(text) => text.parse().expect("NIGHTLY_WORKERS is a number"),
        Err(_) => thread::available_parallelism().map_or(1, |n| n.get()),
    };
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for worker in 0..workers {
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(worker, job);
                }
            });
        }
    });
}
