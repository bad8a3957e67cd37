//! The textbook second-order filter: the cookbook's curves with the cookbook's coefficients, or any five numbers you bring.
//!
//! Transposed direct form II: `y = s1 + b0 x`, `s1 = s2 + b1 x - a1 y`, `s2 = b2 x - a2 y`, signs as in
//! [`crate::design::section`]. The operations and their order are those of `biquad::DirectForm2Transposed`, and so are
//! the bits (a test). Curves: [`crate::design::rbj`].
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `kind` | | see [`Kind`] | `Bell` |
//! | `frequency` | Hz | 1 (`f32`: see below) to 0.49 x rate | 1000 |
//! | `gain` | dB | -40 to 40 (bells and shelves) | 0 |
//! | `q` | | 0.05 to 100 | 0.7071 |
//!
//! Latency 0. Tail: the ring of the poles. Cost: about half of one state-variable band, but one at a time.
//!
//! Moving: over some frames the section runs in another form of the same filter, whose state cannot grow whatever the
//! path, and back in the direct form when it has arrived; the state is converted exactly on both ways, so also a jump
//! (over 0 frames) leaves no burst. Why not a cross-fade or interpolated coefficients: see `moving.rs`. Coefficients that
//! are not stable ([`Coeffs::is_stable`]) are refused by [`Biquad::with_coeffs`], and `tune` keeps the old sound.
//!
//! When not to use it: in `f32` at low frequencies. The pole's place is the small difference `1 + a1 + a2`, about
//! `(2 pi f / rate)^2`, of numbers near 2, and rounding moves it: measured against `f64`, -22 to -47 dB at 20 Hz and
//! 192 kHz, -39 to -67 dB at 20 Hz and 48 kHz (a test). Where that difference would be less than two units of rounding,
//! the frequency is refused: in `f32` below about 3.7 Hz at 48 kHz and 15 Hz at 192 kHz for kinds without gain. The
//! state-variable filter ([`crate::filter::svf`]) and the [`crate::filter::equalizer`] have the same curves at -120 dB
//! and run several bands at once; use those unless exactly these coefficients are wanted.
//!
//! Sources: R. Bristow-Johnson, "Audio EQ Cookbook" (W3C Note, 2021); transposed forms: Jackson, "Digital Filters and
//! Signal Processing", chapter 5; stability while moving: Wishnick, DAFx-14.
//!
//! ```
//! use dsp_core::filter::biquad::{Biquad, Kind, Params, Setup};
//! use dsp_core::units::{Frames, Hertz, SampleRate};
//! let setup = Setup { rate: SampleRate::VIDEO, channels: 2 };
//! let rumble = Params { kind: Kind::HighPass, frequency: Hertz(30.0), ..Params::default() };
//! let mut filter = Biquad::<f32, _>::new(&setup, &rumble, [0.0; 4])?;
//! filter.set(&Params { frequency: Hertz(80.0), ..rumble }, Frames(2_400))?;
//! # Ok::<(), dsp_core::error::Error>(())
//! ```

mod moving;

use crate::block::Block;
use crate::design::rbj;
use crate::error::Error;
use crate::process::{Clock, FLUSH_PERIOD, Process, Tail, Tune};
use crate::ramp::Ramp;
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, SampleRate};
use core::f64::consts::PI;
use moving::{Moving, Poles};

pub use crate::design::section::Coeffs;
pub use crate::filter::svf::{Kind, Params, Setup};

/// Lowest frequency whose poles survive the rounding of `a1` and `a2` to `S`: where `1 + a1 + a2`, which is
/// `4 g^2 / (1 + g k + g^2)`, is two units of rounding (the two roundings together take at most three quarters of one).
fn lowest<S: Sample>(rate: f64, params: &Params) -> f64 {
    let amp = libm::exp10(params.gain.0 / 40.0);
    // The poles lie at `g * warp` with damping `k`.
    let (warp, k) = match params.kind {
        Kind::Bell => (1.0, 1.0 / (params.q.0 * amp)),
        Kind::LowShelf => (1.0 / libm::sqrt(amp), 1.0 / params.q.0),
        Kind::HighShelf => (libm::sqrt(amp), 1.0 / params.q.0),
        Kind::LowPass | Kind::HighPass | Kind::BandPass | Kind::Notch | Kind::AllPass => (1.0, 1.0 / params.q.0),
    };
    let least = 2.0 * S::EPSILON.to_f64();
    let g = (least * k + libm::sqrt(least * least * k * k + 16.0 * least)) / 8.0;
    (rate / PI * libm::atan(g / warp)).max(1.0)
}

impl<S: Sample> Coeffs<S> {
    /// Designs one section.
    pub fn design(rate: SampleRate, params: &Params) -> Result<Self, Error> {
        let (frequency, gain, q) = (params.frequency, params.gain, params.q);
        Error::check("gain", gain.0, -40.0, 40.0, "dB")?;
        Error::check("q", q.0, 0.05, 100.0, "")?;
        Error::check("frequency", frequency.0, lowest::<S>(rate.hertz(), params), 0.49 * rate.hertz(), "Hz")?;
        let wide = match params.kind {
            Kind::Bell => rbj::bell(rate, frequency, gain, q),
            Kind::LowShelf => rbj::low_shelf(rate, frequency, gain, q),
            Kind::HighShelf => rbj::high_shelf(rate, frequency, gain, q),
            Kind::LowPass => rbj::low_pass(rate, frequency, q),
            Kind::HighPass => rbj::high_pass(rate, frequency, q),
            Kind::BandPass => rbj::band_pass(rate, frequency, q),
            Kind::Notch => rbj::notch(rate, frequency, q),
            Kind::AllPass => rbj::all_pass(rate, frequency, q),
        };
        Ok(wide.to())
    }

