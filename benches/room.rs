//! Rooms and plates, per stereo frame, against the `freeverb` crate.

use benches::{FRAMES, blocks, music};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::block::Block;
use dsp_core::process::{Process, Tail};
use dsp_core::reverb::early::{shoebox, velvet};
use dsp_core::reverb::{ducked, gated, plate};
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, SampleRate, Seconds};
use freeverb::Freeverb;
use std::hint::black_box;

const RATE: SampleRate = SampleRate::VIDEO;

fn plate<S: Sample>() -> plate::Plate<S, Vec<S>> {
    let setup = plate::Setup::new(RATE);
    plate::Plate::new(&setup, &plate::Params::default(), vec![S::ZERO; plate::required_len(&setup)]).expect("valid")
}

/// Lets everything pass: what is left is the price of a wrapper.
struct Through;

impl Process<f32> for Through {
    fn process(&mut self, _: &mut Block<'_, f32>) {}
    fn reset(&mut self) {}
    fn latency(&self) -> Frames {
        Frames::ZERO
    }
    fn tail(&self) -> Tail {
        Tail::NONE
    }
}

/// Runs a processor over the programme; the copy of the programme is in the time.
fn run<S: Sample>(c: &mut Criterion, name: &str, mut each: impl FnMut(&mut Block<'_, S>)) {
    let mut group = c.benchmark_group("room stereo");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let source = music::<S>(0.5);
    let mut planes = source.clone();
    group.bench_function(name, |b| {
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, &mut each);
            black_box(&planes);
        });
    });
    group.finish();
}

fn room(c: &mut Criterion) {
    let mut p = plate::<f32>();
    run::<f32>(c, "plate f32", |block| p.process(block));
    let mut p = plate::<f64>();
    run::<f64>(c, "plate f64", |block| p.process(block));
    let (mut p, mut still) = (plate::<f32>(), false);
    run::<f32>(c, "plate f32, always moving", |block| {
        still = !still;
        let width = if still { 0.9 } else { 1.1 };
        p.set(&plate::Params { width, ..plate::Params::default() }, Frames(10_000)).expect("valid");
        p.process(block);
    });
    let setup = velvet::Setup::new(RATE);
    for duration in [0.05, 0.2] {
        let params = velvet::Params { duration: Seconds(duration), ..velvet::Params::default() };
        let storage = vec![0.0; velvet::required_len(&setup)];
        let mut p = velvet::Velvet::<f32, _>::new(&setup, &params, storage).expect("valid");
        let pulses = (1_500.0 * duration) as u32;
        run::<f32>(c, &format!("velvet noise f32, {pulses} pulses a side"), |block| p.process(block));
    }
    let setup = shoebox::Setup::new(RATE);
    for order in [1, 3, 4] {
        let params = shoebox::Params { order, ..shoebox::Params::default() };
        let storage = vec![0.0; shoebox::required_len(&setup)];
        let mut p = shoebox::Shoebox::<f32, _>::new(&setup, &params, storage).expect("valid");
        run::<f32>(c, &format!("shoebox room f32, order {order}"), |block| p.process(block));
    }
    let setup = gated::Setup::new(RATE);
    let storage = vec![0.0; gated::required_len(&setup)];
    let mut p = gated::Gated::<f32, _, _>::new(&setup, &gated::Params::default(), Through, storage).expect("valid");
    run::<f32>(c, "gated f32, without what it wraps", |block| p.process(block));
    let storage = vec![0.0; ducked::required_len(&setup)];
    let mut p = ducked::Ducked::<f32, _, _>::new(&setup, &ducked::Params::default(), Through, storage).expect("valid");
    run::<f32>(c, "ducked f32, without what it wraps", |block| p.process(block));
    let mut p = Freeverb::new(RATE.get() as usize);
    run::<f32>(c, "freeverb crate", |block| {
        let (left, right) = block.pair_mut(0, 1);
        for (l, r) in left.iter_mut().zip(right) {
            let (x, y) = p.tick((f64::from(*l), f64::from(*r)));
            (*l, *r) = (x as f32, y as f32);
        }
    });
}

criterion_group!(benches, room);
criterion_main!(benches);
