use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::dynamics::limiter::{Limiter, Params, Setup, required_len};
use dsp_core::laws;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, Frames, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    Setup {
        look_ahead: Seconds([0.005, 0.0, 0.0013][seed as usize % 3]),
        hold: Seconds([0.010, 0.0, 0.02][(seed >> 2) as usize % 3]),
        true_peak: seed & 16 == 0,
        ..Setup::new(SampleRate::VIDEO, 1 + (seed >> 5) as usize % 3)
    }
}

fn params(seed: u32) -> Params {
    Params {
        ceiling: Decibels(-f64::from(seed % 13)),
        gain: Decibels(f64::from((seed >> 4) % 18)),
        release: Seconds(0.003 * f64::from(1 + (seed >> 8) % 60)),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Limiter<S, Vec<S>> {
    Limiter::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    let ceiling = params.ceiling.amplitude();
    let expect = Expect { bound: ceiling, recover: 96_000, tolerance: 1e-6, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.channels, case, expect);
}

fn below_the_ceiling_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = Params { ceiling: Decibels(0.0), ..Params::default() };
    let input = Case { level: 0.2, ..case.clone() }.input(setup.channels);
    laws::identity(|| make::<S>(&setup, &params), &input);
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut limiter = make::<S>(&setup, &params(case.seed));
        limiter.set(&params(!case.seed), Frames(700)).unwrap();
        limiter
    };
    let input = case.input(setup.channels);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    let loudest = params(case.seed).ceiling.amplitude().max(params(!case.seed).ceiling.amplitude());
    laws::finite(moved, &input, loudest);
}

crate::law_tests!(laws: 20, below_the_ceiling_is_the_identity: 10, moves_do_not_see_blocks: 12);

#[test]
fn wrong_settings_are_refused_and_the_old_sound_stays() {
    let setup = Setup::new(SampleRate::VIDEO, 2);
    assert!(Limiter::<f32, _>::new(&setup, &Params::default(), vec![0.0; required_len(&setup) - 1]).is_err());
    let long = Setup { look_ahead: Seconds(0.06), ..setup };
    assert!(Limiter::<f32, _>::new(&long, &Params::default(), vec![0.0; 100_000]).is_err());
    let mut limiter = make::<f32>(&setup, &Params::default());
    let e = limiter.set(&Params { ceiling: Decibels(1.0), ..Params::default() }, Frames::ZERO).unwrap_err();
    assert_eq!(e.to_string(), "ceiling is 1 dB; allowed are -60 to 0 dB");
    assert_eq!(limiter.latency(), Frames(252));
}
