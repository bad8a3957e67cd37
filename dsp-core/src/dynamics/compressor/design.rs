//! What is set on a compressor and what it designs to.

use crate::dynamics::ballistics;
use crate::dynamics::curve::Curve;
use crate::dynamics::detector::{Detector, Level};
use crate::error::Error;
use crate::layout::Layout;
use crate::math::LOG2_PER_DB;
use crate::ramp::{Blend, mix};
use crate::sample::Sample;
use crate::units::{Decibels, Hertz, SampleRate, Seconds};

/// Longest look-ahead, in seconds.
const MOST: f64 = 0.1;

/// What fixes memory and latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels and their places.
    pub layout: Layout,
    /// By how much the gain runs ahead of the sound, 0 to 0.1 s. It is the latency.
    pub look_ahead: Seconds,
}

impl Setup {
    pub(super) fn delay(&self) -> usize {
        // What `check` refuses asks for no more than what it allows.
        Seconds(self.look_ahead.0.clamp(0.0, MOST)).frames(self.rate).get() as usize
    }

    fn check(&self) -> Result<(), Error> {
        Error::check("look-ahead", self.look_ahead.0, 0.0, MOST, "s")
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Where reduction begins (the middle of the knee), dBFS.
    pub threshold: Decibels,
    /// Input dB per output dB above the threshold.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "ratio"))]
    pub ratio: f64,
    /// Full width of the soft knee.
    pub knee: Decibels,
    /// Attack time.
    pub attack: Seconds,
    /// Release time.
    pub release: Seconds,
    /// Gain after compression.
    pub make_up: Decibels,
    /// Stereo link.
    pub link: f64,
    /// Share of the compressed signal.
    pub mix: f64,
    /// Peak or RMS.
    pub detector: Detector,
    /// High-pass of the detector.
    pub high_pass: Option<Hertz>,
}

/// Infinity is `null` in formats that have no infinite numbers (JSON).
#[cfg(feature = "serde")]
fn ratio<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let ratio: Option<f64> = serde::Deserialize::deserialize(deserializer)?;
    Ok(ratio.unwrap_or(f64::INFINITY))
}

impl Default for Params {
    fn default() -> Self {
        Self {
            threshold: Decibels(-18.0),
            ratio: 2.0,
            knee: Decibels(6.0),
            attack: Seconds(0.010),
            release: Seconds(0.120),
            make_up: Decibels(0.0),
            link: 1.0,
            mix: 1.0,
            detector: Detector::Peak,
            high_pass: None,
        }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    /// One over the threshold, linear.
    pub(super) scale: S,
    pub(super) curve: Curve<S>,
    pub(super) ballistics: ballistics::Coeffs<S>,
    pub(super) make_up: S,
    pub(super) link: S,
    pub(super) dry: S,
    pub(super) level: Level<S>,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        setup.check()?;
        Error::check("threshold", params.threshold.0, -90.0, 24.0, "dB")?;
        Error::check("ratio", params.ratio, 1.0, f64::INFINITY, "")?;
        Error::check("knee", params.knee.0, 0.0, 40.0, "dB")?;
        Error::check("make-up", params.make_up.0, -24.0, 40.0, "dB")?;
        Error::check("link", params.link, 0.0, 1.0, "")?;
        Error::check("mix", params.mix, 0.0, 1.0, "")?;
        Ok(Self {
            scale: S::from_f64((-params.threshold).amplitude()),
            curve: Curve::design(params.ratio, params.knee),
            ballistics: ballistics::Coeffs::design(setup.rate, params.attack, params.release)?,
            make_up: S::from_f64(params.make_up.0 * LOG2_PER_DB),
            link: S::from_f64(params.link),
            dry: S::from_f64(1.0 - params.mix),
            level: Level::design(setup.rate, params.detector, params.high_pass)?,
        })
    }
}

impl<S: Sample> Blend for Coeffs<S> {
    type Scalar = S;
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        Self {
            scale: mix(from.scale, to.scale, p),
            curve: Curve::blend(&from.curve, &to.curve, p),
            ballistics: ballistics::Coeffs {
                attack: mix(from.ballistics.attack, to.ballistics.attack, p),
                release: mix(from.ballistics.release, to.ballistics.release, p),
            },
            make_up: mix(from.make_up, to.make_up, p),
            link: mix(from.link, to.link, p),
            dry: mix(from.dry, to.dry, p),
            level: Level::blend(&from.level, &to.level, p),
        }
    }
}
