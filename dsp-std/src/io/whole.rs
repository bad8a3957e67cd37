//! Reads a whole file into memory, within stated limits.

use super::error::Error;
use super::info::Report;
use super::reader::Reader;
use crate::audio::Audio;
use dsp_core::layout::MAX_CHANNELS;
use std::path::Path;

/// How much memory reading a whole file may take.
///
/// # Why
/// Uncompressed audio grows at most fourfold (8 bits to `f32`), so the file itself is the limit. A compressed file has none: four
/// minutes of digital silence are 40 kB of FLAC (about 2600 times smaller than decoded), and a hostile stream reaches 40 000 times.
/// What is allowed is therefore the smaller of a fixed number of bytes and a multiple of the file size that real
/// encoders do not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of decoded audio (4 per sample). Default 8 GiB: six hours of stereo at 48 kHz.
    pub max_decoded_bytes: u64,
    /// Most decoded bytes per byte of a compressed file, beyond the first 64 MiB. Default 8192: digital silence in 7.1 FLAC at the
    /// largest block size of the streamable subset (4608 frames) reaches 5700.
    pub max_expansion: u64,
}

/// Decoded bytes that are allowed for any file, however small.
const ALWAYS: u64 = 64 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self { max_decoded_bytes: 8 << 30, max_expansion: 8192 }
    }
}

impl Limits {
    /// Decoded bytes allowed for a compressed file of `file_len` bytes.
    fn compressed(&self, file_len: u64) -> u64 {
        self.max_decoded_bytes.min(file_len.saturating_mul(self.max_expansion).saturating_add(ALWAYS))
    }
}

/// Reads a whole file within the default [`Limits`].
///
/// # Errors
/// As [`Reader::open`], and [`Error::TooLarge`] when the audio exceeds the limits.
pub fn read(path: impl AsRef<Path>) -> Result<(Audio, Report), Error> {
    read_within(Reader::open(path)?, Limits::default())
}

/// Reads the rest of an open file within `limits`.
///
/// # Errors
/// When the file can no longer be read, and [`Error::TooLarge`] when the audio exceeds the limits.
pub fn read_within(mut reader: Reader, limits: Limits) -> Result<(Audio, Report), Error> {
    let channels = reader.info().channels();
    let frame_bytes = 4 * channels as u64;
    let certain = reader.certain_frames();
    let limit = match certain {
        Some(_) => limits.max_decoded_bytes,
        None => limits.compressed(reader.file_len()),
    };
    let too_large = |reader: &Reader, frames: u64| Error::TooLarge {
        path: reader.path().into(),
        what: "decoded audio",
        bytes: frames.saturating_mul(frame_bytes),
        limit,
    };
    let mut planes = vec![Vec::new(); channels];
    if let Some(frames) = certain {
        if frames.saturating_mul(frame_bytes) > limit {
            return Err(too_large(&reader, frames));
        }
        for plane in &mut planes {
            // Fails only where memory is short; growing step by step then decides.
            let _ = plane.try_reserve_exact(usize::try_from(frames).unwrap_or(0));
        }
    }
    let mut frames = 0u64;
    loop {
        let got = reader.read(&mut planes, BLOCK / channels)?;
        if got == 0 {
            break;
        }
        frames += got as u64;
        if frames.saturating_mul(frame_bytes) > limit {
            return Err(too_large(&reader, frames));
        }
    }
    let (rate, layout, path) = (reader.info().rate, reader.info().layout, reader.path().to_path_buf());
    let audio = Audio::new(rate, layout, planes).map_err(|e| Error::Malformed { path, what: e.to_string() })?;
    Ok((audio, reader.into_report(frames)))
}

/// Samples read per step: what the limit can be exceeded by before it is noticed (1 MiB of memory).
const BLOCK: usize = 1 << 18;
const _: () = assert!(BLOCK / MAX_CHANNELS > 0);

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn wav(frames: u32) -> Vec<u8> {
        let mut b = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xBB\0\0\x80\xBB\0\0\x01\0\x08\0data".to_vec();
        b.extend(frames.to_le_bytes());
        b.extend(vec![200u8; frames as usize]);
        b
    }

    #[test]
    fn the_limit_is_named() {
        let open = || Reader::from_source("x.wav", Box::new(Cursor::new(wav(1000)))).unwrap();
        let (audio, report) = read_within(open(), Limits::default()).unwrap();
        assert_eq!((audio.frames(), report.info.frames, report.non_finite), (1000, Some(1000), 0));
        assert_eq!(audio.plane(0)[999], 72.0 / 128.0);
        let tight = Limits { max_decoded_bytes: 3999, ..Limits::default() };
        let e = read_within(open(), tight).unwrap_err();
        assert_eq!(e.to_string(), "x.wav: decoded audio is 4000 bytes; allowed are 3999");
    }

    #[test]
    fn silence_of_real_encoders_is_let_through() {
        // 5 minutes of stereo silence at 44.1 kHz: 100 kB of FLAC, 106 MB decoded.
        assert!(Limits::default().compressed(100_000) > 300 * 44_100 * 8);
        assert_eq!(Limits::default().compressed(u64::MAX), 8 << 30);
    }
}
