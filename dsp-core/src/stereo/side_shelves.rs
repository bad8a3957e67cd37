//! Shelves on the side signal: what width per band and mono bass run on.
//!
//! At each crossover `f` two equal sections `(s^2 + sqrt(g) k s + g) / (s^2 + k s + 1)`, `k = sqrt(2)`, raise what lies
//! below by `g^2 = low / high`. Their magnitude is `(g^2 + w^4) / (1 + w^4)` with `w` the frequency over `f`: exactly
//! what a fourth-order Linkwitz-Riley crossover gives whose bands have the gains `g^2` and 1, with `g = 0` its
//! high-pass.
//!
//! Why not that crossover: its bands add up to an all-pass, which turns the side by 180 degrees at `f` while the middle
//! stays. Left and right would change places there. These sections turn the phase only as far as the gains differ, and
//! not at all where they are equal: the output is then the input, bit for bit.
//!
//! The poles do not depend on the gains, so gains may move at any speed: they are worked out frame by frame.

use super::pairs::{MAX_PAIRS, Pairs, Planes, side, spread};
use crate::block::Block;
use crate::error::Error;
use crate::filter::cascade::steady;
use crate::filter::svf;
use crate::layout::Layout;
use crate::process::{CHUNK, Clock, Process, Tail, Tune};
use crate::ramp::{Blend, Ramp};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Decibels, Frames, Hertz, Q, SampleRate};
use core::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// Most bands.
pub(super) const BANDS: usize = 4;

/// Bands above the lowest are at least this part of the widest (-40 dB): the gain of a band is a quotient.
const LEAST: f64 = 0.01;

/// Poles at `X` crossovers and the gains of the `X + 1` bands between them, lowest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coeffs<S, const X: usize> {
    /// As in [`svf::Coeffs`]: `2 d2`, `2 e`, `2 d3`.
    poles: [[S; 3]; X],
    gains: [S; BANDS],
}

impl<S: Sample, const X: usize> Coeffs<S, X> {
    /// Designs crossovers that have been checked.
    pub(super) fn design(rate: SampleRate, crossovers: &[Hertz; X], gains: [f64; BANDS]) -> Result<Self, Error> {
        let mut poles = [[S::ZERO; 3]; X];
        for (poles, frequency) in poles.iter_mut().zip(crossovers) {
            let (kind, gain, q) = (svf::Kind::HighPass, Decibels(0.0), Q(FRAC_1_SQRT_2));
            let c = svf::Coeffs::<S>::design(rate, &svf::Params { kind, frequency: *frequency, gain, q })?;
            *poles = [c.d2, c.e, c.d3];
        }
        Ok(Self { poles, gains: gains.map(S::from_f64) })
    }

    /// The sections, two per crossover, and the gain after them.
    #[inline(always)]
    fn sections(&self) -> Sections<S, X> {
        let half = S::from_f64(0.5);
        let bands = &self.gains[..=X];
        let floor = bands.iter().fold(S::ZERO, |a, b| a.larger(*b)) * S::from_f64(LEAST);
        let mut sections = [[svf::Coeffs::NEUTRAL; 2]; X];
        for (k, (section, [d2, e, d3])) in sections.iter_mut().zip(self.poles).enumerate() {
            // Nothing divides by the lowest band: it may be silent.
            let low = if k == 0 { bands[0] } else { bands[k].larger(floor) };
            let high = bands[k + 1].larger(floor);
            // Two silent bands are equal.
            let g = ((low + S::TINY) / (high + S::TINY)).sqrt();
            let (m1, m2) = ((g.sqrt() - S::ONE) * S::from_f64(SQRT_2), g - S::ONE);
            let (a2, a3) = (d2 * half, d3 * half);
            let a = S::ONE + (m1 * a2 + m2 * a3);
            let b1 = m1 * (S::ONE - e * half) + m2 * a2;
            let b2 = m2 * (S::ONE - a3) - m1 * a2;
            *section = [svf::Coeffs { d2, e, d3, a, b1, b2 }; 2];
        }
        Sections { sections, gain: bands[X].larger(floor) }
    }
}

