//! Rooms, halls and plates of any length, octave by octave: the reverb for buses and sends.
//!
//! A feedback delay network: `N` delay lines (8 or 16) whose outputs `x` are filtered, turned, mixed without loss and fed
//! back, `line inputs = H R(n) A(z) x + inputs`. `A` loses `60 m / (rate T60(f))` dB in a line of `m` frames, `R` turns
//! pairs of lines by slowly swinging angles, `H` is a Hadamard matrix. The inputs go through a lossless diffuser of twelve
//! stages first; each channel hears a row of the matrix of its own, from the first frame on. Positive gains everywhere
//! but the signs of the matrix and of the lines.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `decay` | s, time of the middle frequencies to fall by 60 dB | 0.1 to 60 | 2 |
//! | `low` | times `decay` at low frequencies (half-way at 250 Hz) | 0.25 to 4 | 1.2 |
//! | `high` | times `decay` at high frequencies | 0.1 to 2 | 0.5 |
//! | `damping` | Hz, where `high` is half-way in effect | 500 to 16000 | 4000 |
//! | `bands` | s, T60 of the octaves 63 Hz to 8 kHz; replaces the four above | 0.05 to 60 each | none |
//! | `pre_delay` | s | 0 to the longest of the set-up | 0 |
//! | `diffusion` | share of the input that is diffused, equal power | 0 to 1 | 1 |
//! | `modulation_rate` | Hz | 0.05 to 3 | 1 |
//! | `modulation_depth` | | 0 to 1 | 0.75 |
//! | `width` | gain of the wet side signal | 0 to 2 | 1 |
//! | `low_cut` | Hz, 6 dB per octave, wet only | 5 to 1000 | 40 |
//! | `high_cut` | Hz, 6 dB per octave, wet only; 20000: none | 1500 to 20000 | 20000 |
//! | `freeze` | nothing in, nothing lost | | no |
//! | `mix` | dry to wet, equal power | 0 to 1 | 0.3 |
//! | `level` | dB, of what is wet | -60 to 24 | 0 |
//!
//! Set-up: `size` (0.5 to 2) scales the lines, 20 to 90 ms at 1; `seed` picks lengths, signs and order, so that two reverbs
//! need not be twins; `longest_pre_delay` (0 to 0.5 s) is memory. Another size is another room: build it and cross-fade.
//! A room has 0.75 (16 lines) or 0.37 (8 lines) modes per hertz times its size; for decays of more than about seven times that
//! many seconds a larger size is smoother.
//!
//! Channels: all pairs of the layout enter left and right, channels without a partner enter both at -3 dB; each hears a row
//! of its own. An LFE neither enters nor hears: it is dry only, silent where the mix is all wet. There may be as many channels as lines.
//!
//! Loudness: a steady sound with different left and right comes back wet as loud as it went in and with its own spectrum (tone
//! correction), whatever the decay and the size; 0.3 dB is the most measured, 0.5 dB in an octave. A longer decay therefore starts lower.
//!
//! Moves: gains and the swing are smooth, frame by frame. Absorption fades from the old filters to the new ones; both lose
//! something at every frequency, so does every mixture: a room never gets louder on the way. A tune during such a fade is
//! served when it has ended. The pre-delay fades in steps of 1024 frames. The longest click that was measured is 98 dB below a
//! tone. Frozen, a minute changes the level by 0.05 dB.
//!
//! Measured, 48 kHz, means of 16 seeds (tests): T60 of every line within 3 % of the stated one in all octaves; rendered octaves
//! within 3 % of what that means for the whole octave; echo density 0.9 after 42 ms and for good (8 lines: 56 ms), 1.00 later;
//! spectral deviation 5.8 dB, strongest mode 13.3 dB over its neighbours (ideal noise: 5.6 and 11.6); correlation of left and right 0.01.
//!
//! Latency 0. Tail: what is left of a move, six times the longest T60 (-360 dB), as much of what the filters of the wet sound
//! remember, the diffuser, the longest pre-delay; then memory is cleared, so silence is exact. `f32` on one x86-64 core
//! without wider vectors, default settings, best of 40 to 60 runs: 16 lines 19.0 ns per stereo frame (20.7 while they die away, 29
//! while settings move), 8 lines 12.8 ns, where the `freeverb` crate took 19.4 and the 32 lines of `fundsp`'s
//! `reverb_stereo` 82 (criterion on a busy machine: 28.6, 20.0, 28.6, 163). Curves that three shelves cannot follow (one
//! octave up, the next down) take bells: 70 ns. A design takes 0.6 ms, with bells 2.7 ms: on the control side. Blocks of 64
//! frames and multiples are cheapest. 8 lines in `f32` fit 64 KiB at 24 kHz, or at 32 kHz and size 0.7.
//!
//! Why memory is not flushed while sound enters: 3 more operations per line and frame. Input below the flush threshold counts
//! as none; from 128 frames after the last input on, what goes round is flushed, so that nothing becomes subnormal.
//!
//! Not for a recorded room: that is convolution. Not for single echoes, nor for the first 20 ms of a room with a direction: those
//! are early reflections. Eight lines are for small machines; 16 have fewer modes that can be heard alone.
//!
//! Sources: Jot and Chaigne, "Digital delay networks for designing artificial reverberators", AES 90 (1991): absorption and tone
//! correction. Schlecht and Habets, JASA 138 (2015): turning. Abel and Huang, AES 121 (2006): echo density. Multi-stage
//! diffusion: Signalsmith, "Let's write a reverb", ADC 2021; two channels of it are a paraunitary pair (Golay, 1961).
//!
//! ```
//! use dsp_core::block::Block;
//! use dsp_core::layout::Layout;
//! use dsp_core::process::Process;
//! use dsp_core::reverb::fdn::{Fdn, Params, Setup, required_len};
//! use dsp_core::units::{Mix, SampleRate, Seconds};
//!
//! let setup = Setup::new(SampleRate::VIDEO, Layout::STEREO);
//! let hall = Params { decay: Seconds(2.4), high: 0.4, mix: Mix::WET, ..Params::default() };
//! let mut reverb = Fdn::<f32, 16, _>::new(&setup, &hall, vec![0.0; required_len::<16>(&setup)])?;
//! let mut send = [[0.0; 512]; 2];
//! send[0][0] = 1.0;
//! reverb.process(&mut Block::new(&mut send));
//! assert!(send[1].iter().any(|x| *x != 0.0), "left is heard right");
//! # Ok::<(), dsp_core::error::Error>(())
//! ```

