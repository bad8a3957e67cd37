//! FLAC, MP3, AAC, ALAC, Vorbis and AIFF, decoded by symphonia.
//!
//! Encoder delay and padding are removed: by symphonia for MP3 (LAME header), Vorbis and Opus pages; by the edit list or iTunes'
//! gapless note for MP4 (see [`mp4`](super::mp4)). Packets that do not decode are left out with a warning, and so are
//! packets of another rate or channel count than the first.

mod describe;
mod mpeg;
mod ogg;

pub(super) use describe::id3v2;

use super::error::Error;
use super::info::Info;
use super::mp4::{self, Trim};
use super::notes::Notes;
use super::sniff::Kind;
use super::source::Tail;
use super::wav::samples::silence_non_finite;
use dsp_core::units::SampleRate;
use std::path::{Path, PathBuf};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as Fault;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};

/// Most frames of one packet; the largest block of FLAC has 65 535.
const MAX_PACKET: u64 = 1 << 16;

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
    /// Opens the stream and decodes its first packet: only that tells rate and channels for certain.
    pub(super) fn open(path: &Path, kind: Kind, mut source: Tail, notes: &mut Notes) -> Result<(Self, Info), Error> {
        let malformed = |what: String| Error::Malformed { path: path.into(), what: format!("{}: {what}", kind.name()) };
        let trim = match kind {
            Kind::Mp4 => mp4::trim(&mut source),
            _ => None,
        };
        let stray = match kind {
            Kind::Mp3 => mpeg::Stray::new(&mut source),
            _ => None,
        };
        let ogg_end = match kind {
            Kind::Ogg => ogg::end(&mut source),
            _ => None,
        };
        let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, Default::default(), Default::default())
            .map_err(|e| fault(path, kind, e))?;
        let track = format
            .default_track(TrackType::Audio)
            .or_else(|| format.first_track(TrackType::Audio))
            .ok_or_else(|| malformed("no audio track".into()))?
            .clone();
        let params = track
            .codec_params
            .as_ref()
            .and_then(|p| p.audio())
            .ok_or_else(|| malformed("the audio track does not say how it is encoded".into()))?
            .clone();
        let encoding = || format!("{} with {}", kind.name(), describe::codec(&params));
        if symphonia::default::get_codecs().get_audio_decoder(params.codec).is_none() {
            return Err(Error::Unsupported { path: path.into(), encoding: encoding() });
        }
        // Checked before there is a decoder: its buffers are as large as these claims.
        if let Some(channels) = &params.channels {
            describe::layout(channels).map_err(|channels| Error::Channels { path: path.into(), channels })?;
        }
        if let Some(frames) = params.max_frames_per_packet.filter(|frames| *frames > MAX_PACKET) {
            return Err(malformed(format!("packets of {frames} frames; at most {MAX_PACKET} are allowed")));
        }
        let check_rate = |hertz| SampleRate::new(hertz).map_err(|_| Error::SampleRate { path: path.into(), hertz });
        params.sample_rate.map(check_rate).transpose()?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(&params, &AudioDecoderOptions::default().verify(true))
            .map_err(|e| fault(path, kind, e))?;

        let mut reader = Self {
            path: path.into(),
            kind,
            format,
            decoder,
            track: track.id,
            rate: 0,
            channels: 0,
            packet: Vec::new(),
            taken: 0,
            non_finite: 0,
            skip: 0,
            left: None,
            claimed: track
                .num_frames
                .or_else(|| ogg_end?.checked_sub(u64::try_from(track.start_ts.get()).unwrap_or(0))),
            given: 0,
            corrupt: 0,
            other_format: 0,
            expected: None,
            gaps: (0, 0),
            stray,
            ended: false,
        };
        let lossy_mp4 = describe::codec(&params) == "AAC";
        match trim {
            Some(Trim { start, frames }) => {
                reader.skip = start;
                reader.left = frames;
                reader.claimed = frames;
            }
            None if lossy_mp4 => {
                notes.warn("the file does not state its encoder delay: the start may hold some extra silence")
            }
            None => {}
        }
        reader.next_packet(notes)?;
        let spec = reader.decoder.last_decoded().spec().clone();
        let (rate, channels) = if reader.packet.is_empty() {
            let rate = params.sample_rate.ok_or_else(|| malformed("no sample rate".into()))?;
            (rate, params.channels.clone().ok_or_else(|| malformed("no audio could be decoded".into()))?)
        } else {
            (spec.rate(), spec.channels().clone())
        };
        let layout = describe::layout(&channels).map_err(|channels| Error::Channels { path: path.into(), channels })?;
        (reader.rate, reader.channels) = (rate, layout.channels());
        reader.packet.resize(reader.channels, Vec::new());
        let info = Info {
            rate: check_rate(rate)?,
            layout,
            format: describe::format(kind, &params),
            frames: reader.claimed,
            metadata: describe::metadata(reader.format.as_mut()),
        };
        Ok((reader, info))
    }

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
        if let Some(claimed) = self.claimed.filter(|claimed| *claimed > there) {
            notes.warn(format!("the file claims {claimed} frames; {there} could be decoded"));
        }
    }
}

/// A failure of symphonia while a file is opened.
fn fault(path: &Path, kind: Kind, e: Fault) -> Error {
    let path = path.to_path_buf();
    match e {
        Fault::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Error::Malformed {
            path,
            what: format!("{}: a header block claims more bytes than the file has", kind.name()),
        },
        Fault::IoError(source) => Error::Read { path, source },
        // Symphonia calls an MP4 file without `moov` unsupported too.
        Fault::Unsupported(what) if what.contains("missing") => {
            Error::Malformed { path, what: format!("{}: {what}", kind.name()) }
        }
        Fault::Unsupported(what) => Error::Unsupported { path, encoding: format!("{} ({what})", kind.name()) },
        e => Error::Malformed { path, what: format!("{}: {}", kind.name(), one_line(&e)) },
    }
}

fn one_line(e: &Fault) -> String {
    e.to_string().replace(['\n', '\r'], " ")
}
