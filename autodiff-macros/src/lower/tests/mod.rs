//! Tests of the lowering: the IR of a function computes what rustc's does (`run`, `flow`), calls and what is passed through come
//! out as they should (`text`), and what is outside the language is refused (`refuse`).

mod cost;
mod iterators;
mod refuse;
#[macro_use]
mod run;
mod flow;
mod text;

use crate::diag::Diag;
use crate::ir::eval::{Cell, Value};
use crate::ir::{Float, Func, verify};
use crate::options::Options;
use crate::signature::{Signature, generics};

/// Lowers a function, or gives the messages.
fn lower(item: &syn::ItemFn) -> Result<Func, Vec<String>> {
    let _scope = generics::enter(&item.sig, None);
    let mut diag = Diag::new();
    let sig = Signature::parse(item, None, &Options::default(), &mut diag);
    let func = match &sig {
        Some(sig) => super::lower(item, sig, &mut diag).map(|lowered| lowered.func),
        None => {
            super::refuse(item, &mut diag);
            None
        }
    };
    match (diag.finish(), func) {
        (Ok(()), Some(func)) => {
            let errors = verify::verify(&func);
            assert!(errors.is_empty(), "{errors:#?}\n{func}");
            Ok(func)
        }
        (Ok(()), None) => panic!("nothing came out, and nothing was said"),
        (Err(error), _) => Err(error.into_iter().map(|e| e.to_string()).collect()),
    }
}

/// Lowers a function that is in the language.
fn lowered(item: &syn::ItemFn) -> Func {
    lower(item).unwrap_or_else(|messages| panic!("{messages:#?}"))
}

/// An argument as the interpreter takes it.
trait ToCell {
    fn cell(&self) -> Cell;
}

macro_rules! scalars {
    ($($ty:ty => |$x:ident| $value:expr),* $(,)?) => {
        $(impl ToCell for $ty {
            fn cell(&self) -> Cell {
                let $x = *self;
                Cell::Scalar($value)
            }
        })*
    };
}

scalars! {
    f64 => |x| Value::float(x, Float::F64),
    f32 => |x| Value::F32(x),
    bool => |x| Value::Bool(x),
    usize => |x| Value::Int(x as i128),
    i32 => |x| Value::Int(x.into()),
    i64 => |x| Value::Int(x.into()),
    u8 => |x| Value::Int(x.into()),
}

impl<T: ToCell> ToCell for [T] {
    fn cell(&self) -> Cell {
        Cell::Seq(self.iter().map(ToCell::cell).collect())
    }
}

impl<T: ToCell, const N: usize> ToCell for [T; N] {
    fn cell(&self) -> Cell {
        self.as_slice().cell()
    }
}

impl<T: ToCell> ToCell for Vec<T> {
    fn cell(&self) -> Cell {
        self.as_slice().cell()
    }
}

impl<T: ToCell + ?Sized> ToCell for &T {
    fn cell(&self) -> Cell {
        (**self).cell()
    }
}

macro_rules! tuples {
    ($(($($part:ident $i:tt),*)),*) => {
        $(impl<$($part: ToCell),*> ToCell for ($($part,)*) {
            fn cell(&self) -> Cell {
                Cell::Fields(vec![$((stringify!($i).into(), self.$i.cell())),*])
            }
        })*
    };
}

tuples!((A 0, B 1), (A 0, B 1, C 2), (A 0, B 1, C 2, D 3), (A 0, B 1, C 2, D 3, E 4));

/// The scalars of a result, in order.
fn scalars_of(result: &impl ToCell) -> Vec<Value> {
    let mut values = Vec::new();
    result.cell().for_each(&mut |value| values.push(value));
    values
}
