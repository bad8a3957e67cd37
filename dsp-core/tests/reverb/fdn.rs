//! The feedback delay network against its figures. Means are of 16 rooms (seeds) with the default modulation; ideal noise
//! with the same decay goes through the same analysis beside them.

use crate::analysis::bands::Spectrum;
use crate::analysis::{OCTAVES, decay, density, late};
use dsp_core::laws::{self, Audio};
use dsp_core::layout::Layout;
use dsp_core::reverb::fdn::{Coeffs, Fdn, Params, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Frames, Hertz, Mix, SampleRate, Seconds};
use std::f64::consts::TAU;

const RATE: f64 = 48_000.0;
const SEEDS: u32 = 16;

fn setup(seed: u32) -> Setup {
    Setup { seed, longest_pre_delay: Seconds(0.0), ..Setup::new(SampleRate::VIDEO, Layout::STEREO) }
}

fn wet() -> Params {
    Params { mix: Mix::WET, ..Params::default() }
}

fn make<S: Sample, const N: usize>(setup: &Setup, params: &Params) -> Fdn<S, N, Vec<S>> {
    Fdn::new(setup, params, vec![S::ZERO; required_len::<N>(setup)]).unwrap()
}

fn doubles<S: Sample>(audio: &Audio<S>) -> Audio<f64> {
    laws::convert(audio)
}

/// Left and right of the response to an impulse in the left channel.
fn response<const N: usize>(seed: u32, params: &Params, seconds: f64) -> Audio<f64> {
    let frames = (seconds * RATE) as usize;
    let mut input = vec![vec![0.0_f32; frames]; 2];
    input[0][0] = 1.0;
    doubles(&laws::render(&mut make::<f32, N>(&setup(seed), params), &input))
}

fn noise(seed: u32, frames: usize) -> Audio<f32> {
    (0..2).map(|c| signal::white(2 * seed + c, 0.5).take(frames).collect()).collect()
}

fn power(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64
}

fn bands(times: [f64; 8]) -> Params {
    Params { bands: Some(times.map(Seconds)), ..wet() }
}

/// A small room, a hall, two plates, a cathedral; then the four knobs all over their useful range.
fn rooms() -> Vec<Params> {
    let mut rooms = vec![
        bands([0.9, 0.7, 0.55, 0.5, 0.48, 0.45, 0.42, 0.38]),
        bands([2.6, 2.5, 2.35, 2.2, 2.0, 1.7, 1.2, 0.6]),
        bands([1.5, 2.0, 2.6, 3.0, 2.8, 2.2, 1.5, 0.8]),
        bands([1.0, 1.6, 2.2, 2.4, 2.2, 1.8, 1.2, 0.7]),
        bands([10.0, 9.5, 8.5, 8.0, 7.0, 5.0, 3.0, 1.5]),
        bands([0.3; 8]),
        bands([10.0; 8]),
    ];
    for decay in [0.6, 2.0, 6.0] {
        for low in [0.7, 1.0, 1.5] {
            for high in [0.35, 0.6, 1.0] {
                for damping in [1_500.0, 4_000.0, 8_000.0] {
                    let (decay, damping) = (Seconds(decay), Hertz(damping));
                    rooms.push(Params { decay, low, high, damping, ..wet() });
                }
            }
        }
    }
    rooms
}

/// What the decay at a frequency is to be: where it is not stated octave by octave, the formula of the docs.
fn wanted(p: &Params, octave: usize) -> f64 {
    let f = OCTAVES[octave];
    p.bands.map_or_else(
        || {
            let (l, h) = (1.0 / (1.0 + (f / 250.0).powi(2)), 1.0 / (1.0 + (p.damping.0 / f).powi(2)));
            p.decay.0 / (1.0 + (1.0 / p.low - 1.0) * l + (1.0 / p.high - 1.0) * h)
        },
        |b| b[octave].0,
    )
}

#[test]
fn every_line_decays_as_stated_within_3_percent() {
    let mut worst = (0.0, 0.0, Params::default());
    for (i, params) in rooms().iter().enumerate() {
        let setup = setup(i as u32);
        let coeffs = Coeffs::<f32, 16>::design(&setup, params).unwrap();
        for line in 0..16 {
            for (octave, f) in OCTAVES.iter().enumerate() {
                let time = coeffs.decay_time(&setup, line, Hertz(*f)).0;
                let error = (time / wanted(params, octave) - 1.0).abs();
                if error > worst.0 {
                    worst = (error, *f, *params);
                }
            }
        }
    }
    println!("T60 of line filters: worst error {:.2} % at {} Hz", 100.0 * worst.0, worst.1);
    assert!(worst.0 <= 0.03, "{worst:?}");
}

