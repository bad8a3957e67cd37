//! What is done to the wet sound of two channels: tone correction and cuts.
//!
//! A room that rings longer at low frequencies sounds dull as a whole. The tone correction (Jot) takes that out:
//! `|E(f)|^2` is proportional to what the room loses per pass, nearly `1 / T60(f)`, so that a steady sound comes back with its own spectrum, however the decay
//! is tilted. Two shelves of first order, fitted in dB; the cuts are of first order too. All run side by side as partial
//! fractions, `y = d x + sum(c s)`, `s = p s + (1 - p) x`: the four poles are the lanes of one vector, and no state is larger
//! than the input, so that a pole may move at once.
//!
//! Weights of partial fractions cancel each other. Mixed one by one on the way from one sound to another they do not (up to
//! 55 dB too much at low frequencies, measured), so a move mixes poles and zeros and finds the weights anew in every frame.
//! What is mixed are the roots of their distances from 1, nearer to how they are heard. Both are sorted: poles that differ at
//! both ends differ all the way.

use crate::lanes::Lanes;
use crate::ramp::{Blend, Ramp, blend_fields};
use crate::reverb::fdn::fit::{Cascade, Point};
use crate::sample::Sample;
use core::f64::consts::PI;

/// Poles of the correction and of the cuts.
const POLES: usize = 4;

/// Both filters of the wet sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone<S> {
    pole: [S; POLES],
    /// One less the pole.
    slow: [S; POLES],
    weight: [S; POLES],
    roots: Roots<S>,
}

/// Roots of what stands for the whole filter.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Roots<S> {
    direct: S,
    /// One less the poles, one less the zeros, the slowest first.
    pole: [S; POLES],
    zero: [S; POLES],
}

blend_fields!(Roots { direct, pole, zero });

impl<S: Sample> Blend for Tone<S> {
    type Scalar = S;
    #[inline(always)]
    fn blend(from: &Self, to: &Self, position: S) -> Self {
        if position >= S::ONE {
            return *to;
        }
        let roots = Roots::blend(&from.roots, &to.roots, position);
        let pole = roots.pole.map(|r| S::ONE - r * r);
        // What the loop really takes: exact where it matters, near 1.
        let slow = pole.map(|p| S::ONE - p);
        let weight = weights(roots.direct * roots.direct, &slow, &roots.zero.map(|r| r * r));
        Self { pole, slow, weight, roots }
    }
}

/// Of `direct * product((1 - z w) / (1 - p w))`, `w` being one frame, in partial fractions `(1 - p) w / (1 - p w)`; `slow` is
/// `1 - p`, `zero` `1 - z`.
#[inline(always)]
fn weights<S: Sample>(direct: S, slow: &[S; POLES], zero: &[S; POLES]) -> [S; POLES] {
    let own = Lanes(*slow);
    let (mut above, mut below) = (Lanes::splat(direct), own);
    for k in 0..POLES {
        above = above * (Lanes::splat(zero[k]) - own);
        let mut apart = Lanes::splat(slow[k]) - own;
        apart.0[k] = S::ONE;
        below = below * apart;
    }
    core::array::from_fn(|k| above.0[k] / below.0[k])
}

/// What the filters of two channels remember, as samples of storage.
pub(super) const STATE: usize = 2 * POLES;

impl<S: Sample> Tone<S> {
    /// `loss` is the share of energy that the room takes away per pass, by frequency.
    pub(super) fn design(rate: f64, loss: impl Fn(f64) -> f64, low_cut: f64, high_cut: f64) -> Self {
        let [low, high] = cuts(rate, low_cut, high_cut);
        let (mut gain, [mut first, mut second]) = correct(rate, loss);
        gain *= low.gain * high.gain;
        // Partial fractions want poles that differ: a corner that falls on another is moved by a tenth, which nobody hears.
        for _ in 0..3 {
            for other in [low.pole, high.pole] {
                for own in [&mut first, &mut second] {
                    if libm::fabs(own.pole - other) < 0.05 * (1.0 - other) {
                        let moved = 1.0 - (1.0 - other) * 1.1;
                        own.zero += moved - own.pole;
                        own.pole = moved;
                    }
                }
            }
        }
        if libm::fabs(first.pole - second.pole) < 0.05 * (1.0 - first.pole) {
            let moved = 1.0 - (1.0 - first.pole) * 1.15;
            second.zero += moved - second.pole;
            second.pole = moved;
        }
        let sorted = |mut x: [f64; POLES]| {
            x.sort_unstable_by(f64::total_cmp);
            x
        };
        let all = [first, second, low, high];
        let (slow, zero) = (sorted(all.map(|c| 1.0 - c.pole)), sorted(all.map(|c| 1.0 - c.zero)));
        let root = |x: f64| S::from_f64(libm::sqrt(x));
        let roots = Roots { direct: root(gain), pole: slow.map(root), zero: zero.map(root) };
        let pole = slow.map(|q| S::from_f64(1.0 - q));
        let slow = pole.map(|p| S::ONE - p);
        let weight = weights(gain, &slow.map(S::to_f64), &zero).map(S::from_f64);
        Self { pole, slow, weight, roots }
    }

