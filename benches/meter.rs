//! Loudness and true peak against the `ebur128` crate.

use benches::{FRAMES, blocks, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::layout::Layout;
use dsp_core::meter::loudness::{Loudness, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::units::{SampleRate, Seconds};
use ebur128::{EbuR128, Mode};
use std::hint::black_box;

/// Seconds of programme: enough for range and gates to have something to do.
const SECONDS: usize = 20;

fn programme<S: Sample>() -> Vec<Vec<S>> {
    music::<S>(0.4).into_iter().map(|plane| plane.repeat(SECONDS)).collect()
}

fn own<S: Sample>(true_peak: bool) -> Loudness<S, Vec<S>> {
    let setup = Setup { true_peak, ..Setup::new(SampleRate::VIDEO, Layout::STEREO) };
    Loudness::new(&setup, vec![S::ZERO; required_len(&setup, Seconds(SECONDS as f64), 64)]).expect("valid")
}

fn loudness(c: &mut Criterion) {
    let mut group = c.benchmark_group("loudness stereo");
    group.throughput(Throughput::Elements((FRAMES * SECONDS) as u64)).sample_size(20);
    let mut planes = programme::<f32>();
    for (name, true_peak, poll) in [
        ("dsp-core f32, all", true, false),
        ("dsp-core f32, all, M and S read at 10 Hz", true, true),
        ("dsp-core f32, without true peak", false, false),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let (mut meter, mut next) = (own::<f32>(true_peak), 0);
                blocks(&mut planes, |block| {
                    meter.observe(block);
                    next += block.frames();
                    if poll && next >= 4_800 {
                        next -= 4_800;
                        black_box((meter.momentary(), meter.short_term()));
                    }
                });
                black_box(meter.reading())
            });
        });
    }
    let peaks = Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::SAMPLE_PEAK | Mode::M | Mode::S;
    let without = Mode::I | Mode::LRA | Mode::M | Mode::S;
    for (name, mode, poll) in [
        ("ebur128 crate, all", peaks, false),
        ("ebur128 crate, all, M and S read at 10 Hz", peaks, true),
        ("ebur128 crate, without true peak", without, false),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let (mut meter, mut next) = (EbuR128::new(2, 48_000, mode).expect("valid"), 0);
                blocks(&mut planes, |block| {
                    meter.add_frames_planar_f32(&[block.channel(0), block.channel(1)]).expect("valid");
                    next += block.frames();
                    if poll && next >= 4_800 {
                        next -= 4_800;
                        black_box((meter.loudness_momentary().ok(), meter.loudness_shortterm().ok()));
                    }
                });
                black_box((meter.loudness_global().ok(), meter.loudness_range().ok()))
            });
        });
    }
    let mut planes = programme::<f64>();
    group.bench_function("dsp-core f64, all", |b| {
        b.iter(|| {
            let mut meter = own::<f64>(true);
            blocks(&mut planes, |block| meter.observe(block));
            black_box(meter.reading())
        });
    });
    group.finish();
}

criterion_group!(benches, loudness);
criterion_main!(benches);
