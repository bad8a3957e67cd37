use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::filter::one_pole::Setup;
use dsp_core::laws;
use dsp_core::sample::Sample;
use dsp_core::shape::saturation::{Kind, Params, Saturation, required_len};
use dsp_core::units::{Decibels, Frames, Mix, SampleRate};

fn setup(seed: u32) -> Setup {
    Setup { rate: SampleRate::VIDEO, channels: 1 + (seed >> 5) as usize % 3 }
}

fn params(seed: u32) -> Params {
    Params {
        kind: Kind::ALL[seed as usize % 4],
        drive: Decibels(f64::from((seed >> 2) % 49)),
        asymmetry: [0.0, 0.3, 0.9][(seed >> 8) as usize % 3],
        compensation: f64::from((seed >> 10) % 3) / 2.0,
        output: Decibels(f64::from((seed >> 12) % 7) - 3.0),
        mix: Mix([1.0, 0.4][(seed >> 15) as usize % 2]),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Saturation<S, Vec<S>> {
    Saturation::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    let expect = Expect { bound: 20.0, recover: 48_000, tolerance: 1e-6, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.channels, case, expect);
}

fn off_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let input = case.input(setup.channels);
    for neutral in [
        Params { kind: Kind::Off, output: Decibels(0.0), mix: Mix::WET, ..params(case.seed) },
        Params { mix: Mix::DRY, ..params(case.seed) },
    ] {
        laws::identity(|| make::<S>(&setup, &neutral), &input);
    }
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut saturation = make::<S>(&setup, &params(case.seed));
        saturation.set(&params(!case.seed), Frames(700)).unwrap();
        saturation
    };
    let input = case.input(setup.channels);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
}

crate::law_tests!(laws: 20, off_is_the_identity: 10, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = params(0x1234_5678);
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("gain = 1.0").is_err(), "unknown fields are named");
}
