//! A level that comes and goes, or a sound that wanders between left and right.
//!
//! `out = in * (cos(u) + sin(u))`, `u = depth * pi / 4 * lfo`. That is `sqrt(2) sin(pi / 4 + u)`, the equal-power pan law
//! with its centre at 0 dB, and exactly 1 at a depth of 0. Left channels take the oscillator as it is, right ones
//! `phase` degrees later: at 0 both sides move together (tremolo), at 180 against each other (auto-pan). Then
//! the power of left and right together stays what it was to 1e-9 in `f64` for the shapes that mirror themselves after
//! half a turn: `Sine`, `Triangle`, `Square` (a test). A tremolo keeps its mean power for these shapes.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `rate` | Hz | 0 to 100 | 4 |
//! | `wave` | | see [`Wave`] | `Sine` |
//! | `depth` | | 0 (no effect) to 1 (down to silence, up to +3 dB) | 0.5 (-5.3 to +2.3 dB) |
//! | `phase` | degrees, of the right side | 0 to 360 | 0 |
//!
//! Gains at the ends: `sqrt(2) sin(pi / 4 (1 - depth))` and `sqrt(2) sin(pi / 4 (1 + depth))`.
//!
//! Channels without a partner (centre, LFE, mono) go with the left side. Latency 0, no tail. Moves are smooth, frame by
//! frame. Costs 0.5 to 0.6 of the same written with `sin` per sample (the bench).
//!
//! Not for one beat-locked gate with hard edges: a square has edges of 10 ms so that it does not click.
//!
//! Source: Zölzer (ed.), "DAFX: Digital Audio Effects", 2nd ed. (2011), chapters 3 (modulators) and 5 (panorama).

use crate::block::Block;
use crate::error::Error;
use crate::layout::Layout;
use crate::modulation::lfo::{self, Lfo};
use crate::modulation::sides;
use crate::modulation::wave::Wave;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::units::{Frames, Hertz, SampleRate};

/// What is fixed: rate, and where the channels are heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Positions of the channels.
    pub layout: Layout,
    /// Which sequence the shape `Random` takes.
    pub seed: u32,
}

impl Setup {
    /// Of the first random sequence.
    pub const fn new(rate: SampleRate, layout: Layout) -> Self {
        Self { rate, layout, seed: 0 }
    }

    fn lfo(&self) -> lfo::Setup {
        lfo::Setup { rate: self.rate, seed: self.seed }
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
    /// How far the level moves.
    pub depth: f64,
    /// How far the right side is ahead of the left, in degrees.
    pub phase: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { rate: Hertz(4.0), wave: Wave::Sine, depth: 0.5, phase: 0.0 }
    }
}

/// What moves with a smooth ramp.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Amounts<S> {
    depth: S,
    /// Turns.
    phase: S,
}

blend_fields!(Amounts { depth, phase });

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    lfo: lfo::Coeffs<S>,
    amounts: Amounts<S>,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("depth", params.depth, 0.0, 1.0, "")?;
        let amounts = Amounts { depth: S::from_f64(params.depth), phase: S::from_f64(sides::turns(params.phase)?) };
        let lfo = lfo::Coeffs::design(&setup.lfo(), &lfo::Params { rate: params.rate, wave: params.wave })?;
        Ok(Self { lfo, amounts })
    }
}

/// The processor; it has no memory of the sound.
#[derive(Debug, Clone)]
pub struct Tremolo<S> {
    setup: Setup,
    rights: u32,
    lfo: Lfo<S>,
    amounts: Ramp<Amounts<S>>,
}

/// Samples of storage: none.
pub const fn required_len(_: &Setup) -> usize {
    0
}

