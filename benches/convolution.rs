//! Convolution with a response of 3 s, against `fft-convolver`, and how even the blocks are.

use benches::{BLOCK, FRAMES, blocks, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::block::Block;
use dsp_core::fft::real;
use dsp_core::process::Process;
use dsp_core::reverb::convolution::{
    Convolution, Kernel, Latency, Params, Response, Routing, Setup, kernel_len, required_len,
};
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Frames, SampleRate};
use fft_convolver::{FFTConvolver, TwoStageFFTConvolver};
use std::hint::black_box;
use std::time::Instant;

/// Frames of the response: 3 s.
const ROOM: usize = 144_000;

/// Noise that falls by 60 dB.
fn room<S: Sample>(channel: u32) -> Vec<S> {
    let decay = |n: usize| (-6.9 * n as f64 / ROOM as f64).exp();
    signal::white::<f64>(channel, 0.01).enumerate().map(|(n, v)| S::from_f64(v * decay(n))).take(ROOM).collect()
}

fn convolution<S: Sample>(latency: Latency, routing: Routing) -> Convolution<S, Vec<S>, Vec<S>> {
    let setup = Setup { latency, routing, ..Setup::new(SampleRate::VIDEO, 2) };
    let planes: Vec<Vec<S>> = (0..setup.responses() as u32).map(room).collect();
    let channels: Vec<&[S]> = planes.iter().map(|p| &p[..]).collect();
    let response = Response { rate: setup.rate, channels: &channels };
    let storage = vec![S::ZERO; kernel_len(&setup, ROOM).expect("valid")];
    let kernel = Kernel::new(&setup, &response, storage).expect("valid");
    let storage = vec![S::ZERO; required_len(&setup).expect("valid")];
    let mut new = Convolution::new(&setup, &Params::default(), storage).expect("valid");
    assert!(new.swap(kernel, Frames::ZERO).is_ok());
    new
}

/// Mean, 99th percentile and worst time of a block in microseconds, by the wall clock.
fn blocks_of(name: &str, size: usize, mut each: impl FnMut(&mut [Vec<f32>])) {
    let source = music::<f32>(0.8);
    let mut times = Vec::new();
    for _ in 0..10 {
        for at in (0..FRAMES - size).step_by(size) {
            let mut planes: Vec<Vec<f32>> = source.iter().map(|p| p[at..at + size].to_vec()).collect();
            let start = Instant::now();
            each(&mut planes);
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    times.sort_by(f64::total_cmp);
    let (p99, worst) = (times[times.len() * 99 / 100], times[times.len() - 1]);
    let median = times[times.len() / 2];
    println!("{name}, blocks of {size}: median {median:.1} us, mean {mean:.1}, p99 {p99:.1}, worst {worst:.1}");
}

fn evenness(_: &mut Criterion) {
    for size in [64, BLOCK] {
        for latency in [Latency::Zero, Latency::F512] {
            let mut p = convolution::<f32>(latency, Routing::PerChannel);
            blocks_of(&format!("dsp-core {latency:?}"), size, |planes| {
                let mut planes = planes;
                p.process(&mut Block::new(&mut planes));
            });
        }
    }
    let mut two: Vec<TwoStageFFTConvolver<f32>> = (0..2).map(|c| two_stage(&room(c))).collect();
    let mut out = vec![0.0; BLOCK];
    blocks_of("fft-convolver two-stage", BLOCK, |planes| {
        for (p, x) in two.iter_mut().zip(planes) {
            p.process(x, &mut out).expect("valid");
        }
    });
}

fn two_stage(room: &[f32]) -> TwoStageFFTConvolver<f32> {
    let mut p = TwoStageFFTConvolver::default();
    p.init_default(BLOCK, room).expect("valid");
    p
}

fn ours<S: Sample>(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    latency: Latency,
    routing: Routing,
) {
    let source = music::<S>(0.8);
    let mut planes = source.clone();
    let mut p = convolution::<S>(latency, routing);
    group.bench_function(name, |b| {
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| p.process(block));
            black_box(&planes);
        });
    });
}

