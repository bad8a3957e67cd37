//! Measures audio files: loudness, range, peaks, correlation, defects.
//!
//! `cargo run --release --example measure -- mix.wav other.flac --json`

use clap::Parser;
use dsp_std::{measure, report};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures audio files: loudness (BS.1770-5, EBU R 128), true peak, range, correlation, defects.
///
/// Exit codes: 0 all files measured, 1 at least one could not be read, 2 wrong usage.
#[derive(Parser)]
#[command(name = "measure")]
struct Options {
    /// Files to measure (WAV, RF64, FLAC, MP3, AAC-LC, ALAC, Vorbis, AIFF).
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Count the channel of a mono file as two loudspeakers (+3.01 LU).
    #[arg(long)]
    dual_mono: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut failed = false;
    for path in &options.files {
        let name = path.display().to_string();
        match measure::file(path, options.dual_mono, threads) {
            Ok((measurement, read)) => {
                for warning in &read.warnings {
                    eprintln!("warning: {name}: {warning}");
                }
                let text = if options.json {
                    report::line(&name, &measurement) + "\n"
                } else {
                    report::text(&name, &measurement)
                };
                if let Err(e) = std::io::stdout().lock().write_all(text.as_bytes()) {
                    // A reader that has gone has seen enough.
                    let gone = e.kind() == ErrorKind::BrokenPipe;
                    if !gone {
                        eprintln!("error: standard output: {e}");
                    }
                    return ExitCode::from(u8::from(failed || !gone));
                }
            }
            Err(e) => {
                eprintln!("error: {e}");
                failed = true;
            }
        }
    }
    ExitCode::from(u8::from(failed))
}