impl<S: Sample> Tremolo<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Ok(Self {
            setup: *setup,
            rights: sides::rights(&setup.layout),
            lfo: Lfo::new(&setup.lfo(), &lfo::Params { rate: params.rate, wave: params.wave })?,
            amounts: Ramp::smooth(coeffs.amounts),
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample> Tune<S> for Tremolo<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.lfo.tune(&coeffs.lfo, over);
        self.amounts.tune(coeffs.amounts, over);
    }
}

/// `cos(x pi / 4) + sin(x pi / 4)` for `x` in -1..1; exactly 1 at 0. Minimax fits of the relative error (Lawson iteration
/// on 2000 Chebyshev nodes, the cosine held at 0): 6.4e-11 and 4.5e-12 before rounding.
#[inline(always)]
fn gain<S: Sample>(x: S) -> S {
    let c = |v: f64| S::from_f64(v);
    let q = x * x;
    let cosine = c(-0.308_425_135_649_416_15)
        + q * (c(0.015_854_326_622_836_63) + q * (c(-0.000_325_940_079_853_519_9) + q * c(3.530_338_052_185_056e-6)));
    let sine = c(0.785_398_163_393_875)
        + q * (c(-0.080_745_512_012_802_14)
            + q * (c(0.002_490_393_182_590_221)
                + q * (c(-3.657_234_865_277_886e-5) + q * c(3.089_747_542_123_211e-7))));
    S::ONE + (q * cosine + x * sine)
}

