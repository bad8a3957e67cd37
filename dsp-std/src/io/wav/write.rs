//! Writes WAV files that appear whole or not at all.
//!
//! 16 and 24 bits take samples that are already quantised (rounding and dither belong to `dsp_core::shape`); 32-bit float takes samples as
//! they are, overs included, but never NaN or infinities. Mono and stereo PCM get the plain 16-byte `fmt ` chunk every
//! program reads; anything else WAVE_FORMAT_EXTENSIBLE with a channel mask. Float files carry the `fact` chunk they must.
//!
//! A RIFF file ends at 4 GiB; more is [`Error::TooLarge`], noticed before it is written.
//!
//! ```no_run
//! use dsp_core::{layout::Layout, units::SampleRate};
//! use dsp_std::io::wav::write::{Format, Spec, Writer};
//! let spec = Spec { rate: SampleRate::CD, layout: Layout::STEREO, format: Format::Pcm24 };
//! let mut writer = Writer::create("out.wav", spec, false)?;
//! writer.write_i32(&[&[0, 8_388_607], &[-8_388_608, 0]])?;
//! writer.finish()?;
//! # Ok::<(), dsp_std::io::Error>(())
//! ```

use super::format::{GUID_TAIL, TAG_EXTENSIBLE, TAG_FLOAT, TAG_PCM};
use crate::io::atomic::AtomicFile;
use crate::io::error::Error;
use dsp_core::layout::Layout;
use dsp_core::units::SampleRate;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Sample format of a file to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// 16-bit integer.
    Pcm16,
    /// 24-bit integer, 3 bytes.
    Pcm24,
    /// 32-bit float.
    Float32,
}

impl Format {
    const fn bytes(self) -> usize {
        match self {
            Self::Pcm16 => 2,
            Self::Pcm24 => 3,
            Self::Float32 => 4,
        }
    }
}

/// What a file to write will be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spec {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels and their places; layouts without a WAVE mask are written with mask 0.
    pub layout: Layout,
    /// Sample format.
    pub format: Format,
}

impl Spec {
    /// Everything in front of the samples, for `data` bytes of them.
    fn header(&self, data: u32) -> Vec<u8> {
        let (channels, bytes) = (self.layout.channels() as u16, self.format.bytes() as u16);
        let float = self.format == Format::Float32;
        let tag = if float { TAG_FLOAT } else { TAG_PCM };
        let extensible = ![Layout::MONO, Layout::STEREO].contains(&self.layout);
        let align = channels * bytes;
        let mut fmt = Vec::with_capacity(40);
        fmt.extend(if extensible { TAG_EXTENSIBLE } else { tag }.to_le_bytes());
        fmt.extend(channels.to_le_bytes());
        fmt.extend(self.rate.get().to_le_bytes());
        fmt.extend((self.rate.get() * u32::from(align)).to_le_bytes());
        fmt.extend(align.to_le_bytes());
        fmt.extend((8 * bytes).to_le_bytes());
        if extensible {
            fmt.extend(22u16.to_le_bytes());
            fmt.extend((8 * bytes).to_le_bytes());
            fmt.extend(self.layout.mask().to_le_bytes());
            fmt.extend(tag.to_le_bytes());
            fmt.extend(GUID_TAIL);
        } else if float {
            // Formats other than PCM state the length of their extension, here 0.
            fmt.extend(0u16.to_le_bytes());
        }
        let fact = if float { 12 } else { 0 };
        let mut h = Vec::with_capacity(80);
        h.extend(b"RIFF");
        h.extend((4 + 8 + fmt.len() as u32 + fact + 8 + data + data % 2).to_le_bytes());
        h.extend(b"WAVEfmt ");
        h.extend((fmt.len() as u32).to_le_bytes());
        h.extend(fmt);
        if float {
            h.extend(b"fact");
            h.extend(4u32.to_le_bytes());
            h.extend((data / u32::from(align)).to_le_bytes());
        }
        h.extend(b"data");
        h.extend(data.to_le_bytes());
        h
    }

    /// Most frames such a file can hold: a RIFF file ends at 4 GiB.
    pub fn max_frames(&self) -> u64 {
        self.max_data() / (self.layout.channels() * self.format.bytes()) as u64
    }

