//! Thickens: bends loud samples towards a ceiling, which adds harmonics.
//!
//! `wet = level * f(d x) / d`, `out = in + mix (wet - in)`; `f` has a slope of 1 at 0 and nowhere more ([`curve`]), `d` is
//! the drive. `level` gives back some of what the ceiling of `1 / d` took: `level = output * d^(1 - compensation)`. Behind
//! an asymmetric curve the constant part is removed by a first-order high-pass at 5 Hz.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `kind` | | `Off`, `Soft`, `Cubic`, `Hard` | `Soft` |
//! | `drive` | dB into the curve | 0 to 48 | 0 |
//! | `asymmetry` | 0 odd harmonics only, more: even ones too | 0 to 0.9 | 0 |
//! | `compensation` | 1: quiet sound keeps its level; 0: the ceiling does | 0 to 1 | 1 |
//! | `output` | dB behind the curve | -24 to 24 | 0 |
//! | `mix` | | 0 to 1, linear | 1 |
//!
//! Off (or a `mix` of 0) at an output of 0 dB is the identity, bit for bit. Latency 0; no tail, but that of the high-pass
//! with an asymmetry. Moves are smooth, frame by frame, between kinds too.
//!
//! **No oversampling.** Harmonics above half the rate fold back. Power of what folds below 20 kHz, re the harmonics, for a
//! full-scale sine at 48 kHz (a test):
//!
//! | | 1 kHz | 5 kHz |
//! |---|---|---|
//! | `Soft`, drive 0 dB | below -140 dB | -66 dB |
//! | `Soft`, 12 dB | -99 | -25 |
//! | `Cubic`, 0 dB | below -140 | below -140 |
//! | `Hard`, 6 dB | -50 | -31 |
//! | `Hard`, 20 dB | -37 | -15 |
//!
//! So: gentle settings, dark sources and echoes that are filtered anyway, not bright sounds at high drive.
//!
//! Source: the curves, see [`curve`]; the folding of memoryless curves: Parker, Zavalishin, Le Bivic, DAFx-16, section 1.

pub mod curve;

use crate::block::Block;
use crate::error::Error;
use crate::filter::carry::Carry;
use crate::filter::one_pole;
use crate::layout::MAX_CHANNELS;
use crate::process::{Clock, FLUSH_PERIOD, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::{Sample, clean_all};
use crate::shape::saturation::curve::Curve;
use crate::storage::Storage;
use crate::units::{Decibels, Frames, Hertz, Mix};

pub use crate::filter::one_pole::Setup;
pub use curve::Kind;

/// Corner of the high-pass behind an asymmetric curve: -0.3 dB at 20 Hz, a constant is gone to 1/e in 32 ms.
const DC_CORNER: Hertz = Hertz(5.0);

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Shape of the curve.
    pub kind: Kind,
    /// Gain into the curve.
    pub drive: Decibels,
    /// How much smaller the lower half of the curve is.
    pub asymmetry: f64,
    /// Share of the drive that is taken back behind the curve.
    pub compensation: f64,
    /// Gain behind the curve.
    pub output: Decibels,
    /// How much of the effect is heard.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            kind: Kind::Soft,
            drive: Decibels(0.0),
            asymmetry: 0.0,
            compensation: 1.0,
            output: Decibels(0.0),
            mix: Mix::WET,
        }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    curve: Curve<S>,
    level: S,
    mix: S,
    /// 1 where the constant part is removed.
    block: S,
    high_pass: one_pole::Coeffs<S>,
}

