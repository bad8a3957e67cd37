//! Convolution, its swaps, the real transform.

use crate::{RATE, quiet, storage};
use assert_no_alloc::assert_no_alloc;
use dsp_core::block::Block;
use dsp_core::fft::real;
use dsp_core::process::Process;
use dsp_core::reverb::convolution::{
    Convolution, Kernel, Latency, Params, Response, Routing, Setup, fade, ir::Shape, kernel_len, required_len,
};
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Frames, Mix, Seconds};

fn kernel<S: Sample>(setup: &Setup) -> Kernel<S, Vec<S>> {
    let mut taps: Vec<S> = signal::white(1, 0.1).take(4_000).collect();
    let storage = storage(kernel_len(setup, 4_000).unwrap());
    assert_no_alloc(|| {
        let frames = Shape::default().prepare(setup.rate, &mut [&mut taps[..]], 4_000).unwrap();
        let response = Response { rate: setup.rate, channels: &[&taps[..frames]; 4] };
        Kernel::new(setup, &response, storage).unwrap()
    })
}

pub(crate) fn everything<S: Sample>() {
    for latency in [Latency::Zero, Latency::F256] {
        let setup = Setup { routing: Routing::TrueStereo, latency, longest: Seconds(0.1), ..Setup::new(RATE, 2) };
        let params = Params::default();
        let mut p = Convolution::new(&setup, &params, storage::<S>(required_len(&setup).unwrap())).unwrap();
        let (one, two) = (kernel(&setup), kernel(&setup));
        let mut planes: Vec<Vec<S>> = (0..2).map(|c| signal::pink(c, 0.5).take(20_000).collect()).collect();
        let mut planes = &mut planes[..];
        let mut block = Block::new(&mut planes);
        let retired = assert_no_alloc(|| {
            assert!(p.swap(one, Frames::ZERO).is_ok());
            p.process(&mut block.part(0, 333));
            assert!(p.swap(two, fade(RATE)).is_ok());
            p.set(&Params { mix: Mix(0.5), ..params }, Frames(500)).unwrap();
            p.process(&mut block.part(333, 19_000));
            p.take_retired()
        });
        assert!(retired.is_some(), "the first kernel comes back");
        quiet("convolution", &mut p);
    }
    let mut fft = real::Real::<S, _>::new(256, storage(real::required_len(256))).unwrap();
    let (mut x, mut re, mut im) = (storage(256), storage(129), storage(129));
    assert_no_alloc(|| {
        x[1] = S::ONE;
        fft.forward(&x, &mut re, &mut im);
        fft.inverse(&re, &im, &mut x);
    });
}
