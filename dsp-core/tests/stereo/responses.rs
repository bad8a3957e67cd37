//! Gains over frequency, from impulse responses.

use crate::{db, powers};
use dsp_core::filter::{equalizer, svf};
use dsp_core::laws::{self, Audio};
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::stereo::{bands, bass_mono, frequency_pan, mid_side_equalizer, pan, widener};
use dsp_core::units::{Decibels, Hertz, Pan, SampleRate};

/// Bins are 1 Hz apart at 48 kHz.
const FRAMES: usize = 48_000;
const SETUP: bass_mono::Setup = bass_mono::Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO };

/// What comes out when the left carries an impulse and the right `right` times as much.
fn impulse<S: Sample>(processor: &mut impl Process<S>, right: f64, frames: usize) -> [Vec<f64>; 2] {
    let mut input: Audio<S> = vec![vec![S::ZERO; frames]; 2];
    (input[0][0], input[1][0]) = (S::ONE, S::from_f64(right));
    let out = laws::render(processor, &input);
    [0, 1].map(|c| out[c].iter().map(|v| v.to_f64()).collect())
}

/// Power response of the side.
fn side<S: Sample>(processor: &mut impl Process<S>) -> Vec<f64> {
    let [left, right] = impulse(processor, -1.0, FRAMES);
    powers(&left.iter().zip(&right).map(|(l, r)| (l - r) / 2.0).collect::<Vec<_>>())
}

#[test]
fn mono_bass_is_a_linkwitz_riley_crossover_of_the_side() {
    for (hertz, width) in [(120.0, 0.0), (120.0, 0.5), (500.0, 0.0), (500.0, 0.25), (30.0, 0.0)] {
        let params = bass_mono::Params { frequency: Hertz(hertz), width };
        let storage = vec![0.0; bass_mono::required_len(&SETUP)];
        let mut p = bass_mono::BassMono::<f64, _>::new(&SETUP, &params, storage).unwrap();
        let response = side(&mut p);
        let warp = |f: f64| (std::f64::consts::PI * f / 48_000.0).tan();
        for (bin, power) in response.iter().enumerate().skip(10).step_by(37).take(500) {
            let w4 = (warp(bin as f64) / warp(hertz)).powi(4);
            let wanted = 20.0 * ((width + w4) / (1.0 + w4)).log10();
            assert!(
                (db(*power) - wanted).abs() < 1e-3,
                "{hertz} Hz, {width}, at {bin} Hz: {} for {wanted}",
                db(*power)
            );
        }
    }
}

#[test]
fn bands_have_the_widths_that_were_set() {
    let make = |crossovers: [f64; 3], widths| {
        let params = bands::Params { crossovers: crossovers.map(Hertz), widths };
        bands::Bands::<f32, _>::new(&SETUP, &params, vec![0.0; bands::required_len(&SETUP)]).unwrap()
    };
    let mut worst = 0.0_f64;
    for widths in [[0.5, 1.5, 0.8, 1.6], [1.0, 0.5, 1.3, 0.7], [2.0, 2.0, 0.7, 0.7], [0.6, 0.6, 1.8, 1.8], [1.0; 4]] {
        let response = side(&mut make([120.0, 1_000.0, 8_000.0], widths));
        for (bin, width) in [40, 346, 2_828, 18_000].into_iter().zip(widths) {
            let error = db(response[bin]) - 20.0 * f64::log10(width);
            worst = worst.max(error.abs());
            assert!(error.abs() <= 0.5, "{widths:?} at {bin} Hz: {error:.2} dB");
        }
    }
    println!("bands: worst error in the middle {worst:.2} dB");
    // Silence: the lowest band all the way, the others 40 dB below the widest, all together all the way.
    let response = side(&mut make([120.0, 1_000.0, 8_000.0], [0.0, 1.0, 1.0, 1.0]));
    assert!(db(response[12]) < -75.0, "{:.1} dB a decade below", db(response[12]));
    for widths in [[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 1.0]] {
        let level = db(side(&mut make([100.0, 400.0, 12_000.0], widths))[2_190]);
        println!("a silent band of 1.5 decades: {level:.1} dB");
        assert!((-41.0..-34.0).contains(&level), "{level:.1} dB");
    }
    assert!(side(&mut make([100.0, 400.0, 12_000.0], [0.0; 4])).iter().all(|p| *p == 0.0));
}

