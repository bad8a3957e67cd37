//! Bytes of an MP3 file that belong to no frame: symphonia passes over garbage without a word.

use crate::io::sniff::mpeg_frame;
use crate::io::source::Tail;
use std::io::{Seek, SeekFrom};

/// Compares the bytes of all packets with those of the file.
pub(super) struct Stray {
    left: u64,
}

/// Bytes that may be left over without a word: padding, the rest of a tag.
const TOLERATED: u64 = 512;

impl Stray {
    /// Looks at both ends of the file: the information frame (Xing, Info, VBRI), which is no packet, and trailing tags. Nothing is
    /// known of files that end in a tag other than ID3v1.
    pub(super) fn new(source: &mut Tail) -> Option<Self> {
        let mut head = [0; 200];
        source.seek(SeekFrom::Start(0)).ok()?;
        let got = source.fill(&mut head).ok()?;
        let (first, _) = mpeg_frame(&head[..got])?;
        let informs = head.windows(4).any(|w| matches!(w, b"Xing" | b"Info" | b"VBRI"));
        let mut tail = [0; 160];
        let from = source.len().checked_sub(tail.len() as u64)?;
        source.seek(SeekFrom::Start(from)).ok()?;
        source.fill(&mut tail).ok()?;
        source.seek(SeekFrom::Start(0)).ok()?;
        let other_tag = tail.windows(8).any(|w| w == b"APETAGEX" || w.starts_with(b"LYRICS"));
        let id3v1 = if tail[32..].starts_with(b"TAG") { 128 } else { 0 };
        let known = id3v1 + if informs { first as u64 } else { 0 };
        (!other_tag).then_some(Self { left: source.len().saturating_sub(known) })
    }

    /// A packet of the stream.
    pub(super) fn packet(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes as u64);
    }

    /// Bytes that are left over, if they are worth a word.
    pub(super) fn bytes(&self) -> Option<u64> {
        (self.left > TOLERATED).then_some(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_information_frame_and_id3v1_are_no_garbage() {
        let mut frame = vec![0u8; 417];
        frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0]);
        let mut info = frame.clone();
        info[36..40].copy_from_slice(b"Info");
        let mut file = [info, frame.repeat(2)].concat();
        file.extend(b"TAG");
        file.extend([0; 125]);
        let stray = |file: &[u8]| {
            let mut tail = Tail::new(Box::new(std::io::Cursor::new(file.to_vec())), 0).unwrap();
            let mut stray = Stray::new(&mut tail).unwrap();
            (0..2).for_each(|_| stray.packet(417));
            stray.bytes()
        };
        assert_eq!(stray(&file), None);
        file.splice(417..417, [7; 1000]);
        assert_eq!(stray(&file), Some(1000));
    }
}
