use super::*;
use crate::laws;
use crate::signal;
use crate::units::{Hertz, SampleRate};
use core::f64::consts::TAU;
use std::vec::Vec;

fn dithered<S: Sample>(params: &Params, input: &[S]) -> Vec<S> {
    let mut dither = Dither::new(&Setup { channels: 1 }, params).unwrap();
    laws::render(&mut dither, &[input.to_vec()]).remove(0)
}

/// Mean and variance of the total error, in LSB.
fn error<S: Sample>(params: &Params, input: &[S]) -> (f64, f64) {
    let scale = f64::from(1 << (params.bits - 1));
    let out = dithered(params, input);
    let errors = || out.iter().zip(input).map(|(y, x)| (y.to_f64() - x.to_f64()) * scale);
    let n = input.len() as f64;
    let mean = errors().sum::<f64>() / n;
    (mean, errors().map(|e| (e - mean) * (e - mean)).sum::<f64>() / n)
}

fn statistics_hold_at_every_level<S: Sample>() {
    // 2^20 frames: the standard error of the mean is 0.0005 LSB, of the variance 0.12 %.
    const FRAMES: usize = 1 << 20;
    for bits in [16, 24] {
        let lsb = 1.0 / f64::from(1 << (bits - 1));
        for (seed, level) in [(1, 0.0), (2, 0.1), (3, 0.9), (4, -0.9), (5, 0.499_999)] {
            for step in 0..8 {
                // An offset between two grid points; in f32 at 24 bits the sample itself is rounded to what f32 holds.
                let x = S::from_f64(level + f64::from(step) / 8.0 * lsb);
                let params = Params { bits, seed: seed + 10 * step as u32, dither: true };
                let (mean, variance) = error(&params, &std::vec![x; FRAMES]);
                assert!(mean.abs() < 0.0025, "{bits} bits at {level} + {step}/8: mean {mean}");
                assert!((variance * 4.0 - 1.0).abs() < 0.01, "{bits} bits at {level} + {step}/8: variance {variance}");
            }
            // And for a signal that moves over many steps.
            let sine: Vec<S> = signal::sine(SampleRate::VIDEO, Hertz(997.0), level, 0.0).take(FRAMES).collect();
            let (mean, variance) = error(&Params { bits, seed, dither: true }, &sine);
            assert!(mean.abs() < 0.0025 && (variance * 4.0 - 1.0).abs() < 0.01, "{bits} {level}: {mean} {variance}");
        }
    }
}

#[test]
fn the_error_has_mean_0_and_a_quarter_of_an_lsb_squared_in_f32() {
    statistics_hold_at_every_level::<f32>();
}

#[test]
fn the_error_has_mean_0_and_a_quarter_of_an_lsb_squared_in_f64() {
    statistics_hold_at_every_level::<f64>();
}

#[test]
fn silence_becomes_noise_at_minus_96_33_dbfs() {
    for (bits, want) in [(16, -96.33), (24, -144.49)] {
        let out = dithered(&Params { bits, ..Params::default() }, &std::vec![0.0_f32; 1 << 20]);
        let power = out.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>() / out.len() as f64;
        let db = 10.0 * libm::log10(power);
        assert!((db - want).abs() < 0.02, "{bits} bits: {db}");
    }
}

/// Power of harmonics 2 to 23 of 1 kHz over the noise floor of a bin, in dB, the largest: mean of 2000 spectra of 4800
/// frames. A period is 48 frames, so a bin at a harmonic is a bin of the segment folded to 48 sums.
fn worst_harmonic(level_db: f64, dither: bool) -> f64 {
    const SEGMENT: usize = 4_800;
    const SEGMENTS: usize = 2_000;
    let amplitude = libm::exp10(level_db / 20.0);
    let tone: Vec<f32> =
        signal::sine(SampleRate::VIDEO, Hertz(1_000.0), amplitude, 20.0).take(SEGMENT * SEGMENTS).collect();
    let out = dithered(&Params { dither, ..Params::default() }, &tone);
    let mut power = [0.0; 24];
    for segment in out.chunks(SEGMENT) {
        let mut folded = [0.0; 48];
        for (i, v) in segment.iter().enumerate() {
            folded[i % 48] += f64::from(*v) * 32_768.0;
        }
        for (harmonic, p) in power.iter_mut().enumerate().skip(2) {
            let (mut re, mut im) = (0.0, 0.0);
            for (i, v) in folded.iter().enumerate() {
                let angle = TAU * (harmonic * i % 48) as f64 / 48.0;
                re += v * libm::cos(angle);
                im += v * libm::sin(angle);
            }
            *p += re * re + im * im;
        }
    }
    let floor = 0.25 * SEGMENT as f64 * SEGMENTS as f64;
    power.iter().map(|p| 10.0 * libm::log10(p / floor + 1e-30)).fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn no_harmonic_of_a_quiet_tone_rises_above_the_floor() {
    for level in [-110.0, -100.0, -90.0, -60.0] {
        let db = worst_harmonic(level, true);
        assert!(db < 1.0, "{level} dBFS: {db:.2} dB above the floor");
    }
    let plain = worst_harmonic(-90.0, false);
    assert!(plain > 20.0, "without dither harmonics stand out, or the test sees nothing: {plain:.1} dB");
}

#[test]
fn channels_seeds_and_neighbouring_frames_are_independent() {
    const FRAMES: usize = 1 << 18;
    let noise = |seed| {
        let mut dither = Dither::new(&Setup { channels: 3 }, &Params { seed, ..Params::default() }).unwrap();
        laws::render(&mut dither, &std::vec![std::vec![0.0_f64; FRAMES]; 3])
    };
    let (a, b) = (noise(0), noise(1));
    let correlation = |x: &[f64], y: &[f64], lag: usize| {
        let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(p, q)| p * q).sum::<f64>();
        sum(&x[lag..], &y[..y.len() - lag]) / libm::sqrt(sum(x, x) * sum(y, y))
    };
    // Standard error 0.002.
    for lag in [0, 1, 2, 3, 5, 48, 64, 512, 65_536] {
        for (x, y) in [(&a[0], &a[1]), (&a[1], &a[2]), (&a[0], &b[0]), (&a[0], &b[1])] {
            assert!(correlation(x, y, lag).abs() < 0.01, "lag {lag}: {}", correlation(x, y, lag));
        }
        assert!(lag == 0 || correlation(&a[0], &a[0], lag).abs() < 0.01, "own lag {lag}");
    }
}
