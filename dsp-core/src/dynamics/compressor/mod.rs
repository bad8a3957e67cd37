//! Holds a performance together: turns down what rises above a threshold, with the times and the ratio you set.
//!
//! Feed-forward, in the log domain: level, static curve ([`super::curve`]), attack and release
//! ([`super::ballistics`]), gain. The level is that of the signal or of the block's side-chain key, after an optional
//! 12 dB per octave high-pass. `mix` below 1 is parallel compression: `out = (1 - mix) in + mix * wet`.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `threshold` | dBFS | -90 to 24 | -18 |
//! | `ratio` | :1 | 1 to infinity | 2 |
//! | `knee` | dB, full width | 0 to 40 | 6 |
//! | `attack` | s, to 63.2 % of a step in dB | 0 to 1 | 0.010 |
//! | `release` | s, to 63.2 %; longer than `attack` | 0.0001 to 10 | 0.120 |
//! | `make_up` | dB | -24 to 40 | 0 |
//! | `link` | 0 each channel alone, 1 all alike | 0 to 1 | 1 |
//! | `mix` | | 0 to 1 | 1 |
//! | `detector` | | `Peak`, `Rms` with a window of 0.001 to 1 s | `Peak` |
//! | `high_pass` | Hz, of the detector only | none, or 10 to 5000 (0.4 x rate at most) | none |
//!
//! With a link of 1 the ratio between channels is kept exactly: the image does not move. The LFE channel is not listened
//! to and follows the others. A key with another channel count than the layout is linked whatever `link` says; channels
//! it has beyond those of the layout are not listened to.
//!
//! Latency: the look-ahead of the [`Setup`]; no tail beyond it. Static curve within 0.01 dB; no gain reduction
//! leaves the (delayed) signal bit-exact. Control state is kept in integers, so `f32` stays within -120 dB of `f64`.
//! Moves (`tune`) are per frame; `detector` changes at the start of a move.
//!
//! Not a brick wall: peaks shorter than the attack pass. Use [`super::limiter`] for a ceiling.
//!
//! Source: Giannoulis, Massberg, Reiss, "Digital dynamic range compressor design", JAES 60(6) 2012.

mod design;

use crate::block::Block;
use crate::delay::ring::delay;
use crate::dynamics::ballistics;
use crate::dynamics::detector::LEVEL_LEN;
use crate::error::Error;
use crate::layout::MAX_CHANNELS;
use crate::math::LOG2_PER_DB;
use crate::process::{CHUNK, Clock, Process, Tail, Tune};
use crate::ramp::Ramp;
use crate::sample::{Sample, clean_all};
use crate::storage::{Storage, take};
use crate::units::{Decibels, Frames};

pub use crate::dynamics::detector::Detector;
pub use design::{Coeffs, Params, Setup};

/// Samples of storage: four per channel and the look-ahead.
pub fn required_len(setup: &Setup) -> usize {
    setup.layout.channels() * (LEVEL_LEN + setup.delay())
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Compressor<S, M> {
    setup: Setup,
    coeffs: Ramp<Coeffs<S>>,
    clock: Clock,
    delay: usize,
    ring: usize,
    followers: [ballistics::State; MAX_CHANNELS],
    storage: M,
}

/// The parts of the storage.
struct Parts<'a, S> {
    detectors: &'a mut [S],
    delays: &'a mut [S],
}

fn parts<S>(channels: usize, delay: usize, storage: &mut [S]) -> Parts<'_, S> {
    let mut rest = storage;
    Parts { detectors: take(&mut rest, channels * LEVEL_LEN), delays: take(&mut rest, channels * delay) }
}

impl<S: Sample, M: Storage<S>> Compressor<S, M> {
    /// Builds the compressor; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Error::check_len("compressor", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        let (coeffs, delay) = (Ramp::smooth(coeffs), setup.delay());
        let (clock, followers) = (Clock::default(), Default::default());
        Ok(Self { setup: *setup, coeffs, clock, delay, ring: 0, followers, storage })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Gain reduction after the last frame, the largest of all channels; 0 dB or more, make-up not counted.
    pub fn gain_reduction(&self) -> Decibels {
        let followers = &self.followers[..self.setup.layout.channels()];
        let most = followers.iter().map(ballistics::State::now).fold(0.0, f64::max);
        Decibels(most / LOG2_PER_DB)
    }

