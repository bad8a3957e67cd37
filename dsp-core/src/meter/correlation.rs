//! How alike two channels are: whether a mix survives being summed to mono.
//!
//! `r = sum(l r) / sqrt(sum(l^2) sum(r^2))` over everything observed: 1 for the same signal, 0 for unrelated ones or when
//! one side is silent, -1 for opposite polarity. Below -70 dBFS (RMS of both together) there is nothing to compare: `None`.
//!
//! Sums are kept in `f64`, 64 products at a time in eight lanes.
//!
//! Source: any text on phase meters; the limits are those of the meters in common use.

use crate::block::Block;
use crate::meter::sums::Sum;
use crate::sample::Sample;

/// RMS below which two channels are taken for silent: -70 dBFS, as a mean square of both.
const SILENT: f64 = 2e-7;

/// The meter for two channels of a block.
#[derive(Debug, Clone, Copy)]
pub struct Correlation<S> {
    channels: (usize, usize),
    left: Sum<S>,
    right: Sum<S>,
    both: Sum<S>,
}

impl<S: Sample> Correlation<S> {
    /// Compares two channels, such as a pair of [`crate::layout::Layout::pairs`].
    pub fn new(left: usize, right: usize) -> Self {
        Self { channels: (left, right), left: Sum::default(), right: Sum::default(), both: Sum::default() }
    }

    /// Looks at a block; one that lacks either channel is not looked at.
    pub fn observe(&mut self, block: &Block<'_, S>) {
        let (left, right) = self.channels;
        if left.max(right) < block.channels() {
            let (l, r) = (block.channel(left), block.channel(right));
            self.left.add(l, |x, i| x[i].clean() * x[i].clean());
            self.right.add(r, |x, i| x[i].clean() * x[i].clean());
            self.both.add(l, |x, i| x[i].clean() * r[i].clean());
        }
    }

    /// -1 to 1; `None` when there is nothing to compare.
    pub fn reading(&self) -> Option<f64> {
        let (l, r) = (self.left.total(), self.right.total());
        let frames = self.left.count().max(1) as f64;
        if (l + r) / frames < SILENT {
            return None;
        }
        let scale = libm::sqrt(l * r);
        Some(if scale > 0.0 { (self.both.total() / scale).clamp(-1.0, 1.0) } else { 0.0 })
    }

    /// As new.
    pub fn reset(&mut self) {
        *self = Self::new(self.channels.0, self.channels.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;
    use crate::units::{Hertz, SampleRate};
    use std::vec::Vec;

    fn read(left: &[f32], right: &[f32]) -> Option<f64> {
        let mut planes = [left.to_vec(), right.to_vec()];
        let mut block = Block::new(&mut planes);
        let mut meter = Correlation::new(0, 1);
        for at in (0..left.len()).step_by(777) {
            meter.observe(&block.part(at, 777));
        }
        meter.reading()
    }

    #[test]
    fn published_values() {
        // conformance: ballistics.toml, correlation.
        let tone =
            |degrees| signal::sine(SampleRate::VIDEO, Hertz(1000.0), 0.5, degrees).take(48_000).collect::<Vec<f32>>();
        let (l, zero) = (tone(0.0), std::vec![0.0; 48_000]);
        let close =
            |r: Option<f64>, wanted: f64, tolerance: f64| assert!((r.unwrap() - wanted).abs() <= tolerance, "{r:?}");
        close(read(&l, &l), 1.0, 1e-6);
        close(read(&l, &tone(180.0)), -1.0, 1e-6);
        close(read(&l, &zero), 0.0, 0.0);
        close(read(&l, &tone(-90.0)), 0.0, 0.01);
        close(read(&l, &tone(-60.0)), 0.5, 0.001);
        let noise = |seed| signal::white(seed, 0.5).take(48_000).collect::<Vec<f32>>();
        close(read(&noise(1), &noise(2)), 0.0, 0.05);
        assert_eq!(read(&zero, &zero), None);
    }
}
