//! float16, rounded to nearest even as numpy does. Rust has no stable f16 type.

const F16_INFINITY: u16 = 0x7c00;

/// The float16 bits nearest to `value`. Too large becomes infinity; the upper payload bits of a NaN are kept.
pub fn f64_to_f16(value: f64) -> u16 {
    let bits = value.to_bits();
    let sign = ((bits >> 48) & 0x8000) as u16;
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & 0x000f_ffff_ffff_ffff;
    if exponent == 0x7ff {
        return sign | if fraction == 0 { F16_INFINITY } else { nan_bits((fraction >> 42) as u16) };
    }
    sign | round_to_f16(exponent - 1023, fraction | u64::from(exponent != 0) << 52)
}

/// The float16 bits nearest to a float32.
pub fn f32_to_f16(value: f32) -> u16 {
    f64_to_f16(f64::from(value))
}

/// A NaN must keep at least one fraction bit, or it would read as infinity.
fn nan_bits(payload: u16) -> u16 {
    F16_INFINITY | payload.max(1)
}

/// Rounds `significand * 2^(exponent - 52)` to float16 bits without a sign. `significand` has its leading bit at 52.
fn round_to_f16(exponent: i32, significand: u64) -> u16 {
    if exponent > 15 {
        return F16_INFINITY;
    }
    // Below 2^-14 float16 is subnormal: more bits are dropped and the exponent field stays 0.
    let dropped = if exponent >= -14 { 42 } else { (42 - 14 - exponent).min(63) };
    let kept = significand >> dropped;
    let rest = significand & ((1 << dropped) - 1);
    let half = 1_u64 << (dropped - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    let rounded = kept + u64::from(up);
    // A carry out of the fraction moves into the exponent, which is just what rounding wants, up to infinity.
    let exponent_field = if exponent >= -14 { ((exponent + 15) as u64) << 10 } else { 0 };
    let magnitude = if exponent >= -14 { exponent_field + rounded - (1 << 10) } else { rounded };
    magnitude.min(u64::from(F16_INFINITY)) as u16
}

/// The value of float16 bits, exactly: sign and payload of a NaN are kept.
pub fn f16_to_f64(bits: u16) -> f64 {
    // Put together from bits: the precision of `powi` is not the same on every platform.
    const LEAST: f64 = 1.0 / 16_777_216.0;
    let sign = u64::from(bits & 0x8000) << 48;
    let exponent = u64::from((bits >> 10) & 0x1f);
    let fraction = bits & 0x3ff;
    let magnitude = match exponent {
        0 => (f64::from(fraction) * LEAST).to_bits(),
        31 => 0x7ff << 52 | u64::from(fraction) << 42,
        _ => (exponent + 1023 - 15) << 52 | u64::from(fraction) << 42,
    };
    f64::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_float16_survives_the_round_trip() {
        for bits in 0..=u16::MAX {
            let value = f16_to_f64(bits);
            assert_eq!(f64_to_f16(value), bits, "{bits:#06x} is {value}");
        }
    }

    #[test]
    fn values_are_those_of_the_format() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x03ff, 6.097_555_160_522_461e-5),
            (0x0400, 6.103_515_625e-5),
            (0x3555, 0.333_251_953_125),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(f16_to_f64(bits), value, "{bits:#06x}");
        }
        assert_eq!(f16_to_f64(0x8000).to_bits(), (-0.0_f64).to_bits());
        assert!(f16_to_f64(0x7e00).is_nan() && f16_to_f64(0xfc01).is_nan());
    }

    #[test]
    fn ties_go_to_even_and_anything_above_goes_up() {
        for bits in 0..0x7bff_u16 {
            let (low, high) = (f16_to_f64(bits), f16_to_f64(bits + 1));
            let middle = (low + high) / 2.0;
            let even = if bits & 1 == 0 { bits } else { bits + 1 };
            assert_eq!(f64_to_f16(middle), even);
            assert_eq!(f64_to_f16(middle.next_up()), bits + 1);
            assert_eq!(f64_to_f16(middle.next_down()), bits);
        }
        assert_eq!(f64_to_f16(65519.999), 0x7bff);
        assert_eq!(f64_to_f16(65520.0), F16_INFINITY);
    }
}
