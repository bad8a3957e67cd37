//! Fader and stereo tools, at rest and moving: time per stereo frame.

use benches::{FRAMES, blocks, music};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use dsp_core::filter::{equalizer, svf};
use dsp_core::gain;
use dsp_core::layout::Layout;
use dsp_core::process::{Process, Tune};
use dsp_core::sample::Sample;
use dsp_core::stereo::{
    balance, bands, bass_mono, dual_pan, frequency_pan, mid_side, mid_side_equalizer, mid_side_gain, pan, rotation,
    widener, width,
};
use dsp_core::units::{Decibels, Degrees, Frames, Hertz, Pan, SampleRate};
use std::hint::black_box;

const LAYOUT: Layout = Layout::STEREO;
const BANDED: bass_mono::Setup = bass_mono::Setup { rate: SampleRate::VIDEO, layout: LAYOUT };

fn run<S: Sample, P: Process<S>>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, p: &mut P, go: impl Fn(&mut P)) {
    let source = music::<S>(0.5);
    let mut planes = source.clone();
    group.bench_function(name, |b| {
        b.iter(|| {
            planes.clone_from(&source);
            go(p);
            blocks(&mut planes, |block| p.process(block));
            black_box(&planes);
        });
    });
}

/// At rest, and on the way to where it is.
fn both<S: Sample, P: Tune<S>>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut p: P, to: P::Coeffs) {
    p.tune(&to, Frames::ZERO);
    run(group, name, &mut p, |_| ());
    run(group, &format!("{name}, moving"), &mut p, |p| p.tune(&to, Frames(u64::MAX)));
}

fn everything<S: Sample>(c: &mut Criterion, kind: &str) {
    let group = &mut c.benchmark_group(format!("stereo {kind}"));
    group.throughput(Throughput::Elements(FRAMES as u64));
    let zeros = |len| vec![S::ZERO; len];

    let setup = gain::Setup { channels: 2 };
    let params = gain::Params { gain: Decibels(-3.0), ..gain::Params::default() };
    let coeffs = gain::Coeffs::design(&setup, &params).expect("valid");
    both(group, "fader", gain::Gain::<S>::new(&setup, &params).expect("valid"), coeffs);
    let mut p = gain::Gain::<S>::new(&setup, &gain::Params::default()).expect("valid");
    run(group, "fader, following", &mut p, |p| p.follow(&coeffs, Frames(10_000_000)));

    for law in [pan::Law::EqualPower, pan::Law::Compromise] {
        let (setup, params) = (pan::Setup { law }, pan::Params { position: Pan(0.3) });
        let coeffs = pan::Coeffs::design(&setup, &params).expect("valid");
        both(group, &format!("pan {law:?}"), pan::Pan::<S>::new(&setup, &params).expect("valid"), coeffs);
    }
    let (setup, params) = (balance::Setup { layout: LAYOUT }, balance::Params { position: Pan(0.3) });
    let coeffs = balance::Coeffs::design(&setup, &params).expect("valid");
    both(group, "balance", balance::Balance::<S>::new(&setup, &params).expect("valid"), coeffs);
    let setup = dual_pan::Setup { layout: LAYOUT, law: pan::Law::EqualPower };
    let params = dual_pan::Params::placed(Pan(0.3), 0.5);
    let coeffs = dual_pan::Coeffs::design(&setup, &params).expect("valid");
    both(group, "dual pan", dual_pan::DualPan::<S>::new(&setup, &params).expect("valid"), coeffs);
    let (setup, params) = (rotation::Setup { layout: LAYOUT }, rotation::Params { angle: Degrees(20.0) });
    let coeffs = rotation::Coeffs::design(&setup, &params).expect("valid");
    both(group, "rotation", rotation::Rotation::<S>::new(&setup, &params).expect("valid"), coeffs);
    let params = width::Params { width: 1.3 };
    let p = width::Width::<S>::new(&width::Setup { layout: LAYOUT }, &params).expect("valid");
    both(group, "width", p, width::Coeffs::design(&params).expect("valid"));

    let setup = mid_side::Setup { layout: LAYOUT, direction: mid_side::Direction::Encode };
    run::<S, _>(group, "mid/side", &mut mid_side::MidSide::new(&setup), |_| ());
    let setup = mid_side_gain::Setup { layout: LAYOUT };
    let params = mid_side_gain::Params { middle: Decibels(1.0), side: Decibels(-2.0) };
    let coeffs = mid_side_gain::Coeffs::design(&setup, &params).expect("valid");
    both(group, "mid/side gain", mid_side_gain::MidSideGain::<S>::new(&setup, &params).expect("valid"), coeffs);
    let list: [svf::Params; 4] = std::array::from_fn(|i| svf::Params {
        frequency: Hertz(80.0 * 5.0_f64.powi(i as i32)),
        gain: Decibels(3.0),
        ..svf::Params::default()
    });
    let bands = equalizer::Params::from_bands(&list).expect("four bands fit");
    let params = mid_side_equalizer::Params { middle: bands, side: bands };
    let len = mid_side_equalizer::required_len(&BANDED);
    let p = mid_side_equalizer::MidSideEqualizer::<S, _>::new(&BANDED, &params, [zeros(len), zeros(len)]);
    let coeffs = mid_side_equalizer::Coeffs::design(&BANDED, &params).expect("valid");
    both(group, "mid/side equaliser, 4 + 4 bands", p.expect("valid"), coeffs);

    let params = bass_mono::Params::default();
    let p = bass_mono::BassMono::<S, _>::new(&BANDED, &params, zeros(bass_mono::required_len(&BANDED))).expect("valid");
    both(group, "bass mono", p, bass_mono::Coeffs::design(&BANDED, &params).expect("valid"));
    let params = bands::Params { widths: [0.0, 0.8, 1.2, 1.5], ..bands::Params::default() };
    let p = bands::Bands::<S, _>::new(&BANDED, &params, zeros(bands::required_len(&BANDED))).expect("valid");
    both(group, "width per band", p, bands::Coeffs::design(&BANDED, &params).expect("valid"));
    let params = widener::Params::default();
    let p = widener::Widener::<S, _>::new(&BANDED, &params, zeros(widener::required_len(&BANDED))).expect("valid");
    both(group, "widener", p, widener::Coeffs::design(&BANDED, &params).expect("valid"));
    let setup = frequency_pan::Setup { rate: SampleRate::VIDEO, law: pan::Law::EqualPower };
    let params = frequency_pan::Params { high: Pan(0.6), ..frequency_pan::Params::default() };
    let p = frequency_pan::FrequencyPan::<S>::new(&setup, &params).expect("valid");
    both(group, "frequency pan", p, frequency_pan::Coeffs::design(&setup, &params).expect("valid"));
}

fn stereo(c: &mut Criterion) {
    everything::<f32>(c, "f32");
    everything::<f64>(c, "f64");
}

criterion_group!(benches, stereo);
criterion_main!(benches);
