//! The figure of eight, block by block.

use super::design::{Coeffs, DECAY_DIFFUSION, DEEPEST, Numbers, lfo_params, lfo_setup};
use super::{Params, Setup};
use crate::delay::interpolation::{Kernel, Lagrange};
use crate::error::Error;
use crate::lanes::Lanes;
use crate::modulation::lfo::Lfo;
use crate::process::CHUNK;
use crate::ramp::{Ramp, mix};
use crate::reverb::line::Line;
use crate::sample::Sample;
use crate::units::Frames;
use core::ops::Range;

/// The rate of the paper's figures, in hertz.
pub(super) const PAPER_RATE: f64 = 29_761.0;
/// Figure 1: four all-passes of the input; then of each branch all-pass (moving), delay, all-pass, delay.
pub(super) const LENGTHS: [usize; 12] = [142, 107, 379, 277, 672, 4_453, 1_800, 3_720, 908, 4_217, 2_656, 3_163];
/// The part of it that is the figure of eight.
pub(super) const TANK: Range<usize> = 4..12;
/// The all-passes that move.
const MOVING: [usize; 2] = [4, 8];

/// Table 2: taps of left and right as (line, age, whether it is subtracted).
const TAPS: [[(usize, usize, bool); 7]; 2] = [
    [
        (9, 266, false),
        (9, 2_974, false),
        (10, 1_913, true),
        (11, 1_996, false),
        (5, 1_990, true),
        (6, 187, true),
        (7, 1_066, true),
    ],
    [
        (5, 353, false),
        (5, 3_627, false),
        (6, 1_228, true),
        (7, 2_673, false),
        (9, 2_111, true),
        (10, 335, true),
        (11, 121, true),
    ],
];
/// Gain of each tap.
const TAP_GAIN: f64 = 0.6;

/// A length of the paper at the rate in use.
fn scaled(setup: &Setup, frames: usize) -> usize {
    libm::round(frames as f64 * setup.rate.hertz() / PAPER_RATE) as usize
}

/// How far the moving all-passes can go, in whole frames, with one for the rounding.
fn reach(setup: &Setup) -> usize {
    libm::ceil(DEEPEST.0 * setup.rate.hertz()) as usize + 1
}

/// The pre-delay, the lines of figure 1, and how many samples they take.
fn lines(setup: &Setup) -> (Line, [Line; 12], usize) {
    let mut needed = 0;
    // A piece is written before it is read, and a pre-delay that moves is read between two samples.
    let longest = setup.predelay().get() as usize;
    let pre_delay = Line::place(&mut needed, longest + CHUNK + 4);
    let mut lines = [Line::default(); 12];
    for (i, line) in lines.iter_mut().enumerate() {
        // The oldest of four neighbours of a place as far away as can be.
        let room = if MOVING.contains(&i) { reach(setup) + 2 } else { 0 };
        *line = Line::place(&mut needed, scaled(setup, LENGTHS[i]) + room);
    }
    (pre_delay, lines, needed)
}

/// Samples of storage.
pub(super) fn required_len(setup: &Setup) -> usize {
    lines(setup).2
}

/// The settings at each frame of a piece.
pub(super) trait Now<S> {
    /// One number `offset` frames from now.
    fn get(&self, offset: usize, part: impl Fn(&Numbers<S>) -> S) -> S;

    /// Whether that number moves at all.
    fn moves(&self, part: impl Fn(&Numbers<S>) -> S) -> bool;
}

/// Settings that stand still.
pub(super) struct Rest<S>(pub(super) Numbers<S>);

impl<S: Sample> Now<S> for Rest<S> {
    #[inline(always)]
    fn get(&self, _: usize, part: impl Fn(&Numbers<S>) -> S) -> S {
        part(&self.0)
    }

    #[inline(always)]
    fn moves(&self, _: impl Fn(&Numbers<S>) -> S) -> bool {
        false
    }
}

/// Settings on the move.
pub(super) struct Moving<S> {
    from: Numbers<S>,
    to: Numbers<S>,
    position: [S; CHUNK],
}

impl<S: Sample> Moving<S> {
    pub(super) fn of(ramp: &Ramp<Numbers<S>>, frames: usize) -> Self {
        let mut position = [S::ONE; CHUNK];
        for (i, p) in position[..frames].iter_mut().enumerate() {
            *p = ramp.position(i);
        }
        Self { from: *ramp.start(), to: *ramp.target(), position }
    }
}

