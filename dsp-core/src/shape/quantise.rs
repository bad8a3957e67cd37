//! The grid of a fixed number of bits, and the way of samples onto it and into integers.
//!
//! With `bits` bits the grid is `k 2^-(bits-1)`, `k` from `-2^(bits-1)` to `2^(bits-1) - 1`: -1 is on it, +1 is not; one step
//! is one LSB. A sample is split exactly into a grid point and a rest of at most one step, what is added before
//! rounding (dither) is added to the rest, and the rounded rest to the grid point. A direct `round(x + d)`
//! would lose `d`: at 24 bits the spacing of `f32` near full scale is one step or half of one.
//!
//! | parameter | unit | range |
//! |---|---|---|
//! | `bits` | | 8 to 24 |
//!
//! Every grid point up to 24 bits is exact in `f32`, so [`to_integers`] of quantised samples changes nothing. Rounding is
//! to nearest, ties to even.
//!
//! Not for the last step to a file by itself: rounding alone distorts what is quiet. Use [`crate::shape::dither`].
//!
//! Source: Lipshitz, Wannamaker, Vanderkooy, "Quantization and dither: a theoretical survey", JAES 40(5) 1992.

use crate::error::Error;
use crate::sample::Sample;

/// Fewest bits of a grid.
pub const MIN_BITS: u32 = 8;
/// Most bits of a grid: all that `f32` holds exactly.
pub const MAX_BITS: u32 = 24;

/// The grid of a number of bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid<S> {
    /// `2^(bits-1)`: steps per full scale.
    scale: S,
    /// `2^-(bits-1)`: one LSB.
    step: S,
}

impl<S: Sample> Grid<S> {
    /// Of 8 to 24 bits.
    pub fn new(bits: u32) -> Result<Self, Error> {
        Error::check("bits", f64::from(bits), f64::from(MIN_BITS), f64::from(MAX_BITS), "")?;
        let scale = S::from_i32(1 << (bits - 1));
        Ok(Self { scale, step: S::ONE / scale })
    }

    /// One LSB.
    pub fn step(&self) -> S {
        self.step
    }

    /// The grid point, in steps, nearest to `x` plus `dither` steps (of magnitude up to 1), within the legal range.
    #[inline(always)]
    pub fn steps(&self, x: S, dither: S) -> S {
        // Scaling by a power of two is exact. Up to the largest sound input (+120 dBFS) the rest stays within what
        // `round_ties_even` rounds; the limits at the end catch what is beyond full scale.
        let v = if x.abs() <= S::ABSURD { x * self.scale } else { S::ZERO };
        // At twice 2^(mantissa bits) there are no fractions: `whole` is an integer, the nearest or (above 0, where only
        // even ones are) the one next to it, `rest` is exact and at most 1, and no select for the sign is needed.
        let magic = (S::ONE + S::ONE) / S::EPSILON;
        let whole = (v + magic) - magic;
        let rest = v - whole;
        let rounded = whole + (rest + dither).round_ties_even();
        rounded.larger(-self.scale).smaller(self.scale - S::ONE)
    }

    /// The grid point nearest to `x` plus `dither` steps (of magnitude up to 1), within the legal range.
    #[inline(always)]
    pub fn quantise(&self, x: S, dither: S) -> S {
        self.steps(x, dither) * self.step
    }
}

/// Samples as integers of `bits` bits, from `-2^(bits-1)` to `2^(bits-1) - 1`: exact for samples on that grid, nearest for
/// others. `out` holds at least as many elements as there are samples; more are left untouched.
pub fn to_integers<S: Sample>(samples: &[S], bits: u32, out: &mut [i32]) -> Result<(), Error> {
    let grid = Grid::<S>::new(bits)?;
    Error::check_len("integers", samples.len(), out.len())?;
    for (x, y) in samples.iter().zip(out) {
        *y = grid.steps(*x, S::ZERO).to_i32();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn every_24_bit_integer_survives<S: Sample>() {
        for k in -(1 << 23)..1 << 23 {
            let x = S::from_i32(k) / S::from_i32(1 << 23);
            let mut out = [0];
            to_integers(&[x], 24, &mut out).unwrap();
            assert_eq!(out[0], k);
            assert_eq!(Grid::new(24).unwrap().quantise(x, S::ZERO), x);
        }
    }

    #[test]
    fn integers_of_24_bits_survive_in_both_types() {
        every_24_bit_integer_survives::<f32>();
        every_24_bit_integer_survives::<f64>();
    }

    #[test]
    fn full_scale_and_garbage_stay_legal() {
        for bits in [8, 16, 20, 24] {
            let top = 1 << (bits - 1);
            let samples = [1.0_f32, 0.999_999_94, 7.5, -1.0, -9.0, 1e30, f32::NAN, f32::INFINITY, 1e-40];
            let mut out = [99; 10];
            to_integers(&samples, bits, &mut out).unwrap();
            assert_eq!(out, [top - 1, top - 1, top - 1, -top, -top, 0, 0, 0, 0, 99]);
            let g = Grid::new(bits).unwrap();
            for d in [-0.99, 0.0, 0.99] {
                assert!(g.steps(1.0_f32, d) <= (top - 1) as f32 && g.steps(-1.0_f32, d) >= -top as f32);
            }
        }
        assert!(to_integers(&[0.0_f32; 3], 16, &mut [0; 2]).is_err());
        assert!(Grid::<f32>::new(7).is_err() && Grid::<f32>::new(25).is_err());
    }

    proptest! {
        #[test]
        fn the_split_sum_rounds_as_exact_arithmetic_would(x in -0.9999_f32..0.9999, d in -8_388_607_i32..8_388_608, bits in 8_u32..25) {
            // Dither of 23 bits is exact in f32, x * 2^23 + d exact in f64; the rest plus dither may round in f32.
            let dither = d as f32 / 8_388_608.0;
            let exact = f64::from(x) * f64::from(1 << (bits - 1)) + f64::from(dither);
            let steps = f64::from(Grid::new(bits).unwrap().steps(x, dither));
            let off = (steps - exact).abs();
            prop_assert!(steps == f64::from(1 << (bits - 1)) - 1.0 || off <= 0.5 + 1.3e-7, "{steps} for {exact}");
        }
    }
}
