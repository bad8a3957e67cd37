//! Makes a recorded impulse response ready: where it begins and ends, how loud, how long.
//!
//! Plain functions on planar channels, for the control thread; all channels are treated alike, so that what one ear hears
//! before or louder than the other stays. [`Shape`] does the usual things in the usual order:
//! trim, reverse, decay, fade, pre-delay, normalise, gain.
//!
//! | field | unit | range | default |
//! |---|---|---|---|
//! | `onset` | dB re peak: what is softer before the direct sound is cut | -120 to 0 | -60 |
//! | `end` | dB re peak: what is softer at the end is cut | -120 to 0 | -90 |
//! | `decay` | share of the reverberation time | 0.1 to 1 | 1 |
//! | `fade` | s, at the end (at most half of the response) | 0 to 10 | 0.01 |
//! | `pre_delay` | s | 0 to 1 | 0 |
//! | `reverse` | | | false |
//! | `normalise` | | | true |
//! | `gain` | dB | -60 to 24 | 0 |
//!
//! **Normalise** gives the loudest channel an energy of 1, `sum h[n]^2 = 1`: white noise comes out as loud as it went in,
//! whatever room is loaded. (The highest sample says nothing about loudness, and the highest magnitude, which a room reaches
//! at one frequency by chance, makes long rooms 10 dB too soft.) Single frequencies may come out louder.
//!
//! ```
//! use dsp_core::{reverb::convolution::ir::Shape, units::SampleRate};
//! let mut left = vec![0.0_f32; 4_800];
//! left.iter_mut().skip(200).zip((1..4_001).rev()).for_each(|(h, n)| *h = n as f32 / 4_000.0);
//! let mut channels = [&mut left[..]];
//! let frames = Shape::default().prepare(SampleRate::VIDEO, &mut channels, 4_800).unwrap();
//! assert_eq!(frames, 4_000, "200 frames of silence are gone");
//! ```
//!
//! Source of the reverberation time: Schroeder, "New method of measuring reverberation time", JASA 37 (1965); ISO 3382-1,
//! T30.

use crate::error::Error;
use crate::ramp::Shape as Curve;
use crate::sample::Sample;
use crate::units::{Decibels, SampleRate, Seconds};
use core::ops::Range;

/// What to do with an impulse response.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Shape {
    /// Level re peak below which what precedes the direct sound is cut.
    pub onset: Decibels,
    /// Level re peak below which the end is cut.
    pub end: Decibels,
    /// Share of its reverberation time that is left.
    pub decay: f64,
    /// Fade at the end.
    pub fade: Seconds,
    /// Silence before the direct sound.
    pub pre_delay: Seconds,
    /// Backwards.
    pub reverse: bool,
    /// To an energy of 1.
    pub normalise: bool,
    /// Gain, after all.
    pub gain: Decibels,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            onset: Decibels(-60.0),
            end: Decibels(-90.0),
            decay: 1.0,
            fade: Seconds(0.01),
            pre_delay: Seconds(0.0),
            reverse: false,
            normalise: true,
            gain: Decibels(0.0),
        }
    }
}

impl Shape {
    /// Changes the first `frames` frames of `channels` in place and says how many frames there are then (at least 1).
    ///
    /// # Errors
    /// A field out of range; channels too short for the pre-delay. Nothing has been changed then.
    pub fn prepare<S: Sample, C: AsRef<[S]> + AsMut<[S]>>(
        &self,
        rate: SampleRate,
        channels: &mut [C],
        frames: usize,
    ) -> Result<usize, Error> {
        Error::check("onset", self.onset.0, -120.0, 0.0, "dB")?;
        Error::check("end", self.end.0, -120.0, 0.0, "dB")?;
        Error::check("decay", self.decay, 0.1, 1.0, "")?;
        Error::check("fade", self.fade.0, 0.0, 10.0, "s")?;
        Error::check("pre-delay", self.pre_delay.0, 0.0, 1.0, "s")?;
        Error::check("gain", self.gain.0, -60.0, 24.0, "dB")?;
        let room = channels.iter().map(|c| c.as_ref().len()).min().unwrap_or(0);
        Error::check_len("impulse response", frames.max(1), room)?;
        let range = sounding(channels, frames, self.onset, self.end);
        let delay = self.pre_delay.frames(rate).get() as usize;
        let (len, total) = (range.len(), range.len() + delay);
        Error::check_len("impulse response", total, room)?;

        for channel in channels.iter_mut() {
            channel.as_mut().copy_within(range.clone(), 0);
        }
        // By T60: what the fade takes away must not count as decay.
        let t60 = if self.decay < 1.0 { reverberation(channels, len, rate) } else { None };
        for channel in channels.iter_mut() {
            let all = channel.as_mut();
            let taps = &mut all[..len];
            if let Some(t60) = t60 {
                decay(taps, rate, t60, self.decay);
            }
            if self.reverse {
                taps.reverse();
            }
            fade_out(taps, (self.fade.frames(rate).get() as usize).min(len / 2));
            all.copy_within(..len, delay);
            all[..delay].fill(S::ZERO);
        }
        let level = if self.normalise { energy(channels, total) } else { 1.0 };
        if level > 0.0 {
            let gain = self.gain.amplitude() / libm::sqrt(level);
            channels.iter_mut().for_each(|c| scale(&mut c.as_mut()[..total], gain));
        }
        Ok(total)
    }
}

