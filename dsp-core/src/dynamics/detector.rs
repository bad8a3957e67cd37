//! Says how loud it is, frame by frame: what gates, duckers and compressors listen with.
//!
//! Per channel: an optional 12 dB per octave high-pass, then the magnitude of the sample or the root of its mean square
//! ([`Level`]). The loudest channel counts (the LFE is not listened to); a side-chain key of the block is listened to in
//! place of the block, as many of its channels as the layout has.
//!
//! [`Follower`] gives that level attack and release ([`super::ballistics`], on linear amplitude): it rises to 63.2 % of
//! a step in `attack` and falls to 36.8 % in `release`.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `detector` | | `Peak`, `Rms` with a window of 0.001 to 1 s | `Peak` |
//! | `attack` | s | 0 to 1 | 0.005 |
//! | `release` | s, longer than `attack` | 0.0001 to 10 | 0.100 |
//! | `high_pass` | Hz | none, or 10 to 5000 (0.4 x rate at most) | none |
//!
//! Levels are linear, 1 is full scale; what exceeds 63.9 (+36 dBFS) is read as that, what is below -150 dBFS as 0. No
//! latency. With an attack of 0 no peak is missed.
//!
//! Not a meter: standards define their own times and weightings ([`crate::meter`]).
//!
//! Source: Giannoulis, Massberg, Reiss, "Digital dynamic range compressor design", JAES 60(6) 2012, section 2.3.

use crate::block::Block;
use crate::dynamics::ballistics::{self, step};
use crate::error::Error;
use crate::filter::carry::Carry;
use crate::filter::svf;
use crate::layout::Layout;
use crate::process::CHUNK;
use crate::ramp::{Blend, mix};
use crate::sample::Sample;
use crate::units::{Decibels, Hertz, Q, SampleRate, Seconds};
use core::f64::consts::FRAC_1_SQRT_2;

/// What is called level.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Detector {
    /// Magnitude of the sample.
    #[default]
    Peak,
    /// Root of the mean square, a one-pole with half the window as time constant.
    Rms {
        /// Window, 0.001 to 1 s.
        window: Seconds,
    },
}

/// Samples of memory a [`Level`] needs: mean square with its rest, high-pass.
pub const LEVEL_LEN: usize = 4;

/// From samples to levels, one channel at a time, without attack and release.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level<S> {
    /// Step of the mean square; 0 means peak.
    rms: S,
    high_pass: svf::Coeffs<S>,
}

impl<S: Sample> Level<S> {
    /// Designs a detector behind an optional high-pass.
    pub fn design(rate: SampleRate, detector: Detector, high_pass: Option<Hertz>) -> Result<Self, Error> {
        let rms = match detector {
            Detector::Peak => 0.0,
            Detector::Rms { window } => {
                Error::check("window", window.0, 0.001, 1.0, "s")?;
                step(window.0 / 2.0, rate)
            }
        };
        let high_pass = match high_pass {
            None => svf::Coeffs::NEUTRAL,
            Some(frequency) => {
                Error::check("high-pass", frequency.0, 10.0, (0.4 * rate.hertz()).min(5000.0), "Hz")?;
                let kind = svf::Kind::HighPass;
                let band = svf::Params { kind, frequency, gain: Decibels(0.0), q: Q(FRAC_1_SQRT_2) };
                svf::Coeffs::design(rate, &band)?
            }
        };
        Ok(Self { rms: S::from_f64(rms), high_pass })
    }

    /// Levels of `x`, which is sane ([`Sample::clean`]) once `clean` has seen it.
    #[inline(always)]
    pub fn run(&self, memory: &mut [S; LEVEL_LEN], x: &[S], clean: impl Fn(S) -> S, out: &mut [S]) {
        if self.high_pass.d2 > S::ZERO {
            let mut state = [memory[2], memory[3]];
            for (o, x) in out.iter_mut().zip(x) {
                *o = self.high_pass.run(&mut state, clean(*x)).abs();
            }
            memory[2..].copy_from_slice(&state);
        } else {
            // What is off forgets: switched on again it starts from silence.
            memory[2..].fill(S::ZERO);
            for (o, x) in out.iter_mut().zip(x) {
                *o = clean(*x).abs();
            }
        }
        if self.rms > S::ZERO {
            let mut square = Carry::load([memory[0], memory[1]]);
            for o in out.iter_mut() {
                square.add(self.rms * (*o * *o - square.value));
                *o = square.value.larger(S::ZERO).sqrt();
            }
            memory[..2].copy_from_slice(&square.store());
        } else {
            memory[..2].fill(S::ZERO);
        }
    }
}

