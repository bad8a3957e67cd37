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

use dsp_core::dynamics::{compressor, limiter};
use dsp_core::error::Error;
use dsp_core::filter::{biquad, dc_block, equalizer, one_pole, svf};
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::shape::dither;
use dsp_core::stereo::width;
use dsp_core::units::{Hertz, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Most bands of an equaliser described as data.
pub const BANDS: usize = 16;

/// A live processor.
pub type Node<S> = Box<dyn Process<S> + Send>;

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
        /// The bands.
        #[serde(default)]
        params: Box<equalizer::Params<BANDS>>,
    },
    /// [`dsp_core::dynamics::compressor`].
    Compressor {
        /// What fixes latency.
        #[serde(default)]
        setup: CompressorSetup,
        /// What a person sets.
        #[serde(default)]
        params: compressor::Params,
    },
    /// [`dsp_core::stereo::width`].
    Width {
        /// What a person sets.
        #[serde(default)]
        params: width::Params,
    },
    /// [`dsp_core::dynamics::limiter`].
    Limiter {
        /// What fixes latency.
        #[serde(default)]
        setup: LimiterSetup,
        /// What a person sets.
        #[serde(default)]
        params: limiter::Params,
    },
    /// [`dsp_core::shape::dither`].
    Dither {
        /// What a person sets.
        #[serde(default)]
        params: dither::Params,
    },
}

/// What fixes the latency of a compressor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct CompressorSetup {
    /// By how much the gain runs ahead of the sound, 0 to 0.1 s (default 0).
    pub look_ahead: Seconds,
}

/// What fixes the latency of a limiter; ranges and defaults are those of [`limiter::Setup`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimiterSetup {
    /// Time over which gain comes down before a peak.
    pub look_ahead: Seconds,
    /// Time for which gain stays down after a peak.
    pub hold: Seconds,
    /// Whether peaks between samples count.
    pub true_peak: bool,
}

impl Default for LimiterSetup {
    fn default() -> Self {
        let core = limiter::Setup::new(SampleRate::CD, 1);
        Self { look_ahead: core.look_ahead, hold: core.hold, true_peak: core.true_peak }
    }
}

/// Cleared storage of `len` samples.
fn storage<S: Sample>(len: usize) -> Box<[S]> {
    vec![S::ZERO; len].into_boxed_slice()
}

impl Device {
    /// The live processor for audio of this rate and layout.
    ///
    /// # Errors
    /// What the core module says about a parameter out of its range.
    pub fn node<S: Sample>(&self, rate: SampleRate, layout: Layout) -> Result<Node<S>, Error> {
        let channels = layout.channels();
        let filter = one_pole::Setup { rate, channels };
        Ok(match self {
            Self::OnePole { params } => {
                Box::new(one_pole::OnePole::new(&filter, params, storage(one_pole::required_len(&filter)))?)
            }
            Self::DcBlock { params } => {
                Box::new(dc_block::DcBlock::new(&filter, params, storage(dc_block::required_len(&filter)))?)
            }
            Self::Biquad { params } => {
                Box::new(biquad::Biquad::new(&filter, params, storage(biquad::required_len(&filter)))?)
            }
            Self::Equalizer { params } => {
                Box::new(equalizer::Equalizer::new(&filter, params, storage(equalizer::required_len(&filter, BANDS)))?)
            }
            Self::Compressor { setup, params } => {
                let setup = compressor::Setup { rate, layout, look_ahead: setup.look_ahead };
                // Before anything is allocated by what it says.
                compressor::Coeffs::<S>::design(&setup, params)?;
                Box::new(compressor::Compressor::new(&setup, params, storage(compressor::required_len(&setup)))?)
            }
            Self::Width { params } => Box::new(width::Width::new(&width::Setup { layout }, params)?),
            Self::Limiter { setup, params } => {
                let LimiterSetup { look_ahead, hold, true_peak } = *setup;
                let setup = limiter::Setup { rate, channels, look_ahead, hold, true_peak };
                limiter::Coeffs::<S>::design(&setup, params)?;
                Box::new(limiter::Limiter::new(&setup, params, storage(limiter::required_len(&setup)))?)
            }
            Self::Dither { params } => Box::new(dither::Dither::new(&dither::Setup { channels }, params)?),
        })
    }

