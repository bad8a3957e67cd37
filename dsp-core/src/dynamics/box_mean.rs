//! The mean of the last `N` gains, exact for ever.
//!
//! A running sum in floating point drifts (-92 dB after a minute in `f32`); here gains from 0 to 1 are rounded down to
//! multiples of 2^-30 and summed as integers. The mean of ones is exactly 1, and no mean is above the largest value by
//! more than rounding to the sample type. The ring holds the gains themselves, so it is the same storage as all else.
//! The upper 31 bits of the sum become a sample: that is one instruction everywhere, where a conversion from 64 bits is
//! a call on a Cortex-M, and what is left out is below 2^-29 of full scale.

use crate::process::CHUNK;
use crate::sample::Sample;

/// 1.0 as an integer.
const UNIT: i64 = 1 << 30;

/// A mean over as many values as the caller's ring is long (at least 1).
#[derive(Debug, Clone, Copy)]
pub struct BoxMean<S> {
    at: usize,
    sum: i64,
    full: i64,
    /// A power of two that brings the sum to the upper half of 64 bits (a multiplication is cheaper than a shift by a
    /// variable on 32-bit machines), and what one unit there is worth.
    lift: u32,
    scale: S,
}

#[inline(always)]
fn fixed<S: Sample>(gain: S) -> i32 {
    (gain * S::from_i32(UNIT as i32)).to_i32()
}

impl<S: Sample> BoxMean<S> {
    /// Starts as if ones had been coming in for ever; fills `ring` with ones.
    pub fn new(ring: &mut [S]) -> Self {
        ring.fill(S::ONE);
        let full = UNIT * ring.len() as i64;
        let lift = 1_u32 << (full.leading_zeros() - 1).min(31);
        let scale = S::from_f64(4_294_967_296.0 / (f64::from(lift) * full as f64));
        Self { at: 0, sum: full, full, lift, scale }
    }

    /// Whether everything in the window is 1.
    #[inline(always)]
    pub fn resting(&self) -> bool {
        self.sum == self.full
    }

    /// Moves on by `frames` ones while resting.
    pub fn skip(&mut self, ring: &[S], frames: usize) {
        self.at = (self.at + frames) % ring.len();
    }

    /// Replaces every gain of `x` (0 to 1) by the mean of the last `ring.len()` gains up to it.
    pub fn run(&mut self, ring: &mut [S], x: &mut [S]) {
        let mut rest = x;
        while !rest.is_empty() {
            let n = rest.len().min(ring.len() - self.at);
            let (now, later) = rest.split_at_mut(n);
            rest = later;
            let mut sum = self.sum;
            // Conversions apart from the running sum, so that they vectorise.
            let mut change = [0_i32; CHUNK];
            for (now, ring) in now.chunks_mut(CHUNK).zip(ring[self.at..self.at + n].chunks_mut(CHUNK)) {
                for (c, (v, old)) in change.iter_mut().zip(now.iter().zip(ring.iter_mut())) {
                    *c = fixed(*v) - fixed(*old);
                    *old = *v;
                }
                for (c, v) in change.iter_mut().zip(now.iter_mut()) {
                    sum += i64::from(*c);
                    // Where all are ones the mean is 1 exactly, whatever the scale rounds to.
                    *c = if sum == self.full { 0 } else { ((sum * i64::from(self.lift)) >> 32) as i32 };
                    *v = if sum == self.full { S::ONE } else { S::ZERO };
                }
                for (c, v) in change.iter().zip(now.iter_mut()) {
                    *v += S::from_i32(*c) * self.scale;
                }
            }
            self.sum = sum;
            self.at = if self.at + n == ring.len() { 0 } else { self.at + n };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn equals_the_plain_mean_and_does_not_drift() {
        for length in [1_usize, 2, 100, 241] {
            let gains: Vec<f32> = crate::signal::white::<f32>(8, 0.4).map(|v| v + 0.6).take(30_000).collect();
            let mut y = gains.clone();
            let mut ring = std::vec![0.0; length];
            let mut mean = BoxMean::new(&mut ring);
            for piece in y.chunks_mut(61) {
                mean.run(&mut ring, piece);
            }
            for (i, v) in y.iter().enumerate() {
                let window = (0..length).map(|k| if k <= i { f64::from(gains[i - k]) } else { 1.0 });
                let slow = window.sum::<f64>() / length as f64;
                assert!((f64::from(*v) - slow).abs() < 1.2e-7, "{length}: {v} for {slow}");
            }
            let mut ones = std::vec![1.0_f32; length + 5];
            mean.run(&mut ring, &mut ones);
            assert!(mean.resting() && ones[length..].iter().all(|v| *v == 1.0));
        }
    }
}
