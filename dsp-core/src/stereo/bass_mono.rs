//! Puts the bass in the middle: for vinyl, clubs and anything with one subwoofer.
//!
//! On every pair of the layout the side signal `s = (l - r) / 2` loses what lies below `frequency`, by 24 dB per
//! octave: `d = H(s) - s`, `l' = l + d`, `r' = r - d`, with the fourth-order Linkwitz-Riley high-pass `H` (-6 dB at
//! `frequency`). The middle is never computed and so never changed: the mono sum stays within -140 dB in `f32`, at rest
//! and while every parameter moves (a test).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `frequency` | Hz | 20 to 500 | 120 |
//! | `width` | gain of the side below `frequency` | 0 (mono) to 1 (unchanged) | 0 |
//!
//! At a width of 1 the output is the input, bit for bit. Channels without a partner pass. Latency 0; tail: the ring of
//! the high-pass. 6 ns per stereo frame (`f32`), 15 ns on the way. Moves are smooth, frame by frame. At `frequency` the
//! side is 6 dB down and turned by 180 degrees against the middle, as with any such high-pass.
//!
//! Not for one channel that has lost its bass: the bass is moved to the middle at half its level, not copied.
//!
//! Sources: Linkwitz, "Active crossover networks for noncoincident drivers", JAES 24(1) 1976; the equations of the
//! sections are those of [`super::bands`].

use super::side_shelves::{self, BANDS, SideShelves};
use crate::error::Error;
use crate::layout::Layout;
use crate::process::Tune;
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, Hertz, SampleRate};

/// What fixes memory: rate and pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Positions of the channels.
    pub layout: Layout,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Below this the programme becomes mono.
    pub frequency: Hertz,
    /// What is left of the side below it.
    pub width: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { frequency: Hertz(120.0), width: 0.0 }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S>(side_shelves::Coeffs<S, 1>);

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("frequency", params.frequency.0, 20.0, 500.0, "Hz")?;
        Error::check("width", params.width, 0.0, 1.0, "")?;
        let mut gains = [1.0; BANDS];
        gains[0] = params.width;
        Ok(Self(side_shelves::Coeffs::design(setup.rate, &[params.frequency], gains)?))
    }
}

/// Samples of storage: eight for every two pairs.
pub fn required_len(setup: &Setup) -> usize {
    side_shelves::required_len(&setup.layout, 1)
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct BassMono<S, M> {
    setup: Setup,
    shelves: SideShelves<S, 1, M>,
}

impl<S: Sample, M: Storage<S>> BassMono<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, storage: M) -> Result<Self, Error> {
        let shelves = SideShelves::new(&setup.layout, &Coeffs::design(setup, params)?.0, storage)?;
        Ok(Self { setup: *setup, shelves })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for BassMono<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.shelves.tune(&coeffs.0, over);
    }
}

crate::process::delegate!([] BassMono<S, M>, shelves);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::process::{Process, Tail};
    use crate::signal;
    use std::vec;

    #[test]
    fn the_tail_counts_the_move_that_is_under_way() {
        let setup = Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO };
        let before = Params { frequency: Hertz(20.0), width: 0.0 };
        let mut p = BassMono::<f32, _>::new(&setup, &before, vec![0.0; required_len(&setup)]).unwrap();
        laws::render(&mut p, &[signal::white(4, 0.5).take(4_000).collect(), vec![0.0; 4_000]]);
        p.set(&Params { frequency: Hertz(500.0), ..before }, Frames(400_000)).unwrap();
        let Tail::Frames(Frames(tail)) = p.tail() else { panic!() };
        laws::render(&mut p, &vec![vec![0.0; tail as usize]; 2]);
        let out = laws::render(&mut p, &vec![vec![0.0_f32; 2_000]; 2]);
        assert!(out.iter().flatten().all(|v| *v == 0.0));
    }
}