blend_fields!(Coeffs { curve, level, mix, block, high_pass });

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("compensation", params.compensation, 0.0, 1.0, "")?;
        Error::check("output", params.output.0, -24.0, 24.0, "dB")?;
        let curve = Curve::design(params.kind, params.drive, params.asymmetry)?;
        let off = params.kind == Kind::Off;
        let taken = if off { 0.0 } else { (1.0 - params.compensation) * params.drive.0 };
        let (_, mix) = params.mix.linear()?;
        let high_pass = one_pole::Params { frequency: DC_CORNER, mode: one_pole::Mode::HighPass };
        Ok(Self {
            curve,
            level: S::from_f64(Decibels(params.output.0 + taken).amplitude()),
            mix: S::from_f64(mix),
            block: if params.asymmetry > 0.0 && !off { S::ONE } else { S::ZERO },
            high_pass: one_pole::Coeffs::design(setup, &high_pass)?,
        })
    }

    /// From the input and what the curve made of it to the output.
    #[inline(always)]
    fn finish(&self, state: &mut Carry<S>, x: S, wet: S) -> S {
        let wet = if self.block == S::ZERO {
            *state = Carry::default();
            wet
        } else {
            let blocked = self.high_pass.run(state, wet);
            if self.block == S::ONE { blocked } else { wet + self.block * (blocked - wet) }
        };
        self.blend_in(x, wet)
    }

    #[inline(always)]
    fn blend_in(&self, x: S, wet: S) -> S {
        if self.mix == S::ONE { self.level * wet } else { x + self.mix * (self.level * wet - x) }
    }
}

/// Samples of storage: two per channel.
pub fn required_len(setup: &Setup) -> usize {
    2 * setup.channels.min(MAX_CHANNELS)
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Saturation<S, M> {
    setup: Setup,
    coeffs: Ramp<Coeffs<S>>,
    clock: Clock,
    state: M,
}

impl<S: Sample, M: Storage<S>> Saturation<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Error::check_len("saturation", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self { setup: *setup, coeffs: Ramp::smooth(coeffs), clock: Clock::default(), state: storage })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

/// One channel with coefficients at rest.
#[inline(always)]
fn still<S: Sample>(c: &Coeffs<S>, state: &mut Carry<S>, x: &mut [S]) {
    let mut wet = [S::ZERO; FLUSH_PERIOD];
    let wet = &mut wet[..x.len()];
    wet.copy_from_slice(x);
    c.curve.run_all(wet);
    if c.block == S::ZERO {
        *state = Carry::default();
    } else {
        wet.iter_mut().for_each(|wet| *wet = c.high_pass.run(state, *wet));
    }
    for (x, wet) in x.iter_mut().zip(wet.iter()) {
        *x = c.blend_in(*x, *wet);
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Saturation<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Saturation<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            // A piece rests or moves as a whole, so that it does not depend on cuts which way it is computed.
            let most = if self.coeffs.moving() { self.coeffs.left() } else { FLUSH_PERIOD };
            let n = self.clock.piece(block.frames() - at, most);
            let (mut part, moving) = (block.part(at, n), self.coeffs.moving());
            for (channel, pair) in
                self.state.as_mut().as_chunks_mut::<2>().0[..self.setup.channels].iter_mut().enumerate()
            {
                part.with_channel(channel, |x| {
                    let mut state = Carry::load(*pair);
                    clean_all(x);
                    if moving {
                        for (i, x) in x.iter_mut().enumerate() {
                            let c = self.coeffs.now(i);
                            *x = c.finish(&mut state, *x, c.curve.run(*x));
                        }
                    } else {
                        still(self.coeffs.target(), &mut state, x);
                    }
                    *pair = state.store();
                });
            }
            self.coeffs.advance(n);
            if self.clock.advance(n) {
                for pair in self.state.as_mut().as_chunks_mut::<2>().0 {
                    let mut state = Carry::load(*pair);
                    state.flush();
                    *pair = state.store();
                }
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.state.as_mut().fill(S::ZERO);
        self.coeffs.finish();
        self.clock = Clock::default();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let c = self.coeffs.target();
        let ring = if c.block == S::ZERO { Tail::NONE } else { c.high_pass.tail() };
        Tail::Frames(Frames(self.coeffs.left() as u64)).and_then(ring)
    }
}

#[cfg(test)]
mod tests;
