//! Nothing leaves above the ceiling: the last device of a chain.
//!
//! Peaks are looked for between the samples too (4x, [`crate::filter::between`]); the gain comes down ahead of them,
//! is held for a while and comes back ([`super::gain_path`]). All channels get the same gain, so the image stands still.
//! `out[n] = gain[n] * drive * in[n - latency]`, `gain <= 1`.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `ceiling` | dBFS (dBTP when peaks between samples are looked for) | -60 to 0 | -1 |
//! | `gain` | dB, before limiting | -24 to 48 | 0 |
//! | `release` | s, to 63.2 % of the way back | 0.001 to 10 | 0.100 |
//! | `look_ahead` (set-up) | s | 0 to 0.05 | 0.005 |
//! | `hold` (set-up) | s | 0 to 0.1 | 0.010 |
//! | `true_peak` (set-up) | | | true |
//!
//! **What is promised.** No sample exceeds the ceiling, ever. True peak: what a 4x reading with 24 taps misses can remain,
//! up to [`OVERSHOOT`] for content up to 0.4167 x rate (tested on a thousand random programmes and on steady tones at the very
//! top, which are the worst case). Offline mastering in `dsp-std` closes that gap.
//!
//! Latency: look-ahead, plus 12 frames when peaks between samples are looked for. Tail: none. While nothing exceeds the
//! ceiling the output is the delayed input, bit for bit. A move of the ceiling holds for samples that enter from then on.
//!
//! The default look-ahead and hold cover half a period of 40 Hz: bass is not distorted (below -120 dB at 6 dB over).
//! Not a loudness maker by itself: more than 3 to 6 dB of steady reduction is heard; compress first.
//!
//! Sources: see [`super::gain_path`] and [`crate::filter::between`].

use crate::block::Block;
use crate::delay::ring::delay;
use crate::dynamics::gain_path::{self, GainPath, release_step};
use crate::error::Error;
use crate::filter::between::Quarters;
use crate::layout::MAX_CHANNELS;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::{Blend, Ramp, mix};
use crate::sample::Sample;
use crate::storage::{Storage, take};
use crate::units::{Decibels, Frames, SampleRate, Seconds};

/// Taps of the detector.
const TAPS: usize = 24;
const HISTORY: usize = TAPS - 1;

/// The stated bound: most by which the true peak of content up to 0.4167 x rate can exceed the ceiling.
pub const OVERSHOOT: Decibels = Decibels(0.5);

/// What fixes memory and latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels, 1 to 24.
    pub channels: usize,
    /// Time over which gain comes down before a peak.
    pub look_ahead: Seconds,
    /// Time for which gain stays down after a peak.
    pub hold: Seconds,
    /// Whether peaks between samples count.
    pub true_peak: bool,
}

impl Setup {
    /// The defaults: 5 ms look-ahead, 10 ms hold, true peak.
    pub const fn new(rate: SampleRate, channels: usize) -> Self {
        Self { rate, channels, look_ahead: Seconds(0.005), hold: Seconds(0.010), true_peak: true }
    }

    fn path(&self) -> gain_path::Setup {
        gain_path::Setup { rate: self.rate, look_ahead: self.look_ahead, hold: self.hold }
    }

    fn delay(&self) -> usize {
        self.path().delay() + if self.true_peak { TAPS / 2 } else { 0 }
    }

    fn lengths(&self) -> [usize; 3] {
        [self.path().required_len(), self.channels * HISTORY, self.channels * self.delay()]
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Highest level of the output.
    pub ceiling: Decibels,
    /// Gain before limiting.
    pub gain: Decibels,
    /// Time in which gain comes back.
    pub release: Seconds,
}

impl Default for Params {
    fn default() -> Self {
        Self { ceiling: Decibels(-1.0), gain: Decibels(0.0), release: Seconds(0.1) }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    ceiling: S,
    /// One over the ceiling.
    scale: S,
    gain: S,
    release: S,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("channels", setup.channels as f64, 1.0, MAX_CHANNELS as f64, "")?;
        setup.path().check()?;
        Error::check("ceiling", params.ceiling.0, -60.0, 0.0, "dB")?;
        Error::check("gain", params.gain.0, -24.0, 48.0, "dB")?;
        // Between a peak and its limited sample lie ten roundings of at most half a unit each: scale, excess, its
        // reciprocal, three in each box mean, the product. Aiming six units lower, none of it can end above the ceiling.
        let ceiling = params.ceiling.amplitude() * (1.0 - 6.0 * S::EPSILON.to_f64());
        Ok(Self {
            ceiling: S::from_f64(ceiling),
            scale: S::from_f64(1.0 / ceiling),
            gain: S::from_f64(params.gain.amplitude()),
            release: S::from_f64(release_step(setup.rate, params.release)?),
        })
    }
}

impl<S: Sample> Blend for Coeffs<S> {
    type Scalar = S;
    #[inline(always)]
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        let ceiling = mix(from.ceiling, to.ceiling, p);
        let scale = if p >= S::ONE { to.scale } else { S::ONE / ceiling };
        Self { ceiling, scale, gain: mix(from.gain, to.gain, p), release: mix(from.release, to.release, p) }
    }
}

