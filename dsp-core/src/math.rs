//! Logarithm and exponential of base 2 for gain computers: branch-free, the same operations in scalar and vector form,
//! so they vectorise and give the same bits on every target.
//!
//! | function | largest error | exact at |
//! |---|---|---|
//! | [`log2`] `f32` | 1.2e-7 absolute for arguments in 1/2..2, otherwise half a unit of the result's last place more | 1 -> 0 |
//! | [`exp2`] `f32` | 2e-7 relative | 0 -> 1 |
//! | [`log2`] `f64` | 1e-14 absolute plus rounding | 1 -> 0 |
//! | [`exp2`] `f64` | 3e-14 relative | 0 -> 1 |
//!
//! The polynomials are minimax fits made for this crate (Lawson iteration on 2000 Chebyshev nodes): `log2` is odd in
//! s = (m - 1) / (m + 1), which makes log2(1) exactly 0 (0 dB is exactly 0 dB); `exp2` is 1 + x P(x) on -1/2..1/2.

use crate::sample::Sample;

/// Binary logarithm of a positive, normal number. Zero, negative and subnormal arguments give a finite, meaningless
/// number: give the argument a floor first.
#[inline(always)]
pub fn log2<S: Sample>(x: S) -> S {
    x.log2()
}

/// `2^x`; the argument is limited to -126..126 (`f32`) or -1022..1022 (`f64`).
#[inline(always)]
pub fn exp2<S: Sample>(x: S) -> S {
    x.exp2()
}

/// log2(10) / 20: multiplies decibels of amplitude into powers of two.
pub const LOG2_PER_DB: f64 = 0.166_096_404_744_368_12;

/// Bits of sqrt(1/2), where the mantissa range starts.
const SQRT_HALF_F32: u32 = 0x3F35_04F3;
const SQRT_HALF_F64: u64 = 0x3FE6_A09E_667F_3BCD;

#[inline(always)]
pub(crate) fn log2_f32(x: f32) -> f32 {
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF_F32) as i32;
    let exponent = shifted >> 23;
    let mantissa = f32::from_bits(x.to_bits().wrapping_sub((exponent << 23) as u32));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let q = s * s;
    let p = 2.885_39 + q * (0.961_800_76 + q * (0.576_584_5 + q * 0.434_255_94));
    exponent as f32 + s * p
}

#[inline(always)]
pub(crate) fn exp2_f32(x: f32) -> f32 {
    let x = if x > -126.0 { x } else { -126.0 };
    let x = if x < 126.0 { x } else { 126.0 };
    let whole = x.round_ties_even_fast();
    let f = x - whole;
    let p = f * (0.055_503_324 + f * (0.009_618_437 + f * (0.001_339_887_4 + f * 0.000_153_533_62)));
    let y = 1.0 + f * (core::f32::consts::LN_2 + f * (0.240_226_48 + p));
    f32::from_bits((y.to_bits() as i32).wrapping_add((whole as i32) << 23) as u32)
}

#[inline(always)]
pub(crate) fn log2_f64(x: f64) -> f64 {
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF_F64) as i64;
    let exponent = shifted >> 52;
    let mantissa = f64::from_bits(x.to_bits().wrapping_sub((exponent << 52) as u64));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let q = s * s;
    let p = 0.412_213_539_192_998_2 + q * (0.319_760_150_251_681_86 + q * 0.284_697_277_172_589_6);
    let p = 2.885_390_081_777_42 + q * (0.961_796_694_403_839_7 + q * (0.577_077_887_126_787_6 + q * p));
    exponent as i32 as f64 + s * p
}

#[inline(always)]
pub(crate) fn exp2_f64(x: f64) -> f64 {
    let x = if x > -1022.0 { x } else { -1022.0 };
    let x = if x < 1022.0 { x } else { 1022.0 };
    let whole = x.round_ties_even_fast();
    let f = x - whole;
    let p = 1.540_344_085_544_375_5e-4
        + f * (1.525_298_861_215_773_6e-5 + f * (1.325_834_266_818_759_5e-6 + f * 1.014_863_428_849_821_5e-7));
    let p = 5.550_410_866_840_347e-2 + f * (9.618_129_181_198_42e-3 + f * (1.333_355_762_748_844_6e-3 + f * p));
    let y = 1.0 + f * (0.693_147_180_559_885_3 + f * (0.240_226_506_957_228 + f * p));
    f64::from_bits((y.to_bits() as i64).wrapping_add(i64::from(whole as i32) << 52) as u64)
}

/// `Sample::round_ties_even`, under a name that the inherent `std` methods do not shadow.
trait RoundFast {
    fn round_ties_even_fast(self) -> Self;
}
impl<S: Sample> RoundFast for S {
    #[inline(always)]
    fn round_ties_even_fast(self) -> Self {
        Sample::round_ties_even(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_decibels_stay_zero() {
        assert_eq!((log2(1.0_f32), exp2(0.0_f32)), (0.0, 1.0));
        assert_eq!((log2(1.0_f64), exp2(0.0_f64)), (0.0, 1.0));
    }

    #[test]
    fn extreme_arguments_stay_finite() {
        for x in [f32::MIN_POSITIVE, 0.0, -3.0, f32::MAX] {
            assert!(log2(x).is_finite());
        }
        for x in [-1e9_f32, -126.0, 126.0, 1e9] {
            assert!(exp2(x).is_finite() && exp2(f64::from(x)).is_finite());
        }
    }

    proptest! {
        #[test]
        fn log2_keeps_its_stated_error(bits in 0x0080_0000_u32..0x7F00_0000) {
            let x = f32::from_bits(bits);
            let exact = f64::from(x).log2();
            let bound = if (-1.0..=1.0).contains(&exact) { 1.2e-7 } else { 1.2e-7 + exact.abs() * 6e-8 };
            prop_assert!((f64::from(log2(x)) - exact).abs() <= bound, "{x:e}: {} for {exact}", log2(x));
            let wide = f64::from(x) * 1.000_000_01;
            prop_assert!((log2(wide) - wide.log2()).abs() <= 1e-14 + exact.abs() * 3e-16);
        }

        #[test]
        fn exp2_keeps_its_stated_error(x in -100.0_f64..100.0) {
            let narrow = f64::from(x as f32);
            prop_assert!((f64::from(exp2(x as f32)) / narrow.exp2() - 1.0).abs() <= 2e-7);
            prop_assert!((exp2(x) / x.exp2() - 1.0).abs() <= 3e-14);
        }

        #[test]
        fn decibel_round_trip_in_f32(db in -160.0_f32..0.0) {
            // Acceptance of the fast maths: 2e-4 dB over a 160 dB range.
            let k = LOG2_PER_DB as f32;
            let back = log2(exp2(db * k)) / k;
            prop_assert!((back - db).abs() <= 2e-4);
        }
    }
}
