//! Masters a mix from the command line.
//!
//! `cargo run --release --example master -- mix.wav master.wav`

#[path = "../common/mod.rs"]
mod common;
mod options;
mod progress;

use clap::Parser;
use common::interrupt::{self, INTERRUPTED, Interrupted};
use common::{beside, check_output, hint, print, same_file, write};
use dsp_core::layout::Layout;
use dsp_core::units::{Decibels, Lufs, SampleRate};
use dsp_std::audio::Audio;
use dsp_std::bits::Bits;
use dsp_std::io::{self, check_writable, write_text};
use dsp_std::master::{Outcome, Settings, master};
use dsp_std::preset::{self, Preset, built_in};
use dsp_std::{demo, report};
use options::Options;
use progress::Progress;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

const DEMO_MIX: &str = "demo-mix.wav";
const DEMO_MASTER: &str = "demo-mastered.wav";

/// Written, but not as asked.
const NOT_AS_ASKED: u8 = 3;

fn main() -> ExitCode {
    let options = Options::parse();
    if options.list_presets {
        let line = |p: &Preset| {
            format!("{:<12} {:>6.1} LUFS {:>5.1} dBTP  {}\n", p.name, p.loudness.0, p.true_peak.0, p.description)
        };
        print(&built_in().iter().map(line).collect::<String>());
        return ExitCode::SUCCESS;
    }
    interrupt::listen();
    match run(&options) {
        Ok(code) => ExitCode::from(code),
        Err(e) => {
            eprintln!("error: {e}");
            if e.is::<Interrupted>() { ExitCode::from(INTERRUPTED) } else { ExitCode::FAILURE }
        }
    }
}

/// Ends with exit code 2 and a word on usage.
fn wrong_usage(message: String) -> ! {
    use clap::CommandFactory;
    Options::command().error(clap::error::ErrorKind::ValueValidation, message).exit()
}

/// The preset with what the command line changes.
fn chosen(options: &Options) -> Result<Preset, Box<dyn Error>> {
    let mut preset = match Preset::find(&options.preset) {
        Err(e @ preset::Error::Unknown { .. }) => wrong_usage(e.to_string()),
        other => other?,
    };
    if let Some(lufs) = options.lufs {
        preset.loudness = Lufs(lufs);
    }
    if let Some(peak) = options.true_peak {
        preset.true_peak = Decibels(peak);
    }
    if let Err(e) = preset.check() {
        wrong_usage(e.to_string());
    }
    Ok(preset)
}

fn run(options: &Options) -> Result<u8, Box<dyn Error>> {
    let preset = chosen(options)?;
    let progress = Progress::new(options.quiet)?;
    let demo = options.input.is_none();
    // The demo files are ours to replace.
    let force = options.force || demo;
    let input = options.input.clone().unwrap_or_else(|| PathBuf::from(DEMO_MIX));
    let output = match &options.output {
        Some(output) => output.clone(),
        None if demo => PathBuf::from(DEMO_MASTER),
        None => beside(&input, "mastered"),
    };
    if !output.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) {
        wrong_usage(format!("{}: only WAV can be written, so far; the name has to end in .wav", output.display()));
    }
    if same_file(&input, &output) {
        wrong_usage(format!("{}: the master would replace its mix", output.display()));
    }
    if options.report.as_ref().is_some_and(|r| same_file(r, &input) || same_file(r, &output)) {
        wrong_usage("the report needs a file of its own".to_owned());
    }

    let mut warnings = Vec::new();
    let (audio, not_carried_over, non_finite) = if demo {
        let audio = Audio::new(SampleRate::VIDEO, Layout::STEREO, demo::mix(SampleRate::VIDEO))?;
        (audio, Vec::new(), 0)
    } else {
        let (audio, read) = io::read(&input)?;
        warnings.extend(read.warnings);
        (audio, read.info.metadata.iter().map(ToString::to_string).collect(), read.non_finite)
    };
    if let Some(hz) = options.rate.filter(|hz| *hz != audio.rate().get()) {
        wrong_usage(format!("--rate {hz}: not yet; the master keeps the {} Hz of the mix", audio.rate().get()));
    }
    // What would fail at the end fails now.
    if !options.dry_run {
        check_output(&audio, options.bits, &output, force)?;
    }
    if let Some(path) = &options.report {
        interrupt::writing(|| check_writable(path, options.force).map_err(hint))?;
    }
    if demo && !options.dry_run {
        write(&audio, Bits::Float, &input, true)?;
    }

    let threads =
        options.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let settings = Settings { bits: options.bits, dual_mono: options.dual_mono, threads, ..Settings::new(preset) };
    let mastered = master(audio, &settings, non_finite, |stage, part| progress.show(stage, part))?;
    progress.finish();
    warnings.extend(mastered.notes.iter().cloned());
    if !options.dry_run {
        write(&mastered.audio, options.bits, &output, force)?;
    }

    let (input, output) = (input.display().to_string(), output.display().to_string());
    let preset = &settings.preset;
    let mut report_failed = false;
    if let Some(path) = &options.report {
        let job = report::Job {
            input: &input,
            output: (!options.dry_run).then_some(&output),
            preset: &preset.name,
            target_lufs: preset.loudness.0,
            ceiling_dbtp: preset.true_peak.0,
            bits: options.bits,
            outcome: mastered.outcome,
            before: mastered.before,
            after: mastered.after,
            limiter: mastered.limiter,
            input_gain_db: mastered.input_gain_db,
            drive_db: mastered.drive_db,
            not_carried_over: &not_carried_over,
            warnings: &warnings,
        };
        let written = interrupt::writing(|| Ok(write_text(path, &job.json(), options.force)?));
        report_failed = written.inspect_err(|e| eprintln!("error: {e}")).is_err();
    }
    for warning in &warnings {
        eprintln!("warning: {input}: {warning}");
    }
    let verdict = report::verdict(&mastered.outcome, preset.true_peak.0);
    if !options.quiet {
        let done = if options.dry_run { "would be written to" } else { "->" };
        let mut text = format!("{input} {done} {output} (preset {})\n{}", preset.name, report::table(&mastered));
        if !not_carried_over.is_empty() {
            text += &format!("{:<22}{}\n", "not carried over", not_carried_over.join(", "));
        }
        print(&text);
    }
    if mastered.outcome == Outcome::Reached {
        return Ok(if report_failed { NOT_AS_ASKED } else { 0 });
    }
    eprintln!("warning: {input}: {verdict}");
    Ok(NOT_AS_ASKED)
}