/// Correlation of left and right in an octave around `centre`, for a mono programme with `weight(hertz)` power.
fn correlation(l: &[f64], r: &[f64], s: &[f64], step: f64, centre: f64, weight: impl Fn(f64) -> f64) -> f64 {
    let (mut ll, mut rr, mut sum) = (0.0, 0.0, 0.0);
    for bin in 1..l.len() {
        let hertz = bin as f64 * step;
        if hertz >= centre / 2.0_f64.sqrt() && hertz < (centre * 2.0_f64.sqrt()).min(20_000.0) {
            ll += l[bin] * weight(hertz);
            rr += r[bin] * weight(hertz);
            sum += s[bin] * weight(hertz);
        }
    }
    // E[LR] from the power of the sum.
    (sum - ll - rr) / 2.0 / (ll * rr).sqrt()
}

fn widener<S: Sample>(rate: u32, amount: f64) -> widener::Widener<S, Vec<S>> {
    let setup = widener::Setup { rate: SampleRate::new(rate).unwrap(), ..SETUP };
    let params = widener::Params { amount, ..widener::Params::default() };
    widener::Widener::new(&setup, &params, vec![S::ZERO; widener::required_len(&setup)]).unwrap()
}

#[test]
fn the_widener_makes_the_correlation_it_states() {
    for rate in [44_100, 48_000, 96_000] {
        for amount in [1.0, 0.5] {
            let [l, r] = impulse(&mut widener::<f64>(rate, amount), 1.0, 1 << 16);
            let sum: Vec<f64> = l.iter().zip(&r).map(|(l, r)| l + r).collect();
            let [l, r, sum] = [l, r, sum].map(|x| powers(&x));
            let step = f64::from(rate) / f64::from(1 << 16);
            for centre in [500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0] {
                let pink = correlation(&l, &r, &sum, step, centre, |f| 1.0 / f);
                let white = correlation(&l, &r, &sum, step, centre, |_| 1.0);
                println!("{rate} Hz, amount {amount}, octave {centre}: pink {pink:.3} white {white:.3}");
                let (least, most) = if amount == 1.0 { (0.2, 0.4) } else { (0.75, 0.85) };
                for c in [pink, white] {
                    assert!((least..=most).contains(&c), "{rate} Hz, amount {amount}, octave {centre}: {c:.3}");
                }
            }
        }
    }
}

#[test]
fn the_widener_costs_at_most_a_decibel() {
    let mono: Vec<f64> = signal::pink(3, 0.5).take(480_000).collect();
    let out = laws::render(&mut widener::<f64>(48_000, 1.0), &[mono.clone(), mono.clone()]);
    let power = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
    let rises = [0, 1].map(|c| db(power(&out[c]) / power(&mono)));
    println!("rise on pink noise: {rises:?} dB");
    assert!(rises.iter().all(|rise| *rise <= 1.05), "{rises:?}");
    assert!((rises[0] + rises[1]) / 2.0 <= 1.0, "{rises:?}");
}

#[test]
fn the_widener_smears_little() {
    let [l, r] = impulse(&mut widener::<f64>(48_000, 1.0), 1.0, FRAMES);
    let d: Vec<f64> = l.iter().zip(&r).map(|(l, r)| (l - r) / 2.0).collect();
    let all: f64 = d.iter().map(|v| v * v).sum();
    let until = |share: f64| {
        let mut sum = 0.0;
        d.iter().position(|v| {
            sum += v * v;
            sum >= share * all
        })
    };
    let [ninety, most] = [0.9, 0.99].map(|share| until(share).unwrap() as f64 / 48.0);
    println!("90 % within {ninety:.2} ms, 99 % within {most:.2} ms");
    let extremes = powers(&l).iter().map(|p| db(*p)).fold((0.0_f64, 0.0_f64), |(a, b), p| (a.min(p), b.max(p)));
    println!("left alone: {extremes:.1?} dB");
    assert!(ninety <= 2.0 && most <= 6.0, "{ninety:.2} ms, {most:.2} ms");
}

