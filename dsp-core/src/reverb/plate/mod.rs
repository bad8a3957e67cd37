//! The bright, dense sheet of steel behind vocals and snares: even from the first moment, without early echoes.
//!
//! The mono sum goes through a pre-delay, a low-pass and four all-passes in a row into a figure of eight of two
//! branches (all-pass, delay, low-pass, all-pass, delay) that feed each other; the first all-pass of each branch is
//! slowly moved. Each side of the output is the sum of seven taps of the two branches, `0.6 (+-tap +- ...)`; `out = dry
//! in + wet plate`. All lengths are those of the paper times rate / 29761 Hz.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `time` | s, until -60 dB, without damping | 0.5 to 60 | 2 (the paper's decay of 0.5) |
//! | `pre_delay` | s | 0 to the longest of the set-up | 0 |
//! | `bandwidth` | Hz, -3 dB of the input's low-pass | 100 to 20000 | 12000 |
//! | `damping` | Hz, -3 dB of the low-pass in each branch | 100 to 20000 | 6000 |
//! | `diffusion` | coefficient of the first two all-passes; 5/6 of it of the next two | 0 to 0.9 | 0.75 |
//! | `modulation_depth` | s, to each side | 0 to 0.001 | 0.00027 (8 frames of the paper) |
//! | `modulation_rate` | Hz | 0 to 5 | 1 |
//! | `width` | gain of the side signal of the plate | 0 (mono) to 2 | 1 |
//! | `freeze` | holds what sounds, for ever, and lets nothing in | | false |
//! | `mix` | 0 dry to 1 wet, equal power | 0 to 1 | 0.3 |
//! | `longest_pre_delay` (set-up) | s | 0 to 1 | 0.25 |
//!
//! Moves are smooth, frame by frame; a moved pre-delay glides like a tape (it bends the pitch of what enters
//! meanwhile). Frozen, the modulation rests, so that nothing is lost at the top.
//!
//! Latency 0. Tail: what is left of a move, then until the slowest resonance has fallen below the flush threshold; infinite
//! when frozen. 12.8 ns per
//! stereo frame in `f32` (the `freeverb` crate 19.3 in the same run), about 19 in `f64`; 26 while settings move.
//!
//! How it sounds, read off responses at 44.1, 48 and 96 kHz (tests): the decay is `time` within 6 % from 500 Hz to 2
//! kHz for 0.8 s and more, without damping (19 % longer at 0.5 s: the all-passes ring by themselves); left and right
//! are independent (correlation below 0.01 in all, 0.12 in an octave); the late spectrum differs from a smooth one by
//! 6.1 to 6.3 dB (noise: 5.6), its worst mode stands out by 13 to 18 dB; the echoes are as dense as noise (0.9) for
//! good after 0.23 to 0.41 s; 0.2 % of the energy is below 20 Hz.
//!
//! Not for a room that is to be believed: it has no early reflections (see [`super::early`]), no decay per octave, and
//! takes its time to become dense. It listens to the mono sum: what is only in the side signal is not answered.
//!
//! Source: Dattorro, "Effect Design, Part 1: Reverberator and Other Filters", J. Audio Eng. Soc. 45(9), 1997, figure 1
//! and tables 1 and 2.

mod design;
mod tank;
#[cfg(test)]
mod tests;

pub use design::Coeffs;

use crate::block::Block;
use crate::error::Error;
use crate::process::{CHUNK, Clock, Process, Tail, Tune};
use crate::ramp::Ramp;
use crate::sample::{Sample, clean_all};
use crate::storage::Storage;
use crate::units::{Frames, Hertz, Mix, SampleRate, Seconds};
use design::{LONGEST_PRE_DELAY, Numbers};
use tank::{Moving, Now, Rest, Tank};

/// What fixes memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Longest pre-delay that can be set.
    pub longest_pre_delay: Seconds,
}

