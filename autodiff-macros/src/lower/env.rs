//! The variables in scope.

use std::ops::{Deref, DerefMut};

use super::value::Binding;
use crate::maps::Hashed;

/// The variables in scope.
#[derive(Clone, Debug, Default)]
pub(super) struct Env {
    pub(super) bindings: Bindings,
}

impl Env {
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let places = self.bindings.places.get(name)?;
        // Variables behind the reach of a closure that is being applied are no variables meanwhile.
        places.iter().rev().copied().find(|&at| self.bindings.list.get(at).is_some_and(|binding| binding.name == name))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Binding> {
        self.bindings.list.get(self.position(name)?)
    }
}

/// Variables, innermost last, with an index: a long function has thousands, and asks for one in every expression.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings {
    list: Vec<Binding>,
    /// The positions of each name, those that [`Bindings::hide`] took included.
    places: Hashed<String, Vec<usize>>,
}

impl Bindings {
    pub(super) fn push(&mut self, binding: Binding) {
        let at = self.list.len();
        match self.places.get_mut(&binding.name) {
            Some(places) => places.push(at),
            None => {
                self.places.insert(binding.name.clone(), vec![at]);
            }
        }
        self.list.push(binding);
    }

    pub(super) fn pop(&mut self) -> Option<Binding> {
        let binding = self.list.pop()?;
        if let Some(places) = self.places.get_mut(&binding.name) {
            places.pop();
        }
        Some(binding)
    }

    pub(super) fn truncate(&mut self, depth: usize) {
        while self.list.len() > depth {
            self.pop();
        }
    }

    /// Takes the variables from `depth` on out of sight, until [`Bindings::show`] puts them back in their places.
    pub(super) fn hide(&mut self, depth: usize) -> Vec<Binding> {
        self.list.split_off(depth)
    }

    /// Puts back what [`Bindings::hide`] took; there are as many others again as there were then.
    pub(super) fn show(&mut self, taken: Vec<Binding>) {
        self.list.extend(taken);
    }
}

impl Deref for Bindings {
    type Target = [Binding];

    fn deref(&self) -> &[Binding] {
        &self.list
    }
}

impl DerefMut for Bindings {
    fn deref_mut(&mut self) -> &mut [Binding] {
        &mut self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(env: &mut Env, name: &str) {
        env.bindings.push(Binding { name: name.to_string(), value: None, mutable: false });
    }

    #[test]
    fn the_innermost_variable_of_a_name_is_found() {
        let mut env = Env::default();
        for name in ["x", "y", "x"] {
            bind(&mut env, name);
        }
        assert_eq!((env.position("x"), env.position("y"), env.position("z")), (Some(2), Some(1), None));
        env.bindings.truncate(2);
        assert_eq!(env.position("x"), Some(0));
        assert_eq!(env.bindings.pop().map(|binding| binding.name).as_deref(), Some("y"));
        assert_eq!((env.position("y"), env.get("x").map(|x| &*x.name)), (None, Some("x")));
    }

    #[test]
    fn what_is_out_of_sight_is_not_found_and_comes_back() {
        let mut env = Env::default();
        for name in ["x", "y", "x", "z"] {
            bind(&mut env, name);
        }
        let taken = env.bindings.hide(1);
        assert_eq!((env.position("x"), env.position("y"), env.position("z")), (Some(0), None, None));
        for name in ["z", "y", "x"] {
            bind(&mut env, name);
        }
        assert_eq!((env.position("x"), env.position("y"), env.position("z")), (Some(3), Some(2), Some(1)));
        env.bindings.truncate(1);
        env.bindings.show(taken);
        assert_eq!((env.position("x"), env.position("y"), env.position("z")), (Some(2), Some(1), Some(3)));
    }
}