    /// Most bytes of samples: the RIFF size, which counts all but its own 8 bytes, has 32 bits.
    fn max_data(&self) -> u64 {
        u64::from(u32::MAX) + 8 - self.header(0).len() as u64 - 1
    }
}

/// A WAV file being written under a temporary name beside its target.
///
/// Only [`finish`](Self::finish) lets it appear; dropped before, it leaves nothing behind and the target as it was.
#[derive(Debug)]
pub struct Writer {
    file: AtomicFile,
    spec: Spec,
    frames: u64,
    buffer: Vec<u8>,
}

/// Bytes gathered before they are handed to the system.
const BUFFER: usize = 256 * 1024;

impl Writer {
    /// Begins a file. A target that exists is replaced in [`finish`](Self::finish) if `overwrite` says so (a symbolic link
    /// is replaced itself, not what it points to).
    ///
    /// # Errors
    /// [`Error::Exists`], or [`Error::Write`] when its folder cannot be written to.
    pub fn create(path: impl AsRef<Path>, spec: Spec, overwrite: bool) -> Result<Self, Error> {
        let file = AtomicFile::create(path.as_ref(), overwrite)?;
        let buffer = spec.header(0);
        Ok(Self { file, spec, frames: 0, buffer })
    }

    /// Appends quantised frames of a PCM file: -32 768 to 32 767 for 16 bits, -8 388 608 to 8 388 607 for 24.
    ///
    /// # Errors
    /// When the planes do not fit the file, a value is outside its range, the file would pass 4 GiB or cannot be written. What is
    /// wrong is noticed before anything of this call is written, except for system errors.
    pub fn write_i32(&mut self, planes: &[&[i32]]) -> Result<(), Error> {
        let (bits, allowed) = match self.spec.format {
            Format::Pcm16 => (16, "-32768 to 32767"),
            Format::Pcm24 => (24, "-8388608 to 8388607"),
            Format::Float32 => return Err(self.planes_error("integer samples for a float file".into())),
        };
        let full = 1i32 << (bits - 1);
        let fits = |x: i32| (-full..full).contains(&x);
        self.check(planes, |x| fits(*x), |x| f64::from(*x), allowed)?;
        match self.spec.format {
            Format::Pcm16 => self.append(planes, |x| (x as i16).to_le_bytes()),
            _ => self.append(planes, |x| {
                let [a, b, c, _] = x.to_le_bytes();
                [a, b, c]
            }),
        }
    }

    /// Appends frames of a float file.
    ///
    /// # Errors
    /// As [`write_i32`](Self::write_i32); the range is all finite values.
    pub fn write_f32(&mut self, planes: &[&[f32]]) -> Result<(), Error> {
        if self.spec.format != Format::Float32 {
            return Err(self.planes_error("float samples for an integer file; quantise them first".into()));
        }
        self.check(planes, |x| x.is_finite(), |x| f64::from(*x), "finite values")?;
        self.append(planes, f32::to_le_bytes)
    }

