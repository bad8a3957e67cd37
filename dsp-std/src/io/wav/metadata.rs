//! What a metadata chunk is called in reports, and whether its inner counts agree with its size.
//!
//! Nothing is allocated by a count the chunk states, and nothing is expanded (an iXML entity bomb stays text).

use crate::io::error::text;

/// Most that is looked at of one chunk.
pub(super) const LOOK: usize = 64 * 1024;

/// Padding and chunks that belong to the audio: not worth reporting.
const PLAIN: &[&[u8; 4]] = &[b"JUNK", b"junk", b"PAD ", b"FLLR", b"fact", b"PEAK", b"ds64"];

/// Chunks into which [`check`] looks.
pub(super) fn has_content(id: &[u8; 4]) -> bool {
    matches!(id, b"LIST" | b"bext" | b"cue " | b"smpl" | b"PEAK" | b"id3 " | b"ID3 ")
}

/// The name under which a chunk is reported, if it is metadata. `head` holds its first bytes.
pub(super) fn name(id: &[u8; 4], head: &[u8]) -> Option<String> {
    match id {
        _ if PLAIN.contains(&id) => None,
        b"LIST" => Some(format!("LIST {}", text(head.get(..4).unwrap_or(head)))),
        _ => Some(text(id)),
    }
}

/// What is wrong inside a chunk of `size` bytes, if anything.
pub(super) fn check(id: &[u8; 4], head: &[u8], size: u64) -> Option<String> {
    let u32_at = |at: usize| head.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let counted = |what: &str, at: usize, header: u64, each: u64| {
        let Some(count) = u32_at(at) else { return Some(format!("{what} chunk of {size} bytes is too short")) };
        let needed = header + each * u64::from(count);
        (needed > size).then(|| format!("{what} chunk states {count} entries ({needed} bytes) but has {size} bytes"))
    };
    match id {
        b"bext" if size < 602 => Some(format!("bext chunk of {size} bytes; at least 602 are needed")),
        b"bext" => bext(head),
        b"cue " => counted("cue", 0, 4, 24),
        b"smpl" => counted("smpl", 28, 36, 24),
        b"PEAK" if size < 16 => Some(format!("PEAK chunk of {size} bytes; at least 16 are needed")),
        b"LIST" if head.starts_with(b"INFO") => info(head, size),
        b"id3 " | b"ID3 " => match crate::io::sniff::id3v2_len(head) {
            Some(tag) if tag <= size => None,
            Some(tag) => Some(format!("id3 chunk of {size} bytes holds a tag that claims {tag}")),
            None => Some("id3 chunk does not hold an ID3v2 tag".into()),
        },
        _ if !id.iter().all(|c| (0x20..0x7F).contains(c)) => {
            Some(format!("chunk with the unusual id \"{}\"", text(id)))
        }
        _ => None,
    }
}

/// EBU Tech 3285: version at 346, time reference (samples since midnight) at 338.
fn bext(head: &[u8]) -> Option<String> {
    let version = u16::from_le_bytes([*head.get(346)?, *head.get(347)?]);
    if version > 2 {
        return Some(format!("bext chunk of version {version}; 0 to 2 exist"));
    }
    let time = u64::from_le_bytes(head.get(338..346)?.try_into().ok()?);
    let day = 86_400 * u64::from(dsp_core::units::SampleRate::MAX);
    (time > day).then(|| format!("bext time reference of {time} samples is longer than a day"))
}

/// RIFF LIST INFO: four-letter items with a size each, padded to even.
fn info(head: &[u8], size: u64) -> Option<String> {
    let mut pos = 4;
    while let Some(item) = head.get(pos..pos + 8) {
        let len = u32::from_le_bytes([item[4], item[5], item[6], item[7]]) as usize;
        let end = (pos + 8).saturating_add(len);
        if end as u64 > size {
            return Some(format!("LIST INFO item \"{}\" claims {len} bytes of a chunk of {size}", text(&item[..4])));
        }
        let body = head.get(pos + 8..end)?;
        if item.starts_with(b"LIST") {
            return Some("LIST INFO holds another LIST, which is not followed".into());
        }
        if std::str::from_utf8(body).is_err() {
            return Some(format!("LIST INFO item \"{}\" is not UTF-8", text(&item[..4])));
        }
        pos = end + (len & 1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_lie_are_told() {
        let lie = u32::MAX.to_le_bytes();
        assert_eq!(
            check(b"cue ", &[&lie[..], &[0; 24]].concat(), 28).unwrap(),
            "cue chunk states 4294967295 entries (103079215084 bytes) but has 28 bytes"
        );
        assert!(check(b"smpl", &[&[0; 28][..], &lie, &[0; 4]].concat(), 36).is_some());
        assert!(check(b"cue ", &[1, 0, 0, 0], 28).is_none());
        assert!(check(b"cue ", &[1], 1).is_some());
    }

    #[test]
    fn info_items_must_fit() {
        assert_eq!(check(b"LIST", b"INFOINAM\x03\0\0\0ab\0\0IART\x02\0\0\0c\0", 26), None);
        assert!(check(b"LIST", b"INFOINAM\xFF\xFF\xFF\x7Fab", 14).is_some());
        assert!(check(b"LIST", b"INFOINAM\x02\0\0\0\xC3\x28", 14).is_some());
    }

    #[test]
    fn names() {
        assert_eq!(name(b"JUNK", &[]), None);
        assert_eq!(name(b"LIST", b"adtl").unwrap(), "LIST adtl");
        assert_eq!(name(b"a\0\xFFb", &[]).unwrap(), "a\\x00\\xffb");
    }
}
