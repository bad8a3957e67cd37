//! Makes one voice sound like several, or a steady tone waver (vibrato).
//!
//! `out = (1 - mix) in + mix sqrt(voices) mean`, the mean of `voices` reads of one delay line,
//! `in` delayed by `delay + depth * lfo(k / voices)`. The oscillator's phases are evenly apart, so pitches rise and fall
//! against each other; right channels are `phase` degrees ahead of left ones. `sqrt(voices)` keeps the power of voices that
//! are unlike each other. What goes round is `in + feedback * mean`.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `rate` | Hz | 0 to 20 | 0.6 |
//! | `wave` | | see [`Wave`] | `Sine` |
//! | `voices` | | 1 to 8 | 3 |
//! | `delay` | s, middle | 0.001 to `longest` | 0.012 |
//! | `depth` | s, to either side | 0 to `delay` - 0.001, to `longest` - `delay` | 0.003 |
//! | `phase` | degrees, of the right side | 0 to 360 | 90 |
//! | `feedback` | | -0.9 to 0.9 | 0 |
//! | `mix` | | 0 to 1 | 0.5 |
//! | `longest` (set-up) | s, `delay` and `depth` together | 0.002 to 0.1 | 0.040 |
//! | `interpolation` (set-up) | | see [`Interpolation`] | `Sinc16` |
//!
//! A vibrato is one voice at a mix of 1. Its sidebands are those of phase modulation with the index `2 pi f depth`,
//! within 3e-5 of the tone's amplitude; what is neither tone nor sideband lies at -84 dB or below with `Sinc16` (1 to
//! 12 kHz), at -115 dB for a tone of 1 kHz with `Lagrange3` (tests).
//!
//! Three voices in stereo cost 0.65 to 0.7 of a plain chorus with `sin` and straight lines between samples (`Sinc16`), or 0.4
//! to 0.5 (`Lagrange3`; the bench). `process` keeps 8 kB of delays on the stack.
//!
//! Latency 0 (at a mix of 1 the sound is late by `delay`). Tail: the longest delay; with feedback, the ring of the loop.
//! Moves are smooth, frame by frame; a move of `delay` bends the pitch while it lasts.
//!
//! Not for one tight doubling that stays in mono: the sum of a mono listener is a comb. Above 0.05 s a voice is an
//! echo.
//!
//! Sources: Dattorro, "Effect design, part 2: delay-line modulation and chorus", JAES 45(10) 1997; Zölzer (ed.), "DAFX:
//! Digital Audio Effects", 2nd ed. (2011), chapter 2.

use crate::delay::line::Delay;
use crate::error::Error;
use crate::layout::Layout;
use crate::modulation::voices::{self, Amounts, Voices};
use crate::modulation::wave::Wave;
use crate::modulation::{lfo, sides};
use crate::process::{Tune, delegate};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, Hertz, Mix, SampleRate, Seconds};

pub use crate::modulation::voices::Interpolation;

/// Shortest delay of a voice on its way.
const SHORTEST: Seconds = Seconds(0.001);

/// What fixes memory: rate, channels, longest delay, quality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Positions of the channels.
    pub layout: Layout,
    /// Longest delay of a voice on its way.
    pub longest: Seconds,
    /// How the delay is read between samples.
    pub interpolation: Interpolation,
    /// Which sequence the shape `Random` takes.
    pub seed: u32,
}

impl Setup {
    /// 40 ms, sixteen neighbours.
    pub const fn new(rate: SampleRate, layout: Layout) -> Self {
        Self { rate, layout, longest: Seconds(0.040), interpolation: Interpolation::Sinc16, seed: 0 }
    }

