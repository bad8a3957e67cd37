//! Where the sound must be exactly zero: a transform leaves rounding errors there.

use crate::process::CHUNK;
use crate::sample::Sample;

/// Frames since there last was sound at the (delayed) input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quiet(usize);

impl Default for Quiet {
    fn default() -> Self {
        Self(usize::MAX)
    }
}

/// The same for every frame of a piece.
pub(crate) struct Gaps([usize; CHUNK]);

impl Quiet {
    /// Moves on by the frames of two inputs (twice the same where there is one). `None` when it has been quiet for less than
    /// `shortest` frames throughout.
    pub(crate) fn look<S: Sample>(&mut self, inputs: [&[S]; 2], shortest: usize) -> Option<Gaps> {
        let frames = inputs[0].len();
        let sounds = |i: usize| inputs[0][i] != S::ZERO || inputs[1][i] != S::ZERO;
        if self.0.saturating_add(frames) < shortest {
            self.0 = (0..frames).rev().find(|i| sounds(*i)).map_or(self.0 + frames, |last| frames - 1 - last);
            return None;
        }
        let mut gaps = [0; CHUNK];
        for (i, gap) in gaps[..frames].iter_mut().enumerate() {
            self.0 = if sounds(i) { 0 } else { self.0.saturating_add(1) };
            *gap = self.0;
        }
        Some(Gaps(gaps))
    }
}

impl Gaps {
    /// Zero where a response of `frames` frames cannot be heard any more.
    pub(crate) fn mute<S: Sample>(&self, sound: &mut [S], frames: usize) {
        for (x, gap) in sound.iter_mut().zip(&self.0) {
            if *gap >= frames {
                *x = S::ZERO;
            }
        }
    }
}
