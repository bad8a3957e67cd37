use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::delay::echo::{Change, Duck, Echo, Params, Setup, required_len};
use dsp_core::delay::tempo::{Note, Tempo, Time};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::sample::Sample;
use dsp_core::shape::saturation::Kind;
use dsp_core::units::{Decibels, Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    let layout = [Layout::MONO, Layout::STEREO, Layout::of_channels(3).unwrap()][(seed >> 5) as usize % 3];
    Setup { rate: SampleRate::VIDEO, layout, longest: Seconds(0.03) }
}

fn params(seed: u32) -> Params {
    let pick = |shift: u32, of: u32| (seed >> shift) % of;
    let depth = Seconds([0.0, 0.003][pick(0, 2) as usize]);
    let note = Note::new(1, 32).unwrap().triplet();
    Params {
        left: Time::Seconds(Seconds(0.005 + 0.001 * f64::from(pick(1, 17)))),
        right: Time::Synced { note, tempo: Tempo(600.0 + f64::from(pick(3, 90))) },
        feedback: 0.65 * f64::from(pick(4, 3)) / 2.0,
        ping_pong: f64::from(pick(6, 3)) / 2.0,
        low_cut: [None, Some(Hertz(300.0))][pick(8, 2) as usize],
        high_cut: [None, Some(Hertz(4_000.0))][pick(9, 2) as usize],
        saturation: Kind::ALL[pick(10, 4) as usize],
        drive: Decibels(f64::from(pick(12, 20))),
        duck: Duck { amount: Decibels([0.0, 20.0][pick(16, 2) as usize]), ..Duck::default() },
        wobble: Hertz(5.0),
        depth,
        change: [Change::Fade(Seconds(0.02)), Change::Tape(0.4)][pick(18, 2) as usize],
        hold: false,
        mix: Mix(0.2 + 0.2 * f64::from(pick(20, 4))),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Echo<S, Vec<S>> {
    Echo::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    let expect = Expect { bound: 40.0, recover: 96_000, tolerance: 1e-6, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.layout.channels(), case, expect);
}

fn dry_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let dry = Params { mix: Mix::DRY, ..params(case.seed) };
    laws::identity(|| make::<S>(&setup, &dry), &case.input(setup.layout.channels()));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut echo = make::<S>(&setup, &params(case.seed));
        echo.set(&Params { hold: case.seed.is_multiple_of(7), ..params(!case.seed) }, Frames(300)).unwrap();
        echo
    };
    let input = case.input(setup.layout.channels());
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 60.0);
}

fn silence_after_a_move<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut echo = make::<S>(&setup, &params(case.seed));
        echo.set(&params(!case.seed), Frames::ZERO).unwrap();
        echo
    };
    laws::silent_after_tail(moved, &case.input(setup.layout.channels()));
}

crate::law_tests!(laws: 12, dry_is_the_identity: 8, moves_do_not_see_blocks: 10, silence_after_a_move: 6);

#[test]
fn params_survive_serialisation() {
    for seed in [0x1234_5678, 0x0FED_CBA9] {
        let p = params(seed);
        assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    }
    let p: Params =
        toml::from_str("left = { synced = { note = \"1/8d\", tempo = 120 } }\nchange = { tape = 0.5 }").unwrap();
    assert_eq!(p.left, Time::Synced { note: Note::EIGHTH.dotted(), tempo: Tempo(120.0) });
    assert!(toml::from_str::<Params>("time = 1.0").is_err(), "unknown fields are named");
}
