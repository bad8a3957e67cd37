use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::modulation::flanger::{Flanger, Interpolation, Params, Setup, required_len};
use dsp_core::modulation::wave::Wave;
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(case: &Case) -> Setup {
    let layout = Layout::of_channels([1, 2, 5][case.seed as usize % 3]).unwrap();
    let interpolation = if case.seed & 8 == 0 { Interpolation::Sinc16 } else { Interpolation::Lagrange3 };
    let rate = SampleRate::new([8_000, 48_000][(case.seed >> 4) as usize % 2]).unwrap();
    Setup { interpolation, seed: case.seed, ..Setup::new(rate, layout) }
}

fn params(seed: u32) -> Params {
    let delay = 0.000_1 * f64::from(1 + seed % 50);
    Params {
        rate: Hertz(f64::from(seed % 21)),
        wave: Wave::ALL[(seed >> 4) as usize % 6],
        delay: Seconds(delay),
        depth: Seconds((delay - 0.000_1).max(0.0) * f64::from((seed >> 10) % 5) / 4.0),
        phase: f64::from((seed >> 12) % 5) * 90.0,
        feedback: f64::from((seed >> 16) % 9) / 6.0 - 4.0 / 6.0,
        inverted: seed & 0x0800_0000 == 0,
        mix: Mix(f64::from((seed >> 20) % 11) / 10.0),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Flanger<S, Vec<S>> {
    Flanger::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), params(case.seed));
    let impulse = (params.mix != Mix::WET).then_some(1.0);
    let expect = Expect { bound: 60.0, recover: 12_000, tolerance: 1e-3, impulse };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.layout.channels(), case, expect);
}

fn a_mix_of_nothing_is_the_identity<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), Params { mix: Mix::DRY, ..params(case.seed) });
    laws::identity(|| make::<S>(&setup, &params), &case.input(setup.layout.channels()));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case);
    let moved = || {
        let mut flanger = make::<S>(&setup, &params(case.seed));
        flanger.set(&params(!case.seed), Frames(900)).unwrap();
        flanger
    };
    let input = case.input::<S>(setup.layout.channels());
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 60.0);
}

crate::law_tests!(laws: 6, a_mix_of_nothing_is_the_identity: 4, moves_do_not_see_blocks: 8);

#[test]
fn params_survive_serialisation() {
    let p = Params { inverted: true, feedback: -0.3, ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("speed = 1.0").is_err(), "unknown fields are named");
}
