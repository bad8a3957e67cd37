//! A cloud of echoes without a pitch: body and size for a dry sound, before or without a reverb.
//!
//! Velvet noise: one pulse of +1 or -1 at a random place of each cell of `rate / density` frames, as many cells as the
//! duration holds, each quieter than the one before. `out = dry in + wet sum over k of g r^k (+-1) low[n - place(k)]`;
//! left and right have places and signs of their own; `g` makes the energy of the echoes 1. `low` is the input through
//! a low-pass.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `duration` | s | 0.01 to the longest of the set-up | 0.05 |
//! | `density` | pulses per second | 500 to 4000 | 1500 |
//! | `fall` | dB, from the first to the last pulse | 0 to 60 | 20 |
//! | `cutoff` | Hz, -3 dB of the low-pass | 100 to 20000 | 8000 |
//! | `mix` | 0 dry to 1 wet, equal power | 0 to 1 | 0.3 |
//! | `longest` (set-up) | s | 0.01 to 0.2 | 0.2 |
//! | `seed` (set-up) | which noise | any | 0 |
//!
//! From 1500 pulses per second on it sounds as smooth as white noise of the same duration; below, single echoes are
//! heard. A move of duration, density or fall fades from one cloud to the other; one that comes before the last has
//! ended waits for it. The rest moves frame by frame.
//!
//! Latency 0. Tail: the duration, what is left of a move and what the low-pass rings. Cost grows with the pulses: about 14 ns per stereo frame
//! for 75 a side (the default), 36 for 300, twice that while the cloud changes.
//!
//! Not a reverb: beyond 0.1 s it is a burst of noise.
//!
//! Source: Karjalainen and Jarvelainen, "Reverberation Modeling Using Velvet Noise", AES 30th Conference (2007);
//! Valimaki, Holm-Rasmussen, Alary, Lehtonen, "Late Reverberation Synthesis Using Filtered Velvet Noise", Appl. Sci.
//! 7(5) 2017, section 2.

use super::fade::Fade;
use super::history::History;
use crate::block::Block;
use crate::error::Error;
use crate::process::{CHUNK, Clock, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields, mix};
use crate::reverb::damping;
use crate::sample::{Sample, clean_all};
use crate::signal::hash;
use crate::storage::Storage;
use crate::units::{Decibels, Frames, Hertz, Mix, SampleRate, Seconds};

/// Longest duration a set-up may have, in seconds.
const LONGEST: f64 = 0.2;

/// What fixes memory, and which noise it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Longest duration that can be set.
    pub longest: Seconds,
    /// Another seed, other places and signs.
    pub seed: u32,
}

impl Setup {
    /// The default: up to 0.2 s.
    pub const fn new(rate: SampleRate) -> Self {
        Self { rate, longest: Seconds(0.2), seed: 0 }
    }

    fn frames(&self) -> usize {
        // Memory is asked for before anything is checked.
        Seconds(self.longest.0.clamp(0.0, LONGEST)).frames(self.rate).get() as usize
    }

    fn histories(&self) -> ([History; 2], usize) {
        let mut needed = 0;
        ([0, 1].map(|_| History::place(&mut needed, self.frames())), needed)
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// From the first to the last pulse.
    pub duration: Seconds,
    /// Pulses per second in each channel.
    pub density: Hertz,
    /// How much quieter the last pulse is.
    pub fall: Decibels,
    /// Cut-off of the low-pass.
    pub cutoff: Hertz,
    /// How much of the echoes is heard.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            duration: Seconds(0.05),
            density: Hertz(1_500.0),
            fall: Decibels(20.0),
            cutoff: Hertz(8_000.0),
            mix: Mix(0.3),
        }
    }
}

/// One cloud: all pulses follow from these.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cloud<S> {
    seed: u32,
    pulses: u32,
    /// Frames in units of 2^-16.
    cell: u64,
    first: S,
    ratio: S,
}

