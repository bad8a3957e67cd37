//! The loops of the cascade: plain, in lanes, at rest and moving. All give the same bits.

use super::Sections;
use crate::filter::svf::Coeffs;
use crate::lanes::Lanes;
use crate::process::CHUNK;
use crate::ramp::{Blend, Ramp};
use crate::sample::Sample;

/// Frames by which the second half of the sections runs behind the first.
const SKEW: usize = 2;
/// Most sections in one lane group: two halves of four.
const GROUP: usize = 8;

/// Sections at rest, in groups that fit the lanes. `state` is `[s1 L, s2 L, s1 R, s2 R]` per section.
#[inline(always)]
pub(crate) fn steady<S: Sample>(coeffs: &[Coeffs<S>], state: &mut [S], left: &mut [S], right: &mut [S]) {
    if cfg!(target_arch = "arm") {
        return sections_by_two(coeffs, state, left, right);
    }
    if left.len() < 2 * SKEW {
        return sections_outside(coeffs, state, left, right);
    }
    in_groups::<S, false>(coeffs, coeffs, &[], state, left, right);
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

/// Sections that move: coefficients are interpolated every frame, shared by both channels. The move does not end before
/// the last of these frames.
pub(super) fn moving<S: Sample, const N: usize>(
    ramp: &Ramp<Sections<S, N>>,
    state: &mut [S],
    left: &mut [S],
    right: &mut [S],
) {
    let active = ramp.now(0).active;
    let (from, to) = (&ramp.start().coeffs[..active], &ramp.target().coeffs[..active]);
    // Once per chunk of frames, so that positions need no large scratch.
    for start in (0..left.len()).step_by(CHUNK) {
        let end = left.len().min(start + CHUNK);
        let (left, right) = (&mut left[start..end], &mut right[start..end]);
        let mut positions = [S::ZERO; CHUNK];
        for (i, p) in positions.iter_mut().enumerate() {
            *p = ramp.position(start + i);
        }
        if cfg!(target_arch = "arm") || left.len() < 2 * SKEW {
            moving_outside(from, to, &positions, state, left, right);
            continue;
        }
        in_groups::<S, true>(from, to, &positions, state, left, right);
    }
}

/// All sections in lanes, as many at a time as fit; what is said at [`wavefront`] holds.
#[inline(always)]
fn in_groups<S: Sample, const MOVING: bool>(
    from: &[Coeffs<S>],
    to: &[Coeffs<S>],
    positions: &[S],
    state: &mut [S],
    left: &mut [S],
    right: &mut [S],
) {
    for ((from, to), state) in from.chunks(GROUP).zip(to.chunks(GROUP)).zip(state.chunks_mut(4 * GROUP)) {
        let even = from.len() / 2 * 2;
        match even {
            8 => wavefront::<S, 4, MOVING>(from, to, positions, state, left, right),
            6 => wavefront::<S, 3, MOVING>(from, to, positions, state, left, right),
            4 => wavefront::<S, 2, MOVING>(from, to, positions, state, left, right),
            2 => wavefront::<S, 1, MOVING>(from, to, positions, state, left, right),
            _ => {}
        }
        if even < from.len() {
            outside::<S, MOVING>(&from[even..], &to[even..], positions, &mut state[4 * even..], left, right);
        }
    }
}

/// The plain form, moving or not.
#[inline(always)]
fn outside<S: Sample, const MOVING: bool>(
    from: &[Coeffs<S>],
    to: &[Coeffs<S>],
    positions: &[S],
    state: &mut [S],
    left: &mut [S],
    right: &mut [S],
) {
    if MOVING {
        moving_outside(from, to, positions, state, left, right);
    } else {
        sections_outside(from, state, left, right);
    }
}

/// The plain form of sections that move; one position for each frame.
fn moving_outside<S: Sample>(
    from: &[Coeffs<S>],
    to: &[Coeffs<S>],
    positions: &[S],
    state: &mut [S],
    left: &mut [S],
    right: &mut [S],
) {
    for ((from, to), s) in from.iter().zip(to).zip(state.chunks_exact_mut(4)) {
        let (mut l, mut r) = ([s[0], s[1]], [s[2], s[3]]);
        for ((x, y), p) in left.iter_mut().zip(right.iter_mut()).zip(positions) {
            let c = Coeffs::blend(from, to, *p);
            *x = c.run(&mut l, *x);
            *y = c.run(&mut r, *y);
        }
        s.copy_from_slice(&[l[0], l[1], r[0], r[1]]);
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

    /// Towards `to`: by `p` of the way, which may differ between the halves. As [`crate::ramp::mix`] below 1.
    #[inline(always)]
    fn towards(&self, to: &Self, p: Lanes<S, 4>) -> Self {
        let mix = |from: Lanes<S, 4>, to: Lanes<S, 4>| from + (to - from) * p;
        Self {
            d2: mix(self.d2, to.d2),
            e: mix(self.e, to.e),
            d3: mix(self.d3, to.d3),
            a: mix(self.a, to.a),
            b1: mix(self.b1, to.b1),
            b2: mix(self.b2, to.b2),
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

/// `2 * HALF` sections; see the text of the module above. At least `2 * SKEW` frames. Sections that are `MOVING` are on
/// their way from `from` to `to`, how far `positions` says of each frame; those at rest look at neither `to` nor `positions`.
#[inline(never)]
fn wavefront<S: Sample, const HALF: usize, const MOVING: bool>(
    from: &[Coeffs<S>],
    to: &[Coeffs<S>],
    positions: &[S],
    state: &mut [S],
    left: &mut [S],
    right: &mut [S],
) {
    let frames = left.len();
    let (front, back) = state[..8 * HALF].split_at_mut(4 * HALF);
    let ((first, second), (first_to, second_to)) = (from[..2 * HALF].split_at(HALF), to[..2 * HALF].split_at(HALF));
    // The first half runs ahead on its own.
    let (lead_l, lead_r) = (&mut left[..SKEW], &mut right[..SKEW]);
    outside::<S, MOVING>(first, first_to, positions, front, lead_l, lead_r);

    let quads: [Quad<S>; HALF] = core::array::from_fn(|i| Quad::new(&first[i], &second[i]));
    let quads_to: [Quad<S>; HALF] = core::array::from_fn(|i| Quad::new(&first_to[i], &second_to[i]));
    let lanes = |at: usize| {
        core::array::from_fn(|i| {
            let (f, b) = (&front[4 * i..4 * i + 4], &back[4 * i..4 * i + 4]);
            Lanes([f[at], f[at + 2], b[at], b[at + 2]])
        })
    };
    let (mut s1, mut s2): ([Lanes<S, 4>; HALF], [Lanes<S, 4>; HALF]) = (lanes(0), lanes(1));
    // What the first half gives waits for the second in the block itself. (In variables the compiler may pack it into one
    // register, which makes each frame wait for the one before: 7.9 ns a frame in place of 6.0.)
    let (left, right) = (&mut left[..frames], &mut right[..frames]);
    for n in SKEW..frames {
        let mut v = Lanes([left[n], right[n], left[n - SKEW], right[n - SKEW]]);
        let p = if MOVING {
            let (ahead, behind) = (positions[n], positions[n - SKEW]);
            Lanes([ahead, ahead, behind, behind])
        } else {
            Lanes::ZERO
        };
        for i in 0..HALF {
            v = if MOVING {
                quads[i].towards(&quads_to[i], p).run(&mut s1[i], &mut s2[i], v)
            } else {
                quads[i].run(&mut s1[i], &mut s2[i], v)
            };
        }
        [left[n], right[n], left[n - SKEW], right[n - SKEW]] = v.0;
    }
    for i in 0..HALF {
        front[4 * i..4 * i + 4].copy_from_slice(&[s1[i].0[0], s2[i].0[0], s1[i].0[1], s2[i].0[1]]);
        back[4 * i..4 * i + 4].copy_from_slice(&[s1[i].0[2], s2[i].0[2], s1[i].0[3], s2[i].0[3]]);
    }
    // The second half catches up.
    let (rest_l, rest_r) = (&mut left[frames - SKEW..], &mut right[frames - SKEW..]);
    let last = if MOVING { &positions[frames - SKEW..] } else { positions };
    outside::<S, MOVING>(second, second_to, last, back, rest_l, rest_r);
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
