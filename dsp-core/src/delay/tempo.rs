//! Note values and tempo: how long a dotted eighth is, to the fraction of a sample.
//!
//! `frames = 60 rate beats / tempo`; a beat is a quarter note. A [`Note`] is written as people write it: `1/4`, `1/8d`
//! (dotted, three halves of it; `1/8.` is read too), `1/8t` (triplet, two thirds of it), `3/16`.
//!
//! ```
//! use dsp_core::delay::tempo::{Note, Tempo};
//! use dsp_core::units::SampleRate;
//! let dotted: Note = "1/8d".parse()?;
//! assert_eq!(dotted.beats(), 0.75);
//! assert_eq!(dotted.frames(Tempo(120.0), SampleRate::VIDEO), 18_000.0);
//! assert_eq!(Note::new(1, 8)?.triplet().to_string(), "1/8t");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::error::Error;
use crate::units::{SampleRate, Seconds};
use core::fmt;
use core::str::FromStr;

/// A tempo in beats (quarter notes) per minute.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Tempo(pub f64);

impl Tempo {
    /// Checks the range 10 to 1000 beats per minute.
    ///
    /// # Errors
    /// Outside it.
    pub fn check(self) -> Result<(), Error> {
        Error::check("tempo", self.0, 10.0, 1000.0, "bpm")
    }
}

/// How a note value is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Feel {
    #[default]
    Straight,
    Dotted,
    Triplet,
}

/// A note value: a fraction of a whole note, straight, dotted or triplet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Note {
    count: u8,
    of: u8,
    feel: Feel,
}

impl Note {
    /// `count / of` of a whole note, each 1 to 64.
    ///
    /// # Errors
    /// Outside that range.
    pub fn new(count: u8, of: u8) -> Result<Self, Error> {
        Error::check("note count", f64::from(count), 1.0, 64.0, "")?;
        Error::check("note value", f64::from(of), 1.0, 64.0, "")?;
        Ok(Self { count, of, feel: Feel::Straight })
    }

    /// A quarter: one beat.
    pub const QUARTER: Self = Self { count: 1, of: 4, feel: Feel::Straight };
    /// An eighth.
    pub const EIGHTH: Self = Self { count: 1, of: 8, feel: Feel::Straight };
    /// A sixteenth.
    pub const SIXTEENTH: Self = Self { count: 1, of: 16, feel: Feel::Straight };

    /// Half as long again.
    #[must_use]
    pub const fn dotted(self) -> Self {
        Self { feel: Feel::Dotted, ..self }
    }

    /// Three in the time of two.
    #[must_use]
    pub const fn triplet(self) -> Self {
        Self { feel: Feel::Triplet, ..self }
    }

    /// Beats as a fraction.
    fn fraction(self) -> (f64, f64) {
        let (times, over) = match self.feel {
            Feel::Straight => (1.0, 1.0),
            Feel::Dotted => (3.0, 2.0),
            Feel::Triplet => (2.0, 3.0),
        };
        (4.0 * f64::from(self.count) * times, f64::from(self.of) * over)
    }

    /// Length in beats.
    pub fn beats(self) -> f64 {
        let (above, below) = self.fraction();
        above / below
    }

    /// Length in frames, not rounded to whole ones: one division of whole numbers, if the tempo is one.
    pub fn frames(self, tempo: Tempo, rate: SampleRate) -> f64 {
        let (above, below) = self.fraction();
        60.0 * rate.hertz() * above / (below * tempo.0)
    }

    /// Length in seconds.
    pub fn seconds(self, tempo: Tempo) -> Seconds {
        let (above, below) = self.fraction();
        Seconds(60.0 * above / (below * tempo.0))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let feel = match self.feel {
            Feel::Straight => "",
            Feel::Dotted => "d",
            Feel::Triplet => "t",
        };
        write!(f, "{}/{}{feel}", self.count, self.of)
    }
}

/// A text that names no note value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANote;

impl fmt::Display for NotANote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a note value is written 1/4, 1/8d (dotted) or 1/8t (triplet), with numbers from 1 to 64")
    }
}

impl core::error::Error for NotANote {}

