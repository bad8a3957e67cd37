use super::*;
use dsp_core::layout::Layout;
use dsp_core::signal;
use dsp_core::units::SampleRate;

/// Twelve seconds with soft and loud parts, clicks and a tone.
fn mix(channels: u32, level: f32) -> Audio {
    let planes = (0..channels).map(|c| {
        signal::pink::<f32>(c, 1.0)
            .enumerate()
            .map(|(n, v)| {
                let part = [0.3, 1.0, 0.6][(n / 96_000) % 3];
                let beat = if n % 24_000 < 40 { 4.0 } else { 1.0 };
                level * part * beat * (v + 0.1 * (n as f32 * 0.006).sin())
            })
            .take(576_000)
            .collect()
    });
    Audio::new(SampleRate::VIDEO, Layout::of_channels(channels as usize).unwrap(), planes.collect()).unwrap()
}

fn run(audio: &Audio, settings: &Settings) -> Mastered {
    master(audio.clone(), settings, 0, |_, _| {}).unwrap()
}

#[test]
fn every_preset_reaches_its_loudness_under_its_ceiling() {
    for preset in crate::preset::built_in() {
        let (target, ceiling) = (preset.loudness.0, preset.true_peak.0);
        let m = run(&mix(2, 0.1), &Settings::new(preset.clone()));
        assert_eq!(m.outcome, Outcome::Reached, "{}: {:?}", preset.name, m.after);
        assert!((m.after.integrated_lufs.unwrap() - target).abs() <= 0.05, "{}", preset.name);
        assert!(m.after.true_peak_dbtp.unwrap() <= ceiling, "{}: {:?}", preset.name, m.after.true_peak_dbtp);
        assert_eq!(m.audio.frames(), 576_000);
        assert!(m.renders <= 12, "{} renders", m.renders);
    }
}

#[test]
fn threads_change_nothing_and_neither_does_a_second_time() {
    for bits in [Bits::Sixteen, Bits::TwentyFour, Bits::Float] {
        let settings = Settings { bits, ..Settings::new(crate::preset::built_in().remove(0)) };
        let one = run(&mix(2, 0.2), &settings);
        let two = run(&mix(2, 0.2), &Settings { threads: 2, ..settings.clone() });
        assert!(one.audio == two.audio && one.audio == run(&mix(2, 0.2), &settings).audio);
        assert_eq!((one.before, one.after), (two.before, two.after));
    }
}

#[test]
fn the_grid_is_that_of_the_word_length() {
    let settings = Settings { bits: Bits::Sixteen, ..Settings::new(crate::preset::built_in().remove(0)) };
    let m = run(&mix(2, 0.2), &settings);
    assert!(m.audio.planes().iter().flatten().all(|v| (v * 32_768.0).fract() == 0.0));
}

#[test]
fn too_loud_a_target_is_said_and_the_best_is_delivered() {
    let mut preset = Preset::find("transparent").unwrap();
    preset.loudness = Lufs(-5.0);
    preset.true_peak = Decibels(-12.0);
    let m = run(&mix(2, 0.1), &Settings::new(preset));
    let Outcome::Unreachable { target_lufs, best_lufs } = m.outcome else { panic!("{:?}", m.outcome) };
    assert_eq!(target_lufs, -5.0);
    assert!(best_lufs < -12.0 && m.after.true_peak_dbtp.unwrap() <= -12.0, "{best_lufs}");
}

#[test]
fn silence_and_snippets_are_written_at_unity_gain() {
    let preset = Preset::find("transparent").unwrap();
    let settings = Settings { bits: Bits::Float, ..Settings::new(preset) };
    let silence = Audio::silence(SampleRate::CD, Layout::STEREO, 44_100);
    let m = run(&silence, &settings);
    assert_eq!((m.outcome, &m.audio), (Outcome::Undefined, &silence));
    let short: Vec<f32> = signal::pink(1, 0.3).take(10_000).collect();
    let short = Audio::new(SampleRate::CD, Layout::MONO, vec![short]).unwrap();
    let m = run(&short, &settings);
    assert_eq!((m.outcome, &m.audio), (Outcome::Undefined, &short), "quiet enough to stay bit for bit");
    let nothing = Audio::silence(SampleRate::CD, Layout::STEREO, 0);
    assert_eq!(run(&nothing, &settings).audio.frames(), 0);
}

#[test]
fn low_rates_and_many_channels_work() {
    let rate = SampleRate::new(8_000).unwrap();
    for channels in [1, 6, 24] {
        let layout = Layout::of_channels(channels).unwrap();
        let planes = (0..channels as u32).map(|c| signal::pink(c, 0.1).take(40_000).collect()).collect();
        let audio = Audio::new(rate, layout, planes).unwrap();
        let m = run(&audio, &Settings::new(crate::preset::built_in().remove(0)));
        assert_eq!(m.outcome, Outcome::Reached, "{channels}");
        assert_eq!(m.notes.len(), 2, "a band and a crossover: {:?}", m.notes);
    }
}

#[test]
fn garbage_becomes_silence() {
    let mut audio = mix(2, 0.1);
    for (i, bad) in [f32::NAN, f32::INFINITY, -3e38, 1e30].into_iter().enumerate() {
        audio.plane_mut(0)[100_000 + i] = bad;
    }
    let m = run(&audio, &Settings::new(crate::preset::built_in().remove(0)));
    assert!(m.audio.planes().iter().flatten().all(|v| v.abs() <= 1.0));
    assert_eq!(m.outcome, Outcome::Reached);
}
