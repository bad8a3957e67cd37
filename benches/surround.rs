//! Panning, downmix and headphones. One element is one frame of all channels.

use benches::{BLOCK, FRAMES};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::block::Block;
use dsp_core::layout::{Direction, Layout};
use dsp_core::process::Process;
use dsp_core::signal;
use dsp_core::surround::binaural::{self, hrir::Point, sphere};
use dsp_core::surround::{downmix, panner, vbap::Vbap};
use dsp_core::units::{Frames, SampleRate};
use std::hint::black_box;

/// Runs blocks of noise through `process`, which may begin with a call of its own on the processor.
fn run<P: Process<f32>>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    channels: usize,
    processor: &mut P,
    mut before: impl FnMut(&mut P),
) {
    let source: Vec<Vec<f32>> = (0..channels as u32).map(|c| signal::pink(c, 0.5).take(BLOCK).collect()).collect();
    let mut planes = source.clone();
    group.bench_function(name, |b| {
        b.iter(|| {
            before(processor);
            for _ in 0..FRAMES / BLOCK {
                planes.clone_from(&source);
                let mut planes = &mut planes[..];
                processor.process(&mut Block::new(&mut planes));
            }
            black_box(&planes);
        });
    });
}

fn panning(c: &mut Criterion) {
    let mut group = c.benchmark_group("panner, one source f32");
    group.throughput(Throughput::Elements((FRAMES / BLOCK * BLOCK) as u64));
    for (name, layout) in [("7.1.4", Layout::SURROUND_7_1_4), ("22.2", Layout::SURROUND_22_2)] {
        let setup = panner::Setup { layout, source: panner::Source::Mono };
        let params = panner::Params { azimuth: 40.0, elevation: 10.0, ..panner::Params::default() };
        let wide = panner::Params { spread: 0.3, ..params };
        let new = || panner::Panner::new(&setup, &params).expect("valid");
        let (rest, there, back) =
            (format!("{name} at rest"), format!("{name} moving"), format!("{name} moving, spread"));
        let channels = layout.channels();
        run(&mut group, &rest, channels, &mut new(), |_| ());
        for (name, params) in [(there, params), (back, wide)] {
            let mut sign = 1.0;
            run(&mut group, &name, channels, &mut new(), |p| {
                sign = -sign;
                p.set(&panner::Params { azimuth: 100.0 * sign, ..params }, Frames(FRAMES as u64)).expect("valid");
            });
        }
    }
    group.finish();
    let mut group = c.benchmark_group("gains of one direction f32");
    for (name, layout) in [("7.1.4", Layout::SURROUND_7_1_4), ("22.2", Layout::SURROUND_22_2)] {
        let vbap = Vbap::<f32>::new(&layout).expect("valid");
        group.bench_function(format!("{name} set-up"), |b| b.iter(|| black_box(Vbap::<f32>::new(&layout))));
        for spread in [0.0, 0.3] {
            let mut azimuth = 0.0;
            group.bench_function(format!("{name}, spread {spread}"), |b| {
                b.iter(|| {
                    azimuth = if azimuth > 170.0 { -170.0 } else { azimuth + 0.7 };
                    black_box(vbap.gains(Direction::new(azimuth, 12.0), spread))
                });
            });
        }
    }
    group.finish();
}

fn folding(c: &mut Criterion) {
    let mut group = c.benchmark_group("downmix f32");
    group.throughput(Throughput::Elements((FRAMES / BLOCK * BLOCK) as u64));
    for (name, from, to) in [
        ("5.1 to stereo", Layout::SURROUND_5_1, Layout::STEREO),
        ("22.2 to 5.1", Layout::SURROUND_22_2, Layout::SURROUND_5_1),
    ] {
        let setup = downmix::Setup { from, to };
        let mut p = downmix::Downmix::new(&setup, &downmix::Params::default()).expect("valid");
        run(&mut group, name, from.channels(), &mut p, |_| ());
    }
    group.finish();
}

fn headphones(c: &mut Criterion) {
    let mut group = c.benchmark_group("binaural, 64 taps f32");
    group.throughput(Throughput::Elements((FRAMES / BLOCK * BLOCK) as u64));
    let mut points = vec![Point::default(); sphere::POINTS];
    let mut responses = vec![0.0; sphere::required_len(64)];
    let rate = SampleRate::VIDEO;
    let set = sphere::build(rate, sphere::RADIUS, 64, &mut points, &mut responses).expect("valid");
    for (name, sources, moves) in [("1 source", 1, false), ("1 source moving", 1, true), ("5.1", 6, false)] {
        let setup = binaural::Setup { rate, set, sources };
        let params = binaural::Params::of_layout(&Layout::SURROUND_5_1);
        let memory = vec![0.0; binaural::required_len(&setup)];
        let mut p = binaural::Renderer::new(&setup, &params, memory).expect("valid");
        let mut sign = 1.0;
        run(&mut group, name, sources.max(2), &mut p, |p| {
            if moves {
                sign = -sign;
                let mut there = params;
                there.places[0].azimuth = 100.0 * sign;
                p.set(&there, Frames(FRAMES as u64)).expect("valid");
            }
        });
    }
    group.finish();
}

criterion_group!(benches, panning, folding, headphones);
criterion_main!(benches);
