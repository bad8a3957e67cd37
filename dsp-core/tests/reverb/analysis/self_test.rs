//! The analysis on noise whose numbers are known.

use super::bands::Spectrum;
use super::{OCTAVES, decay, density, late};
use dsp_core::signal;
use std::f64::consts::TAU;

const RATE: f64 = 48_000.0;

/// Gaussian noise (Box and Muller) that decays by 60 dB in `t60` seconds.
fn noise(seed: u32, t60: f64, seconds: f64) -> Vec<f64> {
    let radius = signal::white::<f64>(2 * seed, 1.0).map(|u| (-2.0 * (0.5 * u + 0.5).max(1e-12).ln()).sqrt());
    let angle = signal::white::<f64>(2 * seed + 1, 1.0).map(|u| (TAU * u).cos());
    let fall = -(1_000_f64.ln()) / (t60 * RATE);
    let gauss = radius.zip(angle).map(|(r, c)| r * c);
    gauss.enumerate().map(|(i, g)| g * (fall * i as f64).exp()).take((seconds * RATE) as usize).collect()
}

#[test]
fn a_known_decay_reads_as_it_is() {
    // Many responses for the low octaves: one has too few independent values there to average over.
    for (count, centres) in [(100, &OCTAVES[..2]), (24, &OCTAVES[2..])] {
        let responses: Vec<_> = (0..count).map(|seed| noise(seed, 2.0, 2.0)).collect();
        for (d, centre) in decay::octaves(&responses, RATE, centres).iter().zip(centres) {
            for (time, name) in [(d.edt, "EDT"), (d.t20, "T20"), (d.t30, "T30")] {
                assert!((time / 2.0 - 1.0).abs() <= 0.03, "{centre} Hz: {name} {time:.3} s");
            }
            assert!(d.straight >= 0.995, "{centre} Hz: r^2 {:.4}", d.straight);
        }
    }
}

#[test]
fn the_filters_do_not_lengthen_a_short_decay() {
    for t60 in [0.3, 0.5] {
        let responses: Vec<_> = (100..164).map(|seed| noise(seed, t60, 0.7)).collect();
        for (d, centre) in decay::octaves(&responses, RATE, &OCTAVES).iter().zip(OCTAVES) {
            assert!((d.t30 / t60 - 1.0).abs() <= 0.03, "{centre} Hz: {:.3} s for {t60} s", d.t30);
        }
    }
}

#[test]
fn a_louder_neighbour_does_not_leak() {
    // Two seconds below 500 Hz, half a second above: the octave at 2 kHz must not hear the long one.
    let (long, short) = (noise(1, 2.0, 2.5), noise(2, 0.5, 2.5));
    let (low, high) = (Spectrum::of(&long, RATE), Spectrum::of(&short, RATE));
    let mut sum = vec![0.0; long.len()];
    for (spectrum, centres) in [(low, &OCTAVES[..4]), (high, &OCTAVES[5..])] {
        for centre in centres {
            for (s, x) in sum.iter_mut().zip(spectrum.octave(*centre)) {
                *s += x;
            }
        }
    }
    let read = decay::octaves(&[sum], RATE, &[250.0, 4_000.0]);
    assert!((read[0].t30 - 2.0).abs() < 0.1 && (read[1].t30 - 0.5).abs() < 0.02, "{read:?}");
}

#[test]
fn noise_is_dense_from_the_start_and_single_echoes_are_not() {
    let dense = density::profile(&noise(3, 2.0, 1.5), RATE, 1.2);
    assert!((dense.mean(0.05, 1.2) - 1.0).abs() <= 0.05, "{:.3}", dense.mean(0.05, 1.2));
    assert!(dense.first(0.9).unwrap() <= 0.01 && dense.sustained(0.9).unwrap() <= 0.02);
    let mut echoes = vec![0.0; 48_000];
    (0..50).for_each(|i| echoes[i * 960] = 1.0);
    let sparse = density::profile(&echoes, RATE, 1.0);
    assert!(sparse.mean(0.05, 0.9) <= 0.02 && sparse.first(0.9).is_none() && sparse.sustained(0.9).is_none());
}

#[test]
fn density_that_comes_late_is_found_where_it_comes() {
    let mut response = noise(4, 2.0, 1.5);
    // One sample in forty until 300 ms.
    (0..14_400).filter(|i| i % 40 != 0).for_each(|i| response[i] = 0.0);
    let profile = density::profile(&response, RATE, 1.2);
    let (first, sustained) = (profile.first(0.9).unwrap(), profile.sustained(0.9).unwrap());
    assert!((0.29..0.32).contains(&first) && (first..0.33).contains(&sustained), "{first} {sustained}");
}

#[test]
fn noise_has_the_colour_of_noise_and_a_mode_stands_out() {
    let response = noise(5, 2.0, 1.5);
    let colour = late::colour(&response, RATE, 0.3, 2.0);
    assert!((colour.deviation - 5.57).abs() <= 0.1, "{colour:?}");
    assert!((9.5..12.5).contains(&colour.worst_mode), "{colour:?}");
    // Taking the decay out is what makes neighbouring bins independent, not what makes the number.
    assert!((late::colour(&response, RATE, 0.3, f64::INFINITY).deviation - 5.57).abs() <= 0.2);
    let amplitude = 0.12;
    let tone = |(i, x): (usize, &f64)| {
        let t = i as f64 / RATE;
        x + amplitude * (TAU * 3_000.0 * t).sin() * (-(1_000_f64.ln()) * t / 2.0).exp()
    };
    let ringing: Vec<f64> = response.iter().enumerate().map(tone).collect();
    let colour = late::colour(&ringing, RATE, 0.3, 2.0);
    assert!(colour.worst_mode > 16.0 && (colour.worst_at - 3_000.0).abs() < 3.0, "{colour:?}");
}

#[test]
fn correlation_is_that_of_the_mixture() {
    let (a, b) = (noise(6, 2.0, 2.0), noise(7, 2.0, 2.0));
    assert!(late::late_correlation(&a, &b, RATE, 0.1).abs() < 0.02);
    assert_eq!(late::correlation(&a, &a), 1.0);
    // r = 0.6 a + 0.8 b has the correlation 0.6 with a.
    let mixed: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 0.6 * a + 0.8 * b).collect();
    assert!((late::late_correlation(&a, &mixed, RATE, 0.1) - 0.6).abs() < 0.02);
    for (r, centre) in late::octave_correlations(&a, &mixed, RATE, 0.1, &OCTAVES).iter().zip(OCTAVES) {
        assert!((r - 0.6).abs() < if centre < 250.0 { 0.25 } else { 0.1 }, "{centre} Hz: {r:.3}");
    }
}

#[test]
fn energy_below_20_hz_is_counted() {
    let tone = |f: f64, a: f64| (0..96_000).map(move |i| a * (TAU * f * f64::from(i) / RATE).sin());
    let sum: Vec<f64> = tone(10.0, 0.1).zip(tone(1_000.0, 1.0)).map(|(a, b)| a + b).collect();
    let share = Spectrum::of(&sum, RATE).share_below(20.0);
    assert!((share - 0.0099).abs() < 0.0003, "{share}");
}
