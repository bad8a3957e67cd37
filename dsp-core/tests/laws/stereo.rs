//! Fader and stereo tools: many small processors, each made from a seed; a macro runs the laws on each.

use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::filter::{equalizer, svf};
use dsp_core::gain;
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::signal::hash;
use dsp_core::stereo::{
    balance, bands, bass_mono, dual_pan, frequency_pan, mid_side, mid_side_equalizer, mid_side_gain, pan, rotation,
    widener,
};
use dsp_core::units::{Decibels, Degrees, Frames, Hertz, Pan, Q, SampleRate};

const RATE: SampleRate = SampleRate::VIDEO;

/// A number between `from` and `to`, of a seed.
fn between(seed: u32, from: f64, to: f64) -> f64 {
    from + (to - from) * f64::from(hash(seed)) / f64::from(u32::MAX)
}

fn layout(seed: u32) -> Layout {
    Layout::of_channels(1 + seed as usize % 8).unwrap()
}

fn banded(seed: u32) -> bass_mono::Setup {
    bass_mono::Setup { rate: RATE, layout: layout(seed) }
}

/// Everything the laws ask of a processor: how to make it and move it (`over` frames), and its neutral settings.
macro_rules! family {
    ($name:ident, $bound:literal, $impulse:expr, $recover:expr, $tolerance:literal, |$seed:ident| $setup:expr, $params:expr, $channels:expr,
     $make:expr, neutral: $neutral:expr $(,)?) => {
        mod $name {
            use super::*;

            fn laws<S: Sample>(case: &Case) {
                let $seed = case.seed;
                let (setup, params, make) = ($setup, $params, $make);
                let expect = Expect { bound: $bound, recover: $recover, tolerance: $tolerance, impulse: $impulse };
                keeps_the_laws(|| make(&setup, &params), $channels(&setup), case, expect);
            }

            fn neutral_is_the_identity<S: Sample>(case: &Case) {
                let $seed = case.seed;
                let (setup, make) = ($setup, $make);
                if let Some(params) = $neutral {
                    laws::identity(|| make(&setup, &params), &case.input::<S>($channels(&setup)));
                }
            }

            fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
                let $seed = case.seed;
                let (setup, params, make) = ($setup, $params, $make);
                let $seed = !case.seed;
                let to = $params;
                let over = Frames(u64::from(hash(case.seed ^ 5) % 1_500));
                let moved = || {
                    let mut p = make(&setup, &params);
                    p.set(&to, over).unwrap();
                    p
                };
                let input = case.input::<S>($channels(&setup));
                laws::cut(moved, &input, &case.cuts);
                laws::cut(moved, &input, &[1]);
                laws::no_poison(moved, &input, case.bad, $recover, $tolerance);
                // `reset` ends the move at its target.
                let reset = || {
                    let mut p = moved();
                    p.reset();
                    p
                };
                let expected = laws::render(&mut make(&setup, &to), &input);
                laws::assert_same(&expected, &laws::render(&mut reset(), &input), "reset ends moves");
            }

            crate::law_tests!(laws: 8, neutral_is_the_identity: 4, moves_do_not_see_blocks: 6);
        }
    };
}

fn db(seed: u32) -> Decibels {
    if seed.is_multiple_of(7) { Decibels::SILENCE } else { Decibels(between(seed, -30.0, 12.0)) }
}

fn gain_params(seed: u32) -> gain::Params {
    gain::Params { gain: db(seed), invert: gain::Channels(seed >> 3 & 255), mute: seed.is_multiple_of(11) }
}

family!(fader, 1e3, None, 1, 0.0, |seed| gain::Setup { channels: 1 + seed as usize % 8 }, gain_params(seed),
    |s: &gain::Setup| s.channels, |s: &_, p: &_| gain::Gain::<S>::new(s, p).unwrap(),
    neutral: Some(gain::Params::default()));

fn law(seed: u32) -> pan::Law {
    pan::Law::ALL[seed as usize % 5]
}

