use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::filter::biquad::{Biquad, Coeffs, Kind, Params, Setup, required_len};
use dsp_core::laws;
use dsp_core::sample::Sample;
use dsp_core::signal::hash;
use dsp_core::timed::{Automated, Slice, Timed};
use dsp_core::units::{Decibels, Frames, Hertz, Q, SampleRate};

fn setup(case: &Case) -> Setup {
    Setup { rate: SampleRate::VIDEO, channels: 1 + case.seed as usize % 5 }
}

fn params(seed: u32) -> Params {
    let h = hash(seed);
    Params {
        kind: Kind::ALL[h as usize % 8],
        frequency: Hertz(30.0 * 2.0_f64.powf(f64::from(h >> 8 & 0xFF) / 28.0)),
        gain: Decibels(f64::from(h >> 16 & 15) - 8.0),
        q: Q(0.3 + f64::from(h >> 20 & 15) / 8.0),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Biquad<S, Vec<S>> {
    Biquad::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), params(case.seed));
    let expect = Expect { bound: 100.0, recover: 96_000, tolerance: 1e-3, impulse: Some(1.0) };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.channels, case, expect);
}

fn flat_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case);
    laws::identity(|| make::<S>(&setup, &Params::default()), &case.input(setup.channels));
    let flat = || {
        let storage = vec![S::ZERO; required_len(&setup)];
        Biquad::with_coeffs(&setup, &Coeffs::NEUTRAL, storage).unwrap()
    };
    laws::identity(flat, &case.input(setup.channels));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case);
    let events: Vec<_> = (0..6)
        .map(|i| Timed {
            at: Frames(u64::from(hash(case.seed ^ i)) % 400 + 300 * u64::from(i)),
            over: Frames((u64::from(hash(case.seed ^ i ^ 77)) % 600).saturating_sub(100)),
            coeffs: Coeffs::<S>::design(setup.rate, &params(case.seed ^ i ^ 5)).unwrap(),
        })
        .collect();
    let automated = || Automated::new(make::<S>(&setup, &params(case.seed)), Slice::new(&events));
    let input = case.input(setup.channels);
    laws::cut(automated, &input, &case.cuts);
    laws::cut(automated, &input, &[1]);
    laws::finite(automated, &input, 100.0);
}

crate::law_tests!(laws: 16, flat_is_the_identity: 8, moves_do_not_see_blocks: 24);

#[test]
fn a_reset_in_mid_move_arrives() {
    let setup = Setup { rate: SampleRate::VIDEO, channels: 2 };
    let (from, to) = (params(1), params(2));
    let input = vec![dsp_core::signal::pink::<f32>(1, 1.0).take(3_000).collect::<Vec<_>>(); 2];
    let mut moved = make::<f32>(&setup, &from);
    moved.set(&to, Frames(10_000)).unwrap();
    laws::render(&mut moved, &input);
    dsp_core::process::Process::<f32>::reset(&mut moved);
    let want = laws::render(&mut make::<f32>(&setup, &to), &input);
    laws::assert_same(&laws::render(&mut moved, &input), &want, "reset in mid-move");
}

#[test]
fn params_survive_serialisation() {
    let p = params(9);
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("freq = 30.0").is_err(), "unknown fields are named");
}
