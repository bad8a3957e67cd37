use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::process::{Process, Tail};
use dsp_core::reverb::plate::{Params, Plate, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    let rate = SampleRate::new([8_000, 11_025, 16_000][seed as usize % 3]).unwrap();
    Setup { rate, longest_pre_delay: Seconds([0.02, 0.0][(seed >> 2) as usize % 2]) }
}

fn params(seed: u32, setup: &Setup) -> Params {
    Params {
        time: Seconds(0.5 + 0.01 * f64::from(seed % 20)),
        pre_delay: Seconds(setup.longest_pre_delay.0 * f64::from((seed >> 5) % 5) / 4.0),
        bandwidth: Hertz(200.0 * f64::from(1 + (seed >> 8) % 100)),
        damping: Hertz(1_000.0 * f64::from(1 + (seed >> 15) % 20)),
        diffusion: 0.1 * f64::from((seed >> 20) % 9),
        modulation_depth: Seconds(0.000_1 * f64::from((seed >> 23) % 11)),
        modulation_rate: Hertz(0.5 * f64::from((seed >> 26) % 11)),
        width: 0.25 * f64::from((seed >> 29) % 8),
        freeze: false,
        mix: Mix(0.1 * f64::from(seed % 10)),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Plate<S, Vec<S>> {
    Plate::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = params(case.seed, &setup);
    let expect = Expect { bound: 100.0, recover: 48_000, tolerance: 1e-4, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), 2, case, expect);
}

fn dry_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = Params { mix: Mix::DRY, ..params(case.seed, &setup) };
    laws::identity(|| make::<S>(&setup, &params), &case.input(2));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let (one, other) = (params(case.seed, &setup), params(!case.seed, &setup));
    let moved = || {
        let mut plate = make::<S>(&setup, &one);
        plate.set(&Params { freeze: case.seed & 64 == 0, ..other }, Frames(700)).unwrap();
        plate
    };
    let input = case.input(2);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 100.0);
    // Turned round on the way.
    let turned = |cuts: &[usize]| {
        let mut plate = moved();
        let first = laws::render_cut(&mut plate, &input, cuts);
        plate.set(&one, Frames(50_000)).unwrap();
        (first, laws::render_cut(&mut plate, &input, cuts))
    };
    let (whole, pieces) = (turned(&[usize::MAX >> 1]), turned(&case.cuts));
    laws::assert_same(&whole.0, &pieces.0, "turned, first part");
    laws::assert_same(&whole.1, &pieces.1, "turned, second part");
}

crate::law_tests!(laws: 5, dry_is_the_identity: 8, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = Params { freeze: true, width: 1.25, ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("size = 1.0").is_err(), "unknown fields are named");
}

#[test]
fn wrong_settings_are_refused_and_the_old_sound_stays() {
    let setup = Setup::new(SampleRate::VIDEO);
    assert!(Plate::<f32, _>::new(&setup, &Params::default(), vec![0.0; required_len(&setup) - 1]).is_err());
    let mut plate = make::<f32>(&setup, &Params::default());
    let e = plate.set(&Params { pre_delay: Seconds(0.3), ..Params::default() }, Frames::ZERO).unwrap_err();
    assert_eq!(e.to_string(), "pre_delay is 0.3 s; allowed are 0 to 0.25 s");
    plate.set(&Params { freeze: true, ..Params::default() }, Frames::ZERO).unwrap();
    assert_eq!(plate.tail(), Tail::Infinite);
}
