//! Why a file could not be read or written, in one line that names it.

use dsp_core::layout::MAX_CHANNELS;
use dsp_core::units::SampleRate;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be read or written. Prints as one line: the file, what was found, what is allowed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be opened.
    #[error("{}: cannot be opened: {source}", Name(.path))]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is open but cannot be read.
    #[error("{}: cannot be read: {source}", Name(.path))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The content is no audio file.
    #[error(
        "{}: not an audio file ({found}); WAV, RF64, FLAC, MP3, AAC/ALAC in MP4, Ogg Vorbis and AIFF can be read",
        Name(.path)
    )]
    NotAudio {
        /// The file.
        path: PathBuf,
        /// What the first bytes look like.
        found: String,
    },
    /// An audio file, but in an encoding this library does not decode.
    #[error("{}: {encoding} is not supported", Name(.path))]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// Container and encoding.
        encoding: String,
    },
    /// The file breaks its format beyond recovery.
    #[error("{}: {what}", Name(.path))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The chunk or field, what it holds and what is allowed.
        what: String,
    },
    /// The sample rate is outside 8 to 768 kHz.
    #[error(
        "{}: sample rate is {hertz} Hz; allowed are {} to {} Hz", Name(.path), SampleRate::MIN, SampleRate::MAX
    )]
    SampleRate {
        /// The file.
        path: PathBuf,
        /// The rate it states, in hertz.
        hertz: u32,
    },
    /// The channel count is outside 1 to 24.
    #[error("{}: {channels} channels; allowed are 1 to {MAX_CHANNELS}", Name(.path))]
    Channels {
        /// The file.
        path: PathBuf,
        /// How many it has.
        channels: usize,
    },
    /// More than a limit allows.
    #[error("{}: {what} is {bytes} bytes; allowed are {limit}", Name(.path))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What is too large: `"decoded audio"`, `"WAV data"`.
        what: &'static str,
        /// Its size in bytes, as far as it was followed.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The target is there and overwriting was not asked for.
    #[error("{}: exists already and overwriting was not asked for", Name(.path))]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written. What was there before is untouched.
    #[error("{}: cannot be written: {source}", Name(.path))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A sample that the file format cannot hold (or should not: NaN and infinities are never written).
    #[error("{}: sample {value} at frame {frame} of channel {channel}; allowed are {allowed}", Name(.path))]
    Sample {
        /// The file.
        path: PathBuf,
        /// Channel, from 0.
        channel: usize,
        /// Frame, from 0 at the start of the file.
        frame: u64,
        /// The sample.
        value: f64,
        /// What the format holds.
        allowed: &'static str,
    },
    /// The planes handed over do not fit the file: another channel count, unequal lengths, another sample type.
    #[error("{}: {what}", Name(.path))]
    Planes {
        /// The file.
        path: PathBuf,
        /// What was given and what is needed.
        what: String,
    },
}

/// A path for a one-line message: control characters are escaped, so a hostile name cannot forge a second line.
struct Name<'a>(&'a Path);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.to_string_lossy().chars() {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
        }
        Ok(())
    }
}

/// Bytes of a file as printable text: chunk ids, magic numbers.
pub(super) fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_one_line_with_file_and_reason() {
        let path = PathBuf::from("a\nb.wav");
        let e = Error::SampleRate { path: path.clone(), hertz: 1 };
        assert_eq!(e.to_string(), "a\\nb.wav: sample rate is 1 Hz; allowed are 8000 to 768000 Hz");
        let e = Error::Channels { path: path.clone(), channels: 65535 };
        assert_eq!(e.to_string(), "a\\nb.wav: 65535 channels; allowed are 1 to 24");
        let e = Error::NotAudio { path, found: text(b"\x89PNG\r\n") };
        assert!(e.to_string().starts_with("a\\nb.wav: not an audio file (\\x89PNG\\r\\n); "), "{e}");
    }
}