impl<S: Sample> Now<S> for Moving<S> {
    #[inline(always)]
    fn get(&self, offset: usize, part: impl Fn(&Numbers<S>) -> S) -> S {
        mix(part(&self.from), part(&self.to), self.position[offset])
    }

    #[inline(always)]
    fn moves(&self, part: impl Fn(&Numbers<S>) -> S) -> bool {
        part(&self.from) != part(&self.to)
    }
}

/// All that rings, but for the samples themselves.
#[derive(Debug, Clone)]
pub(super) struct Tank<S> {
    pre_delay: Line,
    lines: [Line; 12],
    /// Lengths and ages of taps at the rate in use.
    lengths: [usize; 12],
    taps: [[(usize, usize, S); 7]; 2],
    /// Of the moving all-passes.
    reach: usize,
    /// States of the low-passes: input, first, second branch.
    low: [S; 3],
    lfo: Lfo<S>,
}

impl<S: Sample> Tank<S> {
    pub(super) fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let (pre_delay, lines, _) = lines(setup);
        let gain = |minus: bool| S::from_f64(if minus { -TAP_GAIN } else { TAP_GAIN });
        let taps = TAPS.map(|side| side.map(|(line, age, minus)| (line, scaled(setup, age), gain(minus))));
        let lfo = Lfo::new(&lfo_setup(setup), &lfo_params(params))?;
        let lengths = LENGTHS.map(|n| scaled(setup, n));
        Ok(Self { pre_delay, lines, lengths, taps, reach: reach(setup), low: [S::ZERO; 3], lfo })
    }

    /// Most frames of a piece: no more than the shortest line holds.
    pub(super) fn longest_piece(&self) -> usize {
        CHUNK.min(self.lengths[1])
    }

    pub(super) fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.lfo.tune(&coeffs.lfo, over);
    }

    pub(super) fn flush(&mut self) {
        self.low = self.low.map(Sample::flush);
    }

    pub(super) fn reset(&mut self) {
        self.pre_delay.rewind();
        self.lines.iter_mut().for_each(Line::rewind);
        self.low = [S::ZERO; 3];
        self.lfo.reset();
    }

    /// A piece: `input` left and right, `out` adds the taps.
    #[inline(always)]
    pub(super) fn run(&mut self, memory: &mut [S], now: &impl Now<S>, input: [&[S]; 2], out: [&mut [S]; 2]) {
        let n = input[0].len();
        for (out, taps) in out.into_iter().zip(&self.taps) {
            for (line, age, gain) in taps {
                self.lines[*line].add(memory, *age, *gain, out);
            }
        }
        let mut x = [S::ZERO; CHUNK];
        let mut branches = [[S::ZERO; CHUNK]; 2];
        let x = &mut x[..n];
        let [a, b] = &mut branches;
        let (a, b) = (&mut a[..n], &mut b[..n]);
        self.enter(memory, now, input, x);
        self.lines[5].read(memory, self.lengths[5], a);
        self.lines[9].read(memory, self.lengths[9], b);
        self.low_passes(now, [x, a, b]);
        for i in 0..4 {
            self.lines[i].exchange(memory, x, |k, old, x| {
                let g = now.get(k, |c| c.diffusion[i / 2]);
                let v = *x - g * *old;
                *x = *old + g * v;
                *old = v;
            });
        }
        let mut moved = [[S::ZERO; CHUNK]; 2];
        self.modulated(memory, now, n, &mut moved);
        // The second half of each branch ends in the delay that feeds the other one.
        let mut fed = [[S::ZERO; CHUNK]; 2];
        for (half, y) in [a, b].into_iter().enumerate() {
            let (third, fourth) = (6 + 4 * half, 7 + 4 * half);
            self.lines[third].exchange(memory, y, |k, old, y| {
                let g = now.get(k, |c| c.decay_diffusion);
                let v = now.get(k, |c| c.decay) * *y - g * *old;
                *y = *old + g * v;
                *old = v;
            });
            let fed = &mut fed[1 - half][..n];
            self.lines[fourth].read(memory, self.lengths[fourth], fed);
            self.lines[fourth].write(memory, y);
        }
        for half in 0..2 {
            let (first, second) = (4 + 4 * half, 5 + 4 * half);
            let (old, v) = (&mut moved[half][..n], &mut fed[half][..n]);
            let g = S::from_f64(DECAY_DIFFUSION);
            for (k, ((old, v), x)) in old.iter_mut().zip(v.iter_mut()).zip(x.iter()).enumerate() {
                // The sign of this coefficient is opposite to that of the others.
                *v = *x + now.get(k, |c| c.decay) * *v + g * *old;
                *old -= g * *v;
            }
            self.lines[first].write(memory, v);
            self.lines[second].write(memory, old);
        }
    }

    /// The mono sum behind the pre-delay.
    #[inline(always)]
    fn enter(&mut self, memory: &mut [S], now: &impl Now<S>, input: [&[S]; 2], x: &mut [S]) {
        let half = S::from_f64(0.5);
        for ((x, l), r) in x.iter_mut().zip(input[0]).zip(input[1]) {
            *x = half * (*l + *r);
        }
        let n = x.len();
        self.pre_delay.write(memory, x);
        if !now.moves(|c| c.pre_delay) {
            self.pre_delay.read(memory, n + now.get(0, |c| c.pre_delay).to_i32() as usize, x);
        } else {
            for (k, x) in x.iter_mut().enumerate() {
                let delay = now.get(k, |c| c.pre_delay);
                let whole = delay.to_i32();
                let part = delay - S::from_i32(whole);
                let four = self.pre_delay.four(memory, n + whole as usize + 3, k);
                *x = four[3] + part * (four[2] - four[3]);
            }
        }
        for (k, x) in x.iter_mut().enumerate() {
            *x *= now.get(k, |c| c.feed);
        }
    }

    /// All three low-passes in one loop, so that none waits alone for its own last result.
    #[inline(always)]
    fn low_passes(&mut self, now: &impl Now<S>, x: [&mut [S]; 3]) {
        let [mut p, mut q, mut r] = self.low;
        let [x, a, b] = x;
        for (k, ((x, a), b)) in x.iter_mut().zip(a.iter_mut()).zip(b.iter_mut()).enumerate() {
            let (bandwidth, damping) = (now.get(k, |c| c.bandwidth), now.get(k, |c| c.damping));
            let (keep, hold) = (S::ONE - bandwidth, S::ONE - damping);
            (p, q, r) = (bandwidth * *x + keep * p, damping * *a + hold * q, damping * *b + hold * r);
            (*x, *a, *b) = (p, q, r);
        }
        self.low = [p, q, r];
    }

    /// What the moving all-passes read: a quarter turn apart, between samples.
    #[inline(always)]
    fn modulated(&mut self, memory: &[S], now: &impl Now<S>, n: usize, out: &mut [[S; CHUNK]; 2]) {
        let reach = S::from_i32(self.reach as i32);
        for (half, (out, turn)) in out.iter_mut().zip([S::ZERO, S::from_f64(0.25)]).enumerate() {
            let (line, least) = (self.lines[MOVING[half]], self.lengths[MOVING[half]] - self.reach);
            let mut delays = [S::ZERO; CHUNK];
            self.lfo.fill(turn, &mut delays[..n]);
            for (k, delay) in delays[..n].iter_mut().enumerate() {
                *delay = reach + now.get(k, |c| c.depth) * *delay;
            }
            let mut wholes = [0; CHUNK];
            let mut weights = [[S::ZERO; CHUNK]; 4];
            for k in (0..n).step_by(4) {
                let delay = Lanes([delays[k], delays[k + 1], delays[k + 2], delays[k + 3]]);
                let whole = delay.0.map(Sample::to_i32);
                let four: [Lanes<S, 4>; 4] = Lagrange.weights(delay - Lanes(whole.map(S::from_i32)));
                wholes[k..k + 4].copy_from_slice(&whole);
                for (weights, four) in weights.iter_mut().zip(four) {
                    weights[k..k + 4].copy_from_slice(&four.0);
                }
            }
            // It moves by less than a frame in fifty: long runs read from one place.
            let mut k = 0;
            while k < n {
                let whole = wholes[k];
                let same = wholes[k..n].iter().take_while(|w| **w == whole).count();
                let mut near = [S::ZERO; CHUNK + 3];
                line.read(memory, least + whole as usize + 2 - k, &mut near[..same + 3]);
                for i in 0..same {
                    let w = [weights[0][k + i], weights[1][k + i], weights[2][k + i], weights[3][k + i]];
                    out[k + i] = (w[0] * near[i] + w[3] * near[i + 3]) + (w[1] * near[i + 1] + w[2] * near[i + 2]);
                }
                k += same;
            }
        }
        self.lfo.advance(n);
    }
}
