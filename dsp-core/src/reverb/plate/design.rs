//! From settings to the numbers of the loop.

use super::tank::{LENGTHS, PAPER_RATE, TANK};
use super::{Params, Setup};
use crate::error::Error;
use crate::modulation::lfo;
use crate::modulation::wave::Wave;
use crate::process::Tail;
use crate::ramp::blend_fields;
use crate::reverb::damping;
use crate::sample::Sample;
use crate::units::{Frames, Seconds};

/// Longest pre-delay a set-up may have, in seconds.
pub(super) const LONGEST_PRE_DELAY: f64 = 1.0;
/// Deepest modulation to each side.
pub(super) const DEEPEST: Seconds = Seconds(0.001);
/// Decay diffusion 1 of the paper: the all-passes that move.
pub(super) const DECAY_DIFFUSION: f64 = 0.7;

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    pub(super) numbers: Numbers<S>,
    pub(super) lfo: lfo::Coeffs<S>,
}

/// Those that move together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numbers<S> {
    pub(super) dry: S,
    pub(super) wet: S,
    /// `(width - 1) / 2`: how much of the difference goes to each side.
    pub(super) spread: S,
    /// Gain into the figure of eight.
    pub(super) feed: S,
    /// In frames.
    pub(super) pre_delay: S,
    pub(super) bandwidth: S,
    pub(super) damping: S,
    /// Of the first two all-passes and the next two.
    pub(super) diffusion: [S; 2],
    /// Passed four times on the way round.
    pub(super) decay: S,
    /// Decay diffusion 2: the all-passes that do not move.
    pub(super) decay_diffusion: S,
    /// In frames.
    pub(super) depth: S,
}

blend_fields!(Numbers {
    dry,
    wet,
    spread,
    feed,
    pre_delay,
    bandwidth,
    damping,
    diffusion,
    decay,
    decay_diffusion,
    depth
});

/// How much longer the decay reads (500 Hz to 2 kHz, T30, no damping) than the mean length of a round trip says: what
/// the all-passes hold longest is heard last. Measured at times from 0.8 to 6 s.
const HELD_LONGEST: f64 = 1.09;

/// Once round the figure of eight, in seconds: an all-pass delays by its length on average over frequency.
fn round_trip() -> f64 {
    HELD_LONGEST * LENGTHS[TANK].iter().sum::<usize>() as f64 / PAPER_RATE
}

pub(super) fn lfo_setup(setup: &Setup) -> lfo::Setup {
    lfo::Setup { rate: setup.rate, seed: 0 }
}

pub(super) fn lfo_params(params: &Params) -> lfo::Params {
    lfo::Params { rate: params.modulation_rate, wave: Wave::Sine }
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("longest pre-delay", setup.longest_pre_delay.0, 0.0, LONGEST_PRE_DELAY, "s")?;
        Error::check("time", params.time.0, 0.5, 60.0, "s")?;
        Error::check("pre-delay", params.pre_delay.0, 0.0, setup.longest_pre_delay.0, "s")?;
        Error::check("bandwidth", params.bandwidth.0, 100.0, 20_000.0, "Hz")?;
        Error::check("damping", params.damping.0, 100.0, 20_000.0, "Hz")?;
        Error::check("diffusion", params.diffusion, 0.0, 0.9, "")?;
        Error::check("modulation depth", params.modulation_depth.0, 0.0, DEEPEST.0, "s")?;
        Error::check("modulation rate", params.modulation_rate.0, 0.0, 5.0, "Hz")?;
        Error::check("width", params.width, 0.0, 2.0, "")?;
        let (dry, wet) = params.mix.equal_power()?;
        let rate = setup.rate;
        // -60 dB after `time`, four decays in each round trip.
        let decay = libm::pow(10.0, -3.0 * round_trip() / (4.0 * params.time.0));
        let s = S::from_f64;
        let lfo = lfo::Coeffs::design(&lfo_setup(setup), &lfo_params(params))?;
        let moving = Numbers {
            dry: s(dry),
            wet: s(wet),
            spread: s((params.width - 1.0) / 2.0),
            feed: S::ONE,
            pre_delay: s(params.pre_delay.frames(rate).get() as f64),
            bandwidth: s(damping::step(rate, params.bandwidth)),
            damping: s(damping::step(rate, params.damping)),
            diffusion: [s(params.diffusion), s(params.diffusion / 1.2)],
            decay: s(decay),
            // Table 1 of the paper.
            decay_diffusion: s((decay + 0.15).clamp(0.25, 0.5)),
            depth: s(params.modulation_depth.0 * rate.hertz()),
        };
        if !params.freeze {
            return Ok(Self { numbers: moving, lfo });
        }
        Ok(Self { lfo, numbers: Numbers { feed: S::ZERO, decay: S::ONE, damping: S::ONE, depth: S::ZERO, ..moving } })
    }

    /// Sums what can ring one after the other, each with the time constant of its slowest resonance: the round trip,
    /// where an all-pass of coefficient `g` delays by up to `(1 + g) / (1 - g)` times its length; each all-pass alone;
    /// the low-passes.
    pub(super) fn tail(&self, setup: &Setup) -> Tail {
        let decay = self.numbers.decay.to_f64();
        if decay >= 1.0 {
            return Tail::Infinite;
        }
        let scale = setup.rate.hertz() / PAPER_RATE;
        let fixed = self.numbers.decay_diffusion.to_f64();
        let slowest = |length: f64, g: f64| length * (1.0 + g) / (1.0 - g);
        let alone = |length: f64, g: f64| if g > 0.0 { -length / libm::log(g) } else { length };
        let (mut trip, mut rest) = (0.0, 0.0);
        for branch in LENGTHS[TANK].chunks_exact(4) {
            let [first, second, third, fourth] = [0, 1, 2, 3].map(|i| branch[i] as f64 * scale);
            trip += slowest(first, DECAY_DIFFUSION) + second + slowest(third, fixed) + fourth;
            rest += alone(first, DECAY_DIFFUSION) + alone(third, fixed);
        }
        for (i, length) in LENGTHS[..TANK.start].iter().enumerate() {
            rest += alone(*length as f64 * scale, self.numbers.diffusion[i / 2].to_f64());
        }
        for step in [self.numbers.bandwidth, self.numbers.damping] {
            rest += 1.0 / step.to_f64();
        }
        let frames = trip / (-4.0 * libm::log(decay)) + rest;
        Tail::Frames(setup.predelay() + Frames(trip as u64)).and_then(Tail::of_time_constant::<S>(frames))
    }
}
