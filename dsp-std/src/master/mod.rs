//! From a mix to a master: chain, loudness, ceiling, word length, and the numbers that prove it.
//!
//! The mix is brought to the level the preset's chain expects, goes through the chain, is driven until it has the target
//! loudness under the limiter, and is rounded to its word length with dither. The result has exactly the frames of
//! the input, aligned to the sample, and is measured as it will be written.
//!
//! Integrated loudness comes within 0.05 LU of the target whenever that can be reached under the ceiling; otherwise the
//! loudest that makes sense is delivered and [`Outcome::Unreachable`] says what it is. Where loudness is not defined (silence,
//! less than 0.4 s) the chain is run at unity gain and only the ceiling is held: [`Outcome::Undefined`].
//!
//! Results do not depend on `threads`.

mod gains;
mod limit;
mod peaks;
mod solve;

use crate::audio::Audio;
use crate::bits::Bits;
use crate::chain::Chain;
use crate::device;
use crate::measure::{Measurement, measure};
use crate::preset::Preset;
use dsp_core::block::Block;
use dsp_core::error::Error;
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, Lufs};
use limit::{Goal, Material};
use serde::Serialize;

pub use limit::Reduction;

/// Gain of the reference reading for the worst signal there is: what dither can become between samples.
const WORST_READING: f64 = 2.9;
/// How far from the target a loudness counts as missed, LU.
const MISSED: f64 = 0.05;

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Chain, target, ceiling, limiter.
    pub preset: Preset,
    /// Word length of the result.
    pub bits: Bits,
    /// Whether one channel counts as two loudspeakers.
    pub dual_mono: bool,
    /// Threads to use, 1 or more; the result is the same.
    pub threads: usize,
}

impl Settings {
    /// A preset with 24 bits, mono as one channel, one thread.
    pub const fn new(preset: Preset) -> Self {
        Self { preset, bits: Bits::TwentyFour, dual_mono: false, threads: 1 }
    }
}

/// Whether the target was met.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Outcome {
    /// Loudness and ceiling hold.
    Reached,
    /// The loudness cannot be had under the ceiling; this is the best.
    Unreachable {
        /// Loudness that was asked for, LUFS.
        target_lufs: f64,
        /// Loudness that was reached, LUFS.
        best_lufs: f64,
    },
    /// The mix has no defined loudness.
    Undefined,
    /// The finished master does not keep what was promised: a defect of this library, reported rather than hidden.
    CheckFailed {
        /// Measured true peak, dBTP.
        true_peak_dbtp: f64,
    },
}

/// What is being done, for a progress display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The mix is measured.
    Measure,
    /// The chain runs.
    Chain,
    /// Loudness and ceiling are solved.
    Limit,
    /// Dither, last measurement.
    Finish,
}

/// A finished master.
#[derive(Debug, Clone)]
pub struct Mastered {
    /// The audio, on the grid of its word length.
    pub audio: Audio,
    /// The mix.
    pub before: Measurement,
    /// The master.
    pub after: Measurement,
    /// Whether the target was met.
    pub outcome: Outcome,
    /// What the limiter did.
    pub limiter: Reduction,
    /// Gain from the mix to the chain, dB.
    pub input_gain_db: f64,
    /// Gain from the chain to the limiter, dB.
    pub drive_db: f64,
    /// Renders that the search took.
    pub renders: usize,
    /// What could not be done as the preset asks, in sentences.
    pub notes: Vec<String>,
}