fn convolve(c: &mut Criterion) {
    let mut group = c.benchmark_group("convolution 3 s stereo");
    group.throughput(Throughput::Elements(FRAMES as u64)).sample_size(20);
    ours::<f32>(&mut group, "dsp-core f32, latency 512", Latency::F512, Routing::PerChannel);
    let source = music::<f32>(0.8);
    let mut planes = source.clone();
    let mut out = vec![0.0_f32; BLOCK];
    group.bench_function("fft-convolver two-stage f32", |b| {
        let mut channels: Vec<_> = (0..2).map(|c| two_stage(&room(c))).collect();
        b.iter(|| {
            for (p, plane) in channels.iter_mut().zip(&mut planes) {
                for x in plane.chunks_mut(BLOCK) {
                    p.process(x, &mut out[..x.len()]).expect("valid");
                }
                black_box(&out);
            }
        });
    });
    ours::<f32>(&mut group, "dsp-core f32, no latency", Latency::Zero, Routing::PerChannel);
    ours::<f32>(&mut group, "dsp-core f32, latency 64", Latency::F64, Routing::PerChannel);
    ours::<f32>(&mut group, "dsp-core f32, latency 1024", Latency::F1024, Routing::PerChannel);
    ours::<f32>(&mut group, "dsp-core f32, latency 512, one response", Latency::F512, Routing::Mono);
    ours::<f32>(&mut group, "dsp-core f32, latency 512, true stereo", Latency::F512, Routing::TrueStereo);
    ours::<f64>(&mut group, "dsp-core f64, latency 512", Latency::F512, Routing::PerChannel);
    group.bench_function("fft-convolver uniform f32", |b| {
        let mut channels: Vec<_> = (0..2)
            .map(|c| {
                let mut p = FFTConvolver::<f32>::default();
                p.init(BLOCK, &room::<f32>(c)).expect("valid");
                p
            })
            .collect();
        b.iter(|| {
            for (p, plane) in channels.iter_mut().zip(&mut planes) {
                for x in plane.chunks_mut(BLOCK) {
                    p.process(x, &mut out[..x.len()]).expect("valid");
                }
                black_box(&out);
            }
        });
    });
    group.finish();
}

fn transform<S: Sample + realfft::FftNum>(c: &mut Criterion, name: &str) {
    let mut group = c.benchmark_group(format!("real transform {name}"));
    for size in [512, 4096, 32_768] {
        group.throughput(Throughput::Elements(size as u64));
        let x: Vec<S> = signal::white(1, 1.0).take(size).collect();
        let (mut re, mut im) = (vec![S::ZERO; size / 2 + 1], vec![S::ZERO; size / 2 + 1]);
        let mut ours = real::Real::<S, _>::new(size, vec![S::ZERO; real::required_len(size)]).expect("valid");
        group.bench_function(format!("dsp-core {size}"), |b| {
            b.iter(|| {
                ours.forward(&x, &mut re, &mut im);
                black_box((&re, &im));
            });
        });
        let plan = realfft::RealFftPlanner::<S>::new().plan_fft_forward(size);
        let (mut input, mut bins, mut scratch) = (x.clone(), plan.make_output_vec(), plan.make_scratch_vec());
        group.bench_function(format!("realfft {size}"), |b| {
            b.iter(|| {
                input.copy_from_slice(&x);
                plan.process_with_scratch(&mut input, &mut bins, &mut scratch).expect("valid");
                black_box(&bins);
            });
        });
    }
    group.finish();
}

fn transforms(c: &mut Criterion) {
    transform::<f32>(c, "f32");
    transform::<f64>(c, "f64");
}

criterion_group!(benches, evenness, convolve, transforms);
criterion_main!(benches);
