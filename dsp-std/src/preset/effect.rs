//! Effects as presets: rooms, plates, echoes and motion, as data.
//!
//! The built-in ones are files in the same form as those of a user:
//!
//! ```toml
//! name = "my hall"
//! description = "Two and a half seconds, dark"
//!
//! [[chain]]            # see `device`
//! device = "reverb"
//! params = { decay = 2.5, high = 0.4, mix = 0.3 }
//! ```

use super::text::{self, Error};
use crate::device::Device;
use dsp_core::layout::Layout;
use dsp_core::units::{Mix, SampleRate};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The built-in effects, the default first.
const BUILT_IN: [&str; 19] = [
    include_str!("effects/hall.toml"),
    include_str!("effects/room.toml"),
    include_str!("effects/chamber.toml"),
    include_str!("effects/cathedral.toml"),
    include_str!("effects/plate.toml"),
    include_str!("effects/ambience.toml"),
    include_str!("effects/gated.toml"),
    include_str!("effects/ducked.toml"),
    include_str!("effects/echo.toml"),
    include_str!("effects/ping_pong.toml"),
    include_str!("effects/slap.toml"),
    include_str!("effects/tape.toml"),
    include_str!("effects/chorus.toml"),
    include_str!("effects/flanger.toml"),
    include_str!("effects/phaser.toml"),
    include_str!("effects/tremolo.toml"),
    include_str!("effects/auto_pan.toml"),
    include_str!("effects/widen.toml"),
    include_str!("effects/haas.toml"),
];

/// An effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// What it is called.
    pub name: String,
    /// What it is for, in a line.
    #[serde(default)]
    pub description: String,
    /// What the sound goes through.
    pub chain: Vec<Device>,
}

/// The built-in effects, the default first.
pub fn built_in() -> Vec<Effect> {
    BUILT_IN.iter().map(|text| toml::from_str(text).expect("the built-in effects parse: a test")).collect()
}

impl Effect {
    /// A built-in effect by its name, otherwise a file.
    ///
    /// # Errors
    /// When there is neither, or the file is no valid effect.
    pub fn find(name: &str) -> Result<Self, Error> {
        let built_in = built_in();
        if let Some(effect) = built_in.iter().find(|e| e.name == name) {
            return Ok(effect.clone());
        }
        match text::path(name) {
            Some(path) => Self::load(path),
            None => {
                let known = built_in.into_iter().map(|e| e.name).collect();
                Err(Error::Unknown { name: name.to_owned(), known })
            }
        }
    }

    /// Sets how much of the effect is heard: of the last device that has such a thing; those before it follow in proportion,
    /// never above what they had, so that 0 leaves nothing of any. `false` if none has.
    pub fn set_mix(&mut self, mix: Mix) -> bool {
        let mut slots = self.chain.iter_mut().rev().filter_map(Device::mix_mut);
        let Some(last) = slots.next() else { return false };
        let before = std::mem::replace(last, mix);
        let share = if mix.0 == 0.0 { 0.0 } else { (mix.0 / before.0).min(1.0) };
        slots.for_each(|slot| slot.0 *= share);
        true
    }

    /// The effect as far as `rate` allows; see [`Device::fitted`].
    #[must_use]
    pub fn fitted(&self, rate: SampleRate, left_out: &mut Vec<String>) -> Self {
        let chain = self.chain.iter().map(|device| device.fitted(rate, left_out)).collect();
        Self { chain, ..self.clone() }
    }

    /// Reads an effect from a file; files it names are looked for beside it.
    ///
    /// # Errors
    /// When it cannot be read, is not an effect, or a value is out of range; the message names file, line and what is
    /// allowed.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let mut effect = Self::parse(&text::read(path)?, &path.display().to_string())?;
        for device in &mut effect.chain {
            device.beside(path);
        }
        Ok(effect)
    }

    /// Reads an effect from text; `place` is what errors call it.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn parse(text: &str, place: &str) -> Result<Self, Error> {
        let effect: Self = text::parse(text, place)?;
        for device in &effect.chain {
            device
                .check(SampleRate::VIDEO, Layout::STEREO)
                .map_err(|source| Error::Value { place: place.to_owned(), source })?;
        }
        Ok(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_effects_are_valid_and_survive_both_formats() {
        for (effect, text) in built_in().into_iter().zip(BUILT_IN) {
            assert_eq!(Effect::parse(text, &effect.name).unwrap(), effect);
            assert_eq!(Effect::find(&effect.name).unwrap(), effect);
            assert!(!effect.description.is_empty() && !effect.chain.is_empty());
            let again = toml::to_string(&effect).unwrap();
            assert_eq!(toml::from_str::<Effect>(&again).unwrap(), effect, "{again}");
            let again = serde_json::to_string(&effect).unwrap();
            assert_eq!(serde_json::from_str::<Effect>(&again).unwrap(), effect, "{again}");
        }
    }

    #[test]
    fn a_mix_of_nothing_is_nothing_of_any_device() {
        let mixes = |mix: f64| {
            let mut room = Effect::find("room").unwrap();
            assert!(room.set_mix(Mix(mix)));
            room.chain.iter_mut().map(|d| d.mix_mut().unwrap().0).collect::<Vec<_>>()
        };
        let own: Vec<f64> = Effect::find("room").unwrap().chain.iter_mut().map(|d| d.mix_mut().unwrap().0).collect();
        assert_eq!(mixes(0.0), [0.0, 0.0]);
        assert_eq!(mixes(own[1]), own);
        assert_eq!(mixes(0.5 * own[1]), [0.5 * own[0], 0.5 * own[1]]);
        assert_eq!(mixes(1.0), [own[0], 1.0]);
        let mut off = Effect::find("room").unwrap();
        off.set_mix(Mix(0.0));
        assert!(off.set_mix(Mix(0.5)) && off.chain[0].mix_mut().unwrap().0 == 0.0);
        assert!(!Effect::find("tremolo").unwrap().set_mix(Mix(0.5)));
    }

    #[test]
    fn built_in_effects_fit_every_rate_and_layout() {
        for hertz in [8_000, 11_025, 16_000, 22_050, 768_000] {
            let rate = SampleRate::new(hertz).unwrap();
            for layout in [Layout::MONO, Layout::STEREO, Layout::SURROUND_5_1, Layout::SURROUND_7_1_4] {
                for effect in built_in() {
                    for device in effect.fitted(rate, &mut Vec::new()).chain {
                        device.check(rate, layout).unwrap_or_else(|e| panic!("{} at {hertz} Hz: {e}", effect.name));
                    }
                }
            }
        }
    }

    #[test]
    fn errors_name_place_line_and_range() {
        let e = Effect::find("cave").unwrap_err().to_string();
        assert!(e.contains("'cave'") && e.contains("hall"), "{e}");
        let e = Effect::parse("name = 'x'\n[[chain]]\ndevice = 'reverb'\nparams = { deccay = 2 }\n", "my.toml");
        let e = e.unwrap_err().to_string();
        assert!(e.starts_with("my.toml: line ") && e.contains("deccay"), "{e}");
    }
}
