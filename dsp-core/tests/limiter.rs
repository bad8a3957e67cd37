//! What a limiter promises, as numbers.

use dsp_core::dynamics::limiter::{Limiter, OVERSHOOT, Params, Setup, required_len};
use dsp_core::filter::between::Sixteenths;
use dsp_core::laws;
use dsp_core::sample::Sample;
use dsp_core::signal::{self, hash};
use dsp_core::units::{Decibels, Hertz, SampleRate, Seconds};
use std::f64::consts::TAU;

const RATE: SampleRate = SampleRate::VIDEO;

fn limit<S: Sample>(params: &Params, input: &[Vec<S>]) -> Vec<Vec<S>> {
    let setup = Setup::new(RATE, input.len());
    laws::render(&mut Limiter::new(&setup, params, vec![S::ZERO; required_len(&setup)]).unwrap(), input)
}

/// Total harmonic distortion in dB of a settled tone with a whole number of periods.
fn thd(x: &[f64], periods: usize) -> f64 {
    let bin = |k: usize| {
        let step = TAU * k as f64 / x.len() as f64;
        let (re, im) = x.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, v)| {
            let angle = step * n as f64;
            (re + v * angle.cos(), im + v * angle.sin())
        });
        re * re + im * im
    };
    let harmonics: f64 = (2..12).map(|h| bin(h * periods)).sum();
    10.0 * (harmonics / bin(periods)).log10()
}

#[test]
fn bass_stays_clean() {
    // 40 Hz, 6 dB over the ceiling, default look-ahead and hold.
    let tone: Vec<f64> = signal::sine(RATE, Hertz(40.0), 1.0, 0.0).take(96_000).collect();
    let params = Params { ceiling: Decibels(-6.0), ..Params::default() };
    let out = limit(&params, &[tone.clone(), tone.clone()]);
    let distortion = thd(&out[0][48_000..], 40);
    assert!(distortion <= -120.0, "{distortion:.1} dB in f64");
    let out = limit::<f32>(&params, &laws::convert(&[tone.clone(), tone]));
    let wide: Vec<f64> = out[0][48_000..].iter().map(|v| f64::from(*v)).collect();
    let distortion = thd(&wide, 40);
    assert!(distortion <= -120.0, "{distortion:.1} dB in f32");
}

/// A random programme, band-limited to 0.4167 x rate: noise bursts, tones, clicks, clipped noise.
fn programme(seed: u32) -> Vec<f64> {
    let kind = seed % 4;
    let noise = signal::pink::<f64>(seed, 3.0);
    let x: Vec<f64> = noise
        .enumerate()
        .map(|(n, v)| {
            let n = n as u32;
            let tone = f64::from(hash(seed) % 16_000) + 40.0;
            match kind {
                0 => v,
                1 => (TAU * tone * f64::from(n) / 48_000.0 + f64::from(seed)).sin() * 2.0,
                2 => v * 0.1 + if hash(n ^ seed).is_multiple_of(300) { 3.0 } else { 0.0 },
                _ => (8.0 * v).clamp(-1.5, 1.5),
            }
        })
        .take(2_400)
        .collect();
    // Windowed sinc, 127 taps, cut-off 18.5 kHz, -60 dB at 20 kHz.
    let taps: Vec<f64> = (-63..=63)
        .map(|k| {
            let t = f64::from(k);
            let sinc = if k == 0 { 2.0 * 0.3854 } else { (TAU * 0.3854 * t).sin() / (0.5 * TAU * t) };
            sinc * (0.42 + 0.5 * (0.5 * TAU * t / 64.0).cos() + 0.08 * (TAU * t / 64.0).cos())
        })
        .collect();
    (0..x.len() - 126).map(|i| taps.iter().zip(&x[i..]).map(|(h, v)| h * v).sum()).collect()
}

#[test]
fn true_peak_stays_within_the_stated_bound_on_a_thousand_programmes() {
    let reader = Sixteenths::<f64, 64>::new();
    let (mut worst, mut active) = (f64::MIN, 0);
    for seed in 0..1_000 {
        let x: Vec<f32> = programme(seed).iter().map(|v| *v as f32).collect();
        let params = Params { ceiling: Decibels(-1.0), release: Seconds(0.03), ..Params::default() };
        let ceiling = params.ceiling.amplitude();
        let input = [x.iter().copied().chain([0.0; 600]).collect()];
        let out = limit::<f32>(&params, &input);
        assert!(out[0].iter().all(|v| f64::from(v.abs()) <= ceiling), "sample peak, seed {seed}");
        let padded: Vec<f64> = [0.0; 64].iter().copied().chain(out[0].iter().map(|v| f64::from(*v))).collect();
        let peak = reader.scan(&padded, 0.0, |_, v| v);
        active += u32::from(x.iter().any(|v| f64::from(v.abs()) > ceiling));
        worst = worst.max(20.0 * (peak / ceiling).log10());
    }
    assert!(active > 800, "only {active} programmes were limited at all");
    assert!(worst <= OVERSHOOT.0, "{worst:.3} dB over");
    println!("worst true peak over the ceiling: {worst:.3} dB");
}

#[test]
fn the_bound_holds_for_steady_tones_at_the_top() {
    let reader = Sixteenths::<f64, 64>::new();
    let params = Params { ceiling: Decibels(-1.0), ..Params::default() };
    let mut worst = f64::MIN;
    for frequency in [19_000.0, 19_200.0, 19_999.0, 20_000.0] {
        for phase in 0..24 {
            let tone = signal::sine::<f32>(RATE, Hertz(frequency), 2.0, 3.75 * f64::from(phase));
            let out = limit(&params, &[tone.take(9_600).collect()]);
            // The settled part: a tone that begins at once is not band-limited.
            let settled: Vec<f64> = out[0][2_400..].iter().map(|v| f64::from(*v)).collect();
            let peak = reader.scan(&settled, 0.0, |_, v| v);
            worst = worst.max(20.0 * (peak / params.ceiling.amplitude()).log10());
        }
    }
    println!("worst true peak of a tone over the ceiling: {worst:.3} dB");
    assert!(worst > 0.2 && worst <= OVERSHOOT.0, "{worst:.3} dB over");
}

#[test]
fn f32_is_within_minus_120_db_of_f64() {
    let params = Params { ceiling: Decibels(-9.0), ..Params::default() };
    let narrow: Vec<Vec<f32>> = (0..2).map(|c| signal::pink(c, 1.5).take(480_000).collect()).collect();
    let wide = laws::convert::<f32, f64>(&narrow);
    let db = laws::error_db(&limit(&params, &wide), &limit(&params, &narrow));
    assert!(db <= -120.0, "{db:.1} dB");
}
