//! Integer operators, comparisons and casts, with the ranges and panics of the debug profile.

use std::cmp::Ordering;

use super::{Error, Value};
use crate::ir::{CmpOp, Float, Int, IntOp, Ty};

/// The width in bits and the signedness; `None` where rustc would infer it, and no range is checked.
fn width(int: Int) -> Option<(u32, bool)> {
    Some(match int {
        Int::Infer => return None,
        Int::I8 => (8, true),
        Int::I16 => (16, true),
        Int::I32 => (32, true),
        Int::I64 | Int::Isize => (64, true),
        Int::I128 => (128, true),
        Int::U8 => (8, false),
        Int::U16 => (16, false),
        Int::U32 => (32, false),
        Int::U64 | Int::Usize => (64, false),
        Int::U128 => (128, false),
    })
}

/// The least and the greatest value, `u128` cut at the interpreter's width.
fn range(int: Int) -> (i128, i128) {
    match width(int) {
        None | Some((128, true)) => (i128::MIN, i128::MAX),
        Some((128, false)) => (0, i128::MAX),
        Some((bits, true)) => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        Some((bits, false)) => (0, (1 << bits) - 1),
    }
}

/// `i` if it is a value of the type.
pub(super) fn in_range(i: i128, int: Int) -> Result<i128, Error> {
    let (least, greatest) = range(int);
    if (least..=greatest).contains(&i) { Ok(i) } else { Err(Error::Overflow) }
}

/// `op(args)` of the type `ty`.
pub(super) fn int_op(op: IntOp, args: &[Value], ty: Ty) -> Result<Value, Error> {
    let mismatch = || Error::Type(format!("an operand of {op:?}"));
    match (args, ty) {
        ([Value::Bool(a)], Ty::Bool) if op == IntOp::Not => Ok(Value::Bool(!a)),
        ([Value::Bool(a), Value::Bool(b)], Ty::Bool) => match op {
            IntOp::BitAnd => Ok(Value::Bool(a & b)),
            IntOp::BitOr => Ok(Value::Bool(a | b)),
            IntOp::BitXor => Ok(Value::Bool(a ^ b)),
            _ => Err(mismatch()),
        },
        ([Value::Int(a)], Ty::Int(int)) => match op {
            IntOp::Neg => Ok(Value::Int(in_range(a.checked_neg().ok_or(Error::Overflow)?, int)?)),
            IntOp::Not => Ok(Value::Int(wrap(!a, int))),
            _ => Err(mismatch()),
        },
        ([Value::Int(a), Value::Int(b)], Ty::Int(int)) => {
            let result = match op {
                IntOp::Add => a.checked_add(*b),
                IntOp::Sub => a.checked_sub(*b),
                IntOp::Mul => a.checked_mul(*b),
                IntOp::Div | IntOp::Rem if *b == 0 => return Err(Error::DivisionByZero),
                IntOp::Div => a.checked_div(*b),
                IntOp::Rem => a.checked_rem(*b),
                IntOp::BitAnd => Some(a & b),
                IntOp::BitOr => Some(a | b),
                IntOp::BitXor => Some(a ^ b),
                IntOp::Shl | IntOp::Shr => {
                    let bits = width(int).map_or(128, |(bits, _)| bits);
                    let by = u32::try_from(*b).ok().filter(|by| *by < bits).ok_or(Error::Overflow)?;
                    return Ok(Value::Int(if op == IntOp::Shl { wrap(a << by, int) } else { a >> by }));
                }
                IntOp::Neg | IntOp::Not => return Err(mismatch()),
            };
            Ok(Value::Int(in_range(result.ok_or(Error::Overflow)?, int)?))
        }
        _ => Err(mismatch()),
    }
}

/// The low bits of `i`, as `as` keeps them.
fn wrap(i: i128, int: Int) -> i128 {
    match width(int) {
        None | Some((128, _)) => i,
        Some((bits, signed)) => {
            let low = i & ((1 << bits) - 1);
            if signed && low >> (bits - 1) == 1 { low - (1 << bits) } else { low }
        }
    }
}

/// `v as ty`.
pub(super) fn cast(v: Value, ty: Ty) -> Result<Value, Error> {
    let saturated = |i: i128, int: Int| {
        let (least, greatest) = range(int);
        Value::Int(i.clamp(least, greatest))
    };
    Ok(match (v, ty) {
        (Value::F32(x), Ty::Float(Float::F32)) => Value::F32(x),
        (Value::F32(x), Ty::Float(Float::F64 | Float::Param(_))) => Value::F64(x.into()),
        (Value::F64(x), Ty::Float(Float::F32)) => Value::F32(x as f32),
        (Value::F64(x), Ty::Float(Float::F64 | Float::Param(_))) => Value::F64(x),
        (Value::Int(i), Ty::Float(Float::F32)) => Value::F32(i as f32),
        (Value::Int(i), Ty::Float(Float::F64 | Float::Param(_))) => Value::F64(i as f64),
        (Value::F32(x), Ty::Int(int)) => saturated(x as i128, int),
        (Value::F64(x), Ty::Int(int)) => saturated(x as i128, int),
        (Value::Int(i), Ty::Int(int)) => Value::Int(wrap(i, int)),
        (Value::Bool(b), Ty::Int(_)) => Value::Int(b.into()),
        (Value::Bool(b), Ty::Bool) => Value::Bool(b),
        _ => return Err(Error::Type("a cast".to_owned())),
    })
}

/// `a op b`, of two scalars of one type.
pub(super) fn compare(op: CmpOp, a: Value, b: Value) -> Result<Value, Error> {
    let order: Option<Ordering> = match (a, b) {
        (Value::F32(a), Value::F32(b)) => a.partial_cmp(&b),
        (Value::F64(a), Value::F64(b)) => a.partial_cmp(&b),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(&b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(&b)),
        _ => return Err(Error::Type("a comparison".to_owned())),
    };
    Ok(Value::Bool(match op {
        CmpOp::Lt => order == Some(Ordering::Less),
        CmpOp::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        CmpOp::Gt => order == Some(Ordering::Greater),
        CmpOp::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        CmpOp::Eq => order == Some(Ordering::Equal),
        CmpOp::Ne => order != Some(Ordering::Equal),
    }))
}
