use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::surround::binaural::hrir::{HrirSet, Point};
use dsp_core::surround::binaural::{Params, Place, Renderer, Setup, required_len, sphere};
use dsp_core::units::{Decibels, Frames, SampleRate};

const TAPS: usize = 40;
const RATE: SampleRate = SampleRate::VIDEO;

fn with_setup<S: Sample>(sources: usize, test: impl FnOnce(Setup<'_, S>)) {
    let mut points = vec![Point::default(); sphere::POINTS];
    let mut responses = vec![S::ZERO; sphere::required_len(TAPS)];
    let set = sphere::build(RATE, sphere::RADIUS, TAPS, &mut points, &mut responses).unwrap();
    test(Setup { rate: RATE, set, sources });
}

fn params(seed: u32) -> Params {
    let place = |i: usize| {
        let seed = seed.rotate_left(i as u32);
        Place {
            azimuth: f64::from(seed % 361) - 180.0,
            elevation: f64::from(seed / 5 % 181) - 90.0,
            gain: Decibels(f64::from(seed % 7) - 6.0),
        }
    };
    Params { places: core::array::from_fn(place) }
}

fn make<'a, S: Sample>(setup: &Setup<'a, S>, params: &Params) -> Renderer<'a, S, Vec<S>> {
    Renderer::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let sources = 1 + case.seed as usize % 3;
    with_setup::<S>(sources, |setup| {
        let params = params(case.seed);
        let one = make(&setup, &params);
        let dsp_core::process::Tail::Frames(tail) = one.tail() else { panic!("it ends") };
        // Sum of the magnitudes of a response with its interpolation: below 4.
        let expect =
            Expect { bound: 16.0 * sources as f64, recover: tail.0 as usize + 3, tolerance: 0.0, impulse: None };
        let make = || make(&setup, &params);
        keeps_the_laws(make, sources.max(2), case, expect);
    });
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    with_setup::<S>(2, |setup| {
        let input = case.input::<S>(2);
        let at = case.bad.min(900);
        let twice = |cuts: &[usize]| {
            let mut renderer = make(&setup, &params(case.seed));
            renderer.set(&params(!case.seed), Frames(700)).unwrap();
            let split = |from: usize, to: usize| input.iter().map(|p| p[from..to].to_vec()).collect::<Vec<_>>();
            let mut out = laws::render_cut(&mut renderer, &split(0, at), cuts);
            renderer.set(&params(case.seed / 3), Frames(u64::from(case.seed % 600))).unwrap();
            let rest = laws::render_cut(&mut renderer, &split(at, case.frames), cuts);
            out.iter_mut().zip(rest).for_each(|(a, b)| a.extend(b));
            out
        };
        let whole = twice(&[case.frames]);
        laws::assert_same(&whole, &twice(&case.cuts), "cut law, on the way");
        laws::assert_same(&whole, &twice(&[1]), "cut law, on the way");
        assert!(whole.iter().flatten().all(|v| v.to_f64().abs() < 32.0));
    });
}

crate::law_tests!(laws: 8, moves_do_not_see_blocks: 12);

#[test]
fn an_impulse_emerges_at_the_latency_and_the_delay_of_the_set() {
    let points = [Point::new(dsp_core::layout::Direction::FRONT, [3.0, 0.0])];
    let set = HrirSet::new(RATE, 1, &points, &[1.0_f32, 0.5]).unwrap();
    let setup = Setup { rate: RATE, set, sources: 1 };
    let mut renderer = make(&setup, &Params::default());
    let mut input = vec![vec![0.0; 20]; 2];
    input[0][4] = 1.0;
    let out = laws::render(&mut renderer, &input);
    let latency = renderer.latency().0 as usize;
    for (plane, at, gain) in [(&out[0], 4 + latency + 3, 1.0), (&out[1], 4 + latency, 0.5)] {
        assert!(plane.iter().enumerate().all(|(n, v)| *v == if n == at { gain } else { 0.0 }), "{plane:?}");
    }
}

#[test]
fn params_survive_serialisation() {
    let p = params(77);
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("azimuth = 1.0").is_err(), "unknown fields are named");
}