/// What the analysis reads in an octave where T60 is different at both ends, as in the top octave of a hall: every
/// frequency decays in its own time, their energies add up.
fn of_band(params: &Params, centre: f64) -> f64 {
    let setup = setup(0);
    let coeffs = Coeffs::<f64, 16>::design(&setup, params).unwrap();
    let parts: Vec<(f64, f64)> = (0..=40)
        .map(|i| {
            let octaves = (f64::from(i) - 20.0) / 27.0;
            let f = centre * octaves.exp2();
            // Bandwidth of the part times the edge of the filter (half an octave wide).
            let weight = f * ((0.5 - octaves.abs()) * 2.0 + 0.5).clamp(0.0, 1.0);
            (weight, coeffs.decay_time(&setup, 7, Hertz(f)).0)
        })
        .collect();
    let step = 0.001;
    let curve: Vec<f64> = (0..20_000)
        .map(|n| parts.iter().map(|(w, t)| w * (-6.0 * 10_f64.ln() * step * f64::from(n) / t).exp()).sum::<f64>())
        .map(|e| 10.0 * e.log10())
        .collect();
    let part = |db: f64| curve.partition_point(|e| *e > curve[0] + db);
    let (from, to) = (part(-5.0), part(-35.0));
    let n = (to - from) as f64;
    let (x, y) = ((from + to - 1) as f64 / 2.0, curve[from..to].iter().sum::<f64>() / n);
    let slope = |i: usize| (i as f64 - x, curve[i] - y);
    let (xx, xy) = (from..to).map(slope).fold((0.0, 0.0), |(xx, xy), (x, y)| (xx + x * x, xy + x * y));
    -60.0 * step * xx / xy
}

#[test]
fn rendered_octaves_decay_as_stated() {
    // 10 s with fewer rooms: two minutes of sound are enough.
    for (seeds, room, seconds) in [(16, 0, 1.2), (16, 1, 2.6), (16, 2, 3.0), (6, 4, 8.0)] {
        let params = rooms()[room];
        let responses: Audio<f64> = (0..seeds).flat_map(|seed| response::<16>(seed, &params, seconds)).collect();
        let read = decay::octaves(&responses, RATE, &OCTAVES);
        let (mut stated, mut errors) = (Vec::new(), Vec::new());
        for (i, d) in read.iter().enumerate() {
            stated.push(100.0 * (d.t30 / wanted(&params, i) - 1.0));
            errors.push(100.0 * (d.t30 / of_band(&params, OCTAVES[i]) - 1.0));
        }
        println!("room {room}: off by {errors:.1?} %; from the time at the centre of the octave by {stated:.1?} %");
        for (i, error) in errors.iter().enumerate() {
            let allowed = if i < 3 { 10.0 } else { 5.0 };
            assert!(error.abs() <= allowed, "room {room}, {} Hz: {:.3} s", OCTAVES[i], read[i].t30);
        }
    }
}

/// Gaussian noise that decays like the default room.
fn ideal(seed: u32, seconds: f64) -> Audio<f64> {
    let fall = -(1_000_f64.ln()) / (2.0 * RATE);
    let channel = |c: u32| {
        let radius = signal::white::<f64>(4 * seed + c, 1.0).map(|u| (-2.0 * (0.5 * u + 0.5).max(1e-12).ln()).sqrt());
        let angle = signal::white::<f64>(4 * seed + c + 2, 1.0).map(|u| (TAU * u).cos());
        let gauss = radius.zip(angle).enumerate().map(|(i, (r, a))| r * a * (fall * i as f64).exp());
        gauss.take((seconds * RATE) as usize).collect()
    };
    vec![channel(0), channel(1)]
}

/// Means over all rooms.
#[derive(Debug, Default)]
struct Quality {
    dense_at: f64,
    late_density: f64,
    deviation: f64,
    mode: f64,
    correlation: f64,
    octaves: [f64; 5],
    rumble: f64,
}

