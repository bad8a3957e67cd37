use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::sample::Sample;
use dsp_core::stereo::width::{Params, Setup, Width};
use dsp_core::units::Frames;

fn setup(case: &Case) -> Setup {
    Setup { layout: Layout::of_channels(1 + case.seed as usize % 8).unwrap() }
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), Params { width: f64::from(case.seed % 201) / 100.0 });
    let expect = Expect { bound: 20.0, recover: 1, tolerance: 0.0, impulse: Some(1.0) };
    keeps_the_laws(|| Width::<S>::new(&setup, &params).unwrap(), setup.layout.channels(), case, expect);
}

fn a_width_of_one_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case);
    let make = || Width::<S>::new(&setup, &Params::default()).unwrap();
    laws::identity(make, &case.input(setup.layout.channels()));
}

fn ramps_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case);
    let make = || {
        let mut width = Width::<S>::new(&setup, &Params { width: 0.1 }).unwrap();
        width.set(&Params { width: 1.9 }, Frames(1_000)).unwrap();
        width
    };
    laws::cut(make, &case.input::<S>(setup.layout.channels()), &case.cuts);
}

crate::law_tests!(laws: 24, a_width_of_one_is_the_identity: 8, ramps_do_not_see_blocks: 16);

#[test]
fn params_survive_serialisation() {
    let p = Params { width: 1.25 };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("wide = 1.0").is_err(), "unknown fields are named");
}
