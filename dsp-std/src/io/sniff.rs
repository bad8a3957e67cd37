//! What a file is, from its first bytes: the name is only compared afterwards.

use std::path::Path;

/// Bytes to look at: enough for three MPEG frames of 1441 bytes (320 kbit/s at 32 kHz) behind a little padding.
pub(super) const WINDOW: usize = 64 * 1024;

/// What the content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// RIFF, RIFX, RF64 or BW64.
    Wav,
    Flac,
    Mp3,
    /// Raw AAC frames.
    Adts,
    Mp4,
    Ogg,
    Aiff,
    /// Audio, but of a kind that is not read here.
    Foreign(&'static str),
    /// No audio.
    Unknown,
}

impl Kind {
    /// As people call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Mp3 => "MP3",
            Self::Adts => "AAC",
            Self::Mp4 => "MP4",
            Self::Ogg => "Ogg",
            Self::Aiff => "AIFF",
            Self::Foreign(name) => name,
            Self::Unknown => "unknown",
        }
    }

    /// File name extensions under which this kind is expected.
    const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Wav => &["wav", "wave", "bwf", "rf64", "bw64", "rifx"],
            Self::Flac => &["flac"],
            Self::Mp3 => &["mp3", "mp2", "mpga"],
            Self::Adts => &["aac", "adts"],
            Self::Mp4 => &["m4a", "mp4", "m4b", "mov", "m4r", "alac"],
            Self::Ogg => &["ogg", "oga", "opus", "spx"],
            Self::Aiff => &["aiff", "aif", "aifc"],
            Self::Foreign(_) | Self::Unknown => &[],
        }
    }

    /// A warning when the name promises another kind of audio file.
    pub(super) fn misnamed(self, path: &Path) -> Option<String> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        let all = [Self::Wav, Self::Flac, Self::Mp3, Self::Adts, Self::Mp4, Self::Ogg, Self::Aiff];
        let known = all.iter().any(|k| k.extensions().contains(&extension.as_str()));
        (known && !self.extensions().contains(&extension.as_str()))
            .then(|| format!("named .{extension} but the content is {}", self.name()))
    }
}

/// Length in bytes of an ID3v2 tag at the start, header and footer included. (ID3v2.4 structure, section 3.1)
pub(super) fn id3v2_len(head: &[u8]) -> Option<u64> {
    let head = head.get(..10)?;
    let size = &head[6..10];
    if !head.starts_with(b"ID3") || head[3] == 0xFF || head[4] == 0xFF || size.iter().any(|b| b & 0x80 != 0) {
        return None;
    }
    let size = size.iter().fold(0u64, |n, b| n << 7 | u64::from(*b));
    let footer = if head[5] & 0x10 != 0 { 10 } else { 0 };
    Some(10 + size + footer)
}

/// What `head` (the first bytes, a leading ID3v2 tag already skipped) begins. `tagged` says there was such a tag.
pub(super) fn kind(head: &[u8], tagged: bool) -> Kind {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|h| h.starts_with(magic));
    if ["RIFF", "RIFX", "RF64", "BW64"].iter().any(|m| at(0, m.as_bytes())) {
        return Kind::Wav;
    }
    if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        return Kind::Aiff;
    }
    if at(0, b"fLaC") {
        return Kind::Flac;
    }
    if at(0, b"OggS") {
        return Kind::Ogg;
    }
    if at(4, b"ftyp") || at(4, b"moov") {
        return Kind::Mp4;
    }
    for (offset, magic, name) in FOREIGN {
        if at(*offset, magic) {
            return Kind::Foreign(name);
        }
    }
    if at(0, &[0xFF]) && head.get(1).is_some_and(|b| b & 0xF6 == 0xF0) {
        return Kind::Adts;
    }
    if is_mpeg(head, tagged) { Kind::Mp3 } else { Kind::Unknown }
}