    /// Frames in which what the slowest pole remembers falls by a factor of e.
    pub(super) fn time_constant(&self) -> f64 {
        1.0 / self.slow[0].to_f64()
    }

    /// Filters two channels in place; `trace` is scratch.
    #[inline(never)]
    pub(super) fn run(
        ramp: &Ramp<Self>,
        state: &mut [S],
        left: &mut [S],
        right: &mut [S],
        trace: [&mut [[S; POLES]]; 2],
    ) {
        let ([first, second], _) = state.as_chunks_mut::<POLES>() else { return };
        if ramp.moving() {
            run(|i| ramp.now(i), |i| ramp.map(i, |t| &t.roots.direct), [first, second], [left, right], trace);
        } else {
            let now = *ramp.target();
            run(|_| now, |_| now.roots.direct, [first, second], [left, right], trace);
        }
    }
}

/// Frame by frame; `at` tells the coefficients of each frame, `root` that of what passes at once.
#[inline(always)]
fn run<S: Sample>(
    at: impl Fn(usize) -> Tone<S>,
    root: impl Fn(usize) -> S,
    [first, second]: [&mut [S; POLES]; 2],
    [left, right]: [&mut [S]; 2],
    [trace_left, trace_right]: [&mut [[S; POLES]]; 2],
) {
    let (mut s, mut t) = (Lanes(*first), Lanes(*second));
    let traces = trace_left.iter_mut().zip(trace_right.iter_mut());
    for (i, ((l, r), (z, y))) in left.iter().zip(right.iter()).zip(traces).enumerate() {
        let now = at(i);
        let (pole, weight, slow) = (Lanes(now.pole), Lanes(now.weight), Lanes(now.slow));
        (*z, *y) = ((weight * s).0, (weight * t).0);
        s = pole * s + slow * Lanes::splat(*l);
        t = pole * t + slow * Lanes::splat(*r);
    }
    (*first, *second) = (s.0, t.0);
    for (x, trace) in [(left, trace_left), (right, trace_right)] {
        for (i, (x, z)) in x.iter_mut().zip(trace).enumerate() {
            let root = root(i);
            *x = root * root * *x + ((z[0] + z[1]) + (z[2] + z[3]));
        }
    }
}

/// A first-order section: `gain` belongs to it where it is stated.
#[derive(Debug, Clone, Copy)]
struct Corner {
    gain: f64,
    pole: f64,
    zero: f64,
}

/// Bilinear frequency.
fn warp(rate: f64, frequency: f64) -> f64 {
    libm::tan(PI * frequency / rate)
}

fn correct(rate: f64, loss: impl Fn(f64) -> f64) -> (f64, [Corner; 2]) {
    let mut points = [Point::default(); 15];
    let mut len = 0;
    let middle = loss(1_000.0);
    for half in 0..15 {
        let frequency = 63.0 * libm::exp2(f64::from(half) / 2.0);
        if frequency <= 0.45 * rate {
            let w = warp(rate, frequency);
            points[len] = Point { square: w * w, level: 10.0 * libm::log10(loss(frequency) / middle), weight: 1.0 };
            len += 1;
        }
    }
    let (least, most) = (libm::log(warp(rate, 20.0)), libm::log(warp(rate, 0.49 * rate)));
    let start = |f: f64| libm::log(warp(rate, f.min(0.3 * rate)));
    let poles = [start(250.0), start(4_000.0), 0.0];
    let mut best = Cascade { count: 2, gain: points[0].level, poles, zeros: poles.map(|p| p + 0.1) };
    best.fit(&points[..len], 25, least, most);
    let digital = |log: f64| {
        let t = libm::exp(log);
        (1.0 - t) / (1.0 + t)
    };
    let mut gain = libm::exp10(best.gain / 20.0);
    for k in 0..2 {
        gain *= (1.0 + libm::exp(-best.zeros[k])) / (1.0 + libm::exp(-best.poles[k]));
    }
    let corner = |k: usize| Corner { gain: 1.0, pole: digital(best.poles[k]), zero: digital(best.zeros[k]) };
    (gain, [corner(0), corner(1)])
}

