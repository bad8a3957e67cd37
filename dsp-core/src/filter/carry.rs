//! A recursion variable that remembers what rounding took from it.

use crate::sample::Sample;

/// `value += delta` with the rounding error carried into the next addition (Kahan 1965, "compensated summation").
///
/// A slow one-pole adds deltas far below its value; in plain `f32` their low bits are lost every frame, which costs its
/// accuracy against `f64` (a test below). No `f64` is needed, so a Cortex-M4F runs it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Carry<S> {
    /// The value.
    pub value: S,
    rest: S,
}

impl<S: Sample> Carry<S> {
    /// Starts at `value` with nothing carried.
    #[inline(always)]
    pub fn new(value: S) -> Self {
        Self { value, rest: S::ZERO }
    }

    /// Restores a value and its rest from storage.
    #[inline(always)]
    pub fn load(pair: [S; 2]) -> Self {
        Self { value: pair[0], rest: pair[1] }
    }

    /// The value and its rest, to store.
    #[inline(always)]
    pub fn store(self) -> [S; 2] {
        [self.value, self.rest]
    }

    /// Adds `delta`, whose magnitude is not above that of the value (or the value is near zero, where nothing is lost).
    #[inline(always)]
    pub fn add(&mut self, delta: S) {
        let delta = delta + self.rest;
        let next = self.value + delta;
        self.rest = delta - (next - self.value);
        self.value = next;
    }

    /// Flushes an inaudible value together with its rest.
    #[inline(always)]
    pub fn flush(&mut self) {
        if self.value.abs() < S::FLUSH {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_pole_in_f32_follows_f64() {
        let (mut slow, mut exact) = (Carry::new(0.0_f32), 0.0_f64);
        let mut worst = 0.0_f64;
        for x in crate::signal::white::<f64>(3, 1.0).take(200_000) {
            slow.add(1e-4 * (x as f32 - slow.value));
            exact += f64::from(1e-4_f32) * (f64::from(x as f32) - exact);
            worst = worst.max((f64::from(slow.value) - exact).abs());
        }
        assert!(worst < 2e-9, "{worst:e}");
    }
}
