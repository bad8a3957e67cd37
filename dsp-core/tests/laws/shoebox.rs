use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::reverb::early::shoebox::{Params, Setup, Shoebox, required_len};
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    let rate = SampleRate::new([8_000, 16_000, 48_000][seed as usize % 3]).unwrap();
    Setup { rate, longest: Seconds([0.05, 0.2][(seed >> 2) as usize % 2]) }
}

fn params(seed: u32) -> Params {
    let part = |shift: u32| f64::from((seed >> shift) % 9) / 10.0;
    let size = [2.0 + 20.0 * part(3), 3.0 + 30.0 * part(7), 2.0 + 8.0 * part(11)];
    Params {
        size,
        source: [0.05, 0.95, 0.3].map(|p| p * size[0].min(size[1]).min(size[2])),
        listener: [size[0] * part(14), size[1] * part(17), size[2]],
        absorption: [0, 4, 8, 12, 16, 20].map(part),
        cutoff: Hertz(500.0 * f64::from(1 + (seed >> 22) % 40)),
        order: 1 + (seed >> 25) % 4,
        mix: Mix(0.1 * f64::from((seed >> 27) % 10)),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Shoebox<S, Vec<S>> {
    Shoebox::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    let expect = Expect { bound: 600.0, recover: 12_000, tolerance: 1e-5, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), 2, case, expect);
}

fn dry_is_the_identity<S: Sample>(case: &Case) {
    let params = Params { mix: Mix::DRY, ..params(case.seed) };
    laws::identity(|| make::<S>(&setup(case.seed), &params), &case.input(2));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut room = make::<S>(&setup, &params(case.seed));
        room.set(&params(!case.seed), Frames(700)).unwrap();
        // Waits for the first.
        room.set(&params(case.seed.rotate_left(9)), Frames(200)).unwrap();
        room
    };
    let input = case.input(2);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 600.0);
}

crate::law_tests!(laws: 10, dry_is_the_identity: 8, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = Params { order: 2, size: [4.0, 5.0, 3.0], ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("width = 1.0").is_err(), "unknown fields are named");
}

#[test]
fn too_little_storage_is_refused() {
    let setup = Setup::new(SampleRate::VIDEO);
    assert!(Shoebox::<f32, _>::new(&setup, &Params::default(), vec![0.0; required_len(&setup) - 1]).is_err());
}

/// Walls that take nearly all, and a whisper that is barely a number to compute with.
#[test]
fn whispers_make_no_subnormals() {
    let setup = Setup::new(SampleRate::VIDEO);
    let params = Params {
        size: [50.0; 3],
        source: [25.0, 25.0, 25.0],
        listener: [25.0, 24.9, 25.0],
        absorption: [1.0 - 1e-14; 6],
        mix: Mix::WET,
        ..Params::default()
    };
    let input: Vec<Vec<f32>> = (0..2).map(|c| signal::white(c, 4e-30).take(20_000).collect()).collect();
    let out = laws::render(&mut make::<f32>(&setup, &params), &input);
    assert_eq!(out.iter().flatten().filter(|v| **v != 0.0 && v.abs() < f32::MIN_POSITIVE).count(), 0);
}

#[test]
fn memory_may_be_asked_for_before_anything_is_checked() {
    let setup = Setup::new(SampleRate::VIDEO);
    for bad in [f64::NAN, f64::INFINITY, -1.0, 1e9] {
        let odd = Setup { longest: Seconds(bad), ..setup };
        assert!(required_len(&odd) < 1_000_000, "{bad}");
        assert!(Shoebox::<f32, _>::new(&odd, &Params::default(), vec![0.0; 1_000_000]).is_err());
    }
}