    fn voices(&self) -> voices::Setup {
        let Self { rate, layout, longest, interpolation, seed } = *self;
        voices::Setup { rate, layout, longest, interpolation, seed }
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Turns per second.
    pub rate: Hertz,
    /// Shape of the movement.
    pub wave: Wave,
    /// Number of voices.
    pub voices: usize,
    /// Middle of a voice's delay.
    pub delay: Seconds,
    /// How far it moves to either side.
    pub depth: Seconds,
    /// How far the right side is ahead of the left, in degrees.
    pub phase: f64,
    /// How much goes round.
    pub feedback: f64,
    /// How much is heard.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            rate: Hertz(0.6),
            wave: Wave::Sine,
            voices: 3,
            delay: Seconds(0.012),
            depth: Seconds(0.003),
            phase: 90.0,
            feedback: 0.0,
            mix: Mix(0.5),
        }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S>(voices::Coeffs<S>);

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let Seconds(longest) = setup.longest;
        Error::check("longest", longest, 0.002, voices::LONGEST.0, "s")?;
        Error::check("rate", params.rate.0, 0.0, 20.0, "Hz")?;
        Error::check("voices", params.voices as f64, 1.0, voices::MOST as f64, "")?;
        Error::check("delay", params.delay.0, SHORTEST.0, longest, "s")?;
        let room = (params.delay.0 - SHORTEST.0).min(longest - params.delay.0) + voices::ROUNDING;
        Error::check("depth", params.depth.0, 0.0, room, "s")?;
        Error::check("feedback", params.feedback, -0.9, 0.9, "")?;
        let (dry, wet) = params.mix.linear()?;
        let (shares, phases) = Amounts::even(params.voices);
        let amounts = Amounts {
            base: Delay::of(params.delay, setup.rate),
            depth: S::from_f64(params.depth.0 * setup.rate.hertz()),
            phase: S::from_f64(sides::turns(params.phase)?),
            feedback: S::from_f64(params.feedback),
            dry: S::from_f64(dry),
            wet: S::from_f64(wet * libm::sqrt(params.voices as f64)),
            shares,
            phases,
        };
        let lfo = lfo::Params { rate: params.rate, wave: params.wave };
        Ok(Self(voices::Coeffs { lfo: lfo::Coeffs::design(&setup.voices().lfo(), &lfo)?, amounts }))
    }
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Chorus<S, M> {
    setup: Setup,
    voices: Voices<S, M>,
}

/// Samples of storage: `longest` for every channel, and some frames more.
pub fn required_len(setup: &Setup) -> usize {
    setup.voices().required_len()
}

impl<S: Sample, M: Storage<S>> Chorus<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Ok(Self { setup: *setup, voices: Voices::new("chorus", &setup.voices(), &coeffs.0, storage)? })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Chorus<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.voices.tune(&coeffs.0, over);
    }
}

