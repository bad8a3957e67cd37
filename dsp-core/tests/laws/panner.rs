use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::sample::Sample;
use dsp_core::surround::panner::{Panner, Params, Setup, Source};
use dsp_core::units::{Decibels, Frames};

fn setup(seed: u32) -> Setup {
    let (_, layout) = Layout::BS2051[seed as usize % 10];
    Setup { layout, source: if seed & 16 == 0 { Source::Mono } else { Source::Stereo } }
}

fn params(seed: u32) -> Params {
    Params {
        azimuth: f64::from(seed % 361) - 180.0,
        elevation: f64::from(seed / 7 % 181) - 90.0,
        width: f64::from(seed / 3 % 200),
        spread: if seed & 1 == 0 { 0.0 } else { f64::from(seed % 101) / 100.0 },
        gain: Decibels(f64::from(seed % 13) - 6.0),
    }
}

fn moved<S: Sample>(seed: u32) -> Panner<S> {
    let mut panner = Panner::new(&setup(seed), &params(seed)).unwrap();
    panner.set(&params(!seed), Frames(700)).unwrap();
    panner
}

// Two sources of magnitude 4, each at most 6 dB up.
const EXPECT: Expect = Expect { bound: 16.0, recover: 1, tolerance: 0.0, impulse: None };

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case.seed), params(case.seed));
    keeps_the_laws(|| Panner::<S>::new(&setup, &params).unwrap(), setup.layout.channels(), case, EXPECT);
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let input = case.input::<S>(setup(case.seed).layout.channels());
    let make = || moved::<S>(case.seed);
    laws::cut(make, &input, &case.cuts);
    laws::cut(make, &input, &[1]);
    laws::finite(make, &input, EXPECT.bound);
    // Interrupted on the way, at any frame.
    let at = case.bad.min(900);
    let twice = |cuts: &[usize]| {
        let mut panner = moved::<S>(case.seed);
        let split = |from: usize, to: usize| input.iter().map(|p| p[from..to].to_vec()).collect::<Vec<_>>();
        let mut out = laws::render_cut(&mut panner, &split(0, at), cuts);
        panner.set(&params(case.seed / 5), Frames(u64::from(case.seed % 500))).unwrap();
        let rest = laws::render_cut(&mut panner, &split(at, case.frames), cuts);
        out.iter_mut().zip(rest).for_each(|(a, b)| a.extend(b));
        out
    };
    laws::assert_same(&twice(&[case.frames]), &twice(&case.cuts), "cut law, interrupted");
}

fn a_source_at_the_first_loudspeaker_passes<S: Sample>(case: &Case) {
    let setup = Setup { source: Source::Mono, ..setup(case.seed) };
    let there = setup.layout.direction(0).unwrap();
    let params = Params { azimuth: there.azimuth, elevation: there.elevation, ..Params::default() };
    let mut input = case.input::<S>(setup.layout.channels());
    input[1..].iter_mut().for_each(|plane| plane.fill(S::ZERO));
    laws::identity(|| Panner::<S>::new(&setup, &params).unwrap(), &input);
}

crate::law_tests!(laws: 20, moves_do_not_see_blocks: 20, a_source_at_the_first_loudspeaker_passes: 10);

#[test]
fn params_survive_serialisation_and_ranges_are_checked() {
    let p = Params { azimuth: -110.0, spread: 0.25, ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("angle = 1.0").is_err(), "unknown fields are named");
    let setup = Setup { layout: Layout::SURROUND_5_1, source: Source::Mono };
    let mut panner = Panner::<f32>::new(&setup, &p).unwrap();
    let before = panner.gains(0);
    for bad in [
        Params { azimuth: 361.0, ..p },
        Params { elevation: 91.0, ..p },
        Params { width: -1.0, ..p },
        Params { spread: f64::NAN, ..p },
        Params { gain: Decibels(25.0), ..p },
    ] {
        assert!(panner.set(&bad, Frames(0)).is_err(), "{bad:?}");
    }
    assert_eq!(panner.gains(0), before, "the old sound stays");
}
