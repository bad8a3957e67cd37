//! The fader: level, polarity and mute of a channel, moved without a click.
//!
//! `y = sign * g * x` with `g = 10^(gain / 20)` and a `sign` of 1, -1 (inverted) or 0 (muted) for each channel.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `gain` | dB | minus infinity (silence) to 24 | 0 |
//! | `invert` | set of channels, one bit each (bit 0: the first) | | none |
//! | `mute` | | | off |
//!
//! Two ways to move, both frame by frame and the same for any cut:
//!
//! - `set` and `tune`, for a move whose end is known: the smooth curve of [`crate::ramp`]. Over [`MOVE`] a fader move
//!   of 20 dB puts -112 dB of clicks around a tone of 997 Hz (`f32` and `f64`; a straight ramp -84 dB, a jump at a zero
//!   of the tone -46 dB): energy more than 1 kHz away relative to all, in 1 s at 48 kHz under a Hann window with the
//!   move in the middle (a test).
//! - [`Gain::follow`], for a hand on the fader: two one-poles in series, each with a fifth of the stated time as its
//!   time constant, run after a target that may change at any frame. The same move puts -102 dB of clicks.
//!
//! Latency 0, no tail. Per stereo frame in `f32`: 0.4 ns at rest, 1.6 ns on a ramp, 2.3 ns following (one recursion
//! for all channels together).
//!
//! Not for fades with a shape of their own, nor for level that follows the signal: see [`crate::dynamics`].

use crate::block::Block;
use crate::error::Error;
use crate::layout::MAX_CHANNELS;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::Ramp;
use crate::sample::Sample;
use crate::units::{Decibels, Frames, Seconds};

/// A good length for moves: 20 ms, long enough to be free of clicks and short enough to be at once.
pub const MOVE: Seconds = Seconds(0.020);

/// Highest gain.
const MOST: f64 = 24.0;

/// What fixes memory: the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Channels, 1 to 24.
    pub channels: usize,
}

/// A set of channels: bit 0 is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Channels(pub u32);

impl Channels {
    /// No channel.
    pub const NONE: Self = Self(0);
    /// Every channel.
    pub const ALL: Self = Self(u32::MAX >> (32 - MAX_CHANNELS));

    /// With `channel` in it; one beyond the 24th is no channel.
    pub const fn with(self, channel: usize) -> Self {
        if channel < MAX_CHANNELS { Self(self.0 | 1 << channel) } else { self }
    }

    /// Whether `channel` is in it.
    pub const fn contains(self, channel: usize) -> bool {
        channel < MAX_CHANNELS && self.0 & 1 << channel != 0
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Gain; [`Decibels::SILENCE`] is allowed.
    pub gain: Decibels,
    /// Channels whose polarity is inverted.
    pub invert: Channels,
    /// Silences all channels.
    pub mute: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self { gain: Decibels(0.0), invert: Channels::NONE, mute: false }
    }
}

/// The amplitude ratio of a gain from silence to +24 dB.
pub(crate) fn amplitude(parameter: &'static str, gain: Decibels) -> Result<f64, Error> {
    Error::check(parameter, gain.0, f64::NEG_INFINITY, MOST, "dB")?;
    Ok(gain.amplitude())
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    gain: S,
    signs: [S; MAX_CHANNELS],
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("channels", setup.channels as f64, 1.0, MAX_CHANNELS as f64, "")?;
        let sign = |channel| match (params.mute, params.invert.contains(channel)) {
            (true, _) => S::ZERO,
            (_, true) => -S::ONE,
            _ => S::ONE,
        };
        let gain = S::from_f64(amplitude("gain", params.gain)?);
        Ok(Self { gain, signs: core::array::from_fn(sign) })
    }
}

/// Two one-poles in series behind a target, held as their distances from it: those shrink to nothing, where values
/// would come to a stop short of the target as soon as their steps are rounded away.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Behind<S> {
    first: S,
    second: S,
    step: S,
}

impl<S: Sample> Behind<S> {
    /// Below this a distance is none: -120 dBFS (`f32`) as a last step, far below the clicks of the move itself.
    fn is_there(self) -> bool {
        let least = S::EPSILON * S::from_i32(8);
        self.first.abs() < least && self.second.abs() < least
    }

    /// Step of a one-pole whose time constant is a fifth of `over`.
    fn step(over: Frames) -> S {
        S::from_f64(-libm::expm1(-5.0 / over.get() as f64))
    }

    /// Writes `target` less the distance of each frame; true once it is there.
    #[inline(always)]
    fn run(&mut self, target: S, out: &mut [S]) -> bool {
        for g in out {
            *g = target - self.second;
            self.second += self.step * (self.first - self.second);
            self.first -= self.step * self.first;
            if self.is_there() {
                (self.first, self.second) = (S::ZERO, S::ZERO);
            }
        }
        self.first == S::ZERO && self.second == S::ZERO
    }
}

/// The processor; it has no memory of the sound.
#[derive(Debug, Clone)]
pub struct Gain<S> {
    setup: Setup,
    gain: Ramp<S>,
    signs: Ramp<[S; MAX_CHANNELS]>,
    behind: Behind<S>,
    following: bool,
}

