//! What is set on an echo and what it designs to.

use crate::delay::echo::taps::LEAST;
use crate::delay::line::{Delay, Line};
use crate::delay::tempo::Time;
use crate::dynamics::detector;
use crate::error::Error;
use crate::filter::svf;
use crate::layout::Layout;
use crate::modulation::{lfo, wave::Wave};
use crate::ramp::{Blend, mix};
use crate::sample::Sample;
use crate::shape::saturation::Kind;
use crate::shape::saturation::curve::Curve;
use crate::units::{Decibels, Hertz, Mix, Q, SampleRate, Seconds};
use core::f64::consts::FRAC_1_SQRT_2;

/// What fixes memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels and their places: left/right pairs have two times and play ping-pong, others use the left time.
    pub layout: Layout,
    /// Longest time plus modulation depth, 0.001 to 60 s.
    pub longest: Seconds,
}

/// Taps of the kernel.
pub(super) const TAPS: usize = 16;

impl Setup {
    fn check(&self) -> Result<(), Error> {
        Error::check("longest", self.longest.0, SHORTEST, 60.0, "s")
    }

    pub(super) fn line(&self) -> Line {
        let frames = (self.longest.0 * self.rate.hertz()).clamp(0.0, 60.0 * f64::from(SampleRate::MAX));
        Line::new(libm::ceil(frames) as usize + 1, TAPS)
    }

    pub(super) fn detector(&self) -> detector::Setup {
        detector::Setup { rate: self.rate, layout: self.layout }
    }

    pub(super) fn lfo(&self) -> lfo::Setup {
        lfo::Setup { rate: self.rate, seed: 0 }
    }
}

/// Shortest time in seconds: the kernel's least delay at the lowest rate (8 frames at 8 kHz).
const SHORTEST: f64 = 0.001;

/// Seconds by which a time may miss its bound: 0.057 s at 44.1 kHz and back is more than 0.057 s.
const ROUNDING: f64 = 1e-9;

/// How a time goes over into another.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Change {
    /// A fade from one tap to the other: no change of pitch.
    Fade(Seconds),
    /// The tap travels, like a tape head: the pitch bends meanwhile. At most this much faster or slower (1 is an octave
    /// down or silence up).
    Tape(f64),
}

impl Default for Change {
    fn default() -> Self {
        Self::Fade(Seconds(0.03))
    }
}

/// Turns the echo down while the input is loud.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Duck {
    /// By how much at most; 0 is off.
    pub amount: Decibels,
    /// Level of the input from which on it does; 6 dB above it does so fully.
    pub threshold: Decibels,
    /// Attack of the detector.
    pub attack: Seconds,
    /// Release of the detector.
    pub release: Seconds,
}

impl Default for Duck {
    fn default() -> Self {
        Self { amount: Decibels(0.0), threshold: Decibels(-30.0), attack: Seconds(0.005), release: Seconds(0.25) }
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Time of the left channel (and of channels without a partner).
    pub left: Time,
    /// Time of the right channel.
    pub right: Time,
    /// Gain from one echo to the next.
    pub feedback: f64,
    /// Share that comes back on the other side.
    pub ping_pong: f64,
    /// Removes lows in the loop.
    pub low_cut: Option<Hertz>,
    /// Removes highs in the loop.
    pub high_cut: Option<Hertz>,
    /// Curve in the loop.
    pub saturation: Kind,
    /// Gain into the curve, taken back behind it.
    pub drive: Decibels,
    /// Turning down by the input.
    pub duck: Duck,
    /// How quickly the time wobbles.
    pub wobble: Hertz,
    /// How far, each way.
    pub depth: Seconds,
    /// What a new time does.
    pub change: Change,
    /// Lets go round for ever what is in the loop, and nothing else in.
    pub hold: bool,
    /// How much of the echo is heard.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            left: Time::Seconds(Seconds(0.35)),
            right: Time::Seconds(Seconds(0.35)),
            feedback: 0.35,
            ping_pong: 0.0,
            low_cut: None,
            high_cut: None,
            saturation: Kind::Off,
            drive: Decibels(0.0),
            duck: Duck::default(),
            wobble: Hertz(0.5),
            depth: Seconds(0.0),
            change: Change::default(),
            hold: false,
            mix: Mix(0.3),
        }
    }
}

/// [`Change`] in frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Going {
    /// Frames of the fade.
    Fade(u64),
    /// Most units of [`Delay`] per frame, and by how many bits what is left is divided for the step.
    Tape(i64, u32),
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    pub(super) times: [Delay; 2],
    pub(super) going: Going,
    pub(super) lfo: lfo::Coeffs<S>,
    pub(super) detector: detector::Coeffs<S>,
    /// Frames.
    pub(super) depth: S,
    /// Gain of the input into the loop, of a channel into itself, of a channel into its partner.
    pub(super) input: S,
    pub(super) own: S,
    pub(super) cross: S,
    /// How far the input of a pair goes to the left.
    pub(super) lean: S,
    pub(super) low_cut: svf::Coeffs<S>,
    pub(super) high_cut: svf::Coeffs<S>,
    pub(super) curve: Curve<S>,
    /// One over the threshold, and what is taken away at most.
    pub(super) duck: [S; 2],
    pub(super) dry: S,
    pub(super) wet: S,
    pub(super) hold: bool,
}