fn quality(responses: impl Iterator<Item = Audio<f64>>) -> Quality {
    let mut q = Quality::default();
    let part = 1.0 / f64::from(SEEDS);
    for r in responses {
        let profile = density::profile(&r[0], RATE, 1.0);
        q.dense_at += part * profile.sustained(0.9).expect("becomes dense");
        q.late_density += part * profile.mean(0.3, 1.0);
        let colour = late::colour(&r[0], RATE, 0.3, 2.0);
        q.deviation += part * colour.deviation;
        q.mode += part * colour.worst_mode;
        q.correlation += part * late::late_correlation(&r[0], &r[1], RATE, 0.1).abs();
        let octaves = late::octave_correlations(&r[0], &r[1], RATE, 0.1, &OCTAVES[3..]);
        q.octaves.iter_mut().zip(octaves).for_each(|(sum, c)| *sum += part * c.abs());
        q.rumble += part * Spectrum::of(&r[0], RATE).share_below(20.0);
    }
    q
}

#[test]
fn the_late_field_is_dense_even_and_wide() {
    let noise = quality((0..SEEDS).map(|seed| ideal(seed, 2.2)));
    println!("ideal noise  {noise:.4?}");
    for (name, params) in [("default", wet()), ("level decay", bands([2.0; 8]))] {
        let q = quality((0..SEEDS).map(|seed| response::<16>(seed, &params, 2.2)));
        println!("{name:12} {q:.4?}");
        assert!(q.dense_at <= 0.060 && q.late_density >= 0.97, "{name}: {q:?}");
        assert!(q.deviation <= 6.6 && q.mode <= 14.0, "{name}: {q:?}");
        assert!(q.correlation <= 0.1 && q.octaves.iter().all(|c| *c <= 0.2), "{name}: {q:?}");
        assert!(q.rumble <= 0.001, "{name}: {q:?}");
    }
}

#[test]
fn eight_lines_are_dense_in_time_too() {
    let q = quality((0..SEEDS).map(|seed| response::<8>(seed, &wet(), 2.2)));
    println!("8 lines      {q:.4?}");
    assert!(q.dense_at <= 0.060 && q.late_density >= 0.97 && q.correlation <= 0.1 && q.rumble <= 0.001, "{q:?}");
}

#[test]
fn a_frozen_room_stays_as_loud_as_it_is() {
    fn check<const N: usize>() {
        let fast = Params { modulation_rate: Hertz(3.0), modulation_depth: 1.0, ..wet() };
        let mut room = make::<f32, N>(&setup(3), &fast);
        laws::render(&mut room, &noise(1, 48_000));
        room.set(&Params { freeze: true, ..fast }, Frames(2_400)).unwrap();
        let loud = |out: &Audio<f32>| power(&doubles(out)[0]) + power(&doubles(out)[1]);
        // What goes in meanwhile must not be heard.
        laws::render(&mut room, &noise(2, 48_000));
        let silence = vec![vec![0.0_f32; 4 * 48_000]; 2];
        let first = loud(&laws::render(&mut room, &silence));
        for _ in 0..13 {
            laws::render(&mut room, &silence);
        }
        let last = loud(&laws::render(&mut room, &silence));
        let db = 10.0 * (last / first).log10();
        println!("{N} lines frozen for a minute: {db:+.3} dB");
        assert!(db.abs() <= 0.1, "{N} lines: {db:.3} dB");
    }
    check::<8>();
    check::<16>();
}

#[test]
fn a_steady_sound_comes_back_as_loud_and_with_its_own_spectrum() {
    for (decay, size, high) in [(0.4, 1.0, 0.6), (2.0, 1.0, 0.5), (2.0, 0.5, 1.0), (5.0, 2.0, 0.3)] {
        let setup = Setup { size, ..setup(5) };
        let params = Params { decay: Seconds(decay), high, low: 1.3, low_cut: Hertz(5.0), ..wet() };
        let settle = (decay * 1.5 * RATE) as usize;
        let input = noise(9, settle + 120_000);
        for (lines, out) in [
            (8, laws::render(&mut make::<f32, 8>(&setup, &params), &input)),
            (16, laws::render(&mut make::<f32, 16>(&setup, &params), &input)),
        ] {
            let late = |a: &Audio<f32>| doubles(a).iter().map(|x| x[settle..].to_vec()).collect::<Audio<f64>>();
            let (dry, wet) = (late(&input), late(&out));
            let total = |a: &Audio<f64>| power(&a[0]) + power(&a[1]);
            let db = 10.0 * (total(&wet) / total(&dry)).log10();
            assert!(db.abs() <= 0.5, "{lines} lines, {decay} s, size {size}: {db:+.2} dB");
            for centre in &OCTAVES[1..] {
                let band =
                    |a: &Audio<f64>| a.iter().map(|x| power(&Spectrum::of(x, RATE).octave(*centre))).sum::<f64>();
                let db = 10.0 * (band(&wet) / band(&dry)).log10();
                assert!(db.abs() <= 1.0, "{lines} lines, {decay} s, {centre} Hz: {db:+.2} dB");
            }
        }
    }
}

