//! Measured responses (SOFA files hold them) into aligned responses and delays.
//!
//! The onset of each response is where its magnitude, smoothed over six samples (so that the ringing of an anti-alias filter does not
//! count), first reaches a twentieth of its peak, looked for in eighths of a sample and between them. The response is moved there by a windowed sinc, [`LEAD`] frames after its new beginning, cut to
//! the wanted length, faded in over half of that and out over its last eighth; the delay is the onset. Played together they are the measured response,
//! `LEAD` frames later, whatever the onset was taken for: the onset only decides how well neighbours mix.
//!
//! This is alignment, not minimum phase: what lies between the onset and the true minimum-phase response (a few samples of
//! all-pass in measured heads) stays in the response.

use super::hrir::{HrirSet, MAX_TAPS, Point};
use crate::error::Error;
use crate::layout::Direction;
use crate::sample::Sample;
use crate::units::SampleRate;
use core::f64::consts::PI;

/// Frames of an aligned response before its onset: room for what the interpolation puts there.
pub const LEAD: usize = 16;

/// Share of the peak that is an onset: above the noise of a measurement (mostly below -40 dB), below the first arrival at an
/// ear in the shadow.
const THRESHOLD: f64 = 0.05;
/// Steps per sample in which it is looked for.
const STEPS: usize = 8;
/// Samples on each side that the smoothing reads: a Hann window, -31 dB and less near half the rate.
const SMOOTH: i64 = 3;
/// Samples on each side that the interpolation reads.
const REACH: i64 = 16;

/// The curve through `samples` at `at` frames: a sinc under a Hann window.
fn between<S: Sample>(samples: &[S], at: f64) -> f64 {
    let middle = libm::floor(at);
    let fraction = at - middle;
    let first = middle as i64;
    let sine = libm::sin(PI * fraction) / PI;
    let mut sum = 0.0;
    for offset in 1 - REACH..=REACH {
        let Some(sample) = usize::try_from(first + offset).ok().and_then(|i| samples.get(i)) else { continue };
        let x = fraction - offset as f64;
        let sinc = if libm::fabs(x) < 1e-9 { 1.0 } else { sine / x * if offset % 2 == 0 { 1.0 } else { -1.0 } };
        let window = 0.5 + 0.5 * libm::cos(PI * x / (REACH as f64 + 1.0));
        sum += sample.to_f64() * sinc * window;
    }
    sum
}

/// The magnitude of `samples` smoothed around `at` frames.
fn smoothed<S: Sample>(samples: &[S], at: f64) -> f64 {
    let first = libm::floor(at) as i64;
    let sum = (first - SMOOTH + 1..=first + SMOOTH).fold(0.0, |sum, i| {
        let sample = usize::try_from(i).ok().and_then(|i| samples.get(i)).map_or(0.0, |h| h.to_f64());
        sum + sample * (0.5 + 0.5 * libm::cos(PI * (at - i as f64) / SMOOTH as f64))
    });
    libm::fabs(sum)
}

/// Frames until the onset of a response, relative to that of a single sample; `None` if it is silent.
pub fn onset<S: Sample>(response: &[S]) -> Option<f64> {
    let peak = (0..response.len()).map(|n| smoothed(response, n as f64)).fold(0.0, libm::fmax);
    let threshold = THRESHOLD * peak;
    let from = -(SMOOTH as f64);
    let size = |step: usize| smoothed(response, from + step as f64 / STEPS as f64);
    let last = (response.len() + 2 * SMOOTH as usize) * STEPS;
    let after = (1..=last).find(|step| size(*step) >= threshold).filter(|_| peak > 0.0)?;
    let (low, high) = (size(after - 1), size(after));
    let part = if high > low { ((threshold - low) / (high - low)).clamp(0.0, 1.0) } else { 1.0 };
    // A single sample reaches the threshold this much before itself.
    let early = SMOOTH as f64 / PI * libm::acos(2.0 * THRESHOLD - 1.0);
    Some((from + (after as f64 - 1.0 + part) / STEPS as f64 + early).max(0.0))
}

/// Aligns one response into `out` and returns its delay in frames. A silent one stays silent, with no delay.
pub fn align<S: Sample>(response: &[S], out: &mut [S]) -> f64 {
    let Some(onset) = onset(response) else {
        out.fill(S::ZERO);
        return 0.0;
    };
    let (length, rise, fall) = (out.len(), LEAD / 2, out.len() / 8);
    // Half a Hann window over `count` frames, of which this is number `n`.
    let hann = |n: usize, count: usize| 0.5 - 0.5 * libm::cos(PI * n.min(count) as f64 / count.max(1) as f64);
    for (n, h) in out.iter_mut().enumerate() {
        let gain = hann(n + 1, rise + 1) * hann(length - n, fall + 1);
        *h = S::from_f64(gain * between(response, onset + n as f64 - LEAD as f64));
    }
    onset
}

/// Aligns a measured set: `raw` holds for each direction `raw_taps` samples of the left and as many of the right ear.
///
/// # Errors
/// Memory for fewer than all directions, another length of `raw`, taps outside 32 (two [`LEAD`]) to 1024, a direction that is none, what
/// [`HrirSet::new`] refuses.
pub fn prepare<'a, S: Sample>(
    rate: SampleRate,
    directions: &[Direction],
    (raw, raw_taps): (&[S], usize),
    taps: usize,
    points: &'a mut [Point<S>],
    responses: &'a mut [S],
) -> Result<HrirSet<'a, S>, Error> {
    let count = directions.len();
    Error::check("taps", taps as f64, 2.0 * LEAD as f64, MAX_TAPS as f64, "")?;
    Error::check("taps as measured", raw_taps as f64, 1.0, 65_536.0, "")?;
    Error::check_len("measured responses", count * 2 * raw_taps, raw.len())?;
    Error::check_len("directions", count, points.len())?;
    Error::check_len("responses", count * 2 * taps, responses.len())?;
    for sample in raw {
        Error::check("response", sample.to_f64(), -100.0, 100.0, "")?;
    }
    let pairs = raw.chunks_exact(2 * raw_taps).zip(responses.chunks_exact_mut(2 * taps));
    for ((point, direction), (raw, out)) in points.iter_mut().zip(directions).zip(pairs) {
        crate::surround::vbap::check(*direction)?;
        let (left, right) = out.split_at_mut(taps);
        *point = Point::new(*direction, [align(&raw[..raw_taps], left), align(&raw[raw_taps..], right)]);
    }
    let (points, responses): (&'a [Point<S>], &'a [S]) = (points, responses);
    HrirSet::new(rate, taps, &points[..count], &responses[..count * 2 * taps])
}
