use super::*;
use crate::laws::Audio;
use crate::signal;
use std::{vec, vec::Vec};

const SETUP: Setup = Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO };

/// Levels of `x`, in chunks whose lengths repeat `cuts`, with a flush where one is due.
fn levels<S: Sample>(setup: &Setup, params: &Params, x: &[Vec<S>], key: Option<&[Vec<S>]>, cuts: &[usize]) -> Vec<S> {
    let coeffs = Coeffs::design(setup, params).unwrap();
    let (mut follower, mut storage) = (Follower::new(setup), vec![S::ZERO; required_len(setup)]);
    let (mut x, key): (Audio<S>, Audio<S>) = (x.to_vec(), key.unwrap_or_default().to_vec());
    let frames = x[0].len();
    let (mut planes, mut key) = (&mut x[..], key);
    let key = &mut key[..];
    let mut block = if key.is_empty() { Block::new(&mut planes) } else { Block::with_key(&mut planes, &key) };
    let (mut out, mut at, mut cuts) = (vec![S::ZERO; frames], 0, cuts.iter().cycle());
    while at < frames {
        let n = (*cuts.next().unwrap()).min(frames - at).min(512 - at % 512);
        follower.run(&coeffs, &mut storage, &block.part(at, n), &mut out[at..at + n]);
        at += n;
        if at % 512 == 0 {
            Follower::flush(&mut storage);
        }
    }
    out
}

fn step_up_and_down(frames: usize) -> Vec<f32> {
    (0..2 * frames).map(|n| if n < frames { 0.5 } else { 0.0 }).collect()
}

#[test]
fn times_are_to_63_percent_of_a_linear_step() {
    let x = step_up_and_down(48_000);
    for (attack, release) in [(0.0, 0.05), (0.005, 0.1), (0.03, 0.2)] {
        let params = Params { attack: Seconds(attack), release: Seconds(release), ..Params::default() };
        let y = levels(&SETUP, &params, &[x.clone(), x.clone()], None, &[64]);
        let up = y.iter().position(|v| *v >= 0.5 * 0.632_12).unwrap() as f64;
        let down = y[48_000..].iter().position(|v| *v <= 0.5 * 0.367_88).unwrap() as f64;
        assert!((up - attack * 48_000.0).abs() <= 1.0 + 0.01 * attack * 48_000.0, "attack {attack}: {up}");
        assert!((down - release * 48_000.0).abs() <= 1.0 + 0.01 * release * 48_000.0, "release {release}: {down}");
        assert_eq!(y[47_999], 0.5, "arrives");
    }
}

#[test]
fn rms_of_a_sine_is_3_db_below_its_peak() {
    let x: Vec<f32> = signal::sine(SETUP.rate, Hertz(997.0), 0.5, 0.0).take(96_000).collect();
    let rms = Detector::Rms { window: Seconds(0.1) };
    let params = Params { detector: rms, attack: Seconds(0.02), ..Params::default() };
    let y = levels(&SETUP, &params, &[x.clone(), x.clone()], None, &[64]);
    let db = 20.0 * f64::from(y[95_999]).log10();
    assert!((db - -9.031).abs() < 0.05, "{db}");
    let peak = Params { attack: Seconds(0.0), release: Seconds(1.0), ..Params::default() };
    let y = levels(&SETUP, &peak, &[x.clone(), x], None, &[64]);
    assert!((0.498..=0.5).contains(&y[95_999]), "{}", y[95_999]);
}

#[test]
fn the_loudest_channel_counts_but_not_the_lfe() {
    let noise = |level: f64, channel: u32| signal::white::<f32>(channel, level).take(3_000).collect::<Vec<_>>();
    let quiet = vec![0.0; 3_000];
    let setup = Setup { layout: Layout::SURROUND_5_1, ..SETUP };
    let mut x = vec![quiet.clone(); 6];
    x[3] = noise(0.9, 0);
    let y = levels(&setup, &Params::default(), &x, None, &[64]);
    assert!(y.iter().all(|v| *v == 0.0));
    x[4] = noise(0.3, 1);
    let five = levels(&setup, &Params::default(), &x, None, &[64]);
    let alone = levels(&SETUP, &Params::default(), &[x[4].clone(), quiet], None, &[64]);
    assert!(five == alone && five[2_999] > 0.1);
}

