//! Repeats what is heard, in time with the music, each time quieter and, if wanted, darker and on the other side.
//!
//! Per channel, with the line `x` and its time `D`: `echo[n] = curve(cuts(x(n - D)))`,
//! `x[n] = in[n] + feedback ((1 - p) echo[n] + p other[n])`, `out[n] = dry in[n] + wet duck[n] echo[n]`, where `p` is
//! `ping_pong` and `other` the echo of the partner. The k-th echo of a sound (from 0) has the gain `feedback^k`; the cuts
//! and the curve are passed once by each echo, the first one included. With ping-pong the input leans to the left,
//! `(1 - p) l + p (l + r) / 2` and `(1 - p) r`: at 1 it is heard left, right, left, right.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `left`, `right` | s, or note and tempo | 0.001 s + `depth` to `longest` - `depth` | 0.35 |
//! | `feedback` | linear | 0 to 1 (from 0.999 on: 0.999) | 0.35 |
//! | `ping_pong` | share that changes sides | 0 to 1 | 0 |
//! | `low_cut`, `high_cut` | Hz, 12 dB per octave | none, or 10 to 0.45 x rate | none |
//! | `saturation`, `drive` | see [`crate::shape::saturation::curve`]; dB | 0 to 48 | `Off`, 0 |
//! | `duck.amount` | dB | 0 (off) to 60 | 0 |
//! | `duck.threshold` | dBFS of the input (or of the key) | -90 to 24 | -30 |
//! | `duck.attack`, `duck.release` | s | see [`crate::dynamics::detector`] | 0.005, 0.25 |
//! | `wobble`, `depth` | Hz, s each way; sides a quarter turn apart | 0 to 20, 0 to 0.02 | 0.5, 0 |
//! | `change` | | `Fade` of 0.02 to 0.05 s, `Tape` of 0.01 to 1 | `Fade` of 0.03 s |
//! | `hold` | | | false |
//! | `mix` | | 0 to 1, equal power | 0.3 |
//! | `longest` (set-up) | s | 0.001 to 60 | |
//!
//! Times are not rounded to whole frames: a synced echo is where the note is, by a sinc of 16 taps (within -74 dB up to
//! 10 kHz; whole numbers of frames are exact). A new time fades (each tap's share smooth, the loop never above its gain, what
//! is heard of equal power) or travels like a tape head with the pitch bending; [`Tune::tune`]'s frames are for the rest.
//!
//! **The loop cannot build up**: cuts have no peak, the curve is nowhere steeper than 1, a fade's shares add up to 1, and
//! 0.999 leaves room for the kernel's 1.0006. `hold` repeats for ever what is in the loop: gain exactly 1, no input, no
//! cuts, no curve, times rounded to whole frames, ping-pong rounded to 0 or 1.
//!
//! Latency 0. Tail: until the last echo is below the flush threshold; infinite on hold. Costs per stereo frame in `f32`:
//! see the benches (`cargo bench -p benches --bench delay`).
//!
//! Not for doubling or chorus ([`crate::modulation`]), nor for rooms ([`crate::reverb`]).
//!
//! Sources: Zölzer (ed.), "DAFX", 2nd edition 2011, section 2.6 (delay-based effects); the kernel: [`super::interpolation`].

mod design;
mod taps;

use crate::block::Block;
use crate::delay::interpolation::Sinc16;
use crate::delay::line::{Line, MOST_FRAMES};
use crate::dynamics::detector::{self, Follower};
use crate::error::Error;
use crate::filter::svf;
use crate::layout::MAX_CHANNELS;
use crate::modulation::lfo::{self, Lfo};
use crate::modulation::wave::Wave;
use crate::process::{CHUNK, Clock, Process, Tail, Tune};
use crate::ramp::{Ramp, Shape};
use crate::sample::{Sample, clean_all};
use crate::storage::{Storage, take};
use crate::units::Frames;
use taps::{LEAST, Reads, Tap};

pub use design::{Change, Coeffs, Duck, Params, Setup};

/// Memory of the cuts of a channel.
const CUTS_LEN: usize = 4;

/// Samples of storage: the line of each channel, the cuts, the detector.
pub fn required_len(setup: &Setup) -> usize {
    setup.layout.channels() * (setup.line().ring_len() + CUTS_LEN) + detector::required_len(&setup.detector())
}

/// A channel and its partner.
type Pair = (usize, Option<usize>);

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Echo<S, M> {
    setup: Setup,
    coeffs: Ramp<Coeffs<S>>,
    clock: Clock,
    line: Line,
    kernel: Sinc16<S>,
    taps: [Tap; 2],
    lfo: Lfo<S>,
    follower: Follower,
    pairs: [Pair; MAX_CHANNELS],
    count: usize,
    storage: M,
}

