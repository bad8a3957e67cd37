//! What is known about a file before and after its audio was read.

use dsp_core::layout::Layout;
use dsp_core::units::SampleRate;

/// What a file is, known once it is open.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Info {
    /// Sample rate.
    pub rate: SampleRate,
    /// Which channel is heard where.
    pub layout: Layout,
    /// Container and sample format: `"WAV 24-bit"`, `"FLAC 16-bit"`, `"MP3"`.
    pub format: String,
    /// Number of frames, where the file says so credibly: clipped to the bytes that are there for WAV, a claim for
    /// compressed formats.
    pub frames: Option<u64>,
    /// What the file carries besides audio. Nothing of it travels with the samples.
    pub metadata: Vec<Metadata>,
}

impl Info {
    /// Number of channels, 1 to 24.
    pub const fn channels(&self) -> usize {
        self.layout.channels()
    }
}

/// One kind of metadata found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Chunk or tag kind: `"bext"`, `"iXML"`, `"LIST INFO"`, `"cue "`, `"smpl"`, `"id3 "`, `"artwork image/jpeg"`, `"tags id3v2"`.
    pub name: String,
    /// How many of them.
    pub count: u32,
    /// Size of all of them in bytes; for `tags`, 0.
    pub bytes: u64,
}

impl Metadata {
    /// Kinds that are told apart; what comes later is summed under `other`, so a hostile file cannot make the list long.
    const MAX_KINDS: usize = 64;

    /// Adds to the entry of that name, or begins one.
    pub(super) fn note(list: &mut Vec<Self>, name: &str, count: u32, bytes: u64) {
        let full = list.len() >= Self::MAX_KINDS && !list.iter().any(|m| m.name == name);
        let name = if full { "other" } else { name };
        match list.iter_mut().find(|m| m.name == name) {
            Some(m) => {
                m.count = m.count.saturating_add(count);
                m.bytes = m.bytes.saturating_add(bytes);
            }
            None => list.push(Self { name: name.into(), count, bytes }),
        }
    }
}

impl std::fmt::Display for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        if self.count > 1 {
            write!(f, " x{}", self.count)?;
        }
        if self.bytes > 0 {
            write!(f, " ({} bytes)", self.bytes)?;
        }
        Ok(())
    }
}

/// What reading a whole file found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// What the file is. `frames` is the number really read.
    pub info: Info,
    /// One line per irregularity: truncation, sizes that lie, stray bytes, corrupt packets that were left out.
    pub warnings: Vec<String>,
    /// Samples that were NaN, infinite or beyond the range of `f32` and were read as 0.0.
    pub non_finite: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_and_bounded() {
        let mut list = Vec::new();
        Metadata::note(&mut list, "bext", 1, 602);
        Metadata::note(&mut list, "bext", 1, 8);
        assert_eq!(list, [Metadata { name: "bext".into(), count: 2, bytes: 610 }]);
        for i in 0..1000 {
            Metadata::note(&mut list, &format!("{i:04}"), 1, 1);
        }
        assert_eq!(list.len(), Metadata::MAX_KINDS + 1);
        assert_eq!(list.iter().map(|m| m.count).sum::<u32>(), 1002);
    }
}
