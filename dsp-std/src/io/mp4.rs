//! How much of an MP4 audio track is encoder delay and padding: symphonia hands out every sample of the track.
//!
//! Two places say it: iTunes' gapless note (`iTunSMPB`: delay, padding and length in frames) and the edit list (`elst`: where
//! the presentation starts in the media, and how long it lasts). The note is preferred, because the length in an edit list counts in
//! ticks of the movie, often milliseconds; there the true length of the media (`stts`) decides within one tick.
//!
//! Sources: ISO/IEC 14496-12, 8.6.1.2 (`stts`), 8.6.6 (`elst`), 8.4.2 (`mdhd`), 8.2.2 (`mvhd`).

use super::source::Tail;
use std::io::{Seek, SeekFrom};

/// The part of a track that is meant to be heard, in frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trim {
    /// Frames to drop at the start.
    pub(super) start: u64,
    /// Frames to keep, if stated.
    pub(super) frames: Option<u64>,
    /// Frames per second the two are counted in; of use only where the audio has that rate.
    pub(super) rate: u64,
}

/// Largest `moov` atom that is looked at; real ones hold some bytes per packet and the artwork.
const MAX_MOOV: u64 = 32 << 20;

/// Finds the trim of the first audio track; leaves the position at the start. What cannot be read says nothing.
pub(super) fn trim(source: &mut Tail) -> Option<Trim> {
    let moov = moov(source);
    source.seek(SeekFrom::Start(0)).ok()?;
    of_moov(&moov?)
}

/// The content of the `moov` atom.
fn moov(source: &mut Tail) -> Option<Vec<u8>> {
    let (mut pos, end) = (0u64, source.len());
    while pos < end {
        source.seek(SeekFrom::Start(pos)).ok()?;
        let mut head = [0; 16];
        let got = source.fill(&mut head).ok()?;
        let head = head.get(..got)?;
        let (header, size) = match be(head, 0, 4)? {
            0 => (8, end - pos),
            1 => (16, be(head, 8, 8)?),
            n => (8, n),
        };
        if size < header {
            return None;
        }
        if head.get(4..8)? == b"moov" {
            let len = (size - header).min((end - pos).checked_sub(header)?);
            if len > MAX_MOOV {
                return None;
            }
            source.seek(SeekFrom::Start(pos + header)).ok()?;
            let mut body = vec![0; usize::try_from(len).ok()?];
            let got = source.fill(&mut body).ok()?;
            body.truncate(got);
            return Some(body);
        }
        pos = pos.checked_add(size)?;
    }
    None
}

fn of_moov(moov: &[u8]) -> Option<Trim> {
    let movie_ticks = timescale(find(moov, b"mvhd")?)?;
    let (track, media) = Atoms(moov).filter(|(name, _)| name == b"trak").find_map(|(_, track)| {
        let media = find(track, b"mdia")?;
        (find(media, b"hdlr")?.get(8..12)? == b"soun").then_some((track, media))
    })?;
    let media_ticks = timescale(find(media, b"mdhd")?)?;
    let total = duration(path(media, &[b"minf", b"stbl", b"stts"])?)?;
    if let Some(trim) = gapless_note(moov, media_ticks).filter(|t| t.start + t.frames.unwrap_or(0) <= total) {
        return Some(trim);
    }
    edit(path(track, &[b"edts", b"elst"])?, movie_ticks, media_ticks, total)
}

/// The one edit that is not empty. Several edits are an arrangement, not a trim.
fn edit(elst: &[u8], movie_ticks: u64, media_ticks: u64, total: u64) -> Option<Trim> {
    let wide = *elst.first()? == 1;
    let (field, step) = if wide { (8, 20) } else { (4, 12) };
    let mut edits = elst.get(8..)?.chunks_exact(step).take(usize::try_from(be(elst, 4, 4)?).ok()?).filter_map(|e| {
        let start = be(e, field, field)?;
        // -1 is an empty edit: silence in front.
        let empty = start == if wide { u64::MAX } else { u64::from(u32::MAX) };
        (!empty).then_some((be(e, 0, field)?, start))
    });
    let (length, start) = edits.next()?;
    if edits.next().is_some() || start >= total {
        return None;
    }
    let rest = total - start;
    let tick = media_ticks.div_ceil(movie_ticks.max(1));
    let stated = u128::from(length) * u128::from(media_ticks) / u128::from(movie_ticks.max(1));
    let frames = u64::try_from(stated).unwrap_or(u64::MAX);
    // A length of 0 means the rest of the track; so does one that differs by less than its own resolution.
    let frames = if length == 0 || frames.saturating_add(tick) >= rest { rest } else { frames };
    Some(Trim { start, frames: Some(frames), rate: media_ticks })
}

/// `moov.udta.meta.ilst.----` of the name `iTunSMPB`: hexadecimal words, the second is the delay, the fourth the length.
fn gapless_note(moov: &[u8], rate: u64) -> Option<Trim> {
    let meta = path(moov, &[b"udta", b"meta"])?;
    let list = find(meta.get(4..)?, b"ilst")?;
    Atoms(list).filter(|(name, _)| name == b"----").find_map(|(_, item)| {
        if find(item, b"name")?.get(4..)? != b"iTunSMPB" {
            return None;
        }
        let note = std::str::from_utf8(find(item, b"data")?.get(8..)?).ok()?;
        let words: Vec<u64> =
            note.split_ascii_whitespace().take(4).map_while(|w| u64::from_str_radix(w, 16).ok()).collect();
        match words[..] {
            [_, start, padding, frames] if frames > 0 && start < 1 << 20 && padding < 1 << 20 && frames < 1 << 48 => {
                Some(Trim { start, frames: Some(frames), rate })
            }
            _ => None,
        }
    })
}

