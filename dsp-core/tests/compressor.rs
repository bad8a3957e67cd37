//! What a compressor promises to the ear, as numbers.

use dsp_core::dynamics::compressor::{Compressor, Detector, Params, Setup, required_len};
use dsp_core::laws::{self, Audio};
use dsp_core::layout::Layout;
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Decibels, Frames, Hertz, SampleRate, Seconds};

const SETUP: Setup = Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO, look_ahead: Seconds(0.0) };

fn render<S: Sample>(params: &Params, input: &Audio<S>) -> Audio<S> {
    let storage = vec![S::ZERO; required_len(&SETUP)];
    laws::render(&mut Compressor::new(&SETUP, params, storage).unwrap(), input)
}

/// Output level in dB for a constant input level; both channels alike.
fn settled<S: Sample>(params: &Params, input_db: f64) -> f64 {
    let amplitude = Decibels(input_db).amplitude();
    let out = render(params, &vec![vec![S::from_f64(amplitude); 4_000]; 2]);
    Decibels::from_amplitude(out[0][3_999].to_f64()).0
}

fn curve_in_db(x: f64, p: &Params) -> f64 {
    let (t, w, r) = (p.threshold.0, p.knee.0, p.ratio);
    let d = x - t;
    if 2.0 * d <= -w {
        x
    } else if 2.0 * d.abs() < w {
        x + (1.0 / r - 1.0) * (d + w / 2.0).powi(2) / (2.0 * w)
    } else {
        t + d / r
    }
}

#[test]
fn static_curve_is_within_a_hundredth_of_a_decibel() {
    let mut worst = [0.0_f64; 2];
    for threshold in [-60.0, -20.0, -6.0] {
        for ratio in [1.0, 1.5, 4.0, 20.0, f64::INFINITY] {
            for knee in [0.0, 6.0, 20.0] {
                let p = Params {
                    threshold: Decibels(threshold),
                    ratio,
                    knee: Decibels(knee),
                    attack: Seconds(0.0001),
                    release: Seconds(0.001),
                    ..Params::default()
                };
                for x in (-90..=0).step_by(3) {
                    let wanted = curve_in_db(f64::from(x), &p);
                    worst[0] = worst[0].max((settled::<f32>(&p, f64::from(x)) - wanted).abs());
                    worst[1] = worst[1].max((settled::<f64>(&p, f64::from(x)) - wanted).abs());
                }
            }
        }
    }
    assert!(worst[0] < 1e-4 && worst[1] < 1e-9, "{worst:?} dB");
}

#[test]
fn published_points_of_the_curve() {
    // conformance: ballistics.toml, static_test and static_test_knee.
    let p = Params {
        threshold: Decibels(-20.0),
        ratio: 4.0,
        knee: Decibels(0.0),
        attack: Seconds(0.0001),
        release: Seconds(0.001),
        ..Params::default()
    };
    for (x, y) in [(-40.0, -40.0), (-20.0, -20.0), (-10.0, -17.5), (0.0, -15.0)] {
        assert!((settled::<f32>(&p, x) - y).abs() < 0.01);
    }
    let p = Params { knee: Decibels(10.0), ..p };
    for (x, y) in [(-25.0, -25.0), (-20.0, -20.9375), (-15.0, -18.75), (0.0, -15.0)] {
        assert!((settled::<f32>(&p, x) - y).abs() < 0.01);
    }
}

fn music<S: Sample>(channel: u32, frames: usize) -> Vec<S> {
    signal::pink::<S>(11 + channel, 1.5)
        .enumerate()
        .map(|(i, v)| if (i / 9_600) % 3 == 1 { v } else { v * S::from_f64(0.05) })
        .take(frames)
        .collect()
}

