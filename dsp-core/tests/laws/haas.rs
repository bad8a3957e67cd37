use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::delay::haas::{Haas, Params, Setup, Side, required_len};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, Frames, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    let layout = Layout::of_channels(1 + (seed >> 5) as usize % 6).unwrap();
    Setup { rate: SampleRate::VIDEO, layout, longest: Seconds(0.04) }
}

fn params(seed: u32) -> Params {
    Params {
        delay: Seconds(f64::from(seed % 41) / 1_000.0),
        side: [Side::Left, Side::Right][(seed >> 8) as usize % 2],
        level: Decibels(f64::from((seed >> 10) % 20) - 10.0),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Haas<S, Vec<S>> {
    Haas::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    // The delayed side is not at the latency: that is the effect.
    let impulse = if params.delay.0 == 0.0 { Some(0.5) } else { None };
    let expect = Expect { bound: 20.0, recover: 2_000, tolerance: 0.0, impulse };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.layout.channels(), case, expect);
}

fn no_delay_at_0_db_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let neutral = Params { delay: Seconds(0.0), level: Decibels(0.0), ..params(case.seed) };
    laws::identity(|| make::<S>(&setup, &neutral), &case.input(setup.layout.channels()));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut haas = make::<S>(&setup, &params(case.seed));
        haas.set(&params(!case.seed), Frames(500)).unwrap();
        haas
    };
    let input = case.input(setup.layout.channels());
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::silent_after_tail(moved, &input);
}

crate::law_tests!(laws: 16, no_delay_at_0_db_is_the_identity: 8, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = params(0x1234_5678);
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("time = 1.0").is_err(), "unknown fields are named");
    assert!(Haas::<f32, _>::new(&setup(1 << 5), &Params { delay: Seconds(0.05), ..p }, vec![0.0; 9_999]).is_err());
}
