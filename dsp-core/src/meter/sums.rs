//! Long sums: eight lanes for 64 values, then `f64`.

use crate::sample::Sample;

const LANES: usize = 8;
/// Values in one partial sum.
const GROUP: usize = 64;

/// A sum over a stream. Groups are counted from the start of the stream, so cuts change nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sum<S> {
    lanes: [S; LANES],
    count: u64,
    total: f64,
}

impl<S: Sample> Default for Sum<S> {
    fn default() -> Self {
        Self { lanes: [S::ZERO; LANES], count: 0, total: 0.0 }
    }
}

impl<S: Sample> Sum<S> {
    /// Adds `value(x, i)` for every index of `x`.
    #[inline(always)]
    pub(crate) fn add(&mut self, x: &[S], value: impl Fn(&[S], usize) -> S) {
        let mut at = 0;
        while at < x.len() {
            let place = (self.count % GROUP as u64) as usize;
            let n = (GROUP - place).min(x.len() - at);
            if place == 0 && n == GROUP {
                let mut lanes = [S::ZERO; LANES];
                for step in (0..GROUP).step_by(LANES) {
                    for (lane, sum) in lanes.iter_mut().enumerate() {
                        *sum += value(x, at + step + lane);
                    }
                }
                self.lanes = lanes;
            } else {
                for i in 0..n {
                    self.lanes[(place + i) % LANES] += value(x, at + i);
                }
            }
            at += n;
            self.count += n as u64;
            if self.count.is_multiple_of(GROUP as u64) {
                self.total += self.pending();
                self.lanes = [S::ZERO; LANES];
            }
        }
    }

    fn pending(&self) -> f64 {
        self.lanes.iter().map(|v| v.to_f64()).sum()
    }

    /// The sum so far.
    pub(crate) fn total(&self) -> f64 {
        self.total + self.pending()
    }

    /// How many values it is of.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn exact_and_the_same_for_every_cut() {
        let x: Vec<f32> = crate::signal::white::<f32>(1, 1.0).take(10_001).collect();
        let mut whole = Sum::default();
        whole.add(&x, |x, i| x[i]);
        let slow: f64 = x.iter().map(|v| f64::from(*v)).sum();
        assert!((whole.total() - slow).abs() < 1e-4);
        for cut in [1, 3, 64, 65, 1_000] {
            let mut pieces = Sum::default();
            x.chunks(cut).for_each(|piece| pieces.add(piece, |x, i| x[i]));
            assert_eq!((pieces.total(), pieces.count()), (whole.total(), 10_001));
        }
    }
}