impl<S: Sample> Gain<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Ok(Self {
            setup: *setup,
            gain: Ramp::smooth(coeffs.gain),
            signs: Ramp::smooth(coeffs.signs),
            behind: Behind::default(),
            following: false,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Follows a hand: from wherever the gain is (and, as long as `over` stays, with whatever speed it has) towards
    /// `coeffs`, of which 96 % are covered after `over` frames. May be called at every frame. Polarity and mute move as by `tune`.
    pub fn follow(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        if over == Frames::ZERO {
            return self.tune(coeffs, over);
        }
        let now = self.gain.now(0);
        let (first, second) = (now - self.behind.first, now - self.behind.second);
        self.gain = Ramp::smooth(coeffs.gain);
        self.behind = Behind { first: coeffs.gain - first, second: coeffs.gain - second, step: Behind::step(over) };
        self.following = true;
        if coeffs.signs != *self.signs.target() {
            self.signs.tune(coeffs.signs, over);
        }
    }
}

impl<S: Sample> Tune<S> for Gain<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.gain = Ramp::smooth(self.gain.now(0) - self.behind.second);
        self.gain.tune(coeffs.gain, over);
        self.signs.tune(coeffs.signs, over);
        (self.behind, self.following) = (Behind::default(), false);
    }
}

impl<S: Sample> Process<S> for Gain<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let (frames, channels) = (block.frames(), block.channels().min(self.setup.channels));
        let mut at = 0;
        while at < frames {
            let n = CHUNK.min(frames - at);
            let mut part = block.part(at, n);
            let mut gain = [S::ZERO; CHUNK];
            let gain = &mut gain[..n];
            if self.following {
                self.following = !self.behind.run(*self.gain.target(), gain);
            } else {
                self.gain.fill(gain);
            }
            let mut positions = [S::ZERO; CHUNK];
            let turning = self.signs.moving();
            if turning {
                for (i, p) in positions[..n].iter_mut().enumerate() {
                    *p = self.signs.position(i);
                }
            }
            for channel in 0..channels {
                let x = part.channel_mut(channel).iter_mut().zip(gain.iter());
                let (from, to) = (self.signs.start()[channel], self.signs.target()[channel]);
                if turning {
                    for ((x, g), p) in x.zip(&positions) {
                        *x = x.clean() * (*g * crate::ramp::mix(from, to, *p));
                    }
                } else {
                    for (x, g) in x {
                        *x = x.clean() * (*g * to);
                    }
                }
            }
            self.gain.advance(n);
            self.signs.advance(n);
            at += n;
        }
    }

    fn reset(&mut self) {
        self.gain.finish();
        self.signs.finish();
        (self.behind, self.following) = (Behind::default(), false);
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
    use crate::laws;
    use crate::signal;
    use std::vec::Vec;

    fn at(gain: f64) -> Params {
        Params { gain: Decibels(gain), ..Params::default() }
    }

    fn ones(processor: &mut Gain<f64>, frames: usize) -> Vec<f64> {
        laws::render(processor, &[std::vec![1.0; frames]]).remove(0)
    }

    #[test]
    fn gain_polarity_and_mute_are_exact() {
        let input: Vec<Vec<f32>> = (0..3).map(|c| signal::white(c, 0.5).take(100).collect()).collect();
        let params = Params { invert: Channels::NONE.with(1), ..at(0.0) };
        let out = laws::render(&mut Gain::new(&Setup { channels: 3 }, &params).unwrap(), &input);
        assert!(out[0] == input[0] && out[2] == input[2]);
        assert!(out[1].iter().zip(&input[1]).all(|(a, b)| *a == -b));
        for silent in [at(f64::NEG_INFINITY), Params { mute: true, ..Params::default() }] {
            let out = laws::render(&mut Gain::new(&Setup { channels: 3 }, &silent).unwrap(), &input);
            assert!(out.iter().flatten().all(|v| *v == 0.0));
        }
        assert!(Gain::<f32>::new(&Setup { channels: 3 }, &at(24.1)).is_err());
        assert!(Gain::<f32>::new(&Setup { channels: 3 }, &at(f64::NAN)).is_err());
        assert!((0..24).all(|c| Channels::ALL.contains(c)) && !Channels::ALL.contains(24));
    }

    #[test]
    fn following_is_two_one_poles_and_arrives() {
        let mut p = Gain::<f64>::new(&Setup { channels: 1 }, &at(f64::NEG_INFINITY)).unwrap();
        p.follow(&Coeffs::design(&p.setup, &at(0.0)).unwrap(), Frames(960));
        let out = ones(&mut p, 20_000);
        // Step response of two equal poles, 1 - (1 + t) exp(-t), in its discrete form.
        let keep = (-5.0_f64 / 960.0).exp();
        for (n, v) in out.iter().enumerate().take(5_000) {
            let exact = 1.0 - (1.0 + n as f64 * (1.0 - keep) / keep) * keep.powi(n as i32);
            assert!((v - exact).abs() < 1e-12, "{n}: {v} for {exact}");
        }
        assert!((out[960] - 0.9596).abs() < 1e-3 && out[19_999] == 1.0);
    }

    #[test]
    fn a_move_takes_over_from_following_and_back_without_a_step() {
        let mut p = Gain::<f64>::new(&Setup { channels: 1 }, &at(0.0)).unwrap();
        p.follow(&Coeffs::design(&p.setup, &at(-20.0)).unwrap(), Frames(960));
        let mut out = ones(&mut p, 150);
        p.set(&at(6.0), Frames(1_000)).unwrap();
        out.extend(ones(&mut p, 400));
        p.follow(&Coeffs::design(&p.setup, &at(-6.0)).unwrap(), Frames(960));
        out.extend(ones(&mut p, 150));
        p.follow(&Coeffs::design(&p.setup, &at(3.0)).unwrap(), Frames(960));
        out.extend(ones(&mut p, 20_000));
        assert!(out.windows(2).all(|w| (w[1] - w[0]).abs() < 0.01));
        assert_eq!(*out.last().unwrap(), Decibels(3.0).amplitude());
    }
}