    /// The device as far as `rate` allows: bands of an equaliser that lie above what the rate can hold are left out, and
    /// named in `left_out`. Files of 8 kHz can so be treated with presets made for music.
    #[must_use]
    pub fn fitted(&self, rate: SampleRate, left_out: &mut Vec<String>) -> Self {
        let mut device = self.clone();
        if let Self::Equalizer { params } = &mut device {
            let top = Hertz(0.49 * rate.hertz());
            for slot in &mut params.bands {
                let Some(svf::Params { kind, frequency, .. }) = *slot else { continue };
                if frequency > top && kind != svf::Kind::HighPass && kind != svf::Kind::BandPass {
                    left_out.push(format!(
                        "equaliser band at {} Hz: above what {} Hz sample rate can hold",
                        frequency.0,
                        rate.get()
                    ));
                    *slot = None;
                }
            }
        }
        device
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(text: &str) -> Result<Device, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn every_device_has_defaults_and_becomes_a_processor() {
        let names = ["one_pole", "dc_block", "biquad", "equalizer", "compressor", "width", "limiter", "dither"]
            .map(String::from);
        for name in names {
            let d = device(&format!("device = '{name}'")).unwrap();
            for layout in [Layout::MONO, Layout::STEREO, Layout::SURROUND_5_1] {
                d.node::<f32>(SampleRate::CD, layout).unwrap();
                d.node::<f64>(SampleRate::VIDEO, layout).unwrap();
            }
            let text = toml::to_string(&d).unwrap();
            assert_eq!(device(&text).unwrap(), d, "{text}");
            let json = serde_json::to_string(&d).unwrap();
            assert_eq!(serde_json::from_str::<Device>(&json).unwrap(), d, "{json}");
        }
    }

    #[test]
    fn infinite_ratios_and_bands_that_are_off_survive_both_formats() {
        let off = equalizer::Params { bands: std::array::from_fn(|i| (i == 2).then(svf::Params::default)) };
        let brick = compressor::Params { ratio: f64::INFINITY, ..compressor::Params::default() };
        for device in [
            Device::Equalizer { params: Box::new(off) },
            Device::Compressor { setup: CompressorSetup::default(), params: brick },
        ] {
            let from_toml: Device = toml::from_str(&toml::to_string(&device).unwrap()).unwrap();
            let from_json: Device = serde_json::from_str(&serde_json::to_string(&device).unwrap()).unwrap();
            assert_eq!(from_toml, from_json);
            match (device, from_toml) {
                (Device::Equalizer { .. }, Device::Equalizer { params }) => {
                    assert_eq!(params.bands[0], Some(svf::Params::default()), "as it sounds");
                }
                (before, after) => assert_eq!(before, after),
            }
        }
    }

    #[test]
    fn wrong_names_and_values_are_named() {
        let e = device("device = 'compresor'").unwrap_err().to_string();
        assert!(e.contains("compresor") && e.contains("compressor"), "{e}");
        let e = device("device = 'compressor'\nparams = { treshold = -3.0 }").unwrap_err().to_string();
        assert!(e.contains("treshold") && e.contains("threshold"), "{e}");
        let e = device("device = 'width'\nsetup = {}").unwrap_err().to_string();
        assert!(e.contains("setup"), "{e}");
        let d = device("device = 'width'\nparams = { width = 7.0 }").unwrap();
        let e = d.node::<f32>(SampleRate::CD, Layout::STEREO).err().unwrap();
        assert_eq!(e.to_string(), "width is 7; allowed are 0 to 2");
        for name in ["compressor", "limiter"] {
            let d = device(&format!("device = '{name}'\nsetup = {{ look_ahead = 1e10 }}")).unwrap();
            let e = d.node::<f32>(SampleRate::CD, Layout::STEREO).err().unwrap();
            assert!(e.to_string().starts_with("look-ahead is 10000000000 s"), "{e}");
        }
    }

    #[test]
    fn bands_above_the_rate_are_left_out_and_named() {
        let d = device("device = 'equalizer'\nparams = [{ frequency = 12000.0, gain = 1.0 }, { frequency = 100.0 }]")
            .unwrap();
        let mut left_out = Vec::new();
        let fitted = d.fitted(SampleRate::new(16_000).unwrap(), &mut left_out);
        assert!(fitted.node::<f32>(SampleRate::new(16_000).unwrap(), Layout::MONO).is_ok());
        assert_eq!(left_out.len(), 1);
        assert_eq!(d.fitted(SampleRate::CD, &mut left_out), d);
    }
}
