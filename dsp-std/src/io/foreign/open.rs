//! Opens a file with symphonia: what it is, how long, what to trim.

use super::{ForeignReader, describe, mpeg, ogg, one_line};
use crate::io::error::Error;
use crate::io::info::Info;
use crate::io::mp4::{self, Trim};
use crate::io::notes::Notes;
use crate::io::sniff::Kind;
use crate::io::source::Tail;
use dsp_core::units::SampleRate;
use std::path::Path;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error as Fault;
use symphonia::core::formats::TrackType;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};

/// Most frames of one packet; the largest block of FLAC has 65 535.
const MAX_PACKET: u64 = 1 << 16;

impl ForeignReader {
    /// Opens the stream and decodes its first packet: only that tells rate and channels for certain.
    pub(in crate::io) fn open(
        path: &Path,
        kind: Kind,
        mut source: Tail,
        notes: &mut Notes,
    ) -> Result<(Self, Info), Error> {
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
        let delayed = match describe::codec(&params) {
            "AAC" => true,
            "MP3" => track.delay.is_none_or(|delay| delay == 0),
            _ => false,
        };
        // A container may count in another unit than samples: then it says nothing about them.
        match trim.filter(|t| params.sample_rate.is_none_or(|rate| u64::from(rate) == t.rate)) {
            Some(Trim { start, frames, .. }) => {
                reader.skip = start;
                reader.left = frames;
                reader.claimed = frames;
            }
            None if delayed => notes.warn("the file does not state its encoder delay; it is not removed"),
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
