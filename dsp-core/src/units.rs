//! Units for everything a person sets, as `f64` newtypes: a frequency cannot be passed where a sample rate is meant.
//!
//! Hot loops never see these; they end in a `Coeffs`.

use crate::error::Error;
use core::ops::{Add, Neg, Sub};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name(pub f64);
        impl $name {
            /// The plain number.
            pub const fn get(self) -> f64 {
                self.0
            }
        }
    };
}

unit!(
    /// A frequency in hertz.
    Hertz
);
unit!(
    /// A duration in seconds.
    Seconds
);
/// A level difference or gain in decibels; `20 log10` of an amplitude ratio.
///
/// Minus infinity, silence, is read from `null` too: some formats (JSON) have no infinite numbers and write that.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct Decibels(pub f64);

impl Decibels {
    /// The plain number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Decibels {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number: Option<f64> = serde::Deserialize::deserialize(deserializer)?;
        Ok(number.map_or(Self::SILENCE, Self))
    }
}

unit!(
    /// A loudness in LUFS (LKFS), ITU-R BS.1770. The difference of two is in [`Decibels`] (LU).
    Lufs
);
unit!(
    /// A place between left and right: -1 is left, 0 the centre, 1 right.
    Pan
);
unit!(
    /// An angle in degrees.
    Degrees
);
unit!(
    /// Quality of a resonance: centre frequency over bandwidth; 0.7071 is Butterworth.
    Q
);

/// How much of an effect is heard: 0 is dry (the input alone), 1 is wet (the effect alone).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Mix(pub f64);

impl Mix {
    /// The input alone.
    pub const DRY: Self = Self(0.0);
    /// The effect alone: for sends.
    pub const WET: Self = Self(1.0);

    /// The plain number, checked.
    fn share(self) -> Result<f64, Error> {
        Error::check("mix", self.0, 0.0, 1.0, "")?;
        Ok(self.0)
    }

    /// Gains of dry and wet whose powers add up to 1, for effects unlike their input (reverb, echo): `cos`, `sin` of a
    /// quarter turn. Exactly (1, 0) and (0, 1) at the ends.
    ///
    /// # Errors
    /// Outside 0 to 1.
    pub fn equal_power(self) -> Result<(f64, f64), Error> {
        let share = self.share()?;
        let angle = share * core::f64::consts::FRAC_PI_2;
        Ok((if share == 1.0 { 0.0 } else { libm::cos(angle) }, libm::sin(angle)))
    }

    /// Gains of dry and wet that add up to 1, for effects much like their input (chorus, flanger, phaser).
    ///
    /// # Errors
    /// Outside 0 to 1.
    pub fn linear(self) -> Result<(f64, f64), Error> {
        let share = self.share()?;
        Ok((1.0 - share, share))
    }
}

impl Pan {
    /// All the way to the left.
    pub const LEFT: Self = Self(-1.0);
    /// In the middle.
    pub const CENTRE: Self = Self(0.0);
    /// All the way to the right.
    pub const RIGHT: Self = Self(1.0);
}

impl Decibels {
    /// Minus infinity: a gain of zero.
    pub const SILENCE: Self = Self(f64::NEG_INFINITY);

    /// The amplitude ratio `10^(dB/20)`.
    pub fn amplitude(self) -> f64 {
        libm::exp10(self.0 / 20.0)
    }

    /// From an amplitude ratio; zero gives minus infinity.
    pub fn from_amplitude(ratio: f64) -> Self {
        Self(20.0 * libm::log10(libm::fabs(ratio)))
    }

    /// From a power ratio; zero gives minus infinity.
    pub fn from_power(ratio: f64) -> Self {
        Self(10.0 * libm::log10(ratio))
    }
}

