//! What symphonia says about a file, in the words of this library: format name, layout, metadata.

use crate::io::info::Metadata;
use crate::io::sniff::Kind;
use dsp_core::layout::{Layout, MAX_CHANNELS, Position};
use symphonia::core::audio::{ChannelLabel, Channels};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known as id;
use symphonia::core::formats::FormatReader;
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::{MetadataReader, MetadataRevision};

/// Name of the codec, as people call it.
pub(super) fn codec(params: &AudioCodecParameters) -> &'static str {
    match params.codec {
        id::CODEC_ID_FLAC => "FLAC",
        id::CODEC_ID_MP1 => "MP1",
        id::CODEC_ID_MP2 => "MP2",
        id::CODEC_ID_MP3 => "MP3",
        id::CODEC_ID_AAC => "AAC",
        id::CODEC_ID_ALAC => "ALAC",
        id::CODEC_ID_VORBIS => "Vorbis",
        id::CODEC_ID_OPUS => "Opus",
        id::CODEC_ID_SPEEX => "Speex",
        id::CODEC_ID_AC3 => "AC-3",
        id::CODEC_ID_EAC3 => "E-AC-3",
        id::CODEC_ID_PCM_ALAW => "A-law",
        id::CODEC_ID_PCM_MULAW => "mu-law",
        id::CODEC_ID_PCM_F32BE | id::CODEC_ID_PCM_F32LE => "32-bit float",
        id::CODEC_ID_PCM_F64BE | id::CODEC_ID_PCM_F64LE => "64-bit float",
        _ => "unknown codec",
    }
}

/// Container and sample format: `"AIFF 24-bit"`, `"MP4 AAC"`, `"FLAC 16-bit"`, `"MP3"`.
pub(super) fn format(kind: Kind, params: &AudioCodecParameters) -> String {
    let (container, codec) = (kind.name(), codec(params));
    let lossless = matches!(kind, Kind::Aiff) || matches!(codec, "FLAC" | "ALAC");
    let bits = match params.bits_per_sample {
        Some(bits) if lossless && !codec.ends_with("float") => format!(" {bits}-bit"),
        _ => String::new(),
    };
    match kind {
        _ if container == codec => format!("{container}{bits}"),
        Kind::Aiff if codec == "unknown codec" => format!("{container}{bits}"),
        _ => format!("{container} {codec}{bits}"),
    }
}

/// The layout of symphonia's channels, whose positions have the bits of the WAVE channel mask.
pub(super) fn layout(channels: &Channels) -> Result<Layout, usize> {
    const WAVE_BITS: u64 = (1 << 18) - 1;
    let count = channels.count();
    if !(1..=MAX_CHANNELS).contains(&count) {
        return Err(count);
    }
    let one = |label: &ChannelLabel| match label {
        ChannelLabel::Positioned(p) if p.bits() & WAVE_BITS != 0 => {
            Layout::from_mask(2, p.bits() as u32).map_or(Position::Unplaced, |l| l.positions()[0])
        }
        _ => Position::Unplaced,
    };
    match channels {
        Channels::Positioned(p) => Layout::from_mask(count, (p.bits() & WAVE_BITS) as u32),
        Channels::Discrete(_) => Layout::of_channels(count),
        Channels::Custom(labels) if count > 1 => Layout::new(&labels.iter().map(one).collect::<Vec<_>>()),
        Channels::Custom(_) => Layout::of_channels(count),
        _ => Layout::new(&[Position::Unplaced; MAX_CHANNELS][..count]),
    }
    .map_err(|_| count)
}

/// Tags, pictures and chapters.
pub(super) fn metadata(format: &mut dyn FormatReader) -> Vec<Metadata> {
    let mut list = Vec::new();
    if format.chapters().is_some() {
        Metadata::note(&mut list, "chapters", 1, 0);
    }
    let attachments = u32::try_from(format.attachments().len()).unwrap_or(u32::MAX);
    if attachments > 0 {
        Metadata::note(&mut list, "attachments", attachments, 0);
    }
    let mut log = format.metadata();
    while let Some(revision) = log.current() {
        note_revision(&mut list, revision);
        if log.pop().is_none() {
            break;
        }
    }
    list
}

/// The content of an ID3v2 tag in front of a file; nothing where it cannot be read.
pub(in crate::io) fn id3v2(tag: Vec<u8>) -> Option<Vec<Metadata>> {
    let stream = MediaSourceStream::new(Box::new(std::io::Cursor::new(tag)), Default::default());
    let mut reader = symphonia::default::meta::Id3v2Reader::try_new(stream, Default::default()).ok()?;
    let found = reader.read_all().ok()?;
    let mut list = Vec::new();
    note_revision(&mut list, &found.revision);
    if !found.side_data.is_empty() {
        Metadata::note(&mut list, "chapters", 1, 0);
    }
    Some(list)
}

fn note_revision(list: &mut Vec<Metadata>, revision: &MetadataRevision) {
    let all = std::iter::once(&revision.media).chain(revision.per_track.iter().map(|t| &t.metadata));
    for container in all {
        let tags = u32::try_from(container.tags.len()).unwrap_or(u32::MAX);
        if tags > 0 {
            Metadata::note(list, &format!("tags {}", revision.info.short_name), tags, 0);
        }
        for picture in &container.visuals {
            let media = picture.media_type.as_deref().unwrap_or("of unknown type");
            let media: String = media.chars().filter(char::is_ascii_graphic).take(40).collect();
            Metadata::note(list, &format!("artwork {media}"), 1, picture.data.len() as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use symphonia::core::audio::Position as Sym;

    #[test]
    fn layouts_follow_the_positions() {
        let stereo = Channels::Positioned(Sym::FRONT_LEFT | Sym::FRONT_RIGHT);
        assert_eq!(layout(&stereo), Ok(Layout::STEREO));
        assert_eq!(layout(&Channels::Positioned(Sym::FRONT_LEFT)), Ok(Layout::MONO));
        let swapped: Vec<ChannelLabel> = vec![Sym::FRONT_RIGHT.into(), Sym::FRONT_LEFT.into()];
        let swapped = layout(&swapped.into()).unwrap();
        assert_eq!(swapped.positions(), [Position::FrontRight, Position::FrontLeft]);
        assert_eq!(layout(&Channels::Ambisonic(1)).unwrap().pairs().count(), 0);
        assert_eq!(layout(&Channels::Discrete(0)), Err(0));
        assert_eq!(layout(&Channels::Discrete(25)), Err(25));
    }
}
