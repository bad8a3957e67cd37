//! What a mono listener hears of tools that touch the side alone: nothing.

use dsp_core::filter::{equalizer, svf};
use dsp_core::laws::{self, Audio};
use dsp_core::layout::Layout;
use dsp_core::process::{Process, Tune};
use dsp_core::signal;
use dsp_core::stereo::{bands, bass_mono, mid_side_equalizer, mid_side_gain, widener, width};
use dsp_core::units::{Decibels, Frames, Hertz, Q, SampleRate};

const SETUP: bass_mono::Setup = bass_mono::Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO };
/// Longer than the signal, so that something moves throughout.
const OVER: Frames = Frames(60_000);

/// Error of the mono sum in dB on pink stereo noise. Summed in f64: what the addition of a mono listener rounds is not ours.
fn error(processor: &mut impl Process<f32>) -> f64 {
    let input: Audio<f32> = (0..2).map(|c| signal::pink(c, 0.7).take(48_000).collect()).collect();
    let sum =
        |a: &Audio<f32>| vec![a[0].iter().zip(&a[1]).map(|(l, r)| f64::from(*l) + f64::from(*r)).collect::<Vec<f64>>()];
    let out = laws::render(processor, &input);
    assert!(out != input, "it has done something");
    laws::error_db(&sum(&input), &sum(&out))
}

/// At rest with each of `all`, and on the way from each to the next.
fn stays<P: Tune<f32>>(name: &str, all: &[P::Coeffs], mut make: impl FnMut(&P::Coeffs) -> P) {
    for (i, coeffs) in all.iter().enumerate() {
        let mut processor = make(coeffs);
        let rest = error(&mut processor);
        processor.tune(&all[(i + 1) % all.len()], OVER);
        let moving = error(&mut processor);
        println!("{name} {i}: {rest:.1} dB, moving {moving:.1} dB");
        assert!(rest <= -140.0 && moving <= -140.0, "{name} {i}: {rest:.1} dB, moving {moving:.1} dB");
    }
}

#[test]
fn of_width_and_side_gain() {
    let all = [0.0, 0.4, 2.0].map(|width| width::Coeffs::design(&width::Params { width }).unwrap());
    stays("width", &all, |c| {
        let mut p = width::Width::new(&width::Setup { layout: Layout::STEREO }, &width::Params::default()).unwrap();
        p.tune(c, Frames::ZERO);
        p
    });
    let setup = mid_side_gain::Setup { layout: Layout::STEREO };
    let all = [-20.0, 6.0].map(|side| {
        let params = mid_side_gain::Params { side: Decibels(side), ..mid_side_gain::Params::default() };
        mid_side_gain::Coeffs::design(&setup, &params).unwrap()
    });
    stays("side gain", &all, |c| {
        let mut p = mid_side_gain::MidSideGain::new(&setup, &mid_side_gain::Params::default()).unwrap();
        p.tune(c, Frames::ZERO);
        p
    });
}

#[test]
fn of_mono_bass_and_width_per_band() {
    let all = [(20.0, 0.0), (120.0, 0.0), (500.0, 0.5), (200.0, 0.9)].map(|(hertz, width)| {
        bass_mono::Coeffs::design(&SETUP, &bass_mono::Params { frequency: Hertz(hertz), width }).unwrap()
    });
    stays("bass mono", &all, |c| {
        let storage = vec![0.0; bass_mono::required_len(&SETUP)];
        let mut p = bass_mono::BassMono::new(&SETUP, &bass_mono::Params::default(), storage).unwrap();
        p.tune(c, Frames::ZERO);
        p
    });
    let all = [
        ([120.0, 1_000.0, 6_000.0], [0.0, 1.0, 1.5, 2.0]),
        ([60.0, 300.0, 3_000.0], [2.0, 0.0, 2.0, 0.0]),
        ([300.0, 2_000.0, 15_000.0], [0.3, 0.6, 0.8, 1.1]),
    ]
    .map(|(crossovers, widths)| {
        let params = bands::Params { crossovers: crossovers.map(Hertz), widths };
        bands::Coeffs::design(&SETUP, &params).unwrap()
    });
    stays("bands", &all, |c| {
        let storage = vec![0.0; bands::required_len(&SETUP)];
        let mut p = bands::Bands::new(&SETUP, &bands::Params::default(), storage).unwrap();
        p.tune(c, Frames::ZERO);
        p
    });
}

#[test]
fn of_the_widener() {
    let all = [(1.0, 250.0), (0.5, 100.0), (0.8, 1_000.0)].map(|(amount, hertz)| {
        widener::Coeffs::design(&SETUP, &widener::Params { amount, frequency: Hertz(hertz) }).unwrap()
    });
    stays("widener", &all, |c| {
        let storage = vec![0.0; widener::required_len(&SETUP)];
        let mut p = widener::Widener::new(&SETUP, &widener::Params::default(), storage).unwrap();
        p.tune(c, Frames::ZERO);
        p
    });
}

#[test]
fn of_an_equalizer_on_the_side() {
    let band = |kind, hertz, gain, q| svf::Params { kind, frequency: Hertz(hertz), gain: Decibels(gain), q: Q(q) };
    let lists = [
        vec![band(svf::Kind::HighPass, 150.0, 0.0, 0.7), band(svf::Kind::HighShelf, 8_000.0, 4.0, 0.7)],
        vec![band(svf::Kind::Bell, 60.0, -12.0, 2.0), band(svf::Kind::Bell, 2_500.0, 6.0, 1.0)],
        vec![band(svf::Kind::LowShelf, 200.0, -6.0, 0.7)],
    ];
    let all: Vec<_> = lists
        .iter()
        .map(|list| {
            let side = equalizer::Params::from_bands(list).unwrap();
            let params = mid_side_equalizer::Params { side, ..mid_side_equalizer::Params::default() };
            mid_side_equalizer::Coeffs::design(&SETUP, &params).unwrap()
        })
        .collect();
    stays("side equaliser", &all, |c| {
        let storage = || vec![0.0; mid_side_equalizer::required_len(&SETUP)];
        let params = mid_side_equalizer::Params::default();
        let mut p = mid_side_equalizer::MidSideEqualizer::new(&SETUP, &params, [storage(), storage()]).unwrap();
        p.tune(c, Frames::ZERO);
        p
    });
}
