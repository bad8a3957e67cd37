use super::*;
use crate::laws;
use crate::signal;
use crate::units::SampleRate;
use realfft::RealFftPlanner;
use std::{vec, vec::Vec};

const RATE: usize = 48_000;
const SETUP: Setup = Setup { rate: SampleRate::VIDEO, channels: 1 };

fn make<S: Sample>(params: &Params) -> Saturation<S, [S; 2]> {
    Saturation::new(&SETUP, params, [S::ZERO; 2]).unwrap()
}

/// Power of every bin (1 Hz wide) of the second second of a sine through the saturator.
fn spectrum(params: &Params, frequency: f64, amplitude: f64) -> Vec<f64> {
    let x: Vec<f64> = signal::sine(SETUP.rate, Hertz(frequency), amplitude, 0.0).take(2 * RATE).collect();
    let mut y = laws::render(&mut make::<f64>(params), &[x])[0][RATE..].to_vec();
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(RATE);
    let mut bins = fft.make_output_vec();
    fft.process(&mut y, &mut bins).unwrap();
    bins.iter().map(|b| b.norm_sqr() * 4.0 / (RATE * RATE) as f64).collect()
}

/// What folds below 20 kHz re the harmonics there, in dB.
fn folded(kind: Kind, drive: f64, frequency: usize) -> f64 {
    let power = spectrum(&Params { kind, drive: Decibels(drive), ..Params::default() }, frequency as f64, 1.0);
    let (mut harmonic, mut other) = (0.0, 1e-30);
    for (bin, p) in power.iter().enumerate().take(20_000).skip(1) {
        if bin % frequency == 0 && bin / frequency % 2 == 1 { harmonic += p } else { other += p }
    }
    10.0 * f64::log10(other / harmonic)
}

#[test]
fn what_folds_is_as_stated() {
    // Frequencies whose folded harmonics do not meet their own.
    for (kind, drive, low, high) in [
        (Kind::Soft, 0.0, -247.0, -66.5),
        (Kind::Soft, 12.0, -98.7, -25.0),
        (Kind::Hard, 6.0, -49.9, -30.6),
        (Kind::Hard, 20.0, -37.4, -14.6),
    ] {
        let got = (folded(kind, drive, 997), folded(kind, drive, 4_999));
        assert!((got.0 - low).abs() < 1.0 && (got.1 - high).abs() < 1.0, "{kind:?} {drive}: {got:.1?}");
    }
    assert!(folded(Kind::Cubic, 0.0, 997) < -140.0 && folded(Kind::Cubic, 0.0, 4_999) < -140.0);
}

#[test]
fn asymmetry_makes_even_harmonics_and_no_constant() {
    let harmonic = |asymmetry: f64, n: usize| {
        let params = Params { asymmetry, drive: Decibels(6.0), ..Params::default() };
        let power = spectrum(&params, 997.0, 0.5);
        10.0 * (power[997 * n] / power[997]).log10()
    };
    assert!(harmonic(0.0, 2) < -200.0 && (-40.0..-15.0).contains(&harmonic(0.0, 3)));
    assert!((-40.0..-15.0).contains(&harmonic(0.5, 2)), "{}", harmonic(0.5, 2));
    let params = Params { asymmetry: 0.5, drive: Decibels(12.0), ..Params::default() };
    let x: Vec<f32> = signal::sine(SETUP.rate, Hertz(1_000.0), 0.7, 0.0).take(2 * RATE).collect();
    let y = laws::render(&mut make::<f32>(&params), &[x]);
    let mean = y[0][RATE..].iter().map(|v| f64::from(*v)).sum::<f64>() / RATE as f64;
    assert!(mean.abs() < 1e-5, "below -100 dBFS: {mean:e}");
}

#[test]
fn compensation_keeps_quiet_sound_or_the_ceiling() {
    let at = |compensation: f64, x: f32| {
        let params = Params { drive: Decibels(20.0), compensation, ..Params::default() };
        laws::render(&mut make::<f32>(&params), &[vec![x]])[0][0]
    };
    assert!((at(1.0, 1e-4) - 1e-4).abs() < 1e-9 && (at(1.0, 2.0) - 0.1).abs() < 1e-6);
    assert!((at(0.0, 1e-4) - 1e-3).abs() < 1e-8 && (at(0.0, 2.0) - 1.0).abs() < 1e-6);
}

#[test]
fn a_change_of_kind_does_not_click() {
    let x: Vec<f64> = signal::sine(SETUP.rate, Hertz(997.0), 0.5, 0.0).take(4_000).collect();
    let mut p = make::<f64>(&Params { drive: Decibels(12.0), asymmetry: 0.5, ..Params::default() });
    let first = laws::render(&mut p, &[x[..2_000].to_vec()]);
    p.set(&Params { kind: Kind::Cubic, drive: Decibels(3.0), ..Params::default() }, Frames(960)).unwrap();
    let second = laws::render(&mut p, &[x[2_000..].to_vec()]);
    let y: Vec<f64> = first[0].iter().chain(&second[0]).copied().collect();
    let bend = |y: &[f64]| y.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).fold(0.0, f64::max);
    assert!(bend(&y[1_990..3_000]) <= 1.05 * bend(&y[..1_990]).max(bend(&y[3_100..])));
}

#[test]
fn the_tail_counts_the_move_that_is_under_way() {
    let before = Params { asymmetry: 0.5, drive: Decibels(12.0), ..Params::default() };
    let mut p = make::<f32>(&before);
    laws::render(&mut p, &[vec![0.7; 4_000]]);
    p.set(&Params { asymmetry: 0.0, ..before }, Frames(2_000)).unwrap();
    let Tail::Frames(Frames(tail)) = p.tail() else { panic!() };
    let out = laws::render(&mut p, &[vec![0.0; tail as usize + 500]]);
    assert!(out[0][tail as usize..].iter().all(|v| *v == 0.0));
}
