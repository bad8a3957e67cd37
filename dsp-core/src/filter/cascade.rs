//! State-variable sections in series: the engine of the equaliser.
//!
//! The fast form carries both channels of a pair and two halves of the cascade in four lanes, `[L R | L R]`: lanes 2 and
//! 3 run the second half of the sections on what lanes 0 and 1 gave two frames earlier. Nothing moves across lanes inside
//! the loop, so it vectorises on every target; the first and last two frames of a piece run one half alone, so there is
//! no latency; and every sample meets the same operations in the same order as in the plain form, so results are the same
//! bits. On an in-order core (`target_arch = "arm"`) sections-outside, frames-inside is faster and is used instead, two
//! sections at a time (four sections of stereo on a Cortex-M4F: 114 instructions a frame, 126 one section at a time).
//!
//! Why two frames: one would make each frame wait for the shuffle of the one before; two hide it.

use crate::block::Block;
use crate::error::Error;
use crate::filter::svf::{Coeffs, Setup};
use crate::lanes::Lanes;
use crate::process::{CHUNK, Clock, FLUSH_PERIOD, Process, Tail, Tune};
use crate::ramp::{Blend, Ramp};
use crate::sample::{Sample, clean_all};
use crate::storage::Storage;
use crate::units::Frames;

/// Frames by which the second half of the sections runs behind the first.
const SKEW: usize = 2;
/// Most sections in one lane group: two halves of four.
const GROUP: usize = 8;

/// Coefficients of up to `N` sections; those from `active` on are not run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sections<S, const N: usize> {
    /// The sections in processing order.
    pub coeffs: [Coeffs<S>; N],
    /// How many of them are run.
    pub active: usize,
}

impl<S: Sample, const N: usize> Sections<S, N> {
    /// Whether a section is not run, or passes everything and remembers nothing.
    fn is_off(&self, section: usize) -> bool {
        section >= self.active || self.coeffs[section].d2 == S::ZERO
    }
}

impl<S, const N: usize> From<[Coeffs<S>; N]> for Sections<S, N> {
    fn from(coeffs: [Coeffs<S>; N]) -> Self {
        Self { coeffs, active: N }
    }
}

impl<S: Sample, const N: usize> Blend for Sections<S, N> {
    type Scalar = S;
    #[inline(always)]
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        // A section that goes or comes is heard until, and from, the first frame of the move.
        let active = if p >= S::ONE { to.active } else { from.active.max(to.active) };
        Self { coeffs: <[Coeffs<S>; N]>::blend(&from.coeffs, &to.coeffs, p), active }
    }
}

/// Up to `N` sections in series; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Cascade<S, const N: usize, M> {
    setup: Setup,
    sections: Ramp<Sections<S, N>>,
    clock: Clock,
    state: M,
}

/// Samples of storage: four per section and pair of channels.
pub fn required_len(setup: &Setup, sections: usize) -> usize {
    4 * sections * setup.channels.div_ceil(2)
}

impl<S: Sample, const N: usize, M: Storage<S>> Cascade<S, N, M> {
    /// Builds the cascade from designed sections; `storage` is cleared.
    pub fn with_coeffs(setup: &Setup, sections: &Sections<S, N>, mut storage: M) -> Result<Self, Error> {
        setup.check()?;
        Error::check_len("filter state", required_len(setup, N), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self { setup: *setup, sections: Ramp::new(*sections), clock: Clock::default(), state: storage })
    }

    /// What it was built for.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The sections it has or is moving to.
    pub fn sections(&self) -> &Sections<S, N> {
        self.sections.target()
    }

    fn run_pair(sections: &Ramp<Sections<S, N>>, state: &mut [S], left: &mut [S], right: &mut [S]) {
        clean_all(left);
        clean_all(right);
        if sections.moving() {
            ramped(sections, state, left, right);
        } else {
            let target = sections.target();
            steady(&target.coeffs[..target.active], state, left, right);
        }
    }
}

