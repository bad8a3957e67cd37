//! A stereo track that voices are added to.

use super::score::STEP;
use super::voice::frames;
use dsp_core::units::SampleRate;
use std::f64::consts::FRAC_PI_4;

/// Left and right, from the beginning of the song to its end.
pub(super) struct Track {
    /// Its rate.
    pub(super) rate: SampleRate,
    /// Left, right.
    pub(super) sides: [Vec<f64>; 2],
}

impl Track {
    /// An empty track.
    pub(super) fn new(rate: SampleRate, length: usize) -> Self {
        Self { rate, sides: [vec![0.0; length], vec![0.0; length]] }
    }

    /// Adds a voice that begins on a step; `pan` from -1 (left) to 1 (right), of constant power. What would sound beyond
    /// the end of the song is left out.
    pub(super) fn add(&mut self, step: usize, gain: f64, pan: f64, voice: impl Iterator<Item = f64>) {
        let angle = (pan + 1.0) * FRAC_PI_4;
        let (left, right) = (gain * libm::cos(angle), gain * libm::sin(angle));
        let start = frames(self.rate, step as f64 * STEP);
        let [l, r] = &mut self.sides;
        for ((l, r), x) in l[start..].iter_mut().zip(&mut r[start..]).zip(voice) {
            *l += left * x;
            *r += right * x;
        }
    }

    /// Adds another track.
    pub(super) fn add_track(&mut self, other: &Self, gain: f64) {
        for (to, from) in self.sides.iter_mut().zip(&other.sides) {
            for (to, from) in to.iter_mut().zip(from) {
                *to += gain * from;
            }
        }
    }

    /// Multiplies both sides with one gain per frame.
    pub(super) fn scale(&mut self, gains: &[f64]) {
        for side in &mut self.sides {
            for (x, gain) in side.iter_mut().zip(gains) {
                *x *= gain;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_starts_on_its_step_and_is_cut_at_the_end() {
        let mut track = Track::new(SampleRate::VIDEO, 7_000);
        track.add(1, 1.0, 0.0, std::iter::repeat(1.0));
        assert!(track.sides[0][5_999] == 0.0 && track.sides[0][6_000] > 0.7);
        assert!((track.sides[0][6_000] - track.sides[1][6_999]).abs() < 1e-12);
    }
}
