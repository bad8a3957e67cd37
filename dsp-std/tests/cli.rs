//! The programs as a user meets them: exit codes, files, messages, JSON.

use dsp_core::layout::Layout;
use dsp_core::signal;
use dsp_core::units::SampleRate;
use dsp_std::io::wav::write::{Format, Spec, Writer};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The example of that name, built beside the tests.
fn program(name: &str) -> Command {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.ancestors().nth(2).unwrap().join("examples");
    Command::new(folder.join(name).with_extension(std::env::consts::EXE_EXTENSION))
}

fn run(name: &str, folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = program(name).current_dir(folder).args(arguments).output();
    let Output { status, stdout, stderr } =
        output.expect("plain `cargo test` builds the examples; otherwise `cargo build --examples` first");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(stdout), text(stderr));
    assert!(!stderr.contains("panicked"), "{stderr}");
    (status.code().unwrap(), stdout, stderr)
}

/// Six seconds of noise with a beat.
fn mix(folder: &Path, name: &str, seconds: usize, level: f64) -> PathBuf {
    let plane = |channel| -> Vec<f32> {
        let beat = |n: usize| if n % 22_050 < 60 { 5.0 } else { 1.0 };
        signal::pink::<f32>(channel, level).enumerate().map(|(n, v)| v * beat(n)).take(seconds * 44_100).collect()
    };
    let path = folder.join(name);
    let spec = Spec { rate: SampleRate::CD, layout: Layout::STEREO, format: Format::Float32 };
    let mut writer = Writer::create(&path, spec, false).unwrap();
    writer.write_f32(&[&plane(1), &plane(2)]).unwrap();
    writer.finish().unwrap();
    path
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_mix_becomes_a_master_that_measures_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    mix(folder.path(), "mix.wav", 6, 0.1);
    let (code, stdout, stderr) = run("master", folder.path(), &["mix.wav", "--report", "r.json", "--threads", "2"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("mix-mastered.wav") && stdout.contains("gain reduction"), "{stdout}");
    assert_eq!(files(folder.path()), ["mix-mastered.wav", "mix.wav", "r.json"]);

    let (code, stdout, _) = run("measure", folder.path(), &["mix-mastered.wav", "--json"]);
    assert_eq!((code, stdout.lines().count()), (0, 1));
    let json: Value = serde_json::from_str(&stdout).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    let wanted = "path sample_rate_hz channels frames duration_s integrated_lufs loudness_range_lu momentary_max_lufs \
        short_term_max_lufs true_peak_dbtp sample_peak_dbfs plr_db correlation dc_offset clipped_runs overs non_finite";
    let mut wanted: Vec<&str> = wanted.split_whitespace().collect();
    wanted.sort_unstable();
    assert_eq!(keys, wanted);
    assert!((json["integrated_lufs"].as_f64().unwrap() - -14.0).abs() < 0.05);
    assert!(json["true_peak_dbtp"].as_f64().unwrap() <= -1.0);
    assert_eq!(json["frames"], 6 * 44_100);

    let report: Value = serde_json::from_str(&std::fs::read_to_string(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!(report["outcome"]["result"], "reached");
    assert_eq!(report["bits"], "24");
    assert!(report["before"]["integrated_lufs"].as_f64().unwrap() < -14.0);

    // A second time, on one thread: the same bytes. Without --force nothing is replaced.
    let first = std::fs::read(folder.path().join("mix-mastered.wav")).unwrap();
    let (code, _, stderr) = run("master", folder.path(), &["mix.wav"]);
    assert!(code == 1 && stderr.contains("mix-mastered.wav") && stderr.contains("--force"), "{stderr}");
    let (code, stdout, _) = run("master", folder.path(), &["mix.wav", "--force", "--threads", "1", "--quiet"]);
    assert_eq!((code, stdout.as_str()), (0, ""));
    assert!(std::fs::read(folder.path().join("mix-mastered.wav")).unwrap() == first);
}

#[test]
fn options_do_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    mix(folder.path(), "mix.wav", 6, 0.1);
    let arguments = ["mix.wav", "16.wav", "--preset", "podcast", "--lufs", "-19", "--true-peak", "-3", "--bits", "16"];
    assert_eq!(run("master", folder.path(), &arguments).0, 0);
    let (_, stdout, _) = run("measure", folder.path(), &["16.wav", "--json"]);
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert!((json["integrated_lufs"].as_f64().unwrap() - -19.0).abs() < 0.05);
    assert!(json["true_peak_dbtp"].as_f64().unwrap() <= -3.0);
    assert_eq!(std::fs::metadata(folder.path().join("16.wav")).unwrap().len(), 44 + 4 * 6 * 44_100);

    let preset = "name = 'mine'\nloudness = -20.0\ntrue_peak = -2.0\n";
    std::fs::write(folder.path().join("mine.toml"), preset).unwrap();
    let (code, stdout, _) = run("master", folder.path(), &["mix.wav", "x.wav", "--preset", "mine.toml", "--dry-run"]);
    assert!(code == 0 && stdout.contains("-20.0") && stdout.contains("mine"), "{stdout}");
    assert!(!folder.path().join("x.wav").exists(), "a dry run writes no master");
    std::fs::write(folder.path().join("r.json"), "mine").unwrap();
    let arguments = ["mix.wav", "x.wav", "--dry-run", "--report", "r.json"];
    let (code, _, stderr) = run("master", folder.path(), &arguments);
    assert!(code == 1 && stderr.contains("r.json"), "{stderr}");
    assert_eq!(std::fs::read_to_string(folder.path().join("r.json")).unwrap(), "mine");

    let (code, stdout, _) = run("master", folder.path(), &["--list-presets"]);
    assert!(code == 0 && stdout.lines().count() == 7 && stdout.starts_with("streaming"), "{stdout}");
    let same_rate = ["mix.wav", "y.wav", "--rate", "44100", "--bits", "32f", "--quiet"];
    assert_eq!(run("master", folder.path(), &same_rate).0, 0);
}

#[test]
fn wrong_usage_is_2_failure_1_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    mix(folder.path(), "mix.wav", 1, 0.1);
    std::fs::write(folder.path().join("text.wav"), "no audio at all").unwrap();
    std::fs::write(folder.path().join("bad.toml"), "name = 'x'\nloudness = -14.0\ntrue_peak = 3.0\n").unwrap();
    let before = files(folder.path());
    let wrong: [(&[&str], &str); 9] = [
        (&["mix.wav", "out.mp3"], ".wav"),
        (&["mix.wav", "mix.wav"], "replace its mix"),
        (&["mix.wav", "--lufs", "3"], "-40 to -5"),
        (&["mix.wav", "--true-peak", "1"], "-20 to 0"),
        (&["mix.wav", "--bits", "20"], "32f"),
        (&["mix.wav", "--rate", "48000"], "not yet"),
        (&["mix.wav", "--preset", "loud"], "streaming"),
        (&["mix.wav", "--threads", "0"], "threads"),
        (&["mix.wav", "--report", "mix.wav"], "report"),
    ];
    // The same place under another name, before there is a file.
    let (code, _, stderr) = run("master", folder.path(), &["mix.wav", "new.wav", "--report", "./new.wav", "--force"]);
    assert!(code == 2 && stderr.contains("report"), "{stderr}");
    for (arguments, word) in wrong {
        let (code, _, stderr) = run("master", folder.path(), arguments);
        assert!(code == 2 && stderr.contains(word), "{arguments:?}: {code}: {stderr}");
    }
    let failing: [(&[&str], &str); 5] = [
        (&["mix.wav", "--report", "no/such/folder/r.json"], "no/such/folder/r.json"),
        (&["nothing.wav"], "nothing.wav"),
        (&["text.wav"], "text.wav"),
        (&["mix.wav", "no/such/folder/out.wav"], "no/such/folder/out.wav"),
        (&["mix.wav", "--preset", "bad.toml"], "bad.toml: true peak is 3"),
    ];
    for (arguments, word) in failing {
        let (code, _, stderr) = run("master", folder.path(), arguments);
        assert!(code == 1 && stderr.contains(word) && stderr.lines().count() == 1, "{arguments:?}: {code}: {stderr}");
    }
    assert_eq!(files(folder.path()), before);
    let (code, stdout, stderr) = run("measure", folder.path(), &["text.wav", "mix.wav", "--json"]);
    assert_eq!((code, stdout.lines().count()), (1, 1), "the good file is measured all the same: {stderr}");
}

#[test]
fn what_cannot_be_reached_is_written_with_3() {
    let folder = tempfile::tempdir().unwrap();
    mix(folder.path(), "short.wav", 0, 0.1);
    let (code, _, stderr) = run("master", folder.path(), &["short.wav"]);
    assert!(code == 3 && stderr.contains("no defined loudness"), "{stderr}");
    assert!(folder.path().join("short-mastered.wav").exists());
    mix(folder.path(), "mix.wav", 4, 0.1);
    let (code, _, stderr) = run("master", folder.path(), &["mix.wav", "--lufs", "-5", "--true-peak", "-15"]);
    assert!(code == 3 && stderr.contains("unreachable") && stderr.contains("best is"), "{stderr}");
    assert!(folder.path().join("mix-mastered.wav").exists());
}

#[test]
fn without_a_file_the_demo_is_mastered() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let (code, stdout, stderr) = run("master", folder.path(), &[]);
        assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    }
    assert_eq!(files(folder.path()), ["demo-mastered.wav", "demo-mix.wav"]);
}

