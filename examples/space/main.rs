//! Puts a sound into a space from the command line.
//!
//! `cargo run --release --example space -- voice.wav voice-in-hall.wav --preset hall`

#[path = "../common/mod.rs"]
mod common;
mod options;
mod plot;

use clap::Parser;
use common::interrupt::{self, INTERRUPTED, Interrupted};
use common::{beside, check_output, hint, print, same_file, write};
use dsp_core::layout::{Layout, Position};
use dsp_core::units::{Mix, SampleRate, Seconds};
use dsp_std::audio::Audio;
use dsp_std::bits::Bits;
use dsp_std::chain::Chain;
use dsp_std::demo;
use dsp_std::device::{self, Device};
use dsp_std::io::{self, check_writable, write_text};
use dsp_std::preset;
use dsp_std::preset::effect::{Effect, built_in};
use options::Options;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const DEMO_MIX: &str = "demo-mix.wav";
const DEMO_SPACE: &str = "demo-space.wav";

/// Longest tail that can be asked for, s.
const LONGEST: f64 = 600.0;
/// Highest sample that fits 16 bits with its dither, which adds less than one step.
const HIGHEST: f32 = 1.0 - 2.0 / 32_768.0;
/// Where a sound is turned down to that does not fit: -0.1 dBFS.
const FULL: f32 = 0.988_553_1;

fn main() -> ExitCode {
    let options = Options::parse();
    if options.list_presets {
        print(&built_in().iter().map(|e| format!("{:<12} {}\n", e.name, e.description)).collect::<String>());
        return ExitCode::SUCCESS;
    }
    interrupt::listen();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
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

/// The effect with what the command line changes.
fn chosen(options: &Options) -> Result<Effect, Box<dyn Error>> {
    let mut effect = match &options.ir {
        Some(impulse) => Effect {
            name: impulse.display().to_string(),
            description: String::new(),
            chain: vec![Device::convolution(impulse)],
        },
        None => match Effect::find(&options.preset) {
            Err(e @ preset::Error::Unknown { .. }) => wrong_usage(e.to_string()),
            other => other?,
        },
    };
    if let Some(mix) = options.mix {
        if let Err(e) = Mix(mix).linear() {
            wrong_usage(e.to_string());
        }
        if !effect.set_mix(Mix(mix)) {
            wrong_usage(format!("--mix: nothing in '{}' has a mix", effect.name));
        }
    }
    Ok(effect)
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let effect = chosen(options)?;
    if !(0.0..=LONGEST).contains(&options.tail) {
        wrong_usage(format!("--tail {}: allowed are 0 to {LONGEST} s", options.tail));
    }
    let demo = options.input.is_none();
    let force = options.force || demo;
    let input = options.input.clone().unwrap_or_else(|| PathBuf::from(DEMO_MIX));
    let output = match &options.output {
        Some(output) => output.clone(),
        None if demo => PathBuf::from(DEMO_SPACE),
        None => beside(&input, "space"),
    };
    if !output.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) {
        wrong_usage(format!("{}: only WAV can be written, so far; the name has to end in .wav", output.display()));
    }
    if same_file(&input, &output) {
        wrong_usage(format!("{}: the result would replace the sound", output.display()));
    }
    if options.ir.as_ref().is_some_and(|ir| same_file(ir, &output)) {
        wrong_usage(format!("{}: the result would replace the impulse response", output.display()));
    }
    let described = options.ir.as_deref().unwrap_or(Path::new(&options.preset));
    if options.plot.as_ref().is_some_and(|p| [&input, &output, described].iter().any(|other| same_file(p, other))) {
        wrong_usage("the plot needs a file of its own".to_owned());
    }

    let (audio, warnings) = if demo {
        (Audio::new(SampleRate::VIDEO, Layout::STEREO, demo::mix(SampleRate::VIDEO))?, Vec::new())
    } else {
        let (audio, read) = io::read(&input)?;
        (audio, read.warnings)
    };
    for warning in &warnings {
        eprintln!("warning: {}: {warning}", input.display());
    }
    let audio = if audio.channels() == 1 && !options.mono { both_sides(audio)? } else { audio };
    let (rate, layout) = (audio.rate(), audio.layout());
    let mut left_out = Vec::new();
    let effect = effect.fitted(rate, &mut left_out);
    for what in &left_out {
        eprintln!("warning: {}: {what}", input.display());
    }
    let mut chain = Chain::<f32>::new(&effect.chain, rate, layout).map_err(|e| match e {
        device::Error::Setting(e) => format!("{}: {e}", effect.name).into(),
        other => Box::<dyn Error>::from(other),
    })?;
    check_output(&audio, options.bits, &output, force)?;
    if let Some(path) = &options.plot {
        interrupt::writing(|| check_writable(path, options.force).map_err(hint))?;
    }
    if demo {
        write(&audio, Bits::Float, &input, true)?;
    }

    let mut planes = audio.into_planes();
    let frames = planes[0].len();
    let longest = Seconds(options.tail).frames(rate).get() as usize;
    let before: Vec<u64> = planes.iter().map(|p| checksum(p)).collect();
    let rung = chain.ring_out(&mut planes, longest, |_| {});
    if options.mix != Some(0.0) {
        let same: Vec<bool> = planes.iter().zip(&before).map(|(p, b)| checksum(&p[..frames]) == *b).collect();
        if let Some(untouched) = untouched(&planes, &same, layout) {
            eprintln!("warning: {}: {untouched}", output.display());
        }
    }
    let peak = planes.iter().flatten().fold(0.0_f32, |a, v| a.max(v.abs()));
    if options.bits.grid().is_some() && peak > HIGHEST {
        let gain = FULL / peak;
        planes.iter_mut().flatten().for_each(|v| *v *= gain);
        let db = 20.0 * f64::from(gain).log10();
        eprintln!("warning: {}: turned down by {:.1} dB to fit {} bits", output.display(), -db, bits(options.bits));
    }
    options.bits.round(&mut planes)?;
    if rung.cut {
        eprintln!("warning: {}: still sounds after {} s, faded out (--tail)", output.display(), options.tail);
    }
    let audio = Audio::new(rate, layout, planes)?;
    write(&audio, options.bits, &output, force)?;

    if let Some(path) = &options.plot {
        let svg = plot::effect(&effect, rate, layout)?;
        interrupt::writing(|| Ok(write_text(path, &svg, options.force)?))?;
    }
    if !options.quiet {
        let seconds = |n: usize| n as f64 / rate.hertz();
        print(&format!(
            "{} -> {} ({})\n{:.2} s of sound, {:.2} s of tail\n",
            input.display(),
            output.display(),
            effect.name,
            seconds(frames),
            seconds(rung.frames)
        ));
    }
    Ok(())
}