family!(place, 20.0, Some(1.0), 1, 0.0, |seed| pan::Setup { law: law(seed) },
    pan::Params { position: Pan(between(seed, -1.0, 1.0)) },
    |_: &pan::Setup| 2, |s: &_, p: &_| pan::Pan::<S>::new(s, p).unwrap(), neutral: None::<pan::Params>);

family!(lean, 20.0, Some(1.0), 1, 0.0, |seed| balance::Setup { layout: layout(seed) },
    balance::Params { position: Pan(between(seed, -1.0, 1.0)) },
    |s: &balance::Setup| s.layout.channels(), |s: &_, p: &_| balance::Balance::<S>::new(s, p).unwrap(),
    neutral: Some(balance::Params::default()));

family!(two_places, 40.0, Some(1.0), 1, 0.0, |seed| dual_pan::Setup { layout: layout(seed), law: law(seed >> 4) },
    dual_pan::Params { left: Pan(between(seed, -1.0, 1.0)), right: Pan(between(seed ^ 9, -1.0, 1.0)) },
    |s: &dual_pan::Setup| s.layout.channels(), |s: &_, p: &_| dual_pan::DualPan::<S>::new(s, p).unwrap(),
    neutral: Some(dual_pan::Params::default()));

family!(turn, 40.0, Some(1.0), 1, 0.0, |seed| rotation::Setup { layout: layout(seed) },
    rotation::Params { angle: Degrees(between(seed, -90.0, 90.0)) },
    |s: &rotation::Setup| s.layout.channels(), |s: &_, p: &_| rotation::Rotation::<S>::new(s, p).unwrap(),
    neutral: Some(rotation::Params::default()));

family!(mid_side_levels, 200.0, None, 1, 0.0, |seed| mid_side_gain::Setup { layout: layout(seed) },
    mid_side_gain::Params { middle: db(seed), side: db(seed ^ 77) },
    |s: &mid_side_gain::Setup| s.layout.channels(), |s: &_, p: &_| mid_side_gain::MidSideGain::<S>::new(s, p).unwrap(),
    neutral: Some(mid_side_gain::Params::default()));

family!(mono_bass, 40.0, Some(1.0), 96_000, 1e-5, |seed| banded(seed),
    bass_mono::Params { frequency: Hertz(between(seed, 30.0, 500.0)), width: between(seed ^ 3, 0.0, 1.0) },
    |s: &bass_mono::Setup| s.layout.channels(),
    |s: &bass_mono::Setup, p: &_| {
        bass_mono::BassMono::<S, _>::new(s, p, vec![S::ONE; bass_mono::required_len(s)]).unwrap()
    },
    neutral: Some(bass_mono::Params { width: 1.0, ..bass_mono::Params::default() }));

fn bands_params(seed: u32) -> bands::Params {
    bands::Params {
        crossovers: [
            Hertz(between(seed, 30.0, 300.0)),
            Hertz(between(seed ^ 1, 400.0, 2_000.0)),
            Hertz(between(seed ^ 2, 3_000.0, 20_000.0)),
        ],
        widths: [3, 4, 5, 6].map(|i| between(seed ^ i, -0.2, 2.0).max(0.0)),
    }
}

family!(band_widths, 100.0, Some(1.0), 96_000, 1e-5, |seed| banded(seed), bands_params(seed),
    |s: &bands::Setup| s.layout.channels(),
    |s: &bands::Setup, p: &_| bands::Bands::<S, _>::new(s, p, vec![S::ONE; bands::required_len(s)]).unwrap(),
    neutral: Some(bands::Params::default()));

family!(wide, 100.0, Some(1.0), 96_000, 1e-5, |seed| banded(seed),
    widener::Params { amount: between(seed, 0.0, 1.0), frequency: Hertz(between(seed ^ 1, 100.0, 1_000.0)) },
    |s: &widener::Setup| s.layout.channels(),
    |s: &widener::Setup, p: &_| widener::Widener::<S, _>::new(s, p, vec![S::ONE; widener::required_len(s)]).unwrap(),
    neutral: Some(widener::Params { amount: 0.0, ..widener::Params::default() }));

