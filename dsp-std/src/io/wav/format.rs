//! The `fmt ` chunk: what it says, what is made of it where it contradicts itself, what is refused.

use super::samples::Encoding;
use crate::io::error::Error;
use crate::io::notes::Notes;
use dsp_core::layout::{Layout, MAX_CHANNELS};
use dsp_core::units::SampleRate;
use std::path::Path;

/// `wFormatTag` of integer PCM.
pub(super) const TAG_PCM: u16 = 1;
/// `wFormatTag` of IEEE float.
pub(super) const TAG_FLOAT: u16 = 3;
/// `wFormatTag` of WAVE_FORMAT_EXTENSIBLE.
pub(super) const TAG_EXTENSIBLE: u16 = 0xFFFE;
/// Bytes 2 to 15 of KSDATAFORMAT_SUBTYPE_*, whose first two bytes are a format tag.
pub(super) const GUID_TAIL: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
/// The same of SUBTYPE_AMBISONIC_B_FORMAT_PCM and _IEEE_FLOAT.
const GUID_TAIL_AMBISONIC: [u8; 14] = [0, 0, 0x21, 7, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0];
/// Most that is read of a `fmt ` chunk: what lies behind the extensible tail says nothing here.
pub(super) const FMT_READ: usize = 64;

/// A `fmt ` chunk understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Format {
    pub(super) rate: SampleRate,
    pub(super) layout: Layout,
    pub(super) encoding: Encoding,
    /// Bits that carry signal; the container may be wider.
    pub(super) bits: u16,
    /// Not integer PCM: a `fact` chunk is due.
    pub(super) float: bool,
}

impl Format {
    /// Bytes of one frame.
    pub(super) const fn frame_bytes(&self) -> usize {
        self.layout.channels() * self.encoding.bytes()
    }
}

/// Reads fields of a `fmt ` chunk in the byte order of the file.
struct Fields<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl Fields<'_> {
    fn u16(&self, at: usize) -> u16 {
        let b = [self.bytes[at], self.bytes[at + 1]];
        if self.big_endian { u16::from_be_bytes(b) } else { u16::from_le_bytes(b) }
    }

    fn u32(&self, at: usize) -> u32 {
        let (a, b) = (u32::from(self.u16(at)), u32::from(self.u16(at + 2)));
        if self.big_endian { a << 16 | b } else { b << 16 | a }
    }
}

