//! Numbers as a reader wants them.

use alloc::{format, string::String};

/// `x` with `digits` significant digits and no trailing zeros: `11.6521`, `5.5`, `-1`, `1.5e-9`.
pub(super) fn significant(x: f64, digits: usize) -> String {
    if !x.is_finite() {
        return format!("{x}");
    }
    if x == 0.0 {
        return "0".into();
    }
    let digits = digits.max(1);
    // Rounding first: 9.99 at two digits is 10, with one digit more before the point.
    let scientific = format!("{:.*e}", digits - 1, x);
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-5..digits.max(6) as i32).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        without_trailing_zeros(&format!("{x:.decimals$}")).into()
    } else {
        format!("{}e{exponent}", without_trailing_zeros(mantissa))
    }
}

/// `x` in full, as it would be written in a program. A value that is exactly an `f32` gets the digits of the `f32`.
pub(super) fn literal(x: f64) -> String {
    let single = x as f32;
    let plain = x == 0.0 || (1e-5..1e16).contains(&x.abs()) || !x.is_finite();
    match (f64::from(single) == x, plain) {
        (true, true) => format!("{single}"),
        (true, false) => format!("{single:e}"),
        (false, true) => format!("{x}"),
        (false, false) => format!("{x:e}"),
    }
}

fn without_trailing_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits_are_rounded_and_trimmed() {
        let cases = [
            (11.652_071_455_3, 6, "11.6521"),
            (5.5, 6, "5.5"),
            (-1.0, 6, "-1"),
            (9.996, 3, "10"),
            (1.5e-9, 6, "1.5e-9"),
            (123_456_789.0, 6, "1.23457e8"),
            (1234.0, 3, "1234"),
            (0.000_123_45, 3, "0.000123"),
            (0.0, 6, "0"),
            (f64::INFINITY, 6, "inf"),
        ];
        for (x, digits, expected) in cases {
            assert_eq!(significant(x, digits), expected);
        }
    }

    #[test]
    fn literals_are_exact_and_short() {
        assert_eq!(literal(f64::from(0.1_f32)), "0.1");
        assert_eq!(literal(0.1), "0.1");
        assert_eq!((literal(3.0), literal(1e300), literal(-2.5e-9)), ("3".into(), "1e300".into(), "-2.5e-9".into()));
    }
}
