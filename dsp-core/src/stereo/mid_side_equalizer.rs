//! One equaliser for the middle and one for the side.
//!
//! On every pair of the layout, with `m = (l + r) / 2` and `s = (l - r) / 2`: what the equalisers change is added, `dM
//! = EM(m) - m`, `dS = ES(s) - s`, `l' = l + dM + dS`, `r' = r + dM - dS`. So what is not equalised is not touched:
//! with no bands the output is the input, bit for bit, and bands on the side alone leave the mono sum within -140 dB in
//! `f32`, at rest and while they move (a test).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `middle` | | up to [`BANDS`] bands, [`equalizer::Params`] | none |
//! | `side` | | up to [`BANDS`] bands, [`equalizer::Params`] | none |
//!
//! Channels without a partner pass. Latency 0; tail: the ring of the bands; four bands each take 15 ns per stereo frame
//! (`f32`). Moves as those of the [`equalizer`], bands that are switched on or off included. Memory is handed over in
//! two halves, one for each equaliser.
//!
//! Different phases of middle and side shift what is panned: narrow bands of high gain on one of the two are heard as
//! a sound that wanders with frequency.
//!
//! Sources: [`crate::filter::svf`] for the bands; Blumlein, British patent 394325 (1931).

use super::pairs::{MAX_PAIRS, Pairs, lift, middle, side, spread, through};
use crate::block::Block;
use crate::error::Error;
use crate::filter::cascade::{self, Cascade};
use crate::filter::{equalizer, one_pole};
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::Frames;

pub use super::bass_mono::Setup;

/// Most bands of each equaliser.
pub const BANDS: usize = 8;

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Bands of the middle.
    pub middle: equalizer::Params<BANDS>,
    /// Bands of the side.
    pub side: equalizer::Params<BANDS>,
}

/// The numbers the loops run on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    middle: equalizer::Coeffs<S, BANDS>,
    side: equalizer::Coeffs<S, BANDS>,
}

impl<S: Sample> Coeffs<S> {
    /// Designs all bands.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Ok(Self {
            middle: equalizer::Coeffs::design(setup.rate, &params.middle)?,
            side: equalizer::Coeffs::design(setup.rate, &params.side)?,
        })
    }
}

fn inner(setup: &Setup) -> one_pole::Setup {
    one_pole::Setup { rate: setup.rate, channels: 2 * Pairs::couples(&setup.layout) }
}

/// Samples in each of the two halves of storage.
pub fn required_len(setup: &Setup) -> usize {
    cascade::required_len(&inner(setup), BANDS)
}

/// The processor; `M` is storage of [`required_len`] samples, given twice.
#[derive(Debug, Clone)]
pub struct MidSideEqualizer<S, M> {
    setup: Setup,
    pairs: Pairs,
    middle: Cascade<S, BANDS, M>,
    side: Cascade<S, BANDS, M>,
}

impl<S: Sample, M: Storage<S>> MidSideEqualizer<S, M> {
    /// Builds the equalisers of middle and side; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, storage: [M; 2]) -> Result<Self, Error> {
        let (coeffs, [first, second]) = (Coeffs::design(setup, params)?, storage);
        Ok(Self {
            setup: *setup,
            pairs: Pairs::of(&setup.layout),
            middle: Cascade::with_coeffs(&inner(setup), &coeffs.middle, first)?,
            side: Cascade::with_coeffs(&inner(setup), &coeffs.side, second)?,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for MidSideEqualizer<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.middle.tune(&coeffs.middle, over);
        self.side.tune(&coeffs.side, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for MidSideEqualizer<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let channels = self.middle.setup().channels;
        let mut at = 0;
        while at < frames {
            let n = CHUNK.min(frames - at);
            let mut part = block.part(at, n);
            let (mut middles, mut sides) = ([[S::ZERO; CHUNK]; MAX_PAIRS], [[S::ZERO; CHUNK]; MAX_PAIRS]);
            self.pairs.each(&mut part, |i, left, right| {
                middle(left, right, &mut middles[i]);
                side(left, right, &mut sides[i]);
            });
            let (before_middle, before_side) = (middles, sides);
            through(&mut self.middle, &mut middles, channels, n);
            through(&mut self.side, &mut sides, channels, n);
            self.pairs.again(&mut part, |i, left, right| {
                for (planes, before) in [(&mut middles, &before_middle), (&mut sides, &before_side)] {
                    for (after, before) in planes[i].iter_mut().zip(&before[i]) {
                        *after -= *before;
                    }
                }
                lift(left, right, &middles[i]);
                spread(left, right, &sides[i]);
            });
            at += n;
        }
    }

    fn reset(&mut self) {
        self.middle.reset();
        self.side.reset();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        match (self.middle.tail(), self.side.tail()) {
            (Tail::Frames(a), Tail::Frames(b)) => Tail::Frames(a.max(b)),
            _ => Tail::Infinite,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::svf;
    use crate::laws;
    use crate::layout::Layout;
    use crate::signal;
    use crate::units::{Decibels, Hertz, SampleRate};
    use std::vec;

    #[test]
    fn each_equaliser_hears_its_part_alone() {
        let setup = Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO };
        let band = |hertz, db| svf::Params { frequency: Hertz(hertz), gain: Decibels(db), ..svf::Params::default() };
        let bands = [[band(300.0, 5.0), band(4_000.0, -7.0)], [band(120.0, -12.0), band(9_000.0, 6.0)]];
        let [middle, side] = bands.map(|list| equalizer::Params::<BANDS>::from_bands(&list).unwrap());
        let storage = || [vec![0.0; required_len(&setup)], vec![0.0; required_len(&setup)]];
        let mut both = MidSideEqualizer::<f64, _>::new(&setup, &Params { middle, side }, storage()).unwrap();
        let input: laws::Audio<f64> = (0..2).map(|c| signal::white(c, 0.5).take(5_000).collect()).collect();
        let mut coded = input.clone();
        let [l, r] = &mut coded[..] else { panic!() };
        crate::stereo::mid_side::encode(l, r);
        let out = laws::render(&mut both, &input);
        let mut out = out.clone();
        let [l, r] = &mut out[..] else { panic!() };
        crate::stereo::mid_side::encode(l, r);
        for (i, params) in [middle, side].iter().enumerate() {
            let one = equalizer::Setup { rate: setup.rate, channels: 1 };
            let mut plain = equalizer::Equalizer::<f64, BANDS, _>::new(&one, params, [0.0; 32]).unwrap();
            let plain = laws::render(&mut plain, &coded[i..=i]);
            assert!(laws::error_db(&plain, &out[i..=i]) < -280.0);
        }
    }
}
