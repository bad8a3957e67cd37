use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::modulation::phaser::{Params, Phaser, Setup, required_len};
use dsp_core::modulation::wave::Wave;
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, Hertz, Mix, SampleRate};

fn setup(case: &Case) -> Setup {
    let layout = Layout::of_channels(1 + case.seed as usize % 5).unwrap();
    Setup { notches: 1 + (case.seed >> 3) as usize % 6, seed: case.seed, ..Setup::new(SampleRate::VIDEO, layout) }
}

fn params(seed: u32) -> Params {
    Params {
        rate: Hertz(f64::from(seed % 23)),
        wave: Wave::ALL[(seed >> 4) as usize % 6],
        centre: Hertz(200.0 * f64::from(1 + (seed >> 6) % 90)),
        depth: f64::from((seed >> 8) % 3),
        feedback: f64::from((seed >> 12) % 9) / 5.0 - 0.8,
        phase: f64::from((seed >> 16) % 5) * 90.0,
        mix: Mix(f64::from((seed >> 20) % 11) / 10.0),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Phaser<S, Vec<S>> {
    Phaser::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), params(case.seed));
    let expect = Expect { bound: 400.0, recover: 48_000, tolerance: 1e-5, impulse: Some(1.0) };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.layout.channels(), case, expect);
}

fn a_mix_of_nothing_is_the_identity<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), Params { mix: Mix::DRY, ..params(case.seed) });
    laws::identity(|| make::<S>(&setup, &params), &case.input(setup.layout.channels()));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case);
    let moved = || {
        let mut phaser = make::<S>(&setup, &params(case.seed));
        phaser.set(&params(!case.seed), Frames(900)).unwrap();
        phaser
    };
    let input = case.input::<S>(setup.layout.channels());
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 400.0);
}

crate::law_tests!(laws: 12, a_mix_of_nothing_is_the_identity: 6, moves_do_not_see_blocks: 10);

#[test]
fn params_survive_serialisation() {
    let p = Params { wave: Wave::Random, mix: Mix(0.3), ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("speed = 1.0").is_err(), "unknown fields are named");
}
