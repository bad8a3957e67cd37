use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::filter::one_pole::{Mode, OnePole, Params, Setup, required_len};
use dsp_core::laws;
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, Hertz, SampleRate};

const SETUP: Setup = Setup { rate: SampleRate::VIDEO, channels: 2 };

fn laws<S: Sample>(case: &Case) {
    let params = Params {
        frequency: Hertz(20.0 * 2.0_f64.powf(f64::from(case.seed % 100) / 10.0)),
        mode: if case.seed.is_multiple_of(2) { Mode::LowPass } else { Mode::HighPass },
    };
    let make = || OnePole::<S, _>::new(&SETUP, &params, vec![S::ZERO; required_len(&SETUP)]).unwrap();
    let expect = Expect { bound: 100.0, recover: 24_000, tolerance: 1e-6, impulse: Some(1.0) };
    keeps_the_laws(make, 2, case, expect);
}

fn ramps_do_not_see_blocks<S: Sample>(case: &Case) {
    let make = || {
        let mut filter = OnePole::<S, _>::new(&SETUP, &Params::default(), vec![S::ZERO; 4]).unwrap();
        filter.set(&Params { frequency: Hertz(9_000.0), mode: Mode::HighPass }, Frames(1_000)).unwrap();
        filter
    };
    laws::cut(make, &case.input::<S>(2), &case.cuts);
}

crate::law_tests!(laws: 24, ramps_do_not_see_blocks: 16);
