use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::reverb::early::velvet::{Params, Setup, Velvet, required_len};
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    let rate = SampleRate::new([8_000, 16_000, 48_000][seed as usize % 3]).unwrap();
    Setup { rate, longest: Seconds([0.05, 0.2][(seed >> 2) as usize % 2]), seed: seed >> 3 }
}

fn params(seed: u32, setup: &Setup) -> Params {
    Params {
        duration: Seconds(0.01 + (setup.longest.0 - 0.01) * f64::from((seed >> 4) % 11) / 10.0),
        density: Hertz(500.0 + 500.0 * f64::from((seed >> 8) % 8)),
        fall: Decibels(20.0 * f64::from((seed >> 11) % 4)),
        cutoff: Hertz(200.0 * f64::from(1 + (seed >> 13) % 100)),
        mix: Mix(0.1 * f64::from((seed >> 20) % 10)),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Velvet<S, Vec<S>> {
    Velvet::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = params(case.seed, &setup);
    let expect = Expect { bound: 150.0, recover: 12_000, tolerance: 1e-5, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), 2, case, expect);
}

fn dry_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = Params { mix: Mix::DRY, ..params(case.seed, &setup) };
    laws::identity(|| make::<S>(&setup, &params), &case.input(2));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut velvet = make::<S>(&setup, &params(case.seed, &setup));
        velvet.set(&params(!case.seed, &setup), Frames(700)).unwrap();
        // Waits for the first.
        velvet.set(&params(case.seed.rotate_left(9), &setup), Frames(200)).unwrap();
        velvet
    };
    let input = case.input(2);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 150.0);
    laws::reset_is_new(
        || {
            let mut velvet = moved();
            dsp_core::process::Process::reset(&mut velvet);
            velvet
        },
        &input,
    );
}

crate::law_tests!(laws: 10, dry_is_the_identity: 8, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = Params { density: Hertz(2_000.0), ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("size = 1.0").is_err(), "unknown fields are named");
}

#[test]
fn wrong_settings_are_refused() {
    let setup = Setup::new(SampleRate::VIDEO);
    assert!(Velvet::<f32, _>::new(&setup, &Params::default(), vec![0.0; required_len(&setup) - 1]).is_err());
    let e = make::<f32>(&setup, &Params::default())
        .set(&Params { duration: Seconds(0.3), ..Params::default() }, Frames::ZERO)
        .unwrap_err();
    assert_eq!(e.to_string(), "duration is 0.3 s; allowed are 0.01 to 0.2 s");
}

#[test]
fn memory_may_be_asked_for_before_anything_is_checked() {
    let setup = Setup::new(SampleRate::VIDEO);
    for bad in [f64::NAN, f64::INFINITY, -1.0, 1e9] {
        let odd = Setup { longest: Seconds(bad), ..setup };
        assert!(required_len(&odd) < 1_000_000, "{bad}");
        assert!(Velvet::<f32, _>::new(&odd, &Params::default(), vec![0.0; 1_000_000]).is_err());
    }
}
