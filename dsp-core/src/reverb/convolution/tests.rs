use super::*;
use crate::laws::{self, Audio, error_db};
use crate::signal;
use std::{vec, vec::Vec};

pub(super) type Boxed<S> = Convolution<S, Vec<S>, Vec<S>>;

const RATE: SampleRate = SampleRate::VIDEO;
const ALL: [Latency; 6] = [Latency::Zero, Latency::F64, Latency::F128, Latency::F256, Latency::F512, Latency::F1024];

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
    (0..channels as u32)
        .map(|c| signal::pink::<f32>(c, 0.5).take(frames).map(|v| S::from_f64(f64::from(v))).collect())
        .collect()
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
    for (output, out) in out.iter().enumerate() {
        want.push(exact(setup, ir, &input, output, &places));
        have.push(places.iter().map(|n| out[n + latency]).collect::<Vec<S>>());
    }
    error_db(&want, &have)
}

#[test]
fn it_is_the_sum_of_the_definition() {
    for (routing, channels) in
        [(Routing::Mono, 2), (Routing::PerChannel, 2), (Routing::TrueStereo, 2), (Routing::PerChannel, 5)]
    {
        for latency in ALL {
            for frames in [1, 63, 64, 65, 1_000, 20_000] {
                let setup =
                    Setup { routing, latency, longest: Seconds(20_000.0 / 48_000.0), ..Setup::new(RATE, channels) };
                let ir = room::<f32>(setup.responses(), frames);
                let db = error(&setup, &ir, 24_000);
                assert!(db <= -125.0, "{routing:?} {latency:?} {frames}: {db:.1} dB");
            }
        }
    }
}

#[test]
fn in_f64_it_is_as_good_as_f64_can_be() {
    for latency in [Latency::Zero, Latency::F512] {
        let setup = Setup { latency, longest: Seconds(0.5), ..Setup::new(RATE, 2) };
        let db = error(&setup, &room::<f64>(2, 24_000), 24_000);
        assert!(db <= -280.0, "{latency:?}: {db:.1} dB");
    }
}

#[test]
fn a_long_room_is_exact_too() {
    for (routing, latency) in
        [(Routing::PerChannel, Latency::Zero), (Routing::Mono, Latency::F512), (Routing::TrueStereo, Latency::F256)]
    {
        let setup = Setup { routing, latency, ..Setup::new(RATE, 2) };
        let db = error(&setup, &room::<f32>(setup.responses(), 144_000), 240_000);
        assert!(db <= -125.0, "{routing:?} {latency:?}: {db:.1} dB");
    }
}

#[test]
fn an_impulse_returns_the_response_at_the_latency() {
    for latency in ALL {
        let setup = Setup { latency, longest: Seconds(0.2), ..Setup::new(RATE, 1) };
        let ir = room::<f64>(1, 9_000);
        let input: Vec<f64> = signal::impulse(777).take(12_000).collect();
        let out = &laws::render(&mut with(&setup, &ir), &[input])[0];
        let first = 777 + latency.frames();
        assert!(
            out[..first].iter().all(|x| *x == 0.0) && out[first + 9_000..].iter().all(|x| *x == 0.0),
            "{latency:?}"
        );
        let worst = (0..9_000).map(|m| (out[first + m] - ir[0][m]).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-16, "{latency:?}: {worst:e}");
    }
}

#[test]
fn the_work_is_even_and_what_the_plan_says() {
    for latency in ALL {
        for (routing, channels) in [(Routing::PerChannel, 2), (Routing::TrueStereo, 2), (Routing::Mono, 1)] {
            let setup = Setup { latency, routing, longest: Seconds(1.0), ..Setup::new(RATE, channels) };
            let mut p = with(&setup, &room::<f32>(setup.responses(), 48_000));
            let (plan, tick) = (*p.plan(), p.plan().tick());
            let mut audio = programme::<f32>(channels, 3 * plan.largest().max(512));
            let ticks = audio[0].len() / tick;
            let mut planes = &mut audio[..];
            let mut block = Block::new(&mut planes);
            let mut costs = Vec::new();
            for index in 0..ticks {
                let before = p.operations();
                p.process(&mut block.part(index * tick, tick));
                costs.push(p.operations() - before);
                assert_eq!(costs[index], plan.cost(index as u64), "{latency:?}, tick {index}");
            }
            let steady = &costs[ticks / 3 + 1..];
            let mean = steady.iter().sum::<u64>() as f64 / steady.len() as f64;
            for (frames, most) in [(64, 1.5), (512, 1.1)] {
                let per = frames / tick;
                let sums = steady.windows(per).map(|w| w.iter().sum::<u64>() as f64 / per as f64);
                let worst = sums.fold(0.0, f64::max) / mean;
                assert!(worst <= most, "{latency:?} {routing:?}, blocks of {frames}: {worst:.3}");
            }
        }
    }
}

#[test]
fn all_lengths_and_counts_of_channels_work() {
    for (channels, seconds) in [(1, 0.0), (24, 0.05), (3, 60.0)] {
        let setup = Setup { longest: Seconds(seconds), ..Setup::new(RATE, channels) };
        let db = error(&setup, &room::<f32>(channels, setup.longest_frames().min(1_500)), 2_000);
        assert!(db <= -125.0, "{channels} channels, {seconds} s: {db:.1} dB");
    }
    let longest = Setup { longest: Seconds(60.0), ..Setup::new(SampleRate::new(768_000).unwrap(), 24) };
    assert!(required_len(&longest).unwrap() > 1_000_000);
}

