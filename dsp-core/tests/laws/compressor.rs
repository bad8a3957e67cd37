use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::dynamics::compressor::{Compressor, Detector, Params, Setup, required_len};
use dsp_core::laws::{self, Audio};
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, Frames, Hertz, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    Setup {
        rate: SampleRate::VIDEO,
        layout: [Layout::MONO, Layout::STEREO, Layout::SURROUND_5_1][seed as usize % 3],
        look_ahead: Seconds(f64::from(seed % 4) * 0.0007),
    }
}

fn params(seed: u32) -> Params {
    Params {
        threshold: Decibels(-30.0),
        ratio: [1.5, 4.0, f64::INFINITY][seed as usize % 3],
        link: [1.0, 0.0, 0.5][(seed >> 2) as usize % 3],
        mix: [1.0, 0.6][(seed >> 4) as usize % 2],
        detector: [Detector::Peak, Detector::Rms { window: Seconds(0.01) }][(seed >> 5) as usize % 2],
        high_pass: [None, Some(Hertz(90.0))][(seed >> 6) as usize % 2],
        release: Seconds(0.05),
        ..Params::default()
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Compressor<S, Vec<S>> {
    Compressor::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    let expect = Expect { bound: 5.0, recover: 48_000, tolerance: 1e-6, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.layout.channels(), case, expect);
}

fn no_reduction_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let quiet = Params { threshold: Decibels(24.0), ..params(case.seed) };
    let input = Case { level: 0.5, ..case.clone() }.input(setup.layout.channels());
    laws::identity(|| make::<S>(&setup, &quiet), &input);
    let neutral = Params { ratio: 1.0, ..params(case.seed) };
    laws::identity(|| make::<S>(&setup, &neutral), &input);
}

fn keys_and_moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut c = make::<S>(&setup, &params(case.seed));
        c.set(&params(case.seed ^ 0xFFFF), Frames(700)).unwrap();
        c
    };
    let input = case.input(setup.layout.channels());
    laws::cut(moved, &input, &case.cuts);
    let mut key: Audio<S> = Case { seed: case.seed ^ 3, ..case.clone() }.input(1);
    let whole = laws::render_keyed(&mut moved(), &input, &mut key, &[case.frames]);
    let cut = laws::render_keyed(&mut moved(), &input, &mut key, &case.cuts);
    laws::assert_same(&whole, &cut, "cut law with a key");
}

crate::law_tests!(laws: 16, no_reduction_is_the_identity: 12, keys_and_moves_do_not_see_blocks: 12);

#[test]
fn storage_that_is_too_short_is_an_error() {
    let setup = setup(1);
    let e = Compressor::<f32, _>::new(&setup, &Params::default(), vec![0.0; required_len(&setup) - 1]).unwrap_err();
    assert!(e.to_string().contains(&required_len(&setup).to_string()));
    let mut c = make::<f32>(&setup, &Params::default());
    assert!(c.set(&Params { ratio: 0.5, ..Params::default() }, Frames::ZERO).is_err());
    let mut x = vec![vec![0.0; 4]; 2];
    let mut planes = &mut x[..];
    c.process(&mut dsp_core::block::Block::new(&mut planes));
}
