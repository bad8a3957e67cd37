//! The walk over the chunks of a WAVE file: where the audio lies, whatever the sizes say.
//!
//! Only two numbers are believed without proof, the length of the file and the position in it. A chunk is taken when it lies
//! within the file; a `data` chunk is clipped to the file; the RIFF size only decides where to stop looking for metadata.

use super::format::{self, FMT_READ, Format};
use super::metadata;
use crate::io::error::{Error, text};
use crate::io::info::Metadata;
use crate::io::notes::Notes;
use crate::io::source::Tail;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// Size fields that a streaming writer leaves behind.
const PLACEHOLDER: u32 = u32::MAX;

/// What the walk found.
pub(super) struct Found {
    pub(super) format: Format,
    /// `"WAV"`, `"RIFX"`, `"RF64"`, `"BW64"`.
    pub(super) container: &'static str,
    pub(super) data_start: u64,
    /// Bytes of audio that are really there.
    pub(super) data_len: u64,
    pub(super) metadata: Vec<Metadata>,
}

/// 64-bit sizes of RF64/BW64. (EBU Tech 3306, section 2)
struct Ds64 {
    riff: u64,
    data: u64,
}

struct Walk<'a> {
    path: &'a Path,
    notes: &'a mut Notes,
    source: BufReader<&'a mut Tail>,
    len: u64,
    pos: u64,
    container: &'static str,
    /// End of the RIFF chunk, if it states one.
    riff_end: Option<u64>,
    ds64: Option<Ds64>,
    fmt: Option<(Vec<u8>, u64)>,
    data: Option<(u64, u64)>,
    fact: Option<u32>,
    metadata: Vec<Metadata>,
    /// Why the walk ended early.
    broken: Option<String>,
}

/// Finds format and audio.
pub(super) fn walk(path: &Path, source: &mut Tail, notes: &mut Notes) -> Result<Found, Error> {
    let len = source.len();
    let mut walk = Walk {
        path,
        notes,
        source: BufReader::with_capacity(8192, source),
        len,
        pos: 0,
        container: "WAV",
        riff_end: None,
        ds64: None,
        fmt: None,
        data: None,
        fact: None,
        metadata: Vec::new(),
        broken: None,
    };
    walk.header()?;
    walk.chunks()?;
    walk.found()
}

