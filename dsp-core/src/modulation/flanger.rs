//! A comb that sweeps: the jet.
//!
//! `out = dry in + wet line + both feedback line`, with `line` = `in + feedback line`, delayed by `delay + depth * lfo`;
//! `dry = 1 - mix`, `wet = mix` (or `-mix` where `inverted`), `both = 2 mix (1 - mix)`. At a mix of 1/2 that is half of the
//! line's input plus or minus its output: complete notches whatever the feedback, at `(k + 1/2) / delay` Hz (inverted:
//! `k / delay`), exact at rest (a test). At a mix of 0 the output is the input, bit for bit.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `rate` | Hz | 0 (stands still) to 20 | 0.25 |
//! | `wave` | | see [`Wave`] | `Sine` |
//! | `delay` | s, middle | 0.0001 to 0.015 | 0.003 |
//! | `depth` | s, to either side | 0 to `delay` - 0.0001, to 0.015 - `delay` | 0.002 |
//! | `phase` | degrees, of the right side | 0 to 360 | 90 |
//! | `feedback` | | -0.99 to 0.99 | 0.5 |
//! | `inverted` | | | false |
//! | `mix` | | 0 to 1 | 0.5 |
//! | `interpolation` (set-up) | | see [`Interpolation`] | `Sinc16` |
//!
//! The delay never gets below 8 frames (`Lagrange3`: 2): 0.17 ms at 48 kHz.
//!
//! Latency 0. Tail: the ring of the loop. Moves are smooth, frame by frame. What goes round is limited to +24 dBFS, which
//! bounds the output however the delay is moved (a test); short of that, nothing is distorted.
//!
//! A feedback near 1 raises the tones of the comb by `1 / (1 - feedback)`: leave room. It does not go through zero: the dry
//! sound is never late.
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

/// Shortest and longest delay on the way.
const SHORTEST: Seconds = Seconds(0.000_1);
const LONGEST: Seconds = Seconds(0.015);

/// What fixes memory: rate, channels, quality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Positions of the channels.
    pub layout: Layout,
    /// How the delay is read between samples.
    pub interpolation: Interpolation,
    /// Which sequence the shape `Random` takes.
    pub seed: u32,
}

impl Setup {
    /// Sixteen neighbours.
    pub const fn new(rate: SampleRate, layout: Layout) -> Self {
        Self { rate, layout, interpolation: Interpolation::Sinc16, seed: 0 }
    }

    fn voices(&self) -> voices::Setup {
        let Self { rate, layout, interpolation, seed } = *self;
        voices::Setup { rate, layout, longest: LONGEST, interpolation, seed }
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Turns per second.
    pub rate: Hertz,
    /// Shape of the sweep.
    pub wave: Wave,
    /// Middle of the delay.
    pub delay: Seconds,
    /// How far it moves to either side.
    pub depth: Seconds,
    /// How far the right side is ahead of the left, in degrees.
    pub phase: f64,
    /// How much goes round.
    pub feedback: f64,
    /// Whether the delayed sound is subtracted.
    pub inverted: bool,
    /// How much is heard; notches are deepest at 1/2.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            rate: Hertz(0.25),
            wave: Wave::Sine,
            delay: Seconds(0.003),
            depth: Seconds(0.002),
            phase: 90.0,
            feedback: 0.5,
            inverted: false,
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
        Error::check("rate", params.rate.0, 0.0, 20.0, "Hz")?;
        Error::check("delay", params.delay.0, SHORTEST.0, LONGEST.0, "s")?;
        let room = (params.delay.0 - SHORTEST.0).min(LONGEST.0 - params.delay.0) + voices::ROUNDING;
        Error::check("depth", params.depth.0, 0.0, room, "s")?;
        Error::check("feedback", params.feedback, -0.99, 0.99, "")?;
        let (dry, wet) = params.mix.linear()?;
        let sign = if params.inverted { -1.0 } else { 1.0 };
        let (shares, phases) = Amounts::even(1);
        let amounts = Amounts {
            base: Delay::of(params.delay, setup.rate),
            depth: S::from_f64(params.depth.0 * setup.rate.hertz()),
            phase: S::from_f64(sides::turns(params.phase)?),
            feedback: S::from_f64(params.feedback),
            dry: S::from_f64(dry),
            wet: S::from_f64(sign * wet + 2.0 * dry * wet * params.feedback),
            shares,
            phases,
        };
        let lfo = lfo::Params { rate: params.rate, wave: params.wave };
        Ok(Self(voices::Coeffs { lfo: lfo::Coeffs::design(&setup.voices().lfo(), &lfo)?, amounts }))
    }
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Flanger<S, M> {
    setup: Setup,
    voices: Voices<S, M>,
}

/// Samples of storage: 15 ms for every channel, and some frames more.
pub fn required_len(setup: &Setup) -> usize {
    setup.voices().required_len()
}

impl<S: Sample, M: Storage<S>> Flanger<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Ok(Self { setup: *setup, voices: Voices::new("flanger", &setup.voices(), &coeffs.0, storage)? })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Flanger<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.voices.tune(&coeffs.0, over);
    }
}

