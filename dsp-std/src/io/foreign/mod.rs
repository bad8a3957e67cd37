//! FLAC, MP3, AAC, ALAC, Vorbis and AIFF, decoded by symphonia.
//!
//! Encoder delay and padding are removed: by symphonia for MP3 (LAME header) and Vorbis (page positions); by the edit list or iTunes'
//! gapless note for MP4 (see [`mp4`](super::mp4)). Packets that do not decode are left out with a warning, and so are
//! packets of another rate or channel count than the first.

mod describe;
mod mpeg;
mod ogg;
mod open;

pub(super) use describe::id3v2;

use super::error::Error;
use super::notes::Notes;
use super::sniff::Kind;
use super::wav::samples::silence_non_finite;
use std::path::PathBuf;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error as Fault;
use symphonia::core::formats::FormatReader;

/// Failures to find the next packet that are tolerated in a row before the rest is given up.
const MAX_FAULTS: u32 = 100;

/// An open file of a format that symphonia decodes.
pub(super) struct ForeignReader {
    path: PathBuf,
    kind: Kind,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    rate: u32,
    channels: usize,
    /// Frames of the packet decoded last, handed out from `taken` on.
    packet: Vec<Vec<f32>>,
    taken: usize,
    non_finite: u64,
    /// Frames still to drop at the start.
    skip: u64,
    /// Frames still to hand out, where the file says how many.
    left: Option<u64>,
    claimed: Option<u64>,
    given: u64,
    corrupt: u64,
    other_format: u64,
    /// Where the next packet should begin, in frames of the track.
    expected: Option<i64>,
    /// Frames that are missing between packets, and how often.
    gaps: (u64, u64),
    /// Bytes of an MP3 file that belong to no frame.
    stray: Option<mpeg::Stray>,
    ended: bool,
}

impl ForeignReader {
    /// Appends up to `max_frames` frames; returns how many, and how many samples were not finite.
    pub(super) fn read(
        &mut self,
        planes: &mut [Vec<f32>],
        max_frames: usize,
        notes: &mut Notes,
    ) -> Result<(usize, u64), Error> {
        let mut done = 0;
        while done < max_frames {
            let there = self.packet[0].len() - self.taken;
            if there == 0 {
                if self.ended {
                    break;
                }
                self.next_packet(notes)?;
                continue;
            }
            if self.skip > 0 {
                let n = self.skip.min(there as u64);
                self.skip -= n;
                self.taken += n as usize;
                continue;
            }
            let left = self.left.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
            let n = there.min(max_frames - done).min(left);
            if n == 0 {
                self.taken = self.packet[0].len();
                self.end(notes);
                break;
            }
            for (plane, from) in planes.iter_mut().zip(&self.packet) {
                plane.extend_from_slice(&from[self.taken..self.taken + n]);
            }
            self.taken += n;
            self.left = self.left.map(|left| left - n as u64);
            self.given += n as u64;
            done += n;
        }
        Ok((done, std::mem::take(&mut self.non_finite)))
    }

    /// Decodes the next packet of the track into `packet`, or ends.
    fn next_packet(&mut self, notes: &mut Notes) -> Result<(), Error> {
        let mut faults = 0;
        self.taken = 0;
        self.packet.iter_mut().for_each(Vec::clear);
        while !self.ended {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => {
                    self.end(notes);
                    break;
                }
                Err(Fault::ResetRequired) => {
                    notes.warn("another stream follows in the same file; it is not read");
                    self.end(notes);
                    break;
                }
                Err(Fault::IoError(e)) if e.kind() != std::io::ErrorKind::UnexpectedEof => {
                    return Err(Error::Read { path: self.path.clone(), source: e });
                }
                Err(Fault::DecodeError(_)) if faults < MAX_FAULTS => {
                    faults += 1;
                    self.corrupt += 1;
                    continue;
                }
                Err(e) => {
                    notes.warn(format!("the stream cannot be followed further: {}", one_line(&e)));
                    self.end(notes);
                    break;
                }
            };
            if packet.track_id != self.track {
                continue;
            }
            if let Some(stray) = &mut self.stray {
                stray.packet(packet.data.len());
            }
            self.follow(packet.pts.get(), packet.dur.get());
            let Ok(buffer) = self.decoder.decode(&packet) else {
                self.corrupt += 1;
                continue;
            };
            if buffer.frames() == 0 {
                continue;
            }
            let spec = buffer.spec();
            if self.channels != 0 && (spec.rate(), spec.channels().count()) != (self.rate, self.channels) {
                if self.other_format == 0 {
                    notes.warn(format!(
                        "the stream changes to {} Hz and {} channels; such parts are left out",
                        spec.rate(),
                        spec.channels().count()
                    ));
                }
                self.other_format += 1;
                continue;
            }
            buffer.copy_to_vecs_planar::<f32>(&mut self.packet);
            self.non_finite += self.packet.iter_mut().map(|p| silence_non_finite(p)).sum::<u64>();
            break;
        }
        Ok(())
    }

    /// Watches for FLAC frames that are missing: symphonia passes over those with a wrong checksum without a word. In the
    /// other formats packets do not state their position themselves.
    fn follow(&mut self, start: i64, duration: u64) {
        if self.kind != Kind::Flac {
            return;
        }
        if let Some(gap) = self.expected.and_then(|e| u64::try_from(start.checked_sub(e)?).ok()).filter(|gap| *gap > 0)
        {
            self.gaps = (self.gaps.0.saturating_add(gap), self.gaps.1 + 1);
        }
        self.expected = i64::try_from(duration).ok().and_then(|d| start.checked_add(d));
    }

    /// Says once, at the end, what was left out and what is missing.
    fn end(&mut self, notes: &mut Notes) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        if self.corrupt > 0 {
            notes.warn(format!("{} corrupt packets are left out", self.corrupt));
        }
        if self.gaps.1 > 0 {
            notes.warn(format!("damaged: {} frames are missing in {} places", self.gaps.0, self.gaps.1));
        }
        if let Some(bytes) = self.stray.as_ref().and_then(mpeg::Stray::bytes) {
            notes.warn(format!("{bytes} bytes between or behind the MPEG frames are passed over"));
        }
        if self.decoder.finalize().verify_ok == Some(false) {
            notes.warn("the checksum of the audio is wrong: it is not what was encoded");
        }
        // What is still in `packet` counts as there.
        let there = self.given + self.packet.first().map_or(0, |p| (p.len() - self.taken) as u64);
        if let Some(claimed) = self.claimed.filter(|claimed| *claimed != there) {
            notes.warn(format!("the file claims {claimed} frames; {there} could be decoded"));
        }
    }
}

fn one_line(e: &Fault) -> String {
    e.to_string().replace(['\n', '\r'], " ")
}
