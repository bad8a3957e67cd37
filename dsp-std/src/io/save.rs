//! A whole programme into a file.

use super::error::Error;
use super::wav::write::{Format, Spec, Writer};
use crate::audio::Audio;
use crate::bits::Bits;
use dsp_core::shape::quantise::to_integers;
use std::path::Path;

/// Frames written at a time.
const PIECE: usize = 1 << 15;

/// What a file of `audio` with this word length will be.
pub fn spec(audio: &Audio, bits: Bits) -> Spec {
    let format = match bits {
        Bits::Sixteen => Format::Pcm16,
        Bits::TwentyFour => Format::Pcm24,
        Bits::Float => Format::Float32,
    };
    Spec { rate: audio.rate(), layout: audio.layout(), format }
}

/// Writes audio that is on the grid of its word length ([`Bits::round`]) to a WAV file, which appears whole or not at all.
/// `go_on` is asked from time to time; when it says no, nothing is left behind and the answer is `false`.
///
/// # Errors
/// When the file exists (without `force`), cannot be written, or would be too large.
pub fn save(
    audio: &Audio,
    bits: Bits,
    path: impl AsRef<Path>,
    force: bool,
    mut go_on: impl FnMut() -> bool,
) -> Result<bool, Error> {
    let mut writer = Writer::create(path.as_ref(), spec(audio, bits), force)?;
    let mut integers = vec![vec![0; PIECE]; audio.channels()];
    for start in (0..audio.frames()).step_by(PIECE) {
        if !go_on() {
            return Ok(false);
        }
        let end = (start + PIECE).min(audio.frames());
        let floats: Vec<&[f32]> = audio.planes().iter().map(|p| &p[start..end]).collect();
        match bits.grid() {
            None => writer.write_f32(&floats)?,
            Some(grid) => {
                for (out, x) in integers.iter_mut().zip(&floats) {
                    to_integers(x, grid, &mut out[..end - start]).expect("16 and 24 bits are integers");
                }
                let planes: Vec<&[i32]> = integers.iter().map(|p| &p[..end - start]).collect();
                writer.write_i32(&planes)?;
            }
        }
    }
    writer.finish()?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp_core::layout::Layout;
    use dsp_core::units::SampleRate;

    #[test]
    fn what_is_saved_is_read_again_and_what_is_stopped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        for bits in [Bits::Sixteen, Bits::TwentyFour, Bits::Float] {
            let mut planes: Vec<Vec<f32>> =
                (0..2).map(|c| dsp_core::signal::pink(c, 0.3).take(70_000).collect()).collect();
            bits.round(&mut planes).unwrap();
            let audio = Audio::new(SampleRate::CD, Layout::STEREO, planes).unwrap();
            assert!(save(&audio, bits, &path, true, || true).unwrap());
            assert_eq!(crate::io::read(&path).unwrap().0, audio);
            assert!(matches!(save(&audio, bits, &path, false, || true), Err(Error::Exists { .. })));
        }
        let other = folder.path().join("b.wav");
        let silence = Audio::silence(SampleRate::CD, Layout::MONO, 100_000);
        let mut asked = 0;
        assert!(!save(&silence, Bits::Float, &other, false, || std::mem::replace(&mut asked, 1) == 0).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
