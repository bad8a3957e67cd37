//! Eight bands of stereo equaliser against the `biquad` crate, frame by frame and band by band.

use benches::{FRAMES, blocks, music};
use biquad::{Biquad, Coefficients, DirectForm2Transposed, Errors, ToHertz, Type};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsp_core::filter::equalizer::{Equalizer, Params, Setup, required_len};
use dsp_core::filter::{biquad as own, svf};
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::units::{Decibels, Frames, Hertz, Q, SampleRate};
use std::hint::black_box;

const BANDS: usize = 8;
const SETUP: Setup = Setup { rate: SampleRate::VIDEO, channels: 2 };

fn band(index: usize) -> (f64, f64) {
    (40.0 * 2.4_f64.powi(index as i32), if index.is_multiple_of(2) { 3.0 } else { -2.0 })
}

fn params() -> Params<BANDS> {
    let bands: [svf::Params; BANDS] = std::array::from_fn(|i| {
        let (frequency, gain) = band(i);
        svf::Params { frequency: Hertz(frequency), gain: Decibels(gain), q: Q(1.0), ..svf::Params::default() }
    });
    Params::from_bands(&bands).expect("eight bands fit")
}

fn equalizer<S: Sample>() -> Equalizer<S, BANDS, Vec<S>> {
    Equalizer::new(&SETUP, &params(), vec![S::ZERO; required_len(&SETUP, BANDS)]).expect("valid")
}

/// The coefficients of a band in the peer's type.
fn peer<T>(make: impl Fn(Type<f64>, f64) -> Result<Coefficients<T>, Errors>) -> [Coefficients<T>; BANDS] {
    std::array::from_fn(|i| {
        let (frequency, gain) = band(i);
        make(Type::PeakingEQ(gain), frequency).expect("valid")
    })
}

macro_rules! against_the_crate {
    ($name:ident, $t:ty) => {
        fn $name(c: &mut Criterion) {
            let mut group = c.benchmark_group(concat!("equaliser 8 bands stereo ", stringify!($t)));
            group.throughput(Throughput::Elements(FRAMES as u64));
            let source = music::<$t>(0.5);
            let mut planes = source.clone();
            group.bench_function("dsp-core", |b| {
                let mut eq = equalizer::<$t>();
                b.iter(|| {
                    planes.clone_from(&source);
                    blocks(&mut planes, |block| eq.process(block));
                    black_box(&planes);
                });
            });
            group.bench_function("dsp-core, moving", |b| {
                let mut eq = equalizer::<$t>();
                b.iter(|| {
                    planes.clone_from(&source);
                    eq.set(&params(), Frames(u64::MAX)).expect("valid");
                    blocks(&mut planes, |block| eq.process(block));
                    black_box(&planes);
                });
            });
            let coefficients = peer::<$t>(|kind, frequency| {
                let Type::PeakingEQ(gain) = kind else { unreachable!() };
                let kind = Type::PeakingEQ(gain as $t);
                Coefficients::<$t>::from_params(kind, 48.0.khz(), (frequency as $t).hz(), 1.0)
            });
            let new = || {
                [coefficients.map(DirectForm2Transposed::<$t>::new), coefficients.map(DirectForm2Transposed::<$t>::new)]
            };
            group.bench_function("biquad crate, sample-major", |b| {
                let [mut left, mut right] = new();
                b.iter(|| {
                    planes.clone_from(&source);
                    let [l, r] = &mut planes[..] else { unreachable!() };
                    for (x, y) in l.iter_mut().zip(r) {
                        for (f, g) in left.iter_mut().zip(&mut right) {
                            *x = f.run(*x);
                            *y = g.run(*y);
                        }
                    }
                    black_box(&planes);
                });
            });
            group.bench_function("biquad crate, filter-major", |b| {
                let mut filters = new();
                b.iter(|| {
                    planes.clone_from(&source);
                    for (plane, filters) in planes.iter_mut().zip(&mut filters) {
                        for filter in filters {
                            plane.iter_mut().for_each(|x| *x = filter.run(*x));
                        }
                    }
                    black_box(&planes);
                });
            });
            group.finish();
        }
    };
}
against_the_crate!(equaliser_f32, f32);
against_the_crate!(equaliser_f64, f64);

fn single(c: &mut Criterion) {
    let mut group = c.benchmark_group("one section stereo f32");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let source = music::<f32>(0.5);
    let mut planes = source.clone();
    let params = svf::Params { gain: Decibels(3.0), ..svf::Params::default() };
    group.bench_function("biquad", |b| {
        let mut f = own::Biquad::<f32, _>::new(&SETUP, &params, [0.0; 4]).expect("valid");
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| f.process(block));
            black_box(&planes);
        });
    });
    group.bench_function("svf", |b| {
        let mut f = svf::Svf::<f32, _>::new(&SETUP, &params, [0.0; 4]).expect("valid");
        b.iter(|| {
            planes.clone_from(&source);
            blocks(&mut planes, |block| f.process(block));
            black_box(&planes);
        });
    });
    // A second of music, then nine of silence: what a decaying tail costs.
    let mut tail = source.clone();
    tail.iter_mut().for_each(|p| p.resize(10 * FRAMES, 0.0));
    group.throughput(Throughput::Elements(10 * FRAMES as u64));
    group.bench_function("equaliser 8 bands, silence after music", |b| {
        let mut eq = equalizer::<f32>();
        let mut planes = tail.clone();
        b.iter(|| {
            planes.clone_from(&tail);
            blocks(&mut planes, |block| eq.process(block));
            black_box(&planes);
        });
    });
    group.finish();
}

criterion_group!(benches, equaliser_f32, equaliser_f64, single);
criterion_main!(benches);
