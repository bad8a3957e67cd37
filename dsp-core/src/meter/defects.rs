//! What is wrong with a recording: offset, clipping, levels beyond full scale.
//!
//! | reading | what it is |
//! |---|---|
//! | `dc_offset` | mean of all samples; the channel with the largest magnitude counts |
//! | `clipped_runs` | runs of three or more equal samples at full scale (32767/32768 or more) |
//! | `overs` | samples beyond full scale (above 1.0), which only float files can hold |
//!
//! A run that goes on across blocks is one run. Storage: per channel, the caller's.

use crate::block::Block;
use crate::filter::between::loudest;
use crate::meter::sums::Sum;
use crate::sample::Sample;

/// Positive full scale of 16 bits; 24 bits and float reach beyond.
const FULL_SCALE: f64 = 32_767.0 / 32_768.0;
/// Equal full-scale samples that make a run.
const RUN: u32 = 3;

/// What one channel remembers.
#[derive(Debug, Clone, Copy)]
pub struct Channel<S> {
    sum: Sum<S>,
    last: S,
    run: u32,
    clipped_runs: u64,
    overs: u64,
}

impl<S: Sample> Default for Channel<S> {
    fn default() -> Self {
        Self { sum: Sum::default(), last: S::ZERO, run: 0, clipped_runs: 0, overs: 0 }
    }
}

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// Offset, -1 to 1 (1 is full scale).
    pub dc_offset: f64,
    /// Clipped runs of all channels.
    pub clipped_runs: u64,
    /// Samples beyond full scale of all channels.
    pub overs: u64,
}

/// The meter; `M` holds one [`Channel`] for every channel to look at.
#[derive(Debug, Clone)]
pub struct Defects<M> {
    channels: M,
}

impl<M> Defects<M> {
    /// Over storage of one [`Channel`] each; it is cleared.
    pub fn new<S: Sample>(channels: M) -> Self
    where
        M: AsMut<[Channel<S>]>,
    {
        let mut meter = Self { channels };
        meter.reset();
        meter
    }

    /// As new.
    pub fn reset<S: Sample>(&mut self)
    where
        M: AsMut<[Channel<S>]>,
    {
        self.channels.as_mut().fill(Channel::default());
    }

    /// Looks at a block.
    pub fn observe<S: Sample>(&mut self, block: &Block<'_, S>)
    where
        M: AsMut<[Channel<S>]>,
    {
        let count = block.channels();
        for (channel, state) in self.channels.as_mut().iter_mut().enumerate().take(count) {
            let x = block.channel(channel);
            state.sum.add(x, |x, i| x[i].clean());
            for piece in x.chunks(64) {
                state.piece(piece);
            }
        }
    }

    /// What was seen so far.
    pub fn reading<S: Sample>(&self) -> Reading
    where
        M: AsRef<[Channel<S>]>,
    {
        let mut reading = Reading::default();
        for c in self.channels.as_ref() {
            let offset = c.sum.total() / c.sum.count().max(1) as f64;
            if offset.abs() > reading.dc_offset.abs() {
                reading.dc_offset = offset;
            }
            reading.clipped_runs += c.clipped_runs;
            reading.overs += c.overs;
        }
        reading
    }
}

impl<S: Sample> Channel<S> {
    fn piece(&mut self, x: &[S]) {
        let full = S::from_f64(FULL_SCALE);
        if loudest(x) < full {
            self.run = 0;
            self.last = S::ZERO;
            return;
        }
        for v in x {
            let v = v.clean();
            if v.abs() > S::ONE {
                self.overs += 1;
            }
            self.run = match v.abs() >= full {
                true if v == self.last => self.run + 1,
                true => 1,
                false => 0,
            };
            self.last = v;
            if self.run == RUN {
                self.clipped_runs += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(x: &[f32], cut: usize) -> Reading {
        let mut planes = [x.to_vec()];
        let mut block = Block::new(&mut planes);
        let mut meter = Defects::new([Channel::<f32>::default()]);
        for at in (0..x.len()).step_by(cut) {
            meter.observe(&block.part(at, cut));
        }
        meter.reading::<f32>()
    }

    #[test]
    fn runs_are_counted_once_wherever_the_cut_falls() {
        let mut x = [0.25_f32; 400];
        x[60..70].fill(32_767.0 / 32_768.0);
        x[100..102].fill(1.0);
        x[200..203].fill(-1.0);
        x[300] = 1.5;
        x[301] = 1.6;
        x[302] = 1.7;
        x[350] = f32::NAN;
        for cut in [400, 1, 7, 64] {
            let r = read(&x, cut);
            assert_eq!((r.clipped_runs, r.overs), (2, 3), "{cut}");
            assert!((r.dc_offset - 0.27).abs() < 0.02, "{}", r.dc_offset);
        }
    }
}
