use super::*;
use crate::laws::{self, Audio, error_db};
use crate::signal;
use std::{vec, vec::Vec};

pub(super) type Boxed<S> = Convolution<S, Vec<S>, Vec<S>>;

const RATE: SampleRate = SampleRate::VIDEO;
const ALL: [Latency; 6] =
    [Latency::Zero, Latency::F64, Latency::F128, Latency::F256, Latency::F512, Latency::F1024];

fn kernel<S: Sample>(setup: &Setup, ir: &Audio<S>) -> Kernel<S, Vec<S>> {
    let channels: Vec<&[S]> = ir.iter().map(|c| &c[..]).collect();
    let response = Response { rate: setup.rate, channels: &channels };
    Kernel::new(setup, &response, vec![S::ZERO; kernel_len(setup, response.frames()).unwrap()]).unwrap()
}

fn with<S: Sample>(setup: &Setup, ir: &Audio<S>) -> Boxed<S> {
    let mut new = Convolution::new(setup, &Params::default(), vec![S::ZERO; required_len(setup).unwrap()]).unwrap();
    assert!(new.swap(kernel(setup, ir), Frames::ZERO).is_ok());
    new
}

/// Decaying noise, exact in `f32`, that has fallen by 60 dB at its end.
fn room<S: Sample>(channels: usize, frames: usize) -> Audio<S> {
    let decay = |n: usize| libm::exp(-6.9 * n as f64 / frames as f64);
    let noise = |c: usize| signal::white::<f64>(77 + c as u32, 0.05).enumerate().map(move |(n, v)| v * decay(n));
    (0..channels).map(|c| noise(c).take(frames).map(|v| S::from_f64(f64::from(v as f32))).collect()).collect()
}

fn programme<S: Sample>(channels: usize, frames: usize) -> Audio<S> {
    (0..channels as u32).map(|c| signal::pink::<f32>(c, 0.5).take(frames).map(|v| S::from_f64(f64::from(v))).collect()).collect()
}

/// The definition, in `f64`, of some frames of an output.
fn exact<S: Sample>(setup: &Setup, ir: &Audio<S>, input: &Audio<S>, output: usize, frames: &[usize]) -> Vec<f64> {
    let at = |n: usize| -> f64 {
        (0..setup.routing.paths_per_output())
            .map(|path| {
                let (from, response) = setup.routing.path(output, path);
                let (h, x) = (&ir[response], &input[from]);
                let terms = h.iter().take(n + 1).enumerate().map(|(m, h)| h.to_f64() * x[n - m].to_f64());
                terms.sum::<f64>()
            })
            .sum()
    };
    frames.iter().map(|n| at(*n)).collect()
}

fn error<S: Sample>(setup: &Setup, ir: &Audio<S>, frames: usize) -> f64 {
    let input = programme::<S>(setup.channels, frames);
    let latency = setup.latency.frames();
    let mut padded = input.clone();
    padded.iter_mut().for_each(|c| c.resize(frames + latency, S::ZERO));
    let out = laws::render(&mut with(setup, ir), &padded);
    // Frames all over, at odd distances.
    let places: Vec<usize> = (0..frames).step_by(frames / 400 + 1).collect();
    let (mut want, mut have) = (Vec::new(), Vec::new());
    for output in 0..setup.channels {
        want.push(exact(setup, ir, &input, output, &places));
        have.push(places.iter().map(|n| out[output][n + latency]).collect::<Vec<S>>());
    }
    error_db(&want, &have)
}

#[test]
fn it_is_the_sum_of_the_definition() {
    for (routing, channels) in [(Routing::Mono, 2), (Routing::PerChannel, 2), (Routing::TrueStereo, 2), (Routing::PerChannel, 5)] {
        for latency in ALL {
            for frames in [1, 63, 64, 65, 1_000, 20_000] {
                let setup = Setup { routing, latency, longest: Seconds(20_000.0 / 48_000.0), ..Setup::new(RATE, channels) };
                let ir = room::<f32>(setup.responses(), frames);
                let db = error(&setup, &ir, 24_000);
                assert!(db <= -125.0, "{routing:?} {latency:?} {frames}: {db:.1} dB");
            }
        }
    }
}