fn bits(bits: Bits) -> u32 {
    bits.grid().unwrap_or(32)
}

/// Of samples, bit for bit (FNV-1a by words).
fn checksum(plane: &[f32]) -> u64 {
    plane.iter().fold(0xCBF2_9CE4_8422_2325, |sum, v| (sum ^ u64::from(v.to_bits())).wrapping_mul(0x0100_0000_01B3))
}

/// Says which channels with a sound came through the `same`, where that is no intention: an LFE stays without reverb, and
/// one side of a pair without delay.
fn untouched(planes: &[Vec<f32>], same: &[bool], layout: Layout) -> Option<String> {
    let left: Vec<usize> = (0..planes.len()).filter(|c| same[*c] && planes[*c].iter().any(|v| *v != 0.0)).collect();
    if !left.is_empty() && same.iter().all(|same| *same) {
        return Some("the effect leaves this sound as it is".to_owned());
    }
    let partner_moved = |c: usize| layout.pairs().any(|(l, r)| (l == c && !same[r]) || (r == c && !same[l]));
    let label = |c: usize| match layout.positions()[c] {
        Position::Unplaced => (c + 1).to_string(),
        position => position.label().to_owned(),
    };
    let meant = |c: usize| layout.positions()[c].is_lfe() || partner_moved(c);
    let names: Vec<String> = left.into_iter().filter(|c| !meant(*c)).map(label).collect();
    (!names.is_empty()).then(|| format!("the effect does not reach these channels: {}", names.join(" ")))
}

/// The one channel on both sides.
fn both_sides(audio: Audio) -> Result<Audio, Box<dyn Error>> {
    let rate = audio.rate();
    let plane = audio.into_planes().remove(0);
    Ok(Audio::new(rate, Layout::STEREO, vec![plane.clone(), plane])?)
}
