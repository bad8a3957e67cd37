//! What is done to the wet sound of two channels: tone correction and cuts.
//!
//! A room that rings longer at low frequencies sounds dull as a whole. The tone correction (Jot) takes that out:
//! `|E(f)|^2` is proportional to what the room loses per pass, nearly `1 / T60(f)`, so that a steady sound comes back with its own spectrum, however the decay
//! is tilted. Two shelves of first order, fitted in dB; the cuts are of first order too. All run side by side as partial
//! fractions, `y = d x + sum(c s)`, `s = p s + x`: the four poles are the lanes of one vector.

use crate::lanes::Lanes;
use crate::ramp::{Ramp, blend_fields};
use crate::reverb::fdn::fit::{Cascade, Point};
use crate::sample::Sample;
use core::f64::consts::PI;

/// Poles of the correction and of the cuts.
const POLES: usize = 4;

/// Both filters of the wet sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone<S> {
    direct: S,
    pole: [S; POLES],
    weight: [S; POLES],
}

blend_fields!(Tone { direct, pole, weight });

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
        let all = [first, second, low, high];
        // Of gain * product((1 - z w) / (1 - p w)), w being one frame.
        let weight = core::array::from_fn(|k| {
            let p = all[k].pole;
            let others = all.iter().enumerate().filter(|(j, _)| *j != k);
            gain * (p - all[k].zero) * others.map(|(_, o)| (p - o.zero) / (p - o.pole)).product::<f64>()
        });
        Self { direct: S::from_f64(gain), pole: all.map(|c| S::from_f64(c.pole)), weight: weight.map(S::from_f64) }
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
            run(|i| ramp.now(i), [first, second], [left, right], trace);
        } else {
            let now = *ramp.target();
            run(|_| now, [first, second], [left, right], trace);
        }
    }
}

/// Frame by frame; `at` tells the coefficients of each frame.
#[inline(always)]
fn run<S: Sample>(
    at: impl Fn(usize) -> Tone<S>,
    [first, second]: [&mut [S; POLES]; 2],
    [left, right]: [&mut [S]; 2],
    [trace_left, trace_right]: [&mut [[S; POLES]]; 2],
) {
    let (mut s, mut t) = (Lanes(*first), Lanes(*second));
    let traces = trace_left.iter_mut().zip(trace_right.iter_mut());
    for (i, ((l, r), (z, y))) in left.iter().zip(right.iter()).zip(traces).enumerate() {
        let (pole, weight) = (Lanes(at(i).pole), Lanes(at(i).weight));
        (*z, *y) = ((weight * s).0, (weight * t).0);
        s = pole * s + Lanes::splat(*l);
        t = pole * t + Lanes::splat(*r);
    }
    (*first, *second) = (s.0, t.0);
    for (x, trace) in [(left, trace_left), (right, trace_right)] {
        for (i, (x, z)) in x.iter_mut().zip(trace).enumerate() {
            *x = at(i).direct * *x + ((z[0] + z[1]) + (z[2] + z[3]));
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