fn cuts(rate: f64, low: f64, high: f64) -> [Corner; 2] {
    let t = warp(rate, low.min(0.45 * rate));
    let low = Corner { gain: 1.0 / (1.0 + t), pole: (1.0 - t) / (1.0 + t), zero: 1.0 };
    // Beyond what the rate carries, and at the top of the range, there is nothing to cut: a pole with a zero on it.
    if high >= super::design::HIGHEST_CUT || high >= 0.45 * rate {
        return [low, Corner { gain: 1.0, pole: -0.5, zero: -0.5 }];
    }
    let t = warp(rate, high);
    [low, Corner { gain: t / (1.0 + t), pole: (1.0 - t) / (1.0 + t), zero: -1.0 }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reverb::fdn::curve::Curve;
    use crate::reverb::fdn::lengths::Dice;
    use crate::reverb::fdn::params::Params;
    use crate::units::{Hertz, Seconds};
    use std::vec::Vec;

    fn gain<S: Sample>(tone: &Tone<S>, rate: f64, frequency: f64) -> f64 {
        let (sin, cos) = (2.0 * PI * frequency / rate).sin_cos();
        let (mut re, mut im) = (tone.roots.direct.to_f64().powi(2), 0.0);
        for k in 0..POLES {
            let weight = (tone.weight[k] * tone.slow[k]).to_f64();
            let (x, y) = (cos - tone.pole[k].to_f64(), sin);
            re += weight * x / (x * x + y * y);
            im -= weight * y / (x * x + y * y);
        }
        libm::hypot(re, im)
    }

    fn random(dice: &mut Dice, rate: f64) -> Tone<f32> {
        let mut between = |low: f64, high: f64| low * libm::pow(high / low, dice.unit());
        let params = Params {
            decay: Seconds(between(0.1, 60.0)),
            low: between(0.25, 4.0),
            high: between(0.1, 2.0),
            damping: Hertz(between(500.0, 16_000.0)),
            ..Params::default()
        };
        let curve = Curve::of(&params);
        let loss = |f: f64| -libm::expm1(-6.0 * core::f64::consts::LN_10 * 0.047 / curve.at(f));
        Tone::design(rate, loss, between(5.0, 1_000.0), between(1_500.0, 20_000.0))
    }

    /// Any settings to any others: half-way it is hardly louder than at either end.
    #[test]
    fn a_move_is_never_much_louder_than_its_ends() {
        let mut dice = Dice::new(5, 9);
        let mut bumps = Vec::new();
        for i in 0..200 {
            let rate = [8_000.0, 44_100.0, 48_000.0, 192_000.0, 768_000.0][i % 5];
            let ends = [random(&mut dice, rate), random(&mut dice, rate)];
            for p in [0.02, 0.25, 0.5, 0.75, 0.98] {
                let now = Tone::blend(&ends[0], &ends[1], p);
                assert!(now.weight.iter().all(|w| w.abs() < 30.0), "{now:?}");
                for step in 0..25 {
                    let f = 5.0 * libm::pow(0.08 * rate, f64::from(step) / 24.0);
                    let loudest = |f: f64| gain(&ends[0], rate, f).max(gain(&ends[1], rate, f));
                    let middle = [63.0, 250.0, 1_000.0, 2_000.0].map(loudest).into_iter().fold(0.0, f64::max);
                    bumps.push(20.0 * libm::log10(gain(&now, rate, f) / loudest(f).max(0.1 * middle)));
                }
            }
        }
        bumps.sort_unstable_by(f64::total_cmp);
        let (most, nearly) = (bumps[bumps.len() - 1], bumps[bumps.len() * 99 / 100]);
        assert!(most < 11.0 && nearly < 2.0, "{most:.1} dB, in 99 of 100 cases {nearly:.1} dB");
    }
}