#[test]
fn a_full_link_keeps_the_image() {
    let p = Params { threshold: Decibels(-40.0), ratio: 8.0, ..Params::default() };
    let left = music::<f64>(0, 48_000);
    let right: Vec<f64> = left.iter().map(|v| v * 0.25).collect();
    let out = render(&p, &vec![left, right]);
    for (l, r) in out[0].iter().zip(&out[1]) {
        assert_eq!(l * 0.25, *r);
    }
}

#[test]
fn f32_is_within_minus_120_db_of_f64() {
    for detector in [Detector::Peak, Detector::Rms { window: Seconds(0.05) }] {
        let p = Params {
            threshold: Decibels(-30.0),
            ratio: 4.0,
            high_pass: Some(Hertz(80.0)),
            detector,
            ..Params::default()
        };
        let narrow: Audio<f32> = vec![music(0, 480_000), music(1, 480_000)];
        let wide = laws::convert::<f32, f64>(&narrow);
        let db = laws::error_db(&render(&p, &wide), &render(&p, &narrow));
        assert!(db <= -120.0, "{detector:?}: {db:.1} dB");
    }
}

#[test]
fn gain_ripple_on_a_low_tone_is_small() {
    // 100 Hz, 5/100 ms, 15 dB of reduction: at most 0.04 dB of ripple.
    let p = Params {
        threshold: Decibels(-20.0),
        ratio: 4.0,
        knee: Decibels(0.0),
        attack: Seconds(0.005),
        release: Seconds(0.1),
        ..Params::default()
    };
    let tone: Vec<f64> = signal::sine(SampleRate::VIDEO, Hertz(100.0), 1.0, 0.0).take(96_000).collect();
    let out = render(&p, &vec![tone.clone(), tone.clone()]);
    let gains =
        tone.iter().zip(&out[0]).skip(48_000).filter(|(x, _)| x.abs() > 0.01).map(|(x, y)| 20.0 * (y / x).log10());
    let (low, high) = gains.fold((f64::MAX, f64::MIN), |(a, b), g| (a.min(g), b.max(g)));
    assert!(high - low < 0.04, "{} dB", high - low);
    assert!((high - -14.9).abs() < 0.1, "{high}");
}

#[test]
fn linking_does_not_make_a_gain_jump() {
    let loose = Params { link: 0.0, ratio: 10.0, attack: Seconds(0.03), release: Seconds(0.12), ..Params::default() };
    for over in [0, 48, 4_800] {
        let storage = vec![0.0_f64; required_len(&SETUP)];
        let mut compressor = Compressor::new(&SETUP, &loose, storage).unwrap();
        let quiet_and_loud: Audio<f64> = vec![vec![1e-4; 24_000], vec![0.9; 24_000]];
        let before = laws::render(&mut compressor, &quiet_and_loud);
        compressor.set(&Params { link: 1.0, ..loose }, Frames(over)).unwrap();
        let after = laws::render(&mut compressor, &quiet_and_loud);
        for (channel, (before, after)) in before.iter().zip(&after).enumerate() {
            let run = [&before[23_990..], &after[..]].concat();
            let step = run.windows(2).map(|w| (20.0 * (w[1] / w[0]).log10()).abs()).fold(0.0, f64::max);
            assert!(step < 0.1, "over {over}: channel {channel} moves by {step:.2} dB in a frame");
        }
        let gain = |channel: usize| after[channel][23_999] / quiet_and_loud[channel][0];
        assert!((gain(0) - gain(1)).abs() < 1e-6, "they have met");
    }
}

#[test]
fn a_detector_that_was_off_starts_from_silence() {
    let rms = Params { detector: Detector::Rms { window: Seconds(1.0) }, attack: Seconds(0.0), ..Params::default() };
    let mut compressor = Compressor::new(&SETUP, &rms, vec![0.0_f32; required_len(&SETUP)]).unwrap();
    let constant = |level: f32, frames: usize| vec![vec![level; frames]; 2];
    laws::render(&mut compressor, &constant(0.9, 96_000));
    compressor.set(&Params { detector: Detector::Peak, ..rms }, Frames(0)).unwrap();
    laws::render(&mut compressor, &constant(1e-4, 96_000));
    compressor.set(&rms, Frames(0)).unwrap();
    let out = laws::render(&mut compressor, &constant(1e-4, 100));
    assert!(out[0].iter().all(|v| *v > 0.999e-4), "no reduction: {:?}", out[0][99]);
}

