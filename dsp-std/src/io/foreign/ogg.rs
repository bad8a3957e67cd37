//! How long an Ogg stream says it is: symphonia passes over pages with a wrong checksum without a word, so the frames are counted.

use crate::io::source::Tail;
use std::io::{Seek, SeekFrom};

/// Bytes at the end that are searched for the last page; a page has at most 65 307.
const WINDOW: u64 = 1 << 17;

/// The end of the stream in frames: the granule position of its last page. Nothing where the last page belongs to another
/// stream than the first, or is not found. (RFC 3533, section 6)
pub(super) fn end(source: &mut Tail) -> Option<u64> {
    let mut first = [0; 18];
    source.seek(SeekFrom::Start(0)).ok()?;
    source.fill(&mut first).ok()?;
    let from = source.len().saturating_sub(WINDOW);
    let mut tail = vec![0; usize::try_from(source.len() - from).ok()?];
    source.seek(SeekFrom::Start(from)).ok()?;
    let got = source.fill(&mut tail).ok()?;
    source.seek(SeekFrom::Start(0)).ok()?;
    let last = tail[..got].windows(18).rfind(|w| w.starts_with(b"OggS\0") && granule(w) != u64::MAX)?;
    (last[14..18] == first[14..18]).then(|| granule(last))
}

/// Granule position; all ones means that no packet ends on the page.
fn granule(page: &[u8]) -> u64 {
    page[6..14].iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(granule: u64, serial: u8) -> Vec<u8> {
        [&b"OggS\0\0"[..], &granule.to_le_bytes(), &[serial, 0, 0, 0], &[0; 30]].concat()
    }

    #[test]
    fn the_last_page_of_the_same_stream_counts() {
        let end =
            |pages: &[Vec<u8>]| super::end(&mut Tail::new(Box::new(std::io::Cursor::new(pages.concat())), 0).unwrap());
        assert_eq!(end(&[page(0, 1), page(960, 1), page(144_000, 1), page(u64::MAX, 1)]), Some(144_000));
        assert_eq!(end(&[page(0, 1), page(960, 2)]), None, "chained");
        assert_eq!(end(&[b"OggS".to_vec()]), None);
    }
}