#[test]
fn power_of_the_frequency_pan_is_as_stated() {
    let setup = frequency_pan::Setup { rate: SampleRate::VIDEO, law: pan::Law::EqualPower };
    fn power<S: Sample>(setup: &frequency_pan::Setup, low: f64, high: f64) -> Vec<f64> {
        let params = frequency_pan::Params { low: Pan(low), high: Pan(high), crossover: Hertz(1_000.0) };
        let mut p = frequency_pan::FrequencyPan::<S>::new(setup, &params).unwrap();
        let [l, r] = impulse(&mut p, 0.0, FRAMES);
        powers(&l).iter().zip(powers(&r)).map(|(l, r)| db(l + r)).collect()
    }
    for place in [-1.0, 0.0, 0.4] {
        let flat = power::<f64>(&setup, place, place)[5..23_900].iter().fold(0.0_f64, |a, p| a.max(p.abs()));
        let narrow = power::<f32>(&setup, place, place)[5..23_900].iter().fold(0.0_f64, |a, p| a.max(p.abs()));
        println!("one place: {flat:e} dB, in f32 {narrow:e} dB");
        assert!(flat <= 1e-9 && narrow <= 1e-5, "{flat:e} {narrow:e}");
    }
    for (low, high, dip) in [(0.0, 1.0, 0.69), (-1.0, 1.0, 3.01), (0.0, 0.5, 0.17)] {
        let power = power::<f64>(&setup, low, high);
        let least = power[10..23_000].iter().copied().fold(0.0, f64::min);
        println!("{low} to {high}: {least:.3} dB, a decade away {:.5} {:.5}", power[100], power[10_000]);
        assert!((least + dip).abs() < 0.01 && (power[1_000] - least).abs() < 1e-3, "{low} to {high}: {least:.3} dB");
        assert!(power[100].abs() < 0.002 && power[10_000].abs() < 0.002);
    }
}

#[test]
fn every_pair_of_a_layout_is_treated_as_stereo() {
    let input: Audio<f32> = (0..6).map(|c| signal::pink(c, 0.5).take(3_000).collect()).collect();
    fn check<P: Process<f32>>(name: &str, input: &Audio<f32>, make: impl Fn(Layout) -> P) {
        let out = laws::render(&mut make(Layout::SURROUND_5_1), input);
        for (left, right) in [(0, 1), (4, 5)] {
            let pair = [input[left].clone(), input[right].clone()];
            let stereo = laws::render(&mut make(Layout::STEREO), &pair);
            assert!(stereo[0] == out[left] && stereo[1] == out[right], "{name}: {left}, {right}");
            assert!(stereo[0] != input[left], "{name} has done something");
        }
        assert!(out[2] == input[2] && out[3] == input[3], "{name}: centre and LFE");
    }
    check("bands", &input, |layout| {
        let setup = bands::Setup { layout, ..SETUP };
        let params = bands::Params { widths: [0.0, 0.5, 1.5, 2.0], ..bands::Params::default() };
        bands::Bands::new(&setup, &params, vec![0.0; bands::required_len(&setup)]).unwrap()
    });
    check("widener", &input, |layout| {
        let setup = widener::Setup { layout, ..SETUP };
        widener::Widener::new(&setup, &widener::Params::default(), vec![0.0; widener::required_len(&setup)]).unwrap()
    });
    check("mid/side equaliser", &input, |layout| {
        let setup = mid_side_equalizer::Setup { layout, ..SETUP };
        let side = equalizer::Params::from_bands(&[svf::Params { gain: Decibels(6.0), ..svf::Params::default() }; 3]);
        let params = mid_side_equalizer::Params { side: side.unwrap(), ..mid_side_equalizer::Params::default() };
        let storage = || vec![0.0; mid_side_equalizer::required_len(&setup)];
        mid_side_equalizer::MidSideEqualizer::new(&setup, &params, [storage(), storage()]).unwrap()
    });
}