#[test]
fn space_is_added_and_rings_out() {
    let folder = tempfile::tempdir().unwrap();
    mix(folder.path(), "mix.wav", 1, 0.1);
    let (code, stdout, stderr) = run("space", folder.path(), &["mix.wav", "--preset", "hall", "--plot", "hall.svg"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let (out, _) = dsp_std::io::read(folder.path().join("mix-space.wav")).unwrap();
    assert!(
        out.frames() > 2 * 44_100 && out.planes().iter().all(|p| p[p.len() - 200..].iter().all(|v| v.abs() < 1e-4))
    );
    let svg = std::fs::read_to_string(folder.path().join("hall.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("1000 Hz: 2."), "the plot names the reverberation time");
    let (code, _, stderr) = run("space", folder.path(), &["mix.wav", "--preset", "hall"]);
    assert!(code == 1 && stderr.contains("mix-space.wav") && stderr.contains("--force"), "{stderr}");

    // Dry is the mix, bit for bit.
    let arguments = ["mix.wav", "dry.wav", "--preset", "echo", "--mix", "0", "--bits", "32f"];
    assert_eq!(run("space", folder.path(), &arguments).0, 0);
    let read = |name: &str| dsp_std::io::read(folder.path().join(name)).unwrap().0;
    assert_eq!(read("dry.wav"), read("mix.wav"));

    // Convolution with a click is the mix as well; a click of another rate is refused.
    let write = |name: &str, rate| {
        let spec = Spec { rate, layout: Layout::MONO, format: Format::Float32 };
        let mut writer = Writer::create(folder.path().join(name), spec, false).unwrap();
        writer.write_f32(&[&[0.0, 0.0, 0.5]]).unwrap();
        writer.finish().unwrap();
    };
    write("click.wav", SampleRate::CD);
    write("other.wav", SampleRate::VIDEO);
    let arguments = ["mix.wav", "same.wav", "--ir", "click.wav", "--bits", "32f"];
    assert_eq!(run("space", folder.path(), &arguments).0, 0);
    let (a, b) = (read("same.wav"), read("mix.wav"));
    assert!(a.plane(0).iter().zip(b.plane(0)).all(|(a, b)| (a - b).abs() < 1e-6) && a.frames() == b.frames());
    let (code, _, stderr) = run("space", folder.path(), &["mix.wav", "x.wav", "--ir", "other.wav"]);
    assert!(code == 1 && stderr.contains("48000 Hz") && stderr.contains("44100 Hz"), "{stderr}");

    // One channel becomes two unless it is to stay one.
    let arguments = ["click.wav", "--preset", "plate", "--tail", "0.5", "--quiet"];
    assert_eq!(run("space", folder.path(), &arguments).0, 0);
    assert_eq!(read("click-space.wav").channels(), 2);
    let (code, _, stderr) = run("space", folder.path(), &["click.wav", "one.wav", "--mono", "--tail", "0.5"]);
    assert!(code == 0 && stderr.contains("still sounds after 0.5 s"), "{stderr}");
    assert_eq!((read("one.wav").channels(), read("one.wav").frames()), (1, 3 + 22_050));
}

#[test]
fn space_says_what_an_effect_does_not_reach() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, rate: u32, channels: usize| {
        let layout = Layout::of_channels(channels).unwrap();
        let planes: Vec<Vec<f32>> = (0..channels).map(|c| signal::pink(c as u32, 0.1).take(4_000).collect()).collect();
        let planes: Vec<&[f32]> = planes.iter().map(|p| &p[..]).collect();
        let spec = Spec { rate: SampleRate::new(rate).unwrap(), layout, format: Format::Float32 };
        let mut writer = Writer::create(folder.path().join(name), spec, false).unwrap();
        writer.write_f32(&planes).unwrap();
        writer.finish().unwrap();
    };
    write("phone.wav", 8_000, 1);
    write("mono.wav", 48_000, 1);
    write("six.wav", 48_000, 6);
    write("many.wav", 48_000, 24);
    let cases: [(&[&str], i32, &str); 9] = [
        (&["phone.wav", "--preset", "slap"], 0, "phone.wav: high cut of the echo at 7000 Hz: above what 8000 Hz"),
        (&["mono.wav", "--preset", "widen", "--mono"], 0, "leaves this sound as it is"),
        (&["six.wav", "--preset", "plate"], 0, "does not reach these channels: C "),
        (&["six.wav", "--preset", "haas"], 0, "does not reach these channels: C\n"),
        (&["six.wav", "--preset", "hall"], 0, ""),
        (&["six.wav", "--preset", "plate", "--mix", "0"], 0, ""),
        (&["mono.wav", "--preset", "haas"], 0, ""),
        (&["many.wav", "--preset", "hall"], 1, "hall: channels is 24; allowed are 1 to 16"),
        (&["many.wav", "--preset", "echo"], 0, ""),
    ];
    for (arguments, wanted, word) in cases {
        let (code, _, stderr) = run("space", folder.path(), &[arguments, &["--force"]].concat());
        assert!(code == wanted && stderr.contains(word), "{arguments:?}: {code}: {stderr}");
        assert_eq!(stderr.lines().count(), usize::from(!word.is_empty()), "{arguments:?}: {stderr}");
    }
    // Dry is dry, however many devices have a mix.
    let arguments = ["six.wav", "dry.wav", "--preset", "room", "--mix", "0", "--bits", "32f"];
    assert_eq!(run("space", folder.path(), &arguments).0, 0);
    let read = |name: &str| dsp_std::io::read(folder.path().join(name)).unwrap().0;
    assert_eq!(read("dry.wav"), read("six.wav"));
    // What fits is not turned down; what does not is, and it is said.
    for (peak, word) in [(0.9999_f32, ""), (1.0, "turned down by 0.1 dB to fit 16 bits")] {
        let plane: Vec<f32> = (0..2_000).map(|n| if n % 2 == 0 { peak } else { -peak }).collect();
        let spec = Spec { rate: SampleRate::CD, layout: Layout::STEREO, format: Format::Float32 };
        let mut writer = Writer::create(folder.path().join("loud.wav"), spec, true).unwrap();
        writer.write_f32(&[&plane, &plane]).unwrap();
        writer.finish().unwrap();
        let arguments = ["loud.wav", "full.wav", "--preset", "echo", "--mix", "0", "--bits", "16", "--force"];
        let (code, _, stderr) = run("space", folder.path(), &arguments);
        assert!(code == 0 && stderr.contains(word) && stderr.is_empty() == word.is_empty(), "{peak}: {stderr}");
        let out = read("full.wav");
        let within = if word.is_empty() { peak } else { 0.9886 };
        assert!(out.plane(0).iter().all(|v| (v.abs() - within).abs() < 1e-4), "{peak}: nothing clips");
    }
}

#[test]
fn space_refuses_what_makes_no_sense() {
    let folder = tempfile::tempdir().unwrap();
    mix(folder.path(), "mix.wav", 1, 0.1);
    mix(folder.path(), "ir.wav", 0, 0.1);
    std::fs::write(
        folder.path().join("bad.toml"),
        "name = 'x'\n[[chain]]\ndevice = 'echo'\nparams = { feedback = 2 }\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("good.toml"), "name = 'x'\n[[chain]]\ndevice = 'echo'\n").unwrap();
    let before = files(folder.path());
    let wrong: [(&[&str], &str); 9] = [
        (&["mix.wav", "ir.wav", "--ir", "ir.wav", "--force"], "replace the impulse response"),
        (&["mix.wav", "--preset", "good.toml", "--plot", "good.toml", "--force"], "plot"),
        (&["mix.wav", "out.mp3"], ".wav"),
        (&["mix.wav", "mix.wav"], "replace the sound"),
        (&["mix.wav", "--mix", "1.5"], "0 to 1"),
        (&["mix.wav", "--preset", "tremolo", "--mix", "0.5"], "has a mix"),
        (&["mix.wav", "--tail", "-1"], "tail"),
        (&["mix.wav", "--preset", "cave"], "cathedral"),
        (&["mix.wav", "--plot", "mix.wav"], "plot"),
    ];
    for (arguments, word) in wrong {
        let (code, _, stderr) = run("space", folder.path(), arguments);
        assert!(code == 2 && stderr.contains(word), "{arguments:?}: {code}: {stderr}");
    }
    let failing: [(&[&str], &str); 3] = [
        (&["nothing.wav"], "nothing.wav"),
        (&["mix.wav", "--ir", "nothing.wav"], "nothing.wav"),
        (&["mix.wav", "--preset", "bad.toml"], "bad.toml: feedback is 2"),
    ];
    for (arguments, word) in failing {
        let (code, _, stderr) = run("space", folder.path(), arguments);
        assert!(code == 1 && stderr.contains(word) && stderr.lines().count() == 1, "{arguments:?}: {code}: {stderr}");
    }
    assert_eq!(files(folder.path()), before);
    let (code, stdout, _) = run("space", folder.path(), &["--list-presets"]);
    assert!(code == 0 && stdout.lines().count() == 19 && stdout.starts_with("hall"), "{stdout}");
}