/// Up to three bands.
fn equalizer_params(seed: u32) -> equalizer::Params<8> {
    const KINDS: [svf::Kind; 4] = [svf::Kind::Bell, svf::Kind::LowShelf, svf::Kind::HighShelf, svf::Kind::HighPass];
    let mut params = equalizer::Params::default();
    for (i, slot) in params.bands.iter_mut().take(3).enumerate() {
        let h = hash(seed.wrapping_add(i as u32));
        *slot = (!h.is_multiple_of(3)).then(|| svf::Params {
            kind: KINDS[(h >> 4) as usize % 4],
            frequency: Hertz(between(h, 40.0, 12_000.0)),
            gain: Decibels(between(h ^ 1, -9.0, 9.0)),
            q: Q(between(h ^ 2, 0.3, 2.0)),
        });
    }
    params
}

family!(mid_side_bands, 1e4, Some(1.0), 96_000, 1e-4, |seed| banded(seed),
    mid_side_equalizer::Params { middle: equalizer_params(seed), side: equalizer_params(seed ^ 99) },
    |s: &mid_side_equalizer::Setup| s.layout.channels(),
    |s: &mid_side_equalizer::Setup, p: &_| {
        let storage = || vec![S::ONE; mid_side_equalizer::required_len(s)];
        mid_side_equalizer::MidSideEqualizer::<S, _>::new(s, p, [storage(), storage()]).unwrap()
    },
    neutral: Some(mid_side_equalizer::Params::default()));

family!(split_place, 40.0, Some(1.0), 96_000, 1e-5, |seed| frequency_pan::Setup { rate: RATE, law: law(seed >> 4) },
    frequency_pan::Params {
        low: Pan(between(seed, -1.0, 1.0)),
        high: Pan(between(seed ^ 1, -1.0, 1.0)),
        crossover: Hertz(between(seed ^ 2, 60.0, 15_000.0)),
    },
    |_: &frequency_pan::Setup| 2, |s: &_, p: &_| frequency_pan::FrequencyPan::<S>::new(s, p).unwrap(),
    neutral: None::<frequency_pan::Params>);

mod coder {
    use super::*;

    fn laws<S: Sample>(case: &Case) {
        let direction = [mid_side::Direction::Encode, mid_side::Direction::Decode][case.seed as usize >> 5 & 1];
        let setup = mid_side::Setup { layout: layout(case.seed), direction };
        let expect = Expect { bound: 20.0, recover: 1, tolerance: 0.0, impulse: None };
        let make = || Coder::<S>(mid_side::MidSide::new(&setup), core::marker::PhantomData);
        keeps_the_laws(make, setup.layout.channels(), case, expect);
    }

    /// Of one sample type, for the laws to infer.
    struct Coder<S>(mid_side::MidSide, core::marker::PhantomData<S>);

    impl<S: Sample> Process<S> for Coder<S> {
        fn process(&mut self, block: &mut dsp_core::block::Block<'_, S>) {
            self.0.process(block);
        }
        fn reset(&mut self) {
            Process::<S>::reset(&mut self.0);
        }
        fn latency(&self) -> Frames {
            Process::<S>::latency(&self.0)
        }
        fn tail(&self) -> dsp_core::process::Tail {
            Process::<S>::tail(&self.0)
        }
    }

    crate::law_tests!(laws: 8);
}