impl<S: Sample, const N: usize, M: Storage<S>> Tune<S> for Cascade<S, N, M> {
    type Coeffs = Sections<S, N>;
    fn tune(&mut self, coeffs: &Sections<S, N>, over: Frames) {
        let (mut now, mut to) = (self.sections.now(0), *coeffs);
        for section in 0..N {
            let (was_off, goes_off) = (now.is_off(section), to.is_off(section));
            if was_off {
                // Starts from silence and from the neutral response.
                now.coeffs[section] = to.coeffs[section].muted();
                for pair in self.state.as_mut().chunks_exact_mut(4 * N) {
                    pair[4 * section..4 * section + 4].fill(S::ZERO);
                }
            }
            if goes_off && !was_off {
                to.coeffs[section] = now.coeffs[section].muted();
            }
        }
        self.sections = Ramp::new(now);
        self.sections.tune(to, over);
    }
}

impl<S: Sample, const N: usize, M: Storage<S>> Process<S> for Cascade<S, N, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let (frames, channels) = (block.frames(), block.channels().min(self.setup.channels));
        let mut at = 0;
        while at < frames {
            // A ramp ends at a piece's end, so that the fast loop takes over at once.
            let until = if self.sections.moving() { self.sections.left() } else { FLUSH_PERIOD };
            let n = self.clock.piece(frames - at, until);
            let mut part = block.part(at, n);
            for (pair, state) in self.state.as_mut().chunks_exact_mut(4 * N).enumerate() {
                let first = 2 * pair;
                if first + 1 < channels {
                    let (left, right) = part.pair_mut(first, first + 1);
                    Self::run_pair(&self.sections, state, left, right);
                } else if first < channels {
                    let mut silence = [S::ZERO; FLUSH_PERIOD];
                    Self::run_pair(&self.sections, state, part.channel_mut(first), &mut silence[..n]);
                }
            }
            self.sections.advance(n);
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
        self.sections.finish();
        self.clock = Clock::default();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let target = self.sections.target();
        let longest = target.coeffs[..target.active].iter().map(Coeffs::time_constant);
        // Sections ring one after the other, and each may have passed its ring to the next.
        longest.fold(Tail::NONE, |tail, frames| tail.and_then(Tail::of_time_constant::<S>(frames)))
    }
}

/// Sections at rest, in groups that fit the lanes. `state` is `[s1 L, s2 L, s1 R, s2 R]` per section.
#[inline(always)]
pub(crate) fn steady<S: Sample>(coeffs: &[Coeffs<S>], state: &mut [S], left: &mut [S], right: &mut [S]) {
    if cfg!(target_arch = "arm") {
        return sections_by_two(coeffs, state, left, right);
    }
    if left.len() < 2 * SKEW {
        return sections_outside(coeffs, state, left, right);
    }
    for (coeffs, state) in coeffs.chunks(GROUP).zip(state.chunks_mut(4 * GROUP)) {
        let even = coeffs.len() / 2 * 2;
        match even {
            8 => wavefront::<S, 4>(&coeffs[..8], state, left, right),
            6 => wavefront::<S, 3>(&coeffs[..6], state, left, right),
            4 => wavefront::<S, 2>(&coeffs[..4], state, left, right),
            2 => wavefront::<S, 1>(&coeffs[..2], state, left, right),
            _ => {}
        }
        if even < coeffs.len() {
            sections_outside(&coeffs[even..], &mut state[4 * even..], left, right);
        }
    }
}

/// The plain form: one section after the other over all frames, both channels together.
fn sections_outside<S: Sample>(coeffs: &[Coeffs<S>], state: &mut [S], left: &mut [S], right: &mut [S]) {
    for (c, s) in coeffs.iter().zip(state.chunks_exact_mut(4)) {
        let (mut l, mut r) = ([s[0], s[1]], [s[2], s[3]]);
        for (x, y) in left.iter_mut().zip(right.iter_mut()) {
            *x = c.run(&mut l, *x);
            *y = c.run(&mut r, *y);
        }
        s.copy_from_slice(&[l[0], l[1], r[0], r[1]]);
    }
}

