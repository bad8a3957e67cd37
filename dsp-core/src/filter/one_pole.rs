//! A 6 dB per octave low-pass or high-pass: takes rumble or fizz off, smooths a control signal.
//!
//! Topology-preserving form with `g = tan(pi f / rate)`, `G = g / (1 + g)`:
//! `v = G (x - s)`, `low = s + v`, `high = x - low`, `s += 2 v`. The cut-off is exact (-3.01 dB at `frequency`), the
//! gain of the high-pass at 0 Hz is exactly zero.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `frequency` | Hz | 0.1 to 0.49 x rate | 1000 |
//! | `mode` | | `LowPass`, `HighPass` | `LowPass` |
//!
//! Latency 0; tail as long as the pole rings down to the flush threshold.
//! Not for steep slopes: use [`crate::filter::biquad`] or a band of the equalizer.
//!
//! Source: Zavalishin, "The Art of VA Filter Design", rev. 2.1.2 (2018), chapter 3.

use crate::block::Block;
use crate::error::Error;
use crate::filter::carry::Carry;
use crate::layout::MAX_CHANNELS;
use crate::process::{Clock, FLUSH_PERIOD, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, Hertz, SampleRate};
use core::f64::consts::PI;

/// What fixes memory: rate and channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels, 1 to 24.
    pub channels: usize,
}

impl Setup {
    pub(crate) fn check(&self) -> Result<(), Error> {
        Error::check("channels", self.channels as f64, 1.0, MAX_CHANNELS as f64, "")
    }
}

/// Which side of the cut-off passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Mode {
    /// Below it.
    #[default]
    LowPass,
    /// Above it.
    HighPass,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Cut-off, -3.01 dB.
    pub frequency: Hertz,
    /// Low-pass or high-pass.
    pub mode: Mode,
}

impl Default for Params {
    fn default() -> Self {
        Self { frequency: Hertz(1000.0), mode: Mode::LowPass }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    gain: S,
    step: S,
    low: S,
    high: S,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        setup.check()?;
        let rate = setup.rate.hertz();
        Error::check("frequency", params.frequency.0, 0.1, 0.49 * rate, "Hz")?;
        let g = libm::tan(PI * params.frequency.0 / rate);
        let gain = g / (1.0 + g);
        let (low, high) = match params.mode {
            Mode::LowPass => (S::ONE, S::ZERO),
            Mode::HighPass => (S::ZERO, S::ONE),
        };
        Ok(Self { gain: S::from_f64(gain), step: S::from_f64(2.0 * gain), low, high })
    }

    /// How long it rings.
    pub(crate) fn tail(&self) -> Tail {
        let pole = (1.0 - self.step.to_f64()).abs().clamp(1e-9, 1.0 - 1e-12);
        Tail::of_time_constant::<S>(-1.0 / libm::log(pole))
    }

    #[inline(always)]
    pub(crate) fn run(&self, state: &mut Carry<S>, x: S) -> S {
        let t = x - state.value;
        let low = state.value + self.gain * t;
        state.add(self.step * t);
        self.low * low + self.high * (x - low)
    }
}

blend_fields!(Coeffs { gain, step, low, high });

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct OnePole<S, M> {
    setup: Setup,
    coeffs: Ramp<Coeffs<S>>,
    clock: Clock,
    state: M,
}

/// Samples of storage: two per channel.
pub fn required_len(setup: &Setup) -> usize {
    2 * setup.channels
}

impl<S: Sample, M: Storage<S>> OnePole<S, M> {
    /// Builds the filter; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Error::check_len("one-pole state", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self { setup: *setup, coeffs: Ramp::new(coeffs), clock: Clock::default(), state: storage })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for OnePole<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for OnePole<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let mut at = 0;
        while at < frames {
            let n = self.clock.piece(frames - at, FLUSH_PERIOD);
            let resting = !self.coeffs.moving();
            let steady = *self.coeffs.target();
            let mut part = block.part(at, n);
            for (channel, pair) in self.state.as_mut().chunks_exact_mut(2).enumerate().take(self.setup.channels) {
                part.with_channel(channel, |x| {
                    let mut state = Carry::load([pair[0], pair[1]]);
                    for (i, x) in x.iter_mut().enumerate() {
                        let c = if resting { steady } else { self.coeffs.now(i) };
                        *x = c.run(&mut state, x.clean());
                    }
                    pair.copy_from_slice(&state.store());
                });
            }
            self.coeffs.advance(n);
            if self.clock.advance(n) {
                for pair in self.state.as_mut().chunks_exact_mut(2) {
                    let mut state = Carry::load([pair[0], pair[1]]);
                    state.flush();
                    pair.copy_from_slice(&state.store());
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
        Tail::Frames(Frames(self.coeffs.left() as u64)).and_then(self.coeffs.target().tail())
    }
}
