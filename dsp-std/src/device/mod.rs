//! Any processor as data: what presets, and sessions, are made of.
//!
//! A device is written the way its core module names things: `setup` is what fixes memory and latency, `params` what a
//! person sets. Everything left out has the default of the core module; unknown names are errors.
//!
//! ```toml
//! device = "compressor"
//! setup = { look_ahead = 0.002 }
//! params = { threshold = -20.0, ratio = 2.0, attack = 0.03, release = 0.2, high_pass = 90.0 }
//! ```
//!
//! [`Device::node`] turns it into the live processor: the one place where the choice of processor becomes dynamic.

mod adapt;
mod error;
mod head;
mod impulse;
mod node;
pub mod setup;

use dsp_core::delay::{echo, haas};
use dsp_core::dynamics::{compressor, limiter};
use dsp_core::filter::{biquad, dc_block, equalizer, one_pole};
use dsp_core::gain;
use dsp_core::layout::Layout;
use dsp_core::modulation::{chorus, flanger, phaser, tremolo};
use dsp_core::reverb::{convolution, ducked, early, fdn, gated, plate};
use dsp_core::shape::{dither, saturation};
use dsp_core::stereo::{
    balance, bands, bass_mono, dual_pan, frequency_pan, mid_side_equalizer, mid_side_gain, pan, rotation, widener,
    width,
};
use dsp_core::surround::{downmix, panner};
use dsp_core::units::SampleRate;
use serde::{Deserialize, Serialize};
use std::path::Path;

pub use error::Error;
pub use node::Node;

/// Most bands of an equaliser described as data.
pub const BANDS: usize = 16;