/// The plain form, two sections at a time: a sample is fetched and put back half as often.
fn sections_by_two<S: Sample>(coeffs: &[Coeffs<S>], state: &mut [S], left: &mut [S], right: &mut [S]) {
    let even = coeffs.len() / 2 * 2;
    for (c, s) in coeffs.chunks_exact(2).zip(state.chunks_exact_mut(8)) {
        let (c, d) = (c[0], c[1]);
        for (x, at) in [(&mut *left, 0), (&mut *right, 2)] {
            let (mut a, mut b) = ([s[at], s[at + 1]], [s[at + 4], s[at + 5]]);
            for x in x.iter_mut() {
                *x = d.run(&mut b, c.run(&mut a, *x));
            }
            s[at..at + 2].copy_from_slice(&a);
            s[at + 4..at + 6].copy_from_slice(&b);
        }
    }
    sections_outside(&coeffs[even..], &mut state[4 * even..], left, right);
}

/// Sections that move: coefficients are interpolated every frame, shared by both channels.
fn ramped<S: Sample, const N: usize>(ramp: &Ramp<Sections<S, N>>, state: &mut [S], left: &mut [S], right: &mut [S]) {
    // Once per chunk of frames and section, so that a long cascade needs no large scratch.
    let active = ramp.now(0).active;
    for start in (0..left.len()).step_by(CHUNK) {
        let end = left.len().min(start + CHUNK);
        for (section, s) in state.chunks_exact_mut(4).enumerate().take(active) {
            let (mut l, mut r) = ([s[0], s[1]], [s[2], s[3]]);
            for i in start..end {
                let c = ramp.map(i, |sections| &sections.coeffs[section]);
                left[i] = c.run(&mut l, left[i]);
                right[i] = c.run(&mut r, right[i]);
            }
            s.copy_from_slice(&[l[0], l[1], r[0], r[1]]);
        }
    }
}

/// One section in four lanes.
struct Quad<S> {
    d2: Lanes<S, 4>,
    e: Lanes<S, 4>,
    d3: Lanes<S, 4>,
    a: Lanes<S, 4>,
    b1: Lanes<S, 4>,
    b2: Lanes<S, 4>,
}

impl<S: Sample> Quad<S> {
    fn new(first: &Coeffs<S>, second: &Coeffs<S>) -> Self {
        let lanes = |f: fn(&Coeffs<S>) -> S| Lanes([f(first), f(first), f(second), f(second)]);
        Self {
            d2: lanes(|c| c.d2),
            e: lanes(|c| c.e),
            d3: lanes(|c| c.d3),
            a: lanes(|c| c.a),
            b1: lanes(|c| c.b1),
            b2: lanes(|c| c.b2),
        }
    }

    /// The operations of [`Coeffs::run`], in its order.
    #[inline(always)]
    fn run(&self, s1: &mut Lanes<S, 4>, s2: &mut Lanes<S, 4>, x: Lanes<S, 4>) -> Lanes<S, 4> {
        let y = (self.b1 * *s1 + self.b2 * *s2) + self.a * x;
        let t = x - *s2;
        let old = *s1;
        *s1 = old + (self.d2 * t - self.e * old);
        *s2 = *s2 + (self.d2 * old + self.d3 * t);
        y
    }
}