mod absorption;
mod curve;
mod design;
mod diffuser;
mod filters;
mod fit;
mod grid;
mod hadamard;
mod lengths;
mod modulation;
mod params;
mod ring;
mod room;
mod tone;
mod wiring;

use crate::block::Block;
use crate::error::Error;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::Ramp;
use crate::reverb::fdn::design::Levels;
use crate::reverb::fdn::diffuser::Diffuser;
use crate::reverb::fdn::hadamard::sign;
use crate::reverb::fdn::modulation::Motion;
use crate::reverb::fdn::room::Room;
use crate::reverb::fdn::tone::Tone;
use crate::reverb::fdn::wiring::{Predelay, Wiring};
use crate::sample::Sample;
use crate::storage::{Storage, take};
use crate::units::Frames;

pub use crate::reverb::fdn::curve::OCTAVES;
pub use crate::reverb::fdn::design::{Coeffs, Setup};
pub use crate::reverb::fdn::params::Params;

/// Samples of storage of a room of `N` lines.
pub fn required_len<const N: usize>(setup: &Setup) -> usize {
    Parts::of::<N>(setup).lengths.iter().sum()
}

/// How the storage is divided: filters of the wet sound, pre-delay, diffuser, room.
#[derive(Debug, Clone, Copy)]
struct Parts {
    lengths: [usize; 4],
}

impl Parts {
    fn of<const N: usize>(setup: &Setup) -> Self {
        let diffuser = Diffuser::new(setup.rate.hertz(), setup.seed);
        Self {
            lengths: [
                Room::<f32, N>::required_len(&setup.lengths()),
                setup.layout.channels() * tone::STATE,
                Predelay::required_len(setup.predelay()),
                diffuser.required_len(),
            ],
        }
    }

    fn split<'a, S>(&self, mut memory: &'a mut [S]) -> [&'a mut [S]; 4] {
        let [a, b, c, d] = self.lengths;
        [take(&mut memory, a), take(&mut memory, b), take(&mut memory, c), take(&mut memory, d)]
    }
}

/// The processor with `N` lines, 8 or 16; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Fdn<S, const N: usize, M> {
    setup: Setup,
    parts: Parts,
    wiring: Wiring<S>,
    levels: Ramp<Levels<S>>,
    tone: Ramp<Tone<S>>,
    predelay: Predelay,
    diffuser: Diffuser,
    room: Room<S, N>,
    advance: u32,
    tail: Option<u64>,
    /// Place in a stretch of [`CHUNK`] frames since `reset`, and whether anything entered in it.
    place: usize,
    entered: bool,
    /// Frames until what is in the room is forgotten; 0: it is empty.
    left: u64,
    storage: M,
}