/// Samples of storage.
pub fn required_len(setup: &Setup) -> usize {
    setup.lengths().iter().sum()
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Limiter<S, M> {
    setup: Setup,
    coeffs: Ramp<Coeffs<S>>,
    detector: Quarters<S, TAPS>,
    path: GainPath<S>,
    /// Samples of gain path, detector history and delay.
    lengths: [usize; 3],
    ring: usize,
    least: S,
    storage: M,
}

impl<S: Sample, M: Storage<S>> Limiter<S, M> {
    /// Builds the limiter; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Error::check_len("limiter", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        let path = GainPath::new(&setup.path(), &mut storage.as_mut()[..setup.path().required_len()])?;
        Ok(Self {
            setup: *setup,
            coeffs: Ramp::smooth(coeffs),
            detector: Quarters::new(),
            path,
            lengths: setup.lengths(),
            ring: 0,
            least: S::ONE,
            storage,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Largest gain reduction since the last call, 0 dB or more.
    pub fn take_gain_reduction(&mut self) -> Decibels {
        -Decibels::from_amplitude(core::mem::replace(&mut self.least, S::ONE).to_f64())
    }

    /// At most [`CHUNK`] frames with coefficients at rest.
    fn chunk(&mut self, block: &mut Block<'_, S>, c: &Coeffs<S>) {
        let frames = block.frames();
        let channels = self.setup.channels;
        let [path, history, delays] = self.lengths;
        let mut rest = self.storage.as_mut();
        let (path, history) = (take(&mut rest, path), take(&mut rest, history));

        let mut excess = [S::ZERO; CHUNK];
        let excess = &mut excess[..frames];
        let mut stretch = [S::ZERO; HISTORY + CHUNK];
        for (channel, history) in history.chunks_exact_mut(HISTORY).enumerate() {
            block.with_channel(channel, |x| {
                for x in x.iter_mut() {
                    *x = x.clean() * c.gain;
                }
                if self.setup.true_peak {
                    stretch[..HISTORY].copy_from_slice(history);
                    stretch[HISTORY..HISTORY + frames].copy_from_slice(x);
                    let stretch = &stretch[..HISTORY + frames];
                    history.copy_from_slice(&stretch[frames..]);
                    if !self.detector.stays_below(stretch, c.ceiling) {
                        self.detector.run(stretch, excess);
                    }
                } else {
                    for (e, x) in excess.iter_mut().zip(x.iter()) {
                        *e = e.larger(x.abs());
                    }
                }
            });
        }
        for e in excess.iter_mut() {
            *e *= c.scale;
        }
        let gain = excess;
        self.path.run(path, c.release, gain);
        for g in gain.iter() {
            self.least = self.least.smaller(*g);
        }
        let (ring, length) = (self.ring, delays / self.setup.channels);
        for channel in 0..channels {
            let delayed = &mut rest[channel * length..][..length];
            block.with_channel(channel, |x| {
                self.ring = delay(delayed, ring, x);
                for (x, g) in x.iter_mut().zip(gain.iter()) {
                    *x *= *g;
                }
            });
        }
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Limiter<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Limiter<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            // Every number may move: one frame at a time is the simple way to do it exactly.
            let most = if self.coeffs.moving() { 1 } else { CHUNK };
            let n = (block.frames() - at).min(most);
            let coeffs = self.coeffs.now(0);
            self.chunk(&mut block.part(at, n), &coeffs);
            self.coeffs.advance(n);
            at += n;
        }
    }

    fn reset(&mut self) {
        let storage = self.storage.as_mut();
        storage.fill(S::ZERO);
        self.path.reset(&mut storage[..self.lengths[0]]);
        self.coeffs.finish();
        self.ring = 0;
        self.least = S::ONE;
    }

    fn latency(&self) -> Frames {
        Frames((self.lengths[2] / self.setup.channels) as u64)
    }

    fn tail(&self) -> Tail {
        Tail::NONE
    }
}
