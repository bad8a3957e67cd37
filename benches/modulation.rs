//! Tremolo, chorus, flanger and phaser, against the plain forms anyone would write with `std`.

use benches::{FRAMES, blocks, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::layout::Layout;
use dsp_core::modulation::{chorus, flanger, lfo, phaser, tremolo, wave::Wave};
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::units::{Hertz, Mix, SampleRate};
use std::f32::consts::TAU;
use std::hint::black_box;

const RATE: SampleRate = SampleRate::VIDEO;

fn storage<S: Sample>(len: usize) -> Vec<S> {
    vec![S::ZERO; len]
}

/// One second of stereo through a processor.
fn ours<S: Sample>(c: &mut Criterion, group: &str, name: &str, mut p: impl Process<S>) {
    let source = music::<S>(0.5);
    let mut planes = source.clone();
    let mut group = c.benchmark_group(group);
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function(name, |b| {
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| p.process(block));
            black_box(&planes);
        });
    });
    group.finish();
}

/// The same for a function of both samples of a frame.
fn plain(c: &mut Criterion, group: &str, name: &str, mut frame: impl FnMut(f32, f32) -> (f32, f32)) {
    let source = music::<f32>(0.5);
    let mut planes = source.clone();
    let mut group = c.benchmark_group(group);
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function(name, |b| {
        b.iter(|| {
            planes.clone_from(&source);
            let [left, right] = &mut planes[..] else { unreachable!() };
            for (l, r) in left.iter_mut().zip(right) {
                (*l, *r) = frame(*l, *r);
            }
            black_box(&planes);
        });
    });
    group.finish();
}

fn oscillators(c: &mut Criterion) {
    let mut group = c.benchmark_group("oscillator mono");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let mut out = storage::<f32>(FRAMES);
    for wave in Wave::ALL {
        let setup = lfo::Setup { rate: RATE, seed: 0 };
        let mut lfo = lfo::Lfo::<f32>::new(&setup, &lfo::Params { rate: Hertz(3.0), wave }).expect("valid");
        group.bench_function(format!("{wave:?} f32"), |b| {
            b.iter(|| {
                for out in out.chunks_mut(64) {
                    lfo.fill(0.0, out);
                    lfo.advance(out.len());
                }
                black_box(&out);
            });
        });
    }
    group.finish();
}

fn tremolos(c: &mut Criterion) {
    let name = "auto-pan stereo";
    let setup = tremolo::Setup::new(RATE, Layout::STEREO);
    let params = tremolo::Params { phase: 180.0, ..tremolo::Params::default() };
    ours(c, name, "dsp-core f32", tremolo::Tremolo::<f32>::new(&setup, &params).expect("valid"));
    ours(c, name, "dsp-core f64", tremolo::Tremolo::<f64>::new(&setup, &params).expect("valid"));
    let mut phase = 0.0_f32;
    plain(c, name, "plain std f32", |l, r| {
        phase = (phase + 4.0 / 48_000.0).fract();
        let angle = TAU / 8.0 * (1.0 + 0.5 * (TAU * phase).sin());
        let (left, right) = angle.sin_cos();
        (l * left * 2.0_f32.sqrt(), r * right * 2.0_f32.sqrt())
    });
}

fn phasers(c: &mut Criterion) {
    let name = "phaser stereo";
    let params = phaser::Params::default();
    for notches in [2, 3, 6] {
        let setup = phaser::Setup { notches, ..phaser::Setup::new(RATE, Layout::STEREO) };
        let len = phaser::required_len(&setup);
        let p = phaser::Phaser::<f32, _>::new(&setup, &params, storage(len)).expect("valid");
        ours(c, name, &format!("{notches} notches f32"), p);
        let p = phaser::Phaser::<f64, _>::new(&setup, &params, storage(len)).expect("valid");
        ours(c, name, &format!("{notches} notches f64"), p);
    }
    let (mut phase, mut states, mut last) = (0.0_f32, [[0.0_f32; 6]; 2], [0.0_f32; 2]);
    plain(c, name, "3 notches, plain std f32", |l, r| {
        phase = (phase + 0.5 / 48_000.0).fract();
        let mut out = [l, r];
        for (side, x) in out.iter_mut().enumerate() {
            let f = 800.0 * (1.5 * (TAU * (phase + 0.25 * side as f32)).sin()).exp2();
            let t = (TAU / 2.0 * f / 48_000.0).tan();
            let c = (t - 1.0) / (t + 1.0);
            let mut y = *x + 0.3 * last[side];
            for s in &mut states[side] {
                let out = c * y + *s;
                *s = y - c * out;
                y = out;
            }
            last[side] = y;
            *x = 0.5 * (*x + y);
        }
        (out[0], out[1])
    });
}

