//! Makes a mix for many loudspeakers play on few: 22.2 to 7.1, 5.1, stereo, mono.
//!
//! A matrix of gains ([`rules`] says which), in place: the outputs are the first channels of the block in the order of the
//! target layout, inputs beyond them fall silent. 5.1 to stereo is that of ITU-R BS.775: `Lo = L + 0.7071 C + 0.7071 Ls`; mono is
//! `0.7071 (Lo + Ro)`.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `centre` | dB, of the centre in left and right | -inf to 0 | -3.01 |
//! | `surround` | dB, of the surrounds in left and right; BS.775 names -3, -6 and off | -inf to 0 | -3.01 |
//! | `height` | dB, of what is above and below in what is at ear height | -inf to 0 | 0 |
//! | `lfe` | dB, of the LFE in each of left and right | -inf to 10 | -inf (dropped) |
//! | `normalise` | lowers everything so that full-scale inputs cannot exceed full scale | | false |
//!
//! `normalise` costs 7.66 dB from 5.1 to stereo. Without it a limiter belongs behind.
//!
//! Latency 0, no tail. Moves are smooth. Between equal layouts the output is the input.
//!
//! Not a matrix surround encoder: Lt/Rt needs the surrounds shifted by 90 degrees, which is not done here.
//!
//! Sources: ITU-R BS.775-4 annex 4 (3/2 and below). Higher: see [`rules`].

pub mod rules;

use super::matrix::{self, Matrix, Mixer};
use crate::block::Block;
use crate::error::Error;
use crate::layout::{Layout, Position};
use crate::process::{Process, Tail, Tune};
use crate::sample::Sample;
use crate::units::{Decibels, Frames};
use core::f64::consts::FRAC_1_SQRT_2;

/// What fixes the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// What comes in; every channel has a place.
    pub from: Layout,
    /// What goes out.
    pub to: Layout,
}

impl Setup {
    fn channels(&self) -> matrix::Setup {
        matrix::Setup { inputs: self.from.channels(), outputs: self.to.channels() }
    }
}

/// `20 log10(1/sqrt 2)`.
const HALF_POWER: Decibels = Decibels(-3.010_299_956_639_812);

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Gain of the centre in left and right.
    pub centre: Decibels,
    /// Gain of the surrounds in left and right.
    pub surround: Decibels,
    /// Gain of channels above and below ear height.
    pub height: Decibels,
    /// Gain of the LFE in left and right, where the target has none.
    pub lfe: Decibels,
    /// Whether overload is made impossible.
    pub normalise: bool,
}

impl Default for Params {
    fn default() -> Self {
        let off = Decibels::SILENCE;
        Self { centre: HALF_POWER, surround: HALF_POWER, height: Decibels(0.0), lfe: off, normalise: false }
    }
}

/// The gains of a downmix.
///
/// # Errors
/// A level outside its range, a channel of the source without a place.
pub fn matrix(setup: &Setup, params: &Params) -> Result<Matrix, Error> {
    let level = |name, level: Decibels, most| {
        Error::check(name, level.0, f64::NEG_INFINITY, most, "dB")?;
        // -3.01 is meant to be the square root of one half.
        let half = libm::fabs(level.0 - HALF_POWER.0) < 1e-9;
        Ok::<f64, Error>(if half { FRAC_1_SQRT_2 } else { level.amplitude() })
    };
    let levels = rules::Levels {
        centre: level("centre", params.centre, 0.0)?,
        surround: level("surround", params.surround, 0.0)?,
        height: level("height", params.height, 0.0)?,
        lfe: level("lfe", params.lfe, 10.0)?,
    };
    let unplaced = setup.from.positions().iter().filter(|p| **p == Position::Unplaced).count();
    Error::check("channels without a place", unplaced as f64, 0.0, 0.0, "")?;
    let matrix = rules::fold(&setup.from, &setup.to, &levels);
    Ok(if params.normalise { matrix.scaled(1.0 / matrix.worst().max(1.0)) } else { matrix })
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S>(matrix::Coeffs<S>);

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let params = matrix::Params { matrix: matrix(setup, params)? };
        Ok(Self(matrix::Coeffs::design(&setup.channels(), &params)?))
    }
}

/// The processor; it has no memory.
#[derive(Debug, Clone)]
pub struct Downmix<S> {
    setup: Setup,
    mixer: Mixer<S>,
}

impl<S: Sample> Downmix<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let matrix = matrix(setup, params)?;
        Ok(Self { setup: *setup, mixer: Mixer::new(&setup.channels(), &matrix::Params { matrix })? })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample> Tune<S> for Downmix<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.mixer.tune(&coeffs.0, over);
    }
}

impl<S: Sample> Process<S> for Downmix<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        self.mixer.process(block);
    }
    fn reset(&mut self) {
        self.mixer.reset();
    }
    fn latency(&self) -> Frames {
        self.mixer.latency()
    }
    fn tail(&self) -> Tail {
        self.mixer.tail()
    }
}

#[cfg(test)]
mod tests;
