//! Reads any supported file block by block, in constant memory.

use super::error::Error;
use super::foreign::{self, ForeignReader};
use super::info::{Info, Metadata};
use super::notes::Notes;
use super::sniff::{self, Kind};
use super::source::{Source, Tail};
use super::wav::read::WavReader;
use dsp_core::units::SampleRate;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// An open audio file.
///
/// ```no_run
/// use dsp_std::io::reader::Reader;
/// let mut reader = Reader::open("mix.flac")?;
/// let mut planes = vec![Vec::new(); reader.info().channels()];
/// loop {
///     planes.iter_mut().for_each(Vec::clear);
///     if reader.read(&mut planes, 4096)? == 0 {
///         break;
///     }
///     // planes[channel][frame]
/// }
/// # Ok::<(), dsp_std::io::Error>(())
/// ```
pub struct Reader {
    path: PathBuf,
    info: Info,
    decoder: Decoder,
    notes: Notes,
    non_finite: u64,
    file_len: u64,
}

enum Decoder {
    Wav(Box<WavReader>),
    Foreign(Box<ForeignReader>),
}

impl Reader {
    /// Opens a file and reads what it says about itself.
    ///
    /// # Errors
    /// When the file cannot be opened or read, is no audio file, is malformed beyond recovery or in an unsupported encoding, or has
    /// a sample rate outside 8 to 768 kHz or a channel count outside 1 to 24.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| Error::Open { path: path.into(), source })?;
        Self::from_source(path, Box::new(file))
    }

    /// The same from any source of bytes; `name` appears in messages, and its extension is compared with the content.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_source(name: impl AsRef<Path>, source: Box<dyn Source>) -> Result<Self, Error> {
        let path = name.as_ref();
        let failed = |source| Error::Read { path: path.into(), source };
        let mut notes = Notes::default();
        let mut tail = Tail::new(source, 0).map_err(failed)?;
        let file_len = tail.len();
        let mut head = window(&mut tail).map_err(failed)?;

        // Read apart from the audio, so that a broken tag cannot keep it from being found.
        let tag = sniff::id3v2_len(&head);
        let mut tags = Vec::new();
        if let Some(tag_len) = tag {
            if tag_len >= file_len {
                let found = format!("an ID3v2 tag that claims {tag_len} bytes of {file_len}, and no audio after it");
                return Err(Error::NotAudio { path: path.into(), found });
            }
            tags = read_tag(&mut tail, tag_len, &mut notes).map_err(failed)?;
            tail = Tail::new(tail.into_inner(), tag_len).map_err(failed)?;
            head = window(&mut tail).map_err(failed)?;
        }
        let kind = sniff::kind(&head, tag.is_some());
        match kind {
            Kind::Unknown => {
                return Err(Error::NotAudio { path: path.into(), found: sniff::describe(&head) });
            }
            Kind::Foreign(name) => return Err(Error::Unsupported { path: path.into(), encoding: name.into() }),
            _ => {}
        }
        if let Some(hertz) = sniff::flac_rate(&head) {
            SampleRate::new(hertz).map_err(|_| Error::SampleRate { path: path.into(), hertz })?;
        }
        notes_on_name(kind, path, tag.filter(|_| !matches!(kind, Kind::Mp3 | Kind::Adts)), &mut notes);

        let (decoder, mut info) = match kind {
            Kind::Wav => {
                let (wav, info) = WavReader::open(path, tail, &mut notes)?;
                (Decoder::Wav(Box::new(wav)), info)
            }
            kind => {
                let (foreign, info) = ForeignReader::open(path, kind, tail, &mut notes)?;
                (Decoder::Foreign(Box::new(foreign)), info)
            }
        };
        info.metadata.append(&mut tags);
        Ok(Self { path: path.into(), info, decoder, notes, non_finite: 0, file_len })
    }

    /// What the file is.
    pub const fn info(&self) -> &Info {
        &self.info
    }

    /// Appends the next frames, at most `max_frames`, to `planes`, one `Vec` per channel of equal length. Returns how many; 0 is
    /// the end.
    ///
    /// # Errors
    /// When `planes` has another channel count than the file, or when the file can no longer be read.
    pub fn read(&mut self, planes: &mut [Vec<f32>], max_frames: usize) -> Result<usize, Error> {
        let channels = self.info.channels();
        if planes.len() != channels || planes.iter().any(|p| p.len() != planes[0].len()) {
            let what = format!("{} planes to read into; {channels} of equal length are needed", planes.len());
            return Err(Error::Planes { path: self.path.clone(), what });
        }
        let (frames, non_finite) = match &mut self.decoder {
            Decoder::Wav(wav) => wav.read(planes, max_frames, &mut self.notes)?,
            Decoder::Foreign(foreign) => foreign.read(planes, max_frames, &mut self.notes)?,
        };
        self.non_finite += non_finite;
        Ok(frames)
    }

    /// Irregularities found so far, one line each. Complete once [`read`](Self::read) has returned 0.
    pub fn warnings(&self) -> &[String] {
        self.notes.lines()
    }

    /// Samples read so far that were NaN, infinite or beyond the range of `f32` and became 0.0.
    pub const fn non_finite(&self) -> u64 {
        self.non_finite
    }

    /// The file, as it appears in messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its length in bytes.
    pub(super) const fn file_len(&self) -> u64 {
        self.file_len
    }

    /// Frames that are certain to come: those of uncompressed audio, clipped to the bytes that are there.
    pub(crate) fn certain_frames(&self) -> Option<u64> {
        match self.decoder {
            Decoder::Wav(_) => self.info.frames,
            Decoder::Foreign(_) => None,
        }
    }

    /// Takes the reader apart into what is known at the end.
    pub(crate) fn into_report(self, frames: u64) -> super::info::Report {
        let mut warnings = self.notes.lines().to_vec();
        if self.non_finite > 0 {
            warnings.push(format!(
                "{} samples are not finite (NaN, infinite or beyond f32); read as silence",
                self.non_finite
            ));
        }
        let info = Info { frames: Some(frames), ..self.info };
        super::info::Report { info, warnings, non_finite: self.non_finite }
    }
}

/// What the ID3v2 tag at the start holds, `len` bytes of the file.
fn read_tag(tail: &mut Tail, len: u64, notes: &mut Notes) -> std::io::Result<Vec<Metadata>> {
    let mut tag = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
    tail.fill(&mut tag)?;
    Ok(foreign::id3v2(tag).unwrap_or_else(|| {
        notes.warn("the ID3v2 tag in front cannot be read");
        vec![Metadata { name: "tags id3v2".into(), count: 1, bytes: len }]
    }))
}

/// The first bytes, with the position back at the start.
fn window(tail: &mut Tail) -> std::io::Result<Vec<u8>> {
    let mut head = vec![0; sniff::WINDOW.min(usize::try_from(tail.len()).unwrap_or(usize::MAX))];
    tail.seek(SeekFrom::Start(0))?;
    let got = tail.fill(&mut head)?;
    head.truncate(got);
    tail.seek(SeekFrom::Start(0))?;
    Ok(head)
}

fn notes_on_name(kind: Kind, path: &Path, stray_tag: Option<u64>, notes: &mut Notes) {
    if let Some(line) = kind.misnamed(path) {
        notes.warn(line);
    }
    if let Some(bytes) = stray_tag {
        notes.warn(format!("an ID3v2 tag of {bytes} bytes in front of {} is skipped", kind.name()));
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("path", &self.path).field("info", &self.info).finish_non_exhaustive()
    }
}