impl<S: Sample> Blend for Level<S> {
    type Scalar = S;
    /// The detector changes at the start of a move.
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        Self { rms: to.rms, high_pass: svf::Coeffs::blend(&from.high_pass, &to.high_pass, p) }
    }
}

/// What fixes memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels and their places.
    pub layout: Layout,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Peak or RMS.
    pub detector: Detector,
    /// Attack time.
    pub attack: Seconds,
    /// Release time.
    pub release: Seconds,
    /// High-pass of what is listened to.
    pub high_pass: Option<Hertz>,
}

impl Default for Params {
    fn default() -> Self {
        Self { detector: Detector::Peak, attack: Seconds(0.005), release: Seconds(0.1), high_pass: None }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    level: Level<S>,
    ballistics: ballistics::Coeffs<S>,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Ok(Self {
            level: Level::design(setup.rate, params.detector, params.high_pass)?,
            ballistics: ballistics::Coeffs::design(setup.rate, params.attack, params.release)?,
        })
    }
}

impl<S: Sample> Blend for Coeffs<S> {
    type Scalar = S;
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        Self {
            level: Level::blend(&from.level, &to.level, p),
            ballistics: ballistics::Coeffs {
                attack: mix(from.ballistics.attack, to.ballistics.attack, p),
                release: mix(from.ballistics.release, to.ballistics.release, p),
            },
        }
    }
}

/// Samples of storage: four per channel.
pub fn required_len(setup: &Setup) -> usize {
    LEVEL_LEN * setup.layout.channels()
}

/// The envelope of a block or of its key, over storage of [`required_len`] samples that the owner keeps for it (zero at
/// first, and again at a reset). The owner also keeps the coefficients, moves them with its own, and calls
/// [`Follower::flush`] every [`crate::process::FLUSH_PERIOD`] frames.
#[derive(Debug, Clone, Copy)]
pub struct Follower {
    layout: Layout,
    state: ballistics::State,
}

impl Follower {
    /// A follower at silence.
    pub fn new(setup: &Setup) -> Self {
        Self { layout: setup.layout, state: ballistics::State::default() }
    }

    /// Back to silence; the storage is the owner's to clear.
    pub fn reset(&mut self) {
        self.state = ballistics::State::default();
    }

    /// The level now, linear.
    pub fn now(&self) -> f64 {
        self.state.now()
    }

    /// Writes the level of each frame of `block` (at most 64 of them) to `out`.
    ///
    /// # Panics
    /// When `out` is longer than 64, or `storage` shorter than announced.
    pub fn run<S: Sample>(&mut self, c: &Coeffs<S>, storage: &mut [S], block: &Block<'_, S>, out: &mut [S]) {
        let (key, mut own) = (block.key(), [S::ZERO; CHUNK]);
        let own = &mut own[..out.len()];
        out.fill(S::ZERO);
        let present = key.map_or(block.channels(), |key| key.channels());
        for (channel, memory) in storage.as_chunks_mut().0[..self.layout.channels()].iter_mut().enumerate() {
            let is_lfe = self.layout.positions()[channel].is_lfe();
            if is_lfe && key.is_none() {
                // What is not listened to is forgotten.
                memory.fill(S::ZERO);
                continue;
            }
            let silence = [S::ZERO; CHUNK];
            let x = match key {
                _ if channel >= present => &silence[..],
                Some(key) => key.channel(channel),
                None => block.channel(channel),
            };
            c.level.run(memory, x, S::clean, own);
            for (o, l) in out.iter_mut().zip(own.iter()) {
                *o = o.larger(*l);
            }
        }
        let steps = c.ballistics.steps();
        let mut state = self.state;
        for o in out.iter_mut() {
            *o = steps.run(&mut state, o.smaller(S::from_f64(HIGHEST)));
        }
        self.state = state;
    }

    /// Makes inaudible rests zero.
    pub fn flush<S: Sample>(storage: &mut [S]) {
        for s in storage {
            *s = s.flush();
        }
    }
}

/// Highest level: below the 64 of [`Sample::to_fixed`].
const HIGHEST: f64 = 63.9;

#[cfg(test)]
mod tests;