/// Three voices by a vector, a modulo and `sin` per voice and sample, read along a straight line.
fn plain_chorus() -> impl FnMut(f32, f32) -> (f32, f32) {
    let (mut rings, mut at, mut phase) = ([vec![0.0_f32; 2_048], vec![0.0; 2_048]], 0_usize, 0.0_f32);
    move |l, r| {
        phase = (phase + 0.6 / 48_000.0).fract();
        let mut out = [l, r];
        for (side, x) in out.iter_mut().enumerate() {
            let ring = &mut rings[side];
            let len = ring.len();
            ring[at] = *x;
            let mut sum = 0.0;
            for voice in 0..3 {
                let turn = phase + voice as f32 / 3.0 + 0.25 * side as f32;
                let delay = 576.0 + 144.0 * (TAU * turn).sin();
                let place = (at as f32 + len as f32 - delay) % len as f32;
                let (whole, f) = (place.floor() as usize, place.fract());
                sum += ring[whole] * (1.0 - f) + ring[(whole + 1) % len] * f;
            }
            *x = 0.5 * *x + 0.5 * sum / 3.0_f32.sqrt();
        }
        at = (at + 1) % 2_048;
        (out[0], out[1])
    }
}

fn choruses(c: &mut Criterion) {
    use chorus::Interpolation::{Lagrange3, Sinc16};
    let name = "chorus stereo, 3 voices";
    let params = chorus::Params::default();
    for interpolation in [Lagrange3, Sinc16] {
        let setup = chorus::Setup { interpolation, ..chorus::Setup::new(RATE, Layout::STEREO) };
        let len = chorus::required_len(&setup);
        let p = chorus::Chorus::<f32, _>::new(&setup, &params, storage(len)).expect("valid");
        ours(c, name, &format!("{interpolation:?} f32"), p);
        let p = chorus::Chorus::<f64, _>::new(&setup, &params, storage(len)).expect("valid");
        ours(c, name, &format!("{interpolation:?} f64"), p);
    }
    plain(c, name, "linear, plain std f32", plain_chorus());
    let setup = chorus::Setup::new(RATE, Layout::STEREO);
    let vibrato = chorus::Params { voices: 1, mix: Mix::WET, ..params };
    let p = chorus::Chorus::<f32, _>::new(&setup, &vibrato, storage(chorus::required_len(&setup))).expect("valid");
    ours(c, "vibrato stereo", "Sinc16 f32", p);
}

fn flangers(c: &mut Criterion) {
    use chorus::Interpolation::{Lagrange3, Sinc16};
    let name = "flanger stereo, feedback";
    let params = flanger::Params::default();
    for interpolation in [Lagrange3, Sinc16] {
        let setup = flanger::Setup { interpolation, ..flanger::Setup::new(RATE, Layout::STEREO) };
        let len = flanger::required_len(&setup);
        let p = flanger::Flanger::<f32, _>::new(&setup, &params, storage(len)).expect("valid");
        ours(c, name, &format!("{interpolation:?} f32"), p);
        let p = flanger::Flanger::<f64, _>::new(&setup, &params, storage(len)).expect("valid");
        ours(c, name, &format!("{interpolation:?} f64"), p);
    }
}

criterion_group!(benches, oscillators, tremolos, phasers, choruses, flangers);
criterion_main!(benches);