/// Audio that is recognised only to be refused by its name.
const FOREIGN: &[(usize, &[u8], &str)] = &[
    (0, b".snd", "AU (Sun audio)"),
    (0, b"caff", "CAF (Core Audio)"),
    (0, b"riff\x2e\x91\xcf\x11", "Wave64"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"DSD ", "DSF (DSD)"),
    (0, b"FRM8", "DSDIFF (DSD)"),
    (0, b"FORM", "IFF that is neither AIFF nor AIFC"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska/WebM"),
    (0, b"\x30\x26\xb2\x75", "ASF/WMA"),
    (0, b"MThd", "MIDI"),
    (0, b"#!AMR", "AMR"),
    (0, b"TTA1", "True Audio"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
];

/// Whether MPEG audio frames follow one another here: three in a row, or (a very short file) frames to its very end.
fn is_mpeg(head: &[u8], tagged: bool) -> bool {
    // Without a tag in front up to 4 KiB of padding are tolerated, as encoders and cutters leave them.
    let last = if tagged { WINDOW } else { 4096 };
    (0..head.len().min(last)).any(|start| {
        let (mut pos, mut frames, mut first) = (start, 0, None);
        while let Some((len, key)) = head.get(pos..).and_then(mpeg_frame) {
            if *first.get_or_insert(key) != key {
                break;
            }
            pos += len;
            frames += 1;
            if frames == 3 {
                return true;
            }
        }
        start == 0 && frames > 0 && pos >= head.len()
    })
}

/// Length of the MPEG-1/2/2.5 layer III frame whose header starts here, and what all frames of a stream share
/// (version and rate). ISO/IEC 11172-3, 2.4.2.3.
pub(super) fn mpeg_frame(h: &[u8]) -> Option<(usize, u8)> {
    const MPEG1: [u16; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const MPEG2: [u16; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let &[0xFF, b, c, _, ..] = h else { return None };
    let (version, layer) = (b >> 3 & 3, b >> 1 & 3);
    if b & 0xE0 != 0xE0 || version == 1 || layer != 1 {
        return None;
    }
    let kbit =
        (c >> 4).checked_sub(1).and_then(|i| if version == 3 { MPEG1 } else { MPEG2 }.get(usize::from(i)).copied())?;
    let rate = [44_100usize, 48_000, 32_000].get(usize::from(c >> 2 & 3))?;
    let (rate, samples) = match version {
        3 => (*rate, 1152),
        2 => (rate / 2, 576),
        _ => (rate / 4, 576),
    };
    Some((samples / 8 * usize::from(kbit) * 1000 / rate + usize::from(c >> 1 & 1), version << 2 | c >> 2 & 3))
}

/// The sample rate in the STREAMINFO block of a FLAC file, in hertz. (RFC 9639, section 8.2)
pub(super) fn flac_rate(head: &[u8]) -> Option<u32> {
    let &[a, b, c] = head.get(18..21)? else { return None };
    let is_streaminfo = head.starts_with(b"fLaC") && head[4] & 0x7F == 0;
    is_streaminfo.then_some(u32::from(a) << 12 | u32::from(b) << 4 | u32::from(c) >> 4)
}

/// A few words on bytes that are no audio file.
pub(super) fn describe(head: &[u8]) -> String {
    if head.is_empty() {
        return "the file is empty".into();
    }
    if head.iter().all(|b| *b == 0) {
        return "zero bytes".into();
    }
    let start = &head[..head.len().min(8)];
    format!("it begins with \"{}\"", super::error::text(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id3_sizes_are_syncsafe() {
        assert_eq!(id3v2_len(b"ID3\x04\0\0\0\0\x02\x01"), Some(10 + 257));
        assert_eq!(id3v2_len(b"ID3\x04\0\x10\0\0\0\x05"), Some(25), "with a footer");
        assert_eq!(id3v2_len(b"ID3\x04\0\0\0\0\x80\x01"), None);
        assert_eq!(id3v2_len(b"ID3"), None);
    }

    #[test]
    fn content_decides() {
        assert_eq!(kind(b"RIFF....WAVE", false), Kind::Wav);
        assert_eq!(kind(b"riff....WAVE", false), Kind::Unknown);
        assert_eq!(kind(b"fLaC\0\0\0\x22", false), Kind::Flac);
        assert_eq!(kind(b"....ftypM4A ", false), Kind::Mp4);
        assert_eq!(kind(b"FORM....AIFC", false), Kind::Aiff);
        assert_eq!(kind(b"wvpk....", false), Kind::Foreign("WavPack"));
        assert_eq!(kind(&[0; 4096], false), Kind::Unknown);
        assert_eq!(kind(&[], false), Kind::Unknown);
    }

    #[test]
    fn mp3_needs_frames_in_a_row() {
        // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes.
        let mut frame = vec![0u8; 417];
        frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0]);
        assert_eq!(mpeg_frame(&frame), Some((417, 12)));
        assert_eq!(kind(&frame, false), Kind::Mp3, "one frame that is the whole file");
        let mut stray = vec![1u8; 100];
        stray.extend(&frame);
        stray.extend([1; 9000]);
        assert_eq!(kind(&stray, false), Kind::Unknown);
        let padded: Vec<u8> = std::iter::repeat_n(0, 1000).chain(frame.repeat(3)).collect();
        assert_eq!(kind(&padded, false), Kind::Mp3);
    }

    #[test]
    fn the_rate_of_flac_has_20_bits() {
        let mut head = [&b"fLaC\x80\0\0\x22"[..], &[0; 34]].concat();
        head[18..21].copy_from_slice(&[0x0A, 0xC4, 0x42]);
        assert_eq!(flac_rate(&head), Some(44_100));
        assert_eq!(flac_rate(&head[..20]), None);
    }

    #[test]
    fn a_wrong_name_is_told() {
        let said = |k: Kind, p: &str| k.misnamed(Path::new(p));
        assert_eq!(said(Kind::Flac, "x.WAV").unwrap(), "named .wav but the content is FLAC");
        assert_eq!(said(Kind::Wav, "x.wav"), None);
        assert_eq!(said(Kind::Wav, "x"), None);
        assert_eq!(said(Kind::Wav, "x.tmp"), None);
    }
}