delegate!([] Chorus<S, M>, voices);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::signal;
    use core::f64::consts::{PI, TAU};
    use std::{vec, vec::Vec};

    fn make<S: Sample>(setup: &Setup, params: &Params) -> Chorus<S, Vec<S>> {
        Chorus::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
    }

    fn mono(interpolation: Interpolation) -> Setup {
        Setup { interpolation, ..Setup::new(SampleRate::VIDEO, Layout::MONO) }
    }

    /// Bessel function of the first kind, from its integral.
    fn bessel(n: i32, x: f64) -> f64 {
        let points = 2_000;
        let angle = |i: i32| PI * (f64::from(i) + 0.5) / f64::from(points);
        (0..points).map(|i| (f64::from(n) * angle(i) - x * angle(i).sin()).cos()).sum::<f64>() / f64::from(points)
    }

    /// Amplitude at a whole number of periods in all of `x`.
    fn amplitude(x: &[f64], periods: i64) -> f64 {
        let n = x.len() as i64;
        let (re, im) = x.iter().enumerate().fold((0.0, 0.0), |(re, im), (i, v)| {
            let angle = TAU * ((periods * i as i64) % n) as f64 / n as f64;
            (re + v * angle.cos(), im + v * angle.sin())
        });
        2.0 * re.hypot(im) / n as f64
    }

    /// Largest error of a sideband and the level of everything else, re the tone.
    fn vibrato<S: Sample>(interpolation: Interpolation, frequency: i64, depth: f64) -> (f64, f64) {
        let params = Params { rate: Hertz(5.0), voices: 1, depth: Seconds(depth), mix: Mix::WET, ..Params::default() };
        let tone: Vec<S> = signal::sine(SampleRate::VIDEO, Hertz(frequency as f64), 1.0, 0.0).take(96_000).collect();
        let out = laws::render(&mut make::<S>(&mono(interpolation), &params), &[tone]);
        // One second, once the line is full: whole periods of tone and oscillator.
        let out: Vec<f64> = out[0][48_000..].iter().map(|v| v.to_f64()).collect();
        let index = TAU * frequency as f64 * depth;
        let (mut worst, mut explained) = (0.0_f64, 0.0);
        for n in -60_i32..=60 {
            let a = amplitude(&out, frequency + 5 * i64::from(n));
            worst = worst.max((a - bessel(n, index).abs()).abs());
            explained += a * a / 2.0;
        }
        let power = out.iter().map(|v| v * v).sum::<f64>() / out.len() as f64;
        (worst, 10.0 * ((power - explained).max(1e-20) * 2.0).log10())
    }

    #[test]
    fn sidebands_are_those_of_phase_modulation() {
        for (interpolation, frequency, depth, floor) in [
            (Interpolation::Sinc16, 1_000, 0.000_5, -84.0),
            (Interpolation::Sinc16, 5_000, 0.000_3, -85.0),
            (Interpolation::Sinc16, 12_000, 0.000_2, -95.0),
            (Interpolation::Lagrange3, 1_000, 0.000_5, -114.0),
        ] {
            let (narrow, wide) =
                (vibrato::<f32>(interpolation, frequency, depth), vibrato::<f64>(interpolation, frequency, depth));
            assert!(narrow.0 < 3e-5 && wide.0 < 3e-5, "{interpolation:?}, {frequency} Hz: {narrow:?} {wide:?}");
            assert!(narrow.1 < floor && wide.1 < floor, "{interpolation:?}, {frequency} Hz: {narrow:?} {wide:?}");
        }
    }

    #[test]
    fn voices_are_copies_at_their_delays() {
        // At rest on the way up a triangle: 8 voices at -depth to depth, the impulse at each of them.
        let params = Params {
            rate: Hertz(0.0),
            wave: Wave::Triangle,
            voices: 8,
            delay: Seconds(0.01),
            depth: Seconds(0.004),
            mix: Mix::WET,
            ..Params::default()
        };
        let mut impulse = vec![0.0; 2_000];
        impulse[0] = 1.0;
        let out = laws::render(&mut make::<f64>(&mono(Interpolation::Sinc16), &params), &[impulse]).remove(0);
        let mut expected = vec![0.0; 2_000];
        for triangle in [0.0, 0.5, 1.0, 0.5, 0.0, -0.5, -1.0, -0.5] {
            expected[(480.0 + 192.0 * triangle) as usize] += 8.0_f64.sqrt() / 8.0;
        }
        assert!(out.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn power_stays_about_the_same_with_any_number_of_voices() {
        let noise: Vec<f32> = signal::white(4, 0.5).take(96_000).collect();
        for voices in 1..=8 {
            let params = Params { voices, mix: Mix::WET, ..Params::default() };
            let out =
                laws::render(&mut make::<f32>(&mono(Interpolation::Sinc16), &params), core::slice::from_ref(&noise));
            let power = |x: &[f32]| x[9_600..].iter().map(|v| f64::from(v * v)).sum::<f64>();
            let db = 10.0 * (power(&out[0]) / power(&noise)).log10();
            assert!(db.abs() < 1.0, "{voices}: {db:.2} dB");
        }
    }

    #[test]
    fn wild_feedback_stays_bounded() {
        let setup = mono(Interpolation::Sinc16);
        let params =
            Params { feedback: 0.9, rate: Hertz(20.0), wave: Wave::Random, depth: Seconds(0.011), ..Params::default() };
        let noise: Vec<f32> = signal::white(4, 1.0).take(200_000).collect();
        let out = laws::render(&mut make::<f32>(&setup, &params), &[noise]);
        let most = out[0].iter().fold(0.0_f32, |a, v| a.max(v.abs()));
        assert!(most < 20.0, "{most}");
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let setup = mono(Interpolation::Sinc16);
        for bad in [
            Params { voices: 0, ..Params::default() },
            Params { voices: 9, ..Params::default() },
            Params { delay: Seconds(0.05), ..Params::default() },
            Params { depth: Seconds(0.012), ..Params::default() },
            Params { feedback: 0.91, ..Params::default() },
        ] {
            assert!(Coeffs::<f32>::design(&setup, &bad).is_err(), "{bad:?}");
        }
        assert!(Chorus::<f32, _>::new(&setup, &Params::default(), vec![0.0; required_len(&setup) - 1]).is_err());
    }

    #[test]
    fn the_tail_counts_the_move_that_is_under_way() {
        let setup = mono(Interpolation::Sinc16);
        let before = Params { feedback: 0.9, ..Params::default() };
        let mut chorus = make::<f32>(&setup, &before);
        laws::render(&mut chorus, &[signal::white(4, 0.5).take(4_000).collect()]);
        chorus.set(&Params { feedback: 0.0, delay: Seconds(0.004), ..before }, Frames(20_000)).unwrap();
        let crate::process::Tail::Frames(Frames(tail)) = crate::process::Process::<f32>::tail(&chorus) else {
            panic!()
        };
        laws::render(&mut chorus, &[vec![0.0; tail as usize]]);
        assert!(laws::render(&mut chorus, &[vec![0.0_f32; 2_000]])[0].iter().all(|v| *v == 0.0));
    }
}
