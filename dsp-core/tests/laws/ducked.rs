use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::reverb::ducked::{Ducked, Params, Setup, required_len};
use dsp_core::reverb::early::velvet::{self, Velvet};
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    let high_pass = [None, Some(Hertz(20.0)), Some(Hertz(1_000.0))][seed as usize % 3];
    Setup { high_pass, ..Setup::new(SampleRate::new([8_000, 16_000][(seed >> 2) as usize % 2]).unwrap()) }
}

fn params(seed: u32) -> Params {
    Params {
        threshold: Decibels(-5.0 * f64::from(seed % 17)),
        amount: Decibels(6.0 * f64::from((seed >> 4) % 11)),
        attack: Seconds(0.003 * f64::from((seed >> 8) % 11)),
        release: Seconds(0.04 + 0.02 * f64::from((seed >> 12) % 11)),
        mix: Mix(0.1 * f64::from((seed >> 16) % 10)),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Ducked<S, Velvet<S, Vec<S>>, Vec<S>> {
    let inner = velvet::Setup::new(setup.rate);
    let settings = velvet::Params { mix: Mix::WET, ..velvet::Params::default() };
    let inner = Velvet::new(&inner, &settings, vec![S::ZERO; velvet::required_len(&inner)]).unwrap();
    Ducked::new(setup, params, inner, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    let expect = Expect { bound: 150.0, recover: 48_000, tolerance: 1e-4, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), 2, case, expect);
}

fn dry_is_the_identity<S: Sample>(case: &Case) {
    let params = Params { mix: Mix::DRY, ..params(case.seed) };
    laws::identity(|| make::<S>(&setup(case.seed), &params), &case.input(2));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut ducked = make::<S>(&setup, &params(case.seed));
        ducked.set(&params(!case.seed), Frames(700)).unwrap();
        ducked
    };
    let input = case.input(2);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 150.0);
}

crate::law_tests!(laws: 10, dry_is_the_identity: 8, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = Params { amount: Decibels(6.0), ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("size = 1.0").is_err(), "unknown fields are named");
}