/// Frames until the gain has gone 63.2 % of the way to where a step of the level takes it, up and down.
fn times<S: Sample>(rate: SampleRate, attack: f64, release: f64) -> (f64, f64) {
    let setup = Setup { rate, layout: Layout::MONO, look_ahead: Seconds(0.0) };
    // A brick-wall ratio and no knee: 20 dB over the threshold are 20 dB of reduction.
    let p = Params {
        threshold: Decibels(-20.0),
        ratio: f64::INFINITY,
        knee: Decibels(0.0),
        attack: Seconds(attack),
        release: Seconds(release),
        ..Params::default()
    };
    let mut compressor = Compressor::new(&setup, &p, vec![S::ZERO; required_len(&setup)]).unwrap();
    let frames = |seconds: f64| (seconds * rate.hertz()) as usize + 10;
    let (loud, quiet) = (frames(attack * 25.0), frames(release * 3.0));
    let x: Vec<S> = [vec![S::ONE; loud], vec![S::from_f64(0.01); quiet]].concat();
    let out = laws::render(&mut compressor, std::slice::from_ref(&x));
    let reduction: Vec<f64> = x.iter().zip(&out[0]).map(|(x, y)| 20.0 * (x.to_f64() / y.to_f64()).log10()).collect();
    let share = 1.0 - (-1.0_f64).exp();
    let up = reduction.iter().position(|r| *r >= 20.0 * share).unwrap();
    let from = reduction[loud - 1];
    let down = reduction[loud..].iter().position(|r| *r <= from * (1.0 - share)).unwrap();
    (up as f64 + 1.0, down as f64 + 1.0)
}

fn times_are_as_set<S: Sample>() {
    let cases = [(0.00005, 0.002), (0.0005, 0.02), (0.005, 0.1), (0.03, 0.1), (0.03, 0.031), (0.1, 0.4), (0.5, 0.6)];
    for rate in [SampleRate::CD, SampleRate::new(96_000).unwrap()] {
        for (attack, release) in cases {
            let (up, down) = times::<S>(rate, attack, release);
            for (name, frames, seconds) in [("attack", up, attack), ("release", down, release)] {
                let wanted = seconds * rate.hertz();
                let off = (frames - wanted).abs();
                assert!(off <= (0.01 * wanted).max(1.0), "{name} of {attack}/{release} s took {frames}, not {wanted}");
            }
        }
    }
}

#[test]
fn attack_and_release_are_to_63_percent_in_f32() {
    times_are_as_set::<f32>();
}

#[test]
fn attack_and_release_are_to_63_percent_in_f64() {
    times_are_as_set::<f64>();
}

#[test]
fn a_channel_without_a_key_is_forgotten() {
    let rms = Params { detector: Detector::Rms { window: Seconds(1.0) }, ..Params::default() };
    let mut compressor = Compressor::new(&SETUP, &rms, vec![0.0_f32; required_len(&SETUP)]).unwrap();
    laws::render(&mut compressor, &vec![vec![0.9; 96_000]; 2]);
    assert!(compressor.gain_reduction().0 > 5.0);
    // A mono key, silent long enough for everything to be over.
    let silence = vec![vec![0.0; 960_000]; 2];
    laws::render_keyed(&mut compressor, &silence, &mut [vec![0.0; 960_000]], &[512]);
    assert_eq!(compressor.gain_reduction(), Decibels(0.0));
    laws::render(&mut compressor, &vec![vec![0.0; 2_000]; 2]);
    assert_eq!(compressor.gain_reduction(), Decibels(0.0), "nothing has been heard for long");
}