impl<S: Sample, M: Storage<S>> Echo<S, M> {
    /// Builds the echo; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Error::check_len("echo", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        let (mut pairs, mut count, mut paired) = ([(0, None); MAX_CHANNELS], 0, 0_u32);
        for (left, right) in setup.layout.pairs() {
            pairs[count] = (left, Some(right));
            paired |= 1 << left | 1 << right;
            count += 1;
        }
        for channel in (0..setup.layout.channels()).filter(|c| paired & 1 << c == 0) {
            pairs[count] = (channel, None);
            count += 1;
        }
        let mut lfo = Lfo::new(&setup.lfo(), &lfo::Params { rate: params.wobble, wave: Wave::Sine })?;
        lfo.tune(&coeffs.lfo, Frames::ZERO);
        Ok(Self {
            setup: *setup,
            taps: coeffs.times.map(Tap::new),
            coeffs: Ramp::smooth(coeffs),
            clock: Clock::default(),
            line: setup.line(),
            kernel: Sinc16::new(),
            lfo,
            follower: Follower::new(&setup.detector()),
            pairs,
            count,
            storage,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

/// The parts of the storage.
struct Parts<'a, S> {
    detector: &'a mut [S],
    cuts: &'a mut [S],
    rings: &'a mut [S],
}

fn parts<'a, S>(setup: &Setup, storage: &'a mut [S]) -> Parts<'a, S> {
    let mut rest = storage;
    Parts {
        detector: take(&mut rest, detector::required_len(&setup.detector())),
        cuts: take(&mut rest, setup.layout.channels() * CUTS_LEN),
        rings: rest,
    }
}

/// Both cuts of both channels in one loop: four recursions that need not wait for each other. A cut that is off passes
/// what it gets, bit for bit, and forgets.
#[inline(always)]
fn cuts<S: Sample>(c: &Coeffs<S>, memory: &mut [[S; CUTS_LEN]; 2], x: &mut [[S; CHUNK]; 2], frames: usize) {
    let off = [c.low_cut, c.high_cut].map(|cut| cut == svf::Coeffs::NEUTRAL);
    if off != [true; 2] {
        let mut state = memory.map(|[a, b, c, d]| [[a, b], [c, d]]);
        let [left, right] = x;
        for (left, right) in left[..frames].iter_mut().zip(&mut right[..frames]) {
            for (x, [low, high]) in [left, right].into_iter().zip(&mut state) {
                *x = c.high_cut.run(high, c.low_cut.run(low, *x));
            }
        }
        *memory = state.map(|[[a, b], [c, d]]| [a, b, c, d]);
    }
    for memory in memory {
        for (part, off) in memory.as_chunks_mut::<2>().0.iter_mut().zip(off) {
            if off {
                part.fill(S::ZERO);
            }
        }
    }
}

/// What goes back into a line: no inaudible rests, and nothing that could grow out of bounds.
#[inline(always)]
fn bounded<S: Sample>(x: S) -> S {
    x.flush().smaller(S::ABSURD).larger(-S::ABSURD)
}