/// `2 * HALF` sections; see the module text. At least `2 * SKEW` frames.
#[inline(never)]
fn wavefront<S: Sample, const HALF: usize>(coeffs: &[Coeffs<S>], state: &mut [S], left: &mut [S], right: &mut [S]) {
    let frames = left.len();
    let (first, second) = coeffs.split_at(HALF);
    let (front, back) = state.split_at_mut(4 * HALF);
    // The first half runs ahead on its own.
    let (mut mid_l, mut mid_r) = ([S::ZERO; SKEW], [S::ZERO; SKEW]);
    mid_l.copy_from_slice(&left[..SKEW]);
    mid_r.copy_from_slice(&right[..SKEW]);
    sections_outside(first, front, &mut mid_l, &mut mid_r);

    let quads: [Quad<S>; HALF] = core::array::from_fn(|i| Quad::new(&first[i], &second[i]));
    let lanes = |at: usize| {
        core::array::from_fn(|i| {
            let (f, b) = (&front[4 * i..4 * i + 4], &back[4 * i..4 * i + 4]);
            Lanes([f[at], f[at + 2], b[at], b[at + 2]])
        })
    };
    let (mut s1, mut s2): ([Lanes<S, 4>; HALF], [Lanes<S, 4>; HALF]) = (lanes(0), lanes(1));
    let mut behind = [[mid_l[0], mid_r[0]], [mid_l[1], mid_r[1]]];
    let (left_in, right_in) = (&mut left[..frames], &mut right[..frames]);
    for n in SKEW..frames {
        let mut v = Lanes([left_in[n], right_in[n], behind[0][0], behind[0][1]]);
        for i in 0..HALF {
            v = quads[i].run(&mut s1[i], &mut s2[i], v);
        }
        behind = [behind[1], [v.0[0], v.0[1]]];
        left_in[n - SKEW] = v.0[2];
        right_in[n - SKEW] = v.0[3];
    }
    for i in 0..HALF {
        front[4 * i..4 * i + 4].copy_from_slice(&[s1[i].0[0], s2[i].0[0], s1[i].0[1], s2[i].0[1]]);
        back[4 * i..4 * i + 4].copy_from_slice(&[s1[i].0[2], s2[i].0[2], s1[i].0[3], s2[i].0[3]]);
    }
    // The second half catches up.
    let (mut end_l, mut end_r) = ([behind[0][0], behind[1][0]], [behind[0][1], behind[1][1]]);
    sections_outside(second, back, &mut end_l, &mut end_r);
    left_in[frames - SKEW..].copy_from_slice(&end_l);
    right_in[frames - SKEW..].copy_from_slice(&end_r);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::svf::Params;
    use crate::signal;
    use crate::units::{Decibels, Hertz, Q, SampleRate};
    use std::vec::Vec;

    fn sections<S: Sample, const N: usize>() -> [Coeffs<S>; N] {
        core::array::from_fn(|i| {
            let p = Params {
                frequency: Hertz(60.0 * 2.0_f64.powi(i as i32 % 8)),
                gain: Decibels(6.0 - i as f64),
                q: Q(1.3),
                ..Params::default()
            };
            Coeffs::design(SampleRate::VIDEO, &p).unwrap()
        })
    }

    fn fast_equals_plain<S: Sample, const N: usize>() {
        for frames in [1, 3, 4, 5, 64, 511] {
            let c = sections::<S, N>();
            let noise = |seed| signal::white::<S>(seed, 1.0).take(frames).collect::<Vec<_>>();
            let (mut l, mut r, mut l2, mut r2) = (noise(1), noise(2), noise(1), noise(2));
            let (mut state, mut state2) = ([S::from_f64(0.1); 64], [S::from_f64(0.1); 64]);
            steady(&c, &mut state[..4 * N], &mut l, &mut r);
            sections_outside(&c, &mut state2[..4 * N], &mut l2, &mut r2);
            assert!(l == l2 && r == r2 && state == state2, "{N} sections, {frames} frames");
            let (mut l3, mut r3, mut state3) = (noise(1), noise(2), [S::from_f64(0.1); 64]);
            sections_by_two(&c, &mut state3[..4 * N], &mut l3, &mut r3);
            assert!(l3 == l2 && r3 == r2 && state3 == state2, "by two: {N} sections, {frames} frames");
        }
    }

    #[test]
    fn the_lane_form_gives_the_bits_of_the_plain_form() {
        fast_equals_plain::<f32, 1>();
        fast_equals_plain::<f32, 2>();
        fast_equals_plain::<f32, 5>();
        fast_equals_plain::<f32, 8>();
        fast_equals_plain::<f64, 6>();
        fast_equals_plain::<f64, 8>();
        fast_equals_plain::<f32, 15>();
    }
}
