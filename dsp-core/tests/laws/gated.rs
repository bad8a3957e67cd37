use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::dynamics::limiter::{self, Limiter};
use dsp_core::laws;
use dsp_core::process::Process;
use dsp_core::reverb::early::velvet::{self, Velvet};
use dsp_core::reverb::gated::{Gated, Params, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    let high_pass = [None, Some(Hertz(20.0)), Some(Hertz(1_000.0))][seed as usize % 3];
    Setup { high_pass, ..Setup::new(SampleRate::new([8_000, 16_000][(seed >> 2) as usize % 2]).unwrap()) }
}

fn params(seed: u32) -> Params {
    Params {
        threshold: Decibels(-5.0 * f64::from(seed % 17)),
        attack: Seconds(0.01 * f64::from((seed >> 4) % 11)),
        hold: Seconds(0.02 * f64::from((seed >> 8) % 11)),
        release: Seconds(0.001 + 0.02 * f64::from((seed >> 12) % 11)),
        mix: Mix(0.1 * f64::from((seed >> 16) % 10)),
    }
}

/// Around something with a tail.
fn make<S: Sample>(setup: &Setup, params: &Params) -> Gated<S, Velvet<S, Vec<S>>, Vec<S>> {
    let inner = velvet::Setup::new(setup.rate);
    let settings = velvet::Params { mix: Mix::WET, ..velvet::Params::default() };
    let inner = Velvet::new(&inner, &settings, vec![S::ZERO; velvet::required_len(&inner)]).unwrap();
    Gated::new(setup, params, inner, vec![S::ZERO; required_len(setup)]).unwrap()
}

/// Around something with latency.
fn late<S: Sample>(setup: &Setup, params: &Params) -> Gated<S, Limiter<S, Vec<S>>, Vec<S>> {
    let inner = limiter::Setup::new(setup.rate, 2);
    let len = limiter::required_len(&inner);
    let inner = Limiter::new(&inner, &limiter::Params::default(), vec![S::ZERO; len]).unwrap();
    let setup = Setup { latency: inner.latency(), ..*setup };
    Gated::new(&setup, params, inner, vec![S::ZERO; required_len(&setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    // A gate that opens for the bad sample is open for all that comes: what is heard through it differs until it has
    // closed.
    let expect = Expect { bound: 150.0, recover: 16_000, tolerance: 1e-5, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), 2, case, expect);
    keeps_the_laws(|| late::<S>(&setup, &params), 2, case, expect);
}

fn dry_is_the_delayed_input<S: Sample>(case: &Case) {
    let params = Params { mix: Mix::DRY, ..params(case.seed) };
    laws::identity(|| make::<S>(&setup(case.seed), &params), &case.input(2));
    laws::identity(|| late::<S>(&setup(case.seed), &params), &case.input(2));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut gated = make::<S>(&setup, &params(case.seed));
        gated.set(&params(!case.seed), Frames(700)).unwrap();
        gated
    };
    let input = case.input(2);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 150.0);
}

crate::law_tests!(laws: 12, dry_is_the_delayed_input: 8, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = Params { hold: Seconds(0.5), ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("size = 1.0").is_err(), "unknown fields are named");
}

#[test]
fn another_latency_than_stated_is_refused() {
    let setup = Setup::new(SampleRate::VIDEO);
    let inner = limiter::Setup::new(setup.rate, 2);
    let inner =
        Limiter::<f32, _>::new(&inner, &limiter::Params::default(), vec![0.0; limiter::required_len(&inner)]).unwrap();
    let e = Gated::new(&setup, &Params::default(), inner, vec![0.0; 9_000]).unwrap_err();
    assert_eq!(e.to_string(), "latency of the wrapped processor is 252 frames; allowed are 0 to 0 frames");
}