/// A description of a processor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "device", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Device {
    /// [`dsp_core::filter::one_pole`].
    OnePole {
        /// What a person sets.
        #[serde(default)]
        params: one_pole::Params,
    },
    /// [`dsp_core::filter::dc_block`].
    DcBlock {
        /// What a person sets.
        #[serde(default)]
        params: dc_block::Params,
    },
    /// [`dsp_core::filter::biquad`].
    Biquad {
        /// What a person sets.
        #[serde(default)]
        params: biquad::Params,
    },
    /// [`dsp_core::filter::equalizer`]: a list of up to [`BANDS`] bands.
    Equalizer {
        /// What a person sets.
        #[serde(default)]
        params: Box<equalizer::Params<BANDS>>,
    },
    /// [`dsp_core::gain`].
    Gain {
        /// What a person sets.
        #[serde(default)]
        params: gain::Params,
    },
    /// [`dsp_core::dynamics::compressor`].
    Compressor {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Compressor,
        /// What a person sets.
        #[serde(default)]
        params: compressor::Params,
    },
    /// [`dsp_core::dynamics::limiter`].
    Limiter {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Limiter,
        /// What a person sets.
        #[serde(default)]
        params: limiter::Params,
    },
    /// [`dsp_core::shape::saturation`].
    Saturation {
        /// What a person sets.
        #[serde(default)]
        params: saturation::Params,
    },
    /// [`dsp_core::shape::dither`].
    Dither {
        /// What a person sets.
        #[serde(default)]
        params: dither::Params,
    },
    /// [`dsp_core::stereo::pan`].
    Pan {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Pan,
        /// What a person sets.
        #[serde(default)]
        params: pan::Params,
    },
    /// [`dsp_core::stereo::balance`].
    Balance {
        /// What a person sets.
        #[serde(default)]
        params: balance::Params,
    },
    /// [`dsp_core::stereo::dual_pan`].
    DualPan {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Pan,
        /// What a person sets.
        #[serde(default)]
        params: dual_pan::Params,
    },
    /// [`dsp_core::stereo::frequency_pan`].
    FrequencyPan {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Pan,
        /// What a person sets.
        #[serde(default)]
        params: frequency_pan::Params,
    },
    /// [`dsp_core::stereo::rotation`].
    Rotation {
        /// What a person sets.
        #[serde(default)]
        params: rotation::Params,
    },
    /// [`dsp_core::stereo::width`].
    Width {
        /// What a person sets.
        #[serde(default)]
        params: width::Params,
    },
    /// [`dsp_core::stereo::bands`]: width per band.
    Bands {
        /// What a person sets.
        #[serde(default)]
        params: bands::Params,
    },
    /// [`dsp_core::stereo::bass_mono`].
    BassMono {
        /// What a person sets.
        #[serde(default)]
        params: bass_mono::Params,
    },
    /// [`dsp_core::stereo::widener`].
    Widener {
        /// What a person sets.
        #[serde(default)]
        params: widener::Params,
    },
    /// [`dsp_core::stereo::mid_side_gain`].
    MidSideGain {
        /// What a person sets.
        #[serde(default)]
        params: mid_side_gain::Params,
    },
    /// [`dsp_core::stereo::mid_side_equalizer`].
    MidSideEqualizer {
        /// What a person sets.
        #[serde(default)]
        params: Box<mid_side_equalizer::Params>,
    },
    /// [`dsp_core::delay::echo`].
    Echo {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Echo,
        /// What a person sets.
        #[serde(default)]
        params: Box<echo::Params>,
    },
    /// [`dsp_core::delay::haas`].
    Haas {
        /// What a person sets.
        #[serde(default)]
        params: haas::Params,
    },
    /// [`dsp_core::modulation::chorus`].
    Chorus {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Chorus,
        /// What a person sets.
        #[serde(default)]
        params: chorus::Params,
    },
    /// [`dsp_core::modulation::flanger`].
    Flanger {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Flanger,
        /// What a person sets.
        #[serde(default)]
        params: flanger::Params,
    },
    /// [`dsp_core::modulation::phaser`].
    Phaser {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Phaser,
        /// What a person sets.
        #[serde(default)]
        params: phaser::Params,
    },
    /// [`dsp_core::modulation::tremolo`].
    Tremolo {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Tremolo,
        /// What a person sets.
        #[serde(default)]
        params: tremolo::Params,
    },
    /// [`dsp_core::reverb::fdn`].
    Reverb {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Reverb,
        /// What a person sets.
        #[serde(default)]
        params: Box<fdn::Params>,
    },
    /// [`dsp_core::reverb::plate`].
    Plate {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Plate,
        /// What a person sets.
        #[serde(default)]
        params: plate::Params,
    },
    /// [`dsp_core::reverb::early::velvet`].
    Velvet {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Velvet,
        /// What a person sets.
        #[serde(default)]
        params: early::velvet::Params,
    },
    /// [`dsp_core::reverb::early::shoebox`].
    Shoebox {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Shoebox,
        /// What a person sets.
        #[serde(default)]
        params: Box<early::shoebox::Params>,
    },
    /// [`dsp_core::reverb::convolution`].
    Convolution {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Convolution,
        /// What a person sets.
        #[serde(default)]
        params: convolution::Params,
    },
    /// [`dsp_core::surround::downmix`].
    Downmix {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Downmix,
        /// What a person sets.
        #[serde(default)]
        params: downmix::Params,
    },
    /// [`dsp_core::surround::panner`].
    Panner {
        /// What fixes memory and latency.
        #[serde(default)]
        setup: setup::Panner,
        /// What a person sets.
        #[serde(default)]
        params: panner::Params,
    },
    /// [`dsp_core::surround::binaural`]: the channels as loudspeakers around a spherical head, on headphones.
    Binaural {},
    /// [`dsp_core::reverb::gated`], around another device.
    Gated {
        /// What is listened to.
        #[serde(default)]
        setup: setup::Keyed,
        /// What a person sets.
        #[serde(default)]
        params: gated::Params,
        /// What is heard through it.
        effect: Box<Device>,
    },
    /// [`dsp_core::reverb::ducked`], around another device.
    Ducked {
        /// What is listened to.
        #[serde(default)]
        setup: setup::Keyed,
        /// What a person sets.
        #[serde(default)]
        params: ducked::Params,
        /// What is heard through it.
        effect: Box<Device>,
    },
}

impl Device {
    /// A convolution with the impulse response of a file, otherwise with defaults.
    pub fn convolution(impulse: &Path) -> Self {
        let setup = setup::Convolution { impulse: impulse.to_owned(), ..setup::Convolution::default() };
        Self::Convolution { setup, params: convolution::Params::default() }
    }

    /// Checks all settings without building the processor (and without looking for files).
    ///
    /// # Errors
    /// What the core module says about a parameter out of its range.
    pub fn check(&self, rate: SampleRate, layout: Layout) -> Result<(), dsp_core::error::Error> {
        match self {
            Self::Convolution { setup, params } => impulse::check(setup, params, rate, layout.channels()),
            Self::Gated { effect, .. } | Self::Ducked { effect, .. } if effect.reads_file() => {
                effect.check(rate, layout)?;
                // The rest around something without a file.
                let mut around = self.clone();
                if let Self::Gated { effect, .. } | Self::Ducked { effect, .. } = &mut around {
                    **effect = Self::Gain { params: gain::Params::default() };
                }
                around.check(rate, layout)
            }
            device => match device.node::<f32>(rate, layout) {
                Err(Error::Setting(e)) => Err(e),
                _ => Ok(()),
            },
        }
    }

    fn reads_file(&self) -> bool {
        match self {
            Self::Convolution { .. } => true,
            Self::Gated { effect, .. } | Self::Ducked { effect, .. } => effect.reads_file(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
