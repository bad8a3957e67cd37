//! What fixes memory and latency, and what a person sets.

use crate::error::Error;
use crate::layout::MAX_CHANNELS;
use crate::ramp::blend_fields;
use crate::sample::Sample;
use crate::units::{Decibels, Mix, SampleRate, Seconds};

/// Longest impulse response, in seconds.
pub const LONGEST: Seconds = Seconds(60.0);

/// Which impulse response is heard where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Routing {
    /// One response for every channel.
    Mono,
    /// Every channel has its own.
    #[default]
    PerChannel,
    /// Two channels, four responses in the order left to left, left to right, right to left, right to right: a source on one
    /// side is heard by both ears.
    TrueStereo,
}

impl Routing {
    /// Channels the impulse response must have for `channels` channels of sound.
    pub const fn responses(self, channels: usize) -> usize {
        match self {
            Self::Mono => 1,
            Self::PerChannel => channels,
            Self::TrueStereo => 4,
        }
    }

    pub(crate) const fn paths_per_output(self) -> usize {
        match self {
            Self::TrueStereo => 2,
            _ => 1,
        }
    }

    /// Input and response of path `path` to `output`.
    #[inline(always)]
    pub(crate) const fn path(self, output: usize, path: usize) -> (usize, usize) {
        match self {
            Self::Mono => (output, 0),
            Self::PerChannel => (output, output),
            Self::TrueStereo => (path, 2 * path + output),
        }
    }
}

/// Delay from input to output. Less delay costs more: see the table of [`super`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latency {
    /// None: the first 64 frames of the response are a plain filter.
    Zero,
    /// 64 frames.
    F64,
    /// 128 frames.
    F128,
    /// 256 frames.
    F256,
    /// 512 frames.
    #[default]
    F512,
    /// 1024 frames.
    F1024,
}

impl Latency {
    /// The delay in frames.
    pub const fn frames(self) -> usize {
        match self {
            Self::Zero => 0,
            Self::F64 => 64,
            Self::F128 => 128,
            Self::F256 => 256,
            Self::F512 => 512,
            Self::F1024 => 1024,
        }
    }
}

/// What fixes memory and latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate, which impulse responses must have too.
    pub rate: SampleRate,
    /// Channels, 1 to 24; 2 for true stereo.
    pub channels: usize,
    /// Which response is heard where.
    pub routing: Routing,
    /// Longest impulse response.
    pub longest: Seconds,
    /// Delay from input to output.
    pub latency: Latency,
}

impl Setup {
    /// The defaults: each channel its own response of up to 3 s, 512 frames of latency.
    pub const fn new(rate: SampleRate, channels: usize) -> Self {
        Self { rate, channels, routing: Routing::PerChannel, longest: Seconds(3.0), latency: Latency::F512 }
    }

    /// Frames of the longest response, 1 or more.
    pub fn longest_frames(&self) -> usize {
        (self.longest.frames(self.rate).get() as usize).max(1)
    }

    /// Channels the impulse response must have.
    pub const fn responses(&self) -> usize {
        self.routing.responses(self.channels)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let (least, most) = if self.routing == Routing::TrueStereo { (2, 2) } else { (1, MAX_CHANNELS) };
        Error::check("channels", self.channels as f64, least as f64, most as f64, "")?;
        Error::check("longest", self.longest.0, 0.0, LONGEST.0, "s")
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// How much of the effect is heard.
    pub mix: Mix,
    /// Gain of the effect.
    pub gain: Decibels,
}

impl Default for Params {
    fn default() -> Self {
        Self { mix: Mix::WET, gain: Decibels(0.0) }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    pub(crate) dry: S,
    pub(crate) wet: S,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    ///
    /// # Errors
    /// A set-up or a parameter out of range.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        setup.check()?;
        Error::check("gain", params.gain.0, -60.0, 24.0, "dB")?;
        let (dry, wet) = params.mix.equal_power()?;
        Ok(Self { dry: S::from_f64(dry), wet: S::from_f64(wet * params.gain.amplitude()) })
    }
}

blend_fields!(Coeffs { dry, wet });
