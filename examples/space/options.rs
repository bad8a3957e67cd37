//! The command line of `space`.

use clap::Parser;
use dsp_std::bits::Bits;
use std::path::PathBuf;

/// Puts a sound into a room, onto a plate, through an echo, or in motion.
///
/// Without INPUT a built-in demo mix is used: demo-mix.wav and demo-space.wav in the current folder. A mono file becomes
/// stereo, since space needs two sides (--mono keeps it as it is). The effect rings out behind the end of the sound.
///
/// Surround: reverbs reach up to 16 channels, all but LFE; `plate`, and the first reflections of `room` and `ambience`, only
/// the first two; `widen` and `haas` pairs of left and right. Channels that come out untouched are named in a warning.
///
/// Exit codes: 0 done; 1 failed, nothing was written; 2 wrong usage; 130 interrupted.
#[derive(Parser)]
#[command(name = "space")]
pub(crate) struct Options {
    /// The sound (WAV, RF64, FLAC, MP3, AAC-LC, ALAC, Vorbis, AIFF).
    pub(crate) input: Option<PathBuf>,
    /// The result, a WAV file; INPUT-space.wav beside the sound if not given.
    pub(crate) output: Option<PathBuf>,
    /// Name of a built-in effect, or an effect file.
    #[arg(long, value_name = "NAME|FILE", default_value = "hall")]
    pub(crate) preset: String,
    /// Impulse response of a room or device to put the sound into, instead of a preset.
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    pub(crate) ir: Option<PathBuf>,
    /// How much of the effect is heard, 0 (none) to 1 (nothing else), instead of what the preset says.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(crate) mix: Option<f64>,
    /// Longest time the effect may ring on behind the sound, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0, allow_negative_numbers = true)]
    pub(crate) tail: f64,
    /// Keep a mono sound mono.
    #[arg(long)]
    pub(crate) mono: bool,
    /// Word length.
    #[arg(long, default_value = "24")]
    pub(crate) bits: Bits,
    /// Also draw the effect itself, as an SVG: how each octave of its answer to a click dies away, and the spectrum over time; of an
    /// effect that only moves, what becomes of noise.
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) plot: Option<PathBuf>,
    /// Replace files that exist.
    #[arg(long)]
    pub(crate) force: bool,
    /// List the built-in effects.
    #[arg(long)]
    pub(crate) list_presets: bool,
    /// Print nothing but warnings and errors.
    #[arg(long)]
    pub(crate) quiet: bool,
}