/// The hand on the fader: changes at frames of its own, in any cut.
fn following_does_not_see_blocks<S: Sample>(case: &Case) {
    let setup = gain::Setup { channels: 2 };
    let design = |seed| gain::Coeffs::<S>::design(&setup, &gain_params(seed)).unwrap();
    let input = case.input::<S>(2);
    let render = |cuts: &[usize]| {
        let mut p = gain::Gain::<S>::new(&setup, &gain_params(case.seed)).unwrap();
        let mut out = vec![Vec::new(), Vec::new()];
        let mut at = 0;
        for i in 0.. {
            let n = (1 + hash(case.seed ^ i) as usize % 300).min(case.frames - at);
            let part: Vec<Vec<S>> = input.iter().map(|x| x[at..at + n].to_vec()).collect();
            if i % 3 == 2 {
                dsp_core::process::Tune::tune(&mut p, &design(case.seed ^ i), Frames(200));
            } else {
                p.follow(&design(case.seed ^ i), Frames(u64::from(i % 2) * 500 + 100));
            }
            for (out, part) in out.iter_mut().zip(laws::render_cut(&mut p, &part, cuts)) {
                out.extend(part);
            }
            at += n;
            if at == case.frames {
                return out;
            }
        }
        unreachable!()
    };
    laws::assert_same(&render(&[1_000]), &render(&case.cuts), "cut law, following");
    laws::assert_same(&render(&[1_000]), &render(&[1]), "cut law, following");
}

crate::law_tests!(following_does_not_see_blocks: 16);

#[test]
fn params_survive_serialisation() {
    fn check<P: PartialEq + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned + Default>(p: P) {
        assert_eq!(toml::from_str::<P>(&toml::to_string(&p).unwrap()).unwrap(), p);
        assert_eq!(toml::from_str::<P>("").unwrap(), P::default());
        assert!(toml::from_str::<P>("nothing = 1").is_err(), "unknown fields are named");
    }
    check(gain::Params { gain: Decibels::SILENCE, invert: gain::Channels(5), mute: true });
    check(gain_params(3));
    check(pan::Params { position: Pan(-0.3) });
    check(balance::Params { position: Pan(0.3) });
    check(dual_pan::Params::placed(Pan(0.2), 0.4));
    check(rotation::Params { angle: Degrees(12.0) });
    check(mid_side_gain::Params { middle: Decibels::SILENCE, side: Decibels(2.0) });
    check(bass_mono::Params { frequency: Hertz(90.0), width: 0.5 });
    check(bands_params(4));
    check(widener::Params { amount: 0.7, frequency: Hertz(300.0) });
    check(frequency_pan::Params { low: Pan(0.1), high: Pan(0.9), crossover: Hertz(700.0) });
    let (middle, side) = (equalizer_params(1), equalizer_params(2));
    let p = mid_side_equalizer::Params { middle, side };
    let back: mid_side_equalizer::Params = toml::from_str(&toml::to_string(&p).unwrap()).unwrap();
    // Bands that are off are not written: those that are on move up.
    assert!(back.middle.bands.iter().flatten().eq(middle.bands.iter().flatten()));
    assert!(back.side.bands.iter().flatten().eq(side.bands.iter().flatten()));
}

#[test]
fn wrong_settings_are_refused() {
    let setup = banded(1);
    let p = bands::Params { crossovers: [Hertz(200.0), Hertz(100.0), Hertz(6_000.0)], ..bands::Params::default() };
    let e = bands::Coeffs::<f32>::design(&setup, &p).unwrap_err();
    assert_eq!(e.to_string(), "crossover (200 Hz) must be below the next crossover (100 Hz)");
    let p = bass_mono::Params { frequency: Hertz(501.0), ..bass_mono::Params::default() };
    assert!(bass_mono::Coeffs::<f32>::design(&setup, &p).is_err());
    assert!(widener::Widener::<f32, _>::new(&setup, &widener::Params::default(), vec![0.0; 39]).is_err());
    assert!(widener::Coeffs::<f32>::design(&setup, &widener::Params { amount: 1.1, ..Default::default() }).is_err());
    assert!(bands::Bands::<f32, _>::new(&setup, &bands::Params::default(), vec![0.0; 23]).is_err());
}
