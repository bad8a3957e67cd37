use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::modulation::tremolo::{Params, Setup, Tremolo};
use dsp_core::modulation::wave::Wave;
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, Hertz, SampleRate};

fn setup(case: &Case) -> Setup {
    Setup { seed: case.seed, ..Setup::new(SampleRate::CD, Layout::of_channels(1 + case.seed as usize % 6).unwrap()) }
}

fn params(seed: u32) -> Params {
    Params {
        rate: Hertz(f64::from(seed % 97)),
        wave: Wave::ALL[(seed >> 4) as usize % 6],
        depth: f64::from((seed >> 8) % 11) / 10.0,
        phase: f64::from((seed >> 12) % 5) * 90.0,
    }
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), params(case.seed));
    let expect = Expect { bound: 10.0, recover: 1, tolerance: 0.0, impulse: Some(1.0) };
    // A gain of nothing would hide the impulse.
    let params = Params { depth: params.depth.min(0.9), ..params };
    keeps_the_laws(|| Tremolo::<S>::new(&setup, &params).unwrap(), setup.layout.channels(), case, expect);
}

fn no_depth_is_the_identity<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), Params { depth: 0.0, ..params(case.seed) });
    laws::identity(|| Tremolo::<S>::new(&setup, &params).unwrap(), &case.input(setup.layout.channels()));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case);
    let make = || {
        let mut tremolo = Tremolo::<S>::new(&setup, &params(case.seed)).unwrap();
        tremolo.set(&params(!case.seed), Frames(900)).unwrap();
        tremolo
    };
    let input = case.input::<S>(setup.layout.channels());
    laws::cut(make, &input, &case.cuts);
    laws::cut(make, &input, &[1]);
}

crate::law_tests!(laws: 16, no_depth_is_the_identity: 8, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = Params { wave: Wave::SawUp, ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("speed = 1.0").is_err(), "unknown fields are named");
}
