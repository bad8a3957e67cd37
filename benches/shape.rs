//! Dither and rounding to 16 bits.

use benches::{FRAMES, blocks, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::shape::dither::{Dither, Params, Setup};
use dsp_core::stereo::width;
use std::hint::black_box;

fn dither<S: Sample>() -> Dither<S> {
    Dither::new(&Setup { channels: 2 }, &Params::default()).expect("valid")
}

/// Two uniform numbers of a linear congruential generator and `round`, sample by sample.
fn plain(planes: &mut [Vec<f32>], seed: &mut u32) {
    for v in planes.iter_mut().flatten() {
        let mut next = || {
            *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (*seed >> 8) as f32 / 16_777_216.0
        };
        let noise = next() - next();
        *v = (*v * 32_768.0 + noise).round().clamp(-32_768.0, 32_767.0) / 32_768.0;
    }
}

fn shape(c: &mut Criterion) {
    let mut group = c.benchmark_group("dither to 16 bits stereo");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let source = music::<f32>(0.5);
    let mut planes = source.clone();
    group.bench_function("dsp-core f32", |b| {
        let mut p = dither::<f32>();
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| p.process(block));
            black_box(&planes);
        });
    });
    group.bench_function("plain std f32", |b| {
        let mut seed = 1;
        b.iter(|| {
            planes.clone_from(&source);
            plain(&mut planes, &mut seed);
            black_box(&planes);
        });
    });
    group.bench_function("width f32, for scale", |b| {
        let setup = width::Setup { layout: dsp_core::layout::Layout::STEREO };
        let mut p = width::Width::<f32>::new(&setup, &width::Params { width: 1.3 }).expect("valid");
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| p.process(block));
            black_box(&planes);
        });
    });
    group.finish();
}

criterion_group!(benches, shape);
criterion_main!(benches);
