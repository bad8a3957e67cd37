//! The sample type: `f32` or `f64`, with the few operations a hot loop needs.

use crate::ramp::Blend;
use core::fmt::Debug;
use core::ops::Neg;
use num_traits::NumAssign;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`; sealed. Full scale is 1.0.
///
/// Every operation here is plain IEEE arithmetic or a call of the `libm` crate, so one source gives the same bits on
/// every target. The methods of `num_traits::Float` are not used: a dependency that turns on `num-traits/std` would
/// change their results. Comparisons are selects, which vectorise; `f32::max` has to treat NaN and does not.
pub trait Sample:
    sealed::Sealed
    + Blend<Scalar = Self>
    + NumAssign
    + Copy
    + Neg<Output = Self>
    + PartialOrd
    + Default
    + Debug
    + Send
    + Sync
    + 'static
{
    /// Zero.
    const ZERO: Self;
    /// One: full scale.
    const ONE: Self;
    /// Input whose magnitude is above this (or is not a number) is taken for garbage and becomes 0: 1e6, +120 dBFS.
    const ABSURD: Self;
    /// Input below this magnitude becomes 0, so that no product with it is subnormal: 1e-30 (`f32`), 1e-270 (`f64`).
    const TINY: Self;
    /// State below this magnitude is flushed: 1e-15 (`f32`, -300 dBFS), 1e-30 (`f64`, -600 dBFS).
    const FLUSH: Self;
    /// Distance from 1.0 to the next larger number.
    const EPSILON: Self;

    /// Rounds from `f64`.
    fn from_f64(value: f64) -> Self;
    /// Widens to `f64`.
    fn to_f64(self) -> f64;
    /// From a 32-bit integer; vectorises, unlike a conversion from `usize`.
    fn from_i32(value: i32) -> Self;
    /// Truncates to a 32-bit integer (saturating).
    fn to_i32(self) -> i32;
    /// A number below 64 in magnitude in units of 2^-57; `f32` to the nearest 2^-25 below, so that a small target needs no
    /// 64-bit conversion.
    fn to_fixed(self) -> i64;
    /// Back from units of 2^-57; `f32` from the nearest 2^-25 below.
    fn from_fixed(value: i64) -> Self;
    /// Magnitude.
    fn abs(self) -> Self;
    /// Square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// Nearest integer, ties to even, for magnitudes below 2^22 (`f32`) or 2^51 (`f64`).
    fn round_ties_even(self) -> Self;
    /// `log2` for positive normal numbers; see [`crate::math::log2`].
    fn log2(self) -> Self;
    /// `2^self`; see [`crate::math::exp2`].
    fn exp2(self) -> Self;

    /// The larger of two numbers.
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    /// The smaller of two numbers.
    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    /// Whether the magnitude is one to compute with: [`Self::TINY`] to [`Self::ABSURD`].
    fn is_sane(self) -> bool;

    /// What every processor does to its input: not-a-number, infinite and absurd values become 0, so do values too small
    /// to compute with.
    #[inline(always)]
    fn clean(self) -> Self {
        if self.is_sane() { self } else { Self::ZERO }
    }

    /// What recurrences do to their state every [`crate::process::FLUSH_PERIOD`] frames: inaudible rests become 0.
    #[inline(always)]
    fn flush(self) -> Self {
        if self.abs() < Self::FLUSH { Self::ZERO } else { self }
    }
}

/// [`Sample::clean`] in place.
#[inline(always)]
pub(crate) fn clean_all<S: Sample>(x: &mut [S]) {
    for x in x {
        if !cfg!(target_arch = "arm") {
            *x = x.clean();
        } else if !x.is_sane() {
            // Nothing to write for most samples; elsewhere the write is what lets it vectorise.
            *x = S::ZERO;
        }
    }
}

#[inline(always)]
fn is_sane<S: Sample>(x: S) -> bool {
    let size = x.abs();
    size <= S::ABSURD && size >= S::TINY
}

/// The same answer from the bits, by one comparison of integers.
#[inline(always)]
fn is_sane_bits(x: f32) -> bool {
    let least = f32::TINY.to_bits();
    (x.to_bits() & 0x7FFF_FFFF).wrapping_sub(least) <= f32::ABSURD.to_bits() - least
}

#[inline(always)]
fn is_sane_f32(x: f32) -> bool {
    // On a Cortex-M every comparison of floats is fetched from another register: 17 instructions against 6.
    if cfg!(target_arch = "arm") { is_sane_bits(x) } else { is_sane(x) }
}

/// 2^25 and 2^57: units of [`Sample::to_fixed`].
const FIXED_NARROW: f32 = 33_554_432.0;
const FIXED_WIDE: f64 = 144_115_188_075_855_872.0;

#[inline(always)]
fn to_fixed_f32(x: f32) -> i64 {
    i64::from((x * FIXED_NARROW) as i32) << 32
}

#[inline(always)]
fn from_fixed_f32(value: i64) -> f32 {
    (value >> 32) as i32 as f32 * (1.0 / FIXED_NARROW)
}

#[inline(always)]
fn to_fixed_f64(x: f64) -> i64 {
    (x * FIXED_WIDE) as i64
}

#[inline(always)]
fn from_fixed_f64(value: i64) -> f64 {
    value as f64 * (1.0 / FIXED_WIDE)
}

macro_rules! sample {
    ($t:ty, $tiny:expr, $flush:expr, $magic:expr, $sqrt:path, $log2:path, $exp2:path, $is_sane:path, $to_fixed:path, $from_fixed:path) => {
        impl Sample for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const ABSURD: Self = 1e6;
            const TINY: Self = $tiny;
            const FLUSH: Self = $flush;
            const EPSILON: Self = <$t>::EPSILON;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn from_i32(value: i32) -> Self {
                value as $t
            }
            #[inline(always)]
            fn to_i32(self) -> i32 {
                self as i32
            }
            #[inline(always)]
            fn to_fixed(self) -> i64 {
                $to_fixed(self)
            }
            #[inline(always)]
            fn from_fixed(value: i64) -> Self {
                $from_fixed(value)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                <$t>::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $sqrt(self)
            }
            #[inline(always)]
            fn round_ties_even(self) -> Self {
                // Adding and subtracting 1.5 * 2^(mantissa bits) rounds in the current (nearest-even) mode.
                (self + $magic) - $magic
            }
            #[inline(always)]
            fn log2(self) -> Self {
                $log2(self)
            }
            #[inline(always)]
            fn exp2(self) -> Self {
                $exp2(self)
            }
            #[inline(always)]
            fn is_sane(self) -> bool {
                $is_sane(self)
            }
        }
    };
}

sample!(
    f32,
    1e-30,
    1e-15,
    12_582_912.0,
    libm::sqrtf,
    crate::math::log2_f32,
    crate::math::exp2_f32,
    is_sane_f32,
    to_fixed_f32,
    from_fixed_f32
);
sample!(
    f64,
    1e-270,
    1e-30,
    6_755_399_441_055_744.0,
    libm::sqrt,
    crate::math::log2_f64,
    crate::math::exp2_f64,
    is_sane,
    to_fixed_f64,
    from_fixed_f64
);

#[cfg(test)]
mod tests {
    use super::*;

    fn cleans<S: Sample>() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.1e6, -2e7, 1e-40 * S::TINY.to_f64()] {
            assert_eq!(S::from_f64(bad).clean(), S::ZERO, "{bad}");
        }
        for good in [1.0, -1e6, 0.0, 1e-9] {
            assert_eq!(S::from_f64(good).clean(), S::from_f64(good));
        }
    }

    #[test]
    fn garbage_becomes_zero() {
        cleans::<f32>();
        cleans::<f64>();
    }

    #[test]
    fn both_forms_of_sanity_agree() {
        let edges = [f32::TINY, f32::ABSURD, f32::INFINITY, f32::MIN_POSITIVE, 0.0].map(f32::to_bits);
        let near = edges.iter().flat_map(|b| [b.wrapping_sub(1), *b, b + 1]);
        for bits in near.chain((0..1_000_000).map(crate::signal::hash)) {
            for x in [f32::from_bits(bits), -f32::from_bits(bits)] {
                assert_eq!(is_sane(x), is_sane_bits(x), "{x:e}");
            }
        }
    }

    #[test]
    fn rounding_is_to_even() {
        for (x, y) in [(0.5, 0.0), (1.5, 2.0), (-2.5, -2.0), (3.49, 3.0), (-8_388.6, -8_389.0)] {
            assert_eq!(Sample::round_ties_even(x as f32), y as f32);
            assert_eq!(Sample::round_ties_even(x), y);
        }
    }
}