delegate!([] Flanger<S, M>, voices);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::signal;
    use core::f64::consts::TAU;
    use std::{vec, vec::Vec};

    fn make<S: Sample>(setup: &Setup, params: &Params) -> Flanger<S, Vec<S>> {
        Flanger::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
    }

    const MONO: Setup = Setup::new(SampleRate::VIDEO, Layout::MONO);

    const STILL: Params = Params {
        rate: Hertz(0.0),
        wave: Wave::Sine,
        delay: Seconds(0.002),
        depth: Seconds(0.0),
        phase: 0.0,
        feedback: 0.0,
        inverted: false,
        mix: Mix(0.5),
    };

    fn level(params: &Params, frequency: f64) -> f64 {
        let mut impulse = vec![0.0; 40_000];
        impulse[0] = 1.0;
        let out = laws::render(&mut make::<f64>(&MONO, params), &[impulse]).remove(0);
        let omega = TAU * frequency / 48_000.0;
        let (re, im) = out.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, v)| {
            (re + v * (omega * n as f64).cos(), im + v * (omega * n as f64).sin())
        });
        re.hypot(im)
    }

    #[test]
    fn the_comb_is_where_it_belongs() {
        // 96 frames: exact. 2.0567 ms: between frames, as true as the kernel (-78 dB).
        for (delay, floor) in [(0.002, 1e-9), (0.002_056_7, 5e-4)] {
            for feedback in [0.0, 0.7, -0.7] {
                for inverted in [false, true] {
                    let params = Params { delay: Seconds(delay), feedback, inverted, ..STILL };
                    for k in [0.0, 1.0, 7.0] {
                        let (notch, peak) = if inverted { (k, k + 0.5) } else { (k + 0.5, k) };
                        let deep = level(&params, notch / delay);
                        assert!(deep < floor / (1.0 - feedback.abs()), "{params:?}, notch {k}: {deep}");
                        // The line's input at the peak: in / (1 - feedback), or (1 + feedback) half-way between.
                        let expected = 1.0 / (1.0 - feedback * if inverted { -1.0 } else { 1.0 });
                        let high = level(&params, peak / delay);
                        assert!((high / expected - 1.0).abs() < floor * 10.0, "{params:?}, peak {k}: {high}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_shortest_delay_is_eight_frames() {
        let params = Params { delay: Seconds(0.000_1), mix: Mix::WET, ..STILL };
        for (interpolation, frames) in [(Interpolation::Sinc16, 8), (Interpolation::Lagrange3, 2)] {
            let setup = Setup { interpolation, rate: SampleRate::new(8_000).unwrap(), ..MONO };
            let mut impulse = vec![0.0_f32; 100];
            impulse[0] = 1.0;
            let out = laws::render(&mut make::<f32>(&setup, &params), &[impulse]).remove(0);
            assert!(out.iter().enumerate().all(|(i, v)| *v == if i == frames { 1.0 } else { 0.0 }));
        }
    }

    #[test]
    fn nothing_builds_up_however_it_is_moved() {
        let noise: Vec<f32> = signal::white(4, 1.0).take(100_000).collect();
        for wave in Wave::ALL {
            for (rate, feedback) in [(20.0, 0.99), (3.0, -0.99), (0.2, 0.99)] {
                let params = Params {
                    rate: Hertz(rate),
                    wave,
                    delay: Seconds(0.0075),
                    depth: Seconds(0.0074),
                    feedback,
                    ..Params::default()
                };
                let mut flanger = make::<f32>(&MONO, &params);
                let out = laws::render(&mut flanger, core::slice::from_ref(&noise));
                let most = out[0].iter().fold(0.0_f32, |a, v| a.max(v.abs()));
                // Input 1, limit 16, gains 0.5 and up to 1, sinc sums of magnitudes 2.1.
                assert!(most < 40.0, "{wave:?} at {rate} Hz: {most}");
                let silence = vec![0.0; 400_000];
                let rest = laws::render(&mut flanger, &[silence]);
                let late = rest[0][380_000..].iter().fold(0.0_f32, |a, v| a.max(v.abs()));
                assert!(late < 0.1 * most, "{wave:?} at {rate} Hz dies away: {late}");
            }
        }
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for bad in [
            Params { delay: Seconds(0.016), ..STILL },
            Params { depth: Seconds(0.002), ..STILL },
            Params { feedback: 0.991, ..STILL },
            Params { rate: Hertz(21.0), ..STILL },
        ] {
            assert!(Coeffs::<f32>::design(&MONO, &bad).is_err(), "{bad:?}");
        }
    }
}