    /// One sample through the filter; `state` is `[s1, s2]`.
    #[inline(always)]
    pub fn run(&self, state: &mut [S; 2], x: S) -> S {
        let y = state[0] + self.b0 * x;
        state[0] = state[1] + self.b1 * x - self.a1 * y;
        state[1] = self.b2 * x - self.a2 * y;
        y
    }
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Biquad<S, M> {
    setup: Setup,
    coeffs: Coeffs<S>,
    /// Where a move is; the state is in the form of the path while it moves, in direct form otherwise.
    path: Ramp<Moving<S>>,
    clock: Clock,
    state: M,
}

/// Samples of storage: two per channel.
pub fn required_len(setup: &Setup) -> usize {
    2 * setup.channels
}

impl<S: Sample, M: Storage<S>> Biquad<S, M> {
    /// Builds the filter; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, storage: M) -> Result<Self, Error> {
        Self::with_coeffs(setup, &Coeffs::design(setup.rate, params)?, storage)
    }

    /// Builds the filter from any stable coefficients; `storage` is cleared.
    pub fn with_coeffs(setup: &Setup, coeffs: &Coeffs<S>, mut storage: M) -> Result<Self, Error> {
        setup.check()?;
        coeffs.check()?;
        Error::check_len("biquad state", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            setup: *setup,
            coeffs: *coeffs,
            path: Ramp::new(Moving::new(coeffs)),
            clock: Clock::default(),
            state: storage,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(self.setup.rate, params)?, over);
        Ok(())
    }

    /// The coefficients it has or is moving to.
    pub fn coeffs(&self) -> &Coeffs<S> {
        &self.coeffs
    }

    fn convert(&mut self, to: impl Fn(&mut [S])) {
        self.state.as_mut().chunks_exact_mut(2).for_each(to);
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Biquad<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        if !coeffs.is_stable() {
            return;
        }
        if !self.path.moving() {
            let poles = Poles::of(&self.coeffs);
            self.convert(|s| poles.enter(s));
        }
        self.coeffs = *coeffs;
        self.path.tune(Moving::new(coeffs), over);
        if !self.path.moving() {
            let poles = Poles::of(coeffs);
            self.convert(|s| poles.leave(s));
        }
    }
}

/// Runs one or two channels, which share no arithmetic but hide each other's waiting.
#[inline(always)]
fn run<S: Sample>(state: &mut [S], left: &mut [S], right: Option<&mut [S]>, step: impl Fn(usize, &mut [S; 2], S) -> S) {
    let mut l = [state[0], state[1]];
    if let Some(right) = right {
        let mut r = [state[2], state[3]];
        for (i, (x, y)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
            *x = step(i, &mut l, x.clean());
            *y = step(i, &mut r, y.clean());
        }
        state[2..4].copy_from_slice(&r);
    } else {
        for (i, x) in left.iter_mut().enumerate() {
            *x = step(i, &mut l, x.clean());
        }
    }
    state[..2].copy_from_slice(&l);
}

impl<S: Sample, M: Storage<S>> Process<S> for Biquad<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let mut at = 0;
        while at < frames {
            // A move ends at a piece's end.
            let moving = self.path.moving();
            let n = self.clock.piece(frames - at, if moving { self.path.left() } else { FLUSH_PERIOD });
            let mut part = block.part(at, n);
            for (pair, state) in self.state.as_mut()[..2 * self.setup.channels].chunks_mut(4).enumerate() {
                let (one, path, coeffs) = (state.len() == 2, &self.path, self.coeffs);
                part.with_pair(2 * pair, one, |left, right| {
                    let right = (!one).then_some(right);
                    if moving {
                        run(state, left, right, |i, s, x| path.now(i).run(s, x));
                    } else {
                        run(state, left, right, |_, s, x| coeffs.run(s, x));
                    }
                });
            }
            self.path.advance(n);
            if moving && !self.path.moving() {
                let poles = Poles::of(&self.coeffs);
                self.convert(|s| poles.leave(s));
            }
            if self.clock.advance(n) {
                // Both or none: either alone would start a new ring, up to rate/frequency times as large.
                self.convert(|s| {
                    if s.iter().all(|v| v.flush() == S::ZERO) {
                        s.fill(S::ZERO);
                    }
                });
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.state.as_mut().fill(S::ZERO);
        self.path.finish();
        self.clock = Clock::default();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let radius = self.coeffs.pole_radius().max(1e-9);
        let moving = Tail::Frames(Frames(self.path.left() as u64));
        moving.and_then(Tail::of_time_constant::<S>(-1.0 / libm::log(radius)))
    }
}

#[cfg(test)]
mod tests;