impl<S: Sample, M: Storage<S>> Echo<S, M> {
    /// At most [`CHUNK`] frames with coefficients at rest.
    fn chunk(&mut self, block: &mut Block<'_, S>, c: &Coeffs<S>) {
        let (frames, present) = (block.frames(), block.channels());
        let p = parts(&self.setup, self.storage.as_mut());
        let mut duck = [S::ONE; CHUNK];
        let ducking = c.duck[1] > S::ZERO;
        if ducking {
            self.follower.run(&c.detector, p.detector, block, &mut duck[..frames]);
            for d in &mut duck[..frames] {
                let over = (*d * c.duck[0] - S::ONE).larger(S::ZERO).smaller(S::ONE);
                *d = S::ONE - c.duck[1] * Shape::Smooth.at(over);
            }
        } else {
            self.follower.reset();
            p.detector.fill(S::ZERO);
        }
        let reads: [Reads<S>; 2] = core::array::from_fn(|side| {
            let mut sway = [S::ZERO; CHUNK];
            let swaying = c.depth > S::ZERO;
            if swaying {
                self.lfo.fill(S::from_f64(0.25 * side as f64), &mut sway[..frames]);
                sway.iter_mut().for_each(|s| *s *= c.depth);
            }
            self.taps[side].reads(c, side, swaying.then_some(&sway), frames)
        });
        self.lfo.advance(frames);
        let length = self.line.ring_len();
        for (left, right) in &self.pairs[..self.count] {
            let channels = [Some(*left), *right];
            let (mut dry, mut echo) = ([[S::ZERO; CHUNK]; 2], [[S::ZERO; CHUNK]; 2]);
            for (side, channel) in channels.iter().enumerate() {
                let Some(channel) = *channel else { continue };
                let (dry, echo) = (&mut dry[side][..frames], &mut echo[side][..frames]);
                if channel < present {
                    dry.copy_from_slice(block.channel(channel));
                    clean_all(dry);
                }
                reads[side].read(&self.line, &self.kernel, &p.rings[channel * length..][..length], echo);
            }
            let memories = p.cuts.as_chunks_mut::<CUTS_LEN>().0;
            let mut memory = [memories[*left], right.map_or([S::ZERO; CUTS_LEN], |right| memories[right])];
            cuts(c, &mut memory, &mut echo, frames);
            memories[*left] = memory[0];
            if let Some(right) = *right {
                memories[right] = memory[1];
            }
            for echo in &mut echo {
                c.curve.run_all(&mut echo[..frames]);
            }
            for (side, channel) in channels.iter().enumerate() {
                let Some(channel) = *channel else { continue };
                let mut back = [S::ZERO; CHUNK];
                let (mine, other) = (side, 1 - side);
                for i in 0..frames {
                    let (input, feedback) = if right.is_none() {
                        (dry[mine][i], (c.own + c.cross) * echo[mine][i])
                    } else {
                        // Written so that no lean is the input itself.
                        let half = S::from_f64(0.5);
                        let sum = if side == 0 { half * (dry[1][i] - dry[0][i]) } else { -dry[1][i] };
                        (dry[mine][i] + c.lean * sum, c.own * echo[mine][i] + c.cross * echo[other][i])
                    };
                    back[i] = bounded(c.input * input + feedback);
                }
                self.line.write(&mut p.rings[channel * length..][..length], &back[..frames]);
            }
            for (side, channel) in channels.into_iter().enumerate() {
                let Some(channel) = channel.filter(|channel| *channel < present) else { continue };
                let echo = &mut echo[side][..frames];
                reads[side].lift(echo);
                for (((out, dry), echo), duck) in
                    block.channel_mut(channel).iter_mut().zip(&dry[side]).zip(echo.iter()).zip(&duck)
                {
                    *out = c.dry * *dry + c.wet * (*duck * *echo);
                }
            }
        }
        self.line.advance(frames);
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Echo<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
        self.lfo.tune(&coeffs.lfo, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Echo<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            // Every number may move: one frame at a time is the simple way to do it exactly.
            let mut most = if self.coeffs.moving() { 1 } else { MOST_FRAMES };
            let c = self.coeffs.now(0);
            for (side, tap) in self.taps.iter_mut().enumerate() {
                tap.aim(&c, side);
                most = most.min(tap.left()).min(tap.room(&c, side));
            }
            let n = self.clock.piece(block.frames() - at, most);
            self.chunk(&mut block.part(at, n), &c);
            self.coeffs.advance(n);
            if self.clock.advance(n) {
                let p = parts(&self.setup, self.storage.as_mut());
                Follower::flush(p.detector);
                p.cuts.iter_mut().for_each(|s| *s = s.flush());
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.coeffs.finish();
        self.clock = Clock::default();
        self.line.reset();
        self.lfo.reset();
        self.follower.reset();
        for (tap, time) in self.taps.iter_mut().zip(self.coeffs.target().times) {
            tap.jump(time);
        }
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let c = self.coeffs.target();
        if c.hold {
            return Tail::Infinite;
        }
        let once = self.taps.iter().map(Tap::longest).fold(c.longest(), f64::max) + LEAST.to_frames();
        // The kernel may add its 1.0006 to each round.
        let gain = (c.own + c.cross).to_f64() * 1.0006;
        let rounds = if gain > 0.0 { Tail::of_time_constant::<S>(-once / libm::log(gain)) } else { Tail::NONE };
        let cuts = [c.low_cut, c.high_cut].map(|cut| match cut.time_constant() {
            0.0 => Tail::NONE,
            frames => Tail::of_time_constant::<S>(frames),
        });
        let here = Tail::Frames(Frames(self.coeffs.left() as u64 + once as u64));
        here.and_then(rounds).and_then(cuts[0]).and_then(cuts[1])
    }
}

#[cfg(test)]
mod tests;