impl FromStr for Note {
    type Err = NotANote;
    fn from_str(text: &str) -> Result<Self, NotANote> {
        let text = text.trim();
        let (plain, feel) = match text.as_bytes().last() {
            Some(b'd' | b'D' | b'.') => (&text[..text.len() - 1], Feel::Dotted),
            Some(b't' | b'T') => (&text[..text.len() - 1], Feel::Triplet),
            _ => (text, Feel::Straight),
        };
        let (count, of) = plain.split_once('/').ok_or(NotANote)?;
        let number = |text: &str| {
            if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().map_err(|_| NotANote) } else { Err(NotANote) }
        };
        let note = Self::new(number(count)?, number(of)?).map_err(|_| NotANote)?;
        Ok(Self { feel, ..note })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Note {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Note {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Note;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a note value such as \"1/8d\"")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Note, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A time on the clock, or in the music.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Time {
    /// So many seconds.
    Seconds(Seconds),
    /// A note value at a tempo.
    Synced {
        /// How long in the music.
        note: Note,
        /// How fast the music is.
        tempo: Tempo,
    },
}

impl Time {
    /// Frames at `rate`, not rounded to whole ones.
    ///
    /// # Errors
    /// When the tempo is outside its range. Seconds are for the caller to check.
    pub fn frames(self, rate: SampleRate) -> Result<f64, Error> {
        match self {
            Self::Seconds(seconds) => Ok(seconds.0 * rate.hertz()),
            Self::Synced { note, tempo } => {
                tempo.check()?;
                Ok(note.frames(tempo, rate))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_note_value_is_exact() {
        // 60 * 48000 * 4 / 120 = 96000 frames per whole note, which all of these divide.
        for (i, of) in [1_u8, 2, 4, 8, 16, 32, 64].into_iter().enumerate() {
            let whole = 96_000 >> i;
            let note = Note::new(1, of).unwrap();
            let frames = |n: Note| n.frames(Tempo(120.0), SampleRate::VIDEO);
            assert_eq!(frames(note), f64::from(whole));
            assert_eq!(frames(note.dotted()), f64::from(whole * 3) / 2.0);
            assert_eq!(frames(note.triplet()), f64::from(whole * 2) / 3.0);
        }
        // A tempo that divides nothing, against 60 fs beats / BPM.
        let odd = Note::new(1, 16).unwrap().triplet();
        let frames = odd.frames(Tempo(127.3), SampleRate::CD);
        assert!((frames - 60.0 * 44_100.0 / 6.0 / 127.3).abs() < 1e-11, "{frames}");
        assert!((odd.seconds(Tempo(127.3)).0 - frames / 44_100.0).abs() < 1e-16);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in ["1/1", "1/4", "1/8d", "1/8t", "1/64", "3/16", "5/8", "1/2t", "64/64d"] {
            let note: Note = name.parse().unwrap();
            assert_eq!(note.to_string(), name);
        }
        assert_eq!(" 1/8. ".parse(), Ok(Note::EIGHTH.dotted()));
        assert_eq!("1/8T".parse(), Ok(Note::EIGHTH.triplet()));
        for bad in [
            "", "1", "d", "/4", "1/", "0/4", "1/0", "1/65", "1/256", "1/4x", "1/4dt", "-1/4", "+1/4", "1 / 4", "é",
            "1/é",
        ] {
            assert_eq!(bad.parse::<Note>(), Err(NotANote), "{bad}");
        }
    }

    #[test]
    fn times_are_seconds_or_music() {
        let rate = SampleRate::VIDEO;
        assert_eq!(Time::Seconds(Seconds(0.25)).frames(rate), Ok(12_000.0));
        assert_eq!(Time::Synced { note: Note::QUARTER, tempo: Tempo(60.0) }.frames(rate), Ok(48_000.0));
        assert!(Time::Synced { note: Note::QUARTER, tempo: Tempo(0.0) }.frames(rate).is_err());
    }

    #[cfg(feature = "serde")]
    #[test]
    fn serialised_by_name() {
        #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
        struct Both {
            a: Time,
            b: Time,
        }
        let both = Both {
            a: Time::Synced { note: Note::EIGHTH.dotted(), tempo: Tempo(98.5) },
            b: Time::Seconds(Seconds(0.3)),
        };
        let text = toml::to_string(&both).unwrap();
        assert!(text.contains("\"1/8d\"") && text.contains("seconds = 0.3"), "{text}");
        assert_eq!(toml::from_str::<Both>(&text).unwrap(), both);
        assert!(toml::from_str::<Both>(&text.replace("1/8d", "1/8x")).is_err());
    }
}
