//! What a person sets.

use crate::error::Error;
use crate::units::{Decibels, Hertz, Mix, Seconds};

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Time in which the middle frequencies fall by 60 dB.
    pub decay: Seconds,
    /// Times as long at low frequencies.
    pub low: f64,
    /// Times as long at high frequencies.
    pub high: f64,
    /// Where the high frequencies begin.
    pub damping: Hertz,
    /// Time to fall by 60 dB in each octave from 63 Hz to 8 kHz; where given, it replaces the four above.
    pub bands: Option<[Seconds; 8]>,
    /// Silence before the reverberation.
    pub pre_delay: Seconds,
    /// How much of the sound is smeared before it enters the room: 0 single echoes, 1 dense at once.
    pub diffusion: f64,
    /// How fast the room moves.
    pub modulation_rate: Hertz,
    /// How far it moves; 0 stands still.
    pub modulation_depth: f64,
    /// Gain of the side signal of what is wet: 0 mono, 1 as it is, 2 twice.
    pub width: f64,
    /// Takes rumble off what is wet.
    pub low_cut: Hertz,
    /// Takes fizz off what is wet; at the top nothing.
    pub high_cut: Hertz,
    /// Holds the sound that is in the room for ever and lets nothing in.
    pub freeze: bool,
    /// How much is heard of it.
    pub mix: Mix,
    /// Gain of what is wet.
    pub level: Decibels,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            decay: Seconds(2.0),
            low: 1.2,
            high: 0.5,
            damping: Hertz(4_000.0),
            bands: None,
            pre_delay: Seconds(0.0),
            diffusion: 1.0,
            modulation_rate: Hertz(1.0),
            modulation_depth: 0.75,
            width: 1.0,
            low_cut: Hertz(40.0),
            high_cut: Hertz(20_000.0),
            freeze: false,
            mix: Mix(0.3),
            level: Decibels(0.0),
        }
    }
}

/// Names of the octaves in messages.
const BANDS: [&str; 8] = [
    "decay at 63 Hz",
    "decay at 125 Hz",
    "decay at 250 Hz",
    "decay at 500 Hz",
    "decay at 1 kHz",
    "decay at 2 kHz",
    "decay at 4 kHz",
    "decay at 8 kHz",
];

impl Params {
    /// Checks everything but the mix against the ranges of the module's table.
    pub(super) fn check(&self, longest_pre_delay: Seconds) -> Result<(), Error> {
        Error::check("decay", self.decay.0, 0.1, 60.0, "s")?;
        Error::check("low", self.low, 0.25, 4.0, "")?;
        Error::check("high", self.high, 0.1, 2.0, "")?;
        Error::check("damping", self.damping.0, 500.0, 16_000.0, "Hz")?;
        for (name, time) in BANDS.iter().zip(self.bands.iter().flatten()) {
            Error::check(name, time.0, 0.05, 60.0, "s")?;
        }
        Error::check("pre-delay", self.pre_delay.0, 0.0, longest_pre_delay.0, "s")?;
        Error::check("diffusion", self.diffusion, 0.0, 1.0, "")?;
        Error::check("modulation rate", self.modulation_rate.0, 0.05, 3.0, "Hz")?;
        Error::check("modulation depth", self.modulation_depth, 0.0, 1.0, "")?;
        Error::check("width", self.width, 0.0, 2.0, "")?;
        Error::check("low cut", self.low_cut.0, 5.0, 1_000.0, "Hz")?;
        Error::check("high cut", self.high_cut.0, 1_500.0, 20_000.0, "Hz")?;
        Error::check("level", self.level.0, -60.0, 24.0, "dB")
    }
}
