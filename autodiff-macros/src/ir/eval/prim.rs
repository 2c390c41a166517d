//! The values of the primitives, as rustc computes them: the standard library's methods of the type at hand, and the
//! runtime's `Real` for its rows.

use autodiff_runtime::Real;

use super::{Error, Value};
use crate::rules::Rule;

/// The value of a step.
pub(crate) fn prim(rule: Rule, args: &[Value]) -> Result<Value, Error> {
    match args.first() {
        Some(Value::F32(_)) => prim_f32(rule, args).map(Value::F32),
        Some(Value::F64(_)) => prim_f64(rule, args).map(Value::F64),
        _ => Err(mismatch(rule)),
    }
}

fn mismatch(rule: Rule) -> Error {
    Error::Type(format!("an argument of {rule}"))
}

macro_rules! prims {
    ($name:ident $float:ident $Variant:ident) => {
        fn $name(rule: Rule, args: &[Value]) -> Result<$float, Error> {
            let float = |i: usize| match args.get(i) {
                Some(Value::$Variant(x)) => Ok(*x),
                _ => Err(mismatch(rule)),
            };
            let int = |i: usize| match args.get(i) {
                Some(Value::Int(n)) => Ok(*n),
                _ => Err(mismatch(rule)),
            };
            let x = float(0)?;
            Ok(match rule {
                Rule::Add => x + float(1)?,
                Rule::Sub => x - float(1)?,
                Rule::Mul => x * float(1)?,
                Rule::Div => x / float(1)?,
                Rule::Times => autodiff_runtime::__private::times(x, float(1)?),
                Rule::Rem => x % float(1)?,
                Rule::RemEuclid => x.rem_euclid(float(1)?),
                Rule::DivEuclid => x.div_euclid(float(1)?),
                Rule::Neg => -x,
                Rule::Recip => x.recip(),
                Rule::MulAdd => x.mul_add(float(1)?, float(2)?),
                Rule::Midpoint => x.midpoint(float(1)?),
                Rule::ToDegrees => x.to_degrees(),
                Rule::ToRadians => x.to_radians(),
                Rule::Powi => x.powi(i32::try_from(int(1)?).map_err(|_| Error::Overflow)?),
                Rule::Powf => x.powf(float(1)?),
                Rule::Sqrt => x.sqrt(),
                Rule::Cbrt => x.cbrt(),
                Rule::Hypot => x.hypot(float(1)?),
                Rule::Exp => x.exp(),
                Rule::Exp2 => x.exp2(),
                Rule::ExpM1 => x.exp_m1(),
                Rule::Ln => x.ln(),
                Rule::Ln1p => x.ln_1p(),
                Rule::Log => x.log(float(1)?),
                Rule::Log2 => x.log2(),
                Rule::Log10 => x.log10(),
                Rule::Sin => x.sin(),
                Rule::Cos => x.cos(),
                Rule::Tan => x.tan(),
                Rule::Asin => x.asin(),
                Rule::Acos => x.acos(),
                Rule::Atan => x.atan(),
                Rule::Atan2 => x.atan2(float(1)?),
                Rule::Sinh => x.sinh(),
                Rule::Cosh => x.cosh(),
                Rule::Tanh => x.tanh(),
                Rule::Asinh => x.asinh(),
                Rule::Acosh => x.acosh(),
                Rule::Atanh => x.atanh(),
                Rule::Abs => x.abs(),
                Rule::Signum => x.signum(),
                Rule::Copysign => x.copysign(float(1)?),
                Rule::Max => x.max(float(1)?),
                Rule::Min => x.min(float(1)?),
                Rule::Clamp => {
                    let (lo, hi) = (float(1)?, float(2)?);
                    if lo > hi || lo.is_nan() || hi.is_nan() {
                        return Err(Error::Clamp);
                    }
                    x.clamp(lo, hi)
                }
                Rule::Floor => x.floor(),
                Rule::Ceil => x.ceil(),
                Rule::Round => x.round(),
                Rule::RoundTiesEven => x.round_ties_even(),
                Rule::Trunc => x.trunc(),
                Rule::Fract => x.fract(),
                Rule::Sigmoid => Real::sigmoid(x),
                Rule::Softplus => Real::softplus(x),
                Rule::Relu => Real::relu(x),
                Rule::LeakyRelu => Real::leaky_relu(x, float(1)?),
                Rule::Elu => Real::elu(x, float(1)?),
                Rule::Gelu => Real::gelu(x),
                Rule::Erf => Real::erf(x),
                Rule::Erfc => Real::erfc(x),
                Rule::LnGamma => Real::ln_gamma(x),
                Rule::Digamma => Real::digamma(x),
                Rule::Trigamma => Real::trigamma(x),
                Rule::Polygamma => Real::polygamma(x, u32::try_from(int(1)?).map_err(|_| Error::Overflow)?),
            })
        }
    };
}

prims!(prim_f32 f32 F32);
prims!(prim_f64 f64 F64);
