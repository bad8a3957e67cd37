//! From the set-up and what a person sets to the numbers of the loop.

use crate::error::Error;
use crate::layout::Layout;
use crate::ramp::blend_fields;
use crate::reverb::fdn::absorption::Bank;
use crate::reverb::fdn::curve::Curve;
use crate::reverb::fdn::diffuser::Diffuser;
use crate::reverb::fdn::lengths::{Dice, lines};
use crate::reverb::fdn::modulation::Motion;
use crate::reverb::fdn::params::Params;
use crate::reverb::fdn::tone::Tone;
use crate::sample::Sample;
use crate::units::{Hertz, SampleRate, Seconds};

/// A high cut at this frequency cuts nothing.
pub(super) const HIGHEST_CUT: f64 = 20_000.0;

/// What fixes memory and the character of the room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Positions of the channels, at most as many as lines.
    pub layout: Layout,
    /// Size of the room, 0.5 to 2: lengths of the lines.
    pub size: f64,
    /// Longest pre-delay, 0 to 0.5 s.
    pub longest_pre_delay: Seconds,
    /// Which of many rooms of this size.
    pub seed: u32,
}

impl Setup {
    /// The defaults: size 1, pre-delay up to 0.25 s.
    pub const fn new(rate: SampleRate, layout: Layout) -> Self {
        Self { rate, layout, size: 1.0, longest_pre_delay: Seconds(0.25), seed: 0 }
    }

    fn check<const N: usize>(&self) -> Result<(), Error> {
        const { assert!(N == 8 || N == 16, "a room has 8 or 16 lines") };
        Error::check("channels", self.layout.channels() as f64, 1.0, N as f64, "")?;
        Error::check("size", self.size, 0.5, 2.0, "")?;
        Error::check("longest pre-delay", self.longest_pre_delay.0, 0.0, 0.5, "s")
    }

    pub(super) fn lengths<const N: usize>(&self) -> [usize; N] {
        // Memory is asked for before anything is checked.
        lines(self.rate.hertz(), self.size.clamp(0.5, 2.0), self.seed)
    }

    fn signs<const N: usize>(&self) -> [f64; N] {
        let mut dice = Dice::new(self.seed, 3);
        core::array::from_fn(|_| dice.sign())
    }

    pub(super) fn predelay(&self) -> usize {
        Seconds(self.longest_pre_delay.0.clamp(0.0, 0.5)).frames(self.rate).get() as usize
    }
}

/// What moves smoothly, frame by frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Levels<S> {
    pub(super) dry: S,
    pub(super) wet: S,
    /// `(width - 1) / 2`.
    pub(super) spread: S,
    pub(super) direct: S,
    pub(super) diffused: S,
    pub(super) swing: S,
}

blend_fields!(Levels { dry, wet, spread, direct, diffused, swing });

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S, const N: usize> {
    pub(super) levels: Levels<S>,
    pub(super) bank: Bank<S, N>,
    pub(super) tone: Tone<S>,
    pub(super) advance: u32,
    pub(super) predelay: usize,
    /// Frames until silence; none when frozen.
    pub(super) tail: Option<u64>,
}

impl<S: Sample, const N: usize> Coeffs<S, N> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        setup.check::<N>()?;
        params.check(setup.longest_pre_delay)?;
        let (dry, wet) = params.mix.equal_power()?;
        let rate = setup.rate.hertz();
        let (curve, lengths) = (Curve::of(params), setup.lengths::<N>());
        let signs = setup.signs();
        let bank = if params.freeze { Bank::lossless(&signs) } else { Bank::design(rate, &lengths, &signs, &curve) };
        // A row of the matrix hears 1 / N of the energy in the room once per pass, and a pass takes the mean length of the
        // lines: a geometric series. The tone correction makes it the same at all frequencies.
        let mean = lengths.iter().sum::<usize>() as f64 / (rate * N as f64);
        let loss = |f: f64| -libm::expm1(-6.0 * core::f64::consts::LN_10 * mean / curve.at(f));
        let energy = 1.0 / (N as f64 * loss(1_000.0));
        let inputs = setup.layout.channels().min(2) as f64;
        let wet = wet * params.level.amplitude() / libm::sqrt(energy * inputs);
        let enter = if params.freeze { 0.0 } else { 1.0 / libm::sqrt(N as f64) };
        let angle = params.diffusion * core::f64::consts::FRAC_PI_2;
        let direct = if params.diffusion == 1.0 { 0.0 } else { libm::cos(angle) };
        let motion = Motion::<S>::new(rate, params.modulation_rate.0, params.modulation_depth);
        let levels = Levels {
            dry,
            wet,
            spread: (params.width - 1.0) / 2.0,
            direct: enter * direct,
            diffused: enter * libm::sin(angle) * Diffuser::GAIN,
            swing: 0.0,
        };
        let tone = Tone::design(rate, loss, params.low_cut.0, params.high_cut.0);
        // 60 dB six times: of the room, then of what the filters of the wet sound remember of it.
        let fall = 6.0 * bank.longest(rate, &lengths) * rate + 18.0 * core::f64::consts::LN_10 * tone.time_constant();
        Ok(Self {
            levels: Levels {
                dry: S::from_f64(levels.dry),
                wet: S::from_f64(levels.wet),
                spread: S::from_f64(levels.spread),
                direct: S::from_f64(levels.direct),
                diffused: S::from_f64(levels.diffused),
                swing: motion.swing,
            },
            bank,
            tone,
            advance: motion.advance,
            predelay: params.pre_delay.frames(setup.rate).get() as usize,
            tail: if params.freeze { None } else { Some(fall as u64) },
        })
    }

    pub(super) fn motion(&self) -> Motion<S> {
        Motion { advance: self.advance, swing: self.levels.swing }
    }

    /// T60 in seconds at a frequency, as the filter of `line` (from 0) and its length give it; infinite when frozen.
    pub fn decay_time(&self, setup: &Setup, line: usize, frequency: Hertz) -> Seconds {
        if self.tail.is_none() {
            return Seconds(f64::INFINITY);
        }
        let rate = setup.rate.hertz();
        let frames = setup.lengths::<N>()[line % N] as f64;
        Seconds(-60.0 * frames / rate / self.bank.level(line % N, rate, frequency.0))
    }
}