/// From the first frame that reaches `onset` in any channel to the last that reaches `end`, both re the peak of all channels;
/// one frame when all is silent.
///
/// # Panics
/// When a channel has fewer than `frames` frames.
pub fn sounding<S: Sample, C: AsRef<[S]>>(
    channels: &[C],
    frames: usize,
    onset: Decibels,
    end: Decibels,
) -> Range<usize> {
    let level = |n: usize| channels.iter().fold(S::ZERO, |most, c| most.larger(c.as_ref()[n].clean().abs()));
    let peak = (0..frames).map(level).fold(S::ZERO, S::larger);
    let reaches = |db: Decibels| {
        let floor = S::from_f64(peak.to_f64() * db.amplitude());
        move |n: &usize| peak > S::ZERO && level(*n) >= floor
    };
    let first = (0..frames).find(reaches(onset)).unwrap_or(0);
    let last = (0..frames).rev().find(reaches(end)).unwrap_or(first);
    first..last.max(first) + 1
}

/// Energy of the loudest channel.
///
/// # Panics
/// When a channel has fewer than `frames` frames.
pub fn energy<S: Sample, C: AsRef<[S]>>(channels: &[C], frames: usize) -> f64 {
    let one = |c: &C| c.as_ref()[..frames].iter().map(|x| x.clean().to_f64() * x.clean().to_f64()).sum::<f64>();
    channels.iter().map(one).fold(0.0, |a, b| if b > a { b } else { a })
}

/// Reverberation time T60 of all channels together: twice the time in which the energy yet to come falls from -5 to -35 dB.
/// `None` when there is no decay to measure (less than two frames between the two). A noisy recording reads too long: trim it.
///
/// # Panics
/// When a channel has fewer than `frames` frames.
pub fn reverberation<S: Sample, C: AsRef<[S]>>(channels: &[C], frames: usize, rate: SampleRate) -> Option<Seconds> {
    let power = |n: usize| {
        let one = |c: &C| c.as_ref()[n].clean().to_f64();
        channels.iter().map(|c| one(c) * one(c)).sum::<f64>()
    };
    let total: f64 = (0..frames).map(power).sum();
    let (high, low) = (total * libm::exp10(-0.5), total * libm::exp10(-3.5));
    // Summed from the end, where the small numbers are.
    let (mut left, mut crossed) = (0.0, [None; 2]);
    for n in (0..frames).rev() {
        left += power(n);
        if left >= low && crossed[1].is_none() {
            crossed[1] = Some(n);
        }
        if left >= high {
            crossed[0] = Some(n);
            break;
        }
    }
    let [Some(from), Some(to)] = crossed else { return None };
    (to > from + 1).then(|| Seconds(2.0 * (to - from) as f64 / rate.hertz()))
}

/// Multiplies with an exponential that makes a reverberation time of `t60` one of `share * t60`; both are above 0.
pub fn decay<S: Sample>(taps: &mut [S], rate: SampleRate, t60: Seconds, share: f64) {
    // 60 dB are ln 1000 nepers.
    let nepers = core::f64::consts::LN_10 * 3.0 * (1.0 / share - 1.0) / (t60.0 * rate.hertz());
    for (n, tap) in taps.iter_mut().enumerate() {
        *tap *= S::from_f64(libm::exp(-nepers * n as f64));
    }
}

/// Fades the last `frames` frames smoothly to (nearly) nothing: the frame after the last would be zero.
pub fn fade_out<S: Sample>(taps: &mut [S], frames: usize) {
    let frames = frames.min(taps.len());
    for (n, tap) in taps.iter_mut().rev().take(frames).enumerate() {
        *tap *= Curve::Smooth.at(S::from_f64((n + 1) as f64 / (frames + 1) as f64));
    }
}

