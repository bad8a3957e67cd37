//! What is done to the wet sound of two channels: tone correction and cuts.
//!
//! A room that rings longer at low frequencies sounds dull as a whole. The tone correction (Jot) takes that out:
//! `|E(f)|^2` is proportional to `1 / T60(f)`, so that a steady sound comes back with its own spectrum, however the decay
//! is tilted. Two shelves of first order, fitted in dB; the cuts are of first order too. Both run as two poles side by
//! side, `y = d x + c1 s1 + c2 s2`, `s = p s + x`, so that the two poles of two channels fill one vector.

use crate::lanes::Lanes;
use crate::ramp::{Ramp, blend_fields};
use crate::reverb::fdn::curve::Curve;
use crate::reverb::fdn::fit::{Cascade, Point};
use crate::sample::Sample;
use core::f64::consts::PI;

/// Two poles side by side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair<S> {
    direct: S,
    pole: [S; 2],
    weight: [S; 2],
}

blend_fields!(Pair { direct, pole, weight });

/// Both filters of the wet sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone<S> {
    correction: Pair<S>,
    cuts: Pair<S>,
}

blend_fields!(Tone { correction, cuts });

impl<S: Sample> Pair<S> {
    /// Of `gain * (1 - z1 w)(1 - z2 w) / ((1 - p1 w)(1 - p2 w))`, `w` being one frame: partial fractions. Equal poles are to
    /// be those of sections that do nothing.
    fn of(gain: f64, pole: [f64; 2], zero: [f64; 2]) -> Self {
        let other = |k: usize| {
            let (p, q) = (pole[k], pole[1 - k]);
            if p == q { 1.0 } else { (p - zero[1 - k]) / (p - q) }
        };
        let weight = [0, 1].map(|k| S::from_f64(gain * (pole[k] - zero[k]) * other(k)));
        Self { direct: S::from_f64(gain), pole: pole.map(S::from_f64), weight }
    }

    /// Frame by frame; `trace` is scratch, `at` tells the coefficients of each frame.
    #[inline(always)]
    fn run(at: impl Fn(usize) -> Self, state: &mut [S; 4], left: &mut [S], right: &mut [S], trace: &mut [[S; 4]]) {
        let mut s = Lanes(*state);
        for (i, ((l, r), z)) in left.iter().zip(right.iter()).zip(trace.iter_mut()).enumerate() {
            let [p, q] = at(i).pole;
            *z = s.0;
            s = Lanes([p, q, p, q]) * s + Lanes([*l, *l, *r, *r]);
        }
        *state = s.0;
        for (i, ((l, r), z)) in left.iter_mut().zip(right).zip(trace).enumerate() {
            let c = at(i);
            *l = c.direct * *l + (c.weight[0] * z[0] + c.weight[1] * z[1]);
            *r = c.direct * *r + (c.weight[0] * z[2] + c.weight[1] * z[3]);
        }
    }
}

/// What the filters of two channels remember, as samples of storage.
pub(super) const STATE: usize = 8;

impl<S: Sample> Tone<S> {
    pub(super) fn design(rate: f64, curve: &Curve, low_cut: f64, high_cut: f64) -> Self {
        Self { correction: correct(rate, curve), cuts: cut(rate, low_cut, high_cut) }
    }

    /// Filters two channels in place; `trace` is scratch.
    #[inline(always)]
    pub(super) fn run(ramp: &Ramp<Self>, state: &mut [S], left: &mut [S], right: &mut [S], trace: &mut [[S; 4]]) {
        let ([first, second], _) = state.as_chunks_mut::<4>() else { return };
        if ramp.moving() {
            Pair::run(|i| ramp.map(i, |t| &t.correction), first, left, right, trace);
            Pair::run(|i| ramp.map(i, |t| &t.cuts), second, left, right, trace);
        } else {
            let Self { correction, cuts } = *ramp.target();
            Pair::run(|_| correction, first, left, right, trace);
            Pair::run(|_| cuts, second, left, right, trace);
        }
    }
}

/// Bilinear frequency.
fn warp(rate: f64, frequency: f64) -> f64 {
    libm::tan(PI * frequency / rate)
}

fn correct<S: Sample>(rate: f64, curve: &Curve) -> Pair<S> {
    let mut points = [Point::default(); 15];
    let mut len = 0;
    let middle = curve.at(1_000.0);
    for half in 0..15 {
        let frequency = 63.0 * libm::exp2(f64::from(half) / 2.0);
        if frequency <= 0.45 * rate {
            let w = warp(rate, frequency);
            points[len] = Point { square: w * w, level: -10.0 * libm::log10(curve.at(frequency) / middle), weight: 1.0 };
            len += 1;
        }
    }
    let (least, most) = (libm::log(warp(rate, 20.0)), libm::log(warp(rate, 0.49 * rate)));
    let start = |f: f64| libm::log(warp(rate, f.min(0.3 * rate)));
    let poles = [start(250.0), start(4_000.0), 0.0];
    let mut best = Cascade { count: 2, gain: points[0].level, poles, zeros: poles.map(|p| p + 0.1) };
    best.fit(&points[..len], 25, least, most);
    // Corners that fall together would be two large numbers whose difference counts: one octave apart is plenty for a tone.
    if libm::fabs(best.poles[0] - best.poles[1]) < 0.3 {
        let middle = (best.poles[0] + best.poles[1]) / 2.0;
        best.poles = [middle - 0.15, middle + 0.15, 0.0];
    }
    let digital = |log: f64| {
        let t = libm::exp(log);
        (1.0 - t) / (1.0 + t)
    };
    let mut gain = libm::exp10(best.gain / 20.0);
    for k in 0..2 {
        gain *= (1.0 + libm::exp(-best.zeros[k])) / (1.0 + libm::exp(-best.poles[k]));
    }
    Pair::of(gain, [digital(best.poles[0]), digital(best.poles[1])], [digital(best.zeros[0]), digital(best.zeros[1])])
}

fn cut<S: Sample>(rate: f64, low: f64, high: f64) -> Pair<S> {
    let t = warp(rate, low.min(0.45 * rate));
    let low = ((1.0 - t) / (1.0 + t), 1.0, 1.0 / (1.0 + t));
    // Beyond what the rate carries, and at the top of the range, there is nothing to cut.
    let high = if high >= super::HIGHEST_CUT || high >= 0.45 * rate {
        (0.0, 0.0, 1.0)
    } else {
        let t = warp(rate, high);
        ((1.0 - t) / (1.0 + t), -1.0, t / (1.0 + t))
    };
    Pair::of(low.2 * high.2, [low.0, high.0], [low.1, high.1])
}
