//! The ends of every range, at the ends of the rates, on many channels: nothing panics, everything stays finite.

use dsp_core::block::Block;
use dsp_core::delay::{echo, haas, tempo::Time};
use dsp_core::dynamics::compressor;
use dsp_core::error::Error;
use dsp_core::filter::one_pole;
use dsp_core::laws::Audio;
use dsp_core::layout::Layout;
use dsp_core::modulation::{chorus, flanger, phaser, tremolo, wave::Wave};
use dsp_core::process::Tune;
use dsp_core::sample::Sample;
use dsp_core::shape::saturation;
use dsp_core::signal::{hash, white};
use dsp_core::stereo::{bands, bass_mono, frequency_pan, pan, widener};
use dsp_core::units::{Decibels, Frames, Hertz, Mix, Pan, SampleRate, Seconds};

const RATES: [u32; 2] = [SampleRate::MIN, SampleRate::MAX];

fn layouts() -> [Layout; 3] {
    [Layout::MONO, Layout::SURROUND_5_1, Layout::of_channels(24).unwrap()]
}

/// One end of a range or the other.
fn end(seed: u32, shift: u32, low: f64, high: f64) -> f64 {
    if seed >> shift & 1 == 0 { low } else { high }
}

/// As loud as input can be, with garbage in it.
fn input<S: Sample>(channels: usize, seed: u32) -> Audio<S> {
    let level = [0.5, 1e6][seed as usize & 1];
    let mut audio: Audio<S> = (0..channels as u32).map(|c| white(c ^ seed, level).take(700).collect()).collect();
    for (channel, x) in audio.iter_mut().enumerate() {
        x[hash(channel as u32) as usize % 700] = S::from_f64([f64::NAN, f64::INFINITY, -1e30][channel % 3]);
    }
    audio
}

/// From each set of coefficients to the next, at once or on a way that the next cuts short.
fn run<S: Sample, P: Tune<S>>(name: &str, mut p: P, channels: usize, all: &[P::Coeffs]) {
    for (i, coeffs) in all.iter().enumerate() {
        p.tune(coeffs, Frames([0, 1, 300, 100_000][i % 4]));
        let mut x = input::<S>(channels, i as u32);
        let mut planes = &mut x[..];
        p.process(&mut Block::new(&mut planes));
        _ = (p.tail(), p.latency());
        assert!(x.iter().flatten().all(|v| v.to_f64().is_finite()), "{name}, {i}");
        if i % 9 == 8 {
            p.reset();
        }
    }
}

