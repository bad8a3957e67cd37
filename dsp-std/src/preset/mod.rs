//! Mastering presets: data, not code.
//!
//! A preset says how loud the master is to be, how high its true peak may reach, what the sound goes through before,
//! and how the last limiter works. The built-in ones are files in the same form as those of a user:
//!
//! ```toml
//! name = "warm"
//! description = "A little more body"
//! loudness = -14.0     # integrated, LUFS; -40 to -5
//! true_peak = -1.0     # ceiling, dBTP; -20 to 0
//! input = -18.0        # LUFS at which the chain is driven; leave out to feed it as it comes
//!
//! [[chain]]            # see `device`
//! device = "equalizer"
//! params = [{ kind = "low_shelf", frequency = 120.0, gain = 1.0 }]
//!
//! [limiter]            # look_ahead, hold, release in seconds
//! release = 0.15
//! ```

pub mod effect;
mod text;

use crate::device::Device;
use dsp_core::dynamics::{gain_path, limiter};
use dsp_core::layout::Layout;
use dsp_core::units::{Decibels, Lufs, SampleRate, Seconds};
use serde::{Deserialize, Serialize};
use std::path::Path;

pub use text::Error;

/// The built-in presets, the default first.
const BUILT_IN: [&str; 7] = [
    include_str!("streaming.toml"),
    include_str!("podcast.toml"),
    include_str!("broadcast.toml"),
    include_str!("cd.toml"),
    include_str!("club.toml"),
    include_str!("wide.toml"),
    include_str!("transparent.toml"),
];

/// How the last limiter works; ranges are those of [`limiter`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limiting {
    /// Time over which gain comes down before a peak.
    pub look_ahead: Seconds,
    /// Time for which gain stays down after a peak.
    pub hold: Seconds,
    /// Time in which gain comes back.
    pub release: Seconds,
}

impl Default for Limiting {
    fn default() -> Self {
        let setup = limiter::Setup::new(SampleRate::CD, 1);
        Self { look_ahead: setup.look_ahead, hold: setup.hold, release: limiter::Params::default().release }
    }
}

/// A preset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What it is called.
    pub name: String,
    /// What it is for, in a line.
    #[serde(default)]
    pub description: String,
    /// Integrated loudness of the master, -40 to -5 LUFS.
    pub loudness: Lufs,
    /// Highest true peak of the master, -20 to 0 dBTP.
    pub true_peak: Decibels,
    /// Loudness at which the chain is driven, -40 to -5 LUFS; as it comes without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Lufs>,
    /// What the sound goes through before it is limited.
    #[serde(default)]
    pub chain: Vec<Device>,
    /// The last limiter.
    #[serde(default)]
    pub limiter: Limiting,
}

/// Names of the built-in presets, the default first.
pub fn names() -> Vec<String> {
    built_in().into_iter().map(|p| p.name).collect()
}

/// The built-in presets, the default first.
pub fn built_in() -> Vec<Preset> {
    BUILT_IN.iter().map(|text| toml::from_str(text).expect("the built-in presets parse: a test")).collect()
}

impl Preset {
    /// A built-in preset by its name, otherwise a file.
    ///
    /// # Errors
    /// When there is neither, or the file is no valid preset.
    pub fn find(name: &str) -> Result<Self, Error> {
        if let Some(preset) = built_in().into_iter().find(|p| p.name == name) {
            return Ok(preset);
        }
        let path = text::path(name).ok_or_else(|| Error::Unknown { name: name.to_owned(), known: names() })?;
        Self::load(path)
    }

    /// Reads a preset from a file; files it names are looked for beside it.
    ///
    /// # Errors
    /// When it cannot be read, is not a preset, or a value is out of range; the message names file, line and what is
    /// allowed.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let mut preset = Self::parse(&text::read(path)?, &path.display().to_string())?;
        preset.chain.iter_mut().for_each(|device| device.beside(path));
        Ok(preset)
    }

    /// Reads a preset from text; `place` is what errors call it.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn parse(text: &str, place: &str) -> Result<Self, Error> {
        let preset: Self = text::parse(text, place)?;
        preset.check().map_err(|source| Error::Value { place: place.to_owned(), source })?;
        Ok(preset)
    }

    /// Checks every value against its range.
    ///
    /// # Errors
    /// The first value that is out of range.
    pub fn check(&self) -> Result<(), dsp_core::error::Error> {
        use dsp_core::error::Error;
        Error::check("loudness", self.loudness.0, -40.0, -5.0, "LUFS")?;
        Error::check("true peak", self.true_peak.0, -20.0, 0.0, "dBTP")?;
        if let Some(input) = self.input {
            Error::check("input", input.0, -40.0, -5.0, "LUFS")?;
        }
        let Limiting { look_ahead, hold, release } = self.limiter;
        gain_path::Setup { rate: SampleRate::VIDEO, look_ahead, hold }.check()?;
        gain_path::release_step(SampleRate::VIDEO, release)?;
        for device in &self.chain {
            device.check(SampleRate::VIDEO, Layout::STEREO)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_presets_are_valid_and_as_published() {
        let wanted = [
            ("streaming", -14.0, -1.0),
            ("podcast", -16.0, -1.0),
            ("broadcast", -23.0, -1.0),
            ("cd", -11.0, -0.3),
            ("club", -9.0, -0.5),
            ("wide", -14.0, -1.0),
            ("transparent", -14.0, -1.0),
        ];
        for ((preset, text), (name, loudness, peak)) in built_in().into_iter().zip(BUILT_IN).zip(wanted) {
            assert_eq!((preset.name.as_str(), preset.loudness.0, preset.true_peak.0), (name, loudness, peak));
            assert_eq!(Preset::parse(text, name).unwrap(), preset);
            assert!(!preset.description.is_empty());
        }
        assert!(Preset::find("transparent").unwrap().chain.is_empty());
    }

    #[test]
    fn errors_name_place_line_and_range() {
        let e = Preset::find("loud").unwrap_err().to_string();
        assert!(e.contains("'loud'") && e.contains("streaming"), "{e}");
        let e = Preset::find("no/such.toml").unwrap_err().to_string();
        assert!(e.starts_with("no/such.toml: cannot be read"), "{e}");
        let e = Preset::parse("name = 'x'\nloudness = -14.0\ntrue_peek = -1.0\n", "my.toml").unwrap_err().to_string();
        assert!(e.starts_with("my.toml: line 3: ") && e.contains("true_peek"), "{e}");
        let e = Preset::parse("name = 'x'\nloudness = -2.0\ntrue_peak = -1.0\n", "my.toml").unwrap_err().to_string();
        assert_eq!(e, "my.toml: loudness is -2 LUFS; allowed are -40 to -5 LUFS");
        let text = "name = 'x'\nloudness = -14.0\ntrue_peak = -1.0\n[[chain]]\ndevice = 'compressor'\nparams = { ratio = 0.2 }\n";
        let e = Preset::parse(text, "my.toml").unwrap_err().to_string();
        assert!(e.contains("ratio is 0.2"), "{e}");
    }
}
