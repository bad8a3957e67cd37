use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::sample::Sample;
use dsp_core::surround::downmix::{Downmix, Params, Setup, matrix};
use dsp_core::surround::matrix::{self as mixing, Matrix, Mixer};
use dsp_core::units::{Decibels, Frames};

fn setup(seed: u32) -> Setup {
    let (_, from) = Layout::BS2051[seed as usize % 10];
    let to = [Layout::STEREO, Layout::SURROUND_5_1, Layout::MONO, Layout::SURROUND_7_1][seed as usize / 10 % 4];
    Setup { from, to }
}

fn params(seed: u32) -> Params {
    Params {
        surround: [Decibels(-3.0), Decibels(-6.0), Decibels::SILENCE][seed as usize % 3],
        lfe: if seed & 4 == 0 { Decibels::SILENCE } else { Decibels(-4.0) },
        normalise: seed & 8 == 0,
        ..Params::default()
    }
}

fn channels(setup: &Setup) -> usize {
    setup.from.channels().max(setup.to.channels())
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    let bound = 4.0 * matrix(&setup, &params).unwrap().worst() + 1e-3;
    let expect = Expect { bound, recover: 1, tolerance: 0.0, impulse: None };
    keeps_the_laws(|| Downmix::<S>::new(&setup, &params).unwrap(), channels(&setup), case, expect);
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let make = || {
        let mut downmix = Downmix::<S>::new(&setup, &params(case.seed)).unwrap();
        downmix.set(&params(!case.seed), Frames(600)).unwrap();
        downmix
    };
    laws::cut(make, &case.input::<S>(channels(&setup)), &case.cuts);
}

fn to_the_same_layout_is_the_identity<S: Sample>(case: &Case) {
    let (_, layout) = Layout::BS2051[case.seed as usize % 10];
    let setup = Setup { from: layout, to: layout };
    laws::identity(|| Downmix::<S>::new(&setup, &Params::default()).unwrap(), &case.input(layout.channels()));
}

fn mixer_laws<S: Sample>(case: &Case) {
    let setup = mixing::Setup { inputs: 1 + case.seed as usize % 5, outputs: 1 + case.seed as usize / 5 % 5 };
    let mut matrix = Matrix::SILENT;
    for cell in 0..25 {
        matrix.set(cell / 5, cell % 5, f64::from(case.seed.rotate_left(cell as u32) % 200) / 100.0 - 1.0);
    }
    let channels = setup.inputs.max(setup.outputs);
    let expect = Expect { bound: 20.0, recover: 1, tolerance: 0.0, impulse: None };
    let make = || Mixer::<S>::new(&setup, &mixing::Params { matrix }).unwrap();
    keeps_the_laws(make, channels, case, expect);
    let moved = || {
        let mut mixer = make();
        mixer.set(&mixing::Params::default(), Frames(300)).unwrap();
        mixer
    };
    laws::cut(moved, &case.input::<S>(channels), &case.cuts);
}

crate::law_tests!(laws: 16, moves_do_not_see_blocks: 10, to_the_same_layout_is_the_identity: 8, mixer_laws: 16);

#[test]
fn params_survive_serialisation() {
    let p = Params { surround: Decibels(-6.0), normalise: true, ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("center = 1.0").is_err(), "unknown fields are named");
    let m = mixing::Params::default();
    assert_eq!(toml::from_str::<mixing::Params>(&toml::to_string(&m).unwrap()).unwrap(), m);
}