impl<S: Sample> Process<S> for Tremolo<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let (frames, channels) = (block.frames(), block.channels().min(self.setup.layout.channels()));
        let mut at = 0;
        while at < frames {
            let n = CHUNK.min(frames - at);
            let mut part = block.part(at, n);
            let (mut depths, mut phases) = ([S::ZERO; CHUNK], [S::ZERO; CHUNK]);
            for (i, (depth, phase)) in depths.iter_mut().zip(&mut phases).enumerate().take(n) {
                let now = self.amounts.now(i);
                (*depth, *phase) = (now.depth, now.phase);
            }
            let mut gains = [[S::ZERO; CHUNK]; 2];
            sides::fill(&self.lfo, &phases[..n], &mut gains);
            for side in &mut gains {
                for (g, depth) in side.iter_mut().zip(&depths) {
                    *g = gain(*g * *depth);
                }
            }
            for channel in 0..channels {
                let gains = &gains[(self.rights >> channel & 1) as usize];
                for (x, g) in part.channel_mut(channel).iter_mut().zip(gains) {
                    *x = x.clean() * *g;
                }
            }
            self.lfo.advance(n);
            self.amounts.advance(n);
            at += n;
        }
    }

    fn reset(&mut self) {
        self.lfo.reset();
        self.amounts.finish();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        Tail::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::{self, Audio};
    use crate::signal;
    use std::{vec, vec::Vec};

    const STEREO: Setup = Setup::new(SampleRate::VIDEO, Layout::STEREO);

    fn ones(channels: usize) -> Audio<f64> {
        vec![vec![1.0; 48_000]; channels]
    }

    #[test]
    fn an_auto_pan_keeps_the_power() {
        for wave in [Wave::Sine, Wave::Triangle, Wave::Square] {
            let params = Params { rate: Hertz(3.0), wave, depth: 1.0, phase: 180.0 };
            let out = laws::render(&mut Tremolo::new(&STEREO, &params).unwrap(), &ones(2));
            for (l, r) in out[0].iter().zip(&out[1]) {
                assert!(((l * l + r * r) / 2.0 - 1.0).abs() < 1e-9, "{wave:?}: {l} {r}");
            }
            let widest = out[0].iter().fold(0.0_f64, |a, b| a.max(*b));
            assert!((widest - 2.0_f64.sqrt()).abs() < 1e-6, "{widest}");
        }
    }

    #[test]
    fn depth_sets_the_ends_and_the_mean_power_stays() {
        for depth in [0.0_f64, 0.3, 0.5, 1.0] {
            let params = Params { depth, ..Params::default() };
            let out = laws::render(&mut Tremolo::new(&STEREO, &params).unwrap(), &ones(2));
            assert_eq!(out[0], out[1]);
            let end = |sign: f64| 2.0_f64.sqrt() * (core::f64::consts::FRAC_PI_4 * (1.0 + sign * depth)).sin();
            let (low, high) = out[0].iter().fold((9.0_f64, 0.0_f64), |(a, b), v| (a.min(*v), b.max(*v)));
            assert!((low - end(-1.0)).abs() < 1e-8 && (high - end(1.0)).abs() < 1e-8, "{depth}: {low} {high}");
            let power = out[0].iter().map(|v| v * v).sum::<f64>() / 48_000.0;
            assert!((power - 1.0).abs() < 1e-6, "{depth}: {power}");
        }
    }

    /// Level of whatever is more than 1 kHz away from a tone of 997 Hz, in dB re the tone.
    fn clicks(out: &[f64]) -> f64 {
        // A steep Kaiser window (-190 dB) around the tone; power of all bins beyond 2 kHz.
        let n = 65_536;
        let mut plan = realfft::RealFftPlanner::<f64>::new();
        let fft = plan.plan_fft_forward(n);
        let mut x: Vec<f64> = (0..n)
            .map(|i| {
                let t = core::f64::consts::TAU * (i as f64 + 0.5) / n as f64;
                let a = [0.338_946_6, 0.481_973, 0.161_054, 0.018_027];
                let w: f64 =
                    a.iter().enumerate().map(|(k, a)| if k % 2 == 0 { *a } else { -*a } * (k as f64 * t).cos()).sum();
                out[out.len() - n + i] * w
            })
            .collect();
        let mut y = fft.make_output_vec();
        fft.process(&mut x, &mut y).unwrap();
        let power = |from: usize, to: usize| y[from..to].iter().map(|c| c.norm_sqr()).sum::<f64>();
        let bin = |hertz: f64| (hertz * n as f64 / 48_000.0) as usize;
        10.0 * (power(bin(2_000.0), n / 2) / power(0, bin(2_000.0))).log10()
    }

    #[test]
    fn no_shape_and_no_move_clicks() {
        let tone: Vec<f64> = signal::sine(SampleRate::VIDEO, Hertz(997.0), 0.5, 0.0).take(70_000).collect();
        for wave in Wave::ALL {
            let params = Params { rate: Hertz(6.0), wave, depth: 1.0, phase: 0.0 };
            let mut tremolo = Tremolo::new(&STEREO, &params).unwrap();
            let steady = clicks(&laws::render(&mut tremolo, core::slice::from_ref(&tone))[0]);
            assert!(steady < -83.0, "{wave:?}: {steady:.1} dB");
            // The move is in the middle of what is looked at.
            let (before, after) = tone.split_at(40_000);
            let mut out = laws::render(&mut tremolo, &[before.to_vec()]).remove(0);
            tremolo.set(&Params { wave: Wave::Sine, depth: 0.2, ..params }, Frames(2_400)).unwrap();
            out.extend(&laws::render(&mut tremolo, &[after.to_vec()])[0]);
            let moved = clicks(&out);
            assert!(moved < -83.0, "{wave:?}, moved: {moved:.1} dB");
        }
    }

    #[test]
    fn pairs_follow_the_layout() {
        let setup = Setup { layout: Layout::SURROUND_5_1, ..STEREO };
        let params = Params { depth: 1.0, phase: 180.0, ..Params::default() };
        let out = laws::render(&mut Tremolo::new(&setup, &params).unwrap(), &ones(6));
        assert!(out[0] == out[2] && out[0] == out[3] && out[0] == out[4] && out[1] == out[5] && out[0] != out[1]);
        for bad in [Params { depth: 1.1, ..params }, Params { phase: -1.0, ..params }] {
            assert!(Tremolo::<f32>::new(&setup, &bad).is_err());
        }
    }
}