/// Multiplies with a gain.
pub fn scale<S: Sample>(taps: &mut [S], gain: f64) {
    let gain = S::from_f64(gain);
    taps.iter_mut().for_each(|tap| *tap *= gain);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;
    use std::{vec, vec::Vec};

    const RATE: SampleRate = SampleRate::VIDEO;
    const PLAIN: Shape = Shape {
        onset: Decibels(-60.0),
        end: Decibels(-120.0),
        decay: 1.0,
        fade: Seconds(0.0),
        pre_delay: Seconds(0.0),
        reverse: false,
        normalise: false,
        gain: Decibels(0.0),
    };

    /// Two channels of noise that decays by 60 dB in `t60`, after 500 frames of a murmur.
    fn room(t60: f64, frames: usize) -> [Vec<f64>; 2] {
        [1, 2].map(|seed| {
            let noise = signal::white::<f64>(seed, 1.0).zip(0_i32..);
            noise
                .take(frames)
                .map(
                    |(v, n)| if n < 500 { v * 1e-4 } else { v * libm::exp10(-3.0 * f64::from(n - 500) / (t60 * 48e3)) },
                )
                .collect()
        })
    }

    #[test]
    fn what_precedes_the_direct_sound_is_cut_in_all_channels_alike() {
        let mut channels = room(0.5, 24_000);
        channels[1][500..600].fill(0.0);
        let original = channels.clone();
        let frames = PLAIN.prepare(RATE, &mut channels, 24_000).unwrap();
        assert_eq!(frames, 23_500);
        for (now, then) in channels.iter().zip(&original) {
            assert_eq!(now[..frames], then[500..]);
        }
        let cut = Shape { end: Decibels(-30.0), ..PLAIN }.prepare(RATE, &mut channels, frames).unwrap();
        assert!((11_000..12_200).contains(&cut), "30 dB in half of 0.5 s: {cut}");
    }

    #[test]
    fn the_reverberation_time_is_measured_and_shortened_as_asked() {
        for t60 in [0.3, 1.0, 2.5] {
            let mut channels = room(t60, (48e3 * t60 * 1.2) as usize);
            let frames = channels[0].len();
            let frames = PLAIN.prepare(RATE, &mut channels, frames).unwrap();
            let before = reverberation(&channels, frames, RATE).unwrap().0;
            assert!((before / t60 - 1.0).abs() < 0.02, "{before} for {t60}");
            for share in [0.5, 0.25] {
                let mut shorter = channels.clone();
                let frames = Shape { decay: share, ..PLAIN }.prepare(RATE, &mut shorter, frames).unwrap();
                let after = reverberation(&shorter, frames, RATE).unwrap().0;
                assert!((after / (share * t60) - 1.0).abs() < 0.04, "{after} for {share} of {t60}");
            }
        }
        assert_eq!(reverberation(&[vec![1.0_f32]], 1, RATE), None);
    }

    #[test]
    fn normalised_means_noise_keeps_its_level() {
        let mut channels = room(0.4, 20_000);
        scale(&mut channels[0], 0.5);
        let shape = Shape { normalise: true, gain: Decibels(-6.0), ..PLAIN };
        let frames = shape.prepare(RATE, &mut channels, 20_000).unwrap();
        let level = Decibels::from_power(energy(&channels, frames)).0;
        assert!((level + 6.0).abs() < 1e-9, "{level}");
        let difference = Decibels::from_power(energy(&channels[1..], frames) / energy(&channels[..1], frames)).0;
        assert!((difference - 6.02).abs() < 0.3, "one gain for all: {difference}");
    }

    #[test]
    fn delay_fade_and_reversal() {
        let mut one = [vec![1.0_f64, 0.5, 0.25, 0.125, 0.0, 0.0, 0.0]];
        let shape = Shape { reverse: true, pre_delay: Seconds(2.0 / 48e3), ..PLAIN };
        assert_eq!(shape.prepare(RATE, &mut one, 4).unwrap(), 6);
        assert_eq!(one[0], [0.0, 0.0, 0.125, 0.25, 0.5, 1.0, 0.0]);
        assert!(shape.prepare(RATE, &mut one, 7).is_ok());
        let long = Shape { pre_delay: Seconds(1.0), ..PLAIN };
        let before = one.clone();
        assert!(long.prepare(RATE, &mut one, 4).is_err() && one == before, "refused and unchanged");
        let mut flat = [1.0_f64; 8];
        fade_out(&mut flat, 3);
        assert!(flat[4] == 1.0 && flat[5] < 1.0 && flat[6] == 0.5 && flat[7] > 0.0 && flat[7] < 0.2);
        let mut silent = [vec![0.0_f32; 9]];
        assert_eq!(Shape::default().prepare(RATE, &mut silent, 9).unwrap(), 1);
        assert_eq!(silent[0], [0.0; 9]);
    }
}
