//! The WAVE decoder: bounded pieces of the data chunk to planar frames.

use super::chunks;
use super::format::Format;
use super::samples;
use crate::io::error::Error;
use crate::io::info::Info;
use crate::io::notes::Notes;
use crate::io::source::Tail;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes read and decoded at a time: large enough that system calls do not show, small enough to stay in cache.
const PIECE: usize = 64 * 1024;

/// An open WAVE file.
pub(in crate::io) struct WavReader {
    path: PathBuf,
    source: Tail,
    format: Format,
    left: u64,
    piece: Vec<u8>,
}

impl WavReader {
    /// Finds format and audio.
    pub(in crate::io) fn open(path: &Path, mut source: Tail, notes: &mut Notes) -> Result<(Self, Info), Error> {
        let found = chunks::walk(path, &mut source, notes)?;
        source.seek(SeekFrom::Start(found.data_start)).map_err(|source| Error::Read { path: path.into(), source })?;
        let format = found.format;
        let frames = found.data_len / format.frame_bytes() as u64;
        let suffix = if format.float { " float" } else { "" };
        let info = Info {
            rate: format.rate,
            layout: format.layout,
            format: format!("{} {}-bit{suffix}", found.container, format.bits),
            frames: Some(frames),
            metadata: found.metadata,
        };
        let left = frames * format.frame_bytes() as u64;
        Ok((Self { path: path.into(), source, format, left, piece: Vec::new() }, info))
    }

    /// Appends up to `max_frames` frames; returns how many, and how many samples were not finite.
    pub(in crate::io) fn read(
        &mut self,
        planes: &mut [Vec<f32>],
        max_frames: usize,
        notes: &mut Notes,
    ) -> Result<(usize, u64), Error> {
        let frame = self.format.frame_bytes();
        let (mut done, mut non_finite) = (0, 0);
        while done < max_frames && self.left > 0 {
            let frames = (PIECE / frame).min(max_frames - done).min((self.left / frame as u64) as usize);
            let bytes = frames * frame;
            if self.piece.len() < bytes {
                self.piece.resize(bytes, 0);
            }
            let got = self
                .source
                .fill(&mut self.piece[..bytes])
                .map_err(|source| Error::Read { path: self.path.clone(), source })?;
            let whole = got - got % frame;
            non_finite += samples::decode(self.format.encoding, &self.piece[..whole], planes);
            done += whole / frame;
            self.left -= bytes as u64;
            if got < bytes {
                notes.warn("the file became shorter while it was read");
                self.left = 0;
            }
        }
        Ok((done, non_finite))
    }
}