impl<S: Sample, const X: usize> Blend for Coeffs<S, X> {
    type Scalar = S;
    #[inline(always)]
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        Self { poles: Blend::blend(&from.poles, &to.poles, p), gains: Blend::blend(&from.gains, &to.gains, p) }
    }
}

/// What a frame runs on.
#[derive(Debug, Clone, Copy)]
struct Sections<S, const X: usize> {
    sections: [[svf::Coeffs<S>; 2]; X],
    gain: S,
}

/// Samples of storage.
pub(super) fn required_len(layout: &Layout, crossovers: usize) -> usize {
    8 * crossovers * Pairs::couples(layout)
}

/// The engine; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub(super) struct SideShelves<S, const X: usize, M> {
    pairs: Pairs,
    coeffs: Ramp<Coeffs<S, X>>,
    rest: Sections<S, X>,
    clock: Clock,
    state: M,
}

impl<S: Sample, const X: usize, M: Storage<S>> SideShelves<S, X, M> {
    pub(super) fn new(layout: &Layout, coeffs: &Coeffs<S, X>, mut storage: M) -> Result<Self, Error> {
        Error::check_len("filter state", required_len(layout, X), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            pairs: Pairs::of(layout),
            coeffs: Ramp::smooth(*coeffs),
            rest: coeffs.sections(),
            clock: Clock::default(),
            state: storage,
        })
    }

    /// Replaces the side of each pair by what has to be added to it.
    fn run(&mut self, sides: &mut Planes<S>, frames: usize) {
        let state = self.state.as_mut().chunks_exact_mut(8 * X);
        for (sides, state) in sides[..self.pairs.count()].chunks_mut(2).zip(state) {
            let mut out = [[S::ZERO; CHUNK]; 2];
            for (out, side) in out.iter_mut().zip(sides.iter()) {
                *out = *side;
            }
            let [one, two] = out.each_mut().map(|o| &mut o[..frames]);
            let mut gains = [self.rest.gain; CHUNK];
            if self.coeffs.moving() {
                for (i, ((x, y), gain)) in one.iter_mut().zip(two).zip(&mut gains).enumerate() {
                    let now = self.coeffs.now(i).sections();
                    *gain = now.gain;
                    for (c, s) in now.sections.as_flattened().iter().zip(state.chunks_exact_mut(4)) {
                        let (mut l, mut r) = ([s[0], s[1]], [s[2], s[3]]);
                        (*x, *y) = (c.run(&mut l, *x), c.run(&mut r, *y));
                        s.copy_from_slice(&[l[0], l[1], r[0], r[1]]);
                    }
                }
            } else {
                steady(self.rest.sections.as_flattened(), state, one, two);
            }
            for (side, out) in sides.iter_mut().zip(&out) {
                for ((s, y), gain) in side.iter_mut().zip(out).zip(&gains) {
                    *s = *gain * *y - *s;
                }
            }
        }
    }
}

impl<S: Sample, const X: usize, M: Storage<S>> Tune<S> for SideShelves<S, X, M> {
    type Coeffs = Coeffs<S, X>;
    fn tune(&mut self, coeffs: &Coeffs<S, X>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
        self.rest = coeffs.sections();
    }
}

impl<S: Sample, const X: usize, M: Storage<S>> Process<S> for SideShelves<S, X, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let mut at = 0;
        while at < frames {
            // A move ends at a piece's end: what is at rest is worked out once.
            let until = if self.coeffs.moving() { self.coeffs.left().min(CHUNK) } else { CHUNK };
            let n = self.clock.piece(frames - at, until);
            let mut part = block.part(at, n);
            let mut sides = [[S::ZERO; CHUNK]; MAX_PAIRS];
            self.pairs.each(&mut part, |i, left, right| side(left, right, &mut sides[i]));
            self.run(&mut sides, n);
            self.pairs.again(&mut part, |i, left, right| spread(left, right, &sides[i]));
            self.coeffs.advance(n);
            if self.clock.advance(n) {
                for s in self.state.as_mut() {
                    *s = s.flush();
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
        let longest = self.rest.sections.as_flattened().iter().map(svf::Coeffs::time_constant);
        let moving = Tail::Frames(Frames(self.coeffs.left() as u64));
        longest.fold(moving, |tail, frames| tail.and_then(Tail::of_time_constant::<S>(frames)))
    }
}