impl<S: Sample, const N: usize, M: Storage<S>> Fdn<S, N, M> {
    /// Builds the room; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::<S, N>::design(setup, params)?;
        Error::check_len("reverb", required_len::<N>(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            setup: *setup,
            parts: Parts::of::<N>(setup),
            wiring: Wiring::new(&setup.layout),
            levels: Ramp::smooth(coeffs.levels),
            tone: Ramp::new(coeffs.tone),
            predelay: Predelay::new(setup.predelay(), coeffs.predelay),
            diffuser: Diffuser::new(setup.rate.hertz(), setup.seed),
            room: Room::new(setup.lengths(), &coeffs.bank, setup.seed, &coeffs.motion()),
            advance: coeffs.advance,
            tail: coeffs.tail,
            place: 0,
            entered: false,
            left: 0,
            storage,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Frames from the end of the input to exact silence: with these settings, once they have been reached.
    fn whole_tail(&self, tail: u64) -> u64 {
        let moving = self.room.left().max(self.tone.left());
        tail + (moving + self.diffuser.tail() + self.setup.predelay()) as u64
    }

    /// At most [`CHUNK`] frames, not beyond the end of a stretch.
    fn piece(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let [room, tones, predelay, diffuser] = self.parts.split(self.storage.as_mut());
        let mut inputs = [[S::ZERO; CHUNK]; 2];
        let [left, right] = &mut inputs;
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        let channels = self.setup.layout.channels().min(block.channels());
        for (channel, [to_left, to_right]) in self.wiring.enter.iter().enumerate().take(channels) {
            let x = block.channel_mut(channel);
            for ((x, l), r) in x.iter_mut().zip(left.iter_mut()).zip(right.iter_mut()) {
                *x = x.clean();
                *l += *to_left * *x;
                *r += *to_right * *x;
            }
        }
        let mut entered = 0;
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            (*l, *r) = (l.flush(), r.flush());
            entered |= u32::from(*l != S::ZERO) | u32::from(*r != S::ZERO);
        }
        self.entered |= entered != 0;
        self.predelay.run(predelay, [&mut *left, &mut *right]);
        let levels = &self.levels;
        let now = *levels.target();
        let mut direct = [[S::ZERO; CHUNK]; 2];
        let [direct_left, direct_right] = &mut direct;
        let (direct_left, direct_right) = (&mut direct_left[..frames], &mut direct_right[..frames]);
        let is_direct = levels.moving() || now.direct != S::ZERO;
        if is_direct {
            for (to, from) in [(&mut *direct_left, &*left), (&mut *direct_right, &*right)] {
                for (i, (to, from)) in to.iter_mut().zip(from).enumerate() {
                    *to = levels.map(i, |l| &l.direct) * *from;
                }
            }
        }
        self.diffuser.run(diffuser, left, right);
        for (x, direct) in [(&mut *left, &*direct_left), (&mut *right, &*direct_right)] {
            if levels.moving() {
                for (i, (x, d)) in x.iter_mut().zip(direct).enumerate() {
                    *x = levels.map(i, |l| &l.diffused) * *x + *d;
                }
            } else {
                for (x, d) in x.iter_mut().zip(direct) {
                    *x = now.diffused * *x + *d;
                }
            }
        }
        let advance = self.advance;
        let motion = |i: usize| Motion { advance, swing: levels.map(i, |l| &l.swing) };
        self.room.run(room, [left, right], motion);
        for (voice, state) in self.wiring.voices().iter().zip(tones.chunks_exact_mut(tone::STATE)) {
            let paired = voice.1 != wiring::NOBODY;
            let mut pair = [[S::ZERO; CHUNK]; 2];
            for (wet, channel) in pair.iter_mut().zip([voice.0, voice.1]).take(1 + usize::from(paired)) {
                let row = wiring::row(usize::from(channel), N);
                let heard = self.room.row(room, row, frames);
                if is_direct {
                    // What was not diffused is heard when it comes back, not at once: that would be a copy of the input.
                    let (p, q) = (S::from_f64(sign(row, 0)), S::from_f64(sign(row, 1)));
                    let all = wet.iter_mut().zip(heard).zip(direct_left.iter()).zip(direct_right.iter());
                    for (((w, y), x), z) in all {
                        *w = *y - (p * *x + q * *z);
                    }
                } else {
                    wet[..frames].copy_from_slice(heard);
                }
            }
            let [left, right] = &mut pair;
            let (left, right) = (&mut left[..frames], &mut right[..frames]);
            let (first, second) = room[..8 * CHUNK].as_chunks_mut::<4>().0.split_at_mut(CHUNK);
            Tone::run(&self.tone, state, left, right, [&mut first[..frames], &mut second[..frames]]);
            if paired {
                spread(levels, left, right);
            }
            for (channel, wet) in [(voice.0, &*left), (voice.1, &*right)].into_iter().take(1 + usize::from(paired)) {
                if usize::from(channel) < channels {
                    blend(levels, block.channel_mut(usize::from(channel)), wet);
                }
            }
        }
        self.room.close(room, frames);
        for (channel, position) in self.setup.layout.positions().iter().enumerate().take(channels) {
            if position.is_lfe() {
                blend(levels, block.channel_mut(channel), &[S::ZERO; CHUNK]);
            }
        }
    }

    /// Ends a stretch of [`CHUNK`] frames: time runs while nothing enters.
    fn count(&mut self) {
        if self.entered {
            self.left = self.tail.map_or(u64::MAX, |t| self.whole_tail(t));
        } else if self.left > 0 && self.left < u64::MAX {
            self.left = self.left.saturating_sub(CHUNK as u64);
            if self.left == 0 {
                let [room, tones, predelay, diffuser] = self.parts.split(self.storage.as_mut());
                for part in [room, tones, predelay, diffuser] {
                    part.fill(S::ZERO);
                }
                self.room.silence();
            } else {
                let [_, tones, ..] = self.parts.split(self.storage.as_mut());
                tones.iter_mut().for_each(|s| *s = s.flush());
            }
        }
        self.room.set_quiet(!self.entered && self.left > 0);
        self.entered = false;
    }
}

/// Width of a wet pair.
fn spread<S: Sample>(levels: &Ramp<Levels<S>>, left: &mut [S], right: &mut [S]) {
    let resting = levels.target().spread;
    for (i, (l, r)) in left.iter_mut().zip(right).enumerate() {
        let spread = if levels.moving() { levels.map(i, |l| &l.spread) } else { resting };
        let d = spread * (*l - *r);
        (*l, *r) = (*l + d, *r - d);
    }
}

/// Dry and wet of one channel.
fn blend<S: Sample>(levels: &Ramp<Levels<S>>, x: &mut [S], wet: &[S]) {
    if levels.moving() {
        for (i, (x, w)) in x.iter_mut().zip(wet).enumerate() {
            *x = levels.map(i, |l| &l.dry) * *x + levels.map(i, |l| &l.wet) * *w;
        }
    } else {
        let now = levels.target();
        for (x, w) in x.iter_mut().zip(wet) {
            *x = now.dry * *x + now.wet * *w;
        }
    }
}

impl<S: Sample, const N: usize, M: Storage<S>> Tune<S> for Fdn<S, N, M> {
    type Coeffs = Coeffs<S, N>;
    fn tune(&mut self, coeffs: &Self::Coeffs, over: Frames) {
        self.levels.tune(coeffs.levels, over);
        self.tone.tune(coeffs.tone, over);
        self.room.tune(&coeffs.bank, over);
        self.predelay.tune(coeffs.predelay, over == Frames::ZERO);
        self.advance = coeffs.advance;
        self.tail = coeffs.tail;
        if self.left > 0 {
            self.left = coeffs.tail.map_or(u64::MAX, |t| self.whole_tail(t));
        }
    }
}

impl<S: Sample, const N: usize, M: Storage<S>> Process<S> for Fdn<S, N, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let most = self.diffuser.most();
        let mut at = 0;
        while at < block.frames() {
            let n = (block.frames() - at).min(CHUNK - self.place).min(most).min(self.room.most());
            self.piece(&mut block.part(at, n));
            self.levels.advance(n);
            self.tone.advance(n);
            self.place += n;
            if self.place == CHUNK {
                self.place = 0;
                self.count();
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.levels.finish();
        self.tone.finish();
        self.predelay.reset();
        self.diffuser.reset();
        let motion = Motion { advance: self.advance, swing: self.levels.target().swing };
        self.room.reset(&motion);
        (self.place, self.entered, self.left) = (0, false, 0);
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        match self.tail {
            None => Tail::Infinite,
            Some(t) => Tail::Frames(Frames(self.whole_tail(t) + 2 * CHUNK as u64)),
        }
    }
}
