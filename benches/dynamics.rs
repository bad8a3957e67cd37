//! Compressor and limiter, against the plain form anyone would write with `std`.

use benches::{FRAMES, blocks, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::dynamics::{compressor, limiter};
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, SampleRate, Seconds};
use std::collections::VecDeque;
use std::hint::black_box;

fn compressor<S: Sample>() -> compressor::Compressor<S, Vec<S>> {
    let setup = compressor::Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO, look_ahead: Seconds(0.0) };
    let params = compressor::Params { threshold: Decibels(-24.0), ratio: 4.0, ..compressor::Params::default() };
    compressor::Compressor::new(&setup, &params, vec![S::ZERO; compressor::required_len(&setup)]).expect("valid")
}

/// Linked, log domain, smooth decoupled, soft knee: the same job, one sample at a time with `std`.
fn plain_compressor(planes: &mut [Vec<f32>], state: &mut (f32, f32)) {
    let [left, right] = planes else { unreachable!() };
    let (attack, release) = ((-1.0_f32 / 480.0).exp(), (-1.0_f32 / 5760.0).exp());
    for (l, r) in left.iter_mut().zip(right) {
        let level = 20.0 * l.abs().max(r.abs()).max(1e-6).log10();
        let over = level + 24.0;
        let wanted = if over <= -3.0 {
            0.0
        } else if over < 3.0 {
            0.75 * (over + 3.0) * (over + 3.0) / 12.0
        } else {
            0.75 * over
        };
        state.0 = wanted.max(release * state.0 + (1.0 - release) * wanted);
        state.1 = attack * state.1 + (1.0 - attack) * state.0;
        let gain = 10.0_f32.powf(-state.1 / 20.0);
        *l *= gain;
        *r *= gain;
    }
}

fn compress(c: &mut Criterion) {
    let mut group = c.benchmark_group("compressor stereo linked");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let source = music::<f32>(0.8);
    let mut planes = source.clone();
    group.bench_function("dsp-core f32", |b| {
        let mut p = compressor::<f32>();
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| p.process(block));
            black_box(&planes);
        });
    });
    group.bench_function("plain std f32", |b| {
        let mut state = (0.0, 0.0);
        b.iter(|| {
            planes.clone_from(&source);
            plain_compressor(&mut planes, &mut state);
            black_box(&planes);
        });
    });
    let source = music::<f64>(0.8);
    let mut planes = source.clone();
    group.bench_function("dsp-core f64", |b| {
        let mut p = compressor::<f64>();
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| p.process(block));
            black_box(&planes);
        });
    });
    group.finish();
}

fn limiter<S: Sample>(true_peak: bool, ceiling: f64) -> limiter::Limiter<S, Vec<S>> {
    let setup = limiter::Setup { true_peak, ..limiter::Setup::new(SampleRate::VIDEO, 2) };
    let params = limiter::Params { ceiling: Decibels(ceiling), ..limiter::Params::default() };
    limiter::Limiter::new(&setup, &params, vec![S::ZERO; limiter::required_len(&setup)]).expect("valid")
}

/// What the plain limiter remembers.
struct Plain {
    maxima: VecDeque<(usize, f32)>,
    sums: VecDeque<f32>,
    sum: f64,
    delay: VecDeque<[f32; 2]>,
    released: f32,
    now: usize,
}

/// Sample peak, sliding maximum, release, one box: a look-ahead limiter on queues.
fn plain_limiter(planes: &mut [Vec<f32>], s: &mut Plain, ceiling: f32) {
    const AHEAD: usize = 240;
    const WINDOW: usize = 720;
    let [left, right] = planes else { unreachable!() };
    for (l, r) in left.iter_mut().zip(right) {
        let peak = l.abs().max(r.abs());
        while s.maxima.back().is_some_and(|m| m.1 <= peak) {
            s.maxima.pop_back();
        }
        s.maxima.push_back((s.now, peak));
        if s.maxima[0].0 + WINDOW <= s.now {
            s.maxima.pop_front();
        }
        s.now += 1;
        let wanted = (ceiling / s.maxima[0].1.max(1e-9)).min(1.0);
        s.released = wanted.min(s.released + 0.0002 * (wanted - s.released));
        s.sums.push_back(s.released);
        s.sum += f64::from(s.released);
        if s.sums.len() > AHEAD {
            s.sum -= f64::from(s.sums.pop_front().expect("not empty"));
        }
        let gain = (s.sum / s.sums.len() as f64) as f32;
        s.delay.push_back([*l, *r]);
        let [x, y] = if s.delay.len() > AHEAD { s.delay.pop_front().expect("not empty") } else { [0.0; 2] };
        (*l, *r) = (x * gain, y * gain);
    }
}

fn limit(c: &mut Criterion) {
    let mut group = c.benchmark_group("limiter stereo linked");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let source = music::<f32>(0.8);
    let mut planes = source.clone();
    for (name, true_peak, ceiling) in [
        ("dsp-core f32, true peak, busy", true, -12.0),
        ("dsp-core f32, true peak, idle", true, 0.0),
        ("dsp-core f32, sample peak, busy", false, -12.0),
    ] {
        group.bench_function(name, |b| {
            let mut p = limiter::<f32>(true_peak, ceiling);
            b.iter(|| {
                planes.clone_from(&source);
                blocks(&mut planes, |block| p.process(block));
                black_box(&planes);
            });
        });
    }
    group.bench_function("plain queues f32, sample peak, busy", |b| {
        let mut s = Plain {
            maxima: VecDeque::new(),
            sums: VecDeque::new(),
            sum: 0.0,
            delay: VecDeque::new(),
            released: 1.0,
            now: 0,
        };
        b.iter(|| {
            planes.clone_from(&source);
            plain_limiter(&mut planes, &mut s, 0.25);
            black_box(&planes);
        });
    });
    group.finish();
}

criterion_group!(benches, compress, limit);
criterion_main!(benches);