impl Add for Decibels {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl Sub for Decibels {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl Neg for Decibels {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl Sub for Lufs {
    type Output = Decibels;
    fn sub(self, other: Self) -> Decibels {
        Decibels(self.0 - other.0)
    }
}
impl Add<Decibels> for Lufs {
    type Output = Self;
    fn add(self, other: Decibels) -> Self {
        Self(self.0 + other.0)
    }
}

impl Seconds {
    /// The nearest whole number of frames at `rate`. Times that are negative, not a number, infinite or of 9e15 frames and more
    /// give 0.
    pub fn frames(self, rate: SampleRate) -> Frames {
        let n = libm::round(self.0 * rate.hertz());
        Frames(if (1.0..9e15).contains(&n) { n as u64 } else { 0 })
    }
}

/// A number of frames (one frame: one sample of every channel).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Frames(pub u64);

impl Frames {
    /// None.
    pub const ZERO: Self = Self(0);

    /// The plain number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// How long they last at `rate`.
    pub fn seconds(self, rate: SampleRate) -> Seconds {
        Seconds(self.0 as f64 / rate.hertz())
    }
}

impl Add for Frames {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// A sample rate in hertz, from 8 kHz to 768 kHz. A type of its own, so that it cannot be swapped with a frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleRate(u32);

impl SampleRate {
    /// Lowest rate any processor accepts.
    pub const MIN: u32 = 8_000;
    /// Highest rate any processor accepts.
    pub const MAX: u32 = 768_000;
    /// 44.1 kHz, compact disc.
    pub const CD: Self = Self(44_100);
    /// 48 kHz, video and broadcast.
    pub const VIDEO: Self = Self(48_000);

    /// Checks the range 8 000 to 768 000 Hz.
    pub fn new(hertz: u32) -> Result<Self, Error> {
        Error::check("sample rate", f64::from(hertz), f64::from(Self::MIN), f64::from(Self::MAX), "Hz")?;
        Ok(Self(hertz))
    }

    /// The rate as a float, in hertz.
    pub fn hertz(self) -> f64 {
        f64::from(self.0)
    }

    /// The rate as an integer, in hertz.
    pub const fn get(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_outside_8_to_768_khz_are_refused() {
        assert!(SampleRate::new(7_999).is_err() && SampleRate::new(768_001).is_err());
        assert_eq!(SampleRate::new(8_000).unwrap().get(), 8_000);
    }

    #[test]
    #[cfg(feature = "serde")]
    fn null_is_silence() {
        use serde::de::value::{Error, UnitDeserializer};
        let null: Decibels = serde::Deserialize::deserialize(UnitDeserializer::<Error>::new()).unwrap();
        assert_eq!(null, Decibels::SILENCE);
    }

    #[test]
    fn decibels_round_trip() {
        for db in [-140.0, -6.0, 0.0, 24.0] {
            assert!((Decibels::from_amplitude(Decibels(db).amplitude()).0 - db).abs() < 1e-12);
        }
        assert_eq!(Decibels(0.0).amplitude(), 1.0);
        assert_eq!(Decibels::SILENCE.amplitude(), 0.0);
    }

    #[test]
    fn the_ends_of_a_mix_are_exact() {
        for gains in [Mix::equal_power, Mix::linear] {
            assert_eq!(gains(Mix::DRY).unwrap(), (1.0, 0.0));
            assert_eq!(gains(Mix::WET).unwrap(), (0.0, 1.0));
            assert!(gains(Mix(1.01)).is_err() && gains(Mix(f64::NAN)).is_err());
        }
        let (dry, wet) = Mix(0.5).equal_power().unwrap();
        assert!((dry * dry + wet * wet - 1.0).abs() < 1e-15 && (dry - wet).abs() < 1e-15);
    }

    #[test]
    fn seconds_to_frames_rounds_and_never_wraps() {
        assert_eq!(Seconds(0.0015).frames(SampleRate::CD), Frames(66));
        assert_eq!(Seconds(-1.0).frames(SampleRate::CD), Frames(0));
        assert_eq!(Seconds(f64::NAN).frames(SampleRate::CD), Frames(0));
        assert_eq!(Seconds(f64::INFINITY).frames(SampleRate::CD), Frames(0));
    }
}