/// Highest loop gain. Its distance from 1 is more than what the kernel can add (1.0006): nothing can build up.
const MOST_FEEDBACK: f64 = 0.999;

fn cut<S: Sample>(
    setup: &Setup,
    name: &'static str,
    kind: svf::Kind,
    at: Option<Hertz>,
) -> Result<svf::Coeffs<S>, Error> {
    let Some(frequency) = at else { return Ok(svf::Coeffs::NEUTRAL) };
    Error::check(name, frequency.0, 10.0, 0.45 * setup.rate.hertz(), "Hz")?;
    // Butterworth: no frequency is raised.
    svf::Coeffs::design(setup.rate, &svf::Params { kind, frequency, gain: Decibels(0.0), q: Q(FRAC_1_SQRT_2) })
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        setup.check()?;
        let rate = setup.rate.hertz();
        Error::check("depth", params.depth.0, 0.0, 0.02, "s")?;
        let frames = |name, time: Time| {
            let frames = time.frames(setup.rate)?;
            let (low, high) = (SHORTEST + params.depth.0, setup.longest.0 - params.depth.0);
            let at = |bound: &f64| libm::fabs(frames / rate - bound) < ROUNDING;
            Error::check(name, [low, high].into_iter().find(at).unwrap_or(frames / rate), low, high, "s")?;
            Ok(Delay::frames(if params.hold { libm::round(frames) } else { frames }).max(LEAST))
        };
        let times = [frames("left", params.left)?, frames("right", params.right)?];
        Error::check("feedback", params.feedback, 0.0, 1.0, "")?;
        Error::check("ping-pong", params.ping_pong, 0.0, 1.0, "")?;
        Error::check("duck amount", params.duck.amount.0, 0.0, 60.0, "dB")?;
        Error::check("duck threshold", params.duck.threshold.0, -90.0, 24.0, "dB")?;
        Error::check("wobble", params.wobble.0, 0.0, 20.0, "Hz")?;
        let going = match params.change {
            Change::Fade(over) => {
                Error::check("fade", over.0, 0.02, 0.05, "s")?;
                Going::Fade(over.frames(setup.rate).get())
            }
            Change::Tape(most) => {
                Error::check("tape", most, 0.01, 1.0, "")?;
                // What is left falls to 1/e in the power of two next to 20 ms: it arrives without a jolt.
                let bits = libm::round(libm::log2(0.02 * rate)) as u32;
                Going::Tape(Delay::frames(most).0, bits)
            }
        };
        let (attack, release) = (params.duck.attack, params.duck.release);
        let listening = detector::Params { attack, release, ..detector::Params::default() };
        let low_cut = cut(setup, "low cut", svf::Kind::HighPass, params.low_cut)?;
        let high_cut = cut(setup, "high cut", svf::Kind::LowPass, params.high_cut)?;
        let curve = Curve::design(params.saturation, params.drive, 0.0)?;
        let (dry, wet) = params.mix.equal_power()?;
        // What is held is not touched: no filter, no curve, whole frames, all or nothing to the other side.
        let (feedback, share) = if params.hold {
            (1.0, libm::round(params.ping_pong))
        } else {
            (params.feedback.min(MOST_FEEDBACK), params.ping_pong)
        };
        let number = S::from_f64;
        Ok(Self {
            times,
            going,
            lfo: lfo::Coeffs::design(&setup.lfo(), &lfo::Params { rate: params.wobble, wave: Wave::Sine })?,
            detector: detector::Coeffs::design(&setup.detector(), &listening)?,
            depth: if params.hold { S::ZERO } else { number(params.depth.0 * rate) },
            input: if params.hold { S::ZERO } else { S::ONE },
            own: number(feedback * (1.0 - share)),
            cross: number(feedback * share),
            lean: number(params.ping_pong),
            low_cut: if params.hold { svf::Coeffs::NEUTRAL } else { low_cut },
            high_cut: if params.hold { svf::Coeffs::NEUTRAL } else { high_cut },
            curve: if params.hold { Curve::OFF } else { curve },
            duck: [number((-params.duck.threshold).amplitude()), number(1.0 - (-params.duck.amount).amplitude())],
            dry: number(dry),
            wet: number(wet),
            hold: params.hold,
        })
    }

    /// Longest time, in frames.
    pub(super) fn longest(&self) -> f64 {
        self.times[0].max(self.times[1]).max(LEAST).to_frames() + self.depth.to_f64()
    }
}

impl<S: Sample> Blend for Coeffs<S> {
    type Scalar = S;
    /// Times, their way to change and the wobble's rate have a course of their own.
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        let mix = |part: fn(&Self) -> S| mix(part(from), part(to), p);
        Self {
            detector: Blend::blend(&from.detector, &to.detector, p),
            depth: mix(|c| c.depth),
            input: mix(|c| c.input),
            own: mix(|c| c.own),
            cross: mix(|c| c.cross),
            lean: mix(|c| c.lean),
            low_cut: Blend::blend(&from.low_cut, &to.low_cut, p),
            high_cut: Blend::blend(&from.high_cut, &to.high_cut, p),
            curve: Blend::blend(&from.curve, &to.curve, p),
            duck: Blend::blend(&from.duck, &to.duck, p),
            dry: mix(|c| c.dry),
            wet: mix(|c| c.wet),
            ..*to
        }
    }
}