impl Walk<'_> {
    fn malformed(&self, what: String) -> Error {
        Error::Malformed { path: self.path.into(), what }
    }

    /// Up to `want` bytes from `pos` on; fewer at the end of the file.
    fn read_at(&mut self, pos: u64, want: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let want = self.len.saturating_sub(pos).min(want as u64);
        let mut go = || -> io::Result<()> {
            // Positions lie within the file, so the difference fits.
            self.source.seek_relative(pos as i64 - self.pos as i64)?;
            self.pos = pos;
            self.pos += (&mut self.source).take(want).read_to_end(&mut bytes)? as u64;
            Ok(())
        };
        go().map_err(|source| Error::Read { path: self.path.into(), source })?;
        Ok(bytes)
    }

    fn u32(&self, b: &[u8]) -> u32 {
        let b = [b[0], b[1], b[2], b[3]];
        if self.container == "RIFX" { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) }
    }

    fn header(&mut self) -> Result<(), Error> {
        let head = self.read_at(0, 12)?;
        self.container = match head.get(..4) {
            Some(b"RIFX") => "RIFX",
            Some(b"RF64") => "RF64",
            Some(b"BW64") => "BW64",
            _ => "WAV",
        };
        if head.len() < 12 {
            return Err(self.malformed(format!("the RIFF header ends after {} bytes; 12 are needed", head.len())));
        }
        if &head[8..] != b"WAVE" {
            let found = format!("a RIFF file of the form \"{}\"", text(&head[8..]));
            return Err(Error::NotAudio { path: self.path.into(), found });
        }
        match self.u32(&head[4..]) {
            0 | PLACEHOLDER => {}
            size => self.riff_ends(u64::from(size)),
        }
        Ok(())
    }

    fn riff_ends(&mut self, size: u64) {
        let end = size.saturating_add(8);
        if end > self.len {
            self.notes.warn(format!("the RIFF chunk claims {size} bytes; the file has {}", self.len));
        }
        self.riff_end = Some(end);
    }

    fn chunks(&mut self) -> Result<(), Error> {
        let mut pos = 12;
        while self.len.saturating_sub(pos) >= 8 {
            if let (Some(end), Some(_), Some(_)) = (self.riff_end, &self.fmt, self.data)
                && pos >= end
            {
                break;
            }
            let head = self.read_at(pos, 8)?;
            let (id, size) = ([head[0], head[1], head[2], head[3]], self.u32(&head[4..]));
            let start = pos + 8;
            if self.fmt.is_some() && self.data.is_some() && matches!(&id, b"RIFF" | b"RIFX" | b"RF64" | b"BW64") {
                break;
            }
            let end = if &id == b"data" { self.data_chunk(start, size)? } else { start + u64::from(size) };
            if end > self.len {
                self.broken = Some(format!(
                    "chunk \"{}\" at byte {pos} claims {size} bytes; {} are left",
                    text(&id),
                    self.len - start
                ));
                break;
            }
            if &id != b"data" {
                self.chunk(&id, start, size)?;
            }
            pos = end;
            if size & 1 == 1 && pos < self.len {
                pos += self.pad(pos, &id)?;
            }
        }
        let rest = self.len.saturating_sub(pos);
        if self.broken.is_none() && rest > 1 {
            self.notes.warn(format!("{rest} bytes after the end of the WAVE data"));
        }
        Ok(())
    }

    /// Whether a pad byte follows: it should, but writers forget it. Then the next id starts where the pad should be.
    fn pad(&mut self, pos: u64, id: &[u8; 4]) -> Result<u64, Error> {
        const FREQUENT: &[&[u8]] =
            &[b"fmt ", b"data", b"LIST", b"bext", b"iXML", b"fact", b"cue ", b"smpl", b"JUNK", b"id3 "];
        let next = self.read_at(pos, 5)?;
        let plausible = |b: Option<&[u8]>| b.is_some_and(|b| b.iter().all(|c| (0x20..0x7F).contains(c)));
        let unpadded = next.len() >= 4
            && plausible(next.get(..4))
            && (FREQUENT.contains(&&next[..4]) || !plausible(next.get(1..5)));
        if unpadded {
            self.notes.warn(format!("chunk \"{}\" of odd size has no pad byte", text(id)));
        }
        Ok(u64::from(!unpadded))
    }

    /// Any chunk but `data`; it lies within the file.
    fn chunk(&mut self, id: &[u8; 4], start: u64, size: u32) -> Result<(), Error> {
        match id {
            b"fmt " => {
                let bytes = self.read_at(start, (size as usize).min(FMT_READ))?;
                match &self.fmt {
                    None => self.fmt = Some((bytes, u64::from(size))),
                    Some((first, _)) if *first != bytes => {
                        self.notes.warn("a second fmt chunk contradicts the first, which counts");
                    }
                    Some(_) => {}
                }
            }
            b"ds64" if matches!(self.container, "RF64" | "BW64") && self.ds64.is_none() => {
                self.ds64_chunk(start, size)?
            }
            b"fact" => {
                let bytes = self.read_at(start, 4)?;
                if size >= 4 && bytes.len() == 4 {
                    self.fact = Some(self.u32(&bytes));
                }
            }
            _ => {
                let look = if metadata::has_content(id) { (size as usize).min(metadata::LOOK) } else { 0 };
                let head = self.read_at(start, look)?;
                if let Some(problem) = metadata::check(id, &head, u64::from(size)) {
                    self.notes.warn(problem);
                }
                if let Some(name) = metadata::name(id, &head) {
                    Metadata::note(&mut self.metadata, &name, 1, u64::from(size));
                }
            }
        }
        Ok(())
    }

    fn ds64_chunk(&mut self, start: u64, size: u32) -> Result<(), Error> {
        if size < 28 {
            self.notes.warn(format!("ds64 chunk of {size} bytes; at least 28 are needed"));
            return Ok(());
        }
        if start != 20 {
            self.notes.warn("the ds64 chunk is not the first");
        }
        let b = self.read_at(start, 28)?;
        let u64_at = |at: usize| b.get(at..at + 8).map_or(0, |b| u64::from_le_bytes(b.try_into().unwrap_or([0; 8])));
        let ds64 = Ds64 { riff: u64_at(0), data: u64_at(8) };
        let entries = u64::from(self.u32(&b[24..28]));
        if 28 + 12 * entries > u64::from(size) {
            self.notes.warn(format!("the ds64 table states {entries} entries in a chunk of {size} bytes"));
        }
        if self.riff_end.is_none() && ds64.riff != 0 {
            self.riff_ends(ds64.riff);
        }
        self.ds64 = Some(ds64);
        Ok(())
    }

    /// Notes where the audio lies; returns the end of the chunk.
    fn data_chunk(&mut self, start: u64, size: u32) -> Result<u64, Error> {
        let left = self.len - start;
        if self.data.is_some() {
            self.notes.warn(format!("a second data chunk of {size} bytes is not read"));
            return Ok(start + u64::from(size).min(left));
        }
        let ds64 = self.ds64.as_ref().map(|ds64| ds64.data);
        let stated = match (size, ds64) {
            (PLACEHOLDER | 0, Some(data)) if data != 0 => Some(data),
            (PLACEHOLDER, _) => None,
            (0, _) if left > 0 && (self.riff_end.is_none() || !self.chunks_follow(start)?) => None,
            (size, ds64) => {
                if let Some(data) = ds64.filter(|data| *data != u64::from(size)) {
                    self.notes
                        .warn(format!("the data chunk states {size} bytes, the ds64 chunk {data}; the former counts"));
                }
                Some(u64::from(size))
            }
        };
        let len = match stated {
            None => {
                self.notes.warn(format!(
                    "the data chunk does not state its size; {left} bytes to the end of the file are read"
                ));
                left
            }
            Some(stated) if stated > left => {
                self.notes.warn(format!("truncated: the data chunk claims {stated} bytes; {left} are there"));
                left
            }
            Some(stated) => stated,
        };
        if self.fmt.is_none() {
            self.notes.warn("the data chunk precedes the fmt chunk");
        }
        if let Some(end) = self.riff_end.filter(|end| start + len > *end) {
            self.notes.warn(format!("the RIFF chunk ends at byte {end}, inside or before the audio"));
        }
        self.data = Some((start, len));
        Ok(start + len)
    }

    /// Whether what follows `pos` is a chain of chunks to the end of the file, not audio.
    fn chunks_follow(&mut self, mut pos: u64) -> Result<bool, Error> {
        while pos < self.len {
            let head = self.read_at(pos, 8)?;
            if head.len() < 8 || !head[..4].iter().all(|c| (0x20..0x7F).contains(c)) {
                return Ok(false);
            }
            let size = u64::from(self.u32(&head[4..]));
            pos += 8 + size;
            if pos > self.len {
                return Ok(false);
            }
            pos += size & 1;
        }
        Ok(true)
    }

    fn missing(&self, what: &str) -> Error {
        match &self.broken {
            Some(broken) => self.malformed(format!("no {what} chunk: {broken}")),
            None => self.malformed(format!("no {what} chunk")),
        }
    }

    fn found(self) -> Result<Found, Error> {
        let Some((bytes, size)) = &self.fmt else { return Err(self.missing("fmt")) };
        let format = format::parse(self.path, bytes, *size, self.container == "RIFX", self.notes)?;
        let Some((data_start, data_len)) = self.data else { return Err(self.missing("data")) };
        let frame = format.frame_bytes() as u64;
        if !data_len.is_multiple_of(frame) {
            self.notes.warn(format!("the data ends inside a frame; {} bytes of {frame} are dropped", data_len % frame));
        }
        let frames = data_len / frame;
        if let Some(fact) = self.fact.filter(|fact| format.float && u64::from(*fact) != frames) {
            self.notes.warn(format!("the fact chunk states {fact} frames; there are {frames}"));
        }
        if let Some(broken) = self.broken {
            self.notes.warn(broken);
        }
        Ok(Found { format, container: self.container, data_start, data_len, metadata: self.metadata })
    }
}