/// Understands the first bytes of a `fmt ` chunk that is `size` bytes long.
pub(super) fn parse(
    path: &Path,
    bytes: &[u8],
    size: u64,
    big_endian: bool,
    notes: &mut Notes,
) -> Result<Format, Error> {
    let malformed = |what: String| Error::Malformed { path: path.into(), what };
    let unsupported = |encoding: String| Error::Unsupported { path: path.into(), encoding };
    if bytes.len() < 16 {
        return Err(malformed(format!("fmt chunk of {} bytes; at least 16 are needed", bytes.len())));
    }
    let f = Fields { bytes, big_endian };
    let (tag, channels, hertz) = (f.u16(0), usize::from(f.u16(2)), f.u32(4));
    let (byte_rate, align, bits) = (f.u32(8), usize::from(f.u16(12)), f.u16(14));
    if !matches!(size, 16 | 18 | 40) {
        notes.warn(format!("fmt chunk of {size} bytes; 16, 18 or 40 are usual"));
    }
    if bytes.len() >= 18 && u64::from(f.u16(16)) + 18 != size {
        notes.warn(format!("fmt chunk of {size} bytes states an extension of {} bytes", f.u16(16)));
    }

    let mut mask = None;
    let mut tag_of_samples = tag;
    let mut ambisonic = false;
    let mut valid = bits;
    if tag == TAG_EXTENSIBLE {
        if bytes.len() < 40 || f.u16(16) < 22 {
            let extension = bytes.len().saturating_sub(18).min(usize::from(*bytes.get(16).unwrap_or(&0)));
            return Err(malformed(format!(
                "extensible fmt chunk with an extension of {extension} bytes; 22 are needed"
            )));
        }
        ambisonic = bytes[26..40] == GUID_TAIL_AMBISONIC;
        if bytes[26..40] != GUID_TAIL && !ambisonic {
            return Err(unsupported(format!("WAV with the sub-format GUID {}", guid(&bytes[24..40]))));
        }
        // The first two bytes of a GUID are part of a u32, in file order.
        tag_of_samples = u16::from_le_bytes([bytes[24], bytes[25]]);
        valid = f.u16(18);
        if valid == 0 || valid > bits {
            notes.warn(format!("{valid} valid bits stated for samples of {bits} bits; {bits} are assumed"));
            valid = bits;
        }
        mask = Some(f.u32(20));
    }

    let float = match tag_of_samples {
        TAG_PCM => false,
        TAG_FLOAT => true,
        other => return Err(unsupported(format!("WAV with {}", tag_name(other)))),
    };
    if !(1..=MAX_CHANNELS).contains(&channels) {
        return Err(Error::Channels { path: path.into(), channels });
    }
    let rate = SampleRate::new(hertz).map_err(|_| Error::SampleRate { path: path.into(), hertz })?;
    let allowed = if float { "32 and 64" } else { "8 to 32" };
    if !(if float { matches!(bits, 32 | 64) } else { (8..=32).contains(&bits) }) {
        let kind = if float { "float" } else { "PCM" };
        return Err(unsupported(format!("WAV with {bits}-bit {kind} samples (allowed are {allowed} bits)")));
    }

    // The container follows from the bits; a block align that asks for a wider one (24 bits in 4 bytes) is believed.
    let least = usize::from(bits).div_ceil(8);
    let stated = if align.is_multiple_of(channels) { align / channels } else { 0 };
    let container = if !float && (least..=4).contains(&stated) { stated } else { least };
    if container * channels != align {
        notes.warn(format!(
            "block align is {align} for {channels} channels of {bits} bits; {} assumed",
            container * channels
        ));
    }
    let true_rate = u64::from(hertz) * (container * channels) as u64;
    if u64::from(byte_rate) != true_rate {
        notes.warn(format!("byte rate is {byte_rate}; {true_rate} would be right"));
    }
    let encoding = Encoding::new(float, container, big_endian)
        .ok_or_else(|| unsupported(format!("WAV with {bits}-bit samples")))?;
    let layout =
        layout(channels, mask, ambisonic, notes).map_err(|_| Error::Channels { path: path.into(), channels })?;
    Ok(Format { rate, layout, encoding, bits: valid, float })
}

/// The positions of the channels. A mask of 0 says nothing about position ("direct out"), except that writers leave it on plain
/// stereo too.
fn layout(
    channels: usize,
    mask: Option<u32>,
    ambisonic: bool,
    notes: &mut Notes,
) -> Result<Layout, dsp_core::error::Error> {
    match mask {
        _ if ambisonic => Layout::new(&[dsp_core::layout::Position::Unplaced; MAX_CHANNELS][..channels]),
        None => Layout::of_channels(channels),
        Some(0) if channels <= 2 => Layout::of_channels(channels),
        Some(mask) => {
            let named = mask.count_ones();
            if mask != 0 && named != channels as u32 {
                notes.warn(format!("channel mask {mask:#x} names {named} positions for {channels} channels"));
            }
            Layout::from_mask(channels, mask)
        }
    }
}

/// A GUID as it is usually printed.
fn guid(b: &[u8]) -> String {
    let hex = |range: std::ops::Range<usize>| b[range].iter().map(|x| format!("{x:02x}")).collect::<String>();
    let first = u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    let (second, third) = (u16::from_le_bytes([b[4], b[5]]), u16::from_le_bytes([b[6], b[7]]));
    format!("{first:08x}-{second:04x}-{third:04x}-{}-{}", hex(8..10), hex(10..16))
}

