//! Copies of a sound at delays that move: what chorus and flanger are made of.
//!
//! Per channel one delay line, read at up to [`MOST`] places: `mean = sum of share[k] * line(base + depth * lfo(phase[k]))`,
//! `line <- in + feedback * limit(mean)`, `out = dry * in + wet * mean`.
//!
//! The delay is an integer of 2^-32 frames to which the oscillator adds a few frames, so `f32` does not make it coarse.
//! What goes round is limited to [`LIMIT`]: a delay that changes quickly can pile up what is in the loop, whatever the
//! feedback, and this bounds it.

use crate::block::Block;
use crate::delay::interpolation::{Kernel, Lagrange, Sinc16};
use crate::delay::line::{Delay, Line, least_delay};
use crate::error::Error;
use crate::layout::Layout;
use crate::modulation::lfo::{self, Lfo};
use crate::modulation::sides;
use crate::process::{CHUNK, Process, Tail};
use crate::ramp::{Blend, Ramp};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, SampleRate, Seconds};

/// Most voices.
pub(super) const MOST: usize = 8;

/// Longest delay of any set-up.
pub(super) const LONGEST: Seconds = Seconds(0.1);

/// Seconds by which a depth may miss its bound: 0.0075 + 0.0075 is not always 0.015.
pub(super) const ROUNDING: f64 = 1e-9;

/// Largest magnitude that goes round: +24 dBFS, above anything a mix holds.
const LIMIT: f64 = 16.0;

/// Most gain of either kernel at any frequency (table of [`crate::delay::interpolation`]).
const KERNEL_GAIN: f64 = 1.0006;

/// How a delay is read between samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Interpolation {
    /// Four neighbours: for small machines; dull above 5 kHz.
    Lagrange3,
    /// Sixteen neighbours: true up to 17 kHz at 48 kHz.
    #[default]
    Sinc16,
}

impl Interpolation {
    const fn taps(self) -> usize {
        match self {
            Self::Lagrange3 => 4,
            Self::Sinc16 => 16,
        }
    }
}

/// What fixes memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Setup {
    pub(super) rate: SampleRate,
    pub(super) layout: Layout,
    pub(super) longest: Seconds,
    pub(super) interpolation: Interpolation,
    pub(super) seed: u32,
}

impl Setup {
    pub(super) fn lfo(&self) -> lfo::Setup {
        lfo::Setup { rate: self.rate, seed: self.seed }
    }

    fn line(&self) -> Line {
        let longest = Seconds(self.longest.0.clamp(0.0, LONGEST.0)).frames(self.rate).get();
        // One more for what lies between two frames, one for the shortest the kernel can do.
        Line::new(longest as usize + 2, self.interpolation.taps())
    }

    pub(super) fn required_len(&self) -> usize {
        self.layout.channels() * self.line().ring_len()
    }
}

/// Numbers that move with a smooth ramp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Amounts<S> {
    pub(super) base: Delay,
    /// Frames.
    pub(super) depth: S,
    /// Of the right side, turns.
    pub(super) phase: S,
    pub(super) feedback: S,
    pub(super) dry: S,
    pub(super) wet: S,
    /// Add up to 1.
    pub(super) shares: [S; MOST],
    /// Turns.
    pub(super) phases: [S; MOST],
}

impl<S: Sample> Amounts<S> {
    /// `voices` equal ones, evenly apart.
    pub(super) fn even(voices: usize) -> ([S; MOST], [S; MOST]) {
        let share = |k: usize| if k < voices { 1.0 / voices as f64 } else { 0.0 };
        let phase = |k: usize| if k < voices { k as f64 / voices as f64 } else { 0.0 };
        (core::array::from_fn(|k| S::from_f64(share(k))), core::array::from_fn(|k| S::from_f64(phase(k))))
    }
}

/// A move from one delay to another; exactly `to` at 1.
#[inline(always)]
fn between<S: Sample>(from: Delay, to: Delay, position: S) -> Delay {
    let way = Delay(to.0 - from.0);
    let whole = S::from_i32((way.0 >> 32) as i32);
    if position >= S::ONE { to } else { from.plus((whole + way.fraction::<S>()) * position) }
}

