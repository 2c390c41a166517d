//! Diagnostics: every mistake of a function in one compile, and none forgotten.
//!
//! The front end reports into one [`Diag`] and keeps going; [`Diag::finish`] is the error barrier behind which no phase
//! thinks about bad input. As in serde_derive's `Ctxt`, a `Diag` that is dropped without it panics in debug builds, so
//! that an early return cannot lose what was found.
//!
//! Messages say in plain words what is wrong, then what to write instead. What rustc says better is left to rustc.

use std::cell::Cell;
use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Debug)]
pub(crate) struct Diag {
    error: Option<syn::Error>,
    count: usize,
    checked: Cell<bool>,
}

impl Diag {
    pub(crate) fn new() -> Diag {
        Diag { error: None, count: 0, checked: Cell::new(false) }
    }

    /// Reports `message` at all of `tokens`.
    pub(crate) fn error(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports `message` at a span.
    pub(crate) fn error_at(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Reports `message`, unless it was reported already.
    pub(crate) fn error_once(&mut self, tokens: impl ToTokens, message: &str) {
        let reported = |error: &syn::Error| error.clone().into_iter().any(|error| error.to_string() == message);
        if !self.error.as_ref().is_some_and(reported) {
            self.error(tokens, message);
        }
    }

    /// `not yet supported: {what}; {instead}`.
    pub(crate) fn unsupported(&mut self, tokens: impl ToTokens, what: impl Display, instead: impl Display) {
        self.error(tokens, format_args!("not yet supported: {what}; {instead}"));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.count += 1;
        match &mut self.error {
            Some(all) => all.combine(error),
            None => self.error = Some(error),
        }
    }

    /// How often something was reported.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Whether nothing was reported yet.
    pub(crate) fn is_clean(&self) -> bool {
        self.error.is_none()
    }

    /// The error barrier: all that was reported, as one error.
    pub(crate) fn finish(mut self) -> Result<(), syn::Error> {
        self.checked.set(true);
        match self.error.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Drop for Diag {
    // A mistake of this crate, not of its user: without the panic the derivatives would be generated from what was refused.
    fn drop(&mut self) {
        if cfg!(debug_assertions) && !self.checked.get() && !std::thread::panicking() {
            panic!("diagnostics were dropped unread");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_come_out_in_order() {
        let mut diag = Diag::new();
        assert!(diag.is_clean());
        diag.error_at(Span::call_site(), "first");
        diag.unsupported(quote::quote!(a + b), "second", "write third");
        let error = diag.finish().expect_err("two were reported");
        let messages: Vec<String> = error.into_iter().map(|e| e.to_string()).collect();
        assert_eq!(messages, ["first", "not yet supported: second; write third"]);
    }

    #[test]
    fn no_mistake_is_ok() {
        assert!(Diag::new().finish().is_ok());
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "dropped unread")]
    fn forgetting_to_look_panics() {
        let mut diag = Diag::new();
        diag.error_at(Span::call_site(), "lost");
    }
}
