//! The command line of `master`.

use clap::Parser;
use dsp_std::bits::Bits;
use std::path::PathBuf;

/// Masters a mix: chain, loudness, true-peak ceiling, dither, and the numbers that prove it.
///
/// Without INPUT a built-in demo mix is mastered: demo-mix.wav and demo-mastered.wav in the current folder.
///
/// Exit codes: 0 done; 1 failed, nothing was written; 2 wrong usage; 3 written, but the target was unreachable, loudness is
/// not defined, a check failed, or the report could not be written; 130 interrupted.
#[derive(Parser)]
#[command(name = "master")]
pub(crate) struct Options {
    /// The mix (WAV, RF64, FLAC, MP3, AAC-LC, ALAC, Vorbis, AIFF).
    pub(crate) input: Option<PathBuf>,
    /// The master, a WAV file; INPUT-mastered.wav beside the mix if not given.
    pub(crate) output: Option<PathBuf>,
    /// Name of a built-in preset, or a preset file.
    #[arg(long, value_name = "NAME|FILE", default_value = "streaming")]
    pub(crate) preset: String,
    /// Integrated loudness of the master, -40 to -5 LUFS, instead of that of the preset.
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true)]
    pub(crate) lufs: Option<f64>,
    /// True-peak ceiling, -20 to 0 dBTP, instead of that of the preset.
    #[arg(long, value_name = "DBTP", allow_negative_numbers = true)]
    pub(crate) true_peak: Option<f64>,
    /// Word length.
    #[arg(long, default_value = "24")]
    pub(crate) bits: Bits,
    /// Sample rate of the master in Hz; only that of the mix, so far.
    #[arg(long, value_name = "HZ")]
    pub(crate) rate: Option<u32>,
    /// Also write all numbers to this file.
    #[arg(long, value_name = "FILE.json")]
    pub(crate) report: Option<PathBuf>,
    /// Threads to use (all cores if not given); the result is the same.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// Replace files that exist.
    #[arg(long)]
    pub(crate) force: bool,
    /// Count the channel of a mono mix as two loudspeakers (+3.01 LU).
    #[arg(long)]
    pub(crate) dual_mono: bool,
    /// Do everything but write the master.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// List the built-in presets.
    #[arg(long)]
    pub(crate) list_presets: bool,
    /// No table and no progress, only warnings and errors.
    #[arg(long)]
    pub(crate) quiet: bool,
}