impl<S: Sample> Blend for Amounts<S> {
    type Scalar = S;
    #[inline(always)]
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        Self {
            base: between(from.base, to.base, p),
            depth: S::blend(&from.depth, &to.depth, p),
            phase: S::blend(&from.phase, &to.phase, p),
            feedback: S::blend(&from.feedback, &to.feedback, p),
            dry: S::blend(&from.dry, &to.dry, p),
            wet: S::blend(&from.wet, &to.wet, p),
            shares: Blend::blend(&from.shares, &to.shares, p),
            phases: Blend::blend(&from.phases, &to.phases, p),
        }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coeffs<S> {
    pub(super) lfo: lfo::Coeffs<S>,
    pub(super) amounts: Amounts<S>,
}

/// The processor.
#[derive(Debug, Clone)]
pub(super) struct Voices<S, M> {
    pub(super) setup: Setup,
    rights: u32,
    line: Line,
    sinc: Sinc16<S>,
    lfo: Lfo<S>,
    amounts: Ramp<Amounts<S>>,
    storage: M,
}

/// The delay of every voice on both sides, frame by frame.
type Delays = [[[Delay; CHUNK]; MOST]; 2];

impl<S: Sample, M: Storage<S>> Voices<S, M> {
    pub(super) fn new(name: &'static str, setup: &Setup, coeffs: &Coeffs<S>, mut storage: M) -> Result<Self, Error> {
        Error::check_len(name, setup.required_len(), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        let mut lfo = Lfo::new(&setup.lfo(), &lfo::Params::default())?;
        lfo.tune(&coeffs.lfo, Frames::ZERO);
        Ok(Self {
            setup: *setup,
            rights: sides::rights(&setup.layout),
            line: setup.line(),
            sinc: Sinc16::<S>::new(),
            lfo,
            amounts: Ramp::smooth(coeffs.amounts),
            storage,
        })
    }

    pub(super) fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.lfo.tune(&coeffs.lfo, over);
        self.amounts.tune(coeffs.amounts, over);
    }

    /// Shortest delay in frames: below it a loop would have to know what is yet to come.
    fn least(&self) -> usize {
        least_delay(self.setup.interpolation.taps()) + 1
    }

    /// What still counts: both ends of a move, or where it rests.
    fn ends(&self) -> [&Amounts<S>; 2] {
        let to = self.amounts.target();
        [if self.amounts.moving() { self.amounts.start() } else { to }, to]
    }

    /// Whether a voice is heard on the way.
    fn sounds(&self, voice: usize) -> bool {
        self.ends().iter().any(|a| a.shares[voice] != S::ZERO)
    }

    /// Whether anything goes round.
    fn looped(&self) -> bool {
        self.ends().iter().any(|a| a.feedback != S::ZERO)
    }

    /// Frames that may be read before the first of them is written.
    fn ahead(&self) -> usize {
        let [from, to] = self.ends().map(|a| a.base.plus(-a.depth).0 >> 32);
        // One frame for roundings of a blend.
        (from.min(to) - self.least() as i64).clamp(1, CHUNK as i64) as usize
    }

    fn delays(&self, frames: usize, delays: &mut Delays) {
        let moving = self.amounts.moving();
        let (from, to) = (self.amounts.start(), self.amounts.target());
        let least = Delay((self.least() as i64) << 32);
        let mut values = [S::ZERO; CHUNK];
        for (side, delays) in delays.iter_mut().enumerate().take(if self.rights == 0 { 1 } else { 2 }) {
            for (k, delays) in delays.iter_mut().enumerate().filter(|(k, _)| self.sounds(*k)) {
                let phase = |a: &Amounts<S>| if side == 0 { a.phases[k] } else { a.phases[k] + a.phase };
                let values = &mut values[..frames];
                if moving {
                    let mut phases = [S::ZERO; CHUNK];
                    for (i, p) in phases.iter_mut().enumerate().take(frames) {
                        *p = S::blend(&phase(from), &phase(to), self.amounts.position(i));
                    }
                    self.lfo.fill_at(&phases[..frames], values);
                    for (i, (d, v)) in delays.iter_mut().zip(values.iter()).enumerate() {
                        let p = self.amounts.position(i);
                        let depth = S::blend(&from.depth, &to.depth, p);
                        *d = between(from.base, to.base, p).plus(depth * *v).max(least);
                    }
                } else {
                    self.lfo.fill(phase(to), values);
                    for (d, v) in delays.iter_mut().zip(values.iter()) {
                        *d = to.base.plus(to.depth * *v).max(least);
                    }
                }
            }
        }
    }