#[test]
fn a_key_is_listened_to_in_place_of_the_block() {
    let noise = |seed: u32, level: f64| signal::white::<f32>(seed, level).take(3_000).collect::<Vec<_>>();
    let (x, key) = ([noise(1, 0.9), noise(2, 0.9)], [noise(3, 0.2)]);
    let keyed = levels(&SETUP, &Params::default(), &x, Some(&key), &[64]);
    let plain = levels(&SETUP, &Params::default(), &[key[0].clone(), vec![0.0; 3_000]], None, &[64]);
    assert_eq!(keyed, plain);
}

#[test]
fn single_precision_follows_the_equation_for_any_cut() {
    let (attack, release) = (Seconds(0.004), Seconds(0.3));
    let params = Params { detector: Detector::Rms { window: Seconds(0.01) }, attack, release, high_pass: None };
    let x: Vec<f32> = signal::pink(7, 0.5).take(40_000).collect();
    let y = levels(&SETUP, &params, &[x.clone(), x.clone()], None, &[64]);
    for cuts in [vec![1], vec![17, 3, 64]] {
        assert_eq!(y, levels(&SETUP, &params, &[x.clone(), x.clone()], None, &cuts));
    }
    let c = ballistics::Coeffs::<f64>::design(SETUP.rate, attack, release).unwrap();
    let rms = step(0.005, SETUP.rate);
    let (mut square, mut held, mut smooth, mut error, mut power) = (0.0_f64, 0.0_f64, 0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(&y) {
        square += rms * (f64::from(*x) * f64::from(*x) - square);
        let level = square.sqrt();
        held = level.max(held + c.release * (level - held));
        smooth += c.attack * (held - smooth);
        error += (smooth - f64::from(*y)).powi(2);
        power += smooth * smooth;
    }
    let db = 10.0 * (error / power).log10();
    assert!(db < -120.0, "{db:.1} dB");
}

#[test]
fn garbage_is_silence_and_the_absurdly_loud_is_bounded() {
    let mut x = vec![0.25_f32; 4_000];
    x[100] = f32::NAN;
    x[101] = f32::INFINITY;
    x[2_000..2_100].fill(9e5);
    let y = levels(&SETUP, &Params::default(), &[x.clone(), x], None, &[64]);
    assert!(y.iter().all(|v| (0.0..64.0).contains(v)) && (y[1_999] - 0.25).abs() < 1e-3 && y[2_099] > 20.0);
}

#[test]
fn an_lfe_that_is_no_longer_listened_to_is_forgotten() {
    let setup = Setup { layout: Layout::SURROUND_5_1, ..SETUP };
    let rms = Detector::Rms { window: Seconds(1.0) };
    let coeffs = Coeffs::design(&setup, &Params { detector: rms, ..Params::default() }).unwrap();
    let (mut follower, mut storage) = (Follower::new(&setup), vec![0.0_f32; required_len(&setup)]);
    let (mut quiet, mut loud, mut out) = ([[0.0; 64]; 6], [[0.0; 64]; 6], [0.0; 64]);
    loud[3].fill(0.5);
    follower.run(&coeffs, &mut storage, &Block::with_key(&mut quiet, &loud), &mut out);
    assert!(out[63] > 0.0);
    for _ in 0..10_000 {
        follower.run(&coeffs, &mut storage, &Block::new(&mut quiet), &mut out);
    }
    let silence = quiet;
    follower.run(&coeffs, &mut storage, &Block::with_key(&mut quiet, &silence), &mut out);
    assert_eq!(out, [0.0; 64]);
}