impl<S: Sample> Cloud<S> {
    /// Age and gain of every pulse of a channel.
    #[inline(always)]
    fn pulses(&self, channel: u32) -> impl Iterator<Item = (usize, S)> {
        let Self { seed, cell, ratio, .. } = *self;
        let mut gain = self.first;
        (0..self.pulses).map(move |k| {
            let random = hash(hash(seed ^ channel.wrapping_mul(0x9E37_79B9)) ^ k);
            let place = (u64::from(k) * cell + ((u64::from(random >> 8) * cell) >> 24)) >> 16;
            let pulse = if random & 1 == 0 { gain } else { -gain };
            gain *= ratio;
            (place as usize, pulse)
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Numbers<S> {
    dry: S,
    wet: S,
    low: S,
}

blend_fields!(Numbers { dry, wet, low });

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    numbers: Numbers<S>,
    cloud: Cloud<S>,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("longest", setup.longest.0, 0.01, LONGEST, "s")?;
        Error::check("duration", params.duration.0, 0.01, setup.longest.0, "s")?;
        Error::check("density", params.density.0, 500.0, 4_000.0, "Hz")?;
        Error::check("fall", params.fall.0, 0.0, 60.0, "dB")?;
        Error::check("cutoff", params.cutoff.0, 100.0, 20_000.0, "Hz")?;
        let (dry, wet) = params.mix.equal_power()?;
        let pulses = (params.duration.0 * params.density.0) as u32;
        let ratio = Decibels(-params.fall.0 / f64::from(pulses - 1)).amplitude();
        let energy: f64 = (0..pulses).map(|k| libm::pow(ratio, 2.0 * f64::from(k))).sum();
        let cell = (setup.rate.hertz() / params.density.0 * 65_536.0) as u64;
        let s = S::from_f64;
        let low = s(damping::step(setup.rate, params.cutoff));
        Ok(Self {
            numbers: Numbers { dry: s(dry), wet: s(wet), low },
            cloud: Cloud { seed: setup.seed, pulses, cell, first: s(1.0 / libm::sqrt(energy)), ratio: s(ratio) },
        })
    }
}

/// Samples of storage.
pub fn required_len(setup: &Setup) -> usize {
    setup.histories().1
}

/// The processor, for two channels; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Velvet<S, M> {
    setup: Setup,
    numbers: Ramp<Numbers<S>>,
    cloud: Fade<Cloud<S>, S>,
    clock: Clock,
    histories: [History; 2],
    low: [S; 2],
    storage: M,
}

impl<S: Sample, M: Storage<S>> Velvet<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        let (histories, needed) = setup.histories();
        Error::check_len("velvet noise", needed, storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            setup: *setup,
            numbers: Ramp::smooth(coeffs.numbers),
            cloud: Fade::new(coeffs.cloud),
            clock: Clock::default(),
            histories,
            low: [S::ZERO; 2],
            storage,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// At most [`CHUNK`] frames.
    fn chunk(&mut self, left: &mut [S], right: &mut [S]) {
        let memory = self.storage.as_mut();
        clean_all(left);
        clean_all(right);
        let n = left.len();
        let mut now = [*self.numbers.target(); CHUNK];
        self.numbers.fill(&mut now[..n]);
        let mut darker = [[S::ZERO; CHUNK]; 2];
        let [mut p, mut q] = self.low;
        for i in 0..n {
            let (low, keep) = (now[i].low, S::ONE - now[i].low);
            (p, q) = (low * left[i] + keep * p, low * right[i] + keep * q);
            (darker[0][i], darker[1][i]) = (p, q);
        }
        self.low = [p, q];
        for (channel, x) in [left, right].into_iter().enumerate() {
            let history = &mut self.histories[channel];
            history.write(memory, &darker[channel][..n]);
            let mut wet = [S::ZERO; CHUNK];
            history.add(memory, self.cloud.coming().pulses(channel as u32), &mut wet[..n]);
            if let Some(leaving) = self.cloud.leaving() {
                let mut old = [S::ZERO; CHUNK];
                history.add(memory, leaving.pulses(channel as u32), &mut old[..n]);
                for (i, (wet, old)) in wet.iter_mut().zip(old).enumerate().take(n) {
                    *wet = mix(old, *wet, self.cloud.share(i));
                }
            }
            for ((x, wet), now) in x.iter_mut().zip(wet).zip(&now) {
                *x = now.dry * *x + now.wet * wet;
            }
        }
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Velvet<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.numbers.tune(coeffs.numbers, over);
        self.cloud.tune(coeffs.cloud, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Velvet<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let n = self.cloud.piece(self.clock.piece(block.frames() - at, CHUNK));
            block.part(at, n).with_pair(0, false, |left, right| self.chunk(left, right));
            self.numbers.advance(n);
            self.cloud.advance(n);
            if self.clock.advance(n) {
                self.low = self.low.map(Sample::flush);
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.histories.iter_mut().for_each(History::rewind);
        self.low = [S::ZERO; 2];
        self.clock = Clock::default();
        self.numbers.finish();
        self.cloud.finish();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let longest = self.cloud.all().map(|c| (u64::from(c.pulses) * c.cell) >> 16).max().unwrap_or(0);
        let low = Tail::of_time_constant::<S>(1.0 / self.numbers.target().low.to_f64());
        Tail::Frames(Frames(longest + self.numbers.left() as u64)).and_then(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::signal;
    use std::{vec, vec::Vec};

    fn velvet(params: &Params) -> Velvet<f64, Vec<f64>> {
        let setup = Setup::new(SampleRate::VIDEO);
        Velvet::new(&setup, params, vec![0.0; required_len(&setup)]).unwrap()
    }

    fn response(params: &Params) -> Vec<Vec<f64>> {
        let impulse: Vec<f64> = signal::impulse(0).take(12_000).collect();
        laws::render(&mut velvet(params), &[impulse.clone(), impulse])
    }

    const BARE: Params = Params {
        duration: Seconds(0.15),
        density: Hertz(1_500.0),
        fall: Decibels(30.0),
        cutoff: Hertz(20_000.0),
        mix: Mix::WET,
    };

    #[test]
    fn one_pulse_in_each_cell_quieter_by_the_same_ratio() {
        // A response is scaled by the low-pass: look at the pulses themselves.
        let cloud = Coeffs::<f64>::design(&Setup::new(SampleRate::VIDEO), &BARE).unwrap().cloud;
        for channel in 0..2 {
            let pulses: Vec<_> = cloud.pulses(channel).collect();
            assert_eq!(pulses.len(), 225);
            for (k, (age, gain)) in pulses.iter().enumerate() {
                assert!((32 * k..32 * (k + 1)).contains(age), "pulse {k} at {age}");
                let expected = pulses[0].1.abs() * 10_f64.powf(-30.0 / 20.0 * k as f64 / 224.0);
                assert!((gain.abs() / expected - 1.0).abs() < 1e-9);
            }
            let energy: f64 = pulses.iter().map(|p| p.1 * p.1).sum();
            assert!((energy - 1.0).abs() < 1e-12);
            // Signs and places are random: neither side, neither end of a cell, is preferred.
            let sum: f64 = pulses.iter().map(|p| p.1.signum()).sum();
            let place = pulses.iter().map(|p| (p.0 % 32) as f64).sum::<f64>() / 225.0;
            assert!(sum.abs() < 45.0 && (place - 15.5).abs() < 2.0, "{sum} {place}");
        }
    }

    #[test]
    fn the_response_is_the_pulses_and_the_two_sides_differ() {
        let out = response(&BARE);
        let cloud = Coeffs::<f64>::design(&Setup::new(SampleRate::VIDEO), &BARE).unwrap();
        let a = cloud.numbers.low;
        for (channel, side) in out.iter().enumerate() {
            let mut expected = vec![0.0; side.len()];
            for (age, gain) in cloud.cloud.pulses(channel as u32) {
                for k in 0..200 {
                    expected[age + k] += gain * a * (1.0 - a).powi(k as i32);
                }
            }
            assert!(side.iter().zip(&expected).all(|(x, y)| (x - y).abs() < 1e-12));
        }
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let rho = dot(&out[0], &out[1]) / (dot(&out[0], &out[0]) * dot(&out[1], &out[1])).sqrt();
        assert!(rho.abs() < 0.1, "{rho}");
    }

    #[test]
    fn noise_keeps_its_level() {
        let noise: Vec<Vec<f64>> = (0..2).map(|c| signal::white(c, 0.5).take(96_000).collect()).collect();
        let out = laws::render(&mut velvet(&BARE), &noise);
        let power = |a: &[f64]| a[12_000..].iter().map(|v| v * v).sum::<f64>();
        // What the low-pass leaves of white noise.
        let a = Coeffs::<f64>::design(&Setup::new(SampleRate::VIDEO), &BARE).unwrap().numbers.low;
        for (x, y) in noise.iter().zip(&out) {
            let db = 10.0 * (power(y) / power(x) / (a / (2.0 - a))).log10();
            assert!(db.abs() < 0.3, "{db:.2} dB");
        }
    }
}
