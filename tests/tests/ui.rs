//! What is refused, with the message that says what to write instead; and names that could collide and do not.
//!
//! The messages are those of the pinned toolchain. `TRYBUILD=overwrite cargo test -p autodiff-tests --test ui` writes
//! them anew; read every one before it is committed.

#[test]
fn ui() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("ui/refused/*.rs");
    tests.pass("ui/conflicts/*.rs");
}