    /// One chunk of at most [`CHUNK`] frames with coefficients at rest.
    fn chunk(&mut self, block: &mut Block<'_, S>, c: &Coeffs<S>) {
        let frames = block.frames();
        let (channels, present) = (self.setup.layout.channels(), block.channels());
        let p = parts(channels, self.delay, self.storage.as_mut());
        for channel in 0..channels.min(present) {
            clean_all(block.channel_mut(channel));
        }
        let (mut linked, mut own) = ([S::ZERO; CHUNK], [S::ZERO; CHUNK]);
        let (linked, own) = (&mut linked[..frames], &mut own[..frames]);
        // Channels that are linked from now on keep their own way down or up until they have met: no gain may jump.
        let apart = self.followers[1..channels].iter().any(|f| *f != self.followers[0]);
        let each = (c.link < S::ONE || apart) && block.key().is_none_or(|key| key.channels() == channels);
        let is_lfe = |channel: usize| self.setup.layout.positions()[channel].is_lfe();

        // Pass 1: the loudest channel, linear. With separate channels the levels are found again below from the same
        // detector memory, so it is only moved on there.
        let mut first = true;
        for (channel, memory) in p.detectors.chunks_exact_mut(LEVEL_LEN).enumerate() {
            if block.key().is_none() && is_lfe(channel) {
                // What is not listened to is forgotten.
                memory.fill(S::ZERO);
                continue;
            }
            let mut copy = [memory[0], memory[1], memory[2], memory[3]];
            if first {
                level(c, &mut copy, block, channel, linked);
            } else {
                level(c, &mut copy, block, channel, own);
                for (m, l) in linked.iter_mut().zip(own.iter()) {
                    *m = m.larger(*l);
                }
            }
            if !each {
                memory.copy_from_slice(&copy);
            }
            first = false;
        }
        if each {
            for l in linked.iter_mut() {
                *l = logarithm(c, *l);
            }
        } else {
            for l in linked.iter_mut() {
                *l = c.curve.reduction(logarithm(c, *l));
            }
            let [first, others @ ..] = &mut self.followers;
            // A key that links them by its channel count does not wait: the larger reduction goes on.
            *first = others[..channels - 1].iter().fold(*first, |a, b| a.larger(*b));
            follow(c, first, linked);
            // Should the link be loosened later, every channel goes on from here.
            others.fill(*first);
        }
        let (ring, length) = (self.ring, self.delay);
        for channel in 0..channels {
            if each {
                let memory = &mut p.detectors[channel * LEVEL_LEN..][..LEVEL_LEN];
                let mut copy = [memory[0], memory[1], memory[2], memory[3]];
                level(c, &mut copy, block, channel, own);
                // The LFE follows the others.
                let unheard = block.key().is_none() && is_lfe(channel);
                if !unheard {
                    memory.copy_from_slice(&copy);
                }
                let follows = c.link >= S::ONE || unheard;
                let link = if follows { None } else { Some(c.link) };
                for (l, m) in own.iter_mut().zip(linked.iter()) {
                    let mine = logarithm(c, *l);
                    *l = c.curve.reduction(link.map_or(*m, |link| mine + (*m - mine) * link));
                }
                follow(c, &mut self.followers[channel], own);
            }
            let gain = if each { &*own } else { &*linked };
            let delayed = &mut p.delays[channel * length..][..length];
            block.with_channel(channel, |x| {
                self.ring = delay(delayed, ring, x);
                for (x, g) in x.iter_mut().zip(gain) {
                    *x *= *g;
                }
            });
        }
    }
}

/// Level of what channel `channel` is listened to, linear: magnitude or RMS, after the high-pass.
#[inline(always)]
fn level<S: Sample>(c: &Coeffs<S>, memory: &mut [S; LEVEL_LEN], block: &Block<'_, S>, channel: usize, out: &mut [S]) {
    let silence;
    let (x, keyed) = match block.key() {
        Some(key) if channel < key.channels() => (key.channel(channel), true),
        None if channel < block.channels() => (block.channel(channel), false),
        _ => {
            silence = [S::ZERO; CHUNK];
            (&silence[..out.len()], false)
        }
    };
    // The block has been cleaned; the key is not ours to write to.
    c.level.run(memory, x, |x| if keyed { x.clean() } else { x }, out);
}

/// Linear level to powers of two above the threshold.
#[inline(always)]
fn logarithm<S: Sample>(c: &Coeffs<S>, level: S) -> S {
    (level * c.scale).larger(S::TINY).log2()
}

/// Attack and release, then the gain factor, in place.
#[inline(always)]
fn follow<S: Sample>(c: &Coeffs<S>, state: &mut ballistics::State, gain: &mut [S]) {
    let steps = c.ballistics.steps();
    let mut now = *state;
    for g in gain.iter_mut() {
        *g = steps.run(&mut now, *g);
    }
    *state = now;
    for g in gain.iter_mut() {
        let wet = (c.make_up - *g).exp2();
        *g = wet + c.dry * (S::ONE - wet);
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Compressor<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Compressor<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            // Every number may move: one frame at a time is the simple way to do it exactly.
            let most = if self.coeffs.moving() { 1 } else { CHUNK };
            let n = self.clock.piece(block.frames() - at, most);
            let coeffs = self.coeffs.now(0);
            self.chunk(&mut block.part(at, n), &coeffs);
            self.coeffs.advance(n);
            if self.clock.advance(n) {
                let p = parts(self.setup.layout.channels(), self.delay, self.storage.as_mut());
                for s in p.detectors {
                    *s = s.flush();
                }
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.coeffs.finish();
        self.clock = Clock::default();
        self.followers = Default::default();
        self.ring = 0;
    }

    fn latency(&self) -> Frames {
        Frames(self.delay as u64)
    }

    fn tail(&self) -> Tail {
        Tail::NONE
    }
}
