//! Notches that sweep through the sound: a chain of all-pass stages, added to the input.
//!
//! Every stage turns the phase by 90 degrees at the frequency `f` of the sweep,
//! `f = centre * 2^(depth * lfo)`; `out = dry x + wet A(z) v + both feedback w`, where `v = x + feedback w` enters the chain
//! `A`, `w` is what left it one frame ago, `dry = 1 - mix`, `wet = mix`, `both = 2 dry wet`. At a mix of 1/2 the three
//! make `(v + A(z) v) / 2`: complete notches, whatever the feedback, at
//!
//! `rate / pi * atan(tan(pi f / rate) tan(pi (2 k + 1) / (4 notches)))`, `k = 0 .. notches`,
//!
//! within 0.05 % (a test). At a mix of 1 only the phase is heard (a vibrato of a kind), at 0 the input, bit for bit.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `rate` | Hz | 0 (stands still) to 100 | 0.5 |
//! | `wave` | | see [`Wave`] | `Sine` |
//! | `centre` | Hz | 20 to 0.4 x rate | 800 |
//! | `depth` | octaves up and down | 0 to 5 | 1.5 |
//! | `feedback` | | -0.95 to 0.95 | 0.3 |
//! | `phase` | degrees, of the right side | 0 to 360 | 90 |
//! | `mix` | | 0 to 1 | 0.5 |
//! | `notches` (set-up) | two all-pass stages each | 1 to 6 | 3 |
//!
//! The sweep ends at 10 Hz and 0.4 x rate. Latency 0. Tail: the ring of the loop at the lowest frequency of the sweep.
//!
//! **Stable however it is moved.** A stage is a rotation of (state, input) into (state, output), so the sum of the squares
//! of all states and of `w` never grows by itself and the feedback takes some of it at every frame: no sweep, however wild,
//! can build anything up (a property test). The rotation is made from one number, the square root of `tan(pi f / rate)`,
//! as `cos = (h^2 - 1) / (h^2 + 1)`, `sin = 2 h / (h^2 + 1)`, so it is a rotation whatever the error of `h` (6.3e-5,
//! a frequency within 0.25 cents).
//!
//! Why per frame and not on a grid: by `exp2` and a polynomial, three notches that move in every frame cost 0.4 to 0.5 of
//! the same with `exp2` and `tan` of `std` (the bench). `f32` is within -105 dB of `f64` at 192 kHz (a test).
//!
//! Not for a steady notch: use a band of [`crate::filter::equalizer`].
//!
//! Sources: Zölzer (ed.), "DAFX: Digital Audio Effects", 2nd ed. (2011), chapter 2 (phasing by all-pass stages); the
//! normalised stage: Gray, Markel, "A normalized digital filter structure", IEEE Trans. ASSP 23(3) 1975.

mod chain;

use self::chain::{MOST_STATES, Turn, run};
use crate::block::Block;
use crate::error::Error;
use crate::layout::Layout;
use crate::modulation::lfo::{self, Lfo};
use crate::modulation::sides;
use crate::modulation::wave::Wave;
use crate::process::{CHUNK, Clock, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, Hertz, Mix, SampleRate};
use core::f64::consts::PI;

/// Highest frequency of the sweep, times the rate: what the polynomial of [`Turn`] is made for.
const HIGHEST: f64 = 0.4;
/// Most notches.
const MOST_NOTCHES: usize = 6;
/// Lowest frequency of the sweep.
const LOWEST: Hertz = Hertz(10.0);

/// What is fixed: rate, where the channels are heard, length of the chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Positions of the channels.
    pub layout: Layout,
    /// Notches, 1 to 6: two all-pass stages each.
    pub notches: usize,
    /// Which sequence the shape `Random` takes.
    pub seed: u32,
}

impl Setup {
    /// Three notches.
    pub const fn new(rate: SampleRate, layout: Layout) -> Self {
        Self { rate, layout, notches: 3, seed: 0 }
    }

    fn lfo(&self) -> lfo::Setup {
        lfo::Setup { rate: self.rate, seed: self.seed }
    }

    fn check(&self) -> Result<(), Error> {
        Error::check("notches", self.notches as f64, 1.0, MOST_NOTCHES as f64, "")
    }

    /// States of a chain, and what left it last.
    fn states(&self) -> usize {
        2 * self.notches.min(MOST_NOTCHES) + 1
    }

    /// The exponent of `x^(1/2)`, `x = pi f / rate`.
    fn exponent(&self, f: f64) -> f64 {
        0.5 * libm::log2(PI * f / self.rate.hertz())
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Turns per second.
    pub rate: Hertz,
    /// Shape of the sweep.
    pub wave: Wave,
    /// Middle of the sweep.
    pub centre: Hertz,
    /// Octaves from the middle to either end.
    pub depth: f64,
    /// How much of the chain's output goes through it again.
    pub feedback: f64,
    /// How far the right side is ahead of the left, in degrees.
    pub phase: f64,
    /// How much is heard; notches are deepest at 1/2.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            rate: Hertz(0.5),
            wave: Wave::Sine,
            centre: Hertz(800.0),
            depth: 1.5,
            feedback: 0.3,
            phase: 90.0,
            mix: Mix(0.5),
        }
    }
}

/// What moves with a smooth ramp.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Amounts<S> {
    /// Half the binary logarithm of `pi centre / rate`.
    centre: S,
    /// Half the depth.
    depth: S,
    /// Turns.
    phase: S,
    feedback: S,
    dry: S,
    wet: S,
    both: S,
}