impl Setup {
    /// The default: up to a quarter of a second of pre-delay.
    pub const fn new(rate: SampleRate) -> Self {
        Self { rate, longest_pre_delay: Seconds(0.25) }
    }

    fn predelay(&self) -> Frames {
        // Memory is asked for before anything is checked.
        Seconds(self.longest_pre_delay.0.clamp(0.0, LONGEST_PRE_DELAY)).frames(self.rate)
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Time in which the plate falls by 60 dB where it is not damped.
    pub time: Seconds,
    /// Time before the plate answers.
    pub pre_delay: Seconds,
    /// Cut-off of the low-pass on the way in.
    pub bandwidth: Hertz,
    /// Cut-off of the low-pass that is passed again and again.
    pub damping: Hertz,
    /// How far the input is smeared before it enters.
    pub diffusion: f64,
    /// How far two all-passes move to each side.
    pub modulation_depth: Seconds,
    /// How often they do.
    pub modulation_rate: Hertz,
    /// Gain of the side signal of the plate.
    pub width: f64,
    /// Holds what sounds.
    pub freeze: bool,
    /// How much of the plate is heard.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            time: Seconds(2.0),
            pre_delay: Seconds(0.0),
            bandwidth: Hertz(12_000.0),
            damping: Hertz(6_000.0),
            diffusion: 0.75,
            modulation_depth: Seconds(0.000_27),
            modulation_rate: Hertz(1.0),
            width: 1.0,
            freeze: false,
            mix: Mix(0.3),
        }
    }
}

/// Samples of storage.
pub fn required_len(setup: &Setup) -> usize {
    tank::required_len(setup)
}

/// The processor, for two channels; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Plate<S, M> {
    setup: Setup,
    target: Coeffs<S>,
    numbers: Ramp<Numbers<S>>,
    clock: Clock,
    tank: Tank<S>,
    storage: M,
}

impl<S: Sample, M: Storage<S>> Plate<S, M> {
    /// Builds the plate; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Error::check_len("plate", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            setup: *setup,
            target: coeffs,
            numbers: Ramp::smooth(coeffs.numbers),
            clock: Clock::default(),
            tank: Tank::new(setup, params)?,
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
    fn chunk(&mut self, block: &mut Block<'_, S>, now: &impl Now<S>) {
        let (tank, memory) = (&mut self.tank, self.storage.as_mut());
        block.with_pair(0, false, |left, right| {
            clean_all(left);
            clean_all(right);
            let mut wet = [[S::ZERO; CHUNK]; 2];
            let [l, r] = &mut wet;
            let (l, r) = (&mut l[..left.len()], &mut r[..left.len()]);
            tank.run(memory, now, [&*left, &*right], [&mut *l, &mut *r]);
            for (i, ((x, y), (l, r))) in left.iter_mut().zip(right).zip(l.iter().zip(r.iter())).enumerate() {
                let (dry, gain) = (now.get(i, |c| c.dry), now.get(i, |c| c.wet));
                let spread = now.get(i, |c| c.spread) * (*l - *r);
                *x = dry * *x + gain * (*l + spread);
                *y = dry * *y + gain * (*r - spread);
            }
        });
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Plate<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.target = *coeffs;
        self.numbers.tune(coeffs.numbers, over);
        self.tank.tune(coeffs, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Plate<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let n = self.clock.piece(block.frames() - at, self.tank.longest_piece());
            let mut part = block.part(at, n);
            if self.numbers.moving() {
                let now = Moving::of(&self.numbers, n);
                self.chunk(&mut part, &now);
            } else {
                let now = Rest(*self.numbers.target());
                self.chunk(&mut part, &now);
            }
            self.numbers.advance(n);
            if self.clock.advance(n) {
                self.tank.flush();
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.tank.reset();
        self.clock = Clock::default();
        self.numbers.finish();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        Tail::Frames(Frames(self.numbers.left() as u64)).and_then(self.target.tail(&self.setup))
    }
}