    /// At most [`CHUNK`] frames.
    #[inline(always)]
    fn chunk<const T: usize>(&mut self, kernel: &impl Kernel<S, T>, block: &mut Block<'_, S>, delays: &Delays) {
        let frames = block.frames();
        let looped = self.looped();
        let step = if looped { self.ahead() } else { CHUNK };
        let heard: [bool; MOST] = core::array::from_fn(|k| self.sounds(k));
        let limit = S::from_f64(LIMIT);
        let (line, amounts) = (self.line, &self.amounts);
        for (channel, ring) in self.storage.as_mut().chunks_exact_mut(line.ring_len()).enumerate() {
            let delays = &delays[(self.rights >> channel & 1) as usize];
            block.with_channel(channel, |x| {
                let (mut mean, mut voice, mut fresh) = ([S::ZERO; CHUNK], [S::ZERO; CHUNK], [S::ZERO; CHUNK]);
                for (f, x) in fresh.iter_mut().zip(x.iter_mut()) {
                    *x = x.clean();
                    *f = x.flush();
                }
                let mut line = line;
                for from in (0..frames).step_by(step) {
                    let part = from..frames.min(from + step);
                    let (mean, fresh) = (&mut mean[part.clone()], &mut fresh[part.clone()]);
                    let voice = &mut voice[..part.len()];
                    if !looped {
                        line.write(ring, fresh);
                    }
                    for (k, delays) in delays.iter().enumerate().filter(|(k, _)| heard[*k]) {
                        let delays = &delays[part.clone()];
                        if delays.iter().all(|d| *d == delays[0]) {
                            line.read_still(kernel, ring, delays[0], voice);
                        } else {
                            line.read_moving(kernel, ring, delays, voice);
                        }
                        for (i, (m, v)) in mean.iter_mut().zip(voice.iter()).enumerate() {
                            *m += *v * amounts.map(from + i, |a| &a.shares[k]);
                        }
                    }
                    if looped {
                        for (i, (f, m)) in fresh.iter_mut().zip(mean.iter()).enumerate() {
                            let back = amounts.map(from + i, |a| &a.feedback) * m.larger(-limit).smaller(limit);
                            *f = (*f + back).flush();
                        }
                        line.write(ring, fresh);
                    }
                    line.advance(part.len());
                }
                for (i, (x, m)) in x.iter_mut().zip(&mean).enumerate() {
                    *x = *x * amounts.map(i, |a| &a.dry) + *m * amounts.map(i, |a| &a.wet);
                }
            });
        }
        self.line.advance(frames);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Voices<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut delays = [[[Delay::default(); CHUNK]; MOST]; 2];
        let mut at = 0;
        while at < block.frames() {
            let n = CHUNK.min(block.frames() - at);
            self.delays(n, &mut delays);
            let mut part = block.part(at, n);
            match self.setup.interpolation {
                Interpolation::Lagrange3 => self.chunk::<4>(&Lagrange, &mut part, &delays),
                Interpolation::Sinc16 => {
                    let sinc = self.sinc;
                    self.chunk::<16>(&sinc, &mut part, &delays);
                }
            }
            self.lfo.advance(n);
            self.amounts.advance(n);
            at += n;
        }
    }

    fn reset(&mut self) {
        self.lfo.reset();
        self.amounts.finish();
        self.line.reset();
        self.storage.as_mut().fill(S::ZERO);
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let moving = Tail::Frames(Frames(self.amounts.left() as u64));
        let a = self.amounts.target();
        let longest =
            a.base.plus(a.depth).to_frames().max(self.least() as f64) + self.setup.interpolation.taps() as f64;
        let feedback = a.feedback.to_f64().abs() * KERNEL_GAIN;
        if feedback == 0.0 {
            return moving.and_then(Tail::Frames(Frames(longest as u64 + 1)));
        }
        moving.and_then(Tail::of_time_constant::<S>(longest / -libm::log(feedback)))
    }
}