blend_fields!(Amounts { centre, depth, phase, feedback, dry, wet, both });

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    lfo: lfo::Coeffs<S>,
    amounts: Amounts<S>,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        setup.check()?;
        Error::check("centre", params.centre.0, 20.0, HIGHEST * setup.rate.hertz(), "Hz")?;
        Error::check("depth", params.depth, 0.0, 5.0, "octaves")?;
        Error::check("feedback", params.feedback, -0.95, 0.95, "")?;
        let (dry, wet) = params.mix.linear()?;
        let amounts = Amounts {
            centre: S::from_f64(setup.exponent(params.centre.0)),
            depth: S::from_f64(params.depth / 2.0),
            phase: S::from_f64(sides::turns(params.phase)?),
            feedback: S::from_f64(params.feedback),
            dry: S::from_f64(dry),
            wet: S::from_f64(wet),
            both: S::from_f64(2.0 * dry * wet),
        };
        let lfo = lfo::Coeffs::design(&setup.lfo(), &lfo::Params { rate: params.rate, wave: params.wave })?;
        Ok(Self { lfo, amounts })
    }
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Phaser<S, M> {
    setup: Setup,
    rights: u32,
    /// Ends of the sweep, as exponents.
    lowest: S,
    highest: S,
    lfo: Lfo<S>,
    amounts: Ramp<Amounts<S>>,
    clock: Clock,
    storage: M,
}

/// Samples of storage: the stages and one more for every channel.
pub fn required_len(setup: &Setup) -> usize {
    setup.layout.channels() * setup.states()
}

impl<S: Sample, M: Storage<S>> Phaser<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Error::check_len("phaser", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            setup: *setup,
            rights: sides::rights(&setup.layout),
            lowest: S::from_f64(setup.exponent(LOWEST.0)),
            highest: S::from_f64(setup.exponent(HIGHEST * setup.rate.hertz())),
            lfo: Lfo::new(&setup.lfo(), &lfo::Params { rate: params.rate, wave: params.wave })?,
            amounts: Ramp::smooth(coeffs.amounts),
            clock: Clock::default(),
            storage,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// At most [`CHUNK`] frames.
    #[inline(always)]
    fn chunk<const N: usize>(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let mut amounts = [*self.amounts.target(); CHUNK];
        if self.amounts.moving() {
            self.amounts.fill(&mut amounts[..frames]);
        }
        let mut values = [[S::ZERO; CHUNK]; 2];
        let phases = amounts.map(|a| a.phase);
        sides::fill(&self.lfo, &phases[..frames], &mut values);
        let mut turns = [[Turn::default(); CHUNK]; 2];
        for (turns, values) in turns.iter_mut().zip(&values) {
            for ((turn, v), a) in turns.iter_mut().zip(values).zip(&amounts) {
                *turn = Turn::at((a.centre + a.depth * *v).larger(self.lowest).smaller(self.highest));
            }
        }
        let channels = self.setup.layout.channels();
        for (k, states) in self.storage.as_mut().chunks_mut(2 * (N + 1)).enumerate().take(channels.div_ceil(2)) {
            let (first, one) = (2 * k, 2 * k + 1 == channels);
            let side = |channel: usize| &turns[(self.rights >> channel & 1) as usize];
            let turns = [side(first), side(first + 1)];
            let mut nobody = [S::ZERO; MOST_STATES];
            block.with_pair(first, one, |l, r| {
                let (a, b) = states.split_at_mut(N + 1);
                let b = if one { &mut nobody[..=N] } else { b };
                run::<S, N>([l, r], [a, b], turns, &amounts[..frames]);
            });
        }
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Phaser<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.lfo.tune(&coeffs.lfo, over);
        self.amounts.tune(coeffs.amounts, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Phaser<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let n = self.clock.piece(block.frames() - at, CHUNK);
            let mut part = block.part(at, n);
            match self.setup.notches {
                1 => self.chunk::<2>(&mut part),
                2 => self.chunk::<4>(&mut part),
                3 => self.chunk::<6>(&mut part),
                4 => self.chunk::<8>(&mut part),
                5 => self.chunk::<10>(&mut part),
                _ => self.chunk::<12>(&mut part),
            }
            self.lfo.advance(n);
            self.amounts.advance(n);
            if self.clock.advance(n) {
                for s in self.storage.as_mut() {
                    *s = s.flush();
                }
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.lfo.reset();
        self.amounts.finish();
        self.clock = Clock::default();
        self.storage.as_mut().fill(S::ZERO);
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let a = self.amounts.target();
        let lowest = (a.centre - a.depth).larger(self.lowest).to_f64();
        // Frames in which one stage alone falls by a factor of e; as many again is how long it delays.
        let stage = 0.5 / libm::exp2(2.0 * lowest);
        let (stages, feedback) = (2.0 * self.setup.notches as f64, a.feedback.to_f64().abs());
        // Coinciding poles fall like n^(stages - 1) exp(-n / stage); the loop falls by the feedback per round.
        let alone = stage * (1.0 + stages / 4.0);
        let round = if feedback > 0.0 { (2.0 * stages * stage + 1.0) / -libm::log(feedback) } else { 0.0 };
        Tail::Frames(Frames(self.amounts.left() as u64)).and_then(Tail::of_time_constant::<S>(alone.max(round)))
    }
}

#[cfg(test)]
mod tests;
