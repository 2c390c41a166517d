//! Types without type information: unification of what the tokens of one function say.
//!
//! Every scalar has a type variable; ascriptions, literal suffixes, casts, indices, known methods and the operators of
//! the language tie them together. The emitted code ascribes what was found, so that rustc checks it: a wrong inference
//! is a compile error and never a wrong number.

use crate::ir::{Float, Int, Ty};

/// A type variable: an index into [`Types`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TyVar(u32);

/// What is known of a type.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Unknown,
    /// Some integer: of an unsuffixed literal.
    SomeInt,
    /// Some float: of an unsuffixed literal, or the receiver of a method that only floats have.
    SomeFloat,
    Known(Ty),
    /// Of an expression that was refused: agrees with everything, so that one mistake gives one message.
    Error,
}

impl Class {
    /// As a person writes it.
    pub(super) fn text(self) -> String {
        match self {
            Class::Unknown | Class::Error => "an unknown type".into(),
            Class::SomeInt | Class::Known(Ty::Int(Int::Infer)) => "an integer".into(),
            Class::SomeFloat => "a float".into(),
            Class::Known(Ty::Float(Float::F32)) => "`f32`".into(),
            Class::Known(Ty::Float(Float::F64)) => "`f64`".into(),
            Class::Known(Ty::Float(Float::Param(name))) => format!("`{name}`"),
            Class::Known(Ty::Int(int)) => format!("`{}`", format!("{int:?}").to_lowercase()),
            Class::Known(Ty::Bool) => "`bool`".into(),
            Class::Known(Ty::Opaque) => "a type that is no number".into(),
        }
    }

    /// The type of a value about which nothing more is said.
    fn settled(self) -> Ty {
        match self {
            Class::Unknown | Class::Error => Ty::Opaque,
            Class::SomeInt => Ty::Int(Int::Infer),
            Class::SomeFloat => Ty::Float(Float::F64),
            Class::Known(ty) => ty,
        }
    }

    /// The class of what is both; `None` if nothing is.
    fn meet(self, other: Class) -> Option<Class> {
        match (self, other) {
            (Class::Error, _) | (_, Class::Error) => Some(Class::Error),
            (Class::Unknown, class) | (class, Class::Unknown) => Some(class),
            (a, b) if a == b => Some(a),
            (Class::SomeInt, Class::Known(Ty::Int(int))) | (Class::Known(Ty::Int(int)), Class::SomeInt) => {
                Some(Class::Known(Ty::Int(int)))
            }
            (Class::SomeFloat, Class::Known(Ty::Float(float))) | (Class::Known(Ty::Float(float)), Class::SomeFloat) => {
                Some(Class::Known(Ty::Float(float)))
            }
            _ => None,
        }
    }
}

/// The type variables of a function.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// Union-find: a root is its own parent.
    parents: Vec<u32>,
    classes: Vec<Class>,
}

impl Types {
    pub(super) fn fresh(&mut self, class: Class) -> TyVar {
        let new = self.parents.len() as u32;
        self.parents.push(new);
        self.classes.push(class);
        TyVar(new)
    }

    /// The representative of all variables that are one type.
    pub(super) fn root(&self, var: TyVar) -> TyVar {
        TyVar(self.index(var))
    }

    fn index(&self, var: TyVar) -> u32 {
        let mut i = var.0;
        while let Some(&parent) = self.parents.get(i as usize) {
            if parent == i {
                break;
            }
            i = parent;
        }
        i
    }

    pub(super) fn class(&self, var: TyVar) -> Class {
        self.classes.get(self.index(var) as usize).copied().unwrap_or(Class::Error)
    }

    /// The final type.
    pub(super) fn settled(&self, var: TyVar) -> Ty {
        self.class(var).settled()
    }

    /// Makes two types one; where they disagree, both classes, and nothing changes.
    pub(super) fn unify(&mut self, a: TyVar, b: TyVar) -> Result<(), (Class, Class)> {
        let (a, b) = (self.index(a), self.index(b));
        let (of_a, of_b) = (self.class(TyVar(a)), self.class(TyVar(b)));
        let class = of_a.meet(of_b).ok_or((of_a, of_b))?;
        if let Some(parent) = self.parents.get_mut(b as usize) {
            *parent = a;
        }
        if let Some(slot) = self.classes.get_mut(a as usize) {
            *slot = class;
        }
        Ok(())
    }

    /// Says no more of a type, after a mistake.
    pub(super) fn give_up(&mut self, var: TyVar) {
        let root = self.index(var);
        if let Some(slot) = self.classes.get_mut(root as usize) {
            *slot = Class::Error;
        }
    }

    /// Narrows a type; where it disagrees, its class, and nothing changes.
    pub(super) fn narrow(&mut self, var: TyVar, class: Class) -> Result<(), Class> {
        let root = self.index(var);
        let old = self.class(var);
        let new = old.meet(class).ok_or(old)?;
        if let Some(slot) = self.classes.get_mut(root as usize) {
            *slot = new;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const F32: Class = Class::Known(Ty::Float(Float::F32));
    const USIZE: Class = Class::Known(Ty::Int(Int::Usize));

    #[test]
    fn what_is_said_of_one_is_said_of_all() {
        let mut types = Types::default();
        let [a, b, c] = [(); 3].map(|()| types.fresh(Class::Unknown));
        assert_eq!(types.unify(a, b), Ok(()));
        assert_eq!(types.unify(c, b), Ok(()));
        assert_eq!(types.narrow(a, Class::SomeFloat), Ok(()));
        assert_eq!(types.settled(c), Ty::Float(Float::F64));
        assert_eq!(types.narrow(b, F32), Ok(()));
        assert_eq!(types.settled(a), Ty::Float(Float::F32));
        assert_eq!(types.narrow(c, USIZE), Err(F32));
        assert_eq!(types.settled(c), Ty::Float(Float::F32));
    }

    #[test]
    fn disagreement_is_reported_and_an_error_agrees_with_all() {
        let mut types = Types::default();
        let (int, float, error) = (types.fresh(Class::SomeInt), types.fresh(F32), types.fresh(Class::Error));
        assert_eq!(types.unify(int, float), Err((Class::SomeInt, F32)));
        assert_eq!(types.unify(int, error), Ok(()));
        assert_eq!(types.unify(float, int), Ok(()));
    }
}
