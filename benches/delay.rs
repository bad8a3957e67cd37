//! Delay lines read between their samples.

use benches::{BLOCK, FRAMES, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::delay::interpolation::{Hermite, Kernel, Lagrange, Linear, Sinc16, Sinc32};
use dsp_core::delay::line::{Delay, Line, MOST_FRAMES};
use dsp_core::sample::Sample;
use std::hint::black_box;

/// Two delays a second apart by a slow sine: a chorus.
fn wobble() -> Vec<f64> {
    (0..FRAMES).map(|n| 600.0 + 200.0 * (n as f64 * 1e-4).sin()).collect()
}

/// The usual way: a vector, a modulo and a float per sample.
fn plain(ring: &mut [f32], at: &mut usize, x: &mut [f32], delays: &[f64]) {
    let len = ring.len();
    for (x, d) in x.iter_mut().zip(delays) {
        ring[*at] = *x;
        let place = (*at as f64 + len as f64 - d) % len as f64;
        let (whole, fraction) = (place.floor() as usize, place.fract() as f32);
        *x = ring[whole] * (1.0 - fraction) + ring[(whole + 1) % len] * fraction;
        *at = (*at + 1) % len;
    }
}

fn moving<S: Sample, const T: usize>(c: &mut Criterion, name: &str, kernel: impl Kernel<S, T>) {
    let source: Vec<S> = music::<S>(0.5).swap_remove(0);
    let mut out = vec![S::ZERO; FRAMES];
    let delays: Vec<Delay> = wobble().into_iter().map(Delay::frames).collect();
    let mut line = Line::new(1_000, T);
    let mut ring = vec![S::ZERO; line.ring_len()];
    let mut group = c.benchmark_group("delay mono");
    group.throughput(Throughput::Elements(FRAMES as u64));
    for still in [false, true] {
        group.bench_function(format!("{name}, {}", if still { "still" } else { "moving" }), |b| {
            b.iter(|| {
                let chunks = source.chunks(MOST_FRAMES).zip(out.chunks_mut(MOST_FRAMES));
                for ((x, out), delays) in chunks.zip(delays.chunks(MOST_FRAMES)) {
                    line.write(&mut ring, x);
                    if still {
                        line.read_still(&kernel, &ring, delays[0], out);
                    } else {
                        line.read_moving(&kernel, &ring, delays, out);
                    }
                    line.advance(x.len());
                }
                black_box(&out);
            });
        });
    }
    group.finish();
}

fn lines(c: &mut Criterion) {
    let source: Vec<f32> = music::<f32>(0.5).swap_remove(0);
    let (mut out, delays) = (source.clone(), wobble());
    let mut group = c.benchmark_group("delay mono");
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function("plain linear f32, moving", |b| {
        let (mut ring, mut at) = (vec![0.0; 1_100], 0);
        b.iter(|| {
            out.clone_from(&source);
            for (x, d) in out.chunks_mut(BLOCK).zip(delays.chunks(BLOCK)) {
                plain(&mut ring, &mut at, x, d);
            }
            black_box(&out);
        });
    });
    group.finish();
    moving::<f32, 2>(c, "linear f32", Linear);
    moving::<f32, 4>(c, "hermite f32", Hermite);
    moving::<f32, 4>(c, "lagrange 3 f32", Lagrange);
    moving::<f32, 6>(c, "lagrange 5 f32", Lagrange);
    moving::<f32, 8>(c, "lagrange 7 f32", Lagrange);
    moving::<f32, 16>(c, "sinc 16 f32", Sinc16::<f32>::new());
    moving::<f32, 32>(c, "sinc 32 f32", Sinc32::<f32>::new());
    moving::<f64, 16>(c, "sinc 16 f64", Sinc16::<f64>::new());
}

criterion_group!(benches, lines);
criterion_main!(benches);