/// Makes a master. `non_finite` is what the reader counted; `progress` hears the stage and 0 to 1.
///
/// # Errors
/// A parameter of the preset that is out of its range at this sample rate.
pub fn master(
    audio: Audio,
    settings: &Settings,
    non_finite: u64,
    mut progress: impl FnMut(Stage, f64),
) -> Result<Mastered, device::Error> {
    let Settings { preset, bits, dual_mono, threads } = settings;
    preset.check()?;
    let (rate, layout, frames) = (audio.rate(), audio.layout(), audio.frames());
    progress(Stage::Measure, 0.0);
    let before = measure(&audio, *dual_mono, non_finite, *threads)?;

    let mut notes = Vec::new();
    let devices: Vec<_> = preset.chain.iter().map(|d| d.fitted(rate, &mut notes)).collect();
    let mut chain = Chain::<f32>::new(&devices, rate, layout)?;
    let mut planes = audio.into_planes();
    let input_gain = preset.input.zip(before.integrated_lufs).map_or(0.0, |(input, now)| (input - Lufs(now)).0);
    let absurd = scale(&mut planes, Decibels(input_gain).amplitude());
    if absurd > 0 {
        notes.push(format!("{absurd} samples are above 1000000 times full scale and were taken for silence"));
    }
    progress(Stage::Chain, 0.0);
    chain.render(&mut planes, |done| progress(Stage::Chain, done as f64 / frames.max(1) as f64));

    progress(Stage::Limit, 0.0);
    let audio = Audio::new(rate, layout, planes)?;
    let start = match before.integrated_lufs {
        Some(_) => integrated(&audio, settings)?.map(|now| preset.loudness.0 - now),
        None => None,
    };
    let goal = Goal {
        loudness: start.map(|_| preset.loudness.0),
        ceiling: preset.true_peak.0,
        // Triangular dither and rounding: one and a half steps.
        later: bits.grid().map_or(0.0, |b| WORST_READING * 1.5 / f64::from(1_u32 << (b - 1))),
        start: start.unwrap_or(0.0),
    };
    let mut planes = audio.into_planes();
    let material = &mut Material {
        rate,
        layout,
        dual_mono: *dual_mono,
        threads: *threads,
        limiting: preset.limiter,
        planes: &mut planes,
    };
    let limited = material.limit(&goal, &mut |part| progress(Stage::Limit, part))?;

    progress(Stage::Finish, 0.0);
    bits.round(&mut planes)?;
    let audio = Audio::new(rate, layout, planes)?;
    let after = measure(&audio, *dual_mono, 0, *threads)?;
    progress(Stage::Finish, 1.0);
    let outcome = judge(&goal, &limited, &after, peaks::above(audio.planes(), goal.ceiling));
    Ok(Mastered {
        audio,
        before,
        after,
        outcome,
        limiter: limited.reduction,
        input_gain_db: input_gain,
        drive_db: limited.drive_db,
        renders: limited.renders,
        notes,
    })
}

/// Loudness alone: cheaper than a measurement.
fn integrated(audio: &Audio, settings: &Settings) -> Result<Option<f64>, Error> {
    use dsp_core::meter::{loudness, true_peak::MAX_TAPS};
    let (rate, layout, dual_mono) = (audio.rate(), audio.layout(), settings.dual_mono);
    let setup = loudness::Setup { rate, layout, dual_mono, true_peak: false };
    let length = loudness::required_len(&setup, audio.duration(), MAX_TAPS);
    let mut meter = loudness::Loudness::<f32, _>::new(&setup, vec![0.0; length])?;
    meter.observe(&Block::new(&mut crate::measure::View::new(audio)));
    Ok(meter.reading().integrated.map(Lufs::get))
}

/// Multiplies, and turns what no processor would accept into silence; says how much of it there was.
fn scale(planes: &mut [Vec<f32>], gain: f64) -> u64 {
    let mut absurd = 0;
    for v in planes.iter_mut().flatten() {
        absurd += u64::from(v.is_finite() && v.abs() > f32::ABSURD);
        *v = v.clean() * gain as f32;
    }
    absurd
}

fn judge(goal: &Goal, limited: &limit::Limited, after: &Measurement, above: Option<f64>) -> Outcome {
    if let Some(true_peak_dbtp) = above {
        return Outcome::CheckFailed { true_peak_dbtp };
    }
    let Some(target) = goal.loudness else { return Outcome::Undefined };
    let best = after.integrated_lufs.unwrap_or(f64::NEG_INFINITY);
    if limited.reached && (best - target).abs() <= MISSED {
        Outcome::Reached
    } else {
        Outcome::Unreachable { target_lufs: target, best_lufs: best }
    }
}

#[cfg(test)]
mod tests;
