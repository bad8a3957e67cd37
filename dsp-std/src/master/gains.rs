//! The limiter, offline: gains for a programme whose peaks are already known.

use crate::preset::Limiting;
use dsp_core::dynamics::gain_path::{GainPath, Setup, release_step};
use dsp_core::error::Error;
use dsp_core::units::SampleRate;

/// Frames the gain path is run on at a time.
const STEP: usize = 256;

/// Gains frame by frame, as a stream aligned with the programme.
pub(super) struct Gains<'a> {
    path: GainPath<f32>,
    storage: Vec<f32>,
    release: f32,
    envelope: &'a [f32],
    /// Envelope to excess: drive over ceiling.
    scale: f32,
    /// Where the envelope has to be taken for higher than it is: frame and value, sorted.
    extra: &'a [(usize, f32)],
    position: usize,
}

impl<'a> Gains<'a> {
    pub(super) fn new(
        rate: SampleRate,
        limiting: Limiting,
        envelope: &'a [f32],
        scale: f32,
        extra: &'a [(usize, f32)],
    ) -> Result<Self, Error> {
        let setup = Setup { rate, look_ahead: limiting.look_ahead, hold: limiting.hold };
        let mut storage = vec![0.0; setup.required_len()];
        let path = GainPath::new(&setup, &mut storage)?;
        let release = release_step(rate, limiting.release)? as f32;
        let mut gains = Self { path, storage, release, envelope, scale, extra, position: 0 };
        // The look-ahead: gains come that much after the peaks they are for.
        let mut ahead = setup.delay();
        let mut unused = [0.0; STEP];
        while ahead > 0 {
            let n = ahead.min(STEP);
            gains.next(&mut unused[..n]);
            ahead -= n;
        }
        Ok(gains)
    }

    /// The next gains, 0 to 1.
    pub(super) fn next(&mut self, out: &mut [f32]) {
        for out in out.chunks_mut(STEP) {
            let start = self.position.min(self.envelope.len());
            let end = (self.position + out.len()).min(self.envelope.len());
            let known = end - start;
            for (o, e) in out.iter_mut().zip(&self.envelope[start..end]) {
                *o = e * self.scale;
            }
            out[known..].fill(0.0);
            while let Some(((frame, value), rest)) = self.extra.split_first() {
                if *frame >= end {
                    break;
                }
                let excess = &mut out[frame - start];
                *excess = excess.max(value * self.scale);
                self.extra = rest;
            }
            self.position += out.len();
            self.path.run(&mut self.storage, self.release, out);
        }
    }
}