/// Energy more than `distance` Hz from `frequency`, in dB of all, in a window without corners.
fn beside(x: &[f64], frequency: f64, distance: f64) -> f64 {
    let n = x.len() as f64;
    let window = |i: usize| (0.5 - 0.5 * (TAU * i as f64 / n).cos()).powi(2);
    let shaped: Vec<f64> = x.iter().enumerate().map(|(i, v)| v * window(i)).collect();
    let spectrum = Spectrum::of(&shaped, RATE);
    let near = spectrum.share_below(frequency + distance) - spectrum.share_below(frequency - distance);
    10.0 * (1.0 - near).max(1e-16).log10()
}

#[test]
fn moving_the_room_keeps_the_pitch() {
    let tone: Audio<f32> = (0..2)
        .map(|c| signal::sine(SampleRate::VIDEO, Hertz(440.0), 0.5, 90.0 * f64::from(c)).take(384_000).collect())
        .collect();
    let out = doubles(&laws::render(&mut make::<f32, 16>(&setup(0), &wet()), &tone));
    let late = &out[0][192_000..];
    let far = beside(late, 440.0, 20.0);
    let spectrum = Spectrum::of(late, RATE);
    let (below, above) = (spectrum.share_below(439.99), 1.0 - spectrum.share_below(440.01));
    println!("a tone of 440 Hz: {far:.1} dB beyond 20 Hz, {:.3} below and {:.3} above", below, above);
    assert!(far <= -30.0, "{far:.1} dB");
}

#[test]
fn no_move_clicks() {
    let tone: Audio<f32> = (0..2)
        .map(|c| signal::sine(SampleRate::VIDEO, Hertz(997.0), 0.5, 50.0 * f64::from(c)).take(96_000).collect())
        .collect();
    let start = Params { mix: Mix(0.5), pre_delay: Seconds(0.02), ..Params::default() };
    let setup = Setup { longest_pre_delay: Seconds(0.1), ..setup(0) };
    let mut worst = f64::MIN;
    for (name, end) in [
        ("decay", Params { decay: Seconds(0.7), ..start }),
        ("bands", Params { bands: Some([3.0, 2.5, 2.0, 1.0, 2.0, 3.0, 1.0, 0.5].map(Seconds)), ..start }),
        ("freeze", Params { freeze: true, ..start }),
        ("diffusion", Params { diffusion: 0.3, ..start }),
        ("modulation", Params { modulation_depth: 0.0, ..start }),
        ("width", Params { width: 0.0, ..start }),
        ("cuts", Params { low_cut: Hertz(500.0), high_cut: Hertz(3_000.0), ..start }),
        ("pre-delay", Params { pre_delay: Seconds(0.055), ..start }),
        ("mix", Params { mix: Mix(0.9), ..start }),
    ] {
        let mut room = make::<f32, 16>(&setup, &start);
        laws::render(&mut room, &tone);
        room.set(&end, Frames(2_400)).unwrap();
        // The tone goes on where it was: 96000 frames are whole periods.
        let out = doubles(&laws::render(&mut room, &tone));
        let db = beside(&out[0][..65_536], 997.0, 900.0);
        println!("{name}: {db:.1} dB far from the tone");
        worst = worst.max(db);
    }
    assert!(worst <= -85.0, "{worst:.1} dB");
}

#[test]
fn f32_agrees_with_f64_and_the_small_room_fits_64_kib() {
    let input: Audio<f64> = doubles(&noise(4, 96_000));
    let wide = laws::render(&mut make::<f64, 16>(&setup(0), &wet()), &input);
    let narrow = laws::render(&mut make::<f32, 16>(&setup(0), &wet()), &laws::convert(&input));
    let db = laws::error_db(&wide, &doubles(&narrow));
    println!("f32 against f64: {db:.1} dB");
    assert!(db <= -100.0, "{db:.1} dB");
    for (rate, size) in [(24_000, 1.0), (32_000, 0.7)] {
        let rate = SampleRate::new(rate).unwrap();
        let setup = Setup { size, longest_pre_delay: Seconds(0.0), ..Setup::new(rate, Layout::STEREO) };
        let bytes = 4 * required_len::<8>(&setup) + size_of::<Fdn<f32, 8, &mut [f32]>>();
        println!("8 lines, {} Hz, size {size}: {bytes} bytes", rate.get());
        assert!(bytes <= 65_536, "{bytes}");
    }
}
