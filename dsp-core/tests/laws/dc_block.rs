use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::filter::dc_block::{DcBlock, Params, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::units::SampleRate;

fn laws<S: Sample>(case: &Case) {
    let setup = Setup { rate: SampleRate::VIDEO, channels: 1 + case.seed as usize % 3 };
    let make = || DcBlock::<S, _>::new(&setup, &Params::default(), vec![S::ZERO; required_len(&setup)]).unwrap();
    let expect = Expect { bound: 100.0, recover: 48_000, tolerance: 1e-6, impulse: Some(1.0) };
    keeps_the_laws(make, setup.channels, case, expect);
}

crate::law_tests!(laws: 8);
