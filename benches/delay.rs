//! Delay lines read between their samples, the echo, the saturator.

use benches::{BLOCK, FRAMES, blocks, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::delay::echo;
use dsp_core::delay::interpolation::{Hermite, Kernel, Lagrange, Linear, Sinc16, Sinc32};
use dsp_core::delay::line::{Delay, Line, MOST_FRAMES};
use dsp_core::delay::tempo::{Note, Tempo, Time};
use dsp_core::filter::one_pole;
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::shape::saturation::{self, Kind};
use dsp_core::units::{Decibels, Hertz, SampleRate, Seconds};
use std::hint::black_box;

/// A delay that sways slowly by 200 frames each way: a chorus.
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

/// An echo as it is usually written first: a vector per channel, a modulo, a branch, one sample at a time.
struct Plain {
    rings: [Vec<f32>; 2],
    at: usize,
    low: [f32; 2],
}

impl Plain {
    fn run(&mut self, planes: &mut [Vec<f32>], delay: f32, feedback: f32, damp: f32) {
        for i in 0..planes[0].len() {
            for (c, plane) in planes.iter_mut().enumerate() {
                let len = self.rings[c].len();
                let place = (self.at as f32 + len as f32 - delay) % len as f32;
                let (whole, fraction) = (place.floor() as usize, place.fract());
                let y = self.rings[c][whole] * (1.0 - fraction) + self.rings[c][(whole + 1) % len] * fraction;
                self.low[c] += damp * (y - self.low[c]);
                let wet = self.low[c].tanh();
                self.rings[c][self.at] = plane[i] + feedback * wet;
                plane[i] = 0.9 * plane[i] + 0.4 * wet;
            }
            self.at = (self.at + 1) % self.rings[0].len();
        }
    }
}

fn echoes(c: &mut Criterion) {
    let setup = echo::Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO, longest: Seconds(1.0) };
    let source = music::<f32>(0.5);
    let mut planes = source.clone();
    let mut group = c.benchmark_group("echo stereo");
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function("plain std f32: linear, one-pole, tanh", |b| {
        let mut p = Plain { rings: [vec![0.0; 48_000], vec![0.0; 48_000]], at: 0, low: [0.0; 2] };
        b.iter(|| {
            planes.clone_from(&source);
            p.run(&mut planes, 16_800.3, 0.4, 0.5);
            black_box(&planes);
        });
    });
    let base = echo::Params::default();
    let synced = Time::Synced { note: Note::EIGHTH.dotted(), tempo: Tempo(127.3) };
    let fraction = echo::Params { left: synced, right: synced, ..base };
    let coloured = echo::Params {
        low_cut: Some(Hertz(120.0)),
        high_cut: Some(Hertz(5_000.0)),
        saturation: Kind::Soft,
        drive: Decibels(6.0),
        ..fraction
    };
    let duck = echo::Duck { amount: Decibels(9.0), ..echo::Duck::default() };
    let all = echo::Params { duck, depth: Seconds(0.002), ping_pong: 0.7, ..coloured };
    for (name, params) in [
        ("whole frames", base),
        ("fraction of a frame", fraction),
        ("cuts and soft curve", coloured),
        ("cuts, curve, wobble, ducking, ping-pong", all),
    ] {
        group.bench_function(format!("dsp-core f32: {name}"), |b| {
            let len = echo::required_len(&setup);
            let mut p = echo::Echo::<f32, _>::new(&setup, &params, vec![0.0; len]).expect("valid");
            b.iter(|| {
                planes.clone_from(&source);
                blocks(&mut planes, |block| p.process(block));
                black_box(&planes);
            });
        });
    }
    group.finish();
}

fn curves(c: &mut Criterion) {
    let setup = one_pole::Setup { rate: SampleRate::VIDEO, channels: 2 };
    let source = music::<f32>(0.5);
    let mut planes = source.clone();
    let mut group = c.benchmark_group("saturation stereo");
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function("plain std f32: tanh", |b| {
        b.iter(|| {
            planes.clone_from(&source);
            planes.iter_mut().flatten().for_each(|x| *x = (*x * 4.0).tanh() * 0.25);
            black_box(&planes);
        });
    });
    for kind in [Kind::Soft, Kind::Cubic, Kind::Hard] {
        group.bench_function(format!("dsp-core f32: {kind:?}"), |b| {
            let params = saturation::Params { kind, drive: Decibels(12.0), ..saturation::Params::default() };
            let mut p = saturation::Saturation::<f32, _>::new(&setup, &params, [0.0; 4]).expect("valid");
            b.iter(|| {
                planes.clone_from(&source);
                blocks(&mut planes, |block| p.process(block));
                black_box(&planes);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, lines, echoes, curves);
criterion_main!(benches);
