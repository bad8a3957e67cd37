//! The reverb against the `freeverb` crate and the network of 32 lines in `fundsp`.

use benches::{FRAMES, blocks, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::reverb::fdn::{Coeffs, Fdn, Params, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::units::{Mix, SampleRate, Seconds};
use fundsp::prelude32::{BufferVec, reverb_stereo};
use std::hint::black_box;

fn setup() -> Setup {
    Setup::new(SampleRate::VIDEO, Layout::STEREO)
}

fn room<S: Sample, const N: usize>(params: &Params) -> Fdn<S, N, Vec<S>> {
    Fdn::new(&setup(), params, vec![S::ZERO; required_len::<N>(&setup())]).expect("valid")
}

fn bench_room<S: Sample, const N: usize>(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    params: &Params,
    level: f64,
) {
    let source = music::<S>(level);
    let mut planes = source.clone();
    group.bench_function(name, |b| {
        let mut p = room::<S, N>(params);
        // Something to ring, so that a tail is one.
        let mut first = music::<S>(0.8);
        blocks(&mut first, |block| p.process(block));
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| p.process(block));
            black_box(&planes);
        });
    });
}

fn reverb(c: &mut Criterion) {
    let mut group = c.benchmark_group("reverb stereo");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let default = Params::default();
    let uneven = Params { bands: Some([1.0, 3.0, 1.0, 3.0, 1.0, 3.0, 1.0, 3.0].map(Seconds)), ..default };
    bench_room::<f32, 16>(&mut group, "dsp-core f32, 16 lines", &default, 0.8);
    bench_room::<f32, 16>(
        &mut group,
        "dsp-core f32, 16 lines, its tail (60 s)",
        &Params { decay: Seconds(60.0), ..default },
        0.0,
    );
    bench_room::<f32, 8>(&mut group, "dsp-core f32, 8 lines", &default, 0.8);
    bench_room::<f32, 16>(&mut group, "dsp-core f32, 16 lines, bells", &uneven, 0.8);
    bench_room::<f64, 16>(&mut group, "dsp-core f64, 16 lines", &default, 0.8);
    let source = music::<f32>(0.8);
    let mut planes = source.clone();
    group.bench_function("freeverb crate f32", |b| {
        let mut p = freeverb::Freeverb::<f32>::new(48_000);
        b.iter(|| {
            planes.clone_from(&source);
            let [left, right] = &mut planes[..] else { unreachable!() };
            for (l, r) in left.iter_mut().zip(right) {
                (*l, *r) = p.tick((*l, *r));
            }
            black_box(&planes);
        });
    });
    group.bench_function("fundsp reverb_stereo", |b| {
        let mut p = reverb_stereo(10.0, 2.0, 0.5);
        p.set_sample_rate(48_000.0);
        let (mut input, mut output) = (BufferVec::new(2), BufferVec::new(2));
        b.iter(|| {
            planes.clone_from(&source);
            for at in (0..FRAMES).step_by(64) {
                let n = 64.min(FRAMES - at);
                for (c, plane) in planes.iter().enumerate() {
                    input.channel_f32_mut(c)[..n].copy_from_slice(&plane[at..at + n]);
                }
                p.process(n, &input.buffer_ref(), &mut output.buffer_mut());
                for (c, plane) in planes.iter_mut().enumerate() {
                    plane[at..at + n].copy_from_slice(&output.channel_f32(c)[..n]);
                }
            }
            black_box(&planes);
        });
    });
    group.finish();

    let mut group = c.benchmark_group("reverb design");
    for (name, params) in [("shelves", default), ("bells", uneven)] {
        let params = Params { mix: Mix::WET, ..params };
        group.bench_function(name, |b| b.iter(|| Coeffs::<f32, 16>::design(&setup(), black_box(&params))));
    }
    group.finish();
}

criterion_group!(benches, reverb);
criterion_main!(benches);