fn delays<S: Sample>(rate: SampleRate, layout: Layout) {
    let setup = echo::Setup { rate, layout, longest: Seconds(0.05) };
    let params = |s: u32| {
        let depth = end(s, 0, 0.0, 0.02);
        let time = |shift| Time::Seconds(Seconds(end(s, shift, 0.001 + depth, 0.05 - depth)));
        echo::Params {
            left: time(1),
            right: time(2),
            feedback: end(s, 3, 0.0, 1.0),
            ping_pong: end(s, 4, 0.0, 1.0),
            low_cut: (s >> 5 & 1 == 0).then_some(Hertz(end(s, 6, 10.0, 0.45 * rate.hertz()))),
            high_cut: (s >> 7 & 1 == 0).then_some(Hertz(end(s, 8, 10.0, 0.45 * rate.hertz()))),
            saturation: saturation::Kind::ALL[(s >> 9) as usize % 4],
            drive: Decibels(end(s, 11, 0.0, 48.0)),
            duck: echo::Duck {
                amount: Decibels(end(s, 12, 0.0, 60.0)),
                threshold: Decibels(end(s, 13, -90.0, 24.0)),
                attack: Seconds(end(s, 14, 0.0, 1.0)),
                release: Seconds(10.0),
            },
            wobble: Hertz(end(s, 15, 0.0, 20.0)),
            depth: Seconds(depth),
            change: [echo::Change::Fade(Seconds(end(s, 16, 0.02, 0.05))), echo::Change::Tape(end(s, 16, 0.01, 1.0))]
                [(s >> 17) as usize & 1],
            hold: s >> 18 & 3 == 0,
            mix: Mix(end(s, 20, 0.0, 1.0)),
        }
    };
    let all: Vec<_> = (0..60).map(|i| echo::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
    let p = echo::Echo::<S, _>::new(&setup, &params(hash(0)), vec![S::ONE; echo::required_len(&setup)]).unwrap();
    run("echo", p, layout.channels(), &all);

    for longest in [0.0, 0.04] {
        let setup = haas::Setup { rate, layout, longest: Seconds(longest) };
        let params = |s: u32| haas::Params {
            delay: Seconds(end(s, 0, 0.0, longest)),
            side: [haas::Side::Left, haas::Side::Right][(s >> 1) as usize & 1],
            level: Decibels(end(s, 2, -24.0, 12.0)),
        };
        let all: Vec<_> = (0..12).map(|i| haas::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
        let p = haas::Haas::<S, _>::new(&setup, &params(0), vec![S::ONE; haas::required_len(&setup)]).unwrap();
        run("haas", p, layout.channels(), &all);
    }
}

fn movements<S: Sample>(rate: SampleRate, layout: Layout) {
    let waves = |s: u32| Wave::ALL[(s >> 10) as usize % 6];
    let setup = tremolo::Setup::new(rate, layout);
    let params = |s: u32| tremolo::Params {
        rate: Hertz(end(s, 0, 0.0, 100.0)),
        wave: waves(s),
        depth: end(s, 1, 0.0, 1.0),
        phase: end(s, 2, 0.0, 360.0),
    };
    let all: Vec<_> = (0..30).map(|i| tremolo::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
    run("tremolo", tremolo::Tremolo::<S>::new(&setup, &params(0)).unwrap(), layout.channels(), &all);

    for notches in [1, 6] {
        let setup = phaser::Setup { notches, ..phaser::Setup::new(rate, layout) };
        let params = |s: u32| phaser::Params {
            rate: Hertz(end(s, 0, 0.0, 100.0)),
            wave: waves(s),
            centre: Hertz(end(s, 1, 20.0, 0.4 * rate.hertz())),
            depth: end(s, 2, 0.0, 5.0),
            feedback: end(s, 3, -0.95, 0.95),
            phase: end(s, 4, 0.0, 360.0),
            mix: Mix(end(s, 5, 0.0, 1.0)),
        };
        let all: Vec<_> = (0..30).map(|i| phaser::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
        let p = phaser::Phaser::<S, _>::new(&setup, &params(0), vec![S::ONE; phaser::required_len(&setup)]).unwrap();
        run("phaser", p, layout.channels(), &all);
    }

    for interpolation in [chorus::Interpolation::Lagrange3, chorus::Interpolation::Sinc16] {
        for longest in [0.002, 0.1] {
            let setup = chorus::Setup { interpolation, longest: Seconds(longest), ..chorus::Setup::new(rate, layout) };
            let params = |s: u32| {
                let delay = [0.001, longest, 0.0005 + longest / 2.0][s as usize % 3];
                chorus::Params {
                    rate: Hertz(end(s, 3, 0.0, 20.0)),
                    wave: waves(s),
                    voices: 1 + (s >> 4) as usize % 8,
                    delay: Seconds(delay),
                    depth: Seconds(end(s, 7, 0.0, (delay - 0.001).min(longest - delay).max(0.0))),
                    phase: end(s, 8, 0.0, 360.0),
                    feedback: [-0.9, 0.0, 0.9][(s >> 14) as usize % 3],
                    mix: Mix(end(s, 9, 0.0, 1.0)),
                }
            };
            let all: Vec<_> = (0..16).map(|i| chorus::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
            let storage = vec![S::ONE; chorus::required_len(&setup)];
            let p = chorus::Chorus::<S, _>::new(&setup, &params(0), storage).unwrap();
            run("chorus", p, layout.channels(), &all);
        }
        let setup = flanger::Setup { interpolation, ..flanger::Setup::new(rate, layout) };
        let params = |s: u32| {
            let delay = [0.0001, 0.015, 0.00755][s as usize % 3];
            flanger::Params {
                rate: Hertz(end(s, 3, 0.0, 20.0)),
                wave: waves(s),
                delay: Seconds(delay),
                depth: Seconds(end(s, 7, 0.0, (delay - 0.0001).min(0.015 - delay).max(0.0))),
                phase: end(s, 8, 0.0, 360.0),
                feedback: [-0.99, 0.0, 0.99][(s >> 14) as usize % 3],
                inverted: s >> 18 & 1 == 0,
                mix: Mix(end(s, 9, 0.0, 1.0)),
            }
        };
        let all: Vec<_> = (0..16).map(|i| flanger::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
        let storage = vec![S::ONE; flanger::required_len(&setup)];
        run("flanger", flanger::Flanger::<S, _>::new(&setup, &params(0), storage).unwrap(), layout.channels(), &all);
    }
}

fn sides<S: Sample>(rate: SampleRate, layout: Layout) {
    let setup = one_pole::Setup { rate, channels: layout.channels() };
    let params = |s: u32| saturation::Params {
        kind: saturation::Kind::ALL[s as usize % 4],
        drive: Decibels(end(s, 2, 0.0, 48.0)),
        asymmetry: end(s, 3, 0.0, 0.9),
        compensation: end(s, 4, 0.0, 1.0),
        output: Decibels(end(s, 5, -24.0, 24.0)),
        mix: Mix(end(s, 6, 0.0, 1.0)),
    };
    let all: Vec<_> = (0..30).map(|i| saturation::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
    let storage = vec![S::ONE; saturation::required_len(&setup)];
    run("saturation", saturation::Saturation::<S, _>::new(&setup, &params(0), storage).unwrap(), setup.channels, &all);

    let setup = bass_mono::Setup { rate, layout };
    let params = |s: u32| bass_mono::Params { frequency: Hertz(end(s, 0, 20.0, 500.0)), width: end(s, 1, 0.0, 1.0) };
    let all: Vec<_> = (0..8).map(|i| bass_mono::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
    let storage = vec![S::ONE; bass_mono::required_len(&setup)];
    run("bass mono", bass_mono::BassMono::<S, _>::new(&setup, &params(0), storage).unwrap(), layout.channels(), &all);

    let params = |s: u32| {
        let top = 0.45 * rate.hertz();
        bands::Params {
            crossovers: [[20.0, 20.001, 20.002], [20.0, 1000.0, top], [top - 2.0, top - 1.0, top]][s as usize % 3]
                .map(Hertz),
            widths: [2, 3, 4, 5].map(|shift| end(s, shift, 0.0, 2.0)),
        }
    };
    let all: Vec<_> = (0..20).map(|i| bands::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
    let storage = vec![S::ONE; bands::required_len(&setup)];
    run("bands", bands::Bands::<S, _>::new(&setup, &params(0), storage).unwrap(), layout.channels(), &all);

    let params = |s: u32| widener::Params { amount: end(s, 0, 0.0, 1.0), frequency: Hertz(end(s, 1, 100.0, 1_000.0)) };
    let all: Vec<_> = (0..8).map(|i| widener::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
    let storage = vec![S::ONE; widener::required_len(&setup)];
    run("widener", widener::Widener::<S, _>::new(&setup, &params(0), storage).unwrap(), layout.channels(), &all);

    for law in pan::Law::ALL {
        let setup = frequency_pan::Setup { rate, law };
        let params = |s: u32| frequency_pan::Params {
            low: Pan(end(s, 0, -1.0, 1.0)),
            high: Pan(end(s, 1, -1.0, 1.0)),
            crossover: Hertz(end(s, 2, 20.0, 0.45 * rate.hertz())),
        };
        let all: Vec<_> = (0..8).map(|i| frequency_pan::Coeffs::design(&setup, &params(hash(i))).unwrap()).collect();
        run("frequency pan", frequency_pan::FrequencyPan::<S>::new(&setup, &params(0)).unwrap(), 2, &all);
    }
}

fn everywhere<S: Sample>() {
    for rate in RATES {
        for layout in layouts() {
            let rate = SampleRate::new(rate).unwrap();
            delays::<S>(rate, layout);
            movements::<S>(rate, layout);
            sides::<S>(rate, layout);
        }
    }
}

#[test]
fn the_ends_of_all_ranges_are_safe_in_f32() {
    everywhere::<f32>();
}

#[test]
fn the_ends_of_all_ranges_are_safe_in_f64() {
    everywhere::<f64>();
}

#[test]
fn a_set_up_that_is_refused_asks_for_no_more_memory_than_one_that_is_not() {
    let (rate, layout) = (SampleRate::new(SampleRate::MAX).unwrap(), Layout::of_channels(24).unwrap());
    for nonsense in [-1.0, f64::NAN, f64::INFINITY, 1e9, 1e300] {
        let longest = Seconds(nonsense);
        let line = |seconds: f64| 24 * ((seconds * rate.hertz()) as usize + 200);
        assert!(echo::required_len(&echo::Setup { rate, layout, longest }) <= line(60.0));
        assert!(haas::required_len(&haas::Setup { rate, layout, longest }) <= line(0.04));
        assert!(chorus::required_len(&chorus::Setup { longest, ..chorus::Setup::new(rate, layout) }) <= line(0.1));
        let setup = compressor::Setup { rate, layout, look_ahead: longest };
        assert!(compressor::required_len(&setup) <= line(0.1));
        let new = compressor::Compressor::<f32, _>::new(&setup, &compressor::Params::default(), [0.0; 0]);
        assert!(matches!(new, Err(Error::OutOfRange { parameter: "look-ahead", .. })));
    }
    let setup = phaser::Setup { notches: usize::MAX, ..phaser::Setup::new(rate, layout) };
    assert_eq!(phaser::required_len(&setup), 24 * 13);
    assert_eq!(saturation::required_len(&one_pole::Setup { rate, channels: usize::MAX }), 48);
}