/// Ticks per second in `mvhd` and `mdhd`: behind two times, of 32 or 64 bits by version.
fn timescale(atom: &[u8]) -> Option<u64> {
    be(atom, if *atom.first()? == 1 { 20 } else { 12 }, 4)
}

/// Sum of all sample durations.
fn duration(stts: &[u8]) -> Option<u64> {
    let entries = usize::try_from(be(stts, 4, 4)?).ok()?;
    let durations = stts.get(8..)?.chunks_exact(8).take(entries);
    durations.map(|e| Some(be(e, 0, 4)? * be(e, 4, 4)?)).try_fold(0u64, |sum, d| sum.checked_add(d?))
}

/// Big-endian integer of `len` bytes.
fn be(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    Some(bytes.get(at..at + len)?.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
}

fn find<'a>(atoms: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    Atoms(atoms).find(|(name, _)| name == wanted).map(|(_, body)| body)
}

fn path<'a>(atoms: &'a [u8], names: &[&[u8; 4]]) -> Option<&'a [u8]> {
    names.iter().try_fold(atoms, |inside, name| find(inside, name))
}

/// Atoms side by side: name and content. Ends at the first that does not fit.
struct Atoms<'a>(&'a [u8]);

impl<'a> Iterator for Atoms<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let size = usize::try_from(be(self.0, 0, 4)?).ok()?;
        let name = self.0.get(4..8)?.try_into().ok()?;
        let body = self.0.get(8..size)?;
        self.0 = &self.0[size..];
        Some((name, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(8 + body.len() as u32).to_be_bytes()[..], name, body].concat()
    }

    fn words(list: &[u32]) -> Vec<u8> {
        list.iter().flat_map(|w| w.to_be_bytes()).collect()
    }

    fn movie(movie_ticks: u32, elst: &[u32], stts: &[u32], udta: &[u8]) -> Vec<u8> {
        let stbl = atom(b"stbl", &atom(b"stts", &words(stts)));
        let hdlr = [&[0; 8][..], b"soun"].concat();
        let mdhd = atom(b"mdhd", &words(&[0, 0, 0, 44_100, 0]));
        let mdia = [mdhd, atom(b"hdlr", &hdlr), atom(b"minf", &stbl)].concat();
        let trak = [atom(b"edts", &atom(b"elst", &words(elst))), atom(b"mdia", &mdia)].concat();
        [atom(b"mvhd", &words(&[0, 0, 0, movie_ticks, 0])), atom(b"trak", &trak), udta.to_vec()].concat()
    }

    #[test]
    fn the_edit_list_trims_to_the_frame_despite_millisecond_ticks() {
        // 100 packets of 1024 frames, the last one of 100; 1024 frames of delay; 2299 ms are 101 385.9 frames.
        let m = movie(1000, &[0, 1, 2299, 1024, 0x10000], &[0, 2, 99, 1024, 1, 1034], &[]);
        assert_eq!(of_moov(&m), Some(Trim { start: 1024, frames: Some(101_386), rate: 44_100 }));
        let m = movie(1000, &[0, 1, 1000, 1024, 0x10000], &[0, 1, 100, 1024], &[]);
        assert_eq!(of_moov(&m), Some(Trim { start: 1024, frames: Some(44_100), rate: 44_100 }), "a real cut");
        let m = movie(1000, &[0, 2, 10, u32::MAX, 0x10000, 0, 5, 0x10000], &[0, 1, 1, 1024], &[]);
        assert_eq!(of_moov(&m), Some(Trim { start: 5, frames: Some(1019), rate: 44_100 }), "an empty edit in front");
        let m = movie(1000, &[0, 2, 10, 1, 0x10000, 0, 5, 0x10000], &[0, 1, 1, 1024], &[]);
        assert_eq!(of_moov(&m), None, "an arrangement");
    }

    #[test]
    fn the_gapless_note_wins() {
        let note = [&[0u8; 8][..], b" 00000000 00000840 000001CA 00000000000ABCDE 0 0"].concat();
        let item =
            [atom(b"mean", b"\0\0\0\0com.apple.iTunes"), atom(b"name", b"\0\0\0\0iTunSMPB"), atom(b"data", &note)];
        let meta = [&[0u8; 4][..], &atom(b"ilst", &atom(b"----", &item.concat()))].concat();
        let udta = atom(b"udta", &atom(b"meta", &meta));
        let m = movie(600, &[0, 1, 0, 1024, 0x10000], &[0, 1, 1000, 1024], &udta);
        assert_eq!(of_moov(&m), Some(Trim { start: 0x840, frames: Some(0xABCDE), rate: 44_100 }));
        let short = movie(600, &[0, 1, 0, 1024, 0x10000], &[0, 1, 10, 1024], &udta);
        assert_eq!(of_moov(&short).unwrap().start, 1024, "a note longer than the track is not believed");
    }

    #[test]
    fn nonsense_says_nothing() {
        let m = movie(1000, &[0, u32::MAX, 2299, 1024, 0x10000], &[0, u32::MAX, 99, 1024], &[]);
        for end in 0..m.len() {
            let _ = of_moov(&m[..end]);
        }
        assert_eq!(of_moov(&[0; 64]), None);
        assert_eq!(of_moov(&atom(b"moov", &[1; 40])), None);
    }
}
