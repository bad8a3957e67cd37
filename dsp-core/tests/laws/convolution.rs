use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws::{self, Audio};
use dsp_core::process::Process;
use dsp_core::reverb::convolution::{
    Convolution, Kernel, Latency, Params, Response, Routing, Setup, ir::Shape, kernel_len, required_len,
};
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Decibels, Frames, Mix, SampleRate, Seconds};

const LATENCIES: [Latency; 6] =
    [Latency::Zero, Latency::F64, Latency::F128, Latency::F256, Latency::F512, Latency::F1024];

fn setup(seed: u32) -> Setup {
    let routing = [Routing::Mono, Routing::PerChannel, Routing::TrueStereo][(seed >> 3) as usize % 3];
    let channels = if routing == Routing::TrueStereo { 2 } else { 1 + (seed >> 5) as usize % 3 };
    let latency = LATENCIES[seed as usize % 6];
    Setup { routing, latency, longest: Seconds(0.04), ..Setup::new(SampleRate::VIDEO, channels) }
}

/// Frames of the response, often near the places where levels meet.
fn frames(seed: u32) -> usize {
    [1, 2, 63, 64, 65, 300, 1_000, 1_920][(seed >> 8) as usize % 8]
}

fn kernel<S: Sample>(setup: &Setup, seed: u32, frames: usize) -> Kernel<S, Vec<S>> {
    let noise = |c: usize| signal::white::<S>(seed ^ c as u32, 0.05).take(frames);
    let mut taps: Audio<S> = (0..setup.responses()).map(|c| noise(c).collect()).collect();
    taps.iter_mut().for_each(|c| c[0] = S::from_f64(0.5));
    let channels: Vec<&[S]> = taps.iter().map(|c| &c[..]).collect();
    let response = Response { rate: setup.rate, channels: &channels };
    Kernel::new(setup, &response, vec![S::ZERO; kernel_len(setup, frames).unwrap()]).unwrap()
}

fn make<S: Sample>(seed: u32, params: &Params) -> Convolution<S, Vec<S>, Vec<S>> {
    let setup = setup(seed);
    let mut new = Convolution::new(&setup, params, vec![S::ZERO; required_len(&setup).unwrap()]).unwrap();
    assert!(new.swap(kernel(&setup, seed, frames(seed)), Frames::ZERO).is_ok());
    new
}

fn params(seed: u32) -> Params {
    Params { mix: Mix(f64::from((seed >> 12) % 11) / 10.0), gain: Decibels(f64::from((seed >> 16) % 9) - 6.0) }
}

fn laws<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    // A bad sample is heard for the length of the response, and by rounding to the end of the transforms it is in.
    let recover = frames(case.seed) + setup.latency.frames() + 4 * 4_096;
    let expect = Expect { bound: 2_000.0, recover, tolerance: 1e-5, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(case.seed, &params(case.seed)), setup.channels, case, expect);
}

fn dry_is_the_identity<S: Sample>(case: &Case) {
    let params = Params { mix: Mix::DRY, gain: Decibels(6.0) };
    laws::identity(|| make::<S>(case.seed, &params), &case.input(setup(case.seed).channels));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let moved = || {
        let mut p = make::<S>(case.seed, &params(case.seed));
        // Some frames first, so that the swap is one with a fade.
        laws::render(&mut p, &case.input::<S>(setup.channels).iter().map(|c| c[..1].to_vec()).collect::<Vec<_>>());
        p.set(&params(!case.seed), Frames(700)).unwrap();
        assert!(p.swap(kernel(&setup, !case.seed, frames(!case.seed)), Frames(960)).is_ok());
        p
    };
    let input = case.input(setup.channels);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::silent_after_tail(moved, &input);
}

crate::law_tests!(laws: 32, dry_is_the_identity: 10, moves_do_not_see_blocks: 20);

#[test]
fn the_tail_is_the_response_and_not_a_frame_more() {
    let mut p = make::<f64>(0x0700, &Params::default());
    let first = 9 + usize::try_from(p.latency().get()).unwrap();
    let input = vec![signal::impulse::<f64>(9).take(4_000).collect::<Vec<_>>(); setup(0x0700).channels];
    let out = laws::render(&mut p, &input);
    let last = out[0].iter().rposition(|x| *x != 0.0).unwrap();
    assert_eq!((p.tail(), last), (dsp_core::process::Tail::Frames(Frames(1_919)), first + 1_919));
}

#[test]
fn params_survive_serialisation() {
    let p = Params { mix: Mix(0.25), gain: Decibels(-3.0) };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    let s = Shape { reverse: true, decay: 0.5, ..Shape::default() };
    assert_eq!(toml::from_str::<Shape>(&toml::to_string(&s).unwrap()).unwrap(), s);
    assert!(toml::from_str::<Shape>("wet = 1.0").is_err(), "unknown fields are named");
}