    /// Frames written so far.
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Completes the file and lets it appear under its name. Returns the number of frames.
    ///
    /// # Errors
    /// [`Error::Exists`] when a file of that name has appeared and overwriting was not asked for; [`Error::Write`].
    pub fn finish(mut self) -> Result<u64, Error> {
        // Within u32: `check` refuses what would pass it.
        let data = (self.frames * self.frame_bytes()) as u32;
        if data % 2 == 1 {
            self.buffer.push(0);
        }
        let header = self.spec.header(data);
        let rest = std::mem::take(&mut self.buffer);
        self.io(|file| {
            file.write_all(&rest)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header)
        })?;
        self.file.commit()?;
        Ok(self.frames)
    }

    fn frame_bytes(&self) -> u64 {
        (self.spec.layout.channels() * self.spec.format.bytes()) as u64
    }

    fn planes_error(&self, what: String) -> Error {
        Error::Planes { path: self.file.path().into(), what }
    }

    fn io<T>(&mut self, job: impl FnOnce(&mut std::fs::File) -> io::Result<T>) -> Result<T, Error> {
        job(self.file.file()).map_err(|source| Error::Write { path: self.file.path().into(), source })
    }

    /// Everything that can be wrong with samples.
    fn check<T>(
        &self,
        planes: &[&[T]],
        fits: impl Fn(&T) -> bool,
        value: impl Fn(&T) -> f64,
        allowed: &'static str,
    ) -> Result<(), Error> {
        let channels = self.spec.layout.channels();
        if planes.len() != channels {
            return Err(
                self.planes_error(format!("{} planes to write; the file has {channels} channels", planes.len()))
            );
        }
        let frames = planes[0].len();
        if let Some(other) = planes.iter().find(|p| p.len() != frames) {
            return Err(
                self.planes_error(format!("planes of {frames} and {} frames; they have to be equal", other.len()))
            );
        }
        let bytes = (self.frames + frames as u64).saturating_mul(self.frame_bytes());
        let limit = self.spec.max_data();
        if bytes > limit {
            return Err(Error::TooLarge { path: self.file.path().into(), what: "WAV data", bytes, limit });
        }
        for (channel, plane) in planes.iter().enumerate() {
            if let Some(at) = plane.iter().position(|x| !fits(x)) {
                return Err(Error::Sample {
                    path: self.file.path().into(),
                    channel,
                    frame: self.frames + at as u64,
                    value: value(&plane[at]),
                    allowed,
                });
            }
        }
        Ok(())
    }

    fn append<T: Copy, const W: usize>(&mut self, planes: &[&[T]], bytes: impl Fn(T) -> [u8; W]) -> Result<(), Error> {
        let frames = planes[0].len();
        let step = BUFFER / (W * planes.len());
        for from in (0..frames).step_by(step) {
            let to = frames.min(from + step);
            let start = self.buffer.len();
            self.buffer.resize(start + (to - from) * W * planes.len(), 0);
            let (slots, _) = self.buffer[start..].as_chunks_mut::<W>();
            for (c, plane) in planes.iter().enumerate() {
                for (slot, x) in slots[c..].iter_mut().step_by(planes.len()).zip(&plane[from..to]) {
                    *slot = bytes(*x);
                }
            }
            if self.buffer.len() >= BUFFER {
                let full = std::mem::take(&mut self.buffer);
                self.io(|file| file.write_all(&full))?;
                self.buffer = full;
                self.buffer.clear();
            }
        }
        self.frames += frames as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(format: Format, layout: Layout) -> Spec {
        Spec { rate: SampleRate::VIDEO, layout, format }
    }

    #[test]
    fn headers_are_plain_where_they_can_be() {
        let h = spec(Format::Pcm24, Layout::STEREO).header(6);
        assert_eq!(h.len(), 44);
        assert_eq!(&h[..24], b"RIFF\x2A\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0");
        let h = spec(Format::Float32, Layout::MONO).header(8);
        assert_eq!(h.len(), 58);
        assert_eq!(&h[38..50], b"fact\x04\0\0\0\x02\0\0\0");
        let h = spec(Format::Pcm16, Layout::SURROUND_5_1).header(0);
        assert_eq!((h.len(), &h[16..22]), (68, &b"\x28\0\0\0\xFE\xFF"[..]));
        assert_eq!(h[40..44], 0x60Fu32.to_le_bytes());
    }

    #[test]
    fn what_does_not_fit_is_refused_before_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        let mut w = Writer::create(&path, spec(Format::Pcm16, Layout::MONO), false).unwrap();
        let said = w.write_i32(&[&[0, 32_768]]).unwrap_err().to_string();
        assert!(said.ends_with("a.wav: sample 32768 at frame 1 of channel 0; allowed are -32768 to 32767"), "{said}");
        assert!(w.write_f32(&[&[0.0]]).is_err());
        assert!(w.write_i32(&[&[0], &[0]]).is_err());
        assert_eq!(w.frames(), 0);
        let mut w = Writer::create(&path, spec(Format::Float32, Layout::STEREO), false).unwrap();
        for bad in [f32::NAN, f32::INFINITY] {
            assert!(matches!(w.write_f32(&[&[1.0], &[bad]]), Err(Error::Sample { channel: 1, frame: 0, .. })));
        }
        assert!(w.write_f32(&[&[1.0], &[]]).is_err());
        w.frames = spec(Format::Float32, Layout::STEREO).max_data() / 8;
        assert!(matches!(w.write_f32(&[&[0.0], &[0.0]]), Err(Error::TooLarge { .. })));
    }
}