#[test]
fn an_exchange_is_a_fade_between_both() {
    for latency in [Latency::Zero, Latency::F512] {
        let setup = Setup { latency, longest: Seconds(0.3), ..Setup::new(RATE, 2) };
        let (one, two) = (room::<f64>(2, 14_000), room::<f64>(4, 9_000)[2..].to_vec());
        let input = programme::<f64>(2, 60_000);
        let [a, b] = [&one, &two].map(|ir| laws::render(&mut with(&setup, ir), &input));
        let mut p = with(&setup, &one);
        let mut audio = input.clone();
        let mut planes = &mut audio[..];
        let mut block = Block::new(&mut planes);
        p.process(&mut block.part(0, 20_001));
        let over = fade(RATE);
        assert!(p.swap(kernel(&setup, &two), over).is_ok());
        assert!(p.swap(kernel(&setup, &two), over).is_err() && p.take_retired().is_none(), "one at a time");
        let largest = p.plan().largest();
        p.process(&mut block.part(20_001, 2 * largest + 960));
        assert_eq!(p.take_retired().map(|k| k.frames()), Some(14_000));
        p.process(&mut block.part(20_001 + 2 * largest + 960, usize::MAX));
        let begin = (20_001 / largest + 2) * largest;
        for c in 0..2 {
            assert!(audio[c][..begin] == a[c][..begin] && audio[c][begin + 960..] == b[c][begin + 960..]);
            for i in 0..960 {
                let t = i as f64 / 960.0;
                let n = begin + i;
                let want = a[c][n] + (b[c][n] - a[c][n]) * (3.0 * t * t - 2.0 * t * t * t);
                assert!((audio[c][n] - want).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn the_next_exchange_can_begin_when_the_last_has_ended() {
    let setup = Setup { longest: Seconds(0.3), ..Setup::new(RATE, 1) };
    let mut p = Boxed::new(&setup, &Params::default(), vec![0.0_f64; required_len(&setup).unwrap()]).unwrap();
    laws::render(&mut p, &[vec![0.5]]);
    assert!(p.swap(kernel(&setup, &room(1, 300)), Frames(100)).is_ok());
    let end = 2 * p.plan().largest() + 100;
    laws::render(&mut p, &[vec![0.5; end - 2]]);
    assert!(p.swap(kernel(&setup, &room(1, 300)), Frames(100)).is_err(), "a frame before");
    laws::render(&mut p, &[vec![0.5]]);
    assert!(p.swap(kernel(&setup, &room(1, 300)), Frames(100)).is_ok(), "nothing was retired");
}

#[test]
fn what_does_not_fit_is_refused() {
    let setup = Setup::new(RATE, 2);
    let short = vec![0.5_f32; 100];
    let make = |rate, channels: &[&[f32]], len| Kernel::new(&setup, &Response { rate, channels }, vec![0.0; len]);
    let enough = kernel_len(&setup, 100).unwrap();
    let e = make(SampleRate::CD, &[&short, &short], enough).unwrap_err();
    let said = std::format!("{e}");
    assert_eq!(said, "rate of the impulse response (44100 Hz) must equal that of the set-up (48000 Hz)");
    assert!(make(RATE, &[&short], enough).is_err() && make(RATE, &[&[], &[]], enough).is_err());
    assert!(make(RATE, &[&short, &short], enough - 1).is_err() && make(RATE, &[&short, &[]], enough).is_ok());
    let long = vec![0.0_f32; 144_001];
    assert!(make(RATE, &[&long, &short], 9_000_000).is_err());
    let other = Setup { latency: Latency::F64, ..setup };
    assert!(with(&setup, &room::<f32>(2, 100)).swap(kernel(&other, &room(2, 100)), Frames::ZERO).is_err());
    let other = Setup { rate: SampleRate::new(96_000).unwrap(), longest: Seconds(1.5), ..setup };
    assert_eq!(Plan::new(&other).unwrap(), Plan::new(&setup).unwrap(), "the same but for the rate");
    assert!(with(&setup, &room::<f32>(2, 100)).swap(kernel(&other, &room(2, 100)), Frames::ZERO).is_err());
    let three = Setup { routing: Routing::TrueStereo, ..Setup::new(RATE, 3) };
    assert!(required_len(&three).is_err() && required_len(&Setup { longest: Seconds(61.0), ..setup }).is_err());
}

/// The definition keeps its promise for any tap at any latency, and true stereo goes where it says.
#[test]
fn true_stereo_goes_from_each_side_to_both() {
    let setup =
        Setup { routing: Routing::TrueStereo, latency: Latency::Zero, longest: Seconds(0.1), ..Setup::new(RATE, 2) };
    let ir: Audio<f64> = (0..4).map(|i| signal::impulse(10 * i + 200).take(500).collect()).collect();
    let left: Vec<f64> = signal::impulse(0).take(1_000).collect();
    let silent = vec![0.0; 1_000];
    let at = |out: &Vec<f64>| out.iter().position(|x| x.abs() > 0.5);
    let out = laws::render(&mut with(&setup, &ir), &[left.clone(), silent.clone()]);
    assert_eq!([at(&out[0]), at(&out[1])], [Some(200), Some(210)]);
    let out = laws::render(&mut with(&setup, &ir), &[silent, left]);
    assert_eq!([at(&out[0]), at(&out[1])], [Some(220), Some(230)]);
}