/// Name of a format tag (registered in the Windows SDK, mmreg.h).
fn tag_name(tag: u16) -> String {
    let name = match tag {
        0x0002 => "Microsoft ADPCM",
        0x0006 => "A-law",
        0x0007 => "mu-law",
        0x0011 => "IMA ADPCM",
        0x0031 => "GSM 6.10",
        0x0050 => "MPEG layer I/II",
        0x0055 => "MP3",
        0x00FF | 0x1600..=0x1602 => "AAC",
        0x0161 | 0x0162 => "Windows Media Audio",
        0x2000 => "AC-3",
        0x674F..=0x6771 => "Vorbis",
        0xF1AC => "FLAC",
        _ => return format!("the unknown format tag {tag:#06x}"),
    };
    format!("{name} (format tag {tag:#06x})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fmt(tag: u16, channels: u16, rate: u32, align: u16, bits: u16) -> Vec<u8> {
        let mut b = Vec::new();
        b.extend(tag.to_le_bytes());
        b.extend(channels.to_le_bytes());
        b.extend(rate.to_le_bytes());
        b.extend((rate.wrapping_mul(u32::from(align))).to_le_bytes());
        b.extend(align.to_le_bytes());
        b.extend(bits.to_le_bytes());
        b
    }

    fn read(bytes: &[u8]) -> (Result<Format, String>, Vec<String>) {
        let mut notes = Notes::default();
        let r = parse(Path::new("x.wav"), bytes, bytes.len() as u64, false, &mut notes);
        (r.map_err(|e| e.to_string()), notes.lines().to_vec())
    }

    #[test]
    fn plain_formats() {
        let (f, notes) = read(&fmt(1, 2, 44_100, 6, 24));
        let f = f.unwrap();
        assert_eq!((f.frame_bytes(), f.bits, f.layout, notes.len()), (6, 24, Layout::STEREO, 0));
        let (f, notes) = read(&fmt(1, 2, 44_100, 8, 24));
        assert_eq!((f.unwrap().frame_bytes(), notes.len()), (8, 0), "24 bits in 4 bytes");
        let (f, notes) = read(&fmt(1, 1, 44_100, 2, 12));
        assert_eq!((f.unwrap().frame_bytes(), notes.len()), (2, 0), "12 bits in 2 bytes");
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let said = |b: Vec<u8>| read(&b).0.unwrap_err();
        assert_eq!(said(fmt(1, 2, 1, 4, 16)), "x.wav: sample rate is 1 Hz; allowed are 8000 to 768000 Hz");
        assert_eq!(said(fmt(1, 0, 48_000, 0, 16)), "x.wav: 0 channels; allowed are 1 to 24");
        assert_eq!(
            said(fmt(3, 2, 48_000, 4, 16)),
            "x.wav: WAV with 16-bit float samples (allowed are 32 and 64 bits) is not supported"
        );
        assert_eq!(said(fmt(6, 1, 8000, 1, 8)), "x.wav: WAV with A-law (format tag 0x0006) is not supported");
        assert_eq!(said(fmt(1, 1, 8000, 2, 16)[..14].into()), "x.wav: fmt chunk of 14 bytes; at least 16 are needed");
        assert_eq!(
            said(fmt(0xFFFE, 1, 8000, 2, 16)),
            "x.wav: extensible fmt chunk with an extension of 0 bytes; 22 are needed"
        );
    }

    #[test]
    fn contradictions_are_warnings() {
        for align in [0, 1, 12, 5] {
            let (f, notes) = read(&fmt(1, 2, 48_000, align, 16));
            assert_eq!(f.unwrap().frame_bytes(), 4);
            assert!(notes[0].starts_with("block align is "), "{notes:?}");
        }
    }

    #[test]
    fn ambisonics_have_no_positions() {
        let mut b = fmt(0xFFFE, 4, 48_000, 8, 16);
        b.extend([22, 0, 16, 0, 0, 0, 0, 0, 1, 0]);
        b.extend(GUID_TAIL_AMBISONIC);
        let (f, notes) = read(&b);
        assert_eq!((f.unwrap().layout.pairs().count(), notes.len()), (0, 0));
        b[30] = 9;
        assert!(read(&b).0.unwrap_err().contains("GUID 00000001-0721-"), "{:?}", read(&b));
    }
}
